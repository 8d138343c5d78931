//! Who is who: names, merges that can be undone, and groups with their members.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};

use super::copying;
use super::derive::Touched;
use super::error::StoreError;
use super::place;
use super::view::View;
use crate::domain::claim::{Attribution, Claim, Entity, EntityKey, Speaker};
use crate::quote::fold_name;

/// Names an entity, or gives a known one more names or members.
pub fn named(view: View, sequence: u64, entity: &Entity) -> Result<Touched, StoreError> {
    let mut insert = view.prepare(
        "INSERT INTO entity (key, name, stands) SELECT ?1, ?2, coalesce(max(number), 0) + 1 FROM entity WHERE true
         ON CONFLICT (key) DO NOTHING",
    )?;
    insert.execute(params![entity.key.0, entity.name])?;
    let number = number(view, sequence, &entity.key)?;
    let mut insert = view.prepare(
        "INSERT INTO alias (folded, entity, name) VALUES (?1, ?2, ?3) ON CONFLICT (folded, entity) DO NOTHING",
    )?;
    let mut pin = view.prepare(
        "INSERT INTO import_name (import, name, entity)
         SELECT import.number, ?1, first.entity
         FROM import, (SELECT min(entity) AS entity FROM alias WHERE folded = ?1 AND entity <> ?2) AS first
         WHERE first.entity IS NOT NULL ON CONFLICT (import, name) DO NOTHING",
    )?;
    let mut touched = Touched::new();
    for name in std::iter::once(&entity.name).chain(&entity.aliases) {
        let folded = fold_name(name);
        if insert.execute(params![folded, number, name])? == 1 {
            // What was imported means whoever was called so then.
            pin.execute(params![folded, number])?;
            touched.extend(questions_under_name(view, &folded)?);
        }
    }
    let mut insert = view.prepare("INSERT INTO member (collective, member) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    let mut joined = BTreeSet::new();
    for member in &entity.members {
        if insert.execute(params![number, self::number(view, sequence, member)?])? == 1 {
            joined.insert(standing_for(view, member)?);
        }
    }
    if !joined.is_empty() {
        let mut all = joined.clone();
        for key in joined {
            all.extend(members_of(view, &key)?);
        }
        touched.extend(place::settle(view, sequence, &questions_about(view, &all)?)?);
    }
    Ok(touched)
}

/// Names a new entity that nobody is called by this folded name yet; answers its row, its key, and the questions whose
/// claims may go back to it now.
pub fn name_new(view: View, name: &str, folded: &str) -> Result<((i64, EntityKey), Touched), StoreError> {
    let unnamed = || StoreError::Damaged(format!("`{name}` is no name"));
    let key = view.free_key(name)?.ok_or_else(unnamed)?;
    let mut insert =
        view.prepare("INSERT INTO entity (key, name, stands) SELECT ?1, ?2, coalesce(max(number), 0) + 1 FROM entity")?;
    insert.execute(params![key.0, name])?;
    let number = view.connection.last_insert_rowid();
    let mut insert = view.prepare("INSERT INTO alias (folded, entity, name) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![folded, number, name])?;
    Ok(((number, key), questions_under_name(view, folded)?))
}

/// One entity stands for another from now on, and for all that stood for it.
pub fn merged(view: View, sequence: u64, entity: &EntityKey, into: &EntityKey) -> Result<Touched, StoreError> {
    let (number, into) = (number(view, sequence, entity)?, number(view, sequence, into)?);
    // Only what stands for itself can be merged, and not into what it stands for: so there is never a circle.
    let merge = "UPDATE entity SET merged = ?2 WHERE number = ?1 AND stands = ?1
                 AND (SELECT stands FROM entity WHERE number = ?2) <> ?1";
    if view.prepare(merge)?.execute(params![number, into])? != 1 {
        return Err(StoreError::Damaged(format!("entry {sequence} merges an entity that cannot be merged")));
    }
    let restand = "UPDATE entity SET stands = (SELECT stands FROM entity WHERE number = ?2) WHERE stands = ?1";
    view.prepare(restand)?.execute(params![number, into])?;
    view.known.forget();
    view.known.regrouped.set(true);
    let group = merged_with(view, number)?;
    regroup(view, sequence, &group)
}

/// An entity that was merged stands for itself again, and for all that was merged into it.
pub fn unmerged(view: View, sequence: u64, entity: &EntityKey) -> Result<Touched, StoreError> {
    let number = number(view, sequence, entity)?;
    let group = merged_with(view, number)?;
    let part = "UPDATE entity SET merged = NULL WHERE number = ?1 AND merged IS NOT NULL";
    if view.prepare(part)?.execute(params![number])? != 1 {
        return Err(StoreError::Damaged(format!("entry {sequence} parts an entity that was not merged")));
    }
    let restand = "WITH RECURSIVE under (number) AS (
                       VALUES (?1) UNION SELECT entity.number FROM entity JOIN under ON entity.merged = under.number)
                   UPDATE entity SET stands = ?1 WHERE number IN (SELECT number FROM under)";
    view.prepare(restand)?.execute(params![number])?;
    view.known.forget();
    view.known.regrouped.set(true);
    regroup(view, sequence, &group)
}

fn regroup(view: View, sequence: u64, group: &BTreeSet<EntityKey>) -> Result<Touched, StoreError> {
    let mut about = group.clone();
    for key in group {
        about.extend(members_of(view, key)?);
    }
    let mut touched = place::settle(view, sequence, &questions_about(view, &about)?)?;
    touched.extend(copying::settle(view)?);
    // Speakers are entities too: what goes back to one of them goes back to both now, or no longer.
    for key in group {
        let mut select = view.prepare(
            "SELECT DISTINCT claim.question FROM speaker JOIN claim ON claim.number = speaker.claim
             JOIN entity ON entity.number = speaker.entity WHERE entity.key = ?1",
        )?;
        for question in select.query_map(params![key.0], |row| row.get(0))? {
            touched.insert(question?);
        }
        let mut select =
            view.prepare("SELECT folded FROM alias JOIN entity ON entity.number = alias.entity WHERE entity.key = ?1")?;
        for folded in select.query_map(params![key.0], |row| row.get::<_, String>(0))? {
            touched.extend(questions_under_name(view, &folded?)?);
        }
        // Publishers of rows of imports stand in no chain; without an import nothing is looked through.
        let mut select = view.prepare(
            "SELECT DISTINCT question FROM statement WHERE EXISTS (SELECT 1 FROM import)
             AND origin = (SELECT number * 4 FROM entity WHERE key = ?1)",
        )?;
        for question in select.query_map(params![key.0], |row| row.get(0))? {
            touched.insert(question?);
        }
        let derived = "source.number IN (SELECT upstream.source FROM upstream
                                         JOIN entity ON entity.number = upstream.from_entity WHERE entity.key = ?1)";
        touched.extend(place::questions_of_sources(view, derived, params![key.0])?);
    }
    Ok(touched)
}

