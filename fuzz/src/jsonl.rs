use std::cell::RefCell;

use onrecord::domain::listing::ClaimView;
use onrecord::ledger::{
    ClaimFilter, ClaimInput, Ledger, LedgerError, VerifyRequest, read_claims, read_entities, silent,
};
use onrecord::record::timestamp::Roots;
use onrecord::report::{self, Claims, Findings, Format, Language, Layout};
use serde_json::{Map, Value, json};

thread_local! {
    /// A ledger with a page in it, which is made anew once claims were put on record.
    static LEDGER: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

/// Logs lines of JSON as claims, and as entities.
pub fn jsonl(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines = read_claims(text);
    let filled = text.lines().filter(|line| !line.trim().is_empty()).count();
    assert_eq!(lines.len(), filled);
    assert!(lines.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(read_entities(text).len(), filled);
    for (_, line) in &lines {
        if let Err(refusal) = line {
            check_told(&format!("{refusal} {}", refusal.hint().unwrap_or_default()));
        }
    }
    let mut ledger = LEDGER.take().unwrap_or_else(|| {
        let mut ledger = Ledger::in_memory(super::desk()).expect("a ledger");
        super::with_page(&mut ledger);
        ledger
    });
    let entities = ledger.add_entities(&read_entities(text));
    let is_changed = entities.is_ok_and(|_| filled > 0);
    match ledger.log(&lines, true) {
        Ok(logged) => {
            assert_eq!(logged.claims.len(), filled);
            if filled > 0 {
                check(&mut ledger);
                return;
            }
        }
        Err(error) => {
            check_told(&error.to_string());
            assert!(!matches!(error, LedgerError::Store(_)), "{error}");
            let claims = ledger.claims(&ClaimFilter::default()).expect("a listing");
            assert!(claims.is_empty(), "a batch that is refused leaves nothing");
        }
    }
    if !is_changed {
        LEDGER.set(Some(ledger));
    }
}

fn check_told(error: &str) {
    assert!(error.len() < 100_000, "an error of {} bytes", error.len());
}

/// What is on record is listed, verified, and can be handed in again as the same claims.
fn check(ledger: &mut Ledger) {
    let claims = ledger.claims(&ClaimFilter::default()).expect("a listing");
    for claim in &claims {
        let (start, end) = (claim.quote.start_byte, claim.quote.end_byte);
        assert_eq!(super::PAGE.get(start..end), Some(claim.quote.exact.as_str()));
        claim.figure.iter().chain(&claim.other).for_each(|figure| figure.check().expect("a sound figure"));
    }
    let contradictions = ledger.contradictions(true, None, None).expect("a listing");
    for format in [Format::Table, Format::Json, Format::Jsonl, Format::Csv, Format::Md] {
        for language in [Language::En, Language::Fr] {
            let findings = Findings { contradictions: &contradictions, all: true, language };
            check_printed(&report::render(&findings, format, LAYOUT));
        }
        check_printed(&report::render(&Claims { claims: &claims, empty: "" }, format, LAYOUT));
    }
    let request =
        VerifyRequest { against: None, policy: None, roots: &Roots::default(), quick: false, progress: &silent };
    let verified = ledger.verify(&request).expect("it can be verified");
    assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    let again: String = claims.iter().map(|claim| format!("{}\n", input(claim))).collect();
    let again: Vec<(usize, Result<ClaimInput, _>)> = read_claims(&again);
    let logged = ledger.log(&again, false).unwrap_or_else(|error| panic!("{error}: {again:#?}"));
    for (claim, logged) in claims.iter().zip(logged.claims) {
        assert_eq!(claim.id, logged.id, "handed in again it is another claim: {claim:#?}");
    }
}

const LAYOUT: Layout = Layout { width: 80, color: false };

/// Nothing drives a terminal or turns words round.
fn check_printed(printed: &str) {
    let raw = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\r') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!printed.contains(raw), "{printed:?}");
}

/// A claim that was listed, as a line that logs it.
fn input(claim: &ClaimView) -> Value {
    let Value::Object(mut fields) = json!(claim) else { panic!("a claim is an object") };
    let source = format!("{}@{}", claim.source, claim.snapshot);
    const TAKEN: [&str; 11] =
        ["quote", "subject", "predicate", "object", "figure", "qualifiers", "by", "stance", "modality", "as_of", "ref"];
    let mut line: Map<String, Value> =
        TAKEN.into_iter().filter_map(|field| fields.remove(field).map(|value| (field.to_string(), value))).collect();
    line.insert("source".into(), source.into());
    for link in line.get_mut("by").and_then(Value::as_array_mut).into_iter().flatten() {
        if link.get("anonymous").is_some() {
            *link = json!({"anonymous": link["name"], "known": link["known"]});
        }
    }
    Value::Object(line)
}
