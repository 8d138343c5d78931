//! A figure: an amount as stated, with its precision, hedge and unit. DESIGN: figures keep what was said; what it
//! allows (the strict and the generous reading) is worked out from it by the reconciler's policy, never stored.

use serde::{Deserialize, Serialize};

use super::decimal::Decimal;
use super::unit::{Currency, CurrencyCode, Unit};

/// How finely a figure was stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// The last stated digit stands at 10^−d: 1 for "14.3", 0 for "14", −9 for "14 billion".
    Decimals(i32),
    /// Counted, not rounded ("three researchers").
    Exact,
    /// Not to be read from the figure (bounds, "hundreds").
    Unstated,
}

/// The word that loosens or bounds a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hedge {
    /// "more than v": (v, ∞).
    MoreThan,
    /// "at least v", "v or more": [v, ∞).
    AtLeast,
    /// "less than v": (−∞, v).
    LessThan,
    /// "up to v", "as much as v": (−∞, v].
    UpTo,
    /// "between a and b", "a to b": [a, b].
    Between,
    /// "about v".
    About,
    /// "nearly v", "almost v": just below.
    Nearly,
    /// "tens of millions", "hundreds", "millions": a plural power of ten p, [p, its next word) and rather 2p than p.
    Plural,
    /// "a nine-figure sum": [10⁸, 10⁹).
    Digits,
}

impl Hedge {
    /// Every hedge with its name, in the order of the type.
    pub const NAMED: [(&'static str, Hedge); 9] = [
        ("more-than", Hedge::MoreThan),
        ("at-least", Hedge::AtLeast),
        ("less-than", Hedge::LessThan),
        ("up-to", Hedge::UpTo),
        ("between", Hedge::Between),
        ("about", Hedge::About),
        ("nearly", Hedge::Nearly),
        ("plural", Hedge::Plural),
        ("digits", Hedge::Digits),
    ];

    /// The name used in JSON and on the command line.
    pub fn name(self) -> &'static str {
        Hedge::NAMED.iter().find(|(_, hedge)| *hedge == self).expect("every hedge is named").0
    }

    /// The hedge of that name.
    pub fn from_name(name: &str) -> Option<Hedge> {
        Hedge::NAMED.iter().find(|(known, _)| *known == name).map(|(_, hedge)| *hedge)
    }
}

/// An amount as stated.
///
/// `lo` and `hi` are the stated bounds: equal for a point ("14 billion"), one absent for a bound ("more than 100"),
/// both given and different for a range. At least one is given and `lo <= hi`; [`Figure::check`] says so.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "FigureFields", try_from = "FigureFields")]
pub struct Figure {
    /// Lower bound as stated.
    pub lo: Option<Decimal>,
    /// Upper bound as stated.
    pub hi: Option<Decimal>,
    /// The lower bound itself is excluded.
    pub lo_open: bool,
    /// The upper bound itself is excluded.
    pub hi_open: bool,
    /// How finely it was stated.
    pub precision: Precision,
    /// The word that loosens or bounds it.
    pub hedge: Option<Hedge>,
    /// What it counts or measures.
    pub unit: Unit,
}

/// Why bounds do not make a figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// Neither bound is given.
    #[error("a figure needs `lo`, `hi` or both")]
    NoBound,
    /// The bounds are in the wrong order, or equal and excluded.
    #[error("`lo` ({lo}) must not be above `hi` ({hi}), nor be excluded where they are equal")]
    Empty {
        /// The lower bound.
        lo: Decimal,
        /// The upper bound.
        hi: Decimal,
    },
    /// A bound cannot be written down and read again.
    #[error("{0} has more than {digits} significant digits, or is out of range", digits = Decimal::STATED_DIGITS)]
    Unstatable(Decimal),
    /// The place of the last digit is out of range.
    #[error("`decimals` is {0}, and must lie between -{limit} and {limit}", limit = Decimal::EXPONENT_LIMIT)]
    Decimals(i64),
    /// Half a unit of the last place cannot be added to the value exactly.
    #[error("{value} with `decimals` {decimals} needs more than 38 digits")]
    TooFine {
        /// The value.
        value: Decimal,
        /// The place.
        decimals: i32,
    },
    /// A currency family with fewer than two members, or not led by the likeliest.
    #[error("`currency_any` must list at least two currencies, `currency` first")]
    Family,
    /// A sum of money with a unit of another kind.
    #[error("a figure has a `currency` or a `unit`, not both")]
    CurrencyAndUnit,
}

