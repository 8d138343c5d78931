//! Records written out and read again: the same ids, the same root, the same tables.

use std::fs;
use std::path::Path;

use onrecord::ledger::{ClaimFilter, Contents, Ledger, LedgerError, VerifyRequest, silent};
use onrecord::record::timestamp::Roots;
use serde_json::{Value, json};

use crate::damage::full;
use crate::ledger::{DERIVED, desk, dumped};
use crate::load::lines;

const RECORD: [&str; 5] = ["entry", "entry_body", "checkpoint", "timestamp", "tree_node"];

pub fn export(ledger: &Path, to: &Path) -> Contents {
    Ledger::open(ledger, desk()).unwrap().export(to, &silent).unwrap()
}

pub fn load(from: &Path, path: &Path) -> Result<Contents, LedgerError> {
    Ledger::load(path, from, desk(), &silent).map(|(_, contents)| contents)
}

/// Every file under a folder with its bytes, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for inside in ["", "blobs", "checkpoints"] {
        for entry in fs::read_dir(folder.join(inside)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_string();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The loaded ledger is the exported one, row by row, and holds.
pub fn check_same(ledger: &Path, loaded: &Path) {
    for tables in [RECORD.as_slice(), DERIVED.as_slice()] {
        assert!(dumped(ledger, tables) == dumped(loaded, tables));
    }
    let mut ledger = Ledger::open(loaded, desk()).unwrap();
    let request =
        VerifyRequest { against: None, policy: None, roots: &Roots::default(), quick: false, progress: &silent };
    let view = ledger.verify(&request).unwrap();
    assert!(view.faults.is_empty(), "{:?}", view.faults.iter().map(|fault| &fault.what).collect::<Vec<_>>());
}

#[test]
fn what_is_exported_is_what_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let ledger = full(folder.path());
    let contents = export(&ledger, &at("out"));
    assert_eq!(export(&ledger, &at("out.tar")), contents);
    assert!(contents.entries > 40 && contents.blobs > 6 && contents.checkpoints == 1, "{contents:?}");
    for (from, to) in [("out", "one.db"), ("out.tar", "two.db")] {
        assert_eq!(load(&at(from), &at(to)).unwrap(), contents);
        check_same(&ledger, &at(to));
    }
    // Nothing is left beside them.
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    left.sort();
    assert_eq!(left, ["full.db", "one.db", "out", "out.tar", "two.db"]);
}

