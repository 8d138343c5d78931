use std::io::{BufRead, Write};

use serde_json::Value;

use super::setting::{FormatOption, language, list, read_text};
use super::trouble::{DONE, Trouble};
use crate::domain::unit::CurrencyCode;
use crate::figure::find;
use crate::report::{Figures as Listing, FoundView};

/// Read the figures in a text, without a ledger
///
/// Reads standard input. With `--jsonl` it reads {"id", "lang", "text"} lines and writes, in order, {"id", "figures"}.
#[derive(clap::Args)]
pub struct Figures {
    /// The language: en, fr, de, es, it, pt, nl, or und to find it out; with a country (`en-AU`) or a currency
    /// (`en-u-cu-aud`) that says what `$` means
    #[arg(long, default_value = "und", value_name = "CODE")]
    lang: String,
    /// Read and write JSON Lines
    #[arg(long)]
    jsonl: bool,
    /// Read this file in place of standard input
    #[arg(default_value = "-", value_name = "FILE")]
    file: String,
    #[command(flatten)]
    format: FormatOption,
}

#[derive(serde::Deserialize)]
struct Line {
    id: Value,
    #[serde(default)]
    lang: Option<String>,
    text: String,
}

#[derive(serde::Serialize)]
struct Answer<'a> {
    id: &'a Value,
    figures: Vec<FoundView<'a>>,
}

impl Figures {
    pub fn run(self) -> Result<u8, Trouble> {
        let lang = reading_language(&self.lang)?;
        if !self.jsonl {
            let text = read_text(&self.file)?;
            let found = find(&text, &lang);
            list(&Listing { text: &text, found: &found }, &self.format)?;
            return Ok(DONE);
        }
        let text = read_text(&self.file)?;
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        for (index, line) in text.as_bytes().lines().enumerate() {
            let line = line.map_err(Trouble::io(format!("reading {}", self.file)))?;
            if line.trim().is_empty() {
                continue;
            }
            let line: Line = serde_json::from_str(&line).map_err(|error| Trouble::Refused {
                message: format!(
                    "line {}: {}",
                    index + 1,
                    error.to_string().replace(" at line 1 column ", " at column ")
                ),
                hint: "write one a line: `{\"id\": 1, \"lang\": \"fr\", \"text\": \"…\"}`".into(),
            })?;
            let found = find(&line.text, line.lang.as_deref().unwrap_or(&lang));
            let listing = Listing { text: &line.text, found: &found };
            let answer = Answer { id: &line.id, figures: listing.views().collect() };
            serde_json::to_writer(&mut out, &answer)
                .map_err(std::io::Error::from)
                .and_then(|()| out.write_all(b"\n"))
                .map_err(Trouble::io("writing the output"))?;
        }
        out.flush().map_err(Trouble::io("writing the output"))?;
        Ok(DONE)
    }
}

/// A language to read in: `und`, or a tag, which may name a currency: `en-u-cu-aud`.
fn reading_language(given: &str) -> Result<String, Trouble> {
    let (tag, currency) = given.split_once("-u-cu-").map_or((given, None), |(tag, code)| (tag, Some(code)));
    let tag = if tag.eq_ignore_ascii_case("und") { tag.to_string() } else { language(tag)? };
    let Some(code) = currency else { return Ok(tag) };
    let known = code.to_ascii_uppercase().parse::<CurrencyCode>();
    let known = known.map_err(|error| Trouble::Usage {
        message: format!("`--lang`: {error}"),
        hint: "name the currency by its code: `en-u-cu-aud`".into(),
    })?;
    Ok(format!("{tag}-u-cu-{known}"))
}
