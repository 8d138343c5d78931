//! Bytes to characters, with the way back.
//!
//! The charset is taken from the byte order mark, else the `Content-Type` header, else the page's own `<meta>` or XML
//! declaration, else found out: UTF-8 where the bytes are UTF-8, else the guess of chardetng. A declaration is obeyed,
//! as browsers do; when the bytes contradict it by more than a trace (one broken sequence in 2,000 bytes), the document
//! is refused as damaged rather than filled with U+FFFD. One exception: a page whose own `<meta>` says UTF-8, but which
//! holds not one valid multi-byte sequence, was plainly not written in it, and detection decides.
//!
//! [`Decoded`] keeps, beside the characters, a list of [`Piece`]s. A piece is *even* where every character has as many
//! bytes in UTF-8 as in the source (ASCII in most charsets, everything in UTF-8), so that offsets inside it correspond
//! one to one; every other character is a piece of its own. That costs up to 40 bytes a character for, say, Cyrillic
//! in a single-byte charset, and nothing for UTF-8.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use html5gum::{DefaultEmitter, Token, Tokenizer};

use super::Hints;
use super::error::CaptureError;
use super::kind::Kind;
use crate::domain::source::top_level_domain;
use crate::domain::text::Span;

/// A document of this many bytes may hold one broken sequence; the rest of it is still worth having.
const BYTES_PER_TRACE: usize = 2000;

/// How far into a page its charset declaration is looked for. Browsers stop at 1,024 bytes and reload; this is ample.
const DECLARATION_BYTES: usize = 16 * 1024;

/// Why a charset was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    Mark,
    Header,
    Page,
    Detection,
}

impl Basis {
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Basis::Mark => "declared by the byte order mark",
            Basis::Header => "declared by the HTTP header",
            Basis::Page => "declared by the page itself",
            Basis::Detection => "the likeliest charset",
        }
    }
}

/// A stretch of characters and the stretch of bytes it was decoded from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// In the decoded characters.
    pub(super) text: Span,
    /// In the snapshot.
    pub(super) bytes: Span,
    /// Whether offsets inside correspond one to one.
    pub(super) even: bool,
}

/// A document as characters.
#[derive(Debug)]
pub(super) struct Decoded<'b> {
    /// The characters, without the byte order mark; the bytes themselves where these are characters already, as of a large
    /// page it is half of what is in memory.
    pub(super) text: Cow<'b, str>,
    /// The name of the charset in the WHATWG Encoding Standard.
    pub(super) charset: &'static str,
    /// In order, without gap in `text`.
    pieces: Vec<Piece>,
    n_errors: usize,
    first_error: usize,
}

impl<'b> Decoded<'b> {
    /// The pieces that `span` of the characters was decoded from, even ones cut to it.
    pub(super) fn pieces(&self, span: Span) -> impl Iterator<Item = Piece> + '_ {
        let first = self.pieces.partition_point(|piece| piece.text.end <= span.start);
        self.pieces[first..].iter().take_while(move |piece| piece.text.start < span.end).map(move |piece| {
            if !piece.even {
                return *piece;
            }
            let start = piece.text.start.max(span.start);
            let end = piece.text.end.min(span.end);
            let shift = piece.bytes.start;
            let bytes = Span::new(start - piece.text.start + shift, end - piece.text.start + shift);
            Piece { text: Span::new(start, end), bytes, even: true }
        })
    }

    fn push(&mut self, characters: &str, bytes: Span, even: bool) {
        let start = self.text.len();
        self.text.to_mut().push_str(characters);
        let text = Span::new(start, self.text.len());
        match self.pieces.last_mut() {
            Some(last) if even && last.even && last.bytes.end == bytes.start => {
                last.text.end = text.end;
                last.bytes.end = bytes.end;
            }
            _ if text.start < text.end => self.pieces.push(Piece { text, bytes, even }),
            _ => {}
        }
    }

    fn note_error(&mut self, offset: usize) {
        if self.n_errors == 0 {
            self.first_error = offset;
        }
        self.n_errors += 1;
    }
}

