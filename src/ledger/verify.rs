//! Whether a ledger holds what its record says.

use super::error::LedgerError;
use super::{Ledger, Progress, Questions, Session, Stage};
use crate::domain::listing::{FaultView, VerificationView};
use crate::record::checkpoint::{Checkpoint, Policy};
use crate::record::timestamp::Roots;
use crate::store::{Fault, Faults, Store, StoreError};

/// What to check.
pub struct VerifyRequest<'a> {
    /// A head of the record that somebody kept: the entries that it covers must be there as they were.
    pub against: Option<&'a Checkpoint>,
    /// Who must have signed the checkpoints that were kept; none where only what they cover is compared.
    pub policy: Option<&'a Policy>,
    /// Who vouches for the authorities whose time stamps were kept; none where nobody is asked.
    pub roots: &'a Roots,
    /// Hashes only: no quote is found again, and no derived table made anew.
    pub quick: bool,
    /// Told how far it has come.
    pub progress: Progress<'a>,
}

impl Ledger {
    /// Checks that every entry is what was written, that the tree is that of the entries, that stored bytes are what
    /// their names say, that every quote stands in its text, and that the derived tables are what the entries add up to.
    /// Nothing is written. Derived tables are compared where what they are made of holds, as they would differ anyway.
    pub fn verify(&mut self, request: &VerifyRequest) -> Result<VerificationView, LedgerError> {
        let mut faults = Faults::default();
        let mut view = VerificationView::default();
        self.store.read_through()?;
        {
            let reading = self.store.read()?;
            let record = reading.view();
            let told = |stage| move |done, all| (request.progress)(stage, done, all);
            let mut checked = record.check_entries(request.quick, &mut faults, &told(Stage::Checking))?;
            view.entries = checked.entries;
            view.root = checked.root;
            view.redacted =
                checked.redactions.iter().map(|known| StoreError::from(known.clone()).to_string()).collect();
            if faults.is_empty() {
                view.origin = record.origin_of_record()?;
                view.checkpoints = record.check_checkpoints(request.policy, &mut faults)?;
                view.timestamps = record.check_timestamps(request.roots, &mut faults)?;
                if let Some(against) = request.against {
                    record.check_checkpoint(against, &mut faults)?;
                }
            }
            record.check_bytes(&mut checked, &mut faults, &told(Stage::Hashing))?;
            view.bytes = checked.bytes.len() as u64;
            if !request.quick {
                record.check_quotes(&mut checked, &mut faults, &told(Stage::Quotes))?;
                view.quotes = Some(checked.quotes.len() as u64);
                record.check_file(&mut faults)?;
            }
        }
        // Whom somebody trusts changes no table.
        if !request.quick && faults.is_sound() {
            view.questions = self.check_derived(&mut faults, request.progress)?;
        }
        view.faults = faults.into_vec().iter().map(fault_view).collect();
        Ok(view)
    }

    /// Makes the derived tables anew and compares them. Answers how many questions they have; nothing for a ledger in
    /// memory, which no other connection can read.
    fn check_derived(&mut self, faults: &mut Faults, progress: Progress) -> Result<Option<u64>, LedgerError> {
        let Some(path) = self.store.path() else { return Ok(None) };
        let mut scratch = Store::scratch(path)?;
        let mut questions = Questions::default();
        let mut session = Session::on(&mut scratch, &mut self.desk, &self.policy, &mut questions)?;
        let touched = session.writer.rederive(&|done, all| progress(Stage::Reading, done, all))?;
        session.touched.extend(touched);
        let questions = session.settle(progress)?;
        session.writer.compare_derived(faults)?;
        Ok(Some(questions.touched as u64))
    }
}

fn fault_view(fault: &Fault) -> FaultView {
    FaultView { entry: fault.entry(), what: fault.to_string(), hint: fault.hint() }
}
