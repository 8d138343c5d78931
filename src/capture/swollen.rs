//! What a workbook would take in memory, before anybody reads it.
//!
//! A few bytes can say that they unpack to millions, that a sheet has a thousand million cells, that so many words follow,
//! or that a chain of sectors goes round in a circle. Calamine 0.38 takes them at their word, and there is no way back from
//! memory that is not there. What is counted here is what it would make room for; what is broken otherwise is told of by it.

use std::io::{Cursor, Read as _};

use memchr::memmem;

/// A workbook that unpacks to more bytes than this is refused.
const MOST_UNPACKED: u64 = 4 << 30;
/// One that unpacks to more than this must not be so many times larger than it is packed; sheets are some ten times.
const MUCH_UNPACKED: u64 = 64 << 20;
const MOST_SWELLING: u64 = 200;

/// Cells that the sheets of an XLS or ODS workbook may span, empty ones among them: room is made for each.
const MOST_SPANNED: u64 = 10_000_000;

/// Why a workbook is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Swollen {
    #[error("a file that unpacks to far more than a sheet would")]
    Unpacked,
    #[error("sheets that span more than {MOST_SPANNED} cells")]
    Spanned,
    #[error("a file that says it holds more words than it has bytes")]
    Counted,
    #[error("a file whose sectors lead nowhere")]
    Sectors,
}

/// Refuses a workbook that takes far more memory than what it holds.
pub(super) fn check(bytes: &[u8]) -> Result<(), Swollen> {
    if bytes.starts_with(b"PK") { packed(bytes) } else { compound(bytes) }
}

/// What a packed file says of its own sizes may be wrong, so it is unpacked, and nothing of it kept.
fn packed(bytes: &[u8]) -> Result<(), Swollen> {
    let most = MOST_UNPACKED.min(MUCH_UNPACKED.max((bytes.len() as u64).saturating_mul(MOST_SWELLING)));
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    let mut unpacked = 0;
    for index in 0..archive.len() {
        let Ok(file) = archive.by_index(index) else { continue };
        // What came out before an error is read by others too.
        let mut file = file.take(most + 1 - unpacked);
        let stated = stated_count(&mut file);
        let size = most + 1 - unpacked - file.limit();
        unpacked += size;
        if unpacked > most {
            return Err(Swollen::Unpacked);
        }
        if stated > size {
            return Err(Swollen::Counted);
        }
    }
    let Ok(mut content) = archive.by_name("content.xml") else { return Ok(()) };
    let mut document = Vec::new();
    let _ = content.read_to_end(&mut document);
    if spanned(&document) > MOST_SPANNED { Err(Swollen::Spanned) } else { Ok(()) }
}

/// Reads all of a part. How many words it says that it holds, by `uniqueCount="…"`: as many are made room for.
fn stated_count(part: &mut impl std::io::Read) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    /// A number stands within so many bytes of its name, or is none.
    const REACH: usize = 256;
    let (mut window, mut piece, mut most) = (Vec::new(), vec![0; 1 << 16], 0);
    loop {
        let n = part.read(&mut piece).unwrap_or(0);
        window.extend_from_slice(&piece[..n]);
        for at in memmem::find_iter(&window, NAME).map(|at| at + NAME.len()) {
            if n == 0 || at + REACH <= window.len() {
                let after = &window[at..window.len().min(at + REACH)];
                most = most.max(number_after(after).unwrap_or(0));
            }
        }
        if n == 0 {
            return most;
        }
        window.drain(..window.len().saturating_sub(REACH + NAME.len()));
    }
}

/// The number in `="12"`; the largest there is where it is none.
fn number_after(text: &[u8]) -> Option<u64> {
    let value = text.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let end = value.iter().position(|byte| byte == quote);
    let number = end.and_then(|end| std::str::from_utf8(&value[..end]).ok()?.trim().parse().ok());
    Some(number.unwrap_or(u64::MAX))
}

/// Cells that the sheets of an OpenDocument span: a row or a cell is said once, and may stand for many.
fn spanned(document: &[u8]) -> u64 {
    let (mut all, mut sheet, mut row) = (0u64, Span::default(), Span::default());
    let mut times = 0;
    for element in pieces(document, b"<table:") {
        let tag = &element[..memchr::memchr(b'>', element).unwrap_or(element.len())];
        let name = &tag[..tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len())];
        match name {
            b"table-cell" | b"covered-table-cell" => {
                // An empty one has no value, no formula and nothing in it.
                let has = |word: &[u8]| memmem::find(tag, word).is_some();
                let is_empty = tag.ends_with(b"/") && !has(b"value") && !has(b"formula");
                row.add(repeated(tag, b"table:number-columns-repeated"), 1, is_empty);
            }
            b"table-row" | b"table" => {
                sheet.add(times, row.filled, row.filled == 0);
                (row, times) = (Span::default(), repeated(tag, b"table:number-rows-repeated"));
                if name == b"table" {
                    all = all.saturating_add(sheet.cells());
                    (sheet, times) = (Span::default(), 0);
                }
            }
            _ => {}
        }
    }
    sheet.add(times, row.filled, row.filled == 0);
    all.saturating_add(sheet.cells())
}

