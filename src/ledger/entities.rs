//! Naming entities.

use super::error::{LedgerError, Refusal};
use super::input::EntityInput;
use super::judge::reason;
use super::{Ledger, Questions, Session, resolve};
use crate::domain::claim::{Entity, EntityKey};
use crate::domain::text::is_words;
use crate::quote::{NameIndex, fold_name};
use crate::record::body::{Body, Merge, Unmerge};

/// Longest name of an entity, in bytes.
const LONGEST_NAME: usize = 300;

/// What `entities add` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddedEntities {
    /// Entities named for the first time.
    pub named: usize,
    /// Entities given more names.
    pub extended: usize,
    /// The keys of both, in the order of the lines.
    pub keys: Vec<EntityKey>,
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
                Ok(input) => session.add_entity(input),
                Err(refusal) => Err(refusal.clone().into()),
            };
            match result {
                Ok(Some((key, is_new))) => {
                    *(if is_new { &mut added.named } else { &mut added.extended }) += 1;
                    if !added.keys.contains(&key) {
                        added.keys.push(key);
                    }
                }
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

impl Ledger {
    /// Lets an entity stand for another as well: its claims, names and members. Answers both keys and what it touched.
    pub fn merge_entities(
        &mut self,
        entity: &str,
        into: &str,
        because: &str,
    ) -> Result<(EntityKey, EntityKey, Questions), LedgerError> {
        let because = reason(because)?;
        let mut session = self.session()?;
        let view = session.writer.view();
        let (entity, into) = (resolve::known(view, "entity", entity)?, resolve::known(view, "into", into)?);
        if entity == into {
            return Err(Refusal::OneAlready(entity.0).into());
        }
        session.append(Body::Merge(Merge { entity: entity.clone(), into: into.clone(), because }))?;
        Ok((entity, into, session.finish()?))
    }

    /// Lets an entity that was merged into another, named by its key or a name of its own, stand for itself again.
    pub fn unmerge_entity(&mut self, entity: &str, because: &str) -> Result<(EntityKey, Questions), LedgerError> {
        let because = reason(because)?;
        let mut session = self.session()?;
        let merged = session.writer.view().merged()?;
        let folded = fold_name(entity);
        // A key means one and wins over names.
        let by_key = merged.iter().any(|(key, ..)| key.0 == entity);
        let called = |(key, name, _): &&(EntityKey, String, EntityKey)| match by_key {
            true => key.0 == entity,
            false => fold_name(name) == folded,
        };
        let mut found = merged.iter().filter(called).map(|(key, ..)| key.clone());
        let key = match (found.next(), found.next()) {
            (Some(key), None) => key,
            (None, _) => {
                let merged = merged.iter().map(|(key, ..)| key.0.clone()).collect();
                return Err(Refusal::NotMerged { name: entity.to_string(), merged }.into());
            }
            (Some(one), Some(other)) => {
                let keys = [one, other].into_iter().chain(found).map(|key| key.0).collect();
                return Err(Refusal::ManyEntities { field: "entity", name: entity.to_string(), keys }.into());
            }
        };
        session.append(Body::Unmerge(Unmerge { entity: key.clone(), because }))?;
        Ok((key, session.finish()?))
    }
}

impl Session<'_> {
    /// Answers the key, and true for a new entity, false for new names or members of a known one; `None` where all was
    /// known.
    fn add_entity(&mut self, input: &EntityInput) -> Result<Option<(EntityKey, bool)>, LedgerError> {
        let EntityInput { name, key, aliases, members } = input;
        checked_name("name", name)?;
        for alias in aliases {
            checked_name("aliases", alias)?;
        }
        let mut belonging = Vec::new();
        for member in members {
            let known = resolve::own_entity(self.writer.view(), "members", member)?;
            let near = self.names_like(member)?;
            let missing = Refusal::NoEntity { field: "members", name: member.clone(), near };
            belonging.push(known.ok_or(missing)?);
        }
        let known = match key {
            // A key of its own tells a namesake apart.
            Some(key) => {
                let key = EntityKey(checked_key(key)?.to_string());
                self.writer.view().name(&key)?.map(|_| key)
            }
            None => resolve::own_entity(self.writer.view(), "name", name)?,
        };
        let view = self.writer.view();
        if let Some(known) = &known {
            let standing = view.standing_for(known)?;
            for member in &belonging {
                if view.standing_for(member)? == standing {
                    return Err(Refusal::MemberOfItself(name.clone()).into());
                }
            }
        }
        let Some(key) = known else {
            let near = if key.is_none() { self.names_like(name)? } else { Vec::new() };
            let key = key.as_ref().map(|key| EntityKey(key.clone()));
            let key = self.name_entity("name", name, key, aliases, belonging)?;
            if !near.is_empty() {
                self.named.push((name.to_string(), near));
            }
            return Ok(Some((key, true)));
        };
        let view = self.writer.view();
        let mut fresh = Vec::new();
        for alias in std::iter::once(name).chain(aliases) {
            if *alias != key.0 && !view.entities_named(&fold_name(alias))?.contains(&key) {
                fresh.push(alias.clone());
            }
        }
        let members_known = view.members(&key)?;
        belonging.retain(|member| !members_known.contains(member));
        if fresh.is_empty() && belonging.is_empty() {
            return Ok(None);
        }
        let shown = view.name(&key)?.unwrap_or_else(|| name.to_string());
        if let Some(names) = &mut self.names {
            fresh.iter().for_each(|name| names.add(name));
        }
        let entity = Entity { key: key.clone(), name: shown, aliases: fresh, members: belonging };
        self.append(Body::Entity(entity))?;
        Ok(Some((key, false)))
    }

    /// Names on record that look like a misspelling of `name`.
    pub(super) fn names_like(&mut self, name: &str) -> Result<Vec<String>, LedgerError> {
        let names = match &mut self.names {
            Some(names) => names,
            none => {
                let mut names = NameIndex::default();
                self.writer.view().names()?.iter().for_each(|name| names.add(name));
                none.insert(names)
            }
        };
        Ok(names.near(name).into_iter().map(str::to_string).collect())
    }

    /// Names a new entity, under the given key or one made of its name.
    pub(super) fn name_entity(
        &mut self,
        field: &'static str,
        name: &str,
        key: Option<EntityKey>,
        aliases: &[String],
        members: Vec<EntityKey>,
    ) -> Result<EntityKey, LedgerError> {
        checked_name(field, name)?;
        let key = match key {
            Some(key) => key,
            None => {
                let unnamed = || Refusal::NotAName { field, name: name.to_string() };
                self.writer.view().free_key(name)?.ok_or_else(unnamed)?
            }
        };
        let name = name.trim().to_string();
        if let Some(names) = &mut self.names {
            std::iter::once(&name).chain(aliases).for_each(|name| names.add(name));
        }
        self.append(Body::Entity(Entity { key: key.clone(), name, aliases: aliases.to_vec(), members }))?;
        Ok(key)
    }
}

/// A key is what [`View::free_key`](crate::store::View::free_key) makes of a name: lower-case words and numbers joined by hyphens.
fn checked_key(key: &str) -> Result<&str, Refusal> {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase());
    match key.len() <= LONGEST_NAME && key.split('-').all(word) {
        true => Ok(key),
        false => Err(Refusal::NotAKey(key.chars().take(80).collect())),
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
