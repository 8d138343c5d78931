//! Verdicts on figures: labelled cases as data, and what must hold of every question.
//!
//! The labels are read off DESIGN §5, never off what the code prints; each case says why in `why`.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use onrecord::domain::claim::{EntityKey, Modality, Qualifiers, Stance, Value};
use onrecord::domain::decimal::Decimal;
use onrecord::domain::figure::{Figure, Hedge, Precision};
use onrecord::domain::id::{ClaimId, Digest, SourceId};
use onrecord::domain::origin::Origin;
use onrecord::domain::predicate::Time;
use onrecord::domain::rate::Rate;
use onrecord::domain::unit::CurrencyCode;
use onrecord::domain::unit::{Currency, Unit};
use onrecord::domain::verdict::{Pair, PairVerdict, QuestionVerdict, Reason};
use onrecord::domain::when::When;
use onrecord::reconcile::pair::{Outcome, compare};
use onrecord::reconcile::policy::Policy;
use onrecord::reconcile::question::{Reconciled, pairs, reconcile};
use onrecord::reconcile::rates::Rates;
use onrecord::reconcile::statement::{Frame, Statement};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// Left out for a state.
    figure: Option<Figure>,
    /// The state, of those that exclude each other.
    #[serde(default)]
    says: String,
    #[serde(default)]
    stance: Stance,
    #[serde(default)]
    modality: Modality,
    #[serde(default)]
    qualifiers: Qualifiers,
    as_of: Option<When>,
    published: Option<When>,
    origin: String,
}

