//! Numbers that are no figures: dates, years, times, ordinals, labels, names, addresses, scores.
//!
//! A list of checks, each a small function of one signature. They look at a quantity nothing is attached to; what has a
//! currency, a scale or a per-cent sign is a figure by that alone, unless it is glued to what it does not belong to.

use super::page::Page;
use super::quantity::Quantity;
use super::sense::Role;
use super::token::Kind;
use crate::domain::decimal::Decimal;
use crate::domain::figure::Hedge;

type Check = fn(&Page, &Quantity) -> bool;

/// Hold for every quantity.
const ALWAYS: &[Check] =
    &[is_glued_before, is_glued_after, is_fraction, is_spelt_ordinal, is_product, is_day_and_count];
/// Hold for bare numbers.
const BARE: &[Check] = &[
    is_weak,
    is_year,
    is_date,
    is_time,
    is_minutes,
    is_ordinal,
    is_label,
    is_age,
    is_street,
    is_postcode,
    is_name,
    is_title,
    is_listing,
    is_enumerator,
    is_accounted,
];

/// True when the quantity is no figure. `hedged` says that a hedge stands before it.
pub(super) fn refuses(page: &Page, quantity: &Quantity, hedged: bool) -> bool {
    let any = |checks: &[Check]| checks.iter().any(|check| check(page, quantity));
    if any(ALWAYS) {
        return true;
    }
    if page.trusting {
        return is_weak(page, quantity) || is_time(page, quantity);
    }
    if quantity.time.is_some() {
        return is_label(page, quantity) && !hedged
            || [is_hour_of_day, is_age, is_title].iter().any(|check| check(page, quantity));
    }
    if !quantity.is_bare() || quantity.number.scale >= 3 {
        return quantity.number.weak && !quantity.is_money() || is_title(page, quantity) || is_flat(page, quantity);
    }
    if hedged && !is_year_shaped(quantity) {
        return is_weak(page, quantity) || is_date(page, quantity) || is_time(page, quantity);
    }
    any(BARE)
}

/// An article and nothing else.
fn is_weak(_: &Page, quantity: &Quantity) -> bool {
    quantity.number.weak
}

/// "A100", "GPT-4", "#3", "v.2": the number belongs to what it touches.
fn is_glued_before(page: &Page, quantity: &Quantity) -> bool {
    let at = quantity.start;
    if !page.glued(at) || at == 0 {
        return false;
    }
    match page.kind(at - 1) {
        // "d'1 milliard", "l'8%": an elided word ends there.
        Some(Kind::Word) => !page.word(at - 1).ends_with(['\'', '’']),
        Some(Kind::Apostrophe) => !(page.glued(at - 1) && page.kind(at.wrapping_sub(2)) == Some(Kind::Word)),
        Some(Kind::Numeral | Kind::Opaque | Kind::Slash) => true,
        Some(Kind::Dash) => {
            let word = page.glued(at - 1)
                && at >= 2
                && matches!(page.kind(at - 2), Some(Kind::Word | Kind::Numeral | Kind::Opaque));
            word && quantity.number.digits
        }
        Some(Kind::Stop | Kind::Comma) => {
            page.glued(at - 1) && matches!(page.kind(at.wrapping_sub(2)), Some(Kind::Word | Kind::Numeral))
        }
        Some(Kind::Symbol) => "#_=&\\*^°§№".contains(page.word(at - 1)),
        None => false,
    }
}

/// "3e", "2nd", "1990s", "5G", "8x", "10/12".
fn is_glued_after(page: &Page, quantity: &Quantity) -> bool {
    let at = quantity.end;
    if !page.glued(at) {
        return false;
    }
    match page.kind(at) {
        Some(Kind::Word) => page.sense(at).per.is_none(),
        Some(Kind::Numeral | Kind::Opaque) => true,
        Some(Kind::Slash) => quantity.is_bare() && page.sense(at).per.is_none(),
        // "401(k)".
        Some(Kind::Symbol) if page.word(at) == "(" => {
            page.glued(at + 1) && page.word(at + 1).chars().count() == 1 && page.kind(at + 1) == Some(Kind::Word)
        }
        Some(Kind::Symbol) => {
            "_=\\^°º".contains(page.word(at))
                || page.sense(at).money.is_some()
                || quantity.is_bare() && "²³¹*".contains(page.word(at))
                // A power ("10⁶"); only the first three are notes rather.
                || "⁰⁴⁵⁶⁷⁸⁹⁻".contains(page.word(at))
        }
        Some(Kind::Apostrophe) => page.glued(at + 1) && page.kind(at + 1) == Some(Kind::Numeral),
        Some(Kind::Dash) => is_glued_to_name(page, quantity),
        Some(Kind::Stop | Kind::Comma) => {
            page.glued(at + 1)
                && matches!(page.kind(at + 1), Some(Kind::Numeral | Kind::Word))
                && quantity.number.digits
                && page.kind(at) == Some(Kind::Stop)
        }
        _ => false,
    }
}

