//! A ledger made from an exported record. The record may be anybody's: nothing in it is believed before it was checked,
//! and the ledger is moved to its place when all of it holds.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::error::LedgerError;
use super::export::{Contents, at};
use super::{Desk, Ledger, Progress, Questions, Session, Stage};
use crate::archive::{Archive, ArchiveError, Line, Name};
use crate::domain::id::Digest;
use crate::reconcile::policy::Policy;
use crate::record::body::{Body, Capture, FORMAT, Layout, is_name_of_record};
use crate::record::checkpoint::SignedCheckpoint;
use crate::record::entry::{Entry, Header};
use crate::record::timestamp::Timestamp;
use crate::store::{Draft, Faults, StoreError};

impl Ledger {
    /// Makes a new ledger file from an exported record: the same entries, byte for byte, so that ids and root are the same.
    /// Each entry is checked against its hash and its place before it is appended, stored bytes against their names,
    /// quotes against their texts, and checkpoints against the entries that they cover.
    pub fn load(path: &Path, from: &Path, desk: Desk, progress: Progress) -> Result<(Ledger, Contents), LedgerError> {
        let draft = Draft::new(path)?;
        let mut archive = Archive::open(from).map_err(at(from))?;
        let (policy, questions) = (Policy::default(), Questions::default());
        let mut ledger = Ledger { store: draft.store()?, desk, policy, questions, holding: false };
        let mut session = ledger.session()?;
        let contents = session.load(&mut archive, from, progress)?;
        let questions = session.settle(progress).map_err(|error| match error {
            LedgerError::Store(error) => unfit_at(from)(error),
            error => error,
        })?;
        session.commit(questions)?;
        Ok((Ledger { store: draft.publish(ledger.store)?, ..ledger }, contents))
    }
}

/// What was read of the record, before it is known what later entries removed.
#[derive(Default)]
struct Loaded {
    /// Snapshots that were stored, with their sizes.
    snapshots: BTreeMap<Digest, u64>,
    /// Layouts that were found to fit a text and a snapshot of that size.
    layouts: BTreeSet<(Digest, Digest, u64)>,
    /// Bytes that are not there, each with the first entry that names them.
    absent: BTreeMap<Digest, u64>,
    /// Entries of which only the header is there.
    bare: Vec<u64>,
    /// Entries and bytes that were removed.
    redacted: (BTreeSet<u64>, BTreeSet<Digest>),
}

