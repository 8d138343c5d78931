//! What there is to show: claims, contradictions, sources, reports, answers. Reads one state of the ledger and puts
//! names where the record has keys.

use super::error::{LedgerError, Refusal};
use super::reader::Reader;
use super::{Ledger, resolve};
use crate::domain::claim::{Stance, Value};
use crate::domain::decimal::Decimal;
use crate::domain::id::ClaimId;
use crate::domain::listing::{
    AnswerView, ClaimView, Contradictions, EntityView, PredicateView, QuestionView, SourceReport, SourceView,
};
use crate::domain::predicate::Time;
use crate::domain::verdict::{Position, QuestionVerdict};
use crate::reconcile::policy::Policy;
use crate::reconcile::question::{pairs, reconcile, representative};
use crate::reconcile::statement::Statement;
use crate::store::{ListedQuestion, statements};

/// Which claims to list; an empty filter lists all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimFilter {
    /// Claims on this subject.
    pub subject: Option<String>,
    /// Claims with this predicate.
    pub predicate: Option<String>,
    /// Claims read in this source.
    pub source: Option<String>,
    /// Claims whose id begins so.
    pub id: Option<String>,
}

impl Ledger {
    /// Claims, in the order they were logged, retracted ones too.
    pub fn claims(&mut self, filter: &ClaimFilter) -> Result<Vec<ClaimView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let mut rows = match (&filter.id, &filter.source) {
            (Some(id), _) => vec![resolve::claim(reader.view, id)?],
            (None, Some(source)) => reader.view.claims_of_source(resolve::source(reader.view, source)?.0.number)?,
            (None, None) => reader.view.claims()?,
        };
        if let Some(name) = &filter.subject {
            let Some(key) = resolve::entity(reader.view, "subject", name)? else {
                let near = resolve::names_like(reader.view, name)?;
                return Err(Refusal::UnknownName { name: name.clone(), near }.into());
            };
            rows.retain(|row| row.claim.subject == key);
        }
        if let Some(name) = &filter.predicate {
            let name = resolve::predicate(reader.view, name)?.name;
            rows.retain(|row| row.claim.predicate == name);
        }
        rows.iter().map(|row| reader.claim(row)).collect()
    }

    /// The findings, worst first; with `all` every question, with every pair that is not consistent.
    pub fn contradictions(&mut self, all: bool) -> Result<Contradictions, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let listed = if all { reader.view.questions()? } else { reader.view.findings()? };
        let mut contradictions = Contradictions::default();
        for question in &listed {
            reader.put_question(question, all, &policy, &mut contradictions)?;
        }
        Ok(contradictions)
    }

    /// Everything about one question, by its id or by a claim's.
    pub fn question(&mut self, id: &str) -> Result<Contradictions, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let question = resolve::question(reader.view, id)?;
        let mut contradictions = Contradictions::default();
        reader.put_question(&question, true, &policy, &mut contradictions)?;
        Ok(contradictions)
    }

    /// All sources, in the order they were captured.
    pub fn sources(&mut self) -> Result<Vec<SourceView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        reader.view.sources()?.into_iter().map(|row| reader.source(row)).collect()
    }

    /// Everything on record about a source.
    pub fn report(&mut self, source: &str) -> Result<SourceReport, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let (source, _) = resolve::source(reader.view, source)?;
        reader.report(source, &policy)
    }

    /// All entities, by key.
    pub fn entities(&mut self) -> Result<Vec<EntityView>, LedgerError> {
        let entities = self.store.view().entities()?;
        let view = |entity: crate::domain::claim::Entity| EntityView {
            key: entity.key.0,
            name: entity.name,
            aliases: entity.aliases,
        };
        Ok(entities.into_iter().map(view).collect())
    }

    /// All predicates, by name.
    pub fn predicates(&mut self) -> Result<Vec<PredicateView>, LedgerError> {
        Ok(self.store.view().predicates()?)
    }

    /// The best supported position of every question, for each time where its claims change with time.
    pub fn answers(&mut self) -> Result<Vec<AnswerView>, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let mut answers = Vec::new();
        for question in reader.view.questions()? {
            answers.extend(reader.answers(&question, &policy)?);
        }
        answers.sort_by(|a, b| {
            (&a.subject, &a.predicate, &a.object)
                .cmp(&(&b.subject, &b.predicate, &b.object))
                .then_with(|| a.as_of.as_ref().map(|w| w.to_string()).cmp(&b.as_of.as_ref().map(|w| w.to_string())))
        });
        Ok(answers)
    }
}

