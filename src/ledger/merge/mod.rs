//! Bringing in what another ledger has on record: entry by entry, in the order of that record, each once, whoever hands
//! it on. What differs here and there is shown and left as it is here.

mod differences;
mod judged;
mod place;
mod tables;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub use place::Other;

use super::error::{LedgerError, Refusal};
use super::{Ledger, Progress, Session, Stage};
use crate::domain::claim::{Claim, Entity, EntityKey, Speaker, Status};
use crate::domain::id::{ClaimId, Digest, SourceId};
use crate::domain::listing::{About, Difference, LeftOut, MergeView};
use crate::domain::predicate::{ObjectRule, Predicate};
use crate::domain::source::SourceDetails;
use crate::quote::fold_name;
use crate::record::body::{Attest, Body, Bring, Brought, Capture, Correct, Describe, Hold, Judged, Parent, claim_id};
use crate::record::entry::Header;
use crate::store::{StoreError, View};
use judged::{Judgements, Matter};

/// Entries that one `bring` entry speaks of, at most.
const AT_ONCE: usize = 1000;
/// Differences, and things left out, that are listed at most.
const MOST_LISTED: usize = 1000;

/// How to bring another ledger in.
pub struct MergeRequest<'a> {
    /// Hold what agents logged there, until a person approves it.
    pub hold_agents: bool,
    /// Change nothing, and answer what would be done.
    pub dry_run: bool,
    /// Told how many entries of how many were read.
    pub progress: Progress<'a>,
}

impl Ledger {
    /// Brings in what another ledger has on record and this one has not. Each entry says what it says there and is
    /// attributed to who made it there and when; what is here already, by id, is not brought again, so that a second time
    /// changes nothing. A judgement (a retraction, a decision, a merge of entities) is brought where those here are the ones
    /// that went before it there; else it is shown as a difference, as are names, details and definitions that differ.
    pub fn merge(&mut self, other: &mut Other, request: &MergeRequest) -> Result<MergeView, LedgerError> {
        if self.holding {
            return Err(Refusal::JudgesHeld { kind: "bring" }.into());
        }
        let reading = other.ledger.store.read()?;
        let there = reading.view();
        let (entries, record) = (there.n_entries()?, there.origin_of_record()?);
        let mut view = MergeView {
            root: there.root(entries)?,
            entries,
            record,
            brought: BTreeMap::new(),
            held: 0,
            differences: Vec::new(),
            n_differences: 0,
            left_out: Vec::new(),
            n_left_out: 0,
            questions: None,
            dry_run: request.dry_run,
        };
        let mut session = self.session()?;
        let mut merging = Merging::new(&mut session, there, &mut view, request.hold_agents)?;
        for sequence in 0..entries {
            (request.progress)(Stage::Reading, sequence, entries);
            merging.entry(sequence)?;
        }
        merging.flush()?;
        merging.hold()?;
        merging.compare()?;
        if !request.dry_run {
            view.questions = Some(session.finish_long(request.progress)?);
        }
        Ok(view)
    }
}

/// A merge under way.
struct Merging<'m, 'l> {
    session: &'m mut Session<'l>,
    there: View<'m>,
    done: &'m mut MergeView,
    hold_agents: bool,
    /// Hashes of entries of other records that were brought in at any time, each with the last entry here that says what
    /// it said.
    brought: HashMap<Digest, u64>,
    /// Those of this merge of which no `bring` entry tells yet.
    untold: Vec<Brought>,
    judgements: Judgements,
    /// Sources that were here before.
    ours: BTreeSet<SourceId>,
    /// Sources there that are on record here under another id: one address is one publication.
    same_page: HashMap<SourceId, SourceId>,
    /// Of each key that was looked at, whether it means the same entity here and there.
    people: HashMap<EntityKey, bool>,
    /// Names of predicates whose claims here would say something else.
    unfit: BTreeSet<String>,
    /// Claims of this merge, each with whether a person logged it there.
    fresh: HashMap<ClaimId, bool>,
    /// Claims that a person approved there.
    approved: HashSet<ClaimId>,
    /// The names of tables are known to lead where they do there.
    names_are_ready: bool,
    differences: BTreeSet<Difference>,
}

