//! The two readings of a figure (DESIGN §4): what it allows if it was rounded (strict), and what it allows if it was
//! cut off, or said loosely (generous).
//!
//! | stated | strict | generous |
//! |---|---|---|
//! | 14 billion | [13.5, 14.5] | [13.5, 15) |
//! | 10,000 | [9999.5, 10000.5] | [9500, 10500] |
//! | about 14 billion | [13.3, 14.7] | [12.6, 15.4] |
//! | nearly 15 billion | [13.5, 15) | [12, 15.5] |
//! | more than 100 | (100, ∞) | (100, ∞) |
//! | between 10 and 20 million | [10, 20] | [9.5, 21) |
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
    /// The readings of a figure. `whole` says that it counts people or things, of which small numbers are exact.
    pub fn of(figure: &Figure, whole: bool, policy: &Policy) -> Reading {
        let stated = Interval { lo: figure.lo, hi: figure.hi, lo_open: figure.lo_open, hi_open: figure.hi_open };
        let precision = |value: Decimal| match figure.precision {
            Precision::Decimals(0) if whole && value.abs() < policy.exact_below => Precision::Exact,
            other => other,
        };
        let reading = match (figure.value(), figure.lo, figure.hi) {
            (Some(value), ..) => point(value, precision(value), figure.hedge, policy),
            (None, Some(lo), Some(_)) if figure.hedge == Some(Hedge::Plural) => plural(stated, lo, policy),
            (None, Some(lo), Some(hi)) => range(stated, (lo, precision(lo)), (hi, precision(hi)), policy),
            _ => None,
        };
        // Bounds are read as stated. Widening needs a few digits more than the figure has; where even those run out,
        // what was stated stands.
        reading.unwrap_or(Reading { strict: stated, generous: Vec::new(), place: None })
    }

    /// Everything that any of the readings allows.
    pub fn widest(&self) -> Interval {
        self.generous.last().map_or(self.strict, |(_, interval)| *interval)
    }

    /// The readings in another unit: both ends times a positive factor, which lies between two.
    pub fn scaled(&self, (least, most): (Decimal, Decimal)) -> Option<Reading> {
        let scaled = |interval: &Interval| interval.scaled_between(least, most);
        let generous = self.generous.iter().map(|(reason, interval)| Some((*reason, scaled(interval)?)));
        // Digits of a scaled figure are not stated digits any more.
        Some(Reading { strict: scaled(&self.strict)?, generous: generous.collect::<Option<_>>()?, place: None })
    }
}

fn point(value: Decimal, precision: Precision, hedge: Option<Hedge>, policy: &Policy) -> Option<Reading> {
    let around = |down: Decimal, up: Decimal| Some(Interval::closed(value.checked_sub(down)?, value.checked_add(up)?));
    let (half, place) = match precision {
        Precision::Decimals(d) => (Decimal::new(5, -d - 1), Some(Place::Decimals(d))),
        Precision::Exact => (Decimal::ZERO, Some(Place::Exact)),
        Precision::Unstated => (Decimal::ZERO, None),
    };
    let rounded = around(half, half)?;
    let mut generous = plain(value, precision, rounded, policy)?;
    let strict = match hedge {
        // A hedge loosens: whatever the bare figure allows, it allows too.
        Some(Hedge::About) => {
            let slack = slack(value, policy.about_share)?;
            let twice = slack.checked_add(slack)?;
            let loose = generous.iter().fold(around(twice, twice)?, |loose, (_, plain)| hull(loose, *plain));
            generous = vec![(Reason::Approximation, loose)];
            hull(rounded, around(slack, slack)?)
        }
        Some(Hedge::Nearly) if !value.is_zero() => {
            let share = value.abs().checked_mul(policy.nearly_share)?;
            let (twice, zero) = (share.checked_add(share)?, Decimal::ZERO);
            let (near, far) = match value.is_negative() {
                true => (Interval { lo_open: true, ..around(zero, share)? }, around(zero, twice)?),
                false => (Interval { hi_open: true, ..around(share, zero)? }, around(twice, zero)?),
            };
            generous = vec![(Reason::Approximation, hull(far, rounded))];
            near
        }
        _ => rounded,
    };
    Some(Reading { strict, generous: nested(strict, generous), place: place.filter(|_| hedge.is_none()) })
}

/// The looser readings of a figure without a hedge.
fn plain(value: Decimal, precision: Precision, rounded: Interval, policy: &Policy) -> Option<Vec<(Reason, Interval)>> {
    let Precision::Decimals(d) = precision else { return Some(Vec::new()) };
    // Cut off toward zero: the true value may be almost a whole unit further out.
    let unit = Decimal::power_of_ten(-d);
    let mut cut_off = rounded;
    if !value.is_negative() {
        (cut_off.hi, cut_off.hi_open) = (Some(value.checked_add(unit)?), true);
    }
    if value.is_negative() || value.is_zero() {
        (cut_off.lo, cut_off.lo_open) = (Some(value.checked_sub(unit)?), true);
    }
    let mut readings = vec![(Reason::Truncation, cut_off)];
    // The numeral before a scale word has no decimals where the last digit stands at 1, a thousand, a million, … or,
    // in India, a crore: "10.0 million" and "1.00" are not round.
    let is_whole = d <= 0 && (d % 3 == 0 || d == -7);
    if is_whole && !value.is_zero() && value.last_place() + d >= policy.round_zeros {
        let share = value.abs().checked_mul(policy.round_share)?;
        readings.push((Reason::RoundNumber, Interval::closed(value.checked_sub(share)?, value.checked_add(share)?)));
    }
    Some(readings)
}

