//! A request's text, put together from pieces that are JSON already.
//!
//! In: names, texts, and JSON as somebody wrote it. Out: one message. Nothing
//! that is JSON already is read or written anew.

use std::io::Write;

use serde_json::value::RawValue;

/// What a message takes beside its longest piece, in bytes; a guess.
const FRAME_ROOM: usize = 512;

/// A request about to be sent.
pub(crate) struct Letter {
    text: Vec<u8>,
    empty: bool,
}

impl Letter {
    /// A request without parameters yet; `room` is how many bytes its longest
    /// piece takes. `method` is plain text.
    pub(crate) fn new(id: u64, method: &str, room: usize) -> Self {
        let mut text = Vec::with_capacity(room + FRAME_ROOM);
        // Writing to a vector cannot fail, here and below.
        let _ = write!(text, r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{{"#);
        Self { text, empty: true }
    }

    /// A parameter that is a text.
    pub(crate) fn words(mut self, member: &str, words: &str) -> Self {
        self.key(member);
        let _ = serde_json::to_writer(&mut self.text, words);
        self
    }

    /// A parameter whose JSON is always the same.
    pub(crate) fn members(mut self, member: &str, json: &'static str) -> Self {
        self.key(member);
        self.text.extend_from_slice(json.as_bytes());
        self
    }

    /// A parameter that is JSON already.
    pub(crate) fn json(mut self, member: &str, json: &RawValue) -> Self {
        self.key(member);
        self.text.extend_from_slice(json.get().as_bytes());
        self
    }

    /// Parameters that are JSON already, as the object they make.
    pub(crate) fn members_of(mut self, object: &RawValue) -> Self {
        let members = members(object);
        if !members.is_empty() {
            self.separate();
            self.text.extend_from_slice(members.as_bytes());
        }
        self
    }

    /// The `_meta` of the request: `context` is the members that the era
    /// wants, `travelling` an object of further ones, `token` the progress
    /// token.
    pub(crate) fn meta(mut self, context: &str, travelling: Option<&RawValue>, token: Option<u64>) -> Self {
        let travelling = travelling.map(members).unwrap_or_default();
        if context.is_empty() && travelling.is_empty() && token.is_none() {
            return self;
        }
        self.key("_meta");
        self.text.push(b'{');
        self.empty = true;
        for members in [context, travelling].into_iter().filter(|members| !members.is_empty()) {
            self.separate();
            self.text.extend_from_slice(members.as_bytes());
        }
        if let Some(token) = token {
            self.separate();
            let _ = write!(self.text, r#""progressToken":{token}"#);
        }
        self.text.push(b'}');
        self.empty = false;
        self
    }

    /// The message.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.text.extend_from_slice(b"}}");
        self.text
    }

    fn key(&mut self, member: &str) {
        self.separate();
        let _ = write!(self.text, r#""{member}":"#);
    }

    fn separate(&mut self) {
        if !self.empty {
            self.text.push(b',');
        }
        self.empty = false;
    }
}

/// What stands between an object's braces; nothing for what is no object.
fn members(object: &RawValue) -> &str {
    object.get().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).map(str::trim).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    fn text(letter: Letter) -> String {
        String::from_utf8(letter.finish()).unwrap()
    }

    #[test]
    fn pieces_go_out_as_they_were_written() {
        let letter = Letter::new(7, "tools/call", 0).words("name", "a\"b").json("arguments", &raw("{ \"n\": 1.50 }"));
        let expected = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a\"b","arguments":{ "n": 1.50 },"_meta":{"c":1,"t":2,"progressToken":7}}}"#;
        assert_eq!(text(letter.meta(r#""c":1"#, Some(&raw(r#"{ "t":2 }"#)), Some(7))), expected);
    }

    #[test]
    fn nothing_stands_for_nothing() {
        let empty = r#"{"jsonrpc":"2.0","id":1,"method":"m","params":{}}"#;
        assert_eq!(text(Letter::new(1, "m", 0).meta("", None, None)), empty);
        assert_eq!(text(Letter::new(1, "m", 0).members_of(&raw("{}")).meta("", Some(&raw("{ }")), None)), empty);
        let expected = r#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1,"_meta":{"progressToken":1}}}"#;
        assert_eq!(text(Letter::new(1, "m", 0).members_of(&raw(r#"{"a":1}"#)).meta("", None, Some(1))), expected);
    }
}
