//! Numbers of digits, of words and of both: "14.3 billion", "quatre-vingt-dix", "three and a half million".
//!
//! The reader keeps a group below the next scale ("three hundred and five") and a short list of finished parts
//! ("two million", "three hundred thousand"); a scale multiplies every smaller part before it, so "dos mil
//! trescientos millones" needs no rule of its own. A number that goes on in a way the reader does not know gives
//! nothing, rather than its first half. Halves and fractions are in `number/part.rs`.

mod part;

use self::part::{half, is_share};
use super::numeral::{self, Stated};
use super::page::{Choice, Page};
use super::power;
use super::sense::{And, Power, Role, Use};
use super::token::Kind;
use crate::domain::decimal::Decimal;
use crate::domain::figure::{Doubt, Hedge};

/// A number as read.
#[derive(Clone, Debug, Default)]
pub(super) struct Number {
    /// One past its last token.
    pub end: usize,
    /// The value.
    pub value: Decimal,
    /// Place of the last stated digit, as [`Precision::Decimals`](crate::domain::figure::Precision) has it.
    pub decimals: i32,
    /// The digits of it are written as digits.
    pub digits: bool,
    /// Thousands are grouped.
    pub grouped: bool,
    /// The largest power of ten from a word of scale (thousand and up), 0 without.
    pub scale: i32,
    /// The value before that scale.
    pub mantissa: Decimal,
    /// It is an article and nothing else ("a", "un").
    pub weak: bool,
    /// Counted in dozens or the like, so rounded.
    pub collective: bool,
    /// What the number says of itself: "about" in "une dizaine", "at least" in "100+ million".
    pub hedge: Option<Hedge>,
    /// It ends in a word for hundred, which a range says once ("two to three hundred").
    pub hundreds: bool,
    /// A second reading exists.
    pub doubt: Option<Doubt>,
}

/// Most parts that a number has: one per scale.
const PARTS: usize = 8;

/// How a word follows the one before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Space, nothing or a hyphen.
    Plain,
    /// "and".
    And,
}

struct Reader<'p, 'a> {
    page: &'p Page<'a>,
    /// Its first token.
    first: usize,
    at: usize,
    /// A currency stands before the number, so "m" cannot be metres.
    money: bool,
    /// What the words so far say of the number; its value and scale are added up at the end.
    number: Number,
    parts: [Stated; PARTS],
    used: usize,
    group: Option<Stated>,
    /// Scales are smaller than this.
    limit: i32,
    /// The scale read last; the next part must be smaller.
    last_scale: i32,
    largest_scale: i32,
    mantissa: Option<Decimal>,
    /// Scales follow each other and nothing else ("mil milhões"): the first factor, and their exponent together.
    chain: Option<(Decimal, i32)>,
    /// Its words mean one thing or another, and nothing tells which.
    unclear: bool,
    /// An "and" joined two of its words.
    linked: bool,
    closed: bool,
}

/// Reads the number that begins at token `at`. `money` says that a currency stands before it.
pub(super) fn read(page: &Page, at: usize, money: bool) -> Option<Number> {
    read_below(page, at, money, i32::MAX)
}

/// The same with no scale of `limit` or more, which also bounds how deep one number can lie in another.
fn read_below(page: &Page, at: usize, money: bool, limit: i32) -> Option<Number> {
    let mut reader = Reader {
        page,
        first: at,
        at,
        money,
        number: Number::default(),
        parts: Default::default(),
        used: 0,
        group: None,
        limit,
        last_scale: i32::MAX,
        largest_scale: 0,
        mantissa: None,
        chain: None,
        unclear: false,
        linked: false,
        closed: false,
    };
    if !reader.first() {
        return None;
    }
    while !reader.closed && reader.next() {}
    reader.finish()
}

/// True when a number of words or digits begins at token `at`, whatever comes of it.
pub(super) fn may_begin(page: &Page, at: usize) -> bool {
    page.kind(at) == Some(Kind::Numeral) || page.sense(at).is_numeric()
}

