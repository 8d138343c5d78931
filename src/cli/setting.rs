//! What surrounds a command: the ledger's path, the actor, the terminal, the clock.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::progress::Progress;
use super::trouble::{Trouble, note, visible};
use crate::capture::language_tag;
use crate::domain::actor::Actor;
use crate::domain::source::SourceDetails;
use crate::domain::when::When;
use crate::ledger::{Contents, Desk, Ledger, Moment, Other, tell_waiting};
use crate::record::timestamp::Roots;
use crate::report::{self, Layout, Listing};

/// The name of a ledger file that is looked for.
pub const LEDGER_NAME: &str = "onrecord.db";

/// What surrounds a command.
pub struct Setting {
    ledger: Option<PathBuf>,
    actor: Option<String>,
    as_of_entry: Option<Moment>,
}

/// How a listing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, as wide as the terminal
    Table,
    /// One JSON value
    Json,
    /// One JSON value a line
    Jsonl,
    /// Comma-separated, with a header line
    Csv,
    /// Markdown
    Md,
}

/// The option that every listing takes.
#[derive(clap::Args)]
pub struct FormatOption {
    /// How to write it
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// How a command that writes tells what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DoneFormat {
    /// The ids, one a line
    Text,
    /// One JSON object: the ids, and how many questions were worked out anew
    Json,
}

/// The option that every command takes that writes.
#[derive(clap::Args)]
pub struct DoneOption {
    /// How to tell what was done
    #[arg(long, value_enum, default_value = "text")]
    format: DoneFormat,
}

impl DoneOption {
    /// Prints what was written: its ids, and in JSON the questions that it touched.
    pub fn print(&self, ledger: &Ledger, ids: impl IntoIterator<Item = impl ToString>) -> Result<(), Trouble> {
        let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
        match self.format {
            DoneFormat::Text => print(&ids.iter().map(|id| format!("{id}\n")).collect::<String>()),
            DoneFormat::Json => print(&done(&ids, ledger)),
        }
    }

    /// Prints the same in JSON, and nothing as text: of a command whose text says nothing but that it is done.
    pub fn print_json(&self, ledger: &Ledger, ids: impl IntoIterator<Item = impl ToString>) -> Result<(), Trouble> {
        match self.format {
            DoneFormat::Text => Ok(()),
            DoneFormat::Json => self.print(ledger, ids),
        }
    }
}

/// What was written, as one JSON object.
pub fn done(ids: &[String], ledger: &Ledger) -> String {
    format!("{}\n", serde_json::json!({ "ids": ids, "questions": ledger.questions() }))
}

/// The language of the sentences that explain a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LanguageName {
    /// English
    En,
    /// French
    Fr,
}

/// The options of what says why.
#[derive(clap::Args)]
pub struct ExplainOption {
    /// The language of the sentences
    #[arg(long, value_enum, default_value = "en")]
    pub lang: LanguageName,
}

impl ExplainOption {
    /// The language.
    pub fn language(&self) -> report::Language {
        match self.lang {
            LanguageName::En => report::Language::En,
            LanguageName::Fr => report::Language::Fr,
        }
    }
}

/// The options of what is put on record as a source.
#[derive(clap::Args)]
pub struct DetailsOptions {
    /// Where it is published
    #[arg(long)]
    url: Option<String>,
    /// What it is called: its headline
    #[arg(long)]
    title: Option<String>,
    /// Who publishes it
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// When it was published, such as 2025-06-26 or 2025-06
    #[arg(long, value_name = "DATE")]
    published: Option<String>,
    /// Its language (en, fr, de, es, it, pt, nl), with the country that settles what `$` means there: en-AU
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// An agency whose report it repeats (may be repeated), in place of those that it credits itself; '' for none
    #[arg(long = "credit", value_name = "NAME")]
    credits: Vec<String>,
}

impl DetailsOptions {
    /// What they say.
    pub fn read(&self) -> Result<SourceDetails, Trouble> {
        let published = self.published.as_ref().map(|date| date.parse()).transpose();
        Ok(SourceDetails {
            url: self.url.as_deref().map(checked_url).transpose()?,
            title: self.title.clone(),
            publisher: self.publisher.clone(),
            published: published.map_err(|error| Trouble::Usage {
                message: format!("`--published`: {error}"),
                hint: "give a day, a month or a year: `--published 2025-06-26`".into(),
            })?,
            language: self.lang.as_deref().map(language).transpose()?,
            credits: (!self.credits.is_empty())
                .then(|| self.credits.iter().filter(|name| !name.is_empty()).cloned().collect()),
            ..SourceDetails::default()
        })
    }
}

