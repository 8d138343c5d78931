//! Parts of a number: halves, fractions and spoken decimals, before a scale ("half a million"), behind a number ("three
//! and a half", "deux millions et demi") and of one per cent.

use super::{Link, Reader, read_below};
use crate::domain::decimal::Decimal;
use crate::figure::numeral::{Stated, part_of, vulgar};
use crate::figure::page::Page;
use crate::figure::sense::{Measure, Role, Use};
use crate::figure::token::Kind;

impl Reader<'_, '_> {
    /// "a quarter", "three quarters": what may be parts of a scale or of one per cent.
    pub(super) fn counts_parts(&self, at: usize) -> bool {
        let whole = self.group.is_some_and(|group| group.decimals == 0) && self.used == 0;
        self.page.sense(at).fraction.is_some() && whole
    }

    /// "half a million", "eine halbe Million", "demi-douzaine", "two thirds of a million", "half a percentage point": a
    /// part stands for a number only before a scale or a hundredth.
    pub(super) fn part(&mut self, at: usize) -> bool {
        let page = self.page;
        let mut after = page.past_hyphen(at + 1);
        let parts = page.sense(at).fraction;
        after += usize::from(parts.is_some() && page.is(after, Role::Of));
        if page.is(after, Role::Weak) || parts.is_some() && page.sense(after).cardinal == Some(Decimal::ONE) {
            after = page.past_hyphen(after + 1);
        }
        let sense = page.sense(after);
        let power = sense.power.filter(|power| power.exponent >= 3 && power.can(Use::After));
        let count = self.group.map_or(Some(1), |group| group.value.to_i64());
        let part = match parts {
            Some(parts) => count.and_then(|count| part_of(count, parts)),
            None => Some(half()),
        };
        let (Some(part), true) = (part, power.is_some() || sense.group.is_some() || is_share(page, after)) else {
            return false;
        };
        let before = self.group.replace(part);
        let read = match (power, sense.group) {
            (Some(power), _) => self.scale(after, power),
            (None, Some(group)) => self.collective(after, group.value, group.about),
            (None, None) => {
                (self.at, self.closed, self.number.weak) = (after, true, false);
                true
            }
        };
        if !read {
            self.group = before;
        }
        read
    }

    /// "and a half", "y tres cuartos", "en driekwart": a part of the unit read last, and one past its last token.
    pub(super) fn part_more(&self, at: usize) -> Option<(Stated, usize)> {
        let page = self.page;
        let article = page.is(at, Role::Weak);
        let named = if article { page.past_hyphen(at + 1) } else { at };
        if page.is(named, Role::Half) {
            return Some((half(), named + 1));
        }
        let count = page.sense(named).cardinal.filter(|count| !article && *count > Decimal::ONE);
        // "ciento treinta y dos quintos" are 132 fifths.
        if count.is_some_and(|count| self.joined(count, false, Link::And).is_some()) && !page.is(at - 1, Role::Point) {
            return None;
        }
        let word = if count.is_some() { page.past_hyphen(named + 1) } else { named };
        let parts = page.sense(word).fraction.filter(|_| count.is_some() || article)?;
        let count = count.unwrap_or(Decimal::ONE).to_i64()?;
        (count < parts).then(|| Some((part_of(count, parts)?, word + 1))).flatten()
    }

    /// "three and a half", "deux millions et demi", "3 million and a quarter": a part of the unit read last.
    pub(super) fn add_part(&mut self, part: Stated, end: usize) -> bool {
        let sum = |stated: Stated, scale: i32| {
            let scaled = part.value.checked_mul(Decimal::power_of_ten(scale))?;
            let scaled = Stated { value: scaled, decimals: part.decimals - scale };
            Some(Stated { value: scaled.plus(stated)?, ..scaled })
        };
        if let Some(group) = self.group {
            let Some(sum) = sum(group, 0).filter(|_| group.value.is_whole()) else { return false };
            self.group = Some(sum);
        } else {
            let Some(last) = self.used.checked_sub(1) else { return false };
            let Some(sum) = sum(self.parts[last], self.last_scale) else { return false };
            self.parts[last] = sum;
            self.closed = true;
        }
        self.number.weak = false;
        self.at = end;
        true
    }

    /// "un billón y medio millón", "one billion and three quarters million": parts of a smaller scale.
    pub(super) fn lesser_part(&mut self, at: usize) -> bool {
        if self.group.is_some() || self.used == 0 || !self.page.joins || self.number.digits {
            return false;
        }
        let begins = |at: usize| self.page.is(at, Role::Half) || self.page.sense(at).fraction.is_some();
        if !(begins(at) || begins(self.page.past_hyphen(at + 1))) {
            return false;
        }
        let number = read_below(self.page, at, false, self.last_scale);
        let Some(number) = number.filter(|number| number.scale >= 3 && number.scale < self.last_scale) else {
            return false;
        };
        self.group = Some(Stated { value: number.value, decimals: number.decimals });
        self.at = number.end;
        self.closed = true;
        true
    }

