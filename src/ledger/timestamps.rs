//! Time stamps of checkpoints: asked for, kept, and shown.

use super::Ledger;
use super::error::{LedgerError, Refusal};
use crate::domain::listing::TimestampView;
use crate::record::checkpoint::SignedCheckpoint;
use crate::record::timestamp::{Roots, Timestamp, TimestampError, request};
use crate::store::StoreError;

/// A question to a time stamp authority.
pub struct TimestampRequest {
    /// As it is sent, in DER.
    pub bytes: Vec<u8>,
    /// Entries that the checkpoint covers.
    pub entries: u64,
    text: String,
    nonce: u64,
}

impl Ledger {
    /// Makes the request for a time stamp of a checkpoint that is kept: the one given, else the last. What is stamped is
    /// the text of the note, without its signatures: witnesses may add theirs later.
    pub fn timestamp_request(&mut self, of: Option<&SignedCheckpoint>) -> Result<TimestampRequest, LedgerError> {
        let kept = self.checkpoints()?;
        let signed = match of {
            None => kept.last().ok_or(Refusal::NothingSigned)?,
            Some(of) => (kept.iter().find(|kept| kept.note().text() == of.note().text()))
                .ok_or_else(|| Refusal::Checkpoint("it is none of those that are kept".into()))?,
        };
        let nonce = u128::from_be_bytes((self.desk.salt)()) as u64;
        let text = signed.note().text().to_string();
        Ok(TimestampRequest {
            bytes: request(text.as_bytes(), nonce),
            entries: signed.checkpoint().size(),
            text,
            nonce,
        })
    }

    /// Keeps what an authority answered: to the request, where that is known, else about any checkpoint that is kept. Where
    /// roots are given, one of them has to vouch for the authority; else it may not be its own certificate that does. The
    /// same again changes nothing.
    pub fn add_timestamp(
        &mut self,
        response: &[u8],
        asked: Option<&TimestampRequest>,
        roots: &Roots,
    ) -> Result<TimestampView, LedgerError> {
        let refuse = |error: TimestampError| LedgerError::from(Refusal::Timestamp(Box::new(error)));
        let stamp = Timestamp::parse(response).map_err(refuse)?;
        if let Some(asked) = asked {
            stamp.check_bytes(asked.text.as_bytes()).and_then(|()| stamp.check_nonce(asked.nonce)).map_err(refuse)?;
        }
        let kept = self.checkpoints()?;
        let Some(of) = stamp.checkpoint(&kept) else {
            return Err(Refusal::NotOfCheckpoint { imprint: stamp.imprint(), n_kept: kept.len() }.into());
        };
        let vouched = stamp.vouched(roots).map_err(refuse)?;
        if !vouched && stamp.is_self_signed() {
            return Err(refuse(TimestampError::SelfSigned(stamp.authority().to_string())));
        }
        let session = self.session()?;
        let known = session.writer.view().timestamps()?.into_iter().find(|(_, known)| known == response);
        let number = match known {
            Some((number, _)) => number,
            None => {
                let number = session.writer.put_timestamp(response)?;
                session.writer.commit()?;
                number
            }
        };
        Ok(stamp.view(number, of, Some(vouched)))
    }

    /// The time stamps that were kept, in the order they were. Whose word they are is not looked at.
    pub fn timestamps(&mut self) -> Result<Vec<TimestampView>, LedgerError> {
        let kept = self.checkpoints()?;
        let mut all = Vec::new();
        for (number, response) in self.store.view().timestamps()? {
            let damaged = |why: String| StoreError::Damaged(format!("stored time stamp {number}: {why}"));
            let stamp = Timestamp::parse(&response).map_err(|error| damaged(error.to_string()))?;
            let of = stamp.checkpoint(&kept).ok_or_else(|| damaged("it is of no checkpoint stored".into()))?;
            all.push(stamp.view(number, of, None));
        }
        Ok(all)
    }

    /// What the authority answered, byte for byte.
    pub fn timestamp_response(&mut self, number: u64) -> Result<Vec<u8>, LedgerError> {
        let kept = self.store.view().timestamps()?;
        let n_kept = kept.len();
        let found = kept.into_iter().find(|(known, _)| *known == number);
        found.map(|(_, response)| response).ok_or_else(|| Refusal::NoTimestamp { number, n_kept }.into())
    }
}
