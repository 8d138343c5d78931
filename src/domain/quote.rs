//! Verbatim words in a text, with their place, in the form of the W3C Web Annotation selectors
//! (TextPositionSelector and TextQuoteSelector, <https://www.w3.org/TR/annotation-model/#selectors>).

use serde::{Deserialize, Serialize};

use super::text::Span;

/// Words found in a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The words exactly as they stand in the text.
    pub exact: String,
    /// Up to 32 scalars before them.
    pub prefix: String,
    /// Up to 32 scalars after them.
    pub suffix: String,
    /// First scalar, counted from the start of the text.
    pub start: usize,
    /// One past the last scalar.
    pub end: usize,
    /// First byte of the UTF-8 text.
    pub start_byte: usize,
    /// One past the last byte of the UTF-8 text.
    pub end_byte: usize,
    /// True when the words asked for differ from `exact` in typography only (quotes, spaces, dashes, ligatures).
    pub folded: bool,
}

impl Quote {
    /// The place in the UTF-8 text.
    pub fn span(&self) -> Span {
        Span::new(self.start_byte, self.end_byte)
    }
}

/// What somebody says stands in a text: the words, and as much of their place as is needed to tell them apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedQuote {
    /// The words.
    pub exact: String,
    /// Words right before.
    pub prefix: Option<String>,
    /// Words right after.
    pub suffix: Option<String>,
    /// First scalar of the text.
    pub start: Option<usize>,
    /// One past the last scalar of the text.
    pub end: Option<usize>,
}
