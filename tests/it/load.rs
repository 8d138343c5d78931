//! What others may hand in to be loaded: records that do not hold, tars with tricks, bodies that no version wrote.

use std::fs;
use std::path::Path;

use onrecord::domain::id::{Digest, SourceId};
use onrecord::ledger::{ClaimFilter, Ledger, silent};
use onrecord::record::body::{Begin, Body, Capture, FORMAT, Judged};
use onrecord::record::canonical::to_canonical;
use onrecord::record::entry::Entry;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::damage::full;
use crate::export::{check_same, export, load};
use crate::ledger::{desk, log, with_pages};

/// Loads what `change` makes of an exported folder, and of its tar; both are refused alike, and nothing is left.
#[track_caller]
fn check_refused(what: &str, change: impl Fn(&Path), words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    export(&small(folder.path()), &at("out"));
    change(&at("out"));
    let mut tar = tar::Builder::new(fs::File::create(at("out.tar")).unwrap());
    tar.follow_symlinks(false);
    tar.append_dir_all(".", at("out")).unwrap();
    tar.into_inner().unwrap();
    for from in ["out", "out.tar"] {
        let error = load(&at(from), &at("new.db")).map(|_| what).unwrap_err();
        assert_eq!(error.kind(), onrecord::ledger::Kind::Refused, "{what}: {error}");
        let told = error.to_string();
        assert!(told.contains(words), "{what}: {told}");
        assert!(told.starts_with(at(from).to_str().unwrap()), "{what}: {told}");
        assert!(!at("new.db").exists(), "{what}");
        assert!(error.hint().is_some(), "{what}");
    }
    let left = fs::read_dir(folder.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
        name.starts_with('.')
    });
    assert_eq!(left.count(), 0, "{what}");
}

/// A ledger with a page, claims and a checkpoint.
fn small(folder: &Path) -> std::path::PathBuf {
    use onrecord::record::note::{Algorithm, Signer};
    let path = folder.join("small.db");
    let (mut ledger, sources) = with_pages(&path);
    let ids: Vec<String> = (0..3).map(|claim| log(&mut ledger, claim, &sources).unwrap().to_string()).collect();
    ledger.checkpoint(&Signer::new("test".parse().unwrap(), Algorithm::Ed25519, [7; 32])).unwrap();
    ledger.retract(&ids[0], "a misreading").unwrap();
    path
}

