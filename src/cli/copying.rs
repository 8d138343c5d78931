use super::log::touched;
use super::setting::{DoneOption, FormatOption, Setting, list};
use super::trouble::{DONE, Trouble, note};

/// List who was found to copy whom, look for it, or say that two are independent
///
/// Pages whose text stands for the most part in an earlier one, and origins that share values which others do not
/// believe, far beyond chance, count as one origin. docs/verdicts.md says how it is found.
#[derive(clap::Args)]
pub struct Copying {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    format: FormatOption,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Look for copying among everything on record, and let those found count as one origin
    Find {
        #[command(flatten)]
        format: FormatOption,
    },
    /// Say that two are independent, whatever they share
    Part {
        /// One of the two: its name or key
        a: String,
        /// The other
        b: String,
        /// Why
        #[arg(long, value_name = "REASON")]
        because: String,
        /// Take that back
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        done: DoneOption,
    },
}

impl Copying {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        match self.command {
            None => list(&crate::report::Copying(&ledger.copying()?), &self.format)?,
            Some(Command::Find { format }) => {
                let (found, questions) = ledger.find_copying()?;
                list(&crate::report::FoundCopying { groups: &found, questions }, &format)?;
                note(touched(questions));
            }
            Some(Command::Part { a, b, because, undo, done }) => {
                let questions = ledger.find_independent(&a, &b, &because, !undo)?;
                done.print_json(&ledger, [] as [&str; 0])?;
                let (a, b) = (crate::report::clean(&a), crate::report::clean(&b));
                let what = if undo { "count as what they are found to be" } else { "count for themselves" };
                note(format_args!("{a} and {b} {what}; {}", touched(questions)));
            }
        }
        Ok(DONE)
    }
}
