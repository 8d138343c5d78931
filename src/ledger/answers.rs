//! The best supported answer to every question, and how good everybody's record is.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::Ledger;
use super::error::LedgerError;
use super::rates::own_policy;
use super::reader::Reader;
use crate::domain::claim::{Stance, Value};
use crate::domain::decimal::Decimal;
use crate::domain::decision::ClaimOutcome;
use crate::domain::figure::Figure;
use crate::domain::interval::Interval;
use crate::domain::listing::{AnswerView, RecordView, TrackView};
use crate::domain::origin::{Origin, independent};
use crate::domain::predicate::Time;
use crate::domain::verdict::{Position, QuestionVerdict};
use crate::domain::when::When;
use crate::reconcile::likeness::likenesses;
use crate::reconcile::policy::Policy;
use crate::reconcile::question::{reconcile, representative};
use crate::reconcile::reading::Reading;
use crate::reconcile::statement::{Frame, Statement};
use crate::reconcile::truth::{Ballot, Found, Likeness, Track, Vote, discover};
use crate::store::cores::{InOrder, by_all_cores, cores, on_all_cores};
use crate::store::{ListedQuestion, Store, statements};

/// Questions that are handed to another core at a time.
const BATCH: usize = 512;
/// Fewer claims that others speak on too make no record.
const LEAST_WEIGHED: f64 = 5.0;

impl Ledger {
    /// The best supported position of every question, for each time where its claims change with time: where positions
    /// differ, that of the value for which the origins with the best records speak, copies left out
    /// ([`crate::reconcile::truth`]). With `as_of` only what had been published by that date counts.
    pub fn answers(&mut self, as_of: Option<&When>) -> Result<Vec<AnswerView>, LedgerError> {
        let policy = &self.policy;
        let mut several = self.several()?;
        let (own, others) = split(&mut several, &self.store);
        let reader = Reader::at(own.view(), as_of.cloned());
        let questions = reader.view.questions_by_number()?;
        let weighed = Weighed::of(&reader, others, &questions, policy)?;
        let mut answers = Vec::new();
        each_question(
            &reader,
            others,
            &questions,
            policy,
            |asked| asked.answers(&weighed, policy),
            |found| {
                for best in found {
                    answers.push(reader.answer(best)?);
                }
                Ok(())
            },
        )?;
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
        let mut several = self.several()?;
        let (own, others) = split(&mut several, &self.store);
        let reader = Reader::new(own.view());
        let questions = reader.view.questions_by_number()?;
        let weighed = Weighed::of(&reader, others, &questions, &self.policy)?;
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

impl Ledger {
    /// The ledger opened for every core, and once more for whoever puts together what they find, all of one state; nothing
    /// for a ledger in memory.
    pub(super) fn several(&self) -> Result<Vec<Store>, LedgerError> {
        Ok(self.store.path().map(|path| Store::several(path, cores() + 1)).transpose()?.unwrap_or_default())
    }
}

/// One that reads here, and the others; where there is none, the one there is.
pub(super) fn split<'s>(several: &'s mut [Store], only: &'s Store) -> (&'s Store, &'s mut [Store]) {
    match several {
        [] => (only, &mut []),
        [own, others @ ..] => (own, others),
    }
}

/// Does something with every question, its statements read, on all cores, and takes what comes of it in the order of the
/// questions.
fn each_question<'q, B: Send>(
    reader: &Reader,
    others: &mut [Store],
    questions: &'q [ListedQuestion],
    policy: &Policy,
    work: impl Fn(Asked<'q>) -> B + Sync,
    mut take: impl FnMut(B) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let pieces: Vec<&[ListedQuestion]> = questions.chunks(BATCH).collect();
    if others.is_empty() {
        return on_all_cores(pieces.iter().map(|questions| reader.asked(questions, policy)), work, take);
    }
    let mut in_order = InOrder::default();
    let as_of = &reader.as_of;
    by_all_cores(
        pieces.len(),
        others,
        |store, piece| {
            let asked = Reader::at(store.view_unchanged(), as_of.clone()).asked(pieces[piece], policy)?;
            Ok::<Vec<B>, LedgerError>(asked.into_iter().map(&work).collect())
        },
        |piece, done| in_order.take(piece, done, |done| done.into_iter().try_for_each(&mut take)),
    )
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
    pub(super) fn of(
        reader: &Reader,
        others: &mut [Store],
        questions: &[ListedQuestion],
        policy: &Policy,
    ) -> Result<Weighed, LedgerError> {
        let mut ballot = Ballot::default();
        let mut numbers: HashMap<Arc<Origin>, u32> = HashMap::new();
        let mut origins = Vec::new();
        let mut n_claims: Vec<u64> = Vec::new();
        let mut predicates: HashMap<String, u32> = HashMap::new();
        let mut names = Vec::new();
        let mut firsts = HashMap::new();
        let mut put = |Voted { listed, times }: Voted<'_>| {
            let name = &listed.question.predicate;
            let next = predicates.len() as u32;
            let predicate = *predicates.entry(name.clone()).or_insert_with(|| {
                names.push(name.clone());
                next
            });
            let mut own = Vec::with_capacity(times.len());
            for VotedTime { voices, n_values, alike, judged } in times {
                let mut votes: Vec<Vote> = Vec::with_capacity(voices.len());
                for (origin, values, n_own) in voices {
                    let origin = match numbers.get(&*origin) {
                        Some(known) => *known,
                        None => {
                            numbers.insert(origin.clone(), origins.len() as u32);
                            origins.push(Origin::clone(&origin));
                            n_claims.push(0);
                            origins.len() as u32 - 1
                        }
                    };
                    n_claims[origin as usize] += n_own;
                    let share = 1.0 / values.len() as f64;
                    votes.extend(values.into_iter().map(|value| Vote { origin, value, share }));
                }
                let first = ballot.add(predicate, n_values, &votes, &alike);
                judged.into_iter().for_each(|(value, right)| ballot.judge(first + value, right));
                own.push(first);
            }
            firsts.insert(listed.number, own);
            Ok::<(), LedgerError>(())
        };
        each_question(reader, others, questions, policy, |asked| asked.vote(policy), &mut put)?;
        let independent = reader.view.independent()?;
        let numbered = |origin: &Origin| numbers.get(origin).copied();
        let pair = |(a, b): &(Origin, Origin)| numbered(a).zip(numbered(b)).map(|(a, b)| (a.min(b), a.max(b)));
        let apart: HashSet<(u32, u32)> = independent.iter().filter_map(pair).collect();
        let found = discover(&ballot, &apart);
        Ok(Weighed { origins, n_claims, predicates: names, firsts, found })
    }
}

