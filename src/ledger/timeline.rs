//! What was said of a subject, in the order of time.

use std::collections::HashMap;

use super::error::LedgerError;
use super::rates::with_rates;
use super::reader::Reader;
use super::{Ledger, resolve};
use crate::domain::claim::Status;
use crate::domain::id::ClaimId;
use crate::domain::listing::TimelineView;
use crate::domain::verdict::{PairVerdict, QuestionVerdict};
use crate::domain::when::When;
use crate::reconcile::pair::{Outcome, compare};
use crate::reconcile::policy::Policy;
use crate::reconcile::question::{pairs, reconcile};
use crate::reconcile::statement::{Frame, Statement};
use crate::store::{ClaimRow, StoreError, statements};

/// How many claims before one are compared with it.
const LOOKED_BACK: usize = 200;

impl Ledger {
    /// The claims that bear on a subject, on a group it belongs to as an object, or that name it as their object,
    /// earliest first, retracted ones too; each with how it compares with those before it on what it bears on. What has
    /// no date comes last.
    pub fn timeline(
        &mut self,
        subject: &str,
        predicate: Option<&str>,
        as_of: Option<&When>,
    ) -> Result<Vec<TimelineView>, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::at(reading.view(), as_of.cloned());
        let key = resolve::known(reader.view, "subject", subject)?;
        let mut rows = reader.view.claims_about(&key)?;
        reader.as_known(&mut rows)?;
        if let Some(name) = predicate {
            // A predicate, or the group of those that exclude each other, as listings call their question.
            let group = reader.view.predicates()?.into_iter().filter(|known| known.exclusive.as_deref() == Some(name));
            let mut names: Vec<String> = group.map(|known| known.name).collect();
            if names.is_empty() {
                names.push(resolve::predicate(reader.view, name)?.name.clone());
            }
            rows.retain(|row| names.contains(&row.claim.predicate));
        }
        rows.sort_by_key(|row| {
            let date = date(row).0;
            (date.is_none(), date.map(When::bounds), row.sequence)
        });
        let mut questions: HashMap<i64, Known> = HashMap::new();
        let mut timeline = Vec::new();
        for row in &rows {
            let (mut against, mut verdict): (Option<Outcome>, QuestionVerdict) = (None, QuestionVerdict::Alone);
            for number in reader.view.questions_of_claim(row)? {
                if let std::collections::hash_map::Entry::Vacant(entry) = questions.entry(number) {
                    entry.insert(Known::of(&reader, number, &policy)?);
                }
                let Some(known) = questions.get_mut(&number) else { continue };
                let Some(own) = known.statements.iter().find(|statement| statement.claim == row.id).cloned() else {
                    continue;
                };
                let compared = |other: &Statement| {
                    compare(other, &own, other.counts_as == own.counts_as, known.frame, &known.policy)
                };
                // The nearest before it that it does not go with, else how it goes with the last.
                let mut before = known.passed.iter().rev().take(LOOKED_BACK).map(compared).peekable();
                let last = before.peek().cloned();
                let apart = before.find(|outcome| outcome.verdict != PairVerdict::Consistent);
                if let Some(outcome) = apart.or(last)
                    && against.as_ref().is_none_or(|known| known.verdict < outcome.verdict)
                {
                    against = Some(outcome);
                }
                verdict = verdict.max(known.verdicts.get(&own.claim).copied().unwrap_or(QuestionVerdict::Alone));
                known.passed.push(own);
            }
            let (date, stated) = date(row);
            timeline.push(TimelineView {
                date: date.cloned(),
                stated,
                claim: reader.claim(row)?,
                against_last: against.as_ref().map(|outcome| outcome.verdict),
                reasons: against.map_or(Vec::new(), |outcome| outcome.reasons),
                verdict: (row.status == Status::Standing).then_some(verdict),
            });
        }
        Ok(timeline)
    }
}

/// A question, as far as the time line has come.
struct Known {
    frame: Frame,
    policy: Policy,
    statements: Vec<Statement>,
    verdicts: HashMap<ClaimId, QuestionVerdict>,
    passed: Vec<Statement>,
}

impl Known {
    fn of(reader: &Reader, number: i64, policy: &Policy) -> Result<Known, LedgerError> {
        let listed = reader.view.question(number)?;
        let listed = listed.ok_or_else(|| StoreError::Damaged(format!("question {number} is missing")))?;
        let rows = reader.claims_of_question(number)?;
        let frame = reader.view.frame(&listed.question.predicate)?;
        let statements = statements(&rows, &listed.question, |row| row.id);
        let policy = with_rates(reader.view, &statements, policy)?.into_owned();
        let verdicts = verdicts(&statements, frame, &policy);
        Ok(Known { frame, policy, statements, verdicts, passed: Vec::new() })
    }
}

/// The verdict on each claim of a question: by the flagged pairs that it is in, else by whether others say the same.
fn verdicts(statements: &[Statement], frame: Frame, policy: &Policy) -> HashMap<ClaimId, QuestionVerdict> {
    let mut verdicts: HashMap<ClaimId, QuestionVerdict> = HashMap::new();
    let mut put = |claim: ClaimId, verdict: QuestionVerdict| {
        let known = verdicts.entry(claim).or_insert(verdict);
        *known = verdict.max(*known);
    };
    let agreed = reconcile(statements, frame, policy).positions.into_iter().filter(|p| p.support.len() > 1);
    agreed.flat_map(|position| position.sides).for_each(|claim| put(claim, QuestionVerdict::Agreed));
    for pair in pairs(statements, frame, policy, true).pairs {
        let verdict = match pair.verdict {
            PairVerdict::Conflict => QuestionVerdict::Contradicted,
            _ => QuestionVerdict::Tension,
        };
        put(pair.a, verdict);
        put(pair.b, verdict);
    }
    verdicts
}

/// When a claim stands on the time line, and whether that is what it states.
fn date(row: &ClaimRow) -> (Option<&When>, bool) {
    match &row.claim.as_of {
        Some(date) => (Some(date), true),
        None => (row.source.details.published.as_ref(), false),
    }
}
