//! What a result looks like, under its wrappings.
//!
//! What comes in: any JSON value. What goes out: the part that matters and
//! how it is best told. Nothing is told here.

use serde_json::{Map, Value};

use crate::at::At;
use crate::role::{Role, is_scalar, role};

/// How many wrappings are taken off.
const MAX_WRAPPINGS: usize = 4;

/// What a result looks like.
#[derive(Debug)]
pub(crate) enum Shape<'a> {
    /// Nothing was found.
    Nothing,
    /// One number, word or truth value.
    Scalar(&'a Value),
    /// A text.
    Text(&'a str),
    /// One thing.
    Record(&'a Map<String, Value>),
    /// Several things.
    List(List<'a>),
    /// Rows under named columns.
    Grid(Grid<'a>),
}

/// Several things, and what the wrapping said about them.
#[derive(Debug)]
pub(crate) struct List<'a> {
    /// What they are called: the wrapping's member.
    pub(crate) name: Option<&'a str>,
    /// The things.
    pub(crate) values: &'a [Value],
    /// How many there are in all, where the wrapping says so.
    pub(crate) total: Option<&'a Value>,
    /// Whether the wrapping says that there are more.
    pub(crate) has_more: bool,
    /// Other members of the wrapping that are worth telling.
    pub(crate) beside: Vec<(&'a str, &'a Value)>,
}

/// Rows under named columns.
#[derive(Debug)]
pub(crate) struct Grid<'a> {
    /// The names, in order.
    pub(crate) columns: Vec<&'a str>,
    /// The rows: an array in the columns' order, or an object by their names.
    pub(crate) rows: &'a [Value],
    /// Whether the wrapping says that there are more rows.
    pub(crate) has_more: bool,
}

impl<'a> List<'a> {
    /// Things about which nothing more is said.
    pub(crate) fn plain(values: &'a [Value]) -> Self {
        Self { name: None, values, total: None, has_more: false, beside: Vec::new() }
    }
}

impl<'a> Grid<'a> {
    /// The only row's values by their columns' names, where there is but one
    /// row.
    pub(crate) fn only_row(&self) -> Option<Vec<(&'a str, &'a Value)>> {
        let [row] = self.rows else { return None };
        let value = |(place, name): (usize, &&'a str)| {
            let value = if row.is_array() { row.get(place) } else { row.get(*name) };
            value.map(|value| (*name, value))
        };
        Some(self.columns.iter().enumerate().filter_map(value).collect())
    }
}

const TOTALS: &[&str] = &["count", "total", "total_count", "totalCount", "total_results", "row_count", "rowCount"];
const MORE: &[&str] = &["has_more", "hasMore", "truncated", "incomplete_results", "is_truncated", "more"];
const PAGING: &[&str] = &["limit", "next", "next_cursor", "nextCursor", "offset", "page", "per_page", "cursor"];

/// The members that say how a listing was asked for.
const ECHOES: &[&str] = &["query", "q", "search", "filter", "filters", "sql"];

/// What a value looks like that stands at `at`, and where its telling part
/// stands.
pub(crate) fn shape<'a>(value: &'a Value, at: &At) -> (Shape<'a>, At) {
    let (mut value, mut at) = (value, at.clone());
    for _ in 0..MAX_WRAPPINGS {
        let Value::Object(members) = value else { break };
        let Some((key, inner)) = wrapped(members) else { break };
        value = inner;
        at = at.key(key);
    }
    match value {
        Value::Null => (Shape::Nothing, at),
        Value::String(text) if text.trim().is_empty() => (Shape::Nothing, at),
        Value::String(text) => (Shape::Text(text), at),
        Value::Bool(_) | Value::Number(_) => (Shape::Scalar(value), at),
        Value::Array(values) if values.is_empty() => (Shape::Nothing, at),
        Value::Array(values) => of_array(values, at),
        Value::Object(members) => of_object(members, at),
    }
}

fn of_array(values: &[Value], at: At) -> (Shape<'_>, At) {
    match values {
        [Value::Object(only)] => (Shape::Record(only), at.index(0)),
        _ => (Shape::List(List::plain(values)), at),
    }
}

fn of_object(members: &Map<String, Value>, at: At) -> (Shape<'_>, At) {
    if members.values().all(is_empty) {
        return (Shape::Nothing, at);
    }
    if let Some(grid) = grid(members) {
        let shape = if grid.rows.is_empty() { Shape::Nothing } else { Shape::Grid(grid) };
        return (shape, at.key("rows"));
    }
    match listing(members) {
        Some((_, list)) if list.values.is_empty() => (Shape::Nothing, at),
        Some((key, list)) => (Shape::List(list), at.key(key)),
        None => (Shape::Record(members), at),
    }
}

/// The one member that holds everything: the only one that is not empty, if
/// it is a record or a list, or stands under a name that says nothing.
fn wrapped(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut full = members.iter().filter(|(_, value)| !is_empty(value));
    let (key, value) = full.next()?;
    let says_nothing = ["result", "data", "response", "output", "value", "payload"].contains(&key.as_str());
    let only = full.next().is_none() && members.values().all(|other| !matches!(other, Value::Array(a) if a.is_empty()));
    (only && (says_nothing || value.is_object())).then_some((key, value))
}

fn grid(members: &Map<String, Value>) -> Option<Grid<'_>> {
    let columns = members.get("columns").or_else(|| members.get("fields"))?.as_array()?;
    let columns: Option<Vec<&str>> = columns.iter().map(column_name).collect();
    let rows = members.get("rows")?.as_array()?;
    let fits = rows.iter().all(|row| row.is_array() || row.is_object());
    let columns = columns.filter(|columns| fits && !columns.is_empty())?;
    Some(Grid { columns, rows, has_more: says_more(members) })
}

