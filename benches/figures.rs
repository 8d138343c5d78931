//! How fast figures are read: `cargo bench --bench figures`. The articles of `examples/` and, for the languages without one,
//! paragraphs of our own sentences; then texts made to be slow.

use std::path::Path;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use onrecord::figure::find;

fn main() {
    divan::main();
}

/// The articles of a language as one text.
fn articles(language: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/meta-openai");
    let mut names: Vec<_> = std::fs::read_dir(folder).expect("the examples are there").flatten().collect();
    names.sort_by_key(|entry| entry.file_name());
    let of_language = names.iter().filter(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().rsplit('.').nth(1) == Some(language)
    });
    let texts = of_language.map(|entry| {
        let bytes = std::fs::read(entry.path()).expect("the examples are files");
        let read =
            onrecord::capture::read(&bytes, &onrecord::capture::Hints::default()).expect("the examples are pages");
        read.text.content
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

/// The sentences of a language of our own corpus, in paragraphs of four.
fn sentences(language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/figures/{language}.jsonl"));
    let file = std::fs::read_to_string(path).expect("the corpus is there");
    let text = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).expect("JSON")["text"].as_str().map(str::to_string)
    };
    let texts: Vec<String> = file.lines().filter_map(text).collect();
    texts.chunks(4).map(|few| few.join(" ")).collect::<Vec<_>>().join("\n\n")
}

fn read(bencher: Bencher, language: &str, text: String) {
    find(&text, language);
    bencher.counter(BytesCount::of_str(&text)).bench(|| find(black_box(&text), language));
}

#[divan::bench(args = ["en", "fr", "de", "es"])]
fn article(bencher: Bencher, language: &str) {
    read(bencher, language, articles(language));
}

#[divan::bench(args = ["en", "fr", "de", "es", "it", "pt", "nl"])]
fn sentences_full_of_figures(bencher: Bencher, language: &str) {
    read(bencher, language, sentences(language));
}

#[divan::bench(args = ["en", "de"])]
fn an_article_of_unknown_language(bencher: Bencher, language: &str) {
    read(bencher, "und", articles(language));
}

/// Ten megabytes of the same again and again.
#[divan::bench(args = ["7", " ", "million ", "hundred and ", "7 ", "1 000 ", "$ ", "between ", "1, ", "one "], sample_count = 5)]
fn ten_megabytes(bencher: Bencher, unit: &str) {
    read(bencher, "en", unit.repeat(10_000_000 / unit.len()));
}
