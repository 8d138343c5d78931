//! A text prepared for searching.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::fold::Folded;
use crate::domain::quote::Quote;
use crate::domain::text::Span;

/// Scalars of the text kept before and after a quote.
const CONTEXT: usize = 32;

/// Bytes between two entries of the index of scalars.
const STRIDE: usize = 1024;

/// A text prepared for searching: an index of its scalars, and, from the first quote on that is not there word for
/// word, its folded form with the map back. Built once, used for all quotes of one snapshot.
pub struct Searchable<'a> {
    content: Cow<'a, str>,
    /// Scalars that begin before byte `i * STRIDE`.
    scalars_before: Vec<usize>,
    folded: OnceLock<Folded>,
    /// How often it was searched.
    searches: AtomicUsize,
    starts: OnceLock<WordStarts>,
}

/// How often a text is searched from end to end before its words are listed, which costs about as much.
const SEARCHES: usize = 32;

/// Where words of plain letters and digits begin in a text, by a hash of what stands there. Elsewhere no quote that begins
/// with such a character can begin: it would cut a word.
struct WordStarts(Vec<(u32, u32)>);

/// Of words that begin alike in more places than these all places are found by a search, which stays linear.
const MOST_ALIKE: usize = 64;

/// So much of the text stands behind an entry; of shorter words there is none.
const HASHED: usize = 12;

impl WordStarts {
    fn of(content: &str) -> WordStarts {
        let mut starts = Vec::new();
        let mut is_inside = false;
        for (at, byte) in content.bytes().enumerate() {
            let is_word = byte.is_ascii_alphanumeric();
            if is_word
                && !is_inside
                && let (Some(hash), Ok(at)) = (hash_at(content, at), u32::try_from(at))
            {
                starts.push((hash, at));
            }
            is_inside = is_word;
        }
        starts.sort_unstable();
        WordStarts(starts)
    }

    fn with(&self, hash: u32) -> impl Iterator<Item = usize> {
        let first = self.0.partition_point(|(known, _)| *known < hash);
        self.0[first..].iter().take_while(move |(known, _)| *known == hash).map(|(_, at)| *at as usize)
    }
}

fn hash_at(content: &str, at: usize) -> Option<u32> {
    let mut hasher = DefaultHasher::new();
    content.as_bytes().get(at..at + HASHED)?.hash(&mut hasher);
    Some(hasher.finish() as u32)
}

