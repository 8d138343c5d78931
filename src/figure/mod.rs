//! Text to figures: amounts, counts and shares as newspapers print them, in English, French, German, Spanish, Italian,
//! Portuguese and Dutch. `docs/figures.md` has examples of everything, written by the reader itself.
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
//!     ("pt", "14 mil milhões de euros", "14000000000 EUR"),
//!     ("nl", "tussen de 2,5 en 3 miljard euro", "2500000000 EUR to 3000000000 EUR"),
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
//! - Digits in every usual grouping, number words with their compounds, scales and their abbreviations, powers of ten,
//!   halves and other parts of a scale ("three quarters of a million").
//! - Currencies before or after, as sign, code or name, with their hundredths; per cent and percentage points, which
//!   differ; shares ("half", "two thirds") in per cent; other units by their symbol ("km", "MW") or their English name
//!   ("year").
//! - Bounds ("more than 100 but less than 200" is one figure), ranges and lists with a shared scale or unit, vague plurals
//!   ("tens of millions": from the power up to, and without, the next word), numbers of digits ("six-figure").
//! - A second sum in brackets or after "or", in another currency: a conversion of the first, checked roughly.
//! - Beside a figure: what it is counted by (`per`: "year", "person", or the noun) and its period ("4 years").
//!
//! The span covers number, scale and unit, not the hedge, unless the hedge is the figure ("hundreds", "between A and B").
//!
//! # How finely
//!
//! The place of the last stated digit: "14.3 billion" −8, "14 300 000 000" 0, "half a million" −5 as if it read "0.5
//! million". A share in words is known to its last digit that is not zero ("half": 50 % at −1). Counts below a hundred
//! in words, or in digits before a noun, are exact; two thirds, which have no end in per cent, are known to the unit. Bounds state no
//! precision; ranges that of the finer end.
//!
//! # What is refused on purpose
//!
//! Nothing is better than a wrong value, and never is a part of a number a figure:
//! - articles ("a", "un"), years, dates, times, ordinals, versions, labels ("page 3"), names ("Windows 11", "A100"),
//!   addresses, phone numbers, scores;
//! - numbers of more than 28 digits, words that make no number together, "four in ten";
//! - a four-digit number that could be a year, unless a hedge and a noun stand around it.
//!
//! # What stays in doubt
//!
//! "1.234" where the language does not tell (and "1,234" in French), "billion" in French or German, "billón" in Spanish:
//! both readings are kept.
//! "$", "pounds", "pesos": the family of currencies, likeliest first, unless the text declares one or its country has one.
//!
//! # Cost
//!
//! Time grows with the length of the text whatever it holds: each token is looked at a bounded number of times, which a
//! test counts.

mod cell;
mod country;
mod exchange;
mod hedge;
mod language;
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

pub use cell::{CellError, figure_of_cell};

use crate::domain::figure::FoundFigure;
use crate::domain::unit::CurrencyCode;
use lexicon::Lexicon;
use page::{Choice, Page};

/// Name and version of this reader, stored with every claim whose figure it read.
pub const PARSER: &str = "figure/2";

/// All figures in `text`, in order of place, without overlap.
///
/// `lang` is a language tag (BCP 47): "en", "fr", "de", "es", "it", "pt" or "nl", or "und", which finds it out from the
/// text. Where nothing tells, and for other languages, digits, signs and codes are read and doubts kept. A country
/// ("en-AU") or a currency ("en-u-cu-aud") says which dollars "$" are, where the text does not.
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
    language::of(text)
}

/// The currency that `text` declares for all its sums ("all figures in Canadian dollars").
pub fn declared_currency(text: &str, lang: &str) -> Option<CurrencyCode> {
    let mut declared = None;
    each_paragraph(text, Lexicon::of(lang, text), false, |page| {
        declared = declared.or_else(|| country::declared(page))
    });
    declared
}

fn read_all(text: &str, lang: &str, trusting: bool) -> Vec<FoundFigure> {
    let (mut known, mut found) = (country::Known::of_tag(lang), Vec::new());
    each_paragraph(text, Lexicon::of(lang, text), trusting, |page| {
        known.declared = known.declared.or_else(|| country::declared(page));
        read::paragraph(page, &mut found);
    });
    found.retain(|found: &FoundFigure| found.figure.check().is_ok());
    known.settle(&mut found);
    found
}