/// Cells of a row, or rows of a sheet, up to the last that is not empty.
#[derive(Default)]
struct Span {
    filled: u64,
    empty_since: u64,
    widest: u64,
}

impl Span {
    fn add(&mut self, times: u64, width: u64, is_empty: bool) {
        self.empty_since = self.empty_since.saturating_add(times);
        if !is_empty {
            self.filled = self.filled.saturating_add(self.empty_since);
            (self.empty_since, self.widest) = (0, self.widest.max(width));
        }
    }

    fn cells(&self) -> u64 {
        self.filled.saturating_mul(self.widest)
    }
}

/// What follows each of these, up to the next.
fn pieces<'d>(document: &'d [u8], start: &'d [u8]) -> impl Iterator<Item = &'d [u8]> {
    let mut starts = memmem::find_iter(document, start).map(|at| at + start.len()).peekable();
    std::iter::from_fn(move || {
        let from = starts.next()?;
        Some(&document[from..starts.peek().map_or(document.len(), |next| next - start.len())])
    })
}

fn repeated(tag: &[u8], name: &[u8]) -> u64 {
    let number = memmem::find(tag, name).and_then(|at| number_after(&tag[at + name.len()..]));
    number.unwrap_or(1)
}

/// An old workbook: sectors of a file of files ([MS-CFB]), one of which has the sheets, a record for each cell ([MS-XLS]).
fn compound(bytes: &[u8]) -> Result<(), Swollen> {
    let Some(stream) = workbook_stream(bytes)? else { return Ok(()) };
    let (mut all, mut read) = (0u64, 0);
    // Sheets are named first, each with its place.
    for (kind, data) in records(&stream).take_while(|(kind, _)| *kind != END) {
        if kind == SHEET {
            let at = number(data, 0).ok_or(Swollen::Sectors)? as usize;
            let (cells, length) = spanned_by(stream.get(at..).ok_or(Swollen::Sectors)?);
            (all, read) = (all.saturating_add(cells), read + length);
            // The same place may be that of any number of sheets.
            if all > MOST_SPANNED || read > MOST_READ * stream.len() {
                return Err(Swollen::Spanned);
            }
        }
    }
    Ok(())
}

/// Sheets of an XLS workbook stand one after the other; so many times all of it is read for them, at most.
const MOST_READ: usize = 4;

const SHEET: u16 = 0x85;
const BEGIN: u16 = 0x809;
const END: u16 = 0x0a;

/// Kind and data of each record.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = short(stream, 0)?;
        let (data, rest) = stream.get(4..)?.split_at_checked(short(stream, 2)?.into())?;
        stream = rest;
        Some((kind, data))
    })
}

/// Cells between the first and the last of a sheet, or as many as it says that there are; and how long it is.
fn spanned_by(sheet: &[u8]) -> (u64, usize) {
    let (mut rows, mut columns) = ((u64::MAX, 0), (u64::MAX, 0));
    let (mut stated, mut depth, mut length_read) = (0, 0, 0);
    for (kind, data) in records(sheet) {
        length_read += 4 + data.len();
        let at = |place: usize| u64::from(short(data, place).unwrap_or(0));
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            0x200 => stated = stated.max(stated_cells(data)),
            // Number, label, rich label, truth, formula, short number, word of the list, short numbers.
            0x203 | 0x204 | 0xd6 | 0x205 | 0x06 | 0x27e | 0xfd | 0xbd => {
                let last = if kind == 0xbd { at(data.len().saturating_sub(2)) } else { at(2) };
                rows = (rows.0.min(at(0)), rows.1.max(at(0)));
                columns = (columns.0.min(at(2)), columns.1.max(at(2)).max(last));
            }
            _ => {}
        }
    }
    let length = |(first, last): (u64, u64)| (last + 1).saturating_sub(first);
    (stated.max(length(rows).saturating_mul(length(columns))), length_read)
}

