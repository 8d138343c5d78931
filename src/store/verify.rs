//! Whether a ledger holds what its record says: entries against their hashes, the tree against the entries, stored bytes
//! against their names, quotes against their texts, derived tables against what the entries add up to.
//!
//! Nothing here writes to the ledger. The derived tables are made again in a file of their own, which the record of the
//! ledger is attached to for reading.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, Rows, params};

use super::cores::on_all_cores;
use super::error::StoreError;
use super::known::Known;
use super::redact::Redaction;
use super::tree::LEAST_LEVEL;
use super::view::{View, digest};
use super::{Store, Writer, blob, derive, migrations};
use crate::domain::id::Digest;
use crate::domain::listing::TimestampView;
use crate::domain::quote::Quote;
use crate::record::body::{Body, is_name_of_record};
use crate::record::checkpoint::{Checkpoint, Policy, PolicyError, SignedCheckpoint, SignedCheckpointError};
use crate::record::entry::{Entry, EntryError};
use crate::record::timestamp::{Roots, Timestamp, TimestampError};
use crate::record::tree::{Frontier, Node};

/// What is kept in memory of the file that the derived tables are made in, at most.
const SCRATCH_CACHE_KIB: i64 = 64 << 10;
/// Scalars of a text that a claim keeps before and after its quote, at most.
const BESIDE: usize = 32;
/// Faults that are told; where there are more, the rest is not looked for.
pub const MOST_FAULTS: usize = 20;

