//! Bringing in what another ledger has on record: entry by entry, in the order of that record, each once, whoever hands
//! it on. What differs here and there is shown and left as it is here.

mod judged;
mod place;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub use place::Other;

use super::error::LedgerError;
use super::{Ledger, Progress, Questions, Session, Stage};
use crate::domain::claim::{Claim, Entity, EntityKey, Speaker, Status};
use crate::domain::id::{ClaimId, Digest, SourceId};
use crate::domain::listing::{About, Difference, LeftOut, MergeView};
use crate::domain::predicate::{ObjectRule, Predicate};
use crate::domain::source::SourceDetails;
use crate::quote::fold_name;
use crate::record::body::{Attest, Body, Bring, Brought, Capture, Correct, Describe, Hold, Import, Judged};
use crate::record::body::{claim_id, import_key};
use crate::record::entry::Header;
use crate::store::{Redaction, StoreError, View, plain_key};
use judged::{Judgements, Matter};

/// Entries that one `bring` entry speaks of, at most.
const AT_ONCE: usize = 1000;
/// Things left out that are listed, at most.
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
        let reading = other.ledger.store.read()?;
        let there = reading.view();
        let (n, record) = (there.n_entries()?, there.origin_of_record()?);
        let mut view = MergeView {
            root: there.root(n)?,
            entries: n,
            record,
            brought: BTreeMap::new(),
            held: 0,
            differences: Vec::new(),
            left_out: Vec::new(),
            n_left_out: 0,
            questions: Questions::default(),
            dry_run: request.dry_run,
        };
        let mut session = self.session()?;
        let mut merging = Merging::new(&mut session, there, &mut view)?;
        for sequence in 0..n {
            (request.progress)(Stage::Reading, sequence, n);
            merging.entry(sequence, request)?;
        }
        merging.flush()?;
        merging.hold(request.hold_agents)?;
        merging.compare()?;
        if !request.dry_run {
            view.questions = session.finish_long(request.progress)?;
        }
        Ok(view)
    }
}

/// A merge under way.
struct Merging<'m, 'l> {
    session: &'m mut Session<'l>,
    there: View<'m>,
    done: &'m mut MergeView,
    /// Hashes of entries of other records that were brought in at any time, each with its place here.
    brought: HashMap<Digest, u64>,
    /// Those of this merge of which no `bring` entry tells yet.
    untold: Vec<Brought>,
    judgements: Judgements,
    /// Sources that were here before, and what those there are called here, where that differs.
    sources: BTreeSet<SourceId>,
    same_page: HashMap<SourceId, SourceId>,
    /// Whether a claim can rest on a snapshot and its text.
    snapshots: HashMap<(SourceId, Digest, Digest), bool>,
    /// Of each key that was looked at, whether it means the same entity here and there.
    people: HashMap<EntityKey, bool>,
    /// Names of predicates whose claims here would say something else.
    unfit: BTreeSet<String>,
    /// Claims of this merge, each with whether a person made it, there and here.
    fresh: HashMap<ClaimId, bool>,
    approved: HashSet<ClaimId>,
    /// The names of tables are known to lead where they do there.
    names_are_ready: bool,
}

impl<'m, 'l> Merging<'m, 'l> {
    fn new(
        session: &'m mut Session<'l>,
        there: View<'m>,
        done: &'m mut MergeView,
    ) -> Result<Merging<'m, 'l>, LedgerError> {
        let here = session.writer.view();
        let mut brought = HashMap::new();
        for (first, _, bring) in here.brings()? {
            brought.extend((first..).zip(&bring.entries).map(|(sequence, entry)| (entry.leaf, sequence)));
        }
        let sources = here.sources()?.into_iter().map(|source| source.id).collect();
        Ok(Merging {
            judgements: Judgements::of(here)?,
            session,
            there,
            done,
            brought,
            untold: Vec::new(),
            sources,
            same_page: HashMap::new(),
            snapshots: HashMap::new(),
            people: HashMap::new(),
            unfit: BTreeSet::new(),
            fresh: HashMap::new(),
            approved: HashSet::new(),
            names_are_ready: false,
        })
    }

