//! All statements of one question: its verdict, its positions, its pairs.
//!
//! Statements that say the same in the same way are one *voice*; a question with ten thousand claims has a handful
//! of voices where time does not matter. Only voices are compared, each two of them once for what really occurs
//! between them (claims of one origin, of two), and of the outcome a single bit is kept: may they share a position?

use std::cmp::{Ordering, Reverse};
use std::hash::Hash;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::pair::{self, Outcome, Side};
use super::policy::Policy;
use super::rates;
use super::reading::Place;
use super::statement::{Frame, Statement};
use crate::domain::claim::{EntityKey, Modality, Qualifiers, Stance, Value};
use crate::domain::decimal::Decimal;
use crate::domain::figure::Precision;
use crate::domain::id::ClaimId;
use crate::domain::interval::Interval;
use crate::domain::origin::{Origin, independent};
use crate::domain::predicate::Time;
use crate::domain::unit::CurrencyCode;
use crate::domain::verdict::{Pair, PairVerdict, Position, QuestionVerdict};
use crate::domain::when::When;

/// So many things are sooner looked through than hashed.
const FEW: usize = 8;

/// What there is to say about a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciled<C = ClaimId> {
    /// The verdict, by the worst pair that counts.
    pub verdict: QuestionVerdict,
    /// The pair that decides a verdict of `tension` or `contradicted`.
    pub worst: Option<Pair<C>>,
    /// Its positions, best supported first.
    pub positions: Vec<Position<C>>,
    /// Distinct origins of all statements.
    pub origins: usize,
}

/// Reconciles the statements of one question. Their order decides which of two equal claims is named, and nothing else.
///
/// What is said of members alone is no question about their group: it has no position.
pub fn reconcile<C: Copy>(statements: &[Statement<C>], frame: Frame, policy: &Policy) -> Reconciled<C> {
    if statements.iter().all(|statement| statement.member.is_some()) {
        return Reconciled { verdict: QuestionVerdict::Alone, worst: None, positions: Vec::new(), origins: 0 };
    }
    let voices = Voices::of(statements, frame, policy);
    let positions = voices.positions();
    let verdict = match &voices.worst {
        Some(pair) if pair.verdict == PairVerdict::Conflict => QuestionVerdict::Contradicted,
        Some(_) => QuestionVerdict::Tension,
        // Sums in two currencies, or of two years, do not support each other: what was not compared is not agreed.
        None if positions.iter().any(|position| position.support.len() > 1) => QuestionVerdict::Agreed,
        None => QuestionVerdict::Alone,
    };
    Reconciled { verdict, positions, origins: voices.n_origins, worst: voices.worst }
}

/// Pairs of a question that are not consistent, in the order of the claims, and whether some were left out.
pub struct Pairs {
    /// At most [`Policy::listed_pairs`].
    pub pairs: Vec<Pair>,
    /// True when there are more.
    pub truncated: bool,
}

/// Lists the pairs of a question that are not consistent; with `flagged` only tensions and conflicts.
pub fn pairs(statements: &[Statement], frame: Frame, policy: &Policy, flagged: bool) -> Pairs {
    let voices = Voices::of(statements, frame, policy);
    let mut pairs = Vec::new();
    for i in 0..statements.len() {
        for j in i + 1..statements.len() {
            let (a, b) = (voices.voice_of[i], voices.voice_of[j]);
            if voices.fitting[a].has(b) {
                continue;
            }
            let outcome = voices.outcome(i, j);
            let listed =
                if flagged { outcome.verdict.is_flagged() } else { outcome.verdict != PairVerdict::Consistent };
            if !listed {
                continue;
            }
            if pairs.len() == policy.listed_pairs {
                return Pairs { pairs, truncated: true };
            }
            pairs.push(voices.named(i, j, outcome));
        }
    }
    Pairs { pairs, truncated: false }
}

/// Numbers for things, in the order in which they come up.
struct Numbers<K> {
    known: Vec<K>,
    /// Where each is known, once they are more than a few.
    places: HashMap<K, usize>,
}

impl<K> Default for Numbers<K> {
    fn default() -> Numbers<K> {
        Numbers { known: Vec::new(), places: HashMap::new() }
    }
}

