//! What was looked up before in one state of the ledger: a handful of predicates, sources and origins stands behind
//! millions of claims.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

use foldhash::HashMap;

use super::bring::Bringing;
use super::error::StoreError;
use super::table::{Open, Tables};
use super::view::SourceRow;
use crate::domain::claim::{EntityKey, Value};
use crate::domain::compact::Compact;
use crate::domain::id::{Digest, SourceId};
use crate::domain::origin::Origin;
use crate::domain::predicate::Predicate;
use crate::domain::question::Question;
use crate::domain::unit::Unit;
use crate::domain::when::When;
use crate::reconcile::statement::Frame;

/// So many answers to one kind of question are kept; of more all are let go.
const MOST: usize = 100_000;

/// Holds for as long as nothing is written that would change an answer: see [`Known::forget`].
#[derive(Default)]
pub struct Known {
    /// By name.
    pub predicates: Memo<String, Option<Arc<Predicate>>>,
    /// By the name of the predicate, or of the group that excludes the others of it.
    pub frames: Memo<String, Frame>,
    /// Units as statements spell them.
    pub units: Memo<String, Unit>,
    /// The figure that was read last, with its unit as its statement spells it: the next is often the same. It stands for
    /// itself whatever is written, and so is never forgotten.
    pub figure: RefCell<Option<(Compact, String, Arc<Value>)>>,
    /// Names of predicates.
    pub spelt: Memo<String, Arc<str>>,
    /// By the number that stands for an origin in a statement: the one that counts for it, and itself as its entities
    /// stand.
    pub origins: Memo<i64, (Arc<Origin>, Arc<Origin>)>,
    /// By row of a source: its id, and when it was published.
    pub published: Memo<i64, (SourceId, Option<Arc<When>>)>,
    /// By row.
    pub sources: Memo<i64, Option<Arc<SourceRow>>>,
    /// Rows of questions.
    pub questions: Memo<Question, i64>,
    /// Rows of a source and of its snapshot, by the hashes of its bytes and of its text.
    pub snapshots: Memo<(SourceId, Digest, Digest), Option<(i64, i64)>>,
    /// Rows of entities.
    pub entities: Memo<EntityKey, i64>,
    /// By row of an entity: its key, and the key of the one that stands for it.
    pub keys: Memo<i64, (EntityKey, EntityKey)>,
    /// Of every origin that counts as one with others the one that stands for them.
    pub heads: Memo<(), Arc<BTreeMap<Origin, Origin>>>,
    /// Whether any entity was merged into another.
    pub any_merge: Memo<(), bool>,
    /// By row of an entity: whether it publishes a source on record.
    pub outlets: Memo<i64, bool>,
    /// Whether entities were merged or parted in this transaction. Never forgotten.
    pub regrouped: Cell<bool>,
    /// Tables whose rows are claims.
    pub tables: Memo<(), Arc<Tables>>,
    /// Those of them that single rows were read from, by row.
    pub opened: Memo<i64, Arc<Open>>,
    /// The numbers that the claims of one of them may have: that of the claim that was asked for last.
    pub last_table: RefCell<Range<u64>>,
    /// What brought entries in from other records, by its place in the record.
    pub brings: Memo<i64, Bringing>,
    /// The number that the next claim takes.
    pub next_claim: Cell<Option<u64>>,
}

impl Known {
    /// Lets go of everything.
    pub fn forget(&self) {
        let Known {
            predicates,
            frames,
            units,
            figure: _,
            spelt,
            origins,
            published,
            sources,
            questions,
            snapshots,
            entities,
            keys,
            heads,
            any_merge,
            outlets,
            regrouped: _,
            tables,
            opened,
            last_table,
            brings,
            next_claim,
        } = self;
        predicates.forget();
        frames.forget();
        units.forget();
        spelt.forget();
        origins.forget();
        published.forget();
        sources.forget();
        questions.forget();
        snapshots.forget();
        entities.forget();
        keys.forget();
        heads.forget();
        any_merge.forget();
        outlets.forget();
        tables.forget();
        opened.forget();
        last_table.replace(0..0);
        brings.forget();
        next_claim.set(None);
    }
}

/// Answers by question.
pub struct Memo<K, V>(RefCell<HashMap<K, V>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Memo<K, V> {
        Memo(RefCell::default())
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// What was found before, else what is found now.
    pub fn get(&self, key: K, find: impl FnOnce(&K) -> Result<V, StoreError>) -> Result<V, StoreError> {
        if let Some(known) = self.0.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = find(&key)?;
        let mut known = self.0.borrow_mut();
        if known.len() == MOST {
            known.clear();
        }
        known.insert(key, found.clone());
        Ok(found)
    }

    /// As [`Memo::get`], for a key that is only borrowed.
    pub fn get_by<B>(&self, key: &B, find: impl FnOnce() -> Result<V, StoreError>) -> Result<V, StoreError>
    where
        B: ToOwned<Owned = K> + Eq + Hash + ?Sized,
        K: std::borrow::Borrow<B>,
    {
        if let Some(known) = self.0.borrow().get(key) {
            return Ok(known.clone());
        }
        self.get(key.to_owned(), |_| find())
    }
}

impl<K, V> Memo<K, V> {
    pub fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}
