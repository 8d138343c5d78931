//! The derived tables made anew, in a file of their own which the record of the ledger is attached to for reading, and
//! compared with those of the ledger.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Rows};

use super::fault::{Fault, Faults};
use crate::store::error::StoreError;
use crate::store::known::Known;
use crate::store::{Store, Writer, derive, is_frozen, migrations};

/// What is kept in memory of the file that the derived tables are made in, at most.
const SCRATCH_CACHE_KIB: i64 = 64 << 10;
impl Store {
    /// A ledger whose record is that of the file, for reading, and whose derived tables are made anew in a file of their
    /// own, which is gone when this is dropped.
    pub fn scratch(path: &Path) -> Result<Store, StoreError> {
        let connection = Connection::open("")?;
        connection.pragma_update(None, "cache_size", -SCRATCH_CACHE_KIB)?;
        connection.pragma_update(None, "journal_mode", "off")?;
        connection.pragma_update(None, "synchronous", "off")?;
        // Its tables refer to entries, which are in the other file.
        connection.pragma_update(None, "foreign_keys", false)?;
        connection.set_prepared_statement_cache_capacity(256);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute_batch(migrations::derived_schema())?;
        let attach = |frozen| connection.execute("ATTACH ?1 AS record", [read_only(path, frozen)]);
        match attach(false) {
            Err(error) if is_frozen(&error, path) => attach(true)?,
            attached => attached?,
        };
        Ok(Store { connection, known: Known::default(), shown: None })
    }
}

/// The address of a file that is opened for reading; `frozen` where nobody can write it.
pub fn read_only(path: &Path, frozen: bool) -> String {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => address.push(char::from(*byte)),
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address.push_str("?mode=ro");
    if frozen {
        address.push_str("&immutable=1");
    }
    address
}

impl Writer<'_> {
    /// Compares the derived tables of a [`Store::scratch`] with those of its ledger, table by table.
    pub fn compare_derived(&self, faults: &mut Faults) -> Result<(), StoreError> {
        for table in derive::TABLES {
            let rows = |schema: &str| -> Result<_, StoreError> {
                let order = self.order_of(table)?;
                Ok(self.transaction.prepare(&format!("SELECT * FROM {schema}.{table} ORDER BY {order}"))?)
            };
            let (mut own, mut stored) = (rows("main")?, rows("record")?);
            let n_columns = own.column_count();
            if n_columns != stored.column_count() {
                faults.put(Fault::Derived { table, row: 0 });
                continue;
            }
            let (mut own, mut stored) = (own.query([])?, stored.query([])?);
            if let Some(row) = first_difference(&mut own, &mut stored, n_columns)? {
                faults.put(Fault::Derived { table, row });
            }
        }
        Ok(())
    }

    /// What the rows of a table are in order of: its key.
    fn order_of(&self, table: &str) -> Result<String, StoreError> {
        let key = "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";
        let mut select = self.transaction.prepare_cached(key)?;
        let columns: Vec<String> = select.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(columns.join(", "))
    }
}

/// The number of the first row that differs, from 1.
fn first_difference(own: &mut Rows, stored: &mut Rows, n_columns: usize) -> Result<Option<u64>, StoreError> {
    for number in 1.. {
        let (own, stored) = (own.next()?, stored.next()?);
        let (own, stored) = match (own, stored) {
            (None, None) => return Ok(None),
            (Some(own), Some(stored)) => (own, stored),
            _ => return Ok(Some(number)),
        };
        for column in 0..n_columns {
            let value: ValueRef = own.get_ref(column)?;
            if value != stored.get_ref(column)? {
                return Ok(Some(number));
            }
        }
    }
    Ok(None)
}
