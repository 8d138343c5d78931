//! Pairs of claims worked out by hand, as people write them down: the format of `tests/data/verdicts/stories/` and of
//! the examples in `docs/verdicts.md`.
//!
//! ```text
//! frame: running counts
//!
//! [through-the-day]
//! a: AP (as of 2024-02-03T08:00:00Z): 12 people
//! b: Reuters (as of 2024-02-03T18:00:00Z): 30 people
//! => changed: grew
//! because the dead are counted through the day
//! ```
//!
//! A frame is a time and what the values are (`counts`, `states`, `dates`, `words`; else figures) and holds until the
//! next one. A side is who says it, origin first, then options in brackets, then the value.

use std::collections::BTreeSet;
use std::sync::Arc;

use onrecord::domain::claim::{EntityKey, Modality, Qualifiers, Stance, Value};
use onrecord::domain::id::{ClaimId, Digest, SourceId};
use onrecord::domain::origin::Origin;
use onrecord::domain::predicate::Time;
use onrecord::domain::verdict::{PairVerdict, Reason};
use onrecord::domain::when::When;
use onrecord::figure;
use onrecord::reconcile::pair::compare;
use onrecord::reconcile::policy::Policy;
use onrecord::reconcile::statement::{Frame, Statement};

/// A pair and what is to come of it.
pub struct Case {
    /// Its name.
    pub id: String,
    frame: Frame,
    a: Statement,
    b: Statement,
    /// The verdict to come.
    pub verdict: PairVerdict,
    /// The reasons to come, in any order.
    pub reasons: BTreeSet<Reason>,
    because: String,
}

impl Case {
    /// Says what came out otherwise than expected, in either order of the two.
    pub fn misses(&self) -> Option<String> {
        let one_origin = self.a.origin == self.b.origin;
        for (x, y) in [(&self.a, &self.b), (&self.b, &self.a)] {
            let found = compare(x, y, one_origin, self.frame, &Policy::default());
            let reasons: BTreeSet<Reason> = found.reasons.iter().copied().collect();
            if (found.verdict, &reasons) != (self.verdict, &self.reasons) {
                return Some(format!(
                    "{}: expected {:?} {:?}, found {:?} {:?}; because {}",
                    self.id, self.verdict, self.reasons, found.verdict, found.reasons, self.because
                ));
            }
        }
        None
    }
}

/// Reads cases.
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut frame = None;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    while let Some(line) = lines.next() {
        if let Some(words) = line.strip_prefix("frame: ") {
            frame = Some(Framed::read(words));
            continue;
        }
        let id = line.strip_prefix('[').and_then(|id| id.strip_suffix(']'));
        let id = id.unwrap_or_else(|| panic!("neither a frame nor a case: {line}")).to_string();
        let framed = frame.unwrap_or_else(|| panic!("{id}: no frame"));
        let mut part = |prefix: &str| {
            let line = lines.next().unwrap_or_default();
            line.strip_prefix(prefix).unwrap_or_else(|| panic!("{id}: `{prefix}` expected, found {line}")).to_string()
        };
        let a = statement(&part("a: "), framed, 0, &id);
        let mut b = statement(&part("b: "), framed, 1, &id);
        if b.1 {
            b.0.page = a.0.page;
        }
        let outcome = part("=> ");
        let (verdict, reasons) = outcome.split_once(": ").unwrap_or((&outcome, ""));
        let named = |reason: &str| serde_json::from_value(reason.into()).unwrap_or_else(|_| panic!("{id}: {reason}"));
        cases.push(Case {
            frame: framed.frame,
            a: a.0,
            b: b.0,
            verdict: serde_json::from_value(verdict.into()).unwrap_or_else(|_| panic!("{id}: {verdict}")),
            reasons: reasons.split(", ").filter(|reason| !reason.is_empty()).map(named).collect(),
            because: part("because "),
            id,
        });
    }
    cases
}

#[derive(Clone, Copy)]
struct Framed {
    frame: Frame,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Figures,
    States,
    Dates,
    Words,
}

