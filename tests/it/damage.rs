//! What is done to the record behind the program's back, and that it is noticed.

use std::path::Path;

use onrecord::ledger::{ClaimFilter, Kind, Ledger, LedgerError, silent};
use onrecord::record::body::{Begin, Body};
use onrecord::record::canonical::to_canonical;
use onrecord::record::entry::{Entry, EntryError};
use onrecord::store::{Store, StoreError};
use rusqlite::Connection;

use crate::ledger::{count, desk, dumped, log, sql, with_pages};

/// A ledger with something in every table of the record.
fn small(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("a.db");
    let (mut ledger, sources) = with_pages(&path);
    for claim in 0..6 {
        log(&mut ledger, claim, &sources).unwrap();
    }
    path
}

#[test]
fn the_record_refuses_to_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = small(folder.path());
    let before = dumped(&path, &["entry", "entry_body", "blob"]);
    for statement in [
        "UPDATE entry SET header = '{}' WHERE sequence = 3",
        "UPDATE entry SET sequence = 900 WHERE sequence = 3",
        "DELETE FROM entry WHERE sequence = (SELECT max(sequence) FROM entry)",
        "UPDATE entry_body SET body = '{}'",
        "UPDATE entry_body SET salt = zeroblob(16)",
        "DELETE FROM entry_body",
        "UPDATE blob SET packed = x''",
        "DELETE FROM blob",
        "PRAGMA foreign_keys = off; DELETE FROM entry",
        "INSERT OR REPLACE INTO blob SELECT sha256, at, size, x'' FROM blob",
        "INSERT OR REPLACE INTO entry_body SELECT sequence, salt, '{}' FROM entry_body",
    ] {
        let error = sql(&path, statement).expect_err(statement).to_string();
        assert!(error.contains("the record is append-only"), "{statement}: {error}");
    }
    let error = sql(&path, "INSERT INTO entry SELECT max(sequence) + 2, '{}' FROM entry").unwrap_err().to_string();
    assert!(error.contains("the record has no gaps"), "{error}");
    let stray = "INSERT INTO entry_body SELECT max(sequence) + 1, zeroblob(16), '{}' FROM entry";
    let error = sql(&path, stray).unwrap_err().to_string();
    assert!(error.contains("a body belongs to an entry"), "{error}");
    assert_eq!(dumped(&path, &["entry", "entry_body", "blob"]), before);
}

