//! Pages that are captured again: what must be raised is, and what must not be is not.

use std::path::Path;

use onrecord::capture::Hints;
use onrecord::domain::claim::{Known, Stance};
use onrecord::domain::listing::{FateView, RecheckView};
use onrecord::domain::quote::WantedQuote;
use onrecord::domain::source::SourceDetails;
use onrecord::ledger::{CaptureRequest, ClaimInput, Ledger, LinkInput};

use crate::ledger::desk;

/// A page about something, and a claim on each of its first three paragraphs: a sum, a count and a denial.
struct Page {
    lang: &'static str,
    title: &'static str,
    paragraphs: [&'static str; 5],
    quotes: [&'static str; 3],
    /// The denial as it stands, and without its negation.
    denial: (&'static str, &'static str),
    stamp: &'static str,
    comments: &'static str,
    advertisement: &'static str,
    pointer: &'static str,
}

const PAGES: [Page; 3] = [
    Page {
        lang: "en",
        title: "Harbour gets a second pier",
        paragraphs: [
            "The company will pay 14 million euros for a second pier, it said on Monday after a meeting of the council.",
            "For the work 320 people are to be hired in the town, most of them divers and welders from the old yard.",
            "The mayor has not signed the contract, because the fishermen of the town were never asked about it.",
            "Work is to begin in spring, when the ice has gone from the bay and the ground can be looked at again.",
            "In the town people remember the first pier, which a storm took away on one night in a cold November.",
        ],
        quotes: ["14 million euros for a second pier", "320 people are to be hired", "signed the contract"],
        denial: ("has not signed", "has signed"),
        stamp: "Updated 3 March 2025, 14:05",
        comments: "32 comments",
        advertisement: "Advertisement: boats from 999 euros",
        pointer: "Read also: 7 harbours to see before summer",
    },
    Page {
        lang: "fr",
        title: "Le port aura une seconde jetée",
        paragraphs: [
            "L’entreprise paiera 14 millions d’euros pour une seconde jetée, a-t-elle annoncé lundi après une réunion du conseil.",
            "Pour les travaux 320 personnes seront embauchées dans la ville, pour la plupart des plongeurs de l’ancien chantier.",
            "Le maire n’a pas signé le contrat, parce que les pêcheurs de la ville n’ont jamais été consultés à ce sujet.",
            "Les travaux commenceront au printemps, quand la glace aura quitté la baie et que le fond pourra être examiné.",
            "En ville on se souvient de la première jetée, qu’une tempête a emportée une nuit de novembre, dans le froid.",
        ],
        quotes: ["14 millions d’euros pour une seconde jetée", "320 personnes seront embauchées", "signé le contrat"],
        denial: ("n’a pas signé", "a signé"),
        stamp: "Mis à jour le 3 mars 2025 à 14 h 05",
        comments: "32 commentaires",
        advertisement: "Publicité : bateaux dès 999 euros",
        pointer: "À lire aussi : 7 ports à voir avant l’été",
    },
    Page {
        lang: "de",
        title: "Der Hafen bekommt eine zweite Mole",
        paragraphs: [
            "Die Firma zahlt 14 Millionen Euro für eine zweite Mole, wie sie am Montag nach einer Sitzung des Rates mitteilte.",
            "Für die Arbeiten sollen 320 Leute in der Stadt eingestellt werden, die meisten davon Taucher der alten Werft.",
            "Der Bürgermeister hat den Vertrag nicht unterschrieben, weil die Fischer der Stadt niemals gefragt worden sind.",
            "Die Arbeiten beginnen im Frühjahr, wenn das Eis die Bucht verlassen hat und der Grund untersucht werden kann.",
            "In der Stadt erinnert man sich an die erste Mole, die ein Sturm in einer kalten Nacht im November forttrug.",
        ],
        quotes: [
            "14 Millionen Euro für eine zweite Mole",
            "320 Leute in der Stadt eingestellt",
            "unterschrieben, weil die Fischer",
        ],
        denial: ("nicht unterschrieben", "unterschrieben"),
        stamp: "Aktualisiert am 3. März 2025, 14.05 Uhr",
        comments: "32 Kommentare",
        advertisement: "Anzeige: Boote ab 999 Euro",
        pointer: "Lesen Sie auch: 7 Häfen für den Sommer",
    },
];

/// What surrounds the article.
#[derive(Clone)]
struct Frame {
    menu: Vec<String>,
    stamp: String,
    comments: String,
    advertisement: Option<String>,
}

impl Page {
    fn frame(&self) -> Frame {
        Frame {
            menu: ["Home", "News", "Sport"].map(String::from).to_vec(),
            stamp: self.stamp.to_string(),
            comments: self.comments.to_string(),
            advertisement: None,
        }
    }

    fn paragraphs(&self) -> Vec<String> {
        self.paragraphs.map(String::from).to_vec()
    }

    fn html(&self, frame: &Frame, paragraphs: &[String]) -> String {
        let menu: String = frame.menu.iter().map(|name| format!("<li><a href='/{name}'>{name}</a></li>")).collect();
        let body: String = paragraphs.iter().map(|words| format!("<p>{words}</p>\n")).collect();
        let advertisement =
            frame.advertisement.as_ref().map_or(String::new(), |words| format!("<aside class='ad'>{words}</aside>"));
        format!(
            "<html lang='{}'><head><title>{}</title></head><body><nav><ul>{menu}</ul></nav>{advertisement}<article>\
             <h1>{}</h1><p class='date'>{}</p>\n{body}</article><div class='comments'>{}</div>\
             <p>{}</p></body></html>",
            self.lang, self.title, self.title, frame.stamp, frame.comments, self.pointer,
        )
    }

    /// A ledger with this page and its claims.
    fn logged(&self, path: &Path) -> Ledger {
        let mut ledger = Ledger::create(path, Some("test"), desk()).unwrap();
        capture(&mut ledger, &self.html(&self.frame(), &self.paragraphs()));
        for (number, quote) in self.quotes.iter().enumerate() {
            let predicate = ["investment", "hires", "accepted"][number];
            let input = ClaimInput {
                source: URL.to_string(),
                quote: WantedQuote { exact: quote.to_string(), ..WantedQuote::default() },
                subject: "Company".to_string(),
                predicate: predicate.to_string(),
                by: vec![LinkInput { name: "Gazette".to_string(), anonymous: false, known: Known::Page }],
                stance: if number == 2 { Stance::Denies } else { Stance::Affirms },
                ..empty()
            };
            ledger.log(&[(1, Ok(input))], true).unwrap_or_else(|error| panic!("{quote}: {error}"));
        }
        ledger
    }
}

const URL: &str = "https://gazette.example/pier";

fn empty() -> ClaimInput {
    ClaimInput {
        source: String::new(),
        quote: WantedQuote::default(),
        subject: String::new(),
        predicate: String::new(),
        object: None,
        figure: None,
        by: Vec::new(),
        stance: Stance::Affirms,
        modality: Default::default(),
        qualifiers: Default::default(),
        as_of: None,
        reference: None,
    }
}

fn capture(ledger: &mut Ledger, html: &str) {
    let details = SourceDetails {
        url: Some(URL.to_string()),
        publisher: Some("Gazette".to_string()),
        ..SourceDetails::default()
    };
    let hints = Hints { media_type: Some("text/html; charset=utf-8".to_string()), ..Hints::default() };
    let request =
        CaptureRequest { bytes: html.as_bytes(), place: "page.html".to_string(), hints, details, source: None };
    ledger.capture(request).unwrap();
}

fn fates(recheck: &RecheckView) -> Vec<FateView> {
    recheck.checks.iter().map(|check| check.fate).collect()
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    /// Replaces a digit of `words` by another one.
    fn mistyped(&mut self, words: &str) -> String {
        let digits: Vec<usize> = words.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        let at = digits[self.below(digits.len())];
        let digit = words.as_bytes()[at] - b'0';
        let other = (digit + 1 + self.below(9) as u8) % 10;
        format!("{}{other}{}", &words[..at], &words[at + 1..])
    }
}

/// One pair of versions for each kind of change, in three languages.
#[test]
fn each_kind_of_change_is_told() {
    use FateView::{FigureChanged, Gone, Moved, StillThere, WordsChanged};
    for page in &PAGES {
        let check = |what: &str, html: String, expected: [FateView; 3], telling: bool| {
            let folder = tempfile::tempdir().unwrap();
            let mut ledger = page.logged(&folder.path().join("a.db"));
            capture(&mut ledger, &html);
            let recheck = ledger.recheck(URL).unwrap();
            assert_eq!(fates(&recheck), expected, "{} {what}", page.lang);
            let told = recheck.changes.iter().any(|change| change.telling);
            assert_eq!(told, telling, "{} {what}: {:?}", page.lang, recheck.changes);
            recheck
        };
        let (frame, paragraphs) = (page.frame(), page.paragraphs());
        let with = |place: usize, words: String| {
            let mut changed = paragraphs.clone();
            changed[place] = words;
            page.html(&frame, &changed)
        };
        let fifteen = paragraphs[0].replace("14", "15");
        let recheck = check("a digit", with(0, fifteen), [FigureChanged, StillThere, StillThere], true);
        let sums = (recheck.checks[0].before.clone().unwrap(), recheck.checks[0].now.clone().unwrap());
        assert!(sums.0.starts_with("14 M") || sums.0.starts_with("14 m"), "{sums:?}");
        assert!(sums.1.starts_with("15 M") || sums.1.starts_with("15 m"), "{sums:?}");
        let signed = paragraphs[2].replace(page.denial.0, page.denial.1);
        check("a denial dropped", with(2, signed), [StillThere, StillThere, WordsChanged], true);
        let mut without = paragraphs.clone();
        without.remove(1);
        check("a paragraph gone", page.html(&frame, &without), [StillThere, Gone, StillThere], true);
        let mut joined = paragraphs.clone();
        let moved = joined.remove(1);
        let last = format!("{} {} {moved}", joined[2], joined[3]);
        joined.truncate(2);
        joined.push(last);
        check("a sentence in another paragraph", page.html(&frame, &joined), [StillThere, Moved, StillThere], true);
        let surroundings = Frame {
            menu: vec!["Start".to_string(), "World 24".to_string()],
            stamp: page.stamp.replace("14", "17").replace('3', "4"),
            comments: page.comments.replace("32", "1041"),
            advertisement: Some(page.advertisement.to_string()),
        };
        let html = page.html(&surroundings, &paragraphs);
        let recheck = check("menus, stamps, comments, advertising", html, [StillThere; 3], false);
        assert_eq!(recheck.changes, [], "{}", page.lang);
    }
}

/// Two hundred random changes: every digit and every denial is raised, and nothing around the article is.
#[test]
fn random_changes_are_told_from_noise() {
    let mut dice = Dice(0x2025_1123);
    for number in 0..200 {
        let page = &PAGES[number % PAGES.len()];
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = page.logged(&folder.path().join("a.db"));
        let (mut frame, mut paragraphs) = (page.frame(), page.paragraphs());
        let mut expected = [false; 3];
        // Noise, some of it every time.
        if dice.below(2) == 0 {
            frame.menu.push(format!("Topic {}", dice.below(1000)));
        }
        if dice.below(2) == 0 {
            frame.stamp = dice.mistyped(&frame.stamp);
        }
        if dice.below(2) == 0 {
            frame.comments = dice.mistyped(&frame.comments);
        }
        if dice.below(2) == 0 {
            frame.advertisement = Some(dice.mistyped(page.advertisement));
        }
        // And perhaps something that matters.
        match dice.below(4) {
            0 => {
                let place = dice.below(2);
                paragraphs[place] = dice.mistyped(&paragraphs[place]);
                expected[place] = true;
            }
            1 => {
                paragraphs[2] = paragraphs[2].replace(page.denial.0, page.denial.1);
                expected[2] = true;
            }
            2 => {
                // A word of a paragraph without a claim.
                let place = 3 + dice.below(2);
                let mut words: Vec<&str> = paragraphs[place].split(' ').collect();
                let at = dice.below(words.len() - 1);
                words[at] = "quietly";
                paragraphs[place] = words.join(" ");
            }
            _ => {}
        }
        capture(&mut ledger, &page.html(&frame, &paragraphs));
        let recheck = ledger.recheck(URL).unwrap();
        let raised: Vec<bool> = recheck.checks.iter().map(|check| check.fate != FateView::StillThere).collect();
        assert_eq!(raised, expected, "page {number}, {}: {:?}", page.lang, fates(&recheck));
        let told = recheck.changes.iter().any(|change| change.telling);
        assert_eq!(told, expected.contains(&true), "page {number}: {:?}", recheck.changes);
    }
}

/// A sentence of a page before and after, a quote of it, and what became of that.
#[test]
fn what_became_of_a_sentence() {
    use FateView::{FigureChanged, Gone, Moved, StillThere, WordsChanged};
    const LAST: &str = "In the town people remember the first pier, which a storm took away one night.";
    let cases = [
        // A denial that went from before the quote, or stood in a word.
        (
            "fr",
            "Personne n'a reçu 14 millions d'euros.",
            "Hier une autre personne a reçu 14 millions d'euros dans la ville selon lui.",
            "14 millions d'euros",
            WordsChanged,
        ),
        (
            "en",
            "Anna can't say Company paid 3 euros.",
            "Anna can say Company paid 3 euros.",
            "Company paid 3 euros",
            WordsChanged,
        ),
        (
            "de",
            "Er bestreitet, dass Company 3 Euro zahlte.",
            "Er sagt, dass Company 3 Euro zahlte.",
            "3 Euro",
            WordsChanged,
        ),
        // Its sentence went, and another one has its words.
        (
            "en",
            "The deal is worth 14 million pounds, the firm said today.",
            "Rivals had said earlier that their offer was 14 million pounds in all.",
            "14 million pounds",
            Gone,
        ),
        // Figures and names that changed places.
        (
            "en",
            "Zeta hired 40 people in May. Company hired 50 people in June.",
            "Zeta hired 50 people in May. Company hired 40 people in June.",
            "50 people",
            FigureChanged,
        ),
        (
            "en",
            "Zeta hired 40 people in May. Company hired 50 people in June.",
            "Company hired 40 people in May. Zeta hired 50 people in June.",
            "50 people",
            WordsChanged,
        ),
        ("en", "Company paid 3 euros to Beyer.", "Company paid 3 euros to Zhai.", "3 euros", WordsChanged),
        // A hedge, and a number in words.
        (
            "en",
            "It paid more than 14 million euros.",
            "It paid less than 14 million euros.",
            "14 million euros",
            WordsChanged,
        ),
        ("en", "It paid four men 3 euros.", "It paid five men 3 euros.", "four men", FigureChanged),
        ("en", "It grew by -3 % and paid 9 euros.", "It grew by 3 % and paid 9 euros.", "-3 %", FigureChanged),
        // Another figure than the quote's is not the claim's, as long as nothing else is said of it.
        ("en", "It paid 3 euros to four men.", "It paid 3 euros to five men.", "3 euros", StillThere),
        ("en", "It grew by -3 % and paid 9 euros.", "It grew by 3 % and paid 9 euros.", "9 euros", StillThere),
        (
            "en",
            "It hired 40 people in May, and more than 300 in all are to come.",
            "It hired 40 people in May, and more than 800 in all are to come.",
            "It hired 40 people",
            StillThere,
        ),
        (
            "fr",
            "La ville a versé 14 millions d'euros pour 300 logements.",
            "La ville a versé 14 millions d'euros pour 800 logements.",
            "14 millions d'euros",
            StillThere,
        ),
        (
            "en",
            "It hired 40 people in May, and 300 are to come.",
            "It hired 40 people in May, and 800 are not to come.",
            "It hired 40 people",
            FigureChanged,
        ),
        (
            "en",
            "It hired 40 people in May, and 300 are to come.",
            "It hired some 40 people in May, and 800 are to come.",
            "40 people",
            WordsChanged,
        ),
        (
            "en",
            "Zeta hired 40 people, and its rival hired 50 people in June.",
            "Zeta hired 50 people, and its rival hired 40 people in June.",
            "50 people",
            WordsChanged,
        ),
        (
            "en",
            "It hired between 300 and 400 people in June.",
            "It hired between 200 and 400 people in June.",
            "400 people",
            FigureChanged,
        ),
        ("en", "Pier 4 cost 9 million euros.", "Pier 5 cost 9 million euros.", "9 million euros", WordsChanged),
        // A year may be the claim's own, wherever it stands.
        (
            "en",
            "It paid 9 million euros, as the council had asked in 2019.",
            "It paid 9 million euros, as the council had asked in 2021.",
            "9 million euros",
            WordsChanged,
        ),
        // Words around it that say nothing else.
        ("en", "A deal was struck for 14 euros.", "A new deal was struck there for 14 euros.", "14 euros", StillThere),
        (
            "en",
            "It paid 14 euros to the men. It will hire more.",
            "It paid 14 euros to the men, and it will hire more.",
            "It will hire more",
            Moved,
        ),
        (
            "en",
            "It paid 14 euros, and the men were glad.",
            "It paid 14 euros. The men were glad.",
            "14 euros",
            StillThere,
        ),
    ];
    for (lang, before, after, quote, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
        let html = |words: &str| {
            format!(
                "<html lang='{lang}'><body><article><h1>Harbour</h1><p>{words}</p><p>{LAST}</p></article></body></html>"
            )
        };
        capture(&mut ledger, &html(before));
        let is_figure = quote.contains(|c: char| c.is_ascii_digit());
        let input = ClaimInput {
            source: URL.to_string(),
            quote: WantedQuote { exact: quote.to_string(), ..WantedQuote::default() },
            subject: "Company".to_string(),
            predicate: if is_figure { "amount" } else { "accepted" }.to_string(),
            by: vec![LinkInput { name: "Gazette".to_string(), anonymous: false, known: Known::Page }],
            ..empty()
        };
        ledger.log(&[(1, Ok(input))], true).unwrap_or_else(|error| panic!("{quote}: {error}"));
        capture(&mut ledger, &html(after));
        let recheck = ledger.recheck(URL).unwrap();
        assert_eq!(fates(&recheck), [expected], "{before} → {after}: {:?}", recheck.checks[0]);
    }
}

/// Section headings, list items and cells have no sentences; what counts in them is told, and dates are not.
#[test]
fn a_digit_of_a_line_is_told() {
    let page = |cost: u32, day: u32| {
        format!(
            "<html><body><article><h1>Harbour</h1><p>Last updated on {day} May 2024 at 10:31.</p><h2>Pier costs {cost} million</h2>\
             <ul><li>Cost: {cost} million pounds</li></ul><table><tr><td>Pier</td><td>{cost}</td></tr></table>\
             <div class='advertisement'><p>Buy two shoes for {day}.99 euros in our shop today.</p></div></article></body></html>"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
    capture(&mut ledger, &page(14, 11));
    capture(&mut ledger, &page(14, 12));
    assert_eq!(ledger.recheck(URL).unwrap().changes, []);
    capture(&mut ledger, &page(15, 13));
    let changes = ledger.recheck(URL).unwrap().changes;
    let marked: Vec<&str> = changes.iter().filter_map(|change| change.marked.as_deref()).collect();
    assert_eq!(marked, ["Pier costs [-14-] {+15+} million", "Cost: [-14-] {+15+} million pounds", "[-14-] {+15+}"]);
}

/// A page that dates itself anew with every version was published when its first version says.
#[test]
fn a_page_keeps_its_first_date() {
    let page = |day: u32| {
        format!(
            "<html><head><meta property='article:published_time' content='2025-06-{day}'></head><body><article><h1>Harbour</h1>\
             <p>The pier costs {day} million euros, the mayor of the town said on Monday.</p></article></body></html>"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
    capture(&mut ledger, &page(11));
    capture(&mut ledger, &page(19));
    let source = ledger.sources().unwrap().remove(0);
    assert_eq!(source.snapshots, 2);
    assert_eq!(source.details.published.unwrap().to_string(), "2025-06-11");
}

/// A figure around a quote is the claim's where the claim says more than its quote does.
#[test]
fn a_period_outside_the_quote_is_the_claims() {
    for (period, expected) in [(None, FateView::StillThere), (Some("4 years"), FateView::FigureChanged)] {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(&folder.path().join("a.db"), Some("test"), desk()).unwrap();
        let page = |years: &str| {
            format!(
                "<html lang='en'><body><p>The firm offers 14 million euros, and all of it stays blocked {years} at least.</p></body></html>"
            )
        };
        capture(&mut ledger, &page("4 years"));
        let input = ClaimInput {
            source: URL.to_string(),
            quote: WantedQuote { exact: "offers 14 million euros".to_string(), ..WantedQuote::default() },
            subject: "Company".to_string(),
            predicate: "amount".to_string(),
            qualifiers: period.map(|period| ("period".to_string(), period.to_string())).into_iter().collect(),
            ..empty()
        };
        ledger.log(&[(1, Ok(input))], true).unwrap();
        capture(&mut ledger, &page("5 years"));
        assert_eq!(fates(&ledger.recheck(URL).unwrap()), [expected]);
    }
}
