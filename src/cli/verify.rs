use super::progress::Progress;
use super::setting::{FormatOption, RootsOption, Setting, list, place, read};
use super::trouble::{DAMAGED, DONE, Trouble, note};
use crate::ledger::{VerifyRequest, only};
use crate::record::checkpoint::SignedCheckpoint;
use crate::record::note::{MAX_NOTE_BYTES, Verifier};

/// Check that nothing on record was changed, by its hashes and by making all that is derived from it anew
///
/// Every entry is hashed, and the tree over them; checkpoints and time stamps that were kept are checked; every snapshot and text is hashed, and every quote found in its text
/// again; the derived tables are made anew and compared. Nothing is written. Exits with 4 where anything does not hold,
/// and names the first bad entry.
#[derive(clap::Args)]
pub struct Verify {
    /// A checkpoint that was kept elsewhere: what it covers must still be there, as it was
    #[arg(long, value_name = "FILE")]
    against: Option<String>,
    /// The verifier key of the record: what it signed must be signed by it, the checkpoint of --against too
    #[arg(long, value_name = "KEY", value_parser = clap::value_parser!(Verifier))]
    key: Option<Verifier>,
    #[command(flatten)]
    roots: RootsOption,
    /// Hashes only: find no quote again, and make no derived table anew
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    format: FormatOption,
}

impl Verify {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let against = self.against.as_deref().map(signed_checkpoint).transpose()?;
        let policy = self.key.map(only);
        if let Some(Err(error)) = against.as_ref().zip(policy.as_ref()).map(|(signed, policy)| signed.check(policy)) {
            return Err(Trouble::Refused {
                message: format!("the checkpoint: {error}"),
                hint: "check that the key is the one its owner publishes, `onrecord key show` prints it".into(),
            });
        }
        let roots = self.roots.read()?;
        if against.is_some() && policy.is_none() {
            note("whose checkpoint it is was not asked: `--key` names the record's verifier key");
        }
        let mut ledger = setting.open_now()?;
        let progress = Progress::entries();
        let outcome = ledger.verify(&VerifyRequest {
            against: against.as_ref().map(SignedCheckpoint::checkpoint),
            policy: policy.as_ref(),
            roots: &roots,
            quick: self.quick,
            progress: &|stage, done, all| progress.set(stage, done, all),
        });
        progress.finish();
        let view = outcome?;
        list(&crate::report::Verification(&view), &self.format)?;
        if view.faults.is_empty() {
            return Ok(DONE);
        }
        for fault in &view.faults {
            note(format_args!("error: {}", fault.what));
        }
        // Damage is worse than whom somebody trusts.
        let hint = view.faults.iter().map(|fault| fault.hint).min().flatten();
        let hint = hint.unwrap_or("go back to a copy of the file, and keep this one to find out what was changed");
        note(format_args!("hint: {hint}"));
        Ok(DAMAGED)
    }
}

/// Reads a checkpoint from a file, or from standard input for `-`.
pub fn signed_checkpoint(path: &str) -> Result<SignedCheckpoint, Trouble> {
    let bytes = read(path, MAX_NOTE_BYTES)?;
    SignedCheckpoint::parse(&bytes).map_err(|error| Trouble::Refused {
        message: format!("{}: {error}", place(path)),
        hint: "give a file that `onrecord checkpoint` wrote, or a witness".into(),
    })
}
