use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};

/// List the sources on record, or draw where their claims come from
#[derive(clap::Args)]
pub struct Sources {
    #[command(subcommand)]
    command: Option<Command>,
    /// Draw the ways from the origins of all claims to the pages that carry them
    #[arg(long)]
    origins: bool,
    /// Show who is believed how often, by what others say of the same and by what people judged
    #[arg(long, conflicts_with = "origins")]
    by_record: bool,
    #[command(flatten)]
    format: FormatOption,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the snapshots of a source with their hashes, and what changed from each to the next
    History {
        /// The source: its id, the hash of a snapshot, or its URL
        source: String,
        #[command(flatten)]
        format: FormatOption,
    },
}

impl Sources {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        if let Some(Command::History { source, format }) = self.command {
            list(&crate::report::History(&ledger.history(&source)?), &format)?;
            return Ok(DONE);
        }
        match (self.origins, self.by_record) {
            (true, _) => list(&crate::report::Origins(&ledger.origins()?), &self.format)?,
            (_, true) => list(&crate::report::Records(&ledger.records()?), &self.format)?,
            _ => list(&crate::report::Sources(&ledger.sources()?), &self.format)?,
        }
        Ok(DONE)
    }
}
