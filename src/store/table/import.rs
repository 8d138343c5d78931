//! From what the cells of a table say to statements.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use foldhash::{HashMap, HashMapExt};
use rusqlite::params;

use super::cell::BadRow;
use super::header;
use super::read::{Batch, Cell, DESCRIBED, Outcome, Reading, Said, Texts};
use super::rows::take_claims;
use crate::domain::claim::{EntityKey, Value};
use crate::domain::id::{Digest, SourceId};
use crate::domain::predicate::{ObjectRule, Predicate};
use crate::domain::question::Question;
use crate::domain::table::MappedPredicate;
use crate::domain::unit::Unit;
use crate::quote::fold_name;
use crate::record::body::{Import, import_key};
use crate::store::derive::Touched;
use crate::store::error::StoreError;
use crate::store::view::View;
use crate::store::{blob, identity, place, statement};

/// Batches that may wait to be put on their questions.
const WAITING: usize = 8;

/// What came of reading a table.
#[derive(Debug, Default)]
pub struct Imported {
    /// Questions that its rows answer, ascending: their verdicts have to be worked out anew.
    pub questions: Vec<i64>,
    /// Questions whose claims may go back to somebody else now, because somebody got a name.
    pub touched: Touched,
    /// Number of the last row.
    pub rows: u64,
    /// How many rows hold claims.
    pub n_rows: u64,
    /// How many claims there are.
    pub claims: u64,
    /// Rows that cannot be read, each with the reason; the first thousand.
    pub bad: Vec<(u64, BadRow)>,
    /// How many there are.
    pub n_bad: u64,
    /// Attributes that the map does not name, each with how many rows have it.
    pub passed_over: BTreeMap<String, u64>,
    /// Attributes that the map names and no row has.
    pub unused: Vec<String>,
    /// Entities named for the first time, in the order of their rows.
    pub named: Vec<String>,
    /// Publishers named for the first time, in the order of their rows.
    pub publishers: Vec<String>,
    /// Hash of what the claims say.
    pub said: Option<Digest>,
}

/// The stored text of a table.
pub fn text_of(view: View, import: &Import) -> Result<String, StoreError> {
    let bytes = blob::read(view.connection, import.text)?;
    let bytes = bytes.ok_or_else(|| StoreError::Damaged(format!("the bytes of {} are missing", import.text)))?;
    String::from_utf8(bytes).map_err(|error| StoreError::Damaged(format!("a table's text: {error}")))
}

/// Reads the whole of a table, whose text is given, and puts its claims on their questions. `sequence` is the import's
/// entry, which need not be there yet. Where rows cannot be read and are not passed over, the tables are left half done,
/// for the transaction to be given up.
pub fn import(
    view: View,
    sequence: u64,
    import: &Import,
    text: &str,
    progress: &dyn Fn(u64, u64),
) -> Result<Imported, StoreError> {
    let rows = header(import, text)?.rows(text);
    let mut predicates = Vec::new();
    for (attribute, mapped) in &import.map.predicates {
        predicates.push((attribute, mapped, place::predicate(view, sequence, &mapped.name_for(attribute))?));
    }
    let reading = predicates.iter().map(|(attribute, mapped, predicate)| (*attribute, *mapped, &**predicate));
    let reading = Reading::new(import, text, rows, reading.collect());
    let mut placing = Placing::new(view, import, &predicates)?;
    // As many cells as there can be: to make room for ten million of them step by step takes a tenth of the import.
    let n_lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
    let n_values = if import.map.is_long() { 1 } else { predicates.len() };
    let n_cells = n_lines.saturating_mul(n_values).min(text.len());
    placing.cells.reserve(n_cells);
    placing.placed.reserve(n_cells);
    let (hand_over, batches) = sync_channel(WAITING);
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(move || reading.read(&hand_over));
        // The reader gives up where nobody listens any more.
        let placed = batches.into_iter().try_for_each(|batch: Batch| {
            progress(batch.read as u64, text.len() as u64);
            placing.take(batch)
        });
        let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        placed.map(|()| read)
    })?;
    placing.finish(sequence, read)
}