    fn here(&self) -> View<'_> {
        self.session.writer.view()
    }

    /// Brings one entry in, where it is not here and can be.
    fn entry(&mut self, sequence: u64, request: &MergeRequest) -> Result<(), LedgerError> {
        let (entry, header, body) = self.there.entry_or_redaction(sequence)?;
        let from = origin(self.there, &header, entry.leaf_hash())?;
        let is_here = self.place_of(&from)?.is_some();
        let body = match body {
            Ok(body) => body,
            Err(_) if is_here => return Ok(()),
            Err(redaction) => {
                let what = StoreError::from(redaction);
                return self.leave("entry", &sequence, format!("there, {what}"));
            }
        };
        if let Some(matter) = Matter::of(&body) {
            return self.judgement(matter, body, &from, is_here);
        }
        if is_here {
            return Ok(());
        }
        match body {
            Body::Capture(capture) => self.capture(*capture, &from),
            Body::Describe(describe) => self.describe(describe, &from),
            Body::Entity(entity) => self.entity(entity, &from),
            Body::Predicate(predicate) => self.predicate(predicate, &from),
            Body::Claim(claim) => self.claim(*claim, &from),
            Body::Attest(attest) => match self.here().status(attest.claim)? {
                Some(Status::Standing | Status::Pending) => self.put(Body::Attest(attest), &from),
                _ => Ok(()),
            },
            Body::Hold(hold) => match self.here().status(hold.claim)? {
                Some(Status::Standing) if self.fresh.contains_key(&hold.claim) => self.put(Body::Hold(hold), &from),
                _ => Ok(()),
            },
            Body::Approve(approve) => match self.here().status(approve.claim)? {
                Some(Status::Pending) => {
                    self.approved.insert(approve.claim);
                    self.put(Body::Approve(approve), &from)
                }
                _ => Ok(()),
            },
            Body::Import(import) => self.import(*import, &from, request),
            // What copies what is found among all that is here; what was removed there is compared at the end.
            _ => Ok(()),
        }
    }

    /// The entry here that an entry of another record is, or was brought in as.
    fn place_of(&self, from: &Brought) -> Result<Option<u64>, LedgerError> {
        if let Some(sequence) = self.brought.get(&from.leaf) {
            return Ok(Some(*sequence));
        }
        Ok(self.here().leaf(from.sequence)?.filter(|leaf| *leaf == from.leaf).map(|_| from.sequence))
    }

    /// Appends an entry that came from there.
    fn put(&mut self, body: Body, from: &Brought) -> Result<(), LedgerError> {
        let kind = body.kind();
        self.session.append(body)?;
        self.told(kind, from)
    }

    /// Remembers where the entry that was appended last came from.
    fn told(&mut self, kind: &str, from: &Brought) -> Result<(), LedgerError> {
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

    fn differs(&mut self, about: About, of: impl ToString, here: impl ToString, there: impl ToString) {
        let (of, here, there) = (of.to_string(), here.to_string(), there.to_string());
        self.done.differences.push(Difference { about, of, here, there });
    }

    // ---- sources

    fn capture(&mut self, mut capture: Capture, from: &Brought) -> Result<(), LedgerError> {
        let given = |capture: &Capture| capture.details.url.clone().or(capture.page.url.clone());
        let known = self.here().source(capture.source)?;
        // One address is one publication, under whatever id it was first put on record.
        if known.is_none()
            && let Some(url) = given(&capture)
            && let Some(same) = self.here().sources_by_url(&url)?.into_iter().next()
        {
            self.same_page.insert(capture.source, same.id);
        }
        capture.source = self.source_here(capture.source);
        if let Some(known) = self.here().source(capture.source)? {
            let snapshots = self.here().snapshots(known.number)?;
            if snapshots.iter().any(|one| one.sha256 == capture.snapshot && one.text == capture.text) {
                return self.describe(Describe { source: capture.source, details: capture.details }, from);
            }
            if self.sources.contains(&capture.source) {
                capture.details = capture.details.beyond(&known.details);
                capture.page = capture.page.beyond(&known.details);
            }
            self.spare_url(capture.source, &mut capture.details)?;
            self.spare_url(capture.source, &mut capture.page)?;
        }
        let digests = [capture.snapshot, capture.text, capture.layout];
        for digest in digests {
            let removed = self.here().redacted_bytes(digest)?.map(|redaction| ("here", redaction));
            let removed = match removed {
                None => self.there.redacted_bytes(digest)?.map(|redaction| ("there", redaction)),
                removed => removed,
            };
            if let Some((place, redaction)) = removed {
                return self.leave("capture", &capture.snapshot, format!("{place}, {}", StoreError::from(redaction)));
            }
        }
        for digest in digests {
            let bytes = self.there.bytes(digest)?;
            self.session.writer.put_blob_named(digest, &bytes)?;
        }
        self.snapshots.clear();
        self.put(Body::Capture(Box::new(capture)), from)
    }

    fn describe(&mut self, mut describe: Describe, from: &Brought) -> Result<(), LedgerError> {
        describe.source = self.source_here(describe.source);
        // It went with its captures.
        let Some(known) = self.here().source(describe.source)? else { return Ok(()) };
        let is_ours = self.sources.contains(&describe.source);
        describe.details = match is_ours {
            true => describe.details.beyond(&known.details),
            false => describe.details,
        };
        self.spare_url(describe.source, &mut describe.details)?;
        let nothing_new = describe.details.clone().or(known.details.clone()) == known.details;
        if nothing_new { Ok(()) } else { self.put(Body::Describe(describe), from) }
    }

    /// Leaves out an address that is another source's here.
    fn spare_url(&mut self, source: SourceId, details: &mut SourceDetails) -> Result<(), LedgerError> {
        let Some(url) = details.url.clone() else { return Ok(()) };
        let owner = self.here().sources_by_url(&url)?.into_iter().find(|owner| owner.id != source);
        if let Some(owner) = owner {
            details.url = None;
            self.differs(About::Source, &url, owner.id, source);
        }
        Ok(())
    }

    /// What a source there is called here.
    fn source_here(&self, source: SourceId) -> SourceId {
        self.same_page.get(&source).copied().unwrap_or(source)
    }

    /// True where the bytes and the text of a snapshot are here, for claims to rest on.
    fn has_snapshot(&mut self, source: SourceId, snapshot: Digest, text: Digest) -> Result<bool, LedgerError> {
        if let Some(known) = self.snapshots.get(&(source, snapshot, text)) {
            return Ok(*known);
        }
        let here = self.here();
        let found = match here.source(source)? {
            Some(row) => here.snapshots(row.number)?.iter().any(|one| one.sha256 == snapshot && one.text == text),
            None => false,
        };
        let found = found && here.redacted_bytes(snapshot)?.is_none() && here.redacted_bytes(text)?.is_none();
        self.snapshots.insert((source, snapshot, text), found);
        Ok(found)
    }

    // ---- names

    fn entity(&mut self, mut entity: Entity, from: &Brought) -> Result<(), LedgerError> {
        if !self.is_same(&entity.key)? {
            return Ok(());
        }
        let mut members = Vec::new();
        for member in entity.members {
            let (here, known) = (self.here(), self.here().name(&member)?.is_some());
            let stands_apart = here.standing_for(&member)? != here.standing_for(&entity.key)?;
            if known && stands_apart && !here.members(&entity.key)?.contains(&member) && self.is_same(&member)? {
                members.push(member);
            }
        }
        entity.members = members;
        let Some(shown) = self.here().name(&entity.key)? else { return self.name(entity, from) };
        let mut fresh = Vec::new();
        for name in std::iter::once(entity.name).chain(entity.aliases) {
            if !self.here().entities_named(&fold_name(&name))?.contains(&entity.key) {
                fresh.push(name);
            }
        }
        if fresh.is_empty() && entity.members.is_empty() {
            return Ok(());
        }
        self.put(Body::Entity(Entity { name: shown, aliases: fresh, ..entity }), from)
    }

    /// Names an entity that is not here, and tells where somebody else is called so.
    fn name(&mut self, entity: Entity, from: &Brought) -> Result<(), LedgerError> {
        for name in std::iter::once(&entity.name).chain(&entity.aliases) {
            let folded = fold_name(name);
            let called = self.here().entities_named(&folded)?;
            let namesakes = self.there.entities_named(&folded)?;
            // Those that are two there as well are known to be two.
            if !called.is_empty() && !called.iter().any(|key| namesakes.contains(key)) {
                self.differs(About::Name, name, joined(&called), &entity.key.0);
            }
        }
        self.put(Body::Entity(entity), from)
    }

    /// True where a key does not stand for somebody else here: one of no common name.
    fn is_same(&mut self, key: &EntityKey) -> Result<bool, LedgerError> {
        if let Some(known) = self.people.get(key) {
            return Ok(*known);
        }
        let folded = |view: View| -> Result<BTreeSet<String>, StoreError> {
            Ok(view.names_of(key)?.iter().map(|name| fold_name(name)).collect())
        };
        let same = match self.here().name(key)? {
            None => true,
            Some(name) => {
                let same = !folded(self.here())?.is_disjoint(&folded(self.there)?);
                if !same {
                    let other = self.there.name(key)?.unwrap_or_default();
                    self.differs(About::Key, &key.0, name, other);
                }
                same
            }
        };
        self.people.insert(key.clone(), same);
        Ok(same)
    }

    /// True where an entity is here, or is named now because a table named it there, which has no entry of its own for it.
    fn has_entity(&mut self, key: &EntityKey, from: &Brought) -> Result<bool, LedgerError> {
        if !self.is_same(key)? {
            return Ok(false);
        }
        if self.here().name(key)?.is_some() {
            return Ok(true);
        }
        let Some(name) = self.there.name(key)? else { return Ok(false) };
        self.name(Entity { key: key.clone(), name, aliases: Vec::new(), members: Vec::new() }, from)?;
        Ok(true)
    }

    fn predicate(&mut self, predicate: Predicate, from: &Brought) -> Result<(), LedgerError> {
        let Some(known) = self.here().predicate(&predicate.name)? else {
            return self.put(Body::Predicate(predicate), from);
        };
        let plain = |predicate: &Predicate| Predicate { describes: String::new(), ..predicate.clone() };
        if plain(&known) != plain(&predicate) {
            let fits = known.value == predicate.value
                && known.unit == predicate.unit
                && (known.object == predicate.object || known.object == ObjectRule::Optional);
            if !fits {
                self.unfit.insert(predicate.name.clone());
            }
            self.differs(About::Predicate, &predicate.name, defined(&known), defined(&predicate));
        }
        Ok(())
    }

    // ---- claims

    /// Why a claim cannot stand here, where it cannot.
    fn lacks(&mut self, claim: &Claim, from: &Brought) -> Result<Option<String>, LedgerError> {
        if !self.has_snapshot(claim.source, claim.snapshot, claim.text)? {
            return Ok(Some(format!("its snapshot {} is not here", claim.snapshot.short())));
        }
        if self.unfit.contains(&claim.predicate) {
            return Ok(Some(format!("`{}` is defined otherwise here", claim.predicate)));
        }
        let speakers = claim.by.iter().filter_map(|link| match &link.who {
            Speaker::Entity(key) => Some(key),
            Speaker::Anonymous(_) => None,
        });
        for key in std::iter::once(&claim.subject).chain(&claim.object).chain(speakers) {
            if !self.has_entity(key, from)? {
                return Ok(Some(format!("`{}` is somebody else here", key.0)));
            }
        }
        Ok(None)
    }

    fn claim(&mut self, mut claim: Claim, from: &Brought) -> Result<(), LedgerError> {
        let id = claim_id(&claim).map_err(StoreError::from)?;
        match self.here().status(id)? {
            Some(Status::Retracted) => return Ok(()),
            Some(_) => return self.put(Body::Attest(Attest { claim: id, reference: claim.reference }), from),
            None => {}
        }
        claim.source = self.source_here(claim.source);
        if let Some(lack) = self.lacks(&claim, from)? {
            return self.leave("claim", &id, lack);
        }
        self.put(Body::Claim(Box::new(claim)), from)?;
        self.is_fresh(id, from);
        Ok(())
    }

    fn is_fresh(&mut self, id: ClaimId, from: &Brought) {
        self.fresh.insert(id, from.actor.is_human() && self.session.desk.actor.is_human());
    }

    /// A correction withdraws a claim and logs another; of these two it may be that one is here already.
    fn correct(&mut self, correct: Correct, from: &Brought, withdraws: bool) -> Result<(), LedgerError> {
        if !withdraws {
            return self.claim(correct.claim, from);
        }
        let mut claim = correct.claim;
        let id = claim_id(&claim).map_err(StoreError::from)?;
        let judged = |because| Body::Retract(Judged { claim: correct.retracts, because });
        if self.here().status(id)?.is_some() {
            return self.put(judged(correct.because), from);
        }
        claim.source = self.source_here(claim.source);
        if let Some(lack) = self.lacks(&claim, from)? {
            self.put(judged(correct.because), from)?;
            return self.leave("claim", &id, lack);
        }
        self.put(Body::Correct(Box::new(Correct { claim, ..correct })), from)?;
        self.is_fresh(id, from);
        Ok(())
    }

    /// Holds the claims of this merge that agents had a hand in, where nobody approved them there.
    fn hold(&mut self, hold_agents: bool) -> Result<(), LedgerError> {
        let mut to_hold: Vec<ClaimId> = match hold_agents {
            true => self.fresh.iter().filter(|(_, by_people)| !**by_people).map(|(id, _)| *id).collect(),
            false => return Ok(()),
        };
        to_hold.sort();
        for claim in to_hold {
            if !self.approved.contains(&claim) && self.here().status(claim)? == Some(Status::Standing) {
                self.session.append(Body::Hold(Hold { claim }))?;
                self.done.held += 1;
            }
        }
        Ok(())
    }

    // ---- tables

    fn import(&mut self, import: Import, from: &Brought, request: &MergeRequest) -> Result<(), LedgerError> {
        let key = import_key(&import).map_err(StoreError::from)?;
        if self.here().imports()?.iter().any(|known| known.key == key) {
            return Ok(());
        }
        let of = import.source;
        if self.source_here(of) != of {
            return self.leave("import", &of, format!("its source is {} here", self.source_here(of).short()));
        }
        if !self.has_snapshot(import.source, import.snapshot, import.text)? {
            return self.leave("import", &of, format!("its snapshot {} is not here", import.snapshot.short()));
        }
        if request.hold_agents && !(from.actor.is_human() && self.session.desk.actor.is_human()) {
            return self.leave("import", &of, "an agent imported it, and the rows of a table cannot be held".into());
        }
        let names = import.map.predicates.iter().map(|(attribute, mapped)| mapped.name_for(attribute));
        if let Some(name) = names.into_iter().find(|name| self.unfit.contains(name)) {
            return self.leave("import", &of, format!("`{name}` is defined otherwise here"));
        }
        self.ready_names(from)?;
        let n_bad = self.there.imports()?.iter().find(|there| there.key == key).map_or(0, |there| there.n_bad);
        let text = String::from_utf8(self.there.bytes(import.text)?)
            .map_err(|error| StoreError::Damaged(format!("a table's text: {error}")))?;
        self.session.writer.mark()?;
        let found = self.session.writer.import(&import, &text, &|_, _| {})?;
        if found.n_bad != n_bad || found.claims != import.claims {
            let first = found.bad.first().map(|(row, why)| format!(": row {row}: {why}"));
            self.session.writer.undo()?;
            return self.leave("import", &of, format!("its rows read otherwise here{}", first.unwrap_or_default()));
        }
        // What they say names the entities that names lead to here.
        let said = found.said.unwrap_or(import.said);
        self.session.append_imported(&Import { said, ..import })?;
        self.session.stale.extend(found.questions);
        self.session.touched.extend(found.touched);
        self.told("import", from)
    }

    /// Tables name entities by words and give new ones a key made of these. Where that would be another key than there, the
    /// entity is named before.
    fn ready_names(&mut self, from: &Brought) -> Result<(), LedgerError> {
        if std::mem::replace(&mut self.names_are_ready, true) {
            return Ok(());
        }
        for (key, name) in self.there.keyed_names()? {
            if self.here().name(&key)?.is_some() {
                // It tells where that is somebody else.
                self.is_same(&key)?;
                continue;
            }
            let called = self.here().entities_named(&fold_name(&name))?;
            if !called.is_empty() {
                self.differs(About::Name, &name, joined(&called), &key.0);
            } else if plain_key(&name).as_ref() != Some(&key.0) {
                self.name(Entity { key, name, aliases: Vec::new(), members: Vec::new() }, from)?;
            }
        }
        Ok(())
    }

    // ---- what differs in the end

    fn compare(&mut self) -> Result<(), LedgerError> {
        for source in self.there.sources()? {
            let id = self.source_here(source.id);
            if !self.sources.contains(&id) {
                continue;
            }
            let Some(here) = self.here().source(id)? else { continue };
            for (field, here, there) in unlike(&here.details, &source.details) {
                self.differs(About::Detail, format!("{field} of {}", id.short()), here, there);
            }
        }
        self.compare_judgements()?;
        for sequence in self.there.entries_of(&["redact"])? {
            if let (header, Body::Redact(body)) = self.there.checked_entry(sequence)? {
                self.compare_redaction(Redaction { header, body })?;
            }
        }
        Ok(())
    }

    /// Tells what was removed there and is still here.
    fn compare_redaction(&mut self, redaction: Redaction) -> Result<(), LedgerError> {
        let said = StoreError::from(redaction.clone()).to_string();
        for digest in redaction.body.bytes {
            if self.here().has_bytes(digest)? {
                self.differs(About::Redacted, digest, "on record", &said);
            }
        }
        if let Some(entry) = redaction.body.entry {
            let (entry, header, _) = self.there.entry_or_redaction(entry)?;
            let from = origin(self.there, &header, entry.leaf_hash())?;
            if let Some(place) = self.place_of(&from)?
                && self.here().redacted_entry(place)?.is_none()
            {
                self.differs(About::Redacted, format!("entry {place}"), "on record", said);
            }
        }
        Ok(())
    }
}