/// The smaller of a share of the value and one unit of its last non-zero digit.
fn slack(value: Decimal, share: Decimal) -> Option<Decimal> {
    Some(value.abs().checked_mul(share)?.min(Decimal::power_of_ten(value.last_place())))
}

/// "Tens of millions": rather two of them or more.
fn plural(stated: Interval, word: Decimal, policy: &Policy) -> Option<Reading> {
    let narrowed = Interval { lo: Some(word.checked_mul(policy.plural_factor)?), ..stated };
    let strict = if narrowed.is_empty() { stated } else { narrowed };
    Some(Reading { strict, generous: nested(strict, vec![(Reason::Approximation, stated)]), place: None })
}

/// A range. Its ends are figures themselves and get their generous readings.
fn range(stated: Interval, lo: (Decimal, Precision), hi: (Decimal, Precision), policy: &Policy) -> Option<Reading> {
    let mut generous = Vec::new();
    for (value, precision) in [lo, hi] {
        generous.extend(point(value, precision, None, policy)?.generous);
    }
    generous.sort_by_key(|(reason, _)| *reason);
    Some(Reading { strict: stated, generous: nested(stated, generous), place: None })
}

/// Makes each wider reading hold all narrower ones, so that the last is the widest. A reading that adds nothing goes.
fn nested(strict: Interval, readings: Vec<(Reason, Interval)>) -> Vec<(Reason, Interval)> {
    let mut nested: Vec<(Reason, Interval)> = Vec::new();
    let mut widest = strict;
    for (reason, interval) in readings {
        let wider = hull(widest, interval);
        if wider == widest {
            continue;
        }
        widest = wider;
        match nested.last_mut() {
            Some((last, interval)) if *last == reason => *interval = wider,
            _ => nested.push((reason, wider)),
        }
    }
    nested
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
        check(at("14", 0, None), "[13.5, 14.5]", "[13.5, 15)");
        check(at("14.3", 1, None), "[14.25, 14.35]", "[14.25, 14.4)");
        check(at("-14", 0, None), "[-14.5, -13.5]", "(-15, -13.5]");
        check(at("0", 0, None), "[-0.5, 0.5]", "(-1, 1)");
        check(at("10000", 0, None), "[9999.5, 10000.5]", "[9500, 10500]");
        check(at("100", 0, None), "[99.5, 100.5]", "[95, 105]");
        check(at("90", 0, None), "[89.5, 90.5]", "[89.5, 91)");
        check(at("100", 2, None), "[99.995, 100.005]", "[99.995, 100.01)");
        check(at("1", 2, None), "[0.995, 1.005]", "[0.995, 1.01)");
        check(at("10000000", -5, None), "[9950000, 10050000]", "[9950000, 10100000)");
        check(at("100000000", -6, None), "[99500000, 100500000]", "[95000000, 105000000]");
        check(at("1000000000", -7, None), "[995000000, 1005000000]", "[950000000, 1050000000]");
        check(at("3", 0, Some(Hedge::About)), "[2.5, 3.5]", "[2.5, 4)");
        check(at("12300", 0, Some(Hedge::About)), "[12200, 12400]", "[11685, 12915]");
        check(at("0", 0, Some(Hedge::Nearly)), "[-0.5, 0.5]", "(-1, 1)");
        check(at("14", 0, Some(Hedge::About)), "[13.3, 14.7]", "[12.6, 15.4]");
        check(at("29", 0, Some(Hedge::About)), "[28, 30]", "[27, 31]");
        check(at("15", 0, Some(Hedge::Nearly)), "[13.5, 15)", "[12, 15.5]");
        check(at("-15", 0, Some(Hedge::Nearly)), "(-15, -13.5]", "[-15.5, -12]");
        check(within("10", "20", false, Precision::Decimals(0), Hedge::Between), "[10, 20]", "[9.5, 21)");
        check(within("100", "1000", true, Precision::Unstated, Hedge::Plural), "[200, 1000)", "[100, 1000)");
        check(within("100", "1000", true, Precision::Unstated, Hedge::Digits), "[100, 1000)", "[100, 1000)");
        check(within("", "100", false, Precision::Unstated, Hedge::UpTo), "[∞, 100]", "[∞, 100]");
    }

    #[test]
    fn small_counts_are_exact_and_large_ones_rounded() {
        let check = |figure: Figure, strict: &str, generous: &str| {
            let reading = Reading::of(&figure, true, &Policy::default());
            assert_eq!((show(&reading.strict).as_str(), show(&reading.widest()).as_str()), (strict, generous));
        };
        check(at("3", 0, None), "[3, 3]", "[3, 3]");
        check(at("99", 0, None), "[99, 99]", "[99, 99]");
        check(at("10000", 0, None), "[9999.5, 10000.5]", "[9500, 10500]");
        check(at("3000", -3, None), "[2500, 3500]", "[2500, 4000)");
        check(at("2.5", 1, None), "[2.45, 2.55]", "[2.45, 2.6)");
        check(within("90", "110", false, Precision::Decimals(0), Hedge::Between), "[90, 110]", "[90, 111)");
    }

    #[test]
    fn a_figure_at_the_edge_of_what_decimals_hold_keeps_its_stated_reading() {
        let figure = at("1234567890123456789012345678", 9, None);
        assert!(figure.check().is_ok());
        assert!(!Reading::of(&figure, false, &Policy::default()).strict.is_empty());
    }
}
