//! Logging claims.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::error::{LedgerError, Refusal};
use super::input::{ClaimInput, FigureInput, LinkInput, checked_qualifier};
use super::{Ledger, Questions, Session, figures, resolve};
use crate::domain::claim::{Attribution, Claim, EntityKey, Known, Qualifiers, Speaker, Stance, Status, Value};
use crate::domain::figure::{Doubt, Figure};
use crate::domain::id::ClaimId;
use crate::domain::predicate::{ObjectRule, Predicate, ValueKind};
use crate::domain::quote::{Quote, WantedQuote};
use crate::domain::source::SourceDetails;
use crate::domain::text::{Block, Role, Text, is_words};
use crate::domain::unit::CurrencyCode;
use crate::domain::when::When;
use crate::figure;
use crate::quote::{QuoteError, Searchable, find, fold_name};
use crate::record::body::{Attest, Body, Hold, claim_id};
use crate::store::{ClaimRow, SnapshotRow, SourceRow, StoreError};

/// Longest quote, in bytes.
const LONGEST_QUOTE: usize = 10_000;
/// Texts that are kept prepared for searching, in bytes of their content.
const PAGE_BYTES: usize = 64 << 20;
/// Longest other text of a claim, in bytes.
const LONGEST_TEXT: usize = 1000;

/// What came of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// One for each line, in order.
    pub claims: Vec<LoggedClaim>,
    /// Questions whose verdict was worked out anew.
    pub questions: Questions,
}

/// What came of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedClaim {
    /// Its id.
    pub id: ClaimId,
    /// True when it was on record already, and is now attested once more.
    pub attested: bool,
    /// Its figure.
    pub figure: Option<Figure>,
    /// It denies it.
    pub denies: bool,
    /// What could not be known about the figure.
    pub doubts: Vec<Doubt>,
    /// Entities named for the first time, each with names on record that are like it.
    pub named: Vec<(String, Vec<String>)>,
    /// Qualifiers that the quote has beside the figure and the claim does not ("per" year, "period" 4 years).
    pub unsaid: Qualifiers,
    /// True when the quote differs from the text in typography.
    pub folded: bool,
    /// The part of the page that the quote stands in.
    pub part: Option<Role>,
    /// How many paragraphs, cells or headings the quote runs over.
    pub blocks: usize,
    /// It is held until a person approves it.
    pub held: bool,
}

impl LoggedClaim {
    pub(super) fn of(id: ClaimId, resolved: &Resolved, attested: bool) -> LoggedClaim {
        LoggedClaim {
            id,
            attested,
            held: false,
            figure: resolved.claim.value.figure().cloned(),
            denies: resolved.claim.stance == Stance::Denies,
            doubts: resolved.claim.doubts.clone(),
            named: resolved.named.clone(),
            unsaid: resolved.unsaid.clone(),
            folded: resolved.claim.quote.folded,
            part: resolved.part,
            blocks: resolved.blocks,
        }
    }
}

impl Ledger {
    /// Logs claims, all or none. A line that was not even readable is handed in as its refusal, so that one list of
    /// refusals covers the batch. With `new_entities`, names nobody has used become entities.
    pub fn log(
        &mut self,
        lines: &[(usize, Result<ClaimInput, Refusal>)],
        new_entities: bool,
    ) -> Result<Logged, LedgerError> {
        let mut session = self.session()?;
        let mut claims = Vec::new();
        let mut refused = Vec::new();
        for (line, input) in lines {
            let result = match input {
                Ok(input) => session.log_one(input, new_entities),
                Err(refusal) => Err(refusal.clone().into()),
            };
            match result {
                Ok(claim) => claims.push(claim),
                Err(LedgerError::Refused(refusal)) => refused.push((*line, *refusal)),
                Err(error) => return Err(error),
            }
        }
        if !refused.is_empty() {
            return Err(LedgerError::Batch { lines: refused, total: lines.len() });
        }
        let questions = session.finish()?;
        Ok(Logged { claims, questions })
    }

