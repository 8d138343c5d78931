//! The record as bytes and hashes: canonical JSON, entries, their bodies, and the ids made from them. No SQL, no
//! files. `docs/record-format.md` is written so that someone else can read and check a record from it alone.

pub mod body;
pub mod canonical;
pub mod entry;
