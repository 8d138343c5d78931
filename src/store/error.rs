//! What can go wrong between us and the file.

use std::path::PathBuf;

/// A failure of the ledger file, or of reading what is in it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no file.
    #[error("there is no ledger at {}", .0.display())]
    Missing(PathBuf),
    /// There is a file already.
    #[error("there is already a file at {}", .0.display())]
    Exists(PathBuf),
    /// The folder that the file should be in is not there.
    #[error("there is no folder {} for {}", .folder.display(), .path.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// There is a file with nothing in it.
    #[error("{} is empty", .0.display())]
    Empty(PathBuf),
    /// It is something else.
    #[error("{} is not a ledger of onrecord: {found}", .path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// It was written by a later version.
    #[error("{} has schema version {found}, and this program knows versions up to {known}", .path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The record begins with a format that this program does not know.
    #[error("the record is of format `{0}`, and this program knows `{known}`", known = crate::record::body::FORMAT)]
    Format(String),
    /// Another program is writing and did not finish in time.
    #[error("another program is writing to the ledger and did not finish within {0} seconds")]
    Busy(u64),
    /// The file or its folder may not be written, or the disk does not do as told.
    #[error("the ledger cannot be written: {0}")]
    Unwritable(String),
    /// The disk is full.
    #[error("the disk is full; nothing was written")]
    Full,
    /// The file is damaged.
    #[error("the ledger file is damaged: {0}")]
    Damaged(String),
    /// An entry is not what it should be.
    #[error("entry {sequence}: {error}")]
    Entry {
        /// Its place.
        sequence: u64,
        /// What is wrong.
        #[source]
        error: crate::record::entry::EntryError,
    },
    /// A value cannot stand in the record.
    #[error(transparent)]
    Canonical(#[from] crate::record::canonical::CanonicalError),
    /// It was removed for legal reasons.
    #[error("redacted by {by} on {on}: {because}")]
    Redacted {
        /// Who removed it.
        by: String,
        /// When: RFC 3339, UTC.
        on: String,
        /// Why.
        because: String,
    },
    /// The ledger is shown as it stood, and cannot be written.
    #[error("the ledger is shown as it stood, and nothing can be put on record then")]
    AsItStood,
    /// There is no such proof.
    #[error(transparent)]
    Proof(#[from] crate::record::tree::ProofError),
    /// A later version reads a table otherwise than the one that imported it.
    #[error("entry {sequence}: the table was read by `{parser}`, and this version reads it otherwise")]
    ReadOtherwise {
        /// The import.
        sequence: u64,
        /// What read it.
        parser: String,
    },
    /// A table does not have the columns that its map names.
    #[error("the table: {0}")]
    Table(#[source] crate::capture::table::RowError),
    /// Anything else SQLite says.
    #[error("SQLite: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

/// Seconds a writer waits for another.
pub const BUSY_SECONDS: u64 = 30;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode;
        let message = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(BUSY_SECONDS),
            Some(ErrorCode::DiskFull) => StoreError::Full,
            // No room for the index of the write-ahead log, without which nothing can be read either.
            _ if error
                .sqlite_error()
                .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) =>
            {
                StoreError::Full
            }
            Some(
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure,
            ) => StoreError::Unwritable(message),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged(message),
            // What the tables hold is not what this program puts there.
            None if matches!(
                error,
                rusqlite::Error::QueryReturnedNoRows
                    | rusqlite::Error::FromSqlConversionFailure(..)
                    | rusqlite::Error::InvalidColumnType(..)
                    | rusqlite::Error::IntegralValueOutOfRange(..)
                    | rusqlite::Error::Utf8Error(..)
            ) =>
            {
                StoreError::Damaged(message)
            }
            // A table or a column that was taken out.
            Some(ErrorCode::Unknown) if message.starts_with("no such ") => StoreError::Damaged(message),
            // A column of JSON that no longer is.
            Some(ErrorCode::Unknown) if message.starts_with("malformed JSON") => StoreError::Damaged(message),
            _ => StoreError::Sqlite(error),
        }
    }
}