impl<K: Copy + Eq + Hash> Numbers<K> {
    fn number(&mut self, key: K) -> usize {
        let known = match self.known.len() <= FEW {
            true => self.known.iter().position(|known| *known == key),
            false => self.places.get(&key).copied(),
        };
        known.unwrap_or_else(|| {
            self.known.push(key);
            if self.known.len() > FEW {
                let from = self.places.len();
                self.places.extend(self.known.iter().copied().enumerate().skip(from).map(|(place, key)| (key, place)));
            }
            self.known.len() - 1
        })
    }
}

/// All that a comparison looks at, but for the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Signature<'a> {
    value: &'a Value,
    says: &'a str,
    stance: Stance,
    modality: Modality,
    qualifiers: &'a Qualifiers,
    as_of: Option<&'a When>,
    published: Option<&'a When>,
    member: Option<&'a EntityKey>,
}

impl<'a> Signature<'a> {
    /// Leaves out the times that do not matter under this predicate, so that more statements are one voice.
    fn of<C>(statement: &'a Statement<C>, time: Time, policy: &Policy) -> Signature<'a> {
        let Statement { value, says, stance, qualifiers, member, .. } = statement;
        let modality = if statement.modality.is_unconfirmed() { Modality::Alleged } else { Modality::Stated };
        let (as_of, published) = match time {
            Time::Event => (None, None),
            Time::Flow => (statement.as_of.as_deref(), None),
            Time::Running => (statement.said_at(), None),
            Time::State => (statement.as_of.as_deref(), statement.published.as_deref()),
        };
        let member = member.as_ref();
        // The rate is that of a day.
        let published = if policy.rates.is_empty() { published } else { statement.published.as_deref() };
        Signature { value, says, stance: *stance, modality, qualifiers, as_of, published, member }
    }
}

struct Voice<'a, C> {
    signature: Signature<'a>,
    side: Side<'a, C>,
    /// Indices of its statements, ascending.
    members: Vec<usize>,
    /// Numbers of their origins, each once, ascending.
    origins: Vec<usize>,
}

impl<C> Voice<'_, C> {
    fn strict(&self) -> Option<Interval> {
        self.side.reading.as_ref().map(|reading| reading.strict)
    }

    /// Bounds and denials take no side: they found a position only where they fit none.
    fn takes_side(&self) -> bool {
        pair::takes_side(self.side.statement)
    }

    fn currency(&self) -> Option<CurrencyCode> {
        self.signature.value.figure().and_then(rates::currency)
    }

    /// What a position is for: the referent, and the period where values are of one.
    fn place(&self, time: Time) -> impl Ord + '_ {
        let period = self.signature.as_of.filter(|_| matches!(time, Time::State | Time::Flow));
        (&self.side.referent, period.map(|when| (when.first_day(), when.last_day(), when.to_string())))
    }

    /// The order in which voices find their positions: by place, then by upper end. It depends on what they say, never
    /// on when they were logged, nor on the unit in which all of them are counted.
    fn order(&self, other: &Voice<C>, time: Time) -> Ordering {
        let upper = |voice: &Voice<C>| voice.strict().map(|i| (i.hi.is_none(), i.hi, !i.hi_open));
        let lower = |voice: &Voice<C>| voice.strict().map(|i| (i.lo, i.lo_open));
        let stated = |voice: &Voice<C>| voice.side.statement.value.figure().map(|figure| (figure.lo, figure.hi));
        (self.place(time).cmp(&other.place(time)))
            .then_with(|| other.takes_side().cmp(&self.takes_side()))
            .then_with(|| upper(self).cmp(&upper(other)))
            .then_with(|| lower(self).cmp(&lower(other)))
            .then_with(|| stated(self).cmp(&stated(other)))
            .then_with(|| format!("{:?}", self.signature).cmp(&format!("{:?}", other.signature)))
    }
}

struct Voices<'a, C> {
    statements: &'a [Statement<C>],
    frame: Frame,
    policy: &'a Policy,
    /// In the order in which they find their positions.
    voices: Vec<Voice<'a, C>>,
    /// The voice of each statement.
    voice_of: Vec<usize>,
    /// The number of each statement's origin.
    origin_of: Vec<usize>,
    n_origins: usize,
    /// The voices that may share a position with each voice, itself included.
    fitting: Vec<Bits>,
    /// The flagged pair that says most: the worst verdict, then the best supported sides, then the first in order.
    worst: Option<Pair<C>>,
}

