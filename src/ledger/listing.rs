//! What there is to show: claims, contradictions, sources, reports, answers. Reads one state of the ledger and puts
//! names where the record has keys.

use std::collections::{BTreeMap, BTreeSet};

use super::error::LedgerError;
use super::rates::with_rates;
use super::reader::Reader;
use super::{Ledger, resolve};
use crate::domain::claim::{Entity, EntityKey, Status};
use crate::domain::id::ClaimId;
use crate::domain::listing::{
    ClaimView, Contradictions, EntityView, PositionView, PredicateView, QuestionView, SourceReport, SourceView,
    Standing,
};
use crate::domain::verdict::{Pair, PairVerdict, QuestionVerdict, Reason};
use crate::domain::when::When;
use crate::reconcile::pair::{Outcome, compare};
use crate::reconcile::policy::Policy;
use crate::reconcile::question::{pairs, reconcile};
use crate::reconcile::severity::severity;
use crate::store::{ListedQuestion, statements};

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
    /// Claims of this status.
    pub status: Option<Status>,
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
            let key = resolve::known(reader.view, "subject", name)?;
            rows.retain(|row| row.claim.subject == key);
        }
        if let Some(name) = &filter.predicate {
            let name = resolve::predicate(reader.view, name)?.name.clone();
            rows.retain(|row| row.claim.predicate == name);
        }
        if let Some(status) = filter.status {
            rows.retain(|row| row.status == status);
        }
        rows.iter().map(|row| reader.claim(row)).collect()
    }

    /// The findings, worst first and those that a decision settles last; with `all` every question, with every pair
    /// that is not consistent. With `as_of` only what had been published by that date counts. At most `limit` of them.
    pub fn contradictions(
        &mut self,
        all: bool,
        as_of: Option<&When>,
        limit: Option<usize>,
    ) -> Result<Contradictions, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::at(reading.view(), as_of.cloned());
        let limit = limit.unwrap_or(usize::MAX);
        if all || as_of.is_some() {
            return reader.all_contradictions(all, as_of, limit, &policy);
        }
        let mut contradictions = Contradictions::default();
        // Only those that somebody decided on can be settled; these are few, whatever the ledger's size.
        let mut settled = BTreeSet::new();
        for question in reader.view.decided_findings()? {
            let mut one = Contradictions::default();
            reader.put_question(&question, false, &policy, &mut one)?;
            settled.extend(one.questions.iter().filter(|question| question.is_settled()).map(|question| question.id));
        }
        let (mut last, first): (Vec<_>, Vec<_>) = reader
            .view
            .findings(limit.saturating_add(settled.len()))?
            .into_iter()
            .partition(|question| settled.contains(&question.id));
        if first.len() < limit {
            last = reader.view.decided_findings()?;
            last.retain(|question| settled.contains(&question.id));
        }
        for question in first.iter().chain(&last).take(limit) {
            reader.put_question(question, false, &policy, &mut contradictions)?;
        }
        contradictions.more = reader.view.n_findings()?.saturating_sub(contradictions.questions.len());
        Ok(contradictions)
    }

    /// Everything about one question, by its id or by a claim's.
    pub fn question(&mut self, id: &str, as_of: Option<&When>) -> Result<Contradictions, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::at(reading.view(), as_of.cloned());
        let question = resolve::question(reader.view, id)?;
        let mut contradictions = Contradictions { as_of: as_of.cloned(), ..Contradictions::default() };
        reader.put_question(&question, true, &policy, &mut contradictions)?;
        Ok(contradictions)
    }

    /// How a standing claim fares among those on its question; `None` for one that does not stand.
    pub fn standing(&mut self, claim: ClaimId) -> Result<Option<Standing>, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let listed = resolve::question(reader.view, &claim.to_string())?;
        let frame = reader.view.frame(&listed.question.predicate)?;
        let number = reader.view.claim_number(claim)?;
        let found = reader.view.numbered_statements(&[listed.number])?;
        let statements: Vec<_> = found.into_iter().flat_map(|numbered| numbered.statements).collect();
        let Some(own) = statements.iter().find(|statement| Some(statement.claim) == number) else { return Ok(None) };
        let policy = &*with_rates(reader.view, &statements, &policy)?;
        let mut standing = Standing {
            id: listed.id,
            question: reader.key(&listed)?,
            conflicts: 0,
            tensions: 0,
            is_agreed: false,
            is_finding: listed.severity > 0,
            reopened: false,
        };
        for other in statements.iter().filter(|other| other.claim != own.claim) {
            let one_origin = own.counts_as == other.counts_as;
            let Outcome { verdict, agrees, .. } = compare(own, other, one_origin, frame, policy);
            standing.conflicts += usize::from(verdict == PairVerdict::Conflict);
            standing.tensions += usize::from(verdict == PairVerdict::Tension);
            standing.is_agreed |= agrees && !one_origin;
        }
        if reader.any_decision()? {
            let rows = reader.claims_of_question(listed.number)?;
            let decision = reader.decision(listed.number, &rows, &[])?;
            standing.reopened = decision.is_some_and(|decision| decision.reopened);
        }
        Ok(Some(standing))
    }

    /// All sources, in the order they were captured.
    pub fn sources(&mut self) -> Result<Vec<SourceView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        reader.view.sources()?.into_iter().map(|row| reader.source(row)).collect()
    }

    /// Everything on record about a source; with `as_of` only what had been published by that date counts.
    pub fn report(&mut self, source: &str, as_of: Option<&When>) -> Result<SourceReport, LedgerError> {
        let policy = self.policy.clone();
        let reading = self.store.read()?;
        let reader = Reader::at(reading.view(), as_of.cloned());
        let (source, _) = resolve::source(reader.view, source)?;
        reader.report(source, &policy)
    }

    /// All entities that stand for themselves, by key.
    pub fn entities(&mut self) -> Result<Vec<EntityView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let mut merged: BTreeMap<EntityKey, Vec<String>> = BTreeMap::new();
        for (key, _, _) in reader.view.merged()? {
            merged.entry(reader.view.standing_for(&key)?).or_default().push(key.0);
        }
        let view = |entity: Entity| -> Result<EntityView, LedgerError> {
            Ok(EntityView {
                merged: merged.remove(&entity.key).unwrap_or_default(),
                members: entity.members.iter().map(|key| reader.name(key)).collect::<Result<_, _>>()?,
                key: entity.key.0,
                name: entity.name,
                aliases: entity.aliases,
            })
        };
        reader.view.entities()?.into_iter().map(view).collect()
    }

    /// All predicates, by name.
    pub fn predicates(&mut self) -> Result<Vec<PredicateView>, LedgerError> {
        Ok(self.store.view().predicates()?)
    }
}

