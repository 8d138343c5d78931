//! The words of a verdict: figures, reasons, and the one sentence that explains a finding.

use crate::domain::claim::{Modality, Qualifiers, Stance, Status};
use crate::domain::decimal::Decimal;
use crate::domain::figure::{Figure, Hedge, Precision};
use crate::domain::id::ClaimId;
use crate::domain::listing::{ClaimDecisionView, ClaimView, DecisionView, QuestionKey};
use crate::domain::rate::Rate;
use crate::domain::unit::{Currency, Unit};
use crate::domain::verdict::{Pair, PairVerdict, Reason, Severity};
use crate::domain::when::When;

use super::{Language, clean};

/// A figure as people write it: "more than 100 million USD", "14.3 billion USD", "49 %", "hundreds".
pub fn figure(figure: &Figure) -> String {
    figure_in(figure, Language::En)
}

/// A figure as people write it in a language: "plus de 100 millions USD".
fn figure_in(figure: &Figure, language: Language) -> String {
    if let Some(words) = in_words(figure, language) {
        return words;
    }
    let scale = Scale::of([figure.lo, figure.hi].into_iter().flatten(), language);
    format!("{}{}{}", in_scale(figure, &scale), scale.word, unit(&figure.unit, language))
}

/// A figure's hedge and numbers in a scale, without the scale's word and the unit; a word that holds its own scale
/// ("hundreds", "a 9-figure sum") brings it along.
fn in_scale(figure: &Figure, scale: &Scale) -> String {
    let language = scale.language;
    let amount = |value: Decimal| scale.number(value);
    let (more, least) = (language.pick("more than", "plus de"), language.pick("at least", "au moins"));
    let (less, most) = (language.pick("less than", "moins de"), language.pick("up to", "jusqu’à"));
    let body = match (figure.lo, figure.hi, figure.hedge) {
        (Some(lo), Some(hi), _) if lo == hi => amount(lo),
        (Some(lo), Some(hi), _) => format!("{} {} {}", amount(lo), language.pick("to", "à"), amount(hi)),
        (Some(lo), None, _) if figure.lo_open => format!("{more} {}", amount(lo)),
        (Some(lo), None, _) => format!("{least} {}", amount(lo)),
        (None, Some(hi), _) if figure.hi_open => format!("{less} {}", amount(hi)),
        (None, Some(hi), _) => format!("{most} {}", amount(hi)),
        (None, None, _) => language.pick("no value", "aucune valeur").to_string(),
    };
    let hedge = match figure.hedge {
        Some(Hedge::About) => language.pick("about ", "environ "),
        Some(Hedge::Nearly) => language.pick("nearly ", "près de "),
        _ => "",
    };
    format!("{hedge}{body}")
}

/// Figures that are words and no numbers: "hundreds of USD", "a 9-figure sum of USD".
fn in_words(figure: &Figure, language: Language) -> Option<String> {
    let unit = of_unit(&figure.unit, language);
    match (figure.lo, figure.hi, figure.hedge) {
        (Some(lo), Some(hi), Some(Hedge::Plural)) => Some(format!("{}{unit}", plural(lo, hi, language)?)),
        (Some(lo), Some(_), Some(Hedge::Digits)) => Some(match language {
            Language::En => format!("a {}-figure sum{unit}", lo.last_place() + 1),
            Language::Fr => format!("une somme à {} chiffres{unit}", lo.last_place() + 1),
        }),
        _ => None,
    }
}

/// "hundreds", "tens of millions": a power of ten up to the next one, or up to the next scale word.
fn plural(lo: Decimal, hi: Decimal, language: Language) -> Option<String> {
    let (from, to) = (lo.last_place(), hi.last_place());
    if lo != Decimal::power_of_ten(from) || hi != Decimal::power_of_ten(to) || !(1..15).contains(&from) {
        return None;
    }
    let scales = match language {
        Language::En => ["", "thousands", "millions", "billions", "trillions"],
        Language::Fr => ["", "milliers", "millions", "milliards", "milliers de milliards"],
    };
    let scale = scales[(from / 3) as usize];
    let word = match (from % 3, to - from) {
        (0, 1 | 3) => return Some(language.pick("", "des ").to_string() + scale),
        (1, 1) => language.pick("tens", "des dizaines"),
        (2, 1) => language.pick("hundreds", "des centaines"),
        _ => return None,
    };
    let of = language.pick("of", "de");
    Some(if scale.is_empty() { word.to_string() } else { format!("{word} {of} {scale}") })
}

