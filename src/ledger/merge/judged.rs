//! Judgements here and there: what people did to a claim, an entity, a finding. One is brought in where those here are the
//! ones that went before it there, so that nobody's judgement undoes another's unseen.

use std::collections::{BTreeMap, BTreeSet};

use super::{Merging, keys_of};
use crate::domain::claim::{EntityKey, Status};
use crate::domain::id::{ClaimId, Digest, QuestionId, SourceId};
use crate::domain::listing::About;
use crate::domain::origin::Origin;
use crate::ledger::error::LedgerError;
use crate::record::body::{Body, Brought, Decide, Parent};
use crate::store::{StoreError, View};

/// The kinds of entries that judge.
const KINDS: [&str; 10] =
    ["retract", "reinstate", "correct", "approve", "merge", "unmerge", "derive", "underive", "decide", "independent"];

/// What is judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// Whether a claim stands.
    Claim(ClaimId),
    /// Whether an entity is another.
    Entity(EntityKey),
    /// Whether a source repeats another, or somebody.
    Derivation(SourceId, Parent),
    /// What a finding comes to.
    Finding(QuestionId),
    /// What a claim comes to.
    Outcome(ClaimId),
    /// Whether two origins are independent.
    Origins(Origin, Origin),
}

impl Matter {
    /// What an entry judges; `None` for one that judges nothing.
    pub fn of(body: &Body) -> Option<Matter> {
        Some(match body {
            Body::Retract(judged) | Body::Reinstate(judged) => Matter::Claim(judged.claim),
            Body::Correct(correct) => Matter::Claim(correct.retracts),
            Body::Approve(approve) => Matter::Claim(approve.claim),
            Body::Merge(merge) => Matter::Entity(merge.entity.clone()),
            Body::Unmerge(unmerge) => Matter::Entity(unmerge.entity.clone()),
            Body::Derive(derive) | Body::Underive(derive) => Matter::Derivation(derive.source, derive.from.clone()),
            Body::Decide(Decide::Finding(decision)) => Matter::Finding(decision.finding),
            Body::Decide(Decide::Claim(decision)) => Matter::Outcome(decision.claim),
            Body::Independent(pair) => {
                let (a, b) = (pair.a.clone(), pair.b.clone());
                if a <= b { Matter::Origins(a, b) } else { Matter::Origins(b, a) }
            }
            _ => return None,
        })
    }

    fn about(&self) -> About {
        match self {
            Matter::Claim(_) => About::Claim,
            Matter::Entity(_) => About::Entity,
            Matter::Derivation(..) => About::Derivation,
            Matter::Finding(_) => About::Finding,
            Matter::Outcome(_) => About::Outcome,
            Matter::Origins(..) => About::Origins,
        }
    }

    /// What is judged, by its ids.
    fn subject(&self) -> String {
        match self {
            Matter::Claim(claim) | Matter::Outcome(claim) => claim.to_string(),
            Matter::Entity(key) => key.0.clone(),
            Matter::Derivation(source, Parent::Source(from)) => format!("{source} from {from}"),
            Matter::Derivation(source, Parent::Entity(from)) => format!("{source} from {}", from.0),
            Matter::Finding(finding) => finding.to_string(),
            Matter::Origins(a, b) => format!("{a} and {b}"),
        }
    }

    /// What judgements on it come to, in words.
    fn state(&self, view: View) -> Result<String, StoreError> {
        let unknown = || Ok("not on record".to_string());
        Ok(match self {
            Matter::Claim(claim) => {
                let Some(status) = view.status(*claim)? else { return unknown() };
                let number = view.claim_number(*claim)?.unwrap_or_default();
                let because = view.events(number)?.into_iter().rev().find_map(|(_, body)| match body.ok()? {
                    Body::Retract(judged) | Body::Reinstate(judged) => Some(judged.because),
                    Body::Correct(correct) => Some(correct.because),
                    _ => None,
                });
                because.map_or(status.name().to_string(), |because| format!("{}: {because}", status.name()))
            }
            Matter::Entity(key) => view.standing_for(key)?.0,
            Matter::Derivation(source, parent) => {
                let Some(row) = view.source(*source)? else { return unknown() };
                let holds = view.declared(row.number)?.contains(parent);
                if holds { "derives" } else { "does not derive" }.to_string()
            }
            Matter::Finding(finding) => {
                let Some(question) = view.questions_by_prefix(&finding.to_string())?.pop() else { return unknown() };
                match view.decision_on_question(view.moved(question)?.number)? {
                    None => "not decided".to_string(),
                    Some((_, decision)) => {
                        let named = |what: &str, claims: &[ClaimId]| -> String {
                            claims.iter().map(|claim| format!(", {} {what}", claim.short())).collect()
                        };
                        let (right, wrong) = (named("right", &decision.right), named("wrong", &decision.wrong));
                        format!("{}{right}{wrong}: {}", decision.outcome.name(), decision.because)
                    }
                }
            }
            Matter::Outcome(claim) => {
                let Some(number) = view.claim_number(*claim)? else { return unknown() };
                match view.decision_on_claim(number)? {
                    None => "not decided".to_string(),
                    Some((_, decision)) => format!("{}: {}", decision.outcome.name(), decision.because),
                }
            }
            Matter::Origins(a, b) => {
                let parted = view.are_parted(&view.standing_origin(a)?, &view.standing_origin(b)?)?;
                if parted { "independent" } else { "not parted" }.to_string()
            }
        })
    }
}

