//! Whom claims go back to: what is on record of it, handed to the attribution graph.

use std::collections::HashMap;

use rusqlite::types::Value as Sql;

use super::claims::ClaimRow;
use super::error::StoreError;
use super::identity;
use super::statement::{self, QUOTED};
use super::view::{SourceRow, View, digest};
use crate::domain::claim::{Attribution, Claim, EntityKey, Known, Qualifiers, Speaker, Status};
use crate::domain::id::SourceId;
use crate::domain::origin::Origin;
use crate::reconcile::origins::{self, Account, Basis, Step, Upstream, resolve};
use crate::record::body::{Body, Parent, SharedText};

/// True where somebody says a claim on a page of his own: he publishes it, or speaks alone on one that nobody does.
pub fn is_own(claim: &Claim, source: &SourceRow, key: &EntityKey) -> bool {
    source.outlet.as_ref() == Some(key) || (source.details.publisher.is_none() && claim.by.len() == 1)
}

/// Whom a page quotes for a claim, where that is somebody with a name and not the page itself.
pub fn quoted<'c>(claim: &'c Claim, source: &SourceRow) -> Option<&'c EntityKey> {
    match claim.by.first() {
        Some(Attribution { who: Speaker::Entity(key), .. }) if !is_own(claim, source, key) => Some(key),
        _ => None,
    }
}

