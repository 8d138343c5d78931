//! Why a quote was not taken, and what to do about it.

use std::fmt;

use super::nearest::Nearest;
use crate::domain::quote::Quote;

/// At most this many places are listed; the total is given beside them.
pub const MAX_PLACES: usize = 20;

/// Counting places that all fit ends here: whoever has so many must say more anyway.
pub const MAX_COUNTED: usize = 10_000;

/// Longest stretch of words shown in a message, in scalars.
const SHOWN: usize = 160;

/// Why a quote was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuoteError {
    /// Nothing but white space was asked for.
    Empty,
    /// The words are not in the text.
    NotFound {
        /// The words asked for.
        wanted: String,
        /// The passage most like them, if one is like them at all.
        nearest: Option<Nearest>,
    },
    /// The words are in the text only as part of longer words or numbers.
    CutsWord {
        /// The words asked for.
        wanted: String,
        /// The whole words of which they are part, at most [`MAX_PLACES`].
        places: Vec<Place>,
        /// How often they stand so.
        total: usize,
    },
    /// The words stand in the text several times, and nothing says which place is meant.
    Ambiguous {
        /// The words asked for.
        wanted: String,
        /// The places, at most [`MAX_PLACES`].
        places: Vec<Place>,
        /// How many there are; [`MAX_COUNTED`] stands for that many or more.
        total: usize,
    },
    /// The words stand in the text, but not at the place given (start, end, words before, words after).
    Misplaced {
        /// The words asked for.
        wanted: String,
        /// Where they do stand, at most [`MAX_PLACES`].
        places: Vec<Place>,
        /// How many such places there are.
        total: usize,
    },
}

/// A place in a text, in the words of the W3C selectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// First scalar.
    pub start: usize,
    /// One past the last scalar.
    pub end: usize,
    /// Up to 32 scalars before.
    pub prefix: String,
    /// The words as they stand there.
    pub exact: String,
    /// Up to 32 scalars after.
    pub suffix: String,
}

impl From<Quote> for Place {
    fn from(quote: Quote) -> Place {
        Place { start: quote.start, end: quote.end, prefix: quote.prefix, exact: quote.exact, suffix: quote.suffix }
    }
}

impl QuoteError {
    /// What to do, as an action that works when typed.
    pub fn hint(&self) -> String {
        match self {
            QuoteError::Empty => "give the words with `--quote \"…\"`, as they stand in the text".into(),
            QuoteError::NotFound { nearest: Some(nearest), .. } => match shell_quoted(&nearest.passage) {
                Some(passage) => format!("if this passage is meant, quote it: `--quote {passage}`"),
                None => "if this passage is meant, put right the words marked".into(),
            },
            QuoteError::NotFound { nearest: None, .. } => {
                "copy the words from the text, or capture the page again if it has changed".into()
            }
            QuoteError::CutsWord { places, .. } => match places.first().and_then(|p| shell_quoted(&p.exact)) {
                Some(whole) => format!("quote the whole: `--quote {whole}`"),
                None => "begin and end the quote with a whole word".into(),
            },
            QuoteError::Ambiguous { places, .. } => match places.first() {
                Some(place) => format!("add `--start {}`, or the words before with `--prefix`", place.start),
                None => "add `--start`, or the words before with `--prefix`".into(),
            },
            QuoteError::Misplaced { places, .. } => match places.first() {
                Some(place) => {
                    format!("give `--start {}`, or leave out `--start`, `--prefix` and `--suffix`", place.start)
                }
                None => "leave out `--start`, `--prefix` and `--suffix`".into(),
            },
        }
    }
}

impl QuoteError {
    /// The same for a line of JSON, where the place stands in the quote.
    pub fn json_hint(&self) -> String {
        let json = |words: &str| {
            let short = words.chars().count() <= SHOWN;
            short.then(|| serde_json::Value::from(one_line(words)).to_string())
        };
        match self {
            QuoteError::Empty => "give the words as `\"quote\": \"…\"`, as they stand in the text".into(),
            QuoteError::NotFound { nearest: Some(nearest), .. } => match json(&nearest.passage) {
                Some(passage) => format!("if this passage is meant, quote it: `\"quote\": {passage}`"),
                None => self.hint(),
            },
            QuoteError::NotFound { nearest: None, .. } => self.hint(),
            QuoteError::CutsWord { places, .. } => match places.first().and_then(|place| json(&place.exact)) {
                Some(whole) => format!("quote the whole: `\"quote\": {whole}`"),
                None => self.hint(),
            },
            QuoteError::Ambiguous { places, wanted, .. } | QuoteError::Misplaced { places, wanted, .. } => {
                let start = places.first().map_or(0, |place| place.start);
                let words = json(wanted).unwrap_or("\"…\"".into());
                format!("say which place: `\"quote\": {{\"exact\": {words}, \"start\": {start}}}`")
            }
        }
    }
}

impl std::error::Error for QuoteError {}

impl fmt::Display for QuoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            QuoteError::Empty => write!(f, "the quote is empty"),
            QuoteError::NotFound { wanted, nearest } => {
                write!(f, "quote not in the text: `{}`", shown(wanted))?;
                match nearest {
                    Some(nearest) => {
                        write!(f, "\n  nearest  `{}`", shown(&nearest.passage))?;
                        write!(f, "\n  [-asked-] {{+text+}}: {}", nearest.marked_short())
                    }
                    None => Ok(()),
                }
            }
            QuoteError::CutsWord { wanted, places, total } => {
                write!(f, "quote is only part of a longer word or number: `{}`", shown(wanted))?;
                list(f, places, *total)
            }
            QuoteError::Ambiguous { wanted, places, total } => {
                let or_more = if *total == MAX_COUNTED { " or more" } else { "" };
                write!(f, "quote stands in the text {total}{or_more} times: `{}`", shown(wanted))?;
                list(f, places, *total)
            }
            QuoteError::Misplaced { wanted, places, total } => {
                write!(f, "quote stands in the text, but not at the place given: `{}`", shown(wanted))?;
                list(f, places, *total)
            }
        }
    }
}

/// One line per place, with the words around it and the words themselves between brackets.
fn list(f: &mut fmt::Formatter<'_>, places: &[Place], total: usize) -> fmt::Result {
    for place in places {
        let before = if place.prefix.is_empty() { "" } else { "…" };
        let after = if place.suffix.is_empty() { "" } else { "…" };
        let (prefix, suffix) = (one_line(&place.prefix), one_line(&place.suffix));
        write!(f, "\n  start {}  {before}{prefix}[{}]{suffix}{after}", place.start, shown(&place.exact))?;
    }
    if total > places.len() && !places.is_empty() {
        write!(f, "\n  … {total} places in all")?;
    }
    Ok(())
}

/// On one line, and shortened in the middle.
pub(super) fn shown(words: &str) -> String {
    let count = words.chars().count();
    if count <= SHOWN {
        return one_line(words);
    }
    let head: String = words.chars().take(SHOWN / 2).collect();
    let tail: String = words.chars().skip(count - SHOWN / 2).collect();
    one_line(&format!("{} … {}", head.trim_end(), tail.trim_start()))
}

/// Line breaks and other control characters would break the listing, or play with the terminal.
pub(super) fn one_line(words: &str) -> String {
    words.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

/// As one word for the shell; `None` when it is too long to be typed.
fn shell_quoted(words: &str) -> Option<String> {
    let short = words.chars().count() <= SHOWN;
    short.then(|| format!("'{}'", one_line(words).replace('\'', r"'\''")))
}
