//! What a document is: plain text, Markdown or HTML, or one of the binary kinds that are refused by name.

use super::Hints;
use super::error::CaptureError;

/// The kinds of document that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    /// HTML in XML syntax, where `<a/>` is closed.
    Xhtml,
    Markdown,
    Plain,
}

impl Kind {
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Kind::Html | Kind::Xhtml => "text/html",
            Kind::Markdown => "text/markdown",
            Kind::Plain => "text/plain",
        }
    }
}

/// First bytes by which a binary file is known. Longest and most telling first.
const MAGIC: [(&[u8], &str); 27] = [
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"PK\x03\x04", "a ZIP archive (perhaps a Word, Excel, OpenDocument or EPUB file)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"BZh", "bzip2-compressed data"),
    (b"\xfd7zXZ\0", "xz-compressed data"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7fELF", "an executable program"),
    (b"\0asm", "a WebAssembly program"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"fLaC", "a FLAC recording"),
    (b"wOF2", "a font"),
    (b"wOFF", "a font"),
    (b"bplist00", "a binary property list"),
    (b"%!PS", "a PostScript document"),
];

/// Refuses what is known not to be text by its first bytes.
pub(super) fn refuse_known_binary(bytes: &[u8]) -> Result<(), CaptureError> {
    let found = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind);
    // Containers whose tell-tale is a little further in, and the letters before it could be prose without it.
    let found = found.or_else(|| match (bytes.get(..4), bytes.get(4..8), bytes.get(8..12)) {
        (Some(b"RIFF"), _, Some(b"WEBP")) => Some("a WebP picture"),
        (Some(b"RIFF"), _, Some(b"WAVE" | b"AVI ")) => Some("a recording"),
        (Some(&[0, ..]), Some(b"ftyp"), _) => Some("an MP4 recording"),
        _ => None,
    });
    // "BZh", "ID3" and "PK" alone may start a line of prose; the byte after them never does in the real thing.
    match found {
        Some(_) if is_prose_after_letters(bytes) => Ok(()),
        Some(kind) => Err(CaptureError::Binary { kind, offset: 0 }),
        None => Ok(()),
    }
}

/// Whether a magic made of letters only is followed by ordinary ASCII text.
fn is_prose_after_letters(bytes: &[u8]) -> bool {
    let short: [&[u8]; 6] = [b"BZh", b"ID3", b"OggS", b"fLaC", b"wOF", b"bplist00"];
    let head = &bytes[..bytes.len().min(64)];
    short.iter().any(|magic| bytes.starts_with(magic))
        && head.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..))
        && std::str::from_utf8(&head[..head.len().saturating_sub(3)]).is_ok()
}

/// Decides what `bytes` are: by the declared content type, else the file name, else the first words of `start`,
/// which is the beginning of the document as far as it reads as ASCII.
pub(super) fn decide(bytes: &[u8], hints: &Hints) -> Result<Kind, CaptureError> {
    if let Some(declared) = &hints.media_type
        && let Some(kind) = declared_kind(declared)?
    {
        return Ok(if kind == Kind::Html && starts_as_xml(bytes) { Kind::Xhtml } else { kind });
    }
    let kind = hints.file_name.as_deref().and_then(extension_kind).unwrap_or_else(|| sniff(bytes));
    Ok(if kind == Kind::Html && starts_as_xml(bytes) { Kind::Xhtml } else { kind })
}

/// The kind a `Content-Type` names; `None` where it says nothing, as `application/octet-stream` does.
pub(super) fn declared_kind(content_type: &str) -> Result<Option<Kind>, CaptureError> {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        ""
        | "application/octet-stream"
        | "binary/octet-stream"
        | "application/x-download"
        | "unknown/unknown"
        | "application/force-download"
        | "content/unknown" => Ok(None),
        "text/html" => Ok(Some(Kind::Html)),
        "application/xhtml+xml" => Ok(Some(Kind::Xhtml)),
        "text/markdown" | "text/x-markdown" => Ok(Some(Kind::Markdown)),
        "text/css" | "text/javascript" | "text/calendar" | "text/xml" | "text/rtf" => {
            Err(CaptureError::UnsupportedMediaType { media_type: essence })
        }
        other if other.starts_with("text/") => Ok(Some(Kind::Plain)),
        // A malformed header is no reason to refuse a page.
        other if !other.contains('/') => Ok(None),
        _ => Err(CaptureError::UnsupportedMediaType { media_type: essence }),
    }
}

