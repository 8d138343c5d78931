//! The narrow table of statements: what claims say on questions, in whole numbers where it can be.

use std::sync::Arc;

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, Params, Row, params};
use serde::{Deserialize, Serialize};

use super::View;
use super::error::StoreError;
use super::identity;
use super::view::digest;
use crate::domain::claim::{Claim, EntityKey, Modality, Qualifiers, Stance, Status, Value};
use crate::domain::compact::{Compact, form};
use crate::domain::id::ClaimId;
use crate::domain::origin::Origin;
use crate::domain::time_of_day::TimeOfDay;
use crate::domain::unit::{Currency, CurrencyCode, Unit};
use crate::domain::when::When;
use crate::reconcile::statement::Statement;

/// Its origin says it on a page of its own.
pub const OWN_VOICE: u32 = 1 << 9;
/// Its page quotes somebody with a name for it.
pub const QUOTED: u32 = 1 << 15;
/// Retracted or held: it stands in the table and enters no comparison. The SQL in `identity.rs` has it as 1024.
pub const RETRACTED: u32 = 1 << 10;
/// Beside that one: it is not retracted, but held until somebody approves it.
const HELD: u32 = 1 << 16;
/// There is `says` or `more` to be read.
pub const MORE: u32 = 1 << 11;
/// Its digits do not fit; its entry has them.
pub const WIDE: u32 = 1 << 12;
/// `words` are a date.
pub const DATE: u32 = 1 << 13;

/// `lo` is a time of day, in seconds; stated to the second where it is exact.
const TIME: u32 = 1 << 14;

/// An origin that is not worked out yet.
const UNKNOWN: i64 = -1;

/// What few statements have.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct More {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    denies: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    modality: Option<Modality>,
    #[serde(skip_serializing_if = "Qualifiers::is_empty")]
    qualifiers: Qualifiers,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<EntityKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
}

/// Where a claim stands, and as what.
pub struct Place<'a> {
    /// The row of the question.
    pub question: i64,
    /// The claim's number.
    pub claim: i64,
    /// The row of its source.
    pub source: i64,
    /// The row of the entity that it goes back to, where that is known already.
    pub speaker: Option<i64>,
    /// Its page quotes somebody with a name for it.
    pub quoted: bool,
    /// What it says there, where that is not the question's own predicate.
    pub says: Option<&'a str>,
    /// The member it is about, on a question about the group.
    pub member: Option<&'a EntityKey>,
}

/// Puts a claim, as it stands after all merges, on a question. Where its origin is not known it is worked out later.
pub fn put(view: View, place: Place, claim: &Claim, status: Status) -> Result<(), StoreError> {
    let more = More {
        denies: claim.stance == Stance::Denies,
        modality: Some(claim.modality).filter(|modality| *modality != Modality::Stated),
        qualifiers: claim.qualifiers.clone(),
        member: place.member.cloned(),
        origin: None,
    };
    let more = (more != More::default()).then(|| serde_json::json!(more).to_string());
    let mut bits = 0;
    bits |= status_bits(status) | voice(false, place.quoted);
    bits |= if more.is_some() || place.says.is_some() { MORE } else { 0 };
    let compact = claim.value.figure().map(Compact::of);
    bits |= match (&compact, &claim.value) {
        (Some(Some(compact)), _) => compact.form,
        (Some(None), _) => WIDE,
        (_, Value::Date(_)) => DATE,
        (_, Value::Time(time)) => time_bits(*time),
        _ => 0,
    };
    let time = match &claim.value {
        Value::Time(time) => Some(*time),
        _ => None,
    };
    let words = claim.value.words().filter(|_| time.is_none());
    let compact = compact.flatten();
    let mut insert = view.prepare(
        "INSERT INTO statement (question, claim, source, origin, lo, hi, decimals, form, unit, words, as_of, says, more)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    insert.execute(params![
        place.question,
        place.claim,
        place.source,
        place.speaker.map_or(UNKNOWN, |entity| entity * 4),
        compact.and_then(|compact| compact.lo).or(time.map(|time| time.seconds().into())),
        compact.and_then(|compact| compact.hi),
        compact.map(|compact| compact.decimals),
        bits,
        claim.value.figure().and_then(|figure| unit_text(&figure.unit)),
        words,
        claim.as_of.as_ref().map(When::to_string),
        place.says,
        more,
    ])?;
    Ok(())
}

