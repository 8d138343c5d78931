//! Killed at any moment (`kill -9`), or with a disk that takes no more, a command leaves all it was asked to write, or
//! nothing of it, and a ledger that works.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::desk::Desk;

/// Claims of a batch.
const CLAIMS: usize = 250;
/// Kills, spread evenly over the time that a command takes.
const KILLS: u32 = 14;
/// Kills after the write lock was taken, in milliseconds from then.
const LOCKED_KILLS: [u64; 6] = [0, 0, 1, 3, 6, 12];
/// Kills at the moment when the commit begins to be written.
const COMMIT_KILLS: u32 = 4;

/// A ledger of one page, and a batch of claims on it.
fn desk() -> Desk {
    let desk = Desk::new();
    let page: String = (0..CLAIMS).map(|n| format!("Ship number {n} carried {} tons of grain.\n\n", n + 5)).collect();
    let line = |n: usize| {
        format!(
            "{{\"source\": \"https://gazette.example/1\", \"quote\": \"Ship number {n} carried {} tons\", \"subject\": \"Ship {}\", \
             \"predicate\": \"amount\", \"object\": \"grain\", \"figure\": \"{}\"}}\n",
            n + 5,
            n % 40,
            n + 5
        )
    };
    desk.write("page.txt", page).write("claims.jsonl", (0..CLAIMS).map(line).collect::<String>());
    desk.shell_ok(
        "onrecord init && onrecord capture page.txt --publisher Gazette --lang en --url https://gazette.example/1",
    );
    desk
}

/// What is on record: entries, and rows of the tables that a command fills.
fn counted(desk: &Desk, table: &str) -> usize {
    let connection = rusqlite::Connection::open(desk.path().join("onrecord.db")).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// Puts the ledger back as it was: the file, without what SQLite keeps beside it.
fn restore(desk: &Desk) {
    for name in ["onrecord.db-wal", "onrecord.db-shm"] {
        let _ = std::fs::remove_file(desk.path().join(name));
    }
    std::fs::copy(desk.path().join("before.db"), desk.path().join("onrecord.db")).unwrap();
}

/// When a command is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// After a while.
    After(Duration),
    /// A while after it took the write lock.
    Locked(Duration),
    /// As soon as something stands in the write-ahead log, which is when SQLite writes a commit down.
    Commit,
}

/// Where a kill found the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    /// Not in a transaction that writes: before it, or after it.
    Outside,
    /// With the write lock in its hands.
    Inside,
    /// At its end.
    Done,
}

/// Runs a command and kills it.
fn killed(desk: &Desk, arguments: &[&str], moment: Moment) -> Found {
    let mut command = desk.command(env!("CARGO_BIN_EXE_onrecord"));
    let mut child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    match moment {
        Moment::After(time) => std::thread::sleep(time),
        Moment::Locked(time) => {
            while !is_locked(desk) && child.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
            std::thread::sleep(time);
        }
        Moment::Commit => {
            let wal = desk.path().join("onrecord.db-wal");
            let written = || std::fs::metadata(&wal).is_ok_and(|file| file.len() > 0);
            while !written() && child.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
        }
    }
    // Asking takes a moment, in which the commit would be over.
    let locked = !matches!(moment, Moment::Commit) && is_locked(desk);
    let _ = child.kill();
    match child.wait().unwrap().signal() {
        Some(9) if locked => Found::Inside,
        Some(9) => Found::Outside,
        _ => Found::Done,
    }
}

/// Whether somebody else holds the write lock.
fn is_locked(desk: &Desk) -> bool {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let Ok(connection) = rusqlite::Connection::open_with_flags(desk.path().join("onrecord.db"), flags) else {
        return false;
    };
    connection.busy_timeout(Duration::ZERO).unwrap();
    match connection.execute_batch("BEGIN IMMEDIATE") {
        Ok(()) => false,
        Err(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy),
    }
}

