//! What people decide about findings and claims.

use std::collections::BTreeSet;

use super::error::{LedgerError, Refusal};
use super::judge::reason;
use super::{Ledger, resolve};
use crate::domain::claim::Status;
use crate::domain::decision::Outcome;
use crate::domain::id::{ClaimId, QuestionId};
use crate::domain::verdict::Pair;
use crate::reconcile::question::reconcile;
use crate::record::body::{Body, Decide};
use crate::store::{View, statements};

/// What is to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// An outcome that names no claims: on a finding, or on one claim.
    Outcome(Outcome),
    /// Some claims of a finding are right, some wrong.
    Claims {
        /// Ids of the right ones.
        right: Vec<String>,
        /// Ids of the wrong ones.
        wrong: Vec<String>,
    },
    /// Of the pair that is printed with the finding, the first is wrong and the second right.
    FirstWrong,
    /// The second is wrong and the first right.
    SecondWrong,
}

/// What a decision was on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// A finding.
    Finding(QuestionId),
    /// A claim.
    Claim(ClaimId),
}

impl Ledger {
    /// Records a decision on a finding, by its id or that of one of its claims, or on one claim. It changes no verdict
    /// and hides nothing; the finding is open again when one of its claims is withdrawn or changed or another is added.
    pub fn decide(&mut self, id: &str, judgement: &Judgement, because: &str) -> Result<Decided, LedgerError> {
        let because = reason(because)?;
        let policy = self.policy.clone();
        let mut session = self.session()?;
        let view = session.writer.view();
        let open_claim = || -> Result<bool, LedgerError> {
            // "Open" takes back what was said of a claim where no finding is meant.
            Ok(*judgement == Judgement::Outcome(Outcome::Open)
                && view.questions_by_prefix(&id.to_lowercase())?.is_empty()
                && view.decision_on_claim(resolve::claim(view, id)?.id)?.is_some_and(|(_, d)| d.outcome.is_on_claim()))
        };
        if matches!(judgement, Judgement::Outcome(outcome) if outcome.is_on_claim()) || open_claim()? {
            let Judgement::Outcome(outcome) = *judgement else { unreachable!("just matched") };
            let row = resolve::claim(view, id).map_err(|error| match error {
                LedgerError::Refused(refusal) if matches!(*refusal, Refusal::NoClaim(_)) => {
                    Refusal::OutcomeOfClaim { wanted: id.to_string(), outcome: outcome.name() }.into()
                }
                other => other,
            })?;
            if row.status == Status::Retracted {
                return Err(Refusal::Retracted(row.id).into());
            }
            let claims = vec![row.id];
            let decide = Decide { finding: None, claims, outcome, right: Vec::new(), wrong: Vec::new(), because };
            session.append(Body::Decide(decide))?;
            session.finish()?;
            return Ok(Decided::Claim(row.id));
        }
        let listed = resolve::question(view, id)?;
        let rows = view.claims_of_question(listed.number)?;
        let statements = statements(&rows, &listed.question);
        let reconciled = reconcile(&statements, view.frame(&listed.question)?, &policy);
        let pair = reconciled.worst.ok_or(Refusal::NoFinding(listed.id))?;
        let claims: BTreeSet<ClaimId> = statements.iter().map(|statement| statement.claim).collect();
        let (outcome, right, wrong) = named(view, judgement, &pair, &claims)?;
        let claims = claims.into_iter().collect();
        session.append(Body::Decide(Decide { finding: Some(listed.id), claims, outcome, right, wrong, because }))?;
        session.finish()?;
        Ok(Decided::Finding(listed.id))
    }
}

/// The outcome, and the claims that it names right and wrong.
fn named(
    view: View,
    judgement: &Judgement,
    pair: &Pair,
    claims: &BTreeSet<ClaimId>,
) -> Result<(Outcome, Vec<ClaimId>, Vec<ClaimId>), LedgerError> {
    let resolved = |ids: &[String]| -> Result<Vec<ClaimId>, LedgerError> {
        let mut found = BTreeSet::new();
        for id in ids {
            let claim = resolve::claim(view, id)?.id;
            if !claims.contains(&claim) {
                return Err(Refusal::NotOfFinding(claim).into());
            }
            found.insert(claim);
        }
        Ok(found.into_iter().collect())
    };
    let both = || {
        let mut both = vec![pair.a, pair.b];
        both.sort();
        both
    };
    Ok(match judgement {
        Judgement::Outcome(Outcome::BothWrong) => (Outcome::BothWrong, Vec::new(), both()),
        Judgement::Outcome(Outcome::BothRight) => (Outcome::BothRight, both(), Vec::new()),
        Judgement::Outcome(outcome) => (*outcome, Vec::new(), Vec::new()),
        Judgement::FirstWrong => (Outcome::Judged, vec![pair.b], vec![pair.a]),
        Judgement::SecondWrong => (Outcome::Judged, vec![pair.a], vec![pair.b]),
        Judgement::Claims { right, wrong } => {
            let (right, wrong) = (resolved(right)?, resolved(wrong)?);
            if let Some(claim) = right.iter().find(|claim| wrong.contains(claim)) {
                return Err(Refusal::RightAndWrong(*claim).into());
            }
            if right.is_empty() && wrong.is_empty() {
                return Err(Refusal::NothingNamed.into());
            }
            (Outcome::Judged, right, wrong)
        }
    })
}
