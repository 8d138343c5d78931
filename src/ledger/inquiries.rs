//! What remains to be asked: people whom claims are about and who have not been heard, originals that are missing, and
//! the ways on which claims came from their origins.

use std::collections::{BTreeMap, BTreeSet};

use super::error::LedgerError;
use super::reader::Reader;
use super::{Ledger, resolve};
use crate::domain::claim::{EntityKey, Status};
use crate::domain::id::{ClaimId, QuestionId};
use crate::domain::listing::{CallView, OriginNode, OriginsView, UnheardView};
use crate::domain::origin::Origin;
use crate::reconcile::origins::{Basis, Step};
use crate::store::ClaimRow;

impl Ledger {
    /// People and organisations that claims are about and from whom no statement is on record, most claims first; of
    /// the claims of one source, or of all.
    pub fn unheard(&mut self, source: Option<&str>) -> Result<Vec<UnheardView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let claims = claims_of(&reader, source)?;
        reader.unheard(&claims)
    }

    /// Originals that are missing, most claims first: whom to call; of the claims of one source, or of all.
    pub fn calls(&mut self, source: Option<&str>) -> Result<Vec<CallView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let claims = claims_of(&reader, source)?;
        reader.calls(&claims)
    }

    /// The ways on which all standing claims came from their origins to their pages, laid over each other.
    pub fn origins(&mut self) -> Result<OriginsView, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let mut by_question: BTreeMap<i64, Vec<ClaimRow>> = BTreeMap::new();
        for row in reader.view.claims()?.into_iter().filter(|row| row.status == Status::Standing) {
            by_question.entry(row.question).or_default().push(row);
        }
        let (mut trees, mut circles, mut pages) = (Branches::default(), BTreeSet::new(), BTreeSet::new());
        for rows in by_question.values() {
            let resolved = reader.view.resolved(rows)?;
            for (way, row) in resolved.iter().zip(rows) {
                trees.put(way, None);
                pages.insert(row.source.number);
                if let Origin::Circle(circle) = &way[0].who {
                    circles.insert(circle.clone());
                }
            }
        }
        let names = |circle: Vec<EntityKey>| circle.iter().map(|key| reader.name(key)).collect();
        Ok(OriginsView {
            pages: pages.len(),
            origins: trees.shown(&reader)?,
            circles: circles.into_iter().map(names).collect::<Result<_, _>>()?,
        })
    }
}

fn claims_of(reader: &Reader, source: Option<&str>) -> Result<Vec<ClaimRow>, LedgerError> {
    Ok(match source {
        Some(source) => reader.view.claims_of_source(resolve::source(reader.view, source)?.0.number)?,
        None => reader.view.claims()?,
    })
}

/// The ways from one place on: whom they lead to, with how that is known and how many claims come that way.
#[derive(Default)]
struct Branches(BTreeMap<Origin, Branch>);

#[derive(Default)]
struct Branch {
    known: BTreeSet<Basis>,
    claims: usize,
    branches: Branches,
}

impl Branches {
    /// Lays a way over those there are; `from` says how it is known that its first has it from the one above.
    fn put(&mut self, path: &[Step], from: Option<Basis>) {
        let Some((step, rest)) = path.split_first() else { return };
        let branch = self.0.entry(step.who.clone()).or_default();
        branch.known.extend(from);
        branch.claims += 1;
        branch.branches.put(rest, Some(step.basis));
    }

    fn shown(self, reader: &Reader) -> Result<Vec<OriginNode>, LedgerError> {
        let mut nodes = Vec::new();
        for (who, branch) in self.0 {
            nodes.push(OriginNode {
                name: reader.origin(&who)?,
                known: branch.known.iter().map(|basis| basis.name()).collect(),
                claims: branch.claims,
                held: match &who {
                    Origin::Named(key) | Origin::Anonymous(key) => reader.view.publishes(key)?,
                    Origin::Unnamed(_) | Origin::Either(_) | Origin::Circle(_) => false,
                },
                carriers: branch.branches.shown(reader)?,
            });
        }
        nodes.sort_by(|a, b| b.claims.cmp(&a.claims).then_with(|| a.name.cmp(&b.name)));
        Ok(nodes)
    }
}

