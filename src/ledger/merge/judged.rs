//! Judgements here and there: what people did to a claim, an entity, a finding. One is brought in where those here are the
//! ones that went before it there, so that nobody's judgement undoes another's unseen.

use std::collections::{BTreeMap, BTreeSet};

use super::Merging;
use crate::domain::claim::{EntityKey, Status};
use crate::domain::id::{ClaimId, Digest, QuestionId, SourceId};
use crate::domain::listing::About;
use crate::domain::origin::Origin;
use crate::ledger::error::LedgerError;
use crate::record::body::{Body, Brought, Decide, Derive, Parent};
use crate::store::{StoreError, View};

/// The kinds of entries that judge.
const KINDS: [&str; 9] =
    ["retract", "reinstate", "correct", "merge", "unmerge", "derive", "underive", "decide", "independent"];

/// What is judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// Whether a claim stands.
    Claim(ClaimId),
    /// Whether an entity is another.
    Entity(EntityKey),
    /// Whether a source repeats another, or somebody.
    Derivation(SourceId, Repeated),
    /// What a finding comes to.
    Finding(QuestionId),
    /// What a claim comes to.
    Outcome(ClaimId),
    /// Whether two origins are independent.
    Origins(Origin, Origin),
}

/// What a source repeats.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repeated {
    Source(SourceId),
    Entity(EntityKey),
}

impl Matter {
    /// What an entry judges; `None` for one that judges nothing.
    pub fn of(body: &Body) -> Option<Matter> {
        Some(match body {
            Body::Retract(judged) | Body::Reinstate(judged) => Matter::Claim(judged.claim),
            Body::Correct(correct) => Matter::Claim(correct.retracts),
            Body::Merge(merge) => Matter::Entity(merge.entity.clone()),
            Body::Unmerge(unmerge) => Matter::Entity(unmerge.entity.clone()),
            Body::Derive(derive) | Body::Underive(derive) => {
                let from = match &derive.from {
                    Parent::Source(source) => Repeated::Source(*source),
                    Parent::Entity(key) => Repeated::Entity(key.clone()),
                };
                Matter::Derivation(derive.source, from)
            }
            Body::Decide(Decide::Finding(decision)) => Matter::Finding(decision.finding),
            Body::Decide(Decide::Claim(decision)) => Matter::Outcome(decision.claim),
            Body::Independent(pair) => {
                let (a, b) = (pair.a.clone(), pair.b.clone());
                if a <= b { Matter::Origins(a, b) } else { Matter::Origins(b, a) }
            }
            _ => return None,
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
            if let Some(matter) = body.ok().as_ref().and_then(Matter::of) {
                let from = super::origin(here, &header, entry.leaf_hash())?;
                judgements.here.entry(matter).or_default().push(from.leaf);
            }
        }
        Ok(judgements)
    }
}

impl Merging<'_, '_> {
    /// Brings a judgement in, or what of it can be.
    pub(super) fn judgement(
        &mut self,
        matter: Matter,
        body: Body,
        from: &Brought,
        is_here: bool,
    ) -> Result<(), LedgerError> {
        let there = self.judgements.there.entry(matter.clone()).or_default();
        let here = self.judgements.here.get(&matter).map_or(&[][..], Vec::as_slice);
        let follows = here == there.as_slice();
        there.push(from.leaf);
        if is_here {
            return Ok(());
        }
        let fits = self.fits(&body, from)?;
        let brings = follows && fits == Fit::Fits;
        if let Body::Correct(correct) = body {
            // The claim in its place is a claim like any other.
            self.judged_here(&matter, from, brings, fits);
            return self.correct(*correct, from, brings);
        }
        self.judged_here(&matter, from, brings, fits);
        match (brings, fits) {
            (true, _) => {
                let body = self.under_sources_here(body);
                self.put(body, from)
            }
            (false, Fit::Lacks(what)) => self.leave(body.kind(), &subject(&matter), format!("{what} is not here")),
            _ => Ok(()),
        }
    }

    fn judged_here(&mut self, matter: &Matter, from: &Brought, brings: bool, fits: Fit) {
        if brings {
            self.judgements.here.entry(matter.clone()).or_default().push(from.leaf);
        } else if !matches!(fits, Fit::Lacks(_)) {
            self.judgements.apart.insert(matter.clone());
        }
    }

