//! What the ledger refuses, and why. Each refusal points at the place, says what was expected and what was found,
//! and carries a hint: an action that works as typed.

use crate::archive::ArchiveError;
use crate::capture::CaptureError;
use crate::domain::id::{ClaimId, Digest, QuestionId, SourceId};
use crate::quote::QuoteError;
use crate::record::timestamp::TimestampError;
use crate::store::StoreError;

/// What kind of trouble it is; the command line makes its exit code from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Input that cannot stand on record, or a ledger that cannot be used as asked.
    Refused,
    /// The record does not hold together.
    Damaged,
    /// A fault of this program.
    Bug,
}

/// A failure of a ledger call. Nothing is half-written when one is returned.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The input was refused.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// Lines of a batch were refused, and so the whole batch.
    #[error("{} of {total} lines refused, nothing put on record", .lines.len())]
    Batch {
        /// Line number (from 1) and reason.
        lines: Vec<(usize, Refusal)>,
        /// Lines in the batch.
        total: usize,
    },
    /// Bytes could not be made into text.
    #[error("{}", placed(.place, .error))]
    Capture {
        /// The file or URL.
        place: String,
        /// Why.
        #[source]
        error: Box<CaptureError>,
    },
    /// An exported record cannot be written there, or is not one.
    #[error("{place}: {error}")]
    Archive {
        /// The folder or file.
        place: String,
        /// Why.
        #[source]
        error: Box<ArchiveError>,
    },
    /// What an exported record says does not hold together.
    #[error("{place}: {}", unfit(.error))]
    Unfit {
        /// The folder or file.
        place: String,
        /// Why.
        #[source]
        error: Box<StoreError>,
    },
    /// The file did not do as told.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for LedgerError {
    fn from(refusal: Refusal) -> LedgerError {
        LedgerError::Refused(Box::new(refusal))
    }
}