/// What a position allows, in words where its ends are long numbers: "14.25 to 14.35 billion", "from 100 million".
pub fn allowed(lo: Option<&str>, hi: Option<&str>) -> String {
    let end = |end: Option<&str>| end.and_then(|end| end.parse::<Decimal>().ok());
    let (lo, hi) = (end(lo), end(hi));
    let scale = Scale::of([lo, hi].into_iter().flatten(), Language::En);
    let word = scale.word;
    match (lo, hi) {
        (Some(lo), Some(hi)) if lo == hi => format!("{}{word}", scale.number(lo)),
        (Some(lo), Some(hi)) => format!("{} to {}{word}", scale.number(lo), scale.number(hi)),
        (Some(lo), None) => format!("from {}{word}", scale.number(lo)),
        (None, Some(hi)) => format!("up to {}{word}", scale.number(hi)),
        (None, None) => String::new(),
    }
}

/// A figure with its rounding, in the scale of the larger of two: "14.3 (±0.05)".
fn with_rounding(value: &Figure, scale: &Scale) -> String {
    if let Some(words) = in_words(&Figure { unit: Unit::Number, ..value.clone() }, scale.language) {
        return words;
    }
    let plain = in_scale(value, scale);
    match (value.value(), value.precision, value.hedge) {
        // People and things are whole; half of one says nothing.
        (Some(_), Precision::Decimals(0), None) if value.unit == Unit::Number => plain,
        (Some(_), Precision::Decimals(place), None) => {
            format!("{plain} (±{})", scale.number(Decimal::new(5, -place - 1)))
        }
        _ => plain,
    }
}

fn unit(unit: &Unit, language: Language) -> String {
    match unit {
        Unit::Number => String::new(),
        Unit::Money(Currency::Known(code)) => format!(" {code}"),
        // The likeliest member of an open family, marked as a guess.
        Unit::Money(Currency::Family(members)) => members.first().map_or(String::new(), |code| format!(" {code}?")),
        Unit::Money(Currency::Unknown) => {
            language.pick(" (currency not stated)", " (monnaie non indiquée)").to_string()
        }
        Unit::Percent => " %".to_string(),
        Unit::PercentagePoint => language.pick(" percentage points", " points de pourcentage").to_string(),
        // "41 years", "100 km".
        Unit::Other(word) if SPELT_UNITS.contains(&word.as_str()) => format!(" {word}s"),
        Unit::Other(word) => format!(" {}", clean(word)),
    }
}

/// Units that the parser gives by their English name.
const SPELT_UNITS: [&str; 7] = ["year", "month", "week", "day", "hour", "minute", "second"];

/// A unit behind words: "tens of millions of USD".
fn of_unit(shown: &Unit, language: Language) -> String {
    match shown {
        Unit::Money(Currency::Known(_) | Currency::Family(_)) => {
            format!(" {}{}", language.pick("of", "de"), unit(shown, language))
        }
        other => unit(other, language),
    }
}

/// A scale word for numbers too long to read.
#[derive(Clone, Copy)]
struct Scale {
    power: i32,
    word: &'static str,
    language: Language,
}

impl Scale {
    /// The largest scale in which all of the values have few decimals.
    fn of(values: impl Iterator<Item = Decimal>, language: Language) -> Scale {
        let values: Vec<Decimal> = values.filter(|value| !value.is_zero()).collect();
        let fits = |power: i32| {
            let one = Decimal::power_of_ten(power);
            let large = values.iter().any(|value| value.abs() >= one);
            large && values.iter().all(|value| value.last_place() >= power - 3)
        };
        // "1,5 milliard", "2 milliards".
        let one = |power: i32| {
            let two = Decimal::power_of_ten(power).checked_mul(2.into());
            values.iter().all(|value| two.is_some_and(|two| value.abs() < two))
        };
        let found = language.scales().into_iter().find(|(power, ..)| fits(*power));
        let scale = |(power, singular, plural)| {
            let word = if one(power) { singular } else { plural };
            Scale { power, word, language }
        };
        found.map_or(Scale { power: 0, word: "", language }, scale)
    }

