//! Rows under named columns, aligned.

use std::borrow::Cow;

use plan::AnswerStyle;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::Form;
use crate::at::At;
use crate::focus::Focus;
use crate::line::Line;
use crate::list::{lead, tell_beside};
use crate::phrase::{label, within};
use crate::role::{Role, is_scalar, looks_like_date, role};
use crate::shape::{Grid, List};
use crate::sheet::Sheet;

/// The most columns of a table, and the widest table, in characters.
const MAX_COLUMNS: usize = 8;
const MAX_WIDTH: usize = 110;
/// The longest value in a cell, in bytes.
const CELL_BYTES: usize = 44;
/// The longest value in a record that is a row of its own accord, in bytes.
const SHORT_BYTES: usize = 60;
/// How many rows are looked at to find the columns.
const SAMPLED_ROWS: usize = 200;
/// The most distinct columns that are looked at.
const SAMPLED_COLUMNS: usize = 64;
/// Bytes kept free for what is said around a table.
const SPARE_BYTES: usize = 400;

/// One column.
#[derive(Debug)]
struct Column<'a> {
    key: &'a str,
    role: Role,
    asked: bool,
}

/// Whether a list is best told as a table: the plan wants one, or every
/// element is a handful of short scalars.
pub(crate) fn fits(values: &[Value], focus: &Focus) -> bool {
    let all_objects = !values.is_empty() && values.iter().all(Value::is_object);
    match focus.style {
        AnswerStyle::Table => all_objects,
        AnswerStyle::List => false,
        AnswerStyle::Direct | AnswerStyle::Summary => {
            all_objects && values.len() > 1 && values.iter().take(SAMPLED_ROWS).all(is_row)
        }
    }
}

/// Tells a list of objects as a table.
pub(crate) fn of_list(things: &List<'_>, at: &At, sheet: &mut Sheet, focus: &Focus) {
    let columns = columns_of(things.values, focus);
    let cell = |row: &Value, _: usize, key: &str| row.get(key).map(cell_text).unwrap_or_default();
    let drawn = Drawing::of(&columns, things.values, &cell, focus, sheet.room());
    tell_beside(things, at, sheet);
    sheet.say(Form::Line, lead(things, drawn.rows), at);
    drawn.tell(at, sheet);
}

/// Tells a grid.
pub(crate) fn of_grid(grid: &Grid<'_>, at: &At, sheet: &mut Sheet, focus: &Focus) {
    let keys = grid.columns.iter().copied().take(SAMPLED_COLUMNS);
    let columns: Vec<Column<'_>> =
        keys.map(|key| Column { key, role: Role::Plain, asked: focus.terms.name(key) }).collect();
    let cell = |row: &Value, place: usize, key: &str| {
        let value = if row.is_array() { row.get(place) } else { row.get(key) };
        value.map(cell_text).unwrap_or_default()
    };
    let drawn = Drawing::of(&columns, grid.rows, &cell, focus, sheet.room());
    let things = List { name: Some("rows"), has_more: grid.has_more, ..List::plain(grid.rows) };
    sheet.say(Form::Line, lead(&things, drawn.rows), at);
    drawn.tell(at, sheet);
}

fn is_row(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        let is_short = |value: &Value| is_scalar(value) && value.as_str().is_none_or(|text| text.len() <= SHORT_BYTES);
        let is_text = |key: &str, value: &Value| value.is_string() && role(key, value) == Role::Body;
        members.len() > 1 && members.values().all(is_short) && !members.iter().any(|(key, value)| is_text(key, value))
    })
}

/// The members that objects have in common, in order of appearance.
fn columns_of<'a>(rows: &'a [Value], focus: &Focus) -> Vec<Column<'a>> {
    let mut columns: Vec<Column<'a>> = Vec::new();
    let members = rows.iter().take(SAMPLED_ROWS).filter_map(Value::as_object).flatten();
    for (key, value) in members {
        let role = role(key, value);
        let has_room = columns.len() < SAMPLED_COLUMNS;
        match columns.iter_mut().find(|column| column.key == key) {
            Some(column) if column.role == Role::Noise => column.role = role,
            Some(_) => {}
            None if has_room => columns.push(Column { key, role, asked: focus.terms.name(key) }),
            None => {}
        }
    }
    columns.retain(|column| !matches!(column.role, Role::Noise | Role::Nested));
    let path = columns.iter().find(|column| column.role == Role::Path).map(|column| column.key);
    columns
        .retain(|column| column.role != Role::Title || !path.is_some_and(|path| says_the_same(rows, column.key, path)));
    columns
}

/// Whether a name says nothing that the path beside it does not say.
fn says_the_same(rows: &[Value], name: &str, path: &str) -> bool {
    let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    rows.iter().take(SAMPLED_ROWS).all(|row| text(row, path).ends_with(&text(row, name)))
}