impl Reader<'_, '_> {
    fn first(&mut self) -> bool {
        if self.page.kind(self.at) == Some(Kind::Numeral) {
            return self.numeral(self.at);
        }
        let sense = self.page.sense(self.at);
        if sense.is(Role::Half) || sense.fraction.is_some() {
            return self.part(self.at);
        }
        if let Some(value) = sense.cardinal {
            self.group = Some(word_value(value));
            self.number.weak = sense.is(Role::Weak) && !self.is_counted_one();
            self.at += 1;
            // Inside a number it is one.
            return self.limit < i32::MAX || self.guarded();
        }
        match sense.power {
            Some(power) if power.can(Use::Alone) => {
                self.group = Some(word_value(Decimal::ONE));
                self.scale(self.at, power)
            }
            _ => false,
        }
    }

    /// False where the words around it say that a number word is no number ("no one", "one of").
    fn guarded(&self) -> bool {
        let sense = self.page.sense(self.at - 1);
        let is_one_of =
            |words: &[String], at: usize| words.iter().any(|word| super::lexicon::same_word(word, self.page.word(at)));
        let next = self.page.past_hyphen(self.at);
        let follower = self.page.sense(next);
        // "only one and a half million", "the one or two people", "between one and two".
        let goes_on = self.half_follows() || self.choice_follows();
        let counts = goes_on || self.page.is_content(next) || follower.is_numeric() || follower.money.is_some();
        let counts = counts || follower.is(Role::Point) || follower.is(Role::Ratio) || follower.measure.is_some();
        // "negative one".
        let minus = self.at >= 2 && self.page.is(self.at - 2, Role::Minus);
        if sense.before_noun && !counts && !minus && self.page.tokens.len() > 1 {
            return false;
        }
        let before = self.at >= 2 && is_one_of(&sense.not_after, self.at - 2);
        goes_on || !before && !is_one_of(&sense.not_before, next) && !is_one_of(&sense.not_before, self.at)
    }

    /// "um": as the whole text the article is the number, where it is the numeral as well.
    fn is_counted_one(&self) -> bool {
        self.page.lexicon.grammar.article_counts() && self.limit == i32::MAX && self.page.is_all(self.at..self.at + 1)
    }

    fn half_follows(&self) -> bool {
        let (at, link) = self.link();
        let half = if self.page.is(at, Role::Weak) { self.page.past_hyphen(at + 1) } else { at };
        link == Link::And && self.page.is(half, Role::Half)
    }

    fn choice_follows(&self) -> bool {
        let page = self.page;
        let between = self.at >= 2 && page.is(self.at - 2, Role::Between) && page.is(self.at, Role::And);
        let joint = between || page.is(self.at, Role::Or) || page.is(self.at, Role::To);
        joint && page.sense(self.at + 1).cardinal.is_some_and(|n| n > Decimal::ONE)
    }

    /// Takes the next word, if it belongs to the number.
    fn next(&mut self) -> bool {
        let (at, link) = self.link();
        let page = self.page;
        if page.kind(at) == Some(Kind::Numeral) {
            return link == Link::Plain && self.vulgar(at) || self.lesser_numeral(at, link);
        }
        let sense = page.sense(at);
        if page.kind(at) == Some(Kind::Comma) {
            return self.after_comma(at);
        }
        if link == Link::And && self.lesser_part(at) {
            return true;
        }
        if sense.is(Role::HalfMore) {
            return self.add_part(half(), at + 1);
        }
        if let Some((part, end)) = self.part_more(at).filter(|_| link == Link::And) {
            return self.add_part(part, end);
        }
        if (self.number.weak && sense.is(Role::Half) || self.counts_parts(at)) && self.part(at) {
            return true;
        }
        if self.divided(at, link) {
            return true;
        }
        // "mille et un": after a thousand, one is the numeral.
        if self.group.is_none() && self.last_scale == 3 && self.one_joins(at) {
            return self.cardinal(at, Decimal::ONE, link);
        }
        if self.group.is_none()
            && sense.is_numeric()
            && (link == Link::And || self.last_scale > 3)
            && !self.number.digits
        {
            return self.lesser_number(at, link);
        }
        if let Some(group) = sense.group.filter(|group| link == Link::Plain && group.counts) {
            return self.collective(at, group.value, group.about);
        }
        if page.word(at) == "+" && page.glued(at) && self.number.digits {
            return self.at_least_scale(at + 1);
        }
        if let Some(power) = sense.power.filter(|power| link == Link::Plain && self.usable(at, power)) {
            return self.scale(at, power);
        }
        if let Some(value) = sense.cardinal {
            return self.cardinal(at, value, link);
        }
        sense.is(Role::Point) && link == Link::Plain && self.spoken_decimals(at)
    }