impl Figure {
    /// A point value.
    pub fn point(value: Decimal, precision: Precision, unit: Unit) -> Figure {
        Figure { lo: Some(value), hi: Some(value), lo_open: false, hi_open: false, precision, hedge: None, unit }
    }

    /// The value of a point, `None` for ranges and bounds.
    pub fn value(&self) -> Option<Decimal> {
        self.lo.filter(|_| self.lo == self.hi)
    }

    /// True for "more than v" and "up to v": one side only.
    pub fn is_bound(&self) -> bool {
        self.lo.is_some() != self.hi.is_some()
    }

    /// Checks that the parts fit together.
    pub fn check(&self) -> Result<(), FigureError> {
        match (self.lo, self.hi) {
            (None, None) => return Err(FigureError::NoBound),
            (Some(lo), Some(hi)) if lo > hi || (lo == hi && (self.lo_open || self.hi_open)) => {
                return Err(FigureError::Empty { lo, hi });
            }
            _ => {}
        }
        if let Some(bound) = [self.lo, self.hi].into_iter().flatten().find(|bound| !bound.can_be_stated()) {
            return Err(FigureError::Unstatable(bound));
        }
        if let Precision::Decimals(decimals) = self.precision {
            if decimals.unsigned_abs() > Decimal::EXPONENT_LIMIT.unsigned_abs() {
                return Err(FigureError::Decimals(decimals.into()));
            }
            // Room for the widest reading: a unit of the last place on either side.
            for value in [self.lo, self.hi].into_iter().flatten() {
                let unit = Decimal::new(15, -decimals - 1);
                let fits = value.checked_add(unit).is_some() && value.checked_sub(unit).is_some();
                if !fits {
                    return Err(FigureError::TooFine { value, decimals });
                }
            }
        }
        match &self.unit {
            Unit::Money(Currency::Family(members)) if members.len() < 2 => Err(FigureError::Family),
            _ => Ok(()),
        }
    }
}

