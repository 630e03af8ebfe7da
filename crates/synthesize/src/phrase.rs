//! A field in a few words: `by tomasz`, `created 2026-11-16`, `line 42`.

use serde_json::Value;

use crate::line::Line;
use crate::role::{Role, is_scalar, name_in};

/// The longest value told in a phrase, in bytes.
const VALUE_BYTES: usize = 100;
/// The longest field name told, in bytes.
const LABEL_BYTES: usize = 40;
/// The most elements of a list of short values that are told.
const LISTED: usize = 6;

/// How exactly a moment is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precision {
    /// The day.
    Day,
    /// The day and, where it is given, the minute.
    Minute,
}

/// A field in a few words.
pub(crate) fn phrase(key: &str, value: &Value, role: Role, precision: Precision) -> Line {
    let label = label(key);
    match role {
        Role::State => brief(&spaced(value)),
        Role::Kind => brief(&spaced(value)),
        Role::Place => Line::new().own("in ").then(brief(value)),
        Role::Link => brief(value),
        Role::Count if label.ends_with(" count") => counted(label.trim_end_matches(" count"), value),
        Role::Date => dated(&label, value, precision),
        Role::Person if is_plain_author(&label) => Line::new().own("by ").then(brief(value)),
        Role::Person if label.ends_with(" by") => labelled(&label, " ", value),
        Role::Count => labelled(&label, " ", value),
        Role::Flag if *value == Value::Bool(true) => Line::new().quote(&label, LABEL_BYTES),
        _ => labelled(&label, ": ", value),
    }
}

/// A value in a few words; a record by its name, a list by its first elements.
pub(crate) fn brief(value: &Value) -> Line {
    within(value, VALUE_BYTES)
}

/// The same, at most `limit` bytes for each text in it.
pub(crate) fn within(value: &Value, limit: usize) -> Line {
    match value {
        Value::Null => Line::new(),
        Value::String(text) => Line::new().quote(text, limit),
        Value::Bool(_) | Value::Number(_) => Line::new().own(&value.to_string()),
        Value::Array(items) => {
            let named: Vec<Line> = items.iter().take(LISTED).map(|item| inner(item, limit)).collect();
            let more = items.len().saturating_sub(LISTED);
            let line = Line::new().joined(named.into_iter().filter(|line| !line.is_empty()).collect(), ", ");
            if more > 0 { line.own(" (+").count(more).own(" more)") } else { line }
        }
        Value::Object(_) => inner(value, limit),
    }
}

/// An element of a list, or a record: its name, else its scalar members.
fn inner(value: &Value, limit: usize) -> Line {
    match value {
        Value::Object(members) => match name_in(members) {
            Some(name) => Line::new().quote(name, limit),
            None => {
                let scalars = members.iter().filter(|(_, value)| is_scalar(value) && !value.is_null());
                let told = scalars.take(LISTED).map(|(key, value)| labelled(&label(key), " ", value)).collect();
                Line::new().joined(told, ", ")
            }
        },
        Value::Array(items) if items.is_empty() => Line::new(),
        Value::Array(items) => Line::new().own("a list of ").count(items.len()),
        scalar => within(scalar, limit),
    }
}

/// A field's name as people write it: `created_at` is `created at`. Words
/// with a digit, and abbreviations, keep their letters.
pub(crate) fn label(key: &str) -> String {
    let mut label = String::with_capacity(key.len() + 4);
    let mut before = ' ';
    let has_humps = key.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    for c in key.chars() {
        if c == '_' || c == '-' || c.is_whitespace() {
            label.push(' ');
        } else {
            if has_humps && before.is_lowercase() && c.is_uppercase() {
                label.push(' ');
            }
            label.push(c);
        }
        before = c;
    }
    let tamed = |word: &str| {
        let keeps =
            word.contains(|c: char| c.is_ascii_digit()) || word.chars().filter(|c| c.is_uppercase()).count() > 1;
        if keeps { word.to_owned() } else { word.to_lowercase() }
    };
    label.split_whitespace().map(tamed).collect::<Vec<_>>().join(" ")
}

/// A field's name at the beginning of a line.
pub(crate) fn capitalised(label: &str) -> String {
    let mut chars = label.chars();
    let Some(first) = chars.next() else { return String::new() };
    // A ligature would become two letters.
    if first.to_uppercase().count() == 1 { first.to_uppercase().chain(chars).collect() } else { label.to_owned() }
}

fn labelled(label: &str, between: &str, value: &Value) -> Line {
    let told = brief(value);
    if told.is_empty() { told } else { Line::new().quote(label, LABEL_BYTES).own(between).then(told) }
}

/// `comment_count: 4` is `4 comments`.
fn counted(what: &str, value: &Value) -> Line {
    let ending = if value.as_u64() == Some(1) || what.ends_with('s') { "" } else { "s" };
    brief(value).own(" ").quote(what, LABEL_BYTES).own(ending)
}

fn is_plain_author(label: &str) -> bool {
    matches!(label, "author" | "user" | "creator" | "sender" | "from" | "username" | "login" | "poster")
}

/// `created_at` becomes `created`, and a field that is only a time just that.
fn dated(label: &str, value: &Value, precision: Precision) -> Line {
    let moment = value.as_str().unwrap_or_default();
    let day = moment.get(..10).unwrap_or(moment);
    let minute = moment.get(11..16).filter(|minute| precision == Precision::Minute && minute.contains(':'));
    let told = Line::new().quote(day, VALUE_BYTES);
    let told = match minute {
        Some(minute) => told.own(" ").quote(minute, VALUE_BYTES),
        None => told,
    };
    let what: Vec<&str> = label
        .split(' ')
        .filter(|word| !matches!(*word, "at" | "on" | "date" | "time" | "timestamp" | "ts" | "when" | "datetime"))
        .collect();
    if what.is_empty() { told } else { Line::new().quote(&what.join(" "), LABEL_BYTES).own(" ").then(told) }
}

/// A state written as an identifier, as words.
fn spaced(value: &Value) -> Value {
    match value {
        Value::String(text) if !text.contains(' ') && !text.contains(|c: char| c.is_ascii_digit()) => {
            Value::String(text.replace('_', " "))
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::role::role;

    #[test]
    fn fields_become_phrases() {
        let rows = [
            ("state", json!("changes_requested"), "changes requested"),
            ("author", json!("tomasz"), "by tomasz"),
            ("merged_by", json!({"login": "mira", "id": 4}), "merged by mira"),
            ("created_at", json!("2026-11-16T10:02:00Z"), "created 2026-11-16"),
            ("date", json!("2026-11-16"), "2026-11-16"),
            ("line", json!(42), "line 42"),
            ("requestedReviewers", json!(["mira", "jonas"]), "requested reviewers: mira, jonas"),
            ("labels", json!([{"name": "retry"}, {"name": "auth"}]), "labels: retry, auth"),
            ("ids", json!([1, 2, 3, 4, 5, 6, 7, 8]), "ids: 1, 2, 3, 4, 5, 6 (+2 more)"),
            ("draft", json!(true), "draft"),
            ("draft", json!(false), "draft: false"),
            ("p99_ms", json!(1.9), "p99 ms 1.9"),
            ("URL", json!("https://x.test/7"), "https://x.test/7"),
            ("review_count", json!(3), "3 reviews"),
            ("kind", json!("pull_request"), "pull request"),
            ("channel", json!("platform"), "in platform"),
        ];
        for (key, value, expected) in rows {
            let told = phrase(key, &value, role(key, &value), Precision::Day);
            assert_eq!(told.text(), expected);
        }
    }
}