/// A question to be answered, with all that it takes.
struct Asked<'q> {
    listed: &'q ListedQuestion,
    statements: Vec<Statement<i64>>,
    frame: Frame,
    /// The policy with the rates that it needs, where it needs some.
    policy: Option<Box<Policy>>,
    /// Claims that people judged, and how.
    judged: HashMap<i64, bool>,
    /// Those that the decision on the question judged wrong.
    wrong: Vec<i64>,
}

/// How a question was voted on.
struct Voted<'q> {
    listed: &'q ListedQuestion,
    times: Vec<VotedTime>,
}

struct VotedTime {
    /// Who speaks, for which values, with how many claims.
    voices: Vec<(Arc<Origin>, Vec<u32>, u64)>,
    n_values: u32,
    alike: Vec<Likeness>,
    judged: Vec<(u32, bool)>,
}

/// The best supported position of a question at a time, not in words yet.
struct Best<'q> {
    listed: &'q ListedQuestion,
    statement: Statement<i64>,
    as_of: Option<When>,
    position: Position<i64>,
    verdict: QuestionVerdict,
}

impl<'q> Asked<'q> {
    fn vote(self, policy: &Policy) -> Voted<'q> {
        let statements = &self.statements;
        let time = |time: Times| {
            let mut voices: Vec<(Arc<Origin>, Vec<u32>, u64)> = Vec::new();
            let mut place_of: HashMap<&Origin, usize> = HashMap::new();
            for (&index, &value) in time.statements.iter().zip(&time.value_of) {
                let origin = &statements[index].origin;
                let place = *place_of.entry(origin).or_insert_with(|| {
                    voices.push((origin.clone(), Vec::new(), 0));
                    voices.len() - 1
                });
                let (_, values, n_claims) = &mut voices[place];
                *n_claims += 1;
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            let values: Vec<&Value> = time.values.iter().map(|&index| &*statements[index].value).collect();
            let alike = likenesses(&values, self.frame.whole, policy);
            let said = time.statements.iter().zip(&time.value_of);
            let judged = said.filter_map(|(&index, &value)| Some((value, *self.judged.get(&statements[index].claim)?)));
            VotedTime { n_values: values.len() as u32, alike, judged: judged.collect(), voices }
        };
        Voted { listed: self.listed, times: Times::of(statements, self.frame).into_iter().map(time).collect() }
    }

