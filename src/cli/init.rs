use super::setting::{DoneOption, Setting, written};
use super::trouble::{DONE, Trouble, note};

/// Make a new ledger
///
/// It is the file named by `--ledger` or ONRECORD_LEDGER, else `onrecord.db` in this folder.
#[derive(clap::Args)]
pub struct Init {
    /// What the record calls itself for ever, such as example.org/harbour; else a name made up for it
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
    #[command(flatten)]
    done: DoneOption,
}

impl Init {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let path = setting.new_ledger_path();
        let ledger = setting.create(&path, self.origin.as_deref())?;
        self.done.print(&ledger, [written(&path)])?;
        note("next: `onrecord capture FILE` puts a source on record, or a page by its `https://` address");
        Ok(DONE)
    }
}