fn cell_text(value: &Value) -> String {
    let shown = match value {
        Value::String(text) if looks_like_date(text) => Cow::Owned(text.replacen('T', " ", 1)),
        Value::String(text) => Cow::Borrowed(text.as_str()),
        other => return within(other, CELL_BYTES).finish().0.replace('|', "\\|"),
    };
    Line::new().quote(&shown, CELL_BYTES).finish().0.replace('|', "\\|")
}

/// A drawn table.
#[derive(Debug)]
struct Drawing<'a> {
    lines: Vec<String>,
    rows: usize,
    left_out: Vec<&'a str>,
}

impl<'a> Drawing<'a> {
    /// Draws as many rows as are wanted and have room, and as many columns as
    /// fit side by side; the least telling columns go first.
    fn of(
        columns: &[Column<'a>],
        rows: &[Value],
        cell: &dyn Fn(&Value, usize, &str) -> String,
        focus: &Focus,
        room: usize,
    ) -> Self {
        let shown = &rows[..rows.len().min(focus.listed())];
        let drawn: Vec<(Vec<String>, usize)> = columns
            .iter()
            .enumerate()
            .map(|(place, column)| {
                let head = Line::new().quote(&label(column.key), CELL_BYTES).finish().0.replace('|', "\\|");
                let cells: Vec<String> =
                    [head].into_iter().chain(shown.iter().map(|row| cell(row, place, column.key))).collect();
                let width = cells.iter().map(|cell| cell.width()).max().unwrap_or(0).max(3);
                (cells, width)
            })
            .collect();
        let widths: Vec<usize> = drawn.iter().map(|(_, width)| *width).collect();
        let kept = kept(columns, &widths);
        let right: Vec<bool> = kept.iter().map(|&i| is_numeric(&drawn[i].0[1..])).collect();
        let mut lines: Vec<String> = Vec::new();
        let mut used = SPARE_BYTES;
        for n in 0..=shown.len() {
            let cells = kept.iter().zip(&right).map(|(&i, right)| pad(&drawn[i].0[n], drawn[i].1, *right));
            let line = cells.collect::<Vec<_>>().join(" | ");
            used += line.len() + MARKER_BYTES;
            if used > room && n > 1 {
                break;
            }
            lines.push(line);
            if n == 0 {
                let rule = |(&i, right): (&usize, &bool)| rule(widths[i], *right);
                lines.push(kept.iter().zip(&right).map(rule).collect::<Vec<_>>().join(" | "));
            }
        }
        let left_out = (0..columns.len()).filter(|i| !kept.contains(i)).map(|i| columns[i].key).collect();
        Self { rows: lines.len().saturating_sub(2), lines, left_out }
    }

    fn tell(self, at: &At, sheet: &mut Sheet) {
        if self.rows == 0 || self.lines[0].trim().is_empty() {
            return;
        }
        let table = Line::new().own(&self.lines.join("\n"));
        sheet.say(Form::Table, table, at);
        let names: Vec<Line> =
            self.left_out.iter().take(MAX_COLUMNS).map(|key| Line::new().quote(&label(key), CELL_BYTES)).collect();
        if !names.is_empty() {
            let more = self.left_out.len().saturating_sub(MAX_COLUMNS);
            let line = Line::new().own("Columns not shown: ").joined(names, ", ");
            sheet.say(Form::Line, if more > 0 { line.own(" (+").count(more).own(" more)") } else { line }, at);
        }
    }
}

/// Bytes that a row's markers and dividers may cost.
const MARKER_BYTES: usize = 24;

/// The columns that are shown, in their order.
fn kept(columns: &[Column<'_>], widths: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&i| (!columns[i].asked, columns[i].role));
    let mut kept: Vec<usize> = Vec::new();
    let mut width = 0;
    for i in order {
        if kept.len() < MAX_COLUMNS && (kept.is_empty() || width + widths[i] + 3 <= MAX_WIDTH) {
            width += widths[i] + 3;
            kept.push(i);
        }
    }
    kept.sort_unstable();
    kept
}

fn is_numeric(cells: &[String]) -> bool {
    let is_number = |cell: &String| cell.is_empty() || cell.parse::<f64>().is_ok();
    cells.iter().any(|cell| !cell.is_empty()) && cells.iter().all(is_number)
}

fn pad(cell: &str, width: usize, right: bool) -> String {
    let space = " ".repeat(width.saturating_sub(cell.width()));
    if right { format!("{space}{cell}") } else { format!("{cell}{space}") }
}

fn rule(width: usize, right: bool) -> String {
    if right { format!("{}:", "-".repeat(width.saturating_sub(1))) } else { "-".repeat(width) }
}
