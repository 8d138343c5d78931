//! Finding quotes in a text.
//!
//! A quote is words that stand in a text, letter for letter and digit for digit. [`find`] looks for them in two steps:
//! as they were given, byte for byte; and, if they are nowhere, with typography evened out on both sides (the table is
//! in `fold.rs`), and then the quote is labelled [`folded`](Quote::folded). Either way [`Quote::exact`] is the text's
//! own wording. White space around the words asked for is not part of them.
//!
//! What is refused, on purpose ([`QuoteError`]):
//!
//! - a changed letter, digit, sign or accent, or another case; the nearest passage is shown instead;
//! - a part of a word or number, such as "4 million" in "14 million" (`edges.rs` says what that is, and in which
//!   scripts);
//! - words that stand in the text several times when nothing says which place is meant. Places that overlap are
//!   different places;
//! - words that stand in the text, but not at the place given.
//!
//! A place can be given by first and last scalar, by the words before, by the words after; all that are given must
//! hold. Words before and after are compared with the same folding, and white space between them and the quote may be
//! left out or added. When words with typography of their own (a no-break space, a curly quotation mark) stand byte for
//! byte at one place and in other typography at another, the first is meant; plain words may mean either.
//!
//! No input makes anything here panic, and no input takes more than linear time: a text is folded once, places are
//! found by linear searches, and the work for the nearest passage is bounded apart from one pass over the text. (Places
//! are looked up in the map by bisection, so a text full of them takes n log n.)
//!
//! ```
//! use onrecord::domain::quote::WantedQuote;
//! use onrecord::quote::{Searchable, find};
//!
//! let text = Searchable::new("Meta a investi « 14 milliards » dans l’entreprise.");
//! let wanted = WantedQuote { exact: "\"14 milliards\" dans l'entreprise".into(), ..WantedQuote::default() };
//! let quote = find(&text, &wanted)?;
//! assert_eq!(quote.exact, "« 14 milliards » dans l’entreprise");
//! assert_eq!((quote.start, quote.folded), (15, true));
//! assert!(find(&text, &WantedQuote { exact: "4 milliards".into(), ..WantedQuote::default() }).is_err());
//! # Ok::<(), onrecord::quote::QuoteError>(())
//! ```

mod alignment;
mod edges;
mod error;
mod fold;
mod names;
mod nearest;
mod occurrences;
mod pairing;
mod revision;
mod searchable;
mod shingles;
mod stamps;
mod words;

use crate::domain::quote::{Quote, WantedQuote};
use crate::domain::text::Span;

pub use error::{MAX_COUNTED, MAX_PLACES, Place, QuoteError};
pub use names::{NameIndex, fold_name, near_names};
pub use nearest::{Difference, Nearest};
pub use revision::{Change, Fate, Revision, changes};
pub use searchable::Searchable;
pub use shingles::{Overlap, copies, shingles};

use fold::{Folded, is_blank, is_extender};
use occurrences::{Occurrences, Offsets};

/// Finds the words of `wanted` in `text`.
///
/// # Errors
///
/// Says which of the things listed at the head of this module stands in the way, with the places or the passage that
/// help to put it right.
pub fn find(text: &Searchable, wanted: &WantedQuote) -> Result<Quote, QuoteError> {
    let words = wanted.exact.trim_matches(is_blank);
    if words.is_empty() {
        return Err(QuoteError::Empty);
    }
    let chooser = Chooser::new(text, wanted);
    let wanted_folded = Folded::new(words).text;
    let exact = find_exact(text, words, &chooser);
    // Words with typography of their own were copied from one place; plain words may mean any place that reads so.
    let copied = wanted_folded != words;
    if copied && let Some(result) = exact.chosen.settle(text, words) {
        return result;
    }
    let folded = find_folded(text, &wanted_folded, &chooser, words);
    let [first, second] = if folded.chosen.total > 1 { [&folded, &exact] } else { [&exact, &folded] };
    if let Some(result) = first.chosen.settle(text, words).or_else(|| second.chosen.settle(text, words)) {
        return result;
    }
    Err(refusal(text, words, &wanted_folded, [folded, exact]))
}

