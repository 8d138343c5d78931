//! Watching pages: what became of each claim on a source in its latest snapshot, and what changed from snapshot to
//! snapshot.

use std::collections::HashMap;

use super::error::{LedgerError, Refusal};
use super::reader::Reader;
use super::{Ledger, resolve};
use crate::domain::claim::Status;
use crate::domain::id::Digest;
use crate::domain::listing::{ChangeView, CheckView, FateView, HistoryView, RecheckView};
use crate::domain::text::{Span, Text};
use crate::figure;
use crate::quote::{Change, Fate, Searchable, changes, fate};
use crate::store::{SnapshotRow, StoreError};

/// Paragraphs whose change is listed for a snapshot; more are counted.
const LISTED: usize = 20;

impl Ledger {
    /// What became of every standing claim on a source in its latest snapshot, in the order of the claims, and which
    /// paragraphs changed since the snapshot before it.
    pub fn recheck(&mut self, source: &str) -> Result<RecheckView, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let (row, _) = resolve::source(reader.view, source)?;
        let language = row.details.language.clone().unwrap_or_else(|| "und".to_string());
        let snapshots = reader.view.snapshots(row.number)?;
        let missing = || StoreError::Damaged(format!("source {} has no snapshot", row.id));
        let latest = snapshots.last().ok_or_else(missing)?;
        let now = reader.view.text(latest)?;
        let words = Searchable::new(now.content.as_str());
        let mut texts: HashMap<Digest, Text> = HashMap::new();
        let mut checks = Vec::new();
        for claim in reader.view.claims_of_source(row.number)? {
            // A row of a table stays what it is: another version of the table is another import.
            if claim.status != Status::Standing || claim.is_row {
                continue;
            }
            let fate = if claim.claim.text == latest.text {
                Fate::StillThere
            } else {
                let known = snapshots.iter().find(|snapshot| snapshot.text == claim.claim.text);
                let before = match texts.entry(claim.claim.text) {
                    std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::hash_map::Entry::Vacant(new) => {
                        new.insert(reader.view.text(known.ok_or_else(missing)?)?)
                    }
                };
                fate(before, &claim.claim.quote, &now, &words)
            };
            let (fate, before, now) = told(fate, &language);
            checks.push(CheckView { claim: reader.claim(&claim)?, fate, before, now });
        }
        let before = snapshots.len().checked_sub(2).map(|index| &snapshots[index]);
        let changed = before.map(|before| changed(&reader, before, latest, &language)).transpose()?;
        let (changes, more) = changed.unwrap_or_default();
        Ok(RecheckView { source: row.id, snapshot: latest.sha256, snapshots: snapshots.len(), checks, changes, more })
    }

    /// Where a source is published.
    pub fn url_of(&mut self, source: &str) -> Result<String, LedgerError> {
        let (row, _) = resolve::source(self.store.view(), source)?;
        row.details.url.ok_or_else(|| Refusal::NoUrl(row.id).into())
    }

    /// The snapshots of a source, oldest first: when each was captured, its hash, and what changed.
    pub fn history(&mut self, source: &str) -> Result<Vec<HistoryView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let (row, _) = resolve::source(reader.view, source)?;
        let language = row.details.language.clone().unwrap_or_else(|| "und".to_string());
        let mut history = Vec::new();
        let mut before: Option<SnapshotRow> = None;
        for snapshot in reader.view.snapshots(row.number)? {
            let (header, _) = reader.view.checked_entry(snapshot.sequence)?;
            let changed = before.as_ref().map(|before| changed(&reader, before, &snapshot, &language)).transpose()?;
            let (changes, more) = changed.unwrap_or_default();
            history.push(HistoryView {
                snapshot: snapshot.sha256,
                size: snapshot.size,
                captured: header.time,
                actor: header.actor.to_string(),
                first: before.is_none(),
                changes,
                more,
            });
            before = Some(snapshot);
        }
        Ok(history)
    }
}

/// The paragraphs that changed between two snapshots, those in which a digit or a denial did first; and how many more.
fn changed(
    reader: &Reader,
    before: &SnapshotRow,
    now: &SnapshotRow,
    language: &str,
) -> Result<(Vec<ChangeView>, usize), LedgerError> {
    let (before, now) = (reader.view.text(before)?, reader.view.text(now)?);
    let figures = |words: &str| figure::find(words, language).into_iter().map(|found| found.figure).collect::<Vec<_>>();
    let view = |change: Change| {
        let Change { before, now, marked, telling } = change;
        // "Three" that became "four" has no digit.
        let counted = before.as_deref().zip(now.as_deref()).is_some_and(|(x, y)| figures(x) != figures(y));
        ChangeView { before, now, marked, telling: telling || counted }
    };
    let mut found: Vec<ChangeView> = changes(&before, &now).into_iter().map(view).collect();
    found.sort_by_key(|change| !change.telling);
    let more = found.len().saturating_sub(LISTED);
    found.truncate(LISTED);
    Ok((found, more))
}

/// What became of a claim, with the words that were there and those that are; of a changed figure, the figures.
fn told(fate: Fate, language: &str) -> (FateView, Option<String>, Option<String>) {
    match fate {
        Fate::StillThere => (FateView::StillThere, None, None),
        Fate::Moved => (FateView::Moved, None, None),
        Fate::Gone => (FateView::Gone, None, None),
        Fate::Changed { before, now, .. } => {
            let (old, new) = (figure::find(&before, language), figure::find(&now, language));
            match old.iter().zip(&new).find(|(old, new)| old.figure != new.figure) {
                Some((old, new)) => {
                    let words = |words: &str, span: Span| Some(span.of(words).to_string());
                    (FateView::FigureChanged, words(&before, old.span), words(&now, new.span))
                }
                None => (FateView::WordsChanged, Some(before), Some(now)),
            }
        }
    }
}
