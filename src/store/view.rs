//! Reading the ledger.

use std::sync::Arc;

use rusqlite::types::Value as Sql;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params, params_from_iter};

use super::blob;
use super::error::StoreError;
use super::known::Known;
use super::redact::Redaction;
use crate::domain::claim::EntityKey;
use crate::domain::id::{Digest, SourceId};
use crate::domain::source::SourceDetails;
use crate::domain::text::{Block, Segment, Span, Text};
use crate::record::body::{Body, FORMAT, Layout};
use crate::record::entry::{Entry, Header};

/// The ledger, for reading: within a transaction, or as it stands at each call.
#[derive(Clone, Copy)]
pub struct View<'c> {
    pub(super) connection: &'c Connection,
    pub(super) known: &'c Known,
}

/// The header of an entry, and its body, or who removed that.
pub type Event = (Header, Result<Body, Redaction>);

/// A source on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRow {
    /// Its row.
    pub number: i64,
    /// Its id.
    pub id: SourceId,
    /// What is known about it.
    pub details: SourceDetails,
    /// Its publisher, where one entity is called so.
    pub outlet: Option<EntityKey>,
}

/// A snapshot on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Its row.
    pub number: i64,
    /// The row of its source.
    pub source: i64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub size: u64,
    /// IANA media type.
    pub media_type: String,
    /// WHATWG encoding label.
    pub charset: String,
    /// SHA-256 of the text.
    pub text: Digest,
    /// SHA-256 of the layout.
    pub layout: Digest,
    /// What extracted the text.
    pub extractor: String,
    /// The entry that captured it.
    pub sequence: u64,
}

pub(super) fn digest(bytes: Vec<u8>) -> Result<Digest, rusqlite::Error> {
    <[u8; 32]>::try_from(bytes.as_slice())
        .map(Digest)
        .map_err(|_| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, "not a hash".into()))
}

fn parsed<T: std::str::FromStr>(text: Option<String>) -> Result<Option<T>, rusqlite::Error>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let failure = |e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e));
    text.map(|text| text.parse().map_err(failure)).transpose()
}

/// The columns of a source.
pub(super) const SOURCE_COLUMNS: &str = "source.number, source.id, source.url, source.title, source.publisher, source.author, \
    source.published, source.language, \
    coalesce(json_extract(source.given, '$.credits'), json_extract(source.page, '$.credits')), \
(SELECT key FROM called WHERE folded = source.outlet)";

pub(super) fn source_row(row: &Row) -> Result<SourceRow, rusqlite::Error> {
    Ok(SourceRow {
        number: row.get(0)?,
        id: SourceId(digest(row.get(1)?)?),
        details: SourceDetails {
            url: row.get(2)?,
            title: row.get(3)?,
            publisher: row.get(4)?,
            author: row.get(5)?,
            published: parsed(row.get(6)?)?,
            language: row.get(7)?,
            credits: parsed::<Names>(row.get(8)?)?.map(|names| names.0),
        },
        outlet: row.get::<_, Option<String>>(9)?.map(EntityKey),
    })
}

/// Names as a JSON array.
struct Names(Vec<String>);

impl std::str::FromStr for Names {
    type Err = serde_json::Error;
    fn from_str(json: &str) -> Result<Names, serde_json::Error> {
        serde_json::from_str(json).map(Names)
    }
}

const SNAPSHOT: &str = "SELECT number, source, sha256, size, media_type, charset, text, layout, extractor, sequence \
                        FROM snapshot";

fn snapshot_row(row: &Row) -> Result<SnapshotRow, rusqlite::Error> {
    Ok(SnapshotRow {
        number: row.get(0)?,
        source: row.get(1)?,
        sha256: digest(row.get(2)?)?,
        size: row.get::<_, i64>(3)?.unsigned_abs(),
        media_type: row.get(4)?,
        charset: row.get(5)?,
        text: digest(row.get(6)?)?,
        layout: digest(row.get(7)?)?,
        extractor: row.get(8)?,
        sequence: row.get(9)?,
    })
}

/// The range of ids that begin with some hexadecimal digits.
pub(super) fn id_range(prefix: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    if prefix.is_empty() || prefix.len() > 64 || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let bound = |fill: char| format!("{prefix:<64}").replace(' ', &fill.to_string()).parse::<Digest>().ok();
    Some((bound('0')?.0.to_vec(), bound('f')?.0.to_vec()))
}

impl<'c> View<'c> {
    pub(super) fn prepare(&self, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Sql>,
        read: impl FnMut(&Row) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let mut select = self.prepare(sql)?;
        let rows = select.query_map(params_from_iter(values), read)?.collect::<Result<_, _>>()?;
        Ok(rows)
    }