    /// "otto miliardi, settecento milioni e centomila": only where they are the whole text; of anything else they would be
    /// a list.
    fn after_comma(&mut self, at: usize) -> bool {
        /// Most tokens of a number in words.
        const LONGEST: usize = 64;
        let page = self.page;
        let part =
            |at: usize| page.sense(at).is_numeric() || page.is(at, Role::And) || page.kind(at) == Some(Kind::Comma);
        let scaled = self.last_scale >= 6 && self.last_scale < i32::MAX && self.group.is_none() && !self.number.digits;
        let all = scaled && page.is_short(LONGEST) && (0..page.tokens.len()).all(part);
        all && self.lesser_scaled(at + 1)
    }

    /// True where the word at `at` is one, and one here is no article: "cent un", "mil uno".
    fn one_joins(&self, at: usize) -> bool {
        self.page.lexicon.grammar.one_joins && self.page.is(at, Role::Weak)
    }

    /// Words of a smaller scale.
    fn lesser_scaled(&mut self, at: usize) -> bool {
        let number = read_below(self.page, at, false, self.last_scale).filter(|n| !n.digits && !n.weak && n.scale >= 3);
        let Some(number) = number else { return false };
        self.group = Some(Stated { value: number.value, decimals: number.decimals });
        (self.at, self.closed) = (number.end, true);
        true
    }

    /// "100+ million".
    fn at_least_scale(&mut self, at: usize) -> bool {
        let power = self.page.sense(at).power.filter(|power| power.exponent >= 3 && self.usable_after(at, power, at));
        let read = power.is_some_and(|power| self.scale(at, power));
        if read {
            self.number.hedge = Some(Hedge::AtLeast);
        }
        read
    }

    /// The token after a hyphen or an "and", and which it was.
    fn link(&self) -> (usize, Link) {
        let at = self.page.past_hyphen(self.at);
        if !self.page.is(at, Role::And) || self.page.kind(at) != Some(Kind::Word) {
            return (at, Link::Plain);
        }
        (self.page.past_hyphen(at + 1), Link::And)
    }

    fn numeral(&mut self, at: usize) -> bool {
        let page = self.page;
        let after = page.past_hyphen(at + 1);
        let scaled = page.sense(after).power.is_some_and(|power| self.usable_after(after, &power, at + 1));
        let Some(numeral) = numeral::read(page.word(at), page.lexicon.grammar.decimal, scaled) else {
            return self.fraction(at, scaled || is_share(page, after));
        };
        if numeral.other.is_some() {
            self.number.doubt = Some(Doubt::AmbiguousGrouping);
        }
        let stated = numeral.other.filter(|_| page.choice == Choice::OtherGrouping).unwrap_or(numeral.stated);
        self.group = Some(stated);
        self.number.digits = true;
        self.number.grouped |= numeral.grouped;
        self.at = at + 1;
        if let Some((stated, end)) = power::read(page, at, stated) {
            self.group = Some(stated);
            (self.at, self.closed, self.number.grouped) = (end, true, true);
        }
        true
    }

