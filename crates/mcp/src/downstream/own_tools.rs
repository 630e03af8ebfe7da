//! The tools that are ours: what each takes and gives.

use serde_json::{Value, json};

use super::orchestra::Exposure;

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
    ReadResult,
    Resume,
}

impl OwnTool {
    /// In the order in which they are listed.
    pub(crate) const ALL: [Self; 7] =
        [Self::Ask, Self::Plan, Self::RunPlan, Self::FindTools, Self::CallTool, Self::ReadResult, Self::Resume];

    /// Whether lists show it.
    pub(crate) fn is_shown(self, exposure: Exposure) -> bool {
        let finds = matches!(self, Self::FindTools | Self::CallTool | Self::ReadResult | Self::Resume);
        finds || exposure != Exposure::Search
    }

    /// Whether it may take so long that its call may become a task.
    pub(crate) fn may_defer(self) -> bool {
        matches!(self, Self::Ask | Self::RunPlan | Self::CallTool | Self::Resume)
    }

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
            Self::ReadResult => "read_result",
            Self::Resume => "resume",
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
        if self.may_defer() {
            definition["execution"] = json!({"taskSupport": "optional"});
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
            Self::ReadResult => "Read on in a result",
            Self::Resume => "Go on after a question",
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
            Self::ReadResult => {
                "Reads on in a result that was too long to give whole, by the handle that came with it."
            }
            Self::Resume => {
                "Goes on with an outcome that asked something, by its `resume`: with an answer, or without one if calls \
                 were let through elsewhere meanwhile. It works once."
            }
        }
    }

    /// JSON Schema of what it takes.
    pub(crate) fn input_schema(self) -> Value {
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
            Self::ReadResult => {
                let from = json!({"type": "integer", "minimum": 0, "default": 0});
                (json!({"handle": {"type": "string", "minLength": 1}, "from": from}), vec!["handle"])
            }
            Self::Resume => {
                let choice = json!({"type": "integer", "minimum": 0, "description": "Which option, counted from 0."});
                let values = json!({"type": "object", "description": "What was asked for, by name."});
                let resume = json!({"type": "string", "minLength": 1, "description": "As the outcome gave it."});
                (json!({"resume": resume, "choice": choice, "values": values}), vec!["resume"])
            }
        };
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
    }

    /// `call_tool` gives what the tool gives, so it promises nothing.
    fn output_schema(self) -> Option<Value> {
        match self {
            Self::Ask | Self::RunPlan | Self::Resume => Some(outcome_schema()),
            Self::Plan | Self::ReadResult => Some(json!({"type": "object"})),
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
            Self::Plan | Self::FindTools | Self::ReadResult => {
                json!({"readOnlyHint": true, "idempotentHint": true, "openWorldHint": false})
            }
            Self::Ask => json!({"readOnlyHint": false, "destructiveHint": false, "openWorldHint": true}),
            Self::RunPlan | Self::CallTool | Self::Resume => {
                json!({"readOnlyHint": false, "destructiveHint": true, "openWorldHint": true})
            }
        }
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
    fn no_name_of_ours_can_be_an_upstream_tools() {
        for tool in OwnTool::ALL {
            assert!(!tool.name().contains("__"), "{tool:?}");
            assert_eq!(OwnTool::named(tool.name()), Some(tool));
        }
    }
}
