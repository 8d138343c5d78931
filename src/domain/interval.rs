//! Intervals of exact decimals, open or closed at either end, bounded or not.

use super::decimal::Decimal;

/// A range of values a figure allows. An absent end is infinite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Lower end.
    pub lo: Option<Decimal>,
    /// Upper end.
    pub hi: Option<Decimal>,
    /// The lower end itself is excluded.
    pub lo_open: bool,
    /// The upper end itself is excluded.
    pub hi_open: bool,
}

impl Interval {
    /// All values.
    pub const ALL: Interval = Interval { lo: None, hi: None, lo_open: false, hi_open: false };

    /// `[lo, hi]`.
    pub fn closed(lo: Decimal, hi: Decimal) -> Interval {
        Interval { lo: Some(lo), hi: Some(hi), lo_open: false, hi_open: false }
    }

    /// What lies in both.
    pub fn intersection(&self, other: &Interval) -> Interval {
        // At equal ends the excluded one is the narrower.
        let (lo, lo_open) = match (self.lo, other.lo) {
            (Some(a), Some(b)) if a == b => (Some(a), self.lo_open || other.lo_open),
            (Some(a), Some(b)) if a > b => (Some(a), self.lo_open),
            (Some(a), None) => (Some(a), self.lo_open),
            (_, b) => (b, other.lo_open),
        };
        let (hi, hi_open) = match (self.hi, other.hi) {
            (Some(a), Some(b)) if a == b => (Some(a), self.hi_open || other.hi_open),
            (Some(a), Some(b)) if a < b => (Some(a), self.hi_open),
            (Some(a), None) => (Some(a), self.hi_open),
            (_, b) => (b, other.hi_open),
        };
        Interval { lo, hi, lo_open, hi_open }
    }

    /// True when no value lies in it.
    pub fn is_empty(&self) -> bool {
        match (self.lo, self.hi) {
            (Some(lo), Some(hi)) => lo > hi || (lo == hi && (self.lo_open || self.hi_open)),
            _ => false,
        }
    }

    /// True when at least one value lies in both; shared closed ends count.
    pub fn meets(&self, other: &Interval) -> bool {
        !self.intersection(other).is_empty()
    }

    /// True when every value of this lies in `other`.
    pub fn is_within(&self, other: &Interval) -> bool {
        self.intersection(other) == *self
    }

    /// The distance between two that do not meet; `None` where they meet, or where it needs more than 38 digits.
    pub fn gap(&self, other: &Interval) -> Option<Decimal> {
        if self.meets(other) {
            return None;
        }
        let distance = |below: Option<Decimal>, above: Option<Decimal>| above?.checked_sub(below?);
        let (up, down) = (distance(self.hi, other.lo), distance(other.hi, self.lo));
        up.filter(|d| !d.is_negative()).or(down.filter(|d| !d.is_negative()))
    }

    /// Both ends multiplied by a positive number; `None` where that needs more than 38 digits.
    pub fn scaled(&self, factor: Decimal) -> Option<Interval> {
        self.scaled_between(factor, factor)
    }

    /// Everything that a number in it may be, multiplied by a positive one between two.
    pub fn scaled_between(&self, least: Decimal, most: Decimal) -> Option<Interval> {
        let end = |end: Option<Decimal>, above: Decimal, below: Decimal| match end {
            None => Some(None),
            Some(value) => value.checked_mul(if value.is_negative() { below } else { above }).map(Some),
        };
        Some(Interval { lo: end(self.lo, least, most)?, hi: end(self.hi, most, least)?, ..*self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(lo: &str, hi: &str, lo_open: bool, hi_open: bool) -> Interval {
        let end = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        Interval { lo: end(lo), hi: end(hi), lo_open, hi_open }
    }

    #[test]
    fn shared_ends_meet_only_when_both_are_closed() {
        let up_to = interval("", "100", false, false);
        assert!(up_to.meets(&interval("100", "", false, false)));
        assert!(!up_to.meets(&interval("100", "", true, false)));
        assert_eq!(up_to.gap(&interval("100", "", true, false)), Some(Decimal::ZERO));
        assert_eq!(up_to.gap(&interval("150", "160", false, false)), Some(50.into()));
        assert_eq!(interval("150", "160", false, false).gap(&up_to), Some(50.into()));
        assert_eq!(up_to.gap(&Interval::ALL), None);
    }

    #[test]
    fn within_counts_the_ends() {
        assert!(interval("1", "2", false, false).is_within(&interval("1", "2", false, false)));
        assert!(interval("1", "2", true, false).is_within(&interval("1", "2", false, false)));
        assert!(!interval("1", "2", false, false).is_within(&interval("1", "2", true, false)));
        assert!(interval("1", "2", false, false).is_within(&Interval::ALL));
        assert!(!Interval::ALL.is_within(&interval("1", "", false, false)));
    }
}
