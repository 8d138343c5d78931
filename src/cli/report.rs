use super::setting::{AsOfOption, ExplainOption, FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};
use crate::domain::claim::Status;

/// Print the report on a source: what it says, who says so, who agrees, who disagrees, who is still to be asked
#[derive(clap::Args)]
pub struct Report {
    /// The source: its id, the hash of a snapshot, or its URL
    source: String,
    /// Leave out claims that are held for approval
    #[arg(long)]
    approved: bool,
    #[command(flatten)]
    as_of: AsOfOption,
    #[command(flatten)]
    explain: ExplainOption,
    #[command(flatten)]
    format: FormatOption,
}

impl Report {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut report = setting.open()?.report(&self.source, self.as_of.as_of.as_ref())?;
        report.claims.retain(|reported| !self.approved || reported.claim.status != Status::Pending);
        list(&crate::report::Report { report: &report, language: self.explain.language() }, &self.format)?;
        Ok(DONE)
    }
}
