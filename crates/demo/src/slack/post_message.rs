//! `post_message`: a channel and a text in, one message more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    archive::{self, Archive, Channel, Post, Reply, position},
    message::time,
};
use crate::{
    clock,
    server::{Effect, Fault, Tool},
};

/// Who the server posts as.
const ACTOR: &str = "demo-user";

pub(super) struct PostMessage;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Channel to post in, with or without the #.
    #[schemars(length(min = 1))]
    channel: String,
    /// Text of the message.
    #[schemars(length(min = 1))]
    text: String,
    /// The ts of the message to reply to. Leave out to start a new conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thread_ts: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Channel it was posted in, without the #.
    channel: String,
    /// Identifies the new message.
    ts: String,
    /// When it was posted.
    #[schemars(extend("format" = "date-time"))]
    time: String,
    /// The text as it was posted.
    text: String,
}

impl Tool<Archive> for PostMessage {
    const NAME: &'static str = "post_message";
    const TITLE: &'static str = "Post a message";
    const DESCRIPTION: &'static str =
        "Post a message to a channel, or a reply to a thread. Everybody in the channel sees it.";
    const EFFECT: Effect = Effect::Additive;
    type Input = Input;
    type Output = Output;

    fn call(archive: &Archive, input: Input) -> Result<Output, Fault> {
        if input.text.trim().is_empty() {
            return Err(Fault::new("the message is empty; give it a text"));
        }
        archive.channels.update(|channels| {
            let at = position(channels, &input.channel)?;
            post(&mut channels[at], input.text, input.thread_ts.as_deref())
        })
    }
}

fn post(channel: &mut Channel, text: String, thread: Option<&str>) -> Result<Output, Fault> {
    let now = clock::since_epoch();
    let ts = format!("{}.{:06}", now.as_secs(), now.subsec_micros());
    let user = ACTOR.to_owned();
    let output = Output { channel: channel.name.clone(), time: time(&ts), ts: ts.clone(), text: text.clone() };
    match thread {
        Some(parent) => {
            let at = archive::message(channel, parent)?;
            channel.messages[at].thread.push(Reply { ts, user, text });
        }
        None => channel.messages.push(Post { ts, user, text, thread: Vec::new() }),
    }
    Ok(output)
}
