//! Bytes under their hash, packed in pieces.

use std::io::{Read, Write};

use rusqlite::{Connection, OptionalExtension, params};

use super::error::StoreError;
use crate::domain::id::Digest;

/// Bytes of a piece before packing: few enough that a thousand rows of a table, each in another piece, are read at once.
/// A ledger is a twentieth larger than with pieces four times as long.
const PIECE: usize = 4 * 1024;
/// Room that is made for a blob at once, in bytes.
const MOST_AT_ONCE: i64 = 1 << 32;

/// Packs and stores bytes that are not there yet.
pub fn write(connection: &Connection, digest: Digest, bytes: &[u8]) -> Result<(), StoreError> {
    let mut insert =
        connection.prepare_cached("INSERT INTO blob (sha256, at, size, packed) VALUES (?1, ?2, ?3, ?4)")?;
    let mut put = |at: usize, piece: &[u8], packed: Vec<u8>| {
        insert.execute(params![digest.0.as_slice(), at as i64, piece.len() as i64, packed])
    };
    if bytes.len() <= PIECE {
        put(0, bytes, pack(bytes)?)?;
        return Ok(());
    }
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    // So much at a time that it pays to share it out.
    for (n, batch) in bytes.chunks(PIECE * 16 * workers).enumerate() {
        let pieces: Vec<&[u8]> = batch.chunks(PIECE).collect();
        let share = pieces.len().div_ceil(workers);
        let packed: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let packing = pieces.chunks(share).map(|pieces| {
                scope.spawn(move || pieces.iter().map(|piece| pack(piece)).collect::<Result<Vec<_>, _>>())
            });
            let packing: Vec<_> = packing.collect();
            let joined = packing
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            joined.collect::<Result<Vec<_>, _>>()
        })?
        .concat();
        for ((i, piece), packed) in pieces.iter().enumerate().zip(packed) {
            put((n * 16 * workers + i) * PIECE, piece, packed)?;
        }
    }
    Ok(())
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    let trouble = |error: std::io::Error| StoreError::Unwritable(error.to_string());
    encoder.write_all(bytes).map_err(trouble)?;
    encoder.finish().map_err(trouble)
}

/// The bytes of that hash, checked against it; `None` where they are not stored.
pub fn read(connection: &Connection, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
    // As much as the last piece says, within reason: what is stored may be damaged.
    let size = "SELECT at + size FROM blob WHERE sha256 = ?1 ORDER BY at DESC LIMIT 1";
    let size: Option<i64> =
        connection.prepare_cached(size)?.query_row([digest.0.as_slice()], |row| row.get(0)).optional()?;
    let mut bytes = Vec::with_capacity(size.map_or(0, |size| size.clamp(0, MOST_AT_ONCE) as usize));
    let mut select = connection.prepare_cached("SELECT at, size, packed FROM blob WHERE sha256 = ?1 ORDER BY at")?;
    let mut rows = select.query(params![digest.0.as_slice()])?;
    let mut any = false;
    while let Some(row) = rows.next()? {
        any = true;
        if row.get::<_, i64>(0)? != bytes.len() as i64 {
            return Err(StoreError::Damaged(format!("a piece of blob {digest} is missing")));
        }
        unpack(digest, row.get(1)?, row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?, &mut bytes)?;
    }
    if !any {
        return Ok(None);
    }
    let found = Digest::of(&bytes);
    if found != digest {
        return Err(StoreError::Damaged(format!("blob {digest} does not match its hash: found {found}")));
    }
    Ok(Some(bytes))
}

/// The bytes from `start` on, at least as far as `end` where there are so many. They are not checked against the hash,
/// which takes all of them, but against the sums of their pieces.
pub fn read_from(connection: &Connection, digest: Digest, start: usize, end: usize) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let mut select = connection.prepare_cached(
        "SELECT at, size, packed FROM blob WHERE sha256 = ?1 AND at < ?3
         AND at >= (SELECT max(at) FROM blob WHERE sha256 = ?1 AND at <= ?2) ORDER BY at",
    )?;
    let mut rows = select.query(params![digest.0.as_slice(), start as i64, end.max(start + 1) as i64])?;
    let mut first = None;
    while let Some(row) = rows.next()? {
        let at = row.get::<_, i64>(0)? as usize;
        if at != *first.get_or_insert(at) + bytes.len() {
            return Err(StoreError::Damaged(format!("a piece of blob {digest} is missing")));
        }
        unpack(digest, row.get(1)?, row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?, &mut bytes)?;
    }
    Ok(bytes.split_off((start - first.unwrap_or(start)).min(bytes.len())))
}

/// Unpacks a piece to the end of `bytes`.
fn unpack(digest: Digest, size: i64, packed: &[u8], bytes: &mut Vec<u8>) -> Result<(), StoreError> {
    let size = usize::try_from(size).map_err(|_| StoreError::Damaged(format!("blob {digest} has a negative size")))?;
    let before = bytes.len();
    // One byte more than promised, so that a piece that unpacks to more is seen without unpacking all of it.
    flate2::read::ZlibDecoder::new(packed)
        .take(size as u64 + 1)
        .read_to_end(bytes)
        .map_err(|error| StoreError::Damaged(format!("blob {digest} does not unpack: {error}")))?;
    if bytes.len() - before != size {
        return Err(StoreError::Damaged(format!("blob {digest} does not have the {size} bytes it should have")));
    }
    Ok(())
}
