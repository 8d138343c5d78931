//! Reading claims.

use std::sync::Arc;

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Row, params};

use super::error::StoreError;
use super::identity;
use super::origins::is_own;
use super::statement::{COLUMNS, OWN_VOICE, QUOTED, status_of, text};
use super::view::{SourceRow, View, digest, id_range};
use crate::domain::claim::{Attribution, Claim, EntityKey, Known, Speaker, Status, Value};
use crate::domain::id::{ClaimId, SourceId};
use crate::domain::origin::Origin;
use crate::domain::question::Question;
use crate::domain::quote::Quote;
use crate::reconcile::statement::Statement;
use crate::record::body::{Body, question_id};

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
    /// The origin that counts for that one: the first of those that it was found to be one with.
    pub counts_as: Origin,
    /// That one says it on a page of his own.
    pub own_voice: bool,
    /// Its page quotes somebody with a name for it.
    pub quoted: bool,
    /// It is a row of a table.
    pub is_row: bool,
    /// Whether it stands.
    pub status: Status,
    /// The source it was read in.
    pub source: Arc<SourceRow>,
}

impl ClaimRow {
    /// True where this origin says it on a page of its own.
    pub(super) fn is_own_voice(&self, origin: &Origin) -> bool {
        matches!(origin, Origin::Named(key) if is_own(&self.claim, &self.source, key))
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
            "SELECT claim.number, claim.id, claim.sequence, claim.question, claim.source, own.origin, own.form,
                    json_extract(own.more, '$.origin'), {says}, entry_body.body
             {from} LEFT JOIN entry_body ON entry_body.sequence = claim.sequence ORDER BY claim.number"
        );
        let mut select = self.prepare(&sql)?;
        let mut rows = select.query(rusqlite::params_from_iter(values))?;
        let mut claims = Vec::new();
        while let Some(row) = rows.next()? {
            claims.push(self.claim_row(row)?);
        }
        Ok(claims)
    }

    fn claim_row(&self, row: &Row) -> Result<ClaimRow, StoreError> {
        let sequence: u64 = row.get(2)?;
        let damaged = |what: &str| StoreError::Damaged(format!("entry {sequence}: {what}"));
        let bits: u32 = row.get(6)?;
        let origin = match row.get::<_, Option<String>>(7)? {
            Some(text) => text.parse().map_err(|error| damaged(&format!("{error}")))?,
            None => self.origin_as_written(row.get(5)?)?,
        };
        let claim = claim_of(sequence, text(row, 9)?)?;
        let claim = identity::as_it_stands(*self, claim)?;
        Ok(ClaimRow {
            number: row.get(0)?,
            id: ClaimId(digest(row.get(1)?)?),
            sequence,
            question: row.get(3)?,
            says: row.get::<_, Option<String>>(8)?.unwrap_or_else(|| claim.predicate.clone()),
            counts_as: self.counting(&origin)?,
            origin,
            own_voice: bits & OWN_VOICE != 0,
            quoted: bits & QUOTED != 0,
            is_row: false,
            status: status_of(bits),
            source: self.source_by_number(row.get(4)?)?,
            claim,
        })
    }

    fn claims_where(&self, clause: &str, values: impl IntoIterator<Item = Sql>) -> Result<Vec<ClaimRow>, StoreError> {
        let which = format!("FROM (SELECT claim.* FROM claim {clause}) AS claim");
        self.claims_from(&CLAIMS.replacen("FROM claim", &which, 1), "NULL", values)
    }

    /// The claims of imports among the statements that a condition of SQL finds.
    fn imported_where(&self, which: &str, values: impl IntoIterator<Item = Sql>) -> Result<Vec<ClaimRow>, StoreError> {
        let tables = self.tables()?;
        if tables.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT {COLUMNS}, question FROM statement WHERE {which} ORDER BY claim");
        let mut select = self.prepare(&sql)?;
        let mut rows = select.query(rusqlite::params_from_iter(values))?;
        let mut claims = Vec::new();
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            if tables.import_of(number as u64).is_none() {
                continue;
            }
            claims.push(self.imported(row, number)?);
        }
        Ok(claims)
    }

    /// A claim of an import, of a row of a statement and its question.
    fn imported(&self, row: &Row, number: i64) -> Result<ClaimRow, StoreError> {
        let missing = || StoreError::Damaged(format!("the question of claim {number} is missing"));
        let question = self.question(row.get(12)?)?.ok_or_else(missing)?;
        let said = self.statement(row, &self.spelt(&question.question.predicate)?, |number| self.claim_id(number))?;
        let import = self.import_entry(number as u64)?;
        let damaged = || StoreError::Damaged(format!("the row of claim {number} is missing"));
        let (place, _) = self.imported_row(number as u64)?.ok_or_else(damaged)?;
        let sequence = self.tables()?.import_of(number as u64).map_or(0, |import| import.sequence);
        let (start_byte, start) = place.start;
        let quote = Quote {
            start,
            end: start + place.exact.chars().count(),
            start_byte,
            end_byte: start_byte + place.exact.len(),
            exact: place.exact,
            prefix: String::new(),
            suffix: String::new(),
            folded: false,
        };
        // A row is a page of its own: whoever it names publishes it.
        let mut source = SourceRow::clone(&*self.source_by_number(row.get(1)?)?);
        let who = match (&*said.origin, &source.outlet) {
            (_, Some(outlet)) if import.map.columns.source.is_none() => Speaker::Entity(outlet.clone()),
            (Origin::Named(key), _) => {
                source.details.publisher = self.name(key)?;
                source.outlet = Some(key.clone());
                Speaker::Entity(key.clone())
            }
            _ => Speaker::Anonymous("the publisher of the table".to_string()),
        };
        let bits: u32 = row.get(6)?;
        let claim = Claim {
            source: source.id,
            snapshot: import.snapshot,
            text: import.text,
            quote,
            subject: question.question.subject,
            predicate: question.question.predicate.clone(),
            object: question.question.object.filter(|_| said.value.words().is_none()).map(EntityKey),
            value: Value::clone(&said.value),
            other: None,
            doubts: Vec::new(),
            qualifiers: said.qualifiers,
            by: vec![Attribution { who, known: Known::Page }],
            stance: said.stance,
            modality: said.modality,
            as_of: said.as_of.as_deref().cloned(),
            reference: None,
            parser: Some(import.parser.clone()),
        };
        Ok(ClaimRow {
            number,
            id: said.claim,
            claim,
            sequence,
            question: question.number,
            says: question.question.predicate,
            counts_as: Origin::clone(&said.counts_as),
            origin: Origin::clone(&said.origin),
            own_voice: bits & OWN_VOICE != 0,
            quoted: false,
            is_row: true,
            status: status_of(bits),
            source: Arc::new(source),
        })
    }

    /// Logged claims and those of imports, in the order of their numbers.
    fn joined(logged: Vec<ClaimRow>, imported: Vec<ClaimRow>) -> Vec<ClaimRow> {
        let mut claims = logged;
        claims.extend(imported);
        claims.sort_by_key(|claim| claim.number);
        claims
    }

    /// All claims, in the order they were logged.
    pub fn claims(&self) -> Result<Vec<ClaimRow>, StoreError> {
        Ok(Self::joined(self.claims_from(CLAIMS, "NULL", [])?, self.imported_where("true", [])?))
    }

    /// The claims read in a source.
    pub fn claims_of_source(&self, source: i64) -> Result<Vec<ClaimRow>, StoreError> {
        let logged = self.claims_where("WHERE source = ?1", [Sql::Integer(source)])?;
        let imports = self.imports()?;
        if !imports.iter().any(|import| import.source == source) {
            return Ok(logged);
        }
        Ok(Self::joined(logged, self.imported_where("source = ?1", [Sql::Integer(source)])?))
    }

    /// The first claims of the latest import of a source.
    pub fn first_imported(&self, source: SourceId, n: usize) -> Result<Vec<ClaimRow>, StoreError> {
        let Some(source) = self.source(source)? else { return Ok(Vec::new()) };
        let Some(import) = self.imports()?.into_iter().rfind(|import| import.source == source.number) else {
            return Ok(Vec::new());
        };
        let mut claims = Vec::new();
        for number in import.claims() {
            if claims.len() == n {
                break;
            }
            let Some(question) = self.question_of_imported(number as i64)? else { continue };
            let values = [Sql::Integer(question), Sql::Integer(number as i64)];
            claims.extend(self.imported_where("question = ?1 AND claim = ?2", values)?);
        }
        Ok(claims)
    }

    /// The number of a claim, and the row of the question it answers.
    pub(super) fn find_claim(&self, id: ClaimId) -> Result<Option<(i64, i64)>, StoreError> {
        let mut select = self.prepare("SELECT number, question FROM claim WHERE id = ?1")?;
        let logged = select.query_row(params![id.0.0.as_slice()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if logged.is_some() {
            return Ok(logged);
        }
        for number in self.imported_by_prefix(&id.to_string())? {
            if let Some(question) = self.question_of_imported(number as i64)? {
                return Ok(Some((number as i64, question)));
            }
        }
        Ok(None)
    }

    /// The number of a claim; `None` for one that is not on record.
    pub fn claim_number(&self, id: ClaimId) -> Result<Option<i64>, StoreError> {
        Ok(self.find_claim(id)?.map(|(number, _)| number))
    }

    /// Whether a claim stands; `None` for one that is not on record.
    pub fn status(&self, id: ClaimId) -> Result<Option<Status>, StoreError> {
        let Some((number, question)) = self.find_claim(id)? else { return Ok(None) };
        let mut select = self.prepare("SELECT form FROM statement WHERE question = ?1 AND claim = ?2")?;
        let bits: u32 = select.query_row(params![question, number], |row| row.get(0))?;
        Ok(Some(status_of(bits)))
    }

    /// The row of the question that a claim of an import answers; `None` where the row holds no such claim.
    fn question_of_imported(&self, number: i64) -> Result<Option<i64>, StoreError> {
        let Some(question) = self.imported_question(number as u64)? else { return Ok(None) };
        let mut select = self.prepare("SELECT number FROM question WHERE id = ?1")?;
        let id = question_id(&question)?;
        let found: Option<i64> = select.query_row(params![id.0.0.as_slice()], |row| row.get(0)).optional()?;
        let mut holds = self.prepare("SELECT EXISTS (SELECT 1 FROM statement WHERE question = ?1 AND claim = ?2)")?;
        match found {
            Some(found) if holds.query_row(params![found, number], |row| row.get(0))? => Ok(Some(found)),
            _ => Ok(None),
        }
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
        let logged = self.claims_from(from, "placed.says", [Sql::Integer(question)])?;
        Ok(Self::joined(logged, self.imported_where("question = ?1", [Sql::Integer(question)])?))
    }

    /// The logged claims whose own question it is, retracted ones too.
    pub fn claims_answering(&self, question: i64) -> Result<Vec<ClaimRow>, StoreError> {
        let from = "FROM statement AS own JOIN claim ON claim.number = own.claim AND claim.question = ?1
                    AND own.question = ?1";
        self.claims_from(from, "NULL", [Sql::Integer(question)])
    }

    /// The claims that bear on a question about an entity, or with it for an object, retracted ones too.
    pub fn claims_about(&self, key: &EntityKey) -> Result<Vec<ClaimRow>, StoreError> {
        let clause = "WHERE number IN (
            WITH asked AS (SELECT number FROM question WHERE subject = ?1 UNION SELECT number FROM question WHERE object = ?1)
            SELECT statement.claim FROM statement JOIN asked ON asked.number = statement.question)";
        let logged = self.claims_where(clause, [Sql::Text(key.0.clone())])?;
        let which = "question IN (SELECT number FROM question WHERE subject = ?1
                                  UNION SELECT number FROM question WHERE object = ?1)";
        Ok(Self::joined(logged, self.imported_where(which, [Sql::Text(key.0.clone())])?))
    }

    /// The claim of that id.
    pub fn claim(&self, id: ClaimId) -> Result<Option<ClaimRow>, StoreError> {
        let found = self.claims_where("WHERE id = ?1", [Sql::Blob(id.0.0.to_vec())])?;
        if !found.is_empty() {
            return Ok(found.into_iter().next());
        }
        Ok(self.imported_by_id(&id.to_string())?.into_iter().next())
    }

    /// Claims whose id begins with these hexadecimal digits.
    pub fn claims_by_prefix(&self, prefix: &str) -> Result<Vec<ClaimRow>, StoreError> {
        let Some((from, to)) = id_range(prefix) else { return Ok(Vec::new()) };
        let logged = self.claims_where("WHERE id BETWEEN ?1 AND ?2", [Sql::Blob(from), Sql::Blob(to)])?;
        Ok(Self::joined(logged, self.imported_by_id(prefix)?))
    }

    /// The claims of imports whose ids begin with these hexadecimal digits.
    fn imported_by_id(&self, prefix: &str) -> Result<Vec<ClaimRow>, StoreError> {
        let mut claims = Vec::new();
        for number in self.imported_by_prefix(prefix)? {
            let number = number as i64;
            let Some(question) = self.question_of_imported(number)? else { continue };
            let values = [Sql::Integer(question), Sql::Integer(number)];
            claims.extend(self.imported_where("question = ?1 AND claim = ?2", values)?);
        }
        Ok(claims)
    }

    /// What a claim says, as its entry has it.
    pub(super) fn claim_value(&self, number: i64) -> Result<Value, StoreError> {
        let mut select = self.prepare(
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

/// The standing claims among `rows`, as the reconciler sees them on a question, each by the name that it is given.
pub fn statements<C>(rows: &[ClaimRow], question: &Question, name: impl Fn(&ClaimRow) -> C) -> Vec<Statement<C>> {
    let standing = rows.iter().filter(|row| row.status == Status::Standing);
    let statement = |row: &ClaimRow| Statement {
        claim: name(row),
        value: Arc::new(row.claim.value.clone()),
        says: row.says.as_str().into(),
        stance: row.claim.stance,
        modality: row.claim.modality,
        qualifiers: row.claim.qualifiers.clone(),
        as_of: row.claim.as_of.clone().map(Arc::new),
        published: row.source.details.published.clone().map(Arc::new),
        origin: Arc::new(row.origin.clone()),
        counts_as: Arc::new(row.counts_as.clone()),
        page: (!row.is_row).then_some(row.source.id),
        own_voice: row.own_voice,
        member: (row.claim.subject != question.subject).then(|| row.claim.subject.clone()),
    };
    standing.map(statement).collect()
}
