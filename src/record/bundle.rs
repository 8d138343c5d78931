//! A claim with all that a third person needs to check that it is on record: one JSON object, which is read without a
//! ledger. `docs/record-format.md` describes it.

use serde::{Deserialize, Serialize};

use super::body::{Body, claim_id, import_claim_id, import_key};
use super::canonical::CanonicalError;
use super::checkpoint::Policy;
use super::entry::{Entry, EntryError, Header, read_salt, salt_digits};
use super::note::Good;
use super::proof::{Proof, ProofFileError, Unproven};
use crate::domain::id::{ClaimId, Digest};

/// The name of this format.
pub const FORMAT: &str = "onrecord/proof@1";

/// A claim, its entry, and the proof that the entry is in a signed record. It was read or made, not verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The name of the format: [`FORMAT`].
    pub format: String,
    /// The claim.
    pub claim: ClaimId,
    /// The header of its entry, as stored.
    pub header: String,
    /// The salt of its entry, in hexadecimal digits.
    pub salt: String,
    /// The body of its entry, as stored.
    pub body: String,
    /// Of a row of a table, whose entry is that of the table: its ordinal.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ordinal: Option<u64>,
    /// The proof that the header is a leaf of the signed record ([`Proof`]).
    pub proof: String,
}

/// What a bundle proves.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The header of the claim's entry: who made it, and when.
    pub header: Header,
    /// Its body.
    pub body: Body,
    /// Entries that the checkpoint covers.
    pub size: u64,
    /// The witnesses who signed the checkpoint besides.
    pub witnesses: Vec<Good>,
}

/// Why a bundle cannot be read, or proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// It is not the JSON of one.
    #[error("not a proof of a claim: {0}")]
    Json(#[source] serde_json::Error),
    /// It is of another format.
    #[error("a proof of the format `{0}`: expected `{FORMAT}`")]
    Format(String),
    /// The salt is not written as one.
    #[error("the salt is not 32 lower-case hexadecimal digits")]
    Salt,
    /// The entry is not what its header says.
    #[error("the entry: {0}")]
    Entry(#[from] EntryError),
    /// The proof cannot be read.
    #[error(transparent)]
    File(#[from] ProofFileError),
    /// The proof proves nothing.
    #[error(transparent)]
    Unproven(#[from] Unproven),
    /// The proof is that of another entry.
    #[error("the proof is of entry {found}, and the header is that of entry {expected}")]
    Index {
        /// In the header.
        expected: u64,
        /// In the proof.
        found: u64,
    },
    /// The entry puts no claim on record.
    #[error("a `{0}` entry puts no claim on record")]
    NoClaim(String),
    /// The entry puts another claim on record.
    #[error("the entry puts claim {found} on record: expected {expected}")]
    Claim {
        /// As the bundle names it.
        expected: ClaimId,
        /// As the entry has it.
        found: ClaimId,
    },
    /// What the entry holds cannot be spelt as the format has it.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl Bundle {
    /// Puts a bundle together.
    pub fn new(claim: ClaimId, ordinal: Option<u64>, entry: Entry, proof: &Proof) -> Bundle {
        let Entry { header, salt, body } = entry;
        let (salt, proof) = (salt_digits(&salt), proof.to_string());
        Bundle { format: FORMAT.to_string(), claim, header, salt, body, ordinal, proof }
    }

    /// Reads a bundle.
    pub fn read(json: &str) -> Result<Bundle, BundleError> {
        let bundle: Bundle = serde_json::from_str(json).map_err(BundleError::Json)?;
        match bundle.format.as_str() {
            FORMAT => Ok(bundle),
            other => Err(BundleError::Format(other.to_string())),
        }
    }

    /// Checks that the claim is that of the entry, and the entry in a record that was signed as the policy asks.
    pub fn verify(&self, policy: &Policy) -> Result<Proven, BundleError> {
        let salt = read_salt(&self.salt).ok_or(BundleError::Salt)?;
        let entry = Entry { header: self.header.clone(), salt, body: self.body.clone() };
        let (header, body) = entry.checked()?;
        let proof = Proof::parse(self.proof.as_bytes())?;
        let witnesses = proof.verify(entry.leaf_hash(), policy)?;
        if proof.index() != header.sequence {
            return Err(BundleError::Index { expected: header.sequence, found: proof.index() });
        }
        let found = match (&body, self.ordinal) {
            (Body::Import(import), Some(ordinal)) => import_claim_id(&import_key(import)?, ordinal),
            (body, None) => match body.claim() {
                Some(claim) => claim_id(claim)?,
                None => return Err(BundleError::NoClaim(header.kind)),
            },
            (_, Some(_)) => return Err(BundleError::NoClaim(header.kind)),
        };
        if found != self.claim {
            return Err(BundleError::Claim { expected: self.claim, found });
        }
        Ok(Proven { header, body, size: proof.checkpoint().checkpoint().size(), witnesses })
    }
}

impl Proven {
    /// SHA-256 of the snapshot that the claim was read in, and of its text.
    pub fn snapshot(&self) -> Option<(Digest, Digest)> {
        match &self.body {
            Body::Import(import) => Some((import.snapshot, import.text)),
            body => body.claim().map(|claim| (claim.snapshot, claim.text)),
        }
    }
}