impl Reader<'_> {
    /// True where what the origin itself publishes on a question is on record; of people without a name, what the
    /// outlet publishes that talked to them.
    pub(super) fn is_held(&self, origin: &Origin, question: i64) -> Result<bool, LedgerError> {
        Ok(match origin {
            Origin::Named(key) | Origin::Anonymous(key) => self.view.publishes_on(key, question, self.by())?,
            Origin::Unnamed(_) | Origin::Circle(_) => false,
            Origin::Either(members) => {
                for member in members {
                    if !self.is_held(member, question)? {
                        return Ok(false);
                    }
                }
                true
            }
        })
    }

    /// Whom some claims are about and who has said nothing that is on record. Groups with members are not asked.
    pub(super) fn unheard(&self, claims: &[ClaimRow]) -> Result<Vec<UnheardView>, LedgerError> {
        let mut about: BTreeMap<EntityKey, (Vec<ClaimId>, BTreeSet<i64>)> = BTreeMap::new();
        for row in claims.iter().filter(|row| row.status == Status::Standing) {
            let named = BTreeSet::from_iter(std::iter::once(&row.claim.subject).chain(&row.claim.object));
            for key in named {
                let published = self.view.publishes_on(key, row.question, self.by())?;
                let heard = published || self.view.speaks_on(key, row.question, self.by())?;
                if heard || self.view.has_members(key)? {
                    continue;
                }
                let (claims, questions) = about.entry(key.clone()).or_default();
                claims.push(row.id);
                questions.insert(row.question);
            }
        }
        let mut unheard = Vec::new();
        for (key, (claims, questions)) in about {
            let (name, findings) = (self.name(&key)?, self.findings_among(&questions)?);
            unheard.push(UnheardView { key: key.0, name, claims, findings });
        }
        unheard.sort_by(|a, b| {
            let weight = |view: &UnheardView| (view.findings.len(), view.claims.len());
            weight(b).cmp(&weight(a)).then_with(|| a.key.cmp(&b.key))
        });
        Ok(unheard)
    }

    fn calls(&self, claims: &[ClaimRow]) -> Result<Vec<CallView>, LedgerError> {
        let mut by_origin: BTreeMap<&Origin, Vec<&ClaimRow>> = BTreeMap::new();
        for row in claims.iter().filter(|row| row.status == Status::Standing) {
            // Of several of whom one is the origin, each is worth a call.
            let asked = match &row.origin {
                Origin::Either(members) => members.as_slice(),
                origin => std::slice::from_ref(origin),
            };
            for origin in asked {
                if !self.is_held(origin, row.question)? {
                    by_origin.entry(origin).or_default().push(row);
                }
            }
        }
        let mut calls = Vec::new();
        for (origin, rows) in by_origin {
            let mut carriers: BTreeMap<String, usize> = BTreeMap::new();
            for row in &rows {
                let details = &row.source.details;
                let carrier = details.publisher.clone().or(details.url.clone());
                *carriers.entry(carrier.unwrap_or_else(|| row.source.id.short())).or_default() += 1;
            }
            let mut carriers: Vec<(String, usize)> = carriers.into_iter().collect();
            carriers.sort_by_key(|(_, claims)| std::cmp::Reverse(*claims));
            let pages: BTreeSet<i64> = rows.iter().map(|row| row.source.number).collect();
            calls.push(CallView {
                origin: self.origin(origin)?,
                claims: rows.len(),
                pages: pages.len(),
                carriers: carriers.into_iter().map(|(carrier, _)| carrier).collect(),
                findings: self.findings_among(&rows.iter().map(|row| row.question).collect())?,
            });
        }
        calls.sort_by(|a, b| {
            let weight = |view: &CallView| (view.findings.len(), view.claims);
            weight(b).cmp(&weight(a)).then_with(|| a.origin.cmp(&b.origin))
        });
        Ok(calls)
    }

    fn findings_among(&self, questions: &BTreeSet<i64>) -> Result<Vec<QuestionId>, LedgerError> {
        let mut findings = Vec::new();
        for &number in questions {
            findings.extend(self.view.question(number)?.filter(|listed| listed.severity > 0).map(|listed| listed.id));
        }
        Ok(findings)
    }
}
