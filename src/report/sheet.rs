//! Rows and columns, and the three ways they are written: a table for a terminal, CSV and Markdown.

use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};
use unicode_width::UnicodeWidthStr;

use super::block::{hanging, painted};
use super::{Layout, clean};
use crate::domain::text::is_hidden;

/// Words longer than this (addresses, hashes) may be broken in a table.
const LONGEST_WORD: usize = 16;

/// A cell's meaning for colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// A contradiction.
    Bad,
    /// A tension.
    Doubtful,
    /// Agreement.
    Good,
    /// Withdrawn, or of minor weight.
    Faint,
}

/// Rows and columns of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Column names.
    pub columns: Vec<&'static str>,
    /// Rows; each as long as the columns.
    pub rows: Vec<Vec<String>>,
    /// The tone of each row's cells, where it has one.
    pub tones: Vec<Option<(usize, Tone)>>,
    /// What to say in place of an empty table.
    pub empty: &'static str,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(columns: &[&'static str], empty: &'static str) -> Sheet {
        Sheet { columns: columns.to_vec(), empty, ..Sheet::default() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<String>) {
        self.push_toned(row, None);
    }

    /// Adds a row, one cell of which has a tone.
    pub fn push_toned(&mut self, row: Vec<String>, tone: Option<(usize, Tone)>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
        self.tones.push(tone);
    }

    /// Without the columns in which no row has anything.
    pub fn without_empty_columns(mut self) -> Sheet {
        for column in (0..self.columns.len()).rev() {
            if self.rows.iter().all(|row| row[column].is_empty()) {
                self.columns.remove(column);
                self.rows.iter_mut().for_each(|row| drop(row.remove(column)));
                for tone in self.tones.iter_mut().flatten().filter(|(at, _)| *at > column) {
                    tone.0 -= 1;
                }
            }
        }
        self
    }

    /// As a table that fits the width; where that would break the words, as records, a line a cell.
    pub fn table(&self, layout: Layout) -> String {
        if self.rows.is_empty() {
            return format!("{}\n", self.empty);
        }
        let Some(widths) = self.widths(layout.width.into()) else { return self.records(layout) };
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(layout.width);
        table.set_header(self.columns.iter().map(Cell::new));
        if layout.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        for (row, tone) in self.rows.iter().zip(&self.tones) {
            table.add_row(row.iter().enumerate().map(|(index, text)| {
                let cell = Cell::new(shortened(text));
                match tone {
                    Some((at, tone)) if *at == index && layout.color => paint(cell, *tone),
                    _ => cell,
                }
            }));
        }
        for (column, width) in table.column_iter_mut().zip(widths) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width as u16)));
        }
        let lines = table.to_string();
        lines.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// The widths of the columns, blanks beside them included: no word but a very long one is broken, and what is left
    /// goes in equal parts to those that need more. `None` where there is not enough.
    fn widths(&self, available: usize) -> Option<Vec<usize>> {
        let width = |column: usize, of: fn(&str) -> usize| {
            let cells = self.rows.iter().map(|row| of(&shortened(&row[column])));
            cells.max().unwrap_or(0).max(self.columns[column].len()) + 2
        };
        let longest_word = |cell: &str| {
            let words = cell.split_whitespace().map(|word| UnicodeWidthStr::width(word).min(LONGEST_WORD));
            words.max().unwrap_or(0)
        };
        let columns = 0..self.columns.len();
        let wanted: Vec<usize> = columns.clone().map(|column| width(column, UnicodeWidthStr::width)).collect();
        let mut widths: Vec<usize> = columns.map(|column| width(column, longest_word)).collect();
        // One between two columns.
        let mut left = (available + 1).checked_sub(widths.iter().sum::<usize>() + widths.len())?;
        while left > 0 {
            let needy: Vec<usize> = (0..widths.len()).filter(|&column| widths[column] < wanted[column]).collect();
            let Some(share) = left.checked_div(needy.len()) else { break };
            for column in needy {
                let more = share.max(1).min(wanted[column] - widths[column]).min(left);
                widths[column] += more;
                left -= more;
            }
        }
        Some(widths)
    }

    /// A record a row: the column's name and the cell, a line each; empty cells are left out.
    fn records(&self, layout: Layout) -> String {
        let label = self.columns.iter().map(|name| name.len()).max().unwrap_or(0) as u16 + 2;
        let mut out = String::new();
        for (row, tone) in self.rows.iter().zip(&self.tones) {
            if !out.is_empty() {
                out.push('\n');
            }
            for (index, (name, cell)) in
                self.columns.iter().zip(row).enumerate().filter(|(_, (_, cell))| !cell.is_empty())
            {
                let line = hanging(name, cell, label, layout);
                match tone {
                    Some((at, tone)) if *at == index => out.push_str(&painted(&line, *tone, layout)),
                    _ => out.push_str(&line),
                }
            }
        }
        out
    }

    /// As CSV (RFC 4180, but lines end in LF).
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let records = std::iter::once(self.columns.iter().map(|name| name.to_string()).collect::<Vec<_>>())
            .chain(self.rows.iter().map(|row| row.iter().map(|cell| inert(cell)).collect()));
        for record in records {
            writer.write_record(&record).expect("writing to memory, all rows of one length");
        }
        let bytes = writer.into_inner().expect("writing to memory");
        String::from_utf8(bytes).expect("made of strings")
    }

    /// As a Markdown table.
    pub fn markdown(&self) -> String {
        if self.rows.is_empty() {
            return format!("{}\n", self.empty);
        }
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut out = line(self.columns.iter().map(|name| name.to_string()).collect());
        out.push_str(&line(self.columns.iter().map(|_| "---".to_string()).collect()));
        for row in &self.rows {
            out.push_str(&line(row.iter().map(|cell| escaped(cell)).collect()));
        }
        out
    }
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. Controls and
/// direction marks become visible, since CSV is read in terminals too.
fn inert(cell: &str) -> String {
    let number = cell.parse::<crate::domain::decimal::Decimal>().is_ok();
    let visible = |c: char| if c.is_control() && c != '\n' || is_hidden(c) { '\u{fffd}' } else { c };
    let shown: String = cell.chars().map(visible).collect();
    match cell.chars().next() {
        // The wide ones are formulas where people write with those.
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r' | '\n') if !number => {
            format!("'{shown}")
        }
        _ => shown,
    }
}

