//! What a field of a record is for, judged by its name and its value alone.

use catalog::words;
use serde_json::Value;

/// What a field is for, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// The number by which people call the thing: `#123`.
    Number,
    /// What the thing is called.
    Title,
    /// Whether it is open, done, failed.
    State,
    /// Somebody.
    Person,
    /// When.
    Date,
    /// Where: a file's path.
    Path,
    /// In which channel, project, list.
    Place,
    /// Of which kind.
    Kind,
    /// How many.
    Count,
    /// Any other short text, or a list of them.
    Plain,
    /// Yes or no.
    Flag,
    /// A name for machines.
    Id,
    /// An address on the web.
    Link,
    /// Running text.
    Body,
    /// Records within the record.
    Nested,
    /// Nothing that a person wants to read, or nothing at all.
    Noise,
}

/// A text longer than this, or of several lines, is running text, in bytes.
const LONG_TEXT_BYTES: usize = 120;

/// Numbers from here on in a field for times are seconds since 1970.
const EPOCH_SECONDS: f64 = 100_000_000.0;

const TITLES: &[&str] = &["title", "subject", "headline", "heading", "name", "summary", "question"];
const STATES: &[&str] = &["state", "status", "conclusion", "phase", "outcome", "resolution"];
const PEOPLE: &[&str] = &[
    "assignee",
    "author",
    "by",
    "committer",
    "creator",
    "from",
    "login",
    "member",
    "owner",
    "poster",
    "reporter",
    "reviewer",
    "sender",
    "user",
    "username",
];
const KINDS: &[&str] = &["kind", "type"];
const PLACES: &[&str] = &["channel", "group", "project", "repo", "repository", "room", "space", "team"];
const DATES: &[&str] = &["at", "created", "date", "day", "on", "time", "timestamp", "ts", "updated", "when"];
const PATHS: &[&str] = &["dir", "directory", "file", "filename", "filepath", "folder", "path"];
const BODIES: &[&str] = &[
    "answer",
    "body",
    "comment",
    "content",
    "contents",
    "description",
    "details",
    "diff",
    "excerpt",
    "log",
    "logs",
    "markdown",
    "message",
    "note",
    "notes",
    "output",
    "patch",
    "snippet",
    "stderr",
    "stdout",
    "text",
];
const NOISE: &[&str] = &["avatar", "checksum", "cursor", "etag", "gravatar", "links", "node"];
const IDS: &[&str] = &["guid", "hash", "id", "iid", "key", "oid", "sha", "slug", "uid", "uuid"];
const OWN_LINKS: &[&str] = &["href", "html url", "link", "permalink", "uri", "url", "web url"];

/// What the field of this name and value is for.
pub(crate) fn role(key: &str, value: &Value) -> Role {
    let words = words(key);
    let last = words.last().map_or("", String::as_str);
    if key.starts_with('_') || words.iter().any(|word| NOISE.contains(&word.as_str())) {
        return Role::Noise;
    }
    match value {
        Value::Null => Role::Noise,
        Value::Bool(_) => Role::Flag,
        Value::Number(number) => {
            let is_epoch = number.as_f64().is_some_and(|seconds| seconds >= EPOCH_SECONDS);
            match last {
                "number" | "iid" => Role::Number,
                "id" => Role::Id,
                _ if is_epoch && DATES.contains(&last) => Role::Noise,
                _ => Role::Count,
            }
        }
        Value::String(text) => of_text(text, &words, last),
        Value::Array(items) if items.is_empty() => Role::Noise,
        Value::Array(items) if PEOPLE.contains(&singular(last)) && items.iter().all(is_short) => Role::Person,
        Value::Array(items) if items.iter().all(is_short) => Role::Plain,
        Value::Object(members) if members.is_empty() => Role::Noise,
        Value::Object(members) if PEOPLE.contains(&last) && name_in(members).is_some() => Role::Person,
        Value::Array(_) | Value::Object(_) => Role::Nested,
    }
}

