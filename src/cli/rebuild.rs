use super::setting::Setting;
use super::trouble::{DONE, Trouble, note};

/// Work out everything anew from the entries of the record
#[derive(clap::Args)]
pub struct Rebuild {}

impl Rebuild {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let questions = setting.open()?.rebuild()?;
        note(format_args!("rebuilt: {questions} questions"));
        Ok(DONE)
    }
}