impl<'m, 'l> Merging<'m, 'l> {
    fn new(
        session: &'m mut Session<'l>,
        there: View<'m>,
        done: &'m mut MergeView,
        hold_agents: bool,
    ) -> Result<Merging<'m, 'l>, LedgerError> {
        let here = session.writer.view();
        let mut brought = HashMap::new();
        for (first, bring) in here.brings()? {
            brought.extend((first..).zip(&bring.entries).map(|(sequence, entry)| (entry.leaf, sequence)));
        }
        let mut same_page = HashMap::new();
        for source in there.sources()? {
            // Two sources there are not one here.
            if let Some(url) = &source.details.url
                && here.source(source.id)?.is_none()
                && let Some(known) = here.sources_by_url(url)?.pop()
                && there.source(known.id)?.is_none()
            {
                same_page.insert(source.id, known.id);
            }
        }
        Ok(Merging {
            judgements: Judgements::of(here)?,
            ours: here.sources()?.into_iter().map(|source| source.id).collect(),
            session,
            there,
            done,
            hold_agents,
            brought,
            untold: Vec::new(),
            same_page,
            people: HashMap::new(),
            unfit: BTreeSet::new(),
            fresh: HashMap::new(),
            approved: HashSet::new(),
            names_are_ready: false,
            differences: BTreeSet::new(),
        })
    }

