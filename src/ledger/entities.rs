//! Naming entities.

use super::claims::is_words;
use super::error::{LedgerError, Refusal};
use super::input::EntityInput;
use super::{Ledger, Session, resolve};
use crate::domain::claim::{Entity, EntityKey};
use crate::quote::{fold_name, near_names};
use crate::record::body::Body;

/// Longest name of an entity, in bytes.
const LONGEST_NAME: usize = 300;

/// What `entities add` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddedEntities {
    /// Entities named for the first time.
    pub named: usize,
    /// Entities given more names.
    pub extended: usize,
    /// Entities named for the first time that are called nearly like others on record, and those.
    pub near: Vec<(String, Vec<String>)>,
}

impl Ledger {
    /// Names entities, or gives more names to known ones. All or nothing, and one list of refusals, as for claims.
    pub fn add_entities(
        &mut self,
        lines: &[(usize, Result<EntityInput, Refusal>)],
    ) -> Result<AddedEntities, LedgerError> {
        let mut session = self.session()?;
        let mut added = AddedEntities::default();
        let mut refused = Vec::new();
        for (line, input) in lines {
            let result = match input {
                Ok(input) => session.add_entity(&input.name, &input.aliases),
                Err(refusal) => Err(refusal.clone().into()),
            };
            match result {
                Ok(Some(true)) => added.named += 1,
                Ok(Some(false)) => added.extended += 1,
                Ok(None) => {}
                Err(LedgerError::Refused(refusal)) => refused.push((*line, *refusal)),
                Err(error) => return Err(error),
            }
        }
        if !refused.is_empty() {
            return Err(LedgerError::Batch { lines: refused, total: lines.len() });
        }
        added.near = std::mem::take(&mut session.named);
        session.finish()?;
        Ok(added)
    }
}

impl Session<'_> {
    /// Answers true for a new entity, false for new names of a known one, `None` where all was known.
    fn add_entity(&mut self, name: &str, aliases: &[String]) -> Result<Option<bool>, LedgerError> {
        for alias in aliases {
            checked_name("aliases", alias)?;
        }
        let Some(key) = resolve::entity(self.writer.view(), "name", name)? else {
            let near = self.names_like(name)?;
            self.name_entity("name", name, aliases)?;
            if !near.is_empty() {
                self.named.push((name.to_string(), near));
            }
            return Ok(Some(true));
        };
        let mut fresh = Vec::new();
        for alias in aliases {
            if !self.writer.view().entities_called(&fold_name(alias))?.contains(&key) {
                fresh.push(alias.clone());
            }
        }
        if fresh.is_empty() {
            return Ok(None);
        }
        if let Some(names) = &mut self.names {
            names.extend(fresh.iter().cloned());
        }
        let shown = self.writer.view().name(&key)?.unwrap_or_else(|| name.to_string());
        self.append(Body::Entity(Entity { key, name: shown, aliases: fresh }))?;
        Ok(Some(false))
    }

    /// Names on record that look like a misspelling of `name`.
    pub(super) fn names_like(&mut self, name: &str) -> Result<Vec<String>, LedgerError> {
        if self.names.is_none() {
            self.names = Some(self.writer.view().names()?);
        }
        let names = self.names.iter().flatten().map(String::as_str);
        Ok(near_names(name, names).into_iter().map(str::to_string).collect())
    }

    /// Names a new entity and gives it its key.
    pub(super) fn name_entity(
        &mut self,
        field: &'static str,
        name: &str,
        aliases: &[String],
    ) -> Result<EntityKey, LedgerError> {
        checked_name(field, name)?;
        let key = self.free_key(field, name)?;
        let name = name.trim().to_string();
        if let Some(names) = &mut self.names {
            names.extend(std::iter::once(&name).chain(aliases).cloned());
        }
        self.append(Body::Entity(Entity { key: key.clone(), name, aliases: aliases.to_vec() }))?;
        Ok(key)
    }

    /// The name in lower case with hyphens; namesakes get a number behind it.
    fn free_key(&self, field: &'static str, name: &str) -> Result<EntityKey, LedgerError> {
        let folded = fold_name(name);
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let base = words.collect::<Vec<_>>().join("-");
        if base.is_empty() {
            return Err(Refusal::NotAName { field, name: name.to_string() }.into());
        }
        let mut key = EntityKey(base.clone());
        let mut count = 1;
        while self.writer.view().name(&key)?.is_some() {
            count += 1;
            key = EntityKey(format!("{base}-{count}"));
        }
        Ok(key)
    }
}

fn checked_name(field: &'static str, name: &str) -> Result<(), Refusal> {
    if name.len() > LONGEST_NAME {
        return Err(Refusal::TooLong { field: field.to_string(), found: name.len(), limit: LONGEST_NAME });
    }
    if !is_words(name) {
        return Err(Refusal::NotAName { field, name: name.to_string() });
    }
    Ok(())
}
