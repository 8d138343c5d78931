//! Lines for a terminal outside of tables: headings, paragraphs and hanging blocks, wrapped to the width.

use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::sheet::Tone;
use super::{Layout, clean};

/// Columns that a short id takes as the label of a hanging block.
pub const ID: u16 = 9;

/// A paragraph, indented and wrapped to the width.
pub fn paragraph(text: &str, layout: Layout) -> String {
    let mut table = bare(layout);
    table.add_row([Cell::new(" "), Cell::new(clean(text))]);
    trimmed(&table)
}

/// Text beside a label (an id, a mark) that takes `width` columns, wrapped beside it.
pub fn hanging(label: &str, text: &str, width: u16, layout: Layout) -> String {
    let mut table = bare(layout);
    table.add_row([Cell::new(clean(label)), Cell::new(clean(text))]);
    if let Some(column) = table.column_mut(0) {
        column.set_padding((0, 1)).set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
    }
    trimmed(&table)
}

/// A line of its own spacing in the colour of a tone, wrapped to the width.
pub fn heading(text: &str, tone: Tone, layout: Layout) -> String {
    let mut table = bare(layout);
    table.add_row([Cell::new(text)]);
    if let Some(column) = table.column_mut(0) {
        column.set_padding((0, 0));
    }
    painted(&trimmed(&table), tone, layout)
}

/// Lines in the colour of a tone, where colours are wanted. Painted after wrapping, which counts what is seen.
pub fn painted(lines: &str, tone: Tone, layout: Layout) -> String {
    let code = match tone {
        Tone::Bad => "1;31",
        Tone::Doubtful => "1;33",
        Tone::Good => "32",
        Tone::Faint => "2",
        Tone::Plain => return lines.to_string(),
    };
    if !layout.color {
        return lines.to_string();
    }
    lines.lines().map(|line| format!("\u{1b}[{code}m{line}\u{1b}[0m\n")).collect()
}

/// A table without lines, as wide as the layout.
pub fn bare(layout: Layout) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(layout.width).force_no_tty();
    table
}

/// A table's lines without the blanks behind them.
pub fn trimmed(table: &Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
