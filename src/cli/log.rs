use super::setting::{DoneOption, Setting, read_text};
use super::trouble::{DONE, Trouble, note};
use crate::domain::claim::{Known, Modality, Stance};
use crate::domain::listing::Standing;
use crate::domain::quote::WantedQuote;
use crate::domain::text::Role;
use crate::ledger::{
    ClaimInput, FigureInput, Ledger, LedgerError, LinkInput, Logged, LoggedClaim, Questions, read_claims,
};
use crate::report::{clean, words};

/// Log claims: who says what, in which words of which source
///
/// One claim by options, many by `--jsonl` (all or none), or one like a claim on record by `--like`. The quote must
/// stand in the source's text, and the figure in the quote; a figure left out is read from the quote.
#[derive(clap::Args)]
pub struct Log {
    /// Log the claims of a JSON Lines file, or of standard input for `-`
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["like", "source", "quote"])]
    jsonl: Option<String>,
    /// Take what is not given from this claim
    #[arg(long, value_name = "CLAIM")]
    like: Option<String>,
    /// Let names that nobody has used become entities
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    done: DoneOption,
}

/// The fields of a claim, as options.
#[derive(clap::Args)]
pub struct Fields {
    /// The source: its id, the hash of a snapshot, or its URL
    #[arg(long)]
    pub source: Option<String>,
    /// The words, as they stand in the text
    #[arg(long, value_name = "WORDS")]
    pub quote: Option<String>,
    /// Words right before the quote, to tell two places apart
    #[arg(long, value_name = "WORDS")]
    pub prefix: Option<String>,
    /// Words right after the quote, to tell two places apart
    #[arg(long, value_name = "WORDS")]
    pub suffix: Option<String>,
    /// The quote's first character, counted from 0
    #[arg(long, value_name = "N")]
    pub start: Option<usize>,
    /// Of whom or what
    #[arg(long, value_name = "NAME")]
    pub subject: Option<String>,
    /// What is said of it (`onrecord predicates` lists them)
    #[arg(long, value_name = "NAME")]
    pub predicate: Option<String>,
    /// Whom or what it is about beside the subject; for words and dates, those
    #[arg(long, value_name = "NAME")]
    pub object: Option<String>,
    /// The figure, such as "14.3 billion dollars", or an object as in `--jsonl`; left out, it is read from the quote
    #[arg(long, value_name = "WORDS")]
    pub figure: Option<String>,
    /// Who said it, origin first, publisher last (may be repeated); `anonymous:WORDS` for somebody without a name
    #[arg(long, value_name = "NAME")]
    pub by: Vec<String>,
    /// A named part of what is meant (may be repeated): component, period, per, stage, scope or part-of
    #[arg(long, value_name = "KEY=VALUE")]
    pub qualifier: Vec<String>,
    /// The time it is said to be true of, such as 2025-06 or 2025-06-17/2025-06-20
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// The claim denies it
    #[arg(long)]
    pub deny: bool,
    /// How firmly it is said
    #[arg(long, value_enum)]
    pub modality: Option<ModalityName>,
    /// An outside reference, kept and shown
    #[arg(long = "ref", value_name = "TEXT")]
    pub reference: Option<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum ModalityName {
    /// As a fact
    Stated,
    /// As somebody's report
    Reported,
    /// As unconfirmed
    Alleged,
    /// As something still to come
    Predicted,
}

impl Log {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let lines = match (&self.jsonl, &self.like) {
            (Some(path), _) => {
                if self.fields.any() {
                    return Err(usage("the fields of a claim stand in the file with `--jsonl`, not in options"));
                }
                read_claims(&read_text(path)?)
            }
            (None, like) => {
                let mut input = match (like, &self.fields.source) {
                    (Some(claim), Some(source)) => ledger.input_like(claim, source)?,
                    (Some(_), None) => return Err(usage("a claim needs `--source`")),
                    (None, _) => ClaimInput::default(),
                };
                self.fields.fill(&mut input)?;
                complete(&input)?;
                vec![(1, Ok(input))]
            }
        };
        let logged = match ledger.log(&lines, self.new) {
            // One claim by options has no line number worth telling.
            Err(crate::ledger::LedgerError::Batch { mut lines, .. }) if self.jsonl.is_none() && lines.len() == 1 => {
                return Err(Trouble::Ledger(lines.remove(0).1.into()));
            }
            other => other?,
        };
        self.done.print(&ledger, logged.claims.iter().map(|claim| claim.id))?;
        if self.jsonl.is_some() { many(&logged) } else { one(&mut ledger, &logged) }
    }
}

