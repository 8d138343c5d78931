//! All statements of one question: its verdict, its positions, its pairs.
//!
//! Statements that say the same in the same way are one *voice*; a question with ten thousand claims has a handful
//! of voices, and only voices are compared, once as if from one origin and once as if from two.

use std::collections::{BTreeSet, HashMap};

use super::pair::{self, Outcome};
use super::policy::Policy;
use super::qualifiers::referent;
use super::reading::Reading;
use super::statement::{Frame, Statement};
use crate::domain::claim::{Qualifiers, Stance, Value};
use crate::domain::interval::Interval;
use crate::domain::predicate::Time;
use crate::domain::verdict::{Pair, PairVerdict, Position, QuestionVerdict};
use crate::domain::when::When;

/// What there is to say about a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciled {
    /// The verdict, by the worst pair that counts.
    pub verdict: QuestionVerdict,
    /// The pair that decides a verdict of `tension` or `contradicted`.
    pub worst: Option<Pair>,
    /// Its positions, best supported first.
    pub positions: Vec<Position>,
    /// Distinct origins of all statements.
    pub origins: usize,
}

/// Reconciles the statements of one question. Their order decides which of two equal claims is named, and nothing else.
pub fn reconcile(statements: &[Statement], frame: Frame, policy: &Policy) -> Reconciled {
    let voices = Voices::of(statements, frame, policy);
    let worst = voices.worst();
    let origins = statements.iter().map(|s| s.origin.as_str()).collect::<BTreeSet<_>>().len();
    let verdict = match &worst {
        Some(pair) if pair.verdict == PairVerdict::Conflict => QuestionVerdict::Contradicted,
        Some(_) => QuestionVerdict::Tension,
        None if origins > 1 => QuestionVerdict::Agreed,
        None => QuestionVerdict::Alone,
    };
    Reconciled { verdict, worst, positions: voices.positions(), origins }
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
    for (i, a) in statements.iter().enumerate() {
        for (j, b) in statements.iter().enumerate().skip(i + 1) {
            let outcome = voices.outcome(voices.voice_of[i], voices.voice_of[j], a.origin == b.origin);
            let listed =
                if flagged { outcome.verdict.is_flagged() } else { outcome.verdict != PairVerdict::Consistent };
            if !listed {
                continue;
            }
            if pairs.len() == policy.listed_pairs {
                return Pairs { pairs, truncated: true };
            }
            pairs.push(named(a, b, outcome));
        }
    }
    Pairs { pairs, truncated: false }
}

fn named(a: &Statement, b: &Statement, outcome: &Outcome) -> Pair {
    Pair { a: a.claim, b: b.claim, verdict: outcome.verdict, reasons: outcome.reasons.clone(), gap: outcome.gap }
}

/// All that a comparison looks at, but for the origin.
#[derive(PartialEq, Eq, Hash)]
struct Signature<'a> {
    value: &'a Value,
    stance: Stance,
    unconfirmed: bool,
    qualifiers: &'a Qualifiers,
    as_of: Option<&'a When>,
    published: Option<&'a When>,
}

struct Voice<'a> {
    /// Indices of its statements, ascending; the first speaks for all.
    members: Vec<usize>,
    origins: BTreeSet<&'a str>,
    strict: Option<Interval>,
    referent: String,
}

impl Voice<'_> {
    fn is_bound(&self) -> bool {
        self.strict.is_some_and(|i| i.lo.is_some() != i.hi.is_some())
    }
}

struct Voices<'a> {
    statements: &'a [Statement],
    voices: Vec<Voice<'a>>,
    /// The voice of each statement.
    voice_of: Vec<usize>,
    /// Outcomes of voice pairs (row < column first): from one origin, from two.
    outcomes: Vec<[Outcome; 2]>,
}