impl Framed {
    fn read(words: &str) -> Framed {
        let mut words = words.split_whitespace();
        let time: Time = serde_json::from_value(words.next().expect("a time").into()).expect("a time");
        let words: Vec<&str> = words.collect();
        let kind = match words.as_slice() {
            [] | ["counts"] => Kind::Figures,
            ["states"] => Kind::States,
            ["dates"] => Kind::Dates,
            ["words"] => Kind::Words,
            other => panic!("unknown frame {other:?}"),
        };
        Framed { frame: Frame { time, whole: words == ["counts"], compare: true }, kind }
    }
}

/// A statement, and whether it stands on the page of the other one.
fn statement(side: &str, framed: Framed, number: u8, id: &str) -> (Statement, bool) {
    let (head, text) = split_head(side).unwrap_or_else(|| panic!("{id}: not a side: {side}"));
    let (chain, options) = match head.split_once(" (") {
        Some((chain, options)) => (chain, options.strip_suffix(')').expect("a closing bracket")),
        None => (head, ""),
    };
    let names: Vec<&str> = chain.split(" > ").collect();
    let value = match framed.kind {
        Kind::States => Value::State,
        Kind::Words => Value::Text(text.to_string()),
        Kind::Dates => Value::Date(text.parse().unwrap_or_else(|error| panic!("{id}: {error}"))),
        Kind::Figures => {
            let found = figure::find(text, "en");
            assert_eq!(found.len(), 1, "{id}: not one figure: {text}");
            Value::Figure(found[0].figure.clone())
        }
    };
    let mut statement = Statement {
        claim: ClaimId(Digest::of(&[number])),
        value: Arc::new(value),
        says: if framed.kind == Kind::States { text.into() } else { "".into() },
        stance: Stance::Affirms,
        modality: Modality::Stated,
        qualifiers: Qualifiers::new(),
        as_of: None,
        published: None,
        counts_as: Arc::new(Origin::Named(EntityKey(names[0].to_string()))),
        origin: Arc::new(Origin::Named(EntityKey(names[0].to_string()))),
        page: Some(SourceId(Digest::of(&[number]))),
        own_voice: names.len() == 1,
        member: None,
    };
    let mut same_page = false;
    let when = |date: &str| Some(date.parse::<When>().unwrap_or_else(|error| panic!("{id}: {error}")));
    for option in options.split("; ").filter(|option| !option.is_empty()) {
        match (option, option.split_once('=')) {
            ("denies", _) => statement.stance = Stance::Denies,
            ("alleged", _) => statement.modality = Modality::Alleged,
            ("predicted", _) => statement.modality = Modality::Predicted,
            ("reported", _) => statement.modality = Modality::Reported,
            ("same page", _) => same_page = true,
            (_, Some((key, value))) => drop(statement.qualifiers.insert(key.to_string(), value.to_string())),
            (option, None) => match (option.strip_prefix("as of "), option.strip_prefix("published ")) {
                (Some(date), _) => statement.as_of = when(date).map(Arc::new),
                (_, Some(date)) => statement.published = when(date).map(Arc::new),
                _ => panic!("{id}: unknown option {option}"),
            },
        }
    }
    (statement, same_page)
}

/// Who and how, and what: apart at the first colon outside of brackets that a space follows.
fn split_head(side: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in side.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ':' if depth == 0 && side[at + 1..].starts_with(' ') => return Some((&side[..at], &side[at + 2..])),
            _ => {}
        }
    }
    None
}

/// Every story of our own, right in every pair.
#[test]
fn stories() {
    let folder = crate::desk::repository().join("tests/data/verdicts/stories");
    let (mut n, mut ids, mut misses) = (0, BTreeSet::new(), Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        for case in cases(&std::fs::read_to_string(entry.unwrap().path()).unwrap()) {
            n += 1;
            misses.extend(case.misses());
            assert!(ids.insert(case.id.clone()), "two cases are called {}", case.id);
        }
    }
    assert!(misses.is_empty(), "{} of {n} pairs:\n{}", misses.len(), misses.join("\n"));
    assert!(n >= 150, "only {n} pairs");
}
