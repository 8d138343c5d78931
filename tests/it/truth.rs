//! Truth discovery in worlds whose truth is known: who copies whom, who is right, and what must not be concluded.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use onrecord::reconcile::truth::{Ballot, Found, Vote, discover};

/// Numbers that look random and are the same every time (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn share(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, (lo, hi): (f64, f64)) -> f64 {
        lo + (hi - lo) * self.share()
    }

    fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }
}

/// What a world is like. Shares are drawn between the two ends for each source.
#[derive(Clone, Copy)]
struct World {
    questions: usize,
    /// Sources of their own.
    alone: usize,
    wires: usize,
    /// Sources that copy each wire.
    copiers: usize,
    /// Questions a source speaks on.
    cover: (f64, f64),
    /// Values it gets wrong by itself.
    errors: (f64, f64),
    /// Values that a wire gets wrong.
    wire_errors: (f64, f64),
    /// Of what a copier prints, what it has from its wire.
    copied: (f64, f64),
    /// Of that, what it edits.
    edited: f64,
}

const WIRES: World = World {
    questions: 1000,
    alone: 25,
    wires: 3,
    copiers: 5,
    cover: (0.2, 0.7),
    errors: (0.03, 0.35),
    wire_errors: (0.08, 0.25),
    copied: (0.8, 0.9),
    edited: 0.05,
};

/// The right value of every question is 0; half of the wrong ones are two popular mistakes.
fn wrong(dice: &mut Dice) -> u32 {
    match dice.share() {
        share if share < 0.3 => 1,
        share if share < 0.5 => 2,
        _ => 3 + (dice.share() * 1000.0) as u32,
    }
}

/// What every source says of every question, and whom it belongs with.
fn world(shape: World, seed: u64) -> (Vec<BTreeMap<usize, u32>>, Vec<usize>) {
    let mut dice = Dice::new(seed);
    let (mut said, mut origins) = (Vec::new(), Vec::new());
    for _ in 0..shape.alone {
        let (cover, errors) = (dice.between(shape.cover), dice.between(shape.errors));
        let mut own = BTreeMap::new();
        for question in 0..shape.questions {
            if dice.chance(cover) {
                own.insert(question, if dice.chance(errors) { wrong(&mut dice) } else { 0 });
            }
        }
        origins.push(said.len());
        said.push(own);
    }
    for wire in 0..shape.wires {
        let errors = dice.between(shape.wire_errors);
        let print = |dice: &mut Dice| dice.chance(0.95).then(|| if dice.chance(errors) { wrong(dice) } else { 0 });
        let printed: Vec<Option<u32>> = (0..shape.questions).map(|_| print(&mut dice)).collect();
        for _ in 0..shape.copiers {
            let (cover, errors) = (dice.between(shape.cover), dice.between(shape.errors));
            let copied = dice.between(shape.copied);
            let mut own = BTreeMap::new();
            for (question, printed) in printed.iter().enumerate() {
                if !dice.chance(cover) {
                    continue;
                }
                let value = match printed {
                    Some(_) if dice.chance(copied) && dice.chance(shape.edited) => 2000 + (dice.share() * 1e6) as u32,
                    Some(value) if dice.chance(copied) => *value,
                    _ if dice.chance(errors) => wrong(&mut dice),
                    _ => 0,
                };
                own.insert(question, value);
            }
            origins.push(shape.alone + wire);
            said.push(own);
        }
    }
    (said, origins)
}

/// Puts a world to the vote; the values of each question in the order in which they are first stated.
fn ballot_of(said: &[BTreeMap<usize, u32>], n_questions: usize) -> (Ballot, Vec<(u32, Vec<u32>)>) {
    let mut ballot = Ballot::default();
    let mut questions = Vec::new();
    for question in 0..n_questions {
        let mut values: Vec<u32> = Vec::new();
        let mut votes = Vec::new();
        for (origin, own) in said.iter().enumerate() {
            let Some(value) = own.get(&question) else { continue };
            let place = values.iter().position(|known| known == value).unwrap_or_else(|| {
                values.push(*value);
                values.len() - 1
            });
            votes.push(Vote { origin: origin as u32, value: place as u32, share: 1.0 });
        }
        questions.push((ballot.add(0, values.len() as u32, &votes, &[]), values));
    }
    (ballot, questions)
}

