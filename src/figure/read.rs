//! From a token to the figures that begin there: tries each shape a figure can have, then attaches hedge, doubts and
//! rates. The shapes are a list of functions of one signature; the first that reads something decides.

use std::ops::Range;

use super::exchange;
use super::hedge;
use super::page::{Choice, Page};
use super::quantity::{self, Quantity};
use super::rate;
use super::refuse;
use super::sense::{Measure, Role, Use};
use super::token::Kind;
use crate::domain::decimal::Decimal;
use crate::domain::figure::{Doubt, Figure, FoundFigure, Hedge, Precision};
use crate::domain::text::Span;
use crate::domain::unit::{Currency, Unit};

/// A figure with the tokens it takes.
struct Draft {
    tokens: Range<usize>,
    figure: Figure,
    doubt: Option<Doubt>,
    /// The quantity, where it is a length of time that may turn out to be the period of the next figure.
    duration: Option<Quantity>,
}

/// What begins at a token.
struct Reading {
    /// The figures; none when it is a number that is no figure.
    drafts: Vec<Draft>,
    /// Where to go on: what was read is never read again in part.
    next: usize,
}

/// A shape looks at a token and at the quantity that begins there, if one does.
type Shape = fn(&Page, usize, Option<&Quantity>) -> Option<Reading>;
const SHAPES: &[Shape] = &[digits, vague, share, ratio, around_brackets, list, pair, single];

/// Reads a paragraph and adds its figures to `found`.
pub(super) fn paragraph(page: &Page, found: &mut Vec<FoundFigure>) {
    let mut reader = Reader { page, found, period: 0..0, duration: None, last_end: None };
    let mut at = 0;
    while at < page.tokens.len() {
        at = reader.step(at);
    }
}

/// What was found so far, and what the next figure may have to do with it.
struct Reader<'r, 'p> {
    page: &'r Page<'p>,
    found: &'r mut Vec<FoundFigure>,
    /// The tokens of a period that was read ahead of its place.
    period: Range<usize>,
    /// The figure found last, where it is a length of time.
    duration: Option<Quantity>,
    /// Where the figure found last ends.
    last_end: Option<usize>,
}

impl Reader<'_, '_> {
    /// Reads what begins at token `at`, and gives the token to go on with.
    fn step(&mut self, at: usize) -> usize {
        if self.period.contains(&at) {
            return self.period.end;
        }
        // The last two may belong to what follows: "2024 300 people".
        let row = if self.page.trusting { 0 } else { numerals_in_a_row(self.page, at) };
        if row > 2 {
            return at + row - 2;
        }
        let Some(reading) = may_begin(self.page, at).then(|| reading(self.page, at)).flatten() else { return at + 1 };
        for draft in reading.drafts {
            self.add(draft, reading.next);
        }
        reading.next.max(at + 1)
    }

    /// Adds a figure, with what the figures and words around it say of it. `next` is the token behind its reading.
    fn add(&mut self, draft: Draft, next: usize) {
        let page = self.page;
        let tokens = draft.tokens.clone();
        let duration_before = std::mem::replace(&mut self.duration, draft.duration.clone());
        let mut figure = finish(page, draft);
        if let Some((end, one)) = self.last_end.zip(self.found.last()) {
            if let Some(both) = both_bounds(page, one, end, &figure, tokens.start) {
                figure = both;
                self.found.pop();
            } else if is_conversion(page, &one.figure, end, &figure.figure, tokens.start)
                || one.conversion && goes_on_converting(page, end, &figure.figure, tokens.start)
            {
                figure.conversion = true;
                let doubt = exchange::is_unlikely(&one.figure, &figure.figure).then_some(Doubt::UnlikelyConversion);
                figure.doubts.extend(doubt);
            }
        }
        self.last_end = Some(tokens.end);
        let money = matches!(figure.figure.unit, Unit::Money(_));
        let (per, period) = rate::after(page, next);
        let per = per.or_else(|| rate::right_before(page, hedge::start(page, tokens.start, money)).map(str::to_string));
        figure.qualifiers.extend(per.map(|per| ("per".to_string(), per)));
        // A length of time or of a road is not spread over time.
        if !matches!(figure.figure.unit, Unit::Other(_)) {
            let before = duration_before.and_then(|before| rate::before(page, &before, &tokens));
            if before.is_some() {
                self.found.pop();
            }
            if let Some((_, tokens)) = &period {
                self.period = tokens.clone();
            }
            let length = before.or(period.map(|(length, _)| length));
            figure.qualifiers.extend(length.map(|length| ("period".to_string(), length)));
        }
        self.found.push(figure);
    }
}