    fn here(&self) -> View<'_> {
        self.session.writer.view()
    }

    /// Brings one entry in, where it is not here and can be.
    fn entry(&mut self, sequence: u64) -> Result<(), LedgerError> {
        let (entry, header, body) = self.there.entry_or_redaction(sequence)?;
        let from = origin(self.there, &header, entry.leaf_hash())?;
        let place = self.place_of(&from)?;
        let body = match body {
            Ok(body) => self.under_sources_here(body),
            Err(redaction) => {
                // A correction withdrew a claim, whatever else it said.
                if let Some(claim) = redaction.body.retracts {
                    self.judgements.redacted(Matter::Claim(claim), from.leaf, place.is_some());
                }
                return match place {
                    Some(_) => Ok(()),
                    None => self.leave("entry", &sequence, format!("there, {}", StoreError::from(redaction))),
                };
            }
        };
        match body {
            // Another record may say of anything that it brought it: believed is what is here. Of what stands by its own id,
            // nothing else is asked.
            Body::Claim(claim) if self.is_here(place, &claim)? => Ok(()),
            Body::Claim(claim) => self.claim(*claim, &from),
            Body::Attest(_) | Body::Hold(_) if place.is_some() => Ok(()),
            Body::Capture(capture) => self.capture(*capture, &from),
            Body::Describe(describe) => self.describe(describe, &from),
            Body::Entity(entity) => self.entity(entity, &from),
            Body::Predicate(predicate) => self.predicate(predicate, &from),
            Body::Attest(attest) => match self.here().status(attest.claim)?.is_some() {
                true => self.put(Body::Attest(attest), &from),
                false => Ok(()),
            },
            Body::Hold(hold) => match self.here().status(hold.claim)? {
                Some(Status::Standing) if self.fresh.contains_key(&hold.claim) => self.put(Body::Hold(hold), &from),
                _ => Ok(()),
            },
            Body::Import(import) => self.import(*import, &from),
            // Copies are found among all that is here; what was removed there is compared at the end.
            Body::Begin(_) | Body::Copying(_) | Body::Redact(_) | Body::Bring(_) => Ok(()),
            judgement => self.judgement(judgement, &from, place),
        }
    }

    /// The entry here that an entry of another record is, or was brought in as.
    fn place_of(&self, from: &Brought) -> Result<Option<u64>, LedgerError> {
        if let Some(sequence) = self.brought.get(&from.leaf) {
            return Ok(Some(*sequence));
        }
        Ok(self.here().leaf(from.sequence)?.filter(|leaf| *leaf == from.leaf).map(|_| from.sequence))
    }

    /// True where the entry at that place puts this claim on record, or did until it was redacted.
    fn is_here(&self, place: Option<u64>, claim: &Claim) -> Result<bool, LedgerError> {
        let Some(place) = place else { return Ok(false) };
        let id = claim_id(claim).map_err(StoreError::from)?;
        Ok(self.here().status(id)?.is_some() || self.here().redacted_entry(place)?.is_some())
    }

    /// What an entry says, of the sources as they are called here. The rows of a table have ids that its source is part of.
    fn under_sources_here(&self, mut body: Body) -> Body {
        let rename = |source: &mut SourceId| *source = self.same_page.get(source).copied().unwrap_or(*source);
        match &mut body {
            Body::Capture(capture) => rename(&mut capture.source),
            Body::Describe(describe) => rename(&mut describe.source),
            Body::Claim(claim) => rename(&mut claim.source),
            Body::Correct(correct) => rename(&mut correct.claim.source),
            Body::Derive(derive) | Body::Underive(derive) => {
                rename(&mut derive.source);
                if let Parent::Source(source) = &mut derive.from {
                    rename(source);
                }
            }
            _ => {}
        }
        body
    }

    /// Appends an entry that came from there. Entities that it names and that a table named there have no entry of their own
    /// there; they are named before, by whoever merges.
    fn put(&mut self, body: Body, from: &Brought) -> Result<(), LedgerError> {
        for key in keys_of(&body) {
            if self.here().name(&key)?.is_none()
                && let Some(name) = self.there.name(&key)?
            {
                self.name(key, name)?;
            }
        }
        let kind = body.kind();
        self.session.append(body)?;
        self.came_from(from, kind)
    }

    /// Names an entity.
    fn name(&mut self, key: EntityKey, name: String) -> Result<(), LedgerError> {
        self.tell_namesakes(&name, &key)?;
        // What came from there stands in a row before the entry that says so.
        self.flush()?;
        self.session.append(Body::Entity(Entity { key, name, aliases: Vec::new(), members: Vec::new() }))
    }

    /// Remembers where the entry that was appended last came from.
    fn came_from(&mut self, from: &Brought, kind: &str) -> Result<(), LedgerError> {
        self.brought.insert(from.leaf, self.session.writer.next_sequence() - 1);
        self.untold.push(from.clone());
        *self.done.brought.entry(kind.to_string()).or_default() += 1;
        if self.untold.len() == AT_ONCE { self.flush() } else { Ok(()) }
    }

    /// Puts on record where the entries since the last time came from.
    fn flush(&mut self) -> Result<(), LedgerError> {
        if self.untold.is_empty() {
            return Ok(());
        }
        let entries = std::mem::take(&mut self.untold);
        let MergeView { record, entries: size, root, .. } = &*self.done;
        let bring = Bring { record: record.clone(), size: *size, root: *root, entries };
        self.session.append(Body::Bring(Box::new(bring)))
    }

    /// Counts, and lists among the first, what could not be brought in.
    fn leave(&mut self, kind: &str, of: &dyn ToString, because: String) -> Result<(), LedgerError> {
        self.done.n_left_out += 1;
        if self.done.left_out.len() < MOST_LISTED {
            self.done.left_out.push(LeftOut { kind: kind.to_string(), of: of.to_string(), because });
        }
        Ok(())
    }

    // ---- sources

    fn capture(&mut self, mut capture: Capture, from: &Brought) -> Result<(), LedgerError> {
        if let Some(known) = self.here().source(capture.source)? {
            if self.here().has_snapshot(capture.source, capture.snapshot, capture.text)? {
                return self.describe(Describe { source: capture.source, details: capture.details }, from);
            }
            if self.ours.contains(&capture.source) {
                capture.details = capture.details.beyond(&known.details);
                capture.page = capture.page.beyond(&known.details);
            }
        }
        self.spare_url(capture.source, &mut capture.details)?;
        self.spare_url(capture.source, &mut capture.page)?;
        let digests = [capture.snapshot, capture.text, capture.layout];
        for digest in digests {
            let here = self.here().redacted_bytes(digest)?.map(|redaction| ("here", redaction));
            let there = self.there.redacted_bytes(digest)?.map(|redaction| ("there", redaction));
            if let Some((place, redaction)) = here.or(there) {
                return self.leave("capture", &capture.snapshot, format!("{place}, {}", StoreError::from(redaction)));
            }
        }
        for digest in digests {
            let bytes = self.there.bytes(digest)?;
            self.session.writer.put_blob_named(digest, &bytes)?;
        }
        self.put(Body::Capture(Box::new(capture)), from)
    }

    fn describe(&mut self, mut describe: Describe, from: &Brought) -> Result<(), LedgerError> {
        // It went with its captures.
        let Some(known) = self.here().source(describe.source)? else { return Ok(()) };
        if self.ours.contains(&describe.source) {
            describe.details = describe.details.beyond(&known.details);
        }
        self.spare_url(describe.source, &mut describe.details)?;
        let is_known = describe.details.clone().or(known.details.clone()) == known.details;
        if is_known { Ok(()) } else { self.put(Body::Describe(describe), from) }
    }

    /// Leaves out an address that is another source's here.
    fn spare_url(&mut self, source: SourceId, details: &mut SourceDetails) -> Result<(), LedgerError> {
        let Some(url) = details.url.clone() else { return Ok(()) };
        if let Some(owner) = self.here().sources_by_url(&url)?.into_iter().find(|owner| owner.id != source) {
            details.url = None;
            self.differs(About::Source, &url, owner.id, source);
        }
        Ok(())
    }

    // ---- names

    /// An entity, or what of its names and members is not here.
    fn entity(&mut self, mut entity: Entity, from: &Brought) -> Result<(), LedgerError> {
        if !self.is_same(&entity.key)? {
            return Ok(());
        }
        let (mut members, known) = (Vec::new(), self.here().members(&entity.key)?);
        for member in std::mem::take(&mut entity.members) {
            // Of those that are one here now, either may be parted again.
            if !known.contains(&member) && self.stranger(std::slice::from_ref(&member))?.is_none() {
                members.push(member);
            }
        }
        let mut fresh = Vec::new();
        for name in std::iter::once(&entity.name).chain(&entity.aliases) {
            if !self.here().entities_named(&fold_name(name))?.contains(&entity.key) {
                self.tell_namesakes(name, &entity.key)?;
                fresh.push(name.clone());
            }
        }
        let entity = match self.here().name(&entity.key)? {
            None => Entity { members, ..entity },
            Some(_) if fresh.is_empty() && members.is_empty() => return Ok(()),
            Some(name) => Entity { name, aliases: fresh, members, ..entity },
        };
        self.put(Body::Entity(entity), from)
    }

    /// Tells where somebody else is called so here, unless both are known there as two.
    fn tell_namesakes(&mut self, name: &str, key: &EntityKey) -> Result<(), LedgerError> {
        let folded = fold_name(name);
        let mut called = self.here().entities_named(&folded)?;
        // A name may be what somebody's key is.
        let of_that_key = EntityKey(folded.clone());
        if called.is_empty() && self.here().name(&of_that_key)?.is_some() {
            called.push(of_that_key);
        }
        let there = self.there.entities_named(&folded)?;
        if !called.is_empty() && !called.iter().any(|known| known == key || there.contains(known)) {
            let called: Vec<&str> = called.iter().map(|key| key.0.as_str()).collect();
            self.differs(About::Name, name, called.join(", "), &key.0);
        }
        Ok(())
    }

    /// True where a key does not stand for somebody else here: one of no common name.
    fn is_same(&mut self, key: &EntityKey) -> Result<bool, LedgerError> {
        if let Some(known) = self.people.get(key) {
            return Ok(*known);
        }
        let folded = |view: View| -> Result<BTreeSet<String>, StoreError> {
            Ok(view.names_of(key)?.iter().map(|name| fold_name(name)).collect())
        };
        let here = self.here().name(key)?;
        let same = here.is_none() || !folded(self.here())?.is_disjoint(&folded(self.there)?);
        if let Some(here) = here.filter(|_| !same) {
            let there = self.there.name(key)?.unwrap_or_default();
            self.differs(About::Key, &key.0, here, there);
        }
        self.people.insert(key.clone(), same);
        Ok(same)
    }

    /// The first of some keys that is somebody else here, or nobody at all.
    fn stranger(&mut self, keys: &[EntityKey]) -> Result<Option<EntityKey>, LedgerError> {
        for key in keys {
            let is_named = self.here().name(key)?.is_some() || self.there.name(key)?.is_some();
            if !is_named || !self.is_same(key)? {
                return Ok(Some(key.clone()));
            }
        }
        Ok(None)
    }

    fn predicate(&mut self, predicate: Predicate, from: &Brought) -> Result<(), LedgerError> {
        let Some(known) = self.here().predicate(&predicate.name)? else {
            for implied in &predicate.implies {
                if self.there.predicate(implied)?.is_none() {
                    self.unfit.insert(predicate.name.clone());
                    return self.leave("predicate", &predicate.name, format!("it implies `{implied}`, which is none"));
                }
            }
            return self.put(Body::Predicate(predicate), from);
        };
        if differences::definition(&known) != differences::definition(&predicate) {
            let fits = known.value == predicate.value
                && known.unit == predicate.unit
                && (known.object == predicate.object || known.object == ObjectRule::Optional);
            if !fits {
                self.unfit.insert(predicate.name.clone());
            }
            let (here, there) = (differences::definition(&known), differences::definition(&predicate));
            self.differs(About::Predicate, &predicate.name, here, there);
        }
        Ok(())
    }

    // ---- claims

    fn claim(&mut self, claim: Claim, from: &Brought) -> Result<(), LedgerError> {
        let id = claim_id(&claim).map_err(StoreError::from)?;
        if self.here().status(id)?.is_some() {
            return self.put(Body::Attest(Attest { claim: id, reference: claim.reference }), from);
        }
        match self.lack(&claim)? {
            Some(lack) => self.leave("claim", &id, lack),
            None => self.put_claim(id, Body::Claim(Box::new(claim)), from),
        }
    }

    fn put_claim(&mut self, id: ClaimId, body: Body, from: &Brought) -> Result<(), LedgerError> {
        self.fresh.insert(id, from.actor.is_human());
        self.put(body, from)
    }

    /// Why a claim cannot stand here, where it cannot.
    fn lack(&mut self, claim: &Claim) -> Result<Option<String>, LedgerError> {
        let here = self.here();
        let has_words = here.has_snapshot(claim.source, claim.snapshot, claim.text)?
            && here.redacted_bytes(claim.snapshot)?.is_none()
            && here.redacted_bytes(claim.text)?.is_none();
        if !has_words {
            return Ok(Some(format!("its snapshot {} is not here", claim.snapshot.short())));
        }
        if self.unfit.contains(&claim.predicate) {
            return Ok(Some(format!("`{}` is defined otherwise here", claim.predicate)));
        }
        Ok(self.stranger(&keys_of_claim(claim))?.map(|key| format!("`{}` is somebody else here", key.0)))
    }

    /// A correction withdraws a claim and logs another; of these two it may be that only one is to be brought in.
    fn correct(&mut self, correct: Correct, from: &Brought, withdraws: bool) -> Result<(), LedgerError> {
        let id = claim_id(&correct.claim).map_err(StoreError::from)?;
        if withdraws && self.here().status(id)?.is_none() && self.lack(&correct.claim)?.is_none() {
            return self.put_claim(id, Body::Correct(Box::new(correct)), from);
        }
        if withdraws {
            self.put(Body::Retract(Judged { claim: correct.retracts, because: correct.because }), from)?;
        }
        self.claim(correct.claim, from)
    }

    /// Holds the claims of this merge that agents logged there, where nobody approved them there.
    fn hold(&mut self) -> Result<(), LedgerError> {
        if !self.hold_agents {
            return Ok(());
        }
        let by_agents = self.fresh.iter().filter(|(id, by_person)| !**by_person && !self.approved.contains(id));
        let by_agents: BTreeSet<ClaimId> = by_agents.map(|(id, _)| *id).collect();
        for claim in by_agents {
            if self.here().status(claim)? == Some(Status::Standing) {
                self.session.append(Body::Hold(Hold { claim }))?;
                self.done.held += 1;
            }
        }
        Ok(())
    }
}

