//! Importing tables.

use std::collections::BTreeMap;

use super::capture::{check_names, known_layout};
use super::error::{LedgerError, Refusal};
use super::reader::Reader;
use super::{Ledger, Progress, Questions, Session, Stage};
use crate::capture::Hints;
use crate::capture::table::{self, Table};
use crate::domain::id::{Digest, SourceId};
use crate::domain::listing::ClaimView;
use crate::domain::predicate::{ObjectRule, Predicate, Time};
use crate::domain::source::SourceDetails;
use crate::domain::table::{MappedPredicate, TableMap};
use crate::figure;
use crate::record::body::{Body, Capture, Import, import_key, source_id};
use crate::store::{Imported, StoreError};

/// Claims shown by a dry run.
const SHOWN: usize = 10;
/// New names whose near misses are listed.
const NEAR_LISTED: usize = 50;
/// Names that are looked at for them, so that a table of names that are all alike takes no longer than others.
const NEAR_LOOKED_AT: usize = 1_000_000;

/// What to import.
pub struct ImportRequest<'a> {
    /// The table's bytes.
    pub bytes: &'a [u8],
    /// Where they come from, for messages.
    pub place: String,
    /// What is known about them.
    pub hints: Hints,
    /// Details of the table as a source, given by hand.
    pub details: SourceDetails,
    /// The source these bytes are a further snapshot of, by id, hash or URL.
    pub source: Option<String>,
    /// What its columns mean.
    pub map: TableMap,
    /// Names that nobody has used become entities.
    pub new_entities: bool,
    /// Rows that cannot be read are passed over, counted and listed.
    pub skip_bad: bool,
    /// Told how many bytes of how many were read.
    pub progress: Progress<'a>,
}

/// What came of an import.
#[derive(Clone, Debug)]
pub struct ImportReport {
    /// The table.
    pub source: SourceId,
    /// SHA-256 of its bytes.
    pub snapshot: Digest,
    /// True when it was imported with this map before: nothing changed.
    pub known: bool,
    /// How many rows hold claims.
    pub rows: u64,
    /// How many claims they hold.
    pub claims: u64,
    /// Rows that were passed over, each with the reason; the first thousand.
    pub bad: Vec<(u64, String)>,
    /// How many there are.
    pub n_bad: u64,
    /// Attributes that the map does not name, each with how many rows have it.
    pub passed_over: BTreeMap<String, u64>,
    /// Entities named for the first time.
    pub n_named: usize,
    /// Publishers named for the first time.
    pub n_publishers: usize,
    /// Those of both with names that are like theirs, on record or before them in the table; the first fifty, as far as
    /// a million comparisons go.
    pub near: Vec<(String, Vec<String>)>,
    /// Predicates defined by the map.
    pub predicates: Vec<String>,
    /// Questions whose verdict was worked out anew.
    pub questions: Questions,
}

impl Ledger {
    /// Imports a table: captures it whole and puts a claim on record for each of its values, all or nothing.
    pub fn import(&mut self, request: ImportRequest) -> Result<ImportReport, LedgerError> {
        let mut session = self.session()?;
        let mut report = session.import(&request)?;
        report.questions = session.finish_long(request.progress)?;
        Ok(report)
    }

    /// What [`Ledger::import`] would do, with the first claims as they would be logged. Nothing is changed.
    pub fn preview_import(&mut self, request: ImportRequest) -> Result<(ImportReport, Vec<ClaimView>), LedgerError> {
        let mut session = self.session()?;
        let report = session.import(&request)?;
        let view = session.writer.view();
        let reader = Reader::new(view);
        let rows = view.first_imported(report.source, SHOWN)?;
        let claims = rows.iter().map(|row| reader.claim(row)).collect::<Result<_, _>>()?;
        Ok((report, claims))
    }
}

