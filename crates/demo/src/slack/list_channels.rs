//! `list_channels`: nothing in, the channels out.

use schemars::JsonSchema;
use serde::Serialize;

use super::archive::{Archive, Channel};
use crate::server::{Effect, Fault, NoInput, Tool};

pub(super) struct ListChannels;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// The channels.
    channels: Vec<Summary>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Name of the channel, without the #.
    name: String,
    /// What the channel is about.
    topic: String,
    /// Who is in it.
    members: Vec<String>,
    /// How many messages were posted, replies not counted.
    message_count: usize,
}

impl Tool<Archive> for ListChannels {
    const NAME: &'static str = "list_channels";
    const TITLE: &'static str = "List channels";
    const DESCRIPTION: &'static str = "List the channels of the Slack workspace with their topics and members.";
    const EFFECT: Effect = Effect::Read;
    type Input = NoInput;
    type Output = Output;

    fn call(archive: &Archive, _: NoInput) -> Result<Output, Fault> {
        let channels = archive.channels.read()?.into_iter().map(summarise).collect();
        Ok(Output { channels })
    }
}

fn summarise(channel: Channel) -> Summary {
    Summary {
        message_count: channel.messages.len(),
        name: channel.name,
        topic: channel.topic,
        members: channel.members,
    }
}
