//! Single rows of imports, and the claims in them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};

use super::cell::{on_one_line, value_of};
use super::header;
use crate::capture::table::{Header, Row};
use crate::domain::claim::{EntityKey, Value};
use crate::domain::id::{ClaimId, Digest};
use crate::domain::predicate::Predicate;
use crate::domain::question::Question;
use crate::quote::fold_name;
use crate::record::body::{Body, Import, import_claim_head, import_claim_id, import_ordinal};
use crate::store::error::StoreError;
use crate::store::view::{View, digest};
use crate::store::{blob, identity, place};

/// Takes the numbers of the next `n` claims; answers the first.
pub fn take_claims(view: View, n: u64) -> Result<u64, StoreError> {
    let next = match view.known.next_claim.get() {
        Some(next) => next,
        None => {
            let mut select = view.prepare(
                "SELECT max(coalesce((SELECT max(number) FROM claim), 0),
                            coalesce((SELECT first + (rows + 1) * width - 1 FROM import ORDER BY first DESC LIMIT 1), 0)) + 1",
            )?;
            select.query_row([], |row| row.get(0))?
        }
    };
    view.known.next_claim.set(Some(next + n));
    Ok(next)
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
    /// How many of its rows were passed over as bad.
    pub n_bad: u64,
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

    /// Which of the claims of its row it is.
    fn place_of(&self, claim: u64) -> usize {
        ((claim - self.first) % self.width) as usize
    }
}

const IMPORT: &str = "SELECT number, key, sequence, source, first, rows, width, bad FROM import";

fn import_row(row: &rusqlite::Row) -> Result<ImportRow, rusqlite::Error> {
    Ok(ImportRow {
        number: row.get(0)?,
        key: digest(row.get(1)?)?,
        sequence: row.get(2)?,
        source: row.get(3)?,
        first: row.get(4)?,
        rows: row.get(5)?,
        width: row.get(6)?,
        n_bad: row.get(7)?,
    })
}

