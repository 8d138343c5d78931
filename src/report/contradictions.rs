//! Contradictions: one block a finding, one line a position with its sources beneath, and one sentence that says why.

use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment};
use serde_json::{Value, json};

use super::block::{bare, heading, paragraph, trimmed};
use super::lists::tone;
use super::sheet::{Sheet, Tone, escaped};
use super::{Findings, Language, Layout, Listing, clean, words};
use crate::domain::claim::Status;
use crate::domain::id::ClaimId;
use crate::domain::listing::{ClaimView, Contradictions, PositionView, QuestionView};
use crate::domain::rate::Rate;
use crate::domain::verdict::{Pair, PairVerdict, QuestionVerdict, Reason};
use crate::domain::when::When;

/// Ways of saying one position that are shown; the rest is counted.
const SHOWN_SAYINGS: usize = 4;
/// Ways of saying what only fits a position that are shown; the rest is counted.
const SHOWN_FITTING: usize = 2;
/// Carriers of one origin that are shown; the rest is counted.
const SHOWN_CARRIERS: usize = 4;
/// Origins of one position that are shown; the rest is counted.
const SHOWN_ORIGINS: usize = 8;

/// Exchange rates of one question that are shown.
const SHOWN_RATES: usize = 4;

const NONE_FOUND: &str = "no contradictions among the claims on record";

impl Listing for Findings<'_> {
    /// The shape of the contract (DESIGN §8).
    fn items(&self) -> Vec<Value> {
        let item = |view: &QuestionView| {
            let end = |end: Option<crate::domain::decimal::Decimal>| end.map(|end| end.to_string());
            let position = |position: &PositionView| {
                json!({
                    "lo": end(position.range.lo),
                    "hi": end(position.range.hi),
                    "origins": position.origins,
                    "support": position.support,
                    "claims": position.claims,
                })
            };
            let terms = view.severity.terms.iter().map(|(term, points)| (term.name().to_string(), json!(points)));
            let mut item = json!({
                "id": view.id,
                "verdict": view.verdict,
                "question": view.question,
                "sentence": self.sentence(view),
                "positions": view.positions.iter().map(position).collect::<Vec<_>>(),
                "pairs": view.pairs,
                "severity": {
                    "points": view.severity.points,
                    "terms": terms.collect::<serde_json::Map<_, _>>(),
                    "latest": view.severity.latest,
                },
                "decision": view.decision,
            });
            if view.truncated {
                item["truncated"] = json!(true);
            }
            if !view.rates.is_empty() {
                item["rates"] = json!(view.rates);
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
            "decision",
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
                    position.support.len().to_string(),
                    self.sources(position),
                    self.sentence(view).unwrap_or_default(),
                    self.decided(view).unwrap_or_default(),
                ];
                sheet.push_toned(row, Some((1, tone(view.verdict))));
            }
        }
        sheet
    }

    fn table(&self, layout: Layout) -> String {
        if self.contradictions.questions.is_empty() {
            return self.none_found();
        }
        let mut out = String::new();
        if let Some(date) = &self.contradictions.as_of {
            out.push_str(&format!("{}\n\n", words::as_known_by(date)));
        }
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
            return self.none_found();
        }
        let mut out = String::from("# Contradictions\n");
        if let Some(date) = &self.contradictions.as_of {
            out.push_str(&format!("\n{}\n", words::as_known_by(date)));
        }
        for view in &self.contradictions.questions {
            let title = escaped(&words::question(&view.question));
            out.push_str(&format!("\n## {title}\n\n**{}** · `{}`\n", view.verdict.name(), view.id.short()));
            for sentence in self.sentence(view).into_iter().chain(self.slips(view)) {
                out.push_str(&format!("\n{}.\n", escaped(&sentence)));
            }
            if let Some(decision) = self.decided(view) {
                out.push_str(&format!("\n{}.\n", escaped(&decision)));
            }
            let mut sheet = Sheet::new(&["says", "origins", "sources"], "");
            for (position, sayings) in self.shown_positions(view) {
                sheet.push(vec![sayings, position.support.len().to_string(), self.sources(position)]);
            }
            out.push_str(&format!("\n{}", sheet.markdown()));
            for line in self.rates(view).into_iter().chain(self.compared(view)) {
                out.push_str(&format!("\n- {}", escaped(&line)));
            }
            if !self.rates(view).is_empty() || (self.all && !self.compared(view).is_empty()) {
                out.push('\n');
            }
        }
        out
    }
}

