use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, FINDINGS, Trouble};
use crate::report::Findings;

/// List what contradicts what, worst first
///
/// One line a position with its sources, and one sentence that says why.
#[derive(clap::Args)]
pub struct Contradictions {
    /// Show everything about one finding, by its id or by that of a claim
    id: Option<String>,
    /// List every question, and what was compared and not flagged, because of what
    #[arg(long)]
    all: bool,
    /// Exit with 1 when there is a finding
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    format: FormatOption,
}

impl Contradictions {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let contradictions = match &self.id {
            Some(id) => ledger.question(id)?,
            None => ledger.contradictions(self.all)?,
        };
        list(&Findings { contradictions: &contradictions, all: self.all || self.id.is_some() }, &self.format)?;
        let found = contradictions.questions.iter().any(|question| question.verdict.is_finding());
        Ok(if self.check && found { FINDINGS } else { DONE })
    }
}
