//! A message as tools return it: with its thread, and with a time people can
//! read beside the `ts` that identifies it.

use schemars::JsonSchema;
use serde::Serialize;

use super::archive::{Post, Reply};
use crate::clock;

/// A message with its thread.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Message {
    /// Channel it was posted in, without the #.
    channel: String,
    /// Who wrote it.
    user: String,
    /// Identifies the message within its channel.
    ts: String,
    /// When it was written.
    #[schemars(extend("format" = "date-time"))]
    time: String,
    /// The text.
    text: String,
    /// The replies, oldest first.
    thread: Vec<ThreadReply>,
}

/// A reply in a thread.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ThreadReply {
    /// Who wrote it.
    user: String,
    /// Identifies the reply within its channel.
    ts: String,
    /// When it was written.
    #[schemars(extend("format" = "date-time"))]
    time: String,
    /// The text.
    text: String,
}

impl Message {
    pub(super) fn new(channel: &str, post: &Post) -> Self {
        Self {
            channel: channel.to_owned(),
            user: post.user.clone(),
            ts: post.ts.clone(),
            time: time(&post.ts),
            text: post.text.clone(),
            thread: post.thread.iter().map(ThreadReply::from).collect(),
        }
    }
}

impl From<&Reply> for ThreadReply {
    fn from(reply: &Reply) -> Self {
        Self { user: reply.user.clone(), ts: reply.ts.clone(), time: time(&reply.ts), text: reply.text.clone() }
    }
}

/// `1794996660.001100` → `2026-11-18T10:11:00Z`.
pub(super) fn time(ts: &str) -> String {
    let seconds = ts.split('.').next().unwrap_or_default();
    clock::rfc3339(seconds.parse().unwrap_or_default())
}
