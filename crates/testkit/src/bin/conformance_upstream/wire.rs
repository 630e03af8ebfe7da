//! Messages on the standard streams, one a line.

use std::collections::VecDeque;
use std::io::{BufRead, StdinLock, Write};

use serde_json::{Value, json};

/// The standard streams. Once one of them fails there is nobody to serve.
pub(crate) struct Wire {
    lines: std::io::Lines<StdinLock<'static>>,
    /// Came while something else was waited for.
    waiting: VecDeque<Value>,
    asked: u64,
}

impl Wire {
    pub(crate) fn new() -> Self {
        Self { lines: std::io::stdin().lock().lines(), waiting: VecDeque::new(), asked: 0 }
    }

    /// The next message; `None` when there will be none.
    pub(crate) fn next(&mut self) -> Option<Value> {
        if let Some(message) = self.waiting.pop_front() {
            return Some(message);
        }
        self.read()
    }

    fn read(&mut self) -> Option<Value> {
        loop {
            let line = self.lines.next()?.ok()?;
            if let Ok(message) = serde_json::from_str(&line) {
                return Some(message);
            }
        }
    }

    fn say(&self, message: &Value) {
        let mut out = std::io::stdout().lock();
        // Whoever does not read any more has no use for it.
        let _ = writeln!(out, "{message}").and_then(|()| out.flush());
    }

    /// Answers a request.
    pub(crate) fn answer(&self, id: &Value, result: &Value) {
        self.say(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
    }

    /// Turns a request down.
    pub(crate) fn refuse(&self, id: &Value, code: i64, message: &str, data: &Value) {
        self.say(&json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message, "data": data}}));
    }

    /// Tells something.
    pub(crate) fn tell(&self, method: &str, params: &Value) {
        self.say(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks something and waits for the answer: the result, or why there is
    /// none.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Result<Value, String> {
        self.asked += 1;
        let id = json!(format!("q{}", self.asked));
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.read().ok_or("nobody answers")?;
            if message["id"] == id && message.get("method").is_none() {
                return match message.get("result") {
                    Some(result) => Ok(result.clone()),
                    None => Err(message["error"]["message"].as_str().unwrap_or("no").to_owned()),
                };
            }
            self.waiting.push_back(message);
        }
    }
}
