//! What the server says, and what it notes down.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::mode::{Mode, Settings};

/// Standard output and the log. Clones share both.
#[derive(Clone)]
pub(crate) struct Voice {
    noisy: bool,
    log: Option<Arc<Mutex<File>>>,
}

impl Voice {
    pub(crate) fn new(settings: &Settings) -> Self {
        let open = |path| OpenOptions::new().create(true).append(true).open(path).ok();
        let log = settings.log.as_ref().and_then(open).map(|file| Arc::new(Mutex::new(file)));
        Self { noisy: settings.is(Mode::Noise), log }
    }

    /// One message, whole.
    pub(crate) fn say(&self, message: &Value) {
        let mut out = std::io::stdout().lock();
        if self.noisy {
            let _ = out.write_all(b"Listening on stdio\xff\xfe\n{\"half\": \n\n[1, 2]\n42\n");
        }
        // A client that is gone needs no answer.
        let _ = writeln!(out, "{message}");
        let _ = out.flush();
    }

    pub(crate) fn answer(&self, id: &Value, result: Value) {
        self.say(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
    }

    pub(crate) fn refuse(&self, id: &Value, code: i64, message: &str) {
        self.say(&json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}));
    }

    /// The same announcement, as fast as it is read, without end.
    pub(crate) fn storm(self) {
        let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
        std::thread::spawn(move || {
            loop {
                self.say(&changed);
            }
        });
    }

    /// One line in the log.
    pub(crate) fn note(&self, line: &str) {
        if let Some(log) = &self.log {
            let mut log = log.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let _ = writeln!(log, "{line}");
        }
    }
}