/// The option of what can be shown as it stood.
#[derive(clap::Args)]
pub struct AsOfOption {
    /// Only what had been published by this date, such as 2025-06-17, and is said to be true of a time no later
    #[arg(long = "as-of-date", value_name = "DATE", value_parser = clap::value_parser!(When))]
    pub as_of: Option<When>,
}

impl Setting {
    /// From the global options.
    pub fn new(ledger: Option<PathBuf>, actor: Option<String>, as_of_entry: Option<Moment>) -> Setting {
        Setting { ledger, actor, as_of_entry }
    }

    /// The ledger as given by option.
    pub fn ledger_option(&self) -> Option<&Path> {
        self.ledger.as_deref()
    }

    /// The actor as given by option.
    pub fn actor_option(&self) -> Option<String> {
        self.actor.clone()
    }

    /// The path of the ledger that exists: the option, else ONRECORD_LEDGER, else `onrecord.db` in this folder or the
    /// nearest parent that has one.
    pub fn ledger_path(&self) -> Result<PathBuf, Trouble> {
        if let Some(path) = self.named_ledger() {
            return Ok(path);
        }
        let here = std::env::current_dir().map_err(Trouble::io("finding the current folder"))?;
        let found = here.ancestors().map(|folder| folder.join(LEDGER_NAME)).find(|path| path.is_file());
        Ok(found.unwrap_or_else(|| here.join(LEDGER_NAME)))
    }

    /// The path that a new ledger gets: never that of a parent folder.
    pub fn new_ledger_path(&self) -> PathBuf {
        self.named_ledger().unwrap_or_else(|| PathBuf::from(LEDGER_NAME))
    }

    fn named_ledger(&self) -> Option<PathBuf> {
        let from_environment =
            || std::env::var_os("ONRECORD_LEDGER").filter(|path| !path.is_empty()).map(PathBuf::from);
        self.ledger.clone().or_else(from_environment)
    }

    /// Opens the ledger; where that is asked, as it stood.
    pub fn open(&self) -> Result<Ledger, Trouble> {
        let (path, desk) = (self.ledger_path()?, self.desk()?);
        let held = !desk.actor.is_human() && self.holds_agents()?;
        tell_waiting(|| note("waiting: another program is writing to the ledger"));
        let Some(moment) = self.as_of_entry else {
            let mut ledger = Ledger::open(&path, desk)?;
            if held {
                ledger.hold();
            }
            return Ok(ledger);
        };
        let progress = Progress::entries();
        let told = |stage, done, all| progress.set(stage, done, all);
        let opened = Ledger::open_as_it_stood(&path, moment, desk, &told);
        progress.finish();
        Ok(opened?)
    }

    /// Opens the ledger for what is about all of its record.
    pub fn open_now(&self) -> Result<Ledger, Trouble> {
        if self.as_of_entry.is_some() {
            return Err(Trouble::Usage {
                message: "`--as-of-entry` shows claims, contradictions and reports as they stood".into(),
                hint: "leave it out here".into(),
            });
        }
        self.open()
    }

    /// Makes a new ledger.
    pub fn create(&self, path: &Path, origin: Option<&str>) -> Result<Ledger, Trouble> {
        Ok(Ledger::create(path, origin, self.desk()?)?)
    }

    /// Makes a new ledger from an exported record.
    pub fn load(&self, path: &Path, from: &Path, progress: crate::ledger::Progress) -> Result<Contents, Trouble> {
        Ok(Ledger::load(path, from, self.desk()?, progress)?.1)
    }

    /// Opens another ledger, to be brought into this one.
    pub fn other(&self, from: &Path, progress: crate::ledger::Progress) -> Result<Other, Trouble> {
        Ok(Other::open(from, self.desk()?, progress)?)
    }

    fn desk(&self) -> Result<Desk, Trouble> {
        Ok(Desk { actor: self.actor()?, clock: Box::new(now), salt: Box::new(salt) })
    }

    /// Whether what agents log is held until a person approves it: ONRECORD_HOLD, else the configuration file.
    pub fn holds_agents(&self) -> Result<bool, Trouble> {
        let from_environment = std::env::var("ONRECORD_HOLD").ok().filter(|hold| !hold.is_empty());
        let given = match from_environment {
            Some(given) => Some(given),
            None => configuration()?.hold,
        };
        match given.as_deref() {
            None | Some("nobody") => Ok(false),
            Some("agents") => Ok(true),
            Some(other) => Err(Trouble::Usage {
                message: format!("whose claims are held for approval: expected `agents` or `nobody`, found `{other}`"),
                hint: "set ONRECORD_HOLD=agents, or `hold = \"agents\"` in the configuration file".into(),
            }),
        }
    }

