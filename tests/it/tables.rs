//! Tables: every kind of file, single rows found again, and the derived tables as the entries have them.

use onrecord::capture::Hints;
use onrecord::domain::id::Digest;
use onrecord::domain::listing::ClaimView;
use onrecord::domain::quote::WantedQuote;
use onrecord::domain::source::SourceDetails;
use onrecord::domain::table::TableMap;
use onrecord::ledger::{
    CaptureRequest, ClaimFilter, ClaimInput, EntityInput, ImportReport, ImportRequest, Ledger, LedgerError, Refusal,
    silent,
};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::ledger::{DERIVED, desk, dumped};

fn import(ledger: &mut Ledger, name: &str, bytes: &[u8], map: &str, skip: bool) -> Result<ImportReport, LedgerError> {
    let map: TableMap = toml::from_str(map).unwrap();
    ledger.import(ImportRequest {
        bytes,
        place: name.to_string(),
        hints: Hints { file_name: Some(name.to_string()), ..Hints::default() },
        details: SourceDetails { publisher: Some("Office".to_string()), ..SourceDetails::default() },
        source: None,
        map,
        new_entities: true,
        skip_bad: skip,
        progress: &silent,
    })
}

fn refused(result: Result<ImportReport, LedgerError>) -> Refusal {
    match result {
        Err(LedgerError::Refused(refusal)) => *refusal,
        other => panic!("{other:?}"),
    }
}

fn all(ledger: &mut Ledger) -> Vec<ClaimView> {
    ledger.claims(&ClaimFilter::default()).unwrap()
}

/// Subject, predicate, value and date of each claim.
fn said(claims: &[ClaimView]) -> Vec<String> {
    let value = |claim: &ClaimView| match (&claim.figure, &claim.stated) {
        (Some(figure), _) => figure.value().unwrap().to_string(),
        (None, words) => words.clone().unwrap(),
    };
    let date = |claim: &ClaimView| claim.as_of.as_ref().map_or(String::new(), |date| format!(" {date}"));
    claims.iter().map(|c| format!("{} {} {}{}", c.subject, c.predicate, value(c), date(c))).collect()
}

const CITIES: &str = "[columns]\nentity = \"city\"\ndate = \"on\"\n[predicates.people]\nkind = \"figure\"\n\
                      [predicates.train]\nkind = \"time\"\n[predicates.mayor]\nkind = \"text\"\ntime = \"state\"\n";

const EXPECTED: [&str; 5] = [
    "Athens mayor Ann Lee 2025-06-17",
    "Athens people 745514 2025-06-17",
    "Athens train 08:51 2025-06-17",
    "Ames people 51557.5",
    "Ames train 20:05",
];

#[test]
fn every_kind_of_file_is_read_alike() {
    let workbook = {
        use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("Notes").unwrap().write(0, 0, "nothing here").unwrap();
        let sheet = workbook.add_worksheet().set_name("Data").unwrap();
        // The names of the columns stand in the third row.
        for (column, name) in ["city", "people", "train", "mayor", "on"].into_iter().enumerate() {
            sheet.write(2, column as u16, name).unwrap();
        }
        let (day, clock) = (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("hh:mm"));
        sheet.write(3, 0, "Athens").unwrap().write(3, 1, 745_514).unwrap().write(3, 3, "Ann Lee").unwrap();
        sheet.write_with_format(3, 2, ExcelDateTime::from_hms(8, 51, 0).unwrap(), &clock).unwrap();
        sheet.write_with_format(3, 4, ExcelDateTime::from_ymd(2025, 6, 17).unwrap(), &day).unwrap();
        sheet.write(4, 0, "Ames").unwrap().write(4, 1, 51_557.5).unwrap().write(4, 2, "8:05 pm").unwrap();
        workbook.save_to_buffer().unwrap()
    };
    let in_data = format!("{CITIES}[table]\nsheet = \"Data\"\n");
    let files: [(&str, Vec<u8>, &str); 6] = [
        ("a.csv", b"city,people,train,mayor,on\nAthens,745514,08:51,Ann Lee,2025-06-17\nAmes,51557.5,8:05 pm,,\n".to_vec(), CITIES),
        ("a.tsv", b"city\tpeople\ttrain\tmayor\ton\nAthens\t\"745,514\"\t8:51\tAnn Lee\t2025-06-17\nAmes\t51557.5\t20:05\t\t\n".to_vec(), CITIES),
        ("semicolons", b"\xef\xbb\xbfcity;people;train;mayor;on\r\n\"Athens\";745514;08:51;\"Ann Lee\";2025-06-17\r\nAmes;51557.5;20:05;;\r\n".to_vec(), CITIES),
        ("a.jsonl", br#"{"city":"Athens","people":745514,"train":"08:51","mayor":"Ann Lee","on":"2025-06-17"}
{"on":null,"city":"Ames","people":51557.5,"train":"20:05"}
"#.to_vec(), CITIES),
        ("utf16.csv", {
            let text = "\u{feff}city,people,train,mayor,on\nAthens,745514,08:51,Ann Lee,2025-06-17\nAmes,51557.5,20:05,,\n";
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }, CITIES),
        ("a.xlsx", workbook.clone(), &in_data),
    ];
    for (name, bytes, map) in &files {
        let mut ledger = Ledger::in_memory(desk()).unwrap();
        let report = import(&mut ledger, name, bytes, map, false).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.claims, 5, "{name}");
        let claims = all(&mut ledger);
        assert_eq!(said(&claims), EXPECTED, "{name}");
        assert!(claims.iter().all(|claim| claim.publisher.as_deref() == Some("Office")), "{name}");
        // Every claim is found by any beginning of its id, and its quote is the row.
        for claim in &claims {
            let id = claim.id.to_string();
            for digits in [5, 8, 10, 12, 64] {
                let found =
                    ledger.claims(&ClaimFilter { id: Some(id[..digits].to_string()), ..ClaimFilter::default() });
                assert_eq!(found.unwrap()[0].id, claim.id, "{name} {digits}");
            }
            assert!(claim.quote.exact.contains(&claim.subject), "{name}: {}", claim.quote.exact);
            let place = claim.quote.end - claim.quote.start;
            assert_eq!(place, claim.quote.exact.chars().count(), "{name}");
        }
    }
    let no_sheet = CITIES.replace("[columns]", "[table]\nsheet = \"Sheet9\"\n[columns]");
    let error = import(&mut Ledger::in_memory(desk()).unwrap(), "a.xlsx", &workbook, &no_sheet, false).unwrap_err();
    assert!(error.to_string().contains("found `Notes`, `Data`"), "{error}");
}

