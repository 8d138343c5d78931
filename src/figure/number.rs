//! Numbers of digits, of words and of both: "14.3 billion", "quatre-vingt-dix", "three and a half million".
//!
//! The reader keeps a group below the next scale ("three hundred and five") and a short list of finished parts
//! ("two million", "three hundred thousand"); a scale multiplies every smaller part before it, so "dos mil
//! trescientos millones" needs no rule of its own. A number that goes on in a way the reader does not know gives
//! nothing, rather than its first half.

use super::numeral::{self, Stated};
use super::page::{Choice, Page};
use super::sense::{And, Power, Role, Use};
use super::token::{Gap, Kind};
use crate::domain::decimal::Decimal;
use crate::domain::figure::{Doubt, Hedge};

/// A number as read.
#[derive(Clone, Debug)]
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
    at: usize,
    /// A currency stands before the number, so "m" cannot be metres.
    money: bool,
    parts: [Stated; PARTS],
    used: usize,
    group: Option<Stated>,
    /// Scales are smaller than this.
    limit: i32,
    /// The scale read last; the next part must be smaller.
    last_scale: i32,
    largest_scale: i32,
    mantissa: Option<Decimal>,
    digits: bool,
    grouped: bool,
    weak: bool,
    collective: bool,
    hedge: Option<Hedge>,
    hundreds: bool,
    /// Its words mean one thing or another, and nothing tells which.
    unclear: bool,
    /// An "and" joined two of its words.
    linked: bool,
    closed: bool,
    doubt: Option<Doubt>,
}

/// Reads the number that begins at token `at`. `money` says that a currency stands before it.
pub(super) fn read(page: &Page, at: usize, money: bool) -> Option<Number> {
    read_below(page, at, money, i32::MAX)
}

