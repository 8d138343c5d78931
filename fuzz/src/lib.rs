//! One function for each target: it takes any bytes, has onrecord read them, and panics where what came of it is not
//! what onrecord promises. `README.md` says what each asserts. `fuzz_targets/` runs them on ever new bytes,
//! `tests/corpus.rs` on those that are kept.
#![forbid(unsafe_code)]

mod archive;
mod capture;
mod entry;
mod figures;
mod jsonl;
mod proof;
mod quotes;
mod table;
mod toml_files;

pub use archive::archive;
pub use capture::capture;
pub use entry::entry;
pub use figures::figures;
pub use jsonl::jsonl;
pub use proof::proof;
pub use quotes::quotes;
pub use table::table;
pub use toml_files::toml_files;

use onrecord::capture::Hints;
use onrecord::domain::source::SourceDetails;
use onrecord::ledger::{CaptureRequest, Captured, Desk, ImportRequest, Ledger, silent};

/// The page that claims are logged of.
const PAGE: &str = "Meta put $14.3 billion into Scale AI for 49 % of it.\n\nMark Zuckerberg offered more than 100 million \
                    dollars over four years to three researchers, said Sam Altman on 17 June 2025. Most declined.\n";

/// A table, and what its columns mean.
const TABLE: (&str, &str) = (
    "name,price,city\nMeta,12.5,Paris\nScale,\"1,300\",Berlin\n",
    "columns.entity = \"name\"\npredicates.price = { kind = \"figure\", unit = \"EUR\" }\npredicates.city.kind = \"text\"\n",
);

/// The same person, time and salt whenever it runs.
fn desk() -> Desk {
    let actor = "human:fuzz".parse().expect("an actor");
    let clock = Box::new(|| "2026-01-01T00:00:00Z".parse().expect("a time"));
    Desk { actor, clock, salt: Box::new(|| [7; 16]) }
}

/// Puts [`PAGE`] on record.
fn with_page(ledger: &mut Ledger) -> Captured {
    let details = SourceDetails {
        url: Some("https://gazette.example/1".into()),
        publisher: Some("Gazette".into()),
        language: Some("en".into()),
        ..SourceDetails::default()
    };
    let request = CaptureRequest {
        bytes: PAGE.as_bytes(),
        place: "page.txt".into(),
        hints: Hints::default(),
        details,
        source: None,
    };
    ledger.capture(request).expect("the page can be captured")
}

/// Imports [`TABLE`].
fn with_table(ledger: &mut Ledger) {
    let details = SourceDetails { publisher: Some("Gazette".into()), ..SourceDetails::default() };
    let request = ImportRequest {
        bytes: TABLE.0.as_bytes(),
        place: "table.csv".into(),
        hints: Hints::default(),
        details,
        source: None,
        map: toml::from_str(TABLE.1).expect("a map"),
        new_entities: true,
        skip_bad: false,
        progress: &silent,
    };
    ledger.import(request).expect("the table can be imported");
}

/// The first byte, which chooses what is done with the rest.
fn chosen(data: &[u8]) -> Option<(u8, &[u8])> {
    data.split_first().map(|(first, rest)| (*first, rest))
}
