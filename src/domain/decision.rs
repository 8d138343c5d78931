//! Decisions: what a person judged a finding or a claim to be, and why. A decision hides nothing and changes no verdict.

use serde::{Deserialize, Serialize};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// On a finding: nothing yet, or no longer.
    Open,
    /// On a finding: some of its claims are right, some wrong, and named.
    Judged,
    /// On a finding: both sides of its pair are wrong.
    BothWrong,
    /// On a finding: both sides of its pair are right, because they mean two things.
    BothRight,
    /// On a finding: the older side was right when it was said.
    Superseded,
    /// On a finding: looked at, and not to be told.
    Unsure,
    /// On a claim: checked beyond its source, and right.
    Verified,
    /// On a claim: checked, and nothing found to verify it by.
    CannotVerify,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 8] = [
        Outcome::Open,
        Outcome::Judged,
        Outcome::BothWrong,
        Outcome::BothRight,
        Outcome::Superseded,
        Outcome::Unsure,
        Outcome::Verified,
        Outcome::CannotVerify,
    ];

    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Open => "open",
            Outcome::Judged => "judged",
            Outcome::BothWrong => "both-wrong",
            Outcome::BothRight => "both-right",
            Outcome::Superseded => "superseded",
            Outcome::Unsure => "unsure",
            Outcome::Verified => "verified",
            Outcome::CannotVerify => "cannot-verify",
        }
    }

    /// True for the outcomes of a decision on one claim.
    pub fn is_on_claim(self) -> bool {
        matches!(self, Outcome::Verified | Outcome::CannotVerify)
    }

    /// True where a finding needs nobody's attention any more.
    pub fn settles(self) -> bool {
        !matches!(self, Outcome::Open | Outcome::Unsure)
    }
}
