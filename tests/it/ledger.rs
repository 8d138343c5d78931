//! The ledger through the library, on real SQLite files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Utc};
use onrecord::capture::Hints;
use onrecord::domain::id::ClaimId;
use onrecord::domain::listing::PositionView;
use onrecord::domain::quote::WantedQuote;
use onrecord::domain::source::SourceDetails;
use onrecord::ledger::{
    CaptureRequest, ClaimFilter, ClaimInput, Desk, EntityInput, ImportRequest, Judgement, Ledger, LedgerError,
    LinkInput, Refusal, silent,
};
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::desk;

/// The tables that are worked out from the record.
pub const DERIVED: [&str; 23] = [
    "bring",
    "import",
    "import_mark",
    "import_name",
    "import_bad",
    "copying",
    "independent",
    "one_origin",
    "source",
    "snapshot",
    "credit",
    "upstream",
    "entity",
    "alias",
    "member",
    "predicate",
    "question",
    "claim",
    "statement",
    "speaker",
    "claim_event",
    "decision",
    "position",
];

/// A clock that goes on by a second, and salt that is never the same.
pub fn desk() -> Desk {
    let (seconds, mut salts) = (std::cell::Cell::new(1_750_000_000), 0u128);
    Desk {
        actor: "human:test".parse().unwrap(),
        clock: Box::new(move || {
            seconds.set(seconds.get() + 1);
            DateTime::<Utc>::from_timestamp(seconds.get(), 0).unwrap()
        }),
        salt: Box::new(move || {
            salts += 1;
            salts.to_be_bytes()
        }),
    }
}

/// Every row of these tables, in a fixed order.
pub fn dumped(path: &Path, tables: &[&str]) -> String {
    let connection = Connection::open(path).unwrap();
    let mut dump = String::new();
    for table in tables {
        let mut select = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = select.column_count();
        let row = |row: &rusqlite::Row| {
            let cell = |index| match row.get_unwrap(index) {
                Value::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
                other => format!("{other:?}"),
            };
            Ok((0..columns).map(cell).collect::<Vec<String>>().join("|"))
        };
        let mut rows: Vec<String> = select.query_map([], row).unwrap().map(Result::unwrap).collect();
        rows.sort();
        dump.push_str(&format!("{table}: {} rows\n{}\n", rows.len(), rows.join("\n")));
    }
    dump
}

pub fn sql(path: &Path, sql: &str) -> Result<(), rusqlite::Error> {
    Connection::open(path).unwrap().execute_batch(sql)
}

