//! An entry: header, salt and body, and the hashes that tie them.
//!
//! The header is canonical JSON and is the leaf of the record's tree. It holds the SHA-256 of salt ‖ body, not the
//! body: a body can be removed for legal reasons while every proof still holds, and without the salt nobody can
//! guess a removed body from its hash. `docs/record-format.md` gives the bytes.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::body::Body;
use super::canonical::{CanonicalError, to_canonical};
use crate::domain::actor::Actor;
use crate::domain::id::Digest;

/// Random bytes that keep a removed body from being guessed.
pub type Salt = [u8; 16];

/// A salt as text: 32 lower-case hexadecimal digits.
pub fn salt_digits(salt: &Salt) -> String {
    salt.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a salt from its digits.
pub fn read_salt(digits: &str) -> Option<Salt> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() != 32 || !digits.bytes().all(is_digit) {
        return None;
    }
    let mut salt = [0; 16];
    for (byte, pair) in salt.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(salt)
}

/// What the leaf of an entry covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Who made the entry.
    pub actor: Actor,
    /// SHA-256 of salt ‖ body.
    pub body: Digest,
    /// What kind of entry it is.
    pub kind: String,
    /// Its place in the record, from 0.
    pub sequence: u64,
    /// When it was made: RFC 3339, UTC, milliseconds.
    pub time: String,
}

/// An entry as stored: the very bytes that were hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The header's canonical JSON.
    pub header: String,
    /// The salt.
    pub salt: Salt,
    /// The body's canonical JSON.
    pub body: String,
}

/// Why stored bytes are not an entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The header is not canonical JSON of a header.
    #[error("the header is not that of an entry: {0}")]
    Header(#[source] serde_json::Error),
    /// The header is spelt in another way than this format does.
    #[error("the header is not spelt as the format has it")]
    Spelling,
    /// The body is spelt in another way than this format does.
    #[error("the body is not spelt as the format has it")]
    BodySpelling,
    /// The body is not canonical JSON of a known kind of body.
    #[error("the body is not that of a `{kind}` entry: {error}")]
    Body {
        /// The kind that the header names.
        kind: String,
        /// What is wrong.
        #[source]
        error: serde_json::Error,
    },
    /// The header's kind is not the body's.
    #[error("the header says `{header}`, the body is that of a `{body}` entry")]
    Kind {
        /// In the header.
        header: String,
        /// Of the body.
        body: &'static str,
    },
    /// The body's hash is not the one in the header.
    #[error("the body does not match its hash: expected {expected}, found {found}")]
    Hash {
        /// In the header.
        expected: Digest,
        /// Of the stored bytes.
        found: Digest,
    },
}

impl Entry {
    /// Writes an entry down. The bytes are made here once and never again.
    pub fn new(
        sequence: u64,
        actor: &Actor,
        time: DateTime<Utc>,
        salt: Salt,
        body: &Body,
    ) -> Result<Entry, CanonicalError> {
        let body_json = to_canonical(body)?;
        let header = Header {
            actor: actor.clone(),
            body: Digest::of_two(&salt, body_json.as_bytes()),
            kind: body.kind().to_string(),
            sequence,
            time: time.to_rfc3339_opts(SecondsFormat::Millis, true),
        };
        Ok(Entry { header: to_canonical(&header)?, salt, body: body_json })
    }

    /// Reads the header, which has one spelling only.
    pub fn header(&self) -> Result<Header, EntryError> {
        let header: Header = serde_json::from_str(&self.header).map_err(EntryError::Header)?;
        let is_spelt = || to_canonical(&header).is_ok_and(|spelt| spelt == self.header);
        if !is_time(&header.time) || !(self.is_plainly_spelt(&header) || is_spelt()) {
            return Err(EntryError::Spelling);
        }
        Ok(header)
    }

    /// True where the header is spelt as nearly all are, which is quicker to see than to write it again: nothing in it is
    /// escaped. Else it may be spelt otherwise.
    fn is_plainly_spelt(&self, header: &Header) -> bool {
        let Header { actor, body, kind, sequence, time } = header;
        let actor = actor.to_string();
        let plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'));
        let spelt = || {
            format!(r#"{{"actor":"{actor}","body":"{body}","kind":"{kind}","sequence":{sequence},"time":"{time}"}}"#)
        };
        plain(&actor) && plain(kind) && plain(time) && spelt() == self.header
    }

    /// Reads the header after checking the body against its hash.
    pub fn header_of_sound_body(&self) -> Result<Header, EntryError> {
        let header = self.header()?;
        let found = Digest::of_two(&self.salt, self.body.as_bytes());
        if found != header.body {
            return Err(EntryError::Hash { expected: header.body, found });
        }
        Ok(header)
    }

    /// Reads the body after checking it against the header's hash and kind.
    pub fn checked(&self) -> Result<(Header, Body), EntryError> {
        let header = self.header_of_sound_body()?;
        let body = Body::read(&self.body).map_err(|error| EntryError::Body { kind: header.kind.clone(), error })?;
        if header.kind != body.kind() {
            return Err(EntryError::Kind { header: header.kind, body: body.kind() });
        }
        Ok((header, body))
    }

    /// The same, and the body has to be spelt as the format has it.
    pub fn checked_spelling(&self) -> Result<(Header, Body), EntryError> {
        let (header, body) = self.checked()?;
        match to_canonical(&body) {
            Ok(spelt) if spelt == self.body => Ok((header, body)),
            _ => Err(EntryError::BodySpelling),
        }
    }

    /// A hash of all of it, to see whether it was stored as it is.
    pub fn digest(&self) -> Digest {
        let parts = [self.header.as_bytes(), &[0], &self.salt, self.body.as_bytes()];
        Digest::of(&parts.concat())
    }

    /// The RFC 6962 hash of the entry as a leaf.
    pub fn leaf_hash(&self) -> Digest {
        leaf_hash(&self.header)
    }
}

/// True for a time in its one spelling: RFC 3339, UTC, milliseconds.
pub fn is_time(text: &str) -> bool {
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    time.is_ok_and(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true) == text)
}

/// The RFC 6962 hash of a header as a leaf: SHA-256 of 0x00 ‖ header.
pub fn leaf_hash(header: &str) -> Digest {
    Digest::of_two(&[0], header.as_bytes())
}
