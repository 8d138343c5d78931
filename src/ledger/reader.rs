//! One state of the ledger as it is shown: names where the record has keys, claims with what happened to them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::error::LedgerError;
use crate::domain::claim::{Attribution, EntityKey, Speaker, Status, Value};
use crate::domain::decimal::Decimal;
use crate::domain::listing::{ClaimView, EventView, LinkView, QuestionKey, SourceView};
use crate::domain::unit::Unit;
use crate::domain::verdict::{PairVerdict, Reason};
use crate::record::body::{Body, claim_id};
use crate::store::{ClaimRow, ListedQuestion, SourceRow, StoreError, View};

/// The sums said of a subject, each with its predicate.
type Sums = Rc<Vec<(String, Decimal)>>;

/// One state of the ledger, with what was looked up once.
pub(super) struct Reader<'v> {
    pub(super) view: View<'v>,
    names: RefCell<HashMap<EntityKey, String>>,
    sums: RefCell<HashMap<EntityKey, Sums>>,
}

impl<'v> Reader<'v> {
    pub(super) fn new(view: View<'v>) -> Reader<'v> {
        Reader { view, names: RefCell::default(), sums: RefCell::default() }
    }

    pub(super) fn name(&self, key: &EntityKey) -> Result<String, LedgerError> {
        if let Some(name) = self.names.borrow().get(key) {
            return Ok(name.clone());
        }
        let name = self.view.name(key)?.unwrap_or_else(|| key.0.clone());
        self.names.borrow_mut().insert(key.clone(), name.clone());
        Ok(name)
    }

    /// An origin as shown: the name of an entity, or the anonymous class with the outlet's name.
    pub(super) fn origin(&self, origin: &str) -> Result<String, LedgerError> {
        match origin.strip_prefix("anonymous, to ") {
            // No outlet is known: the page itself, by its short id.
            Some(page) if page.starts_with("source ") => {
                Ok(format!("anonymous, to {}", page.chars().take(15).collect::<String>()))
            }
            Some(outlet) => Ok(format!("anonymous, to {}", self.name(&EntityKey(outlet.to_string()))?)),
            None => self.name(&EntityKey(origin.to_string())),
        }
    }

    pub(super) fn claim(&self, row: &ClaimRow) -> Result<ClaimView, LedgerError> {
        let claim = &row.claim;
        let link = |link: &Attribution| -> Result<LinkView, LedgerError> {
            let (name, anonymous) = match &link.who {
                Speaker::Entity(key) => (self.name(key)?, false),
                Speaker::Anonymous(what) => (what.clone(), true),
            };
            Ok(LinkView { name, anonymous, known: link.known })
        };
        let words = match &claim.value {
            Value::Text(words) => Some(words.clone()),
            Value::Date(date) => Some(date.to_string()),
            Value::Figure(_) | Value::State => None,
        };
        let question = self.view.question(row.question)?;
        let question = question.ok_or_else(|| StoreError::Damaged(format!("question {} is missing", row.question)))?;
        Ok(ClaimView {
            id: row.id,
            reference: claim.reference.clone(),
            source: claim.source,
            publisher: row.source.details.publisher.clone(),
            published: row.source.details.published.clone(),
            url: row.source.details.url.clone(),
            snapshot: claim.snapshot,
            quote: claim.quote.clone(),
            subject: self.name(&claim.subject)?,
            predicate: claim.predicate.clone(),
            object: claim.object.as_ref().map(|key| self.name(key)).transpose()?.or(words.clone()),
            stated: words,
            figure: claim.value.figure().cloned(),
            other: claim.other.clone(),
            doubts: claim.doubts.clone(),
            qualifiers: claim.qualifiers.clone(),
            by: claim.by.iter().map(link).collect::<Result<_, _>>()?,
            origin: self.origin(&row.origin)?,
            stance: claim.stance,
            modality: claim.modality,
            as_of: claim.as_of.clone(),
            status: row.status,
            question: question.id,
            history: self.history(row)?,
        })
    }

    pub(super) fn history(&self, row: &ClaimRow) -> Result<Vec<EventView>, LedgerError> {
        let logged = self.view.checked_entry(row.sequence)?;
        let mut events = Vec::new();
        for (header, body) in std::iter::once(logged).chain(self.view.events(row.id)?) {
            let replaced_by = match &body {
                Body::Correct(correct) if correct.retracts == row.id => {
                    Some(claim_id(&correct.claim).map_err(StoreError::from)?)
                }
                _ => None,
            };
            let because = match &body {
                Body::Retract(judged) | Body::Reinstate(judged) => Some(judged.because.clone()),
                Body::Correct(correct) => Some(correct.because.clone()),
                _ => None,
            };
            let kind = if header.kind == "claim" { "log".to_string() } else { header.kind };
            events.push(EventView { kind, actor: header.actor.to_string(), time: header.time, because, replaced_by });
        }
        Ok(events)
    }

    pub(super) fn key(&self, question: &ListedQuestion) -> Result<QuestionKey, LedgerError> {
        let question = &question.question;
        let object = match &question.object {
            Some(object) => Some(self.name(&EntityKey(object.clone()))?),
            None => None,
        };
        Ok(QuestionKey {
            subject: self.name(&question.subject)?,
            predicate: question.predicate.clone(),
            object,
            unit: question.unit.clone(),
        })
    }

    pub(super) fn source(&self, row: SourceRow) -> Result<SourceView, LedgerError> {
        let snapshots: BTreeSet<_> = self.view.snapshots(row.number)?.iter().map(|snapshot| snapshot.sha256).collect();
        let claims = self.view.claims_of_source(row.number)?;
        let claims = claims.iter().filter(|claim| claim.status == Status::Standing).count();
        Ok(SourceView { id: row.id, details: row.details.into(), snapshots: snapshots.len(), claims })
    }

    /// The sums that other questions about the same subject and object have for an answer.
    pub(super) fn elsewhere(&self, question: &crate::domain::question::Question) -> Result<Elsewhere, LedgerError> {
        let mut values = BTreeSet::new();
        let object = question.object.clone().map(EntityKey);
        for about in std::iter::once(&question.subject).chain(&object) {
            let sums = self.sums(about)?;
            values.extend(sums.iter().filter(|(said, _)| *said != question.predicate).map(|(_, sum)| *sum));
        }
        Ok(Elsewhere { values })
    }

    pub(super) fn sums(&self, subject: &EntityKey) -> Result<Sums, LedgerError> {
        if let Some(known) = self.sums.borrow().get(subject) {
            return Ok(known.clone());
        }
        let mut sums = Vec::new();
        for row in self.view.claims_on_subject(subject)? {
            let figure = row.claim.value.figure().filter(|figure| matches!(figure.unit, Unit::Money(_)));
            let sum = figure.and_then(|figure| figure.value()).filter(|_| row.status == Status::Standing);
            sums.extend(sum.map(|sum| (row.claim.predicate, sum)));
        }
        sums.sort();
        sums.dedup();
        let sums = Rc::new(sums);
        self.sums.borrow_mut().insert(subject.clone(), sums.clone());
        Ok(sums)
    }
}

/// Sums that answer other questions about the same subject or object: a valuation may have been given as the investment.
pub(super) struct Elsewhere {
    values: BTreeSet<Decimal>,
}

impl Elsewhere {
    /// Names a conflict one side of which is the answer to another question.
    pub(super) fn name(&self, verdict: PairVerdict, reasons: &mut Vec<Reason>, a: &Value, b: &Value) {
        let fits = |value: &Value| value.figure().and_then(|f| f.value()).is_some_and(|v| self.values.contains(&v));
        if verdict == PairVerdict::Conflict && fits(a) != fits(b) {
            reasons.push(Reason::OtherQuestion);
            reasons.sort();
        }
    }
}
