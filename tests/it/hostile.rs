//! Input made to break what reads it: nested too deep, swollen, packed into next to nothing, and words that drive a
//! terminal or a spreadsheet.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use crate::desk::{Desk, Outcome};

/// Sets a window's title, rings, colours, clears the screen (by the one-character form too), and turns the text round.
const EVIL: &str = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\u{202e}\u{85}\u{8}";

/// Nothing printed may be more than text and lines.
#[track_caller]
fn inert(outcome: &Outcome, what: &str) {
    let raw = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for (stream, text) in [("standard output", &outcome.stdout), ("standard error", &outcome.stderr)] {
        let found = text.chars().find(raw);
        assert_eq!(found, None, "{what}: raw on {stream}: {text:?}");
    }
    assert!(matches!(outcome.code, 0..=4), "{what}: {}", outcome.shown());
}

const FORMATS: [&str; 5] = ["table", "json", "jsonl", "csv", "md"];

/// Everything that lists, on a ledger with a claim, a source and a question.
const LISTINGS: [&str; 20] = [
    "claims",
    "sources",
    "sources --origins",
    "sources history $(cat source)",
    "entities",
    "predicates",
    "answers",
    "contradictions",
    "contradictions --all",
    "contradictions --all --lang fr",
    "report $(cat source)",
    "report $(cat source) --lang fr",
    "timeline Ship",
    "right-of-reply",
    "call-list",
    "recheck --no-fetch $(cat source)",
    "copying",
    "verify",
    "figures page.html",
    "merge other.db",
];

