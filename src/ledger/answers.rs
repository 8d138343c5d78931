//! The best supported answer to every question, and how good everybody's record is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Ledger;
use super::error::LedgerError;
use super::rates::with_rates;
use super::reader::Reader;
use crate::domain::claim::{Stance, Value};
use crate::domain::decimal::Decimal;
use crate::domain::decision::ClaimOutcome;
use crate::domain::figure::Figure;
use crate::domain::id::ClaimId;
use crate::domain::listing::{AnswerView, RecordView, TrackView};
use crate::domain::origin::Origin;
use crate::domain::predicate::Time;
use crate::domain::verdict::Position;
use crate::domain::when::When;
use crate::reconcile::likeness::likenesses;
use crate::reconcile::policy::Policy;
use crate::reconcile::question::{reconcile, representative};
use crate::reconcile::statement::{Frame, Statement};
use crate::reconcile::truth::{Ballot, Found, Track, Vote, discover};
use crate::store::ListedQuestion;

/// Fewer claims that others speak on too make no record.
const LEAST_WEIGHED: f64 = 5.0;

impl Ledger {
    /// The best supported position of every question, for each time where its claims change with time: where positions
    /// differ, that of the value for which the origins with the best records speak, copies left out
    /// ([`crate::reconcile::truth`]). With `as_of` only what had been published by that date counts.
    pub fn answers(&mut self, as_of: Option<&When>) -> Result<Vec<AnswerView>, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::at(reading.view(), as_of.cloned());
        let questions = reader.view.questions()?;
        let weighed = Weighed::of(&reader, &questions, &policy)?;
        let mut answers = Vec::new();
        for question in &questions {
            answers.extend(reader.answers(question, &weighed, &policy)?);
        }
        answers.sort_by(|a, b| {
            (&a.subject, &a.predicate, &a.object)
                .cmp(&(&b.subject, &b.predicate, &b.object))
                .then_with(|| a.as_of.as_ref().map(|w| w.to_string()).cmp(&b.as_of.as_ref().map(|w| w.to_string())))
        });
        Ok(answers)
    }

    /// Who is believed how often, by what others say of the same and by what people judged: origins with most claims
    /// first. Nobody has a record of fewer than a handful of claims.
    pub fn records(&mut self) -> Result<Vec<RecordView>, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let questions = reader.view.questions()?;
        let weighed = Weighed::of(&reader, &questions, &policy)?;
        let mut records = Vec::new();
        for (number, origin) in weighed.origins.iter().enumerate() {
            let found = &weighed.found;
            let head = found.heads[number];
            let others = || (0..found.heads.len()).filter(|&other| found.heads[other] == head && other != number);
            let in_one = found.in_one.range((number as u32, 0)..=(number as u32, u32::MAX));
            records.push(RecordView {
                origin: reader.origin(origin)?,
                claims: weighed.n_claims[number],
                record: track(&found.tracks[number]),
                predicates: in_one
                    .filter_map(|((_, predicate), one)| {
                        Some((weighed.predicates[*predicate as usize].clone(), track(one)?))
                    })
                    .collect(),
                one_with: others().map(|other| reader.origin(&weighed.origins[other])).collect::<Result<_, _>>()?,
                repeats: found.following.iter().any(|following| following.origin as usize == number),
            });
        }
        records.sort_by(|a, b| b.claims.cmp(&a.claims).then_with(|| a.origin.cmp(&b.origin)));
        Ok(records)
    }
}

