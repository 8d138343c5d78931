//! Reading claims.

use rusqlite::types::Value as Sql;
use rusqlite::{Row, params};

use super::error::StoreError;
use super::identity;
use super::statement::{OWN_VOICE, RETRACTED, Reader};
use super::view::{SOURCE_COLUMNS, SourceRow, View, digest, id_range, source_row};
use crate::domain::claim::{Claim, EntityKey, Status, Value};
use crate::domain::id::ClaimId;
use crate::domain::origin::Origin;
use crate::domain::question::Question;
use crate::reconcile::statement::Statement;
use crate::record::body::Body;

/// A claim on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Its number: the order in which claims were logged.
    pub number: i64,
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
    /// That one says it on a page of his own.
    pub own_voice: bool,
    /// Whether it stands.
    pub status: Status,
    /// The source it was read in.
    pub source: SourceRow,
}

impl ClaimRow {
    /// True where this origin says it on a page of its own.
    pub(super) fn is_own_voice(&self, origin: &Origin) -> bool {
        let Origin::Named(key) = origin else { return false };
        let unpublished = self.source.details.publisher.is_none() && self.claim.by.len() == 1;
        unpublished || self.source.outlet.as_ref() == Some(key)
    }
}

/// Claims, each with what it says on its own question.
const CLAIMS: &str = "FROM claim JOIN statement AS own ON own.question = claim.question AND own.claim = claim.number";

