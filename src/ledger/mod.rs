//! The public face: a ledger that captures sources, logs claims and says where they disagree.
//!
//! Every call that writes is one transaction: it does all it was asked, or nothing. The clock, the salt and the actor
//! are passed in as a [`Desk`]; nothing here reads the environment.

mod answers;
mod capture;
mod claims;
mod copying;
mod decisions;
mod derivation;
mod entities;
mod error;
mod export;
mod figures;
mod import;
mod input;
mod inquiries;
mod judge;
mod listing;
mod load;
mod merge;
mod predicates;
mod proofs;
mod rates;
mod reader;
mod redact;
mod report;
mod resolve;
mod timeline;
mod timestamps;
mod verdicts;
mod verify;
mod watch;

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use chrono::{DateTime, Utc};

pub use crate::domain::listing::Questions;
pub use crate::store::tell_waiting;
pub use capture::{CaptureRequest, Captured};
pub use claims::{Logged, LoggedClaim};
pub use decisions::Judgement;
pub use entities::AddedEntities;
pub use error::{Kind, LedgerError, Refusal};
pub use export::Contents;
pub use import::{ImportReport, ImportRequest};
pub use input::{ClaimInput, EntityInput, FigureInput, LinkInput, read_claims, read_entities};
pub use listing::ClaimFilter;
pub use merge::{MergeRequest, Other};
pub use proofs::only;
pub use redact::Redacted;
pub use timestamps::TimestampRequest;
pub use verify::VerifyRequest;

use crate::domain::actor::Actor;
use crate::domain::claim::{EntityKey, Status};
use crate::domain::id::Digest;
use crate::domain::predicate::shipped;
use crate::quote::NameIndex;
use crate::reconcile::policy::Policy;
use crate::record::body::{Begin, Body, FORMAT, Import, is_name_of_record};
use crate::record::entry::{Entry, Salt};
use crate::store::{Draft, SnapshotRow, SourceRow, Store, StoreError, Touched, Writer};

/// When a ledger is shown as it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Right after that entry.
    Entry(u64),
    /// After the last entry that was made by then, as the entries say.
    Time(DateTime<Utc>),
}

/// Who writes, what time it is, and where salt comes from.
pub struct Desk {
    /// Who makes the entries.
    pub actor: Actor,
    /// The time.
    pub clock: Box<dyn Fn() -> DateTime<Utc>>,
    /// Fresh salt for an entry.
    pub salt: Box<dyn FnMut() -> Salt>,
}

impl Desk {
    /// The time in whole seconds since 1970, as witnesses sign it; 0 before.
    fn now_unix_s(&self) -> u64 {
        u64::try_from((self.clock)().timestamp()).unwrap_or(0)
    }
}

/// An open ledger.
pub struct Ledger {
    store: Store,
    desk: Desk,
    policy: Policy,
    /// What the last call that wrote worked out anew.
    questions: Questions,
    /// Claims that are logged are held until a person approves them.
    holding: bool,
}

impl Ledger {
    /// Makes a new ledger file. Its record calls itself `origin` for ever, which is best a name that no other has;
    /// else "onrecord/" and eight random hexadecimal digits.
    pub fn create(path: &Path, origin: Option<&str>, mut desk: Desk) -> Result<Ledger, LedgerError> {
        let origin = match origin {
            Some(origin) => origin.to_string(),
            None => format!("onrecord/{:08x}", u128::from_be_bytes((desk.salt)()) >> 96),
        };
        let draft = Draft::new(path)?;
        let Ledger { store, desk, policy, questions, .. } = Ledger::begin(draft.store()?, &origin, desk)?;
        Ok(Ledger { store: draft.publish(store)?, desk, policy, questions, holding: false })
    }

    /// A ledger in memory, gone when dropped.
    pub fn in_memory(desk: Desk) -> Result<Ledger, LedgerError> {
        Ledger::begin(Store::in_memory()?, "memory", desk)
    }

    /// Opens a ledger file.
    pub fn open(path: &Path, desk: Desk) -> Result<Ledger, LedgerError> {
        let (policy, questions) = (Policy::default(), Questions::default());
        let ledger = Ledger { store: Store::open(path)?, desk, policy, questions, holding: false };
        ledger.origin()?;
        Ok(ledger)
    }

