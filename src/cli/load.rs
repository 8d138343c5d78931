use std::path::PathBuf;

use super::export::tell;
use super::progress::Progress;
use super::setting::{Setting, print, written};
use super::trouble::{DONE, Trouble};

/// Make a new ledger from a record that `export` wrote, entry by entry, with the same ids and the same root
///
/// It is the file that `init` would make. Every entry is checked against its hash and its place, every snapshot and text
/// against its name, every quote against its text, and every checkpoint against the entries that it covers; where one does
/// not hold, there is no ledger. Nothing shows that the last entries of a record were left out, but a checkpoint that
/// somebody kept: `verify --against`.
#[derive(clap::Args)]
pub struct Load {
    /// The folder or tar file
    #[arg(value_name = "FOLDER|FILE.tar")]
    from: PathBuf,
}

impl Load {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let path = setting.new_ledger_path();
        let progress = Progress::entries();
        let outcome = setting.load(&path, &self.from, &|stage, done, all| progress.set(stage, done, all));
        progress.finish();
        let contents = outcome?;
        print(&format!("{}\n", written(&path)))?;
        tell("loaded", &contents);
        Ok(DONE)
    }
}
