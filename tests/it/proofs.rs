//! Proofs of claims, as a third person checks them: by `verify-proof`, and by a program in another language.

use std::process::Command;

use serde_json::{Value, json};

use crate::desk::{Desk, Outcome, repository};

/// Makes a ledger with claims of every kind and rows of a table, signs it, and proves each claim. Answers the verifier key
/// and the proofs.
fn proofs(desk: &Desk) -> (String, Vec<Value>) {
    desk.shell_ok(
        "onrecord demo > /dev/null
         printf 'who,what,fact,value\\nStar,Meta,valuation,\"$1.5 trillion\"\\nPost,Meta,valuation,$1.4 trillion\\n' > table.csv
         printf '[columns]\\nsource = \"who\"\\nentity = \"what\"\\nattribute = \"fact\"\\nvalue = \"value\"\\n[predicates.valuation]\\nkind = \"figure\"\\n' > map.toml
         onrecord --ledger onrecord-demo.db import table.csv --map map.toml --publisher Desk --lang en-US
         onrecord --ledger onrecord-demo.db key new --key key > verifier
         onrecord --ledger onrecord-demo.db checkpoint --key key",
    );
    let verifier = std::fs::read_to_string(desk.path().join("verifier")).unwrap().trim().to_string();
    let claims: Value =
        serde_json::from_str(&desk.ok(&["--ledger", "onrecord-demo.db", "claims", "--format", "json"])).unwrap();
    let prove = |claim: &Value| {
        let proof = desk.ok(&["--ledger", "onrecord-demo.db", "prove", claim["id"].as_str().unwrap()]);
        serde_json::from_str(&proof).unwrap()
    };
    (verifier, claims.as_array().unwrap().iter().map(prove).collect())
}

/// A proof with something in it that is not so: another claim, entry, record, place.
fn twisted(proof: &Value, other: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for field in ["claim", "header", "salt", "body", "proof"] {
        all.push((format!("the {field} of another"), {
            let mut twisted = proof.clone();
            twisted[field] = other[field].clone();
            twisted
        }));
        let text = proof[field].as_str().unwrap();
        // Some of its characters, one after the other.
        for at in (0..text.len()).step_by(text.len().div_ceil(7)).filter(|at| text.is_char_boundary(*at)) {
            let Some(found) = text[at..].chars().next().filter(char::is_ascii_alphanumeric) else { continue };
            let put = if found == '0' { "1" } else { "0" };
            let mut twisted = proof.clone();
            twisted[field] = json!(format!("{}{put}{}", &text[..at], &text[at + 1..]));
            all.push((format!("character {at} of the {field}"), twisted));
        }
    }
    let mut more = proof.clone();
    more["ordinal"] = json!(proof["ordinal"].as_u64().map_or(1, |ordinal| ordinal + 1));
    all.push(("another ordinal".to_string(), more));
    all
}

fn check(desk: &Desk, proof: &Value, verifier: &str) -> Outcome {
    desk.write("proof", proof.to_string());
    desk.run(&["verify-proof", "proof", "--key", verifier])
}

#[test]
fn every_claim_is_proven_and_nothing_twisted_is() {
    let desk = Desk::new();
    let (verifier, proofs) = proofs(&desk);
    assert!(proofs.len() > 50);
    for proof in &proofs {
        let outcome = check(&desk, proof, &verifier);
        assert_eq!(outcome.code, 0, "{}", outcome.shown());
    }
    for (at, other) in [(0, 1), (proofs.len() - 1, 0)] {
        for (what, twisted) in twisted(&proofs[at], &proofs[other]) {
            let outcome = check(&desk, &twisted, &verifier);
            assert_eq!(outcome.code, 4, "{what}: {}", outcome.shown());
        }
    }
}

/// `examples/verify_proof.py`, written from docs/record-format.md alone. It needs Python and its package `cryptography`,
/// which a machine that builds Rust need not have; CI does, and says so with ONRECORD_PEERS.
#[test]
fn a_program_in_another_language_says_the_same() {
    let has_package =
        Command::new("python3").args(["-c", "import cryptography"]).output().is_ok_and(|o| o.status.success());
    if !has_package {
        assert!(std::env::var_os("ONRECORD_PEERS").is_none(), "python3 has no package `cryptography`");
        eprintln!("passed over: python3 or its package `cryptography` is missing");
        return;
    }
    let desk = Desk::new();
    let (verifier, proofs) = proofs(&desk);
    let program = repository().join("examples/verify_proof.py");
    let n_lines = std::fs::read_to_string(&program).unwrap().lines().count();
    assert!(n_lines < 120, "{n_lines} lines");
    let run = |proof: &Value| {
        desk.write("proof", proof.to_string());
        Outcome::of(desk.command("python3").arg(&program).args(["proof", &verifier]))
    };
    for proof in proofs.iter().step_by(9).chain(proofs.last()) {
        let outcome = run(proof);
        assert_eq!(outcome.code, 0, "{}", outcome.shown());
        assert!(outcome.stdout.starts_with(&format!("proven: claim {}", proof["claim"].as_str().unwrap())));
    }
    for (what, twisted) in twisted(&proofs[2], &proofs[3]) {
        let outcome = run(&twisted);
        assert_eq!(outcome.code, 4, "{what}: {}", outcome.shown());
    }
}
