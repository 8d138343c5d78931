//! The words of a language as data: what a word or a phrase can mean beside a number.
//!
//! `words/any.toml` holds what all languages share, `words/<code>.toml` the rest; a new language is a new file and a
//! line in [`LANGUAGES`] and `LEXICONS`. A phrase may have several meanings at once ("over" bounds a figure and begins a period), so
//! a [`Sense`] holds one slot per kind of meaning and the readers ask for the slot they need.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use serde::Deserialize;

use super::token::{self, Gap, Kind, Token};
use crate::domain::decimal::Decimal;
use crate::domain::figure::Hedge;
use crate::domain::unit::{Currency, CurrencyCode};

/// Languages with words of their own; the first that fits best is taken where a text does not say.
const LANGUAGES: [(&str, &str); 5] = [
    ("en", include_str!("words/en.toml")),
    ("fr", include_str!("words/fr.toml")),
    ("de", include_str!("words/de.toml")),
    ("es", include_str!("words/es.toml")),
    ("it", include_str!("words/it.toml")),
];
const SHARED: &str = include_str!("words/any.toml");

/// Longest word that can have a meaning, in bytes after folding; anything longer is no word of a number.
const LONGEST: usize = 96;
/// Longest piece of a compound, in bytes.
const LONGEST_PIECE: usize = 16;
/// Size of the table that turns unknown words away.
const OUTLINES: usize = 1 << 16;

macro_rules! roles {
    ($($role:ident = $name:literal),+ $(,)?) => {
        /// A part a word can play around a number, beyond the meanings that carry a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Role { $($role),+ }

        impl Role {
            const NAMED: &[(&str, Role)] = &[$(($name, Role::$role)),+];
            const FIT_IN_A_WORD: () = assert!(Role::NAMED.len() <= 64);
        }
    };
}

roles! {
    And = "and", To = "to", Or = "or", Between = "between", From = "from", Of = "of", Point = "point", Minus = "minus",
    Half = "half", HalfMore = "half_more", HalfNoun = "half_noun", Article = "article", Several = "several",
    Figures = "figures", Month = "month", Weekday = "weekday", Clock = "clock", ClockBefore = "clock_before", Label = "label", Change = "change",
    Over = "over", Contract = "contract", Per = "per", Ratio = "ratio", People = "people",
    Race = "race", Stop = "stop",
    // Set by other sections of the file.
    Weak = "weak", Piece = "piece", MoneyHedge = "money_hedge", LooseMoney = "loose_money", WaryCode = "wary_code", Foreign = "foreign", Sign = "sign",
}

/// How a word of scale may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Use {
    /// After a number, glued or not.
    After = 1,
    /// Without a number before it: "cent", "mille".
    Alone = 2,
    /// As a vague plural: "millions of dollars", "des milliers".
    Vague = 4,
    /// A plural only: "Tausende", which does not multiply a number glued before it.
    OnlyVague = 8,
    /// After a number that it touches: "100k".
    Glued = 16,
    /// After a number, beside a currency: "£200m".
    Money = 32,
    /// Inside a compound only: Italian "cent-".
    Piece = 64,
}

/// A power of ten: "hundred", "million", "Mrd."
#[derive(Clone, Copy, Debug)]
pub(super) struct Power {
    /// The exponent of ten.
    pub exponent: i32,
    /// The exponent in a second reading ("billion" in French).
    pub other: Option<i32>,
    uses: u8,
}

impl Power {
    /// This power, with the uses of another reading of the same word; its exponent stays a second reading.
    fn or_else(self, other: Power) -> Power {
        let second = (other.exponent != self.exponent).then_some(other.exponent);
        Power { exponent: self.exponent, other: self.other.or(second), uses: self.uses | other.uses }
    }

    /// True when the word may be used so.
    pub fn can(&self, way: Use) -> bool {
        self.uses & way as u8 != 0
    }
}

/// A collective: "dozen", "dizaine".
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// How many.
    pub value: i64,
    /// The word itself says "about".
    pub about: bool,
    /// May stand alone as a vague plural: "dozens".
    pub vague: bool,
}

