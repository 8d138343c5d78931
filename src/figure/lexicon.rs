//! The words of each language, looked up: which tokens make a phrase, what it means, which compounds fall apart.
//!
//! The words are data: `words/any.toml` holds what all languages share, `words/<code>.toml` the rest. A new language is
//! a new file, a line in [`LEXICONS`] and its cases.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use whatlang::Lang;

use super::language;
use super::sense::{Grammar, Power, Role, Sense, Use};
use super::token::{self, Gap, Kind, Token};
use super::wordfile::{self, Words};

/// What all languages share.
const SHARED: &str = include_str!("words/any.toml");

/// A language: its code, its name in the detector, its words.
pub(super) type Language = (&'static str, Lang, LazyLock<Lexicon>);

/// The languages with words of their own; the words are read when first asked for, so that a text in one language does
/// not pay for the others.
pub(super) static LEXICONS: [Language; 7] = [
    ("en", Lang::Eng, LazyLock::new(|| Lexicon::of_language(include_str!("words/en.toml")))),
    ("fr", Lang::Fra, LazyLock::new(|| Lexicon::of_language(include_str!("words/fr.toml")))),
    ("de", Lang::Deu, LazyLock::new(|| Lexicon::of_language(include_str!("words/de.toml")))),
    ("es", Lang::Spa, LazyLock::new(|| Lexicon::of_language(include_str!("words/es.toml")))),
    ("it", Lang::Ita, LazyLock::new(|| Lexicon::of_language(include_str!("words/it.toml")))),
    ("pt", Lang::Por, LazyLock::new(|| Lexicon::of_language(include_str!("words/pt.toml")))),
    ("nl", Lang::Nld, LazyLock::new(|| Lexicon::of_language(include_str!("words/nl.toml")))),
];

/// For texts whose language is not known: what all languages share, digits and signs.
static NEUTRAL: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(wordfile::read(&[SHARED])));

/// Longest word that can have a meaning, in bytes after folding; anything longer is no word of a number.
const LONGEST: usize = 96;
/// Longest piece of a compound, in bytes.
const LONGEST_PIECE: usize = 16;
/// Size of the table that turns unknown words away.
const OUTLINES: usize = 1 << 16;

/// One meaning of a word: which words must follow, which capitals it must have.
#[derive(Clone, Debug)]
struct Entry {
    /// The rest of the phrase: whether it is glued to what is before, and its text.
    tail: Vec<(bool, Box<str>)>,
    /// The first word as it must be written, where capitals count.
    exact: Option<Box<str>>,
    sense: usize,
}

/// The words of one language.
pub(super) struct Lexicon {
    /// How numbers are put together.
    pub grammar: Grammar,
    entries: HashMap<Box<[u8]>, Vec<Entry>, BuildHasherDefault<Fnv>>,
    /// Whether a word that begins, ends and is as long as that may be known: most words are turned away by it.
    outlines: Marks,
    /// The same for the first three bytes of the pieces of compounds.
    piece_starts: Marks,
    senses: Vec<Sense>,
}

