//! The figure of a claim: read from its quote, or checked against it.

use super::error::Refusal;
use super::input::{FigureFields, FigureInput};
use crate::domain::claim::Qualifiers;
use crate::domain::decimal::Decimal;
use crate::domain::figure::{Doubt, Figure, FoundFigure, Precision};
use crate::domain::predicate::{EXCHANGE_RATE, Predicate, ValueKind};
use crate::domain::unit::{Currency, Unit};
use crate::figure;

/// A figure that stands in a quote, and what the quote says beside it.
pub struct Checked {
    /// The figure.
    pub figure: Figure,
    /// The second reading, where the words allow two.
    pub other: Option<Figure>,
    /// What could not be known about it.
    pub doubts: Vec<Doubt>,
    /// Periods and shares that stand beside it ("a year", "over four years").
    pub beside: Qualifiers,
}

impl Checked {
    /// `figure` as what was found there; the second reading stays where the first one was meant.
    fn new(figure: Figure, here: &FoundFigure) -> Checked {
        let first = bounds(&figure) == bounds(&here.figure);
        Checked {
            other: here.other.clone().filter(|_| first),
            doubts: here.doubts.clone(),
            beside: here.qualifiers.clone(),
            figure,
        }
    }
}

/// The figure of a claim on `predicate` whose quote is `quote`, in `language`.
pub fn figure_of(
    given: Option<&FigureInput>,
    quote: &str,
    language: &str,
    predicate: &Predicate,
) -> Result<Checked, Refusal> {
    let read = |language: &str| {
        // What somebody says is a figure may look like a year; what nobody says is one may not.
        let found = if given.is_some() { figure::find_stated(quote, language) } else { figure::find(quote, language) };
        match given {
            None => only_fitting(&found, quote, predicate),
            Some(FigureInput::Text(text)) => stated(text, &found, quote, language),
            Some(FigureInput::Fields(fields)) => fill(fields, &found, quote),
            Some(FigureInput::Known(figure)) => {
                Ok(Checked { figure: *figure.clone(), other: None, doubts: Vec::new(), beside: Qualifiers::new() })
            }
        }
    };
    // A page quotes other languages than its own; what its own cannot read, the words themselves may tell. What it can
    // read and refuses stays refused.
    let mut checked = match read(language) {
        Err(unread @ (Refusal::NoFigure { .. } | Refusal::FigureNotInQuote { .. } | Refusal::FigureText { .. })) => {
            read("und").map_err(|_| unread)?
        }
        // The country said which dollars "$" are; who logs the claim may know better.
        Err(Refusal::UnitNotInQuote { .. }) => read(language.split('-').next().unwrap_or(language))?,
        other => other?,
    };
    checked.figure = fitted(checked.figure, predicate)?;
    checked.other = checked.other.map(|other| fitted(other, predicate)).transpose()?;
    checked.figure.check().map_err(|error| Refusal::Figure(error.to_string()))?;
    if checked.figure.unit == Unit::Money(Currency::Unknown) && !checked.doubts.contains(&Doubt::CurrencyMissing) {
        checked.doubts.push(Doubt::CurrencyMissing);
    }
    Ok(checked)
}

