//! Origins that were found to copy each other, and those that a person found to be independent.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use super::derive::Touched;
use super::error::StoreError;
use super::identity;
use super::view::View;
use crate::domain::claim::EntityKey;
use crate::domain::origin::Origin;
use crate::record::body::{CopyPair, Copying, Independent};

/// Takes over what was found, in place of what was found before.
pub fn found(view: View, sequence: u64, copying: &Copying) -> Result<Touched, StoreError> {
    view.prepare("DELETE FROM copying")?.execute([])?;
    let mut insert = view
        .prepare("INSERT INTO copying (rank, a, b, shared, of, nats, sequence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for (rank, pair) in copying.pairs.iter().enumerate() {
        let (a, b) = (pair.a.to_string(), pair.b.to_string());
        insert.execute(params![
            rank as i64,
            a,
            b,
            pair.shared as i64,
            pair.of as i64,
            pair.nats as i64,
            sequence as i64
        ])?;
    }
    settle(view)
}

/// A person finds two origins independent, or takes it back.
pub fn parted(view: View, sequence: u64, independent: &Independent) -> Result<Touched, StoreError> {
    let changed = match independent.holds {
        true => {
            let mut insert = view.prepare("INSERT INTO independent (a, b, sequence) VALUES (?1, ?2, ?3)")?;
            let (a, b) = sorted(independent.a.to_string(), independent.b.to_string());
            insert.execute(params![a, b, sequence as i64])?
        }
        // Under whatever names it was said: some may have been merged since.
        false => {
            let standing = |a: &Origin, b: &Origin| {
                Ok::<_, StoreError>(sorted(view.standing_origin(a)?, view.standing_origin(b)?))
            };
            let meant = standing(&independent.a, &independent.b)?;
            let mut delete = view.prepare("DELETE FROM independent WHERE a = ?1 AND b = ?2")?;
            let mut deleted = 0;
            for (a, b) in view.independent_as_said()? {
                if standing(&a, &b)? == meant {
                    deleted += delete.execute(params![a.to_string(), b.to_string()])?;
                }
            }
            deleted
        }
    };
    if changed == 0 {
        return Err(StoreError::Damaged(format!("entry {sequence} takes back what was never said")));
    }
    settle(view)
}

fn sorted<T: Ord>(a: T, b: T) -> (T, T) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Works out which origins are one now. Answers the questions on which those speak for whom that changed.
pub fn settle(view: View) -> Result<Touched, StoreError> {
    let before = view.one_origins()?;
    let after = joined(&view)?;
    if before == after {
        return Ok(Touched::new());
    }
    view.prepare("DELETE FROM one_origin")?.execute([])?;
    let mut insert = view.prepare("INSERT INTO one_origin (member, head) VALUES (?1, ?2)")?;
    for (member, head) in &after {
        insert.execute(params![member.to_string(), head.to_string()])?;
    }
    let members: BTreeSet<&Origin> = before.keys().chain(after.keys()).collect();
    let changed = members.into_iter().filter(|member| before.get(member) != after.get(member));
    let mut codes: Vec<i64> = Vec::new();
    for origin in changed {
        codes.extend(super::statement::codes_of(view, origin)?);
    }
    let sql = "SELECT DISTINCT question FROM statement WHERE origin IN (SELECT value FROM json_each(?1))";
    let mut select = view.prepare(sql)?;
    let codes = serde_json::json!(codes).to_string();
    let touched = select.query_map(params![codes], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(touched)
}

/// Of every origin that is one with others the first of them: pairs join, the strongest first, unless that would join
/// two who are independent.
fn joined(view: &View) -> Result<BTreeMap<Origin, Origin>, StoreError> {
    let apart: BTreeSet<(Origin, Origin)> = view.independent()?.into_iter().collect();
    let mut groups: Vec<BTreeSet<Origin>> = Vec::new();
    for pair in view.copying()? {
        let (a, b) = (view.standing_origin(&pair.a)?, view.standing_origin(&pair.b)?);
        let place =
            |origin: &Origin, groups: &[BTreeSet<Origin>]| groups.iter().position(|group| group.contains(origin));
        let group_of = |origin: &Origin, groups: &mut Vec<BTreeSet<Origin>>| {
            place(origin, groups).unwrap_or_else(|| {
                groups.push(BTreeSet::from([origin.clone()]));
                groups.len() - 1
            })
        };
        let (x, y) = (group_of(&a, &mut groups), group_of(&b, &mut groups));
        let parts =
            |a: &Origin, b: &Origin| apart.contains(&(a.clone(), b.clone())) || apart.contains(&(b.clone(), a.clone()));
        if x == y || groups[x].iter().any(|a| groups[y].iter().any(|b| parts(a, b))) {
            continue;
        }
        let other = std::mem::take(&mut groups[y]);
        groups[x].extend(other);
    }
    let mut heads = BTreeMap::new();
    for group in groups.iter().filter(|group| group.len() > 1) {
        let head = group.first().expect("a group has members");
        heads.extend(group.iter().map(|member| (member.clone(), head.clone())));
    }
    Ok(heads)
}

impl View<'_> {
    /// The pairs of origins that were found to copy each other, strongest first.
    pub fn copying(&self) -> Result<Vec<CopyPair>, StoreError> {
        let rows = self.rows("SELECT a, b, shared, of, nats FROM copying ORDER BY rank", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
        let pair = |(a, b, shared, of, nats): (String, String, u64, u64, u64)| {
            Ok(CopyPair { a: parsed(&a)?, b: parsed(&b)?, shared, of, nats })
        };
        rows.into_iter().map(pair).collect()
    }

    /// The pairs that a person found to be independent, as they stand after all merges, each in order.
    pub fn independent(&self) -> Result<Vec<(Origin, Origin)>, StoreError> {
        let standing = |(a, b): (Origin, Origin)| Ok(sorted(self.standing_origin(&a)?, self.standing_origin(&b)?));
        self.independent_as_said()?.into_iter().map(standing).collect()
    }

    /// True for two that a person found to be independent.
    pub fn are_parted(&self, a: &Origin, b: &Origin) -> Result<bool, StoreError> {
        Ok(self.independent()?.contains(&sorted(a.clone(), b.clone())))
    }

    /// The pairs under the names that they had.
    fn independent_as_said(&self) -> Result<Vec<(Origin, Origin)>, StoreError> {
        let rows = self.rows("SELECT a, b FROM independent ORDER BY a, b", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        rows.into_iter().map(|(a, b)| Ok((parsed(&a)?, parsed(&b)?))).collect()
    }

    /// Of every origin that counts as one with others the one that stands for them.
    pub fn one_origins(&self) -> Result<BTreeMap<Origin, Origin>, StoreError> {
        let rows = self.rows("SELECT member, head FROM one_origin", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        rows.into_iter().map(|(member, head)| Ok((parsed(&member)?, parsed(&head)?))).collect()
    }

    /// An origin with the entities that stand for those in it.
    pub fn standing_origin(&self, origin: &Origin) -> Result<Origin, StoreError> {
        let standing = |key: &EntityKey| identity::standing_for(*self, key);
        Ok(match origin {
            Origin::Named(key) => Origin::Named(standing(key)?),
            Origin::Anonymous(key) => Origin::Anonymous(standing(key)?),
            other => other.clone(),
        })
    }
}

fn parsed(text: &str) -> Result<Origin, StoreError> {
    text.parse().map_err(|error| StoreError::Damaged(format!("{error}")))
}
