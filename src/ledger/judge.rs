//! Withdrawing claims, putting them back, correcting and confirming them.

use super::claims::LoggedClaim;
use super::error::{LedgerError, Refusal};
use super::{ClaimInput, Ledger, Session, resolve};
use crate::domain::claim::Status;
use crate::domain::id::ClaimId;
use crate::record::body::{Approve, Attest, Body, Correct, Judged, claim_id};
use crate::store::{ClaimRow, StoreError};

impl Ledger {
    /// Withdraws a claim as wrong. It stays printable and is compared with nothing.
    pub fn retract(&mut self, claim: &str, because: &str) -> Result<ClaimId, LedgerError> {
        let mut session = self.session()?;
        let row = resolve::claim(session.writer.view(), claim)?;
        if row.status == Status::Retracted {
            return Err(Refusal::Retracted(row.id).into());
        }
        session.append(Body::Retract(Judged { claim: row.id, because: reason(because)? }))?;
        session.finish()?;
        Ok(row.id)
    }

    /// Puts a retracted claim back.
    pub fn reinstate(&mut self, claim: &str, because: &str) -> Result<ClaimId, LedgerError> {
        let mut session = self.session()?;
        let row = resolve::claim(session.writer.view(), claim)?;
        if row.status != Status::Retracted {
            return Err(Refusal::NotRetracted(row.id).into());
        }
        session.append(Body::Reinstate(Judged { claim: row.id, because: reason(because)? }))?;
        session.finish()?;
        Ok(row.id)
    }

    /// Approves claims that are held, all or none. Only a person can.
    pub fn approve(&mut self, claims: &[String], because: Option<&str>) -> Result<Vec<ClaimId>, LedgerError> {
        if !self.desk.actor.is_human() {
            return Err(Refusal::NoPerson(self.desk.actor.to_string()).into());
        }
        let because = because.map(reason).transpose()?;
        let mut session = self.session()?;
        let mut approved = Vec::new();
        for claim in claims {
            let row = resolve::claim(session.writer.view(), claim)?;
            if row.status != Status::Pending {
                return Err(Refusal::NotPending(row.id).into());
            }
            session.append(Body::Approve(Approve { claim: row.id, because: because.clone() }))?;
            approved.push(row.id);
        }
        session.finish()?;
        Ok(approved)
    }

    /// Confirms a claim: the actor has seen it in its source as well.
    pub fn attest(&mut self, claim: &str) -> Result<ClaimId, LedgerError> {
        let mut session = self.session()?;
        let row = session.standing(claim)?;
        session.append(Body::Attest(Attest { claim: row.id, reference: None }))?;
        session.finish()?;
        Ok(row.id)
    }

    /// Withdraws a claim and logs another in its place, in one entry. `change` turns the old claim, as if it were
    /// logged again, into the right one.
    pub fn correct(
        &mut self,
        claim: &str,
        because: &str,
        new_entities: bool,
        change: impl FnOnce(&mut ClaimInput),
    ) -> Result<LoggedClaim, LedgerError> {
        let mut session = self.session()?;
        let row = session.standing(claim)?;
        let mut input = session.input_of(&row)?;
        change(&mut input);
        let resolved = session.claim_from(&input, new_entities)?;
        let id = claim_id(&resolved.claim).map_err(StoreError::from)?;
        if id == row.id {
            return Err(Refusal::NothingCorrected(id).into());
        }
        match session.writer.view().claim(id)? {
            Some(known) if known.status == Status::Retracted => return Err(Refusal::Retracted(id).into()),
            Some(_) => return Err(Refusal::AlreadyLogged { wrong: row.id, right: id }.into()),
            None => {}
        }
        let logged = LoggedClaim::of(id, &resolved, false);
        session.append(Body::Correct(Box::new(Correct {
            retracts: row.id,
            because: reason(because)?,
            claim: resolved.claim,
        })))?;
        session.finish()?;
        Ok(logged)
    }
}

impl Session<'_> {
    fn standing(&self, claim: &str) -> Result<ClaimRow, LedgerError> {
        let row = resolve::claim(self.writer.view(), claim)?;
        match row.status {
            Status::Standing => Ok(row),
            Status::Pending => Err(Refusal::Pending(row.id).into()),
            Status::Retracted => Err(Refusal::Retracted(row.id).into()),
        }
    }
}

pub(super) fn reason(because: &str) -> Result<String, Refusal> {
    const LONGEST_REASON: usize = 4000;
    match because.trim() {
        "" => Err(Refusal::NoReason),
        long if long.len() > LONGEST_REASON => {
            Err(Refusal::TooLong { field: "because".into(), found: long.len(), limit: LONGEST_REASON })
        }
        reason => Ok(reason.to_string()),
    }
}
