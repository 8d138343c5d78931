//! **onrecord** puts claims on the record.
//!
//! A claim is what a source says, in its exact words: a pay offer "above 100 million dollars", an investment of
//! "14 billion", somebody who declined. A ledger stores each source with its SHA-256 and each claim with its quote and
//! the chain of who said it, and a reconciler says which claims contradict each other, which only look different, and
//! how many independent origins stand behind each side. `ARCHITECTURE.md` is the map of the code.
//!
//! ```
//! use onrecord::capture::Hints;
//! use onrecord::domain::source::SourceDetails;
//! use onrecord::ledger::{CaptureRequest, ClaimInput, Desk, Ledger, LinkInput};
//!
//! let desk = Desk {
//!     actor: "human:jane".parse()?,
//!     clock: Box::new(|| "2026-01-01T00:00:00Z".parse().unwrap()),
//!     salt: Box::new(|| [0; 16]), // random bytes, outside of an example
//! };
//! let mut ledger = Ledger::in_memory(desk)?;
//! for (publisher, text) in [("Star", "Meta put $14.3 billion into Scale."), ("Post", "Meta paid 15 billion dollars.")] {
//!     let details = SourceDetails { publisher: Some(publisher.into()), language: Some("en".into()), ..Default::default() };
//!     let request = CaptureRequest { bytes: text.as_bytes(), place: publisher.into(), hints: Hints::default(), details, source: None };
//!     let captured = ledger.capture(request)?;
//!     let claim = ClaimInput {
//!         source: captured.source.to_string(),
//!         quote: onrecord::domain::quote::WantedQuote { exact: text.trim_end_matches('.').into(), ..Default::default() },
//!         subject: "Meta".into(),
//!         predicate: "investment".into(),
//!         object: Some("Scale AI".into()),
//!         by: vec![LinkInput::named(publisher)],
//!         ..Default::default()
//!     };
//!     ledger.log(&[(1, Ok(claim))], true)?;
//! }
//! let contradictions = ledger.contradictions(false, None, None)?;
//! assert_eq!(contradictions.questions.len(), 1);
//! assert_eq!(contradictions.questions[0].positions.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod archive;
pub mod capture;
pub mod cli;
pub mod domain;
pub mod figure;
pub mod ledger;
pub mod quote;
pub mod reconcile;
pub mod record;
pub mod report;
pub mod store;
