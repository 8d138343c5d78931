//! The ledger file: the only SQL. [`Store`] opens it, [`Writer`] is one transaction that appends to the record and
//! keeps the derived tables true, [`View`] reads. `schema.sql` says what every table means.

mod blob;
mod bring;
mod claims;
mod copying;
pub mod cores;
mod derive;
mod draft;
pub mod error;
mod identity;
mod known;
mod migrations;
mod origins;
mod place;
mod questions;
mod rates;
mod redact;
mod statement;
mod table;
mod tree;
mod verdict;
mod verify;
mod view;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};

pub use bring::Made;
pub use claims::{ClaimRow, statements};
pub use derive::Touched;
pub use draft::Draft;
pub use error::StoreError;
pub use identity::plain_key;
pub use questions::ListedQuestion;
pub use rates::currencies;
pub use redact::Redaction;
pub use statement::Numbered;
pub use table::{BadRow, ImportRow, Imported};
pub use verdict::VerdictRow;
pub use verify::{Fault, Faults};
pub use view::{SnapshotRow, SourceRow, View};

use known::Known;

use crate::domain::id::Digest;
use crate::record::body::{Body, Import};
use crate::record::entry::{Entry, Salt, leaf_hash};
use crate::record::tree::Frontier;

/// How much of a ledger file is kept in memory, at most.
const CACHE_KIB: i64 = 256 << 10;
/// The same where all of it is read once.
const READ_THROUGH_CACHE_KIB: i64 = 16 << 10;

/// How long whoever waits for another program sleeps before asking again. SQLite by itself sleeps ever longer, up to a
/// tenth of a second, so that whoever has waited longest asks least often.
const NAP: Duration = Duration::from_millis(4);
/// How often before it is told: a second.
const NAPS_UNTOLD: i32 = 250;
/// How often at most.
const MOST_NAPS: i32 = error::BUSY_SECONDS as i32 * NAPS_UNTOLD;

thread_local! {
    /// Told when this thread has to wait for another program. SQLite asks by a bare function.
    static WAITING: Cell<fn()> = const { Cell::new(|| {}) };
}

/// From here on, `waiting` is told when this thread has waited a second for another program that writes.
pub fn tell_waiting(waiting: fn()) {
    WAITING.set(waiting);
}

/// Waits for another program; false once that is enough.
fn waited(naps: i32) -> bool {
    if naps == NAPS_UNTOLD {
        WAITING.get()();
    }
    std::thread::sleep(NAP);
    naps < MOST_NAPS
}

/// An open ledger file.
pub struct Store {
    connection: Connection,
    known: Known,
    /// Of a ledger that is shown as it stood: how many of its entries count. Nothing is written to it.
    shown: Option<u64>,
}

