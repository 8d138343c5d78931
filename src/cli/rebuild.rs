use super::setting::{DoneOption, Setting};
use super::trouble::{DONE, Trouble, note};

/// Work out everything anew from the entries of the record
#[derive(clap::Args)]
pub struct Rebuild {
    #[command(flatten)]
    done: DoneOption,
}

impl Rebuild {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let questions = ledger.rebuild()?;
        self.done.print(&ledger, [] as [&str; 0])?;
        note(format_args!("rebuilt: {questions} questions"));
        Ok(DONE)
    }
}
