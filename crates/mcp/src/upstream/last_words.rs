//! The end of what a child process wrote to its standard error.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::excerpt::excerpt;

/// How much of a server's standard error is kept, in bytes: the newest.
const MAX_KEPT_BYTES: usize = 8 * 1024;

/// Lines of it that go into a message.
const SHOWN_LINES: usize = 3;

/// The newest bytes a server wrote to its standard error. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastWords(Arc<Mutex<VecDeque<u8>>>);

impl LastWords {
    /// Reads until the stream ends, so that the server never blocks on it,
    /// and keeps the end.
    pub(crate) async fn listen(self, mut stream: impl AsyncRead + Unpin) {
        let mut chunk = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut chunk).await {
            self.keep(&chunk[..read]);
        }
    }

    /// Forgets everything: a new process speaks for itself.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn keep(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let surplus = kept.len().saturating_sub(MAX_KEPT_BYTES);
        kept.drain(..surplus);
    }

    /// Everything kept, as text.
    pub(crate) fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (front, back) = kept.as_slices();
        String::from_utf8_lossy(&[front, back].concat()).into_owned()
    }

    /// The last lines on one line; `None` when nothing was said.
    pub(crate) fn shown(&self) -> Option<String> {
        let text = self.text();
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = lines[lines.len().saturating_sub(SHOWN_LINES)..].join(" / ");
        (!last.is_empty()).then(|| excerpt(&last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_is_kept_however_much_is_said() {
        let words = LastWords::default();
        let flood = "noise\n".repeat(100_000) + "warning: low\n\nfatal: no such database\n";
        words.clone().listen(flood.as_bytes()).await;
        assert_eq!(words.text().len(), MAX_KEPT_BYTES);
        assert_eq!(words.shown().unwrap(), "noise / warning: low / fatal: no such database");
        assert_eq!(LastWords::default().shown(), None);
    }
}
