//! Which value of a question the evidence supports best, and how good each origin's record is: truth discovery with
//! detection of copying.
//!
//! The model is that of Dong, Berti-Équille and Srivastava, "Integrating conflicting data: the role of source dependence"
//! (VLDB 2009: ACCU, ACCUSIM, ACCUCOPY), with what Li, Dong et al., "Truth finding on the deep web" (VLDB 2013) found to
//! matter: values compared with a tolerance, and copying. An origin is right with a probability, its accuracy; a wrong one
//! picks one of fifty values; so each origin gives its value `ln(n·A/(1−A))` points, half of that times their
//! likeness to values like it, and a copy counts a fifth of what the one before it does. How often an origin's values are
//! believed is its accuracy; the two are worked out in turn until they hold still.
//!
//! Accuracy has a Beta prior of two claims around that of origins of its size: whoever has said little is taken for as
//! good as others who have (after the small-sample concern of CATD, Li et al., VLDB 2014). An origin's accuracy in one
//! predicate has one of ten claims around its accuracy in all.
//!
//! **Copying** shows in values that are *not* believed: many agree because they are right, but nobody makes five mistakes of
//! somebody else by chance. For two origins the chance of each such meeting without copying is weighed against that with a
//! fifth to four fifths of all values copied; what others say makes a meeting likely, unless a person judged it wrong. Mirrors, which have two thirds of all their values in common, are found first,
//! because two camps of them can turn the truth over. Clusters join where the evidence of all their pairs together says so.
//!
//! **Following** is copying from many who each said too little to be caught with: whoever, where others are of two minds,
//! again and again repeats what a stranger said, whatever the believed value, adds nothing to what strangers say.
//!
//! One configuration for all data. Nothing here is random, and the order of claims decides nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use foldhash::{HashMap, HashMapExt};

/// ACCU's n: how many values there are to pick from for who is wrong.
const FALSE_VALUES: f64 = 50.0;
/// Accuracy of an origin of which nothing is known (ACCU).
const START: f64 = 0.8;
/// Claims that the prior of an origin is worth.
const PRIOR: f64 = 2.0;
/// Origins that the prior of a size is worth.
const PRIOR_OF_SIZE: f64 = 5.0;
/// Claims that the prior of an origin in one predicate is worth.
const PRIOR_IN_ONE: f64 = 10.0;
/// No origin is trusted, or distrusted, beyond these.
const ACCURACY: std::ops::RangeInclusive<f64> = 0.05..=0.99;
/// How much a value says for another that is as like it as can be (TruthFinder, ACCUSIM).
const INFLUENCE: f64 = 0.5;
/// What each further copy counts, of the one before it (ACCUCOPY).
const COPY: f64 = 0.2;
/// Shares of its values that a copier may have copied, equally likely beforehand.
const COPIED: [f64; 4] = [0.2, 0.4, 0.6, 0.8];
/// Meeting in a value that is not believed is never less likely than this by chance.
const LEAST_CHANCE: f64 = 0.05;
/// Two are joined from this probability on …
const JOIN: f64 = 0.95;
/// … and so many shared values that are not believed.
const LEAST_SHARED: usize = 5;
/// Of several predicates, the evidence is at most this many times what is left without the strongest.
const CAP: f64 = 2.0;
/// Mirrors have this share of their values in common.
const MIRROR: f64 = 2.0 / 3.0;
/// A value that more origins state brings no two of them under suspicion.
const MOST_HOLDERS: usize = 12;
/// Points for what a person judged right or wrong: more than a hundred origins give.
const JUDGED: f64 = 1e4;
/// Rounds until accuracies hold still, at most, and what holding still is.
const ROUNDS: usize = 20;
const STILL: f64 = 1e-3;

/// An origin's voice for a value.
#[derive(Clone, Copy, Debug)]
pub struct Vote {
    /// The origin's number.
    pub origin: u32,
    /// The value's number.
    pub value: u32,
    /// Its share of the origin's voice: of an origin that states two values each has half.
    pub share: f64,
}

