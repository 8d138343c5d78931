//! Outcomes of a comparison, with their reasons as data. Wording happens in `report`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::decimal::Decimal;
use super::id::ClaimId;
use super::interval::Interval;
use super::origin::Origin;
use super::rate::Rate;
use super::when::When;

/// The outcome for two claims on one question, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairVerdict {
    /// Both can be true.
    Consistent,
    /// Both can be true, of different times.
    Changed,
    /// They are not about one thing.
    NotComparable,
    /// They differ, but a reading or a gap in what is known reconciles them.
    Tension,
    /// They cannot both be true.
    Conflict,
}

impl PairVerdict {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            PairVerdict::Consistent => "consistent",
            PairVerdict::Changed => "changed",
            PairVerdict::NotComparable => "not-comparable",
            PairVerdict::Tension => "tension",
            PairVerdict::Conflict => "conflict",
        }
    }

    /// True for the two that an editor wants to see.
    pub fn is_flagged(self) -> bool {
        self >= PairVerdict::Tension
    }
}

/// The outcome for a question, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionVerdict {
    /// No two origins say one thing: one origin only, or others whose claims do not compare.
    Alone,
    /// At least two origins share a position, and no pair is flagged.
    Agreed,
    /// The worst pair is in tension.
    Tension,
    /// At least one pair conflicts.
    Contradicted,
}

impl QuestionVerdict {
    /// The name used in SQL and output.
    pub fn name(self) -> &'static str {
        match self {
            QuestionVerdict::Alone => "alone",
            QuestionVerdict::Agreed => "agreed",
            QuestionVerdict::Tension => "tension",
            QuestionVerdict::Contradicted => "contradicted",
        }
    }

    /// True for the two that make a finding.
    pub fn is_finding(self) -> bool {
        self >= QuestionVerdict::Tension
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why a pair got its verdict.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Reason {
            /// Every reason, in the order of the type.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)*];

            /// The name used in output.
            pub fn name(self) -> &'static str {
                match self { $(Reason::$name => $text,)* }
            }
        }
    };
}

reasons! {
    /// A qualifier is given on both sides, and differs.
    DifferentReferent = "different-referent",
    /// Two currencies or units, and no recorded rate between them.
    NoRate = "no-rate",
    /// Periods differ, or one has no known length.
    Period = "period",
    /// A count that only grows has grown.
    Grew = "grew",
    /// A state at another time.
    OtherTime = "other-time",
    /// They meet if the rougher figure was cut off, not rounded.
    Truncation = "truncation",
    /// They meet if "about" or "nearly" is read generously.
    Approximation = "approximation",
    /// They meet if a round number is read loosely.
    RoundNumber = "round-number",
    /// Sums in two currencies, by a rate on record.
    Rate = "rate",
    /// A smaller count at the same time: perhaps part of the larger one.
    Subset = "subset",
    /// A smaller count, later, from somebody else; or a state without a date, published after somebody else dated
    /// another: perhaps out of date.
    Stale = "stale",
    /// A smaller count, later, from the same origin, or an outlet against itself: perhaps corrected.
    Revision = "revision",
    /// One side denies what the other affirms.
    Denied = "denied",
    /// Two states of which only one can hold at a time.
    Exclusive = "exclusive",
    /// A qualifier or period is given on one side only.
    Underspecified = "underspecified",
    /// A scope is given on one side only.
    Scope = "scope",
    /// The currency of one side is not known.
    CurrencyUnknown = "currency-unknown",
    /// One side is only alleged or predicted.
    Unconfirmed = "unconfirmed",
    /// A state whose time is not stated.
    DatesUnstated = "dates-unstated",
    /// One origin, opposite bounds: "more than" and "up to" one value.
    BoundFlipped = "bound-flipped",
    /// One origin, the same digits in two currencies.
    CurrencySwapped = "currency-swapped",
    /// The values differ by a power of a thousand.
    FactorOfAThousand = "factor-1000",
    /// The values differ by the length of the period.
    PeriodSwapped = "period-swapped",
    /// The digits are given elsewhere in percentage points, not in per cent, or the other way round.
    PercentForPoints = "percent-for-points",
    /// The value is given elsewhere as the answer to another question about the same subject.
    OtherQuestion = "other-question",
    /// Both stand on one page: headline against body, or one paragraph against another.
    SamePage = "same-page",
    /// The same speaker says otherwise at another time.
    SelfContradiction = "self-contradiction",
    /// Both go back to one origin: somebody misreports it, or it was revised.
    OneOrigin = "one-origin",
}

impl Reason {
    /// True for the names of a slip: something mixed up in the telling.
    pub fn is_slip(self) -> bool {
        matches!(
            self,
            Reason::BoundFlipped
                | Reason::CurrencySwapped
                | Reason::FactorOfAThousand
                | Reason::PeriodSwapped
                | Reason::PercentForPoints
        )
    }
}

/// Two claims and how they compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair<C = ClaimId> {
    /// The claim logged first.
    pub a: C,
    /// The claim logged later.
    pub b: C,
    /// The outcome.
    pub verdict: PairVerdict,
    /// All reasons met, in the order of the phases.
    pub reasons: Vec<Reason>,
    /// Distance between the strict readings that do not meet.
    pub gap: Option<Decimal>,
    /// The rates by which sums in two currencies were compared: one, or two by way of a third currency. A gap is then in
    /// the currency that the one rate leads to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<Rate>,
}

/// One group of claims of a question that can all be true together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position<C = ClaimId> {
    /// What all of its figures allow; everything where they are not figures.
    pub range: Interval,
    /// Its claims, in the order they were logged.
    pub claims: Vec<C>,
    /// Those of them that take its side: a bound such as "over 14" fits many positions and takes the side of none,
    /// unless there is nothing else; nor does a denial.
    pub sides: Vec<C>,
    /// Its distinct origins, in the order they were first logged.
    pub origins: Vec<Arc<Origin>>,
    /// Those of the claims that take its side.
    pub support: Vec<Arc<Origin>>,
}

/// How high a finding stands in the list, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Severity {
    /// The sum of its terms; zero for what is no finding.
    pub points: u32,
    /// What was counted, each with its points.
    pub terms: Vec<(SeverityTerm, u32)>,
    /// The latest publication among its claims; of two findings with equal points the later one comes first.
    pub latest: Option<When>,
}

impl Severity {
    /// What findings are ordered by, the highest first.
    pub fn rank(&self) -> impl Ord {
        (self.points, self.latest.as_ref().map(When::last_day))
    }
}

/// What makes a finding urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeverityTerm {
    /// Two claims cannot both be true.
    Conflict,
    /// The pair looks like a slip: a bound, a currency, a period or a scale mixed up.
    Slip,
    /// Different speakers with names stand against each other.
    NamedSpeakers,
    /// How many origins support the weaker side.
    Support,
    /// How far the figures are apart, as a share of the larger.
    Gap,
}

impl SeverityTerm {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            SeverityTerm::Conflict => "conflict",
            SeverityTerm::Slip => "slip",
            SeverityTerm::NamedSpeakers => "named-speakers",
            SeverityTerm::Support => "support",
            SeverityTerm::Gap => "gap",
        }
    }
}
