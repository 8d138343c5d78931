//! Time stamps of checkpoints. Those in `tests/data/timestamps` are made by OpenSSL (`make.sh`), which says the same of each:
//! `openssl ts -verify -data TEXT -in FILE.tsr -CAfile root.pem`.

use std::process::Command;

use onrecord::ledger::{Ledger, LedgerError};
use onrecord::record::note::{Algorithm, Signer};
use onrecord::record::timestamp::{MAX_RESPONSE_BYTES, Roots, RootsError, Timestamp, TimestampError, request};
use proptest::prelude::*;

use crate::commands::{Server, body_of};
use crate::desk::{Desk, repository};

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
    let said = format!("{}", time.format("%Y%m%d%H%M%S%.3fZ"))
        .trim_end_matches('Z')
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_string();
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

/// A desk with a ledger whose record is one entry, always the same, and with what is stamped: the checkpoint over it.
fn signed() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path().join("record")).unwrap();
    let body = r#"{"begin":{"format":"onrecord/1","origin":"example.org/harbour"}}"#;
    let header = r#"{"actor":"human:jane","body":"641247f3657e68cb62b17960996688cf097bf03b510775ee1764aa7cf355cbb5","kind":"begin","sequence":0,"time":"2025-06-26T10:00:00.000Z"}"#;
    let line = serde_json::json!({"header": header, "salt": "000102030405060708090a0b0c0d0e0f", "body": body});
    desk.write("record/entries.jsonl", format!("{line}\n"));
    desk.write("key", format!("{}\n", signer().secret_text()));
    desk.ok(&["load", "record", "--ledger", "onrecord.db"]);
    assert!(desk.ok(&["checkpoint", "--key", "key"]).starts_with(TEXT));
    for name in ["root.pem", "other-root.pem", "self-signed.pem", "rsa.tsr", "p256.tsr", "nonce.tsr", "other.tsr"] {
        desk.write(name, fixture(name));
    }
    desk.write("self-signed.tsr", fixture("self-signed.tsr")).write("text", TEXT);
    desk
}

fn signer() -> Signer {
    let seed = std::array::from_fn(|at| at as u8);
    Signer::new("example.org/harbour".parse().unwrap(), Algorithm::Ed25519, seed)
}

/// The time that a fixture states.
fn time(name: &str) -> String {
    Timestamp::parse(&fixture(name)).unwrap().time()
}

#[test]
fn a_stamp_is_kept_shown_and_verified() {
    let mut desk = signed();
    let of = "of the checkpoint over 1 entry";
    let unvouched = ", for whom nobody vouches here: name who does with `--tsa-roots FILE`";
    let first = format!("time stamp 1 {of}: {} by `CN=Time Stamps R,O=Example`", time("rsa.tsr"));
    let second = format!("time stamp 2 {of}: {} by `CN=Time Stamps E,O=Example`", time("p256.tsr"));
    let added = desk.run(&["checkpoint", "--add-timestamp", "rsa.tsr"]);
    assert_eq!(added.shown(), format!("! kept: {first}{unvouched}\n"));
    let known = ", for whom a root that was named vouches";
    let added = desk.run(&["checkpoint", "--add-timestamp", "p256.tsr", "--tsa-roots", "root.pem"]);
    assert_eq!(added.shown(), format!("! kept: {second}{known}\n"));
    // The same again is the same.
    assert_eq!(
        desk.run(&["checkpoint", "--add-timestamp", "rsa.tsr"]).shown(),
        format!("! kept: {first}{unvouched}\n")
    );
    let checkpoint = desk.ok(&["checkpoint", "--key", "key"]);
    assert_eq!(desk.ok(&["checkpoint", "--list"]), format!("{checkpoint}{first}\n{second}\n"));
    // What the authority answered, byte for byte.
    desk.shell_ok("onrecord checkpoint --timestamp-response 2 > out.tsr && cmp out.tsr p256.tsr");

    let verified = desk.ok(&["verify"]);
    assert!(verified.contains(&format!("{first}{unvouched}\n{second}{unvouched}\n")), "{verified}");
    for named in [vec!["verify", "--tsa-roots", "root.pem"], vec!["verify", "--quick", "--tsa-roots", "root.pem"]] {
        let verified = desk.ok(&named);
        assert!(verified.contains(&format!("{first}{known}\n{second}{known}\n")), "{verified}");
    }
    desk.set("ONRECORD_TSA_ROOTS", "root.pem");
    assert!(desk.ok(&["verify"]).contains(known));
    let json: serde_json::Value = serde_json::from_str(&desk.ok(&["verify", "--format", "json"])).unwrap();
    assert_eq!(json["timestamps"][1]["vouched"], true);
    assert_eq!(json["timestamps"][1]["authority"], "CN=Time Stamps E,O=Example");
    desk.set("ONRECORD_TSA_ROOTS", "");
    std::fs::create_dir_all(desk.path().join(".config/onrecord")).unwrap();
    let roots = desk.path().join("root.pem").display().to_string();
    desk.write(".config/onrecord/config.toml", format!("tsa_roots = \"{roots}\"\n"));
    assert!(desk.ok(&["verify"]).contains(known));
    // The option goes before. Whoever is named has to vouch for all.
    let refused = desk.run(&["verify", "--tsa-roots", "other-root.pem"]);
    assert_eq!(refused.code, 4, "{}", refused.shown());
    let fault =
        "error: stored time stamp 1: the certificate of `CN=Time Stamps R,O=Example` leads to none of the roots given";
    assert!(refused.stderr.contains(fault), "{}", refused.shown());
    assert!(
        refused.stderr.contains("\nhint: name the certificate that vouches for the authority"),
        "{}",
        refused.shown()
    );
}

