//! Reading entries as they are stored, whatever stands there, and what is to be known of each.

use rusqlite::Row;

use super::fault::{Fault, Faults};
use super::{Checked, TEXT};
use crate::domain::id::Digest;
use crate::record::body::{Body, is_name_of_record};
use crate::record::entry::{Entry, EntryError};
use crate::record::tree::Frontier;
use crate::store::error::StoreError;
use crate::store::tree::LEAST_LEVEL;
use crate::store::view::View;

/// An entry as it is stored; a body may not be there.
pub(super) struct StoredEntry {
    pub(super) sequence: u64,
    header: String,
    pub(super) body: Option<([u8; 16], String)>,
    leaf: [u8; 32],
}

/// Whatever stands there: what is no text, or has another length, is not what its hash says either.
pub(super) fn stored_entry(row: &Row) -> Result<StoredEntry, rusqlite::Error> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let bytes =
        |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_bytes_or_null().ok().flatten().unwrap_or_default());
    let salt = <[u8; 16]>::try_from(bytes(2)?).ok();
    let body = row.get_ref(3)?.as_bytes_or_null().ok().flatten().map(text);
    Ok(StoredEntry {
        sequence: row.get(0)?,
        header: text(bytes(1)?),
        body: salt.zip(body),
        leaf: <[u8; 32]>::try_from(bytes(4)?).unwrap_or_default(),
    })
}

/// What there is to know of an entry.
pub(super) struct ReadEntry {
    pub(super) sequence: u64,
    leaf: Digest,
    found: Result<Found, Fault>,
}

/// Of a sound entry: the place that its header names, whether it begins a record, and what it names.
#[derive(Default)]
pub(super) struct Found {
    place: u64,
    begins: bool,
    /// The text that its claim quotes.
    quoted: Option<Digest>,
    bytes: Vec<(Digest, &'static str, Option<u64>)>,
}

impl StoredEntry {
    /// Looks into it; `is_redacted` where the record says that its body is gone.
    pub(super) fn read(self, is_redacted: bool, quick: bool) -> ReadEntry {
        let (sequence, leaf) = (self.sequence, crate::record::entry::leaf_hash(&self.header));
        let found = match self.body {
            _ if leaf.0 != self.leaf => Err(Fault::Header { sequence, expected: Digest(self.leaf), found: leaf }),
            // All that is left of it.
            None if is_redacted => {
                let header = Entry { header: self.header, salt: [0; 16], body: String::new() }.header();
                let header = header.map_err(|error| Fault::Entry { sequence, error });
                header.map(|header| Found { place: header.sequence, ..Found::default() })
            }
            None => Err(Fault::NoBody { sequence }),
            Some(_) if is_redacted => Err(Fault::NotRemoved { sequence }),
            Some((salt, body)) => {
                let entry = Entry { header: self.header, salt, body };
                found(&entry, quick).map_err(|error| Fault::Entry { sequence, error })
            }
        };
        ReadEntry { sequence, leaf, found }
    }
}

fn found(entry: &Entry, quick: bool) -> Result<Found, EntryError> {
    if quick {
        let header = entry.header_of_sound_body()?;
        // Only these say something that is checked without finding quotes again.
        if header.sequence > 0 && !matches!(header.kind.as_str(), "begin" | "capture") {
            return Ok(Found { place: header.sequence, ..Found::default() });
        }
    }
    let (header, body) = if quick { entry.checked()? } else { entry.checked_spelling()? };
    let bytes = match &body {
        Body::Capture(capture) => vec![
            (capture.snapshot, "the snapshot", Some(capture.size)),
            (capture.text, TEXT, None),
            (capture.layout, "the layout", None),
        ],
        _ => Vec::new(),
    };
    let quoted = body.claim().map(|claim| claim.text);
    let begins = matches!(&body, Body::Begin(begin) if is_name_of_record(&begin.origin));
    Ok(Found { place: header.sequence, begins, quoted, bytes })
}

/// The entries that were taken so far, in order.
pub(super) struct Taken<'v> {
    pub(super) view: View<'v>,
    pub(super) checked: Checked,
    pub(super) edge: Frontier,
    pub(super) n_nodes: u64,
}

impl Taken<'_> {
    pub(super) fn take(&mut self, entry: ReadEntry, faults: &mut Faults) -> Result<(), StoreError> {
        let sequence = entry.sequence;
        match entry.found {
            Err(fault) => faults.put(fault),
            Ok(found) => {
                if found.place != sequence {
                    faults.put(Fault::Place { sequence, found: found.place });
                }
                if (sequence == 0) != found.begins {
                    faults.put(Fault::Beginning);
                }
                self.checked.quotes.extend(found.quoted.map(|text| (text, sequence)));
                let named = |(digest, what, size)| (digest, what, sequence, size);
                self.checked.bytes.extend(found.bytes.into_iter().map(named));
            }
        }
        for (node, hash) in self.edge.append(entry.leaf).into_iter().filter(|(node, _)| node.level >= LEAST_LEVEL) {
            self.n_nodes += 1;
            self.view.check_node(node, hash, faults)?;
        }
        Ok(())
    }
}
