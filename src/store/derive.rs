//! From entries to the derived tables: the one place where an entry's effect is written down, used live and by
//! `rebuild` alike.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::error::StoreError;
use super::view::View;
use super::{bring, copying, identity, place, statement, table};
use crate::domain::claim::{Claim, Speaker, Status};
use crate::domain::id::{ClaimId, SourceId};
use crate::domain::predicate::Predicate;
use crate::domain::source::SourceDetails;
use crate::quote::fold_name;
use crate::record::body::{Body, Capture, Decide, Derive, FORMAT, Import, Parent, Redact, claim_id};

/// Numbers of the questions whose verdict has to be worked out anew.
pub type Touched = BTreeSet<i64>;

/// Derived tables, children first.
pub const TABLES: [&str; 25] = [
    "bring",
    "redaction",
    "tree_node",
    "one_origin",
    "independent",
    "copying",
    "position",
    "statement",
    "import_mark",
    "import_name",
    "import_bad",
    "import",
    "decision",
    "claim_event",
    "speaker",
    "claim",
    "question",
    "predicate",
    "upstream",
    "credit",
    "member",
    "alias",
    "entity",
    "snapshot",
    "source",
];

/// Empties the derived tables.
pub fn clear(connection: &Connection) -> Result<(), StoreError> {
    // Rows of one table name each other.
    connection.pragma_update(None, "defer_foreign_keys", true)?;
    for table in TABLES {
        connection.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}

/// Works the effect of one entry into the derived tables.
pub fn apply(view: View, sequence: u64, body: &Body) -> Result<Touched, StoreError> {
    let touched = put(view, sequence, body)?;
    // What is said of claims changes nothing that claims are read by; whoever names an entity sees to it himself.
    match body {
        Body::Claim(_) | Body::Attest(_) | Body::Retract(_) | Body::Reinstate(_) | Body::Correct(_) => {}
        Body::Decide(_) | Body::Entity(_) | Body::Hold(_) | Body::Approve(_) => {}
        _ => view.known.forget(),
    }
    Ok(touched)
}

fn put(view: View, sequence: u64, body: &Body) -> Result<Touched, StoreError> {
    match body {
        Body::Begin(begin) if begin.format == FORMAT => Ok(Touched::new()),
        Body::Begin(begin) => Err(StoreError::Format(begin.format.clone())),
        Body::Capture(capture) => captured(view, sequence, capture),
        Body::Describe(describe) => {
            described(view, sequence, describe.source, &describe.details, &SourceDetails::default())
        }
        Body::Entity(entity) => identity::named(view, sequence, entity),
        Body::Predicate(predicate) => defined(view, predicate),
        Body::Claim(claim) => logged(view, sequence, claim),
        Body::Attest(attest) => happened(view, sequence, attest.claim, None),
        Body::Retract(judged) => happened(view, sequence, judged.claim, Some(Status::Retracted)),
        Body::Reinstate(judged) => happened(view, sequence, judged.claim, Some(Status::Standing)),
        Body::Hold(held) => happened(view, sequence, held.claim, Some(Status::Pending)),
        Body::Approve(approved) => happened(view, sequence, approved.claim, Some(Status::Standing)),
        Body::Correct(correct) => {
            let mut touched = happened(view, sequence, correct.retracts, Some(Status::Retracted))?;
            touched.extend(logged(view, sequence, &correct.claim)?);
            Ok(touched)
        }
        Body::Merge(merge) => identity::merged(view, sequence, &merge.entity, &merge.into),
        Body::Unmerge(unmerge) => identity::unmerged(view, sequence, &unmerge.entity),
        Body::Derive(derive) => derives(view, sequence, derive, true),
        Body::Underive(derive) => derives(view, sequence, derive, false),
        Body::Decide(decide) => decided(view, sequence, decide),
        Body::Import(import) => imported(view, sequence, import),
        Body::Copying(found) => copying::found(view, sequence, found),
        Body::Independent(independent) => copying::parted(view, sequence, independent),
        // What is removed is known before: it has no effect any more.
        Body::Redact(_) => Ok(Touched::new()),
        Body::Bring(brought) => bring::put(view, sequence, brought),
    }
}

/// What is left of the effect of an entry whose body was removed.
pub fn apply_redacted(view: View, sequence: u64, redact: &Redact) -> Result<Touched, StoreError> {
    match redact.retracts {
        Some(claim) => happened(view, sequence, claim, Some(Status::Retracted)),
        None => Ok(Touched::new()),
    }
}

fn captured(view: View, sequence: u64, capture: &Capture) -> Result<Touched, StoreError> {
    let mut insert =
        view.prepare("INSERT INTO source (id, given, page) VALUES (?1, '{}', '{}') ON CONFLICT (id) DO NOTHING")?;
    insert.execute(params![capture.source.0.0.as_slice()])?;
    let touched = described(view, sequence, capture.source, &capture.details, &capture.page)?;
    let mut insert = view.prepare(
        "INSERT INTO snapshot (source, sha256, size, media_type, charset, text, layout, extractor, sequence, captured)
         SELECT number, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                max(json_extract(entry.header, '$.time'),
                    coalesce((SELECT max(captured) FROM snapshot WHERE snapshot.source = source.number), ''))
         FROM source JOIN entry ON entry.sequence = ?9 WHERE id = ?1",
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
    view: View,
    sequence: u64,
    source: SourceId,
    given: &SourceDetails,
    page: &SourceDetails,
) -> Result<Touched, StoreError> {
    let mut select = view.prepare("SELECT url, given, page FROM source WHERE id = ?1")?;
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
    let page_before = read(page_before)?;
    // A page that gives a later date in a later version was published when the first one says.
    let published = page_before.published.clone().or(page.published.clone());
    let page = SourceDetails { published, ..page.clone().or(page_before) };
    let details = given.clone().or(page.clone());
    let mut update = view.prepare(
        "UPDATE source SET url = ?2, title = ?3, publisher = ?4, author = ?5, published = ?6, language = ?7,
                given = ?8, page = ?9, outlet = ?10
         WHERE id = ?1",
    )?;
    let outlet = details.publisher.as_deref().map(fold_name);
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
        outlet,
    ])?;
    let credits = "DELETE FROM credit WHERE source = (SELECT number FROM source WHERE id = ?1)";
    view.prepare(credits)?.execute(params![source.0.0.as_slice()])?;
    let mut insert = view.prepare(
        "INSERT INTO credit (source, folded, name) SELECT number, ?2, ?3 FROM source WHERE id = ?1
         ON CONFLICT (source, folded) DO NOTHING",
    )?;
    for name in details.credits.iter().flatten() {
        insert.execute(params![source.0.0.as_slice(), fold_name(name), name])?;
    }
    place::questions_of_sources(view, "source.id = ?1", params![source.0.0.as_slice()])
}

