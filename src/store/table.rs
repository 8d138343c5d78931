//! Tables whose rows are claims: from the text of a snapshot and a map to statements, and back to single rows.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, params};

use super::error::StoreError;
use super::view::{View, digest};
use super::{blob, identity, place, statement};
use crate::capture::table::{Dialect, Header, Row, RowError, Rows};
use crate::domain::claim::{EntityKey, Value};
use crate::domain::compact::Compact;
use crate::domain::figure::Figure;
use crate::domain::id::{ClaimId, Digest};
use crate::domain::predicate::{ObjectRule, Predicate, ValueKind};
use crate::domain::question::Question;
use crate::domain::table::{CellKind, MappedPredicate, TableMap};
use crate::domain::text::is_words;
use crate::domain::unit::{Currency, Unit};
use crate::domain::when::When;
use crate::figure::{CellError, figure_of_cell};
use crate::quote::fold_name;
use crate::record::body::{Body, Import, import_claim_head, import_claim_id, import_key, import_ordinal};

/// Every so many rows it is written down where one begins.
const MARK: u64 = 512;
/// Bad rows that are described; more are counted.
const DESCRIBED: usize = 1000;
/// Longest name and longest words of a cell, in bytes.
const LONGEST: usize = 1000;

/// What came of reading a table.
#[derive(Debug, Default)]
pub struct Imported {
    /// Questions whose verdict has to be worked out anew.
    pub questions: Vec<i64>,
    /// Number of the last row.
    pub rows: u64,
    /// How many rows were read, without the one that names the columns.
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
    /// Hash of what the claims say.
    pub said: Option<Digest>,
}

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRow {
    /// It cannot be cut into cells.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A cell does not hold what it should.
    #[error("`{column}`: expected {expected}, found `{found}`")]
    Cell {
        /// The column.
        column: String,
        /// What it should hold.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
    /// A figure of the wrong unit.
    #[error("`{column}`: `{found}` is {unit}, not {expected}")]
    Unit {
        /// The column.
        column: String,
        /// The cell.
        found: String,
        /// Its unit.
        unit: String,
        /// The unit it should have.
        expected: String,
    },
    /// A name that several entities go by.
    #[error("`{column}`: several entities are called `{name}`: {}", keys.join(", "))]
    ManyEntities {
        /// The column.
        column: String,
        /// The name.
        name: String,
        /// Their keys.
        keys: Vec<String>,
    },
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
enum Said {
    Compact(Compact, u32),
    /// Digits that do not fit.
    Wide(Box<Figure>),
    Words(u32),
    Date(u32),
    Time(crate::domain::time_of_day::TimeOfDay),
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
pub fn import(
    connection: &Connection,
    sequence: u64,
    import: &Import,
    progress: &dyn Fn(u64, u64),
) -> Result<Imported, StoreError> {
    let bytes = blob::read(connection, import.text)?;
    let bytes = bytes.ok_or_else(|| StoreError::Damaged(format!("the bytes of {} are missing", import.text)))?;
    let text = String::from_utf8(bytes).map_err(|error| StoreError::Damaged(format!("a table's text: {error}")))?;
    let mut reading = Reading::new(connection, sequence, import, &text)?;
    reading.read(progress)?;
    reading.put(connection, sequence)
}

/// A table being read.
struct Reading<'a> {
    import: &'a Import,
    text: &'a str,
    rows: Rows<'a>,
    /// In the order of the map.
    predicates: Vec<(&'a String, &'a MappedPredicate, Predicate)>,
    entities: Names,
    publishers: Names,
    units: Names,
    words: Names,
    dates: Names,
    attributes: HashMap<String, Option<u16>>,
    cells: Vec<Cell>,
    marks: Vec<(u64, usize, usize)>,
    outcome: Imported,
}

impl<'a> Reading<'a> {
    fn new(
        connection: &Connection,
        sequence: u64,
        import: &'a Import,
        text: &'a str,
    ) -> Result<Reading<'a>, StoreError> {
        let rows = header(import, text)?.rows(text);
        let mut predicates = Vec::new();
        for (attribute, mapped) in &import.map.predicates {
            let predicate = place::predicate(connection, sequence, &mapped.name_for(attribute))?;
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
            cells: Vec::new(),
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
            self.outcome.n_rows = n;
            let before = self.cells.len();
            let read = read.map_err(BadRow::from).and_then(|()| self.row(&row));
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
        let mut cells = (0..).map(|column| row.cell(column));
        let mut next = || cells.next().unwrap_or_default();
        let entity = match (&columns.entity, &self.import.map.table.entity) {
            (None, Some(entity)) => entity.as_str(),
            _ => next(),
        };
        let publisher = columns.source.as_ref().map(|column| (column, next()));
        let date = columns.date.as_ref().map(|column| (column, next()));
        let name = |column: &str, name: &str| match is_name(name) {
            true => Ok(()),
            false => Err(BadRow::Cell { column: column.to_string(), expected: "a name", found: shortened(name) }),
        };
        let width = self.import.map.width() as u64;
        let mut found: Vec<(u16, u64, Said)> = Vec::new();
        if self.import.map.is_long() {
            let (attribute, value) = (next(), next());
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
                found.push((predicate, row.number * width, self.said(column, predicate, value)?));
            }
        } else {
            for place in 0..self.predicates.len() {
                let value = next();
                if !self.is_missing(value) {
                    let column = self.predicates[place].0;
                    let said = self.said(column, place as u16, value)?;
                    found.push((place as u16, row.number * width + place as u64, said));
                }
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        name(columns.entity.as_deref().unwrap_or("entity"), entity)?;
        let publisher = match publisher {
            Some((column, publisher)) => {
                name(column, publisher)?;
                self.publishers.number(publisher)
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
        let entity = self.entities.number(entity);
        for (predicate, ordinal, said) in found {
            self.cells.push(Cell { ordinal, entity, publisher, predicate, as_of, said });
        }
        Ok(())
    }

    fn is_missing(&self, cell: &str) -> bool {
        cell.is_empty() || self.import.map.table.missing.iter().any(|missing| missing == cell)
    }

    fn said(&mut self, column: &str, predicate: u16, cell: &str) -> Result<Said, BadRow> {
        let value = value_of(self.import, &self.predicates[usize::from(predicate)], column, cell)?;
        Ok(match value {
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
        })
    }

    /// Looks names up, finds the questions and writes the statements.
    fn put(mut self, connection: &Connection, sequence: u64) -> Result<Imported, StoreError> {
        if self.outcome.n_bad > 0 && !self.import.skip_bad {
            return Ok(self.outcome);
        }
        let columns = &self.import.map.columns;
        // Where a name leads: the row and the key of the entity, as it stands; none where it leads nowhere.
        let mut entities: Vec<Option<(i64, EntityKey)>> = Vec::with_capacity(self.entities.texts.len());
        let mut trouble: HashMap<(bool, u32), BadRow> = HashMap::new();
        for (number, name) in self.entities.texts.iter().enumerate() {
            let (entity, is_new) = match resolved(connection, name)? {
                Resolved::Known(entity) => (entity, false),
                Resolved::New(entity) => (entity, true),
                Resolved::Many(keys) => {
                    let (column, name) = (columns.entity.clone().unwrap_or_default(), name.clone());
                    trouble.insert((false, number as u32), BadRow::ManyEntities { column, name, keys });
                    entities.push(None);
                    continue;
                }
            };
            if is_new {
                self.outcome.named.push(name.clone());
            }
            entities.push(Some(entity));
        }
        let own = self.own_publisher(connection)?;
        let mut publishers: Vec<Option<i64>> = vec![own];
        for (number, name) in self.publishers.texts.iter().enumerate().skip(1) {
            publishers.push(match resolved(connection, name)? {
                Resolved::Known((number, _)) | Resolved::New((number, _)) => Some(number),
                Resolved::Many(keys) => {
                    let column = columns.source.clone().unwrap_or_default();
                    trouble.insert((true, number as u32), BadRow::ManyEntities { column, name: name.clone(), keys });
                    None
                }
            });
        }
        if !trouble.is_empty() {
            self.refuse(trouble);
            if !self.import.skip_bad {
                return Ok(self.outcome);
            }
        }
        self.write(connection, sequence, &entities, &publishers)
    }

    /// The rows with names that lead nowhere are bad rows.
    fn refuse(&mut self, trouble: HashMap<(bool, u32), BadRow>) {
        let width = self.import.map.width() as u64;
        let outcome = &mut self.outcome;
        let mut last = None;
        self.cells.retain(|cell| {
            let why = trouble.get(&(false, cell.entity)).or_else(|| trouble.get(&(true, cell.publisher)));
            let Some(why) = why else { return true };
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

    /// Who publishes the table itself.
    fn own_publisher(&self, connection: &Connection) -> Result<Option<i64>, StoreError> {
        let source = View { connection }.source(self.import.source)?;
        let Some(outlet) = source.and_then(|source| source.outlet) else { return Ok(None) };
        Ok(Some(identity::number(connection, 0, &outlet)?))
    }

    fn write(
        mut self,
        connection: &Connection,
        sequence: u64,
        entities: &[Option<(i64, EntityKey)>],
        publishers: &[Option<i64>],
    ) -> Result<Imported, StoreError> {
        let key = import_key(self.import)?;
        let width = self.import.map.width() as u64;
        let first = next_claim(connection)?;
        let source: i64 = connection.query_row(
            "SELECT number FROM source WHERE id = ?1",
            params![self.import.source.0.0.as_slice()],
            |row| row.get(0),
        )?;
        let mut objects: Vec<Option<EntityKey>> = Vec::new();
        for (_, mapped, _) in &self.predicates {
            objects.push(match mapped.object.as_ref().map(|name| resolved(connection, name)).transpose()? {
                Some(Resolved::Known((_, key)) | Resolved::New((_, key))) => Some(key),
                Some(Resolved::Many(_)) | None => None,
            });
        }
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
                        place::put_question(connection, &Question::of_value(subject, object, &value, predicate))?
                    };
                    questions.insert((cell.entity, cell.predicate, apart), question);
                    question
                }
            };
            placed.push((question, index as u32));
        }
        drop(questions);
        placed.sort_unstable();
        let mut insert = connection.prepare_cached(
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
            let origin = publishers[cell.publisher as usize];
            insert.execute(params![
                question,
                (first + cell.ordinal) as i64,
                source,
                origin.map_or(source * 4 + 2, |entity| entity * 4),
                compact.and_then(|compact| compact.lo).or(seconds),
                compact.and_then(|compact| compact.hi),
                compact.map(|compact| compact.decimals),
                compact.map_or(0, |compact| compact.form) | kind | statement::OWN_VOICE,
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
        let mut insert = connection.prepare_cached(
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
        let number = connection.last_insert_rowid();
        let mut insert =
            connection.prepare_cached("INSERT INTO import_mark (import, row, byte, scalar) VALUES (?1, ?2, ?3, ?4)")?;
        for &(row, byte, scalar) in &self.marks {
            insert.execute(params![number, row as i64, byte as i64, scalar as i64])?;
        }
        let mut insert = connection.prepare_cached("INSERT INTO import_bad (import, row, why) VALUES (?1, ?2, ?3)")?;
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

fn text_of(names: &Names, number: u32) -> Option<&str> {
    (number > 0).then(|| names.texts[number as usize].as_str())
}

/// Where the columns of an import stand, by the beginning of its text.
fn header(import: &Import, head: &str) -> Result<Header, StoreError> {
    Header::read(head, dialect(import)?, &import.map.wanted()).map_err(StoreError::Table)
}

fn dialect(import: &Import) -> Result<Dialect, StoreError> {
    Dialect::from_name(&import.dialect)
        .ok_or_else(|| StoreError::Damaged(format!("an import has the unknown dialect `{}`", import.dialect)))
}

/// What a cell says of its predicate.
fn value_of(
    import: &Import,
    (_, mapped, predicate): &(&String, &MappedPredicate, Predicate),
    column: &str,
    cell: &str,
) -> Result<Value, BadRow> {
    let wrong = |expected: &'static str| BadRow::Cell { column: column.to_string(), expected, found: shortened(cell) };
    match mapped.kind {
        CellKind::Text if cell.len() <= LONGEST => Ok(Value::Text(cell.to_string())),
        CellKind::Text => Err(wrong("at most 1000 bytes")),
        CellKind::Date => date_of(&import.map, cell).map(Value::Date).ok_or_else(|| wrong("a date")),
        CellKind::Time => cell.parse().map(Value::Time).map_err(|_| wrong("a time of day")),
        CellKind::Figure => {
            let figure = figure_of_cell(cell, import.language.as_deref()).map_err(|error| match error {
                CellError::None => wrong("a figure"),
                CellError::More => wrong("one figure and nothing else"),
            })?;
            let figure = in_unit(figure, mapped.unit.as_deref());
            figure.check().map_err(|_| wrong("a figure"))?;
            if fits(&figure.unit, predicate) {
                return Ok(Value::Figure(figure));
            }
            let found = shortened(cell);
            let unit = figure.unit.word().map_or("of no unit".to_string(), |word| format!("in {word}"));
            let unit = if matches!(figure.unit, Unit::Money(_)) { "money".to_string() } else { unit };
            let expected = predicate.unit.clone().unwrap_or_else(|| predicate.value.name().to_string());
            Err(BadRow::Unit { column: column.to_string(), found, unit, expected })
        }
    }
}

/// A date as the map says that dates are written.
fn date_of(map: &TableMap, cell: &str) -> Option<When> {
    if let Some(format) = &map.table.date_format {
        return chrono::NaiveDate::parse_from_str(cell, format).ok()?.to_string().parse().ok();
    }
    cell.parse().ok().or_else(|| {
        // As spreadsheets write a day with a time in it.
        let (day, time) = cell.split_once([' ', 'T'])?;
        let of_sheet = || time.starts_with(|c: char| c.is_ascii_digit()).then(|| day.parse().ok())?;
        // As the daily file of the European Central Bank has it: 13 June 2025.
        let spelt = || chrono::NaiveDate::parse_from_str(cell, "%d %B %Y").ok()?.to_string().parse().ok();
        of_sheet().or_else(spelt)
    })
}

/// A plain number in the unit of its column.
fn in_unit(figure: Figure, unit: Option<&str>) -> Figure {
    let unit = match unit {
        Some(unit) if figure.unit == Unit::Number => match unit {
            "%" => Unit::Percent,
            "pp" => Unit::PercentagePoint,
            "count" => Unit::Number,
            unit => match unit.parse() {
                Ok(code) => Unit::Money(Currency::Known(code)),
                Err(_) => Unit::Other(unit.to_string()),
            },
        },
        _ => figure.unit.clone(),
    };
    Figure { unit, ..figure }
}

fn fits(unit: &Unit, predicate: &Predicate) -> bool {
    match predicate.value {
        ValueKind::Money => matches!(unit, Unit::Money(_) | Unit::Number),
        ValueKind::Percent => matches!(unit, Unit::Percent | Unit::PercentagePoint),
        ValueKind::Count => matches!(unit, Unit::Number | Unit::Other(_)),
        ValueKind::Figure => predicate.unit.as_ref().is_none_or(|word| unit.word() == Some(word)),
        _ => false,
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= LONGEST && is_words(text)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// Where a name leads.
enum Resolved {
    Known((i64, EntityKey)),
    New((i64, EntityKey)),
    Many(Vec<String>),
}

/// The entity of that name; named now where nobody is called so.
fn resolved(connection: &Connection, name: &str) -> Result<Resolved, StoreError> {
    let view = View { connection };
    let folded = fold_name(name);
    let mut called = view.entities_called(&folded)?;
    let by_key = EntityKey(name.to_string());
    let numbered =
        |key: EntityKey| -> Result<(i64, EntityKey), StoreError> { Ok((identity::number(connection, 0, &key)?, key)) };
    Ok(match called.len() {
        1 => Resolved::Known(numbered(called.remove(0))?),
        _ if view.name(&by_key)?.is_some() => Resolved::Known(numbered(view.standing_for(&by_key)?)?),
        0 => Resolved::New(identity::name_new(connection, name, &folded)?),
        _ => Resolved::Many(called.into_iter().map(|key| key.0).collect()),
    })
}

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
    pub(super) fn imported_by_prefix(&self, prefix: &str) -> Result<Vec<u64>, StoreError> {
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
        self.rows(sql, [rusqlite::types::Value::Integer(import)], |row| Ok((row.get(0)?, row.get(1)?)))
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
            std::collections::hash_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::hash_map::Entry::Vacant(new) => {
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
