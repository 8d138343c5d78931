//! Capturing sources.

use super::error::{LedgerError, Refusal};
use super::{Ledger, Session, resolve};
use crate::capture::{self, Hints};
use crate::domain::id::{Digest, SourceId};
use crate::domain::source::SourceDetails;
use crate::domain::text::{Block, Segment, is_words};
use crate::quote::fold_name;
use crate::record::body::{Body, Capture, Describe, Layout, source_id};
use crate::record::canonical::to_canonical;
use crate::store::{SourceRow, StoreError};

/// What to capture.
pub struct CaptureRequest<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where they come from, for messages.
    pub place: String,
    /// What is known about them.
    pub hints: Hints,
    /// Details given by hand; they win over what the page says.
    pub details: SourceDetails,
    /// The source these bytes are a further snapshot of, by id, hash or URL.
    pub source: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// The source.
    pub source: SourceId,
    /// SHA-256 of the bytes.
    pub snapshot: Digest,
    /// What is known about the source.
    pub details: SourceDetails,
    /// True when the source was not on record before.
    pub new_source: bool,
    /// True when these bytes, or the text read from them this way, were not on record for this source.
    pub new_snapshot: bool,
    /// True when these bytes were on record for this source, read this way or another.
    pub known_bytes: bool,
    /// True when details of a known source were changed.
    pub described: bool,
    /// Words in the text.
    pub words: usize,
}

impl Ledger {
    /// Puts a snapshot on record. The same bytes of the same source change nothing; other bytes for a known URL are
    /// a new snapshot of that source.
    pub fn capture(&mut self, request: CaptureRequest) -> Result<Captured, LedgerError> {
        let mut read = capture::read(request.bytes, &request.hints)
            .map_err(|error| LedgerError::Capture { place: request.place.clone(), error: Box::new(error) })?;
        let metadata = read.metadata;
        let mut found = SourceDetails {
            url: request.hints.url.clone().or(metadata.url),
            title: metadata.title,
            publisher: metadata.publisher,
            author: metadata.author,
            // A page's own date that cannot be read says nothing; one given by hand was checked before.
            published: metadata.published.and_then(|date| date.parse().ok()),
            language: metadata.language,
            credits: None,
        };
        let given = request.details;
        check_names(&given)?;
        found.publisher = found.publisher.filter(|name| is_words(name));
        // An agency's own page signs as the agency.
        let own = given.publisher.as_ref().or(found.publisher.as_ref()).map(|name| fold_name(name));
        let credits: Vec<String> = metadata.credits.into_iter().filter(|name| Some(fold_name(name)) != own).collect();
        found.credits = (!credits.is_empty()).then_some(credits);
        let layout = known_layout(std::mem::take(&mut read.text.blocks), std::mem::take(&mut read.text.segments))?;
        let text_hash = Digest::of(read.text.content.as_bytes());
        let snapshot = Digest::of(request.bytes);

        let mut session = self.session()?;
        let known =
            session.known_source(request.source.as_deref(), given.url.as_ref().or(found.url.as_ref()), snapshot)?;
        let view = session.writer.view();
        let snapshots = known.as_ref().map(|source| view.snapshots(source.number)).transpose()?.unwrap_or_default();
        let known_bytes = snapshots.iter().any(|s| s.sha256 == snapshot);
        let new_snapshot = !snapshots.iter().any(|s| s.sha256 == snapshot && s.text == text_hash);
        let id = match &known {
            Some(source) => source.id,
            None => source_id(given.url.as_deref().or(found.url.as_deref()), snapshot),
        };
        let before = known.as_ref().map(|source| source.details.clone()).unwrap_or_default();
        // Given by hand and not what is known already.
        let described = known.is_some() && given.clone().or(before.clone()) != before;
        if new_snapshot {
            session.name_those_behind_table(id, &given.clone().or(found.clone()))?;
            session.writer.put_blob(request.bytes)?;
            session.writer.put_blob(read.text.content.as_bytes())?;
            let layout = session.writer.put_blob(layout.as_bytes())?;
            session.append(Body::Capture(Box::new(Capture {
                source: id,
                details: given,
                page: found,
                snapshot,
                size: request.bytes.len() as u64,
                media_type: read.media_type,
                charset: read.charset,
                text: text_hash,
                layout,
                extractor: read.text.extractor.clone(),
            })))?;
        } else if let Some(redaction) = session.writer.view().redacted_bytes(snapshot)? {
            return Err(StoreError::from(redaction).into());
        } else if described {
            session.redescribe(id, given)?;
        }
        let after = session.writer.view().source(id)?;
        let details = after.map(|source| source.details).unwrap_or_default();
        session.finish()?;
        let words = read.text.content.split_whitespace().count();
        Ok(Captured {
            source: id,
            snapshot,
            details,
            new_source: known.is_none(),
            new_snapshot,
            known_bytes,
            described,
            words,
        })
    }
}

