//! Plain text: the decoded characters as they are, line ends included.
//!
//! A block is a paragraph between blank lines; where the whole text has no blank line, every line is one. A line that
//! points to another article ("À lire aussi : …") is a block of its own. No line is guessed to be the title.

use super::builder::Builder;
use super::charset::Decoded;
use super::phrases;
use crate::domain::text::{Block, Role, Span, Text};

/// Name and version of this extractor.
const EXTRACTOR: &str = "plain/1";

/// The text of a plain document; `None` if it is blank.
pub(super) fn extract(decoded: &Decoded) -> Option<Text> {
    let blocks = blocks(&decoded.text);
    let mut builder = Builder::new(decoded);
    builder.push(Span::new(0, decoded.text.len()));
    builder.end_block(Role::Body);
    let text = builder.finish(EXTRACTOR)?;
    (!blocks.is_empty()).then_some(Text { blocks, ..text })
}

fn blocks(text: &str) -> Vec<Block> {
    let trimmed = text.trim();
    let mut blocks: Vec<Block> = Vec::new();
    let has_blank_lines = lines(trimmed).any(|line| line.of(trimmed).trim().is_empty());
    // Whether the next line carries on the paragraph of the one before.
    let mut is_open = false;
    for line in lines(text) {
        let words = line.of(text);
        let inner = words.trim();
        if inner.is_empty() {
            is_open = false;
            continue;
        }
        let start = line.start + (words.len() - words.trim_start().len());
        let span = Span::new(start, start + inner.len());
        if phrases::pointer(inner, &[]).is_some() {
            blocks.push(Block { role: Role::Related, span });
            is_open = false;
            continue;
        }
        match blocks.last_mut() {
            Some(last) if is_open && has_blank_lines => last.span.end = span.end,
            _ => blocks.push(Block { role: Role::Body, span }),
        }
        is_open = true;
    }
    blocks
}

/// The lines of `text` without their ends.
fn lines(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let span = Span::new(start, start + line.trim_end_matches(['\n', '\r']).len());
        start += line.len();
        span
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &[(Role, &str)]) {
        let blocks = blocks(text);
        let found: Vec<_> = blocks.iter().map(|block| (block.role, block.span.of(text))).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn paragraphs_lines_and_pointers() {
        check("one\r\ntwo\r\n\r\n  three  \n", &[(Role::Body, "one\r\ntwo"), (Role::Body, "three")]);
        check("one\ntwo\n", &[(Role::Body, "one"), (Role::Body, "two")]);
        check(
            "\n\none\n \ntwo\nÀ lire aussi : le port\nthree",
            &[
                (Role::Body, "one"),
                (Role::Body, "two"),
                (Role::Related, "À lire aussi : le port"),
                (Role::Body, "three"),
            ],
        );
        check(" \n\n", &[]);
    }
}