impl Said {
    fn statement(self, claim: usize) -> Statement {
        let Said { figure, says, stance, modality, qualifiers, as_of, published, origin } = self;
        let value = figure.map_or(Value::State, Value::Figure);
        // Each case stands on a page of its own, and whoever says something says it himself.
        let (page, origin) = (Some(SourceId(id(claim).0)), named(&origin));
        Statement {
            claim: id(claim),
            value: Arc::new(value),
            says: says.into(),
            stance,
            modality,
            qualifiers,
            as_of: as_of.map(Arc::new),
            published: published.map(Arc::new),
            counts_as: origin.clone(),
            origin,
            page,
            own_voice: false,
            member: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PairCase {
    id: String,
    why: String,
    time: Time,
    #[serde(default)]
    whole: bool,
    a: Said,
    b: Said,
    /// Rates on record: one of a currency is so much of another on a day.
    #[serde(default)]
    rates: Vec<(CurrencyCode, String, CurrencyCode, NaiveDate)>,
    verdict: PairVerdict,
    reasons: Vec<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionCase {
    id: String,
    why: String,
    time: Time,
    #[serde(default)]
    whole: bool,
    statements: Vec<Said>,
    verdict: QuestionVerdict,
    /// Statements by their place in the list, from 0.
    positions: BTreeSet<BTreeSet<usize>>,
    origins: usize,
    worst: Option<Worst>,
}

/// The verdict of the worst pair, and the pairs that may be named for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Worst {
    pairs: Vec<BTreeSet<usize>>,
    verdict: PairVerdict,
}

fn named(origin: &str) -> Arc<Origin> {
    Arc::new(Origin::Named(EntityKey(origin.to_string())))
}

fn id(number: usize) -> ClaimId {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    ClaimId(Digest(bytes))
}

fn frame(time: Time, whole: bool) -> Frame {
    Frame { time, whole, compare: true }
}

fn check_pair(line: &str) {
    let PairCase { id, why, time, whole, a, b, rates, verdict, reasons } = serde_json::from_str(line).expect(line);
    let rate = |(from, value, to, day): (CurrencyCode, String, CurrencyCode, NaiveDate)| {
        let value = value.parse().expect("a rate");
        Rate { claim: self::id(9), by: "a bank".to_string(), from, value, to, day, least: value, most: value }
    };
    let policy = Policy { rates: Rates(rates.into_iter().map(rate).collect()), ..Policy::default() };
    let one_origin = a.origin == b.origin;
    let (a, b) = (a.statement(0), b.statement(1));
    let outcome = compare(&a, &b, one_origin, frame(time, whole), &policy);
    assert_eq!((outcome.verdict, &outcome.reasons), (verdict, &reasons), "{id}: {why}");
}

fn check_questions(line: &str) {
    let case: QuestionCase = serde_json::from_str(line).expect(line);
    let (name, why) = (&case.id, &case.why);
    let said = case.statements.into_iter().enumerate();
    let statements: Vec<Statement> = said.map(|(number, said)| said.statement(number)).collect();
    let found = reconcile(&statements, frame(case.time, case.whole), &Policy::default());
    let number = |claim: ClaimId| statements.iter().position(|statement| statement.claim == claim).expect("a claim");
    assert_eq!((found.verdict, found.origins), (case.verdict, case.origins), "{name}: {why}");
    let positions: BTreeSet<BTreeSet<usize>> =
        found.positions.iter().map(|position| position.claims.iter().map(|claim| number(*claim)).collect()).collect();
    assert_eq!(positions, case.positions, "{name}: {why}");
    assert_eq!(found.positions.len(), positions.len(), "{name}: no position twice");
    match (&found.worst, &case.worst) {
        (Some(pair), Some(worst)) => {
            assert_eq!(pair.verdict, worst.verdict, "{name}: {why}");
            let named = BTreeSet::from([number(pair.a), number(pair.b)]);
            assert!(worst.pairs.contains(&named), "{name}: {named:?} is named; {why}");
        }
        (Some(_), None) => assert!(case.verdict.is_finding(), "{name}: {why}"),
        (None, worst) => assert!(worst.is_none() && !case.verdict.is_finding(), "{name}: {why}"),
    }
}

#[test]
fn figures() {
    include_str!("../data/verdicts/figures.jsonl").lines().for_each(check_pair);
}

#[test]
fn states() {
    include_str!("../data/verdicts/states.jsonl").lines().for_each(check_pair);
}

#[test]
fn questions() {
    include_str!("../data/verdicts/questions.jsonl").lines().for_each(check_questions);
}

/// Every reason that two claims of one question can have occurs in a case. Two are about other questions.
#[test]
fn cases_cover_every_reason() {
    let figures = include_str!("../data/verdicts/figures.jsonl").lines();
    let cases = figures.chain(include_str!("../data/verdicts/states.jsonl").lines());
    let read = |line: &str| serde_json::from_str::<PairCase>(line).expect("checked above").reasons;
    let mut known: BTreeSet<Reason> = cases.flat_map(read).collect();
    for entry in std::fs::read_dir(crate::desk::repository().join("tests/data/verdicts/stories")).expect("a folder") {
        let story = std::fs::read_to_string(entry.expect("a file").path()).expect("a text");
        known.extend(crate::worked::cases(&story).into_iter().flat_map(|case| case.reasons));
    }
    let elsewhere = [Reason::OtherQuestion, Reason::PercentForPoints];
    for reason in Reason::ALL.iter().filter(|reason| !elsewhere.contains(reason)) {
        assert!(known.contains(reason), "no case has `{}`", reason.name());
    }
}

/// Points as they crowd around a story, with bounds, ranges and hedges among them. `round` lets in numerals that end
/// in two zeros.
fn figure(round: bool) -> impl Strategy<Value = Figure> {
    let digits = prop_oneof![4 => 130..160i128, 3 => 13..16i128, 1 => 1..10i128, 1 => -20..20i128];
    let rounds = prop::sample::select(vec![100i128, 200, 10_000, 9_800, 10_300]);
    let digits = if round { prop_oneof![3 => digits, 1 => rounds].boxed() } else { digits.boxed() };
    let usd = || Currency::Known("USD".parse().expect("a code"));
    let family = |codes: &str| Currency::Family(codes.split(' ').map(|code| code.parse().expect("a code")).collect());
    let currencies = vec![
        usd(),
        usd(),
        usd(),
        Currency::Known("CAD".parse().expect("a code")),
        family("USD CAD"),
        family("CAD USD"),
        Currency::Unknown,
    ];
    let shapes = prop::sample::select(vec![
        "point", "point", "point", "exact", "about", "nearly", "over", "at least", "under", "up to", "range", "plural",
    ]);
    (digits, 0..3i32, 1..5i128, shapes, prop::sample::select(currencies)).prop_map(
        |(digits, decimals, width, shape, currency)| {
            let at = |digits: i128| Some(Decimal::new(digits, -decimals));
            let value = at(digits);
            let stated = Precision::Decimals(decimals);
            let (lo, hi, precision, hedge) = match shape {
                "point" => (value, value, stated, None),
                "exact" => (value, value, Precision::Exact, None),
                "about" => (value, value, stated, Some(Hedge::About)),
                "nearly" => (value, value, stated, Some(Hedge::Nearly)),
                "over" => (value, None, Precision::Unstated, Some(Hedge::MoreThan)),
                "at least" => (value, None, Precision::Unstated, Some(Hedge::AtLeast)),
                "under" => (None, value, Precision::Unstated, Some(Hedge::LessThan)),
                "up to" => (None, value, Precision::Unstated, Some(Hedge::UpTo)),
                "range" => (value, at(digits + width), stated, Some(Hedge::Between)),
                _ => (at(10), at(100), Precision::Unstated, Some(Hedge::Plural)),
            };
            let lo_open = hedge == Some(Hedge::MoreThan);
            let hi_open = matches!(hedge, Some(Hedge::LessThan | Hedge::Plural));
            let figure = Figure { lo, hi, lo_open, hi_open, precision, hedge, unit: Unit::Money(currency) };
            figure.check().expect("a figure");
            figure
        },
    )
}

fn when() -> impl Strategy<Value = Option<When>> {
    let dates = ["", "", "2024", "2025", "2025-03", "2025-03-01", "2025-03-02", "2025-03-01T08:00:00Z"];
    prop::sample::select(dates.to_vec()).prop_map(|date| date.parse().ok())
}

fn statement(round: bool) -> impl Strategy<Value = Statement> {
    let qualifiers = ["", "", "", "component=bonus", "component=package", "per=year", "period=2 years", "stage=talks"];
    let qualifiers = prop::sample::select(qualifiers.to_vec()).prop_map(|text| {
        text.split_once('=').map(|(key, value)| (key.to_string(), value.to_string())).into_iter().collect()
    });
    let stance = prop_oneof![5 => Just(Stance::Affirms), 1 => Just(Stance::Denies)];
    let modality = prop_oneof![5 => Just(Modality::Stated), 1 => Just(Modality::Alleged)];
    let origin = prop::sample::select(vec!["Reuters", "Buzzly", "Le Matin", "AP"]);
    (figure(round), stance, modality, qualifiers, when(), when(), origin).prop_map(
        |(figure, stance, modality, qualifiers, as_of, published, origin)| Statement {
            claim: id(0),
            value: Arc::new(Value::Figure(figure)),
            says: "".into(),
            stance,
            modality,
            qualifiers,
            as_of: as_of.map(Arc::new),
            published: published.map(Arc::new),
            counts_as: named(origin),
            origin: named(origin),
            page: Some(SourceId(id(0).0)),
            own_voice: false,
            member: None,
        },
    )
}

fn statements(round: bool) -> impl Strategy<Value = Vec<Statement>> {
    prop::collection::vec(statement(round), 1..9).prop_map(|mut statements| {
        statements.iter_mut().enumerate().for_each(|(number, statement)| statement.claim = id(number));
        statements
    })
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let times = prop::sample::select(vec![Time::Event, Time::State, Time::Running, Time::Flow]);
    (times, any::<bool>()).prop_map(|(time, whole)| frame(time, whole))
}

fn outcome(a: &Statement, b: &Statement, frame: Frame) -> Outcome {
    compare(a, b, a.origin == b.origin, frame, &Policy::default())
}

/// What must not depend on order, scale or names.
type Essence = (QuestionVerdict, BTreeSet<BTreeSet<ClaimId>>, usize, Option<PairVerdict>);

fn essence(found: &Reconciled) -> Essence {
    let positions = found.positions.iter().map(|position| position.claims.iter().copied().collect()).collect();
    (found.verdict, positions, found.origins, found.worst.as_ref().map(|pair| pair.verdict))
}

fn essence_of(statements: &[Statement], frame: Frame) -> Essence {
    essence(&reconcile(statements, frame, &Policy::default()))
}

/// Verdict and reasons of every pair.
fn all_pairs(statements: &[Statement], frame: Frame) -> Vec<(PairVerdict, Vec<Reason>)> {
    let pairs = statements.iter().flat_map(|a| statements.iter().map(move |b| outcome(a, b, frame)));
    pairs.map(|outcome| (outcome.verdict, outcome.reasons)).collect()
}

fn with_figures(statements: &[Statement], change: impl Fn(&mut Figure)) -> Vec<Statement> {
    let mut statements = statements.to_vec();
    for statement in &mut statements {
        let Value::Figure(figure) = Arc::make_mut(&mut statement.value) else { continue };
        change(figure);
        figure.check().expect("still a figure");
    }
    statements
}

fn scaled(statements: &[Statement], power: i32) -> Vec<Statement> {
    let by = |value: &mut Decimal| *value = value.checked_mul(Decimal::power_of_ten(power)).expect("few digits");
    with_figures(statements, |figure| {
        figure.lo.iter_mut().chain(&mut figure.hi).for_each(by);
        if let Precision::Decimals(decimals) = &mut figure.precision {
            *decimals -= power;
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_pair_has_one_verdict(a in statement(true), b in statement(true), frame in any_frame(), one_origin: bool) {
        let policy = Policy::default();
        let found = compare(&a, &b, one_origin, frame, &policy);
        prop_assert_eq!(&found, &compare(&b, &a, one_origin, frame, &policy));
        prop_assert!(found.reasons.is_sorted(), "in the order of the phases, each once: {:?}", found.reasons);
        if found.verdict == PairVerdict::Consistent {
            prop_assert_eq!(found.reasons, vec![]);
        } else if found.verdict != PairVerdict::Conflict {
            prop_assert!(!found.reasons.is_empty(), "only a plain conflict needs no reason");
        }
    }

    #[test]
    fn a_statement_agrees_with_itself(a in statement(true), frame in any_frame(), one_origin: bool) {
        let policy = Policy::default();
        prop_assert_eq!(compare(&a, &a, one_origin, frame, &policy).verdict, PairVerdict::Consistent);
    }

    #[test]
    fn a_hedge_never_makes_a_verdict_worse(a in statement(true), b in statement(true), frame in any_frame()) {
        let bare = |statement: &Statement| with_figures(std::slice::from_ref(statement), |figure| {
            if matches!(figure.hedge, Some(Hedge::About)) {
                figure.hedge = None;
            }
        }).remove(0);
        if a.stance == Stance::Affirms && b.stance == Stance::Affirms {
            let (hedged, bare) = (outcome(&a, &b, frame), outcome(&bare(&a), &b, frame));
            prop_assert!(hedged.verdict <= bare.verdict, "{:?} was {:?}", hedged, bare);
        }
    }

    #[test]
    fn order_changes_nothing(
        (original, shuffled) in statements(true).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        frame in any_frame(),
    ) {
        prop_assert_eq!(essence_of(&original, frame), essence_of(&shuffled, frame));
    }

    #[test]
    fn powers_of_ten_change_nothing(all in statements(false), time in any_frame(), power in -6..7i32) {
        // Small counts are exact and round numerals loose by their digits, so both stay out of this.
        let frame = Frame { whole: false, ..time };
        let other = scaled(&all, power);
        prop_assert_eq!(all_pairs(&all, frame), all_pairs(&other, frame));
        prop_assert_eq!(essence_of(&all, frame), essence_of(&other, frame));
    }

    #[test]
    fn scale_words_change_nothing(
        all in statements(true),
        time in any_frame(),
        power in prop::sample::select(vec![3, 6]),
    ) {
        // "10,000" and "10,000 million" are round, "10.0" and "10.0 million" are not.
        let frame = Frame { whole: false, ..time };
        let other = scaled(&all, power);
        prop_assert_eq!(all_pairs(&all, frame), all_pairs(&other, frame));
        prop_assert_eq!(essence_of(&all, frame), essence_of(&other, frame));
    }

    #[test]
    fn another_spelling_changes_nothing(all in statements(true), frame in any_frame(), power in 0..12i32) {
        // 14.3 billion as 14300 million, a sum in cents: other digits, one decimal.
        let respelt = |value: &mut Decimal| {
            let shifted = value.checked_mul(Decimal::power_of_ten(power)).expect("few digits");
            *value = format!("{shifted}e-{power}").parse().expect("the same value");
        };
        let other = with_figures(&all, |figure| figure.lo.iter_mut().chain(&mut figure.hi).for_each(respelt));
        prop_assert_eq!(all_pairs(&all, frame), all_pairs(&other, frame));
        prop_assert_eq!(essence_of(&all, frame), essence_of(&other, frame));
    }

    #[test]
    fn names_of_origins_change_nothing(all in statements(true), frame in any_frame()) {
        let mut renamed = all.clone();
        for statement in &mut renamed {
            statement.origin = named(&statement.origin.to_string().chars().rev().collect::<String>());
        }
        prop_assert_eq!(all_pairs(&all, frame), all_pairs(&renamed, frame));
        prop_assert_eq!(essence_of(&all, frame), essence_of(&renamed, frame));
    }

    #[test]
    fn a_claim_repeated_changes_nothing(all in statements(true), frame in any_frame(), which: prop::sample::Index) {
        let which = which.index(all.len());
        let mut repeated = all.clone();
        repeated.push(Statement { claim: id(99), ..all[which].clone() });
        let (verdict, positions, origins, worst) = essence_of(&all, frame);
        let with_it = positions.into_iter().map(|mut position: BTreeSet<ClaimId>| {
            if position.contains(&all[which].claim) {
                position.insert(id(99));
            }
            position
        });
        prop_assert_eq!((verdict, with_it.collect(), origins, worst), essence_of(&repeated, frame));
    }

    #[test]
    fn positions_hold_what_can_be_true_together(all in statements(true), frame in any_frame()) {
        let found = reconcile(&all, frame, &Policy::default());
        let by_id = |claim: &ClaimId| all.iter().find(|statement| statement.claim == *claim).expect("a claim");
        for statement in &all {
            let placed = found.positions.iter().any(|position| position.claims.contains(&statement.claim));
            prop_assert!(placed, "{:?} is in no position", statement);
        }
        for position in &found.positions {
            prop_assert!(!position.range.is_empty(), "{:?}", position);
            let origins: BTreeSet<&Origin> = position.claims.iter().map(|claim| &*by_id(claim).origin).collect();
            prop_assert_eq!(origins.len(), position.origins.len());
            prop_assert!(position.support.iter().all(|origin| position.origins.contains(origin)));
            prop_assert!(!position.support.is_empty());
            for a in &position.claims {
                for b in &position.claims {
                    prop_assert_eq!(outcome(by_id(a), by_id(b), frame).verdict, PairVerdict::Consistent);
                }
            }
        }
        let sets = essence(&found).1;
        for one in &sets {
            prop_assert!(!sets.iter().any(|other| one != other && one.is_subset(other)), "one within another");
        }
        let support = found.positions.iter().map(|position| std::cmp::Reverse(position.support.len()));
        prop_assert!(support.is_sorted(), "best supported first");
    }

    #[test]
    fn a_question_is_as_bad_as_its_worst_pair(all in statements(true), frame in any_frame()) {
        let found = reconcile(&all, frame, &Policy::default());
        let worst = all_pairs(&all, frame).into_iter().map(|(verdict, _)| verdict).max().expect("itself");
        prop_assert_eq!(found.verdict == QuestionVerdict::Contradicted, worst == PairVerdict::Conflict);
        prop_assert_eq!(found.verdict == QuestionVerdict::Tension, worst == PairVerdict::Tension);
        let supported = found.positions.iter().any(|position| position.support.len() > 1);
        if !worst.is_flagged() {
            prop_assert_eq!(found.verdict == QuestionVerdict::Agreed, supported);
        }
        let named = found.worst.map(|pair| (pair.a, pair.b, pair.verdict, pair.reasons));
        let listed = pairs(&all, frame, &Policy::default(), true);
        prop_assert!(!listed.truncated);
        prop_assert_eq!(named.is_none(), listed.pairs.is_empty());
        if let Some(named) = named {
            let mut listed = listed.pairs.into_iter().map(|pair| (pair.a, pair.b, pair.verdict, pair.reasons));
            prop_assert!(listed.any(|pair| pair == named), "the named pair is listed");
        }
    }

    #[test]
    fn all_pairs_that_are_not_consistent_are_listed(all in statements(true), frame in any_frame()) {
        let listed = pairs(&all, frame, &Policy::default(), false).pairs;
        let mut expected = Vec::new();
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                let Outcome { verdict, reasons, gap, .. } = outcome(a, b, frame);
                if verdict != PairVerdict::Consistent {
                    expected.push((a.claim, b.claim, verdict, reasons, gap));
                }
            }
        }
        let parts = |pair: Pair| (pair.a, pair.b, pair.verdict, pair.reasons, pair.gap);
        let listed: Vec<_> = listed.into_iter().map(parts).collect();
        prop_assert_eq!(listed, expected);
    }
}
