//! Proofs as files (c2sp.org/tlog-proof): one leaf, its way up the tree, and the checkpoint that has the root. With
//! the log's public key they can be checked without the log.

use std::fmt;

use super::checkpoint::{Policy, PolicyError, SignedCheckpoint, SignedCheckpointError, from_decimal, from_hash, start};
use super::note::{Good, from_base64, to_base64};
use super::tree::{ProofError, verify_inclusion};
use crate::domain::id::Digest;

/// The most bytes of extra data a proof can have.
pub const MAX_EXTRA_BYTES: usize = 1 << 19;

/// The most hashes that lead from a leaf to a root: sizes are below 2^64.
const MAX_HASHES: usize = 64;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// That one leaf is in the tree of a checkpoint. It was read or made, not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    extra: Vec<u8>,
    index: u64,
    hashes: Vec<Digest>,
    checkpoint: SignedCheckpoint,
}

/// Why something is not a proof. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// It does not begin as one.
    #[error("not a proof: the first line is not `{FIRST_LINE}`")]
    FirstLine,
    /// What stands before the checkpoint is not UTF-8.
    #[error("byte {0} of the proof is not UTF-8")]
    Utf8(usize),
    /// There is no empty line with a checkpoint below it.
    #[error("the proof has no checkpoint: expected an empty line, and below it the checkpoint")]
    NoCheckpoint,
    /// The extra data is empty, or not in base64.
    #[error("line 2 of the proof is not `extra` with data in base64")]
    Extra,
    /// There is too much extra data.
    #[error("the proof has {0} bytes of extra data: at most {MAX_EXTRA_BYTES} are read")]
    ExtraBytes(usize),
    /// The place of the leaf is missing.
    #[error("line {line} of the proof is not `index` with a whole number without leading zeros: {found:?}")]
    Index {
        /// Which line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A line is not a hash.
    #[error("line {line} of the proof is not the base64 of a SHA-256: {found:?}")]
    Hash {
        /// Which line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// There are more hashes than any tree asks for.
    #[error("the proof has {0} hashes: no tree has more than {MAX_HASHES} levels")]
    Hashes(usize),
    /// What stands below the empty line is not a checkpoint.
    #[error("the checkpoint that begins in line {line} of the proof: {error}")]
    Checkpoint {
        /// Where it begins.
        line: usize,
        /// What is wrong; its lines count from there.
        #[source]
        error: SignedCheckpointError,
    },
}

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Its checkpoint is not believed.
    #[error(transparent)]
    Checkpoint(#[from] PolicyError),
    /// Its hashes do not lead from the leaf to the root.
    #[error(transparent)]
    Hashes(#[from] ProofError),
}

impl Proof {
    /// Puts a proof together. The hashes are those of [`inclusion`](super::tree::inclusion) at the checkpoint's size;
    /// the extra data is for whoever reads it, may be empty, and is proven by nothing.
    pub fn new(
        extra: Vec<u8>,
        index: u64,
        hashes: Vec<Digest>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Proof, ProofFileError> {
        if extra.len() > MAX_EXTRA_BYTES {
            return Err(ProofFileError::ExtraBytes(extra.len()));
        }
        if hashes.len() > MAX_HASHES {
            return Err(ProofFileError::Hashes(hashes.len()));
        }
        Ok(Proof { extra, index, hashes, checkpoint })
    }

    /// Reads a proof; printed, it is these bytes again.
    pub fn parse(bytes: &[u8]) -> Result<Proof, ProofFileError> {
        if !bytes.starts_with(FIRST_LINE.as_bytes()) {
            return Err(ProofFileError::FirstLine);
        }
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or(ProofFileError::NoCheckpoint)?;
        let head = std::str::from_utf8(&bytes[..end]).map_err(|error| ProofFileError::Utf8(error.valid_up_to()))?;
        let mut lines = head.split('\n').zip(1..).peekable();
        if lines.next().is_none_or(|(line, _)| line != FIRST_LINE) {
            return Err(ProofFileError::FirstLine);
        }
        let extra = match lines.next_if(|(line, _)| line.starts_with("extra")) {
            None => Vec::new(),
            Some((line, _)) => {
                let data = line.strip_prefix("extra ").and_then(from_base64).filter(|data| !data.is_empty());
                data.ok_or(ProofFileError::Extra)?
            }
        };
        let (found, line) = lines.next().unwrap_or(("", head.split('\n').count() + 1));
        let index = found.strip_prefix("index ").and_then(from_decimal);
        let index = index.ok_or_else(|| ProofFileError::Index { line, found: start(found) })?;
        let hash = |(text, line)| from_hash(text).ok_or_else(|| ProofFileError::Hash { line, found: start(text) });
        let hashes = lines.map(hash).collect::<Result<_, _>>()?;
        let first_line = head.split('\n').count() + 2;
        let checkpoint = SignedCheckpoint::parse(&bytes[end + 2..])
            .map_err(|error| ProofFileError::Checkpoint { line: first_line, error })?;
        Proof::new(extra, index, hashes, checkpoint)
    }

    /// Data for whoever reads it, often none. It is proven by nothing.
    pub fn extra(&self) -> &[u8] {
        &self.extra
    }

    /// The place of the leaf, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hashes beside the way from the leaf to the root, from the leaf up.
    pub fn hashes(&self) -> &[Digest] {
        &self.hashes
    }

    /// The checkpoint that has the root.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Checks that the leaf with this hash is where the proof says, in a log that `policy` believes. Returns what the
    /// witnesses say.
    pub fn verify(&self, leaf_hash: Digest, policy: &Policy) -> Result<Vec<Good>, Unproven> {
        let good = self.checkpoint.check(policy)?;
        let checkpoint = self.checkpoint.checkpoint();
        verify_inclusion(leaf_hash, self.index, checkpoint.size(), &self.hashes, checkpoint.root())?;
        Ok(good)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", to_base64(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{}", to_base64(&hash.0)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