/// Rows and columns by their first and one past the last, counted as calamine does: what runs below zero is large.
fn stated_cells(data: &[u8]) -> u64 {
    let of_shorts = |place: usize| short(data, place).map(u32::from);
    let [first_row, last_row, first_column, last_column] = match data.len() {
        10 => [of_shorts(0), of_shorts(2), of_shorts(4), of_shorts(6)],
        _ => [number(data, 0), number(data, 4), of_shorts(8), of_shorts(10)],
    }
    .map(Option::unwrap_or_default);
    let first_column = if first_column > 0xff || last_column < first_column { 0 } else { first_column };
    if last_row == 0 || last_column == 0 {
        return 1;
    }
    u64::from(last_row.wrapping_sub(first_row)).saturating_mul(last_column.wrapping_sub(first_column).into())
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number))
}

/// Ends a chain of sectors.
const END_OF_CHAIN: u32 = 0xffff_fffe;
/// From here on numbers are those of no sector.
const NO_SECTOR: u32 = 0xffff_fffa;

/// The stream that has the sheets; none where there is none of that name.
fn workbook_stream(bytes: &[u8]) -> Result<Option<Vec<u8>>, Swollen> {
    let size = match short(bytes, 30) {
        Some(9) => 512,
        Some(12) => 4096,
        _ => return Err(Swollen::Sectors),
    };
    let field = |at| number(bytes, at).ok_or(Swollen::Sectors);
    // The header takes the place of one.
    let sector = |id: u32| part(bytes, (id as usize).saturating_add(1), size);
    let n_sectors = bytes.len() / size;
    let mut lists: Vec<u32> = numbers(bytes.get(76..512).ok_or(Swollen::Sectors)?).collect();
    let (mut next, mut n_lists) = (field(68)?, 0);
    while next < NO_SECTOR {
        n_lists += 1;
        if n_lists > n_sectors {
            return Err(Swollen::Sectors);
        }
        lists.extend(numbers(sector(next).ok_or(Swollen::Sectors)?));
        next = lists.pop().ok_or(Swollen::Sectors)?;
    }
    let mut links = Vec::new();
    for (n, id) in lists.into_iter().filter(|id| *id < 0xffff_fffc).enumerate() {
        if n > n_sectors {
            return Err(Swollen::Sectors);
        }
        links.extend(numbers(sector(id).ok_or(Swollen::Sectors)?));
    }
    let folder = chain(field(48)?, &links, sector, usize::MAX)?;
    let entries = folder.as_chunks::<128>().0;
    let length = |entry: &[u8; 128]| {
        let high = if size == 512 { 0 } else { u64::from(number(entry, 124).unwrap_or(0)) };
        usize::try_from(high << 32 | u64::from(number(entry, 120).unwrap_or(0))).unwrap_or(usize::MAX)
    };
    let start = |entry: &[u8; 128]| number(entry, 116).unwrap_or(END_OF_CHAIN);
    let root = entries.first().ok_or(Swollen::Sectors)?;
    let (mut small, mut small_links) = (Vec::new(), Vec::new());
    if field(64)? > 0 {
        small = chain(start(root), &links, sector, length(root))?;
        let most = (field(64)? as usize).saturating_mul(size);
        small_links = numbers(&chain(field(60)?, &links, sector, most)?).collect();
    }
    let named = |wanted: &str| entries.iter().find(|entry| is_named(entry, wanted));
    let Some(entry) = named("workbook").or_else(|| named("book")) else { return Ok(None) };
    match length(entry) {
        // Short ones share sectors.
        most @ ..4096 => chain(start(entry), &small_links, |id| part(&small, id as usize, 64), most),
        most => chain(start(entry), &links, sector, most),
    }
    .map(Some)
}

/// So much of a part of this size as there is.
fn part(bytes: &[u8], index: usize, size: usize) -> Option<&[u8]> {
    let from = index.checked_mul(size)?;
    bytes.get(from..bytes.len().min(from.checked_add(size)?)).filter(|part| !part.is_empty())
}

/// The bytes of a chain of sectors, as far as they are needed. Each sector is linked to once, unless it goes round.
fn chain<'b>(
    start: u32,
    links: &[u32],
    sector: impl Fn(u32) -> Option<&'b [u8]>,
    most: usize,
) -> Result<Vec<u8>, Swollen> {
    let (mut bytes, mut next) = (Vec::new(), start);
    for _ in 0..=links.len() {
        if next == END_OF_CHAIN {
            return Ok(bytes);
        }
        let part = sector(next).ok_or(Swollen::Sectors)?;
        bytes.extend_from_slice(&part[..part.len().min(most - bytes.len())]);
        if bytes.len() >= most {
            return Ok(bytes);
        }
        next = *links.get(next as usize).ok_or(Swollen::Sectors)?;
    }
    Err(Swollen::Sectors)
}

