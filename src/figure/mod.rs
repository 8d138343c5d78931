//! Text to figures: amounts, counts and shares as newspapers print them, in English, French, German, Spanish and
//! Italian.
//!
//! ```
//! # use onrecord::figure::find;
//! # use onrecord::domain::figure::{Doubt, Hedge};
//! # fn show(lang: &str, text: &str) -> String {
//! #     let bound = |open: bool, value: Option<_>, unit: &str| value.map_or("∞".to_string(), |v: onrecord::domain::decimal::Decimal| format!("{v}{unit}{}", if open { " excluded" } else { "" }));
//! #     let figures = find(text, lang).into_iter().map(|f| {
//! #         let unit = match &f.figure.unit {
//! #             onrecord::domain::unit::Unit::Money(currency) => format!(" {}", currency.likeliest().unwrap()),
//! #             unit => unit.word().map(|word| format!(" {word}")).unwrap_or_default(),
//! #         };
//! #         match f.figure.value() {
//! #             Some(value) => format!("{value}{unit}"),
//! #             None => format!("{} to {}", bound(f.figure.lo_open, f.figure.lo, &unit), bound(f.figure.hi_open, f.figure.hi, &unit)),
//! #         }
//! #     });
//! #     figures.collect::<Vec<_>>().join(" | ")
//! # }
//! for (lang, text, figures) in [
//!     ("fr", "un investissement de 14,3 milliards de dollars", "14300000000 USD"),
//!     ("es", "14.300 millones de dólares", "14300000000 USD"),
//!     ("de", "eine 14-Milliarden-Dollar-Beteiligung", "14000000000 USD"),
//!     ("en", "US$1 billion (A$1.55 billion)", "1000000000 USD | 1550000000 AUD"),
//!     ("fr", "entre 1 et 1,5 milliards de dollars", "1000000000 USD to 1500000000 USD"),
//!     ("en", "more than $100 million", "100000000 USD excluded to ∞"),
//!     ("it", "fino a 300 milioni di euro", "∞ to 300000000 EUR"),
//!     ("fr", "des centaines de chercheurs", "100 to 1000 excluded"),
//!     ("en", "a nine-figure sum", "100000000 to 1000000000 excluded"),
//!     ("fr", "trois anciens chercheurs", "3"),
//!     ("de", "die Hälfte, 49 Prozent und zwei Prozentpunkte", "50 % | 49 % | 2 pp"),
//!     ("en", "In June 2025 GPT-4 came first in 24 tests at 10:30", "24"),
//! ] {
//!     assert_eq!(show(lang, text), figures, "{text}");
//! }
//! ```
//!
//! # What is read
//!
//! - Digits in every usual grouping, number words with their compounds, scales and their abbreviations, halves.
//! - Currencies before or after, as sign, code or name; per cent and percentage points, which differ; other units by
//!   their symbol ("km", "MW") or their English name ("year").
//! - Bounds ("more than 100 but less than 200" is one figure), ranges with a shared scale or unit, vague plurals ("tens
//!   of millions": from the power up to, and without, the next word), numbers of digits ("six-figure").
//! - Beside a figure: what it is counted by (`per`: "year", "person", or the noun) and its period ("4 years").
//!
//! The span covers number, scale and unit, not the hedge, unless the hedge is the figure ("hundreds", "between A and B").
//!
//! # How finely
//!
//! The place of the last stated digit: "14.3 billion" −8, "14 300 000 000" 0, "half a million" −5 as if it read "0.5
//! million". A share in words is known to its last digit that is not zero ("half": 50 % at −1). Counts below a hundred
//! in words, or in digits before a noun, are exact. Bounds state no precision; ranges that of the finer end.
//!
//! # What is refused on purpose
//!
//! Nothing is better than a wrong value, and never is a part of a number a figure:
//! - articles ("a", "un"), years, dates, times, ordinals, versions, labels ("page 3"), names ("Windows 11", "A100"),
//!   addresses, phone numbers, scores;
//! - numbers of more than 28 digits, fractions without an end ("two thirds"), words that make no number together;
//! - a four-digit number that could be a year, unless a hedge and a noun stand around it.
//!
//! # What stays in doubt
//!
//! "1.234" where the language does not tell (and "1,234" in French), "billion" in French or German, "billón" in Spanish:
//! both readings are kept.
//! "$", "pounds", "pesos": the family of currencies, likeliest first.
//!
//! # Cost
//!
//! Time grows with the length of the text whatever it holds: each token is looked at a bounded number of times.

mod exchange;
mod hedge;
mod lexicon;
mod number;
mod numeral;
mod page;
mod power;
mod quantity;
mod rate;
mod read;
mod refuse;
mod sense;
mod token;
mod wordfile;

use crate::domain::figure::FoundFigure;

/// Name and version of this reader, stored with every claim whose figure it read.
pub const PARSER: &str = "figure/1";

/// All figures in `text`, in order of place, without overlap.
///
/// `lang` is an ISO 639-1 code ("en", "fr", "de", "es", "it", with or without a region) or "und": find out from the
/// text's own words. Where nothing tells, and for other languages, digits, signs and codes are read and doubts kept.
pub fn find(text: &str, lang: &str) -> Vec<FoundFigure> {
    read_all(text, lang, false)
}

/// All numbers in `text` that could be figures: [`find`], without its refusal of what looks like a year, a date, a name
/// or a list mark. For words of which somebody says that they hold a figure; parts of numbers are refused all the same.
pub fn find_stated(text: &str, lang: &str) -> Vec<FoundFigure> {
    read_all(text, lang, true)
}

/// The language of `text` by its own small words, as an ISO 639-1 code; `None` where none leads clearly.
pub fn language_of(text: &str) -> Option<&'static str> {
    lexicon::language_of(text)
}

fn read_all(text: &str, lang: &str, trusting: bool) -> Vec<FoundFigure> {
    let lexicon = lexicon::Lexicon::of(lang, text);
    let (mut raw, mut tokens, mut found, mut from) = (Vec::new(), Vec::new(), Vec::new(), 0);
    while from < text.len() {
        from = token::paragraph(text, from, &mut raw);
        lexicon.resolve(text, &raw, &mut tokens);
        let page = page::Page { text, tokens: &tokens, lexicon, choice: page::Choice::Likely, joins: true, trusting };
        read::paragraph(&page, &mut found);
    }
    found.retain(|found: &FoundFigure| found.figure.check().is_ok());
    found
}

#[cfg(test)]
mod tests {
    use super::{find, find_stated};

    #[test]
    fn what_is_stated_to_be_a_figure_may_look_like_a_year() {
        for (text, stated) in [("2043 in all", "2043"), ("Case 7: 1848 in all", "1848")] {
            assert!(!find(text, "en").iter().any(|found| found.span.of(text) == stated), "{text}");
            assert!(find_stated(text, "en").iter().any(|found| found.span.of(text) == stated), "{text}");
        }
        assert!(find_stated("GPT-4 and A100", "en").is_empty());
    }
}
