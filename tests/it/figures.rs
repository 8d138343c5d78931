//! Figures in text: cases per language as data, and what holds for every text.

use onrecord::domain::decimal::Decimal;
use onrecord::domain::figure::{Doubt, Figure, FoundFigure, Hedge, Precision};
use onrecord::domain::unit::{Currency, Unit};
use onrecord::figure::find;
use onrecord::report::{Figures, Listing};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Reads every case of a language and compares all its figures at once, so that one run shows every difference.
fn check(lang: &str, cases: &str) {
    let mut differences = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{lang}: {error}: {line}"));
        let text = case["text"].as_str().expect("a case has a text");
        let got = Value::from(find(text, lang).iter().map(|found| shown(text, found)).collect::<Vec<_>>());
        if got != case["figures"] {
            differences.push(format!("{text}\n  expected {}\n  found    {got}", case["figures"]));
        }
    }
    assert!(cases.lines().count() >= 300, "{lang} has too few cases");
    assert!(differences.is_empty(), "{lang}:\n{}", differences.join("\n"));
}

/// A figure in the shape of the cases: what is null, false or empty is left out.
fn shown(text: &str, found: &FoundFigure) -> Value {
    let Value::Object(fields) = serde_json::to_value(&found.figure).expect("a figure is JSON") else { unreachable!() };
    let mut shape = Map::new();
    shape.insert("text".into(), json!(found.span.of(text)));
    let told = fields
        .into_iter()
        .filter(|(name, value)| name != "currency_any" && !matches!(value, Value::Null | Value::Bool(false)));
    shape.extend(told);
    if found.conversion {
        shape.insert("conversion".into(), json!(true));
    }
    if !found.qualifiers.is_empty() {
        shape.insert("qualifiers".into(), json!(found.qualifiers));
    }
    Value::Object(shape)
}

macro_rules! languages {
    ($($test:ident = $code:literal),+) => {$(
        #[test]
        fn $test() {
            check($code, include_str!(concat!("../data/figures/", $code, ".jsonl")));
        }
    )+};
}

languages!(
    english = "en",
    french = "fr",
    german = "de",
    spanish = "es",
    italian = "it",
    portuguese = "pt",
    dutch = "nl"
);

/// The doubts of the only figure in a text, and the value of its second reading.
fn check_doubts(lang: &str, text: &str, doubts: &[Doubt], other: Option<&str>) {
    let found = find(text, lang);
    assert_eq!(found.len(), 1, "{text}");
    assert_eq!(found[0].doubts, doubts, "{text}");
    let second = found[0].other.as_ref().and_then(|figure| figure.value());
    assert_eq!(second.map(|value| value.to_string()).as_deref(), other, "{text}");
}

#[test]
fn two_readings_are_both_kept() {
    use Doubt::{AmbiguousCurrency, AmbiguousGrouping, AmbiguousScale};
    check_doubts("und", "1.234", &[AmbiguousGrouping], Some("1.234"));
    check_doubts("fr", "1,234 €", &[AmbiguousGrouping], Some("1234"));
    check_doubts("fr", "10,000 €", &[AmbiguousGrouping], Some("10"));
    check_doubts("en", "1,234 people", &[], None);
    check_doubts("de", "1.234 €", &[], None);
    check_doubts("fr", "3 billions d'euros", &[AmbiguousScale], Some("3000000000"));
    check_doubts("de", "3 Billionen Euro", &[AmbiguousScale], Some("3000000000"));
    check_doubts("en", "3 billion euros", &[], None);
    check_doubts("und", "€5 billion", &[AmbiguousScale], Some("5000000000000"));
    check_doubts("en", "$100", &[AmbiguousCurrency], None);
    check_doubts("en", "100 pounds", &[AmbiguousCurrency], None);
    check_doubts("en", "US$100", &[], None);
    check_doubts("fr", "3 billions de dollars", &[AmbiguousScale, AmbiguousCurrency], Some("3000000000"));
}

/// 5⅓ million had a digit more than can be read again, so that no claim of it could be logged.
#[test]
fn what_has_no_end_can_be_put_on_record() {
    for (lang, text) in [
        ("en", "5⅓ million bricks"),
        ("en", "1234567 ⅔ tons"),
        ("en", "twelve and a third billion dollars"),
        ("en", "1 billion 5⅓ million dollars"),
        ("fr", "trois millions et un tiers"),
    ] {
        for found in find(text, lang) {
            let json = serde_json::to_string(&found.figure).unwrap();
            assert_eq!(serde_json::from_str::<Figure>(&json).unwrap(), found.figure, "{text}");
        }
    }
    assert_eq!(find("5⅓ million bricks", "en")[0].figure.value().unwrap().to_string(), "5333333.333333333333333333333");
}

