//! Checkpoints (c2sp.org/tlog-checkpoint): what a log was at one size, in a note that it signs.
//!
//! ```text
//! example.org/harbour
//! 1
//! Qt9cN6I+vbOlPKddlcfbf2foLHNQ7Zf6cjkU/hJgTAE=
//! ```

use std::fmt;
use std::str::FromStr;

use super::note::{Good, KeyIdentity, Note, NoteError, SignatureError, Signer, Verifier, from_base64, to_base64};
use crate::domain::id::Digest;

/// The size and root of a log, and which log. As text it ends with a newline, and has one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Digest,
    extensions: Vec<String>,
}

/// Why a text is not a checkpoint. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It ends too early.
    #[error("the checkpoint has {0} lines: expected origin, size and root, one line each")]
    Lines(usize),
    /// The last line does not end with a newline.
    #[error("the last line of the checkpoint does not end with a newline")]
    End,
    /// The origin or an extension is empty, or has a control character.
    #[error("line {line} of the checkpoint is empty, or has a control character")]
    Text {
        /// Which line.
        line: usize,
    },
    /// The size is not a number, or not as it is written here.
    #[error("line 2 of the checkpoint is not a size below 2^64 without leading zeros: {0:?}")]
    Size(String),
    /// The root is not a hash.
    #[error("line 3 of the checkpoint is not the base64 of a SHA-256: {0:?}")]
    Root(String),
}

impl Checkpoint {
    /// Says that the log `origin` has this root at this size. The origin is a line that is not empty.
    pub fn new(origin: String, size: u64, root: Digest) -> Result<Checkpoint, CheckpointError> {
        check_line(1, &origin)?;
        Ok(Checkpoint { origin, size, root, extensions: Vec::new() })
    }

    /// Adds a line that only the log itself understands. The standard advises against them.
    pub fn with_extension(mut self, line: String) -> Result<Checkpoint, CheckpointError> {
        check_line(4 + self.extensions.len(), &line)?;
        self.extensions.push(line);
        Ok(self)
    }

    /// Which log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of its tree at that size.
    pub fn root(&self) -> Digest {
        self.root
    }

    /// Lines that only the log itself understands.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;
    fn from_str(text: &str) -> Result<Checkpoint, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::End)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Lines(text.matches('\n').count()));
        };
        let size = from_decimal(size).ok_or_else(|| CheckpointError::Size(start(size)))?;
        let root = from_hash(root).ok_or_else(|| CheckpointError::Root(start(root)))?;
        let checkpoint = Checkpoint::new(origin.to_string(), size, root)?;
        lines.try_fold(checkpoint, |checkpoint, line| checkpoint.with_extension(line.to_string()))
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, to_base64(&self.root.0))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Whom a checkpoint is believed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Which log.
    pub origin: String,
    /// The key of that log: its signature is needed.
    pub log: Verifier,
    /// The witnesses that are known.
    pub witnesses: Vec<Verifier>,
    /// How many of them have to have signed as well.
    pub quorum: usize,
}

/// A note whose text is a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

/// Why a note is not a signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignedCheckpointError {
    /// It is not a note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its text is not a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Why a checkpoint is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A signature is wrong, or none is by a known key.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The log itself has not signed it.
    #[error("the log has not signed the checkpoint: `{0}` is missing")]
    Log(KeyIdentity),
    /// It is about another log.
    #[error("the checkpoint is of another log: expected {expected:?}, found {found:?}")]
    Origin {
        /// In the policy.
        expected: String,
        /// In the checkpoint, cut where it is long.
        found: String,
    },
    /// Too few witnesses have signed it.
    #[error("too few witnesses have signed the checkpoint: expected {expected}, found {found}")]
    Witnesses {
        /// In the policy.
        expected: usize,
        /// Of those that are known.
        found: usize,
    },
}

impl SignedCheckpoint {
    /// Signs a checkpoint. The time is what a cosignature states, and is not in others.
    pub fn signed(checkpoint: Checkpoint, signer: &Signer, unix_s: u64) -> Result<SignedCheckpoint, NoteError> {
        Ok(SignedCheckpoint { note: Note::signed(checkpoint.to_string(), signer, unix_s)?, checkpoint })
    }

    /// Reads one; printed, it is these bytes again.
    pub fn parse(bytes: &[u8]) -> Result<SignedCheckpoint, SignedCheckpointError> {
        Note::parse(bytes)?.try_into()
    }

    /// What it says. Nobody vouches for it before [`SignedCheckpoint::check`].
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, to verify it by other rules.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a signature: see [`Note::sign`].
    pub fn sign(&mut self, signer: &Signer, unix_s: u64) -> Result<(), NoteError> {
        self.note.sign(signer, unix_s)
    }

    /// Adds a signature that somebody else made: see [`Note::add`].
    pub fn add(&mut self, signature: super::note::Signature) -> Result<(), NoteError> {
        self.note.add(signature)
    }

    /// Checks that it is of the log of `policy`, signed by it and by enough witnesses. Returns what the witnesses say.
    pub fn check(&self, policy: &Policy) -> Result<Vec<Good>, PolicyError> {
        let mut good = self.note.verify([&policy.log].into_iter().chain(&policy.witnesses))?.good;
        let log = policy.log.identity();
        if good.iter().all(|good| good.key != *log) {
            return Err(PolicyError::Log(log.clone()));
        }
        if self.checkpoint.origin != policy.origin {
            let (expected, found) = (policy.origin.clone(), start(&self.checkpoint.origin));
            return Err(PolicyError::Origin { expected, found });
        }
        good.retain(|good| good.key != *log);
        let (expected, found) = (policy.quorum, good.len());
        if found < expected { Err(PolicyError::Witnesses { expected, found }) } else { Ok(good) }
    }
}

impl TryFrom<Note> for SignedCheckpoint {
    type Error = SignedCheckpointError;
    fn try_from(note: Note) -> Result<SignedCheckpoint, SignedCheckpointError> {
        let checkpoint = note.text().parse()?;
        Ok(SignedCheckpoint { note, checkpoint })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.note, f)
    }
}

fn check_line(line: usize, text: &str) -> Result<(), CheckpointError> {
    let is_line = !text.is_empty() && text.chars().all(|c| c >= ' ');
    if is_line { Ok(()) } else { Err(CheckpointError::Text { line }) }
}

/// A whole number in its one spelling: no sign, no leading zeros.
pub(super) fn from_decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash in base64.
pub(super) fn from_hash(text: &str) -> Option<Digest> {
    from_base64(text)?.try_into().ok().map(Digest)
}

/// The start of a text that was refused, for a message.
pub(super) fn start(text: &str) -> String {
    text.chars().take(80).collect()
}