/// FNV-1a: the words are short and the table is ours, so nobody can choose the keys.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl Lexicon {
    /// The words of a language by its code ("en", "de-CH"); `und` and the empty code are found out from `text`; any
    /// other gets what all languages share.
    pub fn of(lang: &str, text: &str) -> &'static Lexicon {
        let primary = lang.split(['-', '_']).next().unwrap_or_default();
        let named = |code: &str| LEXICONS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(code));
        match primary {
            "" | "und" => language::of(text).and_then(named).map_or(&NEUTRAL, |(.., lexicon)| lexicon),
            code => named(code).map_or(&NEUTRAL, |(.., lexicon)| lexicon),
        }
    }

    /// The mark before decimals, where the language says.
    pub fn decimal_mark(&self) -> Option<char> {
        self.grammar.decimal
    }

    fn of_language(file: &str) -> Lexicon {
        Lexicon::new(wordfile::read(&[SHARED, file]))
    }

    fn new(words: Words) -> Lexicon {
        let mut lexicon = Lexicon {
            grammar: words.grammar,
            entries: HashMap::default(),
            outlines: Marks::default(),
            piece_starts: Marks::default(),
            // Sense 0 is that of a word without meaning.
            senses: vec![Sense::default()],
        };
        let mut tokens = Vec::new();
        for ((phrase, exact), sense) in words.senses {
            let end = token::paragraph(&phrase, 0, &mut tokens);
            assert!(end == phrase.len() && !tokens.is_empty(), "`{phrase}` in the word files is one phrase");
            let of = |t: &Token| phrase[t.start..t.end].chars().map(token::plain).collect::<String>();
            let first = of(&tokens[0]);
            let tail =
                tokens[1..].iter().map(|t| (t.gap == Gap::None, of(t).to_lowercase().into_boxed_str())).collect();
            let entry = Entry { tail, exact: exact.then(|| first.clone().into()), sense: lexicon.senses.len() };
            lexicon.senses.push(sense);
            let key = first.to_lowercase();
            let upper = key.to_uppercase();
            let (small, large) = (key.as_bytes(), upper.as_bytes());
            // "élevé", "Élevé", "ÉLEVÉ": beyond ASCII a capital changes bytes, so every mixture is entered.
            for start in [small, large] {
                let second = start.get(1).copied().unwrap_or(0);
                for end in [small, large] {
                    lexicon.outlines.mark(outline_of(start[0], second, end[end.len() - 1], key.len()));
                }
                lexicon.piece_starts.mark(piece_start(start));
            }
            lexicon.entries.entry(key.into_bytes().into()).or_default().push(entry);
        }
        for entries in lexicon.entries.values_mut() {
            entries.sort_by_key(|entry| (std::cmp::Reverse(entry.tail.len()), entry.exact.is_none()));
        }
        lexicon
    }

    /// The meaning of a token; the empty one when it has none.
    pub fn sense(&self, token: &Token) -> &Sense {
        &self.senses[token.sense as usize]
    }

    /// The word of scale that a compound begins with: "Milliardenhöhe".
    pub fn scale_at_beginning(&self, word: &str) -> Option<Power> {
        let mut folded = Folded::default();
        if !self.grammar.compounds || !folded.fold(word) {
            return None;
        }
        let word = folded.as_bytes();
        let known = |end: &usize| self.entries.contains_key(&word[..*end]);
        let longest = (1..=LONGEST_PIECE.min(word.len())).rev().find(known)?;
        let of_one_word = |entry: &&Entry| entry.tail.is_empty() && entry.exact.is_none();
        let entry = self.entries[&word[..longest]].iter().find(of_one_word)?;
        self.senses[entry.sense].power
    }

    /// True for words that tell the language: the small words, number words, hedges; not signs and currencies.
    pub fn tells(&self, token: &Token) -> bool {
        let sense = self.sense(token);
        let own = token.kind == Kind::Word && !sense.is(Role::Foreign);
        own && (sense.is(Role::Stop) || sense.cardinal.is_some() || sense.hedge.is_some() || sense.power.is_some())
    }

    /// Gives every token its meaning: phrases become one token (the longest wins), compounds fall apart into pieces.
    pub fn resolve(&self, text: &str, raw: &[Token], out: &mut Vec<Token>) {
        out.clear();
        let mut at = 0;
        while let Some(token) = raw.get(at) {
            match self.phrase(text, &raw[at..]) {
                Some((length, sense)) => {
                    out.push(Token { end: raw[at + length - 1].end, sense, ..*token });
                    at += length;
                }
                None => {
                    if !(token.kind == Kind::Word && self.grammar.compounds && self.split(text, token, out)) {
                        out.push(*token);
                    }
                    at += 1;
                }
            }
        }
    }

    /// The longest phrase that begins at the first of `tokens`: how many tokens it takes, and its meaning.
    fn phrase(&self, text: &str, tokens: &[Token]) -> Option<(usize, u32)> {
        let first = tokens[0];
        if !matches!(first.kind, Kind::Word | Kind::Symbol | Kind::Dash | Kind::Slash) {
            return None;
        }
        let written = &text[first.start..first.end];
        let mut folded = Folded::default();
        if !self.outlines.has(outline(written.as_bytes())) && !written.contains(token::SOFT_HYPHEN)
            || !folded.fold(written)
        {
            return None;
        }
        let fits = |entry: &&Entry| {
            entry.exact.as_ref().is_none_or(|exact| **exact == *written)
                && entry.tail.len() < tokens.len()
                && entry.tail.iter().zip(&tokens[1..]).all(|((glued, word), token)| {
                    *glued == (token.gap == Gap::None) && same_word(word, &text[token.start..token.end])
                })
        };
        let entry = self.entries.get(folded.as_bytes())?.iter().find(fits)?;
        (!self.senses[entry.sense].is(Role::Piece)).then_some((entry.tail.len() + 1, entry.sense as u32))
    }

    /// Splits a compound into its number words, all or nothing: "zweihundertfünfzigtausend", "neunstellig".
    fn split(&self, text: &str, token: &Token, out: &mut Vec<Token>) -> bool {
        let written = &text[token.start..token.end];
        let mut folded = Folded::default();
        // Offsets into the folded word are offsets into the text only where folding kept every length.
        if !self.piece_starts.has(piece_start(written.as_bytes()))
            || !folded.fold(written)
            || folded.length != written.len()
        {
            return false;
        }
        let first = out.len();
        self.cover(folded.as_bytes(), token, out);
        if out.len() > first {
            out[first..].reverse();
            out[first].gap = token.gap;
        }
        out.len() > first
    }

    /// Adds the pieces of `word`, last first, when it can be covered by more than one. Every place is tried once, so
    /// no word makes it try again and again.
    fn cover(&self, word: &[u8], token: &Token, out: &mut Vec<Token>) {
        // For every place that pieces reach: where the last piece begins, and its sense.
        let mut reached = [None::<(u8, u32)>; LONGEST + 1];
        for start in 0..word.len() {
            if start > 0 && reached[start].is_none() {
                continue;
            }
            for (end, place) in reached.iter_mut().enumerate().take(word.len() + 1).skip(start + 1).take(LONGEST_PIECE)
            {
                if place.is_none() {
                    *place = self.piece(word, start, end).map(|sense| (start as u8, sense as u32));
                }
            }
        }
        let mut end = word.len();
        while let Some((start, sense)) = reached[end] {
            let start = usize::from(start);
            if (start, end) == (0, word.len()) {
                return;
            }
            out.push(Token { start: token.start + start, end: token.start + end, gap: Gap::None, sense, ..*token });
            end = start;
        }
    }

    fn piece(&self, word: &[u8], start: usize, end: usize) -> Option<usize> {
        let entry = self.entries.get(&word[start..end])?.iter().find(|e| e.tail.is_empty() && e.exact.is_none())?;
        let sense = &self.senses[entry.sense];
        let number =
            sense.cardinal.is_some() || sense.power.is_some() || sense.is(Role::HalfMore) || sense.is(Role::Half);
        // "driekwart", "zweidrittel", "viertelmillion".
        let quarter = sense.fraction.is_some()
            && (start > 0 && end == word.len() || sense.fraction == Some(4) && end < word.len());
        // "honderdenacht": the plural ends its word.
        if sense.power.is_some_and(|power| power.can(Use::OnlyVague)) && end < word.len() {
            return None;
        }
        let joint = sense.is(Role::And) && start > 0 && end < word.len();
        let tail = sense.is(Role::Figures) || sense.measure.is_some() || sense.money.is_some() || sense.group.is_some();
        let last = tail && start > 0 && end == word.len();
        (number || quarter || joint || last).then_some(entry.sense)
    }
}

