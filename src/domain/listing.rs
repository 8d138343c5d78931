//! What listings and reports show: values with names in place of keys, ready to be printed by `report`. Their JSON is
//! a contract, described by the schemas in `docs/schema/`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::claim::{Known, Modality, Qualifiers, Stance, Status};
use super::figure::{Doubt, Figure};
use super::id::{ClaimId, Digest, QuestionId, SourceId};
use super::predicate::Predicate;
use super::question::UnitClass;
use super::quote::Quote;
use super::source::SourceDetails;
use super::text::{Role, Span};
use super::verdict::{Pair, PairVerdict, Position, QuestionVerdict, Reason};
use super::when::When;

/// One link of an attribution chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// The name, or what is said of somebody without one.
    pub name: String,
    /// True for a speaker without a name.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// How it is known.
    pub known: Known,
}

/// Something that happened to a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventView {
    /// `log`, `attest`, `retract`, `reinstate` or `correct`.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// When: RFC 3339, UTC.
    pub time: String,
    /// Why, where a reason was asked for.
    pub because: Option<String>,
    /// The claim logged in its place, by a correction.
    pub replaced_by: Option<ClaimId>,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimView {
    /// Its id.
    pub id: ClaimId,
    /// The outside reference it was logged with.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The source it was read in.
    pub source: SourceId,
    /// Who published that.
    pub publisher: Option<String>,
    /// When.
    pub published: Option<When>,
    /// Where.
    pub url: Option<String>,
    /// SHA-256 of the snapshot that holds the quote.
    pub snapshot: Digest,
    /// The words and their place.
    pub quote: Quote,
    /// Of whom or what.
    pub subject: String,
    /// The predicate.
    pub predicate: String,
    /// Whom or what it is about beside the subject; the words or the date where the predicate takes those.
    pub object: Option<String>,
    /// The figure.
    pub figure: Option<Figure>,
    /// The second reading of the figure, where the words allow two.
    pub other: Option<Figure>,
    /// What could not be known about the figure.
    pub doubts: Vec<Doubt>,
    /// The words or the date that the claim states, where its predicate takes those; `object` has them in JSON.
    #[serde(skip)]
    pub stated: Option<String>,
    /// Named parts of what is meant.
    pub qualifiers: Qualifiers,
    /// The attribution chain, origin first.
    pub by: Vec<LinkView>,
    /// The resolved origin.
    pub origin: String,
    /// Affirms or denies.
    pub stance: Stance,
    /// How firmly.
    pub modality: Modality,
    /// The time it is said to be true of.
    pub as_of: Option<When>,
    /// Whether it stands.
    pub status: Status,
    /// The question it answers.
    pub question: QuestionId,
    /// What happened to it, the logging first.
    pub history: Vec<EventView>,
}

impl ClaimView {
    /// Who carries it, for a column: publisher, else URL, else the source's short id.
    pub fn carrier(&self) -> String {
        self.publisher.clone().or_else(|| self.url.clone()).unwrap_or_else(|| self.source.short())
    }
}

/// A question, with names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuestionKey {
    /// Of whom or what.
    pub subject: String,
    /// The predicate.
    pub predicate: String,
    /// Whom or what it is about beside the subject.
    pub object: Option<String>,
    /// The kind of unit.
    pub unit: Option<UnitClass>,
}

/// A question and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionView {
    /// Its id, and that of the finding on it.
    pub id: QuestionId,
    /// The question.
    pub question: QuestionKey,
    /// The verdict.
    pub verdict: QuestionVerdict,
    /// Its positions, best supported first; origins by name.
    pub positions: Vec<Position>,
    /// The pair that decides the verdict of a finding.
    pub worst: Option<Pair>,
    /// Pairs that are not consistent: for a finding the flagged ones, where everything is listed all of them.
    pub pairs: Vec<Pair>,
    /// True when there are more pairs than are listed.
    pub truncated: bool,
}

/// Questions with the claims they rest on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contradictions {
    /// In the order to show them, worst first.
    pub questions: Vec<QuestionView>,
    /// The claims on those questions, retracted ones too.
    pub claims: BTreeMap<ClaimId, ClaimView>,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceView {
    /// Its id.
    pub id: SourceId,
    /// What is known about it.
    #[serde(flatten)]
    pub details: SourceDetailsView,
    /// Snapshots on record.
    pub snapshots: usize,
    /// Claims read in it, standing.
    pub claims: usize,
}

