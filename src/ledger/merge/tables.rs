//! Tables of the other ledger. Their rows name entities by words, so that they are read again here.

use super::Merging;
use crate::ledger::error::LedgerError;
use crate::quote::fold_name;
use crate::record::body::{Brought, Import, import_key};
use crate::store::{StoreError, plain_key};

impl Merging<'_, '_> {
    pub(super) fn import(&mut self, import: Import, from: &Brought) -> Result<(), LedgerError> {
        let key = import_key(&import).map_err(StoreError::from)?;
        if self.here().import_by_key(key)?.is_some() {
            return Ok(());
        }
        let of = import.source;
        if let Some(lack) = self.lack_of_table(&import, from)? {
            return self.leave("import", &of, lack);
        }
        self.ready_names()?;
        let n_bad = self.there.import_by_key(key)?.map_or(0, |there| there.n_bad);
        let text = String::from_utf8(self.there.bytes(import.text)?)
            .map_err(|error| StoreError::Damaged(format!("a table's text: {error}")))?;
        let reads_alike = |found: &crate::store::Imported| found.n_bad == n_bad && found.claims == import.claims;
        let (found, is_in) = self.session.writer.import_where(&import, &text, reads_alike)?;
        if !is_in {
            let first = found.bad.first().map(|(row, why)| format!(": row {row}: {why}"));
            return self.leave("import", &of, format!("its rows read otherwise here{}", first.unwrap_or_default()));
        }
        // What they say names the entities that names lead to here.
        let said = found.said.unwrap_or(import.said);
        self.session.append_imported(&Import { said, ..import })?;
        self.session.stale.extend(found.questions);
        self.session.touched.extend(found.touched);
        self.came_from(from, "import")
    }

    /// Why a table cannot be imported here, where it cannot.
    fn lack_of_table(&self, import: &Import, from: &Brought) -> Result<Option<String>, LedgerError> {
        if let Some(same) = self.same_page.get(&import.source) {
            return Ok(Some(format!("its source is {} here: import the table into that", same.short())));
        }
        let here = self.here();
        if !here.has_snapshot(import.source, import.snapshot, import.text)? || !here.has_bytes(import.text)? {
            return Ok(Some(format!("its snapshot {} is not here", import.snapshot.short())));
        }
        if self.hold_agents && !from.actor.is_human() {
            let why = "an agent imported it, and the rows of a table cannot be held: let a person import it";
            return Ok(Some(why.to_string()));
        }
        let mut names = import.map.predicates.iter().map(|(attribute, mapped)| mapped.name_for(attribute));
        Ok(names.find(|name| self.unfit.contains(name)).map(|name| format!("`{name}` is defined otherwise here")))
    }

    /// Tables give the entities that they name first a key made of these words. Where that would be another key here than
    /// there, or lead to somebody else by his key, the entity is named before.
    fn ready_names(&mut self) -> Result<(), LedgerError> {
        if std::mem::replace(&mut self.names_are_ready, true) {
            return Ok(());
        }
        let mut strangers = Vec::new();
        for (key, name) in self.there.keyed_names()? {
            if !self.is_same(&key)? {
                strangers.push(name);
            } else if self.here().name(&key)?.is_some() {
                // It is here.
            } else if self.is_called(&name)? {
                self.tell_namesakes(&name, &key)?;
            } else if plain_key(&name).as_ref() != Some(&key.0) {
                self.name(key, name)?;
            }
        }
        for name in strangers {
            if !self.is_called(&name)?
                && let Some(key) = self.here().free_key(&name)?
            {
                self.name(key, name)?;
            }
        }
        Ok(())
    }

    /// True where somebody is called so here.
    fn is_called(&self, name: &str) -> Result<bool, StoreError> {
        Ok(!self.here().entities_named(&fold_name(name))?.is_empty())
    }
}
