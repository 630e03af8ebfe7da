//! Arguments as they are typed: `key=value`, `key:=JSON`, or one JSON object.

use catalog::{JsonType, Tool};
use serde_json::{Map, Value};

/// The arguments object, or everything in the words that makes none.
pub(super) fn parse(words: &[String], tool: Option<&Tool>) -> Result<Map<String, Value>, Vec<String>> {
    if let [only] = words
        && only.trim_start().starts_with('{')
    {
        return object(only).map_err(|fault| vec![fault]);
    }
    let mut arguments = Map::new();
    let mut faults = Vec::new();
    for word in words {
        match one(word, tool) {
            Ok((name, value)) => {
                if arguments.insert(name.clone(), value).is_some() {
                    faults.push(format!("`{name}` is given twice"));
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(arguments) } else { Err(faults) }
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("the arguments are no JSON object: {error}"))
}

fn one(word: &str, tool: Option<&Tool>) -> Result<(String, Value), String> {
    let malformed = || format!("`{word}` is no argument: write `key=value`, `key:=JSON` or one JSON object");
    let (name, text) = word.split_once('=').ok_or_else(malformed)?;
    let (name, is_json) = match name.strip_suffix(':') {
        Some(name) => (name, true),
        None => (name, false),
    };
    if name.is_empty() {
        return Err(malformed());
    }
    let value = if is_json {
        serde_json::from_str(text).map_err(|error| format!("the value of `{name}` is no JSON: {error}"))?
    } else {
        typed(name, text, tool)
    };
    Ok((name.to_owned(), value))
}

/// The value that the tool's schema takes for this text: a number for a
/// number, and the text itself wherever the schema takes texts. A tool that
/// says nothing gets what the text reads as.
fn typed(name: &str, text: &str, tool: Option<&Tool>) -> Value {
    let as_it_reads = serde_json::from_str::<Value>(text).ok();
    let as_text = || Value::from(text);
    match tool.and_then(|tool| tool.parameter(name)) {
        Some(parameter) if parameter.types.admits(JsonType::String) => as_text(),
        Some(parameter) => {
            as_it_reads.filter(|value| parameter.types.admits(JsonType::of(value))).unwrap_or_else(as_text)
        }
        None => as_it_reads.unwrap_or_else(as_text),
    }
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, ToolListing};
    use serde_json::json;

    use super::*;

    fn catalog() -> Catalog {
        let schema = json!({"properties": {
            "number": {"type": "integer"},
            "text": {"type": "string"},
            "either": {"type": ["string", "integer"]},
            "flag": {"type": "boolean"},
            "items": {"type": "array"},
        }});
        let tool = ToolListing { name: "t".into(), input_schema: schema, ..ToolListing::default() };
        let listing = ServerListing { id: ServerId::new("s"), title: None, instructions: None, tools: vec![tool] };
        Catalog::new(1, vec![Entry::Ready(listing, ServerLabels::default())])
    }

    #[test]
    fn words_become_what_the_tool_takes() {
        let rows = [
            ("number=5", r#"{"number":5}"#),
            ("text=5", r#"{"text":"5"}"#),
            ("either=5", r#"{"either":"5"}"#),
            ("either:=5", r#"{"either":5}"#),
            ("flag=true", r#"{"flag":true}"#),
            ("items=[1, 2]", r#"{"items":[1,2]}"#),
            ("number=five", r#"{"number":"five"}"#),
            ("text=a=b", r#"{"text":"a=b"}"#),
            ("unknown=5", r#"{"unknown":5}"#),
            (r#"{"number": 1}"#, r#"{"number":1}"#),
            ("number", "`number` is no argument: write `key=value`, `key:=JSON` or one JSON object"),
            ("=5", "`=5` is no argument: write `key=value`, `key:=JSON` or one JSON object"),
            ("text=1 text=2", "`text` is given twice"),
            ("a:=nope", "the value of `a` is no JSON: expected ident at line 1 column 2"),
        ];
        let catalog = catalog();
        for (typed, expected) in rows {
            let words: Vec<String> = match typed.split_once(' ') {
                Some((a, b)) if b.contains('=') => vec![a.into(), b.into()],
                _ => vec![typed.into()],
            };
            let read = match parse(&words, catalog.find("s.t").map(|tool| &**tool)) {
                Ok(arguments) => Value::Object(arguments).to_string(),
                Err(faults) => faults.join(" / "),
            };
            assert_eq!(read, expected, "{typed}");
        }
    }
}
