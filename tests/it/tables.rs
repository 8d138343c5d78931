//! Tables: every kind of file, single rows found again, and the derived tables as the entries have them.

use onrecord::capture::Hints;
use onrecord::domain::listing::ClaimView;
use onrecord::domain::source::SourceDetails;
use onrecord::domain::table::TableMap;
use onrecord::ledger::{ClaimFilter, ImportReport, ImportRequest, Ledger, LedgerError, Refusal, silent};
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
const TABLES: [(&str, &str); 3] = [
    (
        "long.csv",
        "who,what,fact,value,on\nWire,Athens,people,745514,2005\nEcho,Athens,people,745514,2005\nDesk,Athens,people,\"about 4,200,000\",2005\nWire,Ames,people,51557,2006\nDesk,Ames,people,51600,2006\nDesk,Ames,name,Ames,2006\n",
    ),
    (
        "more.csv",
        "who,what,fact,value,on\nEcho,athens ,people,745515,2005\nBoard,Bonn,people,330000,\nWire,Bonn,people,331000,2024\nEcho,Bonn,name,Bonn am Rhein,2024\n",
    ),
    ("rates.csv", "who,what,fact,value,on\nBank,EUR,exchange-rate,1.16,2025-06-13\n"),
];

const LONG: &str =
    "[columns]\nsource = \"who\"\nentity = \"what\"\nattribute = \"fact\"\nvalue = \"value\"\ndate = \"on\"\n";

fn map(table: usize) -> String {
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
        1 => Just(Operation::FindCopying),
        1 => (name(), name(), any::<bool>()).prop_map(|(a, b, holds)| Operation::Part(a, b, holds)),
    ];
    prop::collection::vec(one, 1..20)
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
                Ok(()) | Err(LedgerError::Refused(_)) => {}
                Err(other) => panic!("{operation:?}: {other}"),
            }
        }
        let live = dumped(&path, &DERIVED);
        ledger.rebuild(&silent).unwrap();
        prop_assert_eq!(dumped(&path, &DERIVED), live);
    }
}