#[test]
fn a_family_keeps_its_members_the_likeliest_first() {
    let unit = |text: &str, lang: &str| find(text, lang).remove(0).figure.unit;
    let Unit::Money(Currency::Family(dollars)) = unit("$5", "en") else { panic!("a family") };
    assert_eq!(dollars[..2].iter().map(|code| code.as_str()).collect::<Vec<_>>(), ["USD", "CAD"]);
    let Unit::Money(Currency::Family(pesos)) = unit("$5.000 pesos", "es") else { panic!("a family") };
    assert_eq!(pesos[0].as_str(), "MXN");
    assert!(matches!(unit("$5 CAD", "en"), Unit::Money(Currency::Known(code)) if code.as_str() == "CAD"));
}

#[test]
fn conversions_are_marked_and_checked() {
    for (text, doubted) in [
        ("It paid USD 100 million (roughly Rs 10 crore).", true),
        ("It paid USD 100 million (roughly Rs 860 crore).", false),
        ("The wells cost €14 billion ($16 billion).", false),
        ("The wells cost €14 billion ($16 million).", true),
        // No rate is known, so nothing can be said.
        ("The wells cost 5 million dirhams ($1.4 million).", false),
    ] {
        let found = find(text, "en");
        assert_eq!(found.iter().map(|found| found.conversion).collect::<Vec<_>>(), [false, true], "{text}");
        assert_eq!(found[1].doubts.contains(&Doubt::UnlikelyConversion), doubted, "{text}");
    }
}

#[test]
fn a_period_goes_with_a_sum_and_stays_a_figure_beside_a_measure() {
    let texts = |text: &'static str| find(text, "en").iter().map(|f| f.span.of(text)).collect::<Vec<_>>();
    assert_eq!(texts("a four-year deal worth $125 million"), ["$125 million"]);
    assert_eq!(texts("a four-year plan for 300 MW"), ["four-year", "300 MW"]);
}

#[test]
fn the_text_or_the_country_says_which_dollars() {
    let unit = |text: &str, lang: &str| {
        let found = find(text, lang).pop().expect("a figure");
        match found.figure.unit {
            Unit::Money(Currency::Known(code)) => {
                assert!(!found.doubts.contains(&Doubt::AmbiguousCurrency), "{text}");
                code.to_string()
            }
            Unit::Money(Currency::Family(members)) => format!("{}?", members[0]),
            other => panic!("{text}: {other:?}"),
        }
    };
    for (text, lang, code) in [
        ("It paid $14 million.", "en", "USD?"),
        ("It paid $14 million.", "en-AU", "AUD"),
        ("It paid $14 million.", "en_CA", "CAD"),
        ("It paid $14 million.", "en-Latn-NZ", "NZD"),
        ("It paid $14 million.", "en-u-cu-sgd", "SGD"),
        ("It paid $14 million.", "en-GB", "USD?"),
        ("It paid £14 million, or 14 million pounds.", "en-GB", "GBP"),
        ("It paid US$14 million.", "en-AU", "USD"),
        // Who writes "A$" means something else by "$".
        ("It paid A$14 million, of which $2 million in shares.", "en-AU", "USD?"),
        ("Elle a payé 14 millions de francs.", "fr-CH", "CHF"),
        ("Costó 14 millones de pesos.", "es-CL", "CLP"),
        ("Alle Beträge in kanadischen Dollar. Umsatz: 14 Mio. Dollar.", "de", "CAD"),
        ("All figures are in Canadian dollars.\n\nRevenue was $14 million.", "en", "CAD"),
        ("Revenue ($14 million) and costs (in U.S. dollars) rose to $9 million.", "en-AU", "USD"),
        // Somebody's pay says nothing of other sums.
        ("He was paid in Canadian dollars. Revenue was $14 million.", "en", "USD?"),
    ] {
        assert_eq!(unit(text, lang), code, "{text} ({lang})");
    }
}

#[test]
fn the_language_is_found_where_the_text_tells() {
    let value = |text: &str| find(text, "und").first().and_then(|found| found.figure.value()).map(|v| v.to_string());
    assert_eq!(value("Das Dorf hat 1.234 Brunnen und keinen Arzt").as_deref(), Some("1234"));
    assert_eq!(value("The rate was 1.234 and it fell").as_deref(), Some("1.234"));
    assert_eq!(value("vierzehn Millionen Dollar").as_deref(), Some("14000000"));
    assert_eq!(value("la ville a versé quatorze millions").as_deref(), Some("14000000"));
}

