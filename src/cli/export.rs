use std::path::PathBuf;

use super::progress::Progress;
use super::setting::{Setting, print, written};
use super::trouble::{DONE, Trouble, note, visible};
use crate::ledger::Contents;
use crate::report::words::counted;

/// Write the record out: a folder, or a tar file, that anybody can read and `load`
///
/// It holds every entry as one line of JSON, the snapshots and texts that they name, and the checkpoints that were kept, with their time stamps. The
/// same record gives the same bytes. Nothing is written over.
#[derive(clap::Args)]
pub struct Export {
    /// Where to: a folder that is not there yet, or a file whose name ends in `.tar`
    #[arg(value_name = "FOLDER|FILE.tar")]
    to: PathBuf,
}

impl Export {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open_now()?;
        let progress = Progress::entries();
        let outcome = ledger.export(&self.to, &|stage, done, all| progress.set(stage, done, all));
        progress.finish();
        let contents = outcome?;
        print(&format!("{}\n", written(&self.to)))?;
        tell("exported", &contents);
        Ok(DONE)
    }
}

/// Says what an exported record holds.
pub fn tell(done: &str, contents: &Contents) {
    let Contents { origin, entries, root, blobs, checkpoints, timestamps } = contents;
    note(format_args!("{done}: record {}, {}", visible(origin), counted(*entries as usize, "entry")));
    note(format_args!("  root {root}"));
    let blobs = match blobs {
        1 => "1 snapshot or text".to_string(),
        n => format!("{n} snapshots, texts and layouts"),
    };
    let stamps = match timestamps {
        0 => String::new(),
        n => format!(", {}", counted(*n as usize, "time stamp")),
    };
    note(format_args!("  {blobs}, {}{stamps}", counted(*checkpoints as usize, "checkpoint")));
}
