//! A world of claims to measure a ledger with, and the bare inserts to measure it against; `ledger.py` runs both.
//!
//! `ledger world CLAIMS FOLDER` writes the pages of 400 sources, `claims.jsonl` for `log`, and `table.csv` with `map.toml`
//! for `import`: about an eighth as many questions as claims, of skewed sizes, an eighth of them disputed, three origins
//! to ten sources. The same number gives the same world.
//!
//! `ledger raw LEDGER` inserts the rows of a ledger's tables into a new file with the same schema, in one transaction,
//! and prints the seconds that the inserts and the commit took; reading them is not counted.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

const SOURCES: usize = 400;
const ORIGINS: usize = SOURCES * 3 / 10;
const PREDICATES: [&str; 5] =
    ["investment", "acquisition-price", "compensation-offer", "compensation-received", "amount"];
/// The tables that logging writes, parents first.
const TABLES: [&str; 11] = [
    "entry",
    "entry_body",
    "source",
    "snapshot",
    "entity",
    "alias",
    "question",
    "claim",
    "statement",
    "speaker",
    "position",
];
/// Rows that are held in memory at a time.
const CHUNK: usize = 100_000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["world", claims, folder] => world(claims.parse().expect("a number of claims"), Path::new(folder)),
        ["raw", ledger] => println!("{:.3}", raw(Path::new(ledger)).as_secs_f64()),
        // As `cargo bench` and `cargo test --benches` call it.
        [] => println!("ledger world CLAIMS FOLDER | ledger raw LEDGER; see benches/ledger.py"),
        other => panic!("world CLAIMS FOLDER or raw LEDGER expected, found {other:?}"),
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn world(n_claims: usize, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let file = |name: &str| BufWriter::with_capacity(1 << 20, File::create(folder.join(name)).unwrap());
    let mut random = Random(1);
    let n_questions = (n_claims / 8).max(1);
    let values: Vec<(usize, bool)> =
        (0..n_questions).map(|_| (1 + random.below(9000), random.share() < 0.12)).collect();
    let mut said: Vec<Vec<(usize, usize, usize)>> = vec![Vec::new(); SOURCES];
    for claim in 0..n_claims {
        // Every question has one claim; of the others the first questions have more.
        let question = match claim < n_questions {
            true => claim,
            false => (n_questions as f64 * random.share().powf(1.6)) as usize,
        };
        let (value, disputed) = values[question];
        let value = if disputed && random.share() < 0.3 { value * 2 + 1 } else { value };
        said[random.below(SOURCES)].push((claim, question, value));
    }
    let (mut claims, mut table) = (file("claims.jsonl"), file("table.csv"));
    writeln!(table, "who,what,fact,value").unwrap();
    // Page by page, as people log.
    for (source, said) in said.iter().enumerate() {
        let (mut page, origin) = (file(&format!("page-{source}.txt")), source % ORIGINS);
        for &(claim, question, value) in said {
            let predicate = PREDICATES[question % PREDICATES.len()];
            let subject = format!("Company {}", letters(question / PREDICATES.len()));
            let quote = format!("In the matter of {}, {subject} came to {value} million dollars", letters(claim));
            writeln!(page, "{quote}.").unwrap();
            writeln!(
                claims,
                r#"{{"source":"https://p{source}.example/a","quote":"{quote}","subject":"{subject}","predicate":"{predicate}","by":["Agency {origin}","Paper {source}"]}}"#
            )
            .unwrap();
            writeln!(table, "Paper {source},{subject},{predicate},{value} million dollars").unwrap();
        }
    }
    let mut map = file("map.toml");
    writeln!(map, "[columns]\nsource = \"who\"\nentity = \"what\"\nattribute = \"fact\"\nvalue = \"value\"").unwrap();
    for predicate in PREDICATES {
        writeln!(map, "[predicates.{predicate}]\nkind = \"figure\"").unwrap();
    }
}

/// A number that nobody takes for a figure: without vowels no word for one comes of it.
fn letters(mut number: usize) -> String {
    const LETTERS: &[u8; 20] = b"bcdfghjklmnpqrstvwxz";
    let mut word = String::new();
    while word.is_empty() || number > 0 {
        word.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
    }
    word
}

fn raw(ledger: &Path) -> Duration {
    let from = Connection::open(ledger).unwrap();
    let folder = tempfile::tempdir_in(ledger.parent().unwrap()).unwrap();
    let mut to = Connection::open(folder.path().join("raw.db")).unwrap();
    to.pragma_update(None, "journal_mode", "wal").unwrap();
    to.pragma_update(None, "synchronous", "full").unwrap();
    to.pragma_update(None, "cache_size", -(256 << 10)).unwrap();
    to.pragma_update(None, "temp_store", "memory").unwrap();
    to.execute_batch(include_str!("../schema.sql")).unwrap();
    let mut spent = Duration::ZERO;
    let transaction = to.transaction().unwrap();
    for table in TABLES {
        let mut select = from.prepare(&format!("SELECT * FROM {table} ORDER BY rowid")).or_else(|_| {
            // Without a row id they stand in the order of their key.
            from.prepare(&format!("SELECT * FROM {table}"))
        });
        let select = select.as_mut().unwrap();
        let width = select.column_count();
        let places = vec!["?"; width].join(", ");
        let mut insert = transaction.prepare(&format!("INSERT INTO {table} VALUES ({places})")).unwrap();
        let mut rows = select.query([]).unwrap();
        loop {
            let mut chunk: Vec<Vec<Value>> = Vec::new();
            while chunk.len() < CHUNK
                && let Some(row) = rows.next().unwrap()
            {
                chunk.push((0..width).map(|column| row.get(column).unwrap()).collect());
            }
            if chunk.is_empty() {
                break;
            }
            let start = Instant::now();
            for row in &chunk {
                insert.execute(params_from_iter(row)).unwrap();
            }
            spent += start.elapsed();
        }
    }
    let start = Instant::now();
    transaction.commit().unwrap();
    spent + start.elapsed()
}
