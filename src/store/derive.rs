//! From entries to the derived tables: the one place where an entry's effect is written down, used live and by
//! `rebuild` alike.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::error::StoreError;
use crate::domain::claim::{Claim, Entity, EntityKey, Speaker, Stance, Status, Value};
use crate::domain::id::{ClaimId, SourceId};
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::question::{Question, UnitClass};
use crate::domain::source::SourceDetails;
use crate::quote::fold_name;
use crate::record::body::{Body, Capture, FORMAT, claim_id, question_id};

/// Numbers of the questions whose verdict has to be worked out anew.
pub type Touched = BTreeSet<i64>;

/// Derived tables, children first.
const TABLES: [&str; 11] = [
    "position_claim",
    "position",
    "claim_event",
    "implied",
    "claim",
    "question",
    "predicate",
    "alias",
    "entity",
    "snapshot",
    "source",
];

/// Empties the derived tables.
pub fn clear(connection: &Connection) -> Result<(), StoreError> {
    for table in TABLES {
        connection.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}

/// Works the effect of one entry into the derived tables.
pub fn apply(connection: &Connection, sequence: u64, body: &Body) -> Result<Touched, StoreError> {
    match body {
        Body::Begin(begin) if begin.format == FORMAT => Ok(Touched::new()),
        Body::Begin(begin) => Err(StoreError::Format(begin.format.clone())),
        Body::Capture(capture) => captured(connection, sequence, capture),
        Body::Describe(describe) => {
            described(connection, sequence, describe.source, &describe.details, &SourceDetails::default())
        }
        Body::Entity(entity) => named(connection, entity),
        Body::Predicate(predicate) => defined(connection, predicate),
        Body::Claim(claim) => logged(connection, sequence, claim),
        Body::Attest(attest) => happened(connection, sequence, attest.claim, None),
        Body::Retract(judged) => happened(connection, sequence, judged.claim, Some(Status::Retracted)),
        Body::Reinstate(judged) => happened(connection, sequence, judged.claim, Some(Status::Standing)),
        Body::Correct(correct) => {
            let mut touched = happened(connection, sequence, correct.retracts, Some(Status::Retracted))?;
            touched.extend(logged(connection, sequence, &correct.claim)?);
            Ok(touched)
        }
    }
}

fn captured(connection: &Connection, sequence: u64, capture: &Capture) -> Result<Touched, StoreError> {
    let mut insert = connection
        .prepare_cached("INSERT INTO source (id, given, page) VALUES (?1, '{}', '{}') ON CONFLICT (id) DO NOTHING")?;
    insert.execute(params![capture.source.0.0.as_slice()])?;
    let touched = described(connection, sequence, capture.source, &capture.details, &capture.page)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO snapshot (source, sha256, size, media_type, charset, text, layout, extractor, sequence)
         SELECT number, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM source WHERE id = ?1",
    )?;
    insert.execute(params![
        capture.source.0.0.as_slice(),
        capture.snapshot.0.as_slice(),
        capture.size as i64,
        capture.media_type,
        capture.charset,
        capture.text.0.as_slice(),
        capture.layout.0.as_slice(),
        capture.extractor,
        sequence as i64,
    ])?;
    Ok(touched)
}