    /// "1 Milliarde 200 Millionen", "1 milione e 200 mila": digits go on only before a smaller scale.
    fn lesser_numeral(&mut self, at: usize, link: Link) -> bool {
        if link == Link::And && !self.page.joins {
            return false;
        }
        let smaller = |power: Power| power.exponent < self.last_scale && power.can(Use::After);
        let below_hundred = self.number.hundreds && self.number.digits && link == Link::And;
        if let Some(group) = self.group.filter(|group| below_hundred && group.value.last_place() >= 2) {
            return self.below_hundred(at, group.value);
        }
        // "2 mil 350 millones": the scale after it multiplies both.
        let both = |power: Power| self.last_scale == 3 && power.exponent > 3 && power.can(Use::After);
        let next = self.page.sense(at + 1).power;
        // "65 mil 300 dólares": as spoken, the thousand is a word and the rest three digits.
        let rest = self.page.word(at);
        let hundreds = rest.len() == 3 && rest.parse().is_ok_and(|rest: u16| rest >= 100);
        if self.last_scale == 3 && self.number.digits && self.group.is_none() && hundreds && next.is_none() {
            return link == Link::Plain && self.numeral(at);
        }
        if self.group.is_some() || self.used == 0 || !next.is_some_and(|power| smaller(power) || both(power)) {
            return false;
        }
        self.numeral(at)
    }

    /// "3 hundred and 21".
    fn below_hundred(&mut self, at: usize, hundreds: Decimal) -> bool {
        let small = numeral::read(self.page.word(at), None, false).map(|numeral| numeral.stated);
        let small = small.filter(|small| small.decimals == 0 && small.value < Decimal::from(100));
        let alone = self.page.sense(at + 1).power.is_none() && self.page.sense(at + 1).measure.is_none();
        let Some(value) = small.filter(|_| alone).and_then(|small| hundreds.checked_add(small.value)) else {
            return false;
        };
        self.group = Some(Stated { value, decimals: 0 });
        self.at = at + 1;
        true
    }

    /// "two million three hundred thousand", "due milioni e cinquecentomila": what follows a scale is a smaller number
    /// as a whole. A few after millions are rather of another kind ("two million and three", "one million two years ago").
    fn lesser_number(&mut self, at: usize, link: Link) -> bool {
        // A scale of its own multiplies all that is before it: "dos mil millones".
        let lesser = self.page.sense(at).power.is_none_or(|power| power.exponent < self.last_scale);
        let may = (self.page.joins || link == Link::Plain) && self.used > 0 && lesser;
        let Some(number) =
            may.then(|| read_below(self.page, at, false, self.last_scale)).flatten().filter(|n| !n.digits && !n.weak)
        else {
            return false;
        };
        // "un millón y doscientos mil", but "un millón y doscientos" only where "and" joins any two.
        let linked = self.page.lexicon.grammar.and != And::Tens || number.scale >= 3 || link == Link::Plain;
        let fits = linked && number.value < Decimal::power_of_ten(self.last_scale) && !number.collective;
        let few = if link == Link::And { 100 } else { 10 };
        let few = number.value < Decimal::from(few);
        let years = number.value < Decimal::from(100) && self.page.sense(number.end).measure.is_some();
        if !fits || (self.last_scale > 3 && (few || years)) {
            return false;
        }
        self.group = Some(Stated { value: number.value, decimals: number.decimals });
        // "mille e cinquecento miliardi": the scale multiplies both.
        let follower = self.page.sense(number.end).power;
        let larger = follower.is_some_and(|power| self.last_scale == 3 && power.exponent > 3);
        self.closed = !(larger && number.value >= Decimal::from(100));
        self.at = number.end;
        true
    }

