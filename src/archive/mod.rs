//! A record outside of its ledger: a folder, or a tar of one, that anybody can read with common tools.
//!
//! | name | what |
//! | --- | --- |
//! | `entries.jsonl` | one line an entry, in order: `{"header","salt","body"}`, the very strings that are stored; of a redacted one `{"header"}` |
//! | `blobs/SHA256` | the bytes that entries name: snapshots, texts, layouts |
//! | `checkpoints/0001.txt` | the signed notes that were kept, in the order they were |
//! | `timestamps/0001.tsr` | the time stamps of checkpoints that were kept, in the order they were |
//!
//! [`Export`] writes one beside its place and moves it there whole; the same record gives the same bytes. [`Archive`] reads
//! one that anybody may have made: it looks at names and sizes first, opens nothing whose name is not of the table, and
//! never holds more than a line or a blob. `docs/record-format.md` describes it.

mod error;
mod line;
mod name;
mod read;
mod write;

pub use error::ArchiveError;
pub use line::Line;
pub use name::Name;
pub use read::{Archive, Lines};
pub use write::Export;

/// Bytes of a line of `entries.jsonl`, at most: an entry that decides on a million claims fits.
pub const LONGEST_LINE: usize = 128 << 20;
/// Bytes of a blob, at most.
pub const LARGEST_BLOB: u64 = 1 << 32;
