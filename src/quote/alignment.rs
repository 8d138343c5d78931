//! Word by word, what two passages have in common.

use super::words::Token;

/// One step from the words asked for to those found: `Wanted` and `Same` name the former, `Found` and `Same` the
/// latter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Same(usize, usize),
    Wanted(usize),
    Found(usize),
}

impl Step {
    pub(super) fn found(&self) -> Option<usize> {
        match self {
            Step::Same(_, j) | Step::Found(j) => Some(*j),
            Step::Wanted(_) => None,
        }
    }

    fn is_same(&self) -> bool {
        matches!(self, Step::Same(..))
    }
}

/// What a word that is kept counts for, in strangers between words that are kept; more than there can be of these.
const WORTH: i32 = 4096;

/// The way from `wanted` to `found` that keeps most (words count for two, marks for one), and of several such the one
/// with the fewest strangers between the words kept, so that it does not begin with some "the" far before the passage.
/// Where words are replaced, those asked for come first.
pub(super) fn steps(wanted: &[(&str, bool)], found: &[(&str, bool)]) -> Vec<Step> {
    let width = found.len() + 1;
    // kept[i * width + j]: the worth of the best way from wanted[i..] to found[j..].
    let mut kept = vec![0_i32; (wanted.len() + 1) * width];
    // What stands before and after the words compared is no stranger among them.
    let stranger = |i: usize| i32::from(i > 0 && i < wanted.len());
    let pair = |i: usize, j: usize| (wanted[i] == found[j]).then_some(WORTH * (1 + i32::from(wanted[i].1)));
    for i in (0..wanted.len()).rev() {
        for j in (0..found.len()).rev() {
            let at = i * width + j;
            let skip = kept[at + width].max(kept[at + 1] - stranger(i));
            kept[at] = pair(i, j).map_or(skip, |worth| skip.max(worth + kept[at + width + 1]));
        }
    }
    let mut steps = Vec::with_capacity(wanted.len() + found.len());
    let (mut i, mut j) = (0, 0);
    while i < wanted.len() && j < found.len() {
        let at = i * width + j;
        if pair(i, j).is_some_and(|worth| kept[at] == worth + kept[at + width + 1]) {
            steps.push(Step::Same(i, j));
            (i, j) = (i + 1, j + 1);
        } else if kept[at] == kept[at + width] {
            steps.push(Step::Wanted(i));
            i += 1;
        } else {
            steps.push(Step::Found(j));
            j += 1;
        }
    }
    steps.extend((i..wanted.len()).map(Step::Wanted));
    steps.extend((j..found.len()).map(Step::Found));
    wanted_first(&mut steps);
    steps
}

/// Sorts each row of differences, so that what was asked for stands together before what was found.
fn wanted_first(steps: &mut [Step]) {
    for row in steps.chunk_by_mut(|a, b| a.is_same() == b.is_same()) {
        row.sort_by_key(|step| matches!(step, Step::Found(_)));
    }
}

/// Drops what the passage has before and after the words compared, but for as many words as the quote has others in
/// that place: those are changed words, not surroundings.
pub(super) fn trim(mut steps: Vec<Step>, passage: &[Token]) -> Vec<Step> {
    let is_word = |step: &Step| step.found().is_some_and(|j| passage[j].is_word);
    let Some(first) = steps.iter().position(Step::is_same) else { return Vec::new() };
    let last = steps.iter().rposition(Step::is_same).unwrap_or(first);
    let changed = |row: &[Step]| row.iter().filter(|s| matches!(s, Step::Wanted(_))).count();

    let tail = &steps[last + 1..];
    let asked = changed(tail);
    let found = &tail[asked..tail.len().min(2 * asked)];
    let keep = found.iter().rposition(is_word).map_or(0, |i| i + 1);
    steps.truncate(last + 1 + asked + keep);

    let asked = changed(&steps[..first]);
    let from = asked.max(first.saturating_sub(asked));
    let skip = steps[from..first].iter().position(is_word).unwrap_or(first - from);
    steps.drain(asked..from + skip);
    steps
}