/// A set of outlines, small enough to stay at hand.
struct Marks(Box<[u64]>);

impl Default for Marks {
    fn default() -> Marks {
        Marks(vec![0; OUTLINES / 64].into())
    }
}

impl Marks {
    fn mark(&mut self, outline: usize) {
        self.0[outline / 64] |= 1 << (outline % 64);
    }

    fn has(&self, outline: usize) -> bool {
        self.0[outline / 64] & 1 << (outline % 64) != 0
    }
}

/// A few bits of a word that capitals do not change: its first two bytes, its last, its length.
fn outline(word: &[u8]) -> usize {
    outline_of(word[0], word.get(1).copied().unwrap_or(0), word[word.len() - 1], word.len())
}

fn outline_of(first: u8, second: u8, last: u8, length: usize) -> usize {
    let bits = |byte: u8| usize::from(byte.to_ascii_lowercase());
    (bits(first) ^ bits(second) << 5 ^ bits(last) << 9 ^ length << 3) & (OUTLINES - 1)
}

fn piece_start(word: &[u8]) -> usize {
    let bits = |at: usize| word.get(at).map_or(0, |byte| usize::from(byte.to_ascii_lowercase()));
    (bits(0) ^ bits(1) << 4 ^ bits(2) << 8) & (OUTLINES - 1)
}

