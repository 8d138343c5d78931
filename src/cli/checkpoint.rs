use super::key::KeyOption;
use super::setting::{Setting, print};
use super::trouble::{DONE, Trouble, note};
use super::verify::signed_checkpoint;
use crate::record::note::Verifier;

/// Sign the record as it stands, and print the checkpoint
///
/// A checkpoint is a C2SP signed note: the record's name, how many entries it has, and the root of the tree over them. Kept
/// by somebody else, it shows later that nothing before it was changed or taken away (`verify --against`).
#[derive(clap::Args)]
pub struct Checkpoint {
    #[command(flatten)]
    key: KeyOption,
    /// Print the checkpoints that were kept, and sign nothing
    #[arg(long, conflicts_with_all = ["key", "add"])]
    list: bool,
    /// Keep this checkpoint of the record, which witnesses signed besides
    #[arg(long, value_name = "FILE", conflicts_with = "key", requires = "witnesses")]
    add: Option<String>,
    /// With --add: the verifier key of a witness who must have signed it; may be given several times
    #[arg(long = "witness", value_name = "KEY", requires = "add", value_parser = clap::value_parser!(Verifier))]
    witnesses: Vec<Verifier>,
}

impl Checkpoint {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let mut ledger = setting.open_now()?;
        if self.list {
            let kept: Vec<String> = ledger.checkpoints()?.iter().map(ToString::to_string).collect();
            print(&kept.join("\n"))?;
        } else if let Some(file) = &self.add {
            ledger.cosigned(&signed_checkpoint(file)?, &self.witnesses)?;
            note("kept");
        } else {
            let signer = self.key.signer(&ledger.origin()?)?;
            print(&ledger.checkpoint(&signer)?.to_string())?;
        }
        Ok(DONE)
    }
}
