//! What can be wrong with an exported record, or with the place for one. None of these names the folder or file itself:
//! whoever tells of them knows it.

use std::io;

use super::line::LineError;
use super::name::Name;
use crate::domain::id::Digest;

/// Why a record cannot be exported to a place, or read from there.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is something already where one is to be written.
    #[error("there is something already")]
    Exists,
    /// The folder that it should be in is not there.
    #[error("the folder that it should stand in is not there")]
    NoFolder,
    /// It cannot be written.
    #[error("it cannot be written: {0}")]
    Unwritable(#[source] io::Error),
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// There is nothing.
    #[error("there is no such folder or file")]
    Nothing,
    /// It is neither a folder nor a tar.
    #[error("not an exported record: neither a folder nor a tar file: {0}")]
    NotOne(String),
    /// A name that no part of a record has.
    #[error("`{name}` is not the name of anything in an exported record")]
    UnknownName {
        /// As it is written there.
        name: String,
    },
    /// Something else than a file: a link, a device, a further header.
    #[error("`{name}` is {what}: expected a file")]
    NotAFile {
        /// As it is written there.
        name: String,
        /// What it is instead.
        what: &'static str,
    },
    /// A part stands in the tar twice.
    #[error("`{name}` is there twice")]
    Twice {
        /// The part.
        name: Name,
    },
    /// The tar ends before a part does.
    #[error("cut off: `{name}` is said to have {size} bytes, and {left} are left")]
    Cut {
        /// The part, as it is written there.
        name: String,
        /// Its size as the tar has it.
        size: u64,
        /// Bytes that are left of the file.
        left: u64,
    },
    /// A part is not there.
    #[error("`{name}` is missing{}", .needed.map_or(String::new(), |sequence| format!(", which entry {sequence} names")))]
    Missing {
        /// The part.
        name: Name,
        /// The entry that names it.
        needed: Option<u64>,
    },
    /// A part is there that no entry names.
    #[error("`{name}` is there, and no entry names it")]
    Stray {
        /// The part.
        name: Name,
    },
    /// A part is larger than it may be, or than its entry says.
    #[error("`{name}` has {found} bytes: expected {}", if *.exact { format!("{limit}, as its entry says") } else { format!("{limit} at most") })]
    Size {
        /// The part.
        name: Name,
        /// Its size.
        found: u64,
        /// What it should be.
        limit: u64,
        /// False where that is the most it may be.
        exact: bool,
    },
    /// Bytes are not what their name says.
    #[error("`{name}` does not match its name: found the hash {found}")]
    Changed {
        /// The part.
        name: Name,
        /// The hash of its bytes.
        found: Digest,
    },
    /// A line of the entries is none.
    #[error("`entries.jsonl`: line {line}: {error}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong.
        #[source]
        error: LineError,
    },
}

impl ArchiveError {
    /// What to do about it; `place` is the folder or file.
    pub fn hint(&self, place: &str) -> String {
        match self {
            ArchiveError::Exists => "name another place: nothing is written over".into(),
            ArchiveError::NoFolder => "make the folder first, or name one that is there".into(),
            ArchiveError::Unwritable(_) => "check who may write the folder, and the disk".into(),
            ArchiveError::Unreadable(_) => "check who may read it".into(),
            ArchiveError::Nothing => "`onrecord export` makes one".into(),
            ArchiveError::NotOne(_) => {
                "give a folder or a tar file that `onrecord export` wrote; unpack a packed one".into()
            }
            ArchiveError::UnknownName { .. } | ArchiveError::NotAFile { .. } | ArchiveError::Stray { .. } => {
                format!(
                    "{place} holds more than a record, or another: ask for the export again, from whoever has the ledger"
                )
            }
            ArchiveError::Twice { .. }
            | ArchiveError::Cut { .. }
            | ArchiveError::Missing { .. }
            | ArchiveError::Size { .. }
            | ArchiveError::Changed { .. }
            | ArchiveError::Line { .. } => "ask for the export again, from whoever has the ledger".into(),
        }
    }
}
