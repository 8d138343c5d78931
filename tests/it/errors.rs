//! The gallery of errors: everything that `onrecord` refuses, by a small command on a small ledger. `docs/errors.md`
//! is made from it (`UPDATE_DOCS=1 cargo test`), and every hint that can be followed is followed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::desk::{Desk, Outcome, check_file, repository};

/// The small ledger: two pages, and a claim on one of them.
const LEDGER: &str = r#"
printf 'Meta paid $14.3 billion for 49%% of Scale AI. It offered $100 million; $100 million was only the start.\n' > gazette.txt
printf 'Lucas Beyer joined Meta. Meta put 15 billion euros into Scale AI, and moved to 1355 Market Street.\n' > herald.txt
onrecord init
onrecord capture gazette.txt --publisher Gazette --published 2025-06-13 --url https://gazette.example/1 --lang en
onrecord capture herald.txt --lang en
echo '{"name": "Meta"}' | onrecord entities add -
onrecord log --new --source https://gazette.example/1 --quote 'Meta paid $14.3 billion' --subject Meta --predicate investment --object 'Scale AI' > claim
onrecord sources --format csv | sed -n 3p | cut -d, -f1 > herald
"#;

/// One error of the gallery.
struct Shown {
    /// The variants it shows, such as `Refusal::NoSource`.
    variants: &'static [&'static str],
    /// When it comes up.
    when: &'static str,
    /// Lines of shell before it that are worth showing.
    before: &'static str,
    /// The line of shell that is refused.
    command: &'static str,
    /// The exit code.
    code: i32,
    /// The same with the hint followed; has to succeed. Empty where no line of shell can do what the hint says.
    mended: &'static str,
}

const fn shown(
    variants: &'static [&'static str],
    when: &'static str,
    before: &'static str,
    command: &'static str,
    code: i32,
    mended: &'static str,
) -> Shown {
    Shown { variants, when, before, command, code, mended }
}

const LOG: &str = "onrecord log --source https://gazette.example/1 --subject Meta";

fn gallery() -> Vec<(&'static str, Vec<Shown>)> {
    vec![
        ("The ledger", ledger()),
        ("Sources", sources()),
        ("Quotes", quotes()),
        ("Figures", figures()),
        ("Names, dates and other fields", fields()),
        ("Lines of JSON", lines()),
        ("Claims on record", claims()),
        ("Decisions", decisions()),
        ("Who is who", identity()),
        ("Checkpoints, proofs, redaction and approval", proofs()),
        ("Records written out", records()),
        ("Predicates", predicates()),
        ("Tables", tables()),
        ("The command line", usage()),
        ("Damage", damage()),
    ]
}

fn ledger() -> Vec<Shown> {
    vec![
        shown(
            &["StoreError::Missing"],
            "There is no ledger in this folder or a parent",
            "",
            "onrecord claims --ledger nowhere.db",
            3,
            "onrecord init --ledger nowhere.db && onrecord claims --ledger nowhere.db",
        ),
        shown(
            &["StoreError::Exists"],
            "A ledger is to be made where a file is",
            "",
            "onrecord init",
            3,
            "onrecord init --ledger another.db",
        ),
        shown(
            &["Refusal::RecordName"],
            "The record is to have a name that it cannot sign with",
            "",
            "onrecord init --ledger story.db --origin 'the harbour story'",
            3,
            "onrecord init --ledger story.db --origin example.org/harbour-story",
        ),
        shown(
            &["StoreError::NoFolder"],
            "Its folder is not there",
            "",
            "onrecord init --ledger 'my stories/harbour.db'",
            3,
            "mkdir -p 'my stories' && onrecord init --ledger 'my stories/harbour.db'",
        ),
        shown(
            &["StoreError::Empty"],
            "The file has nothing in it",
            "touch empty.db",
            "onrecord claims --ledger empty.db",
            3,
            "rm empty.db && onrecord init --ledger empty.db && onrecord claims --ledger empty.db",
        ),
        shown(
            &["StoreError::NotALedger"],
            "The file is something else",
            "echo notes > notes.db",
            "onrecord claims --ledger notes.db",
            3,
            "onrecord claims --ledger onrecord.db",
        ),
        shown(
            &["StoreError::NotALedger"],
            "It is the database of another program",
            "sqlite3 other.db 'CREATE TABLE a (b)'",
            "onrecord claims --ledger other.db",
            3,
            "onrecord claims --ledger onrecord.db",
        ),
        shown(
            &["StoreError::TooNew"],
            "A later version of onrecord wrote it",
            "sqlite3 onrecord.db 'PRAGMA user_version = 99'",
            "onrecord claims",
            3,
            "",
        ),
        shown(
            &["Trouble::Refused"],
            "The demo finds a file of its name that is not its own",
            "onrecord init --ledger onrecord-demo.db",
            "onrecord demo",
            3,
            "mkdir other && cd other && onrecord demo",
        ),
    ]
}

