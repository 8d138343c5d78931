//! The bodies of entries: one variant a kind. What is written here is a promise for ever: fields are added, never
//! renamed or given another meaning, and golden vectors (`tests/data/record/`) hold it so.

use serde::{Deserialize, Serialize};

use super::canonical::{CanonicalError, to_canonical};
use crate::domain::actor::Actor;
use crate::domain::claim::{Attribution, Claim, Entity, EntityKey, Modality, Qualifiers, Stance, Value};
use crate::domain::decision::{ClaimOutcome, Outcome};
use crate::domain::figure::Figure;
use crate::domain::id::{ClaimId, Digest, QuestionId, SourceId};
use crate::domain::origin::Origin;
use crate::domain::predicate::Predicate;
use crate::domain::question::Question;
use crate::domain::source::SourceDetails;
use crate::domain::table::TableMap;
use crate::domain::text::Role;
use crate::domain::unit::{Currency, Unit};
use crate::domain::when::When;

/// What an entry says. The kind stands in the body's one key: `{"claim":{…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// The record begins: always entry 0.
    Begin(Begin),
    /// A snapshot of a source was captured.
    Capture(Box<Capture>),
    /// Details of a source were given or corrected.
    Describe(Describe),
    /// An entity was named, or given more aliases.
    Entity(Entity),
    /// A predicate was defined.
    Predicate(Predicate),
    /// A claim was logged.
    Claim(Box<Claim>),
    /// A claim already on record was logged again.
    Attest(Attest),
    /// A claim was withdrawn as wrong.
    Retract(Judged),
    /// A retracted claim was put back.
    Reinstate(Judged),
    /// A claim is held until a person approves it.
    Hold(Hold),
    /// A person approved a claim that was held.
    Approve(Approve),
    /// A claim was withdrawn and another logged in its place.
    Correct(Box<Correct>),
    /// Two entities were found to be one.
    Merge(Merge),
    /// An entity that was merged into another stands for itself again.
    Unmerge(Unmerge),
    /// A source was declared to derive from another.
    Derive(Derive),
    /// That was taken back.
    Underive(Derive),
    /// A person judged a finding or a claim.
    Decide(Decide),
    /// A table was imported: its rows are claims.
    Import(Box<Import>),
    /// Origins were found to copy each other; takes the place of what was found before.
    Copying(Box<Copying>),
    /// A person found two origins to be independent, or took that back.
    Independent(Independent),
    /// The body of an entry, or stored bytes, were removed for legal reasons.
    Redact(Redact),
    /// The entries before this one were brought in from another record.
    Bring(Box<Bring>),
}

/// The record begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// Format of the entries that follow.
    pub format: String,
    /// What this record is called.
    pub origin: String,
}

/// Longest name of a record, in bytes.
const LONGEST_ORIGIN: usize = 255;

/// What a C2SP signed note takes as a key's name, so that the record can sign under its own.
pub fn is_name_of_record(origin: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !origin.is_empty() && origin.len() <= LONGEST_ORIGIN && origin.chars().all(fits)
}

/// The format written in [`Begin`].
pub const FORMAT: &str = "onrecord/1";

/// A snapshot of a source was captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// The source.
    pub source: SourceId,
    /// What whoever captured it says about it.
    pub details: SourceDetails,
    /// What the page says about itself. Details given by hand win; which of two pages does is for the reader to say.
    pub page: SourceDetails,
    /// SHA-256 of the bytes.
    pub snapshot: Digest,
    /// How many bytes.
    pub size: u64,
    /// IANA media type.
    pub media_type: String,
    /// WHATWG encoding label.
    pub charset: String,
    /// SHA-256 of the readable text, UTF-8.
    pub text: Digest,
    /// SHA-256 of the text's layout ([`Layout`], canonical JSON): blocks and the map back to the bytes.
    pub layout: Digest,
    /// Name and version of what extracted the text.
    pub extractor: String,
}

