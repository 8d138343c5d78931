//! What differs here and there. It stays as it is here.

use super::{MOST_LISTED, Merging, origin};
use crate::domain::listing::{About, Difference};
use crate::domain::predicate::Predicate;
use crate::domain::source::SourceDetails;
use crate::ledger::error::LedgerError;
use crate::record::body::Body;
use crate::store::{Redaction, StoreError};

impl Merging<'_, '_> {
    pub(super) fn differs(&mut self, about: About, of: impl ToString, here: impl ToString, there: impl ToString) {
        let (of, here, there) = (of.to_string(), here.to_string(), there.to_string());
        self.differences.insert(Difference { about, of, here, there });
    }

    /// Compares what is known when all entries were read, and lists the first of all differences.
    pub(super) fn compare(&mut self) -> Result<(), LedgerError> {
        for source in self.there.sources()? {
            let id = self.same_page.get(&source.id).copied().unwrap_or(source.id);
            let Some(here) = self.here().source(id)?.filter(|_| self.ours.contains(&id)) else { continue };
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
        self.done.n_differences = self.differences.len() as u64;
        self.done.differences = std::mem::take(&mut self.differences).into_iter().take(MOST_LISTED).collect();
        Ok(())
    }

    /// Tells what was removed there and is still here: the number of an entry, or the hash of a snapshot.
    fn compare_redaction(&mut self, redaction: Redaction) -> Result<(), LedgerError> {
        let said = StoreError::from(redaction.clone()).to_string();
        for digest in &redaction.body.bytes {
            // Texts and layouts go with their snapshots.
            let is_snapshot = !self.here().sources_by_prefix(&digest.to_string())?.is_empty();
            if is_snapshot && self.here().has_bytes(*digest)? {
                self.differs(About::Redacted, digest, "on record", &said);
            }
        }
        if let Some(entry) = redaction.body.entry {
            let (entry, header, _) = self.there.entry_or_redaction(entry)?;
            let from = origin(self.there, &header, entry.leaf_hash())?;
            if let Some(place) = self.place_of(&from)?
                && self.here().redacted_entry(place)?.is_none()
            {
                self.differs(About::Redacted, place, "on record", said);
            }
        }
        Ok(())
    }
}

/// What a predicate means, in words.
pub(super) fn definition(predicate: &Predicate) -> String {
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