/// Claims being put on their questions.
struct Placing<'a> {
    view: View<'a>,
    import: &'a Import,
    /// In the order of the map.
    predicates: &'a [(&'a String, &'a MappedPredicate, Arc<Predicate>)],
    texts: Texts,
    /// Of each predicate its object, where it has one that a name leads to.
    objects: Vec<Option<EntityKey>>,
    /// Of each name the entity that it leads to, once that is known.
    entities: Vec<Option<EntityKey>>,
    /// Names that by themselves will not say later whom they mean, each with the row of its entity.
    pins: Vec<(String, i64)>,
    /// Of each publisher whether a row names him that is put on record.
    publishes: Vec<bool>,
    cells: Vec<Cell>,
    /// Of each cell its question.
    placed: Vec<(i64, u32)>,
    /// By entity, predicate and what else tells questions on one subject and predicate apart.
    questions: HashMap<(u32, u16, u32), i64>,
    lookup: Lookup<'a>,
    /// Rows with names that lead nowhere.
    refused: Vec<(u64, BadRow)>,
    n_refused: u64,
}

impl<'a> Placing<'a> {
    fn new(
        view: View<'a>,
        import: &'a Import,
        predicates: &'a [(&'a String, &'a MappedPredicate, Arc<Predicate>)],
    ) -> Result<Placing<'a>, StoreError> {
        let mut lookup = Lookup { view, named: Vec::new(), trouble: HashMap::new(), touched: Touched::new() };
        let mut pins = Vec::new();
        let mut objects = Vec::with_capacity(predicates.len());
        for (number, (_, mapped, _)) in predicates.iter().enumerate() {
            let bearer = Bearer::Object(number as u16);
            let key = match mapped.object.as_deref() {
                Some(name) => match lookup.known(bearer, "object", name)? {
                    None if !lookup.trouble.contains_key(&bearer) => Some(lookup.find(name)?.1),
                    known => known,
                },
                None => None,
            };
            pins.extend(lookup.pin(mapped.object.as_deref().unwrap_or_default(), key.as_ref())?);
            objects.push(key);
        }
        Ok(Placing {
            view,
            import,
            predicates,
            texts: Texts::default(),
            objects,
            entities: Vec::new(),
            pins,
            publishes: Vec::new(),
            cells: Vec::new(),
            placed: Vec::new(),
            questions: HashMap::new(),
            lookup,
            refused: Vec::new(),
            n_refused: 0,
        })
    }

    /// Finds the questions of the cells of a batch. These are made in the order of their first row, so that a table makes the
    /// same ones whatever else is there.
    fn take(&mut self, batch: Batch) -> Result<(), StoreError> {
        let columns = &self.import.map.columns;
        // Nobody is named before a row that names him is put on its question: one that leads nowhere is a bad row, and
        // names nobody.
        for (number, name) in (self.texts.entities.len()..).zip(&batch.texts.entities) {
            let column = columns.entity.as_deref().unwrap_or("entity");
            let found = self.lookup.known(Bearer::Entity(number as u32), column, name)?;
            self.pins.extend(self.lookup.pin(name, found.as_ref())?);
            self.entities.push(found);
        }
        for (number, name) in (self.texts.publishers.len()..).zip(&batch.texts.publishers).filter(|(n, _)| *n > 0) {
            let column = columns.source.as_deref().unwrap_or_default();
            self.lookup.known(Bearer::Publisher(number as u32), column, name)?;
        }
        self.texts.extend(batch.texts);
        self.publishes.resize(self.texts.publishers.len(), false);
        let width = self.import.map.width() as u64;
        let row_of = |cell: &Cell| cell.ordinal / width;
        // A batch has whole rows, and a row is put on record whole or not at all.
        for row in batch.cells.chunk_by(|a, b| row_of(a) == row_of(b)) {
            if !self.lookup.trouble.is_empty()
                && let Some(why) = row.iter().find_map(|cell| self.trouble(cell)).cloned()
            {
                self.n_refused += 1;
                if self.refused.len() < DESCRIBED {
                    self.refused.push((row_of(&row[0]), why));
                }
                continue;
            }
            for &cell in row {
                let question = self.question(&cell)?;
                self.publishes[cell.publisher as usize] = true;
                self.placed.push((question, self.cells.len() as u32));
                self.cells.push(cell);
            }
        }
        Ok(())
    }

    /// Why a cell's names lead nowhere.
    fn trouble(&self, cell: &Cell) -> Option<&BadRow> {
        let bearers = [Bearer::Entity(cell.entity), Bearer::Object(cell.predicate), Bearer::Publisher(cell.publisher)];
        bearers.iter().find_map(|bearer| self.lookup.trouble.get(bearer))
    }

    /// The entity that a name leads to, which is named where nobody was called so.
    fn entity(&mut self, number: u32) -> Result<EntityKey, StoreError> {
        if let Some(known) = &self.entities[number as usize] {
            return Ok(known.clone());
        }
        let key = self.lookup.find(&self.texts.entities[number as usize])?.1;
        self.entities[number as usize] = Some(key.clone());
        Ok(key)
    }

    fn question(&mut self, cell: &Cell) -> Result<i64, StoreError> {
        let (_, _, predicate) = &self.predicates[usize::from(cell.predicate)];
        let words = predicate.object != ObjectRule::None;
        // What tells two questions on one subject and predicate apart: the unit of a figure, or the words.
        let apart = match cell.said {
            Said::Compact(figure) => Some(self.texts.figures[figure as usize].1),
            Said::Wide(_) => None,
            Said::Words(number) | Said::Date(number) if words => Some(number),
            Said::Time(time) if words => Some(time.seconds()),
            _ => Some(0),
        };
        let key = apart.map(|apart| (cell.entity, cell.predicate, apart));
        if let Some(&known) = key.as_ref().and_then(|key| self.questions.get(key)) {
            return Ok(known);
        }
        let subject = self.entity(cell.entity)?;
        let object = self.objects[usize::from(cell.predicate)].as_ref();
        let question = Question::of_value(&subject, object, &self.value(cell.said), predicate);
        let question = place::insert_question(self.view, &question)?;
        if let Some(key) = key {
            self.questions.insert(key, question);
        }
        Ok(question)
    }

    /// Names the publishers, and writes the statements, unless there are bad rows that are not to be passed over.
    fn finish(mut self, sequence: u64, read: Outcome) -> Result<Imported, StoreError> {
        let Outcome { rows, n_rows, mut bad, n_bad, passed_over, unused, marks, no_column } = read;
        if let Some(error) = no_column {
            return Err(StoreError::Table(error));
        }
        bad.append(&mut self.refused);
        bad.sort_by_key(|(row, _)| *row);
        bad.truncate(DESCRIBED);
        let mut outcome = Imported {
            rows,
            n_rows: n_rows - self.n_refused,
            bad,
            n_bad: n_bad + self.n_refused,
            passed_over,
            unused,
            named: std::mem::take(&mut self.lookup.named),
            ..Imported::default()
        };
        let refused = outcome.n_bad > 0 && !self.import.skip_bad;
        if refused {
            return Ok(outcome);
        }
        // Whoever publishes is known from the table itself, and needs nobody's leave to be named.
        let mut publishers: Vec<Origin> = vec![table_origin(self.view, self.import.source)?];
        for (name, publishes) in self.texts.publishers.iter().zip(&self.publishes).skip(1) {
            // One that no row names has no use for a number.
            let code = if *publishes { self.lookup.find(name)?.0 * 4 } else { -1 };
            publishers.push(Origin { code, more: None, bits: statement::OWN_VOICE });
        }
        outcome.publishers = std::mem::take(&mut self.lookup.named);
        outcome.touched = std::mem::take(&mut self.lookup.touched);
        self.write(sequence, &publishers, &marks, outcome)
    }

    fn write(
        mut self,
        sequence: u64,
        publishers: &[Origin],
        marks: &[(u64, usize, usize)],
        mut outcome: Imported,
    ) -> Result<Imported, StoreError> {
        let view = self.view;
        let key = import_key(self.import)?;
        let width = self.import.map.width() as u64;
        let first = take_claims(view, (outcome.rows + 1) * width)?;
        let source: i64 = view.connection.query_row(
            "SELECT number FROM source WHERE id = ?1",
            params![self.import.source.0.0.as_slice()],
            |row| row.get(0),
        )?;
        self.questions = HashMap::new();
        let mut placed = std::mem::take(&mut self.placed);
        let (cells, texts) = (&self.cells, &self.texts);
        let (said, touched) = std::thread::scope(|scope| {
            let said = scope.spawn(|| said_hash(cells, texts));
            placed.sort_unstable();
            let touched = put_statements(view, source, first, &placed, cells, texts, publishers);
            (said.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), touched)
        });
        outcome.questions = touched?;
        outcome.claims = placed.len() as u64;
        outcome.said = Some(said);
        let mut insert = view.prepare(
            "INSERT INTO import (key, sequence, source, snapshot, first, rows, width, bad)
             SELECT ?1, ?2, ?3, number, ?6, ?7, ?8, ?9 FROM snapshot WHERE source = ?3 AND sha256 = ?4 AND text = ?5",
        )?;
        let inserted = insert.execute(params![
            key.0.as_slice(),
            sequence as i64,
            source,
            self.import.snapshot.0.as_slice(),
            self.import.text.0.as_slice(),
            first as i64,
            outcome.rows as i64,
            width as i64,
            outcome.n_bad as i64,
        ])?;
        if inserted != 1 {
            return Err(StoreError::Damaged(format!("entry {sequence} names a snapshot that was never captured")));
        }
        let number = view.connection.last_insert_rowid();
        let mut insert = view.prepare("INSERT INTO import_mark (import, row, byte, scalar) VALUES (?1, ?2, ?3, ?4)")?;
        for &(row, byte, scalar) in marks {
            insert.execute(params![number, row as i64, byte as i64, scalar as i64])?;
        }
        let mut insert = view.prepare(
            "INSERT INTO import_name (import, name, entity) VALUES (?1, ?2, ?3) ON CONFLICT (import, name) DO NOTHING",
        )?;
        for (name, entity) in &self.pins {
            insert.execute(params![number, name, entity])?;
        }
        let mut insert = view.prepare("INSERT INTO import_bad (import, row, why) VALUES (?1, ?2, ?3)")?;
        for (row, why) in &outcome.bad {
            insert.execute(params![number, *row as i64, why.to_string()])?;
        }
        Ok(outcome)
    }

    fn value(&self, said: Said) -> Value {
        let texts = &self.texts;
        match said {
            Said::Compact(figure) => {
                let (compact, unit) = texts.figures[figure as usize];
                let unit = statement::unit(text_at(&texts.units, unit)).unwrap_or(Unit::Number);
                Value::Figure(compact.figure(unit))
            }
            Said::Wide(figure) => Value::Figure(texts.wide[figure as usize].clone()),
            Said::Words(number) => Value::Text(texts.words[number as usize].to_string()),
            Said::Date(number) => {
                let text = &texts.words[number as usize];
                text.parse().map_or_else(|_| Value::Text(text.to_string()), Value::Date)
            }
            Said::Time(time) => Value::Time(time),
        }
    }
}

