//! Why bytes were not captured. Each message says what was expected and what was found; [`CaptureError::hint`] is
//! something to do about it that works.

use super::charset::Basis;

/// The bytes or the address could not be turned into text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// No bytes, or nothing but white space.
    #[error("expected a document with text, found {size} bytes of nothing but white space")]
    Empty {
        /// How many bytes there were.
        size: usize,
    },
    /// The markup is there, but no visible words.
    #[error("expected readable text, found none in {size} bytes of `{media_type}`")]
    NoText {
        /// What the bytes were read as.
        media_type: String,
        /// How many bytes there were.
        size: usize,
    },
    /// Not text at all.
    #[error("expected plain text, Markdown or HTML, found {kind} (byte {offset})")]
    Binary {
        /// What it looks like, such as `a PDF document`.
        kind: &'static str,
        /// The byte that gives it away.
        offset: usize,
    },
    /// More bytes than allowed.
    #[error("expected at most {limit} bytes, found {size}")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
        /// The size found, in bytes.
        size: usize,
    },
    /// More quotation marks than any page has.
    #[error("expected at most {limit} quotation marks, found {found}")]
    TooManyQuotes {
        /// The limit.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// The bytes are not what the declared charset allows.
    #[error(
        "expected {charset} ({basis}), found {n_errors} broken byte sequence{}; the first is `{found}` at byte {offset}",
        if *n_errors == 1 { "" } else { "s" }
    )]
    Damaged {
        /// The charset it was read as.
        charset: String,
        /// Why that one: `declared by the HTTP header`, `the likeliest charset`.
        basis: &'static str,
        /// Byte offset of the first sequence that does not decode.
        offset: usize,
        /// Up to four bytes there, in hexadecimal.
        found: String,
        /// How many sequences do not decode.
        n_errors: usize,
    },
    /// A charset that no current program decodes.
    #[error("expected a charset that browsers read, such as `UTF-8`, found the declaration `{label}`")]
    UnsupportedCharset {
        /// The label as declared.
        label: String,
    },
    /// The declared media type is not one that is read.
    #[error("expected `text/html`, `text/markdown` or `text/plain`, found the content type `{media_type}`")]
    UnsupportedMediaType {
        /// The media type as declared.
        media_type: String,
    },
    /// A workbook that does not open.
    #[error("expected a workbook, found: {what}")]
    Workbook {
        /// What is wrong, in the words of its reader.
        what: String,
    },
    /// A sheet that is not in the workbook.
    #[error("expected the sheet `{wanted}`, found `{found}`")]
    NoSheet {
        /// The name as given.
        wanted: String,
        /// The names there are.
        found: String,
    },
    /// Not a URL that can be asked for.
    #[error("expected a URL such as `https://example.org/page`, found `{url}`")]
    BadUrl {
        /// The URL as given.
        url: String,
    },
    /// A URL that is not `http` or `https`.
    #[error("expected an `http` or `https` URL, found the scheme `{scheme}` in `{url}`")]
    UnsupportedScheme {
        /// The URL as given.
        url: String,
        /// Its scheme.
        scheme: String,
    },
    /// The server answered, but not with the page.
    #[error("expected status 200 from `{url}`, found {status}")]
    Status {
        /// The URL that answered.
        url: String,
        /// The HTTP status code.
        status: u16,
    },
    /// The server took too long.
    #[error("expected `{url}` to answer within {seconds} s, found no complete answer")]
    Timeout {
        /// The URL as given.
        url: String,
        /// The time allowed.
        seconds: u64,
    },
    /// The server sent more than allowed.
    #[error("expected at most {limit} bytes from `{url}`, found {}", match size { Some(size) => size.to_string(), None => "more".to_owned() })]
    ResponseTooLarge {
        /// The URL that answered.
        url: String,
        /// The limit, in bytes.
        limit: usize,
        /// The size the server announced, if it did.
        size: Option<u64>,
    },
    /// The server sent something that is not text.
    #[error(
        "expected `text/html`, `text/markdown` or `text/plain` from `{url}`, found the content type `{media_type}`"
    )]
    ResponseType {
        /// The URL that answered.
        url: String,
        /// The media type it declared.
        media_type: String,
    },
    /// No answer could be had: name not found, connection refused, TLS, a redirect loop, a broken answer.
    #[error("expected an answer from `{url}`, found: {reason}")]
    Connection {
        /// The URL as given.
        url: String,
        /// What went wrong, in the words of the HTTP client.
        reason: String,
    },
}

impl CaptureError {
    /// An action that gets around the error; `None` where there is nothing better than trying again elsewhere.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            CaptureError::Empty { .. } => "save the page again and check that the file has words in it",
            CaptureError::NoText { .. } => {
                "the page may build its text with scripts: open it in a browser, copy the text into a `.txt` file and capture that"
            }
            CaptureError::Binary { kind: "a PDF document", .. } => {
                "convert it with `pdftotext FILE.pdf FILE.txt` and capture `FILE.txt` for now"
            }
            CaptureError::Binary { .. } => "save or export it as plain text, Markdown or HTML and capture that",
            CaptureError::TooLarge { .. } | CaptureError::TooManyQuotes { .. } => {
                "save the part that is needed in a file of its own and capture that"
            }
            CaptureError::Damaged { charset, basis, .. } => damaged_hint(charset, basis),
            CaptureError::UnsupportedCharset { .. } => {
                "convert it with `iconv -f CHARSET -t UTF-8 FILE > NEW` and capture `NEW`"
            }
            CaptureError::UnsupportedMediaType { media_type } | CaptureError::ResponseType { media_type, .. } => {
                if media_type.eq_ignore_ascii_case("application/pdf") {
                    "download it, convert it with `pdftotext FILE.pdf FILE.txt` and capture `FILE.txt` for now"
                } else {
                    "save it as plain text, Markdown or HTML and capture that file"
                }
            }
            CaptureError::Workbook { .. } => "open it in a spreadsheet program and save it as CSV",
            CaptureError::NoSheet { .. } => "give one of those names as `sheet` in the map's `[table]`",
            CaptureError::BadUrl { .. } => "give the whole address, starting with `https://`",
            CaptureError::UnsupportedScheme { .. } => {
                "capture a local file by its path, a page by its `https://` address"
            }
            CaptureError::Status { status: 401 | 402 | 403 | 451, .. } => {
                "open the page in a browser, save it as HTML and capture the file with `--url`"
            }
            CaptureError::Status { .. } => "open the address in a browser to check that the page is still there",
            CaptureError::Timeout { .. } => "try again later, or save the page in a browser and capture the file",
            CaptureError::ResponseTooLarge { .. } => "save the page in a browser and capture the part that is needed",
            CaptureError::Connection { .. } => "check the address and the network, then try again",
        };
        Some(hint.to_owned())
    }
}

fn damaged_hint(charset: &str, basis: &str) -> &'static str {
    if charset == "UTF-8" && basis != Basis::Mark.phrase() {
        "if it is really windows-1252, convert it with `iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW` and capture `NEW`; \
         otherwise fetch or save the document again"
    } else {
        "fetch or save the document again: bytes are missing or were changed on the way"
    }
}
