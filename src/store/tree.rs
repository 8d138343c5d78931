//! The hashes of the record's tree that are kept: of its complete subtrees, so that a root or a proof of any size is
//! found without reading all entries.

use rusqlite::{OptionalExtension, params};

use super::error::StoreError;
use super::view::{View, digest};
use crate::domain::id::Digest;
use crate::record::checkpoint::SignedCheckpoint;
use crate::record::entry::leaf_hash;
use crate::record::tree::{self, Frontier, Node};

/// Subtrees of fewer than two to this many leaves are not kept: their entries are soon read.
pub const LEAST_LEVEL: u32 = 5;

/// Adds a leaf, and keeps the hashes that are complete with it.
pub fn append(view: View, edge: &mut Frontier, leaf: Digest) -> Result<(), StoreError> {
    for (node, hash) in edge.append(leaf).into_iter().filter(|(node, _)| node.level >= LEAST_LEVEL) {
        let mut insert = view.prepare("INSERT INTO tree_node (level, place, hash) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![node.level, node.index as i64, hash.0.as_slice()])?;
    }
    Ok(())
}

impl View<'_> {
    /// The stored checkpoints in the order they were stored, each with how many entries it covers.
    pub fn checkpoints(&self) -> Result<Vec<(u64, String)>, StoreError> {
        self.rows("SELECT size, note FROM checkpoint ORDER BY number", [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The stored responses of time stamp authorities, in the order they were stored, each with its number.
    pub fn timestamps(&self) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.rows("SELECT number, response FROM timestamp ORDER BY number", [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The same, read.
    pub fn signed_checkpoints(&self) -> Result<Vec<SignedCheckpoint>, StoreError> {
        let read = |(size, note): (u64, String)| {
            let damaged = |error| StoreError::Damaged(format!("the checkpoint stored for {size} entries: {error}"));
            SignedCheckpoint::parse(note.as_bytes()).map_err(damaged)
        };
        self.checkpoints()?.into_iter().map(read).collect()
    }

    /// The right edge of the tree of the first `size` entries.
    pub fn edge(&self, size: u64) -> Result<Frontier, StoreError> {
        Frontier::load(size, |node| self.node(node))
    }

    /// The root of the tree of the first `size` entries.
    pub fn root(&self, size: u64) -> Result<Digest, StoreError> {
        tree::root(size, |node| self.node(node))
    }

    /// The proof that an entry is among the first `size` ones.
    pub fn inclusion(&self, sequence: u64, size: u64) -> Result<Vec<Digest>, StoreError> {
        tree::inclusion(sequence, size, |node| self.node(node))
    }

    /// The proof that the first `size1` entries are the beginning of the first `size2` ones.
    pub fn consistency(&self, size1: u64, size2: u64) -> Result<Vec<Digest>, StoreError> {
        tree::consistency(size1, size2, |node| self.node(node))
    }

    fn node(&self, node: Node) -> Result<Digest, StoreError> {
        let missing =
            || StoreError::Damaged(format!("the record's tree lacks hash {} of level {}", node.index, node.level));
        if node.level >= LEAST_LEVEL {
            let mut select = self.prepare("SELECT hash FROM tree_node WHERE level = ?1 AND place = ?2")?;
            let hash =
                select.query_row(params![node.level, node.index as i64], |row| digest(row.get(0)?)).optional()?;
            return hash.ok_or_else(missing);
        }
        let (first, last) = (node.index << node.level, (node.index + 1) << node.level);
        let mut select =
            self.prepare("SELECT header FROM entry WHERE sequence >= ?1 AND sequence < ?2 ORDER BY sequence")?;
        let mut rows = select.query(params![first as i64, last as i64])?;
        let mut edge = Frontier::default();
        while let Some(row) = rows.next()? {
            let header = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            edge.append(leaf_hash(header));
        }
        if edge.size() == last - first { Ok(edge.root()) } else { Err(missing()) }
    }
}
