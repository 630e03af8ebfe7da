//! What the server answers.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::asking;
use crate::flood;
use crate::mode::{Mode, Settings, Speaks};
use crate::shelf;
use crate::tasks::Tasks;
use crate::tools;
use crate::voice::Voice;

const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;

/// The server's state.
pub(crate) struct Server {
    voice: Voice,
    settings: Settings,
    initialized: bool,
    grown: usize,
    /// The id of the open `subscriptions/listen`.
    listener: Option<Value>,
    tasks: Tasks,
    cancelled: Arc<Mutex<BTreeSet<String>>>,
}

impl Server {
    pub(crate) fn new(voice: Voice, settings: Settings) -> Self {
        voice.note(&format!("started {}", std::process::id()));
        Self {
            voice,
            settings,
            initialized: false,
            grown: 0,
            listener: None,
            tasks: Tasks::default(),
            cancelled: Arc::default(),
        }
    }

    /// Takes one line; a status when it is time to end.
    pub(crate) fn hear(&mut self, line: &str) -> Option<u8> {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            self.voice.note("unreadable");
            return None;
        };
        let method = message["method"].as_str().unwrap_or("answer").to_owned();
        self.voice.note(&format!("{method} {}", message["id"]));
        if self.settings.is(Mode::Silent) {
            return None;
        }
        let (id, params) = (&message["id"], &message["params"]);
        match method.as_str() {
            "server/discover" => return self.discover(id, params),
            "initialize" => self.initialize(id),
            "notifications/cancelled" => {
                self.voice.note(&format!("cancelled {}", params["requestId"]));
                let mut cancelled = self.cancelled.lock().unwrap_or_else(PoisonError::into_inner);
                cancelled.insert(params["requestId"].to_string());
            }
            "tools/list" if self.settings.is(Mode::SilentOnList) => {}
            "tools/list" if self.settings.is(Mode::LargeTools) => flood::large(id, params["cursor"].as_str()),
            "tools/list" if self.knows(id, params) => {
                self.voice.answer(id, tools::page(&self.settings, self.grown, params["cursor"].as_str()));
            }
            "tools/call" if self.knows(id, params) => return self.call(id, params),
            "subscriptions/listen" => {
                self.listener = Some(id.clone());
                self.voice.note(&format!("listen {}", params["notifications"]));
                let meta = json!({"io.modelcontextprotocol/subscriptionId": id});
                let params = json!({"notifications": params["notifications"], "_meta": meta});
                let method = "notifications/subscriptions/acknowledged";
                self.voice.say(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
            }
            _ if id.is_null() => {}
            _ if message.get("method").is_none() && self.tasks.answered(&self.voice, &message) => {}
            _ if message.get("method").is_none() => asking::answered(&self.voice, &message),
            "tools/list" | "tools/call" => {}
            about if about.starts_with("tasks/") && self.settings.is(Mode::Tasks) && self.knows(id, params) => {
                self.tasks.asked(&self.voice, id, about, params);
            }
            offered if self.settings.is(Mode::Shelf) && self.knows(id, params) => {
                self.voice
                    .note(&format!("{offered} {}", params["uri"].as_str().or(params["level"].as_str()).unwrap_or("")));
                match shelf::answer(offered, params, self.grown) {
                    Some(answer) => self.voice.answer(id, answer),
                    None => self.voice.refuse(id, METHOD_NOT_FOUND, &format!("no method {offered}")),
                }
            }
            other => self.voice.refuse(id, METHOD_NOT_FOUND, &format!("no method {other}")),
        }
        None
    }

    fn discover(&self, id: &Value, params: &Value) -> Option<u8> {
        if self.settings.is(Mode::ExitOnDiscover) {
            eprintln("what is server/discover?");
            return Some(4);
        }
        if self.settings.is(Mode::SilentOnDiscover) {
            return None;
        }
        if self.settings.speaks == Speaks::Legacy {
            self.voice.refuse(id, METHOD_NOT_FOUND, "Method not found");
        } else if params["_meta"]["io.modelcontextprotocol/protocolVersion"] != "2026-07-28" {
            self.voice.refuse(id, -32022, "Unsupported protocol version");
        } else {
            self.voice.answer(
                id,
                json!({
                    "resultType": "complete",
                    "supportedVersions": ["2026-07-28"],
                    "capabilities": self.capabilities(),
                    "instructions": "Use it for tests.",
                    "ttlMs": 0,
                    "cacheScope": "private",
                    "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "test-upstream", "version": "1.0"}},
                }),
            );
        }
        None
    }

    fn initialize(&mut self, id: &Value) {
        if self.settings.speaks == Speaks::Modern {
            self.voice.refuse(id, METHOD_NOT_FOUND, "Method not found");
            return;
        }
        self.initialized = true;
        let info = json!({"name": "test-upstream", "version": "1.0", "title": "Test upstream"});
        let capabilities = self.capabilities();
        let result =
            json!({"protocolVersion": self.settings.revision, "capabilities": capabilities, "serverInfo": info});
        self.voice.answer(id, result);
    }