/// The blocks of a text and its map back to the bytes, as stored beside the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Role, start and end (bytes of the text) of each block.
    pub blocks: Vec<(Role, usize, usize)>,
    /// Start and end in the text, start and end in the snapshot (bytes) of each segment.
    pub segments: Vec<(usize, usize, usize, usize)>,
}

/// Details of a source were given or corrected; absent ones stay as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Describe {
    /// The source.
    pub source: SourceId,
    /// The new details.
    pub details: SourceDetails,
}

/// A claim already on record was logged again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attest {
    /// The claim.
    pub claim: ClaimId,
    /// The reference given this time.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A claim and the reason for what is done to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The claim.
    pub claim: ClaimId,
    /// Why.
    pub because: String,
}

/// A claim was withdrawn and another logged in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correct {
    /// The claim withdrawn.
    pub retracts: ClaimId,
    /// Why.
    pub because: String,
    /// The claim in its place.
    pub claim: Claim,
}

/// Two entities were found to be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The entity whose claims and names go over.
    pub entity: EntityKey,
    /// The one that stands for both.
    pub into: EntityKey,
    /// Why.
    pub because: String,
}

/// An entity that was merged into another stands for itself again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unmerge {
    /// The entity.
    pub entity: EntityKey,
    /// Why.
    pub because: String,
}

/// A source derives from another, or does not after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derive {
    /// The source that repeats.
    pub source: SourceId,
    /// What it repeats.
    pub from: Parent,
    /// How much of the text they share, where that is how it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<SharedText>,
    /// Why.
    pub because: String,
}

/// What a source repeats.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Parent {
    /// Another source on record.
    Source(SourceId),
    /// The report of an outlet, an agency or a person.
    Entity(EntityKey),
}

/// A person judged a finding or a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decide {
    /// A finding.
    Finding(FindingDecision),
    /// One claim.
    Claim(ClaimDecision),
}

/// A table was imported. Its claims are derived from the text of its snapshot, row by row, and have no entries of their
/// own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// The table.
    pub source: SourceId,
    /// SHA-256 of its bytes.
    pub snapshot: Digest,
    /// SHA-256 of the text, read from that snapshot, whose rows are meant.
    pub text: Digest,
    /// How the text is cut into cells: the delimiter, or `json-lines`.
    pub dialect: String,
    /// What the columns mean.
    pub map: TableMap,
    /// Language of the figures, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Rows that cannot be read are passed over.
    pub skip_bad: bool,
    /// What read the figures, such as `figure/2`.
    pub parser: String,
    /// How many claims its rows hold.
    pub claims: u64,
    /// SHA-256 of what the claims say, in order, so that a later reader that reads otherwise is noticed.
    pub said: Digest,
}

/// Origins were found to copy each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copying {
    /// Name and version of what found it, such as `copying/1`.
    pub detector: String,
    /// Which, the strongest evidence first.
    pub pairs: Vec<CopyPair>,
}

/// Two origins that share values that others do not believe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyPair {
    /// One.
    pub a: Origin,
    /// The other.
    pub b: Origin,
    /// How many such values they share.
    pub shared: u64,
    /// Of how many that the one states where the other speaks too.
    pub of: u64,
    /// Natural logarithm of the odds that they are not independent, rounded down.
    pub nats: u64,
}

/// A person found two origins to be independent, whatever they share, or took that back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Independent {
    /// One.
    pub a: Origin,
    /// The other.
    pub b: Origin,
    /// False where it is taken back.
    pub holds: bool,
    /// Why.
    pub because: String,
}

/// A claim is held until a person approves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The claim.
    pub claim: ClaimId,
}

/// A person approved a claim that was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// The claim.
    pub claim: ClaimId,
    /// Why, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// The body of an entry, or stored bytes, were removed for legal reasons. Their hashes stay on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redact {
    /// The entry whose body and salt are gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// The claim that this entry withdrew; it stays withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retracts: Option<ClaimId>,
    /// Hashes of the bytes that are gone: of a snapshot, its text, its layout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bytes: Vec<Digest>,
    /// The source that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
    /// Why.
    pub because: String,
}

