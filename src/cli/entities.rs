use super::setting::{FormatOption, Setting, list, read_text};
use super::trouble::{DONE, Trouble, note};

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

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
}

impl Entities {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let Some(Command::Add { file }) = self.command else {
            let entities = ledger.entities()?;
            list(&crate::report::Entities(&entities), &self.format)?;
            return Ok(DONE);
        };
        let added = ledger.add_entities(&read_entities(&file, &read_text(&file)?)?)?;
        note(format_args!("{} entities named, {} given more names", added.named, added.extended));
        Ok(DONE)
    }
}

/// The names and aliases of a JSON Lines text; all bad lines are told at once.
pub fn read_entities(file: &str, text: &str) -> Result<Vec<(String, Vec<String>)>, Trouble> {
    let (mut entities, mut bad) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Line>(line) {
            Ok(line) => entities.push((line.name, line.aliases)),
            Err(error) => bad.push(format!("\n  line {}: {error}", index + 1)),
        }
    }
    if bad.is_empty() {
        return Ok(entities);
    }
    Err(Trouble::Refused {
        message: format!("{file}: {} lines are not entities, none added{}", bad.len(), bad.concat()),
        hint: "write one a line: `{\"name\": \"Lucas Beyer\", \"aliases\": [\"L. Beyer\"]}`".into(),
    })
}
