//! The tree of the record: roots and proofs are those of the recursive definition, and no other proof is accepted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onrecord::domain::id::Digest;
use onrecord::record::tree::{
    Frontier, Node, ProofError, consistency, empty_root, inclusion, node_hash, root, verify_consistency,
    verify_inclusion,
};
use proptest::prelude::*;
use serde_json::Value;

/// Made by `tests/data/record/log.py`.
const VECTORS: &str = include_str!("../data/record/tree.jsonl");

/// The leaves of the vectors.
fn leaves(n: u64) -> Vec<Digest> {
    (0..n).map(|n| Digest::of_two(&[0], format!("leaf {n}").as_bytes())).collect()
}

/// RFC 6962 §2.1 word for word: from all the leaves, each time.
mod naive {
    use super::{Digest, empty_root, node_hash};

    fn cut(n: usize) -> usize {
        (1..).map(|power| 1 << power).take_while(|k| *k < n).last().unwrap_or(1)
    }

    pub fn root(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(cut(leaves.len()));
                node_hash(root(left), root(right))
            }
        }
    }

    pub fn inclusion(index: usize, leaves: &[Digest]) -> Vec<Digest> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let (left, right) = leaves.split_at(cut(leaves.len()));
        let (mut below, beside) = match index.checked_sub(left.len()) {
            None => (inclusion(index, left), right),
            Some(index) => (inclusion(index, right), left),
        };
        below.push(root(beside));
        below
    }

    pub fn consistency(size: usize, leaves: &[Digest], from_start: bool) -> Vec<Digest> {
        if size == leaves.len() {
            return if from_start { Vec::new() } else { vec![root(leaves)] };
        }
        let (left, right) = leaves.split_at(cut(leaves.len()));
        let (mut below, beside) = if size <= left.len() {
            (consistency(size, left, from_start), right)
        } else {
            (consistency(size - left.len(), right, false), left)
        };
        below.push(root(beside));
        below
    }
}

/// The nodes that are stored, and how often one was asked for.
struct Nodes {
    nodes: HashMap<Node, Digest>,
    frontier: Frontier,
    n_asked: u32,
}

impl Nodes {
    fn of(leaves: &[Digest]) -> Nodes {
        let mut nodes = Nodes { nodes: HashMap::new(), frontier: Frontier::default(), n_asked: 0 };
        for leaf in leaves {
            for (node, hash) in nodes.frontier.append(*leaf) {
                assert_eq!(nodes.nodes.insert(node, hash), None, "{node:?} is complete once");
            }
        }
        nodes
    }

    fn get(&mut self) -> impl FnMut(Node) -> Result<Digest, ProofError> {
        self.n_asked = 0;
        |node| {
            self.n_asked += 1;
            Ok(self.nodes[&node])
        }
    }
}

fn levels(size: u64) -> u32 {
    size.next_power_of_two().ilog2()
}

