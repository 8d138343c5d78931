//! Every input that is kept, on the compiler that everything else is built with and without a fuzzer.

use std::path::Path;

const TARGETS: [(&str, fn(&[u8])); 9] = [
    ("archive", onrecord_fuzz::archive),
    ("capture", onrecord_fuzz::capture),
    ("entry", onrecord_fuzz::entry),
    ("figures", onrecord_fuzz::figures),
    ("jsonl", onrecord_fuzz::jsonl),
    ("proof", onrecord_fuzz::proof),
    ("quotes", onrecord_fuzz::quotes),
    ("table", onrecord_fuzz::table),
    ("toml", onrecord_fuzz::toml_files),
];

#[test]
fn what_is_kept_holds() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let mut n_inputs = 0;
        for input in std::fs::read_dir(&folder).expect("there is a corpus for each target") {
            let path = input.expect("an input").path();
            println!("{}", path.display());
            target(&std::fs::read(&path).expect("an input"));
            n_inputs += 1;
        }
        assert!(n_inputs > 0, "{name}: no inputs");
    }
}
