//! Ledgers brought into each other: nothing is lost, nothing comes twice, and what differs stays and is told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use onrecord::capture::Hints;
use onrecord::domain::id::ClaimId;
use onrecord::domain::listing::{About, MergeView};
use onrecord::domain::source::SourceDetails;
use onrecord::ledger::{
    CaptureRequest, ClaimFilter, ClaimInput, Desk, EntityInput, Judgement, Ledger, LedgerError, LinkInput,
    MergeRequest, Other, VerifyRequest, silent,
};
use onrecord::record::timestamp::Roots;
use proptest::prelude::*;

use crate::ledger::{
    DERIVED, Operation, Parent, captured, desk, dumped, imported, operations, pages_in, perform, published_by, verdicts,
};

/// A desk whose salts are no other's.
fn desk_of(name: &str) -> Desk {
    let (actor, mut salts) = (format!("human:{name}"), 0u64);
    let head: [u8; 8] = std::array::from_fn(|n| name.as_bytes().get(n).copied().unwrap_or(0));
    Desk {
        actor: actor.parse().unwrap(),
        salt: Box::new(move || {
            salts += 1;
            [head, salts.to_be_bytes()].concat().try_into().unwrap()
        }),
        ..desk()
    }
}

fn made(folder: &Path, name: &str) -> (PathBuf, Ledger) {
    let path = folder.join(format!("{name}.db"));
    let ledger = Ledger::create(&path, Some(name), desk_of(name)).unwrap();
    (path, ledger)
}

fn merged(into: &Path, from: &Path) -> Result<MergeView, LedgerError> {
    let mut other = Other::open(from, desk(), &silent)?;
    let request = MergeRequest { hold_agents: false, dry_run: false, progress: &silent };
    let salt = into.file_stem().unwrap().to_str().unwrap().to_string() + from.file_stem().unwrap().to_str().unwrap();
    Ledger::open(into, desk_of(&salt))?.merge(&mut other, &request)
}

/// How many entries came over.
fn n_brought(view: &MergeView) -> u64 {
    view.brought.values().sum()
}

fn holds(path: &Path) {
    let mut ledger = Ledger::open(path, desk()).unwrap();
    let request =
        VerifyRequest { against: None, policy: None, roots: &Roots::default(), quick: false, progress: &silent };
    let view = ledger.verify(&request).unwrap();
    assert!(view.faults.is_empty(), "{:?}", view.faults);
    let live = dumped(path, &DERIVED);
    ledger.rebuild(&silent).unwrap();
    assert!(dumped(path, &DERIVED) == live);
}

/// Each claim with whether it stands.
fn claims(path: &Path) -> BTreeMap<ClaimId, &'static str> {
    let mut ledger = Ledger::open(path, desk()).unwrap();
    let claims = ledger.claims(&ClaimFilter::default()).unwrap();
    claims.into_iter().map(|claim| (claim.id, claim.status.name())).collect()
}

fn worked(folder: &Path, name: &str, operations: &[Operation]) -> PathBuf {
    let (path, ledger) = made(folder, name);
    let (mut ledger, sources) = pages_in(ledger);
    let mut ids = BTreeMap::new();
    for operation in operations {
        match perform(&mut ledger, operation, &sources, &mut ids) {
            Ok(()) | Err(LedgerError::Refused(_) | LedgerError::Batch { .. }) => {}
            Err(other) => panic!("{operation:?}: {other}"),
        }
    }
    path
}

