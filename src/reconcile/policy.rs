//! Every number the reconciler goes by, in one value.

use super::rates::Rates;
use crate::domain::decimal::Decimal;

/// How loosely figures and dates are read. [`Policy::default`] is the policy of the product (DESIGN §4 and §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// "About v" strictly allows this share of v on either side, but no more than one unit of v's last non-zero
    /// digit; generously twice that.
    pub about_share: Decimal,
    /// "Nearly v" strictly begins this share of v below v; generously twice that, and v itself.
    pub nearly_share: Decimal,
    /// Digits below this that count people or things are exact: nobody rounds to "8 hires".
    pub exact_below: Decimal,
    /// A round number generously allows at least this share on either side.
    pub round_share: Decimal,
    /// A numeral without decimals is round when it ends in this many zeros ("100", "10,000").
    pub round_zeros: i32,
    /// "Tens of" and "hundreds of" strictly begin at this many times the word.
    pub plural_factor: Decimal,
    /// Two publications this many days apart may report a state at two times.
    pub state_days: u64,
    /// Pairs listed for a question; the rest is counted.
    pub listed_pairs: usize,
    /// Sums that were converted lie within this share of each other, whichever day's rate was taken.
    pub rate_share: Decimal,
    /// The rates on record that the question at hand needs.
    pub rates: Rates,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            about_share: Decimal::new(5, -2),
            nearly_share: Decimal::new(10, -2),
            exact_below: Decimal::new(100, 0),
            round_share: Decimal::new(5, -2),
            round_zeros: 2,
            plural_factor: Decimal::new(2, 0),
            state_days: 30,
            listed_pairs: 10_000,
            rate_share: Decimal::new(3, -2),
            rates: Rates::default(),
        }
    }
}
