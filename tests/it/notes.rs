//! Notes, checkpoints and proofs as texts: what is written and read, what is refused and in which words, and that
//! nothing which was changed is believed.

use std::slice::from_ref;

use onrecord::domain::id::Digest;
use onrecord::record::checkpoint::{Checkpoint, Policy, SignedCheckpoint};
use onrecord::record::entry::Entry;
use onrecord::record::note::{
    Algorithm, KeyError, KeyName, MAX_NOTE_BYTES, MAX_SIGNATURES, Note, NoteError, Signature, Signer, Verifier,
};
use onrecord::record::proof::{MAX_EXTRA_BYTES, Proof};
use onrecord::record::tree::{Frontier, Node, ProofError, consistency, inclusion};
use proptest::prelude::*;
use serde_json::Value;

/// Made by `tests/data/record/log.py`.
const VECTORS: &str = include_str!("../data/record/notes.jsonl");

/// The example in the documentation of golang.org/x/mod/sumdb/note, and the second key of its tests.
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANN_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const ROOT: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const PROBLEM: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NEUMANN_LINE: &str =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
const ROOT_LINE: &str =
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=";

const TIME: u64 = 1_750_932_000;

fn log() -> Signer {
    Signer::new("example.org/harbour".parse().unwrap(), Algorithm::Ed25519, std::array::from_fn(|n| n as u8))
}

fn witness() -> Signer {
    Signer::new("witness.example/w1".parse().unwrap(), Algorithm::Cosignature, std::array::from_fn(|n| 32 + n as u8))
}

fn other() -> Signer {
    Signer::new("other.example/été".parse().unwrap(), Algorithm::Ed25519, std::array::from_fn(|n| 64 + n as u8))
}

fn policy(quorum: usize) -> Policy {
    Policy {
        origin: "example.org/harbour".into(),
        log: log().verifier(),
        witnesses: vec![witness().verifier(), other().verifier()],
        quorum,
    }
}

fn leaf(n: u64) -> Digest {
    Digest::of_two(&[0], format!("leaf {n}").as_bytes())
}

/// Proofs of the tree with these leaves.
struct Tree {
    nodes: std::collections::HashMap<Node, Digest>,
    frontier: Frontier,
}

impl Tree {
    fn of(leaves: impl IntoIterator<Item = Digest>) -> Tree {
        let (mut nodes, mut frontier) = (std::collections::HashMap::new(), Frontier::default());
        leaves.into_iter().for_each(|leaf| nodes.extend(frontier.append(leaf)));
        Tree { nodes, frontier }
    }

    fn inclusion(&self, index: u64) -> Vec<Digest> {
        inclusion(index, self.frontier.size(), |node| Ok::<_, ProofError>(self.nodes[&node])).unwrap()
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new("example.org/harbour".into(), self.frontier.size(), self.frontier.root()).unwrap()
    }

    fn signed(&self) -> SignedCheckpoint {
        let mut signed = SignedCheckpoint::signed(self.checkpoint(), &log(), 0).unwrap();
        signed.sign(&witness(), TIME).unwrap();
        signed
    }

    fn proof(&self, index: u64, extra: &[u8]) -> Proof {
        Proof::new(extra.to_vec(), index, self.inclusion(index), self.signed()).unwrap()
    }
}

#[test]
fn a_second_implementation_agrees() {
    let (mut n_keys, mut n_notes, mut n_proofs) = (0, 0, 0);
    for line in VECTORS.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap();
        let number = |name: &str| vector[name].to_string().parse::<u64>().unwrap();
        if vector.get("key").is_some() {
            n_keys += 1;
            let signer: Signer = text("secret").parse().unwrap();
            assert_eq!(signer.secret_text(), text("secret"));
            assert_eq!(signer.verifier().to_string(), text("key"));
            assert_eq!(text("key").parse::<Verifier>().unwrap(), signer.verifier());
        } else if vector.get("note").is_some() {
            n_notes += 1;
            let mut note = Note::signed(text("text").into(), &log(), 0).unwrap();
            note.sign(&other(), 0).unwrap();
            note.sign(&witness(), number("time")).unwrap();
            assert_eq!(note.to_string(), text("note"));
            let read = Note::parse(text("note").as_bytes()).unwrap();
            assert_eq!(read, note);
            let verified = read.verify(&[log().verifier(), witness().verifier()]).unwrap();
            let seen: Vec<_> = verified.good.iter().map(|good| good.seen_at_unix_s).collect();
            assert_eq!(seen, [None, Some(number("time"))]);
            assert_eq!(verified.unknown, [&note.signatures()[1]]);
        } else {
            n_proofs += 1;
            let extra: Vec<u8> = (0..text("extra").len() / 2)
                .map(|n| u8::from_str_radix(&text("extra")[2 * n..2 * n + 2], 16).unwrap())
                .collect();
            let proof = Tree::of((0..number("size")).map(leaf)).proof(number("index"), &extra);
            assert_eq!(proof.to_string(), text("proof"));
            let read = Proof::parse(text("proof").as_bytes()).unwrap();
            assert_eq!(read, proof);
            let good = read.verify(text("leaf_hash").parse().unwrap(), &policy(1)).unwrap();
            assert_eq!(good[0].seen_at_unix_s, Some(TIME));
        }
    }
    assert_eq!((n_keys, n_notes, n_proofs), (3, 12, 4));
}

