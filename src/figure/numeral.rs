//! Digits to a value: "14,300.50", "14 300", "1'000", "1.234".
//!
//! A mark between digits groups thousands or begins the decimals. Where the run itself tells (two kinds of marks, a
//! mark that comes twice, groups that are not of three), the language is not asked; where it does not ("1.234"), the
//! language decides, and where that is not known, or the reading is unlikely in it, both readings are kept.

use crate::domain::decimal::Decimal;

/// A value with the place of its last stated digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stated {
    /// The value.
    pub value: Decimal,
    /// Digits stated after the decimal mark.
    pub decimals: i32,
}

impl Stated {
    /// The sum of both values, or `None` where it needs more than 38 digits. A third, which has no end, is known to as
    /// many digits as can be stated; so is a sum of it.
    pub(super) fn plus(self, other: Stated) -> Option<Decimal> {
        let has_no_end = |stated: Stated| !stated.value.is_zero() && -stated.value.last_place() > stated.decimals;
        let sum = self.value.checked_add(other.value)?;
        Some(if has_no_end(self) || has_no_end(other) { sum.rounded() } else { sum })
    }
}

/// A numeral as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numeral {
    /// The reading, or the likelier of two.
    pub stated: Stated,
    /// The other reading.
    pub other: Option<Stated>,
    /// Thousands are grouped, so it is no year and no label.
    pub grouped: bool,
}

/// Longest run that is looked at; 28 digits and their marks are shorter.
const LONGEST: usize = 80;

/// Reads a run of digits and marks. `decimal` is the decimal mark of the language, if known; `scaled` says that a word
/// of scale follows ("1,234 million"), where three decimals are as likely as anything. `None` for dates, times,
/// versions, codes with a leading zero, wrong groups, and more digits than a figure may have.
pub(super) fn read(run: &str, decimal: Option<char>, scaled: bool) -> Option<Numeral> {
    if run.len() > LONGEST {
        return None;
    }
    if run.bytes().all(|b| b.is_ascii_digit()) {
        return digits(run);
    }
    let (run, vulgar) = split_vulgar(run);
    if let Some(vulgar) = vulgar {
        return read_vulgar(run, vulgar);
    }
    if let Some(fraction) = run.strip_prefix(['.', ',']) {
        return fraction.bytes().all(|b| b.is_ascii_digit()).then(|| plain(&stated("0", fraction)?, false)).flatten();
    }
    let (groups, marks) = split(run)?;
    let leading_zero = groups[0].len() > 1 && groups[0].starts_with('0');
    if leading_zero {
        return None;
    }
    let (last, body) = groups.split_last()?;
    let kinds = marks.iter().collect::<std::collections::BTreeSet<_>>().len();
    match (marks.last(), kinds) {
        (None, _) => None,
        // One mark, once: thousands or decimals.
        (Some(mark @ ('.' | ',')), 1) if marks.len() == 1 => single(body[0], last, *mark, decimal, scaled),
        // One mark, again and again: thousands.
        (Some(_), 1) => {
            let fits = are_thousands(&groups) || (marks[0] == ',' && are_lakhs(&groups));
            fits.then(|| plain(&stated(&groups.concat(), "")?, true)).flatten()
        }
        // Two marks, the last of them once: thousands, then decimals.
        (Some('.' | ','), 2) if marks[..marks.len() - 1].iter().all(|m| *m == marks[0]) => {
            let fits = are_thousands(body) || (marks[0] == ',' && are_lakhs(body));
            fits.then(|| plain(&stated(&body.concat(), last)?, true)).flatten()
        }
        _ => None,
    }
}

/// Digits alone, by far the most.
fn digits(run: &str) -> Option<Numeral> {
    let leading_zero = run.len() > 1 && run.starts_with('0');
    if leading_zero || run.len() > 18 {
        return (!leading_zero).then(|| plain(&stated(run, "")?, false)).flatten();
    }
    let value = Decimal::from(run.parse::<i64>().ok()?);
    plain(&Stated { value, decimals: 0 }, false)
}

fn plain(stated: &Stated, grouped: bool) -> Option<Numeral> {
    Some(Numeral { stated: *stated, other: None, grouped })
}

/// "1.234", "14,3": `a`, one mark, `b`.
fn single(a: &str, b: &str, mark: char, decimal: Option<char>, scaled: bool) -> Option<Numeral> {
    let as_decimal = stated(a, b)?;
    if b.len() != 3 || a.len() > 3 || a == "0" {
        return plain(&as_decimal, false);
    }
    let as_thousands = stated(&format!("{a}{b}"), "")?;
    let both = |stated, other, grouped| Some(Numeral { stated, other: Some(other), grouped });
    match decimal {
        Some(known) if known != mark => plain(&as_thousands, true),
        // Three zeros after a decimal mark are rather thousands in the style of another language.
        Some(_) if b == "000" => both(as_thousands, as_decimal, true),
        // Three decimals are usual before a scale, and in English, whose thousands rarely have a dot.
        Some('.') => plain(&as_decimal, false),
        Some(_) if scaled => plain(&as_decimal, false),
        Some(_) => both(as_decimal, as_thousands, false),
        None => both(as_thousands, as_decimal, true),
    }
}

fn stated(whole: &str, fraction: &str) -> Option<Stated> {
    let text = if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") };
    Some(Stated { value: text.parse().ok()?, decimals: fraction.len() as i32 })
}

