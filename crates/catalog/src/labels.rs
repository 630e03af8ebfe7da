//! What the operator says of a server.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Effect, Readers, ServerId, Shaping, ToolRef};

/// The operator's word about one server; it outranks the server's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerLabels {
    /// What the server is for, in the operator's words.
    pub description: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What its public names begin with, in place of the server's own name;
    /// empty for names as the server gives them.
    pub prefix: Option<String>,
    /// Whether its tools' annotations are believed.
    pub trust_annotations: bool,
    /// Effects by tool name.
    pub effects: BTreeMap<String, Effect>,
    /// Tools that may be repeated safely.
    pub idempotent: BTreeSet<String>,
    /// Queries each tool is meant to serve, by tool name.
    pub examples: BTreeMap<String, Vec<String>>,
    /// Which other servers may be told what it says.
    pub readers: Readers,
    /// Servers whose tools of the same name serve as well as its own.
    pub alternatives: Vec<ServerId>,
    /// Tools that serve as well as one of its own, by that one's name.
    pub tool_alternatives: BTreeMap<String, Vec<ToolRef>>,
    /// What of it is offered, and how. All other words about single tools
    /// name them as they are called here.
    pub shaping: Shaping,
}
