//! The two readings of a figure (DESIGN §4): what it allows if it was rounded (strict), and what it allows if it was
//! cut off, or said loosely (generous).
//!
//! | stated | strict | generous |
//! |---|---|---|
//! | 14 billion | [13.5, 14.5] | [13.5, 15] |
//! | 10,000 | [9999.5, 10000.5] | [9500, 10500] |
//! | about 14 billion | [13.3, 14.7] | [12.6, 15.4] |
//! | nearly 15 billion | [13.5, 15) | [12, 15.5] |
//! | more than 100 | (100, ∞) | (100, ∞) |
//! | between 10 and 20 million | [10, 20] | [9.5, 21] |
//! | hundreds | [200, 1000) | [100, 1000) |
//! | three (people) | [3, 3] | [3, 3] |

use super::policy::Policy;
use crate::domain::decimal::Decimal;
use crate::domain::figure::{Figure, Hedge, Precision};
use crate::domain::interval::Interval;
use crate::domain::verdict::Reason;

/// A figure's readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// If rounded.
    pub strict: Interval,
    /// The ways in which it may be read more generously, each with what it then allows; narrowest first.
    pub generous: Vec<(Reason, Interval)>,
    /// Place of the last stated digit of a plain point; such points compare digit by digit.
    pub place: Option<Place>,
}

/// The stated precision of a point value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At 10^−d.
    Decimals(i32),
    /// Counted.
    Exact,
}

impl Reading {
    /// The readings of a figure. `whole` says that it counts people or things, which cannot be rounded to less than one.
    pub fn of(figure: &Figure, whole: bool, policy: &Policy) -> Reading {
        let precision = match figure.precision {
            Precision::Decimals(decimals) if whole && decimals >= 0 => Precision::Exact,
            other => other,
        };
        let stated = Interval { lo: figure.lo, hi: figure.hi, lo_open: figure.lo_open, hi_open: figure.hi_open };
        let reading = match figure.value() {
            Some(value) => point(value, precision, figure.hedge, policy),
            None => span(stated, precision, figure.hedge, policy),
        };
        // Widening needs a few digits more than the figure has; where even those run out, what was stated stands.
        reading.unwrap_or(Reading { strict: stated, generous: Vec::new(), place: None })
    }

    /// Everything that any of the readings allows.
    pub fn widest(&self) -> Interval {
        self.generous.last().map_or(self.strict, |(_, interval)| *interval)
    }

    /// The readings in another unit: both ends times a positive factor.
    pub fn scaled(&self, factor: Decimal) -> Option<Reading> {
        let generous = self.generous.iter().map(|(reason, interval)| Some((*reason, interval.scaled(factor)?)));
        // Digits of a scaled figure are not stated digits any more.
        Some(Reading { strict: self.strict.scaled(factor)?, generous: generous.collect::<Option<_>>()?, place: None })
    }
}

