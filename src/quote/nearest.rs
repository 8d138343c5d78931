//! The passage of a text most like words that are not in it, and what differs.
//!
//! One pass over the folded text notes where it shares words with the quote. A window a little longer than the quote
//! slides over these hits; hits count for more the rarer the word is in the text. The best few windows that do not
//! overlap are compared word by word (`alignment.rs`), and the one that shares most is the nearest passage,
//! provided that it shares at least half of the words. Case is ignored while looking, and marked when comparing.
//!
//! A quote of more than [`MAX_WORDS`] words is compared up to that length only, beginning with the first such stretch
//! of it that is not in the text; so the work after the pass is bounded.

use super::alignment::{Step, steps, trim};
use super::error::{one_line, shown};
use super::searchable::Searchable;
use super::words::{KeyMap, Token, tokens};
use crate::domain::text::Span;

/// Words and marks of a quote that are compared at once.
const MAX_WORDS: usize = 400;

/// Pairs of words and marks that two whole passages may have to be compared.
const MAX_CELLS: usize = 4_000_000;

/// Tokens between two of which the place is kept.
const STRIDE: usize = 64;

/// Windows that are compared word by word.
const MAX_WINDOWS: usize = 4;

/// The passage of a text most like the words asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// Where it stands in the UTF-8 text.
    pub span: Span,
    /// The passage as it stands there.
    pub passage: String,
    /// What is the same and what is not, in order. `Same` and `Found` joined are the passage, byte for byte; `Same` and
    /// `Wanted` joined are the words asked for, up to typography.
    pub difference: Vec<Difference>,
}

/// A stretch of words, with the white space after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// In both; as it stands in the text.
    Same(String),
    /// Only in the words asked for.
    Wanted(String),
    /// Only in the text.
    Found(String),
}

impl Nearest {
    /// The difference in one line, readable without colour: `[-asked-]` and `{+text+}` around what differs.
    pub fn marked(&self) -> String {
        self.marked_with(one_line)
    }

    /// The same, with long stretches shortened.
    pub(super) fn marked_short(&self) -> String {
        self.marked_with(|words| {
            let all: Vec<&str> = words.split_whitespace().collect();
            if all.len() <= 12 {
                shown(words)
            } else {
                format!("{} … {} ", all[..5].join(" "), all[all.len() - 5..].join(" "))
            }
        })
    }

    fn marked_with(&self, shown: impl Fn(&str) -> String) -> String {
        let mut marked = String::new();
        let mut spaced = true;
        for part in &self.difference {
            let (words, open, close) = match part {
                Difference::Same(words) => (words, "", ""),
                Difference::Wanted(words) => (words, "[-", "-]"),
                Difference::Found(words) => (words, "{+", "+}"),
            };
            // What was asked for and what stands there are two readings of one place; they must not run together.
            if !spaced && marked.ends_with("-]") && open == "{+" {
                marked.push(' ');
            }
            let words = shown(words);
            let bare = words.trim_end();
            marked.extend([open, bare, close]);
            spaced = bare.len() < words.len();
            if spaced {
                marked.push(' ');
            }
        }
        marked.trim_end().to_owned()
    }
}

/// The passage of `text` nearest to `wanted`, which is folded and not in it.
pub(super) fn nearest(text: &Searchable, wanted: &str) -> Option<Nearest> {
    let folded = &text.folded().text;
    let all: Vec<Token> = tokens(wanted).collect();
    let stretch = first_missing(folded, wanted, &all)?;
    let search = Search::new(folded, wanted, stretch);
    let windows = search.windows();
    let compared = windows.into_iter().map(|window| search.compare(window));
    let best = compared.reduce(|best, next| if next.shared > best.shared { next } else { best })?;
    let words = stretch.iter().filter(|t| t.is_word).count();
    if best.shared == 0 || best.shared * 2 < words {
        return None;
    }
    in_words(text, (wanted, stretch), &best.passage, &best.steps)
}

