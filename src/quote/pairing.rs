//! Which sentence or line of a text became which one of a later text.
//!
//! Those that read the same are one, the first with the first and the second with the second. The others are paired by
//! the words that they share, the most alike first; of equally alike ones that which stands where it would be expected,
//! after the one that its neighbour became.

use std::collections::{HashMap, VecDeque};

use super::fold::Folded;
use super::words::tokens;
use crate::domain::text::{Role, Span, Text};

/// Per cent of the words of the shorter one that two must share to be one …
const SHARED: usize = 60;
/// … and of the words of both together.
const SHARED_OF_BOTH: usize = 40;
/// So few words, the cell of a table or a short line, have too little to be alike.
const SHORT: usize = 3;
/// So many pairs are compared at most; of more only those that stand near each other.
const MOST_PAIRS: usize = 8_000_000;

/// A sentence, or a line.
pub(super) struct Unit {
    pub(super) span: Span,
    pub(super) role: Role,
    pub(super) folded: String,
    /// Keys of its words, ascending.
    words: Vec<u64>,
}

impl Unit {
    pub(super) fn new(text: &Text, span: Span, role: Role) -> Unit {
        let folded = Folded::new(span.of(&text.content).trim()).text;
        let mut words: Vec<u64> = tokens(&folded).filter(|token| token.is_word).map(|token| token.key).collect();
        words.sort_unstable();
        Unit { span, role, folded, words }
    }

    pub(super) fn n_words(&self) -> usize {
        self.words.len()
    }

    /// How many words two have in common, each as often as both have it.
    pub(super) fn n_shared(&self, other: &Unit) -> usize {
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while let (Some(a), Some(b)) = (self.words.get(i), other.words.get(j)) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
            }
        }
        shared
    }

    /// How much two are alike, in per cent of the words of both; none where they are two things.
    fn likeness(&self, other: &Unit) -> Option<usize> {
        let shared = self.n_shared(other);
        let of_both = 200 * shared / (self.n_words() + other.n_words()).max(1);
        let of_shorter = 100 * shared / self.n_words().min(other.n_words()).max(1);
        (of_shorter >= SHARED && of_both >= SHARED_OF_BOTH).then_some(of_both)
    }
}

/// What became of what.
pub(super) struct Pairing {
    /// Of every old unit the new one.
    pub(super) now: Vec<Option<usize>>,
    /// Of every new unit the old one.
    pub(super) before: Vec<Option<usize>>,
    /// Of every old unit: it stands in another order among those that stayed.
    pub(super) moved: Vec<bool>,
}

/// Pairs two rows of units.
pub(super) fn pair(old: &[Unit], new: &[Unit]) -> Pairing {
    let mut pairing = pair_alike(old, new);
    pairing.join_between_neighbours(old, new);
    pairing.find_moved();
    pairing
}

/// Pairs those that read the same, or are alike, wherever they stand; which of them moved is not said.
pub(super) fn pair_alike(old: &[Unit], new: &[Unit]) -> Pairing {
    let mut pairing =
        Pairing { now: vec![None; old.len()], before: vec![None; new.len()], moved: vec![false; old.len()] };
    let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (place, unit) in new.iter().enumerate() {
        places.entry(&unit.folded).or_default().push_back(place);
    }
    for (place, unit) in old.iter().enumerate() {
        let Some(places) = places.get_mut(unit.folded.as_str()) else { continue };
        // Of several first one in the same part of the page: a headline is often a sentence of its article too.
        let same_part = places.iter().position(|&other| new[other].role == unit.role).unwrap_or(0);
        if let Some(other) = places.remove(same_part) {
            pairing.join(place, other);
        }
    }
    let mut alike = pairing.alike(old, new);
    alike.sort_unstable();
    for Alike { place, other, .. } in alike {
        if pairing.now[place].is_none() && pairing.before[other].is_none() {
            pairing.join(place, other);
        }
    }
    pairing
}

/// Two that may be one, in the order in which they are tried.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    difference: usize,
    displaced: usize,
    place: usize,
    other: usize,
}

impl Pairing {
    fn join(&mut self, place: usize, other: usize) {
        self.now[place] = Some(other);
        self.before[other] = Some(place);
    }

    /// All of the units left that are alike.
    fn alike(&self, old: &[Unit], new: &[Unit]) -> Vec<Alike> {
        let left: Vec<usize> = (0..old.len()).filter(|&place| self.now[place].is_none()).collect();
        let open: Vec<usize> = (0..new.len()).filter(|&place| self.before[place].is_none()).collect();
        let reach = (MOST_PAIRS / left.len().max(1)).max(1);
        let mut alike = Vec::new();
        let (mut neighbour, mut passed) = (None, 0);
        for (rank, &place) in left.iter().enumerate() {
            // Where it would be expected: as far after what its nearest neighbour became as it stood after that one.
            let nearer = (passed..place).rev().find_map(|before| Some((before, self.now[before]?)));
            (neighbour, passed) = (nearer.or(neighbour), place);
            let expected = neighbour.map_or(place, |(before, now)| now + (place - before));
            let middle = rank * open.len() / left.len();
            let near = middle.saturating_sub(reach / 2)..(middle + reach.div_ceil(2)).min(open.len());
            for &other in &open[near] {
                if let Some(likeness) = old[place].likeness(&new[other]) {
                    alike.push(Alike { difference: 100 - likeness, displaced: other.abs_diff(expected), place, other });
                }
            }
        }
        alike
    }

    /// Joins short ones that stand between the same neighbours: cells of a table whose figure changed have no word in
    /// common.
    fn join_between_neighbours(&mut self, old: &[Unit], new: &[Unit]) {
        let mut place = 0;
        while place < old.len() {
            let end = (place..old.len()).find(|&next| self.now[next].is_some()).unwrap_or(old.len());
            let (begin, gap) = (place, end - place);
            place = end + 1;
            let before = begin.checked_sub(1).map_or(Some(0), |before| self.now[before].map(|now| now + 1));
            let after = if end == old.len() { Some(new.len()) } else { self.now[end] };
            let Some((from, to)) = before.zip(after).filter(|(from, to)| *from <= *to && to - from == gap) else {
                continue;
            };
            let is_open = (from..to).all(|other| self.before[other].is_none());
            let are_short = old[begin..end].iter().chain(&new[from..to]).all(|unit| unit.n_words() <= SHORT);
            if is_open && are_short {
                (0..gap).for_each(|step| self.join(begin + step, from + step));
            }
        }
    }

    /// Marks those outside the longest row that kept its order (patience sorting: Fredman, "On computing the length of
    /// longest increasing subsequences", 1975).
    fn find_moved(&mut self) {
        let pairs: Vec<(usize, usize)> =
            self.now.iter().enumerate().filter_map(|(place, now)| Some((place, (*now)?))).collect();
        // Of every length the pair that ends a row of that length soonest, and of every pair the one before it.
        let mut ends: Vec<usize> = Vec::new();
        let mut previous: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
        for (number, (_, now)) in pairs.iter().enumerate() {
            let length = ends.partition_point(|&end| pairs[end].1 < *now);
            previous.push(length.checked_sub(1).map(|shorter| ends[shorter]));
            match ends.get_mut(length) {
                Some(end) => *end = number,
                None => ends.push(number),
            }
        }
        pairs.iter().for_each(|(place, _)| self.moved[*place] = true);
        let mut kept = ends.last().copied();
        while let Some(number) = kept {
            self.moved[pairs[number].0] = false;
            kept = previous[number];
        }
    }
}
