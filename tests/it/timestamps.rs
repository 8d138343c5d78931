//! Time stamps of checkpoints. Those in `tests/data/timestamps` are made by OpenSSL (`make.sh`), which says the same of each:
//! `openssl ts -verify -data TEXT -in FILE.tsr -CAfile root.pem`.

use onrecord::record::timestamp::{MAX_RESPONSE_BYTES, Roots, RootsError, Timestamp, TimestampError, request};
use proptest::prelude::*;

use crate::desk::repository;

/// The checkpoint that is stamped.
pub const TEXT: &str = "example.org/harbour\n1\nQt9cN6I+vbOlPKddlcfbf2foLHNQ7Zd/pyORT+EmBME=\n";
/// The nonce of `nonce.tsq`.
const NONCE: u64 = 0x0102_0304_0506_0708;

pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(repository().join("tests/data/timestamps").join(name)).unwrap()
}

fn roots(name: &str) -> Roots {
    Roots::from_pem(&fixture(name)).unwrap()
}

/// What comes of a response for [`TEXT`] and the roots of a file: whose word it is, else why it is refused.
fn judged(response: &[u8], roots: &Roots) -> Result<String, TimestampError> {
    let stamp = Timestamp::parse(response)?;
    stamp.check_bytes(TEXT.as_bytes())?;
    if !stamp.vouched(roots)? && stamp.is_self_signed() {
        return Err(TimestampError::SelfSigned(stamp.authority().to_string()));
    }
    Ok(stamp.authority().to_string())
}

#[test]
fn stamps_are_believed_or_refused() {
    let other = "leads to none of the roots given";
    for (name, roots_file, expected) in [
        ("rsa.tsr", "root.pem", "CN=Time Stamps R,O=Example"),
        // With the hash of the certificate as older authorities write it: by SHA-1.
        ("rsa-v1.tsr", "root.pem", "CN=Time Stamps R,O=Example"),
        ("p256.tsr", "root.pem", "CN=Time Stamps E,O=Example"),
        ("p384.tsr", "root.pem", "CN=Time Stamps F,O=Example"),
        ("sha512.tsr", "root.pem", "CN=Time Stamps R,O=Example"),
        ("nonce.tsr", "root.pem", "CN=Time Stamps E,O=Example"),
        ("forged.tsr", "root.pem", "CN=Time Stamps E,O=Example"),
        // Whom nobody knows.
        ("rsa.tsr", "", "CN=Time Stamps R,O=Example"),
        ("rsa.tsr", "other-root.pem", other),
        ("p256.tsr", "other-root.pem", other),
        ("p256.tsr", "self-signed.pem", other),
        // Who vouches for themselves, and is known.
        ("self-signed.tsr", "self-signed.pem", "CN=Nobody"),
        ("self-signed-ca.tsr", "self-signed-ca.pem", "CN=Nobody else"),
        ("self-signed.tsr", "", "`CN=Nobody` vouches for themselves: the certificate is signed by its own key"),
        ("self-signed.tsr", "root.pem", "`CN=Nobody` vouches for themselves"),
        ("self-signed-ca.tsr", "self-signed.pem", "`CN=Nobody else` vouches for themselves"),
        // What a certificate is for, and when it held, is looked at whoever is known.
        ("not-critical.tsr", "", "the certificate of `CN=not-critical` is not one for time stamps alone"),
        ("two-purposes.tsr", "root.pem", "the certificate of `CN=two-purposes` is not one for time stamps alone"),
        ("code-signing.tsr", "root.pem", "the certificate of `CN=code-signing` is not one for time stamps alone"),
        ("no-purpose.tsr", "root.pem", "the certificate of `CN=no-purpose` is not one for time stamps alone"),
        (
            "expired.tsr",
            "",
            "the certificate of `CN=Expired` held from 2020-01-01T00:00:00Z to 2020-12-31T00:00:00Z, and the time stamp is of 2",
        ),
        ("bare.tsr", "root.pem", "it has no certificate of who signed it"),
        (
            "policy.tsr",
            "root.pem",
            "the authority gave none, and answered rejection: policy not accepted, Requested policy is not supported.",
        ),
        ("sha1.tsr", "root.pem", "it is signed or hashed in a way that is not known here: 1.3.14.3.2.26"),
        ("other.tsr", "root.pem", "it is of other bytes: expected the hash 93966c89"),
        ("nameless.tsr", "root.pem", "its signature is over no hash of its certificate, or over several"),
        ("twice.tsr", "root.pem", "it has 2 signatures: expected 1"),
        ("nonce.tsq", "root.pem", "not the response of a time stamp authority: "),
        ("root.pem", "root.pem", "not the response of a time stamp authority: "),
    ] {
        let roots = if roots_file.is_empty() { Roots::default() } else { roots(roots_file) };
        let found = judged(&fixture(name), &roots).unwrap_or_else(|error| error.to_string());
        assert!(found.contains(expected), "{name} by {roots_file}: expected {expected}, found {found}");
    }
}