/// The groups of digits and the marks between them; every space is one mark. `None` for dates and times.
fn split(run: &str) -> Option<(Vec<&str>, Vec<char>)> {
    let (mut groups, mut marks, mut start) = (Vec::new(), Vec::new(), 0);
    for (at, c) in run.char_indices().filter(|(_, c)| !c.is_ascii_digit()) {
        groups.push(&run[start..at]);
        start = at + c.len_utf8();
        marks.push(match c {
            '.' | ',' => c,
            '\'' | '’' => '\'',
            ':' | '/' => return None,
            _ => ' ',
        });
    }
    groups.push(&run[start..]);
    Some((groups, marks))
}

/// "14", "300", "000".
fn are_thousands(groups: &[&str]) -> bool {
    groups.split_first().is_some_and(|(first, rest)| {
        (1..=3).contains(&first.len()) && *first != "0" && rest.iter().all(|group| group.len() == 3)
    })
}

/// "3", "00", "00", "000": Indian grouping.
fn are_lakhs(groups: &[&str]) -> bool {
    let Some((last, rest)) = groups.split_last() else { return false };
    let Some((first, middle)) = rest.split_first() else { return false };
    last.len() == 3 && (1..=2).contains(&first.len()) && middle.iter().all(|group| group.len() == 2)
}

fn split_vulgar(run: &str) -> (&str, Option<char>) {
    match run.char_indices().next_back() {
        Some((at, c)) if !c.is_ascii_digit() => (&run[..at], Some(c)),
        _ => (run, None),
    }
}

/// "2½".
fn read_vulgar(whole: &str, part: char) -> Option<Numeral> {
    let part = vulgar(part.encode_utf8(&mut [0; 4]))?;
    let whole = if whole.is_empty() { "0" } else { whole };
    let value = digits(whole)?.stated.plus(part)?;
    plain(&Stated { value, ..part }, false)
}

/// A vulgar fraction: "½", "⅓", "3/4"; to its last digit, or to the hundredth where it has no end.
pub(super) fn vulgar(run: &str) -> Option<Stated> {
    let (count, parts) = match run {
        "½" => (1, 2),
        "⅓" => (1, 3),
        "⅔" => (2, 3),
        "¼" => (1, 4),
        "¾" => (3, 4),
        "⅕" => (1, 5),
        "⅖" => (2, 5),
        "⅗" => (3, 5),
        "⅘" => (4, 5),
        "⅙" => (1, 6),
        "⅚" => (5, 6),
        "⅛" => (1, 8),
        "⅜" => (3, 8),
        "⅝" => (5, 8),
        "⅞" => (7, 8),
        _ => {
            let (count, parts) = run.split_once('/')?;
            let number = |text: &str| text.parse::<i64>().ok().filter(|_| !text.starts_with(['0', '+', '-']));
            (number(count)?, number(parts).filter(|parts| *parts <= 100)?)
        }
    };
    (count < parts).then(|| part_of(count, parts)).flatten()
}

/// So many of so many parts: to its last digit, or to the hundredth where it has no end.
pub(super) fn part_of(count: i64, parts: i64) -> Option<Stated> {
    let (value, is_exact) = Decimal::ratio(count, parts)?;
    Some(Stated { value, decimals: if is_exact { (-value.last_place()).max(0) } else { 2 } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(run: &str, decimal: Option<char>, expected: &str) {
        let text = |s: Stated| format!("{}@{}", s.value, s.decimals);
        let got = read(run, decimal, false).map_or("-".into(), |n| match n.other {
            Some(other) => format!("{} or {}", text(n.stated), text(other)),
            None => text(n.stated),
        });
        assert_eq!(got, expected, "{run} with {decimal:?}");
    }

    #[test]
    fn the_run_itself_tells() {
        for (run, expected) in [
            ("14", "14@0"),
            ("0", "0@0"),
            ("14,3", "14.3@1"),
            ("14.30", "14.3@2"),
            ("0.125", "0.125@3"),
            ("1,234,567.89", "1234567.89@2"),
            ("1.234.567,89", "1234567.89@2"),
            ("14 300 000 000", "14300000000@0"),
            ("14\u{202f}300,5", "14300.5@1"),
            ("1'000", "1000@0"),
            ("30,00,00,000", "300000000@0"),
            ("1234.567", "1234.567@3"),
            ("2½", "2.5@1"),
            (".5", "0.5@1"),
        ] {
            for decimal in [None, Some('.'), Some(',')] {
                check(run, decimal, expected);
            }
        }
    }

    #[test]
    fn the_language_tells_or_both_are_kept() {
        check("1.234", Some(','), "1234@0");
        check("1.234", Some('.'), "1.234@3");
        check("1.234", None, "1234@0 or 1.234@3");
        check("1,234", Some('.'), "1234@0");
        check("1,234", Some(','), "1.234@3 or 1234@0");
        check("10,000", Some(','), "10000@0 or 10@3");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for run in ["17.06.2025", "2.1.3", "10:30", "24/7", "007", "1,23,4", "12 34", "1.2,3.4", "1'00"] {
            check(run, Some('.'), "-");
        }
        check("12345678901234567890123456789", None, "-");
        check(&"9".repeat(5000), None, "-");
    }
}
