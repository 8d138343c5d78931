//! Hedges and ranges: what stands before or after a quantity and makes a bound, a range or an "about" of it.

use super::number::Number;
use super::page::Page;
use super::quantity::{self, Quantity};
use super::sense::{Measure, Role};
use super::token::Kind;
use crate::domain::decimal::Decimal;
use crate::domain::figure::Hedge;
use crate::domain::unit::Unit;

/// The hedge that stands before token `at`, and where its words begin. The word that bounds goes before the word that
/// blurs: "up to about 100" is up to 100.
pub(super) fn before(page: &Page, at: usize, money: bool) -> Option<(Hedge, usize)> {
    let mut found = None;
    let mut place = at;
    while let Some(previous) = place.checked_sub(1) {
        let sense = page.sense(previous);
        let fits = sense.hedge.filter(|_| {
            (money || !sense.is(Role::MoneyHedge)) && !is_destination(page, previous) && !is_comparison(page, previous)
        });
        match fits {
            Some(hedge) => {
                let blurs = |h: Hedge| matches!(h, Hedge::About | Hedge::Nearly);
                found = match found {
                    Some((known, _)) if !blurs(known) || blurs(hedge) => Some((known, previous)),
                    _ => Some((hedge, previous)),
                };
            }
            // "plus que les 100 millions", "dépassant les"; "terá, no máximo, 250".
            None if place == at && (is_article(page, previous) || is_aside(page, previous)) => {}
            None => break,
        }
        place = previous;
        if at - place > 4 {
            break;
        }
    }
    found.map(|(hedge, place)| if is_denied(page, place) { (denied(hedge), place) } else { (hedge, place) })
}

/// Where what begins at token `at` begins with its hedge.
pub(super) fn start(page: &Page, at: usize, money: bool) -> usize {
    before(page, at, money).map_or(at, |(_, from)| from)
}

/// The comma behind a hedge that stands between two.
fn is_aside(page: &Page, at: usize) -> bool {
    let comma = |at: usize| page.kind(at) == Some(Kind::Comma);
    at >= 2 && comma(at) && page.sense(at - 1).hedge.is_some() && comma(at - 2)
}

/// "no supera", "non potrà essere superiore a", but not "no solo más de".
fn is_denied(page: &Page, at: usize) -> bool {
    const MOST_BETWEEN: usize = 2;
    let near = (at.saturating_sub(MOST_BETWEEN + 1)..at).rev();
    let mut between = near.take_while(|at| page.kind(*at) == Some(Kind::Word) && !page.is(*at, Role::Only));
    between.any(|at| page.is(at, Role::Not))
}

/// What a hedge says under a "not".
fn denied(hedge: Hedge) -> Hedge {
    match hedge {
        Hedge::MoreThan => Hedge::UpTo,
        Hedge::LessThan => Hedge::AtLeast,
        other => other,
    }
}

/// "subieron hasta 47.520 millones", "ein Vertrag über 125 Millionen": the word says where to or what about.
fn is_destination(page: &Page, at: usize) -> bool {
    let about = page.is(at, Role::Over) && at > 0 && page.is(at - 1, Role::Contract);
    about || (page.is(at, Role::To) && is_change(page, at))
}

/// "twice as many as 5", "12 % more than the 3 billion": the words compare, and bound nothing.
fn is_comparison(page: &Page, at: usize) -> bool {
    let percent = |back: usize| at.checked_sub(back).is_some_and(|at| page.sense(at).measure == Some(Measure::Percent));
    let compares = matches!(page.sense(at).hedge, Some(Hedge::MoreThan | Hedge::LessThan));
    // "12 % de plus que les 3 milliards".
    let leads = !page.is(at.wrapping_sub(1), Role::To) || is_article(page, at + 1);
    let apart = percent(2) && page.is(at - 1, Role::Stop) && leads;
    if compares && (percent(1) || apart) {
        return true;
    }
    let factor = at.checked_sub(1).is_some_and(|at| {
        let times = page.sense(at).measure == Some(Measure::Other("times"));
        page.is(at, Role::Twice) || times && at > 0 && quantity::read(page, at - 1).is_some()
    });
    page.is(at, Role::AsMany) && factor
}

fn is_article(page: &Page, at: usize) -> bool {
    page.is(at, Role::Article) || (page.kind(at) == Some(Kind::Apostrophe) && at > 0 && page.is(at - 1, Role::Article))
}

