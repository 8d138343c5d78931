//! Quotes: cases as data, and what must hold of every text.

use onrecord::domain::quote::{Quote, WantedQuote};
use onrecord::quote::{MAX_PLACES, NameIndex, Place, QuoteError, Searchable, find, fold_name, near_names};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    wanted: Wanted,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    exact: String,
    prefix: Option<String>,
    suffix: Option<String>,
    start: Option<usize>,
    end: Option<usize>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Expect {
    Found { exact: String, start: usize, folded: bool },
    Refused(Refused),
}

#[derive(Deserialize)]
#[serde(tag = "error", rename_all = "kebab-case")]
enum Refused {
    Empty,
    NotFound { nearest: Option<String>, marked: Option<String> },
    CutsWord { whole: Vec<String> },
    Ambiguous { starts: Vec<usize> },
    Misplaced { starts: Vec<usize> },
}

#[test]
fn cases() {
    for line in include_str!("../data/quotes/cases.jsonl").lines() {
        let case: Case = serde_json::from_str(line).expect(line);
        let Wanted { exact, prefix, suffix, start, end } = case.wanted;
        let text = Searchable::new(&case.text);
        let result = find(&text, &WantedQuote { exact, prefix, suffix, start, end });
        let name = &case.name;
        match case.expect {
            Expect::Found { exact, start, folded } => {
                let quote = result.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!((&quote.exact, quote.start, quote.folded), (&exact, start, folded), "{name}");
                check_place(&text, &quote);
            }
            Expect::Refused(expected) => {
                let error = result.expect_err(name);
                assert!(!error.to_string().is_empty() && !error.hint().is_empty(), "{name}");
                check_refusal(name, error, expected);
            }
        }
    }
}

fn check_refusal(name: &str, error: QuoteError, expected: Refused) {
    let starts = |places: Vec<Place>| places.into_iter().map(|p| p.start).collect::<Vec<_>>();
    match (error, expected) {
        (QuoteError::Empty, Refused::Empty) => {}
        (QuoteError::NotFound { nearest, .. }, Refused::NotFound { nearest: expected, marked }) => {
            assert_eq!(nearest.as_ref().map(|n| &n.passage), expected.as_ref(), "{name}");
            assert!(marked.is_none() || nearest.map(|n| n.marked()) == marked, "{name}");
        }
        (QuoteError::CutsWord { places, .. }, Refused::CutsWord { whole }) => {
            assert_eq!(places.into_iter().map(|p| p.exact).collect::<Vec<_>>(), whole, "{name}");
        }
        (QuoteError::Ambiguous { places, .. }, Refused::Ambiguous { starts: expected })
        | (QuoteError::Misplaced { places, .. }, Refused::Misplaced { starts: expected }) => {
            assert_eq!(starts(places), expected, "{name}");
        }
        (error, _) => panic!("{name}: {error:?}"),
    }
}

/// Bytes, scalars, context and words of a quote are those of one place, and that place is found again from them.
#[track_caller]
fn check_place(text: &Searchable, quote: &Quote) {
    let content = text.content();
    let (before, after) = (&content[..quote.start_byte], &content[quote.end_byte..]);
    assert_eq!(quote.span().of(content), quote.exact);
    assert_eq!(before.chars().count(), quote.start);
    assert_eq!(quote.end - quote.start, quote.exact.chars().count());
    assert_eq!(before.chars().skip(quote.start.saturating_sub(32)).collect::<String>(), quote.prefix);
    assert_eq!(after.chars().take(32).collect::<String>(), quote.suffix);

    let unfolded = Quote { folded: false, ..quote.clone() };
    let by_position = WantedQuote { start: Some(quote.start), end: Some(quote.end), ..words(&quote.exact) };
    assert_eq!(find(text, &by_position).as_ref(), Ok(&unfolded));
    let by_all = WantedQuote { prefix: Some(quote.prefix.clone()), suffix: Some(quote.suffix.clone()), ..by_position };
    assert_eq!(find(text, &by_all).as_ref(), Ok(&unfolded));
}

fn words(exact: &str) -> WantedQuote {
    WantedQuote { exact: exact.into(), ..WantedQuote::default() }
}

