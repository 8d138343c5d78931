use super::progress::Progress;
use super::setting::{DoneOption, Setting};
use super::trouble::{DONE, Trouble, note};

/// Remove a claim's entry, or a snapshot, for legal reasons
///
/// The body and the salt of the entry, or the bytes of the snapshot with its text, are removed from the record and from the
/// file, which is packed. Their hashes stay, every proof holds, and a `redact` entry says who removed them, when and why. It
/// cannot be undone. Other entries, copies of the file and what was exported still hold what they held.
#[derive(clap::Args)]
pub struct Redact {
    /// The number of an entry that puts a claim on record, the claim's id, or the hash of a snapshot
    what: String,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: String,
    #[command(flatten)]
    done: DoneOption,
}

impl Redact {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open_now()?;
        let progress = Progress::entries();
        let told = |stage, done, all| progress.set(stage, done, all);
        let outcome = ledger.redact(&self.what, &self.because, &told);
        progress.finish();
        let redacted = outcome?;
        let ids: Vec<String> = redacted.entry.iter().map(u64::to_string).collect();
        let hashes = redacted.bytes.iter().map(ToString::to_string);
        self.done.print(&ledger, ids.into_iter().chain(hashes))?;
        match redacted.known {
            true => {
                note(format_args!("it had been redacted by entry {}; the file was packed again", redacted.sequence))
            }
            false => note(format_args!("redacted by entry {}", redacted.sequence)),
        }
        for (claim, entry) in &redacted.quoting {
            note(format_args!(
                "claim {} still holds words of it: `onrecord redact {entry} --because …`",
                claim.short()
            ));
        }
        Ok(DONE)
    }
}