/// A ledger of whatever of this is accepted, wherever somebody can put words. What is refused says so in plain text.
fn spoilt(words: &str) -> Desk {
    let mut desk = Desk::new();
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let references: String = words.chars().map(|c| format!("&#{};", c as u32)).collect();
    let page = |tons: u32| {
        format!(
            "<html lang=en><head><title>Grain {references}</title><meta name=author content=\"Jane {references}\">\
             <meta property=og:site_name content=\"Gazette {references}\"><meta name=description content=\"{references}\">\
             </head><body><article><h1>Grain {references}</h1><p>Ship carried {tons} tons of grain, {words}, \
             said the harbour master {references} on Monday. It was the third ship of the week in the harbour.</p>\
             <p>The harbour master said {references} that nobody was hurt when the ship came in.</p></article></body></html>"
        )
    };
    desk.write("page.html", page(7)).write("other.html", page(9)).write("words", words);
    desk.shell_ok("onrecord init");
    let told = |line: &str| {
        let outcome = desk.shell(line);
        inert(&outcome, line);
        outcome
    };
    let captured = told(
        "onrecord capture page.html --url https://gazette.example/1 --title \"$(cat words)\" --publisher \"$(cat words) Gazette\" \
         --author \"$(cat words)\" --credit \"$(cat words)\" --published 2025-06-13",
    );
    let captured = if captured.code == 0 {
        captured
    } else {
        told("onrecord capture page.html --url https://gazette.example/1 --publisher Gazette")
    };
    desk.write("source", captured.stdout.lines().next().expect("the page is captured"));
    told("onrecord capture other.html --url https://herald.example/1 --publisher Herald --published 2025-06-14");
    for line in [
        "onrecord capture page.html --url \"https://evil.example/$(cat words)\"",
        "onrecord capture page.html --published \"$(cat words)\"",
        "onrecord capture page.html --lang \"$(cat words)\"",
        "onrecord capture \"$(cat words)\"",
        "onrecord capture \"https://127.0.0.1:1/$(cat words)\"",
        "onrecord capture page.html --source \"$(cat words)\"",
        "onrecord claims --ledger \"$(cat words)\"",
        "onrecord claims --actor \"human:$(cat words)\"",
        "onrecord claims --as-of-entry \"$(cat words)\"",
        "onrecord \"$(cat words)\"",
        "onrecord claims --format \"$(cat words)\"",
        "onrecord init --ledger evil.db --origin \"$(cat words)\"",
        "onrecord report \"$(cat words)\"",
        "onrecord contradictions \"$(cat words)\"",
        "onrecord timeline \"$(cat words)\"",
        "onrecord retract \"$(cat words)\" --because \"$(cat words)\"",
        "onrecord entities merge \"$(cat words)\" Ship --because \"$(cat words)\"",
        "onrecord verify --key \"$(cat words)\"",
        "onrecord verify --against words",
        "onrecord verify-proof words --key \"$(cat words)\"",
        "onrecord predicates add words",
        "onrecord import words --map words",
        "onrecord entities add words",
        "onrecord log --jsonl words",
        "onrecord derives-from $(cat source) \"$(cat words)\" --because \"$(cat words)\"",
        "onrecord key new --key \"$(cat words)\"",
    ] {
        told(line);
    }
    let names = ["Ship", "grain", &format!("{words} Ltd"), &format!("Master {words}")].map(|name| {
        format!(
            "{{\"name\": {}, \"aliases\": [{}], \"members\": [{}]}}\n",
            json(name),
            json(&format!("{name} {words} Alias")),
            json(words)
        )
    });
    for name in names {
        desk.write("name.jsonl", &name);
        told("onrecord entities add name.jsonl");
    }
    told("printf '{\"name\": \"Ship\"}\\n{\"name\": \"grain\"}\\n' | onrecord entities add -");
    let claim = |source: &str, tons: u32, more: serde_json::Value| {
        let mut claim = serde_json::json!({
            "source": source, "quote": format!("Ship carried {tons} tons of grain"), "subject": "Ship", "predicate": "amount",
            "object": "grain", "figure": tons.to_string(),
        });
        claim.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claim.to_string() + "\n"
    };
    let one = |line: String| {
        desk.write("claim.jsonl", line);
        told("onrecord log --new --jsonl claim.jsonl")
    };
    let (here, there) = ("https://gazette.example/1", "https://herald.example/1");
    let first = one(claim(here, 7, serde_json::json!({})));
    assert_eq!(first.code, 0, "{}", first.shown());
    assert_eq!(one(claim(there, 9, serde_json::json!({}))).code, 0);
    for (n, more) in [
        serde_json::json!({"ref": words}),
        serde_json::json!({"by": [format!("Master {words}")]}),
        serde_json::json!({"by": [{"anonymous": format!("people {words}")}]}),
        serde_json::json!({"qualifiers": {"component": words, "stage": words}}),
        serde_json::json!({"qualifiers": {words: words}}),
        serde_json::json!({"subject": format!("{words} Ltd")}),
        serde_json::json!({"object": format!("{words} Ltd")}),
        serde_json::json!({"predicate": words}),
        serde_json::json!({"predicate": "said", "figure": null, "object": words}),
        serde_json::json!({"figure": words}),
        serde_json::json!({"as_of": words}),
        serde_json::json!({"quote": words}),
        serde_json::json!({"quote": {"exact": "Ship carried", "prefix": words, "suffix": words}}),
        serde_json::json!({"source": words}),
        serde_json::json!({"stance": words, "modality": words}),
        serde_json::json!({words: words}),
    ]
    .into_iter()
    .enumerate()
    {
        for (source, tons) in [(here, 7), (there, 9)] {
            let mut more = more.clone();
            more.as_object_mut()
                .unwrap()
                .entry("as_of")
                .or_insert(serde_json::json!(format!("2025-{:02}", n % 12 + 1)));
            one(claim(source, tons, more));
        }
    }
    // A quote with the words in it, as the text has them.
    let text = desk.shell_ok("onrecord report $(cat source) --format json");
    assert!(text.contains("Ship carried 7 tons of grain"), "{text}");
    for line in [
        format!("[\"{words}\"]\nvalue = \"text\"\n"),
        format!("[cargo]\nvalue = \"text\"\ndescribes = {}\n", json(words)),
        format!("[cargo-mass]\nvalue = \"figure\"\nunit = {}\n", json(words)),
    ] {
        desk.write("predicate.toml", line);
        told("onrecord predicates add predicate.toml");
    }
    desk.write("table.csv", format!("town,people,\"{words}\"\n\"Town {words}\",5,\"{words}\"\n\"{words}\",6,7\n"));
    for map in [
        "[columns]\nentity = \"town\"\n[predicates.people]\nkind = \"figure\"\n".to_string(),
        format!("[columns]\nentity = \"town\"\n[predicates.people]\nkind = \"text\"\nname = {}\n", json(words)),
        format!("[columns]\nentity = {}\n[predicates.people]\nkind = \"figure\"\n", json(words)),
    ] {
        desk.write("map.toml", map);
        told("onrecord import table.csv --map map.toml --dry-run --new --skip-bad");
        told("onrecord import table.csv --map map.toml --new --skip-bad --publisher \"Office $(cat words)\"");
    }
    told("onrecord claims --format csv | sed -n 2p | cut -d, -f1 > claim");
    told("onrecord contradictions --all --format csv | sed -n 2p | cut -d, -f1 > question");
    told("onrecord decide $(cat question) accepted --because \"$(cat words)\"");
    for outcome in ["unresolved", "open", "explained", "settled"] {
        told(&format!("onrecord decide $(cat question) {outcome} --because \"Since {} it is\"", "$(cat words)"));
    }
    told("onrecord retract $(cat claim) --because \"Wrong $(cat words)\"");
    told("onrecord reinstate $(cat claim) --because \"Right $(cat words)\"");
    // Another ledger, that differs in its words.
    desk.write("name.jsonl", format!("{{\"name\": {}, \"key\": \"ship\"}}\n", json(&format!("{words} Boat"))));
    told(
        "onrecord init --ledger other.db
         onrecord capture page.html --ledger other.db --publisher \"Other $(cat words)\" --author \"$(cat words)\"
         onrecord entities add name.jsonl --ledger other.db
         onrecord log --new --ledger other.db --source $(onrecord sources --ledger other.db --format csv | sed -n 2p | cut -d, -f1) \\
             --quote 'Ship carried 7 tons of grain' --subject ship --predicate amount --figure 7
         onrecord merge other.db",
    );
    desk.set("ONRECORD_ACTOR", "agent:test");
    desk
}