#[test]
fn what_is_no_stamp_of_a_kept_checkpoint_is_refused() {
    let desk = signed();
    let own = "--add-timestamp self-signed.tsr";
    for (arguments, code, words) in [
        ("--add-timestamp other.tsr", 3, "the time stamp is of none of the 1 checkpoints kept: its hash is "),
        (own, 3, "error: the time stamp: `CN=Nobody` vouches for themselves"),
        (&format!("{own} --tsa-roots root.pem"), 3, "error: the time stamp: `CN=Nobody` vouches for themselves"),
        ("--add-timestamp rsa.tsr --tsa-roots other-root.pem", 3, "leads to none of the roots given"),
        ("--add-timestamp rsa.tsr --tsa-roots text", 3, "error: text: there is no certificate in it"),
        ("--add-timestamp text", 3, "not the response of a time stamp authority"),
        ("--add-timestamp /dev/zero", 3, "error: /dev/zero: more than 1048576 bytes"),
        ("--add-timestamp none", 3, "error: reading none"),
        ("--timestamp-response 1", 3, "there is no time stamp 1: 0 are kept"),
        ("--timestamp ftp://tsa.example", 3, "found the scheme `ftp`"),
        ("--list --tsa-roots root.pem", 2, "`--tsa-roots` says whose time stamps are believed, and none is added here"),
        ("--timestamp-request --key key", 2, "cannot be used with"),
        ("--timestamp-request --add-timestamp rsa.tsr", 2, "cannot be used with"),
    ] {
        let arguments: Vec<&str> = ["checkpoint"].into_iter().chain(arguments.split(' ')).collect();
        let refused = desk.run(&arguments);
        assert!(refused.code == code && refused.stderr.contains(words), "{arguments:?}: {}", refused.shown());
        assert_eq!(refused.stdout, "", "{arguments:?}");
        assert!(refused.stderr.contains("hint: ") || code == 2 || words.contains("reading"), "{}", refused.shown());
    }
    assert_eq!(desk.ok(&["checkpoint", "--list"]), desk.ok(&["checkpoint", "--key", "key"]));
    // Whoever knows that certificate names it; who does not is told that nobody vouches for it.
    desk.ok(&["checkpoint", "--add-timestamp", "self-signed.tsr", "--tsa-roots", "self-signed.pem"]);
    assert!(desk.ok(&["verify", "--tsa-roots", "self-signed.pem"]).contains("vouches\n"));
    assert!(desk.ok(&["verify"]).contains("by `CN=Nobody`, for whom nobody vouches here"));
}

