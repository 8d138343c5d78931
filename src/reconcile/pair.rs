//! Two statements on one question: the four phases of DESIGN §5.
//!
//! Gates end the comparison (another referent, currency, period or time). Values are then compared on their strict
//! readings, then on their generous ones. Caps turn a conflict that rests on something unstated into a tension.
//! What is still a conflict gets a name for what it looks like.
//!
//! Values that meet are consistent whenever they are true: a state that was the same a year ago has not changed. So
//! the gates of time are asked after the values, except for a flow, where equal sums of two quarters say nothing of
//! each other.

use super::policy::Policy;
use super::qualifiers::{Referent, Referents};
use super::rates::Exchange;
use super::reading::Reading;
use super::statement::{Frame, Statement};
use crate::domain::claim::{Stance, Value};
use crate::domain::decimal::Decimal;
use crate::domain::figure::Figure;
use crate::domain::fold::folded;
use crate::domain::id::ClaimId;
use crate::domain::interval::Interval;
use crate::domain::origin::Origin;
use crate::domain::predicate::Time;
use crate::domain::rate::Rate;
use crate::domain::unit::{Currency, Unit};
use crate::domain::verdict::{PairVerdict, Reason};
use crate::domain::when::When;

/// The outcome for a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: PairVerdict,
    /// All reasons met, in the order of the phases.
    pub reasons: Vec<Reason>,
    /// Distance between strict readings that do not meet, over the longer period where there are two.
    pub gap: Option<Decimal>,
    /// The rates by which sums in two currencies were compared.
    pub rates: Vec<Rate>,
    /// They are consistent and say the same, so that the one supports the other.
    pub agrees: bool,
}

/// A statement with what a comparison reads from it alone; worked out once, however many it is compared with.
#[derive(Clone, Debug)]
pub struct Side<'a, C = ClaimId> {
    /// The statement.
    pub statement: &'a Statement<C>,
    /// What its qualifiers name.
    pub referent: Referent,
    /// The readings of its figure.
    pub reading: Option<Reading>,
}