impl View<'_> {
    /// The imports on record, oldest first.
    pub fn imports(&self) -> Result<Vec<ImportRow>, StoreError> {
        self.rows(&format!("{IMPORT} ORDER BY first"), [], import_row)
    }

    /// The import of that key.
    pub fn import_by_key(&self, key: Digest) -> Result<Option<ImportRow>, StoreError> {
        let found = self.rows(&format!("{IMPORT} WHERE key = ?1"), [Sql::Blob(key.0.to_vec())], import_row)?;
        Ok(found.into_iter().next())
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

    /// Of a claim of an import its ordinal; `None` for one that was logged.
    pub fn ordinal(&self, claim: i64) -> Result<Option<u64>, StoreError> {
        Ok(self.tables()?.import_of(claim as u64).map(|import| claim as u64 - import.first))
    }

    /// The first thousand rows of an import that were passed over as bad, each with the reason.
    pub fn bad_rows(&self, import: i64) -> Result<Vec<(u64, String)>, StoreError> {
        let sql = "SELECT row, why FROM import_bad WHERE import = ?1 ORDER BY row";
        self.rows(sql, [Sql::Integer(import)], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

/// The imports on record.
pub struct Tables {
    /// By their first number.
    imports: BTreeMap<u64, Arc<ImportRow>>,
}

impl Tables {
    /// True where there is no import.
    pub fn is_empty(&self) -> bool {
        self.imports.is_empty()
    }

    /// The import that a claim comes from; `None` for one that was logged.
    pub fn import_of(&self, claim: u64) -> Option<&Arc<ImportRow>> {
        let (_, import) = self.imports.range(..=claim).next_back()?;
        import.claim(claim - import.first).map(|_| import)
    }
}

/// An import that was read in, with the rows of it that were unpacked last.
pub struct Open {
    row: Arc<ImportRow>,
    import: Arc<Import>,
    header: Header,
    part: Mutex<Option<Arc<Part>>>,
}

/// Some rows of a table.
struct Part {
    text: String,
    /// Where it begins in the whole text, in bytes and in characters.
    start: (usize, usize),
    /// The numbers that its rows may have.
    numbers: Range<u64>,
    /// Its rows, and of each whether it could be read.
    rows: Vec<(Row, bool)>,
}

impl Open {
    /// The part that a row stands in; `None` above the first row.
    fn part(&self, view: View, wanted: u64) -> Result<Option<Arc<Part>>, StoreError> {
        let last = || self.part.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last().clone().filter(|part| part.numbers.contains(&wanted));
        if known.is_some() {
            return Ok(known);
        }
        let read = self.read_part(view, wanted)?.map(Arc::new);
        last().clone_from(&read);
        Ok(read)
    }

    fn read_part(&self, view: View, wanted: u64) -> Result<Option<Part>, StoreError> {
        let mark =
            "SELECT row, byte, scalar FROM import_mark WHERE import = ?1 AND row <= ?2 ORDER BY row DESC LIMIT 1";
        let next = "SELECT row, byte FROM import_mark WHERE import = ?1 AND row > ?2 ORDER BY row LIMIT 1";
        let import = params![self.row.number, wanted as i64];
        let first =
            |row: &rusqlite::Row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize, row.get::<_, i64>(2)? as usize));
        let Some((number, byte, scalar)) = view.prepare(mark)?.query_row(import, first).optional()? else {
            return Ok(None);
        };
        let second = |row: &rusqlite::Row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize));
        let next: Option<(u64, usize)> = view.prepare(next)?.query_row(import, second).optional()?;
        let (end_number, end) = next.unwrap_or((u64::MAX, usize::MAX >> 1));
        let mut bytes = blob::read_from(view.connection, self.import.text, byte, end)?;
        bytes.truncate(end - byte);
        let text = String::from_utf8(bytes).map_err(|_| StoreError::Damaged("a part of a table".into()))?;
        let mut read = Vec::new();
        let mut row = Row::default();
        let mut rows = self.header.rows_from(&text, byte, number);
        while let Some(outcome) = rows.read(&mut row) {
            read.push((row.clone(), outcome.is_ok()));
        }
        drop(rows);
        Ok(Some(Part { text, start: (byte, scalar), numbers: number..end_number, rows: read }))
    }
}

/// What a cell says, in names.
pub struct Told {
    /// Of whom or what.
    pub entity: String,
    /// The object.
    pub object: Option<String>,
    /// The predicate.
    pub predicate: Arc<Predicate>,
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

impl View<'_> {
    /// True for a claim that is a row of a table.
    pub fn is_of_table(&self, claim: u64) -> Result<bool, StoreError> {
        if self.known.last_table.borrow().contains(&claim) {
            return Ok(true);
        }
        let tables = self.tables()?;
        let import = tables.import_of(claim);
        if let Some(import) = import {
            self.known.last_table.replace(import.claims());
        }
        Ok(import.is_some())
    }

    /// The tables whose rows are claims.
    pub fn tables(&self) -> Result<Arc<Tables>, StoreError> {
        self.known.tables.get((), |()| {
            let imports = self.imports()?.into_iter().map(|import| (import.first, Arc::new(import))).collect();
            Ok(Arc::new(Tables { imports }))
        })
    }

    fn open(&self, claim: u64) -> Result<Arc<Open>, StoreError> {
        let tables = self.tables()?;
        let row = tables.import_of(claim);
        let row = row.ok_or_else(|| StoreError::Damaged(format!("claim {claim} is of no import")))?;
        self.known.opened.get(row.number, |_| {
            let (_, body) = self.checked_entry(row.sequence)?;
            let Body::Import(import) = body else {
                return Err(StoreError::Damaged(format!("entry {} is no import", row.sequence)));
            };
            let mut select = self.prepare("SELECT byte FROM import_mark WHERE import = ?1 ORDER BY row LIMIT 1")?;
            let first = select.query_row(params![row.number], |row| row.get::<_, i64>(0)).optional()?;
            let first = first.unwrap_or(0) as usize;
            let mut head = blob::read_from(self.connection, import.text, 0, first)?;
            head.truncate(first);
            let head = String::from_utf8(head).map_err(|_| StoreError::Damaged("a table's head".into()))?;
            let header = header(&import, &head)?;
            Ok(Arc::new(Open { row: row.clone(), import: Arc::new(*import), header, part: Mutex::default() }))
        })
    }