    /// A claim on record as input for one like it, read in another source: the same subject, predicate, object,
    /// qualifiers and speakers, to be given a quote. The page that carried it is left out of the chain, and the
    /// publisher of the new one takes its place.
    pub fn input_like(&mut self, claim: &str, source: &str) -> Result<ClaimInput, LedgerError> {
        let session = self.session()?;
        let row = resolve::claim(session.writer.view(), claim)?;
        let (new, _) = resolve::source(session.writer.view(), source)?;
        let mut input = session.input_of(&row)?;
        if let Some(old) = &row.source.details.publisher {
            let old = resolve::entity(session.writer.view(), "by", old)?;
            if row
                .claim
                .by
                .last()
                .is_some_and(|link| matches!(&link.who, Speaker::Entity(key) if Some(key) == old.as_ref()))
            {
                input.by.pop();
            }
        }
        let publisher = new.details.publisher;
        input.by.extend(publisher.map(|name| LinkInput { name, anonymous: false, known: Known::Page }));
        let (source, quote) = (source.to_string(), WantedQuote::default());
        Ok(ClaimInput { source, quote, figure: None, reference: None, ..input })
    }
}

impl Session<'_> {
    fn log_one(&mut self, input: &ClaimInput, new_entities: bool) -> Result<LoggedClaim, LedgerError> {
        let resolved = self.claim_from(input, new_entities)?;
        let id = claim_id(&resolved.claim).map_err(StoreError::from)?;
        let known = self.writer.view().status(id)?;
        let mut logged = LoggedClaim::of(id, &resolved, known.is_some());
        logged.held = known.map_or(self.holding, |status| status == Status::Pending);
        match known {
            Some(Status::Retracted) => return Err(Refusal::Retracted(id).into()),
            Some(_) => self.append(Body::Attest(Attest { claim: id, reference: resolved.claim.reference }))?,
            None => {
                self.append(Body::Claim(Box::new(resolved.claim)))?;
                if self.holding {
                    self.append(Body::Hold(Hold { claim: id }))?;
                }
            }
        }
        Ok(logged)
    }

    /// Resolves and checks everything in a claim. Entities it names for the first time are appended on the way.
    pub(super) fn claim_from(&mut self, input: &ClaimInput, new_entities: bool) -> Result<Resolved, LedgerError> {
        check_texts(input)?;
        let before = self.named.len();
        let known = self.source(&input.source)?;
        let (source, snapshot) = &*known;
        let predicate = resolve::predicate(self.writer.view(), &input.predicate)?;
        let as_of = input.as_of.as_ref().map(|date| date.parse::<When>()).transpose();
        let as_of = as_of.map_err(|error| Refusal::Date { field: "as_of", error })?;
        for key in input.qualifiers.keys() {
            checked_qualifier(key)?;
        }
        let quote = self.quote(&input.quote, source, snapshot)?;
        let page = self.page(snapshot)?;
        let language = page.language_tag(&source.details);
        let (value, read) = value(input, &quote, &language, &predicate)?;
        let object = object(input, &predicate)?;
        let subject = self.entity("subject", &input.subject, new_entities)?;
        let object = object.map(|name| self.entity("object", name, new_entities)).transpose()?;
        let by = self.chain(&input.by, source, new_entities)?;
        let parser = read.as_ref().map(|_| figure::PARSER.to_string());
        let (other, doubts, beside) = read.map_or_else(Default::default, |read| (read.other, read.doubts, read.beside));
        let qualifiers: Qualifiers = input.qualifiers.iter().map(|(key, value)| (key.clone(), evened(value))).collect();
        let unsaid = beside.into_iter().filter(|(key, _)| !qualifiers.contains_key(key)).collect();
        let claim = Claim {
            source: source.id,
            snapshot: snapshot.sha256,
            text: snapshot.text,
            quote,
            subject,
            predicate: predicate.name.clone(),
            object,
            value,
            other,
            doubts,
            qualifiers,
            by,
            stance: input.stance,
            modality: input.modality,
            as_of,
            reference: input.reference.clone(),
            parser,
        };
        let span = claim.quote.span();
        let part = page.text.role_at(span);
        let touched = |block: &&Block| block.span.start < span.end && span.start < block.span.end;
        let blocks = page.text.blocks.iter().filter(touched).count();
        Ok(Resolved { claim, named: self.named.split_off(before), unsaid, part, blocks })
    }

    /// The words in the snapshot's text; where they are not there, says who else has them.
    fn quote(
        &mut self,
        wanted: &WantedQuote,
        source: &SourceRow,
        snapshot: &SnapshotRow,
    ) -> Result<Quote, LedgerError> {
        let error = match find(&self.page(snapshot)?.searchable, wanted) {
            Ok(quote) => return Ok(quote),
            Err(error) => error,
        };
        let mut elsewhere = None;
        if matches!(error, QuoteError::NotFound { .. }) {
            // The place was counted in this text; elsewhere only the words can be looked for.
            let words = WantedQuote { exact: wanted.exact.clone(), ..WantedQuote::default() };
            let view = self.writer.view();
            let sources = view.sources()?;
            for other in view.all_snapshots()?.iter().rev().filter(|other| other.number != snapshot.number) {
                let holds = find(&self.page(other)?.searchable, &words);
                if !matches!(holds, Ok(_) | Err(QuoteError::Ambiguous { .. })) {
                    continue;
                }
                let whose = if other.source == source.number {
                    "another snapshot of this source".to_string()
                } else {
                    let owner = sources.iter().find(|source| source.number == other.source);
                    owner.map_or("another source".to_string(), resolve::described)
                };
                elsewhere = Some((other.sha256, whose));
                break;
            }
        }
        Err(Refusal::Quote { error: Box::new(error), elsewhere }.into())
    }

    fn page(&mut self, snapshot: &SnapshotRow) -> Result<Rc<Page>, LedgerError> {
        if let Some(known) = self.pages.get(&snapshot.text) {
            return Ok(known.clone());
        }
        let mut text = self.writer.view().text(snapshot)?;
        // A batch goes back and forth between its pages; of more than these all are let go.
        self.looked_up.page_bytes += text.content.len();
        if self.looked_up.page_bytes > PAGE_BYTES {
            self.pages.clear();
            self.looked_up.page_bytes = text.content.len();
        }
        let searchable = Searchable::new(std::mem::take(&mut text.content));
        let page = Rc::new(Page { searchable, text, language: OnceCell::new(), declared: RefCell::default() });
        self.pages.insert(snapshot.text, page.clone());
        Ok(page)
    }

    /// A source and the snapshot meant, looked up once.
    fn source(&mut self, wanted: &str) -> Result<Rc<(SourceRow, SnapshotRow)>, LedgerError> {
        if let Some(known) = self.looked_up.sources.get(wanted) {
            return Ok(known.clone());
        }
        let found = Rc::new(resolve::source(self.writer.view(), wanted)?);
        self.looked_up.sources.insert(wanted.to_string(), found.clone());
        Ok(found)
    }

    /// The entity of that name; named now where nobody is called so and that is allowed.
    pub(super) fn entity(&mut self, field: &'static str, name: &str, new: bool) -> Result<EntityKey, LedgerError> {
        if let Some(known) = self.looked_up.entities.get(name) {
            return Ok(known.clone());
        }
        if let Some(key) = resolve::own_entity(self.writer.view(), field, name)? {
            self.looked_up.entities.insert(name.to_string(), key.clone());
            return Ok(key);
        }
        let near = self.names_like(name)?;
        if !new {
            return Err(Refusal::NoEntity { field, name: name.to_string(), near }.into());
        }
        let key = self.name_entity(field, name, None, &[], Vec::new())?;
        self.named.push((name.to_string(), near));
        Ok(key)
    }

    /// Names whoever a source names, where that is one: of namesakes nobody is meant until somebody is named by key.
    pub(super) fn named_or_nobody(&mut self, field: &'static str, name: &str) -> Result<(), LedgerError> {
        match self.entity(field, name, true) {
            Err(LedgerError::Refused(refusal)) if matches!(*refusal, Refusal::ManyEntities { .. }) => Ok(()),
            other => other.map(drop),
        }
    }

    fn chain(&mut self, links: &[LinkInput], source: &SourceRow, new: bool) -> Result<Vec<Attribution>, LedgerError> {
        let publisher = source.details.publisher.as_deref();
        // Publisher and agencies are known from the source itself, so they need nobody's leave to be named.
        for name in source.details.credits.iter().flatten().map(String::as_str).chain(publisher) {
            self.named_or_nobody("by", name)?;
        }
        if links.is_empty() {
            let who = Speaker::Entity(self.entity("by", publisher.ok_or(Refusal::NoSpeaker)?, true)?);
            return Ok(vec![Attribution { who, known: Known::Page }]);
        }
        let mut chain = Vec::new();
        // Speakers without a name count once for the outlet that talked to them, so somebody has to be named.
        let outlet = publisher.filter(|_| links.iter().all(|link| link.anonymous)).map(|name| LinkInput {
            name: name.to_string(),
            anonymous: false,
            known: Known::Page,
        });
        for link in links.iter().chain(&outlet) {
            let who = if link.anonymous {
                Speaker::Anonymous(link.name.clone())
            } else {
                Speaker::Entity(self.entity("by", &link.name, new || publisher == Some(&link.name))?)
            };
            chain.push(Attribution { who, known: link.known });
        }
        Ok(chain)
    }

    /// A claim on record as if it were handed in again.
    pub(super) fn input_of(&self, row: &ClaimRow) -> Result<ClaimInput, LedgerError> {
        let view = self.writer.view();
        let name = |key: &EntityKey| -> Result<String, LedgerError> {
            // A name that is not the entity's alone would not find it again.
            let name = view.name(key)?.unwrap_or_else(|| key.0.clone());
            Ok(if view.entities_named(&fold_name(&name))?.len() == 1 { name } else { key.0.clone() })
        };
        // As it was logged, whatever was merged since.
        let (_, body) = view.checked_entry(row.sequence)?;
        let claim = body.claim().unwrap_or(&row.claim);
        let mut by = Vec::new();
        for link in &claim.by {
            by.push(match &link.who {
                Speaker::Entity(key) => LinkInput { name: name(key)?, anonymous: false, known: link.known },
                Speaker::Anonymous(what) => LinkInput { name: what.clone(), anonymous: true, known: link.known },
            });
        }
        let words = claim.value.words();
        Ok(ClaimInput {
            source: format!("{}@{}", claim.source, claim.snapshot),
            quote: WantedQuote {
                exact: claim.quote.exact.clone(),
                start: Some(claim.quote.start),
                ..WantedQuote::default()
            },
            subject: name(&claim.subject)?,
            predicate: claim.predicate.clone(),
            object: claim.object.as_ref().map(name).transpose()?.or(words),
            figure: claim.value.figure().map(|figure| FigureInput::Known(Box::new(figure.clone()))),
            by,
            stance: claim.stance,
            modality: claim.modality,
            qualifiers: claim.qualifiers.clone(),
            as_of: claim.as_of.as_ref().map(When::to_string),
            reference: claim.reference.clone(),
        })
    }
}