/// How far a value supports another, from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct Likeness {
    /// The value that is stated.
    pub from: u32,
    /// The value that it supports.
    pub to: u32,
    /// How far.
    pub degree: f64,
}

/// Everything that is voted on: questions with their values, all numbered throughout.
#[derive(Debug, Default)]
pub struct Ballot {
    questions: Vec<Head>,
    votes: Vec<Vote>,
    likenesses: Vec<Likeness>,
    /// Values that people judged, and how.
    judged: Vec<(u32, bool)>,
    n_values: u32,
    n_origins: u32,
}

#[derive(Debug)]
struct Head {
    predicate: u32,
    votes: usize,
    likenesses: usize,
    values: u32,
}

/// One question of a ballot.
#[derive(Clone, Copy)]
struct Asked<'a> {
    predicate: u32,
    /// The number of its first vote.
    first_vote: usize,
    votes: &'a [Vote],
    likenesses: &'a [Likeness],
    first: u32,
    n_values: u32,
}

impl Asked<'_> {
    fn local(&self, value: u32) -> usize {
        (value - self.first) as usize
    }
}

impl Ballot {
    /// Adds a question: its predicate's number, how many values it has, and who voted for which. Values are counted from
    /// 0 here, each at most once per origin, and likenesses leave out what is equal. Answers the number of its first value.
    pub fn add(&mut self, predicate: u32, n_values: u32, votes: &[Vote], likenesses: &[Likeness]) -> u32 {
        let first = self.n_values;
        self.votes.extend(votes.iter().map(|vote| Vote { value: vote.value + first, ..*vote }));
        self.likenesses.extend(likenesses.iter().map(|l| Likeness { from: l.from + first, to: l.to + first, ..*l }));
        self.n_values += n_values;
        self.n_origins = votes.iter().map(|vote| vote.origin + 1).fold(self.n_origins, u32::max);
        let (votes, likenesses) = (self.votes.len(), self.likenesses.len());
        self.questions.push(Head { predicate, votes, likenesses, values: self.n_values });
        first
    }

    /// A person judged a value, by the number that [`Ballot::add`] gave its question's first one plus its place, right or
    /// wrong. That outweighs every vote.
    pub fn judge(&mut self, value: u32, right: bool) {
        self.judged.push((value, right));
    }

    /// Values judged wrong, and those beside one judged right that neither say it nor support it.
    fn known_wrong(&self) -> HashSet<u32> {
        let mut wrong: HashSet<u32> = HashSet::new();
        for &(value, right) in &self.judged {
            if !right {
                wrong.insert(value);
                continue;
            }
            let question = self.question(self.questions.partition_point(|head| head.values <= value));
            let supports = |other| question.likenesses.iter().any(|l| (l.from, l.to) == (other, value));
            wrong.extend((question.first..question.first + question.n_values).filter(|&other| !supports(other)));
        }
        self.judged.iter().filter(|(_, right)| *right).for_each(|(value, _)| _ = wrong.remove(value));
        wrong
    }

    fn questions(&self) -> impl Iterator<Item = Asked<'_>> {
        (0..self.questions.len()).map(|index| self.question(index))
    }

    fn question(&self, index: usize) -> Asked<'_> {
        let begin = index.checked_sub(1).map(|before| &self.questions[before]);
        let (votes, likenesses, first) = begin.map_or((0, 0, 0), |head| (head.votes, head.likenesses, head.values));
        let head = &self.questions[index];
        Asked {
            predicate: head.predicate,
            first_vote: votes,
            votes: &self.votes[votes..head.votes],
            likenesses: &self.likenesses[likenesses..head.likenesses],
            first,
            n_values: head.values - first,
        }
    }
}

/// How often an origin is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Track {
    /// Its accuracy, between 0 and 1.
    pub accuracy: f64,
    /// How many of its claims others speak on too; the record rests on these.
    pub weighed: f64,
    /// How many of those are believed.
    pub believed: f64,
}

/// Two origins found to share what nobody shares by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Copying {
    /// One of the two.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Natural logarithm of the odds that they are not independent.
    pub log_odds: f64,
    /// How many values that are not believed the second has from the first.
    pub shared: usize,
    /// Of how many that the first states where the second speaks too.
    pub of: usize,
}

