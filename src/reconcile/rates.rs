//! Exchange rates, which are claims like any other: with one on record for the day, sums in two currencies compare.

use chrono::{Days, NaiveDate};

use super::statement::Statement;
use crate::domain::decimal::Decimal;
use crate::domain::figure::Figure;
use crate::domain::rate::Rate;
use crate::domain::unit::{Currency, CurrencyCode, Unit};

/// A rate holds until the next one, but not longer than over a week of holidays.
const DAYS: u64 = 7;

/// The greatest rate of a week is at most this many times the least, in hundredths: a currency that moves by more compares
/// to nothing.
const MOST_APART: i128 = 110;

/// Currencies and days of one question that are looked at for the rates to be named.
const MOST_DAYS: usize = 32;

/// The rates that a question needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates(pub Vec<Rate>);

/// How two sums are brought to one currency: each times its factor, so that nothing is ever divided. A factor is a range:
/// whoever converted a sum may have taken the rate of any day of the week before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The least and the greatest factor of the one and of the other.
    pub factors: [(Decimal, Decimal); 2],
    /// The rates that were used, one or two: each the latest of its week, with the least and the greatest of it.
    pub rates: Vec<Rate>,
}

impl Rates {
    /// True where none is needed, or none is on record.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rates by which some statements can be compared, each once; of many days those of the first.
    pub fn used<C>(&self, statements: &[Statement<C>]) -> Vec<Rate> {
        let mut used: Vec<Rate> = Vec::new();
        if self.is_empty() {
            return used;
        }
        // What is compared is a currency and a day.
        let mut known: Vec<&Statement<C>> = Vec::new();
        for statement in statements {
            if known.len() == MOST_DAYS {
                break;
            }
            let what = |s: &Statement<C>| (s.value.figure().and_then(currency), day(s));
            if known.iter().all(|known| what(known) != what(statement)) {
                let found = known.iter().filter_map(|known| self.between(known, statement));
                for rate in found.flat_map(|exchange| exchange.rates) {
                    if !used.contains(&rate) {
                        used.push(rate);
                    }
                }
                known.push(statement);
            }
        }
        used
    }

    /// How the sums of two statements compare, by the rates of the day of the earlier one; directly, or by way of a
    /// currency that both are given in.
    pub fn between<C>(&self, a: &Statement<C>, b: &Statement<C>) -> Option<Exchange> {
        let (x, y) = (currency(a.value.figure()?)?, currency(b.value.figure()?)?);
        if x == y {
            return None;
        }
        let day = match (day(a), day(b)) {
            (Some(one), Some(other)) => one.min(other),
            (one, other) => one.or(other)?,
        };
        const ONE: (Decimal, Decimal) = (Decimal::ONE, Decimal::ONE);
        let direct = |from: CurrencyCode, to: CurrencyCode| self.week(from, to, day);
        if let Some(week) = direct(x, y) {
            return Some(Exchange { factors: [(week.least, week.most), ONE], rates: vec![week] });
        }
        if let Some(week) = direct(y, x) {
            return Some(Exchange { factors: [ONE, (week.least, week.most)], rates: vec![week] });
        }
        let by_way_of = |rate: &Rate| Some((direct(rate.from, x)?, direct(rate.from, y)?));
        let (to_x, to_y) = self.0.iter().find_map(by_way_of)?;
        let factors = [(to_y.least, to_y.most), (to_x.least, to_x.most)];
        Some(Exchange { factors, rates: vec![to_x, to_y] })
    }

    /// The latest of the rates of the week up to a day; of several on one day the one that was logged first. None where they
    /// contradict each other.
    fn week(&self, from: CurrencyCode, to: CurrencyCode, day: NaiveDate) -> Option<Rate> {
        let first = day.checked_sub_days(Days::new(DAYS))?;
        let fits = |rate: &&Rate| rate.from == from && rate.to == to && first <= rate.day && rate.day <= day;
        let rates = || self.0.iter().filter(fits);
        let latest = rates().reduce(|best, rate| if rate.day > best.day { rate } else { best })?;
        let (least, most) = (rates().map(|rate| rate.value).min()?, rates().map(|rate| rate.value).max()?);
        // Rates that are so far apart within a week contradict each other; which of them holds nobody knows.
        (most <= least.checked_mul(Decimal::new(MOST_APART, -2))?).then(|| Rate { least, most, ..latest.clone() })
    }
}

/// The currency of a sum, where it is known.
pub fn currency(figure: &Figure) -> Option<CurrencyCode> {
    match &figure.unit {
        Unit::Money(Currency::Known(code)) => Some(*code),
        Unit::Money(family) => family.likeliest(),
        _ => None,
    }
}

/// The day whose rate a sum was converted at: the one it is said to be true of, else that of its publication.
pub fn day<C>(statement: &Statement<C>) -> Option<NaiveDate> {
    let one_day = |when: &crate::domain::when::When| (when.first_day() == when.last_day()).then(|| when.first_day());
    let published = statement.published.as_deref().and_then(one_day);
    statement.as_of.as_deref().and_then(one_day).or(published)
}
