//! `schema.sql`: what a fresh ledger is made of.

use std::path::Path;

use rusqlite::Connection;

const SCHEMA: &str = include_str!("../../schema.sql");

/// The tables that are the truth. Everything else is derived from them.
const RECORD: [&str; 5] = ["blob", "checkpoint", "entry", "entry_body", "timestamp"];

fn fresh() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection
}

fn names(connection: &Connection, sql: &str) -> Vec<String> {
    let mut select = connection.prepare(sql).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn pragma(connection: &Connection, name: &str) -> i64 {
    connection.pragma_query_value(None, name, |row| row.get(0)).unwrap()
}

/// The text of `schema.sql` without comments and blank lines, so that what is written there can be looked for.
fn plain() -> String {
    SCHEMA.lines().map(|line| line.split("--").next().unwrap_or_default().trim_end()).collect::<Vec<_>>().join("\n")
}

#[test]
fn it_applies_and_says_what_it_is() {
    let connection = fresh();
    let source =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations.rs")).unwrap();
    let constant = |name: &str| {
        let line = source.lines().find(|line| line.contains(&format!("const {name}: i64"))).unwrap();
        let value = line.split('=').nth(1).unwrap().trim().trim_end_matches(';').replace('_', "");
        match value.strip_prefix("0x") {
            Some(hexadecimal) => i64::from_str_radix(hexadecimal, 16).unwrap(),
            None => value.parse().unwrap(),
        }
    };
    assert_eq!(pragma(&connection, "application_id"), constant("APPLICATION_ID"));
    assert_eq!(pragma(&connection, "user_version"), constant("VERSION"));
    assert_eq!(&0x6f72_6c65_u32.to_be_bytes(), b"orle");
    // A second time it has nothing to apply to.
    assert!(connection.execute_batch(SCHEMA).is_err());
}

#[test]
fn a_ledger_file_has_this_schema() {
    let desk = crate::desk::Desk::new();
    desk.ok(&["init"]);
    let file = Connection::open(desk.path().join("onrecord.db")).unwrap();
    let all = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1";
    assert_eq!(names(&file, all), names(&fresh(), all));
    for name in ["application_id", "user_version"] {
        assert_eq!(pragma(&file, name), pragma(&fresh(), name));
    }
    assert_eq!(file.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap(), "wal");
}

#[test]
fn every_table_is_strict_and_described() {
    let connection = fresh();
    let tables = names(
        &connection,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    assert!(tables.len() > RECORD.len(), "{tables:?}");
    let loose = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'";
    assert_eq!(names(&connection, loose), Vec::<String>::new());
    for table in &tables {
        let line = SCHEMA.lines().position(|line| line.starts_with(&format!("CREATE TABLE {table} ("))).unwrap();
        let before = SCHEMA.lines().nth(line - 1).unwrap();
        assert!(before.starts_with("-- "), "no paragraph above the table {table}");
    }
}

/// Each record table refuses UPDATE and DELETE, and no other table does: those are rebuilt.
#[test]
fn record_tables_are_append_only() {
    let connection = fresh();
    for verb in ["UPDATE", "DELETE"] {
        let sql = format!(
            "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%BEFORE {verb} ON%RAISE(ABORT%' ORDER BY 1"
        );
        assert_eq!(names(&connection, &sql), RECORD, "{verb}");
    }
    // `INSERT OR REPLACE` deletes without asking the DELETE triggers, unless they are told to be asked; the record
    // is never written so.
    let store = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/mod.rs")).unwrap();
    assert!(!store.to_uppercase().contains("OR REPLACE") && !store.to_uppercase().contains("OR IGNORE"));
}

/// What `rebuild` empties is every table that is not the record.
#[test]
fn derived_tables_are_those_that_rebuild_empties() {
    let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/derive.rs")).unwrap();
    let list = source.split("const TABLES").nth(1).unwrap().split(';').nth(1).unwrap();
    let mut emptied: Vec<String> = list.split('"').skip(1).step_by(2).map(str::to_string).collect();
    emptied.sort();
    let mut derived = names(
        &fresh(),
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    derived.retain(|name| !RECORD.contains(&name.as_str()));
    derived.sort();
    assert_eq!(emptied, derived);
}

#[test]
fn checks_hold() {
    let connection = fresh();
    let refused = |sql: &str, why: &str| {
        let error = connection.execute_batch(sql).expect_err(sql).to_string();
        assert!(error.contains(why), "{sql}: {error}");
    };
    refused("INSERT INTO entry VALUES (0, 'not json', zeroblob(32))", "CHECK");
    refused("INSERT INTO entry VALUES (1, '{}', zeroblob(32))", "no gaps");
    refused("INSERT INTO blob VALUES (x'00', 0, 1, x'00')", "CHECK");
    connection.execute_batch("INSERT INTO entry VALUES (0, '{}', zeroblob(32))").unwrap();
    refused("INSERT INTO entry VALUES (2, '{}', zeroblob(32))", "no gaps");
    refused("INSERT INTO entry VALUES (0, '{}', zeroblob(32))", "no gaps");
    refused("INSERT INTO entry_body VALUES (0, x'00', '{}')", "CHECK");
    refused("INSERT INTO claim VALUES (1, 'text', 0, 1, 1, 1)", "cannot store TEXT value");
    refused("UPDATE entry SET header = '[]'", "append-only");
    refused("DELETE FROM entry", "append-only");
}

/// The views for readers of the file run, and say what the listings say.
#[test]
fn views_show_what_the_listings_show() {
    let desk = crate::desk::Desk::new();
    desk.ok(&["demo"]);
    let file = Connection::open(desk.path().join("onrecord-demo.db")).unwrap();
    let listed = |arguments: &[&str]| -> Vec<String> {
        let all = [&["--ledger", "onrecord-demo.db"], arguments, &["--format", "jsonl"]].concat();
        let id =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_string();
        desk.ok(&all).lines().map(id).collect()
    };
    assert_eq!(names(&file, "SELECT id FROM findings_now"), listed(&["contradictions"]));
    assert_eq!(names(&file, "SELECT id FROM claims_now"), listed(&["claims"]));
    assert!(plain().contains("CREATE VIEW claims_now"));
}