    /// A ledger file as it stood after some of its entries, for reading: its derived tables are made anew from these.
    pub fn open_as_it_stood(
        path: &Path,
        moment: Moment,
        desk: Desk,
        progress: Progress,
    ) -> Result<Ledger, LedgerError> {
        let mut now = Ledger::open(path, desk)?;
        let n = match moment {
            Moment::Entry(sequence) => sequence.saturating_add(1),
            Moment::Time(time) => {
                let time = time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                now.store.view().n_entries_by(&time)?
            }
        };
        let all = now.store.view().n_entries()?;
        if n == 0 || n > all {
            return Err(Refusal::NoMoment { entries: all }.into());
        }
        let mut store = Store::scratch(path)?;
        let Ledger { desk, policy, questions, .. } = &mut now;
        store.show(n, &|done, all| progress(Stage::Reading, done, all), |writer, touched| {
            let mut session = Session::with(writer, desk, policy, questions);
            session.touched.extend(touched);
            session.finish_long(progress).map(drop)
        })?;
        now.store = store;
        Ok(now)
    }

    /// The shipped predicates are entries like any other, so that a ledger means the same whatever version reads it.
    fn begin(store: Store, origin: &str, desk: Desk) -> Result<Ledger, LedgerError> {
        if !is_name_of_record(origin) {
            return Err(Refusal::RecordName(origin.to_string()).into());
        }
        let (policy, questions) = (Policy::default(), Questions::default());
        let mut ledger = Ledger { store, desk, policy, questions, holding: false };
        let mut session = ledger.session()?;
        session.append(Body::Begin(Begin { format: FORMAT.to_string(), origin: origin.to_string() }))?;
        for predicate in shipped() {
            session.append(Body::Predicate(predicate))?;
        }
        session.finish()?;
        Ok(ledger)
    }

    /// From here on, claims that are logged are held until a person approves them.
    pub fn hold(&mut self) {
        self.holding = true;
    }

    /// What the record calls itself.
    pub fn origin(&self) -> Result<String, LedgerError> {
        Ok(self.store.view().origin_of_record()?)
    }

    /// Throws every derived table away and makes it again from the entries. Answers how many questions there are.
    pub fn rebuild(&mut self, progress: Progress) -> Result<Questions, LedgerError> {
        let mut session = self.session()?;
        let touched = session.writer.rederive(&|done, all| progress(Stage::Reading, done, all))?;
        session.touched.extend(touched);
        session.finish_long(progress)
    }

    /// Works out the verdict of every question anew, from the statements as they stand; with `write` those that
    /// differ are put in place of those before, else it is only counted.
    pub fn reconcile(&mut self, write: bool, progress: Progress) -> Result<Questions, LedgerError> {
        let session = self.session()?;
        let questions = session.put_all_verdicts(write, progress)?;
        if write {
            session.writer.commit()?;
            *session.questions = questions;
        }
        Ok(questions)
    }

    /// The questions that the last call that wrote worked out anew.
    pub fn questions(&self) -> Questions {
        self.questions
    }

    fn session(&mut self) -> Result<Session<'_>, LedgerError> {
        let session = Session::on(&mut self.store, &mut self.desk, &self.policy, &mut self.questions)?;
        Ok(Session { holding: self.holding, ..session })
    }
}

impl<'l> Session<'l> {
    fn on(
        store: &'l mut Store,
        desk: &'l mut Desk,
        policy: &'l Policy,
        questions: &'l mut Questions,
    ) -> Result<Session<'l>, LedgerError> {
        Ok(Session::with(store.write()?, desk, policy, questions))
    }

    fn with(writer: Writer<'l>, desk: &'l mut Desk, policy: &'l Policy, questions: &'l mut Questions) -> Session<'l> {
        Session {
            writer,
            desk,
            policy,
            questions,
            touched: Touched::new(),
            stale: Vec::new(),
            pages: HashMap::new(),
            looked_up: LookedUp::default(),
            names: None,
            named: Vec::new(),
            holding: false,
        }
    }
}

/// What long work is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading a table, in bytes; or the entries of the record, by number.
    Reading,
    /// Checking the entries of the record, by number.
    Checking,
    /// Checking stored bytes against their hashes, by number.
    Hashing,
    /// Finding quotes again, by number.
    Quotes,
    /// Comparing what is said on questions, by number.
    Comparing,
}

/// Is told how much of how much is done of a stage.
pub type Progress<'p> = &'p dyn Fn(Stage, u64, u64);

/// Nobody looks on.
pub fn silent(_: Stage, _: u64, _: u64) {}