#[test]
fn notes_of_others_are_read() {
    let neumann: Verifier = NEUMANN.parse().unwrap();
    let root: Verifier = ROOT.parse().unwrap();
    let signer: Signer = NEUMANN_SECRET.parse().unwrap();
    assert_eq!(signer.verifier(), neumann);
    assert_eq!(signer.secret_text(), NEUMANN_SECRET);
    let signed = Note::signed(PROBLEM.into(), &signer, 0).unwrap();
    assert_eq!(signed.to_string(), format!("{PROBLEM}\n{NEUMANN_LINE}\n"));

    let mut note = signed.clone();
    note.add(ROOT_LINE.parse().unwrap()).unwrap();
    assert_eq!(note.to_string(), format!("{PROBLEM}\n{NEUMANN_LINE}\n{ROOT_LINE}\n"));
    let names = |known: &[Verifier]| -> Vec<String> {
        note.verify(known).unwrap().good.iter().map(|good| good.key.to_string()).collect()
    };
    assert_eq!(names(&[neumann.clone(), root.clone()]), ["PeterNeumann+c74f20a3", "EnochRoot+af0cfe78"]);
    assert_eq!(names(from_ref(&root)), ["EnochRoot+af0cfe78"]);
    assert_eq!(note.verify(&[root]).unwrap().unknown[0].key.to_string(), "PeterNeumann+c74f20a3");

    // The checksum database of Go, and the example of c2sp.org/tlog-cosignature.
    let sums: Verifier = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8".parse().unwrap();
    assert_eq!(sums.identity().to_string(), "sum.golang.org+033de0ae");
    let sofa = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let signed = SignedCheckpoint::parse(sofa.as_bytes()).unwrap();
    assert_eq!(signed.to_string(), sofa);
    assert_eq!((signed.checkpoint().origin(), signed.checkpoint().size()), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(signed.note().signatures()[1].bytes[..8], 1_679_315_147u64.to_be_bytes());
}

#[test]
fn only_whole_keys_are_read() {
    for (text, reads) in [
        (NEUMANN, (|text| text.parse::<Verifier>().is_ok()) as fn(&str) -> bool),
        (NEUMANN_SECRET, |text| text.parse::<Signer>().is_ok()),
    ] {
        for start in 0..text.len() {
            for end in start..=text.len() {
                assert_eq!(reads(&text[start..end]), (start, end) == (0, text.len()), "{}", &text[start..end]);
            }
            for bit in 0..7 {
                let mut changed = text.as_bytes().to_vec();
                changed[start] ^= 1 << bit;
                assert!(!reads(std::str::from_utf8(&changed).unwrap()), "byte {start}");
            }
        }
    }
    let cases = [
        ("", "not a key: expected `NAME+ID+KEY`"),
        ("a+b", "not a key: expected `NAME+ID+KEY`"),
        ("PeterNeumann+C74F20A3+AQ==", "the id of the key is not 8 hexadecimal digits in lower case"),
        (
            "Peter Neumann+c74f20a3+AQ==",
            "\"Peter Neumann\" cannot name a key: it is empty, or has white space, control characters or `+`",
        ),
        ("+c74f20a3+AQ==", "\"\" cannot name a key: it is empty, or has white space, control characters or `+`"),
        ("PeterNeumann+c74f20a3+AQ", "the key is not in base64"),
        ("PeterNeumann+c74f20a3+AR==", "the key is not in base64"),
        ("PeterNeumann+c74f20a3+", "the key has 0 bytes: expected 33"),
        ("PeterNeumann+c74f20a3+AQ==", "the key has 1 bytes: expected 33"),
        // Both from the tests of golang.org/x/mod/sumdb/note; the first has bits left over at its end.
        ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", "the key is not in base64"),
        (
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "the key is for algorithm 101: known are 1 (Ed25519) and 4 (cosignatures)",
        ),
        (
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "the id of the key is not that of its name and bytes: expected c74f20a3, found c74f20a4",
        ),
        (
            "PeterNeumann+c74f20a3+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "the bytes are not a public key that proves anything",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(text.parse::<Verifier>().unwrap_err().to_string(), message, "{text}");
    }
    let secret_as_public = NEUMANN_SECRET.parse::<Verifier>().unwrap_err();
    assert_eq!(secret_as_public, KeyError::Id);
    let public_as_secret = NEUMANN.parse::<Signer>().unwrap_err();
    assert_eq!(public_as_secret.to_string(), "not a key: expected `PRIVATE+KEY+NAME+ID+SEED`");
}

#[test]
fn secrets_are_not_shown() {
    let signer: Signer = NEUMANN_SECRET.parse().unwrap();
    assert_eq!(format!("{signer:?} {signer:#?}"), "Signer(PeterNeumann+c74f20a3) Signer(PeterNeumann+c74f20a3)");
    let seed = NEUMANN_SECRET.rsplit_once("+AYEK").unwrap().1;
    for end in 0..NEUMANN_SECRET.len() {
        let error = NEUMANN_SECRET[..end].parse::<Signer>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains(&seed[..8]), "{error:?}");
    }
}

#[test]
fn what_is_not_a_note_is_refused() {
    let line = "— a AAAAAAE=\n";
    let name = "it is empty, or has white space, control characters or `+`";
    let cases: Vec<(String, String)> = [
        ("", "the note has no signatures: expected an empty line, and below it one line each"),
        ("text\n", "the note has no signatures: expected an empty line, and below it one line each"),
        ("text\n\n", "the note has no signatures: expected an empty line, and below it one line each"),
        ("text\n— a AAAAAAE=\n", "the note has no signatures: expected an empty line, and below it one line each"),
        ("\n— a AAAAAAE=\n", "the note has no signatures: expected an empty line, and below it one line each"),
        ("text\n\n— a AAAAAAE=\n\n", "the note has no signatures: expected an empty line, and below it one line each"),
        ("text\n\n— a AAAAAAE=", "the last line of the note does not end with a newline"),
        ("text\r\n\n— a AAAAAAE=\n", "line 1 of the note has the control character U+000D: none can stand in it"),
        ("text\n\n— a\tAAAAAAE=\n", "line 3 of the note has the control character U+0009: none can stand in it"),
        ("text\n\n- a AAAAAAE=\n", "line 3 of the note is not a signature: a signature begins with an em dash and a space"),
        ("a\nb\n\n— a AAAAAAE=\nmore\n", "line 5 of the note is not a signature: a signature begins with an em dash and a space"),
        ("text\n\n—  AAAAAAE=\n", "line 3 of the note is not a signature: \"\" cannot name a key: NAME"),
        ("text\n\n— a+b AAAAAAE=\n", "line 3 of the note is not a signature: \"a+b\" cannot name a key: NAME"),
        ("text\n\n— a\u{a0}b AAAAAAE=\n", "line 3 of the note is not a signature: \"a\\u{a0}b\" cannot name a key: NAME"),
        ("text\n\n— AAAAAAE=\n", "line 3 of the note is not a signature: expected a space between name and signature"),
        ("text\n\n— a  AAAAAAE=\n", "line 3 of the note is not a signature: the signature is not in base64"),
        ("text\n\n— a AAAAAAE= \n", "line 3 of the note is not a signature: the signature is not in base64"),
        ("text\n\n— a AAAAAAE\n", "line 3 of the note is not a signature: the signature is not in base64"),
        ("text\n\n— a AAAAAAF=\n", "line 3 of the note is not a signature: the signature is not in base64"),
        ("text\n\n— a AAAAA_E=\n", "line 3 of the note is not a signature: the signature is not in base64"),
        ("text\n\n— a \n", "line 3 of the note is not a signature: the signature has 0 bytes: expected the 4 of the key's id, and more"),
        ("text\n\n— a AAAAAA==\n", "line 3 of the note is not a signature: the signature has 4 bytes: expected the 4 of the key's id, and more"),
    ]
    .into_iter()
    .map(|(note, message)| (note.to_string(), message.replace("NAME", name)))
    .chain([
        (format!("text\n\n{}", line.repeat(MAX_SIGNATURES + 1)), "the note has 101 signatures: at most 100 are read".into()),
        (format!("{}\n\n{line}", "x".repeat(MAX_NOTE_BYTES)), "the note has 1048593 bytes: at most 1048576 are read".into()),
    ])
    .collect();
    for (note, message) in cases {
        assert_eq!(Note::parse(note.as_bytes()).unwrap_err().to_string(), message, "{:.80}", note);
    }
    assert_eq!(Note::parse(b"text\n\xff\n").unwrap_err().to_string(), "byte 5 of the note is not UTF-8");
    assert!(Note::parse(format!("text\n\n{}", line.repeat(MAX_SIGNATURES)).as_bytes()).is_ok());

    assert_eq!(Note::signed("text".into(), &log(), 0).unwrap_err(), NoteError::TextEnd);
    assert_eq!(Note::signed(String::new(), &log(), 0).unwrap_err(), NoteError::TextEnd);
    assert!(matches!(Note::signed("a\n\u{1}\n".into(), &log(), 0), Err(NoteError::Control { line: 2, character: 1 })));
    let long = format!("{}\n", "x".repeat(MAX_NOTE_BYTES));
    assert!(matches!(Note::signed(long, &log(), 0), Err(NoteError::Bytes(_))));
    assert!(Note::signed("text\n".into(), &log(), u64::MAX).is_ok(), "no time is in this signature");
    assert_eq!(Note::signed("text\n".into(), &witness(), 1 << 63).unwrap_err(), NoteError::Time(1 << 63));
    let mut full = Note::parse(format!("text\n\n{}", line.repeat(MAX_SIGNATURES)).as_bytes()).unwrap();
    assert_eq!(full.sign(&log(), 0).unwrap_err(), NoteError::Signatures(101));
    full.add("— a AAAAAAE=".parse().unwrap()).unwrap();
    assert_eq!(full.to_string(), format!("text\n\n{line}"), "one signature a key");
}

/// A signature with the order of the group added to its second half: it fits the same equation, so a lax check takes it.
fn stretched(signature: &Signature) -> Signature {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (mut changed, mut carry) = (signature.clone(), 0);
    for (byte, more) in changed.bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    changed
}

#[test]
fn signatures_count_only_where_they_are_right() {
    let (log_key, witness_key) = (log().verifier(), witness().verifier());
    let mut note = Note::signed("text\n".into(), &log(), 0).unwrap();
    let nobody: [Verifier; 0] = [];
    let unknown = "nobody known has signed it: it is signed by `example.org/harbour+4180d57d`";
    assert_eq!(note.verify(&nobody).unwrap_err().to_string(), unknown);
    assert_eq!(note.verify(from_ref(&witness_key)).unwrap_err().to_string(), unknown);
    // Another key of the same name is unknown.
    let namesake = Signer::new("example.org/harbour".parse().unwrap(), Algorithm::Ed25519, [9; 32]);
    assert_eq!(note.verify(&[namesake.verifier()]).unwrap_err().to_string(), unknown);
    // So is the same key where it signs other things.
    let seed = std::array::from_fn(|n| n as u8);
    let as_witness = Signer::new("example.org/harbour".parse().unwrap(), Algorithm::Cosignature, seed);
    assert_eq!(note.verify(&[as_witness.verifier()]).unwrap_err().to_string(), unknown);

    // Whoever signs chooses the name.
    let lines: String = (0..7).map(|n| format!("— {n}\u{9b}31m{} AAAAAAE=\n", "x".repeat(100 * n))).collect();
    let message = Note::parse(format!("text\n\n{lines}").as_bytes()).unwrap().verify(&nobody).unwrap_err().to_string();
    assert!(message.starts_with("nobody known has signed it: it is signed by `0\\u{9b}31m+00000000`, `1\\u{9b}31mxxx"));
    assert!(message.ends_with("xxx` and 2 more") && message.len() < 600, "{message}");

    // A wrong signature of a known key spoils the note, even beside a right one.
    note.sign(&witness(), TIME).unwrap();
    let right = note.signatures()[1].clone();
    let wrong =
        "the signature of `witness.example/w1+20324abe` is wrong: the text, or the signature, is not what was signed";
    let mut times = right.clone();
    times.bytes[7] ^= 1;
    let mut far = right.clone();
    far.bytes[0] = 0x80;
    let mut short = right.clone();
    short.bytes.pop();
    let mut plain = right.clone();
    plain.bytes.drain(..8);
    let mut moved = note.signatures()[0].clone();
    moved.key = right.key.clone();
    for signature in [times, far, short, plain, moved] {
        let mut changed = note.clone();
        changed.add(signature.clone()).unwrap();
        assert_eq!(changed.verify(&[log_key.clone(), witness_key.clone()]).unwrap_err().to_string(), wrong);
        assert_eq!(changed.verify(from_ref(&log_key)).unwrap().unknown, [&signature], "nobody knows the witness");
        // Whichever of two lines is the wrong one.
        for lines in [format!("{right}\n{signature}\n"), format!("{signature}\n{right}\n")] {
            let both = Note::parse(format!("text\n\n{lines}").as_bytes()).unwrap();
            assert_eq!(both.verify(from_ref(&witness_key)).unwrap_err().to_string(), wrong);
        }
    }
    let mut changed = note.clone();
    changed.add(stretched(&note.signatures()[0])).unwrap();
    assert!(changed.verify(from_ref(&log_key)).is_err());

    // Who signs twice counts once; what is signed again takes the place of what was.
    let mut later = note.clone();
    later.sign(&witness(), TIME + 1).unwrap();
    assert_eq!(later.signatures().len(), 2);
    let twice = Note::parse(format!("text\n\n{right}\n{}\n", later.signatures()[1]).as_bytes()).unwrap();
    let verified = twice.verify(&[witness_key.clone(), witness_key.clone()]).unwrap();
    assert_eq!(verified.good.iter().map(|good| good.seen_at_unix_s).collect::<Vec<_>>(), [Some(TIME)]);
}

/// An id has 32 bits, so among a hundred thousand keys two have the same: these were found by trying seeds in turn.
#[test]
fn keys_that_cannot_be_told_apart_are_refused() {
    let name: KeyName = "a".parse().unwrap();
    let signer = |n: u32| {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&n.to_le_bytes());
        Signer::new(name.clone(), Algorithm::Ed25519, seed)
    };
    let (first, second) = (signer(25_666), signer(113_795));
    assert_eq!(first.identity(), second.identity());
    assert_ne!(first.verifier(), second.verifier());
    let note = Note::signed("text\n".into(), &first, 0).unwrap();
    let error = note.verify(&[first.verifier(), second.verifier()]).unwrap_err();
    assert_eq!(error.to_string(), format!("two known keys are called `{}`", first.identity()));
    assert!(note.verify(&[second.verifier()]).is_err());
    assert!(note.verify(&[first.verifier(), first.verifier()]).is_ok());
}

