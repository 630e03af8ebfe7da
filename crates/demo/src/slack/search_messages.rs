//! `search_messages`: words in, messages with their threads out, best first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    archive::{Archive, Channel, Post, position},
    message::Message,
};
use crate::{
    server::{Effect, Fault, Tool},
    words::{Words, rank},
};

pub(super) struct SearchMessages;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Words to look for. A number such as #118 or PR 118 finds only messages that mention it.
    #[schemars(length(min = 1))]
    query: String,
    /// Only messages of this channel, with or without the #.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// The most messages to return.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 100))]
    limit: usize,
}

fn default_limit() -> usize {
    20
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// The messages, best match first, each with its whole thread.
    messages: Vec<Message>,
    /// How many messages match.
    total_count: usize,
    /// Whether more messages match than are returned.
    truncated: bool,
}

impl Tool<Archive> for SearchMessages {
    const NAME: &'static str = "search_messages";
    const TITLE: &'static str = "Search messages";
    const DESCRIPTION: &'static str = "Search the messages and threads of all channels, or of one. \
        Returns the best matches first, each message together with all replies in its thread.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(archive: &Archive, input: Input) -> Result<Output, Fault> {
        let query = Words::of(&input.query);
        if query.is_empty() {
            return Err(Fault::new("the query has no words to search for; name a topic or a number"));
        }
        if !(1..=100).contains(&input.limit) {
            return Err(Fault::new(format!("limit is {}; give 1 to 100", input.limit)));
        }
        let mut channels = archive.channels.read()?;
        if let Some(name) = &input.channel {
            channels = vec![channels.swap_remove(position(&channels, name)?)];
        }
        let all = newest_first(&channels);
        let texts: Vec<Words> = all.iter().map(|(_, post)| read(post)).collect();
        let found = rank(&query, &texts);
        let messages = found.iter().take(input.limit).map(|&at| Message::new(&all[at].0.name, all[at].1)).collect();
        Ok(Output { messages, total_count: found.len(), truncated: found.len() > input.limit })
    }
}

fn newest_first(channels: &[Channel]) -> Vec<(&Channel, &Post)> {
    let mut all: Vec<(&Channel, &Post)> =
        channels.iter().flat_map(|channel| channel.messages.iter().map(move |post| (channel, post))).collect();
    all.sort_by(|a, b| b.1.ts.cmp(&a.1.ts));
    all
}

/// What a message says, counted twice, and its replies.
fn read(post: &Post) -> Words {
    let replies = post.thread.iter().map(|reply| reply.text.as_str());
    let texts: Vec<&str> = [post.text.as_str(); 2].into_iter().chain(replies).collect();
    Words::of(&texts.join("\n"))
}
