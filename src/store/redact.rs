//! What was removed from the record for legal reasons: bodies of entries, and stored bytes. Their hashes stay, and a
//! `redact` entry says who removed them, when and why.

use rusqlite::{OptionalExtension, params};

use super::error::StoreError;
use super::view::{View, digest};
use super::{Store, Writer};
use crate::domain::id::{Digest, SourceId};
use crate::record::body::{Body, Redact};
use crate::record::entry::{Entry, Header};

/// Who removed something, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// The entry that says so.
    pub header: Header,
    /// What it says.
    pub body: Redact,
}

impl From<Redaction> for StoreError {
    fn from(Redaction { header, body }: Redaction) -> StoreError {
        StoreError::Redacted { by: header.actor.to_string(), on: header.time, because: body.because }
    }
}

/// Fills the table of redactions from the entries that make them. They come after what they remove, so that they are read
/// before anything else.
pub fn gather(view: View) -> Result<(), StoreError> {
    for sequence in view.redact_entries()? {
        put(view, sequence, &view.redaction(sequence)?.body)?;
    }
    Ok(())
}

fn put(view: View, sequence: u64, redact: &Redact) -> Result<(), StoreError> {
    let source = redact.source.map(|source| source.0.0.to_vec());
    let mut insert = view.prepare("INSERT INTO redaction (sequence, entry, sha256, source) VALUES (?1, ?2, ?3, ?4)")?;
    if let Some(entry) = redact.entry {
        insert.execute(params![sequence as i64, entry as i64, None::<Vec<u8>>, source])?;
    }
    for digest in &redact.bytes {
        insert.execute(params![sequence as i64, None::<i64>, digest.0.as_slice(), source])?;
    }
    Ok(())
}

impl View<'_> {
    /// The entries that remove something, in the order of the record.
    pub(super) fn redact_entries(&self) -> Result<Vec<u64>, StoreError> {
        // A header has one spelling; and one that is damaged is told of by whoever reads it.
        let sql = r#"SELECT sequence FROM entry WHERE instr(header, '"kind":"redact"') > 0 ORDER BY sequence"#;
        self.rows(sql, [], |row| row.get(0))
    }

    /// What an entry removes.
    pub(super) fn redaction(&self, sequence: u64) -> Result<Redaction, StoreError> {
        match self.checked_entry(sequence)? {
            (header, Body::Redact(body)) => Ok(Redaction { header, body }),
            _ => Err(StoreError::Damaged(format!("entry {sequence} removes nothing"))),
        }
    }

    fn redacted_where(&self, which: &str, value: impl rusqlite::ToSql) -> Result<Option<Redaction>, StoreError> {
        let mut select = self.prepare(&format!("SELECT sequence FROM redaction WHERE {which} LIMIT 1"))?;
        let sequence: Option<u64> = select.query_row([value], |row| row.get(0)).optional()?;
        sequence.map(|sequence| self.redaction(sequence)).transpose()
    }

    /// Who removed the body of an entry.
    pub fn redacted_entry(&self, sequence: u64) -> Result<Option<Redaction>, StoreError> {
        self.redacted_where("entry = ?1", sequence as i64)
    }

    /// Who removed stored bytes.
    pub fn redacted_bytes(&self, digest: Digest) -> Result<Option<Redaction>, StoreError> {
        self.redacted_where("sha256 = ?1", digest.0.as_slice())
    }

    /// What was removed of a source, in the order of the record.
    pub fn redactions_of(&self, source: SourceId) -> Result<Vec<Redaction>, StoreError> {
        let sql = "SELECT DISTINCT sequence FROM redaction WHERE source = ?1 ORDER BY sequence";
        let sequences: Vec<u64> =
            self.rows(sql, [rusqlite::types::Value::Blob(source.0.0.to_vec())], |row| row.get(0))?;
        sequences.into_iter().map(|sequence| self.redaction(sequence)).collect()
    }

    /// True where the body of any entry was removed: ids of claims may lead nowhere then.
    pub(super) fn any_body_redacted(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM redaction)";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// The digests that other snapshots need than those of these bytes.
    pub fn needed_beside(&self, sha256: Digest) -> Result<Vec<Digest>, StoreError> {
        let sql = "SELECT sha256 FROM snapshot WHERE sha256 <> ?1 UNION SELECT text FROM snapshot WHERE sha256 <> ?1
                   UNION SELECT layout FROM snapshot WHERE sha256 <> ?1";
        self.rows(sql, [rusqlite::types::Value::Blob(sha256.0.to_vec())], |row| digest(row.get(0)?))
    }
}

impl Writer<'_> {
    /// Appends the entry of a redaction, and removes what it names. All derived tables are out of date then:
    /// [`Writer::rederive`].
    pub fn redact(&mut self, entry: &Entry, redact: &Redact) -> Result<(), StoreError> {
        // Freed pages are written over with zeroes.
        self.transaction.pragma_update(None, "secure_delete", true)?;
        let sequence = self.next_sequence();
        self.append_worked_in(entry)?;
        // The triggers let go of what this table names, and of nothing else.
        put(self.view(), sequence, redact)?;
        if let Some(entry) = redact.entry {
            let mut delete = self.transaction.prepare_cached("DELETE FROM entry_body WHERE sequence = ?1")?;
            delete.execute(params![entry as i64])?;
        }
        for digest in &redact.bytes {
            let mut delete = self.transaction.prepare_cached("DELETE FROM blob WHERE sha256 = ?1")?;
            delete.execute(params![digest.0.as_slice()])?;
        }
        Ok(())
    }
}

impl Store {
    /// Packs the file, and empties its write-ahead log, so that nothing removed is left in either.
    pub fn pack(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("VACUUM")?;
        let busy: bool = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy {
            return Err(StoreError::Busy(super::error::BUSY_SECONDS));
        }
        Ok(())
    }
}
