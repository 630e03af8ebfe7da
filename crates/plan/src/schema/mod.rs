//! The written forms as JSON Schema: for models that must answer in one, and
//! for people whose editor knows them. They say what a plan looks like;
//! whether it can be run is for [`crate::check`].

mod friendly;
mod wire;

pub use friendly::friendly_schema;
pub use wire::wire_schema;

use crate::Comparison;

/// The comparisons of guards by name, `always` first: a guard that is none.
fn comparisons() -> Vec<&'static str> {
    std::iter::once("always").chain(Comparison::ALL.iter().map(|comparison| comparison.as_str())).collect()
}

/// The names of the answer's styles.
const STYLES: [&str; 4] = ["direct", "list", "table", "summary"];

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The published files are what the functions print. To write them anew:
    /// `UPDATE_SCHEMAS=1 cargo test -p concertmaster-plan`.
    #[test]
    fn the_published_schemas_are_up_to_date() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        let files = [("plan.wire.schema.json", wire_schema(&[])), ("plan.friendly.schema.json", friendly_schema())];
        for (name, schema) in files {
            let printed = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
            let path = folder.join(name);
            if std::env::var_os("UPDATE_SCHEMAS").is_some() {
                std::fs::write(&path, &printed).unwrap();
            }
            let published = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(published == printed, "{name} is out of date; run this test with UPDATE_SCHEMAS=1");
            assert!(jsonschema::meta::is_valid(&schema), "{name}");
        }
    }

    #[test]
    fn the_wire_schema_admits_the_tools_it_was_given() {
        let plan = |tool: &str| {
            let step = serde_json::json!({"id": "s1", "op": "call", "tool": tool, "purpose": "", "over_step": "",
                "over_path": "", "limit": 0, "when_step": "", "when_path": "", "when_cmp": "always", "when_value": "",
                "after": [], "args": [{"name": "query", "kind": "lit", "step": "", "path": "", "value": "x"}]});
            serde_json::json!({"outcome": "plan", "question": "", "reason": "", "steps": [step],
                "answer": {"style": "list", "uses": ["s1"]}})
        };
        let admits = |tools: &[&str], tool: &str| jsonschema::is_valid(&wire_schema(tools), &plan(tool));
        let rows = [("github.search", true), ("orc.first", true), ("*", true), ("slack.search", false), ("", false)];
        for (tool, expected) in rows {
            assert_eq!(admits(&["github.search"], tool), expected, "{tool}");
            assert!(admits(&[], tool));
            assert!(crate::PlanDraft::from_value(&plan(tool)).is_ok());
        }
        let mut lacking = plan("*");
        lacking["steps"][0].as_object_mut().unwrap().remove("limit");
        assert!(!jsonschema::is_valid(&wire_schema(&[]), &lacking));
    }

    #[test]
    fn the_wire_form_keeps_to_what_every_provider_takes() {
        fn walk(schema: &Value, depth: usize) {
            let Some(members) = schema.as_object() else { return };
            let known = ["$schema", "title", "description", "type", "enum", "properties", "required", "items"];
            for keyword in members.keys().filter(|keyword| keyword.as_str() != "additionalProperties") {
                assert!(known.contains(&keyword.as_str()), "{keyword}");
            }
            assert!(members["type"].is_string());
            let choices = schema["enum"].as_array().into_iter().flatten();
            choices.for_each(|choice| assert_ne!(choice, "", "an empty choice is refused by some"));
            if let Some(properties) = schema["properties"].as_object() {
                assert_eq!(schema["additionalProperties"], Value::Bool(false));
                let required: Vec<&str> =
                    schema["required"].as_array().unwrap().iter().flat_map(Value::as_str).collect();
                assert_eq!(required, properties.keys().map(String::as_str).collect::<Vec<_>>());
                properties.values().for_each(|property| walk(property, depth + 1));
            }
            if let Some(items) = schema.get("items") {
                walk(items, depth + 1);
            }
            assert!(depth < 8);
        }
        walk(&wire_schema(&["github.search"]), 0);
        walk(&wire_schema(&[]), 0);
    }
}