/// The same with no scale of `limit` or more, which also bounds how deep one number can lie in another.
fn read_below(page: &Page, at: usize, money: bool, limit: i32) -> Option<Number> {
    let nothing = Stated { value: Decimal::ZERO, decimals: 0 };
    let mut reader = Reader {
        page,
        at,
        money,
        parts: [nothing; PARTS],
        used: 0,
        group: None,
        limit,
        last_scale: i32::MAX,
        largest_scale: 0,
        mantissa: None,
        digits: false,
        grouped: false,
        weak: false,
        collective: false,
        hedge: None,
        hundreds: false,
        unclear: false,
        linked: false,
        closed: false,
        doubt: None,
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
        if sense.is(Role::Half) || sense.fraction == Some(4) {
            return self.part_of_scale(self.at);
        }
        if let Some(value) = sense.cardinal {
            self.group = Some(word_value(value));
            self.weak = sense.is(Role::Weak);
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
        if sense.before_noun && !counts && self.page.tokens.len() > 1 {
            return false;
        }
        let before = self.at >= 2 && is_one_of(&sense.not_after, self.at - 2);
        goes_on || !before && !is_one_of(&sense.not_before, next) && !is_one_of(&sense.not_before, self.at)
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
        if sense.is(Role::HalfMore) || (sense.is(Role::Half) && link == Link::And) {
            return self.add_half(at + 1);
        }
        // "three and a half": the article belongs to the half.
        if link == Link::And && sense.is(Role::Weak) && page.is(page.past_hyphen(at + 1), Role::Half) {
            return self.add_half(page.past_hyphen(at + 1) + 1);
        }
        if self.weak && sense.is(Role::Half) || self.counts_quarters(at) {
            return self.part_of_scale(at);
        }
        // "mille et un": after a thousand, one is the numeral.
        if self.group.is_none() && self.last_scale == 3 && self.one_joins(at) {
            return self.cardinal(at, Decimal::ONE, link);
        }
        if self.group.is_none() && sense.is_numeric() && (link == Link::And || self.last_scale > 3) && !self.digits {
            return self.lesser_number(at, link);
        }
        if let Some(group) = sense.group.filter(|_| link == Link::Plain) {
            return self.collective(at, group.value, group.about);
        }
        if page.word(at) == "+" && page.glued(at) && self.digits {
            return self.at_least_scale(at + 1);
        }
        if let Some(power) = sense.power.filter(|power| link == Link::Plain && self.usable(at, power)) {
            return self.scale(at, power);
        }
        if let Some(value) = sense.cardinal {
            return self.cardinal(at, value, link);
        }
        sense.is(Role::Point) && link == Link::Plain && self.spoken_decimals(at + 1)
    }

    /// True where the word at `at` is one, and one here is no article: "cent un", "mil uno".
    fn one_joins(&self, at: usize) -> bool {
        self.page.lexicon.grammar.one_joins && self.page.is(at, Role::Weak)
    }

    /// "a quarter", "three quarters": quarters that may be parts of a scale.
    fn counts_quarters(&self, at: usize) -> bool {
        let few = self.group.is_some_and(|group| group.value < Decimal::from(4) && group.decimals == 0);
        let many = !self.weak && self.used == 0 && few && self.page.is(at + 1, Role::Of);
        self.page.sense(at).fraction == Some(4) && (self.weak || many)
    }

    /// "100+ million".
    fn at_least_scale(&mut self, at: usize) -> bool {
        let power = self.page.sense(at).power.filter(|power| power.exponent >= 3 && self.usable_after(at, power, at));
        let read = power.is_some_and(|power| self.scale(at, power));
        if read {
            self.hedge = Some(Hedge::AtLeast);
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
        let Some(numeral) = numeral::read(page.word(at), page.lexicon.grammar.decimal, scaled) else { return false };
        if numeral.other.is_some() {
            self.doubt = Some(Doubt::AmbiguousGrouping);
        }
        let stated = numeral.other.filter(|_| page.choice == Choice::OtherGrouping).unwrap_or(numeral.stated);
        self.group = Some(stated);
        self.digits = true;
        self.grouped |= numeral.grouped;
        self.at = at + 1;
        true
    }

    /// "2 ½".
    fn vulgar(&mut self, at: usize) -> bool {
        let (Some(group), true) = (self.group, self.page.word(at).starts_with(|c: char| !c.is_ascii())) else {
            return false;
        };
        let Some(half) = numeral::read(self.page.word(at), None, false) else { return false };
        let Some(value) = group.value.checked_add(half.stated.value).filter(|_| group.decimals == 0) else {
            return false;
        };
        self.group = Some(Stated { value, decimals: half.stated.decimals });
        self.at = at + 1;
        true
    }

    /// "1 Milliarde 200 Millionen", "1 milione e 200 mila": digits go on only before a smaller scale.
    fn lesser_numeral(&mut self, at: usize, link: Link) -> bool {
        if link == Link::And && !self.page.joins {
            return false;
        }
        let smaller = |power: Power| power.exponent < self.last_scale && power.exponent >= 3 && power.can(Use::After);
        if self.group.is_some() || self.used == 0 || !self.page.sense(at + 1).power.is_some_and(smaller) {
            return false;
        }
        self.numeral(at)
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
        let linked = self.page.lexicon.grammar.and == And::Hundreds || number.scale >= 3 || link == Link::Plain;
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
        self.weak = false;
        self.at = at + 1;
        true
    }

    fn goes_on_as_its_own(&self, at: usize) -> bool {
        let after = self.page.past_hyphen(at + 1);
        let power = self.page.sense(after).power;
        let grammar = &self.page.lexicon.grammar;
        let reversed = grammar.reversed && self.page.glued(at);
        !reversed
            && (grammar.and == And::Hundreds || self.group.is_none())
            && power.is_some_and(|p| p.can(Use::After) && (p.exponent == 2 || p.exponent >= self.last_scale))
    }

    /// The group with `value` added, where the language adds them so.
    fn joined(&self, value: Decimal, weak: bool, link: Link) -> Option<Decimal> {
        let grammar = &self.page.lexicon.grammar;
        let Some(group) = self.group else {
            // A new group after a scale: "two thousand three". Digits before the scale end it: "$2 million two years ago".
            let linked = link == Link::And && self.page.joins && value == Decimal::ONE;
            let may = self.used > 0 && (link == Link::Plain || linked) && !weak && !self.digits && self.last_scale == 3;
            return (may && value < Decimal::power_of_ten(self.last_scale.min(30))).then_some(value);
        };
        if self.digits || !group.value.is_whole() || !value.is_whole() {
            return None;
        }
        let (group, value) = (whole(group.value)?, whole(value)?);
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
        let touches = at == end && page.glued(at);
        let beside_money = self.money || page.sense(at + 1).money.is_some();
        power.can(Use::After)
            || (power.can(Use::Money) && beside_money && page.same_line(at))
            || (power.can(Use::Glued) && touches && (self.money || self.counts(at)))
            || (power.can(Use::Piece) && page.glued(at))
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
        // Every smaller part before the scale is multiplied by it.
        let mut sum = self.group.take();
        while let Some(part) = self.used.checked_sub(1).map(|last| self.parts[last]).filter(|part| part.value < limit) {
            let (value, decimals) = sum.map_or((Decimal::ZERO, part.decimals), |s| (s.value, s.decimals));
            let Some(value) = part.value.checked_add(value) else { return false };
            sum = Some(Stated { value, decimals });
            self.used -= 1;
        }
        let Some(sum) = sum else { return false };
        let product = sum.value.checked_mul(limit);
        let (Some(value), true) = (product, self.used < PARTS) else { return false };
        self.parts[self.used] = Stated { value, decimals: sum.decimals - exponent };
        self.used += 1;
        self.last_scale = exponent;
        if exponent > self.largest_scale {
            self.largest_scale = exponent;
            self.mantissa = Some(sum.value);
        }
        self.weak = false;
        self.at = at + 1;
        true
    }

    fn exponent_of(&mut self, power: Power) -> i32 {
        let Some(other) = power.other else { return power.exponent };
        self.doubt = self.doubt.or(Some(Doubt::AmbiguousScale));
        if self.page.choice == Choice::OtherScale { other } else { power.exponent }
    }

    fn hundred(&mut self, at: usize) -> bool {
        // French "cents" are hundreds or coins: "onze cents personnes", "12 cents".
        let coins =
            self.page.sense(at).money.is_some() && self.group.is_some_and(|group| group.value > Decimal::from(9));
        if coins {
            let teens = |value: Decimal| value > Decimal::from(10) && value < Decimal::from(20);
            if self.digits || !self.group.is_some_and(|group| teens(group.value)) {
                return false;
            }
            let next = self.page.sense(at + 1);
            self.unclear = !(self.page.is_content(at + 1) || next.is_numeric() || next.money.is_some());
        }
        let limit = Decimal::from(self.page.lexicon.grammar.hundreds_up_to);
        let hundred = Decimal::from(100);
        let group = match self.group {
            Some(group) if group.value <= limit && !group.value.is_zero() => group,
            None => word_value(Decimal::ONE),
            // "14,3 hundred" and "cent cent" are no numbers.
            Some(_) => return false,
        };
        let Some(value) = group.value.checked_mul(hundred) else { return false };
        self.group = Some(Stated { value, decimals: (group.decimals - 2).max(0) });
        self.hundreds = true;
        self.weak = false;
        self.at = at + 1;
        true
    }

    fn collective(&mut self, at: usize, value: i64, about: bool) -> bool {
        let Some(group) = self.group.filter(|_| self.used == 0 && !self.linked) else { return false };
        let Some(value) = group.value.checked_mul(Decimal::from(value)) else { return false };
        self.group = Some(Stated { value, decimals: 0 });
        self.hedge = about.then_some(Hedge::About);
        self.collective = true;
        self.weak = false;
        self.at = at + 1;
        // "une centaine de millions".
        let of = usize::from(self.page.is(self.at, Role::Of));
        if let Some(power) = self.page.sense(self.at + of).power.filter(|p| p.exponent >= 3 && p.can(Use::After)) {
            return self.scale(self.at + of, power);
        }
        self.closed = true;
        true
    }

    /// "half a million", "eine halbe Million", "demi-douzaine", "a quarter of a million": a part stands for a number
    /// only before a scale.
    fn part_of_scale(&mut self, at: usize) -> bool {
        let page = self.page;
        let mut after = page.past_hyphen(at + 1);
        let quarter = page.sense(at).fraction == Some(4);
        after += usize::from(quarter && page.is(after, Role::Of));
        if page.is(after, Role::Weak) {
            after = page.past_hyphen(after + 1);
        }
        let sense = page.sense(after);
        let power = sense.power.filter(|power| power.exponent >= 3 && power.can(Use::After));
        if power.is_none() && sense.group.is_none() {
            return false;
        }
        // "three quarters of a million".
        let quarters = self.group.and_then(|group| group.value.checked_mul(Decimal::new(25, -2)));
        let quarters = quarters.unwrap_or(Decimal::new(25, -2));
        self.group = Some(if quarter { word_value(quarters) } else { half() });
        match (power, sense.group) {
            (Some(power), _) => self.scale(after, power),
            (None, Some(group)) => self.collective(after, group.value, group.about),
            (None, None) => false,
        }
    }

    /// "three and a half", "deux millions et demi": half of the unit read last.
    fn add_half(&mut self, end: usize) -> bool {
        if let Some(group) = self.group {
            let Some(value) = group.value.checked_add(half().value).filter(|_| group.value.is_whole()) else {
                return false;
            };
            self.group = Some(Stated { value, decimals: 1 });
        } else {
            let Some(last) = self.used.checked_sub(1) else { return false };
            let part = self.parts[last];
            let Some(value) = part.value.checked_add(Decimal::new(5, self.last_scale - 1)) else { return false };
            self.parts[last] = Stated { value, decimals: 1 - self.last_scale };
            self.closed = true;
        }
        self.weak = false;
        self.at = end;
        true
    }

    /// "quatorze virgule trois": digits after a spoken mark, one by one or as one number.
    fn spoken_decimals(&mut self, mut at: usize) -> bool {
        let Some(group) = self.group.filter(|group| !self.grouped && group.decimals == 0) else { return false };
        let digits =
            Some(self.page.word(at)).filter(|word| word.len() <= 9 && word.bytes().all(|b| b.is_ascii_digit()));
        if let Some(digits) = digits.filter(|_| self.page.kind(at) == Some(Kind::Numeral)) {
            let Ok(tail) = format!("0.{digits}").parse::<Decimal>() else { return false };
            let Some(value) = group.value.checked_add(tail) else { return false };
            self.group = Some(Stated { value, decimals: digits.len() as i32 });
            self.at = at + 1;
            return true;
        }
        let (mut fraction, mut after_ten) = (String::new(), false);
        while let Some(value) = self.page.sense(at).cardinal.filter(|_| fraction.len() < 12) {
            let single = value < Decimal::from(10);
            let only_zeros = fraction.bytes().all(|b| b == b'0');
            if !value.is_whole() || !(single || only_zeros) {
                break;
            }
            // "virgule vingt-cinq": the unit takes the last place of the ten.
            if after_ten && single {
                fraction.pop();
            }
            after_ten = !single && value.last_place() == 1;
            fraction += &value.to_string();
            at = self.page.past_hyphen(at + 1);
        }
        let Ok(tail) = format!("0.{fraction}").parse::<Decimal>() else { return false };
        let Some(value) = group.value.checked_add(tail) else { return false };
        self.group = Some(Stated { value, decimals: fraction.len() as i32 });
        self.at = at;
        self.weak = false;
        true
    }

    fn finish(self) -> Option<Number> {
        // "five three" and "twenty twenty-five" are read in some other way: nothing, rather than the first half.
        let (next, link) = self.link();
        let sense = self.page.sense(next);
        let goes_on = link == Link::Plain
            && self.page.tokens.get(next).is_some_and(|token| token.gap != Gap::Line)
            && self.page.kind(next) == Some(Kind::Word)
            && ((sense.cardinal.is_some()
                && !self.digits
                && !sense.is(Role::Weak)
                && (self.group.is_some() || self.last_scale < 6))
                || (sense.group.is_some() && self.linked)
                || (sense.power.is_some() && sense.money.is_none() && sense.measure.is_none()));
        // The scale after a part of a number is for the whole.
        let for_the_whole = sense.power.is_some_and(|power| power.exponent >= self.limit);
        // "5 ⅓": a fraction without an end.
        let fraction = link == Link::Plain
            && self.page.kind(next) == Some(Kind::Numeral)
            && self.page.word(next).starts_with(|c: char| !c.is_ascii());
        if goes_on && !for_the_whole || fraction || self.unclear {
            return None;
        }
        let parts = self.parts[..self.used].iter().chain(&self.group);
        let mut sum = Stated { value: Decimal::ZERO, decimals: i32::MIN };
        for part in parts {
            let value = sum.value.checked_add(part.value)?;
            sum = Stated { value, decimals: sum.decimals.max(part.decimals) };
        }
        Some(Number {
            end: self.at,
            value: sum.value,
            decimals: sum.decimals,
            digits: self.digits,
            grouped: self.grouped,
            scale: self.largest_scale,
            mantissa: self.mantissa.unwrap_or(sum.value),
            weak: self.weak,
            collective: self.collective,
            hedge: self.hedge,
            hundreds: self.hundreds,
            doubt: self.doubt,
        })
    }
}

fn half() -> Stated {
    Stated { value: Decimal::new(5, -1), decimals: 1 }
}

/// Number words state every digit down to the unit, as digits would.
fn word_value(value: Decimal) -> Stated {
    Stated { value, decimals: (-value.last_place()).max(0) }
}

/// The value as a machine number, for the arithmetic of number words.
fn whole(value: Decimal) -> Option<i64> {
    value.is_whole().then(|| value.to_string().parse().ok()).flatten()
}
