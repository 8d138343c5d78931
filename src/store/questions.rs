//! Reading questions, the predicates they are asked with, and the decisions on them.

use std::sync::Arc;

use rusqlite::Row;
use rusqlite::types::Value as Sql;

use super::error::StoreError;
use super::view::{View, digest, id_range};
use crate::domain::claim::EntityKey;
use crate::domain::id::QuestionId;
use crate::domain::predicate::{Predicate, ValueKind};
use crate::domain::question::{Question, UnitClass};
use crate::reconcile::statement::{Frame, Statement};
use crate::record::body::{Body, ClaimDecision, Decide, FindingDecision};
use crate::record::entry::Header;

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

impl View<'_> {
    /// Every question, findings first as listed, then the others by key.
    pub fn questions(&self) -> Result<Vec<ListedQuestion>, StoreError> {
        self.rows(&format!("{QUESTION} ORDER BY severity DESC, latest DESC, id"), [], question_row)
    }

    /// The row of every question, ascending.
    pub fn question_numbers(&self) -> Result<Vec<i64>, StoreError> {
        self.rows("SELECT number FROM question ORDER BY number", [], |row| row.get(0))
    }

    /// Every question, in the order in which they came up.
    pub fn questions_by_number(&self) -> Result<Vec<ListedQuestion>, StoreError> {
        self.rows(&format!("{QUESTION} ORDER BY number"), [], question_row)
    }

    /// The question that this one is after a merge of its subject or object; itself where none was.
    pub fn moved(&self, question: ListedQuestion) -> Result<ListedQuestion, StoreError> {
        let sql = format!("{QUESTION} WHERE number = (SELECT moved FROM question WHERE number = ?1)");
        let found = self.rows(&sql, [Sql::Integer(question.number)], question_row)?;
        Ok(found.into_iter().next().unwrap_or(question))
    }

    /// The findings, worst first; the first so many.
    pub fn findings(&self, limit: usize) -> Result<Vec<ListedQuestion>, StoreError> {
        let sql = format!("{QUESTION} WHERE severity > 0 ORDER BY severity DESC, latest DESC, id LIMIT ?1");
        self.rows(&sql, [Sql::Integer(i64::try_from(limit).unwrap_or(i64::MAX))], question_row)
    }

    /// How many findings there are.
    pub fn n_findings(&self) -> Result<usize, StoreError> {
        let count = "SELECT count(*) FROM question WHERE severity > 0";
        Ok(self.connection.query_row(count, [], |row| row.get::<_, i64>(0))?.unsigned_abs() as usize)
    }

    /// The findings that somebody has decided on.
    pub fn decided_findings(&self) -> Result<Vec<ListedQuestion>, StoreError> {
        let sql = format!(
            "{QUESTION} WHERE severity > 0 AND (number IN (SELECT question FROM decision)
             OR number IN (SELECT moved FROM question WHERE number IN (SELECT question FROM decision)))
             ORDER BY severity DESC, latest DESC, id"
        );
        self.rows(&sql, [], question_row)
    }

    /// The standing statements on all questions about a subject, named by number.
    pub fn statements_on_subject(&self, subject: &EntityKey) -> Result<Vec<Statement<i64>>, StoreError> {
        let sql = "SELECT number FROM question WHERE subject = ?1 ORDER BY number";
        let questions: Vec<i64> = self.rows(sql, [Sql::Text(subject.0.clone())], |row| row.get(0))?;
        Ok(self.numbered_statements(&questions)?.into_iter().flat_map(|numbered| numbered.statements).collect())
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

    /// The frame of the questions of that predicate, or of that group of them: how their claims compare.
    pub fn frame(&self, predicate: &str) -> Result<Frame, StoreError> {
        self.known.frames.get_by(predicate, || {
            let of_group = "WHERE json_extract(definition, '$.exclusive') = ?1 ORDER BY name LIMIT 1";
            let predicate = match self.predicates_where(of_group, [Sql::Text(predicate.to_string())])?.pop() {
                Some(predicate) => Arc::new(predicate),
                None => self
                    .predicate(predicate)?
                    .ok_or_else(|| StoreError::Damaged(format!("the predicate `{predicate}` is not defined")))?,
            };
            let whole = predicate.value == ValueKind::Count;
            Ok(Frame { time: predicate.time, whole, compare: predicate.compare })
        })
    }

    /// The predicate of that name.
    pub fn predicate(&self, name: &str) -> Result<Option<Arc<Predicate>>, StoreError> {
        self.known.predicates.get_by(name, || {
            let found = self.predicates_where("WHERE name = ?1", [Sql::Text(name.to_string())])?;
            Ok(found.into_iter().next().map(Arc::new))
        })
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

    /// The numbers of the claims that bear on a question and were decided on by themselves.
    pub fn decided_claims(&self, question: i64) -> Result<Vec<i64>, StoreError> {
        self.rows(
            "SELECT DISTINCT decision.claim FROM decision JOIN statement ON statement.claim = decision.claim
             AND statement.question = ?1",
            [Sql::Integer(question)],
            |row| row.get(0),
        )
    }

    /// The latest decision on a claim.
    pub fn decision_on_claim(&self, claim: i64) -> Result<Option<(Header, ClaimDecision)>, StoreError> {
        let found = self.decision("SELECT max(sequence) FROM decision WHERE claim = ?1", Sql::Integer(claim))?;
        match found {
            Some((header, Decide::Claim(decision))) => Ok(Some((header, decision))),
            Some((header, _)) => Err(StoreError::Damaged(format!("entry {} is on no claim", header.sequence))),
            None => Ok(None),
        }
    }

    fn decision(&self, sql: &str, on: Sql) -> Result<Option<(Header, Decide)>, StoreError> {
        let mut select = self.prepare(sql)?;
        let sequence: Option<u64> = select.query_row([on], |row| row.get(0))?;
        match sequence.map(|sequence| self.checked_entry(sequence)).transpose()? {
            Some((header, Body::Decide(decide))) => Ok(Some((header, decide))),
            Some((header, _)) => Err(StoreError::Damaged(format!("entry {} is no decision", header.sequence))),
            None => Ok(None),
        }
    }
}
