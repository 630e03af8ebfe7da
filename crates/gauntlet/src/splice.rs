//! Objects that are taken apart and put together without being read.
//!
//! Held against what reading all of them says.

use mcp::reading::{members, spliced, without};
use serde_json::Value;

use crate::plain::Plain;

/// Any text.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let whole = match Plain::read(bytes) {
        Plain::Json(whole) => Some(whole),
        Plain::Beyond => return,
        Plain::Noise => None,
    };
    let Some(members) = members(text) else {
        assert!(!matches!(whole, Some(Value::Object(_))), "an object is taken for none");
        return;
    };
    let Some(Value::Object(whole)) = whole else { panic!("what is none is taken for an object") };
    for (name, value) in &members {
        assert!(text.contains(value.as_str()), "`{name}` is not as it was written");
        // Of two with one name a reader of everything takes the last.
        let last = members.iter().rfind(|(other, _)| other == name).map(|(_, value)| value);
        let read: Value = serde_json::from_str(last.unwrap_or(value)).expect("a member is JSON");
        assert_eq!(read, whole[name]);
    }
    let first = members.first().map_or("", |(name, _)| name.as_str());
    let rest = without(text, first).expect("it is an object");
    let rest: Value = serde_json::from_str(&rest).expect("what is left is JSON");
    let mut expected = whole.clone();
    expected.retain(|name, _| name != first);
    assert_eq!(rest, Value::Object(expected), "more than `{first}` is gone");
    let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
    let more: Value = serde_json::from_str(&spliced(trimmed, r#""\u0000 ours":[1.50]"#)).expect("it is still JSON");
    let mut expected = whole;
    expected.entry("\u{0} ours").or_insert_with(|| serde_json::json!([1.5]));
    assert_eq!(more, Value::Object(expected), "a member in front changes another");
}
