//! Which questions a claim answers: its own; those of what it implies ("joined" implies "accepted"); and those about the
//! groups its subject belongs to, where somebody may have said that none of them did.

use rusqlite::{Connection, OptionalExtension, Params, params};

use super::derive::Touched;
use super::error::StoreError;
use super::{View, identity};
use crate::domain::claim::{Claim, EntityKey, Stance, Value};
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::question::{Question, UnitClass};
use crate::record::body::{Body, question_id};

/// The row of the question that a claim answers.
pub fn own_question(connection: &Connection, sequence: u64, claim: &Claim) -> Result<i64, StoreError> {
    let claim = identity::as_it_stands(connection, claim.clone())?;
    put_question(connection, &Question::of(&claim, &predicate(connection, sequence, &claim.predicate)?))
}

/// Puts a claim, which answers `own`, on the other questions that it bears on. Answers all of them.
pub fn imply(
    connection: &Connection,
    sequence: u64,
    number: i64,
    own: i64,
    claim: &Claim,
) -> Result<Touched, StoreError> {
    let claim = identity::as_it_stands(connection, claim.clone())?;
    let mut touched = Touched::from([own]);
    // Whoever joined has accepted; of somebody who did not join, nothing follows.
    if claim.stance != Stance::Affirms || claim.value != Value::State {
        return Ok(touched);
    }
    let mut subjects = vec![claim.subject.clone()];
    subjects.extend(identity::groups_of(connection, &claim.subject)?);
    for subject in subjects {
        let claim = Claim { subject, ..claim.clone() };
        let mut said = vec![predicate(connection, sequence, &claim.predicate)?];
        let mut known = vec![claim.predicate.clone()];
        while let Some(predicate_) = said.pop() {
            for name in &predicate_.implies {
                let other = predicate(connection, sequence, name)?;
                if other.value == ValueKind::State && !known.contains(name) {
                    known.push(name.clone());
                    said.push(other);
                }
            }
            let question = put_question(connection, &Question::of(&claim, &predicate_))?;
            if touched.insert(question) {
                let mut insert = connection
                    .prepare_cached("INSERT INTO implied (question, claim, predicate) VALUES (?1, ?2, ?3)")?;
                insert.execute(params![question, number, predicate_.name])?;
            }
        }
    }
    Ok(touched)
}

/// Puts the claims of some questions where they belong now, after their subjects or objects were merged, parted or
/// put in a group, and says of each question which one it is now.
pub fn settle(connection: &Connection, sequence: u64, questions: &Touched) -> Result<Touched, StoreError> {
    let mut touched = questions.clone();
    let mut claims = std::collections::BTreeSet::new();
    for question in questions {
        let mut select = connection.prepare_cached(
            "SELECT number, sequence FROM claim WHERE question = ?1
             UNION SELECT number, sequence FROM claim JOIN implied ON implied.claim = claim.number
                   WHERE implied.question = ?1",
        )?;
        let rows = select.query_map(params![question], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?)))?;
        for row in rows {
            claims.insert(row?);
        }
    }
    for (number, logged) in claims {
        let (_, body) = View { connection }.checked_entry(logged)?;
        let claim = match &body {
            Body::Claim(claim) => claim,
            Body::Correct(correct) => &correct.claim,
            _ => return Err(StoreError::Damaged(format!("entry {logged} holds no claim"))),
        };
        let mut select = connection.prepare_cached("SELECT question FROM implied WHERE claim = ?1")?;
        for question in select.query_map(params![number], |row| row.get(0))? {
            touched.insert(question?);
        }
        connection.prepare_cached("DELETE FROM implied WHERE claim = ?1")?.execute(params![number])?;
        let own = own_question(connection, logged, claim)?;
        connection.prepare_cached("UPDATE claim SET question = ?2 WHERE number = ?1")?.execute(params![number, own])?;
        touched.extend(imply(connection, logged, number, own, claim)?);
    }
    for &question in questions {
        let listed = View { connection }.question(question)?;
        let listed =
            listed.ok_or_else(|| StoreError::Damaged(format!("entry {sequence}: question {question} is missing")))?;
        let standing = |key: &EntityKey| identity::standing_for(connection, key);
        let of_words = View { connection }.object_is_words(&listed.question)?;
        let now = Question {
            subject: standing(&listed.question.subject)?,
            object: match &listed.question.object {
                Some(object) if !of_words => Some(standing(&EntityKey(object.clone()))?.0),
                object => object.clone(),
            },
            ..listed.question
        };
        let now = put_question(connection, &now)?;
        connection
            .prepare_cached("UPDATE question SET moved = ?2 WHERE number = ?1")?
            .execute(params![question, (now != question).then_some(now)])?;
        touched.insert(now);
    }
    Ok(touched)
}

/// The questions that claims on some sources, and on those that derive from them, bear on; `which` is a condition of SQL
/// on `source`.
pub fn questions_of_sources(
    connection: &Connection,
    which: &str,
    values: impl Params + Clone,
) -> Result<Touched, StoreError> {
    let mut select = connection.prepare_cached(&format!(
        "WITH RECURSIVE page (number) AS (
             SELECT source.number FROM source WHERE {which}
             UNION SELECT upstream.source FROM upstream JOIN page ON page.number = upstream.from_source),
         asked AS (SELECT claim.number, claim.question FROM claim JOIN page ON page.number = claim.source)
         SELECT question FROM asked
         UNION SELECT implied.question FROM implied JOIN asked ON asked.number = implied.claim"
    ))?;
    let touched = select.query_map(values, |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(touched)
}

fn predicate(connection: &Connection, sequence: u64, name: &str) -> Result<Predicate, StoreError> {
    let undefined = || StoreError::Damaged(format!("entry {sequence} uses an undefined predicate `{name}`"));
    View { connection }.predicate(name)?.ok_or_else(undefined)
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
