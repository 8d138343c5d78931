use super::log::{Fields, notes};
use super::setting::{DoneOption, Setting};
use super::trouble::{DONE, Trouble, note};
use crate::report::words;

/// Withdraw a claim as wrong; it stays on record, and is compared with nothing
#[derive(clap::Args)]
pub struct Retract {
    /// The claim's id
    claim: String,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: String,
    #[command(flatten)]
    done: DoneOption,
}

/// Put a retracted claim back
#[derive(clap::Args)]
pub struct Reinstate {
    /// The claim's id
    claim: String,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: String,
    #[command(flatten)]
    done: DoneOption,
}

/// Confirm that a claim stands in its source as logged
#[derive(clap::Args)]
pub struct Attest {
    /// The claim's id
    claim: String,
    #[command(flatten)]
    done: DoneOption,
}

/// Approve claims that are held; only a person can
#[derive(clap::Args)]
pub struct Approve {
    /// The claims' ids
    #[arg(required = true)]
    claims: Vec<String>,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: Option<String>,
    #[command(flatten)]
    done: DoneOption,
}

impl Approve {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let approved = ledger.approve(&self.claims, self.because.as_deref())?;
        self.done.print(&ledger, &approved)?;
        note(format_args!("{} approved", words::counted(approved.len(), "claim")));
        Ok(DONE)
    }
}

/// Withdraw a claim and log another in its place; what is not given stays as it was
#[derive(clap::Args)]
pub struct Correct {
    /// The claim's id
    claim: String,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: String,
    /// The claim affirms it (where the old one denied)
    #[arg(long, conflicts_with = "deny")]
    affirm: bool,
    /// Let names that nobody has used become entities
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    done: DoneOption,
}

impl Retract {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let id = ledger.retract(&self.claim, &self.because)?;
        self.done.print(&ledger, [id])?;
        note(format_args!("claim {} retracted", id.short()));
        Ok(DONE)
    }
}

impl Reinstate {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let id = ledger.reinstate(&self.claim, &self.because)?;
        self.done.print(&ledger, [id])?;
        note(format_args!("claim {} stands again", id.short()));
        Ok(DONE)
    }
}

impl Attest {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let id = ledger.attest(&self.claim)?;
        self.done.print(&ledger, [id])?;
        note(format_args!("claim {} attested", id.short()));
        Ok(DONE)
    }
}

impl Correct {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open()?;
        let mut filled = Ok(());
        let corrected = ledger.correct(&self.claim, &self.because, self.new, |input| {
            filled = self.fields.fill(input);
            if self.affirm {
                input.stance = crate::domain::claim::Stance::Affirms;
            }
        });
        filled?;
        let corrected = corrected?;
        self.done.print(&ledger, [corrected.id])?;
        let figure = corrected.figure.as_ref().map_or(String::new(), |figure| format!(": {}", words::figure(figure)));
        note(format_args!("claim {} logged in its place{figure}", corrected.id.short()));
        notes(&corrected);
        Ok(DONE)
    }
}
