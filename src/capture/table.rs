//! Tables: CSV and its kin, JSON Lines and workbooks as texts of rows.
//!
//! A table's text is the file itself, decoded; a workbook's is its sheet written as CSV (RFC 4180). Rows are counted from
//! 1 as RFC 7111 counts them, the one with the names of the columns included; in JSON Lines a row is a line.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::Cursor;
use std::ops::Range;
use std::panic::catch_unwind;

use calamine::{Data, DataType, Reader as _, Sheets, Style, Xlsb, XlsbError, Xlsx, XlsxError};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::kind::Kind;
use super::{CaptureError, Hints, charset, swollen};
use crate::domain::decimal::Decimal;
use crate::domain::text::{Segment, Span, Text};

/// With which a line begins that names the delimiter and holds nothing else.
const SEPARATOR: &str = "sep=";
/// Name and version of this extractor.
const EXTRACTOR: &str = "table/1";

/// Cells of a sheet, empty ones among them, that are read at most.
const MOST_CELLS: u64 = 200_000_000;

/// A table as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What the bytes were read as.
    pub media_type: &'static str,
    /// The charset they were decoded from.
    pub charset: String,
    /// The rows, one after another.
    pub text: Text,
    /// How they are cut into cells.
    pub dialect: Dialect,
}

/// How a text is cut into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Cells with this character between them, the first row being the names of the columns (RFC 4180).
    Delimited(u8),
    /// A sheet written as CSV. Its numbers stand as programs write them; words with a digit in them begin with `'`.
    Workbook,
    /// One JSON object a line.
    JsonLines,
}

impl Dialect {
    /// The name used in the record: the delimiter itself, `workbook` or `json-lines`.
    pub fn name(self) -> String {
        match self {
            Dialect::Delimited(delimiter) => char::from(delimiter).to_string(),
            Dialect::Workbook => "workbook".to_string(),
            Dialect::JsonLines => "json-lines".to_string(),
        }
    }

    /// What stands between cells.
    fn delimiter(self) -> u8 {
        match self {
            Dialect::Delimited(delimiter) => delimiter,
            Dialect::Workbook | Dialect::JsonLines => b',',
        }
    }

    /// The words of a cell that begins with the mark of those.
    fn words_of(self, cell: &str) -> Option<&str> {
        cell.strip_prefix('\'').filter(|_| self == Dialect::Workbook)
    }

    /// The dialect of that name.
    pub fn from_name(name: &str) -> Option<Dialect> {
        match name.as_bytes() {
            b"workbook" => Some(Dialect::Workbook),
            b"json-lines" => Some(Dialect::JsonLines),
            [delimiter] if delimiter.is_ascii() => Some(Dialect::Delimited(*delimiter)),
            _ => None,
        }
    }
}

