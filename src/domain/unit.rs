//! Units and currencies of figures.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ISO 4217 currency code, three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CurrencyCode([u8; 3]);

/// The codes of ISO 4217 in use (list one, 2024), without funds, metals and test codes, and of list three those that
/// the euro replaced, which articles still name: three letters and a space each.
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS ATS AUD AWG AZN BAM BBD BDT BEF BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CYP CZK DEM DJF DKK DOP DZD EEK EGP ERN ESP ETB EUR FIM FJD FKP FRF GBP GEL GHS GIP GMD GNF GRD GTQ GYD HKD HNL HRK HTG HUF IDR IEP ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LUF LVL LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MYR MZN NAD NGN NIO NLG NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PTE PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT SKK SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ";

/// The text is not a currency code in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ISO 4217 currency code such as `USD`, `EUR` or `GBP`")]
pub struct UnknownCurrency(pub String);

impl CurrencyCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("built from ASCII letters only")
    }
}

impl FromStr for CurrencyCode {
    type Err = UnknownCurrency;
    fn from_str(text: &str) -> Result<CurrencyCode, UnknownCurrency> {
        let known = CODES.as_bytes().as_chunks::<4>().0;
        // As numbers, because every sum that is read comes by here.
        let is_known = |[a, b, c]: [u8; 3]| {
            let wanted = u32::from_be_bytes([a, b, c, b' ']);
            known.binary_search_by_key(&wanted, |code| u32::from_be_bytes(*code)).is_ok()
        };
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if is_known(code) => Ok(CurrencyCode(code)),
            _ => Err(UnknownCurrency(text.chars().take(20).collect())),
        }
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CurrencyCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CurrencyCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CurrencyCode, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What is known of a sum's currency.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Currency {
    /// The text says which.
    Known(CurrencyCode),
    /// A sign or word that several currencies share ("$", "pounds"): the members, likeliest first, at least two.
    Family(Vec<CurrencyCode>),
    /// A sum of money without any currency ("100 Milliarden").
    Unknown,
}

impl Currency {
    /// The currency, or the likeliest member of an open family.
    pub fn likeliest(&self) -> Option<CurrencyCode> {
        match self {
            Currency::Known(code) => Some(*code),
            Currency::Family(members) => members.first().copied(),
            Currency::Unknown => None,
        }
    }

    /// The members of an open family, else nothing.
    pub fn open_family(&self) -> &[CurrencyCode] {
        match self {
            Currency::Family(members) => members,
            _ => &[],
        }
    }
}

/// What a figure counts or measures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A bare number, or a count of people or things.
    Number,
    /// A sum of money.
    Money(Currency),
    /// Per cent of something.
    Percent,
    /// Difference of two percentages.
    PercentagePoint,
    /// Any other unit, as written ("km", "MW").
    Other(String),
}

impl Unit {
    /// The unit as one word for JSON: `%`, `pp` or the unit as written; `None` for numbers and money.
    pub fn word(&self) -> Option<&str> {
        match self {
            Unit::Number | Unit::Money(_) => None,
            Unit::Percent => Some("%"),
            Unit::PercentagePoint => Some("pp"),
            Unit::Other(word) => Some(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_in_use_are_currencies() {
        let codes: Vec<&str> = CODES.split_terminator(' ').collect();
        assert!(codes.is_sorted() && codes.len() * 4 == CODES.len());
        assert!(codes.iter().all(|code| code.parse::<CurrencyCode>().is_ok_and(|parsed| parsed.to_string() == **code)));
        assert_eq!("USD".parse::<CurrencyCode>().unwrap().to_string(), "USD");
        for text in ["usd", "XXX", "US", "USDT", "", "€€€"] {
            assert_eq!(text.parse::<CurrencyCode>(), Err(UnknownCurrency(text.to_string())));
        }
    }
}