    /// The best supported position for each time.
    fn answers(self, weighed: &Weighed, policy: &Policy) -> Vec<Best<'q>> {
        let Asked { listed, statements, frame, .. } = &self;
        let reconciled = reconcile(statements, *frame, self.policy.as_deref().unwrap_or(policy));
        // How much speaks for each claim's value.
        let mut scores: HashMap<i64, f64> = HashMap::new();
        if reconciled.positions.len() > 1 {
            for (time, first) in Times::of(statements, *frame).iter().zip(&weighed.firsts[&listed.number]) {
                for (index, value) in time.statements.iter().zip(&time.value_of) {
                    scores.insert(statements[*index].claim, weighed.found.scores[(first + value) as usize]);
                }
            }
        }
        // A running count grows, so the latest one is the answer; and of states that nobody dates, the latest published.
        let counted = |s: &&Statement<i64>| s.stance == Stance::Affirms && s.member.is_none() && s.said_at().is_some();
        let by_time = match frame.time {
            Time::Running => true,
            Time::State => !reconciled.verdict.is_finding() && statements.iter().all(|s| s.as_of.is_none()),
            Time::Event | Time::Flow => false,
        };
        // Of what is meant by most; the latest of a part is no answer for the whole.
        let meant = reconciled.positions.first().filter(|_| by_time);
        let meant = meant.and_then(|position| representative(position, statements));
        let meant = |s: &&Statement<i64>| meant.is_none_or(|meant| meant.qualifiers == s.qualifiers);
        let latest = statements.iter().filter(|_| by_time).filter(counted).filter(meant);
        let latest = latest.max_by_key(|s| {
            (s.said_at().map(|when| when.bounds().1), s.value.figure().and_then(Figure::value), s.claim)
        });
        // What somebody judged wrong is no answer.
        let stands = |position: &&Position<i64>| !position.sides.iter().all(|claim| self.wrong.contains(claim));
        let positions: Vec<&Position<i64>> = reconciled.positions.iter().filter(stands).collect();
        let best = |statement: &Statement<i64>, mut position: Position<i64>| {
            // Of sums in several currencies the range is in that of the answer.
            let own = self.strict(statement, policy).filter(|_| self.policy.is_some());
            position.range = own.unwrap_or(position.range);
            let as_of = statement.as_of.as_deref().filter(|_| frame.time != Time::Event).cloned();
            Best { listed, as_of, position, verdict: reconciled.verdict, statement: statement.clone() }
        };
        if let Some(latest) = latest {
            let holding = positions.iter().find(|position| position.claims.contains(&latest.claim));
            return holding.map(|position| best(latest, Position::clone(position))).into_iter().collect();
        }
        // Of every time the positions that somebody takes the side of for it.
        let mut positions_at: HashMap<Option<&When>, Vec<&Position<i64>>> = HashMap::new();
        for position in &positions {
            let times = self.said(&position.sides).into_iter().map(|statement| statement.as_of.as_deref());
            for time in times.map(|time| time.filter(|_| frame.time != Time::Event)).collect::<HashSet<_>>() {
                positions_at.entry(time).or_default().push(position);
            }
        }
        let mut answered: HashSet<Option<&When>> = HashSet::new();
        let mut answers = Vec::new();
        let mut times: Vec<Option<&When>> = positions_at.keys().copied().collect();
        finest_first(&mut times);
        for time in times {
            if answered.contains(&time) {
                continue;
            }
            let here = |statement: &Statement<i64>| frame.time == Time::Event || statement.as_of.as_deref() == time;
            let Some((statement, position, first)) = self.best_at(&positions_at[&time], &scores, here, policy) else {
                continue;
            };
            // Whoever gives no date, or a longer time, has been heard where a finer one is answered for.
            let around = |other: &Option<&When>| match (time, other) {
                (Some(time), Some(other)) => {
                    other.first_day() <= time.first_day() && time.last_day() <= other.last_day()
                }
                (Some(_), None) => true,
                (None, _) => false,
            };
            let sides = self.said(&first.sides).into_iter().map(|statement| statement.as_of.as_deref());
            answered.extend(sides.filter(around));
            answers.push(best(statement, position));
        }
        answers
    }

    /// The position that the evidence of a time supports best, with the statement that puts it, and the whole of it: of
    /// equally supported ones that whose own words are, and where they still are equal what they have in common.
    fn best_at<'s, 'p>(
        &'s self,
        positions: &[&'p Position<i64>],
        scores: &HashMap<i64, f64>,
        here: impl Fn(&Statement<i64>) -> bool,
        policy: &Policy,
    ) -> Option<(&'s Statement<i64>, Position<i64>, &'p Position<i64>)> {
        let rounded = |score: f64| (score * 1e9).round();
        let sides = |position: &Position<i64>| -> Vec<&'s Statement<i64>> {
            let mut sides = self.said(&position.sides);
            sides.retain(|statement| here(statement));
            sides
        };
        let score_of = |statement: &Statement<i64>| scores.get(&statement.claim).copied().map_or(0.0, rounded);
        let score = |position: &Position<i64>| sides(position).into_iter().map(score_of).fold(f64::MIN, f64::max);
        let put =
            |position: &Position<i64>| representative(&self.only(position, &sides(position), policy), &self.statements);
        let most = |of: &mut Vec<&Position<i64>>, score: &dyn Fn(&Position<i64>) -> f64| {
            let most = of.iter().map(|position| score(position)).fold(f64::MIN, f64::max);
            of.retain(|position| score(position) == most);
        };
        let mut best: Vec<&Position<i64>> =
            positions.iter().copied().filter(|position| !sides(position).is_empty()).collect();
        if best.len() > 1 {
            most(&mut best, &score);
        }
        if best.len() > 1 {
            most(&mut best, &|position| put(position).map_or(f64::MIN, score_of));
        }
        let first = *best.first()?;
        let common: Vec<&Statement<i64>> = sides(first)
            .into_iter()
            .filter(|s| best.iter().all(|other| other.sides.binary_search(&s.claim).is_ok()))
            .collect();
        if best.len() > 1 && !common.is_empty() {
            let shared = self.only(first, &common, policy);
            return Some((representative(&shared, &self.statements)?, shared, first));
        }
        Some((put(first).or_else(|| representative(first, &self.statements))?, first.clone(), first))
    }

    /// The statements of some claims; both are in the order of the claims.
    fn said(&self, claims: &[i64]) -> Vec<&Statement<i64>> {
        let place = |claim: &i64| self.statements.binary_search_by_key(claim, |statement| statement.claim).ok();
        claims.iter().filter_map(place).map(|place| &self.statements[place]).collect()
    }

    /// A position with some of its claims alone.
    fn only(&self, position: &Position<i64>, statements: &[&Statement<i64>], policy: &Policy) -> Position<i64> {
        let claims: Vec<i64> = statements.iter().map(|statement| statement.claim).collect();
        let mut origins: Vec<Arc<Origin>> = Vec::new();
        for statement in statements {
            if !origins.contains(&statement.counts_as) {
                origins.push(statement.counts_as.clone());
            }
        }
        let range = statements
            .iter()
            .filter_map(|statement| self.strict(statement, policy))
            .reduce(|range, strict| range.intersection(&strict));
        let support = independent(origins.clone());
        Position { range: range.unwrap_or(position.range), sides: claims.clone(), claims, origins, support }
    }

    /// What a statement's figure allows.
    fn strict(&self, statement: &Statement<i64>, policy: &Policy) -> Option<Interval> {
        Some(Reading::of(statement.value.figure()?, self.frame.whole, policy).strict)
    }
}

