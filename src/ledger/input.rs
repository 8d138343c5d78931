//! A claim as people and programs hand it in: names, not keys; words, not places. `docs/claims.md` and
//! `docs/schema/claim-input.json` describe the JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::error::Refusal;
use crate::domain::claim::{Known, Modality, QUALIFIER_KEYS, Qualifiers, Stance};
use crate::domain::decimal::Decimal;
use crate::domain::figure::{Figure, Hedge, Precision};
use crate::domain::quote::WantedQuote;
use crate::domain::unit::{Currency, CurrencyCode};

/// A claim to be logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimInput {
    /// A source's id, the hash of one of its snapshots, its URL, or `ID@HASH`.
    pub source: String,
    /// The words.
    pub quote: WantedQuote,
    /// Of whom or what, by name or key.
    pub subject: String,
    /// The predicate.
    pub predicate: String,
    /// Whom or what it is about beside the subject, by name or key; the words or the date of predicates that take those.
    pub object: Option<String>,
    /// The figure; left out, it is read from the quote.
    pub figure: Option<FigureInput>,
    /// The attribution chain, origin first; left out, the source's publisher.
    pub by: Vec<LinkInput>,
    /// Affirms or denies.
    pub stance: Stance,
    /// How firmly.
    pub modality: Modality,
    /// Named parts of what is meant.
    pub qualifiers: Qualifiers,
    /// The time it is said to be true of, EDTF level 0.
    pub as_of: Option<String>,
    /// An outside reference.
    pub reference: Option<String>,
}

/// One link of an attribution chain as handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkInput {
    /// A name or key; or, where `anonymous`, what is said of the speaker.
    pub name: String,
    /// A speaker without a name.
    pub anonymous: bool,
    /// How the link is known.
    pub known: Known,
}

impl LinkInput {
    /// Somebody with a name.
    pub fn named(name: &str) -> LinkInput {
        LinkInput { name: name.to_string(), anonymous: false, known: Known::Stated }
    }
}

/// A figure as handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FigureInput {
    /// As words: "14.3 billion dollars".
    Text(String),
    /// As fields; what is left out is read from the quote.
    Fields(Box<FigureFields>),
    /// As on record.
    Known(Box<Figure>),
}

/// The fields of a figure as handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureFields {
    /// Lower bound.
    pub lo: Option<Decimal>,
    /// Upper bound.
    pub hi: Option<Decimal>,
    /// The lower bound is excluded.
    pub lo_open: bool,
    /// The upper bound is excluded.
    pub hi_open: bool,
    /// Stated precision.
    pub precision: Option<Precision>,
    /// Hedge.
    pub hedge: Option<Hedge>,
    /// Currency.
    pub currency: Option<Currency>,
    /// Other unit.
    pub unit: Option<String>,
}

/// Reads claims from JSON Lines: each with its line number, from 1. Empty lines are passed over.
pub fn read_claims(jsonl: &str) -> Vec<(usize, Result<ClaimInput, Refusal>)> {
    let lines = jsonl.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| (index + 1, read_claim(line))).collect()
}

/// An entity to be named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntityInput {
    /// Its name.
    pub name: String,
    /// Its key, to tell a namesake apart; left out, the entity of that name, or a new key made of the name.
    pub key: Option<String>,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// Who belongs to it, by name or key, where it is a group.
    pub members: Vec<String>,
}

/// Reads entities from JSON Lines: each with its line number, from 1. Empty lines are passed over.
pub fn read_entities(jsonl: &str) -> Vec<(usize, Result<EntityInput, Refusal>)> {
    let lines = jsonl.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| (index + 1, read_entity(line))).collect()
}

