//! Which questions a claim answers: its own; those of what it implies ("joined" implies "accepted"); and those about the
//! groups its subject belongs to, where somebody may have said that none of them did.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::{OptionalExtension, Params, params};

use super::derive::Touched;
use super::error::StoreError;
use super::origins::quoted;
use super::statement::Place;
use super::{View, identity, statement, table};
use crate::domain::claim::{Claim, EntityKey, Stance, Status, Value};
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::question::{Question, UnitClass};
use crate::record::body::{Body, question_id};

/// The row of the question that a claim answers, and the claim as it stands after all merges.
pub fn own_question(view: View, sequence: u64, claim: &Claim) -> Result<(i64, Claim), StoreError> {
    let claim = identity::as_it_stands(view, claim.clone())?;
    let question = Question::of(&claim, &*predicate(view, sequence, &claim.predicate)?);
    Ok((put_question(view, &question)?, claim))
}

/// The questions that a claim bears on, its own among them.
pub fn questions_of(view: View, number: i64, own: i64) -> Result<Touched, StoreError> {
    let sql = "SELECT question FROM statement WHERE claim = ?1 AND says IS NOT NULL";
    let mut select = view.prepare(sql)?;
    let mut questions: Touched = select.query_map(params![number], |row| row.get(0))?.collect::<Result<_, _>>()?;
    questions.insert(own);
    Ok(questions)
}

/// Puts a claim, as it stands after all merges, on the question it answers and on the others that it bears on. Answers
/// all of them.
pub fn put(
    view: View,
    sequence: u64,
    number: i64,
    own: i64,
    claim: &Claim,
    status: Status,
) -> Result<Touched, StoreError> {
    let predicate_ = predicate(view, sequence, &claim.predicate)?;
    let group = predicate_.exclusive.as_ref().filter(|group| **group != claim.predicate);
    let says = group.map(|_| claim.predicate.as_str());
    let (source, _) = rows_of(view, sequence, claim)?;
    let page = view.source_by_number(source)?;
    let quoted = quoted(claim, &page);
    let speaker = quoted.map(|key| view.settled(key)).transpose()?.flatten();
    let quoted = quoted.is_some();
    let place = Place { question: own, claim: number, source, speaker, quoted, says, member: None };
    statement::put(view, place, claim, status)?;
    let mut touched = Touched::from([own]);
    // Whoever joined has accepted; of somebody who did not join, nothing follows.
    if claim.stance != Stance::Affirms || claim.value != Value::State {
        return Ok(touched);
    }
    let mut subjects = vec![claim.subject.clone()];
    subjects.extend(identity::groups_of(view, &claim.subject)?);
    for subject in subjects {
        let member = (subject != claim.subject).then(|| claim.subject.clone());
        let claim = Claim { subject, ..claim.clone() };
        let mut said = vec![predicate(view, sequence, &claim.predicate)?];
        let mut known = BTreeSet::from([claim.predicate.clone()]);
        while let Some(predicate_) = said.pop() {
            for name in &predicate_.implies {
                let other = predicate(view, sequence, name)?;
                if other.value == ValueKind::State && known.insert(name.clone()) {
                    said.push(other);
                }
            }
            let question = put_question(view, &Question::of(&claim, &predicate_))?;
            if touched.insert(question) {
                let says = Some(predicate_.name.as_str());
                let place = Place { question, claim: number, source, speaker, quoted, says, member: member.as_ref() };
                statement::put(view, place, &claim, status)?;
            }
        }
    }
    Ok(touched)
}

/// Puts the claims of some questions where they belong now, after their subjects or objects were merged, parted or
/// put in a group, and says of each question which one it is now.
pub fn settle(view: View, sequence: u64, questions: &Touched) -> Result<Touched, StoreError> {
    let mut touched = questions.clone();
    let mut claims = BTreeSet::new();
    for question in questions {
        let mut select = view.prepare(
            "SELECT number, sequence, claim.question, form FROM statement JOIN claim ON number = claim
             WHERE statement.question = ?1",
        )?;
        let rows = select.query_map(params![question], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?, row.get::<_, i64>(2)?, row.get::<_, u32>(3)?))
        })?;
        for row in rows {
            let (number, sequence, own, bits) = row?;
            claims.insert((number, sequence, own, statement::status_of(bits)));
        }
    }
    for (number, logged, own, status) in claims {
        let (_, body) = view.checked_entry(logged)?;
        let claim = match &body {
            Body::Claim(claim) => claim,
            Body::Correct(correct) => &correct.claim,
            _ => return Err(StoreError::Damaged(format!("entry {logged} holds no claim"))),
        };
        let mut delete = view.prepare("DELETE FROM statement WHERE question = ?1 AND claim = ?2")?;
        for question in questions_of(view, number, own)? {
            delete.execute(params![question, number])?;
            touched.insert(question);
        }
        let (own, claim) = own_question(view, logged, claim)?;
        view.prepare("UPDATE claim SET question = ?2 WHERE number = ?1")?.execute(params![number, own])?;
        touched.extend(put(view, logged, number, own, &claim, status)?);
    }
    touched.extend(settle_imported(view, sequence, questions)?);
    for &question in questions {
        let listed = view.question(question)?;
        let listed =
            listed.ok_or_else(|| StoreError::Damaged(format!("entry {sequence}: question {question} is missing")))?;
        let standing = |key: &EntityKey| identity::standing_for(view, key);
        let of_words = view.object_is_words(&listed.question)?;
        let now = Question {
            subject: standing(&listed.question.subject)?,
            object: match &listed.question.object {
                Some(object) if !of_words => Some(standing(&EntityKey(object.clone()))?.0),
                object => object.clone(),
            },
            ..listed.question
        };
        let now = put_question(view, &now)?;
        view.prepare("UPDATE question SET moved = ?2 WHERE number = ?1")?
            .execute(params![question, (now != question).then_some(now)])?;
        touched.insert(now);
    }
    Ok(touched)
}