/// Reads a table: a workbook (XLSX, XLSB, XLS, ODS) by its first bytes, JSON Lines by the name or the first character,
/// else cells with `delimiter` between them, or with whichever of comma, semicolon, tab and bar stands most often in the
/// first line.
pub fn read(bytes: &[u8], hints: &Hints, sheet: Option<&str>, delimiter: Option<u8>) -> Result<Table, CaptureError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(CaptureError::Empty { size: bytes.len() });
    }
    if bytes.len() > hints.max_bytes {
        return Err(CaptureError::TooLarge { limit: hints.max_bytes, size: bytes.len() });
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        // Workbooks are read by number and offset, which a broken one may have anything in.
        let content = catch_unwind(|| workbook(bytes, sheet)).unwrap_or_else(|_| {
            Err(CaptureError::Workbook { what: "a file with numbers in it that lead nowhere".to_owned() })
        })?;
        let text = Text { content, blocks: Vec::new(), segments: Vec::new(), extractor: EXTRACTOR.to_owned() };
        let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return Ok(Table { media_type, charset: "UTF-8".to_owned(), text, dialect: Dialect::Workbook });
    }
    super::kind::refuse_known_binary(bytes)?;
    let decoded = charset::decode(bytes, Kind::Plain, hints)?;
    refuse_mixed(bytes, &decoded, hints)?;
    let extension = hints.file_name.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, e)| e.to_lowercase());
    let named = |names: &[&str]| extension.as_deref().is_some_and(|extension| names.contains(&extension));
    let is_lines = named(&["jsonl", "ndjson"])
        || (!named(&["csv", "tsv", "tab"]) && delimiter.is_none() && decoded.text.trim_start().starts_with('{'));
    let dialect = match delimiter {
        _ if is_lines => Dialect::JsonLines,
        Some(delimiter) => Dialect::Delimited(delimiter),
        None if named(&["tsv", "tab"]) => Dialect::Delimited(b'\t'),
        None => Dialect::Delimited(sniffed(&decoded.text)),
    };
    let media_type = match dialect {
        Dialect::JsonLines => "application/jsonl",
        Dialect::Delimited(b'\t') => "text/tab-separated-values",
        Dialect::Delimited(_) | Dialect::Workbook => "text/csv",
    };
    if decoded.text.trim().is_empty() {
        return Err(CaptureError::Empty { size: bytes.len() });
    }
    let all = Span::new(0, decoded.text.len());
    let segments = decoded.pieces(all).map(|piece| Segment { text: piece.text, bytes: piece.bytes }).collect();
    let charset = decoded.charset.to_owned();
    let text =
        Text { content: decoded.text.into_owned(), blocks: Vec::new(), segments, extractor: EXTRACTOR.to_owned() };
    Ok(Table { media_type, charset, text, dialect })
}

/// What stands between the cells of the first line that is not blank; or what that line says, as some programs write it.
fn sniffed(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if let [delimiter] = first.trim_start_matches('\u{feff}').strip_prefix(SEPARATOR).unwrap_or_default().as_bytes() {
        return *delimiter;
    }
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte && !quoted) {
            *count += 1;
        }
    }
    // Of equal counts the first in the list.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

/// A sheet of a workbook as CSV.
fn workbook(bytes: &[u8], sheet: Option<&str>) -> Result<String, CaptureError> {
    let broken = |error: &dyn std::fmt::Display| CaptureError::Workbook { what: error.to_string() };
    swollen::check(bytes).map_err(|error| broken(&error))?;
    let mut workbook = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let names = workbook.sheet_names();
    let name = match sheet {
        Some(wanted) => names.iter().find(|name| *name == wanted).cloned(),
        None => names.first().cloned(),
    };
    let missing =
        || CaptureError::NoSheet { wanted: sheet.unwrap_or("the first").to_owned(), found: names.join("`, `") };
    let name = name.ok_or_else(missing)?;
    let cells = match &mut workbook {
        // Cell by cell, so that a sheet with one cell at its far end is no table of all cells before it.
        Sheets::Xlsx(workbook) => cells_of_xlsx(workbook, &name).map_err(|error| broken(&error))?,
        Sheets::Xlsb(workbook) => cells_of_xlsb(workbook, &name).map_err(|error| broken(&error))?,
        other => {
            let range = other.worksheet_range(&name).map_err(|error| broken(&error))?;
            let (top, left) = range.start().unwrap_or_default();
            let place =
                |(row, column, data): (usize, usize, &Data)| (row as u32 + top, column as u32 + left, cell(data));
            range.used_cells().map(place).collect()
        }
    };
    let n_columns = cells.iter().map(|(_, column, _)| u64::from(*column) + 1).max().unwrap_or_default();
    let n_rows = cells.iter().map(|(row, ..)| u64::from(*row) + 1).max().unwrap_or_default();
    if n_rows * n_columns > MOST_CELLS {
        return Err(broken(&format!(
            "a sheet of {n_rows} rows and {n_columns} columns; {MOST_CELLS} cells are read at most"
        )));
    }
    let mut written = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let trouble = |error: csv::Error| broken(&error);
    let mut row = vec![String::new(); n_columns as usize];
    let mut cells = cells.into_iter().peekable();
    for number in 0..n_rows {
        row.iter_mut().for_each(String::clear);
        while let Some((_, column, words)) = cells.next_if(|(row, ..)| u64::from(*row) == number) {
            row[column as usize] = words;
        }
        // A row with nothing in it is one all the same, so that numbers are those of the sheet.
        written.write_record(&row).map_err(trouble)?;
    }
    let bytes = written.into_inner().map_err(|error| broken(&error))?;
    String::from_utf8(bytes).map_err(|error| broken(&error))
}