/// Why input cannot stand on record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not JSON, or not a JSON object.
    #[error("not a JSON object: {0}")]
    Json(String),
    /// No entry had been made, or there are not so many.
    #[error("the record was not there then: its {entries} entries count from 0")]
    NoMoment {
        /// How many there are.
        entries: u64,
    },
    /// A claim that no person approved yet.
    #[error("claim {0} is held until a person approves it")]
    Pending(ClaimId),
    /// A claim that is not held.
    #[error("claim {0} is not held for approval")]
    NotPending(ClaimId),
    /// An agent that would approve claims.
    #[error("`{0}` is no person, and approves nothing")]
    NoPerson(String),
    /// Claims of a table, which cannot be held.
    #[error("the rows of a table cannot be held for approval")]
    TableHeld,
    /// Digits that are the number of an entry and the beginning of an id.
    #[error("`{0}` is an entry, and the beginning of an id")]
    EntryOrId(String),
    /// What an actor whose claims are held cannot do by himself.
    #[error("no person approves a `{kind}` entry, so that whoever's claims are held cannot make one")]
    JudgesHeld {
        /// The kind of entry.
        kind: &'static str,
    },
    /// Something that no ledger can be read from, where another ledger is to be brought in.
    #[error("{place} cannot be brought in: {why}")]
    NoOther {
        /// The file.
        place: String,
        /// Why.
        why: String,
    },
    /// There is no such entry.
    #[error("no entry `{0}` on record")]
    NoEntry(String),
    /// An entry that holds the record together.
    #[error("entry {sequence} is a `{kind}` entry: only those that put a claim on record can be redacted")]
    NotRedacted {
        /// The entry.
        sequence: u64,
        /// Its kind.
        kind: String,
    },
    /// A row of a table has no entry of its own.
    #[error("claim {claim} is a row of a table")]
    RowRedacted {
        /// The claim.
        claim: ClaimId,
        /// The table.
        snapshot: Digest,
    },
    /// A key that goes by another name than the record.
    #[error("the key is `{key}`'s, and the record is `{origin}`")]
    KeyName {
        /// The name of the key.
        key: String,
        /// What the record calls itself.
        origin: String,
    },
    /// A checkpoint that is not one of this record, or not signed as it should be.
    #[error("the checkpoint: {0}")]
    Checkpoint(String),
    /// No checkpoint was kept.
    #[error("no checkpoint is kept that could be stamped")]
    NothingSigned,
    /// What should be a time stamp is none, or not one that is believed.
    #[error("the time stamp: {0}")]
    Timestamp(Box<TimestampError>),
    /// A time stamp of something else.
    #[error("the time stamp is of none of the {n_kept} checkpoints kept: its hash is {imprint}")]
    NotOfCheckpoint {
        /// What it is of.
        imprint: String,
        /// How many there are.
        n_kept: usize,
    },
    /// No such time stamp.
    #[error("there is no time stamp {number}: {n_kept} are kept, and count from 1")]
    NoTimestamp {
        /// As asked.
        number: u64,
        /// How many there are.
        n_kept: usize,
    },
    /// No checkpoint covers the claim.
    #[error("no checkpoint covers claim {claim}")]
    NotCovered {
        /// The claim.
        claim: ClaimId,
    },
    /// A field is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field nobody knows.
    #[error("unknown field `{field}`: expected one of {known}")]
    UnknownField {
        /// The field.
        field: String,
        /// Those there are.
        known: String,
    },
    /// A field of the wrong shape.
    #[error("`{field}` must be {expected}, found {found}")]
    Shape {
        /// The field.
        field: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// No such source.
    #[error("no source `{0}` on record")]
    NoSource(String),
    /// A URL that belongs to another source than the one named.
    #[error("{url} is the address of another source: {owner}")]
    UrlTaken {
        /// The URL.
        url: String,
        /// The source that has it.
        owner: String,
    },
    /// Several sources fit.
    #[error("`{wanted}` fits several sources: {found}")]
    ManySources {
        /// As asked.
        wanted: String,
        /// Those that fit.
        found: String,
    },
    /// The quote was not taken.
    #[error("{error}")]
    Quote {
        /// Why.
        error: Box<QuoteError>,
        /// Another snapshot that holds the words: its hash, and whose it is.
        elsewhere: Option<(Digest, String)>,
    },
    /// No such predicate.
    #[error("no predicate `{name}`{}", like(.near))]
    NoPredicate {
        /// As asked.
        name: String,
        /// Names like it.
        near: Vec<String>,
    },
    /// An entity nobody has named yet.
    #[error("`{field}`: no entity is called `{name}`{}", like(.near))]
    NoEntity {
        /// The field.
        field: &'static str,
        /// As asked.
        name: String,
        /// Names like it.
        near: Vec<String>,
    },
    /// A name that nobody goes by, where no entity can be named.
    #[error("no entity is called `{name}`{}", like(.near))]
    UnknownName {
        /// As asked.
        name: String,
        /// Names like it.
        near: Vec<String>,
    },
    /// A name that several entities go by.
    #[error("`{field}`: several entities are called `{name}`: {}", .keys.join(", "))]
    ManyEntities {
        /// The field.
        field: &'static str,
        /// As asked.
        name: String,
        /// Their keys.
        keys: Vec<String>,
    },
    /// A name without a letter or digit in it.
    #[error("`{field}`: `{name}` is not a name")]
    NotAName {
        /// The field.
        field: &'static str,
        /// As asked.
        name: String,
    },
    /// An object where the predicate takes none, or none where it must.
    #[error("predicate `{predicate}` {rule}")]
    Object {
        /// The predicate.
        predicate: String,
        /// What it asks for.
        rule: &'static str,
    },
    /// A figure where the predicate takes none.
    #[error("predicate `{predicate}` takes {kind}, not a figure")]
    FigureNotWanted {
        /// The predicate.
        predicate: String,
        /// What it takes.
        kind: &'static str,
    },
    /// A figure of another kind than the predicate takes.
    #[error("predicate `{predicate}` takes {expected}, found {found}")]
    WrongKind {
        /// The predicate.
        predicate: String,
        /// What it takes.
        expected: String,
        /// What was given.
        found: String,
    },
    /// No figure in the quote.
    #[error("no figure in the quote `{quote}`")]
    NoFigure {
        /// The quote.
        quote: String,
    },
    /// Several figures in the quote, and nothing says which.
    #[error("several figures in the quote: {}", .figures.join(", "))]
    ManyFigures {
        /// As they stand there.
        figures: Vec<String>,
    },
    /// A given figure that is not in the quote.
    #[error("the figure {given} is not in the quote `{quote}`; found there: {found}")]
    FigureNotInQuote {
        /// As given.
        given: String,
        /// The quote.
        quote: String,
        /// Figures found there.
        found: String,
    },
    /// A given currency or unit that the quote contradicts.
    #[error("the figure is given in {given}, the quote says {found}")]
    UnitNotInQuote {
        /// As given.
        given: String,
        /// As found.
        found: String,
    },
    /// A given figure that does not hold together.
    #[error("`figure`: {0}")]
    Figure(String),
    /// A figure text that is not exactly one figure.
    #[error("`figure`: `{text}` is not one figure; found {found}")]
    FigureText {
        /// As given.
        text: String,
        /// Figures found in it.
        found: String,
    },
    /// A date that is none.
    #[error("`{field}`: {error}")]
    Date {
        /// The field.
        field: &'static str,
        /// Why.
        error: crate::domain::when::NotADate,
    },
    /// A source of which nobody said where it is published.
    #[error("source {0} has no URL to fetch it from")]
    NoUrl(SourceId),
    /// Two that a person found independent already, or never did.
    #[error("{a} and {b} are {} independent by a person's word", if *holds { "already" } else { "not" })]
    IndependentAlready {
        /// One.
        a: String,
        /// The other.
        b: String,
        /// True where it was to be said.
        holds: bool,
    },
    /// Two outlets of which a page of one has its text from a page of the other.
    #[error("source {} has its text from {}, so that they are one there", page.short(), from.short())]
    TextCopied {
        /// The later page.
        page: SourceId,
        /// The earlier one.
        from: SourceId,
    },
    /// Nobody is said to publish the values of a table.
    #[error("the map has no `columns.source`, and nobody is said to publish the table")]
    NoTablePublisher,
    /// A map that cannot be used.
    #[error("the map: {0}")]
    Map(String),
    /// Rows of a table that cannot be read.
    #[error("{n_bad} row{} of the table cannot be read, nothing was imported{}", plural(*n_bad), rows_listed(rows, *n_bad))]
    BadRows {
        /// The first of them, each with the reason.
        rows: Vec<(u64, String)>,
        /// How many there are.
        n_bad: u64,
    },
    /// An attribute of the map that no row of the table has.
    #[error("no row of the table has the attribute `{attribute}` with a value{}", match found.is_empty() { true => String::new(), false => format!("; not in the map: `{}`", found.join("`, `")) })]
    UnusedAttribute {
        /// The attribute.
        attribute: String,
        /// Attributes of the table that the map does not name.
        found: Vec<String>,
    },
    /// Names in a table that nobody is called by.
    #[error("{n_unknown} name{} of the table not on record, nothing was imported{}", plural(*n_unknown as u64), unknown_listed(unknown, near, *n_unknown))]
    UnknownEntities {
        /// The first of them.
        unknown: Vec<String>,
        /// Those with names on record that are like theirs.
        near: Vec<(String, Vec<String>)>,
        /// How many there are.
        n_unknown: usize,
    },
    /// A time of day that is none.
    #[error("`object`: {0}")]
    Time(crate::domain::time_of_day::NotATime),
    /// A qualifier nobody knows.
    #[error("unknown qualifier `{key}`: expected one of {known}")]
    Qualifier {
        /// As given.
        key: String,
        /// Those there are.
        known: String,
    },
    /// Nobody is said to have said it.
    #[error("nobody is named as having said it: `by` is empty and the source has no publisher")]
    NoSpeaker,
    /// No such claim.
    #[error("no claim `{0}` on record")]
    NoClaim(String),
    /// Several claims fit.
    #[error("`{wanted}` fits several claims: {found}")]
    ManyClaims {
        /// As asked.
        wanted: String,
        /// Those that fit.
        found: String,
    },
    /// No such question or finding.
    #[error("no question or finding `{0}` on record")]
    NoQuestion(String),
    /// Several questions fit.
    #[error("`{wanted}` fits several questions: {found}")]
    ManyQuestions {
        /// As asked.
        wanted: String,
        /// Those that fit.
        found: String,
    },
    /// The claim was withdrawn.
    #[error("claim {} was retracted", .0.short())]
    Retracted(ClaimId),
    /// The claim stands.
    #[error("claim {} stands: only a retracted claim can be reinstated", .0.short())]
    NotRetracted(ClaimId),
    /// A correction that changes nothing.
    #[error("the correction is the same claim: {}", .0.short())]
    NothingCorrected(ClaimId),
    /// A correction into a claim that is already on record.
    #[error("the corrected claim is on record already: {}", .right.short())]
    AlreadyLogged {
        /// The claim to be corrected.
        wrong: ClaimId,
        /// The one on record.
        right: ClaimId,
    },
    /// A name that a record cannot have.
    #[error("`{0}` cannot be the name of a record: it must be 1 to 255 bytes, without white space and `+`")]
    RecordName(String),
    /// A key that no entity can have.
    #[error(
        "`key`: `{0}` is not a key: expected lower-case words and numbers joined by hyphens, such as `john-smith-2`"
    )]
    NotAKey(String),
    /// A group that is to be a member of itself.
    #[error("`members`: `{0}` cannot belong to itself")]
    MemberOfItself(String),
    /// Two names of one entity.
    #[error("both names are those of one entity already: `{0}`")]
    OneAlready(String),
    /// An entity that was never merged.
    #[error("no merged entity is called `{name}`{}", among(.merged))]
    NotMerged {
        /// As asked.
        name: String,
        /// Keys of those that were.
        merged: Vec<String>,
    },
    /// What a source is said to derive from is not on record.
    #[error("neither a source nor an entity is called `{wanted}`{}", like(.near))]
    NoParent {
        /// As asked.
        wanted: String,
        /// Names like it.
        near: Vec<String>,
    },
    /// A source derives from itself.
    #[error("source {} cannot derive from itself", .0.short())]
    DerivesFromItself(SourceId),
    /// A source from which another is said to derive has no publisher whom claims could go back to.
    #[error("source {} has no publisher", .0.short())]
    NoPublisher(SourceId),
    /// A declaration that is on record already, or one to be taken back that is not.
    #[error("{}", declared(.page, *.holds))]
    DeclaredAlready {
        /// The source.
        page: SourceId,
        /// True where it was to be declared.
        holds: bool,
    },
    /// A decision on what is no finding.
    #[error("nothing on {} disagrees: there is nothing to decide", .0.short())]
    NoFinding(QuestionId),
    /// A decision that names a claim of another question.
    #[error("claim {} is not one of this finding's", .0.short())]
    NotOfFinding(ClaimId),
    /// A decision that names a claim both right and wrong.
    #[error("claim {} is named right and wrong", .0.short())]
    RightAndWrong(ClaimId),
    /// A decision that says nothing.
    #[error("no claim is named right or wrong")]
    NothingNamed,
    /// An outcome that only a claim can have.
    #[error("`{outcome}` is said of one claim, and no claim `{wanted}` is on record")]
    OutcomeOfClaim {
        /// As asked.
        wanted: String,
        /// The outcome.
        outcome: &'static str,
    },
    /// No reason given.
    #[error("a reason is needed")]
    NoReason,
    /// A predicate that cannot be defined.
    #[error("{place}: {what}")]
    Predicate {
        /// The file.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// Text longer than anything that belongs there.
    #[error("`{field}` is {found} bytes long, and may be {limit} at most")]
    TooLong {
        /// The field.
        field: String,
        /// Its length.
        found: usize,
        /// The limit.
        limit: usize,
    },
}

