//! A number with its currency or unit: "$14.8 billion", "14 milliards de dollars", "49-Prozent".

use super::number::{self, Number};
use super::page::Page;
use super::sense::{Measure, Money, Role};
use super::token::Kind;
use crate::domain::decimal::Decimal;
use crate::domain::unit::{Currency, CurrencyCode, Unit};

/// A number, its unit, and the tokens they take.
#[derive(Clone, Debug)]
pub(super) struct Quantity {
    /// First token: the sign or currency, where one stands before the number.
    pub start: usize,
    /// The first token of the number itself.
    pub first: usize,
    /// One past the last token.
    pub end: usize,
    /// The number, with its sign.
    pub number: Number,
    /// Its unit.
    pub unit: Unit,
    /// A length of time ("year"), where the unit is one.
    pub time: Option<&'static str>,
    /// The power of ten in which its currency is counted: −2 for "cents".
    pub counted_in: i32,
}

impl Quantity {
    /// True for a bare number: nothing beside it says what it is.
    pub fn is_bare(&self) -> bool {
        self.unit == Unit::Number
    }

    /// Multiplies the number by a power of ten.
    pub fn scale_by(&mut self, exponent: i32) -> Option<()> {
        self.number.value = self.number.value.checked_mul(Decimal::power_of_ten(exponent))?;
        self.number.decimals -= exponent;
        self.number.scale = self.number.scale.max(exponent);
        Some(())
    }

    /// True for a sum of money.
    pub fn is_money(&self) -> bool {
        matches!(self.unit, Unit::Money(_))
    }
}

/// Reads the quantity that begins at token `at`: sign, currency, number, unit.
pub(super) fn read(page: &Page, at: usize) -> Option<Quantity> {
    read_beside(page, at, false)
}

/// The same, where `near` says that a currency has been named just before ("£3-4m").
pub(super) fn read_beside(page: &Page, at: usize, near: bool) -> Option<Quantity> {
    let (minus, before) = sign(page, at);
    let (money, first) = money_before(page, before);
    let (minus, first) = match (minus, money) {
        // "$-5".
        (false, Some(_)) if page.kind(first) == Some(Kind::Dash) && page.glued(first + 1) => (true, first + 1),
        _ => (minus, first),
    };
    let mut number = number::read(page, first, near || money.is_some())?;
    if number.weak && money.is_some() {
        return None;
    }
    if minus {
        number.value = -number.value;
        number.mantissa = -number.mantissa;
    }
    let quantity =
        Quantity { start: at, first, end: number.end, number, unit: Unit::Number, time: None, counted_in: 0 };
    attach(page, quantity, money)
}

/// True with the token after a minus, when one stands at `at` before a number or its currency.
fn sign(page: &Page, at: usize) -> (bool, usize) {
    let free = !page.glued(at) || matches!(page.kind(at.wrapping_sub(1)), Some(Kind::Symbol));
    // "- 10 k" is the mark of a list before anything but the number itself.
    let alone = || {
        let number = number::read(page, at + 1, false);
        at == 0
            && number.is_some_and(|n| {
                page.is_all(0..n.end) || page.is_all(0..n.end + 1) && page.sense(n.end).measure.is_some()
            })
    };
    let dash = page.kind(at) == Some(Kind::Dash) && free && (page.glued(at + 1) || alone());
    let word = page.kind(at) == Some(Kind::Word) && page.is(at, Role::Minus) && page.sense(at).hedge.is_none();
    let follows = |at: usize| number::may_begin(page, at) || money_before(page, at).0.is_some();
    if dash || (word && follows(at + 1)) { (true, at + 1) } else { (false, at) }
}

