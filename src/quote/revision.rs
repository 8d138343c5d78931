//! What became of a text: of the words of one quote, and of the paragraphs.
//!
//! A page changes all the time around its article: menus, date stamps, counts of comments. What counts is whether the
//! sentence of a quote says the same. It does where it stands word for word, or where only words changed outside the
//! quote that neither count nor deny; a changed digit and a "not" that came or went never pass.

use std::collections::HashSet;

use super::fold::Folded;
use super::nearest::{Difference, Nearest, nearest};
use super::searchable::Searchable;
use super::{QuoteError, find};
use crate::domain::quote::{Quote, WantedQuote};
use crate::domain::text::{Block, Role, Span, Text};

/// What became of the words of a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They stand where they stood, and their sentence says what it said.
    StillThere,
    /// They stand in another paragraph, or in another part of the page.
    Moved,
    /// They, or what stands around them in their sentence, read otherwise.
    Changed {
        /// The words that were there: the quote, or its sentence where the quote itself stands.
        before: String,
        /// The words that are there.
        now: String,
        /// What differs.
        difference: Vec<Difference>,
    },
    /// Nothing like them is there.
    Gone,
}

/// What became of the quote of `before` in the text `now`, whose content is `words`.
pub fn fate(before: &Text, quote: &Quote, now: &Text, words: &Searchable) -> Fate {
    let block = before.block_at(quote.span());
    let within = block.map_or(quote.span(), |block| block.span);
    let sentence = sentence_of(&before.content, within, quote.span());
    let told = sentence.of(&before.content).trim();
    if let Some(place) = places_of(words, told).first() {
        return placed(before, block, now, *place);
    }
    let like = |wanted: &str, least: usize| {
        nearest(words, &Folded::new(wanted).text).filter(|nearest| share(&nearest.difference) >= least)
    };
    let changed = |before: &str, nearest: Nearest| {
        let Nearest { passage, difference, .. } = nearest;
        Fate::Changed { before: before.to_string(), now: passage, difference }
    };
    let nearby = like(told, ALIKE);
    let within_nearby = |place: &Span| {
        nearby.as_ref().is_some_and(|nearby| nearby.span.start <= place.start && place.end <= nearby.span.end)
    };
    let there = places_of(words, &quote.exact);
    let is_reworded = nearby.as_ref().is_some_and(|nearby| nearby.difference.iter().any(is_telling));
    match (there.first(), nearby.clone()) {
        // The quote stands in its sentence; what was reworded around it neither counts nor denies.
        (Some(_), Some(_)) if there.iter().any(within_nearby) && !is_reworded => Fate::StillThere,
        // It stands, and its sentence reads otherwise; or it stands somewhere else only, in a headline say.
        (Some(_), Some(nearby)) if is_reworded => changed(told, nearby),
        (Some(place), _) => placed(before, block, now, *place),
        (None, Some(nearby)) => match like(&quote.exact, 0).filter(|own| within_nearby(&own.span)) {
            Some(own) => changed(&quote.exact, own),
            None => changed(told, nearby),
        },
        (None, None) => match like(&quote.exact, ALIKE_ALONE) {
            Some(own) => changed(&quote.exact, own),
            None => Fate::Gone,
        },
    }
}

/// Per cent of its words that a sentence shares with what it became …
const ALIKE: usize = 60;
/// … and that a quote does, where nothing is like its sentence.
const ALIKE_ALONE: usize = 75;

/// Where words stand; of many places the first.
fn places_of(text: &Searchable, words: &str) -> Vec<Span> {
    let wanted = WantedQuote { exact: words.to_string(), ..WantedQuote::default() };
    match find(text, &wanted) {
        Ok(quote) => vec![quote.span()],
        Err(QuoteError::Ambiguous { places, .. }) => {
            let byte = |scalar: usize| text.scalar_to_byte(scalar);
            places.iter().filter_map(|place| Some(Span::new(byte(place.start)?, byte(place.end)?))).collect()
        }
        Err(_) => Vec::new(),
    }
}

/// Per cent of the words asked for that are the same.
fn share(difference: &[Difference]) -> usize {
    let count = |words: &str| words.split_whitespace().count();
    let (mut same, mut all) = (0, 0);
    for part in difference {
        match part {
            Difference::Same(words) => (same, all) = (same + count(words), all + count(words)),
            Difference::Wanted(words) => all += count(words),
            Difference::Found(_) => {}
        }
    }
    same * 100 / all.max(1)
}

/// Found: in its paragraph, or elsewhere.
fn placed(before: &Text, block: Option<&Block>, now: &Text, place: Span) -> Fate {
    let (Some(old), Some(new)) = (block, now.block_at(place)) else { return Fate::StillThere };
    let same_part = old.role == new.role || (is_told(old.role) && is_told(new.role) && old.role != Role::Title);
    let (x, y) = (words_of(old.span.of(&before.content)), words_of(new.span.of(&now.content)));
    let common = x.intersection(&y).count();
    match same_part && common * 2 >= x.len().max(y.len()) {
        true => Fate::StillThere,
        false => Fate::Moved,
    }
}