fn point(value: Decimal, precision: Precision, hedge: Option<Hedge>, policy: &Policy) -> Option<Reading> {
    let around = |down: Decimal, up: Decimal| Some(Interval::closed(value.checked_sub(down)?, value.checked_add(up)?));
    let (half, unit) = match precision {
        Precision::Decimals(d) => (Decimal::new(5, -d - 1), Decimal::power_of_ten(-d)),
        Precision::Exact | Precision::Unstated => (Decimal::ZERO, Decimal::ZERO),
    };
    let place = match (precision, hedge) {
        (Precision::Decimals(d), None) => Some(Place::Decimals(d)),
        (Precision::Exact, None) => Some(Place::Exact),
        _ => None,
    };
    let mut strict = around(half, half)?;
    let mut generous = Vec::new();
    let loose = matches!(hedge, Some(Hedge::About | Hedge::Nearly));
    if let (Precision::Decimals(d), false) = (precision, loose) {
        // Cut off toward zero: the true value may be almost a whole unit further out.
        let cut_off = match (value.is_zero(), value.is_negative()) {
            (true, _) => around(unit, unit)?,
            (_, true) => around(unit, half)?,
            _ => around(half, unit)?,
        };
        generous.push((Reason::Truncation, cut_off));
        if !value.is_zero() && value.last_place() + d >= policy.round_zeros {
            let share = value.abs().checked_mul(policy.round_share)?;
            generous.push((Reason::RoundNumber, hull(cut_off, around(share, share)?)));
        }
    }
    match hedge {
        Some(Hedge::About) => {
            let slack = slack(value, policy.about_share)?;
            let twice = slack.checked_add(slack)?;
            strict = hull(strict, around(slack, slack)?);
            generous.push((Reason::Approximation, around(twice, twice)?));
        }
        Some(Hedge::Nearly) => {
            let share = value.abs().checked_mul(policy.nearly_share)?;
            let twice = share.checked_add(share)?;
            let (near, far) = if value.is_negative() {
                let below =
                    |end: Decimal| Some(Interval { lo_open: true, ..Interval::closed(value, value.checked_add(end)?) });
                (below(share)?, around(half, twice)?)
            } else {
                let below =
                    |end: Decimal| Some(Interval { hi_open: true, ..Interval::closed(value.checked_sub(end)?, value) });
                (below(share)?, around(twice, half)?)
            };
            strict = near;
            generous.push((Reason::Approximation, far));
        }
        _ => {}
    }
    Some(Reading { strict, generous: nested(strict, generous), place })
}

/// The smaller of a share of the value and one unit of its last non-zero digit.
fn slack(value: Decimal, share: Decimal) -> Option<Decimal> {
    Some(value.abs().checked_mul(share)?.min(Decimal::power_of_ten(value.last_place())))
}

/// Ranges and bounds. The ends of a range are figures themselves and get their generous reading; bounds do not.
fn span(stated: Interval, precision: Precision, hedge: Option<Hedge>, policy: &Policy) -> Option<Reading> {
    if hedge == Some(Hedge::Plural) {
        let begin = stated.lo?.checked_mul(policy.plural_factor)?;
        let narrowed = Interval { lo: Some(begin), ..stated };
        let strict = if narrowed.is_empty() { stated } else { narrowed };
        return Some(Reading { strict, generous: nested(strict, vec![(Reason::Approximation, stated)]), place: None });
    }
    let mut generous = Vec::new();
    if let (Some(lo), Some(hi), Precision::Decimals(_)) = (stated.lo, stated.hi, precision) {
        let (low, high) = (point(lo, precision, None, policy)?, point(hi, precision, None, policy)?);
        for reason in [Reason::Truncation, Reason::RoundNumber] {
            let end = |reading: &Reading| reading.generous.iter().find(|(r, _)| *r == reason).map(|(_, i)| *i);
            if let Some(ends) = end(&low).into_iter().chain(end(&high)).reduce(hull) {
                generous.push((reason, hull(stated, ends)));
            }
        }
    }
    Some(Reading { strict: stated, generous: nested(stated, generous), place: None })
}

/// Makes each wider reading hold all narrower ones, so that the last is the widest.
fn nested(strict: Interval, readings: Vec<(Reason, Interval)>) -> Vec<(Reason, Interval)> {
    let mut widest = strict;
    readings
        .into_iter()
        .filter_map(|(reason, interval)| {
            let wider = hull(widest, interval);
            (wider != std::mem::replace(&mut widest, wider)).then_some((reason, wider))
        })
        .collect()
}