    // ---- the record

    /// How many entries there are.
    pub fn n_entries(&self) -> Result<u64, StoreError> {
        Ok(self.connection.query_row("SELECT coalesce(max(sequence) + 1, 0) FROM entry", [], |row| row.get(0))?)
    }

    /// How many entries had been made by a time, RFC 3339 in UTC: up to the last one that says so.
    pub fn n_entries_by(&self, time: &str) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(sequence) + 1, 0) FROM entry WHERE json_extract(header, '$.time') <= ?1";
        Ok(self.connection.query_row(sql, [time], |row| row.get(0))?)
    }

    /// What the record calls itself.
    pub fn origin_of_record(&self) -> Result<String, StoreError> {
        match self.checked_entry(0)? {
            (_, Body::Begin(begin)) if begin.format == FORMAT => Ok(begin.origin),
            (_, Body::Begin(begin)) => Err(StoreError::Format(begin.format)),
            _ => Err(StoreError::Damaged("entry 0 does not begin a record".into())),
        }
    }

    /// Refuses an entry that is not stored as it was written.
    pub(super) fn entry_is(&self, sequence: u64, written: Digest) -> Result<(), StoreError> {
        if self.entry(sequence)?.digest() == written {
            return Ok(());
        }
        Err(StoreError::Damaged(format!("entry {sequence} is not stored as it was written")))
    }

    fn entry(&self, sequence: u64) -> Result<Entry, StoreError> {
        let mut select =
            self.prepare("SELECT header, salt, body FROM entry JOIN entry_body USING (sequence) WHERE sequence = ?1")?;
        let read = |row: &Row| Ok(Entry { header: row.get(0)?, salt: row.get(1)?, body: row.get(2)? });
        let entry = select.query_row(params![sequence as i64], read).optional()?;
        entry.ok_or_else(|| StoreError::Damaged(format!("entry {sequence} is missing, or its body is")))
    }

    /// An entry, checked against its own hash.
    pub fn checked_entry(&self, sequence: u64) -> Result<(Header, Body), StoreError> {
        let (_, header, body) = self.whole_entry(sequence)?;
        Ok((header, body))
    }

    /// The same with the bytes that are stored.
    pub fn whole_entry(&self, sequence: u64) -> Result<(Entry, Header, Body), StoreError> {
        let entry = self.entry(sequence)?;
        let (header, body) = entry.checked().map_err(|error| StoreError::Entry { sequence, error })?;
        if header.sequence != sequence {
            let found = header.sequence;
            return Err(StoreError::Damaged(format!("entry {sequence} says that it is entry {found}")));
        }
        Ok((entry, header, body))
    }

    /// The header of an entry as stored, and what it says: its body, or who removed that.
    pub fn entry_or_redaction(&self, sequence: u64) -> Result<(Entry, Header, Result<Body, Redaction>), StoreError> {
        let Some(redaction) = self.redacted_entry(sequence)? else {
            let (entry, header, body) = self.whole_entry(sequence)?;
            return Ok((entry, header, Ok(body)));
        };
        let mut select = self.prepare("SELECT header FROM entry WHERE sequence = ?1")?;
        let header = select.query_row(params![sequence as i64], |row| row.get(0))?;
        let entry = Entry { header, salt: [0; 16], body: String::new() };
        let header = entry.header().map_err(|error| StoreError::Entry { sequence, error })?;
        Ok((entry, header, Err(redaction)))
    }

    /// What happened to a claim after it was logged, in order; of an entry whose body was removed, who did so.
    pub fn events(&self, claim: i64) -> Result<Vec<Event>, StoreError> {
        let sequences: Vec<u64> = self.rows(
            "SELECT sequence FROM claim_event WHERE claim = ?1 ORDER BY sequence",
            [Sql::Integer(claim)],
            |row| row.get(0),
        )?;
        let event = |sequence| self.entry_or_redaction(sequence).map(|(_, header, body)| (header, body));
        sequences.into_iter().map(event).collect()
    }

    /// The stored bytes of that hash.
    pub fn bytes(&self, digest: Digest) -> Result<Vec<u8>, StoreError> {
        match blob::read(self.connection, digest)? {
            Some(bytes) => Ok(bytes),
            None => Err(match self.redacted_bytes(digest)? {
                Some(redaction) => redaction.into(),
                None => StoreError::Damaged(format!("the bytes of {digest} are missing")),
            }),
        }
    }

    /// True where bytes of that hash are stored.
    pub fn has_bytes(&self, digest: Digest) -> Result<bool, StoreError> {
        let mut select = self.prepare("SELECT EXISTS (SELECT 1 FROM blob WHERE sha256 = ?1)")?;
        Ok(select.query_row(params![digest.0.as_slice()], |row| row.get(0))?)
    }

    // ---- sources

    /// All sources, in the order they were captured.
    pub fn sources(&self) -> Result<Vec<SourceRow>, StoreError> {
        self.rows(&format!("SELECT {SOURCE_COLUMNS} FROM source ORDER BY number"), [], source_row)
    }

    /// The source of that id.
    pub fn source(&self, id: SourceId) -> Result<Option<SourceRow>, StoreError> {
        let found = self.rows(
            &format!("SELECT {SOURCE_COLUMNS} FROM source WHERE id = ?1"),
            [Sql::Blob(id.0.0.to_vec())],
            source_row,
        )?;
        Ok(found.into_iter().next())
    }

    /// The source of that row.
    pub(super) fn source_by_number(&self, number: i64) -> Result<Arc<SourceRow>, StoreError> {
        let found = self.known.sources.get(number, |_| {
            let sql = format!("SELECT {SOURCE_COLUMNS} FROM source WHERE number = ?1");
            Ok(self.rows(&sql, [Sql::Integer(number)], source_row)?.into_iter().next().map(Arc::new))
        })?;
        found.ok_or_else(|| StoreError::Damaged(format!("source {number} is missing")))
    }

    /// Sources with that URL.
    pub fn sources_by_url(&self, url: &str) -> Result<Vec<SourceRow>, StoreError> {
        self.rows(
            &format!("SELECT {SOURCE_COLUMNS} FROM source WHERE url = ?1"),
            [Sql::Text(url.to_string())],
            source_row,
        )
    }

    /// Sources whose id, or one of whose snapshots' hashes, begins with these hexadecimal digits.
    pub fn sources_by_prefix(&self, prefix: &str) -> Result<Vec<SourceRow>, StoreError> {
        let Some((from, to)) = id_range(prefix) else { return Ok(Vec::new()) };
        let sql = format!(
            "SELECT {SOURCE_COLUMNS} FROM source WHERE id BETWEEN ?1 AND ?2
             OR number IN (SELECT source FROM snapshot WHERE sha256 BETWEEN ?1 AND ?2) ORDER BY number"
        );
        self.rows(&sql, [Sql::Blob(from), Sql::Blob(to)], source_row)
    }

    /// The snapshots of a source, oldest first.
    pub fn snapshots(&self, source: i64) -> Result<Vec<SnapshotRow>, StoreError> {
        self.rows(
            &format!("{SNAPSHOT} WHERE source = ?1 ORDER BY captured, number"),
            [Sql::Integer(source)],
            snapshot_row,
        )
    }

    /// True where a source has that snapshot with that text, whether their bytes are still there or not.
    pub fn has_snapshot(&self, source: SourceId, sha256: Digest, text: Digest) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM snapshot JOIN source ON source.number = snapshot.source
                                  WHERE source.id = ?1 AND sha256 = ?2 AND text = ?3)";
        let mut select = self.prepare(sql)?;
        let values = params![source.0.0.as_slice(), sha256.0.as_slice(), text.0.as_slice()];
        Ok(select.query_row(values, |row| row.get(0))?)
    }

    /// Every snapshot, oldest first.
    pub fn all_snapshots(&self) -> Result<Vec<SnapshotRow>, StoreError> {
        self.rows(&format!("{SNAPSHOT} ORDER BY captured, number"), [], snapshot_row)
    }

    /// The text of a snapshot, with its layout; `None` where it was redacted.
    pub fn text_if_kept(&self, snapshot: &SnapshotRow) -> Result<Option<Text>, StoreError> {
        match self.text(snapshot) {
            Err(StoreError::Redacted { .. }) => Ok(None),
            text => text.map(Some),
        }
    }

    /// The text of a snapshot, with its layout.
    pub fn text(&self, snapshot: &SnapshotRow) -> Result<Text, StoreError> {
        let damaged = |what: String| StoreError::Damaged(format!("the text of snapshot {}: {what}", snapshot.sha256));
        let content = String::from_utf8(self.bytes(snapshot.text)?).map_err(|error| damaged(error.to_string()))?;
        let layout: Layout =
            serde_json::from_slice(&self.bytes(snapshot.layout)?).map_err(|error| damaged(error.to_string()))?;
        Ok(Text {
            content,
            blocks: layout.blocks.iter().map(|&(role, a, b)| Block { role, span: Span::new(a, b) }).collect(),
            segments: layout
                .segments
                .iter()
                .map(|&(a, b, c, d)| Segment { text: Span::new(a, b), bytes: Span::new(c, d) })
                .collect(),
            extractor: snapshot.extractor.clone(),
        })
    }
}