/// What does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// An entry is not there.
    #[error("entry {sequence} is missing")]
    Missing {
        /// Its place.
        sequence: u64,
    },
    /// The body of an entry is not there.
    #[error("entry {sequence}: its body is missing")]
    NoBody {
        /// Its place.
        sequence: u64,
    },
    /// A body that the record says is gone.
    #[error("entry {sequence}: its body was redacted, and is there")]
    NotRemoved {
        /// Its place.
        sequence: u64,
    },
    /// A body stands where there is no entry.
    #[error("there are {found} bodies of entries, and {expected} entries")]
    Bodies {
        /// How many entries there are.
        expected: u64,
        /// How many bodies there are.
        found: u64,
    },
    /// An entry is not what was written.
    #[error("entry {sequence}: {error}")]
    Entry {
        /// Its place.
        sequence: u64,
        /// What is wrong with it.
        #[source]
        error: EntryError,
    },
    /// The header of an entry is not what was written.
    #[error("entry {sequence}: its header does not match its hash: expected {expected}, found {found}")]
    Header {
        /// Its place.
        sequence: u64,
        /// The hash as it is stored.
        expected: Digest,
        /// That of the stored header.
        found: Digest,
    },
    /// An entry stands in the place of another.
    #[error("entry {sequence}: its header says that it is entry {found}")]
    Place {
        /// Its place.
        sequence: u64,
        /// The place that its header names.
        found: u64,
    },
    /// The record does not begin as one.
    #[error("entry 0 does not begin a record")]
    Beginning,
    /// A hash of the tree is not that of the entries under it.
    #[error("the tree over entries {first} to {last}: expected the hash {expected}, found {}", or_none(.found))]
    Node {
        /// The first of the entries.
        first: u64,
        /// The last of them.
        last: u64,
        /// As the entries have it.
        expected: Digest,
        /// As it is stored; none where it is not.
        found: Option<Digest>,
    },
    /// The tree has hashes that belong to no entries.
    #[error("the tree has {found} stored hashes: expected {expected}")]
    Nodes {
        /// As many as the entries ask for.
        expected: u64,
        /// As many as there are.
        found: u64,
    },
    /// Stored bytes that an entry names are not there, or not what their name says.
    #[error("entry {sequence}: {what} {digest}: {error}")]
    Bytes {
        /// The entry that names them.
        sequence: u64,
        /// What they are.
        what: &'static str,
        /// Their hash.
        digest: Digest,
        /// What is wrong.
        error: BytesError,
    },
    /// Bytes that no entry names.
    #[error("the bytes of {digest} are stored, and no entry names them")]
    Stray {
        /// Their hash.
        digest: Digest,
    },
    /// A quote does not stand where its claim says.
    #[error(
        "entry {sequence}: the quote does not stand in the text at bytes {start}..{end}: expected `{expected}`, found `{found}`"
    )]
    Quote {
        /// The entry of the claim.
        sequence: u64,
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
        /// The quote.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The place of a quote in characters, or the words beside it, are not those of the text.
    #[error("entry {sequence}: the quote's {what} is not that of the text")]
    QuotePlace {
        /// The entry of the claim.
        sequence: u64,
        /// Which of them.
        what: &'static str,
    },
    /// A derived table is not what the entries add up to.
    #[error("the table `{table}` is not what the entries add up to: row {row} differs")]
    Derived {
        /// The table.
        table: &'static str,
        /// The first row that differs, from 1.
        row: u64,
    },
    /// A trigger, view, index or table is not as this program makes it.
    #[error("the {kind} `{name}` {what}")]
    Schema {
        /// Trigger, view, index or table.
        kind: String,
        /// Its name.
        name: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The record is shorter than it was.
    #[error("the checkpoint covers {size} entries, and the record has {found}: the last {} were taken away, or it is of another copy of the record", size - found)]
    Truncated {
        /// Entries that the checkpoint covers.
        size: u64,
        /// Entries that there are.
        found: u64,
    },
    /// Entries are not those that were signed.
    #[error("the first {size} entries are not those of the checkpoint: expected the root {expected}, found {found}")]
    Rewritten {
        /// Entries that the checkpoint covers.
        size: u64,
        /// Its root.
        expected: Digest,
        /// Theirs.
        found: Digest,
    },
    /// The checkpoint is of another record.
    #[error("the checkpoint is of the record `{expected}`, and this is `{found}`")]
    Origin {
        /// The record that the checkpoint names.
        expected: String,
        /// What this one calls itself.
        found: String,
    },
    /// A stored checkpoint is none.
    #[error("the checkpoint stored for {size} entries: {error}")]
    Checkpoint {
        /// Entries that it should cover.
        size: u64,
        /// What is wrong with it.
        error: SignedCheckpointError,
    },
    /// A checkpoint that was kept is not there.
    #[error("stored checkpoint {number} is missing")]
    NoCheckpoint {
        /// Which, from 1.
        number: u64,
    },
    /// A checkpoint is kept for another size than its own.
    #[error("the checkpoint stored for {size} entries covers {found}")]
    CheckpointSize {
        /// Entries that it is stored for.
        size: u64,
        /// Entries that it covers.
        found: u64,
    },
    /// A stored checkpoint is not signed as it should be.
    #[error("the checkpoint stored for {size} entries: {error}")]
    Signature {
        /// Entries that it covers.
        size: u64,
        /// What is wrong.
        #[source]
        error: PolicyError,
    },
    /// A time stamp that was kept is not there.
    #[error("stored time stamp {number} is missing")]
    NoTimestamp {
        /// Which, from 1.
        number: u64,
    },
    /// A stored time stamp is not the one that was kept.
    #[error("stored time stamp {number} does not match its hash")]
    TimestampBytes {
        /// Which, from 1.
        number: u64,
    },
    /// A stored time stamp is none, or not one that is believed.
    #[error("stored time stamp {number}: {error}")]
    Timestamp {
        /// Which, from 1.
        number: u64,
        /// What is wrong.
        #[source]
        error: TimestampError,
    },
    /// A stored time stamp is of no checkpoint that is kept.
    #[error("stored time stamp {number} is of none of the checkpoints stored: its hash is {imprint}")]
    TimestampOf {
        /// Which, from 1.
        number: u64,
        /// What it is of.
        imprint: String,
    },
    /// SQLite says that the file is not sound.
    #[error("the file: {0}")]
    File(String),
}

impl Fault {
    /// The entry that it is a fault of, where it is one of a single entry.
    pub fn entry(&self) -> Option<u64> {
        match self {
            Fault::Missing { sequence }
            | Fault::NoBody { sequence }
            | Fault::NotRemoved { sequence }
            | Fault::Header { sequence, .. }
            | Fault::Entry { sequence, .. }
            | Fault::Place { sequence, .. }
            | Fault::Bytes { sequence, .. }
            | Fault::Quote { sequence, .. }
            | Fault::QuotePlace { sequence, .. } => Some(*sequence),
            Fault::Beginning => Some(0),
            _ => None,
        }
    }

    /// What to do about it, where it is no damage.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Fault::Timestamp { error, .. } if error.is_about_roots() => Some(error.hint()),
            _ => None,
        }
    }
}

