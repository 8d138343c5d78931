//! From the text of a table to what its cells say: by a thread of its own, so that names are looked up and questions found
//! meanwhile.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use foldhash::HashMap;

use super::MARK;
use super::cell::{BadRow, date_of, is_name, on_one_line, shortened, value_of};
use crate::capture::table::{Row, RowError, Rows};
use crate::domain::claim::Value;
use crate::domain::compact::Compact;
use crate::domain::figure::Figure;
use crate::domain::predicate::Predicate;
use crate::domain::table::MappedPredicate;
use crate::domain::time_of_day::TimeOfDay;
use crate::record::body::Import;
use crate::store::statement;

/// Cells of a predicate that are remembered.
const REMEMBERED: usize = 1 << 18;
/// Bad rows that are described; more are counted.
pub const DESCRIBED: usize = 1000;
/// Cells that are handed over at a time, or a few more.
const BATCH: usize = 8192;

/// An attribute of the map, what it maps to, and that predicate.
pub type Mapped<'a> = (&'a String, &'a MappedPredicate, &'a Predicate);

/// A claim of a row, before names are looked up.
#[derive(Clone, Copy)]
pub struct Cell {
    pub ordinal: u64,
    pub entity: u32,
    /// Number of the publisher's name; the first is none.
    pub publisher: u32,
    pub predicate: u16,
    pub as_of: u32,
    pub said: Said,
}

/// What a cell says. Figures, words and dates by number: memory is dear where there are ten million of them.
#[derive(Clone, Copy)]
pub enum Said {
    Compact(u32),
    /// Digits that do not fit.
    Wide(u32),
    Words(u32),
    Date(u32),
    Time(TimeOfDay),
}

/// What cells have by number.
#[derive(Default)]
pub struct Texts {
    pub entities: Vec<Arc<str>>,
    pub publishers: Vec<Arc<str>>,
    pub units: Vec<Arc<str>>,
    pub words: Vec<Arc<str>>,
    pub dates: Vec<Arc<str>>,
    /// Each with the number of its unit.
    pub figures: Vec<(Compact, u32)>,
    pub wide: Vec<Figure>,
}

impl Texts {
    /// Puts what comes after to the end of what is there.
    pub fn extend(&mut self, more: Texts) {
        let Texts { entities, publishers, units, words, dates, figures, wide } = more;
        self.entities.extend(entities);
        self.publishers.extend(publishers);
        self.units.extend(units);
        self.words.extend(words);
        self.dates.extend(dates);
        self.figures.extend(figures);
        self.wide.extend(wide);
    }
}

/// Some rows that were read.
pub struct Batch {
    pub cells: Vec<Cell>,
    /// Those that were met for the first time.
    pub texts: Texts,
    /// How many bytes were read so far.
    pub read: usize,
}

/// What came of reading all rows.
#[derive(Default)]
pub struct Outcome {
    /// Number of the last row.
    pub rows: u64,
    /// How many rows hold claims.
    pub n_rows: u64,
    /// Rows that cannot be read, each with the reason; the first thousand.
    pub bad: Vec<(u64, BadRow)>,
    /// How many there are.
    pub n_bad: u64,
    /// Attributes that the map does not name, each with how many rows have it.
    pub passed_over: BTreeMap<String, u64>,
    /// Attributes that the map names and no row has.
    pub unused: Vec<String>,
    /// Where every so manieth row begins: its number, byte and character.
    pub marks: Vec<(u64, usize, usize)>,
    /// A column that no row has, in a table whose first row does not name them.
    pub no_column: Option<RowError>,
}

/// Numbers of texts, and those that were not handed over yet.
#[derive(Default)]
struct Names {
    numbers: HashMap<Arc<str>, u32>,
    fresh: Vec<Arc<str>>,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.numbers.get(text) {
            return known;
        }
        let (number, text): (u32, Arc<str>) = (self.numbers.len() as u32, text.into());
        self.numbers.insert(text.clone(), number);
        self.fresh.push(text);
        number
    }
}

/// The number that the next thing takes, and those that were not handed over yet.
struct Numbered<T> {
    next: u32,
    fresh: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Numbered<T> {
        Numbered { next: 0, fresh: Vec::new() }
    }
}

impl<T> Numbered<T> {
    fn push(&mut self, thing: T) -> u32 {
        self.fresh.push(thing);
        self.next += 1;
        self.next - 1
    }
}