/// Why none of the places found will do; the first search that has an answer gives it.
fn refusal(text: &Searchable, words: &str, folded: &str, searches: [Places; 2]) -> QuoteError {
    let wanted = words.to_owned();
    if let Some(places) = searches.iter().map(|s| &s.elsewhere).find(|p| p.total > 0) {
        return QuoteError::Misplaced { wanted, places: places.list(text), total: places.total };
    }
    if let Some(places) = searches.iter().map(|s| &s.cut).find(|p| p.total > 0) {
        let whole = places.kept.iter().map(|span| edges::whole_words(text.content(), *span));
        let mut places = Tally { kept: whole.collect(), total: places.total };
        places.kept.dedup();
        return QuoteError::CutsWord { wanted, places: places.list(text), total: places.total };
    }
    let nearest = nearest::nearest(text, folded);
    QuoteError::NotFound { wanted, nearest }
}

fn find_exact(text: &Searchable, words: &str, chooser: &Chooser) -> Places {
    let search = |starts: &mut dyn Iterator<Item = usize>| {
        let mut places = Places::default();
        for start in starts {
            if places.chosen.total == MAX_COUNTED {
                break;
            }
            places.add(text, Span::new(start, start + words.len()), true, chooser);
        }
        places
    };
    // Whole words are found by where words begin; where there are none, all that is like them is told.
    if let Some(known) = text.places_of(words) {
        let places = search(&mut known.into_iter());
        if places.chosen.total > 0 {
            return places;
        }
    }
    search(&mut Occurrences::new(text.content(), words))
}

/// `words` are those asked for, `wanted` their folded form.
fn find_folded(text: &Searchable, wanted: &str, chooser: &Chooser, words: &str) -> Places {
    let mut places = Places::default();
    let folded = text.folded();
    if wanted == words && folded.is_verbatim(text.content()) {
        return places;
    }
    for at in Occurrences::new(&folded.text, wanted) {
        if places.chosen.total == MAX_COUNTED {
            break;
        }
        let (start, starts_at_edge) = folded.start_in_text(at);
        let (end, ends_at_edge) = folded.end_in_text(at + wanted.len());
        places.add(text, Span::new(start, end), starts_at_edge && ends_at_edge, chooser);
    }
    places
}

/// Places of one kind: as many as will be listed, and how many there are.
#[derive(Default)]
struct Tally {
    kept: Vec<Span>,
    total: usize,
}

impl Tally {
    fn add(&mut self, span: Span) {
        self.total += 1;
        if self.kept.len() < MAX_PLACES {
            self.kept.push(span);
        }
    }

    fn list(&self, text: &Searchable) -> Vec<Place> {
        self.kept.iter().filter_map(|span| text.quote_at(*span)).map(Place::from).collect()
    }

    /// The quote, if this is one place; an error, if it is several; nothing, if it is none.
    fn settle(&self, text: &Searchable, words: &str) -> Option<Result<Quote, QuoteError>> {
        let first = text.quote_at(*self.kept.first()?)?;
        if self.total == 1 {
            return Some(Ok(Quote { folded: first.exact != words, ..first }));
        }
        let wanted = words.to_owned();
        Some(Err(QuoteError::Ambiguous { wanted, places: self.list(text), total: self.total }))
    }
}

/// What a search has met.
#[derive(Default)]
struct Places {
    /// Whole words, at a place that fits what is known of it.
    chosen: Tally,
    /// Whole words, somewhere else.
    elsewhere: Tally,
    /// Parts of words or numbers.
    cut: Tally,
}

impl Places {
    fn add(&mut self, text: &Searchable, span: Span, at_edges: bool, chooser: &Chooser) {
        if !at_edges || edges::cuts(text.content(), span.start) || edges::cuts(text.content(), span.end) {
            self.cut.add(span);
        } else if chooser.fits(text, span) {
            self.chosen.add(span);
        } else {
            self.elsewhere.add(span);
        }
    }
}

