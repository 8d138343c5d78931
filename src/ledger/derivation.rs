//! Declaring that a source repeats another.

use super::error::{LedgerError, Refusal};
use super::judge::reason;
use super::{Ledger, Questions, resolve};
use crate::domain::id::SourceId;
use crate::record::body::{Body, Derive, Parent};

impl Ledger {
    /// Declares that a source derives from another one on record (by id, hash or URL) or from the report of an entity
    /// (by name or key): what it says in its own voice then goes back to that one.
    pub fn derive(&mut self, source: &str, from: &str, because: &str) -> Result<(SourceId, Questions), LedgerError> {
        self.declare(source, from, because, true)
    }

    /// Takes such a declaration back.
    pub fn underive(&mut self, source: &str, from: &str, because: &str) -> Result<(SourceId, Questions), LedgerError> {
        self.declare(source, from, because, false)
    }

    fn declare(
        &mut self,
        source: &str,
        from: &str,
        because: &str,
        holds: bool,
    ) -> Result<(SourceId, Questions), LedgerError> {
        let because = reason(because)?;
        let mut session = self.session()?;
        let view = session.writer.view();
        let (row, _) = resolve::source(view, source)?;
        let parent = match resolve::source(view, from) {
            Ok((parent, _)) if parent.id == row.id => return Err(Refusal::DerivesFromItself(row.id).into()),
            Ok((parent, _)) => match (&parent.details.publisher, holds) {
                (None, true) => return Err(Refusal::NoPublisher(parent.id).into()),
                _ => Parent::Source(parent.id),
            },
            Err(LedgerError::Refused(refusal)) if matches!(*refusal, Refusal::NoSource(_)) => {
                let key = resolve::own_entity(view, "from", from)?;
                let near = resolve::names_like(view, from)?;
                Parent::Entity(key.ok_or_else(|| Refusal::NoParent { wanted: from.to_string(), near })?)
            }
            Err(other) => return Err(other),
        };
        let known = view.declared(row.number)?;
        let known = known.contains(&parent);
        if known == holds {
            return Err(Refusal::DeclaredAlready { page: row.id, holds }.into());
        }
        // The page's publisher has to be somebody for claims to go back to him.
        if let (Parent::Source(id), true) = (&parent, holds)
            && let Some(publisher) = view.source(*id)?.and_then(|source| source.details.publisher)
        {
            session.entity("publisher", &publisher, true)?;
        }
        let derive = Derive { source: row.id, from: parent, text: None, because };
        session.append(if holds { Body::Derive(derive) } else { Body::Underive(derive) })?;
        Ok((row.id, session.finish()?))
    }
}
