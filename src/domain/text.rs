//! Readable text of a snapshot, its blocks, and the map back to the bytes it came from.

use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets, `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range `[start, end)`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The words at this place. Panics when the place is not in `text` or cuts a character, like slicing does.
    pub fn of<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }
}

/// Marks that are not seen and can reorder what is.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Words that people can read: a letter or a digit at least, and nothing that hides.
pub fn is_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric) && !text.chars().any(|c| c.is_control() || is_hidden(c))
}

/// What part of a page a block of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The headline.
    Title,
    /// A paragraph, list item, table cell or section heading of the article.
    Body,
    /// Words under a picture or table.
    Caption,
    /// "Read also": a pointer to another article.
    Related,
    /// Menus, cookie notices, footers; only present when the whole page was asked for.
    Navigation,
}

impl Role {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Role::Title => "title",
            Role::Body => "body",
            Role::Caption => "caption",
            Role::Related => "related",
            Role::Navigation => "navigation",
        }
    }

    /// What it is, for people.
    pub fn words(self) -> &'static str {
        match self {
            Role::Title => "headline",
            Role::Body => "body",
            Role::Caption => "caption",
            Role::Related => "pointer to another article",
            Role::Navigation => "page's navigation",
        }
    }
}

/// A block of a text and its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What part of the page it is.
    pub role: Role,
    /// Where it stands in the text.
    pub span: Span,
}

/// A stretch of text and the stretch of snapshot bytes it was read from.
///
/// Where both are UTF-8 and of one length, byte `i` of the one is byte `i` of the other; elsewhere (a character
/// reference, another charset, folded white space) the stretches match as wholes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// In the text.
    pub text: Span,
    /// In the snapshot.
    pub bytes: Span,
}

/// Readable text extracted from a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The words, in the order of the page.
    pub content: String,
    /// Its blocks, in order, without overlap.
    pub blocks: Vec<Block>,
    /// The way back: in order, without overlap, covering every character but the blank lines put between blocks.
    pub segments: Vec<Segment>,
    /// Name and version of what extracted it, such as `html-article/1`.
    pub extractor: String,
}

impl Text {
    /// The snapshot bytes that the words at `span` were read from; `None` when none of them came from the snapshot.
    pub fn bytes_of(&self, span: Span) -> Option<Span> {
        let first = self.segments.partition_point(|s| s.text.end <= span.start);
        let mut touched = self.segments[first..].iter().take_while(|s| s.text.start < span.end);
        let one_to_one = |s: &Segment| s.text.end - s.text.start == s.bytes.end - s.bytes.start;
        let first = touched.next()?;
        let last = touched.last().unwrap_or(first);
        let start = if one_to_one(first) {
            first.bytes.start + span.start.saturating_sub(first.text.start)
        } else {
            first.bytes.start
        };
        let end =
            if one_to_one(last) { last.bytes.end - last.text.end.saturating_sub(span.end) } else { last.bytes.end };
        Some(Span::new(start, end))
    }

    /// The block in which `span` begins.
    pub fn block_at(&self, span: Span) -> Option<&Block> {
        let next = self.blocks.partition_point(|b| b.span.end <= span.start);
        self.blocks.get(next).filter(|b| b.span.start <= span.start)
    }

    /// The role of the block in which `span` begins.
    pub fn role_at(&self, span: Span) -> Option<Role> {
        self.block_at(span).map(|block| block.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_map_back_to_their_bytes() {
        // "a &amp; b" read as "a & b": one stretch before, the reference, one after.
        let text = Text {
            content: "a & b".into(),
            blocks: vec![Block { role: Role::Body, span: Span::new(0, 5) }],
            segments: vec![
                Segment { text: Span::new(0, 2), bytes: Span::new(10, 12) },
                Segment { text: Span::new(2, 3), bytes: Span::new(12, 17) },
                Segment { text: Span::new(3, 5), bytes: Span::new(17, 19) },
            ],
            extractor: "test/1".into(),
        };
        assert_eq!(text.bytes_of(Span::new(0, 5)), Some(Span::new(10, 19)));
        assert_eq!(text.bytes_of(Span::new(1, 3)), Some(Span::new(11, 17)));
        assert_eq!(text.bytes_of(Span::new(4, 5)), Some(Span::new(18, 19)));
        assert_eq!(text.bytes_of(Span::new(5, 5)), None);
        assert_eq!(text.role_at(Span::new(4, 5)), Some(Role::Body));
    }
}
