use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, FINDINGS, Trouble, note};
use crate::capture::{FetchLimits, Hints, fetch};
use crate::domain::listing::{FateView, RecheckView};
use crate::domain::source::SourceDetails;
use crate::ledger::{CaptureRequest, Ledger, LedgerError};

/// Fetch pages again and say what became of every claim on them
///
/// Each claim is `still there`, `moved`, `gone`, or its figure or its words changed. Menus, date stamps, advertising
/// and counts of comments raise nothing; another figure in the sentence of a quote is told as a changed paragraph. A
/// page without a URL is captured again by `capture FILE --source SOURCE`. A page that cannot be had does not keep the
/// others from being told; the exit code is 3 then.
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
        let (mut rechecks, mut code) = (Vec::new(), DONE);
        for source in &self.sources {
            match self.recheck(&mut ledger, source) {
                Ok(recheck) => rechecks.push(recheck),
                // The other pages have nothing to do with it; the exit code is that of the worst.
                Err(trouble) => code = code.max(trouble.tell()),
            }
        }
        if !rechecks.is_empty() {
            list(&crate::report::Rechecks(&rechecks), &self.format)?;
        }
        let same = |fate: FateView| matches!(fate, FateView::StillThere | FateView::Moved);
        let changed = rechecks.iter().flat_map(|recheck| &recheck.checks).any(|check| !same(check.fate));
        Ok(match code {
            DONE if self.check && changed => FINDINGS,
            code => code,
        })
    }

    fn recheck(&self, ledger: &mut Ledger, source: &str) -> Result<RecheckView, Trouble> {
        if self.no_fetch {
            return Ok(ledger.recheck(source)?);
        }
        let url = ledger.url_of(source)?;
        let trouble = |error| LedgerError::Capture { place: url.clone(), error: Box::new(error) };
        let fetched = fetch(&url, &FetchLimits::default()).map_err(trouble)?;
        let hints = Hints { media_type: fetched.media_type, url: Some(fetched.final_url), ..Hints::default() };
        let captured = ledger.capture(CaptureRequest {
            bytes: &fetched.bytes,
            place: url.clone(),
            hints,
            details: SourceDetails::default(),
            source: Some(source.to_string()),
        })?;
        let what = if captured.new_snapshot { "new snapshot" } else { "nothing changed" };
        note(format_args!("{what}: source {}, snapshot {}", captured.source.short(), captured.snapshot.short()));
        let questions = ledger.questions();
        Ok(RecheckView { questions, ..ledger.recheck(source)? })
    }
}
