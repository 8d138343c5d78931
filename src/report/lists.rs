//! Plain lists: claims, sources, entities, predicates, answers, figures.

use serde_json::{Value, json};

use super::block::heading;
use super::sheet::{Sheet, Tone, escaped};
use super::{Layout, Listing, clean, words};
use crate::domain::claim::{Qualifiers, Status};
use crate::domain::figure::{Doubt, Figure, FoundFigure, Precision};
use crate::domain::listing::{AnswerView, ClaimView, EntityView, PredicateView, SourceView};
use crate::domain::verdict::QuestionVerdict;

fn shown(value: &Option<impl ToString>) -> String {
    value.as_ref().map_or(String::new(), ToString::to_string)
}

/// The tone of a verdict.
pub(super) fn tone(verdict: QuestionVerdict) -> Tone {
    match verdict {
        QuestionVerdict::Contradicted => Tone::Bad,
        QuestionVerdict::Tension => Tone::Doubtful,
        QuestionVerdict::Agreed => Tone::Good,
        QuestionVerdict::Alone => Tone::Plain,
    }
}

/// Claims.
pub struct Claims<'a> {
    /// The claims.
    pub claims: &'a [ClaimView],
    /// What to say where there are none.
    pub empty: &'static str,
}

impl Listing for Claims<'_> {
    fn items(&self) -> Vec<Value> {
        self.claims.iter().map(|claim| json!(claim)).collect()
    }

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
            "by",
            "published",
            "ref",
            "decisions",
        ];
        let mut sheet = Sheet::new(&columns, self.empty);
        for claim in self.claims {
            let retracted = claim.status == Status::Retracted;
            let row = vec![
                claim.id.short(),
                claim.status.name().to_string(),
                claim.subject.clone(),
                claim.predicate.clone(),
                shown(&claim.object),
                words::saying(claim),
                shown(&claim.as_of),
                words::quoted(&claim.quote.exact),
                words::chain(claim),
                shown(&claim.published),
                shown(&claim.reference),
                claim.decisions.iter().map(words::claim_decision).collect::<Vec<_>>().join("; "),
            ];
            sheet.push_toned(row, retracted.then_some((1, Tone::Bad)));
        }
        sheet
    }

    /// Ten columns do not fit a terminal; two say the same.
    fn table(&self, layout: super::Layout) -> String {
        let mut sheet = Sheet::new(&["id", "claim", "quote", "by"], self.empty);
        for claim in self.claims {
            let published = claim.published.as_ref().map_or(String::new(), |date| format!(", {date}"));
            let row = vec![
                claim.id.short(),
                words::claim(claim),
                words::quoted(&claim.quote.exact),
                format!("{}{published}", words::chain(claim)),
            ];
            sheet.push_toned(row, (claim.status == Status::Retracted).then_some((1, Tone::Bad)));
        }
        sheet.table(layout)
    }
}

/// Sources.
pub struct Sources<'a>(pub &'a [SourceView]);

impl Listing for Sources<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|source| json!(source)).collect()
    }

    fn sheet(&self) -> Sheet {
        let columns = ["id", "publisher", "published", "language", "title", "repeats", "claims", "snapshots", "url"];
        let mut sheet = Sheet::new(&columns, "no sources on record; `onrecord capture FILE` puts one there");
        for source in self.0 {
            let details = &source.details;
            sheet.push(vec![
                source.id.short(),
                shown(&details.publisher),
                shown(&details.published),
                shown(&details.language),
                shown(&details.title),
                details.credits.iter().chain(&source.derives_from).cloned().collect::<Vec<_>>().join("; "),
                source.claims.to_string(),
                source.snapshots.to_string(),
                shown(&details.url),
            ]);
        }
        sheet
    }

    /// Columns that are empty throughout say nothing.
    fn table(&self, layout: super::Layout) -> String {
        self.sheet().without_empty_columns().table(layout)
    }
}

/// Entities.
pub struct Entities<'a>(pub &'a [EntityView]);

impl Listing for Entities<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|entity| json!(entity)).collect()
    }

    fn sheet(&self) -> Sheet {
        let columns = ["key", "name", "aliases", "members", "merged"];
        let mut sheet = Sheet::new(&columns, "no entities on record");
        for entity in self.0 {
            sheet.push(vec![
                entity.key.clone(),
                entity.name.clone(),
                entity.aliases.join("; "),
                entity.members.join("; "),
                entity.merged.join("; "),
            ]);
        }
        sheet
    }

    /// Columns that are empty throughout say nothing.
    fn table(&self, layout: super::Layout) -> String {
        self.sheet().without_empty_columns().table(layout)
    }
}