/// An origin found to repeat what strangers say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Following {
    /// Which.
    pub origin: u32,
    /// Natural logarithm of the odds.
    pub log_odds: f64,
    /// On how many questions it was seen.
    pub questions: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Of every value how much speaks for it, in points; the most believed of a question has most.
    pub scores: Vec<f64>,
    /// Of every origin its record.
    pub tracks: Vec<Track>,
    /// Records by origin and predicate.
    pub in_one: BTreeMap<(u32, u32), Track>,
    /// Of every origin the first of those that it is one with; itself where it is alone.
    pub heads: Vec<u32>,
    /// The pairs that joined them, strongest first.
    pub copying: Vec<Copying>,
    /// Those who repeat strangers.
    pub following: Vec<Following>,
}

/// Finds out. `apart` holds pairs of origins, the lesser number first, that are independent whatever it looks like.
pub fn discover(ballot: &Ballot, apart: &HashSet<(u32, u32)>) -> Found {
    let mut model = Model::new(ballot, apart);
    model.settle(1);
    for least in [MIRROR, 0.0, 0.0] {
        let changed = model.detect(least);
        model.settle(ROUNDS);
        if !changed && least == 0.0 {
            break;
        }
    }
    for _ in 0..2 {
        if !model.follow() {
            break;
        }
        model.settle(ROUNDS);
    }
    model.score();
    Found {
        scores: model.scores,
        tracks: model.tracks,
        in_one: model.fields.iter().zip(&model.in_one).filter_map(|(field, one)| Some((*field, (*one)?))).collect(),
        heads: model.heads,
        copying: model.copying,
        following: model.following,
    }
}

struct Model<'a> {
    ballot: &'a Ballot,
    apart: &'a HashSet<(u32, u32)>,
    /// Of every origin the questions it speaks on with its value, by question.
    said: Vec<Vec<(u32, u32)>>,
    scores: Vec<f64>,
    tracks: Vec<Track>,
    /// Everybody with every predicate that they speak on, ascending; their records; and of every vote which of them it is.
    fields: Vec<(u32, u32)>,
    in_one: Vec<Option<Track>>,
    field_of: Vec<u32>,
    heads: Vec<u32>,
    copying: Vec<Copying>,
    following: Vec<Following>,
    /// Whether an origin repeats strangers.
    follows: Vec<bool>,
    /// Values that people judged wrong, themselves or by judging another one of their question right.
    known_wrong: HashSet<u32>,
    /// Of every origin the predicates that it speaks on.
    predicates: Vec<BTreeSet<u32>>,
}