fn many(logged: &Logged) -> Result<u8, Trouble> {
    let attested = logged.claims.iter().filter(|claim| claim.attested).count();
    let new = logged.claims.len() - attested;
    let again = if attested == 0 { String::new() } else { format!(", {attested} on record already and attested") };
    note(format_args!("{} logged{again}; {}", words::counted(new, "claim"), touched(logged.questions)));
    for claim in &logged.claims {
        notes(claim);
    }
    Ok(DONE)
}

/// The questions that a command touched, in words.
pub fn touched(questions: Questions) -> String {
    let Questions { touched, contradicted, in_tension } = questions;
    match touched {
        0 => "no question touched".to_string(),
        n => {
            let touched = words::counted(n, "question");
            format!("{touched} touched: {contradicted} contradicted, {in_tension} in tension")
        }
    }
}

fn one(ledger: &mut Ledger, logged: &Logged) -> Result<u8, Trouble> {
    for claim in &logged.claims {
        let done = if claim.attested { "on record already, attested" } else { "logged" };
        let not = if claim.denies { "not " } else { "" };
        let figure = claim.figure.as_ref().map_or(String::new(), |figure| format!(": {not}{}", words::figure(figure)));
        note(format_args!("claim {} {done}{figure}", claim.id.short()));
        notes(claim);
        if let Some(standing) = ledger.standing(claim.id)? {
            let (question, finding) = (words::question(&standing.question), standing.id.short());
            note(format_args!("verdict: {} on {question}, `{finding}`", in_words(&standing)));
            if standing.reopened {
                note(format_args!("note: the decision on `{finding}` is open again"));
            }
        }
    }
    Ok(DONE)
}

/// How a claim fares among those on its question.
fn in_words(standing: &Standing) -> String {
    match (standing.conflicts, standing.tensions) {
        (0, 0) if standing.is_finding => "nothing contradicts it, others do each other".to_string(),
        (0, 0) => if standing.is_agreed { "agreed" } else { "alone" }.to_string(),
        (0, n) => format!("in tension with {}", words::counted(n, "claim")),
        (n, 0) => format!("contradicted by {}", words::counted(n, "claim")),
        (n, m) => format!("contradicted by {}, in tension with {m}", words::counted(n, "claim")),
    }
}

/// What the person who logged a claim should know about it.
pub fn notes(claim: &LoggedClaim) {
    if claim.held {
        let id = claim.id.short();
        note(format_args!("note: {id}: held until a person approves it: `onrecord approve {id}`"));
    }
    for doubt in &claim.doubts {
        let doubt = match doubt {
            crate::domain::figure::Doubt::AmbiguousGrouping => "the separator could mean thousands or decimals",
            crate::domain::figure::Doubt::AmbiguousScale => "`billion` could be 10^9 or 10^12 here",
            crate::domain::figure::Doubt::AmbiguousCurrency => continue,
            crate::domain::figure::Doubt::CurrencyMissing => "no currency is stated",
            crate::domain::figure::Doubt::UnlikelyConversion => "no exchange rate makes this the sum before it",
        };
        note(format_args!("note: {}: {doubt}", claim.id.short()));
    }
    for (key, value) in &claim.unsaid {
        let qualifier = clean(&format!("{key}={value}"));
        note(format_args!(
            "note: {}: the quote has `{qualifier}` too: a `--qualifier` if that is meant",
            claim.id.short()
        ));
    }
    if let Some(part) = claim.part.filter(|part| *part != Role::Body) {
        note(format_args!(
            "note: {}: the quote stands in the {}, not in the article's body",
            claim.id.short(),
            part.words()
        ));
    }
    if claim.blocks > 1 {
        let id = claim.id.short();
        note(format_args!("note: {id}: the quote runs over {} paragraphs or cells", claim.blocks));
    }
    if claim.folded {
        note(format_args!("note: {}: the quote differs from the text in typography only", claim.id.short()));
    }
    for (name, near) in &claim.named {
        if let Some(like) = near.first() {
            note(format_args!("note: `{}` is a new entity, and like `{}` on record", clean(name), clean(like)));
        }
    }
}

