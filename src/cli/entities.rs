use super::log::touched;
use super::setting::{DoneOption, FormatOption, Setting, list, read_text};
use super::trouble::{DONE, Trouble, note};
use crate::ledger::read_entities;
use crate::report::{clean, words};

/// List the entities on record, name more, merge two that are one, or undo that
#[derive(clap::Args)]
pub struct Entities {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    format: FormatOption,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Name the entities of a JSON Lines file, or of standard input for `-`: {"name": …, "aliases": […], "members": […], "key": …}
    Add {
        /// The file
        #[arg(value_name = "FILE|-")]
        file: String,
        #[command(flatten)]
        done: DoneOption,
    },
    /// Let one entity stand for another too: claims, names and members of both are those of INTO
    Merge {
        /// The entity that goes over, by name or key
        entity: String,
        /// The one that stands for both, by name or key
        into: String,
        /// Why
        #[arg(long, value_name = "REASON")]
        because: String,
        #[command(flatten)]
        done: DoneOption,
    },
    /// Undo a merge: the entity stands for itself again
    Unmerge {
        /// The entity that was merged, by its key or its own name
        entity: String,
        /// Why
        #[arg(long, value_name = "REASON")]
        because: String,
        #[command(flatten)]
        done: DoneOption,
    },
}

impl Entities {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        match self.command {
            None => list(&crate::report::Entities(&ledger.entities()?), &self.format)?,
            Some(Command::Add { file, done }) => {
                let added = ledger.add_entities(&read_entities(&read_text(&file)?))?;
                done.print_json(&ledger, added.keys.iter().map(|key| &key.0))?;
                let named = words::counted(added.named, "entity");
                note(format_args!("{named} named, {} given more names or members", added.extended));
                for (name, near) in &added.near {
                    note(format_args!("note: `{}` is like `{}` on record", clean(name), clean(&near.join("`, `"))));
                }
            }
            Some(Command::Merge { entity, into, because, done }) => {
                let (entity, into, questions) = ledger.merge_entities(&entity, &into, &because)?;
                done.print(&ledger, [&into.0])?;
                note(format_args!("`{}` stands for `{}` too; {}", into.0, entity.0, touched(questions)));
            }
            Some(Command::Unmerge { entity, because, done }) => {
                let (entity, questions) = ledger.unmerge_entity(&entity, &because)?;
                done.print(&ledger, [&entity.0])?;
                note(format_args!("`{}` stands for itself again; {}", entity.0, touched(questions)));
            }
        }
        Ok(DONE)
    }
}