    fn cardinal(&mut self, at: usize, value: Decimal, link: Link) -> bool {
        // "eintausendeinhundert": inside a compound the article is the numeral.
        let in_compound = self.page.glued(at) || (self.page.glued(at + 1) && self.page.sense(at + 1).is_numeric());
        let weak = self.page.is(at, Role::Weak) && !in_compound && !self.one_joins(at);
        let Some(sum) = self.joined(value, weak, link) else { return false };
        // "one hundred and two hundred": what would be added is a number of its own.
        if link == Link::And && self.goes_on_as_its_own(at) {
            return false;
        }
        self.linked |= link == Link::And;
        self.group = Some(word_value(sum));
        self.number.weak = false;
        self.at = at + 1;
        true
    }

    fn goes_on_as_its_own(&self, at: usize) -> bool {
        let after = self.page.past_hyphen(at + 1);
        let power = self.page.sense(after).power;
        let grammar = &self.page.lexicon.grammar;
        let reversed = grammar.reversed && self.page.glued(at);
        // "cento e vinte e oito milhões": after a ten only a unit follows.
        let unit =
            grammar.and == And::All && self.group.and_then(|group| group.value.to_i64()).is_some_and(|n| n % 100 != 0);
        !reversed
            && !unit
            && (grammar.and != And::Tens || self.group.is_none())
            && power.is_some_and(|p| p.can(Use::After) && (p.exponent == 2 || p.exponent >= self.last_scale))
    }

    /// The group with `value` added, where the language adds them so.
    fn joined(&self, value: Decimal, weak: bool, link: Link) -> Option<Decimal> {
        let grammar = &self.page.lexicon.grammar;
        let Some(group) = self.group else {
            // A new group after a scale: "two thousand three". Digits before the scale end it: "$2 million two years ago".
            let linked = link == Link::And && self.page.joins && value == Decimal::ONE;
            let may = self.used > 0
                && (link == Link::Plain || linked)
                && !weak
                && !self.number.digits
                && self.last_scale == 3;
            return (may && value < Decimal::power_of_ten(self.last_scale.min(30))).then_some(value);
        };
        if self.number.digits || !group.value.is_whole() || !value.is_whole() {
            return None;
        }
        let (group, value) = (group.value.to_i64()?, value.to_i64()?);
        let sum = || Some(Decimal::from(group + value));
        let (rest, tens) = (group % 100, group % 100 / 10 * 10);
        if link == Link::And {
            let glued = self.page.glued(self.at);
            // "two hundred and a car".
            let article = weak && !grammar.one_joins;
            if (!self.page.joins && !glued) || article {
                return None;
            }
            let after_tens = tens >= 20 && group % 10 == 0 && value < 10;
            let teens = grammar.vigesimal && rest == 60 && value == 11;
            let after_hundreds = rest == 0 && value < 100;
            let reversed = grammar.reversed && (1..10).contains(&rest) && (20..100).contains(&value) && value % 10 == 0;
            let fits = match grammar.and {
                And::Tens => after_tens || teens,
                And::Hundreds => after_hundreds,
                And::All => after_tens || after_hundreds,
            };
            return if fits || reversed { sum() } else { None };
        }
        if grammar.vigesimal && value == 20 && rest == 4 {
            return Some(Decimal::from(group - 4 + 80));
        }
        if grammar.vigesimal && (rest == 60 || rest == 80) && (10..20).contains(&value) {
            return sum();
        }
        let place = if rest == 0 {
            100
        } else if group % 10 == 0 {
            10
        } else {
            1
        };
        let fits = group > 0 && value > 0 && value < place && (!weak || self.page.glued(self.at));
        if fits { sum() } else { None }
    }

    fn usable(&self, at: usize, power: &Power) -> bool {
        self.usable_after(at, power, self.at)
    }

