//! The report on one source: what it is, what it says, who says so, and who agrees or disagrees.

use serde_json::{Value, json};

use super::block::{ID, hanging, painted, paragraph};
use super::lists::tone;
use super::sheet::{Sheet, Tone, escaped};
use super::{Language, Layout, Listing, Report, clean, words};
use crate::domain::claim::Status;
use crate::domain::listing::{BadRowView, OriginView, OtherClaim, ReportedClaim, SourceReport, UnheardView};
use crate::domain::text::Role;
use crate::domain::verdict::{PairVerdict, QuestionVerdict, Reason};

/// Other claims named for one claim; the rest is counted.
const SHOWN_OTHERS: usize = 3;

impl Listing for Report<'_> {
    fn items(&self) -> Vec<Value> {
        vec![json!(self.report)]
    }

    /// One object, not a list of one.
    fn json(&self) -> Value {
        json!(self.report)
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
            "as_of",
            "quote",
            "start",
            "end",
            "by",
            "part",
            "snapshot",
            "ref",
            "verdict",
            "agreeing",
            "disagreeing",
            "pages",
            "origins",
            "pages_against",
            "origins_against",
            "decision",
        ];
        let mut sheet = Sheet::new(&columns, "no claims logged from this source");
        for reported in &self.report.claims {
            let claim = &reported.claim;
            let row = vec![
                claim.id.short(),
                claim.status.name().to_string(),
                claim.subject.clone(),
                claim.predicate.clone(),
                claim.object.clone().unwrap_or_default(),
                words::saying(claim),
                claim.as_of.as_ref().map_or(String::new(), ToString::to_string),
                claim.quote.exact.clone(),
                claim.quote.start.to_string(),
                claim.quote.end.to_string(),
                words::chain(claim),
                reported.part.map_or("", |part| part.name()).to_string(),
                claim.snapshot.short(),
                claim.reference.clone().unwrap_or_default(),
                reported.verdict.map_or("", |verdict| verdict.name()).to_string(),
                reported.agreeing.len().to_string(),
                reported.disagreeing.len().to_string(),
                reported.pages.to_string(),
                reported.origins.len().to_string(),
                reported.pages_against.to_string(),
                reported.origins_against.len().to_string(),
                reported.decision.as_ref().map_or(String::new(), words::decision),
            ];
            sheet.push_toned(row, reported.verdict.map(|verdict| (14, tone(verdict))));
        }
        sheet
    }

    fn table(&self, layout: Layout) -> String {
        let report = self.report;
        let mut out = format!("SOURCE REPORT  {}\n", report.source.id.short());
        for line in head(report) {
            out.push_str(&paragraph(&line, layout));
        }
        if report.claims.is_empty() {
            out.push_str(&format!("\n{}\n", no_claims(report)));
        }
        for reported in &report.claims {
            out.push_str(&format!("\n{}", block(reported, several_snapshots(report), self.language, layout)));
        }
        out.push('\n');
        for line in originals(report).into_iter().chain(passed_over(report)) {
            out.push_str(&paragraph(&line, layout));
        }
        out
    }

    fn markdown(&self) -> String {
        let report = self.report;
        let title = report.source.details.title.clone().unwrap_or_else(|| report.source.id.short());
        let mut out = format!("# Source report: {}\n\n", escaped(&title));
        for line in head(report) {
            out.push_str(&format!("- {}\n", escaped(&line)));
        }
        out.push_str("\n## Claims\n\n");
        if report.claims.is_empty() {
            out.push_str(&format!("{}\n", no_claims(report)));
        }
        for reported in &report.claims {
            let claim = &reported.claim;
            out.push_str(&format!("### `{}` {}\n\n", claim.id.short(), escaped(&words::claim(claim))));
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
            let known = place_words(reported, several_snapshots(report));
            for line in known.into_iter().chain(others(reported, self.language)) {
                out.push_str(&format!("- {}\n", escaped(&line)));
            }
            out.push('\n');
        }
        out.push_str("## To be asked\n\n");
        for line in originals(report) {
            out.push_str(&format!("- {}\n", escaped(&line)));
        }
        out
    }
}