#[test]
fn roots_are_those_of_the_definition() {
    let leaves = leaves(300);
    let mut all = Nodes::of(&leaves);
    for (size, n) in (0..=300).zip(0u64..) {
        let grown = Nodes::of(&leaves[..size]);
        let expected = naive::root(&leaves[..size]);
        assert_eq!(grown.frontier.root(), expected, "size {size}");
        assert_eq!(root(n, all.get()).unwrap(), expected, "size {size}");
        assert_eq!(all.n_asked, n.count_ones(), "size {size}");
        assert_eq!(Frontier::load(n, all.get()).unwrap(), grown.frontier, "size {size}");
        assert_eq!(grown.nodes.len(), 2 * size - n.count_ones() as usize, "size {size}");
        for (node, hash) in &grown.nodes {
            let start = (node.index as usize) << node.level;
            assert_eq!(*hash, naive::root(&leaves[start..start + (1 << node.level)]), "{node:?}");
        }
    }
    assert_eq!(empty_root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn proofs_are_those_of_the_definition() {
    const LARGEST: u64 = 70;
    let leaves = leaves(LARGEST);
    let mut all = Nodes::of(&leaves);
    for (size, n) in (1..=LARGEST as usize).zip(1u64..) {
        let here = &leaves[..size];
        let root2 = naive::root(here);
        for (index, place) in (0..size).zip(0u64..) {
            let proof = inclusion(place, n, all.get()).unwrap();
            assert_eq!(proof, naive::inclusion(index, here), "leaf {index} of {size}");
            assert!(all.n_asked <= 2 * levels(n), "{} nodes for leaf {index} of {size}", all.n_asked);
            verify_inclusion(leaves[index], place, n, &proof, root2).unwrap();

            let (size1, n1) = (index + 1, place + 1);
            let proof = consistency(n1, n, all.get()).unwrap();
            assert_eq!(proof, naive::consistency(size1, here, true), "{size1} of {size}");
            assert!(all.n_asked <= 2 * levels(n) + 1, "{} nodes for {size1} of {size}", all.n_asked);
            let root1 = naive::root(&leaves[..size1]);
            verify_consistency(n1, n, root1, root2, &proof).unwrap();
            // No other root passes for the earlier one, nor the proof for one of another size.
            for (other, n_other) in (1..=size).zip(1u64..).filter(|(other, _)| *other != size1) {
                let root = naive::root(&leaves[..other]);
                assert!(verify_consistency(n1, n, root, root2, &proof).is_err(), "{other} for {size1} of {size}");
                assert!(verify_consistency(n_other, n, root, root2, &proof).is_err(), "{size1} at {other} of {size}");
            }
        }
    }
}

#[test]
fn a_second_implementation_agrees() {
    let leaves = leaves(70);
    let mut all = Nodes::of(&leaves);
    let (mut n_roots, mut n_inclusion, mut n_consistency) = (0, 0, 0);
    for line in VECTORS.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let number = |name: &str| vector[name].to_string().parse::<u64>().unwrap();
        if vector.get("root").is_some() {
            n_roots += 1;
            let root = root(number("size"), all.get()).unwrap();
            assert_eq!(root.to_string(), vector["root"].as_str().unwrap(), "{line}");
        } else if vector.get("inclusion").is_some() {
            n_inclusion += 1;
            let proof = inclusion(number("index"), number("size"), all.get()).unwrap();
            assert_eq!(serde_json::json!(proof), vector["inclusion"], "{line}");
        } else {
            n_consistency += 1;
            let proof = consistency(number("size1"), number("size2"), all.get()).unwrap();
            assert_eq!(serde_json::json!(proof), vector["consistency"], "{line}");
        }
    }
    assert_eq!((n_roots, n_inclusion, n_consistency), (71, 76, 66));
}

#[test]
fn what_cannot_be_proven_is_refused() {
    let leaf = leaves(1)[0];
    let mut none = Nodes::of(&[]);
    let cases = [
        (inclusion(0, 0, none.get()).unwrap_err(), "there is no leaf 0 in a tree of 0: they count from 0"),
        (inclusion(7, 7, none.get()).unwrap_err(), "there is no leaf 7 in a tree of 7: they count from 0"),
        (consistency(0, 7, none.get()).unwrap_err(), "that a tree begins with the empty one proves nothing"),
        (consistency(8, 7, none.get()).unwrap_err(), "a tree of 8 leaves cannot be the beginning of one of 7"),
        (
            verify_inclusion(leaf, u64::MAX, 1, &[], leaf).unwrap_err(),
            "there is no leaf 18446744073709551615 in a tree of 1: they count from 0",
        ),
        (verify_inclusion(leaf, 0, u64::MAX, &[], leaf).unwrap_err(), "the proof has 0 hashes: expected 64"),
        (verify_inclusion(leaf, 0, 1, &[leaf], leaf).unwrap_err(), "the proof has 1 hashes: expected 0"),
        (
            verify_consistency(0, 0, leaf, leaf, &[]).unwrap_err(),
            "that a tree begins with the empty one proves nothing",
        ),
        (
            verify_consistency(3, 2, leaf, leaf, &[]).unwrap_err(),
            "a tree of 3 leaves cannot be the beginning of one of 2",
        ),
        (verify_consistency(2, 2, leaf, leaf, &[leaf]).unwrap_err(), "the proof has 1 hashes: expected 0"),
        (verify_consistency(1, u64::MAX, leaf, leaf, &[]).unwrap_err(), "the proof has 0 hashes: expected 64"),
    ];
    for (error, message) in cases {
        assert_eq!(error.to_string(), message);
    }
    let other = empty_root();
    let error = verify_consistency(2, 2, leaf, other, &[]).unwrap_err();
    assert_eq!(error, ProofError::Root { size: 2, expected: other, found: leaf });
}

/// Trees of sizes that no ledger reaches. All leaves are alike, so there is one hash a level.
#[test]
fn the_largest_trees_have_proofs() {
    let leaf = leaves(1)[0];
    let levels: Vec<Digest> =
        std::iter::successors(Some(leaf), |hash| Some(node_hash(*hash, *hash))).take(64).collect();
    let get = |node: Node| Ok::<_, ProofError>(levels[node.level as usize]);
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1, (1 << 63) - 1] {
        let root2 = root(size, get).unwrap();
        for index in [0, 1, size / 3, size / 2, size - 2, size - 1] {
            let proof = inclusion(index, size, get).unwrap();
            verify_inclusion(leaf, index, size, &proof, root2).unwrap();
            let (size1, proof) = (index + 1, consistency(index + 1, size, get).unwrap());
            verify_consistency(size1, size, root(size1, get).unwrap(), root2, &proof).unwrap();
        }
    }
}