/// Answers whether nothing differed, so that both ended up the same.
fn merges(one: &[Operation], two: &[Operation]) -> Result<bool, TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (worked(folder.path(), "a", one), worked(folder.path(), "b", two));
    let (in_a, in_b) = (claims(&a), claims(&b));

    // Into a ledger in which there is nothing, all comes over as it was.
    let (empty, _) = made(folder.path(), "empty");
    let view = merged(&empty, &a).unwrap();
    prop_assert_eq!((view.differences, view.n_left_out), (Vec::new(), 0));
    prop_assert_eq!(claims(&empty), in_a.clone());
    prop_assert_eq!(verdicts(&empty), verdicts(&a));

    let first = merged(&a, &b).unwrap();
    holds(&a);
    prop_assert_eq!(first.n_left_out, 0, "{:?}", first.left_out);
    let both = claims(&a);
    let all: BTreeSet<ClaimId> = in_a.keys().chain(in_b.keys()).copied().collect();
    prop_assert_eq!(both.keys().copied().collect::<BTreeSet<_>>(), all);
    for (claim, status) in &in_b {
        prop_assert!(in_a.contains_key(claim) || both[claim] == *status, "{} is as it was there", claim);
    }
    prop_assert_eq!(merged(&a, &b).unwrap().brought, BTreeMap::new(), "a second time, after {:?}", first.brought);

    // The other way round; and then there is nothing that either lacks.
    let second = merged(&b, &a).unwrap();
    holds(&b);
    prop_assert_eq!(n_brought(&merged(&a, &b).unwrap()), 0, "what came from here");
    prop_assert_eq!(n_brought(&merged(&b, &a).unwrap()), 0);
    let is_alike = first.differences.is_empty() && second.differences.is_empty();
    if is_alike {
        prop_assert_eq!(claims(&b), both);
        prop_assert_eq!(verdicts(&b), verdicts(&a));
    }

    // By way of a third.
    merged(&empty, &b).unwrap();
    holds(&empty);
    prop_assert_eq!(n_brought(&merged(&a, &empty).unwrap()), 0, "what comes by another way");
    Ok(is_alike)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn ledgers_merge(one in operations(), two in operations()) {
        merges(&one, &two)?;
    }
}

#[test]
fn ledgers_in_which_nothing_differs_end_up_the_same() {
    use Operation::{Attest, Derive, Join, Log, Merge, Retract};
    let one = [Log(0), Log(1), Retract(1), Attest(0), Merge("Scale", "Meta")];
    let two = [Log(2), Log(0), Log(5), Join("Staff", "Beyer"), Derive(1, Parent::Entity("Star"))];
    assert!(merges(&one, &two).unwrap());
}

/// Histories that once went wrong.
#[test]
fn what_went_wrong_once() {
    use Operation::{Join, Merge, Unmerge};
    // A member that is one with its group here, and parted by what comes later.
    merges(&[Merge("Staff", "OpenAI")], &[Join("Staff", "OpenAI")]).unwrap();
    let parted = [Join("Staff", "OpenAI"), Merge("OpenAI", "Meta"), Unmerge("OpenAI")];
    merges(&[Merge("Staff", "Meta")], &parted).unwrap();
}

// ---- one thing each

fn capture(ledger: &mut Ledger, text: &str, publisher: &str, url: Option<&str>) -> String {
    captured(ledger, text, SourceDetails { url: url.map(str::to_string), ..published_by(publisher) })
}

fn said(ledger: &mut Ledger, source: &str, quote: &str, subject: &str, predicate: &str) -> ClaimId {
    let input = ClaimInput {
        source: source.to_string(),
        quote: onrecord::domain::quote::WantedQuote { exact: quote.to_string(), ..Default::default() },
        subject: subject.to_string(),
        predicate: predicate.to_string(),
        by: vec![LinkInput::named("Post")],
        ..ClaimInput::default()
    };
    ledger.log(&[(1, Ok(input))], true).unwrap().claims[0].id
}

fn import(ledger: &mut Ledger, table: &str) {
    let url = Some("https://office.example/t".to_string());
    imported(ledger, table, SourceDetails { url, ..published_by("Office") }, TOWNS);
}

const TOWNS: &str = "[columns]\nentity = 'town'\n[predicates.people]\nkind = 'figure'\nunit = 'count'";

fn named(ledger: &mut Ledger, name: &str, key: &str) {
    let input = EntityInput { name: name.to_string(), key: Some(key.to_string()), ..EntityInput::default() };
    ledger.add_entities(&[(1, Ok(input))]).unwrap();
}

fn differences(view: &MergeView) -> Vec<(About, &str, &str, &str)> {
    let parts = view.differences.iter();
    parts.map(|one| (one.about, one.of.as_str(), one.here.as_str(), one.there.as_str())).collect()
}

/// Two ledgers, and what is done to each before one is brought into the other.
fn pair(in_a: impl FnOnce(&mut Ledger), in_b: impl FnOnce(&mut Ledger)) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let ((a, mut ledger_a), (b, mut ledger_b)) = (made(folder.path(), "a"), made(folder.path(), "b"));
    in_a(&mut ledger_a);
    in_b(&mut ledger_b);
    (folder, a, b)
}

const PAGE: &str = "The pier cost 14 million euros. It has 300 lamps.";
const URL: &str = "https://post.example/pier";