/// The questions of pages that somebody of this name publishes or is credited on: they may go back to him now, or no
/// longer.
fn questions_under_name(view: View, folded: &str) -> Result<Touched, StoreError> {
    let mut any = view.prepare(
        "SELECT EXISTS (SELECT 1 FROM source WHERE outlet = ?1) OR EXISTS (SELECT 1 FROM credit WHERE folded = ?1)",
    )?;
    if !any.query_row(params![folded], |row| row.get(0))? {
        return Ok(Touched::new());
    }
    view.known.sources.forget();
    view.known.published.forget();
    view.known.outlets.forget();
    let known = "source.outlet = ?1 OR source.number IN (SELECT source FROM credit WHERE folded = ?1)";
    place::questions_of_sources(view, known, params![folded])
}

/// The keys of all that stand for one with this entity.
fn merged_with(view: View, number: i64) -> Result<BTreeSet<EntityKey>, StoreError> {
    let sql = "SELECT key FROM entity WHERE stands = (SELECT stands FROM entity WHERE number = ?1)";
    let mut select = view.prepare(sql)?;
    let keys = select.query_map(params![number], |row| row.get(0).map(EntityKey))?.collect::<Result<_, _>>()?;
    Ok(keys)
}

/// The row of an entity that an entry names.
pub fn number(view: View, sequence: u64, key: &EntityKey) -> Result<i64, StoreError> {
    let unknown =
        || StoreError::Damaged(format!("entry {sequence} names an entity that is not on record: `{}`", key.0));
    view.known.entities.get_by(key, || {
        let mut select = view.prepare("SELECT number FROM entity WHERE key = ?1")?;
        select.query_row(params![key.0], |row| row.get(0)).optional()?.ok_or_else(unknown)
    })
}

