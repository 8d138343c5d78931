use std::io::{Cursor, Write as _};
use std::sync::Once;

use onrecord::capture::Hints;
use onrecord::capture::table::{Dialect, Header, Row, Table, read};
use zip::write::SimpleFileOptions;

/// Reads a table. The first byte chooses as what: a file whose name says nothing, CSV, JSON Lines, the XML of a sheet,
/// which is packed into a workbook of either kind first, or an old workbook.
pub fn table(data: &[u8]) {
    let Some((first, rest)) = super::chosen(data) else { return };
    let (name, bytes) = match first % 6 {
        0 => (None, rest.to_vec()),
        1 => (Some("table.csv"), rest.to_vec()),
        2 => (Some("table.jsonl"), rest.to_vec()),
        3 => (None, workbook(rest)),
        4 => (None, open_document(rest)),
        // An old workbook, by its first bytes.
        _ => (None, [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", rest].concat()),
    };
    let delimiter = (first >= 64).then_some(b';');
    // What reads workbooks may panic, and onrecord survives it; a fuzzer's own hook would not let it.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|info| eprintln!("{info}"))));
    let hints = Hints { file_name: name.map(str::to_string), ..Hints::default() };
    match read(&bytes, &hints, None, delimiter) {
        Ok(table) => rows(&table),
        Err(error) => assert!(error.to_string().len() < 100_000),
    }
}

/// Reads the rows by the names of the first three columns.
fn rows(table: &Table) {
    let text = &table.text.content;
    assert_eq!(Dialect::from_name(&table.dialect.name()), Some(table.dialect));
    let mut wanted: Vec<String> = match table.dialect {
        Dialect::JsonLines => vec!["name".into(), "value".into()],
        Dialect::Delimited(delimiter) => columns(text, delimiter),
        Dialect::Workbook => columns(text, b','),
    };
    wanted.truncate(3);
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let Ok(header) = Header::read(text, table.dialect, &wanted) else { return };
    let (mut rows, mut row) = (header.rows(text), Row::default());
    let (mut n_rows, mut end, mut number) = (0, 0, 0);
    while let Some(result) = rows.read(&mut row) {
        n_rows += 1;
        assert!(n_rows <= text.len() + 1, "more rows than characters");
        assert!(end <= row.span.start && row.span.start <= row.span.end, "{row:?} before {end}");
        assert!(number < row.number, "{row:?} after row {number}");
        let words = text.get(row.span.clone()).expect("a place between characters");
        (end, number) = (row.span.end, row.number);
        if result.is_err() {
            continue;
        }
        // A row by itself is the same row: so claims are found again in it.
        let mut alone = Row::default();
        let again = header.rows_from(words, row.span.start, row.number).read(&mut alone);
        assert_eq!(again, Some(Ok(())), "{words:?}");
        assert_eq!((alone.number, &alone.span), (row.number, &row.span));
        for column in 0..wanted.len() {
            assert_eq!((alone.cell(column), alone.is_typed(column)), (row.cell(column), row.is_typed(column)));
            assert!(row.cell(column).len() <= 6 * words.len());
        }
    }
    let _ = rows.missing();
}

/// What stands in the first line that is not blank, as far as it is plain.
fn columns(text: &str, delimiter: u8) -> Vec<String> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    first.split(char::from(delimiter)).map(|name| name.trim().trim_matches('"').to_string()).collect()
}

/// A workbook of one sheet.
fn workbook(sheet: &[u8]) -> Vec<u8> {
    const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
    const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    const SHEETS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
    const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    packed(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", SHEETS.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

fn open_document(content: &[u8]) -> Vec<u8> {
    packed(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)])
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        zip.start_file(*name, stored).expect("a part of a workbook");
        zip.write_all(bytes).expect("a part of a workbook");
    }
    zip.finish().expect("a workbook").into_inner()
}