pub fn count(path: &Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

pub fn text(path: &Path, sql: &str) -> String {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

// ---- the derived tables

/// On the demo's story, with everything that can happen to a claim and a source happening.
#[test]
fn rebuild_equals_live() {
    let mut desk = desk::Desk::new();
    desk.ok(&["demo"]);
    desk.set("ONRECORD_LEDGER", "onrecord-demo.db");
    let ids = desk.shell_ok("onrecord claims --format jsonl | sed 's/.*\"id\":\"\\([0-9a-f]*\\)\",\"modality.*/\\1/'");
    let ids: Vec<&str> = ids.lines().collect();
    assert!(ids.len() >= 40 && ids.iter().all(|id| id.len() == 64), "{ids:?}");
    for (n, id) in ids.iter().enumerate() {
        match n % 7 {
            0 => desk.ok(&["retract", id, "--because", "a misreading"]),
            1 => desk.ok(&["attest", id, "--actor", "agent:reader"]),
            2 => desk.ok(&["correct", id, "--because", "another time", "--as-of", "2025-05"]),
            3 => {
                desk.ok(&["correct", id, "--because", "a denial", "--deny", "--qualifier", "scope=all"]);
                desk.ok(&["reinstate", id, "--because", "both"])
            }
            _ => String::new(),
        };
    }
    for id in ids.iter().step_by(14) {
        desk.ok(&["reinstate", id, "--because", "it was right"]);
    }
    // A page whose date is corrected, a further snapshot, more names, more predicates.
    desk.shell_ok(
        "onrecord capture examples/meta-openai/01-ledger-post.en.html --published 2025-09-01 --author 'A. Reed' \
             --url https://ledgerpost.example/business/2025/06/13/meta-scale-ai
         (cat examples/meta-openai/12-albion-dispatch.en.txt; echo More.) | onrecord capture - \
             --source $(onrecord sources --format csv | grep Albion | cut -c1-8)
         echo '{\"name\": \"Meta\", \"aliases\": [\"Facebook\", \"META 🙂\"]}' | onrecord entities add -
         onrecord predicates add examples/predicates.toml
         printf '(Reuters) - It opened.' | onrecord capture - --publisher 'Quay Post' > quay
         onrecord derives-from $(cat quay) CNBC --because 'word for word'
         onrecord entities merge Wired CNBC --because 'for the shape of it'
         onrecord decide $(onrecord contradictions --format csv | sed -n 2p | cut -c1-8) both-right --because 'two deals'
         awk 'BEGIN { print \"who,town,people\"; print \"Desk,Nowhere,many\"; for (n = 1; n <= 300; n++) {
             right = 1000 + n * 7919 % 8000; wire = right + (n % 5 ? 0 : 10 + n % 90)
             print \"Wire,Town \" n \",\" wire; print \"Mirror,Town \" n \",\" wire; print \"Echo,Town \" n \",\" wire
             for (k = 1; k <= 5; k++) print \"Desk \" k \",Town \" n \",\" right + ((n + k) % 10 ? 0 : k) } }' > towns.csv
         printf '[columns]\nsource = \"who\"\nentity = \"town\"\n[predicates.people]\nkind = \"figure\"\n' > map.toml
         onrecord import towns.csv --map map.toml --new --skip-bad
         echo '{\"name\": \"The Quay\", \"aliases\": [\"Town 1\"]}' | onrecord entities add -
         onrecord copying find
         onrecord copying part Wire Echo --because 'for the shape of it'
         onrecord init --ledger other.db
         printf 'The quay has 12 ships.' | onrecord capture - --ledger other.db
         onrecord merge other.db",
    );
    let file = desk.path().join("onrecord-demo.db");
    let live = dumped(&file, &DERIVED);
    for table in DERIVED {
        assert!(!live.contains(&format!("{table}: 0 rows")), "{table} shows nothing");
    }
    let record = dumped(&file, &["entry", "entry_body", "blob"]);
    desk.ok(&["rebuild"]);
    assert_eq!(dumped(&file, &DERIVED), live);
    assert_eq!(dumped(&file, &["entry", "entry_body", "blob"]), record, "rebuild writes nothing to the record");
}

/// Pages that the claims below are quoted from: publisher, date of publication, text.
const PAGES: [(&str, &str, &str); 3] = [
    (
        "Gazette",
        "2025-06-13",
        "Meta paid $14.3 billion. It has 8 researchers. Beyer joined. A stake of 49%. It employs 1,200 people. Meta, the boss said, is fine.",
    ),
    (
        "Herald",
        "2025-06-20",
        "Meta paid about $14 billion. It has 11 researchers. Beyer declined. A stake of 49.3%. It employs 1,250 people. Meta paid €14.3 billion.",
    ),
    (
        "Star",
        "2025-09-01",
        "Meta paid more than $14.8 billion. It has 9 researchers. Beyer left. A stake of 40%. It employs 1,250 people. Meta paid $15 billion. None of the staff joined. OpenAI paid $14 billion.",
    ),
];

/// Claims to play with: page, quote, predicate, object, as-of, stance, origin.
type Playing =
    (usize, &'static str, &'static str, Option<&'static str>, Option<&'static str>, bool, Option<&'static str>);
const POOL: [Playing; 20] = [
    (0, "Meta paid $14.3 billion", "investment", Some("Scale"), None, false, None),
    (1, "Meta paid about $14 billion", "investment", Some("Scale"), None, false, None),
    (1, "Meta paid €14.3 billion", "investment", Some("Scale"), None, false, Some("Gazette")),
    (2, "Meta paid more than $14.8 billion", "investment", Some("Scale"), None, false, None),
    (2, "Meta paid $15 billion", "investment", Some("Scale"), None, true, None),
    (2, "$15 billion", "investment", Some("Scale"), None, false, Some("Gazette")),
    (0, "It has 8 researchers", "hires", Some("OpenAI"), None, false, None),
    (1, "It has 11 researchers", "hires", Some("OpenAI"), Some("2025-06"), false, None),
    (2, "It has 9 researchers", "hires", Some("OpenAI"), None, false, None),
    (0, "Beyer joined", "joined", Some("Meta"), None, false, None),
    (1, "Beyer declined", "declined", Some("Meta"), None, false, Some("Beyer")),
    (2, "Beyer left", "left", Some("Meta"), Some("2025-08"), false, None),
    (0, "A stake of 49%", "stake", Some("Scale"), None, false, None),
    (1, "A stake of 49.3%", "stake", Some("Scale"), None, false, None),
    (2, "A stake of 40%", "stake", Some("Scale"), None, false, None),
    (0, "It employs 1,200 people", "headcount", None, Some("2025-06"), false, None),
    (1, "It employs 1,250 people", "headcount", None, Some("2025-06"), false, None),
    (2, "Meta paid $15 billion", "said", None, None, false, None),
    (2, "None of the staff joined", "joined", Some("Meta"), None, true, None),
    (2, "OpenAI paid $14 billion", "investment", Some("Scale"), None, false, Some("Herald")),
];

/// Who is merged, parted and put into groups.
const NAMES: [&str; 8] = ["Meta", "Scale", "OpenAI", "Beyer", "Gazette", "Herald", "Star", "Staff"];

/// A ledger with the pages, the names and nothing else; answers the sources with it.
pub fn with_pages(path: &Path) -> (Ledger, Vec<String>) {
    pages_in(Ledger::create(path, Some("test"), desk()).unwrap())
}

/// The same in a ledger that was made already.
pub fn pages_in(mut ledger: Ledger) -> (Ledger, Vec<String>) {
    let entity = |name: &str| Ok(EntityInput { name: name.to_string(), ..EntityInput::default() });
    let lines: Vec<_> = NAMES.into_iter().enumerate().map(|(n, name)| (n + 1, entity(name))).collect();
    ledger.add_entities(&lines).unwrap();
    let sources = (0..PAGES.len()).map(|page| described(&mut ledger, page, PAGES[page].1)).collect();
    (ledger, sources)
}

/// Captures a page with that date of publication; a page on record is described anew.
fn described(ledger: &mut Ledger, page: usize, published: &str) -> String {
    let (publisher, _, text) = PAGES[page];
    let published = Some(published.parse().unwrap());
    captured(ledger, text, SourceDetails { published, ..published_by(publisher) })
}

/// Details of an English page.
pub fn published_by(publisher: &str) -> SourceDetails {
    SourceDetails {
        publisher: Some(publisher.to_string()),
        language: Some("en".to_string()),
        ..SourceDetails::default()
    }
}

/// Captures a text. Answers the source.
pub fn captured(ledger: &mut Ledger, text: &str, details: SourceDetails) -> String {
    let request = CaptureRequest {
        bytes: text.as_bytes(),
        place: "page.txt".to_string(),
        hints: Hints::default(),
        details,
        source: None,
    };
    ledger.capture(request).unwrap().source.to_string()
}

/// Imports a table, with whatever names it has.
pub fn imported(ledger: &mut Ledger, table: &str, details: SourceDetails, map: &str) {
    let request = ImportRequest {
        bytes: table.as_bytes(),
        place: "table.csv".into(),
        hints: Hints::default(),
        details,
        source: None,
        map: toml::from_str(map).unwrap(),
        new_entities: true,
        skip_bad: false,
        progress: &silent,
    };
    ledger.import(request).unwrap();
}

fn input(claim: usize, sources: &[String]) -> ClaimInput {
    let (page, quote, predicate, object, as_of, denies, by) = POOL[claim];
    let subject = match predicate {
        _ if quote.starts_with("None") => "Staff",
        _ if quote.starts_with("OpenAI") => "OpenAI",
        "joined" | "declined" | "left" => "Beyer",
        _ => "Meta",
    };
    ClaimInput {
        source: sources[page].clone(),
        quote: WantedQuote { exact: quote.to_string(), ..WantedQuote::default() },
        subject: subject.to_string(),
        predicate: predicate.to_string(),
        object: object.map(str::to_string),
        as_of: as_of.map(str::to_string),
        stance: if denies { onrecord::domain::claim::Stance::Denies } else { Default::default() },
        by: by.into_iter().chain([PAGES[page].0]).map(LinkInput::named).collect(),
        ..ClaimInput::default()
    }
}

pub fn log(ledger: &mut Ledger, claim: usize, sources: &[String]) -> Result<ClaimId, LedgerError> {
    Ok(ledger.log(&[(1, Ok(input(claim, sources)))], false)?.claims[0].id)
}

#[derive(Clone, Debug)]
pub enum Operation {
    Log(usize),
    Retract(usize),
    Reinstate(usize),
    Correct(usize, usize),
    Attest(usize),
    Describe(usize, &'static str),
    Merge(&'static str, &'static str),
    Unmerge(&'static str),
    Join(&'static str, &'static str),
    Derive(usize, Parent),
    Underive(usize, Parent),
    Decide(usize, Judgement),
}

/// What a page may derive from: another page, or somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parent {
    Page(usize),
    Entity(&'static str),
}

impl Parent {
    fn wanted(&self, sources: &[String]) -> String {
        match self {
            Parent::Page(page) => sources[*page].clone(),
            Parent::Entity(name) => name.to_string(),
        }
    }
}

fn join(ledger: &mut Ledger, group: &str, member: &str) -> Result<(), LedgerError> {
    let members = vec![member.to_string()];
    let input = EntityInput { name: group.to_string(), members, ..EntityInput::default() };
    ledger.add_entities(&[(1, Ok(input))]).map(drop)
}

pub fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let claim = 0..POOL.len();
    let date = prop::sample::select(vec!["2025-06-13", "2025-06-20", "2025-09-01", "2024", "2025-06"]);
    let name = || prop::sample::select(NAMES.to_vec());
    let parent = prop_oneof![
        (0..PAGES.len()).prop_map(Parent::Page),
        prop::sample::select(vec!["Gazette", "Star", "Beyer"]).prop_map(Parent::Entity),
    ];
    let judgement =
        prop::sample::select(vec![Judgement::FirstWrong, Judgement::BothRight, Judgement::Open, Judgement::Unsure]);
    let one = prop_oneof![
        6 => claim.clone().prop_map(Operation::Log),
        2 => claim.clone().prop_map(Operation::Retract),
        1 => claim.clone().prop_map(Operation::Reinstate),
        1 => (claim.clone(), claim.clone()).prop_map(|(a, b)| Operation::Correct(a, b)),
        1 => claim.prop_map(Operation::Attest),
        1 => (0..PAGES.len(), date).prop_map(|(page, date)| Operation::Describe(page, date)),
        1 => (name(), name()).prop_map(|(a, b)| Operation::Merge(a, b)),
        1 => name().prop_map(Operation::Unmerge),
        1 => (prop::sample::select(vec!["Staff", "OpenAI"]), name()).prop_map(|(a, b)| Operation::Join(a, b)),
        1 => (0..PAGES.len(), parent.clone()).prop_map(|(page, from)| Operation::Derive(page, from)),
        1 => (0..PAGES.len(), parent).prop_map(|(page, from)| Operation::Underive(page, from)),
        1 => (0..POOL.len(), judgement).prop_map(|(claim, judgement)| Operation::Decide(claim, judgement)),
    ];
    prop::collection::vec(one, 1..50)
}

/// What a ledger says of each question: verdict, counts, and positions by their claims; not in which order claims came.
pub fn verdicts(path: &Path) -> BTreeMap<String, (String, Vec<String>)> {
    let connection = Connection::open(path).unwrap();
    let mut select = connection
        .prepare(
            "SELECT lower(hex(q.id)), q.verdict || ' ' || q.severity || ' ' || q.claims || ' ' || q.origins,
                    coalesce(p.lo, '') || '..' || coalesce(p.hi, '') || ' ' || coalesce(p.claims || ' ' || p.origins || ' ' || p.support, '')
             FROM question q
             LEFT JOIN position p ON p.question = q.number
             WHERE q.claims > 0",
        )
        .unwrap();
    let mut verdicts: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    for row in rows {
        let (id, verdict, position): (String, String, String) = row.unwrap();
        let entry = verdicts.entry(id).or_insert((verdict, Vec::new()));
        entry.1.push(position);
    }
    for question in Ledger::open(path, desk()).unwrap().contradictions(true, None, None).unwrap().questions {
        let claims = |position: &PositionView| position.claims.iter().copied().collect::<BTreeSet<ClaimId>>();
        let positions = question.positions.iter().map(|position| format!("{:?}", claims(position)));
        verdicts.get_mut(&question.id.to_string()).unwrap().1.extend(positions);
    }
    verdicts.values_mut().for_each(|(_, positions)| positions.sort());
    verdicts
}

/// What people decided, as it is shown with each finding and each claim.
fn decisions(ledger: &mut Ledger) -> Vec<String> {
    let shown = ledger.contradictions(true, None, None).unwrap();
    let findings = shown.questions.iter().map(|question| format!("{} {:?}", question.id, question.decision));
    findings.chain(shown.claims.values().map(|claim| format!("{} {:?}", claim.id, claim.decisions))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever happened, the derived tables are what the entries say, and the verdicts are those of the standing
    /// claims alone: how they came to stand, and in which order, changes nothing.
    #[test]
    fn only_what_stands_counts(operations in operations(), seed in any::<u64>()) {
        counts_what_stands(&operations, seed)?;
    }
}

/// Histories that once went wrong.
#[test]
fn what_went_wrong_once() {
    use Operation::{Derive, Describe, Log, Merge};
    let page = |page| Parent::Page(page);
    let chain = [
        Log(2),
        Log(0),
        Describe(1, "2025-06-13"),
        Merge("Star", "Gazette"),
        Derive(0, page(2)),
        Derive(2, page(1)),
        Log(5),
        Describe(2, "2025-06-13"),
    ];
    counts_what_stands(&chain, 14995021942602334208).unwrap();
    let two_parents = [Derive(2, Parent::Entity("Beyer")), Log(8), Derive(2, page(0))];
    counts_what_stands(&two_parents, 0).unwrap();
}

/// Every row of a verdict or a position that could be wrong, made wrong.
fn spoil_verdicts(path: &Path) {
    let spoil = "UPDATE question SET verdict = 'alone', worst = NULL, severity = severity + 1 WHERE number % 5 = 0;
                 UPDATE question SET latest = '1999-01-01', claims = claims + 1 WHERE number % 5 = 1;
                 DELETE FROM position WHERE question % 5 = 2;
                 UPDATE position SET lo = '0.5', support = 9 WHERE question % 5 = 3;
                 INSERT INTO position SELECT number, 99, '1', NULL, 0, 0, 1, 1, 1 FROM question WHERE number % 5 = 4;";
    sql(path, spoil).unwrap();
}

/// Does one thing; `ids` are the claims that were logged.
pub fn perform(
    ledger: &mut Ledger,
    operation: &Operation,
    sources: &[String],
    ids: &mut BTreeMap<usize, ClaimId>,
) -> Result<(), LedgerError> {
    let id = |claim: &usize| ids.get(claim).map_or("0000".to_string(), ClaimId::to_string);
    match operation {
        Operation::Log(claim) => log(ledger, *claim, sources).map(|id| _ = ids.insert(*claim, id)),
        Operation::Retract(claim) => ledger.retract(&id(claim), "a test").map(drop),
        Operation::Reinstate(claim) => ledger.reinstate(&id(claim), "a test").map(drop),
        Operation::Attest(claim) => ledger.attest(&id(claim)).map(drop),
        Operation::Correct(claim, other) => {
            let right = input(*other, sources);
            let logged = ledger.correct(&id(claim), "a test", false, |wrong| *wrong = right);
            logged.map(|logged| _ = ids.insert(*other, logged.id))
        }
        Operation::Describe(page, date) => {
            described(ledger, *page, date);
            Ok(())
        }
        Operation::Merge(entity, into) => ledger.merge_entities(entity, into, "a test").map(drop),
        Operation::Unmerge(entity) => ledger.unmerge_entity(entity, "a test").map(drop),
        Operation::Join(group, member) => join(ledger, group, member),
        Operation::Derive(page, from) => ledger.derive(&sources[*page], &from.wanted(sources), "a test").map(drop),
        Operation::Underive(page, from) => ledger.underive(&sources[*page], &from.wanted(sources), "a test").map(drop),
        Operation::Decide(claim, judgement) => ledger.decide(&id(claim), judgement, "a test").map(drop),
    }
}

fn counts_what_stands(operations: &[Operation], seed: u64) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (mut ledger, sources) = with_pages(&path);
    let mut dates: Vec<&str> = PAGES.iter().map(|page| page.1).collect();
    let mut ids: BTreeMap<usize, ClaimId> = BTreeMap::new();
    let (mut groups, mut derivations) = (BTreeSet::new(), BTreeSet::new());
    let mut done = 0;
    for operation in operations {
        let outcome = perform(&mut ledger, operation, &sources, &mut ids);
        if outcome.is_ok() {
            match operation {
                Operation::Describe(page, date) => dates[*page] = date,
                Operation::Join(group, member) => _ = groups.insert((*group, *member)),
                Operation::Derive(page, from) => _ = derivations.insert((*page, from.clone())),
                Operation::Underive(page, from) => _ = derivations.remove(&(*page, from.clone())),
                _ => {}
            }
        }
        match outcome {
            Ok(()) => done += 1,
            // What cannot be done (a claim that is not there) is refused, and nothing else may happen.
            Err(LedgerError::Refused(_) | LedgerError::Batch { .. }) => {}
            Err(other) => panic!("{operation:?}: {other}"),
        }
    }
    let live = dumped(&path, &DERIVED);
    let rebuilt = ledger.rebuild(&silent).unwrap();
    prop_assert_eq!(dumped(&path, &DERIVED), live.clone(), "{} of {} done", done, operations.len());
    prop_assert_eq!(ledger.reconcile(false, &silent).unwrap(), rebuilt);
    spoil_verdicts(&path);
    prop_assert_eq!(ledger.reconcile(true, &silent).unwrap(), rebuilt);
    prop_assert_eq!(dumped(&path, &DERIVED), live, "verdicts alone, {} of {} done", done, operations.len());

    let standing = ledger.claims(&ClaimFilter::default()).unwrap();
    let mut standing: Vec<ClaimId> = standing.iter().filter(|c| c.status.name() == "standing").map(|c| c.id).collect();
    // Another order, the same for the same seed.
    standing.sort_by_key(|id| id.0.0.iter().fold(seed, |sum, byte| sum.rotate_left(7) ^ u64::from(*byte)));
    let fresh_path = folder.path().join("b.db");
    let (mut fresh, same) = with_pages(&fresh_path);
    prop_assert_eq!(&same, &sources);
    for (page, date) in dates.iter().enumerate() {
        described(&mut fresh, page, date);
    }
    for id in standing {
        let claim = ids.iter().find(|(_, known)| **known == id).map(|(claim, _)| *claim).unwrap();
        prop_assert_eq!(log(&mut fresh, claim, &sources).unwrap(), id);
    }
    // Who is who and what repeats what, as it stands at the end and not before.
    for (group, member) in groups {
        // A name that was merged since may not belong to itself.
        let _ = join(&mut fresh, group, member);
    }
    for (page, from) in derivations {
        fresh.derive(&sources[page], &from.wanted(&sources), "a test").unwrap();
    }
    for entity in ledger.entities().unwrap() {
        for merged in entity.merged {
            fresh.merge_entities(&merged, &entity.key, "a test").unwrap();
        }
    }
    let settled = verdicts(&path);
    prop_assert_eq!(verdicts(&fresh_path), settled.clone());

    // What is done and undone is as it was.
    for (entity, into) in [("Scale", "OpenAI"), ("Herald", "Gazette"), ("Beyer", "Staff")] {
        if let Ok((merged, _, _)) = ledger.merge_entities(entity, into, "a test") {
            ledger.unmerge_entity(&merged.0, "a test").unwrap();
            prop_assert_eq!(verdicts(&path), settled.clone(), "{} merged into {} and parted", entity, into);
        }
    }
    for id in ids.values() {
        if ledger.retract(&id.to_string(), "a test").is_ok() {
            ledger.reinstate(&id.to_string(), "a test").unwrap();
        }
    }
    prop_assert_eq!(verdicts(&path), settled, "all retracted and reinstated");
    let decided = decisions(&mut ledger);
    ledger.rebuild(&silent).unwrap();
    prop_assert_eq!(decisions(&mut ledger), decided, "decisions survive");
    Ok(())
}

/// A claim is compared with those on its question and on those that it implies, and with nothing else.
#[test]
fn a_claim_touches_only_its_question() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (mut ledger, sources) = with_pages(&path);
    let rows = |path: &Path| -> BTreeMap<String, String> {
        let connection = Connection::open(path).unwrap();
        let sql = "SELECT number, number || subject || predicate || verdict || severity || coalesce(worst, '') || claims || origins
                   || coalesce((SELECT group_concat(rank || lo || hi || origins) FROM position WHERE question = number), '')
                   FROM question";
        let mut select = connection.prepare(sql).unwrap();
        let rows = select.query_map([], |row| Ok((row.get::<_, i64>(0)?.to_string(), row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    for (claim, what) in POOL.iter().enumerate() {
        let before = rows(&path);
        let logged = ledger.log(&[(1, Ok(input(claim, &sources)))], false).unwrap();
        // Whoever joined has accepted, so that question is touched too.
        let (_, _, predicate, _, _, denies, _) = what;
        let expected = if *predicate == "joined" && !denies { 2 } else { 1 };
        assert_eq!(logged.questions.touched, expected, "{what:?}");
        let after = rows(&path);
        let changed = after.iter().filter(|(number, row)| before.get(*number) != Some(*row)).count();
        assert_eq!(changed, expected, "{what:?}");
    }
    // The same again is attested: nothing to compare.
    assert_eq!(ledger.log(&[(1, Ok(input(0, &sources)))], false).unwrap().questions.touched, 0);
}

/// A batch touches each of its questions once, and one bad line keeps all of it off the record.
#[test]
fn a_batch_is_one_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (mut ledger, sources) = with_pages(&path);
    let all: Vec<_> = (0..POOL.len()).map(|claim| (claim + 1, Ok(input(claim, &sources)))).collect();
    let before = (dumped(&path, &DERIVED), dumped(&path, &["entry", "entry_body"]));
    let mut spoilt = all.clone();
    spoilt.push((90, Err(Refusal::NoReason)));
    spoilt.insert(3, (40, Ok(ClaimInput { source: "nowhere".into(), ..input(3, &sources) })));
    match ledger.log(&spoilt, false) {
        Err(LedgerError::Batch { lines, total }) => {
            assert_eq!(total, POOL.len() + 2);
            assert_eq!(lines, [(40, Refusal::NoSource("nowhere".into())), (90, Refusal::NoReason)]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!((dumped(&path, &DERIVED), dumped(&path, &["entry", "entry_body"])), before);
    let logged = ledger.log(&all, false).unwrap();
    assert_eq!(logged.questions.touched as i64, count(&path, "SELECT count(*) FROM question"));
    assert_eq!(count(&path, "SELECT count(*) FROM claim"), POOL.len() as i64);
}

/// Two processes at once, fifty claims each, one command a claim.
#[test]
fn two_writers_wait_for_each_other() {
    let desk = desk::Desk::new();
    desk.shell_ok("onrecord init; echo Eight ships sank. | onrecord capture - --publisher Gazette > source; printf '{\"name\": \"ships\"}\\n{\"name\": \"Gazette\"}' | onrecord entities add -");
    let entries = count(&desk.path().join("onrecord.db"), "SELECT count(*) FROM entry");
    let source = std::fs::read_to_string(desk.path().join("source")).unwrap();
    let write = |year: usize| {
        for n in 0..50 {
            let as_of = format!("{year}-{:02}-{:02}", n / 25 + 1, n % 25 + 1);
            desk.ok(&[
                "log",
                "--source",
                source.trim(),
                "--quote",
                "Eight ships sank",
                "--subject",
                "ships",
                "--predicate",
                "amount",
                "--as-of",
                &as_of,
            ]);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| write(2024));
        scope.spawn(|| write(2025));
    });
    let file = desk.path().join("onrecord.db");
    assert_eq!(count(&file, "SELECT count(*) FROM claim"), 100);
    assert_eq!(count(&file, "SELECT count(*) FROM entry"), entries + 100);
    assert_eq!(count(&file, "SELECT max(sequence) + 1 FROM entry"), entries + 100);
    assert_eq!(count(&file, "SELECT count(*) FROM entry WHERE json_extract(header, '$.sequence') <> sequence"), 0);
    let live = dumped(&file, &DERIVED);
    desk.ok(&["rebuild"]);
    assert_eq!(dumped(&file, &DERIVED), live);
}

/// Of several that make one ledger at once, one does, and it works.
#[test]
fn a_ledger_is_made_once() {
    let desk = desk::Desk::new();
    for round in 0..5 {
        let name = format!("{round}.db");
        let codes: Vec<desk::Outcome> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..4).map(|_| scope.spawn(|| desk.run(&["init", "--ledger", &name]))).collect();
            running.into_iter().map(|running| running.join().unwrap()).collect()
        });
        let made = codes.iter().filter(|outcome| outcome.code == 0).count();
        assert_eq!(made, 1, "{codes:?}");
        let refused = codes.iter().filter(|outcome| outcome.code == 3 && outcome.stderr.contains("already a file"));
        assert_eq!(refused.count(), 3, "{codes:?}");
        let predicates = desk.ok(&["predicates", "--format", "jsonl", "--ledger", &name]);
        assert_eq!(predicates.lines().count(), onrecord::domain::predicate::shipped().len());
        assert_eq!(
            count(&desk.path().join(&name), "SELECT count(*) FROM entry"),
            1 + predicates.lines().count() as i64
        );
    }
}
