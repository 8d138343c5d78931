//! How far long work has come, on a terminal only: rate and time left.

use std::cell::Cell;
use std::io::IsTerminal;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::ledger::Stage;

/// A bar on standard error; nothing where that is no terminal.
pub struct Progress {
    bar: ProgressBar,
    /// What is counted while something is read.
    read: &'static str,
    stage: Cell<Option<Stage>>,
}

impl Progress {
    /// A bar for a table that is read.
    pub fn bytes() -> Progress {
        Progress::new("{bytes}/{total_bytes} {bytes_per_sec}")
    }

    /// A bar for entries that are read.
    pub fn entries() -> Progress {
        Progress::new("{human_pos}/{human_len} entries {rate}")
    }

    fn new(read: &'static str) -> Progress {
        let target = match std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        Progress { bar: ProgressBar::with_draw_target(Some(0), target), read, stage: Cell::default() }
    }

    /// So much of so much is done.
    pub fn set(&self, stage: Stage, done: u64, all: u64) {
        if self.stage.replace(Some(stage)) != Some(stage) {
            let (what, counted) = match stage {
                Stage::Reading => ("reading", self.read),
                Stage::Checking => ("checking", self.read),
                Stage::Hashing => ("hashing", "{human_pos}/{human_len} stored texts and snapshots {rate}"),
                Stage::Quotes => ("finding", "{human_pos}/{human_len} quotes {rate}"),
                Stage::Comparing => ("comparing", "{human_pos}/{human_len} questions {rate}"),
            };
            let style = ProgressStyle::with_template(&format!("{what} {{wide_bar}} {counted} {{eta}} left"));
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            self.bar.set_style(style.with_key("rate", rate));
            self.bar.reset();
        }
        self.bar.set_length(all);
        self.bar.set_position(done);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// So many a second, without parts of one.
fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // A bar that cannot be drawn is no reason to stop the work.
    let _ = write!(out, "{}/s", HumanCount(state.per_sec() as u64));
}