fn or_none(digest: &Option<Digest>) -> String {
    digest.map_or("none".to_string(), |digest| digest.to_string())
}

/// What is wrong with stored bytes.
#[derive(Debug, thiserror::Error)]
pub enum BytesError {
    /// They are not there.
    #[error("the bytes are missing")]
    Missing,
    /// They are not what their name says, or cannot be read.
    #[error(transparent)]
    Unsound(#[from] StoreError),
    /// They have another size than the entry says.
    #[error("{found} bytes, where the entry says {expected}")]
    Size {
        /// As the entry has it.
        expected: u64,
        /// As they are.
        found: u64,
    },
    /// A text is not UTF-8.
    #[error("the text is not UTF-8")]
    Utf8,
}

/// Faults as they are found, until there are enough.
#[derive(Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    fn put(&mut self, fault: Fault) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(fault);
        }
    }

    /// True once so many are found that the rest is not looked for.
    fn is_full(&self) -> bool {
        self.0.len() == MOST_FAULTS
    }

    /// None was found of what is on record: only of whom its signatures and time stamps are.
    pub fn is_sound(&self) -> bool {
        self.0.iter().all(|fault| fault.hint().is_some())
    }

    /// None was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those found, in the order of the record.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}

/// What was read of the entries while they were checked.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many there are.
    pub entries: u64,
    /// The root of their tree.
    pub root: Option<Digest>,
    /// Stored bytes that entries name, each with what they are, the entry, and their size where it says so.
    pub bytes: Vec<(Digest, &'static str, u64, Option<u64>)>,
    /// Claims by the text that they quote, each with its entry.
    pub quotes: Vec<(Digest, u64)>,
    /// What was removed for legal reasons.
    pub redactions: Vec<Redaction>,
    redacted_bytes: BTreeSet<Digest>,
}

