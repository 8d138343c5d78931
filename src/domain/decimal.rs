//! Exact decimal numbers.
//!
//! A [`Decimal`] is `coefficient × 10^exponent` with a 128-bit coefficient: 38 digits inside, of which a stated
//! number may use [`Decimal::STATED_DIGITS`]; the rest is room for half-units and percentages of it. An operation gives
//! the exact result or `None`; only [`Decimal::ratio`] rounds, and says so. Of the decimal crates, the fixed-size
//! ones round silently past 28 places (a half-unit of a 28-digit number is the 29th) and the arbitrary-size ones
//! allocate for each of the millions of comparisons a rebuild makes; hence these lines of our own.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An exact decimal number, always in lowest terms (no trailing zero in the coefficient; zero is `0 × 10^0`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    coefficient: i128,
    exponent: i32,
}

/// Why a text is not a [`Decimal`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not of the form `-12.5` or `1.25e10`.
    #[error("`{0}` is not a decimal number such as `14300000000`, `-0.5` or `1.43e10`")]
    Syntax(String),
    /// More significant digits than a stated number may have.
    #[error("`{0}` has more than {digits} significant digits", digits = Decimal::STATED_DIGITS)]
    TooManyDigits(String),
    /// Too large or too small to be printed in full.
    #[error("`{0}` is out of range: the exponent must lie between -{limit} and {limit}", limit = Decimal::EXPONENT_LIMIT)]
    OutOfRange(String),
}

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal { coefficient: 0, exponent: 0 };
    /// One.
    pub const ONE: Decimal = Decimal { coefficient: 1, exponent: 0 };
    /// Significant digits that a stated number may have.
    pub const STATED_DIGITS: u32 = 28;
    /// Largest absolute exponent of ten of a stated number's last digit.
    pub const EXPONENT_LIMIT: i32 = 60;

    /// `coefficient × 10^exponent`.
    pub fn new(coefficient: i128, exponent: i32) -> Decimal {
        let (mut coefficient, mut exponent) = (coefficient, exponent);
        if coefficient == 0 {
            return Decimal::ZERO;
        }
        while coefficient % 10 == 0 {
            coefficient /= 10;
            exponent += 1;
        }
        Decimal { coefficient, exponent }
    }

    /// Ten to the power of `exponent`.
    pub fn power_of_ten(exponent: i32) -> Decimal {
        Decimal { coefficient: 1, exponent }
    }

    /// The power of ten at which the last non-zero digit stands: 8 for 14.3 billion, -1 for 0.5.
    pub fn last_place(self) -> i32 {
        self.exponent
    }

    /// True for zero.
    pub fn is_zero(self) -> bool {
        self.coefficient == 0
    }

    /// True below zero.
    pub fn is_negative(self) -> bool {
        self.coefficient < 0
    }

    /// True when there is nothing after the decimal point.
    pub fn is_whole(self) -> bool {
        self.exponent >= 0
    }

    /// The value as a machine number, where it is whole and small enough.
    pub fn to_i64(self) -> Option<i64> {
        self.in_units_of(0)
    }

    /// How many times 10^exponent it is, where that is a whole and small enough number.
    pub fn in_units_of(self, exponent: i32) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        let power = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        self.coefficient.checked_mul(10i128.checked_pow(power)?)?.try_into().ok()
    }

    /// The nearest binary float, for weighing evidence only: no figure and no verdict is made of it.
    pub fn approximate(self) -> f64 {
        self.coefficient as f64 * 10f64.powi(self.exponent)
    }

    /// Distance from zero.
    pub fn abs(self) -> Decimal {
        Decimal { coefficient: self.coefficient.abs(), ..self }
    }

    /// Sum, or `None` where it needs more than 38 digits.
    pub fn checked_add(self, other: Decimal) -> Option<Decimal> {
        if self.is_zero() {
            return Some(other);
        }
        if other.is_zero() {
            return Some(self);
        }
        let exponent = self.exponent.min(other.exponent);
        let aligned = |d: Decimal| 10i128.checked_pow((d.exponent - exponent) as u32)?.checked_mul(d.coefficient);
        Some(Decimal::new(aligned(self)?.checked_add(aligned(other)?)?, exponent))
    }

    /// Difference, or `None` where it needs more than 38 digits.
    pub fn checked_sub(self, other: Decimal) -> Option<Decimal> {
        self.checked_add(-other)
    }

    /// Product, or `None` where it needs more than 38 digits.
    pub fn checked_mul(self, other: Decimal) -> Option<Decimal> {
        let coefficient = self.coefficient.checked_mul(other.coefficient)?;
        Some(Decimal::new(coefficient, self.exponent.checked_add(other.exponent)?))
    }

    /// `numerator / denominator`, and whether that is exact: a ratio without an end is rounded (half away from zero) to
    /// [`Decimal::STATED_DIGITS`] significant digits. `None` for a denominator below one.
    pub fn ratio(numerator: i64, denominator: i64) -> Option<(Decimal, bool)> {
        let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
        if denominator < 1 {
            return None;
        }
        // Nineteen digits at most before, so as many places as fit behind.
        let digits = |n: i128| n.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
        let places = (Decimal::STATED_DIGITS - digits(numerator / denominator)).min(37 - digits(numerator));
        let scaled = numerator.checked_mul(10i128.checked_pow(places)?)?;
        let (quotient, rest) = (scaled / denominator, scaled % denominator);
        let up = i128::from(rest.abs() * 2 >= denominator) * numerator.signum();
        Some((Decimal::new(quotient + up, -(places as i32)), rest == 0))
    }

    /// The value to [`Decimal::STATED_DIGITS`] significant digits, rounded half away from zero.
    pub fn rounded(self) -> Decimal {
        match self.digits().saturating_sub(Decimal::STATED_DIGITS) {
            0 => self,
            dropped => {
                let unit = 10i128.pow(dropped);
                let up = i128::from((self.coefficient % unit).abs() * 2 >= unit) * self.coefficient.signum();
                Decimal::new(self.coefficient / unit + up, self.exponent + dropped as i32)
            }
        }
    }

    /// True where it can be stated: what it prints is read again.
    pub fn can_be_stated(self) -> bool {
        self.digits() <= Decimal::STATED_DIGITS && self.exponent.abs() <= Decimal::EXPONENT_LIMIT
    }

    fn digits(self) -> u32 {
        self.coefficient.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1)
    }
}

