//! What there is to show: claims, contradictions, sources, reports, answers. Reads one state of the ledger and puts
//! names where the record has keys.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::error::{LedgerError, Refusal};
use super::{Ledger, resolve};
use crate::domain::claim::{Attribution, EntityKey, Speaker, Stance, Status, Value};
use crate::domain::decimal::Decimal;
use crate::domain::id::ClaimId;
use crate::domain::listing::{
    AnswerView, ClaimView, Contradictions, EntityView, EventView, LinkView, OriginView, OtherClaim, PredicateView,
    QuestionKey, QuestionView, ReportedClaim, SnapshotView, SourceReport, SourceView,
};
use crate::domain::predicate::Time;
use crate::domain::unit::Unit;
use crate::domain::verdict::{PairVerdict, Position, QuestionVerdict, Reason};
use crate::quote::fold_name;
use crate::reconcile::pair::compare;
use crate::reconcile::policy::Policy;
use crate::reconcile::question::{pairs, reconcile, representative};
use crate::reconcile::statement::{Frame, Statement};
use crate::record::body::{Body, claim_id};
use crate::store::{ClaimRow, ListedQuestion, SourceRow, StoreError, View, statements};

/// Which claims to list; an empty filter lists all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimFilter {
    /// Claims on this subject.
    pub subject: Option<String>,
    /// Claims with this predicate.
    pub predicate: Option<String>,
    /// Claims read in this source.
    pub source: Option<String>,
    /// Claims whose id begins so.
    pub id: Option<String>,
}

impl Ledger {
    /// Claims, in the order they were logged, retracted ones too.
    pub fn claims(&mut self, filter: &ClaimFilter) -> Result<Vec<ClaimView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let mut rows = match (&filter.id, &filter.source) {
            (Some(id), _) => vec![resolve::claim(reader.view, id)?],
            (None, Some(source)) => reader.view.claims_of_source(resolve::source(reader.view, source)?.0.number)?,
            (None, None) => reader.view.claims()?,
        };
        if let Some(name) = &filter.subject {
            let Some(key) = resolve::entity(reader.view, "subject", name)? else {
                let near = resolve::names_like(reader.view, name)?;
                return Err(Refusal::UnknownName { name: name.clone(), near }.into());
            };
            rows.retain(|row| row.claim.subject == key);
        }
        if let Some(name) = &filter.predicate {
            let name = resolve::predicate(reader.view, name)?.name;
            rows.retain(|row| row.claim.predicate == name);
        }
        rows.iter().map(|row| reader.claim(row)).collect()
    }

    /// The findings, worst first; with `all` every question, with every pair that is not consistent.
    pub fn contradictions(&mut self, all: bool) -> Result<Contradictions, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let listed = if all { reader.view.questions()? } else { reader.view.findings()? };
        let mut contradictions = Contradictions::default();
        for question in &listed {
            reader.put_question(question, all, &policy, &mut contradictions)?;
        }
        Ok(contradictions)
    }

    /// Everything about one question, by its id or by a claim's.
    pub fn question(&mut self, id: &str) -> Result<Contradictions, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let question = resolve::question(reader.view, id)?;
        let mut contradictions = Contradictions::default();
        reader.put_question(&question, true, &policy, &mut contradictions)?;
        Ok(contradictions)
    }

    /// All sources, in the order they were captured.
    pub fn sources(&mut self) -> Result<Vec<SourceView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        reader.view.sources()?.into_iter().map(|row| reader.source(row)).collect()
    }

    /// Everything on record about a source.
    pub fn report(&mut self, source: &str) -> Result<SourceReport, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let (source, _) = resolve::source(reader.view, source)?;
        reader.report(source, &policy)
    }

    /// All entities, by key.
    pub fn entities(&mut self) -> Result<Vec<EntityView>, LedgerError> {
        let entities = self.store.view().entities()?;
        let view = |entity: crate::domain::claim::Entity| EntityView {
            key: entity.key.0,
            name: entity.name,
            aliases: entity.aliases,
        };
        Ok(entities.into_iter().map(view).collect())
    }

    /// All predicates, by name.
    pub fn predicates(&mut self) -> Result<Vec<PredicateView>, LedgerError> {
        Ok(self.store.view().predicates()?)
    }

    /// The best supported position of every question, for each time where its claims change with time.
    pub fn answers(&mut self) -> Result<Vec<AnswerView>, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let mut answers = Vec::new();
        for question in reader.view.questions()? {
            answers.extend(reader.answers(&question, &policy)?);
        }
        answers.sort_by(|a, b| {
            (&a.subject, &a.predicate, &a.object)
                .cmp(&(&b.subject, &b.predicate, &b.object))
                .then_with(|| a.as_of.as_ref().map(|w| w.to_string()).cmp(&b.as_of.as_ref().map(|w| w.to_string())))
        });
        Ok(answers)
    }
}