impl<'a, C: Copy> Voices<'a, C> {
    fn of(statements: &'a [Statement<C>], frame: Frame, policy: &'a Policy) -> Voices<'a, C> {
        let (mut origins, mut signatures) = (Numbers::default(), Numbers::default());
        let mut origin_of = Vec::with_capacity(statements.len());
        let mut members_of: Vec<Vec<usize>> = Vec::new();
        for (index, statement) in statements.iter().enumerate() {
            origin_of.push(origins.number(&*statement.counts_as));
            let voice = signatures.number(Signature::of(statement, frame.time, policy));
            if voice == members_of.len() {
                members_of.push(Vec::new());
            }
            members_of[voice].push(index);
        }
        let voice = |(signature, members): (Signature<'a>, Vec<usize>)| {
            let mut origins: Vec<usize> = members.iter().map(|&index| origin_of[index]).collect();
            origins.sort_unstable();
            origins.dedup();
            Voice { signature, side: Side::of(&statements[members[0]], frame, policy), origins, members }
        };
        let mut voices: Vec<Voice<C>> = signatures.known.into_iter().zip(members_of).map(voice).collect();
        voices.sort_by(|a, b| a.order(b, frame.time));
        let mut voice_of = vec![0; statements.len()];
        for (number, voice) in voices.iter().enumerate() {
            for &index in &voice.members {
                voice_of[index] = number;
            }
        }
        let n_origins = origins.known.len();
        let mut all = Voices {
            statements,
            frame,
            policy,
            fitting: vec![Bits::none(voices.len()); voices.len()],
            voices,
            voice_of,
            origin_of,
            n_origins,
            worst: None,
        };
        all.compare();
        all
    }

    /// Compares every two voices for what occurs between them.
    fn compare(&mut self) {
        let mut worst: Option<(Rank, (usize, usize, bool))> = None;
        for a in 0..self.voices.len() {
            // A voice agrees with itself, so that a claim repeated changes nothing.
            self.fitting[a].add(a);
            for b in a + 1..self.voices.len() {
                let mut fit = pair::say_the_same(&self.voices[a].side, &self.voices[b].side, self.frame);
                for one_origin in self.occurring(a, b).into_iter().flatten() {
                    let (x, y) = (&self.voices[a], &self.voices[b]);
                    let (verdict, _) = pair::judge(&x.side, &y.side, one_origin, self.frame, self.policy);
                    fit &= verdict == PairVerdict::Consistent;
                    if verdict.is_flagged() {
                        let rank = rank(verdict, x, y);
                        if worst.as_ref().is_none_or(|(worst, _)| rank > *worst) {
                            worst = Some((rank, (a, b, one_origin)));
                        }
                    }
                }
                if fit {
                    self.fitting[a].add(b);
                    self.fitting[b].add(a);
                }
            }
        }
        self.worst = worst.and_then(|(_, (a, b, one_origin))| self.first_named(a, b, one_origin));
    }

    /// How two statements compare.
    fn outcome(&self, i: usize, j: usize) -> Outcome {
        let side = |index: usize| Side {
            statement: &self.statements[index],
            ..self.voices[self.voice_of[index]].side.clone()
        };
        pair::compare_sides(&side(i), &side(j), self.origin_of[i] == self.origin_of[j], self.frame, self.policy)
    }

    /// The earliest pair of two voices that share an origin or do not, with how it compares.
    fn first_named(&self, a: usize, b: usize, one_origin: bool) -> Option<Pair<C>> {
        let (x, y) = self.first_pair(a, b, one_origin)?;
        let (x, y) = (x.min(y), x.max(y));
        Some(self.named(x, y, self.outcome(x, y)))
    }

    /// Whether two voices have claims of one origin, and claims of two.
    fn occurring(&self, a: usize, b: usize) -> [Option<bool>; 2] {
        let (x, y) = (&self.voices[a].origins, &self.voices[b].origins);
        let (fewer, more) = if x.len() < y.len() { (x, y) } else { (y, x) };
        let one = fewer.iter().any(|origin| more.binary_search(origin).is_ok());
        let two = more.len() > 1 || !one;
        [one.then_some(true), two.then_some(false)]
    }

    /// The earliest two claims of two voices that share an origin, or do not.
    fn first_pair(&self, a: usize, b: usize, one_origin: bool) -> Option<(usize, usize)> {
        let (x, y) = (&self.voices[a].members, &self.voices[b].members);
        let fits = |x: usize, y: usize| (self.origin_of[x] == self.origin_of[y]) == one_origin;
        x.iter().find_map(|&x| y.iter().find(|&&y| fits(x, y)).map(|&y| (x, y)))
    }

    fn named(&self, a: usize, b: usize, outcome: Outcome) -> Pair<C> {
        let Outcome { verdict, reasons, gap, rates, .. } = outcome;
        Pair { a: self.statements[a].claim, b: self.statements[b].claim, verdict, reasons, gap, rates }
    }

    /// Greedy by upper end, per place; then every voice joins every other position that it fits.
    fn positions(&self) -> Vec<Position<C>> {
        let place = |voice: usize| self.voices[voice].place(self.frame.time);
        let mut groups: Vec<Group> = Vec::new();
        // Voices of one place stand together, so the groups of the current one begin here.
        let mut here = 0;
        for voice in 0..self.voices.len() {
            if groups.last().is_some_and(|group| place(group.voices[0]) != place(voice)) {
                here = groups.len();
            }
            let mut fits = false;
            for group in groups[here..].iter_mut().filter(|group| group.open.has(voice)) {
                group.add(voice, &self.fitting[voice]);
                fits = true;
            }
            if !fits {
                groups.push(Group { voices: vec![voice], open: self.fitting[voice].clone() });
            }
        }
        for group in &mut groups {
            let at_home = |voice: &usize| place(*voice) == place(group.voices[0]);
            // Those of its own place first, so that an outsider never keeps one of them out.
            let joining = group.open.iter().filter(|voice| !group.voices.contains(voice));
            let (own, others): (Vec<usize>, Vec<usize>) = joining.partition(at_home);
            for voice in own.into_iter().chain(others) {
                if group.open.has(voice) {
                    group.add(voice, &self.fitting[voice]);
                }
            }
        }
        let mut positions: Vec<Position<C>> =
            maximal(&groups, self.voices.len()).map(|group| self.position(group)).collect();
        positions.sort_by(|x, y| {
            let support = |p: &Position<C>| (p.support.len(), p.origins.len(), p.claims.len());
            // Of equal ones the first by what they say, as they stand.
            support(y).cmp(&support(x)).then(x.range.hi.cmp(&y.range.hi))
        });
        positions
    }

    fn position(&self, group: &Group) -> Position<C> {
        let mut members: Vec<usize> =
            group.voices.iter().flat_map(|&voice| self.voices[voice].members.iter().copied()).collect();
        members.sort_unstable();
        let voices = || group.voices.iter().map(|&voice| &self.voices[voice]);
        let place = self.voices[group.voices[0]].place(self.frame.time);
        // A range is in one currency: the one of whoever founded the position.
        let currency = self.voices[group.voices[0]].currency();
        let range = voices()
            .filter(|voice| voice.place(self.frame.time) == place && voice.signature.stance == Stance::Affirms)
            .filter(|voice| voice.currency() == currency)
            .filter_map(Voice::strict)
            .reduce(|range, strict| range.intersection(&strict))
            .unwrap_or(Interval::ALL);
        let origins = self.origins(&members);
        let takes_side = |index: &usize| self.voices[self.voice_of[*index]].takes_side();
        let all_bounds = !members.iter().any(takes_side);
        let sides: Vec<usize> = members.iter().copied().filter(|index| all_bounds || takes_side(index)).collect();
        let support = match sides.len() == members.len() {
            true => origins.clone(),
            false => self.origins(&sides),
        };
        let support = match support.iter().any(|origin| matches!(**origin, Origin::Either(_))) {
            true => independent(support),
            false => support,
        };
        let ids = |members: &[usize]| members.iter().map(|&index| self.statements[index].claim).collect();
        Position { range, claims: ids(&members), sides: ids(&sides), origins, support }
    }

    /// The origins of some statements, each once.
    fn origins(&self, members: &[usize]) -> Vec<Arc<Origin>> {
        let mut seen = Bits::none(self.n_origins);
        let first = |index: &&usize| {
            let origin = self.origin_of[**index];
            let is_first = !seen.has(origin);
            seen.add(origin);
            is_first
        };
        members.iter().filter(first).map(|&index| self.statements[index].counts_as.clone()).collect()
    }
}