impl<'a> Model<'a> {
    fn new(ballot: &'a Ballot, apart: &'a HashSet<(u32, u32)>) -> Model<'a> {
        let n = ballot.n_origins as usize;
        let mut said: Vec<Vec<(u32, u32)>> = vec![Vec::new(); n];
        let mut places: HashMap<(u32, u32), u32> = HashMap::new();
        let mut field_of = Vec::with_capacity(ballot.votes.len());
        for (number, question) in ballot.questions().enumerate() {
            for vote in question.votes {
                let next = places.len() as u32;
                field_of.push(*places.entry((vote.origin, question.predicate)).or_insert(next));
                said[vote.origin as usize].push((number as u32, vote.value));
            }
        }
        let mut fields: Vec<(u32, u32)> = places.keys().copied().collect();
        fields.sort_unstable();
        let mut rank = vec![0; fields.len()];
        fields.iter().enumerate().for_each(|(place, field)| rank[places[field] as usize] = place as u32);
        field_of.iter_mut().for_each(|field| *field = rank[*field as usize]);
        let mut predicates = vec![BTreeSet::new(); n];
        fields.iter().for_each(|&(origin, predicate)| _ = predicates[origin as usize].insert(predicate));
        Model {
            ballot,
            apart,
            said,
            scores: vec![0.0; ballot.n_values as usize],
            tracks: vec![Track { accuracy: START, ..Track::default() }; n],
            in_one: vec![None; fields.len()],
            fields,
            field_of,
            heads: (0..n as u32).collect(),
            copying: Vec::new(),
            following: Vec::new(),
            follows: vec![false; n],
            known_wrong: ballot.known_wrong(),
            predicates,
        }
    }

    /// How accurate an origin is in a predicate.
    fn accuracy(&self, field: usize) -> f64 {
        let in_all = || self.tracks[self.fields[field].0 as usize].accuracy;
        self.in_one[field].map_or_else(in_all, |track| track.accuracy)
    }

    /// The same, where a value is given points for it or taken for a mistake.
    fn bounded(&self, field: usize) -> f64 {
        self.accuracy(field).clamp(*ACCURACY.start(), *ACCURACY.end())
    }

    /// The points that a value gets from an origin.
    fn weight(&self, field: usize) -> f64 {
        let accuracy = self.bounded(field);
        (FALSE_VALUES * accuracy / (1.0 - accuracy)).ln().max(0.0)
    }

    /// Works out how much speaks for every value.
    fn score(&mut self) {
        let weights: Vec<f64> = (0..self.fields.len()).map(|field| self.weight(field)).collect();
        let mut voices: Vec<(u32, u32, f64)> = Vec::new();
        for index in 0..self.ballot.questions.len() {
            let question = self.ballot.question(index);
            voices.clear();
            for (vote, field) in question.votes.iter().zip(&self.field_of[question.first_vote..]) {
                let weight = weights[*field as usize];
                let repeats = self.follows[vote.origin as usize] && self.repeats_strangers(question, *vote);
                let weight = weight * vote.share * if repeats { COPY } else { 1.0 };
                voices.push((vote.value, self.heads[vote.origin as usize], weight));
            }
            // Of each origin the weightiest voice first.
            voices.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2)));
            let range = question.first as usize..(question.first + question.n_values) as usize;
            let mut own = vec![0.0; question.n_values as usize];
            let (mut before, mut factor) = (None, 1.0);
            for &(value, head, weight) in &voices {
                factor = if before == Some((value, head)) { factor * COPY } else { 1.0 };
                before = Some((value, head));
                own[question.local(value)] += weight * factor;
            }
            self.scores[range.clone()].copy_from_slice(&own);
            for likeness in question.likenesses {
                let from = own[question.local(likeness.from)];
                self.scores[likeness.to as usize] += INFLUENCE * likeness.degree * from;
            }
        }
        for &(value, right) in &self.ballot.judged {
            self.scores[value as usize] += if right { JUDGED } else { -JUDGED };
        }
    }

    /// The probability of each value of a question to be the right one, by its points; those nobody states are counted in.
    fn belief(scores: &[f64], belief: &mut Vec<f64>) {
        let most = scores.iter().copied().fold(0.0, f64::max);
        belief.clear();
        belief.extend(scores.iter().map(|score| (score - most).exp()));
        let unstated = (FALSE_VALUES + 1.0 - scores.len() as f64).max(1.0) * (-most).exp();
        let all: f64 = belief.iter().sum::<f64>() + unstated;
        belief.iter_mut().for_each(|share| *share /= all);
    }

    /// Works out points and accuracies in turn, until they hold still.
    fn settle(&mut self, rounds: usize) {
        let mut belief = Vec::new();
        for _ in 0..rounds {
            self.score();
            let mut sums = vec![(0.0, 0.0); self.fields.len()];
            for question in self.ballot.questions() {
                let mut heads = question.votes.iter().map(|vote| self.heads[vote.origin as usize]);
                let first = heads.next();
                if heads.all(|head| Some(head) == first) {
                    // Where nobody else speaks nothing is learnt.
                    continue;
                }
                let range = question.first as usize..(question.first + question.n_values) as usize;
                Self::belief(&self.scores[range], &mut belief);
                let believed = self.believed(question, &belief);
                for (vote, field) in question.votes.iter().zip(&self.field_of[question.first_vote..]) {
                    let (right, all) = &mut sums[*field as usize];
                    *right += vote.share * believed[question.local(vote.value)];
                    *all += vote.share;
                }
            }
            if self.learn(&sums) < STILL {
                break;
            }
        }
    }

    /// How far each value is believed, by itself and by those it supports.
    fn believed(&self, question: Asked, belief: &[f64]) -> Vec<f64> {
        let mut believed = belief.to_vec();
        for likeness in question.likenesses {
            believed[question.local(likeness.from)] += likeness.degree * belief[question.local(likeness.to)];
        }
        believed.iter_mut().for_each(|share| *share = share.min(1.0));
        believed
    }

    /// Takes over what was learnt; answers by how much the accuracy that changed most did.
    fn learn(&mut self, sums: &[(f64, f64)]) -> f64 {
        let n = self.tracks.len();
        let mut in_all = vec![(0.0, 0.0); n];
        for ((origin, _), (right, all)) in self.fields.iter().zip(sums) {
            in_all[*origin as usize].0 += right;
            in_all[*origin as usize].1 += all;
        }
        // Means over origins, in which those with few claims count less.
        let mut mean = (START * PRIOR, PRIOR);
        let mut of_size: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        let size = |origin: usize| self.said[origin].len().checked_ilog2().unwrap_or(0) / 2;
        for (origin, (right, all)) in in_all.iter().enumerate() {
            let (right, all) = (right / (all + PRIOR), all / (all + PRIOR));
            mean = (mean.0 + right, mean.1 + all);
            let known = of_size.entry(size(origin)).or_default();
            *known = (known.0 + right, known.1 + all);
        }
        let mean = mean.0 / mean.1;
        let mut change: f64 = 0.0;
        for origin in 0..n {
            let (right, all) = in_all[origin];
            let known = of_size[&size(origin)];
            let expected = (known.0 + PRIOR_OF_SIZE * mean) / (known.1 + PRIOR_OF_SIZE);
            let accuracy = (right + PRIOR * expected) / (all + PRIOR);
            change = change.max((accuracy - self.tracks[origin].accuracy).abs());
            self.tracks[origin] = Track { accuracy, weighed: all, believed: right };
        }
        for ((field, (origin, _)), &(right, all)) in self.in_one.iter_mut().zip(&self.fields).zip(sums) {
            let accuracy = (right + PRIOR_IN_ONE * self.tracks[*origin as usize].accuracy) / (all + PRIOR_IN_ONE);
            *field = (all > 0.0).then_some(Track { accuracy, weighed: all, believed: right });
        }
        change
    }

    /// What is believed and what is not: of every question the value with most points, how many origins hold each value,
    /// and how many there are.
    fn holders(&self) -> Vec<Option<Held>> {
        let held = |question: Asked| {
            if question.votes.len() < 3 {
                return None;
            }
            let scores = &self.scores[question.first as usize..(question.first + question.n_values) as usize];
            let top = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)))?;
            let mut heads: Vec<(u32, u32)> =
                question.votes.iter().map(|vote| (vote.value, self.heads[vote.origin as usize])).collect();
            heads.sort_unstable();
            heads.dedup();
            let mut by_value = vec![0u32; scores.len()];
            heads.iter().for_each(|(value, _)| by_value[question.local(*value)] += 1);
            Some(Held { top: question.first + top as u32, n: heads.len() as u32, first: question.first, by_value })
        };
        self.ballot.questions().map(held).collect()
    }

    /// Joins origins that share values that are not believed; only mirrors where `least` asks for a share of like values.
    /// Answers whether anything changed.
    fn detect(&mut self, least: f64) -> bool {
        let held = self.holders();
        let n = self.tracks.len();
        let mut disbelieved: Vec<Vec<(u32, u32)>> = vec![Vec::new(); n];
        let mut shared: HashMap<(u32, u32), usize> = HashMap::new();
        let mut holders: Vec<u32> = Vec::new();
        for (number, held) in held.iter().enumerate() {
            let Some(held) = held else { continue };
            let question = self.ballot.question(number);
            for value in question.first..question.first + question.n_values {
                let held_by_most = 2 * held.of(value) > held.n + 2 && !self.known_wrong.contains(&value);
                if value == held.top || held_by_most {
                    continue;
                }
                holders.clear();
                holders.extend(question.votes.iter().filter(|vote| vote.value == value).map(|vote| vote.origin));
                holders.sort_unstable();
                holders.iter().for_each(|&origin| disbelieved[origin as usize].push((number as u32, value)));
                if (2..=MOST_HOLDERS).contains(&holders.len()) {
                    for (i, &a) in holders.iter().enumerate() {
                        for &b in &holders[i + 1..] {
                            *shared.entry((a, b)).or_default() += 1;
                        }
                    }
                }
            }
        }
        let test = Test { model: self, held: &held, disbelieved: &disbelieved };
        let mut known: HashMap<(u32, u32), Copying> = HashMap::new();
        let mut pairs: Vec<Copying> = Vec::new();
        let mut suspects: Vec<(u32, u32)> =
            shared.into_iter().filter(|(_, n)| *n >= LEAST_SHARED).map(|(pair, _)| pair).collect();
        suspects.sort_unstable();
        for (a, b) in suspects {
            if self.apart.contains(&(a, b)) || !self.are_alike(a, b, least) {
                continue;
            }
            let pair = test.pair(a, b, &mut known);
            if pair.log_odds > (JOIN / (1.0 - JOIN)).ln() && pair.shared >= LEAST_SHARED {
                pairs.push(pair);
            }
        }
        pairs.sort_by(|x, y| y.log_odds.total_cmp(&x.log_odds).then((x.a, x.b).cmp(&(y.a, y.b))));
        let mut members: Vec<Vec<u32>> = (0..n as u32).map(|origin| vec![origin]).collect();
        let mut heads: Vec<u32> = (0..n as u32).collect();
        for pair in &pairs {
            let (x, y) = (heads[pair.a as usize], heads[pair.b as usize]);
            let (x, y) = (x.min(y), x.max(y));
            if x == y {
                continue;
            }
            let cross = || members[x as usize].iter().flat_map(|&a| members[y as usize].iter().map(move |&b| (a, b)));
            let kept_apart = cross().any(|(a, b)| self.apart.contains(&(a.min(b), a.max(b))));
            let together: f64 = cross().map(|(a, b)| test.pair(a.min(b), a.max(b), &mut known).log_odds).sum();
            if kept_apart || together <= 0.0 {
                continue;
            }
            let joined = std::mem::take(&mut members[y as usize]);
            joined.iter().for_each(|&origin| heads[origin as usize] = x);
            members[x as usize].extend(joined);
            members[x as usize].sort_unstable();
        }
        pairs.retain(|pair| heads[pair.a as usize] == heads[pair.b as usize]);
        let changed = heads != self.heads;
        self.heads = heads;
        self.copying = pairs;
        changed
    }

    /// Whether two origins have this share of all their values in common.
    fn are_alike(&self, a: u32, b: u32, least: f64) -> bool {
        if least == 0.0 {
            return true;
        }
        let (mut x, mut y) = (self.said[a as usize].as_slice(), self.said[b as usize].as_slice());
        let (mut alike, mut unlike) = (0, 0);
        while let (Some(one), Some(other)) = (x.first(), y.first()) {
            // If all the rest were alike.
            let most = alike + x.len().min(y.len());
            if (most as f64) < least * (most + unlike) as f64 {
                return false;
            }
            match one == other {
                true => alike += 1,
                false => unlike += 1,
            }
            x = &x[usize::from(one.0 <= other.0)..];
            y = &y[usize::from(other.0 <= one.0)..];
        }
        alike as f64 >= least * (alike + unlike + x.len() + y.len()) as f64
    }

    /// True where the others who state this value share too few questions with the voter to be tested as a pair with it.
    fn repeats_strangers(&self, question: Asked, vote: Vote) -> bool {
        let mut others = question.votes.iter().filter(|o| o.value == vote.value && o.origin != vote.origin).peekable();
        others.peek().is_some() && others.all(|other| self.are_strangers(vote.origin, other.origin))
    }

    fn are_strangers(&self, a: u32, b: u32) -> bool {
        let (x, y) = (&self.said[a as usize], &self.said[b as usize]);
        let (few, many) = if x.len() < y.len() { (x, y) } else { (y, x) };
        if few.len() < LEAST_SHARED {
            return true;
        }
        let mut common = 0;
        for (question, _) in few {
            common += usize::from(many.binary_search_by_key(question, |(question, _)| *question).is_ok());
            if common == LEAST_SHARED {
                return false;
            }
        }
        true
    }

    /// Finds those who repeat strangers; answers whether they are others than before.
    fn follow(&mut self) -> bool {
        let n = self.tracks.len();
        let mut odds = vec![[0.0; COPIED.len()]; n];
        let mut seen = vec![0usize; n];
        let mut belief = Vec::new();
        let mut scores: Vec<f64> = Vec::new();
        for question in self.ballot.questions().filter(|question| question.votes.len() >= 3) {
            for (vote, &field) in question.votes.iter().zip(&self.field_of[question.first_vote..]) {
                let mut others = vec![0u32; question.n_values as usize];
                question.votes.iter().for_each(|other| others[question.local(other.value)] += 1);
                others[question.local(vote.value)] -= 1;
                let of_two_minds = others.iter().filter(|n| **n > 0).count() > 1;
                let said_by_others = others[question.local(vote.value)] > 0;
                if !of_two_minds || (said_by_others && !self.repeats_strangers(question, *vote)) {
                    continue;
                }
                // What would be believed without it, among what others say.
                let weight = self.weight(field as usize) * vote.share;
                scores.clear();
                scores.extend_from_slice(
                    &self.scores[question.first as usize..(question.first + question.n_values) as usize],
                );
                scores[question.local(vote.value)] -= weight;
                for likeness in question.likenesses.iter().filter(|likeness| likeness.from == vote.value) {
                    scores[question.local(likeness.to)] -= INFLUENCE * likeness.degree * weight;
                }
                for (score, others) in scores.iter_mut().zip(&others) {
                    if *others == 0 {
                        *score = -FALSE_VALUES;
                    }
                }
                Self::belief(&scores, &mut belief);
                let believed = self.believed(question, &belief)[question.local(vote.value)];
                let accuracy = self.bounded(field as usize);
                let alone = accuracy * believed + (1.0 - accuracy) / FALSE_VALUES;
                let repeated = f64::from(others[question.local(vote.value)]) / f64::from(others.iter().sum::<u32>());
                for (odds, copied) in odds[vote.origin as usize].iter_mut().zip(COPIED) {
                    *odds += ((copied * repeated + (1.0 - copied) * alone) / alone).ln();
                }
                seen[vote.origin as usize] += 1;
            }
        }
        let prior = prior(n);
        let needed = (JOIN / (1.0 - JOIN)).ln();
        let found = (0..n).map(|origin| Following {
            origin: origin as u32,
            log_odds: prior + mean_of_exponents(odds[origin]),
            questions: seen[origin],
        });
        let found = found.filter(|following| following.log_odds > needed && following.questions >= LEAST_SHARED);
        self.following = found.collect();
        let mut follows = vec![false; n];
        self.following.iter().for_each(|following| follows[following.origin as usize] = true);
        let changed = follows != self.follows;
        self.follows = follows;
        changed
    }
}