/// The sums said of a subject, each with its predicate.
type Sums = Rc<Vec<(String, Decimal)>>;

/// One state of the ledger, with what was looked up once.
struct Reader<'v> {
    view: View<'v>,
    names: RefCell<HashMap<EntityKey, String>>,
    sums: RefCell<HashMap<EntityKey, Sums>>,
}

impl<'v> Reader<'v> {
    fn new(view: View<'v>) -> Reader<'v> {
        Reader { view, names: RefCell::default(), sums: RefCell::default() }
    }

    fn name(&self, key: &EntityKey) -> Result<String, LedgerError> {
        if let Some(name) = self.names.borrow().get(key) {
            return Ok(name.clone());
        }
        let name = self.view.name(key)?.unwrap_or_else(|| key.0.clone());
        self.names.borrow_mut().insert(key.clone(), name.clone());
        Ok(name)
    }

    /// An origin as shown: the name of an entity, or the anonymous class with the outlet's name.
    fn origin(&self, origin: &str) -> Result<String, LedgerError> {
        match origin.strip_prefix("anonymous, to ") {
            // No outlet is known: the page itself, by its short id.
            Some(page) if page.starts_with("source ") => {
                Ok(format!("anonymous, to {}", page.chars().take(15).collect::<String>()))
            }
            Some(outlet) => Ok(format!("anonymous, to {}", self.name(&EntityKey(outlet.to_string()))?)),
            None => self.name(&EntityKey(origin.to_string())),
        }
    }

    fn claim(&self, row: &ClaimRow) -> Result<ClaimView, LedgerError> {
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

    fn history(&self, row: &ClaimRow) -> Result<Vec<EventView>, LedgerError> {
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

    fn key(&self, question: &ListedQuestion) -> Result<QuestionKey, LedgerError> {
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

    fn put_question(
        &self,
        listed: &ListedQuestion,
        all: bool,
        policy: &Policy,
        into: &mut Contradictions,
    ) -> Result<(), LedgerError> {
        let rows = self.view.claims_of_question(listed.number)?;
        let frame = self.view.frame(&listed.question)?;
        let statements = statements(&rows);
        if statements.is_empty() {
            return Ok(());
        }
        let mut reconciled = reconcile(&statements, frame, policy);
        let mut listed_pairs = pairs(&statements, frame, policy, !all);
        if reconciled.verdict == QuestionVerdict::Contradicted {
            let elsewhere = self.elsewhere(&listed.question)?;
            let value = |id: ClaimId| rows.iter().find(|row| row.id == id).map(|row| &row.claim.value);
            for pair in listed_pairs.pairs.iter_mut().chain(&mut reconciled.worst) {
                if let Some((a, b)) = value(pair.a).zip(value(pair.b)) {
                    elsewhere.name(pair.verdict, &mut pair.reasons, a, b);
                }
            }
        }
        let positions = reconciled.positions.into_iter().map(|position| {
            let origins = position.origins.iter().map(|origin| self.origin(origin)).collect::<Result<_, _>>()?;
            Ok(Position { origins, ..position })
        });
        into.questions.push(QuestionView {
            id: listed.id,
            question: self.key(listed)?,
            verdict: reconciled.verdict,
            positions: positions.collect::<Result<_, LedgerError>>()?,
            worst: reconciled.worst,
            pairs: listed_pairs.pairs,
            truncated: listed_pairs.truncated,
        });
        for row in &rows {
            into.claims.insert(row.id, self.claim(row)?);
        }
        Ok(())
    }

    fn source(&self, row: SourceRow) -> Result<SourceView, LedgerError> {
        let snapshots: BTreeSet<_> = self.view.snapshots(row.number)?.iter().map(|snapshot| snapshot.sha256).collect();
        let claims = self.view.claims_of_source(row.number)?;
        let claims = claims.iter().filter(|claim| claim.status == Status::Standing).count();
        Ok(SourceView { id: row.id, details: row.details.into(), snapshots: snapshots.len(), claims })
    }

    fn report(&self, row: SourceRow, policy: &Policy) -> Result<SourceReport, LedgerError> {
        let snapshots = self.view.snapshots(row.number)?;
        let mut claims = self.view.claims_of_source(row.number)?;
        claims.sort_by_key(|row| (row.claim.snapshot, row.claim.quote.start, row.claim.quote.end, row.sequence));
        let mut questions: BTreeMap<i64, Question> = BTreeMap::new();
        for claim in &claims {
            for number in self.view.questions_of_claim(claim)? {
                if let std::collections::btree_map::Entry::Vacant(vacant) = questions.entry(number) {
                    vacant.insert(self.question(number)?);
                }
            }
        }
        let mut texts = HashMap::new();
        for snapshot in &snapshots {
            texts.insert((snapshot.sha256, snapshot.text), self.view.text(snapshot)?);
        }
        let mut reported = Vec::new();
        for claim in &claims {
            let text = texts.get(&(claim.claim.snapshot, claim.claim.text));
            let span = claim.claim.quote.span();
            reported.push(ReportedClaim {
                snapshot_bytes: text.and_then(|text| text.bytes_of(span)),
                part: text.and_then(|text| text.role_at(span)),
                ..self.reported(claim, &questions, policy)?
            });
        }
        let views = snapshots.iter().map(|snapshot| {
            let (header, _) = self.view.checked_entry(snapshot.sequence)?;
            Ok(SnapshotView {
                sha256: snapshot.sha256,
                size: snapshot.size,
                captured: header.time,
                actor: header.actor.to_string(),
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
        Ok(SourceReport {
            snapshots: views.collect::<Result<_, LedgerError>>()?,
            pages: pages.len(),
            origins: self.origins(&claims, &questions)?,
            claims: reported,
            source: self.source(row)?,
        })
    }

    fn question(&self, number: i64) -> Result<Question, LedgerError> {
        let listed = self.view.question(number)?;
        let listed = listed.ok_or_else(|| StoreError::Damaged(format!("question {number} is missing")))?;
        let mut rows = self.view.claims_of_question(number)?;
        rows.retain(|row| row.status == Status::Standing);
        let frame = self.view.frame(&listed.question)?;
        let elsewhere = self.elsewhere(&listed.question)?;
        Ok(Question { statements: statements(&rows), rows, frame, elsewhere })
    }

    /// The sums that other questions about the same subject and object have for an answer.
    fn elsewhere(&self, question: &crate::domain::question::Question) -> Result<Elsewhere, LedgerError> {
        let mut values = BTreeSet::new();
        let object = question.object.clone().map(EntityKey);
        for about in std::iter::once(&question.subject).chain(&object) {
            let sums = self.sums(about)?;
            values.extend(sums.iter().filter(|(said, _)| *said != question.predicate).map(|(_, sum)| *sum));
        }
        Ok(Elsewhere { values })
    }

    fn sums(&self, subject: &EntityKey) -> Result<Sums, LedgerError> {
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

    fn reported(
        &self,
        row: &ClaimRow,
        questions: &BTreeMap<i64, Question>,
        policy: &Policy,
    ) -> Result<ReportedClaim, LedgerError> {
        let (mut agreeing, mut disagreeing): (Vec<OtherClaim>, Vec<OtherClaim>) = (Vec::new(), Vec::new());
        let (mut with, mut against) = (Side::default(), Side::default());
        with.add(row, self.origin(&row.origin)?);
        // Its own question first, then those that it bears on by what it implies.
        for question in self.view.questions_of_claim(row)?.iter().filter_map(|number| questions.get(number)) {
            // A retracted claim is not among them, and compares with nothing.
            let Some(own) = question.statements.iter().find(|statement| statement.claim == row.id) else { continue };
            for (other, statement) in question.rows.iter().zip(&question.statements) {
                let known = agreeing.iter().chain(&disagreeing).any(|known| known.id == other.id);
                if other.id == row.id || known {
                    continue;
                }
                let name = self.origin(&other.origin)?;
                let (verdict, reasons) = question.compared(own, statement, policy);
                let view = OtherClaim {
                    id: other.id,
                    carrier: other.source.details.publisher.clone().unwrap_or_else(|| other.source.id.short()),
                    origin: name.clone(),
                    quote: other.claim.quote.exact.clone(),
                    figure: other.claim.value.figure().cloned(),
                    verdict,
                    reasons,
                };
                if verdict == PairVerdict::Consistent && statement.stance == own.stance && statement.says == own.says {
                    with.add(other, name);
                    if other.source.number != row.source.number {
                        agreeing.push(view);
                    }
                } else if verdict.is_flagged() {
                    against.add(other, name);
                    disagreeing.push(view);
                }
            }
        }
        let own = self.origin(&row.origin)?;
        let verdict = match disagreeing.iter().map(|other| other.verdict).max() {
            _ if row.status == Status::Retracted => None,
            Some(PairVerdict::Conflict) => Some(QuestionVerdict::Contradicted),
            Some(_) => Some(QuestionVerdict::Tension),
            None if agreeing.iter().any(|other| other.origin != own) => Some(QuestionVerdict::Agreed),
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
            origins: with.origins,
            pages_against: against.pages.len(),
            origins_against: against.origins,
            decision: None,
        })
    }

    /// The origins of a source's standing claims, most claims first; an original is held when a source published by
    /// the origin itself is on record.
    fn origins(
        &self,
        claims: &[ClaimRow],
        questions: &BTreeMap<i64, Question>,
    ) -> Result<Vec<OriginView>, LedgerError> {
        let mut publishers = BTreeSet::new();
        for source in self.view.sources()? {
            if let Some(publisher) = source.details.publisher {
                publishers.extend(self.view.entities_called(&fold_name(&publisher))?);
            }
        }
        let mut found: BTreeMap<&str, (usize, BTreeSet<i64>)> = BTreeMap::new();
        for claim in claims.iter().filter(|claim| claim.status == Status::Standing) {
            let (count, pages) = found.entry(&claim.origin).or_default();
            *count += 1;
            let others = questions[&claim.question].rows.iter();
            let others = others.filter(|row| row.origin == claim.origin && row.source.number != claim.source.number);
            pages.extend(others.map(|row| row.source.number));
        }
        let mut origins = Vec::new();
        for (origin, (claims, pages)) in found {
            let held = publishers.contains(&EntityKey(origin.to_string()));
            origins.push(OriginView { name: self.origin(origin)?, claims, other_pages: pages.len(), held });
        }
        origins.sort_by(|a, b| b.claims.cmp(&a.claims).then_with(|| a.name.cmp(&b.name)));
        Ok(origins)
    }

    fn answers(&self, listed: &ListedQuestion, policy: &Policy) -> Result<Vec<AnswerView>, LedgerError> {
        let rows = self.view.claims_of_question(listed.number)?;
        let statements = statements(&rows);
        let frame = self.view.frame(&listed.question)?;
        let reconciled = reconcile(&statements, frame, policy);
        let key = self.key(listed)?;
        let mut answers: Vec<AnswerView> = Vec::new();
        // A running count grows, so the latest one is the answer.
        let counted = |s: &&Statement| s.stance == Stance::Affirms && s.counted_at().is_some();
        let latest = statements.iter().filter(|_| frame.time == Time::Running).filter(counted);
        let latest = latest.max_by_key(|s| s.counted_at().map(|when| when.last_day()));
        let holds = |position: &&Position| latest.is_none_or(|latest| position.claims.contains(&latest.claim));
        for position in reconciled.positions.iter().filter(holds) {
            let Some(best) = latest.or_else(|| representative(position, &statements)) else { continue };
            // Where values change with time every time has its own answer, else the best supported position is it.
            let as_of = best.as_of.clone().filter(|_| frame.time != Time::Event);
            if answers.iter().any(|answer| answer.as_of == as_of) {
                continue;
            }
            let end = |end: Option<Decimal>| end.map(|end| end.to_string());
            answers.push(AnswerView {
                subject: key.subject.clone(),
                predicate: key.predicate.clone(),
                object: key.object.clone(),
                as_of,
                // Of states that exclude each other the answer is which.
                value: match &best.value {
                    Value::State if best.says != key.predicate => best.says.clone(),
                    value => plain(value),
                },
                figure: best.value.figure().cloned(),
                qualifiers: best.qualifiers.clone(),
                modality: best.modality,
                lo: end(position.range.lo),
                hi: end(position.range.hi),
                support: position.origins.len(),
                origins: position.origins.iter().map(|origin| self.origin(origin)).collect::<Result<_, _>>()?,
                verdict: reconciled.verdict,
            });
        }
        Ok(answers)
    }
}

/// The pages and the origins of one side.
#[derive(Default)]
struct Side {
    pages: BTreeSet<i64>,
    origins: Vec<String>,
}

impl Side {
    fn add(&mut self, row: &ClaimRow, origin: String) {
        self.pages.insert(row.source.number);
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
    }
}

/// A question with its standing claims.
struct Question {
    rows: Vec<ClaimRow>,
    statements: Vec<Statement>,
    frame: Frame,
    elsewhere: Elsewhere,
}

impl Question {
    /// How two of its claims compare.
    fn compared(&self, a: &Statement, b: &Statement, policy: &Policy) -> (PairVerdict, Vec<Reason>) {
        let mut outcome = compare(a, b, a.origin == b.origin, self.frame, policy);
        self.elsewhere.name(outcome.verdict, &mut outcome.reasons, &a.value, &b.value);
        (outcome.verdict, outcome.reasons)
    }
}

/// Sums that answer other questions about the same subject or object: a valuation may have been given as the investment.
struct Elsewhere {
    values: BTreeSet<Decimal>,
}

impl Elsewhere {
    /// Names a conflict one side of which is the answer to another question.
    fn name(&self, verdict: PairVerdict, reasons: &mut Vec<Reason>, a: &Value, b: &Value) {
        let fits = |value: &Value| value.figure().and_then(|f| f.value()).is_some_and(|v| self.values.contains(&v));
        if verdict == PairVerdict::Conflict && fits(a) != fits(b) {
            reasons.push(Reason::OtherQuestion);
            reasons.sort();
        }
    }
}

/// The plain stated value: a number, a range `lo/hi`, a date, the words, or `yes` for what simply holds.
fn plain(value: &Value) -> String {
    match value {
        Value::Figure(figure) => match (figure.lo, figure.hi) {
            (Some(lo), Some(hi)) if lo == hi => lo.to_string(),
            (lo, hi) => {
                let end = |end: Option<Decimal>| end.map_or("..".to_string(), |e| e.to_string());
                format!("{}/{}", end(lo), end(hi))
            }
        },
        Value::State => "yes".to_string(),
        Value::Text(words) => words.clone(),
        Value::Date(date) => date.to_string(),
    }
}
