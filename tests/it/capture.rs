//! Whole documents read from files, and pages fetched from a server of our own.
//!
//! Every `NAME.html`, `.md` and `.txt` in `tests/data/capture` has a `NAME.EXT.expected` beside it: what was read, with
//! its metadata and its blocks. After a change that is meant, `UPDATE_EXPECTED=1 cargo test capture` writes them anew;
//! read the difference before committing it.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use onrecord::capture::{Capture, CaptureError, FetchLimits, Hints, Metadata, fetch, read};
use onrecord::domain::text::{Role, Span, Text};
use proptest::prelude::*;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/capture")
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = std::fs::read_dir(data())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "expected"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}

fn hints(file_name: &str) -> Hints {
    Hints { file_name: Some(file_name.to_owned()), ..Hints::default() }
}

fn html(source: &str) -> Capture {
    read(source.as_bytes(), &hints("page.html")).unwrap()
}

fn show(capture: &Capture) -> String {
    let Metadata { title, author, publisher, published, language, url, credits } = &capture.metadata;
    let mut shown = format!("{}; {}; {}\n", capture.media_type, capture.charset, capture.text.extractor);
    let fields = [("title", title), ("author", author), ("publisher", publisher), ("published", published)];
    for (name, value) in fields.into_iter().chain([("language", language), ("url", url)]) {
        writeln!(shown, "{name}: {}", value.as_deref().unwrap_or("-")).unwrap();
    }
    if !credits.is_empty() {
        writeln!(shown, "credits: {}", credits.join(", ")).unwrap();
    }
    for block in &capture.text.blocks {
        // Line ends and odd spaces inside a block are shown as escapes, so that no editor changes them.
        let words = block.span.of(&capture.text.content).replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
        let words = words.replace('\u{a0}', "\\u{a0}").replace('\u{202f}', "\\u{202f}").replace('\u{ad}', "\\u{ad}");
        writeln!(shown, "\n[{}] {words}", block.role.name()).unwrap();
    }
    shown
}