/// "4-turbo", "2025-06-17", "3-D"; but "8-member", "14-Milliarden".
fn is_glued_to_name(page: &Page, quantity: &Quantity) -> bool {
    let at = quantity.end + 1;
    if !page.glued(at) || !quantity.is_bare() || quantity.number.scale >= 3 {
        return false;
    }
    match page.kind(at) {
        Some(Kind::Numeral) => true,
        Some(Kind::Word) => {
            let short = page.word(at).chars().count() < 4;
            let decimals = quantity.number.decimals > 0;
            short || decimals || page.is_capital(at) && !page.lexicon.grammar.noun_capitals
        }
        _ => false,
    }
}

/// "two thirds", "trois cinquièmes": read as a share, or not at all.
fn is_fraction(page: &Page, quantity: &Quantity) -> bool {
    let at = page.past_hyphen(quantity.end);
    quantity.is_bare() && page.sense(at).fraction.is_some() && page.same_line(at)
}

/// "thirty-first", "one hundred and first", "vingt et unième".
fn is_spelt_ordinal(page: &Page, quantity: &Quantity) -> bool {
    let at = page.past_hyphen(quantity.end);
    let at = if page.is(at, Role::And) { page.past_hyphen(at + 1) } else { at };
    let ordinal = page.is(at, Role::Ordinal) || page.sense(at).fraction.is_some();
    let value = quantity.number.value;
    let open = value >= Decimal::from(20) && value.last_place() >= 1;
    ordinal && open && quantity.is_bare() && !quantity.number.digits && page.same_line(at)
}

/// "1.5 × 10^6", "1920 x 1080": a factor is no figure of its own.
fn is_product(page: &Page, quantity: &Quantity) -> bool {
    let times = |at: usize| matches!(page.word(at), "×" | "✕" | "·" | "x" | "X");
    let numeral = |at: usize| page.kind(at) == Some(Kind::Numeral);
    let before = quantity.start >= 2 && times(quantity.start - 1) && numeral(quantity.start - 2);
    quantity.number.digits && (times(quantity.end) && numeral(quantity.end + 1) || before)
}

/// "On June 14 300 people marched": a day and a count, where thousands are rarely grouped by a space.
fn is_day_and_count(page: &Page, quantity: &Quantity) -> bool {
    let after_month = quantity.start.checked_sub(1).is_some_and(|at| page.is(at, Role::Month));
    let mut groups = page.word(quantity.first).split_whitespace();
    let day = groups.next().and_then(|day| day.parse::<u8>().ok()).is_some_and(|day| day <= 31);
    after_month && day && groups.next().is_some() && page.lexicon.grammar.decimal != Some(',')
}

fn is_year_shaped(quantity: &Quantity) -> bool {
    let number = &quantity.number;
    let within = number.value >= Decimal::from(1500) && number.value <= Decimal::from(2150);
    number.digits && within && !number.grouped && number.decimals == 0 && number.scale == 0
}

/// "2025 a 1,5 milioni": a year before what would be the end of a range.
pub(super) fn is_year_before(page: &Page, low: Option<&Quantity>, high: &Quantity) -> bool {
    let year = low.is_some_and(|low| low.is_bare() && is_year(page, low) && low.number.value > high.number.mantissa);
    year && high.number.scale >= 3
}

/// "in 2023": four digits that could be a year are one, unless a hedge and a noun say otherwise.
fn is_year(page: &Page, quantity: &Quantity) -> bool {
    if !is_year_shaped(quantity) {
        return false;
    }
    // "bis 2030", "hasta 2030": until then.
    let bounds = |at: usize| page.sense(at).hedge.is_some() && !page.is(at, Role::To);
    let bound = quantity.start.checked_sub(1).is_some_and(bounds);
    let at = quantity.end;
    let noun = page.is_content(at) && page.same_line(at) && !page.is(at, Role::Month);
    // "above 1000 and below 1500".
    let before =
        quantity.start.saturating_sub(if page.is(quantity.start.wrapping_sub(1), Role::Article) { 3 } else { 2 });
    let side = quantity.start.checked_sub(1).and_then(|at| page.sense(at).hedge);
    let compares = matches!(side, Some(Hedge::MoreThan | Hedge::LessThan));
    let joint = page.is(before, Role::And) || page.is(before, Role::But) || page.kind(before) == Some(Kind::Numeral);
    let ends = compares && page.kind(at) != Some(Kind::Word) && joint;
    !(bound && (noun || ends))
}

