//! Do two sets of qualifiers name one thing, and on one time basis?

use crate::domain::claim::Qualifiers;
use crate::domain::decimal::Decimal;
use crate::domain::verdict::Reason;

/// How two sets of qualifiers compare.
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

/// Compares two sets of qualifiers.
pub fn compare(a: &Qualifiers, b: &Qualifiers) -> Referents {
    if stage(a) != stage(b) {
        return Referents::Apart(Reason::DifferentReferent);
    }
    let (basis_a, basis_b) = (Basis::of(a), Basis::of(b));
    let mut caps = Vec::new();
    for key in a.keys().chain(b.keys()) {
        match (a.get(key), b.get(key)) {
            _ if key == "stage" => {}
            _ if is_time_basis(key, a, b) => {}
            (Some(x), Some(y)) if folded(x) != folded(y) => return Referents::Apart(Reason::DifferentReferent),
            (Some(_), Some(_)) => {}
            _ if key == "scope" => caps.push(Reason::Scope),
            _ => caps.push(Reason::Underspecified),
        }
    }
    let factors = match (&basis_a, &basis_b) {
        (Basis::Unstated, Basis::Unstated) => None,
        (Basis::Unstated, _) | (_, Basis::Unstated) => {
            caps.push(Reason::Underspecified);
            None
        }
        (a, b) if a == b => None,
        // Both sums for the length of the other: times each other's years, so that nothing is ever divided.
        (Basis::Years(x), Basis::Years(y)) => Some((*y, *x)),
        _ => return Referents::Apart(Reason::Period),
    };
    caps.sort();
    caps.dedup();
    Referents::Same { factors, caps }
}

/// The period a sum is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Basis {
    Unstated,
    Years(Decimal),
    /// "several years", "the contract": of no known length.
    Words(String),
}

impl Basis {
    fn of(qualifiers: &Qualifiers) -> Basis {
        let per = qualifiers.get("per").map(|per| folded(per));
        match per.as_deref() {
            // A yearly sum stays one however many years it is paid for.
            Some("year" | "annum") => return Basis::Years(Decimal::ONE),
            Some(per @ ("month" | "week" | "day" | "hour")) => return Basis::Words(format!("per {per}")),
            _ => {}
        }
        let Some(period) = qualifiers.get("period").map(|period| folded(period)) else { return Basis::Unstated };
        let mut words = period.split(' ');
        let years = match (words.next().and_then(|n| n.parse::<Decimal>().ok()), words.next(), words.next()) {
            (Some(n), Some("year" | "years"), None) => Some(n),
            (Some(n), Some("month" | "months"), None) => twelfth(n),
            _ => None,
        };
        match years.filter(|n| !n.is_zero() && !n.is_negative()) {
            Some(years) => Basis::Years(years),
            None => Basis::Words(period),
        }
    }
}

/// Years in `months`, where that is exact.
fn twelfth(months: Decimal) -> Option<Decimal> {
    let (mut years, year) = (Decimal::ZERO, Decimal::from(12));
    let mut counted = Decimal::ZERO;
    while counted < months && years < Decimal::from(100) {
        years = years.checked_add(Decimal::ONE)?;
        counted = counted.checked_add(year)?;
    }
    (counted == months).then_some(years)
}

/// `period`, and a `per` that names a length of time, are weighed as periods; "per person" is a qualifier like others.
fn is_time_basis(key: &str, a: &Qualifiers, b: &Qualifiers) -> bool {
    let timely = |per: &String| matches!(folded(per).as_str(), "year" | "annum" | "month" | "week" | "day" | "hour");
    match key {
        "period" => true,
        "per" => [a.get("per"), b.get("per")].into_iter().flatten().all(timely),
        _ => false,
    }
}

fn stage(qualifiers: &Qualifiers) -> Option<String> {
    qualifiers.get("stage").map(|stage| folded(stage)).filter(|stage| !SETTLED.contains(&stage.as_str()))
}

/// Qualifier values compare without regard to case and spacing.
fn folded(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The qualifiers as compared, for grouping: equal text means one referent.
pub fn referent(qualifiers: &Qualifiers) -> String {
    let parts = qualifiers.iter().map(|(key, value)| (key.as_str(), folded(value)));
    let kept = parts.filter(|(key, value)| *key != "stage" || !SETTLED.contains(&value.as_str()));
    kept.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Qualifiers {
        let parts = text.split("; ").filter(|part| !part.is_empty());
        parts.map(|part| part.split_once('=').unwrap()).map(|(k, v)| (k.to_string(), v.to_string())).collect()
    }

    fn check(a: &str, b: &str, expected: &str) {
        let show = |referents: Referents| match referents {
            Referents::Apart(reason) => reason.name().to_string(),
            Referents::Same { factors, caps } => {
                let caps: Vec<_> = caps.iter().map(|cap| cap.name()).collect();
                let factors = factors.map_or(String::new(), |(x, y)| format!("×{x} ×{y} "));
                format!("same {factors}{}", caps.join(" ")).trim().to_string()
            }
        };
        assert_eq!(show(compare(&of(a), &of(b))), expected, "{a} | {b}");
        assert_eq!(show(compare(&of(b), &of(a))).replace('×', "").len(), expected.replace('×', "").len(), "{b} | {a}");
    }

    #[test]
    fn qualifiers_compare_as_an_editor_would() {
        check("", "", "same");
        check("component=signing bonus", "component=Signing  Bonus", "same");
        check("component=signing bonus", "component=total package", "different-referent");
        check("component=signing bonus", "", "same underspecified");
        check("scope=employees", "", "same scope");
        check("stage=in talks", "", "different-referent");
        check("stage=agreed", "", "same");
        check("stage=offer", "stage=offer", "same");
        check("per=year", "period=4 years", "same ×4 ×1");
        check("period=4 years", "period=6 years", "same ×6 ×4");
        check("period=24 months", "per=year", "same ×1 ×2");
        check("period=several years", "period=4 years", "period");
        check("period=several years", "period=several years", "same");
        check("per=year", "per=month", "period");
        check("per=year; period=4 years", "per=year", "same");
        check("per=person", "per=year", "different-referent");
        check("per=person", "", "same underspecified");
        check("period=6 years", "", "same underspecified");
    }
}
