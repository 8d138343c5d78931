//! The report on one source: what it is, what it says, who says so, and who agrees or disagrees.

use serde_json::{Value, json};

use super::contradictions::paragraph;
use super::lists::tone;
use super::sheet::{Sheet, Tone, escaped};
use super::{Layout, Listing, Report, clean, words};
use crate::domain::listing::{OriginView, OtherClaim, ReportedClaim, SourceReport};
use crate::domain::verdict::PairVerdict;

/// Other claims named for one claim; the rest is counted.
const SHOWN_OTHERS: usize = 3;

impl Listing for Report<'_> {
    fn items(&self) -> Vec<Value> {
        vec![json!(self.0)]
    }

    /// One object, not a list of one.
    fn json(&self) -> Value {
        json!(self.0)
    }

    /// One row a claim.
    fn sheet(&self) -> Sheet {
        let columns = [
            "id",
            "status",
            "subject",
            "predicate",
            "object",
            "says",
            "quote",
            "start",
            "end",
            "by",
            "verdict",
            "agreeing",
            "disagreeing",
            "pages",
            "origins",
            "decision",
        ];
        let mut sheet = Sheet::new(&columns, "no claims logged from this source");
        for reported in &self.0.claims {
            let claim = &reported.claim;
            let row = vec![
                claim.id.short(),
                claim.status.name().to_string(),
                claim.subject.clone(),
                claim.predicate.clone(),
                claim.object.clone().unwrap_or_default(),
                words::saying(claim),
                claim.quote.exact.clone(),
                claim.quote.start.to_string(),
                claim.quote.end.to_string(),
                words::chain(claim),
                reported.verdict.map_or("", |verdict| verdict.name()).to_string(),
                reported.agreeing.len().to_string(),
                reported.disagreeing.len().to_string(),
                reported.pages.to_string(),
                reported.origins.len().to_string(),
                reported.decision.clone().unwrap_or_default(),
            ];
            sheet.push_toned(row, reported.verdict.map(|verdict| (10, tone(verdict))));
        }
        sheet
    }

    fn table(&self, layout: Layout) -> String {
        let report = self.0;
        let mut out = format!("SOURCE REPORT  {}\n", report.source.id.short());
        for line in head(report) {
            out.push_str(&paragraph(&line, layout));
        }
        let mut sheet =
            Sheet::new(&["claim", "what it says", "verdict", "others"], "no claims logged from this source");
        for reported in &report.claims {
            let row = vec![
                reported.claim.id.short(),
                format!("{} {}", said(reported), words::quoted(&reported.claim.quote.exact)),
                verdict(reported),
                others(reported).join("; "),
            ];
            sheet.push_toned(row, Some((2, reported.verdict.map_or(Tone::Faint, tone))));
        }
        out.push_str(&sheet.table(layout));
        for line in originals(report) {
            out.push_str(&paragraph(&line, layout));
        }
        out
    }

    fn markdown(&self) -> String {
        let report = self.0;
        let title = report.source.details.title.clone().unwrap_or_else(|| report.source.id.short());
        let mut out = format!("# Source report: {}\n\n", escaped(&title));
        for line in head(report) {
            out.push_str(&format!("- {}\n", escaped(&line)));
        }
        out.push_str("\n## Claims\n\n");
        if report.claims.is_empty() {
            out.push_str("no claims logged from this source\n");
        }
        for reported in &report.claims {
            let claim = &reported.claim;
            out.push_str(&format!("### `{}` {}\n\n", claim.id.short(), escaped(&said(reported))));
            out.push_str(&format!("> {}\n\n", escaped(&claim.quote.exact)));
            let place = reported.snapshot_bytes.map_or(String::new(), |span| {
                format!("; bytes {}..{} of snapshot {}", span.start, span.end, claim.snapshot.short())
            });
            out.push_str(&format!(
                "- by {}\n- characters {}..{} of the text{place}\n- **{}**\n",
                escaped(&words::chain(claim)),
                claim.quote.start,
                claim.quote.end,
                escaped(&verdict(reported)),
            ));
            for line in others(reported) {
                out.push_str(&format!("- {}\n", escaped(&line)));
            }
            out.push('\n');
        }
        out.push_str("## Originals\n\n");
        for line in originals(report) {
            out.push_str(&format!("- {}\n", escaped(&line)));
        }
        out
    }
}

