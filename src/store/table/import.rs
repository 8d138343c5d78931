//! From the text of a snapshot and a map to statements.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use rusqlite::params;

use super::cell::{BadRow, date_of, is_name, on_one_line, shortened, value_of};
use super::rows::take_claims;
use super::{MARK, header};
use crate::capture::table::{Row, Rows};
use crate::domain::claim::{EntityKey, Value};
use crate::domain::compact::Compact;
use crate::domain::figure::Figure;
use crate::domain::id::{Digest, SourceId};
use crate::domain::predicate::{ObjectRule, Predicate};
use crate::domain::question::Question;
use crate::domain::table::MappedPredicate;
use crate::domain::time_of_day::TimeOfDay;
use crate::domain::unit::Unit;
use crate::quote::fold_name;
use crate::record::body::{Import, import_key};
use crate::store::derive::Touched;
use crate::store::error::StoreError;
use crate::store::view::View;
use crate::store::{blob, identity, place, statement};

/// Cells of a predicate that are remembered.
const REMEMBERED: usize = 1 << 18;
/// Bad rows that are described; more are counted.
const DESCRIBED: usize = 1000;

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

/// A claim of a row, before names are looked up.
struct Cell {
    ordinal: u64,
    entity: u32,
    /// Number of the publisher's name; the first is none.
    publisher: u32,
    predicate: u16,
    as_of: u32,
    said: Said,
}

/// What a cell says.
#[derive(Clone)]
enum Said {
    Compact(Compact, u32),
    /// Digits that do not fit.
    Wide(Box<Figure>),
    Words(u32),
    Date(u32),
    Time(TimeOfDay),
}

/// Texts by number, each once.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.numbers.get(text) {
            return known;
        }
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_string(), number);
        self.texts.push(text.to_string());
        number
    }
}

/// Reads the whole of a table and puts its claims on their questions. `sequence` is the import's entry, which need not
/// be there yet. Where rows cannot be read and are not passed over, the tables are left half done, for the transaction
/// to be given up.
pub fn import(view: View, sequence: u64, import: &Import, progress: &dyn Fn(u64, u64)) -> Result<Imported, StoreError> {
    let bytes = blob::read(view.connection, import.text)?;
    let bytes = bytes.ok_or_else(|| StoreError::Damaged(format!("the bytes of {} are missing", import.text)))?;
    let text = String::from_utf8(bytes).map_err(|error| StoreError::Damaged(format!("a table's text: {error}")))?;
    let mut reading = Reading::new(view, sequence, import, &text)?;
    reading.read(progress)?;
    reading.put(view, sequence)
}

/// A table being read.
struct Reading<'a> {
    import: &'a Import,
    text: &'a str,
    rows: Rows<'a>,
    /// In the order of the map.
    predicates: Vec<(&'a String, &'a MappedPredicate, Rc<Predicate>)>,
    entities: Names,
    publishers: Names,
    units: Names,
    words: Names,
    dates: Names,
    attributes: HashMap<String, Option<u16>>,
    /// Of each predicate what cells said that were read before: those that are typed, and the others.
    read_before: Vec<[HashMap<String, Said>; 2]>,
    cells: Vec<Cell>,
    marks: Vec<(u64, usize, usize)>,
    outcome: Imported,
}

