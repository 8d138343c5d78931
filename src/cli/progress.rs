//! How far long work has come, on a terminal only: rate and time left.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error; nothing where that is no terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for work counted in bytes.
    pub fn bytes(what: &'static str) -> Progress {
        Progress::new(what, "{bytes}/{total_bytes} {bytes_per_sec} {eta} left")
    }

    fn new(what: &'static str, counted: &str) -> Progress {
        let target = match std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let style = ProgressStyle::with_template(&format!("{{msg}} {{wide_bar}} {counted}"));
        let bar = ProgressBar::with_draw_target(Some(0), target).with_message(what);
        Progress { bar: bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())) }
    }

    /// So much of so much is done.
    pub fn set(&self, done: u64, all: u64) {
        self.bar.set_length(all);
        self.bar.set_position(done);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
