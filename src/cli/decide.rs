use clap::ValueEnum;

use super::setting::{DoneOption, Setting};
use super::trouble::{DONE, Trouble, note};
use crate::domain::decision::ClaimOutcome;
use crate::ledger::{Judgement, Ledger};
use crate::report::{Findings, Language};

/// Record what you judge a finding or a claim to be, and why
///
/// A decision hides nothing and changes no verdict; it is shown wherever the finding or its claims are. The finding is
/// open again when one of its claims is withdrawn or changed, or another is added.
#[derive(clap::Args)]
pub struct Decide {
    /// A finding, by its id or that of one of its claims; for `verified` and `cannot-verify` a claim
    id: String,
    /// What it is; left out where `--right` or `--wrong` name claims
    #[arg(value_enum, required_unless_present_any = ["right", "wrong"], conflicts_with_all = ["right", "wrong"])]
    outcome: Option<OutcomeName>,
    /// A claim of the finding that is right (may be repeated)
    #[arg(long, value_name = "CLAIM")]
    right: Vec<String>,
    /// A claim of the finding that is wrong (may be repeated)
    #[arg(long, value_name = "CLAIM")]
    wrong: Vec<String>,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: String,
    #[command(flatten)]
    done: DoneOption,
}

#[derive(Clone, Copy, ValueEnum)]
enum OutcomeName {
    /// Not decided, or no longer
    Open,
    /// Of the pair in the finding's sentence, the first claim is wrong and the second right
    FirstWrong,
    /// Of the pair in the finding's sentence, the second claim is wrong and the first right
    SecondWrong,
    /// Both claims of that pair are wrong
    BothWrong,
    /// Both claims of that pair are right: they mean two things
    BothRight,
    /// The older was right when it was said
    Superseded,
    /// Looked at, and not to be told
    Unsure,
    /// Of one claim: checked beyond its source, and right
    Verified,
    /// Of one claim: checked, and nothing found to verify it by
    CannotVerify,
}

impl Decide {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let judgement = match self.outcome {
            None => Judgement::Claims { right: self.right, wrong: self.wrong },
            Some(OutcomeName::Open) if ledger.has_decided_claim(&self.id).unwrap_or(false) => {
                return on_claim(&mut ledger, &self.id, ClaimOutcome::Open, &self.because, &self.done);
            }
            Some(OutcomeName::Open) => Judgement::Open,
            Some(OutcomeName::FirstWrong) => Judgement::FirstWrong,
            Some(OutcomeName::SecondWrong) => Judgement::SecondWrong,
            Some(OutcomeName::BothWrong) => Judgement::BothWrong,
            Some(OutcomeName::BothRight) => Judgement::BothRight,
            Some(OutcomeName::Superseded) => Judgement::Superseded,
            Some(OutcomeName::Unsure) => Judgement::Unsure,
            Some(OutcomeName::Verified) => {
                return on_claim(&mut ledger, &self.id, ClaimOutcome::Verified, &self.because, &self.done);
            }
            Some(OutcomeName::CannotVerify) => {
                return on_claim(&mut ledger, &self.id, ClaimOutcome::CannotVerify, &self.because, &self.done);
            }
        };
        let id = ledger.decide(&self.id, &judgement, &self.because)?;
        self.done.print(&ledger, [id])?;
        // As every listing shows it from now on.
        let shown = ledger.question(&id.to_string(), None)?;
        let finding = Findings { contradictions: &shown, all: true, language: Language::En };
        let decision = shown.questions.first().and_then(|view| finding.decided(view));
        note(format_args!("finding {}: {}", id.short(), decision.unwrap_or_default()));
        Ok(DONE)
    }
}

fn on_claim(
    ledger: &mut Ledger,
    id: &str,
    outcome: ClaimOutcome,
    because: &str,
    done: &DoneOption,
) -> Result<u8, Trouble> {
    let id = ledger.decide_claim(id, outcome, because)?;
    done.print(ledger, [id])?;
    note(format_args!("claim {}: {}", id.short(), outcome.name()));
    Ok(DONE)
}