impl View<'_> {
    /// Claims with the places that `from` finds; `says` is SQL for what they say there.
    fn claims_from(
        &self,
        from: &str,
        says: &str,
        values: impl IntoIterator<Item = Sql>,
    ) -> Result<Vec<ClaimRow>, StoreError> {
        let sql = format!(
            "SELECT {SOURCE_COLUMNS}, claim.number, claim.id, claim.sequence, claim.question, own.origin, own.form,
                    json_extract(own.more, '$.origin'), {says}, entry_body.body
             {from} JOIN source ON source.number = claim.source
             LEFT JOIN entry_body ON entry_body.sequence = claim.sequence ORDER BY claim.number"
        );
        let mut reader = Reader::new(self.connection);
        let mut select = self.connection.prepare_cached(&sql)?;
        let mut rows = select.query(rusqlite::params_from_iter(values))?;
        let mut claims = Vec::new();
        while let Some(row) = rows.next()? {
            claims.push(self.claim_row(row, &mut reader)?);
        }
        Ok(claims)
    }

    fn claim_row(&self, row: &Row, reader: &mut Reader) -> Result<ClaimRow, StoreError> {
        let sequence: u64 = row.get(12)?;
        let damaged = |what: &str| StoreError::Damaged(format!("entry {sequence}: {what}"));
        let bits: u32 = row.get(15)?;
        let origin = match row.get::<_, Option<String>>(16)? {
            Some(text) => text.parse().map_err(|error| damaged(&format!("{error}")))?,
            None => reader.origin(row.get(14)?)?,
        };
        let body: Option<String> = row.get(18)?;
        let claim = claim_of(sequence, body.as_deref())?;
        let claim = identity::as_it_stands(self.connection, claim)?;
        Ok(ClaimRow {
            number: row.get(10)?,
            id: ClaimId(digest(row.get(11)?)?),
            sequence,
            question: row.get(13)?,
            says: row.get::<_, Option<String>>(17)?.unwrap_or_else(|| claim.predicate.clone()),
            origin,
            own_voice: bits & OWN_VOICE != 0,
            status: if bits & RETRACTED == 0 { Status::Standing } else { Status::Retracted },
            source: source_row(row)?,
            claim,
        })
    }

    fn claims_where(&self, clause: &str, values: impl IntoIterator<Item = Sql>) -> Result<Vec<ClaimRow>, StoreError> {
        let which = format!("FROM (SELECT claim.* FROM claim {clause}) AS claim");
        self.claims_from(&CLAIMS.replacen("FROM claim", &which, 1), "NULL", values)
    }

    /// All claims, in the order they were logged.
    pub fn claims(&self) -> Result<Vec<ClaimRow>, StoreError> {
        self.claims_from(CLAIMS, "NULL", [])
    }

    /// The claims read in a source.
    pub fn claims_of_source(&self, source: i64) -> Result<Vec<ClaimRow>, StoreError> {
        self.claims_where("WHERE source = ?1", [Sql::Integer(source)])
    }

    /// The rows of the questions that a claim bears on, its own first.
    pub fn questions_of_claim(&self, claim: &ClaimRow) -> Result<Vec<i64>, StoreError> {
        let others = self.rows(
            "SELECT question FROM statement WHERE claim = ?1 AND says IS NOT NULL AND question <> ?2 ORDER BY 1",
            [Sql::Integer(claim.number), Sql::Integer(claim.question)],
            |row| row.get(0),
        )?;
        Ok(std::iter::once(claim.question).chain(others).collect())
    }

    /// The claims that bear on a question, retracted ones too.
    pub fn claims_of_question(&self, question: i64) -> Result<Vec<ClaimRow>, StoreError> {
        let from = "FROM statement AS placed JOIN claim ON claim.number = placed.claim AND placed.question = ?1
                    JOIN statement AS own ON own.question = claim.question AND own.claim = claim.number";
        self.claims_from(from, "placed.says", [Sql::Integer(question)])
    }

    /// The claims whose own question it is, retracted ones too.
    pub fn claims_answering(&self, question: i64) -> Result<Vec<ClaimRow>, StoreError> {
        let from = "FROM statement AS own JOIN claim ON claim.number = own.claim AND claim.question = ?1
                    AND own.question = ?1";
        self.claims_from(from, "NULL", [Sql::Integer(question)])
    }

    /// The claims on a subject, retracted ones too.
    pub fn claims_on_subject(&self, subject: &EntityKey) -> Result<Vec<ClaimRow>, StoreError> {
        let clause = "WHERE number IN (SELECT statement.claim FROM question JOIN statement ON statement.question = question.number
                      WHERE question.subject = ?1) AND question IN (SELECT number FROM question WHERE subject = ?1)";
        self.claims_where(clause, [Sql::Text(subject.0.clone())])
    }

    /// The claims that bear on a question about an entity, or with it for an object, retracted ones too.
    pub fn claims_about(&self, key: &EntityKey) -> Result<Vec<ClaimRow>, StoreError> {
        let clause = "WHERE number IN (
            WITH asked AS (SELECT number FROM question WHERE subject = ?1 UNION SELECT number FROM question WHERE object = ?1)
            SELECT statement.claim FROM statement JOIN asked ON asked.number = statement.question)";
        self.claims_where(clause, [Sql::Text(key.0.clone())])
    }

    /// The claim of that id.
    pub fn claim(&self, id: ClaimId) -> Result<Option<ClaimRow>, StoreError> {
        let found = self.claims_where("WHERE id = ?1", [Sql::Blob(id.0.0.to_vec())])?;
        Ok(found.into_iter().next())
    }

    /// Claims whose id begins with these hexadecimal digits.
    pub fn claims_by_prefix(&self, prefix: &str) -> Result<Vec<ClaimRow>, StoreError> {
        let Some((from, to)) = id_range(prefix) else { return Ok(Vec::new()) };
        self.claims_where("WHERE id BETWEEN ?1 AND ?2", [Sql::Blob(from), Sql::Blob(to)])
    }

    /// What a claim says, as its entry has it.
    pub(super) fn claim_value(&self, number: i64) -> Result<Value, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT claim.sequence, body FROM claim LEFT JOIN entry_body USING (sequence) WHERE number = ?1",
        )?;
        let (sequence, body): (u64, Option<String>) =
            select.query_row(params![number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(claim_of(sequence, body.as_deref())?.value)
    }
}

/// The claim that an entry puts on record.
fn claim_of(sequence: u64, body: Option<&str>) -> Result<Claim, StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("entry {sequence}: {what}"));
    let body = body.ok_or_else(|| damaged("its body is missing"))?;
    let body = Body::read(body).map_err(|error| damaged(&error.to_string()))?;
    match body {
        Body::Claim(claim) => Ok(*claim),
        Body::Correct(correct) => Ok(correct.claim),
        _ => Err(damaged("no claim in it")),
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
        own_voice: row.own_voice,
        member: (row.claim.subject != question.subject).then(|| row.claim.subject.clone()),
    };
    standing.map(statement).collect()
}