/// The currency before a number: a sign or a code ("$", "US$", "EUR", "Rs."), glued or after one space.
fn money_before<'a>(page: &Page<'a>, at: usize) -> (Option<&'a Money>, usize) {
    let sense = page.sense(at);
    let Some(money) = sense.money.as_ref().filter(|money| money.scale == 0) else { return (None, at) };
    let next = at + 1;
    // "paid in dollars 42 times": a name stands before its number only at the beginning ("Euro 15,95"), or before a long
    // one that counts nothing ("em dólar 22500000").
    let long = page.kind(next) == Some(Kind::Numeral) && page.word(next).len() > 4 && !page.is_content(next + 1);
    if !sense.is(Role::Sign) && (sense.is(Role::LooseMoney) || !page.begins_sentence(at) && !long) {
        return (None, at);
    }
    // "COP28".
    let short = page.word(next).len() < 3 && page.sense(next + 1).power.is_none();
    let follows = page.same_line(next) && (!sense.is(Role::WaryCode) || page.glued(next) && !short);
    let minus = sense.is(Role::Sign) && page.kind(next) == Some(Kind::Dash) && page.glued(next + 1);
    let is_number = number::may_begin(page, next) || (minus && page.kind(next + 1) == Some(Kind::Numeral));
    if follows && is_number { (Some(money), at + 1) } else { (None, at) }
}

/// True for "$" and "€", which are no words.
fn is_sign(page: &Page, at: usize) -> bool {
    page.kind(at) == Some(Kind::Symbol)
}

/// Attaches what follows the number.
fn attach(page: &Page, mut quantity: Quantity, before: Option<&Money>) -> Option<Quantity> {
    let end = quantity.end;
    if let Some(money) = before {
        quantity.unit = Unit::Money(money.currency.clone());
        // "Fr. 25.–".
        if is_price_dash(page, end) {
            quantity.end = end + 2;
        }
    }
    let at = price_dash(page, end);
    let unit_at = page.past_hyphen(at);
    // "millions of", "milliards de", "centaines d'": a scale and its noun.
    let of = page.is(unit_at, Role::Of) && is_noun_number(&quantity.number);
    let unit_at = unit_at + usize::from(of);
    let sense = page.sense(unit_at);
    let weak = quantity.number.weak;
    if let Some(money) = sense.money.as_ref().filter(|_| follows_as_money(page, &quantity, unit_at, before)) {
        if let Some(currency) = merged(before, money) {
            quantity.unit = Unit::Money(currency);
            quantity.end = unit_at + 1;
            return counted_in(page, quantity, money);
        }
        return Some(quantity);
    }
    // "MUSD", "kEUR".
    if let Some((exponent, code)) = scale_and_code(page, unit_at).filter(|_| before.is_none() && !weak) {
        quantity.scale_by(exponent)?;
        quantity.unit = Unit::Money(Currency::Known(code));
        quantity.end = unit_at + 1;
        return Some(quantity);
    }
    if before.is_some() || weak {
        return Some(quantity);
    }
    // "14 m" over a line break is no metre.
    // "Aurora 11 ha attraccato": an Italian verb.
    let verb = sense.is(Role::WaryCode) && page.is_content(unit_at + 1);
    // "44.6C", but not "12C".
    let letter = sense.is(Role::Glued) && !(page.glued(unit_at) && quantity.number.decimals > 0);
    let Some(measure) = sense.measure.filter(|_| page.same_line(unit_at) && !verb && !letter) else {
        return Some(quantity);
    };
    quantity.end = unit_at + 1;
    match measure {
        Measure::Percent => quantity.unit = Unit::Percent,
        Measure::Point => quantity.unit = Unit::PercentagePoint,
        Measure::Time(time) => {
            quantity.unit = Unit::Other(time.to_string());
            quantity.time = Some(time);
        }
        Measure::Other(name) => quantity.unit = Unit::Other(name.to_string()),
    }
    half_more(page, &mut quantity)?;
    if page.is(quantity.end, Role::BelowZero) && !quantity.number.value.is_negative() {
        quantity.number.value = -quantity.number.value;
        quantity.number.mantissa = -quantity.number.mantissa;
        quantity.end += 1;
    }
    Some(quantity)
}

