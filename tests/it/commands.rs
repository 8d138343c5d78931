//! Every command, end to end. A file in `tests/data/commands` is a session: lines that begin with `$ ` are commands
//! (those right after them that begin with `> ` go on with them), what follows is what they print, standard error
//! marked with `!`, and the exit code where it is not 0. After a change that is meant, `UPDATE_EXPECTED=1 cargo test`
//! writes the sessions anew; read the difference before committing it.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use unicode_width::UnicodeWidthStr;

use crate::desk::{Desk, check_file, repository};

/// Plays a session and writes down what came of it.
pub fn played(session: &str, desk: &Desk) -> String {
    let mut shown = String::new();
    let mut lines = session.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(first) = line.strip_prefix("$ ") else { continue };
        let mut command = vec![first];
        while let Some(more) = lines.next_if(|line| *line == ">" || line.starts_with("> ")) {
            command.push(more.strip_prefix("> ").unwrap_or_default());
        }
        if !shown.is_empty() {
            shown.push('\n');
        }
        shown.push_str(&format!("$ {}\n", command.join("\n> ")));
        shown.push_str(&desk.settled(&desk.shell(&command.join("\n")).shown()));
    }
    shown
}

fn check_session(name: &str) {
    let path = format!("tests/data/commands/{name}.txt");
    let session = std::fs::read_to_string(repository().join(&path)).unwrap();
    check_file(&path, &played(&session, &Desk::new()));
}

macro_rules! sessions {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check_session(stringify!($name)); })*

        #[test]
        fn every_session_is_played() {
            let played = BTreeSet::from([$(concat!(stringify!($name), ".txt").to_string()),*]);
            let there = std::fs::read_dir(repository().join("tests/data/commands")).unwrap();
            let there: BTreeSet<_> = there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            assert_eq!(played, there);
        }
    };
}

sessions! { init capture recheck import touched verify export merge as_of_entry redact approve log log_jsonl log_like judge decide contradictions states timeline origins copying report lists entities identity predicates rates figures where_the_ledger_is who_writes demo }

