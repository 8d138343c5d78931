//! What is done to the record behind the program's back, and that it is noticed.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use onrecord::ledger::{ClaimFilter, EntityInput, Kind, Ledger, LedgerError, VerifyRequest, silent};
use onrecord::record::body::{Begin, Body};
use onrecord::record::canonical::to_canonical;
use onrecord::record::entry::{Entry, EntryError};
use onrecord::record::note::{Algorithm, Signer};
use onrecord::record::timestamp::Roots;
use onrecord::store::{Store, StoreError};
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::ledger::{count, desk, dumped, imported, log, published_by, sql, with_pages};

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
    let error = sql(&path, "INSERT INTO entry SELECT max(sequence) + 2, '{}', zeroblob(32) FROM entry")
        .unwrap_err()
        .to_string();
    assert!(error.contains("the record has no gaps"), "{error}");
    let stray = "INSERT INTO entry_body SELECT max(sequence) + 1, zeroblob(16), '{}' FROM entry";
    let error = sql(&path, stray).unwrap_err().to_string();
    assert!(error.contains("a body belongs to an entry"), "{error}");
    assert_eq!(dumped(&path, &["entry", "entry_body", "blob"]), before);
}

/// Without the triggers and the checks, as somebody would do it who means to.
pub fn tampered(path: &Path, statement: &str) {
    let (connection, triggers) = unguarded(path);
    connection.execute_batch(statement).unwrap();
    guard(&connection, &triggers);
}

/// Makes the triggers again, but for those of a table that is gone.
fn guard(connection: &Connection, triggers: &[String]) {
    for trigger in triggers {
        if let Err(error) = connection.execute_batch(trigger) {
            assert!(error.to_string().contains("no such table"), "{error}");
        }
    }
}