impl Session<'_> {
    fn load(&mut self, archive: &mut Archive, from: &Path, progress: Progress) -> Result<Contents, LedgerError> {
        let (refused, unfit) = (at(from), unfit_at(from));
        let mut loaded = Loaded::default();
        let mut lines = archive.entries().map_err(&refused)?;
        while let Some(line) = lines.next_line().map_err(&refused)? {
            let sequence = self.writer.next_sequence();
            let (done, all) = lines.progress();
            // How many there are is known when all are read.
            progress(
                Stage::Checking,
                sequence,
                (u128::from(sequence) * u128::from(all) / u128::from(done.max(1))) as u64,
            );
            match line {
                Line::Whole(entry) => {
                    match checked_entry(sequence, &entry).map_err(&unfit)? {
                        Body::Capture(capture) => {
                            self.load_bytes(archive, sequence, &capture, &mut loaded, from)?;
                        }
                        Body::Redact(redact) => {
                            loaded.redacted.0.extend(redact.entry);
                            loaded.redacted.1.extend(redact.bytes);
                        }
                        _ => {}
                    }
                    self.writer.put_entry(&entry.header, Some((&entry.salt, &entry.body)))?;
                }
                Line::Header(header) => {
                    checked_header(sequence, &header).map_err(&unfit)?;
                    self.writer.put_entry(&header, None)?;
                    loaded.bare.push(sequence);
                }
            }
        }
        if self.writer.next_sequence() == 0 {
            return Err(unfit(StoreError::Damaged("there are no entries".into())));
        }
        let blobs = archive.all_asked().map_err(&refused)?;
        loaded.is_whole(archive).map_err(|lack| match lack {
            Lack::Bytes(digest, entry) => {
                refused(ArchiveError::Missing { name: Name::Blob(digest), needed: Some(entry) })
            }
            Lack::Other(what) => unfit(StoreError::Damaged(what)),
        })?;
        self.load_effects(from, progress)?;
        let notes = archive.checkpoints().map_err(&refused)?;
        for (number, note) in notes.iter().enumerate() {
            self.load_checkpoint(note).map_err(|error| match error {
                StoreError::Damaged(what) => unfit(StoreError::Damaged(format!("checkpoint {}: {what}", number + 1))),
                error => unfit(error),
            })?;
        }
        let stamps = archive.timestamps().map_err(&refused)?;
        let kept = self.writer.view().signed_checkpoints()?;
        let mut known = BTreeSet::new();
        for (number, response) in stamps.iter().enumerate() {
            self.load_timestamp(response, &kept, &mut known).map_err(|error| match error {
                StoreError::Damaged(what) => unfit(StoreError::Damaged(format!("time stamp {}: {what}", number + 1))),
                error => unfit(error),
            })?;
        }
        let view = self.writer.view();
        let (origin, entries) = (view.origin_of_record()?, view.n_entries()?);
        Ok(Contents {
            origin,
            entries,
            root: view.root(entries)?,
            blobs,
            checkpoints: notes.len() as u64,
            timestamps: stamps.len() as u64,
        })
    }

    /// Works the effect of all entries into the derived tables, and checks what they say of texts.
    fn load_effects(&mut self, from: &Path, progress: Progress) -> Result<(), LedgerError> {
        let unfit = unfit_at(from);
        let at = Cell::new(None);
        let told = |sequence, all| {
            at.set(Some(sequence));
            progress(Stage::Reading, sequence, all);
        };
        let touched = self.writer.rederive(&told).map_err(|error| match (error, at.get()) {
            // Twice what can be there once, or what the schema forbids.
            (StoreError::Sqlite(error), Some(sequence)) => {
                unfit(StoreError::Damaged(format!("entry {sequence} does not fit those before it: {error}")))
            }
            (StoreError::Sqlite(error), None) => {
                unfit(StoreError::Damaged(format!("the `redact` entries do not fit each other: {error}")))
            }
            (error, _) => unfit(error),
        })?;
        self.touched.extend(touched);
        let mut faults = Faults::default();
        let view = self.writer.view();
        for predicate in view.predicates()? {
            for implied in &predicate.implies {
                if view.predicate(implied)?.is_none() {
                    let what = format!("the predicate `{}` implies `{implied}`, which is none", predicate.name);
                    return Err(unfit(StoreError::Damaged(what)));
                }
            }
        }
        let mut checked = view.check_entries(false, &mut faults, &|done, all| progress(Stage::Checking, done, all))?;
        view.check_quotes(&mut checked, &mut faults, &|done, all| progress(Stage::Quotes, done, all))?;
        match faults.into_vec().first() {
            Some(fault) => Err(unfit(StoreError::Damaged(fault.to_string()))),
            None => Ok(()),
        }
    }

    /// Stores the bytes that a capture names, where they are what it says.
    fn load_bytes(
        &mut self,
        archive: &mut Archive,
        sequence: u64,
        capture: &Capture,
        loaded: &mut Loaded,
        from: &Path,
    ) -> Result<(), LedgerError> {
        let (refused, unfit) = (at(from), unfit_at(from));
        if !archive.has(capture.snapshot) {
            loaded.absent.entry(capture.snapshot).or_insert(sequence);
        } else if loaded.snapshots.get(&capture.snapshot) != Some(&capture.size) {
            let bytes = archive.blob(capture.snapshot, sequence, Some(capture.size)).map_err(&refused)?;
            self.writer.put_blob_named(capture.snapshot, &bytes)?;
            loaded.snapshots.insert(capture.snapshot, capture.size);
        }
        let fitted = (capture.layout, capture.text, capture.size);
        if loaded.layouts.contains(&fitted) {
            return Ok(());
        }
        let mut read = |digest: Digest| -> Result<Option<Vec<u8>>, LedgerError> {
            if !archive.has(digest) {
                loaded.absent.entry(digest).or_insert(sequence);
                return Ok(None);
            }
            let bytes = archive.blob(digest, sequence, None).map_err(&refused)?;
            self.writer.put_blob_named(digest, &bytes)?;
            Ok(Some(bytes))
        };
        let (Some(text), Some(layout)) = (read(capture.text)?, read(capture.layout)?) else { return Ok(()) };
        let damaged = |what: String| unfit(StoreError::Damaged(format!("entry {sequence}: {what}")));
        let text = String::from_utf8(text).map_err(|_| damaged(format!("the text {} is not UTF-8", capture.text)))?;
        let layout: Layout = serde_json::from_slice(&layout)
            .map_err(|error| damaged(format!("the layout {} is none: {error}", capture.layout)))?;
        if !fits(&layout, &text, capture.size) {
            return Err(damaged(format!("the layout {} does not fit the text {}", capture.layout, capture.text)));
        }
        loaded.layouts.insert(fitted);
        Ok(())
    }

    /// Keeps a checkpoint, where it is one of the entries that were loaded.
    fn load_checkpoint(&self, note: &[u8]) -> Result<(), StoreError> {
        let damaged = |error: String| StoreError::Damaged(error);
        let signed = SignedCheckpoint::parse(note).map_err(|error| damaged(error.to_string()))?;
        let mut faults = Faults::default();
        let view = self.writer.view();
        view.check_checkpoint(signed.checkpoint(), &mut faults)?;
        if let Some(fault) = faults.into_vec().first() {
            return Err(damaged(fault.to_string()));
        }
        let note = signed.to_string();
        if view.checkpoints()?.iter().any(|(_, kept)| *kept == note) {
            return Err(damaged("it is there twice".into()));
        }
        self.writer.put_checkpoint(signed.checkpoint().size(), &note)
    }

    /// Keeps a time stamp, where it is one of a checkpoint that was loaded. Whose word it is, `verify` tells.
    fn load_timestamp(
        &self,
        response: &[u8],
        kept: &[SignedCheckpoint],
        known: &mut BTreeSet<Digest>,
    ) -> Result<(), StoreError> {
        let damaged = |what: String| StoreError::Damaged(what);
        let stamp = Timestamp::parse(response).map_err(|error| damaged(error.to_string()))?;
        if stamp.checkpoint(kept).is_none() {
            return Err(damaged("it is of no checkpoint that is there".into()));
        }
        if !known.insert(Digest::of(response)) {
            return Err(damaged("it is there twice".into()));
        }
        self.writer.put_timestamp(response)?;
        Ok(())
    }
}