impl Store {
    /// Opens a ledger file, bringing one of an earlier version up to date.
    pub fn open(path: &Path) -> Result<Store, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Missing(path.to_path_buf()));
        }
        let not_a_ledger = |found: String| StoreError::NotALedger { path: path.to_path_buf(), found };
        let connection = connect(path)?;
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let id = pragma("application_id").map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => not_a_ledger("it is not an SQLite file".to_string()),
            _ => error.into(),
        })?;
        if id != migrations::APPLICATION_ID {
            return Err(match is_empty(&connection)? {
                true => StoreError::Empty(path.to_path_buf()),
                false => not_a_ledger(format!("it is an SQLite file of another program (application id {id})")),
            });
        }
        let version = pragma("user_version")?;
        if version > migrations::VERSION {
            return Err(StoreError::TooNew { path: path.to_path_buf(), found: version, known: migrations::VERSION });
        }
        let mut store = Store::configure(connection)?;
        if version < migrations::VERSION {
            migrations::migrate(&mut store.connection)?;
        }
        Ok(store)
    }

    /// A ledger in memory, gone when dropped.
    pub fn in_memory() -> Result<Store, StoreError> {
        let store = Store::configure(Connection::open_in_memory()?)?;
        store.connection.execute_batch(migrations::SCHEMA)?;
        Ok(store)
    }

    fn configure(mut connection: Connection) -> Result<Store, StoreError> {
        connection.busy_handler(Some(waited))?;
        // Readers never block in WAL mode; FULL means that what was acknowledged survives a power cut.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // A batch goes back to the same pages again and again, and SQLite would keep 2 MB of them.
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.set_prepared_statement_cache_capacity(256);
        // Without it, SQLite compiles a cached statement anew whenever another value is bound to it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(Store { connection, known: Known::default(), shown: None })
    }

    /// Begins a transaction. Dropped without [`Writer::commit`], it leaves nothing behind.
    pub fn write(&mut self) -> Result<Writer<'_>, StoreError> {
        if self.shown.is_some() {
            return Err(StoreError::AsItStood);
        }
        self.writer()
    }

    fn writer(&mut self) -> Result<Writer<'_>, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let next = transaction.query_row("SELECT coalesce(max(sequence) + 1, 0) FROM entry", [], |row| row.get(0))?;
        Ok(Writer {
            transaction,
            known: Known::default(),
            first: next,
            next,
            written: Vec::new(),
            edge: None,
            blobs: BTreeSet::new(),
        })
    }

    /// Reads the ledger as it stands.
    pub fn view(&self) -> View<'_> {
        // Somebody may have written since.
        self.known.forget();
        View { connection: &self.connection, known: &self.known }
    }

    /// The same where nobody can write meanwhile, so that what was looked up holds.
    pub fn view_unchanged(&self) -> View<'_> {
        View { connection: &self.connection, known: &self.known }
    }

    /// From here on, the file is read from its beginning to its end, and little of it again: less of it is kept in memory.
    pub fn read_through(&self) -> Result<(), StoreError> {
        Ok(self.connection.pragma_update(None, "cache_size", -READ_THROUGH_CACHE_KIB)?)
    }

    /// Begins a read of one state of the ledger, however long it takes and whoever writes meanwhile.
    pub fn read(&mut self) -> Result<Reading<'_>, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        Ok(Reading { transaction, known: Known::default() })
    }

    /// The file; `None` for a ledger in memory.
    pub fn path(&self) -> Option<&Path> {
        self.connection.path().filter(|path| !path.is_empty()).map(Path::new)
    }

    /// Makes the derived tables of a [`Store::scratch`] from the first `n` entries alone, the verdicts by `settle`, which is
    /// told what is stale; from then on it shows the ledger as it stood after these.
    pub fn show<E: From<StoreError>>(
        &mut self,
        n: u64,
        progress: &dyn Fn(u64, u64),
        settle: impl FnOnce(Writer, Touched) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut writer = self.writer()?;
        writer.next = n.min(writer.next);
        let touched = writer.rederive(progress)?;
        settle(writer, touched)?;
        self.shown = Some(n);
        Ok(())
    }

    /// Opens a ledger file for several cores, all of which read one state of it, whoever writes meanwhile.
    pub fn several(path: &Path, n: usize) -> Result<Vec<Store>, StoreError> {
        loop {
            let stores: Vec<Store> = (0..n).map(|_| Store::open(path)).collect::<Result<_, _>>()?;
            let mut states = BTreeSet::new();
            for store in &stores {
                store.connection.execute_batch("BEGIN")?;
                // What a transaction sees is settled by its first look.
                let last = "SELECT max(sequence) FROM entry";
                states.insert(store.connection.query_row(last, [], |row| row.get::<_, Option<u64>>(0))?);
            }
            // Else somebody wrote between the first and the last of them.
            if states.len() <= 1 {
                return Ok(stores);
            }
        }
    }
}

/// One state of the ledger, held for reading.
pub struct Reading<'s> {
    transaction: Transaction<'s>,
    known: Known,
}

impl Reading<'_> {
    /// Reads it.
    pub fn view(&self) -> View<'_> {
        View { connection: &self.transaction, known: &self.known }
    }
}

/// One transaction that writes.
pub struct Writer<'s> {
    transaction: Transaction<'s>,
    known: Known,
    first: u64,
    next: u64,
    /// Hashes of the entries that were appended.
    written: Vec<Digest>,
    /// The right edge of the record's tree, once something is appended.
    edge: Option<Frontier>,
    /// Blobs that were stored, or read, in this transaction.
    blobs: BTreeSet<Digest>,
}

