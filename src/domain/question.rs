//! Questions: what two claims must share to be comparable.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::claim::{Claim, EntityKey, Value};
use super::fold::folded;
use super::predicate::{ObjectRule, Predicate, ValueKind};
use super::unit::Unit;

/// The kind of unit a question's figures have. Sums in two currencies share one; per cent and points do not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitClass {
    /// Sums of money.
    Money,
    /// People or things.
    Count,
    /// Per cent.
    Percent,
    /// Percentage points.
    PercentagePoint,
    /// Bare numbers.
    Number,
    /// Another unit, as written.
    Other(String),
}

impl UnitClass {
    /// The class of a value under a predicate; `None` for what is not a figure.
    pub fn of(predicate: &Predicate, value: &Value) -> Option<UnitClass> {
        let unit = &value.figure()?.unit;
        Some(match (predicate.value, unit) {
            (ValueKind::Money, _) | (_, Unit::Money(_)) => UnitClass::Money,
            (ValueKind::Count, _) => UnitClass::Count,
            (_, Unit::Percent) => UnitClass::Percent,
            (_, Unit::PercentagePoint) => UnitClass::PercentagePoint,
            (_, Unit::Other(word)) => UnitClass::Other(word.clone()),
            (_, Unit::Number) => UnitClass::Number,
        })
    }

    /// The name used in ids, SQL and output.
    pub fn name(&self) -> &str {
        match self {
            UnitClass::Money => "money",
            UnitClass::Count => "count",
            UnitClass::Percent => "%",
            UnitClass::PercentagePoint => "pp",
            UnitClass::Number => "number",
            UnitClass::Other(word) => word,
        }
    }

    /// The class of that name.
    pub fn from_name(name: &str) -> UnitClass {
        match name {
            "money" => UnitClass::Money,
            "count" => UnitClass::Count,
            "%" => UnitClass::Percent,
            "pp" => UnitClass::PercentagePoint,
            "number" => UnitClass::Number,
            word => UnitClass::Other(word.to_string()),
        }
    }
}

impl fmt::Display for UnitClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for UnitClass {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for UnitClass {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<UnitClass, D::Error> {
        Ok(UnitClass::from_name(&String::deserialize(deserializer)?))
    }
}

/// What claims must share to be compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Question {
    /// Of whom or what.
    pub subject: EntityKey,
    /// The predicate's name; for predicates that exclude each other, that of their group.
    pub predicate: String,
    /// Whom or what it is about beside the subject; for many-valued words, the words themselves.
    pub object: Option<String>,
    /// The kind of unit; `None` for what is not a figure.
    pub unit: Option<UnitClass>,
}

impl Question {
    /// The question that a claim answers when it says `predicate` of its subject: its own, or one that it implies.
    pub fn of(claim: &Claim, predicate: &Predicate) -> Question {
        Question::of_value(&claim.subject, claim.object.as_ref(), &claim.value, predicate)
    }

    /// The question that such a value of `predicate` answers.
    pub fn of_value(subject: &EntityKey, object: Option<&EntityKey>, value: &Value, predicate: &Predicate) -> Question {
        let words = match value {
            // Where a predicate has one right value, all claims answer one question; where it has many, each its own.
            _ if predicate.object == ObjectRule::None => None,
            Value::Text(words) => Some(folded(words)),
            value => value.words(),
        };
        Question {
            subject: subject.clone(),
            predicate: predicate.exclusive.as_ref().unwrap_or(&predicate.name).clone(),
            object: object.map(|key| key.0.clone()).or(words),
            unit: UnitClass::of(predicate, value),
        }
    }
}
