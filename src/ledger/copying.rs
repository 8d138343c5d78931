//! Copying: pages whose texts are near-duplicates, and origins that share values which others do not believe.

use std::collections::HashMap;

use super::answers::Weighed;
use super::error::{LedgerError, Refusal};
use super::judge::reason;
use super::reader::Reader;
use super::{Ledger, Questions, Session, resolve};
use crate::domain::claim::EntityKey;
use crate::domain::id::SourceId;
use crate::domain::listing::{CopyingBasis, CopyingPair, CopyingView};
use crate::domain::origin::Origin;
use crate::domain::text::Role;
use crate::quote::{copies, shingles};
use crate::record::body::{Body, CopyPair, Copying, Derive, Independent, Parent, SharedText};
use crate::store::{SourceRow, View};

/// Name and version of what finds origins that share values.
const DETECTOR: &str = "copying/1";

impl Ledger {
    /// Looks for copying among everything on record, and lets those found count as one origin: a page whose text stands
    /// for the most part in an earlier one derives from it; origins that share values which others do not believe, far
    /// beyond chance, are one. What a person took back or found independent stays so. Answers what is in force now.
    pub fn find_copying(&mut self) -> Result<(Vec<CopyingView>, Questions), LedgerError> {
        let policy = self.policy.clone();
        let mut session = self.session()?;
        session.derive_near_duplicates()?;
        let view = session.writer.view();
        let reader = Reader::new(view);
        // What this transaction wrote, no other connection sees.
        let weighed = Weighed::of(&reader, &mut [], &view.questions_by_number()?, &policy)?;
        let pair = |copying: &crate::reconcile::truth::Copying| CopyPair {
            a: weighed.origins[copying.a as usize].clone(),
            b: weighed.origins[copying.b as usize].clone(),
            shared: copying.shared as u64,
            of: copying.of as u64,
            nats: copying.log_odds.max(0.0) as u64,
        };
        let pairs: Vec<CopyPair> = weighed.found.copying.iter().map(pair).collect();
        if pairs != view.copying()? {
            session.append(Body::Copying(Box::new(Copying { detector: DETECTOR.to_string(), pairs })))?;
        }
        let questions = session.finish()?;
        Ok((self.copying()?, questions))
    }

    /// The copying that was found and is in force, each pair with its basis and evidence.
    pub fn copying(&mut self) -> Result<Vec<CopyingView>, LedgerError> {
        let reading = self.store.read()?;
        let reader = Reader::new(reading.view());
        let view = reader.view;
        let mut found = Vec::new();
        let names: HashMap<_, _> = view.sources()?.iter().map(|row| (row.id, resolve::described(row))).collect();
        let name = |id: &SourceId| names.get(id).cloned().unwrap_or_default();
        let mut pairs = Vec::new();
        for (source, from, SharedText { shared, of }) in view.near_duplicates()? {
            pairs.push(CopyingPair {
                a: name(&from),
                b: name(&source),
                shared,
                of,
                nats: None,
                independent: false,
                apart: false,
            });
        }
        found.extend(grouped(CopyingBasis::Text, pairs));
        let heads = view.one_origins()?;
        let mut pairs = Vec::new();
        for CopyPair { a, b, shared, of, nats } in view.copying()? {
            let (x, y) = (view.standing_origin(&a)?, view.standing_origin(&b)?);
            let apart = x != y && (!heads.contains_key(&x) || heads.get(&x) != heads.get(&y));
            let independent = view.are_parted(&x, &y)?;
            let (a, b) = (reader.origin(&a)?, reader.origin(&b)?);
            pairs.push(CopyingPair { a, b, shared, of, nats: Some(nats), independent, apart });
        }
        found.extend(grouped(CopyingBasis::Values, pairs));
        Ok(found)
    }

    /// A person finds two origins independent, whatever they share; with `holds` false takes that back.
    pub fn find_independent(&mut self, a: &str, b: &str, because: &str, holds: bool) -> Result<Questions, LedgerError> {
        let because = reason(because)?;
        let mut session = self.session()?;
        let view = session.writer.view();
        let origin = |name: &str| Ok::<_, LedgerError>(Origin::Named(resolve::known(view, "origin", name)?));
        let (x, y) = (origin(a)?, origin(b)?);
        let known = view.are_parted(&x, &y)?;
        if let (Origin::Named(x), Origin::Named(y), true) = (&x, &y, holds) {
            refuse_copied_text(view, x, y)?;
        }
        if x == y || known == holds {
            return Err(Refusal::IndependentAlready { a: a.to_string(), b: b.to_string(), holds }.into());
        }
        session.append(Body::Independent(Independent { a: x, b: y, holds, because }))?;
        session.finish()
    }
}

