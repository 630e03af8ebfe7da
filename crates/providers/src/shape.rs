//! JSON that conforms to its schema, whoever enforced that.
//!
//! Before: what the provider and what the prompt is told. After: from the
//! model's text to a value, or to everything that is wrong with it.

use jsonschema::{PatternOptions, Validator};
use model::{OutputSchema, Prompt, Slot, Trouble};
use serde_json::Value;

use crate::Structured;
use crate::status::excerpt;
use crate::wire::{Mode, Shape};

/// The label of the schema's slot in the prompt.
const SCHEMA_LABEL: &str = "output schema";

/// What the prompt says of it.
const INSTRUCTION: &str = "Answer with one JSON value that conforms to the JSON Schema in the slot `output schema`, \
     and with nothing else: no words before or after it, no code fence.";

/// Faults that are told of one answer.
const MAX_FAULTS: usize = 8;

/// The longest fault, in characters.
const MAX_FAULT_CHARS: usize = 200;

/// What the provider is told of the shape.
pub(crate) fn mode(schema: Option<&OutputSchema>, structured: Structured) -> Mode<'_> {
    match (schema, structured) {
        (None, _) | (Some(_), Structured::Text) => Mode::Free,
        (Some(_), Structured::Json) => Mode::Json,
        (Some(schema), by) => match schema.enforceable() {
            None => Mode::Json,
            Some(within) if by == Structured::Tool => Mode::Tool(Shape { name: schema.name(), within }),
            Some(within) => Mode::Schema(Shape { name: schema.name(), within }),
        },
    }
}

/// What the prompt is told of it: the schema, where the provider is not told
/// all of it.
pub(crate) fn prompted(prompt: Prompt, schema: Option<&OutputSchema>, mode: Mode<'_>) -> Prompt {
    match (schema, mode) {
        (Some(schema), mode) if !schema.is_strict() || matches!(mode, Mode::Free | Mode::Json) => {
            prompt.slot(Slot::new(SCHEMA_LABEL, schema.schema().to_string())).user(INSTRUCTION)
        }
        _ => prompt,
    }
}

/// A schema, ready to judge. A bad one is found before anything is spent.
pub(crate) fn judge(schema: &OutputSchema) -> Result<Validator, Trouble> {
    // The linear engine: patterns of a tool's schema are not ours.
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
    options
        .build(schema.schema())
        .map_err(|error| Trouble::BadSchema { why: excerpt(&error.to_string(), MAX_FAULT_CHARS) })
}

/// The value that a text is, conforming to the schema.
pub(crate) fn read(text: &str, validator: &Validator) -> Result<Value, Trouble> {
    let value = parse(text)?;
    let faults: Vec<String> = validator
        .iter_errors(&value)
        .take(MAX_FAULTS)
        .map(|error| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { "the root".to_owned() } else { place };
            format!("{place}: {}", excerpt(&error.to_string(), MAX_FAULT_CHARS))
        })
        .collect();
    if faults.is_empty() { Ok(value) } else { Err(Trouble::OffSchema { faults, reply: value }) }
}

/// The JSON value in a text: the text itself, or what stands in its only
/// fence, or from the first bracket to the last.
fn parse(text: &str) -> Result<Value, Trouble> {
    let whole = serde_json::from_str(text.trim());
    let error = match whole {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let inner = between(text, '{', '}').into_iter().chain(between(text, '[', ']'));
    // The bracket that opens first holds the other.
    let mut inner: Vec<&str> = inner.collect();
    inner.sort_unstable_by_key(|part| part.as_ptr() as usize);
    inner
        .into_iter()
        .find_map(|part| serde_json::from_str(part).ok())
        .ok_or_else(|| Trouble::NotJson { why: excerpt(&error.to_string(), MAX_FAULT_CHARS), reply: text.to_owned() })
}

fn between(text: &str, open: char, close: char) -> Option<&str> {
    let (start, end) = (text.find(open)?, text.rfind(close)?);
    (start < end).then(|| &text[start..=end])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_found_where_models_put_it() {
        let rows = [
            ("{\"a\":1}", Ok(json!({"a": 1}))),
            (" [1]\n", Ok(json!([1]))),
            ("```json\n{\"a\":1}\n```", Ok(json!({"a": 1}))),
            ("Here you are: {\"a\":[1]} Enjoy!", Ok(json!({"a": [1]}))),
            ("[{\"a\":1},{\"a\":2}]!", Ok(json!([{"a": 1}, {"a": 2}]))),
            ("{\"a\":", Err("EOF while parsing a value at line 1 column 5")),
            ("no", Err("expected ident at line 1 column 2")),
            ("", Err("EOF while parsing a value at line 1 column 0")),
            ("{'a': NaN}", Err("key must be a string at line 1 column 2")),
        ];
        for (text, expected) in rows {
            match (parse(text), expected) {
                (Ok(value), Ok(expected)) => assert_eq!(value, expected),
                (Err(Trouble::NotJson { why, .. }), Err(expected)) => assert_eq!(why, expected, "{text:?}"),
                (found, _) => panic!("{text:?}: {found:?}"),
            }
        }
    }

    #[test]
    fn the_strongest_mechanism_that_fits_is_used() {
        let plain = json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
        let strict = OutputSchema::strict("s", &plain).unwrap();
        let others = OutputSchema::loose("o", json!({"type": "object", "title": "T", "properties": {}})).unwrap();
        let loose = OutputSchema::loose("l", json!({"anyOf": []})).unwrap();
        let of_strict = Shape { name: "s", within: &plain };
        let of_others = Shape { name: "o", within: &plain };
        let rows = [
            (None, Structured::Schema, Mode::Free, false),
            (Some(&strict), Structured::Schema, Mode::Schema(of_strict), false),
            (Some(&strict), Structured::Tool, Mode::Tool(of_strict), false),
            (Some(&strict), Structured::Json, Mode::Json, true),
            (Some(&strict), Structured::Text, Mode::Free, true),
            (Some(&others), Structured::Schema, Mode::Schema(of_others), true),
            (Some(&others), Structured::Tool, Mode::Tool(of_others), true),
            (Some(&others), Structured::Json, Mode::Json, true),
            (Some(&loose), Structured::Schema, Mode::Json, true),
            (Some(&loose), Structured::Tool, Mode::Json, true),
            (Some(&loose), Structured::Text, Mode::Free, true),
        ];
        for (schema, structured, expected, in_prompt) in rows {
            let mode = mode(schema, structured);
            assert_eq!(mode, expected);
            let prompt = prompted(Prompt::new().user("x"), schema, mode);
            assert_eq!(prompt.slots().count() == 1, in_prompt, "{schema:?} {structured:?}");
        }
    }

    #[test]
    fn every_fault_of_an_answer_is_told() {
        let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"]});
        let validator = judge(&OutputSchema::loose("x", schema).unwrap()).unwrap();
        let Err(Trouble::OffSchema { faults, reply }) = read("{\"a\":1}", &validator) else { panic!("off") };
        assert_eq!(faults, ["the root: \"b\" is a required property", "/a: 1 is not of type \"string\""]);
        assert_eq!(reply, json!({"a": 1}));
        let bad = OutputSchema::loose("x", json!({"type": "nonsense"})).unwrap();
        assert!(matches!(judge(&bad), Err(Trouble::BadSchema { .. })));
        let remote = OutputSchema::loose("x", json!({"$ref": "http://127.0.0.1:9/x"})).unwrap();
        assert!(matches!(judge(&remote), Err(Trouble::BadSchema { .. })));
    }
}