/// A word in lower case, without soft hyphens, on the stack.
struct Folded {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Default for Folded {
    fn default() -> Folded {
        Folded { bytes: [0; LONGEST], length: 0 }
    }
}

impl Folded {
    /// False when the word is too long to mean anything.
    fn fold(&mut self, word: &str) -> bool {
        self.length = 0;
        if word.len() > LONGEST {
            return false;
        }
        if word.is_ascii() {
            self.bytes[..word.len()].copy_from_slice(word.as_bytes());
            self.bytes[..word.len()].make_ascii_lowercase();
            self.length = word.len();
            return true;
        }
        word.chars().filter(|c| *c != token::SOFT_HYPHEN).flat_map(char::to_lowercase).all(|c| {
            let end = self.length + c.len_utf8();
            let fits = end <= LONGEST;
            if fits {
                c.encode_utf8(&mut self.bytes[self.length..]);
                self.length = end;
            }
            fits
        })
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// True when `text` is `word` (lower case) but for capitals, soft hyphens and the shape of apostrophes and dashes.
pub(super) fn same_word(word: &str, text: &str) -> bool {
    // Nearly every comparison fails at the first letter.
    let (Some(first), Some(other)) = (word.bytes().next(), text.bytes().next()) else { return word == text };
    if first.is_ascii() && other.is_ascii() && first != other.to_ascii_lowercase() {
        return false;
    }
    if text.is_ascii() {
        return word.eq_ignore_ascii_case(text);
    }
    let folded = text.chars().filter(|c| *c != token::SOFT_HYPHEN).flat_map(char::to_lowercase);
    folded.map(token::plain).eq(word.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(lang: &str, text: &str) -> Vec<String> {
        let lexicon = Lexicon::of(lang, text);
        let (mut raw, mut out) = (Vec::new(), Vec::new());
        token::paragraph(text, 0, &mut raw);
        lexicon.resolve(text, &raw, &mut out);
        out.iter().map(|t| text[t.start..t.end].to_string()).collect()
    }

    #[test]
    fn every_language_loads_and_says_how_it_writes_decimals() {
        for (code, _, lexicon) in &LEXICONS {
            assert!(lexicon.grammar.decimal.is_some(), "{code}");
        }
        assert!(NEUTRAL.grammar.decimal.is_none());
    }

    #[test]
    fn phrases_are_one_token_and_compounds_fall_apart() {
        assert_eq!(pieces("en", "No more than U.S. dollars"), ["No more than", "U.S. dollars"]);
        assert_eq!(pieces("fr", "jusqu’à des dollars canadiens"), ["jusqu’à", "des", "dollars canadiens"]);
        assert_eq!(pieces("de", "zweihundertfünfzigtausend"), ["zwei", "hundert", "fünfzig", "tausend"]);
        assert_eq!(pieces("de", "Achtung zweite Dreierbande"), ["Achtung", "zweite", "Dreierbande"]);
        assert_eq!(pieces("it", "duecentoquarantatré"), ["due", "cento", "quaranta", "tré"]);
    }
}