    /// The import entry of a claim of an import.
    pub fn import_entry(&self, claim: u64) -> Result<Arc<Import>, StoreError> {
        Ok(self.open(claim)?.import.clone())
    }

    /// The row that a claim of an import stands in; `None` for a row that cannot be read.
    pub fn imported_row(&self, claim: u64) -> Result<Option<(ImportedRow, Row)>, StoreError> {
        let open = self.open(claim)?;
        let wanted = open.row.row_of(claim);
        let Some(part) = open.part(*self, wanted)? else { return Ok(None) };
        let Ok(place) = part.rows.binary_search_by_key(&wanted, |(row, _)| row.number) else { return Ok(None) };
        let (row, is_readable) = &part.rows[place];
        if !is_readable {
            return Ok(None);
        }
        let (start, end) = (row.span.start - part.start.0, row.span.end - part.start.0);
        let scalars = part.start.1 + part.text[..start].chars().count();
        let exact = part.text[start..end].to_string();
        Ok(Some((ImportedRow { exact, start: (row.span.start, scalars) }, row.clone())))
    }

    /// The name of the entity of a claim of an import, its predicate and what its cell says; `None` where the row holds
    /// no such claim.
    pub fn cell(&self, claim: u64) -> Result<Option<Told>, StoreError> {
        let Some((_, row)) = self.imported_row(claim)? else { return Ok(None) };
        let open = self.open(claim)?;
        let (map, place) = (&open.import.map, open.row.place_of(claim));
        let n_named = map.wanted().len() - if map.is_long() { 2 } else { map.predicates.len() };
        let (attribute, column) = match map.is_long() {
            true => (row.cell(n_named).to_string(), n_named + 1),
            false => (map.predicates.keys().nth(place).cloned().unwrap_or_default(), n_named + place),
        };
        let Some((attribute, mapped)) = map.predicates.get_key_value(&attribute) else { return Ok(None) };
        let predicate = place::predicate(*self, open.row.sequence, &mapped.name_for(attribute))?;
        let value = value_of(&open.import, mapped, &predicate, attribute, (row.cell(column), row.is_typed(column)));
        let entity = map.table.entity.clone().unwrap_or_else(|| on_one_line(row.cell(0)).into_owned());
        Ok(value.ok().map(|value| Told { entity, object: mapped.object.clone(), predicate, value }))
    }

    /// The entity that a name of an import meant, as it stands now.
    fn meant(&self, import: i64, name: &str) -> Result<Option<EntityKey>, StoreError> {
        let mut select = self.prepare(
            "SELECT standing.key FROM import_name JOIN entity ON entity.number = import_name.entity
             JOIN entity AS standing ON standing.number = entity.stands
             WHERE import = ?1 AND import_name.name IN (?2, ?3) ORDER BY import_name.name = ?2 DESC LIMIT 1",
        )?;
        let pinned = select.query_row(params![import, name, fold_name(name)], |row| row.get(0).map(EntityKey));
        match pinned.optional()? {
            Some(pinned) => Ok(Some(pinned)),
            None => identity::first_called(*self, name),
        }
    }

    /// The question that a claim of an import answers, as its names stand now; `None` where the row holds no such claim.
    pub fn imported_question(&self, claim: u64) -> Result<Option<Question>, StoreError> {
        let Some(Told { entity, object, predicate, value }) = self.cell(claim)? else { return Ok(None) };
        let import = self.tables()?.import_of(claim).map_or(0, |import| import.number);
        let called = |name: &String| self.meant(import, name);
        let Some(subject) = called(&entity)? else { return Ok(None) };
        let object = object.as_ref().map(called).transpose()?.flatten();
        Ok(Some(Question::of_value(&subject, object.as_ref(), &value, &predicate)))
    }
}
