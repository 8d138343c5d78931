//! From one version of the schema to the next. A released migration is never edited, only added to; each runs in one
//! transaction with the mark that it ran. `schema.sql` is always what a fresh ledger gets, and `tests/it/schema.rs`
//! holds that a migrated one ends up equal.

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;

/// `schema.sql`, the whole of a fresh ledger.
pub const SCHEMA: &str = include_str!("../../schema.sql");

/// `PRAGMA application_id` of a ledger: "orle".
pub const APPLICATION_ID: i64 = 0x6f72_6c65;

/// `PRAGMA user_version` of a fresh ledger.
pub const VERSION: i64 = 1;

/// The step that leads from version `index + 1` to the next, each with a comment saying why. None yet: version 1 is
/// the first.
const STEPS: [&str; VERSION as usize - 1] = [];

/// Brings a ledger of an earlier version up to date.
pub fn migrate(connection: &mut Connection, from: i64) -> Result<(), StoreError> {
    for (version, step) in (1..).zip(STEPS).skip_while(|(version, _)| *version < from) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