fn sources() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::NoSource"],
            "The source is not on record",
            "",
            "onrecord report https://gazette.example/2",
            3,
            "onrecord report https://gazette.example/1",
        ),
        shown(
            &["Refusal::ManySources"],
            "One hash, captured from two addresses",
            "onrecord capture gazette.txt --url https://copy.example/1",
            "onrecord report $(sha256sum gazette.txt | cut -c1-8)",
            3,
            "onrecord report $(onrecord report $(sha256sum gazette.txt | cut -c1-8) 2>&1 | sed 's/.*sources: //; s/ .*//; q')",
        ),
        shown(
            &["Refusal::UrlTaken"],
            "The address belongs to another source",
            "",
            "onrecord capture herald.txt --source $(cat herald) --url https://gazette.example/1",
            3,
            "onrecord capture herald.txt --url https://gazette.example/1",
        ),
        shown(
            &["LedgerError::Capture", "CaptureError::Empty"],
            "Nothing in it",
            "printf ' \\n' > empty.txt",
            "onrecord capture empty.txt",
            3,
            "",
        ),
        shown(
            &["CaptureError::NoText"],
            "Markup without words",
            "echo '<html><body><script>x</script></body></html>' > app.html",
            "onrecord capture app.html",
            3,
            "",
        ),
        shown(
            &["CaptureError::Binary"],
            "Not text",
            "printf '\\211PNG\\r\\n\\032\\n\\000\\000' > chart.png",
            "onrecord capture chart.png",
            3,
            "",
        ),
        shown(
            &["CaptureError::Damaged"],
            "Bytes that its charset does not allow",
            "printf '<meta charset=utf-8><p>caf\\303\\251, caf\\351</p>' > cafe.html",
            "onrecord capture cafe.html",
            3,
            "iconv -f WINDOWS-1252 -t UTF-8 cafe.html > new.html && onrecord capture new.html",
        ),
        shown(
            &["CaptureError::UnsupportedCharset"],
            "A charset that nobody reads",
            "printf '<meta charset=iso-2022-kr><p>Words</p>' > old.html",
            "onrecord capture old.html",
            3,
            "",
        ),
        shown(
            &["CaptureError::TooLarge"],
            "Too large",
            "head -c 68000000 /dev/zero | tr '\\0' a > large.txt",
            "onrecord capture large.txt",
            3,
            "head -c 1000 large.txt > part.txt && onrecord capture part.txt",
        ),
        shown(
            &["CaptureError::TooManyQuotes"],
            "Nothing but quotation marks",
            "head -c 3000000 /dev/zero | tr '\\0' '\"' > quotes.html",
            "onrecord capture quotes.html",
            3,
            "",
        ),
        shown(
            &["CaptureError::UnsupportedScheme"],
            "An address of another kind",
            "",
            "onrecord capture ftp://gazette.example/1",
            3,
            "",
        ),
        shown(&["CaptureError::BadUrl"], "Not an address", "", "onrecord capture http://", 3, ""),
        shown(
            &["CaptureError::Status"],
            "The server has no such page",
            "",
            "onrecord capture http://SERVER/missing",
            3,
            "",
        ),
        shown(
            &["CaptureError::ResponseType"],
            "The server sends something else",
            "",
            "onrecord capture http://SERVER/picture",
            3,
            "",
        ),
        shown(
            &["CaptureError::ResponseTooLarge"],
            "The server announces too much",
            "",
            "onrecord capture http://SERVER/large",
            3,
            "",
        ),
        shown(&["CaptureError::Connection"], "Nobody answers", "", "onrecord capture http://127.0.0.1:1/page", 3, ""),
        shown(
            &["Trouble::Refused"],
            "The file is not there",
            "",
            "onrecord capture gazette.example/1",
            3,
            "onrecord capture - --url https://gazette.example/1 < gazette.txt",
        ),
    ]
}

fn quotes() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::Quote", "QuoteError::NotFound"],
            "The words are not in the text",
            "",
            "LOG --predicate stake --quote '48% of Scale AI'",
            3,
            "LOG --predicate stake --quote '49% of Scale AI'",
        ),
        shown(
            &["QuoteError::NotFound"],
            "Nor anything like them",
            "",
            "LOG --predicate stake --quote 'zebra crossing'",
            3,
            "",
        ),
        shown(
            &["QuoteError::NotFound"],
            "Another source has them",
            "",
            "LOG --predicate investment --quote 'Meta put 15 billion euros into Scale AI' --by Meta",
            3,
            "onrecord log --subject Meta --predicate investment --quote 'Meta put 15 billion euros into Scale AI' --by Meta --source $(LOG --predicate investment --quote 'Meta put 15 billion euros into Scale AI' --by Meta 2>&1 | sed -n 's/.*--source \\([0-9a-f]*\\).*/\\1/p')",
        ),
        shown(
            &["QuoteError::CutsWord"],
            "They are part of a number",
            "",
            "LOG --predicate investment --quote '4.3 billion'",
            3,
            "LOG --predicate investment --quote '14.3 billion'",
        ),
        shown(
            &["QuoteError::Ambiguous"],
            "They stand there twice",
            "",
            "LOG --predicate compensation-offer --quote '$100 million'",
            3,
            "LOG --predicate compensation-offer --quote '$100 million' --start 56",
        ),
        shown(
            &["QuoteError::Misplaced"],
            "They stand elsewhere than said",
            "",
            "LOG --predicate compensation-offer --quote '$100 million' --prefix 'paid '",
            3,
            "LOG --predicate compensation-offer --quote '$100 million' --start 56",
        ),
        shown(
            &["QuoteError::Empty"],
            "No words at all",
            "",
            "LOG --predicate stake --quote ' '",
            3,
            "LOG --predicate stake --quote '49% of Scale AI'",
        ),
        shown(
            &["Refusal::TooLong"],
            "A quote of more than 10 000 bytes",
            "",
            "LOG --predicate stake --quote \"$(head -c 10001 /dev/zero | tr '\\0' a)\"",
            3,
            "",
        ),
    ]
}

fn figures() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::NoFigure"],
            "No figure in the quote",
            "",
            "LOG --predicate stake --quote 'was only the start'",
            3,
            "LOG --predicate stake --quote '49% of Scale AI'",
        ),
        shown(
            &["Refusal::ManyFigures"],
            "Several",
            "",
            "LOG --predicate compensation-offer --quote '$100 million; $100 million was only the start'",
            3,
            "LOG --predicate compensation-offer --quote '$100 million; $100 million was only the start' --figure '$100 million'",
        ),
        shown(
            &["Refusal::FigureNotInQuote"],
            "A figure that is not there",
            "",
            "LOG --predicate investment --quote 'Meta paid $14.3 billion' --figure '14.8 billion'",
            3,
            "LOG --predicate investment --quote 'Meta paid $14.3 billion'",
        ),
        shown(
            &["Refusal::FigureText"],
            "Words that are not one figure",
            "",
            "LOG --predicate investment --quote 'Meta paid $14.3 billion' --figure 'a fortune'",
            3,
            "LOG --predicate investment --quote 'Meta paid $14.3 billion'",
        ),
        shown(
            &["Refusal::UnitNotInQuote"],
            "A currency that the quote contradicts",
            "",
            "onrecord log --source $(cat herald) --subject Meta --by Meta --predicate investment --quote '15 billion euros' --figure '15 billion pounds'",
            3,
            "onrecord log --source $(cat herald) --subject Meta --by Meta --predicate investment --quote '15 billion euros'",
        ),
        shown(
            &["Refusal::WrongKind"],
            "A figure of another kind than the predicate takes",
            "",
            "LOG --predicate headcount --quote '49% of Scale AI'",
            3,
            "LOG --predicate stake --quote '49% of Scale AI'",
        ),
        shown(
            &["Refusal::FigureNotWanted"],
            "A figure where the predicate takes none",
            "",
            "LOG --predicate said --quote 'Meta paid $14.3 billion' --figure '14.3 billion'",
            3,
            "LOG --predicate said --quote 'Meta paid $14.3 billion'",
        ),
        shown(
            &["Refusal::Figure"],
            "A figure that does not hold together",
            "",
            r#"echo '{"source": "https://gazette.example/1", "subject": "Meta", "predicate": "investment", "quote": "Meta paid $14.3 billion", "figure": {"lo": "15", "hi": "14"}}' | onrecord log --jsonl -"#,
            3,
            "",
        ),
    ]
}

