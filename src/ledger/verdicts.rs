//! Verdicts brought up to date: statements are read and verdicts written by whoever holds the transaction; between the
//! two, where there are many questions, all cores compare.

use super::rates::own_policy;
use super::{LedgerError, Progress, Questions, Session, Stage};
use crate::domain::verdict::{QuestionVerdict, Severity};
use crate::reconcile::policy::Policy;
use crate::reconcile::question::{Reconciled, reconcile};
use crate::reconcile::severity::severity;
use crate::reconcile::statement::{Frame, Statement};
use crate::store::cores::{by_all_cores, cores, on_all_cores};
use crate::store::{Numbered, Store, StoreError, VerdictRow, View};

/// Questions that are handed to another core at a time.
const BATCH: usize = 512;

/// A question to be compared.
struct Asked {
    question: i64,
    statements: Vec<Statement<i64>>,
    frame: Frame,
    /// The policy with the rates that it needs, where its sums are in several currencies.
    policy: Option<Box<Policy>>,
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
        let is_mixed = self.policy.is_some();
        let policy = self.policy.as_deref().unwrap_or(policy);
        let reconciled = reconcile(&self.statements, self.frame, policy);
        let severity = severity(&reconciled, &self.statements);
        Answered { question: self.question, n_claims: self.statements.len(), is_mixed, reconciled, severity }
    }
}

impl Answered {
    fn row(&self, view: View) -> Result<VerdictRow, StoreError> {
        view.verdict_row(self.question, self.n_claims, self.is_mixed, &self.reconciled, &self.severity)
    }
}

impl Session<'_> {
    /// Works out the verdicts of some questions anew, which are given ascending, from what this transaction sees, and
    /// writes them.
    pub(super) fn put_verdicts(&self, numbers: &[i64], progress: Progress) -> Result<Questions, LedgerError> {
        let mut counted = Counted::new(numbers.len(), progress);
        on_all_cores(
            numbers.chunks(BATCH).map(|questions| read(self.writer.view(), questions, self.policy)),
            |asked| asked.answer(self.policy),
            |answered| {
                counted.count(answered.reconciled.verdict);
                Ok(self.writer.put_verdict(&answered.row(self.writer.view())?)?)
            },
        )?;
        Ok(counted.questions)
    }

    /// The same for every question, from what was committed, so that all cores read too. Verdicts that differ from the
    /// stored ones are written, or only counted.
    pub(super) fn put_all_verdicts(&self, write: bool, progress: Progress) -> Result<Questions, LedgerError> {
        let numbers = self.writer.view().question_numbers()?;
        let Some(path) = self.writer.path() else { return self.put_verdicts(&numbers, progress) };
        let pieces: Vec<&[i64]> = numbers.chunks(BATCH).collect();
        let policy = self.policy;
        let mut counted = Counted::new(numbers.len(), progress);
        let mut stores = Store::several(path, cores())?;
        by_all_cores(
            pieces.len(),
            &mut stores,
            |store, piece| {
                let view = store.view_unchanged();
                let asked = read(view, pieces[piece], policy)?;
                let answers: Vec<Answered> = asked.into_iter().map(|asked| asked.answer(policy)).collect();
                let rows = match write {
                    true => answers.iter().map(|answered| answered.row(view)).collect::<Result<_, _>>()?,
                    false => Vec::new(),
                };
                let verdicts: Vec<QuestionVerdict> =
                    answers.iter().map(|answered| answered.reconciled.verdict).collect();
                Ok((verdicts, view.changed_verdicts(rows)?))
            },
            |_, (verdicts, changed): (Vec<QuestionVerdict>, _)| {
                verdicts.into_iter().for_each(|verdict| counted.count(verdict));
                changed.iter().try_for_each(|row| Ok::<(), LedgerError>(self.writer.put_verdict(row)?))
            },
        )?;
        Ok(counted.questions)
    }
}

/// Questions with what they take to be compared.
fn read(view: View, questions: &[i64], policy: &Policy) -> Result<Vec<Asked>, LedgerError> {
    let asked = |Numbered { question, predicate, statements }| {
        let policy = own_policy(view, &statements, policy)?;
        Ok(Asked { question, statements, frame: view.frame(&predicate)?, policy })
    };
    view.numbered_statements(questions)?.into_iter().map(asked).collect()
}

/// Verdicts, counted as they come.
struct Counted<'p> {
    questions: Questions,
    progress: Progress<'p>,
    all: usize,
}

impl<'p> Counted<'p> {
    fn new(all: usize, progress: Progress<'p>) -> Counted<'p> {
        Counted { questions: Questions::default(), progress, all }
    }

    fn count(&mut self, verdict: QuestionVerdict) {
        self.questions.touched += 1;
        match verdict {
            QuestionVerdict::Contradicted => self.questions.contradicted += 1,
            QuestionVerdict::Tension => self.questions.in_tension += 1,
            QuestionVerdict::Agreed | QuestionVerdict::Alone => {}
        }
        if self.questions.touched.is_multiple_of(BATCH) {
            (self.progress)(Stage::Comparing, self.questions.touched as u64, self.all as u64);
        }
    }
}