/// A column is a name, or an object with one.
fn column_name(column: &Value) -> Option<&str> {
    column.as_str().or_else(|| column.get("name")?.as_str())
}

/// An object that only wraps one list: beside it there are short facts about
/// the listing, and nothing that makes it a thing of its own.
fn listing(members: &Map<String, Value>) -> Option<(&str, List<'_>)> {
    let mut lists = members.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_array()?)));
    let (key, values) = lists.next()?;
    if lists.next().is_some() {
        return None;
    }
    let others: Vec<(&str, &Value)> =
        members.iter().map(|(other, value)| (other.as_str(), value)).filter(|(other, _)| *other != key).collect();
    let is_thing =
        |(key, value): &(&str, &Value)| !is_scalar(value) || matches!(role(key, value), Role::Title | Role::Body);
    if others.iter().filter(|(key, _)| !is_about_listing(key)).any(is_thing) {
        return None;
    }
    let beside = others.iter().copied().filter(|(key, value)| !is_about_listing(key) && !is_empty(value)).collect();
    let total = TOTALS.iter().find_map(|name| members.get(*name)).filter(|total| total.is_u64());
    Some((key, List { name: Some(key), values, total, has_more: says_more(members), beside }))
}

fn is_about_listing(key: &str) -> bool {
    [TOTALS, MORE, PAGING, ECHOES].iter().any(|names| names.contains(&key))
}

fn says_more(members: &Map<String, Value>) -> bool {
    MORE.iter().any(|name| members.get(*name) == Some(&Value::Bool(true)))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(value: &Value) -> String {
        let (shape, at) = shape(value, &At::whole());
        let name = match shape {
            Shape::Nothing => "nothing".to_owned(),
            Shape::Scalar(value) => format!("scalar {value}"),
            Shape::Text(text) => format!("text {text}"),
            Shape::Record(members) => format!("record of {}", members.len()),
            Shape::List(list) => format!("list {:?} of {}", list.name, list.values.len()),
            Shape::Grid(grid) => format!("grid {} x {}", grid.columns.len(), grid.rows.len()),
        };
        format!("{name} at {:?}", at.pointer().unwrap_or_default())
    }

    #[test]
    fn wrappings_come_off() {
        let rows = [
            (
                json!({"pull_requests": [{"a": 1}, {"a": 2}], "total": 3}),
                r#"list Some("pull_requests") of 2 at "/pull_requests""#,
            ),
            (json!({"matches": [], "truncated": false}), r#"nothing at """#),
            (json!({"result": "hello"}), r#"text hello at "/result""#),
            (json!({"result": {"data": [1, 2]}}), r#"list None of 2 at "/result/data""#),
            (json!({"count": 3}), r#"record of 1 at """#),
            (json!({"pull_request": {"number": 1, "title": "t"}}), r#"record of 2 at "/pull_request""#),
            (json!({"columns": ["a", "b"], "rows": [[1, 2]]}), r#"grid 2 x 1 at "/rows""#),
            (json!({"columns": ["a"], "rows": [{"a": 1}], "row_count": 1}), r#"grid 1 x 1 at "/rows""#),
            (json!({"columns": ["a"], "rows": []}), r#"nothing at "/rows""#),
            (json!({"number": 1, "title": "t", "files": [{"path": "a"}]}), r#"record of 3 at """#),
            (
                json!({"path": "src", "entries": [{"name": "a"}, {"name": "b"}]}),
                r#"list Some("entries") of 2 at "/entries""#,
            ),
            (json!([{"n": 3}]), r#"record of 1 at "/0""#),
            (json!([]), r#"nothing at """#),
            (json!("  "), r#"nothing at """#),
            (json!(7), r#"scalar 7 at """#),
        ];
        for (value, expected) in rows {
            assert_eq!(told(&value), expected, "{value}");
        }
    }
}
