//! Do two sets of qualifiers name one thing, and on one time basis?

use std::collections::BTreeMap;

use crate::domain::claim::Qualifiers;
use crate::domain::decimal::Decimal;
use crate::domain::fold::folded;
use crate::domain::verdict::Reason;

/// What a set of qualifiers names, as compared: without regard to case and spacing, and with its time basis apart.
///
/// Equal ones name one thing; the order is only there to sort by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Referent {
    /// Qualifiers by key, but for settled stages (like saying none) and lengths of time.
    parts: BTreeMap<String, String>,
    /// "per year".
    rate: Option<Basis>,
    /// "over 4 years"; left out beside a rate, because a yearly sum stays one however many years it is paid for.
    period: Option<Basis>,
}

/// The period a sum is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Basis {
    Months(u32),
    /// "several years", "the contract", "per week": in no known number of months.
    Words(String),
}

/// How two referents compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Referents {
    /// They cannot be compared, for this reason.
    Apart(Reason),
    /// They can; each side's figures are first multiplied by its factor, and a conflict is capped for these reasons.
    Same {
        /// Factors that bring both to one period.
        factors: Option<(Decimal, Decimal)>,
        /// Why a conflict between them would not be certain.
        caps: Vec<Reason>,
    },
}

/// Stages that mean the thing is done, like saying none at all.
const SETTLED: [&str; 7] = ["agreed", "closed", "completed", "done", "final", "settled", "signed"];

/// Numbers as people write them in "four years", in English, French, German, Spanish and Italian.
const NUMBER_WORDS: [[&str; 5]; 12] = [
    ["one", "un", "ein", "un", "un"],
    ["two", "deux", "zwei", "dos", "due"],
    ["three", "trois", "drei", "tres", "tre"],
    ["four", "quatre", "vier", "cuatro", "quattro"],
    ["five", "cinq", "fünf", "cinco", "cinque"],
    ["six", "six", "sechs", "seis", "sei"],
    ["seven", "sept", "sieben", "siete", "sette"],
    ["eight", "huit", "acht", "ocho", "otto"],
    ["nine", "neuf", "neun", "nueve", "nove"],
    ["ten", "dix", "zehn", "diez", "dieci"],
    ["eleven", "onze", "elf", "once", "undici"],
    ["twelve", "douze", "zwölf", "doce", "dodici"],
];

/// Lengths of time by their English name, in the same languages.
const LENGTHS: [(&str, &[&str]); 6] = [
    (
        "year",
        &[
            "year", "years", "annum", "an", "ans", "année", "années", "jahr", "jahre", "jahren", "año", "años", "anno",
            "anni",
        ],
    ),
    ("quarter", &["quarter", "quarters", "trimestre", "trimestres", "quartal", "quartale", "quartalen", "trimestri"]),
    ("month", &["month", "months", "mois", "monat", "monate", "monaten", "mes", "meses", "mese", "mesi"]),
    (
        "week",
        &["week", "weeks", "semaine", "semaines", "woche", "wochen", "semana", "semanas", "settimana", "settimane"],
    ),
    ("day", &["day", "days", "jour", "jours", "tag", "tage", "tagen", "día", "días", "giorno", "giorni"]),
    ("hour", &["hour", "hours", "heure", "heures", "stunde", "stunden", "hora", "horas", "ora", "ore"]),
];

/// The English name of a length of time.
fn length_of(word: &str) -> Option<&'static str> {
    LENGTHS.iter().find(|(_, words)| words.contains(&word)).map(|(name, _)| *name)
}

impl Referent {
    /// What these qualifiers name.
    pub fn of(qualifiers: &Qualifiers) -> Referent {
        let mut parts = BTreeMap::new();
        let (mut rate, mut period) = (None, None);
        for (key, value) in qualifiers {
            let value = folded(value);
            match key.as_str() {
                "stage" if SETTLED.contains(&value.as_str()) => {}
                "period" => period = Some(Basis::lasting(value)),
                "per" => {
                    // "per person and year" is read as `person, year`.
                    let (times, others): (Vec<&str>, Vec<&str>) =
                        value.split(", ").partition(|part| Basis::per(part).is_some());
                    rate = times.first().and_then(|part| Basis::per(part));
                    if !others.is_empty() {
                        parts.insert(key.clone(), others.join(", "));
                    }
                }
                _ => {
                    parts.insert(key.clone(), value);
                }
            }
        }
        period = period.filter(|_| rate.is_none());
        Referent { parts, rate, period }
    }

