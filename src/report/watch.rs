//! Pages that were captured again: what became of their claims, and what changed from snapshot to snapshot.

use serde_json::{Value, json};

use super::block::heading;
use super::sheet::{Sheet, Tone, escaped};
use super::{Layout, Listing, clean, words};
use crate::domain::listing::{ChangeView, CheckView, FateView, HistoryView, RecheckView};

/// Pages that were captured again.
pub struct Rechecks<'a>(pub &'a [RecheckView]);

impl Listing for Rechecks<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|recheck| json!(recheck)).collect()
    }

    /// One row for a claim.
    fn sheet(&self) -> Sheet {
        let columns = ["source", "claim", "subject", "predicate", "quote", "became", "before", "now"];
        let mut sheet = Sheet::new(&columns, "no claims on these sources");
        for recheck in self.0 {
            for check in &recheck.checks {
                let row = vec![
                    recheck.source.short(),
                    check.claim.id.short(),
                    check.claim.subject.clone(),
                    check.claim.predicate.clone(),
                    words::quoted(&check.claim.quote.exact),
                    check.fate.words().to_string(),
                    check.before.clone().unwrap_or_default(),
                    check.now.clone().unwrap_or_default(),
                ];
                sheet.push_toned(row, Some((5, tone(check.fate))));
            }
        }
        sheet
    }

    fn table(&self, layout: Layout) -> String {
        let mut out = String::new();
        for recheck in self.0 {
            let n_claims = words::counted(recheck.checks.len() + recheck.rows, "claim");
            let title = format!("source {}, {n_claims}", recheck.source.short());
            out.push_str(&heading(&title, Tone::Plain, layout));
            let mut sheet = Sheet::new(&["claim", "what", "became"], "no claims logged on it");
            for check in &recheck.checks {
                let what = format!("{}: {}", words::saying(&check.claim), words::quoted(&check.claim.quote.exact));
                let row = vec![check.claim.id.short(), what, became(check)];
                sheet.push_toned(row, Some((2, tone(check.fate))));
            }
            if recheck.rows == 0 || !recheck.checks.is_empty() {
                out.push_str(&sheet.table(layout));
            }
            if recheck.rows > 0 {
                out.push_str(&format!("{} of its tables still there\n", words::counted(recheck.rows, "claim")));
            }
            for line in told(&recheck.changes, recheck.more) {
                out.push_str(&format!("{}\n", clean(&line)));
            }
        }
        out
    }

    fn markdown(&self) -> String {
        let mut out = String::new();
        for recheck in self.0 {
            out.push_str(&format!("# Source {}\n\n", recheck.source.short()));
            for check in &recheck.checks {
                let quote = escaped(&words::quoted(&check.claim.quote.exact));
                out.push_str(&format!("- {} {quote}: {}\n", check.claim.id.short(), escaped(&became(check))));
            }
            for line in told(&recheck.changes, recheck.more) {
                out.push_str(&format!("- {}\n", escaped(&line)));
            }
        }
        out
    }
}

/// What became of a claim, in words.
pub fn became(check: &CheckView) -> String {
    match (&check.before, &check.now) {
        (Some(before), Some(now)) => format!("{} ({before} → {now})", check.fate.words()),
        _ => check.fate.words().to_string(),
    }
}

fn tone(fate: FateView) -> Tone {
    match fate {
        FateView::StillThere => Tone::Good,
        FateView::Moved => Tone::Plain,
        FateView::WordsChanged => Tone::Doubtful,
        FateView::FigureChanged | FateView::Gone => Tone::Bad,
    }
}

/// Changed paragraphs or rows, a line each.
fn told(changes: &[ChangeView], more: usize) -> Vec<String> {
    let line = |change: &ChangeView| {
        let mark = if change.telling { "! " } else { "" };
        match (&change.before, &change.now) {
            (Some(before), Some(now)) => {
                let told = change.marked.clone().unwrap_or_else(|| format!("{before} → {now}"));
                format!("{mark}changed: {told}")
            }
            (None, Some(now)) => format!("{mark}added: {now}"),
            (Some(before), None) => format!("{mark}gone: {before}"),
            (None, None) => String::new(),
        }
    };
    let mut lines: Vec<String> = changes.iter().map(line).collect();
    if more > 0 {
        lines.push(format!("and {}", words::counted(more, "further change")));
    }
    lines
}

/// The snapshots of a source.
pub struct History<'a>(pub &'a [HistoryView]);

impl Listing for History<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|snapshot| json!(snapshot)).collect()
    }

    fn sheet(&self) -> Sheet {
        self.sheet_with(|snapshot| snapshot.snapshot.to_string())
    }

    /// A hash is read in its first digits; the whole of it is in the other formats.
    fn table(&self, layout: Layout) -> String {
        self.sheet_with(|snapshot| snapshot.snapshot.short()).table(layout)
    }
}

impl History<'_> {
    fn sheet_with(&self, hash: fn(&HistoryView) -> String) -> Sheet {
        let mut sheet = Sheet::new(&["snapshot", "captured", "by", "bytes", "changed"], "no snapshots on record");
        for snapshot in self.0 {
            let changed = match (snapshot.first, snapshot.changes.as_slice()) {
                (true, _) => "first snapshot".to_string(),
                (_, []) => "nothing that it says".to_string(),
                (_, changes) => told(changes, snapshot.more).join("; "),
            };
            sheet.push(vec![
                hash(snapshot),
                snapshot.captured.clone(),
                snapshot.actor.clone(),
                snapshot.size.to_string(),
                changed,
            ]);
        }
        sheet
    }
}
