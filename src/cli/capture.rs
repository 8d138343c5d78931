use super::setting::{DetailsOptions, DoneOption, Setting, place, read};
use super::trouble::{DONE, Trouble, note};
use crate::capture::{CaptureError, FetchLimits, Hints, fetch};
use crate::domain::listing::FateView;
use crate::domain::source::SourceDetails;
use crate::ledger::{CaptureRequest, LedgerError};

/// Put a source on record: its bytes, their SHA-256, and its text
///
/// Reads plain text, Markdown and HTML. The same bytes again change nothing; other bytes for the same URL are a new
/// snapshot of the same source. What is given by hand wins over what the page says of itself.
#[derive(clap::Args)]
pub struct Capture {
    /// A file, an http(s) URL, or `-` for standard input
    #[arg(value_name = "FILE|URL|-")]
    place: String,
    #[command(flatten)]
    details: DetailsOptions,
    /// Who wrote it
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// The source on record that this is a further snapshot of
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Keep all visible text of a page, menus and footers too
    #[arg(long)]
    whole_page: bool,
    #[command(flatten)]
    done: DoneOption,
}

impl Capture {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let details = SourceDetails { author: self.author, ..self.details.read()? };
        let mut hints = Hints { whole_page: self.whole_page, ..Hints::default() };
        // Opened first: nothing is fetched for a ledger that is not there.
        let mut ledger = setting.open()?;
        let bytes = if is_address(&self.place) {
            let fetched = fetch(&self.place, &FetchLimits::default())
                .map_err(|error| LedgerError::Capture { place: self.place.clone(), error: Box::new(error) })?;
            hints.media_type = fetched.media_type;
            hints.url = Some(details.url.clone().unwrap_or(fetched.final_url));
            fetched.bytes
        } else {
            hints.file_name = (self.place != "-").then(|| self.place.clone());
            let bytes = read(&self.place, hints.max_bytes).map_err(missing)?;
            if bytes.len() > hints.max_bytes {
                // Not all of it was read; the file itself says how much there is.
                let size = std::fs::metadata(&self.place).map_or(bytes.len(), |file| file.len() as usize);
                let error = Box::new(CaptureError::TooLarge { limit: hints.max_bytes, size });
                return Err(LedgerError::Capture { place: place(&self.place).to_string(), error }.into());
            }
            bytes
        };
        let place = place(&self.place).to_string();
        let captured = ledger.capture(CaptureRequest { bytes: &bytes, place, hints, details, source: self.source })?;
        self.done.print(&ledger, [captured.source])?;
        let what = match (captured.new_source, captured.new_snapshot, captured.described) {
            (true, ..) => "new source",
            (_, true, _) if captured.known_bytes => "known snapshot, read in another way",
            (_, true, _) => "new snapshot of a known source",
            (.., true) => "known snapshot, new details",
            _ => "known snapshot, nothing changed",
        };
        note(format_args!(
            "{what}: source {}, snapshot {}, {} words",
            captured.source.short(),
            captured.snapshot.short(),
            captured.words
        ));
        if captured.new_snapshot && !captured.new_source {
            let recheck = ledger.recheck(&format!("{}@{}", captured.source, captured.snapshot))?;
            for check in recheck.checks.iter().filter(|check| check.fate != FateView::StillThere) {
                let words = crate::report::words::quoted(&check.claim.quote.exact);
                let became = crate::report::clean(&crate::report::became(check));
                note(format_args!("  claim {} {}: {became}", check.claim.id.short(), crate::report::clean(&words)));
            }
        }
        let details = captured.details;
        for (name, value) in [
            ("title", details.title),
            ("publisher", details.publisher),
            ("author", details.author),
            ("published", details.published.map(|date| date.to_string())),
            ("language", details.language),
            ("url", details.url),
        ]
        .into_iter()
        .chain(details.credits.filter(|names| !names.is_empty()).map(|names| ("credits", Some(names.join(", ")))))
        {
            note(format_args!(
                "  {name:<10}{}",
                value.map_or("unknown".to_string(), |value| crate::report::clean(&value))
            ));
        }
        Ok(DONE)
    }
}

/// True for what has a scheme in front; a file of that name would need `./` before it.
fn is_address(place: &str) -> bool {
    let scheme = place.split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A file that is not there may have been meant as an address.
fn missing(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Io { doing, error } if error.kind() == std::io::ErrorKind::NotFound => Trouble::Refused {
            message: format!("{doing}: {error}"),
            hint: "check the path; a page on the web is captured by its whole address, which begins with `https://`"
                .into(),
        },
        other => other,
    }
}