/// The hedge that stands after a quantity, and one past its last token: "or more", "+", "voire plus". One noun may
/// stand between ("10 people or more").
pub(super) fn after(page: &Page, quantity: &Quantity) -> Option<(Hedge, usize)> {
    let end = quantity.end;
    let noun = usize::from(quantity.is_bare() && page.is_content(end));
    let bracket = |at: usize| usize::from(page.kind(at) == Some(Kind::Comma) || page.word(at) == "(");
    [end, end + bracket(end), end + noun].into_iter().find_map(|at| {
        let hedge = page.sense(at).hedge_after?;
        // "10, at least 5": the words belong to what follows them.
        let next = quantity::read(page, at + 1).is_some();
        let plus = page.word(at) == "+" && !page.glued(at);
        (!next && !plus).then_some((hedge, at + 1))
    })
}

/// Two quantities and what joins them.
#[derive(Debug)]
pub(super) struct Pair {
    /// The first.
    pub low: Quantity,
    /// The second.
    pub high: Quantity,
    /// One figure from the first to the second; else two of their own that share a unit or a scale.
    pub is_range: bool,
    /// False where nothing tells what the first is: "5 to 20 000".
    pub is_clear: bool,
}

/// Reads a range that begins at token `at`, where the quantity `low` may stand: "between A and B", "from A to B", "A to B", "A-B", "two or three".
/// `None` where there is no second quantity, or the two do not make a pair.
pub(super) fn pair(page: &Page, at: usize, low: Option<&Quantity>) -> Option<Pair> {
    if page.is(at, Role::Between) {
        let ends = |joins: bool| {
            let low = quantity::read(&Page { joins, ..*page }, skip_article(page, at + 1))?;
            let joint = page.is(low.end, Role::And) || page.is(low.end, Role::To);
            let high = quantity::read(page, skip_article(page, low.end + 1)).filter(|_| joint)?;
            join(low, high, true)
        };
        // "between one hundred and two hundred", else "between one hundred and five and two hundred".
        return ends(false).or_else(|| ends(true));
    }
    let low = low?.clone();
    // "zwei- bis dreihundert".
    let hyphen = page.kind(low.end) == Some(Kind::Dash) && page.glued(low.end) && page.is(low.end + 1, Role::To);
    let end = low.end + usize::from(hyphen);
    let joint = Joint::at(page, end)?;
    let near = low.is_money() && low.first > low.start;
    let high = quantity::read_beside(page, skip_article(page, end + 1), near).filter(|high| !high.number.weak)?;
    match joint {
        Joint::Dash if !(low.number.digits && high.number.digits) && page.glued(low.end) != page.glued(low.end + 1) => {
            None
        }
        Joint::Dash if is_score(page, &low, &high) => None,
        Joint::Or if !is_neighbour(page, &low, &high) => None,
        // "ein oder zwei Millionen": beside a two, one is no article.
        Joint::Or => {
            let low = Quantity { number: Number { weak: false, ..low.number }, ..low };
            join(low, high, true)
        }
        // "by 15p to £1.80".
        Joint::To if low.counted_in != high.counted_in && !low.is_bare() => None,
        // "rose by 3 million to 12 million": by how much, and to what.
        Joint::To if is_step(page, at, &low, &high) => join(low, high, false),
        Joint::To => {
            // "un à deux millions", "da uno a tre".
            let counts = high.number.scale >= 3 || page.is(at.wrapping_sub(1), Role::From);
            let weak = low.number.weak && !counts;
            let low = Quantity { number: Number { weak, ..low.number }, ..low };
            join(low, high, !is_change_from(page, at))
        }
        Joint::Onto => join(low, high, false),
        Joint::Dash if low.number.weak => None,
        // "7-Eleven".
        Joint::Dash if low.number.digits && !high.number.digits => None,
        _ => join(low, high, true),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Dash,
    To,
    Or,
    /// German "auf" after "von" or "um": where a change ends.
    Onto,
}

impl Joint {
    fn at(page: &Page, at: usize) -> Option<Joint> {
        if page.kind(at) == Some(Kind::Dash) {
            // "100-300", "100 – 300"; a dash with space on one side only ends a clause.
            return (page.glued(at) == page.glued(at + 1)).then_some(Joint::Dash);
        }
        if page.word(at) == "~" && page.glued(at) && page.glued(at + 1) {
            return Some(Joint::Dash);
        }
        if page.kind(at) != Some(Kind::Word) {
            return None;
        }
        let roles = [(Role::To, Joint::To), (Role::Or, Joint::Or), (Role::Onto, Joint::Onto)];
        roles.into_iter().find(|(role, _)| page.is(at, *role)).map(|(_, joint)| joint)
    }
}

fn skip_article(page: &Page, at: usize) -> usize {
    // "entre les 100 et les 200", "tra i 100 e i 200", "entre un 3 % y un 5 %"; an article that is the number stays.
    let article = page.is(at, Role::Article) && page.sense(at).cardinal.is_none();
    let before_digits = page.is(at, Role::Weak) && page.kind(at + 1) == Some(Kind::Numeral);
    at + usize::from(article || before_digits)
}

/// Bare small numbers with a dash between them and nothing that they count: a score ("1-2", "319-330"), a code ("3-1-2"),
/// a phone number ("555-1234").
fn is_score(page: &Page, low: &Quantity, high: &Quantity) -> bool {
    let bare = low.is_bare() && high.is_bare() && low.number.scale == 0 && high.number.scale == 0;
    let digits = |q: &Quantity| page.word(q.first).len();
    let phone = digits(low) == 3 && digits(high) == 4;
    let more = page.kind(high.end) == Some(Kind::Dash) && page.glued(high.end);
    // "lost 1-2", "voted 319-330".
    let counts = page.is_content(high.end) && page.same_line(high.end) || page.is(high.end, Role::Of);
    let short = digits(low) <= 3 && digits(high) <= 3 && page.glued(low.end) && page.glued(low.end + 1);
    let hedged = before(page, low.start, false).is_some();
    let alone = page.alone && low.start == 0 && high.end == page.tokens.len();
    bare && (phone || more || short && !counts && !hedged && !alone)
}

/// "two or three", "10 ou 12": near enough to be one estimate.
fn is_neighbour(page: &Page, low: &Quantity, high: &Quantity) -> bool {
    let (a, mut b) = (low.number.mantissa, high.number.mantissa);
    // "two or three hundred".
    if high.number.hundreds && b.last_place() >= 2 && a < Decimal::from(10) && !low.number.hundreds {
        b = b.checked_mul(Decimal::power_of_ten(-2)).unwrap_or(b);
    }
    let near =
        b.checked_sub(a).is_some_and(|gap| !gap.is_negative() && gap.checked_add(gap).is_some_and(|twice| twice <= b));
    // "$14.3 or $14.8 billion": the scale is said once, so the two are one estimate.
    let money = low.is_money() && low.unit == high.unit && high.number.scale >= 3;
    let article = low.number.weak && !page.lexicon.grammar.article_counts();
    (low.is_bare() || money) && low.number.scale == 0 && !article && near && a != b
}

/// "rose from 14 to 15 billion": two figures, not a range; but "rose to 14 to 15 billion".
fn is_change_from(page: &Page, at: usize) -> bool {
    const MOST_BETWEEN: usize = 2;
    let near = (at.saturating_sub(MOST_BETWEEN + 1)..at).rev();
    let passes = |at: &usize| is_article(page, *at) || page.sense(*at).hedge.is_some() || page.is(*at, Role::From);
    near.take_while(passes).any(|at| page.is(at, Role::From)) && is_change(page, at)
}

/// True behind a word that says that something rises, falls or becomes another number.
pub(super) fn is_change(page: &Page, at: usize) -> bool {
    let from = at.saturating_sub(6);
    (from..at).rev().take_while(|at| !matches!(page.kind(*at), Some(Kind::Stop))).any(|at| page.is(at, Role::Change))
}

/// "rose by 12 to 340", "perd 2 euros à 45 euros": behind a word of change, and far from each other; but "rose 2 to 3 per
/// cent" and "loses 15 to 20 000 jobs".
fn is_step(page: &Page, at: usize, low: &Quantity, high: &Quantity) -> bool {
    let least = Decimal::from(if low.is_bare() && low.number.scale < 3 { 10 } else { 4 });
    let far = low.number.value.checked_mul(least).is_some_and(|far| far <= high.number.value);
    let alike = low.is_bare() == high.is_bare() || low.number.scale >= 3;
    let thousands = high.number.grouped && !low.number.grouped && high.number.value.last_place() >= 3;
    far && alike && !thousands && is_change(page, at) && !page.is(at.wrapping_sub(1), Role::To)
}

fn join(mut low: Quantity, high: Quantity, is_range: bool) -> Option<Pair> {
    let stated = low.number.value;
    let is_clear = share_small(&mut low.number, &high)?;
    // "von 45 auf 100.000": 45, or 45 thousand.
    let is_clear = is_clear && (is_range || low.number.value == stated || high.number.hundreds);
    // "von 900 auf 15 Milliarden": 900 or 900 milliards.
    let far = high.number.mantissa.checked_mul(Decimal::from(10)).is_some_and(|far| low.number.mantissa >= far);
    let open = low.number.scale == 0 && !low.number.grouped && high.number.scale >= 3;
    // "500 to 1 million people": 500 or 500,000.
    let odd = is_range && low.is_bare() && low.number.digits && low.number.mantissa >= high.number.mantissa;
    let is_clear = is_clear && !(open && (far && !is_range || odd && low.number.value < Decimal::from(1000)));
    share(low, high, is_range).map(|pair| Pair { is_clear, ..pair })
}

/// Lets the first share the hundreds or thousands of the second, which are said once: "two to three hundred", "15 à
/// 20 000". False where it may or may not.
fn share_small(low: &mut Number, high: &Quantity) -> Option<bool> {
    let number = &high.number;
    let times = |power: i32| low.mantissa.checked_mul(Decimal::power_of_ten(power));
    let open = low.scale == 0 && low.decimals == 0 && !low.grouped && !low.hundreds;
    let ones = |n: Decimal, power: i32| n.last_place() >= power;
    let hundreds = number.hundreds && low.value < Decimal::from(10) && ones(number.mantissa, 2);
    if open && hundreds && times(2)? < number.mantissa {
        (low.value, low.mantissa) = (times(2)?, times(2)?);
        return Some(true);
    }
    let own_sign = high.first > high.start;
    let thousands = low.digits && number.grouped && number.scale == 0 && ones(number.value, 3) && !own_sign;
    if !open || !thousands || times(3)? >= number.value {
        return Some(true);
    }
    let near = times(3)?.checked_mul(Decimal::from(3))? >= number.value;
    if near {
        (low.value, low.mantissa) = (times(3)?, times(3)?);
    }
    Some(near)
}

/// Lets the two share a scale and a unit. `None` where the units differ or a range would run downwards.
fn share(mut low: Quantity, mut high: Quantity, is_range: bool) -> Option<Pair> {
    if low.number.weak && low.is_bare() && low.number.scale == 0 && high.number.scale < 3 && high.is_bare() {
        return None;
    }
    // "entre 1 et 1,5 milliards": the scale is said once. So in a fall, unless it is far: "from 20 to 15 billion".
    let (one, other) = (low.number.mantissa, high.number.mantissa);
    let falls = !is_range && other.checked_mul(Decimal::from(10)).is_some_and(|far| one < far);
    let shares = low.number.scale == 0 && (one < other || falls) && (!low.number.grouped || high.number.grouped);
    if shares && high.number.scale >= 3 {
        let factor = Decimal::power_of_ten(high.number.scale);
        low.number.value = low.number.value.checked_mul(factor)?;
        low.number.decimals -= high.number.scale;
        low.number.scale = high.number.scale;
        low.number.doubt = low.number.doubt.or(high.number.doubt);
    }
    match (low.unit == Unit::Number, high.unit == Unit::Number) {
        (true, false) => {
            low.unit = high.unit.clone();
            low.time = high.time;
            if high.counted_in != 0 && low.number.scale == 0 {
                low.scale_by(high.counted_in)?;
            }
        }
        // "$10-20", "$100 to 300 million"; but "10% to 20" and "4 years to 5".
        (false, true) if low.is_money() && low.first > low.start => high.unit = low.unit.clone(),
        (false, false) => {
            let (Unit::Money(one), Unit::Money(other)) = (&low.unit, &high.unit) else {
                return (low.unit == high.unit).then(|| rising(low, high, is_range)).flatten();
            };
            let unit = Unit::Money(quantity::narrower(one, other)?);
            (low.unit, high.unit) = (unit.clone(), unit);
        }
        (false, true) => return None,
        _ => {}
    }
    rising(low, high, is_range)
}

fn rising(low: Quantity, high: Quantity, is_range: bool) -> Option<Pair> {
    let rises = low.number.value < high.number.value;
    (rises || !is_range).then_some(Pair { low, high, is_range, is_clear: true })
}
