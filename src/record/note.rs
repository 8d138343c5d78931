//! Signed notes (c2sp.org/signed-note): a text with signatures below it, each by a key that has a name. A log signs
//! its checkpoints so, and a witness adds a cosignature (c2sp.org/tlog-cosignature), which says besides when it saw
//! the text.
//!
//! Only one spelling of a note is read, so what is read and printed again is the same bytes. Randomness and time are
//! arguments.
//!
//! ```
//! use onrecord::record::note::{Algorithm, Note, Signer};
//!
//! let log = Signer::new("example.org/harbour".parse()?, Algorithm::Ed25519, [7; 32]); // random bytes, outside of an example
//! let witness = Signer::new("witness.example".parse()?, Algorithm::Cosignature, [8; 32]);
//! let mut note = Note::signed("The text.\n".to_string(), &log, 0)?;
//! note.sign(&witness, 1_700_000_000)?;
//!
//! let read = Note::parse(note.to_string().as_bytes())?;
//! let verified = read.verify(&[witness.verifier()])?;
//! assert_eq!(verified.good[0].seen_at_unix_s, Some(1_700_000_000));
//! assert_eq!(verified.unknown[0].key, *log.identity());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature as Ed25519Signature, Signer as _, SigningKey, VerifyingKey};

use crate::domain::id::Digest;

/// The most bytes a note can have.
pub const MAX_NOTE_BYTES: usize = 1 << 20;

/// The most signatures a note can have.
pub const MAX_SIGNATURES: usize = 100;

/// What a signature line begins with: an em dash and a space.
const LINE_START: &str = "\u{2014} ";

/// What the text of a key that signs begins with.
const SECRET_START: &str = "PRIVATE+KEY+";

/// The name of a key: not empty, without white space, control characters and `+`. A URL without its scheme is best.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

/// The text cannot name a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot name a key: it is empty, or has white space, control characters or `+`")]
pub struct NotAKeyName(pub String);

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = NotAKeyName;
    fn from_str(text: &str) -> Result<KeyName, NotAKeyName> {
        let is_wrong = |c: char| c.is_whitespace() || c < ' ' || c == '+';
        if text.is_empty() || text.contains(is_wrong) {
            return Err(NotAKeyName(text.chars().take(80).collect()));
        }
        Ok(KeyName(text.to_string()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The first four bytes of SHA-256 of name ‖ newline ‖ algorithm ‖ public key. It tells keys of one name apart, and
/// proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Which key: its name and id, shown as `NAME+ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyIdentity {
    /// The name.
    pub name: KeyName,
    /// The id.
    pub id: KeyId,
}

impl KeyIdentity {
    fn of(name: KeyName, algorithm: Algorithm, key: &VerifyingKey) -> KeyIdentity {
        let start = [name.as_str().as_bytes(), &[b'\n', algorithm.byte()]].concat();
        let [a, b, c, d, ..] = Digest::of_two(&start, key.as_bytes()).0;
        KeyIdentity { name, id: KeyId([a, b, c, d]) }
    }
}

impl fmt::Display for KeyIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.name, self.id)
    }
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// The text of the note, with Ed25519.
    Ed25519,
    /// The text and when it was seen, with Ed25519: what witnesses sign.
    Cosignature,
}

impl Algorithm {
    fn byte(self) -> u8 {
        match self {
            Algorithm::Ed25519 => 1,
            Algorithm::Cosignature => 4,
        }
    }

    fn of(byte: u8) -> Option<Algorithm> {
        [Algorithm::Ed25519, Algorithm::Cosignature].into_iter().find(|algorithm| algorithm.byte() == byte)
    }
}

/// Why a text is not a key. The text may be a secret, so no error quotes it but for a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not in parts as it should be.
    #[error("not a key: expected `{0}`")]
    Form(&'static str),
    /// The id is not eight lower-case hexadecimal digits.
    #[error("the id of the key is not 8 hexadecimal digits in lower case")]
    Id,
    /// The name cannot name a key.
    #[error(transparent)]
    Name(#[from] NotAKeyName),
    /// The key is not base64, or not as it is written here.
    #[error("the key is not in base64")]
    Base64,
    /// A way to sign that is not known here.
    #[error("the key is for algorithm {0}: known are 1 (Ed25519) and 4 (cosignatures)")]
    Algorithm(u8),
    /// The key has too many bytes, or too few.
    #[error("the key has {found} bytes: expected {expected}")]
    Length {
        /// With the byte that names the algorithm.
        expected: usize,
        /// In the text.
        found: usize,
    },
    /// The bytes are no public key, or one that is good for any signature.
    #[error("the bytes are not a public key that proves anything")]
    Weak,
    /// The id is not the one of this name and key.
    #[error("the id of the key is not that of its name and bytes: expected {expected}, found {found}")]
    OtherId {
        /// What name and key give.
        expected: KeyId,
        /// In the text.
        found: KeyId,
    },
}

/// A key that signatures are checked against, public. As text it is `NAME+ID+KEY`.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    identity: KeyIdentity,
    algorithm: Algorithm,
    key: VerifyingKey,
}