#[test]
fn messages_show_the_place() {
    let text = Searchable::new("Meta a investi\n14 milliards de dollars. Meta a dit non.");
    let error = find(&text, &words("Meta a investi 15 milliards")).expect_err("another figure");
    assert_eq!(
        error.to_string(),
        "quote not in the text: `Meta a investi 15 milliards`\n  \
         nearest  `Meta a investi 14 milliards`\n  \
         [-asked-] {+text+}: Meta a investi [-15-] {+14+} milliards"
    );
    assert_eq!(error.hint(), "if this passage is meant, quote it: `--quote 'Meta a investi 14 milliards'`");

    let error = find(&text, &words("Meta a")).expect_err("two places");
    assert_eq!(
        error.to_string(),
        "quote stands in the text 2 times: `Meta a`\n  \
         start 0  [Meta a] investi 14 milliards de dollars…\n  \
         start 40  …nvesti 14 milliards de dollars. [Meta a] dit non.…"
    );
    assert_eq!(error.hint(), "add `--start 0`, or the words before with `--prefix`");

    let error = find(&text, &words("4 milliards")).expect_err("part of a number");
    assert_eq!(
        error.to_string(),
        "quote is only part of a longer word or number: `4 milliards`\n  \
         start 15  …Meta a investi [14 milliards] de dollars. Meta a dit non.…"
    );
    assert_eq!(error.hint(), "quote the whole: `--quote '14 milliards'`");

    let misplaced = WantedQuote { start: Some(3), ..words("Meta a dit") };
    let error = find(&text, &misplaced).expect_err("elsewhere");
    assert_eq!(
        error.to_string(),
        "quote stands in the text, but not at the place given: `Meta a dit`\n  \
         start 40  …nvesti 14 milliards de dollars. [Meta a dit] non.…"
    );
}

