//! The tools that are ours: what each takes and gives.

use serde_json::{Map, Value, json};

/// The longest query taken, in characters.
pub(crate) const MAX_QUERY_CHARS: usize = 16_384;

/// The longest time a client may allow one answer, in seconds.
pub(crate) const MAX_WITHIN_SECONDS: u64 = 3_600;

/// How many tools are found unless the client says.
pub(crate) const DEFAULT_FOUND: usize = 8;

/// The most tools found at once.
pub(crate) const MAX_FOUND: usize = 50;

/// One of our own tools. Its name holds no `__`, which every public name of
/// an upstream's tool does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnTool {
    Ask,
    Plan,
    RunPlan,
    FindTools,
    CallTool,
}

impl OwnTool {
    /// In the order in which they are listed.
    pub(crate) const ALL: [Self; 5] = [Self::Ask, Self::Plan, Self::RunPlan, Self::FindTools, Self::CallTool];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Plan => "plan",
            Self::RunPlan => "run_plan",
            Self::FindTools => "find_tools",
            Self::CallTool => "call_tool",
        }
    }

    /// The whole definition, as `tools/list` shows it.
    pub(crate) fn definition(self) -> Value {
        let mut definition = json!({
            "name": self.name(),
            "title": self.title(),
            "description": self.description(),
            "inputSchema": self.input_schema(),
            "annotations": self.annotations(),
        });
        if let Some(schema) = self.output_schema() {
            definition["outputSchema"] = schema;
        }
        definition
    }

    fn title(self) -> &'static str {
        match self {
            Self::Ask => "Ask all servers",
            Self::Plan => "Plan without acting",
            Self::RunPlan => "Run a plan",
            Self::FindTools => "Find tools",
            Self::CallTool => "Call one tool",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Ask => {
                "Answers a query in plain words from all connected servers: picks the servers and tools, plans the \
                 calls, runs them, and gives one answer that names its sources. Anything destructive is asked about \
                 first, and an unclear query comes back as a question."
            }
            Self::Plan => "Shows what `ask` would do for a query: the plan of tool calls. Nothing is called.",
            Self::RunPlan => {
                "Checks a plan of tool calls and runs it. Steps may use results of earlier steps by reference; \
                 independent steps run at the same time. All faults of a plan are reported at once."
            }
            Self::FindTools => "Finds the tools of all connected servers that fit a description, best first.",
            Self::CallTool => {
                "Calls one tool of one connected server, by the name that `find_tools` gives. The same policy holds \
                 as for every other call."
            }
        }
    }

    fn input_schema(self) -> Value {
        let query = json!({"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARS});
        let within = json!({
            "type": "number", "exclusiveMinimum": 0, "maximum": MAX_WITHIN_SECONDS,
            "description": "Seconds within which the whole answer is due.",
        });
        let (properties, required) = match self {
            Self::Ask => {
                let facts = json!({
                    "type": "object", "additionalProperties": {"type": "string"},
                    "description": "Known values that arguments may be filled with, by parameter name.",
                });
                (json!({"query": query, "within_seconds": within, "facts": facts}), vec!["query"])
            }
            Self::Plan => (json!({"query": query}), vec!["query"]),
            Self::RunPlan => (json!({"plan": {"type": "object"}, "within_seconds": within}), vec!["plan"]),
            Self::FindTools => {
                let limit = json!({"type": "integer", "minimum": 1, "maximum": MAX_FOUND, "default": DEFAULT_FOUND});
                (json!({"query": query, "limit": limit}), vec!["query"])
            }
            Self::CallTool => {
                let name = json!({"type": "string", "description": "`server.tool`, or the name in this list."});
                (json!({"name": name, "arguments": {"type": "object", "default": {}}}), vec!["name"])
            }
        };
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
    }

    /// `call_tool` gives what the tool gives, so it promises nothing.
    fn output_schema(self) -> Option<Value> {
        match self {
            Self::Ask | Self::RunPlan => Some(outcome_schema()),
            Self::Plan => Some(json!({"type": "object"})),
            Self::FindTools => {
                let tool = json!({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]});
                let properties = json!({"tools": {"type": "array", "items": tool}});
                Some(json!({"type": "object", "properties": properties, "required": ["tools"]}))
            }
            Self::CallTool => None,
        }
    }

    fn annotations(self) -> Value {
        match self {
            Self::Plan | Self::FindTools => {
                json!({"readOnlyHint": true, "idempotentHint": true, "openWorldHint": false})
            }
            Self::Ask => json!({"readOnlyHint": false, "destructiveHint": false, "openWorldHint": true}),
            Self::RunPlan | Self::CallTool => {
                json!({"readOnlyHint": false, "destructiveHint": true, "openWorldHint": true})
            }
        }
    }

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
    let too_long = value.as_str().is_some_and(|text| text.chars().count() > MAX_QUERY_CHARS);
    let number = value.as_f64();
    let below = schema["minimum"].as_f64().is_some_and(|least| number < Some(least))
        || schema["exclusiveMinimum"].as_f64().is_some_and(|least| number <= Some(least));
    let above = schema["maximum"].as_f64().is_some_and(|most| number > Some(most));
    let blank = schema["minLength"].is_u64() && value.as_str().is_some_and(|text| text.trim().is_empty());
    let foreign = schema["additionalProperties"]["type"] == "string"
        && value.as_object().is_some_and(|members| !members.values().all(Value::is_string));
    match () {
        () if blank => Some(format!("`{name}` is empty")),
        () if too_long => Some(format!("`{name}` is longer than {MAX_QUERY_CHARS} characters")),
        () if number.is_some() && (below || above) => Some(format!("`{name}` is out of range")),
        () if foreign => Some(format!("`{name}` is to hold texts only")),
        () => None,
    }
}

/// The shape of every outcome.
fn outcome_schema() -> Value {
    let object = json!({"type": "object"});
    json!({
        "type": "object",
        "properties": {
            "outcome": {"type": "string", "enum": ["answered", "input_required", "refused"]},
            "query_id": {"type": "string"},
            "answer": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
            "steps": {"type": "array", "items": object},
            "usage": object,
        },
        "required": ["outcome"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn no_name_of_ours_can_be_an_upstream_tools() {
        for tool in OwnTool::ALL {
            assert!(!tool.name().contains("__"), "{tool:?}");
            assert_eq!(OwnTool::named(tool.name()), Some(tool));
        }
    }
}
