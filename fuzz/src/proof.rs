use std::sync::LazyLock;

use onrecord::domain::id::Digest;
use onrecord::ledger::{Ledger, only, read_claims};
use onrecord::record::bundle::Bundle;
use onrecord::record::checkpoint::{Checkpoint, Policy, SignedCheckpoint};
use onrecord::record::note::{Algorithm, MAX_NOTE_BYTES, Note, Signature, Signer, Verifier};
use onrecord::record::proof::Proof;
use onrecord::record::tree::{
    Frontier, Node, ProofError, consistency, inclusion, node_hash, root, verify_consistency, verify_inclusion,
};
use serde_json::json;

static LOG: LazyLock<Signer> = LazyLock::new(|| signer("example.org/harbour", Algorithm::Ed25519));
static WITNESS: LazyLock<Signer> = LazyLock::new(|| signer("witness.example", Algorithm::Cosignature));

fn signer(name: &str, algorithm: Algorithm) -> Signer {
    Signer::new(name.parse().expect("a name"), algorithm, [7; 32])
}

/// A claim with the proof that it is on record, and whom that is to be believed from.
static PROVEN: LazyLock<(String, Policy)> = LazyLock::new(|| {
    let mut ledger = Ledger::in_memory(crate::desk()).expect("a ledger");
    let page = crate::with_page(&mut ledger);
    let line = json!({
        "source": page.source, "subject": "Meta", "predicate": "investment", "object": "Scale AI",
        "quote": "Meta put $14.3 billion into Scale AI",
    });
    let logged = ledger.log(&read_claims(&line.to_string()), true).expect("a claim");
    let log = signer(&ledger.origin().expect("a name"), Algorithm::Ed25519);
    let mut signed = ledger.checkpoint(&log).expect("a checkpoint");
    signed.sign(&WITNESS, 1_700_000_000).expect("a witness");
    let bundle = ledger.prove(&logged.claims[0].id.to_string(), Some(signed)).expect("a proof");
    let policy = Policy { witnesses: vec![WITNESS.verifier()], quorum: 1, ..only(log.verifier()) };
    bundle.verify(&policy).expect("a proof that was made holds");
    (serde_json::to_string(&bundle).expect("a bundle has JSON"), policy)
});

/// Reads notes, checkpoints, proofs, bundles and keys, and proves in trees of any size.
pub fn proof(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    note(data);
    signed_checkpoint(data);
    checkpoint(&text);
    one_proof(data);
    bundle(&text);
    twisted_bundle(data);
    keys(&text);
    trees(data);
}

fn policy() -> Policy {
    Policy { witnesses: vec![WITNESS.verifier()], quorum: 1, ..only(LOG.verifier()) }
}

fn note(data: &[u8]) {
    let Ok(mut note) = Note::parse(data) else { return };
    assert_eq!(note.to_string().as_bytes(), data, "printed, it is other bytes");
    let known = [LOG.verifier(), WITNESS.verifier()];
    let before = note.verify(&known);
    if let Ok(verified) = &before {
        assert!(!verified.good.is_empty());
    }
    // What is signed here is good here, whatever stood there before.
    let signed = note.sign(&LOG, 0).and_then(|()| note.sign(&WITNESS, 1_700_000_000));
    if signed.is_ok() {
        let good = note.verify(&known).expect("both have just signed it").good;
        assert!(good.iter().any(|good| good.seen_at_unix_s == Some(1_700_000_000)));
        let printed = note.to_string();
        assert!(printed.len() <= MAX_NOTE_BYTES);
        assert_eq!(Note::parse(printed.as_bytes()).as_ref(), Ok(&note));
    }
    note.signatures().iter().for_each(signature);
}

fn signature(signature: &Signature) {
    assert_eq!(signature.to_string().parse().as_ref(), Ok(signature));
}

fn signed_checkpoint(data: &[u8]) {
    let Ok(signed) = SignedCheckpoint::parse(data) else { return };
    assert_eq!(signed.to_string().as_bytes(), data, "printed, it is other bytes");
    assert_eq!(signed.checkpoint().to_string(), signed.note().text());
    let _ = signed.check(&policy());
}

fn checkpoint(text: &str) {
    let Ok(checkpoint) = text.parse::<Checkpoint>() else { return };
    assert_eq!(checkpoint.to_string(), text, "printed, it is another text");
    let origin = checkpoint.origin().to_string();
    if let Ok(signed) = SignedCheckpoint::signed(checkpoint, &LOG, 0) {
        let printed = signed.to_string();
        assert_eq!(SignedCheckpoint::parse(printed.as_bytes()).as_ref(), Ok(&signed));
        signed.check(&Policy { origin, ..only(LOG.verifier()) }).expect("it has just been signed");
    }
}

fn one_proof(data: &[u8]) {
    let Ok(proof) = Proof::parse(data) else { return };
    assert_eq!(proof.to_string().as_bytes(), data, "printed, it is other bytes");
    assert!(proof.verify(Digest::of(data), &policy()).is_err(), "a leaf that nobody put there");
}

fn bundle(text: &str) {
    let Ok(bundle) = Bundle::read(text) else { return };
    let json = serde_json::to_string(&bundle).expect("a bundle has JSON");
    assert_eq!(Bundle::read(&json).expect("what is written is read"), bundle);
    // Nobody but the log signs for it, whose key is not in any input.
    let nobody = only(signer("nobody.example", Algorithm::Ed25519).verifier());
    assert!(bundle.verify(&nobody).is_err());
    if let Ok(proven) = bundle.verify(&only(LOG.verifier())) {
        assert!(proven.header.sequence < proven.size);
    }
}