#[test]
fn no_word_drives_the_terminal() {
    let desk = spoilt(EVIL);
    for listing in LISTINGS {
        for format in FORMATS {
            let line = format!("onrecord {listing} --format {format}");
            let outcome = desk.shell(&line);
            inert(&outcome, &line);
            assert_eq!(outcome.code, 0, "{line}: {}", outcome.shown());
        }
    }
    // Otherwise the words would have been kept out everywhere, and nothing tried.
    let kept = desk.ok(&["claims", "--format", "table"]) + &desk.ok(&["sources", "--format", "table"]);
    assert!(kept.contains('\u{fffd}'), "{kept}");
}

/// Every cell of every CSV listing is a number, or nothing that a spreadsheet runs.
#[test]
fn no_cell_is_a_formula() {
    let mut cells = 0;
    for words in
        ["=HYPERLINK(\"http://x.example\",\"y\")", "@SUM(1+1)*cmd|' /C calc'!A0", "+1+cmd", "-2+3+cmd", "＝1+1"]
    {
        let desk = spoilt(words);
        for listing in LISTINGS {
            let shown = desk.shell_ok(&format!("onrecord {listing} --format csv"));
            for row in csv::ReaderBuilder::new().has_headers(false).from_reader(shown.as_bytes()).records() {
                for cell in row.unwrap().iter() {
                    let first = cell.chars().next();
                    let is_number = cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.'));
                    let runs =
                        matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'));
                    assert!(is_number || !runs, "{listing}: {cell:?}");
                    cells += usize::from(cell.starts_with(&format!("'{}", words.chars().next().unwrap())));
                }
            }
        }
    }
    assert!(cells > 20, "only {cells} cells began with a formula");
}

/// Captures, in bounded time; an error is fine, a crash is not.
#[track_caller]
fn captured(desk: &Desk, name: &str, bytes: impl AsRef<[u8]>) -> Outcome {
    desk.write(name, bytes);
    let began = Instant::now();
    let outcome = desk.run(&["capture", name]);
    inert(&outcome, name);
    assert!(began.elapsed() < Duration::from_secs(60), "{name}: {:?}", began.elapsed());
    outcome
}

#[test]
fn pages_that_are_nested_or_swollen_are_read_or_refused() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    for tag in [
        "<div>",
        "<b>",
        "<table><tr><td>",
        "<ul><li>",
        "<blockquote>",
        "<font><p>",
        "<svg>",
        "<math>",
        "<template>",
        "<select>",
        "<a href=x>",
    ] {
        let page = format!("<html><body>{}<p>Ship one sank.", tag.repeat(100_000 / tag.matches('<').count()));
        captured(&desk, "deep.html", page);
    }
    for (name, words) in [
        ("attribute.html", format!("<p title=\"{}\">Ship one sank.</p>", "x".repeat(5_000_000))),
        (
            "attributes.html",
            format!("<p {}>Ship one sank.</p>", (0..50_000).map(|n| format!("a{n}='{n}' ")).collect::<String>()),
        ),
        ("line.html", format!("<p>{}</p>", "Ship one sank with 7 tons. ".repeat(100_000))),
        ("line.txt", "Ship one sank with 7 tons. ".repeat(200_000)),
        ("references.html", format!("<p>Ship one sank.{}", "&amp".repeat(300_000))),
        (
            "brackets.md",
            format!("{}\n\n{} Ship one sank.\n\n{}x", "[".repeat(50_000), ">".repeat(50_000), "- ".repeat(50_000)),
        ),
        ("stars.md", format!("Ship one sank. {}a", "*_".repeat(50_000))),
        ("cells.md", format!("|{}\n|{}\n|Ship one sank.\n", "a|".repeat(20_000), "-|".repeat(20_000))),
    ] {
        assert_eq!(captured(&desk, name, words).code, 0, "{name}");
    }
    captured(&desk, "open.html", "<".repeat(500_000));
    captured(&desk, "comments.html", "<!--".repeat(300_000));
    captured(
        &desk,
        "ld.html",
        format!("<script type=application/ld+json>{}</script><p>Ship one sank.", "[".repeat(200_000)),
    );
    assert_eq!(desk.run(&["verify"]).code, 0);
}

