//! Two statements on one question: the four phases of DESIGN §5.
//!
//! Gates end the comparison (another referent, currency, period or time). Values are then compared on their strict
//! readings, then on their generous ones. Caps turn a conflict that rests on something unstated into a tension.
//! What is still a conflict gets a name for what it looks like.

use super::policy::Policy;
use super::qualifiers::{self, Referents};
use super::reading::Reading;
use super::statement::{Frame, Statement};
use crate::domain::claim::{Stance, Value};
use crate::domain::decimal::Decimal;
use crate::domain::figure::Figure;
use crate::domain::predicate::Time;
use crate::domain::unit::{Currency, Unit};
use crate::domain::verdict::{PairVerdict, Reason};

/// The outcome for a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: PairVerdict,
    /// All reasons met, in the order of the phases.
    pub reasons: Vec<Reason>,
    /// Distance between strict readings that do not meet.
    pub gap: Option<Decimal>,
}

impl Outcome {
    fn plain(verdict: PairVerdict, reasons: Vec<Reason>) -> Outcome {
        Outcome { verdict, reasons, gap: None }
    }
}

/// How two values compare, before caps and names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    Compatible,
    /// Only a looser reading reconciles them.
    Loosely(Vec<Reason>, Option<Decimal>),
    /// Nothing does.
    Apart(Vec<Reason>, Option<Decimal>),
}

/// Compares two statements of one question. `one_origin` says that both go back to one.
///
/// Symmetric: the order of the two changes nothing.
pub fn compare(a: &Statement, b: &Statement, one_origin: bool, frame: Frame, policy: &Policy) -> Outcome {
    if !frame.compare {
        return Outcome::plain(PairVerdict::Consistent, Vec::new());
    }
    let (factors, mut caps) = match qualifiers::compare(&a.qualifiers, &b.qualifiers) {
        Referents::Apart(reason) => return Outcome::plain(PairVerdict::NotComparable, vec![reason]),
        Referents::Same { factors, caps } => (factors, caps),
    };
    let values = match (&a.value, &b.value) {
        (Value::Figure(x), Value::Figure(y)) => {
            match currencies(&x.unit, &y.unit) {
                Currencies::Same => {}
                Currencies::Unsure => caps.push(Reason::CurrencyUnknown),
                Currencies::Different if one_origin && same_digits(x, y) && a.stance == b.stance => {
                    return Outcome::plain(PairVerdict::Conflict, vec![Reason::CurrencySwapped, Reason::OneOrigin]);
                }
                Currencies::Different => return Outcome::plain(PairVerdict::NotComparable, vec![Reason::NoRate]),
            }
            if one_origin && a.stance == b.stance && opposite_bounds(x, y) {
                return Outcome::plain(PairVerdict::Conflict, vec![Reason::BoundFlipped, Reason::OneOrigin]);
            }
            let readings = (Reading::of(x, frame.whole, policy), Reading::of(y, frame.whole, policy));
            let readings = match factors {
                Some((fx, fy)) => readings.0.scaled(fx).zip(readings.1.scaled(fy)),
                None => Some(readings),
            };
            match readings {
                Some((x, y)) => figures(a.stance, &x, b.stance, &y),
                // So many digits that a period cannot be brought to another: not comparable is the honest answer.
                None => return Outcome::plain(PairVerdict::NotComparable, vec![Reason::Period]),
            }
        }
        (Value::Date(x), Value::Date(y)) => same_or_not(a.stance, b.stance, x.overlaps(y)),
        (Value::Text(x), Value::Text(y)) => same_or_not(a.stance, b.stance, folded(x) == folded(y)),
        _ => same_or_not(a.stance, b.stance, true),
    };
    let (reasons, gap, certain) = match values {
        Values::Compatible => return Outcome::plain(PairVerdict::Consistent, Vec::new()),
        Values::Loosely(reasons, gap) => (reasons, gap, false),
        Values::Apart(reasons, gap) => (reasons, gap, true),
    };
    if let Some(outcome) = in_time(a, b, one_origin, frame, policy, &mut caps) {
        return Outcome { gap, ..outcome };
    }
    if a.modality.is_unconfirmed() || b.modality.is_unconfirmed() {
        caps.push(Reason::Unconfirmed);
    }
    let verdict = if certain && caps.is_empty() { PairVerdict::Conflict } else { PairVerdict::Tension };
    let mut reasons = reasons;
    reasons.extend(caps);
    if verdict == PairVerdict::Conflict {
        reasons.extend(names(a, b, one_origin, frame, policy, factors.is_some()));
    }
    Outcome { verdict, reasons, gap }
}