/// How many numerals stand side by side from token `at` on: a row of a table, which holds no figures.
fn numerals_in_a_row(page: &Page, at: usize) -> usize {
    let beside = |at: usize| page.kind(at) == Some(Kind::Numeral) && page.spaced(at);
    match page.kind(at) {
        Some(Kind::Numeral) => 1 + (at + 1..).take_while(|at| beside(*at)).count(),
        _ => 0,
    }
}

/// A cheap look at one token, before anything is tried.
fn may_begin(page: &Page, at: usize) -> bool {
    let token = &page.tokens[at];
    match token.kind {
        Kind::Numeral => true,
        // "(-3 %)".
        Kind::Dash => (page.glued(at + 1) || at == 0) && (!page.glued(at) || matches!(page.word(at - 1), "(" | "[")),
        Kind::Word | Kind::Symbol => {
            let sense = page.lexicon.sense(token);
            token.sense != 0
                && (sense.is_numeric()
                    || sense.fraction.is_some()
                    || sense.money.is_some()
                    || [Role::Between, Role::Several, Role::HalfNoun, Role::Minus].iter().any(|role| sense.is(*role)))
        }
        _ => false,
    }
}

/// "more than 100 but less than 200", "100 como máximo y 20 como mínimo": two bounds of one figure, with nothing but
/// hedges and a joint between them.
fn both_bounds(page: &Page, one: &FoundFigure, end: usize, other: &FoundFigure, start: usize) -> Option<FoundFigure> {
    let between = end..start;
    let hedges = |at: usize| page.sense(at).hedge.is_some() || page.sense(at).hedge_after.is_some();
    let joins = |at: usize| page.kind(at) == Some(Kind::Comma) || page.is(at, Role::And) || page.is(at, Role::But);
    let only = between.len() <= 4 && between.clone().all(|at| hedges(at) || joins(at) || page.is(at, Role::Article));
    let joint = between.clone().any(joins) || between.len() == 1;
    let (low, high) = if one.figure.lo.is_some() { (&one.figure, &other.figure) } else { (&other.figure, &one.figure) };
    let complete = low.hi.is_none() && high.lo.is_none() && low.lo < high.hi && low.lo.is_some();
    let unit_fits = one.figure.unit == other.figure.unit || one.figure.unit == Unit::Number;
    if !(joint && only && complete && unit_fits) {
        return None;
    }
    let hedge = Some(Hedge::Between);
    let unit = other.figure.unit.clone();
    let figure = Figure { hi: high.hi, hi_open: high.hi_open, hedge, unit, ..low.clone() };
    Some(FoundFigure { span: Span::new(one.span.start, other.span.end), figure, ..other.clone() })
}

