//! Bytes to text, with a map back to the bytes.
//!
//! [`read`] takes a document as it was captured (plain text, Markdown or HTML) and gives its readable [`Text`] and
//! what it says of itself, [`Metadata`]. [`fetch`] gets such bytes over HTTP. Nothing else is done here: no file is
//! opened, nothing is stored or printed, the clock is not asked, and the same bytes and hints give the same text.
//!
//! **The map.** [`Text::segments`] lead from every character of the text to the bytes of the snapshot, whatever the
//! charset. Only the blank lines put between blocks come from nowhere. A segment has text and bytes of one length where
//! each character takes as many bytes in the snapshot as in UTF-8; then byte `i` of the one belongs to byte `i` of the
//! other, and in a UTF-8 snapshot they are equal, but for one case: a single line end or tab of HTML or Markdown that
//! shows as a space (or a lone carriage return that shows as a line end). Such a byte is a segment by itself. Other
//! characters (a reference such as `&#8217;`, another charset, folded white space) match their bytes as wholes.
//!
//! **What is read as what.** The declared content type decides, else the extension of the file name, else the first
//! words. The heads of `charset.rs`, `plain.rs`, `markdown.rs` and `html/mod.rs` say how charsets, blocks and roles are
//! found.
//!
//! **Refused**, each with its own [`CaptureError`]: nothing but white space; no visible words; binary files, by name
//! where they are known; bytes that contradict the declared charset by more than a trace; too many bytes; other content
//! types; and, over HTTP, everything that is not a page.
//!
//! **Hostile input.** Time and memory are linear in the size of the input, and nothing recurses on it, but for one
//! part: readability builds a tree, walks it recursively and looks at all text once per level. It is only given pages
//! of at most 256 levels, 60,000 elements, and bounded products of depth with elements and with bytes (the limits stand
//! in `html/scan.rs`); a page beyond that is kept whole, as if there were no article in it. (A thread with a large stack would cure the recursion, but not the
//! time.)

#[cfg(doc)]
use crate::domain::text::Role;
use crate::domain::text::Text;

mod builder;
mod charset;
mod credits;
mod dates;
mod error;
mod fetch;
mod html;
mod kind;
mod markdown;
mod metadata;
mod phrases;
mod plain;
mod swollen;
pub mod table;

pub use self::error::CaptureError;
pub use self::fetch::{FetchLimits, Fetched, fetch, post};
pub use self::metadata::language_tag;

use self::kind::Kind;

/// The largest document that is read unless the caller says otherwise: 64 MiB.
pub const DEFAULT_MAX_BYTES: usize = 64 * 1024 * 1024;

/// What is known of a document beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hints {
    /// The `Content-Type` it came with, parameters included: `text/html; charset=utf-8`.
    pub media_type: Option<String>,
    /// The name of the file it came from; only its extension matters.
    pub file_name: Option<String>,
    /// The address it came from, by which relative addresses are made whole and close calls of charset decided.
    pub url: Option<String>,
    /// Whether to keep what is not article, as [`Role::Navigation`].
    pub whole_page: bool,
    /// The largest size that is read, in bytes.
    pub max_bytes: usize,
}

impl Default for Hints {
    fn default() -> Hints {
        Hints { media_type: None, file_name: None, url: None, whole_page: false, max_bytes: DEFAULT_MAX_BYTES }
    }
}

/// A document, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// What it was read as: `text/html`, `text/markdown` or `text/plain`.
    pub media_type: String,
    /// The charset it was decoded from, by its name in the WHATWG Encoding Standard: `UTF-8`, `windows-1252`.
    pub charset: String,
    /// Its words and the way back to the bytes.
    pub text: Text,
    /// What it says of itself.
    pub metadata: Metadata,
}

/// What a document says of itself. The caller's flags go before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The headline, without the name of the site.
    pub title: Option<String>,
    /// Names of the authors, joined by `, `.
    pub author: Option<String>,
    /// Name of the publication.
    pub publisher: Option<String>,
    /// When it was published: `2025-06-26`, or `2025-06-26T10:00:00Z` where a time with its zone is given.
    pub published: Option<String>,
    /// Language, ISO 639-1 in lower case: `fr`.
    pub language: Option<String>,
    /// The canonical URL it names.
    pub url: Option<String>,
    /// Agencies whose report it says it repeats.
    pub credits: Vec<String>,
}

/// Reads a document.
///
/// # Errors
///
/// See the module: every refusal says what was expected and found, and [`CaptureError::hint`] what to do.
pub fn read(bytes: &[u8], hints: &Hints) -> Result<Capture, CaptureError> {
    if bytes.len() > hints.max_bytes {
        return Err(CaptureError::TooLarge { limit: hints.max_bytes, size: bytes.len() });
    }
    let quotes = memchr::memchr2_iter(b'"', b'\'', bytes).count();
    if quotes <= MOST_QUOTES_HERE {
        return read_here(bytes, hints);
    }
    if quotes > MOST_QUOTES {
        return Err(CaptureError::TooManyQuotes { limit: MOST_QUOTES, found: quotes });
    }
    // html5gum 0.9 goes a call deeper with every quoted attribute of one tag.
    let reading = std::thread::Builder::new().stack_size(quotes * STACK_PER_QUOTE);
    std::thread::scope(|scope| match reading.spawn_scoped(scope, || read_here(bytes, hints)) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(_) => Err(CaptureError::TooManyQuotes { limit: MOST_QUOTES_HERE, found: quotes }),
    })
}

/// More quotation marks than this are read on a stack of their own size.
const MOST_QUOTES_HERE: usize = 4_000;
/// More than this are refused; pages have one in twenty bytes.
const MOST_QUOTES: usize = 2_000_000;
/// Stack for each of them, in bytes: two make an attribute, which takes some 300 bytes, and far more without
/// optimisation.
const STACK_PER_QUOTE: usize = if cfg!(debug_assertions) { 16_384 } else { 1_024 };

fn read_here(bytes: &[u8], hints: &Hints) -> Result<Capture, CaptureError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(CaptureError::Empty { size: bytes.len() });
    }
    kind::refuse_known_binary(bytes)?;
    let kind = kind::decide(bytes, hints)?;
    let decoded = charset::decode(bytes, kind, hints)?;
    if decoded.text.trim().is_empty() {
        return Err(CaptureError::Empty { size: bytes.len() });
    }
    let (text, mut metadata) = match kind {
        Kind::Plain => (plain::extract(&decoded), Metadata::default()),
        Kind::Markdown => markdown::extract(&decoded),
        Kind::Html | Kind::Xhtml => read_html(&decoded, kind == Kind::Xhtml, hints),
    };
    let media_type = kind.media_type().to_owned();
    let Some(text) = text else { return Err(CaptureError::NoText { media_type, size: bytes.len() }) };
    metadata.credits = credits::of(&text, metadata.author.as_deref());
    Ok(Capture { media_type, charset: decoded.charset.to_owned(), text, metadata })
}

fn read_html(decoded: &charset::Decoded, is_xml: bool, hints: &Hints) -> (Option<Text>, Metadata) {
    let page = html::Html::new(decoded, is_xml);
    let stated = metadata::of_html(page.head(), &decoded.text, hints.url.as_deref());
    let mut metadata = stated.metadata;
    let text = page.text(metadata.title.as_deref(), stated.description.as_deref(), hints.whole_page);
    // `<title>` names the window; the headline on the page is the better title.
    if stated.is_window_title
        && let Some(headline) = page.headline(metadata.title.as_deref())
    {
        metadata.title = Some(headline);
    }
    (text, metadata)
}
