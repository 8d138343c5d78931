use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};

/// List the sources on record
#[derive(clap::Args)]
pub struct Sources {
    #[command(flatten)]
    format: FormatOption,
}

impl Sources {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let sources = setting.open()?.sources()?;
        list(&crate::report::Sources(&sources), &self.format)?;
        Ok(DONE)
    }
}
