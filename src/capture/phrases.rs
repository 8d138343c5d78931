//! How pages point to other articles: "À lire aussi", "Read also", "Lesen Sie auch". Words as data; adding a language
//! is adding rows.

use crate::domain::text::Span;

/// How far a phrase may be trusted at the start of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Never the start of a sentence of prose.
    Sure,
    /// May be ("À lire le rapport, …", "Read more than one paper"): needs a colon or the like after it, or to stand
    /// alone, or the rest to be a link.
    Marked,
}

use Trust::{Marked, Sure};

/// In lower case, with `'` for every apostrophe. A longer phrase stands before its own beginning.
const PHRASES: [(&str, Trust); 78] = [
    // English
    ("read also", Sure),
    ("also read", Marked),
    ("also on this site", Sure),
    ("read more about", Marked),
    ("read more", Marked),
    ("read next", Sure),
    ("more on this story", Sure),
    ("more on this topic", Sure),
    ("more from", Marked),
    ("see also", Marked),
    ("related articles", Sure),
    ("related stories", Sure),
    ("related coverage", Marked),
    ("related", Marked),
    ("recommended stories", Sure),
    ("recommended", Marked),
    ("you may also like", Sure),
    ("you might also like", Sure),
    // French
    ("à lire également", Sure),
    ("à lire aussi", Sure),
    ("à lire ailleurs", Sure),
    ("à lire sur", Marked),
    ("à lire", Marked),
    ("à voir aussi", Sure),
    ("à voir également", Sure),
    ("a lire aussi", Sure),
    ("lire aussi", Sure),
    ("lire également", Sure),
    ("lire la suite", Marked),
    ("lire notre article", Marked),
    ("lire notre dossier", Marked),
    ("voir aussi", Sure),
    ("lisez aussi", Sure),
    ("sur le même sujet", Marked),
    ("pour aller plus loin", Marked),
    ("articles liés", Sure),
    // German
    ("lesen sie auch", Sure),
    ("lesen sie hier", Marked),
    ("lesen sie mehr", Marked),
    ("lesen sie dazu", Marked),
    ("auch interessant", Marked),
    ("das könnte sie auch interessieren", Sure),
    ("mehr zum thema", Marked),
    ("mehr dazu", Marked),
    ("mehr lesen", Marked),
    ("siehe auch", Marked),
    ("weiterlesen", Marked),
    ("zum thema", Marked),
    // Spanish
    ("lea también", Sure),
    ("lee también", Sure),
    ("leer también", Sure),
    ("leer más", Marked),
    ("lea más", Marked),
    ("te puede interesar", Marked),
    ("le puede interesar", Marked),
    ("más información", Marked),
    ("noticias relacionadas", Sure),
    ("ver también", Marked),
    // Italian
    ("leggi anche", Sure),
    ("leggi pure", Sure),
    ("leggi di più", Marked),
    ("leggi tutto", Marked),
    ("vedi anche", Marked),
    ("per approfondire", Marked),
    ("articoli correlati", Sure),
    // Portuguese
    ("leia também", Sure),
    ("leia mais", Marked),
    ("ler também", Sure),
    ("veja também", Marked),
    ("saiba mais", Marked),
    ("notícias relacionadas", Sure),
    // Dutch
    ("lees ook", Sure),
    ("lees meer", Marked),
    ("lees verder", Marked),
    ("bekijk ook", Sure),
    ("zie ook", Marked),
    ("meer over", Marked),
    ("ook interessant", Marked),
];

/// Longer than this (in characters), a paragraph is prose even if it opens like a pointer.
const LONGEST_POINTER: usize = 300;

/// What a block that opens with a phrase points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointer {
    /// The phrase is all there is: a heading over a list of links.
    Heading,
    /// The phrase and what it points to.
    Line,
}