/// What follows a number and is not money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// Per cent.
    Percent,
    /// Percentage point.
    Point,
    /// A length of time, by its English name: "year".
    Time(&'static str),
    /// Any other, by its symbol or English name.
    Other(&'static str),
}

const TIMES: [&str; 7] = ["year", "month", "week", "day", "hour", "minute", "second"];

/// A currency as a word or sign names it.
#[derive(Clone, Debug)]
pub(super) struct Money {
    /// The currency or the family.
    pub currency: Currency,
    /// A hundredth of it: "cents".
    pub minor: bool,
}

/// Everything a word or phrase can mean beside a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Sense {
    /// The value of a number word.
    pub cardinal: Option<Decimal>,
    /// A power of ten.
    pub power: Option<Power>,
    /// A collective.
    pub group: Option<Group>,
    /// The denominator of a fraction: 3 for "third".
    pub fraction: Option<i64>,
    /// A currency.
    pub money: Option<Money>,
    /// A unit.
    pub measure: Option<Measure>,
    /// A hedge before a figure.
    pub hedge: Option<Hedge>,
    /// A hedge after a figure.
    pub hedge_after: Option<Hedge>,
    /// A rate after a figure: "year" for "pro Jahr".
    pub per: Option<&'static str>,
    roles: u64,
    /// Words that may not stand before a number word ("no one").
    pub not_after: Vec<String>,
    /// Words that may not stand after a number word ("one of").
    pub not_before: Vec<String>,
}

impl Sense {
    /// True when the word plays that part.
    pub fn is(&self, role: Role) -> bool {
        self.roles & (1 << role as u8) != 0
    }

    /// True for words that can begin a number.
    pub fn is_numeric(&self) -> bool {
        self.cardinal.is_some() || self.power.is_some() || self.group.is_some() || self.is(Role::Half)
    }

    fn add_role(&mut self, role: Role) {
        let () = Role::FIT_IN_A_WORD;
        self.roles |= 1 << role as u8;
    }
}

/// How numbers are put together.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Grammar {
    /// The decimal mark; the other of "." and "," groups thousands. `None` where the language is not known.
    pub decimal: Option<char>,
    /// Where "and" joins two number words.
    pub and: And,
    /// The largest number that "hundred" multiplies.
    pub hundreds_up_to: i64,
    /// "soixante-dix", "quatre-vingts".
    pub vigesimal: bool,
    /// "fünfundfünfzig".
    pub reversed: bool,
    /// Number words are written together.
    pub compounds: bool,
    /// Every noun has a capital.
    pub noun_capitals: bool,
    /// A sentence may begin with its verb.
    pub verb_first: bool,
}

/// Where "and" joins two number words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum And {
    /// After hundreds and scales: "two hundred and five".
    #[default]
    Hundreds,
    /// Between ten and unit: "treinta y dos".
    Tens,
}

/// One meaning of a word: which words must follow, which capitals it must have.
#[derive(Clone, Debug)]
struct Entry {
    /// The rest of the phrase: whether it is glued to what is before, and its text.
    tail: Vec<(bool, Box<str>)>,
    /// The first word as it must be written, where capitals count.
    exact: Option<Box<str>>,
    sense: usize,
}

/// The words of one language.
pub(super) struct Lexicon {
    /// How numbers are put together.
    pub grammar: Grammar,
    entries: HashMap<Box<str>, Vec<Entry>, BuildHasherDefault<Fnv>>,
    /// Whether a word that begins, ends and is as long as that may be known: most words are turned away by it.
    outlines: Box<[bool]>,
    /// The same for the first three bytes of the pieces of compounds.
    piece_starts: Box<[bool]>,
    senses: Vec<Sense>,
}

/// FNV-1a: the words are short and the table is ours, so nobody can choose the keys.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// Read when first asked for: a text in one language does not pay for the others.
static LEXICONS: [LazyLock<Lexicon>; LANGUAGES.len()] = [
    LazyLock::new(|| Lexicon::build(Some(0))),
    LazyLock::new(|| Lexicon::build(Some(1))),
    LazyLock::new(|| Lexicon::build(Some(2))),
    LazyLock::new(|| Lexicon::build(Some(3))),
    LazyLock::new(|| Lexicon::build(Some(4))),
];

/// For texts whose language is not known: scales, units and currencies of all languages, but no number words.
static NEUTRAL: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::build(None));