/// "17 juin", "June 17", "17. Juni", "17 de junio", "lundi 17".
fn is_date(page: &Page, quantity: &Quantity) -> bool {
    let (start, end) = (quantity.start, quantity.end);
    let could_be_day = quantity.number.value <= Decimal::from(31) && quantity.number.decimals == 0;
    if !could_be_day && !is_year_shaped(quantity) {
        return false;
    }
    let dot = usize::from(page.kind(end) == Some(Kind::Stop) && page.glued(end) && page.word(end) == ".");
    let of = usize::from(page.is(end + dot, Role::Of) || page.is(end + dot, Role::Article));
    let after = page.is(end + dot + of, Role::Month);
    // "17 and 18 June", "du 3 au 5 juin", "June 17-19".
    let later = (1..=4).any(|skip| page.is(end + skip, Role::Month)) && is_day_list(page, end);
    let before = start.checked_sub(1).is_some_and(|at| page.is(at, Role::Month) || page.is(at, Role::Weekday));
    let range = start >= 2
        && page.kind(start - 1) == Some(Kind::Dash)
        && page.kind(start - 2) == Some(Kind::Numeral)
        && start >= 3
        && page.is(start - 3, Role::Month);
    after || later || before || range
}

/// True when a joint and another number follow ("17 and 18", "3 au 5").
fn is_day_list(page: &Page, end: usize) -> bool {
    let joint = matches!(page.kind(end), Some(Kind::Dash | Kind::Comma))
        || page.kind(end) == Some(Kind::Word) && page.word(end).len() <= 3;
    joint && page.kind(end + 1) == Some(Kind::Numeral)
}

/// "8 p.m.", "14 Uhr", "20 h", "8 o'clock", "a las 8".
fn is_time(page: &Page, quantity: &Quantity) -> bool {
    // "14.30 Uhr".
    let minutes = quantity.number.decimals == 2 && quantity.number.digits;
    let hour = quantity.number.value <= Decimal::from(24) && (quantity.number.decimals == 0 || minutes);
    let before = |at: usize| page.is(at, Role::ClockBefore);
    // "half past", "viertel nach", "halb": of nothing but an hour.
    let part = |at: usize| page.word(at).contains(' ') || page.sense(at).fraction.is_some();
    let before =
        quantity.start.checked_sub(1).is_some_and(|at| before(at) && (part(at) || !page.is_content(quantity.end)));
    let after = page.is(quantity.end, Role::Clock) && page.same_line(quantity.end);
    hour && (after || before)
}

/// "om 14 uur", "às 14 horas", "21.45 uur": the hour of the day, where its word is that of the length as well.
pub(super) fn is_hour_of_day(page: &Page, quantity: &Quantity) -> bool {
    let before = quantity.start.checked_sub(1).is_some_and(|at| page.is(at, Role::ClockBefore));
    let minutes = quantity.number.decimals == 2;
    let hour = quantity.time == Some("hour") && quantity.number.value <= Decimal::from(24);
    hour && quantity.number.digits && (before || minutes)
}

/// "20 h 45": the minutes.
fn is_minutes(page: &Page, quantity: &Quantity) -> bool {
    let Some(hour) = quantity.start.checked_sub(2) else { return false };
    let after_hour = page.kind(hour) == Some(Kind::Numeral) && page.is(hour + 1, Role::Clock);
    after_hour && quantity.is_bare() && quantity.number.digits && quantity.number.value < Decimal::from(60)
}

/// "Jane Roe, 34, said", "their daughter, 9, died", "Jeanne Roe, 34 ans,": an age between commas.
fn is_age(page: &Page, quantity: &Quantity) -> bool {
    let Some(name) = quantity.start.checked_sub(2) else { return false };
    let comma = |at: usize| page.kind(at) == Some(Kind::Comma);
    let closed = comma(quantity.end) || matches!(page.word(quantity.end), "." | ")" | ";");
    let named = page.is_content(name) || quantity.time.is_some();
    let could_be =
        quantity.number.digits && quantity.number.decimals == 0 && quantity.number.value <= Decimal::from(115);
    could_be && named && comma(name + 1) && closed && matches!(quantity.time, None | Some("year"))
}