/// "dois anos e meio", "five miles and a half".
fn half_more(page: &Page, quantity: &mut Quantity) -> Option<()> {
    let at = quantity.end + 1 + usize::from(page.is(quantity.end + 1, Role::Weak));
    let next = page.sense(at + 1);
    let own = next.power.is_some() || next.measure.is_some() || next.group.is_some() || page.is(at + 1, Role::Weak);
    let follows = page.is(quantity.end, Role::And) && page.is(at, Role::Half) && !own;
    if follows && quantity.number.decimals == 0 && matches!(quantity.unit, Unit::Other(_)) {
        quantity.number.value = quantity.number.value.checked_add(Decimal::new(5, -1))?;
        quantity.number.decimals = 1;
        quantity.end = at + 1;
    }
    Some(())
}

/// True for a number whose last word is a noun, which takes "of" before what it counts: "millions de", "dizaine de".
fn is_noun_number(number: &Number) -> bool {
    number.scale >= 6 || number.collective || number.value >= Decimal::power_of_ten(6)
}

/// Passes the dash of "15,- €".
fn price_dash(page: &Page, at: usize) -> usize {
    if is_price_dash(page, at) && page.sense(at + 2).money.is_some() { at + 2 } else { at }
}

fn is_price_dash(page: &Page, at: usize) -> bool {
    let mark = matches!(page.kind(at), Some(Kind::Comma | Kind::Stop)) && page.glued(at);
    let goes_on = page.glued(at + 2) && matches!(page.kind(at + 2), Some(Kind::Numeral | Kind::Word));
    mark && page.kind(at + 1) == Some(Kind::Dash) && page.glued(at + 1) && !goes_on
}

/// True when the currency at `at` belongs to the quantity before it, not to the number after.
fn follows_as_money(page: &Page, quantity: &Quantity, at: usize, before: Option<&Money>) -> bool {
    let sense = page.sense(at);
    let glued = page.glued(at);
    // "in 2024 $100 million": the sign belongs to what follows it, unless it touches this number.
    let touches = glued && at == quantity.end;
    let prefix = is_sign(page, at) && !touches && page.glued(at + 1) && number::may_begin(page, at + 1);
    // "Rs 500 crore-Rs 600 crore".
    let behind_dash = before.is_some() && at > quantity.end && page.kind(at - 1) == Some(Kind::Dash);
    let prefix = prefix || behind_dash && sense.is(Role::Sign) && number::may_begin(page, at + 1);
    // "8 TOP EXECS", "3 won medals": beside a scale, or where no such word follows.
    let capitals = |at: usize| page.word(at).len() > 1 && page.word(at).bytes().all(|b| b.is_ascii_uppercase());
    let wary = sense.is(Role::WaryCode) && !glued && quantity.number.scale < 3 && capitals(at + 1);
    let wary = wary || (sense.is(Role::LooseMoney) && quantity.number.scale < 3);
    // An article is a number before a currency's name ("un euro"), in languages where it is the numeral as well.
    let article = quantity.number.weak && (!page.lexicon.grammar.article_counts() || page.is_content(at + 1));
    // "15p", but neither "1080p" nor "15 p".
    let letter = sense.is(Role::Glued);
    let fits = touches && (quantity.number.decimals > 0 || quantity.number.value <= Decimal::from(200));
    !prefix && !wary && !article && (!letter || fits) && (before.is_none() || page.same_line(at))
}

/// The currency said twice ("US$100 million dollars", "$100 CAD"): the narrower one; `None` where they contradict.
fn merged(before: Option<&Money>, after: &Money) -> Option<Currency> {
    match before {
        None => Some(after.currency.clone()),
        Some(_) if after.scale != 0 => None,
        Some(before) => narrower(&before.currency, &after.currency),
    }
}