#[test]
fn an_address_is_one_source() {
    let (_folder, a, b) = pair(
        |a| {
            // The address was given to a page later than its first version was captured.
            let source = capture(a, "The pier opens.", "Post", None);
            let request = CaptureRequest {
                bytes: b"The pier opened.",
                place: "Post".into(),
                hints: Hints::default(),
                details: SourceDetails { url: Some(URL.into()), ..SourceDetails::default() },
                source: Some(source),
            };
            a.capture(request).unwrap();
        },
        |b| {
            let source = capture(b, PAGE, "Post", Some(URL));
            said(b, &source, "14 million euros", "Pier", "amount");
            let other = capture(b, "The pier, again.", "Star", None);
            b.derive(&other, &source, "word for word").unwrap();
        },
    );
    let view = merged(&a, &b).unwrap();
    assert_eq!((view.n_left_out, differences(&view)), (0, vec![]));
    holds(&a);
    let mut ledger = Ledger::open(&a, desk()).unwrap();
    let urls: Vec<_> = ledger.sources().unwrap().into_iter().map(|source| source.details.url).collect();
    assert_eq!(urls, [Some(URL.to_string()), None]);
    assert_eq!(ledger.report(URL, None).unwrap().claims.len(), 1);
    assert_eq!(n_brought(&merged(&a, &b).unwrap()), 0);
    // What comes later is of that source too.
    let mut ledger = Ledger::open(&b, desk_of("later")).unwrap();
    said(&mut ledger, URL, "300 lamps", "Pier", "headcount");
    let star = ledger.sources().unwrap()[1].id.to_string();
    ledger.underive(&star, URL, "they had it first").unwrap();
    drop(ledger);
    let view = merged(&a, &b).unwrap();
    assert_eq!((view.n_left_out, differences(&view)), (0, vec![]));
    assert_eq!(view.brought, BTreeMap::from([("claim".to_string(), 1), ("underive".to_string(), 1)]));
    holds(&a);
}

#[test]
fn an_older_snapshot_is_not_the_latest() {
    let folder = tempfile::tempdir().unwrap();
    let ((a, mut ledger_a), (b, mut ledger_b)) = (made(folder.path(), "a"), made(folder.path(), "b"));
    capture(&mut ledger_b, "The pier opens.", "Post", Some(URL));
    // The clocks of these desks go on by a second at each entry.
    for n in 0..40 {
        capture(&mut ledger_a, &format!("Page {n}."), "Star", None);
    }
    capture(&mut ledger_a, PAGE, "Post", Some(URL));
    merged(&a, &b).unwrap();
    holds(&a);
    let mut ledger = Ledger::open(&a, desk()).unwrap();
    let history = ledger.history(URL).unwrap();
    assert_eq!(history.len(), 2);
    assert!(history[0].captured < history[1].captured && history[0].actor == "human:b");
    said(&mut ledger, URL, "14 million euros", "Pier", "amount");
}

#[test]
fn tables_come_over_with_their_rows_and_what_was_said_of_them() {
    let table = "town,people\nPierton,12\nQuayton,13\n\"C\",14\nC++,15\n";
    let (_folder, a, b) = pair(
        |a| named(a, "C sharp", "c"),
        |b| {
            import(b, table);
            let rows = b.claims(&ClaimFilter::default()).unwrap();
            b.retract(&rows[0].id.to_string(), "a slip").unwrap();
            let page = capture(b, "Quayton has 13 people.", "Post", None);
            said(b, &page, "13 people", "Quayton", "headcount");
        },
    );
    let before = claims(&b);
    let view = merged(&a, &b).unwrap();
    assert_eq!(view.n_left_out, 0, "{:?}", view.left_out);
    // Here the key is another's, with whom it has no name in common.
    assert_eq!(differences(&view), [(About::Key, "c", "C sharp", "C")]);
    assert_eq!(claims(&a), before);
    holds(&a);
    let rows = Ledger::open(&a, desk()).unwrap().claims(&ClaimFilter::default()).unwrap();
    let subjects: Vec<&str> = rows.iter().map(|row| row.subject.as_str()).collect();
    assert_eq!(subjects, ["Pierton", "Quayton", "C", "C++", "Quayton"]);
    assert_eq!(n_brought(&merged(&a, &b).unwrap()), 0);
}