/// Predicates.
pub struct Predicates<'a>(pub &'a [PredicateView]);

impl Listing for Predicates<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|predicate| json!(predicate)).collect()
    }

    fn sheet(&self) -> Sheet {
        let columns = ["name", "value", "unit", "time", "object", "describes"];
        let mut sheet = Sheet::new(&columns, "no predicates on record");
        for predicate in self.0 {
            let object = serde_json::to_value(predicate.object).ok().and_then(|v| v.as_str().map(str::to_string));
            sheet.push(vec![
                predicate.name.clone(),
                predicate.value.name().to_string(),
                shown(&predicate.unit),
                predicate.time.name().to_string(),
                object.unwrap_or_default(),
                predicate.describes.clone(),
            ]);
        }
        sheet
    }

    /// Hardly any predicate has a unit; those that do have it beside their value.
    fn table(&self, layout: super::Layout) -> String {
        let mut sheet = Sheet::new(&["name", "value", "time", "object", "describes"], "no predicates on record");
        for mut row in self.sheet().rows {
            let unit = row.remove(2);
            if !unit.is_empty() {
                row[1] = format!("{} in {unit}", row[1]);
            }
            sheet.push(row);
        }
        sheet.table(layout)
    }
}

const NO_ANSWERS: &str = "nothing on record to answer from";

/// Answers.
pub struct Answers<'a>(pub &'a [AnswerView]);

impl Listing for Answers<'_> {
    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|answer| json!(answer)).collect()
    }

    /// The columns of the contract (DESIGN §8).
    fn sheet(&self) -> Sheet {
        let columns = ["subject", "predicate", "as_of", "value", "lo", "hi", "support", "origins", "verdict"];
        let mut sheet = Sheet::new(&columns, NO_ANSWERS);
        for answer in self.0 {
            let row = vec![
                answer.subject.clone(),
                answer.predicate.clone(),
                shown(&answer.as_of),
                answer.value.clone(),
                shown(&answer.lo),
                shown(&answer.hi),
                answer.support.to_string(),
                answer.origins.join("; "),
                answer.verdict.name().to_string(),
            ];
            sheet.push_toned(row, Some((8, tone(answer.verdict))));
        }
        sheet
    }

    fn table(&self, layout: super::Layout) -> String {
        self.in_words().table(layout)
    }

    fn markdown(&self) -> String {
        self.in_words().markdown()
    }
}

impl Answers<'_> {
    /// For people: the whole question in one column, and figures in words.
    fn in_words(&self) -> Sheet {
        let columns = ["question", "as of", "answer", "allows", "origins", "verdict"];
        let mut sheet = Sheet::new(&columns, NO_ANSWERS);
        for answer in self.0 {
            let object = answer.object.as_ref().map_or(String::new(), |object| format!(" ({})", clean(object)));
            let row = vec![
                format!("{}: {}{object}", clean(&answer.subject), answer.predicate),
                shown(&answer.as_of),
                words::qualified(
                    answer.figure.as_ref().map_or_else(|| clean(&answer.value), words::figure),
                    &answer.qualifiers,
                    answer.modality,
                ),
                words::allowed(answer.lo.as_deref(), answer.hi.as_deref()),
                format!("{}: {}", answer.support, answer.origins.join("; ")),
                answer.verdict.name().to_string(),
            ];
            sheet.push_toned(row, Some((5, tone(answer.verdict))));
        }
        sheet
    }
}

/// Figures found in a text.
pub struct Figures<'a> {
    /// The text.
    pub text: &'a str,
    /// What was found in it.
    pub found: &'a [FoundFigure],
}

impl Figures<'_> {
    /// What the JSON of every figure is made from.
    pub fn views(&self) -> impl Iterator<Item = FoundView<'_>> {
        // In order of place, so that the text is counted through once.
        let (mut byte, mut scalars) = (0, 0);
        let mut place = move |at: usize| {
            scalars += self.text[byte..at].chars().count();
            byte = at;
            scalars
        };
        self.found.iter().map(move |found| FoundView {
            start: place(found.span.start),
            end: place(found.span.end),
            text: found.span.of(self.text),
            figure: &found.figure,
            doubts: &found.doubts,
            other: found.other.as_ref(),
            qualifiers: &found.qualifiers,
            conversion: found.conversion,
        })
    }
}

