//! Tools whose calls become tasks, in the way of either era.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::tools;
use crate::voice::Voice;

const INVALID_PARAMS: i64 = -32602;
const METHOD_NOT_FOUND: i64 = -32601;
const MISSING_CAPABILITY: i64 = -32021;
const EXTENSION: &str = "io.modelcontextprotocol/tasks";
const RELATED: &str = "io.modelcontextprotocol/related-task";
const MADE: &str = "2026-11-22T12:00:00Z";

/// The tasks of one server, by id.
#[derive(Default)]
pub(crate) struct Tasks {
    kept: BTreeMap<String, Task>,
    /// Who waits for the result of which task, by the id of a question.
    waiting: BTreeMap<String, (Value, String)>,
}

struct Task {
    begun: Instant,
    arguments: Value,
    legacy: bool,
    cancelled: bool,
    answers: Option<Value>,
    looks: u64,
}

impl Task {
    fn end(&self) -> &str {
        self.arguments["end"].as_str().unwrap_or("done")
    }

    fn status(&self) -> &'static str {
        let over = self.begun.elapsed() >= Duration::from_millis(self.arguments["ms"].as_u64().unwrap_or(0));
        match self.end() {
            _ if self.cancelled => "cancelled",
            "never" => "working",
            _ if !over => "working",
            "ask" | "ask twice" if self.answers.is_none() => "input_required",
            "failure" if self.legacy => "failed",
            "refusal" => "failed",
            "cancelled" => "cancelled",
            _ => "completed",
        }
    }

    fn question() -> Value {
        json!({"method": "elicitation/create", "params": {
            "message": "Which region?",
            "requestedSchema": {"type": "object", "properties": {"region": {"type": "string"}}},
        }})
    }

    /// The result, or the error.
    fn outcome(&self, id: &str) -> Result<Value, Value> {
        let mut result = match (self.end(), &self.answers) {
            ("refusal", _) => return Err(json!({"code": -32050, "message": "the ice is too thin"})),
            (_, Some(answers)) => tools::text(&answers.to_string()),
            _ => tools::text("the job is done"),
        };
        result["n"] = json!(9_007_199_254_740_993_u64);
        if self.end() == "failure" {
            result["isError"] = true.into();
        }
        if self.legacy {
            result["_meta"] = json!({RELATED: {"taskId": id}});
        }
        Ok(result)
    }

    fn shown(&self, id: &str) -> Value {
        let status = self.status();
        let mut shown = json!({
            "taskId": id,
            "status": status,
            "createdAt": MADE,
            "lastUpdatedAt": MADE,
        });
        let (ttl, interval) = if self.legacy { ("ttl", "pollInterval") } else { ("ttlMs", "pollIntervalMs") };
        shown[ttl] = 60_000.into();
        shown[interval] = self.arguments["interval"].as_u64().unwrap_or(50).into();
        if status == "working" {
            shown["statusMessage"] = format!("look {}", self.looks).into();
        }
        if self.legacy {
            return shown;
        }
        match (status, self.outcome(id)) {
            ("completed", Ok(result)) => shown["result"] = result,
            ("failed", Err(error)) => shown["error"] = error,
            ("input_required", _) => {
                shown["inputRequests"] = json!({"region": Task::question()});
                if self.end() == "ask twice" {
                    shown["inputRequests"]["again"] = Task::question();
                }
            }
            _ => {}
        }
        shown
    }
}

/// The tools, with what they say of tasks.
pub(crate) fn listed() -> [Value; 2] {
    let tool = |name: &str, support: &str| {
        let schema = json!({"type": "object", "properties": {
            "ms": {"type": "integer"}, "end": {"type": "string"}, "interval": {"type": "integer"},
        }});
        let annotations = json!({"readOnlyHint": true, "openWorldHint": false});
        json!({
            "name": name, "description": "Does a job.", "inputSchema": schema, "annotations": annotations,
            "execution": {"taskSupport": support},
        })
    };
    [tool("get_job", "required"), tool("get_choice", "optional")]
}