impl<'a> Searchable<'a> {
    /// Prepares `content`; linear in its length.
    pub fn new(content: impl Into<Cow<'a, str>>) -> Searchable<'a> {
        let content = content.into();
        let mut scalars_before = Vec::with_capacity(content.len() / STRIDE + 1);
        let mut scalars = 0;
        for block in content.as_bytes().chunks(STRIDE) {
            scalars_before.push(scalars);
            scalars += count_scalars(block);
        }
        let (folded, starts) = (OnceLock::new(), OnceLock::new());
        Searchable { content, scalars_before, folded, searches: AtomicUsize::new(0), starts }
    }

    /// The text.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The byte at which scalar number `scalar` begins; the end of the text has a number too. `None` past the end.
    pub fn scalar_to_byte(&self, scalar: usize) -> Option<usize> {
        let block = self.scalars_before.partition_point(|before| *before <= scalar).saturating_sub(1);
        let start = block * STRIDE;
        let missing = scalar - self.scalars_before.get(block).copied().unwrap_or(0);
        let bytes = self.content.as_bytes().get(start..)?;
        // Only characters that begin at `start` or later count; the rest of one that began before is passed over.
        let mut starts = bytes.iter().enumerate().filter(|(_, b)| begins_scalar(**b)).map(|(i, _)| start + i);
        let mut found = 0;
        for at in starts.by_ref().take(STRIDE + 1) {
            if found == missing {
                return Some(at);
            }
            found += 1;
        }
        (found == missing).then_some(self.content.len())
    }

    /// How many scalars begin before the byte `byte`: the number of the scalar that begins there. `None` past the end
    /// or inside of a character.
    pub fn byte_to_scalar(&self, byte: usize) -> Option<usize> {
        if !self.content.is_char_boundary(byte) {
            return None;
        }
        let block = (byte / STRIDE).min(self.scalars_before.len().saturating_sub(1));
        let before = self.scalars_before.get(block).copied().unwrap_or(0);
        Some(before + count_scalars(&self.content.as_bytes()[block * STRIDE..byte]))
    }

    /// The words at `span` as a quote; `None` when the place is not in the text or cuts a character.
    pub fn quote_at(&self, span: Span) -> Option<Quote> {
        let exact = self.content.get(span.start..span.end)?;
        Some(Quote {
            exact: exact.to_owned(),
            prefix: self.prefix(span.start).to_owned(),
            suffix: self.suffix(span.end).to_owned(),
            start: self.byte_to_scalar(span.start)?,
            end: self.byte_to_scalar(span.end)?,
            start_byte: span.start,
            end_byte: span.end,
            folded: false,
        })
    }

    pub(super) fn folded(&self) -> &Folded {
        self.folded.get_or_init(|| Folded::new(&self.content))
    }

    /// Where these words stand in the text from the beginning of a word on, ascending; `None` where only a search tells:
    /// for short words, for those that begin with no plain letter or digit, for those that begin as many others do, and
    /// for a text that is seldom searched.
    pub(super) fn places_of(&self, words: &str) -> Option<Vec<usize>> {
        if !words.starts_with(|c: char| c.is_ascii_alphanumeric()) || u32::try_from(self.content.len()).is_err() {
            return None;
        }
        let hash = hash_at(words, 0)?;
        if self.starts.get().is_none() && self.searches.fetch_add(1, Ordering::Relaxed) < SEARCHES {
            return None;
        }
        let starts = self.starts.get_or_init(|| WordStarts::of(&self.content));
        let alike: Vec<usize> = starts.with(hash).take(MOST_ALIKE + 1).collect();
        let stands = |at: &usize| self.content.as_bytes()[*at..].starts_with(words.as_bytes());
        (alike.len() <= MOST_ALIKE).then(|| alike.into_iter().filter(stands).collect())
    }

    fn prefix(&self, end: usize) -> &str {
        let before = &self.content[..end];
        let start = before.char_indices().rev().take(CONTEXT).last().map_or(end, |(i, _)| i);
        &before[start..]
    }

    fn suffix(&self, start: usize) -> &str {
        let after = &self.content[start..];
        after.char_indices().nth(CONTEXT).map_or(after, |(end, _)| &after[..end])
    }
}

fn begins_scalar(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

fn count_scalars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| begins_scalar(**b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_and_bytes() {
        for text in ["", "a", "é", &"aé€😀\u{301}".repeat(700), &"😀".repeat(1024), &"a".repeat(2 * STRIDE)] {
            let searchable = Searchable::new(text);
            let ends = text.char_indices().map(|(i, _)| i).chain([text.len()]);
            for (scalar, byte) in ends.enumerate() {
                assert_eq!(searchable.scalar_to_byte(scalar), Some(byte));
                assert_eq!(searchable.byte_to_scalar(byte), Some(scalar));
            }
            assert_eq!(searchable.scalar_to_byte(text.chars().count() + 1), None);
            assert_eq!(searchable.scalar_to_byte(usize::MAX), None);
            assert_eq!(searchable.byte_to_scalar(text.len() + 1), None);
            assert_eq!(searchable.byte_to_scalar(usize::MAX), None);
        }
        assert_eq!(Searchable::new("é").byte_to_scalar(1), None);
    }

    proptest::proptest! {
        #[test]
        fn listed_words_are_found_as_by_a_search(
            pieces in proptest::collection::vec(proptest::sample::select(vec![
                "Meta paid", "14.3", "billion", " ", " ", "é", "中", "-", "’", "\u{ad}", "pay offer above 100 million", "1", ". ",
            ]), 0..60),
            from in 0usize..60,
            n in 1usize..12,
        ) {
            let text = pieces.concat();
            let words: String = pieces.iter().skip(from.min(pieces.len())).take(n).copied().collect();
            let wanted = crate::domain::quote::WantedQuote { exact: words, ..Default::default() };
            let listed = Searchable::new(text.as_str());
            let _ = listed.starts.set(WordStarts::of(&text));
            let found = |text: &Searchable| format!("{:?}", crate::quote::find(text, &wanted));
            proptest::prop_assert_eq!(found(&listed), found(&Searchable::new(text.as_str())));
        }
    }
}
