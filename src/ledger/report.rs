//! The report on one source: what it says, who says so, who agrees and who disagrees.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::LedgerError;
use super::rates::with_rates;
use super::reader::{Elsewhere, Reader};
use crate::domain::claim::Status;
use crate::domain::id::{ClaimId, QuestionId};
use crate::domain::listing::{
    BadRowView, DecisionView, OriginView, OtherClaim, RedactionView, ReportedClaim, SnapshotView, SourceReport,
};
use crate::domain::origin::{Origin, independent};
use crate::domain::verdict::{PairVerdict, QuestionVerdict};
use crate::reconcile::pair::{Outcome, compare, takes_side};
use crate::reconcile::policy::Policy;
use crate::reconcile::question::pairs;
use crate::reconcile::statement::{Frame, Statement};
use crate::store::{ClaimRow, Made, SourceRow, StoreError, statements};

impl Reader<'_> {
    pub(super) fn report(&self, row: SourceRow, policy: &Policy) -> Result<SourceReport, LedgerError> {
        let snapshots = self.view.snapshots(row.number)?;
        let mut claims = self.view.claims_of_source(row.number)?;
        self.as_known(&mut claims)?;
        claims.sort_by_key(|row| (row.claim.snapshot, row.claim.quote.start, row.claim.quote.end, row.sequence));
        let mut questions: BTreeMap<i64, Question> = BTreeMap::new();
        for claim in &claims {
            for number in self.view.questions_of_claim(claim)? {
                if let std::collections::btree_map::Entry::Vacant(vacant) = questions.entry(number) {
                    vacant.insert(self.question(number, policy)?);
                }
            }
        }
        let mut texts = HashMap::new();
        for snapshot in &snapshots {
            if let Some(text) = self.view.text_if_kept(snapshot)? {
                texts.insert((snapshot.sha256, snapshot.text), text);
            }
        }
        let mut reported = Vec::new();
        for claim in &claims {
            let text = texts.get(&(claim.claim.snapshot, claim.claim.text));
            let span = claim.claim.quote.span();
            reported.push(ReportedClaim {
                snapshot_bytes: text.and_then(|text| text.bytes_of(span)),
                part: text.and_then(|text| text.role_at(span)),
                ..self.reported(claim, &questions)?
            });
        }
        let views = snapshots.iter().map(|snapshot| {
            let Made { actor, time, .. } = self.view.made(&self.view.checked_entry(snapshot.sequence)?.0)?;
            Ok(SnapshotView {
                sha256: snapshot.sha256,
                size: snapshot.size,
                captured: time,
                actor,
                media_type: snapshot.media_type.clone(),
                charset: snapshot.charset.clone(),
                text_sha256: snapshot.text,
                extractor: snapshot.extractor.clone(),
            })
        });
        let mut pages: BTreeSet<i64> = BTreeSet::from([row.number]);
        let agreeing: BTreeSet<ClaimId> =
            reported.iter().flat_map(|r| r.agreeing.iter().map(|other| other.id)).collect();
        let rows = questions.values().flat_map(|question| &question.rows);
        pages.extend(rows.filter(|row| agreeing.contains(&row.id)).map(|row| row.source.number));
        let (mut bad_rows, mut n_bad_rows) = (Vec::new(), 0);
        for import in self.view.imports()?.into_iter().filter(|import| import.source == row.number) {
            let rows = self.view.bad_rows(import.number)?;
            bad_rows.extend(rows.into_iter().map(|(row, why)| BadRowView { row, why }));
            n_bad_rows += import.n_bad;
        }
        let redactions = self.view.redactions_of(row.id)?.into_iter().map(|redaction| RedactionView {
            entry: redaction.body.entry,
            bytes: redaction.body.bytes,
            actor: redaction.header.actor.to_string(),
            time: redaction.header.time,
            because: redaction.body.because,
        });
        Ok(SourceReport {
            redactions: redactions.collect(),
            bad_rows,
            n_bad_rows,
            snapshots: views.collect::<Result<_, LedgerError>>()?,
            pages: pages.len(),
            origins: self.origins_of(&claims, &questions)?,
            unheard: self.unheard(&claims)?,
            claims: reported,
            source: self.source(row)?,
            as_of: self.as_of.clone(),
        })
    }

    fn question(&self, number: i64, policy: &Policy) -> Result<Question, LedgerError> {
        let listed = self.view.question(number)?;
        let listed = listed.ok_or_else(|| StoreError::Damaged(format!("question {number} is missing")))?;
        let mut rows = self.claims_of_question(number)?;
        let frame = self.view.frame(&listed.question.predicate)?;
        let elsewhere = self.elsewhere(&listed.question)?;
        let statements = statements(&rows, &listed.question, |row| row.id);
        let policy = with_rates(self.view, &statements, policy)?.into_owned();
        let flagged = match self.view.decision_on_question(number)? {
            Some(_) => pairs(&statements, frame, &policy, true).pairs,
            None => Vec::new(),
        };
        let decision = self.decision(number, &rows, &flagged)?;
        rows.retain(|row| row.status == Status::Standing);
        Ok(Question { id: listed.id, statements, rows, frame, policy, elsewhere, decision })
    }

    fn reported(&self, row: &ClaimRow, questions: &BTreeMap<i64, Question>) -> Result<ReportedClaim, LedgerError> {
        let (mut agreeing, mut disagreeing): (Vec<OtherClaim>, Vec<OtherClaim>) = (Vec::new(), Vec::new());
        let (mut with, mut against) = (Side::default(), Side::default());
        with.add(row, &row.origin);
        let mut finding: Option<(PairVerdict, &Question)> = None;
        // Its own question first, then those that it bears on by what it implies.
        for question in self.view.questions_of_claim(row)?.iter().filter_map(|number| questions.get(number)) {
            // A retracted claim is not among them, and compares with nothing.
            let Some(own) = question.statements.iter().find(|statement| statement.claim == row.id) else { continue };
            for (other, statement) in question.rows.iter().zip(&question.statements) {
                let known = agreeing.iter().chain(&disagreeing).any(|known| known.id == other.id);
                if other.id == row.id || known {
                    continue;
                }
                let Outcome { verdict, reasons, agrees, .. } = question.compared(own, statement);
                let view = OtherClaim {
                    id: other.id,
                    carrier: other.source.details.publisher.clone().unwrap_or_else(|| other.source.id.short()),
                    origin: self.origin(&other.origin)?,
                    quote: other.claim.quote.exact.clone(),
                    figure: other.claim.value.figure().cloned(),
                    verdict,
                    reasons,
                };
                if agrees {
                    // A bound fits a sum and does not support it; nor does a sum a bound.
                    if takes_side(statement) == takes_side(own) {
                        with.add(other, &other.origin);
                    }
                    if other.source.number != row.source.number {
                        agreeing.push(view);
                    }
                } else if verdict.is_flagged() {
                    against.add(other, &other.origin);
                    disagreeing.push(view);
                    if finding.is_none_or(|(worst, _)| verdict > worst) {
                        finding = Some((verdict, question));
                    }
                }
            }
        }
        let with_origins = independent(with.origins);
        let verdict = match disagreeing.iter().map(|other| other.verdict).max() {
            _ if row.status != Status::Standing => None,
            Some(PairVerdict::Conflict) => Some(QuestionVerdict::Contradicted),
            Some(_) => Some(QuestionVerdict::Tension),
            None if with_origins.len() > 1 => Some(QuestionVerdict::Agreed),
            None => Some(QuestionVerdict::Alone),
        };
        Ok(ReportedClaim {
            claim: self.claim(row)?,
            snapshot_bytes: None,
            part: None,
            verdict,
            agreeing,
            disagreeing,
            pages: with.pages.len(),
            origins: self.origins(&with_origins)?,
            pages_against: against.pages.len(),
            origins_against: self.origins(&independent(against.origins))?,
            finding: finding.map(|(_, question)| question.id),
            decision: finding.and_then(|(_, question)| question.decision.clone()),
        })
    }

    /// The origins of a source's standing claims, most claims first; an original is held when what the origin itself
    /// publishes on each of the questions is on record.
    fn origins_of(
        &self,
        claims: &[ClaimRow],
        questions: &BTreeMap<i64, Question>,
    ) -> Result<Vec<OriginView>, LedgerError> {
        let mut found: BTreeMap<&Origin, OriginView> = BTreeMap::new();
        let mut pages: BTreeMap<&Origin, BTreeSet<i64>> = BTreeMap::new();
        for claim in claims.iter().filter(|claim| claim.status == Status::Standing) {
            let new = OriginView { name: self.origin(&claim.origin)?, claims: 0, other_pages: 0, held: true };
            let view = found.entry(&claim.origin).or_insert(new);
            view.claims += 1;
            view.held &= self.is_held(&claim.origin, claim.question)?;
            let others = questions[&claim.question].rows.iter();
            let others = others.filter(|row| row.origin == claim.origin && row.source.number != claim.source.number);
            pages.entry(&claim.origin).or_default().extend(others.map(|row| row.source.number));
        }
        let counted = independent(found.keys().map(|origin| (*origin).clone()).collect());
        let with_pages =
            |(origin, view): (&Origin, OriginView)| OriginView { other_pages: pages[origin].len(), ..view };
        let mut origins: Vec<OriginView> =
            found.into_iter().filter(|(origin, _)| counted.contains(origin)).map(with_pages).collect();
        origins.sort_by(|a, b| b.claims.cmp(&a.claims).then_with(|| a.name.cmp(&b.name)));
        Ok(origins)
    }
}

/// The pages and the origins of one side.
#[derive(Default)]
struct Side {
    pages: BTreeSet<i64>,
    origins: Vec<Origin>,
}

impl Side {
    fn add(&mut self, row: &ClaimRow, origin: &Origin) {
        self.pages.insert(row.source.number);
        if !self.origins.contains(origin) {
            self.origins.push(origin.clone());
        }
    }
}

/// A question with its standing claims.
struct Question {
    id: QuestionId,
    rows: Vec<ClaimRow>,
    statements: Vec<Statement>,
    frame: Frame,
    policy: Policy,
    elsewhere: Elsewhere,
    decision: Option<DecisionView>,
}

impl Question {
    /// How two of its claims compare.
    fn compared(&self, a: &Statement, b: &Statement) -> Outcome {
        let mut outcome = compare(a, b, a.counts_as == b.counts_as, self.frame, &self.policy);
        self.elsewhere.name(outcome.verdict, &mut outcome.reasons, &a.value, &b.value);
        outcome
    }
}
