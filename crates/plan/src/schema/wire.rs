//! The wire form's schema, within the subset of JSON Schema that every
//! provider's structured output takes: flat, every field required, nothing
//! optional, no unions, no recursion, no bounds.

use serde_json::{Map, Value, json};

use super::{STYLES, comparisons};
use crate::{MAX_EACH_ITEMS, MAX_STEPS, Operator};

/// The schema of a wire plan. Given names, `tool` is one of them, an operator
/// or `*` (a `sub` that may use everything); put servers among the names
/// where a `sub` may be given one of them.
pub fn wire_schema(tools: &[&str]) -> Value {
    let form = object(&[
        ("outcome", choice(&["plan", "clarify", "out_of_scope"], "what you came to")),
        ("question", text("for `clarify`: what to ask, naming the alternatives; else empty")),
        ("reason", text("for `out_of_scope`: what is missing; else empty")),
        (
            "steps",
            list(step(tools), &format!("for `plan`: at most {MAX_STEPS} steps, each reading only from earlier ones")),
        ),
        ("answer", answer()),
    ]);
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("Concertmaster plan, wire form"));
    schema.extend(form.as_object().cloned().unwrap_or_default());
    Value::Object(schema)
}

fn step(tools: &[&str]) -> Value {
    object(&[
        ("id", text(&format!("`s1` to `s{MAX_STEPS}`"))),
        (
            "op",
            choice(
                &["call", "each", "sub"],
                "`call`: one call; `each`: one call for every item of an earlier array; `sub`: a nested query",
            ),
        ),
        ("tool", tool(tools)),
        ("purpose", text("why the step is there, in a few words")),
        ("over_step", text("for `each`: the earlier step that yields the array; else empty")),
        (
            "over_path",
            text("for `each`: JSON Pointer to the array in that step's result; `*` stands for every element"),
        ),
        ("limit", whole(&format!("for `each`: the most items, 1 to {MAX_EACH_ITEMS}; else 0"))),
        ("when_step", text("the earlier step that a condition looks at; empty without a condition")),
        ("when_path", text("JSON Pointer to what the condition looks at")),
        ("when_cmp", choice(&comparisons(), "the condition; `always` without one")),
        ("when_value", text("what it is compared with, as JSON or plain text; empty where nothing is")),
        ("after", list(text("a step id"), "earlier steps whose side effects must come first; data needs no mention")),
        ("args", list(argument(), "the tool's arguments; for `sub` one named `query`")),
    ])
}

fn tool(tools: &[&str]) -> Value {
    let about = "`server.tool`, or an operator; for `sub` the server or tool it may use, `*` for all";
    if tools.is_empty() {
        return text(about);
    }
    let operators: Vec<String> = Operator::ALL.iter().map(|operator| operator.name()).collect();
    let names: Vec<&str> = tools.iter().copied().chain(operators.iter().map(String::as_str)).chain(["*"]).collect();
    choice(&names, about)
}

fn argument() -> Value {
    object(&[
        ("name", text("the argument's name")),
        (
            "kind",
            choice(
                &["lit", "ref", "item", "tmpl"],
                "`lit`: `value`; `ref`: `path` in the result of `step`; `item`: `path` in the item of an `each`; \
             `tmpl`: the text `value` with holes `{{s1:/pointer}}` and `{{item:/pointer}}`",
            ),
        ),
        ("step", text("for `ref`: the earlier step; else empty")),
        ("path", text("for `ref` and `item`: a JSON Pointer, `*` stands for every element; empty for the whole")),
        ("value", text("for `lit`: the value as JSON, a text also as it is; for `tmpl`: the text; else empty")),
    ])
}

fn answer() -> Value {
    object(&[
        ("style", choice(&STYLES, "how the answer is told")),
        ("uses", list(text("a step id"), "the steps whose results it tells")),
    ])
}

fn object(properties: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "properties": properties, "required": names, "additionalProperties": false})
}

fn text(about: &str) -> Value {
    json!({"type": "string", "description": about})
}

fn whole(about: &str) -> Value {
    json!({"type": "integer", "description": about})
}

fn choice(choices: &[&str], about: &str) -> Value {
    json!({"type": "string", "enum": choices, "description": about})
}

fn list(items: Value, about: &str) -> Value {
    json!({"type": "array", "items": items, "description": about})
}