/// What is known about a source, every field present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceDetailsView {
    /// Its headline.
    pub title: Option<String>,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published.
    pub published: Option<When>,
    /// Its language.
    pub language: Option<String>,
    /// Where it is published.
    pub url: Option<String>,
}

impl From<SourceDetails> for SourceDetailsView {
    fn from(details: SourceDetails) -> SourceDetailsView {
        let SourceDetails { url, title, publisher, author, published, language } = details;
        SourceDetailsView { title, publisher, author, published, language, url }
    }
}

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotView {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub size: u64,
    /// When it was captured: RFC 3339, UTC.
    pub captured: String,
    /// Who captured it.
    pub actor: String,
    /// IANA media type.
    pub media_type: String,
    /// WHATWG encoding label.
    pub charset: String,
    /// SHA-256 of the text.
    pub text_sha256: Digest,
    /// What extracted the text.
    pub extractor: String,
}

/// Another claim on the same question, seen from one claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherClaim {
    /// The other claim.
    pub id: ClaimId,
    /// Who carries it.
    pub carrier: String,
    /// Its origin.
    pub origin: String,
    /// Its words.
    pub quote: String,
    /// Its figure.
    pub figure: Option<Figure>,
    /// How the two compare.
    pub verdict: PairVerdict,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A claim in a source report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportedClaim {
    /// The claim.
    #[serde(flatten)]
    pub claim: ClaimView,
    /// Where the quote stands in the snapshot's bytes, half-open.
    pub snapshot_bytes: Option<Span>,
    /// What part of the page it stands in.
    pub part: Option<Role>,
    /// The verdict as far as this claim is concerned; `None` for a retracted one.
    pub verdict: Option<QuestionVerdict>,
    /// Claims from other pages that can be true with it.
    pub agreeing: Vec<OtherClaim>,
    /// Claims that it is in tension or in conflict with.
    pub disagreeing: Vec<OtherClaim>,
    /// Pages whose claims agree with it, this one among them.
    pub pages: usize,
    /// Distinct origins behind those.
    pub origins: Vec<String>,
    /// Pages whose claims disagree with it.
    pub pages_against: usize,
    /// Distinct origins behind those.
    pub origins_against: Vec<String>,
    /// The decision on its finding.
    pub decision: Option<String>,
}

/// An origin behind the claims of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OriginView {
    /// The origin.
    pub name: String,
    /// Claims of the source that go back to it.
    pub claims: usize,
    /// Other pages that give it as the origin of a claim on the same questions.
    pub other_pages: usize,
    /// True when a source published by the origin itself is on record.
    pub held: bool,
}

/// Everything on record about a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    /// The source.
    pub source: SourceView,
    /// Its snapshots, oldest first.
    pub snapshots: Vec<SnapshotView>,
    /// Pages whose claims agree with one of its own, this one among them.
    pub pages: usize,
    /// The origins of its claims: those whose own publication is held, and those that remain to be asked.
    pub origins: Vec<OriginView>,
    /// Its claims, in the order of the text.
    pub claims: Vec<ReportedClaim>,
}

/// An entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntityView {
    /// Its lasting key.
    pub key: String,
    /// The name shown.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
}

/// A predicate as listed.
pub type PredicateView = Predicate;

/// The best supported answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerView {
    /// Of whom or what.
    pub subject: String,
    /// The predicate.
    pub predicate: String,
    /// The object, as part of the question.
    pub object: Option<String>,
    /// The time it holds for, where the predicate's claims change with time.
    pub as_of: Option<When>,
    /// The plain stated value.
    pub value: String,
    /// The same as a figure, with its unit.
    pub figure: Option<Figure>,
    /// Named parts of what is meant.
    pub qualifiers: Qualifiers,
    /// How firmly it is said.
    pub modality: Modality,
    /// Lower end of what its position allows.
    pub lo: Option<String>,
    /// Upper end of what its position allows.
    pub hi: Option<String>,
    /// Distinct origins behind it.
    pub support: usize,
    /// Those origins.
    pub origins: Vec<String>,
    /// The verdict on the question.
    pub verdict: QuestionVerdict,
}