/// Writes the statements of the cells of a table, which are given by question. Answers the questions, ascending.
fn put_statements(
    view: View,
    source: i64,
    first: u64,
    placed: &[(i64, u32)],
    cells: &[Cell],
    texts: &Texts,
    publishers: &[Origin],
) -> Result<Vec<i64>, StoreError> {
    let mut insert = view.prepare(
        "INSERT INTO statement (question, claim, source, origin, lo, hi, decimals, form, unit, words, as_of, more)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let mut touched: Vec<i64> = Vec::new();
    for &(question, index) in placed {
        let cell = &cells[index as usize];
        let words = |number: u32| Some(&*texts.words[number as usize]);
        let (compact, unit, words, kind) = match cell.said {
            Said::Compact(figure) => {
                let (compact, unit) = texts.figures[figure as usize];
                (Some(compact), unit, None, 0)
            }
            Said::Wide(_) => (None, 0, None, statement::WIDE),
            Said::Words(number) => (None, 0, words(number), 0),
            Said::Date(number) => (None, 0, words(number), statement::DATE),
            Said::Time(time) => (None, 0, None, statement::time_bits(time)),
        };
        let seconds = match cell.said {
            Said::Time(time) => Some(i64::from(time.seconds())),
            _ => None,
        };
        let origin = &publishers[cell.publisher as usize];
        insert.execute(params![
            question,
            (first + cell.ordinal) as i64,
            source,
            origin.code,
            compact.and_then(|compact| compact.lo).or(seconds),
            compact.and_then(|compact| compact.hi),
            compact.map(|compact| compact.decimals),
            compact.map_or(0, |compact| compact.form) | kind | origin.bits,
            text_at(&texts.units, unit),
            words,
            text_at(&texts.dates, cell.as_of),
            origin.more,
        ])?;
        if touched.last() != Some(&question) {
            touched.push(question);
        }
    }
    Ok(touched)
}

/// A hash of what the cells say, as it was read.
fn said_hash(cells: &[Cell], texts: &Texts) -> Digest {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    for cell in cells {
        hasher.update(cell.ordinal.to_be_bytes());
        match cell.said {
            Said::Compact(figure) => {
                let (compact, unit) = &texts.figures[figure as usize];
                hasher.update(compact.lo.unwrap_or(i64::MIN).to_be_bytes());
                hasher.update(compact.hi.unwrap_or(i64::MIN).to_be_bytes());
                hasher.update(compact.decimals.to_be_bytes());
                hasher.update(compact.form.to_be_bytes());
                hasher.update(texts.units[*unit as usize].as_bytes());
            }
            Said::Wide(figure) => hasher.update(serde_json::json!(texts.wide[figure as usize]).to_string()),
            Said::Words(number) | Said::Date(number) => hasher.update(texts.words[number as usize].as_bytes()),
            Said::Time(time) => hasher.update(time.to_string()),
        }
        hasher.update([0]);
        hasher.update(texts.dates[cell.as_of as usize].as_bytes());
        hasher.update([0]);
    }
    Digest(hasher.finalize().into())
}

/// Whom a row goes back to, as its statement has it.
struct Origin {
    code: i64,
    /// Where no number stands for it.
    more: Option<String>,
    /// The bits that say so, and whether he says it on a page of his own.
    bits: u32,
}

/// Whom the rows of a table go back to that name nobody.
fn table_origin(view: View, source: SourceId) -> Result<Origin, StoreError> {
    let missing = || StoreError::Damaged(format!("the source {source} is not on record"));
    let source = view.source(source)?.ok_or_else(missing)?;
    let (origin, is_own) = view.origin_of_table(&source)?;
    let (code, more, bit) = statement::origin_of_rows(view, &origin)?;
    Ok(Origin { code, more, bits: bit | if is_own { statement::OWN_VOICE } else { 0 } })
}

/// Works out anew whom the rows go back to of tables that name nobody in them, after it was said of some sources who
/// publishes them, or what they derive from.
pub fn republished(view: View, sources: &[i64]) -> Result<(), StoreError> {
    let mut update = view.prepare(
        "UPDATE statement SET origin = ?3, form = (form & ~?5) | ?4, more = ?6
         WHERE claim >= ?1 AND claim < ?2 AND (origin, form & ?5, more) IS NOT (?3, ?4, ?6)",
    )?;
    for import in view.imports()?.into_iter().filter(|import| sources.contains(&import.source)) {
        let claims = import.claims();
        let entry = view.import_entry(claims.start)?;
        if entry.map.columns.source.is_some() {
            continue;
        }
        let Origin { code, more, bits } = table_origin(view, entry.source)?;
        let mask = statement::OWN_VOICE | statement::MORE;
        update.execute(params![claims.start as i64, claims.end as i64, code, bits, mask, more])?;
    }
    Ok(())
}

fn text_at(texts: &[Arc<str>], number: u32) -> Option<&str> {
    (number > 0).then(|| &*texts[number as usize])
}

/// Whose name it is, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Bearer {
    Entity(u32),
    Object(u16),
    Publisher(u32),
}