/// The file without its triggers and its checks, and what makes them again.
fn unguarded(path: &Path) -> (Connection, Vec<String>) {
    let connection = Connection::open(path).unwrap();
    let triggers: Vec<(String, String)> = {
        let mut select =
            connection.prepare("SELECT name, sql || ';' FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    connection.execute_batch("PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on").unwrap();
    (connection, triggers.into_iter().map(|(_, sql)| sql).collect())
}

/// What guards the record, and what shows it to readers of the file, is what this program made.
#[test]
fn triggers_and_views_that_were_changed_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for (change, told) in [
        ("DROP TRIGGER entry_is_append_only_update", "the trigger `entry_is_append_only_update` is missing"),
        ("DROP VIEW findings_now; CREATE VIEW findings_now AS SELECT 1", "the view `findings_now` was changed"),
        (
            "CREATE TRIGGER mine AFTER INSERT ON entry BEGIN SELECT 1; END",
            "the trigger `mine` is none of this program's",
        ),
        ("DROP INDEX snapshot_by_source", "the index `snapshot_by_source` is missing"),
    ] {
        let path = small(folder.path());
        sql(&path, change).unwrap();
        assert_eq!(faults(&path, false), [told]);
        std::fs::remove_file(path).unwrap();
    }
}

/// Every byte of a body and of its salt, one after the other.
#[test]
fn a_flipped_byte_of_a_body_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = small(folder.path());
    let last = count(&path, "SELECT max(sequence) FROM entry") as u64;
    let store = Store::open(&path).unwrap();
    assert_eq!(store.view().checked_entry(last).unwrap().0.kind, "claim");
    let (connection, _) = unguarded(&path);
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

/// What `verify` says of a ledger.
fn faults(path: &Path, quick: bool) -> Vec<String> {
    let request = VerifyRequest { against: None, policy: None, roots: &Roots::default(), quick, progress: &silent };
    match Ledger::open(path, desk()).and_then(|mut ledger| ledger.verify(&request)) {
        Ok(view) => view.faults.into_iter().map(|fault| fault.what).collect(),
        Err(error) => {
            assert_eq!(error.kind(), Kind::Damaged, "{error}");
            vec![error.to_string()]
        }
    }
}

/// A ledger with something in nearly every table: rows of a table, a merge, a decision, a retraction, a checkpoint.
pub fn full(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("full.db");
    let (mut ledger, sources) = with_pages(&path);
    let ids: Vec<String> = (0..8).map(|claim| log(&mut ledger, claim, &sources).unwrap().to_string()).collect();
    ledger.retract(&ids[0], "a misreading").unwrap();
    ledger.merge_entities("OpenAI", "Meta", "to see").unwrap();
    let map = "[columns]\nsource = 'who'\nentity = 'what'\nattribute = 'fact'\nvalue = 'value'\n[predicates.valuation]\nkind = 'figure'";
    let rows: String =
        (0..40).map(|n| format!("Paper {},Scale AI,valuation,${} billion\n", n % 7, 14 + n % 3)).collect();
    let table = format!("who,what,fact,value\n{rows}");
    imported(&mut ledger, &table, published_by("Desk"), map);
    let signer = Signer::new("test".parse().unwrap(), Algorithm::Ed25519, [7; 32]);
    ledger.checkpoint(&signer).unwrap();
    path
}

/// Every column of every table, changed in one place behind the program's back: `verify` tells of each, and where it is
/// the record that was changed, of its entry first.
#[test]
fn every_changed_value_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let sound = full(folder.path());
    assert_eq!(faults(&sound, false), [""; 0]);
    let columns: Vec<(String, String)> = {
        let connection = Connection::open(&sound).unwrap();
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let sql =
            "SELECT schema.name, column.name FROM sqlite_schema AS schema JOIN pragma_table_info(schema.name) AS column
                   WHERE schema.type = 'table' AND schema.name NOT LIKE 'sqlite%'";
        let mut select = connection.prepare(sql).unwrap();
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    assert!(columns.len() > 100);
    let (mut n_changed, mut n_empty) = (0, BTreeSet::new());
    for (table, column) in &columns {
        let path = folder.path().join("changed.db");
        std::fs::copy(&sound, &path).unwrap();
        let (connection, triggers) = unguarded(&path);
        let is_record = matches!(table.as_str(), "entry" | "entry_body");
        let place = if is_record { "sequence" } else { "0" };
        let key = if table == "entry" { "sequence = 9" } else { "true" };
        let sql = format!("SELECT {column}, {place} FROM {table} WHERE {column} IS NOT NULL AND {key} LIMIT 1");
        let found = connection.query_row(&sql, [], |row| Ok((row.get::<_, Value>(0)?, row.get::<_, i64>(1)?)));
        let Ok((value, sequence)) = found else {
            n_empty.insert(table.as_str());
            continue;
        };
        let changed = match value.clone() {
            Value::Integer(number) => Value::Integer(number + 1),
            Value::Text(text) => Value::Text(match text.strip_suffix('}') {
                Some(rest) => format!("{rest} }}"),
                None => format!("{text}x"),
            }),
            Value::Blob(mut bytes) => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x10;
                Value::Blob(bytes)
            }
            other => panic!("{table}.{column}: {other:?}"),
        };
        let update = format!("UPDATE {table} SET {column} = ?2 WHERE {column} IS ?1");
        // Some are the key of several rows, or would stand twice: one of them is changed where that can be.
        if connection.execute(&update, [&value, &changed]).is_err() {
            continue;
        }
        guard(&connection, &triggers);
        drop(connection);
        let told = faults(&path, false);
        assert!(!told.is_empty(), "{table}.{column}: {value:?} changed to {changed:?}");
        if is_record && column != "sequence" {
            assert!(told[0].contains(&format!("entry {sequence}:")), "{table}.{column}: {told:?}");
        }
        n_changed += 1;
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("changed.db{suffix}")));
        }
    }
    assert!(n_changed > 85, "only {n_changed} were changed; nothing in {n_empty:?}");
}

/// What packed bytes hold; `None` where they do not unpack.
fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(packed).read_to_end(&mut bytes).ok().map(|_| bytes)
}

