//! Pages that are made from the program stay true to it: `UPDATE_DOCS=1 cargo test` writes them anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use onrecord::domain::figure::Hedge;
use onrecord::domain::verdict::{PairVerdict, QuestionVerdict, Reason};
use onrecord::report::Language;

use crate::desk::Desk;

pub fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Compares a page with what it should be, or writes it.
pub fn check_page(name: &str, expected: &str) {
    let path = page(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{name} is not what the program says; `UPDATE_DOCS=1 cargo test` writes it anew");
}

#[test]
fn commands_are_documented() {
    let mut out = String::from(
        "# Commands\n\nWhat `onrecord --help` says of each. Exit codes: 0 done; 1 findings, when asked to check; 2 usage; 3 refused\n\
         input; 4 the record does not hold together; 70 a fault of onrecord. Data goes to standard output, the rest to standard error.\n",
    );
    let mut reference = onrecord::cli::reference().term_width(100);
    reference.build();
    document(&mut reference, "onrecord", &mut out);
    check_page("docs/commands.md", &out);
}

fn document(command: &mut clap::Command, path: &str, out: &mut String) {
    out.push_str(&format!("\n## {path}\n\n"));
    let help = command.render_long_help().to_string();
    for line in help.trim_end().lines() {
        out.push_str(&if line.trim().is_empty() { "\n".to_string() } else { format!("    {}\n", line.trim_end()) });
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_string()).collect();
    for name in names.iter().filter(|name| *name != "help") {
        document(command.find_subcommand_mut(name).unwrap(), &format!("{path} {name}"), out);
    }
}

/// What stands between two marks of a page.
pub fn between(page: &str, mark: &str, block: &str) -> String {
    let (before, rest) = page.split_once(&format!("<!-- {mark} -->\n")).expect("the mark before");
    let (_, after) = rest.split_once(&format!("<!-- /{mark} -->")).expect("the mark after");
    format!("{before}<!-- {mark} -->\n{block}<!-- /{mark} -->{after}")
}

/// Every verdict and every reason has a worked example in `docs/verdicts.md`, and each of them comes out as it says.
#[test]
fn verdicts_are_documented() {
    let written = std::fs::read_to_string(page("docs/verdicts.md")).unwrap();
    let mut table = String::from("| reason | in words |\n| --- | --- |\n");
    for reason in Reason::ALL {
        table.push_str(&format!("| `{}` | {} |\n", reason.name(), Language::En.explained(*reason)));
    }
    // The table of the terms stands with the code that counts them.
    let code = include_str!("../../src/reconcile/severity.rs").lines().filter_map(|line| line.strip_prefix("//! |"));
    let severity: String = code.map(|row| format!("|{row}\n")).collect();
    let written = between(&between(&written, "reasons", &table), "severity", &severity);
    let (mut misses, mut verdicts, mut reasons) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for block in written.split("```text\n").skip(1) {
        for case in crate::worked::cases(block.split("```").next().unwrap()) {
            misses.extend(case.misses());
            verdicts.insert(case.verdict);
            reasons.extend(case.reasons);
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
    assert_eq!(verdicts.len(), 5, "{verdicts:?}");
    // These need other questions: they are in the session.
    let (before, rest) = written.split_once("```console\n").expect("the session");
    let (session, after) = rest.split_once("```\n").expect("its end");
    let played = crate::commands::played(session, &Desk::new());
    let evened = played.split_whitespace().collect::<Vec<_>>().join(" ");
    for reason in [Reason::OtherQuestion, Reason::PercentForPoints, Reason::Rate] {
        assert!(evened.contains(Language::En.explained(reason)), "{played}");
        reasons.insert(reason);
    }
    check_page("docs/verdicts.md", &format!("{before}```console\n{played}```\n{after}"));
    let missing: Vec<&Reason> = Reason::ALL.iter().filter(|reason| !reasons.contains(reason)).collect();
    assert!(missing.is_empty(), "no example for {missing:?}");
}

#[test]
fn every_word_of_a_verdict_is_in_the_docs() {
    let glossary = std::fs::read_to_string(page("docs/glossary.md")).unwrap();
    let claims = std::fs::read_to_string(page("docs/claims.md")).unwrap();
    use PairVerdict::{Changed, Conflict, Consistent, NotComparable, Tension};
    for verdict in [Consistent, Changed, NotComparable, Tension, Conflict] {
        assert!(glossary.contains(verdict.name()), "{} is not in docs/glossary.md", verdict.name());
    }
    use QuestionVerdict::{Agreed, Alone, Contradicted};
    for verdict in [Alone, Agreed, QuestionVerdict::Tension, Contradicted] {
        assert!(glossary.contains(verdict.name()), "{} is not in docs/glossary.md", verdict.name());
    }
    for (name, _) in Hedge::NAMED {
        assert!(claims.contains(&format!("`{name}`")), "{name} is not in docs/claims.md");
    }
    for key in onrecord::domain::claim::QUALIFIER_KEYS {
        assert!(claims.contains(&format!("`{key}`")), "{key} is not in docs/claims.md");
    }
}

/// README shows what the demo prints: its first two findings.
#[test]
fn readme_shows_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .arg("demo")
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .env("ONRECORD_ACTOR", "human:you")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let printed = String::from_utf8(demo.stdout).unwrap();
    let shown: Vec<&str> = printed.split("\n\n").take(2).collect();
    assert!(shown.iter().all(|finding| finding.starts_with("CONTRADICTED")), "{printed}");
    let readme = std::fs::read_to_string(page("README.md")).unwrap();
    let (before, rest) = readme.split_once("<!-- demo -->\n").expect("the mark before the demo");
    let (_, after) = rest.split_once("<!-- /demo -->").expect("the mark after the demo");
    let block = format!("```text\n{}\n```\n", shown.join("\n\n"));
    check_page("README.md", &format!("{before}<!-- demo -->\n{block}<!-- /demo -->{after}"));
}

/// The links of the front page lead somewhere.
#[test]
fn links_lead_somewhere() {
    let mut files = vec![page("README.md"), page("ARCHITECTURE.md"), page("CONTRIBUTING.md")];
    files.extend(
        std::fs::read_dir(page("docs")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()),
    );
    let mut checked = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") || link.starts_with('#') || link.contains(' ') {
                continue;
            }
            checked += 1;
            assert!(file.parent().unwrap().join(link).exists(), "{}: {link} leads nowhere", file.display());
        }
    }
    assert!(checked >= 5, "only {checked} links were found to check");
}
