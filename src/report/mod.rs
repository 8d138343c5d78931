//! From views to bytes: tables for terminals, JSON, CSV and Markdown, and the words that explain a verdict. Nothing
//! here decides anything or knows where the bytes go.

mod block;
mod contradictions;
mod inquiries;
mod language;
mod lists;
mod merge;
mod records;
mod sheet;
mod source;
mod verification;
mod watch;
pub mod words;

use serde_json::Value;

pub use inquiries::{Calls, Origins, Timeline, Unheard};
pub use language::Language;
pub use lists::{Answers, Claims, Entities, Figures, FoundView, Predicates, Sources};
pub use merge::Merged;
pub use records::{Copying, FoundCopying, Records};
pub use verification::{Provens, Verification, stamped};
pub use watch::{History, Rechecks, became};

use crate::domain::listing::{Contradictions, SourceReport};
use crate::domain::text::is_hidden;

/// How a listing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, at a width.
    Table,
    /// One JSON value.
    Json,
    /// One JSON value a line.
    Jsonl,
    /// RFC 4180, with a header line; cells that a spreadsheet would take for a formula are made inert.
    Csv,
    /// Markdown.
    Md,
}

/// The terminal to write for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns.
    pub width: u16,
    /// Colours are wanted.
    pub color: bool,
}

/// Something that can be listed in every format.
pub trait Listing {
    /// Its items as JSON values.
    fn items(&self) -> Vec<Value>;
    /// Its items as the rows of a sheet.
    fn sheet(&self) -> sheet::Sheet;

    /// The listing as one JSON value: an array of its items, unless it says otherwise.
    fn json(&self) -> Value {
        Value::Array(self.items())
    }
    /// For people, on a terminal: the sheet as a table, unless it says otherwise.
    fn table(&self, layout: Layout) -> String {
        self.sheet().table(layout)
    }
    /// Markdown: the sheet as a table, unless it says otherwise.
    fn markdown(&self) -> String {
        self.sheet().markdown()
    }
}

/// Writes a listing.
pub fn render(listing: &dyn Listing, format: Format, layout: Layout) -> String {
    match format {
        Format::Table => listing.table(layout),
        Format::Json => escaped_json(format!("{:#}\n", listing.json())),
        Format::Jsonl => escaped_json(listing.items().iter().map(|item| format!("{item}\n")).collect()),
        Format::Csv => listing.sheet().csv(),
        Format::Md => listing.markdown(),
    }
}

/// Contradictions as a listing.
pub struct Findings<'a> {
    /// What to list.
    pub contradictions: &'a Contradictions,
    /// Everything about each, as for one question asked for by its id or for `--all`.
    pub all: bool,
    /// The language of the sentences.
    pub language: Language,
}

/// A source report as a listing.
pub struct Report<'a> {
    /// The report.
    pub report: &'a SourceReport,
    /// The language of the sentences.
    pub language: Language,
}

/// Text from outside, made safe for a terminal and for one line: controls and direction marks (which could hide or
/// reorder words, or drive the terminal) become visible, white space becomes single spaces.
pub fn clean(text: &str) -> String {
    let visible = |c: char| match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() => '\u{fffd}',
        c if is_hidden(c) => '\u{fffd}',
        c => c,
    };
    let text: String = text.chars().map(visible).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// JSON with the same marks, and the controls that JSON lets stand, written as escapes.
fn escaped_json(json: String) -> String {
    let raw = |c: char| is_hidden(c) || ('\u{7f}'..='\u{9f}').contains(&c);
    if !json.contains(raw) {
        return json;
    }
    // Outside of strings JSON has none of them.
    json.chars().map(|c| if raw(c) { format!("\\u{:04x}", c as u32) } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn nothing_reaches_the_terminal_raw() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}\r\n b\u{202e}c"), "a\u{fffd}[31mred\u{fffd} b\u{fffd}c");
        assert_eq!(clean("14\u{a0}milliards\n de  dollars"), "14 milliards de dollars");
    }
}