/// What the source is, a line each.
fn head(report: &SourceReport) -> Vec<String> {
    let details = &report.source.details;
    let mut lines = Vec::new();
    lines.extend(details.title.as_ref().map(|title| words::quoted(title)));
    let by = [details.publisher.clone(), details.author.clone(), details.language.clone()];
    let mut by: Vec<String> = by.into_iter().flatten().collect();
    by.push(
        details.published.as_ref().map_or("no date of publication".to_string(), |date| format!("published {date}")),
    );
    lines.push(by.join(", "));
    lines.extend(details.url.clone());
    for snapshot in &report.snapshots {
        lines.push(format!(
            "snapshot {}, {} bytes of {} ({}), captured {} by {}",
            snapshot.sha256, snapshot.size, snapshot.media_type, snapshot.charset, snapshot.captured, snapshot.actor
        ));
    }
    let pages = if report.pages == 1 { "1 page".to_string() } else { format!("{} pages", report.pages) };
    let origins = match report.origins.len() {
        0 => "no origin yet".to_string(),
        1 => "1 origin".to_string(),
        n => format!("{n} origins"),
    };
    lines.push(format!("its questions are on {pages}; its claims go back to {origins}"));
    lines
}

/// A claim in words, with whoever says so.
fn said(reported: &ReportedClaim) -> String {
    format!("{}, says {}", words::claim(&reported.claim), words::chain(&reported.claim))
}

fn verdict(reported: &ReportedClaim) -> String {
    match reported.verdict {
        // How many pages say something, and how few have it from somewhere else than each other.
        Some(verdict) => {
            let (pages, origins) = (reported.pages, reported.origins.len());
            format!("{}; {pages} {} → {origins} {}", verdict.name(), plural(pages, "page"), plural(origins, "origin"))
        }
        None => {
            let retracted = reported.claim.history.iter().rev().find(|event| event.because.is_some());
            let because = retracted.and_then(|event| event.because.clone()).unwrap_or_default();
            format!("retracted: {}", clean(&because))
        }
    }
}

/// Who disagrees and who agrees, a line each.
fn others(reported: &ReportedClaim) -> Vec<String> {
    let named = |others: &[&OtherClaim], with_reasons: bool| {
        let mut shown: Vec<String> = others
            .iter()
            .take(SHOWN_OTHERS)
            .map(|other| {
                let origin =
                    if other.origin == other.carrier { String::new() } else { format!(" ({})", clean(&other.origin)) };
                let reasons: Vec<&str> = other.reasons.iter().map(|reason| words::explained(*reason)).collect();
                let why = if with_reasons && !reasons.is_empty() {
                    format!(": {}", reasons.join(", "))
                } else {
                    String::new()
                };
                format!("{}{origin} {}{why}", clean(&other.carrier), words::quoted(&other.quote))
            })
            .collect();
        if others.len() > SHOWN_OTHERS {
            shown.push(format!("and {} more", others.len() - SHOWN_OTHERS));
        }
        shown.join("; ")
    };
    let of = |verdict: PairVerdict| reported.disagreeing.iter().filter(|o| o.verdict == verdict).collect::<Vec<_>>();
    let mut lines = Vec::new();
    for (verdict, word) in [(PairVerdict::Conflict, "contradicted by"), (PairVerdict::Tension, "in tension with")] {
        let others = of(verdict);
        if !others.is_empty() {
            lines.push(format!("{word} {}", named(&others, true)));
        }
    }
    if !reported.agreeing.is_empty() {
        let agreeing: Vec<&OtherClaim> = reported.agreeing.iter().collect();
        let origins: std::collections::BTreeSet<&str> = agreeing.iter().map(|other| other.origin.as_str()).collect();
        let pages = agreeing.iter().map(|other| &other.carrier).collect::<std::collections::BTreeSet<_>>().len();
        lines.push(format!(
            "agrees with {} ({pages} {}, {} {})",
            named(&agreeing, false),
            plural(pages, "page"),
            origins.len(),
            plural(origins.len(), "origin")
        ));
    }
    lines
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_string() } else { format!("{word}s") }
}

/// Which originals are on record, and which are not: the list of calls to make.
fn originals(report: &SourceReport) -> Vec<String> {
    let listed = |held: bool| {
        let origins = report.origins.iter().filter(|origin| origin.held == held);
        let named = |origin: &OriginView| {
            format!("{} ({} {})", clean(&origin.name), origin.claims, plural(origin.claims, "claim"))
        };
        origins.map(named).collect::<Vec<_>>().join(", ")
    };
    let line = |what: &str, names: String| (!names.is_empty()).then(|| format!("{what}: {names}"));
    [line("originals on record", listed(true)), line("originals missing, to be asked", listed(false))]
        .into_iter()
        .flatten()
        .collect()
}