/// The sentence that holds a place, within its paragraph.
fn sentence_of(text: &str, within: Span, place: Span) -> Span {
    let ends = |at: usize| {
        // A full stop ends a sentence where a space and no small letter or digit follow.
        let rest = text[at..within.end].trim_start_matches(['"', '\'', '”', '’', '»', ')', ']']);
        let next = rest.trim_start().chars().next();
        rest.starts_with(char::is_whitespace) && !next.is_some_and(|c| c.is_lowercase() || c.is_numeric())
    };
    let is_stop = |c: char| matches!(c, '.' | '!' | '?' | '…' | '\n');
    let mut start = within.start;
    for (at, stop) in text[within.start..place.start].match_indices(is_stop) {
        let after = within.start + at + stop.len();
        if stop == "\n" || (after < place.start && ends(after)) {
            start = after;
        }
    }
    let mut end = within.end;
    for (at, stop) in text[place.end..within.end].match_indices(is_stop) {
        let after = place.end + at + stop.len();
        if stop == "\n" || after == within.end || ends(after) {
            end = after;
            break;
        }
    }
    Span::new(start, end)
}

/// True for a difference that counts or denies.
pub fn is_telling(part: &Difference) -> bool {
    let (Difference::Wanted(words) | Difference::Found(words)) = part else { return false };
    words.chars().any(char::is_numeric) || words_of(words).iter().any(|word| is_negation(word))
}

/// Words that deny, in the languages whose figures are read.
const NEGATIONS: &[&str] = &[
    // en
    "not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot", "denied", "denies",
    "deny", // fr
    "ne", "n", "pas", "jamais", "aucun", "aucune", "rien", "personne", "sans", "ni", // de
    "nicht", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemals", "niemand", "nichts", "ohne",
    "weder", // es, pt
    "nunca", "jamás", "ningún", "ninguno", "ninguna", "nadie", "nada", "sin", "tampoco", "não", "nenhum", "nenhuma",
    "ninguém", "sem", "nem", // it
    "non", "mai", "nessun", "nessuno", "nessuna", "niente", "nulla", "senza", "né", // nl
    "niet", "geen", "nooit", "niets", "zonder", "noch",
];

fn is_negation(word: &str) -> bool {
    // "didn't", "won’t" are cut at the apostrophe.
    NEGATIONS.contains(&word)
        || (word.ends_with('n')
            && matches!(
                word,
                "didn"
                    | "don"
                    | "doesn"
                    | "isn"
                    | "aren"
                    | "wasn"
                    | "weren"
                    | "won"
                    | "wouldn"
                    | "couldn"
                    | "shouldn"
                    | "hasn"
                    | "haven"
                    | "hadn"
                    | "ain"
                    | "mustn"
                    | "needn"
            ))
}

fn is_told(role: Role) -> bool {
    matches!(role, Role::Title | Role::Body | Role::Caption)
}

/// The words of a text in lower case.
fn words_of(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_string).collect()
}

/// A paragraph that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As it was; `None` for a new one.
    pub before: Option<String>,
    /// As it is; `None` for one that is gone.
    pub now: Option<String>,
    /// The two as one line, with `[-was-]` and `{+is+}` around what differs, where there are two.
    pub marked: Option<String>,
    /// True where a digit or a denial changed in it, or stands in what came or went.
    pub telling: bool,
}

/// The paragraphs that changed between two texts of a page, in the order of the text; those that went last. Only
/// headlines and what is told in sentences counts: stamps of date and time, counts of comments and pointers do not.
pub fn changes(before: &Text, now: &Text) -> Vec<Change> {
    let told = |text: &Text| -> Vec<String> {
        let blocks = text.blocks.iter().filter(|block| is_told(block.role));
        let words = blocks.map(|block| (block.role, block.span.of(&text.content).trim().to_string()));
        words.filter(|(role, words)| *role == Role::Title || is_prose(words)).map(|(_, words)| words).collect()
    };
    let (old, new) = (told(before), told(now));
    let folded = |words: &String| Folded::new(words).text;
    let known: HashSet<String> = old.iter().map(folded).collect();
    let kept: HashSet<String> = new.iter().map(folded).collect();
    let mut gone: Vec<&String> = old.iter().filter(|words| !kept.contains(&folded(words))).collect();
    let mut found = Vec::new();
    for words in new.iter().filter(|words| !known.contains(&folded(words))) {
        let own = words_of(words);
        let likeness = |other: &String| {
            let other = words_of(other);
            (own.intersection(&other).count() * 100) / own.len().max(other.len()).max(1)
        };
        let like =
            (0..gone.len()).max_by_key(|&place| likeness(gone[place])).filter(|&place| likeness(gone[place]) >= 40);
        let was = like.map(|place| gone.remove(place).clone());
        let difference = was.as_ref().and_then(|was| {
            let text = Searchable::new(words.as_str());
            nearest(&text, &Folded::new(was).text)
        });
        let telling = match (&was, &difference) {
            (Some(_), Some(nearest)) => nearest.difference.iter().any(is_telling),
            _ => is_telling(&Difference::Found(words.clone())),
        };
        let marked = difference.map(|nearest| nearest.marked());
        found.push(Change { before: was, now: Some(words.clone()), marked, telling });
    }
    found.extend(gone.into_iter().map(|words| Change {
        before: Some(words.clone()),
        now: None,
        marked: None,
        telling: is_telling(&Difference::Wanted(words.clone())),
    }));
    found
}

/// True for what is told in sentences: it ends like one, or is as long as one.
fn is_prose(words: &str) -> bool {
    let n_words = words.split_whitespace().count();
    let ends = words.trim_end_matches(['"', '\'', '”', '’', '»', ')']).ends_with(['.', '!', '?', '…', ':']);
    (ends && n_words >= 4) || n_words >= 16
}