/// Natural logarithm of the odds of copying beforehand: of all others one is expected to be copied.
fn prior(n_origins: usize) -> f64 {
    -((n_origins.saturating_sub(1).max(1)) as f64).ln()
}

/// ln of the mean of e to these powers.
fn mean_of_exponents(powers: [f64; COPIED.len()]) -> f64 {
    let most = powers.iter().copied().fold(f64::MIN, f64::max);
    let sum: f64 = powers.iter().map(|power| (power - most).exp()).sum();
    most + (sum / powers.len() as f64).ln()
}

/// What is said on this question and those after it. Looks in steps that double, because the next question is near as a rule.
fn from_question(said: &[(u32, u32)], question: u32) -> &[(u32, u32)] {
    let mut step = 1;
    while said.get(step).is_some_and(|(other, _)| *other < question) {
        step *= 2;
    }
    let end = said.len().min(step + 1);
    &said[said[..end].partition_point(|(other, _)| *other < question)..]
}

/// How the values of a question are held.
struct Held {
    /// The value with most points.
    top: u32,
    /// Origins that speak.
    n: u32,
    first: u32,
    by_value: Vec<u32>,
}

impl Held {
    fn of(&self, value: u32) -> u32 {
        self.by_value[(value - self.first) as usize]
    }
}