#[test]
fn rows_whose_names_lead_nowhere_here_are_left_out_until_they_do() {
    let (_folder, a, b) = pair(
        |a| {
            named(a, "Pierton", "pierton");
            named(a, "Pierton", "pierton-2");
        },
        |b| import(b, "town,people\nPierton,12\n"),
    );
    let view = merged(&a, &b).unwrap();
    assert_eq!(view.left_out.len(), 1);
    assert!(view.left_out[0].because.contains("row 2"), "{}", view.left_out[0].because);
    holds(&a);
    let mut ledger = Ledger::open(&a, desk()).unwrap();
    ledger.merge_entities("pierton-2", "pierton", "one town").unwrap();
    let view = merged(&a, &b).unwrap();
    assert_eq!((view.n_left_out, claims(&a)), (0, claims(&b)));
    holds(&a);
}

#[test]
fn what_a_predicate_means_is_what_it_means_here() {
    let defined = |ledger: &mut Ledger, time: &str, value: &str| {
        let file = format!("[predicates.lamps]\nvalue = '{value}'\ntime = '{time}'\nobject = 'none'\n");
        ledger.add_predicates("lamps.toml", &file).unwrap();
    };
    let lamps = |b: &mut Ledger| {
        let source = capture(b, PAGE, "Post", None);
        said(b, &source, "300 lamps", "Pier", "lamps");
    };
    for (time, value, comes) in [("state", "count", 1), ("event", "figure", 0)] {
        let (_folder, a, b) = pair(
            |a| defined(a, time, value),
            |b| {
                defined(b, "event", "count");
                lamps(b);
            },
        );
        let view = merged(&a, &b).unwrap();
        assert_eq!(differences(&view).len(), 1);
        assert_eq!(view.differences[0].about, About::Predicate);
        assert_eq!(claims(&a).len(), comes, "{:?}", view.left_out);
        holds(&a);
    }
}

/// What is judged on one side alone comes over; what is judged on both stays.
#[test]
fn decisions_are_brought_or_shown() {
    let both = |ledger: &mut Ledger| {
        let one = capture(ledger, PAGE, "Post", None);
        let two = capture(ledger, "The pier cost 15 million euros.", "Star", None);
        (
            said(ledger, &one, "14 million euros", "Pier", "amount").to_string(),
            said(ledger, &two, "15 million euros", "Pier", "amount").to_string(),
        )
    };
    let decided = |path: &Path| {
        let shown = Ledger::open(path, desk()).unwrap().contradictions(true, None, None).unwrap();
        shown.questions[0].decision.as_ref().map(|decision| (decision.because.clone(), decision.actor.clone()))
    };
    let (_folder, a, b) = pair(
        |a| drop(both(a)),
        |b| {
            let (claim, _) = both(b);
            b.decide(&claim, &Judgement::BothRight, "two piers").unwrap();
        },
    );
    let view = merged(&a, &b).unwrap();
    assert_eq!((view.brought["decide"], differences(&view)), (1, vec![]));
    assert_eq!(decided(&a), Some(("two piers".to_string(), "human:b".to_string())));

    let (_folder, a, b) = pair(
        |a| {
            let (claim, _) = both(a);
            a.decide(&claim, &Judgement::Unsure, "nobody knows").unwrap();
        },
        |b| {
            let (claim, _) = both(b);
            b.decide(&claim, &Judgement::BothRight, "two piers").unwrap();
        },
    );
    let view = merged(&a, &b).unwrap();
    let (finding, there) = (view.differences[0].of.clone(), view.differences[0].there.clone());
    assert!(there.starts_with("both-right, ") && there.ends_with(" right: two piers"), "{there}");
    assert_eq!(differences(&view), [(About::Finding, finding.as_str(), "unsure: nobody knows", there.as_str())]);
    assert_eq!(decided(&a), Some(("nobody knows".to_string(), "human:a".to_string())));
}

