//! Exchange rates.

use chrono::NaiveDate;
use serde::Serialize;

use super::decimal::Decimal;
use super::id::ClaimId;
use super::unit::CurrencyCode;

/// So much of one currency for one of another, on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// The claim that says so.
    pub claim: ClaimId,
    /// Who says so.
    pub by: String,
    /// One of this …
    pub from: CurrencyCode,
    /// … is so much …
    pub value: Decimal,
    /// … of this.
    pub to: CurrencyCode,
    /// On that day.
    pub day: NaiveDate,
    /// The least on record for the week that ends with it.
    pub least: Decimal,
    /// The greatest.
    pub most: Decimal,
}