    /// The option, else ONRECORD_ACTOR, else the configuration file, else `human:` and the login name.
    fn actor(&self) -> Result<Actor, Trouble> {
        let from_environment = || std::env::var("ONRECORD_ACTOR").ok().filter(|actor| !actor.is_empty());
        let given = match self.actor.clone().or_else(from_environment) {
            Some(given) => Some(given),
            None => configuration()?.actor,
        };
        let actor = given.or_else(|| login_name().map(|name| format!("human:{name}")));
        let hint = "name yourself with `--actor human:NAME`, or set ONRECORD_ACTOR".to_string();
        match actor.map(|actor| actor.parse::<Actor>()) {
            Some(Ok(actor)) => Ok(actor),
            Some(Err(error)) => Err(Trouble::Usage { message: error.to_string(), hint }),
            None => Err(Trouble::Usage { message: "nobody is logged in under a name".into(), hint }),
        }
    }
}

#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    actor: Option<String>,
    /// Whose claims are held: `agents` or `nobody`.
    hold: Option<String>,
    /// A file of certificates that vouch for time stamp authorities.
    tsa_roots: Option<PathBuf>,
}

/// The option of whom to believe time stamps from.
#[derive(clap::Args)]
pub struct RootsOption {
    /// Certificates (PEM) that vouch for time stamp authorities; else ONRECORD_TSA_ROOTS, else `tsa_roots` in the configuration file
    #[arg(long, value_name = "FILE")]
    tsa_roots: Option<PathBuf>,
}

impl RootsOption {
    /// True where the option is given.
    pub fn is_given(&self) -> bool {
        self.tsa_roots.is_some()
    }

    /// Who is believed; nobody where no file is named.
    pub fn read(&self) -> Result<Roots, Trouble> {
        /// Bytes of a file of certificates, at most; those of a whole system are a quarter of a million.
        const LIMIT: usize = 8 << 20;
        let from_environment =
            || std::env::var_os("ONRECORD_TSA_ROOTS").filter(|path| !path.is_empty()).map(PathBuf::from);
        let path = match self.tsa_roots.clone().or_else(from_environment) {
            Some(path) => path,
            None => match configuration()?.tsa_roots {
                Some(path) => path,
                None => return Ok(Roots::default()),
            },
        };
        let path = path.display().to_string();
        Roots::from_pem(&read(&path, LIMIT)?).map_err(|error| Trouble::Refused {
            message: format!("{}: {error}", place(&path)),
            hint: "give the certificates in PEM; `openssl x509 -inform DER -in FILE` prints one so".into(),
        })
    }
}

/// `onrecord/config.toml` in the user's configuration folder.
fn configuration() -> Result<Configuration, Trouble> {
    use etcetera::BaseStrategy;
    let Ok(folders) = etcetera::choose_base_strategy() else { return Ok(Configuration::default()) };
    let path = folders.config_dir().join("onrecord").join("config.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Configuration::default()),
        Err(error) => return Err(Trouble::Io { doing: format!("reading {}", path.display()), error }),
    };
    toml::from_str(&text).map_err(|error| Trouble::Usage {
        message: format!("{}: {}", path.display(), error.to_string().trim_end()),
        hint: "the file may hold three lines: `actor = \"human:NAME\"`, `hold = \"agents\"` and `tsa_roots = \"FILE\"`"
            .into(),
    })
}

/// The login name, with what an actor cannot hold replaced.
fn login_name() -> Option<String> {
    let from_environment = ["LOGNAME", "USER", "USERNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    let name = from_environment.chain(whoami::username().ok()).find(|name| !name.trim().is_empty())?;
    Some(name.trim().replace(|c: char| c.is_whitespace() || c.is_control(), "-"))
}

/// The system's time, which may be any: `chrono::Utc::now` gives up on a clock that was set to before 1970.
fn now() -> chrono::DateTime<chrono::Utc> {
    std::time::SystemTime::now().into()
}

fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).expect("the system gives random bytes, or nothing on it can be kept secret");
    salt
}