fn no_claims(report: &SourceReport) -> &'static str {
    match report.as_of {
        Some(_) => "no claims known by then from this source",
        None => "no claims logged from this source",
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
    let credited = |what: &str, names: &[String]| (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")));
    lines.extend(credited("credits", &details.credits));
    lines.extend(credited("declared to derive from", &report.source.derives_from));
    for snapshot in &report.snapshots {
        lines.push(format!(
            "snapshot {}, {} bytes of {} ({}), captured {} by {}, read by {}",
            snapshot.sha256,
            snapshot.size,
            snapshot.media_type,
            snapshot.charset,
            snapshot.captured,
            snapshot.actor,
            snapshot.extractor
        ));
    }
    lines.extend(report.as_of.as_ref().map(words::as_known_by));
    let standing = report.claims.iter().any(|reported| reported.verdict.is_some());
    if standing {
        let (pages, origins) = (words::counted(report.pages, "page"), words::counted(report.origins.len(), "origin"));
        lines.push(format!("what it says is on {pages} here; its claims go back to {origins}"));
    }
    lines
}

/// A claim, its words, who says so, and what others say, for a terminal.
fn block(reported: &ReportedClaim, several_snapshots: bool, language: Language, layout: Layout) -> String {
    let claim = &reported.claim;
    let mut out = hanging(&claim.id.short(), &words::claim(claim), ID, layout);
    let quote = format!("{}{}", words::quoted(&claim.quote.exact), place(reported, several_snapshots));
    out.push_str(&hanging("", &quote, ID, layout));
    let (mark, tone) = match reported.verdict {
        Some(QuestionVerdict::Contradicted) => ("✗", Tone::Bad),
        Some(QuestionVerdict::Tension) => ("~", Tone::Doubtful),
        Some(QuestionVerdict::Agreed) => ("✓", Tone::Good),
        Some(QuestionVerdict::Alone) => ("·", Tone::Plain),
        None => ("", Tone::Faint),
    };
    let line = format!("{}: {}", words::chain(claim), verdict(reported));
    out.push_str(&painted(&hanging(mark, &line, ID, layout), tone, layout));
    for line in others(reported, language) {
        out.push_str(&hanging("", &line, ID, layout));
    }
    out
}

/// Whether the page was captured in more than one state.
fn several_snapshots(report: &SourceReport) -> bool {
    report.snapshots.iter().any(|snapshot| snapshot.sha256 != report.snapshots[0].sha256)
}

/// What there is to know of a quote's place and of the claim's outside reference.
fn place(reported: &ReportedClaim, several_snapshots: bool) -> String {
    let known = place_words(reported, several_snapshots);
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

fn place_words(reported: &ReportedClaim, several_snapshots: bool) -> Vec<String> {
    let mut known = Vec::new();
    known.extend(reported.part.filter(|part| *part != Role::Body).map(|part| format!("in the {}", part.words())));
    known.extend(several_snapshots.then(|| format!("snapshot {}", reported.claim.snapshot.short())));
    known.extend(reported.claim.reference.as_ref().map(|reference| format!("ref {}", clean(reference))));
    known
}

/// How many pages say something, how few origins they have it from, and how many stand against them.
fn verdict(reported: &ReportedClaim) -> String {
    let counted = |pages, origins| format!("{} → {}", words::counted(pages, "page"), words::counted(origins, "origin"));
    match reported.verdict {
        Some(verdict) => {
            let mut words = format!("{}; {}", verdict.name(), counted(reported.pages, reported.origins.len()));
            if reported.pages_against > 0 {
                let against = counted(reported.pages_against, reported.origins_against.len());
                words = format!("{words}, against it {against}");
            }
            words
        }
        None if reported.claim.status == Status::Pending => "pending: held until a person approves it".to_string(),
        None => {
            let retracted = reported.claim.history.iter().rev().find(|event| event.because.is_some());
            let because = retracted.and_then(|event| event.because.clone()).unwrap_or_default();
            let replaced = retracted.and_then(|event| event.replaced_by);
            let replaced = replaced.map_or(String::new(), |id| format!("; {} stands in its place", id.short()));
            format!("retracted: {}{replaced}", clean(&because))
        }
    }
}

/// Who disagrees, a line for each way of disagreeing, and who agrees.
fn others(reported: &ReportedClaim, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for (verdict, word) in [(PairVerdict::Conflict, "contradicted by"), (PairVerdict::Tension, "in tension with")] {
        let mut ways: Vec<(&[Reason], Vec<&OtherClaim>)> = Vec::new();
        for other in reported.disagreeing.iter().filter(|other| other.verdict == verdict) {
            match ways.iter_mut().find(|(reasons, _)| *reasons == other.reasons) {
                Some((_, others)) => others.push(other),
                None => ways.push((&other.reasons, vec![other])),
            }
        }
        for (reasons, others) in ways {
            let why = language.explanations(reasons);
            let why = if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
            lines.push(format!("{word} {}{why}", named(&others)));
        }
    }
    let own = reported.claim.figure.as_ref().and_then(|figure| figure.value());
    let rounded = |other: &&OtherClaim| {
        let value = other.figure.as_ref().and_then(|figure| figure.value());
        own.zip(value).is_some_and(|(own, value)| own != value)
    };
    let (rounded, same): (Vec<&OtherClaim>, Vec<&OtherClaim>) = reported.agreeing.iter().partition(rounded);
    for (word, others) in [("agrees with", same), ("agrees, by rounding, with", rounded)] {
        if !others.is_empty() {
            lines.push(format!("{word} {}", named(&others)));
        }
    }
    lines.extend(reported.decision.as_ref().map(|decision| format!("on the finding, {}", words::decision(decision))));
    let own = reported.claim.decisions.iter().filter(|decision| decision.finding.is_none());
    lines.extend(own.map(words::claim_decision));
    lines
}

/// Other claims by who carries them and their words; no more than a few.
fn named(others: &[&OtherClaim]) -> String {
    let named = |other: &&OtherClaim| {
        let origin = if other.origin == other.carrier { String::new() } else { format!(" ({})", clean(&other.origin)) };
        format!("{}{origin} {}", clean(&other.carrier), words::quoted(&other.quote))
    };
    let mut shown: Vec<String> = others.iter().take(SHOWN_OTHERS).map(named).collect();
    if others.len() > SHOWN_OTHERS {
        shown.push(format!("{} more", others.len() - SHOWN_OTHERS));
    }
    shown.join(", ")
}

/// The rows of a table that were passed over, and how many more there are.
fn passed_over(report: &SourceReport) -> Vec<String> {
    let row = |bad: &BadRowView| format!("row {} was passed over: {}", bad.row, clean(&bad.why));
    let mut lines: Vec<String> = report.bad_rows.iter().map(row).collect();
    let more = report.n_bad_rows.saturating_sub(report.bad_rows.len() as u64);
    if more > 0 {
        lines.push(format!("and {} passed over", words::counted(more as usize, "further row")));
    }
    lines
}

/// Which originals are on record, which are not (the list of calls to make), and who has not been heard.
fn originals(report: &SourceReport) -> Vec<String> {
    let listed = |held: bool| {
        let origins = report.origins.iter().filter(|origin| origin.held == held);
        let named =
            |origin: &OriginView| format!("{} ({})", clean(&origin.name), words::counted(origin.claims, "claim"));
        origins.map(named).collect::<Vec<_>>().join(", ")
    };
    let line = |what: &str, names: String| (!names.is_empty()).then(|| format!("{what}: {names}"));
    let named = |view: &UnheardView| format!("{} ({})", clean(&view.name), words::counted(view.claims.len(), "claim"));
    let unheard = report.unheard.iter().map(named).collect::<Vec<_>>().join(", ");
    let lines = [
        line("originals on record", listed(true)),
        line("originals missing, to be asked", listed(false)),
        line("right of reply, nothing on record from", unheard),
    ];
    let redacted = report.redactions.iter().map(|known| {
        let what = known.entry.map_or_else(|| "bytes".to_string(), |entry| format!("entry {entry}"));
        format!("{what} redacted by {} on {}: {}", clean(&known.actor), known.time, clean(&known.because))
    });
    lines.into_iter().flatten().chain(redacted).collect()
}
