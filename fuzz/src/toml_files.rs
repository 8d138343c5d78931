use std::cell::RefCell;

use onrecord::capture::Hints;
use onrecord::domain::source::SourceDetails;
use onrecord::domain::table::TableMap;
use onrecord::ledger::{ImportRequest, Ledger, silent};

thread_local! {
    /// A ledger, which is made anew once something was put on record.
    static LEDGER: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

/// What stands between a map and its table.
const BETWEEN: &str = "\n---\n";

/// A file of predicates; or a map, a line `---`, and the table that is imported by it.
pub fn toml_files(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut ledger = LEDGER.take().unwrap_or_else(|| Ledger::in_memory(super::desk()).expect("a ledger"));
    let (map, table) = text.split_once(BETWEEN).unwrap_or((text, ""));
    let is_changed = predicates(&mut ledger, map) | maps(&mut ledger, map, table);
    if !is_changed {
        LEDGER.set(Some(ledger));
    }
}

/// Defined once, the same predicates are known. Refused, nothing of them is.
fn predicates(ledger: &mut Ledger, toml: &str) -> bool {
    let before = ledger.predicates().expect("a listing").len();
    let result = ledger.add_predicates("predicates.toml", toml);
    let after = ledger.predicates().expect("a listing");
    match result {
        Ok(defined) => {
            assert_eq!(after.len(), before + defined.len());
            for predicate in &after {
                predicate.check().expect("what is on record is sound");
            }
            let again = ledger.add_predicates("predicates.toml", toml).expect("the same once more");
            assert!(again.is_empty(), "{again:?} is new twice");
            !defined.is_empty()
        }
        Err(error) => {
            assert_eq!(after.len(), before, "a file that is refused leaves nothing");
            assert!(error.to_string().len() < 100_000);
            false
        }
    }
}

/// A map stays the same in the record. What a dry run of its import says, the import does.
fn maps(ledger: &mut Ledger, toml: &str, table: &str) -> bool {
    let Ok(map) = toml::from_str::<TableMap>(toml) else { return false };
    let json = serde_json::to_string(&map).expect("a map has JSON");
    assert_eq!(serde_json::from_str::<TableMap>(&json).expect("what is written is read"), map, "{json}");
    if map.check().is_ok() {
        assert!(map.width() > 0 && !map.wanted().is_empty() || map.is_long());
    }
    for skip_bad in [false, true] {
        let request = || ImportRequest {
            bytes: table.as_bytes(),
            place: "table.csv".into(),
            hints: Hints::default(),
            details: SourceDetails { publisher: Some("Gazette".into()), ..SourceDetails::default() },
            source: None,
            map: map.clone(),
            new_entities: true,
            skip_bad,
            progress: &silent,
        };
        let preview = ledger.preview_import(request());
        let imported = ledger.import(request());
        match (preview, imported) {
            (Ok((preview, claims)), Ok(imported)) => {
                assert_eq!((preview.rows, preview.claims), (imported.rows, imported.claims));
                assert_eq!((&preview.bad, preview.n_bad), (&imported.bad, imported.n_bad));
                assert!(claims.len() as u64 <= imported.claims);
                assert!(imported.n_bad == 0 || skip_bad);
                let on_record = ledger.claims(&Default::default()).expect("a listing");
                assert_eq!(on_record.len() as u64, imported.claims);
                for claim in &on_record {
                    assert_eq!(table.get(claim.quote.start_byte..claim.quote.end_byte), Some(&*claim.quote.exact));
                }
                assert!(ledger.import(request()).expect("the same once more").known);
                return true;
            }
            (Err(preview), Err(imported)) => assert_eq!(preview.to_string(), imported.to_string()),
            (preview, imported) => panic!("the dry run says {preview:?}, the import {imported:?}"),
        }
    }
    false
}