impl Verifier {
    /// Makes one of a public key as RFC 8032 writes it.
    pub fn new(name: KeyName, algorithm: Algorithm, public_key: [u8; 32]) -> Result<Verifier, KeyError> {
        let key = VerifyingKey::from_bytes(&public_key).map_err(|_| KeyError::Weak)?;
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        Ok(Verifier { identity: KeyIdentity::of(name, algorithm, &key), algorithm, key })
    }

    /// Its name and id.
    pub fn identity(&self) -> &KeyIdentity {
        &self.identity
    }

    /// What it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// When the text was seen, where that is signed too; nothing where the signature is wrong.
    fn check(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        let (time, bytes) = match self.algorithm {
            Algorithm::Ed25519 => (None, signature),
            Algorithm::Cosignature => {
                let (time, rest) = signature.split_first_chunk()?;
                (Some(u64::from_be_bytes(*time)), rest)
            }
        };
        let signature = Ed25519Signature::from_slice(bytes).ok()?;
        self.key.verify_strict(message(text, time)?.as_bytes(), &signature).ok()?;
        Some(time)
    }
}

impl FromStr for Verifier {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Verifier, KeyError> {
        let (name, id, algorithm, bytes) = key_parts(text, "NAME+ID+KEY")?;
        let verifier = Verifier::new(name, algorithm, bytes)?;
        same_id(&verifier.identity, id)?;
        Ok(verifier)
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.identity, key_text(self.algorithm, self.key.as_bytes()))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key that signs, secret. It is never shown but by [`Signer::secret_text`], and its bytes are overwritten when it
/// is dropped.
pub struct Signer {
    identity: KeyIdentity,
    algorithm: Algorithm,
    key: SigningKey,
}

impl Signer {
    /// Makes one of 32 random bytes.
    pub fn new(name: KeyName, algorithm: Algorithm, seed: [u8; 32]) -> Signer {
        let key = SigningKey::from_bytes(&seed);
        Signer { identity: KeyIdentity::of(name, algorithm, &key.verifying_key()), algorithm, key }
    }

    /// Its name and id.
    pub fn identity(&self) -> &KeyIdentity {
        &self.identity
    }

    /// The key that its signatures are checked against.
    pub fn verifier(&self) -> Verifier {
        Verifier { identity: self.identity.clone(), algorithm: self.algorithm, key: self.key.verifying_key() }
    }

    /// `PRIVATE+KEY+NAME+ID+SEED`, as it is kept in a file that nobody else reads.
    pub fn secret_text(&self) -> String {
        format!("{SECRET_START}{}+{}", self.identity, key_text(self.algorithm, self.key.as_bytes()))
    }

    fn signature(&self, text: &str, unix_s: u64) -> Result<Signature, NoteError> {
        let time = (self.algorithm == Algorithm::Cosignature).then_some(unix_s);
        let message = message(text, time).ok_or(NoteError::Time(unix_s))?;
        let mut bytes = time.map(|time| time.to_be_bytes().to_vec()).unwrap_or_default();
        bytes.extend_from_slice(&self.key.sign(message.as_bytes()).to_bytes());
        Ok(Signature { key: self.identity.clone(), bytes })
    }
}

impl FromStr for Signer {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Signer, KeyError> {
        const FORM: &str = "PRIVATE+KEY+NAME+ID+SEED";
        let text = text.strip_prefix(SECRET_START).ok_or(KeyError::Form(FORM))?;
        let (name, id, algorithm, seed) = key_parts(text, FORM)?;
        let signer = Signer::new(name, algorithm, seed);
        same_id(&signer.identity, id)?;
        Ok(signer)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.identity)
    }
}

/// One signature of a note, as its line has it: whether it is right, only a key can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key that it says it is by.
    pub key: KeyIdentity,
    /// The signature proper, in the form of the key's algorithm.
    pub bytes: Vec<u8>,
}

/// Why a line is not a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It does not begin as one.
    #[error("a signature begins with an em dash and a space")]
    Start,
    /// It has no signature behind the name.
    #[error("expected a space between name and signature")]
    Space,
    /// The name cannot name a key.
    #[error(transparent)]
    Name(#[from] NotAKeyName),
    /// The signature is not base64, or not as it is written here.
    #[error("the signature is not in base64")]
    Base64,
    /// There is no signature behind the key's id.
    #[error("the signature has {0} bytes: expected the 4 of the key's id, and more")]
    Length(usize),
}