fn fields() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::NoEntity"],
            "Nobody is called so yet",
            "",
            "LOG --predicate stake --object Skale --quote '49% of Scale AI'",
            3,
            "LOG --predicate stake --object Skale --quote '49% of Scale AI' --new",
        ),
        shown(
            &["Refusal::NoEntity"],
            "Somebody has a name like it",
            "",
            "LOG --predicate stake --object 'Scale A.I.' --quote '49% of Scale AI'",
            3,
            "LOG --predicate stake --object 'Scale AI' --quote '49% of Scale AI'",
        ),
        shown(
            &["Refusal::ManyEntities"],
            "Two go by one name",
            "printf '{\"name\": \"Jane Roe\", \"aliases\": [\"J. Roe\"]}\\n{\"name\": \"John Roe\", \"aliases\": [\"J. Roe\"]}' | onrecord entities add -",
            "LOG --predicate stake --object 'J. Roe' --quote '49% of Scale AI'",
            3,
            "LOG --predicate stake --object jane-roe --quote '49% of Scale AI'",
        ),
        shown(
            &["Refusal::NotAName"],
            "A name without a letter or a digit",
            "",
            "LOG --predicate stake --object '—' --quote '49% of Scale AI' --new",
            3,
            "",
        ),
        shown(
            &["Refusal::UnknownName"],
            "A listing is asked for of somebody unknown",
            "",
            "onrecord claims --subject Metta",
            3,
            "onrecord claims --subject Meta",
        ),
        shown(
            &["Refusal::NoSpeaker"],
            "Nobody is said to have said it",
            "",
            "onrecord log --source $(cat herald) --subject Meta --predicate investment --quote '15 billion euros'",
            3,
            "onrecord log --source $(cat herald) --subject Meta --predicate investment --quote '15 billion euros' --by Meta",
        ),
        shown(
            &["Refusal::Object"],
            "An object where the predicate takes none",
            "",
            "LOG --predicate valuation --object 'Scale AI' --quote 'Meta paid $14.3 billion'",
            3,
            "LOG --predicate valuation --quote 'Meta paid $14.3 billion'",
        ),
        shown(
            &["Refusal::Object"],
            "None where it needs one",
            "",
            "LOG --predicate role --quote 'Meta paid $14.3 billion'",
            3,
            "LOG --predicate role --quote 'Meta paid $14.3 billion' --object buyer",
        ),
        shown(
            &["Refusal::Date"],
            "Not a date",
            "",
            "LOG --predicate stake --quote '49% of Scale AI' --as-of 'June 2025'",
            3,
            "LOG --predicate stake --quote '49% of Scale AI' --as-of 2025-06",
        ),
        shown(
            &["Refusal::Qualifier"],
            "A part that nobody knows",
            "",
            "LOG --predicate stake --quote '49% of Scale AI' --qualifier stag=agreed",
            3,
            "LOG --predicate stake --quote '49% of Scale AI' --qualifier stage=agreed",
        ),
    ]
}

fn lines() -> Vec<Shown> {
    vec![
        shown(
            &["LedgerError::Batch", "Refusal::Json", "Refusal::Missing", "Refusal::UnknownField", "Refusal::Shape"],
            "A batch is all or nothing, and every bad line is told",
            r#"printf '%s\n' '{"source": "https://gazette.example/1", "subject": "Meta", "predicate": "stake", "quote": "49% of Scale AI"}' 'not JSON' '["neither"]' '{"source": "https://gazette.example/1"}' '{"sauce": "https://gazette.example/1"}' '{"source": "https://gazette.example/1", "subject": 7, "quote": "49% of Scale AI"}' '{"source": "https://gazette.example/1", "subject": "Meta", "predicate": "compensation-offer", "quote": "$100 million"}' > claims.jsonl"#,
            "onrecord log --jsonl claims.jsonl",
            3,
            r#"onrecord log --jsonl - <<'END'
{"source": "https://gazette.example/1", "subject": "Meta", "predicate": "compensation-offer", "quote": {"exact": "$100 million", "start": 56}}
END"#,
        ),
        shown(
            &["Refusal::Missing", "Refusal::NotAName"],
            "Entities likewise",
            "",
            r#"printf '{"nom": "Meta"}\n\n{"aliases": []}\n{"name": "?"}\n' | onrecord entities add -"#,
            3,
            "",
        ),
        shown(
            &["Trouble::Refused"],
            "A line for `figures` that is not one",
            "",
            r#"echo '{"id": 1}' | onrecord figures --jsonl"#,
            3,
            r#"echo '{"id": 1, "lang": "fr", "text": "…"}' | onrecord figures --jsonl"#,
        ),
        shown(&["Trouble::Io"], "A file that is not there", "", "onrecord log --jsonl missing.jsonl", 3, ""),
        shown(
            &["Trouble::Refused"],
            "A file in another charset",
            "printf '\\351' > latin.jsonl",
            "onrecord log --jsonl latin.jsonl",
            3,
            "",
        ),
    ]
}

const TWO_RECORDS: &str = "onrecord init --ledger a.db --origin example.org/a; onrecord init --ledger b.db --origin example.org/b; onrecord key new --ledger a.db --key a.key; onrecord checkpoint --ledger a.db --key a.key > a.checkpoint";

const HELD: &str = "ONRECORD_HOLD=agents onrecord log --actor agent:desk --new --source $(cat herald) --quote 'Lucas Beyer joined Meta' --subject 'Lucas Beyer' --predicate joined --object Meta --by Herald > held";