fn voted(
    said: &[BTreeMap<usize, u32>],
    n_questions: usize,
    apart: &HashSet<(u32, u32)>,
) -> (Found, Vec<(u32, Vec<u32>)>) {
    let (ballot, questions) = ballot_of(said, n_questions);
    (discover(&ballot, apart), questions)
}

/// The share of questions whose best value is the right one; and by a vote of heads.
fn right(found: &Found, questions: &[(u32, Vec<u32>)], said: &[BTreeMap<usize, u32>]) -> (f64, f64) {
    let (mut ours, mut majority, mut all) = (0, 0, 0);
    for (question, (first, values)) in questions.iter().enumerate().filter(|(_, (_, values))| !values.is_empty()) {
        all += 1;
        let score = |place: &usize| found.scores[*first as usize + place];
        let best = (0..values.len()).max_by(|a, b| score(a).total_cmp(&score(b)).then(b.cmp(a))).unwrap();
        ours += usize::from(values[best] == 0);
        let votes = |place: &usize| said.iter().filter(|own| own.get(&question) == Some(&values[*place])).count();
        let most = (0..values.len()).max_by_key(|place| (votes(place), usize::MAX - place)).unwrap();
        majority += usize::from(values[most] == 0);
    }
    (ours as f64 / all as f64, majority as f64 / all as f64)
}

/// Pairs that are one by these heads.
fn pairs<T: PartialEq>(heads: &[T]) -> BTreeSet<(usize, usize)> {
    let all = (0..heads.len()).flat_map(|a| (a + 1..heads.len()).map(move |b| (a, b)));
    all.filter(|(a, b)| heads[*a] == heads[*b]).collect()
}

/// Precision and recall of the pairs joined over some worlds, and how often the truth is found, beside a vote of heads.
fn measured(shape: World, seeds: u64) -> (f64, f64, f64, f64) {
    let (mut hits, mut joined, mut meant) = (0, 0, 0);
    let (mut ours, mut majority) = (0.0, 0.0);
    for seed in 0..seeds {
        let (said, origins) = world(shape, seed);
        let (found, questions) = voted(&said, shape.questions, &HashSet::new());
        let (got, want) = (pairs(&found.heads), pairs(&origins));
        hits += got.intersection(&want).count();
        joined += got.len();
        meant += want.len();
        let (found, by_heads) = right(&found, &questions, &said);
        ours += found / seeds as f64;
        majority += by_heads / seeds as f64;
    }
    let share = |of: usize| if of == 0 { 1.0 } else { hits as f64 / of as f64 };
    (share(joined), share(meant), ours, majority)
}

#[test]
fn wires_and_their_copiers_are_found() {
    let (precision, recall, ours, majority) = measured(WIRES, 8);
    assert!(precision > 0.95 && recall > 0.95, "precision {precision:.3}, recall {recall:.3}");
    assert!(ours >= majority && ours > 0.99, "right {ours:.3}, by heads {majority:.3}");
    // Where most are wrong together, counting heads fails and this does not.
    let hard = World { alone: 12, errors: (0.2, 0.6), wire_errors: (0.2, 0.45), cover: (0.3, 0.8), ..WIRES };
    let (precision, recall, ours, majority) = measured(hard, 4);
    assert!(precision > 0.95 && recall > 0.95, "precision {precision:.3}, recall {recall:.3}");
    assert!(ours > majority + 0.01, "right {ours:.3}, by heads {majority:.3}");
}

#[test]
fn who_agrees_because_he_is_right_is_no_copier() {
    let good = World { alone: 30, wires: 0, cover: (0.6, 1.0), errors: (0.01, 0.03), ..WIRES };
    for shape in [good, World { cover: (1.0, 1.0), ..good }, World { errors: (0.1, 0.5), ..good }] {
        let (precision, _, ours, majority) = measured(shape, 4);
        assert_eq!(precision, 1.0, "somebody was joined");
        assert!(ours >= majority);
    }
}

#[test]
fn little_evidence_joins_nobody_wrongly() {
    let (precision, ..) = measured(World { questions: 60, ..WIRES }, 8);
    assert_eq!(precision, 1.0);
}

