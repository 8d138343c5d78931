//! Names of entities: the form in which they are looked up, and what to offer when a name is nearly a known one.
//!
//! An offer is a question put to a person, and one that is often wrong is soon clicked away unread. So the rule is
//! narrow, and prefers to be silent:
//!
//! - A name is near when it differs in accents, spacing, hyphens, full stops or the order of its words only, or when it
//!   has as many words as the other and each of them is near its counterpart.
//! - Words are near when they sound alike by a few spelling rules (`ck`, `c` and `k`, `ph` and `f`, `y` and `i`, `z`
//!   and `s`, doubled letters, a silent `h` at the end), or when few edits lie between them (a letter put in, left out,
//!   replaced, or two neighbours swapped): one in words of five to eight letters, two in longer ones, and in words of
//!   four only a swap; two in the whole name, or three if it has 16 letters or more. Shorter words are near to none.
//! - Words with different first sounds are not near (Meyer and Beyer), nor are words with a digit in them (GPT-4 and
//!   GPT-5), nor is a word with a vowel put at its end (Daniel and Daniela).
//!
//! `tests/data/quotes/names.jsonl` holds the pairs that were weighed, both ways.

use std::borrow::Cow;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fold::{Fold, fold_char};

/// The most names offered.
const MAX_OFFERS: usize = 3;

/// The form of a name in which it is looked up: NFKC, lower case, quotation marks, dashes and white space evened out,
/// none of it at the ends. Folding twice changes nothing.
pub fn fold_name(name: &str) -> String {
    let mut folded = fold_once(name);
    if name.is_ascii() {
        return folded;
    }
    // Lower case and compatibility forms can bring forth one another, in a few rare letters.
    for _ in 0..4 {
        let again = fold_once(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

fn fold_once(name: &str) -> String {
    let mut even = String::with_capacity(name.len());
    for c in name.chars() {
        match fold_char(c) {
            Fold::Keep => even.push(c),
            Fold::Drop => {}
            Fold::To(other) => even.push_str(other),
        }
    }
    if even.is_ascii() {
        // As most names are; no letter of ASCII is composed of others.
        even.make_ascii_lowercase();
        return joined(even);
    }
    // One sigma, so that a name in capitals is found too: which of the two is written depends on the place alone.
    let lower = even.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c });
    joined(lower.nfkc().collect())
}

/// With one space between words and none around them.
fn joined(words: String) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The known names that `name` may be a slip of, best first, at most three: a few letters apart, or differing in
/// accents, spacing or the order of first and last name. Prefers silence to a poor offer: "Jane Smith" is not offered
/// for "John Smith", nor "OpenAI Zurich" for "OpenAI".
pub fn near_names<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = Name::new(name);
    best(known.filter_map(|k| Some((wanted.distance(&Name::new(k))?, k))).collect())
}

/// Known names, put where those that a name may be a slip of are found without looking at all of them.
#[derive(Default)]
pub struct NameIndex {
    names: Vec<(String, Name, u32)>,
    /// By what near names share: the beginnings of their words, or all their letters.
    shelves: HashMap<String, Vec<u32>>,
}

impl NameIndex {
    /// Adds a known name.
    pub fn add(&mut self, known: &str) {
        let name = Name::new(known);
        let number = self.names.len() as u32;
        for shelf in name.shelves() {
            self.shelves.entry(shelf).or_default().push(number);
        }
        let letters = name.letter_set();
        self.names.push((known.to_string(), name, letters));
    }

    /// [`near_names`] among those that were added.
    pub fn near(&self, name: &str) -> Vec<&str> {
        self.near_counting(name, &mut 0)
    }

    /// The same, adding up how many names were looked at.
    pub fn near_counting(&self, name: &str, looked_at: &mut usize) -> Vec<&str> {
        let wanted = Name::new(name);
        let letters = wanted.letter_set();
        let shelves = wanted.shelves();
        let on_shelves = shelves.iter().filter_map(|shelf| self.shelves.get(shelf)).flatten();
        let candidates = on_shelves.inspect(|_| *looked_at += 1).map(|&number| &self.names[number as usize]);
        let alike = candidates.filter(|(_, _, other)| (letters ^ other).count_ones() <= MOST_OTHER_LETTERS);
        let near = alike.filter_map(|(known, other, _)| Some((wanted.distance(other)?, known.as_str()))).collect();
        best(near)
    }
}

/// Three edits, each of which replaces a letter, and as many again where an edit changes how a word is spelt by sound.
const MOST_OTHER_LETTERS: u32 = 9;

fn best(mut near: Vec<(usize, &str)>) -> Vec<&str> {
    near.sort();
    near.dedup();
    near.truncate(MAX_OFFERS);
    near.into_iter().map(|(_, name)| name).collect()
}

/// A name in lower case without accents, as words.
struct Name {
    words: Vec<String>,
    /// The same by sound.
    sounds: Vec<String>,
}