#[test]
fn bytes_that_are_no_text_are_refused_or_shown_as_such() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    for (name, bytes) in [
        ("nul.txt", b"Ship one\0 sank.\n".as_slice()),
        ("nul.html", b"<p>Ship one\0 sank.</p>".as_slice()),
        ("utf8.html", b"<meta charset=utf-8><p>Ship caf\xc3\xa9 \xff\xfe one sank.</p>".as_slice()),
    ] {
        let outcome = captured(&desk, name, bytes);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (3, ""), "{name}: {}", outcome.shown());
    }
    for (command, bytes) in [
        ("log --jsonl bad", b"{\"source\": \"\xff\"}\n".as_slice()),
        ("entities add bad", b"{\"name\": \"\xc3\x28\"}\n".as_slice()),
        ("entities add bad", b"{\"name\": \"\\u0000\"}\n".as_slice()),
        ("entities add bad", b"{\"name\": \"\\ud800\"}\n".as_slice()),
        ("entities add bad", b"\0\n".as_slice()),
        ("predicates add bad", b"[\"\xff\"]\n".as_slice()),
        ("import bad --map bad", b"\xff\0\n".as_slice()),
    ] {
        desk.write("bad", bytes);
        let outcome = desk.shell(&format!("onrecord {command}"));
        inert(&outcome, command);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (3, ""), "{command}: {}", outcome.shown());
    }
}

#[test]
fn nested_json_and_toml_are_refused() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    let deep = |open: &str, close: &str| open.repeat(100_000) + &close.repeat(100_000);
    desk.write("table.csv", "town,people\nA,1\n");
    for (command, text) in [
        ("log --jsonl deep", format!("{{\"source\": {}}}\n", deep("[", "]"))),
        ("log --jsonl deep", deep("{\"quote\":", "}")),
        ("log --jsonl deep", format!("{{\"figure\": {}}}\n", deep("{\"lo\":", "}"))),
        ("entities add deep", format!("{{\"name\": {}}}\n", deep("[", "]"))),
        ("import table.csv --map deep", format!("columns = {}\n", deep("[", "]"))),
        ("import table.csv --map deep", format!("columns = {}1{}\n", "{a=".repeat(100_000), "}".repeat(100_000))),
        ("import table.csv --map deep", format!("[{}]\n", vec!["a"; 100_000].join("."))),
        ("import table.csv --map deep", format!("{} = 1\n", vec!["a"; 100_000].join("."))),
        ("predicates add deep", format!("a = {}\n", deep("[", "]"))),
        ("predicates add deep", format!("[{}]\n", vec!["a"; 100_000].join("."))),
        ("verify-proof deep --key x", deep("[", "]")),
    ] {
        desk.write("deep", text);
        let outcome = desk.shell(&format!("onrecord {command}"));
        inert(&outcome, command);
        assert!(matches!(outcome.code, 2 | 3) && outcome.stdout.is_empty(), "{command}: {}", outcome.code);
        // Nobody reads a megabyte of an error.
        assert!(outcome.stderr.len() < 20_000, "{command}: {} bytes", outcome.stderr.len());
    }
    desk.write("deep.jsonl", format!("{{\"town\": \"A\", \"people\": {}}}\n", deep("[", "]")));
    desk.write("map.toml", "[columns]\nentity = \"town\"\n[predicates.people]\nkind = \"figure\"\n");
    let outcome = desk.run(&["import", "deep.jsonl", "--map", "map.toml", "--new"]);
    inert(&outcome, "import deep.jsonl");
    assert_eq!(outcome.code, 3, "{}", outcome.stderr.len());
}