/// Row, column and words of every cell of a sheet, by row.
fn cells_of_xlsx(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<(u32, u32, String)>, XlsxError> {
    let mut reader = workbook.worksheet_cells_reader(name)?;
    let percents: Vec<bool> = reader.styles().iter().map(is_percent).collect();
    let mut cells = Vec::new();
    while let Some((found, style)) = reader.next_cell_with_style_id()? {
        let (row, column) = found.get_position();
        let data = Data::from(found.get_value().clone());
        let words = match data {
            Data::Empty => continue,
            Data::Int(_) | Data::Float(_) if percents.get(style) == Some(&true) => in_percent(&data.to_string()),
            data => cell(&data),
        };
        cells.push((row, column, words));
    }
    // In a sound file they stand so already.
    cells.sort_by_key(|(row, column, _)| (*row, *column));
    Ok(cells)
}

/// The same of a sheet in binary form.
fn cells_of_xlsb(workbook: &mut Xlsb<Cursor<&[u8]>>, name: &str) -> Result<Vec<(u32, u32, String)>, XlsbError> {
    let mut reader = workbook.worksheet_cells_reader(name)?;
    let mut cells = Vec::new();
    while let Some(found) = reader.next_cell()? {
        let (row, column) = found.get_position();
        match Data::from(found.get_value().clone()) {
            Data::Empty => continue,
            data => cells.push((row, column, cell(&data))),
        }
    }
    cells.sort_by_key(|(row, column, _)| (*row, *column));
    Ok(cells)
}

fn is_percent(style: &Style) -> bool {
    // What stands between quotation marks or after a backslash is shown as it is.
    let code = style.number_format.as_ref().map_or("", |format| &format.format_code);
    let mut quoted = false;
    let mut before = ' ';
    code.chars().any(|c| {
        quoted ^= c == '"';
        let counts = c == '%' && !quoted && before != '\\';
        before = c;
        counts
    })
}

/// A share as a sheet shows it: 0.125 is 12.5 %.
fn in_percent(share: &str) -> String {
    format!("{share}e2").parse::<Decimal>().map_or(share.to_string(), |percent| format!("{percent}%"))
}

/// Refuses what is UTF-8 but for some bytes: read as another charset, all its names would be wrong ones.
fn refuse_mixed(bytes: &[u8], decoded: &charset::Decoded, hints: &Hints) -> Result<(), CaptureError> {
    let is_named = hints.media_type.as_deref().is_some_and(|media_type| media_type.contains("charset"));
    let is_guess = !decoded.charset.eq_ignore_ascii_case("utf-8") && !is_named;
    let Err(error) = std::str::from_utf8(bytes) else { return Ok(()) };
    if !is_guess || decoded.charset.starts_with("UTF-16") {
        return Ok(());
    }
    let (mut letters, mut strays) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        strays += usize::from(!chunk.invalid().is_empty());
    }
    if letters < strays {
        return Ok(());
    }
    let offset = error.valid_up_to();
    let found = bytes[offset..].iter().take(4).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let (charset, basis) = ("UTF-8".to_string(), "what most of the table is");
    Err(CaptureError::Damaged { charset, basis, offset, found, n_errors: strays })
}

/// A cell as people see it, dates as 2025-06-17 and numbers with all their digits.
fn cell(data: &Data) -> String {
    match data {
        // A serial below one is a time of day.
        Data::DateTime(serial) if (0.0..1.0).contains(&serial.as_f64()) => {
            let clock = |time: chrono::NaiveTime| {
                let whole = time.format("%S").to_string() == "00";
                time.format(if whole { "%H:%M" } else { "%H:%M:%S" }).to_string()
            };
            data.as_time().map_or_else(|| data.to_string(), clock)
        }
        Data::DateTime(_) | Data::DateTimeIso(_) => match (data.as_datetime(), data.as_date()) {
            (Some(moment), _) if moment.time() == chrono::NaiveTime::MIN => moment.date().to_string(),
            (Some(moment), _) => moment.to_string(),
            (None, Some(date)) => date.to_string(),
            (None, None) => data.to_string(),
        },
        Data::String(words) if words.starts_with('\'') || words.contains(|c: char| c.is_ascii_digit()) => {
            format!("'{words}")
        }
        other => other.to_string(),
    }
}