    /// Whether what a judgement is about is here, and as it takes it to be.
    fn fits(&mut self, body: &Body, from: &Brought) -> Result<Fit, LedgerError> {
        let status = |merging: &Self, claim| merging.here().status(claim);
        let fits = |fits: bool| if fits { Fit::Fits } else { Fit::Differs };
        Ok(match body {
            Body::Retract(judged) => match status(self, judged.claim)? {
                None => Fit::Lacks("its claim"),
                status => fits(status != Some(Status::Retracted)),
            },
            Body::Reinstate(judged) => match status(self, judged.claim)? {
                None => Fit::Lacks("its claim"),
                status => fits(status == Some(Status::Retracted)),
            },
            Body::Correct(correct) => match status(self, correct.retracts)? {
                None => Fit::Lacks("its claim"),
                status => fits(status != Some(Status::Retracted)),
            },
            Body::Merge(merge) => {
                if !self.has_entity(&merge.entity, from)? || !self.has_entity(&merge.into, from)? {
                    return Ok(Fit::Lacks("an entity of it"));
                }
                let here = self.here();
                let stands = here.standing_for(&merge.entity)?;
                fits(stands == merge.entity && here.standing_for(&merge.into)? != stands)
            }
            Body::Unmerge(unmerge) => {
                if !self.has_entity(&unmerge.entity, from)? {
                    return Ok(Fit::Lacks("its entity"));
                }
                fits(self.here().merged()?.iter().any(|(key, ..)| *key == unmerge.entity))
            }
            Body::Derive(derive) => match self.declares(derive, from)? {
                None => Fit::Lacks("a source of it"),
                Some(declared) => fits(!declared),
            },
            Body::Underive(derive) => match self.declares(derive, from)? {
                None => Fit::Lacks("a source of it"),
                Some(declared) => fits(declared),
            },
            Body::Decide(Decide::Finding(decision)) => {
                let here = self.here();
                let is_asked = !here.questions_by_prefix(&decision.finding.to_string())?.is_empty();
                for claim in &decision.claims {
                    if here.status(*claim)?.is_none() {
                        return Ok(Fit::Lacks("a claim of it"));
                    }
                }
                if is_asked { Fit::Fits } else { Fit::Lacks("its question") }
            }
            Body::Decide(Decide::Claim(decision)) => match status(self, decision.claim)? {
                None => Fit::Lacks("its claim"),
                status => fits(status == Some(Status::Standing)),
            },
            Body::Independent(pair) => {
                if !self.has_origin(&pair.a, from)? || !self.has_origin(&pair.b, from)? {
                    return Ok(Fit::Lacks("an origin of it"));
                }
                let here = self.here();
                let parted = here.are_parted(&here.standing_origin(&pair.a)?, &here.standing_origin(&pair.b)?)?;
                fits(parted != pair.holds)
            }
            _ => Fit::Differs,
        })
    }

    /// Whether a derivation stands here; `None` where a part of it is not here.
    fn declares(&mut self, derive: &Derive, from: &Brought) -> Result<Option<bool>, LedgerError> {
        let parent = match &derive.from {
            Parent::Source(id) => {
                let id = self.source_here(*id);
                if self.here().source(id)?.is_none() {
                    return Ok(None);
                }
                Parent::Source(id)
            }
            Parent::Entity(key) if !self.has_entity(key, from)? => return Ok(None),
            Parent::Entity(key) => Parent::Entity(key.clone()),
        };
        let Some(source) = self.here().source(self.source_here(derive.source))? else { return Ok(None) };
        Ok(Some(self.here().declared(source.number)?.contains(&parent)))
    }

    fn has_origin(&mut self, origin: &Origin, from: &Brought) -> Result<bool, LedgerError> {
        Ok(match origin {
            Origin::Named(key) | Origin::Anonymous(key) => self.has_entity(key, from)?,
            Origin::Unnamed(source) => self.source_here(*source) == *source && self.here().source(*source)?.is_some(),
            Origin::Either(members) => {
                for member in members {
                    if !self.has_origin(member, from)? {
                        return Ok(false);
                    }
                }
                true
            }
            Origin::Circle(keys) => {
                for key in keys {
                    if !self.has_entity(key, from)? {
                        return Ok(false);
                    }
                }
                true
            }
        })
    }