impl<'a> Voices<'a> {
    fn of(statements: &'a [Statement], frame: Frame, policy: &Policy) -> Voices<'a> {
        // Publication dates matter only where values change with time; leaving them out elsewhere joins more voices.
        let dated = matches!(frame.time, Time::State | Time::Running);
        let mut known: HashMap<Signature, usize> = HashMap::new();
        let mut voices: Vec<Voice> = Vec::new();
        let mut voice_of = Vec::with_capacity(statements.len());
        for (index, statement) in statements.iter().enumerate() {
            let signature = Signature {
                value: &statement.value,
                stance: statement.stance,
                unconfirmed: statement.modality.is_unconfirmed(),
                qualifiers: &statement.qualifiers,
                as_of: statement.as_of.as_ref(),
                published: statement.published.as_ref().filter(|_| dated),
            };
            let voice = *known.entry(signature).or_insert_with(|| {
                let strict = statement.value.figure().map(|figure| Reading::of(figure, frame.whole, policy).strict);
                let referent = match (frame.time, &statement.as_of) {
                    (Time::State | Time::Flow, Some(as_of)) => format!("{} @{as_of}", referent(&statement.qualifiers)),
                    _ => referent(&statement.qualifiers),
                };
                voices.push(Voice { members: Vec::new(), origins: BTreeSet::new(), strict, referent });
                voices.len() - 1
            });
            voices[voice].members.push(index);
            voices[voice].origins.insert(&statement.origin);
            voice_of.push(voice);
        }
        let mut outcomes = Vec::with_capacity(voices.len() * (voices.len() + 1) / 2);
        for column in 0..voices.len() {
            for row in 0..=column {
                let (a, b) = (&statements[voices[row].members[0]], &statements[voices[column].members[0]]);
                outcomes.push([true, false].map(|one_origin| pair::compare(a, b, one_origin, frame, policy)));
            }
        }
        Voices { statements, voices, voice_of, outcomes }
    }

    fn outcome(&self, a: usize, b: usize, one_origin: bool) -> &Outcome {
        let (row, column) = (a.min(b), a.max(b));
        &self.outcomes[column * (column + 1) / 2 + row][if one_origin { 0 } else { 1 }]
    }

    /// The outcomes that really occur between two voices: of claims from one origin, of claims from two.
    fn occurring(&self, a: usize, b: usize) -> impl Iterator<Item = (bool, &Outcome)> {
        let (x, y) = (&self.voices[a].origins, &self.voices[b].origins);
        let one = x.iter().any(|origin| y.contains(origin));
        let two = x.len() > 1 || y.len() > 1 || x != y;
        [(true, one), (false, two)]
            .into_iter()
            .filter(|(_, occurs)| *occurs)
            .map(move |(one_origin, _)| (one_origin, self.outcome(a, b, one_origin)))
    }

    /// The flagged pair that says most: the worst verdict, then the best supported sides, then the earliest claims.
    fn worst(&self) -> Option<Pair> {
        let mut best: Option<((PairVerdict, usize, usize), usize, usize, bool)> = None;
        for a in 0..self.voices.len() {
            for b in a + 1..self.voices.len() {
                for (one_origin, outcome) in self.occurring(a, b).filter(|(_, outcome)| outcome.verdict.is_flagged()) {
                    let (x, y) = (self.voices[a].origins.len(), self.voices[b].origins.len());
                    let rank = (outcome.verdict, x.min(y), x + y);
                    if best.as_ref().is_none_or(|(known, ..)| rank > *known) {
                        best = Some((rank, a, b, one_origin));
                    }
                }
            }
        }
        let (_, a, b, one_origin) = best?;
        let (x, y) = self.first_pair(a, b, one_origin)?;
        Some(named(&self.statements[x.min(y)], &self.statements[x.max(y)], self.outcome(a, b, one_origin)))
    }

    /// The earliest two claims of two voices that share an origin, or do not.
    fn first_pair(&self, a: usize, b: usize, one_origin: bool) -> Option<(usize, usize)> {
        let origin = |index: usize| self.statements[index].origin.as_str();
        let (x, y) = (&self.voices[a].members, &self.voices[b].members);
        let fitting = |x: usize| y.iter().copied().find(|y| (origin(x) == origin(*y)) == one_origin).map(|y| (x, y));
        x.iter().copied().find_map(fitting)
    }

    fn compatible(&self, a: usize, b: usize) -> bool {
        a == b || self.occurring(a, b).all(|(_, outcome)| outcome.verdict == PairVerdict::Consistent)
    }

    /// Greedy by upper end, per referent; then every voice joins every other position it is compatible with.
    fn positions(&self) -> Vec<Position> {
        let mut order: Vec<usize> = (0..self.voices.len()).collect();
        let upper = |voice: &Voice| voice.strict.and_then(|interval| interval.hi);
        order.sort_by(|&a, &b| {
            let (x, y) = (&self.voices[a], &self.voices[b]);
            let ends = match (upper(x), upper(y)) {
                (Some(p), Some(q)) => p.cmp(&q),
                (p, q) => q.is_some().cmp(&p.is_some()),
            };
            (&x.referent, x.is_bound())
                .cmp(&(&y.referent, y.is_bound()))
                .then(ends)
                .then(x.members[0].cmp(&y.members[0]))
        });
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for &voice in &order {
            let mut fits = false;
            for group in groups.iter_mut() {
                let here = self.voices[group[0]].referent == self.voices[voice].referent;
                if here && group.iter().all(|&member| self.compatible(member, voice)) {
                    group.push(voice);
                    fits = true;
                }
            }
            if !fits {
                groups.push(vec![voice]);
            }
        }
        for group in groups.iter_mut() {
            // Those of its own referent first, so that an outsider never keeps one of them out.
            let seed = &self.voices[group[0]].referent;
            let (own, others): (Vec<_>, Vec<_>) =
                order.iter().partition(|&&voice| self.voices[voice].referent == *seed);
            for voice in own.into_iter().chain(others) {
                if !group.contains(voice) && group.iter().all(|&member| self.compatible(member, *voice)) {
                    group.push(*voice);
                }
            }
        }
        let sets: Vec<BTreeSet<usize>> = groups.iter().map(|group| group.iter().copied().collect()).collect();
        let within_another = |i: usize| {
            sets.iter().enumerate().any(|(j, other)| j != i && sets[i].is_subset(other) && (sets[i] != *other || j < i))
        };
        let kept = groups.iter().enumerate().filter(|(i, _)| !within_another(*i)).map(|(_, group)| group);
        let mut positions: Vec<Position> = kept.map(|group| self.position(group)).collect();
        positions.sort_by(|x, y| {
            let support = |p: &Position| (p.origins.len(), p.claims.len());
            support(y).cmp(&support(x)).then(x.range.hi.cmp(&y.range.hi)).then(x.claims.cmp(&y.claims))
        });
        positions
    }

    fn position(&self, group: &[usize]) -> Position {
        let mut members: Vec<usize> =
            group.iter().flat_map(|&voice| self.voices[voice].members.iter().copied()).collect();
        members.sort_unstable();
        let seed = &self.voices[group[0]];
        let affirmed = |voice: &&Voice| self.statements[voice.members[0]].stance == Stance::Affirms;
        let readings = group.iter().map(|&voice| &self.voices[voice]).filter(|voice| voice.referent == seed.referent);
        let range = readings
            .filter(affirmed)
            .filter_map(|voice| voice.strict)
            .reduce(|range, strict| range.intersection(&strict))
            .unwrap_or(Interval::ALL);
        let mut origins: Vec<String> = Vec::new();
        for &index in &members {
            if !origins.contains(&self.statements[index].origin) {
                origins.push(self.statements[index].origin.clone());
            }
        }
        Position { range, claims: members.iter().map(|&index| self.statements[index].claim).collect(), origins }
    }
}

/// How high a finding stands in the list: contradictions before tensions, then by the support of the weaker of its
/// two best sides, then by claims. Zero for what is no finding.
pub fn severity(reconciled: &Reconciled, claims: usize) -> i64 {
    if !reconciled.verdict.is_finding() {
        return 0;
    }
    let verdict = if reconciled.verdict == QuestionVerdict::Contradicted { 2 } else { 1 };
    let weaker_side = reconciled.positions.get(1).map_or(0, |position| position.origins.len());
    verdict * 1_000_000 + weaker_side.min(999) as i64 * 1000 + claims.min(999) as i64
}

/// The best supported value of a position: the most precisely stated point, else the range.
pub fn representative<'a>(position: &Position, statements: &'a [Statement]) -> Option<&'a Statement> {
    let members = statements.iter().filter(|s| position.claims.contains(&s.claim) && s.stance == Stance::Affirms);
    members.min_by_key(|statement| match statement.value.figure() {
        Some(figure) => match (figure.value(), figure.precision) {
            (Some(_), crate::domain::figure::Precision::Exact) => (0, i64::MIN),
            (Some(value), crate::domain::figure::Precision::Decimals(d)) => {
                (if figure.hedge.is_some() { 1 } else { 0 }, -i64::from(d.min(-value.last_place())))
            }
            (Some(_), _) => (1, 0),
            (None, _) => (2, 0),
        },
        None => (0, 0),
    })
}