fn proofs() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::KeyName"],
            "The key of another record",
            TWO_RECORDS,
            "onrecord checkpoint --ledger b.db --key a.key",
            3,
            "onrecord key new --ledger b.db --key b.key && onrecord checkpoint --ledger b.db --key b.key",
        ),
        shown(
            &["Refusal::Checkpoint"],
            "A checkpoint of another record",
            TWO_RECORDS,
            "onrecord checkpoint --ledger b.db --add a.checkpoint --witness $(onrecord key show --ledger a.db --key a.key)",
            3,
            "onrecord checkpoint --ledger b.db --list",
        ),
        shown(
            &["Refusal::NotCovered"],
            "Nothing signed covers the claim",
            "",
            "onrecord prove $(cat claim)",
            3,
            "onrecord key new && onrecord checkpoint && onrecord prove $(cat claim)",
        ),
        shown(
            &["Refusal::Pending"],
            "A claim that no person approved",
            HELD,
            "onrecord decide $(cat held) verified --because 'the filing says so'",
            3,
            "onrecord approve $(cat held)",
        ),
        shown(
            &["Refusal::NotPending"],
            "A claim that is not held",
            "",
            "onrecord approve $(cat claim)",
            3,
            "onrecord pending",
        ),
        shown(
            &["Refusal::NoPerson"],
            "An agent approves nothing",
            HELD,
            "onrecord approve $(cat held) --actor agent:desk",
            3,
            "onrecord approve $(cat held) --actor human:jane",
        ),
        shown(
            &["Refusal::TableHeld"],
            "A table of an agent whose claims are held",
            "printf 'what,value\\nMeta,$14 billion\\n' > t.csv; printf '[columns]\\nentity = \"what\"\\n[predicates.value]\\nkind = \"figure\"\\n' > t.toml",
            "ONRECORD_HOLD=agents onrecord import t.csv --map t.toml --publisher Desk --actor agent:desk",
            3,
            "ONRECORD_HOLD=agents onrecord import t.csv --map t.toml --publisher Desk --actor human:jane",
        ),
        shown(
            &["Refusal::JudgesHeld"],
            "An agent whose claims are held judges others",
            HELD,
            "ONRECORD_HOLD=agents onrecord entities merge 'Lucas Beyer' Meta --because 'one' --actor agent:desk",
            3,
            "ONRECORD_HOLD=agents onrecord entities merge 'Lucas Beyer' Meta --because 'one' --actor human:jane",
        ),
        shown(
            &["Refusal::NoEntry"],
            "No such entry",
            "",
            "onrecord redact 9999 --because 'order of a court'",
            3,
            "onrecord verify",
        ),
        shown(
            &["Refusal::NotRedacted"],
            "Entries that hold the record together",
            "",
            "onrecord redact 3 --because 'order of a court'",
            3,
            "onrecord sources",
        ),
        shown(
            &["Refusal::RowRedacted"],
            "A row of a table has no entry of its own",
            "printf 'what,value\\nMeta,$14 billion\\n' > t.csv; printf '[columns]\\nentity = \"what\"\\n[predicates.value]\\nkind = \"figure\"\\n' > t.toml; onrecord import t.csv --map t.toml --publisher Desk; onrecord claims --format csv | sed -n 3p | cut -d, -f1 > row",
            "onrecord redact $(cat row) --because 'order of a court'",
            3,
            "onrecord redact $(sha256sum t.csv | cut -c1-16) --because 'order of a court'",
        ),
        shown(
            &["StoreError::Redacted"],
            "What it needs was redacted",
            "onrecord redact $(sha256sum herald.txt | cut -c1-16) --because 'order of a court'",
            "onrecord log --source $(cat herald) --quote 'Lucas Beyer joined Meta' --subject Meta --predicate hires",
            3,
            "",
        ),
        shown(
            &["Refusal::NoMoment"],
            "Before the record, or after its end",
            "",
            "onrecord contradictions --as-of-entry 9999",
            3,
            "onrecord contradictions --as-of-entry $(date -u +%Y-%m-%d)",
        ),
        shown(
            &["StoreError::AsItStood"],
            "Nothing is put on record as it stood",
            "",
            "onrecord attest $(cat claim) --as-of-entry 30",
            3,
            "onrecord attest $(cat claim)",
        ),
        shown(
            &[],
            "No key has been made",
            "",
            "onrecord checkpoint --key none.key",
            3,
            "onrecord key new --key none.key && onrecord checkpoint --key none.key",
        ),
        shown(
            &[],
            "A key is never written over",
            TWO_RECORDS,
            "onrecord key new --ledger a.db --key a.key",
            3,
            "onrecord key show --ledger a.db --key a.key",
        ),
        shown(
            &[],
            "What should be a proof is none",
            TWO_RECORDS,
            "onrecord verify-proof a.checkpoint --key $(onrecord key show --ledger a.db --key a.key)",
            3,
            "",
        ),
        shown(&[], "What should be a checkpoint is none", "", "onrecord verify --against gazette.txt", 3, ""),
        shown(
            &["Refusal::NothingSigned"],
            "Nothing is there that could be stamped",
            "",
            "onrecord checkpoint --timestamp-request > head.tsq",
            3,
            "onrecord key new && onrecord checkpoint && onrecord checkpoint --timestamp-request > head.tsq",
        ),
        shown(
            &["Refusal::Timestamp"],
            "What should be a time stamp is none",
            "onrecord key new --key a.key; onrecord checkpoint --key a.key",
            "onrecord checkpoint --add-timestamp gazette.txt",
            3,
            "",
        ),
        shown(
            &["Refusal::NoTimestamp"],
            "No such time stamp",
            "",
            "onrecord checkpoint --timestamp-response 1",
            3,
            "onrecord checkpoint --list",
        ),
        shown(
            &[],
            "The address of an authority that is none",
            "onrecord key new --key a.key; onrecord checkpoint --key a.key",
            "onrecord checkpoint --timestamp tsa.example",
            3,
            "onrecord checkpoint --timestamp-request > head.tsq",
        ),
        shown(
            &["Trouble::Refused"],
            "What should be certificates are none",
            "",
            "onrecord verify --tsa-roots gazette.txt",
            3,
            "",
        ),
    ]
}

