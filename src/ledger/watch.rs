//! Watching pages: what became of each claim on a source in its latest snapshot, and what changed from snapshot to
//! snapshot.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::error::{LedgerError, Refusal};
use super::reader::Reader;
use super::{Ledger, resolve};
use crate::domain::claim::{Attribution, Claim, EntityKey, Status};
use crate::domain::figure::{Figure, FoundFigure};
use crate::domain::id::Digest;
use crate::domain::listing::{ChangeView, CheckView, FateView, HistoryView, Questions, RecheckView};
use crate::domain::text::{Span, Text};
use crate::domain::when::When;
use crate::figure;
use crate::quote::{Change, Fate, Revision, changes};
use crate::store::{ClaimRow, Made, SnapshotRow, StoreError};

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
        let mut claims = reader.view.claims_of_source(row.number)?;
        claims.retain(|claim| claim.status == Status::Standing);
        let newer = Rows::of(claims.iter().filter(|claim| claim.is_row && claim.claim.text == latest.text));
        // The texts that claims were read in, each once.
        let mut texts: BTreeMap<Digest, Text> = BTreeMap::new();
        for claim in &claims {
            let text = claim.claim.text;
            if text != latest.text
                && !claim.is_row
                && let Entry::Vacant(place) = texts.entry(text)
            {
                let known = snapshots.iter().find(|snapshot| snapshot.text == text);
                // Of a text that was redacted only the words of its claims are known.
                if let Some(text) = reader.view.text_if_kept(known.ok_or_else(missing)?)? {
                    place.insert(text);
                }
            }
        }
        let revisions: BTreeMap<Digest, Revision> =
            texts.iter().map(|(digest, text)| (*digest, Revision::of(text, &now))).collect();
        let (mut checks, mut rows) = (Vec::new(), 0);
        // A later version that was not imported has its rows as lines.
        let has_rows = !newer.any() && claims.iter().any(|claim| claim.is_row);
        let lines: HashSet<&str> = now.content.lines().filter(|_| has_rows).map(str::trim).collect();
        for claim in &claims {
            let quote = &claim.claim.quote;
            let (fate, before, now) = match revisions.get(&claim.claim.text) {
                _ if claim.claim.text == latest.text => (FateView::StillThere, None, None),
                _ if claim.is_row && newer.any() => newer.fate(&claim.claim),
                _ if claim.is_row && lines.contains(quote.exact.trim()) => (FateView::StillThere, None, None),
                None if !claim.is_row && now.content.contains(&quote.exact) => (FateView::StillThere, None, None),
                Some(revision) if !claim.is_row => {
                    told(revision.fate(quote, &reader.about(&claim.claim)?), &claim.claim, &language)
                }
                _ => (FateView::Gone, None, None),
            };
            match claim.is_row && fate == FateView::StillThere {
                true => rows += 1,
                false => checks.push(CheckView { claim: reader.claim(claim)?, fate, before, now }),
            }
        }
        let before = snapshots.len().checked_sub(2).map(|index| &snapshots[index]);
        let changed = before.map(|before| changed(&reader, before, latest, &language)).transpose()?;
        let (changes, more) = changed.unwrap_or_default();
        Ok(RecheckView {
            source: row.id,
            snapshot: latest.sha256,
            snapshots: snapshots.len(),
            questions: Questions::default(),
            checks,
            rows,
            changes,
            more,
        })
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
            let Made { actor, time, .. } = reader.view.made(&reader.view.checked_entry(snapshot.sequence)?.0)?;
            let changed = before.as_ref().map(|before| changed(&reader, before, &snapshot, &language)).transpose()?;
            let (changes, more) = changed.unwrap_or_default();
            history.push(HistoryView {
                snapshot: snapshot.sha256,
                size: snapshot.size,
                captured: time,
                actor,
                first: before.is_none(),
                changes,
                more,
            });
            before = Some(snapshot);
        }
        Ok(history)
    }
}

/// The paragraphs or rows that changed between two snapshots, those in which a digit or a denial did first; and how many more.
fn changed(
    reader: &Reader,
    before: &SnapshotRow,
    now: &SnapshotRow,
    language: &str,
) -> Result<(Vec<ChangeView>, usize), LedgerError> {
    let (Some(before), Some(now)) = (reader.view.text_if_kept(before)?, reader.view.text_if_kept(now)?) else {
        return Ok(Default::default());
    };
    let figures = |words: &str| figure::find(words, language).into_iter().map(|found| found.figure).collect::<Vec<_>>();
    let view = |change: Change| {
        let Change { before, now, marked, telling } = change;
        // "Three" that became "four" has no digit.
        let counts = || before.as_deref().zip(now.as_deref()).is_some_and(|(x, y)| figures(x) != figures(y));
        let telling = telling || counts();
        ChangeView { before, now, marked, telling }
    };
    let mut found: Vec<ChangeView> = changes(&before, &now).into_iter().map(view).collect();
    found.sort_by_key(|change| !change.telling);
    let more = found.len().saturating_sub(LISTED);
    found.truncate(LISTED);
    Ok((found, more))
}

