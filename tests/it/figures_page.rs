//! `docs/figures.md`: what the reader makes of examples and what each hedge allows, written by the reader itself.

use onrecord::domain::decimal::Decimal;
use onrecord::domain::figure::{Figure, FoundFigure, Hedge, Precision};
use onrecord::domain::interval::Interval;
use onrecord::figure::find;
use onrecord::reconcile::policy::Policy;
use onrecord::reconcile::reading::Reading;
use onrecord::report::words;

use crate::docs::{between, check_page, page};

const LANGUAGES: [&str; 7] = ["en", "fr", "de", "es", "it", "pt", "nl"];

/// Texts whose figures the page shows.
const EXAMPLES: &[(&str, &str)] = &[
    ("en", "USD34.6 million, US$4.7 billion, $ 14 million and 2.5 MUSD"),
    ("fr", "250 000 000 000,00 $ et 1,4·10¹⁰ €"),
    ("de", "14,3 Mrd. Euro, 1'234.50 Franken und anderthalb Millionen Dollar"),
    ("es", "14.300 millones de dólares y 6 mdp"),
    ("it", "14 mld di euro e duecentocinquantamila lire"),
    ("pt", "R$ 1,2 bilhão no Brasil, 14 mil milhões de euros em Portugal"),
    ("nl", "€ 2,5 miljard en tweehonderdvijftig euro"),
    ("en", "half a million people, three and a half billion euros, 20 euros and 43 cents, 5 crore rupees"),
    ("en", "between £200m and £500m, 12, 14 and 15 million dollars"),
    ("de", "10-20 Mio. Euro"),
    ("fr", "de 3 à 5 milliards d'euros"),
    ("en", "tens of millions of dollars, a handful of people, a low nine-figure sum"),
    ("de", "ein dreistelliger Millionenbetrag"),
    ("en", "two thirds of them, 49 % and 2 percentage points"),
    ("en", "$125 million over four years, 4,000 pilgrims a day, £30,000 per person"),
    ("en", "USD 100 million (roughly Rs 10 crore)"),
    ("en", "€14 billion ($16 billion)"),
    ("en-AU", "It paid $14 million."),
    ("en", "All figures are in Canadian dollars. It paid $14 million."),
    ("und", "1.234"),
    ("fr", "3 billions d'euros"),
    ("en", "In June 2025 GPT-4 came first in 24 tests at 10:30, page 3, 14 Larch Crescent, 555-1234"),
];

/// What each hedge does, said in every language.
const HEDGES: &[[&str; 7]] = &[
    [
        "14 billion euros",
        "14 milliards d'euros",
        "14 Milliarden Euro",
        "14.000 millones de euros",
        "14 miliardi di euro",
        "14 mil milhões de euros",
        "14 miljard euro",
    ],
    [
        "more than 100 million euros",
        "plus de 100 millions d'euros",
        "mehr als 100 Millionen Euro",
        "más de 100 millones de euros",
        "più di 100 milioni di euro",
        "mais de 100 milhões de euros",
        "meer dan 100 miljoen euro",
    ],
    [
        "at least 100 million euros",
        "au moins 100 millions d'euros",
        "mindestens 100 Millionen Euro",
        "al menos 100 millones de euros",
        "almeno 100 milioni di euro",
        "pelo menos 100 milhões de euros",
        "minstens 100 miljoen euro",
    ],
    [
        "less than 100 million euros",
        "moins de 100 millions d'euros",
        "weniger als 100 Millionen Euro",
        "menos de 100 millones de euros",
        "meno di 100 milioni di euro",
        "menos de 100 milhões de euros",
        "minder dan 100 miljoen euro",
    ],
    [
        "up to 100 million euros",
        "jusqu'à 100 millions d'euros",
        "bis zu 100 Millionen Euro",
        "hasta 100 millones de euros",
        "fino a 100 milioni di euro",
        "até 100 milhões de euros",
        "tot 100 miljoen euro",
    ],
    [
        "between 10 and 20 million euros",
        "entre 10 et 20 millions d'euros",
        "zwischen 10 und 20 Millionen Euro",
        "entre 10 y 20 millones de euros",
        "tra 10 e 20 milioni di euro",
        "entre 10 e 20 milhões de euros",
        "tussen 10 en 20 miljoen euro",
    ],
    [
        "about 14 million euros",
        "environ 14 millions d'euros",
        "etwa 14 Millionen Euro",
        "unos 14 millones de euros",
        "circa 14 milioni di euro",
        "cerca de 14 milhões de euros",
        "ongeveer 14 miljoen euro",
    ],
    [
        "nearly 15 million euros",
        "près de 15 millions d'euros",
        "fast 15 Millionen Euro",
        "casi 15 millones de euros",
        "quasi 15 milioni di euro",
        "quase 15 milhões de euros",
        "bijna 15 miljoen euro",
    ],
    [
        "millions of euros",
        "des millions d'euros",
        "Millionen von Euro",
        "millones de euros",
        "milioni di euro",
        "milhões de euros",
        "miljoenen euro's",
    ],
    [
        "tens of millions of euros",
        "des dizaines de millions d'euros",
        "zig Millionen Euro",
        "decenas de millones de euros",
        "decine di milioni di euro",
        "dezenas de milhões de euros",
        "tientallen miljoenen euro's",
    ],
    [
        "hundreds of people",
        "des centaines de personnes",
        "Hunderte Menschen",
        "cientos de personas",
        "centinaia di persone",
        "centenas de pessoas",
        "honderden mensen",
    ],
    [
        "dozens of people",
        "des douzaines de personnes",
        "Dutzende Menschen",
        "docenas de personas",
        "dozzine di persone",
        "dúzias de pessoas",
        "dozijnen mensen",
    ],
    [
        "a handful of people",
        "une poignée de personnes",
        "eine Handvoll Menschen",
        "un puñado de personas",
        "una manciata di persone",
        "um punhado de pessoas",
        "een handvol mensen",
    ],
    [
        "a six-figure sum",
        "une somme à six chiffres",
        "eine sechsstellige Summe",
        "una suma de seis cifras",
        "una somma a sei cifre",
        "uma soma de seis dígitos",
        "een bedrag van zes cijfers",
    ],
    [
        "several million people",
        "plusieurs millions de personnes",
        "mehrere Millionen Menschen",
        "varios millones de personas",
        "diversi milioni di persone",
        "vários milhões de pessoas",
        "enkele miljoenen mensen",
    ],
];

