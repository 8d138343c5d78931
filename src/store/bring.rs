//! Entries that were brought in from other records, and where they came from.

use std::sync::Arc;

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};

use super::derive::Touched;
use super::error::StoreError;
use super::view::{View, digest};
use crate::domain::id::Digest;
use crate::record::body::{Body, Bring, Brought, is_name_of_record};
use crate::record::entry::{Header, is_time};

/// The entries before this one came from another record. Snapshots among them were captured when they were there.
pub fn put(view: View, sequence: u64, bring: &Bring) -> Result<Touched, StoreError> {
    let n = bring.entries.len() as u64;
    let last: Option<u64> = view.prepare("SELECT max(sequence) FROM bring")?.query_row([], |row| row.get(0))?;
    // Entry 0 begins the record.
    let first = sequence.checked_sub(n).filter(|first| n > 0 && *first > last.unwrap_or(0)).ok_or_else(|| {
        StoreError::Damaged(format!("entry {sequence} says where the {n} entries before it came from, which cannot be"))
    })?;
    if let Some(there) = bring.entries.iter().find(|there| !is_time(&there.time)) {
        return Err(StoreError::Damaged(format!("entry {sequence} names a time that is none: `{}`", there.time)));
    }
    let mut records = bring.entries.iter().filter_map(|there| there.record.as_ref()).chain([&bring.record]);
    if let Some(record) = records.find(|record| !is_name_of_record(record)) {
        let shown: String = record.chars().take(80).collect();
        return Err(StoreError::Damaged(format!("entry {sequence} names a record that is none: `{shown}`")));
    }
    let mut insert = view.prepare("INSERT INTO bring (first, sequence) VALUES (?1, ?2)")?;
    insert.execute(params![first as i64, sequence as i64])?;
    let captured: Vec<(i64, u64)> = view.rows(
        "SELECT number, sequence FROM snapshot WHERE sequence >= ?1 AND sequence < ?2",
        [Sql::Integer(first as i64), Sql::Integer(sequence as i64)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut update = view.prepare("UPDATE snapshot SET captured = ?2 WHERE number = ?1")?;
    for (snapshot, entry) in captured {
        update.execute(params![snapshot, bring.entries[(entry - first) as usize].time])?;
    }
    Ok(Touched::new())
}

/// Who made an entry, and when: of one from another record, there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Who.
    pub actor: String,
    /// When: RFC 3339, UTC.
    pub time: String,
    /// Of one from another record: where it was written first, and the entry that brought it here.
    pub brought: Option<(Brought, Header)>,
}

/// An entry that brought others in: its header, and what it says.
pub type Bringing = Arc<(Header, Bring)>;

impl View<'_> {
    /// Where an entry was written first, and the header of the entry that brought it here; `None` for one that was made
    /// here.
    pub fn brought(&self, sequence: u64) -> Result<Option<(Brought, Header)>, StoreError> {
        let mut select =
            self.prepare("SELECT first, sequence FROM bring WHERE first <= ?1 ORDER BY first DESC LIMIT 1")?;
        let found: Option<(u64, u64)> =
            select.query_row(params![sequence as i64], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((first, by)) = found.filter(|(_, by)| sequence < *by) else { return Ok(None) };
        // Each tells of up to a thousand, which are often asked for one after the other.
        let bringing = self.known.brings.get(by as i64, |_| Ok(Arc::new(self.bring(by)?)))?;
        let (header, bring) = &*bringing;
        let from = bring
            .entries
            .get((sequence - first) as usize)
            .ok_or_else(|| StoreError::Damaged(format!("entry {by} does not say where entry {sequence} came from")))?;
        let record = from.record.as_ref().unwrap_or(&bring.record).clone();
        Ok(Some((Brought { record: Some(record), ..from.clone() }, header.clone())))
    }

    /// Who made an entry, and when.
    pub fn made(&self, header: &Header) -> Result<Made, StoreError> {
        Ok(match self.brought(header.sequence)? {
            None => Made { actor: header.actor.to_string(), time: header.time.clone(), brought: None },
            Some((from, by)) => {
                Made { actor: from.actor.to_string(), time: from.time.clone(), brought: Some((from, by)) }
            }
        })
    }

    fn bring(&self, sequence: u64) -> Result<(Header, Bring), StoreError> {
        match self.checked_entry(sequence)? {
            (header, Body::Bring(bring)) => Ok((header, *bring)),
            _ => Err(StoreError::Damaged(format!("entry {sequence} brings nothing in"))),
        }
    }

    /// What brought entries in, in the order of the record: of each the first of its entries, and what it says.
    pub fn brings(&self) -> Result<Vec<(u64, Bring)>, StoreError> {
        let rows: Vec<(u64, u64)> =
            self.rows("SELECT first, sequence FROM bring ORDER BY first", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.into_iter().map(|(first, sequence)| Ok((first, self.bring(sequence)?.1))).collect()
    }

    /// The hash of an entry as a leaf; `None` where there is no such entry.
    pub fn leaf(&self, sequence: u64) -> Result<Option<Digest>, StoreError> {
        let mut select = self.prepare("SELECT leaf FROM entry WHERE sequence = ?1")?;
        Ok(select.query_row(params![sequence as i64], |row| digest(row.get(0)?)).optional()?)
    }

    /// The places of all entries of some kinds, in order.
    pub fn entries_of(&self, kinds: &[&str]) -> Result<Vec<u64>, StoreError> {
        let kinds = Sql::Text(serde_json::json!(kinds).to_string());
        let sql = "SELECT sequence FROM entry
                   WHERE json_extract(header, '$.kind') IN (SELECT value FROM json_each(?1)) ORDER BY sequence";
        self.rows(sql, [kinds], |row| row.get(0))
    }
}