impl<'a, C> Side<'a, C> {
    /// Reads a statement.
    pub fn of(statement: &'a Statement<C>, frame: Frame, policy: &Policy) -> Side<'a, C> {
        let reading = statement.value.figure().map(|figure| Reading::of(figure, frame.whole, policy));
        Side { statement, referent: Referent::of(&statement.qualifiers), reading }
    }

    fn affirms(&self) -> bool {
        self.statement.stance == Stance::Affirms
    }
}

/// Compares two statements of one question. `one_origin` says that both go back to one.
///
/// Symmetric: the order of the two changes nothing.
pub fn compare<C>(a: &Statement<C>, b: &Statement<C>, one_origin: bool, frame: Frame, policy: &Policy) -> Outcome {
    compare_sides(&Side::of(a, frame, policy), &Side::of(b, frame, policy), one_origin, frame, policy)
}

/// [`compare`] for statements that were read before.
pub fn compare_sides<C>(a: &Side<C>, b: &Side<C>, one_origin: bool, frame: Frame, policy: &Policy) -> Outcome {
    let (verdict, mut reasons) = judge(a, b, one_origin, frame, policy);
    let comparable = !matches!(verdict, PairVerdict::Consistent | PairVerdict::NotComparable);
    let readings = a.reading.as_ref().zip(b.reading.as_ref()).filter(|_| comparable && a.affirms() && b.affirms());
    let factors = match a.referent.compare(&b.referent) {
        Referents::Same { factors, .. } => factors,
        Referents::Apart(_) => None,
    };
    let is_converted = reasons.contains(&Reason::Rate);
    let exchange = policy.rates.between(a.statement, b.statement).filter(|_| is_converted);
    let factors = joined(factors, exchange.as_ref()).ok().flatten();
    let gap = readings.and_then(|(x, y)| match factors {
        None => x.strict.gap(&y.strict),
        Some([fx, fy]) if [fx, fy].contains(&(Decimal::ONE, Decimal::ONE)) => {
            x.strict.scaled_between(fx.0, fx.1)?.gap(&y.strict.scaled_between(fy.0, fy.1)?)
        }
        // A distance over some third period would mean nothing to anybody.
        Some(_) => None,
    });
    // 4. Names.
    if verdict == PairVerdict::Conflict {
        if let Some((x, y)) = readings {
            reasons.extend(is_factor_of_a_thousand(a, b).then_some(Reason::FactorOfAThousand));
            let periods = factors.is_some() && !is_converted;
            reasons.extend((periods && x.strict.meets(&y.strict)).then_some(Reason::PeriodSwapped));
        }
        if one_origin {
            reasons.push(Reason::OneOrigin);
            let one_report = [Reason::BoundFlipped, Reason::CurrencySwapped].iter().any(|slip| reasons.contains(slip));
            reasons.extend(against_itself(a.statement, b.statement, one_report));
        }
    }
    reasons.sort();
    reasons.dedup();
    let rates = exchange.map_or(Vec::new(), |exchange| exchange.rates);
    let agrees = verdict == PairVerdict::Consistent && say_the_same(a, b, frame);
    Outcome { verdict, reasons, gap, rates, agrees }
}

/// Whether a statement takes the side of a position: a bound such as "over 14" fits many sums and stands for none, and a
/// denial says what is not.
pub fn takes_side<C>(statement: &Statement<C>) -> bool {
    let bound = statement.value.figure().is_some_and(|figure| figure.lo.is_some() != figure.hi.is_some());
    !bound && statement.stance == Stance::Affirms
}

/// Whether two statements that do not disagree say the same: whoever denies a sum does not say another, who did not
/// accept has not declined, two who deny two sums agree in nothing, and a valuation that was the same in two years is no
/// support either.
pub(super) fn say_the_same<C>(a: &Side<C>, b: &Side<C>, frame: Frame) -> bool {
    let (x, y) = (a.statement, b.statement);
    let one_thing = x.stance == y.stance && x.says == y.says && x.member == y.member;
    let denied_alike = match (&a.reading, &b.reading) {
        (Some(x), Some(y)) => meet(x, y),
        _ => x.value == y.value,
    };
    let times = x.as_of.as_ref().zip(y.as_of.as_ref());
    one_thing
        && (a.affirms() || denied_alike)
        && (frame.time != Time::State || times.is_none_or(|(x, y)| x.overlaps(y)))
}

/// How one origin comes to say two things, as far as is known: on one page; an outlet in its own voice; a speaker whom
/// others quote, at two times. Where the two look like one report told wrong, a speaker has not contradicted himself.
fn against_itself<C>(a: &Statement<C>, b: &Statement<C>, one_report: bool) -> Option<Reason> {
    let two_times = || a.said_at().zip(b.said_at()).is_some_and(|(x, y)| !x.overlaps(y));
    let one = a.origin == b.origin;
    match (&*a.origin, a.own_voice, b.own_voice) {
        _ if a.page.is_some() && a.page == b.page => Some(Reason::SamePage),
        (_, true, true) if one => Some(Reason::Revision),
        (Origin::Named(_), false, false) if one && two_times() && !one_report => Some(Reason::SelfContradiction),
        _ => None,
    }
}

/// The verdict on two statements, with the reasons of the first three phases. A name never changes a verdict, so
/// names are left to where a pair is shown.
pub(super) fn judge<C>(
    a: &Side<C>,
    b: &Side<C>,
    one_origin: bool,
    frame: Frame,
    policy: &Policy,
) -> (PairVerdict, Vec<Reason>) {
    let consistent = (PairVerdict::Consistent, Vec::new());
    let not_comparable = |reason| (PairVerdict::NotComparable, vec![reason]);
    if !frame.compare || !may_meet(a, b) {
        return consistent;
    }

    // 1. Gates.
    let (factors, mut caps) = match a.referent.compare(&b.referent) {
        Referents::Apart(reason) => return not_comparable(reason),
        Referents::Same { factors, caps } => (factors, caps),
    };
    let mut times = Times::of(a.statement, b.statement, frame.time, policy);
    // A count that was denied may be reached later; one that was given and is denied later is denied.
    let (denying, affirming) = if a.affirms() { (b, a) } else { (a, b) };
    let said_at = denying.statement.said_at().zip(affirming.statement.said_at());
    if frame.time == Time::Running
        && a.affirms() != b.affirms()
        && said_at.is_some_and(|(denied, given)| denied.is_before(given))
    {
        times = Times::Other;
    }
    if times == Times::Other && frame.time == Time::Flow {
        return not_comparable(Reason::Period);
    }
    let both_affirm = a.affirms() && b.affirms();
    let mut slip = None;
    let mut exchange: Option<Exchange> = None;
    if let (Value::Figure(x), Value::Figure(y)) = (&*a.statement.value, &*b.statement.value) {
        let may_slip = one_origin && both_affirm;
        match units(&x.unit, &y.unit) {
            Units::Same => {}
            Units::Unsure => caps.push(Reason::CurrencyUnknown),
            Units::Different => {
                exchange = policy.rates.between(a.statement, b.statement);
                match exchange {
                    // No rate explains the same digits.
                    _ if may_slip && is_money(x, y) && same_digits(x, y) => slip = Some(Reason::CurrencySwapped),
                    Some(_) => {}
                    None => return not_comparable(Reason::NoRate),
                }
            }
        }
        if may_slip && opposite_bounds(x, y) {
            slip = Some(Reason::BoundFlipped);
        }
    }

    // 2. Compare.
    let stated = a.reading.as_ref().zip(b.reading.as_ref());
    let factors = match joined(factors, exchange.as_ref()) {
        Ok(factors) => factors,
        Err(reason) => return not_comparable(reason),
    };
    let scaled = match factors.zip(stated) {
        None => None,
        Some(([for_x, for_y], (x, y))) => match x.scaled(for_x).zip(y.scaled(for_y)) {
            // So many digits that a period cannot be brought to another: not comparable is the honest answer.
            None => return not_comparable(Reason::Period),
            scaled => scaled,
        },
    };
    let readings = scaled.as_ref().map_or(stated, |(x, y)| Some((x, y)));
    let values = match (slip, readings) {
        (Some(slip), _) => Values::Apart { reasons: vec![slip], certain: true },
        (None, Some((x, y))) if both_affirm && exchange.is_some() => compare_converted(x, y, policy),
        (None, Some((x, y))) if both_affirm => compare_figures(x, y),
        (None, readings) => compare_values(a.statement, b.statement, readings),
    };
    let Values::Apart { mut reasons, mut certain } = values else { return consistent };
    // Nothing changes its currency and keeps its digits.
    let swapped = slip == Some(Reason::CurrencySwapped);
    let changed = match (times, slip) {
        _ if swapped => false,
        // One origin that flips a bound rather slipped than saw a change that nobody states.
        (Times::PerhapsOther, slip) => slip.is_none(),
        (Times::Other, _) => true,
        (Times::One | Times::Unstated(_), _) => false,
    };
    if changed {
        return (PairVerdict::Changed, vec![Reason::OtherTime]);
    }
    if let (Some((x, y)), Time::Running, true) = (readings, frame.time, both_affirm && !swapped) {
        match growth(a.statement, x, b.statement, y, one_origin) {
            Reason::Grew => return (PairVerdict::Changed, vec![Reason::Grew]),
            reason => reasons.push(reason),
        }
        certain = false;
    }
    if slip == Some(Reason::BoundFlipped) {
        // Never capped.
        return (PairVerdict::Conflict, vec![Reason::BoundFlipped]);
    }

    // 3. Caps.
    match times {
        Times::Unstated(reason) => {
            caps.push(reason);
            caps.extend((!one_origin && is_stale(a.statement, b.statement, frame.time)).then_some(Reason::Stale));
        }
        Times::PerhapsOther => caps.push(Reason::DatesUnstated),
        Times::One | Times::Other => {}
    }
    if a.statement.modality.is_unconfirmed() || b.statement.modality.is_unconfirmed() {
        caps.push(Reason::Unconfirmed);
    }
    let verdict = if certain && caps.is_empty() { PairVerdict::Conflict } else { PairVerdict::Tension };
    reasons.extend(caps);
    (verdict, reasons)
}

/// The least and the greatest factor for either side.
type Factors = [(Decimal, Decimal); 2];

/// Factors that bring both sides to one period and to one currency.
fn joined(periods: Option<(Decimal, Decimal)>, exchange: Option<&Exchange>) -> Result<Option<Factors>, Reason> {
    let exact = |factor: Decimal| (factor, factor);
    let product = |factor: Decimal, (least, most): (Decimal, Decimal)| {
        factor.checked_mul(least).zip(factor.checked_mul(most)).ok_or(Reason::Period)
    };
    Ok(match (periods, exchange) {
        (Some((x, y)), Some(Exchange { factors: [u, v], .. })) => Some([product(x, *u)?, product(y, *v)?]),
        (Some((x, y)), None) => Some([exact(x), exact(y)]),
        (None, exchange) => exchange.map(|exchange| exchange.factors),
    })
}

/// Who says of a group that none of it did meets whoever says of a member that he did. Of two members, and of a group
/// that did and a member that did not, nothing follows.
fn may_meet<C>(a: &Side<C>, b: &Side<C>) -> bool {
    match (&a.statement.member, &b.statement.member) {
        (None, None) => true,
        (None, Some(_)) => !a.affirms() && a.statement.says == b.statement.says,
        (Some(_), None) => !b.affirms() && a.statement.says == b.statement.says,
        // Two members are compared on their own questions.
        (Some(_), Some(_)) => false,
    }
}

/// A state without a date, published after another source had dated another state.
fn is_stale<C>(a: &Statement<C>, b: &Statement<C>, time: Time) -> bool {
    let (dated, undated) = match (&a.as_of, &b.as_of) {
        (Some(_), None) => (a, b),
        (None, Some(_)) => (b, a),
        _ => return false,
    };
    let published = dated.published.as_ref().zip(undated.published.as_ref());
    time == Time::State && published.is_some_and(|(reported, repeated)| reported.is_before(repeated))
}

/// How the times of two statements stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    /// They may be one, or time is of no matter.
    One,
    /// They may be one, but a conflict would rest on a time that is not stated.
    Unstated(Reason),
    /// Two, as stated.
    Other,
    /// Probably two, by when they were published.
    PerhapsOther,
}