impl Lexicon {
    /// The words of a language by its code ("en", "de-CH"); `und` and the empty code are found out from `text`; any
    /// other gets what all languages share.
    pub fn of(lang: &str, text: &str) -> &'static Lexicon {
        let primary = lang.split(['-', '_']).next().unwrap_or_default();
        let named = |code: &str| LANGUAGES.iter().position(|(known, _)| known.eq_ignore_ascii_case(code));
        match primary {
            "" | "und" => detect(text).unwrap_or(&NEUTRAL),
            code => named(code).map_or(&NEUTRAL, |at| &LEXICONS[at]),
        }
    }

    /// The words of the language with that index, or of none in particular.
    fn build(language: Option<usize>) -> Lexicon {
        // The files are part of the program, and a test loads each of them.
        let read = |file: &str| toml::from_str::<File>(file).expect("the word files are well formed");
        let mut builder = Builder { neutral: language.is_none(), ..Builder::default() };
        builder.add_file(read(SHARED));
        for (at, (_, file)) in LANGUAGES.iter().enumerate() {
            if language.is_none_or(|language| language == at) {
                builder.add_file(read(file));
            }
        }
        builder.finish()
    }

    /// The meaning of a token; the empty one when it has none.
    pub fn sense(&self, token: &Token) -> &Sense {
        &self.senses[token.sense as usize]
    }

    /// Gives every token its meaning: phrases become one token (the longest wins), compounds fall apart into pieces.
    pub fn resolve(&self, text: &str, raw: &[Token], out: &mut Vec<Token>) {
        out.clear();
        let mut at = 0;
        while let Some(token) = raw.get(at) {
            match self.phrase(text, &raw[at..]) {
                Some((length, sense)) => {
                    out.push(Token { end: raw[at + length - 1].end, sense, ..*token });
                    at += length;
                }
                None => {
                    if !(token.kind == Kind::Word && self.grammar.compounds && self.split(text, token, out)) {
                        out.push(*token);
                    }
                    at += 1;
                }
            }
        }
    }

    /// The longest phrase that begins at the first of `tokens`: how many tokens it takes, and its meaning.
    fn phrase(&self, text: &str, tokens: &[Token]) -> Option<(usize, u32)> {
        let first = tokens[0];
        if !matches!(first.kind, Kind::Word | Kind::Symbol | Kind::Dash | Kind::Slash) {
            return None;
        }
        let written = &text[first.start..first.end];
        let mut folded = Folded::default();
        if !self.outlines[outline(written.as_bytes())] && !written.contains(token::SOFT_HYPHEN) || !folded.fold(written) {
            return None;
        }
        let fits = |entry: &&Entry| {
            entry.exact.as_ref().is_none_or(|exact| **exact == *written)
                && entry.tail.len() < tokens.len()
                && entry.tail.iter().zip(&tokens[1..]).all(|((glued, word), token)| {
                    *glued == (token.gap == Gap::None) && same_word(word, &text[token.start..token.end])
                })
        };
        let entry = self.entries.get(folded.as_str())?.iter().find(fits)?;
        (!self.senses[entry.sense].is(Role::Piece)).then_some((entry.tail.len() + 1, entry.sense as u32))
    }

    /// Splits a compound into its number words, all or nothing: "zweihundertfünfzigtausend", "neunstellig".
    fn split(&self, text: &str, token: &Token, out: &mut Vec<Token>) -> bool {
        let written = &text[token.start..token.end];
        let mut folded = Folded::default();
        // Offsets into the folded word are offsets into the text only where folding kept every length.
        if !self.piece_starts[piece_start(written.as_bytes())] || !folded.fold(written) || folded.length != written.len() {
            return false;
        }
        let first = out.len();
        self.cover(folded.as_str(), token, out);
        if out.len() > first {
            out[first..].reverse();
            out[first].gap = token.gap;
        }
        out.len() > first
    }

    /// Adds the pieces of `word`, last first, when it can be covered by more than one. Every place is tried once, so
    /// no word makes it try again and again.
    fn cover(&self, word: &str, token: &Token, out: &mut Vec<Token>) {
        // For every place that pieces reach: where the last piece begins, and its sense.
        let mut reached = [None::<(u8, u32)>; LONGEST + 1];
        for start in 0..word.len() {
            if start > 0 && reached[start].is_none() {
                continue;
            }
            for end in start + 1..=word.len().min(start + LONGEST_PIECE) {
                if reached[end].is_none() {
                    reached[end] = self.piece(word, start, end).map(|sense| (start as u8, sense as u32));
                }
            }
        }
        let mut end = word.len();
        while let Some((start, sense)) = reached[end] {
            let start = usize::from(start);
            if (start, end) == (0, word.len()) {
                return;
            }
            out.push(Token { start: token.start + start, end: token.start + end, gap: Gap::None, sense, ..*token });
            end = start;
        }
    }

    fn piece(&self, word: &str, start: usize, end: usize) -> Option<usize> {
        let text = word.get(start..end)?;
        let entry = self.entries.get(text)?.iter().find(|e| e.tail.is_empty() && e.exact.is_none())?;
        let sense = &self.senses[entry.sense];
        let number =
            sense.cardinal.is_some() || sense.power.is_some() || sense.is(Role::HalfMore) || sense.is(Role::Half);
        let quarter = sense.fraction == Some(4) && start == 0 && end < word.len();
        let joint = sense.is(Role::And) && start > 0 && end < word.len();
        let tail = sense.is(Role::Figures) || sense.measure.is_some() || sense.money.is_some() || sense.group.is_some();
        let last = tail && start > 0 && end == word.len();
        (number || quarter || joint || last).then_some(entry.sense)
    }
}

