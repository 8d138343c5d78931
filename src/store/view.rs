//! Reading the ledger.

use std::collections::HashMap;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::error::StoreError;
use crate::domain::claim::{Claim, Entity, EntityKey, Status};
use crate::domain::id::{ClaimId, Digest, QuestionId, SourceId};
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::question::{Question, UnitClass};
use crate::domain::source::SourceDetails;
use crate::domain::text::{Block, Segment, Span, Text};
use crate::reconcile::statement::{Frame, Statement};
use crate::record::body::{Body, Layout};
use crate::record::entry::{Entry, Header};

/// The ledger, for reading: within a transaction, or as it stands at each call.
#[derive(Clone, Copy)]
pub struct View<'c> {
    pub(super) connection: &'c Connection,
}

/// A source on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRow {
    /// Its row.
    pub number: i64,
    /// Its id.
    pub id: SourceId,
    /// What is known about it.
    pub details: SourceDetails,
}

/// A snapshot on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Its row.
    pub number: i64,
    /// The row of its source.
    pub source: i64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub size: u64,
    /// IANA media type.
    pub media_type: String,
    /// WHATWG encoding label.
    pub charset: String,
    /// SHA-256 of the text.
    pub text: Digest,
    /// SHA-256 of the layout.
    pub layout: Digest,
    /// What extracted the text.
    pub extractor: String,
    /// The entry that captured it.
    pub sequence: u64,
}

/// A claim on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Its id.
    pub id: ClaimId,
    /// The claim.
    pub claim: Claim,
    /// The entry that holds it.
    pub sequence: u64,
    /// The row of the question it answers.
    pub question: i64,
    /// The predicate that it says: its own, or, among the claims of another question, the one that it implies there.
    pub says: String,
    /// Its resolved origin: an entity key, or an anonymous class.
    pub origin: String,
    /// Whether it stands.
    pub status: Status,
    /// The source it was read in.
    pub source: SourceRow,
}

/// A question as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedQuestion {
    /// Its row.
    pub number: i64,
    /// Its id.
    pub id: QuestionId,
    /// The question.
    pub question: Question,
    /// Where it stands in the list of findings; 0 for no finding.
    pub severity: i64,
}

fn digest(bytes: Vec<u8>) -> Result<Digest, rusqlite::Error> {
    <[u8; 32]>::try_from(bytes.as_slice())
        .map(Digest)
        .map_err(|_| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, "not a hash".into()))
}

fn parsed<T: std::str::FromStr>(text: Option<String>) -> Result<Option<T>, rusqlite::Error>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let failure = |e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e));
    text.map(|text| text.parse().map_err(failure)).transpose()
}

const SOURCE: &str = "SELECT source.number, source.id, source.url, source.title, source.publisher, source.author, \
                      source.published, source.language FROM source";

fn source_row(row: &Row) -> Result<SourceRow, rusqlite::Error> {
    Ok(SourceRow {
        number: row.get(0)?,
        id: SourceId(digest(row.get(1)?)?),
        details: SourceDetails {
            url: row.get(2)?,
            title: row.get(3)?,
            publisher: row.get(4)?,
            author: row.get(5)?,
            published: parsed(row.get(6)?)?,
            language: row.get(7)?,
        },
    })
}

const SNAPSHOT: &str = "SELECT number, source, sha256, size, media_type, charset, text, layout, extractor, sequence \
                        FROM snapshot";

fn snapshot_row(row: &Row) -> Result<SnapshotRow, rusqlite::Error> {
    Ok(SnapshotRow {
        number: row.get(0)?,
        source: row.get(1)?,
        sha256: digest(row.get(2)?)?,
        size: row.get::<_, i64>(3)?.unsigned_abs(),
        media_type: row.get(4)?,
        charset: row.get(5)?,
        text: digest(row.get(6)?)?,
        layout: digest(row.get(7)?)?,
        extractor: row.get(8)?,
        sequence: row.get(9)?,
    })
}

const QUESTION: &str = "SELECT number, id, subject, predicate, object, unit, severity FROM question";

