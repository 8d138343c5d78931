use onrecord::domain::actor::Actor;
use onrecord::domain::id::Digest;
use onrecord::record::body::{Body, claim_id, import_key};
use onrecord::record::canonical::to_canonical;
use onrecord::record::entry::{Entry, read_salt, salt_digits};
use serde_json::Value;

/// Reads an entry: a header, a body, or a header, salt and body, one line each.
pub fn entry(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    header(&text);
    body(&text);
    any_json(&text);
    let mut lines = text.splitn(3, '\n');
    if let (Some(header), Some(digits), Some(body)) = (lines.next(), lines.next(), lines.next()) {
        let salt = read_salt(digits);
        if let Some(salt) = salt {
            assert_eq!(salt_digits(&salt), digits);
        }
        let entry = Entry { header: header.into(), salt: salt.unwrap_or([0; 16]), body: body.into() };
        if let Ok((header, body)) = entry.checked() {
            assert_eq!(header.body, Digest::of_two(&entry.salt, entry.body.as_bytes()));
            assert_eq!(header.kind, body.kind());
            assert_eq!(to_canonical(&header).as_ref(), Ok(&entry.header));
        }
    }
}

/// A header has one spelling: what is taken is written the same.
fn header(text: &str) {
    let entry = Entry { header: text.into(), salt: [0; 16], body: String::new() };
    if let Ok(header) = entry.header() {
        assert_eq!(to_canonical(&header).as_deref(), Ok(text));
        assert_eq!(header.actor.to_string().parse::<Actor>().as_ref(), Ok(&header.actor));
    }
}

/// A body that is read is written in one way, which is read as the same body, and an entry of it is sound.
fn body(text: &str) {
    let Ok(body) = Body::read(text) else { return };
    // Refused are numbers alone that have no canonical form.
    let Ok(canonical) = to_canonical(&body) else { return };
    assert_eq!(Body::read(&canonical).expect("what is written is read"), body, "{canonical}");
    assert_eq!(serde_json::from_str::<Value>(&canonical).ok().as_ref().and_then(first_key), Some(body.kind().into()));
    if let Some(claim) = body.claim() {
        claim_id(claim).expect("a claim that can be written has an id");
    }
    if let Body::Import(import) = &body {
        import_key(import).expect("an import that can be written has a key");
    }
    let (actor, salt) = ("human:fuzz".parse().expect("an actor"), [7; 16]);
    let time = "2026-01-01T00:00:00Z".parse().expect("a time");
    let entry = Entry::new(3, &actor, time, salt, &body).expect("it has been written before");
    assert_eq!(entry.body, canonical);
    let (header, read) = entry.checked().expect("an entry that was made is sound");
    assert_eq!((header.sequence, &read), (3, &body));
    let twisted = Entry { body: canonical + " ", ..entry };
    assert!(twisted.checked().is_err(), "a body that is not the one that was hashed");
}

fn first_key(value: &Value) -> Option<String> {
    value.as_object()?.keys().next().cloned()
}

/// Canonical JSON is read as what was written, is written so again, and is what another program writes.
fn any_json(text: &str) {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let Ok(canonical) = to_canonical(&value) else { return };
    let read: Value = serde_json::from_str(&canonical).expect("canonical JSON is JSON");
    assert_eq!(to_canonical(&read).as_ref(), Ok(&canonical));
    let theirs = serde_json_canonicalizer::to_string(&value).expect("it has a canonical form");
    assert_eq!(canonical, theirs);
}