fn defined(view: View, predicate: &Predicate) -> Result<Touched, StoreError> {
    let mut insert = view.prepare("INSERT INTO predicate (name, definition) VALUES (?1, ?2)")?;
    insert.execute(params![predicate.name, serde_json::json!(predicate).to_string()])?;
    Ok(Touched::new())
}

fn logged(view: View, sequence: u64, claim: &Claim) -> Result<Touched, StoreError> {
    // Whom it goes back to is worked out with its question, where the other claims on it are known.
    let (question, standing) = place::own_question(view, sequence, claim)?;
    let number = table::take_claims(view, 1)? as i64;
    let (source, snapshot) = place::rows_of(view, sequence, claim)?;
    let mut insert = view.prepare(
        "INSERT INTO claim (number, id, sequence, question, source, snapshot) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let id = claim_id(claim)?;
    insert.execute(params![number, id.0.0.as_slice(), sequence as i64, question, source, snapshot])?;
    let mut insert =
        view.prepare("INSERT INTO speaker (entity, claim) VALUES (?1, ?2) ON CONFLICT (entity, claim) DO NOTHING")?;
    for link in &claim.by {
        if let Speaker::Entity(key) = &link.who {
            insert.execute(params![identity::number(view, sequence, key)?, number])?;
        }
    }
    place::put(view, sequence, number, question, &standing, Status::Standing)
}

fn imported(view: View, sequence: u64, import: &Import) -> Result<Touched, StoreError> {
    // Without its text there are no rows.
    if view.redacted_bytes(import.text)?.is_some() {
        return Ok(Touched::new());
    }
    let text = table::text_of(view, import)?;
    let found = table::import(view, sequence, import, &text, &|_, _| {})?;
    if found.said != Some(import.said) || found.claims != import.claims {
        return Err(StoreError::ReadOtherwise { sequence, parser: import.parser.clone() });
    }
    Ok(found.questions.into_iter().chain(found.touched).collect())
}

/// A source derives from another, or does not after all: the origins of what is asked on it are worked out anew.
fn derives(view: View, sequence: u64, derive: &Derive, holds: bool) -> Result<Touched, StoreError> {
    let unknown = |what: &str| StoreError::Damaged(format!("entry {sequence} names {what} that is not on record"));
    let source = |id: SourceId| -> Result<i64, StoreError> {
        let mut select = view.prepare("SELECT number FROM source WHERE id = ?1")?;
        select.query_row(params![id.0.0.as_slice()], |row| row.get(0)).optional()?.ok_or_else(|| unknown("a source"))
    };
    let number = source(derive.source)?;
    let (from_source, from_entity) = match &derive.from {
        Parent::Source(id) => (Some(source(*id)?), None),
        Parent::Entity(key) => (None, Some(identity::number(view, sequence, key)?)),
    };
    let (shared, of) = derive.text.map(|text| (text.shared as i64, text.of as i64)).unzip();
    let sql = match holds {
        true => "INSERT INTO upstream (source, from_source, from_entity, shared, of) VALUES (?1, ?2, ?3, ?4, ?5)",
        false => {
            "DELETE FROM upstream WHERE source = ?1 AND from_source IS ?2 AND from_entity IS ?3
             AND ?4 IS NULL AND ?5 IS NULL"
        }
    };
    if view.prepare(sql)?.execute(params![number, from_source, from_entity, shared, of])? != 1 {
        return Err(unknown("a derivation"));
    }
    place::questions_of_sources(view, "source.number = ?1", params![number])
}

fn decided(view: View, sequence: u64, decide: &Decide) -> Result<Touched, StoreError> {
    let (sql, id) = match decide {
        Decide::Finding(decision) => (
            "INSERT INTO decision (sequence, question) SELECT ?1, number FROM question WHERE id = ?2",
            decision.finding.0,
        ),
        Decide::Claim(decision) => {
            let Some((number, _)) = found(view, sequence, decision.claim)? else { return Ok(Touched::new()) };
            let mut insert = view.prepare("INSERT INTO decision (sequence, claim) VALUES (?1, ?2)")?;
            insert.execute(params![sequence as i64, number])?;
            return Ok(Touched::new());
        }
    };
    if view.prepare(sql)?.execute(params![sequence as i64, id.0.as_slice()])? != 1 && !view.any_body_redacted()? {
        return Err(StoreError::Damaged(format!("entry {sequence} decides on what is not on record: {id}")));
    }
    // A decision changes no verdict.
    Ok(Touched::new())
}

/// The number and the own question of a claim that an entry names; `None` for one whose own entry may have been redacted.
fn found(view: View, sequence: u64, claim: ClaimId) -> Result<Option<(i64, i64)>, StoreError> {
    let found = view.find_claim(claim)?;
    if found.is_none() && !view.any_body_redacted()? {
        return Err(StoreError::Damaged(format!("entry {sequence} names a claim that is not on record: {claim}")));
    }
    Ok(found)
}

fn happened(view: View, sequence: u64, claim: ClaimId, status: Option<Status>) -> Result<Touched, StoreError> {
    let Some((number, question)) = found(view, sequence, claim)? else { return Ok(Touched::new()) };
    let mut insert = view.prepare("INSERT INTO claim_event (claim, sequence) VALUES (?1, ?2)")?;
    insert.execute(params![number, sequence as i64])?;
    let Some(status) = status else { return Ok(Touched::new()) };
    let touched = place::questions_of(view, number, question)?;
    for question in &touched {
        statement::put_status(view, *question, number, status)?;
    }
    Ok(touched)
}
