//! What a word or a phrase can mean beside a number.
//!
//! A word may mean several things at once ("over" bounds a figure and begins a period), so a [`Sense`] has one slot per
//! kind of meaning, and the readers ask for the slot they need.

use serde::Deserialize;

use crate::domain::decimal::Decimal;
use crate::domain::figure::Hedge;
use crate::domain::unit::Currency;

macro_rules! roles {
    ($($role:ident = $name:literal),+ $(,)?) => {
        /// A part a word can play around a number, beyond the meanings that carry a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Role { $($role),+ }

        impl Role {
            /// Every role with its name in the word files.
            pub const NAMED: &[(&str, Role)] = &[$(($name, Role::$role)),+];
            const FIT_IN_A_WORD: () = assert!(Role::NAMED.len() <= 64);
        }
    };
}

roles! {
    // Joints.
    And = "and", But = "but", To = "to", Or = "or", Between = "between", Of = "of", Per = "per", Ratio = "ratio", Onto = "onto",
    // Parts of a number.
    Point = "point", Minus = "minus", Half = "half", HalfMore = "half_more", HalfNoun = "half_noun", Several = "several",
    Figures = "figures", Divided = "divided", Parts = "parts",
    // What tells that a number is no figure.
    Ordinal = "ordinal", Twice = "twice", AsMany = "as_many",
    Month = "month", Weekday = "weekday", Clock = "clock", ClockBefore = "clock_before", Label = "label", Race = "race",
    // What stands around a figure.
    Article = "article", Change = "change", Over = "over", Contract = "contract", People = "people", Stop = "stop", From = "from",
    Not = "not", Only = "only", BelowZero = "below_zero",
    // Set by other sections of the word files.
    Weak = "weak", Piece = "piece", MoneyHedge = "money_hedge", LooseMoney = "loose_money", WaryCode = "wary_code",
    Foreign = "foreign", Sign = "sign",
    // What joins a sum and the same in another currency; streets; a letter that is a unit only where it touches.
    Equals = "equals", Street = "street", Glued = "glued",
    // What a currency is declared of: "all amounts in US dollars".
    AllSums = "all_sums",
    // "low six figures".
    Graded = "graded",
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
    /// A power with the ways its word may be used.
    pub fn new(exponent: i32, other: Option<i32>, uses: &[Use]) -> Power {
        Power { exponent, other, uses: uses.iter().fold(0, |bits, way| bits | *way as u8) }
    }

    /// The same with the uses of another listing of its word.
    pub fn or_used_as(self, other: Power) -> Power {
        Power { uses: self.uses | other.uses, ..self }
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
    /// May stand alone as a vague plural ("dozens"), and stays below this then.
    pub below: Option<i64>,
    /// Multiplies the number before it: "two dozen", but not "a handful".
    pub counts: bool,
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

/// The names of lengths of time.
pub(super) const TIMES: [&str; 7] = ["year", "month", "week", "day", "hour", "minute", "second"];

/// A currency as a word or sign names it.
#[derive(Clone, Debug)]
pub(super) struct Money {
    /// The currency or the family.
    pub currency: Currency,
    /// The power of ten that the word counts it in: −2 for "cents", 6 for "mdp" (millions of pesos).
    pub scale: i32,
}

impl Money {
    /// True for a hundredth: "cents".
    pub fn is_minor(&self) -> bool {
        self.scale < 0
    }
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
    /// A number only before what it counts ("one", which is a pronoun elsewhere).
    pub before_noun: bool,
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

    /// Takes that part from the word.
    pub fn drop_role(&mut self, role: Role) {
        self.roles &= !(1 << role as u8);
    }

    /// Gives the word that part.
    pub fn add_role(&mut self, role: Role) {
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
    /// "cent un", "mil uno": one after hundreds and thousands is the numeral, no article.
    pub one_joins: bool,
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

impl Grammar {
    /// True where the article is the numeral as well: "un euro" is one euro. Of our languages only English has two words.
    pub fn article_counts(&self) -> bool {
        self.decimal != Some('.')
    }
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
    /// After both: "cento e trinta e dois".
    All,
}