/// True when the sum that begins at `start` is the one that ended before `end` in another currency: "€2.4bn (about
/// $2.6bn)", "8,5 millions de nairas, soit 5 500 dollars".
fn is_conversion(page: &Page, one_figure: &Figure, end: usize, other_figure: &Figure, start: usize) -> bool {
    let (Unit::Money(one), Unit::Money(other)) = (&one_figure.unit, &other_figure.unit) else { return false };
    let open = |at: usize| matches!(page.word(at), "(" | "[");
    let opens = |at: usize| open(at) || page.is(at, Role::Equals) || page.is(at, Role::Or);
    let passes = |at: usize| page.sense(at).hedge.is_some() || page.is(at, Role::Article) || page.is(at, Role::Equals);
    let comma = usize::from(page.kind(end) == Some(Kind::Comma) || page.is(end, Role::Equals) && open(end + 1));
    let joint = end + comma;
    // "$14 million (US$9 million)": the writer means two dollars.
    let differ = one.likeliest() != other.likeliest() || one.open_family().is_empty() != other.open_family().is_empty();
    differ
        && joint < start
        && start - joint <= 5
        && opens(joint)
        && (joint + 1..start).all(|at| passes(at) || page.kind(at) == Some(Kind::Comma))
        // "34 cents, or 20 euros" may be two prices.
        && !(page.is(joint, Role::Or) && exchange::is_unlikely(one_figure, other_figure))
}

/// "(US$16.4bn; £12bn)": another conversion behind one.
fn goes_on_converting(page: &Page, end: usize, figure: &Figure, start: usize) -> bool {
    let joint = matches!(page.word(end), "," | ";" | "/");
    joint && start == end + 1 && matches!(figure.unit, Unit::Money(_))
}

fn reading(page: &Page, at: usize) -> Option<Reading> {
    let quantity = quantity::read(page, at);
    SHAPES.iter().find_map(|shape| shape(page, at, quantity.as_ref()))
}

/// "six-figure", "neunstellig", "à neuf chiffres": [10⁸, 10⁹).
fn digits(page: &Page, at: usize, quantity: Option<&Quantity>) -> Option<Reading> {
    let number = &quantity.filter(|q| q.number.decimals == 0)?.number;
    let word = page.past_hyphen(number.end);
    if number.weak && !page.glued(word) {
        return None;
    }
    let places = number.value.to_i64().and_then(|n| i32::try_from(n).ok()).filter(|n| (1..=28).contains(n))?;
    if !page.is(word, Role::Figures) {
        return None;
    }
    let says_digits = |before: usize| [Role::To, Role::Of, Role::Graded].iter().any(|role| page.is(before, *role));
    if !(page.glued(word) || at.checked_sub(1).is_some_and(says_digits)) {
        // "six figures" may be six people, or a salary.
        return (places > 3).then(|| no_figure(word + 1));
    }
    // "in dreistelliger Millionenhöhe".
    let scale = page.scale_within(word + 1).filter(|_| page.same_line(word + 1));
    if places == 1 && scale.is_none() {
        return None;
    }
    let past = word + 1 + usize::from(scale.is_some());
    let (unit, end) = quantity::unit_after(page, past);
    let (unit, end) = if matches!(unit, Unit::Money(_)) { (unit, end) } else { (Unit::Number, past) };
    let ten = |places: i32| Decimal::power_of_ten(places + scale.unwrap_or(0));
    Some(one(at..end, open_range((ten(places - 1), ten(places)), Hedge::Digits, unit)))
}

/// "hundreds", "tens of millions of dollars", "several million", "Zehntausende".
fn vague(page: &Page, at: usize, _: Option<&Quantity>) -> Option<Reading> {
    let (first, several) = if page.is(at, Role::Several) { (at + 1, true) } else { (at, false) };
    let (mut low, mut high, mut end) = vague_word(page, first, several)?;
    // "tens of millions", "centinaia di migliaia", "several hundred thousand".
    for _ in 0..2 {
        let of = usize::from(page.is(end, Role::Of));
        let Some(power) =
            page.sense(end + of).power.filter(|p| p.exponent >= 3 && (p.can(Use::After) || p.can(Use::Vague)))
        else {
            break;
        };
        let factor = Decimal::power_of_ten(power.exponent);
        (low, high) = (low.checked_mul(factor)?, high.checked_mul(factor)?);
        end += of + 1;
    }
    let (unit, end) = quantity::unit_after(page, end);
    if page.glued(first) && first > 0 && page.kind(first - 1) != Some(Kind::Apostrophe) && !page.glued(first - 1) {
        return None;
    }
    Some(one(at..end, open_range((low, high), Hedge::Plural, unit)))
}