fn claims() -> Vec<Shown> {
    vec![
        shown(&["Refusal::NoClaim"], "No such claim", "", "onrecord retract ffffffff --because 'a misreading'", 3, ""),
        shown(
            &["Refusal::ManyClaims"],
            "Several begin so",
            "MANY",
            "onrecord attest $(cat prefix)",
            3,
            "onrecord attest $(onrecord attest $(cat prefix) 2>&1 | sed 's/.*claims: //; s/,.*//; q')",
        ),
        shown(
            &["Refusal::ManyQuestions"],
            "Several findings begin so",
            "MANY",
            "onrecord contradictions $(cat question)",
            3,
            "onrecord contradictions $(onrecord contradictions $(cat question) 2>&1 | sed 's/.*questions: //; s/,.*//; q')",
        ),
        shown(
            &["Refusal::NoQuestion"],
            "No such finding",
            "",
            "onrecord contradictions ffffffff",
            3,
            "onrecord contradictions --all",
        ),
        shown(
            &["Refusal::Retracted"],
            "It was withdrawn",
            "onrecord retract $(cat claim) --because 'a misreading'",
            "onrecord attest $(cut -c1-8 claim)",
            3,
            "onrecord reinstate $(cut -c1-8 claim) --because \"…\" && onrecord attest $(cut -c1-8 claim)",
        ),
        shown(
            &["Refusal::NotRetracted"],
            "It was not",
            "",
            "onrecord reinstate $(cut -c1-8 claim) --because 'it was right'",
            3,
            "onrecord claims $(cut -c1-8 claim) --format json",
        ),
        shown(
            &["Refusal::NothingCorrected"],
            "A correction that changes nothing",
            "",
            "onrecord correct $(cut -c1-8 claim) --because 'typing' --predicate investment",
            3,
            "onrecord correct $(cut -c1-8 claim) --because 'typing' --predicate acquisition-price",
        ),
        shown(
            &["Refusal::AlreadyLogged"],
            "A correction into a claim on record",
            "LOG --predicate acquisition-price --object 'Scale AI' --quote 'Meta paid $14.3 billion'",
            "onrecord correct $(cut -c1-8 claim) --because 'typing' --predicate acquisition-price",
            3,
            "onrecord retract $(cut -c1-8 claim) --because \"…\"",
        ),
        shown(
            &["Refusal::NoReason"],
            "No reason",
            "",
            "onrecord retract $(cut -c1-8 claim) --because ''",
            3,
            "onrecord retract $(cut -c1-8 claim) --because \"…\"",
        ),
    ]
}

const FINDING: &str = "LOG --predicate investment --object 'Scale AI' --quote 'Meta paid $14.3 billion' --deny > denial
LOG --predicate stake --object 'Scale AI' --quote 'for 49% of Scale AI' > stake";

fn decisions() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::NoFinding"],
            "Nothing disagrees",
            "",
            "onrecord decide $(cut -c1-8 claim) unsure --because 'looked at'",
            3,
            "onrecord contradictions",
        ),
        shown(
            &["Refusal::NotOfFinding"],
            "A claim of another question",
            FINDING,
            "onrecord decide $(cut -c1-8 claim) --wrong $(cut -c1-8 stake) --because 'a misreading'",
            3,
            "onrecord contradictions $(cut -c1-8 claim) --format json",
        ),
        shown(
            &["Refusal::RightAndWrong"],
            "Right and wrong",
            FINDING,
            "onrecord decide $(cut -c1-8 claim) --right $(cut -c1-8 claim) --wrong $(cut -c1-8 claim) --because 'a misreading'",
            3,
            "onrecord decide $(cut -c1-8 claim) --right $(cut -c1-8 claim) --because 'a misreading'",
        ),
        shown(
            &["Refusal::OutcomeOfClaim"],
            "An outcome that only a claim has",
            "",
            "onrecord decide ffffffff verified --because 'seen in the filing'",
            3,
            "onrecord claims",
        ),
    ]
}

fn identity() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::NotAKey"],
            "Not a key",
            "",
            r#"echo '{"name": "John Smith", "key": "John Smith"}' | onrecord entities add -"#,
            3,
            r#"echo '{"name": "John Smith"}' | onrecord entities add -"#,
        ),
        shown(
            &["Refusal::MemberOfItself"],
            "A group within itself",
            "",
            r#"echo '{"name": "Meta", "members": ["Meta"]}' | onrecord entities add -"#,
            3,
            "",
        ),
        shown(
            &["Refusal::OneAlready"],
            "Two names of one",
            "",
            "onrecord entities merge Meta meta --because 'one company'",
            3,
            "onrecord entities",
        ),
        shown(
            &["Refusal::NotMerged"],
            "Never merged",
            "",
            "onrecord entities unmerge Meta --because 'two companies'",
            3,
            "onrecord entities",
        ),
        shown(
            &["Refusal::NoParent"],
            "It derives from nothing on record",
            "",
            "onrecord derives-from https://gazette.example/1 Courier --because 'word for word'",
            3,
            "onrecord sources && onrecord entities",
        ),
        shown(
            &["Refusal::DerivesFromItself"],
            "It derives from itself",
            "",
            "onrecord derives-from https://gazette.example/1 https://gazette.example/1 --because 'word for word'",
            3,
            "",
        ),
        shown(
            &["Refusal::NoPublisher"],
            "It derives from a page of nobody",
            "",
            "onrecord derives-from https://gazette.example/1 $(cat herald) --because 'word for word'",
            3,
            "onrecord capture herald.txt --source $(cat herald) --publisher Herald && \
             onrecord derives-from https://gazette.example/1 $(cat herald) --because 'word for word'",
        ),
        shown(
            &["Refusal::DeclaredAlready"],
            "It was never declared",
            "",
            "onrecord derives-from https://gazette.example/1 Meta --because 'they had it first' --undo",
            3,
            "onrecord sources --format json",
        ),
    ]
}

fn predicates() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::NoPredicate"],
            "No such predicate",
            "",
            "LOG --predicate investement --quote 'Meta paid $14.3 billion'",
            3,
            "LOG --predicate investment --quote 'Meta paid $14.3 billion'",
        ),
        shown(
            &["Refusal::Predicate"],
            "A definition with a misprint",
            "printf '[predicates.fine]\\nvalue = \"monney\"\\ntime = \"event\"\\n' > fine.toml",
            "onrecord predicates add fine.toml",
            3,
            "onrecord predicates --format jsonl",
        ),
        shown(
            &["Refusal::Predicate"],
            "One whose parts do not fit",
            "",
            "printf '[predicates.fine]\\nvalue = \"money\"\\nunit = \"km\"\\ntime = \"event\"\\n' | onrecord predicates add -",
            3,
            "",
        ),
        shown(
            &["Refusal::Predicate"],
            "One that is there and differs",
            "",
            "printf '[predicates.stake]\\nvalue = \"money\"\\ntime = \"event\"\\n' | onrecord predicates add -",
            3,
            "",
        ),
        shown(
            &["Refusal::Predicate"],
            "One that implies what is not there",
            "",
            "printf '[predicates.won]\\nvalue = \"state\"\\ntime = \"event\"\\nimplies = [\"entered\"]\\n' | onrecord predicates add -",
            3,
            "",
        ),
    ]
}

