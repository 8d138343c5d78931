use super::progress::Progress;
use super::setting::{DetailsOptions, Format, FormatOption, Setting, done, list, place, print, read, read_text};
use super::trouble::{DONE, Trouble, note};
use crate::capture::Hints;
use crate::domain::table::TableMap;
use crate::ledger::{ImportReport, ImportRequest};
use crate::report::{clean, words};

/// Largest table, in bytes.
const LARGEST: usize = 4 << 30;

/// Import a table: every value of it becomes a claim, anchored to its row
///
/// Reads CSV and its kin, JSON Lines and workbooks (XLSX, XLS, ODS). The table is captured whole and is one entry of
/// the record; a map says what its columns mean (docs/tables.md). The same table and map again change nothing.
#[derive(clap::Args)]
pub struct Import {
    /// The table, or `-` for standard input
    #[arg(value_name = "TABLE")]
    table: String,
    /// What its columns mean
    #[arg(long, value_name = "MAP.toml", required_unless_present = "rates")]
    map: Option<String>,
    /// The table has the reference rates of the European Central Bank, as its CSV files do
    #[arg(long, conflicts_with = "map")]
    rates: bool,
    /// Let names that nobody has used become entities
    #[arg(long)]
    new: bool,
    /// Pass over rows that cannot be read; they are counted and kept in the table's report
    #[arg(long)]
    skip_bad: bool,
    /// Show the first claims as they would be logged, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    details: DetailsOptions,
    /// The source on record that this is a further snapshot of
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    #[command(flatten)]
    format: FormatOption,
}

impl Import {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let given = self.map.as_ref().map(|map| read_map(map)).transpose()?;
        let mut details = self.details.read()?;
        details.publisher = details.publisher.or(self.rates.then(|| RATES_BY.to_string()));
        let mut ledger = setting.open()?;
        let file_name = (self.table != "-").then(|| self.table.clone());
        let bytes = read(&self.table, LARGEST)?;
        let map = match given {
            Some(map) => map,
            None => rates_map(&bytes, place(&self.table))?,
        };
        let progress = Progress::bytes();
        let request = ImportRequest {
            bytes: &bytes,
            place: place(&self.table).to_string(),
            hints: Hints { file_name, max_bytes: LARGEST, ..Hints::default() },
            details,
            source: self.source,
            map,
            // Currencies need nobody's leave to be named.
            new_entities: self.new || self.rates,
            skip_bad: self.skip_bad,
            progress: &|stage, done, all| progress.set(stage, done, all),
        };
        let outcome = match self.dry_run {
            true => ledger.preview_import(request).map(|(report, claims)| (report, Some(claims))),
            false => ledger.import(request).map(|report| (report, None)),
        };
        progress.finish();
        let (report, claims) = outcome?;
        match claims {
            Some(claims) => {
                list(&crate::report::Claims { claims: &claims, empty: "no claims in the table" }, &self.format)?
            }
            None if self.format.format == Format::Json => print(&done(&[report.source.to_string()], &ledger))?,
            None => print(&format!("{}\n", report.source))?,
        }
        tell(&report, self.dry_run);
        Ok(DONE)
    }
}

/// Who publishes reference rates, unless somebody else is named.
const RATES_BY: &str = "European Central Bank";

/// The map of a table of reference rates, by its first line.
fn rates_map(bytes: &[u8], place: &str) -> Result<TableMap, Trouble> {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let map = TableMap::of_reference_rates(&String::from_utf8_lossy(first));
    match map.predicates.is_empty() {
        false => Ok(map),
        true => Err(Trouble::Refused {
            message: format!("{place}: no reference rates: expected a first line such as `Date,USD,JPY`"),
            hint: "give `eurofxref.csv` or `eurofxref-hist.csv` of the European Central Bank; any other table takes `--map MAP.toml`".into(),
        }),
    }
}

fn read_map(file: &str) -> Result<TableMap, Trouble> {
    toml::from_str(&read_text(file)?).map_err(|error| Trouble::Refused {
        message: format!("{}: {}", place(file), error.to_string().trim_end()),
        hint: "docs/tables.md describes the map".into(),
    })
}

fn tell(report: &ImportReport, dry: bool) {
    let source = report.source.short();
    if report.known {
        let what = match report.questions.touched {
            0 => "nothing changed".to_string(),
            _ => format!("what is said of it is new; {}", super::log::touched(report.questions)),
        };
        note(format_args!("source {source}: imported with this map already, {what}"));
        return;
    }
    let so_far = if dry { "dry run, nothing changed: " } else { "" };
    note(format_args!(
        "{so_far}source {source}: {} from {}",
        words::counted(report.claims as usize, "claim"),
        words::counted(report.rows as usize, "row")
    ));
    if !report.predicates.is_empty() {
        note(format_args!("  predicates defined: {}", report.predicates.join(", ")));
    }
    if report.n_named > 0 {
        note(format_args!("  {}", words::counted(report.n_named, "new entity")));
    }
    if report.n_publishers > 0 {
        note(format_args!("  {}", words::counted(report.n_publishers, "new publisher")));
    }
    for (name, like) in &report.near {
        note(format_args!("  new name {}: near {}", clean(name), clean(&like.join(", "))));
    }
    for (attribute, rows) in &report.passed_over {
        note(format_args!("  passed over, not in the map: {} ({rows} rows)", clean(attribute)));
    }
    if report.n_bad > 0 {
        let rows = words::counted(report.n_bad as usize, "row");
        note(format_args!("  {rows} passed over as unreadable:"));
        for (row, why) in report.bad.iter().take(10) {
            note(format_args!("    row {row}: {}", clean(why)));
        }
        if report.n_bad > 10 {
            note(format_args!("    `onrecord report {source}` lists them"));
        }
    }
    let questions = report.questions;
    if !dry {
        let findings = questions.contradicted + questions.in_tension;
        let (touched, findings) = (words::counted(questions.touched, "question"), words::counted(findings, "finding"));
        note(format_args!("  {touched}, {findings}"));
    }
}