/// What stands around a figure in the text that is shown.
const MARKS: (char, char) = ('⟦', '⟧');

impl Figures<'_> {
    /// The paragraphs that hold figures, each figure between marks and with its number.
    fn marked(&self) -> Vec<String> {
        let mut paragraphs = Vec::new();
        let (mut marked, mut from) = (String::new(), 0);
        for (index, found) in self.found.iter().enumerate() {
            let (start, end) = (found.span.start, found.span.end);
            let between = &self.text[from..start];
            // A blank line parts paragraphs: the end of the last one, and the beginning of this.
            match (between.find("\n\n"), between.rfind("\n\n")) {
                (Some(last), Some(first)) => {
                    marked.push_str(&between[..last]);
                    paragraphs.push(std::mem::take(&mut marked));
                    marked.push_str(&between[first..]);
                }
                _ => marked.push_str(between),
            }
            let (open, close) = MARKS;
            marked.extend([open.to_string(), found.span.of(self.text).to_string(), close.to_string()]);
            marked.push_str(&raised(index + 1));
            from = end;
        }
        let rest = &self.text[from..];
        marked.push_str(rest.find("\n\n").map_or(rest, |end| &rest[..end]));
        paragraphs.push(marked);
        paragraphs.iter().map(|paragraph| clean(paragraph)).filter(|paragraph| !paragraph.is_empty()).collect()
    }

    /// The sheet with the number of every figure.
    fn numbered(&self) -> Sheet {
        let mut sheet = self.sheet();
        sheet.columns.insert(0, "");
        for (index, row) in sheet.rows.iter_mut().enumerate() {
            row.insert(0, (index + 1).to_string());
        }
        sheet
    }
}

/// A number in superior figures, as footnotes have it.
fn raised(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}

/// A figure found in a text as JSON has it (DESIGN §8).
#[derive(serde::Serialize)]
pub struct FoundView<'a> {
    /// Place of its first character, in Unicode scalars.
    start: usize,
    /// One past the place of its last character.
    end: usize,
    text: &'a str,
    #[serde(flatten)]
    figure: &'a Figure,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    doubts: &'a [Doubt],
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<&'a Figure>,
    #[serde(skip_serializing_if = "Qualifiers::is_empty")]
    qualifiers: &'a Qualifiers,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    conversion: bool,
}

impl Listing for Figures<'_> {
    fn items(&self) -> Vec<Value> {
        self.views().map(|view| json!(view)).collect()
    }

    fn table(&self, layout: Layout) -> String {
        if self.found.is_empty() {
            return self.sheet().table(layout);
        }
        let text: String =
            self.marked().iter().map(|paragraph| heading(paragraph, Tone::Plain, layout) + "\n").collect();
        let text =
            if layout.color { text.replace(MARKS.0, "\u{1b}[1m⟦").replace(MARKS.1, "⟧\u{1b}[0m") } else { text };
        text + &self.numbered().table(layout)
    }

    fn markdown(&self) -> String {
        if self.found.is_empty() {
            return self.sheet().markdown();
        }
        let paragraphs = self.marked();
        let quoted = paragraphs.iter().map(|paragraph| format!("> {}\n\n", escaped(paragraph)));
        quoted.collect::<String>().replace([MARKS.0, MARKS.1], "**") + &self.numbered().markdown()
    }

    fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(&["text", "figure", "lo", "hi", "decimals", "notes"], "no figures in this text");
        for found in self.found {
            let figure = &found.figure;
            let decimals = match figure.precision {
                Precision::Decimals(place) => place.to_string(),
                Precision::Exact => "exact".to_string(),
                Precision::Unstated => String::new(),
            };
            let mut notes: Vec<String> = Vec::new();
            notes.extend(figure.hedge.map(|hedge| hedge.name().to_string()));
            notes.extend(found.conversion.then(|| "conversion".to_string()));
            notes.extend(found.qualifiers.iter().map(|(key, value)| format!("{key}: {value}")));
            notes.extend(found.doubts.iter().filter_map(|doubt| json!(doubt).as_str().map(str::to_string)));
            notes.extend(found.other.iter().map(|other| format!("or {}", words::figure(other))));
            sheet.push(vec![
                found.span.of(self.text).to_string(),
                words::figure(figure),
                shown(&figure.lo),
                shown(&figure.hi),
                decimals,
                notes.join("; "),
            ]);
        }
        sheet
    }
}
