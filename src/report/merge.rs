//! What came of bringing another ledger in.

use serde_json::{Value, json};

use super::sheet::Sheet;
use super::{Layout, Listing, clean};
use crate::domain::listing::MergeView;

/// What differs here and there, and what was left out.
pub struct Merged<'a>(pub &'a MergeView);

impl Listing for Merged<'_> {
    fn items(&self) -> Vec<Value> {
        vec![json!(self.0)]
    }

    fn json(&self) -> Value {
        json!(self.0)
    }

    /// A row for each of them; those left out have no side here.
    fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(&["what", "of", "here", "there"], "nothing differs");
        for one in &self.0.differences {
            let cells = [one.about.name(), &one.of, &one.here, &one.there];
            sheet.push(cells.into_iter().map(clean).collect());
        }
        for one in &self.0.left_out {
            let because = format!("left out: {}", clean(&one.because));
            sheet.push(vec![clean(&one.kind), clean(&one.of), String::new(), because]);
        }
        sheet
    }

    fn table(&self, layout: Layout) -> String {
        let mut sheet = self.sheet();
        // Ids are as short as anywhere.
        for row in &mut sheet.rows {
            for cell in &mut row[1..] {
                let shortened: Vec<&str> = cell.split(' ').map(short).collect();
                *cell = shortened.join(" ");
            }
        }
        sheet.table(layout)
    }
}

/// The beginning of a hash; another word as it is.
fn short(word: &str) -> &str {
    let is_hash = word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { &word[..8] } else { word }
}