/// What came of a place; an address is named by most errors already.
fn placed(place: &str, error: &CaptureError) -> String {
    let error = error.to_string();
    if error.contains(place) { error } else { format!("{place}: {error}") }
}

/// What does not hold in a record that is not in a ledger yet.
fn unfit(error: &StoreError) -> String {
    match error {
        StoreError::Damaged(what) => what.clone(),
        other => other.to_string(),
    }
}

fn declared(source: &SourceId, holds: bool) -> String {
    match holds {
        true => format!("that source {} derives from it is on record already", source.short()),
        false => format!("that source {} derives from it is not on record", source.short()),
    }
}

fn among(keys: &[String]) -> String {
    match keys {
        [] => "; none is on record".to_string(),
        keys => format!("; merged are: {}", keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
    }
}

fn like(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!("; like it: {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

impl Refusal {
    /// What to do about it, as an action that works when typed; fields are named as options.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Refusal::Missing("name") => {
                r#"write one a line: `{"name": "Lucas Beyer", "aliases": ["L. Beyer"]}`"#.into()
            }
            Refusal::Missing(_) => "a claim needs `source`, `quote`, `subject` and `predicate`".into(),
            Refusal::NoMoment { .. } => "give the number of an entry, or a day: `--as-of-entry 2025-06-26`".into(),
            Refusal::Pending(id) => format!("`onrecord approve {}` approves it", id.short()),
            Refusal::NotPending(_) => "`onrecord pending` lists those that are".into(),
            Refusal::NoPerson(_) => "let a person do it: `--actor human:NAME`".into(),
            Refusal::EntryOrId(_) => "give the whole id: `onrecord claims --format json` lists those of claims".into(),
            Refusal::JudgesHeld { .. } => "let a person do it: `--actor human:NAME`".into(),
            Refusal::TableHeld => "let a person import it: `--actor human:NAME`".into(),
            Refusal::NoOther { .. } => {
                "give another ledger file, or the folder or tar file that `onrecord export` wrote of one".into()
            }
            Refusal::NoEntry(_) => "`onrecord verify` tells how many there are; they count from 0".into(),
            Refusal::NotRedacted { .. } => {
                "redact the snapshot whose words it is about, by its hash: `onrecord sources`".into()
            }
            Refusal::RowRedacted { snapshot, .. } => {
                format!("redact the whole table: `onrecord redact {} --because …`", snapshot.short())
            }
            Refusal::KeyName { .. } => "`onrecord key new --key FILE` makes one for this record".into(),
            Refusal::Checkpoint(_) => {
                "give a checkpoint of this record: `onrecord checkpoint --list` prints those kept".into()
            }
            Refusal::NothingSigned => "sign the record as it stands first: `onrecord checkpoint`".into(),
            Refusal::Timestamp(error) => error.hint().into(),
            Refusal::NotOfCheckpoint { .. } => {
                "have one of them stamped: `onrecord checkpoint --timestamp-request > head.tsq` makes the request"
                    .into()
            }
            Refusal::NoTimestamp { .. } => "`onrecord checkpoint --list` shows those kept".into(),
            Refusal::NotCovered { .. } => "sign the record as it stands first: `onrecord checkpoint`".into(),
            Refusal::NoSource(_) => "`onrecord sources` lists them; `onrecord capture FILE` puts one on record".into(),
            Refusal::ManySources { .. } => "name one by its own id, the first word of each".into(),
            Refusal::UrlTaken { .. } => {
                "leave out `--source` to capture it for that source, or take another `--url`".into()
            }
            Refusal::Quote { elsewhere: Some((hash, whose)), .. } => {
                format!("{whose} has these words: `--source {}`", hash.short())
            }
            Refusal::Quote { error, elsewhere: None } => error.hint(),
            Refusal::NoPredicate { .. } => {
                "`onrecord predicates` lists them; `onrecord predicates add FILE.toml` defines more".into()
            }
            Refusal::NoEntity { field: "members", near, .. } => match near.first() {
                Some(like) => {
                    format!("write `{like}` if that is meant, or name it on a line before: `{{\"name\": …}}`")
                }
                None => "name it on a line before: `{\"name\": …}`".into(),
            },
            Refusal::NoEntity { name, near, .. } => match near.first() {
                Some(like) => format!("write `{like}` if that is meant, or add `--new` to name a new entity `{name}`"),
                None => format!("add `--new` to name a new entity `{name}`"),
            },
            Refusal::UnknownName { .. } => "`onrecord entities` lists the names".into(),
            Refusal::ManyEntities { keys, .. } => format!("name one by its key, such as `{}`", keys.first()?),
            Refusal::NotAName { .. } => "a name has a letter or a digit in it, and no control characters".into(),
            Refusal::FigureNotWanted { .. } => {
                "leave the figure out; `onrecord predicates` says what each takes".into()
            }
            Refusal::WrongKind { .. } => "`onrecord predicates` says what each takes".into(),
            Refusal::Object { rule, .. } if rule.starts_with("takes no") => "leave the object out".into(),
            Refusal::Object { .. } => "add `--object \"…\"`".into(),
            Refusal::NoFigure { .. } => "quote the words that hold the figure".into(),
            Refusal::ManyFigures { figures } => format!("say which: `--figure {}`", shell_word(figures.first()?)),
            Refusal::FigureNotInQuote { .. } | Refusal::FigureText { .. } | Refusal::UnitNotInQuote { .. } => {
                "give the figure as the quote has it, or leave it out to have it read from the quote".into()
            }
            Refusal::Figure(_) => "leave the figure out to have it read from the quote".into(),
            Refusal::NoSpeaker => "add `--by NAME`, or name the publisher when capturing: `--publisher NAME`".into(),
            Refusal::NoClaim(id) if id.len() < 4 => "an id needs four of its digits at least".into(),
            Refusal::NoClaim(_) | Refusal::ManyClaims { .. } => "`onrecord claims` lists them with their ids".into(),
            Refusal::NoQuestion(_) | Refusal::ManyQuestions { .. } => {
                "`onrecord contradictions --all` lists them with their ids".into()
            }
            Refusal::Retracted(id) => {
                format!("`onrecord reinstate {} --because \"…\"` puts it back", id.short())
            }
            Refusal::NotRetracted(id) => {
                format!("`onrecord claims {} --format json` shows what happened to it", id.short())
            }
            Refusal::NothingCorrected(_) => "say what is to change, such as `--quote`, `--figure` or `--object`".into(),
            Refusal::AlreadyLogged { wrong, .. } => {
                format!("`onrecord retract {} --because \"…\"` withdraws the wrong one", wrong.short())
            }
            Refusal::RecordName(_) => "write it like an address: `--origin example.org/harbour-story`".into(),
            Refusal::Date { .. } => "write it as 2025, 2025-06, 2025-06-17 or 2025-06-17/2025-06-20".into(),
            Refusal::NoUrl(id) => format!("capture the file again: `onrecord capture FILE --source {}`", id.short()),
            Refusal::IndependentAlready { .. } => "`onrecord copying` shows which pairs count as one".into(),
            Refusal::TextCopied { page, from } => format!(
                "`onrecord derives-from {} {} --undo --because REASON` takes that back",
                page.short(),
                from.short()
            ),
            Refusal::NoTablePublisher => {
                "name the column that says who, or whoever publishes the table: `--publisher NAME`".into()
            }
            Refusal::Map(_) => "docs/tables.md describes the map".into(),
            Refusal::BadRows { .. } => "mend the table or the map, or pass such rows over with `--skip-bad`".into(),
            Refusal::UnusedAttribute { .. } => "spell it as the table does, or take it out of the map".into(),
            Refusal::UnknownEntities { .. } => {
                "`--new` makes entities of them; `entities add` gives a known one another name".into()
            }
            Refusal::Time(_) => "write it on the clock of 24 hours, as 08:51 or 20:51".into(),
            Refusal::NotAKey(_) => "leave the key out to have one made of the name".into(),
            Refusal::MemberOfItself(_) => "leave it out of its own members".into(),
            Refusal::OneAlready(_) | Refusal::NotMerged { .. } => {
                "`onrecord entities` lists them with what was merged".into()
            }
            Refusal::NoParent { .. } => {
                "`onrecord sources` and `onrecord entities` list them; `onrecord capture FILE` puts a source on record"
                    .into()
            }
            Refusal::DerivesFromItself(_) => "name the source that it repeats".into(),
            Refusal::NoPublisher(_) => {
                "name its publisher first: `onrecord capture FILE --source … --publisher NAME`".into()
            }
            Refusal::DeclaredAlready { .. } => "`onrecord sources --format json` shows what is declared".into(),
            Refusal::NoFinding(_) => "`onrecord contradictions` lists the findings".into(),
            Refusal::NotOfFinding(_) | Refusal::RightAndWrong(_) => {
                "`onrecord contradictions ID --format json` lists the finding's claims".into()
            }
            Refusal::NothingNamed => {
                "add `--right CLAIM` or `--wrong CLAIM`, or give an outcome such as `unsure`".into()
            }
            Refusal::OutcomeOfClaim { .. } => "`onrecord claims` lists them with their ids".into(),
            Refusal::NoReason => "add `--because \"…\"`".into(),
            Refusal::Predicate { .. } => "`onrecord predicates --format jsonl` shows what there is".into(),
            // The message itself says what is expected.
            Refusal::Json(_)
            | Refusal::UnknownField { .. }
            | Refusal::Shape { .. }
            | Refusal::Qualifier { .. }
            | Refusal::TooLong { .. } => return None,
        })
    }

    /// The same for a line of JSON, where fields have no dashes.
    pub fn json_hint(&self) -> Option<String> {
        let json = |text: &str| serde_json::Value::from(text).to_string();
        Some(match self {
            Refusal::Quote { elsewhere: Some((hash, whose)), .. } => {
                format!("{whose} has these words: `\"source\": \"{}\"`", hash.short())
            }
            Refusal::Quote { error, elsewhere: None } => error.json_hint(),
            Refusal::ManyFigures { figures } => format!("say which: `\"figure\": {}`", json(figures.first()?)),
            Refusal::NoSpeaker => {
                "add `\"by\": [\"NAME\"]`, or name the publisher when capturing: `--publisher NAME`".into()
            }
            Refusal::Object { rule, .. } if !rule.starts_with("takes no") => "add `\"object\": \"…\"`".into(),
            other => return other.hint(),
        })
    }
}