/// Writes down whether a claim stands.
pub fn put_status(view: View, question: i64, claim: i64, status: Status) -> Result<(), StoreError> {
    let mut update =
        view.prepare("UPDATE statement SET form = (form & ~?4) | ?3 WHERE question = ?1 AND claim = ?2")?;
    update.execute(params![question, claim, status_bits(status), RETRACTED | HELD])?;
    Ok(())
}

fn status_bits(status: Status) -> u32 {
    match status {
        Status::Standing => 0,
        Status::Pending => RETRACTED | HELD,
        Status::Retracted => RETRACTED,
    }
}

/// Whether a claim stands, by the bits of its statement.
pub fn status_of(bits: u32) -> Status {
    match (bits & RETRACTED, bits & HELD) {
        (0, _) => Status::Standing,
        (_, 0) => Status::Retracted,
        _ => Status::Pending,
    }
}

/// Writes down whom a claim goes back to, on every question that it bears on, and the bits of [`voice`]; `before` says
/// whom it went back to.
pub fn put_origin(
    view: View,
    claim: i64,
    questions: &[i64],
    before: &Origin,
    origin: &Origin,
    voice: u32,
) -> Result<(), StoreError> {
    let (code, text) = origin_code(view, origin)?;
    let is_spelt = |origin: &Origin| matches!(origin, Origin::Either(_) | Origin::Circle(_));
    if !is_spelt(before) && !is_spelt(origin) {
        let mut update = view
            .prepare("UPDATE statement SET origin = ?3, form = (form & ~?5) | ?4 WHERE question = ?1 AND claim = ?2")?;
        for question in questions {
            update.execute(params![question, claim, code, voice, OWN_VOICE | QUOTED])?;
        }
        return Ok(());
    }
    let mut update = view.prepare(
        "UPDATE statement SET origin = ?3, more = changed.more,
                form = (form & ~(?5 | ?7)) | ?4 | iif(changed.more IS NULL AND says IS NULL, 0, ?7)
         FROM (SELECT nullif(iif(?6 IS NULL, json_remove(more, '$.origin'),
                                 json_set(coalesce(more, '{}'), '$.origin', ?6)), '{}') AS more
               FROM statement WHERE question = ?1 AND claim = ?2) AS changed
         WHERE question = ?1 AND claim = ?2",
    )?;
    for question in questions {
        update.execute(params![question, claim, code, voice, OWN_VOICE | QUOTED, text, MORE])?;
    }
    Ok(())
}

/// The bits that say whether a claim's origin speaks on a page of its own, and whether its page quotes somebody.
pub fn voice(own: bool, quoted: bool) -> u32 {
    (if own { OWN_VOICE } else { 0 }) | (if quoted { QUOTED } else { 0 })
}

/// The row of the entity that an origin's number stands for; `None` for any other.
pub fn named(code: i64) -> Option<i64> {
    (code >= 0 && code % 4 == 0).then_some(code / 4)
}

/// An origin as the statements of a table have it: the number that stands for it, `more` where there is none, and the
/// bit that says so.
pub fn origin_of_rows(view: View, origin: &Origin) -> Result<(i64, Option<String>, u32), StoreError> {
    let (code, text) = origin_code(view, origin)?;
    let more = text.map(|_| serde_json::json!(More { origin: Some(origin.clone()), ..More::default() }).to_string());
    let bit = if more.is_some() { MORE } else { 0 };
    Ok((code, more, bit))
}

/// The number that stands for an origin, and its text where there is none.
fn origin_code(view: View, origin: &Origin) -> Result<(i64, Option<String>), StoreError> {
    let entity = |key: &EntityKey| identity::number(view, 0, key);
    Ok(match origin {
        Origin::Named(key) => (entity(key)? * 4, None),
        Origin::Anonymous(outlet) => (entity(outlet)? * 4 + 1, None),
        Origin::Unnamed(source) => {
            let mut select = view.prepare("SELECT number FROM source WHERE id = ?1")?;
            let number: i64 = select.query_row(params![source.0.0.as_slice()], |row| row.get(0))?;
            (number * 4 + 2, None)
        }
        Origin::Either(_) | Origin::Circle(_) => (3, Some(origin.to_string())),
    })
}

