//! The server of the newer era: every request stands for itself, and what the
//! server wants to know comes with the next one.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::tasks::{self, Tasks};
use crate::wire::Wire;
use crate::{lists, results};

/// Between two things a tool says.
const PAUSE: Duration = Duration::from_millis(50);

/// The code for parameters that do not fit.
const INVALID_PARAMS: i64 = -32602;

/// The code for an ability that the client does not have.
const MISSING_CAPABILITY: i64 = -32021;

const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// Tools of this era alone.
const TOOLS: [&str; 12] = [
    "test_missing_capability",
    "test_streaming_elicitation",
    "test_trigger_tool_change",
    "test_trigger_prompt_change",
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_multi_round",
    "test_input_required_result_tampered_state",
    "test_input_required_result_capabilities",
];

/// What a request comes to.
enum Came {
    Result(Value),
    Refused(i64, &'static str, Value),
}

impl Came {
    fn of_task(came: tasks::Came) -> Self {
        match came {
            Ok(result) => Self::Result(result),
            Err((code, why)) => Self::Refused(code, why, Value::Null),
        }
    }
}

fn capabilities() -> Value {
    let mut capabilities = lists::capabilities();
    capabilities["extensions"] = json!({tasks::EXTENSION: {}});
    capabilities
}

/// What of its lists changes, by the calls that change it.
#[derive(Default)]
struct Grown {
    tools: usize,
    prompts: usize,
    listener: Option<Value>,
    tasks: Tasks,
}

/// Serves until nobody is there any more.
pub(crate) fn serve(wire: &mut Wire) {
    let mut grown = Grown::default();
    while let Some(message) = wire.next() {
        let (id, params) = (&message["id"], &message["params"]);
        let Some(method) = message["method"].as_str() else { continue };
        if id.is_null() {
            continue;
        }
        let came = match method {
            "subscriptions/listen" => {
                grown.listener = Some(id.clone());
                let meta = json!({"io.modelcontextprotocol/subscriptionId": id});
                let params = json!({"notifications": params["notifications"], "_meta": meta});
                wire.tell("notifications/subscriptions/acknowledged", &params);
                continue;
            }
            "tools/call" => call(wire, params, &mut grown),
            about if about.starts_with("tasks/") => Came::of_task(grown.tasks.asked(about, params)),
            _ => asked(method, params, &grown),
        };
        match came {
            Came::Result(mut result) => {
                if result.get("resultType").is_none() {
                    result["resultType"] = "complete".into();
                }
                wire.answer(id, &result);
            }
            Came::Refused(code, message, data) => wire.refuse(id, code, message, &data),
        }
    }
}

fn asked(method: &str, params: &Value, grown: &Grown) -> Came {
    let kept = |mut result: Value| {
        result["ttlMs"] = 1_000.into();
        result["cacheScope"] = "public".into();
        Came::Result(result)
    };
    match method {
        "server/discover" => kept(json!({
            "supportedVersions": ["2026-07-28"],
            "capabilities": capabilities(),
            "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "conformance-upstream", "version": "1.0"}},
        })),
        "tools/list" => {
            let more: Vec<String> = (0..grown.tools).map(|i| format!("test_grown_{i}")).collect();
            let names: Vec<&str> =
                TOOLS.into_iter().chain(tasks::TOOLS).chain(more.iter().map(String::as_str)).collect();
            kept(lists::tools(&names))
        }
        "resources/list" => kept(lists::resources()),
        "resources/templates/list" => kept(lists::templates()),
        "prompts/list" => {
            let more: Vec<String> = (0..grown.prompts).map(|i| format!("test_grown_{i}")).collect();
            let own = ["test_input_required_result_prompt"];
            let names: Vec<&str> = own.into_iter().chain(more.iter().map(String::as_str)).collect();
            kept(lists::prompts(&names))
        }
        "resources/read" => match results::contents(params["uri"].as_str().unwrap_or_default()) {
            Some(contents) => kept(contents),
            None => Came::Refused(INVALID_PARAMS, "Resource not found", json!({"uri": params["uri"]})),
        },
        "prompts/get" if params["name"] == "test_input_required_result_prompt" => {
            let context = &params["inputResponses"]["user_context"]["content"]["context"];
            match context.as_str() {
                Some(context) => {
                    let content = results::text(&format!("In the context of {context}"));
                    Came::Result(json!({"messages": [{"role": "user", "content": content}]}))
                }
                None => {
                    questions(json!({"user_context": form("What context should the prompt use?", "context")}), None)
                }
            }
        }
        "prompts/get" => {
            let name = params["name"].as_str().unwrap_or_default();
            let messages = results::messages(name, &params["arguments"]);
            messages.map_or(Came::Refused(INVALID_PARAMS, "no such prompt", Value::Null), Came::Result)
        }
        "completion/complete" => {
            Came::Result(json!({"completion": {"values": ["test"], "total": 1, "hasMore": false}}))
        }
        _ => Came::Refused(-32601, "Method not found", Value::Null),
    }
}

fn call(wire: &Wire, params: &Value, grown: &mut Grown) -> Came {
    let tool = params["name"].as_str().unwrap_or_default();
    if let Some(result) = results::plain(tool) {
        return Came::Result(result);
    }
    if let Some(came) = grown.tasks.call(tool, params) {
        return Came::of_task(came);
    }
    let (answers, state) = (&params["inputResponses"], params["requestState"].as_str());
    let can = &params["_meta"][CAPABILITIES];
    match tool {
        "test_tool_with_progress" => {
            for progress in [0, 50, 100] {
                if let Some(token) = params["_meta"].get("progressToken") {
                    let params = json!({"progressToken": token, "progress": progress, "total": 100});
                    wire.tell("notifications/progress", &params);
                }
                sleep(PAUSE);
            }
        }
        "test_logging_tool" => {
            if params["_meta"].get("io.modelcontextprotocol/logLevel").is_some() {
                wire.tell("notifications/message", &json!({"level": "info", "data": "working"}));
            }
        }
        "test_missing_capability" => {
            if can.get("sampling").is_none() {
                let data = json!({"requiredCapabilities": {"sampling": {}}});
                return Came::Refused(MISSING_CAPABILITY, "this takes sampling", data);
            }
        }
        "test_streaming_elicitation" if !answers["user_name"].is_object() => {
            return questions(json!({"user_name": form("What is your name?", "name")}), None);
        }
        "test_trigger_tool_change" => {
            grown.tools += 1;
            changed(wire, grown, "notifications/tools/list_changed");
        }
        "test_trigger_prompt_change" => {
            grown.prompts += 1;
            changed(wire, grown, "notifications/prompts/list_changed");
        }
        _ => return rounds(tool, answers, state, can),
    }
    Came::Result(results::said("done"))
}

fn changed(wire: &Wire, grown: &Grown, method: &str) {
    let meta = json!({"io.modelcontextprotocol/subscriptionId": grown.listener});
    wire.tell(method, &json!({"_meta": meta}));
}

/// The tools that want answers before they finish.
fn rounds(tool: &str, answers: &Value, state: Option<&str>, can: &Value) -> Came {
    let accepted = |key: &str, member: &str| answers[key]["content"].get(member).is_some();
    let done = |words: &str| Came::Result(results::said(words));
    let confirm = || {
        json!({"confirm": {"method": "elicitation/create", "params": {
            "message": "Please confirm",
            "requestedSchema": {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]},
        }}})
    };
    match tool {
        "test_input_required_result_elicitation" => match answers["user_name"]["content"]["name"].as_str() {
            Some(name) => done(&format!("Hello, {name}!")),
            None => questions(json!({"user_name": form("What is your name?", "name")}), None),
        },
        "test_input_required_result_sampling" => match answers["capital_question"]["content"]["text"].as_str() {
            Some(text) => done(text),
            None => questions(json!({"capital_question": sampling("What is the capital of France?", 100)}), None),
        },
        "test_input_required_result_list_roots" => match answers["client_roots"]["roots"].as_array() {
            Some(roots) => done(&json!(roots).to_string()),
            None => questions(json!({"client_roots": {"method": "roots/list", "params": {}}}), None),
        },
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => match state {
            Some("confirming") if accepted("confirm", "ok") => done("state-ok"),
            None => questions(confirm(), Some("confirming")),
            Some(_) => Came::Refused(INVALID_PARAMS, "this state is not ours", Value::Null),
        },
        "test_input_required_result_multiple_inputs" => {
            let complete = state == Some("several")
                && ["user_name", "greeting", "client_roots"].iter().all(|key| answers[key].is_object());
            let requests = json!({
                "user_name": form("What is your name?", "name"),
                "greeting": sampling("Generate a greeting", 50),
                "client_roots": {"method": "roots/list", "params": {}},
            });
            if complete { done("all there") } else { questions(requests, Some("several")) }
        }
        "test_input_required_result_multi_round" => match state {
            Some("round-2") if accepted("step2", "color") => done("both rounds"),
            Some("round-1") if accepted("step1", "name") => {
                questions(json!({"step2": form("Step 2: What is your favorite color?", "color")}), Some("round-2"))
            }
            _ => questions(json!({"step1": form("Step 1: What is your name?", "name")}), Some("round-1")),
        },
        "test_input_required_result_capabilities" => {
            let mut requests = json!({});
            if can.get("sampling").is_some() {
                requests["sample"] = sampling("Say something", 10);
            }
            if can.get("elicitation").is_some() {
                requests["form"] = form("Say something", "words");
            }
            questions(requests, None)
        }
        _ => Came::Refused(INVALID_PARAMS, "no such tool", Value::Null),
    }
}

fn questions(requests: Value, state: Option<&str>) -> Came {
    let mut result = json!({"resultType": "input_required", "inputRequests": requests});
    if let Some(state) = state {
        result["requestState"] = state.into();
    }
    Came::Result(result)
}

fn form(message: &str, member: &str) -> Value {
    let schema = json!({"type": "object", "properties": {member: {"type": "string"}}, "required": [member]});
    json!({"method": "elicitation/create", "params": {"message": message, "requestedSchema": schema}})
}

fn sampling(words: &str, tokens: u32) -> Value {
    let message = json!({"role": "user", "content": results::text(words)});
    json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": tokens}})
}