/// A few bits of a word that capitals do not change: its first two bytes, its last, its length.
fn outline(word: &[u8]) -> usize {
    outline_of(word[0], word.get(1).copied().unwrap_or(0), word[word.len() - 1], word.len())
}

fn outline_of(first: u8, second: u8, last: u8, length: usize) -> usize {
    let bits = |byte: u8| usize::from(byte.to_ascii_lowercase());
    (bits(first) ^ bits(second) << 5 ^ bits(last) << 9 ^ length << 3) & (OUTLINES - 1)
}

fn piece_start(word: &[u8]) -> usize {
    let bits = |at: usize| word.get(at).map_or(0, |byte| usize::from(byte.to_ascii_lowercase()));
    (bits(0) ^ bits(1) << 4 ^ bits(2) << 8) & (OUTLINES - 1)
}

/// A word in lower case, without soft hyphens, on the stack.
struct Folded {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Default for Folded {
    fn default() -> Folded {
        Folded { bytes: [0; LONGEST], length: 0 }
    }
}

impl Folded {
    /// False when the word is too long to mean anything.
    fn fold(&mut self, word: &str) -> bool {
        self.length = 0;
        if word.len() > LONGEST {
            return false;
        }
        if word.is_ascii() {
            self.bytes[..word.len()].copy_from_slice(word.as_bytes());
            self.bytes[..word.len()].make_ascii_lowercase();
            self.length = word.len();
            return true;
        }
        word.chars().filter(|c| *c != token::SOFT_HYPHEN).flat_map(char::to_lowercase).all(|c| {
            let end = self.length + c.len_utf8();
            let fits = end <= LONGEST;
            if fits {
                c.encode_utf8(&mut self.bytes[self.length..]);
                self.length = end;
            }
            fits
        })
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).expect("whole characters were written")
    }
}

/// True when `text` is `word` (lower case) but for capitals, soft hyphens and the shape of apostrophes and dashes.
pub(super) fn same_word(word: &str, text: &str) -> bool {
    // Nearly every comparison fails at the first letter.
    let (Some(first), Some(other)) = (word.bytes().next(), text.bytes().next()) else { return word == text };
    if first.is_ascii() && other.is_ascii() && first != other.to_ascii_lowercase() {
        return false;
    }
    if text.is_ascii() {
        return word.eq_ignore_ascii_case(text);
    }
    let folded = text.chars().filter(|c| *c != token::SOFT_HYPHEN).flat_map(char::to_lowercase);
    folded.map(token::plain).eq(word.chars())
}

/// The language whose words are the most in the first part of `text`, if one leads clearly.
fn detect(text: &str) -> Option<&'static Lexicon> {
    const ENOUGH: usize = 4096;
    let mut end = text.len().min(ENOUGH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (mut raw, mut resolved, mut from) = (Vec::new(), Vec::new(), 0);
    let mut counts = [0usize; LANGUAGES.len()];
    let head = &text[..end];
    while from < head.len() {
        from = token::paragraph(head, from, &mut raw);
        for (count, lexicon) in counts.iter_mut().zip(&LEXICONS) {
            lexicon.resolve(head, &raw, &mut resolved);
            *count += resolved.iter().filter(|t| t.kind == Kind::Word && lexicon.tells(lexicon.sense(t))).count();
        }
    }
    let best = (0..counts.len()).max_by_key(|at| counts[*at])?;
    let leads = (0..counts.len()).all(|at| at == best || counts[at] * 3 < counts[best] * 2);
    (counts[best] > 0 && leads).then(|| &*LEXICONS[best])
}

