//! Puts a [`Text`] together from stretches of the decoded document, in order, and keeps the way back to the bytes.

use super::charset::Decoded;
use crate::domain::text::{Block, Role, Segment, Span, Text};

/// The blank line between two blocks: the only characters of a text that come from nowhere.
const BLANK_LINE: &str = "\n\n";

/// Builds a text. Offsets given to it are offsets in [`Decoded::text`] and must not go back.
pub(super) struct Builder<'a> {
    decoded: &'a Decoded<'a>,
    content: String,
    blocks: Vec<Block>,
    segments: Vec<Segment>,
    /// Whether the last segment may be lengthened.
    is_last_even: bool,
    /// Where the block being built starts.
    block_start: usize,
    /// How long the text and its segments were before it.
    before_block: (usize, usize),
}

impl<'a> Builder<'a> {
    pub(super) fn new(decoded: &'a Decoded<'a>) -> Builder<'a> {
        Builder {
            decoded,
            // Hardly any text is longer than its source; growing would take twice the room for a while.
            content: String::with_capacity(decoded.text.len()),
            blocks: Vec::new(),
            segments: Vec::new(),
            is_last_even: false,
            block_start: 0,
            before_block: (0, 0),
        }
    }

    /// Appends the characters at `place` as they are.
    pub(super) fn push(&mut self, place: Span) {
        self.open_block();
        for piece in self.decoded.pieces(place) {
            let start = self.content.len();
            self.content.push_str(piece.text.of(&self.decoded.text));
            self.note(Span::new(start, self.content.len()), piece.bytes, piece.even);
        }
    }

    /// Appends `words`, which stand for the whole of `place` (a character reference, folded white space).
    pub(super) fn push_as(&mut self, words: &str, place: Span) {
        if place.of(&self.decoded.text) == words {
            return self.push(place);
        }
        self.open_block();
        let mut pieces = self.decoded.pieces(place);
        let Some(first) = pieces.next() else { return };
        let last = pieces.last().unwrap_or(first);
        let start = self.content.len();
        self.content.push_str(words);
        self.note(Span::new(start, self.content.len()), Span::new(first.bytes.start, last.bytes.end), false);
    }

    /// Whether the block being built has no character yet.
    pub(super) fn is_block_empty(&self) -> bool {
        self.content.len() <= self.block_start
    }

    /// The characters of the block being built.
    pub(super) fn block(&self) -> &str {
        self.content.get(self.block_start..).unwrap_or_default()
    }

    /// Ends the block; one of nothing but white space (`&nbsp;` is common) is taken back.
    pub(super) fn end_block(&mut self, role: Role) {
        if self.block().trim().is_empty() {
            let (n_bytes, n_segments) = self.before_block;
            self.content.truncate(n_bytes);
            self.segments.truncate(n_segments);
            self.is_last_even = false;
        } else {
            self.blocks.push(Block { role, span: Span::new(self.block_start, self.content.len()) });
        }
        self.before_block = (self.content.len(), self.segments.len());
        self.block_start = self.content.len() + BLANK_LINE.len();
    }

    /// The finished text; `None` if it has no block.
    pub(super) fn finish(self, extractor: &str) -> Option<Text> {
        let Builder { content, blocks, segments, .. } = self;
        (!blocks.is_empty()).then(|| Text { content, blocks, segments, extractor: extractor.to_owned() })
    }

    fn open_block(&mut self) {
        if self.content.len() < self.block_start {
            if self.blocks.is_empty() {
                self.block_start = 0;
            } else {
                self.content.push_str(BLANK_LINE);
                self.block_start = self.content.len();
            }
            self.is_last_even = false;
        }
    }

    fn note(&mut self, text: Span, bytes: Span, even: bool) {
        match self.segments.last_mut() {
            Some(last) if even && self.is_last_even && last.text.end == text.start && last.bytes.end == bytes.start => {
                last.text.end = text.end;
                last.bytes.end = bytes.end;
            }
            _ => self.segments.push(Segment { text, bytes }),
        }
        self.is_last_even = even;
    }
}