/// One transaction that appends entries, and keeps in mind which questions they touch.
struct Session<'l> {
    writer: Writer<'l>,
    desk: &'l mut Desk,
    policy: &'l Policy,
    questions: &'l mut Questions,
    touched: Touched,
    /// Questions that rows of imports were put on, ascending: their verdicts are out of date, and nobody's origin is.
    stale: Vec<i64>,
    /// Texts prepared for searching, by hash.
    pages: HashMap<Digest, Rc<claims::Page>>,
    /// What a batch names again and again.
    looked_up: LookedUp,
    /// Every name on record, once somebody asked for those like another.
    names: Option<NameIndex>,
    /// Entities named for the first time, each with names on record that are like it.
    named: Vec<(String, Vec<String>)>,
    /// Claims that are logged are held until a person approves them.
    holding: bool,
}

/// What was looked up in a transaction. Names that get a second bearer in it are forgotten.
#[derive(Default)]
struct LookedUp {
    sources: HashMap<String, Rc<(SourceRow, SnapshotRow)>>,
    entities: HashMap<String, EntityKey>,
    /// Bytes of the texts in `pages`.
    page_bytes: usize,
}

impl Session<'_> {
    fn append(&mut self, body: Body) -> Result<(), LedgerError> {
        self.may(&body)?;
        match &body {
            // Of a new name nobody else is the bearer: it is given only where nobody was found.
            Body::Claim(_) | Body::Attest(_) | Body::Hold(_) => {}
            Body::Entity(entity) if entity.aliases.is_empty() => {}
            _ => self.looked_up = LookedUp { page_bytes: self.looked_up.page_bytes, ..LookedUp::default() },
        }
        let entry = self.entry(&body)?;
        self.touched.extend(self.writer.append(&entry, &body)?);
        Ok(())
    }

    /// Whoever's claims are held until a person approves them changes nothing that stands without one either. What is
    /// held he may withdraw.
    fn may(&self, body: &Body) -> Result<(), LedgerError> {
        let is_held = |claim| Ok::<_, LedgerError>(self.writer.view().status(claim)? == Some(Status::Pending));
        match body {
            _ if !self.holding => Ok(()),
            Body::Retract(judged) if is_held(judged.claim)? => Ok(()),
            Body::Copying(_) | Body::Bring(_) => Err(Refusal::JudgesHeld { kind: body.kind() }.into()),
            body if Body::JUDGING.contains(&body.kind()) => Err(Refusal::JudgesHeld { kind: body.kind() }.into()),
            _ => Ok(()),
        }
    }

    /// Appends the entry of an import whose claims are in the tables already.
    fn append_imported(&mut self, import: &Import) -> Result<(), LedgerError> {
        let body = Body::Import(Box::new(import.clone()));
        let entry = self.entry(&body)?;
        self.writer.append_worked_in(&entry)?;
        Ok(())
    }

    fn entry(&mut self, body: &Body) -> Result<Entry, LedgerError> {
        let (sequence, time, salt) = (self.writer.next_sequence(), (self.desk.clock)(), (self.desk.salt)());
        Ok(Entry::new(sequence, &self.desk.actor, time, salt, body).map_err(StoreError::from)?)
    }

    /// Brings the touched questions' verdicts up to date and commits.
    fn finish(self) -> Result<Questions, LedgerError> {
        self.finish_long(&silent)
    }

    /// The same, where it may take a while.
    fn finish_long(mut self, progress: Progress) -> Result<Questions, LedgerError> {
        let questions = self.settle(progress)?;
        self.commit(questions)
    }

    fn commit(self, questions: Questions) -> Result<Questions, LedgerError> {
        self.writer.commit()?;
        *self.questions = questions;
        Ok(questions)
    }

    /// Works out whom claims go back to, and the verdicts of the touched questions.
    fn settle(&mut self, progress: Progress) -> Result<Questions, LedgerError> {
        // Whom claims go back to first: support is counted by it.
        for number in self.touched.clone() {
            self.touched.extend(self.writer.put_origins(number)?);
        }
        self.touched.extend(std::mem::take(&mut self.stale));
        // Sums in two currencies depend on the rates.
        self.touched.extend(self.writer.view().depending_on(&self.touched)?);
        let numbers: Vec<i64> = self.touched.iter().copied().collect();
        self.put_verdicts(&numbers, progress)
    }
}