#[test]
fn what_is_not_a_checkpoint_is_refused() {
    let root = "ZQi1me4rYKCzjkW87KYVpXz43Ez1oKhcKSP8QuL6/og=";
    let size = "line 2 of the checkpoint is not a size below 2^64 without leading zeros: ";
    let hash = "line 3 of the checkpoint is not the base64 of a SHA-256: ";
    let cases = [
        ("", "the last line of the checkpoint does not end with a newline".to_string()),
        ("o\n5\nROOT", "the last line of the checkpoint does not end with a newline".into()),
        ("\n", "the checkpoint has 1 lines: expected origin, size and root, one line each".into()),
        ("o\n5\n", "the checkpoint has 2 lines: expected origin, size and root, one line each".into()),
        ("\n5\nROOT\n", "line 1 of the checkpoint is empty, or has a control character".into()),
        ("o\r\n5\nROOT\n", "line 1 of the checkpoint is empty, or has a control character".into()),
        ("o\n5\nROOT\n\n", "line 4 of the checkpoint is empty, or has a control character".into()),
        ("o\n5\nROOT\nx\n\ny\n", "line 5 of the checkpoint is empty, or has a control character".into()),
        ("o\n\nROOT\n", format!("{size}\"\"")),
        ("o\n05\nROOT\n", format!("{size}\"05\"")),
        ("o\n00\nROOT\n", format!("{size}\"00\"")),
        ("o\n+5\nROOT\n", format!("{size}\"+5\"")),
        ("o\n-0\nROOT\n", format!("{size}\"-0\"")),
        ("o\n5 \nROOT\n", format!("{size}\"5 \"")),
        ("o\n5\r\nROOT\n", format!("{size}\"5\\r\"")),
        ("o\n٥\nROOT\n", format!("{size}\"٥\"")),
        ("o\n18446744073709551616\nROOT\n", format!("{size}\"18446744073709551616\"")),
        ("o\n5\n\n", format!("{hash}\"\"")),
        ("o\n5\nZQ==\n", format!("{hash}\"ZQ==\"")),
        ("o\n5\nROOT=\n", format!("{hash}\"{root}=\"")),
        ("o\n5\n ROOT\n", format!("{hash}\" {root}\"")),
        (
            "o\n5\nZQi1me4rYKCzjkW87KYVpXz43Ez1oKhcKSP8QuL6_og=\n",
            format!("{hash}\"ZQi1me4rYKCzjkW87KYVpXz43Ez1oKhcKSP8QuL6_og=\""),
        ),
        (
            "o\n5\nZQi1me4rYKCzjkW87KYVpXz43Ez1oKhcKSP8QuL6/oh=\n",
            format!("{hash}\"ZQi1me4rYKCzjkW87KYVpXz43Ez1oKhcKSP8QuL6/oh=\""),
        ),
    ];
    for (text, message) in cases {
        let text = text.replace("ROOT", root);
        assert_eq!(text.parse::<Checkpoint>().unwrap_err().to_string(), message, "{text:?}");
    }
    for text in ["o\n0\nROOT\n", "o o+\n18446744073709551615\nROOT\n", "o\n5\nROOT\n \né\n"] {
        let text = text.replace("ROOT", root);
        assert_eq!(text.parse::<Checkpoint>().unwrap().to_string(), text);
    }
    assert!(Checkpoint::new("a\nb".into(), 0, leaf(0)).is_err());
    assert!(Checkpoint::new("a".into(), 0, leaf(0)).unwrap().with_extension(String::new()).is_err());
}