/// An entry by its number, a day (all of it, in UTC), or a time.
pub fn moment(given: &str) -> Result<Moment, String> {
    if let Ok(sequence) = given.parse() {
        return Ok(Moment::Entry(sequence));
    }
    if let Ok(day) = given.parse::<chrono::NaiveDate>() {
        let last = day.and_hms_milli_opt(23, 59, 59, 999).ok_or("no such day")?;
        return Ok(Moment::Time(last.and_utc()));
    }
    let time = given.parse::<chrono::DateTime<chrono::Utc>>();
    time.map(Moment::Time)
        .map_err(|_| "give an entry's number, a day such as 2025-06-26, or a time such as 2025-06-26T10:00:00Z".into())
}

/// The terminal on standard output: its width, and whether it wants colours (NO_COLOR, <https://no-color.org>).
pub fn layout() -> Layout {
    let terminal = std::io::stdout().is_terminal();
    let from_environment = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let asked = || comfy_table::Table::new().width().filter(|_| terminal);
    let width: u16 = from_environment().or_else(asked).unwrap_or(100);
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    Layout { width: width.clamp(40, 400), color: terminal && !no_color && !dumb }
}

/// Writes a listing to standard output.
pub fn list(listing: &dyn Listing, format: &FormatOption) -> Result<(), Trouble> {
    let format = match format.format {
        Format::Table => report::Format::Table,
        Format::Json => report::Format::Json,
        Format::Jsonl => report::Format::Jsonl,
        Format::Csv => report::Format::Csv,
        Format::Md => report::Format::Md,
    };
    print(&report::render(listing, format, layout()))
}

/// Writes bytes to standard output, which nobody could read on a terminal.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Trouble> {
    if std::io::stdout().is_terminal() {
        return Err(Trouble::Usage {
            message: "what it prints is for programs, and would spoil the terminal".into(),
            hint: "send it to a file: `… > FILE`".into(),
        });
    }
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(Trouble::io("writing the output"))
}

/// Writes to standard output.
pub fn print(text: &str) -> Result<(), Trouble> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Trouble::io("writing the output"))
}

/// A path that was written to, for standard output: as it is for a program that goes on with it, and on a terminal without
/// what would drive that.
pub fn written(path: &Path) -> String {
    let path = path.display().to_string();
    if std::io::stdout().is_terminal() { visible(&path) } else { path }
}

fn checked_url(url: &str) -> Result<String, Trouble> {
    let plain = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    if plain && (scheme == "http" || scheme == "https") {
        return Ok(url.to_string());
    }
    Err(Trouble::Usage {
        message: format!("`--url`: `{url}` is not an http or https URL"),
        hint: "give its whole address, such as `https://example.org/news/1`".into(),
    })
}

/// A language as users write it ("fr", "fr-CA", "French") as a tag.
pub fn language(given: &str) -> Result<String, Trouble> {
    language_tag(given).ok_or_else(|| Trouble::Usage {
        message: format!("`--lang`: `{given}` is not a language such as `fr`, or with its country `fr-CA`"),
        hint: "give its two letters of ISO 639-1, `en` for English".into(),
    })
}

/// A file as messages call it.
pub fn place(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}

/// Reads a file, or standard input for `-`.
pub fn read(path: &str, limit: usize) -> Result<Vec<u8>, Trouble> {
    use std::io::Read;
    let mut bytes = Vec::new();
    // One byte more than allowed tells too much from just enough.
    let limit = limit as u64 + 1;
    let result = match path {
        "-" => std::io::stdin().lock().take(limit).read_to_end(&mut bytes),
        path => std::fs::File::open(path).and_then(|file| {
            // `take` hides how long the file is.
            bytes.reserve(file.metadata()?.len().min(limit) as usize);
            file.take(limit).read_to_end(&mut bytes)
        }),
    };
    result.map_err(Trouble::io(format!("reading {}", place(path))))?;
    Ok(bytes)
}

/// Reads a text file, or standard input for `-`.
pub fn read_text(path: &str) -> Result<String, Trouble> {
    const LIMIT: usize = 1 << 30;
    let bytes = read(path, LIMIT)?;
    if bytes.len() > LIMIT {
        return Err(Trouble::Refused {
            message: format!("{}: more than {LIMIT} bytes", place(path)),
            hint: "split it into smaller files".into(),
        });
    }
    let text = String::from_utf8(bytes).map_err(|error| Trouble::Refused {
        message: format!("{}: not UTF-8 at byte {}", place(path), error.utf8_error().valid_up_to()),
        hint: "save it as UTF-8".into(),
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text))
}