impl FromStr for Signature {
    type Err = LineError;
    fn from_str(line: &str) -> Result<Signature, LineError> {
        let (name, signature) =
            line.strip_prefix(LINE_START).ok_or(LineError::Start)?.split_once(' ').ok_or(LineError::Space)?;
        let name = name.parse()?;
        let bytes = from_base64(signature).ok_or(LineError::Base64)?;
        match bytes.split_first_chunk() {
            Some((id, rest)) if !rest.is_empty() => {
                Ok(Signature { key: KeyIdentity { name, id: KeyId(*id) }, bytes: rest.to_vec() })
            }
            _ => Err(LineError::Length(bytes.len())),
        }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key.id.0, self.bytes.as_slice()].concat();
        write!(f, "{LINE_START}{} {}", self.key.name, to_base64(&bytes))
    }
}

/// Why something is not a note, or cannot become one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is too long.
    #[error("the note has {0} bytes: at most {MAX_NOTE_BYTES} are read")]
    Bytes(usize),
    /// It is not UTF-8.
    #[error("byte {0} of the note is not UTF-8")]
    Utf8(usize),
    /// It has a control character.
    #[error("line {line} of the note has the control character U+{character:04X}: none can stand in it")]
    Control {
        /// Counted from 1.
        line: usize,
        /// As a number.
        character: u32,
    },
    /// The text does not end with a newline.
    #[error("the text of the note does not end with a newline")]
    TextEnd,
    /// There is no empty line with signatures below it.
    #[error("the note has no signatures: expected an empty line, and below it one line each")]
    Unsigned,
    /// The last line does not end with a newline.
    #[error("the last line of the note does not end with a newline")]
    End,
    /// A line below the text is not a signature.
    #[error("line {line} of the note is not a signature: {error}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        error: LineError,
    },
    /// There are too many signatures.
    #[error("the note has {0} signatures: at most {MAX_SIGNATURES} are read")]
    Signatures(usize),
    /// A time that a cosignature cannot state.
    #[error("{0} seconds are more than a cosignature can state")]
    Time(u64),
}

/// Why nobody vouches for a note.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A signature by a known key is wrong.
    #[error("the signature of `{0}` is wrong: the text, or the signature, is not what was signed")]
    Wrong(KeyIdentity),
    /// No signature is by a known key.
    #[error("nobody known has signed it: it is signed by {}", listed(.0))]
    Unknown(Vec<KeyIdentity>),
    /// Two of the known keys have one name and one id.
    #[error("two known keys are called `{0}`")]
    Ambiguous(KeyIdentity),
}

/// A text and its signatures. It was read or signed, not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// Who vouches for a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<'n> {
    /// Signatures that were checked and are right; of each key the first.
    pub good: Vec<Good>,
    /// Signatures by keys that are not known: they say nothing.
    pub unknown: Vec<&'n Signature>,
}

/// A signature that is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// Whose.
    pub key: KeyIdentity,
    /// When a witness says that it saw the text, in seconds since 1970 in UTC; a plain signature does not say it.
    pub seen_at_unix_s: Option<u64>,
}

