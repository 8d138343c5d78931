use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};

/// List the best supported answer to every question
#[derive(clap::Args)]
pub struct Answers {
    #[command(flatten)]
    format: FormatOption,
}

impl Answers {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let answers = setting.open()?.answers()?;
        list(&crate::report::Answers(&answers), &self.format)?;
        Ok(DONE)
    }
}