/// The bits of a time of day.
pub fn time_bits(time: TimeOfDay) -> u32 {
    TIME | if time.is_to_the_second() { form::EXACT } else { 0 }
}

/// The numbers that may stand for an origin in the table: of an entity, and of those that were merged into it.
pub fn codes_of(view: View, origin: &Origin) -> Result<Vec<i64>, StoreError> {
    let (key, kind) = match origin {
        Origin::Named(key) => (key, 0),
        Origin::Anonymous(key) => (key, 1),
        other => return Ok(vec![origin_code(view, other)?.0]),
    };
    let mut select =
        view.prepare("SELECT number * 4 + ?2 FROM entity WHERE stands = (SELECT stands FROM entity WHERE key = ?1)")?;
    let codes = select.query_map(params![key.0, kind], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(codes)
}

/// A unit as text; none for a plain number.
pub fn unit_text(unit: &Unit) -> Option<String> {
    Some(match unit {
        Unit::Number => return None,
        Unit::Percent => "%".to_string(),
        Unit::PercentagePoint => "pp".to_string(),
        Unit::Other(word) => format!("={word}"),
        Unit::Money(Currency::Unknown) => "?".to_string(),
        Unit::Money(Currency::Known(code)) => code.to_string(),
        Unit::Money(Currency::Family(members)) => {
            members.iter().map(CurrencyCode::to_string).collect::<Vec<_>>().join("?")
        }
    })
}

pub fn unit(text: Option<&str>) -> Option<Unit> {
    Some(match text {
        None => Unit::Number,
        Some("%") => Unit::Percent,
        Some("pp") => Unit::PercentagePoint,
        Some("?") => Unit::Money(Currency::Unknown),
        Some(text) => match text.strip_prefix('=') {
            Some(word) => Unit::Other(word.to_string()),
            None if text.len() == 3 => Unit::Money(Currency::Known(text.parse().ok()?)),
            None => {
                let members: Vec<CurrencyCode> = text.split('?').map(str::parse).collect::<Result<_, _>>().ok()?;
                Unit::Money(if members.len() > 1 { Currency::Family(members) } else { Currency::Known(members[0]) })
            }
        },
    })
}

/// The columns that [`View::statement`] reads.
pub const COLUMNS: &str = "claim, source, origin, lo, hi, decimals, form, unit, words, as_of, says, more";

/// A question with what is said on it, named by number.
pub struct Numbered {
    /// Its row.
    pub question: i64,
    /// The name of its predicate, or of the group that excludes the others of it.
    pub predicate: Arc<str>,
    /// The standing statements.
    pub statements: Vec<Statement<i64>>,
}

impl View<'_> {
    /// The origin that counts for this one: the first of those that it was found to be one with.
    pub fn counting(&self, origin: &Origin) -> Result<Origin, StoreError> {
        let heads = self.known.heads.get((), |()| Ok(Arc::new(self.one_origins()?)))?;
        Ok(heads.get(origin).unwrap_or(origin).clone())
    }

    /// The name of a predicate, for many statements to share.
    pub(super) fn spelt(&self, predicate: &str) -> Result<Arc<str>, StoreError> {
        self.known.spelt.get_by(predicate, || Ok(predicate.into()))
    }

    /// Some questions, which are given ascending, each with its predicate and its standing statements, in the order
    /// their claims were logged; these are named by number, to be compared and no more.
    pub fn numbered_statements(&self, questions: &[i64]) -> Result<Vec<Numbered>, StoreError> {
        let (Some(&first), Some(&last)) = (questions.first(), questions.last()) else { return Ok(Vec::new()) };
        let missing = |question: i64| StoreError::Damaged(format!("question {question} is missing"));
        let mut found = Vec::with_capacity(questions.len());
        if (last - first) as u64 > 4 * questions.len() as u64 {
            let mut select = self.prepare("SELECT predicate FROM question WHERE number = ?1")?;
            for &question in questions {
                let predicate = select.query_row([question], |row| row.get::<_, String>(0)).optional()?;
                let predicate = self.spelt(&predicate.ok_or_else(|| missing(question))?)?;
                let which = "question = ?1 ORDER BY claim";
                let statements = self.statements_where(which, params![question], &predicate, Ok)?;
                found.push(Numbered { question, predicate, statements });
            }
            return Ok(found);
        }
        // Most of what lies between the first and the last is wanted: all of it is read in one go.
        let sql = "SELECT number, predicate, claims FROM question WHERE number BETWEEN ?1 AND ?2 ORDER BY number";
        let mut select = self.prepare(sql)?;
        let mut asked = select.query([first, last])?;
        let sql = format!(
            "SELECT {COLUMNS}, question FROM statement WHERE question BETWEEN ?1 AND ?2 ORDER BY question, claim"
        );
        let mut select = self.prepare(&sql)?;
        let mut said = select.query([first, last])?;
        let mut next = said.next()?;
        for &question in questions {
            let (predicate, n_claims) = loop {
                let row = asked.next()?.ok_or_else(|| missing(question))?;
                if row.get::<_, i64>(0)? == question {
                    break (self.spelt(text(row, 1)?.unwrap_or_default())?, row.get::<_, i64>(2)?);
                }
            };
            // As many as there were last, within reason.
            let mut statements = Vec::with_capacity(n_claims.clamp(0, 1 << 16) as usize);
            while let Some(row) = next {
                let place: i64 = row.get(12)?;
                if place > question {
                    break;
                }
                if place == question && row.get::<_, u32>(6)? & RETRACTED == 0 {
                    statements.push(self.statement(row, &predicate, Ok)?);
                }
                next = said.next()?;
            }
            found.push(Numbered { question, predicate, statements });
        }
        Ok(found)
    }

    /// Those that are said to be true of a day between two, or of none in particular.
    pub(super) fn statements_between(
        &self,
        question: i64,
        predicate: &str,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<Statement>, StoreError> {
        // A time of the last day comes after that day, and before a tilde.
        let which = "question = ?1 AND (as_of BETWEEN ?2 AND ?3 || '~' OR as_of IS NULL) ORDER BY claim";
        let values = params![question, first.to_string(), last.to_string()];
        self.statements_where(which, values, &self.spelt(predicate)?, |number| self.claim_id(number))
    }

    fn statements_where<C>(
        &self,
        which: &str,
        values: impl Params,
        predicate: &Arc<str>,
        name: impl Fn(i64) -> Result<C, StoreError>,
    ) -> Result<Vec<Statement<C>>, StoreError> {
        let mut select = self.prepare(&format!("SELECT {COLUMNS} FROM statement WHERE {which}"))?;
        let mut rows = select.query(values)?;
        let mut statements = Vec::new();
        while let Some(row) = rows.next()? {
            if row.get::<_, u32>(6)? & RETRACTED == 0 {
                statements.push(self.statement(row, predicate, &name)?);
            }
        }
        Ok(statements)
    }

    /// One statement, of a row of [`COLUMNS`]; `predicate` is the question's, and `name` gives the claim its name.
    pub(super) fn statement<C>(
        &self,
        row: &Row,
        predicate: &Arc<str>,
        name: impl FnOnce(i64) -> Result<C, StoreError>,
    ) -> Result<Statement<C>, StoreError> {
        let claim: i64 = row.get(0)?;
        let damaged = |what: &str| StoreError::Damaged(format!("the statement of claim {claim}: {what}"));
        let bits: u32 = row.get(6)?;
        // What most statements lack is not asked for: there are millions of them.
        let has_more = bits & MORE != 0;
        let more: More = match if has_more { text(row, 11)? } else { None } {
            Some(more) => serde_json::from_str(more).map_err(|error| damaged(&error.to_string()))?,
            None => More::default(),
        };
        let date = |text: &str| text.parse::<When>().map_err(|error| damaged(&error.to_string()));
        let decimals: Option<i32> = row.get(5)?;
        let words = if decimals.is_none() { text(row, 8)? } else { None };
        let value = match (decimals, words) {
            (Some(decimals), _) => {
                let compact = Compact { lo: row.get(3)?, hi: row.get(4)?, decimals, form: bits & form::FIGURE };
                let text = text(row, 7)?.unwrap_or_default();
                let last = self
                    .known
                    .figure
                    .borrow()
                    .as_ref()
                    .and_then(|(known, unit, value)| (*known == compact && unit == text).then(|| value.clone()));
                match last {
                    Some(value) => value,
                    None => {
                        let read = || unit(Some(text)).ok_or_else(|| damaged("an unknown unit"));
                        let unit = if text.is_empty() { Unit::Number } else { self.known.units.get_by(text, read)? };
                        let value = Arc::new(Value::Figure(compact.figure(unit)));
                        *self.known.figure.borrow_mut() = Some((compact, text.to_string(), value.clone()));
                        value
                    }
                }
            }
            (None, Some(words)) if bits & DATE != 0 => Arc::new(Value::Date(date(words)?)),
            (None, Some(words)) => Arc::new(Value::Text(words.to_string())),
            (None, None) if bits & TIME != 0 => {
                let time = TimeOfDay::new(row.get(3)?, bits & form::EXACT != 0);
                Arc::new(Value::Time(time.ok_or_else(|| damaged("no time of day"))?))
            }
            (None, None) if bits & WIDE != 0 => Arc::new(self.wide(claim)?),
            (None, None) => Arc::new(Value::State),
        };
        let (page, published) = self.known.published.get(row.get(1)?, |&source| {
            let source = self.source_by_number(source)?;
            Ok((source.id, source.details.published.clone().map(Arc::new)))
        })?;
        let counted = |origin: Origin| Ok((Arc::new(self.counting(&origin)?), Arc::new(origin)));
        let (counts_as, origin) = match more.origin {
            Some(origin) => counted(origin)?,
            None => self.known.origins.get(row.get(2)?, |&code| counted(self.origin(code)?))?,
        };
        Ok(Statement {
            claim: name(claim)?,
            value,
            says: match if has_more { text(row, 10)? } else { None } {
                Some(says) => self.spelt(says)?,
                None => predicate.clone(),
            },
            stance: if more.denies { Stance::Denies } else { Stance::Affirms },
            modality: more.modality.unwrap_or_default(),
            qualifiers: more.qualifiers,
            as_of: text(row, 9)?.map(|text| date(text).map(Arc::new)).transpose()?,
            published,
            counts_as,
            origin,
            page: (!self.is_of_table(claim as u64)?).then_some(page),
            own_voice: bits & OWN_VOICE != 0,
            member: more.member,
        })
    }

    /// What a claim says whose digits do not fit a statement.
    fn wide(&self, claim: i64) -> Result<Value, StoreError> {
        if self.tables()?.import_of(claim as u64).is_none() {
            return self.claim_value(claim);
        }
        let missing = || StoreError::Damaged(format!("claim {claim} is not in its table"));
        Ok(self.cell(claim as u64)?.ok_or_else(missing)?.value)
    }

    /// The id of a claim.
    pub fn claim_id(&self, number: i64) -> Result<ClaimId, StoreError> {
        if let Some(import) = self.tables()?.import_of(number as u64) {
            return Ok(import.claim_id(number as u64));
        }
        let mut select = self.prepare("SELECT id FROM claim WHERE number = ?1")?;
        Ok(ClaimId(select.query_row(params![number], |row| digest(row.get(0)?))?))
    }

    /// The origin that a number stands for, as its entities stand after all merges.
    pub fn origin(&self, code: i64) -> Result<Origin, StoreError> {
        self.origin_by(code, |(_, standing)| standing)
    }

    /// The origin that a number stands for, whatever was merged since it was written.
    pub fn origin_as_written(&self, code: i64) -> Result<Origin, StoreError> {
        self.origin_by(code, |(own, _)| own)
    }

    fn origin_by(&self, code: i64, key: fn((EntityKey, EntityKey)) -> EntityKey) -> Result<Origin, StoreError> {
        Ok(match code.rem_euclid(4) {
            _ if code < 0 => Origin::Named(EntityKey(String::new())),
            0 => Origin::Named(key(self.keys(code / 4)?)),
            1 => Origin::Anonymous(key(self.keys(code / 4)?)),
            2 => Origin::Unnamed(self.source_by_number(code / 4)?.id),
            _ => return Err(StoreError::Damaged("an origin is missing".to_string())),
        })
    }

    pub(super) fn keys(&self, entity: i64) -> Result<(EntityKey, EntityKey), StoreError> {
        self.known.keys.get(entity, |_| identity::keys(*self, entity))
    }
}

/// A text of a row, without copying it.
pub fn text<'r>(row: &'r Row, column: usize) -> Result<Option<&'r str>, StoreError> {
    Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?)
}