/// A record, where there is enough for one, with the interval of Wilson (1927) at 95 %.
fn track(track: &Track) -> Option<TrackView> {
    if track.weighed < LEAST_WEIGHED {
        return None;
    }
    let (n, z) = (track.weighed, 1.96);
    let share = (track.believed / n).clamp(0.0, 1.0);
    let centre = share + z * z / (2.0 * n);
    let spread = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let rounded = |share: f64| (share.clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
    Some(TrackView {
        weighed: n.round() as u64,
        believed: track.believed.round() as u64,
        share: rounded(share),
        lo: rounded((centre - spread) / (1.0 + z * z / n)),
        hi: rounded((centre + spread) / (1.0 + z * z / n)),
    })
}

/// All questions, voted on.
pub(super) struct Weighed {
    /// Who votes, by number; each by itself, whatever it was found to be one with.
    pub(super) origins: Vec<Origin>,
    n_claims: Vec<u64>,
    predicates: Vec<String>,
    /// Of every question the number of the first value of each of its times, in the order of [`Times::of`].
    firsts: HashMap<i64, Vec<u32>>,
    pub(super) found: Found,
}

impl Weighed {
    pub(super) fn of(reader: &Reader, questions: &[ListedQuestion], policy: &Policy) -> Result<Weighed, LedgerError> {
        let mut ballot = Ballot::default();
        let mut numbers: HashMap<Arc<Origin>, u32> = HashMap::new();
        let mut origins = Vec::new();
        let mut n_claims: Vec<u64> = Vec::new();
        let mut predicates: HashMap<String, u32> = HashMap::new();
        let mut names = Vec::new();
        let mut firsts = HashMap::new();
        for listed in questions {
            let frame = reader.view.frame(&listed.question.predicate)?;
            let statements = reader.statements(listed)?;
            let name = &listed.question.predicate;
            let predicate = *predicates.entry(name.clone()).or_insert_with(|| {
                names.push(name.clone());
                names.len() as u32 - 1
            });
            let judged = reader.judged(listed, &statements)?;
            let mut own = Vec::new();
            for time in Times::of(&statements, frame) {
                let mut votes: Vec<Vote> = Vec::new();
                let mut voiced: HashSet<(u32, u32)> = HashSet::new();
                let mut n_values: HashMap<u32, u32> = HashMap::new();
                for (index, value) in time.statements.iter().zip(&time.value_of) {
                    let origin = &statements[*index].origin;
                    let origin = *numbers.entry(origin.clone()).or_insert_with(|| {
                        origins.push(Origin::clone(origin));
                        n_claims.push(0);
                        origins.len() as u32 - 1
                    });
                    n_claims[origin as usize] += 1;
                    if voiced.insert((origin, *value)) {
                        votes.push(Vote { origin, value: *value, share: 1.0 });
                        *n_values.entry(origin).or_default() += 1;
                    }
                }
                votes.iter_mut().for_each(|vote| vote.share = 1.0 / f64::from(n_values[&vote.origin]));
                let values: Vec<&Value> = time.values.iter().map(|&index| &statements[index].value).collect();
                let alike = likenesses(&values, frame.whole, policy);
                let first = ballot.add(predicate, values.len() as u32, &votes, &alike);
                for (index, value) in time.statements.iter().zip(&time.value_of) {
                    if let Some(right) = judged.get(&statements[*index].claim) {
                        ballot.judge(first + value, *right);
                    }
                }
                own.push(first);
            }
            firsts.insert(listed.number, own);
        }
        let independent = reader.view.independent()?;
        let numbered = |origin: &Origin| numbers.get(origin).copied();
        let pair = |(a, b): &(Origin, Origin)| numbered(a).zip(numbered(b)).map(|(a, b)| (a.min(b), a.max(b)));
        let apart: HashSet<(u32, u32)> = independent.iter().filter_map(pair).collect();
        let found = discover(&ballot, &apart);
        Ok(Weighed { origins, n_claims, predicates: names, firsts, found })
    }
}

/// What is said for one time of a question: all of it, where its values do not change with time.
struct Times {
    /// Indices of its statements.
    statements: Vec<usize>,
    /// Of each the place of its value.
    value_of: Vec<u32>,
    /// Of each value a statement that states it.
    values: Vec<usize>,
}

impl Times {
    /// The times that statements are for, in the order of their first statement. Denials say what is not, and members are
    /// not their group: they have no voice.
    fn of(statements: &[Statement], frame: Frame) -> Vec<Times> {
        let mut times: Vec<(Option<&When>, Times)> = Vec::new();
        let mut known: HashMap<(usize, &Value, &str), u32> = HashMap::new();
        let voiced = statements.iter().enumerate().filter(|(_, s)| s.stance == Stance::Affirms && s.member.is_none());
        for (index, statement) in voiced {
            let as_of = statement.as_of.as_ref().filter(|_| frame.time != Time::Event);
            let place = times.iter().position(|(known, _)| *known == as_of).unwrap_or_else(|| {
                times.push((as_of, Times { statements: Vec::new(), value_of: Vec::new(), values: Vec::new() }));
                times.len() - 1
            });
            let time = &mut times[place].1;
            let value = *known.entry((place, &statement.value, &statement.says)).or_insert_with(|| {
                time.values.push(index);
                time.values.len() as u32 - 1
            });
            time.statements.push(index);
            time.value_of.push(value);
        }
        times.into_iter().map(|(_, time)| time).collect()
    }
}

impl Reader<'_> {
    /// The standing statements on a question that were known by the reader's date.
    fn statements(&self, listed: &ListedQuestion) -> Result<Vec<Statement>, LedgerError> {
        if self.is_now() {
            return Ok(self.view.statements(listed)?);
        }
        Ok(crate::store::statements(&self.claims_of_question(listed.number)?, &listed.question))
    }

    /// The claims that people judged, and how.
    fn judged(&self, listed: &ListedQuestion, statements: &[Statement]) -> Result<HashMap<ClaimId, bool>, LedgerError> {
        let mut judged = HashMap::new();
        if !self.any_decision()? {
            return Ok(judged);
        }
        for (number, claim) in self.view.decided_claims(listed.number)? {
            if statements.iter().any(|statement| statement.claim == claim)
                && let Some((_, decision)) = self.view.decision_on_claim(number)?
                && decision.outcome == ClaimOutcome::Verified
            {
                judged.insert(claim, true);
            }
        }
        if let Some((_, decide)) = self.view.decision_on_question(listed.number)?
            && decide.outcome.settles()
        {
            judged.extend(decide.right.iter().map(|claim| (*claim, true)));
            judged.extend(decide.wrong.iter().map(|claim| (*claim, false)));
        }
        Ok(judged)
    }

    fn answers(
        &self,
        listed: &ListedQuestion,
        weighed: &Weighed,
        policy: &Policy,
    ) -> Result<Vec<AnswerView>, LedgerError> {
        let statements = self.statements(listed)?;
        let frame = self.view.frame(&listed.question.predicate)?;
        let policy = with_rates(self.view, &statements, policy)?;
        let reconciled = reconcile(&statements, frame, &policy);
        if reconciled.positions.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.key(listed)?;
        // How much speaks for each claim's value.
        let mut scores: HashMap<ClaimId, f64> = HashMap::new();
        for (time, first) in Times::of(&statements, frame).iter().zip(&weighed.firsts[&listed.number]) {
            for (index, value) in time.statements.iter().zip(&time.value_of) {
                scores.insert(statements[*index].claim, weighed.found.scores[(first + value) as usize]);
            }
        }
        let score = |position: &Position| {
            position.sides.iter().filter_map(|claim| scores.get(claim)).copied().fold(f64::MIN, f64::max)
        };
        let mut positions: Vec<&Position> = reconciled.positions.iter().collect();
        // Those with one score stay in the order of their support.
        positions.sort_by(|a, b| (score(b) * 1e9).round().total_cmp(&(score(a) * 1e9).round()));
        let mut answers: Vec<AnswerView> = Vec::new();
        // A running count grows, so the latest one is the answer; and of states that nobody dates, the latest published.
        let counted = |s: &&Statement| s.stance == Stance::Affirms && s.member.is_none() && s.said_at().is_some();
        let by_time = match frame.time {
            Time::Running => true,
            Time::State => !reconciled.verdict.is_finding() && statements.iter().all(|s| s.as_of.is_none()),
            Time::Event | Time::Flow => false,
        };
        // Of what is meant by most; the latest of a part is no answer for the whole.
        let meant = reconciled.positions.first().and_then(|position| representative(position, &statements));
        let meant = |s: &&Statement| meant.is_none_or(|meant| meant.qualifiers == s.qualifiers);
        let latest = statements.iter().filter(|_| by_time).filter(counted).filter(meant);
        let latest = latest.max_by_key(|s| {
            (s.said_at().map(|when| when.bounds().1), s.value.figure().and_then(Figure::value), s.claim)
        });
        let holds = |position: &&&Position| latest.is_none_or(|latest| position.claims.contains(&latest.claim));
        // What somebody judged wrong is no answer.
        let wrong: Vec<ClaimId> = match self.any_decision()?.then(|| self.view.decision_on_question(listed.number)) {
            Some(decision) => match decision? {
                Some((_, decide)) if decide.outcome.settles() => decide.wrong,
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        let stands = |position: &&&Position| !position.sides.iter().all(|claim| wrong.contains(claim));
        for position in positions.iter().filter(holds).filter(stands) {
            let Some(best) = latest.or_else(|| representative(position, &statements)) else { continue };
            // Where values change with time every time has its own answer, else the best supported position is it.
            let as_of = best.as_of.clone().filter(|_| frame.time != Time::Event);
            if answers.iter().any(|answer| answer.as_of == as_of) {
                continue;
            }
            let end = |end: Option<Decimal>| end.map(|end| end.to_string());
            answers.push(AnswerView {
                subject: key.subject.clone(),
                predicate: key.predicate.clone(),
                object: key.object.clone(),
                as_of,
                // Of states that exclude each other the answer is which.
                value: match &best.value {
                    Value::State if *best.says != *key.predicate => best.says.to_string(),
                    value => plain(value),
                },
                figure: best.value.figure().cloned(),
                qualifiers: best.qualifiers.clone(),
                modality: best.modality,
                lo: end(position.range.lo),
                hi: end(position.range.hi),
                support: position.support.len(),
                origins: self.origins(&position.support)?,
                verdict: reconciled.verdict,
            });
        }
        Ok(answers)
    }
}

/// The plain stated value: a number, a range `lo/hi`, a date, the words, or `yes` for what simply holds.
fn plain(value: &Value) -> String {
    match value {
        Value::Figure(figure) => match (figure.lo, figure.hi) {
            (Some(lo), Some(hi)) if lo == hi => lo.to_string(),
            (lo, hi) => {
                let end = |end: Option<Decimal>| end.map_or("..".to_string(), |e| e.to_string());
                format!("{}/{}", end(lo), end(hi))
            }
        },
        other => other.words().unwrap_or_else(|| "yes".to_string()),
    }
}