/// The one figure in the quote that the predicate can take.
fn only_fitting(found: &[FoundFigure], quote: &str, predicate: &Predicate) -> Result<Checked, Refusal> {
    let fits = |f: &&FoundFigure| match predicate.value {
        ValueKind::Money => matches!(f.figure.unit, Unit::Money(_)),
        ValueKind::Percent => matches!(f.figure.unit, Unit::Percent | Unit::PercentagePoint),
        ValueKind::Count => f.figure.unit == Unit::Number,
        ValueKind::Figure => true,
        ValueKind::State | ValueKind::Text | ValueKind::Date | ValueKind::Time => false,
    };
    // "€14 billion ($15 billion)" states one sum: the second is the writer's arithmetic.
    let mut fitting: Vec<&FoundFigure> = found.iter().filter(|f| !f.conversion).filter(fits).collect();
    if fitting.is_empty() && predicate.value == ValueKind::Money {
        // "100 Milliarden": a sum whose currency the quote leaves out. Any bare number may be it.
        fitting = found.iter().filter(|f| f.figure.unit == Unit::Number).collect();
    }
    match fitting.as_slice() {
        [] if found.is_empty() => Err(Refusal::NoFigure { quote: quote.to_string() }),
        [] => Err(Refusal::WrongKind {
            predicate: predicate.name.clone(),
            expected: expected(predicate.value).to_string(),
            found: words(found, quote).join(", "),
        }),
        [one] => Ok(Checked::new(one.figure.clone(), one)),
        many => Err(Refusal::ManyFigures { figures: many.iter().map(|f| f.span.of(quote).to_string()).collect() }),
    }
}

/// A figure given as words must be one of those in the quote: same bounds, and no unit the quote contradicts.
fn stated(text: &str, found: &[FoundFigure], quote: &str, language: &str) -> Result<Checked, Refusal> {
    let read = figure::find_stated(text, language);
    let [given] = read.as_slice() else {
        let found = match read.as_slice() {
            [] => "none".to_string(),
            many => words(many, text).join(", "),
        };
        return Err(Refusal::FigureText { text: text.to_string(), found });
    };
    let alike = |f: &&FoundFigure| readings(f).any(|r| bounds(r) == bounds(&given.figure));
    let fits = |f: &&FoundFigure| united(&given.figure.unit, &f.figure.unit).is_ok();
    let here = found.iter().find(|f| alike(f) && f.figure == given.figure);
    let here = here.or_else(|| found.iter().find(|f| alike(f) && fits(f))).or_else(|| found.iter().find(alike));
    let Some(here) = here else {
        // "100 million" of a quote that says "more than 100 million" is that figure, named by its value alone.
        let plain = given.figure.value().is_some() && given.figure.hedge.is_none();
        let Some(here) = found.iter().find(|f| plain && shares_bounds(&given.figure, f)) else {
            return Err(not_in_quote(&given.figure, found, quote));
        };
        let unit = united(&given.figure.unit, &here.figure.unit)?;
        let is_range = here.figure.lo.is_some() && here.figure.hi.is_some();
        // Of "5 or 7 million" the one that is given is meant.
        let figure = match is_range {
            true => Figure { unit, precision: here.figure.precision, ..given.figure.clone() },
            false => Figure { unit, ..here.figure.clone() },
        };
        return Ok(Checked::new(figure, here));
    };
    let unit = united(&given.figure.unit, &here.figure.unit)?;
    let hedge = given.figure.hedge.or(here.figure.hedge);
    // How finely it is stated is the quote's to say, however it is written when it is given.
    let alike = readings(here).find(|reading| bounds(reading) == bounds(&given.figure));
    let precision = alike.map_or(given.figure.precision, |reading| reading.precision);
    Ok(Checked::new(Figure { unit, hedge, precision, ..given.figure.clone() }, here))
}

