//! How high a finding stands in the list. Every term is shown with its points, so that nobody has to guess.
//!
//! | term | points |
//! |---|---|
//! | conflict | 1000 where the worst pair cannot both be true |
//! | slip | 120 where that pair looks like a mix-up (bound, currency, period, scale) |
//! | named-speakers | 120 where two that others quote by name stand against each other; 60 where one stands against a page |
//! | support | 50 for each origin behind the weaker side, up to five |
//! | gap | 20 for any, 40 from a hundredth of the larger figure, 60 from a tenth, 80 from a half |
//!
//! Of equal findings the one with the latest publication comes first.

use super::question::Reconciled;
use super::statement::Statement;
use crate::domain::claim::{Stance, Value};
use crate::domain::decimal::Decimal;
use crate::domain::origin::Origin;
use crate::domain::verdict::{Pair, PairVerdict, Severity, SeverityTerm};

const CONFLICT: u32 = 1000;
const SLIP: u32 = 120;
const NAMED_SPEAKERS: u32 = 120;
const NAMED_SPEAKER: u32 = 60;
const ORIGIN: u32 = 50;
const COUNTED_ORIGINS: usize = 5;
/// From which share of the larger figure, in hundredths, a gap has how many points.
const GAPS: [(i64, u32); 4] = [(50, 80), (10, 60), (1, 40), (0, 20)];

/// The severity of a question's finding.
pub fn severity<C: Copy + PartialEq>(reconciled: &Reconciled<C>, statements: &[Statement<C>]) -> Severity {
    let Some(worst) = reconciled.worst.as_ref().filter(|_| reconciled.verdict.is_finding()) else {
        return Severity::default();
    };
    let said = |id: C| {
        statements.iter().find(|statement| statement.claim == id).expect("the worst pair is of these statements")
    };
    let (a, b) = (said(worst.a), said(worst.b));
    let terms = [
        (SeverityTerm::Conflict, if worst.verdict == PairVerdict::Conflict { CONFLICT } else { 0 }),
        (SeverityTerm::Slip, if worst.reasons.iter().any(|reason| reason.is_slip()) { SLIP } else { 0 }),
        (SeverityTerm::NamedSpeakers, named_speakers(&alike(a, statements), &alike(b, statements))),
        (SeverityTerm::Support, ORIGIN * weaker_side(reconciled, worst).min(COUNTED_ORIGINS) as u32),
        (SeverityTerm::Gap, gap(worst, a, b)),
    ];
    let terms: Vec<_> = terms.into_iter().filter(|(_, points)| *points > 0).collect();
    let dates = statements.iter().filter_map(|statement| statement.published.as_deref());
    Severity {
        points: terms.iter().map(|(_, points)| points).sum(),
        terms,
        latest: dates.max_by_key(|date| (date.bounds().1, date.to_string())).cloned(),
    }
}

/// How many origins stand behind the side of the worst pair that fewer do.
fn weaker_side<C: Copy + PartialEq>(reconciled: &Reconciled<C>, worst: &Pair<C>) -> usize {
    let support = |claim: C| {
        let with_it = reconciled.positions.iter().filter(|position| position.claims.contains(&claim));
        with_it.map(|position| position.support.len()).max().unwrap_or(0)
    };
    support(worst.a).min(support(worst.b))
}

/// The statements that say what this one does, whichever of them was logged first.
fn alike<'a, C>(one: &Statement<C>, statements: &'a [Statement<C>]) -> Vec<&'a Statement<C>> {
    let said = |s: &Statement<C>| (s.value.clone(), s.says.clone(), s.stance, s.qualifiers.clone());
    let wanted = said(one);
    statements.iter().filter(|statement| said(statement) == wanted).collect()
}

fn named_speakers<C>(a: &[&Statement<C>], b: &[&Statement<C>]) -> u32 {
    let quoted = |s: &&&Statement<C>| matches!(*s.origin, Origin::Named(_)) && !s.own_voice;
    let (x, y) = (a.iter().filter(quoted), b.iter().filter(quoted));
    let (x, y): (Vec<&Origin>, Vec<&Origin>) = (x.map(|s| &*s.origin).collect(), y.map(|s| &*s.origin).collect());
    match (x.is_empty(), y.is_empty()) {
        (false, false) if x.iter().any(|x| y.iter().any(|y| x != y)) => NAMED_SPEAKERS,
        (true, false) | (false, true) => NAMED_SPEAKER,
        _ => 0,
    }
}

fn gap<C>(worst: &Pair<C>, a: &Statement<C>, b: &Statement<C>) -> u32 {
    let Some(gap) = worst.gap.filter(|gap| !gap.is_zero()) else { return 0 };
    let ends = |statement: &Statement<C>| match (&*statement.value, statement.stance) {
        (Value::Figure(figure), Stance::Affirms) => [figure.lo, figure.hi],
        _ => [None, None],
    };
    let larger = [ends(a), ends(b)].into_iter().flatten().flatten().map(|end| end.abs()).max();
    let share = |hundredths: i64| larger?.checked_mul(Decimal::new(hundredths.into(), -2));
    let reached = |hundredths: i64| share(hundredths).is_some_and(|least| gap >= least);
    GAPS.into_iter().find(|(hundredths, _)| reached(*hundredths)).map_or(0, |(_, points)| points)
}