#[test]
fn a_blank_line_parts_figures_and_a_line_break_does_not() {
    let texts = |text: &'static str| find(text, "en").iter().map(|f| f.span.of(text)).collect::<Vec<_>>();
    assert_eq!(texts("They paid $14\nbillion"), ["$14\nbillion"]);
    assert_eq!(texts("They paid $14\n\nbillion"), ["$14"]);
}

/// Pieces that mean something next to each other, so that random texts reach every part of the reader.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "$", "€", "US$", "%", "million", "milliards", "Mrd.", "k", "m", "one", "a", "un", "zwei", "cent", "hundert",
            "quatre", "vingt", "half", "demi", "dozen", "dizaine", "tens", "and", "et", "und", "y", "of", "de", "to",
            "bis", "between", "entre", "zwischen", "more than", "plus de", "or more", "up to", "about", "over", "years",
            "pro Jahr", "deal", "four-year", "figure", "third", "quarter", "June", "einhundertzwei", "duecento", "point",
            "virgule", "in", "sur", "Uhr", "GPT", "https://", "-", "–", ".", ",", "'", "’", "(", ")", "/", "+", "~", "\n", "\n\n",
            "½", "\u{a0}", "\u{202f}", "\u{ad}", "é", "Ł", "日",
        ]).prop_map(str::to_string),
        3 => "[0-9]{1,5}",
        1 => "[0-9]{1,3}([.,' ][0-9]{3}){1,3}",
        1 => "\\PC{0,4}",
    ];
    prop::collection::vec((piece, prop::sample::select(vec!["", " ", " ", "-"])), 0..24)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(piece, gap)| [piece, gap.to_string()]).collect())
}

/// A number as a language writes it: sign of thousands, decimal mark.
fn written(digits: &str, decimals: usize, group: &str, mark: &str) -> String {
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out += group;
        }
        out.push(digit);
    }
    if decimals == 0 { out } else { out + mark + fraction }
}

const LANGUAGES: [&str; 8] = ["en", "fr", "de", "es", "it", "pt", "nl", "und"];

/// How the languages write numbers (sign of thousands, decimal mark), sums, scales and hedges.
#[derive(Clone, Debug)]
struct Style {
    lang: &'static str,
    numbers: &'static [(&'static str, &'static str)],
    sums: &'static [(&'static str, &'static str)],
    /// Words of scale and their exponent.
    scales: &'static [(&'static str, i32)],
    hedges: &'static [(&'static str, Hedge)],
    noun: &'static str,
}

