//! What clients give to our own tools, held to what these take.

use serde_json::{Map, Value};

use super::own_tools::OwnTool;

/// The longest text that an argument may be unless its schema says less, in
/// characters: a sealed state is one.
const MAX_TEXT_CHARS: usize = 2 * 1024 * 1024;

impl OwnTool {
    /// What in a client's arguments is not as the schema says, if anything.
    pub(crate) fn fault_in(self, arguments: &Map<String, Value>) -> Option<String> {
        let schema = self.input_schema();
        let properties = &schema["properties"];
        let unknown = arguments.keys().find(|name| properties.get(name.as_str()).is_none());
        if let Some(name) = unknown {
            return Some(format!("`{}` takes no `{name}`", self.name()));
        }
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let missing = required.into_iter().find(|name| !arguments.contains_key(*name));
        if let Some(name) = missing {
            return Some(format!("`{}` needs `{name}`", self.name()));
        }
        arguments.iter().find_map(|(name, value)| fault_in_value(name, value, &properties[name]))
    }
}

fn fault_in_value(name: &str, value: &Value, schema: &Value) -> Option<String> {
    let fits = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_u64(),
        _ => value.is_object(),
    };
    if !fits {
        return Some(format!("`{name}` is to be of type {}", schema["type"].as_str().unwrap_or("object")));
    }
    let longest = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(MAX_TEXT_CHARS);
    let too_long = value.as_str().is_some_and(|text| text.len() > longest && text.chars().count() > longest);
    let number = value.as_f64();
    let below = schema["minimum"].as_f64().is_some_and(|least| number < Some(least))
        || schema["exclusiveMinimum"].as_f64().is_some_and(|least| number <= Some(least));
    let above = schema["maximum"].as_f64().is_some_and(|most| number > Some(most));
    let blank = schema["minLength"].is_u64() && value.as_str().is_some_and(|text| text.trim().is_empty());
    let foreign = schema["additionalProperties"]["type"] == "string"
        && value.as_object().is_some_and(|members| !members.values().all(Value::is_string));
    match () {
        () if blank => Some(format!("`{name}` is empty")),
        () if too_long => Some(format!("`{name}` is longer than {longest} characters")),
        () if number.is_some() && (below || above) => Some(format!("`{name}` is out of range")),
        () if foreign => Some(format!("`{name}` is to hold texts only")),
        () => None,
    }
}
#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::downstream::own_tools::MAX_QUERY_CHARS;

    #[test]
    fn arguments_are_held_to_the_schema() {
        let rows = [
            (OwnTool::Ask, json!({"query": "x"}), None),
            (OwnTool::Ask, json!({"query": "x", "within_seconds": 0.5, "facts": {"repo": "a"}}), None),
            (OwnTool::Ask, json!({}), Some("`ask` needs `query`")),
            (OwnTool::Ask, json!({"query": "  "}), Some("`query` is empty")),
            (OwnTool::Ask, json!({"query": 3}), Some("`query` is to be of type string")),
            (OwnTool::Ask, json!({"query": "x", "within_seconds": 0}), Some("`within_seconds` is out of range")),
            (OwnTool::Ask, json!({"query": "x", "facts": {"n": 1}}), Some("`facts` is to hold texts only")),
            (OwnTool::Ask, json!({"query": "x", "effort": "high"}), Some("`ask` takes no `effort`")),
            (OwnTool::FindTools, json!({"query": "x", "limit": 51}), Some("`limit` is out of range")),
            (OwnTool::FindTools, json!({"query": "x", "limit": -1}), Some("`limit` is to be of type integer")),
            (OwnTool::RunPlan, json!({"plan": "s1"}), Some("`plan` is to be of type object")),
            (OwnTool::CallTool, json!({"name": "a.b"}), None),
        ];
        for (tool, arguments, expected) in rows {
            let Value::Object(members) = &arguments else { unreachable!("each row is an object") };
            assert_eq!(tool.fault_in(members).as_deref(), expected, "{tool:?} {arguments}");
        }
        let long = json!({"query": "x".repeat(MAX_QUERY_CHARS + 1)});
        let Value::Object(long) = long else { unreachable!("an object") };
        assert!(OwnTool::Ask.fault_in(&long).is_some());
    }
}