/// Of two names of one currency the one that says more; `None` where they contradict.
pub(super) fn narrower(one: &Currency, other: &Currency) -> Option<Currency> {
    match (one, other) {
        (Currency::Family(members), Currency::Known(code)) if members.contains(code) => Some(other.clone()),
        (Currency::Known(code), Currency::Family(members)) if members.contains(code) => Some(one.clone()),
        (Currency::Family(wide), Currency::Family(narrow)) => {
            let shared: Vec<CurrencyCode> = narrow.iter().filter(|code| wide.contains(code)).copied().collect();
            match shared[..] {
                [] => None,
                [code] => Some(Currency::Known(code)),
                _ => Some(Currency::Family(shared)),
            }
        }
        _ if one == other => Some(one.clone()),
        _ => None,
    }
}

/// "34 cents" are 0.34, "3 mdp" three million pesos; "20 euros and 43 cents" are one sum.
fn counted_in(page: &Page, mut quantity: Quantity, money: &Money) -> Option<Quantity> {
    if money.scale != 0 {
        quantity.scale_by(money.scale)?;
        quantity.counted_in = money.scale;
        return Some(quantity);
    }
    let with = page.is(quantity.end, Role::Point);
    let joint = page.is(quantity.end, Role::And) || with;
    let at = quantity.end + usize::from(joint && page.kind(quantity.end) == Some(Kind::Word));
    if quantity.number.scale >= 3 || quantity.number.decimals != 0 || !number::may_begin(page, at) {
        return Some(quantity);
    }
    let cents = number::read(page, at, false).filter(|n| n.value < Decimal::from(100) && n.decimals == 0);
    let Some(cents) = cents else { return Some(quantity) };
    // "zwei Euro fünfzig", "trois euros cinquante".
    let noun = page.is_content(cents.end) && (page.is_capital(cents.end) || !page.lexicon.grammar.noun_capitals);
    let two = !cents.digits || page.word(at).len() == 2;
    let noun = noun || cents.digits && page.sense(cents.end).measure.is_some();
    // "25 euros con 50", "twenty ringgit and 43": with nothing behind.
    let ends = with && !noun || matches!(page.kind(cents.end), None | Some(Kind::Stop | Kind::Comma));
    let spoken = two && cents.value >= Decimal::from(10) && !noun && (at == quantity.end || ends);
    let named = page.sense(cents.end).money.as_ref().is_some_and(Money::is_minor);
    if named || spoken {
        let fraction = cents.value.checked_mul(Decimal::power_of_ten(-2))?;
        quantity.number.value = quantity.number.value.checked_add(fraction)?;
        quantity.number.decimals = 2;
        quantity.end = cents.end + usize::from(named);
    }
    Some(quantity)
}

/// "MUSD": an abbreviated scale and a code in one word.
fn scale_and_code(page: &Page, at: usize) -> Option<(i32, CurrencyCode)> {
    if page.kind(at) != Some(Kind::Word) {
        return None;
    }
    let word = page.word(at);
    let exponent = match word.len().checked_sub(3).map(|cut| word.get(..cut))?? {
        "k" | "K" | "T" => 3,
        "M" | "m" | "Mio" | "Mn" | "mn" => 6,
        "Md" | "Mds" | "Mrd" | "bn" | "Bn" | "B" | "G" => 9,
        _ => return None,
    };
    Some((exponent, word[word.len() - 3..].parse().ok()?))
}

/// Attaches the unit after a vague plural ("millions of dollars"): its unit, and one past its last token.
pub(super) fn unit_after(page: &Page, end: usize) -> (Unit, usize) {
    let at = page.past_hyphen(end);
    let of = page.is(at, Role::Of);
    let sense = page.sense(at + usize::from(of));
    let unit = match (&sense.money, sense.measure) {
        (Some(money), _) if money.scale == 0 => Unit::Money(money.currency.clone()),
        (_, Some(Measure::Time(name) | Measure::Other(name))) => Unit::Other(name.to_string()),
        _ => return (Unit::Number, end),
    };
    (unit, at + usize::from(of) + 1)
}
