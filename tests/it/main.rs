//! The integration tests: one program, a module a subject.

mod capture;
mod commands;
mod damage;
mod desk;
mod docs;
mod errors;
mod export;
mod faults;
mod figures;
mod figures_page;
mod hostile;
mod json;
mod kill;
mod layers;
mod ledger;
mod load;
mod merge;
mod notes;
mod proofs;
mod quotes;
mod record;
mod released;
mod replay;
mod schema;
mod tables;
mod timestamps;
mod tree;
mod truth;
mod verdicts;
mod watch;
mod worked;

/// A file without its `mod` line would never run.
#[test]
fn no_file_is_forgotten() {
    let folder = desk::repository().join("tests/it");
    let listed = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    let mut forgotten = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        if module != "main" && !listed.lines().any(|line| line == format!("mod {module};")) {
            forgotten.push(name);
        }
    }
    assert!(forgotten.is_empty(), "add a `mod` line to tests/it/main.rs for {forgotten:?}");
}