    fn capabilities(&self) -> Value {
        let changes = self.settings.is(Mode::ListChanged);
        let mut capabilities = json!({"tools": {"listChanged": changes}});
        if self.settings.is(Mode::Shelf) {
            capabilities["resources"] = json!({"listChanged": changes, "subscribe": true});
            capabilities["prompts"] = json!({});
            capabilities["completions"] = json!({});
            capabilities["logging"] = json!({});
        }
        if self.settings.is(Mode::Tasks) && self.initialized {
            capabilities["tasks"] = json!({"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}});
        } else if self.settings.is(Mode::Tasks) {
            capabilities["extensions"] = json!({"io.modelcontextprotocol/tasks": {}});
        }
        capabilities
    }

    /// Whether the request may be served: after a handshake, or with its own
    /// context.
    fn knows(&self, id: &Value, params: &Value) -> bool {
        let modern = params["_meta"]["io.modelcontextprotocol/protocolVersion"] == "2026-07-28";
        let known = self.initialized || modern && self.settings.speaks != Speaks::Legacy;
        if !known {
            self.voice.refuse(id, -32600, "not initialized");
        }
        known
    }

    fn call(&mut self, id: &Value, params: &Value) -> Option<u8> {
        if self.settings.is(Mode::HangOnCall) {
            return None;
        }
        if self.settings.is(Mode::DieMidCall) {
            eprintln("fatal: the disk is on fire");
            return Some(1);
        }
        if self.settings.is(Mode::HugeLine) {
            flood::flood(&self.voice, id, &json!({"kind": "answer"}));
            return None;
        }
        if self.settings.is(Mode::AskBack) {
            let question = json!({"method": "elicitation/create", "params": {"message": "Which region?"}});
            let result = json!({"resultType": "input_required", "inputRequests": {"region": question}});
            self.voice.answer(id, result);
            return None;
        }
        if self.settings.is(Mode::ServerRequests) {
            self.voice.say(&json!({"jsonrpc": "2.0", "id": "own-1", "method": "ping"}));
            self.voice.say(&json!({"jsonrpc": "2.0", "id": "own-2", "method": "sampling/createMessage", "params": {}}));
        }
        let arguments = &params["arguments"];
        match params["name"].as_str().unwrap_or_default() {
            "get_echo" => self.voice.answer(id, tools::text(arguments["text"].as_str().unwrap_or_default())),
            "get_odd" => self.voice.answer(id, tools::odd()),
            "get_failure" => {
                let mut result = tools::text("the ice is too thin");
                result["isError"] = true.into();
                self.voice.answer(id, result);
            }
            "get_raw" => flood::raw(id, arguments),
            "get_flood" => {
                let mut arguments = arguments.clone();
                arguments["token"] = params["_meta"]["progressToken"].clone();
                flood::flood(&self.voice, id, &arguments);
            }
            "get_open_files" => {
                let open = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
                let named = open.filter_map(|file| Some((file.file_name(), std::fs::read_link(file.path()).ok()?)));
                let named: Vec<String> = named.map(|(number, to)| format!("{number:?} {}", to.display())).collect();
                self.voice.answer(id, tools::text(&json!(named).to_string()));
            }
            "get_environment" => {
                let names: Vec<String> =
                    std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
                self.voice.answer(id, tools::text(&json!(names).to_string()));
            }
            "count" => self.count(id, &params["_meta"]["progressToken"], arguments["to"].as_u64().unwrap_or(0)),
            "wait" => self.wait(id.clone(), arguments["ms"].as_u64().unwrap_or(0)),
            "grow" => self.grow(id),
            "get_asked" => asking::ask(&self.voice, id, params, !self.initialized),
            "get_job" | "get_choice" => self.tasks.call(&self.voice, id, params, self.initialized),
            "get_logged" => {
                let said = json!({"level": "info", "data": {"did": "log", "n": 1.5}});
                self.voice.say(&json!({"jsonrpc": "2.0", "method": "notifications/message", "params": said}));
                self.voice.answer(id, tools::text(&params["_meta"].to_string()));
            }
            "touch" => {
                self.voice.answer(id, tools::text("touched"));
                let params = json!({"uri": arguments["uri"]});
                self.voice
                    .say(&json!({"jsonrpc": "2.0", "method": "notifications/resources/updated", "params": params}));
            }
            name if name.starts_with("get_") => self.voice.answer(id, tools::text(name)),
            name => self.voice.refuse(id, INVALID_PARAMS, &format!("no tool {name}")),
        }
        None
    }

    fn count(&self, id: &Value, token: &Value, to: u64) {
        for i in 1..=to {
            let params = json!({"progressToken": token, "progress": i, "total": to, "message": format!("at {i}")});
            self.voice.say(&json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}));
        }
        self.voice.answer(id, tools::text(&format!("counted to {to}")));
    }

    fn wait(&self, id: Value, ms: u64) {
        let (voice, cancelled) = (self.voice.clone(), Arc::clone(&self.cancelled));
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(ms));
            let stopped = cancelled.lock().unwrap_or_else(PoisonError::into_inner).contains(&id.to_string());
            // A late answer is sent all the same, so that clients can be seen to drop it.
            voice.note(if stopped { "answering too late" } else { "answering" });
            voice.answer(&id, tools::text("done waiting"));
        });
    }

    fn grow(&mut self, id: &Value) {
        self.grown += 1;
        let params = match &self.listener {
            Some(listener) => json!({"_meta": {"io.modelcontextprotocol/subscriptionId": listener}}),
            None => json!({}),
        };
        self.voice.answer(id, tools::text("grown"));
        self.voice.say(&json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed", "params": params}));
        if self.settings.is(Mode::Shelf) {
            self.voice.say(&json!({"jsonrpc": "2.0", "method": "notifications/resources/list_changed"}));
        }
    }
}

fn eprintln(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
