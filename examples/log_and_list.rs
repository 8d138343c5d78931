//! Logs two claims and lists what contradicts what: `cargo run --example log_and_list`.

use onrecord::capture::Hints;
use onrecord::domain::quote::WantedQuote;
use onrecord::domain::source::SourceDetails;
use onrecord::ledger::{CaptureRequest, ClaimInput, Desk, Ledger};
use onrecord::report::{Language, words};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let salt = || std::array::from_fn(|_| 0); // a real desk asks the system for random bytes
    let desk = Desk { actor: "human:jane".parse()?, clock: Box::new(chrono::Utc::now), salt: Box::new(salt) };
    let mut ledger = Ledger::in_memory(desk)?;
    for (publisher, quote) in [("Star", "spent $14.3 billion on Scale AI"), ("Post", "15 billion dollars for Scale AI")]
    {
        let text = format!("{publisher}: Meta, it says, {quote}.");
        let captured = ledger.capture(CaptureRequest {
            bytes: text.as_bytes(),
            place: publisher.into(),
            hints: Hints::default(),
            details: SourceDetails {
                publisher: Some(publisher.into()),
                language: Some("en".into()),
                ..Default::default()
            },
            source: None,
        })?;
        let claim = ClaimInput {
            source: captured.source.to_string(),
            quote: WantedQuote { exact: quote.into(), ..Default::default() },
            subject: "Meta".into(),
            predicate: "investment".into(),
            object: Some("Scale AI".into()),
            ..Default::default()
        };
        ledger.log(&[(1, Ok(claim))], true)?;
    }
    let found = ledger.contradictions(false, None, None)?;
    for finding in &found.questions {
        let pair = finding.worst.as_ref().ok_or("a finding names a pair")?;
        println!(
            "{}: {}",
            finding.verdict.name(),
            words::sentence(pair, &found.claims[&pair.a], &found.claims[&pair.b], Language::En)
        );
    }
    Ok(())
}