    /// True when the scale at `at` may multiply the number that ends before token `end`.
    fn usable_after(&self, at: usize, power: &Power, end: usize) -> bool {
        let page = self.page;
        if power.can(Use::OnlyVague) && page.glued(at) {
            return false;
        }
        // "11-M" is a day.
        if at > end && page.word(at).len() == 1 {
            return false;
        }
        let touches = at == end && page.glued(at);
        let beside_money = self.money || page.sense(at + 1).money.is_some();
        power.can(Use::After)
            || (power.can(Use::Money) && beside_money && page.same_line(at))
            || (power.can(Use::Money) && power.exponent == 9 && touches && self.has_decimals())
            || (power.can(Use::Glued) && touches && (self.money || self.counts(at)))
            || (power.can(Use::Piece) && page.glued(at))
    }

    /// "1.2b": a clause or a flat has no decimals.
    fn has_decimals(&self) -> bool {
        self.group.is_some_and(|group| group.decimals > 0)
    }

    /// "100m users", but not "a 100m sprint": a small letter that is also a unit needs a plural after it.
    fn counts(&self, at: usize) -> bool {
        let is_unit = self.page.sense(at).measure.is_some();
        let (next, word) = (at + 1, self.page.word(at + 1));
        let plural =
            self.page.is_content(next) && word.ends_with('s') && word.len() > 3 && !self.page.is(next, Role::Race);
        !is_unit || plural || self.page.is(next, Role::People)
    }

    fn scale(&mut self, at: usize, power: Power) -> bool {
        if power.exponent == 2 {
            return self.hundred(at);
        }
        let exponent = self.exponent_of(power);
        if exponent >= self.limit {
            return false;
        }
        let limit = Decimal::power_of_ten(exponent);
        let chained = self.chain.filter(|_| self.group.is_none() && self.used == 1);
        // Every smaller part before the scale is multiplied by it.
        let mut sum = self.group.take();
        while let Some(part) = self.used.checked_sub(1).map(|last| self.parts[last]).filter(|part| part.value < limit) {
            let smaller = sum.unwrap_or(Stated { value: Decimal::ZERO, ..part });
            let Some(value) = part.plus(smaller) else { return false };
            sum = Some(Stated { value, ..smaller });
            self.used -= 1;
        }
        let Some(sum) = sum else { return false };
        let product = sum.value.checked_mul(limit);
        let (Some(value), true) = (product, self.used < PARTS) else { return false };
        self.parts[self.used] = Stated { value, decimals: sum.decimals - exponent };
        self.used += 1;
        self.chain = match chained {
            Some((first, before)) => Some((first, before + exponent)),
            None => Some((sum.value, exponent)),
        };
        self.last_scale = exponent;
        if exponent > self.largest_scale {
            self.largest_scale = exponent;
            self.mantissa = Some(sum.value);
        }
        self.number.weak = false;
        self.at = at + 1;
        true
    }

    fn exponent_of(&mut self, power: Power) -> i32 {
        let Some(other) = power.other else { return power.exponent };
        self.number.doubt = self.number.doubt.or(Some(Doubt::AmbiguousScale));
        if self.page.choice == Choice::OtherScale { other } else { power.exponent }
    }

    fn hundred(&mut self, at: usize) -> bool {
        // French "cents" are hundreds or coins: "onze cents personnes", "12 cents".
        let coins =
            self.page.sense(at).money.is_some() && self.group.is_some_and(|group| group.value > Decimal::from(9));
        if coins {
            let teens = |value: Decimal| value > Decimal::from(10) && value < Decimal::from(20);
            if self.number.digits || !self.group.is_some_and(|group| teens(group.value)) {
                return false;
            }
            let next = self.page.sense(at + 1);
            self.unclear = !(self.page.is_content(at + 1) || next.is_numeric() || next.money.is_some());
        }
        const HUNDREDS_OF_DIGITS: i64 = 999;
        let most = self.page.lexicon.grammar.hundreds_up_to;
        let limit = Decimal::from(if self.number.digits { most.max(HUNDREDS_OF_DIGITS) } else { most });
        let hundred = Decimal::from(100);
        let group = match self.group {
            Some(group) if group.value <= limit && !group.value.is_zero() => group,
            None => word_value(Decimal::ONE),
            // "14,3 hundred" and "cent cent" are no numbers.
            Some(_) => return false,
        };
        let Some(value) = group.value.checked_mul(hundred) else { return false };
        self.group = Some(Stated { value, decimals: (group.decimals - 2).max(0) });
        self.number.hundreds = true;
        self.number.weak = false;
        self.at = at + 1;
        true
    }