#[test]
fn a_checkpoint_is_believed_from_the_log_and_enough_witnesses() {
    let tree = Tree::of((0..5).map(leaf));
    let mut signed = SignedCheckpoint::signed(tree.checkpoint(), &log(), 0).unwrap();
    let refusal = |signed: &SignedCheckpoint, policy: Policy| signed.check(&policy).unwrap_err().to_string();
    assert_eq!(signed.check(&policy(0)).unwrap(), []);
    let few = "too few witnesses have signed the checkpoint: expected 1, found 0";
    assert_eq!(refusal(&signed, policy(1)), few);
    signed.sign(&witness(), TIME).unwrap();
    assert_eq!(signed.check(&policy(1)).unwrap()[0].key, *witness().identity());
    assert_eq!(refusal(&signed, policy(2)), "too few witnesses have signed the checkpoint: expected 2, found 1");
    signed.sign(&other(), 0).unwrap();
    assert_eq!(signed.check(&policy(2)).unwrap().len(), 2);
    // The log is no witness of itself, whoever lists it as one.
    let own = Policy { witnesses: vec![log().verifier()], ..policy(1) };
    assert_eq!(refusal(&signed, own), few);
    // Witnesses alone do not make a checkpoint of the log.
    let witnessed = SignedCheckpoint::signed(tree.checkpoint(), &witness(), TIME).unwrap();
    assert_eq!(
        refusal(&witnessed, policy(0)),
        "the log has not signed the checkpoint: `example.org/harbour+4180d57d` is missing"
    );
    let elsewhere = Policy { origin: "example.org/port".into(), ..policy(0) };
    assert_eq!(
        refusal(&signed, elsewhere),
        "the checkpoint is of another log: expected \"example.org/port\", found \"example.org/harbour\""
    );
    let strangers = Policy { log: NEUMANN.parse().unwrap(), witnesses: vec![], ..policy(0) };
    assert!(refusal(&signed, strangers).starts_with("nobody known has signed it"));
}