/// The narrowest interval that holds both.
fn hull(a: Interval, b: Interval) -> Interval {
    let (lo, lo_open) = match (a.lo, b.lo) {
        (Some(x), Some(y)) if x == y => (Some(x), a.lo_open && b.lo_open),
        (Some(x), Some(y)) if x < y => (Some(x), a.lo_open),
        (Some(_), Some(y)) => (Some(y), b.lo_open),
        _ => (None, false),
    };
    let (hi, hi_open) = match (a.hi, b.hi) {
        (Some(x), Some(y)) if x == y => (Some(x), a.hi_open && b.hi_open),
        (Some(x), Some(y)) if x > y => (Some(x), a.hi_open),
        (Some(_), Some(y)) => (Some(y), b.hi_open),
        _ => (None, false),
    };
    Interval { lo, hi, lo_open, hi_open }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::unit::Unit;

    fn show(interval: &Interval) -> String {
        let end = |end: Option<Decimal>| end.map_or("∞".to_string(), |v| v.to_string());
        let (left, right) = (if interval.lo_open { "(" } else { "[" }, if interval.hi_open { ")" } else { "]" });
        format!("{left}{}, {}{right}", end(interval.lo), end(interval.hi))
    }

    fn check(figure: Figure, strict: &str, generous: &str) {
        let reading = Reading::of(&figure, false, &Policy::default());
        assert_eq!(show(&reading.strict), strict, "strict reading of {figure:?}");
        assert_eq!(show(&reading.widest()), generous, "generous reading of {figure:?}");
    }

    fn at(value: &str, decimals: i32, hedge: Option<Hedge>) -> Figure {
        Figure { hedge, ..Figure::point(value.parse().unwrap(), Precision::Decimals(decimals), Unit::Number) }
    }

    fn within(lo: &str, hi: &str, hi_open: bool, precision: Precision, hedge: Hedge) -> Figure {
        let end = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        Figure { lo: end(lo), hi: end(hi), lo_open: false, hi_open, precision, hedge: Some(hedge), unit: Unit::Number }
    }

    #[test]
    fn readings_are_those_of_the_table() {
        check(at("14", 0, None), "[13.5, 14.5]", "[13.5, 15]");
        check(at("14.3", 1, None), "[14.25, 14.35]", "[14.25, 14.4]");
        check(at("-14", 0, None), "[-14.5, -13.5]", "[-15, -13.5]");
        check(at("0", 0, None), "[-0.5, 0.5]", "[-1, 1]");
        check(at("10000", 0, None), "[9999.5, 10000.5]", "[9500, 10500]");
        check(at("100", 0, None), "[99.5, 100.5]", "[95, 105]");
        check(at("90", 0, None), "[89.5, 90.5]", "[89.5, 91]");
        check(at("14", 0, Some(Hedge::About)), "[13.3, 14.7]", "[12.6, 15.4]");
        check(at("29", 0, Some(Hedge::About)), "[28, 30]", "[27, 31]");
        check(at("15", 0, Some(Hedge::Nearly)), "[13.5, 15)", "[12, 15.5]");
        check(at("-15", 0, Some(Hedge::Nearly)), "(-15, -13.5]", "[-15.5, -12]");
        check(within("10", "20", false, Precision::Decimals(0), Hedge::Between), "[10, 20]", "[9.5, 21]");
        check(within("100", "1000", true, Precision::Unstated, Hedge::Plural), "[200, 1000)", "[100, 1000)");
        check(within("100", "1000", true, Precision::Unstated, Hedge::Digits), "[100, 1000)", "[100, 1000)");
        check(within("", "100", false, Precision::Unstated, Hedge::UpTo), "[∞, 100]", "[∞, 100]");
    }

    #[test]
    fn counts_are_whole() {
        let three = Reading::of(&at("3", 0, None), true, &Policy::default());
        assert_eq!(show(&three.widest()), "[3, 3]");
        let thousands = Reading::of(&at("3000", -3, None), true, &Policy::default());
        assert_eq!(show(&thousands.strict), "[2500, 3500]");
    }

    #[test]
    fn a_figure_at_the_edge_of_what_decimals_hold_keeps_its_stated_reading() {
        let figure = at("1234567890123456789012345678", 9, None);
        assert!(figure.check().is_ok());
        assert!(!Reading::of(&figure, false, &Policy::default()).strict.is_empty());
    }
}