impl Tasks {
    /// Calls a tool: `get_job` only as a task, `get_choice` either way.
    pub(crate) fn call(&mut self, voice: &Voice, id: &Value, params: &Value, legacy: bool) {
        let can = &params["_meta"]["io.modelcontextprotocol/clientCapabilities"]["extensions"][EXTENSION];
        let as_task = if legacy { params["task"].is_object() } else { can.is_object() };
        if params["name"] == "get_choice" && !(legacy && as_task) {
            return voice.answer(id, tools::text("done at once"));
        }
        if !as_task {
            let code = if legacy { METHOD_NOT_FOUND } else { MISSING_CAPABILITY };
            return voice.refuse(id, code, "this tool runs as a task");
        }
        let name = format!("task-{}", self.kept.len() + 1);
        let (begun, arguments) = (Instant::now(), params["arguments"].clone());
        let task = Task { begun, arguments, legacy, cancelled: false, answers: None, looks: 0 };
        let mut shown = task.shown(&name);
        shown["status"] = "working".into();
        if let Some(shown) = shown.as_object_mut() {
            shown.retain(|member, _| !["result", "error", "inputRequests"].contains(&member.as_str()));
        }
        voice.note(&format!("began {name}"));
        if legacy {
            voice.answer(id, json!({"task": shown}));
            let told = json!({"progressToken": params["_meta"]["progressToken"], "progress": 0.5, "message": "begun"});
            voice.say(&json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": told}));
        } else {
            shown["resultType"] = "task".into();
            voice.answer(id, shown);
        }
        self.kept.insert(name, task);
    }

    /// Answers a question after a task.
    pub(crate) fn asked(&mut self, voice: &Voice, id: &Value, method: &str, params: &Value) {
        let name = params["taskId"].as_str().unwrap_or_default();
        voice.note(&format!("{method} of {name}"));
        let Some(task) = self.kept.get_mut(name).filter(|task| task.end() != "lost") else {
            return voice.refuse(id, INVALID_PARAMS, "Task not found");
        };
        let legacy = task.legacy;
        let kind = |mut result: Value| {
            if !legacy {
                result["resultType"] = "complete".into();
            }
            result
        };
        match method {
            "tasks/get" => {
                task.looks += 1;
                voice.answer(id, kind(task.shown(name)));
            }
            "tasks/cancel" => {
                task.cancelled = true;
                voice.answer(id, kind(if legacy { task.shown(name) } else { json!({}) }));
            }
            "tasks/update" if !legacy => {
                task.answers = Some(params["inputResponses"].clone());
                voice.answer(id, kind(json!({})));
            }
            "tasks/result" if legacy && task.status() == "input_required" => {
                let question = format!("about {name}");
                let mut asked = Task::question();
                asked["params"]["_meta"] = json!({RELATED: {"taskId": name}});
                asked["jsonrpc"] = "2.0".into();
                asked["id"] = json!(question);
                self.waiting.insert(question, (id.clone(), name.to_owned()));
                voice.say(&asked);
            }
            "tasks/result" if legacy => match task.outcome(name) {
                Ok(result) => voice.answer(id, result),
                Err(error) => voice.refuse(id, -32050, error["message"].as_str().unwrap_or_default()),
            },
            _ => voice.refuse(id, METHOD_NOT_FOUND, "Method not found"),
        }
    }

    /// Takes the answer to a question about a task; `false` where it is none.
    pub(crate) fn answered(&mut self, voice: &Voice, message: &Value) -> bool {
        let waiting = message["id"].as_str().and_then(|id| self.waiting.remove(id));
        let Some((id, name)) = waiting else { return false };
        if let Some(task) = self.kept.get_mut(&name) {
            task.answers = Some(json!({"region": message["result"]}));
            match task.outcome(&name) {
                Ok(result) => voice.answer(&id, result),
                Err(_) => voice.refuse(&id, -32050, "no"),
            }
        }
        true
    }
}
