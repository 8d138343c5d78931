//! What listings and reports show: values with names in place of keys, ready to be printed by `report`. Their JSON is
//! a contract, described by the schemas in `docs/schema/`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::claim::{Known, Modality, Qualifiers, Stance, Status};
use super::decision::{Mark, Outcome};
use super::figure::{Doubt, Figure};
use super::id::{ClaimId, Digest, QuestionId, SourceId};
use super::interval::Interval;
use super::predicate::Predicate;
use super::question::UnitClass;
use super::quote::Quote;
use super::rate::Rate;
use super::source::SourceDetails;
use super::text::{Role, Span};
use super::verdict::{Pair, PairVerdict, QuestionVerdict, Reason, Severity};
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
    /// Where it happened, when it was brought in from another record: actor and time are those there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brought: Option<BroughtView>,
}

/// Where an entry was made that was brought in from another record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BroughtView {
    /// What that record calls itself.
    pub record: String,
    /// Its place there.
    pub entry: u64,
    /// Its hash as a leaf of that record's tree.
    pub leaf: Digest,
    /// Who brought it here.
    pub by: String,
    /// When: RFC 3339, UTC.
    pub time: String,
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
    /// What people decided about it: on the claim itself, and on findings in which it was named right or wrong.
    pub decisions: Vec<ClaimDecisionView>,
    /// What happened to it, the logging first.
    pub history: Vec<EventView>,
}

/// A decision that touches a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimDecisionView {
    /// `verified` or `cannot-verify`; `right` or `wrong` where a finding's decision names the claim.
    pub outcome: Mark,
    /// The finding, where the decision is on one.
    pub finding: Option<QuestionId>,
    /// Why.
    pub because: String,
    /// Who decided.
    pub actor: String,
    /// When: RFC 3339, UTC.
    pub time: String,
}

/// A decision on a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecisionView {
    /// What was decided.
    pub outcome: Outcome,
    /// Claims found right.
    pub right: Vec<ClaimId>,
    /// Claims found wrong.
    pub wrong: Vec<ClaimId>,
    /// Why.
    pub because: String,
    /// Who decided.
    pub actor: String,
    /// When: RFC 3339, UTC.
    pub time: String,
    /// True when claims were added, withdrawn or changed since: the finding is open again.
    pub reopened: bool,
    /// Pairs of its worst verdict in which the decision names neither claim.
    pub uncovered: usize,
}

impl DecisionView {
    /// True where the finding needs nobody's attention any more.
    pub fn settles(&self) -> bool {
        self.outcome.settles() && !self.reopened && self.uncovered == 0
    }
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
    /// Its positions, best supported first.
    pub positions: Vec<PositionView>,
    /// The pair that decides the verdict of a finding.
    pub worst: Option<Pair>,
    /// A pair for each other kind of slip among its conflicts.
    pub slips: Vec<Pair>,
    /// How high the finding stands in the list, and why.
    pub severity: Severity,
    /// What was decided on it.
    pub decision: Option<DecisionView>,
    /// Pairs that are not consistent: for a finding the flagged ones, where everything is listed all of them.
    pub pairs: Vec<Pair>,
    /// True when there are more pairs than are listed.
    pub truncated: bool,
    /// The rates by which its sums in several currencies compare, each once.
    pub rates: Vec<Rate>,
}

impl QuestionView {
    /// True where a decision settles it, and nothing has changed since.
    pub fn is_settled(&self) -> bool {
        self.decision.as_ref().is_some_and(DecisionView::settles)
    }
}

/// How a claim fares among those on its question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The question's id.
    pub id: QuestionId,
    /// The question.
    pub question: QuestionKey,
    /// How many claims it conflicts with.
    pub conflicts: usize,
    /// How many it is in tension with.
    pub tensions: usize,
    /// True where another origin says the same.
    pub is_agreed: bool,
    /// True where any claims on the question contradict each other, or are in tension.
    pub is_finding: bool,
    /// True where the decision on it is open again.
    pub reopened: bool,
}

/// A position, origins by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionView {
    /// What all of its figures allow; everything where they are not figures.
    pub range: Interval,
    /// Its claims, in the order they were logged.
    pub claims: Vec<ClaimId>,
    /// Those of them that take its side; a bound fits a position and does not.
    pub sides: Vec<ClaimId>,
    /// Its distinct origins, in the order they were first logged.
    pub origins: Vec<String>,
    /// Those of the claims that take its side.
    pub support: Vec<String>,
}

/// Questions with the claims they rest on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contradictions {
    /// Only what had been published by then counts.
    pub as_of: Option<When>,
    /// In the order to show them, worst first.
    pub questions: Vec<QuestionView>,
    /// How many more there are.
    pub more: usize,
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
    /// What it is declared to derive from: names, or short ids of sources.
    pub derives_from: Vec<String>,
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
    /// Agencies whose report it says it repeats.
    pub credits: Vec<String>,
}