#[test]
fn every_command_is_played() {
    let mut text = String::new();
    for entry in std::fs::read_dir(repository().join("tests/data/commands")).unwrap() {
        text.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    for command in onrecord::cli::reference().get_subcommands() {
        let name = format!("onrecord {}", command.get_name());
        assert!(text.contains(&name), "no session in tests/data/commands has `{name}`");
    }
}

// ---- what does not fit a session

/// A ledger of one page with long words, wide characters and names that try to drive the terminal.
fn wide_ledger() -> Desk {
    let desk = Desk::new();
    let long = "the company, which has never before said so in public, would pay 40 million dollars 🙂 ".repeat(6);
    let page = format!(
        "株式会社メタは百四十三億ドルを投資したと発表した。東京とソウルと北京の三都市で働く研究者たちは驚いた。\n\n\
         {long}\n\nThey paid 41 million dollars, a rival said.\n\n{}\n",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(3)
    );
    desk.write("page.txt", page);
    desk.shell_ok(
        "onrecord init && onrecord capture page.txt --title '長い見出し 長い見出し 長い見出し 長い見出し 長い見出し' \
                   --publisher 'The Very Long Named Provincial Gazette of the Eastern Marches and Isles 🗞' > source",
    );
    let log = "onrecord log --new --source $(cat source) ";
    let subject = "--subject '株式会社とても長い名前のメタプラットフォームズ日本支社総務部研究開発課' \
                   --object 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'";
    desk.shell_ok(&format!(
        "{log} --predicate compensation-offer {subject} --figure '40 million dollars' \
                            --quote \"$(sed -n 3p page.txt | cut -c1-2000 | sed 's/ *$//')\""
    ));
    desk.shell_ok(&format!("{log} --predicate compensation-offer {subject} --quote 'They paid 41 million dollars' --by '競合他社の匿名を希望する非常に長い肩書きの関係者'"));
    desk.shell_ok(&format!("{log} --predicate said {subject} --quote '株式会社メタは百四十三億ドルを投資したと発表した。東京とソウルと北京の三都市で働く研究者たちは驚いた。'"));
    desk
}

const LISTINGS: [&str; 13] = [
    "timeline \"$(onrecord claims --format jsonl | head -1 | sed 's/.*\"subject\":\"\\([^\"]*\\)\".*/\\1/')\"",
    "right-of-reply",
    "call-list",
    "sources --origins",
    "contradictions",
    "contradictions --all",
    "contradictions $(cat claim)",
    "report $(cat source)",
    "claims",
    "sources",
    "entities",
    "predicates",
    "answers",
];

/// The whole story of the demo as an editor gets it, at three widths, as Markdown, and in French. Read it after every
/// change: no line that says nothing, no quote cut in its meaning, no jargon.
#[test]
fn the_story_as_it_is_printed() {
    let mut desk = Desk::new();
    desk.ok(&["demo"]);
    desk.set("ONRECORD_LEDGER", "onrecord-demo.db");
    let source = desk.shell_ok("onrecord sources --format csv | sed -n 5p | cut -c1-8");
    let report = format!("report {}", source.trim());
    for (name, listing) in [("contradictions", "contradictions"), ("report", report.as_str())] {
        for width in [80, 120, 200] {
            desk.set("COLUMNS", &width.to_string());
            let printed = desk.settled(&desk.shell_ok(&format!("onrecord {listing}")));
            check_file(&format!("tests/data/story/{name}-{width}.txt"), &printed);
        }
        for (suffix, options) in [("md", "--format md"), ("fr.md", "--format md --lang fr")] {
            let printed = desk.settled(&desk.shell_ok(&format!("onrecord {listing} {options}")));
            check_file(&format!("tests/data/story/{name}.{suffix}"), &printed);
        }
    }
}

#[test]
fn tables_fit_the_terminal() {
    let mut wide = wide_ledger();
    wide.shell_ok("onrecord claims --format csv | sed -n 2p | cut -c1-8 > claim");
    let mut demo = Desk::new();
    demo.ok(&["demo"]);
    demo.set("ONRECORD_LEDGER", "onrecord-demo.db");
    demo.shell_ok("onrecord claims --format csv | sed -n 2p | cut -c1-8 > claim; onrecord sources --format csv | sed -n 2p | cut -c1-8 > source");
    let mut too_long = Vec::new();
    for width in [60, 80, 120, 200] {
        for (name, desk) in [("wide", &mut wide), ("demo", &mut demo)] {
            desk.set("COLUMNS", &width.to_string());
            for listing in LISTINGS {
                for line in desk.shell_ok(&format!("onrecord {listing}")).lines() {
                    if line.width() > width {
                        too_long.push(format!("{name}, {listing}: {} of {width}: {line}", line.width()));
                    }
                }
            }
        }
    }
    assert!(too_long.is_empty(), "{} lines too long\n{}", too_long.len(), too_long.join("\n"));
}

#[test]
fn every_format_of_every_listing_is_what_it_says() {
    let desk = wide_ledger();
    desk.shell_ok("onrecord claims --format csv | sed -n 2p | cut -c1-8 > claim");
    for listing in LISTINGS {
        let out = |format: &str| desk.shell_ok(&format!("onrecord {listing} --format {format}"));
        let json: serde_json::Value = serde_json::from_str(&out("json")).unwrap();
        let lines: Vec<serde_json::Value> =
            out("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        match &json {
            serde_json::Value::Array(items) => assert_eq!(*items, lines, "{listing}"),
            // One object, whose list of items has a line each, or that is a line itself.
            object => match object.get("circles") {
                Some(_) => assert_eq!(object["origins"], serde_json::json!(lines), "{listing}"),
                None => assert_eq!([object.clone()].as_slice(), lines.as_slice(), "{listing}"),
            },
        }
        assert!(!lines.is_empty(), "{listing}");
        let csv = out("csv");
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(csv.as_bytes());
        assert!(reader.records().map(Result::unwrap).count() > 0, "{listing}");
        assert!(out("md").contains('|') || out("md").starts_with("# "), "{listing}");
        assert_eq!(out("table"), desk.shell_ok(&format!("onrecord {listing}")), "{listing}");
        for format in ["table", "json", "jsonl", "csv", "md"] {
            assert_eq!(out(format), out(format), "the same ledger, the same bytes: {listing} {format}");
            assert!(!out(format).contains('\u{1b}'), "{listing} {format}");
        }
    }
}

/// A pseudo-terminal is what makes colours; `script` gives one.
#[test]
fn colours_are_for_terminals_that_want_them() {
    let mut desk = Desk::new();
    desk.ok(&["demo"]);
    let on_a_terminal =
        |desk: &Desk| desk.shell_ok("script -qec 'onrecord --ledger onrecord-demo.db contradictions' /dev/null");
    if desk.shell("command -v script").code != 0 {
        // Without it there is still the other half: none where there is no terminal.
        assert!(!desk.ok(&["--ledger", "onrecord-demo.db", "contradictions"]).contains('\u{1b}'));
        return;
    }
    desk.set("TERM", "xterm");
    assert!(on_a_terminal(&desk).contains("\u{1b}["));
    desk.set("NO_COLOR", "1");
    assert!(!on_a_terminal(&desk).contains('\u{1b}'));
    desk.set("NO_COLOR", "").set("TERM", "dumb");
    assert!(!on_a_terminal(&desk).contains('\u{1b}'));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let desk = Desk::new();
    desk.ok(&["demo"]);
    // More than a pipe holds, so that the write does fail; the exit code is that of `onrecord`.
    let many: String =
        (0..4000).map(|i| format!("{{\"id\":{i},\"lang\":\"en\",\"text\":\"It paid $14.3 billion.\"}}\n")).collect();
    desk.write("many.jsonl", many);
    for command in [
        "onrecord --ledger onrecord-demo.db contradictions --all --format json",
        "onrecord figures --jsonl many.jsonl",
        "onrecord demo",
        "onrecord --help",
        // Notes on standard error go to the same closed pipe.
        "onrecord --ledger onrecord-demo.db rebuild 2>&1",
        "onrecord --ledger onrecord-demo.db claims nosuchclaim 2>&1",
        "onrecord nosuchcommand 2>&1",
    ] {
        let reader = if command.ends_with("2>&1") { "sleep 0.3; exec 0<&-" } else { "head -1 >/dev/null" };
        let line = format!("{{ {command}; echo $? > code; }} | {{ {reader}; }}; cat code");
        let expected = match command {
            command if command.contains("nosuchclaim") => "3\n",
            command if command.contains("nosuchcommand") => "2\n",
            _ => "0\n",
        };
        let outcome = desk.shell(&line);
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), (expected, ""), "{command}");
    }
    // And with a standard error that nobody reads at all.
    for (command, expected) in [("rebuild", 0), ("claims nosuchclaim", 3)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut child = desk.command("/bin/sh");
        child.args(["-c", &format!("exec onrecord --ledger onrecord-demo.db {command}")]).stderr(writer);
        assert_eq!(child.status().unwrap().code(), Some(expected), "{command}");
    }
}

