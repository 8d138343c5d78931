//! Which questions a claim answers: its own; those of what it implies ("joined" implies "accepted"); and those about the
//! groups its subject belongs to, where somebody may have said that none of them did.

use rusqlite::{Connection, OptionalExtension, Params, params};

use super::derive::Touched;
use super::error::StoreError;
use super::statement::Place;
use super::table::Tables;
use super::{View, identity, statement};
use crate::domain::claim::{Claim, EntityKey, Stance, Value};
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::question::{Question, UnitClass};
use crate::record::body::{Body, question_id};

/// The row of the question that a claim answers, and the claim as it stands after all merges.
pub fn own_question(connection: &Connection, sequence: u64, claim: &Claim) -> Result<(i64, Claim), StoreError> {
    let claim = identity::as_it_stands(connection, claim.clone())?;
    let question = Question::of(&claim, &predicate(connection, sequence, &claim.predicate)?);
    Ok((put_question(connection, &question)?, claim))
}

/// The questions that a claim bears on, its own among them.
pub fn questions_of(connection: &Connection, number: i64, own: i64) -> Result<Touched, StoreError> {
    let sql = "SELECT question FROM statement WHERE claim = ?1 AND says IS NOT NULL";
    let mut select = connection.prepare_cached(sql)?;
    let mut questions: Touched = select.query_map(params![number], |row| row.get(0))?.collect::<Result<_, _>>()?;
    questions.insert(own);
    Ok(questions)
}

/// Puts a claim, as it stands after all merges, on the question it answers and on the others that it bears on. Answers
/// all of them.
pub fn put(
    connection: &Connection,
    sequence: u64,
    number: i64,
    own: i64,
    claim: &Claim,
    retracted: bool,
) -> Result<Touched, StoreError> {
    let group = predicate(connection, sequence, &claim.predicate)?.exclusive;
    let says = group.filter(|group| *group != claim.predicate).map(|_| claim.predicate.as_str());
    statement::put(connection, Place { question: own, claim: number, says, member: None }, claim, retracted)?;
    let mut touched = Touched::from([own]);
    // Whoever joined has accepted; of somebody who did not join, nothing follows.
    if claim.stance != Stance::Affirms || claim.value != Value::State {
        return Ok(touched);
    }
    let mut subjects = vec![claim.subject.clone()];
    subjects.extend(identity::groups_of(connection, &claim.subject)?);
    for subject in subjects {
        let member = (subject != claim.subject).then(|| claim.subject.clone());
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
                let says = Some(predicate_.name.as_str());
                let place = Place { question, claim: number, says, member: member.as_ref() };
                statement::put(connection, place, &claim, retracted)?;
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
            "SELECT number, sequence, claim.question, form FROM statement JOIN claim ON number = claim
             WHERE statement.question = ?1",
        )?;
        let rows = select.query_map(params![question], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?, row.get::<_, i64>(2)?, row.get::<_, u32>(3)?))
        })?;
        for row in rows {
            let (number, sequence, own, bits) = row?;
            claims.insert((number, sequence, own, bits & statement::RETRACTED != 0));
        }
    }
    for (number, logged, own, retracted) in claims {
        let (_, body) = View { connection }.checked_entry(logged)?;
        let claim = match &body {
            Body::Claim(claim) => claim,
            Body::Correct(correct) => &correct.claim,
            _ => return Err(StoreError::Damaged(format!("entry {logged} holds no claim"))),
        };
        let mut delete = connection.prepare_cached("DELETE FROM statement WHERE question = ?1 AND claim = ?2")?;
        for question in questions_of(connection, number, own)? {
            delete.execute(params![question, number])?;
            touched.insert(question);
        }
        let (own, claim) = own_question(connection, logged, claim)?;
        connection.prepare_cached("UPDATE claim SET question = ?2 WHERE number = ?1")?.execute(params![number, own])?;
        touched.extend(put(connection, logged, number, own, &claim, retracted)?);
    }
    touched.extend(settle_imported(connection, sequence, questions)?);
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

/// Puts the claims of imports on some questions where they belong now.
fn settle_imported(connection: &Connection, sequence: u64, questions: &Touched) -> Result<Touched, StoreError> {
    let mut touched = Touched::new();
    let mut tables = Tables::new(View { connection })?;
    if tables.is_empty() {
        return Ok(touched);
    }
    let mut select = connection.prepare_cached("SELECT claim FROM statement WHERE question = ?1 ORDER BY claim")?;
    let mut update =
        connection.prepare_cached("UPDATE statement SET question = ?3 WHERE question = ?1 AND claim = ?2")?;
    for &question in questions {
        let claims: Vec<i64> = select.query_map(params![question], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for claim in claims {
            if tables.import_of(claim as u64).is_none() {
                continue;
            }
            let missing = || StoreError::Damaged(format!("entry {sequence}: claim {claim} is not in its table"));
            let now = put_question(connection, &tables.question(claim as u64)?.ok_or_else(missing)?)?;
            if now != question {
                update.execute(params![question, claim, now])?;
                touched.insert(now);
            }
        }
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
         UNION SELECT statement.question FROM asked JOIN statement ON statement.claim = asked.number
         WHERE statement.says IS NOT NULL"
    ))?;
    let touched = select.query_map(values, |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(touched)
}

pub fn predicate(connection: &Connection, sequence: u64, name: &str) -> Result<Predicate, StoreError> {
    let undefined = || StoreError::Damaged(format!("entry {sequence} uses an undefined predicate `{name}`"));
    View { connection }.predicate(name)?.ok_or_else(undefined)
}

pub fn put_question(connection: &Connection, question: &Question) -> Result<i64, StoreError> {
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
