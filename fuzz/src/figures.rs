use onrecord::domain::decimal::Decimal;
use onrecord::domain::figure::{Figure, FoundFigure};
use onrecord::figure::{declared_currency, figure_of_cell, find, find_stated, language_of};

const LANGUAGES: [&str; 12] = ["en", "fr", "de", "es", "it", "pt", "nl", "und", "en-AU", "en-u-cu-cad", "sv", ""];

/// Reads figures in a text, in the language that the first byte chooses.
pub fn figures(data: &[u8]) {
    let Some((first, rest)) = super::chosen(data) else { return };
    let language = LANGUAGES[usize::from(first) % LANGUAGES.len()];
    let text = String::from_utf8_lossy(rest);
    let found = find(&text, language);
    assert_eq!(found, find(&text, language), "read otherwise a second time");
    check(&text, &found, language);
    check(&text, &find_stated(&text, language), language);
    language_of(&text);
    declared_currency(&text, language);
    for line in text.lines().take(8) {
        for language in [None, Some(language)] {
            if let Ok(figure) = figure_of_cell(line, language) {
                check_figure(&figure);
            }
        }
        if let Ok(decimal) = line.parse::<Decimal>() {
            check_decimal(decimal);
        }
    }
}

fn check(text: &str, found: &[FoundFigure], language: &str) {
    let mut end = 0;
    for found in found {
        assert!(end <= found.span.start && found.span.start < found.span.end, "{found:?} before {end}");
        let words = text.get(found.span.start..found.span.end).expect("a place between characters");
        assert!(!words.trim().is_empty());
        found.other.iter().chain([&found.figure]).for_each(check_figure);
        // By themselves the words may mean something else; they must not be too much.
        find_stated(words, language);
        let _ = figure_of_cell(words, Some(language));
        end = found.span.end;
    }
}

fn check_figure(figure: &Figure) {
    figure.check().expect("a figure that is found is sound");
    let json = serde_json::to_string(figure).expect("a figure has JSON");
    assert_eq!(serde_json::from_str::<Figure>(&json).expect("what is written is read"), *figure, "{json}");
    figure.lo.into_iter().chain(figure.hi).for_each(check_decimal);
}

/// A number that is printed is read as the same number, by itself and as a cell.
fn check_decimal(decimal: Decimal) {
    let printed = decimal.to_string();
    assert_eq!(printed.parse(), Ok(decimal), "{printed}");
    if let Ok(figure) = figure_of_cell(&printed, None) {
        assert_eq!(figure.value(), Some(decimal), "{printed}");
    }
}