/// A figure given as fields: its bounds must be in the quote; what it leaves out is read there.
fn fill(fields: &FigureFields, found: &[FoundFigure], quote: &str) -> Result<Checked, Refusal> {
    let unit = match (&fields.currency, fields.unit.as_deref()) {
        (Some(_), Some(_)) => return Err(Refusal::Figure("give a `currency` or a `unit`, not both".into())),
        (Some(currency), None) => Unit::Money(currency.clone()),
        (None, Some("%")) => Unit::Percent,
        (None, Some("pp")) => Unit::PercentagePoint,
        (None, Some(word)) => Unit::Other(word.to_string()),
        (None, None) => Unit::Number,
    };
    let given = Figure {
        lo: fields.lo,
        hi: fields.hi,
        lo_open: fields.lo_open,
        hi_open: fields.hi_open,
        precision: fields.precision.unwrap_or(Precision::Unstated),
        hedge: fields.hedge,
        unit,
    };
    given.check().map_err(|error| Refusal::Figure(error.to_string()))?;
    let same = |f: &&FoundFigure| readings(f).any(|reading| bounds(reading) == bounds(&given));
    let here = found.iter().find(same).or_else(|| found.iter().find(|f| shares_bounds(&given, f)));
    // A range may be put together from two figures of the quote.
    let held = |end: Option<Decimal>| end.is_none_or(|end| found.iter().any(|f| holds(f, end, &given.unit)));
    let Some(here) = here.or_else(|| found.first().filter(|_| held(given.lo) && held(given.hi))) else {
        return Err(not_in_quote(&given, found, quote));
    };
    let alike = readings(here).find(|reading| bounds(reading) == bounds(&given));
    Ok(Checked::new(
        Figure {
            precision: fields.precision.unwrap_or_else(|| match given.value() {
                Some(value) => alike.map_or(Precision::Decimals(-value.last_place()), |reading| reading.precision),
                None => here.figure.precision,
            }),
            hedge: given.hedge.or_else(|| alike.and_then(|reading| reading.hedge)),
            unit: united(&given.unit, &here.figure.unit)?,
            ..given
        },
        here,
    ))
}

type Bounds = (Option<Decimal>, Option<Decimal>, bool, bool);

fn bounds(figure: &Figure) -> Bounds {
    (figure.lo, figure.hi, figure.lo_open, figure.hi_open)
}

fn readings(found: &FoundFigure) -> impl Iterator<Item = &Figure> {
    std::iter::once(&found.figure).chain(&found.other)
}

/// Every bound given is a bound of the figure found.
fn shares_bounds(given: &Figure, found: &FoundFigure) -> bool {
    [given.lo, given.hi].into_iter().flatten().all(|end| holds(found, end, &given.unit))
}

/// The figure found has this number as one of its bounds; "half" is also 50 of a hundred.
fn holds(found: &FoundFigure, end: Decimal, unit: &Unit) -> bool {
    let hundredfold = |reading: &Figure| {
        let share = *unit == Unit::Percent && reading.unit == Unit::Number;
        share && [reading.lo, reading.hi].into_iter().flatten().any(|b| b.checked_mul(Decimal::from(100)) == Some(end))
    };
    readings(found).any(|reading| reading.lo == Some(end) || reading.hi == Some(end) || hundredfold(reading))
}

/// The unit given, unless the quote says another; the quote's where none is given.
fn united(given: &Unit, found: &Unit) -> Result<Unit, Refusal> {
    use Currency::{Family, Known, Unknown};
    let agreed = match (given, found) {
        (Unit::Number, found) => Some(found.clone()),
        // A currency may come from the context, and "half" may be given as a percentage.
        (given, Unit::Number) => Some(given.clone()),
        (Unit::Money(given), Unit::Money(found)) => {
            let agreed = match (given, found) {
                (Unknown, found) => Some(found),
                (given, Unknown) => Some(given),
                (Known(code), Known(other)) => (code == other).then_some(given),
                (Known(code), Family(members)) => members.contains(code).then_some(given),
                (Family(members), Known(code)) => members.contains(code).then_some(found),
                (Family(members), Family(others)) => members.iter().any(|code| others.contains(code)).then_some(given),
            };
            agreed.map(|currency| Unit::Money(currency.clone()))
        }
        // Units are written in many ways; two that differ may be one.
        (Unit::Other(_), Unit::Other(_)) => Some(given.clone()),
        (given, found) => (given == found).then(|| given.clone()),
    };
    agreed.ok_or_else(|| Refusal::UnitNotInQuote { given: unit_words(given), found: unit_words(found) })
}