    fn collective(&mut self, at: usize, value: i64, about: bool) -> bool {
        let Some(group) = self.group.filter(|_| self.used == 0) else { return false };
        // "three hundred and two dozen" are 300 and 24.
        let units = group.value.to_i64().filter(|_| self.linked).map_or(0, |number| number % 100);
        let times = if self.linked { Decimal::from(units) } else { group.value };
        let rest = if self.linked { group.value.checked_sub(times) } else { Some(Decimal::ZERO) };
        let product = times.checked_mul(Decimal::from(value));
        let Some(value) = product.zip(rest).and_then(|(product, rest)| product.checked_add(rest)) else { return false };
        self.group = Some(Stated { value, decimals: 0 });
        self.number.hedge = about.then_some(Hedge::About);
        self.number.collective = true;
        self.number.weak = false;
        self.at = at + 1;
        // "une centaine de millions".
        let of = usize::from(self.page.is(self.at, Role::Of));
        if let Some(power) = self.page.sense(self.at + of).power.filter(|p| p.exponent >= 3 && p.can(Use::After)) {
            return self.scale(self.at + of, power);
        }
        self.closed = true;
        true
    }

    /// True where what follows shows that the words so far are a part of something else.
    fn is_cut_short(&self) -> bool {
        // "five three" and "twenty twenty-five" are read in some other way: nothing, rather than the first half.
        let page = self.page;
        let (next, link) = self.link();
        let sense = page.sense(next);
        let number_word = sense.cardinal.is_some() && !self.number.digits && !sense.is(Role::Weak);
        let goes_on = number_word && (self.group.is_some() || self.last_scale < 6)
            || sense.group.is_some() && self.linked
            || sense.power.is_some() && sense.money.is_none() && sense.measure.is_none();
        // "quattro-cinque": from the one to the other.
        let step =
            next > self.at && self.used == 0 && self.group.is_some_and(|group| sense.cardinal > Some(group.value));
        // The scale after a part of a number is for the whole.
        let for_the_whole = sense.power.is_some_and(|power| power.exponent >= self.limit);
        let word = page.kind(next) == Some(Kind::Word) && page.same_line(next) && goes_on && !step && !for_the_whole;
        // "5 ⅓": a fraction without an end.
        let fraction = page.kind(next) == Some(Kind::Numeral) && page.word(next).starts_with(|c: char| !c.is_ascii());
        self.unclear || link == Link::Plain && (word || fraction)
    }

    fn finish(self) -> Option<Number> {
        if self.is_cut_short() {
            return None;
        }
        let mut sum = Stated { value: Decimal::ZERO, decimals: i32::MIN };
        for part in self.parts[..self.used].iter().chain(&self.group) {
            let value = sum.plus(*part)?;
            sum = Stated { value, decimals: sum.decimals.max(part.decimals) };
        }
        let (mantissa, scale) = match self.chain.filter(|_| self.used == 1 && self.group.is_none()) {
            Some((first, exponent)) if exponent > self.largest_scale => (Some(first), exponent),
            _ => (self.mantissa, self.largest_scale),
        };
        let mantissa = mantissa.unwrap_or(sum.value);
        Some(Number { end: self.at, value: sum.value, decimals: sum.decimals, scale, mantissa, ..self.number })
    }
}

/// Number words state every digit down to the unit, as digits would.
fn word_value(value: Decimal) -> Stated {
    Stated { value, decimals: (-value.last_place()).max(0) }
}
