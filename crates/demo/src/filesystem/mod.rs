//! The filesystem server: the project tree `files/` of the workspace, and
//! nothing outside it. Changes are real and stay on disk.

mod list_directory;
mod read_file;
mod search;
mod tree;
mod write_file;

use crate::{
    Workspace,
    server::{Profile, Server, ToolList},
};
use tree::Tree;

pub(crate) const PROFILE: Profile = Profile {
    name: "filesystem",
    title: "Files of the gateway project",
    description: "Read, search and write the files of a checked-out project.",
    instructions: "Gives access to one project directory. All paths are relative to it and use \
        forward slashes, for example src/auth.py. Use list_directory or search to find a path \
        before you read it. write_file replaces the whole file, so read the file first and send \
        the complete new text.",
};

pub(crate) fn server(workspace: &Workspace) -> Server<Tree> {
    let tools = ToolList::new()
        .with::<list_directory::ListDirectory>()
        .with::<read_file::ReadFile>()
        .with::<search::Search>()
        .with::<write_file::WriteFile>();
    Server::new(&PROFILE, Tree::at(workspace.files()), tools)
}
