//! From one version of the schema to the next. A released migration is never edited, only added to; each runs in one
//! transaction with the mark that it ran. `schema.sql` is always what a fresh ledger gets; the first step comes with a
//! test that a migrated ledger ends up equal to a fresh one.

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;

/// `schema.sql`, the whole of a fresh ledger.
pub const SCHEMA: &str = include_str!("../../schema.sql");

/// The part of it that makes the derived tables.
pub fn derived_schema() -> &'static str {
    let derived = SCHEMA.split_once("-- DERIVED").map_or("", |(_, derived)| derived);
    // What stands before it is the rest of a comment.
    let derived = derived.split_once('\n').map_or("", |(_, derived)| derived);
    derived.split_once("-- VIEWS").map_or("", |(derived, _)| derived)
}

/// `PRAGMA application_id` of a ledger: "orle".
pub const APPLICATION_ID: i64 = 0x6f72_6c65;

/// `PRAGMA user_version` of a fresh ledger.
pub const VERSION: i64 = 1;

/// The step that leads from version `index + 1` to the next, each with a comment saying why. None yet: version 1 is
/// the first.
const STEPS: [&str; VERSION as usize - 1] = [];

/// Brings a ledger of an earlier version up to date, if nobody else does meanwhile.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let step = usize::try_from(version - 1).ok().and_then(|index| STEPS.get(index));
        let Some(step) = step else { return Ok(()) };
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
}