fn flipped(digest: Digest, bit: usize) -> Digest {
    let mut bytes = digest.0;
    bytes[bit / 8] ^= 1 << (bit % 8);
    Digest(bytes)
}

proptest! {
    #[test]
    fn whatever_is_changed_in_a_proof_of_a_leaf_is_noticed(
        size in 1u64..400, place: prop::sample::Index, other: prop::sample::Index, bit in 0usize..256,
    ) {
        let leaves = leaves(size);
        let mut all = Nodes::of(&leaves);
        let (index, root) = (place.index(leaves.len()), all.frontier.root());
        let (leaf, n) = (leaves[index], index as u64);
        let proof = inclusion(n, size, all.get()).unwrap();
        prop_assert!(verify_inclusion(leaf, n, size, &proof, root).is_ok());
        prop_assert!(verify_inclusion(flipped(leaf, bit), n, size, &proof, root).is_err());
        prop_assert!(verify_inclusion(leaf, n, size, &proof, flipped(root, bit)).is_err());
        prop_assert!(verify_inclusion(leaf, n ^ (1 << (bit % 64)), size, &proof, root).is_err());
        let index2 = other.index(leaves.len());
        prop_assert_eq!(verify_inclusion(leaf, index2 as u64, size, &proof, root).is_ok(), index == index2);
        for at in 0..proof.len() {
            let mut changed = proof.clone();
            changed[at] = flipped(proof[at], bit);
            prop_assert!(verify_inclusion(leaf, n, size, &changed, root).is_err());
            changed.remove(at);
            prop_assert!(verify_inclusion(leaf, n, size, &changed, root).is_err());
        }
        for at in 0..=proof.len() {
            let mut changed = proof.clone();
            changed.insert(at, root);
            prop_assert!(verify_inclusion(leaf, n, size, &changed, root).is_err());
        }
    }

    #[test]
    fn whatever_is_changed_in_a_proof_of_a_beginning_is_noticed(
        size2 in 1u64..400, place: prop::sample::Index, bit in 0usize..256,
    ) {
        let leaves = leaves(size2);
        let mut all = Nodes::of(&leaves);
        let size1 = 1 + place.index(leaves.len()) as u64;
        let (root1, root2) = (root(size1, all.get()).unwrap(), all.frontier.root());
        let proof = consistency(size1, size2, all.get()).unwrap();
        prop_assert!(verify_consistency(size1, size2, root1, root2, &proof).is_ok());
        prop_assert!(verify_consistency(size1, size2, flipped(root1, bit), root2, &proof).is_err());
        prop_assert!(verify_consistency(size1, size2, root1, flipped(root2, bit), &proof).is_err());
        prop_assert!(verify_consistency(size1 ^ (1 << (bit % 64)), size2, root1, root2, &proof).is_err());
        for at in 0..proof.len() {
            let mut changed = proof.clone();
            changed[at] = flipped(proof[at], bit);
            prop_assert!(verify_consistency(size1, size2, root1, root2, &changed).is_err());
            changed.remove(at);
            prop_assert!(verify_consistency(size1, size2, root1, root2, &changed).is_err());
        }
    }

    /// Proofs that nobody made are refused, whatever the sizes are.
    #[test]
    fn no_invented_proof_is_accepted(sizes: (u64, u64), length in 0usize..70, equal: bool) {
        let proof: Vec<Digest> = leaves(length as u64);
        let (root1, root2) = (empty_root(), if equal { empty_root() } else { Digest::of(b"root") });
        prop_assert!(verify_inclusion(Digest::of(b"leaf"), sizes.0, sizes.1, &proof, root2).is_err());
        prop_assert_eq!(
            verify_consistency(sizes.0, sizes.1, root1, root2, &proof).is_ok(),
            sizes.0 == sizes.1 && sizes.0 > 0 && equal && length == 0
        );
    }
}

