//! Whose record is how good, and who copies whom.

use serde_json::{Value, json};

use super::sheet::Sheet;
use super::{Layout, Listing};
use crate::domain::listing::{CopyingBasis, CopyingPair, CopyingView, Questions, RecordView, TrackView};

/// Records of origins.
pub struct Records<'a>(pub &'a [RecordView]);

impl Listing for Records<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|record| json!(record)).collect()
    }

    /// One row for an origin, and one for each predicate that it has a record in.
    fn sheet(&self) -> Sheet {
        let columns = ["origin", "predicate", "claims", "weighed", "believed", "share", "interval", "notes"];
        let mut sheet = Sheet::new(&columns, "no claims on record");
        for record in self.0 {
            let mut notes = Vec::new();
            if !record.one_with.is_empty() {
                notes.push(format!("one with {}", record.one_with.join(", ")));
            }
            if record.repeats {
                notes.push("repeats what strangers say".to_string());
            }
            if record.record.is_none() {
                notes.push("too few claims that others speak on too".to_string());
            }
            let mut row = vec![record.origin.clone(), String::new(), record.claims.to_string()];
            row.extend(track(record.record.as_ref()));
            row.push(notes.join("; "));
            sheet.push(row);
            // Of one predicate alone it says nothing new.
            for (predicate, one) in record.predicates.iter().filter(|_| record.predicates.len() > 1) {
                let mut row = vec![record.origin.clone(), predicate.clone(), String::new()];
                row.extend(track(Some(one)));
                row.push(String::new());
                sheet.push(row);
            }
        }
        sheet
    }
}

fn track(track: Option<&TrackView>) -> [String; 4] {
    let Some(track) = track else { return Default::default() };
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    [
        track.weighed.to_string(),
        track.believed.to_string(),
        format!("{} %", percent(track.share)),
        format!("{}–{} %", percent(track.lo), percent(track.hi)),
    ]
}

/// Copying that was found.
pub struct Copying<'a>(pub &'a [CopyingView]);

impl Listing for Copying<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|view| json!(view)).collect()
    }

    /// One row for a pair.
    fn sheet(&self) -> Sheet {
        let columns = ["basis", "a", "b", "shared", "of", "nats", "counts_as"];
        let mut sheet = Sheet::new(&columns, NOBODY);
        for view in self.0 {
            for pair in &view.pairs {
                let row = vec![
                    view.basis.name().to_string(),
                    pair.a.clone(),
                    pair.b.clone(),
                    pair.shared.to_string(),
                    pair.of.to_string(),
                    pair.nats.map_or(String::new(), |nats| nats.to_string()),
                    if pair.apart { "two" } else { "one" }.to_string(),
                ];
                sheet.push(row);
            }
        }
        sheet
    }

    fn table(&self, layout: Layout) -> String {
        self.groups().table(layout)
    }

    fn markdown(&self) -> String {
        self.groups().markdown()
    }
}

/// Who was found to copy whom, just now.
pub struct FoundCopying<'a> {
    /// The groups.
    pub groups: &'a [CopyingView],
    /// The questions that it touched.
    pub questions: Questions,
}

impl Listing for FoundCopying<'_> {
    fn items(&self) -> Vec<Value> {
        Copying(self.groups).items()
    }

    fn json(&self) -> Value {
        json!({ "groups": self.items(), "questions": self.questions })
    }

    fn sheet(&self) -> Sheet {
        Copying(self.groups).sheet()
    }

    fn table(&self, layout: Layout) -> String {
        Copying(self.groups).table(layout)
    }

    fn markdown(&self) -> String {
        Copying(self.groups).markdown()
    }
}

const NOBODY: &str = "nobody was found to copy anybody; `onrecord copying find` looks for it";

impl Copying<'_> {
    /// For people: one row for a group, with its strongest and its weakest evidence.
    fn groups(&self) -> Sheet {
        let mut sheet = Sheet::new(&["basis", "one origin", "evidence"], NOBODY);
        for view in self.0 {
            let what = match view.basis {
                CopyingBasis::Text => "runs of five words",
                CopyingBasis::Values => "values that others do not believe",
            };
            let told = |pair: &CopyingPair| {
                let odds = pair.nats.map_or(String::new(), |nats| format!(", odds e^{nats} to 1"));
                format!("{} and {} share {} of {} {what}{odds}", pair.a, pair.b, pair.shared, pair.of)
            };
            let mut evidence: Vec<String> = view.pairs.first().map(told).into_iter().collect();
            if let [_, .., weakest] = view.pairs.as_slice() {
                evidence.push(format!("of {} pairs the least: {}", view.pairs.len(), told(weakest)));
            }
            let parted = view.pairs.iter().filter(|pair| pair.apart);
            evidence.extend(parted.map(|pair| {
                let why = match pair.independent {
                    true => "by a person's word",
                    false => "for together with others they would join two who are independent by a person's word",
                };
                format!("{} and {} count apart, {why}", pair.a, pair.b)
            }));
            sheet.push(vec![view.basis.name().to_string(), view.members.join(", "), evidence.join("; ")]);
        }
        sheet
    }
}
