//! What people decide about findings and claims.

use std::collections::BTreeSet;

use super::error::{LedgerError, Refusal};
use super::judge::reason;
use super::rates::with_rates;
use super::{Ledger, resolve};
use crate::domain::claim::Status;
use crate::domain::decision::{ClaimOutcome, Outcome};
use crate::domain::id::{ClaimId, QuestionId};
use crate::domain::verdict::Pair;
use crate::reconcile::question::reconcile;
use crate::record::body::{Body, ClaimDecision, Decide, FindingDecision};
use crate::store::{View, statements};

/// What a finding is judged to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Not decided, or no longer.
    Open,
    /// Some claims of the finding are right, some wrong, by their ids.
    Claims {
        /// The right ones.
        right: Vec<String>,
        /// The wrong ones.
        wrong: Vec<String>,
    },
    /// Of the pair that is printed with the finding, the first is wrong and the second right.
    FirstWrong,
    /// The second is wrong and the first right.
    SecondWrong,
    /// Both are wrong.
    BothWrong,
    /// Both are right: they mean two things.
    BothRight,
    /// The older side was right when it was said.
    Superseded,
    /// Looked at, and not to be told.
    Unsure,
}

impl Ledger {
    /// Records a decision on a finding, by its id or that of one of its claims. It changes no verdict and hides nothing;
    /// the finding is open again when one of its claims is withdrawn or changed or another is added.
    pub fn decide(&mut self, finding: &str, judgement: &Judgement, because: &str) -> Result<QuestionId, LedgerError> {
        let because = reason(because)?;
        let policy = self.policy.clone();
        let mut session = self.session()?;
        let view = session.writer.view();
        let listed = resolve::question(view, finding)?;
        let rows = view.claims_of_question(listed.number)?;
        let statements = statements(&rows, &listed.question, |row| row.id);
        let policy = with_rates(view, &statements, &policy)?;
        let reconciled = reconcile(&statements, view.frame(&listed.question.predicate)?, &policy);
        let pair = reconciled.worst.ok_or(Refusal::NoFinding(listed.id))?;
        let claims: BTreeSet<ClaimId> = statements.iter().map(|statement| statement.claim).collect();
        let (outcome, right, wrong) = named(view, judgement, &pair, &claims)?;
        let claims = claims.into_iter().collect();
        let decision = FindingDecision { finding: listed.id, claims, outcome, right, wrong, because };
        session.append(Body::Decide(Decide::Finding(decision)))?;
        session.finish()?;
        Ok(listed.id)
    }

    /// Records a decision on one claim.
    pub fn decide_claim(&mut self, claim: &str, outcome: ClaimOutcome, because: &str) -> Result<ClaimId, LedgerError> {
        let because = reason(because)?;
        let mut session = self.session()?;
        let row = resolve::claim(session.writer.view(), claim)?;
        match row.status {
            Status::Standing => {}
            Status::Pending => return Err(Refusal::Pending(row.id).into()),
            Status::Retracted => return Err(Refusal::Retracted(row.id).into()),
        }
        let decision = ClaimDecision { claim: row.id, outcome, because };
        session.append(Body::Decide(Decide::Claim(decision)))?;
        session.finish()?;
        Ok(row.id)
    }

    /// True where `id` is a claim's and no finding's, and somebody has decided on that claim.
    pub fn has_decided_claim(&mut self, id: &str) -> Result<bool, LedgerError> {
        let view = self.store.view();
        if !view.questions_by_prefix(&id.to_lowercase())?.is_empty() {
            return Ok(false);
        }
        let decision = view.decision_on_claim(resolve::claim(view, id)?.number)?;
        Ok(decision.is_some_and(|(_, decision)| decision.outcome != ClaimOutcome::Open))
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
        Judgement::Open => (Outcome::Open, Vec::new(), Vec::new()),
        Judgement::Superseded => (Outcome::Superseded, Vec::new(), Vec::new()),
        Judgement::Unsure => (Outcome::Unsure, Vec::new(), Vec::new()),
        Judgement::BothWrong => (Outcome::BothWrong, Vec::new(), both()),
        Judgement::BothRight => (Outcome::BothRight, both(), Vec::new()),
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
