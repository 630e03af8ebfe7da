//! The tools of the newer era whose calls become tasks.
//!
//! A task has no thread: how far it is follows from when it began.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::results;

/// What the suite expects to be there.
pub(crate) const TOOLS: [&str; 7] = [
    "greet",
    "slow_compute",
    "failing_job",
    "protocol_error_job",
    "confirm_delete",
    "multi_input",
    "test_tool_with_task",
];

/// The extension's name among the capabilities.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/tasks";

const MADE: &str = "2026-11-22T12:00:00Z";

/// What a request comes to: a result, or a code and why not.
pub(crate) type Came = Result<Value, (i64, &'static str)>;

/// The tasks, by id.
#[derive(Default)]
pub(crate) struct Tasks(BTreeMap<String, Task>);

struct Task {
    tool: String,
    begun: Instant,
    lasts: Duration,
    name: Value,
    cancelled: bool,
    answered: BTreeMap<String, Value>,
}

impl Task {
    fn asks(&self) -> Value {
        let form = |member: &str| {
            let schema = json!({"type": "object", "properties": {member: {"type": "boolean"}}});
            let params = json!({"mode": "form", "message": "Go on?", "requestedSchema": schema});
            json!({"method": "elicitation/create", "params": params})
        };
        let mut requests = match self.tool.as_str() {
            "confirm_delete" => json!({"confirm": form("confirm")}),
            "multi_input" => json!({"first": form("confirm"), "second": form("confirm")}),
            _ => json!({}),
        };
        if let Some(requests) = requests.as_object_mut() {
            requests.retain(|key, _| !self.answered.contains_key(key));
        }
        requests
    }

    fn shown(&self, id: &str) -> Value {
        let requests = self.asks();
        let mut shown = json!({
            "resultType": "complete", "taskId": id, "createdAt": MADE, "lastUpdatedAt": MADE,
            "ttlMs": 600_000, "pollIntervalMs": 100,
        });
        let status = match () {
            () if self.cancelled => "cancelled",
            () if self.begun.elapsed() < self.lasts => "working",
            () if requests != json!({}) => {
                shown["inputRequests"] = requests;
                "input_required"
            }
            () if self.tool == "protocol_error_job" => {
                shown["error"] = json!({"code": -32603, "message": "the job broke"});
                "failed"
            }
            () => {
                shown["result"] = results::said(&format!("{} is done, {}", self.tool, self.name));
                if self.tool == "failing_job" {
                    shown["result"]["isError"] = true.into();
                }
                "completed"
            }
        };
        shown["status"] = status.into();
        shown
    }
}

impl Tasks {
    /// Calls one of these tools; `None` where it is none of them.
    pub(crate) fn call(&mut self, tool: &str, params: &Value) -> Option<Came> {
        if !TOOLS.contains(&tool) {
            return None;
        }
        let (arguments, answers) = (&params["arguments"], &params["inputResponses"]);
        let name = &answers["user_name"]["content"]["name"];
        let seconds = arguments["seconds"].as_u64().unwrap_or(0);
        let can = &params["_meta"]["io.modelcontextprotocol/clientCapabilities"]["extensions"][EXTENSION];
        match tool {
            "greet" => {
                let name = arguments["name"].as_str().unwrap_or_default();
                return Some(Ok(results::said(&format!("Hello, {name}!"))));
            }
            "slow_compute" if seconds == 0 => return Some(Ok(results::said("done at once"))),
            "test_tool_with_task" if !name.is_string() => {
                let schema = json!({"type": "object", "properties": {"name": {"type": "string"}}});
                let params = json!({"message": "What is your name?", "requestedSchema": schema});
                let requests = json!({"user_name": {"method": "elicitation/create", "params": params}});
                let asks =
                    json!({"resultType": "input_required", "inputRequests": requests, "requestState": "with-task"});
                return Some(Ok(asks));
            }
            _ if !can.is_object() => return Some(Err((-32021, "this tool runs as a task"))),
            _ => {}
        }
        let lasts = match tool {
            "slow_compute" => Duration::from_secs(seconds),
            "failing_job" => Duration::from_secs(1),
            _ => Duration::from_millis(200),
        };
        let id = format!("task-{}", self.0.len() + 1);
        let (begun, answered) = (Instant::now(), BTreeMap::new());
        let task = Task { tool: tool.to_owned(), begun, lasts, name: name.clone(), cancelled: false, answered };
        let mut created = task.shown(&id);
        created["resultType"] = "task".into();
        self.0.insert(id, task);
        Some(Ok(created))
    }

    /// Answers a question after a task.
    pub(crate) fn asked(&mut self, method: &str, params: &Value) -> Came {
        let id = params["taskId"].as_str().unwrap_or_default();
        let task = self.0.get_mut(id).ok_or((-32602, "Task not found"))?;
        match method {
            "tasks/get" => Ok(task.shown(id)),
            "tasks/cancel" => {
                task.cancelled |= task.shown(id)["status"] != "completed";
                Ok(json!({}))
            }
            "tasks/update" => {
                let answers = params["inputResponses"].as_object().into_iter().flatten();
                task.answered.extend(answers.map(|(key, answer)| (key.clone(), answer.clone())));
                Ok(json!({}))
            }
            _ => Err((-32601, "Method not found")),
        }
    }
}