fn read_entity(line: &str) -> Result<EntityInput, Refusal> {
    let fields = object(line)?;
    only(&fields, &["name", "key", "aliases", "members"])?;
    let names = |field: &'static str| -> Result<Vec<String>, Refusal> {
        let name = |value: &Value| match value {
            Value::String(name) => Ok(name.clone()),
            other => Err(shape(field, "a list of names", other)),
        };
        match given(&fields, field) {
            None => Ok(Vec::new()),
            Some(Value::Array(names)) => names.iter().map(name).collect(),
            Some(other) => Err(shape(field, "a list of names", other)),
        }
    };
    Ok(EntityInput {
        name: text(&fields, "name")?.ok_or(Refusal::Missing("name"))?,
        key: text(&fields, "key")?,
        aliases: names("aliases")?,
        members: names("members")?,
    })
}

/// One line as a JSON object.
fn object(line: &str) -> Result<Map<String, Value>, Refusal> {
    // There is only one line; where in it is what helps.
    let place =
        |error: serde_json::Error| Refusal::Json(error.to_string().replace(" at line 1 column ", " at column "));
    let value: Value = serde_json::from_str(line).map_err(place)?;
    if !value.is_object() {
        return Err(Refusal::Json(format!("found {}", kind(&value))));
    }
    // Of a field given twice the last would win without a word.
    let fields: Fields = serde_json::from_str(line).map_err(place)?;
    Ok(fields.0)
}

/// The fields of a JSON object, each given once.
struct Fields(Map<String, Value>);

impl<'de> serde::Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Fields;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if fields.insert(name.clone(), value).is_some() {
                        return Err(serde::de::Error::custom(format!("`{name}` is given twice")));
                    }
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

const FIELDS: [&str; 12] = [
    "source",
    "quote",
    "subject",
    "predicate",
    "object",
    "figure",
    "by",
    "stance",
    "modality",
    "qualifiers",
    "as_of",
    "ref",
];

fn read_claim(line: &str) -> Result<ClaimInput, Refusal> {
    let fields = object(line)?;
    only(&fields, &FIELDS)?;
    let required = |name: &'static str| text(&fields, name)?.ok_or(Refusal::Missing(name));
    Ok(ClaimInput {
        source: required("source")?,
        quote: quote(fields.get("quote").ok_or(Refusal::Missing("quote"))?)?,
        subject: required("subject")?,
        predicate: required("predicate")?,
        object: text(&fields, "object")?,
        figure: given(&fields, "figure").map(figure).transpose()?,
        by: given(&fields, "by").map_or(Ok(Vec::new()), chain)?,
        stance: word(&fields, "stance", "`affirms` or `denies`")?.unwrap_or_default(),
        modality: word(&fields, "modality", "`stated`, `reported`, `alleged` or `predicted`")?.unwrap_or_default(),
        qualifiers: given(&fields, "qualifiers").map_or(Ok(BTreeMap::new()), qualifiers)?,
        as_of: text(&fields, "as_of")?,
        reference: text(&fields, "ref")?,
    })
}

/// A field that is there and not null.
fn given<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}

