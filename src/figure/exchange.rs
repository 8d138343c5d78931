//! Rough exchange rates, only to see that a conversion in brackets cannot be right.

use crate::domain::decimal::Decimal;
use crate::domain::figure::Figure;
use crate::domain::unit::{CurrencyCode, Unit};

/// How many hundredths of a unit a euro bought in the middle of 2025: the European Central Bank's reference rates of
/// 30 June 2025, rounded, and the fixed parities to the euro or the dollar. Currencies that lose a third of their value
/// within a few years are left out.
const PER_EURO: [(&str, i64); 35] = [
    ("AED", 430),
    ("AUD", 179),
    ("BGN", 196),
    ("BRL", 644),
    ("CAD", 160),
    ("CHF", 93),
    ("CNY", 840),
    ("CZK", 2_475),
    ("DKK", 746),
    ("EUR", 100),
    ("GBP", 86),
    ("HKD", 920),
    ("HUF", 39_980),
    ("IDR", 1_902_176),
    ("ILS", 395),
    ("INR", 10_056),
    ("JPY", 16_917),
    ("KRW", 158_821),
    ("MAD", 1_055),
    ("MXN", 2_209),
    ("MYR", 494),
    ("NOK", 1_183),
    ("NZD", 193),
    ("PHP", 6_610),
    ("PLN", 424),
    ("QAR", 427),
    ("RON", 508),
    ("SAR", 439),
    ("SEK", 1_115),
    ("SGD", 149),
    ("THB", 3_813),
    ("USD", 117),
    ("XAF", 65_596),
    ("XOF", 65_596),
    ("XPF", 11_933),
];

/// A rate may have moved by this factor either way since then, or before.
const TOLERANCE: i64 = 3;

/// True when no currency that the two sums can be in makes one of them the other at anything like these rates.
pub(super) fn is_unlikely(one: &Figure, other: &Figure) -> bool {
    let bounds = |figure: &Figure| figure.lo.or(figure.hi);
    let Some((one_sum, other_sum)) = bounds(one).zip(bounds(other)) else { return false };
    let (one_rates, other_rates) = (rates(one), rates(other));
    let near = |(one_rate, other_rate): (i64, i64)| {
        let in_euro = |sum: Decimal, rate: i64| sum.checked_mul(Decimal::from(rate));
        // one / one_rate = other / other_rate, multiplied out.
        let (Some(a), Some(b)) = (in_euro(one_sum, other_rate), in_euro(other_sum, one_rate)) else { return true };
        let within = |a: Decimal, b: Decimal| b.checked_mul(Decimal::from(TOLERANCE)).is_none_or(|most| a <= most);
        within(a, b) && within(b, a)
    };
    let known = !one_rates.is_empty() && !other_rates.is_empty();
    known && !one_rates.iter().flat_map(|one| other_rates.iter().map(move |other| (*one, *other))).any(near)
}

/// The rates of the currencies that a sum can be in; none where the likeliest has no rate.
fn rates(figure: &Figure) -> Vec<i64> {
    let Unit::Money(currency) = &figure.unit else { return Vec::new() };
    let likeliest = currency.likeliest();
    let family = currency.open_family();
    let could_be = if family.is_empty() { likeliest.as_slice() } else { family };
    let likeliest = could_be.first().is_some_and(|code| per_euro(*code).is_some());
    if likeliest { could_be.iter().copied().filter_map(per_euro).collect() } else { Vec::new() }
}

fn per_euro(code: CurrencyCode) -> Option<i64> {
    PER_EURO.iter().find(|(known, _)| *known == code.as_str()).map(|(_, rate)| *rate)
}