/// Where an entry of a record was written first.
fn origin(view: View, header: &Header, leaf: Digest) -> Result<Brought, StoreError> {
    if let Some((bring, n, _)) = view.brought(header.sequence)?
        && let Some(entry) = bring.entries.get(n)
    {
        let record = entry.record.clone().or_else(|| Some(bring.record.clone()));
        return Ok(Brought { record, ..entry.clone() });
    }
    let Header { actor, sequence, time, .. } = header.clone();
    Ok(Brought { actor, leaf, record: None, sequence, time })
}

fn joined(keys: &[EntityKey]) -> String {
    keys.iter().map(|key| key.0.as_str()).collect::<Vec<_>>().join(", ")
}

/// What tells two definitions of one name apart, in words.
fn defined(predicate: &Predicate) -> String {
    let json = serde_json::json!(Predicate { describes: String::new(), ..predicate.clone() });
    let part = |(name, value): (&String, &serde_json::Value)| match value {
        serde_json::Value::String(text) if text.is_empty() || name == "name" => None,
        serde_json::Value::String(text) => Some(format!("{name} {text}")),
        value => Some(format!("{name} {value}")),
    };
    json.as_object().map(|parts| parts.iter().filter_map(part).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

/// The details that both have and that differ.
fn unlike(here: &SourceDetails, there: &SourceDetails) -> Vec<(String, String, String)> {
    let parts = |details: &SourceDetails| match serde_json::json!(details) {
        serde_json::Value::Object(parts) => parts,
        _ => serde_json::Map::new(),
    };
    let words = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    let there = parts(there);
    let differing = parts(here).into_iter().filter_map(|(field, here)| {
        let there = there.get(&field).filter(|there| **there != here)?;
        Some((field, words(&here), words(there)))
    });
    differing.collect()
}
