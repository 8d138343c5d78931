use std::path::Path;
use std::sync::LazyLock;

use onrecord::archive::{Archive, Line};
use onrecord::domain::id::Digest;
use onrecord::ledger::{Ledger, VerifyRequest, silent};
use onrecord::record::canonical::to_canonical;
use onrecord::record::entry::{Entry, Header, salt_digits};
use onrecord::record::timestamp::Roots;
use serde_json::{Value, json};

/// The export of a ledger with a page and a table in it: its lines, and its bytes by their names.
static EXPORT: LazyLock<(Vec<Line>, Vec<(String, Vec<u8>)>)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("export");
    let mut ledger = Ledger::in_memory(super::desk()).expect("a ledger");
    super::with_page(&mut ledger);
    super::with_table(&mut ledger);
    ledger.export(&to, &silent).expect("it can be exported");
    let mut lines = Archive::open(&to).and_then(|archive| archive.entries()).expect("it was exported");
    let lines = std::iter::from_fn(|| lines.next_line().expect("it was exported")).collect();
    let blobs = std::fs::read_dir(to.join("blobs")).expect("there are blobs").map(|blob| {
        let blob = blob.expect("a blob");
        let name = format!("blobs/{}", blob.file_name().to_string_lossy());
        (name, std::fs::read(blob.path()).expect("a blob"))
    });
    (lines, blobs.collect())
});

/// Reads an exported record: a whole tar; or lines, each the body of a further entry of a record that has begun, or `-`
/// and the kind of one whose body was redacted. Hashes, numbers and spelling are put right, so that nothing but what it
/// says can be wrong.
pub fn archive(data: &[u8]) {
    let Some((first, rest)) = super::chosen(data) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("export.tar");
    if first % 2 == 0 {
        std::fs::write(&place, rest).expect("a file");
        if look_through(&place).is_some() {
            load(folder.path(), &place);
        }
    } else {
        let Ok(text) = std::str::from_utf8(rest) else { return };
        write_record(&place, text);
        load(folder.path(), &place);
    }
}

/// Reads all parts of a tar that can be read.
fn look_through(place: &Path) -> Option<()> {
    let mut archive = Archive::open(place).ok()?;
    let size = std::fs::metadata(place).expect("it is there").len();
    let mut lines = archive.entries().ok()?;
    let (mut n_lines, mut named) = (0, Vec::new());
    while let Some(line) = lines.next_line().ok()? {
        n_lines += 1;
        assert!(lines.progress().0 <= lines.progress().1 && lines.progress().1 <= size);
        if let Line::Whole(entry) = line {
            named.extend(entry.checked().ok().map(|(header, _)| header.body));
        }
    }
    assert!(n_lines <= size);
    for digest in named {
        if let Ok(bytes) = archive.blob(digest, 0, None) {
            assert_eq!(Digest::of(&bytes), digest);
        }
    }
    for note in archive.checkpoints().ok()? {
        assert!(note.len() as u64 <= size);
    }
    Some(())
}

fn write_record(place: &Path, text: &str) {
    let (begun, blobs) = &*EXPORT;
    let mut entries = Vec::new();
    for line in begun {
        let Line::Whole(entry) = line else { panic!("nothing was redacted") };
        entries.push(written(entry));
    }
    for line in text.lines() {
        let sequence = entries.len() as u64;
        entries.push(match line.strip_prefix('-') {
            Some(kind) => {
                let header = header(sequence, kind, Digest::of(kind.as_bytes()));
                format!("{}\n", json!({"header": header}))
            }
            None => written(&entry(sequence, line)),
        });
    }
    let mut tar = tar::Builder::new(Vec::new());
    let mut append = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes).expect("a part");
    };
    append("entries.jsonl", entries.concat().as_bytes());
    blobs.iter().for_each(|(name, bytes)| append(name, bytes));
    std::fs::write(place, tar.into_inner().expect("a tar")).expect("a file");
}

/// A body as the next entry, spelt as the format has it where it can be.
fn entry(sequence: u64, body: &str) -> Entry {
    let value: Option<Value> = serde_json::from_str(body).ok();
    let kind = value.as_ref().and_then(|value| value.as_object()?.keys().next().cloned()).unwrap_or_default();
    let body = value.as_ref().and_then(|value| to_canonical(value).ok()).unwrap_or_else(|| body.to_string());
    let salt = [7; 16];
    Entry { header: header(sequence, &kind, Digest::of_two(&salt, body.as_bytes())), salt, body }
}

fn header(sequence: u64, kind: &str, body: Digest) -> String {
    let (actor, time) = ("human:fuzz".parse().expect("an actor"), "2026-01-01T00:00:00.000Z".to_string());
    to_canonical(&Header { actor, body, kind: kind.to_string(), sequence, time }).expect("a header")
}

fn written(entry: &Entry) -> String {
    let salt = salt_digits(&entry.salt);
    let line = json!({"header": entry.header, "salt": salt, "body": entry.body});
    format!("{line}\n")
}

/// What is loaded verifies, and is exported as the same record.
fn load(folder: &Path, from: &Path) {
    let path = folder.join("loaded.db");
    let (mut ledger, contents) = match Ledger::load(&path, from, super::desk(), &silent) {
        Ok(loaded) => loaded,
        Err(error) => {
            assert!(!path.exists(), "a record that is refused leaves nothing");
            assert!(error.to_string().len() < 100_000);
            return;
        }
    };
    let request =
        VerifyRequest { against: None, policy: None, roots: &Roots::default(), quick: false, progress: &silent };
    let verified = ledger.verify(&request).expect("it can be verified");
    assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    assert_eq!((verified.entries, verified.root), (contents.entries, Some(contents.root)));
    let to = folder.join("again");
    let again = ledger.export(&to, &silent).expect("it can be exported");
    assert_eq!(again, contents);
    ledger.contradictions(true, None, None).expect("a listing");
    ledger.claims(&Default::default()).expect("a listing");
    ledger.sources().expect("a listing");
}