/// The bounds of one vague word and one past it.
fn vague_word(page: &Page, at: usize, several: bool) -> Option<(Decimal, Decimal, usize)> {
    let sense = page.sense(at);
    let ten = |exponent| Decimal::power_of_ten(exponent);
    let next_word = |exponent: i32| if exponent == 2 { ten(3) } else { ten(exponent / 3 * 3 + 3) };
    // "Zehntausende", "Hunderttausende": a power of ten glued to a plural of its own.
    let glued = page.sense(at + 1).power.filter(|power| power.can(Use::OnlyVague) && page.glued(at + 1));
    if let Some(plural) = glued {
        let is_hundred = sense.power.is_some_and(|power| power.exponent == 2);
        let is_ten = sense.cardinal == Some(Decimal::from(10));
        let low = if is_hundred {
            2
        } else if is_ten {
            1
        } else {
            return None;
        };
        return Some((ten(low + plural.exponent), ten(low + 1 + plural.exponent), at + 2));
    }
    // "mehrere zehn Millionen".
    let scale_follows = page.sense(at + 1).power.is_some_and(|power| power.exponent >= 3 && power.can(Use::After));
    if several && sense.cardinal == Some(Decimal::from(10)) && page.lexicon.grammar.noun_capitals && scale_follows {
        return Some((ten(1), ten(2), at + 1));
    }
    if let Some(group) = sense.group.filter(|group| group.below.is_some() || several) {
        let next = if group.value >= 100 { 1000 } else { 100 };
        return Some((Decimal::from(group.value), Decimal::from(group.below.unwrap_or(next)), at + 1));
    }
    let power = sense.power.filter(|power| power.can(Use::Vague) || several && power.can(Use::After))?;
    // A bare "k" or "Mio." after "some" is a slip, not a plural.
    let written_out = page.word(at).chars().count() > 3;
    written_out.then(|| (ten(power.exponent), next_word(power.exponent), at + 1))
}

/// "half of", "die Hälfte", "two thirds", "fell by a third": a share in per cent.
fn share(page: &Page, at: usize, quantity: Option<&Quantity>) -> Option<Reading> {
    let named = quantity.map_or(at, |q| page.past_hyphen(q.number.end));
    let counted = quantity.is_none_or(|q| q.number.scale == 0 && q.is_bare());
    let is_part = page.is(named, Role::Half) || page.is(named, Role::HalfNoun) || page.sense(named).fraction.is_some();
    if let Some(next) = (counted && is_part).then(|| end_of_one(page, named + 1)).flatten() {
        return Some(no_figure(next));
    }
    // "half of them"; elsewhere the half that is a share has a noun of its own.
    let english = !page.lexicon.grammar.article_counts();
    // "de tweede helft van 2025".
    if page.is(at, Role::HalfNoun) && at > 0 && page.is(at - 1, Role::Ordinal) {
        return Some(no_figure(at + 1));
    }
    let half_of = page.is(at, Role::Half) && (page.is(at + 1, Role::Of) || page.is(at + 1, Role::Article));
    let bounded = hedge::before(page, at, false).is_some_and(|(_, from)| from < at);
    if page.is(at, Role::HalfNoun) || page.is(at, Role::Half) && english && (half_of || bounded && quantity.is_none()) {
        return percent(page, at..at + 1, 1, 2);
    }
    // "la tercera parte".
    if let Some(parts) = page.sense(at).fraction.filter(|_| page.word(at).contains(' ') && quantity.is_none()) {
        let article = usize::from(at > 0 && page.is(at - 1, Role::Article));
        return percent(page, at - article..at + 1, 1, parts);
    }
    let number = &quantity.filter(|q| q.number.scale == 0 && q.number.decimals == 0)?.number;
    let word = page.past_hyphen(number.end);
    let parts = page.sense(word).fraction.filter(|_| page.same_line(word))?;
    let refused = Some(no_figure(word + 1));
    let count = number.value.to_i64()?;
    if count >= parts || count < 1 {
        return refused;
    }
    // "for two quarters", "third-party", "un quarto": only with a whole or a change beside it.
    let beside = page.is(word + 1, Role::Of) || page.is(word + 1, Role::Article);
    let article = at > 0 && page.is(at - 1, Role::Article) && count > 1 && parts <= 10;
    let whole = beside || article || bounded || hedge::is_change(page, at);
    let free = page.kind(word + 1) != Some(Kind::Dash) || !page.glued(word + 1);
    let plain = parts <= 10 && (count > 1 && parts != 4 || !number.weak && count == 1);
    // Tenths are mostly those of a point: "subió cuatro décimas".
    let of_all = page.is(word + 1, Role::Article) || page.is(word + 1, Role::Of) && page.is(word + 2, Role::Article);
    let of_point = page.is(word + 2, Role::Point) || page.is(word + 3, Role::Point);
    if parts == 10 && count > 1 && (!of_all || of_point) {
        return refused;
    }
    if whole && (free || count > 1) || plain && !number.digits {
        return percent(page, at..word + 1, count, parts);
    }
    refused
}

