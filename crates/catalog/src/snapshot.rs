//! The snapshot itself.

use std::collections::HashMap;
use std::sync::Arc;

use query::Fault;

use crate::names::{Named, public_names};
use crate::{Availability, Reach, Server, ServerId, ServerLabels, ServerListing, Tool, ToolRef};

/// What is known of one server when a snapshot is taken.
#[derive(Clone, Debug)]
pub enum Entry {
    /// It answered; these are its tools.
    Ready(ServerListing, ServerLabels),
    /// It has not answered yet.
    Starting(ServerId, ServerLabels),
    /// It cannot be had.
    Failed(ServerId, ServerLabels, Fault),
}

/// Everything that can be called, at one moment. A query sees one snapshot
/// from start to end.
#[derive(Debug)]
pub struct Catalog {
    version: u64,
    servers: Vec<Server>,
    tools: Vec<Arc<Tool>>,
    by_reference: HashMap<ToolRef, usize>,
    by_public_name: HashMap<String, usize>,
}

impl Catalog {
    /// Works out a snapshot. Servers and tools are ordered by name, whatever
    /// order they answered in, so equal listings make equal catalogues. Of
    /// two tools with one name on one server the first counts.
    pub fn new(version: u64, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.id().cmp(b.id()));
        let mut found: Vec<(ToolRef, &ServerLabels, &crate::ToolListing)> = Vec::new();
        for entry in &entries {
            let Entry::Ready(listing, labels) = entry else { continue };
            let shown = labels.shaping.shown(&listing.tools);
            let mut own: Vec<_> = shown
                .map(|(name, tool)| (ToolRef { server: listing.id.clone(), tool: name.into() }, labels, tool))
                .collect();
            own.sort_by(|a, b| a.0.cmp(&b.0));
            own.dedup_by(|later, earlier| later.0 == earlier.0);
            found.extend(own);
        }
        let named: Vec<Named<'_>> =
            found.iter().map(|(reference, labels, _)| Named { reference, prefix: labels.prefix.as_deref() }).collect();
        let names = public_names(&named);
        let tools: Vec<Arc<Tool>> = found
            .into_iter()
            .zip(names)
            .map(|((reference, labels, listing), name)| Arc::new(Tool::new(reference, listing, labels, name)))
            .collect();
        let servers = entries.into_iter().map(Entry::into_server).collect();
        Self::of(version, servers, tools)
    }

    /// The same snapshot with no more tools than these: what a nested query
    /// may see.
    #[must_use]
    pub fn narrowed(&self, keep: impl Fn(&Tool) -> bool) -> Self {
        let tools: Vec<Arc<Tool>> = self.tools.iter().filter(|tool| keep(tool)).cloned().collect();
        Self::of(self.version, self.servers.clone(), tools)
    }

    /// The same snapshot as far as somebody reaches: what is beyond is as if
    /// it were not there. Names stay what they are.
    #[must_use]
    pub fn within(&self, reach: &Reach) -> Self {
        let tools: Vec<Arc<Tool>> = self.tools.iter().filter(|tool| reach.holds(&tool.reference)).cloned().collect();
        // A server that could have a tool for them is there before it has one:
        // what it lists is waited for, and announced.
        let seen = self.servers.iter().filter(|own| reach.holds_server(&own.id) || reach.may_hold_one_of(&own.id));
        let servers = seen.map(|server| {
            let beside_tools = server.beside_tools && reach.holds_server(&server.id);
            Server { beside_tools, ..server.clone() }
        });
        Self::of(self.version, servers.collect(), tools)
    }

    fn of(version: u64, servers: Vec<Server>, tools: Vec<Arc<Tool>>) -> Self {
        let by_reference = tools.iter().enumerate().map(|(i, tool)| (tool.reference.clone(), i)).collect();
        let by_public_name = tools.iter().enumerate().map(|(i, tool)| (tool.public_name.clone(), i)).collect();
        Self { version, servers, tools, by_reference, by_public_name }
    }

    /// Grows with every change of what can be called.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The configured servers, by name, also those that cannot be called.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// The server of that name.
    pub fn server(&self, id: &ServerId) -> Option<&Server> {
        self.servers.iter().find(|server| server.id == *id)
    }

    /// Every tool that can be called, by server and name.
    pub fn tools(&self) -> &[Arc<Tool>] {
        &self.tools
    }

    /// The tool of that server and name.
    pub fn tool(&self, reference: &ToolRef) -> Option<&Arc<Tool>> {
        self.by_reference.get(reference).map(|&i| &self.tools[i])
    }

    /// The tool that a text names, as `server.tool` or by its public name.
    pub fn find(&self, name: &str) -> Option<&Arc<Tool>> {
        let by_reference = ToolRef::parse(name).and_then(|reference| self.tool(&reference));
        by_reference.or_else(|| self.by_public_name.get(name).map(|&i| &self.tools[i]))
    }
}

impl Entry {
    fn id(&self) -> &ServerId {
        match self {
            Self::Ready(listing, _) => &listing.id,
            Self::Starting(id, _) | Self::Failed(id, ..) => id,
        }
    }

    fn into_server(self) -> Server {
        let (id, labels, title, instructions, availability) = match self {
            Self::Ready(listing, labels) => {
                (listing.id, labels, listing.title, listing.instructions, Availability::Ready)
            }
            Self::Starting(id, labels) => (id, labels, None, None, Availability::Starting),
            Self::Failed(id, labels, fault) => (id, labels, None, None, Availability::Failed(fault)),
        };
        Server {
            title: title.unwrap_or_else(|| id.to_string()),
            description: labels.description.or(instructions).unwrap_or_default(),
            tags: labels.tags,
            prefix: labels.prefix,
            resources: labels.shaping.resources,
            prompts: labels.shaping.prompts,
            beside_tools: true,
            id,
            availability,
        }
    }
}