impl From<SourceDetails> for SourceDetailsView {
    fn from(details: SourceDetails) -> SourceDetailsView {
        let SourceDetails { url, title, publisher, author, published, language, credits } = details;
        let credits = credits.unwrap_or_default();
        SourceDetailsView { title, publisher, author, published, language, url, credits }
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
    /// The finding that disagrees most with it, if one does.
    pub finding: Option<QuestionId>,
    /// The decision on that.
    pub decision: Option<DecisionView>,
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
    /// True when what the origin itself publishes on each of those questions is on record.
    pub held: bool,
}

/// Everything on record about a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    /// The source.
    pub source: SourceView,
    /// Only what had been published by then counts.
    pub as_of: Option<When>,
    /// Its snapshots, oldest first.
    pub snapshots: Vec<SnapshotView>,
    /// Pages whose claims agree with one of its own, this one among them.
    pub pages: usize,
    /// The origins of its claims: those whose own publication is held, and those that remain to be asked.
    pub origins: Vec<OriginView>,
    /// People and organisations that its claims are about and from whom no statement is on record.
    pub unheard: Vec<UnheardView>,
    /// Its claims, in the order of the text.
    pub claims: Vec<ReportedClaim>,
    /// Of a table the rows that were passed over because they cannot be read; the first thousand of an import.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bad_rows: Vec<BadRowView>,
    /// How many there are.
    #[serde(skip_serializing_if = "is_none")]
    pub n_bad_rows: u64,
    /// What was removed of it for legal reasons, in the order of the record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<RedactionView>,
}

fn is_none(n: &u64) -> bool {
    *n == 0
}

/// Something that was removed for legal reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RedactionView {
    /// The entry whose body is gone, which put a claim on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// The hashes whose bytes are gone: of a snapshot, its text, its layout.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bytes: Vec<Digest>,
    /// Who removed it.
    pub actor: String,
    /// When: RFC 3339, UTC.
    pub time: String,
    /// Why.
    pub because: String,
}

/// A row of a table that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadRowView {
    /// Its number, from 1.
    pub row: u64,
    /// Why it cannot be read.
    pub why: String,
}

/// Somebody whom claims are about and from whom no statement is on record: to be asked before anything is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnheardView {
    /// The key.
    pub key: String,
    /// The name.
    pub name: String,
    /// Claims about them.
    pub claims: Vec<ClaimId>,
    /// The findings among what those answer.
    pub findings: Vec<QuestionId>,
}

/// An original that is missing: somebody whom claims go back to, and of whom no publication is on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallView {
    /// Whom to ask: the origin; of people without a name, the outlet that talked to them.
    pub origin: String,
    /// Claims that go back to it.
    pub claims: usize,
    /// Pages that carry those.
    pub pages: usize,
    /// Who carries them, most claims first.
    pub carriers: Vec<String>,
    /// The findings among what they answer.
    pub findings: Vec<QuestionId>,
}

/// Where claims come from: the ways from their origins to the pages, laid over each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OriginsView {
    /// Pages with claims.
    pub pages: usize,
    /// Origins, most claims first.
    pub origins: Vec<OriginNode>,
    /// Outlets that cite each other in a circle.
    pub circles: Vec<Vec<String>>,
}

/// Somebody on the way from an origin to a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OriginNode {
    /// Who.
    pub name: String,
    /// How it is known that they have it from the one above; empty for an origin.
    pub known: Vec<&'static str>,
    /// Claims that come this way.
    pub claims: usize,
    /// True when a source published by them is on record.
    pub held: bool,
    /// Those who have it from them, most claims first.
    pub carriers: Vec<OriginNode>,
}

/// One claim on a time line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineView {
    /// When: the time it is said to be true of, else when it was published.
    pub date: Option<When>,
    /// True where that is the time stated.
    pub stated: bool,
    /// The claim.
    pub claim: ClaimView,
    /// How it compares with the nearest claim before it that it does not go with, on what it bears on; else with the
    /// last one.
    pub against_last: Option<PairVerdict>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The verdict as far as this claim is concerned; `None` for a retracted one.
    pub verdict: Option<QuestionVerdict>,
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
    /// Who belongs to it, by name.
    pub members: Vec<String>,
    /// Keys of the entities that were merged into it.
    pub merged: Vec<String>,
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

/// How good the record of an origin is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordView {
    /// Who.
    pub origin: String,
    /// How many claims go back to it.
    pub claims: u64,
    /// Its record in all; none where too few of its claims are spoken on by others.
    pub record: Option<TrackView>,
    /// Its record in single predicates.
    pub predicates: BTreeMap<String, TrackView>,
    /// Origins that it was found to be one with.
    pub one_with: Vec<String>,
    /// True where it was found to repeat what strangers say.
    pub repeats: bool,
}