impl<'a> Reading<'a> {
    fn new(view: View, sequence: u64, import: &'a Import, text: &'a str) -> Result<Reading<'a>, StoreError> {
        let rows = header(import, text)?.rows(text);
        // As many cells as there can be: to make room for ten million of them step by step takes a tenth of the import.
        let n_lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
        let n_values = if import.map.is_long() { 1 } else { import.map.predicates.len() };
        let mut predicates = Vec::new();
        for (attribute, mapped) in &import.map.predicates {
            let predicate = place::predicate(view, sequence, &mapped.name_for(attribute))?;
            predicates.push((attribute, mapped, predicate));
        }
        let mut reading = Reading {
            import,
            text,
            rows,
            predicates,
            entities: Names::default(),
            publishers: Names::default(),
            units: Names::default(),
            words: Names::default(),
            dates: Names::default(),
            attributes: HashMap::new(),
            read_before: vec![Default::default(); import.map.predicates.len()],
            cells: Vec::with_capacity(n_lines.saturating_mul(n_values).min(text.len())),
            marks: Vec::new(),
            outcome: Imported::default(),
        };
        // Number 0 stands for none.
        for names in [&mut reading.publishers, &mut reading.units, &mut reading.dates] {
            names.number("");
        }
        Ok(reading)
    }

    fn read(&mut self, progress: &dyn Fn(u64, u64)) -> Result<(), StoreError> {
        let mut row = Row::default();
        let (mut scalars, mut counted) = (0, 0);
        let mut n = 0;
        while let Some(read) = self.rows.read(&mut row) {
            if n % MARK == 0 {
                scalars += self.text[counted..row.span.start].chars().count();
                counted = row.span.start;
                self.marks.push((row.number, counted, scalars));
                progress(counted as u64, self.text.len() as u64);
            }
            n += 1;
            self.outcome.rows = row.number;
            let before = self.cells.len();
            let read = read.map_err(BadRow::from).and_then(|()| self.row(&row));
            self.outcome.n_rows += u64::from(read.is_ok() && self.cells.len() > before);
            if let Err(why) = read {
                self.cells.truncate(before);
                self.outcome.n_bad += 1;
                if self.outcome.bad.len() < DESCRIBED {
                    self.outcome.bad.push((row.number, why));
                }
            }
        }
        let used: Vec<bool> = {
            let mut used = vec![false; self.predicates.len()];
            self.cells.iter().for_each(|cell| used[usize::from(cell.predicate)] = true);
            used
        };
        let unused = self.predicates.iter().zip(used).filter(|(_, used)| !used).map(|((name, ..), _)| name.to_string());
        self.outcome.unused = unused.collect();
        Ok(())
    }

    /// The claims of one row.
    fn row(&mut self, row: &Row) -> Result<(), BadRow> {
        let columns = &self.import.map.columns;
        let mut column = 0;
        let mut next_typed = || {
            column += 1;
            (row.cell(column - 1), row.is_typed(column - 1))
        };
        let mut next = || next_typed().0;
        let entity = match (&columns.entity, &self.import.map.table.entity) {
            (None, Some(entity)) => Cow::Borrowed(entity.as_str()),
            _ => on_one_line(next()),
        };
        let publisher = columns.source.as_ref().map(|column| (column, on_one_line(next())));
        let date = columns.date.as_ref().map(|column| (column, next()));
        let name = |column: &str, name: &str| match is_name(name) {
            true => Ok(()),
            false => Err(BadRow::Cell { column: column.to_string(), expected: "a name", found: shortened(name) }),
        };
        let width = self.import.map.width() as u64;
        let mut found: Vec<(u16, u64, Said)> = Vec::new();
        if self.import.map.is_long() {
            let (attribute, (value, typed)) = (next(), next_typed());
            let known = match self.attributes.get(attribute) {
                Some(known) => *known,
                None => {
                    let known = self.predicates.iter().position(|(name, ..)| *name == attribute).map(|n| n as u16);
                    self.attributes.insert(attribute.to_string(), known);
                    known
                }
            };
            let Some(predicate) = known else {
                *self.outcome.passed_over.entry(shortened(attribute)).or_default() += 1;
                return Ok(());
            };
            if !self.is_missing(value) {
                let column = columns.value.as_deref().unwrap_or_default();
                found.push((predicate, row.number * width, self.said(column, predicate, (value, typed))?));
            }
        } else {
            for place in 0..self.predicates.len() {
                let (value, typed) = next_typed();
                if !self.is_missing(value) {
                    let column = self.predicates[place].0;
                    let said = self.said(column, place as u16, (value, typed))?;
                    found.push((place as u16, row.number * width + place as u64, said));
                }
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        name(columns.entity.as_deref().unwrap_or("entity"), &entity)?;
        let publisher = match publisher {
            Some((column, publisher)) => {
                name(column, &publisher)?;
                self.publishers.number(&publisher)
            }
            None => 0,
        };
        let as_of = match date {
            Some((column, date)) if !self.is_missing(date) => {
                let read = date_of(&self.import.map, date);
                let wrong = || BadRow::Cell { column: column.clone(), expected: "a date", found: shortened(date) };
                let date = read.ok_or_else(wrong)?.to_string();
                self.dates.number(&date)
            }
            _ => 0,
        };
        let entity = self.entities.number(&entity);
        for (predicate, ordinal, said) in found {
            self.cells.push(Cell { ordinal, entity, publisher, predicate, as_of, said });
        }
        Ok(())
    }

    fn is_missing(&self, cell: &str) -> bool {
        cell.is_empty() || self.import.map.table.missing.iter().any(|missing| missing == cell)
    }

    fn said(&mut self, column: &str, predicate: u16, (cell, typed): (&str, bool)) -> Result<Said, BadRow> {
        // Where sources agree, a table says the same again and again.
        if let Some(said) = self.read_before[usize::from(predicate)][usize::from(typed)].get(cell) {
            return Ok(said.clone());
        }
        let (_, mapped, known) = &self.predicates[usize::from(predicate)];
        let value = value_of(self.import, mapped, known, column, (cell, typed))?;
        let said = match value {
            Value::Figure(figure) => match Compact::of(&figure) {
                Some(compact) => {
                    let unit = statement::unit_text(&figure.unit);
                    Said::Compact(compact, self.units.number(unit.as_deref().unwrap_or_default()))
                }
                None => Said::Wide(Box::new(figure)),
            },
            Value::Time(time) => Said::Time(time),
            Value::Date(date) => Said::Date(self.words.number(&date.to_string())),
            Value::Text(words) => Said::Words(self.words.number(&words)),
            Value::State => Said::Words(self.words.number("")),
        };
        let before = &mut self.read_before[usize::from(predicate)][usize::from(typed)];
        // Words and dates cost nothing to read, and `words` has them already.
        if matches!(said, Said::Compact(..)) && before.len() < REMEMBERED {
            before.insert(cell.to_string(), said.clone());
        }
        Ok(said)
    }

    /// Looks names up, finds the questions and writes the statements.
    fn put(mut self, view: View, sequence: u64) -> Result<Imported, StoreError> {
        if self.outcome.n_bad > 0 && !self.import.skip_bad {
            return Ok(self.outcome);
        }
        let columns = &self.import.map.columns;
        let mut names = Lookup { view, named: Vec::new(), trouble: HashMap::new(), touched: Touched::new() };
        let mut entities: Vec<Option<(i64, EntityKey)>> = Vec::with_capacity(self.entities.texts.len());
        for (number, name) in self.entities.texts.iter().enumerate() {
            let column = columns.entity.as_deref().unwrap_or("entity");
            entities.push(names.find(Bearer::Entity(number as u32), column, name)?);
        }
        let mut objects: Vec<Option<EntityKey>> = Vec::with_capacity(self.predicates.len());
        for (number, (_, mapped, _)) in self.predicates.iter().enumerate() {
            let object = mapped.object.as_ref();
            let object = object.map(|name| names.find(Bearer::Object(number as u16), "object", name)).transpose()?;
            objects.push(object.flatten().map(|(_, key)| key));
        }
        // Whoever publishes is known from the table itself, and needs nobody's leave to be named.
        let named = std::mem::take(&mut names.named);
        let mut publishers: Vec<Origin> = vec![table_origin(view, self.import.source)?];
        for (number, name) in self.publishers.texts.iter().enumerate().skip(1) {
            let column = columns.source.as_deref().unwrap_or_default();
            let found = names.find(Bearer::Publisher(number as u32), column, name)?;
            // One that leads nowhere is refused below.
            let code = found.map_or(-1, |(number, _)| number * 4);
            publishers.push(Origin { code, voice: statement::OWN_VOICE });
        }
        self.outcome.named = named;
        self.outcome.publishers = std::mem::take(&mut names.named);
        self.outcome.touched = names.touched;
        if !names.trouble.is_empty() {
            self.refuse(names.trouble);
            if !self.import.skip_bad {
                return Ok(self.outcome);
            }
        }
        self.write(view, sequence, &entities, &objects, &publishers)
    }

    /// The rows with names that lead nowhere are bad rows.
    fn refuse(&mut self, trouble: HashMap<Bearer, BadRow>) {
        let width = self.import.map.width() as u64;
        let outcome = &mut self.outcome;
        let mut last = None;
        self.cells.retain(|cell| {
            let bearers =
                [Bearer::Entity(cell.entity), Bearer::Object(cell.predicate), Bearer::Publisher(cell.publisher)];
            let Some(why) = bearers.iter().find_map(|bearer| trouble.get(bearer)) else { return true };
            let row = cell.ordinal / width;
            if last.replace(row) != Some(row) {
                outcome.n_bad += 1;
                if outcome.bad.len() < DESCRIBED {
                    outcome.bad.push((row, why.clone()));
                }
            }
            false
        });
        outcome.bad.sort_by_key(|(row, _)| *row);
    }

    fn write(
        mut self,
        view: View,
        sequence: u64,
        entities: &[Option<(i64, EntityKey)>],
        objects: &[Option<EntityKey>],
        publishers: &[Origin],
    ) -> Result<Imported, StoreError> {
        let key = import_key(self.import)?;
        let width = self.import.map.width() as u64;
        let first = take_claims(view, (self.outcome.rows + 1) * width)?;
        let source: i64 = view.connection.query_row(
            "SELECT number FROM source WHERE id = ?1",
            params![self.import.source.0.0.as_slice()],
            |row| row.get(0),
        )?;
        // Questions in the order of their first row, so that a table makes the same ones whatever else is there.
        let mut questions: HashMap<(u32, u16, u32), i64> = HashMap::new();
        let mut placed: Vec<(i64, u32)> = Vec::with_capacity(self.cells.len());
        for (index, cell) in self.cells.iter().enumerate() {
            let (_, _, predicate) = &self.predicates[usize::from(cell.predicate)];
            let words = predicate.object != ObjectRule::None;
            // What tells two questions on one subject and predicate apart: the unit of a figure, or the words.
            let apart = match &cell.said {
                Said::Compact(_, unit) => *unit,
                Said::Wide(_) => u32::MAX,
                Said::Words(number) | Said::Date(number) if words => *number,
                Said::Time(time) if words => time.seconds(),
                _ => 0,
            };
            let known = questions.get(&(cell.entity, cell.predicate, apart)).copied();
            let question = match known.filter(|_| apart != u32::MAX) {
                Some(known) => known,
                None => {
                    let Some((_, subject)) = &entities[cell.entity as usize] else { continue };
                    let value = self.value(&cell.said);
                    let question = {
                        let object = objects[usize::from(cell.predicate)].as_ref();
                        place::put_question(view, &Question::of_value(subject, object, &value, predicate))?
                    };
                    questions.insert((cell.entity, cell.predicate, apart), question);
                    question
                }
            };
            placed.push((question, index as u32));
        }
        drop(questions);
        placed.sort_unstable();
        let mut insert = view.prepare(
            "INSERT INTO statement (question, claim, source, origin, lo, hi, decimals, form, unit, words, as_of)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        let mut touched: Vec<i64> = Vec::new();
        for &(question, index) in &placed {
            let cell = &self.cells[index as usize];
            let words = |number: u32| Some(self.words.texts[number as usize].as_str());
            let (compact, unit, words, kind) = match &cell.said {
                Said::Compact(compact, unit) => (Some(*compact), *unit, None, 0),
                Said::Wide(_) => (None, 0, None, statement::WIDE),
                Said::Words(number) => (None, 0, words(*number), 0),
                Said::Date(number) => (None, 0, words(*number), statement::DATE),
                Said::Time(time) => (None, 0, None, statement::time_bits(*time)),
            };
            let seconds = match &cell.said {
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
                compact.map_or(0, |compact| compact.form) | kind | origin.voice,
                text_of(&self.units, unit),
                words,
                text_of(&self.dates, cell.as_of),
            ])?;
            if touched.last() != Some(&question) {
                touched.push(question);
            }
        }
        self.outcome.claims = placed.len() as u64;
        self.outcome.said = Some(self.said_hash());
        let mut insert = view.prepare(
            "INSERT INTO import (key, sequence, source, snapshot, first, rows, width)
             SELECT ?1, ?2, ?3, number, ?6, ?7, ?8 FROM snapshot WHERE source = ?3 AND sha256 = ?4 AND text = ?5",
        )?;
        let inserted = insert.execute(params![
            key.0.as_slice(),
            sequence as i64,
            source,
            self.import.snapshot.0.as_slice(),
            self.import.text.0.as_slice(),
            first as i64,
            self.outcome.rows as i64,
            width as i64,
        ])?;
        if inserted != 1 {
            return Err(StoreError::Damaged(format!("entry {sequence} names a snapshot that was never captured")));
        }
        let number = view.connection.last_insert_rowid();
        let mut insert = view.prepare("INSERT INTO import_mark (import, row, byte, scalar) VALUES (?1, ?2, ?3, ?4)")?;
        for &(row, byte, scalar) in &self.marks {
            insert.execute(params![number, row as i64, byte as i64, scalar as i64])?;
        }
        let mut insert = view.prepare("INSERT INTO import_bad (import, row, why) VALUES (?1, ?2, ?3)")?;
        for (row, why) in &self.outcome.bad {
            insert.execute(params![number, *row as i64, why.to_string()])?;
        }
        self.outcome.questions = touched;
        Ok(self.outcome)
    }

    fn value(&self, said: &Said) -> Value {
        match said {
            Said::Compact(compact, unit) => {
                let unit = statement::unit(text_of(&self.units, *unit)).unwrap_or(Unit::Number);
                Value::Figure(compact.figure(unit))
            }
            Said::Wide(figure) => Value::Figure(*figure.clone()),
            Said::Words(number) => Value::Text(self.words.texts[*number as usize].clone()),
            Said::Date(number) => {
                let text = &self.words.texts[*number as usize];
                text.parse().map_or_else(|_| Value::Text(text.clone()), Value::Date)
            }
            Said::Time(time) => Value::Time(*time),
        }
    }

    /// A hash of what the cells say, as it was read.
    fn said_hash(&self) -> Digest {
        use sha2::Digest as _;
        let mut hasher = sha2::Sha256::new();
        for cell in &self.cells {
            hasher.update(cell.ordinal.to_be_bytes());
            match &cell.said {
                Said::Compact(compact, unit) => {
                    hasher.update(compact.lo.unwrap_or(i64::MIN).to_be_bytes());
                    hasher.update(compact.hi.unwrap_or(i64::MIN).to_be_bytes());
                    hasher.update(compact.decimals.to_be_bytes());
                    hasher.update(compact.form.to_be_bytes());
                    hasher.update(&self.units.texts[*unit as usize]);
                }
                Said::Wide(figure) => hasher.update(serde_json::json!(figure).to_string()),
                Said::Words(number) | Said::Date(number) => hasher.update(&self.words.texts[*number as usize]),
                Said::Time(time) => hasher.update(time.to_string()),
            }
            hasher.update([0]);
            hasher.update(&self.dates.texts[cell.as_of as usize]);
            hasher.update([0]);
        }
        Digest(hasher.finalize().into())
    }
}

/// Whom a row goes back to, as its statement has it.
struct Origin {
    code: i64,
    /// The bit that says whether he says it on a page of his own.
    voice: u32,
}

/// Whom the rows of a table go back to that name nobody.
fn table_origin(view: View, source: SourceId) -> Result<Origin, StoreError> {
    let missing = || StoreError::Damaged(format!("the source {source} is not on record"));
    let source = view.source(source)?.ok_or_else(missing)?;
    let (origin, is_own) = view.origin_of_table(&source)?;
    Ok(Origin {
        code: match origin {
            Some(key) => identity::number(view, 0, &key)? * 4,
            None => source.number * 4 + 2,
        },
        voice: if is_own { statement::OWN_VOICE } else { 0 },
    })
}

/// Works out anew whom the rows go back to of tables that name nobody in them, after it was said of some sources who
/// publishes them, or what they derive from.
pub fn republished(view: View, sources: &[i64]) -> Result<(), StoreError> {
    let mut update = view.prepare(
        "UPDATE statement SET origin = ?3, form = (form & ~?5) | ?4
         WHERE claim >= ?1 AND claim < ?2 AND (origin, form & ?5) <> (?3, ?4)",
    )?;
    for import in view.imports()?.into_iter().filter(|import| sources.contains(&import.source)) {
        let claims = import.claims();
        let entry = view.import_entry(claims.start)?;
        if entry.map.columns.source.is_some() {
            continue;
        }
        let Origin { code, voice } = table_origin(view, entry.source)?;
        update.execute(params![claims.start as i64, claims.end as i64, code, voice, statement::OWN_VOICE])?;
    }
    Ok(())
}

fn text_of(names: &Names, number: u32) -> Option<&str> {
    (number > 0).then(|| names.texts[number as usize].as_str())
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

impl Lookup<'_> {
    /// Row and key of the entity of that name, as it stands; `None` where several are called so.
    fn find(&mut self, bearer: Bearer, column: &str, name: &str) -> Result<Option<(i64, EntityKey)>, StoreError> {
        let view = self.view;
        let folded = fold_name(name);
        let mut called = view.entities_called(&folded)?;
        let by_key = EntityKey(name.to_string());
        let key = match called.len() {
            1 => called.remove(0),
            _ if view.name(&by_key)?.is_some() => view.standing_for(&by_key)?,
            0 => {
                let (entity, touched) = identity::name_new(view, name, &folded)?;
                self.named.push(name.to_string());
                self.touched.extend(touched);
                return Ok(Some(entity));
            }
            _ => {
                let keys = called.into_iter().map(|key| key.0).collect();
                let (column, name) = (column.to_string(), name.to_string());
                self.trouble.insert(bearer, BadRow::ManyEntities { column, name, keys });
                return Ok(None);
            }
        };
        Ok(Some((identity::number(view, 0, &key)?, key)))
    }
}