fn only(fields: &Map<String, Value>, known: &[&str]) -> Result<(), Refusal> {
    match fields.keys().find(|field| !known.contains(&field.as_str())) {
        Some(field) => Err(Refusal::UnknownField { field: field.chars().take(60).collect(), known: listed(known) }),
        None => Ok(()),
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(b) => format!("`{b}`"),
        Value::Number(n) => format!("the number {n}"),
        Value::String(s) => format!("`{}`", s.chars().take(60).collect::<String>()),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}

fn shape(field: &str, expected: &'static str, value: &Value) -> Refusal {
    Refusal::Shape { field: field.to_string(), expected, found: kind(value) }
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match given(fields, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(shape(name, "a text", other)),
    }
}

fn word<T: serde::de::DeserializeOwned>(
    fields: &Map<String, Value>,
    name: &str,
    expected: &'static str,
) -> Result<Option<T>, Refusal> {
    let read = |value: &Value| serde_json::from_value(value.clone()).map_err(|_| shape(name, expected, value));
    given(fields, name).map(read).transpose()
}

fn quote(value: &Value) -> Result<WantedQuote, Refusal> {
    match value {
        Value::String(exact) => Ok(WantedQuote { exact: exact.clone(), ..WantedQuote::default() }),
        Value::Object(fields) => {
            // What a listing prints can be handed in again; what is worked out anyway is passed over.
            only(fields, &["exact", "prefix", "suffix", "start", "end", "start_byte", "end_byte", "folded"])?;
            let place = |name: &'static str| -> Result<Option<usize>, Refusal> {
                let whole = |value: &Value| {
                    let whole = value.as_u64().and_then(|n| usize::try_from(n).ok());
                    whole.ok_or_else(|| shape(&format!("quote.{name}"), "a whole number", value))
                };
                given(fields, name).map(whole).transpose()
            };
            Ok(WantedQuote {
                exact: text(fields, "exact")?.ok_or(Refusal::Missing("quote.exact"))?,
                prefix: text(fields, "prefix")?,
                suffix: text(fields, "suffix")?,
                start: place("start")?,
                end: place("end")?,
            })
        }
        other => Err(shape("quote", "a text or an object with `exact`", other)),
    }
}

fn chain(value: &Value) -> Result<Vec<LinkInput>, Refusal> {
    let expected = "a list of names, origin first";
    let Value::Array(links) = value else { return Err(shape("by", expected, value)) };
    let link = |value: &Value| match value {
        Value::String(name) => Ok(LinkInput::named(name)),
        Value::Object(fields) => {
            only(fields, &["name", "anonymous", "known"])?;
            let known = word(fields, "known", "`stated`, `page` or `inferred`")?.unwrap_or(Known::Stated);
            match (text(fields, "name")?, text(fields, "anonymous")?) {
                (Some(name), None) => Ok(LinkInput { name, anonymous: false, known }),
                (None, Some(name)) => Ok(LinkInput { name, anonymous: true, known }),
                _ => Err(shape("by", "links with either `name` or `anonymous`", value)),
            }
        }
        other => Err(shape("by", expected, other)),
    };
    links.iter().map(link).collect()
}

fn qualifiers(value: &Value) -> Result<Qualifiers, Refusal> {
    let Value::Object(fields) = value else { return Err(shape("qualifiers", "an object of texts", value)) };
    let mut qualifiers = Qualifiers::new();
    for (key, value) in fields {
        let Value::String(text) = value else { return Err(shape(&format!("qualifiers.{key}"), "a text", value)) };
        qualifiers.insert(checked_qualifier(key)?.to_string(), text.clone());
    }
    Ok(qualifiers)
}

/// A qualifier key, if it is one.
pub fn checked_qualifier(key: &str) -> Result<&str, Refusal> {
    if QUALIFIER_KEYS.contains(&key) {
        return Ok(key);
    }
    Err(Refusal::Qualifier { key: key.chars().take(60).collect(), known: listed(&QUALIFIER_KEYS) })
}

impl FigureInput {
    /// A figure as an option gives it: words, or an object as `log --jsonl` takes it.
    pub fn from_option(given: &str) -> Result<FigureInput, Refusal> {
        if !given.trim_start().starts_with('{') {
            return Ok(FigureInput::Text(given.to_string()));
        }
        // A number could be found in what is no JSON, without the rest that was meant.
        let no_json = |error| Refusal::Figure(format!("it begins like an object and is no JSON: {error}"));
        figure(&serde_json::from_str(given).map_err(no_json)?)
    }
}

fn figure(value: &Value) -> Result<FigureInput, Refusal> {
    match value {
        Value::String(text) => Ok(FigureInput::Text(text.clone())),
        Value::Number(number) => Ok(FigureInput::Fields(Box::new(point(decimal("figure", &number.to_string())?)))),
        Value::Object(fields) => figure_fields(fields).map(|fields| FigureInput::Fields(Box::new(fields))),
        other => Err(shape("figure", "a text or an object with `value`, or `lo` and `hi`", other)),
    }
}