/// The whole of `text` beside the whole of `wanted`, which is folded; `None` where one of them has no words, or both are
/// too long to be compared word by word.
pub(super) fn between(text: &Searchable, wanted: &str) -> Option<Nearest> {
    let folded = &text.folded().text;
    let (stretch, passage): (Vec<Token>, Vec<Token>) = (tokens(wanted).collect(), tokens(folded).collect());
    if stretch.len() * passage.len() > MAX_CELLS {
        return None;
    }
    let steps = aligned((wanted, &stretch), (folded, &passage));
    in_words(text, (wanted, &stretch), &passage, &steps)
}

/// Two rows of tokens of two texts, word by word.
fn aligned((wanted, stretch): (&str, &[Token]), (folded, passage): (&str, &[Token])) -> Vec<Step> {
    let wanted: Vec<_> = stretch.iter().map(|t| (&wanted[t.start..t.end], t.is_word)).collect();
    let found: Vec<_> = passage.iter().map(|t| (&folded[t.start..t.end], t.is_word)).collect();
    steps(&wanted, &found)
}

/// A comparison in words.
fn in_words(
    text: &Searchable,
    (wanted, stretch): (&str, &[Token]),
    passage: &[Token],
    steps: &[Step],
) -> Option<Nearest> {
    let in_text = |folded: usize| text.folded().start_in_text(folded).0;
    let found: Vec<usize> = steps.iter().filter_map(Step::found).collect();
    let (first, last) = (*found.first()?, *found.last()?);
    let span = Span::new(in_text(passage[first].start), text.folded().end_in_text(passage[last].end).0);
    let of_text = |j: usize| {
        let end = if j == last { span.end } else { in_text(passage[j + 1].start) };
        &text.content()[in_text(passage[j].start).min(end)..end]
    };
    let of_wanted = |i: usize| {
        let end = stretch.get(i + 1).map_or(stretch[i].end, |next| next.start);
        &wanted[stretch[i].start..end]
    };
    let mut difference: Vec<Difference> = Vec::new();
    for step in steps {
        match (step, difference.last_mut()) {
            (Step::Same(_, j), Some(Difference::Same(words))) => words.push_str(of_text(*j)),
            (Step::Same(_, j), _) => difference.push(Difference::Same(of_text(*j).to_owned())),
            (Step::Wanted(i), Some(Difference::Wanted(words))) => words.push_str(of_wanted(*i)),
            (Step::Wanted(i), _) => difference.push(Difference::Wanted(of_wanted(*i).to_owned())),
            (Step::Found(j), Some(Difference::Found(words))) => words.push_str(of_text(*j)),
            (Step::Found(j), _) => difference.push(Difference::Found(of_text(*j).to_owned())),
        }
    }
    Some(Nearest { span, passage: span.of(text.content()).to_owned(), difference })
}

/// The first stretch of the quote that is not in the text.
fn first_missing<'t>(folded: &str, wanted: &str, all: &'t [Token]) -> Option<&'t [Token]> {
    if all.len() <= MAX_WORDS {
        return (!all.is_empty()).then_some(all);
    }
    let mut from = 0;
    for chunk in all.chunks(MAX_WORDS) {
        let words = &wanted[chunk[0].start..chunk[chunk.len() - 1].end];
        // Each search goes on where the last one ended, so all of them together are one pass.
        match folded[from..].find(words) {
            Some(at) => from += at + words.len(),
            None => return Some(chunk),
        }
    }
    // Nothing is missing, but the words are not in one piece; the beginning is as good as any.
    all.chunks(MAX_WORDS).next()
}

/// A token of the text that is also in the quote. A text may be made of nothing else, so these are kept small.
#[derive(Clone, Copy)]
struct Hit {
    token: u32,
    word: u16,
}

impl Hit {
    /// Which token of the text.
    fn token(self) -> usize {
        self.token as usize
    }

