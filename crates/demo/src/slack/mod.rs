//! The Slack server: the team's channels with their threads.
//!
//! What is posted is kept in the workspace's JSON file, so that it is still
//! there after a restart.

mod archive;
mod get_thread;
mod list_channels;
mod message;
mod post_message;
mod search_messages;

use crate::{
    Workspace,
    server::{Profile, Server, ToolList},
};
use archive::Archive;

pub(crate) const PROFILE: Profile = Profile {
    name: "slack",
    title: "Slack: Fernhill",
    description: "Read and search the conversations of the team's Slack workspace, and post to it.",
    instructions: "Gives access to the channels of the Slack workspace Fernhill. search_messages \
        returns each message together with its thread, so get_thread is only needed to read a \
        thread again. A message is identified by its channel and its ts. Posting is seen by \
        everybody in the channel.",
};

pub(crate) fn server(workspace: &Workspace) -> Server<Archive> {
    let tools = ToolList::new()
        .with::<search_messages::SearchMessages>()
        .with::<list_channels::ListChannels>()
        .with::<get_thread::GetThread>()
        .with::<post_message::PostMessage>();
    Server::new(&PROFILE, Archive::at(&workspace.slack()), tools)
}
