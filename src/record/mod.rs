//! The record as bytes and hashes: canonical JSON, entries, their bodies, and the ids made from them; the tree over
//! the entries, signed checkpoints of it, and proofs. No SQL, no files. `docs/record-format.md` is written so that
//! someone else can read and check a record from it alone.

pub mod body;
pub mod bundle;
pub mod canonical;
pub mod checkpoint;
pub mod entry;
pub mod note;
pub mod proof;
pub mod timestamp;
pub mod tree;