/// How often an origin is believed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrackView {
    /// How many of its claims others speak on too.
    pub weighed: u64,
    /// How many of those are believed.
    pub believed: u64,
    /// Their share, from 0 to 1.
    pub share: f64,
    /// Lower end of the 95 % interval of that share.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

/// How copying is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CopyingBasis {
    /// The text of a page stands for the most part in an earlier one.
    Text,
    /// Two origins share values that others do not believe.
    Values,
}

impl CopyingBasis {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            CopyingBasis::Text => "text",
            CopyingBasis::Values => "values",
        }
    }
}

/// Some that were found to be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopyingView {
    /// How it is known.
    pub basis: CopyingBasis,
    /// The pages, the earliest first, or the origins.
    pub members: Vec<String>,
    /// The evidence, the strongest first.
    pub pairs: Vec<CopyingPair>,
}

/// The evidence that two are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopyingPair {
    /// The earlier page, or one origin.
    pub a: String,
    /// The later page, or the other origin.
    pub b: String,
    /// Runs of five words, or values that others do not believe, that they share.
    pub shared: u64,
    /// Of how many.
    pub of: u64,
    /// For values, the natural logarithm of the odds that the two are not independent.
    pub nats: Option<u64>,
    /// True where a person found them to be independent.
    pub independent: bool,
    /// True where they count apart: for that, or because they could be one only together with two who are independent.
    pub apart: bool,
}

/// What became of a claim on a page that was captured again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FateView {
    /// Its words stand where they stood, and their sentence says what it said.
    StillThere,
    /// They stand in another paragraph or part of the page.
    Moved,
    /// A figure in them, or in their sentence, is another one.
    FigureChanged,
    /// Their sentence reads otherwise: a denial came or went, or the words of the quote did.
    WordsChanged,
    /// Nothing like them is there.
    Gone,
}

impl FateView {
    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            FateView::StillThere => "still there",
            FateView::Moved => "moved",
            FateView::FigureChanged => "figure changed",
            FateView::WordsChanged => "words changed",
            FateView::Gone => "gone",
        }
    }
}

/// A claim, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckView {
    /// The claim.
    pub claim: ClaimView,
    /// What became of it.
    pub fate: FateView,
    /// The figure or the words that were there, where they changed.
    pub before: Option<String>,
    /// Those that are there.
    pub now: Option<String>,
}

/// The questions whose verdict a call worked out anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Questions {
    /// How many.
    pub touched: usize,
    /// How many of them are contradicted now.
    pub contradicted: usize,
    /// How many of them are in tension now.
    pub in_tension: usize,
}

/// A page that was captured again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecheckView {
    /// The source.
    pub source: SourceId,
    /// SHA-256 of its latest snapshot.
    pub snapshot: Digest,
    /// How many snapshots there are.
    pub snapshots: usize,
    /// The questions whose verdict was worked out anew because it was captured again.
    pub questions: Questions,
    /// Its standing claims; of those that are rows of a table the ones that are no longer there as they were.
    pub checks: Vec<CheckView>,
    /// How many rows of its tables are there as they were.
    pub rows: usize,
    /// Paragraphs that changed since the snapshot before, those in which a digit or a denial did first.
    pub changes: Vec<ChangeView>,
    /// How many more.
    pub more: usize,
}

/// A paragraph, or a row of a table, that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeView {
    /// As it was; none for a new one.
    pub before: Option<String>,
    /// As it is; none for one that is gone.
    pub now: Option<String>,
    /// The two as one line, with `[-was-]` and `{+is+}` around what differs, where there are two.
    pub marked: Option<String>,
    /// True where a figure or a denial changed.
    pub telling: bool,
}

/// A snapshot of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryView {
    /// SHA-256 of its bytes.
    pub snapshot: Digest,
    /// How many bytes.
    pub size: u64,
    /// When it was captured.
    pub captured: String,
    /// By whom.
    pub actor: String,
    /// True for the first one, with which nothing is compared.
    pub first: bool,
    /// Paragraphs that changed since the one before, those in which a digit or a denial did first.
    pub changes: Vec<ChangeView>,
    /// How many more.
    pub more: usize,
}