/// Puts the claims of imports on some questions where they belong now.
fn settle_imported(view: View, sequence: u64, questions: &Touched) -> Result<Touched, StoreError> {
    let mut touched = Touched::new();
    let tables = view.tables()?;
    if tables.is_empty() {
        return Ok(touched);
    }
    let mut select = view.prepare("SELECT claim FROM statement WHERE question = ?1 ORDER BY claim")?;
    let mut update = view.prepare("UPDATE statement SET question = ?3 WHERE question = ?1 AND claim = ?2")?;
    for &question in questions {
        let claims: Vec<i64> = select.query_map(params![question], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for claim in claims {
            if tables.import_of(claim as u64).is_none() {
                continue;
            }
            let missing = || StoreError::Damaged(format!("entry {sequence}: claim {claim} is not in its table"));
            let now = put_question(view, &view.imported_question(claim as u64)?.ok_or_else(missing)?)?;
            if now != question {
                update.execute(params![question, claim, now])?;
                touched.insert(now);
            }
        }
    }
    Ok(touched)
}

/// The questions that claims on some sources, and on those that derive from them, bear on, after something else is said of
/// these sources; `which` is a condition of SQL on `source`.
pub fn questions_of_sources(view: View, which: &str, values: impl Params + Clone) -> Result<Touched, StoreError> {
    let pages = format!(
        "WITH RECURSIVE page (number) AS (
             SELECT source.number FROM source WHERE {which}
             UNION SELECT upstream.source FROM upstream JOIN page ON page.number = upstream.from_source)"
    );
    // Few pages and many claims, which is what `CROSS` tells SQLite: it would look at all claims to find those of a page.
    let mut select = view.prepare(&format!(
        "{pages}, asked AS (SELECT claim.number, claim.question FROM page CROSS JOIN claim ON claim.source = page.number)
         SELECT question FROM asked
         UNION SELECT statement.question FROM asked CROSS JOIN statement ON statement.claim = asked.number
         WHERE statement.says IS NOT NULL"
    ))?;
    let mut touched: Touched = select.query_map(values.clone(), |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut select = view.prepare(&format!(
        "{pages} SELECT DISTINCT page.number FROM page CROSS JOIN import ON import.source = page.number"
    ))?;
    let tables: Vec<i64> = select.query_map(values, |row| row.get(0))?.collect::<Result<_, _>>()?;
    if tables.is_empty() {
        return Ok(touched);
    }
    table::republished(view, &tables)?;
    let mut select = view.prepare("SELECT DISTINCT question FROM statement WHERE source = ?1")?;
    for table in tables {
        for question in select.query_map(params![table], |row| row.get(0))? {
            touched.insert(question?);
        }
    }
    Ok(touched)
}

/// The rows of the source and of the snapshot that a claim was read in.
pub fn rows_of(view: View, sequence: u64, claim: &Claim) -> Result<(i64, i64), StoreError> {
    let found = view.known.snapshots.get((claim.source, claim.snapshot, claim.text), |_| {
        let mut select = view.prepare(
            "SELECT source.number, snapshot.number FROM source JOIN snapshot ON snapshot.source = source.number
             WHERE source.id = ?1 AND snapshot.sha256 = ?2 AND snapshot.text = ?3",
        )?;
        let hashes = params![claim.source.0.0.as_slice(), claim.snapshot.0.as_slice(), claim.text.0.as_slice()];
        Ok(select.query_row(hashes, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    })?;
    let missing = || StoreError::Damaged(format!("entry {sequence} names a snapshot that was never captured"));
    found.ok_or_else(missing)
}

pub fn predicate(view: View, sequence: u64, name: &str) -> Result<Arc<Predicate>, StoreError> {
    let undefined = || StoreError::Damaged(format!("entry {sequence} uses an undefined predicate `{name}`"));
    view.predicate(name)?.ok_or_else(undefined)
}

/// The row of a question, which is put there where it is not on record.
pub fn put_question(view: View, question: &Question) -> Result<i64, StoreError> {
    view.known.questions.get_by(question, || insert_question(view, question))
}

/// The same for one that is asked for but once.
pub fn insert_question(view: View, question: &Question) -> Result<i64, StoreError> {
    let id = question_id(question)?;
    let mut insert = view.prepare(
        "INSERT INTO question (id, subject, predicate, object, unit, verdict, severity, claims, origins)
         VALUES (?1, ?2, ?3, ?4, ?5, 'alone', 0, 0, 0) ON CONFLICT (id) DO NOTHING",
    )?;
    let inserted = insert.execute(params![
        id.0.0.as_slice(),
        question.subject.0,
        question.predicate,
        question.object,
        question.unit.as_ref().map(UnitClass::name),
    ])?;
    if inserted == 1 {
        return Ok(view.connection.last_insert_rowid());
    }
    let mut select = view.prepare("SELECT number FROM question WHERE id = ?1")?;
    Ok(select.query_row(params![id.0.0.as_slice()], |row| row.get(0))?)
}