fn is_named(entry: &[u8; 128], wanted: &str) -> bool {
    let units = entry[..64].as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
    let name: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    name.eq_ignore_ascii_case(wanted)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const OLD: &[u8] = include_bytes!("../../tests/data/tables/old.xls");

    /// The only place at which the old workbook has these bytes.
    fn place(bytes: &[u8]) -> usize {
        let mut places = memmem::find_iter(OLD, bytes);
        let place = places.next().expect("it has them");
        assert_eq!(places.next(), None);
        place
    }

    #[test]
    fn an_old_workbook_is_what_it_seems() {
        assert_eq!(check(OLD), Ok(()));
        assert_eq!(check(&OLD[..OLD.len() / 2]), Err(Swollen::Sectors));
        assert_eq!(check(&OLD[..100]), Err(Swollen::Sectors));
    }

    /// 5 KB that took all memory there was.
    #[test]
    fn a_chain_of_sectors_that_goes_round_is_refused() {
        let mut round = OLD.to_vec();
        let (first_list, folder) = (number(OLD, 76).unwrap() as usize, number(OLD, 48).unwrap());
        let link = (first_list + 1) * 512 + 4 * folder as usize;
        round[link..link + 4].copy_from_slice(&folder.to_le_bytes());
        assert_eq!(check(&round), Err(Swollen::Sectors));
    }

    #[test]
    fn a_cell_far_away_is_refused() {
        // Row 1, column 1, a short number.
        let cell = place(&[0x7e, 0x02, 10, 0, 1, 0, 1, 0]);
        let mut far = OLD.to_vec();
        far[cell + 4..cell + 8].fill(0xff);
        assert_eq!(check(&far), Err(Swollen::Spanned));
    }

    #[test]
    fn a_sheet_that_says_it_is_large_is_refused() {
        let stated = place(&[0x00, 0x02, 14, 0]);
        let mut large = OLD.to_vec();
        // It begins behind its end.
        large[stated + 4..stated + 8].copy_from_slice(&1000u32.to_le_bytes());
        assert_eq!(check(&large), Err(Swollen::Spanned));
    }

    fn zipped(name: &str, content: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn an_open_document_says_how_many_cells_it_spans() {
        let rows = |rows: &str| zipped("content.xml", &format!("<table:table table:name=\"S\">{rows}</table:table>"));
        let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\"/>";
        let empty = "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
        let usual = format!(
            "<table:table-row>{cell}<table:table-cell table:number-columns-repeated=\"16383\"/></table:table-row>{empty}"
        );
        assert_eq!(check(&rows(&usual)), Ok(()));
        let wide = cell.replace(" office:value-type", "\ttable:number-columns-repeated = '16384' office:value-type");
        assert_eq!(check(&rows(&format!("<table:table-row>{wide}</table:table-row>"))), Ok(()));
        for swollen in [
            format!("<table:table-row table:number-rows-repeated=\"1000\">{wide}</table:table-row>"),
            format!("<table:table-row>{wide}</table:table-row>{empty}<table:table-row>{cell}</table:table-row>"),
            format!("<table:table-row>{wide}</table:table-row>").repeat(1000),
            wide.replace("16384", "99999999999999999999999"),
        ] {
            let row = format!("<table:table-row>{swollen}</table:table-row>");
            assert_eq!(check(&rows(&row)), Err(Swollen::Spanned), "{}", &row[..200.min(row.len())]);
        }
    }

    /// A file of a few hundred bytes for whose words 24 terabytes were asked for.
    #[test]
    fn more_words_than_bytes_are_refused() {
        let words = |count: &str| {
            let words = "<si><t>a</t></si>".repeat(2);
            zipped("xl/sharedStrings.xml", &format!("<sst count=\"2\" uniqueCount={count}>{words}</sst>"))
        };
        assert_eq!(check(&words("\"2\"")), Ok(()));
        for count in ["\"1000000000000\"", " '1000'", "\"99999999999999999999999\""] {
            assert_eq!(check(&words(count)), Err(Swollen::Counted), "{count}");
        }
        let padded = format!("<!--{}--><sst\nuniqueCount\n=\n\"1000000\">", "x".repeat((1 << 16) - 10));
        assert_eq!(check(&zipped("any", &padded)), Err(Swollen::Counted));
    }
}
