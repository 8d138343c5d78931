//! Single rows of imports, and the claims in them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params};

use super::cell::value_of;
use super::{MARK, header};
use crate::capture::table::{Header, Row};
use crate::domain::claim::Value;
use crate::domain::id::{ClaimId, Digest};
use crate::domain::predicate::Predicate;
use crate::domain::question::Question;
use crate::record::body::{Body, Import, import_claim_head, import_claim_id, import_ordinal};
use crate::store::error::StoreError;
use crate::store::view::{View, digest};
use crate::store::{blob, identity, place};

/// The number that the next claim takes.
pub fn next_claim(connection: &Connection) -> Result<u64, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT max(coalesce((SELECT max(number) FROM claim), 0),
                    coalesce((SELECT first + (rows + 1) * width - 1 FROM import ORDER BY first DESC LIMIT 1), 0)) + 1",
    )?;
    Ok(select.query_row([], |row| row.get(0))?)
}

/// An import on record.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Its row.
    pub number: i64,
    /// What its claims' ids are made from.
    pub key: Digest,
    /// The entry that holds it.
    pub sequence: u64,
    /// The row of its source.
    pub source: i64,
    first: u64,
    rows: u64,
    width: u64,
}

impl ImportRow {
    /// The number of its claim with that ordinal, where there may be one.
    fn claim(&self, ordinal: u64) -> Option<u64> {
        (ordinal < (self.rows + 1) * self.width).then(|| self.first + ordinal)
    }

    /// The id of a claim by its number.
    pub fn claim_id(&self, claim: u64) -> ClaimId {
        import_claim_id(&self.key, claim - self.first)
    }

    /// The numbers that its claims may have.
    pub fn claims(&self) -> Range<u64> {
        self.first + self.width..self.first + (self.rows + 1) * self.width
    }

    fn row_of(&self, claim: u64) -> u64 {
        (claim - self.first) / self.width
    }
}

const IMPORT: &str = "SELECT number, key, sequence, source, first, rows, width FROM import";

fn import_row(row: &rusqlite::Row) -> Result<ImportRow, rusqlite::Error> {
    Ok(ImportRow {
        number: row.get(0)?,
        key: digest(row.get(1)?)?,
        sequence: row.get(2)?,
        source: row.get(3)?,
        first: row.get(4)?,
        rows: row.get(5)?,
        width: row.get(6)?,
    })
}

