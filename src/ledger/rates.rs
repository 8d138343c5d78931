//! Exchange rates for the questions that need them.

use std::borrow::Cow;

use super::error::LedgerError;
use crate::reconcile::policy::Policy;
use crate::reconcile::statement::Statement;
use crate::store::{View, currencies};

/// The policy, with the rates on record where the statements are in several currencies.
pub(super) fn with_rates<'p, C>(
    view: View,
    statements: &[Statement<C>],
    policy: &'p Policy,
) -> Result<Cow<'p, Policy>, LedgerError> {
    if currencies(statements).len() < 2 {
        return Ok(Cow::Borrowed(policy));
    }
    Ok(Cow::Owned(Policy { rates: view.rates(statements)?, ..policy.clone() }))
}

/// The same, to be handed to another core: only where the statements are in several currencies there is one.
pub(super) fn own_policy<C>(
    view: View,
    statements: &[Statement<C>],
    policy: &Policy,
) -> Result<Option<Box<Policy>>, LedgerError> {
    Ok(match with_rates(view, statements, policy)? {
        Cow::Owned(own) => Some(Box::new(own)),
        Cow::Borrowed(_) => None,
    })
}