/// What is known about a source, by what was known before and what is said now. A publication date can decide whether
/// a state changed, so the source's questions are worked out anew.
fn described(
    connection: &Connection,
    sequence: u64,
    source: SourceId,
    given: &SourceDetails,
    page: &SourceDetails,
) -> Result<Touched, StoreError> {
    let mut select = connection.prepare_cached("SELECT url, given, page FROM source WHERE id = ?1")?;
    let before: Option<(Option<String>, String, String)> = select
        .query_row(params![source.0.0.as_slice()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (url, given_before, page_before) = before.ok_or_else(|| {
        StoreError::Damaged(format!("entry {sequence} names a source that is not on record: {source}"))
    })?;
    let read = |json: String| -> Result<SourceDetails, StoreError> {
        serde_json::from_str(&json).map_err(|error| StoreError::Damaged(format!("details of source {source}: {error}")))
    };
    let given = given.clone().or(read(given_before)?);
    let page = page.clone().or(read(page_before)?);
    let details = given.clone().or(page.clone());
    let mut update = connection.prepare_cached(
        "UPDATE source SET url = ?2, title = ?3, publisher = ?4, author = ?5, published = ?6, language = ?7,
                given = ?8, page = ?9
         WHERE id = ?1",
    )?;
    update.execute(params![
        source.0.0.as_slice(),
        url.or(details.url),
        details.title,
        details.publisher,
        details.author,
        details.published.as_ref().map(|date| date.to_string()),
        details.language,
        serde_json::json!(given).to_string(),
        serde_json::json!(page).to_string(),
    ])?;
    let mut select = connection.prepare_cached(
        "SELECT question FROM claim JOIN source ON source.number = claim.source WHERE source.id = ?1
         UNION SELECT implied.question FROM implied JOIN claim ON claim.number = implied.claim
               JOIN source ON source.number = claim.source WHERE source.id = ?1",
    )?;
    let touched = select.query_map(params![source.0.0.as_slice()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(touched)
}

fn named(connection: &Connection, entity: &Entity) -> Result<Touched, StoreError> {
    let mut insert =
        connection.prepare_cached("INSERT INTO entity (key, name) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING")?;
    insert.execute(params![entity.key.0, entity.name])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO alias (folded, entity, name) SELECT ?2, number, ?3 FROM entity WHERE key = ?1
         ON CONFLICT (folded, entity) DO NOTHING",
    )?;
    for name in std::iter::once(&entity.name).chain(&entity.aliases) {
        insert.execute(params![entity.key.0, fold_name(name), name])?;
    }
    Ok(Touched::new())
}

fn defined(connection: &Connection, predicate: &Predicate) -> Result<Touched, StoreError> {
    let mut insert = connection.prepare_cached("INSERT INTO predicate (name, definition) VALUES (?1, ?2)")?;
    insert.execute(params![predicate.name, serde_json::json!(predicate).to_string()])?;
    Ok(Touched::new())
}

fn logged(connection: &Connection, sequence: u64, claim: &Claim) -> Result<Touched, StoreError> {
    let predicate = |name: &str| {
        let undefined = || StoreError::Damaged(format!("entry {sequence} uses an undefined predicate `{name}`"));
        super::View { connection }.predicate(name)?.ok_or_else(undefined)
    };
    let own = predicate(&claim.predicate)?;
    let question = put_question(connection, &Question::of(claim, &own))?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO claim (id, sequence, question, source, snapshot, origin, status)
         SELECT ?1, ?2, ?3, source.number, snapshot.number, ?6, 'standing'
         FROM source JOIN snapshot ON snapshot.source = source.number
         WHERE source.id = ?4 AND snapshot.sha256 = ?5 AND snapshot.text = ?7",
    )?;
    let inserted = insert.execute(params![
        claim_id(claim)?.0.0.as_slice(),
        sequence as i64,
        question,
        claim.source.0.0.as_slice(),
        claim.snapshot.0.as_slice(),
        origin_of(claim),
        claim.text.0.as_slice(),
    ])?;
    if inserted != 1 {
        return Err(StoreError::Damaged(format!("entry {sequence} names a snapshot that was never captured")));
    }
    let number = connection.last_insert_rowid();
    let mut touched = Touched::from([question]);
    // Whoever joined has accepted; of somebody who did not join, nothing follows.
    if claim.stance == Stance::Affirms && claim.value == Value::State {
        let mut implied = own.implies;
        while let Some(name) = implied.pop() {
            let other = predicate(&name)?;
            let question = put_question(connection, &Question::of(claim, &other))?;
            if other.value != ValueKind::State || !touched.insert(question) {
                continue;
            }
            let mut insert =
                connection.prepare_cached("INSERT INTO implied (question, claim, predicate) VALUES (?1, ?2, ?3)")?;
            insert.execute(params![question, number, name])?;
            implied.extend(other.implies);
        }
    }
    Ok(touched)
}

fn happened(
    connection: &Connection,
    sequence: u64,
    claim: ClaimId,
    status: Option<Status>,
) -> Result<Touched, StoreError> {
    let mut select = connection.prepare_cached("SELECT number, question FROM claim WHERE id = ?1")?;
    let (number, question): (i64, i64) = select
        .query_row(params![claim.0.0.as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or_else(|| StoreError::Damaged(format!("entry {sequence} names a claim that is not on record: {claim}")))?;
    let mut insert = connection.prepare_cached("INSERT INTO claim_event (claim, sequence) VALUES (?1, ?2)")?;
    insert.execute(params![number, sequence as i64])?;
    let Some(status) = status else { return Ok(Touched::new()) };
    let mut update = connection.prepare_cached("UPDATE claim SET status = ?2 WHERE number = ?1")?;
    update.execute(params![number, status.name()])?;
    let mut select = connection.prepare_cached("SELECT question FROM implied WHERE claim = ?1")?;
    let mut touched: Touched = select.query_map(params![number], |row| row.get(0))?.collect::<Result<_, _>>()?;
    touched.insert(question);
    Ok(touched)
}

fn put_question(connection: &Connection, question: &Question) -> Result<i64, StoreError> {
    let id = question_id(question)?;
    let mut select = connection.prepare_cached("SELECT number FROM question WHERE id = ?1")?;
    if let Some(number) = select.query_row(params![id.0.0.as_slice()], |row| row.get(0)).optional()? {
        return Ok(number);
    }
    let mut insert = connection.prepare_cached(
        "INSERT INTO question (id, subject, predicate, object, unit, verdict, severity, claims, origins)
         VALUES (?1, ?2, ?3, ?4, ?5, 'alone', 0, 0, 0)",
    )?;
    insert.execute(params![
        id.0.0.as_slice(),
        question.subject.0,
        question.predicate,
        question.object,
        question.unit.as_ref().map(UnitClass::name),
    ])?;
    Ok(connection.last_insert_rowid())
}

/// The resolved origin: the key of a named speaker, wherever quoted; for anonymous speakers the outlet that talked
/// to them, so that "people familiar" and "sources close to" it count once per outlet.
fn origin_of(claim: &Claim) -> String {
    let key = |who: &Speaker| match who {
        Speaker::Entity(EntityKey(key)) => Some(key.clone()),
        Speaker::Anonymous(_) => None,
    };
    let named = claim.by.iter().find_map(|link| key(&link.who));
    match claim.by.first().map(|link| &link.who) {
        Some(Speaker::Entity(EntityKey(key))) => key.clone(),
        // No outlet named at all: then nothing says that two of them are one.
        _ => format!("anonymous, to {}", named.unwrap_or_else(|| format!("source {}", claim.source))),
    }
}
