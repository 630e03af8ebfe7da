//! Catalogues and queries to measure routing with, as files hold them.
//!
//! In: what was read from such files. Out: the catalogue that a view's
//! queries are asked of. Labels are left to whoever scores; how the files are
//! read, and what a router makes of a query, it does not know.

use std::collections::HashMap;

use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, ToolListing};
use serde::Deserialize;
use serde_json::Value;

/// A server as a catalogue's file describes it.
#[derive(Clone, Debug, Deserialize)]
pub struct Described {
    /// What views and predictions call it.
    pub server: String,
    /// What it calls itself.
    pub name: String,
    /// What it says of itself.
    #[serde(default)]
    pub description: Option<String>,
    /// Its tools.
    pub tools: Vec<DescribedTool>,
}

/// A tool as a catalogue's file describes it.
#[derive(Clone, Debug, Deserialize)]
pub struct DescribedTool {
    /// Its name.
    pub name: String,
    /// What its server says of it.
    #[serde(default)]
    pub description: Option<String>,
    /// JSON Schema of its arguments.
    #[serde(default)]
    pub input_schema: Value,
}

/// The servers that some queries are asked of.
#[derive(Clone, Debug, Deserialize)]
pub struct View {
    /// As [`Described::server`] calls them.
    pub servers: Vec<String>,
}

/// A query, its labels left out.
#[derive(Clone, Debug, Deserialize)]
pub struct Asked {
    /// Names it.
    pub id: String,
    /// What is asked, word for word.
    pub query: String,
    /// The name of the view it is asked of.
    pub view: String,
}

/// A catalogue whose servers go by their names, and what each is called in
/// the file. A name that is taken is numbered.
pub fn catalogue(members: &[&Described]) -> (Catalog, HashMap<ServerId, String>) {
    let mut ids: HashMap<ServerId, String> = HashMap::new();
    let mut entries = Vec::new();
    for server in members {
        let mut id = ServerId::new(server.name.as_str());
        let mut copies = 1;
        while ids.contains_key(&id) {
            copies += 1;
            id = ServerId::new(format!("{} {copies}", server.name));
        }
        ids.insert(id.clone(), server.server.clone());
        let tools = server.tools.iter().map(listing).collect();
        let listing = ServerListing { id, title: None, instructions: server.description.clone(), tools };
        entries.push(Entry::Ready(listing, ServerLabels::default()));
    }
    (Catalog::new(1, entries), ids)
}

fn listing(tool: &DescribedTool) -> ToolListing {
    ToolListing {
        name: tool.name.clone(),
        description: tool.description.clone(),
        input_schema: tool.input_schema.clone(),
        ..ToolListing::default()
    }
}
