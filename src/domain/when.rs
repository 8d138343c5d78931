//! Dates as people state them: a year, a month, a day, an instant, or an interval of those.
//!
//! The notation is EDTF level 0 (ISO 8601-2:2019, <https://www.loc.gov/standards/datetime/>): `2025`, `2025-06`,
//! `2025-06-17`, `2025-06-17T10:00:00Z`, `2025-06/2025-08`.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A date, an instant or an interval, with the precision it was stated with.
///
/// Two of them compare as calendar days, and as instants only when both are instants: a date without a zone is the
/// day on the calendar of whoever wrote it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct When {
    text: String,
    first: NaiveDate,
    last: NaiveDate,
    instant: Option<DateTime<Utc>>,
}

/// The text is not a date of EDTF level 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date such as `2025`, `2025-06`, `2025-06-17`, `2025-06-17T10:00:00Z` or `2025-06/2025-08`")]
pub struct NotADate(pub String);

impl When {
    /// First day.
    pub fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// Last day.
    pub fn last_day(&self) -> NaiveDate {
        self.last
    }

    /// Its beginning and its end, for putting dates in order: days of no zone are taken as UTC.
    pub fn bounds(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        match self.instant {
            Some(instant) => (instant, instant),
            None => {
                let end = self.last.and_hms_opt(23, 59, 59).unwrap_or_default();
                (self.first.and_time(NaiveTime::MIN).and_utc(), end.and_utc())
            }
        }
    }

    /// True when the two can be one and the same time.
    pub fn overlaps(&self, other: &When) -> bool {
        match (self.instant, other.instant) {
            (Some(a), Some(b)) => a == b,
            _ => self.first <= other.last && other.first <= self.last,
        }
    }

    /// True when all of this lies before all of `other`.
    pub fn is_before(&self, other: &When) -> bool {
        match (self.instant, other.instant) {
            (Some(a), Some(b)) => a < b,
            _ => self.last < other.first,
        }
    }

    /// Whole days between the two; zero where they overlap or touch on one day.
    pub fn days_apart(&self, other: &When) -> u64 {
        let gap = (other.first - self.last).num_days().max((self.first - other.last).num_days());
        gap.max(0) as u64
    }

    fn day_range(text: &str) -> Option<(NaiveDate, NaiveDate)> {
        let digits = |part: &str, n: usize| -> Option<u32> {
            (part.len() == n && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)? as i32;
        let month = parts.next().map(|part| digits(part, 2));
        let day = parts.next().map(|part| digits(part, 2));
        if parts.next().is_some() {
            return None;
        }
        match (month, day) {
            (None, _) => Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?)),
            (Some(month), None) => {
                let first = NaiveDate::from_ymd_opt(year, month?, 1)?;
                Some((first, first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?))
            }
            (Some(month), Some(day)) => {
                let only = NaiveDate::from_ymd_opt(year, month?, day?)?;
                Some((only, only))
            }
        }
    }
}

impl FromStr for When {
    type Err = NotADate;
    fn from_str(text: &str) -> Result<When, NotADate> {
        let error = || NotADate(text.chars().take(60).collect());
        if let Some((from, to)) = text.split_once('/') {
            let (first, last) = (When::day_range(from).ok_or_else(error)?.0, When::day_range(to).ok_or_else(error)?.1);
            if first > last {
                return Err(error());
            }
            return Ok(When { text: text.to_string(), first, last, instant: None });
        }
        if text.contains('T') {
            let instant = DateTime::parse_from_rfc3339(text).map_err(|_| error())?;
            let day = instant.date_naive();
            if !(0..=9999).contains(&day.year()) {
                return Err(error());
            }
            return Ok(When { text: text.to_string(), first: day, last: day, instant: Some(instant.to_utc()) });
        }
        let (first, last) = When::day_range(text).ok_or_else(error)?;
        Ok(When { text: text.to_string(), first, last, instant: None })
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<When, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(text: &str) -> When {
        text.parse().unwrap()
    }

    #[test]
    fn reads_level_0() {
        assert_eq!(when("2025").last_day(), NaiveDate::from_ymd_opt(2025, 12, 31).unwrap());
        assert_eq!(when("2024-02").last_day(), NaiveDate::from_ymd_opt(2024, 2, 29).unwrap());
        assert_eq!(when("2025-06/2025-08").last_day(), NaiveDate::from_ymd_opt(2025, 8, 31).unwrap());
        for text in [
            "",
            "25",
            "2025-13",
            "2025-02-30",
            "2025-6",
            "06-2025",
            "2025-06-17T10:00",
            "2025/2024",
            "20-25",
            "2025-06-17-01",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }

    #[test]
    fn compares_days_and_only_two_instants_as_instants() {
        assert!(when("2025").overlaps(&when("2025-06-17")));
        assert!(when("2025-06-17").is_before(&when("2025-06-18")));
        assert!(!when("2025-06").is_before(&when("2025-06-18")));
        assert!(when("2025-06-17T23:30:00-05:00").overlaps(&when("2025-06-17")));
        assert!(when("2025-06-17T10:00:00Z").overlaps(&when("2025-06-17T12:00:00+02:00")));
        assert!(when("2025-06-17T10:00:00Z").is_before(&when("2025-06-17T11:00:00Z")));
        assert_eq!(when("2025-06-01").days_apart(&when("2025-08")), 61);
        assert_eq!(when("2025-08").days_apart(&when("2025-06-01")), 61);
        assert_eq!(when("2025").days_apart(&when("2025-06-01")), 0);
    }
}