fn of_text(text: &str, words: &[String], last: &str) -> Role {
    let bare = text.trim();
    let is_address = bare.starts_with("http://") || bare.starts_with("https://");
    if bare.is_empty() {
        Role::Noise
    } else if is_address && !bare.contains(char::is_whitespace) {
        if OWN_LINKS.contains(&words.join(" ").as_str()) { Role::Link } else { Role::Noise }
    } else if bare.len() > LONG_TEXT_BYTES || bare.contains('\n') || BODIES.contains(&last) {
        Role::Body
    } else if looks_like_date(bare) {
        Role::Date
    } else if DATES.contains(&last) && is_epoch_text(bare) {
        Role::Noise
    } else if PATHS.contains(&last) || last == "name" && words.len() > 1 && PATHS.contains(&words[0].as_str()) {
        Role::Path
    } else if words.len() <= 2 && TITLES.contains(&last) {
        Role::Title
    } else if STATES.contains(&last) {
        Role::State
    } else if PEOPLE.contains(&last) {
        Role::Person
    } else if last == "number" && bare.chars().all(|c| c.is_ascii_digit()) {
        Role::Number
    } else if KINDS.contains(&last) {
        Role::Kind
    } else if PLACES.contains(&last) {
        Role::Place
    } else if IDS.contains(&last) {
        Role::Id
    } else {
        Role::Plain
    }
}

/// Whether a text begins with a calendar date: `2026-11-18…`.
pub(crate) fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    bytes.len() >= 10
        && digits(0..4)
        && bytes[4] == b'-'
        && digits(5..7)
        && bytes[7] == b'-'
        && digits(8..10)
        && bytes.get(10).is_none_or(|b| matches!(b, b'T' | b' '))
}

fn is_epoch_text(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|seconds| seconds >= EPOCH_SECONDS)
}

/// A scalar, or a record that is no more than a name.
fn is_short(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= LONG_TEXT_BYTES && !text.contains('\n'),
        Value::Object(members) => members.len() <= 3 && members.values().all(is_scalar) && name_in(members).is_some(),
        other => is_scalar(other),
    }
}

/// Whether a value holds no other values.
pub(crate) fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// The name by which a record within a record goes: a person's login, a
/// label's name.
pub(crate) fn name_in(members: &serde_json::Map<String, Value>) -> Option<&str> {
    let names = ["login", "username", "name", "display_name", "displayName", "real_name", "title", "label"];
    names.iter().find_map(|name| members.get(*name)?.as_str()).filter(|name| !name.trim().is_empty())
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_judged_by_name_and_value() {
        let rows = [
            ("number", json!(123), Role::Number),
            ("title", json!("Switch"), Role::Title),
            ("full_name", json!("a/b"), Role::Title),
            ("file_name", json!("a.rs"), Role::Path),
            ("state", json!("open"), Role::State),
            ("merged_by", json!("mira"), Role::Person),
            ("user", json!({"login": "mira", "id": 7, "avatar_url": "http://x"}), Role::Person),
            ("requested_reviewers", json!(["mira", "jonas"]), Role::Person),
            ("labels", json!([{"name": "retry", "color": "red"}]), Role::Plain),
            ("created_at", json!("2026-11-16T10:02:00Z"), Role::Date),
            ("ts", json!("1794489300.000100"), Role::Noise),
            ("additions", json!(21), Role::Count),
            ("message", json!("short"), Role::Body),
            ("topic", json!("x".repeat(200)), Role::Body),
            ("comments_url", json!("https://x.test/c"), Role::Noise),
            ("html_url", json!("https://x.test/c"), Role::Link),
            ("draft", json!(false), Role::Flag),
            ("sha", json!("cb85b06f6c"), Role::Id),
            ("files", json!([{"path": "a", "additions": 1, "deletions": 2, "patch": "@@"}]), Role::Nested),
            ("body", json!(""), Role::Noise),
            ("node_id", json!("MDEx"), Role::Noise),
        ];
        for (key, value, expected) in rows {
            assert_eq!(role(key, &value), expected, "{key}: {value}");
        }
    }
}
