//! Reading a record that anybody may have made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::error::ArchiveError;
use super::line::{Line, LineError};
use super::name::Name;
use super::{LARGEST_BLOB, LONGEST_LINE};
use crate::domain::id::Digest;
use crate::record::note::MAX_NOTE_BYTES;
use crate::record::timestamp::MAX_RESPONSE_BYTES;

/// Bytes of a blob from which on it is hashed before it is held.
const LARGE: u64 = 64 << 20;

/// An exported record. Its names and sizes are sound; nothing else is known of it.
pub struct Archive {
    place: PathBuf,
    /// Where each part begins in the tar, 0 in a folder, and how many bytes it has.
    parts: BTreeMap<Name, (u64, u64)>,
    is_tar: bool,
    /// Blobs that were asked for.
    asked: BTreeSet<Digest>,
}

impl Archive {
    /// Opens a folder or a tar, whatever its name. Refuses names that no part has, links, and sizes that are not there.
    pub fn open(place: &Path) -> Result<Archive, ArchiveError> {
        let metadata = std::fs::metadata(place).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ArchiveError::Nothing,
            _ => ArchiveError::Unreadable(error),
        })?;
        let mut archive =
            Archive { place: place.to_path_buf(), parts: BTreeMap::new(), is_tar: false, asked: BTreeSet::new() };
        if metadata.is_dir() {
            archive.look_through("")?;
        } else if metadata.is_file() {
            archive.is_tar = true;
            archive.look_through_tar()?;
        } else {
            return Err(ArchiveError::NotOne("it is a device or a pipe".into()));
        }
        if !archive.parts.contains_key(&Name::Entries) {
            return Err(ArchiveError::Missing { name: Name::Entries, needed: None });
        }
        Ok(archive)
    }

    /// A folder of a record, or one in it.
    fn look_through(&mut self, inside: &str) -> Result<(), ArchiveError> {
        for entry in std::fs::read_dir(self.place.join(inside)).map_err(ArchiveError::Unreadable)? {
            let entry = entry.map_err(ArchiveError::Unreadable)?;
            let file_name = entry.file_name().to_string_lossy().into_owned();
            // What systems and tools leave in folders.
            if file_name.starts_with('.') {
                continue;
            }
            let name = if inside.is_empty() { file_name } else { format!("{inside}/{file_name}") };
            // Of the entry itself, and not of what a link leads to.
            let metadata = entry.metadata().map_err(ArchiveError::Unreadable)?;
            let kind = metadata.file_type();
            if Name::FOLDERS.contains(&name.as_str()) && kind.is_dir() {
                self.look_through(&name)?;
                continue;
            }
            let Some(part) = Name::read(&name) else {
                return Err(match kind.is_symlink() {
                    true => ArchiveError::NotAFile { name, what: "a link" },
                    false => ArchiveError::UnknownName { name },
                });
            };
            if !kind.is_file() {
                let what = if kind.is_symlink() { "a link" } else { "a folder or a device" };
                return Err(ArchiveError::NotAFile { name, what });
            }
            self.parts.insert(part, (0, metadata.len()));
        }
        Ok(())
    }

    /// The headers of a tar, one after the other. What stands between them is not read.
    fn look_through_tar(&mut self) -> Result<(), ArchiveError> {
        let not_one = |error: io::Error| ArchiveError::NotOne(error.to_string());
        let file = self.file()?;
        let all = file.metadata().map_err(ArchiveError::Unreadable)?.len();
        let mut tar = tar::Archive::new(file);
        // Raw: a further header could give a name or a size that this one does not have.
        for entry in tar.entries_with_seek().map_err(not_one)?.raw(true) {
            let entry = entry.map_err(not_one)?;
            let written = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let (start, size) = (entry.raw_file_position(), entry.size());
            let left = all.saturating_sub(start);
            if size > left {
                return Err(ArchiveError::Cut { name: written, size, left });
            }
            let name = written.strip_prefix("./").unwrap_or(&written);
            match entry.header().entry_type() {
                tar::EntryType::Regular => {}
                // As other programs write them.
                tar::EntryType::Directory if name.is_empty() || Name::FOLDERS.contains(&name.trim_end_matches('/')) => {
                    continue;
                }
                other => return Err(ArchiveError::NotAFile { name: written, what: kind(other) }),
            }
            let name = Name::read(name).ok_or(ArchiveError::UnknownName { name: written })?;
            if self.parts.insert(name, (start, size)).is_some() {
                return Err(ArchiveError::Twice { name });
            }
        }
        Ok(())
    }

    fn file(&self) -> Result<File, ArchiveError> {
        File::open(&self.place).map_err(ArchiveError::Unreadable)
    }

    /// The bytes of a part, one after the other, and how many they are.
    fn part(&self, name: Name, needed: Option<u64>) -> Result<(io::Take<File>, u64), ArchiveError> {
        let &(start, size) = self.parts.get(&name).ok_or(ArchiveError::Missing { name, needed })?;
        let file = match self.is_tar {
            true => {
                let mut file = self.file()?;
                file.seek(SeekFrom::Start(start)).map_err(ArchiveError::Unreadable)?;
                file
            }
            false => File::open(self.place.join(name.to_string())).map_err(ArchiveError::Unreadable)?,
        };
        Ok((file.take(size), size))
    }

    /// The entries, in order.
    pub fn entries(&self) -> Result<Lines, ArchiveError> {
        let (bytes, size) = self.part(Name::Entries, None)?;
        Ok(Lines { bytes: BufReader::new(bytes), line: Vec::new(), number: 0, done: 0, size })
    }

    /// True where there are bytes of that name.
    pub fn has(&self, digest: Digest) -> bool {
        self.parts.contains_key(&Name::Blob(digest))
    }

    /// The bytes of that hash, which an entry names, and which have that size where the entry says so.
    pub fn blob(&mut self, digest: Digest, needed: u64, expected: Option<u64>) -> Result<Vec<u8>, ArchiveError> {
        let name = Name::Blob(digest);
        let (mut bytes, found) = self.part(name, Some(needed))?;
        let limit = expected.unwrap_or(LARGEST_BLOB).min(LARGEST_BLOB);
        if found > limit || expected.is_some_and(|expected| expected != found) {
            return Err(ArchiveError::Size { name, found, limit, exact: expected == Some(limit) });
        }
        if found >= LARGE {
            // A file with holes costs nothing and may be of any size: nothing is held that is not what its name says.
            is_named(name, digest, hash_of(&mut bytes)?)?;
            bytes = self.part(name, Some(needed))?.0;
        }
        let mut held = Vec::with_capacity(found as usize);
        bytes.read_to_end(&mut held).map_err(ArchiveError::Unreadable)?;
        is_named(name, digest, Digest::of(&held))?;
        self.asked.insert(digest);
        Ok(held)
    }

    /// The checkpoints that were kept, in order.
    pub fn checkpoints(&self) -> Result<Vec<Vec<u8>>, ArchiveError> {
        self.numbered(Name::Checkpoint, MAX_NOTE_BYTES)
    }

    /// The time stamps that were kept, in order.
    pub fn timestamps(&self) -> Result<Vec<Vec<u8>>, ArchiveError> {
        self.numbered(Name::Timestamp, MAX_RESPONSE_BYTES)
    }

    /// All parts of a kind whose names are numbers from 1, of at most so many bytes each.
    fn numbered(&self, name: fn(u32) -> Name, limit: usize) -> Result<Vec<Vec<u8>>, ArchiveError> {
        let kind = std::mem::discriminant(&name(1));
        let all = self.parts.keys().filter(|name| std::mem::discriminant(*name) == kind).count();
        let (mut parts, limit) = (Vec::new(), limit as u64);
        for number in 1..=all as u32 {
            let name = name(number);
            let (mut bytes, found) = self.part(name, None)?;
            if found > limit {
                return Err(ArchiveError::Size { name, found, limit, exact: false });
            }
            let mut part = Vec::new();
            bytes.read_to_end(&mut part).map_err(ArchiveError::Unreadable)?;
            parts.push(part);
        }
        Ok(parts)
    }

    /// Refuses blobs that nobody asked for. Answers how many there are.
    pub fn all_asked(&self) -> Result<u64, ArchiveError> {
        for name in self.parts.keys() {
            if matches!(name, Name::Blob(digest) if !self.asked.contains(digest)) {
                return Err(ArchiveError::Stray { name: *name });
            }
        }
        Ok(self.asked.len() as u64)
    }
}