/// Where "of one percent", "of a percentage point", "a million" ends: a part of one of these is no share, and the one is
/// no figure.
fn end_of_one(page: &Page, at: usize) -> Option<usize> {
    let at = at + usize::from(page.is(at, Role::Of));
    let word = page.sense(at).cardinal == Some(Decimal::ONE) || page.word(at) == "1";
    let unit = page.past_hyphen(at + usize::from(word));
    let sense = page.sense(unit);
    let share = matches!(sense.measure, Some(Measure::Percent | Measure::Point));
    let scale = sense.power.is_some_and(|power| power.exponent >= 3);
    (page.same_line(unit) && (share || scale)).then_some(unit + 1)
}

/// "four in ten", "9 sur 10": no figure of its own, and its ends are none either.
fn ratio(page: &Page, _: usize, quantity: Option<&Quantity>) -> Option<Reading> {
    let number = &quantity.filter(|part| part.number.scale == 0)?.number;
    // "neuf Français sur dix".
    // But "ein Team von zehn Leuten".
    let article = number.weak && page.lexicon.grammar.noun_capitals;
    let noun = page.is_content(number.end) && !page.is(number.end, Role::Ratio) && !article;
    let joint = number.end + usize::from(noun);
    if !page.is(joint, Role::Ratio) {
        return None;
    }
    let whole = quantity::read(page, joint + 1).filter(|whole| whole.is_bare() && !whole.number.weak)?;
    let round = [5, 10, 20, 100, 1000].map(Decimal::from).contains(&whole.number.value);
    let small = whole.number.value <= Decimal::from(10);
    // "1 in 21,000".
    let one = number.value == Decimal::ONE && whole.number.value.last_place() >= 2;
    let is_ratio = (round || small || one) && number.value < whole.number.value;
    is_ratio.then(|| no_figure(whole.end))
}

/// So many of so many parts. A share said in words is as fine as its last digit that is not zero: a half is 50 % to the
/// ten; a third, which has no end, to the unit.
fn percent(page: &Page, tokens: Range<usize>, count: i64, parts: i64) -> Option<Reading> {
    let (value, is_exact) = Decimal::ratio(count.checked_mul(100)?, parts)?;
    let decimals = if is_exact { -value.last_place() } else { 0 };
    let figure = Figure::point(value, Precision::Decimals(decimals), Unit::Percent);
    let hedge = hedge::before(page, tokens.start, false).map(|(hedge, _)| hedge);
    Some(one(tokens, hedged(figure, hedge)))
}