/// How much a pair says: the verdict; whether something lies between the two, and not only unequal digits whose
/// roundings touch; whether several origins stand on both sides; how precise the rougher of them is; how well the
/// weaker side is supported, and both together; then how near they are.
type Rank = (PairVerdict, bool, bool, Option<i32>, usize, usize, Reverse<Option<Decimal>>);

fn rank<C>(verdict: PairVerdict, a: &Voice<C>, b: &Voice<C>) -> Rank {
    let gap = a.strict().zip(b.strict()).and_then(|(x, y)| x.gap(&y));
    let apart = match (gap, a.strict(), b.strict()) {
        (Some(gap), ..) => !gap.is_zero(),
        (None, Some(x), Some(y)) => !x.meets(&y),
        (None, ..) => true,
    };
    let precise = |voice: &Voice<C>| match voice.side.reading.as_ref()?.place? {
        Place::Exact => Some(i32::MAX),
        Place::Decimals(place) => Some(place),
    };
    let precision = precise(a).zip(precise(b)).map(|(x, y)| x.min(y));
    let (x, y) = (a.origins.len(), b.origins.len());
    (verdict, apart, x.min(y) > 1, precision, x.min(y), x + y, Reverse(gap))
}

/// Voices that fit each other.
struct Group {
    /// The one that founded it first.
    voices: Vec<usize>,
    /// The voices that fit all of them, they themselves included.
    open: Bits,
}