    /// Which word of the quote.
    fn word(self) -> usize {
        usize::from(self.word)
    }
}

/// A range of tokens of the text, and how much it shares with the quote.
#[derive(Clone, Copy)]
struct Window {
    first: usize,
    last: usize,
    score: usize,
}

struct Search<'a> {
    folded: &'a str,
    wanted: &'a str,
    stretch: &'a [Token],
    /// Where every [`STRIDE`]th token of the text starts.
    starts: Vec<usize>,
    /// How many tokens the text has.
    count: usize,
    hits: Vec<Hit>,
    /// How often each word stands in the quote.
    asked: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(folded: &'a str, wanted: &'a str, stretch: &'a [Token]) -> Search<'a> {
        let mut words: KeyMap<u16> = KeyMap::default();
        let mut asked = Vec::new();
        for token in stretch.iter().filter(|t| t.is_word) {
            // A stretch has at most MAX_WORDS words, so their numbers fit.
            let word = *words.entry(token.key).or_insert(asked.len() as u16);
            if usize::from(word) == asked.len() {
                asked.push(0);
            }
            asked[usize::from(word)] += 1;
        }
        // Most words of the text are not in the quote, and six bits of the key tell so for most of them.
        let seen = words.keys().fold(0_u64, |seen, key| seen | 1 << (key >> 58));
        let (mut starts, mut hits) = (Vec::new(), Vec::new());
        let mut count = 0;
        // The numbers of tokens would run out after four billion; what comes then is not looked at.
        for (number, token) in (0..u32::MAX).zip(tokens(folded)) {
            if count % STRIDE == 0 {
                starts.push(token.start);
            }
            if seen >> (token.key >> 58) & 1 == 1
                && let Some(&word) = words.get(&token.key)
            {
                hits.push(Hit { token: number, word });
            }
            count += 1;
        }
        Search { folded, wanted, stretch, starts, count, hits, asked }
    }

    /// The windows that share most with the quote, and do not overlap.
    fn windows(&self) -> Vec<Window> {
        let weights = self.weights();
        let reach = self.stretch.len() + self.stretch.len() / 4 + 2;
        let mut have = vec![0; self.asked.len()];
        let mut front = 0;
        let mut score = 0;
        let mut best = Best::default();
        for hit in &self.hits {
            while self.hits[front].token() + reach <= hit.token() {
                let old = self.hits[front];
                front += 1;
                have[old.word()] -= 1;
                if have[old.word()] < self.asked[old.word()] {
                    score -= weights[old.word()];
                }
            }
            have[hit.word()] += 1;
            if have[hit.word()] <= self.asked[hit.word()] {
                score += weights[hit.word()];
            }
            best.offer(Window { first: self.hits[front].token(), last: hit.token(), score });
        }
        best.finish()
    }

    /// The rarer a word in the text, the more it says: about the logarithm of tokens per occurrence.
    fn weights(&self) -> Vec<usize> {
        let mut seen = vec![0_usize; self.asked.len()];
        for hit in &self.hits {
            seen[hit.word()] += 1;
        }
        seen.iter().map(|n| 1 + (self.count / (*n).max(1)).checked_ilog2().unwrap_or(0) as usize).collect()
    }

    /// Compares the quote with a window, made so wide that words that were changed at its ends are in it.
    fn compare(&self, window: Window) -> Comparison {
        let slack = self.stretch.len().saturating_sub(window.last - window.first) + 3;
        let first = window.first.saturating_sub(slack);
        let passage = self.tokens_of(first, window.last + 1 + slack);
        let steps = trim(aligned((self.wanted, self.stretch), (self.folded, &passage)), &passage);
        let shared = self.shared(&steps, &passage);
        Comparison { passage, steps, shared }
    }

    /// The tokens of the text from number `first` up to `end`, or to the last.
    fn tokens_of(&self, first: usize, end: usize) -> Vec<Token> {
        let Some(&base) = self.starts.get(first / STRIDE) else { return Vec::new() };
        let tokens = tokens(&self.folded[base..]).skip(first % STRIDE).take(end - first);
        tokens.map(|t| Token { start: base + t.start, end: base + t.end, ..t }).collect()
    }

    /// How many words of the quote stand in the passage, regardless of case.
    fn shared(&self, steps: &[Step], passage: &[Token]) -> usize {
        let mut found: KeyMap<usize> = KeyMap::default();
        for step in steps {
            if let Step::Found(j) | Step::Same(_, j) = step {
                *found.entry(passage[*j].key).or_default() += 1;
            }
        }
        let words = self.stretch.iter().filter(|t| t.is_word);
        words
            .filter(|t| match found.get_mut(&t.key) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    true
                }
                _ => false,
            })
            .count()
    }
}