impl Name {
    fn new(name: &str) -> Name {
        let folded = fold_name(name);
        let bare = if folded.is_ascii() { folded } else { folded.nfd().filter(|c| !is_combining_mark(*c)).collect() };
        let words = bare.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty());
        let words: Vec<String> = words.map(str::to_owned).collect();
        Name { sounds: words.iter().map(|word| sound(word)).collect(), words }
    }

    /// What names near this one share with it: all letters, or the beginnings of the words (short ones and those with
    /// digits whole), two words in either order.
    fn shelves(&self) -> [String; 2] {
        let beginning =
            |(word, sound): (&String, &String)| match word.chars().count() <= 3 || word.chars().any(char::is_numeric) {
                true => word.clone(),
                false => sound.chars().take(1).collect(),
            };
        let mut words: Vec<String> = self.words.iter().zip(&self.sounds).map(beginning).collect();
        if words.len() == 2 {
            words.sort();
        }
        // A space is in no word, so that the two kinds never meet.
        [format!(" {}", words.join(" ")), self.words.concat()]
    }

    /// Which letters it has, by sound.
    fn letter_set(&self) -> u32 {
        let letters = self.sounds.iter().flat_map(|word| word.chars());
        letters.fold(0, |set, letter| set | 1 << (letter as u32 % 32))
    }

    fn letters(&self) -> usize {
        self.words.iter().map(|w| w.chars().count()).sum()
    }

    /// How far apart two names are; `None` when they are not near.
    fn distance(&self, other: &Name) -> Option<usize> {
        if self.words.is_empty() || other.words.is_empty() {
            return None;
        }
        if self.words.concat() == other.words.concat() {
            return Some(0);
        }
        if self.words.len() != other.words.len() {
            return None;
        }
        let in_order = self.edits(other.words.iter());
        // "Beyer, Lucas": only as a whole turned round; any other order is another name.
        in_order
            .or_else(|| (self.words.len() == 2).then(|| self.edits(other.words.iter().rev())).flatten().map(|e| e + 1))
    }

    /// Twice the edits, plus one for each word that is only spelt otherwise; so that equal words come first.
    fn edits<'w>(&self, other: impl Iterator<Item = &'w String>) -> Option<usize> {
        let (mut edits, mut respelt) = (0, 0);
        for (a, b) in self.words.iter().zip(other) {
            if a != b {
                respelt += 1;
                edits += word_edits(a, b)?;
            }
        }
        let limit = if self.letters() >= 16 { 3 } else { 2 };
        (edits <= limit).then_some(2 * edits + respelt)
    }
}

/// Edits between two different words; `None` when they are not near.
fn word_edits(a: &str, b: &str) -> Option<usize> {
    if a.chars().chain(b.chars()).any(char::is_numeric) {
        return None;
    }
    let shorter = a.chars().count().min(b.chars().count());
    let (sound_a, sound_b) = (sound(a), sound(b));
    if sound_a == sound_b && shorter > 3 {
        return Some(0);
    }
    let limit = match shorter {
        0..=3 => return None,
        4 if !same_letters(a, b) => return None,
        4..=8 => 1,
        _ => 2,
    };
    let first_differs = sound_a.chars().next() != sound_b.chars().next();
    // Comparing takes the product of the lengths; a word of this length is not a word.
    if first_differs || a.len() > 256 || b.len() > 256 || is_inflected(a, b) || is_inflected(b, a) {
        return None;
    }
    let edits = strsim::damerau_levenshtein(a, b).min(strsim::damerau_levenshtein(&sound_a, &sound_b));
    (edits <= limit).then_some(edits)
}

fn same_letters(a: &str, b: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(a) == sorted(b)
}

/// True when `longer` is `word` and a vowel: Daniel and Daniela, Robert and Roberto, Simon and Simone.
fn is_inflected(word: &str, longer: &str) -> bool {
    longer.strip_prefix(word).is_some_and(|end| matches!(end, "a" | "e" | "i" | "o" | "u"))
}

/// A word in one spelling of several that sound alike.
fn sound(word: &str) -> String {
    let mut word = Cow::from(word);
    for (spelling, other) in SPELLINGS {
        if word.contains(spelling) {
            word = word.replace(spelling, other).into();
        }
    }
    let mut sound = String::with_capacity(word.len());
    for c in word.chars() {
        if !sound.ends_with(c) {
            sound.push(c);
        }
    }
    match sound.strip_suffix('h') {
        // "Sarah", "Hannah"; but not "sh" and the like.
        Some(bare) if bare.ends_with(['a', 'e', 'o']) => bare.to_owned(),
        _ => sound,
    }
}

/// In this order.
const SPELLINGS: [(&str, &str); 8] =
    [("ß", "ss"), ("ph", "f"), ("sch", "sh"), ("ck", "k"), ("c", "k"), ("th", "t"), ("y", "i"), ("z", "s")];