#[test]
fn what_is_not_a_proof_is_refused() {
    let proof = Tree::of((0..5).map(leaf)).proof(2, b"more").to_string();
    let hash = proof.lines().nth(3).unwrap().to_string();
    assert_eq!(Proof::parse(proof.as_bytes()).unwrap().extra(), b"more");
    let cases = [
        ("c2sp.org/tlog-proof@v1\n", "", "not a proof: the first line is not `c2sp.org/tlog-proof@v1`"),
        ("@v1\n", "@v10\n", "not a proof: the first line is not `c2sp.org/tlog-proof@v1`"),
        ("\n\n", "\n", "the proof has no checkpoint: expected an empty line, and below it the checkpoint"),
        ("extra bW9yZQ==\n", "extra\n", "line 2 of the proof is not `extra` with data in base64"),
        ("extra bW9yZQ==\n", "extra \n", "line 2 of the proof is not `extra` with data in base64"),
        ("bW9yZQ==", "bW9yZQ", "line 2 of the proof is not `extra` with data in base64"),
        (
            "index 2",
            "index 02",
            "line 3 of the proof is not `index` with a whole number without leading zeros: \"index 02\"",
        ),
        (
            "index 2",
            "index +2",
            "line 3 of the proof is not `index` with a whole number without leading zeros: \"index +2\"",
        ),
        ("index 2\n", "", "line 3 of the proof is not `index` with a whole number without leading zeros: HASH"),
        (
            "extra bW9yZQ==\nindex 2\n",
            "",
            "line 2 of the proof is not `index` with a whole number without leading zeros: HASH",
        ),
        (
            "index 2\n",
            "index 2\nextra bW9yZQ==\n",
            "line 4 of the proof is not the base64 of a SHA-256: \"extra bW9yZQ==\"",
        ),
        ("index 2\n", "index 2\nZQ==\n", "line 4 of the proof is not the base64 of a SHA-256: \"ZQ==\""),
        (
            "index 2\n",
            "index 2\n\n",
            "the checkpoint that begins in line 5 of the proof: line 2 of the checkpoint is not a size below 2^64 without leading zeros: HASH1",
        ),
        (
            "harbour\n5\n",
            "harbour\n05\n",
            "the checkpoint that begins in line 8 of the proof: line 2 of the checkpoint is not a size below 2^64 without leading zeros: \"05\"",
        ),
        (
            "\n— example",
            "\n- example",
            "the checkpoint that begins in line 8 of the proof: line 5 of the note is not a signature: a signature begins with an em dash and a space",
        ),
    ];
    let second = proof.lines().nth(4).unwrap();
    for (from, to, message) in cases {
        assert!(proof.contains(from), "{from:?}");
        let changed = match from {
            "\n\n" => proof.replace(from, to),
            _ => proof.replacen(from, to, 1),
        };
        let message = message.replace("HASH1", &format!("{second:?}")).replace("HASH", &format!("{hash:?}"));
        assert_eq!(Proof::parse(changed.as_bytes()).unwrap_err().to_string(), message, "{from:?} -> {to:?}");
    }
    let whole = Proof::parse(proof.as_bytes()).unwrap();
    let many = Proof::new(vec![], 0, vec![leaf(0); 65], whole.checkpoint().clone()).unwrap_err();
    assert_eq!(many.to_string(), "the proof has 65 hashes: no tree has more than 64 levels");
    let heavy = Proof::new(vec![0; MAX_EXTRA_BYTES + 1], 0, vec![], whole.checkpoint().clone()).unwrap_err();
    assert_eq!(heavy.to_string(), "the proof has 524289 bytes of extra data: at most 524288 are read");
    assert!(Proof::parse(b"c2sp.org/tlog-proof@v1\n\xff\n\n").unwrap_err().to_string().starts_with("byte 23"));

    assert_eq!(
        whole.verify(leaf(3), &policy(1)).unwrap_err().to_string().split(':').next().unwrap(),
        "the proof does not lead to the root of the tree of 5 leaves"
    );
    assert!(whole.verify(leaf(2), &policy(2)).is_err());
}