    /// Compares what two sets of qualifiers name.
    pub fn compare(&self, other: &Referent) -> Referents {
        if self == other {
            return Referents::Same { factors: None, caps: Vec::new() };
        }
        let counted_by = |x: &Referent, y: &Referent| {
            x.rate.is_some() && y.rate.is_none() && y.parts.contains_key("per") && !x.parts.contains_key("per")
        };
        if counted_by(self, other) || counted_by(other, self) {
            // "per year" and "per person".
            return Referents::Apart(Reason::DifferentReferent);
        }
        let mut caps = Vec::new();
        for key in self.parts.keys().chain(other.parts.keys()) {
            match (key.as_str(), self.parts.get(key), other.parts.get(key)) {
                (_, Some(x), Some(y)) if x == y => {}
                // An unstated stage means settled, so it is never just left out.
                (_, Some(_), Some(_)) | ("stage", ..) => return Referents::Apart(Reason::DifferentReferent),
                ("scope", ..) => caps.push(Reason::Scope),
                _ => caps.push(Reason::Underspecified),
            }
        }
        let factors = match (self.rate.as_ref().or(self.period.as_ref()), other.rate.as_ref().or(other.period.as_ref()))
        {
            (a, b) if a == b => None,
            (None, _) | (_, None) => {
                caps.push(Reason::Underspecified);
                None
            }
            // Both sums for the length of the other: multiplied, so that nothing is ever divided.
            (Some(Basis::Months(x)), Some(Basis::Months(y))) => {
                let shared = greatest_common_divisor(*x, *y);
                Some((i64::from(y / shared).into(), i64::from(x / shared).into()))
            }
            _ => return Referents::Apart(Reason::Period),
        };
        Referents::Same { factors, caps }
    }
}

impl Basis {
    /// A sum "per year".
    fn per(word: &str) -> Option<Basis> {
        match length_of(word)? {
            "year" => Some(Basis::Months(12)),
            "quarter" => Some(Basis::Months(3)),
            "month" => Some(Basis::Months(1)),
            word => Some(Basis::Words(format!("per {word}"))),
        }
    }

    /// A sum "over 4 years".
    fn lasting(period: String) -> Basis {
        let months = period.split_once(' ').and_then(|(number, unit)| {
            let months_each = match length_of(unit)? {
                "year" => 12,
                "quarter" => 3,
                "month" => 1,
                _ => return None,
            };
            let word = NUMBER_WORDS.iter().zip(1i64..).find(|(words, _)| words.contains(&number));
            let word = word.map(|(_, n)| n.into());
            let number = word.or_else(|| number.parse::<Decimal>().ok())?;
            let months: u32 = number.checked_mul(months_each.into())?.to_string().parse().ok()?;
            (months > 0).then_some(months)
        });
        months.map_or(Basis::Words(period), Basis::Months)
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Referent {
        let parts = text.split("; ").filter(|part| !part.is_empty());
        let parts = parts.map(|part| part.split_once('=').unwrap());
        Referent::of(&parts.map(|(key, value)| (key.to_string(), value.to_string())).collect())
    }

    fn show(a: &str, b: &str) -> String {
        match of(a).compare(&of(b)) {
            Referents::Apart(reason) => reason.name().to_string(),
            Referents::Same { factors, caps } => {
                let factors = factors.map(|(x, y)| format!("×{x} ×{y}"));
                let caps = caps.iter().map(|cap| cap.name().to_string());
                ["same".to_string()].into_iter().chain(factors).chain(caps).collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn check(a: &str, b: &str, expected: &str) {
        assert_eq!(show(a, b), expected, "{a} | {b}");
        let words = |text: String| {
            let mut words: Vec<String> = text.split(' ').map(str::to_string).collect();
            words.sort();
            words
        };
        assert_eq!(words(show(b, a)), words(expected.to_string()), "{b} | {a}");
    }

    #[test]
    fn qualifiers_compare_as_an_editor_would() {
        check("", "", "same");
        check("component=signing bonus", "component=Signing  Bonus", "same");
        check("component=signing bonus", "component=total package", "different-referent");
        check("component=signing bonus", "", "same underspecified");
        check("scope=employees", "", "same scope");
        check("stage=in talks", "", "different-referent");
        check("stage=in talks", "stage=signed", "different-referent");
        check("stage=agreed", "", "same");
        check("stage=offer", "stage=offer", "same");
        check("per=year", "period=4 years", "same ×4 ×1");
        check("per=year", "period=four years", "same ×4 ×1");
        check("period=4 years", "period=6 years", "same ×3 ×2");
        check("period=24 months", "per=year", "same ×1 ×2");
        check("period=18 months", "period=1.5 years", "same");
        check("per=month", "per=year", "same ×12 ×1");
        check("per=quarter", "per=year", "same ×4 ×1");
        check("per=week", "per=year", "period");
        check("per=an", "per=year", "same");
        check("per=an", "period=4 ans", "same ×4 ×1");
        check("period=quatre ans", "period=vier Jahre", "same");
        check("period=cuatro años", "per=mese", "same ×1 ×48");
        check("period=several years", "period=4 years", "period");
        check("period=several years", "period=several years", "same");
        check("period=0 years", "period=4 years", "period");
        check("per=year; period=4 years", "per=year", "same");
        check("per=person", "per=year", "different-referent");
        check("per=person", "per=share", "different-referent");
        check("per=person, year", "per=person; period=2 years", "same ×2 ×1");
        check("per=person, year", "per=year", "same underspecified");
        check("per=person", "", "same underspecified");
        check("period=6 years", "", "same underspecified");
    }
}
