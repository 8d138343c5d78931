//! What remains to be asked, where claims come from, and what was said when.

use serde_json::{Value, json};

use super::block::paragraph;
use super::lists::tone;
use super::sheet::{Sheet, Tone, escaped};
use super::{Language, Layout, Listing, clean, words};
use crate::domain::listing::{CallView, OriginNode, OriginsView, TimelineView, UnheardView};
use crate::domain::verdict::PairVerdict;

/// Carriers that are shown; the rest is counted.
const SHOWN_CARRIERS: usize = 6;

/// People and organisations that claims are about and who have not been heard.
pub struct Unheard<'a>(pub &'a [UnheardView]);

impl Listing for Unheard<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|view| json!(view)).collect()
    }

    fn sheet(&self) -> Sheet {
        let empty = "a statement is on record from everybody whom claims are about";
        let mut sheet = Sheet::new(&["key", "name", "claims", "findings"], empty);
        for view in self.0 {
            let findings = view.findings.iter().map(|id| id.short()).collect::<Vec<_>>().join("; ");
            sheet.push(vec![view.key.clone(), view.name.clone(), view.claims.len().to_string(), findings]);
        }
        sheet
    }
}

/// Originals that are missing.
pub struct Calls<'a>(pub &'a [CallView]);

impl Listing for Calls<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|view| json!(view)).collect()
    }

    fn sheet(&self) -> Sheet {
        let empty = "the original of every claim is on record";
        let mut sheet = Sheet::new(&["origin", "claims", "pages", "carriers", "findings"], empty);
        for view in self.0 {
            let findings = view.findings.iter().map(|id| id.short()).collect::<Vec<_>>().join("; ");
            let mut carriers: Vec<String> = view.carriers.iter().take(SHOWN_CARRIERS).cloned().collect();
            if view.carriers.len() > SHOWN_CARRIERS {
                carriers.push(format!("{} more", view.carriers.len() - SHOWN_CARRIERS));
            }
            let (claims, pages) = (view.claims.to_string(), view.pages.to_string());
            sheet.push(vec![view.origin.clone(), claims, pages, carriers.join("; "), findings]);
        }
        sheet
    }
}

/// The ways from origins to pages.
pub struct Origins<'a>(pub &'a OriginsView);

impl Origins<'_> {
    fn head(&self) -> Vec<String> {
        let (pages, origins) = (self.0.pages, self.0.origins.len());
        let mut lines = vec![format!("{} → {}", words::counted(pages, "page"), words::counted(origins, "origin"))];
        for circle in &self.0.circles {
            let names: Vec<String> = circle.iter().chain(circle.first()).map(|name| clean(name)).collect();
            lines.push(format!("circle, nobody in it is an origin: {}", names.join(" ← ")));
        }
        lines
    }
}

impl Listing for Origins<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.origins.iter().map(|node| json!(node)).collect()
    }

    /// One object: pages, origins and circles.
    fn json(&self) -> Value {
        json!(self.0)
    }

    /// One row for each step of each way.
    fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(&["way", "known", "claims", "held"], "no claims on record");
        let mut open: Vec<(String, &OriginNode)> =
            self.0.origins.iter().rev().map(|node| (node.name.clone(), node)).collect();
        while let Some((way, node)) = open.pop() {
            let held = if node.held { "yes" } else { "no" };
            let known = node.known.join("; ");
            open.extend(node.carriers.iter().rev().map(|carrier| (format!("{way} > {}", carrier.name), carrier)));
            sheet.push(vec![way, known, node.claims.to_string(), held.to_string()]);
        }
        sheet
    }

    fn table(&self, layout: Layout) -> String {
        let mut out: String = self.head().iter().map(|line| paragraph(line, layout)).collect();
        for origin in &self.0.origins {
            out.push('\n');
            let held = if origin.held { "" } else { ", original not on record" };
            let line = format!("{}  {}{held}", clean(&origin.name), words::counted(origin.claims, "claim"));
            out.push_str(&fitted(&line, layout));
            branches(&origin.carriers, "", layout, &mut out);
        }
        out
    }

    fn markdown(&self) -> String {
        let mut out = String::from("# Origins\n\n");
        for line in self.head() {
            out.push_str(&format!("{}\n\n", escaped(&line)));
        }
        let mut open: Vec<(usize, &OriginNode)> = self.0.origins.iter().rev().map(|node| (0, node)).collect();
        while let Some((depth, node)) = open.pop() {
            let how = if depth == 0 { String::new() } else { format!(" ({})", node.known.join(", ")) };
            let (indent, name) = ("  ".repeat(depth), escaped(&node.name));
            out.push_str(&format!("{indent}- {name}{how}: {}\n", words::counted(node.claims, "claim")));
            open.extend(node.carriers.iter().rev().map(|carrier| (depth + 1, carrier)));
        }
        out
    }
}