/// A row of a table: the cells of the columns that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its number, from 1.
    pub number: u64,
    /// Where it stands in the text.
    pub span: Range<usize>,
    cells: String,
    /// End of each cell; `None` where the row has none.
    ends: Vec<Option<usize>>,
    starts: Vec<usize>,
    /// Of each cell whether a program wrote it as a number, which has no language.
    typed: Vec<bool>,
}

impl Row {
    /// The cell of the column asked for at this place, without white space around it; empty where there is none.
    pub fn cell(&self, column: usize) -> &str {
        match (self.starts.get(column), self.ends.get(column)) {
            (Some(&start), Some(&Some(end))) => self.cells[start..end].trim(),
            _ => "",
        }
    }

    /// True for a number of a workbook or of JSON, which is written the same in every language.
    pub fn is_typed(&self, column: usize) -> bool {
        self.typed.get(column) == Some(&true)
    }

    fn clear(&mut self) {
        self.cells.clear();
        self.starts.clear();
        self.ends.clear();
        self.typed.clear();
    }

    fn push(&mut self, cell: Option<&str>, typed: bool) {
        self.typed.push(typed);
        self.starts.push(self.cells.len());
        self.cells.push_str(cell.unwrap_or_default());
        self.ends.push(cell.map(|_| self.cells.len()));
    }
}

/// Why a row, or a whole table, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A column that the map names is not there.
    #[error("no column `{wanted}`: the table has {found}")]
    NoColumn {
        /// The name.
        wanted: String,
        /// The names there are, of many the first.
        found: String,
    },
    /// Two columns of the name that the map means.
    #[error("two columns are called `{0}`")]
    TwoColumns(String),
    /// More or fewer cells than columns.
    #[error("{}, where the table has {}", counted(*found, "cell"), counted(*expected, "column"))]
    Cells {
        /// How many columns there are.
        expected: usize,
        /// How many cells there are.
        found: usize,
    },
    /// A quotation mark that is never closed; all rows after it are part of this one.
    #[error("a quotation mark is opened and never closed")]
    OpenQuote,
    /// A byte order mark where a row begins, which by itself reads as if it began behind it.
    #[error("it begins with a byte order mark, as a file does: two files in one")]
    Mark,
    /// A line that is no JSON object of plain values.
    #[error("{0}")]
    Json(String),
}

/// The columns that are asked for, and where they stand.
#[derive(Clone, Debug)]
pub struct Header {
    dialect: Dialect,
    wanted: Vec<String>,
    /// Of each column asked for, where it stands.
    places: Vec<usize>,
    n_columns: usize,
    /// Number of the first row below it.
    first: u64,
    /// Where that begins.
    end: usize,
}