/// What was judged, here and there, each judgement by the hash of the entry that made it first.
#[derive(Default)]
pub struct Judgements {
    here: BTreeMap<Matter, Vec<Digest>>,
    there: BTreeMap<Matter, Vec<Digest>>,
    /// Those on which judgements there were not brought in.
    apart: BTreeSet<Matter>,
}

impl Judgements {
    /// Those on record here.
    pub fn of(here: View) -> Result<Judgements, StoreError> {
        let mut judgements = Judgements::default();
        for sequence in here.entries_of(&KINDS)? {
            let (entry, header, body) = here.entry_or_redaction(sequence)?;
            let matter = match body {
                Ok(body) => Matter::of(&body),
                Err(redaction) => redaction.body.retracts.map(Matter::Claim),
            };
            if let Some(matter) = matter {
                let from = super::origin(here, &header, entry.leaf_hash())?;
                judgements.here.entry(matter).or_default().push(from.leaf);
            }
        }
        Ok(judgements)
    }

    /// One there of which nothing is left but that it was made.
    pub fn redacted(&mut self, matter: Matter, leaf: Digest, is_here: bool) {
        self.there.entry(matter.clone()).or_default().push(leaf);
        if !is_here {
            self.apart.insert(matter);
        }
    }
}

/// Whether a judgement can be brought in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// It can.
    Fits,
    /// It is so already, and needs no judgement.
    Done,
    /// What it is about stands otherwise here.
    Differs,
    /// That is not here.
    Lacks(&'static str),
}

impl Merging<'_, '_> {
    /// Brings a judgement in, or what of it can be; `place` is where it is here.
    pub(super) fn judgement(&mut self, body: Body, from: &Brought, place: Option<u64>) -> Result<(), LedgerError> {
        let Some(matter) = Matter::of(&body) else { return Ok(()) };
        let there = self.judgements.there.entry(matter.clone()).or_default();
        let here = self.judgements.here.get(&matter).map_or(&[][..], Vec::as_slice);
        let follows = here == there.as_slice();
        there.push(from.leaf);
        if let Some(place) = place {
            let (_, _, is) = self.here().entry_or_redaction(place)?;
            match (is, body) {
                // Another record may say of anything that it brought it: believed is what judges the same.
                (Ok(is), body) if Matter::of(&is).as_ref() == Some(&matter) => {
                    return match (is, body) {
                        // The claim of the correction was left out.
                        (Body::Retract(_), Body::Correct(correct)) => self.claim(correct.claim, from),
                        _ => Ok(()),
                    };
                }
                // Only the claim of the correction was brought in.
                (Ok(Body::Claim(_) | Body::Attest(_)), Body::Correct(_)) => {
                    self.judgements.apart.insert(matter);
                    return Ok(());
                }
                (Err(_), _) => return Ok(()),
                (Ok(_), body) => return self.judge(matter, body, from, follows),
            }
        }
        self.judge(matter, body, from, follows)
    }

    /// Brings one in that is not here.
    fn judge(&mut self, matter: Matter, body: Body, from: &Brought, follows: bool) -> Result<(), LedgerError> {
        let fit = self.fit(&body)?;
        let brings = follows && fit == Fit::Fits;
        if let (Body::Approve(approve), true) = (&body, follows) {
            self.approved.insert(approve.claim);
        }
        match fit {
            Fit::Fits | Fit::Done if follows => self.judgements.here.entry(matter).or_default().push(from.leaf),
            Fit::Lacks(_) if matches!(body, Body::Correct(_)) => {}
            Fit::Lacks(what) => return self.leave(body.kind(), &matter.subject(), format!("{what} is not here")),
            _ => drop(self.judgements.apart.insert(matter)),
        }
        match body {
            // The claim in its place is a claim like any other.
            Body::Correct(correct) => self.correct(*correct, from, brings),
            body if brings => self.put(body, from),
            _ => Ok(()),
        }
    }