/// Refuses details given by hand that name somebody by what is no name.
pub(super) fn check_names(given: &SourceDetails) -> Result<(), LedgerError> {
    let credits = given.credits.iter().flatten().map(|name| ("credit", name));
    let mut names = given.publisher.iter().map(|name| ("publisher", name)).chain(credits);
    match names.find(|(_, name)| !is_words(name)) {
        Some((field, name)) => Err(Refusal::NotAName { field, name: name.clone() }.into()),
        None => Ok(()),
    }
}

/// The blocks of a text and its way back to the bytes, as they are stored. They are taken, as those of a large page need
/// as much memory as the page.
pub(super) fn known_layout(blocks: Vec<Block>, segments: Vec<Segment>) -> Result<String, LedgerError> {
    let layout = Layout {
        blocks: blocks.into_iter().map(|b| (b.role, b.span.start, b.span.end)).collect(),
        segments: segments.into_iter().map(|s| (s.text.start, s.text.end, s.bytes.start, s.bytes.end)).collect(),
    };
    Ok(to_canonical(&layout).map_err(StoreError::from)?)
}

impl Session<'_> {
    /// Puts on record what else is said of a source.
    pub(super) fn redescribe(&mut self, source: SourceId, details: SourceDetails) -> Result<(), LedgerError> {
        self.name_those_behind_table(source, &details)?;
        self.append(Body::Describe(Describe { source, details }))
    }

    /// The rows of a table go back to whom it credits, or to whoever publishes it, so that these get names before that is
    /// on record.
    pub(super) fn name_those_behind_table(
        &mut self,
        source: SourceId,
        details: &SourceDetails,
    ) -> Result<(), LedgerError> {
        let view = self.writer.view();
        let number = view.source(source)?.map(|source| source.number);
        match view.imports()?.iter().any(|import| Some(import.source) == number) {
            true => self.name_those_behind(details),
            false => Ok(()),
        }
    }

    /// They are known from the source itself, so they need nobody's leave to be named.
    pub(super) fn name_those_behind(&mut self, details: &SourceDetails) -> Result<(), LedgerError> {
        if let Some(publisher) = &details.publisher {
            self.entity("publisher", publisher, true)?;
        }
        for name in details.credits.iter().flatten() {
            self.named_or_nobody("credit", name)?;
        }
        Ok(())
    }

    /// The source that bytes belong to: the one named, the one with their URL, or, for bytes without a URL, the one
    /// that has these very bytes already.
    pub(super) fn known_source(
        &self,
        named: Option<&str>,
        url: Option<&String>,
        snapshot: Digest,
    ) -> Result<Option<SourceRow>, LedgerError> {
        let view = self.writer.view();
        if let Some(named) = named {
            let (source, _) = resolve::source(view, named)?;
            // A URL belongs to one source for ever; giving it to a second one would break that.
            if let Some(other) =
                url.map(|url| view.sources_by_url(url)).transpose()?.and_then(|found| found.into_iter().next())
                && other.id != source.id
            {
                let url = other.details.url.clone().unwrap_or_default();
                return Err(Refusal::UrlTaken { url, owner: resolve::described(&other) }.into());
            }
            return Ok(Some(source));
        }
        if let Some(url) = url {
            return Ok(view.sources_by_url(url)?.into_iter().next());
        }
        let mut holders = view.sources_by_prefix(&snapshot.to_string())?;
        holders.sort_by_key(|source| source.details.url.is_some());
        Ok(holders.into_iter().next())
    }
}
