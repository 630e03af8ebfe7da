//! `get_thread`: a channel and a `ts` in, the message with its replies out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    archive::{self, Archive, position},
    message::Message,
};
use crate::server::{Effect, Fault, Tool};

pub(super) struct GetThread;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Channel the message was posted in, with or without the #.
    #[schemars(length(min = 1))]
    channel: String,
    /// The ts of the message, or of any reply in its thread.
    #[schemars(length(min = 1))]
    ts: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// The message with its thread.
    message: Message,
}

impl Tool<Archive> for GetThread {
    const NAME: &'static str = "get_thread";
    const TITLE: &'static str = "Get a thread";
    const DESCRIPTION: &'static str = "Get one message with all replies in its thread.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(archive: &Archive, input: Input) -> Result<Output, Fault> {
        let channels = archive.channels.read()?;
        let channel = &channels[position(&channels, &input.channel)?];
        let post = &channel.messages[archive::message(channel, &input.ts)?];
        Ok(Output { message: Message::new(&channel.name, post) })
    }
}