/// The key of the entity of that row, and the key of the one that stands for it.
pub fn keys(view: View, number: i64) -> Result<(EntityKey, EntityKey), StoreError> {
    let mut select = view.prepare(
        "SELECT entity.key, standing.key FROM entity JOIN entity AS standing ON standing.number = entity.stands
         WHERE entity.number = ?1",
    )?;
    Ok(select.query_row(params![number], |row| Ok((EntityKey(row.get(0)?), EntityKey(row.get(1)?))))?)
}

/// The key of the entity that stands for this one after all merges; the key itself where nobody is called so.
pub fn standing_for(view: View, key: &EntityKey) -> Result<EntityKey, StoreError> {
    let sql = "SELECT other.key FROM entity JOIN entity AS other ON other.number = entity.stands WHERE entity.key = ?1";
    let mut select = view.prepare(sql)?;
    let found: Option<String> = select.query_row(params![key.0], |row| row.get(0)).optional()?;
    Ok(found.map_or_else(|| key.clone(), EntityKey))
}

/// The entity that was the first to be called so, as it stands.
pub fn first_called(view: View, name: &str) -> Result<Option<EntityKey>, StoreError> {
    let sql = "SELECT standing.key FROM entity JOIN entity AS standing ON standing.number = entity.stands
               WHERE entity.number = (SELECT min(entity) FROM alias WHERE folded = ?1)";
    let mut select = view.prepare(sql)?;
    let called = select.query_row(params![fold_name(name)], |row| row.get(0).map(EntityKey)).optional()?;
    Ok(match called {
        Some(called) => Some(called),
        // A key may stand where a name does.
        None => {
            let key = EntityKey(name.to_string());
            view.name(&key)?.map(|_| standing_for(view, &key)).transpose()?
        }
    })
}

