//! The other ledger: a ledger file, or what `export` wrote of one.

use std::path::Path;

use crate::ledger::error::{LedgerError, Refusal};
use crate::ledger::{Desk, Ledger, Progress, VerifyRequest};
use crate::record::timestamp::Roots;
use crate::store::StoreError;

/// A ledger that is to be brought into another; all of it was checked.
pub struct Other {
    pub(super) ledger: Ledger,
    /// Where the ledger lies that was made of an exported record, until it is no longer needed.
    _folder: Option<tempfile::TempDir>,
}

impl Other {
    /// Opens a ledger file, or makes one for the while of an exported record, a folder or a tar. Refuses one in which
    /// anything does not hold.
    pub fn open(from: &Path, desk: Desk, progress: Progress) -> Result<Other, LedgerError> {
        let is_archive = from.is_dir() || from.extension().is_some_and(|extension| extension == "tar");
        if is_archive {
            let unmade = |error: std::io::Error| StoreError::Unwritable(error.to_string());
            let folder = tempfile::Builder::new().prefix("onrecord-").tempdir().map_err(unmade)?;
            let (ledger, _) = Ledger::load(&folder.path().join("other.db"), from, desk, progress)?;
            return Ok(Other { ledger, _folder: Some(folder) });
        }
        let place = || from.display().to_string();
        let mut ledger = Ledger::open(from, desk).map_err(|error| match error {
            LedgerError::Store(StoreError::Missing(_)) => {
                Refusal::NoOther { place: place(), why: "there is nothing".into() }.into()
            }
            LedgerError::Store(StoreError::NotALedger { found, .. }) => {
                Refusal::NoOther { place: place(), why: found }.into()
            }
            LedgerError::Store(StoreError::Empty(_)) => {
                Refusal::NoOther { place: place(), why: "it is empty".into() }.into()
            }
            other => other,
        })?;
        let view = ledger.verify(&VerifyRequest {
            against: None,
            policy: None,
            roots: &Roots::default(),
            quick: false,
            progress,
        })?;
        match view.faults.into_iter().next() {
            Some(fault) => Err(LedgerError::Unfit { place: place(), error: Box::new(StoreError::Damaged(fault.what)) }),
            None => Ok(Other { ledger, _folder: None }),
        }
    }
}