    /// Whether what a judgement is about is here, and as it takes it to be.
    fn fit(&mut self, body: &Body) -> Result<Fit, LedgerError> {
        // Of a correction the entities of its claim are asked for with that.
        if !matches!(body, Body::Correct(_)) && self.stranger(&keys_of(body))?.is_some() {
            return Ok(Fit::Lacks("an entity of it"));
        }
        let here = self.here();
        let fits = |fits: bool| if fits { Fit::Fits } else { Fit::Differs };
        let claim = |claim: ClaimId, wanted: fn(Status) -> bool| -> Result<Fit, StoreError> {
            Ok(here.status(claim)?.map_or(Fit::Lacks("its claim"), |status| fits(wanted(status))))
        };
        Ok(match body {
            Body::Retract(judged) => claim(judged.claim, |status| status != Status::Retracted)?,
            Body::Reinstate(judged) => claim(judged.claim, |status| status == Status::Retracted)?,
            Body::Correct(correct) => claim(correct.retracts, |status| status != Status::Retracted)?,
            Body::Approve(approve) => match here.status(approve.claim)? {
                Some(Status::Standing) => Fit::Done,
                _ => claim(approve.claim, |status| status == Status::Pending)?,
            },
            Body::Merge(merge) => {
                let stands = here.standing_for(&merge.entity)?;
                fits(stands == merge.entity && here.standing_for(&merge.into)? != stands)
            }
            Body::Unmerge(unmerge) => fits(here.standing_for(&unmerge.entity)? != unmerge.entity),
            Body::Derive(derive) | Body::Underive(derive) => {
                let is_there = match &derive.from {
                    Parent::Source(source) => here.source(*source)?.is_some(),
                    Parent::Entity(_) => true,
                };
                match here.source(derive.source)? {
                    Some(source) if is_there => {
                        let declared = here.declared(source.number)?.contains(&derive.from);
                        fits(declared != matches!(body, Body::Derive(_)))
                    }
                    _ => Fit::Lacks("a source of it"),
                }
            }
            Body::Decide(Decide::Finding(decision)) => {
                for claim in &decision.claims {
                    if here.status(*claim)?.is_none() {
                        return Ok(Fit::Lacks("a claim of it"));
                    }
                }
                // What entities were merged here before is another finding.
                let Some(question) = here.questions_by_prefix(&decision.finding.to_string())?.pop() else {
                    return Ok(Fit::Differs);
                };
                // After a merge of entities two findings may be one, which was decided on under its other id.
                let decided = here.decision_on_question(here.moved(question)?.number)?;
                fits(decided.is_none_or(|(_, known)| known.finding == decision.finding))
            }
            Body::Decide(Decide::Claim(decision)) => claim(decision.claim, |status| status == Status::Standing)?,
            Body::Independent(pair) => {
                for source in pair.a.sources().chain(pair.b.sources()) {
                    if here.source(*source)?.is_none() {
                        return Ok(Fit::Lacks("a source of it"));
                    }
                }
                let parted = here.are_parted(&here.standing_origin(&pair.a)?, &here.standing_origin(&pair.b)?)?;
                fits(parted != pair.holds)
            }
            _ => Fit::Differs,
        })
    }

    /// Tells on what judgements here and there come to different things.
    pub(super) fn compare_judgements(&mut self) -> Result<(), LedgerError> {
        let there: BTreeMap<SourceId, SourceId> = self.same_page.iter().map(|(there, here)| (*here, *there)).collect();
        let rename = |source: SourceId| there.get(&source).copied().unwrap_or(source);
        for matter in std::mem::take(&mut self.judgements.apart) {
            let matter_there = match &matter {
                Matter::Derivation(source, Parent::Source(from)) => {
                    Matter::Derivation(rename(*source), Parent::Source(rename(*from)))
                }
                Matter::Derivation(source, from) => Matter::Derivation(rename(*source), from.clone()),
                other => other.clone(),
            };
            let (here, there) = (matter.state(self.here())?, matter_there.state(self.there)?);
            if here != there {
                self.differs(matter.about(), matter.subject(), here, there);
            }
        }
        Ok(())
    }
}
