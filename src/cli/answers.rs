use super::setting::{AsOfOption, FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};

/// List the best supported answer to every question
#[derive(clap::Args)]
pub struct Answers {
    #[command(flatten)]
    as_of: AsOfOption,
    #[command(flatten)]
    format: FormatOption,
}

impl Answers {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let answers = setting.open()?.answers(self.as_of.as_of.as_ref())?;
        list(&crate::report::Answers(&answers), &self.format)?;
        Ok(DONE)
    }
}