fn usage() -> Vec<Shown> {
    vec![
        shown(
            &["Trouble::Usage"],
            "A claim needs more",
            "",
            "LOG --quote '49% of Scale AI'",
            2,
            "LOG --quote '49% of Scale AI' --predicate stake",
        ),
        shown(
            &["Trouble::Usage"],
            "Options beside a file",
            "",
            "onrecord log --jsonl claims.jsonl --subject Meta",
            2,
            "",
        ),
        shown(
            &["Trouble::Usage"],
            "A part without its value",
            "",
            "LOG --quote '49% of Scale AI' --predicate stake --qualifier agreed",
            2,
            "LOG --quote '49% of Scale AI' --predicate stake --qualifier stage=agreed",
        ),
        shown(
            &["Trouble::Usage"],
            "A date that is none",
            "",
            "onrecord capture herald.txt --published 13/06/2025",
            2,
            "onrecord capture herald.txt --published 2025-06-13",
        ),
        shown(
            &["Trouble::Usage"],
            "An address that is none",
            "",
            "onrecord capture herald.txt --url gazette.example",
            2,
            "onrecord capture herald.txt --url https://gazette.example",
        ),
        shown(
            &["Trouble::Usage"],
            "A language that is none",
            "",
            "onrecord capture herald.txt --lang Klingon",
            2,
            "onrecord capture herald.txt --lang en",
        ),
        shown(
            &["Trouble::Usage"],
            "Nobody in particular",
            "",
            "onrecord attest $(cat claim) --actor jane",
            2,
            "onrecord attest $(cat claim) --actor human:jane",
        ),
        shown(
            &["Trouble::Usage"],
            "A configuration file with a misprint",
            "mkdir -p .config/onrecord; echo 'aktor = \"human:jane\"' > .config/onrecord/config.toml; unset ONRECORD_ACTOR",
            "onrecord claims",
            2,
            "echo 'actor = \"human:jane\"' > .config/onrecord/config.toml; onrecord claims",
        ),
        shown(
            &["Trouble::Ledger"],
            "An option that nobody knows",
            "",
            "onrecord claims --subjekt Meta",
            2,
            "onrecord claims --subject Meta",
        ),
    ]
}

/// The small ledger's record in the folder `out`, and lines that follow.
macro_rules! record {
    ($more:literal) => {
        concat!("onrecord export out; ", $more)
    };
}

fn records() -> Vec<Shown> {
    const LOAD: &str = "onrecord load out --ledger b.db";
    vec![
        shown(
            &["LedgerError::Archive", "ArchiveError::Exists"],
            "A record is to be written where something is",
            "mkdir out",
            "onrecord export out",
            3,
            "onrecord export out.tar",
        ),
        shown(
            &["ArchiveError::NoFolder"],
            "The folder for it is not there",
            "",
            "onrecord export stories/harbour.tar",
            3,
            "mkdir stories && onrecord export stories/harbour.tar",
        ),
        shown(
            &["ArchiveError::Nothing"],
            "There is nothing to load",
            "",
            LOAD,
            3,
            "onrecord export out && onrecord load out --ledger b.db",
        ),
        shown(
            &["ArchiveError::NotOne"],
            "What is to be loaded is something else",
            "",
            "onrecord load gazette.txt --ledger b.db",
            3,
            "onrecord export out.tar && onrecord load out.tar --ledger b.db",
        ),
        shown(
            &["Refusal::NoOther"],
            "What is to be brought in is no ledger",
            "",
            "onrecord merge gazette.txt",
            3,
            "onrecord --ledger b.db init && onrecord merge b.db",
        ),
        shown(
            &["ArchiveError::UnknownName"],
            "A tar whose names lead out of it",
            record!("tar -cPf out.tar -C out ../gazette.txt entries.jsonl"),
            "onrecord load out.tar --ledger b.db",
            3,
            "",
        ),
        shown(
            &["ArchiveError::NotAFile"],
            "A link in place of a file",
            record!("rm out/entries.jsonl; ln -s ../gazette.txt out/entries.jsonl"),
            LOAD,
            3,
            "",
        ),
        shown(
            &["ArchiveError::Twice"],
            "A tar that has a part twice",
            record!("tar -cf out.tar -C out entries.jsonl; tar -rf out.tar -C out entries.jsonl"),
            "onrecord load out.tar --ledger b.db",
            3,
            "",
        ),
        shown(
            &["ArchiveError::Cut"],
            "A tar that was cut off",
            "onrecord export out.tar; head -c 540 out.tar > half.tar",
            "onrecord load half.tar --ledger b.db",
            3,
            "",
        ),
        shown(
            &["ArchiveError::Missing"],
            "A snapshot that is not there",
            record!("rm out/blobs/$(sha256sum gazette.txt | cut -c1-64)"),
            LOAD,
            3,
            "",
        ),
        shown(
            &["ArchiveError::Stray"],
            "Bytes that no entry names",
            record!("cp claim out/blobs/$(printf x | sha256sum | cut -c1-64)"),
            LOAD,
            3,
            "",
        ),
        shown(
            &["ArchiveError::Size"],
            "A snapshot that is longer than its entry says",
            record!("echo more >> out/blobs/$(sha256sum gazette.txt | cut -c1-64)"),
            LOAD,
            3,
            "",
        ),
        shown(
            &["ArchiveError::Changed"],
            "A snapshot that was changed",
            record!("sed -i s/14.3/14.8/ out/blobs/$(sha256sum gazette.txt | cut -c1-64)"),
            LOAD,
            3,
            "",
        ),
        shown(
            &["ArchiveError::Line"],
            "A line that is no entry",
            record!("sed -i 5s/^/x/ out/entries.jsonl"),
            LOAD,
            3,
            "",
        ),
        shown(
            &["LedgerError::Unfit"],
            "An entry that was changed",
            record!("sed -i 's/Meta paid/Meta made/' out/entries.jsonl"),
            LOAD,
            3,
            "",
        ),
    ]
}

/// A small table with its map, both sound, and lines that follow.
macro_rules! table {
    ($more:literal) => {
        concat!(
            r#"printf 'city,who,population\nAthens,Census,745514\nAmes,Census,51557\n' > cities.csv
printf '[columns]\nentity = "city"\nsource = "who"\n[predicates.population]\nkind = "figure"\n' > map.toml
"#,
            $more
        )
    };
}