/// The finest time first, and last what has none.
fn finest_first(times: &mut [Option<&When>]) {
    times.sort_by_key(|time| {
        let span = |time: &When| ((time.last_day() - time.first_day()).num_days(), time.first_day(), time.to_string());
        (time.is_none(), time.map(span))
    });
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
    fn of<C>(statements: &[Statement<C>], frame: Frame) -> Vec<Times> {
        let mut times: Vec<Times> = Vec::new();
        let mut places: HashMap<Option<&When>, usize> = HashMap::new();
        let mut known: HashMap<(usize, &Value, &str), u32> = HashMap::new();
        let voiced = statements.iter().enumerate().filter(|(_, s)| s.stance == Stance::Affirms && s.member.is_none());
        for (index, statement) in voiced {
            let as_of = statement.as_of.as_deref().filter(|_| frame.time != Time::Event);
            let place = *places.entry(as_of).or_insert_with(|| {
                times.push(Times { statements: Vec::new(), value_of: Vec::new(), values: Vec::new() });
                times.len() - 1
            });
            let time = &mut times[place];
            let value = *known.entry((place, &statement.value, &statement.says)).or_insert_with(|| {
                time.values.push(index);
                time.values.len() as u32 - 1
            });
            time.statements.push(index);
            time.value_of.push(value);
        }
        times
    }
}

