//! A record written out, for those who have no ledger, or another one.

use std::collections::BTreeSet;
use std::path::Path;

use super::error::LedgerError;
use super::{Ledger, Progress, Stage};
use crate::archive::{ArchiveError, Export, Line};
use crate::domain::id::Digest;
use crate::record::body::Body;
use crate::record::tree::Frontier;

/// What an exported record holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// What the record calls itself.
    pub origin: String,
    /// How many entries.
    pub entries: u64,
    /// The root of their tree.
    pub root: Digest,
    /// How many snapshots, texts and layouts.
    pub blobs: u64,
    /// How many checkpoints.
    pub checkpoints: u64,
    /// How many time stamps of them.
    pub timestamps: u64,
}

impl Ledger {
    /// Writes the record out: a tar where the name ends in `.tar`, else a folder. Refuses where there is anything already.
    /// Every entry and every stored byte is checked against its hash on the way; the same record gives the same bytes. What
    /// was redacted is left out.
    pub fn export(&mut self, to: &Path, progress: Progress) -> Result<Contents, LedgerError> {
        let refused = at(to);
        let mut export = Export::new(to).map_err(&refused)?;
        let reading = self.store.read()?;
        let view = reading.view();
        let origin = view.origin_of_record()?;
        let entries = view.n_entries()?;
        let (mut edge, mut blobs) = (Frontier::default(), BTreeSet::new());
        for sequence in 0..entries {
            progress(Stage::Checking, sequence, entries);
            let (entry, _, body) = view.entry_or_redaction(sequence)?;
            edge.append(entry.leaf_hash());
            if let Ok(Body::Capture(capture)) = &body {
                blobs.extend([capture.snapshot, capture.text, capture.layout]);
            }
            let line = if body.is_ok() { Line::Whole(entry) } else { Line::Header(entry.header) };
            export.entry(line).map_err(&refused)?;
        }
        for digest in blobs.clone() {
            if view.redacted_bytes(digest)?.is_some() {
                blobs.remove(&digest);
            }
        }
        for (done, digest) in blobs.iter().enumerate() {
            progress(Stage::Hashing, done as u64, blobs.len() as u64);
            export.blob(*digest, &view.bytes(*digest)?).map_err(&refused)?;
        }
        let kept = view.checkpoints()?;
        for (_, note) in &kept {
            export.checkpoint(note).map_err(&refused)?;
        }
        let stamps = view.timestamps()?;
        let timestamps = stamps.len() as u64;
        stamps.into_iter().for_each(|(_, response)| export.timestamp(response));
        export.publish().map_err(&refused)?;
        let checkpoints = kept.len() as u64;
        Ok(Contents { origin, entries, root: edge.root(), blobs: blobs.len() as u64, checkpoints, timestamps })
    }
}

/// Errors of an exported record, with where it is.
pub(super) fn at(place: &Path) -> impl Fn(ArchiveError) -> LedgerError {
    let place = place.display().to_string();
    move |error| LedgerError::Archive { place: place.clone(), error: Box::new(error) }
}