fn tables() -> Vec<Shown> {
    vec![
        shown(
            &["Refusal::UnknownEntities"],
            "Names of a table that nobody goes by",
            table!(""),
            "onrecord import cities.csv --map map.toml",
            3,
            "onrecord import cities.csv --map map.toml --new",
        ),
        shown(
            &["Refusal::BadRows"],
            "Cells that do not hold what the map says",
            table!(r"printf 'Rome,Census,about three\nOslo,Census\nBonn,Census,n/a\n' >> cities.csv"),
            "onrecord import cities.csv --map map.toml --new",
            3,
            "onrecord import cities.csv --map map.toml --new --skip-bad",
        ),
        shown(
            &["Refusal::Map"],
            "A map that does not fit together",
            table!(r#"sed 's/figure/text/' map.toml > worded.toml; echo 'unit = "km"' >> worded.toml"#),
            "onrecord import cities.csv --map worded.toml --new",
            3,
            "",
        ),
        shown(
            &["StoreError::Table"],
            "A column that the table does not have",
            table!("sed 's/city/town/' map.toml > town.toml"),
            "onrecord import cities.csv --map town.toml --new",
            3,
            "",
        ),
        shown(
            &["Refusal::UnusedAttribute"],
            "An attribute that the table does not have",
            "printf 'who,what,fact,value\\nCensus,Athens,population,745514\\n' > long.csv
printf '[columns]\\nsource = \"who\"\\nentity = \"what\"\\nattribute = \"fact\"\\nvalue = \"value\"\\n[predicates.inhabitants]\\nkind = \"figure\"\\n' > long.toml",
            "onrecord import long.csv --map long.toml --new",
            3,
            "",
        ),
        shown(
            &["Refusal::NoTablePublisher"],
            "Nobody is said to publish the values",
            table!("grep -v source map.toml > nobody.toml"),
            "onrecord import cities.csv --map nobody.toml --new --skip-bad",
            3,
            "onrecord import cities.csv --map nobody.toml --new --skip-bad --publisher Census",
        ),
        shown(
            &["Refusal::Time"],
            "A time of day that is none",
            "printf '[predicates.departure]\\nvalue = \"time\"\\ntime = \"event\"\\nobject = \"none\"\\n' | onrecord predicates add -",
            "onrecord log --source https://gazette.example/1 --subject Meta --quote 'It offered' --predicate departure --object 25:00",
            3,
            "onrecord log --source https://gazette.example/1 --subject Meta --quote 'It offered' --predicate departure --object 20:51",
        ),
        shown(
            &["Refusal::IndependentAlready"],
            "Two that nobody said to be independent",
            "",
            "onrecord copying part Meta 'Scale AI' --undo --because 'they are not'",
            3,
            "",
        ),
        shown(
            &["Refusal::TextCopied"],
            "Two of which a page of one has its text from the other's",
            "seq 1 9 | sed 's/.*/On day & of that month &&& boats lay in the bay, and no ship of the line & came in./' > one.txt; \
             cp one.txt two.txt; echo 'One line more.' >> two.txt; \
             onrecord capture one.txt --publisher Alpha --published 2025-06-01 --lang en; onrecord capture two.txt --publisher Bravo --published 2025-06-02 --lang en; \
             printf '{\"name\":\"Alpha\"}\\n{\"name\":\"Bravo\"}\\n' | onrecord entities add -; onrecord copying find",
            "onrecord copying part Alpha Bravo --because 'they have one source'",
            3,
            "",
        ),
        shown(
            &["CaptureError::Workbook"],
            "A workbook that does not open",
            table!("printf 'PK\\003\\004 nothing of the kind' > broken.xlsx"),
            "onrecord import broken.xlsx --map map.toml",
            3,
            "",
        ),
    ]
}

fn damage() -> Vec<Shown> {
    vec![
        shown(
            &["StoreError::Entry"],
            "Words of an entry were changed behind our back",
            "sqlite3 onrecord.db 'DROP TRIGGER entry_body_is_append_only_update' \"UPDATE entry_body SET body = replace(body, '14.3', '14.8')\"",
            "onrecord rebuild",
            4,
            "",
        ),
        shown(
            &["StoreError::Damaged"],
            "A captured page was",
            "sqlite3 onrecord.db 'DROP TRIGGER blob_is_append_only_update' \"UPDATE blob SET packed = (SELECT packed FROM blob ORDER BY size LIMIT 1)\"",
            "onrecord report https://gazette.example/1",
            4,
            "",
        ),
        shown(
            &["StoreError::Damaged"],
            "The file was cut off",
            "dd if=onrecord.db of=half.db bs=4096 count=3 2>/dev/null",
            "onrecord claims --ledger half.db",
            4,
            "",
        ),
    ]
}

/// Variants that no command can show, and why.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("Refusal::NoUrl", "`tests/data/commands/recheck.txt` shows it"),
    ("Refusal::NotOfCheckpoint", "it takes an authority; tests/it/timestamps.rs has one"),
    ("CaptureError::NoSheet", "takes a workbook; `tests/it/tables.rs` has one"),
    ("StoreError::ReadOtherwise", "takes a version that reads figures otherwise; `tests/it/tables.rs` feigns one"),
    ("LedgerError::Refused", "the wrapper of every `Refusal`"),
    ("LedgerError::Store", "the wrapper of every `StoreError`"),
    (
        "CaptureError::UnsupportedMediaType",
        "a declared type comes from a server only, and is refused as `ResponseType` before",
    ),
    ("CaptureError::Timeout", "it takes as long as the limit; tests/it/capture.rs has one"),
    ("Refusal::EntryOrId", "it takes a thousand entries and an id of the right digits"),
    ("Refusal::NothingNamed", "the command line asks for an outcome or a claim"),
    ("StoreError::Busy", "it takes half a minute; tests/it/ledger.rs holds that writers wait for each other"),
    ("StoreError::Unwritable", "whoever runs the tests may write everywhere where that is root"),
    ("StoreError::Full", "it needs a full disk"),
    ("ArchiveError::Unwritable", "it takes a limit on the size of files; tests/it/export.rs has one"),
    ("ArchiveError::Unreadable", "whoever runs the tests may read everything where that is root"),
    ("StoreError::Format", "no other format is written yet; tests/it/ledger.rs makes one up"),
    ("StoreError::Proof", "proofs are asked of entries and sizes that are there: a bug of ours, exit code 70"),
    ("StoreError::Canonical", "no input reaches the record with a number that JSON cannot hold"),
    ("StoreError::Sqlite", "anything SQLite says that is none of the others: a bug of ours, exit code 70"),
];

