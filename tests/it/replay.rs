//! The ledger as it stood: after every entry it was at, what is shown is what was shown then.

use std::path::Path;

use onrecord::domain::listing::{AnswerView, ClaimView, Contradictions};
use onrecord::ledger::{ClaimFilter, Kind, Ledger, LedgerError, Moment, silent};
use onrecord::store::{Store, StoreError};

use crate::ledger::{desk, log, with_pages};

/// What a reader sees.
fn seen(ledger: &mut Ledger) -> (Vec<ClaimView>, Contradictions, Vec<AnswerView>) {
    let claims = ledger.claims(&ClaimFilter::default()).unwrap();
    (claims, ledger.contradictions(true, None, None).unwrap(), ledger.answers(None).unwrap())
}

fn at(path: &Path, moment: Moment) -> Result<Ledger, LedgerError> {
    Ledger::open_as_it_stood(path, moment, desk(), &silent)
}

#[test]
fn what_was_shown_then_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (mut ledger, sources) = with_pages(&path);
    let last = |path: &Path| Store::open(path).unwrap().view().n_entries().unwrap() - 1;
    let mut then = Vec::new();
    let mut ids = Vec::new();
    for claim in 0..8 {
        ids.push(log(&mut ledger, claim, &sources).unwrap().to_string());
        then.push((last(&path), seen(&mut ledger)));
    }
    ledger.retract(&ids[1], "a misreading").unwrap();
    then.push((last(&path), seen(&mut ledger)));
    ledger.merge_entities("OpenAI", "Meta", "to see").unwrap();
    then.push((last(&path), seen(&mut ledger)));
    ledger.unmerge_entity("OpenAI", "it is not so").unwrap();
    ledger.reinstate(&ids[1], "it was none").unwrap();
    then.push((last(&path), seen(&mut ledger)));
    assert!(then.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1));
    for (entry, expected) in then {
        let mut shown = at(&path, Moment::Entry(entry)).unwrap();
        assert!(seen(&mut shown) == expected, "after entry {entry}");
        match shown.retract(&ids[0], "not then") {
            Err(LedgerError::Store(StoreError::AsItStood)) => {}
            other => panic!("{other:?}"),
        }
    }
    // The clock of these tests begins with the ledger and goes on a second an entry.
    let (clock, now) = ((desk().clock)(), seen(&mut ledger));
    assert!(seen(&mut at(&path, Moment::Time(clock + chrono::TimeDelta::days(1))).unwrap()) == now);
    for moment in [Moment::Time(clock - chrono::TimeDelta::days(1)), Moment::Entry(last(&path) + 1)] {
        assert_eq!(at(&path, moment).err().map(|error| error.kind()), Some(Kind::Refused), "{moment:?}");
    }
}