/// "1,2 (1,1) Milliarden Euro": the year before stands in brackets, and the scale is said once.
fn around_brackets(page: &Page, at: usize, quantity: Option<&Quantity>) -> Option<Reading> {
    const LONGEST_REMARK: usize = 5;
    let number = quantity.filter(|q| q.is_bare() && q.number.digits && q.number.scale == 0)?;
    let (open, close) = (number.end, (number.end + 2..number.end + LONGEST_REMARK).find(|at| page.word(*at) == ")")?);
    let power = page.sense(close + 1).power.filter(|power| power.exponent >= 3 && power.can(Use::After))?;
    if page.word(open) != "(" || !page.same_line(close + 1) {
        return None;
    }
    let (unit, end) = quantity::unit_after(page, close + 2);
    let mut scaled = Quantity { unit, end, ..number.clone() };
    scaled.scale_by(power.exponent)?;
    let hedge = hedge::before(page, at, scaled.is_money()).map(|(hedge, _)| hedge);
    Some(Reading { drafts: vec![draft(page, scaled, hedge)], next: end })
}

/// "12, 14 and 15 million dollars": bare numbers before one that has a scale, which is said once for all.
fn list(page: &Page, _: usize, quantity: Option<&Quantity>) -> Option<Reading> {
    const LONGEST_LIST: usize = 8;
    let first = quantity?;
    // "1, 2, 3, …": a table, or anything else but sums. Nearly all lists are turned away here.
    let plain = |item: usize| page.kind(item) == Some(Kind::Numeral) && page.kind(item + 1) == Some(Kind::Comma);
    if first.is_bare() && (0..LONGEST_LIST).all(|item| plain(first.first + 2 * item)) {
        return None;
    }
    let mut items = vec![first.clone()];
    loop {
        let last = items.last()?;
        let is_open = last.number.digits && last.number.scale == 0 && !last.number.grouped;
        let comma = page.kind(last.end) == Some(Kind::Comma) && !page.glued(last.end + 1);
        let and = page.is(last.end, Role::And);
        let several = items.len() > 1;
        // One comma at least, or two sums: "$14.3 and $14.8 billion".
        let own_sign = last.is_money() && last.first > last.start;
        let sums = and && own_sign;
        // "$5, $10 million was lost": two sums, each with its own scale.
        let comma = comma && !own_sign;
        let goes_on = is_open && (comma || several && (and || page.is(last.end, Role::Or)) || sums);
        if !goes_on || items.len() == LONGEST_LIST {
            break;
        }
        let next = quantity::read_beside(page, last.end + 1, last.is_money())?;
        items.push(next);
    }
    let (last, open) = items.split_last()?;
    // "In round 3, 5 million people": two numbers with a comma between them are no list.
    if open.len() == 1 && page.kind(open[0].end) == Some(Kind::Comma) {
        return None;
    }
    let near = |item: &Quantity| {
        let (one, other) = (item.number.mantissa, last.number.mantissa);
        let ten = Decimal::from(10);
        let within = |a: Decimal, b: Decimal| a.checked_mul(ten).is_some_and(|far| far > b);
        within(one, other) && within(other, one) && (item.is_bare() || item.unit == last.unit)
    };
    if open.is_empty() || last.number.scale < 3 || !last.number.digits || !open.iter().all(near) {
        return None;
    }
    let next = last.end;
    let share = |item: &Quantity| {
        let mut item = Quantity { unit: last.unit.clone(), ..item.clone() };
        item.scale_by(last.number.scale)?;
        Some(draft(page, item, None))
    };
    let mut drafts = open.iter().map(share).collect::<Option<Vec<_>>>()?;
    drafts.push(draft(page, last.clone(), None));
    Some(Reading { drafts, next })
}