/// Decodes a document, or says why it is not text.
pub(super) fn decode<'b>(bytes: &'b [u8], kind: Kind, hints: &Hints) -> Result<Decoded<'b>, CaptureError> {
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err(CaptureError::Binary { kind: "UTF-32 text, which browsers do not read either", offset: 0 });
    }
    let (encoding, basis, start) = choose(bytes, kind, hints)?;
    let decoded = decode_as(bytes, start, encoding);
    if decoded.n_errors > bytes.len() / BYTES_PER_TRACE {
        let offset = decoded.first_error;
        let found = bytes[offset..].iter().take(4).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        let charset = decoded.charset.to_owned();
        let n_errors = decoded.n_errors;
        return Err(CaptureError::Damaged { charset, basis: basis.phrase(), offset, found, n_errors });
    }
    refuse_control_characters(&decoded)?;
    Ok(decoded)
}

/// The charset, why, and where the text starts (after the byte order mark).
fn choose(bytes: &[u8], kind: Kind, hints: &Hints) -> Result<(&'static Encoding, Basis, usize), CaptureError> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        if encoding == UTF_8 {
            refuse_zero_bytes(bytes)?;
        }
        return Ok((encoding, Basis::Mark, length));
    }
    let header = hints.media_type.as_deref().and_then(charset_parameter);
    if let Some(encoding) = header.as_deref().map(known).transpose()?.flatten() {
        if encoding != UTF_16LE && encoding != UTF_16BE {
            refuse_zero_bytes(bytes)?;
        }
        return Ok((encoding, Basis::Header, 0));
    }
    if let Some(encoding) = utf_16_by_its_zeros(bytes) {
        return Ok((encoding, Basis::Detection, 0));
    }
    refuse_zero_bytes(bytes)?;
    let in_page = if matches!(kind, Kind::Html | Kind::Xhtml) { declared_in_page(bytes) } else { None };
    if let Some(mut encoding) = in_page.as_deref().map(known).transpose()?.flatten() {
        // As the HTML standard has it: a page that can be read this far is not UTF-16, whatever it says.
        if encoding == UTF_16LE || encoding == UTF_16BE {
            encoding = UTF_8;
        } else if encoding == X_USER_DEFINED {
            encoding = WINDOWS_1252;
        }
        if encoding != UTF_8 || holds_utf_8(bytes) {
            return Ok((encoding, Basis::Page, 0));
        }
    }
    Ok((detect(bytes, hints), Basis::Detection, 0))
}

/// Looks a label up; `None` for one that means nothing, as browsers do.
fn known(label: &str) -> Result<Option<&'static Encoding>, CaptureError> {
    match Encoding::for_label(label.as_bytes()) {
        // The standard maps withdrawn, unsafe charsets to a decoder that refuses everything.
        Some(encoding) if encoding == encoding_rs::REPLACEMENT => {
            Err(CaptureError::UnsupportedCharset { label: label.to_owned() })
        }
        found => Ok(found),
    }
}