/// Where an entry of a record was written first.
fn origin(view: View, header: &Header, leaf: Digest) -> Result<Brought, StoreError> {
    Ok(view.brought(header.sequence)?.map_or_else(
        || {
            let Header { actor, sequence, time, .. } = header.clone();
            Brought { actor, leaf, record: None, sequence, time }
        },
        |(from, _)| from,
    ))
}

/// The entities that an entry needs to be on record.
fn keys_of(body: &Body) -> Vec<EntityKey> {
    match body {
        Body::Claim(claim) => keys_of_claim(claim),
        Body::Correct(correct) => keys_of_claim(&correct.claim),
        Body::Entity(entity) => entity.members.clone(),
        Body::Merge(merge) => vec![merge.entity.clone(), merge.into.clone()],
        Body::Unmerge(unmerge) => vec![unmerge.entity.clone()],
        Body::Derive(derive) | Body::Underive(derive) => match &derive.from {
            Parent::Entity(key) => vec![key.clone()],
            Parent::Source(_) => Vec::new(),
        },
        Body::Independent(pair) => pair.a.keys().chain(pair.b.keys()).cloned().collect(),
        _ => Vec::new(),
    }
}

fn keys_of_claim(claim: &Claim) -> Vec<EntityKey> {
    let speakers = claim.by.iter().filter_map(|link| match &link.who {
        Speaker::Entity(key) => Some(key),
        Speaker::Anonymous(_) => None,
    });
    std::iter::once(&claim.subject).chain(&claim.object).chain(speakers).cloned().collect()
}