#[test]
fn documents_read_as_expected() {
    let mut wrong = Vec::new();
    for (name, bytes) in fixtures() {
        for whole_page in [false, true] {
            // The whole page is only worth a look where there is something around the article.
            if whole_page && name != "journal-fr.html" {
                continue;
            }
            let url = Some("https://gazette.example/economie/port-de-valmer-1234.html?utm=1".to_owned());
            let capture = read(&bytes, &Hints { url, whole_page, ..hints(&name) }).unwrap();
            let part = if whole_page { ".whole" } else { "" };
            let path = data().join(format!("{name}{part}.expected"));
            let shown = show(&capture);
            if std::env::var_os("UPDATE_EXPECTED").is_some() {
                std::fs::write(&path, shown).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != shown {
                wrong.push(format!("{}:\n{shown}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What [`Text`] promises of its blocks and segments, for a snapshot in `charset`.
#[track_caller]
fn check_map(bytes: &[u8], capture: &Capture) {
    let text = &capture.text;
    let mut covered = 0;
    let mut last_byte = 0;
    for segment in &text.segments {
        let between = &text.content[covered..segment.text.start];
        assert!(between.is_empty() || between == "\n\n", "{between:?} comes from nowhere");
        assert!(segment.text.start < segment.text.end);
        assert!(last_byte <= segment.bytes.start && segment.bytes.start < segment.bytes.end, "{segment:?}");
        assert!(segment.bytes.end <= bytes.len());
        let (words, source) = (segment.text.of(&text.content), &bytes[segment.bytes.start..segment.bytes.end]);
        if capture.charset == "UTF-8" && words.len() == source.len() && words.as_bytes() != source {
            let is_folded_space = matches!((words, source), (" ", b"\n" | b"\t" | b"\r" | b"\x0c") | ("\n", b"\r"));
            assert!(is_folded_space || words == "\u{fffd}", "{words:?} was {source:?}");
        }
        covered = segment.text.end;
        last_byte = segment.bytes.end;
    }
    assert_eq!(covered, text.content.len());
    let mut end = 0;
    for block in &text.blocks {
        assert!(end <= block.span.start && block.span.start < block.span.end, "{block:?}");
        assert!(!block.span.of(&text.content).trim().is_empty(), "{block:?} in {:?}", String::from_utf8_lossy(bytes));
        end = block.span.end;
    }
    assert!(end <= text.content.len());
}

#[test]
fn every_character_maps_back() {
    for (name, bytes) in fixtures() {
        for whole_page in [false, true] {
            check_map(&bytes, &read(&bytes, &Hints { whole_page, ..hints(&name) }).unwrap());
        }
    }
}

/// The snapshot bytes that the first `words` of the text were read from.
fn bytes_of<'a>(bytes: &'a [u8], text: &Text, words: &str) -> &'a [u8] {
    let start = text.content.find(words).unwrap_or_else(|| panic!("{words:?} is not in {:?}", text.content));
    let place = text.bytes_of(Span::new(start, start + words.len())).unwrap();
    &bytes[place.start..place.end]
}

#[test]
fn words_map_to_their_bytes_in_every_charset() {
    let check = |name: &str, words: &str, want: &[u8]| {
        let bytes = std::fs::read(data().join(name)).unwrap();
        let capture = read(&bytes, &hints(name)).unwrap();
        assert_eq!(bytes_of(&bytes, &capture.text, words), want, "{name}");
    };
    check("windows-1252.html", "250\u{a0}000\u{a0}€", b"250\xa0000\xa0\x80");
    check("windows-1252.html", "Élise Noël…", b"\xc9lise No\xebl\x85");
    check("iso-8859-15.html", "cœur à 12 €", b"c\xbdur \xe0 12 \xa4");
    check("shift-jis.html", "14億", b"14\x89\xad");
    check("utf-16.txt", "a 😀\r\n".trim_start_matches("a "), b"\x3d\xd8\x00\xde\r\0\n\0");
    check("entities.html", "Smith\u{a0}&\u{a0}Sons", b"Smith&nbsp;&amp;&nbsp;Sons");
    check("entities.html", "café", b"caf&eacute");
    check("entities.html", "stand on two", b"stand\n   on   two");
    check("entities.html", "bold", b"bo</b>ld");
    check("journal-fr.html", "définitif", "dé</em>finitif".as_bytes());
    check("article.md", "& a * in", b"&amp; a \\* in");
    check("article.md", "the mayor said", b"the mayor said");
}

#[test]
fn refusals_say_what_was_found_and_what_to_do() {
    let check = |bytes: &[u8], hints: &Hints, want: &str| {
        let error = read(bytes, hints).unwrap_err();
        assert_eq!(error.to_string(), want);
        assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{error}");
    };
    let none = Hints::default();
    check(b"", &none, "expected a document with text, found 0 bytes of nothing but white space");
    check(b" \r\n\t ", &none, "expected a document with text, found 5 bytes of nothing but white space");
    check(b"\xef\xbb\xbf\n", &none, "expected a document with text, found 4 bytes of nothing but white space");
    check(
        b"<html><script>render()</script></html>",
        &none,
        "expected readable text, found none in 38 bytes of `text/html`",
    );
    check(b"%PDF-1.7\n1 0 obj", &none, "expected plain text, Markdown or HTML, found a PDF document (byte 0)");
    check(b"abc\0def", &none, "expected plain text, Markdown or HTML, found binary data (a zero byte) (byte 3)");
    check(b"four", &Hints { max_bytes: 3, ..Hints::default() }, "expected at most 3 bytes, found 4");
    check(
        b"abc \xff def",
        &Hints { media_type: Some("text/plain; charset=UTF-8".into()), ..Hints::default() },
        "expected UTF-8 (declared by the HTTP header), found 1 broken byte sequence; the first is `ff 20 64 65` at byte 4",
    );
    check(
        b"{}",
        &Hints { media_type: Some("application/json".into()), ..Hints::default() },
        "expected `text/html`, `text/markdown` or `text/plain`, found the content type `application/json`",
    );
    let pdf = read(b"%PDF-1.7", &none).unwrap_err();
    assert!(pdf.hint().unwrap().contains("pdftotext"));
}

#[test]
fn without_an_article_the_page_is_kept() {
    let capture = html("<p>One.</p><p>Two.</p>");
    assert_eq!(capture.text.content, "One.\n\nTwo.");
    assert!(capture.text.blocks.iter().all(|block| block.role == Role::Body));
}

#[test]
fn a_word_inside_a_sentence_is_never_dropped() {
    let long = "The council, which met on Monday, said the plan, now in its third year, would cost more. ".repeat(6);
    let page = format!(
        "<article><h1>Plan</h1><p>{long}</p><p>He did <span class=\"sharedaddy share-tools\">not</span> accept it, {long}</p></article>"
    );
    assert!(html(&page).text.content.contains("He did not accept it"));
}

#[test]
fn hostile_pages_are_read_in_linear_time() {
    let prose = "The council, which met on Monday, said the plan would cost more. ".repeat(20);
    let pages = [
        format!("{}{prose}", "<div>".repeat(100_000)),
        format!("<p>{prose}{}x", "<b>".repeat(350_000)),
        format!("<p>{}", "word ".repeat(1_000_000)),
        format!("<p>{}", "x".repeat(5_000_000)),
        format!("<p>{prose}{}", "&".repeat(1_000_000)),
        format!("<p>{prose}{}", "&amp".repeat(250_000)),
        format!("<p title='{}'>{prose}", "&".repeat(1_000_000)),
        format!("<p>{prose}{}", "<".repeat(1_000_000)),
        format!("<p>{prose}{}", "</i>".repeat(250_000)),
        format!("<i><div>{prose}{}{}", "<b>".repeat(150_000), "</i>".repeat(150_000)),
        format!("<p>{prose}<object>{}{}", "<b>".repeat(150_000), "<div>".repeat(150_000)),
        format!("{}<p>{prose}{}", "<b id=1>".repeat(200), "<p>x".repeat(50_000)),
        format!("<p{}>{prose}", (0..100_000).map(|n| format!(" a{n}=1")).collect::<String>()),
        format!("<p{}>{prose}", (0..100_000).map(|n| format!(" a{n}=\"1\"")).collect::<String>()),
        format!("<p>{prose}<!--{}", "-".repeat(1_000_000)),
        format!("<article>{}</article>", format!("<p>{prose}</p>").repeat(1_000)),
        format!("<ul>{}</ul>{prose}", "<li><a href=x>item</a>".repeat(20_000)),
        format!("<table>{}</table>{prose}", "<tr><td>1<td>2".repeat(10_000)),
        format!("<p>{prose}{}", "<figure><figcaption>c</figcaption></figure>".repeat(15_000)),
        format!("{}{prose}", "<h1>t</h1>".repeat(50_000)),
        format!("<article><p>{prose}</p>{}", "<br>".repeat(200_000)),
        format!("{}<p>{prose}", "<div><p>a, b, c, d".repeat(120)),
        format!("{}<p>{}", "<div>".repeat(240), "word, and more of it. ".repeat(200_000)),
        format!("{}{}", "<div>".repeat(240), format!("<p>{prose}</p>").repeat(1_000)),
        format!("{}{}", "<div>".repeat(240), "<p>a sentence, of some length, here</p>".repeat(50_000)),
        format!(
            "{}{}{prose}",
            "<div>".repeat(240),
            "<div><a href=x>link, text that is long enough</a></div>".repeat(25_000)
        ),
        format!("<div>{}</div>", "<span>word, </span>".repeat(55_000)),
        format!("<table>{}{prose}", "<tr><td><table><tr><td>".repeat(60)),
        format!("<p>{prose}{}", "<br><br>x".repeat(25_000)),
    ];
    for (index, page) in pages.iter().enumerate() {
        check_speed(&format!("page {index}"), "page.html", page);
    }
}

#[test]
fn hostile_markdown_and_text_are_read_in_linear_time() {
    let parts = [
        "> ",
        "- ",
        "[",
        "![",
        "*a **b ",
        "`",
        "<b>",
        "&amp;",
        "\\",
        "| a ",
        "[^1]: ",
        "\r",
        "Read also ",
        "a\n",
        "\n\n- a",
    ];
    for part in parts {
        let source = part.repeat(1_000_000 / part.len());
        check_speed(&format!("{part:?} in Markdown"), "page.md", &format!("words\n\n{source}"));
        check_speed(&format!("{part:?} in plain text"), "page.txt", &format!("words\n\n{source}"));
    }
}

#[track_caller]
fn check_speed(what: &str, file_name: &str, source: &str) {
    let start = Instant::now();
    let capture = read(source.as_bytes(), &hints(file_name)).unwrap();
    let spent = start.elapsed();
    eprintln!("{what}: {} bytes, {spent:?}, {}", source.len(), capture.text.extractor);
    check_map(source.as_bytes(), &capture);
    // Generous, for a debug build on a machine that does ten other things; quadratic time would be hours.
    assert!(spent < Duration::from_secs(180), "{what} took {spent:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for name in ["a.html", "a.md", "a.txt"] {
            if let Ok(capture) = read(&bytes, &hints(name)) {
                check_map(&bytes, &capture);
            }
        }
    }

    #[test]
    fn any_markup_maps_back(parts in proptest::collection::vec(
        prop_oneof![
            Just("<p>"), Just("</p>"), Just("<b>"), Just("</b>"), Just("<br>"), Just("<pre>"), Just("</pre>"),
            Just("<div hidden>"), Just("</div>"), Just("<div>"), Just("&amp;"), Just("&eacute"), Just("&#8217;"), Just("&#32;"),
            Just(" "), Just("\r\n"), Just("\n"), Just("\t"), Just("word"), Just("é"), Just("🚢"), Just("<h1>"), Just("<a href=x>"),
            Just("</a>"), Just("Read also: "), Just("<script>"), Just("</script>"), Just("<td>"), Just("<li>"), Just("<svg/>"),
            Just("# "), Just("- "), Just("*"), Just("`"), Just("\\*"), Just("![x](y)"), Just("[x](y)"), Just("> "), Just("\n\n"),
            Just("| a | b |\n|---|---|\n"), Just("```\n"), Just("<!--"), Just("-->"), Just("[^1]"), Just("---\n"), Just("k: v\n"),
            Just("    "), Just("<"), Just("&"), Just("\u{f0001}\u{100001}"),
        ], 0..60)
    ) {
        let source = parts.concat();
        for name in ["a.html", "a.xhtml", "a.md", "a.txt"] {
            for whole_page in [false, true] {
                if let Ok(capture) = read(source.as_bytes(), &Hints { whole_page, ..hints(name) }) {
                    check_map(source.as_bytes(), &capture);
                }
            }
        }
    }
}

/// Answers `n_requests` requests with what `answer` writes; gives back the address.
fn serve(n_requests: usize, answer: impl Fn(&str, &mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().take(n_requests) {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 1024];
            while !request.windows(4).any(|window| window == b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(length) => request.extend(&buffer[..length]),
                }
            }
            answer(&String::from_utf8_lossy(&request), &mut stream);
        }
    });
    address
}

/// Writes an answer; the client may have hung up, which is its right.
fn send(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn limits() -> FetchLimits {
    FetchLimits { max_bytes: 1000, timeout: Duration::from_secs(5) }
}

#[test]
fn a_page_is_fetched_with_its_charset() {
    let address = serve(1, |request, stream| {
        assert!(
            request.to_ascii_lowercase().contains(concat!("user-agent: onrecord/", env!("CARGO_PKG_VERSION"))),
            "{request}"
        );
        send(stream, "200 OK\r\nContent-Type: text/html; charset=windows-1252", b"<p>caf\xe9 \x80</p>");
    });
    let fetched = fetch(&format!("{address}/page"), &limits()).unwrap();
    assert_eq!(fetched.final_url, format!("{address}/page"));
    let hints = Hints { media_type: fetched.media_type, url: Some(fetched.final_url), ..Hints::default() };
    let capture = read(&fetched.bytes, &hints).unwrap();
    assert_eq!((capture.text.content.as_str(), capture.charset.as_str()), ("café €", "windows-1252"));
}

#[test]
fn redirects_are_followed_and_loops_refused() {
    let address = serve(2, |request, stream| {
        if request.starts_with("GET /old ") {
            send(stream, "301 Moved\r\nLocation: /new", b"");
        } else {
            send(stream, "200 OK\r\nContent-Type: text/plain", b"here");
        }
    });
    let fetched = fetch(&format!("{address}/old"), &limits()).unwrap();
    assert_eq!((fetched.bytes.as_slice(), fetched.final_url), (b"here".as_slice(), format!("{address}/new")));
    let address = serve(50, |_, stream| send(stream, "302 Found\r\nLocation: /again", b""));
    assert!(matches!(fetch(&address, &limits()), Err(CaptureError::Connection { .. })));
}

#[test]
fn what_is_not_the_page_is_refused() {
    let address = serve(1, |_, stream| send(stream, "404 Not Found\r\nContent-Type: text/html", b"<p>gone</p>"));
    let error = fetch(&format!("{address}/x"), &limits()).unwrap_err();
    assert_eq!(error, CaptureError::Status { url: format!("{address}/x"), status: 404 });

    let address = serve(1, |_, stream| send(stream, "200 OK\r\nContent-Type: application/pdf", b"%PDF-1.7"));
    let error = fetch(&address, &limits()).unwrap_err();
    assert!(
        matches!(&error, CaptureError::ResponseType { media_type, .. } if media_type == "application/pdf"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("pdftotext"));

    for (url, want) in [
        ("ftp://example.org/x", "expected an `http` or `https` URL, found the scheme `ftp` in `ftp://example.org/x`"),
        ("file:///etc/passwd", "expected an `http` or `https` URL, found the scheme `file` in `file:///etc/passwd`"),
        ("example.org/page", "expected a URL such as `https://example.org/page`, found `example.org/page`"),
        ("http://", "expected a URL such as `https://example.org/page`, found `http://`"),
    ] {
        assert_eq!(fetch(url, &limits()).unwrap_err().to_string(), want);
    }

    // A port that was just free and is closed again.
    let closed = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    assert!(matches!(fetch(&closed, &limits()), Err(CaptureError::Connection { .. })));
}

#[test]
fn a_large_page_is_refused_announced_or_not() {
    let address = serve(1, |_, stream| send(stream, "200 OK\r\nContent-Type: text/plain", &[b'x'; 1001]));
    let error = fetch(&address, &limits()).unwrap_err();
    assert!(matches!(error, CaptureError::ResponseTooLarge { limit: 1000, size: Some(1001), .. }), "{error}");

    let address = serve(1, |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(&[b'x'; 5000]);
    });
    let error = fetch(&address, &limits()).unwrap_err();
    assert!(matches!(error, CaptureError::ResponseTooLarge { limit: 1000, size: None, .. }), "{error}");

    let address = serve(1, |_, stream| send(stream, "200 OK\r\nContent-Type: text/plain", &[b'x'; 1000]));
    assert_eq!(fetch(&address, &limits()).unwrap().bytes.len(), 1000);
}

#[test]
fn a_slow_server_times_out() {
    let address = serve(1, |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nfirst words");
        thread::sleep(Duration::from_secs(3));
    });
    let start = Instant::now();
    let error = fetch(&address, &FetchLimits { timeout: Duration::from_millis(300), ..limits() }).unwrap_err();
    assert!(matches!(error, CaptureError::Timeout { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(3));
}