/// The value of `charset=` in a content type.
fn charset_parameter(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The charset named by `<meta charset>`, `<meta http-equiv>` or the XML declaration.
fn declared_in_page(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    if head.starts_with(b"<?xml") {
        let end = head.iter().position(|&byte| byte == b'>')?;
        let declaration = String::from_utf8_lossy(&head[..end]).into_owned();
        if let Some(label) = xml_encoding(&declaration) {
            return Some(label);
        }
    }
    let mut emitter = DefaultEmitter::<()>::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(head, emitter) {
        let Ok(token) = token;
        let Token::StartTag(tag) = token else { continue };
        if tag.name.0 == b"body" {
            return None;
        }
        let attribute =
            |name: &[u8]| tag.attributes.get(name).map(|value| String::from_utf8_lossy(&value.0).into_owned());
        if tag.name.0 != b"meta" {
            continue;
        }
        if let Some(label) = attribute(b"charset") {
            return Some(label);
        }
        let is_type = attribute(b"http-equiv").is_some_and(|value| value.trim().eq_ignore_ascii_case("content-type"));
        if let Some(label) = attribute(b"content").filter(|_| is_type).and_then(|value| charset_parameter(&value)) {
            return Some(label);
        }
    }
    None
}

fn xml_encoding(declaration: &str) -> Option<String> {
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = after[1..].split(quote).next()?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// Whether there is at least one valid multi-byte sequence, or nothing but ASCII.
fn holds_utf_8(bytes: &[u8]) -> bool {
    bytes.is_ascii() || bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

/// UTF-8 if the bytes are, but for a trace; else what chardetng makes of them.
fn detect(bytes: &[u8], hints: &Hints) -> &'static Encoding {
    let (mut n_good, mut n_bad) = (0usize, 0usize);
    // Chunk by chunk only where there is something to count: it is ten times slower.
    if std::str::from_utf8(bytes).is_err() {
        for chunk in bytes.utf8_chunks() {
            n_good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            n_bad += usize::from(!chunk.invalid().is_empty());
        }
    }
    // Letters of other charsets rarely look like valid UTF-8, let alone ten times for each one that does not.
    if n_bad == 0 && !looks_like_iso_2022_jp(bytes) || n_bad > 0 && n_good / 10 >= n_bad {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    // It tips close calls.
    let domain = hints.url.as_deref().and_then(top_level_domain);
    detector.guess(domain.as_deref().map(str::as_bytes), Utf8Detection::Allow)
}

/// ISO-2022-JP is seven-bit and so passes for UTF-8; it gives itself away by its escapes.
fn looks_like_iso_2022_jp(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"\x1b$").any(|at| matches!(bytes.get(at + 2), Some(b'B' | b'@')))
}

/// UTF-16 without a mark, as mostly-ASCII text in it looks: every zero byte on one side of the pairs, in most of them.
fn utf_16_by_its_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut n_zeros = [0usize; 2];
    memchr::memchr_iter(0, bytes).for_each(|index| n_zeros[index % 2] += 1);
    let enough = bytes.len() / 4;
    match n_zeros {
        [0, odd] if odd > enough => Some(UTF_16LE),
        [even, 0] if even > enough => Some(UTF_16BE),
        _ => None,
    }
}

fn refuse_zero_bytes(bytes: &[u8]) -> Result<(), CaptureError> {
    match memchr::memchr(0, bytes) {
        Some(offset) => Err(CaptureError::Binary { kind: "binary data (a zero byte)", offset }),
        None => Ok(()),
    }
}

/// Text may hold a stray control character, but not one in a hundred.
fn refuse_control_characters(decoded: &Decoded) -> Result<(), CaptureError> {
    let is_odd = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    let n_odd = decoded.text.bytes().filter(|&byte| is_odd(char::from(byte))).count();
    if n_odd > 3 && n_odd > decoded.text.len() / 100 {
        let at = decoded.text.find(is_odd).unwrap_or_default();
        let offset = decoded.pieces(Span::new(at, at + 1)).next().map_or(0, |piece| piece.bytes.start);
        return Err(CaptureError::Binary { kind: "binary data (control characters)", offset });
    }
    Ok(())
}

fn decode_as<'b>(bytes: &'b [u8], start: usize, encoding: &'static Encoding) -> Decoded<'b> {
    let charset = encoding.name();
    let decoded = |text, pieces| Decoded { text, charset, pieces, n_errors: 0, first_error: 0 };
    if encoding == UTF_8
        && let Ok(valid) = std::str::from_utf8(&bytes[start..])
    {
        let place = Piece { text: Span::new(0, valid.len()), bytes: Span::new(start, bytes.len()), even: true };
        return decoded(Cow::Borrowed(valid), vec![place]);
    }
    let mut decoded = decoded(Cow::Owned(String::with_capacity(bytes.len())), Vec::new());
    if encoding == UTF_8 {
        decode_utf_8(bytes, start, &mut decoded);
    } else {
        decode_other(bytes, start, encoding, &mut decoded);
    }
    decoded
}

fn decode_utf_8(bytes: &[u8], start: usize, decoded: &mut Decoded) {
    let mut at = start;
    for chunk in bytes[start..].utf8_chunks() {
        let valid = chunk.valid();
        decoded.push(valid, Span::new(at, at + valid.len()), true);
        at += valid.len();
        let broken = chunk.invalid().len();
        if broken > 0 {
            decoded.note_error(at);
            decoded.push("\u{fffd}", Span::new(at, at + broken), false);
            at += broken;
        }
    }
}

/// Feeds the decoder byte by byte and sees after which byte characters come out. Slow, but only for what is not ASCII.
fn decode_other(bytes: &[u8], start: usize, encoding: &'static Encoding, decoded: &mut Decoded) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    // `read` bytes were fed; those from `kept` on have not yet led to a character.
    let (mut kept, mut read) = (start, start);
    while read < bytes.len() {
        if kept == read && encoding.is_ascii_compatible() {
            let n_ascii = Encoding::ascii_valid_up_to(&bytes[read..]);
            if let Ok(ascii) = std::str::from_utf8(&bytes[read..read + n_ascii]) {
                decoded.push(ascii, Span::new(read, read + n_ascii), true);
                read += n_ascii;
                kept = read;
            }
        }
        if read == bytes.len() {
            break;
        }
        let mut buffer = [0u8; 64];
        let is_last = read + 1 == bytes.len();
        let (_, _, n_written, had_errors) = decoder.decode_to_utf8(&bytes[read..=read], &mut buffer, is_last);
        read += 1;
        if had_errors {
            decoded.note_error(kept);
        }
        if n_written > 0 {
            let characters = std::str::from_utf8(&buffer[..n_written]).unwrap_or("\u{fffd}");
            let even = !had_errors && n_written == read - kept && characters.chars().nth(1).is_none();
            decoded.push(characters, Span::new(kept, read), even);
            kept = read;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(bytes: &[u8]) -> Result<Decoded<'_>, CaptureError> {
        decode(bytes, Kind::Html, &Hints::default())
    }

    fn plain(bytes: &[u8]) -> Result<Decoded<'_>, CaptureError> {
        decode(bytes, Kind::Plain, &Hints::default())
    }

    fn with_header<'b>(bytes: &'b [u8], media_type: &str) -> Result<Decoded<'b>, CaptureError> {
        decode(bytes, Kind::Plain, &Hints { media_type: Some(media_type.to_owned()), ..Hints::default() })
    }

    #[track_caller]
    fn check(decoded: Result<Decoded, CaptureError>, charset: &str, text: &str) {
        let decoded = decoded.unwrap();
        assert_eq!((decoded.charset, &*decoded.text), (charset, text));
        let mut at = 0;
        for piece in &decoded.pieces {
            assert_eq!(piece.text.start, at);
            at = piece.text.end;
        }
        assert_eq!(at, decoded.text.len());
    }

    #[test]
    fn mark_then_header_then_page_then_detection() {
        check(plain(b"\xef\xbb\xbfcaf\xc3\xa9"), "UTF-8", "café");
        check(plain(b"\xff\xfec\0a\0f\0\xe9\0"), "UTF-16LE", "café");
        check(plain(b"\xfe\xff\0c\0a\0f\0\xe9"), "UTF-16BE", "café");
        check(plain(b"c\0a\0f\0e\0"), "UTF-16LE", "cafe");
        check(with_header(b"100 \xa4", "text/plain; charset=\"ISO-8859-15\""), "ISO-8859-15", "100 €");
        check(with_header(b"100 \x80", "text/plain;charset=latin1"), "windows-1252", "100 €");
        check(html(b"<meta charset=windows-1251>\xcf\xe5"), "windows-1251", "<meta charset=windows-1251>Пе");
        let page = b"<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'>\xb3";
        check(html(page), "ISO-8859-2", "<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'>ł");
        let page = b"<?xml version=\"1.0\" encoding=\"iso-8859-15\"?>\xa4";
        check(html(page), "ISO-8859-15", "<?xml version=\"1.0\" encoding=\"iso-8859-15\"?>€");
        check(
            html(b"<script>'<meta charset=koi8-r>'</script>caf\xc3\xa9"),
            "UTF-8",
            "<script>'<meta charset=koi8-r>'</script>café",
        );
        check(html(b"<meta charset=nonsense>caf\xc3\xa9"), "UTF-8", "<meta charset=nonsense>café");
        check(html(b"<meta charset=utf-16>caf\xc3\xa9"), "UTF-8", "<meta charset=utf-16>café");
        check(plain(b"\x1b$B%F%9%H\x1b(B ok"), "ISO-2022-JP", "テスト ok");
    }

    #[test]
    fn a_page_that_wrongly_says_utf_8_is_detected() {
        let page = b"<meta charset=utf-8>Le caf\xe9 est ferm\xe9 apr\xe8s l'\xe9t\xe9, dit la mairie.";
        assert_eq!(html(page).unwrap().charset, "windows-1252");
    }

    #[test]
    fn broken_utf_8_points_at_the_byte() {
        let error = with_header(b"caf\xc3\xa9 caf\xe9!", "text/plain; charset=utf-8").unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected UTF-8 (declared by the HTTP header), found 1 broken byte sequence; the first is `e9 21` at byte 9"
        );
        assert!(error.hint().is_some());
        assert!(html(b"<meta charset=utf-8>caf\xc3\xa9 caf\xe9!").is_err());
        assert!(plain(b"\xef\xbb\xbfcaf\xe9!").is_err());
        // Undeclared: too many good sequences to be anything else, one broken.
        assert!(
            plain("é".repeat(40).as_bytes().iter().chain(b"\xe9!").copied().collect::<Vec<_>>().as_slice()).is_err()
        );
    }

    #[test]
    fn a_trace_of_damage_is_kept() {
        let mut bytes = "Le café. ".repeat(500).into_bytes();
        bytes.extend(b"\xe9!");
        let decoded = with_header(&bytes, "text/plain; charset=utf-8").unwrap();
        assert!(decoded.text.ends_with(" \u{fffd}!"));
        assert_eq!(decoded.pieces.len(), 3);
    }

    #[test]
    fn characters_map_back() {
        let decoded = with_header(b"a\x93b\x94c", "text/plain; charset=shift_jis").unwrap();
        assert_eq!(decoded.text, "a澱把");
        let pieces: Vec<_> = decoded.pieces(Span::new(1, 4)).collect();
        assert_eq!(pieces, [Piece { text: Span::new(1, 4), bytes: Span::new(1, 3), even: false }]);
        let decoded = plain(b"\xff\xfea\0=\xd8\x00\xde").unwrap();
        assert_eq!(decoded.text, "a😀");
        assert_eq!(decoded.pieces(Span::new(1, 5)).next().map(|piece| piece.bytes), Some(Span::new(4, 8)));
    }

    #[test]
    fn binary_is_refused() {
        assert_eq!(plain(b"abc\0def"), Err(CaptureError::Binary { kind: "binary data (a zero byte)", offset: 3 }));
        assert!(matches!(plain(b"abc\x01\x02\x03\x04def"), Err(CaptureError::Binary { offset: 3, .. })));
        assert!(matches!(html(b"<meta charset=iso-2022-kr>x"), Err(CaptureError::UnsupportedCharset { .. })));
    }

    impl PartialEq for Decoded<'_> {
        fn eq(&self, other: &Decoded) -> bool {
            self.text == other.text
        }
    }
}
