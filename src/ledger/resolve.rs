//! From what people type (names, prefixes of ids, URLs) to what is on record.

use std::sync::Arc;

use super::error::{LedgerError, Refusal};
use crate::domain::claim::EntityKey;
use crate::domain::predicate::Predicate;
use crate::quote::{fold_name, near_names};
use crate::store::{ClaimRow, ListedQuestion, SnapshotRow, SourceRow, View};

/// Shortest prefix of an id that is looked up.
const SHORTEST_PREFIX: usize = 4;

/// A source, and the snapshot meant: the one named by its hash (alone, or behind the source's id as `ID@HASH`), else
/// the latest.
pub fn source(view: View, wanted: &str) -> Result<(SourceRow, SnapshotRow), LedgerError> {
    let hexadecimal = |text: &str| text.len() >= SHORTEST_PREFIX && text.bytes().all(|b| b.is_ascii_hexdigit());
    let (wanted, hash) = match wanted.split_once('@') {
        Some((id, hash)) if hexadecimal(id) && hexadecimal(hash) => (id, hash),
        _ => (wanted, wanted),
    };
    let mut found = view.sources_by_url(wanted)?;
    if found.is_empty() && wanted.len() >= SHORTEST_PREFIX {
        found = view.sources_by_prefix(&wanted.to_lowercase())?;
    }
    let source = match found.len() {
        0 => return Err(Refusal::NoSource(wanted.to_string()).into()),
        1 => found.remove(0),
        _ => {
            let found = found.iter().map(described).collect::<Vec<_>>().join("; ");
            return Err(Refusal::ManySources { wanted: wanted.to_string(), found }.into());
        }
    };
    let mut snapshots = view.snapshots(source.number)?;
    let named = snapshots.iter().rposition(|s| s.sha256.to_string().starts_with(&hash.to_lowercase()));
    // A hash that was named is meant; only where none was, the latest is.
    let latest = snapshots.len().checked_sub(1).filter(|_| hash == wanted);
    let index = named.or(latest).ok_or_else(|| Refusal::NoSource(format!("{wanted}@{hash}")))?;
    Ok((source, snapshots.swap_remove(index)))
}

/// A source in a few words.
pub fn described(source: &SourceRow) -> String {
    let details = &source.details;
    let what = details.publisher.as_ref().or(details.title.as_ref()).or(details.url.as_ref());
    match (what, &details.published) {
        (Some(what), Some(published)) => format!("{} {what} {published}", source.id.short()),
        (Some(what), None) => format!("{} {what}", source.id.short()),
        (None, _) => source.id.short(),
    }
}

/// A claim.
pub fn claim(view: View, wanted: &str) -> Result<ClaimRow, LedgerError> {
    let mut found = match wanted.len() {
        0..SHORTEST_PREFIX => Vec::new(),
        _ => view.claims_by_prefix(&wanted.to_lowercase())?,
    };
    match found.len() {
        0 => Err(Refusal::NoClaim(wanted.to_string()).into()),
        1 => Ok(found.remove(0)),
        _ => {
            let found = found.iter().map(|row| row.id.short()).collect::<Vec<_>>().join(", ");
            Err(Refusal::ManyClaims { wanted: wanted.to_string(), found }.into())
        }
    }
}

/// A question by its id, or by the id of one of its claims.
pub fn question(view: View, wanted: &str) -> Result<ListedQuestion, LedgerError> {
    let mut found = match wanted.len() {
        0..SHORTEST_PREFIX => Vec::new(),
        _ => view.questions_by_prefix(&wanted.to_lowercase())?,
    };
    match found.len() {
        0 => {}
        1 => {
            let question = view.moved(found.remove(0))?;
            // Digits that a claim's id begins with as well mean one thing only where it bears on that question.
            for row in view.claims_by_prefix(&wanted.to_lowercase())? {
                if !view.questions_of_claim(&row)?.contains(&question.number) {
                    let found = format!("question {}, claim {}", question.id.short(), row.id.short());
                    return Err(Refusal::ManyQuestions { wanted: wanted.to_string(), found }.into());
                }
            }
            return Ok(question);
        }
        _ => {
            let found = found.iter().map(|question| question.id.short()).collect::<Vec<_>>().join(", ");
            return Err(Refusal::ManyQuestions { wanted: wanted.to_string(), found }.into());
        }
    }
    let none = || Refusal::NoQuestion(wanted.to_string()).into();
    match claim(view, wanted) {
        Ok(row) => {
            // Of those that a claim bears on, the one where most is wrong; its own where nothing is.
            let mut worst: Option<ListedQuestion> = None;
            for number in view.questions_of_claim(&row)? {
                let listed = view.question(number)?.ok_or_else(none)?;
                if worst.as_ref().is_none_or(|worst| listed.severity > worst.severity) {
                    worst = Some(listed);
                }
            }
            worst.ok_or_else(none)
        }
        Err(LedgerError::Refused(refusal)) if matches!(*refusal, Refusal::NoClaim(_)) => Err(none()),
        Err(other) => Err(other),
    }
}

/// A predicate.
pub fn predicate(view: View, name: &str) -> Result<Arc<Predicate>, LedgerError> {
    if let Some(predicate) = view.predicate(name)? {
        return Ok(predicate);
    }
    let names: Vec<String> = view.predicates()?.into_iter().map(|predicate| predicate.name).collect();
    let like = |known: &&String| strsim::jaro_winkler(known, name) > 0.85;
    let near = names.iter().filter(like).take(3).cloned().collect();
    Err(Refusal::NoPredicate { name: name.to_string(), near }.into())
}

/// An entity by its key, which means one and wins over names, or by one of its names; of merged ones the one that stands for them. `None` where nobody is
/// called so.
pub fn entity(view: View, field: &'static str, name: &str) -> Result<Option<EntityKey>, LedgerError> {
    let by_key = EntityKey(name.to_string());
    if view.name(&by_key)?.is_some() {
        return Ok(Some(view.standing_for(&by_key)?));
    }
    let mut found = view.entities_called(&fold_name(name))?;
    match found.len() {
        1 => Ok(Some(found.remove(0))),
        0 => Ok(None),
        _ => {
            let keys = found.into_iter().map(|key| key.0).collect();
            Err(Refusal::ManyEntities { field, name: name.to_string(), keys }.into())
        }
    }
}

/// An entity that is on record.
pub fn known(view: View, field: &'static str, name: &str) -> Result<EntityKey, LedgerError> {
    match entity(view, field, name)? {
        Some(key) => Ok(key),
        None => Err(Refusal::UnknownName { name: name.to_string(), near: names_like(view, name)? }.into()),
    }
}

/// The entity to be named in a claim: the very one that has the name or the key, so that undoing a merge takes the claim
/// back too; of several that stand for one, that one.
pub fn own_entity(view: View, field: &'static str, name: &str) -> Result<Option<EntityKey>, LedgerError> {
    let Some(standing) = entity(view, field, name)? else { return Ok(None) };
    let mut named = view.entities_named(&fold_name(name))?;
    let by_key = EntityKey(name.to_string());
    let is_key = view.name(&by_key)?.is_some();
    Ok(Some(match named.len() {
        _ if is_key => by_key,
        1 => named.remove(0),
        _ => standing,
    }))
}

/// Names on record that look like a misspelling of `name`.
pub fn names_like(view: View, name: &str) -> Result<Vec<String>, LedgerError> {
    let names = view.names()?;
    Ok(near_names(name, names.iter().map(String::as_str)).into_iter().map(str::to_string).collect())
}