/// "14 Larch Crescent", "18, rue du Port", "calle de Alcalá 14": the number of a house.
fn is_street(page: &Page, quantity: &Quantity) -> bool {
    const LONGEST_NAME: usize = 4;
    let number = &quantity.number;
    if !number.digits || number.decimals > 0 || number.mantissa > Decimal::from(9_999) {
        return false;
    }
    let street = |at: usize| page.is(at, Role::Street);
    let comma = usize::from(page.kind(quantity.end) == Some(Kind::Comma));
    let named = |at: usize| page.is_capital(at) || page.is(at, Role::Of) || page.is(at, Role::Article);
    let after = quantity.end..quantity.end + LONGEST_NAME;
    let before = quantity.start.saturating_sub(LONGEST_NAME + 1)..quantity.start;
    street(quantity.end + comma)
        || after.clone().take_while(|at| page.is_capital(*at)).any(|at| street(at) && at > quantity.end)
        || before
            .clone()
            .rev()
            .skip_while(|at| page.kind(*at) == Some(Kind::Comma))
            .take_while(|at| named(*at) || street(*at))
            .any(street)
}

/// German "die 3. Liga", "am 3. und 4. Mai": a dot, and no small word with a capital, which would begin a sentence.
fn is_ordinal(page: &Page, quantity: &Quantity) -> bool {
    let end = quantity.end;
    let dot = page.lexicon.grammar.noun_capitals && page.word(end) == "." && page.glued(end);
    dot && quantity.number.digits
        && quantity.number.value < Decimal::from(1000)
        && page.kind(end + 1) == Some(Kind::Word)
        && page.same_line(end + 1)
        && (!page.is(end + 1, Role::Stop) || !page.is_capital(end + 1))
}

/// "Apartment 12B", "221B Baker Street": a letter that would be a scale elsewhere.
fn is_flat(page: &Page, quantity: &Quantity) -> bool {
    let letter =
        quantity.end == quantity.first + 2 && page.glued(quantity.end - 1) && page.word(quantity.end - 1).len() == 1;
    letter && quantity.is_bare() && (is_label(page, quantity) || is_street(page, quantity))
}

/// How many numbers one label may stand before.
const MOST_LABELLED: usize = 8;

/// "page 12", "No. 3", "n° 4", "exits 23 and 24"; but not "3 km 200".
fn is_label(page: &Page, quantity: &Quantity) -> bool {
    let Some(mut before) = quantity.start.checked_sub(1) else { return false };
    let joins = |at: usize| {
        page.is(at, Role::And)
            || page.is(at, Role::Or)
            || page.is(at, Role::To)
            || matches!(page.kind(at), Some(Kind::Comma | Kind::Dash))
    };
    // The label stands before the first of several; what is counted has none.
    for _ in 0..MOST_LABELLED {
        let goes_on = before >= 2 && joins(before) && page.kind(before - 1) == Some(Kind::Numeral);
        if !goes_on || page.is_content(quantity.end) {
            break;
        }
        before -= 2;
    }
    if before > 0 && page.kind(before - 1) == Some(Kind::Numeral) && page.sense(before).measure.is_some() {
        return false;
    }
    page.is(before, Role::Label)
        && page.same_line(quantity.start)
        && (quantity.number.digits || !page.is_content(quantity.end))
}

/// "Windows 11", "Llama 3.1": digits after a name.
fn is_name(page: &Page, quantity: &Quantity) -> bool {
    let Some(before) = quantity.start.checked_sub(1) else { return false };
    let number = &quantity.number;
    let could_be = number.digits && !number.grouped && number.value < Decimal::from(10_000);
    let (word, next) = (page.word(before), quantity.end);
    let inner_capitals = word.chars().skip(1).any(char::is_uppercase);
    let named = (page.is_capital(before) || inner_capitals) && page.is_content(before);
    if !could_be || !named || !page.same_line(quantity.start) {
        return false;
    }
    let bounded = page.sense(next).hedge_after.is_some();
    let counted = (page.is_content(next) || bounded) && page.spaced(next);
    if inner_capitals || !counted || number.decimals > 0 {
        return true;
    }
    let grammar = &page.lexicon.grammar;
    let capital_noun = page.is_capital(next);
    match page.begins_sentence(before) {
        _ if grammar.noun_capitals => !capital_noun,
        // In a headline every word has a capital, and a capital says nothing.
        _ if capital_noun => !is_headline(page, before),
        true => !grammar.verb_first,
        false => true,
    }
}

