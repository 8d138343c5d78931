//! Which currency of a family is meant where its sign leaves that open: the one that the text declares for all its
//! sums ("all figures in Canadian dollars"), else that of the country which the language tag names ("en-AU").

use super::page::Page;
use super::sense::Role;
use super::token::Kind;
use crate::domain::figure::{Doubt, Figure, FoundFigure};
use crate::domain::unit::{Currency, CurrencyCode, Unit};

/// Currencies whose sign or name others share, with the countries (ISO 3166-1) where it needs no other name.
const COUNTRIES: [(&str, &str); 52] = [
    ("USD", "US PR"),
    ("CAD", "CA"),
    ("AUD", "AU"),
    ("NZD", "NZ"),
    ("HKD", "HK"),
    ("SGD", "SG"),
    ("TWD", "TW"),
    ("JMD", "JM"),
    ("TTD", "TT"),
    ("BBD", "BB"),
    ("BSD", "BS"),
    ("BZD", "BZ"),
    ("BMD", "BM"),
    ("FJD", "FJ"),
    ("GYD", "GY"),
    ("KYD", "KY"),
    ("NAD", "NA"),
    ("MXN", "MX"),
    ("ARS", "AR"),
    ("CLP", "CL"),
    ("COP", "CO"),
    ("UYU", "UY"),
    ("DOP", "DO"),
    ("CUP", "CU"),
    ("PHP", "PH"),
    ("BRL", "BR"),
    ("GBP", "GB UK"),
    ("EGP", "EG"),
    ("LBP", "LB"),
    ("EUR", "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"),
    ("CHF", "CH LI"),
    ("XOF", "BF BJ CI ML NE SN TG"),
    ("XAF", "CF CG CM GA TD"),
    ("CDF", "CD"),
    ("SEK", "SE"),
    ("NOK", "NO"),
    ("DKK", "DK"),
    ("CZK", "CZ"),
    ("ISK", "IS"),
    ("INR", "IN"),
    ("PKR", "PK"),
    ("LKR", "LK"),
    ("NPR", "NP"),
    ("MUR", "MU"),
    ("KES", "KE"),
    ("TZS", "TZ"),
    ("UGX", "UG"),
    ("ZAR", "ZA"),
    ("JPY", "JP"),
    ("CNY", "CN"),
    ("KRW", "KR"),
    ("RUB", "RU"),
];

/// What is known of the currency of a text beyond the words beside its sums.
#[derive(Clone, Copy, Default)]
pub(super) struct Known {
    /// The text says it of all its sums.
    pub declared: Option<CurrencyCode>,
    /// The country has it.
    pub of_country: Option<CurrencyCode>,
}

impl Known {
    /// What a language tag says: "en-AU" names a country, "en-u-cu-aud" a currency (Unicode locale extension, key `cu`).
    pub fn of_tag(tag: &str) -> Known {
        let mut subtags = tag.split(['-', '_']).skip(1);
        let country = subtags.clone().take_while(|tag| tag.len() > 1).find(|tag| tag.len() == 2);
        let has = |countries: &str, wanted: &str| countries.split(' ').any(|code| code.eq_ignore_ascii_case(wanted));
        let of_country = country.and_then(|wanted| COUNTRIES.iter().find(|(_, countries)| has(countries, wanted)));
        let declared = subtags.find(|tag| tag.eq_ignore_ascii_case("cu")).and_then(|_| subtags.next());
        Known {
            declared: declared.and_then(|code| code.to_ascii_uppercase().parse().ok()),
            of_country: of_country.and_then(|(code, _)| code.parse().ok()),
        }
    }

    /// Says which currency it is wherever a family holds one that is known.
    pub fn settle(&self, found: &mut [FoundFigure]) {
        // A text that writes "A$" does not mean the same by "$".
        let is_written_out = |code| found.iter().any(|found| found.figure.unit == Unit::Money(Currency::Known(code)));
        let written_out = self.of_country.is_some_and(is_written_out);
        for figure in found.iter_mut().filter(|found| found.doubts.contains(&Doubt::AmbiguousCurrency)) {
            let family = family_of(&figure.figure);
            let is_dollar = family.first().is_some_and(|first| first.as_str() == "USD");
            let of_country = self.of_country.filter(|_| !(is_dollar && written_out));
            let settled = [self.declared, of_country].into_iter().flatten().find(|code| family.contains(code));
            let Some(code) = settled else { continue };
            figure.doubts.retain(|doubt| *doubt != Doubt::AmbiguousCurrency);
            for reading in std::iter::once(&mut figure.figure).chain(&mut figure.other) {
                reading.unit = Unit::Money(Currency::Known(code));
            }
        }
    }
}

fn family_of(figure: &Figure) -> &[CurrencyCode] {
    match &figure.unit {
        Unit::Money(currency) => currency.open_family(),
        _ => &[],
    }
}

/// The currency that a paragraph declares for all sums: "(in Canadian dollars)", "All amounts are in US dollars."
pub(super) fn declared(page: &Page) -> Option<CurrencyCode> {
    const LONGEST: usize = 12;
    (1..page.tokens.len()).find_map(|at| {
        let code = match page.sense(at).money.as_ref().map(|money| &money.currency)? {
            Currency::Known(code) => *code,
            _ => return None,
        };
        let (before, after) = (at.saturating_sub(LONGEST)..at, at + 1..at + 1 + LONGEST);
        let ends = |at: &usize| matches!(page.kind(*at), None | Some(Kind::Stop)) || "()[]".contains(page.word(*at));
        let first = before.rev().take_while(|at| !ends(at)).last()?;
        let past = after.into_iter().find(ends)?;
        let is_number = |at: usize| page.kind(at) == Some(Kind::Numeral) || page.sense(at).cardinal.is_some();
        let in_brackets = first > 0 && "([".contains(page.word(first - 1)) && first + 1 == at && past == at + 1;
        let of_all = (first..at).any(|at| page.is(at, Role::AllSums));
        let is_said = page.is(at - 1, Role::Stop) && (in_brackets || of_all);
        (is_said && !(first..past).any(is_number)).then_some(code)
    })
}
