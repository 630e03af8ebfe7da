//! An object's members in the order in which they were written, unread.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The extension in which a server makes tasks of calls where it sees fit.
pub(crate) const TASKS_EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// The member of `_meta` that names the task a message belongs to, in the
/// revision where clients ask for tasks.
pub(crate) const RELATED_TASK: &str = "io.modelcontextprotocol/related-task";

/// The members of a JSON object. Of two with one name both are there.
#[derive(Debug, Default)]
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The members of an object's text; `None` when it is no object.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The first member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| *value)
    }

    /// The object again, with the members that `keep` passes on: a value in
    /// place of its own, or none to leave it out.
    pub(crate) fn rewritten<'b>(&'b self, keep: impl Fn(&str, &'b str) -> Option<Cow<'b, str>>) -> String {
        let mut text =
            String::with_capacity(self.0.iter().map(|(name, value)| name.len() + value.get().len() + 4).sum());
        text.push('{');
        for (name, value) in &self.0 {
            let Some(value) = keep(name, value.get()) else { continue };
            if text.len() > 1 {
                text.push(',');
            }
            push_string(&mut text, name);
            text.push(':');
            text.push_str(&value);
        }
        text.push('}');
        text
    }
}

/// Appends a text as a JSON string.
pub(crate) fn push_string(text: &mut String, plain: &str) {
    // A text can always be written as JSON.
    text.push_str(&serde_json::to_string(plain).unwrap_or_default());
}

/// An object's text with more members in front of its own.
pub(crate) fn with_more(object: &str, members: &str) -> String {
    let rest = object.trim_start().strip_prefix('{').unwrap_or(object).trim_start();
    let comma = if rest.starts_with('}') { "" } else { "," };
    [r"{", members, comma, rest].concat()
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(Text(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

/// A JSON string's text, borrowed where nothing in it is escaped. (An
/// `Option<Cow<str>>` of its own would always be copied.)
#[derive(serde::Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_writing() {
        let text = r#" {"b": 1.50, "a\n":[ 1 ],"name":"x","b":2}"#;
        let members = Members::of(text).unwrap();
        assert_eq!(members.get("b").unwrap().get(), "1.50");
        let kept = members.rewritten(|name, value| match name {
            "name" => Some(Cow::Borrowed("\"y\"")),
            "b" if value == "2" => None,
            _ => Some(Cow::Borrowed(value)),
        });
        assert_eq!(kept, r#"{"b":1.50,"a\n":[ 1 ],"name":"y"}"#);
        assert!(Members::of("[1]").is_none());
        assert_eq!(Members::default().rewritten(|_, _| None), "{}");
    }

    #[test]
    fn more_members_go_in_front() {
        for (object, expected) in [("{}", r#"{"k":1}"#), (" { }", r#"{"k":1}"#), (r#"{"a":2}"#, r#"{"k":1,"a":2}"#)] {
            assert_eq!(with_more(object, r#""k":1"#), expected);
        }
    }
}