#[test]
fn who_was_found_independent_by_a_person_stays_so() {
    let (said, origins) = world(WIRES, 0);
    let wire: Vec<u32> = (0..origins.len()).filter(|&o| origins[o] == WIRES.alone).map(|o| o as u32).collect();
    let apart: HashSet<(u32, u32)> = wire[1..].iter().map(|&other| (wire[0], other)).collect();
    let (found, _) = voted(&said, WIRES.questions, &apart);
    assert!(wire[1..].iter().all(|&other| found.heads[other as usize] != found.heads[wire[0] as usize]));
    assert!(wire[2..].iter().all(|&other| found.heads[other as usize] == found.heads[wire[1] as usize]));
}

/// A robot that prints whatever the last of many strangers printed is no second voice for it.
#[test]
fn who_repeats_strangers_adds_nothing() {
    let mut dice = Dice::new(7);
    let n = 600;
    // Two with a record, who agree on most questions with a third, and strangers with a claim each.
    let mut said: Vec<BTreeMap<usize, u32>> = vec![BTreeMap::new(); 3];
    let robot = 2;
    for question in 0..n {
        let careful = usize::from(dice.chance(0.5));
        said[careful].insert(question, 0);
        let kind = dice.share();
        if kind < 0.5 {
            said[1 - careful].insert(question, 0);
            said[robot].insert(question, 0);
        } else if kind < 0.8 {
            // Strangers whom it did not see are seen through by both.
            said[1 - careful].insert(question, 0);
            said.push(BTreeMap::from([(question, wrong(&mut dice))]));
        } else {
            let vandal = BTreeMap::from([(question, wrong(&mut dice))]);
            said[robot].insert(question, vandal[&question]);
            said.push(vandal);
        }
    }
    let (found, questions) = voted(&said, n, &HashSet::new());
    let following: Vec<u32> = found.following.iter().map(|following| following.origin).collect();
    assert_eq!(following, [robot as u32]);
    let (ours, by_heads) = right(&found, &questions, &said);
    assert!(ours > 0.99 && by_heads < 0.9, "right {ours:.3}, by heads {by_heads:.3}");
}

#[test]
fn a_person_outweighs_everybody() {
    let mut ballot = Ballot::default();
    let votes: Vec<Vote> = (0..50).map(|origin| Vote { origin, value: u32::from(origin == 0), share: 1.0 }).collect();
    let first = ballot.add(0, 2, &votes, &[]);
    ballot.judge(first + 1, true);
    let found = discover(&ballot, &HashSet::new());
    assert!(found.scores[1] > found.scores[0]);
}

/// Five mirrors of somebody who is wrong more often than right outnumber three good sources. Of which camp is the wrong one
/// nothing tells, until a person has judged five of their mistakes.
#[test]
fn five_judged_mistakes_turn_mirrors_over() {
    for seed in 0..10 {
        let mut dice = Dice::new(seed);
        let mut said: Vec<BTreeMap<usize, u32>> = vec![BTreeMap::new(); 8];
        let n = 60;
        for question in 0..n {
            let wire = if dice.chance(0.6) { 1000 + question as u32 } else { 0 };
            said[..5].iter_mut().for_each(|mirror| _ = mirror.insert(question, wire));
            for good in &mut said[5..] {
                good.insert(question, if dice.chance(0.1) { wrong(&mut dice) } else { 0 });
            }
        }
        let apart = HashSet::from([(5, 6), (5, 7), (6, 7)]);
        let told = |n_judged: usize| {
            let (mut ballot, questions) = ballot_of(&said, n);
            let mistaken = questions.iter().filter(|(_, values)| values[0] >= 1000 && values.contains(&0));
            for (first, values) in mistaken.take(n_judged) {
                let place = values.iter().position(|value| *value == 0).unwrap();
                ballot.judge(first + place as u32, true);
            }
            let found = discover(&ballot, &apart);
            let ours = right(&found, &questions, &said).0;
            (found, ours)
        };
        assert!(told(4).1 < 0.6, "seed {seed}");
        let (found, ours) = told(5);
        assert_eq!(found.heads, [0, 0, 0, 0, 0, 5, 6, 7], "seed {seed}");
        assert!(ours > 0.9, "seed {seed}: {ours:.3}");
    }
}
