//! A new ledger file. It is written in a folder of its own beside the place it is meant for and moved there when it
//! is whole, so that nobody ever sees half a ledger, and of several who make one at once, one does.

use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::{Store, migrations};

/// A ledger file in the making.
pub struct Draft {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Draft {
    /// Begins a ledger file that is to stand at `path`. Refuses where there is anything already.
    pub fn new(path: &Path) -> Result<Draft, StoreError> {
        let mut folder = path.parent().unwrap_or(path);
        if folder.as_os_str().is_empty() {
            folder = Path::new(".");
        }
        if !folder.is_dir() {
            return Err(StoreError::NoFolder { path: path.to_path_buf(), folder: folder.to_path_buf() });
        }
        // SQLite would take what an earlier ledger of that name left beside it for a part of this one.
        for suffix in ["", "-wal", "-journal"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            if Path::new(&name).symlink_metadata().is_ok() {
                return Err(StoreError::Exists(name.into()));
            }
        }
        let folder = tempfile::Builder::new().prefix(".onrecord-new-").tempdir_in(folder).map_err(io)?;
        Ok(Draft { folder, path: path.to_path_buf() })
    }

    /// The file to be filled, with its tables.
    pub fn store(&self) -> Result<Store, StoreError> {
        let store = Store::configure(rusqlite::Connection::open(self.file())?)?;
        store.connection.execute_batch(migrations::SCHEMA)?;
        Ok(store)
    }

    /// Moves the filled file to its place.
    pub fn publish(self, filled: Store) -> Result<Store, StoreError> {
        // All of it into the one file that is moved.
        let busy: bool = filled.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy {
            return Err(StoreError::Unwritable("its write-ahead log cannot be emptied".into()));
        }
        filled.connection.close().map_err(|(_, error)| error)?;
        let file = tempfile::TempPath::try_from_path(self.file()).map_err(io)?;
        file.persist_noclobber(&self.path).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => StoreError::Exists(self.path.clone()),
            _ => io(error.error),
        })?;
        Store::open(&self.path)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("new.db")
    }
}

fn io(error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::Full,
        _ => StoreError::Unwritable(error.to_string()),
    }
}
