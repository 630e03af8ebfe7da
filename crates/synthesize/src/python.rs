//! Records as Python prints them: `[{'status': 'paid', 'n': 9}]`, which is
//! how several servers put rows into a text.
//!
//! What comes in: a text. What goes out: the value, if the whole text is a
//! list or a dictionary so written, with every number as it was written.

use serde_json::{Map, Number, Value};

/// The longest text that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// How deep lists and dictionaries may nest.
const MAX_DEPTH: usize = 6;

/// Reads a text; `None` when it is anything else.
pub(crate) fn read(text: &str) -> Option<Value> {
    let text = text.trim();
    let is_candidate = text.starts_with("[{") || text.starts_with("{'") || text.starts_with("[(");
    if !is_candidate || text.len() > MAX_BYTES {
        return None;
    }
    let mut reader = Reader { rest: text };
    let value = reader.value(0)?;
    reader.rest.trim_start().is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '[' if depth < MAX_DEPTH => self.list(']', depth),
            '(' if depth < MAX_DEPTH => self.list(')', depth),
            '{' if depth < MAX_DEPTH => self.dictionary(depth),
            '\'' | '"' => self.text().map(Value::String),
            _ => self.word(),
        }
    }

    fn list(&mut self, end: char, depth: usize) -> Option<Value> {
        self.skip(1);
        let mut items = Vec::new();
        while !self.takes(end) {
            items.push(self.value(depth + 1)?);
            if !self.takes(',') && !self.next_is(end) {
                return None;
            }
        }
        Some(Value::Array(items))
    }

    fn dictionary(&mut self, depth: usize) -> Option<Value> {
        self.skip(1);
        let mut members = Map::new();
        while !self.takes('}') {
            self.rest = self.rest.trim_start();
            let key = self.text()?;
            if !self.takes(':') {
                return None;
            }
            members.insert(key, self.value(depth + 1)?);
            if !self.takes(',') && !self.next_is('}') {
                return None;
            }
        }
        Some(Value::Object(members))
    }

    /// A quoted text. An escape other than the common ones makes the whole
    /// unreadable rather than misread.
    fn text(&mut self) -> Option<String> {
        let quote = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        loop {
            match chars.next()? {
                (at, c) if c == quote => {
                    self.skip(at + 1);
                    return Some(text);
                }
                (_, '\\') => text.push(match chars.next()?.1 {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    c @ ('\\' | '\'' | '"') => c,
                    _ => return None,
                }),
                (_, c) => text.push(c),
            }
        }
    }

    fn word(&mut self) -> Option<Value> {
        let end = self.rest.find(|c: char| ",]}): \n".contains(c)).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.skip(end);
        match word {
            "None" => Some(Value::Null),
            "True" => Some(Value::Bool(true)),
            "False" => Some(Value::Bool(false)),
            _ => {
                let number: Number = word.parse().ok()?;
                let is_as_written = number.to_string() == word;
                Some(if is_as_written { Value::Number(number) } else { Value::String(word.to_owned()) })
            }
        }
    }

    fn takes(&mut self, c: char) -> bool {
        let takes = self.next_is(c);
        if takes {
            self.skip(c.len_utf8());
        }
        takes
    }

    fn next_is(&mut self, c: char) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.starts_with(c)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn printed_records_are_read() {
        let rows = [
            ("[{'status': 'paid', 'n': 9}]", Some(json!([{"status": "paid", "n": 9}]))),
            (
                "[{'a': None, 'b': True, 'c': 1.50, 'd': \"it's\"},]",
                Some(json!([{"a": null, "b": true, "c": "1.50", "d": "it's"}])),
            ),
            ("[('x', 1), ('y', 2)]", Some(json!([["x", 1], ["y", 2]]))),
            ("{'a': 'b\\n'}", Some(json!({"a": "b\n"}))),
            ("[{'a': datetime.date(2026, 1, 1)}]", None),
            ("[{'a': 1}] and more", None),
            ("[{'a': 1", None),
            ("[{'a' 1}]", None),
            ("[{'a': '\\x41'}]", None),
            ("plain", None),
            ("[DIR] src", None),
        ];
        for (text, expected) in rows {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