/// Kills `arguments` at moments spread over its whole run. After each, all or nothing of it must be on record, and
/// the next command must work.
fn sweep(desk: &Desk, arguments: &[&str], table: &str, all: usize) {
    std::fs::copy(desk.path().join("onrecord.db"), desk.path().join("before.db")).unwrap();
    let (entries, rows) = (counted(desk, "entry"), counted(desk, table));
    // The first run warms the caches, the second is measured.
    let mut lasts = Duration::ZERO;
    for _ in 0..2 {
        restore(desk);
        let began = Instant::now();
        desk.ok(arguments);
        lasts = began.elapsed();
    }
    assert_eq!(counted(desk, table), rows + all);
    let entries_after = counted(desk, "entry");
    let moments = (0..KILLS).map(|n| Moment::After(lasts * n / (KILLS - 2)));
    let moments = moments.chain(LOCKED_KILLS.map(|time| Moment::Locked(Duration::from_millis(time))));
    let moments = moments.chain((0..COMMIT_KILLS).map(|_| Moment::Commit));
    let mut outcomes = Vec::new();
    for (n, moment) in moments.enumerate() {
        restore(desk);
        let found = killed(desk, arguments, moment);
        let kept = counted(desk, table) - rows;
        assert!(kept == 0 || kept == all, "{kept} of {all} on record after a kill, {moment:?} of {lasts:?}");
        assert_eq!(counted(desk, "entry"), if kept == 0 { entries } else { entries_after });
        outcomes.push((found, kept > 0));
        // Everything can be worked out anew, or, now and then, the command can be given again.
        let again = if n % 5 == 0 { desk.run(arguments) } else { desk.run(&["rebuild"]) };
        assert_eq!(again.code, 0, "after a kill, {moment:?} of {lasts:?}: {}", again.shown());
        assert_eq!(counted(desk, table), if n % 5 == 0 { rows + all } else { rows + kept });
    }
    let n = |outcome| outcomes.iter().filter(|found| **found == outcome).count();
    // A lock held when asked may be let go right before the kill.
    let inside = n((Found::Inside, false)) + n((Found::Inside, true));
    println!(
        "{arguments:?}: {lasts:?}; outside {} (nothing kept) and {} (all kept), inside {inside}, done {}",
        n((Found::Outside, false)),
        n((Found::Outside, true)),
        n((Found::Done, true)),
    );
    assert_eq!(n((Found::Done, false)), 0, "{outcomes:?}");
    assert!(inside >= 3, "hardly any kill fell inside the transaction: {outcomes:?}");
}

#[test]
fn a_batch_is_all_or_nothing() {
    let desk = desk();
    sweep(&desk, &["log", "--jsonl", "claims.jsonl", "--new"], "claim", CLAIMS);
}

#[test]
fn a_capture_is_all_or_nothing() {
    let desk = desk();
    let page: String =
        (0..3000).map(|n| format!("<p>Paragraph {n} of the report says that {} ships sank.</p>\n", n * 7)).collect();
    desk.write("report.html", format!("<html><body><article><h1>Report</h1>{page}</article></body></html>"));
    sweep(&desk, &["capture", "report.html", "--publisher", "Herald", "--whole-page"], "snapshot", 1);
}

/// A disk that takes no more, by the limit on a file's size: the write fails in the middle, as on a full disk.
#[test]
fn a_batch_that_does_not_fit_leaves_nothing() {
    let desk = desk();
    std::fs::copy(desk.path().join("onrecord.db"), desk.path().join("before.db")).unwrap();
    let (entries, size) = (counted(&desk, "entry"), std::fs::metadata(desk.path().join("before.db")).unwrap().len());
    let (mut refused, mut done) = (0, 0);
    for share in [1, 2, 4, 8, 16, 32, 64, 100_000] {
        restore(&desk);
        let blocks = size * share / 8 / 512;
        let outcome = desk
            .shell(&format!("trap '' XFSZ; ulimit -f {blocks}; onrecord log --jsonl claims.jsonl --new > /dev/null"));
        let kept = counted(&desk, "claim");
        match outcome.code {
            0 => {
                assert_eq!(kept, CLAIMS);
                done += 1;
            }
            3 => {
                assert!(outcome.stderr.contains("cannot be written"), "{}", outcome.shown());
                assert_eq!((kept, counted(&desk, "entry")), (0, entries));
                refused += 1;
            }
            _ => panic!("limit {blocks}: {}", outcome.shown()),
        }
        desk.ok(&["rebuild"]);
    }
    assert!(refused >= 3 && done >= 1, "{refused} refused, {done} done");
}

/// A ledger that was never finished being made can be made.
#[test]
fn a_new_ledger_cut_short_can_be_made_again() {
    let desk = Desk::new();
    let began = Instant::now();
    desk.ok(&["init"]);
    let lasts = began.elapsed();
    for n in 0..KILLS {
        for name in ["onrecord.db", "onrecord.db-wal", "onrecord.db-shm", "onrecord.db-journal"] {
            let _ = std::fs::remove_file(desk.path().join(name));
        }
        killed(&desk, &["init"], Moment::After(lasts * n / (KILLS - 2)));
        // Either there is a ledger, and it works, or `init` makes one.
        if desk.run(&["predicates", "--format", "jsonl"]).code != 0 {
            desk.ok(&["init"]);
        }
        assert!(desk.ok(&["predicates", "--format", "jsonl"]).lines().count() >= 20);
    }
}
