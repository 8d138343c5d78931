//! Powers written with signs: "1,4·10¹⁰", "1.5 × 10^6", "1e10", "1,1^23".

use super::numeral::{self, Stated};
use super::page::Page;
use super::token::Kind;
use crate::domain::decimal::Decimal;

/// Highest power that is worked out.
const HIGHEST: i32 = 40;

/// What the numeral at token `at`, read as `base`, is with the power that touches it, and one past the last token.
pub(super) fn read(page: &Page, at: usize, base: Stated) -> Option<(Stated, usize)> {
    let times_ten = of_ten(page, at);
    let (power, end) = times_ten.or_else(|| exponent(page, at + 1))?;
    if times_ten.is_some() || matches!(page.word(at + 1), "e" | "E") {
        let value = base.value.checked_mul(Decimal::power_of_ten(power))?;
        return Some((Stated { value, decimals: base.decimals - power }, end));
    }
    // "1,1^23", "10⁶".
    let value = (0..power).try_fold(Decimal::ONE, |product, _| product.checked_mul(base.value))?;
    Some((Stated { value, decimals: -value.last_place() }, end))
}

/// "· 10¹⁰", "×10^6" behind the numeral at `at`.
fn of_ten(page: &Page, at: usize) -> Option<(i32, usize)> {
    let times = matches!(page.word(at + 1), "×" | "·" | "x" | "X" | "*" | "⋅");
    if !(times && page.word(at + 2) == "10") {
        return None;
    }
    exponent(page, at + 3)
}

/// "^6", "¹⁰", "e10" at token `at`, which touches the one before.
fn exponent(page: &Page, at: usize) -> Option<(i32, usize)> {
    if !page.glued(at) {
        return None;
    }
    let sign = matches!(page.word(at), "^" | "e" | "E") && page.glued(at + 1);
    if sign && page.kind(at + 1) == Some(Kind::Numeral) {
        let power = numeral::read(page.word(at + 1), None, false)?.stated;
        let power: i32 = i32::try_from(power.value.to_i64()?).ok().filter(|power| (0..=HIGHEST).contains(power))?;
        return Some((power, at + 2));
    }
    let (mut power, mut end) = (0i32, at);
    while let Some(digits) = superscript(page.word(end)).filter(|_| page.glued(end) && power <= HIGHEST) {
        power = power.checked_mul(10)?.checked_add(digits)?;
        end += 1;
    }
    (end > at && power <= HIGHEST && page.word(at - 1) == "10").then_some((power, end))
}

fn superscript(word: &str) -> Option<i32> {
    const DIGITS: [&str; 10] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
    DIGITS.iter().position(|digit| *digit == word).map(|digit| digit as i32)
}
