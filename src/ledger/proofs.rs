//! Signed heads of the record, and proofs that a claim is in it.

use super::error::{LedgerError, Refusal};
use super::{Ledger, resolve};
use crate::record::bundle::Bundle;
use crate::record::checkpoint::{Checkpoint, Policy, SignedCheckpoint};
use crate::record::note::{Signer, Verifier};
use crate::record::proof::Proof;
use crate::store::{Fault, Faults, StoreError, View};

impl Ledger {
    /// Signs the record as it stands, and keeps the checkpoint; where it was signed so before, that one is answered. The
    /// key must go by the name of the record.
    pub fn checkpoint(&mut self, signer: &Signer) -> Result<SignedCheckpoint, LedgerError> {
        let origin = self.origin()?;
        let key = signer.identity();
        if key.name.as_str() != origin {
            return Err(Refusal::KeyName { key: key.name.to_string(), origin }.into());
        }
        let now = self.desk.now_unix_s();
        let session = self.session()?;
        let view = session.writer.view();
        let size = session.writer.next_sequence();
        // Nobody signs two records under one name: what was signed last must still be there.
        if let Some((_, note)) = view.checkpoints()?.last()
            && let Ok(last) = SignedCheckpoint::parse(note.as_bytes())
            && let Some(fault) = fault(view, last.checkpoint())?
        {
            return Err(StoreError::Damaged(fault.to_string()).into());
        }
        for (_, note) in view.checkpoints()?.iter().filter(|(covered, _)| *covered == size) {
            if let Ok(known) = SignedCheckpoint::parse(note.as_bytes())
                && known.check(&only(signer.verifier())).is_ok()
            {
                return Ok(known);
            }
        }
        let root = view.root(size)?;
        let checkpoint = Checkpoint::new(origin, size, root).map_err(|error| Refusal::Checkpoint(error.to_string()))?;
        let signed = SignedCheckpoint::signed(checkpoint, signer, now);
        let signed = signed.map_err(|error| Refusal::Checkpoint(error.to_string()))?;
        session.writer.put_checkpoint(size, &signed.to_string())?;
        session.writer.commit()?;
        Ok(signed)
    }

    /// Keeps a checkpoint of this record that witnesses signed besides: each of them must have, and the record must be
    /// the one that they saw.
    pub fn cosigned(&mut self, signed: &SignedCheckpoint, witnesses: &[Verifier]) -> Result<(), LedgerError> {
        let checkpoint = signed.checkpoint();
        let refuse = |why: String| LedgerError::from(Refusal::Checkpoint(why));
        let good = signed.note().verify(witnesses).map_err(|error| refuse(error.to_string()))?.good;
        let missing = witnesses.iter().find(|witness| good.iter().all(|good| good.key != *witness.identity()));
        if let Some(witness) = missing {
            return Err(refuse(format!("the witness {} has not signed it", witness.identity())));
        }
        let session = self.session()?;
        let view = session.writer.view();
        if let Some(fault) = fault(view, checkpoint)? {
            return Err(refuse(fault.to_string()));
        }
        let note = signed.to_string();
        if view.checkpoints()?.iter().all(|(_, known)| *known != note) {
            session.writer.put_checkpoint(checkpoint.size(), &note)?;
            session.writer.commit()?;
        }
        Ok(())
    }

    /// The checkpoints that were kept, in the order they were.
    pub fn checkpoints(&mut self) -> Result<Vec<SignedCheckpoint>, LedgerError> {
        Ok(self.store.view().signed_checkpoints()?)
    }

    /// A claim with the proof that it is on record under a checkpoint: the one that is given, else of those kept the first
    /// that covers the claim, as most have signed it.
    pub fn prove(&mut self, claim: &str, given: Option<SignedCheckpoint>) -> Result<Bundle, LedgerError> {
        let kept = match given {
            Some(given) => vec![given],
            None => self.checkpoints()?,
        };
        let reading = self.store.read()?;
        let view = reading.view();
        let row = resolve::claim(view, claim)?;
        let covers = |signed: &SignedCheckpoint| signed.checkpoint().size() > row.sequence;
        let n_signed = |signed: &SignedCheckpoint| signed.note().signatures().len();
        let best = |signed: &SignedCheckpoint| (signed.checkpoint().size(), std::cmp::Reverse(n_signed(signed)));
        let Some(signed) = kept.into_iter().filter(covers).min_by_key(best) else {
            return Err(Refusal::NotCovered { claim: row.id }.into());
        };
        if let Some(fault) = fault(view, signed.checkpoint())? {
            return Err(Refusal::Checkpoint(fault.to_string()).into());
        }
        let hashes = view.inclusion(row.sequence, signed.checkpoint().size())?;
        let proof = Proof::new(Vec::new(), row.sequence, hashes, signed);
        let proof = proof.map_err(|error| Refusal::Checkpoint(error.to_string()))?;
        let (entry, ..) = view.whole_entry(row.sequence)?;
        let ordinal = view.ordinal(row.number)?;
        Ok(Bundle::new(row.id, ordinal, entry, &proof))
    }
}

/// Why a checkpoint is not one of this record.
fn fault(view: View, checkpoint: &Checkpoint) -> Result<Option<Fault>, StoreError> {
    let mut faults = Faults::default();
    view.check_checkpoint(checkpoint, &mut faults)?;
    Ok(faults.into_vec().into_iter().next())
}

/// The key of the record, and no witness.
pub fn only(key: Verifier) -> Policy {
    Policy { origin: key.identity().name.to_string(), log: key, witnesses: Vec::new(), quorum: 0 }
}
