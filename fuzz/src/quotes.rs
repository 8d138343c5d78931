use onrecord::domain::quote::{Quote, WantedQuote};
use onrecord::domain::text::Span;
use onrecord::quote::{Difference, QuoteError, Searchable, find, fold_name, near_names};

/// The first line is what is wanted: words, words before, words after, first and last scalar, with tabs between them.
/// The rest is the text. Then words are cut out of the text and wanted.
pub fn quotes(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let (line, text) = input.split_once('\n').unwrap_or(("", &input));
    let searchable = Searchable::new(text);
    let mut fields = line.split('\t');
    let mut field = || fields.next().filter(|field| !field.is_empty()).map(str::to_string);
    let wanted = WantedQuote {
        exact: field().unwrap_or_default(),
        prefix: field(),
        suffix: field(),
        start: field().and_then(|n| n.parse().ok()),
        end: field().and_then(|n| n.parse().ok()),
    };
    let found = find(&searchable, &wanted);
    assert_eq!(format!("{found:?}"), format!("{:?}", find(&Searchable::new(text), &wanted)));
    match found {
        Ok(quote) => {
            check(text, &quote);
            // What was found is found again, by its own words and by its place.
            let again = find(&searchable, &wanted_of(&quote));
            assert_eq!(again.map(|again| again.span()).ok(), Some(quote.span()));
            if !quote.folded {
                assert_eq!(quote.exact, wanted.exact.trim_matches(is_blank), "not the words that were asked for");
            }
        }
        Err(error) => check_error(text, &error),
    }
    cut(text, &searchable, data);
    names(line, text);
}

/// What is left out around the words that are asked for.
fn is_blank(c: char) -> bool {
    let is_dropped = matches!(
        c,
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202c}' | '\u{2060}'
            | '\u{2066}'..='\u{2069}' | '\u{fe0e}' | '\u{fe0f}' | '\u{feff}'
    );
    c.is_whitespace() || is_dropped
}

fn wanted_of(quote: &Quote) -> WantedQuote {
    WantedQuote {
        exact: quote.exact.clone(),
        prefix: Some(quote.prefix.clone()),
        suffix: Some(quote.suffix.clone()),
        start: Some(quote.start),
        end: Some(quote.end),
    }
}

/// A quote is where it says it is.
fn check(text: &str, quote: &Quote) {
    assert_eq!(text.get(quote.start_byte..quote.end_byte), Some(quote.exact.as_str()));
    assert!(!quote.exact.trim().is_empty());
    assert_eq!(text[..quote.start_byte].chars().count(), quote.start);
    assert_eq!(quote.start + quote.exact.chars().count(), quote.end);
    assert!(text[..quote.start_byte].ends_with(&quote.prefix) && quote.prefix.chars().count() <= 32);
    assert!(text[quote.end_byte..].starts_with(&quote.suffix) && quote.suffix.chars().count() <= 32);
}

fn check_error(text: &str, error: &QuoteError) {
    let _ = (error.to_string(), error.hint(), error.json_hint());
    let places = match error {
        QuoteError::Ambiguous { places, .. }
        | QuoteError::Misplaced { places, .. }
        | QuoteError::CutsWord { places, .. } => places.as_slice(),
        QuoteError::NotFound { nearest: Some(nearest), .. } => {
            let _ = nearest.marked();
            assert_eq!(text.get(nearest.span.start..nearest.span.end), Some(nearest.passage.as_str()));
            let in_text = |part: &Difference| match part {
                Difference::Same(words) | Difference::Found(words) => words.clone(),
                Difference::Wanted(_) => String::new(),
            };
            assert_eq!(nearest.difference.iter().map(in_text).collect::<String>(), nearest.passage);
            &[]
        }
        _ => &[],
    };
    for place in places {
        let words: String = text.chars().skip(place.start).take(place.end - place.start).collect();
        assert_eq!(words, place.exact);
    }
}

/// Words cut out of a text are found where they were cut out; or they are a part of a word, which is not quoted.
fn cut(text: &str, searchable: &Searchable, data: &[u8]) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for pair in data.windows(4).take(8) {
        let place = |high: u8, low: u8| places[usize::from(u16::from_be_bytes([high, low])) % places.len()];
        let (a, b) = (place(pair[0], pair[1]), place(pair[2], pair[3]));
        let span = Span::new(a.min(b), a.max(b));
        let quote = searchable.quote_at(span).expect("a place between characters");
        match find(searchable, &wanted_of(&quote)) {
            Ok(found) => {
                check(text, &found);
                assert!(!found.folded);
                assert!(span.start <= found.start_byte && found.end_byte <= span.end, "{found:?} from {quote:?}");
                assert_eq!(found.exact, quote.exact.trim_matches(is_blank));
            }
            Err(QuoteError::Empty) => assert!(quote.exact.chars().all(is_blank), "{quote:?}"),
            Err(error @ (QuoteError::CutsWord { .. } | QuoteError::Misplaced { .. })) => {
                assert!(!stands_alone(text, span), "{quote:?} cuts nothing: {error}");
            }
            Err(error) => panic!("{quote:?} is not found: {error}"),
        }
    }
}

/// Words that begin and end with plain letters, and have a space or nothing on either side.
fn stands_alone(text: &str, span: Span) -> bool {
    let (before, words, after) = (&text[..span.start], span.of(text), &text[span.end..]);
    words.starts_with(|c: char| c.is_ascii_alphabetic())
        && words.ends_with(|c: char| c.is_ascii_alphabetic())
        && (before.is_empty() || before.ends_with(' '))
        && (after.is_empty() || after.starts_with(' '))
}

fn names(line: &str, text: &str) {
    let folded = fold_name(line);
    assert_eq!(fold_name(&folded), folded, "folded once more it changes");
    let known: Vec<&str> = text.lines().take(20).collect();
    for near in near_names(line, known.iter().copied()) {
        assert!(known.contains(&near));
    }
}
