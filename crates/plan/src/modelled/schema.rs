//! The shapes of what a planning model writes: the wire plan, and a mended
//! part of one.

use model::OutputSchema;
use query::{Blame, Fault};
use serde_json::{Map, Value, json};

use super::confidence::Stated;
use crate::{MAX_DEPTH, MAX_STEPS, wire_schema};

/// The member beside the plan that says how sure the model is.
pub(super) const CONFIDENCE: &str = "confidence";

/// The wire plan over these tools, with how sure the model is of it. A query
/// that is nested already nests no further.
pub(super) fn plan(tools: &[String], depth: u8) -> Result<OutputSchema, Fault> {
    let mut schema = wire(tools, depth);
    let mut properties = Map::new();
    for (name, member) in schema["properties"].as_object().cloned().unwrap_or_default() {
        let is_reason = name == "reason";
        properties.insert(name, member);
        if is_reason {
            properties.insert("reason".to_owned(), json!({"type": "string", "description": REASON}));
            properties.insert(CONFIDENCE.to_owned(), confidence());
        }
    }
    schema["required"] = json!(properties.keys().collect::<Vec<_>>());
    schema["properties"] = Value::Object(properties);
    strict("plan", &schema)
}

/// Some steps of a wire plan, written anew.
pub(super) fn mended(tools: &[String], depth: u8, ids: &[String]) -> Result<OutputSchema, Fault> {
    let mut schema = wire(tools, depth);
    if !ids.is_empty() {
        schema["properties"]["steps"]["items"]["properties"]["id"]["enum"] = json!(ids);
    }
    let steps = schema["properties"]["steps"].take();
    let answer = schema["properties"]["answer"].take();
    let schema = json!({"type": "object", "properties": {"steps": steps, "answer": answer},
        "required": ["steps", "answer"], "additionalProperties": false});
    strict("mended_steps", &schema)
}

/// The parts of a query.
pub(super) fn parts() -> Result<OutputSchema, Fault> {
    let part = json!({"type": "string", "description": "one thing to do, in a few plain words"});
    let schema = json!({"type": "object", "properties": {"parts": {"type": "array", "items": part}},
        "required": ["parts"], "additionalProperties": false});
    strict("parts", &schema)
}

const REASON: &str = "for `out_of_scope`: what is missing; for `plan`: the parts of the request that no tool serves; \
                      else empty";

fn confidence() -> Value {
    json!({"type": "string", "enum": Stated::WORDS, "description": "how sure you are of all this"})
}

fn wire(tools: &[String], depth: u8) -> Value {
    let names: Vec<&str> = tools.iter().map(String::as_str).collect();
    let mut schema = wire_schema(&names);
    let ids = step_ids();
    let step = &mut schema["properties"]["steps"]["items"]["properties"];
    step["id"]["enum"] = json!(ids);
    step["after"]["items"]["enum"] = json!(ids);
    if depth >= MAX_DEPTH {
        step["op"]["enum"] = json!(["call", "each"]);
    }
    schema["properties"]["answer"]["properties"]["uses"]["items"]["enum"] = json!(ids);
    schema
}

/// `s1` to `s12`.
pub(super) fn step_ids() -> Vec<String> {
    (1..=MAX_STEPS).map(|i| format!("s{i}")).collect()
}

fn strict(name: &str, schema: &Value) -> Result<OutputSchema, Fault> {
    OutputSchema::strict(name, schema).map_err(|faults| {
        let listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Fault::lasting(Blame::Ourselves, "schema_outside_subset", listed.join("; "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_one_that_providers_enforce() {
        let tools: Vec<String> = (0..20).map(|i| format!("server.tool_{i}")).collect();
        for depth in 0..=1 {
            let plan = plan(&tools, depth).unwrap();
            assert!(plan.is_strict());
            let order: Vec<&String> = plan.schema()["properties"].as_object().unwrap().keys().collect();
            assert_eq!(order, ["outcome", "question", "reason", "confidence", "steps", "answer"]);
            let step = &plan.schema()["properties"]["steps"]["items"]["properties"];
            let fields: Vec<&String> = step.as_object().unwrap().keys().collect();
            let at = |name: &str| fields.iter().position(|field| *field == name);
            assert!(at("purpose") < at("args"), "purpose before arguments");
            assert_eq!(step["op"]["enum"].as_array().unwrap().len(), if depth == 0 { 3 } else { 2 });
        }
        let mended = mended(&tools, 0, &["s2".to_owned()]).unwrap();
        assert_eq!(mended.schema()["properties"]["steps"]["items"]["properties"]["id"]["enum"], json!(["s2"]));
        assert!(parts().is_ok());
    }
}