/// Looks names up, and names who has none yet.
struct Lookup<'v> {
    view: View<'v>,
    /// Who was named for the first time.
    named: Vec<String>,
    /// Names that lead nowhere.
    trouble: HashMap<Bearer, BadRow>,
    /// Questions whose claims may go back to somebody who was named.
    touched: Touched,
}

/// Where a name leads.
enum Lead {
    Nobody,
    One(EntityKey),
    Many(Vec<EntityKey>),
}

impl Lookup<'_> {
    /// Row of the entity of a name that leads to one or to nobody, and its key as it stands; in the second case it is named.
    fn find(&mut self, name: &str) -> Result<(i64, EntityKey), StoreError> {
        let folded = fold_name(name);
        match self.lead(name, &folded)? {
            Lead::One(key) => Ok((identity::meant_by(self.view, name, &folded, &key)?.0, key)),
            Lead::Nobody | Lead::Many(_) => {
                let (entity, touched) = identity::name_new(self.view, name, &folded)?;
                self.named.push(name.to_string());
                self.touched.extend(touched);
                Ok(entity)
            }
        }
    }

    /// The entity of a name that is on record; where several are called so, that is noted as trouble of its bearer.
    fn known(&mut self, bearer: Bearer, column: &str, name: &str) -> Result<Option<EntityKey>, StoreError> {
        match self.lead(name, &fold_name(name))? {
            Lead::Nobody => Ok(None),
            Lead::One(key) => Ok(Some(key)),
            Lead::Many(keys) => {
                let keys = keys.into_iter().map(|key| key.0).collect();
                let (column, name) = (column.to_string(), name.to_string());
                self.trouble.insert(bearer, BadRow::ManyEntities { column, name, keys });
                Ok(None)
            }
        }
    }

    /// A name that leads to an entity, with the row of that, where it will not say so by itself later.
    fn pin(&self, name: &str, key: Option<&EntityKey>) -> Result<Option<(String, i64)>, StoreError> {
        let Some(key) = key else { return Ok(None) };
        let (entity, is_pinned) = identity::meant_by(self.view, name, &fold_name(name), key)?;
        Ok(is_pinned.then(|| (name.to_string(), entity)))
    }

    fn lead(&self, name: &str, folded: &str) -> Result<Lead, StoreError> {
        let mut called = self.view.entities_called(folded)?;
        if called.len() == 1 {
            return Ok(Lead::One(called.remove(0)));
        }
        let by_key = EntityKey(name.to_string());
        if self.view.name(&by_key)?.is_some() {
            return Ok(Lead::One(self.view.standing_for(&by_key)?));
        }
        Ok(if called.is_empty() { Lead::Nobody } else { Lead::Many(called) })
    }
}