/// A unit in a few words, for messages.
fn unit_words(unit: &Unit) -> String {
    match unit {
        Unit::Number => "no unit".to_string(),
        Unit::Money(Currency::Known(code)) => code.to_string(),
        Unit::Money(Currency::Family(members)) => match members.as_slice() {
            [first, second] => format!("{first} or {second}"),
            members => format!("{} or a like currency", members[0]),
        },
        Unit::Money(Currency::Unknown) => "money".to_string(),
        Unit::Percent => "per cent".to_string(),
        Unit::PercentagePoint => "percentage points".to_string(),
        Unit::Other(word) => word.clone(),
    }
}

/// The figure in the unit that the predicate takes.
fn fitted(figure: Figure, predicate: &Predicate) -> Result<Figure, Refusal> {
    let unit = match (predicate.value, &figure.unit) {
        (ValueKind::Money, Unit::Money(_)) | (ValueKind::Count, Unit::Number) => figure.unit.clone(),
        (ValueKind::Percent, Unit::Percent | Unit::PercentagePoint) => figure.unit.clone(),
        (ValueKind::Money, Unit::Number) => Unit::Money(Currency::Unknown),
        // "1.16 dollars" for a euro: the object says of which currency.
        (ValueKind::Figure, Unit::Money(_)) if predicate.name == EXCHANGE_RATE => Unit::Number,
        (ValueKind::Figure, unit) => match (&predicate.unit, unit) {
            (Some(word), Unit::Number) => named_unit(word),
            (Some(word), unit) if *unit == named_unit(word) => unit.clone(),
            (None, _) => unit.clone(),
            (Some(_), _) => return Err(wrong_kind(&figure, predicate)),
        },
        _ => return Err(wrong_kind(&figure, predicate)),
    };
    Ok(Figure { unit, ..figure })
}

/// The unit of that name as figures have it: a predicate in "tonnes" takes "3000 t".
fn named_unit(word: &str) -> Unit {
    match figure::find_stated(&format!("1 {word}"), "en").as_slice() {
        [one] if matches!(one.figure.unit, Unit::Other(_)) => one.figure.unit.clone(),
        _ => Unit::Other(word.to_string()),
    }
}

fn wrong_kind(figure: &Figure, predicate: &Predicate) -> Refusal {
    let expected = match &predicate.unit {
        Some(unit) => format!("{} in {unit}", expected(predicate.value)),
        None => expected(predicate.value).to_string(),
    };
    Refusal::WrongKind { predicate: predicate.name.clone(), expected, found: plain(figure) }
}

/// What a predicate of that kind takes, in words.
pub fn expected(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Money => "a sum of money",
        ValueKind::Percent => "a percentage",
        ValueKind::Count => "a number of people or things",
        ValueKind::Figure => "a figure",
        ValueKind::State => "no value",
        ValueKind::Text => "words",
        ValueKind::Date => "a date",
        ValueKind::Time => "a time of day",
    }
}

fn not_in_quote(given: &Figure, found: &[FoundFigure], quote: &str) -> Refusal {
    let found = match found {
        [] => "no figure".to_string(),
        found => words(found, quote).join(", "),
    };
    Refusal::FigureNotInQuote { given: plain(given), quote: quote.to_string(), found }
}

fn words(found: &[FoundFigure], text: &str) -> Vec<String> {
    found.iter().map(|f| format!("`{}` ({})", f.span.of(text), plain(&f.figure))).collect()
}

/// A figure in a few plain characters, for messages.
fn plain(figure: &Figure) -> String {
    let unit = match &figure.unit {
        Unit::Money(currency) => currency.likeliest().map_or(" of money".to_string(), |code| format!(" {code}")),
        other => other.word().map_or(String::new(), |word| format!(" {word}")),
    };
    match (figure.lo, figure.hi) {
        (Some(lo), Some(hi)) if lo == hi => format!("{lo}{unit}"),
        (Some(lo), Some(hi)) => format!("{lo} to {hi}{unit}"),
        (Some(lo), None) => format!("{lo} and more{unit}"),
        (None, Some(hi)) => format!("up to {hi}{unit}"),
        (None, None) => "nothing".to_string(),
    }
}
