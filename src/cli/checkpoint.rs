use super::key::KeyOption;
use super::setting::{RootsOption, Setting, place, print, print_bytes, read};
use super::trouble::{DONE, Trouble, note};
use super::verify::signed_checkpoint;
use crate::capture::{FetchLimits, post};
use crate::domain::listing::TimestampView;
use crate::record::checkpoint::SignedCheckpoint;
use crate::record::note::Verifier;
use crate::record::timestamp::MAX_RESPONSE_BYTES;
use crate::report::{clean, stamped};

/// Sign the record as it stands, and print the checkpoint
///
/// A checkpoint is a C2SP signed note: the record's name, how many entries it has, and the root of the tree over them. Kept
/// by somebody else, it shows later that nothing before it was changed or taken away (`verify --against`).
///
/// A time stamp (RFC 3161) is the word of an authority that it saw a checkpoint at a time: one that does not come from this
/// machine's clock. `--timestamp` asks an authority on the web; `--timestamp-request` and `--add-timestamp` do it by hand.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("stamping").args(["timestamp", "timestamp_request", "add_timestamp"]))]
pub struct Checkpoint {
    #[command(flatten)]
    key: KeyOption,
    /// Print the checkpoints that were kept, each with its time stamps, and sign nothing
    #[arg(long, conflicts_with_all = ["key", "add", "stamping"])]
    list: bool,
    /// Keep this checkpoint of the record, which witnesses signed besides
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "stamping"], requires = "witnesses")]
    add: Option<String>,
    /// With --add: the verifier key of a witness who must have signed it; may be given several times
    #[arg(long = "witness", value_name = "KEY", requires = "add", value_parser = clap::value_parser!(Verifier))]
    witnesses: Vec<Verifier>,
    /// Have a kept checkpoint stamped by the authority at this address, and keep what it answers; sign nothing
    #[arg(long, value_name = "URL", conflicts_with = "key")]
    timestamp: Option<String>,
    /// Print the request for a time stamp of a kept checkpoint, to be sent by other means
    #[arg(long, conflicts_with = "key")]
    timestamp_request: bool,
    /// Keep this time stamp of a kept checkpoint, as an authority answered it
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    add_timestamp: Option<String>,
    /// With --timestamp and --timestamp-request: the checkpoint; else the last that was kept
    #[arg(long, value_name = "FILE", requires = "stamping", conflicts_with = "add_timestamp")]
    of: Option<String>,
    /// Print a time stamp that was kept, byte for byte as the authority answered it
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["key", "list", "add", "stamping"])]
    timestamp_response: Option<u64>,
    #[command(flatten)]
    roots: RootsOption,
}

impl Checkpoint {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        if self.roots.is_given() && self.timestamp.is_none() && self.add_timestamp.is_none() {
            return Err(Trouble::Usage {
                message: "`--tsa-roots` says whose time stamps are believed, and none is added here".into(),
                hint: "`onrecord verify --tsa-roots FILE` checks those that were kept".into(),
            });
        }
        let mut ledger = setting.open_now()?;
        let of = self.of.as_deref().map(signed_checkpoint).transpose()?;
        if self.list {
            let stamps = ledger.timestamps()?;
            let kept = ledger.checkpoints()?;
            print(&kept.iter().map(|signed| listed(signed, &stamps)).collect::<Vec<_>>().join("\n"))?;
        } else if let Some(file) = &self.add {
            ledger.cosigned(&signed_checkpoint(file)?, &self.witnesses)?;
            note("kept");
        } else if self.timestamp_request {
            print_bytes(&ledger.timestamp_request(of.as_ref())?.bytes)?;
        } else if let Some(number) = self.timestamp_response {
            print_bytes(&ledger.timestamp_response(number)?)?;
        } else if let Some(file) = &self.add_timestamp {
            let response = read(file, MAX_RESPONSE_BYTES)?;
            if response.len() > MAX_RESPONSE_BYTES {
                return Err(Trouble::Refused {
                    message: format!("{}: more than {MAX_RESPONSE_BYTES} bytes", place(file)),
                    hint: "give what a time stamp authority answered: some thousand bytes".into(),
                });
            }
            kept(&ledger.add_timestamp(&response, None, &self.roots.read()?)?);
        } else if let Some(url) = &self.timestamp {
            let roots = self.roots.read()?;
            let request = ledger.timestamp_request(of.as_ref())?;
            let response = ask(url, &request.bytes)?;
            kept(&ledger.add_timestamp(&response, Some(&request), &roots)?);
        } else {
            let signer = self.key.signer(&ledger.origin()?)?;
            print(&ledger.checkpoint(&signer)?.to_string())?;
        }
        Ok(DONE)
    }
}

/// A checkpoint, and under it its time stamps.
fn listed(signed: &SignedCheckpoint, stamps: &[TimestampView]) -> String {
    let of_it = stamps.iter().filter(|stamp| stamp.entries == signed.checkpoint().size());
    of_it.fold(signed.to_string(), |listed, stamp| listed + &clean(&stamped(stamp)) + "\n")
}

fn kept(stamp: &TimestampView) {
    note(format_args!("kept: {}", clean(&stamped(stamp))));
}

/// Sends a request to an authority. Answers what it says.
fn ask(url: &str, request: &[u8]) -> Result<Vec<u8>, Trouble> {
    let limits = FetchLimits { max_bytes: MAX_RESPONSE_BYTES, ..FetchLimits::default() };
    let answered = post(url, "application/timestamp-query", request, "application/timestamp-reply", &limits);
    answered.map(|fetched| fetched.bytes).map_err(|error| Trouble::Refused {
        message: error.to_string(),
        hint: "check the address and the network; or ask by other means, with what \
               `onrecord checkpoint --timestamp-request > head.tsq` makes: `--add-timestamp FILE` keeps the answer"
            .into(),
    })
}