/// Text inside a Markdown table cell or paragraph.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Text for a cell of a table, without what nobody would read there.
fn shortened(text: &str) -> String {
    const LONGEST_CELL: usize = 2000;
    let text = clean(text);
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn paint(cell: Cell, tone: Tone) -> Cell {
    match tone {
        Tone::Plain => cell,
        Tone::Bad => cell.fg(Color::Red),
        Tone::Doubtful => cell.fg(Color::Yellow),
        Tone::Good => cell.fg(Color::Green),
        Tone::Faint => cell.fg(Color::DarkGrey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut sheet = Sheet::new(&["name", "value"], "nothing");
        sheet.push(vec!["=HYPERLINK(\"x\")".into(), "-5".into()]);
        sheet.push(vec!["a|b *c*".into(), "14,3".into()]);
        sheet
    }

    #[test]
    fn formulas_are_inert_and_numbers_are_not_touched() {
        assert_eq!(sheet().csv(), "name,value\n\"'=HYPERLINK(\"\"x\"\")\",-5\na|b *c*,\"14,3\"\n");
    }

    #[test]
    fn markdown_cannot_be_broken_from_inside() {
        assert!(sheet().markdown().contains("| a\\|b \\*c\\* | 14,3 |"));
    }

    #[test]
    fn a_table_fits_its_width() {
        let mut sheet = sheet();
        sheet.push(vec!["長い引用文 ".repeat(30), "x".repeat(200)]);
        for width in [40, 80, 120, 200] {
            for line in sheet.table(Layout { width, color: false }).lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width.into(), "{width}: {line}");
            }
        }
    }
}