impl Findings<'_> {
    fn none_found(&self) -> String {
        match &self.contradictions.as_of {
            Some(date) => format!("{NONE_FOUND}, {}\n", words::as_known_by(date)),
            None => format!("{NONE_FOUND}\n"),
        }
    }

    fn claim(&self, id: &ClaimId) -> Option<&ClaimView> {
        self.contradictions.claims.get(id)
    }

    /// Why a finding is one.
    fn sentence(&self, view: &QuestionView) -> Option<String> {
        sentence(self.contradictions, view, self.language)
    }

    /// The decision on a finding, with the claims that it names in words.
    pub fn decided(&self, view: &QuestionView) -> Option<String> {
        let name = |id: &ClaimId| match self.claim(id) {
            Some(claim) => {
                format!("{}, {}", words::who(claim), words::saying_on(claim, &view.question, Language::En))
            }
            None => id.short(),
        };
        view.decision.as_ref().map(|decision| words::decision_naming(decision, name))
    }

    /// What else looks like a slip, a sentence each.
    fn slips(&self, view: &QuestionView) -> Vec<String> {
        let sentence = |pair: &Pair| {
            let sentence = words::sentence(pair, self.claim(&pair.a)?, self.claim(&pair.b)?, self.language);
            Some(format!("{}{sentence}", self.language.pick("also: ", "en outre : ")))
        };
        view.slips.iter().filter_map(sentence).collect()
    }

    /// The rates by which sums in several currencies compare, where the sentence of a finding does not name them.
    fn rates(&self, view: &QuestionView) -> Vec<String> {
        let named = |rate: &&Rate| !view.worst.iter().any(|worst| worst.rates.contains(rate));
        let rates = view.rates.iter().filter(named).take(SHOWN_RATES);
        rates.map(|rate| words::rate_in(rate, self.language)).collect()
    }

    /// The claims of a position that take its side, and those that only fit it.
    fn members(&self, position: &PositionView) -> (Vec<&ClaimView>, Vec<&ClaimView>) {
        let members = position.claims.iter().filter_map(|id| self.claim(id));
        members.partition(|claim| position.sides.contains(&claim.id))
    }

    /// How a position is put: its ways of saying it, the commonest first, and then what else fits it.
    fn sayings(&self, view: &QuestionView, position: &PositionView) -> String {
        let (sides, fitting) = self.members(position);
        let sayings = self.ways_of_saying(view, sides, SHOWN_SAYINGS);
        if fitting.is_empty() {
            return sayings;
        }
        format!(
            "{sayings}; {} {}",
            self.language.pick("fits", "compatible avec"),
            self.ways_of_saying(view, fitting, SHOWN_FITTING)
        )
    }

    /// The positions for people, each with how it is put. Where bounds contradict each other one side stands in several
    /// positions; it is shown once, with all that fits it.
    fn shown_positions<'v>(&self, view: &'v QuestionView) -> Vec<(&'v PositionView, String)> {
        let mut shown: Vec<(Vec<ClaimId>, &PositionView, String)> = Vec::new();
        for position in &view.positions {
            let (sides, fitting) = self.members(position);
            let ids: Vec<ClaimId> = sides.iter().map(|claim| claim.id).collect();
            match shown.iter_mut().find(|(known, ..)| *known == ids) {
                Some((.., sayings)) => {
                    sayings.push_str(&format!(
                        " {} {}",
                        self.language.pick("or", "ou"),
                        self.ways_of_saying(view, fitting, SHOWN_FITTING)
                    ));
                }
                None => shown.push((ids, position, self.sayings(view, position))),
            }
        }
        shown.into_iter().map(|(_, position, sayings)| (position, sayings)).collect()
    }

    /// Who stands behind a position: each origin with the pages that carry it.
    fn sources(&self, position: &PositionView) -> String {
        let mut carriers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for claim in self.members(position).0 {
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
        let mut shown: Vec<String> = position.support.iter().take(SHOWN_ORIGINS).map(described).collect();
        if position.support.len() > SHOWN_ORIGINS {
            shown.push(format!("{} more", position.support.len() - SHOWN_ORIGINS));
        }
        // Who repeats one of several of them is told, and not counted.
        let counted = |origin: &&str| position.support.iter().any(|known| known == origin);
        let open = carriers.keys().filter(|origin| !counted(origin)).map(|origin| described(&origin.to_string()));
        let open: Vec<String> = open.collect();
        if !open.is_empty() {
            shown.push(format!("not counted apart: {}", open.join("; ")));
        }
        shown.join("; ")
    }

    /// The ways in which some claims say something, the commonest first.
    fn ways_of_saying(&self, view: &QuestionView, claims: Vec<&ClaimView>, most: usize) -> String {
        let mut sayings: Vec<(String, Vec<&ClaimView>)> = Vec::new();
        for claim in claims {
            let saying = format!("{}{}", member(claim, view), words::saying_on(claim, &view.question, self.language));
            match sayings.iter_mut().find(|(known, _)| *known == saying) {
                Some((_, claims)) => claims.push(claim),
                None => sayings.push((saying, vec![claim])),
            }
        }
        sayings.sort_by_key(|(_, claims)| std::cmp::Reverse(claims.len()));
        let rest = sayings.len().saturating_sub(most);
        // With its date, where all who say so say one.
        let dated = |(saying, claims): (String, Vec<&ClaimView>)| match claims[0].as_of.as_ref() {
            Some(date) if claims.iter().all(|claim| claim.as_of.as_ref() == Some(date)) => format!("{saying} ({date})"),
            _ => saying,
        };
        let mut shown: Vec<String> = sayings.into_iter().take(most).map(dated).collect();
        if rest > 0 {
            shown.push(match self.language {
                Language::En => format!("and {rest} more"),
                Language::Fr => format!("et {rest} autres"),
            });
        }
        shown.join(" · ")
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
            let why = self.language.explanations(&reasons);
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
        let question = format!("{}  {}", words::question(&view.question), view.id.short());
        // What a person has settled is there, and out of the way.
        if view.is_settled() && !self.all {
            let mut out = heading(&format!("DECIDED {question}"), Tone::Faint, layout);
            for line in self.sentence(view).into_iter().chain(self.decided(view)) {
                out.push_str(&paragraph(&line, layout));
            }
            return out;
        }
        let mut out = heading(&format!("{verdict} {question}"), tone(view.verdict), layout);
        for sentence in self.sentence(view).into_iter().chain(self.slips(view)) {
            out.push_str(&paragraph(&sentence, layout));
        }
        if let Some(decision) = self.decided(view) {
            out.push_str(&paragraph(&decision, layout));
        }
        if self.all && view.verdict.is_finding() {
            out.push_str(&paragraph(&words::severity(&view.severity), layout));
        }
        let mut table = bare(layout);
        for (position, sayings) in self.shown_positions(view) {
            let origins = words::origins(position.support.len(), self.language);
            table.add_row([
                Cell::new("  •"),
                Cell::new(sayings),
                Cell::new(origins).set_alignment(CellAlignment::Right),
                Cell::new(self.sources(position)),
            ]);
        }
        out.push_str(&trimmed(&table));
        for line in self.rates(view).into_iter().chain(self.compared(view)) {
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
        let mut claims: Vec<&ClaimView> = self.contradictions.claims.values().collect();
        claims.sort_by_key(|claim| (claim.published.as_ref().map(When::first_day), claim.carrier(), claim.id));
        for claim in claims {
            let retracted = claim.status == Status::Retracted;
            let says = format!("{}{}", member(claim, view), words::dated(claim, &view.question));
            let row = vec![
                claim.id.short(),
                words::marked(claim, says),
                words::quoted(&claim.quote.exact),
                words::chain(claim),
                claim.published.as_ref().map_or(String::new(), ToString::to_string),
            ];
            sheet.push_toned(row, retracted.then_some((1, Tone::Bad)));
        }
        format!("\n{}", sheet.table(layout))
    }
}

/// Who a claim is about, where the question is about the group he belongs to: "John Smith ".
fn member(claim: &ClaimView, view: &QuestionView) -> String {
    if claim.subject == view.question.subject { String::new() } else { format!("{} ", clean(&claim.subject)) }
}

/// Why a finding is one: the sentence about the pair that decides it.
pub(super) fn sentence(contradictions: &Contradictions, view: &QuestionView, language: Language) -> Option<String> {
    let pair = view.worst.as_ref().filter(|_| view.verdict >= QuestionVerdict::Tension)?;
    let (a, b) = (contradictions.claims.get(&pair.a)?, contradictions.claims.get(&pair.b)?);
    Some(words::sentence(pair, a, b, language))
}