fn branches(nodes: &[OriginNode], indent: &str, layout: Layout, out: &mut String) {
    for (index, node) in nodes.iter().enumerate() {
        let last = index + 1 == nodes.len();
        let (fork, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let claims = words::counted(node.claims, "claim");
        let line = format!("{indent}{fork}{} ({})  {claims}", clean(&node.name), node.known.join(", "));
        out.push_str(&fitted(&line, layout));
        branches(&node.carriers, &format!("{indent}{below}"), layout, out);
    }
}

/// A line no longer than the layout is wide: a tree that wraps cannot be read.
fn fitted(line: &str, layout: Layout) -> String {
    use unicode_width::UnicodeWidthChar;
    let mut width = 0;
    let mut fitting = String::new();
    for c in line.chars() {
        width += c.width().unwrap_or(0);
        if width > usize::from(layout.width) {
            fitting.pop();
            fitting.push('…');
            break;
        }
        fitting.push(c);
    }
    format!("{fitting}\n")
}

/// What was said of a subject, in the order of time.
pub struct Timeline<'a> {
    /// The claims.
    pub claims: &'a [TimelineView],
    /// The language of the explanations.
    pub language: Language,
}

impl Timeline<'_> {
    /// How a claim compares with the one before it on its question.
    fn against_last(&self, view: &TimelineView) -> String {
        let why = self.language.explanations(&view.reasons).join("; ");
        match view.against_last {
            None | Some(PairVerdict::Consistent) => String::new(),
            Some(PairVerdict::Conflict) if why.is_empty() => format!("conflict: {}", self.language.cannot_both()),
            Some(verdict) if why.is_empty() => verdict.name().to_string(),
            Some(verdict) => format!("{}: {why}", verdict.name()),
        }
    }
}

impl Listing for Timeline<'_> {
    fn items(&self) -> Vec<Value> {
        self.claims.iter().map(|view| json!(view)).collect()
    }

    fn sheet(&self) -> Sheet {
        let columns = ["date", "dated", "claim", "quote", "by", "against_last", "verdict"];
        let mut sheet = Sheet::new(&columns, "no claims on this subject on record");
        for view in self.claims {
            let dated = match (&view.date, view.stated) {
                (Some(_), true) => "as of",
                (Some(_), false) => "published",
                (None, _) => "no date",
            };
            let row = vec![
                view.date.as_ref().map_or(String::new(), ToString::to_string),
                dated.to_string(),
                words::claim(&view.claim),
                words::quoted(&view.claim.quote.exact),
                words::chain(&view.claim),
                self.against_last(view),
                view.verdict.map_or(view.claim.status.name(), |verdict| verdict.name()).to_string(),
            ];
            sheet.push_toned(row, Some((6, view.verdict.map_or(Tone::Faint, tone))));
        }
        sheet
    }

    /// Who says it, and when and how that is dated, in one column each.
    fn table(&self, layout: Layout) -> String {
        let whole = self.sheet();
        let mut sheet = Sheet::new(&["date", "claim", "by", "against those before", "verdict"], whole.empty);
        for (row, view) in whole.rows.into_iter().zip(self.claims) {
            let [date, dated, claim, quote, by, against, verdict] = row.try_into().expect("seven columns");
            let date = match dated.as_str() {
                "as of" => date,
                "published" => format!("published {}", date.replacen('T', " ", 1)),
                dated => dated.to_string(),
            };
            let row = vec![date, claim, format!("{by} {quote}"), against, verdict];
            sheet.push_toned(row, Some((4, view.verdict.map_or(Tone::Faint, tone))));
        }
        sheet.table(layout)
    }
}
