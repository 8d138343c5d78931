//! A claim as the reconciler sees it.

use crate::domain::claim::{Modality, Qualifiers, Stance, Value};
use crate::domain::id::ClaimId;
use crate::domain::predicate::Time;
use crate::domain::when::When;

/// A standing claim of a question, with what was resolved about it. Retracted claims never get this far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The claim.
    pub claim: ClaimId,
    /// What it says.
    pub value: Value,
    /// The predicate that it says on this question; those of one question exclude each other.
    pub says: String,
    /// Affirms or denies.
    pub stance: Stance,
    /// How firmly.
    pub modality: Modality,
    /// Named parts of what is meant.
    pub qualifiers: Qualifiers,
    /// The time it is said to be true of.
    pub as_of: Option<When>,
    /// When its source was published.
    pub published: Option<When>,
    /// The resolved origin at the start of its attribution chain; equal text is one origin.
    pub origin: String,
}

impl Statement {
    /// When a running count stood so: as stated, else when it was published.
    pub fn counted_at(&self) -> Option<&When> {
        self.as_of.as_ref().or(self.published.as_ref())
    }
}

/// What the reconciler needs to know of a question's predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// How its claims stand in time.
    pub time: Time,
    /// Its figures count people or things.
    pub whole: bool,
    /// False where two claims never contradict each other.
    pub compare: bool,
}
