use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};

/// List whom claims are about and from whom no statement is on record
///
/// Somebody is heard who stands in the attribution of a claim, publishes a source, or is the subject of `said` or
/// `no-comment`. Groups with members are not asked.
#[derive(clap::Args)]
pub struct RightOfReply {
    /// Only for the claims of this source
    source: Option<String>,
    #[command(flatten)]
    format: FormatOption,
}

/// List the originals that are missing: whom claims go back to, and whose own publication is not on record
#[derive(clap::Args)]
pub struct CallList {
    /// Only for the claims of this source
    source: Option<String>,
    #[command(flatten)]
    format: FormatOption,
}

impl RightOfReply {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let unheard = setting.open()?.unheard(self.source.as_deref())?;
        list(&crate::report::Unheard(&unheard), &self.format)?;
        Ok(DONE)
    }
}

impl CallList {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let calls = setting.open()?.calls(self.source.as_deref())?;
        list(&crate::report::Calls(&calls), &self.format)?;
        Ok(DONE)
    }
}