/// The public vectors of transparency-dev/merkle, which are not in this repository: nothing is tested where they are
/// missing.
#[test]
fn public_vectors_come_out_right() {
    let beside = crate::desk::repository().join("../shared/cases");
    let folder = std::env::var_os("ONRECORD_CASES").map_or(beside, PathBuf::from).join("merkle");
    if !folder.is_dir() {
        return;
    }
    let (mut n_cases, mut wrong) = (0, Vec::new());
    for file in json_files(&folder) {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        n_cases += 1;
        let is_refused =
            if case.get("leafHash").is_some() { refuses_inclusion(&case) } else { refuses_consistency(&case) };
        if case["wantErr"] != is_refused {
            wrong.push(file.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(n_cases, 196);
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(json_files(&path)),
            false if path.extension().is_some_and(|extension| extension == "json") => files.push(path),
            false => {}
        }
    }
    files
}

fn case_bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// Some cases have roots of other lengths than a hash has; a hash of them is as equal or unequal as they are.
fn stand_in(value: &Value) -> Digest {
    let bytes = case_bytes(value);
    bytes.as_slice().try_into().map_or_else(|_| Digest::of(&bytes), Digest)
}

fn case_proof(case: &Value) -> Vec<Digest> {
    case["proof"].as_array().into_iter().flatten().map(stand_in).collect()
}

fn case_number(value: &Value) -> u64 {
    value.to_string().parse().unwrap()
}

fn refuses_inclusion(case: &Value) -> bool {
    // What has not the length of a hash cannot even be asked about.
    let Ok(leaf_hash) = case_bytes(&case["leafHash"]).try_into() else { return true };
    let (index, size) = (case_number(&case["leafIdx"]), case_number(&case["treeSize"]));
    verify_inclusion(Digest(leaf_hash), index, size, &case_proof(case), stand_in(&case["root"])).is_err()
}

fn refuses_consistency(case: &Value) -> bool {
    let (size1, size2) = (case_number(&case["size1"]), case_number(&case["size2"]));
    let (root1, root2) = (stand_in(&case["root1"]), stand_in(&case["root2"]));
    verify_consistency(size1, size2, root1, root2, &case_proof(case)).is_err()
}