/// "between £200m and £500m", "100-300 milioni di dollari", "from 14 to 15 billion".
fn pair(page: &Page, at: usize, quantity: Option<&Quantity>) -> Option<Reading> {
    let Some(pair) = hedge::pair(page, at, quantity) else { return score(page, quantity?) };
    // "Utile netto 2025 a 1.5 milioni": the year is none of the two.
    if refuse::is_year_before(page, quantity, &pair.high) {
        return None;
    }
    let (low, high) = (pair.low, pair.high);
    let next = high.end;
    let bare = low.is_bare() && low.number.scale < 3;
    // Both ends are looked at as if alone: "2018-2020" are years at either end.
    let hedge = hedge::before(page, at, low.is_money()).map(|(hedge, _)| hedge);
    let refused =
        refuse::refuses(page, &Quantity { end: if bare { high.end } else { low.end }, ..low.clone() }, hedge.is_some())
            || refuse::refuses(page, &Quantity { start: low.start, first: low.first, ..high.clone() }, hedge.is_some());
    if refused || !pair.is_clear {
        return Some(no_figure(next));
    }
    if !pair.is_range {
        let drafts = [low, high].into_iter().map(|quantity| draft(page, quantity, None)).collect();
        return Some(Reading { drafts, next });
    }
    let decimals = low.number.decimals.max(high.number.decimals);
    let doubt = low.number.doubt.or(high.number.doubt);
    let time = high.time;
    // "entre 14.00 y 16.00 horas".
    if refuse::is_hour_of_day(page, &high) {
        return Some(no_figure(next));
    }
    let mut figure = Figure {
        lo: Some(low.number.value),
        hi: Some(high.number.value),
        lo_open: false,
        hi_open: false,
        precision: Precision::Decimals(decimals),
        hedge: Some(Hedge::Between),
        unit: high.unit.clone(),
    };
    // "up to 200-300 million": only the upper end bounds anything.
    if hedge == Some(Hedge::UpTo) {
        figure = Figure { lo: None, precision: Precision::Unstated, hedge, ..figure };
    }
    let start = if page.is(at, Role::Between) { at } else { low.start };
    let duration = time.map(|_| high);
    Some(Reading { drafts: vec![Draft { tokens: start..next, figure, doubt, duration }], next })
}

/// "3 a 1", "2 to 0": a score.
fn score(page: &Page, low: &Quantity) -> Option<Reading> {
    let high = quantity::read(page, low.end + 1).filter(|_| page.is(low.end, Role::To))?;
    let small =
        |q: &Quantity| q.is_bare() && q.number.digits && q.number.scale == 0 && q.number.value < Decimal::from(30);
    let falls = small(low) && small(&high) && high.number.value <= low.number.value && !page.is_content(high.end);
    falls.then_some(no_figure(high.end))
}

/// One quantity with its hedge.
fn single(page: &Page, at: usize, quantity: Option<&Quantity>) -> Option<Reading> {
    let Some(quantity) = quantity.cloned() else {
        // A numeral that is no number is passed as a whole, and so are number words that go on oddly.
        let word = page.sense(at).cardinal.is_some() && !page.is(at, Role::Weak);
        let numeric = page.kind(at) == Some(Kind::Numeral) || word;
        return numeric.then(|| no_figure(odd_end(page, at)));
    };
    let hedge = hedge::before(page, at, quantity.is_money());
    let mut next = quantity.end;
    if refuse::refuses(page, &quantity, hedge.is_some()) {
        return Some(no_figure(next));
    }
    // "2390 francs par mois au plus", "$400 or more per person".
    let rated = rate::per(page, quantity.end).map(|(_, end)| Quantity { end, ..quantity.clone() });
    let after = hedge::after(page, &quantity);
    next = after.map_or(next, |(_, end)| end);
    let after = after.or_else(|| hedge::after(page, &rated?));
    let hedge = match (hedge.map(|(hedge, _)| hedge), after) {
        (Some(Hedge::About | Hedge::Nearly) | None, Some((after, _))) => Some(after),
        (before, _) => before,
    };
    let draft = draft(page, quantity, hedge);
    Some(Reading { drafts: vec![draft], next })
}

/// One past a stretch of number words and digits that make no number together.
fn odd_end(page: &Page, at: usize) -> usize {
    let word = |at: usize| {
        page.kind(at) == Some(Kind::Word) && (page.sense(at).cardinal.is_some() || page.sense(at).power.is_some())
    };
    let mut end = at + 1;
    while page.same_line(page.past_hyphen(end)) && word(page.past_hyphen(end)) {
        end = page.past_hyphen(end) + 1;
    }
    end
}