impl Writer<'_> {
    /// The sequence number that the next entry takes.
    pub fn next_sequence(&self) -> u64 {
        self.next
    }

    /// The ledger file; `None` for a ledger in memory.
    pub fn path(&self) -> Option<&Path> {
        self.transaction.path().filter(|path| !path.is_empty()).map(Path::new)
    }

    /// Reads the ledger as this transaction sees it.
    pub fn view(&self) -> View<'_> {
        View { connection: &self.transaction, known: &self.known }
    }

    /// Appends an entry and works its effect into the derived tables. Answers which questions it touched; their
    /// verdicts are stale until [`Writer::put_verdict`].
    pub fn append(&mut self, entry: &Entry, body: &Body) -> Result<Touched, StoreError> {
        self.append_worked_in(entry)?;
        derive::apply(self.view(), self.next - 1, body)
    }

    /// Puts the claims of an import, whose text is given, in the derived tables, before [`Writer::append_worked_in`]
    /// appends its entry. `progress` is told how many bytes of how many were read. Where rows cannot be read, and are not
    /// to be passed over, the transaction must be given up.
    pub fn import(&mut self, import: &Import, text: &str, progress: &dyn Fn(u64, u64)) -> Result<Imported, StoreError> {
        // The entry that the tables name comes after them.
        self.transaction.pragma_update(None, "defer_foreign_keys", true)?;
        let imported = table::import(self.view(), self.next, import, text, progress);
        self.known.forget();
        imported
    }

    /// The same, taken back where `fits` says no. Answers whether it was kept.
    pub fn import_where(
        &mut self,
        import: &Import,
        text: &str,
        fits: impl FnOnce(&Imported) -> bool,
    ) -> Result<(Imported, bool), StoreError> {
        self.transaction.execute_batch("SAVEPOINT import")?;
        let found = self.import(import, text, &|_, _| {})?;
        let fits = fits(&found);
        let end = if fits { "RELEASE import" } else { "ROLLBACK TO import; RELEASE import" };
        self.transaction.execute_batch(end)?;
        self.known.forget();
        Ok((found, fits))
    }

    /// Appends an entry whose effect is in the derived tables already.
    pub fn append_worked_in(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let leaf = entry.leaf_hash();
        self.put_header(&entry.header, leaf)?;
        let mut insert =
            self.transaction.prepare_cached("INSERT INTO entry_body (sequence, salt, body) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![self.next, entry.salt, entry.body])?;
        let view = View { connection: &self.transaction, known: &self.known };
        let edge = match &mut self.edge {
            Some(edge) => edge,
            None => self.edge.insert(view.edge(self.next)?),
        };
        tree::append(view, edge, leaf)?;
        self.written.push(entry.digest());
        self.next += 1;
        Ok(())
    }

    /// Puts an entry on record that was made elsewhere, of which nothing but the header may be left. Its effect, and the
    /// record's tree, are worked out by [`Writer::rederive`].
    pub fn put_entry(&mut self, header: &str, rest: Option<(&Salt, &str)>) -> Result<(), StoreError> {
        self.put_header(header, leaf_hash(header))?;
        if let Some((salt, body)) = rest {
            let mut insert =
                self.transaction.prepare_cached("INSERT INTO entry_body (sequence, salt, body) VALUES (?1, ?2, ?3)")?;
            insert.execute(params![self.next, salt, body])?;
        }
        self.next += 1;
        Ok(())
    }

    fn put_header(&self, header: &str, leaf: Digest) -> Result<(), StoreError> {
        let insert = "INSERT INTO entry (sequence, header, leaf) VALUES (?1, ?2, ?3)";
        self.transaction.prepare_cached(insert)?.execute(params![self.next, header, leaf.0.as_slice()])?;
        Ok(())
    }

    /// Stores bytes under their hash; the same bytes again change nothing.
    pub fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        self.put_blob_named(digest, bytes)?;
        Ok(digest)
    }

    /// The same for bytes whose hash is known.
    pub fn put_blob_named(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), StoreError> {
        // Read back where it was known before, so that nothing is built on bytes that are not what their name says.
        if !self.blobs.contains(&digest) && blob::read(&self.transaction, digest)?.is_none() {
            // What was removed does not come back.
            if let Some(redaction) = self.view().redacted_bytes(digest)? {
                return Err(redaction.into());
            }
            blob::write(&self.transaction, digest, bytes)?;
        }
        self.blobs.insert(digest);
        Ok(())
    }

    /// Works out whom the claims that answer a question go back to. Answers the other questions that those whose origin
    /// changed bear on.
    pub fn put_origins(&mut self, question: i64) -> Result<Touched, StoreError> {
        if self.view().origins_are_settled(question)? {
            return Ok(Touched::new());
        }
        let rows = self.view().claims_answering(question)?;
        let resolved = self.view().resolved(&rows)?;
        let mut touched = Touched::new();
        for (row, way) in rows.iter().zip(&resolved) {
            let origin = &way[0].who;
            let own_voice = row.is_own_voice(origin);
            let quoted = origins::quoted(&row.claim, &row.source).is_some();
            if (&row.origin, row.own_voice, row.quoted) != (origin, own_voice, quoted) {
                let questions = self.view().questions_of_claim(row)?;
                let voice = statement::voice(own_voice, quoted);
                statement::put_origin(self.view(), row.number, &questions, &row.origin, origin, voice)?;
                touched.extend(questions);
            }
        }
        Ok(touched)
    }

    /// Throws the derived tables away and makes them again from the entries. Answers every question. `progress` is told
    /// how many entries of how many were read.
    pub fn rederive(&mut self, progress: &dyn Fn(u64, u64)) -> Result<Touched, StoreError> {
        derive::clear(&self.transaction)?;
        self.known.forget();
        redact::gather(self.view())?;
        let (mut touched, mut edge) = (Touched::default(), Frontier::default());
        for sequence in 0..self.next {
            progress(sequence, self.next);
            let (entry, _, body) = self.view().entry_or_redaction(sequence)?;
            tree::append(self.view(), &mut edge, entry.leaf_hash())?;
            touched.extend(match body {
                Ok(body) => derive::apply(self.view(), sequence, &body)?,
                Err(redaction) => derive::apply_redacted(self.view(), sequence, &redaction.body)?,
            });
        }
        Ok(touched)
    }

    /// Keeps a signed checkpoint over the first `size` entries.
    pub fn put_checkpoint(&self, size: u64, note: &str) -> Result<(), StoreError> {
        let insert = "INSERT INTO checkpoint (size, note) VALUES (?1, ?2)";
        self.transaction.prepare_cached(insert)?.execute(params![size, note])?;
        Ok(())
    }

    /// Keeps the response of a time stamp authority. Answers its number.
    pub fn put_timestamp(&self, response: &[u8]) -> Result<u64, StoreError> {
        let insert = "INSERT INTO timestamp (sha256, response) VALUES (?1, ?2) RETURNING number";
        let digest = Digest::of(response);
        let mut insert = self.transaction.prepare_cached(insert)?;
        Ok(insert.query_row(params![digest.0.as_slice(), response], |row| row.get(0))?)
    }

    /// Reads back and re-hashes what was appended, then makes it lasting.
    pub fn commit(self) -> Result<(), StoreError> {
        for (sequence, written) in (self.first..self.next).zip(&self.written) {
            self.view().entry_is(sequence, *written)?;
        }
        self.transaction.commit()?;
        Ok(())
    }
}