/// The text of a snapshot, prepared for searching.
pub(super) struct Page {
    searchable: Searchable<'static>,
    /// Its blocks and segments; the content is in `searchable`.
    text: Text,
    /// Its language by its own words.
    language: OnceCell<Option<&'static str>>,
    /// The currency that it declares for all its sums, read in a language.
    declared: RefCell<BTreeMap<String, Option<CurrencyCode>>>,
}

impl Page {
    /// The language tag to read its figures by: the language the source states, or its own words, with the currency it
    /// declares or the country that its address or its language names.
    fn language_tag(&self, details: &SourceDetails) -> String {
        let content = self.searchable.content();
        let by_words = || *self.language.get_or_init(|| figure::language_of(content));
        let tag = details.language.as_deref().or_else(by_words).unwrap_or("und");
        let language = tag.split('-').next().unwrap_or(tag);
        let mut declared = self.declared.borrow_mut();
        let currency = declared.entry(tag.to_string()).or_insert_with(|| figure::declared_currency(content, tag));
        match (*currency, details.country()) {
            (Some(code), _) => format!("{language}-u-cu-{code}"),
            (None, Some(country)) => format!("{language}-{country}"),
            (None, None) => tag.to_string(),
        }
    }
}

/// A claim with everything in it resolved and checked.
pub(super) struct Resolved {
    pub claim: Claim,
    /// Entities it names for the first time, each with names on record that are like it.
    pub named: Vec<(String, Vec<String>)>,
    /// Qualifiers that stand beside its figure and were not given.
    pub unsaid: Qualifiers,
    /// The part of the page that its quote stands in.
    pub part: Option<Role>,
    /// How many blocks its quote runs over.
    pub blocks: usize,
}