    /// The value in this scale, its thousands grouped.
    fn number(&self, value: Decimal) -> String {
        let scaled = value.checked_mul(Decimal::power_of_ten(-self.power)).unwrap_or(value).to_string();
        let (sign, digits) = scaled.strip_prefix('-').map_or(("", scaled.as_str()), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) && whole.len() > 4 {
                grouped.push(self.language.grouping());
            }
            grouped.push(digit);
        }
        match fraction {
            // A third of a hundred has no end.
            Some(fraction) if fraction.len() > MOST_DECIMALS => {
                format!("{sign}{grouped}{}{}…", self.language.mark(), &fraction[..2])
            }
            Some(fraction) => format!("{sign}{grouped}{}{fraction}", self.language.mark()),
            None => format!("{sign}{grouped}"),
        }
    }
}

/// More decimals are nobody's statement.
const MOST_DECIMALS: usize = 20;

/// A number of origins: "1 origin", "2 origines".
pub fn origins(count: usize, language: Language) -> String {
    match language {
        Language::En => counted(count, "origin"),
        Language::Fr if count < 2 => format!("{count} origine"),
        Language::Fr => format!("{count} origines"),
    }
}

/// A number of things: "1 claim", "2 entities".
pub fn counted(count: usize, one: &str) -> String {
    match one.strip_suffix('y') {
        _ if count == 1 => format!("1 {one}"),
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {one}s"),
    }
}

/// What counts in a listing as of a date.
pub fn as_known_by(date: &When) -> String {
    format!("as known by {date}; pages without a date count too")
}

/// A question in words: "Meta: investment (Scale AI)".
pub fn question(key: &QuestionKey) -> String {
    let subject = clean(&key.subject);
    match &key.object {
        Some(object) => format!("{subject}: {} ({})", key.predicate, clean(object)),
        None => format!("{subject}: {}", key.predicate),
    }
}

/// Qualifiers in words: "signing bonus; over 4 years".
fn qualifiers(qualifiers: &Qualifiers, language: Language) -> String {
    let words = |(key, value): (&String, &String)| match key.as_str() {
        "component" => clean(value),
        "period" => format!("{} {}", language.pick("over", "sur"), clean(value)),
        "per" => format!("{} {}", language.pick("per", "par"), clean(value)),
        "part-of" => format!("{} {}", language.pick("part of the", "partie de :"), clean(value)),
        key => format!("{key}: {}", clean(value)),
    };
    qualifiers.iter().map(words).collect::<Vec<_>>().join("; ")
}

/// A claim in words, with its subject: "Meta: investment (Scale AI): 14 billion USD", "Lucas Beyer: joined (Meta)".
pub fn claim(claim: &ClaimView) -> String {
    let object = claim.object.as_ref().filter(|_| claim.stated.is_none());
    let object = object.map_or(String::new(), |object| format!(" ({})", clean(object)));
    let said = match (saying(claim), &claim.as_of) {
        (yes, None) if yes == "yes" => String::new(),
        (yes, Some(as_of)) if yes == "yes" => format!(" ({as_of})"),
        (said, _) => format!(": {}", with_date(said, claim)),
    };
    marked(claim, format!("{}: {}{object}{said}", clean(&claim.subject), claim.predicate))
}

/// Words about a claim, with what was decided about it: "RETRACTED …", "… `[judged wrong]`", "… `[verified]`".
pub fn marked(claim: &ClaimView, mut words: String) -> String {
    match claim.status {
        Status::Standing => {}
        Status::Pending => words = format!("PENDING {words}"),
        Status::Retracted => words = format!("RETRACTED {words}"),
    }
    for decision in &claim.decisions {
        words = format!("{words} [{}]", decision.outcome.words());
    }
    words
}

/// A decision on a finding: "decision: judged (human:jane on 2025-07-01): the filing says 14.3; wrong: 5e6f7a8b".
pub fn decision(decision: &DecisionView) -> String {
    decision_naming(decision, ClaimId::short)
}

/// The same, with the claims that it names in words.
pub fn decision_naming(decision: &DecisionView, name: impl Fn(&ClaimId) -> String) -> String {
    let named = |word: &str, claims: &[ClaimId]| match claims {
        [] => String::new(),
        claims => format!("; {word}: {}", claims.iter().map(&name).collect::<Vec<_>>().join(", ")),
    };
    let day = decision.time.split('T').next().unwrap_or_default();
    let (right, wrong) = (named("right", &decision.right), named("wrong", &decision.wrong));
    let because = clean(&decision.because);
    let outcome = format!("{} ({} on {day}): {because}{right}{wrong}", decision.outcome.name(), decision.actor);
    match (decision.reopened, decision.uncovered) {
        (true, _) => format!("open again, its claims have changed since this decision: {outcome}"),
        (false, 0) => format!("decision: {outcome}"),
        (false, n) => format!("decision, which leaves {}: {outcome}", counted(n, "conflict")),
    }
}