/// A page that has its text from another derives from that one, which is taken back by itself.
fn refuse_copied_text(view: View, x: &EntityKey, y: &EntityKey) -> Result<(), LedgerError> {
    for (page, from, _) in view.near_duplicates()? {
        let outlet = |id: SourceId| Ok::<_, LedgerError>(view.source(id)?.and_then(|source| source.outlet));
        let (later, earlier) = (outlet(page)?, outlet(from)?);
        if [(Some(x), Some(y)), (Some(y), Some(x))].contains(&(later.as_ref(), earlier.as_ref())) {
            return Err(Refusal::TextCopied { page, from }.into());
        }
    }
    Ok(())
}

/// Pairs by the groups they make, in the order of their strongest pair.
fn grouped(basis: CopyingBasis, pairs: Vec<CopyingPair>) -> Vec<CopyingView> {
    let mut groups: Vec<CopyingView> = Vec::new();
    for pair in pairs {
        let mut group = CopyingView { basis, members: vec![pair.a.clone(), pair.b.clone()], pairs: Vec::new() };
        // What the pair joins is one group.
        let holds = |known: &CopyingView| known.members.contains(&pair.a) || known.members.contains(&pair.b);
        let place = groups.iter().position(holds).unwrap_or(groups.len());
        let (joined, others) = groups.into_iter().partition(holds);
        groups = others;
        for known in Vec::into_iter(joined).rev() {
            let CopyingView { mut members, mut pairs, .. } = known;
            members.extend(group.members.into_iter().filter(|member| !members.contains(member)).collect::<Vec<_>>());
            pairs.append(&mut group.pairs);
            group = CopyingView { basis, members, pairs };
        }
        group.pairs.push(pair);
        groups.insert(place.min(groups.len()), group);
    }
    groups
}

impl Session<'_> {
    /// Lets every page whose text stands for the most part in an earlier one of another outlet derive from the earliest.
    fn derive_near_duplicates(&mut self) -> Result<(), LedgerError> {
        let view = self.writer.view();
        let mut pages: Vec<SourceRow> = Vec::new();
        let mut texts = Vec::new();
        for source in view.sources()? {
            let Some(hashes) = shingles_of(view, &source)? else { continue };
            pages.push(source);
            texts.push(hashes);
        }
        // Of every page the earliest that it has its text from.
        let mut parents: HashMap<usize, (usize, SharedText)> = HashMap::new();
        for overlap in copies(&texts) {
            let (a, b) = (&pages[overlap.a], &pages[overlap.b]);
            let (earlier, later) = if is_earlier(b, a) { (overlap.b, overlap.a) } else { (overlap.a, overlap.b) };
            let same_outlet = a.outlet.is_some() && a.outlet == b.outlet;
            // The same report of an agency that both credit is found by the credit.
            let both_credit = a
                .details
                .credits
                .iter()
                .flatten()
                .any(|name| b.details.credits.iter().flatten().any(|other| other == name));
            if same_outlet || both_credit || pages[earlier].details.publisher.is_none() {
                continue;
            }
            let text = SharedText { shared: overlap.shared as u64, of: overlap.of as u64 };
            match parents.get(&later) {
                Some((known, _)) if !is_earlier(&pages[earlier], &pages[*known]) => {}
                _ => drop(parents.insert(later, (earlier, text))),
            }
        }
        let mut parents: Vec<(usize, (usize, SharedText))> = parents.into_iter().collect();
        parents.sort_by_key(|(later, _)| *later);
        let underived = if parents.is_empty() { Vec::new() } else { view.underived()? };
        for (later, (earlier, text)) in parents {
            let (page, from) = (&pages[later], &pages[earlier]);
            let parent = Parent::Source(from.id);
            let view = self.writer.view();
            if !view.declared(page.number)?.is_empty() || underived.contains(&(page.id, parent.clone())) {
                continue;
            }
            if let Some(publisher) = &from.details.publisher {
                self.entity("publisher", publisher, true)?;
            }
            let because = format!("{} of {} runs of five words stand in the earlier text", text.shared, text.of);
            self.append(Body::Derive(Derive { source: page.id, from: parent, text: Some(text), because }))?;
        }
        Ok(())
    }
}

/// The shingles of a source's latest text, without menus and pointers to other articles; `None` for a table, and for a
/// text too short to tell.
fn shingles_of(view: View, source: &SourceRow) -> Result<Option<Vec<u64>>, LedgerError> {
    let Some(snapshot) = view.snapshots(source.number)?.pop() else { return Ok(None) };
    let Some(text) = view.text_if_kept(&snapshot)? else { return Ok(None) };
    let told = text.blocks.iter().filter(|block| matches!(block.role, Role::Title | Role::Body));
    let words: Vec<&str> = told.map(|block| block.span.of(&text.content)).collect();
    let hashes = shingles(&words.join("\n"));
    Ok((!hashes.is_empty()).then_some(hashes))
}

/// True where `a` was published before `b`; of those that do not say, what was captured first was.
fn is_earlier(a: &SourceRow, b: &SourceRow) -> bool {
    match (&a.details.published, &b.details.published) {
        (Some(x), Some(y)) if x.is_before(y) => true,
        (Some(x), Some(y)) if y.is_before(x) => false,
        _ => a.number < b.number,
    }
}
