//! A client of the front door, written by hand: one JSON message a line.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};
use tokio::time::timeout;

/// One end of a front door's streams.
pub(crate) struct LineClient {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    out: WriteHalf<DuplexStream>,
    id: u64,
    modern: bool,
    /// What it asks for where it opens with a handshake.
    pub(crate) revision: String,
    /// What it declares that it can do.
    pub(crate) capabilities: Value,
    /// What it answers to every question.
    pub(crate) answer: Value,
    /// Every question it was asked, oldest first.
    pub(crate) asked: Vec<Value>,
    /// Every notification that came, oldest first.
    pub(crate) heard: Vec<Value>,
}

/// The context a modern request carries.
pub(crate) fn modern_meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

impl LineClient {
    pub(crate) fn new(stream: DuplexStream, modern: bool) -> Self {
        let (read, out) = tokio::io::split(stream);
        let (lines, capabilities, answer) = (BufReader::new(read).lines(), json!({}), json!({}));
        let (revision, asked, heard) = ("2025-06-18".to_owned(), Vec::new(), Vec::new());
        Self { lines, out, id: 0, modern, revision, capabilities, answer, asked, heard }
    }

    /// Introduces itself in its era's way; what the server says of itself.
    pub(crate) async fn introduce(&mut self) -> Value {
        if self.modern {
            return self.ask("server/discover", json!({})).await;
        }
        let info = json!({"name": "test", "version": "1"});
        let params = json!({"protocolVersion": self.revision, "capabilities": self.capabilities, "clientInfo": info});
        let introduced = self.ask("initialize", params).await;
        self.tell("notifications/initialized", json!({})).await;
        introduced
    }

    /// Sends a request; its id.
    pub(crate) async fn send(&mut self, method: &str, mut params: Value) -> u64 {
        self.id += 1;
        if self.modern {
            let mut meta = modern_meta();
            meta["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
            meta["progressToken"] = params["_meta"]["progressToken"].clone();
            if meta["progressToken"].is_null() {
                meta.as_object_mut().expect("an object").remove("progressToken");
            }
            params["_meta"] = meta;
        }
        self.write(&json!({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params})).await;
        self.id
    }

    /// Sends a notification.
    pub(crate) async fn tell(&mut self, method: &str, params: Value) {
        self.write(&json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    async fn write(&mut self, message: &Value) {
        self.out.write_all(format!("{message}\n").as_bytes()).await.expect("the server reads");
    }

    /// The next message, within ten seconds.
    pub(crate) async fn next(&mut self) -> Value {
        let line = timeout(Duration::from_secs(10), self.lines.next_line()).await.expect("an answer in time");
        serde_json::from_str(&line.expect("a line").expect("the stream is open")).expect("JSON")
    }

    /// Sends a request and waits for its answer, whole.
    pub(crate) async fn exchange(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        loop {
            let message = self.next().await;
            if message["id"] == id && message["method"].is_null() {
                return message;
            }
            if message["method"].is_string() && !message["id"].is_null() {
                let answer = json!({"jsonrpc": "2.0", "id": message["id"], "result": self.answer});
                self.asked.push(message);
                self.write(&answer).await;
                continue;
            }
            self.heard.push(message);
        }
    }

    /// The result of a request; panics when it is refused.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.exchange(method, params).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Calls a tool; its result.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": tool, "arguments": arguments})).await
    }
}