/// A decision on a claim: "verified (human:jane on 2025-07-01): seen in the filing".
pub fn claim_decision(decision: &ClaimDecisionView) -> String {
    let day = decision.time.split('T').next().unwrap_or_default();
    format!("{} ({} on {day}): {}", decision.outcome.words(), decision.actor, clean(&decision.because))
}

/// A severity with its terms: "severity 1290: conflict 1000, standing 250, gap 40; latest published 2025-08-07".
pub fn severity(severity: &Severity) -> String {
    let terms: Vec<String> = severity.terms.iter().map(|(term, points)| format!("{} {points}", term.name())).collect();
    let terms = if terms.is_empty() { "nothing counted".to_string() } else { terms.join(", ") };
    let latest = severity.latest.as_ref().map_or(String::new(), |date| format!("; latest published {date}"));
    format!("severity {}: {terms}{latest}", severity.points)
}

/// What a claim says and when it is said to be true: "2.4 billion USD (2024)".
pub fn dated(claim: &ClaimView, question: &QuestionKey) -> String {
    with_date(saying_on(claim, question, Language::En), claim)
}

fn with_date(saying: String, claim: &ClaimView) -> String {
    match &claim.as_of {
        Some(as_of) => format!("{saying} ({as_of})"),
        None => saying,
    }
}

/// What a claim says on a question: of states that exclude each other, which ("declined", "not accepted").
pub fn saying_on(claim: &ClaimView, question: &QuestionKey, language: Language) -> String {
    let is_state = claim.figure.is_none() && claim.stated.is_none();
    if !is_state || claim.predicate == question.predicate {
        return saying_in(claim, language);
    }
    let not = if claim.stance == Stance::Denies { language.pick("not ", "pas ") } else { "" };
    qualified_in(format!("{not}{}", claim.predicate), &claim.qualifiers, claim.modality, language)
}

/// What a claim says, in a few words: its figure or its value, its qualifiers, and whether it denies.
pub fn saying(claim: &ClaimView) -> String {
    saying_in(claim, Language::En)
}

fn saying_in(claim: &ClaimView, language: Language) -> String {
    let value = match (&claim.figure, &claim.stated) {
        (Some(value), _) => Some(figure_in(value, language)),
        (None, Some(stated)) => Some(clean(stated)),
        (None, None) => None,
    };
    let words = match (value, claim.stance) {
        (Some(value), Stance::Affirms) => value,
        (Some(value), Stance::Denies) => format!("{} {value}", language.pick("not", "pas")),
        (None, Stance::Affirms) => language.pick("yes", "oui").to_string(),
        (None, Stance::Denies) => language.pick("no", "non").to_string(),
    };
    qualified_in(words, &claim.qualifiers, claim.modality, language)
}

/// A value with what goes with it: "14.3 billion USD, stage: in talks (predicted)".
pub fn qualified(words: String, named: &Qualifiers, modality: Modality) -> String {
    qualified_in(words, named, modality, Language::En)
}

fn qualified_in(mut words: String, named: &Qualifiers, modality: Modality, language: Language) -> String {
    let named = qualifiers(named, language);
    if !named.is_empty() {
        words = format!("{words}, {named}");
    }
    match modality {
        Modality::Stated => words,
        Modality::Reported => format!("{words} ({})", language.pick("reported", "rapporté")),
        Modality::Alleged => format!("{words} ({})", language.pick("unconfirmed", "non confirmé")),
        Modality::Predicted => format!("{words} ({})", language.pick("predicted", "prévu")),
    }
}

/// Who carries a claim, and whom it goes back to: "CNA (Reuters)".
pub fn who(claim: &ClaimView) -> String {
    let carrier = claim.carrier();
    if carrier == claim.origin { clean(&carrier) } else { format!("{} ({})", clean(&carrier), clean(&claim.origin)) }
}

/// An attribution chain: "Sam Altman > Uncapped > Reuters > Economic Times".
pub fn chain(claim: &ClaimView) -> String {
    claim.by.iter().map(|link| clean(&link.name)).collect::<Vec<_>>().join(" > ")
}