/// A table being read.
pub struct Reading<'a> {
    import: &'a Import,
    text: &'a str,
    rows: Rows<'a>,
    /// In the order of the map.
    predicates: Vec<Mapped<'a>>,
    entities: Names,
    publishers: Names,
    units: Names,
    words: Names,
    dates: Names,
    figures: Numbered<(Compact, u32)>,
    wide: Numbered<Figure>,
    attributes: HashMap<String, Option<u16>>,
    /// Of each predicate what cells said that were read before: those that are typed, and the others.
    read_before: Vec<[HashMap<String, Said>; 2]>,
    cells: Vec<Cell>,
    used: Vec<bool>,
    outcome: Outcome,
}

impl<'a> Reading<'a> {
    pub fn new(import: &'a Import, text: &'a str, rows: Rows<'a>, predicates: Vec<Mapped<'a>>) -> Reading<'a> {
        let n_predicates = predicates.len();
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
            figures: Numbered::default(),
            wide: Numbered::default(),
            attributes: HashMap::default(),
            read_before: vec![Default::default(); n_predicates],
            cells: Vec::with_capacity(BATCH),
            used: vec![false; n_predicates],
            outcome: Outcome::default(),
        };
        // Number 0 stands for none.
        for names in [&mut reading.publishers, &mut reading.units, &mut reading.dates] {
            names.number("");
        }
        reading
    }

    /// Reads all rows and hands over what they say, batch by batch, as long as somebody takes it.
    pub fn read(mut self, hand_over: &SyncSender<Batch>) -> Outcome {
        let mut row = Row::default();
        let (mut scalars, mut counted) = (0, 0);
        let mut n = 0;
        while let Some(read) = self.rows.read(&mut row) {
            if n % MARK == 0 {
                scalars += self.text[counted..row.span.start].chars().count();
                counted = row.span.start;
                self.outcome.marks.push((row.number, counted, scalars));
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
            if self.cells.len() >= BATCH && hand_over.send(self.batch(row.span.end)).is_err() {
                return self.outcome;
            }
        }
        self.outcome.no_column = self.rows.missing();
        // Nobody takes it where something has failed there.
        let _ = hand_over.send(self.batch(self.text.len()));
        let unused = self.predicates.iter().zip(&self.used).filter(|(_, used)| !**used);
        self.outcome.unused = unused.map(|((name, ..), _)| name.to_string()).collect();
        self.outcome
    }

    fn batch(&mut self, read: usize) -> Batch {
        let cells = std::mem::replace(&mut self.cells, Vec::with_capacity(BATCH + self.predicates.len()));
        cells.iter().for_each(|cell| self.used[usize::from(cell.predicate)] = true);
        let texts = Texts {
            entities: std::mem::take(&mut self.entities.fresh),
            publishers: std::mem::take(&mut self.publishers.fresh),
            units: std::mem::take(&mut self.units.fresh),
            words: std::mem::take(&mut self.words.fresh),
            dates: std::mem::take(&mut self.dates.fresh),
            figures: std::mem::take(&mut self.figures.fresh),
            wide: std::mem::take(&mut self.wide.fresh),
        };
        Batch { cells, texts, read }
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
        if let Some((column, publisher)) = &publisher {
            name(column, publisher)?;
        }
        let as_of = match date {
            Some((column, date)) if !self.is_missing(date) => {
                let read = date_of(&self.import.map, date);
                let wrong = || BadRow::Cell { column: column.clone(), expected: "a date", found: shortened(date) };
                let date = read.ok_or_else(wrong)?.to_string();
                self.dates.number(&date)
            }
            _ => 0,
        };
        // Of a row that cannot be read, nobody is named.
        let publisher = publisher.map_or(0, |(_, publisher)| self.publishers.number(&publisher));
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
            return Ok(*said);
        }
        let (_, mapped, known) = &self.predicates[usize::from(predicate)];
        let value = value_of(self.import, mapped, known, column, (cell, typed))?;
        let said = match value {
            Value::Figure(figure) => match Compact::of(&figure) {
                Some(compact) => {
                    let unit = statement::unit_text(&figure.unit);
                    let unit = self.units.number(unit.as_deref().unwrap_or_default());
                    Said::Compact(self.figures.push((compact, unit)))
                }
                None => Said::Wide(self.wide.push(figure)),
            },
            Value::Time(time) => Said::Time(time),
            Value::Date(date) => Said::Date(self.words.number(&date.to_string())),
            Value::Text(words) => Said::Words(self.words.number(&words)),
            Value::State => Said::Words(self.words.number("")),
        };
        let before = &mut self.read_before[usize::from(predicate)][usize::from(typed)];
        // Words and dates cost nothing to read, and `words` has them already.
        if matches!(said, Said::Compact(..)) && before.len() < REMEMBERED {
            before.insert(cell.to_string(), said);
        }
        Ok(said)
    }
}
