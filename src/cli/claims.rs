use super::setting::{FormatOption, Setting, list};
use super::trouble::{DONE, Trouble};
use crate::domain::claim::Status;
use crate::ledger::ClaimFilter;

/// List the claims on record, those that are held or retracted too
#[derive(clap::Args)]
pub struct Claims {
    /// Only the claim of this id
    #[arg(conflicts_with_all = ["subject", "predicate", "source"])]
    id: Option<String>,
    /// Only claims on this subject
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,
    /// Only claims with this predicate
    #[arg(long, value_name = "NAME")]
    predicate: Option<String>,
    /// Only claims read in this source
    #[arg(long)]
    source: Option<String>,
    /// Only claims that stand: none that is held for approval, and none that was retracted
    #[arg(long)]
    approved: bool,
    #[command(flatten)]
    format: FormatOption,
}

/// List the claims that are held until a person approves them
#[derive(clap::Args)]
pub struct Pending {
    #[command(flatten)]
    format: FormatOption,
}

impl Pending {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let filter = ClaimFilter { status: Some(Status::Pending), ..ClaimFilter::default() };
        let claims = setting.open()?.claims(&filter)?;
        list(&crate::report::Claims { claims: &claims, empty: "no claim is held for approval" }, &self.format)?;
        Ok(DONE)
    }
}

impl Claims {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let filter = ClaimFilter {
            subject: self.subject,
            predicate: self.predicate,
            source: self.source,
            id: self.id,
            status: self.approved.then_some(Status::Standing),
        };
        let claims = setting.open()?.claims(&filter)?;
        let empty = match filter == ClaimFilter::default() {
            true => "no claims on record; `onrecord log` puts one there",
            false => "no such claims on record",
        };
        list(&crate::report::Claims { claims: &claims, empty }, &self.format)?;
        Ok(DONE)
    }
}