/// A desk with the files of another.
fn copied(desk: &Desk) -> Desk {
    let copy = Desk::new();
    for entry in std::fs::read_dir(desk.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    copy
}

/// Runs a line of the gallery. `LOG`, `SERVER`, `sqlite3` and `MANY` are ours; the shell does the rest.
fn run(desk: &Desk, before: &str, line: &str, server: &str) -> Outcome {
    let words = |text: &str| text.replace("LOG ", &format!("{LOG} ")).replace("SERVER", server);
    if before == "MANY" {
        many_claims(desk);
        return desk.shell(&words(line));
    }
    let mut setting = String::new();
    for step in before.split("; ") {
        match step.strip_prefix("sqlite3 ") {
            Some(arguments) => sqlite(desk, arguments),
            None if step.starts_with("unset ") || step.starts_with("export ") => setting.push_str(&format!("{step}; ")),
            None if step.is_empty() => {}
            None => {
                desk.shell_ok(&words(step));
            }
        }
    }
    desk.shell(&format!("{setting}{}", words(line)))
}

/// `FILE SQL…`, with the shell's quotes, by the library that is linked anyway.
fn sqlite(desk: &Desk, arguments: &str) {
    let shown = desk.shell_ok(&format!("printf '%s\\n' {arguments}"));
    let mut words = shown.lines();
    let connection = rusqlite::Connection::open(desk.path().join(words.next().unwrap())).unwrap();
    for sql in words {
        connection.execute_batch(sql).unwrap();
    }
}

/// Logs claims until two of them, and two of their questions, begin alike.
fn many_claims(desk: &Desk) {
    let line = |n: usize| {
        format!(
            "{{\"source\": \"https://gazette.example/1\", \"subject\": \"Speaker {n}\", \"predicate\": \"said\", \
             \"quote\": \"was only the start\"}}\n"
        )
    };
    desk.write("many.jsonl", (0..600).map(line).collect::<String>());
    desk.shell_ok("onrecord log --new --jsonl many.jsonl");
    for (listing, name) in [("claims", "prefix"), ("contradictions --all", "question")] {
        let ids = desk.shell_ok(&format!("onrecord {listing} --format csv"));
        let mut seen = BTreeSet::new();
        let twice = ids.lines().map(|id| &id[..4]).find(|prefix| !seen.insert(prefix.to_string()));
        desk.write(name, twice.expect("two of 600 ids begin with the same four digits"));
    }
}

/// Answers what the gallery asks for, for as long as the process lives.
fn server() -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 2048];
            let n = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..n]).into_owned();
            let head = match request.split(' ').nth(1) {
                Some("/picture") => "200 OK\r\nContent-Type: image/png\r\nContent-Length: 1",
                Some("/large") => "200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999999999",
                _ => "404 Not Found\r\nContent-Length: 1",
            };
            let _ = write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\n\r\nx");
        }
    });
    address
}

#[test]
fn every_error_is_shown() {
    let server = server();
    let mut page = String::from(
        "# Errors\n\nEverything that `onrecord` refuses, each with the command that brings it up, what it prints on standard error, and its exit\n\
         code. This page is made by `tests/it/errors.rs`, which also follows the hints. `LOG` stands for\n\
         `onrecord log --source https://gazette.example/1 --subject Meta`, and the ledger begins as\n\n```sh",
    );
    page.push_str(LEDGER);
    page.push_str("```\n");
    let mut wrong = Vec::new();
    let small = Desk::new();
    small.shell_ok(LEDGER);
    for (title, errors) in gallery() {
        write!(page, "\n## {title}\n").unwrap();
        for error in errors {
            let desk = copied(&small);
            let outcome = run(&desk, error.before, error.command, &server);
            if outcome.code != error.code || !outcome.stdout.is_empty() {
                wrong.push(format!("{}: expected exit code {}, found\n{}", error.command, error.code, outcome.shown()));
            }
            let stderr = desk.settled(&outcome.stderr).replace(&server, "SERVER");
            let before = match error.before {
                "" => String::new(),
                "MANY" => "# … after some hundred claims\n".to_string(),
                before => format!("{before}\n"),
            };
            // Long arguments and long lists say nothing more.
            let fence = if stderr.contains("```") { "~~~" } else { "```" };
            write!(
                page,
                "\n### {}\n\n{fence}sh\n{before}{}\n{fence}\n\n{fence}text\n{stderr}{fence}\n\nexit code {}\n",
                error.when, error.command, outcome.code
            )
            .unwrap();
            if !error.mended.is_empty() {
                let mended = run(
                    &desk,
                    if error.before.contains("unset") { "unset ONRECORD_ACTOR" } else { "" },
                    error.mended,
                    &server,
                );
                if mended.code != 0 {
                    wrong.push(format!("{}\n  and, by its hint, {}\n{}", error.command, error.mended, mended.shown()));
                }
                if error.mended.lines().count() == 1 {
                    page.truncate(page.trim_end().len());
                    writeln!(page, "; the hint followed: `{}`", error.mended).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n\n{}", wrong.len(), wrong.join("\n\n"));
    check_file("docs/errors.md", &page);
}

/// The variants of the enums that people can meet, from the source text.
fn variants(path: &str, name: &str) -> Vec<String> {
    let source = std::fs::read_to_string(repository().join(path)).unwrap();
    let body = source.split(&format!("pub enum {name} {{\n")).nth(1).unwrap_or_else(|| panic!("{name} in {path}"));
    let body = &body[..body.find("\n}").unwrap()];
    let variant = |line: &str| {
        let line = line.strip_prefix("    ")?;
        let word: String = line.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        word.starts_with(|c: char| c.is_ascii_uppercase()).then_some(word)
    };
    body.lines().filter_map(variant).map(|variant| format!("{name}::{variant}")).collect()
}

#[test]
fn no_error_is_left_out() {
    let mut all = Vec::new();
    for (path, name) in [
        ("src/ledger/error.rs", "Refusal"),
        ("src/ledger/error.rs", "LedgerError"),
        ("src/quote/error.rs", "QuoteError"),
        ("src/capture/error.rs", "CaptureError"),
        ("src/store/error.rs", "StoreError"),
        ("src/archive/error.rs", "ArchiveError"),
        ("src/cli/trouble.rs", "Trouble"),
    ] {
        let found = variants(path, name);
        assert!(found.len() >= 4, "{path}: {found:?}");
        all.extend(found);
    }
    let shown: BTreeSet<&str> =
        gallery().iter().flat_map(|(_, errors)| errors).flat_map(|error| error.variants).copied().collect();
    let explained: BTreeSet<&str> = NOT_SHOWN.iter().map(|(name, _)| *name).collect();
    let left_out: Vec<&String> =
        all.iter().filter(|name| !shown.contains(name.as_str()) && !explained.contains(name.as_str())).collect();
    assert!(left_out.is_empty(), "in neither the gallery nor NOT_SHOWN of tests/it/errors.rs: {left_out:?}");
    let unknown: Vec<&&str> =
        shown.iter().chain(&explained).filter(|name| !all.iter().any(|known| known == **name)).collect();
    assert!(unknown.is_empty(), "no such variant any more: {unknown:?}");
    let both: Vec<&&str> = shown.intersection(&explained).collect();
    assert!(both.is_empty(), "shown, and said not to be: {both:?}");
}
