//! What a cell holds, as the map of its table says.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveTime};

use crate::capture::table::RowError;
use crate::domain::claim::Value;
use crate::domain::decimal::Decimal;
use crate::domain::figure::Figure;
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::table::{CellKind, MappedPredicate, TableMap};
use crate::domain::text::is_words;
use crate::domain::time_of_day::TimeOfDay;
use crate::domain::unit::{Currency, Unit};
use crate::domain::when::When;
use crate::figure::{CellError, figure_of_cell};
use crate::record::body::Import;

/// Years before this one are slips: two digits where there should be four.
const FIRST_YEAR: i32 = 1000;
/// Longest name and longest words of a cell, in bytes.
const LONGEST: usize = 1000;

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

/// What a cell says of its predicate; one that is typed is a number in no language.
pub fn value_of(
    import: &Import,
    mapped: &MappedPredicate,
    predicate: &Predicate,
    column: &str,
    (cell, typed): (&str, bool),
) -> Result<Value, BadRow> {
    let wrong = |expected: &'static str| BadRow::Cell { column: column.to_string(), expected, found: shortened(cell) };
    match mapped.kind {
        CellKind::Text if cell.len() <= LONGEST => Ok(Value::Text(cell.to_string())),
        CellKind::Text => Err(wrong("at most 1000 bytes")),
        CellKind::Date => date_of(&import.map, cell).map(Value::Date).ok_or_else(|| wrong("a date")),
        CellKind::Time => time_of(cell).map(Value::Time).ok_or_else(|| wrong("a time of day")),
        CellKind::Figure => {
            let language = import.language.as_deref().filter(|_| !typed);
            let figure = figure_of_cell(cell, language).map_err(|error| match error {
                CellError::None => wrong("a figure"),
                CellError::More => wrong("one figure and nothing else"),
            })?;
            let figure = in_unit(figure, mapped.unit.as_deref());
            figure.check().map_err(|_| wrong("a figure"))?;
            let is_whole = |end: Option<Decimal>| end.is_none_or(|end| end.last_place() >= 0);
            if predicate.value == ValueKind::Count && !(is_whole(figure.lo) && is_whole(figure.hi)) {
                return Err(wrong("a whole number"));
            }
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

/// A date as the map says that dates are written, else as 2025-06-17, 2025-06 or 2025.
pub fn date_of(map: &TableMap, cell: &str) -> Option<When> {
    let format = map.table.date_format.as_ref();
    let formatted = |format| {
        // "25" would be a year of the first century.
        let date = NaiveDate::parse_from_str(cell, format).ok().filter(|date| date.year() >= FIRST_YEAR);
        date?.to_string().parse().ok()
    };
    // As spreadsheets write a day with a time in it, which is passed over.
    let day = || day_and_time(cell)?.0.to_string().parse().ok();
    // The daily file of the European Central Bank has 13 June 2025.
    format
        .and_then(|format| formatted(format))
        .or_else(day)
        .or_else(|| cell.parse().ok())
        .or_else(|| formatted("%d %B %Y"))
}

/// A time of day, by itself or after its day.
fn time_of(cell: &str) -> Option<TimeOfDay> {
    cell.parse().ok().or_else(|| day_and_time(cell)?.1.parse().ok())
}

/// "2025-06-17 14:05:00", "2025-06-17T14:05Z": a day and the time in it.
fn day_and_time(cell: &str) -> Option<(NaiveDate, &str)> {
    let (day, time) = cell.split_once([' ', 'T'])?;
    let clock = time.split(['Z', '+', '-', '.']).next().unwrap_or(time);
    let is_time = ["%H:%M:%S", "%H:%M"].iter().any(|format| NaiveTime::parse_from_str(clock, format).is_ok());
    let zone = &time[clock.len()..];
    let is_zone = zone.chars().all(|c| c.is_ascii_digit() || matches!(c, 'Z' | '+' | '-' | '.' | ':'));
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().filter(|_| day.len() == 10)?;
    (is_time && is_zone).then_some((day, clock))
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

/// A name on one line: cells may have their lines broken.
pub fn on_one_line(name: &str) -> Cow<'_, str> {
    match name.contains(['\n', '\r', '\t']) {
        true => Cow::Owned(name.split_whitespace().collect::<Vec<_>>().join(" ")),
        false => Cow::Borrowed(name),
    }
}

pub fn is_name(text: &str) -> bool {
    text.len() <= LONGEST && is_words(text)
}

pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