fn kind(entry_type: tar::EntryType) -> &'static str {
    use tar::EntryType::{Directory, GNULongLink, GNULongName, Link, Symlink, XGlobalHeader, XHeader};
    match entry_type {
        Symlink | Link => "a link",
        Directory => "a folder",
        GNULongName | GNULongLink | XHeader | XGlobalHeader => "a further header of another kind of tar",
        _ => "a device or another kind of thing",
    }
}

fn hash_of(bytes: &mut impl Read) -> Result<Digest, ArchiveError> {
    use sha2::Digest as _;
    let (mut hasher, mut piece) = (sha2::Sha256::new(), vec![0; 1 << 16]);
    loop {
        match bytes.read(&mut piece).map_err(ArchiveError::Unreadable)? {
            0 => return Ok(Digest(hasher.finalize().into())),
            n => hasher.update(&piece[..n]),
        }
    }
}

fn is_named(name: Name, expected: Digest, found: Digest) -> Result<(), ArchiveError> {
    if found == expected { Ok(()) } else { Err(ArchiveError::Changed { name, found }) }
}

/// The lines of `entries.jsonl`.
pub struct Lines {
    bytes: BufReader<io::Take<File>>,
    line: Vec<u8>,
    number: u64,
    done: u64,
    size: u64,
}

impl Lines {
    /// The next entry; `None` after the last.
    pub fn next_line(&mut self) -> Result<Option<Line>, ArchiveError> {
        self.line.clear();
        let most = LONGEST_LINE as u64;
        // One byte more than allowed tells too much from just enough.
        let n = (&mut self.bytes).take(most + 1).read_until(b'\n', &mut self.line);
        let n = n.map_err(ArchiveError::Unreadable)? as u64;
        if n == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.done += n;
        let wrong = |error| ArchiveError::Line { line: self.number, error };
        if n > most {
            return Err(wrong(LineError::Long));
        }
        if self.line.last() != Some(&b'\n') {
            return Err(wrong(LineError::Cut));
        }
        Line::read(&self.line).map(Some).map_err(wrong)
    }

    /// Bytes that were read, of how many.
    pub fn progress(&self) -> (u64, u64) {
        (self.done, self.size)
    }
}