impl Session<'_> {
    fn import(&mut self, request: &ImportRequest) -> Result<ImportReport, LedgerError> {
        let map = &request.map;
        map.check().map_err(|error| Refusal::Map(error.to_string()))?;
        if self.holding {
            return Err(Refusal::TableHeld.into());
        }
        check_names(&request.details)?;
        let delimiter = map.table.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok());
        let table = table::read(request.bytes, &request.hints, map.table.sheet.as_deref(), delimiter)
            .map_err(|error| LedgerError::Capture { place: request.place.clone(), error: Box::new(error) })?;
        let text = Digest::of(table.text.content.as_bytes());
        let (source, snapshot) = self.captured_table(request, &table, text)?;
        let predicates = self.mapped_predicates(map)?;
        let details = self.writer.view().source(source)?.map(|source| source.details).unwrap_or_default();
        if map.columns.source.is_none() && details.publisher.is_none() {
            return Err(Refusal::NoTablePublisher.into());
        }
        self.name_those_behind(&details)?;
        let language = map.table.language.clone().or(request.details.language.clone());
        let mut import = Import {
            source,
            snapshot,
            text,
            dialect: table.dialect.name(),
            map: map.clone(),
            language,
            skip_bad: request.skip_bad,
            parser: figure::PARSER.to_string(),
            claims: 0,
            said: Digest::of(b""),
        };
        let mut report = ImportReport {
            source,
            snapshot,
            known: false,
            rows: 0,
            claims: 0,
            bad: Vec::new(),
            n_bad: 0,
            passed_over: BTreeMap::new(),
            n_named: 0,
            n_publishers: 0,
            near: Vec::new(),
            predicates,
            questions: Questions::default(),
        };
        let key = import_key(&import).map_err(StoreError::from)?;
        if self.writer.view().imports()?.iter().any(|known| known.key == key) {
            report.known = true;
            return Ok(report);
        }
        // Before the names of the table are among those on record.
        let mut names = crate::quote::NameIndex::default();
        self.writer.view().names()?.iter().for_each(|name| names.add(name));
        let progress = |done, all| (request.progress)(Stage::Reading, done, all);
        let found = self.writer.import(&import, &table.text.content, &progress)?;
        if found.n_bad > 0 && !request.skip_bad {
            return Err(Refusal::BadRows { rows: listed(&found), n_bad: found.n_bad }.into());
        }
        // Of a wide table the column is there, whether it holds anything or not.
        if let Some(unused) = found.unused.first().filter(|_| map.is_long()) {
            let found = found.passed_over.keys().take(10).cloned().collect();
            return Err(Refusal::UnusedAttribute { attribute: unused.clone(), found }.into());
        }
        let (mut near, mut looked_at) = (Vec::new(), 0);
        for name in found.named.iter().chain(&found.publishers) {
            if near.len() == NEAR_LISTED || looked_at > NEAR_LOOKED_AT {
                break;
            }
            let like = names.near_counting(name, &mut looked_at);
            if !like.is_empty() {
                near.push((name.clone(), like.into_iter().map(str::to_string).collect()));
            }
            names.add(name);
        }
        if !request.new_entities && !found.named.is_empty() {
            let n_unknown = found.named.len();
            let unknown: Vec<String> = found.named.into_iter().take(NEAR_LISTED).collect();
            return Err(Refusal::UnknownEntities { unknown, near, n_unknown }.into());
        }
        (import.claims, import.said) = (found.claims, found.said.unwrap_or(import.said));
        self.append_imported(&import)?;
        report = ImportReport {
            rows: found.n_rows,
            claims: found.claims,
            bad: listed(&found),
            n_bad: found.n_bad,
            n_named: found.named.len(),
            n_publishers: found.publishers.len(),
            passed_over: found.passed_over,
            near,
            ..report
        };
        self.stale.extend(found.questions);
        self.touched.extend(found.touched);
        Ok(report)
    }

    /// Puts the table on record as a source, where it is not.
    fn captured_table(
        &mut self,
        request: &ImportRequest,
        table: &Table,
        text: Digest,
    ) -> Result<(SourceId, Digest), LedgerError> {
        let snapshot = Digest::of(request.bytes);
        let url = request.details.url.as_ref().or(request.hints.url.as_ref());
        let known = self.known_source(request.source.as_deref(), url, snapshot)?;
        let id = known.as_ref().map_or_else(|| source_id(url.map(String::as_str), snapshot), |source| source.id);
        let view = self.writer.view();
        let snapshots = known.as_ref().map(|source| view.snapshots(source.number)).transpose()?.unwrap_or_default();
        if snapshots.iter().any(|known| known.sha256 == snapshot && known.text == text) {
            let before = known.map(|source| source.details).unwrap_or_default();
            if request.details.clone().or(before.clone()) != before {
                self.redescribe(id, request.details.clone())?;
            }
            return Ok((id, snapshot));
        }
        self.name_those_behind_table(id, &request.details)?;
        let layout = known_layout(table.text.blocks.clone(), table.text.segments.clone())?;
        self.writer.put_blob_named(snapshot, request.bytes)?;
        self.writer.put_blob_named(text, table.text.content.as_bytes())?;
        let layout = self.writer.put_blob(layout.as_bytes())?;
        self.append(Body::Capture(Box::new(Capture {
            source: id,
            details: request.details.clone(),
            page: SourceDetails { url: request.hints.url.clone(), ..SourceDetails::default() },
            snapshot,
            size: request.bytes.len() as u64,
            media_type: table.media_type.to_string(),
            charset: table.charset.clone(),
            text,
            layout,
            extractor: table.text.extractor.clone(),
        })))?;
        Ok((id, snapshot))
    }

    /// Defines the predicates of a map that are new, and checks the others. Answers the names of the new ones.
    fn mapped_predicates(&mut self, map: &TableMap) -> Result<Vec<String>, LedgerError> {
        let mut defined = Vec::new();
        for (attribute, mapped) in &map.predicates {
            let wanted = predicate(map, attribute, mapped);
            wanted.check().map_err(|error| Refusal::Map(error.to_string()))?;
            match self.writer.view().predicate(&wanted.name)? {
                None => {
                    defined.push(wanted.name.clone());
                    self.append(Body::Predicate(wanted))?;
                }
                Some(known) => {
                    let differs = |what: &str, known: &str, wanted: &str| {
                        Refusal::Map(format!(
                            "`predicates.\"{attribute}\"`: `{}` is on record with {what} `{known}`, not `{wanted}`",
                            mapped.name_for(attribute)
                        ))
                    };
                    if known.value != wanted.value && !(known.value.is_figure() && wanted.value.is_figure()) {
                        return Err(differs("value", known.value.name(), wanted.value.name()).into());
                    }
                    if mapped.time.is_some_and(|time| time != known.time) {
                        return Err(differs("time", known.time.name(), wanted.time.name()).into());
                    }
                    match (known.object, &mapped.object) {
                        // Words, dates and times of day are the object themselves.
                        _ if known.value.is_object() => {}
                        (ObjectRule::Required, None) => return Err(differs("object", "required", "none").into()),
                        (ObjectRule::None, Some(_)) => return Err(differs("object", "none", "required").into()),
                        _ => {}
                    }
                }
            }
        }
        Ok(defined)
    }
}

/// The predicate that a map defines.
fn predicate(map: &TableMap, attribute: &str, mapped: &MappedPredicate) -> Predicate {
    let value = mapped.value_kind();
    let dated = map.columns.date.is_some();
    Predicate {
        name: mapped.name_for(attribute),
        value,
        time: mapped.time.unwrap_or(if dated { Time::State } else { Time::Event }),
        object: if mapped.object.is_some() { ObjectRule::Required } else { ObjectRule::None },
        unit: mapped.unit.clone().filter(|_| value == crate::domain::predicate::ValueKind::Figure),
        exclusive: None,
        implies: Vec::new(),
        compare: true,
        describes: format!("The column {attribute} of an imported table"),
    }
}

fn listed(found: &Imported) -> Vec<(u64, String)> {
    found.bad.iter().map(|(row, why)| (*row, why.to_string())).collect()
}
