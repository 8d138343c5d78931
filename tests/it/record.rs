//! Golden vectors of the entry format: what is written once must be written so for ever. Each line of
//! `tests/data/record/entries.jsonl` is one entry: what goes in, and the exact bytes and hashes that come out.

use onrecord::record::body::{Body, claim_id, import_claim_id, import_key};
use onrecord::record::entry::{Entry, EntryError};
use serde_json::Value;

const VECTORS: &str = include_str!("../data/record/entries.jsonl");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn salt(text: &str) -> [u8; 16] {
    let bytes: Vec<u8> = (0..32).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

fn entry_of(vector: &Value) -> (Entry, Body) {
    let text = |name: &str| vector[name].as_str().unwrap();
    let body = Body::read(text("body")).unwrap();
    let sequence = vector["sequence"].to_string().parse().unwrap();
    let time = text("time").parse().unwrap();
    (Entry::new(sequence, &text("actor").parse().unwrap(), time, salt(text("salt")), &body).unwrap(), body)
}

#[test]
fn entries_are_written_as_ever() {
    let mut kinds = std::collections::BTreeSet::new();
    for line in VECTORS.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let (entry, body) = entry_of(&vector);
        kinds.insert(body.kind());
        assert_eq!(entry.body, vector["body"].as_str().unwrap(), "body of {line}");
        assert_eq!(entry.header, vector["header"].as_str().unwrap(), "header of {line}");
        assert_eq!(entry.leaf_hash().to_string(), vector["leaf_hash"].as_str().unwrap(), "leaf hash of {line}");
        let claim = body.claim().map(|claim| claim_id(claim).unwrap().to_string());
        assert_eq!(claim.as_deref(), vector["claim_id"].as_str(), "claim id of {line}");
        if let Body::Import(import) = &body {
            let key = import_key(import).unwrap();
            let ids = [1, 2, 3, 4, 1_000_000, (1 << 40) - 1].map(|ordinal| import_claim_id(&key, ordinal).to_string());
            assert_eq!(serde_json::json!(ids), vector["import_claim_ids"], "claim ids of {line}");
        }
        let (header, read) = entry.checked().unwrap();
        assert_eq!((header.kind.as_str(), &read), (body.kind(), &body));
        assert_eq!(hex(&entry.salt), vector["salt"].as_str().unwrap());
    }
    let all = "approve attest begin bring capture claim copying correct decide derive describe entity hold import independent merge predicate redact \
               reinstate retract underive unmerge";
    assert_eq!(kinds.into_iter().collect::<Vec<_>>().join(" "), all, "every kind of entry has a vector");
}

#[test]
fn any_changed_byte_is_noticed() {
    let vector: Value = serde_json::from_str(VECTORS.lines().last().unwrap()).unwrap();
    let (entry, _) = entry_of(&vector);
    for index in 0..entry.body.len() {
        let mut body = entry.body.clone().into_bytes();
        body[index] ^= 1;
        let Ok(body) = String::from_utf8(body) else { continue };
        let changed = Entry { body, ..entry.clone() };
        assert!(matches!(changed.checked(), Err(EntryError::Hash { .. })), "byte {index}");
    }
    for index in 0..16 {
        let mut changed = entry.clone();
        changed.salt[index] ^= 1;
        assert!(matches!(changed.checked(), Err(EntryError::Hash { .. })), "salt byte {index}");
    }
}

#[test]
fn unknown_fields_and_kinds_are_refused() {
    assert!(Body::read(r#"{"begin":{"format":"onrecord/1","origin":"x","more":1}}"#).is_err());
    assert!(Body::read(r#"{"beginning":{}}"#).is_err());
    let other_kind =
        r#"{"retract":{"because":"x","claim":"0000000000000000000000000000000000000000000000000000000000000000"}}"#;
    let vector: Value = serde_json::from_str(VECTORS.lines().next().unwrap()).unwrap();
    let (entry, _) = entry_of(&vector);
    let header = entry.header.replace(
        &onrecord::domain::id::Digest::of_two(&entry.salt, entry.body.as_bytes()).to_string(),
        &onrecord::domain::id::Digest::of_two(&entry.salt, other_kind.as_bytes()).to_string(),
    );
    let swapped = Entry { header, body: other_kind.to_string(), ..entry };
    assert!(matches!(swapped.checked(), Err(EntryError::Kind { .. })));
}