impl View<'_> {
    /// True where the entity of that row publishes a source on record.
    fn is_outlet(&self, entity: i64) -> Result<bool, StoreError> {
        self.known.outlets.get(entity, |_| self.publishes(&self.keys(entity)?.1))
    }

    /// The row of somebody whom a page quotes, where he publishes nothing himself: a claim of his goes back to him,
    /// whatever else is said on its question. `None` where that takes the whole attribution graph.
    pub(super) fn settled(&self, quoted: &EntityKey) -> Result<Option<i64>, StoreError> {
        if identity::any_merge(*self)? {
            return Ok(None);
        }
        let number = identity::number(*self, 0, quoted)?;
        Ok((!self.is_outlet(number)?).then_some(number))
    }

    /// True where whom the claims on a question go back to is on record already, and depends on no other claim.
    pub(super) fn origins_are_settled(&self, question: i64) -> Result<bool, StoreError> {
        if self.known.regrouped.get() || identity::any_merge(*self)? {
            return Ok(false);
        }
        let mut select = self.prepare("SELECT origin, form FROM statement WHERE question = ?1")?;
        let mut rows = select.query([question])?;
        while let Some(row) = rows.next()? {
            let (origin, bits): (i64, u32) = (row.get(0)?, row.get(1)?);
            match statement::named(origin) {
                Some(entity) if bits & QUOTED != 0 && !self.is_outlet(entity)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// What a source repeats: what it is declared to derive from, and what it credits.
    fn upstream(&self, source: i64) -> Result<Upstream, StoreError> {
        Ok(Upstream { declared: self.parents(source, &mut vec![source])?, credited: self.credited(source)? })
    }

    fn credited(&self, source: i64) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT DISTINCT called.key FROM credit JOIN called ON called.folded = credit.folded
             WHERE credit.source = ?1 ORDER BY 1",
            [Sql::Integer(source)],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// What a source is declared to derive from, and what that derives from or credits in its turn.
    fn parents(&self, source: i64, walked: &mut Vec<i64>) -> Result<Vec<origins::Parent>, StoreError> {
        let declared = self.rows(
            "SELECT coalesce(standing.key, called.key), original.id, original.number, upstream.shared IS NOT NULL FROM upstream
             LEFT JOIN source AS original ON original.number = upstream.from_source
             LEFT JOIN called ON called.folded = original.outlet
             LEFT JOIN entity ON entity.number = upstream.from_entity
             LEFT JOIN entity AS standing ON standing.number = entity.stands
             WHERE upstream.source = ?1 AND coalesce(standing.key, called.key) IS NOT NULL ORDER BY 1, 2",
            [Sql::Integer(source)],
            |row| {
                let page = row.get::<_, Option<Vec<u8>>>(1)?.map(digest).transpose()?.map(SourceId);
                let basis = if row.get(3)? { Basis::Text } else { Basis::Declared };
                Ok((EntityKey(row.get(0)?), page, row.get::<_, Option<i64>>(2)?, basis))
            },
        )?;
        let mut parents = Vec::new();
        for (of, page, number, basis) in declared {
            let mut behind = Vec::new();
            if let Some(number) = number.filter(|number| !walked.contains(number)) {
                walked.push(number);
                behind = self.parents(number, walked)?;
                if behind.is_empty() {
                    let credited = self.credited(number)?.into_iter();
                    behind = credited.map(|of| origins::Parent { of, page: None, basis, behind: Vec::new() }).collect();
                }
            }
            parents.push(origins::Parent { of, page, basis, behind });
        }
        Ok(parents)
    }

    /// Whom the rows of a table go back to that name nobody, and whether he publishes it himself. The table and all that
    /// it derives from are taken for pages that say one thing, each in the voice of its publisher, so that a table goes
    /// back to whom a page would: a circle of tables is one origin too. When they were published does not count, as it
    /// would from question to question.
    pub fn origin_of_table(&self, source: &SourceRow) -> Result<(Origin, bool), StoreError> {
        let voice = |outlet: &EntityKey| [Attribution { who: Speaker::Entity(outlet.clone()), known: Known::Page }];
        let Some(outlet) = &source.outlet else { return Ok((Origin::Unnamed(source.id), true)) };
        let mut pages = vec![(source.id, outlet.clone(), voice(outlet), self.upstream(source.number)?)];
        let mut next = 0;
        while let Some((.., upstream)) = pages.get(next) {
            let parents: Vec<SourceId> = upstream.declared.iter().filter_map(|parent| parent.page).collect();
            for parent in parents {
                if pages.iter().all(|(known, ..)| *known != parent)
                    && let Some(page) = self.source(parent)?
                    && let Some(outlet) = page.outlet
                {
                    pages.push((parent, outlet.clone(), voice(&outlet), self.upstream(page.number)?));
                }
            }
            next += 1;
        }
        let nothing = Qualifiers::new();
        let mut accounts = Vec::with_capacity(pages.len());
        for (source, outlet, by, upstream) in &pages {
            accounts.push(Account {
                by,
                says: String::new(),
                qualifiers: &nothing,
                source: *source,
                publisher: Some(outlet),
                unpublished: false,
                published: None,
                upstream,
                standing: true,
            });
        }
        let origin = resolve(&accounts).swap_remove(0).swap_remove(0).who;
        let is_own = origin == Origin::Named(outlet.clone());
        Ok((origin, is_own))
    }

    /// What each source is declared to derive from, in the order of the declarations: the source, and what it repeats.
    pub fn declared(&self, source: i64) -> Result<Vec<Parent>, StoreError> {
        self.rows(
            "SELECT source.id, entity.key FROM upstream LEFT JOIN source ON source.number = upstream.from_source
             LEFT JOIN entity ON entity.number = upstream.from_entity WHERE upstream.source = ?1 ORDER BY upstream.number",
            [Sql::Integer(source)],
            |row| match row.get::<_, Option<Vec<u8>>>(0)? {
                Some(id) => Ok(Parent::Source(SourceId(digest(id)?))),
                None => Ok(Parent::Entity(EntityKey(row.get(1)?))),
            },
        )
    }

    /// The pages that were found to have their text from an earlier one: the page, the earlier one, and how much they share.
    pub fn near_duplicates(&self) -> Result<Vec<(SourceId, SourceId, SharedText)>, StoreError> {
        self.rows(
            "SELECT source.id, original.id, upstream.shared, upstream.of FROM upstream
             JOIN source ON source.number = upstream.source
             JOIN source AS original ON original.number = upstream.from_source
             WHERE upstream.shared IS NOT NULL ORDER BY upstream.number",
            [],
            |row| {
                let text = SharedText { shared: row.get(2)?, of: row.get(3)? };
                Ok((SourceId(digest(row.get(0)?)?), SourceId(digest(row.get(1)?)?), text))
            },
        )
    }

    /// What somebody took back that a source derives from it, however often.
    pub fn underived(&self) -> Result<Vec<(SourceId, Parent)>, StoreError> {
        let mut found = Vec::new();
        for sequence in self.entries_of(&["underive"])? {
            if let (_, Body::Underive(underive)) = self.checked_entry(sequence)? {
                found.push((underive.source, underive.from));
            }
        }
        Ok(found)
    }

    /// The ways of the claims that answer a question, from their origins to their pages.
    pub fn resolved(&self, rows: &[ClaimRow]) -> Result<Vec<Vec<Step>>, StoreError> {
        let mut upstream: HashMap<i64, Upstream> = HashMap::new();
        for row in rows {
            if let std::collections::hash_map::Entry::Vacant(entry) = upstream.entry(row.source.number) {
                entry.insert(self.upstream(row.source.number)?);
            }
        }
        let mut accounts = Vec::new();
        for ClaimRow { claim, source, status, .. } in rows {
            let words = claim.value.words().unwrap_or_default();
            accounts.push(Account {
                by: &claim.by,
                says: format!("{} {:?} {words}", claim.predicate, claim.stance),
                qualifiers: &claim.qualifiers,
                source: source.id,
                publisher: source.outlet.as_ref(),
                unpublished: source.details.publisher.is_none(),
                published: source.details.published.as_ref(),
                upstream: &upstream[&source.number],
                standing: *status == Status::Standing,
            });
        }
        Ok(resolve(&accounts))
    }
}