fn draft(page: &Page, quantity: Quantity, hedge: Option<Hedge>) -> Draft {
    let number = &quantity.number;
    let hedge = hedge.or(number.hedge);
    let figure = Figure::point(number.value, precision(page, &quantity), quantity.unit.clone());
    Draft {
        tokens: quantity.start..quantity.end,
        figure: hedged(figure, hedge),
        doubt: number.doubt,
        duration: quantity.time.map(|_| quantity.clone()),
    }
}

/// Number words, and digits before a noun, count people or things below a hundred.
fn precision(page: &Page, quantity: &Quantity) -> Precision {
    let number = &quantity.number;
    let small = number.value.is_whole() && !number.value.is_negative() && number.value < Decimal::from(100);
    let counts = !number.digits || is_counted(page, quantity.end);
    let counted =
        quantity.is_bare() && small && counts && number.scale == 0 && number.decimals == 0 && !number.collective;
    if counted { Precision::Exact } else { Precision::Decimals(number.decimals) }
}

/// True when a noun follows the number ("8 hires", "12-member").
fn is_counted(page: &Page, end: usize) -> bool {
    let noun = page.past_hyphen(end);
    page.is_content(noun) && page.same_line(noun)
}

/// A point with a hedge laid on it.
fn hedged(point: Figure, hedge: Option<Hedge>) -> Figure {
    let Some(hedge) = hedge else { return point };
    let bound = |figure: Figure| Figure { precision: Precision::Unstated, hedge: Some(hedge), ..figure };
    match hedge {
        Hedge::MoreThan => bound(Figure { hi: None, lo_open: true, ..point }),
        Hedge::AtLeast => bound(Figure { hi: None, ..point }),
        Hedge::LessThan => bound(Figure { lo: None, hi_open: true, ..point }),
        Hedge::UpTo => bound(Figure { lo: None, ..point }),
        _ => {
            // "about three" was not counted.
            let precision = if point.precision == Precision::Exact { Precision::Decimals(0) } else { point.precision };
            Figure { hedge: Some(hedge), precision, ..point }
        }
    }
}

fn open_range((low, high): (Decimal, Decimal), hedge: Hedge, unit: Unit) -> Figure {
    let (lo, hi) = (Some(low), Some(high));
    Figure { lo, hi, lo_open: false, hi_open: true, precision: Precision::Unstated, hedge: Some(hedge), unit }
}

/// A number that is no figure: passed as a whole.
fn no_figure(next: usize) -> Reading {
    Reading { drafts: Vec::new(), next }
}

fn one(tokens: Range<usize>, figure: Figure) -> Reading {
    let next = tokens.end;
    Reading { drafts: vec![Draft { tokens, figure, doubt: None, duration: None }], next }
}

/// The figure as it leaves the module: its place, its doubts, its second reading.
fn finish(page: &Page, draft: Draft) -> FoundFigure {
    let (first, last) = (&page.tokens[draft.tokens.start], &page.tokens[draft.tokens.end - 1]);
    let mut doubts: Vec<Doubt> = draft.doubt.into_iter().collect();
    if let Unit::Money(Currency::Family(_)) = draft.figure.unit {
        doubts.push(Doubt::AmbiguousCurrency);
    }
    let choice = match draft.doubt {
        Some(Doubt::AmbiguousGrouping) => Some(Choice::OtherGrouping),
        Some(Doubt::AmbiguousScale) => Some(Choice::OtherScale),
        _ => None,
    };
    let other = choice.and_then(|choice| {
        let other = Page { choice, ..*page };
        let drafts = reading(&other, draft.tokens.start)?.drafts;
        drafts.into_iter().find(|other| other.tokens == draft.tokens && other.figure.check().is_ok())
    });
    let span = Span::new(first.start, last.end);
    let other = other.map(|draft| draft.figure).filter(|other| *other != draft.figure);
    FoundFigure { span, figure: draft.figure, other, doubts, qualifiers: Default::default(), conversion: false }
}