/// The test of pairs.
struct Test<'m> {
    model: &'m Model<'m>,
    held: &'m [Option<Held>],
    /// Of every origin its values that are not believed, by question.
    disbelieved: &'m [Vec<(u32, u32)>],
}

impl Test<'_> {
    /// The evidence that two are not independent, by whichever is likelier to have copied.
    fn pair(&self, a: u32, b: u32, known: &mut HashMap<(u32, u32), Copying>) -> Copying {
        *known.entry((a, b)).or_insert_with(|| {
            let (forth, back) = (self.one_way(a, b), self.one_way(b, a));
            let better = if back.log_odds > forth.log_odds { back } else { forth };
            Copying { a, b, ..better }
        })
    }

    /// The evidence that `b` copied from `a`: over the values of `a` that are not believed, where `b` speaks.
    fn one_way(&self, a: u32, b: u32) -> Copying {
        let model = self.model;
        let parted = u32::from(model.heads[a as usize] != model.heads[b as usize]);
        // By predicate, for each share that may be copied.
        let mut by_predicate: BTreeMap<u32, [f64; COPIED.len()]> = BTreeMap::new();
        let (mut shared, mut of) = (0, 0);
        let accuracy = |predicate| {
            let field = model.fields.binary_search(&(b, predicate));
            field.map_or(model.tracks[b as usize].accuracy, |field| model.accuracy(field))
        };
        let mut theirs = model.said[b as usize].as_slice();
        for &(number, value) in &self.disbelieved[a as usize] {
            theirs = from_question(theirs, number);
            let said = theirs.iter().take_while(|(question, _)| *question == number);
            let (mut speaks, mut same) = (false, false);
            said.for_each(|(_, other)| (speaks, same) = (true, same || *other == value));
            if !speaks {
                continue;
            }
            let predicate = model.ballot.questions[number as usize].predicate;
            let odds = by_predicate.entry(predicate).or_default();
            of += 1;
            if !same {
                odds.iter_mut().zip(COPIED).for_each(|(odds, copied)| *odds += (1.0 - copied).ln());
                continue;
            }
            shared += 1;
            let Some(held) = &self.held[number as usize] else { continue };
            // How likely somebody comes to that value without looking: as often as others do.
            let holding = f64::from(held.of(value).saturating_sub(1 + parted));
            let rest = held.n.saturating_sub(1 + parted);
            let wrong = f64::from(rest.saturating_sub(held.of(held.top)));
            let by_others = match model.known_wrong.contains(&value) {
                // What is wrong for certain is not stated by many because it is right.
                true => 0.0,
                false => (holding + 0.5) / (f64::from(rest) + 1.0),
            };
            let by_mistake = (1.0 - accuracy(predicate)) * (holding + 1.0) / (wrong + FALSE_VALUES);
            let chance = LEAST_CHANCE.max(by_others).max(by_mistake);
            for (odds, copied) in odds.iter_mut().zip(COPIED) {
                *odds += ((copied + (1.0 - copied) * chance) / chance).ln();
            }
        }
        let common = model.predicates[a as usize].intersection(&model.predicates[b as usize]).count();
        let mut totals = [prior(model.tracks.len()); COPIED.len()];
        for (place, total) in totals.iter_mut().enumerate() {
            let parts = by_predicate.values().map(|odds| odds[place]);
            let (sum, most) = parts.fold((0.0, 0.0), |(sum, most): (f64, f64), part| (sum + part, most.max(part)));
            *total += if common > 1 { sum.min(CAP * (sum - most)) } else { sum };
        }
        Copying { a, b, log_odds: mean_of_exponents(totals), shared, of }
    }
}