/// A page of 300 MB that comes as 3.
#[test]
fn an_answer_that_swells_is_cut_off() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let block = vec![b'a'; 1 << 20];
    (0..300).for_each(|_| packer.write_all(&block).unwrap());
    let packed = packer.finish().unwrap();
    assert!(packed.len() < 4 << 20, "{}", packed.len());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nConnection: close\r\n";
        let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n", packed.len());
        let _ = stream.write_all(&packed);
    });
    let outcome = desk.run(&["capture", &format!("http://{address}/")]);
    assert_eq!(outcome.code, 3, "{}", outcome.shown());
    assert!(outcome.stderr.contains("expected at most"), "{}", outcome.stderr);
    assert_eq!(desk.ok(&["sources", "--format", "jsonl"]), "");
}

/// Workbooks of some hundred KB, one word of which has 300 MB: in the sheet, and in the words that sheets share.
#[test]
fn a_workbook_that_swells_is_refused() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    desk.write("map.toml", "[columns]\nentity = \"town\"\n[predicates.people]\nkind = \"figure\"\n");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["town", "people"], ["Ulm", "5"]].iter().enumerate() {
        for (column, words) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *words).unwrap();
        }
    }
    let sound = book.save_to_buffer().unwrap();
    for swollen in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"] {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&sound)).unwrap();
        let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let name = file.name().unwrap().to_string();
            let mut content = String::new();
            file.read_to_string(&mut content).unwrap();
            bomb.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
            // Into the first word, or into the first cell that has words.
            let at = content.find("town").or(content.find("<v>").map(|at| at + 3)).filter(|_| name == swollen);
            bomb.write_all(&content.as_bytes()[..at.unwrap_or(0)]).unwrap();
            let block = vec![b'0'; 1 << 20];
            (0..at.map_or(0, |_| 300)).for_each(|_| bomb.write_all(&block).unwrap());
            bomb.write_all(&content.as_bytes()[at.unwrap_or(0)..]).unwrap();
        }
        let bomb = bomb.finish().unwrap().into_inner();
        assert!(bomb.len() < 2 << 20, "{}", bomb.len());
        desk.write("bomb.xlsx", bomb);
        let outcome = desk.run(&["import", "bomb.xlsx", "--map", "map.toml", "--new"]);
        assert_eq!(outcome.code, 3, "{swollen}: {}", outcome.shown());
        assert!(outcome.stderr.contains("unpacks to far more"), "{swollen}: {}", outcome.stderr);
    }
    desk.write("sound.xlsx", sound);
    desk.ok(&["import", "sound.xlsx", "--map", "map.toml", "--new", "--publisher", "Office"]);
}

/// An old workbook of 5 KB, one of whose chains of sectors goes round in a circle, took all memory there was.
#[test]
fn a_workbook_that_goes_round_is_refused() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    desk.write("map.toml", "columns.entity = \"name\"\npredicates.share = { kind = \"figure\", unit = \"%\" }\n");
    let sound = include_bytes!("../data/tables/old.xls");
    let number = |at: usize| u32::from_le_bytes(sound[at..at + 4].try_into().unwrap());
    let (first_links, folder) = (number(76) as usize, number(48));
    let link = (first_links + 1) * 512 + 4 * folder as usize;
    let mut round = sound.to_vec();
    round[link..link + 4].copy_from_slice(&folder.to_le_bytes());
    desk.write("round.xls", round).write("sound.xls", sound);
    let outcome = desk.run(&["import", "round.xls", "--map", "map.toml", "--new"]);
    assert_eq!(outcome.code, 3, "{}", outcome.shown());
    assert!(outcome.stderr.contains("a file whose sectors lead nowhere"), "{}", outcome.stderr);
    desk.ok(&["import", "sound.xls", "--map", "map.toml", "--new", "--publisher", "Office"]);
}

/// A formula of an old workbook that names more bytes than it has, on which the reader of workbooks panics: found by fuzzing.
#[test]
fn a_workbook_that_its_reader_gives_up_on_is_refused() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    desk.write("map.toml", "columns.entity = \"name\"\npredicates.v.kind = \"text\"\n");
    desk.write("formula.xls", include_bytes!("../data/tables/formula.xls"));
    let outcome = desk.run(&["import", "formula.xls", "--map", "map.toml", "--new"]);
    assert_eq!(outcome.code, 3, "{}", outcome.shown());
    assert!(outcome.stderr.contains("numbers in it that lead nowhere"), "{}", outcome.stderr);
}
