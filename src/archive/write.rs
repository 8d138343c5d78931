//! Writing a record out.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::error::ArchiveError;
use super::line::Line;
use super::name::Name;
use crate::domain::id::Digest;

/// A folder or a tar in the making. Blobs are put in the order of their hashes, checkpoints after them, so that the same
/// record gives the same bytes; entries at any time.
pub struct Export {
    target: PathBuf,
    beside: tempfile::TempDir,
    entries: BufWriter<File>,
    form: Form,
    checkpoints: u32,
    /// Time stamps, whose names come after that of the entries.
    timestamps: Vec<Vec<u8>>,
}

enum Form {
    Folder,
    Tar(tar::Builder<BufWriter<File>>),
}

impl Export {
    /// Begins one that is to stand at `target`: a tar where the name ends in `.tar`, else a folder. Refuses where there is
    /// anything already.
    pub fn new(target: &Path) -> Result<Export, ArchiveError> {
        if target.symlink_metadata().is_ok() {
            return Err(ArchiveError::Exists);
        }
        let mut folder = target.parent().unwrap_or(target);
        if folder.as_os_str().is_empty() {
            folder = Path::new(".");
        }
        if !folder.is_dir() {
            return Err(ArchiveError::NoFolder);
        }
        let beside = tempfile::Builder::new().prefix(".onrecord-export-").tempdir_in(folder).map_err(unwritable)?;
        let create = |name: &str| {
            let file = File::options().read(true).write(true).create_new(true).open(beside.path().join(name));
            Ok(BufWriter::new(file.map_err(unwritable)?))
        };
        let is_tar = target.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar"));
        let form = if is_tar {
            Form::Tar(tar::Builder::new(create("tar")?))
        } else {
            for folder in Name::FOLDERS {
                std::fs::create_dir_all(beside.path().join("folder").join(folder)).map_err(unwritable)?;
            }
            Form::Folder
        };
        let entries = create("entries")?;
        Ok(Export { target: target.to_path_buf(), beside, entries, form, checkpoints: 0, timestamps: Vec::new() })
    }

    /// Adds the next entry.
    pub fn entry(&mut self, line: Line) -> Result<(), ArchiveError> {
        let line = line.written().map_err(|error| unwritable(error.into()))?;
        self.entries.write_all(&line).map_err(unwritable)
    }

    /// Adds bytes that entries name.
    pub fn blob(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.put(Name::Blob(digest), bytes, bytes.len() as u64)
    }

    /// Adds the next checkpoint that was kept.
    pub fn checkpoint(&mut self, note: &str) -> Result<(), ArchiveError> {
        self.checkpoints += 1;
        self.put(Name::Checkpoint(self.checkpoints), note.as_bytes(), note.len() as u64)
    }

    /// Adds the next time stamp that was kept.
    pub fn timestamp(&mut self, response: Vec<u8>) {
        self.timestamps.push(response);
    }

    fn put_timestamps(&mut self) -> Result<(), ArchiveError> {
        for (number, response) in (1..).zip(std::mem::take(&mut self.timestamps)) {
            self.put(Name::Timestamp(number), response.as_slice(), response.len() as u64)?;
        }
        Ok(())
    }

    fn put(&mut self, name: Name, mut bytes: impl Read, size: u64) -> Result<(), ArchiveError> {
        match &mut self.form {
            Form::Folder => {
                let path = self.beside.path().join("folder").join(name.to_string());
                let mut file = File::options().write(true).create_new(true).open(path).map_err(unwritable)?;
                io::copy(&mut bytes, &mut file).map_err(unwritable)?;
            }
            Form::Tar(tar) => {
                // Nobody's, of no time: the same record gives the same bytes.
                let mut header = tar::Header::new_ustar();
                header.set_entry_type(tar::EntryType::Regular);
                header.set_mode(0o644);
                header.set_size(size);
                (header.set_path(name.to_string()).and_then(|()| header.set_username("")))
                    .and_then(|()| header.set_groupname(""))
                    .map_err(unwritable)?;
                header.set_uid(0);
                header.set_gid(0);
                header.set_mtime(0);
                header.set_cksum();
                tar.append(&header, bytes).map_err(unwritable)?;
            }
        }
        Ok(())
    }

    /// Moves it to its place.
    pub fn publish(mut self) -> Result<(), ArchiveError> {
        self.entries.flush().map_err(unwritable)?;
        if let Form::Folder = self.form {
            self.put_timestamps()?;
            let folder = self.beside.path().join("folder");
            std::fs::rename(self.beside.path().join("entries"), folder.join(Name::Entries.to_string()))
                .map_err(unwritable)?;
            // An empty folder would be replaced.
            if self.target.symlink_metadata().is_ok() {
                return Err(ArchiveError::Exists);
            }
            return std::fs::rename(folder, &self.target).map_err(published);
        }
        let mut entries = self.entries.get_ref().try_clone().map_err(unwritable)?;
        let size = entries.stream_position().map_err(unwritable)?;
        entries.rewind().map_err(unwritable)?;
        self.put(Name::Entries, &mut entries, size)?;
        self.put_timestamps()?;
        if let Form::Tar(tar) = self.form {
            let file = tar.into_inner().and_then(|writer| Ok(writer.into_inner()?)).map_err(unwritable)?;
            file.sync_all().map_err(unwritable)?;
        }
        let file = tempfile::TempPath::try_from_path(self.beside.path().join("tar")).map_err(unwritable)?;
        file.persist_noclobber(&self.target).map_err(|error| published(error.error))
    }
}

fn unwritable(error: io::Error) -> ArchiveError {
    ArchiveError::Unwritable(error)
}

/// Somebody may have put something there meanwhile.
fn published(error: io::Error) -> ArchiveError {
    match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory => {
            ArchiveError::Exists
        }
        _ => unwritable(error),
    }
}