const STYLES: [Style; 7] = [
    Style {
        lang: "en",
        numbers: &[(",", "."), ("", "."), ("\u{2009}", ".")],
        sums: &[("€", ""), ("EUR ", ""), ("EUR", ""), ("€ ", ""), ("", " euros"), ("", " EUR")],
        scales: &[(" million", 6), (" billion", 9), ("m", 6), ("bn", 9), (" trillion", 12)],
        hedges: &[
            ("more than ", Hedge::MoreThan),
            ("up to ", Hedge::UpTo),
            ("about ", Hedge::About),
            ("at least ", Hedge::AtLeast),
        ],
        noun: " last week",
    },
    Style {
        lang: "fr",
        numbers: &[("\u{202f}", ","), (" ", ","), ("\u{a0}", ","), (".", ","), ("", ",")],
        sums: &[("", "\u{a0}€"), ("", " euros"), ("", " EUR"), ("", "€")],
        scales: &[(" millions d'", 6), (" milliards d’", 9), (" Md", 9), (" M", 6)],
        hedges: &[
            ("plus de ", Hedge::MoreThan),
            ("jusqu’à ", Hedge::UpTo),
            ("environ ", Hedge::About),
            ("au moins ", Hedge::AtLeast),
        ],
        noun: " la semaine dernière",
    },
    Style {
        lang: "de",
        numbers: &[(".", ","), ("'", "."), ("’", "."), (" ", ","), ("", ",")],
        sums: &[("", " Euro"), ("", " €"), ("€ ", ""), ("EUR ", ""), ("", "\u{202f}€")],
        scales: &[(" Millionen", 6), (" Milliarden", 9), (" Mio.", 6), (" Mrd.", 9)],
        hedges: &[
            ("mehr als ", Hedge::MoreThan),
            ("bis zu ", Hedge::UpTo),
            ("etwa ", Hedge::About),
            ("mindestens ", Hedge::AtLeast),
        ],
        noun: " in der Woche",
    },
    Style {
        lang: "es",
        numbers: &[(".", ","), (" ", ","), ("\u{a0}", ","), ("", ",")],
        sums: &[("", " euros"), ("", " €"), ("", "\u{a0}€"), ("€ ", "")],
        scales: &[(" millones de", 6), (" mil millones de", 9), (" millardos de", 9)],
        hedges: &[
            ("más de ", Hedge::MoreThan),
            ("hasta ", Hedge::UpTo),
            ("unos ", Hedge::About),
            ("al menos ", Hedge::AtLeast),
        ],
        noun: " la semana pasada",
    },
    Style {
        lang: "it",
        numbers: &[(".", ","), ("'", ","), ("", ",")],
        sums: &[("", " euro"), ("", " €"), ("€ ", ""), ("€", "")],
        scales: &[(" milioni di", 6), (" miliardi di", 9), (" mln di", 6), (" mld di", 9)],
        hedges: &[
            ("più di ", Hedge::MoreThan),
            ("fino a ", Hedge::UpTo),
            ("circa ", Hedge::About),
            ("almeno ", Hedge::AtLeast),
        ],
        noun: " la settimana scorsa",
    },
    Style {
        lang: "pt",
        numbers: &[(".", ","), ("\u{a0}", ","), ("", ",")],
        sums: &[("", " euros"), ("", " €"), ("€ ", ""), ("EUR ", "")],
        scales: &[(" milhões de", 6), (" mil milhões de", 9), (" bilhões de", 9), (" mi de", 6)],
        hedges: &[
            ("mais de ", Hedge::MoreThan),
            ("até ", Hedge::UpTo),
            ("cerca de ", Hedge::About),
            ("pelo menos ", Hedge::AtLeast),
        ],
        noun: " na semana passada",
    },
    Style {
        lang: "nl",
        numbers: &[(".", ","), ("\u{a0}", ","), ("", ",")],
        sums: &[("€ ", ""), ("€", ""), ("", " euro"), ("EUR ", "")],
        scales: &[(" miljoen", 6), (" miljard", 9), (" mln.", 6), (" mld.", 9)],
        hedges: &[
            ("meer dan ", Hedge::MoreThan),
            ("tot ", Hedge::UpTo),
            ("ongeveer ", Hedge::About),
            ("minstens ", Hedge::AtLeast),
        ],
        noun: " vorige week",
    },
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_gives_figures_in_order_that_are_whole(text in text(), lang in prop::sample::select(&LANGUAGES[..])) {
        let mut end = 0;
        for found in find(&text, lang) {
            let span = found.span;
            prop_assert!(span.start >= end && span.start < span.end && span.end <= text.len());
            prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            end = span.end;
            prop_assert!(found.figure.check().is_ok());
            prop_assert!(found.other.as_ref().is_none_or(|other| other.check().is_ok()));
            // A digit outside does not touch a digit inside: no figure is a part of a number.
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let inside = span.of(&text);
            prop_assert!(!(digit(text[..span.start].chars().next_back()) && digit(inside.chars().next())), "{}", inside);
            prop_assert!(!(digit(inside.chars().next_back()) && digit(text[span.end..].chars().next())), "{}", inside);
            // Bounds and hedges fit.
            match found.figure.hedge {
                Some(Hedge::MoreThan | Hedge::AtLeast | Hedge::LessThan | Hedge::UpTo) => prop_assert!(found.figure.is_bound()),
                Some(Hedge::Between | Hedge::Plural | Hedge::Digits) => prop_assert!(found.figure.lo < found.figure.hi),
                _ => prop_assert!(found.figure.value().is_some()),
            }
        }
    }

    #[test]
    fn arbitrary_characters_never_panic(text in "\\PC{0,200}", lang in prop::sample::select(&LANGUAGES[..])) {
        find(&text, lang);
    }

    #[test]
    fn a_sum_is_read_back_however_it_is_written(
        style in prop::sample::select(&STYLES[..]),
        coefficient in 1u64..10_000_000_000,
        decimals in 0usize..4,
        picks in any::<[prop::sample::Index; 4]>(),
    ) {
        let digits = format!("{coefficient:0>width$}", width = decimals + 1);
        let value: Decimal = format!("{}e-{decimals}", digits.trim_start_matches('0')).parse().unwrap();
        let (group, mark) = *picks[0].get(style.numbers);
        let (before, after) = *picks[1].get(style.sums);
        let (hedge_word, hedge) = *picks[2].get(style.hedges);
        let sum = format!("{before}{}{after}", written(&digits, decimals, group, mark));
        // Of three decimals nothing tells that they are no thousands.
        let open = |found: &FoundFigure| {
            let stated = found.figure.lo.or(found.figure.hi);
            let thousands = stated == value.checked_mul(1000.into());
            let other = found.other.as_ref().is_some_and(|other| other.lo.or(other.hi) == Some(value));
            decimals == 3 && (other || (thousands && mark == "."))
        };
        for (text, hedged) in [(sum.clone(), false), (format!("{hedge_word}{sum}{}", style.noun), true)] {
            let found = find(&text, style.lang);
            prop_assert_eq!(found.len(), 1, "{} {}", style.lang, text);
            let figure = &found[0].figure;
            prop_assert_eq!(found[0].span.of(&text), sum.as_str(), "{} {}", style.lang, text);
            prop_assert_eq!(&figure.unit, &Unit::Money(Currency::Known("EUR".parse().unwrap())));
            if open(&found[0]) {
                continue;
            }
            let stated = [figure.lo, figure.hi];
            prop_assert!(stated.into_iter().flatten().all(|end| end == value), "{} {text}: {figure:?}", style.lang);
            if hedged {
                prop_assert_eq!(figure.hedge, Some(hedge), "{} {}", style.lang, text);
            } else {
                prop_assert_eq!(figure.value(), Some(value), "{} {}", style.lang, text);
                prop_assert_eq!(figure.precision, Precision::Decimals(decimals as i32), "{} {}", style.lang, text);
            }
        }
    }

    #[test]
    fn a_scale_is_read_back(style in prop::sample::select(&STYLES[..]), mantissa in 1u64..1000, tenths in 0u64..10, whole: bool, scale in any::<prop::sample::Index>()) {
        let (word, exponent) = *scale.get(style.scales);
        let decimals = usize::from(!whole);
        let number = if whole { mantissa.to_string() } else { format!("{mantissa}{}{tenths}", style.numbers[0].1) };
        let value: Decimal = if whole { format!("{mantissa}e{exponent}") } else { format!("{mantissa}.{tenths}e{exponent}") }.parse().unwrap();
        // "mln di euro" but "miljoen euro", "Md €"; "millions d'euros" without a space.
        let gap = if word.ends_with(['\'', '’']) { "" } else { " " };
        let text = format!("{number}{word}{gap}euros");
        let found = find(&text, style.lang);
        prop_assert_eq!(found.len(), 1, "{} {}", style.lang, text);
        prop_assert_eq!(found[0].span.of(&text), text.as_str());
        prop_assert_eq!(found[0].figure.value(), Some(value), "{} {}", style.lang, text);
        prop_assert_eq!(found[0].figure.precision, Precision::Decimals(decimals as i32 - exponent), "{}", text);
    }

    #[test]
    fn the_place_of_a_figure_is_right_beside_any_script(
        before in any_script(),
        after in any_script(),
        lang in prop::sample::select(&LANGUAGES[..]),
    ) {
        const SUM: &str = "EUR 14";
        let text = format!("{before}: {SUM}; {after}");
        let found = find(&text, lang);
        let start = before.chars().count() + 2;
        let place = json!([SUM, start, start + SUM.len()]);
        let items = Figures { text: &text, found: &found }.items();
        prop_assert!(items.iter().any(|item| json!([item["text"], item["start"], item["end"]]) == place), "{text:?}: {items:?}");
    }
}

/// Words of every kind of script, with emoji of several code points and marks that join and hide.
fn any_script() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "слово",
            "كلمة",
            "מילה",
            "单词",
            "言葉",
            "단어",
            "λέξη",
            "शब्द",
            "คำ",
            "e\u{301}te\u{301}",
            "ﬁn",
            "Straße",
            "😀",
            "👩\u{200d}🔬",
            "🇨🇭",
            "👍🏽",
            "\u{200b}",
            "\u{202e}abc\u{202c}",
            "𝔘𝔫𝔦",
            "\u{1F1E6}",
        ])
        .prop_map(str::to_string),
        "\\p{L}{1,6}",
        "\\p{So}{1,3}",
    ];
    prop::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
}