/// The row of the entity that a name means which leads to `standing`, and true where the name alone will not say so later:
/// the very one that has the name or the key, so that undoing a merge takes the row of a table back too; of several that
/// stand for one, that one.
pub fn meant_by(view: View, name: &str, folded: &str, standing: &EntityKey) -> Result<(i64, bool), StoreError> {
    let mut select = view.prepare("SELECT entity FROM alias WHERE folded = ?1 ORDER BY entity")?;
    let named: Vec<i64> = select.query_map(params![folded], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if let [one] = named.as_slice() {
        return Ok((*one, false));
    }
    let mut select = view.prepare("SELECT number FROM entity WHERE key = ?1")?;
    let by_key: Option<i64> = select.query_row(params![name], |row| row.get(0)).optional()?;
    match by_key.filter(|key| named.is_empty() || named.contains(key)) {
        Some(key) => Ok((key, true)),
        None => Ok((number(view, 0, standing)?, true)),
    }
}

/// A name in lower case with hyphens; `None` for what has no letter and no digit.
pub fn plain_key(name: &str) -> Option<String> {
    let folded = fold_name(name);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    Some(words.collect::<Vec<_>>().join("-")).filter(|key| !key.is_empty())
}

/// True where some entity stands for another.
pub fn any_merge(view: View) -> Result<bool, StoreError> {
    view.known.any_merge.get((), |()| {
        let mut select = view.prepare("SELECT EXISTS (SELECT 1 FROM entity WHERE merged IS NOT NULL)")?;
        Ok(select.query_row([], |row| row.get(0))?)
    })
}

/// A claim with the entities that stand for those it names.
pub fn as_it_stands(view: View, mut claim: Claim) -> Result<Claim, StoreError> {
    if !any_merge(view)? {
        return Ok(claim);
    }
    let standing = |key: &EntityKey| standing_for(view, key);
    claim.subject = standing(&claim.subject)?;
    claim.object = claim.object.as_ref().map(standing).transpose()?;
    for Attribution { who, .. } in &mut claim.by {
        if let Speaker::Entity(key) = who {
            *key = standing(key)?;
        }
    }
    Ok(claim)
}

/// The groups that an entity belongs to, and those that they belong to.
pub fn groups_of(view: View, key: &EntityKey) -> Result<BTreeSet<EntityKey>, StoreError> {
    closure(
        view,
        "SELECT DISTINCT standing.key FROM member
         JOIN entity AS member_ ON member_.number = member.member
         JOIN entity AS collective ON collective.number = member.collective
         JOIN entity AS standing ON standing.number = collective.stands
         JOIN entity AS asked ON asked.number = member_.stands WHERE asked.key = ?1",
        key,
    )
}

/// The members of a group, and theirs.
fn members_of(view: View, key: &EntityKey) -> Result<BTreeSet<EntityKey>, StoreError> {
    closure(
        view,
        "SELECT DISTINCT standing.key FROM member
         JOIN entity AS collective ON collective.number = member.collective
         JOIN entity AS member_ ON member_.number = member.member
         JOIN entity AS standing ON standing.number = member_.stands
         JOIN entity AS asked ON asked.number = collective.stands WHERE asked.key = ?1",
        key,
    )
}

/// What a step leads to, again and again; without where it began.
fn closure(view: View, step: &str, key: &EntityKey) -> Result<BTreeSet<EntityKey>, StoreError> {
    let mut select = view.prepare(step)?;
    let mut found = BTreeSet::new();
    let mut open = vec![key.clone()];
    while let Some(next) = open.pop() {
        for other in select.query_map(params![next.0], |row| row.get(0).map(EntityKey))? {
            let other = other?;
            if other != *key && found.insert(other.clone()) {
                open.push(other);
            }
        }
    }
    Ok(found)
}

/// The questions about some entities.
fn questions_about(view: View, keys: &BTreeSet<EntityKey>) -> Result<Touched, StoreError> {
    let sql = "SELECT number FROM question WHERE subject = ?1 UNION SELECT number FROM question WHERE object = ?1";
    let mut select = view.prepare(sql)?;
    let mut questions = Touched::new();
    for key in keys {
        for question in select.query_map(params![key.0], |row| row.get(0))? {
            questions.insert(question?);
        }
    }
    Ok(questions)
}

/// What sorts behind every date that begins on a day or before it, and before all others; behind all without a day.
fn past(day: Option<NaiveDate>) -> String {
    day.map_or("~".to_string(), |day| format!("{day}~"))
}

impl View<'_> {
    /// All entities, by key.
    pub fn entities(&self) -> Result<Vec<Entity>, StoreError> {
        let entities = self.rows("SELECT key, name FROM entity WHERE merged IS NULL ORDER BY key", [], |row| {
            Ok(Entity { key: EntityKey(row.get(0)?), name: row.get(1)?, aliases: Vec::new(), members: Vec::new() })
        })?;
        let mut aliases = self.by_entity(
            "SELECT DISTINCT shown.key, alias.name FROM alias JOIN entity ON entity.number = alias.entity
             JOIN entity AS shown ON shown.number = entity.stands
             WHERE alias.name <> shown.name ORDER BY shown.key, alias.name",
        )?;
        let mut members = self.by_entity(
            "SELECT DISTINCT shown.key, belonging.key FROM member
             JOIN entity AS collective ON collective.number = member.collective
             JOIN entity AS shown ON shown.number = collective.stands
             JOIN entity AS own ON own.number = member.member
             JOIN entity AS belonging ON belonging.number = own.stands ORDER BY 1, 2",
        )?;
        let with = |mut entity: Entity| {
            entity.aliases = aliases.remove(&entity.key.0).unwrap_or_default();
            entity.members = members.remove(&entity.key.0).unwrap_or_default().into_iter().map(EntityKey).collect();
            entity
        };
        Ok(entities.into_iter().map(with).collect())
    }

    /// Texts by the key of the entity they belong to.
    fn by_entity(&self, sql: &str) -> Result<HashMap<String, Vec<String>>, StoreError> {
        let rows = self.rows(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut texts: HashMap<String, Vec<String>> = HashMap::new();
        for (key, text) in rows {
            texts.entry(key).or_default().push(text);
        }
        Ok(texts)
    }

    /// The entities that others stand for: each with its name and the key of the one it was merged into.
    pub fn merged(&self) -> Result<Vec<(EntityKey, String, EntityKey)>, StoreError> {
        self.rows(
            "SELECT entity.key, entity.name, other.key FROM entity JOIN entity AS other ON other.number = entity.merged
             ORDER BY entity.key",
            [],
            |row| Ok((EntityKey(row.get(0)?), row.get(1)?, EntityKey(row.get(2)?))),
        )
    }

    /// The key of the entity that stands for this one after all merges; the key itself where nobody is called so.
    pub fn standing_for(&self, key: &EntityKey) -> Result<EntityKey, StoreError> {
        standing_for(*self, key)
    }

    /// The groups that an entity belongs to, and those that they belong to.
    pub fn groups_of(&self, key: &EntityKey) -> Result<BTreeSet<EntityKey>, StoreError> {
        groups_of(*self, key)
    }

    /// The shown name of an entity.
    pub fn name(&self, key: &EntityKey) -> Result<Option<String>, StoreError> {
        let mut select = self.prepare("SELECT name FROM entity WHERE key = ?1")?;
        Ok(select.query_row(params![key.0], |row| row.get(0)).optional()?)
    }

    /// A key for a new entity: its name in lower case with hyphens; namesakes get a number behind it. `None` for what has
    /// no letter and no digit.
    pub fn free_key(&self, name: &str) -> Result<Option<EntityKey>, StoreError> {
        let Some(base) = plain_key(name) else { return Ok(None) };
        let mut key = EntityKey(base.clone());
        let mut count = 1;
        while self.name(&key)?.is_some() {
            count += 1;
            key = EntityKey(format!("{base}-{count}"));
        }
        Ok(Some(key))
    }

    /// Entities that go by a folded name.
    pub fn entities_called(&self, folded: &str) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT DISTINCT standing.key FROM alias JOIN entity ON entity.number = alias.entity
             JOIN entity AS standing ON standing.number = entity.stands WHERE folded = ?1 ORDER BY 1",
            [Sql::Text(folded.to_string())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// The entities that were given a folded name, before any merge.
    pub fn entities_named(&self, folded: &str) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT entity.key FROM alias JOIN entity ON entity.number = alias.entity WHERE folded = ?1 ORDER BY 1",
            [Sql::Text(folded.to_string())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// Who was put into a group itself, before any merge.
    pub fn members(&self, collective: &EntityKey) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT entity.key FROM member JOIN entity ON entity.number = member.member
             JOIN entity AS collective ON collective.number = member.collective WHERE collective.key = ?1 ORDER BY 1",
            [Sql::Text(collective.0.clone())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// Every entity with the name it is shown by, those that were merged too, by key.
    pub fn keyed_names(&self) -> Result<Vec<(EntityKey, String)>, StoreError> {
        self.rows("SELECT key, name FROM entity ORDER BY key", [], |row| Ok((EntityKey(row.get(0)?), row.get(1)?)))
    }

    /// Every name that some entity goes by.
    pub fn names(&self) -> Result<Vec<String>, StoreError> {
        self.rows("SELECT DISTINCT name FROM alias ORDER BY name", [], |row| row.get(0))
    }

    /// All that an entity goes by, and those that were merged into it.
    pub fn names_of(&self, key: &EntityKey) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT alias.name FROM entity JOIN alias ON alias.entity = entity.number
                   WHERE entity.stands = (SELECT stands FROM entity WHERE key = ?1)";
        self.rows(sql, [Sql::Text(key.0.clone())], |row| row.get(0))
    }

    /// Entities other than this one that are shown by the same name.
    pub fn namesakes(&self, key: &EntityKey) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT key FROM entity WHERE merged IS NULL AND key <> ?1
             AND name = (SELECT name FROM entity WHERE key = ?1) ORDER BY key",
            [Sql::Text(key.0.clone())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// True where the entity, or one that was merged into it, publishes a source on record.
    pub fn publishes(&self, key: &EntityKey) -> Result<bool, StoreError> {
        let mut select = self.prepare(
            "SELECT EXISTS (
                 SELECT 1 FROM entity AS asked JOIN entity ON entity.stands = asked.number
                 JOIN alias ON alias.entity = entity.number JOIN source ON source.outlet = alias.folded
                 JOIN called ON called.folded = alias.folded
                 WHERE asked.key = ?1 AND called.key = ?1)",
        )?;
        Ok(select.query_row(params![key.0], |row| row.get(0))?)
    }

    /// True where the entity, or one that was merged into it, published a page with a standing claim on a question by a
    /// day, or ever. Pages without a date may have been there.
    pub fn publishes_on(&self, key: &EntityKey, question: i64, by: Option<NaiveDate>) -> Result<bool, StoreError> {
        let mut select = self.prepare(
            "SELECT EXISTS (
                 SELECT 1 FROM statement JOIN source ON source.number = statement.source
                 JOIN called ON called.folded = source.outlet
                 WHERE statement.question = ?2 AND NOT statement.form & 1024 AND called.key = ?1
                 AND coalesce(source.published, '') < ?3)",
        )?;
        Ok(select.query_row(params![key.0, question, past(by)], |row| row.get(0))?)
    }

    /// True where a statement of the entity on a question was on record by a day, or is: it stands in the attribution of
    /// a claim on it; or it is the subject of a predicate that is never compared ("said", "would not comment").
    pub fn speaks_on(&self, key: &EntityKey, question: i64, by: Option<NaiveDate>) -> Result<bool, StoreError> {
        let mut select = self.prepare(
            "SELECT EXISTS (
                 SELECT 1 FROM entity AS asked JOIN entity ON entity.stands = asked.number
                 JOIN speaker ON speaker.entity = entity.number
                 JOIN statement ON statement.claim = speaker.claim AND statement.question = ?2
                 JOIN source ON source.number = statement.source
                 WHERE asked.key = ?1 AND NOT statement.form & 1024
                 AND coalesce(source.published, '') < ?3)
             OR EXISTS (
                 SELECT 1 FROM question JOIN statement ON statement.question = question.number
                 JOIN predicate ON predicate.name = question.predicate
                 JOIN source ON source.number = statement.source
                 WHERE question.subject = ?1 AND NOT statement.form & 1024 AND coalesce(source.published, '') < ?3
                 AND json_extract(predicate.definition, '$.compare') = 0)",
        )?;
        Ok(select.query_row(params![key.0, question, past(by)], |row| row.get(0))?)
    }

    /// True where the entity is a group with members.
    pub fn has_members(&self, key: &EntityKey) -> Result<bool, StoreError> {
        let mut select = self.prepare(
            "SELECT EXISTS (SELECT 1 FROM entity AS asked JOIN entity ON entity.stands = asked.number
                            JOIN member ON member.collective = entity.number WHERE asked.key = ?1)",
        )?;
        Ok(select.query_row(params![key.0], |row| row.get(0))?)
    }
}
