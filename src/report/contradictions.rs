//! Contradictions: one block a finding, one line a position with its sources beneath, and one sentence that says why.

use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment};
use serde_json::{Value, json};

use super::block::{bare, heading, paragraph, trimmed};
use super::lists::tone;
use super::sheet::{Sheet, Tone, escaped};
use super::{Findings, Layout, Listing, clean, words};
use crate::domain::claim::Status;
use crate::domain::id::ClaimId;
use crate::domain::listing::{ClaimView, Contradictions, QuestionView};
use crate::domain::verdict::{Pair, PairVerdict, Position, QuestionVerdict, Reason};
use crate::domain::when::When;

/// Ways of saying one position that are shown; the rest is counted.
const SHOWN_SAYINGS: usize = 4;
/// Carriers of one origin that are shown; the rest is counted.
const SHOWN_CARRIERS: usize = 4;
/// Origins of one position that are shown; the rest is counted.
const SHOWN_ORIGINS: usize = 8;

const NONE_FOUND: &str = "no contradictions among the claims on record";

impl Listing for Findings<'_> {
    /// The shape of the contract (DESIGN §8).
    fn items(&self) -> Vec<Value> {
        let item = |view: &QuestionView| {
            let end = |end: Option<crate::domain::decimal::Decimal>| end.map(|end| end.to_string());
            let position = |position: &Position| {
                json!({
                    "lo": end(position.range.lo),
                    "hi": end(position.range.hi),
                    "origins": position.origins,
                    "claims": position.claims,
                })
            };
            let mut item = json!({
                "id": view.id,
                "verdict": view.verdict,
                "question": view.question,
                "sentence": self.sentence(view),
                "positions": view.positions.iter().map(position).collect::<Vec<_>>(),
                "pairs": view.pairs,
                "decision": null,
            });
            if view.truncated {
                item["truncated"] = json!(true);
            }
            item
        };
        self.contradictions.questions.iter().map(item).collect()
    }

    /// One row a position.
    fn sheet(&self) -> Sheet {
        let columns = [
            "id",
            "verdict",
            "subject",
            "predicate",
            "object",
            "unit",
            "says",
            "lo",
            "hi",
            "origins",
            "sources",
            "sentence",
        ];
        let mut sheet = Sheet::new(&columns, NONE_FOUND);
        for view in &self.contradictions.questions {
            for position in &view.positions {
                let shown = |value: &Option<String>| value.clone().unwrap_or_default();
                let end = |end: Option<crate::domain::decimal::Decimal>| end.map_or(String::new(), |e| e.to_string());
                let row = vec![
                    view.id.short(),
                    view.verdict.name().to_string(),
                    view.question.subject.clone(),
                    view.question.predicate.clone(),
                    shown(&view.question.object),
                    view.question.unit.as_ref().map_or(String::new(), |unit| unit.name().to_string()),
                    self.sayings(view, position),
                    end(position.range.lo),
                    end(position.range.hi),
                    position.origins.len().to_string(),
                    self.sources(position),
                    self.sentence(view).unwrap_or_default(),
                ];
                sheet.push_toned(row, Some((1, tone(view.verdict))));
            }
        }
        sheet
    }

    fn table(&self, layout: Layout) -> String {
        if self.contradictions.questions.is_empty() {
            return format!("{NONE_FOUND}\n");
        }
        let mut out = String::new();
        for (index, view) in self.contradictions.questions.iter().enumerate() {
            if index > 0 {
                out.push('\n');
            }
            out.push_str(&self.block(view, layout));
        }
        out
    }

    fn markdown(&self) -> String {
        if self.contradictions.questions.is_empty() {
            return format!("{NONE_FOUND}\n");
        }
        let mut out = String::from("# Contradictions\n");
        for view in &self.contradictions.questions {
            let title = escaped(&words::question(&view.question));
            out.push_str(&format!("\n## {title}\n\n**{}** · `{}`\n", view.verdict.name(), view.id.short()));
            if let Some(sentence) = self.sentence(view) {
                out.push_str(&format!("\n{}.\n", escaped(&sentence)));
            }
            let mut sheet = Sheet::new(&["says", "origins", "sources"], "");
            for position in &view.positions {
                sheet.push(vec![
                    self.sayings(view, position),
                    position.origins.len().to_string(),
                    self.sources(position),
                ]);
            }
            out.push_str(&format!("\n{}", sheet.markdown()));
            for line in self.compared(view) {
                out.push_str(&format!("\n- {}", escaped(&line)));
            }
            if self.all && !self.compared(view).is_empty() {
                out.push('\n');
            }
        }
        out
    }
}