fn extension_kind(file_name: &str) -> Option<Kind> {
    let (_, extension) = file_name.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => Some(Kind::Html),
        "xhtml" | "xht" => Some(Kind::Xhtml),
        "md" | "markdown" => Some(Kind::Markdown),
        "txt" | "text" => Some(Kind::Plain),
        _ => None,
    }
}

/// The first characters that matter, in lower case, with the NULs of UTF-16 left out.
fn first_words(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(2048)];
    let text: String = head.iter().filter(|byte| (1..0x80).contains(*byte)).map(|&byte| char::from(byte)).collect();
    text.trim_start().to_ascii_lowercase()
}

fn starts_as_xml(bytes: &[u8]) -> bool {
    let start = first_words(bytes);
    // An XML declaration before an HTML page served as HTML is common and ignored by browsers; it takes the XHTML
    // document type or name space as well to believe it.
    start.starts_with("<?xml") && start.contains("xhtml")
}

fn sniff(bytes: &[u8]) -> Kind {
    let mut start = first_words(bytes);
    // Comments and the XML declaration may come first ("<!-- saved from url … -->").
    while start.starts_with("<!--") || start.starts_with("<?xml") {
        let Some(end) = start.find('>') else { break };
        start = start[end + 1..].trim_start().to_owned();
    }
    let tags =
        ["<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<article", "<div", "<h1", "<p>", "<p "];
    if tags.iter().any(|tag| start.starts_with(tag)) { Kind::Html } else { Kind::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_kind(media_type: Option<&str>, file_name: Option<&str>, bytes: &[u8], want: Kind) {
        let hints = Hints {
            media_type: media_type.map(str::to_owned),
            file_name: file_name.map(str::to_owned),
            ..Hints::default()
        };
        assert_eq!(decide(bytes, &hints), Ok(want), "{media_type:?} {file_name:?}");
    }

    #[test]
    fn content_type_then_name_then_first_words() {
        check_kind(Some("text/html; charset=utf-8"), Some("a.txt"), b"x", Kind::Html);
        check_kind(Some("application/xhtml+xml"), None, b"x", Kind::Xhtml);
        check_kind(Some("application/octet-stream"), Some("a.MD"), b"x", Kind::Markdown);
        check_kind(Some("text/csv"), None, b"x", Kind::Plain);
        check_kind(None, Some("page.htm"), b"x", Kind::Html);
        check_kind(None, Some("notes"), b"  <!DOCTYPE HTML>", Kind::Html);
        check_kind(None, None, b"\xef\xbb\xbf<!-- saved --><html>", Kind::Html);
        check_kind(None, None, b"<\0h\0t\0m\0l\0>\0", Kind::Html);
        check_kind(None, None, b"a < b", Kind::Plain);
        check_kind(
            None,
            Some("a.html"),
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
            Kind::Xhtml,
        );
    }

    #[test]
    fn binary_kinds_are_refused_by_name() {
        for (bytes, want) in [
            (b"%PDF-1.7 ...".as_slice(), "a PDF document"),
            (b"PK\x03\x04....", "a ZIP archive (perhaps a Word, Excel, OpenDocument or EPUB file)"),
            (b"\x89PNG\r\n\x1a\n....", "a PNG picture"),
            (b"\0\0\0\x18ftypisom", "an MP4 recording"),
        ] {
            assert_eq!(refuse_known_binary(bytes), Err(CaptureError::Binary { kind: want, offset: 0 }));
        }
        for prose in ["BZh is how bzip2 files start", "ID3 tags are explained below.", "PK said so", "RIFF raff"] {
            assert_eq!(refuse_known_binary(prose.as_bytes()), Ok(()), "{prose}");
        }
    }

    #[test]
    fn other_content_types_are_refused() {
        for content_type in ["application/pdf", "image/png", "application/json"] {
            assert!(declared_kind(content_type).is_err(), "{content_type}");
        }
    }
}