impl View<'_> {
    /// The imports on record, oldest first.
    pub fn imports(&self) -> Result<Vec<ImportRow>, StoreError> {
        self.rows(&format!("{IMPORT} ORDER BY first"), [], import_row)
    }

    /// The claims of imports whose ids begin with these hexadecimal digits, by number; at most some dozens.
    pub fn imported_by_prefix(&self, prefix: &str) -> Result<Vec<u64>, StoreError> {
        let Ok(start) = u64::from_str_radix(&prefix[..prefix.len().min(10)], 16) else { return Ok(Vec::new()) };
        let open = 10usize.saturating_sub(prefix.len()) * 4;
        let mut found = Vec::new();
        for import in self.imports()? {
            // Where few digits are given every claim is tried, else every id that begins so.
            let n_claims = (import.rows + 1) * import.width;
            let begins = |ordinal: &u64| import_claim_head(&import.key, *ordinal) >> open == start;
            let ordinals: Box<dyn Iterator<Item = u64>> = match n_claims >> open {
                0 => Box::new((0..n_claims).filter(begins)),
                _ => Box::new((start << open..(start + 1) << open).map(|head| import_ordinal(&import.key, head))),
            };
            for claim in ordinals.filter_map(|ordinal| import.claim(ordinal)) {
                if import.claim_id(claim).to_string().starts_with(prefix) {
                    found.push(claim);
                }
            }
        }
        Ok(found)
    }

    /// The rows of an import that were passed over as bad, each with the reason.
    pub fn bad_rows(&self, import: i64) -> Result<Vec<(u64, String)>, StoreError> {
        let sql = "SELECT row, why FROM import_bad WHERE import = ?1 ORDER BY row";
        self.rows(sql, [Sql::Integer(import)], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

/// Reads single rows of imports, and keeps what it has unpacked.
pub struct Tables<'c> {
    view: View<'c>,
    /// By their first number.
    imports: BTreeMap<u64, ImportRow>,
    open: HashMap<i64, Open>,
}

struct Open {
    import: Import,
    header: Header,
    part: Option<Part>,
}

/// Some rows of a table.
struct Part {
    text: String,
    /// Where it begins in the whole text, in bytes and in characters.
    start: (usize, usize),
    /// Number and place of each row.
    rows: Vec<(u64, Range<usize>)>,
}

impl Open {
    /// The part that a row stands in; `None` above the first row.
    fn read_part(&self, view: View, import: &ImportRow, wanted: u64) -> Result<Option<Part>, StoreError> {
        let mark =
            "SELECT row, byte, scalar FROM import_mark WHERE import = ?1 AND row <= ?2 ORDER BY row DESC LIMIT 1";
        let next = "SELECT byte FROM import_mark WHERE import = ?1 AND row > ?2 ORDER BY row LIMIT 1";
        let numbers = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let connection = view.connection;
        let found = connection.query_row(mark, params![import.number, wanted as i64], numbers).optional()?;
        let Some((first, byte, scalar)): Option<(u64, i64, i64)> = found else { return Ok(None) };
        let end: Option<i64> =
            connection.query_row(next, params![import.number, wanted as i64], |row| row.get(0)).optional()?;
        let (byte, end) = (byte as usize, end.map_or(usize::MAX >> 1, |end| end as usize));
        let mut bytes = blob::read_from(connection, self.import.text, byte, end)?;
        bytes.truncate(end - byte);
        let text = String::from_utf8(bytes).map_err(|_| StoreError::Damaged("a part of a table".into()))?;
        let mut places = Vec::new();
        let mut row = Row::default();
        let mut rows = self.header.rows_from(&text, byte, first);
        // A row that cannot be read has a place too.
        while rows.read(&mut row).is_some() {
            places.push((row.number, row.span.clone()));
        }
        drop(rows);
        Ok(Some(Part { text, start: (byte, scalar as usize), rows: places }))
    }
}

/// What a cell says, in names.
pub struct Told {
    /// Of whom or what.
    pub entity: String,
    /// The object.
    pub object: Option<String>,
    /// The predicate.
    pub predicate: Predicate,
    /// The value.
    pub value: Value,
}

/// A row of an import.
pub struct ImportedRow {
    /// Its words.
    pub exact: String,
    /// First byte and first character in the text.
    pub start: (usize, usize),
}

impl<'c> Tables<'c> {
    /// Reads imports of this view.
    pub fn new(view: View<'c>) -> Result<Tables<'c>, StoreError> {
        let imports = view.imports()?.into_iter().map(|import| (import.first, import)).collect();
        Ok(Tables { view, imports, open: HashMap::new() })
    }

    /// True where there is no import.
    pub fn is_empty(&self) -> bool {
        self.imports.is_empty()
    }

    /// The question that a claim answers, as its names stand now; `None` where the row holds no such claim.
    pub fn question(&mut self, claim: u64) -> Result<Option<Question>, StoreError> {
        let Some(Told { entity, object, predicate, value }) = self.cell(claim)? else { return Ok(None) };
        let called = |name: &String| identity::first_called(self.view.connection, name);
        let Some(subject) = called(&entity)? else { return Ok(None) };
        let object = object.as_ref().map(called).transpose()?.flatten();
        Ok(Some(Question::of_value(&subject, object.as_ref(), &value, &predicate)))
    }

    /// The import that a claim comes from; `None` for one that was logged.
    pub fn import_of(&self, claim: u64) -> Option<&ImportRow> {
        let (_, import) = self.imports.range(..=claim).next_back()?;
        import.claim(claim - import.first).map(|_| import)
    }

    fn open(&mut self, row: &ImportRow) -> Result<&mut Open, StoreError> {
        match self.open.entry(row.number) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let (_, body) = self.view.checked_entry(row.sequence)?;
                let Body::Import(import) = body else {
                    return Err(StoreError::Damaged(format!("entry {} is no import", row.sequence)));
                };
                let first: i64 = self.view.connection.query_row(
                    "SELECT coalesce(min(byte), 0) FROM import_mark WHERE import = ?1",
                    params![row.number],
                    |row| row.get(0),
                )?;
                let mut head = blob::read_from(self.view.connection, import.text, 0, first as usize)?;
                head.truncate(first as usize);
                let head = String::from_utf8(head).map_err(|_| StoreError::Damaged("a table's head".into()))?;
                let header = header(&import, &head)?;
                Ok(new.insert(Open { import: *import, header, part: None }))
            }
        }
    }

    /// The import entry of a claim.
    pub fn import(&mut self, claim: u64) -> Result<Import, StoreError> {
        let row = self.import_of(claim).cloned();
        let row = row.ok_or_else(|| StoreError::Damaged(format!("claim {claim} is of no import")))?;
        Ok(self.open(&row)?.import.clone())
    }

    /// The row that a claim stands in; `None` for a row that cannot be read.
    pub fn row(&mut self, claim: u64) -> Result<Option<(ImportedRow, Row)>, StoreError> {
        let import = self.import_of(claim).cloned();
        let import = import.ok_or_else(|| StoreError::Damaged(format!("claim {claim} is of no import")))?;
        let wanted = import.row_of(claim);
        let view = self.view;
        let open = self.open(&import)?;
        let holds = |part: &Part| part.rows.first().is_some_and(|(first, _)| (*first..*first + MARK).contains(&wanted));
        if !open.part.as_ref().is_some_and(holds) {
            open.part = open.read_part(view, &import, wanted)?;
        }
        let Some(part) = &open.part else { return Ok(None) };
        let Ok(place) = part.rows.binary_search_by_key(&wanted, |(number, _)| *number) else { return Ok(None) };
        let span = &part.rows[place].1;
        let words = &part.text[span.start - part.start.0..span.end - part.start.0];
        let mut row = Row::default();
        let mut rows = open.header.rows_from(words, span.start, wanted);
        match rows.read(&mut row) {
            Some(Ok(())) => {}
            Some(Err(_)) | None => return Ok(None),
        }
        let scalars = part.start.1 + part.text[..span.start - part.start.0].chars().count();
        Ok(Some((ImportedRow { exact: words.to_string(), start: (span.start, scalars) }, row)))
    }

    /// The name of a claim's entity, its predicate and what its cell says; `None` where the row holds no such claim.
    pub fn cell(&mut self, claim: u64) -> Result<Option<Told>, StoreError> {
        let Some((_, row)) = self.row(claim)? else { return Ok(None) };
        let import = self.import(claim)?;
        let found = self.import_of(claim).ok_or_else(|| StoreError::Damaged("an import is missing".into()))?;
        let place = ((claim - found.first) % found.width) as usize;
        let n_named = import.map.wanted().len() - if import.map.is_long() { 2 } else { import.map.predicates.len() };
        let (attribute, column) = match import.map.is_long() {
            true => (row.cell(n_named).to_string(), n_named + 1),
            false => (import.map.predicates.keys().nth(place).cloned().unwrap_or_default(), n_named + place),
        };
        let Some((attribute, mapped)) = import.map.predicates.get_key_value(&attribute) else { return Ok(None) };
        let predicate = place::predicate(self.view.connection, found.sequence, &mapped.name_for(attribute))?;
        let known = (attribute, mapped, predicate);
        let value = value_of(&import, &known, attribute, row.cell(column));
        let entity = import.map.table.entity.clone().unwrap_or_else(|| row.cell(0).to_string());
        Ok(value.ok().map(|value| Told { entity, object: known.1.object.clone(), predicate: known.2, value }))
    }
}