fn point(value: Decimal) -> FigureFields {
    FigureFields { lo: Some(value), hi: Some(value), ..FigureFields::default() }
}

fn decimal(field: &str, text: &str) -> Result<Decimal, Refusal> {
    text.parse().map_err(|error: crate::domain::decimal::DecimalError| Refusal::Figure(format!("`{field}`: {error}")))
}

const FIGURE_FIELDS: [&str; 11] =
    ["value", "lo", "hi", "lo_open", "hi_open", "decimals", "hedge", "currency", "currency_any", "unit", "money"];

fn figure_fields(fields: &Map<String, Value>) -> Result<FigureFields, Refusal> {
    only(fields, &FIGURE_FIELDS)?;
    let amount = |name: &'static str| match given(fields, name) {
        None => Ok(None),
        Some(Value::String(text)) => decimal(name, text).map(Some),
        // Read as written: a float would change the digits.
        Some(Value::Number(number)) => decimal(name, &number.to_string()).map(Some),
        Some(other) => Err(shape(name, "a decimal number or its text", other)),
    };
    let open = |name: &'static str| word::<bool>(fields, name, "`true` or `false`").map(Option::unwrap_or_default);
    let (lo_open, hi_open) = (open("lo_open")?, open("hi_open")?);
    let hedge: Option<Hedge> = match text(fields, "hedge")? {
        None => None,
        Some(name) => Some(Hedge::from_name(&name).ok_or_else(|| {
            let known: Vec<_> = Hedge::NAMED.iter().map(|(name, _)| *name).collect();
            Refusal::Figure(format!("unknown `hedge` `{name}`: expected one of {}", listed(&known)))
        })?),
    };
    let value = amount("value")?;
    let (lo, hi) = (amount("lo")?, amount("hi")?);
    let bounds = match (value, lo.or(hi)) {
        (Some(_), Some(_)) => return Err(Refusal::Figure("give `value`, or `lo` and `hi`, not both".into())),
        (Some(_), None) if lo_open || hi_open => {
            return Err(Refusal::Figure("`lo_open` and `hi_open` go with `lo` and `hi`, not with `value`".into()));
        }
        (Some(value), None) => hedged(value, hedge),
        _ => FigureFields { lo, hi, lo_open, hi_open, ..FigureFields::default() },
    };
    Ok(FigureFields {
        hedge,
        precision: given(fields, "decimals").map(precision).transpose()?,
        currency: currency(fields)?,
        unit: text(fields, "unit")?,
        ..bounds
    })
}

/// A currency, a family of them as listings print it, or a sum of money without one.
fn currency(fields: &Map<String, Value>) -> Result<Option<Currency>, Refusal> {
    let code = |text: &str| {
        text.parse::<CurrencyCode>()
            .map_err(|error: crate::domain::unit::UnknownCurrency| Refusal::Figure(error.to_string()))
    };
    let likeliest = text(fields, "currency")?.map(|text| code(&text)).transpose()?;
    let expected = "a list of at least two currencies, `currency` first";
    let member = |value: &Value| match value {
        Value::String(text) => code(text),
        other => Err(shape("currency_any", expected, other)),
    };
    let family: Vec<CurrencyCode> = match given(fields, "currency_any") {
        None => Vec::new(),
        Some(Value::Array(members)) => members.iter().map(member).collect::<Result<_, _>>()?,
        Some(other) => return Err(shape("currency_any", expected, other)),
    };
    let money = word::<bool>(fields, "money", "`true` or `false`")?.unwrap_or_default();
    Ok(match likeliest {
        Some(code) if family.is_empty() => Some(Currency::Known(code)),
        Some(code) if family.len() >= 2 && family[0] == code => Some(Currency::Family(family)),
        None if family.is_empty() => money.then_some(Currency::Unknown),
        _ => return Err(shape("currency_any", expected, &fields["currency_any"])),
    })
}