impl Times {
    fn of<C>(a: &Statement<C>, b: &Statement<C>, time: Time, policy: &Policy) -> Times {
        match (time, &a.as_of, &b.as_of) {
            (Time::Event | Time::Running, ..) => Times::One,
            // A quarter lies in its year, and its revenue is another sum.
            (Time::Flow, Some(x), Some(y)) if days(x) == days(y) => Times::One,
            (Time::Flow, Some(_), Some(_)) => Times::Other,
            (Time::Flow, None, None) => Times::One,
            (Time::Flow, ..) => Times::Unstated(Reason::Underspecified),
            (Time::State, Some(x), Some(y)) if x.overlaps(y) => Times::One,
            (Time::State, Some(_), Some(_)) => Times::Other,
            (Time::State, ..) => match (&a.published, &b.published) {
                (Some(x), Some(y)) if x.days_apart(y) > policy.state_days => Times::PerhapsOther,
                _ => Times::Unstated(Reason::DatesUnstated),
            },
        }
    }
}

fn days(when: &When) -> impl PartialEq {
    (when.first_day(), when.last_day())
}

/// A count that only grows: the smaller one is fine when it is the earlier one.
fn growth<C>(a: &Statement<C>, x: &Reading, b: &Statement<C>, y: &Reading, one_origin: bool) -> Reason {
    // They do not meet, so one lies wholly below the other.
    let a_is_smaller = x.strict.hi.zip(y.strict.lo).is_some_and(|(hi, lo)| hi <= lo);
    let (small, large) = if a_is_smaller { (a, b) } else { (b, a) };
    match small.said_at().zip(large.said_at()) {
        Some((small, large)) if small.is_before(large) => Reason::Grew,
        Some((small, large)) if large.is_before(small) && one_origin => Reason::Revision,
        Some((small, large)) if large.is_before(small) => Reason::Stale,
        _ => Reason::Subset,
    }
}