/// The request is for the last checkpoint that was kept, or for the one that is named.
#[test]
fn a_request_is_for_a_kept_checkpoint() {
    let desk = signed();
    let digest = |name: &str| desk.shell_ok(&format!("sha256sum {name} | cut -c1-64")).trim().to_string();
    let asked = |arguments: &str| {
        desk.shell_ok(&format!("onrecord checkpoint --timestamp-request {arguments} > head.tsq"));
        let request = std::fs::read(desk.path().join("head.tsq")).unwrap();
        request[24..56].iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    desk.shell_ok("onrecord checkpoint --list > first");
    assert_eq!(asked(""), digest("text"));
    desk.shell_ok(
        "printf '{\"name\": \"Harbour\"}' | onrecord entities add - && onrecord checkpoint --key key > second",
    );
    desk.shell_ok("head -3 second > longer");
    assert_eq!(asked(""), digest("longer"));
    assert_eq!(asked("--of first"), digest("text"));
    assert_eq!(asked("--of second"), digest("longer"));
    // One that was signed and is not kept, as in a copy of the ledger that was made before.
    desk.shell_ok("onrecord load record --ledger copy.db 2> /dev/null");
    let refused = desk.run(&["checkpoint", "--timestamp-request", "--of", "second", "--ledger", "copy.db"]);
    assert!(refused.code == 3 && refused.stderr.contains("it is none of those that are kept"), "{}", refused.shown());
    // Two requests for one checkpoint are two.
    let request = |desk: &Desk| desk.shell_ok("onrecord checkpoint --timestamp-request | sha256sum");
    assert_ne!(request(&desk), request(&desk));
    // The first stamp is told with the first checkpoint.
    desk.ok(&["checkpoint", "--add-timestamp", "rsa.tsr"]);
    let listed = desk.ok(&["checkpoint", "--list"]);
    let read = |name: &str| std::fs::read_to_string(desk.path().join(name)).unwrap();
    assert!(listed.starts_with(&format!("{}time stamp 1 of the checkpoint over 1 entry: ", read("first"))), "{listed}");
    assert!(listed.ends_with(&format!("\n\n{}", read("second"))), "{listed}");
}

/// An authority on the web, by the library: the request is the one that its answer was made for.
#[test]
fn an_answer_is_one_to_the_request() {
    let desk = signed();
    let path = desk.path().join("onrecord.db");
    let mut ledger = Ledger::open(
        &path,
        onrecord::ledger::Desk { salt: Box::new(|| u128::from(NONCE).to_be_bytes()), ..crate::ledger::desk() },
    )
    .unwrap();
    let request = ledger.timestamp_request(None).unwrap();
    assert_eq!((request.bytes.clone(), request.entries), (fixture("nonce.tsq"), 1));
    let refused = |outcome: Result<_, LedgerError>| match outcome {
        Err(LedgerError::Refused(refusal)) => refusal.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("not refused"),
    };
    let known = roots("root.pem");
    // Those of another time, and of another checkpoint.
    assert!(refused(ledger.add_timestamp(&fixture("p256.tsr"), Some(&request), &known)).contains("the nonce"));
    assert!(
        refused(ledger.add_timestamp(&fixture("other.tsr"), Some(&request), &known)).contains("it is of other bytes")
    );
    assert!(ledger.timestamps().unwrap().is_empty());
    let kept = ledger.add_timestamp(&fixture("nonce.tsr"), Some(&request), &known).unwrap();
    assert_eq!((kept.number, kept.entries, kept.vouched), (1, 1, Some(true)));
    assert_eq!(ledger.timestamp_response(1).unwrap(), fixture("nonce.tsr"));
}

/// An authority on the web, and what it may answer.
#[test]
fn an_authority_is_asked() {
    let desk = signed();
    let server = Server::start();
    let ask = || desk.run(&["checkpoint", "--timestamp", &server.address]);
    let reply = "200 OK\r\nContent-Type: application/timestamp-reply";
    for (head, body, words) in [
        (reply, fixture("p256.tsr"), "it answers another request: the nonce that was sent is not in it"),
        (reply, fixture("policy.tsr"), "the authority gave none, and answered rejection: policy not accepted"),
        (reply, b"<html>".to_vec(), "not the response of a time stamp authority"),
        (reply, vec![0; MAX_RESPONSE_BYTES + 1], "expected at most 1048576 bytes from `http://"),
        ("503 Busy", Vec::new(), "found 503"),
        ("302 Found\r\nLocation: /elsewhere", Vec::new(), "found 302"),
    ] {
        server.serve(head, body);
        let refused = ask();
        assert!(refused.code == 3 && refused.stderr.contains(words), "{words}: {}", refused.shown());
        assert!(refused.stderr.contains("hint: ") && refused.stdout.is_empty(), "{}", refused.shown());
    }
    let text = desk.ok(&["checkpoint", "--list"]);
    assert!(!text.contains("time stamp"), "{text}");
    if !has_openssl() {
        return;
    }
    // One that is really there: an authority of OpenSSL, made for this.
    desk.write("openssl.cnf", AUTHORITY);
    desk.shell_ok(
        "export OPENSSL_CONF=openssl.cnf
         openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -subj /CN=Root -extensions ca -days 9 -out ca.pem
         openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -subj /CN=Authority -out tsa.csr
         openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 9 -extfile openssl.cnf -extensions tsa -out tsa.pem
         echo 01 > serial",
    );
    let folder = desk.path().to_path_buf();
    server.answer(move |request| {
        let head = String::from_utf8_lossy(request).to_lowercase();
        assert!(
            head.starts_with("post / ") && head.contains("content-type: application/timestamp-query\r\n"),
            "{head}"
        );
        std::fs::write(folder.join("asked.tsq"), body_of(request).unwrap()).unwrap();
        let mut openssl = Command::new("openssl");
        openssl.args(["ts", "-reply", "-config", "openssl.cnf", "-section", "ts", "-queryfile", "asked.tsq"]);
        openssl.args(["-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "answer.tsr"]).current_dir(&folder);
        let done = openssl.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        (reply.to_string(), std::fs::read(folder.join("answer.tsr")).unwrap())
    });
    let stamped = desk.run(&["checkpoint", "--timestamp", &server.address, "--tsa-roots", "ca.pem"]);
    assert!(stamped.code == 0 && stamped.stdout.is_empty(), "{}", stamped.shown());
    assert!(stamped.stderr.starts_with("kept: time stamp 1 of the checkpoint over 1 entry: 2"), "{}", stamped.shown());
    assert!(
        stamped.stderr.ends_with("Z by `CN=Authority`, for whom a root that was named vouches\n"),
        "{}",
        stamped.shown()
    );
    assert!(desk.ok(&["verify", "--tsa-roots", "ca.pem"]).contains("vouches\n"));
    // A third person has the first lines of the checkpoint, the response, and OpenSSL.
    desk.shell_ok("onrecord checkpoint --timestamp-response 1 > head.tsr && onrecord checkpoint --key key > head.txt");
    let checked =
        desk.shell("sed '/^$/,$d' head.txt > text && openssl ts -verify -data text -in head.tsr -CAfile ca.pem 2>&1");
    assert!(checked.code == 0 && checked.stdout.contains("Verification: OK"), "{}", checked.shown());
}

const AUTHORITY: &str = "[req]\ndistinguished_name = name\n[name]\n[ca]\nbasicConstraints = critical, CA:TRUE\n\
    [tsa]\nextendedKeyUsage = critical, timeStamping\n\
    [ts]\nserial = serial\ndefault_policy = 1.2.3\nsigner_digest = sha256\ndigests = sha256\ness_cert_id_alg = sha256\n";

/// A machine that builds Rust need not have it; CI does, and says so with ONRECORD_PEERS.
fn has_openssl() -> bool {
    let is_there = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    assert!(is_there || std::env::var_os("ONRECORD_PEERS").is_none(), "there is no program `openssl`");
    is_there
}

/// Behind the program's back: every column of every stamp, one taken out, and the checkpoint that it is of.
#[test]
fn damage_to_a_stamp_is_told() {
    let desk = signed();
    desk.ok(&["checkpoint", "--add-timestamp", "rsa.tsr"]);
    desk.ok(&["checkpoint", "--add-timestamp", "p256.tsr"]);
    let path = desk.path().join("onrecord.db");
    for statement in [
        "UPDATE timestamp SET response = x'00'",
        "DELETE FROM timestamp",
        "INSERT OR REPLACE INTO timestamp SELECT number, sha256, x'00' FROM timestamp",
        "INSERT OR REPLACE INTO timestamp SELECT number + 7, sha256, response FROM timestamp",
    ] {
        let error = crate::ledger::sql(&path, statement).unwrap_err().to_string();
        assert!(error.contains("time stamps are kept as they were given"), "{statement}: {error}");
    }
    assert!(desk.ok(&["verify"]).contains("everything holds"));
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let other = digits(&fixture("other.tsr"));
    let digest = onrecord::domain::id::Digest::of(&fixture("other.tsr"));
    // Granted with changes: nobody signs that.
    let mut unsigned = fixture("p256.tsr");
    unsigned[8] = 1;
    assert!(Timestamp::parse(&unsigned).is_ok());
    let unsigned = format!("UPDATE timestamp SET response = x'{}' WHERE number = 2", digits(&unsigned));
    for (statement, words) in [
        (unsigned.as_str(), "stored time stamp 2 does not match its hash"),
        ("UPDATE timestamp SET sha256 = zeroblob(32) WHERE number = 1", "stored time stamp 1 does not match its hash"),
        ("DELETE FROM timestamp WHERE number = 1", "stored time stamp 1 is missing"),
        ("UPDATE timestamp SET number = 4 WHERE number = 2", "stored time stamp 2 is missing"),
        (
            &format!("UPDATE timestamp SET response = x'{other}', sha256 = x'{digest}' WHERE number = 1"),
            "stored time stamp 1 is of none of the checkpoints stored: its hash is ",
        ),
        ("DELETE FROM checkpoint", "stored time stamp 1 is of none of the checkpoints stored: its hash is 93966c89"),
        ("DROP TABLE timestamp", "no such table"),
    ] {
        let changed = desk.path().join("changed.db");
        std::fs::copy(&path, &changed).unwrap();
        crate::damage::tampered(&changed, statement);
        let told = desk.run(&["verify", "--ledger", "changed.db"]);
        assert!(told.code == 4 && told.stderr.contains(words), "{statement}: {}", told.shown());
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(desk.path().join(format!("changed.db{suffix}")));
        }
    }
}

#[test]
fn stamps_go_with_the_record() {
    let desk = signed();
    desk.ok(&["checkpoint", "--add-timestamp", "rsa.tsr"]);
    desk.ok(&["checkpoint", "--add-timestamp", "p256.tsr"]);
    let exported = desk.run(&["export", "out"]);
    assert!(exported.stderr.contains("1 checkpoint, 2 time stamps\n"), "{}", exported.shown());
    desk.ok(&["export", "out.tar"]);
    desk.shell_ok("cmp out/timestamps/0001.tsr rsa.tsr && cmp out/timestamps/0002.tsr p256.tsr");
    let names = "checkpoints/0001.txt\nentries.jsonl\ntimestamps/0001.tsr\ntimestamps/0002.tsr\n";
    assert_eq!(desk.shell_ok("tar tf out.tar"), names);
    for (from, to) in [("out", "one.db"), ("out.tar", "two.db")] {
        desk.ok(&["load", from, "--ledger", to]);
        assert_eq!(desk.ok(&["checkpoint", "--list", "--ledger", to]), desk.ok(&["checkpoint", "--list"]));
        assert!(desk.ok(&["verify", "--ledger", to, "--tsa-roots", "root.pem"]).contains("vouches\n"));
    }
    for (change, words) in [
        ("cp other.tsr bad/timestamps/0002.tsr", "time stamp 2: it is of no checkpoint that is there"),
        ("cp rsa.tsr bad/timestamps/0002.tsr", "time stamp 2: it is there twice"),
        ("echo > bad/timestamps/0001.tsr", "time stamp 1: not the response of a time stamp authority"),
        ("rm bad/checkpoints/0001.txt", "time stamp 1: it is of no checkpoint that is there"),
        ("rm bad/timestamps/0001.tsr", "`timestamps/0001.tsr` is missing"),
        ("mv bad/timestamps/0002.tsr bad/timestamps/2.tsr", "`timestamps/2.tsr` is not the name of anything"),
        ("truncate -s 2M bad/timestamps/0001.tsr", "has 2097152 bytes: expected 1048576 at most"),
    ] {
        desk.shell_ok(&format!("rm -rf bad && cp -r out bad && {change}"));
        let refused = desk.run(&["load", "bad", "--ledger", "bad.db"]);
        assert!(refused.code == 3 && refused.stderr.contains(words), "{change}: {}", refused.shown());
    }
}
