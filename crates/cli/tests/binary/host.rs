//! A host of either era on the standard streams of a run, which answers what
//! it is asked.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::ChildStdout;

use serde_json::{Map, Value, json};

use crate::run::{Run, Running};

/// How often one call may be repeated with answers.
const ROUNDS: usize = 8;

/// One client, and the program it talks to.
pub(crate) struct Host {
    running: Running,
    lines: Lines<BufReader<ChildStdout>>,
    next_id: u64,
    modern: bool,
    capabilities: Value,
    /// What it answers, first to last.
    pub(crate) answers: Vec<Value>,
    /// What it was asked: whole requests, first to last.
    pub(crate) asked: Vec<Value>,
}

impl Host {
    /// Starts the program and introduces itself.
    pub(crate) fn start(run: Run, modern: bool, capabilities: Value) -> Self {
        let mut running = run.start_open();
        let lines = BufReader::new(running.child.stdout.take().unwrap()).lines();
        let (answers, asked) = (Vec::new(), Vec::new());
        let mut host = Self { running, lines, next_id: 0, modern, capabilities, answers, asked };
        if !modern {
            let info = json!({"name": "t", "version": "1"});
            let about = json!({"protocolVersion": "2025-06-18", "capabilities": host.capabilities, "clientInfo": info});
            host.request("initialize", about);
            host.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        }
        host
    }

    /// The directory that the program runs in.
    pub(crate) fn place(&self) -> &Path {
        self.running.place.path()
    }

    /// Calls a tool; its result.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.call_with(tool, arguments, json!({}))
    }

    /// Calls a tool with members of `_meta`; its result.
    pub(crate) fn call_with(&mut self, tool: &str, arguments: Value, meta: Value) -> Value {
        self.request("tools/call", json!({"name": tool, "arguments": arguments, "_meta": meta}))
    }

    /// Calls a tool, and again with answers for as long as it asks.
    pub(crate) fn call_answering(&mut self, tool: &str) -> Value {
        let mut params = json!({"name": tool, "arguments": {}, "_meta": {}});
        for _ in 0..ROUNDS {
            let result = self.request("tools/call", params.clone());
            if result["resultType"] != "input_required" {
                return result;
            }
            let mut responses = Map::new();
            for (key, asked) in result["inputRequests"].as_object().unwrap() {
                responses.insert(key.clone(), self.answer(asked.clone()));
            }
            params["inputResponses"] = responses.into();
            params["requestState"] = result["requestState"].clone();
        }
        panic!("it asks without end: {:?}", self.asked)
    }

    fn answer(&mut self, asked: Value) -> Value {
        let answer = self.answers.get(self.asked.len()).cloned();
        self.asked.push(asked);
        answer.unwrap_or_else(|| panic!("more is asked than expected: {:?}", self.asked))
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.running.child.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    fn request(&mut self, method: &str, mut params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        if self.modern {
            let meta = params["_meta"].as_object_mut().unwrap();
            meta.insert("io.modelcontextprotocol/protocolVersion".to_owned(), "2026-07-28".into());
            meta.insert("io.modelcontextprotocol/clientInfo".to_owned(), json!({"name": "t", "version": "1"}));
            meta.insert("io.modelcontextprotocol/clientCapabilities".to_owned(), self.capabilities.clone());
        }
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let line = self.lines.next().expect("the server answers").unwrap();
            let mut message: Value = serde_json::from_str(&line).unwrap();
            if message["method"].is_string() && message.get("id").is_some() {
                let result = self.answer(message.clone());
                self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
            } else if message["id"] == json!(id) {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].take();
            }
        }
    }

    /// Closes the input, as a client does when it is done.
    pub(crate) fn leave(mut self) {
        drop(self.running.child.stdin.take());
        assert_eq!(self.running.child.wait().unwrap().code(), Some(0));
    }
}
