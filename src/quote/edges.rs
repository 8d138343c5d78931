//! Where a quote may begin and end.
//!
//! Any words may be quoted, but not a part of a word or number: "4 million" is not in "14 million", "14" is not in
//! "140", "14.3", "14,3", "14 300" or "14bn", "5 °C" is not in "-5 °C", "art" is not in "party", and "he can" is not in
//! "he can't". Writing without spaces between words (Chinese, Japanese, Thai …) and scripts that join short words to
//! the next (Arabic, Hebrew) may be cut anywhere but before a combining mark.
//!
//! When in doubt whether digits belong together ("May 14 300 people"), the cut is refused: quoting a word more is easy,
//! a wrong figure on the record is not.

use unicode_normalization::char::is_combining_mark;

use super::fold::{is_dropped, is_extender};
use crate::domain::text::Span;

/// True when a quote that begins or ends at the byte `at` would cut a word or a number.
pub(super) fn cuts(text: &str, at: usize) -> bool {
    let Some(first) = text[at..].chars().find(|c| !is_dropped(*c)) else { return false };
    let Some(last) = text[..at].chars().next_back() else { return false };
    if last.is_ascii() && first.is_ascii() {
        if last.is_ascii_alphanumeric() && first.is_ascii_alphanumeric() {
            return true;
        }
        // What follows looks further around; without any of these beside the cut it would find nothing.
        let matters = |c: char| c.is_ascii_digit() || matches!(c, '\'' | '`' | '-' | '+' | '$');
        if !matters(last) && !matters(first) {
            return false;
        }
    } else if is_combining_mark(first) || is_extender(first) {
        return true;
    }
    let after = seen(text[at..].chars());
    let before = seen(text[..at].chars().rev().filter(|c| c.is_ascii() || !is_combining_mark(*c)));
    let both_word = before[0].is_some_and(is_word) && is_word(first);
    both_word || cuts_number(&before, &after) || cuts_sign(&before, &after) || cuts_negation(&before, &after)
}

/// `span` made longer until it cuts nothing, for showing what a cut word is part of.
pub(super) fn whole_words(text: &str, span: Span) -> Span {
    // A word of more characters than this is not worth showing whole.
    let steps = 64;
    let Span { mut start, mut end } = span;
    for _ in 0..steps {
        match text[..start].chars().next_back() {
            Some(c) if cuts(text, start) => start -= c.len_utf8(),
            _ => break,
        }
    }
    for _ in 0..steps {
        match text[end..].chars().next() {
            Some(c) if cuts(text, end) => end += c.len_utf8(),
            _ => break,
        }
    }
    Span::new(start, end)
}

/// The nearest characters that show.
type Seen = [Option<char>; 5];

fn seen(chars: impl Iterator<Item = char>) -> Seen {
    let mut shown = chars.filter(|c| !is_dropped(*c));
    std::array::from_fn(|_| shown.next())
}

/// True for characters that make up words between spaces: digits, and letters of alphabets that are written so.
fn is_word(c: char) -> bool {
    c.is_numeric() || c.is_alphabetic() && (c.is_lowercase() || c.is_uppercase() || is_european(c))
}

fn is_european(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}')
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(char::is_numeric)
}

/// Digits held together by a mark ("14.3", "14,300", "14'300", "3/4", "10:30") or by a space ("14 300").
fn cuts_number(before: &Seen, after: &Seen) -> bool {
    let is_joint = |c: Option<char>| {
        matches!(
            c,
            Some('.' | ',' | '\'' | '’' | '‘' | '′' | 'ʼ' | '´' | '`' | '·' | '٫' | '٬' | '/' | '⁄' | ':' | '^')
        )
    };
    let joined = is_digit(before[0]) && is_joint(after[0]) && is_digit(after[1])
        || is_joint(before[0]) && is_digit(before[1]) && is_digit(after[0]);
    // ".5" is a number too, unless the point ends a sentence that no space follows.
    let leading_point = before[0] == Some('.') && is_digit(after[0]) && opens_number(before[1]);
    // "1.5e-5".
    let is_exponent = |seen: &[Option<char>]| matches!(seen[0], Some('e' | 'E')) && is_digit(seen[1]);
    let is_sign = |c: Option<char>| matches!(c, Some('-' | '+' | '−'));
    let exponent = is_exponent(&before[..]) && is_sign(after[0]) && is_digit(after[1])
        || is_sign(before[0]) && is_exponent(&before[1..]) && is_digit(after[0]);
    joined || leading_point || exponent || cuts_group(before, after)
}