#[test]
fn long_lists_are_cut_and_counted() {
    let content = "no way. ".repeat(1000);
    match find(&Searchable::new(&content), &words("no way")) {
        Err(QuoteError::Ambiguous { places, total, .. }) => assert_eq!((places.len(), total), (MAX_PLACES, 1000)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_long_quote_shows_the_stretch_that_differs() {
    let sentence = |n: usize| format!("Sentence number {n} says something of its own. ");
    let content: String = (0..2000).map(sentence).collect();
    let asked = content.replace("number 1500 says", "number 1500 denies");
    match find(&Searchable::new(&content), &words(&asked)) {
        Err(QuoteError::NotFound { nearest: Some(nearest), .. }) => {
            assert!(nearest.marked().contains("1500 [-denies-] {+says+} something"), "{}", nearest.marked());
        }
        other => panic!("{other:?}"),
    }
}

#[derive(Deserialize)]
struct NameCase {
    name: String,
    known: String,
    near: bool,
}

#[test]
fn names() {
    for line in include_str!("../data/quotes/names.jsonl").lines() {
        let case: NameCase = serde_json::from_str(line).expect(line);
        assert_eq!(!near_names(&case.name, [case.known.as_str()].into_iter()).is_empty(), case.near, "{line}");
        assert_eq!(!near_names(&case.known, [case.name.as_str()].into_iter()).is_empty(), case.near, "{line}");
    }
}

/// The index finds what looking at every name finds.
#[test]
fn an_index_of_names_misses_none() {
    let lines = include_str!("../data/quotes/names.jsonl").lines();
    let cases: Vec<NameCase> = lines.map(|line| serde_json::from_str(line).expect(line)).collect();
    let names: Vec<&str> = cases.iter().flat_map(|case| [case.name.as_str(), case.known.as_str()]).collect();
    let mut index = NameIndex::default();
    names.iter().for_each(|name| index.add(name));
    for name in &names {
        assert_eq!(index.near(name), near_names(name, names.iter().copied()), "{name}");
    }
}

#[test]
fn names_are_offered_best_first() {
    let known = ["Lucas Bayers", "Lucas Beyer", "Lukas Mayer", "Luca Beyer", "Lukas Baier", "Lucas Bayer"];
    assert_eq!(near_names("Lukas Bayer", known.into_iter()), ["Lucas Bayer", "Lukas Baier", "Lucas Bayers"]);
}

#[test]
fn names_are_folded() {
    for (name, folded) in [
        ("  OpenAI\u{a0}  Zürich ", "openai zürich"),
        ("Conan O’Brien", "conan o'brien"),
        ("Jean‑Marie", "jean-marie"),
        ("ＯｐｅｎＡＩ", "openai"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
        ("Οδυσσεύς", "οδυσσεύσ"),
        ("Zu\u{308}rich", "zürich"),
        ("", ""),
    ] {
        assert_eq!(fold_name(name), folded);
    }
}

/// What has only letters of ASCII is folded by a shorter way, to the same.
#[test]
fn ascii_is_folded_like_the_rest() {
    use unicode_normalization::UnicodeNormalization;
    for a in '\0'..='\x7f' {
        for b in '\0'..='\x7f' {
            let name = format!("{a}{b} x{a}{b}x");
            let lower: String = name.replace('`', "'").nfkc().flat_map(char::to_lowercase).nfkc().collect();
            assert_eq!(fold_name(&name), lower.split_whitespace().collect::<Vec<_>>().join(" "), "{name:?}");
        }
    }
}

/// Words that cannot be cut, all different, so that every run of them stands in the text once. No word can be made of
/// another by changing one letter or digit: each repeats its number, once in letters and once in digits.
fn distinct_words(spaces: &[u8]) -> Vec<String> {
    let flavours = ["état’s", "“ja”", "14", "co-op", "ﬁn", "ну", "«", "naïve", "e\u{301}tude", "🎉", "été", "x—y"];
    let word = |(n, space): (usize, &u8)| {
        let letters: String = n.to_string().bytes().map(|b| char::from(b'a' + (b - b'0'))).collect();
        format!("{}-w{letters}q{n}x", flavours[*space as usize % flavours.len()])
    };
    spaces.iter().enumerate().map(word).collect()
}

fn joined(words: &[String], seeds: &[u8]) -> (String, Vec<(usize, usize)>) {
    let spaces = [" ", "\u{a0}", "\n", "\u{202f}", "\r\n", "  ", " ", "\t"];
    let (mut text, mut places) = (String::new(), Vec::new());
    for (word, seed) in words.iter().zip(seeds) {
        let start = text.len();
        text.push_str(word);
        places.push((start, text.len()));
        text.push_str(spaces[*seed as usize / 16 % spaces.len()]);
    }
    (text, places)
}

/// The same words in other typography.
fn varied(words: &str, seeds: &[u8]) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut seeds = seeds.iter().cycle();
    let mut varied = String::new();
    for c in words.chars() {
        let seed = *seeds.next().unwrap_or(&0) as usize;
        let pick = |forms: &[&str]| forms[seed % forms.len()].to_owned();
        varied += &match c {
            '\'' | '’' => pick(&["'", "’", "ʼ", "‘"]),
            '"' | '“' | '”' | '«' => pick(&["\"", "“", "”", "„", "«", "»"]),
            '-' | '—' => pick(&["-", "—", "–", "\u{2011}", "--"]),
            'ﬁ' => pick(&["fi", "ﬁ"]),
            c if c.is_whitespace() => pick(&[" ", "\n", "\u{a0}", "\u{2009}", "\r\n "]),
            c if c.is_alphanumeric() => pick(&["", "\u{ad}", "\u{200b}", ""]) + &c.nfd().collect::<String>(),
            c => c.into(),
        };
    }
    varied
}

proptest! {
    #[test]
    fn any_run_of_words_is_found_at_its_place(
        seeds in prop::collection::vec(any::<u8>(), 1..60),
        from in at(),
        to in at(),
    ) {
        let (content, places) = joined(&distinct_words(&seeds), &seeds);
        let (from, to) = (from.index(places.len()), to.index(places.len()));
        let (start, end) = (places[from.min(to)].0, places[from.max(to)].1);
        let text = Searchable::new(&content);
        let quote = find(&text, &words(&content[start..end])).expect("it stands there");
        prop_assert_eq!((quote.start_byte, quote.end_byte, quote.folded), (start, end, false));
        check_place(&text, &quote);
    }

    #[test]
    fn other_typography_is_found_at_the_same_place(
        seeds in prop::collection::vec(any::<u8>(), 1..60),
        from in at(),
        to in at(),
        variation in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let (content, places) = joined(&distinct_words(&seeds), &seeds);
        let (from, to) = (from.index(places.len()), to.index(places.len()));
        let (start, end) = (places[from.min(to)].0, places[from.max(to)].1);
        let exact = &content[start..end];
        let asked = varied(exact, &variation);
        let text = Searchable::new(&content);
        let quote = match find(&text, &words(&asked)) {
            Ok(quote) => quote,
            Err(error) => return Err(TestCaseError::fail(format!("{error}"))),
        };
        prop_assert_eq!((quote.start_byte, quote.end_byte), (start, end));
        prop_assert_eq!(quote.folded, asked.trim_matches(['\u{ad}', '\u{200b}']) != exact);
        check_place(&text, &quote);
        // And the other way round: the text varied, the words as they were.
        let text = Searchable::new(&asked);
        let quote = find(&text, &words(exact)).expect("typography only");
        prop_assert_eq!(quote.exact, asked.trim_matches(['\u{ad}', '\u{200b}']));
    }

    #[test]
    fn a_changed_letter_or_digit_never_passes(
        seeds in prop::collection::vec(any::<u8>(), 1..40),
        from in at(),
        to in at(),
        place in at(),
        by in 1u32..26,
        variation in prop::collection::vec(any::<u8>(), 1..40),
        vary in any::<bool>(),
    ) {
        let (content, places) = joined(&distinct_words(&seeds), &seeds);
        let (from, to) = (from.index(places.len()), to.index(places.len()));
        let exact = &content[places[from.min(to)].0..places[from.max(to)].1];
        let letters: Vec<(usize, char)> = exact.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).collect();
        let (place, old) = letters[place.index(letters.len())];
        let new = match old {
            '0'..='9' => char::from_digit((old as u32 - '0' as u32 + 1 + by % 9) % 10, 10),
            'a'..='z' => char::from_u32((old as u32 - 'a' as u32 + by) % 26 + 'a' as u32),
            _ => None,
        };
        let new = new.expect("words are made of small letters");
        prop_assume!(new != old);
        let mut changed = String::from(exact);
        changed.replace_range(place..place + 1, new.encode_utf8(&mut [0; 4]));
        let asked = if vary { varied(&changed, &variation) } else { changed };
        let text = Searchable::new(&content);
        let refused = find(&text, &words(&asked)).is_err();
        prop_assert!(refused, "{:?} in {:?}", asked, content);
    }

    #[test]
    fn a_dropped_letter_or_digit_never_passes(
        seeds in prop::collection::vec(any::<u8>(), 1..40),
        place in at(),
    ) {
        let (content, _) = joined(&distinct_words(&seeds), &seeds);
        let letters = content.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric());
        let letters: Vec<usize> = letters.map(|(i, _)| i).collect();
        let mut asked = content.clone();
        asked.remove(letters[place.index(letters.len())]);
        // Between other words, since the first and last letter of a quote may be left out where no word is cut.
        let (content, asked) = (format!("first {content} last"), format!("first {asked} last"));
        let text = Searchable::new(&content);
        prop_assert!(find(&text, &words(&asked)).is_err());
    }

    #[test]
    fn nothing_panics(
        content in text_of_anything(),
        exact in text_of_anything(),
        prefix in prop::option::of(text_of_anything()),
        suffix in prop::option::of(text_of_anything()),
        start in prop::option::of(0usize..30),
        end in prop::option::of(any::<usize>()),
    ) {
        let text = Searchable::new(&content);
        let wanted = WantedQuote { exact, prefix, suffix, start, end };
        match find(&text, &wanted) {
            Ok(quote) => check_place(&text, &quote),
            Err(error) => prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty()),
        }
        // Any part of a text is either found in it or refused for a reason other than not being there.
        let chars: Vec<char> = content.chars().collect();
        for window in [1, 2, 3, 5] {
            for part in chars.windows(window) {
                let part: String = part.iter().collect();
                prop_assert!(!matches!(find(&text, &words(&part)), Err(QuoteError::NotFound { .. })), "{:?}", part);
            }
        }
    }

    #[test]
    fn names_fold_once(name in any::<String>(), odd in text_of_anything()) {
        for name in [name, odd] {
            let folded = fold_name(&name);
            prop_assert_eq!(fold_name(&folded), folded.clone());
            let _ = near_names(&name, [folded.as_str(), "OpenAI"].into_iter());
        }
    }
}

fn at() -> impl Strategy<Value = prop::sample::Index> {
    any::<prop::sample::Index>()
}

/// Short texts of the characters that make trouble.
fn text_of_anything() -> impl Strategy<Value = String> {
    let trouble: Vec<char> = concat!(
        "aAnNtTeEsS14 59.,:/'’\"“”«»‹›„-–—−+$€…ﬁﬅœ²½é\u{301}\u{302}\u{f73}\u{344}\u{1112}\u{1161}\u{11ab}가",
        "亿字ไทยالعНу🎉👩\u{200d}\u{fe0f}\u{ad}\u{200b}\u{feff}\u{a0}\u{202f}\n\r\t\u{2028}\u{3000}\u{0}\u{212a}"
    )
    .chars()
    .collect();
    let any_char = prop_oneof![9 => prop::sample::select(trouble), 1 => any::<char>()];
    prop::collection::vec(any_char, 0..40).prop_map(|chars| chars.into_iter().collect())
}