impl Group {
    fn add(&mut self, voice: usize, fitting: &Bits) {
        self.voices.push(voice);
        self.open.keep(fitting);
    }
}

/// The groups that are not part of another one.
fn maximal(groups: &[Group], n_voices: usize) -> impl Iterator<Item = &Group> {
    let mut groups_of: Vec<Vec<usize>> = vec![Vec::new(); n_voices];
    let mut sets: Vec<Bits> = vec![Bits::none(n_voices); groups.len()];
    for (number, group) in groups.iter().enumerate() {
        for &voice in &group.voices {
            groups_of[voice].push(number);
            sets[number].add(voice);
        }
    }
    groups.iter().enumerate().filter_map(move |(number, group)| {
        let others = groups_of[group.voices[0]].iter().filter(|&&other| other != number);
        let covers = |&other: &usize| {
            group.voices.iter().all(|&voice| sets[other].has(voice))
                && (groups[other].voices.len() > group.voices.len() || other < number)
        };
        (!others.copied().any(|other| covers(&other))).then_some(group)
    })
}

/// A set of small numbers.
#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn none(n: usize) -> Bits {
        Bits(vec![0; n.div_ceil(64)])
    }

    fn has(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }

    fn add(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    /// Keeps what is in `other` too.
    fn keep(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|&number| self.has(number))
    }
}

/// The best supported value of a position: the most precisely stated point, else the range.
pub fn representative<'a, C: Copy + Eq + Hash + Ord>(
    position: &Position<C>,
    statements: &'a [Statement<C>],
) -> Option<&'a Statement<C>> {
    let claims: HashSet<C> = position.claims.iter().copied().collect();
    let members =
        statements.iter().filter(|s| claims.contains(&s.claim) && s.stance == Stance::Affirms && s.member.is_none());
    let precision = |statement: &Statement<C>| match statement.value.figure() {
        Some(figure) => match (figure.value(), figure.precision) {
            (Some(_), Precision::Exact) => (0, i64::MIN),
            (Some(value), Precision::Decimals(d)) => {
                (if figure.hedge.is_some() { 1 } else { 0 }, -i64::from(d.min(-value.last_place())))
            }
            (Some(_), _) => (1, 0),
            (None, _) => (2, 0),
        },
        None => match &*statement.value {
            Value::Date(when) => (0, (when.last_day() - when.first_day()).num_days()),
            _ => (0, 0),
        },
    };
    // Of equal ones the least value, so that the order of logging decides nothing.
    let value = |statement: &Statement<C>| statement.value.figure().map(|figure| (figure.lo, figure.hi));
    members.min_by_key(|statement| (precision(statement), value(statement), statement.claim))
}