/// How two values compare, before caps and names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    Compatible,
    /// Not as they stand; `certain` where no looser reading reconciles them either.
    Apart {
        reasons: Vec<Reason>,
        certain: bool,
    },
}

/// Compares two values that both hold or not, or of which one is denied.
fn compare_values<C>(a: &Statement<C>, b: &Statement<C>, readings: Option<(&Reading, &Reading)>) -> Values {
    // Whether what `a` says meets what `b` says, and lies wholly inside it, and the other way round.
    let (meets, a_within_b, b_within_a) = match (readings, &*a.value, &*b.value) {
        (Some((x, y)), ..) => (meet(x, y), x.strict.is_within(&y.strict), y.strict.is_within(&x.strict)),
        (_, Value::Date(x), Value::Date(y)) => {
            let within = |x: &When, y: &When| y.first_day() <= x.first_day() && x.last_day() <= y.last_day();
            (x.overlaps(y), x.overlaps(y) && within(x, y), x.overlaps(y) && within(y, x))
        }
        (_, Value::Time(x), Value::Time(y)) => {
            let both_affirm = (a.stance, b.stance) == (Stance::Affirms, Stance::Affirms);
            if both_affirm && !x.agrees(*y) && x.may_be_rounded(*y) {
                return Values::Apart { reasons: vec![Reason::RoundNumber], certain: false };
            }
            let same = x.agrees(*y);
            (same, same, same)
        }
        (_, Value::Text(x), Value::Text(y)) => {
            let same = folded(x) == folded(y);
            (same, same, same)
        }
        _ => {
            let same = a.says == b.says;
            (same, same, same)
        }
    };
    let within = match (a.stance, b.stance) {
        (Stance::Denies, Stance::Denies) => return Values::Compatible,
        (Stance::Affirms, Stance::Affirms) if meets => return Values::Compatible,
        (Stance::Affirms, Stance::Affirms) => {
            let reasons = if a.says == b.says { Vec::new() } else { vec![Reason::Exclusive] };
            return Values::Apart { reasons, certain: true };
        }
        (Stance::Affirms, Stance::Denies) => a_within_b,
        (Stance::Denies, Stance::Affirms) => b_within_a,
    };
    // A denial excludes what lies wholly inside what is denied, and is in tension with what overlaps it.
    if meets { Values::Apart { reasons: vec![Reason::Denied], certain: within } } else { Values::Compatible }
}