impl View<'_> {
    /// Checks every entry against its hash and its place, and the stored hashes of the tree against the entries; with
    /// `quick`, bodies that name no stored bytes are hashed and not read. `progress` is told how many of how many were
    /// read.
    pub fn check_entries(
        &self,
        quick: bool,
        faults: &mut Faults,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Checked, StoreError> {
        let all = self.n_entries()?;
        let mut taken = Taken { view: *self, checked: Checked::default(), edge: Frontier::default(), n_nodes: 0 };
        let mut redacted = BTreeSet::new();
        for sequence in self.redact_entries()? {
            // One that is not sound is told of below.
            if let Ok(redaction) = self.redaction(sequence) {
                redacted.extend(redaction.body.entry);
                taken.checked.redacted_bytes.extend(&redaction.body.bytes);
                taken.checked.redactions.push(redaction);
            }
        }
        let (mut expected, mut n_bodies) = (0, 0);
        let mut select = self.connection.prepare(
            "SELECT entry.sequence, header, salt, body, leaf FROM entry LEFT JOIN entry_body USING (sequence) ORDER BY sequence",
        )?;
        let mut rows = select.query([])?;
        // `None` where there are faults enough.
        let stored = std::iter::from_fn(|| {
            let mut batch = Vec::with_capacity(BATCH);
            while batch.len() < BATCH {
                match rows.next().and_then(|row| row.map(stored_entry).transpose()) {
                    Ok(Some(entry)) => batch.push(entry),
                    Ok(None) => break,
                    Err(error) => return Some(Err(Some(error.into()))),
                }
            }
            let last = batch.last()?;
            progress(last.sequence, all);
            Some(Ok(batch))
        });
        let read = |entry: StoredEntry| {
            let is_redacted = redacted.contains(&entry.sequence);
            (entry.body.is_some(), entry.read(is_redacted, quick))
        };
        let checked = on_all_cores(stored, read, |(has_body, entry)| {
            n_bodies += u64::from(has_body);
            while expected < entry.sequence && !faults.is_full() {
                faults.put(Fault::Missing { sequence: expected });
                expected += 1;
            }
            expected = entry.sequence + 1;
            taken.take(entry, faults).map_err(Some)?;
            if faults.is_full() { Err(None) } else { Ok(()) }
        });
        if let Err(Some(error)) = checked {
            return Err(error);
        }
        let Taken { mut checked, edge, n_nodes, .. } = taken;
        if faults.is_full() {
            return Ok(checked);
        }
        let count = |table: &str| -> Result<u64, StoreError> {
            Ok(self.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
        };
        let (found, bodies) = (count("tree_node")?, count("entry_body")?);
        if found != n_nodes {
            faults.put(Fault::Nodes { expected: n_nodes, found });
        }
        if bodies != n_bodies {
            faults.put(Fault::Bodies { expected: n_bodies, found: bodies });
        }
        checked.entries = edge.size();
        checked.root = Some(edge.root());
        Ok(checked)
    }

    fn check_node(&self, node: Node, expected: Digest, faults: &mut Faults) -> Result<(), StoreError> {
        let mut select = self.prepare("SELECT hash FROM tree_node WHERE level = ?1 AND place = ?2")?;
        let found = select.query_row(params![node.level, node.index as i64], |row| digest(row.get(0)?)).optional()?;
        if found != Some(expected) {
            let (first, last) = (node.index << node.level, ((node.index + 1) << node.level) - 1);
            faults.put(Fault::Node { first, last, expected, found });
        }
        Ok(())
    }

    /// Checks the stored bytes that entries name against their hashes, and that there are no others.
    pub fn check_bytes(
        &self,
        checked: &mut Checked,
        faults: &mut Faults,
        progress: &dyn Fn(u64, u64),
    ) -> Result<(), StoreError> {
        // Several entries may name the same; the first is told.
        checked.bytes.sort_by_key(|(digest, _, sequence, _)| (*digest, *sequence));
        checked.bytes.dedup_by_key(|(digest, ..)| *digest);
        let all = checked.bytes.len() as u64;
        for (done, &(digest, what, sequence, size)) in checked.bytes.iter().enumerate() {
            progress(done as u64, all);
            let error = match blob::read(self.connection, digest) {
                Ok(None) if checked.redacted_bytes.contains(&digest) => continue,
                Ok(None) => BytesError::Missing,
                Ok(Some(bytes)) if size.is_some_and(|size| size != bytes.len() as u64) => {
                    BytesError::Size { expected: size.unwrap_or_default(), found: bytes.len() as u64 }
                }
                Ok(Some(bytes)) if what == TEXT && std::str::from_utf8(&bytes).is_err() => BytesError::Utf8,
                Ok(Some(_)) => continue,
                Err(error) => error.into(),
            };
            faults.put(Fault::Bytes { sequence, what, digest, error });
            if faults.is_full() {
                return Ok(());
            }
        }
        let mut select = self.connection.prepare("SELECT DISTINCT sha256 FROM blob ORDER BY sha256")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let digest = digest(row.get(0)?)?;
            if checked.bytes.binary_search_by_key(&digest, |(named, ..)| *named).is_err() {
                faults.put(Fault::Stray { digest });
            }
        }
        Ok(())
    }

    /// Finds the quote of every claim in its text again, text by text.
    pub fn check_quotes(
        &self,
        checked: &mut Checked,
        faults: &mut Faults,
        progress: &dyn Fn(u64, u64),
    ) -> Result<(), StoreError> {
        checked.quotes.sort_unstable();
        let all = checked.quotes.len() as u64;
        let mut done = 0;
        for quoted in checked.quotes.chunk_by(|(a, _), (b, _)| a == b) {
            // Bytes that are not there, not what their name says, or not UTF-8 were told of before.
            let Ok(Some(bytes)) = blob::read(self.connection, quoted[0].0) else { continue };
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let mut quotes: Vec<(u64, Quote)> = Vec::with_capacity(quoted.len());
            for &(_, sequence) in quoted {
                // Only sound entries are among them.
                if let Some(claim) = self.checked_entry(sequence)?.1.claim() {
                    quotes.push((sequence, claim.quote.clone()));
                }
            }
            // In the order of the text, so that its characters are counted once.
            quotes.sort_by_key(|(_, quote)| quote.start_byte);
            let (mut at, mut scalars) = (0, 0);
            for (sequence, quote) in &quotes {
                done += 1;
                progress(done, all);
                check_quote(&text, *sequence, quote, (&mut at, &mut scalars), faults);
            }
            if faults.is_full() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Checks a checkpoint against the entries that there are, whose tree is known to be sound.
    pub fn check_checkpoint(&self, checkpoint: &Checkpoint, faults: &mut Faults) -> Result<(), StoreError> {
        let (origin, size, found) = (self.origin_of_record()?, checkpoint.size(), self.n_entries()?);
        if checkpoint.origin() != origin {
            let expected = checkpoint.origin().to_string();
            faults.put(Fault::Origin { expected, found: origin });
        } else if size > found {
            faults.put(Fault::Truncated { size, found });
        } else {
            let (expected, found) = (checkpoint.root(), self.root(size)?);
            if expected != found {
                faults.put(Fault::Rewritten { size, expected, found });
            }
        }
        Ok(())
    }

    /// Checks the stored checkpoints in the same way, and with a policy their signatures too. Answers how many there are.
    pub fn check_checkpoints(&self, policy: Option<&Policy>, faults: &mut Faults) -> Result<usize, StoreError> {
        let read = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let stored: Vec<(u64, u64, String)> =
            self.rows("SELECT number, size, note FROM checkpoint ORDER BY number", [], read)?;
        for ((number, size, note), expected) in stored.iter().zip(1..) {
            if *number != expected {
                faults.put(Fault::NoCheckpoint { number: expected });
            }
            match SignedCheckpoint::parse(note.as_bytes()) {
                Ok(signed) if signed.checkpoint().size() == *size => {
                    self.check_checkpoint(signed.checkpoint(), faults)?;
                    if let Some(Err(error)) = policy.map(|policy| signed.check(policy)) {
                        faults.put(Fault::Signature { size: *size, error });
                    }
                }
                Ok(signed) => faults.put(Fault::CheckpointSize { size: *size, found: signed.checkpoint().size() }),
                Err(error) => faults.put(Fault::Checkpoint { size: *size, error }),
            }
        }
        Ok(stored.len())
    }

    /// Checks the stored time stamps: that each is the one that was kept, holds, and is of a stored checkpoint, and where
    /// there are roots that one of them vouches for it. Answers those that hold.
    pub fn check_timestamps(&self, roots: &Roots, faults: &mut Faults) -> Result<Vec<TimestampView>, StoreError> {
        let notes = self.checkpoints()?;
        // One that is none was told before.
        let kept: Vec<_> = notes.iter().filter_map(|(_, note)| SignedCheckpoint::parse(note.as_bytes()).ok()).collect();
        let read = |row: &rusqlite::Row| Ok((row.get(0)?, digest(row.get(1)?)?, row.get(2)?));
        let stored: Vec<(u64, Digest, Vec<u8>)> =
            self.rows("SELECT number, sha256, response FROM timestamp ORDER BY number", [], read)?;
        let mut sound = Vec::new();
        for ((number, sha256, response), expected) in stored.into_iter().zip(1..) {
            if number != expected {
                faults.put(Fault::NoTimestamp { number: expected });
            }
            if Digest::of(&response) != sha256 {
                faults.put(Fault::TimestampBytes { number });
                continue;
            }
            let judged = Timestamp::parse(&response).and_then(|stamp| Ok((stamp.vouched(roots)?, stamp)));
            let (vouched, stamp) = match judged {
                Ok(judged) => judged,
                Err(error) => {
                    faults.put(Fault::Timestamp { number, error });
                    continue;
                }
            };
            match stamp.checkpoint(&kept) {
                None => faults.put(Fault::TimestampOf { number, imprint: stamp.imprint() }),
                Some(of) => sound.push(stamp.view(number, of, Some(vouched))),
            }
        }
        Ok(sound)
    }

    /// Asks SQLite whether the file is sound (pages, indexes, constraints), and whether what guards the record and shows it to
    /// readers of the file is what this program made.
    pub fn check_file(&self, faults: &mut Faults) -> Result<(), StoreError> {
        let fresh = Connection::open_in_memory()?;
        fresh.execute_batch(migrations::SCHEMA)?;
        let version =
            |connection: &Connection| connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
        if version(&fresh)? != version(self.connection)? {
            faults.put(Fault::Schema { kind: "pragma".into(), name: "user_version".into(), what: "was changed" });
        }
        let (expected, mut found) = (schema(&fresh)?, schema(self.connection)?);
        for ((kind, name), sql) in expected {
            let what = match found.remove(&(kind.clone(), name.clone())) {
                Some(known) if known == sql => continue,
                Some(_) => "was changed",
                None => "is missing",
            };
            faults.put(Fault::Schema { kind, name, what });
        }
        for ((kind, name), _) in found.into_iter().filter(|((kind, _), _)| kind == "trigger") {
            faults.put(Fault::Schema { kind, name, what: "is none of this program's" });
        }
        let mut select = self.connection.prepare(&format!("PRAGMA integrity_check({MOST_FAULTS})"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let found: String = row.get(0)?;
            if found != "ok" {
                faults.put(Fault::File(found));
            }
        }
        Ok(())
    }
}

/// Kind and name of all that a file is made of, each with the words that made it.
fn schema(connection: &Connection) -> Result<BTreeMap<(String, String), String>, StoreError> {
    let mut select = connection.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let rows = select.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What stored bytes are, to those who read of a fault.
const TEXT: &str = "the text";

/// Entries that are handed to another core at once.
const BATCH: usize = 512;

/// An entry as it is stored; a body may not be there.
struct StoredEntry {
    sequence: u64,
    header: String,
    body: Option<([u8; 16], String)>,
    leaf: [u8; 32],
}

/// Whatever stands there: what is no text, or has another length, is not what its hash says either.
fn stored_entry(row: &Row) -> Result<StoredEntry, rusqlite::Error> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let bytes =
        |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_bytes_or_null().ok().flatten().unwrap_or_default());
    let salt = <[u8; 16]>::try_from(bytes(2)?).ok();
    let body = row.get_ref(3)?.as_bytes_or_null().ok().flatten().map(text);
    Ok(StoredEntry {
        sequence: row.get(0)?,
        header: text(bytes(1)?),
        body: salt.zip(body),
        leaf: <[u8; 32]>::try_from(bytes(4)?).unwrap_or_default(),
    })
}

/// What there is to know of an entry.
struct ReadEntry {
    sequence: u64,
    leaf: Digest,
    found: Result<Found, Fault>,
}

/// Of a sound entry: the place that its header names, whether it begins a record, and what it names.
#[derive(Default)]
struct Found {
    place: u64,
    begins: bool,
    /// The text that its claim quotes.
    quoted: Option<Digest>,
    bytes: Vec<(Digest, &'static str, Option<u64>)>,
}

impl StoredEntry {
    /// Looks into it; `is_redacted` where the record says that its body is gone.
    fn read(self, is_redacted: bool, quick: bool) -> ReadEntry {
        let (sequence, leaf) = (self.sequence, crate::record::entry::leaf_hash(&self.header));
        let found = match self.body {
            _ if leaf.0 != self.leaf => Err(Fault::Header { sequence, expected: Digest(self.leaf), found: leaf }),
            // All that is left of it.
            None if is_redacted => {
                let header = Entry { header: self.header, salt: [0; 16], body: String::new() }.header();
                let header = header.map_err(|error| Fault::Entry { sequence, error });
                header.map(|header| Found { place: header.sequence, ..Found::default() })
            }
            None => Err(Fault::NoBody { sequence }),
            Some(_) if is_redacted => Err(Fault::NotRemoved { sequence }),
            Some((salt, body)) => {
                let entry = Entry { header: self.header, salt, body };
                found(&entry, quick).map_err(|error| Fault::Entry { sequence, error })
            }
        };
        ReadEntry { sequence, leaf, found }
    }
}

fn found(entry: &Entry, quick: bool) -> Result<Found, EntryError> {
    if quick {
        let header = entry.header_of_sound_body()?;
        // Only these say something that is checked without finding quotes again.
        if header.sequence > 0 && !matches!(header.kind.as_str(), "begin" | "capture") {
            return Ok(Found { place: header.sequence, ..Found::default() });
        }
    }
    let (header, body) = if quick { entry.checked()? } else { entry.checked_spelling()? };
    let bytes = match &body {
        Body::Capture(capture) => vec![
            (capture.snapshot, "the snapshot", Some(capture.size)),
            (capture.text, TEXT, None),
            (capture.layout, "the layout", None),
        ],
        _ => Vec::new(),
    };
    let quoted = body.claim().map(|claim| claim.text);
    let begins = matches!(&body, Body::Begin(begin) if is_name_of_record(&begin.origin));
    Ok(Found { place: header.sequence, begins, quoted, bytes })
}

/// The entries that were taken so far, in order.
struct Taken<'v> {
    view: View<'v>,
    checked: Checked,
    edge: Frontier,
    n_nodes: u64,
}

impl Taken<'_> {
    fn take(&mut self, entry: ReadEntry, faults: &mut Faults) -> Result<(), StoreError> {
        let sequence = entry.sequence;
        match entry.found {
            Err(fault) => faults.put(fault),
            Ok(found) => {
                if found.place != sequence {
                    faults.put(Fault::Place { sequence, found: found.place });
                }
                if (sequence == 0) != found.begins {
                    faults.put(Fault::Beginning);
                }
                self.checked.quotes.extend(found.quoted.map(|text| (text, sequence)));
                let named = |(digest, what, size)| (digest, what, sequence, size);
                self.checked.bytes.extend(found.bytes.into_iter().map(named));
            }
        }
        for (node, hash) in self.edge.append(entry.leaf).into_iter().filter(|(node, _)| node.level >= LEAST_LEVEL) {
            self.n_nodes += 1;
            self.view.check_node(node, hash, faults)?;
        }
        Ok(())
    }
}

/// Checks one quote; `counted` is a byte of the text and the characters before it, where the quotes before left off.
fn check_quote(text: &str, sequence: u64, quote: &Quote, counted: (&mut usize, &mut usize), faults: &mut Faults) {
    let (start, end) = (quote.start_byte, quote.end_byte);
    let found = text.get(start..end);
    if found != Some(quote.exact.as_str()) {
        let expected = quote.exact.clone();
        let found = found.unwrap_or_default().to_string();
        return faults.put(Fault::Quote { sequence, start, end, expected, found });
    }
    let (at, scalars) = counted;
    *scalars += text[*at..start].chars().count();
    *at = start;
    let mut wrong = |what| faults.put(Fault::QuotePlace { sequence, what });
    if quote.start != *scalars || quote.end != *scalars + quote.exact.chars().count() {
        wrong("place in characters");
    }
    if !text[..start].ends_with(&quote.prefix) || quote.prefix.chars().count() > BESIDE {
        wrong("prefix");
    }
    if !text[end..].starts_with(&quote.suffix) || quote.suffix.chars().count() > BESIDE {
        wrong("suffix");
    }
}

impl Store {
    /// A ledger whose record is that of the file, for reading, and whose derived tables are made anew in a file of their
    /// own, which is gone when this is dropped.
    pub fn scratch(path: &Path) -> Result<Store, StoreError> {
        let connection = Connection::open("")?;
        connection.pragma_update(None, "cache_size", -SCRATCH_CACHE_KIB)?;
        connection.pragma_update(None, "journal_mode", "off")?;
        connection.pragma_update(None, "synchronous", "off")?;
        // Its tables refer to entries, which are in the other file.
        connection.pragma_update(None, "foreign_keys", false)?;
        connection.set_prepared_statement_cache_capacity(256);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute_batch(migrations::derived_schema())?;
        let attach = |frozen| connection.execute("ATTACH ?1 AS record", [read_only(path, frozen)]);
        match attach(false) {
            Err(error) if super::is_frozen(&error, path) => attach(true)?,
            attached => attached?,
        };
        Ok(Store { connection, known: Known::default(), shown: None })
    }
}

/// The address of a file that is opened for reading; `frozen` where nobody can write it.
pub fn read_only(path: &Path, frozen: bool) -> String {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => address.push(char::from(*byte)),
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address.push_str("?mode=ro");
    if frozen {
        address.push_str("&immutable=1");
    }
    address
}

impl Writer<'_> {
    /// Compares the derived tables of a [`Store::scratch`] with those of its ledger, table by table.
    pub fn compare_derived(&self, faults: &mut Faults) -> Result<(), StoreError> {
        for table in derive::TABLES {
            let rows = |schema: &str| -> Result<_, StoreError> {
                let order = self.order_of(table)?;
                Ok(self.transaction.prepare(&format!("SELECT * FROM {schema}.{table} ORDER BY {order}"))?)
            };
            let (mut own, mut stored) = (rows("main")?, rows("record")?);
            let n_columns = own.column_count();
            if n_columns != stored.column_count() {
                faults.put(Fault::Derived { table, row: 0 });
                continue;
            }
            let (mut own, mut stored) = (own.query([])?, stored.query([])?);
            if let Some(row) = first_difference(&mut own, &mut stored, n_columns)? {
                faults.put(Fault::Derived { table, row });
            }
        }
        Ok(())
    }

    /// What the rows of a table are in order of: its key.
    fn order_of(&self, table: &str) -> Result<String, StoreError> {
        let key = "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";
        let mut select = self.transaction.prepare_cached(key)?;
        let columns: Vec<String> = select.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(columns.join(", "))
    }
}

/// The number of the first row that differs, from 1.
fn first_difference(own: &mut Rows, stored: &mut Rows, n_columns: usize) -> Result<Option<u64>, StoreError> {
    for number in 1.. {
        let (own, stored) = (own.next()?, stored.next()?);
        let (own, stored) = match (own, stored) {
            (None, None) => return Ok(None),
            (Some(own), Some(stored)) => (own, stored),
            _ => return Ok(Some(number)),
        };
        for column in 0..n_columns {
            let value: ValueRef = own.get_ref(column)?;
            if value != stored.get_ref(column)? {
                return Ok(Some(number));
            }
        }
    }
    Ok(None)
}
