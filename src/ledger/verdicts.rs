//! Verdicts brought up to date: statements are read and verdicts written by whoever holds the transaction; between the
//! two, where there are many questions, all cores compare.

use super::cores::on_all_cores;
use super::rates::with_rates;
use super::{LedgerError, Progress, Questions, Session, Stage};
use crate::domain::verdict::{QuestionVerdict, Severity};
use crate::reconcile::policy::Policy;
use crate::reconcile::question::{Reconciled, reconcile};
use crate::reconcile::severity::severity;
use crate::reconcile::statement::{Frame, Statement};
use crate::store::{Numbered, Writer, currencies};

/// Questions that are handed to another core at a time.
const BATCH: usize = 512;

/// A question to be compared.
struct Asked {
    question: i64,
    statements: Vec<Statement<i64>>,
    frame: Frame,
    /// The policy with the rates that it needs, where it needs some.
    policy: Option<Box<Policy>>,
    is_mixed: bool,
}

/// What came of it.
struct Answered {
    question: i64,
    n_claims: usize,
    is_mixed: bool,
    reconciled: Reconciled<i64>,
    severity: Severity,
}

impl Asked {
    fn answer(self, policy: &Policy) -> Answered {
        let policy = self.policy.as_deref().unwrap_or(policy);
        let reconciled = reconcile(&self.statements, self.frame, policy);
        let severity = severity(&reconciled, &self.statements);
        let (question, is_mixed) = (self.question, self.is_mixed);
        Answered { question, n_claims: self.statements.len(), is_mixed, reconciled, severity }
    }
}

impl Session<'_> {
    /// Works out the verdicts of some questions anew, which are given ascending; writes them, or only counts.
    pub(super) fn verdicts(&self, numbers: &[i64], write: bool, progress: Progress) -> Result<Questions, LedgerError> {
        let mut written = Written {
            writer: write.then_some(&self.writer),
            questions: Questions::default(),
            progress,
            all: numbers.len(),
        };
        let view = self.writer.view();
        let read = |questions: &[i64]| -> Result<Vec<Asked>, LedgerError> {
            let asked = view.numbered_statements(questions)?.into_iter();
            asked
                .map(|Numbered { question, predicate, statements }| {
                    let is_mixed = currencies(&statements).len() > 1;
                    let policy = match is_mixed {
                        true => Some(Box::new(with_rates(view, &statements, self.policy)?.into_owned())),
                        false => None,
                    };
                    Ok(Asked { question, statements, frame: view.frame(&predicate)?, policy, is_mixed })
                })
                .collect()
        };
        on_all_cores(
            numbers.chunks(BATCH).map(read),
            |asked| asked.answer(self.policy),
            |answered| written.put(answered),
        )?;
        Ok(written.questions)
    }
}

/// Verdicts as they are written.
struct Written<'w> {
    /// None where nothing is to be written.
    writer: Option<&'w Writer<'w>>,
    questions: Questions,
    progress: Progress<'w>,
    all: usize,
}

impl Written<'_> {
    fn put(&mut self, answered: Answered) -> Result<(), LedgerError> {
        let Answered { question, n_claims, is_mixed, reconciled, severity } = answered;
        self.questions.touched += 1;
        match reconciled.verdict {
            QuestionVerdict::Contradicted => self.questions.contradicted += 1,
            QuestionVerdict::Tension => self.questions.in_tension += 1,
            QuestionVerdict::Agreed | QuestionVerdict::Alone => {}
        }
        if self.questions.touched.is_multiple_of(BATCH) {
            (self.progress)(Stage::Comparing, self.questions.touched as u64, self.all as u64);
        }
        match self.writer {
            Some(writer) => Ok(writer.put_verdict(question, n_claims, is_mixed, &reconciled, &severity)?),
            None => Ok(()),
        }
    }
}