/// Longest quote shown in full, in scalars; a longer one keeps its beginning and its end.
const SHOWN_QUOTE: usize = 300;

/// A quote in quotation marks.
pub fn quoted(words: &str) -> String {
    Language::En.quoted(&shortened(words))
}

/// A quote, its middle left out where it is long.
fn shortened(words: &str) -> String {
    let words = clean(words);
    let length = words.chars().count();
    if length <= SHOWN_QUOTE {
        return words;
    }
    let beginning: String = words.chars().take(SHOWN_QUOTE * 2 / 3).collect();
    let end: String = words.chars().skip(length - SHOWN_QUOTE / 3).collect();
    // No word is cut, unless it is all there is.
    let beginning = beginning.rsplit_once(' ').map_or(beginning.as_str(), |(whole, _)| whole);
    let end = end.split_once(' ').map_or(end.as_str(), |(_, whole)| whole);
    format!("{beginning} […] {end}")
}

/// One sentence that says why two claims disagree, with both quotes and the gap.
pub fn sentence(pair: &Pair, a: &ClaimView, b: &ClaimView, language: Language) -> String {
    let who_says = |claim: &ClaimView| format!("{} {}", who(claim), language.quoted(&shortened(&claim.quote.exact)));
    let (colon, semicolon) = (language.pick(": ", " : "), language.pick("; ", " ; "));
    let versus = match (&a.figure, &b.figure) {
        (Some(x), Some(y)) => {
            let periods = [("per", a, b), ("period", a, b)];
            let periods = periods.iter().any(|(key, a, b)| a.qualifiers.get(*key) != b.qualifiers.get(*key));
            format!("{colon}{}", against((x, a.stance), (y, b.stance), pair, periods, language))
        }
        _ => String::new(),
    };
    let mut why: Vec<String> = language.explanations(&pair.reasons).into_iter().map(str::to_string).collect();
    why.extend(pair.rates.iter().map(|rate| rate_in(rate, language)));
    if why.is_empty() && versus.is_empty() && pair.verdict == PairVerdict::Conflict {
        why.push(language.cannot_both().to_string());
    }
    let link = match pair.verdict {
        PairVerdict::Conflict => language.pick("and", "et"),
        _ => language.pick("beside", "à côté de"),
    };
    let why = if why.is_empty() { String::new() } else { format!("{semicolon}{}", why.join(semicolon)) };
    format!("{} {link} {}{versus}{why}", who_says(a), who_says(b))
}

/// A rate: "1 EUR = 1.1512 USD on 2025-06-13, by European Central Bank (1.1512 to 1.1594 in that week)".
/// A rate, with its day and whoever gives it.
pub fn rate_in(rate: &Rate, language: Language) -> String {
    let Rate { by, from, value, to, day, least, most, .. } = rate;
    let (on, who) = (language.pick("on", "le"), language.pick("by", "par"));
    let week = match (least < most, language.pick("to", "à"), language.pick("in that week", "dans la semaine")) {
        (true, to, in_week) => format!(" ({least} {to} {most} {in_week})"),
        (false, ..) => String::new(),
    };
    format!("1 {from} = {value} {to} {on} {day}, {who} {}{week}", clean(by))
}

