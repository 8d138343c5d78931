//! Reading the ledger.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::error::StoreError;
use super::identity;
use crate::domain::claim::{Claim, Entity, EntityKey, Status, Value};
use crate::domain::id::{ClaimId, Digest, QuestionId, SourceId};
use crate::domain::origin::Origin;
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::question::{Question, UnitClass};
use crate::domain::source::SourceDetails;
use crate::domain::text::{Block, Segment, Span, Text};
use crate::reconcile::origins::{self, Account, Step, Upstream, resolve};
use crate::reconcile::statement::{Frame, Statement};
use crate::record::body::{Body, ClaimDecision, Decide, FindingDecision, Layout, Parent};
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
    /// Its publisher, where one entity is called so.
    pub outlet: Option<EntityKey>,
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
    /// The claim; merged entities by the one that stands for them.
    pub claim: Claim,
    /// The entry that holds it.
    pub sequence: u64,
    /// The row of the question it answers.
    pub question: i64,
    /// The predicate that it says: its own, or, among the claims of another question, the one that it implies there.
    pub says: String,
    /// Whom it goes back to.
    pub origin: Origin,
    /// Whether it stands.
    pub status: Status,
    /// The source it was read in.
    pub source: SourceRow,
}

impl ClaimRow {
    /// True where its origin says it on a page of its own.
    fn is_own_voice(&self) -> bool {
        let Origin::Named(key) = &self.origin else { return false };
        let unpublished = self.source.details.publisher.is_none() && self.claim.by.len() == 1;
        unpublished || self.source.outlet.as_ref() == Some(key)
    }
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

/// The columns of a source.
const SOURCE_COLUMNS: &str = "source.number, source.id, source.url, source.title, source.publisher, source.author, \
    source.published, source.language, \
    coalesce(json_extract(source.given, '$.credits'), json_extract(source.page, '$.credits')), \
(SELECT key FROM called WHERE folded = source.outlet)";

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
            credits: parsed::<Names>(row.get(8)?)?.map(|names| names.0),
        },
        outlet: row.get::<_, Option<String>>(9)?.map(EntityKey),
    })
}

/// What sorts behind every date that begins on a day or before it, and before all others; behind all without a day.
fn past(day: Option<NaiveDate>) -> String {
    day.map_or("~".to_string(), |day| format!("{day}~"))
}

/// Names as a JSON array.
struct Names(Vec<String>);