#[test]
fn bad_rows_keep_everything_out_unless_they_are_passed_over() {
    let mut ledger = Ledger::in_memory(desk()).unwrap();
    let table = "city,people,train,mayor,on\nAthens,many,08:51,,\nAmes,1,25:00,,\nBonn,2,,,never\nRome,3\n,4,,,\nOslo,5,,,2025\n";
    let Refusal::BadRows { rows, n_bad } = refused(import(&mut ledger, "a.csv", table.as_bytes(), CITIES, false))
    else {
        panic!("other refusal")
    };
    assert_eq!((rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(), n_bad), (vec![2, 3, 4, 5, 6], 5));
    assert_eq!(all(&mut ledger), []);
    assert_eq!(ledger.entities().unwrap(), [], "nothing is half done");
    let report = import(&mut ledger, "a.csv", table.as_bytes(), CITIES, true).unwrap();
    assert_eq!((report.claims, report.n_bad), (1, 5));
    assert_eq!(said(&all(&mut ledger)), ["Oslo people 5 2025"]);
    // Blank lines count, as a spreadsheet counts them; a line break in a cell does not.
    let gaps = "city,people,train,mayor,on\n\nAthens,1,,\"Ann\nLee\",\n\n\nAmes,many,,,\n";
    let report = import(&mut ledger, "b.csv", gaps.as_bytes(), CITIES, true).unwrap();
    assert_eq!(report.bad.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [6]);
    assert!(said(&all(&mut ledger)).contains(&"Athens mayor Ann\nLee".to_string()));
}

/// It would swallow the rows after it without a word.
#[test]
fn a_quotation_mark_that_is_never_closed_is_told_whatever_lines_end_with() {
    let mut ledger = Ledger::in_memory(desk()).unwrap();
    for end in ["\n", "\r\n", "\r"] {
        let table = format!("city,people,train,mayor,on{end}Athens,1,,\"Ann,{end}Ames,2,,,{end}");
        let Refusal::BadRows { rows, .. } = refused(import(&mut ledger, "a.csv", table.as_bytes(), CITIES, false))
        else {
            panic!("other refusal")
        };
        assert!(rows[0].1.contains("never closed"), "{end:?}: {rows:?}");
    }
}

/// Of two files in one the second begins with a mark, which the reader of a single row took for that of a file.
#[test]
fn a_row_that_begins_as_a_file_does_is_told() {
    let mut ledger = Ledger::in_memory(desk()).unwrap();
    let table = "\u{feff}city,people,train,mayor,on\nAthens,1,,,\n\u{feff}\"Ames, Iowa\",2,,,\nBonn,3,,,\n";
    let report = import(&mut ledger, "a.csv", table.as_bytes(), CITIES, true).unwrap();
    assert_eq!(report.bad.len(), 1);
    assert!(report.bad[0].0 == 3 && report.bad[0].1.contains("byte order mark"), "{:?}", report.bad);
    assert_eq!(said(&all(&mut ledger)), ["Athens people 1", "Bonn people 3"]);
}

/// A table that a later version reads otherwise is no quiet change of what is on record.
#[test]
fn a_table_read_otherwise_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut ledger = Ledger::create(&path, Some("test"), desk()).unwrap();
    import(&mut ledger, "a.csv", b"city,people,train,mayor,on\nAthens,745514,,,\n", CITIES, false).unwrap();
    drop(ledger);
    // The entry says what another version read.
    let file = Connection::open(&path).unwrap();
    file.execute_batch(
        "DROP TRIGGER entry_body_is_append_only_update; DROP TRIGGER entry_is_append_only_update;
         UPDATE entry_body SET body = replace(body, '\"claims\":1', '\"claims\":2') WHERE body LIKE '{\"import\"%';",
    )
    .unwrap();
    let sequence: i64 =
        file.query_row("SELECT sequence FROM entry_body WHERE body LIKE '{\"import\"%'", [], |row| row.get(0)).unwrap();
    let (salt, body): (Vec<u8>, String) = file
        .query_row("SELECT salt, body FROM entry_body WHERE sequence = ?1", [sequence], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let hash = onrecord::domain::id::Digest::of_two(&salt, body.as_bytes());
    let update = "UPDATE entry SET header = json_set(header, '$.body', ?2) WHERE sequence = ?1";
    file.execute(update, rusqlite::params![sequence, hash.to_string()]).unwrap();
    drop(file);
    let error = Ledger::open(&path, desk()).unwrap().rebuild(&silent).unwrap_err();
    assert!(error.to_string().contains("this version reads it otherwise"), "{error}");
}