/// Each byte of a proof counts: the hashes, the checkpoint, its signatures, and what stands around them.
#[test]
fn any_changed_byte_of_a_proof_is_noticed() {
    let proof = Tree::of((0..5).map(leaf)).proof(2, b"");
    let bytes = proof.to_string().into_bytes();
    assert!(Proof::parse(&bytes).unwrap().verify(leaf(2), &policy(1)).is_ok());
    let is_believed = |bytes: &[u8]| Proof::parse(bytes).is_ok_and(|proof| proof.verify(leaf(2), &policy(1)).is_ok());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(!is_believed(&changed), "bit {bit} of byte {at}");
        }
        let mut shorter = bytes.clone();
        shorter.remove(at);
        assert!(!is_believed(&shorter), "without byte {at}");
    }
}

/// The examples of the page are what the program says.
#[test]
fn the_page_of_the_format_is_true() {
    let page = std::fs::read_to_string(crate::desk::repository().join("docs/record-format.md")).unwrap();
    let holds = |block: String| {
        let lines: Vec<String> = block.lines().map(|line| format!("    {line}").trim_end().to_string()).collect();
        assert!(
            page.contains(&format!("\n{}\n", lines.join("\n"))),
            "docs/record-format.md has not:\n{}",
            lines.join("\n")
        );
    };
    let body = r#"{"begin":{"format":"onrecord/1","origin":"example.org/harbour"}}"#;
    let entry = Entry::new(
        0,
        &"human:jane".parse().unwrap(),
        "2025-06-26T10:00:00Z".parse().unwrap(),
        std::array::from_fn(|n| n as u8),
        &onrecord::record::body::Body::read(body).unwrap(),
    )
    .unwrap();
    holds(format!("body    {body}\nheader  {}\nleaf    {}", entry.header, entry.leaf_hash()));

    let vectors = include_str!("../data/record/entries.jsonl").lines().skip(1).take(4);
    let others = vectors.map(|line| {
        let vector: Value = serde_json::from_str(line).unwrap();
        vector["leaf_hash"].as_str().unwrap().parse().unwrap()
    });
    let leaves: Vec<Digest> = [entry.leaf_hash()].into_iter().chain(others).collect();
    let tree = Tree::of(leaves.clone());
    let indented = |hashes: Vec<Digest>| hashes.iter().map(|hash| format!("        {hash}\n")).collect::<String>();
    let get = |node| Ok::<_, ProofError>(tree.nodes[&node]);
    let mut block: String = leaves.iter().enumerate().map(|(n, leaf)| format!("leaf {n}  {leaf}\n")).collect();
    block += &format!("root    {}\n", tree.frontier.root());
    block += &format!("inclusion of leaf 2\n{}", indented(tree.inclusion(2)));
    let first = Tree::of(leaves[..3].to_vec()).frontier.root();
    block +=
        &format!("consistency with the first 3, whose root is {first}\n{}", indented(consistency(3, 5, get).unwrap()));
    holds(block);
    holds(format!("{}\n{}\n{}", log().secret_text(), log().verifier(), witness().verifier()));
    holds(tree.signed().to_string());
    holds(tree.proof(2, b"").to_string());
}