impl std::str::FromStr for Names {
    type Err = serde_json::Error;
    fn from_str(json: &str) -> Result<Names, serde_json::Error> {
        serde_json::from_str(json).map(Names)
    }
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
        self.rows(&format!("SELECT {SOURCE_COLUMNS} FROM source ORDER BY number"), [], source_row)
    }

    /// The source of that id.
    pub fn source(&self, id: SourceId) -> Result<Option<SourceRow>, StoreError> {
        let found = self.rows(
            &format!("SELECT {SOURCE_COLUMNS} FROM source WHERE id = ?1"),
            [Sql::Blob(id.0.0.to_vec())],
            source_row,
        )?;
        Ok(found.into_iter().next())
    }

    /// Sources with that URL.
    pub fn sources_by_url(&self, url: &str) -> Result<Vec<SourceRow>, StoreError> {
        self.rows(
            &format!("SELECT {SOURCE_COLUMNS} FROM source WHERE url = ?1"),
            [Sql::Text(url.to_string())],
            source_row,
        )
    }

    /// Sources whose id, or one of whose snapshots' hashes, begins with these hexadecimal digits.
    pub fn sources_by_prefix(&self, prefix: &str) -> Result<Vec<SourceRow>, StoreError> {
        let Some((from, to)) = id_range(prefix) else { return Ok(Vec::new()) };
        let sql = format!(
            "SELECT {SOURCE_COLUMNS} FROM source WHERE id BETWEEN ?1 AND ?2
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
        let entities = self.rows("SELECT key, name FROM entity WHERE merged IS NULL ORDER BY key", [], |row| {
            Ok(Entity { key: EntityKey(row.get(0)?), name: row.get(1)?, aliases: Vec::new(), members: Vec::new() })
        })?;
        let mut aliases = self.by_entity(
            "SELECT DISTINCT shown.key, alias.name FROM alias JOIN entity ON entity.number = alias.entity
             JOIN entity AS shown ON shown.number = entity.stands
             WHERE alias.name <> shown.name ORDER BY shown.key, alias.name",
        )?;
        let mut members = self.by_entity(
            "SELECT DISTINCT shown.key, belonging.key FROM member
             JOIN entity AS collective ON collective.number = member.collective
             JOIN entity AS shown ON shown.number = collective.stands
             JOIN entity AS own ON own.number = member.member
             JOIN entity AS belonging ON belonging.number = own.stands ORDER BY 1, 2",
        )?;
        let with = |mut entity: Entity| {
            entity.aliases = aliases.remove(&entity.key.0).unwrap_or_default();
            entity.members = members.remove(&entity.key.0).unwrap_or_default().into_iter().map(EntityKey).collect();
            entity
        };
        Ok(entities.into_iter().map(with).collect())
    }

    /// Texts by the key of the entity they belong to.
    fn by_entity(&self, sql: &str) -> Result<HashMap<String, Vec<String>>, StoreError> {
        let rows = self.rows(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut texts: HashMap<String, Vec<String>> = HashMap::new();
        for (key, text) in rows {
            texts.entry(key).or_default().push(text);
        }
        Ok(texts)
    }

    /// The entities that others stand for: each with its name and the key of the one it was merged into.
    pub fn merged(&self) -> Result<Vec<(EntityKey, String, EntityKey)>, StoreError> {
        self.rows(
            "SELECT entity.key, entity.name, other.key FROM entity JOIN entity AS other ON other.number = entity.merged
             ORDER BY entity.key",
            [],
            |row| Ok((EntityKey(row.get(0)?), row.get(1)?, EntityKey(row.get(2)?))),
        )
    }

    /// The key of the entity that stands for this one after all merges; the key itself where nobody is called so.
    pub fn standing_for(&self, key: &EntityKey) -> Result<EntityKey, StoreError> {
        identity::standing_for(self.connection, key)
    }

    /// The groups that an entity belongs to, and those that they belong to.
    pub fn groups_of(&self, key: &EntityKey) -> Result<BTreeSet<EntityKey>, StoreError> {
        identity::groups_of(self.connection, key)
    }

    /// The shown name of an entity.
    pub fn name(&self, key: &EntityKey) -> Result<Option<String>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT name FROM entity WHERE key = ?1")?;
        Ok(select.query_row(params![key.0], |row| row.get(0)).optional()?)
    }

    /// Entities that go by a folded name.
    pub fn entities_called(&self, folded: &str) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT DISTINCT standing.key FROM alias JOIN entity ON entity.number = alias.entity
             JOIN entity AS standing ON standing.number = entity.stands WHERE folded = ?1 ORDER BY 1",
            [Sql::Text(folded.to_string())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// The entities that were given a folded name, before any merge.
    pub fn entities_named(&self, folded: &str) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT entity.key FROM alias JOIN entity ON entity.number = alias.entity WHERE folded = ?1 ORDER BY 1",
            [Sql::Text(folded.to_string())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// Who was put into a group itself, before any merge.
    pub fn members(&self, collective: &EntityKey) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT entity.key FROM member JOIN entity ON entity.number = member.member
             JOIN entity AS collective ON collective.number = member.collective WHERE collective.key = ?1 ORDER BY 1",
            [Sql::Text(collective.0.clone())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// Every name that some entity goes by.
    pub fn names(&self) -> Result<Vec<String>, StoreError> {
        self.rows("SELECT DISTINCT name FROM alias ORDER BY name", [], |row| row.get(0))
    }

    /// Entities other than this one that are shown by the same name.
    pub fn namesakes(&self, key: &EntityKey) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT key FROM entity WHERE merged IS NULL AND key <> ?1
             AND name = (SELECT name FROM entity WHERE key = ?1) ORDER BY key",
            [Sql::Text(key.0.clone())],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// True where the entity, or one that was merged into it, publishes a source on record.
    pub fn publishes(&self, key: &EntityKey) -> Result<bool, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM entity AS asked JOIN entity ON entity.stands = asked.number
                 JOIN alias ON alias.entity = entity.number JOIN source ON source.outlet = alias.folded
                 JOIN called ON called.folded = alias.folded
                 WHERE asked.key = ?1 AND called.key = ?1)",
        )?;
        Ok(select.query_row(params![key.0], |row| row.get(0))?)
    }

    /// True where the entity, or one that was merged into it, published a page with a standing claim on a question by a
    /// day, or ever. Pages without a date may have been there.
    pub fn publishes_on(&self, key: &EntityKey, question: i64, by: Option<NaiveDate>) -> Result<bool, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM claim JOIN source ON source.number = claim.source
                 JOIN called ON called.folded = source.outlet
                 WHERE claim.question = ?2 AND claim.status = 'standing' AND called.key = ?1
                 AND coalesce(source.published, '') < ?3)",
        )?;
        Ok(select.query_row(params![key.0, question, past(by)], |row| row.get(0))?)
    }

    /// True where a statement of the entity on a question was on record by a day, or is: it stands in the attribution of
    /// a claim on it; or it is the subject of a predicate that is never compared ("said", "would not comment").
    pub fn speaks_on(&self, key: &EntityKey, question: i64, by: Option<NaiveDate>) -> Result<bool, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM entity AS asked JOIN entity ON entity.stands = asked.number
                 JOIN speaker ON speaker.entity = entity.number JOIN claim ON claim.number = speaker.claim
                 JOIN source ON source.number = claim.source
                 WHERE asked.key = ?1 AND claim.question = ?2 AND claim.status = 'standing'
                 AND coalesce(source.published, '') < ?3)
             OR EXISTS (
                 SELECT 1 FROM question JOIN claim ON claim.question = question.number
                 JOIN predicate ON predicate.name = question.predicate
                 JOIN source ON source.number = claim.source
                 WHERE question.subject = ?1 AND claim.status = 'standing' AND coalesce(source.published, '') < ?3
                 AND json_extract(predicate.definition, '$.compare') = 0)",
        )?;
        Ok(select.query_row(params![key.0, question, past(by)], |row| row.get(0))?)
    }

    /// True where the entity is a group with members.
    pub fn has_members(&self, key: &EntityKey) -> Result<bool, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM entity AS asked JOIN entity ON entity.stands = asked.number
                            JOIN member ON member.collective = entity.number WHERE asked.key = ?1)",
        )?;
        Ok(select.query_row(params![key.0], |row| row.get(0))?)
    }

    // ---- origins

    /// What a source repeats: what it is declared to derive from, and what it credits.
    fn upstream(&self, source: i64) -> Result<Upstream, StoreError> {
        Ok(Upstream { declared: self.parents(source, &mut vec![source])?, credited: self.credited(source)? })
    }

    fn credited(&self, source: i64) -> Result<Vec<EntityKey>, StoreError> {
        self.rows(
            "SELECT DISTINCT called.key FROM credit JOIN called ON called.folded = credit.folded
             WHERE credit.source = ?1 ORDER BY 1",
            [Sql::Integer(source)],
            |row| row.get(0).map(EntityKey),
        )
    }

    /// What a source is declared to derive from, and what that derives from or credits in its turn.
    fn parents(&self, source: i64, walked: &mut Vec<i64>) -> Result<Vec<origins::Parent>, StoreError> {
        let declared = self.rows(
            "SELECT coalesce(standing.key, called.key), original.id, original.number FROM upstream
             LEFT JOIN source AS original ON original.number = upstream.from_source
             LEFT JOIN called ON called.folded = original.outlet
             LEFT JOIN entity ON entity.number = upstream.from_entity
             LEFT JOIN entity AS standing ON standing.number = entity.stands
             WHERE upstream.source = ?1 AND coalesce(standing.key, called.key) IS NOT NULL ORDER BY 1, 2",
            [Sql::Integer(source)],
            |row| {
                let page = row.get::<_, Option<Vec<u8>>>(1)?.map(digest).transpose()?.map(SourceId);
                Ok((EntityKey(row.get(0)?), page, row.get::<_, Option<i64>>(2)?))
            },
        )?;
        let mut parents = Vec::new();
        for (of, page, number) in declared {
            let mut behind = Vec::new();
            if let Some(number) = number.filter(|number| !walked.contains(number)) {
                walked.push(number);
                behind = self.parents(number, walked)?;
                if behind.is_empty() {
                    let credited = self.credited(number)?.into_iter();
                    behind = credited.map(|of| origins::Parent { of, page: None, behind: Vec::new() }).collect();
                }
            }
            parents.push(origins::Parent { of, page, behind });
        }
        Ok(parents)
    }

    /// What each source is declared to derive from, in the order of the declarations: the source, and what it repeats.
    pub fn declared(&self, source: i64) -> Result<Vec<Parent>, StoreError> {
        self.rows(
            "SELECT source.id, entity.key FROM upstream LEFT JOIN source ON source.number = upstream.from_source
             LEFT JOIN entity ON entity.number = upstream.from_entity WHERE upstream.source = ?1 ORDER BY upstream.number",
            [Sql::Integer(source)],
            |row| match row.get::<_, Option<Vec<u8>>>(0)? {
                Some(id) => Ok(Parent::Source(SourceId(digest(id)?))),
                None => Ok(Parent::Entity(EntityKey(row.get(1)?))),
            },
        )
    }

    /// The ways of the claims that answer a question, from their origins to their pages.
    pub fn resolved(&self, rows: &[ClaimRow]) -> Result<Vec<Vec<Step>>, StoreError> {
        let mut upstream: HashMap<i64, Upstream> = HashMap::new();
        for row in rows {
            if let std::collections::hash_map::Entry::Vacant(entry) = upstream.entry(row.source.number) {
                entry.insert(self.upstream(row.source.number)?);
            }
        }
        let mut accounts = Vec::new();
        for ClaimRow { claim, source, status, .. } in rows {
            let words = match &claim.value {
                Value::Text(words) => words.clone(),
                Value::Date(date) => date.to_string(),
                Value::Figure(_) | Value::State => String::new(),
            };
            accounts.push(Account {
                by: &claim.by,
                says: format!("{} {:?} {words}", claim.predicate, claim.stance),
                qualifiers: &claim.qualifiers,
                source: source.id,
                publisher: source.outlet.as_ref(),
                unpublished: source.details.publisher.is_none(),
                published: source.details.published.as_ref(),
                upstream: &upstream[&source.number],
                standing: *status == Status::Standing,
            });
        }
        Ok(resolve(&accounts))
    }

    // ---- decisions

    /// True where somebody has decided anything.
    pub fn any_decision(&self) -> Result<bool, StoreError> {
        Ok(self.connection.query_row("SELECT EXISTS (SELECT 1 FROM decision)", [], |row| row.get(0))?)
    }

    /// The latest decision on a finding, or on one that a merge has moved to it.
    pub fn decision_on_question(&self, question: i64) -> Result<Option<(Header, FindingDecision)>, StoreError> {
        let found = self.decision(
            "SELECT max(sequence) FROM decision
             WHERE question = ?1 OR question IN (SELECT number FROM question WHERE moved = ?1)",
            Sql::Integer(question),
        )?;
        match found {
            Some((header, Decide::Finding(decision))) => Ok(Some((header, decision))),
            Some((header, _)) => Err(StoreError::Damaged(format!("entry {} is on no finding", header.sequence))),
            None => Ok(None),
        }
    }

    /// The latest decision on a claim.
    pub fn decision_on_claim(&self, claim: ClaimId) -> Result<Option<(Header, ClaimDecision)>, StoreError> {
        let found = self.decision(
            "SELECT max(decision.sequence) FROM decision JOIN claim ON claim.number = decision.claim WHERE claim.id = ?1",
            Sql::Blob(claim.0.0.to_vec()),
        )?;
        match found {
            Some((header, Decide::Claim(decision))) => Ok(Some((header, decision))),
            Some((header, _)) => Err(StoreError::Damaged(format!("entry {} is on no claim", header.sequence))),
            None => Ok(None),
        }
    }

    fn decision(&self, sql: &str, on: Sql) -> Result<Option<(Header, Decide)>, StoreError> {
        let mut select = self.connection.prepare_cached(sql)?;
        let sequence: Option<u64> = select.query_row([on], |row| row.get(0))?;
        match sequence.map(|sequence| self.checked_entry(sequence)).transpose()? {
            Some((header, Body::Decide(decide))) => Ok(Some((header, decide))),
            Some((header, _)) => Err(StoreError::Damaged(format!("entry {} is no decision", header.sequence))),
            None => Ok(None),
        }
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
            "SELECT {SOURCE_COLUMNS},
                    claim.id, claim.sequence, claim.question, claim.origin, claim.status, entry_body.body
             FROM claim JOIN source ON source.number = claim.source
             LEFT JOIN entry_body ON entry_body.sequence = claim.sequence {clause}"
        );
        let rows = self.rows(&sql, values, |row| {
            let status: String = row.get(14)?;
            Ok((
                source_row(row)?,
                ClaimId(digest(row.get(10)?)?),
                row.get::<_, u64>(11)?,
                row.get::<_, i64>(12)?,
                row.get::<_, String>(13)?,
                status,
                row.get::<_, Option<String>>(15)?,
            ))
        })?;
        let read =
            |(source, id, sequence, question, origin, status, body): (_, _, u64, _, String, String, Option<String>)| {
                let damaged = |what: &str| StoreError::Damaged(format!("entry {sequence}: {what}"));
                let status =
                    Status::from_name(&status).ok_or_else(|| damaged(&format!("unknown status `{status}`")))?;
                let body = body.ok_or_else(|| damaged("its body is missing"))?;
                let body = Body::read(&body).map_err(|error| damaged(&error.to_string()))?;
                let claim = body.claim().cloned().ok_or_else(|| damaged("no claim in it"))?;
                let claim = identity::as_it_stands(self.connection, claim)?;
                let says = claim.predicate.clone();
                let origin = origin.parse().map_err(|error| damaged(&format!("{error}")))?;
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

    /// The claims whose own question it is, retracted ones too.
    pub fn claims_answering(&self, question: i64) -> Result<Vec<ClaimRow>, StoreError> {
        self.claims_where("WHERE claim.question = ?1 ORDER BY claim.number", [Sql::Integer(question)])
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

    /// The claims that bear on a question about an entity, or with it for an object, retracted ones too.
    pub fn claims_about(&self, key: &EntityKey) -> Result<Vec<ClaimRow>, StoreError> {
        let clause = "WHERE claim.number IN (
            WITH asked AS (SELECT number FROM question WHERE subject = ?1 UNION SELECT number FROM question WHERE object = ?1)
            SELECT claim.number FROM claim JOIN asked ON asked.number = claim.question
            UNION SELECT implied.claim FROM implied JOIN asked ON asked.number = implied.question)
            ORDER BY claim.number";
        self.claims_where(clause, [Sql::Text(key.0.clone())])
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
        self.rows(&format!("{QUESTION} ORDER BY severity DESC, latest DESC, id"), [], question_row)
    }

    /// The question that this one is after a merge of its subject or object; itself where none was.
    pub fn moved(&self, question: ListedQuestion) -> Result<ListedQuestion, StoreError> {
        let sql = format!("{QUESTION} WHERE number = (SELECT moved FROM question WHERE number = ?1)");
        let found = self.rows(&sql, [Sql::Integer(question.number)], question_row)?;
        Ok(found.into_iter().next().unwrap_or(question))
    }

    /// The findings, worst first.
    pub fn findings(&self) -> Result<Vec<ListedQuestion>, StoreError> {
        self.rows(&format!("{QUESTION} WHERE severity > 0 ORDER BY severity DESC, latest DESC, id"), [], question_row)
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

    /// True where the object of a question is words and no entity.
    pub fn object_is_words(&self, question: &Question) -> Result<bool, StoreError> {
        Ok(self.predicate(&question.predicate)?.is_some_and(|predicate| predicate.value.is_object()))
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

/// The standing claims among `rows`, as the reconciler sees them on a question.
pub fn statements(rows: &[ClaimRow], question: &Question) -> Vec<Statement> {
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
        source: row.source.id,
        own_voice: row.is_own_voice(),
        member: (row.claim.subject != question.subject).then(|| row.claim.subject.clone()),
    };
    standing.map(statement).collect()
}
