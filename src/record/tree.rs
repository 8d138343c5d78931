//! The tree over the leaves of a record, as in RFC 6962: its root at every size, and proofs that a leaf is in it and
//! that an earlier tree is its beginning.
//!
//! Only complete subtrees have a hash that never changes, so only these are kept: about two for each leaf. Any root
//! or proof, of today or of an earlier size, is made from a number of them that grows with the logarithm of the size.
//! Both ends of a proof are led by the same list of ranges of leaves, which depends on the sizes alone: one hash for
//! each, from the leaf up. Ranges are half-open.
//!
//! ```
//! use onrecord::domain::id::Digest;
//! use onrecord::record::tree::{Frontier, ProofError, inclusion, verify_inclusion};
//!
//! let (mut nodes, mut frontier) = (std::collections::HashMap::new(), Frontier::default());
//! for n in 0..5 {
//!     nodes.extend(frontier.append(Digest::of_two(&[0], &[n])));
//! }
//! let proof = inclusion(2, 5, |node| Ok::<_, ProofError>(nodes[&node]))?;
//! assert_eq!(proof.len(), 3);
//! verify_inclusion(Digest::of_two(&[0], &[2]), 2, 5, &proof, frontier.root())?;
//! # Ok::<(), ProofError>(())
//! ```

use std::iter;
use std::ops::Range;

use crate::domain::id::Digest;

/// Where the hash of a complete subtree stands. It covers `[index << level, (index + 1) << level)` of the leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// How far above the leaves, which are at 0.
    pub level: u32,
    /// Its place among those of its level, from 0.
    pub index: u64,
}

/// Why a proof cannot be made, or proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf.
    #[error("there is no leaf {index} in a tree of {size}: they count from 0")]
    Index {
        /// The leaf asked for.
        index: u64,
        /// Of the tree.
        size: u64,
    },
    /// The tree that should be the beginning is the larger one.
    #[error("a tree of {size1} leaves cannot be the beginning of one of {size2}")]
    Sizes {
        /// Of the tree that should be the beginning.
        size1: u64,
        /// Of the other.
        size2: u64,
    },
    /// Every tree begins with the empty one, so there is nothing to prove.
    #[error("that a tree begins with the empty one proves nothing")]
    Empty,
    /// The proof has too many hashes, or too few.
    #[error("the proof has {found} hashes: expected {expected}")]
    Length {
        /// What the sizes ask for.
        expected: usize,
        /// In the proof.
        found: usize,
    },
    /// The proof leads to another root.
    #[error("the proof does not lead to the root of the tree of {size} leaves: expected {expected}, found {found}")]
    Root {
        /// Of the tree whose root differs.
        size: u64,
        /// The root that was given.
        expected: Digest,
        /// The root that the proof leads to.
        found: Digest,
    },
}

/// The root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

/// The hash of two subtrees side by side: SHA-256 of 0x01 ‖ left ‖ right. A leaf's begins with 0x00, so that neither
/// passes for the other.
pub fn node_hash(left: Digest, right: Digest) -> Digest {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    Digest::of(&bytes)
}

/// The right edge of a tree: all that is needed to add leaves and to know the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Of the complete subtrees that the tree consists of, the largest first: one for each bit of the size.
    hashes: Vec<Digest>,
}

