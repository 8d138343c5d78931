use super::log::touched;
use super::setting::{DoneOption, Setting};
use super::trouble::{DONE, Trouble, note};

/// Declare that a source repeats another: what it says in its own voice then goes back to that one
#[derive(clap::Args)]
pub struct DerivesFrom {
    /// The source that repeats: its id, the hash of a snapshot, or its URL
    source: String,
    /// What it repeats: another source, or the name of an outlet, an agency or a person
    #[arg(value_name = "SOURCE|NAME")]
    from: String,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: String,
    /// Take the declaration back
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    done: DoneOption,
}

impl DerivesFrom {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let (source, questions) = match self.undo {
            false => ledger.derive(&self.source, &self.from, &self.because)?,
            true => ledger.underive(&self.source, &self.from, &self.because)?,
        };
        self.done.print(&ledger, [source])?;
        let what = if self.undo { "no longer derives" } else { "derives" };
        let from = crate::report::clean(&self.from);
        note(format_args!("source {} {what} from {from}; {}", source.short(), touched(questions)));
        Ok(DONE)
    }
}