/// What time makes of two values that differ; `None` where it makes no difference. May add a cap.
fn in_time(
    a: &Statement,
    b: &Statement,
    one_origin: bool,
    frame: Frame,
    policy: &Policy,
    caps: &mut Vec<Reason>,
) -> Option<Outcome> {
    let stated = a.as_of.as_ref().zip(b.as_of.as_ref());
    match frame.time {
        Time::Event => None,
        Time::Flow => match stated {
            Some((x, y)) if !x.overlaps(y) => Some(Outcome::plain(PairVerdict::NotComparable, vec![Reason::Period])),
            Some(_) => None,
            None => {
                if a.as_of.is_some() || b.as_of.is_some() {
                    caps.push(Reason::Underspecified);
                }
                None
            }
        },
        Time::State => {
            let changed = match stated {
                Some((x, y)) => !x.overlaps(y),
                None => a
                    .published
                    .as_ref()
                    .zip(b.published.as_ref())
                    .is_some_and(|(x, y)| x.days_apart(y) > policy.state_days),
            };
            if changed {
                return Some(Outcome::plain(PairVerdict::Changed, vec![Reason::OtherTime]));
            }
            if stated.is_none() {
                caps.push(Reason::DatesUnstated);
            }
            None
        }
        Time::Running => running(a, b, one_origin, frame, policy),
    }
}

/// A count that only grows: the smaller one is fine when it is the earlier one.
fn running(a: &Statement, b: &Statement, one_origin: bool, frame: Frame, policy: &Policy) -> Option<Outcome> {
    let (x, y) = (a.value.figure()?, b.value.figure()?);
    if a.stance != b.stance {
        return None;
    }
    let (x, y) = (Reading::of(x, frame.whole, policy).strict, Reading::of(y, frame.whole, policy).strict);
    // They do not meet, so one lies wholly below the other.
    let a_is_smaller = match (x.hi, y.lo) {
        (Some(hi), Some(lo)) => hi <= lo,
        _ => false,
    };
    let (small, large) = if a_is_smaller { (a, b) } else { (b, a) };
    let time = |s: &Statement| s.as_of.clone().or_else(|| s.published.clone());
    let (small, large) = (time(small), time(large));
    let (earlier, later) = match small.zip(large) {
        Some((small, large)) => (small.is_before(&large), large.is_before(&small)),
        None => (false, false),
    };
    Some(match (earlier, later, one_origin) {
        (true, _, _) => Outcome::plain(PairVerdict::Changed, vec![Reason::Grew]),
        (_, true, true) => Outcome::plain(PairVerdict::Tension, vec![Reason::Revision]),
        (_, true, false) => Outcome::plain(PairVerdict::Tension, vec![Reason::Stale]),
        _ => Outcome::plain(PairVerdict::Tension, vec![Reason::Subset]),
    })
}

/// Compares two figures on one basis.
fn figures(stance_a: Stance, a: &Reading, stance_b: Stance, b: &Reading) -> Values {
    let alike = a.place.is_some() && a.place == b.place;
    let gap = || a.strict.gap(&b.strict);
    match (stance_a, stance_b) {
        (Stance::Affirms, Stance::Affirms) => {}
        (Stance::Denies, Stance::Denies) => return Values::Compatible,
        (Stance::Affirms, Stance::Denies) => return denied(&a.strict, &b.strict, alike),
        (Stance::Denies, Stance::Affirms) => return denied(&b.strict, &a.strict, alike),
    }
    // Two points stated to the same place say different digits or the same ones: their readings may share an end,
    // but nobody rounds one number to two.
    if if alike { a.strict == b.strict } else { a.strict.meets(&b.strict) } {
        return Values::Compatible;
    }
    let at_most = |readings: &Reading, n: usize| match n {
        0 => Some((None, readings.strict)),
        n => readings.generous.get(n - 1).map(|(reason, interval)| (Some(*reason), *interval)),
    };
    // The least loosening that reconciles them is the reason.
    for total in 1..=a.generous.len() + b.generous.len() {
        for n in 0..=total {
            let Some(((reason_a, x), (reason_b, y))) = at_most(a, n).zip(at_most(b, total - n)) else { continue };
            // Cutting off cannot turn a digit of the same place into another.
            if alike && [reason_a, reason_b].contains(&Some(Reason::Truncation)) {
                continue;
            }
            if x.meets(&y) {
                let mut reasons: Vec<_> = [reason_a, reason_b].into_iter().flatten().collect();
                reasons.sort();
                reasons.dedup();
                return Values::Loosely(reasons, gap());
            }
        }
    }
    Values::Apart(Vec::new(), gap())
}

