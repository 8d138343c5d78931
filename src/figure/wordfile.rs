//! Word files: the TOML of `words/`, read and put together.
//!
//! `any.toml` is read before the file of a language. Where both know a word, their meanings are joined, and where they
//! disagree the language is right.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::sense::{Grammar, Group, Measure, Money, Power, Role, Sense, TIMES, Use};
use crate::domain::decimal::Decimal;
use crate::domain::figure::Hedge;
use crate::domain::unit::{Currency, CurrencyCode};

/// What the word files of a language hold.
#[derive(Default)]
pub(super) struct Words {
    /// How numbers are put together.
    pub grammar: Grammar,
    /// Phrase and whether its capitals count, to its meaning.
    pub senses: BTreeMap<(String, bool), Sense>,
}

/// Reads word files, the shared one first.
pub(super) fn read(files: &[&str]) -> Words {
    let mut builder = Builder::default();
    for file in files {
        // The files are part of the program, and a test loads each of them.
        builder.add_file(toml::from_str(file).unwrap_or_else(|error| panic!("a word file is damaged: {error}")));
    }
    builder.words
}

/// A word file.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct File {
    grammar: Grammar,
    codes: String,
    wary_codes: String,
    family: BTreeMap<String, String>,
    number: BTreeMap<String, Vec<String>>,
    piece: BTreeMap<String, Vec<String>>,
    weak: BTreeMap<String, Vec<String>>,
    scale: Vec<ScaleRow>,
    group: Vec<GroupRow>,
    fraction: BTreeMap<String, Vec<String>>,
    currency: Vec<CurrencyRow>,
    measure: BTreeMap<String, Vec<String>>,
    symbol: BTreeMap<String, Vec<String>>,
    hedge: BTreeMap<String, Vec<String>>,
    hedge_money: BTreeMap<String, Vec<String>>,
    hedge_after: BTreeMap<String, Vec<String>>,
    per: BTreeMap<String, Vec<String>>,
    roles: BTreeMap<String, Vec<String>>,
    guard: BTreeMap<String, Guard>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct ScaleRow {
    power: i32,
    other: Option<i32>,
    words: Vec<String>,
    alone: Vec<String>,
    plural: Vec<String>,
    vague: Vec<String>,
    loose: Vec<String>,
    pieces: Vec<String>,
    /// Words of other languages.
    foreign: Vec<String>,
    short: Vec<String>,
    glued: Vec<String>,
    money: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct GroupRow {
    value: i64,
    about: bool,
    words: Vec<String>,
    plural: Vec<String>,
    /// Only ever a vague number below ten: "a handful".
    few: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct CurrencyRow {
    is: String,
    scale: i32,
    words: Vec<String>,
    /// Words that are money only beside a scale: "won".
    loose: Vec<String>,
    /// Case counts.
    signs: Vec<String>,
    /// Letters that are a unit only where they touch the number: "15p".
    glued: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Guard {
    not_after: Vec<String>,
    not_before: Vec<String>,
    before_noun: bool,
}

/// Puts the word files together.
#[derive(Default)]
struct Builder {
    families: BTreeMap<String, Vec<CurrencyCode>>,
    words: Words,
}

impl Builder {
    fn add_file(&mut self, file: File) {
        let code = |text: &str| text.parse::<CurrencyCode>().expect("the word files hold codes in use");
        for (name, members) in &file.family {
            self.families.insert(name.clone(), members.split(' ').map(code).collect());
        }
        for written in file.codes.split_whitespace() {
            let sense = self.sense(written, true);
            sense.money = Some(Money { currency: Currency::Known(code(written)), scale: 0 });
            sense.add_role(Role::Sign);
        }
        for written in file.wary_codes.split_whitespace() {
            self.sense(written, true).add_role(Role::WaryCode);
        }
        self.words.grammar = file.grammar;
        self.add_numbers(&file);
        self.add_scales(&file);
        self.add_units(&file);
        self.add_hedges(&file);
        for (name, words) in &file.roles {
            let exact = name.starts_with(char::is_uppercase);
            let named = |(known, _): &&(&str, Role)| known.eq_ignore_ascii_case(name);
            let role = Role::NAMED.iter().find(named).expect("the word files name known roles").1;
            words.iter().for_each(|word| self.sense(word, exact).add_role(role));
        }
        for (word, guard) in file.guard {
            let sense = self.sense(&word, false);
            sense.not_after = guard.not_after;
            sense.not_before = guard.not_before;
            sense.before_noun = guard.before_noun;
        }
    }

    fn add_numbers(&mut self, file: &File) {
        let sections = [(&file.number, None), (&file.piece, Some(Role::Piece)), (&file.weak, Some(Role::Weak))];
        for (section, role) in sections {
            for (value, words) in section {
                let value: Decimal = value.parse().expect("the word files hold numbers");
                for word in words {
                    let sense = self.sense(word, false);
                    sense.cardinal = Some(value);
                    role.into_iter().for_each(|role| sense.add_role(role));
                }
            }
        }
        for (value, words) in &file.fraction {
            let value: i64 = value.parse().expect("the word files hold denominators");
            words.iter().for_each(|word| self.sense(word, false).fraction = Some(value));
        }
        for row in &file.group {
            let next = if row.value >= 100 { 1000 } else { 100 };
            for (words, below) in [(&row.words, None), (&row.plural, Some(next)), (&row.few, Some(10))] {
                let group = Group { value: row.value, about: row.about, below, counts: below != Some(10) };
                words.iter().for_each(|word| self.sense(word, false).group = Some(group));
            }
        }
    }

    fn add_scales(&mut self, file: &File) {
        for row in &file.scale {
            let ways: [(&[String], bool, &[Use]); 9] = [
                (&row.words, false, &[Use::After]),
                (&row.alone, false, &[Use::After, Use::Alone]),
                (&row.plural, false, &[Use::After, Use::Vague]),
                (&row.vague, false, &[Use::After, Use::Vague, Use::OnlyVague]),
                (&row.loose, false, &[Use::Vague]),
                (&row.pieces, false, &[Use::Piece]),
                (&row.short, true, &[Use::After]),
                (&row.glued, true, &[Use::Glued]),
                (&row.money, true, &[Use::Money]),
            ];
            for (words, exact, uses) in ways {
                words.iter().for_each(|word| self.add_power(word, exact, Power::new(row.power, row.other, uses)));
            }
            for word in &row.foreign {
                self.add_power(word, false, Power::new(row.power, row.other, &[Use::After]));
                self.sense(word, false).add_role(Role::Foreign);
            }
            row.pieces.iter().for_each(|word| self.sense(word, false).add_role(Role::Piece));
        }
    }

    /// A word may be listed more than once, for more than one use. What is foreign to the other languages is a word of
    /// this one, and this one knows best what it means.
    fn add_power(&mut self, word: &str, exact: bool, power: Power) {
        let sense = self.sense(word, exact);
        let known = sense.power.filter(|known| !sense.is(Role::Foreign) && known.exponent == power.exponent);
        sense.drop_role(Role::Foreign);
        sense.power = Some(known.map_or(power, |known| known.or_used_as(power)));
    }

    fn add_units(&mut self, file: &File) {
        for row in &file.currency {
            let currency = match self.families.get(&row.is) {
                Some(members) => Currency::Family(members.clone()),
                None => Currency::Known(row.is.parse().expect("the word files hold codes in use")),
            };
            for (words, exact, role) in [
                (&row.words, false, None),
                (&row.loose, false, Some(Role::LooseMoney)),
                (&row.signs, true, Some(Role::Sign)),
                (&row.glued, true, Some(Role::Glued)),
            ] {
                for word in words {
                    let sense = self.sense(word, exact);
                    sense.money = Some(Money { currency: currency.clone(), scale: row.scale });
                    role.into_iter().for_each(|role| sense.add_role(role));
                }
            }
        }
        for (section, exact) in [(&file.measure, false), (&file.symbol, true)] {
            for (name, words) in section {
                let measure = match name.as_str() {
                    "percent" => Measure::Percent,
                    "point" => Measure::Point,
                    name => match TIMES.iter().find(|time| **time == name) {
                        Some(time) => Measure::Time(time),
                        // Once per unit of the word files, when they are first read.
                        None => Measure::Other(Box::leak(name.to_string().into_boxed_str())),
                    },
                };
                words.iter().for_each(|word| self.sense(word, exact).measure = Some(measure));
            }
        }
        for (name, words) in &file.per {
            let name: &'static str = Box::leak(name.clone().into_boxed_str());
            words.iter().for_each(|word| self.sense(word, false).per = Some(name));
        }
    }

    fn add_hedges(&mut self, file: &File) {
        let hedge = |name: &str| Hedge::from_name(name).expect("the word files name known hedges");
        for (name, words) in &file.hedge {
            words.iter().for_each(|word| self.sense(word, false).hedge = Some(hedge(name)));
        }
        for (name, words) in &file.hedge_money {
            for word in words {
                let sense = self.sense(word, false);
                sense.hedge = Some(hedge(name));
                sense.add_role(Role::MoneyHedge);
            }
        }
        for (name, words) in &file.hedge_after {
            words.iter().for_each(|word| self.sense(word, false).hedge_after = Some(hedge(name)));
        }
    }

    fn sense(&mut self, phrase: &str, exact: bool) -> &mut Sense {
        let key = if exact { phrase.to_string() } else { phrase.to_lowercase() };
        self.words.senses.entry((key, exact)).or_default()
    }
}