impl std::ops::Neg for Decimal {
    type Output = Decimal;
    fn neg(self) -> Decimal {
        Decimal { coefficient: -self.coefficient, ..self }
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Decimal {
        Decimal::new(i128::from(value), 0)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        // Nearly all are short, and stated to about the same place.
        let apart = self.exponent.abs_diff(other.exponent);
        let is_short = |d: &Decimal| i64::try_from(d.coefficient).is_ok();
        if apart == 0 {
            return self.coefficient.cmp(&other.coefficient);
        }
        if apart <= 18 && is_short(self) && is_short(other) {
            let power = 10i128.pow(apart);
            return match self.exponent > other.exponent {
                true => (self.coefficient * power).cmp(&other.coefficient),
                false => self.coefficient.cmp(&(other.coefficient * power)),
            };
        }
        let signs = self.coefficient.signum().cmp(&other.coefficient.signum());
        if signs != Ordering::Equal || self.is_zero() {
            return signs;
        }
        // Same sign: the place of the first digit decides, and only where it is the same need the digits be aligned.
        let first_place = |d: &Decimal| i64::from(d.digits()) + i64::from(d.exponent);
        let magnitudes = first_place(self).cmp(&first_place(other)).then_with(|| {
            let exponent = self.exponent.min(other.exponent);
            // Both have their first digit in one place, so aligning lengthens the shorter one to at most 39 digits.
            let aligned = |d: &Decimal| 10u128.pow((d.exponent - exponent) as u32) * d.coefficient.unsigned_abs();
            aligned(self).cmp(&aligned(other))
        });
        if self.is_negative() { magnitudes.reverse() } else { magnitudes }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads the JSON number grammar (a leading `+` and leading zeros are let through as well).
    fn from_str(text: &str) -> Result<Decimal, DecimalError> {
        let syntax = || DecimalError::Syntax(text.chars().take(60).collect());
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| syntax())?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
            return Err(syntax());
        }
        let significant = format!("{whole}{fraction}");
        let significant = significant.trim_start_matches('0');
        let trimmed = significant.trim_end_matches('0');
        if trimmed.is_empty() {
            return Ok(Decimal::ZERO);
        }
        if trimmed.len() > Decimal::STATED_DIGITS as usize {
            return Err(DecimalError::TooManyDigits(text.chars().take(60).collect()));
        }
        let dropped = (significant.len() - trimmed.len()) as i64;
        let exponent = i64::from(exponent) - fraction.len() as i64 + dropped;
        let limit = i64::from(Decimal::EXPONENT_LIMIT);
        if !(-limit..=limit).contains(&exponent) {
            return Err(DecimalError::OutOfRange(text.chars().take(60).collect()));
        }
        let coefficient: i128 = trimmed.parse().map_err(|_| syntax())?;
        Ok(Decimal::new(if negative { -coefficient } else { coefficient }, exponent as i32))
    }
}