/// The rows of tables in which publishers repeat each other, and how they are changed.
const TABLES: [(&str, &str); 5] = [
    (
        "long.csv",
        "who,what,fact,value,on\nWire,Athens,people,745514,2005\nEcho,Athens,people,745514,2005\nDesk,Athens,people,\"about 4,200,000\",2005\nWire,Ames,people,51557,2006\nDesk,Ames,people,51600,2006\nDesk,Ames,name,Ames,2006\n",
    ),
    (
        "more.csv",
        "who,what,fact,value,on\nEcho,athens ,people,745515,2005\nBoard,Bonn,people,330000,\nWire,Bonn,people,331000,2024\nEcho,Bonn,name,Bonn am Rhein,2024\n",
    ),
    ("rates.csv", "who,what,fact,value,on\nBank,EUR,exchange-rate,1.16,2025-06-13\n"),
    // Nobody is named in these: their rows go back to whoever publishes them.
    ("plain.csv", "city,people\nAthens,745514\nBonn,330000\n"),
    ("other.csv", "city,people\nAthens,700000\nBonn,330000\n"),
];

const LONG: &str =
    "[columns]\nsource = \"who\"\nentity = \"what\"\nattribute = \"fact\"\nvalue = \"value\"\ndate = \"on\"\n";

fn map(table: usize) -> String {
    if table > 2 {
        return "[columns]\nentity = \"city\"\n[predicates.people]\nkind = \"figure\"\nunit = \"count\"\n".to_string();
    }
    let predicates: &[&str] = match table {
        2 => &["exchange-rate\"]\nkind = \"figure\"\nobject = \"USD"],
        _ => &["people\"]\nkind = \"figure\"\nunit = \"count", "name\"]\nkind = \"text"],
    };
    let predicates: String = predicates.iter().map(|predicate| format!("[predicates.\"{predicate}\"\n")).collect();
    format!("{LONG}{predicates}")
}

