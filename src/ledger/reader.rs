//! One state of the ledger as it is shown: names where the record has keys, claims with what happened to them.

use std::borrow::Borrow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDate;

use super::error::LedgerError;
use crate::domain::claim::{Attribution, EntityKey, Speaker, Status, Value};
use crate::domain::decimal::Decimal;
use crate::domain::decision::{ClaimOutcome, Mark};
use crate::domain::figure::Figure;
use crate::domain::id::{ClaimId, QuestionId};
use crate::domain::listing::{
    BroughtView, ClaimDecisionView, ClaimView, DecisionView, EventView, LinkView, QuestionKey, SourceView,
};
use crate::domain::origin::Origin;
use crate::domain::question::{Question, UnitClass};
use crate::domain::unit::{CurrencyCode, Unit};
use crate::domain::verdict::{Pair, PairVerdict, Reason};
use crate::domain::when::When;
use crate::record::body::{Body, Parent, claim_id};
use crate::store::{ClaimRow, ListedQuestion, Made, SourceRow, StoreError, View};

/// The values said of a subject, each with its predicate and the kind of its unit.
type Said = Rc<Vec<(Arc<str>, UnitClass, Sum)>>;
/// A value and its likeliest currency.
type Sum = (Decimal, Option<CurrencyCode>);

/// One state of the ledger, with what was looked up once.
pub(super) struct Reader<'v> {
    pub(super) view: View<'v>,
    /// Only what was known by then counts.
    pub(super) as_of: Option<When>,
    names: RefCell<HashMap<EntityKey, String>>,
    said: RefCell<HashMap<EntityKey, Said>>,
    /// Whether anything was decided at all.
    any_decision: OnceCell<bool>,
    /// By question, whom its claims went back to by the reader's date.
    origins_then: RefCell<HashMap<i64, Rc<HashMap<ClaimId, Origin>>>>,
}

impl<'v> Reader<'v> {
    pub(super) fn new(view: View<'v>) -> Reader<'v> {
        Reader::at(view, None)
    }

    /// A reader of what had been published by a date, and of what is said to be true of a time no later.
    pub(super) fn at(view: View<'v>, as_of: Option<When>) -> Reader<'v> {
        Reader {
            view,
            as_of,
            names: RefCell::default(),
            said: RefCell::default(),
            any_decision: OnceCell::new(),
            origins_then: RefCell::default(),
        }
    }

    /// True where all that is on record counts, and what was worked out for it can be used.
    pub(super) fn is_now(&self) -> bool {
        self.as_of.is_none()
    }

    /// True for a claim that was known by the reader's date. What has no date may have been.
    pub(super) fn is_known(&self, row: &ClaimRow) -> bool {
        self.was_there(row.source.details.published.as_ref()) && self.was_there(row.claim.as_of.as_ref())
    }

    /// True for what has a date by the reader's, or none.
    fn was_there(&self, date: Option<&When>) -> bool {
        match (date, &self.as_of) {
            (Some(date), Some(then)) => date.first_day() <= then.last_day(),
            _ => true,
        }
    }

    /// The last day that counts.
    pub(super) fn by(&self) -> Option<NaiveDate> {
        self.as_of.as_ref().map(When::last_day)
    }

    /// The claims that bear on a question, retracted ones too.
    pub(super) fn claims_of_question(&self, number: i64) -> Result<Vec<ClaimRow>, LedgerError> {
        let mut rows = self.view.claims_of_question(number)?;
        self.as_known(&mut rows)?;
        Ok(rows)
    }

    /// Takes away what was not known by the reader's date, and works out anew whom the rest went back to then.
    pub(super) fn as_known(&self, rows: &mut Vec<ClaimRow>) -> Result<(), LedgerError> {
        if self.is_now() {
            return Ok(());
        }
        rows.retain(|row| self.is_known(row));
        for row in rows {
            if let Some(origin) = self.origins_then(row.question)?.get(&row.id) {
                row.origin.clone_from(origin);
                row.counts_as = self.view.counting(origin)?;
            }
        }
        Ok(())
    }

    fn origins_then(&self, question: i64) -> Result<Rc<HashMap<ClaimId, Origin>>, LedgerError> {
        if let Some(known) = self.origins_then.borrow().get(&question) {
            return Ok(known.clone());
        }
        let mut rows = self.view.claims_answering(question)?;
        rows.retain(|row| self.is_known(row));
        let ways = self.view.resolved(&rows)?;
        let origins = rows.iter().zip(&ways).map(|(row, way)| (row.id, way[0].who.clone())).collect();
        let origins = Rc::new(origins);
        self.origins_then.borrow_mut().insert(question, Rc::clone(&origins));
        Ok(origins)
    }

    pub(super) fn name(&self, key: &EntityKey) -> Result<String, LedgerError> {
        if let Some(name) = self.names.borrow().get(key) {
            return Ok(name.clone());
        }
        let mut name = self.view.name(key)?.unwrap_or_else(|| key.0.clone());
        if !self.view.namesakes(key)?.is_empty() {
            name = format!("{name} ({})", key.0);
        }
        self.names.borrow_mut().insert(key.clone(), name.clone());
        Ok(name)
    }

    /// An origin as shown: the name of an entity, or the anonymous class with the outlet's name.
    pub(super) fn origin(&self, origin: &Origin) -> Result<String, LedgerError> {
        Ok(match origin {
            Origin::Named(key) => self.name(key)?,
            Origin::Anonymous(outlet) => format!("anonymous, to {}", self.name(outlet)?),
            Origin::Unnamed(source) => format!("anonymous, to source {}", source.short()),
            Origin::Either(members) => self.origins(members)?.join(" or "),
            Origin::Circle(keys) => {
                let names: Vec<String> = keys.iter().map(|key| self.name(key)).collect::<Result<_, _>>()?;
                format!("nobody: {} in a circle", names.join(", "))
            }
        })
    }

    pub(super) fn origins(&self, origins: &[impl Borrow<Origin>]) -> Result<Vec<String>, LedgerError> {
        origins.iter().map(|origin| self.origin(origin.borrow())).collect()
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
        let words = claim.value.words();
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
            decisions: self.decisions(row)?,
            history: self.history(row)?,
        })
    }