/// A copy of the file that went its own way brings what is new in it, and nothing of what both began with.
#[test]
fn a_copy_of_the_file_merges_back() {
    let folder = tempfile::tempdir().unwrap();
    let (a, mut ledger) = made(folder.path(), "a");
    let source = capture(&mut ledger, PAGE, "Post", None);
    let kept = said(&mut ledger, &source, "14 million euros", "Pier", "amount");
    drop(ledger);
    let copy = folder.path().join("copy.db");
    std::fs::copy(&a, &copy).unwrap();
    let mut ledger = Ledger::open(&copy, desk_of("copy")).unwrap();
    said(&mut ledger, &source, "300 lamps", "Pier", "headcount");
    ledger.retract(&kept.to_string(), "another pier").unwrap();
    drop(ledger);
    let mut ledger = Ledger::open(&a, desk_of("later")).unwrap();
    let secret = said(&mut ledger, &source, "It has 300 lamps", "Pier", "said");
    drop(ledger);
    let view = merged(&a, &copy).unwrap();
    assert_eq!(view.brought, BTreeMap::from([("claim".to_string(), 1), ("retract".to_string(), 1)]));
    assert_eq!(claims(&a)[&kept], "retracted");
    assert!(claims(&a).contains_key(&secret));
    holds(&a);
    assert_eq!(n_brought(&merged(&a, &a).unwrap()), 0, "into itself");
}

/// Nothing comes of a dry run, nor of a ledger in which anything does not hold.
#[test]
fn a_ledger_that_does_not_hold_is_refused() {
    let (_folder, a, b) = pair(|_| {}, |b| drop(capture(b, PAGE, "Post", None)));
    let before = dumped(&a, &["entry"]);
    crate::damage::tampered(&b, "UPDATE entry_body SET body = replace(body, 'Post', 'Past')");
    let error = merged(&a, &b).unwrap_err();
    assert!(matches!(&error, LedgerError::Unfit { .. }), "{error}");
    assert_eq!(dumped(&a, &["entry"]), before);
}

#[test]
fn a_dry_run_changes_nothing() {
    let (_folder, a, b) = pair(|_| {}, |b| drop(capture(b, PAGE, "Post", None)));
    let before = dumped(&a, &["entry", "blob"]);
    let mut other = Other::open(&b, desk(), &silent).unwrap();
    let request = MergeRequest { hold_agents: false, dry_run: true, progress: &silent };
    let view = Ledger::open(&a, desk_of("dry")).unwrap().merge(&mut other, &request).unwrap();
    assert!(view.dry_run && n_brought(&view) > 0);
    assert_eq!(dumped(&a, &["entry", "blob"]), before);
}

/// What was left out comes when nothing stands in its way any more, the names with it that a table gave there.
#[test]
fn what_was_left_out_comes_later() {
    let (_folder, a, b) = pair(
        |a| named(a, "C sharp", "c"),
        |b| {
            import(b, "town,people\nPierton,12\n");
            named(b, "C", "c");
            let page = capture(b, PAGE, "Post", None);
            let input = ClaimInput {
                source: page,
                quote: onrecord::domain::quote::WantedQuote { exact: "14 million euros".into(), ..Default::default() },
                subject: "Pierton".into(),
                predicate: "amount".into(),
                object: Some("c".into()),
                by: vec![LinkInput::named("Post")],
                ..ClaimInput::default()
            };
            let wrong = b.log(&[(1, Ok(input))], true).unwrap().claims[0].id.to_string();
            b.correct(&wrong, "of another day", false, |right| right.as_of = Some("2025-06".into())).unwrap();
        },
    );
    let view = merged(&a, &b).unwrap();
    assert_eq!(view.left_out.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["claim", "claim"]);
    assert_eq!(merged(&a, &b).unwrap().n_left_out, 2, "and again");
    let mut ledger = Ledger::open(&a, desk_of("mends")).unwrap();
    let same = EntityInput { name: "C".into(), key: Some("c".into()), ..EntityInput::default() };
    ledger.add_entities(&[(1, Ok(same))]).unwrap();
    drop(ledger);
    assert_eq!(merged(&a, &b).unwrap().n_left_out, 0);
    assert_eq!(claims(&a), claims(&b));
    holds(&a);
    assert_eq!(n_brought(&merged(&a, &b).unwrap()), 0);
}