/// Text with its white space evened, so that a double space makes no other claim.
fn evened(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the claim says, by the kind of value its predicate takes; for a figure, also how it was read.
fn value(
    input: &ClaimInput,
    quote: &Quote,
    language: &str,
    predicate: &Predicate,
) -> Result<(Value, Option<figures::Checked>), Refusal> {
    if predicate.value.is_figure() {
        let checked = figures::figure_of(input.figure.as_ref(), &quote.exact, language, predicate)?;
        return Ok((Value::Figure(checked.figure.clone()), Some(checked)));
    }
    if input.figure.is_some() {
        let kind = figures::expected(predicate.value);
        return Err(Refusal::FigureNotWanted { predicate: predicate.name.clone(), kind });
    }
    let value = match (predicate.value, &input.object) {
        (ValueKind::Text, Some(words)) => Value::Text(words.clone()),
        // "said" and the like: the quote is what was said.
        (ValueKind::Text, None) if !predicate.compare => Value::Text(quote.exact.clone()),
        (ValueKind::Text, None) => {
            return Err(Refusal::Object { predicate: predicate.name.clone(), rule: "needs its words as `object`" });
        }
        (ValueKind::Date, Some(date)) => {
            Value::Date(date.parse().map_err(|error| Refusal::Date { field: "object", error })?)
        }
        (ValueKind::Date, None) => {
            return Err(Refusal::Object { predicate: predicate.name.clone(), rule: "needs its date as `object`" });
        }
        (ValueKind::Time, Some(time)) => Value::Time(time.parse().map_err(Refusal::Time)?),
        (ValueKind::Time, None) => {
            return Err(Refusal::Object { predicate: predicate.name.clone(), rule: "needs its time as `object`" });
        }
        _ => Value::State,
    };
    Ok((value, None))
}

/// The object as an entity's name, by the rule of the predicate.
fn object<'a>(input: &'a ClaimInput, predicate: &Predicate) -> Result<Option<&'a str>, Refusal> {
    if predicate.value.is_object() {
        return Ok(None);
    }
    let refused = |rule| Err(Refusal::Object { predicate: predicate.name.clone(), rule });
    match (predicate.object, &input.object) {
        (ObjectRule::None, Some(_)) => refused("takes no `object`"),
        (ObjectRule::Required, None) => refused("needs an `object`"),
        (_, object) => Ok(object.as_deref()),
    }
}

fn check_texts(input: &ClaimInput) -> Result<(), Refusal> {
    let check = |field: &str, found: usize, limit: usize| match found > limit {
        true => Err(Refusal::TooLong { field: field.to_string(), found, limit }),
        false => Ok(()),
    };
    check("quote", input.quote.exact.len(), LONGEST_QUOTE)?;
    check("object", input.object.as_ref().map_or(0, String::len), LONGEST_TEXT)?;
    check("ref", input.reference.as_ref().map_or(0, String::len), LONGEST_TEXT)?;
    for link in &input.by {
        check("by", link.name.len(), LONGEST_TEXT)?;
        if !is_words(&link.name) {
            return Err(Refusal::NotAName { field: "by", name: link.name.clone() });
        }
    }
    for (key, value) in &input.qualifiers {
        check("qualifiers", value.len(), LONGEST_TEXT)?;
        if !is_words(value) {
            let expected = "words, without control characters";
            return Err(Refusal::Shape { field: format!("qualifiers.{key}"), expected, found: format!("`{value}`") });
        }
    }
    Ok(())
}