/// Single bytes of what is stored, in turn: of headers, bodies, salts, hashes of the tree and packed bytes.
#[test]
fn every_changed_byte_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = full(folder.path());
    let (connection, _) = unguarded(&path);
    let (mut n_flips, mut n_same, mut step) = (0, 0, 0);
    let stride = if std::env::var_os("ONRECORD_EVERY_BYTE").is_some() { 1 } else { 211 };
    for (table, column) in [
        ("entry", "header"),
        ("entry", "leaf"),
        ("entry_body", "body"),
        ("entry_body", "salt"),
        ("tree_node", "hash"),
        ("blob", "packed"),
    ] {
        let key = match table {
            "tree_node" => "level * 1000 + place",
            "blob" => "rowid",
            _ => "sequence",
        };
        let sql = format!("SELECT {key}, CAST({column} AS BLOB), typeof({column}) = 'text' FROM {table}");
        let rows: Vec<(i64, Vec<u8>, bool)> = {
            let mut select = connection.prepare(&sql).unwrap();
            let read = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            select.query_map([], read).unwrap().map(Result::unwrap).collect()
        };
        let put = |key_value: i64, bytes: &[u8], is_text: bool| {
            let value = if is_text { "CAST(?2 AS TEXT)" } else { "?2" };
            let update = format!("UPDATE {table} SET {column} = {value} WHERE {key} = ?1");
            assert_eq!(connection.execute(&update, (key_value, bytes)).unwrap(), 1);
        };
        for (key_value, bytes, is_text) in rows {
            for at in 0..bytes.len() {
                step += 1;
                // A part of them here, all of them for docs/reliability.md.
                if step % stride != 0 {
                    continue;
                }
                let mut changed = bytes.clone();
                changed[at] ^= 1 << (step % 7);
                put(key_value, &changed, is_text);
                let told = faults(&path, true);
                // The last bits of packed bytes may mean nothing: then they unpack to what they were.
                let is_same = || column == "packed" && unpacked(&changed) == unpacked(&bytes);
                assert!(!told.is_empty() || is_same(), "byte {at} of {table}.{column}, row {key_value}");
                if table.starts_with("entry") {
                    let named = format!("entry {key_value}");
                    assert!(told[0].contains(&named), "byte {at} of {table}.{column}, row {key_value}: {}", told[0]);
                }
                n_same += usize::from(told.is_empty());
                n_flips += 1;
            }
            put(key_value, &bytes, is_text);
        }
    }
    println!("{n_flips} bytes changed, one at a time; {n_same} of packed bytes unpacked to what they were");
    assert!(n_flips > 100, "{n_flips}");
    drop(connection);
    assert_eq!(faults(&path, true), [""; 0]);
}

/// What was taken off the end, put in the place of another, or signed by nobody, against a checkpoint kept elsewhere.
#[test]
fn a_record_that_was_cut_or_forked_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = full(folder.path());
    let mut ledger = Ledger::open(&path, desk()).unwrap();
    let kept = ledger.checkpoints().unwrap().remove(0);
    let n = kept.checkpoint().size();
    let told = |path: &Path| -> Vec<String> {
        let request = VerifyRequest {
            against: Some(kept.checkpoint()),
            policy: None,
            roots: &Roots::default(),
            quick: true,
            progress: &silent,
        };
        let view = Ledger::open(path, desk()).unwrap().verify(&request).unwrap();
        view.faults.into_iter().map(|fault| fault.what).collect()
    };
    assert_eq!(told(&path), [""; 0]);
    drop(ledger);
    // A fork: the same entries but for one, whoever made it having done everything else right.
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let forked = small(&other);
    let mut ledger = Ledger::open(&forked, desk()).unwrap();
    let name = |n: u64| Ok(EntityInput { name: format!("Somebody {n}"), ..EntityInput::default() });
    let grown = (0..n).map(|line| (line as usize + 1, name(line))).collect::<Vec<_>>();
    ledger.add_entities(&grown).unwrap();
    drop(ledger);
    let faults = told(&forked);
    assert!(faults[0].starts_with(&format!("the first {n} entries are not those of the checkpoint")), "{faults:?}");
    let (cut, last) = (folder.path().join("cut.db"), n as i64 - 1);
    std::fs::copy(&path, &cut).unwrap();
    tampered(
        &cut,
        &format!("DELETE FROM entry WHERE sequence = {last}; DELETE FROM entry_body WHERE sequence = {last}"),
    );
    let faults = told(&cut);
    assert!(faults.iter().any(|fault| fault.contains("the last 1 were taken away")), "{faults:?}");
    // And nobody signs what was cut under the same name.
    let signer = Signer::new("test".parse().unwrap(), Algorithm::Ed25519, [7; 32]);
    let signed = Ledger::open(&cut, desk()).unwrap().checkpoint(&signer);
    assert_eq!(signed.err().map(|error| error.kind()), Some(Kind::Damaged));
}