/// Valid texts with a few bytes removed, put in or replaced: near enough to what is read to reach every branch.
fn damaged(texts: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    const INSERTED: [&[u8]; 9] = [b"", b"\n", b"\n\n", b" ", b"=", b"0", "— ".as_bytes(), b"\xff", b"extra "];
    let inserted = prop::sample::select(INSERTED.to_vec());
    let edit = (any::<prop::sample::Index>(), 0usize..3, inserted);
    (prop::sample::select(texts), prop::collection::vec(edit, 0..4)).prop_map(|(text, edits)| {
        let mut bytes = text.into_bytes();
        for (at, n_removed, inserted) in edits {
            let start = at.index(bytes.len() + 1);
            let end = (start + n_removed).min(bytes.len());
            bytes.splice(start..end, inserted.iter().copied());
        }
        bytes
    })
}

fn samples() -> Vec<String> {
    let tree = Tree::of((0..5).map(leaf));
    let extended = tree.checkpoint().with_extension("more".into()).unwrap().with_extension(" ".into()).unwrap();
    vec![
        tree.proof(2, b"").to_string(),
        tree.proof(4, b"more").to_string(),
        tree.signed().to_string(),
        SignedCheckpoint::signed(extended.clone(), &other(), 0).unwrap().to_string(),
        extended.to_string(),
        format!("{PROBLEM}\n{NEUMANN_LINE}\n{ROOT_LINE}\n"),
    ]
}