#[derive(Clone, Debug)]
enum Operation {
    Import(usize),
    Retract(usize),
    Reinstate(usize),
    Decide(usize),
    Merge(&'static str, &'static str),
    Unmerge(&'static str),
    Describe(usize, &'static str, &'static str),
    Credit(usize, &'static str),
    Alias(&'static str, &'static str),
    Derive(usize, usize, bool),
    FindCopying,
    Part(&'static str, &'static str, bool),
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let name = || prop::sample::select(vec!["Wire", "Echo", "Desk", "Board", "Athens", "Ames", "Bonn"]);
    let one = prop_oneof![
        4 => (0..TABLES.len()).prop_map(Operation::Import),
        2 => (0..12usize).prop_map(Operation::Retract),
        1 => (0..12usize).prop_map(Operation::Reinstate),
        1 => (0..12usize).prop_map(Operation::Decide),
        3 => (name(), name()).prop_map(|(a, b)| Operation::Merge(a, b)),
        2 => name().prop_map(Operation::Unmerge),
        2 => (0..TABLES.len(), name(), prop::sample::select(vec!["2020", "2025-06-13", "2025-06-20"]))
            .prop_map(|(table, name, date)| Operation::Describe(table, name, date)),
        2 => (name(), name()).prop_map(|(name, alias)| Operation::Alias(name, alias)),
        2 => (0..TABLES.len(), prop::sample::select(vec!["Wire", "Board", "Agency"]))
            .prop_map(|(table, name)| Operation::Credit(table, name)),
        2 => (0..TABLES.len(), 0..TABLES.len(), any::<bool>())
            .prop_map(|(table, from, holds)| Operation::Derive(table, from, holds)),
        1 => Just(Operation::FindCopying),
        1 => (name(), name(), any::<bool>()).prop_map(|(a, b, holds)| Operation::Part(a, b, holds)),
    ];
    prop::collection::vec(one, 1..20)
}

/// Captures a table once more, with something else to say of it.
fn described(ledger: &mut Ledger, table: usize, details: SourceDetails) -> Result<(), LedgerError> {
    let (name, text) = TABLES[table];
    let hints = Hints { file_name: Some(name.to_string()), ..Hints::default() };
    let (bytes, place) = (text.as_bytes(), name.to_string());
    ledger.capture(CaptureRequest { bytes, place, hints, details, source: None }).map(drop)
}

fn apply(ledger: &mut Ledger, operation: &Operation) -> Result<(), LedgerError> {
    let ids: Vec<String> = all(ledger).iter().map(|claim| claim.id.to_string()).collect();
    let id = |claim: &usize| ids.get(*claim).cloned().unwrap_or_else(|| "0000".to_string());
    match operation {
        Operation::Import(table) => {
            let (name, text) = TABLES[*table];
            import(ledger, name, text.as_bytes(), &map(*table), false).map(drop)
        }
        Operation::Retract(claim) => ledger.retract(&id(claim), "a test").map(drop),
        Operation::Reinstate(claim) => ledger.reinstate(&id(claim), "a test").map(drop),
        Operation::Decide(claim) => {
            ledger.decide_claim(&id(claim), onrecord::domain::decision::ClaimOutcome::Verified, "a test").map(drop)
        }
        Operation::Merge(entity, into) => ledger.merge_entities(entity, into, "a test").map(drop),
        Operation::Unmerge(entity) => ledger.unmerge_entity(entity, "a test").map(drop),
        Operation::Describe(table, publisher, date) => {
            let details = SourceDetails {
                publisher: Some(publisher.to_string()),
                published: Some(date.parse().unwrap()),
                ..SourceDetails::default()
            };
            described(ledger, *table, details)
        }
        Operation::Credit(table, name) => described(
            ledger,
            *table,
            SourceDetails { credits: Some(vec![name.to_string()]), ..SourceDetails::default() },
        ),
        Operation::Derive(table, from, holds) => {
            let source = |table: &usize| Digest::of(TABLES[*table].1.as_bytes()).to_string();
            match holds {
                true => ledger.derive(&source(table), &source(from), "a test").map(drop),
                false => ledger.underive(&source(table), &source(from), "a test").map(drop),
            }
        }
        Operation::Alias(name, alias) => {
            let aliases = vec![alias.to_string()];
            let input = EntityInput { name: name.to_string(), aliases, ..EntityInput::default() };
            ledger.add_entities(&[(1, Ok(input))]).map(drop)
        }
        Operation::FindCopying => ledger.find_copying().map(drop),
        Operation::Part(a, b, holds) => ledger.find_independent(a, b, "a test", *holds).map(drop),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is done to the rows of tables, worked out bit by bit is the same as worked out anew.
    #[test]
    fn incremental_equals_full(operations in operations()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut ledger = Ledger::create(&path, Some("test"), desk()).unwrap();
        for operation in &operations {
            match apply(&mut ledger, operation) {
                Ok(()) | Err(LedgerError::Refused(_) | LedgerError::Batch { .. }) => {}
                Err(other) => panic!("{operation:?}: {other}"),
            }
        }
        let live = dumped(&path, &DERIVED);
        ledger.rebuild(&silent).unwrap();
        prop_assert_eq!(dumped(&path, &DERIVED), live);
        // Whoever is called what since, a row is found where it was put.
        for claim in all(&mut ledger) {
            let found = ledger.claims(&ClaimFilter { id: Some(claim.id.to_string()), ..ClaimFilter::default() });
            prop_assert_eq!(found.unwrap().len(), 1);
        }
    }
}

/// Cells that were once read as something else: what is said, or the row that is refused.
#[test]
fn cells_are_not_guessed_at() {
    let map = |more: &str| format!("[columns]\nentity = \"city\"\n[predicates.v]\nkind = \"figure\"\n{more}");
    let german = format!("{}[table]\nlanguage = \"de\"\n", map(""));
    // The file, its bytes, what the map has beside, and what is said or the row that is refused.
    type Case = (&'static str, &'static [u8], &'static str, Result<&'static [&'static str], u64>);
    let cases: [Case; 18] = [
        ("a.csv", b"city,v\nAthens 12\" pipe,3\n", "", Ok(&["Athens 12\" pipe v 3"])),
        (
            "a.csv",
            b"city,v\n\"Athens\nor so\",3\nBonn 12\" pipe,4\n",
            "",
            Ok(&["Athens or so v 3", "Bonn 12\" pipe v 4"]),
        ),
        ("a.csv", b"city,v\r\nA,1\r\nB,x\r\n", "", Err(3)),
        ("a.csv", b"\n\n\ncity,v\nA,1\nB,x\n", "", Err(6)),
        ("a.csv", b"city,v\nA,1\n\nB,x\n", "", Err(4)),
        ("a.csv", b"city,v\nA,1\nB,\"2\nC,3\n", "", Err(3)),
        ("a.csv", b"city,v\nA,(500)\n", "", Err(2)),
        ("a.csv", b"city,v\nA,500-\n", "", Err(2)),
        ("a.csv", b"city;v\nA;99,500\nB;100,000\n", "de", Ok(&["A v 99.5", "B v 100"])),
        (
            "a.jsonl",
            b"{\"city\":\"A\",\"v\":1.234}\n{\"city\":\"B\",\"v\":\"1.234\"}\n",
            "de",
            Ok(&["A v 1.234", "B v 1234"]),
        ),
        ("a.jsonl", b"{\"city\":\"A\",\"v\":1}\n{\"city\":\"B\",\"v\":2,\"v\":3}\n", "", Err(2)),
        ("a.csv", b"city,v\nA,1.5\n", "unit = \"count\"\n", Err(2)),
        ("a.csv", b"city,v\n\"A\nB\",1\n", "", Ok(&["A B v 1"])),
        ("a.csv", b"city,d,v\nA,2024 2025,1\n", "date", Err(2)),
        ("a.csv", b"city,d,v\nA,2025-06-17T25:00,1\n", "date", Err(2)),
        ("a.csv", b"city,d,v\nA,2025-06-17 08:00:00,1\n", "date", Ok(&["A v 1 2025-06-17"])),
        ("a.csv", b"city,d,v\nA,17/06/2025,1\nB,2025-06,2\n", "format", Ok(&["A v 1 2025-06-17", "B v 2 2025-06"])),
        ("a.csv", b"city,d,v\nA,2025-06-17T24:00:00,1\n", "date", Err(2)),
    ];
    for (name, bytes, with, expected) in cases {
        let dated = "[columns]\nentity = \"city\"\ndate = \"d\"\n[predicates.v]\nkind = \"figure\"\n";
        let map = match with {
            "de" => german.clone(),
            "date" => dated.to_string(),
            "format" => format!("{dated}[table]\ndate_format = \"%d/%m/%Y\"\n"),
            more => map(more),
        };
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
        let what = String::from_utf8_lossy(bytes);
        match (import(&mut ledger, name, bytes, &map, false), expected) {
            (Ok(_), Ok(expected)) => assert_eq!(said(&all(&mut ledger)), expected, "{what}"),
            (result, Err(row)) => match refused(result) {
                Refusal::BadRows { rows, .. } => assert_eq!(rows[0].0, row, "{what}"),
                other => panic!("{what}: {other:?}"),
            },
            (Err(error), Ok(_)) => panic!("{what}: {error}"),
        }
    }
}

/// The rows of a later version that changed are told, and those that went.
#[test]
fn changed_rows_are_told() {
    let map = "[columns]\nentity = \"city\"\n[predicates.v]\nkind = \"figure\"\n";
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
    let first = import(&mut ledger, "a.csv", b"city,v\nAthens,1\nBonn,2\nCork,3\n", map, false).unwrap();
    let later = ImportRequest {
        bytes: b"city,v\nAthens,1\nCork,4\nDelft,5\n",
        place: "a.csv".to_string(),
        hints: Hints { file_name: Some("a.csv".to_string()), ..Hints::default() },
        details: SourceDetails::default(),
        source: Some(first.source.to_string()),
        map: toml::from_str(map).unwrap(),
        new_entities: true,
        skip_bad: false,
        progress: &silent,
    };
    ledger.import(later).unwrap();
    let history = ledger.history(&first.source.to_string()).unwrap();
    let changes: Vec<(Option<&str>, Option<&str>)> =
        history[1].changes.iter().map(|change| (change.before.as_deref(), change.now.as_deref())).collect();
    assert_eq!(
        changes,
        [(None, Some("Cork,4")), (None, Some("Delft,5")), (Some("Bonn,2"), None), (Some("Cork,3"), None)]
    );
    assert!(history[1].changes.iter().all(|change| change.telling));
}

/// A workbook as spreadsheet programs write it: shares are shown in per cent, numbers have no language.
#[test]
fn a_workbook_says_what_it_shows() {
    let bytes = include_bytes!("../data/tables/shares.xlsx");
    let map = "[columns]\nentity = \"city\"\n[predicates.\"v 2005\"]\nname = \"v\"\nkind = \"figure\"\n[table]\nlanguage = \"de\"\n";
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
    let report = import(&mut ledger, "shares.xlsx", bytes, map, false).unwrap();
    assert_eq!((report.claims, report.rows), (5, 5));
    let claims = all(&mut ledger);
    assert_eq!(said(&claims), ["A v 12", "B v 1.234", "C v 1234", "D v 12.5", "E 5 v 99.5"]);
    let units: Vec<Option<&str>> = claims.iter().map(|claim| claim.figure.as_ref().unwrap().unit.word()).collect();
    assert_eq!(units, [Some("%"), None, None, Some("%"), None]);
    let far = import(&mut ledger, "far.xlsx", include_bytes!("../data/tables/far.xlsx"), map, false);
    let far = far.unwrap_err().to_string();
    assert!(far.contains("a sheet of 1048576 rows and 16384 columns"), "{far}");
}

/// What a person said of two origins can be taken back under whatever names they have since.
#[test]
fn independence_is_taken_back_under_new_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
    apply(&mut ledger, &Operation::Import(0)).unwrap();
    for (merged, into, now) in [("Echo", "Desk", ("Desk", "Wire")), ("Desk", "Ames", ("Wire", "Ames"))] {
        ledger.find_independent("Wire", merged, "a test", true).unwrap();
        ledger.merge_entities(merged, into, "a test").unwrap();
        assert!(ledger.find_independent(now.0, now.1, "a test", true).is_err());
        ledger.find_independent(now.0, now.1, "a test", false).unwrap();
        ledger.find_independent("Wire", into, "a test", true).unwrap();
        ledger.find_independent(into, "Wire", "a test", false).unwrap();
    }
}

/// However many contradict each other, a claim is told with how many of them it does.
#[test]
fn a_claim_is_compared_with_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
    let rows: String = (0..60).map(|row| format!("Paper {row},Athens,{}\n", 1003 + 1000 * row)).collect();
    let map = "[columns]\nentity = \"city\"\nsource = \"who\"\n[predicates.people]\nkind = \"figure\"\n";
    import(&mut ledger, "a.csv", format!("who,city,people\n{rows}").as_bytes(), map, false).unwrap();
    let last = all(&mut ledger).pop().unwrap().id;
    let standing = ledger.standing(last).unwrap().unwrap();
    assert_eq!((standing.conflicts, standing.tensions, standing.is_agreed, standing.is_finding), (59, 0, false, true));
    ledger.retract(&last.to_string(), "a test").unwrap();
    assert_eq!(ledger.standing(last).unwrap(), None);
}

/// What is said of a table changes nothing of the claim that was logged next.
#[test]
fn a_table_ends_where_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut ledger = Ledger::create(&path, Some("test"), desk()).unwrap();
    let map = |table: usize| map(table);
    import(&mut ledger, TABLES[3].0, TABLES[3].1.as_bytes(), &map(3), false).unwrap();
    let details = SourceDetails { publisher: Some("Gazette".to_string()), ..SourceDetails::default() };
    let (bytes, place) = (&b"Cairo has 9 people."[..], "page.txt".to_string());
    let page = CaptureRequest { bytes, place, hints: Hints::default(), details, source: None };
    let source = ledger.capture(page).unwrap().source.to_string();
    let claim = ClaimInput {
        source,
        quote: WantedQuote { exact: "9 people".to_string(), ..WantedQuote::default() },
        subject: "Cairo".to_string(),
        predicate: "people".to_string(),
        ..ClaimInput::default()
    };
    ledger.log(&[(1, Ok(claim))], true).unwrap();
    let origins = |ledger: &mut Ledger| -> Vec<String> { all(ledger).into_iter().map(|claim| claim.origin).collect() };
    assert_eq!(origins(&mut ledger), ["Office", "Office", "Gazette"]);
    apply(&mut ledger, &Operation::Describe(3, "Wire", "2025-06-13")).unwrap();
    assert_eq!(origins(&mut ledger), ["Wire", "Wire", "Gazette"]);
}

/// Two entities with one alias: rows that name it are bad rows. Of those nobody else is named, and no part is on record.
#[test]
fn a_row_that_is_passed_over_leaves_nothing() {
    let mut ledger = Ledger::in_memory(desk()).unwrap();
    let twin = |name: &str| {
        Ok(EntityInput {
            name: name.into(),
            aliases: vec!["Twin".into()],
            key: Some(name.to_lowercase()),
            ..EntityInput::default()
        })
    };
    ledger.add_entities(&[(1, twin("One")), (2, twin("Two"))]).unwrap();
    let map = "[columns]\nentity = 'city'\nsource = 'by'\ndate = 'on'\n[predicates.people]\nkind = 'figure'";
    let table =
        "city,by,on,people\nLyon,Good,2020,5\nParis,OnlyBad,notadate,6\nGhost,Twin,2020,7\nTwin,Nobody,2020,8\n";
    let report = import(&mut ledger, "a.csv", table.as_bytes(), map, true).unwrap();
    assert_eq!((report.rows, report.claims, report.n_bad), (1, 1, 3));
    assert_eq!((report.n_named, report.n_publishers), (1, 1));
    let names: Vec<String> = ledger.entities().unwrap().into_iter().map(|entity| entity.name).collect();
    assert_eq!(names, ["Good", "Lyon", "Office", "One", "Two"]);
    // The object of one column leads nowhere: a row with both columns is passed over whole.
    let map = "[columns]\nentity = 'city'\n[predicates.a]\nkind = 'figure'\nobject = 'Twin'\n[predicates.b]\nkind = 'figure'\nobject = 'Fine'";
    let report = import(&mut ledger, "b.csv", b"city,a,b\nLyon,1,2\nParis,,3\nNice,4,\n", map, true).unwrap();
    assert_eq!((report.rows, report.claims, report.n_bad), (1, 1, 2));
    let rows: Vec<u64> = report.bad.iter().map(|(row, _)| *row).collect();
    assert_eq!(rows, [2, 4]);
}

/// Keys that no line has are slips of the map, as names of columns are.
#[test]
fn a_column_that_no_line_of_json_has_is_refused() {
    let mut ledger = Ledger::in_memory(desk()).unwrap();
    let lines = b"{\"city\":\"Lyon\",\"wen\":\"2020\",\"people\":5}\n{\"city\":\"Lyon\",\"wen\":\"2021\",\"people\":6,\"more\":1}\n";
    let map = |date: &str, people: &str| {
        format!("[columns]\nentity = 'city'\ndate = '{date}'\n[predicates.{people}]\nkind = 'figure'")
    };
    for (date, people, wanted) in [("when", "people", "when"), ("wen", "popple", "popple")] {
        let error = import(&mut ledger, "a.jsonl", lines, &map(date, people), false).unwrap_err().to_string();
        assert_eq!(error, format!("the table: no column `{wanted}`: the table has `city`, `people`, `wen`"));
    }
    assert_eq!(import(&mut ledger, "a.jsonl", lines, &map("wen", "people"), false).unwrap().claims, 2);
}

/// A time in a date is passed over however it is written, and two digits are no year.
#[test]
fn dates_are_days() {
    let mut ledger = Ledger::in_memory(desk()).unwrap();
    let map = "[columns]\nentity = 'city'\ndate = 'on'\n[predicates.people]\nkind = 'figure'\n[table]\ndate_format = '%d/%m/%Y'";
    let table = "city,on,people\nA,17/06/2025,3\nB,2025-06-17T08:00:00Z,5\nC,2025-06-17T08:00Z,5\nD,2025-06-17 08:00:00,5\nE,2025-06,5\n";
    import(&mut ledger, "a.csv", table.as_bytes(), map, false).unwrap();
    let dates: Vec<String> = all(&mut ledger).iter().map(|claim| claim.as_of.as_ref().unwrap().to_string()).collect();
    assert_eq!(dates, ["2025-06-17", "2025-06-17", "2025-06-17", "2025-06-17", "2025-06"]);
    let slip = refused(import(&mut ledger, "b.csv", b"city,on,people\nA,17/06/25,3\n", map, false)).to_string();
    assert!(slip.contains("row 2: `on`: expected a date, found `17/06/25`"), "{slip}");
}

/// What stands between cells is found below blank lines, by the name of the file, or in a line that says so.
#[test]
fn delimiters_are_found() {
    let map = "[columns]\nentity = 'city'\n[predicates.people]\nkind = 'figure'";
    for (name, table) in [
        ("a.csv", "\n\ncity;people\nLyon;5\n"),
        ("a.tsv", "city\tpeople\tnote, long, a, b\nLyon\t5\tx\n"),
        ("b.csv", "sep=;\ncity;people;a,b,c\nLyon;5;x\n"),
        ("c.csv", "\u{feff}sep=|\r\ncity|people\r\nLyon|5\r\n"),
    ] {
        let mut ledger = Ledger::in_memory(desk()).unwrap();
        import(&mut ledger, name, table.as_bytes(), map, false).unwrap();
        assert_eq!(said(&all(&mut ledger)), ["Lyon people 5"], "{table:?}");
    }
}

/// Two tables that are said to derive from each other, or from each other's circle, are nobody's, and count once.
#[test]
fn tables_in_a_circle_are_one_origin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut ledger = Ledger::create(&path, Some("test"), desk()).unwrap();
    let third = "city,people\nAthens,1\n";
    import(&mut ledger, TABLES[3].0, TABLES[3].1.as_bytes(), &map(3), false).unwrap();
    import(&mut ledger, TABLES[4].0, TABLES[4].1.as_bytes(), &map(4), false).unwrap();
    let third = import(&mut ledger, "third.csv", third.as_bytes(), &map(4), false).unwrap().source.to_string();
    apply(&mut ledger, &Operation::Describe(3, "Wire", "2020")).unwrap();
    let origins = |ledger: &mut Ledger| {
        let mut origins: Vec<String> = all(ledger).into_iter().map(|claim| claim.origin).collect();
        origins.dedup();
        origins
    };
    assert_eq!(origins(&mut ledger), ["Wire", "Office"]);
    let source = |table: usize| Digest::of(TABLES[table].1.as_bytes()).to_string();
    apply(&mut ledger, &Operation::Derive(3, 4, true)).unwrap();
    assert_eq!(origins(&mut ledger), ["Office"]);
    apply(&mut ledger, &Operation::Derive(4, 3, true)).unwrap();
    ledger.derive(&third, &source(4), "a test").unwrap();
    assert_eq!(origins(&mut ledger), ["nobody: Office, Wire in a circle"]);
    let file = Connection::open(&path).unwrap();
    let most: i64 = file.query_row("SELECT max(origins) FROM question", [], |row| row.get(0)).unwrap();
    assert_eq!(most, 1);
    let live = dumped(&path, &DERIVED);
    ledger.rebuild(&silent).unwrap();
    assert_eq!(dumped(&path, &DERIVED), live);
    // One of them has it from somebody else too: then it is his.
    ledger.derive(&source(4), "Bonn", "a test").unwrap();
    assert_eq!(origins(&mut ledger), ["Bonn"]);
    apply(&mut ledger, &Operation::Derive(4, 3, false)).unwrap();
    ledger.underive(&source(4), "Bonn", "a test").unwrap();
    assert_eq!(origins(&mut ledger), ["Office"]);
}

/// Whoever a table credits is named from it, be it when it is imported or later.
#[test]
fn an_agency_that_a_table_credits_gets_a_name() {
    let origins = |ledger: &mut Ledger| -> Vec<String> { all(ledger).into_iter().map(|claim| claim.origin).collect() };
    let (name, text) = TABLES[3];
    let credit = Operation::Credit(3, "Agency");
    for first in [true, false] {
        let mut ledger = Ledger::in_memory(desk()).unwrap();
        if first {
            apply(&mut ledger, &credit).unwrap();
        }
        import(&mut ledger, name, text.as_bytes(), &map(3), false).unwrap();
        if !first {
            assert_eq!(origins(&mut ledger), ["Office", "Office"]);
            apply(&mut ledger, &credit).unwrap();
            assert_eq!(ledger.questions().touched, 2);
        }
        assert_eq!(origins(&mut ledger), ["Agency", "Agency"], "{first}");
        let nobody = SourceDetails { credits: Some(Vec::new()), ..SourceDetails::default() };
        described(&mut ledger, 3, nobody).unwrap();
        assert_eq!(origins(&mut ledger), ["Office", "Office"]);
        let no_name = SourceDetails { credits: Some(vec!["…".to_string()]), ..SourceDetails::default() };
        let refused = described(&mut ledger, 3, no_name).unwrap_err();
        assert!(refused.to_string().contains('…'), "{refused}");
    }
}

/// Of very many rows that cannot be read the first are listed, and the others still counted.
#[test]
fn all_bad_rows_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut ledger = Ledger::create(&path, Some("test"), desk()).unwrap();
    let bad: String = (0..1203).map(|row| format!("City {row},many\n")).collect();
    let table = format!("city,people\nAthens,1\n{bad}");
    let source = import(&mut ledger, "a.csv", table.as_bytes(), &map(3), true).unwrap().source.to_string();
    let counted = |ledger: &mut Ledger| {
        let report = ledger.report(&source, None).unwrap();
        (report.bad_rows.len(), report.n_bad_rows)
    };
    assert_eq!(counted(&mut ledger), (1000, 1203));
    let live = dumped(&path, &DERIVED);
    ledger.rebuild(&silent).unwrap();
    assert_eq!(dumped(&path, &DERIVED), live);
    assert_eq!(counted(&mut ledger), (1000, 1203));
    drop(ledger);
    let desk = crate::desk::Desk::new();
    let shown = desk.ok(&["--ledger", path.to_str().unwrap(), "report", &source]);
    assert!(shown.ends_with("row 1002 was passed over: `people`: expected a figure, found `many`\n    and 203 further rows passed over\n"), "{shown}");
}