impl Frontier {
    /// Reads the right edge of the tree of `size` leaves, from `get` at most 64 nodes.
    pub fn load<E>(size: u64, get: impl FnMut(Node) -> Result<Digest, E>) -> Result<Frontier, E> {
        let mut hashes = parts(0..size).map(get).collect::<Result<Vec<Digest>, E>>()?;
        hashes.reverse();
        Ok(Frontier { size, hashes })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, and returns the nodes that are complete with it: the leaf's own, then those above it.
    pub fn append(&mut self, leaf_hash: Digest) -> Vec<(Node, Digest)> {
        let (mut node, mut hash) = (Node { level: 0, index: self.size }, leaf_hash);
        let mut complete = vec![(node, hash)];
        // A node at an odd place is a right half; the left half is the last subtree of the edge.
        while node.index % 2 == 1
            && let Some(left) = self.hashes.pop()
        {
            (node, hash) = (Node { level: node.level + 1, index: node.index / 2 }, node_hash(left, hash));
            complete.push((node, hash));
        }
        self.hashes.push(hash);
        // No tree is ever given 2^64 leaves.
        self.size += 1;
        complete
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        joined(self.hashes.iter().rev().copied())
    }
}

/// The root of the tree of the first `size` leaves. Asks `get` for as many nodes as `size` has bits that are set.
pub fn root<E>(size: u64, get: impl FnMut(Node) -> Result<Digest, E>) -> Result<Digest, E> {
    Ok(Frontier::load(size, get)?.root())
}

/// Proves that leaf `index` is in the tree of the first `size` leaves. Asks `get` for at most two nodes a level.
pub fn inclusion<E: From<ProofError>>(
    index: u64,
    size: u64,
    get: impl FnMut(Node) -> Result<Digest, E>,
) -> Result<Vec<Digest>, E> {
    hashes(inclusion_ranges(index, size)?, get)
}

/// Proves that the tree of the first `size1` leaves is the beginning of that of `size2`. Asks `get` for at most two
/// nodes a level.
pub fn consistency<E: From<ProofError>>(
    size1: u64,
    size2: u64,
    get: impl FnMut(Node) -> Result<Digest, E>,
) -> Result<Vec<Digest>, E> {
    hashes(consistency_ranges(size1, size2)?, get)
}

/// Checks that the leaf with this hash is leaf `index` of the tree of `size` leaves with this root.
pub fn verify_inclusion(
    leaf_hash: Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: Digest,
) -> Result<(), ProofError> {
    let ranges = inclusion_ranges(index, size)?;
    same_length(&ranges, proof)?;
    let found = iter::zip(&ranges, proof).fold(leaf_hash, |hash, (range, other)| {
        if range.start > index { node_hash(hash, *other) } else { node_hash(*other, hash) }
    });
    same_root(size, root, found)
}

/// Checks that the tree of `size1` leaves with `root1` is the beginning of that of `size2` leaves with `root2`.
pub fn verify_consistency(
    size1: u64,
    size2: u64,
    root1: Digest,
    root2: Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    let ranges = consistency_ranges(size1, size2)?;
    same_length(&ranges, proof)?;
    let mut steps = iter::zip(ranges, proof.iter().copied());
    // Where the smaller tree is a complete subtree of the larger one, its root is known and not in the proof.
    let is_known = size1.is_power_of_two() || size1 == size2;
    let start = if is_known { root1 } else { steps.next().map_or(root1, |(_, hash)| hash) };
    let (mut found1, mut found2) = (start, start);
    for (range, hash) in steps {
        if range.start >= size1 {
            found2 = node_hash(found2, hash);
        } else {
            (found1, found2) = (node_hash(hash, found1), node_hash(hash, found2));
        }
    }
    same_root(size1, root1, found1)?;
    same_root(size2, root2, found2)
}

/// The subtrees beside the way from a leaf to the root, from the leaf up.
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let (mut here, mut beside) = (0..size, Vec::new());
    while here.end - here.start > 1 {
        let middle = middle(&here);
        if index < middle {
            beside.push(middle..here.end);
            here.end = middle;
        } else {
            beside.push(here.start..middle);
            here.start = middle;
        }
    }
    beside.reverse();
    Ok(beside)
}

/// The subtrees beside the way from the end of the smaller tree to the root of the larger one, from below; before
/// them the one where both trees end alike, unless it is the smaller tree itself.
fn consistency_ranges(size1: u64, size2: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if size1 > size2 {
        return Err(ProofError::Sizes { size1, size2 });
    }
    if size1 == 0 {
        return Err(ProofError::Empty);
    }
    let (mut here, mut beside) = (0..size2, Vec::new());
    while here.end > size1 {
        let middle = middle(&here);
        if size1 <= middle {
            beside.push(middle..here.end);
            here.end = middle;
        } else {
            beside.push(here.start..middle);
            here.start = middle;
        }
    }
    if here.start > 0 {
        beside.push(here);
    }
    beside.reverse();
    Ok(beside)
}

/// Where a subtree of two leaves or more is cut: its left half is complete, and as large as it can be.
fn middle(range: &Range<u64>) -> u64 {
    range.start + (1 << (range.end - range.start - 1).ilog2())
}

/// The complete subtrees that a range consists of, from its end: the smallest first.
fn parts(range: Range<u64>) -> impl Iterator<Item = Node> {
    let Range { start, mut end } = range;
    iter::from_fn(move || {
        let level = (end > start).then(|| (end - start).trailing_zeros())?;
        end -= 1 << level;
        Some(Node { level, index: end >> level })
    })
}

/// The hash of complete subtrees side by side, given from the right.
fn joined(from_the_right: impl Iterator<Item = Digest>) -> Digest {
    from_the_right.reduce(|right, left| node_hash(left, right)).unwrap_or_else(empty_root)
}

fn hashes<E>(ranges: Vec<Range<u64>>, mut get: impl FnMut(Node) -> Result<Digest, E>) -> Result<Vec<Digest>, E> {
    let hash = |range| Ok(joined(parts(range).map(&mut get).collect::<Result<Vec<Digest>, E>>()?.into_iter()));
    ranges.into_iter().map(hash).collect()
}

fn same_length(ranges: &[Range<u64>], proof: &[Digest]) -> Result<(), ProofError> {
    let (expected, found) = (ranges.len(), proof.len());
    if expected == found { Ok(()) } else { Err(ProofError::Length { expected, found }) }
}

fn same_root(size: u64, expected: Digest, found: Digest) -> Result<(), ProofError> {
    if expected == found { Ok(()) } else { Err(ProofError::Root { size, expected, found }) }
}
