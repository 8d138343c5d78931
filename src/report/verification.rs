//! Whether a ledger holds what its record says, and what a proof proves.

use serde_json::{Value, json};

use super::sheet::Sheet;
use super::words::counted;
use super::{Layout, Listing, clean};
use crate::domain::listing::{ProvenView, TimestampView, VerificationView};

/// What came of checking a ledger.
pub struct Verification<'a>(pub &'a VerificationView);

impl Listing for Verification<'_> {
    fn items(&self) -> Vec<Value> {
        vec![json!(self.0)]
    }

    fn json(&self) -> Value {
        json!(self.0)
    }

    /// A row for every fault.
    fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(&["entry", "fault"], "everything holds");
        for fault in &self.0.faults {
            sheet.push(vec![fault.entry.map_or_else(String::new, |entry| entry.to_string()), clean(&fault.what)]);
        }
        sheet
    }

    fn table(&self, _: Layout) -> String {
        let view = self.0;
        let mut lines = vec![format!("record {}: {}", clean(&view.origin), counted(view.entries as usize, "entry"))];
        lines.extend(view.root.map(|root| format!("root {root}")));
        lines.push(format!("{} snapshots, texts and layouts hashed", view.bytes));
        lines.extend(view.quotes.map(|quotes| format!("{} found in their texts", counted(quotes as usize, "quote"))));
        lines.extend(view.questions.map(|n| format!("derived tables made anew: {}", counted(n as usize, "question"))));
        if view.checkpoints > 0 {
            lines.push(format!("{} compared", counted(view.checkpoints, "stored checkpoint")));
        }
        lines.extend(view.timestamps.iter().map(|stamp| clean(&stamped(stamp))));
        lines.extend(view.redacted.iter().map(|redacted| clean(redacted)));
        lines.push(match view.faults.len() {
            0 => "everything holds".to_string(),
            n => format!("{} found", counted(n, "fault")),
        });
        lines.join("\n") + "\n"
    }
}

/// A time stamp in words: of what, when, by whom, and who vouches for that.
pub fn stamped(stamp: &TimestampView) -> String {
    let TimestampView { number, entries, time, authority, vouched } = stamp;
    let vouched = match vouched {
        Some(true) => ", for whom a root that was named vouches",
        Some(false) => ", for whom nobody vouches here: name who does with `--tsa-roots FILE`",
        None => "",
    };
    let of = counted(*entries as usize, "entry");
    format!("time stamp {number} of the checkpoint over {of}: {time} by `{authority}`{vouched}")
}

/// What a proof of a claim proves.
pub struct Provens<'a>(pub &'a ProvenView);

impl Listing for Provens<'_> {
    fn items(&self) -> Vec<Value> {
        vec![json!(self.0)]
    }

    fn json(&self) -> Value {
        json!(self.0)
    }

    /// A row for everything it proves.
    fn sheet(&self) -> Sheet {
        let view = self.0;
        let mut sheet = Sheet::new(&["what", "value"], "");
        let mut put = |what: &str, value: String| sheet.push(vec![what.to_string(), clean(&value)]);
        put("claim", view.claim.to_string());
        put("on record as", format!("entry {} of {}, by {}, {}", view.entry, view.size, view.actor, view.time));
        view.quote.iter().for_each(|quote| put("quote", quote.clone()));
        view.row.iter().for_each(|row| put("row", row.to_string()));
        let checked = if view.is_snapshot_checked { "; the file given is it" } else { "" };
        view.snapshot.iter().for_each(|digest| put("read in", format!("snapshot {digest}{checked}")));
        for (witness, seen) in &view.witnesses {
            put("witness", format!("{witness}{}", seen.map_or(String::new(), |seen| format!(", {seen} s after 1970"))));
        }
        put("verdict", "proven".to_string());
        sheet
    }

    fn table(&self, _: Layout) -> String {
        self.sheet().rows.iter().map(|row| format!("{}: {}\n", row[0], row[1])).collect()
    }
}
