use std::path::PathBuf;

use super::progress::Progress;
use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, Trouble, note, visible};
use crate::domain::listing::{About, MergeView};
use crate::ledger::MergeRequest;
use crate::report::words::counted;

/// Bring in what another ledger has on record, attributed to where it came from
///
/// Sources, names, claims and judgements come over as entries that say who made them there, and when; what is here already,
/// by id, is not brought again. The other ledger is checked first, as `verify` does, and is not changed. Where the two
/// differ (whom a name means, a detail of a source, what was decided), it stays as it is here, and the difference is listed.
#[derive(clap::Args)]
pub struct Merge {
    /// The other ledger file, or the folder or tar file that `export` wrote of it
    #[arg(value_name = "OTHER")]
    other: PathBuf,
    /// Show what would come over, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    format: FormatOption,
}

impl Merge {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open_now()?;
        let progress = Progress::entries();
        let told: crate::ledger::Progress = &|stage, done, all| progress.set(stage, done, all);
        let merged = setting.other(&self.other, told).and_then(|mut other| {
            let hold_agents = setting.holds_agents()?;
            let request = MergeRequest { hold_agents, dry_run: self.dry_run, progress: told };
            Ok(ledger.merge(&mut other, &request)?)
        });
        progress.finish();
        let view = merged?;
        list(&crate::report::Merged(&view), &self.format)?;
        tell(&view);
        Ok(DONE)
    }
}

fn tell(view: &MergeView) {
    let count = |n: u64, what: &str| counted(n as usize, what);
    let so_far = if view.dry_run { "dry run, nothing changed: " } else { "" };
    let n = view.brought.values().sum();
    let record = visible(&view.record);
    note(format_args!("{so_far}record {record}, {}: {} brought in", count(view.entries, "entry"), count(n, "entry")));
    if n > 0 {
        let kinds: Vec<String> = view.brought.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
        note(format_args!("  by their kind: {}", kinds.join(", ")));
    }
    if view.held > 0 {
        note(format_args!("  {} held until a person approves: `onrecord pending`", count(view.held, "claim")));
    }
    if view.n_left_out > 0 {
        note(format_args!("  {} left out", count(view.n_left_out, "entry")));
    }
    if view.n_differences > 0 {
        let n = count(view.n_differences, "difference");
        note(format_args!("  {n}, and all stays as it is here: {}", advice(view)));
    }
    if let Some(questions) = view.questions {
        let findings = questions.contradicted + questions.in_tension;
        note(format_args!("  {}, {}", counted(questions.touched, "question"), counted(findings, "finding")));
    }
}

/// What can be done about the first difference.
fn advice(view: &MergeView) -> String {
    let Some(first) = view.differences.first() else { return String::new() };
    let (of, here, there) = (visible(&first.of), visible(&first.here), visible(&first.there));
    match first.about {
        About::Name if here.contains(',') => "`onrecord entities merge` says where two are one".into(),
        About::Name => {
            format!("where {here} and {there} are one, `onrecord entities merge {there} {here} --because …`")
        }
        About::Key => "where both are one, give the entity here the name it has there with `onrecord entities add`, and merge again".into(),
        About::Predicate | About::Origins | About::Entity | About::Derivation => "see that both sides mean the same".into(),
        About::Detail => "the same page captured again with `--publisher …` and the like puts a detail right".into(),
        About::Source => format!("{of} is of one source here and of another there"),
        About::Claim => "`onrecord retract` and `onrecord reinstate` judge a claim here".into(),
        About::Finding | About::Outcome => "`onrecord decide` decides here".into(),
        About::Redacted => format!("`onrecord redact {of} --because …` removes it here as well"),
    }
}