/// A path or words as one word for the shell.
fn shell_word(words: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | ',' | ':' | '@' | '=');
    if !words.is_empty() && words.chars().all(plain) {
        return words.to_string();
    }
    format!("'{}'", words.replace('\'', r"'\''"))
}

/// A hint about a file in general, for the file at hand.
fn for_file(hint: &str, place: &str) -> String {
    let file = std::path::Path::new(place);
    let Some(name) = file.file_name().filter(|_| file.is_file()) else { return hint.to_string() };
    let beside = |name: &str| shell_word(&file.with_file_name(name).display().to_string());
    let text = beside(&format!("{}.txt", file.file_stem().unwrap_or(name).display()));
    let new = beside(&format!("utf8-{}", name.display()));
    (hint.replace("FILE.pdf", &shell_word(place)).replace("FILE.txt", &text))
        .replace("UTF-8 FILE", &format!("UTF-8 {}", shell_word(place)))
        .replace("NEW", &new)
}

impl LedgerError {
    /// What kind of trouble it is.
    pub fn kind(&self) -> Kind {
        match self {
            LedgerError::Refused(_)
            | LedgerError::Batch { .. }
            | LedgerError::Capture { .. }
            | LedgerError::Archive { .. }
            | LedgerError::Unfit { .. } => Kind::Refused,
            LedgerError::Store(error) => match error {
                StoreError::Damaged(_) | StoreError::Entry { .. } => Kind::Damaged,
                StoreError::Sqlite(_) | StoreError::Proof(_) => Kind::Bug,
                _ => Kind::Refused,
            },
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let path = |path: &std::path::Path| shell_word(&path.display().to_string());
        match self {
            LedgerError::Refused(refusal) => refusal.hint(),
            LedgerError::Batch { .. } => Some("mend these lines and run the command again".into()),
            LedgerError::Capture { place, error } => error.hint().map(|hint| for_file(&hint, place)),
            LedgerError::Archive { place, error } => Some(error.hint(&shell_word(place))),
            LedgerError::Unfit { .. } => Some(
                "ask for the export again, from whoever has the ledger, and whether `onrecord verify` holds there"
                    .into(),
            ),
            LedgerError::Store(error) => Some(match error {
                StoreError::Missing(file) if file.is_absolute() => {
                    "`onrecord init` makes one; `--ledger FILE` names another".into()
                }
                StoreError::Missing(file) => {
                    format!("`onrecord init --ledger {}` makes one; `--ledger FILE` names another", path(file))
                }
                StoreError::Exists(_) => "`--ledger another.db` names another file".into(),
                StoreError::NoFolder { folder, .. } => format!("make it first: `mkdir -p {}`", path(folder)),
                StoreError::Empty(file) => format!("`rm {0} && onrecord init --ledger {0}` makes one", path(file)),
                StoreError::NotALedger { .. } => "`--ledger FILE` names another file".into(),
                StoreError::TooNew { .. } | StoreError::Format(_) => "update onrecord: `cargo install onrecord`".into(),
                StoreError::Busy(_) => "run the command again when the other program is done".into(),
                StoreError::Unwritable(_) => "check who may write the file and its folder, and the disk".into(),
                StoreError::Full => "free some space and run the command again".into(),
                StoreError::Damaged(_) | StoreError::Entry { .. } => {
                    "go back to a copy of the file, and keep this one to find out what was changed".into()
                }
                StoreError::Redacted { .. } => "capture another version of it, or use another source".into(),
                StoreError::AsItStood => "leave out `--as-of-entry`".into(),
                StoreError::ReadOtherwise { .. } => "use the version of onrecord that imported it".into(),
                StoreError::Table(_) => {
                    "name the columns of the table in `[columns]` and `[predicates.…]` of the map".into()
                }
                StoreError::Canonical(_) | StoreError::Sqlite(_) | StoreError::Proof(_) => return None,
            }),
        }
    }
}

fn plural(n: u64) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// Rows that are shown of those that cannot be read.
const ROWS_SHOWN: usize = 10;

fn rows_listed(rows: &[(u64, String)], n_bad: u64) -> String {
    let mut lines: Vec<String> =
        rows.iter().take(ROWS_SHOWN).map(|(row, why)| format!("\n  row {row}: {why}")).collect();
    if n_bad > ROWS_SHOWN as u64 {
        lines.push(format!("\n  and {} more", n_bad - ROWS_SHOWN as u64));
    }
    lines.concat()
}

fn unknown_listed(unknown: &[String], near: &[(String, Vec<String>)], n_unknown: usize) -> String {
    // Those that may be a slip first.
    let slips = near.iter().map(|(name, like)| format!("\n  {name} (near: {})", like.join(", ")));
    let others = unknown.iter().filter(|name| !near.iter().any(|(known, _)| known == *name));
    let mut lines: Vec<String> = slips.chain(others.map(|name| format!("\n  {name}"))).take(ROWS_SHOWN).collect();
    if n_unknown > lines.len() {
        lines.push(format!("\n  and {} more", n_unknown - lines.len()));
    }
    lines.concat()
}