    /// A derivation between the sources as they are called here.
    fn under_sources_here(&self, body: Body) -> Body {
        let renamed = |derive: Derive| Derive {
            source: self.source_here(derive.source),
            from: match derive.from {
                Parent::Source(source) => Parent::Source(self.source_here(source)),
                from => from,
            },
            ..derive
        };
        match body {
            Body::Derive(derive) => Body::Derive(renamed(derive)),
            Body::Underive(derive) => Body::Underive(renamed(derive)),
            body => body,
        }
    }

    /// Tells on what judgements here and there come to different things.
    pub(super) fn compare_judgements(&mut self) -> Result<(), LedgerError> {
        for matter in std::mem::take(&mut self.judgements.apart) {
            let (about, here, there) = match &matter {
                Matter::Claim(claim) => (About::Claim, status(self.here(), *claim)?, status(self.there, *claim)?),
                Matter::Entity(key) => {
                    let (here, there) = (self.here().standing_for(key)?, self.there.standing_for(key)?);
                    (About::Entity, here.0, there.0)
                }
                Matter::Derivation(source, from) => {
                    let here = declared(self.here(), self.source_here(*source), from)?;
                    (About::Derivation, here, declared(self.there, *source, from)?)
                }
                Matter::Finding(finding) => {
                    (About::Finding, decided(self.here(), *finding)?, decided(self.there, *finding)?)
                }
                Matter::Outcome(claim) => (About::Outcome, outcome(self.here(), *claim)?, outcome(self.there, *claim)?),
                Matter::Origins(a, b) => (About::Origins, parted(self.here(), a, b)?, parted(self.there, a, b)?),
            };
            if here != there {
                self.differs(about, subject(&matter), here, there);
            }
        }
        Ok(())
    }
}

/// Whether a judgement can be brought in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// It can.
    Fits,
    /// What it is about stands otherwise here.
    Differs,
    /// That is not here.
    Lacks(&'static str),
}

/// What is judged, by its ids.
fn subject(matter: &Matter) -> String {
    match matter {
        Matter::Claim(claim) | Matter::Outcome(claim) => claim.to_string(),
        Matter::Entity(key) => key.0.clone(),
        Matter::Derivation(source, Repeated::Source(from)) => format!("{source} from {from}"),
        Matter::Derivation(source, Repeated::Entity(from)) => format!("{source} from {}", from.0),
        Matter::Finding(finding) => finding.to_string(),
        Matter::Origins(a, b) => format!("{a} and {b}"),
    }
}

fn status(view: View, claim: ClaimId) -> Result<String, StoreError> {
    Ok(view.status(claim)?.map_or("not on record", Status::name).to_string())
}

fn declared(view: View, source: SourceId, from: &Repeated) -> Result<String, StoreError> {
    let parent = match from {
        Repeated::Source(source) => Parent::Source(*source),
        Repeated::Entity(key) => Parent::Entity(key.clone()),
    };
    let Some(row) = view.source(source)? else { return Ok("not on record".into()) };
    let holds = view.declared(row.number)?.contains(&parent);
    Ok(if holds { "derives" } else { "does not derive" }.to_string())
}

fn decided(view: View, finding: QuestionId) -> Result<String, StoreError> {
    let questions = view.questions_by_prefix(&finding.to_string())?;
    let Some(question) = questions.first() else { return Ok("not on record".into()) };
    Ok(match view.decision_on_question(question.number)? {
        None => "not decided".to_string(),
        Some((_, decision)) => {
            let named = |what: &str, claims: &[ClaimId]| -> String {
                claims.iter().map(|claim| format!(", {} {what}", claim.short())).collect()
            };
            let (right, wrong) = (named("right", &decision.right), named("wrong", &decision.wrong));
            format!("{}{right}{wrong}: {}", decision.outcome.name(), decision.because)
        }
    })
}

fn outcome(view: View, claim: ClaimId) -> Result<String, StoreError> {
    let Some(number) = view.claim_number(claim)? else { return Ok("not on record".into()) };
    Ok(match view.decision_on_claim(number)? {
        None => "not decided".to_string(),
        Some((_, decision)) => format!("{}: {}", decision.outcome.name(), decision.because),
    })
}

fn parted(view: View, a: &Origin, b: &Origin) -> Result<String, StoreError> {
    let parted = view.are_parted(&view.standing_origin(a)?, &view.standing_origin(b)?)?;
    Ok(if parted { "independent" } else { "not parted" }.to_string())
}
