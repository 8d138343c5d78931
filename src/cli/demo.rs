use std::path::Path;

use super::setting::{Setting, layout, print};
use super::trouble::{DONE, Trouble};
use crate::capture::Hints;
use crate::domain::source::SourceDetails;
use crate::ledger::{CaptureRequest, Ledger, LedgerError, read_claims, read_entities};
use crate::report::{Findings, Format, Language, Report, render};
use crate::store::StoreError;

/// Try it: build a ledger of a real story, list its contradictions, report on a source
///
/// Makes `onrecord-demo.db` in this folder from twelve bundled articles about Meta hiring from OpenAI in June 2025.
#[derive(clap::Args)]
pub struct Demo {}

const LEDGER: &str = "onrecord-demo.db";
const ORIGIN: &str = "onrecord/demo";
/// The article that the report is on.
const REPORTED: &str = "04-courrier-du-lac.fr.html";

macro_rules! bundled {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../examples/meta-openai/", $name)).as_slice()),)*]
    };
}

const ARTICLES: &[(&str, &[u8])] = bundled![
    "01-ledger-post.en.html",
    "02-harbour-standard.en.html",
    "03-diario-ria-alta.es.md",
    "04-courrier-du-lac.fr.html",
    "05-zuercher-abendblatt.de.html",
    "06-circuit-daily.en.html",
    "07-northbridge-review.en.md",
    "08-matin-des-rives.fr.md",
    "09-cronica-de-poniente.es.txt",
    "10-quotidien-du-vallon.fr.html",
    "11-nordhafener-zeitung.de.txt",
    "12-albion-dispatch.en.txt",
];
const SOURCES: &str = include_str!("../../examples/meta-openai/sources.jsonl");
const ENTITIES: &str = include_str!("../../examples/meta-openai/entities.jsonl");
const CLAIMS: &str = include_str!("../../examples/meta-openai/claims.jsonl");

/// A line of `sources.jsonl`.
#[derive(serde::Deserialize)]
struct SourceLine {
    file: String,
    url: Option<String>,
    publisher: Option<String>,
    published: Option<crate::domain::when::When>,
    lang: Option<String>,
}

impl Demo {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        if setting.ledger_option().is_some() {
            return Err(Trouble::Usage {
                message: format!("the demo makes {LEDGER} in this folder, whatever `--ledger` says"),
                hint: "leave out `--ledger`, or run the demo in the folder where it should be".into(),
            });
        }
        let path = Path::new(LEDGER);
        if path.exists() {
            remove_earlier(setting, path)?;
        }
        let mut ledger = setting.create(path, Some(ORIGIN))?;
        let reported = fill(&mut ledger)?;
        let layout = layout();
        let contradictions = ledger.contradictions(false, None, None)?;
        print(&render(
            &Findings { contradictions: &contradictions, all: false, language: Language::En },
            Format::Table,
            layout,
        ))?;
        print("\n")?;
        print(&render(
            &Report { report: &ledger.report(&reported, None)?, language: Language::En },
            Format::Table,
            layout,
        ))?;
        print(&format!(
            "\nThe ledger is {LEDGER} in this folder. What to type next:\n\
             \n  onrecord --ledger {LEDGER} contradictions --all\n  onrecord --ledger {LEDGER} claims\n  \
             onrecord init && onrecord capture FILE\n"
        ))?;
        Ok(DONE)
    }
}

/// A demo made before is made anew; any other file of that name is left alone.
fn remove_earlier(setting: &Setting, path: &Path) -> Result<(), Trouble> {
    let not_ours = |what: &str| Trouble::Refused {
        message: format!("{LEDGER} in this folder is {what}"),
        hint: "run the demo in another folder, or move the file away".into(),
    };
    match Setting::new(Some(path.to_path_buf()), setting.actor_option(), None).open() {
        Ok(earlier) if earlier.origin()? == ORIGIN => drop(earlier),
        Ok(_) => return Err(not_ours("a ledger, but not one of the demo")),
        Err(Trouble::Ledger(LedgerError::Store(StoreError::NotALedger { .. } | StoreError::Empty(_)))) => {
            return Err(not_ours("not a ledger"));
        }
        Err(other) => return Err(other),
    }
    for suffix in ["-wal", "-shm", ""] {
        let file = format!("{LEDGER}{suffix}");
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Trouble::Io { doing: format!("removing the earlier {file}"), error });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Captures the articles and logs their claims. Answers the source to report on.
fn fill(ledger: &mut Ledger) -> Result<String, Trouble> {
    ledger.add_entities(&read_entities(ENTITIES))?;
    let mut claims = CLAIMS.to_string();
    let mut reported = String::new();
    for line in SOURCES.lines() {
        let source: SourceLine = serde_json::from_str(line).expect("bundled, and read by a test");
        let (name, bytes) =
            ARTICLES.iter().find(|(name, _)| *name == source.file).expect("bundled, and read by a test");
        let details = SourceDetails {
            url: source.url,
            publisher: source.publisher,
            published: source.published,
            language: source.lang,
            ..SourceDetails::default()
        };
        let hints = Hints { file_name: Some(name.to_string()), ..Hints::default() };
        let captured =
            ledger.capture(CaptureRequest { bytes, place: name.to_string(), hints, details, source: None })?;
        let id = captured.source.to_string();
        claims = claims.replace(&format!("\"source\": \"{name}\""), &format!("\"source\": \"{id}\""));
        if *name == REPORTED {
            reported = id;
        }
    }
    ledger.log(&read_claims(&claims), false)?;
    Ok(reported)
}