/// The best windows so far; overlapping ones come one after another, so only the last can be in the way.
#[derive(Default)]
struct Best {
    windows: Vec<Window>,
    current: Option<Window>,
}

impl Best {
    fn offer(&mut self, window: Window) {
        let length = |w: &Window| w.last - w.first;
        match &mut self.current {
            Some(current) if window.first <= current.last => {
                let better = window.score > current.score;
                if better || window.score == current.score && length(&window) < length(current) {
                    *current = window;
                }
            }
            _ => {
                self.keep();
                self.current = Some(window);
            }
        }
    }

    fn keep(&mut self) {
        self.windows.extend(self.current.take());
        self.windows.sort_by_key(|w| (std::cmp::Reverse(w.score), w.first));
        self.windows.truncate(MAX_WINDOWS);
    }

    fn finish(mut self) -> Vec<Window> {
        self.keep();
        self.windows
    }
}

struct Comparison {
    passage: Vec<Token>,
    steps: Vec<Step>,
    shared: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: &str, marked: &str) {
        let searchable = Searchable::new(text);
        let nearest = nearest(&searchable, wanted);
        assert_eq!(nearest.as_ref().map_or(String::new(), Nearest::marked), marked);
        let Some(nearest) = nearest else { return };
        let (mut passage, mut asked) = (String::new(), String::new());
        for part in &nearest.difference {
            match part {
                Difference::Same(words) => {
                    passage.push_str(words);
                    asked.push_str(words);
                }
                Difference::Wanted(words) => asked.push_str(words),
                Difference::Found(words) => passage.push_str(words),
            }
        }
        assert_eq!(passage, nearest.passage);
        assert_eq!(passage, nearest.span.of(text));
        let words = |s: &str| s.split_whitespace().collect::<String>();
        assert_eq!(words(&asked), words(wanted));
    }

    #[test]
    fn changed_words_are_marked() {
        let text = "Hier encore, Meta a investi plus de 14 milliards de dollars dans Scale AI, dit-on. Rien de plus.";
        check(text, "15 milliards de dollars", "[-15-] {+14+} milliards de dollars");
        check(text, "14 milliards d'euros", "14 milliards [-d'euros-] {+de+}");
        check(text, "meta a investi", "[-meta-] {+Meta+} a investi");
        check(text, "14 milliards de dollars dans OpenAI", "14 milliards de dollars dans [-OpenAI-] {+Scale+}");
        check(text, "Meta investi plus de 14 milliards", "Meta {+a+} investi plus de 14 milliards");
        check(text, "rien à voir avec cela", "");
        check(text, "?", "");
        check("", "14", "");
        check("投资额为140亿美元。", "投资额为150亿美元", "投资额为[-150-] {+140+}亿美元");
    }

    #[test]
    fn the_passage_that_shares_most_is_nearest() {
        let text = "of the people in the city of the lake. Two people declined the generous offer of the board. of the";
        check(
            text,
            "Three people declined the offer of the board",
            "[-Three-] {+Two+} people declined the {+generous+} offer of the board",
        );
    }
}
