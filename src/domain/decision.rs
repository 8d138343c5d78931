//! Decisions: what a person judged a finding or a claim to be, and why. A decision hides nothing and changes no verdict.

use serde::{Deserialize, Serialize};

/// What was decided on a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing yet, or no longer.
    Open,
    /// Some of its claims are right, some wrong, and named.
    Judged,
    /// Both sides of its pair are wrong.
    BothWrong,
    /// Both sides of its pair are right, because they mean two things.
    BothRight,
    /// The older side was right when it was said.
    Superseded,
    /// Looked at, and not to be told.
    Unsure,
}

impl Outcome {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Open => "open",
            Outcome::Judged => "judged",
            Outcome::BothWrong => "both-wrong",
            Outcome::BothRight => "both-right",
            Outcome::Superseded => "superseded",
            Outcome::Unsure => "unsure",
        }
    }

    /// True where a finding needs nobody's attention any more.
    pub fn settles(self) -> bool {
        !matches!(self, Outcome::Open | Outcome::Unsure)
    }
}

/// What was decided on one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimOutcome {
    /// Nothing yet, or no longer.
    Open,
    /// Checked beyond its source, and right.
    Verified,
    /// Checked, and nothing found to verify it by.
    CannotVerify,
}

impl ClaimOutcome {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            ClaimOutcome::Open => "open",
            ClaimOutcome::Verified => "verified",
            ClaimOutcome::CannotVerify => "cannot-verify",
        }
    }
}

/// What a decision says of a claim: one on the claim itself, or one on a finding that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Checked beyond its source, and right.
    Verified,
    /// Checked, and nothing found to verify it by.
    CannotVerify,
    /// Named right in a finding.
    Right,
    /// Named wrong in a finding.
    Wrong,
}

impl Mark {
    /// In words, as a mark on a line.
    pub fn words(self) -> &'static str {
        match self {
            Mark::Verified => "verified",
            Mark::CannotVerify => "cannot be verified",
            Mark::Right => "judged right",
            Mark::Wrong => "judged wrong",
        }
    }
}