/// The entries before this one, as many as it lists, were brought in from another record. They say what those said, in so
/// far as it is not on record here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bring {
    /// What the other record calls itself.
    pub record: String,
    /// How many entries it had.
    pub size: u64,
    /// The root of their tree.
    pub root: Digest,
    /// Where each of them came from, in order.
    pub entries: Vec<Brought>,
}

/// The entry of another record that one was brought in from: where it was written first, however often it was handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brought {
    /// Who made it there.
    pub actor: Actor,
    /// Its hash as a leaf of that record's tree.
    pub leaf: Digest,
    /// What that record calls itself, where it is not the one that was brought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Its place there.
    pub sequence: u64,
    /// When it was made there, as its header has it.
    pub time: String,
}

/// Words that stand in two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedText {
    /// How many shingles of the shorter text the other has.
    pub shared: u64,
    /// All shingles of the shorter one.
    pub of: u64,
}

/// What a person judged a finding to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingDecision {
    /// The finding.
    pub finding: QuestionId,
    /// The claims that it rested on, in the order of their ids.
    pub claims: Vec<ClaimId>,
    /// What was decided.
    pub outcome: Outcome,
    /// Those of the claims that were found right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<ClaimId>,
    /// Those of the claims that were found wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<ClaimId>,
    /// Why.
    pub because: String,
}

/// What a person judged a claim to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimDecision {
    /// The claim.
    pub claim: ClaimId,
    /// What was decided.
    pub outcome: ClaimOutcome,
    /// Why.
    pub because: String,
}

impl Body {
    /// The kind, as in the header and in the body's one key.
    pub fn kind(&self) -> &'static str {
        match self {
            Body::Begin(_) => "begin",
            Body::Capture(_) => "capture",
            Body::Describe(_) => "describe",
            Body::Entity(_) => "entity",
            Body::Predicate(_) => "predicate",
            Body::Claim(_) => "claim",
            Body::Attest(_) => "attest",
            Body::Retract(_) => "retract",
            Body::Reinstate(_) => "reinstate",
            Body::Hold(_) => "hold",
            Body::Approve(_) => "approve",
            Body::Correct(_) => "correct",
            Body::Merge(_) => "merge",
            Body::Unmerge(_) => "unmerge",
            Body::Derive(_) => "derive",
            Body::Underive(_) => "underive",
            Body::Decide(_) => "decide",
            Body::Import(_) => "import",
            Body::Copying(_) => "copying",
            Body::Independent(_) => "independent",
            Body::Redact(_) => "redact",
            Body::Bring(_) => "bring",
        }
    }

    /// The kinds that judge what is on record: whether a claim stands, who is who, what repeats what, what a finding comes
    /// to.
    pub const JUDGING: [&str; 10] = [
        "retract",
        "reinstate",
        "correct",
        "approve",
        "merge",
        "unmerge",
        "derive",
        "underive",
        "decide",
        "independent",
    ];

    /// Reads a body.
    pub fn read(json: &str) -> Result<Body, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The claim an entry of this body puts on record, if it does.
    pub fn claim(&self) -> Option<&Claim> {
        match self {
            Body::Claim(claim) => Some(claim),
            Body::Correct(correct) => Some(&correct.claim),
            _ => None,
        }
    }
}

