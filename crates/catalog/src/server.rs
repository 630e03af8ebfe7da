//! One server of a snapshot.

use query::Fault;

use crate::{Selection, ServerId, Wanted};

/// Whether a server can be called in this snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Connected, and its tools are listed.
    Ready,
    /// Not heard of yet.
    Starting,
    /// Not to be had, and why.
    Failed(Fault),
}

/// A server as a snapshot knows it.
#[derive(Clone, Debug)]
pub struct Server {
    /// The operator's name for it.
    pub id: ServerId,
    /// Its display name.
    pub title: String,
    /// What it is for: the operator's words, else the server's own.
    pub description: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What its public names begin with, in place of its own name.
    pub prefix: Option<String>,
    /// Which of its resources and templates are offered, by URI.
    pub resources: Selection,
    /// Which of its prompts are offered, by the names it gives them.
    pub prompts: Selection,
    /// Whether anything beside its tools is offered in this snapshot.
    pub beside_tools: bool,
    /// Whether it can be called.
    pub availability: Availability,
}

impl Server {
    /// Whether what is wanted of it is offered.
    pub fn offers(&self, wanted: &Wanted) -> bool {
        self.beside_tools
            && match wanted {
                Wanted::Resource { uri } => self.resources.takes(uri),
                Wanted::Prompt { name, .. } => self.prompts.takes(name),
                Wanted::Completion { .. } => true,
            }
    }
}
