//! What may not hold in a ledger, and how it is told.

use crate::domain::id::Digest;
use crate::record::checkpoint::{PolicyError, SignedCheckpointError};
use crate::record::entry::EntryError;
use crate::record::timestamp::TimestampError;
use crate::store::error::StoreError;

/// Faults that are told; where there are more, the rest is not looked for.
pub const MOST_FAULTS: usize = 20;

/// What does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// An entry is not there.
    #[error("entry {sequence} is missing")]
    Missing {
        /// Its place.
        sequence: u64,
    },
    /// The body of an entry is not there.
    #[error("entry {sequence}: its body is missing")]
    NoBody {
        /// Its place.
        sequence: u64,
    },
    /// A body that the record says is gone.
    #[error("entry {sequence}: its body was redacted, and is there")]
    NotRemoved {
        /// Its place.
        sequence: u64,
    },
    /// A body stands where there is no entry.
    #[error("there are {found} bodies of entries, and {expected} entries")]
    Bodies {
        /// How many entries there are.
        expected: u64,
        /// How many bodies there are.
        found: u64,
    },
    /// An entry is not what was written.
    #[error("entry {sequence}: {error}")]
    Entry {
        /// Its place.
        sequence: u64,
        /// What is wrong with it.
        #[source]
        error: EntryError,
    },
    /// The header of an entry is not what was written.
    #[error("entry {sequence}: its header does not match its hash: expected {expected}, found {found}")]
    Header {
        /// Its place.
        sequence: u64,
        /// The hash as it is stored.
        expected: Digest,
        /// That of the stored header.
        found: Digest,
    },
    /// An entry stands in the place of another.
    #[error("entry {sequence}: its header says that it is entry {found}")]
    Place {
        /// Its place.
        sequence: u64,
        /// The place that its header names.
        found: u64,
    },
    /// The record does not begin as one.
    #[error("entry 0 does not begin a record")]
    Beginning,
    /// A hash of the tree is not that of the entries under it.
    #[error("the tree over entries {first} to {last}: expected the hash {expected}, found {}", or_none(.found))]
    Node {
        /// The first of the entries.
        first: u64,
        /// The last of them.
        last: u64,
        /// As the entries have it.
        expected: Digest,
        /// As it is stored; none where it is not.
        found: Option<Digest>,
    },
    /// The tree has hashes that belong to no entries.
    #[error("the tree has {found} stored hashes: expected {expected}")]
    Nodes {
        /// As many as the entries ask for.
        expected: u64,
        /// As many as there are.
        found: u64,
    },
    /// Stored bytes that an entry names are not there, or not what their name says.
    #[error("entry {sequence}: {what} {digest}: {error}")]
    Bytes {
        /// The entry that names them.
        sequence: u64,
        /// What they are.
        what: &'static str,
        /// Their hash.
        digest: Digest,
        /// What is wrong.
        error: BytesError,
    },
    /// Bytes that no entry names.
    #[error("the bytes of {digest} are stored, and no entry names them")]
    Stray {
        /// Their hash.
        digest: Digest,
    },
    /// A quote does not stand where its claim says.
    #[error(
        "entry {sequence}: the quote does not stand in the text at bytes {start}..{end}: expected `{expected}`, found `{found}`"
    )]
    Quote {
        /// The entry of the claim.
        sequence: u64,
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
        /// The quote.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The place of a quote in characters, or the words beside it, are not those of the text.
    #[error("entry {sequence}: the quote's {what} is not that of the text")]
    QuotePlace {
        /// The entry of the claim.
        sequence: u64,
        /// Which of them.
        what: &'static str,
    },
    /// A derived table is not what the entries add up to.
    #[error("the table `{table}` is not what the entries add up to: row {row} differs")]
    Derived {
        /// The table.
        table: &'static str,
        /// The first row that differs, from 1.
        row: u64,
    },
    /// A trigger, view, index or table is not as this program makes it.
    #[error("the {kind} `{name}` {what}")]
    Schema {
        /// Trigger, view, index or table.
        kind: String,
        /// Its name.
        name: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The record is shorter than it was.
    #[error("the checkpoint covers {size} entries, and the record has {found}: the last {} were taken away, or it is of another copy of the record", size - found)]
    Truncated {
        /// Entries that the checkpoint covers.
        size: u64,
        /// Entries that there are.
        found: u64,
    },
    /// Entries are not those that were signed.
    #[error("the first {size} entries are not those of the checkpoint: expected the root {expected}, found {found}")]
    Rewritten {
        /// Entries that the checkpoint covers.
        size: u64,
        /// Its root.
        expected: Digest,
        /// Theirs.
        found: Digest,
    },
    /// The checkpoint is of another record.
    #[error("the checkpoint is of the record `{expected}`, and this is `{found}`")]
    Origin {
        /// The record that the checkpoint names.
        expected: String,
        /// What this one calls itself.
        found: String,
    },
    /// A stored checkpoint is none.
    #[error("the checkpoint stored for {size} entries: {error}")]
    Checkpoint {
        /// Entries that it should cover.
        size: u64,
        /// What is wrong with it.
        error: SignedCheckpointError,
    },
    /// A checkpoint that was kept is not there.
    #[error("stored checkpoint {number} is missing")]
    NoCheckpoint {
        /// Which, from 1.
        number: u64,
    },
    /// A checkpoint is kept for another size than its own.
    #[error("the checkpoint stored for {size} entries covers {found}")]
    CheckpointSize {
        /// Entries that it is stored for.
        size: u64,
        /// Entries that it covers.
        found: u64,
    },
    /// A stored checkpoint is not signed as it should be.
    #[error("the checkpoint stored for {size} entries: {error}")]
    Signature {
        /// Entries that it covers.
        size: u64,
        /// What is wrong.
        #[source]
        error: PolicyError,
    },
    /// A time stamp that was kept is not there.
    #[error("stored time stamp {number} is missing")]
    NoTimestamp {
        /// Which, from 1.
        number: u64,
    },
    /// A stored time stamp is not the one that was kept.
    #[error("stored time stamp {number} does not match its hash")]
    TimestampBytes {
        /// Which, from 1.
        number: u64,
    },
    /// A stored time stamp is none, or not one that is believed.
    #[error("stored time stamp {number}: {error}")]
    Timestamp {
        /// Which, from 1.
        number: u64,
        /// What is wrong.
        #[source]
        error: TimestampError,
    },
    /// A stored time stamp is of no checkpoint that is kept.
    #[error("stored time stamp {number} is of none of the checkpoints stored: its hash is {imprint}")]
    TimestampOf {
        /// Which, from 1.
        number: u64,
        /// What it is of.
        imprint: String,
    },
    /// SQLite says that the file is not sound.
    #[error("the file: {0}")]
    File(String),
}

impl Fault {
    /// The entry that it is a fault of, where it is one of a single entry.
    pub fn entry(&self) -> Option<u64> {
        match self {
            Fault::Missing { sequence }
            | Fault::NoBody { sequence }
            | Fault::NotRemoved { sequence }
            | Fault::Header { sequence, .. }
            | Fault::Entry { sequence, .. }
            | Fault::Place { sequence, .. }
            | Fault::Bytes { sequence, .. }
            | Fault::Quote { sequence, .. }
            | Fault::QuotePlace { sequence, .. } => Some(*sequence),
            Fault::Beginning => Some(0),
            _ => None,
        }
    }

    /// What to do about it, where it is no damage.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Fault::Timestamp { error, .. } if error.is_about_roots() => Some(error.hint()),
            _ => None,
        }
    }
}

fn or_none(digest: &Option<Digest>) -> String {
    digest.map_or("none".to_string(), |digest| digest.to_string())
}

/// What is wrong with stored bytes.
#[derive(Debug, thiserror::Error)]
pub enum BytesError {
    /// They are not there.
    #[error("the bytes are missing")]
    Missing,
    /// They are not what their name says, or cannot be read.
    #[error(transparent)]
    Unsound(#[from] StoreError),
    /// They have another size than the entry says.
    #[error("{found} bytes, where the entry says {expected}")]
    Size {
        /// As the entry has it.
        expected: u64,
        /// As they are.
        found: u64,
    },
    /// A text is not UTF-8.
    #[error("the text is not UTF-8")]
    Utf8,
}

/// Faults as they are found, until there are enough.
#[derive(Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn put(&mut self, fault: Fault) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(fault);
        }
    }

    /// True once so many are found that the rest is not looked for.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() == MOST_FAULTS
    }

    /// None was found of what is on record: only of whom its signatures and time stamps are.
    pub fn is_sound(&self) -> bool {
        self.0.iter().all(|fault| fault.hint().is_some())
    }

    /// None was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those found, in the order of the record.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