/// Two figures side by side, in one scale and unit where they share one.
fn against(
    (x, stance_x): (&Figure, Stance),
    (y, stance_y): (&Figure, Stance),
    pair: &Pair,
    periods: bool,
    language: Language,
) -> String {
    // How far a million is from a billion says nothing.
    let gap = pair.gap.filter(|_| !pair.reasons.contains(&Reason::FactorOfAThousand));
    let own = |figure: &Figure| Scale::of([figure.lo, figure.hi].into_iter().flatten(), language);
    let mut scale = Scale::of([x.lo, x.hi, y.lo, y.hi].into_iter().flatten(), language);
    let not = |stance: Stance| if stance == Stance::Denies { language.pick("not ", "pas ") } else { "" };
    let (left, right) = (unit(&x.unit, language), unit(&y.unit, language));
    let (own_x, own_y) = (own(x), own(y));
    let and = language.pick("and", "et");
    let sides = if own_x.power.abs_diff(own_y.power) >= 3 && own_x.power.min(own_y.power) > 0 {
        // "14 million and 14 billion": each in the words that it has.
        scale = if own_x.power > own_y.power { own_x } else { own_y };
        let side = |figure: &Figure, scale: &Scale, unit: &str| {
            format!("{}{}{unit}", with_rounding(figure, scale), scale.word)
        };
        format!("{}{} {and} {}{}", not(stance_x), side(x, &own_x, &left), not(stance_y), side(y, &own_y, &right))
    } else {
        let (x, y, word) = (with_rounding(x, &scale), with_rounding(y, &scale), scale.word);
        match left == right {
            true => format!("{}{x} {and} {}{y}{word}{left}", not(stance_x), not(stance_y)),
            false => format!("{}{x}{word}{left} {and} {}{y}{word}{right}", not(stance_x), not(stance_y)),
        }
    };
    let unit = match (&x.unit, &y.unit) {
        (Unit::Percent, Unit::Percent) => language.pick(" percentage points", " points de pourcentage").to_string(),
        (Unit::Other(one), Unit::Other(other)) if one == other => unit(&x.unit, language),
        // Converted: the distance is in the currency that the rate leads to.
        _ if !pair.rates.is_empty() => pair.rates.first().map_or(String::new(), |rate| format!(" {}", rate.to)),
        _ => String::new(),
    };
    // People and things are whole: half of one says nothing.
    let counts = [x, y].iter().all(|figure| figure.unit == Unit::Number && figure.precision != Precision::Unstated);
    let gap = match (x.value(), y.value()) {
        (Some(x), Some(y)) if counts && gap.is_some() => x.checked_sub(y).map(Decimal::abs),
        _ => gap,
    };
    match gap {
        Some(gap) if !gap.is_zero() => {
            // A word is singular or plural by its own number.
            let word = language.scales().into_iter().find(|(power, ..)| *power == scale.power);
            let is_one = Decimal::power_of_ten(scale.power).checked_mul(2.into()).is_some_and(|two| gap < two);
            let word = word.map_or("", |(_, one, several)| if is_one { one } else { several });
            // Rounded sums are apart by the distance of what they were rounded from.
            let apart = match counts {
                true => language.pick(", apart by", ", écart de"),
                false => language.pick(", apart by at least", ", écart d’au moins"),
            };
            let over = if periods { language.pick(" over one period", " sur une même période") } else { "" };
            format!("{sides}{apart} {}{word}{unit}{over}", scale.number(gap))
        }
        // Their readings touch: nobody rounds one number to two of one place.
        _ if pair.verdict == PairVerdict::Conflict
            && (stance_x, stance_y) == (Stance::Affirms, Stance::Affirms)
            && x.precision == y.precision
            && x.unit == y.unit
            && x.value().zip(y.value()).is_some_and(|(x, y)| x != y) =>
        {
            let same = language
                .pick(", as precise as each other and not the same", ", aussi précis l’un que l’autre et différents");
            format!("{sides}{same}")
        }
        _ => sides,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lo: &str, hi: &str, hedge: Option<Hedge>, expected: &str) {
        let end = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        let unit = Unit::Money(Currency::Known("USD".parse().unwrap()));
        let open = matches!(hedge, Some(Hedge::MoreThan));
        let shown = Figure {
            lo: end(lo),
            hi: end(hi),
            lo_open: open,
            hi_open: false,
            precision: Precision::Unstated,
            hedge,
            unit,
        };
        assert_eq!(figure(&shown), expected);
    }

    #[test]
    fn figures_read_like_a_newspaper() {
        check("14300000000", "14300000000", None, "14.3 billion USD");
        check("13790000000", "13790000000", None, "13.79 billion USD");
        check("14000000000", "14000000000", Some(Hedge::About), "about 14 billion USD");
        check("100000000", "", Some(Hedge::MoreThan), "more than 100 million USD");
        check("", "100000000", Some(Hedge::UpTo), "up to 100 million USD");
        check("200000000", "500000000", Some(Hedge::Between), "200 to 500 million USD");
        check("100", "1000", Some(Hedge::Plural), "hundreds of USD");
        check("10000000", "100000000", Some(Hedge::Plural), "tens of millions of USD");
        check("1000000", "1000000000", Some(Hedge::Plural), "millions of USD");
        check("100000000", "1000000000", Some(Hedge::Digits), "a 9-figure sum of USD");
        check("9800", "9800", None, "9800 USD");
        check("98000", "98000", None, "98,000 USD");
        check("1234567891", "1234567891", None, "1,234,567,891 USD");
        check("0.5", "0.5", None, "0.5 USD");
        check("-14300000000", "-14300000000", None, "-14.3 billion USD");
    }
}