/// A value with a hedge that makes it a bound.
fn hedged(value: Decimal, hedge: Option<Hedge>) -> FigureFields {
    let (some, none) = (Some(value), None);
    match hedge {
        Some(Hedge::MoreThan) => FigureFields { lo: some, hi: none, lo_open: true, ..FigureFields::default() },
        Some(Hedge::AtLeast) => FigureFields { lo: some, hi: none, ..FigureFields::default() },
        Some(Hedge::LessThan) => FigureFields { lo: none, hi: some, hi_open: true, ..FigureFields::default() },
        Some(Hedge::UpTo) => FigureFields { lo: none, hi: some, ..FigureFields::default() },
        _ => point(value),
    }
}

fn precision(value: &Value) -> Result<Precision, Refusal> {
    let limit = i64::from(Decimal::EXPONENT_LIMIT);
    match value {
        Value::String(word) if word == "exact" => Ok(Precision::Exact),
        Value::Number(number) => match number.to_string().parse::<i64>() {
            Ok(place) if (-limit..=limit).contains(&place) => Ok(Precision::Decimals(place as i32)),
            _ => Err(shape("decimals", "a whole number from -60 to 60, or `exact`", value)),
        },
        other => Err(shape("decimals", "a whole number from -60 to 60, or `exact`", other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        let read = read_claim(line);
        let error = read.as_ref().map_or_else(|refusal| refusal.to_string(), |_| "read".to_string());
        assert!(error.contains(expected), "{line}: expected `{expected}`, found `{error}`");
    }

    #[test]
    fn every_misfit_is_pointed_at() {
        let with = |more: &str| format!(r#"{{"source":"s","quote":"q","subject":"x","predicate":"p"{more}}}"#);
        check(&with(""), "read");
        check("[1]", "not a JSON object: found a list");
        check("{", "not a JSON object: EOF");
        check(r#"{"source":"s","quote":"q","subject":"x"}"#, "`predicate` is missing");
        check(&with(r#","colour":1"#), "unknown field `colour`");
        check(&with(r#","stance":"maybe""#), "`stance` must be `affirms` or `denies`, found `maybe`");
        check(&with(r#","by":"Reuters""#), "`by` must be a list of names");
        check(&with(r#","by":[{"known":"page"}]"#), "`by` must be links with either");
        check(&with(r#","qualifiers":{"stag":"x"}"#), "unknown qualifier `stag`");
        check(&with(r#","qualifiers":{"stage":1}"#), "`qualifiers.stage` must be a text, found the number 1");
        check(&with(r#","figure":{"value":"1","lo":"2"}"#), "not both");
        check(&with(r#","figure":{"value":"1,5"}"#), "`1,5` is not a decimal number");
        check(&with(r#","figure":{"value":"1","decimals":1.5}"#), "`decimals` must be");
        check(&with(r#","figure":{"value":"1","currency":"XYZ"}"#), "`XYZ` is not an ISO 4217");
        check(&with(r#","figure":{"value":"1","hedge":"maybe"}"#), "unknown `hedge` `maybe`");
        check(&with(r#","as_of":2025"#), "`as_of` must be a text, found the number 2025");
    }

    #[test]
    fn numbers_are_read_as_written() {
        let line = r#"{"source":"s","quote":{"exact":"q","start":3},"subject":"x","predicate":"p",
                       "figure":{"value":0.1234567890123456789012345678,"decimals":"exact"},"by":[{"anonymous":"people familiar"}]}"#;
        let input = read_claim(line).unwrap();
        let Some(FigureInput::Fields(fields)) = input.figure else { panic!("{input:?}") };
        assert_eq!(fields.lo.unwrap().to_string(), "0.1234567890123456789012345678");
        assert_eq!(fields.precision, Some(Precision::Exact));
        assert_eq!(input.quote.start, Some(3));
        assert!(input.by[0].anonymous);
    }
}
