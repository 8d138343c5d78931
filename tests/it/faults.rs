//! What a ledger goes through when the machine or the people around it fail it: `tests/faults.py`, some of it on every
//! run and all of it for `docs/reliability.md`; clocks that go back; writers that wait; media that are read only.

use std::process::Command;
use std::time::Duration;

use chrono::{DateTime, Utc};
use onrecord::ledger::{EntityInput, Ledger, Moment, VerifyRequest, silent};
use onrecord::record::timestamp::Roots;

use crate::desk::{Desk, Outcome, repository};
use crate::ledger::desk as clerk;

/// Runs parts of `tests/faults.py`; nothing where there is no Python, which continuous integration has.
fn faults(arguments: &[&str]) -> String {
    if !Command::new("python3").arg("--version").output().is_ok_and(|o| o.status.success()) {
        assert!(std::env::var_os("ONRECORD_PEERS").is_none(), "python3 is missing");
        eprintln!("passed over: python3 is missing");
        return String::new();
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("python3");
    command.arg(repository().join("tests/faults.py")).arg(env!("CARGO_BIN_EXE_onrecord")).arg(folder.path());
    let outcome = Outcome::of(command.args(arguments));
    assert_eq!(outcome.code, 0, "{}", outcome.shown());
    println!("{}", outcome.stdout);
    outcome.stdout
}

#[test]
fn killed_again_and_again() {
    faults(&["kills", "--kills", "24", "--seed", "7"]);
}

#[test]
fn on_disks_that_are_full_or_read_only() {
    faults(&["disks", "readonly", "--disks", "4"]);
}

#[test]
fn with_a_damaged_write_ahead_log_and_a_clock_that_jumps() {
    faults(&["wal", "clocks", "--cuts", "16", "--clocks", "8"]);
}

#[test]
fn written_by_several_at_once() {
    faults(&["writers", "--writers", "2", "--claims", "100", "--batches", "10"]);
}

#[test]
fn with_single_bytes_changed() {
    faults(&["bytes", "--large", "400", "--flips", "36"]);
}

/// Entries keep the order in which they were made, and each the time that its maker's clock told.
#[test]
fn a_clock_that_goes_back_changes_no_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let times = ["2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-02-01T00:00:00Z"];
    for (n, time) in times.iter().enumerate() {
        let time: DateTime<Utc> = time.parse().unwrap();
        let desk = onrecord::ledger::Desk { clock: Box::new(move || time), ..clerk() };
        let mut ledger = match n {
            0 => Ledger::create(&path, None, desk).unwrap(),
            _ => Ledger::open(&path, desk).unwrap(),
        };
        ledger.add_entities(&[(1, Ok(EntityInput { name: format!("Ship {n}"), ..EntityInput::default() }))]).unwrap();
    }
    let mut ledger = Ledger::open(&path, clerk()).unwrap();
    let request =
        VerifyRequest { against: None, policy: None, roots: &Roots::default(), quick: false, progress: &silent };
    assert_eq!(ledger.verify(&request).unwrap().faults, []);
    let names =
        |ledger: &mut Ledger| ledger.entities().unwrap().into_iter().map(|entity| entity.name).collect::<Vec<_>>();
    assert_eq!(names(&mut ledger), ["Ship 0", "Ship 1", "Ship 2", "Ship 3"]);
    // What stands before the last entry that was made by then was on record then, whatever its own time.
    let then = Moment::Time("2026-01-15T00:00:00Z".parse().unwrap());
    let mut stood = Ledger::open_as_it_stood(&path, then, clerk(), &silent).unwrap();
    assert_eq!(names(&mut stood), ["Ship 0", "Ship 1", "Ship 2"]);
}

/// Whoever waits is told after a second, and is done when the other is.
#[test]
fn a_writer_that_waits_is_told() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    desk.write("names.jsonl", "{\"name\": \"Ship\"}\n");
    let other = rusqlite::Connection::open(desk.path().join("onrecord.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waits = std::thread::scope(|scope| {
        let waits = scope.spawn(|| desk.run(&["entities", "add", "names.jsonl"]));
        // Readers do not wait.
        assert_eq!(desk.run(&["entities"]).shown(), "no entities on record\n");
        std::thread::sleep(Duration::from_millis(2500));
        assert!(!waits.is_finished());
        other.execute_batch("ROLLBACK").unwrap();
        waits.join().unwrap()
    });
    assert_eq!(waits.code, 0, "{}", waits.shown());
    assert!(waits.stderr.starts_with("waiting: another program is writing to the ledger\n"), "{}", waits.stderr);
    assert_eq!(waits.stderr.lines().count(), 2, "{}", waits.stderr);
}