impl Reader<'_> {
    fn put_question(
        &self,
        listed: &ListedQuestion,
        all: bool,
        policy: &Policy,
        into: &mut Contradictions,
    ) -> Result<(), LedgerError> {
        let rows = self.view.claims_of_question(listed.number)?;
        let frame = self.view.frame(&listed.question)?;
        let statements = statements(&rows);
        if statements.is_empty() {
            return Ok(());
        }
        let mut reconciled = reconcile(&statements, frame, policy);
        let mut listed_pairs = pairs(&statements, frame, policy, !all);
        if reconciled.verdict == QuestionVerdict::Contradicted {
            let elsewhere = self.elsewhere(&listed.question)?;
            let value = |id: ClaimId| rows.iter().find(|row| row.id == id).map(|row| &row.claim.value);
            for pair in listed_pairs.pairs.iter_mut().chain(&mut reconciled.worst) {
                if let Some((a, b)) = value(pair.a).zip(value(pair.b)) {
                    elsewhere.name(pair.verdict, &mut pair.reasons, a, b);
                }
            }
        }
        let positions = reconciled.positions.into_iter().map(|position| {
            let origins = position.origins.iter().map(|origin| self.origin(origin)).collect::<Result<_, _>>()?;
            Ok(Position { origins, ..position })
        });
        into.questions.push(QuestionView {
            id: listed.id,
            question: self.key(listed)?,
            verdict: reconciled.verdict,
            positions: positions.collect::<Result<_, LedgerError>>()?,
            worst: reconciled.worst,
            pairs: listed_pairs.pairs,
            truncated: listed_pairs.truncated,
        });
        for row in &rows {
            into.claims.insert(row.id, self.claim(row)?);
        }
        Ok(())
    }

    fn answers(&self, listed: &ListedQuestion, policy: &Policy) -> Result<Vec<AnswerView>, LedgerError> {
        let rows = self.view.claims_of_question(listed.number)?;
        let statements = statements(&rows);
        let frame = self.view.frame(&listed.question)?;
        let reconciled = reconcile(&statements, frame, policy);
        let key = self.key(listed)?;
        let mut answers: Vec<AnswerView> = Vec::new();
        // A running count grows, so the latest one is the answer.
        let counted = |s: &&Statement| s.stance == Stance::Affirms && s.counted_at().is_some();
        let latest = statements.iter().filter(|_| frame.time == Time::Running).filter(counted);
        let latest = latest.max_by_key(|s| s.counted_at().map(|when| when.last_day()));
        let holds = |position: &&Position| latest.is_none_or(|latest| position.claims.contains(&latest.claim));
        for position in reconciled.positions.iter().filter(holds) {
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
                    Value::State if best.says != key.predicate => best.says.clone(),
                    value => plain(value),
                },
                figure: best.value.figure().cloned(),
                qualifiers: best.qualifiers.clone(),
                modality: best.modality,
                lo: end(position.range.lo),
                hi: end(position.range.hi),
                support: position.origins.len(),
                origins: position.origins.iter().map(|origin| self.origin(origin)).collect::<Result<_, _>>()?,
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
        Value::State => "yes".to_string(),
        Value::Text(words) => words.clone(),
        Value::Date(date) => date.to_string(),
    }
}
