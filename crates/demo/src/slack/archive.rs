//! The channels as they are stored, and the sentences for channels and
//! messages that do not exist.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{server::Fault, state::State};

/// All channels of the Slack workspace.
#[derive(Debug)]
pub(crate) struct Archive {
    pub(super) channels: State<Vec<Channel>>,
}

/// One channel and what was said in it, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(super) name: String,
    pub(super) topic: String,
    pub(super) members: Vec<String>,
    pub(super) messages: Vec<Post>,
}

/// A message of a channel with the replies to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Post {
    pub(super) ts: String,
    pub(super) user: String,
    pub(super) text: String,
    pub(super) thread: Vec<Reply>,
}

/// A message of a thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Reply {
    pub(super) ts: String,
    pub(super) user: String,
    pub(super) text: String,
}

impl Archive {
    pub(super) fn at(directory: &Path) -> Self {
        Self { channels: State::at(directory.join("channels.json")) }
    }
}

/// The channel called `name`, with or without `#`.
pub(super) fn position(channels: &[Channel], name: &str) -> Result<usize, Fault> {
    let wanted = name.trim_start_matches('#');
    channels.iter().position(|channel| channel.name.eq_ignore_ascii_case(wanted)).ok_or_else(|| {
        let known: Vec<String> = channels.iter().map(|c| format!("#{}", c.name)).collect();
        Fault::new(format!("there is no channel #{wanted}; the channels are {}", known.join(", ")))
    })
}

/// The message that `ts` names, or the one whose thread holds it.
pub(super) fn message(channel: &Channel, ts: &str) -> Result<usize, Fault> {
    let holds = |post: &Post| post.ts == ts || post.thread.iter().any(|reply| reply.ts == ts);
    channel.messages.iter().position(holds).ok_or_else(|| {
        let name = &channel.name;
        let message = format!("#{name} has no message {ts}; take the ts from search_messages");
        Fault::new(message)
    })
}
