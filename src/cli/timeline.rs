use super::setting::{AsOfOption, ExplainOption, FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};

/// List what was said of a subject, earliest first, each with how it stands to the claim before it
///
/// A claim stands at the time it is said to be true of, else at its publication; what has no date comes last.
#[derive(clap::Args)]
pub struct Timeline {
    /// Of whom or what; claims that name it as their object count too
    subject: String,
    /// Only claims with this predicate
    predicate: Option<String>,
    #[command(flatten)]
    as_of: AsOfOption,
    #[command(flatten)]
    explain: ExplainOption,
    #[command(flatten)]
    format: FormatOption,
}

impl Timeline {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let as_of = self.as_of.as_of.as_ref();
        let claims = setting.open()?.timeline(&self.subject, self.predicate.as_deref(), as_of)?;
        list(&crate::report::Timeline { claims: &claims, language: self.explain.language() }, &self.format)?;
        Ok(DONE)
    }
}
