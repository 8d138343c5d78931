use super::setting::{FormatOption, Setting, list, read_text};
use super::trouble::{DONE, Trouble, note};
use crate::ledger::read_entities;
use crate::report::{clean, words};

/// List the entities on record, or name more
#[derive(clap::Args)]
pub struct Entities {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    format: FormatOption,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Name the entities of a JSON Lines file, or of standard input for `-`: {"name": …, "aliases": […]}
    Add {
        /// The file
        #[arg(value_name = "FILE|-")]
        file: String,
    },
}

impl Entities {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let Some(Command::Add { file }) = self.command else {
            let entities = ledger.entities()?;
            list(&crate::report::Entities(&entities), &self.format)?;
            return Ok(DONE);
        };
        let added = ledger.add_entities(&read_entities(&read_text(&file)?))?;
        note(format_args!("{} named, {} given more names", words::counted(added.named, "entity"), added.extended));
        for (name, near) in &added.near {
            note(format_args!("note: `{}` is like `{}` on record", clean(name), clean(&near.join("`, `"))));
        }
        Ok(DONE)
    }
}
