//! What was said of a subject, in the order of time.

use std::collections::HashMap;

use super::error::{LedgerError, Refusal};
use super::reader::Reader;
use super::{Ledger, resolve};
use crate::domain::claim::Status;
use crate::domain::listing::TimelineView;
use crate::domain::verdict::QuestionVerdict;
use crate::domain::when::When;
use crate::reconcile::pair::compare;
use crate::reconcile::question::reconcile;
use crate::store::{ClaimRow, StoreError, statements};

impl Ledger {
    /// The standing claims on a subject, or with it for an object, earliest first; each with how it compares with the
    /// one before it on its question. What has no date comes last.
    pub fn timeline(
        &mut self,
        subject: &str,
        predicate: Option<&str>,
        as_of: Option<&When>,
    ) -> Result<Vec<TimelineView>, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::at(reading.view(), as_of.cloned());
        let Some(key) = resolve::entity(reader.view, "subject", subject)? else {
            let near = resolve::names_like(reader.view, subject)?;
            return Err(Refusal::UnknownName { name: subject.to_string(), near }.into());
        };
        let mut rows = reader.view.claims()?;
        rows.retain(|row| {
            let concerned = row.claim.subject == key || row.claim.object.as_ref() == Some(&key);
            concerned && row.status == Status::Standing && reader.is_known(row)
        });
        if let Some(name) = predicate {
            let name = resolve::predicate(reader.view, name)?.name;
            rows.retain(|row| row.claim.predicate == name);
        }
        rows.sort_by_key(|row| {
            let date = date(row).0;
            (date.is_none(), date.map(|date| (date.first_day(), date.last_day())), row.sequence)
        });
        let mut verdicts: HashMap<i64, QuestionVerdict> = HashMap::new();
        let mut last: HashMap<i64, &ClaimRow> = HashMap::new();
        let mut timeline = Vec::new();
        for row in &rows {
            let listed = reader.view.question(row.question)?;
            let listed = listed.ok_or_else(|| StoreError::Damaged(format!("question {} is missing", row.question)))?;
            let frame = reader.view.frame(&listed.question)?;
            if let std::collections::hash_map::Entry::Vacant(entry) = verdicts.entry(row.question) {
                let rows = reader.claims_of_question(row.question)?;
                entry.insert(reconcile(&statements(&rows, &listed.question), frame, &policy).verdict);
            }
            let outcome = last.insert(row.question, row).and_then(|before| {
                let pair = statements(&[before.clone(), row.clone()], &listed.question);
                let [a, b] = pair.as_slice() else { return None };
                Some(compare(a, b, a.origin == b.origin, frame, &policy))
            });
            let (date, stated) = date(row);
            timeline.push(TimelineView {
                date: date.cloned(),
                stated,
                claim: reader.claim(row)?,
                against_last: outcome.as_ref().map(|outcome| outcome.verdict),
                reasons: outcome.map_or(Vec::new(), |outcome| outcome.reasons),
                verdict: verdicts[&row.question],
            });
        }
        Ok(timeline)
    }
}

/// When a claim stands on the time line, and whether that is what it states.
fn date(row: &ClaimRow) -> (Option<&When>, bool) {
    match &row.claim.as_of {
        Some(date) => (Some(date), true),
        None => (row.source.details.published.as_ref(), false),
    }
}