/// Whether a ledger holds what its record says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerificationView {
    /// What the record calls itself; empty where that could not be read.
    pub origin: String,
    /// How many entries there are.
    pub entries: u64,
    /// The root of their tree; none where they could not all be read.
    pub root: Option<Digest>,
    /// How many snapshots, texts and layouts were hashed.
    pub bytes: u64,
    /// How many quotes were found again; none where they were not looked for.
    pub quotes: Option<u64>,
    /// How many questions were worked out anew; none where they were not.
    pub questions: Option<u64>,
    /// How many stored checkpoints were compared.
    pub checkpoints: usize,
    /// The stored time stamps of checkpoints.
    pub timestamps: Vec<TimestampView>,
    /// What was removed for legal reasons: by whom, when, why.
    pub redacted: Vec<String>,
    /// What does not hold, in the order of the record; the first of them.
    pub faults: Vec<FaultView>,
}

/// A time stamp of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimestampView {
    /// Its number, from 1.
    pub number: u64,
    /// Entries that the checkpoint covers.
    pub entries: u64,
    /// When the authority saw the checkpoint, as it says: RFC 3339, UTC.
    pub time: String,
    /// The authority, as its certificate calls it.
    pub authority: String,
    /// Whether a root that was named vouches for the authority; none where that was not looked at.
    pub vouched: Option<bool>,
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultView {
    /// The entry, where it is one of a single entry.
    pub entry: Option<u64>,
    /// What is wrong.
    pub what: String,
    /// What to do about it, where that is not what is done about any damage.
    #[serde(skip)]
    pub hint: Option<&'static str>,
}

/// What a proof of a claim proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvenView {
    /// The claim.
    pub claim: ClaimId,
    /// Its entry.
    pub entry: u64,
    /// Who made the entry.
    pub actor: String,
    /// When, as the entry says: RFC 3339, UTC.
    pub time: String,
    /// Entries that the signed checkpoint covers.
    pub size: u64,
    /// The words of the claim; none for a row of a table.
    pub quote: Option<String>,
    /// The row of its table.
    pub row: Option<u64>,
    /// SHA-256 of the snapshot that it was read in.
    pub snapshot: Option<Digest>,
    /// SHA-256 of the text of that snapshot.
    pub text: Option<Digest>,
    /// True where the snapshot itself was given, and has that hash.
    pub is_snapshot_checked: bool,
    /// The witnesses who signed the checkpoint besides, each with the time at which he saw it, in seconds since 1970.
    pub witnesses: Vec<(String, Option<u64>)>,
}

/// What came of bringing another ledger in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergeView {
    /// What the other record calls itself.
    pub record: String,
    /// How many entries it has.
    pub entries: u64,
    /// The root of their tree.
    pub root: Digest,
    /// How many entries were brought in, by their kind here.
    pub brought: BTreeMap<String, u64>,
    /// How many of the claims are held until a person approves them, beside those that were held there.
    pub held: u64,
    /// What differs here and there; it stays as it is here. The first thousand.
    pub differences: Vec<Difference>,
    /// How many there are.
    pub n_differences: u64,
    /// What could not be brought in: the first thousand.
    pub left_out: Vec<LeftOut>,
    /// How many there are.
    pub n_left_out: u64,
    /// The questions that were worked out anew; none where nothing was changed.
    pub questions: Option<Questions>,
    /// True where nothing was changed.
    pub dry_run: bool,
}

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// Whom a name means: keys of entities.
    Name,
    /// Whom a key means: names. What is said of it there was left out.
    Key,
    /// What a predicate means: its definition.
    Predicate,
    /// A detail of a source.
    Detail,
    /// Whose an address is: ids of sources.
    Source,
    /// Whether a claim stands.
    Claim,
    /// Which entity stands for one: keys.
    Entity,
    /// Whether a source derives from another.
    Derivation,
    /// What was decided on a finding.
    Finding,
    /// What was decided on a claim.
    Outcome,
    /// Whether two origins are independent.
    Origins,
    /// What was removed there.
    Redacted,
}

impl About {
    /// All of them.
    pub const ALL: [About; 12] = [
        About::Name,
        About::Key,
        About::Predicate,
        About::Detail,
        About::Source,
        About::Claim,
        About::Entity,
        About::Derivation,
        About::Finding,
        About::Outcome,
        About::Origins,
        About::Redacted,
    ];

    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            About::Name => "name",
            About::Key => "key",
            About::Predicate => "predicate",
            About::Detail => "detail",
            About::Source => "source",
            About::Claim => "claim",
            About::Entity => "entity",
            About::Derivation => "derivation",
            About::Finding => "finding",
            About::Outcome => "outcome",
            About::Origins => "origins",
            About::Redacted => "redacted",
        }
    }
}

/// Something that is one thing here and another there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// What it is about.
    pub about: About,
    /// Of what: a name, a key, an id.
    pub of: String,
    /// As it is here.
    pub here: String,
    /// As it is there.
    pub there: String,
}

/// Something that could not be brought in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The kind of its entry.
    pub kind: String,
    /// Its id.
    pub of: String,
    /// Why.
    pub because: String,
}