impl Note {
    /// Signs a text, which ends with a newline. The time is what a cosignature states, and is not in others.
    pub fn signed(text: String, signer: &Signer, unix_s: u64) -> Result<Note, NoteError> {
        check_characters(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::TextEnd);
        }
        let mut note = Note { text, signatures: Vec::new() };
        note.sign(signer, unix_s)?;
        Ok(note)
    }

    /// Adds a signature, in place of an earlier one by the same key.
    pub fn sign(&mut self, signer: &Signer, unix_s: u64) -> Result<(), NoteError> {
        self.add(signer.signature(&self.text, unix_s)?)
    }

    /// Adds a signature that somebody else made, in place of earlier ones by the same key. It is not checked: verify the
    /// note with that key afterwards.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        let kept = || self.signatures.iter().filter(|kept| kept.key != signature.key);
        let n_signatures = kept().count() + 1;
        if n_signatures > MAX_SIGNATURES {
            return Err(NoteError::Signatures(n_signatures));
        }
        let lines: usize = kept().chain([&signature]).map(|signature| signature.to_string().len() + 1).sum();
        let n_bytes = self.text.len() + 1 + lines;
        if n_bytes > MAX_NOTE_BYTES {
            return Err(NoteError::Bytes(n_bytes));
        }
        self.signatures.retain(|kept| kept.key != signature.key);
        self.signatures.push(signature);
        Ok(())
    }

    /// Reads a note; printed, it is these bytes again.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::Bytes(bytes.len()));
        }
        let all = std::str::from_utf8(bytes).map_err(|error| NoteError::Utf8(error.valid_up_to()))?;
        check_characters(all)?;
        // The text may have empty lines of its own: the last one parts it from the signatures.
        let (start, lines) = all.rsplit_once("\n\n").ok_or(NoteError::Unsigned)?;
        if lines.is_empty() {
            return Err(NoteError::Unsigned);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::End)?;
        let n_signatures = lines.split('\n').count();
        if n_signatures > MAX_SIGNATURES {
            return Err(NoteError::Signatures(n_signatures));
        }
        let text = format!("{start}\n");
        let first_line = text.matches('\n').count() + 2;
        let signature =
            |(n, line): (usize, &str)| line.parse().map_err(|error| NoteError::Line { line: first_line + n, error });
        let signatures = lines.split('\n').enumerate().map(signature).collect::<Result<_, _>>()?;
        Ok(Note { text, signatures })
    }

    /// The text, with the newline at its end. Nobody vouches for it before [`Note::verify`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in the order of their lines.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Checks every signature by a known key. One that is wrong is an error, and so is it when there is none.
    pub fn verify<'k>(
        &self,
        known: impl IntoIterator<Item = &'k Verifier, IntoIter: Clone>,
    ) -> Result<Verified<'_>, SignatureError> {
        let known = known.into_iter();
        let mut verified = Verified { good: Vec::new(), unknown: Vec::new() };
        for signature in &self.signatures {
            let mut verifiers = known.clone().filter(|verifier| verifier.identity == signature.key);
            let Some(verifier) = verifiers.next() else {
                verified.unknown.push(signature);
                continue;
            };
            if verifiers.any(|other| other != verifier) {
                return Err(SignatureError::Ambiguous(signature.key.clone()));
            }
            let seen_at_unix_s = verifier
                .check(&self.text, &signature.bytes)
                .ok_or_else(|| SignatureError::Wrong(signature.key.clone()))?;
            // Whoever counts signatures counts keys.
            if verified.good.iter().all(|good| good.key != signature.key) {
                verified.good.push(Good { key: signature.key.clone(), seen_at_unix_s });
            }
        }
        if verified.good.is_empty() {
            return Err(SignatureError::Unknown(
                self.signatures.iter().map(|signature| signature.key.clone()).collect(),
            ));
        }
        Ok(verified)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// What is signed: the text, and before it the time where one is stated, which fits 63 bits.
fn message(text: &str, unix_s: Option<u64>) -> Option<String> {
    match unix_s {
        None => Some(text.to_string()),
        Some(unix_s) if i64::try_from(unix_s).is_ok() => Some(format!("cosignature/v1\ntime {unix_s}\n{text}")),
        Some(_) => None,
    }
}

/// The parts of `NAME+ID+KEY`. The key may have `+` in it.
fn key_parts(text: &str, form: &'static str) -> Result<(KeyName, KeyId, Algorithm, [u8; 32]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form(form));
    };
    let is_id = id.len() == 8 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let id = is_id.then(|| u32::from_str_radix(id, 16).ok()).flatten().ok_or(KeyError::Id)?;
    let name = name.parse()?;
    let bytes = from_base64(key).ok_or(KeyError::Base64)?;
    let length = KeyError::Length { expected: 33, found: bytes.len() };
    let Some((&first, rest)) = bytes.split_first() else { return Err(length) };
    let algorithm = Algorithm::of(first).ok_or(KeyError::Algorithm(first))?;
    Ok((name, KeyId(id.to_be_bytes()), algorithm, rest.try_into().map_err(|_| length)?))
}

fn key_text(algorithm: Algorithm, bytes: &[u8; 32]) -> String {
    to_base64(&[&[algorithm.byte()], bytes.as_slice()].concat())
}

fn same_id(identity: &KeyIdentity, found: KeyId) -> Result<(), KeyError> {
    if identity.id == found { Ok(()) } else { Err(KeyError::OtherId { expected: identity.id, found }) }
}

/// A note has no control characters but newlines.
fn check_characters(text: &str) -> Result<(), NoteError> {
    match text.find(|c: char| c < ' ' && c != '\n') {
        None => Ok(()),
        Some(at) => Err(NoteError::Control {
            line: text[..at].matches('\n').count() + 1,
            character: u32::from(text.as_bytes()[at]),
        }),
    }
}

/// Anybody can put names into a note: only some are listed, none at length, and nothing in them acts on a terminal.
fn listed(keys: &[KeyIdentity]) -> String {
    const N_LISTED: usize = 5;
    let name = |key: &KeyIdentity| format!("`{:.80}`", key.to_string().escape_debug().to_string());
    let names: Vec<String> = keys.iter().take(N_LISTED).map(name).collect();
    match keys.len().saturating_sub(N_LISTED) {
        0 => names.join(", "),
        n_more => format!("{} and {n_more} more", names.join(", ")),
    }
}

/// The base64 of RFC 4648 §4, with padding.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads it where it is spelt as [`to_base64`] does.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