/// Without the triggers and the checks, as somebody would do it who means to.
fn tampered(path: &Path, statement: &str) {
    let connection = Connection::open(path).unwrap();
    let triggers: Vec<String> = {
        let mut select = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for trigger in triggers {
        connection.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    connection.execute_batch("PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on").unwrap();
    connection.execute_batch(statement).unwrap();
}

/// Every byte of a body and of its salt, one after the other.
#[test]
fn a_flipped_byte_of_a_body_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = small(folder.path());
    let last = count(&path, "SELECT max(sequence) FROM entry") as u64;
    let store = Store::open(&path).unwrap();
    assert_eq!(store.view().checked_entry(last).unwrap().0.kind, "claim");
    tampered(&path, "CREATE TABLE kept AS SELECT * FROM entry_body");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on").unwrap();
    let (body, salt): (String, Vec<u8>) = connection
        .query_row("SELECT body, salt FROM entry_body WHERE sequence = ?1", [last as i64], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert!(body.len() > 300, "{body}");
    let mut flips = 0;
    for (at, _) in body.char_indices().filter(|(_, c)| c.is_ascii()) {
        let mut bytes = body.clone().into_bytes();
        bytes[at] ^= 1;
        let changed = String::from_utf8(bytes).unwrap();
        connection.execute("UPDATE entry_body SET body = ?2 WHERE sequence = ?1", (last as i64, &changed)).unwrap();
        let noticed = store.view().checked_entry(last);
        assert!(matches!(noticed, Err(StoreError::Entry { sequence, .. }) if sequence == last), "byte {at}: {changed}");
        flips += 1;
    }
    connection.execute("UPDATE entry_body SET body = ?2 WHERE sequence = ?1", (last as i64, &body)).unwrap();
    for at in 0..salt.len() {
        let mut changed = salt.clone();
        changed[at] ^= 0x80;
        connection.execute("UPDATE entry_body SET salt = ?2 WHERE sequence = ?1", (last as i64, &changed)).unwrap();
        assert!(store.view().checked_entry(last).is_err(), "byte {at} of the salt");
    }
    connection.execute("UPDATE entry_body SET salt = ?2 WHERE sequence = ?1", (last as i64, &salt)).unwrap();
    store.view().checked_entry(last).unwrap();
    assert!(flips > 300);
}

/// A body may be removed; what needs it says so, and so does what never was an entry of ours.
#[test]
fn a_missing_body_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = small(folder.path());
    let last = count(&path, "SELECT max(sequence) FROM entry");
    tampered(&path, &format!("DELETE FROM entry_body WHERE sequence = {last}"));
    let mut ledger = Ledger::open(&path, desk()).unwrap();
    for told in [ledger.claims(&ClaimFilter::default()).err(), ledger.rebuild(&silent).err()] {
        match told {
            Some(LedgerError::Store(StoreError::Damaged(what))) => {
                assert!(what.contains(&format!("entry {last}")), "{what}")
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A header has one spelling: anything else hashes to another leaf, or says what no program of ours wrote.
#[test]
fn a_respelt_header_is_noticed() {
    for change in [
        "header = ' ' || header",
        "header = replace(header, 'T', 't')",
        "header = json_set(header, '$.time', '1999')",
        "header = json_set(header, '$.time', '2031-01-01T00:00:00Z')",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = small(folder.path());
        let last = count(&path, "SELECT max(sequence) FROM entry");
        tampered(&path, &format!("UPDATE entry SET {change} WHERE sequence = {last}"));
        match Store::open(&path).unwrap().view().checked_entry(last as u64) {
            Err(StoreError::Entry { error: EntryError::Spelling, .. }) => {}
            other => panic!("{change}: {other:?}"),
        }
    }
}

/// Bytes that are no text, and tables that were taken out, are damage and not a fault of ours.
#[test]
fn what_cannot_be_read_is_damage() {
    for (change, words) in [
        ("UPDATE source SET title = CAST(x'ff' AS TEXT)", "utf-8"),
        ("DROP TABLE claim_event", "no such table"),
        ("UPDATE question SET id = x'00'", "not a hash"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = small(folder.path());
        tampered(&path, change);
        let mut ledger = Ledger::open(&path, desk()).unwrap();
        let found = [ledger.sources().err(), ledger.claims(&ClaimFilter::default()).err()];
        match found.into_iter().flatten().next() {
            Some(error @ LedgerError::Store(StoreError::Damaged(_))) => {
                assert_eq!(error.kind(), Kind::Damaged);
                assert!(error.to_string().contains(words), "{change}: {error}");
            }
            other => panic!("{change}: {other:?}"),
        }
    }
}

#[test]
fn a_record_of_another_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = small(folder.path());
    let body = Body::Begin(Begin { format: "onrecord/2".into(), origin: "test".into() });
    let time = "2031-01-01T00:00:00Z".parse().unwrap();
    let entry = Entry::new(0, &"human:jane".parse().unwrap(), time, [0; 16], &body).unwrap();
    tampered(
        &path,
        &format!(
            "UPDATE entry SET header = '{}' WHERE sequence = 0; UPDATE entry_body SET body = '{}', salt = zeroblob(16) WHERE sequence = 0",
            entry.header, entry.body
        ),
    );
    match Ledger::open(&path, desk()).err() {
        Some(error @ LedgerError::Store(StoreError::Format(_))) => {
            assert_eq!(error.kind(), Kind::Refused);
            assert!(error.to_string().contains("`onrecord/2`"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn entries_in_another_place_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = small(folder.path());
    let last = count(&path, "SELECT max(sequence) FROM entry");
    tampered(
        &path,
        &format!(
            "UPDATE entry SET sequence = -1 WHERE sequence = {last}; UPDATE entry SET sequence = {last} WHERE sequence = {last} - 1;
             UPDATE entry SET sequence = {last} - 1 WHERE sequence = -1;
             UPDATE entry_body SET sequence = -1 WHERE sequence = {last}; UPDATE entry_body SET sequence = {last} WHERE sequence = {last} - 1;
             UPDATE entry_body SET sequence = {last} - 1 WHERE sequence = -1"
        ),
    );
    let mut ledger = Ledger::open(&path, desk()).unwrap();
    match ledger.rebuild(&silent) {
        Err(LedgerError::Store(StoreError::Damaged(what))) => assert!(what.contains("says that it is entry"), "{what}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_changed_blob_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    for (change, words) in [
        (
            "UPDATE blob SET packed = (SELECT packed FROM blob ORDER BY size LIMIT 1) WHERE size > (SELECT min(size) FROM blob)",
            "does not",
        ),
        ("UPDATE blob SET packed = substr(packed, 1, length(packed) / 2)", "does not"),
        ("UPDATE blob SET packed = x'00'", "does not unpack"),
        ("UPDATE blob SET size = size - 1", "does not"),
        ("UPDATE blob SET size = size + 1", "does not have"),
        ("UPDATE blob SET size = -1", "negative size"),
        ("DELETE FROM blob", "are missing"),
    ] {
        let path = small(folder.path());
        tampered(&path, change);
        let mut ledger = Ledger::open(&path, desk()).unwrap();
        let sources = ledger.sources().unwrap();
        let damaged =
            sources.iter().filter_map(|source| ledger.report(&source.id.to_string(), None).err()).collect::<Vec<_>>();
        match damaged.first() {
            Some(LedgerError::Store(StoreError::Damaged(what))) => assert!(what.contains(words), "{change}: {what}"),
            other => panic!("{change}: {other:?}"),
        }
        drop(ledger);
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("a.db{suffix}")));
        }
    }
}

/// The same input gives the same bytes, and the entries stand in a row.
#[test]
fn headers_are_canonical_and_in_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = small(folder.path());
    let connection = Connection::open(&path).unwrap();
    let mut select = connection
        .prepare("SELECT sequence, header, body FROM entry JOIN entry_body USING (sequence) ORDER BY 1")
        .unwrap();
    let rows = select
        .query_map([], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))
        .unwrap();
    let mut expected = 0;
    for row in rows {
        let (sequence, header, body) = row.unwrap();
        assert_eq!(sequence, expected);
        for text in [&header, &body] {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(to_canonical(&value).unwrap(), *text);
        }
        let header: serde_json::Value = serde_json::from_str(&header).unwrap();
        assert_eq!(header["sequence"], serde_json::json!(sequence));
        expected += 1;
    }
    assert!(expected > 30);
    let other = tempfile::tempdir().unwrap();
    let again = small(other.path());
    assert_eq!(dumped(&again, &["entry", "entry_body", "blob"]), dumped(&path, &["entry", "entry_body", "blob"]));
}