/// What it says is changed under its signature: the time, and what it is of.
#[test]
fn what_is_said_is_what_is_signed() {
    let sound = fixture("p256.tsr");
    let stamp = Timestamp::parse(&sound).unwrap();
    let year = sound.windows(4).position(|bytes| bytes == &stamp.time().as_bytes()[..4]).unwrap();
    let imprint = sound.windows(2).position(|bytes| bytes == [0x93, 0x96]).unwrap();
    for at in [year + 3, imprint] {
        let mut changed = sound.clone();
        changed[at] ^= 1;
        assert_eq!(Timestamp::parse(&changed), Err(TimestampError::Digest));
    }
    let mut changed = sound;
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(Timestamp::parse(&changed), Err(TimestampError::Signature("CN=Time Stamps E,O=Example".into())));
}

/// With a part of a second, and all else that may be said.
#[test]
fn a_time_may_have_parts_of_a_second() {
    let stamp = Timestamp::parse(&fixture("sha512.tsr")).unwrap();
    let written = stamp.time();
    let time: chrono::DateTime<chrono::Utc> = written.parse().unwrap();
    assert_eq!(written, time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
    let said = format!("{}", time.format("%Y%m%d%H%M%S%.3fZ")).trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.').to_string();
    assert!(fixture("sha512.tsr").windows(said.len()).any(|bytes| bytes == said.as_bytes()), "{said}");
}

#[test]
fn a_request_is_answered_once() {
    assert_eq!(request(TEXT.as_bytes(), NONCE), fixture("nonce.tsq"));
    let answer = Timestamp::parse(&fixture("nonce.tsr")).unwrap();
    assert_eq!(answer.check_nonce(NONCE), Ok(()));
    assert_eq!(answer.check_nonce(NONCE + 1), Err(TimestampError::Nonce));
    // Who sends one, and gets none back, has got an answer to somebody else's question.
    assert_eq!(Timestamp::parse(&fixture("p256.tsr")).unwrap().check_nonce(NONCE), Err(TimestampError::Nonce));
    for nonce in [0, 1, 0x7f, 0x80, u64::MAX] {
        let bytes = request(TEXT.as_bytes(), nonce);
        assert_eq!(bytes.len(), usize::from(bytes[1]) + 2, "{nonce}");
    }
}

#[test]
fn roots_are_certificates_in_pem() {
    let two = [fixture("root.pem"), b"\nand words\n".to_vec(), fixture("other-root.pem")].concat();
    assert!(judged(&fixture("rsa.tsr"), &Roots::from_pem(&two).unwrap()).is_ok());
    assert_eq!(Roots::from_pem(b""), Err(RootsError::None));
    assert_eq!(Roots::from_pem(&fixture("rsa.tsr")), Err(RootsError::None));
    let cut = &two[..300];
    assert!(matches!(Roots::from_pem(cut), Err(RootsError::Pem(_))), "{:?}", Roots::from_pem(cut));
    let none = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert!(matches!(Roots::from_pem(none), Err(RootsError::Certificate { number: 1, .. })));
}

/// Each byte changed in each of its bits: nothing panics, and what is still believed says the same by the same certificate.
/// What may be changed is what nobody signs.
#[test]
fn what_is_signed_cannot_be_changed() {
    let known = roots("root.pem");
    for name in ["p256.tsr", "rsa.tsr", "rsa-v1.tsr"] {
        let sound = fixture(name);
        let expected = Timestamp::parse(&sound).unwrap();
        let mut passed_over = Vec::new();
        for at in 0..sound.len() {
            for bit in 0..8 {
                let mut changed = sound.clone();
                changed[at] ^= 1 << bit;
                let Ok(stamp) = Timestamp::parse(&changed) else { continue };
                assert!(stamp.is_of(TEXT.as_bytes()), "{name}: bit {bit} of byte {at}");
                assert_eq!(
                    (stamp.time(), stamp.authority(), stamp.imprint()),
                    (expected.time(), expected.authority(), expected.imprint())
                );
                if stamp.vouched(&known).is_ok() {
                    passed_over.push(at);
                }
            }
        }
        passed_over.dedup();
        // The status that it was given with; version and hash algorithms of the message, before what is said; version
        // and parameters of algorithms in what is not signed of the signature.
        let said =
            sound.windows(11).position(|bytes| bytes == b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04").unwrap();
        let (before, after): (Vec<usize>, Vec<usize>) = passed_over.iter().partition(|at| **at < said);
        assert!(before.len() <= 24 && after.len() <= 4, "{name}, of {}: {passed_over:?}", sound.len());
    }
}

#[test]
fn nothing_may_stand_before_or_after() {
    for name in ["p256.tsr", "rsa.tsr", "policy.tsr"] {
        let sound = fixture(name);
        let longer = [sound.as_slice(), b"\0"].concat();
        let before = [b"\0", sound.as_slice()].concat();
        for changed in [longer.as_slice(), &before, &sound[..sound.len() - 1], &sound[1..]] {
            assert!(matches!(Timestamp::parse(changed), Err(TimestampError::Encoding(_))), "{name}");
        }
    }
    assert!(fixture("rsa.tsr").len() < MAX_RESPONSE_BYTES);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Timestamp::parse(&bytes).is_err());
        let _ = Roots::from_pem(&bytes);
    }

    /// A response with some bytes of it changed, taken out or put in.
    #[test]
    fn any_changes_are_read_without_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..6)
    ) {
        let mut bytes = fixture("rsa.tsr");
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        if let Ok(stamp) = Timestamp::parse(&bytes) {
            prop_assert!(stamp.is_of(TEXT.as_bytes()));
        }
    }
}