impl Fields {
    /// True when any of them is given.
    fn any(&self) -> bool {
        let texts = [
            &self.source,
            &self.quote,
            &self.prefix,
            &self.suffix,
            &self.subject,
            &self.predicate,
            &self.object,
            &self.figure,
            &self.as_of,
            &self.reference,
        ];
        texts.into_iter().any(Option::is_some)
            || self.start.is_some()
            || !self.by.is_empty()
            || !self.qualifier.is_empty()
            || self.deny
            || self.modality.is_some()
    }

    /// Puts what is given into a claim; the rest of it stays.
    pub fn fill(self: &Fields, input: &mut ClaimInput) -> Result<(), Trouble> {
        let put = |given: &Option<String>, field: &mut String| {
            if let Some(given) = given {
                field.clone_from(given);
            }
        };
        put(&self.source, &mut input.source);
        put(&self.subject, &mut input.subject);
        put(&self.predicate, &mut input.predicate);
        let place = (self.start, &self.prefix, &self.suffix);
        if self.quote.is_some() || place != (None, &None, &None) {
            input.quote = WantedQuote {
                exact: self.quote.clone().unwrap_or_else(|| input.quote.exact.clone()),
                prefix: self.prefix.clone(),
                suffix: self.suffix.clone(),
                start: self.start,
                end: None,
            };
        }
        if self.quote.is_some() && self.figure.is_none() {
            // Another quote, so the figure is read anew.
            input.figure = None;
        }
        // Nothing between the quotation marks takes away what was there.
        let changed = |given: &Option<String>, old: Option<String>| match given {
            Some(given) => Some(given.clone()).filter(|given| !given.is_empty()),
            None => old,
        };
        input.object = changed(&self.object, input.object.take());
        if let Some(given) = &self.figure {
            input.figure = Some(FigureInput::from_option(given).map_err(LedgerError::from)?);
        }
        input.as_of = changed(&self.as_of, input.as_of.take());
        input.reference = changed(&self.reference, input.reference.take());
        if !self.by.is_empty() {
            input.by = self.by.iter().map(|by| link(by)).collect();
        }
        for qualifier in &self.qualifier {
            match qualifier.split_once('=') {
                Some((key, "")) => {
                    input.qualifiers.remove(key);
                }
                Some((key, value)) => {
                    input.qualifiers.insert(key.trim().to_string(), value.trim().to_string());
                }
                None => return Err(usage(&format!("`--qualifier {qualifier}`: expected `KEY=VALUE`"))),
            }
        }
        if self.deny {
            input.stance = Stance::Denies;
        }
        input.modality = match self.modality {
            Some(ModalityName::Stated) => Modality::Stated,
            Some(ModalityName::Reported) => Modality::Reported,
            Some(ModalityName::Alleged) => Modality::Alleged,
            Some(ModalityName::Predicted) => Modality::Predicted,
            None => input.modality,
        };
        Ok(())
    }
}

fn link(by: &str) -> LinkInput {
    match by.strip_prefix("anonymous:") {
        Some(words) => LinkInput { name: words.trim().to_string(), anonymous: true, known: Known::Stated },
        None => LinkInput::named(by),
    }
}

/// A claim by options needs these four.
fn complete(input: &ClaimInput) -> Result<(), Trouble> {
    let needed = [
        ("`--source`", &input.source),
        ("`--quote`", &input.quote.exact),
        ("`--subject`", &input.subject),
        ("`--predicate`", &input.predicate),
    ];
    let missing: Vec<&str> = needed.into_iter().filter(|(_, value)| value.is_empty()).map(|(name, _)| name).collect();
    match missing.as_slice() {
        [] => Ok(()),
        missing => Err(usage(&format!("a claim needs {}", missing.join(", ")))),
    }
}

fn usage(message: &str) -> Trouble {
    Trouble::Usage { message: message.to_string(), hint: "`onrecord log --help` shows the options".into() }
}