impl Reader<'_> {
    /// The same for every question, or for another date, at which other questions may be findings.
    fn all_contradictions(
        &self,
        all: bool,
        as_of: Option<&When>,
        limit: usize,
        policy: &Policy,
    ) -> Result<Contradictions, LedgerError> {
        let mut contradictions = Contradictions { as_of: as_of.cloned(), ..Contradictions::default() };
        for question in self.view.questions()? {
            self.put_question(&question, all, policy, &mut contradictions)?;
        }
        let questions = &mut contradictions.questions;
        if as_of.is_some() {
            questions.retain(|question| all || question.verdict.is_finding());
            questions.sort_by(|a, b| b.severity.rank().cmp(&a.severity.rank()).then(a.id.cmp(&b.id)));
        }
        if !all {
            questions.sort_by_key(|question| question.is_settled());
        }
        contradictions.more = questions.len().saturating_sub(limit);
        questions.truncate(limit);
        Ok(contradictions)
    }

    fn put_question(
        &self,
        listed: &ListedQuestion,
        all: bool,
        policy: &Policy,
        into: &mut Contradictions,
    ) -> Result<(), LedgerError> {
        let rows = self.claims_of_question(listed.number)?;
        let frame = self.view.frame(&listed.question.predicate)?;
        let statements = statements(&rows, &listed.question, |row| row.id);
        let policy = &*with_rates(self.view, &statements, policy)?;
        let mut reconciled = reconcile(&statements, frame, policy);
        if reconciled.positions.is_empty() {
            return Ok(());
        }
        // As it was stored: names that other questions give count for nothing in it.
        let severity = severity(&reconciled, &statements);
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
            Ok(PositionView {
                range: position.range,
                claims: position.claims,
                sides: position.sides,
                origins: self.origins(&position.origins)?,
                support: self.origins(&position.support)?,
            })
        });
        let flagged: Vec<Pair> = listed_pairs.pairs.iter().filter(|pair| pair.verdict.is_flagged()).cloned().collect();
        let decision = self.decision(listed.number, &rows, &flagged)?;
        into.questions.push(QuestionView {
            id: listed.id,
            question: self.key(listed)?,
            verdict: reconciled.verdict,
            positions: positions.collect::<Result<_, LedgerError>>()?,
            slips: slips(&listed_pairs.pairs, reconciled.worst.as_ref()),
            worst: reconciled.worst,
            severity,
            decision,
            pairs: listed_pairs.pairs,
            truncated: listed_pairs.truncated,
            rates: policy.rates.used(&statements),
        });
        for row in &rows {
            into.claims.insert(row.id, self.claim(row)?);
        }
        Ok(())
    }
}

/// For each kind of slip that the named pair is not, the first conflict that looks like one.
fn slips(pairs: &[Pair], worst: Option<&Pair>) -> Vec<Pair> {
    let mut known: Vec<Reason> = worst.map_or(Vec::new(), |worst| worst.reasons.clone());
    let mut found = Vec::new();
    for pair in pairs.iter().filter(|pair| pair.verdict == PairVerdict::Conflict) {
        if pair.reasons.iter().any(|reason| reason.is_slip() && !known.contains(reason)) {
            known.extend(&pair.reasons);
            found.push(pair.clone());
        }
    }
    found
}