/// The bytes are those of the record, whoever writes them when, and from which of its ledgers.
#[test]
fn the_same_record_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let ledger = full(folder.path());
    for name in ["a", "b", "a.tar", "b.tar"] {
        export(&ledger, &at(name));
    }
    load(&at("a"), &at("again.db")).unwrap();
    export(&at("again.db"), &at("c"));
    export(&at("again.db"), &at("c.tar"));
    let (a, tar) = (files(&at("a")), fs::read(at("a.tar")).unwrap());
    assert!(a == files(&at("b")) && a == files(&at("c")));
    assert!(tar == fs::read(at("b.tar")).unwrap() && tar == fs::read(at("c.tar")).unwrap());
    // The tar is that of the folder: sorted, nobody's, of no time.
    let mut archive = tar::Archive::new(tar.as_slice());
    let mut inside = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header();
        assert_eq!((header.mtime().unwrap(), header.uid().unwrap(), header.gid().unwrap()), (0, 0, 0));
        let name = entry.path().unwrap().to_str().unwrap().to_string();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        inside.push((name, bytes));
    }
    assert!(inside == a);
    // A line is an entry, with nothing made anew.
    let lines = String::from_utf8(a.iter().find(|(name, _)| name == "entries.jsonl").unwrap().1.clone()).unwrap();
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert!(lines.starts_with(r#"{"header":"{\"actor\":"#), "{lines}");
    assert_eq!(first["body"], json!(r#"{"begin":{"format":"onrecord/1","origin":"test"}}"#));
}

/// Whatever other programs make of the folder: its tar with folders in it, and what systems leave lying about.
#[test]
fn tars_of_other_programs_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let ledger = full(folder.path());
    export(&ledger, &at("out"));
    let mut tar = tar::Builder::new(fs::File::create(at("other.tar")).unwrap());
    tar.append_dir_all(".", at("out")).unwrap();
    tar.into_inner().unwrap();
    load(&at("other.tar"), &at("one.db")).unwrap();
    fs::write(at("out").join(".DS_Store"), "x").unwrap();
    fs::write(at("out/blobs/.directory"), "x").unwrap();
    load(&at("out"), &at("two.db")).unwrap();
    check_same(&at("one.db"), &at("two.db"));
}

#[test]
fn nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let ledger = full(folder.path());
    fs::create_dir(at("empty")).unwrap();
    fs::write(at("file.tar"), "mine").unwrap();
    std::os::unix::fs::symlink("nowhere", at("link")).unwrap();
    let mut open = Ledger::open(&ledger, desk()).unwrap();
    for name in ["empty", "file.tar", "link", "full.db"] {
        let error = open.export(&at(name), &silent).unwrap_err().to_string();
        assert!(error.ends_with(": there is something already"), "{error}");
    }
    assert_eq!(fs::read(at("file.tar")).unwrap(), b"mine");
    let error = open.export(&at("no/such"), &silent).unwrap_err().to_string();
    assert!(error.ends_with("the folder that it should stand in is not there"), "{error}");
    open.export(&at("out"), &silent).unwrap();
    let error = load(&at("out"), &ledger).unwrap_err().to_string();
    assert!(error.starts_with("there is already a file at "), "{error}");
}

/// What was redacted is not handed on, and what is left is loaded: all that is derived, and every proof, is the same.
#[test]
fn what_was_redacted_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let path = full(folder.path());
    let before = export(&path, &at("before"));
    let mut ledger = Ledger::open(&path, desk()).unwrap();
    let claim = ledger.claims(&ClaimFilter::default()).unwrap().swap_remove(3).id;
    let entry = ledger.redact(&claim.to_string(), "order of a court", &silent).unwrap().entry.unwrap();
    let table = crate::ledger::text(&path, "SELECT lower(hex(sha256)) FROM snapshot ORDER BY number DESC LIMIT 1");
    let gone = ledger.redact(&table, "order of a court", &silent).unwrap().bytes;
    drop(ledger);
    assert!(gone.len() >= 2, "{gone:?}");
    for name in ["out", "out.tar"] {
        let contents = export(&path, &at(name));
        assert_eq!((contents.entries, contents.blobs), (before.entries + 2, before.blobs - gone.len() as u64));
        let loaded = at(&format!("{name}.db"));
        assert_eq!(load(&at(name), &loaded).unwrap(), contents);
        check_same(&path, &loaded);
    }
    let line = |name: &str| {
        let lines = fs::read_to_string(at(name).join("entries.jsonl")).unwrap();
        lines.lines().nth(entry as usize).unwrap().to_string()
    };
    let (whole, bare) = (line("before"), line("out"));
    assert_eq!(serde_json::from_str::<Value>(&bare).unwrap().as_object().unwrap().len(), 1, "{bare}");
    assert!(whole.starts_with(bare.trim_end_matches('}')));
    // Neither may come back, and nothing else may be missing.
    let refused = |words: &str| {
        let error = load(&at("out"), &at("new.db")).unwrap_err().to_string();
        assert!(error.ends_with(words), "{error}");
    };
    let put = |n: u64, line: &str| lines(&at("out"), |lines| lines[n as usize] = line.to_string());
    put(entry, &whole);
    refused(&format!("entry {entry}: its body was redacted, and is there"));
    put(entry, &bare);
    let (old, new) = (at("before/blobs").join(gone[0].to_string()), at("out/blobs").join(gone[0].to_string()));
    fs::copy(old, &new).unwrap();
    refused(&format!("the bytes of {} were redacted, and are there", gone[0]));
    fs::remove_file(new).unwrap();
    load(&at("out"), &at("new.db")).unwrap();
}

/// A record that does not hold is not handed on.
#[test]
fn a_damaged_record_is_not_exported() {
    for change in [
        "UPDATE entry_body SET body = replace(body, 'Meta', 'Beta') WHERE sequence = (SELECT max(sequence) FROM claim)",
        "DELETE FROM blob WHERE sha256 = (SELECT text FROM snapshot)",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let ledger = full(folder.path());
        crate::damage::tampered(&ledger, change);
        let error = Ledger::open(&ledger, desk()).unwrap().export(&folder.path().join("out"), &silent).unwrap_err();
        assert_eq!(error.kind(), onrecord::ledger::Kind::Damaged, "{error}");
        assert!(!folder.path().join("out").exists());
    }
}

/// A disk that takes no more, by the limit on a file's size: nothing stands at the place, and nothing is left beside it.
#[test]
fn what_does_not_fit_leaves_nothing() {
    let desk = crate::desk::Desk::new();
    let page: String = (0..20_000).map(|n| format!("{} ships sank on day {n}.\n\n", n * 7919 % 10_007)).collect();
    desk.write("page.txt", page);
    desk.shell_ok("onrecord init && onrecord capture page.txt --lang en && onrecord export whole.tar");
    let left = "ls -A | grep -v -e '^[.]bin$' -e '^examples$' -e page.txt -e 'onrecord.db' -e '^whole.tar$'";
    for command in ["export out", "export out.tar", "load whole.tar --ledger new.db"] {
        for blocks in [0, 64, 512] {
            let outcome = desk.shell(&format!("trap '' XFSZ; ulimit -f {blocks}; onrecord {command} > /dev/null"));
            assert_eq!(outcome.code, 3, "{command}, limit {blocks}: {}", outcome.shown());
            assert!(outcome.stderr.contains("cannot be written"), "{command}, limit {blocks}: {}", outcome.shown());
            assert_eq!(desk.shell(left).stdout, "", "{command}, limit {blocks}");
        }
        desk.shell_ok(&format!("onrecord {command}"));
        desk.shell_ok("rm -rf out out.tar new.db*");
    }
}
