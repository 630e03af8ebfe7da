//! What a human is asked before a query can go on.

use catalog::{Parameter, Tool, ToolRef};
use policy::CallToApprove;
use route::Candidate;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A question, and everything needed to answer it.
#[derive(Clone, Debug)]
pub enum InputRequired {
    /// The words could mean several servers.
    Clarify {
        /// The question.
        question: String,
        /// The readings, likeliest first.
        options: Vec<Choice>,
    },
    /// Calls wait for a human's word.
    Approve {
        /// The question.
        question: String,
        /// The calls, with their arguments as they would leave.
        calls: Vec<CallToApprove>,
        /// The whole plan, as people read it.
        explain: String,
    },
    /// A tool needs what the words do not say.
    Argument {
        /// The question.
        question: String,
        /// The tool.
        tool: ToolRef,
        /// JSON Schema of an object with what is missing.
        schema: Value,
        /// What is known already, by parameter name.
        known: Vec<(String, Value)>,
    },
}

/// One reading of an ambiguous query.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// The tool it would call.
    pub tool: ToolRef,
    /// The reading in words.
    pub label: String,
    /// The query to ask instead: it says which is meant.
    pub query: String,
}

impl InputRequired {
    /// A question that a planner asks in its own words.
    pub(crate) fn clarify(question: String) -> Self {
        Self::Clarify { question, options: Vec::new() }
    }

    /// Which of several servers is meant by a part of the query.
    pub(crate) fn between(query: &str, clause: &str, options: &[Candidate]) -> Self {
        let choice = |candidate: &Candidate| {
            let tool = &candidate.tool;
            let said = format!("{} in {}", clause.trim_end_matches(['?', '.', '!']), tool.reference.server);
            Choice {
                tool: tool.reference.clone(),
                label: format!("{}: {}", tool.reference.server, tool.purpose()),
                query: query.replacen(clause, &said, 1),
            }
        };
        let names: Vec<String> = options.iter().map(|option| option.tool.reference.server.to_string()).collect();
        let question = format!("\"{clause}\" could mean {}. Which one?", listed(&names, "or"));
        Self::Clarify { question, options: options.iter().map(choice).collect() }
    }

    /// What a tool needs that the words do not say.
    pub(crate) fn argument(clause: &str, tool: &Tool, missing: &[Parameter], known: Vec<(String, Value)>) -> Self {
        let names: Vec<String> = missing.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
        let properties: Map<String, Value> =
            missing.iter().map(|parameter| (parameter.name.clone(), parameter.schema.clone())).collect();
        let required: Vec<&str> = missing.iter().map(|parameter| parameter.name.as_str()).collect();
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        let question = format!(
            "for \"{clause}\", `{}` needs {}, which the query does not say",
            tool.reference,
            listed(&names, "and")
        );
        Self::Argument { question, tool: tool.reference.clone(), schema, known }
    }

    /// Whether these calls may leave.
    pub(crate) fn approve(calls: Vec<CallToApprove>, explain: String) -> Self {
        let tools: Vec<String> = calls.iter().map(|asked| format!("`{}`", asked.call.tool.reference)).collect();
        let question = format!("may {} be called?", listed(&tools, "and"));
        Self::Approve { question, calls, explain }
    }
}

/// "a", "a or b", "a, b or c".
fn listed(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}