/// Only figures take an object: words, dates and times of day are the object themselves, whatever the rule of theirs.
#[test]
fn words_are_their_own_object() {
    let map = |kind: &str, object: &str| {
        format!("[columns]\nentity = \"city\"\n[predicates.opens]\nkind = \"{kind}\"\n{object}")
    };
    let table = b"city,opens\nAthens,08:30\n";
    for kind in ["text", "time", "date"] {
        let mut ledger = Ledger::in_memory(desk()).unwrap();
        let error = refused(import(&mut ledger, "a.csv", table, &map(kind, "object = \"Monday\""), false)).to_string();
        assert!(error.contains("`predicates.\"opens\"`: only `kind = \"figure\"` takes an `object`"), "{error}");
    }
    let mut ledger = Ledger::in_memory(desk()).unwrap();
    let opens =
        "[predicates.opens]\nvalue = \"time\"\ntime = \"event\"\nobject = \"required\"\ndescribes = \"Opens\"\n";
    ledger.add_predicates("a file", opens).unwrap();
    import(&mut ledger, "a.csv", table, &map("time", ""), false).unwrap();
    assert_eq!(all(&mut ledger)[0].object.as_deref(), Some("08:30"));
}

/// A message about the columns of a table stays one that can be read.
#[test]
fn messages_about_columns_are_short() {
    let mut ledger = Ledger::in_memory(desk()).unwrap();
    let names: String = (0..3000).map(|n| format!(",{n} {}", "long ".repeat(40))).collect();
    let map = "[columns]\nentity = \"town\"\n[predicates.people]\nkind = \"figure\"\n";
    let error = import(&mut ledger, "a.csv", format!("city{names}\n").as_bytes(), map, false).unwrap_err().to_string();
    assert!(error.len() < 2000 && error.ends_with("…`, and 2981 more"), "{error}");
    let rows = import(&mut ledger, "a.csv", b"city,people\nAthens\n", &map.replace("town", "city"), false);
    let rows = refused(rows).to_string();
    assert!(rows.contains("row 2: 1 cell, where the table has 2 columns"), "{rows}");
}

