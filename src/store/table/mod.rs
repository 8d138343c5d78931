//! Tables whose rows are claims: `read.rs` reads all of a table, `import.rs` puts what it says on its questions, `rows.rs`
//! finds single rows again, and `cell.rs` says what a cell holds, for both.

mod cell;
mod import;
mod read;
mod rows;

pub use cell::BadRow;
pub use import::{Imported, import, republished, text_of};
pub use rows::{ImportRow, Open, Tables, take_claims};

use super::error::StoreError;
use crate::capture::table::{Dialect, Header};
use crate::record::body::Import;

/// Every so many rows it is written down where one begins.
const MARK: u64 = 32;

/// Where the columns of an import stand, by the beginning of its text.
fn header(import: &Import, head: &str) -> Result<Header, StoreError> {
    Header::read(head, dialect(import)?, &import.map.wanted()).map_err(StoreError::Table)
}

fn dialect(import: &Import) -> Result<Dialect, StoreError> {
    Dialect::from_name(&import.dialect)
        .ok_or_else(|| StoreError::Damaged(format!("an import has the unknown dialect `{}`", import.dialect)))
}
