//! `orc.format`: a text from values.

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::{Definition, MAX_TEXT_BYTES, OperatorFault};
use crate::ITEM;
use crate::bind::text_of;
use crate::template::{Part, parse};

pub(super) const DEFINITION: Definition = Definition {
    name: "format",
    about: "A text from values: holes of `template` name the other arguments, `{{name}}` or `{{name:/pointer}}`; \
            with `items`, one text for each, in which `{{item:/pointer}}` is the item, joined by `separator`.",
    schema,
    yields: || json!({"type": "string"}),
    apply,
};

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "template": {"type": "string", "description": "the text, with holes"},
            "items": {"type": "array", "description": "what the template is repeated for"},
            "separator": {"type": "string", "description": "what stands between the texts; a line break if not given"},
        },
        "required": ["template"],
        "additionalProperties": true,
    })
}

fn apply(arguments: &Arguments<'_>) -> Result<Value, OperatorFault> {
    let template = arguments.text("template")?.ok_or(OperatorFault::Missing("template"))?;
    let parts = parse(template).map_err(|fault| OperatorFault::BadTemplate(fault.to_string()))?;
    let mut text = String::new();
    if arguments.get("items").is_none() {
        fill(&parts, arguments, None, &mut text)?;
        return Ok(Value::String(text));
    }
    let separator = arguments.text("separator")?.unwrap_or("\n");
    for (i, item) in arguments.items("items")?.iter().enumerate() {
        if i > 0 {
            text.push_str(separator);
        }
        fill(&parts, arguments, Some(item), &mut text)?;
    }
    Ok(Value::String(text))
}

fn fill(
    parts: &[Part],
    arguments: &Arguments<'_>,
    item: Option<&Value>,
    text: &mut String,
) -> Result<(), OperatorFault> {
    for part in parts {
        match part {
            Part::Text(plain) => text.push_str(plain),
            Part::Hole { source, path } => {
                let value = item.filter(|_| source == ITEM).or_else(|| arguments.all().get(source));
                let missing = || OperatorFault::BadTemplate(format!("nothing stands at `{{{{{source}:{path}}}}}`"));
                text.push_str(&text_of(&value.and_then(|value| path.select(value)).ok_or_else(missing)?));
            }
        }
        if text.len() > MAX_TEXT_BYTES {
            return Err(OperatorFault::TooLarge);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::Operator::Format;

    #[test]
    fn texts_are_made() {
        let rows = [
            (r#"{"template": "plain"}"#, r#""plain""#),
            (r#"{"template": "{{pr:/title}} (#{{pr:/n}})", "pr": {"title": "Retry", "n": 123}}"#, r#""Retry (#123)""#),
            (r#"{"template": "- {{item:/t}}", "items": [{"t": "a"}, {"t": "b"}]}"#, r#""- a\n- b""#),
            (r#"{"template": "{{item}}{{x}}", "items": [1, 2], "x": "!", "separator": " "}"#, r#""1! 2!""#),
            (r#"{"template": "x", "items": []}"#, r#""""#),
            (r#"{"template": "{{none}}"}"#, "bad_template"),
            (r#"{"template": "{{pr:/none}}", "pr": {}}"#, "bad_template"),
            (r#"{"template": "{{pr"}"#, "bad_template"),
            (r#"{"template": 3}"#, "operator_argument_type"),
            (r#"{}"#, "operator_argument_missing"),
        ];
        for (arguments, expected) in rows {
            check(Format, arguments, expected);
        }
        let long = "x".repeat(30_000);
        let arguments = serde_json::json!({"template": "{{x}}", "x": long, "items": vec![0; 10]});
        check(Format, &arguments.to_string(), "result_too_large");
    }
}