impl Reader<'_> {
    /// Questions with their standing statements that were known by the reader's date.
    fn asked<'q>(&self, questions: &'q [ListedQuestion], policy: &Policy) -> Result<Vec<Asked<'q>>, LedgerError> {
        let numbers: Vec<i64> = questions.iter().map(|listed| listed.number).collect();
        let said: Vec<Vec<Statement<i64>>> = match self.is_now() {
            true => self.view.numbered_statements(&numbers)?.into_iter().map(|numbered| numbered.statements).collect(),
            false => {
                let known = |listed: &ListedQuestion| {
                    let rows = self.claims_of_question(listed.number)?;
                    Ok(statements(&rows, &listed.question, |row| row.number))
                };
                questions.iter().map(known).collect::<Result<_, LedgerError>>()?
            }
        };
        let asked = |(listed, statements): (&'q ListedQuestion, Vec<Statement<i64>>)| {
            let policy = own_policy(self.view, &statements, policy)?;
            let frame = self.view.frame(&listed.question.predicate)?;
            let (judged, wrong) = self.judged(listed, &statements)?;
            Ok(Asked { listed, statements, frame, policy, judged, wrong })
        };
        questions.iter().zip(said).map(asked).collect()
    }

    /// The claims that people judged, and how; and those that the decision on the question judged wrong.
    fn judged(
        &self,
        listed: &ListedQuestion,
        statements: &[Statement<i64>],
    ) -> Result<(HashMap<i64, bool>, Vec<i64>), LedgerError> {
        let (mut judged, mut wrong) = (HashMap::new(), Vec::new());
        if !self.any_decision()? {
            return Ok((judged, wrong));
        }
        for number in self.view.decided_claims(listed.number)? {
            if statements.iter().any(|statement| statement.claim == number)
                && let Some((_, decision)) = self.view.decision_on_claim(number)?
                && decision.outcome == ClaimOutcome::Verified
            {
                judged.insert(number, true);
            }
        }
        if let Some((_, decide)) = self.view.decision_on_question(listed.number)?
            && decide.outcome.settles()
        {
            let sides = [(&decide.right, true), (&decide.wrong, false)];
            for (claim, right) in sides.into_iter().flat_map(|(claims, right)| claims.iter().map(move |c| (*c, right)))
            {
                let Some(number) = self.view.claim_number(claim)? else { continue };
                judged.insert(number, right);
                wrong.extend((!right).then_some(number));
            }
        }
        Ok((judged, wrong))
    }

    fn answer(&self, best: Best) -> Result<AnswerView, LedgerError> {
        let Best { listed, statement, as_of, position, verdict } = best;
        let key = self.key(listed)?;
        let end = |end: Option<Decimal>| end.map(|end| end.to_string());
        Ok(AnswerView {
            // Of states that exclude each other the answer is which.
            value: match &*statement.value {
                Value::State if *statement.says != *key.predicate => statement.says.to_string(),
                value => plain(value),
            },
            subject: key.subject,
            predicate: key.predicate,
            object: key.object,
            as_of,
            figure: statement.value.figure().cloned(),
            qualifiers: statement.qualifiers,
            modality: statement.modality,
            lo: end(position.range.lo),
            hi: end(position.range.hi),
            support: position.support.len(),
            origins: self.origins(&position.support)?,
            verdict,
        })
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
