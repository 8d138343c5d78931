//! How much of one text stands in another: shingles (Broder, "On the resemblance and containment of documents", 1997).
//!
//! A shingle is five words in a row, without regard to case and punctuation. Two reports of one press conference share a
//! quote or two; an edited copy shares most of what it has.

use std::collections::{BTreeMap, HashMap};

/// Words of a shingle.
const WORDS: usize = 5;
/// Texts with fewer shingles are too short to tell.
const LEAST: usize = 30;
/// A shingle that more texts have is a formula.
const FORMULA: usize = 500;

/// Two texts, the first of which is the lesser in number, and how many shingles of the shorter one the other has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// A text, by its place.
    pub a: usize,
    /// Another.
    pub b: usize,
    /// Shingles of the shorter one that the other has too.
    pub shared: usize,
    /// All shingles of the shorter one.
    pub of: usize,
}

impl Overlap {
    /// True where at least half of the shorter one stands in the other.
    pub fn is_copy(&self) -> bool {
        self.shared * 2 >= self.of
    }
}

/// The different shingles of a text, as hashes, ascending; none for a text too short to tell.
pub fn shingles(text: &str) -> Vec<u64> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut hashes: Vec<u64> = words.windows(WORDS).map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    if hashes.len() < LEAST { Vec::new() } else { hashes }
}

/// FNV-1a, 64 bits, of the words with a space after each (Fowler, Noll and Vo): the same on every machine for ever.
fn hash(words: &[&str]) -> u64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([b' ']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The texts of which one stands in the other for the most part, by their places.
pub fn copies(texts: &[Vec<u64>]) -> Vec<Overlap> {
    let mut holders: HashMap<u64, Vec<u32>> = HashMap::new();
    for (place, text) in texts.iter().enumerate() {
        text.iter().for_each(|hash| holders.entry(*hash).or_default().push(place as u32));
    }
    let mut shared: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for holders in holders.values().filter(|holders| (2..=FORMULA).contains(&holders.len())) {
        for (i, &a) in holders.iter().enumerate() {
            holders[i + 1..].iter().for_each(|&b| *shared.entry((a, b)).or_default() += 1);
        }
    }
    let overlap = |((a, b), shared): ((u32, u32), usize)| {
        let (a, b) = (a as usize, b as usize);
        Overlap { a, b, shared, of: texts[a].len().min(texts[b].len()) }
    };
    shared.into_iter().map(overlap).filter(Overlap::is_copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_told_from_reports_of_one_event() {
        let sentence = |from: usize, n: usize| (from..from + n).map(|i| format!("word{i} ")).collect::<String>();
        let wire = sentence(0, 200);
        // An edited copy: a new beginning, a sentence cut, a word changed.
        let copy = format!("{} {} {}", sentence(1000, 40), sentence(10, 80), sentence(95, 105).replace("word120", "x"));
        // Another report with the same quote of thirty words.
        let other = format!("{} {} {}", sentence(3000, 90), sentence(50, 30), sentence(4000, 90));
        let texts = [shingles(&wire), shingles(&copy), shingles(&other)];
        let found = copies(&texts);
        assert_eq!(found.iter().map(|overlap| (overlap.a, overlap.b)).collect::<Vec<_>>(), [(0, 1)]);
        assert_eq!(shingles("Too short to tell."), Vec::<u64>::new());
        assert_eq!(shingles(&wire), shingles(&wire.to_uppercase().replace(' ', ", ")));
    }
}
