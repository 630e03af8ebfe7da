//! Making a JSON value smaller without making it another kind of value.
//!
//! In: a value and a size. Out: the value with whole items of its largest
//! lists left off, or its longest texts cut, and where that was done first.

use serde_json::Value;

/// Where a value was cut, and how much of it is left there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// JSON Pointer to the list or text.
    pub(super) pointer: String,
    /// Items of a list, or bytes of a text, that are left.
    pub(super) kept: usize,
    /// How many there were.
    pub(super) total: usize,
}

/// How long the value is as compact JSON, in bytes.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 2 + items.iter().map(size).sum::<usize>() + items.len().saturating_sub(1),
        Value::Object(members) => {
            let each = members.iter().map(|(name, member)| text_size(name) + 1 + size(member));
            2 + each.sum::<usize>() + members.len().saturating_sub(1)
        }
        Value::String(text) => text_size(text),
        scalar => scalar.to_string().len(),
    }
}

/// With its quotes and escapes.
fn text_size(text: &str) -> usize {
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 2,
        0..=31 => 6,
        _ => 1,
    };
    2 + text.bytes().map(escaped).sum::<usize>()
}

/// Cuts the value to about that size. `None` when nothing had to be done.
pub(super) fn shrink(value: &mut Value, most_bytes: usize) -> Option<Place> {
    let mut first = None;
    within(value, most_bytes, &mut String::new(), &mut first);
    first
}

fn within(value: &mut Value, most: usize, at: &mut String, first: &mut Option<Place>) {
    if size(value) <= most {
        return;
    }
    match value {
        Value::Array(items) => {
            let total = items.len();
            let mut bytes = 2;
            let fitting = items.iter().take_while(|item| {
                bytes += size(item) + 1;
                bytes <= most
            });
            let kept = fitting.count();
            if kept == 0
                && let Some(only) = items.first_mut()
            {
                deeper(at, "0", |at| within(only, most.saturating_sub(2), at, first));
            }
            let kept = kept.max(1).min(total);
            items.truncate(kept);
            if kept < total {
                first.get_or_insert_with(|| Place { pointer: at.clone(), kept, total });
            }
        }
        Value::String(text) => {
            let total = text.len();
            let kept = whole_lines(text, most.saturating_sub(2));
            text.truncate(kept);
            first.get_or_insert_with(|| Place { pointer: at.clone(), kept, total });
        }
        Value::Object(members) => {
            let mut by_size: Vec<(usize, String)> =
                members.iter().map(|(name, member)| (size(member), name.clone())).collect();
            by_size.sort_by(|a, b| b.cmp(a));
            let mut excess = size(&Value::Object(members.clone())).saturating_sub(most);
            for (bytes, name) in by_size {
                if excess == 0 {
                    break;
                }
                let Some(member) = members.get_mut(&name) else { continue };
                deeper(at, &name, |at| within(member, bytes.saturating_sub(excess), at, first));
                excess = excess.saturating_sub(bytes.saturating_sub(size(member)));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn deeper(at: &mut String, name: &str, then: impl FnOnce(&mut String)) {
    let before = at.len();
    at.push('/');
    at.push_str(&name.replace('~', "~0").replace('/', "~1"));
    then(at);
    at.truncate(before);
}

/// How many bytes of a text to keep so that it is written in at most `most`
/// bytes: whole lines where that leaves half of it, else whole characters.
pub(super) fn whole_lines(text: &str, most: usize) -> usize {
    let mut written = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        written += text_size(c.encode_utf8(&mut [0; 4])) - 2;
        if written > most {
            break;
        }
        end = at + c.len_utf8();
    }
    match text[..end].rfind('\n') {
        Some(line) if end < text.len() && line + 1 >= end / 2 => line + 1,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_items_are_kept_and_the_rest_is_counted() {
        let rows = [
            (
                json!({"items": [1, 2, 3, 4, 5, 6, 7, 8, 9], "n": 9}),
                24,
                json!({"items": [1, 2, 3], "n": 9}),
                "/items",
                3,
                9,
            ),
            (json!([["aaaa"], ["bbbb"], ["cccc"]]), 20, json!([["aaaa"], ["bbbb"]]), "", 2, 3),
            (json!("one\ntwo\nthree\n"), 14, json!("one\ntwo\n"), "", 8, 14),
            (json!({"a/b": "éééé"}), 14, json!({"a/b": "éé"}), "/a~1b", 4, 8),
            (json!([{"text": "0123456789"}, 2]), 18, json!([{"text": "01234"}]), "/0/text", 5, 10),
        ];
        for (mut value, most, expected, pointer, kept, total) in rows {
            let place = shrink(&mut value, most).unwrap();
            assert_eq!(value, expected);
            assert_eq!(place, Place { pointer: pointer.to_owned(), kept, total });
            assert!(size(&value) <= most, "{value} is longer than {most}");
            assert_eq!(size(&value), value.to_string().len());
            assert_eq!(shrink(&mut value, most), None, "what fits stays as it is");
        }
    }
}
