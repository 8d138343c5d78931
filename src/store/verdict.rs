//! Verdicts and positions as their rows hold them: made on any core, compared with what is stored, written where they
//! differ.

use rusqlite::{Row, params};

use super::error::StoreError;
use super::{View, Writer};
use crate::domain::verdict::{Pair, Position, QuestionVerdict, Severity};
use crate::reconcile::question::Reconciled;

/// The verdict and the positions of a question, as `schema.sql` describes them.
#[derive(Debug, PartialEq, Eq)]
pub struct VerdictRow {
    question: i64,
    verdict: QuestionVerdict,
    severity: i64,
    worst: Option<String>,
    origins: i64,
    latest: Option<String>,
    claims: i64,
    mixed: bool,
    /// By rank.
    positions: Vec<PositionRow>,
}

#[derive(Debug, PartialEq, Eq)]
struct PositionRow {
    lo: Option<String>,
    hi: Option<String>,
    lo_open: bool,
    hi_open: bool,
    claims: i64,
    origins: i64,
    support: i64,
}

impl PositionRow {
    fn new(position: &Position<i64>) -> PositionRow {
        let range = &position.range;
        PositionRow {
            lo: range.lo.map(|end| end.to_string()),
            hi: range.hi.map(|end| end.to_string()),
            lo_open: range.lo_open,
            hi_open: range.hi_open,
            claims: position.claims.len() as i64,
            origins: position.origins.len() as i64,
            support: position.support.len() as i64,
        }
    }

    fn is_stored_in(&self, row: &Row) -> Result<bool, rusqlite::Error> {
        Ok(is_text(row, 2, self.lo.as_deref())?
            && is_text(row, 3, self.hi.as_deref())?
            && self.lo_open == row.get::<_, bool>(4)?
            && self.hi_open == row.get::<_, bool>(5)?
            && [self.claims, self.origins, self.support] == [row.get::<_, i64>(6)?, row.get(7)?, row.get(8)?])
    }
}

impl VerdictRow {
    fn is_stored_in(&self, row: &Row) -> Result<bool, rusqlite::Error> {
        Ok(is_text(row, 1, Some(self.verdict.name()))?
            && is_text(row, 3, self.worst.as_deref())?
            && is_text(row, 5, self.latest.as_deref())?
            && [self.severity, self.origins, self.claims] == [row.get::<_, i64>(2)?, row.get(4)?, row.get(6)?]
            && self.mixed == row.get::<_, bool>(7)?)
    }
}

fn is_text(row: &Row, column: usize, text: Option<&str>) -> Result<bool, rusqlite::Error> {
    Ok(row.get_ref(column)?.as_str_or_null()? == text)
}

impl View<'_> {
    /// The rows of a question with so many standing claims; `mixed` says that they are in two currencies.
    pub fn verdict_row(
        &self,
        question: i64,
        claims: usize,
        mixed: bool,
        reconciled: &Reconciled<i64>,
        severity: &Severity,
    ) -> Result<VerdictRow, StoreError> {
        let named = |pair: &Pair<i64>| -> Result<String, StoreError> {
            let (a, b) = (self.claim_id(pair.a)?, self.claim_id(pair.b)?);
            let Pair { verdict, reasons, gap, rates, .. } = pair.clone();
            Ok(serde_json::json!(Pair { a, b, verdict, reasons, gap, rates }).to_string())
        };
        Ok(VerdictRow {
            question,
            verdict: reconciled.verdict,
            severity: i64::from(severity.points),
            worst: reconciled.worst.as_ref().map(named).transpose()?,
            origins: reconciled.origins as i64,
            latest: severity.latest.as_ref().map(|date| date.last_day().to_string()),
            claims: claims as i64,
            mixed,
            positions: reconciled.positions.iter().map(PositionRow::new).collect(),
        })
    }

    /// Those of some verdicts, which are given by ascending question and lie near each other, that differ from what is
    /// stored.
    pub fn changed_verdicts(&self, mut rows: Vec<VerdictRow>) -> Result<Vec<VerdictRow>, StoreError> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(rows) };
        let between = [first.question, last.question];
        let mut select = self.prepare(
            "SELECT number, verdict, severity, worst, origins, latest, claims, mixed FROM question
             WHERE number BETWEEN ?1 AND ?2 ORDER BY number",
        )?;
        let mut questions = select.query(between)?;
        let mut select = self.prepare(
            "SELECT question, rank, lo, hi, lo_open, hi_open, claims, origins, support FROM position
             WHERE question BETWEEN ?1 AND ?2 ORDER BY question, rank",
        )?;
        let mut positions = select.query(between)?;
        let mut position = positions.next()?;
        let mut changed = Vec::new();
        for row in rows.drain(..) {
            let mut is_stored = false;
            while let Some(question) = questions.next()? {
                let number: i64 = question.get(0)?;
                if number == row.question {
                    is_stored = row.is_stored_in(question)?;
                    break;
                }
            }
            let mut expected = row.positions.iter();
            while let Some(stored) = position {
                let number: i64 = stored.get(0)?;
                if number > row.question {
                    break;
                }
                if number == row.question {
                    is_stored &= expected.next().map_or(Ok(false), |expected| expected.is_stored_in(stored))?;
                }
                position = positions.next()?;
            }
            if !is_stored || expected.next().is_some() {
                changed.push(row);
            }
        }
        Ok(changed)
    }
}

impl Writer<'_> {
    /// Puts the verdict and the positions of a question in place of those before.
    pub fn put_verdict(&self, row: &VerdictRow) -> Result<(), StoreError> {
        let mut update = self.transaction.prepare_cached(
            "UPDATE question SET verdict = ?2, severity = ?3, worst = ?4, origins = ?5, latest = ?6,
                    claims = ?7, mixed = ?8
             WHERE number = ?1",
        )?;
        update.execute(params![
            row.question,
            row.verdict.name(),
            row.severity,
            row.worst,
            row.origins,
            row.latest,
            row.claims,
            row.mixed,
        ])?;
        self.transaction.prepare_cached("DELETE FROM position WHERE question = ?1")?.execute(params![row.question])?;
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO position (question, rank, lo, hi, lo_open, hi_open, claims, origins, support)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        for (rank, position) in row.positions.iter().enumerate() {
            insert.execute(params![
                row.question,
                rank as i64,
                position.lo,
                position.hi,
                position.lo_open,
                position.hi_open,
                position.claims,
                position.origins,
                position.support,
            ])?;
        }
        Ok(())
    }
}