/// The JSON shape of a figure (DESIGN §8), the same in the record, in listings and from `onrecord figures`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureFields {
    lo: Option<Decimal>,
    hi: Option<Decimal>,
    lo_open: bool,
    hi_open: bool,
    decimals: Option<Decimals>,
    hedge: Option<Hedge>,
    /// True for a sum of money, whose currency may be unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    money: bool,
    currency: Option<CurrencyCode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    currency_any: Vec<CurrencyCode>,
    unit: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Decimals {
    Place(i32),
    Word(Exact),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Exact {
    Exact,
}

impl From<Figure> for FigureFields {
    fn from(figure: Figure) -> FigureFields {
        let (money, currency, currency_any) = match &figure.unit {
            Unit::Money(currency) => {
                (*currency == Currency::Unknown, currency.likeliest(), currency.open_family().to_vec())
            }
            _ => (false, None, Vec::new()),
        };
        FigureFields {
            lo: figure.lo,
            hi: figure.hi,
            lo_open: figure.lo_open,
            hi_open: figure.hi_open,
            decimals: match figure.precision {
                Precision::Decimals(place) => Some(Decimals::Place(place)),
                Precision::Exact => Some(Decimals::Word(Exact::Exact)),
                Precision::Unstated => None,
            },
            hedge: figure.hedge,
            money,
            currency,
            currency_any,
            unit: figure.unit.word().map(str::to_string),
        }
    }
}

impl TryFrom<FigureFields> for Figure {
    type Error = FigureError;
    fn try_from(fields: FigureFields) -> Result<Figure, FigureError> {
        let unit = match (fields.currency, fields.unit.as_deref()) {
            (Some(_), Some(_)) => return Err(FigureError::CurrencyAndUnit),
            (Some(code), None) if fields.currency_any.is_empty() => Unit::Money(Currency::Known(code)),
            (Some(code), None) if fields.currency_any.first() == Some(&code) => {
                Unit::Money(Currency::Family(fields.currency_any))
            }
            (Some(_), None) => return Err(FigureError::Family),
            (None, None) if fields.money => Unit::Money(Currency::Unknown),
            (None, None) => Unit::Number,
            (None, Some("%")) => Unit::Percent,
            (None, Some("pp")) => Unit::PercentagePoint,
            (None, Some(word)) => Unit::Other(word.to_string()),
        };
        let figure = Figure {
            lo: fields.lo,
            hi: fields.hi,
            lo_open: fields.lo_open,
            hi_open: fields.hi_open,
            precision: match fields.decimals {
                Some(Decimals::Place(place)) => Precision::Decimals(place),
                Some(Decimals::Word(Exact::Exact)) => Precision::Exact,
                None => Precision::Unstated,
            },
            hedge: fields.hedge,
            unit,
        };
        figure.check()?;
        Ok(figure)
    }
}

/// What a reader of a text could not be sure of. A doubt never hides a figure; it travels with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// "1.234": thousands in one language, a decimal in another. `other` holds the second reading.
    AmbiguousGrouping,
    /// "billion" in French or German text: 10⁹ or 10¹². `other` holds the second reading.
    AmbiguousScale,
    /// "$" or "pounds": a family of currencies.
    AmbiguousCurrency,
    /// A sum of money by its context, without a currency.
    CurrencyMissing,
    /// A conversion that no rate explains: "USD 100 million (roughly Rs 10 crore)".
    UnlikelyConversion,
}

/// A figure found in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoundFigure {
    /// Where it stands: byte offsets into the text, half-open.
    pub span: super::text::Span,
    /// The figure.
    pub figure: Figure,
    /// The second reading where the text allows two.
    pub other: Option<Figure>,
    /// What could not be known.
    pub doubts: Vec<Doubt>,
    /// Named parts of what is meant, read beside the figure ("per year", "over four years"): `per`, `period`.
    pub qualifiers: std::collections::BTreeMap<String, String>,
    /// True for the sum before it in another currency: "€200 million ($234 million)". No fact of its own.
    pub conversion: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<Figure, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn every_shape_survives_json() {
        let usd: CurrencyCode = "USD".parse().unwrap();
        let units = [
            Unit::Number,
            Unit::Money(Currency::Known(usd)),
            Unit::Money(Currency::Family(vec![usd, "CAD".parse().unwrap()])),
            Unit::Money(Currency::Unknown),
            Unit::Percent,
            Unit::PercentagePoint,
            Unit::Other("km".into()),
        ];
        for unit in units {
            for precision in [Precision::Decimals(-9), Precision::Exact, Precision::Unstated] {
                let figure = Figure::point("14000000000".parse().unwrap(), precision, unit.clone());
                let text = serde_json::to_string(&figure).unwrap();
                assert_eq!(json(&text).unwrap(), figure, "{text}");
            }
        }
    }

    #[test]
    fn bounds_in_the_wrong_order_are_refused() {
        let fields = r#""lo_open":false,"hi_open":false,"decimals":null,"hedge":null,"currency":null,"unit":null"#;
        assert!(json(&format!(r#"{{"lo":"2","hi":"1",{fields}}}"#)).is_err());
        assert!(json(&format!(r#"{{"lo":null,"hi":null,{fields}}}"#)).is_err());
        assert!(json(&format!(r#"{{"lo":"1","hi":null,{fields}}}"#)).is_ok());
    }

    #[test]
    fn every_hedge_has_its_name() {
        for (name, hedge) in Hedge::NAMED {
            assert_eq!(serde_json::to_value(hedge).unwrap(), name);
            assert_eq!(Hedge::from_name(name), Some(hedge));
        }
    }
}