/// Changes the lines of the entries.
pub fn lines(folder: &Path, change: impl FnOnce(&mut Vec<String>)) {
    let path = folder.join("entries.jsonl");
    let mut lines: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(str::to_string).collect();
    change(&mut lines);
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

/// The line of an entry, whose hashes are right whatever it says.
fn line(sequence: u64, body: &Body) -> String {
    line_of(&Entry::new(sequence, &"human:eve".parse().unwrap(), time(), [0; 16], body).unwrap())
}

fn time() -> chrono::DateTime<chrono::Utc> {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn line_of(entry: &Entry) -> String {
    json!({"header": entry.header, "salt": "0".repeat(32), "body": entry.body}).to_string()
}

/// The same of a body that is spelt as it likes.
fn line_spelt(sequence: u64, kind: &str, body: &str) -> String {
    let header = json!({"actor": "human:eve", "body": Digest::of_two(&[0; 16], body.as_bytes()), "kind": kind,
                        "sequence": sequence, "time": "2026-01-01T00:00:00.000Z"});
    let header = to_canonical(&header).unwrap();
    line_of(&Entry { header, salt: [0; 16], body: body.to_string() })
}

/// The name of one of the blobs, by its place in their order.
fn blob(folder: &Path, n: usize) -> std::path::PathBuf {
    let mut names: Vec<_> = fs::read_dir(folder.join("blobs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names[n].clone()
}

#[test]
fn lines_that_do_not_hold_are_refused() {
    check_refused("nothing", |out| fs::write(out.join("entries.jsonl"), "").unwrap(), "there are no entries");
    check_refused(
        "no entries",
        |out| fs::remove_file(out.join("entries.jsonl")).unwrap(),
        "`entries.jsonl` is missing",
    );
    let bare = |n: usize| {
        move |out: &Path| {
            lines(out, |lines| {
                let line: Value = serde_json::from_str(&lines[n]).unwrap();
                lines[n] = json!({"header": line["header"]}).to_string();
            });
        }
    };
    check_refused("a name without a body", bare(4), "entry 4: the body of a `predicate` entry cannot be missing");
    let claim = |out: &Path| {
        let lines = fs::read_to_string(out.join("entries.jsonl")).unwrap();
        let lines: Vec<String> = lines.lines().map(str::to_string).collect();
        let (n, _) = bodies(&lines).into_iter().find(|(_, body)| body.get("claim").is_some()).unwrap();
        bare(n)(out);
    };
    check_refused("a claim without a body", claim, "its body is missing, and no entry redacts it");
    let half = |out: &Path| lines(out, |lines| lines[4] = lines[4].replace("\"salt\":", "\"body\":\"\",\"salt\":"));
    check_refused("a body twice", half, "line 5: not an entry: duplicate field `body`");
    let half = |out: &Path| {
        lines(out, |lines| {
            let line: Value = serde_json::from_str(&lines[4]).unwrap();
            lines[4] = json!({"header": line["header"], "body": line["body"]}).to_string();
        });
    };
    check_refused("half", half, "line 5: it has one of `salt` and `body`");
    check_refused("noise", |out| lines(out, |lines| lines[4] = "x".into()), "`entries.jsonl`: line 5: not an entry: ");
    let more = |out: &Path| lines(out, |lines| lines[4] = lines[4].replace("{\"header\"", "{\"more\":1,\"header\""));
    check_refused("a further field", more, "line 5: not an entry: unknown field `more`");
    let twice =
        |out: &Path| lines(out, |lines| lines[4] = lines[4].replace("{\"header\"", "{\"salt\":\"\",\"header\""));
    check_refused("a field twice", twice, "line 5: not an entry: duplicate field `salt`");
    let salt = |out: &Path| lines(out, |lines| lines[4] = lines[4].replace("\"salt\":\"0", "\"salt\":\"A"));
    check_refused("salt", salt, "line 5: the salt is not 32 lower-case hexadecimal digits");
    let changed =
        |out: &Path| lines(out, |lines| *lines = lines.iter().map(|line| line.replace("misr", "m")).collect());
    check_refused("a changed word", changed, "the body does not match its hash: expected ");
    check_refused("swapped", |out| lines(out, |lines| lines.swap(7, 8)), "entry 7: its header says that it is entry 8");
    let missing = |out: &Path| lines(out, |lines| drop(lines.remove(7)));
    check_refused("one left out", missing, "entry 7: its header says that it is entry 8");
    let doubled = |out: &Path| lines(out, |lines| lines.insert(7, lines[7].clone()));
    check_refused("one twice", doubled, "entry 8: its header says that it is entry 7");
    check_refused("an empty line", |out| lines(out, |lines| lines.insert(7, String::new())), "line 8: not an entry");
    let cut = |out: &Path| {
        let path = out.join("entries.jsonl");
        let bytes = fs::read(&path).unwrap();
        fs::write(path, &bytes[..bytes.len() - 9]).unwrap();
    };
    check_refused("cut off", cut, "cut off: it does not end with a line break");
    let shorter = |out: &Path| lines(out, |lines| lines.truncate(lines.len() - 2));
    check_refused("the last left out", shorter, "the last 1 were taken away");
    let latin = |out: &Path| {
        let path = out.join("entries.jsonl");
        let mut bytes = fs::read(&path).unwrap();
        bytes[30] = 0xff;
        fs::write(path, bytes).unwrap();
    };
    check_refused("not UTF-8", latin, "line 1: not an entry: ");
}

/// Entries whose hashes are right, and that no program of ours would have written.
#[test]
fn entries_that_do_not_hold_are_refused() {
    let put = |n: usize, line: String| move |out: &Path| lines(out, |lines| lines[n] = line.clone());
    let begin = |format: &str, origin: &str| Body::Begin(Begin { format: format.into(), origin: origin.into() });
    for (what, n, line, words) in [
        (
            "an unknown kind",
            4,
            line_spelt(4, "rename", r#"{"rename":{}}"#),
            "entry 4: the body is not that of a `rename` entry",
        ),
        (
            "an unknown field",
            4,
            line_spelt(4, "retract", r#"{"retract":{"because":"x","claim":"","more":1}}"#),
            "entry 4: the body is not that of a `retract` entry",
        ),
        (
            "another kind",
            4,
            line_spelt(
                4,
                "retract",
                r#"{"attest":{"claim":"0000000000000000000000000000000000000000000000000000000000000000"}}"#,
            ),
            "entry 4: the header says `retract`",
        ),
        (
            "spaces",
            4,
            line_spelt(
                4,
                "attest",
                r#"{"attest": {"claim":"0000000000000000000000000000000000000000000000000000000000000000"}}"#,
            ),
            "entry 4: the body is not spelt as the format has it",
        ),
        (
            "a field that says nothing",
            4,
            line_spelt(
                4,
                "attest",
                r#"{"attest":{"claim":"0000000000000000000000000000000000000000000000000000000000000000","ref":null}}"#,
            ),
            "entry 4: the body is not spelt as the format has it",
        ),
        (
            "a key twice",
            4,
            line_spelt(
                4,
                "attest",
                r#"{"attest":{"claim":"0000000000000000000000000000000000000000000000000000000000000000"},"attest":{"claim":"0000000000000000000000000000000000000000000000000000000000000000"}}"#,
            ),
            "entry 4",
        ),
        (
            "no such claim",
            4,
            line(
                4,
                &Body::Retract(Judged { claim: onrecord::domain::id::ClaimId(Digest::of(b"")), because: "x".into() }),
            ),
            "entry 4 names a claim that is not on record",
        ),
        (
            "no beginning",
            0,
            line(
                0,
                &Body::Retract(Judged { claim: onrecord::domain::id::ClaimId(Digest::of(b"")), because: "x".into() }),
            ),
            "entry 0: it does not begin a record",
        ),
        ("a second beginning", 4, line(4, &begin(FORMAT, "test")), "entry 4: it begins a record, where one has begun"),
        ("a name that drives terminals", 0, line(0, &begin(FORMAT, "a\u{1b}[2J")), "cannot be the name of a record"),
    ] {
        check_refused(what, put(n, line), words);
    }
    // What is right by itself, and not after what went before.
    let again = |out: &Path| {
        lines(out, |lines| {
            let body = serde_json::from_str::<Value>(&lines[4]).unwrap()["body"].as_str().unwrap().to_string();
            assert!(body.starts_with("{\"predicate\""), "{body}");
            lines[5] = line(5, &Body::read(&body).unwrap());
        });
    };
    check_refused("a predicate twice", again, "entry 5 does not fit those before it: ");
    // A claim whose words are not in its text.
    let moved = |out: &Path| {
        lines(out, |lines| {
            let (n, mut body) = bodies(lines).into_iter().find(|(_, body)| body.get("claim").is_some()).unwrap();
            body["claim"]["quote"]["exact"] = json!("They never said so");
            lines[n] = line(n as u64, &Body::read(&body.to_string()).unwrap());
            lines.truncate(n + 1);
        });
        fs::remove_dir_all(out.join("checkpoints")).unwrap();
    };
    check_refused("words that are not there", moved, "the quote does not stand in the text at");
    let other = |out: &Path| lines(out, |lines| lines[0] = line(0, &begin(FORMAT, "other")));
    check_refused("another name", other, "checkpoint 1: the checkpoint is of the record `test`, and this is `other`");
    // Another format is no fault of the record's, and says what to do.
    let folder = tempfile::tempdir().unwrap();
    export(&small(folder.path()), &folder.path().join("out"));
    lines(&folder.path().join("out"), |lines| lines[0] = line(0, &begin("onrecord/9", "test")));
    let error = load(&folder.path().join("out"), &folder.path().join("new.db")).unwrap_err();
    assert!(error.to_string().contains("the record is of format `onrecord/9`"), "{error}");
}

fn bodies(lines: &[String]) -> Vec<(usize, Value)> {
    let body = |line: &String| {
        let line: Value = serde_json::from_str(line).unwrap();
        serde_json::from_str(line["body"].as_str().unwrap()).unwrap()
    };
    lines.iter().map(body).enumerate().collect()
}

#[test]
fn bytes_that_do_not_hold_are_refused() {
    check_refused("a blob left out", |out| fs::remove_file(blob(out, 1)).unwrap(), "is missing, which entry ");
    let changed = |out: &Path| {
        let mut bytes = fs::read(blob(out, 1)).unwrap();
        bytes[0] ^= 1;
        fs::write(blob(out, 1), bytes).unwrap();
    };
    check_refused("a changed blob", changed, "does not match its name: found the hash ");
    let swapped = |out: &Path| {
        let bytes = fs::read(blob(out, 1)).unwrap();
        fs::rename(blob(out, 2), blob(out, 1)).unwrap();
        fs::write(out.join("blobs").join(Digest::of(b"x").to_string()), bytes).unwrap();
    };
    check_refused("swapped", swapped, "");
    let more = |out: &Path| fs::write(out.join("blobs").join(Digest::of(b"x").to_string()), "x").unwrap();
    check_refused("one too many", more, "is there, and no entry names it");
    let link = |out: &Path| {
        let path = blob(out, 1);
        fs::rename(&path, out.with_extension("kept")).unwrap();
        std::os::unix::fs::symlink(out.with_extension("kept"), path).unwrap();
    };
    check_refused("a link", link, "is a link: expected a file");
    let linked = |out: &Path| {
        fs::rename(out.join("checkpoints"), out.with_extension("kept")).unwrap();
        std::os::unix::fs::symlink(out.with_extension("kept"), out.join("checkpoints")).unwrap();
    };
    check_refused("a linked folder", linked, "`checkpoints` is a link: expected a file");
    check_refused("a stranger", |out| fs::write(out.join("notes.txt"), "x").unwrap(), "is not the name of anything");
    check_refused("a stranger inside", |out| fs::write(out.join("blobs/x"), "x").unwrap(), "`blobs/x` is not the name");
    let upper = |out: &Path| fs::write(out.join("blobs").join("AB".repeat(32)), "x").unwrap();
    check_refused("another spelling", upper, "is not the name of anything");
    let unsound = |out: &Path| fs::write(out.join("checkpoints/0001.txt"), "x").unwrap();
    check_refused("no checkpoint", unsound, "checkpoint 1: ");
    let twice = |out: &Path| {
        fs::copy(out.join("checkpoints/0001.txt"), out.join("checkpoints/0002.txt")).unwrap();
    };
    check_refused("a checkpoint twice", twice, "checkpoint 2: it is there twice");
    let gap = |out: &Path| fs::rename(out.join("checkpoints/0001.txt"), out.join("checkpoints/0002.txt")).unwrap();
    check_refused("a gap", gap, "`checkpoints/0001.txt` is missing");
    let long = |out: &Path| fs::write(out.join("checkpoints/0001.txt"), vec![b'x'; 1 << 21]).unwrap();
    check_refused("a long checkpoint", long, "has 2097152 bytes: expected 1048576 at most");
}

/// Captures whose bytes are what their names say, and not what the entry says.
#[test]
fn captures_that_do_not_hold_are_refused() {
    let capture = |text: &[u8], layout: &[u8], size: u64, out: &Path| {
        let page = b"A page.";
        for bytes in [page.as_slice(), text, layout] {
            fs::write(out.join("blobs").join(Digest::of(bytes).to_string()), bytes).unwrap();
        }
        let capture = Capture {
            source: SourceId(Digest::of(b"source")),
            details: Default::default(),
            page: Default::default(),
            snapshot: Digest::of(page),
            size,
            media_type: "text/plain".into(),
            charset: "utf-8".into(),
            text: Digest::of(text),
            layout: Digest::of(layout),
            extractor: "plain/1".into(),
        };
        lines(out, |lines| lines.push(line(lines.len() as u64, &Body::Capture(Box::new(capture)))));
    };
    let layout =
        |blocks: &str, segments: &str| format!("{{\"blocks\":[{blocks}],\"segments\":[{segments}]}}").into_bytes();
    let good = layout(r#"["body",0,7]"#, "[0,7,0,7]");
    for (what, text, layout, size, words) in [
        ("another size", "A page.".as_bytes(), good.clone(), 8, "has 7 bytes: expected 8, as its entry says"),
        ("no text", b"\xff", good.clone(), 7, "is not UTF-8"),
        ("no layout", b"A page.", b"x".to_vec(), 7, "is none: "),
        ("past the end", b"A page.", layout(r#"["body",0,8]"#, ""), 7, "does not fit the text"),
        ("backwards", b"A page.", layout(r#"["body",7,0]"#, ""), 7, "does not fit the text"),
        ("inside a character", "é".as_bytes(), layout(r#"["body",1,2]"#, ""), 7, "does not fit the text"),
        ("past the snapshot", b"A page.", layout("", "[0,7,0,8]"), 7, "does not fit the text"),
        ("huge", b"A page.", layout("", "[0,7,0,18446744073709551615]"), 7, "does not fit the text"),
    ] {
        check_refused(what, |out| capture(text, &layout, size, out), words);
    }
    // The same, sound.
    let folder = tempfile::tempdir().unwrap();
    export(&small(folder.path()), &folder.path().join("out"));
    capture(b"A page.", &good, 7, &folder.path().join("out"));
    load(&folder.path().join("out"), &folder.path().join("new.db")).unwrap();
}

/// A tar of parts with any names, kinds and sizes.
fn tar_of(parts: &[(&str, tar::EntryType, u64, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, kind, size, bytes) in parts {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(*size);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

#[test]
fn tricks_of_tars_are_refused() {
    use tar::EntryType;
    let file = EntryType::Regular;
    let entries = ("entries.jsonl", file, 2, b"x\n".as_slice());
    let blob = format!("blobs/{}", Digest::of(b""));
    let folder = tempfile::tempdir().unwrap();
    let check = |what: &str, bytes: Vec<u8>, words: &str| {
        let from = folder.path().join("in.tar");
        fs::write(&from, bytes).unwrap();
        let error = load(&from, &folder.path().join("new.db")).map(|_| what).unwrap_err();
        assert_eq!(error.kind(), onrecord::ledger::Kind::Refused, "{what}: {error}");
        assert!(error.to_string().contains(words), "{what}: {error}");
    };
    for name in [
        "../x",
        "/etc/passwd",
        "blobs/../../x",
        "blobs//x",
        "./../x",
        ".//entries.jsonl",
        "././entries.jsonl",
        "C:\\x",
        "blobs/",
        "entries.jsonl/",
        "ENTRIES.JSONL",
        "blobs\\x",
        ".",
    ] {
        check(name, tar_of(&[entries, (name, file, 0, b"")]), "is not the name of anything in an exported record");
    }
    for (kind, words) in [
        (EntryType::Symlink, "is a link"),
        (EntryType::Link, "is a link"),
        (EntryType::Directory, "is a folder"),
        (EntryType::Fifo, "is a device or another kind of thing"),
        (EntryType::Char, "is a device or another kind of thing"),
        (EntryType::GNUSparse, "is a device or another kind of thing"),
        (EntryType::Continuous, "is a device or another kind of thing"),
        (EntryType::GNULongName, "is a further header"),
        (EntryType::XHeader, "is a further header"),
        (EntryType::XGlobalHeader, "is a further header"),
    ] {
        check(words, tar_of(&[entries, (&blob, kind, 0, b"")]), words);
    }
    check("twice", tar_of(&[entries, entries]), "`entries.jsonl` is there twice");
    check("two spellings", tar_of(&[entries, ("./entries.jsonl", file, 2, b"x\n")]), "`entries.jsonl` is there twice");
    for size in [1_000_000, 1 << 40, u64::MAX / 2, u64::MAX - 1000, u64::MAX] {
        let bytes = tar_of(&[entries, (&blob, file, size, b"x")]);
        let words = if size > 1 << 50 { "" } else { "cut off: `blobs/" };
        check("a huge claim", bytes.clone(), words);
        // As the only one, and as the name of a folder.
        check("a huge claim", tar_of(&[("entries.jsonl", file, size, b"x")]), "");
        check("a huge folder", tar_of(&[("blobs/", EntryType::Directory, size, b"x"), entries]), "");
    }
    check("empty", Vec::new(), "`entries.jsonl` is missing");
    check("zeros", vec![0; 10_240], "`entries.jsonl` is missing");
    check("noise", b"no tar".repeat(500), "not an exported record: neither a folder nor a tar file");
    check("packed", [0x1f, 0x8b, 8, 0].repeat(500), "not an exported record: neither a folder nor a tar file");
    let mut device = folder.path().join("none");
    assert!(load(&device, &folder.path().join("new.db")).unwrap_err().to_string().contains("there is no such folder"));
    device = "/dev/null".into();
    assert!(load(&device, &folder.path().join("new.db")).unwrap_err().to_string().contains("it is a device or a pipe"));
}

/// Cut anywhere, a tar is refused, but in the zeros at its end.
#[test]
fn a_tar_that_is_cut_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    export(&small(folder.path()), &at("out.tar"));
    let whole = fs::read(at("out.tar")).unwrap();
    let last = whole.iter().rposition(|byte| *byte != 0).unwrap();
    for n in (0..last).step_by(last / 60).chain([last, last - 1, last - 511]) {
        fs::write(at("cut.tar"), &whole[..n]).unwrap();
        let error = load(&at("cut.tar"), &at("new.db")).map(|_| n).unwrap_err();
        assert_eq!(error.kind(), onrecord::ledger::Kind::Refused, "cut at {n}: {error}");
    }
    fs::write(at("cut.tar"), &whole[..=last]).unwrap();
    load(&at("cut.tar"), &at("new.db")).unwrap();
}

/// Hundreds of megabytes in a line are not held: the file has holes, so that they cost nothing here.
#[test]
fn a_line_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::File::create(out.join("entries.jsonl")).unwrap().set_len(600 << 20).unwrap();
    let error = load(&out, &folder.path().join("new.db")).unwrap_err().to_string();
    assert!(error.ends_with("`entries.jsonl`: line 1: more than 134217728 bytes"), "{error}");
}

/// A text of which no entry says how long it is, and that is as long as a disk allows.
#[test]
fn a_blob_with_holes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    export(&small(folder.path()), &at("out"));
    let view = Ledger::open(&at("small.db"), desk()).unwrap().sources().unwrap();
    assert!(!view.is_empty());
    let layout = crate::ledger::text(&at("small.db"), "SELECT lower(hex(layout)) FROM snapshot LIMIT 1");
    let path = at("out/blobs").join(layout);
    fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    let error = load(&at("out"), &at("new.db")).unwrap_err().to_string();
    assert!(error.contains("has 1099511627776 bytes: expected 4294967296 at most"), "{error}");
    fs::File::options().write(true).open(&path).unwrap().set_len(200 << 20).unwrap();
    let error = load(&at("out"), &at("new.db")).unwrap_err().to_string();
    assert!(error.contains("does not match its name"), "{error}");
}

/// Puts something else in place of a part of a value, by the number of the part.
fn twisted(value: &mut Value, at: &mut usize, with: &Value) {
    if *at == 0 {
        *value = with.clone();
        *at = usize::MAX;
        return;
    }
    *at -= 1;
    let parts: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => return,
    };
    for part in parts {
        if *at == usize::MAX {
            return;
        }
        twisted(part, at, with);
    }
}

fn n_parts(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(n_parts).sum(),
        Value::Object(fields) => fields.values().map(n_parts).sum::<usize>(),
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 16, ..ProptestConfig::default() })]

    /// Over ledgers that were made in any way: the same ids, the same root, the same tables.
    #[test]
    fn any_ledger_comes_back_as_it_was(claims in prop::collection::vec((0usize..10, 0u8..8), 1..12), is_tar: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (mut ledger, sources) = with_pages(&path);
        for (claim, what) in claims {
            let Ok(id) = log(&mut ledger, claim, &sources) else { continue };
            let id = id.to_string();
            // Some of these are refused, which leaves nothing.
            match what {
                0 => drop(ledger.retract(&id, "a misreading")),
                1 => drop(ledger.reinstate(&id, "right after all")),
                2 => drop(ledger.merge_entities("OpenAI", "Meta", "to see")),
                3 => drop(ledger.redact(&id, "order of a court", &silent)),
                4 => {
                    let nth = format!("SELECT lower(hex(sha256)) FROM snapshot LIMIT 1 OFFSET {}", claim % 2);
                    let snapshot = crate::ledger::text(&path, &nth);
                    ledger.redact(&snapshot, "order of a court", &silent).unwrap();
                }
                _ => {}
            }
        }
        drop(ledger);
        let out = folder.path().join(if is_tar { "out.tar" } else { "out" });
        let contents = export(&path, &out);
        let loaded = folder.path().join("b.db");
        prop_assert_eq!(load(&out, &loaded).unwrap(), contents);
        check_same(&path, &loaded);
    }
}

/// Any part of any body, replaced by something else, with hashes that are right: refused, or loaded and read; never a crash.
#[test]
fn twisted_bodies_never_crash() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    export(&full(folder.path()), &out);
    fs::remove_dir_all(out.join("checkpoints")).unwrap();
    let kept = fs::read_to_string(out.join("entries.jsonl")).unwrap();
    let kept: Vec<String> = kept.lines().map(str::to_string).collect();
    let bodies = bodies(&kept);
    let with = [
        json!(null),
        json!(""),
        json!("x"),
        json!(0),
        json!(9007199254740991u64),
        json!("-1"),
        json!([]),
        json!({}),
        json!("state"),
        json!("999999999999999999999999999999.5"),
        json!("2025-06/2024-06"),
        json!("exact"),
    ];
    let (mut n_loaded, mut n_refused, mut seen) = (0, 0, std::collections::BTreeMap::new());
    let mut pick = 0;
    for (n, body) in &bodies {
        let kind = body.as_object().unwrap().keys().next().unwrap().clone();
        let times = seen.entry(kind).or_insert(0);
        *times += 1;
        // The first of each kind, and of claims a few parts only: a load takes a while.
        let step = if body.get("claim").is_some() { 4 } else { 2 };
        if *times > 1 {
            continue;
        }
        for part in (2..n_parts(body)).step_by(step) {
            pick += 1;
            let mut changed = body.clone();
            twisted(&mut changed, &mut { part }, &with[pick % with.len()]);
            let Ok(spelt) = to_canonical(&changed) else { continue };
            let kind = body.as_object().unwrap().keys().next().unwrap();
            let mut lines = kept.clone();
            lines[*n] = line_spelt(*n as u64, kind, &spelt);
            fs::write(out.join("entries.jsonl"), lines.join("\n") + "\n").unwrap();
            let new = folder.path().join("new.db");
            match load(&out, &new) {
                Ok(_) => {
                    n_loaded += 1;
                    let mut ledger = Ledger::open(&new, desk()).unwrap();
                    let source = ledger.sources().unwrap()[0].id.to_string();
                    let read = [
                        ledger.claims(&ClaimFilter::default()).err(),
                        ledger.contradictions(true, None, None).err(),
                        ledger.report(&source, None).err(),
                    ];
                    assert!(read.iter().all(Option::is_none), "{spelt}: {read:?}");
                    for suffix in ["", "-wal", "-shm"] {
                        let _ = fs::remove_file(folder.path().join(format!("new.db{suffix}")));
                    }
                }
                Err(error) => {
                    n_refused += 1;
                    assert_ne!(error.kind(), onrecord::ledger::Kind::Bug, "{spelt}: {error}");
                }
            }
        }
    }
    assert!(n_refused > 20 && n_loaded > 3, "{n_refused} refused, {n_loaded} loaded");
}
