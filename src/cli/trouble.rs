//! Trouble and its exit codes (DESIGN §8): 0 done, 1 findings when asked to check, 2 usage, 3 refused input, 4 the
//! record does not verify, 70 a bug of ours.

use std::io::ErrorKind;

use crate::ledger::{Kind, LedgerError};

/// Done.
pub const DONE: u8 = 0;
/// Findings, when asked to check.
pub const FINDINGS: u8 = 1;
/// Wrong usage.
pub const USAGE: u8 = 2;
/// Refused input.
pub const REFUSED: u8 = 3;
/// The record does not hold together.
pub const DAMAGED: u8 = 4;
/// A bug of ours.
pub const BUG: u8 = 70;

/// Why a command stopped.
pub enum Trouble {
    /// The ledger said no.
    Ledger(LedgerError),
    /// A file or a stream could not be read or written.
    Io {
        /// What was being done, to what.
        doing: String,
        /// Why it failed.
        error: std::io::Error,
    },
    /// The command line asks for something that cannot be.
    Usage {
        /// What.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// Input that is not what it should be, outside of the ledger's own refusals.
    Refused {
        /// What.
        message: String,
        /// What to do about it.
        hint: String,
    },
}

impl From<LedgerError> for Trouble {
    fn from(error: LedgerError) -> Trouble {
        Trouble::Ledger(error)
    }
}

impl Trouble {
    /// A wrapper for failures of files and streams.
    pub fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Trouble {
        let doing = doing.into();
        move |error| Trouble::Io { doing, error }
    }

    /// Says it on standard error; answers the exit code.
    pub fn tell(&self) -> u8 {
        match self {
            Trouble::Ledger(error) => {
                say("error", &error.to_string());
                if let LedgerError::Batch { lines, .. } = error {
                    for (line, refusal) in lines {
                        note(format_args!("  line {line}: {}", refusal.to_string().replace('\n', "\n    ")));
                        if let Some(hint) = refusal.json_hint() {
                            note(format_args!("    hint: {hint}"));
                        }
                    }
                }
                if let Some(hint) = error.hint() {
                    say("hint", &hint);
                }
                match error.kind() {
                    Kind::Refused => REFUSED,
                    Kind::Damaged => DAMAGED,
                    Kind::Bug => BUG,
                }
            }
            // Whoever read our output has seen enough; that is no error (`onrecord claims | head`).
            Trouble::Io { error, .. } if error.kind() == ErrorKind::BrokenPipe => DONE,
            Trouble::Io { doing, error } => {
                say("error", &format!("{doing}: {error}"));
                REFUSED
            }
            Trouble::Usage { message, hint } => {
                say("error", message);
                say("hint", hint);
                USAGE
            }
            Trouble::Refused { message, hint } => {
                say("error", message);
                say("hint", hint);
                REFUSED
            }
        }
    }
}

/// Writes a line, or several, to standard error, in which nothing drives the terminal. Nobody may be reading it any more
/// (`2>&1 | head`), and then there is nobody to tell.
pub fn note(lines: impl std::fmt::Display) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{}", visible(&lines.to_string()));
}

fn say(kind: &str, message: &str) {
    note(format_args!("{kind}: {message}"));
}

/// Characters of a line of a message, at most: a file on one line is quoted whole by what cannot read it.
const LONGEST_LINE: usize = 2_000;

/// Messages quote what was handed in; none of it may drive the terminal, or bury the message.
pub fn visible(message: &str) -> String {
    let line = |line: &str| match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => line[..end].chars().map(shown).chain(['…']).collect::<String>(),
        None => line.chars().map(shown).collect(),
    };
    message.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn shown(c: char) -> char {
    match c {
        c if c.is_control() || crate::domain::text::is_hidden(c) => '\u{fffd}',
        c => c,
    }
}