/// Opens a file for reading and writing, or for reading alone where it may not be written.
fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // A file may be called `:memory:`; SQLite takes that for something else, unless it stands in a folder.
    let place = if path.is_relative() { Path::new(".").join(path) } else { path.to_path_buf() };
    let mut connection = Connection::open_with_flags(place, flags)?;
    connection.busy_handler(Some(waited))?;
    let look = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    match look {
        Err(error) if is_frozen(&error, path) => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Ok(Connection::open_with_flags(verify::read_only(path, true), flags)?)
        }
        // Whatever else is wrong comes up again where it can be told.
        _ => Ok(connection),
    }
}

/// True where a file could not be read because nobody can write it: it lies on a medium that is read only, and nothing
/// stands beside it that is still to be put into it. SQLite wants to make files beside a ledger even to read it, unless
/// it is told so.
fn is_frozen(error: &rusqlite::Error, path: &Path) -> bool {
    if error.sqlite_error_code() != Some(ErrorCode::CannotOpen) {
        return false;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        std::fs::metadata(name).is_ok_and(|file| file.len() > 0)
    };
    let refused = tempfile::tempfile_in(folder).err().map(|error| error.kind());
    refused == Some(std::io::ErrorKind::ReadOnlyFilesystem) && !beside("-wal") && !beside("-journal")
}

/// True for a database with no table in it, such as a file of no bytes. An error where it is not a database.
fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?)
}
