//! What the columns of an imported table mean.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::predicate::{EXCHANGE_RATE, Time, ValueKind};
use super::unit::CurrencyCode;

/// A map from the columns of a table to claims: the file `MAP.toml`, and what an `import` entry keeps of it.
///
/// A table is long, one value a row, where [`Columns::attribute`] and [`Columns::value`] name the columns that say what
/// the value is and what it is worth; else it is wide, one value a column, and the predicates are named by their columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableMap {
    /// Which column is which.
    pub columns: Columns,
    /// What is said, by the name of the attribute (long) or of the column (wide).
    pub predicates: BTreeMap<String, MappedPredicate>,
    /// How the file is read.
    #[serde(default, skip_serializing_if = "Layout::is_default")]
    pub table: Layout,
}

/// Names of columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Who publishes the value; without it, whoever publishes the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Of whom or what it is said; without it, `table.entity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// What is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The time it is said to be true of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// One predicate of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedPredicate {
    /// Its name in the ledger; without it, the attribute's in lower case with hyphens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The kind of its values.
    pub kind: CellKind,
    /// Unit of plain numbers: a currency (`EUR`), `%`, `count` for people and things, or another word (`km`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The object of its claims, by name: `USD` of an exchange rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How its claims stand in time, where it is a new predicate: by default `state` where the table has dates, else
    /// `event`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
}

/// What the cells of a predicate hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    /// A figure, in any form that articles print.
    Figure,
    /// A time of day.
    Time,
    /// A date.
    Date,
    /// Words.
    Text,
}

/// How a file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Layout {
    /// Of whom or what all rows are, where no column says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// The sheet of a workbook; the first without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// What stands between cells, one ASCII character; found out without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Language of the figures (`de`: 1.234,5); that of the source without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Form of dates that are not written 2025-06-17, 2025-06 or 2025: `%d/%m/%Y`, as of strftime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
    /// Cells that say that there is no value, beside empty ones: `n/a`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

impl Layout {
    fn is_default(&self) -> bool {
        *self == Layout::default()
    }
}

/// Why a map cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Only one of the two columns of a long table is named.
    #[error(
        "`columns.{given}` needs `columns.{missing}`: a table of one value a row has both, one of a value a column neither"
    )]
    HalfLong {
        /// The column that is named.
        given: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// Nothing says of whom the rows are, or two things do.
    #[error(
        "expected either `columns.entity`, the column that says of whom a row is, or `table.entity`, who all rows are of"
    )]
    Entity,
    /// There is nothing to import.
    #[error("no predicates: expected `[predicates.\"ATTRIBUTE\"]` with its `kind`")]
    NoPredicates,
    /// A unit on something that has none.
    #[error("`predicates.\"{0}\"`: only `kind = \"figure\"` takes a `unit`")]
    Unit(String),
    /// An object on what is its own object.
    #[error(
        "`predicates.\"{0}\"`: only `kind = \"figure\"` takes an `object`; words, dates and times of day are given as the \
         object themselves, so put it into the `name`"
    )]
    Object(String),
    /// A delimiter that is none.
    #[error("`table.delimiter`: expected one ASCII character such as `;`, found `{0}`")]
    Delimiter(char),
    /// Two attributes of one name.
    #[error("`predicates.\"{0}\"` and `predicates.\"{1}\"` both are `{2}`: give one of them another `name`")]
    SameName(String, String, String),
}

impl TableMap {
    /// Checks that the parts fit together.
    pub fn check(&self) -> Result<(), MapError> {
        let half = |given, missing| Err(MapError::HalfLong { given, missing });
        match (&self.columns.attribute, &self.columns.value) {
            (Some(_), None) => return half("attribute", "value"),
            (None, Some(_)) => return half("value", "attribute"),
            _ => {}
        }
        if self.columns.entity.is_some() == self.table.entity.is_some() {
            return Err(MapError::Entity);
        }
        if self.predicates.is_empty() {
            return Err(MapError::NoPredicates);
        }
        let mut names: BTreeMap<(String, Option<&String>), &String> = BTreeMap::new();
        for (attribute, predicate) in &self.predicates {
            if predicate.unit.is_some() && predicate.kind != CellKind::Figure {
                return Err(MapError::Unit(attribute.clone()));
            }
            if predicate.object.is_some() && predicate.kind != CellKind::Figure {
                return Err(MapError::Object(attribute.clone()));
            }
            let name = predicate.name_for(attribute);
            if let Some(other) = names.insert((name.clone(), predicate.object.as_ref()), attribute) {
                return Err(MapError::SameName(other.clone(), attribute.clone(), name));
            }
        }
        match self.table.delimiter {
            Some(delimiter) if !delimiter.is_ascii() => Err(MapError::Delimiter(delimiter)),
            _ => Ok(()),
        }
    }

    /// True for a table of one value a row.
    pub fn is_long(&self) -> bool {
        self.columns.attribute.is_some()
    }

    /// How many claims a row can hold.
    pub fn width(&self) -> usize {
        if self.is_long() { 1 } else { self.predicates.len() }
    }

    /// The map of the reference rates that the European Central Bank publishes, by the first row of its CSV files: a
    /// column `Date`, and one for each currency.
    pub fn of_reference_rates(header: &str) -> TableMap {
        let codes = header.split(',').map(str::trim).filter(|name| name.parse::<CurrencyCode>().is_ok());
        let rate = |code: &str| MappedPredicate {
            name: Some(EXCHANGE_RATE.to_string()),
            kind: CellKind::Figure,
            unit: None,
            object: Some(code.to_string()),
            time: None,
        };
        let columns =
            Columns { source: None, entity: None, attribute: None, value: None, date: Some("Date".to_string()) };
        let table = Layout { entity: Some("EUR".to_string()), missing: vec!["N/A".to_string()], ..Layout::default() };
        TableMap { columns, predicates: codes.map(|code| (code.to_string(), rate(code))).collect(), table }
    }

    /// The columns that are read: entity, source and date where they are named, then attribute and value, or those of the
    /// predicates.
    pub fn wanted(&self) -> Vec<&str> {
        let Columns { source, entity, attribute, value, date } = &self.columns;
        let named = [entity, source, date, attribute, value].into_iter().flatten().map(String::as_str);
        let wide = self.predicates.keys().filter(|_| !self.is_long()).map(String::as_str);
        named.chain(wide).collect()
    }
}

impl MappedPredicate {
    /// Its name in the ledger.
    pub fn name_for(&self, attribute: &str) -> String {
        let slug = || {
            let lower = attribute.to_lowercase();
            let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join("-")
        };
        self.name.clone().unwrap_or_else(slug)
    }

    /// The kind of value of the predicate it defines.
    pub fn value_kind(&self) -> ValueKind {
        match (self.kind, self.unit.as_deref()) {
            (CellKind::Time, _) => ValueKind::Time,
            (CellKind::Date, _) => ValueKind::Date,
            (CellKind::Text, _) => ValueKind::Text,
            (CellKind::Figure, Some("%")) => ValueKind::Percent,
            (CellKind::Figure, Some("count")) => ValueKind::Count,
            (CellKind::Figure, Some(unit)) if unit.parse::<CurrencyCode>().is_ok() => ValueKind::Money,
            (CellKind::Figure, _) => ValueKind::Figure,
        }
    }
}
