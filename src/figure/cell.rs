//! One cell of a table as a figure.

use super::find_stated;
use super::lexicon::Lexicon;
use crate::domain::decimal::Decimal;
use crate::domain::figure::{Figure, FoundFigure, Precision};
use crate::domain::unit::Unit;

/// Why a cell is no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellError {
    /// There is none in it.
    None,
    /// There are several, or words that are not part of it.
    More,
}

/// The figure of a cell, which holds nothing else.
///
/// Digits with one full stop at most, as programs write numbers (`-1234.50`, `1.5e6`), are read as such, unless a
/// language is given whose figures look otherwise: there its own decimal mark counts, whatever the digits after it
/// (`100,000` is a hundred in German, to three places). Everything else is read as [`find_stated`] reads it.
pub fn figure_of_cell(cell: &str, language: Option<&str>) -> Result<Figure, CellError> {
    let cell = cell.trim();
    // The minus sign of typographers.
    let plain = cell.replace('\u{2212}', "-");
    let comma = language.is_some_and(|language| Lexicon::of(language, "").decimal_mark() == Some(','));
    let as_program = if comma { with_point(&plain) } else { Some(plain) };
    if let Some(figure) = as_program.and_then(|digits| written_by_a_program(&digits)) {
        return Ok(figure);
    }
    let found = find_stated(cell, language.unwrap_or("und"));
    let mut stated = found.iter().filter(|found| !found.conversion);
    match (stated.next(), stated.next()) {
        (None, _) => Err(CellError::None),
        (Some(one), None) if is_all(cell, &found, one) => Ok(one.figure.clone()),
        _ => Err(CellError::More),
    }
}

/// Digits with a decimal comma as a program would write them; none where a full stop may group thousands.
fn with_point(cell: &str) -> Option<String> {
    (!cell.contains('.') && cell.matches(',').count() <= 1).then(|| cell.replace(',', "."))
}

/// Nothing is left over but the words of a hedge, and a conversion. A bracket or a dash may turn a figure round, as
/// accountants write (1,234) for what is lost.
fn is_all(cell: &str, found: &[FoundFigure], one: &FoundFigure) -> bool {
    let outside = |(at, _): &(usize, char)| !found.iter().any(|found| (found.span.start..found.span.end).contains(at));
    let rest: String = cell.char_indices().filter(outside).map(|(_, c)| c).collect();
    let hedged = one.figure.hedge.is_some() || !one.qualifiers.is_empty() || found.len() > 1;
    rest.chars().all(|c| match c {
        '.' | '~' | '≈' | '<' | '>' | '≤' | '≥' | '+' => true,
        '(' | ')' | ',' | ';' | '/' | '=' => hedged,
        c if c.is_whitespace() => true,
        c => hedged && c.is_alphabetic(),
    })
}

fn written_by_a_program(cell: &str) -> Option<Figure> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let complete = !whole.is_empty() && !mantissa.ends_with('.') && are_digits(whole) && are_digits(fraction);
    let short = complete && exponent.abs() <= Decimal::EXPONENT_LIMIT / 2 && fraction.len() <= 28;
    let value = cell.parse::<Decimal>().ok().filter(|_| short)?;
    Some(Figure::point(value, Precision::Decimals(fraction.len() as i32 - exponent), Unit::Number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, language: Option<&str>, expected: &str) {
        let shown = match figure_of_cell(cell, language) {
            Ok(figure) => {
                let end = |end: Option<Decimal>| end.map_or("..".to_string(), |end| end.to_string());
                let value = figure.value().map_or(format!("{}/{}", end(figure.lo), end(figure.hi)), |v| v.to_string());
                let unit = match &figure.unit {
                    Unit::Money(currency) => format!(" {}", currency.likeliest().unwrap()),
                    unit => unit.word().map_or(String::new(), |word| format!(" {word}")),
                };
                let place = match figure.precision {
                    Precision::Decimals(place) => format!(" @{place}"),
                    _ => String::new(),
                };
                format!("{value}{unit}{place}")
            }
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(shown, expected, "{cell}");
    }

    #[test]
    fn cells_are_read_as_programs_and_people_write_them() {
        check("478403", None, "478403 @0");
        check("-12.50", None, "-12.5 @2");
        check("1.5e6", None, "1500000 @-5");
        check("2006", None, "2006 @0");
        check("1.234", None, "1.234 @3");
        check("1.234", Some("de"), "1234 @0");
        check("1.234,5", Some("de"), "1234.5 @1");
        check("99,500", Some("de"), "99.5 @3");
        check("100,000", Some("de"), "100 @3");
        check("-1,5", Some("fr"), "-1.5 @1");
        check("100,000", Some("en"), "100000 @0");
        check("\u{2212}5", None, "-5 @0");
        check("(1,234)", None, "More");
        check("1,234-", None, "More");
        check("(5 %)", None, "More");
        check("-(5)", None, "More");
        check("[5]", None, "More");
        check("$5 million.", None, "5000000 USD @-6");
        check("1,234,567", None, "1234567 @0");
        check("$14.3 billion", None, "14300000000 USD @-8");
        check("about 300", None, "300 @0");
        check("more than 100 million", None, "100000000/..");
        check("12 %", None, "12 % @0");
        check("n/a", None, "None");
        check("12 of 14", None, "More");
        check("14 (est. from 2005 census)", None, "More");
        check("", None, "None");
        check("1e999", None, "None");
    }
}
