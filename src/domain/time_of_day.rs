//! Times of day, as timetables and reports state them: to the minute or to the second, without a zone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const DAY: u32 = 24 * 60 * 60;
/// Times that end in a multiple of so many seconds are often rounded to it.
const ROUND: u32 = 5 * 60;

/// A time of day. Written `HH:MM`, or `HH:MM:SS` where the second is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeOfDay {
    seconds: u32,
    to_the_second: bool,
}

/// The text is not a time of day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time of day such as `08:51`, `8:51 PM`, `8h51` or `20:51:30`")]
pub struct NotATime(pub String);

impl TimeOfDay {
    /// The time so many seconds after midnight; `None` past the day's end.
    pub fn new(seconds: u32, to_the_second: bool) -> Option<TimeOfDay> {
        let on_the_minute = seconds.is_multiple_of(60);
        (seconds < DAY && (to_the_second || on_the_minute)).then_some(TimeOfDay { seconds, to_the_second })
    }

    /// Seconds after midnight.
    pub fn seconds(self) -> u32 {
        self.seconds
    }

    /// True where the second is stated.
    pub fn is_to_the_second(self) -> bool {
        self.to_the_second
    }

    /// True where the two are one time as stated: 08:51 and 08:51:30 are.
    pub fn agrees(self, other: TimeOfDay) -> bool {
        let minute = |time: TimeOfDay| time.seconds / 60;
        match self.to_the_second && other.to_the_second {
            true => self.seconds == other.seconds,
            false => minute(self) == minute(other),
        }
    }

    /// True where one of the two may be the other rounded to five minutes.
    pub fn may_be_rounded(self, other: TimeOfDay) -> bool {
        let round = |time: TimeOfDay| !time.to_the_second && time.seconds.is_multiple_of(ROUND);
        (round(self) || round(other)) && self.seconds_apart(other) * 2 <= ROUND
    }

    /// Seconds between the two, round the clock: at most half a day.
    pub fn seconds_apart(self, other: TimeOfDay) -> u32 {
        let apart = self.seconds.abs_diff(other.seconds);
        apart.min(DAY - apart)
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<TimeOfDay, NotATime> {
        read(text.trim()).ok_or_else(|| NotATime(text.chars().take(60).collect()))
    }
}

fn read(text: &str) -> Option<TimeOfDay> {
    let lower = text.to_ascii_lowercase();
    let half = |marks: [&str; 2]| marks.iter().find_map(|mark| lower.strip_suffix(mark));
    let (clock, noon) = match (half(["am", "a.m."]), half(["pm", "p.m."])) {
        (Some(clock), _) => (clock.trim_end(), Some(0)),
        (_, Some(clock)) => (clock.trim_end(), Some(12)),
        _ => (lower.as_str(), None),
    };
    let mut parts = clock.split([':', 'h']);
    let mut number = |longest: usize| -> Option<Option<u32>> {
        let Some(part) = parts.next() else { return Some(None) };
        let fits = (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse().ok())
    };
    let (hour, minute, second) = (number(2)??, number(2)?, number(2)?);
    // "8 pm" has no minutes; "8" alone is no time.
    let minute = minute.or(noon.map(|_| 0))?;
    if parts.next().is_some() || minute > 59 || second.is_some_and(|second| second > 59) {
        return None;
    }
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => hour % 12 + noon,
        Some(_) => return None,
        None => hour,
    };
    TimeOfDay::new(hour * 3600 + minute * 60 + second.unwrap_or(0), second.is_some())
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60)?;
        if self.to_the_second { write!(f, ":{:02}", self.seconds % 60) } else { Ok(()) }
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TimeOfDay, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for (text, written) in [
            ("08:51", "08:51"),
            ("8:51", "08:51"),
            ("3:04 PM", "15:04"),
            ("12:00 am", "00:00"),
            ("12:30 p.m.", "12:30"),
            ("8 pm", "20:00"),
            ("8h51", "08:51"),
            ("23:59:59", "23:59:59"),
            ("08:51:00", "08:51:00"),
        ] {
            assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), written, "{text}");
        }
        for text in ["", "8", "24:00", "8:60", "13:00 pm", "0:30 am", "8:5:3:1", "noon", "-8:00", "123:00", "8:", ":30"]
        {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
    }

    #[test]
    fn compares_at_the_precision_stated_and_round_the_clock() {
        let time = |text: &str| text.parse::<TimeOfDay>().unwrap();
        assert!(time("08:51").agrees(time("08:51:30")));
        assert!(!time("08:51:10").agrees(time("08:51:30")));
        assert_eq!(time("23:58").seconds_apart(time("00:02")), 240);
        assert!(time("08:50").may_be_rounded(time("08:52")));
        assert!(!time("08:50").may_be_rounded(time("08:53")));
        assert!(!time("08:51").may_be_rounded(time("08:52")));
        assert!(time("00:00").may_be_rounded(time("23:58")));
    }
}