fn each_paragraph(text: &str, lexicon: &Lexicon, trusting: bool, mut read: impl FnMut(&Page)) {
    let (mut raw, mut tokens, mut from) = (Vec::new(), Vec::new(), 0);
    while from < text.len() {
        let next = token::paragraph(text, from, &mut raw);
        lexicon.resolve(text, &raw, &mut tokens);
        let alone = from == 0 && next == text.len();
        read(&Page { text, tokens: &tokens, lexicon, choice: Choice::Likely, joins: true, trusting, alone });
        from = next;
    }
}

#[cfg(test)]
mod tests {
    use super::page::LOOKS;
    use super::{find, find_stated, wordfile};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    #[test]
    fn what_is_stated_to_be_a_figure_may_look_like_a_year() {
        for (text, stated) in [("2043 in all", "2043"), ("Case 7: 1848 in all", "1848")] {
            assert!(!find(text, "en").iter().any(|found| found.span.of(text) == stated), "{text}");
            assert!(find_stated(text, "en").iter().any(|found| found.span.of(text) == stated), "{text}");
        }
        assert!(find_stated("GPT-4 and A100", "en").is_empty());
    }

    const LANGUAGES: [&str; 7] = ["en", "fr", "de", "es", "it", "pt", "nl"];

    fn word_file(name: &str) -> String {
        let path = format!("{}/src/figure/words/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("the word files are there")
    }

    fn phrases(files: &[&str]) -> BTreeSet<String> {
        wordfile::read(files).senses.into_keys().map(|(phrase, _)| phrase).collect()
    }

    /// Every phrase that the words of a language know, with those of all languages for the first.
    static PHRASES: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
        let shared_file = word_file("any");
        let shared = phrases(&[&shared_file]);
        let own = |lang| phrases(&[&shared_file, &word_file(lang)]).difference(&shared).cloned().collect();
        let mut all: Vec<Vec<String>> = LANGUAGES.map(own).into();
        all[0].extend(shared);
        all
    });

    /// How often a token is looked at per byte when `unit` is said again and again, at most.
    fn looks_per_byte(unit: &str, times: usize, lang: &str) -> f64 {
        let text = unit.repeat(times);
        LOOKS.set(0);
        find(&text, lang);
        find_stated(&text, lang);
        LOOKS.get() as f64 / text.len() as f64
    }

    /// Three times as much of the same must not cost more than three times as much; short texts cost less, being short. How
    /// far is looked ahead is bounded, and some words of scale reach that bound after a hundred only.
    fn assert_linear(unit: &str, lang: &str) {
        let (mut some, mut more) = (looks_per_byte(unit, 20, lang), looks_per_byte(unit, 60, lang));
        if more >= some * 1.3 + 1.0 {
            (some, more) = (looks_per_byte(unit, 200, lang), looks_per_byte(unit, 600, lang));
        }
        assert!(more < some * 1.3 + 1.0, "{lang}: {unit:?} again and again: {some} looks a byte, then {more}");
    }

    #[test]
    fn a_phrase_again_and_again_costs_no_more_each_time() {
        for (lang, phrases) in LANGUAGES.into_iter().zip(&*PHRASES) {
            for phrase in phrases {
                assert_linear(&format!("{phrase} "), lang);
                assert_linear(&format!("1 {phrase} "), lang);
            }
            for number in ["1", "14.3", "2025", "one", "million", "½", "$5", "5%", "$"] {
                for joint in ["", " ", ", ", ". ", " - ", "-", "/", "(", ") ", "\n", "\n\n", " 😀"] {
                    assert_linear(&format!("{number}{joint}"), lang);
                }
            }
        }
    }

    fn pieces() -> impl Strategy<Value = (usize, Vec<(prop::sample::Index, usize)>)> {
        (0..LANGUAGES.len(), prop::collection::vec((any::<prop::sample::Index>(), 0..5usize), 1..6))
    }

    proptest! {
        #[test]
        fn phrases_again_and_again_cost_no_more_each_time((lang, picks) in pieces()) {
            let (lang, mut words) = (LANGUAGES[lang], PHRASES[lang].clone());
            words.extend(PHRASES[0].iter().cloned());
            words.extend(["1", "14.3", "2025", "7", ",", ".", "(", ")", "-", "\n"].map(String::from));
            let unit: String =
                picks.iter().map(|(word, gap)| word.get(&words).clone() + ["", " ", " ", ", ", "-"][*gap]).collect();
            assert_linear(&unit, lang);
        }
    }
}