    /// What was decided about a claim: on itself, and on the findings it bears on.
    fn decisions(&self, row: &ClaimRow) -> Result<Vec<ClaimDecisionView>, LedgerError> {
        let mut decisions = Vec::new();
        if !self.any_decision()? {
            return Ok(decisions);
        }
        if let Some((header, decision)) = self.view.decision_on_claim(row.number)? {
            let mark = match decision.outcome {
                ClaimOutcome::Open => None,
                ClaimOutcome::Verified => Some(Mark::Verified),
                ClaimOutcome::CannotVerify => Some(Mark::CannotVerify),
            };
            let made = self.view.made(&header)?;
            decisions.extend(mark.map(|outcome| marked(made, outcome, None, decision.because)));
        }
        for number in self.view.questions_of_claim(row)? {
            let Some((header, decision)) = self.view.decision_on_question(number)? else { continue };
            let mark = match () {
                _ if !decision.outcome.settles() => None,
                _ if decision.right.contains(&row.id) => Some(Mark::Right),
                _ if decision.wrong.contains(&row.id) => Some(Mark::Wrong),
                _ => None,
            };
            let made = self.view.made(&header)?;
            decisions.extend(mark.map(|outcome| marked(made, outcome, Some(decision.finding), decision.because)));
        }
        Ok(decisions)
    }

    pub(super) fn any_decision(&self) -> Result<bool, LedgerError> {
        if let Some(known) = self.any_decision.get() {
            return Ok(*known);
        }
        let known = self.view.any_decision()?;
        Ok(*self.any_decision.get_or_init(|| known))
    }

    /// The decision on a question, whether it still rests on the same claims, and what of the worst pairs it leaves open.
    pub(super) fn decision(
        &self,
        number: i64,
        rows: &[ClaimRow],
        flagged: &[Pair],
    ) -> Result<Option<DecisionView>, LedgerError> {
        let Some((header, decide)) = self.view.decision_on_question(number)? else { return Ok(None) };
        let standing: BTreeSet<ClaimId> =
            rows.iter().filter(|row| row.status == Status::Standing).map(|row| row.id).collect();
        // At an earlier date some of the claims that it rests on were not there yet.
        let reopened = match self.is_now() {
            true => !standing.iter().eq(&decide.claims),
            false => !standing.iter().all(|claim| decide.claims.contains(claim)),
        };
        let worst = flagged.iter().map(|pair| pair.verdict).max();
        // Whoever says that one of two is right or wrong has said enough of the other.
        let named = |claim: &ClaimId| decide.right.contains(claim) || decide.wrong.contains(claim);
        let covered = |pair: &Pair| named(&pair.a) || named(&pair.b);
        let names_claims = !decide.right.is_empty() || !decide.wrong.is_empty();
        let open = flagged.iter().filter(|pair| Some(pair.verdict) == worst && !covered(pair)).count();
        let Made { actor, time, .. } = self.view.made(&header)?;
        Ok(Some(DecisionView {
            uncovered: if names_claims && decide.outcome.settles() { open } else { 0 },
            outcome: decide.outcome,
            right: decide.right,
            wrong: decide.wrong,
            because: decide.because,
            actor,
            time,
            reopened,
        }))
    }

