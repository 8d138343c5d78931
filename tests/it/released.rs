//! Ledger files that released versions wrote open in this one: `tests/data/ledgers` has one of each, with every kind of entry.

use std::collections::BTreeMap;
use std::path::Path;

use onrecord::ledger::{ClaimFilter, Ledger, VerifyRequest, only, silent};
use onrecord::record::checkpoint::SignedCheckpoint;
use onrecord::record::timestamp::Roots;

use crate::desk::repository;
use crate::ledger::{desk, text};

/// The kinds of entries in a file, in order.
fn kinds(path: &Path) -> String {
    text(
        path,
        "SELECT group_concat(kind, ' ') FROM (SELECT DISTINCT json_extract(header, '$.kind') AS kind FROM entry ORDER BY kind)",
    )
}

fn check_holds(ledger: &mut Ledger, kept: &Path) {
    let head = SignedCheckpoint::parse(&std::fs::read(kept.with_extension("checkpoint")).unwrap()).unwrap();
    let key = std::fs::read_to_string(kept.with_extension("key")).unwrap();
    let policy = only(key.trim().parse().unwrap());
    head.check(&policy).unwrap();
    let against = Some(head.checkpoint());
    let request =
        VerifyRequest { against, policy: Some(&policy), roots: &Roots::default(), quick: false, progress: &silent };
    let view = ledger.verify(&request).unwrap();
    assert!(view.faults.is_empty(), "{}: {:?}", kept.display(), view.faults);
    assert!(view.checkpoints > 0 && view.questions > Some(50) && view.quotes > Some(5), "{view:?}");
}

#[test]
fn ledgers_of_every_released_version_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut versions = BTreeMap::new();
    for entry in std::fs::read_dir(repository().join("tests/data/ledgers")).unwrap() {
        let kept = entry.unwrap().path();
        if kept.extension().is_none_or(|extension| extension != "db") {
            continue;
        }
        let version = kept.file_stem().unwrap().to_str().unwrap().to_string();
        // A file that is opened is not as it was kept.
        let path = folder.path().join(kept.file_name().unwrap());
        std::fs::copy(&kept, &path).unwrap();
        let mut ledger = Ledger::open(&path, desk()).unwrap();
        check_holds(&mut ledger, &kept);
        let claims = ledger.claims(&ClaimFilter::default()).unwrap();
        assert!(claims.len() > 500, "{version}: {} claims", claims.len());
        // Work goes on in it.
        ledger.retract(&claims[0].id.to_string(), "a test").unwrap();
        check_holds(&mut ledger, &kept);
        versions.insert(version, kinds(&path));
    }
    // Whoever releases a version adds its file.
    let kinds =
        versions.get(env!("CARGO_PKG_VERSION")).expect("run `tests/data/ledgers/make.sh` with the released command");
    let all = "approve attest begin bring capture claim copying correct decide derive describe entity hold import independent merge \
               predicate redact reinstate retract underive unmerge";
    assert_eq!(kinds, all, "`tests/data/ledgers/make.sh` leaves out a kind of entry");
}
