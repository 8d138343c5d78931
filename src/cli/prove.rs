use super::key::VerifierOptions;
use super::setting::{FormatOption, Setting, list, place, print, read, read_text};
use super::trouble::{DAMAGED, DONE, Trouble, note, visible};
use super::verify::signed_checkpoint;
use crate::domain::claim::Status;
use crate::domain::id::Digest;
use crate::domain::listing::{EventView, ProvenView};
use crate::ledger::ClaimFilter;
use crate::record::body::Body;
use crate::record::bundle::{Bundle, BundleError, Proven};
use crate::record::checkpoint::Policy;

/// Print a claim with the proof that it is on record
///
/// It is one JSON object with the claim's entry, the hashes that lead from it to the root, and the signed checkpoint that
/// has the root. Whoever has the verifier key can check it without the ledger: with `verify-proof`, or with a program of
/// their own from docs/record-format.md.
#[derive(clap::Args)]
pub struct Prove {
    /// The claim
    claim: String,
    /// A checkpoint that covers it; else the first of those kept that does
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<String>,
}

impl Prove {
    pub fn run(self, setting: &Setting) -> Result<u8, Trouble> {
        let given = self.checkpoint.as_deref().map(signed_checkpoint).transpose()?;
        let mut ledger = setting.open_now()?;
        let bundle = ledger.prove(&self.claim, given)?;
        let id = Some(bundle.claim.to_string());
        for claim in ledger.claims(&ClaimFilter { id, ..ClaimFilter::default() })? {
            // The proof is of the entry here.
            if let Some(EventView { actor, brought: Some(from), .. }) = claim.history.first() {
                let (by, record, entry) = (&from.by, visible(&from.record), from.entry);
                note(format_args!("{by} brought it in: {actor} logged it as entry {entry} of {record}"));
            }
            if claim.status != Status::Standing {
                note(format_args!("the claim is {}", claim.status.name()));
            }
        }
        print(&format!("{:#}\n", serde_json::json!(bundle)))?;
        Ok(DONE)
    }
}

/// Check a claim and its proof, without a ledger
///
/// Exits with 4 where they do not hold.
#[derive(clap::Args)]
pub struct VerifyProof {
    /// What `onrecord prove` printed; `-` for standard input
    file: String,
    #[command(flatten)]
    verifiers: VerifierOptions,
    /// The captured file itself: its hash must be the one on record
    #[arg(long, value_name = "FILE")]
    snapshot: Option<String>,
    #[command(flatten)]
    format: FormatOption,
}

/// Largest snapshot that is hashed.
const LARGEST: usize = 1 << 30;

impl VerifyProof {
    pub fn run(self) -> Result<u8, Trouble> {
        let bundle = Bundle::read(&read_text(&self.file)?).map_err(|error| Trouble::Refused {
            message: format!("{}: {error}", place(&self.file)),
            hint: "give a file that `onrecord prove` wrote".into(),
        })?;
        let VerifierOptions { key, witnesses } = self.verifiers;
        let (origin, quorum) = (key.identity().name.to_string(), witnesses.len());
        let proven = match bundle.verify(&Policy { origin, log: key, witnesses, quorum }) {
            Ok(proven) => proven,
            Err(error) => return Ok(disproven(&error.to_string(), matches!(error, BundleError::Unproven(_)))),
        };
        let snapshot = self.snapshot.as_deref().map(|file| read(file, LARGEST)).transpose()?;
        let found = snapshot.map(|bytes| Digest::of(&bytes));
        if let (Some(found), Some((expected, _))) = (found, proven.snapshot())
            && found != expected
        {
            return Ok(disproven(&format!("the file has the hash {found}: the claim was read in {expected}"), false));
        }
        list(&crate::report::Provens(&view(&bundle, &proven, found.is_some())), &self.format)?;
        Ok(DONE)
    }
}

fn disproven(why: &str, is_unsigned: bool) -> u8 {
    note(format_args!("error: {why}"));
    note(match is_unsigned {
        true => "hint: check that the key is the one its owner publishes, `onrecord key show` prints it",
        false => "hint: ask for the proof again, from whoever has the ledger",
    });
    DAMAGED
}

fn view(bundle: &Bundle, proven: &Proven, is_snapshot_checked: bool) -> ProvenView {
    let claim = proven.body.claim();
    let row = match &proven.body {
        Body::Import(import) => bundle.ordinal.map(|ordinal| ordinal / import.map.width() as u64),
        _ => None,
    };
    let (snapshot, text) = proven.snapshot().unzip();
    ProvenView {
        claim: bundle.claim,
        entry: proven.header.sequence,
        actor: proven.header.actor.to_string(),
        time: proven.header.time.clone(),
        size: proven.size,
        quote: claim.map(|claim| claim.quote.exact.clone()),
        row,
        snapshot,
        text,
        is_snapshot_checked,
        witnesses: proven.witnesses.iter().map(|good| (good.key.to_string(), good.seen_at_unix_s)).collect(),
    }
}
