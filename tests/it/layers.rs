//! The floors of the house (ARCHITECTURE.md): a file imports from lower floors only, and neighbours on a floor do not
//! import each other. In one package the compiler does not hold this, so this test reads the imports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Module and floor. A module that is not listed fails the test, so that nobody forgets to give it a place.
const FLOORS: [(&str, u32); 11] = [
    ("domain", 0),
    ("capture", 1),
    ("figure", 1),
    ("quote", 1),
    ("record", 1),
    ("reconcile", 1),
    ("archive", 2),
    ("store", 2),
    ("report", 2),
    ("ledger", 3),
    ("cli", 5),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The modules that a source text names after `crate::`, in `use` lines and in paths alike. Comments do not count.
fn imports(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for rest in line.split("crate::").skip(1) {
            let names = match rest.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap_or_default().split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let name: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push(name);
            }
        }
    }
    found
}

/// The complaints about a file of `module` with this source.
fn complaints(module: &str, source: &str) -> Vec<String> {
    let floors: BTreeMap<&str, u32> = FLOORS.into_iter().collect();
    let here = floors[module];
    let above = |name: &String| match floors.get(name.as_str()) {
        Some(floor) => name != module && *floor >= here,
        None => true,
    };
    imports(source).into_iter().filter(above).collect()
}

#[test]
fn imports_only_go_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let floors: BTreeMap<&str, u32> = FLOORS.into_iter().collect();
    let mut wrong = Vec::new();
    for file in rust_files(&root) {
        let inside = file.strip_prefix(&root).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        if matches!(module, "lib.rs" | "main.rs") {
            continue;
        }
        assert!(floors.contains_key(module), "src/{module} has no floor: give it one in ARCHITECTURE.md and here");
        let source = std::fs::read_to_string(&file).unwrap();
        for name in complaints(module, &source) {
            wrong.push(format!("src/{} imports crate::{name}", inside.display()));
        }
        // Two steps up may leave the module without naming the one it enters.
        if source.split("#[cfg(test)]").next().unwrap_or_default().contains("super::super::") {
            wrong.push(format!("src/{} imports super::super", inside.display()));
        }
    }
    assert!(wrong.is_empty(), "imports that do not go down:\n{}", wrong.join("\n"));
}

#[test]
fn the_check_can_fail() {
    assert_eq!(complaints("figure", "use crate::domain::decimal::Decimal;"), Vec::<String>::new());
    assert_eq!(complaints("figure", "use crate::quote::find;"), ["quote"]);
    assert_eq!(complaints("store", "fn f() { crate::ledger::open() }"), ["ledger"]);
    assert_eq!(complaints("store", "use crate::{domain, cli};"), ["cli"]);
    assert_eq!(complaints("store", "use crate::new_module::x;"), ["new_module"]);
    assert_eq!(complaints("store", "// crate::cli is above"), Vec::<String>::new());
}

/// The library may not print, exit, or read the environment: only `cli` does.
#[test]
fn only_the_command_line_talks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let words = ["println!", "print!", "eprintln!", "eprint!", "std::env::", "process::exit", "Utc::now", "SystemTime"];
    let mut wrong = Vec::new();
    for file in rust_files(&root) {
        let inside = file.strip_prefix(&root).unwrap();
        if inside.starts_with("cli") || inside == Path::new("main.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&file).unwrap();
        // Tests at the end of a file may do as they like, and comments may speak of anything.
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            wrong.extend(
                words
                    .iter()
                    .filter(|word| line.contains(*word))
                    .map(|word| format!("src/{}: {word}", inside.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
