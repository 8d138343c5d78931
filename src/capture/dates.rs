//! Dates as pages state them, to ISO 8601.
//!
//! An instant with a zone becomes `2025-06-26T10:00:00Z`; everything else becomes a calendar date, `2025-06-26`: a time
//! without a zone says no more than its day. `26/06/2025` and `06/07/2025` are not read, because nobody can say which
//! number is the month.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// Names of months by their first letters, in lower case without accents lost; languages share a row per month.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrt", "maa"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "déc", "dez", "dic"],
];

/// Reads a date or instant; `None` where it is not one for certain.
pub(super) fn normalise(stated: &str) -> Option<String> {
    let stated = stated.trim();
    instant(stated).or_else(|| iso_date(stated)).or_else(|| worded_date(stated))
}

fn instant(stated: &str) -> Option<String> {
    let formats = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z", "%Y%m%dT%H%M%S%#z"];
    // "10:00:00 +02:00", "10:00:00 UTC" and "…Z" are all met.
    let compact = stated.replace(" UTC", "Z").replace(" GMT", "Z").replace(" +", "+").replace(" -", "-");
    let parsed = DateTime::parse_from_rfc3339(stated)
        .ok()
        .or_else(|| formats.iter().find_map(|format| DateTime::parse_from_str(&compact, format).ok()))
        .or_else(|| DateTime::parse_from_rfc2822(stated).ok())?;
    Some(parsed.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// `2025-06-26`, `2025/06/26`, `2025.06.26` or `20250626`, with or without a time after it.
fn iso_date(stated: &str) -> Option<String> {
    let digits = |from: usize, to: usize| stated.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let year: i32 = digits(0, 4)?.parse().ok()?;
    let separator = stated.as_bytes().get(4).copied()?;
    let (month, day, end) = if separator.is_ascii_digit() {
        (digits(4, 6)?, digits(6, 8)?, 8)
    } else if matches!(separator, b'-' | b'/' | b'.') && stated.as_bytes().get(7) == Some(&separator) {
        (digits(5, 7)?, digits(8, 10)?, 10)
    } else {
        return None;
    };
    if stated[end..].starts_with(|c: char| c.is_alphanumeric() && c != 'T') {
        return None;
    }
    date(year, month.parse().ok()?, day.parse().ok()?)
}

/// "June 26, 2025", "26 June 2025", "Thursday 26 juin 2025", "26. Juni 2025".
fn worded_date(stated: &str) -> Option<String> {
    let (mut year, mut month, mut day) = (None, None, None);
    for word in stated.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(6) {
        let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
        match digits.parse::<u32>() {
            Ok(number) if digits.len() == 4 && digits.len() == word.len() && (1500..2500).contains(&number) => {
                year.get_or_insert(number);
            }
            Ok(number) if (1..=31).contains(&number) && digits.len() <= 2 && year.is_none() => {
                day.get_or_insert(number);
            }
            Ok(_) => return None,
            Err(_) => month = month.or_else(|| month_of(word)),
        }
        if let (Some(year), Some(month), Some(day)) = (year, month, day) {
            return date(i32::try_from(year).ok()?, month, day);
        }
    }
    None
}

fn month_of(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    // "Mar" begins Tuesday in French and Spanish too; three-letter abbreviations of days come with a full date after.
    let is_day = [
        "mardi", "martes", "martedì", "mart", "segunda", "sexta", "setimana", "maandag", "jueves", "vendredi",
        "dienstag",
    ];
    if is_day.contains(&lower.as_str()) {
        return None;
    }
    let index = MONTHS.iter().position(|names| names.iter().any(|name| lower.starts_with(name)))?;
    u32::try_from(index + 1).ok()
}

fn date(year: i32, month: u32, day: u32) -> Option<String> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| year > 0).map(|date| date.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn dates_and_instants() {
        for (stated, want) in [
            ("2025-06-26", "2025-06-26"),
            (" 2025-06-26T10:00:00Z ", "2025-06-26T10:00:00Z"),
            ("2025-06-26T12:00:00+02:00", "2025-06-26T10:00:00Z"),
            ("2025-06-26T12:00:00.123+0200", "2025-06-26T10:00:00Z"),
            ("2025-06-26T12:00+02:00", "2025-06-26T10:00:00Z"),
            ("2025-06-26 12:00:00 +02:00", "2025-06-26T10:00:00Z"),
            ("2025-06-26 10:00:00 UTC", "2025-06-26T10:00:00Z"),
            ("Thu, 26 Jun 2025 12:00:00 +0200", "2025-06-26T10:00:00Z"),
            ("2025-06-26T10:00:00", "2025-06-26"),
            ("2025-06-26 10:00", "2025-06-26"),
            ("2025/06/26", "2025-06-26"),
            ("20250626", "2025-06-26"),
            ("June 26, 2025", "2025-06-26"),
            ("June 26th, 2025 at 10:00", "2025-06-26"),
            ("jeudi 26 juin 2025 à 10h00", "2025-06-26"),
            ("mardi 3 mars 2026", "2026-03-03"),
            ("26. Juni 2025", "2025-06-26"),
            ("26 de agosto de 2025", "2025-08-26"),
        ] {
            assert_eq!(normalise(stated).as_deref(), Some(want), "{stated}");
        }
        for stated in ["", "26/06/2025", "yesterday", "2025", "2025-13-40", "1719400000", "June", "é\u{301}2025"] {
            assert_eq!(normalise(stated), None, "{stated}");
        }
    }
}
