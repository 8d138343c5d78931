use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, FINDINGS, Trouble, note};
use crate::capture::{FetchLimits, Hints, fetch};
use crate::domain::listing::FateView;
use crate::domain::source::SourceDetails;
use crate::ledger::{CaptureRequest, LedgerError};

/// Fetch pages again and say what became of every claim on them
///
/// Each claim is `still there`, `moved`, `gone`, or its figure or its words changed. Menus, date stamps, advertising
/// and counts of comments raise nothing; another figure in the sentence of a quote is told as a changed paragraph. A
/// page without a URL is captured again by `capture FILE --source SOURCE`.
#[derive(clap::Args)]
pub struct Recheck {
    /// The sources: ids, hashes or URLs
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<String>,
    /// Fetch nothing: compare with the latest snapshot on record
    #[arg(long)]
    no_fetch: bool,
    /// Exit with 1 when anything but its place changed for a claim
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    format: FormatOption,
}

impl Recheck {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let mut rechecks = Vec::new();
        for source in &self.sources {
            if !self.no_fetch {
                let url = ledger.url_of(source)?;
                let trouble = |error| LedgerError::Capture { place: url.clone(), error: Box::new(error) };
                let fetched = fetch(&url, &FetchLimits::default()).map_err(trouble)?;
                let hints = Hints { media_type: fetched.media_type, url: Some(fetched.final_url), ..Hints::default() };
                let captured = ledger.capture(CaptureRequest {
                    bytes: &fetched.bytes,
                    place: url.clone(),
                    hints,
                    details: SourceDetails::default(),
                    source: Some(source.clone()),
                })?;
                let what = if captured.new_snapshot { "new snapshot" } else { "nothing changed" };
                note(format_args!(
                    "{what}: source {}, snapshot {}",
                    captured.source.short(),
                    captured.snapshot.short()
                ));
            }
            let mut recheck = ledger.recheck(source)?;
            if !self.no_fetch {
                recheck.questions = ledger.questions();
            }
            rechecks.push(recheck);
        }
        list(&crate::report::Rechecks(&rechecks), &self.format)?;
        let same = |fate: FateView| matches!(fate, FateView::StillThere | FateView::Moved);
        let changed = rechecks.iter().flat_map(|recheck| &recheck.checks).any(|check| !same(check.fate));
        Ok(if self.check && changed { FINDINGS } else { DONE })
    }
}