/// Whether two figures agree as stated. Of two points stated to one place the digits are the same or not: their
/// readings may share an end, but nobody rounds one number to two.
fn meet(x: &Reading, y: &Reading) -> bool {
    if alike(x, y) { x.strict == y.strict } else { x.strict.meets(&y.strict) }
}

fn alike(x: &Reading, y: &Reading) -> bool {
    x.place.is_some() && x.place == y.place
}

/// Compares two affirmed figures: as stated, else by the least loosening that reconciles them.
fn compare_figures(x: &Reading, y: &Reading) -> Values {
    if meet(x, y) {
        return Values::Compatible;
    }
    if !x.widest().meets(&y.widest()) {
        return Values::Apart { reasons: Vec::new(), certain: true };
    }
    // The reading that is `n` steps loose, with the reason that it takes; as stated for no step.
    let loosened = |reading: &Reading, n: usize| -> Option<(Option<Reason>, Interval)> {
        match n.checked_sub(1) {
            None => Some((None, reading.strict)),
            Some(n) => reading.generous.get(n).map(|(reason, interval)| (Some(*reason), *interval)),
        }
    };
    // Cutting off cannot turn a digit of one place into another.
    let cut = |reason: Option<Reason>| reason == Some(Reason::Truncation) && alike(x, y);
    let mut reasons = Vec::new();
    for steps in 1..=x.generous.len() + y.generous.len() {
        for n in 0..=steps {
            if let Some(((one, x), (other, y))) = loosened(x, n).zip(loosened(y, steps - n))
                && !cut(one)
                && !cut(other)
                && x.meets(&y)
            {
                reasons.extend([one, other].into_iter().flatten());
            }
        }
        if !reasons.is_empty() {
            return Values::Apart { reasons, certain: false };
        }
    }
    Values::Apart { reasons, certain: true }
}