/// What became of a claim, with the words that were there and those that are; of a changed figure, the figures.
fn told(fate: Fate, claim: &Claim, language: &str) -> (FateView, Option<String>, Option<String>) {
    match fate {
        Fate::StillThere => (FateView::StillThere, None, None),
        Fate::Moved => (FateView::Moved, None, None),
        Fate::Gone => (FateView::Gone, None, None),
        Fate::Reworded { before, now, place, counts } => {
            // "Three" that became "four" has no digit, and "more than" that became "up to" neither.
            let figures =
                |words: &str| figure::find(words, language).into_iter().map(|found| found.figure).collect::<Vec<_>>();
            let is_beside =
                |(old, new)| apart_from_figures(&before, old, language) == apart_from_figures(&now, new, language);
            match (!counts && figures(&before) == figures(&now)) || (is_bare(claim) && place.is_some_and(is_beside)) {
                true => (FateView::StillThere, None, None),
                false => told(Fate::Changed { before, now }, claim, language),
            }
        }
        Fate::Changed { before, now } => {
            let (old, new) = (figure::find(&before, language), figure::find(&now, language));
            // Those that only one of the two has; another hedge makes another figure, and the same words.
            let only = |these: &[FoundFigure], those: &[FoundFigure], words: &str| {
                let other = these.iter().find(|it| those.iter().all(|that| that.figure != it.figure));
                other.map(|figure| figure.span.of(words).to_string())
            };
            match only(&old, &new, &before).zip(only(&new, &old, &now)) {
                Some((old, new)) if old != new => (FateView::FigureChanged, Some(old), Some(new)),
                _ => (FateView::WordsChanged, Some(before), Some(now)),
            }
        }
    }
}

/// A figure of a quote, with what is said beside it of its period.
type OwnFigure = (Figure, BTreeMap<String, String>);

/// True for a claim whose meaning stands in its quote alone: no date and no qualifier, which the words around it may give.
fn is_bare(claim: &Claim) -> bool {
    claim.as_of.is_none() && claim.qualifiers.is_empty()
}

/// What a sentence says apart from the figures that have nothing of its quote: the words before it, the figures in it, and
/// the words after it. Where that is the same of two sentences only other figures changed, each in its place. Digits that
/// are no figure, such as those of a year, are words here, and so is a number behind a word with a capital ("Unit 4"): they
/// may say of whom or when the claim is true.
fn apart_from_figures(sentence: &str, quote: Span, language: &str) -> (String, Vec<OwnFigure>, String) {
    let (mut before, mut own, mut after) = (String::new(), Vec::new(), String::new());
    let mut from = 0;
    let mut put = |span: Range<usize>, mark: &str| {
        let cut = |from: usize, to: usize| &sentence[span.start.clamp(from, to)..span.end.clamp(from, to)];
        before.push_str(cut(0, quote.start));
        after.push_str(cut(quote.end, sentence.len()));
        if span.end <= quote.start { before.push_str(mark) } else { after.push_str(mark) }
    };
    for found in figure::find(sentence, language) {
        let Span { start, end } = found.span;
        if end > quote.start && start < quote.end {
            own.push((found.figure, found.qualifiers));
            continue;
        }
        let last = sentence[..start].split_whitespace().next_back();
        if last.is_some_and(|word| word.starts_with(char::is_uppercase)) {
            continue;
        }
        put(from..start, "\u{0}");
        from = end;
    }
    put(from..sentence.len(), "");
    (before, own, after)
}

/// The rows of the latest version of a table, by what they are about.
struct Rows<'c>(HashMap<About<'c>, Vec<&'c Claim>>);

/// Of whom a row says what, who says it, and of which time.
type About<'c> = (&'c EntityKey, &'c str, Vec<&'c Attribution>, Option<&'c When>);

impl<'c> Rows<'c> {
    fn of(claims: impl Iterator<Item = &'c ClaimRow>) -> Rows<'c> {
        let mut rows = Rows(HashMap::new());
        for row in claims {
            rows.0.entry(Rows::about(&row.claim)).or_default().push(&row.claim);
        }
        rows
    }

    fn about(claim: &Claim) -> About<'_> {
        (&claim.subject, &claim.predicate, claim.by.iter().collect(), claim.as_of.as_ref())
    }

    fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// What became of a row of an earlier version.
    fn fate(&self, claim: &Claim) -> (FateView, Option<String>, Option<String>) {
        let Some(rows) = self.0.get(&Rows::about(claim)) else { return (FateView::Gone, None, None) };
        if rows.iter().any(|row| (&row.value, &row.object) == (&claim.value, &claim.object)) {
            return (FateView::StillThere, None, None);
        }
        let kind = if claim.value.figure().is_some() { FateView::FigureChanged } else { FateView::WordsChanged };
        let words = |claim: &Claim| Some(claim.quote.exact.clone());
        (kind, words(claim), rows.first().and_then(|row| words(row)))
    }
}

impl Reader<'_> {
    /// What everybody goes by whom a claim is about.
    fn about(&self, claim: &Claim) -> Result<Vec<Vec<String>>, LedgerError> {
        let keys = std::iter::once(&claim.subject).chain(&claim.object);
        keys.map(|key| Ok(self.view.names_of(key)?)).collect()
    }
}
