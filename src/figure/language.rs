//! Which language a text is in: by its letters where they are many, else by the small words and number words of each
//! language.

use super::lexicon::LEXICONS;
use super::token;

/// How much of a text is looked at, in bytes.
const ENOUGH: usize = 2048;

/// The code of the language of `text`, where it is one of those with words of their own and one leads clearly.
///
/// The statistics of letters are asked first. Where they are not sure, the language whose words are the most; where
/// two have nearly as many, the letters decide between them.
pub(super) fn of(text: &str) -> Option<&'static str> {
    let end = (0..=text.len().min(ENOUGH)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let head = &text[..end];
    let by_letters = whatlang::detect(head);
    let code = by_letters.as_ref().and_then(|told| named(told.lang()));
    if by_letters.is_some_and(|told| told.is_reliable()) {
        return code;
    }
    let counts = words_of_each(head);
    let best = counts.iter().copied().max().filter(|best| *best > 0)?;
    let nearly = LEXICONS.iter().zip(counts).filter(|(_, count)| count * 3 >= best * 2).map(|((code, ..), _)| *code);
    let nearly: Vec<&str> = nearly.collect();
    match nearly.as_slice() {
        [one] => Some(one),
        several => code.filter(|code| several.contains(code)),
    }
}

fn named(lang: whatlang::Lang) -> Option<&'static str> {
    LEXICONS.iter().find(|(_, known, _)| *known == lang).map(|(code, ..)| *code)
}

/// How many words of each language a text has.
fn words_of_each(text: &str) -> [usize; LEXICONS.len()] {
    let (mut raw, mut resolved, mut from) = (Vec::new(), Vec::new(), 0);
    let mut counts = [0usize; LEXICONS.len()];
    while from < text.len() {
        from = token::paragraph(text, from, &mut raw);
        for (count, (.., lexicon)) in counts.iter_mut().zip(&LEXICONS) {
            lexicon.resolve(text, &raw, &mut resolved);
            *count += resolved.iter().filter(|token| lexicon.tells(token)).count();
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_the_corpus_are_told_apart() {
        for (code, ..) in &LEXICONS {
            let path = format!("{}/tests/data/figures/{code}.jsonl", env!("CARGO_MANIFEST_DIR"));
            let file = std::fs::read_to_string(path).expect("the corpus is there");
            let text = |line: &str| {
                let line: serde_json::Value = serde_json::from_str(line).expect("the corpus is JSON");
                line["text"].as_str().expect("a line has a text").to_string()
            };
            let texts: Vec<String> = file.lines().map(text).collect();
            let in_thousand = |texts: &[String], fits: fn(Option<&str>, &str) -> bool| {
                texts.iter().filter(|text| fits(of(text), code)).count() * 1000 / texts.len()
            };
            let is_right = |found: Option<&str>, code: &str| found == Some(code);
            let is_wrong = |found: Option<&str>, code: &str| found.is_some_and(|found| found != code);
            let paragraphs: Vec<String> = texts.chunks(4).map(|few| few.join(" ")).collect();
            assert!(in_thousand(&texts, is_right) >= 880, "{code}: of single sentences");
            assert!(in_thousand(&texts, is_wrong) <= 20, "{code}: of single sentences");
            assert!(in_thousand(&paragraphs, is_right) >= 980, "{code}: of four sentences");
            assert!(in_thousand(&paragraphs, is_wrong) == 0, "{code}: of four sentences");
        }
    }

    #[test]
    fn other_languages_are_none_of_ours() {
        for text in [
            "Selskapet opplyser at det vil investere fjorten milliarder kroner i den nye fabrikken i løpet av fire år, men avtalen er ikke undertegnet ennå.",
            "Spółka poinformowała, że zainwestuje czternaście miliardów złotych w nową fabrykę w ciągu czterech lat.",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn short_texts_are_told_by_their_words() {
        for (text, code) in [
            ("They said it was more than expected", Some("en")),
            ("Das war nicht zu erwarten", Some("de")),
            ("vierzehn", Some("de")),
            ("15,95 EUR", None),
            ("", None),
        ] {
            assert_eq!(of(text), code, "{text}");
        }
    }
}