/// What a server answers to a request: the head, from the status on, and the body.
type Answer = Box<dyn Fn(&[u8]) -> (String, Vec<u8>) + Send>;

/// A server that answers every request as was set last.
pub struct Server {
    answer: Arc<Mutex<Answer>>,
    pub address: String,
}

impl Server {
    pub fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(|_| (String::new(), Vec::new()))));
        let served = answer.clone();
        // Ends with the process; a test that fails must not wait for it.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
                while !is_whole(&request) {
                    match stream.read(&mut buffer) {
                        Ok(n) if n > 0 => request.extend_from_slice(&buffer[..n]),
                        _ => break,
                    }
                }
                let (head, body) = served.lock().unwrap()(&request);
                let length = body.len();
                let head = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
        });
        Server { answer, address }
    }

    pub fn serve(&self, head: &str, body: impl AsRef<[u8]>) {
        let (head, body) = (head.to_string(), body.as_ref().to_vec());
        self.answer(move |_| (head.clone(), body.clone()));
    }

    pub fn answer(&self, answer: impl Fn(&[u8]) -> (String, Vec<u8>) + Send + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }
}

/// The body of a request, from its first bytes on; none where its head is not there yet.
pub fn body_of(request: &[u8]) -> Option<&[u8]> {
    let end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some(&request[end + 4..])
}