/// Compares two sums in one currency now. Whoever converted one took the rate of another day perhaps.
fn compare_converted(x: &Reading, y: &Reading, policy: &Policy) -> Values {
    let loosely = |reading: &Reading| {
        let (down, up) = (Decimal::ONE.checked_sub(policy.rate_share)?, Decimal::ONE.checked_add(policy.rate_share)?);
        reading.widest().scaled_between(down, up)
    };
    match compare_figures(x, y) {
        Values::Apart { mut reasons, certain } => {
            reasons.push(Reason::Rate);
            let meets = loosely(x).is_some_and(|x| x.meets(&y.widest()));
            Values::Apart { reasons, certain: certain && !meets }
        }
        compatible => compatible,
    }
}

enum Units {
    Same,
    Unsure,
    Different,
}

/// Whether two figures are in one unit, as far as is known.
fn units(a: &Unit, b: &Unit) -> Units {
    match (a, b) {
        (Unit::Money(a), Unit::Money(b)) => currencies(a, b),
        // A sum whose text says no more than a number.
        (Unit::Money(known), Unit::Number) | (Unit::Number, Unit::Money(known)) => {
            currencies(known, &Currency::Unknown)
        }
        // "8" beside "8 hires".
        (Unit::Number, Unit::Other(_)) | (Unit::Other(_), Unit::Number) => Units::Same,
        _ if a == b => Units::Same,
        _ => Units::Different,
    }
}

fn currencies(a: &Currency, b: &Currency) -> Units {
    use Currency::{Family, Known, Unknown};
    let share_a_member = match (a, b) {
        _ if a.likeliest() == b.likeliest() => return Units::Same,
        (Unknown, _) | (_, Unknown) => true,
        (Known(_), Known(_)) => false,
        (Known(one), Family(members)) | (Family(members), Known(one)) => members.contains(one),
        (Family(x), Family(y)) => x.iter().any(|code| y.contains(code)),
    };
    if share_a_member { Units::Unsure } else { Units::Different }
}

fn is_money(a: &Figure, b: &Figure) -> bool {
    matches!((&a.unit, &b.unit), (Unit::Money(_), Unit::Money(_)))
}

fn same_digits(a: &Figure, b: &Figure) -> bool {
    (a.lo, a.hi, a.lo_open, a.hi_open) == (b.lo, b.hi, b.lo_open, b.hi_open)
}

/// "More than v" and "up to v".
fn opposite_bounds(a: &Figure, b: &Figure) -> bool {
    let opposite = |low: &Figure, high: &Figure| low.hi.is_none() && high.lo.is_none() && low.lo == high.hi;
    opposite(a, b) || opposite(b, a)
}

/// Two points that would agree with "million" for "billion", or "thousand" for nothing.
fn is_factor_of_a_thousand<C>(a: &Side<C>, b: &Side<C>) -> bool {
    let point = |side: &Side<C>| {
        let value = side.statement.value.figure()?.value()?;
        side.reading.as_ref().filter(|_| !value.is_zero()).map(|reading| reading.strict)
    };
    let Some((x, y)) = point(a).zip(point(b)) else { return false };
    let meets = |x: Interval, y: Interval, factor| x.scaled(factor).is_some_and(|x| x.meets(&y));
    [3, 6].map(Decimal::power_of_ten).into_iter().any(|factor| meets(x, y, factor) || meets(y, x, factor))
}
