use super::progress::Progress;
use super::setting::{DoneOption, Setting};
use super::trouble::{DONE, Trouble, note};
use crate::report::words::counted;

/// Work out everything anew from the entries of the record
#[derive(clap::Args)]
pub struct Rebuild {
    /// Work out the verdicts and positions only, from the claims as they were read last
    #[arg(long)]
    verdicts: bool,
    /// With --verdicts: count what there would be, and change nothing
    #[arg(long, requires = "verdicts")]
    dry_run: bool,
    #[command(flatten)]
    done: DoneOption,
}

impl Rebuild {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let progress = Progress::entries();
        let told = |stage, done, all| progress.set(stage, done, all);
        let outcome = match self.verdicts {
            true => ledger.reconcile(!self.dry_run, &told),
            false => ledger.rebuild(&told),
        };
        progress.finish();
        let questions = outcome?;
        self.done.print(&ledger, [] as [&str; 0])?;
        let done = if self.dry_run { "would be" } else { "rebuilt" };
        let findings = questions.contradicted + questions.in_tension;
        note(format_args!("{done}: {}, {}", counted(questions.touched, "question"), counted(findings, "finding")));
        Ok(DONE)
    }
}