fn same_when_printed(bytes: &[u8]) -> Result<(), TestCaseError> {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(note) = Note::parse(bytes) {
        prop_assert_eq!(note.to_string(), text.as_ref());
        let _ = note.verify(&policy(0).witnesses);
    }
    if let Ok(signed) = SignedCheckpoint::parse(bytes) {
        prop_assert_eq!(signed.to_string(), text.as_ref());
    }
    if let Ok(proof) = Proof::parse(bytes) {
        prop_assert_eq!(proof.to_string(), text.as_ref());
    }
    if let Ok(checkpoint) = text.parse::<Checkpoint>() {
        prop_assert_eq!(checkpoint.to_string(), text.as_ref());
    }
    if let Ok(verifier) = text.parse::<Verifier>() {
        prop_assert_eq!(verifier.to_string(), text.as_ref());
    }
    if let Ok(signature) = text.parse::<Signature>() {
        prop_assert_eq!(signature.to_string(), text.as_ref());
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        same_when_printed(&bytes)?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(— |[a+ 0-9=\\n\u{a0}é]|AAAA|\n\n){0,40}") {
        same_when_printed(text.as_bytes())?;
    }

    #[test]
    fn what_is_read_is_printed_as_it_was(bytes in damaged(samples())) {
        same_when_printed(&bytes)?;
    }

    #[test]
    fn what_is_signed_is_read_and_verified(text in "[^\\x00-\\x09\\x0b-\\x1f]{0,60}\n", name in "[^\\s+\\x00-\\x1f]{1,12}", seed: [u8; 32], time in 0..1u64 << 63) {
        let name: KeyName = name.parse().unwrap();
        let mut note = Note::signed(text.clone(), &Signer::new(name.clone(), Algorithm::Ed25519, seed), time).unwrap();
        let witness = Signer::new(name, Algorithm::Cosignature, seed);
        note.sign(&witness, time).unwrap();
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &note);
        prop_assert_eq!(read.text(), text);
        prop_assert_eq!(read.verify(&[witness.verifier()]).unwrap().good[0].seen_at_unix_s, Some(time));
        let again: Signer = witness.secret_text().parse().unwrap();
        prop_assert_eq!(again.verifier(), witness.verifier().to_string().parse().unwrap());
    }
}
