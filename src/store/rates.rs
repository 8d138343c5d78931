//! Exchange rates on record.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use rusqlite::types::Value as Sql;

use super::derive::Touched;
use super::error::StoreError;
use super::view::View;
use crate::domain::claim::{EntityKey, Modality, Stance};
use crate::domain::decimal::Decimal;
use crate::domain::origin::Origin;
use crate::domain::predicate::EXCHANGE_RATE;
use crate::domain::rate::Rate;
use crate::domain::unit::{CurrencyCode, Unit};
use crate::reconcile::rates::{Rates, currency, day};
use crate::reconcile::statement::Statement;

/// Days before a sum's own from which a rate may be taken, and some more for those after the earliest.
const DAYS: u64 = 7;

/// The currencies that statements are in.
pub fn currencies<C>(statements: &[Statement<C>]) -> BTreeSet<CurrencyCode> {
    statements.iter().filter_map(|statement| currency(statement.value.figure()?)).collect()
}

/// How much of `to` a statement says that one of the other is: what is denied or foretold, or is said of a part, is no
/// rate.
fn rate(statement: &Statement, to: CurrencyCode) -> Option<Decimal> {
    let figure = statement.value.figure()?;
    let in_unit = match &figure.unit {
        Unit::Number => true,
        Unit::Money(_) => currency(figure) == Some(to),
        _ => false,
    };
    let is_said = statement.stance == Stance::Affirms
        && matches!(statement.modality, Modality::Stated | Modality::Reported)
        && statement.qualifiers.is_empty()
        && statement.member.is_none();
    figure.value().filter(|value| in_unit && is_said && !value.is_negative() && !value.is_zero())
}

impl View<'_> {
    /// The rates on record that statements in several currencies need.
    pub fn rates<C>(&self, statements: &[Statement<C>]) -> Result<Rates, StoreError> {
        let codes = currencies(statements);
        let days: BTreeSet<NaiveDate> = statements.iter().filter_map(day).collect();
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Rates::default()) };
        let mut rates = Vec::new();
        if codes.len() < 2 {
            return Ok(Rates::default());
        }
        let first = first.checked_sub_days(Days::new(DAYS)).unwrap_or(*first);
        let questions = self.rows(
            "SELECT number, subject, object FROM question WHERE predicate = ?1 AND object IS NOT NULL ORDER BY number",
            [Sql::Text(EXCHANGE_RATE.to_string())],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)),
        )?;
        for (question, subject, object) in questions {
            let (Some(from), Some(to)) = (self.code(&subject)?, self.code(&object)?) else { continue };
            // Rates of any currency to one of these, so that two can be reached from a third.
            if !codes.contains(&to) {
                continue;
            }
            for statement in self.statements_between(question, EXCHANGE_RATE, first, *last)? {
                let Some((value, day)) = rate(&statement, to).zip(day(&statement)) else { continue };
                if first <= day && day <= *last {
                    let by = match &*statement.origin {
                        Origin::Named(key) => self.name(key)?.unwrap_or_else(|| key.0.clone()),
                        other => other.to_string(),
                    };
                    let claim = statement.claim;
                    rates.push(Rate { claim, by, from, value, to, day, least: value, most: value });
                }
            }
        }
        Ok(Rates(rates))
    }

    /// The currency that an entity is, by its name or its key.
    fn code(&self, key: &str) -> Result<Option<CurrencyCode>, StoreError> {
        if let Ok(code) = key.to_uppercase().parse() {
            return Ok(Some(code));
        }
        let name = self.name(&EntityKey(key.to_string()))?;
        Ok(name.and_then(|name| name.parse().ok()))
    }

    /// The questions with sums in two currencies, where one of these is about a rate.
    pub fn depending_on(&self, questions: &Touched) -> Result<Touched, StoreError> {
        let mut select = self.prepare("SELECT EXISTS (SELECT 1 FROM question WHERE number = ?1 AND predicate = ?2)")?;
        for question in questions {
            if select.query_row(rusqlite::params![question, EXCHANGE_RATE], |row| row.get(0))? {
                let mixed = self.rows("SELECT number FROM question WHERE mixed = 1", [], |row| row.get(0))?;
                return Ok(mixed.into_iter().collect());
            }
        }
        Ok(Touched::new())
    }
}