/// "the Magnificent Seven", "Claudia Tausend": a number word with a capital inside a sentence is part of a name.
fn is_title(page: &Page, quantity: &Quantity) -> bool {
    let at = quantity.first;
    let one_word = (at + 1..quantity.end).all(|at| page.glued(at) && page.kind(at) == Some(Kind::Word));
    let single = quantity.is_bare() && !quantity.number.digits && one_word;
    let begins = page.begins_sentence(at);
    if single && begins && page.is_capital(at) && is_quoted_title(page, at) {
        return true;
    }
    // "les Cent-Jours".
    let joined = page.kind(at + 1) == Some(Kind::Dash) && page.glued(at + 2) && page.is_capital(at + 2);
    if !begins && joined && page.is_capital(at) && !quantity.number.digits && !page.lexicon.grammar.noun_capitals {
        return !is_headline(page, at);
    }
    if !single || !page.is_capital(at) || begins {
        return false;
    }
    let after_name = page.is_capital(at - 1) && page.is_content(at - 1);
    if page.lexicon.grammar.noun_capitals { after_name } else { !is_headline(page, at) }
}

/// "Cem Noites" in quotation marks: nothing but words with a capital.
fn is_quoted_title(page: &Page, at: usize) -> bool {
    const LONGEST_TITLE: usize = 6;
    let opened = at > 0 && "\"“«„".contains(page.word(at - 1));
    let words = (at..at + LONGEST_TITLE).take_while(|at| page.is_capital(*at) || page.is(*at, Role::Stop)).count();
    let closed = page.kind(at + words) == Some(Kind::Symbol) && "\"”»“".contains(page.word(at + words));
    opened && words > 1 && closed && page.is_capital(at + words - 1) && !page.lexicon.grammar.noun_capitals
}

/// "Gartenweg 17, 8004 Zürich": a postcode behind the number of a house.
fn is_postcode(page: &Page, quantity: &Quantity) -> bool {
    let start = quantity.start;
    let house = start >= 2 && page.kind(start - 1) == Some(Kind::Comma) && page.kind(start - 2) == Some(Kind::Numeral);
    let plain =
        quantity.number.digits && !quantity.number.grouped && (4..=5).contains(&page.word(quantity.first).len());
    // "75011 Paris"; where every noun has a capital it may be what is counted.
    let five = page.word(quantity.first).len() == 5 && !page.lexicon.grammar.noun_capitals && !is_headline(page, start);
    (house || five) && plain && page.is_capital(quantity.end)
}

/// "$(12.4) million": brackets that say minus between a sign and its scale.
fn is_accounted(page: &Page, quantity: &Quantity) -> bool {
    let Some(sign) = quantity.start.checked_sub(2) else { return false };
    page.word(sign + 1) == "(" && page.sense(sign).money.is_some() && page.word(quantity.end) == ")"
}

/// "(1)", "1. Introduction": the mark of a list.
fn is_enumerator(page: &Page, quantity: &Quantity) -> bool {
    let (start, end) = (quantity.start, quantity.end);
    let small = quantity.number.digits && quantity.number.value < Decimal::from(100) && quantity.number.decimals == 0;
    let closed = page.glued(end) && matches!(page.word(end), ")" | "]");
    let opened = start > 0 && page.glued(start) && matches!(page.word(start - 1), "(" | "[");
    let first = !page.same_line(start) || start == 0;
    let dot = page.glued(end) && page.word(end) == "." && page.is_capital(end + 1);
    small && (closed && (opened || first) || first && dot)
}

/// True when nearly all longer words around token `at` have capitals.
fn is_headline(page: &Page, at: usize) -> bool {
    let around = at.saturating_sub(8)..(at + 8).min(page.tokens.len());
    let long = || around.clone().filter(|at| page.kind(*at) == Some(Kind::Word) && page.word(*at).chars().count() > 3);
    let capitals = long().filter(|at| page.is_capital(*at)).count();
    capitals >= 4 && capitals * 5 >= long().count() * 4
}

/// "01 23 45 67", "+41 44": numbers in a row.
fn is_listing(page: &Page, quantity: &Quantity) -> bool {
    if !quantity.number.digits {
        return false;
    }
    let near = |at: usize, other: Option<usize>| {
        other.is_some_and(|other| page.kind(other) == Some(Kind::Numeral) && page.spaced(at))
    };
    let plus = quantity.start.checked_sub(1).is_some_and(|at| page.word(at) == "+" && page.glued(quantity.start));
    let after_year = |other: usize| page.word(other).len() == 4;
    let before = near(quantity.start, quantity.start.checked_sub(1)) && !after_year(quantity.start - 1);
    plus || before || near(quantity.end, Some(quantity.end))
}