impl Header {
    /// Finds the columns of these names in the first row that is not blank; `text` may end after it.
    pub fn read(text: &str, dialect: Dialect, wanted: &[&str]) -> Result<Header, RowError> {
        let wanted: Vec<String> = wanted.iter().map(|name| name.to_string()).collect();
        let mut header = Header { dialect, wanted, places: Vec::new(), n_columns: 0, first: 1, end: 0 };
        if dialect == Dialect::JsonLines {
            return Ok(header);
        }
        let mut reader = cells(text, dialect.delimiter());
        let mut record = csv::StringRecord::new();
        let none = |header: &Header| RowError::NoColumn { wanted: header.wanted.join("`, `"), found: listed(&[]) };
        // Blank lines above the names of the columns, and rows with nothing in them, as in exports of workbooks, count.
        loop {
            let start = header.end;
            if !reader.read_record(&mut record).map_err(|_| none(&header))? {
                return Err(none(&header));
            }
            header.end = line_end(text, reader.position().byte() as usize);
            let (_, blank) = past_blank_lines(&text[start..header.end]);
            header.first += blank + 1;
            let names_separator = record.len() == 2 && record[0].trim_start_matches('\u{feff}') == SEPARATOR;
            if record.iter().any(|cell| !cell.trim().is_empty()) && !(names_separator && record[1].is_empty()) {
                break;
            }
        }
        let names: Vec<&str> = record
            .iter()
            .map(|name| dialect.words_of(name).unwrap_or(name).trim().trim_start_matches('\u{feff}'))
            .collect();
        header.n_columns = names.len();
        for wanted in &header.wanted {
            let mut places = names.iter().enumerate().filter(|(_, name)| **name == wanted);
            match (places.next(), places.next()) {
                (Some((place, _)), None) => header.places.push(place),
                (None, _) => {
                    return Err(RowError::NoColumn { wanted: wanted.clone(), found: listed(&names) });
                }
                (Some(_), Some(_)) => return Err(RowError::TwoColumns(wanted.clone())),
            }
        }
        Ok(header)
    }

    /// The rows of a whole table.
    pub fn rows<'t>(&self, text: &'t str) -> Rows<'t> {
        Rows { is_whole: true, ..self.rows_from(&text[self.end..], self.end, self.first) }
    }

    /// The rows from the middle of a table on: `text` begins with row `number`, at `offset` of the whole.
    pub fn rows_from<'t>(&self, text: &'t str, offset: usize, number: u64) -> Rows<'t> {
        let (reader, record) = (cells(text, self.dialect.delimiter()), csv::StringRecord::new());
        let (met, keys) = (vec![false; self.wanted.len()], String::new());
        Rows { header: self.clone(), text, reader, record, offset, at: 0, number, is_whole: false, met, keys }
    }
}

/// Where the line ends that a reader has left: it stops between the two characters of Windows' line ends.
fn line_end(text: &str, at: usize) -> usize {
    let is_between = at > 0 && text.as_bytes()[at - 1] == b'\r' && text.as_bytes().get(at) == Some(&b'\n');
    at + usize::from(is_between)
}

/// What follows blank lines, and how many there are.
fn past_blank_lines(text: &str) -> (&str, u64) {
    let words = text.trim_start_matches(['\r', '\n']);
    let blank = &text.as_bytes()[..text.len() - words.len()];
    let n_feeds = memchr::memchr_iter(b'\n', blank).count();
    (words, if n_feeds > 0 { n_feeds } else { blank.len() } as u64)
}

fn cells(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    let mut builder = csv::ReaderBuilder::new();
    // Rows are short; the default buffer is made anew for each of those that are read by themselves.
    let buffer = text.len().clamp(64, 64 * 1024);
    builder.delimiter(delimiter).has_headers(false).flexible(true).buffer_capacity(buffer).from_reader(text.as_bytes())
}

/// The rows of a table, or of a part of it.
pub struct Rows<'t> {
    header: Header,
    text: &'t str,
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    /// Where the part begins in the whole text.
    offset: usize,
    at: usize,
    number: u64,
    /// All of the table, and not some rows of it.
    is_whole: bool,
    /// Of each column asked for whether a line of JSON has it.
    met: Vec<bool>,
    /// The keys of the first line of JSON.
    keys: String,
}