impl Lexicon {
    /// True for words that tell the language: the small words, number words, hedges; not signs and currencies.
    fn tells(&self, sense: &Sense) -> bool {
        let own = !sense.is(Role::Foreign);
        own && (sense.is(Role::Stop) || sense.cardinal.is_some() || sense.hedge.is_some() || sense.power.is_some())
    }
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
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct CurrencyRow {
    is: String,
    minor: bool,
    words: Vec<String>,
    /// Words that are money only beside a scale: "won".
    loose: Vec<String>,
    /// Case counts.
    signs: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Guard {
    not_after: Vec<String>,
    not_before: Vec<String>,
}

/// Puts the word files together.
#[derive(Default)]
struct Builder {
    neutral: bool,
    grammar: Grammar,
    families: BTreeMap<String, Vec<CurrencyCode>>,
    /// Phrase and whether capitals count, to its meaning.
    senses: BTreeMap<(String, bool), Sense>,
}

impl Builder {
    fn add_file(&mut self, file: File) {
        let code = |text: &str| text.parse::<CurrencyCode>().expect("the word files hold codes in use");
        for (name, members) in &file.family {
            self.families.insert(name.clone(), members.split(' ').map(code).collect());
        }
        for written in file.codes.split_whitespace() {
            let sense = self.sense(written, true);
            sense.money = Some(Money { currency: Currency::Known(code(written)), minor: false });
            sense.add_role(Role::Sign);
        }
        for written in file.wary_codes.split_whitespace() {
            self.sense(written, true).add_role(Role::WaryCode);
        }
        if !self.neutral {
            self.grammar = file.grammar;
            self.add_numbers(&file);
        }
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
            for (words, vague) in [(&row.words, false), (&row.plural, true)] {
                let group = Group { value: row.value, about: row.about, vague };
                words.iter().for_each(|word| self.sense(word, false).group = Some(group));
            }
        }
    }

    fn add_scales(&mut self, file: &File) {
        for row in &file.scale {
            let ways = [
                (&row.words, false, Use::After as u8),
                (&row.alone, false, Use::After as u8 | Use::Alone as u8),
                (&row.plural, false, Use::After as u8 | Use::Vague as u8),
                (&row.vague, false, Use::After as u8 | Use::Vague as u8 | Use::OnlyVague as u8),
                (&row.loose, false, Use::Vague as u8),
                (&row.pieces, false, Use::Piece as u8),
                (&row.short, true, Use::After as u8),
                (&row.glued, true, Use::Glued as u8),
                (&row.money, true, Use::Money as u8),
            ];
            for (words, exact, uses) in ways {
                // Without a language, a word that is no abbreviation stands for a number only after digits.
                let uses = if self.neutral { uses & !(Use::Alone as u8 | Use::Piece as u8) } else { uses };
                for word in words {
                    self.add_power(word, exact, Power { exponent: row.power, other: row.other, uses });
                }
            }
            for word in &row.foreign {
                self.add_power(word, false, Power { exponent: row.power, other: row.other, uses: Use::After as u8 });
                self.sense(word, false).add_role(Role::Foreign);
            }
        }
    }

    /// Two files that disagree about a word ("billion") give it a second reading.
    fn add_power(&mut self, word: &str, exact: bool, power: Power) {
        let neutral = self.neutral;
        let sense = self.sense(word, exact);
        // A word of the language itself is no foreign one.
        let known = sense.power.filter(|_| neutral || !sense.is(Role::Foreign));
        sense.roles &= !(1 << Role::Foreign as u8);
        sense.power = Some(match known {
            Some(known) if neutral || known.exponent == power.exponent => known.or_else(power),
            _ => power,
        });
        if power.uses == Use::Piece as u8 {
            sense.add_role(Role::Piece);
        }
    }

    fn add_units(&mut self, file: &File) {
        for row in &file.currency {
            let currency = match self.families.get(&row.is) {
                Some(members) => Currency::Family(members.clone()),
                None => Currency::Known(row.is.parse().expect("the word files hold codes in use")),
            };
            for (words, exact, loose) in
                [(&row.words, false, false), (&row.loose, false, true), (&row.signs, true, false)]
            {
                for word in words {
                    let sense = self.sense(word, exact);
                    sense.money = Some(Money { currency: currency.clone(), minor: row.minor });
                    if loose {
                        sense.add_role(Role::LooseMoney);
                    }
                    if exact {
                        sense.add_role(Role::Sign);
                    }
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
        self.senses.entry((key, exact)).or_default()
    }

    fn finish(self) -> Lexicon {
        let mut lexicon = Lexicon {
            grammar: self.grammar,
            entries: HashMap::default(),
            outlines: vec![false; OUTLINES].into_boxed_slice(),
            piece_starts: vec![false; OUTLINES].into_boxed_slice(),
            // Sense 0 is that of a word without meaning.
            senses: vec![Sense::default()],
        };
        let mut tokens = Vec::new();
        for ((phrase, exact), sense) in self.senses {
            let end = token::paragraph(&phrase, 0, &mut tokens);
            assert!(end == phrase.len() && !tokens.is_empty(), "`{phrase}` in the word files is one phrase");
            let of = |t: &Token| phrase[t.start..t.end].chars().map(token::plain).collect::<String>();
            let first = of(&tokens[0]);
            let tail =
                tokens[1..].iter().map(|t| (t.gap == Gap::None, of(t).to_lowercase().into_boxed_str())).collect();
            let entry = Entry { tail, exact: exact.then(|| first.clone().into()), sense: lexicon.senses.len() };
            lexicon.senses.push(sense);
            let key = first.to_lowercase();
            let upper = key.to_uppercase();
            let (small, large) = (key.as_bytes(), upper.as_bytes());
            // "élevé", "Élevé", "ÉLEVÉ": beyond ASCII a capital changes bytes, so every mixture is entered.
            for start in [small, large] {
                let second = start.get(1).copied().unwrap_or(0);
                for end in [small, large] {
                    lexicon.outlines[outline_of(start[0], second, end[end.len() - 1], key.len())] = true;
                }
                lexicon.piece_starts[piece_start(start)] = true;
            }
            lexicon.entries.entry(key.into()).or_default().push(entry);
        }
        for entries in lexicon.entries.values_mut() {
            entries.sort_by_key(|entry| (std::cmp::Reverse(entry.tail.len()), entry.exact.is_none()));
        }
        lexicon
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(lang: &str, text: &str) -> Vec<String> {
        let lexicon = Lexicon::of(lang, text);
        let (mut raw, mut out) = (Vec::new(), Vec::new());
        token::paragraph(text, 0, &mut raw);
        lexicon.resolve(text, &raw, &mut out);
        out.iter().map(|t| text[t.start..t.end].to_string()).collect()
    }

    #[test]
    fn every_language_loads_and_says_how_it_writes_decimals() {
        for ((code, _), lexicon) in LANGUAGES.iter().zip(&LEXICONS) {
            assert!(lexicon.grammar.decimal.is_some(), "{code}");
        }
        assert!(NEUTRAL.grammar.decimal.is_none());
    }

    #[test]
    fn phrases_are_one_token_and_compounds_fall_apart() {
        assert_eq!(pieces("en", "No more than U.S. dollars"), ["No more than", "U.S. dollars"]);
        assert_eq!(pieces("fr", "jusqu’à des dollars canadiens"), ["jusqu’à", "des", "dollars canadiens"]);
        assert_eq!(pieces("de", "zweihundertfünfzigtausend"), ["zwei", "hundert", "fünfzig", "tausend"]);
        assert_eq!(pieces("de", "Achtung zweite Dreierbande"), ["Achtung", "zweite", "Dreierbande"]);
        assert_eq!(pieces("it", "duecentoquarantatré"), ["due", "cento", "quaranta", "tré"]);
    }

    #[test]
    fn the_language_is_found_from_its_small_words() {
        for (text, decimal) in [
            ("They said it was more than expected", Some('.')),
            ("Das war nicht zu erwarten", Some(',')),
            ("vierzehn", Some(',')),
            ("15,95 EUR", None),
            ("", None),
        ] {
            assert_eq!(Lexicon::of("und", text).grammar.decimal, decimal, "{text}");
        }
    }
}