fn is_whole(request: &[u8]) -> bool {
    let head = String::from_utf8_lossy(request).to_lowercase();
    let announced = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    body_of(request).is_some_and(|body| body.len() >= announced.unwrap_or(0))
}

#[test]
fn a_page_is_captured_from_its_address() {
    let server = Server::start();
    let desk = Desk::new();
    desk.ok(&["init"]);
    let page = |words: &str| {
        format!(
            "<html lang=en><head><title>Port</title><meta name=author content='A. Reed'></head><body><article><h1>Port</h1>\
                 <p>{words} The harbour was shut for two days, the mayor said, and ships had to wait outside.</p></article></body></html>"
        )
    };
    let url = format!("{}/port?x=1", server.address);
    server.serve("200 OK\r\nContent-Type: text/html; charset=utf-8", page("Three ships sank."));
    let first = desk.run(&["capture", &url, "--publisher", "The Gazette"]);
    assert_eq!(first.code, 0, "{first:?}");
    for words in [
        "new source",
        "  title     Port\n",
        "  publisher The Gazette\n",
        "  author    A. Reed\n",
        &format!("  url       {url}\n"),
    ] {
        assert!(first.stderr.contains(words), "{words}: {first:?}");
    }
    let again = desk.run(&["capture", &url]);
    assert!(again.stderr.starts_with("known snapshot, nothing changed"), "{again:?}");
    server.serve("200 OK\r\nContent-Type: text/html; charset=utf-8", page("Four ships sank."));
    let changed = desk.run(&["capture", &url]);
    assert!(changed.stderr.starts_with("new snapshot of a known source"), "{changed:?}");
    assert_eq!([&first.stdout, &first.stdout], [&again.stdout, &changed.stdout]);
    // What stood in the first snapshot only can still be quoted, by its hash.
    let report: serde_json::Value =
        serde_json::from_str(&desk.ok(&["report", first.stdout.trim(), "--format", "json"])).unwrap();
    assert_eq!(report["snapshots"].as_array().unwrap().len(), 2);
    let old = report["snapshots"][0]["sha256"].as_str().unwrap();
    let log = |source: &str| {
        desk.run(&[
            "log",
            "--new",
            "--source",
            source,
            "--quote",
            "Three ships sank",
            "--subject",
            "ships",
            "--predicate",
            "amount",
        ])
    };
    let refused = log(first.stdout.trim());
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(
        refused.stderr.contains(&format!("--source {}", &old[..8])),
        "the hint names the snapshot that has it: {refused:?}"
    );
    assert_eq!(log(&old[..8]).code, 0);
    // What is not the page is refused, and nothing is put on record.
    for (head, words) in [
        ("404 Not Found\r\nContent-Type: text/html", "found 404"),
        ("200 OK\r\nContent-Type: image/png", "`image/png`"),
    ] {
        server.serve(head, page("Five ships sank."));
        let refused = desk.run(&["capture", &url]);
        assert!(refused.code == 3 && refused.stderr.contains(words), "{refused:?}");
    }
    assert_eq!(desk.ok(&["sources", "--format", "jsonl"]).lines().count(), 1);
}