/// After a merge of entities two findings are one: a decision on the other does not take the place of one made here.
#[test]
fn a_decision_on_the_same_finding_by_its_other_id_is_shown() {
    let both = |ledger: &mut Ledger, subject: &str| {
        let one = capture(ledger, PAGE, "Post", None);
        let two = capture(ledger, "The pier cost 15 million euros.", "Star", None);
        let first = said(ledger, &one, "14 million euros", subject, "amount").to_string();
        said(ledger, &two, "15 million euros", subject, "amount");
        first
    };
    let (_folder, a, b) = pair(
        |a| {
            let claim = both(a, "Quay");
            named(a, "Pier", "pier");
            let other = both(a, "Pier");
            a.merge_entities("quay", "pier", "one place").unwrap();
            a.decide(&claim, &Judgement::Unsure, "nobody knows").unwrap();
            assert_ne!(claim, other);
        },
        |b| {
            let claim = both(b, "Quay");
            b.decide(&claim, &Judgement::BothRight, "two quays").unwrap();
        },
    );
    let view = merged(&a, &b).unwrap();
    assert!(!view.brought.contains_key("decide"), "{:?}", view.brought);
    assert_eq!(view.differences.iter().map(|one| one.about).collect::<Vec<_>>(), [About::Finding]);
    holds(&a);
}

/// Who says of something that he brought it, and has something else in its place, keeps nobody from the thing itself.
#[test]
fn what_others_say_that_they_brought_is_not_believed() {
    let (folder, a, b) = pair(
        |_| {},
        |b| {
            let page = capture(b, PAGE, "Post", None);
            let claim = said(b, &page, "14 million euros", "Pier", "amount");
            b.retract(&claim.to_string(), "another pier").unwrap();
        },
    );
    let liar = folder.path().join("liar.db");
    drop(Ledger::create(&liar, Some("liar"), desk_of("liar")).unwrap());
    merged(&liar, &b).unwrap();
    let out = folder.path().join("out");
    Ledger::open(&liar, desk()).unwrap().export(&out, &silent).unwrap();
    crate::load::lines(&out, |lines| {
        for line in lines.iter_mut() {
            let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
            let body: serde_json::Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
            let Some(claim) = body["retract"]["claim"].as_str() else { continue };
            let body = format!("{{\"attest\":{{\"claim\":\"{claim}\"}}}}");
            let header: onrecord::record::entry::Header =
                serde_json::from_str(entry["header"].as_str().unwrap()).unwrap();
            let salt = [7; 16];
            let body = onrecord::record::body::Body::read(&body).unwrap();
            let made = onrecord::record::entry::Entry::new(
                header.sequence,
                &header.actor,
                header.time.parse().unwrap(),
                salt,
                &body,
            )
            .unwrap();
            entry = serde_json::json!({"header": made.header, "salt": "07".repeat(16), "body": made.body});
            *line = entry.to_string();
        }
    });
    let view = merged(&a, &out).unwrap();
    assert_eq!(view.brought.get("attest"), Some(&1), "{:?}", view.brought);
    merged(&a, &b).unwrap();
    assert!(claims(&a).values().all(|status| *status == "retracted"), "{:?}", claims(&a));
    holds(&a);
}

/// An approval there and a retraction here, or the other way round, are shown on both sides.
#[test]
fn approvals_are_judgements() {
    let folder = tempfile::tempdir().unwrap();
    let (a, mut ledger) = made(folder.path(), "a");
    ledger.hold();
    let page = capture(&mut ledger, PAGE, "Post", None);
    let held = said(&mut ledger, &page, "14 million euros", "Pier", "amount").to_string();
    drop(ledger);
    let b = folder.path().join("b.db");
    std::fs::copy(&a, &b).unwrap();
    Ledger::open(&a, desk_of("jane")).unwrap().retract(&held, "not what it says").unwrap();
    Ledger::open(&b, desk_of("bob")).unwrap().approve(std::slice::from_ref(&held), None).unwrap();
    for (into, from) in [(&a, &b), (&b, &a)] {
        let before = claims(into);
        let view = merged(into, from).unwrap();
        assert_eq!(view.differences.iter().map(|one| one.about).collect::<Vec<_>>(), [About::Claim]);
        assert_eq!(claims(into), before);
    }
}

/// One `bring` entry tells of a thousand entries.
#[test]
fn more_entries_than_one_bring_tells_of() {
    let (_folder, a, b) = pair(
        |_| {},
        |b| {
            let lines: Vec<_> = (0..2100)
                .map(|n| (n + 1, Ok(EntityInput { name: format!("Ship {n}"), ..EntityInput::default() })))
                .collect();
            b.add_entities(&lines).unwrap();
        },
    );
    let view = merged(&a, &b).unwrap();
    assert_eq!(view.brought["entity"], 2100);
    assert_eq!(crate::ledger::count(&a, "SELECT count(*) FROM bring"), 3);
    holds(&a);
    assert_eq!(n_brought(&merged(&a, &b).unwrap()), 0);
}
