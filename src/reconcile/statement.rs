//! A claim as the reconciler sees it.

use std::sync::Arc;

use crate::domain::claim::{EntityKey, Modality, Qualifiers, Stance, Value};
use crate::domain::id::{ClaimId, SourceId};
use crate::domain::origin::Origin;
use crate::domain::predicate::Time;
use crate::domain::when::When;

/// A standing claim of a question, with what was resolved about it. Retracted claims never get this far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<C = ClaimId> {
    /// What names the claim: its id, or where many are read only to be compared, its number in its ledger.
    pub claim: C,
    /// What it says; shared, as most claims of a question say the same.
    pub value: Arc<Value>,
    /// The predicate that it says on this question; those of one question exclude each other.
    pub says: Arc<str>,
    /// Affirms or denies.
    pub stance: Stance,
    /// How firmly.
    pub modality: Modality,
    /// Named parts of what is meant.
    pub qualifiers: Qualifiers,
    /// The time it is said to be true of.
    pub as_of: Option<Arc<When>>,
    /// When its source was published.
    pub published: Option<Arc<When>>,
    /// Whom it goes back to.
    pub origin: Arc<Origin>,
    /// The origin that counts for that one: of those that were found to copy each other, the first.
    pub counts_as: Arc<Origin>,
    /// The page it stands on; none for a row of a table, which is one by itself.
    pub page: Option<SourceId>,
    /// Its origin says it on a page of its own, and is not quoted by somebody else.
    pub own_voice: bool,
    /// The member it is about, on a question about the group that the member belongs to.
    pub member: Option<EntityKey>,
}

impl<C> Statement<C> {
    /// When it was said or a count stood so: as stated, else when it was published.
    pub fn said_at(&self) -> Option<&When> {
        self.as_of.as_deref().or(self.published.as_deref())
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
