use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};

/// Print the report on a source: what it says, who says so, who agrees, who disagrees
#[derive(clap::Args)]
pub struct Report {
    /// The source: its id, the hash of a snapshot, or its URL
    source: String,
    #[command(flatten)]
    format: FormatOption,
}

impl Report {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let report = setting.open()?.report(&self.source)?;
        list(&crate::report::Report(&report), &self.format)?;
        Ok(DONE)
    }
}