impl Findings<'_> {
    fn claim(&self, id: &ClaimId) -> Option<&ClaimView> {
        self.contradictions.claims.get(id)
    }

    /// Why a finding is one.
    fn sentence(&self, view: &QuestionView) -> Option<String> {
        sentence(self.contradictions, view)
    }

    fn members(&self, position: &Position) -> Vec<&ClaimView> {
        position.claims.iter().filter_map(|id| self.claim(id)).collect()
    }

    /// How a position is put: its ways of saying it, the commonest first.
    fn sayings(&self, view: &QuestionView, position: &Position) -> String {
        let mut sayings: Vec<(String, Vec<&ClaimView>)> = Vec::new();
        for claim in self.members(position) {
            let saying = words::saying_on(claim, &view.question);
            match sayings.iter_mut().find(|(known, _)| *known == saying) {
                Some((_, claims)) => claims.push(claim),
                None => sayings.push((saying, vec![claim])),
            }
        }
        sayings.sort_by_key(|(_, claims)| std::cmp::Reverse(claims.len()));
        let rest = sayings.len().saturating_sub(SHOWN_SAYINGS);
        // With its date, where all who say so say one.
        let dated = |(saying, claims): (String, Vec<&ClaimView>)| match claims[0].as_of.as_ref() {
            Some(date) if claims.iter().all(|claim| claim.as_of.as_ref() == Some(date)) => format!("{saying} ({date})"),
            _ => saying,
        };
        let mut shown: Vec<String> = sayings.into_iter().take(SHOWN_SAYINGS).map(dated).collect();
        if rest > 0 {
            shown.push(format!("and {rest} more"));
        }
        shown.join(" · ")
    }

    /// Who stands behind a position: each origin with the pages that carry it.
    fn sources(&self, position: &Position) -> String {
        let mut carriers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for claim in self.members(position) {
            let carrier = clean(&claim.carrier());
            let known = carriers.entry(&claim.origin).or_default();
            if !known.contains(&carrier) {
                known.push(carrier);
            }
        }
        let described = |origin: &String| {
            let mut carriers = carriers.get(origin.as_str()).cloned().unwrap_or_default();
            carriers.retain(|carrier| carrier != origin);
            let rest = carriers.len().saturating_sub(SHOWN_CARRIERS);
            carriers.truncate(SHOWN_CARRIERS);
            if rest > 0 {
                carriers.push(format!("{rest} more"));
            }
            if carriers.is_empty() { clean(origin) } else { format!("{} ({})", clean(origin), carriers.join(", ")) }
        };
        let mut shown: Vec<String> = position.origins.iter().take(SHOWN_ORIGINS).map(described).collect();
        if position.origins.len() > SHOWN_ORIGINS {
            shown.push(format!("{} more", position.origins.len() - SHOWN_ORIGINS));
        }
        shown.join("; ")
    }

    /// What was compared, how it came out and why, an example each; only where everything is asked for.
    fn compared(&self, view: &QuestionView) -> Vec<String> {
        if !self.all {
            return Vec::new();
        }
        let mut counts: BTreeMap<(PairVerdict, Vec<Reason>), (usize, &Pair)> = BTreeMap::new();
        // The pair that the sentence is about needs no second line.
        let worst = |pair: &&Pair| view.worst.as_ref().is_some_and(|worst| (worst.a, worst.b) == (pair.a, pair.b));
        for pair in view.pairs.iter().filter(|pair| !worst(pair)) {
            counts.entry((pair.verdict, pair.reasons.clone())).or_insert((0, pair)).0 += 1;
        }
        let line = |((verdict, reasons), (count, pair)): ((PairVerdict, Vec<Reason>), (usize, &Pair))| {
            let why: Vec<&str> = reasons.iter().map(|reason| words::explained(*reason)).collect();
            let example = match (self.claim(&pair.a), self.claim(&pair.b)) {
                (Some(a), Some(b)) => {
                    format!(", such as {} beside {}", words::dated(a, &view.question), words::dated(b, &view.question))
                }
                _ => String::new(),
            };
            let why = if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
            let pairs = match (count, verdict) {
                (1, PairVerdict::Conflict) => "1 more pair conflicts".to_string(),
                (n, PairVerdict::Conflict) => format!("{n} more pairs conflict"),
                (1, PairVerdict::Tension) => "1 pair is in tension".to_string(),
                (n, PairVerdict::Tension) => format!("{n} pairs are in tension"),
                (1, verdict) => format!("1 pair {}", verdict.name()),
                (n, verdict) => format!("{n} pairs {}", verdict.name()),
            };
            format!("{pairs}{why}{example}")
        };
        let mut lines: Vec<String> = counts.into_iter().rev().map(line).collect();
        if view.truncated {
            lines.push("there are more pairs than are listed".to_string());
        }
        lines
    }

    fn block(&self, view: &QuestionView, layout: Layout) -> String {
        let verdict = view.verdict.name().to_uppercase();
        let head = format!("{verdict} {}  {}", words::question(&view.question), view.id.short());
        let mut out = heading(&head, tone(view.verdict), layout);
        if let Some(sentence) = self.sentence(view) {
            out.push_str(&paragraph(&sentence, layout));
        }
        let mut table = bare(layout);
        for position in &view.positions {
            let origins = words::counted(position.origins.len(), "origin");
            table.add_row([
                Cell::new("  •"),
                Cell::new(self.sayings(view, position)),
                Cell::new(origins).set_alignment(CellAlignment::Right),
                Cell::new(self.sources(position)),
            ]);
        }
        out.push_str(&trimmed(&table));
        for line in self.compared(view) {
            out.push_str(&paragraph(&line, layout));
        }
        if self.all && self.contradictions.questions.len() == 1 {
            out.push_str(&self.claims(view, layout));
        }
        out
    }

    /// Every claim of the one question asked for.
    fn claims(&self, view: &QuestionView, layout: Layout) -> String {
        let mut sheet = Sheet::new(&["claim", "says", "quote", "by", "published"], "");
        let here = |claim: &&ClaimView| claim.question == view.id;
        let mut claims: Vec<&ClaimView> = self.contradictions.claims.values().filter(here).collect();
        claims.sort_by_key(|claim| (claim.published.as_ref().map(When::first_day), claim.carrier(), claim.id));
        for claim in claims {
            let retracted = claim.status == Status::Retracted;
            let says = words::dated(claim, &view.question);
            let row = vec![
                claim.id.short(),
                if retracted { format!("RETRACTED {says}") } else { says },
                words::quoted(&claim.quote.exact),
                words::chain(claim),
                claim.published.as_ref().map_or(String::new(), ToString::to_string),
            ];
            sheet.push_toned(row, retracted.then_some((1, Tone::Bad)));
        }
        format!("\n{}", sheet.table(layout))
    }
}

/// Why a finding is one: the sentence about the pair that decides it.
pub(super) fn sentence(contradictions: &Contradictions, view: &QuestionView) -> Option<String> {
    let pair = view.worst.as_ref().filter(|_| view.verdict >= QuestionVerdict::Tension)?;
    let (a, b) = (contradictions.claims.get(&pair.a)?, contradictions.claims.get(&pair.b)?);
    Some(words::sentence(pair, a, b))
}
