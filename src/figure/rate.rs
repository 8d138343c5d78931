//! What a figure is counted by: "a year", "pro Forscher", "over four years", "a four-year deal".

use std::ops::Range;

use super::number;
use super::page::Page;
use super::quantity::{self, Quantity};
use super::sense::{Measure, Role};
use super::token::Kind;

/// How far from a figure its period may stand, in tokens.
const REACH: usize = 8;

/// What stands after the figure that ends before token `end`: what it is counted by, and its period with the tokens of it,
/// which are then no figure of their own.
pub(super) fn after(page: &Page, end: usize) -> (Option<String>, Option<(String, Range<usize>)>) {
    let first = per(page, page.past_hyphen(end)).or_else(|| per_noun(page, end));
    // "par an et par personne", "pro Person und Tag".
    let second = first.as_ref().and_then(|(_, next)| {
        let and = page.is(*next, Role::And);
        let bare = || Some((time_at(page, next + 1)?.to_string(), next + 2)).filter(|_| and);
        per(page, next + usize::from(and)).or_else(bare)
    });
    let mut names: Vec<String> = first.into_iter().chain(second).map(|(name, _)| name).collect();
    names.sort();
    let per = (!names.is_empty()).then(|| names.join(", "));
    (per, period(page, end))
}

/// "4,000 pilgrims a day", "3 tonnes de boues par semaine": behind what is counted, up to four words.
fn per_noun(page: &Page, end: usize) -> Option<(String, usize)> {
    const MOST_WORDS: usize = 4;
    let hyphen = |at: usize| page.kind(at) == Some(Kind::Dash) && page.glued(at) && page.glued(at + 1);
    let noun = |at: usize| page.is_content(at) || page.is(at, Role::Of) || hyphen(at);
    let last = (end..end + MOST_WORDS).take_while(|at| noun(*at) && page.same_line(*at)).last()?;
    // "each" and the like would go with the noun.
    let phrase = |at: usize| page.word(at).contains(' ');
    let rate =
        |at: usize| page.sense(at).per.filter(|name| *name != "person" || phrase(at)).and_then(|_| per(page, at));
    (end + 1..=last + 1).find_map(rate)
}

/// "täglich 400 Eier", "elk 10.000 euro": what stands right before the figure or its hedge, and has not gone with
/// another figure.
pub(super) fn right_before(page: &Page, start: usize) -> Option<&'static str> {
    let at = start.checked_sub(1)?;
    let free = at == 0 || page.kind(at - 1) != Some(Kind::Numeral) && page.sense(at - 1).money.is_none();
    page.sense(at).per.filter(|_| free && page.kind(at) == Some(Kind::Word))
}

fn time_at(page: &Page, at: usize) -> Option<&'static str> {
    match page.sense(at).measure {
        Some(Measure::Time(time)) => Some(time),
        _ => None,
    }
}

/// "a year", "pro Jahr", "per share".
pub(super) fn per(page: &Page, at: usize) -> Option<(String, usize)> {
    // "im Jahr 2023".
    if page.kind(at + 1) == Some(Kind::Numeral) && page.sense(at).measure.is_none() {
        return None;
    }
    if let Some(name) = page.sense(at).per {
        return Some((name.to_string(), at + 1));
    }
    let noun = page.is(at, Role::Per) && page.is_content(at + 1) && page.same_line(at + 1);
    // A preposition that does more than divide ("per", "a" in Italian) says nothing by itself.
    let only_divides = page.is(at, Role::Per) && !page.is(at, Role::To) && !page.is(at, Role::Stop);
    (noun && only_divides).then(|| (page.word(at + 1).to_lowercase(), at + 2))
}

/// "over four years", "sur six ans", "spread across several years": within the sentence, before any other number.
fn period(page: &Page, end: usize) -> Option<(String, Range<usize>)> {
    let start = past_brackets(page, end);
    for at in start..start + REACH {
        if let Some(found) = contract(page, at) {
            return Some(found);
        }
        if matches!(page.kind(at)?, Kind::Stop | Kind::Numeral | Kind::Opaque) {
            return None;
        }
        // A word as short as "in" begins a period only right behind the figure.
        let near = page.word(at).len() > 2 || at == start;
        let over = if page.is(at, Role::Over) && near { at + 1..at + 5 } else { 0..0 };
        if let Some((text, end)) = over.into_iter().find_map(|from| length(page, from)) {
            return Some((text, at..end));
        }
        let other = page.sense(at);
        if other.money.is_some() || (other.cardinal.is_some() && !other.is(Role::Weak)) {
            return None;
        }
    }
    None
}

/// "for a four-year contract": a length of time that touches what it measures.
fn contract(page: &Page, at: usize) -> Option<(String, Range<usize>)> {
    if !number::may_begin(page, at) {
        return None;
    }
    let quantity = quantity::read(page, at).filter(|quantity| quantity.time.is_some())?;
    let measured = (quantity.end - 1..quantity.end + 2).any(|at| page.is(at, Role::Contract));
    measured.then(|| (spelt(&quantity), at..quantity.end))
}

/// The token after a remark in brackets, mostly the same sum in another currency: "$200 million (€171 million) over".
fn past_brackets(page: &Page, at: usize) -> usize {
    if page.word(at) != "(" {
        return at;
    }
    (at + 1..at + 1 + REACH).find(|at| page.word(*at) == ")").map_or(at, |closing| closing + 1)
}

/// "four years", "several years" at token `at`, and one past its last token.
fn length(page: &Page, at: usize) -> Option<(String, usize)> {
    if page.is(at, Role::Several) {
        return Some((format!("several {}s", time_at(page, at + 1)?), at + 2));
    }
    let quantity = quantity::read(page, at)?;
    quantity.time?;
    Some((spelt(&quantity), quantity.end))
}

/// A length of time in English: "4 years", "1 year".
fn spelt(quantity: &Quantity) -> String {
    let value = quantity.number.value.to_string();
    let plural = if value == "1" { "" } else { "s" };
    format!("{value} {}{plural}", quantity.time.unwrap_or("year"))
}

/// The period that the length of time `duration`, found just before the figure at `figure`, gives it: "a four-year
/// deal worth $125 million", "un contrat de quatre ans".
pub(super) fn before(page: &Page, duration: &Quantity, figure: &Range<usize>) -> Option<String> {
    let start = figure.start;
    let near = start >= duration.end && start - duration.end <= REACH;
    let between = duration.end..start;
    let sentence = between.clone().all(|at| !matches!(page.kind(at), Some(Kind::Stop | Kind::Numeral)));
    let contract = |at: usize| page.is(at, Role::Contract);
    let around = duration.start.saturating_sub(2)..(duration.end + 2).min(start);
    // "a three-year, $45 million contract".
    let adjective = duration.end >= 2 && page.kind(duration.end - 2) == Some(Kind::Dash);
    let comma = page.kind(duration.end) == Some(Kind::Comma) && start == duration.end + 1;
    let beside =
        start - duration.end.min(start) <= 1 && (figure.end..figure.end + 2).any(contract) || adjective && comma;
    (near && sentence && (beside || around.into_iter().any(contract))).then(|| spelt(duration))
}