fn question_row(row: &Row) -> Result<ListedQuestion, rusqlite::Error> {
    Ok(ListedQuestion {
        number: row.get(0)?,
        id: QuestionId(digest(row.get(1)?)?),
        question: Question {
            subject: EntityKey(row.get(2)?),
            predicate: row.get(3)?,
            object: row.get(4)?,
            unit: row.get::<_, Option<String>>(5)?.map(|name| UnitClass::from_name(&name)),
        },
        severity: row.get(6)?,
    })
}

/// The range of ids that begin with some hexadecimal digits.
fn id_range(prefix: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    if prefix.is_empty() || prefix.len() > 64 || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let bound = |fill: char| format!("{prefix:<64}").replace(' ', &fill.to_string()).parse::<Digest>().ok();
    Some((bound('0')?.0.to_vec(), bound('f')?.0.to_vec()))
}

impl<'c> View<'c> {
    fn rows<T>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Sql>,
        read: impl FnMut(&Row) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map(params_from_iter(values), read)?.collect::<Result<_, _>>()?;
        Ok(rows)
    }

    // ---- the record

    /// How many entries there are.
    pub fn n_entries(&self) -> Result<u64, StoreError> {
        Ok(self.connection.query_row("SELECT coalesce(max(sequence) + 1, 0) FROM entry", [], |row| row.get(0))?)
    }

    /// An entry, checked against its own hash.
    pub fn checked_entry(&self, sequence: u64) -> Result<(Header, Body), StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT header, salt, body FROM entry JOIN entry_body USING (sequence) WHERE sequence = ?1",
        )?;
        let entry = select
            .query_row(params![sequence as i64], |row| {
                Ok(Entry { header: row.get(0)?, salt: row.get(1)?, body: row.get(2)? })
            })
            .optional()?
            .ok_or_else(|| StoreError::Damaged(format!("entry {sequence} is missing, or its body is")))?;
        let (header, body) = entry.checked().map_err(|error| StoreError::Entry { sequence, error })?;
        if header.sequence != sequence {
            let found = header.sequence;
            return Err(StoreError::Damaged(format!("entry {sequence} says that it is entry {found}")));
        }
        Ok((header, body))
    }

    /// What happened to a claim after it was logged, in order.
    pub fn events(&self, claim: ClaimId) -> Result<Vec<(Header, Body)>, StoreError> {
        let sequences: Vec<u64> = self.rows(
            "SELECT claim_event.sequence FROM claim_event JOIN claim ON claim.number = claim_event.claim
             WHERE claim.id = ?1 ORDER BY claim_event.sequence",
            [Sql::Blob(claim.0.0.to_vec())],
            |row| row.get(0),
        )?;
        sequences.into_iter().map(|sequence| self.checked_entry(sequence)).collect()
    }

    /// The stored bytes of that hash.
    pub fn bytes(&self, digest: Digest) -> Result<Vec<u8>, StoreError> {
        super::blob(self.connection, digest)?
            .ok_or_else(|| StoreError::Damaged(format!("the bytes of {digest} are missing")))
    }

    // ---- sources

    /// All sources, in the order they were captured.
    pub fn sources(&self) -> Result<Vec<SourceRow>, StoreError> {
        self.rows(&format!("{SOURCE} ORDER BY number"), [], source_row)
    }

    /// The source of that id.
    pub fn source(&self, id: SourceId) -> Result<Option<SourceRow>, StoreError> {
        let found = self.rows(&format!("{SOURCE} WHERE id = ?1"), [Sql::Blob(id.0.0.to_vec())], source_row)?;
        Ok(found.into_iter().next())
    }

    /// Sources with that URL.
    pub fn sources_by_url(&self, url: &str) -> Result<Vec<SourceRow>, StoreError> {
        self.rows(&format!("{SOURCE} WHERE url = ?1"), [Sql::Text(url.to_string())], source_row)
    }

    /// Sources whose id, or one of whose snapshots' hashes, begins with these hexadecimal digits.
    pub fn sources_by_prefix(&self, prefix: &str) -> Result<Vec<SourceRow>, StoreError> {
        let Some((from, to)) = id_range(prefix) else { return Ok(Vec::new()) };
        let sql = format!(
            "{SOURCE} WHERE id BETWEEN ?1 AND ?2
             OR number IN (SELECT source FROM snapshot WHERE sha256 BETWEEN ?1 AND ?2) ORDER BY number"
        );
        self.rows(&sql, [Sql::Blob(from), Sql::Blob(to)], source_row)
    }

    /// The snapshots of a source, oldest first.
    pub fn snapshots(&self, source: i64) -> Result<Vec<SnapshotRow>, StoreError> {
        self.rows(&format!("{SNAPSHOT} WHERE source = ?1 ORDER BY number"), [Sql::Integer(source)], snapshot_row)
    }

    /// Every snapshot, oldest first.
    pub fn all_snapshots(&self) -> Result<Vec<SnapshotRow>, StoreError> {
        self.rows(&format!("{SNAPSHOT} ORDER BY number"), [], snapshot_row)
    }

    /// The text of a snapshot, with its layout.
    pub fn text(&self, snapshot: &SnapshotRow) -> Result<Text, StoreError> {
        let damaged = |what: String| StoreError::Damaged(format!("the text of snapshot {}: {what}", snapshot.sha256));
        let content = String::from_utf8(self.bytes(snapshot.text)?).map_err(|error| damaged(error.to_string()))?;
        let layout: Layout =
            serde_json::from_slice(&self.bytes(snapshot.layout)?).map_err(|error| damaged(error.to_string()))?;
        Ok(Text {
            content,
            blocks: layout.blocks.iter().map(|&(role, a, b)| Block { role, span: Span::new(a, b) }).collect(),
            segments: layout
                .segments
                .iter()
                .map(|&(a, b, c, d)| Segment { text: Span::new(a, b), bytes: Span::new(c, d) })
                .collect(),
            extractor: snapshot.extractor.clone(),
        })
    }

    // ---- entities and predicates

    /// All entities, by key.
    pub fn entities(&self) -> Result<Vec<Entity>, StoreError> {
        let mut entities = self.rows("SELECT key, name FROM entity ORDER BY key", [], |row| {
            Ok(Entity { key: EntityKey(row.get(0)?), name: row.get(1)?, aliases: Vec::new() })
        })?;
        let aliases = self.rows(
            "SELECT entity.key, alias.name FROM alias JOIN entity ON entity.number = alias.entity
             WHERE alias.name <> entity.name ORDER BY entity.key, alias.name",
            [],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )?;
        let mut aliases = aliases.into_iter().peekable();
        for entity in &mut entities {
            while let Some((_, name)) = aliases.next_if(|(key, _)| *key == entity.key.0) {
                entity.aliases.push(name);
            }
        }
        Ok(entities)
    }

    /// The shown name of an entity.
    pub fn name(&self, key: &EntityKey) -> Result<Option<String>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT name FROM entity WHERE key = ?1")?;
        Ok(select.query_row(params![key.0], |row| row.get(0)).optional()?)
    }

    /// Entities that go by a folded name.
    pub fn entities_called(&self, folded: &str) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT entity.key FROM alias JOIN entity ON entity.number = alias.entity WHERE folded = ?1 ORDER BY 1",
            [Sql::Text(folded.to_string())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// Every name that some entity goes by.
    pub fn names(&self) -> Result<Vec<String>, StoreError> {
        self.rows("SELECT DISTINCT name FROM alias ORDER BY name", [], |row| row.get(0))
    }

    /// The predicate of that name.
    pub fn predicate(&self, name: &str) -> Result<Option<Predicate>, StoreError> {
        let found = self.predicates_where("WHERE name = ?1", [Sql::Text(name.to_string())])?;
        Ok(found.into_iter().next())
    }

    /// All predicates, by name.
    pub fn predicates(&self) -> Result<Vec<Predicate>, StoreError> {
        self.predicates_where("ORDER BY name", [])
    }

    fn predicates_where(
        &self,
        clause: &str,
        values: impl IntoIterator<Item = Sql>,
    ) -> Result<Vec<Predicate>, StoreError> {
        let definitions: Vec<String> =
            self.rows(&format!("SELECT definition FROM predicate {clause}"), values, |row| row.get(0))?;
        let read = |definition: String| {
            serde_json::from_str(&definition).map_err(|error| StoreError::Damaged(format!("a predicate: {error}")))
        };
        definitions.into_iter().map(read).collect()
    }

    // ---- claims

    fn claims_where(&self, clause: &str, values: impl IntoIterator<Item = Sql>) -> Result<Vec<ClaimRow>, StoreError> {
        let sql = format!(
            "SELECT source.number, source.id, source.url, source.title, source.publisher, source.author,
                    source.published, source.language,
                    claim.id, claim.sequence, claim.question, claim.origin, claim.status, entry_body.body
             FROM claim JOIN source ON source.number = claim.source
             LEFT JOIN entry_body ON entry_body.sequence = claim.sequence {clause}"
        );
        let rows = self.rows(&sql, values, |row| {
            let status: String = row.get(12)?;
            Ok((
                source_row(row)?,
                ClaimId(digest(row.get(8)?)?),
                row.get::<_, u64>(9)?,
                row.get::<_, i64>(10)?,
                row.get::<_, String>(11)?,
                status,
                row.get::<_, Option<String>>(13)?,
            ))
        })?;
        let read =
            |(source, id, sequence, question, origin, status, body): (_, _, u64, _, _, String, Option<String>)| {
                let damaged = |what: &str| StoreError::Damaged(format!("entry {sequence}: {what}"));
                let status =
                    Status::from_name(&status).ok_or_else(|| damaged(&format!("unknown status `{status}`")))?;
                let body = body.ok_or_else(|| damaged("its body is missing"))?;
                let body = Body::read(&body).map_err(|error| damaged(&error.to_string()))?;
                let claim = body.claim().cloned().ok_or_else(|| damaged("no claim in it"))?;
                let says = claim.predicate.clone();
                Ok(ClaimRow { id, claim, sequence, question, says, origin, status, source })
            };
        rows.into_iter().map(read).collect()
    }

    /// All claims, in the order they were logged.
    pub fn claims(&self) -> Result<Vec<ClaimRow>, StoreError> {
        self.claims_where("ORDER BY claim.number", [])
    }

    /// The claims read in a source.
    pub fn claims_of_source(&self, source: i64) -> Result<Vec<ClaimRow>, StoreError> {
        self.claims_where("WHERE claim.source = ?1 ORDER BY claim.number", [Sql::Integer(source)])
    }

    /// The rows of the questions that a claim bears on, its own first.
    pub fn questions_of_claim(&self, claim: &ClaimRow) -> Result<Vec<i64>, StoreError> {
        let implied = self.rows(
            "SELECT implied.question FROM implied JOIN claim ON claim.number = implied.claim WHERE claim.id = ?1
             ORDER BY 1",
            [Sql::Blob(claim.id.0.0.to_vec())],
            |row| row.get(0),
        )?;
        Ok(std::iter::once(claim.question).chain(implied).collect())
    }

    /// The claims that bear on a question, retracted ones too.
    pub fn claims_of_question(&self, question: i64) -> Result<Vec<ClaimRow>, StoreError> {
        let clause = "WHERE claim.question = ?1 OR claim.number IN (SELECT claim FROM implied WHERE question = ?1)
                      ORDER BY claim.number";
        let mut claims = self.claims_where(clause, [Sql::Integer(question)])?;
        let implied = self.rows(
            "SELECT claim.id, implied.predicate FROM implied JOIN claim ON claim.number = implied.claim
             WHERE implied.question = ?1",
            [Sql::Integer(question)],
            |row| Ok((ClaimId(digest(row.get(0)?)?), row.get(1)?)),
        )?;
        let implied: HashMap<ClaimId, String> = implied.into_iter().collect();
        for claim in &mut claims {
            if let Some(predicate) = implied.get(&claim.id) {
                claim.says.clone_from(predicate);
            }
        }
        Ok(claims)
    }

    /// The claims on a subject, retracted ones too.
    pub fn claims_on_subject(&self, subject: &EntityKey) -> Result<Vec<ClaimRow>, StoreError> {
        let clause =
            "JOIN question ON question.number = claim.question WHERE question.subject = ?1 ORDER BY claim.number";
        self.claims_where(clause, [Sql::Text(subject.0.clone())])
    }

    /// The claim of that id.
    pub fn claim(&self, id: ClaimId) -> Result<Option<ClaimRow>, StoreError> {
        let found = self.claims_where("WHERE claim.id = ?1", [Sql::Blob(id.0.0.to_vec())])?;
        Ok(found.into_iter().next())
    }

    /// Claims whose id begins with these hexadecimal digits.
    pub fn claims_by_prefix(&self, prefix: &str) -> Result<Vec<ClaimRow>, StoreError> {
        let Some((from, to)) = id_range(prefix) else { return Ok(Vec::new()) };
        self.claims_where("WHERE claim.id BETWEEN ?1 AND ?2 ORDER BY claim.number", [Sql::Blob(from), Sql::Blob(to)])
    }

    // ---- questions

    /// Every question, findings first as listed, then the others by key.
    pub fn questions(&self) -> Result<Vec<ListedQuestion>, StoreError> {
        self.rows(&format!("{QUESTION} ORDER BY severity DESC, id"), [], question_row)
    }

    /// The findings, worst first.
    pub fn findings(&self) -> Result<Vec<ListedQuestion>, StoreError> {
        self.rows(&format!("{QUESTION} WHERE severity > 0 ORDER BY severity DESC, id"), [], question_row)
    }

    /// The question of that row.
    pub fn question(&self, number: i64) -> Result<Option<ListedQuestion>, StoreError> {
        let found = self.rows(&format!("{QUESTION} WHERE number = ?1"), [Sql::Integer(number)], question_row)?;
        Ok(found.into_iter().next())
    }

    /// Questions whose id begins with these hexadecimal digits.
    pub fn questions_by_prefix(&self, prefix: &str) -> Result<Vec<ListedQuestion>, StoreError> {
        let Some((from, to)) = id_range(prefix) else { return Ok(Vec::new()) };
        let sql = format!("{QUESTION} WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
        self.rows(&sql, [Sql::Blob(from), Sql::Blob(to)], question_row)
    }

    /// The frame of a question: what its predicate says of how claims compare.
    pub fn frame(&self, question: &Question) -> Result<Frame, StoreError> {
        let group = [Sql::Text(question.predicate.clone())];
        let of_group = "WHERE json_extract(definition, '$.exclusive') = ?1 ORDER BY name LIMIT 1";
        let predicate = match self.predicates_where(of_group, group)?.pop() {
            Some(predicate) => Some(predicate),
            None => self.predicate(&question.predicate)?,
        };
        let predicate = predicate
            .ok_or_else(|| StoreError::Damaged(format!("the predicate `{}` is not defined", question.predicate)))?;
        let whole = predicate.value == ValueKind::Count;
        Ok(Frame { time: predicate.time, whole, compare: predicate.compare })
    }
}

/// The standing claims among `rows`, as the reconciler sees them.
pub fn statements(rows: &[ClaimRow]) -> Vec<Statement> {
    let standing = rows.iter().filter(|row| row.status == Status::Standing);
    let statement = |row: &ClaimRow| Statement {
        claim: row.id,
        value: row.claim.value.clone(),
        says: row.says.clone(),
        stance: row.claim.stance,
        modality: row.claim.modality,
        qualifiers: row.claim.qualifiers.clone(),
        as_of: row.claim.as_of.clone(),
        published: row.source.details.published.clone(),
        origin: row.origin.clone(),
    };
    standing.map(statement).collect()
}