/// Whether `text`, a whole block or line, points to another article. `links` are the stretches of `text` that are
/// links, in order; empty in plain text.
pub(super) fn pointer(text: &str, links: &[Span]) -> Option<Pointer> {
    let trimmed = text.trim();
    if trimmed.chars().count() > LONGEST_POINTER {
        return None;
    }
    // Bullets, arrows and brackets come before the phrase.
    let start = trimmed.find(char::is_alphabetic)?;
    if trimmed[..start].chars().any(char::is_numeric) {
        return None;
    }
    let body = &trimmed[start..];
    let (length, trust) =
        PHRASES.iter().find_map(|(phrase, trust)| Some((starts_with_folded(body, phrase)?, *trust)))?;
    let rest = &body[length..];
    let next = rest.chars().find(|c| !c.is_whitespace());
    if !rest.chars().any(char::is_alphanumeric) {
        return Some(Pointer::Heading);
    }
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let is_marked =
        next.is_some_and(|c| matches!(c, ':' | '|' | '–' | '—' | '-' | '>' | '»' | '→' | '▶' | '•' | '/' | '·'));
    let is_on_its_own_line = rest.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']);
    let rest_at = text.len() - text.trim_start().len() + start + length;
    let is_link = is_mostly_links(text, rest_at, links);
    (trust == Sure || is_marked || is_on_its_own_line || is_link).then_some(Pointer::Line)
}

/// Whether more than half of the letters and digits of `text` from `from` on are in links.
fn is_mostly_links(text: &str, from: usize, links: &[Span]) -> bool {
    let count = |start: usize, end: usize| {
        text.get(start..end).map_or(0, |words| words.chars().filter(|c| c.is_alphanumeric()).count())
    };
    let linked: usize = links.iter().map(|link| count(link.start.max(from), link.end.max(from))).sum();
    linked * 2 > count(from, text.len())
}

/// How many bytes of `text` the phrase takes, letting case, apostrophes and runs of white space differ.
fn starts_with_folded(text: &str, phrase: &str) -> Option<usize> {
    let mut wanted = phrase.chars().peekable();
    let mut was_space = false;
    for (at, c) in text.char_indices() {
        let folded = match c {
            '\u{2019}' | '\u{2bc}' => '\'',
            c if c.is_whitespace() => ' ',
            c => c.to_lowercase().next().unwrap_or(c),
        };
        if folded == ' ' && was_space {
            continue;
        }
        let Some(&next) = wanted.peek() else { return Some(at) };
        if folded != next {
            return None;
        }
        was_space = folded == ' ';
        wanted.next();
    }
    wanted.peek().is_none().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_and_prose() {
        let heading = ["À lire aussi", "  ➜ READ ALSO: ", "Mehr zum Thema", "Lire\u{a0}aussi"];
        let line = [
            "À lire aussi : Le port rouvre",
            "À lire aussi Le port rouvre",
            "À lire – Le port rouvre",
            "Read more: Harbour opens again",
            "[Read also] Harbour opens again",
            "Lesen Sie auch Der Hafen öffnet",
            "Lea también: El puerto",
            "Leggi anche Il porto",
            "Leia também O porto",
            "Lees ook De haven",
        ];
        let prose = [
            "À lire le rapport, le port a rouvert.",
            "Read more than one paper, he said.",
            "Related parties paid 3 million.",
            "More from him would not be heard that day.",
            "Relire aussi souvent que possible.",
            "See alsoran",
            "1. Read also",
            "",
            "…",
        ];
        for text in heading {
            assert_eq!(pointer(text, &[]), Some(Pointer::Heading), "{text}");
        }
        for text in line {
            assert_eq!(pointer(text, &[]), Some(Pointer::Line), "{text}");
        }
        for text in prose {
            assert_eq!(pointer(text, &[]), None, "{text}");
        }
    }

    #[test]
    fn a_link_after_a_doubtful_phrase_settles_it() {
        let text = "Read more about the harbour";
        assert_eq!(pointer(text, &[]), None);
        assert_eq!(pointer(text, &[Span::new(16, text.len())]), Some(Pointer::Line));
        assert_eq!(pointer(&format!("Read also {}", "x".repeat(400)), &[]), None);
    }

    #[test]
    fn longer_phrases_come_first() {
        for (index, (phrase, _)) in PHRASES.iter().enumerate() {
            let shadow = PHRASES[..index].iter().find(|(earlier, _)| starts_with_folded(phrase, earlier).is_some());
            assert_eq!(shadow.map(|(earlier, _)| *earlier), None, "{phrase}");
            assert_eq!(*phrase, phrase.to_lowercase());
        }
    }
}