/// What a record lacks.
enum Lack {
    /// Bytes that an entry names.
    Bytes(Digest, u64),
    /// Anything else.
    Other(String),
}

impl Loaded {
    /// Refuses a record that lacks what no entry removed, or has what one did.
    fn is_whole(&self, archive: &Archive) -> Result<(), Lack> {
        let (entries, bytes) = &self.redacted;
        if let Some(sequence) = self.bare.iter().find(|sequence| !entries.contains(sequence)) {
            return Err(Lack::Other(format!("entry {sequence}: its body is missing, and no entry redacts it")));
        }
        if let Some(sequence) = entries.iter().find(|sequence| self.bare.binary_search(sequence).is_err()) {
            return Err(Lack::Other(format!("entry {sequence}: its body was redacted, and is there")));
        }
        if let Some((digest, entry)) = self.absent.iter().find(|(digest, _)| !bytes.contains(digest)) {
            return Err(Lack::Bytes(*digest, *entry));
        }
        match bytes.iter().find(|digest| archive.has(**digest)) {
            Some(digest) => Err(Lack::Other(format!("the bytes of {digest} were redacted, and are there"))),
            None => Ok(()),
        }
    }
}

/// The header of the entry that is to stand in that place, of which nothing else is left.
fn checked_header(sequence: u64, header: &str) -> Result<(), StoreError> {
    let entry = Entry { header: header.to_string(), salt: [0; 16], body: String::new() };
    let header = entry.header().map_err(|error| StoreError::Entry { sequence, error })?;
    in_its_place(sequence, &header)?;
    match header.kind.as_str() {
        "claim" | "correct" => Ok(()),
        kind => Err(StoreError::Damaged(format!("entry {sequence}: the body of a `{kind}` entry cannot be missing"))),
    }
}

fn in_its_place(sequence: u64, header: &Header) -> Result<(), StoreError> {
    match header.sequence {
        found if found == sequence => Ok(()),
        found => Err(StoreError::Damaged(format!("entry {sequence}: its header says that it is entry {found}"))),
    }
}

/// The body of the entry that is to stand in that place: spelt as the format has it, with the hash that its header says.
fn checked_entry(sequence: u64, entry: &Entry) -> Result<Body, StoreError> {
    let damaged = |what: String| StoreError::Damaged(format!("entry {sequence}: {what}"));
    let (header, body) = entry.checked_spelling().map_err(|error| StoreError::Entry { sequence, error })?;
    in_its_place(sequence, &header)?;
    match &body {
        Body::Begin(_) if sequence > 0 => Err(damaged("it begins a record, where one has begun".into())),
        Body::Begin(begin) if begin.format != FORMAT => Err(StoreError::Format(begin.format.clone())),
        Body::Begin(begin) if !is_name_of_record(&begin.origin) => {
            Err(damaged(format!("`{}` cannot be the name of a record", begin.origin)))
        }
        Body::Begin(_) => Ok(body),
        _ if sequence == 0 => Err(damaged("it does not begin a record".into())),
        _ => Ok(body),
    }
}

/// True where every place that a layout names is one of the text, or of a snapshot of that size.
fn fits(layout: &Layout, text: &str, size: u64) -> bool {
    let in_text = |start: usize, end: usize| text.get(start..end).is_some();
    layout.blocks.iter().all(|&(_, start, end)| in_text(start, end))
        && (layout.segments.iter())
            .all(|&(start, end, from, to)| in_text(start, end) && from <= to && to as u64 <= size)
}

/// Errors of what an exported record says, with where it is. What is no fault of the record's stays what it is.
fn unfit_at(place: &Path) -> impl Fn(StoreError) -> LedgerError {
    let place = place.display().to_string();
    move |error| match error {
        StoreError::Damaged(_)
        | StoreError::Entry { .. }
        | StoreError::Canonical(_)
        | StoreError::Table(_)
        | StoreError::Sqlite(_) => LedgerError::Unfit { place: place.clone(), error: Box::new(error) },
        error => error.into(),
    }
}