/// The id of a claim: the hash of all that makes it the claim it is. Who logged it and when, its outside reference,
/// what parsed its figure, and what that could not be sure of are not part of it.
pub fn claim_id(claim: &Claim) -> Result<ClaimId, CanonicalError> {
    #[derive(Serialize)]
    struct Identity<'a> {
        as_of: &'a Option<When>,
        by: &'a [Attribution],
        end: usize,
        exact: &'a str,
        modality: Modality,
        object: &'a Option<EntityKey>,
        predicate: &'a str,
        qualifiers: &'a Qualifiers,
        snapshot: Digest,
        stance: Stance,
        start: usize,
        subject: &'a EntityKey,
        value: Said<'a>,
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Said<'a> {
        Stated(&'a Value),
        Open(serde_json::Value),
    }
    // Which currencies a "$" may stand for is a matter of the parser's word list; that it is open is the claim's.
    let open = |figure: &Figure| matches!(figure.unit, Unit::Money(Currency::Family(_)));
    let value = match &claim.value {
        Value::Figure(figure) if open(figure) => {
            let mut value =
                serde_json::to_value(&claim.value).map_err(|error| CanonicalError::Json(error.to_string()))?;
            if let Some(figure) = value.get_mut("figure").and_then(|figure| figure.as_object_mut()) {
                figure.remove("currency_any");
                figure.insert("currency_open".into(), true.into());
            }
            Said::Open(value)
        }
        stated => Said::Stated(stated),
    };
    let identity = Identity {
        as_of: &claim.as_of,
        by: &claim.by,
        end: claim.quote.end,
        exact: &claim.quote.exact,
        modality: claim.modality,
        object: &claim.object,
        predicate: &claim.predicate,
        qualifiers: &claim.qualifiers,
        snapshot: claim.snapshot,
        stance: claim.stance,
        start: claim.quote.start,
        subject: &claim.subject,
        value,
    };
    Ok(ClaimId(Digest::of(to_canonical(&identity)?.as_bytes())))
}

/// What makes an import the one it is: the hash of table and map. The ids of its claims are made from it.
pub fn import_key(import: &Import) -> Result<Digest, CanonicalError> {
    let identity = serde_json::json!({
        "dialect": import.dialect,
        "language": import.language,
        "map": import.map,
        "snapshot": import.snapshot,
        "source": import.source,
        "text": import.text,
    });
    Ok(Digest::of(to_canonical(&identity)?.as_bytes()))
}

/// Odd, and far from any pattern: the first digits of the golden ratio.
const SCATTER: u64 = 0x9e37_79b9_7f4a_7c15;
/// Inverse of [`SCATTER`] in whole numbers modulo 2^40.
const GATHER: u64 = inverse(SCATTER) & ORDINALS;
/// Claims of an import are numbered below this.
const ORDINALS: u64 = (1 << 40) - 1;

/// By Newton's method, each step doubling the bits that are right (Warren, Hacker's Delight, 10-16).
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

fn scattered(key: &Digest) -> u64 {
    u64::from_be_bytes(key.0[..8].try_into().expect("eight bytes")) & ORDINALS
}

/// The id of a claim of an import, by its ordinal: `row × claims a row can hold + place in the row`. Ten million ids need
/// no index: the first 40 bits lead back to the ordinal ([`import_ordinal`]), the rest is a hash of key and ordinal.
pub fn import_claim_id(key: &Digest, ordinal: u64) -> ClaimId {
    let mut id = Digest::of_two(&key.0, &ordinal.to_be_bytes());
    id.0[..5].copy_from_slice(&import_claim_head(key, ordinal).to_be_bytes()[3..]);
    ClaimId(id)
}

/// The first 40 bits of [`import_claim_id`].
pub fn import_claim_head(key: &Digest, ordinal: u64) -> u64 {
    ordinal.wrapping_mul(SCATTER).wrapping_add(scattered(key)) & ORDINALS
}

/// The ordinal of the claim of this import whose id begins with these 40 bits.
pub fn import_ordinal(key: &Digest, head: u64) -> u64 {
    head.wrapping_sub(scattered(key)).wrapping_mul(GATHER) & ORDINALS
}

/// The id of a source: the hash of its URL, or of its first snapshot where it has none.
pub fn source_id(url: Option<&str>, first_snapshot: Digest) -> SourceId {
    SourceId(match url {
        Some(url) => Digest::of(format!("url {url}").as_bytes()),
        None => Digest::of(format!("snapshot {first_snapshot}").as_bytes()),
    })
}

/// The id of a question: the hash of its key.
pub fn question_id(question: &Question) -> Result<QuestionId, CanonicalError> {
    Ok(QuestionId(Digest::of(to_canonical(question)?.as_bytes())))
}
