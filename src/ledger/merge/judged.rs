//! Judgements here and there: what people did to a claim, an entity, a finding. One is brought in where those here are the
//! ones that went before it there, so that nobody's judgement undoes another's unseen.

use std::collections::BTreeMap;

use super::{Merging, keys_of};
use crate::domain::claim::{EntityKey, Status};
use crate::domain::id::{ClaimId, Digest, QuestionId, SourceId};
use crate::domain::listing::About;
use crate::domain::origin::Origin;
use crate::ledger::error::LedgerError;
use crate::record::body::{Body, Brought, Decide, Parent};
use crate::store::{StoreError, View};

/// What is judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// Whether a claim stands.
    Claim(ClaimId),
    /// Whether two entities are one, the first by key before the other.
    Entity(EntityKey, EntityKey),
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
    /// What an entry judges; `None` for one that judges nothing. `merged` are the entities that were merged before, each
    /// with the one it was merged into.
    fn of(body: &Body, merged: &mut BTreeMap<EntityKey, EntityKey>) -> Option<Matter> {
        let pair = |a: &EntityKey, b: &EntityKey| Matter::Entity(a.min(b).clone(), a.max(b).clone());
        Some(match body {
            Body::Retract(judged) | Body::Reinstate(judged) => Matter::Claim(judged.claim),
            Body::Correct(correct) => Matter::Claim(correct.retracts),
            Body::Approve(approve) => Matter::Claim(approve.claim),
            Body::Merge(merge) => {
                merged.insert(merge.entity.clone(), merge.into.clone());
                pair(&merge.entity, &merge.into)
            }
            Body::Unmerge(unmerge) => pair(&unmerge.entity, merged.get(&unmerge.entity).unwrap_or(&unmerge.entity)),
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

    /// The same as it stands here after all merges of entities: findings and origins that became one are one matter.
    fn settled(self, here: View) -> Result<Matter, StoreError> {
        Ok(match self {
            Matter::Finding(finding) => match here.questions_by_prefix(&finding.to_string())?.pop() {
                Some(question) => Matter::Finding(here.moved(question)?.id),
                None => Matter::Finding(finding),
            },
            Matter::Origins(a, b) => {
                let (a, b) = (here.standing_origin(&a)?, here.standing_origin(&b)?);
                if a <= b { Matter::Origins(a, b) } else { Matter::Origins(b, a) }
            }
            other => other,
        })
    }

    fn about(&self) -> About {
        match self {
            Matter::Claim(_) => About::Claim,
            Matter::Entity(..) => About::Entity,
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
            Matter::Entity(a, b) => format!("{} and {}", a.0, b.0),
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
            Matter::Entity(a, b) => {
                let one = view.standing_for(a)? == view.standing_for(b)?;
                if one { "one" } else { "two" }.to_string()
            }
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
    /// Entities that were merged there, each with the one it was merged into.
    merged_there: BTreeMap<EntityKey, EntityKey>,
    /// Those on which judgements there were not brought in, each with what it is called there.
    apart: BTreeMap<Matter, Matter>,
}

impl Judgements {
    /// Those on record here.
    pub fn of(here: View) -> Result<Judgements, StoreError> {
        let (mut judgements, mut merged) = (Judgements::default(), BTreeMap::new());
        for sequence in here.entries_of(&Body::JUDGING)? {
            let (entry, header, body) = here.entry_or_redaction(sequence)?;
            let matter = match body {
                Ok(body) => Matter::of(&body, &mut merged),
                Err(redaction) => redaction.body.retracts.map(Matter::Claim),
            };
            if let Some(matter) = matter {
                let from = super::origin(here, &header, entry.leaf_hash())?;
                judgements.here.entry(matter.settled(here)?).or_default().push(from.leaf);
            }
        }
        Ok(judgements)
    }

    /// One there of which nothing is left but that it was made.
    pub fn redacted(&mut self, matter: Matter, leaf: Digest, is_here: bool) {
        self.there.entry(matter.clone()).or_default().push(leaf);
        if !is_here {
            self.apart.insert(matter.clone(), matter);
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
        let Some(matter) = Matter::of(&body, &mut self.judgements.merged_there) else {
            return self.leave(body.kind(), &from.sequence, "no entry of this kind is brought in".to_string());
        };
        let said = matter.clone();
        let matter = matter.settled(self.here())?;
        let there = self.judgements.there.entry(matter.clone()).or_default();
        let here = self.judgements.here.get(&matter).map_or(&[][..], Vec::as_slice);
        let follows = here == there.as_slice();
        there.push(from.leaf);
        if let Some(place) = place {
            let (_, _, is) = self.here().entry_or_redaction(place)?;
            match (is, body) {
                // Another record may say of anything that it brought it: believed is what judges the same.
                (Ok(is), body) if self.judges(&is, &said, &body) => {
                    return match (is, body) {
                        // The claim of the correction was left out.
                        (Body::Retract(_), Body::Correct(correct)) => self.claim(correct.claim, from),
                        _ => Ok(()),
                    };
                }
                // Only the claim of the correction was brought in.
                (Ok(Body::Claim(_) | Body::Attest(_)), Body::Correct(_)) => {
                    self.judgements.apart.insert(matter, said);
                    return Ok(());
                }
                (Err(_), _) => return Ok(()),
                (Ok(_), body) => return self.judge((matter, said), body, from, follows),
            }
        }
        self.judge((matter, said), body, from, follows)
    }

    /// True where an entry here judges what one there does.
    fn judges(&self, here: &Body, said: &Matter, there: &Body) -> bool {
        match (here, there) {
            // Of what it parted the other record tells by what it merged before.
            (Body::Unmerge(here), Body::Unmerge(there)) => here.entity == there.entity,
            (here, _) => Matter::of(here, &mut BTreeMap::new()).as_ref() == Some(said),
        }
    }

    /// Brings one in that is not here.
    fn judge(
        &mut self,
        (matter, said): (Matter, Matter),
        body: Body,
        from: &Brought,
        follows: bool,
    ) -> Result<(), LedgerError> {
        let fit = self.fit(&body)?;
        let may = self.may(&body, from)?;
        let brings = follows && may && fit == Fit::Fits;
        if let (Body::Approve(approve), true) = (&body, follows && may) {
            self.approved.insert(approve.claim);
        }
        match fit {
            Fit::Fits | Fit::Done if follows && !may && !matches!(body, Body::Correct(_)) => {
                let why = "an agent judged so, and no person approves that";
                return self.leave(body.kind(), &matter.subject(), why.to_string());
            }
            Fit::Fits | Fit::Done if follows && may => self.judgements.here.entry(matter).or_default().push(from.leaf),
            Fit::Lacks(_) if matches!(body, Body::Correct(_)) => {}
            Fit::Lacks(what) => return self.leave(body.kind(), &matter.subject(), format!("{what} is not here")),
            _ => drop(self.judgements.apart.insert(matter, said)),
        }
        match body {
            // The claim in its place is a claim like any other.
            Body::Correct(correct) => self.correct(*correct, from, brings),
            body if brings => self.put(body, from),
            _ => Ok(()),
        }
    }

    /// Only people approve; and where agents' claims are held, what they judge changes nothing that stands without them.
    fn may(&self, body: &Body, from: &Brought) -> Result<bool, LedgerError> {
        let may_agents = match body {
            Body::Approve(_) => false,
            Body::Retract(judged) if self.here().status(judged.claim)? == Some(Status::Pending) => true,
            _ => !self.hold_agents,
        };
        Ok(from.actor.is_human() || may_agents)
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
                    // Two sources there may be one here.
                    Parent::Source(source) if *source == derive.source => return Ok(Fit::Differs),
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
                fits(!here.questions_by_prefix(&decision.finding.to_string())?.is_empty())
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
        for (matter, said) in std::mem::take(&mut self.judgements.apart) {
            let said = match said {
                Matter::Derivation(source, Parent::Source(from)) => {
                    Matter::Derivation(rename(source), Parent::Source(rename(from)))
                }
                Matter::Derivation(source, from) => Matter::Derivation(rename(source), from),
                other => other,
            };
            let (here, there) = (matter.state(self.here())?, said.state(self.there)?);
            if here != there {
                self.differs(matter.about(), matter.subject(), here, there);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of every kind of entry, by the vectors of the format.
    #[test]
    fn what_judges_has_a_matter() {
        for line in include_str!("../../../tests/data/record/entries.jsonl").lines() {
            let vector: serde_json::Value = serde_json::from_str(line).unwrap();
            let body = Body::read(vector["body"].as_str().unwrap()).unwrap();
            let is_matter = Matter::of(&body, &mut BTreeMap::new()).is_some();
            assert_eq!(is_matter, Body::JUDGING.contains(&body.kind()), "{}", body.kind());
        }
    }
}
