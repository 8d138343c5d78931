//! Removing, for legal reasons, what an entry says or the bytes of a snapshot. Their hashes stay on record.

use super::error::{LedgerError, Refusal};
use super::judge::reason;
use super::{Ledger, Progress, Questions, Stage};
use crate::domain::claim::Claim;
use crate::domain::id::{ClaimId, Digest};
use crate::record::body::{Body, Redact};
use crate::store::View;

/// Digits of an entry's number, at most; more are the beginning of a hash.
const ENTRY_DIGITS: usize = 7;

/// Characters that a claim keeps beside its quote.
const BESIDE: usize = 32;

/// What was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The entry that says so.
    pub sequence: u64,
    /// The entry whose body is gone.
    pub entry: Option<u64>,
    /// The hashes whose bytes are gone.
    pub bytes: Vec<Digest>,
    /// True where it had been removed before: only the file was packed again.
    pub known: bool,
    /// Claims whose own entries still hold words of the snapshot, or words beside those of the entry.
    pub quoting: Vec<(ClaimId, u64)>,
    /// Questions that were worked out anew.
    pub questions: Questions,
}

impl Ledger {
    /// Removes the body and the salt of an entry that puts a claim on record, or the bytes of a snapshot with its text: from
    /// the tables, and from the file. `what` is the number of the entry, the id of its claim, or the hash of the snapshot.
    /// All that is derived is made anew without it.
    pub fn redact(&mut self, what: &str, because: &str, progress: Progress) -> Result<Redacted, LedgerError> {
        let because = reason(because)?;
        let mut session = self.session()?;
        let view = session.writer.view();
        let (redact, quoting) = wanted(view, what, because)?;
        let before = match (redact.entry, redact.bytes.first()) {
            (Some(entry), _) => view.redacted_entry(entry)?,
            (None, Some(digest)) => view.redacted_bytes(*digest)?,
            (None, None) => None,
        };
        let (entry, bytes) = (redact.entry, redact.bytes.clone());
        if let Some(before) = before {
            drop(session);
            self.store.pack()?;
            let (sequence, questions) = (before.header.sequence, Questions::default());
            return Ok(Redacted { sequence, entry, bytes, known: true, quoting, questions });
        }
        let sequence = session.writer.next_sequence();
        let made = session.entry(&Body::Redact(redact.clone()))?;
        session.writer.redact(&made, &redact)?;
        let touched = session.writer.rederive(&|done, all| progress(Stage::Reading, done, all))?;
        session.touched.extend(touched);
        let questions = session.finish_long(progress)?;
        self.store.pack()?;
        Ok(Redacted { sequence, entry, bytes, known: false, quoting, questions })
    }
}

/// What is to be removed, and the claims that quote it.
fn wanted(view: View, what: &str, because: String) -> Result<(Redact, Vec<(ClaimId, u64)>), LedgerError> {
    let is_number = what.len() <= ENTRY_DIGITS && !what.is_empty() && what.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = !view.claims_by_prefix(what)?.is_empty() || !view.sources_by_prefix(what)?.is_empty();
    let n_entries = view.n_entries()?;
    // Four digits and more may be the beginning of an id as well, and nothing brings back what was removed.
    if is_number && !(is_id && what.len() >= 4) {
        let sequence = what.parse().map_err(|_| Refusal::NoEntry(what.to_string()))?;
        return entry(view, sequence, what, because);
    }
    if is_number && what.parse().is_ok_and(|sequence: u64| sequence < n_entries) {
        return Err(Refusal::EntryOrId(what.to_string()).into());
    }
    let prefix = what.to_lowercase();
    let snapshots: Vec<_> = match prefix.len() {
        0..4 => Vec::new(),
        _ => view.all_snapshots()?.into_iter().filter(|row| row.sha256.to_string().starts_with(&prefix)).collect(),
    };
    let Some(first) = snapshots.first() else {
        let claim = super::resolve::claim(view, what)?;
        if claim.is_row {
            return Err(Refusal::RowRedacted { claim: claim.id, snapshot: claim.claim.snapshot }.into());
        }
        return entry(view, claim.sequence, what, because);
    };
    if snapshots.iter().any(|row| row.sha256 != first.sha256) {
        let found = snapshots.iter().map(|row| row.sha256.short()).collect::<Vec<_>>().join(", ");
        return Err(Refusal::ManySources { wanted: what.to_string(), found }.into());
    }
    let needed = view.needed_beside(first.sha256)?;
    let mut bytes: Vec<Digest> = snapshots.iter().flat_map(|row| [row.sha256, row.text, row.layout]).collect();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.retain(|digest| !needed.contains(digest));
    let mut quoting = Vec::new();
    let mut source = None;
    for row in view.sources()? {
        if snapshots.iter().any(|snapshot| snapshot.source == row.number) {
            source.get_or_insert(row.id);
            let claims = view.claims_of_source(row.number)?;
            let quotes = claims.iter().filter(|claim| claim.claim.snapshot == first.sha256 && !claim.is_row);
            quoting.extend(quotes.map(|claim| (claim.id, claim.sequence)));
        }
    }
    Ok((Redact { entry: None, retracts: None, bytes, source, because }, quoting))
}

/// The removal of an entry's body, and the claims that have words beside its quote, or of it.
fn entry(view: View, sequence: u64, what: &str, because: String) -> Result<(Redact, Vec<(ClaimId, u64)>), LedgerError> {
    let redact = |source, retracts| Redact {
        entry: Some(sequence),
        retracts,
        bytes: Vec::new(),
        source,
        because: because.clone(),
    };
    if sequence >= view.n_entries()? {
        return Err(Refusal::NoEntry(what.to_string()).into());
    }
    if view.redacted_entry(sequence)?.is_some() {
        return Ok((redact(None, None), Vec::new()));
    }
    let (claim, retracts) = match view.checked_entry(sequence)? {
        (_, Body::Claim(claim)) => (*claim, None),
        // What it withdrew stays so.
        (_, Body::Correct(correct)) => (correct.claim, Some(correct.retracts)),
        (header, _) => return Err(Refusal::NotRedacted { sequence, kind: header.kind }.into()),
    };
    let source = view.source(claim.source)?;
    let others = source.map(|source| view.claims_of_source(source.number)).transpose()?.unwrap_or_default();
    let near = |other: &Claim| {
        let (a, b) = (&claim.quote, &other.quote);
        other.text == claim.text && a.start < b.end + BESIDE && b.start < a.end + BESIDE
    };
    let quoting = others.iter().filter(|other| other.sequence != sequence && !other.is_row && near(&other.claim));
    Ok((redact(Some(claim.source), retracts), quoting.map(|other| (other.id, other.sequence)).collect()))
}