impl fmt::Display for Decimal {
    /// In full, without exponent or grouping: `14300000000`, `-0.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.coefficient.unsigned_abs().to_string();
        let text = if self.exponent >= 0 {
            format!("{digits}{}", "0".repeat(self.exponent as usize))
        } else {
            let places = self.exponent.unsigned_abs() as usize;
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(padded.len() - places);
            format!("{whole}.{fraction}")
        };
        f.pad_integral(self.coefficient >= 0, "", &text)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As a string: JSON numbers are floats to most readers.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_ratio_is_exact_or_says_that_it_is_not() {
        for (numerator, denominator, expected, exact) in [
            (1, 4, "0.25", true),
            (132, 5, "26.4", true),
            (-1, 8, "-0.125", true),
            (2, 3, "0.6666666666666666666666666667", false),
            (200, 3, "66.66666666666666666666666667", false),
            (-1, 3, "-0.3333333333333333333333333333", false),
            (0, 7, "0", true),
            (i64::MAX, 1, "9223372036854775807", true),
        ] {
            assert_eq!(Decimal::ratio(numerator, denominator), Some((d(expected), exact)));
        }
        assert_eq!(Decimal::ratio(1, 0), None);
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["0", "14300000000", "-0.5", "0.001", "123456789012345678901234.5678"] {
            assert_eq!(d(text).to_string(), text);
        }
        assert_eq!(d("1.43e10"), d("14300000000"));
        assert_eq!(d("-0"), Decimal::ZERO);
        assert_eq!(d("8101170000000.00").to_string(), "8101170000000");
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        for text in ["", "-", ".5", "5.", "1,5", "1e", "NaN", "0x10", "1e5e5", "--1", "١"] {
            assert!(matches!(text.parse::<Decimal>(), Err(DecimalError::Syntax(_))), "{text}");
        }
        assert!(matches!("12345678901234567890123456789".parse::<Decimal>(), Err(DecimalError::TooManyDigits(_))));
        assert!(matches!("1e999".parse::<Decimal>(), Err(DecimalError::OutOfRange(_))));
    }

    #[test]
    fn rounded_it_can_be_stated() {
        let long = |coefficient, exponent| Decimal::new(coefficient, exponent);
        for (value, expected) in [
            (d("1234567890123456789012345678"), "1234567890123456789012345678"),
            (long(12345678901234567890123456785, -1), "1234567890123456789012345679"),
            (long(-12345678901234567890123456784, -1), "-1234567890123456789012345678"),
            (long(53333333333333333333333333333, -22), "5333333.333333333333333333333"),
            (long(99999999999999999999999999999, 0), "100000000000000000000000000000"),
        ] {
            assert_eq!(value.rounded(), d(expected));
            assert_eq!(value.can_be_stated(), value == d(expected));
        }
        assert!(!Decimal::power_of_ten(61).can_be_stated());
    }

    #[test]
    fn half_a_unit_of_the_longest_number_is_exact() {
        let v = d("1234567890123456789012345678");
        let end = v.checked_add(d("0.5")).unwrap();
        assert_eq!(end.to_string(), "1234567890123456789012345678.5");
        assert!(v < end && end < v.checked_add(Decimal::ONE).unwrap());
    }

    proptest! {
        #[test]
        fn order_is_that_of_the_numbers(a in -10_000_000i64..10_000_000, b in -10_000_000i64..10_000_000, x in -6i32..6, y in -6i32..6) {
            let (p, q) = (Decimal::new(a.into(), x), Decimal::new(b.into(), y));
            let scaled = |v: i64, e: i32| i128::from(v) * 10i128.pow((e + 6) as u32);
            prop_assert_eq!(p.cmp(&q), scaled(a, x).cmp(&scaled(b, y)));
            prop_assert_eq!(p == q, scaled(a, x) == scaled(b, y));
        }

        #[test]
        fn printing_and_reading_is_the_identity(a in any::<i64>(), x in -40i32..40) {
            let v = Decimal::new(a.into(), x);
            prop_assert_eq!(v.to_string().parse::<Decimal>().unwrap(), v);
        }

        #[test]
        fn adding_and_taking_away_is_the_identity(a in any::<i64>(), b in any::<i64>(), x in -8i32..8, y in -8i32..8) {
            let (p, q) = (Decimal::new(a.into(), x), Decimal::new(b.into(), y));
            prop_assert_eq!(p.checked_add(q).unwrap().checked_sub(q).unwrap(), p);
        }
    }
}