/// What is known of the place.
struct Chooser<'w> {
    /// Bytes at which the quote may start: where the scalar given is, and where the words begin if white space that
    /// was asked for with them is left out.
    starts: Option<[Option<usize>; 2]>,
    ends: Option<[Option<usize>; 2]>,
    prefix: Option<Neighbour<'w>>,
    suffix: Option<Neighbour<'w>>,
}

/// Words next to the quote.
struct Neighbour<'w> {
    given: &'w str,
    /// Offsets of the folded text at which the folded words end (of a prefix) or start (of a suffix).
    edges: Offsets,
}

/// Words beside the quote are first compared as they are when they are no longer than this; so those that
/// [`Searchable::quote_at`] gives always fit, wherever they were cut off.
const SHORT_NEIGHBOUR: usize = 256;

impl<'w> Chooser<'w> {
    fn new(text: &Searchable, wanted: &'w WantedQuote) -> Chooser<'w> {
        let blank_before = wanted.exact.chars().take_while(|c| is_blank(*c)).count();
        let blank_after = wanted.exact.chars().rev().take_while(|c| is_blank(*c)).count();
        let byte = |scalar: Option<usize>| scalar.and_then(|s| text.scalar_to_byte(s));
        Chooser {
            starts: wanted.start.map(|s| [byte(Some(s)), byte(s.checked_add(blank_before))]),
            ends: wanted.end.map(|e| [byte(Some(e)), byte(e.checked_sub(blank_after))]),
            prefix: Neighbour::new(text, wanted.prefix.as_deref(), true),
            suffix: Neighbour::new(text, wanted.suffix.as_deref(), false),
        }
    }

    fn fits(&self, text: &Searchable, span: Span) -> bool {
        self.starts.is_none_or(|starts| starts.contains(&Some(span.start)))
            && self.ends.is_none_or(|ends| ends.contains(&Some(span.end)))
            && self.prefix.as_ref().is_none_or(|prefix| prefix.ends_at(text, span.start))
            && self.suffix.as_ref().is_none_or(|suffix| suffix.starts_at(text, span.end))
    }
}

impl<'w> Neighbour<'w> {
    /// `None` when nothing is given, or only white space.
    fn new(text: &Searchable, given: Option<&'w str>, before: bool) -> Option<Neighbour<'w>> {
        let given = given?;
        // A mark at the beginning belongs to a letter that was cut off.
        let words = given.trim_start_matches(is_extender).trim_matches(is_blank);
        if words.is_empty() {
            return None;
        }
        let words = Folded::new(words).text;
        let folded = &text.folded().text;
        let reach = if before { words.len() } else { 0 };
        let edges = Occurrences::new(folded, &words).map(|at| at + reach);
        Some(Neighbour { given, edges: Offsets::collect(folded.len(), edges) })
    }

    fn ends_at(&self, text: &Searchable, start: usize) -> bool {
        let short = self.given.len() <= SHORT_NEIGHBOUR;
        if short && text.content()[..start].ends_with(self.given) {
            return true;
        }
        let folded = text.folded();
        folded.at_text(start).is_some_and(|at| {
            let spaced = at > 0 && folded.text.as_bytes()[at - 1] == b' ';
            self.edges.contains(at) || spaced && self.edges.contains(at - 1)
        })
    }

    fn starts_at(&self, text: &Searchable, end: usize) -> bool {
        let short = self.given.len() <= SHORT_NEIGHBOUR;
        if short && text.content()[end..].starts_with(self.given) {
            return true;
        }
        let folded = text.folded();
        folded.at_text(end).is_some_and(|at| {
            let spaced = folded.text.as_bytes().get(at) == Some(&b' ');
            self.edges.contains(at) || spaced && self.edges.contains(at + 1)
        })
    }
}
