//! Whether a ledger holds what its record says: entries against their hashes, the tree against the entries, stored bytes
//! against their names, quotes against their texts, derived tables against what the entries add up to.
//!
//! Nothing here writes to the ledger. The derived tables are made again in a file of their own, which the record of the
//! ledger is attached to for reading.

mod entries;
mod fault;
mod scratch;

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::cores::on_all_cores;
use super::error::StoreError;
use super::redact::Redaction;
use super::view::{View, digest};
use super::{blob, migrations};
use crate::domain::id::Digest;
use crate::domain::listing::TimestampView;
use crate::domain::quote::Quote;
use crate::record::checkpoint::{Checkpoint, Policy, SignedCheckpoint};
use crate::record::timestamp::{Roots, Timestamp};
use crate::record::tree::{Frontier, Node};
use entries::{StoredEntry, Taken, stored_entry};
use fault::{BytesError, MOST_FAULTS};
pub use fault::{Fault, Faults};
pub use scratch::read_only;

/// Scalars of a text that a claim keeps before and after its quote, at most.
const BESIDE: usize = 32;
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