fn bound(value: Option<Decimal>, infinite: &str) -> String {
    let Some(value) = value else { return infinite.to_string() };
    let digits = value.to_string();
    let (whole, fraction) = digits.split_once('.').map_or((digits.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    fraction.map_or(grouped.clone(), |fraction| format!("{grouped}.{fraction}"))
}

fn shown(interval: &Interval) -> String {
    let left = if interval.lo_open || interval.lo.is_none() { "(" } else { "[" };
    let right = if interval.hi_open || interval.hi.is_none() { ")" } else { "]" };
    format!("{left}{}, {}{right}", bound(interval.lo, "−∞"), bound(interval.hi, "∞"))
}

fn precision(figure: &Figure) -> String {
    match figure.precision {
        Precision::Decimals(place) => format!(" at {place}"),
        Precision::Exact => " exact".to_string(),
        Precision::Unstated => String::new(),
    }
}

fn in_words(text: &str, found: &FoundFigure) -> String {
    let mut words = format!("`{}` {}{}", found.span.of(text), words::figure(&found.figure), precision(&found.figure));
    words.extend(found.qualifiers.iter().map(|(key, value)| format!(", {key}: {value}")));
    words.extend(found.conversion.then(|| ", conversion".to_string()));
    let doubts = serde_json::to_value(&found.doubts).unwrap();
    words.extend(doubts.as_array().unwrap().iter().map(|doubt| format!(", {}", doubt.as_str().unwrap())));
    words.extend(found.other.iter().map(|other| format!(", or {}", words::figure(other))));
    words
}

#[test]
fn examples_and_hedges_are_documented() {
    let mut examples = String::from("| language | text | figures |\n| --- | --- | --- |\n");
    for (lang, text) in EXAMPLES {
        let found: Vec<String> = find(text, lang).iter().map(|found| in_words(text, found)).collect();
        examples.push_str(&format!("| {lang} | {text} | {} |\n", found.join("<br>")));
    }
    let mut hedges =
        String::from("| hedge | in words | stated | strict | generous |\n| --- | --- | --- | --- | --- |\n");
    for texts in HEDGES {
        let figures: Vec<Figure> = LANGUAGES.iter().zip(texts).map(|(lang, text)| alone(text, lang)).collect();
        let figure = &figures[0];
        for ((lang, text), other) in LANGUAGES.iter().zip(texts).zip(&figures) {
            let same = Figure { precision: figure.precision, ..other.clone() } == *figure;
            assert!(same, "{lang}: {text}: {other:?}");
        }
        let reading = Reading::of(figure, false, &Policy::default());
        let stated = Interval { lo: figure.lo, hi: figure.hi, lo_open: figure.lo_open, hi_open: figure.hi_open };
        let name = figure.hedge.map_or("none", Hedge::name);
        hedges.push_str(&format!(
            "| `{name}` | {} | {} | {} | {} |\n",
            texts.join("<br>"),
            shown(&stated),
            shown(&reading.strict),
            shown(&reading.widest())
        ));
    }
    let written = std::fs::read_to_string(page("docs/figures.md")).unwrap();
    check_page("docs/figures.md", &between(&between(&written, "figures-read", &examples), "figures-hedges", &hedges));
}

/// The one figure of a text.
fn alone(text: &str, lang: &str) -> Figure {
    let found = find(text, lang);
    assert_eq!(found.len(), 1, "{lang}: {text}");
    found[0].figure.clone()
}
