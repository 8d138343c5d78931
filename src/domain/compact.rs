//! A figure in a few whole numbers, as the narrow table of statements holds it: ten million of them are compared without
//! reading a word.

use super::decimal::Decimal;
use super::figure::{Figure, Hedge, Precision};
use super::unit::Unit;

/// A figure without its unit. `Compact::of` and [`Compact::figure`] are each other's inverse; a figure with more digits
/// than fit has no compact form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Compact {
    /// The lower end, in units of 10^−decimals; `None` for none.
    pub lo: Option<i64>,
    /// The upper end; `None` for none, and for a point, whose upper end is the lower one.
    pub hi: Option<i64>,
    /// The place of the last stated digit; of an exact figure, and of one that states none, of its last digit.
    pub decimals: i32,
    /// Bits of [`form`].
    pub form: u32,
}

/// What the bits of [`Compact::form`] mean.
pub mod form {
    /// The lower end is open.
    pub const LO_OPEN: u32 = 1;
    /// The upper end is open.
    pub const HI_OPEN: u32 = 1 << 1;
    /// Both ends are the lower one.
    pub const POINT: u32 = 1 << 2;
    /// Counted, not rounded.
    pub const EXACT: u32 = 1 << 3;
    /// Its precision is not stated.
    pub const UNSTATED: u32 = 1 << 4;
    /// From here four bits for the hedge: its place in [`Hedge::NAMED`](super::Hedge::NAMED), from 1; 0 for none.
    pub const HEDGE: u32 = 5;
    /// All of the above.
    pub const FIGURE: u32 = (1 << 9) - 1;
}

impl Compact {
    /// The compact form of a figure; `None` where its digits do not fit.
    pub fn of(figure: &Figure) -> Option<Compact> {
        let (decimals, precision) = match figure.precision {
            Precision::Decimals(decimals) => (decimals, 0),
            other => {
                let last = [figure.lo, figure.hi].into_iter().flatten().map(|end| -end.last_place()).max()?;
                (last, if other == Precision::Exact { form::EXACT } else { form::UNSTATED })
            }
        };
        let point = figure.value().is_some();
        let end = |end: Option<Decimal>| match end {
            Some(end) => end.in_units_of(-decimals).map(Some),
            None => Some(None),
        };
        let hedge = figure.hedge.map_or(0, |hedge| {
            let place = Hedge::NAMED.iter().position(|(_, known)| *known == hedge);
            place.map_or(0, |place| (place as u32 + 1) << form::HEDGE)
        });
        let bit = |set: bool, bit: u32| if set { bit } else { 0 };
        Some(Compact {
            lo: end(figure.lo)?,
            hi: if point { None } else { end(figure.hi)? },
            decimals,
            form: precision
                | hedge
                | bit(figure.lo_open, form::LO_OPEN)
                | bit(figure.hi_open, form::HI_OPEN)
                | bit(point, form::POINT),
        })
    }

    /// The figure.
    pub fn figure(&self, unit: Unit) -> Figure {
        let has = |bit: u32| self.form & bit != 0;
        let end = |end: i64| Decimal::new(end.into(), -self.decimals);
        let hedge = (self.form >> form::HEDGE & 0xf) as usize;
        Figure {
            lo: self.lo.map(end),
            hi: if has(form::POINT) { self.lo } else { self.hi }.map(end),
            lo_open: has(form::LO_OPEN),
            hi_open: has(form::HI_OPEN),
            precision: match (has(form::EXACT), has(form::UNSTATED)) {
                (true, _) => Precision::Exact,
                (_, true) => Precision::Unstated,
                _ => Precision::Decimals(self.decimals),
            },
            hedge: hedge.checked_sub(1).and_then(|place| Hedge::NAMED.get(place)).map(|(_, hedge)| *hedge),
            unit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn figures() -> impl Strategy<Value = Figure> {
        let precision =
            prop_oneof![(-12i32..6).prop_map(Precision::Decimals), Just(Precision::Exact), Just(Precision::Unstated)];
        let hedge = proptest::option::of(proptest::sample::select(Hedge::NAMED.map(|(_, hedge)| hedge).to_vec()));
        let end = || proptest::option::of((any::<i64>(), -6i32..12).prop_map(|(n, e)| Decimal::new(n.into(), e)));
        (end(), end(), any::<[bool; 2]>(), precision, hedge).prop_map(
            |(lo, hi, [lo_open, hi_open], precision, hedge)| Figure {
                lo,
                hi,
                lo_open,
                hi_open,
                precision,
                hedge,
                unit: Unit::Number,
            },
        )
    }

    proptest! {
        #[test]
        fn what_fits_comes_back(figure in figures()) {
            if let Some(compact) = Compact::of(&figure) {
                prop_assert_eq!(compact.figure(Unit::Number), figure);
            }
        }
    }

    #[test]
    fn ordinary_figures_fit() {
        for (value, decimals) in [("14000000000", -9), ("14.30", 2), ("0", 0), ("-3", 0), ("1000000", 0)] {
            let figure = Figure::point(value.parse().unwrap(), Precision::Decimals(decimals), Unit::Number);
            assert_eq!(Compact::of(&figure).map(|compact| compact.figure(Unit::Number)), Some(figure));
        }
        let odd = Figure::point("14.35".parse().unwrap(), Precision::Decimals(0), Unit::Number);
        assert_eq!(Compact::of(&odd), None, "finer than it is said to be");
    }
}