    pub(super) fn history(&self, row: &ClaimRow) -> Result<Vec<EventView>, LedgerError> {
        let (header, body) = self.view.checked_entry(row.sequence)?;
        let mut events = Vec::new();
        for (header, body) in std::iter::once((header, Ok(body))).chain(self.view.events(row.number)?) {
            let replaced_by = match &body {
                Ok(Body::Correct(correct)) if correct.retracts == row.id => {
                    Some(claim_id(&correct.claim).map_err(StoreError::from)?)
                }
                _ => None,
            };
            let because = match &body {
                Ok(Body::Retract(judged) | Body::Reinstate(judged)) => Some(judged.because.clone()),
                Ok(Body::Correct(correct)) => Some(correct.because.clone()),
                Ok(Body::Approve(approve)) => approve.because.clone(),
                Ok(_) => None,
                Err(redaction) => Some(StoreError::from(redaction.clone()).to_string()),
            };
            let Made { actor, time, brought } = self.view.made(&header)?;
            let brought = brought.map(|(from, by)| BroughtView {
                record: from.record.unwrap_or_default(),
                entry: from.sequence,
                leaf: from.leaf,
                by: by.actor.to_string(),
                time: by.time,
            });
            let kind = if header.kind == "claim" { "log".to_string() } else { header.kind };
            events.push(EventView { kind, actor, time, because, replaced_by, brought });
        }
        Ok(events)
    }

    pub(super) fn key(&self, question: &ListedQuestion) -> Result<QuestionKey, LedgerError> {
        let question = &question.question;
        let object = match &question.object {
            Some(object) if !self.view.object_is_words(question)? => Some(self.name(&EntityKey(object.clone()))?),
            object => object.clone(),
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
        let mut derives_from = Vec::new();
        for parent in self.view.declared(row.number)? {
            derives_from.push(match parent {
                Parent::Entity(key) => self.name(&key)?,
                Parent::Source(id) => id.short(),
            });
        }
        Ok(SourceView { id: row.id, details: row.details.into(), derives_from, snapshots: snapshots.len(), claims })
    }

    /// The values that other questions about the same subject and object have for an answer.
    pub(super) fn elsewhere(&self, question: &Question) -> Result<Elsewhere, LedgerError> {
        let mut elsewhere = Elsewhere::default();
        let of_words = self.view.object_is_words(question)?;
        let object = question.object.clone().filter(|_| !of_words).map(EntityKey);
        let other_share = match question.unit {
            Some(UnitClass::Percent) => Some(UnitClass::PercentagePoint),
            Some(UnitClass::PercentagePoint) => Some(UnitClass::Percent),
            _ => None,
        };
        for about in std::iter::once(&question.subject).chain(&object) {
            for (said, unit, value) in self.said(about)?.iter() {
                if **said != *question.predicate && *unit == UnitClass::Money {
                    elsewhere.sums.insert(*value);
                }
                if **said == *question.predicate && other_share.as_ref() == Some(unit) {
                    elsewhere.shares.insert(*value);
                }
            }
        }
        Ok(elsewhere)
    }

    fn said(&self, subject: &EntityKey) -> Result<Said, LedgerError> {
        if let Some(known) = self.said.borrow().get(subject) {
            return Ok(known.clone());
        }
        let mut said = Vec::new();
        for statement in self.view.statements_on_subject(subject)? {
            let Some(figure) = statement.value.figure() else { continue };
            let unit = match &figure.unit {
                Unit::Money(_) => UnitClass::Money,
                Unit::Percent => UnitClass::Percent,
                Unit::PercentagePoint => UnitClass::PercentagePoint,
                Unit::Number | Unit::Other(_) => continue,
            };
            let known = self.was_there(statement.published.as_deref()) && self.was_there(statement.as_of.as_deref());
            let sum = sum(figure).filter(|_| known);
            said.extend(sum.map(|sum| (statement.says, unit, sum)));
        }
        said.sort();
        said.dedup();
        let said = Rc::new(said);
        self.said.borrow_mut().insert(subject.clone(), said.clone());
        Ok(said)
    }
}

fn marked(made: Made, outcome: Mark, finding: Option<QuestionId>, because: String) -> ClaimDecisionView {
    ClaimDecisionView { outcome, finding, because, actor: made.actor, time: made.time }
}

/// Values that answer other questions about the same subject or object.
#[derive(Default)]
pub(super) struct Elsewhere {
    /// Sums: a valuation may have been given as the investment.
    sums: BTreeSet<Sum>,
    /// Percentage points where the question is in per cent, and the other way round.
    shares: BTreeSet<Sum>,
}

/// A point and its likeliest currency.
fn sum(figure: &Figure) -> Option<Sum> {
    let currency = match &figure.unit {
        Unit::Money(currency) => currency.likeliest(),
        _ => None,
    };
    Some((figure.value()?, currency))
}

impl Elsewhere {
    /// Names a conflict one side of which is the answer to another question.
    pub(super) fn name(&self, verdict: PairVerdict, reasons: &mut Vec<Reason>, a: &Value, b: &Value) {
        let value = |value: &Value| value.figure().and_then(sum);
        let one_fits = |known: &BTreeSet<Sum>| {
            let fits = |side: &Value| value(side).is_some_and(|value| known.contains(&value));
            verdict == PairVerdict::Conflict && fits(a) != fits(b)
        };
        reasons.extend(one_fits(&self.sums).then_some(Reason::OtherQuestion));
        reasons.extend(one_fits(&self.shares).then_some(Reason::PercentForPoints));
        reasons.sort();
    }
}