/// Bytes of a bundle are changed, at a place by a value, three bytes each. It proves what it has proven, or nothing.
fn twisted_bundle(data: &[u8]) {
    let (json, policy) = &*PROVEN;
    let before = Bundle::read(json).expect("a bundle");
    let mut bytes = json.clone().into_bytes();
    for [high, low, by] in data.as_chunks().0.iter().take(4) {
        let at = usize::from(u16::from_be_bytes([*high, *low])) % bytes.len();
        bytes[at] ^= by;
    }
    let Ok(text) = std::str::from_utf8(&bytes) else { return };
    let Ok(bundle) = Bundle::read(text) else { return };
    if bundle.verify(policy).is_ok() {
        assert_eq!((&bundle.claim, &bundle.header, &bundle.body), (&before.claim, &before.header, &before.body));
    }
}

fn keys(text: &str) {
    if let Ok(verifier) = text.parse::<Verifier>() {
        assert_eq!(verifier.to_string(), text);
    }
    if let Ok(signer) = text.parse::<Signer>() {
        assert_eq!(signer.secret_text(), text);
        assert_eq!(signer.verifier().to_string().parse(), Ok(signer.verifier()));
    }
    if let Ok(signature) = text.parse::<Signature>() {
        assert_eq!(signature.to_string(), text);
    }
}

/// Two numbers of eight bytes, then hashes.
fn trees(data: &[u8]) {
    let Some((a, rest)) = data.split_first_chunk() else { return };
    let Some((b, rest)) = rest.split_first_chunk() else { return };
    let (a, b) = (u64::from_be_bytes(*a), u64::from_be_bytes(*b));
    let hashes: Vec<Digest> = rest.as_chunks().0.iter().map(|hash| Digest(*hash)).collect();
    let wrong = Digest::of(data);
    assert!(verify_inclusion(wrong, a, b, &hashes, Digest::of(rest)).is_err() || hashes.is_empty());
    assert!(verify_consistency(a, b, wrong, Digest::of(rest), &hashes).is_err());
    of_any_size(a, b, wrong);
    of_few_leaves(a % 40, b % 40, rest);
}

/// All leaves are alike, so that trees of any size can be proven in: on every level all nodes are alike too.
fn of_any_size(a: u64, b: u64, wrong: Digest) {
    let leaf = Digest::of(b"leaf");
    let mut levels = vec![leaf];
    for _ in 0..64 {
        let last = levels[levels.len() - 1];
        levels.push(node_hash(last, last));
    }
    let get = |node: Node| -> Result<Digest, ProofError> {
        assert!(node.level < 64 && u128::from(node.index) << node.level < 1 << 64, "{node:?}");
        Ok(levels[node.level as usize])
    };
    let root_of = |size| root(size, get).expect("every node is there");
    match inclusion(a, b, get) {
        Ok(proof) => {
            assert!(proof.len() <= 64);
            verify_inclusion(leaf, a, b, &proof, root_of(b)).expect("a proof that was made holds");
            assert!(verify_inclusion(wrong, a, b, &proof, root_of(b)).is_err());
            assert!(verify_inclusion(leaf, a, b, &proof, wrong).is_err());
            twisted(&proof, |proof| verify_inclusion(leaf, a, b, proof, root_of(b)));
        }
        Err(error) => assert_eq!(error, ProofError::Index { index: a, size: b }),
    }
    match consistency(a, b, get) {
        Ok(proof) => {
            let (root1, root2) = (root_of(a), root_of(b));
            verify_consistency(a, b, root1, root2, &proof).expect("a proof that was made holds");
            assert!(verify_consistency(a, b, wrong, root2, &proof).is_err());
            assert!(verify_consistency(a, b, root1, wrong, &proof).is_err());
            twisted(&proof, |proof| verify_consistency(a, b, root1, root2, proof));
        }
        Err(_) => assert!(a == 0 || a > b),
    }
}

/// No hash of a proof can be another, left out, or doubled.
fn twisted(proof: &[Digest], verify: impl Fn(&[Digest]) -> Result<(), ProofError>) {
    for at in 0..proof.len() {
        let mut other = proof.to_vec();
        other[at].0[at % 32] ^= 1;
        assert!(verify(&other).is_err(), "hash {at} of the proof can be another");
    }
    assert!(proof.is_empty() || verify(&proof[1..]).is_err());
    assert!(verify(&[proof, &[Digest::of(b"more")]].concat()).is_err());
}

/// Leaves that differ, in a tree that grows by one leaf after the other.
fn of_few_leaves(a: u64, b: u64, seed: &[u8]) {
    let leaf = |n: u64| Digest::of_two(seed, &n.to_be_bytes());
    let (mut nodes, mut frontier, mut roots) = (std::collections::HashMap::new(), Frontier::default(), Vec::new());
    for n in 0..b {
        roots.push(frontier.root());
        nodes.extend(frontier.append(leaf(n)));
    }
    roots.push(frontier.root());
    let get = |node: Node| -> Result<Digest, ProofError> { Ok(nodes[&node]) };
    assert_eq!(root(b, get), Ok(roots[b as usize]));
    if let Ok(proof) = inclusion(a, b, get) {
        verify_inclusion(leaf(a), a, b, &proof, roots[b as usize]).expect("a proof that was made holds");
        for other in (0..b).filter(|other| *other != a) {
            assert!(verify_inclusion(leaf(a), other, b, &proof, roots[b as usize]).is_err(), "leaf {a} is {other} too");
        }
    }
    if let Ok(proof) = consistency(a, b, get) {
        verify_consistency(a, b, roots[a as usize], roots[b as usize], &proof).expect("a proof that was made holds");
    }
}