/// A name that two go by who are one when a table is imported means that one, whatever is undone later and wherever in the
/// row it stands; the only one of a name takes his rows back.
#[test]
fn a_name_means_whom_it_meant() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut ledger = Ledger::create(&path, Some("test"), desk()).unwrap();
    let named = |name: &str, alias: &str| {
        Ok(EntityInput { name: name.into(), aliases: vec![alias.into()], ..EntityInput::default() })
    };
    ledger
        .add_entities(&[(1, named("First", "Amb")), (2, named("Second", "Amb")), (3, named("Third", "Own"))])
        .unwrap();
    let table = "who,what,fact,value,on\nAmb,Amb,people,5,2020\nOwn,Own,people,6,2020\n";
    let said = |ledger: &mut Ledger| -> Vec<(String, String)> {
        all(ledger).into_iter().map(|claim| (claim.subject, claim.origin)).collect()
    };
    let pair = |subject: &str, origin: &str| (subject.to_string(), origin.to_string());
    ledger.merge_entities("First", "Second", "a test").unwrap();
    ledger.merge_entities("Third", "Second", "a test").unwrap();
    import(
        &mut ledger,
        "a.csv",
        table.as_bytes(),
        &map(0).replace("[predicates.\"name\"]\nkind = \"text\"\n", ""),
        false,
    )
    .unwrap();
    assert_eq!(said(&mut ledger), [pair("Second", "Second"), pair("Second", "Second")]);
    ledger.unmerge_entity("First", "a test").unwrap();
    ledger.unmerge_entity("Third", "a test").unwrap();
    let apart = [pair("Second", "Second"), pair("Third", "Third")];
    assert_eq!(said(&mut ledger), apart);
    // An older entity goes by that name too from now on.
    ledger.add_entities(&[(1, named("First", "Own"))]).unwrap();
    ledger.merge_entities("Third", "Second", "a test").unwrap();
    ledger.unmerge_entity("Third", "a test").unwrap();
    assert_eq!(said(&mut ledger), apart);
    let live = dumped(&path, &DERIVED);
    ledger.rebuild(&silent).unwrap();
    assert_eq!(dumped(&path, &DERIVED), live);
    assert_eq!(said(&mut ledger), apart);
}