/// One to three digits, one space, and exactly three digits: "14 300".
fn cuts_group(before: &Seen, after: &Seen) -> bool {
    let is_space = |c: Option<char>| c.is_some_and(|c| c.is_whitespace() && !c.is_control() && c != '\u{2028}');
    // The digits of "Q3" or "2.5" begin no group.
    let head = |seen: &[Option<char>]| {
        let digits = seen.iter().take_while(|c| is_digit(**c)).count();
        let inner = seen.get(digits).copied().flatten().is_some_and(|c| is_word(c) || matches!(c, '.' | ',' | ':'));
        (1..=3).contains(&digits) && !inner
    };
    let group = |seen: &[Option<char>]| seen.iter().take_while(|c| is_digit(**c)).count() == 3;
    is_space(after[0]) && head(&before[..]) && group(&after[1..])
        || is_space(before[0]) && head(&before[1..]) && group(&after[..])
}

/// A sign before its number: "-5", "+5 %", "−$5". A hyphen between words or numbers ("COVID-19", "10-15") is none.
fn cuts_sign(before: &Seen, after: &Seen) -> bool {
    let is_sign = |c: Option<char>| {
        matches!(
            c,
            Some(
                '-' | '+' | '±' | '⁻' | '₋' | '\u{2010}'
                    ..='\u{2013}' | '\u{2212}' | '\u{fe63}' | '\u{ff0b}' | '\u{ff0d}'
            )
        )
    };
    let is_currency = |c: Option<char>| c.is_some_and(is_currency);
    let is_amount =
        is_digit(after[0]) || (is_currency(after[0]) || matches!(after[0], Some('.' | ','))) && is_digit(after[1]);
    let signed = is_sign(before[0]) && opens_number(before[1]);
    let signed_currency = is_currency(before[0]) && is_sign(before[1]) && opens_number(before[2]);
    is_amount && (signed || signed_currency)
}

/// True for what may stand before a number and is no part of it.
fn opens_number(c: Option<char>) -> bool {
    let marks = ['(', '[', '{', '"', '“', '„', '«', '\'', '‘', '=', '<', '>', '~', '≈', '≤', '≥', ';', ':', '|', '/'];
    c.is_none_or(|c| c.is_whitespace() || is_currency(c) || marks.contains(&c))
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢' | '£' | '¤' | '¥' | '\u{20a0}'..='\u{20c0}')
}

/// "can" is not what "can't" says. (The "'s" of "OpenAI's" and the "l'" of "l'amour" may be left out.)
fn cuts_negation(before: &Seen, after: &Seen) -> bool {
    let is_n = |c: Option<char>| matches!(c, Some('n' | 'N'));
    let is_apostrophe = |c: Option<char>| matches!(c, Some('\'' | '’' | 'ʼ' | '‘' | '´' | '`'));
    let is_t = |seen: &[Option<char>]| matches!(seen[0], Some('t' | 'T')) && !seen[1].is_some_and(char::is_alphabetic);
    is_n(before[0]) && is_apostrophe(after[0]) && is_t(&after[1..])
        || is_n(before[1]) && is_apostrophe(before[0]) && is_t(&after[..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` marks the places of `text` where a quote may not begin or end; all others are allowed.
    #[track_caller]
    fn check(marked: &str) {
        let text = marked.replace('|', "");
        let mut shown = String::new();
        for (at, c) in text.char_indices() {
            if cuts(&text, at) {
                shown.push('|');
            }
            shown.push(c);
        }
        assert_eq!(shown, marked);
    }

    #[test]
    fn words_and_numbers_stay_whole() {
        check("p|a|r|t|y, a|r|t");
        check("1|4 m|i|l|l|i|o|n, 1|4|.|3 o|r 1|4|,|3. 1|4. E|n|d");
        check("2|0|1|4 3|0|0; 1|4| |3|0|0; 1|4|\u{202f}|3|0|0 %; 1|4\n3|0|0; 1|4  3|0|0; Q|3 3|0|0; 2|.|5 3|0|0");
        check("1|´|0|0|0 1|ʼ|0|0|0 1|`|0|0|0 －|5 ⁻|5 1|.|5|e|-|5");
        check("1|2|:|3|0 1|/|2 1|4|b|n 1|4|² A|4");
        check("i|t -|5 °C, +|5 %, (−|$|5), .|5, t|e|n-1|5, 1|0–1|5");
        check("C|O|V|I|D-1|9 U|S|D|3|4|.|6");
        check("c|a|n|'|t i|s|n|’|t O|p|e|n|A|I's l'a|m|o|u|r");
        check("1|4亿美元");
        check("n|o|e|\u{301}|l e|\u{301}");
        check("p|a|\u{ad}|r|t");
        check("");
    }

    #[test]
    fn a_cut_word_is_shown_whole() {
        let text = "about -14 300.5 million";
        let at = text.find("300").unwrap_or(0);
        assert_eq!(whole_words(text, Span::new(at, at + 3)).of(text), "-14 300.5");
    }
}
