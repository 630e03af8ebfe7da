//! Aligned columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Spaces between two columns.
const GAP: usize = 2;

/// A cell: its text, and the style it is shown in.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    style: anstyle::Style,
}

impl Cell {
    /// A cell in a style.
    pub(crate) fn styled(style: anstyle::Style, text: impl Into<String>) -> Self {
        Self { text: text.into(), style }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(anstyle::Style::new(), text)
    }
}

/// The rows with their columns aligned, each on a line of its own. No line is
/// longer than `width` columns of the terminal: the last cell is cut.
pub(crate) fn aligned(rows: &[Vec<Cell>], width: usize) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.width()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut used = 0;
        let last = row.len().saturating_sub(1);
        for (column, cell) in row.iter().enumerate() {
            let shown = if column == last { fitted(&cell.text, width.saturating_sub(used)) } else { cell.text.clone() };
            let pad = if column == last { 0 } else { widths[column] - cell.text.width() + GAP };
            used += shown.width() + pad;
            text.push_str(&format!("{}{shown}{:#}{:pad$}", cell.style, cell.style, ""));
        }
        let kept = text.trim_end_matches(' ').len();
        text.truncate(kept);
        text.push('\n');
    }
    text
}

/// The text, cut to this many columns of the terminal, with `…` where it was.
pub(crate) fn fitted(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        let next = format!("{kept}{c}");
        if next.width() + 1 > width {
            break;
        }
        kept = next;
    }
    kept + "…"
}

/// A styled text, cut to this many columns of the terminal: a line that
/// wrapped could not be drawn over. Styles take no room, and end where it is
/// cut.
pub(crate) fn fitted_styled(text: &str, width: usize) -> String {
    let mut kept = String::new();
    let mut used = 0;
    let mut escape = false;
    for c in text.chars() {
        escape |= c == '\u{1b}';
        if escape {
            kept.push(c);
            escape = c != 'm';
            continue;
        }
        used += UnicodeWidthChar::width(c).unwrap_or(0);
        if used > width {
            return kept + "\u{1b}[0m";
        }
        kept.push(c);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_last_is_cut() {
        let rows = [
            vec!["a".into(), "日本".into(), "the last one is long".into()],
            vec!["bbb".into(), "x".into(), "short".into()],
        ];
        assert_eq!(aligned(&rows, 20), "a    日本  the last…\nbbb  x     short\n");
        assert_eq!(aligned(&[], 20), "");
    }

    #[test]
    fn styles_take_no_room() {
        let text = "\u{1b}[1mab\u{1b}[0mcd";
        assert_eq!(fitted_styled(text, 4), text);
        assert_eq!(fitted_styled(text, 3), "\u{1b}[1mab\u{1b}[0mc\u{1b}[0m");
    }
}
