use super::setting::{DoneOption, FormatOption, Setting, list, place, read_text};
use super::trouble::{DONE, Trouble, note};

/// List the predicates, or define more
#[derive(clap::Args)]
pub struct Predicates {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    format: FormatOption,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Define the predicates of a TOML file (docs/predicates.md describes it)
    Add {
        /// The file, or `-` for standard input
        #[arg(value_name = "FILE.toml")]
        file: String,
        #[command(flatten)]
        done: DoneOption,
    },
}

impl Predicates {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let Some(Command::Add { file, done }) = self.command else {
            let predicates = ledger.predicates()?;
            list(&crate::report::Predicates(&predicates), &self.format)?;
            return Ok(DONE);
        };
        let defined = ledger.add_predicates(place(&file), &read_text(&file)?)?;
        done.print_json(&ledger, &defined)?;
        match defined.as_slice() {
            [] => note("all of these were defined already"),
            names => note(format_args!("defined: {}", names.join(", "))),
        }
        Ok(DONE)
    }
}