impl Rows<'_> {
    /// Reads the next row into `row`; `None` after the last one. After an error the row after it follows.
    pub fn read(&mut self, row: &mut Row) -> Option<Result<(), RowError>> {
        match self.header.dialect {
            Dialect::Delimited(_) | Dialect::Workbook => self.read_cells(row),
            Dialect::JsonLines => self.read_line(row),
        }
    }

    /// A column asked for that no line of JSON had so far, where there were any.
    pub fn missing(&self) -> Option<RowError> {
        let place = self.met.iter().position(|met| !met).filter(|_| !self.keys.is_empty())?;
        Some(RowError::NoColumn { wanted: self.header.wanted[place].clone(), found: self.keys.clone() })
    }

    fn read_cells(&mut self, row: &mut Row) -> Option<Result<(), RowError>> {
        row.clear();
        match self.reader.read_record(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return None,
            // The text is UTF-8 and rows may have any length, so that nothing is left to fail.
            Err(error) => return Some(Err(RowError::Json(error.to_string()))),
        }
        let start = line_end(self.text, self.record.position().map_or(0, |position| position.byte() as usize));
        let end = self.reader.position().byte() as usize;
        // Blank lines are no rows of cells, and count all the same.
        let (words, n_blank) = past_blank_lines(&self.text[start..end]);
        let start = end - words.len();
        let words = words.trim_end_matches(['\r', '\n']);
        self.number += n_blank;
        row.number = self.number;
        self.number += 1;
        row.span = self.offset + start..self.offset + start + words.len();
        // A quotation mark inside a cell is one; what runs on to the end of the table over other lines was opened before.
        let runs_on = end == self.text.len() && self.record.iter().any(|cell| cell.contains(['\n', '\r']));
        if self.is_whole && runs_on && memchr::memchr_iter(b'"', words.as_bytes()).count() % 2 == 1 {
            return Some(Err(RowError::OpenQuote));
        }
        if words.starts_with('\u{feff}') {
            return Some(Err(RowError::Mark));
        }
        if self.record.len() != self.header.n_columns {
            return Some(Err(RowError::Cells { expected: self.header.n_columns, found: self.record.len() }));
        }
        let typed = self.header.dialect == Dialect::Workbook;
        for &place in &self.header.places {
            let cell = self.record.get(place);
            match cell.and_then(|cell| self.header.dialect.words_of(cell)) {
                Some(words) => row.push(Some(words), false),
                None => row.push(cell, typed),
            }
        }
        Some(Ok(()))
    }

    fn read_line(&mut self, row: &mut Row) -> Option<Result<(), RowError>> {
        row.clear();
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
            let line = rest[..length].trim_end_matches(['\r', '\n']);
            row.number = self.number;
            row.span = self.offset + self.at..self.offset + self.at + line.len();
            self.number += 1;
            self.at += length;
            if line.trim().is_empty() {
                continue;
            }
            return Some(self.cells_of_line(line, row));
        }
    }

    fn cells_of_line(&mut self, line: &str, row: &mut Row) -> Result<(), RowError> {
        let Object(object) =
            serde_json::from_str(line).map_err(|error| RowError::Json(format!("expected a JSON object: {error}")))?;
        if self.keys.is_empty() {
            let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
            keys.sort_unstable();
            self.keys = listed(&keys);
        }
        for (wanted, met) in self.header.wanted.iter().zip(&mut self.met) {
            use serde_json::Value;
            *met |= object.contains_key(wanted);
            let cell = match object.get(wanted) {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(Cow::Borrowed(text.as_str())),
                Some(Value::Number(number)) => Some(Cow::Owned(number.to_string())),
                Some(Value::Bool(truth)) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
                Some(_) => return Err(RowError::Json(format!("`{wanted}` is no plain value"))),
            };
            row.push(cell.as_deref(), matches!(object.get(wanted), Some(Value::Number(_))));
        }
        Ok(())
    }
}

/// An object of JSON, no key of which stands in it twice: which of the two counts, nobody says.
struct Object(HashMap<String, serde_json::Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = HashMap::new();
                while let Some((key, value)) = map.next_entry::<String, serde_json::Value>()? {
                    if object.contains_key(&key) {
                        return Err(serde::de::Error::custom(format_args!("the key `{key}` stands in it twice")));
                    }
                    object.insert(key, value);
                }
                Ok(Object(object))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// Names of columns in a message: the first twenty, each by its first sixty characters.
fn listed(names: &[&str]) -> String {
    const LISTED: usize = 20;
    let shortened = |name: &&str| match name.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    };
    let mut listed: Vec<String> = names.iter().take(LISTED).map(shortened).collect();
    match names.len().saturating_sub(LISTED) {
        0 if names.is_empty() => listed.push("none".to_string()),
        0 => {}
        more => listed.push(format!("and {more} more")),
    }
    listed.join(", ")
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