    /// "3 sobre 4 por cento", "três vinte e um avos": one whole number over another, where the
    /// words leave nothing else.
    pub(super) fn divided(&mut self, at: usize, link: Link) -> bool {
        let page = self.page;
        let count =
            self.group.filter(|group| group.decimals == 0 && self.used == 0).and_then(|group| group.value.to_i64());
        let Some(count) = count.filter(|_| link == Link::Plain && self.limit == i32::MAX) else { return false };
        let (parts, end) = if page.is(at, Role::Divided) {
            let Some(parts) = read_below(page, at + 1, false, 3).filter(|parts| parts.decimals == 0) else {
                return false;
            };
            let alone = page.is_all(self.first..parts.end);
            if !alone && !is_share(page, parts.end) {
                return false;
            }
            (parts.value.to_i64(), parts.end)
        } else if page.sense(at).cardinal.is_some() && !self.number.digits {
            let parts = read_below(page, at, false, 3).filter(|parts| page.is(parts.end, Role::Parts));
            let Some(parts) = parts else { return false };
            (parts.value.to_i64(), parts.end + 1)
        } else {
            return false;
        };
        let Some(ratio) = parts.and_then(|parts| part_of(count, parts)) else { return false };
        self.group = Some(ratio);
        self.number.weak = false;
        self.at = end;
        self.closed = true;
        true
    }

    /// "3/4 %", "1/2 million": elsewhere a date or a score.
    pub(super) fn fraction(&mut self, at: usize, told: bool) -> bool {
        self.group = vulgar(self.page.word(at)).filter(|_| told);
        (self.number.digits, self.at) = (true, at + 1);
        self.group.is_some()
    }

    /// "2 ½", "5 1/4".
    pub(super) fn vulgar(&mut self, at: usize) -> bool {
        let Some(group) = self.group.filter(|group| group.decimals == 0 && self.used == 0) else { return false };
        let Some(part) = vulgar(self.page.word(at)) else { return false };
        let Some(value) = group.plus(part) else { return false };
        self.group = Some(Stated { value, ..part });
        self.at = at + 1;
        true
    }

    /// "quatorze virgule trois", "siete con cincuenta": what follows a spoken mark at `mark`: digits one by one, zeros
    /// and a number, or a part ("con dos quintos").
    pub(super) fn spoken_decimals(&mut self, mark: usize) -> bool {
        let page = self.page;
        if let Some((part, end)) = self.part_more(mark + 1) {
            return self.add_part(part, end);
        }
        let Some(group) = self.group.filter(|group| !self.number.grouped && group.decimals == 0) else { return false };
        let Some((fraction, end)) = spoken_digits(page, mark + 1) else { return false };
        // A preposition that joins two of anything does so only between two numbers.
        let counted = page.is_content(end) && page.sense(end).measure.is_none() && page.sense(end).money.is_none();
        if page.is(mark, Role::Stop) && (self.number.digits || counted) {
            return false;
        }
        let Ok(tail) = format!("0.{fraction}").parse::<Decimal>() else { return false };
        let Some(value) = group.value.checked_add(tail) else { return false };
        self.group = Some(Stated { value, decimals: fraction.len() as i32 });
        self.at = end;
        self.number.weak = false;
        // "once con uno y medio".
        self.unclear = page.is(end, Role::And) && page.is(end + 1, Role::Half);
        true
    }
}

/// The digits that begin at token `at`, and one past their last token: "3", "one four", "zero cinco", "vingt-cinq".
fn spoken_digits(page: &Page, mut at: usize) -> Option<(String, usize)> {
    const MOST_DIGITS: usize = 12;
    if page.kind(at) == Some(Kind::Numeral) {
        let digits = page.word(at);
        let fits = digits.len() <= MOST_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        return fits.then(|| (digits.to_string(), at + 1));
    }
    let single = |at: usize| page.sense(at).cardinal.filter(|value| value.is_whole() && *value < Decimal::from(10));
    let mut digits = String::new();
    while let Some(digit) = single(at).filter(|_| digits.len() < MOST_DIGITS) {
        digits += &digit.to_string();
        at = page.past_hyphen(at + 1);
    }
    // "zero vingt-cinq", but nothing after a digit.
    if digits.bytes().all(|digit| digit == b'0') {
        let number = read_below(page, at, false, 3).filter(|number| !number.digits && number.decimals == 0);
        if let Some(number) = number.filter(|number| !number.weak && number.value.is_whole()) {
            digits += &number.value.to_string();
            at = number.end;
        }
    }
    let end = if page.kind(at - 1) == Some(Kind::Dash) { at - 1 } else { at };
    (!digits.is_empty() && digits.len() <= MOST_DIGITS).then_some((digits, end))
}

/// True for "per cent" and "percentage points".
pub(super) fn is_share(page: &Page, at: usize) -> bool {
    page.same_line(at) && matches!(page.sense(at).measure, Some(Measure::Percent | Measure::Point))
}

pub(super) fn half() -> Stated {
    Stated { value: Decimal::new(5, -1), decimals: 1 }
}
