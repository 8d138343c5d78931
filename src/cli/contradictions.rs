use super::setting::{AsOfOption, ExplainOption, Format, FormatOption, Setting, list};
use super::trouble::{DONE, FINDINGS, Trouble, note};
use crate::report::Findings;

/// Findings in a table, unless more are asked for.
const PAGE: usize = 20;

/// List what contradicts what, worst first
///
/// One line a position with its sources, and one sentence that says why. What a decision settles comes last.
#[derive(clap::Args)]
pub struct Contradictions {
    /// Show everything about one finding, by its id or by that of a claim
    id: Option<String>,
    /// List every question, and what was compared and not flagged, because of what
    #[arg(long)]
    all: bool,
    /// Exit with 1 when there is a finding that no decision settles
    #[arg(long)]
    check: bool,
    /// List so many at most, 0 for all; by default 20 in a table, and all in other formats
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    as_of: AsOfOption,
    #[command(flatten)]
    explain: ExplainOption,
    #[command(flatten)]
    format: FormatOption,
}

impl Contradictions {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let as_of = self.as_of.as_of.as_ref();
        let contradictions = match &self.id {
            Some(id) => ledger.question(id, as_of)?,
            None => ledger.contradictions(self.all, as_of, self.limit())?,
        };
        let all = self.all || self.id.is_some();
        let (limit, language) = (self.limit(), self.explain.language());
        list(&Findings { contradictions: &contradictions, all, language }, &self.format)?;
        if contradictions.more > 0 && limit.is_some() {
            note(format_args!("{} more; `--limit 0` lists all", contradictions.more));
        }
        let open =
            |question: &crate::domain::listing::QuestionView| question.verdict.is_finding() && !question.is_settled();
        let found = contradictions.questions.iter().any(open);
        Ok(if self.check && found { FINDINGS } else { DONE })
    }

    fn limit(&self) -> Option<usize> {
        match self.limit {
            Some(0) => None,
            None if self.format.format == Format::Table && !self.all => Some(PAGE),
            given => given,
        }
    }
}
