//! The names in an exported record. There are no others, so that no name leads out of it.

use std::fmt;

use crate::domain::id::Digest;

/// The name of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Bytes that entries name.
    Blob(Digest),
    /// A kept checkpoint, by its number from 1.
    Checkpoint(u32),
    /// The entries.
    Entries,
    /// A kept time stamp, by its number from 1.
    Timestamp(u32),
}

impl Name {
    /// The folders that parts stand in.
    pub const FOLDERS: [&str; 3] = ["blobs", "checkpoints", "timestamps"];

    /// Reads a name, which has one spelling; `None` where there is no such part.
    pub fn read(text: &str) -> Option<Name> {
        let name = if text == "entries.jsonl" {
            Name::Entries
        } else if let Some(digits) = text.strip_prefix("blobs/") {
            Name::Blob(digits.parse().ok()?)
        } else if let Some(rest) = text.strip_prefix("timestamps/") {
            Name::Timestamp(rest.strip_suffix(".tsr")?.parse().ok()?)
        } else {
            Name::Checkpoint(text.strip_prefix("checkpoints/")?.strip_suffix(".txt")?.parse().ok()?)
        };
        let is_numbered = !matches!(name, Name::Checkpoint(0) | Name::Timestamp(0));
        (name.to_string() == text && is_numbered).then_some(name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Blob(digest) => write!(f, "blobs/{digest}"),
            Name::Checkpoint(number) => write!(f, "checkpoints/{number:04}.txt"),
            Name::Timestamp(number) => write!(f, "timestamps/{number:04}.tsr"),
            Name::Entries => f.write_str("entries.jsonl"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling() {
        let digest = Digest::of(b"abc");
        for name in [
            Name::Blob(digest),
            Name::Checkpoint(1),
            Name::Checkpoint(123_456),
            Name::Entries,
            Name::Timestamp(1),
            Name::Timestamp(123_456),
        ] {
            assert_eq!(Name::read(&name.to_string()), Some(name));
        }
        let upper = format!("blobs/{}", digest.to_string().to_uppercase());
        for text in [
            upper.as_str(),
            "",
            ".",
            "..",
            "blobs",
            "blobs/",
            "blobs/../entries.jsonl",
            "/entries.jsonl",
            "./entries.jsonl",
            "entries.jsonl/",
            "entries.jsonl\0",
            "checkpoints/1.txt",
            "checkpoints/0000.txt",
            "checkpoints/00001.txt",
            "checkpoints/+001.txt",
            "checkpoints/-001.txt",
            "checkpoints/99999999999999999999.txt",
            "timestamps/0001.txt",
            "timestamps/0000.tsr",
            "timestamps/1.tsr",
        ] {
            assert_eq!(Name::read(text), None, "{text}");
        }
    }
}
