//! What a cell holds, as the map of its table says.

use crate::capture::table::RowError;
use crate::domain::claim::Value;
use crate::domain::figure::Figure;
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::table::{CellKind, MappedPredicate, TableMap};
use crate::domain::text::is_words;
use crate::domain::unit::{Currency, Unit};
use crate::domain::when::When;
use crate::figure::{CellError, figure_of_cell};
use crate::record::body::Import;

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

/// What a cell says of its predicate.
pub fn value_of(
    import: &Import,
    mapped: &MappedPredicate,
    predicate: &Predicate,
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
pub fn date_of(map: &TableMap, cell: &str) -> Option<When> {
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

pub fn is_name(text: &str) -> bool {
    text.len() <= LONGEST && is_words(text)
}

pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