/// A denied figure excludes what lies wholly inside it, and is in tension with what overlaps it.
fn denied(
    claimed: &crate::domain::interval::Interval,
    denied: &crate::domain::interval::Interval,
    alike: bool,
) -> Values {
    if claimed.is_within(denied) {
        Values::Apart(vec![Reason::Denied], None)
    } else if !alike && claimed.meets(denied) {
        Values::Loosely(vec![Reason::Denied], None)
    } else {
        Values::Compatible
    }
}

/// Values that are the same or not, without degrees.
fn same_or_not(a: Stance, b: Stance, same: bool) -> Values {
    match (a == b, same) {
        (true, true) | (false, false) => Values::Compatible,
        (true, false) if a == Stance::Denies => Values::Compatible,
        (true, false) => Values::Apart(Vec::new(), None),
        (false, true) => Values::Apart(vec![Reason::Denied], None),
    }
}

enum Currencies {
    Same,
    Unsure,
    Different,
}

/// Whether two sums are in one currency, as far as is known. Other units are equal within a question.
fn currencies(a: &Unit, b: &Unit) -> Currencies {
    use Currency::{Family, Known, Unknown};
    let (Unit::Money(a), Unit::Money(b)) = (a, b) else { return Currencies::Same };
    match (a, b) {
        (Unknown, Unknown) => Currencies::Same,
        (Unknown, _) | (_, Unknown) => Currencies::Unsure,
        (Known(x), Known(y)) if x == y => Currencies::Same,
        (Known(_), Known(_)) => Currencies::Different,
        (Known(one), Family(members)) | (Family(members), Known(one)) => {
            if members.first() == Some(one) {
                Currencies::Same
            } else if members.contains(one) {
                Currencies::Unsure
            } else {
                Currencies::Different
            }
        }
        (Family(x), Family(y)) if x.first() == y.first() => Currencies::Same,
        (Family(x), Family(y)) if x.iter().any(|code| y.contains(code)) => Currencies::Unsure,
        (Family(_), Family(_)) => Currencies::Different,
    }
}

fn same_digits(a: &Figure, b: &Figure) -> bool {
    (a.lo, a.hi, a.lo_open, a.hi_open) == (b.lo, b.hi, b.lo_open, b.hi_open)
}

/// "More than v" and "up to v".
fn opposite_bounds(a: &Figure, b: &Figure) -> bool {
    let opposite = |low: &Figure, high: &Figure| low.hi.is_none() && high.lo.is_none() && low.lo == high.hi;
    opposite(a, b) || opposite(b, a)
}

/// What a conflict looks like. A name never makes one.
fn names(a: &Statement, b: &Statement, one_origin: bool, frame: Frame, policy: &Policy, scaled: bool) -> Vec<Reason> {
    let mut names = Vec::new();
    if let (Some(x), Some(y), true) = (a.value.figure(), b.value.figure(), a.stance == b.stance) {
        let (x, y) = (Reading::of(x, frame.whole, policy), Reading::of(y, frame.whole, policy));
        let thousands = [3, 6].map(Decimal::power_of_ten);
        let meets = |x: &Reading, y: &Reading| {
            thousands.iter().any(|factor| x.scaled(*factor).is_some_and(|x| x.strict.meets(&y.strict)))
        };
        if x.place.is_some() && y.place.is_some() && (meets(&x, &y) || meets(&y, &x)) {
            names.push(Reason::FactorOfAThousand);
        }
        if scaled && x.strict.meets(&y.strict) {
            names.push(Reason::PeriodSwapped);
        }
    }
    if one_origin {
        names.push(Reason::OneOrigin);
    }
    names
}

/// Words compare without regard to case and spacing.
fn folded(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
