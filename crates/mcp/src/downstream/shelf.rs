//! What clients can ask for, worked out once for each snapshot and for each
//! reach.
//!
//! In: a catalogue as far as somebody reaches, and what servers offer beside
//! it. Out: lists as pages of bytes, and what each public name stands for.
//! Nothing here is worked out twice for one snapshot, however many may see the
//! same of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use catalog::{Catalog, Server, ServerId, Tool};

use super::directory::{Directory, Entry};
use super::orchestra::Exposure;
use super::own_tools::OwnTool;
use super::pages::Pages;
use super::shown::Shown;
use crate::members::{Members, with_more};
use crate::upstream::{Offerings, TaskSupport};

/// Shelves kept at the same time. Each is another reach of the operator's;
/// beyond these, one that was made long ago is made again.
const MAX_SHELVES: usize = 256;

/// What is offered, as one snapshot has it.
pub(crate) struct Shelf {
    catalog: Arc<Catalog>,
    offerings: Arc<Offerings>,
    /// The lists.
    pub(crate) tools: Pages,
    pub(crate) resources: Pages,
    pub(crate) templates: Pages,
    pub(crate) prompts: Pages,
    /// What else is asked for by name.
    pub(crate) directory: Directory,
    /// How servers say they are to be used.
    pub(crate) instructions: String,
    by_name: HashMap<Box<str>, Stand>,
}

/// A server's tool on offer.
#[derive(Clone)]
pub(crate) struct Stand {
    /// What it goes by at the engine.
    pub(crate) reference: Arc<str>,
    /// Its server.
    pub(crate) server: ServerId,
    /// Which of its arguments a request shows beside its body.
    pub(crate) shown: Arc<[Shown]>,
    /// Whether its call may become a task.
    pub(crate) may_defer: bool,
}

/// The newest shelves: one for each catalogue that somebody was shown of the
/// newest snapshot.
#[derive(Default)]
pub(crate) struct Shelves(ArcSwap<Vec<Arc<Shelf>>>);

impl Shelves {
    /// The shelf of this snapshot. Two who see a new one first may both make
    /// it; they make the same.
    pub(crate) fn of(&self, catalog: Arc<Catalog>, offerings: Arc<Offerings>, exposure: Exposure) -> Arc<Shelf> {
        let same =
            |shelf: &&Arc<Shelf>| Arc::ptr_eq(&shelf.catalog, &catalog) && Arc::ptr_eq(&shelf.offerings, &offerings);
        if let Some(shelf) = self.0.load().iter().find(same) {
            return Arc::clone(shelf);
        }
        let shelf = Arc::new(Shelf::of(catalog, offerings, exposure));
        self.0.rcu(|shelves| {
            let newest = |other: &&Arc<Shelf>| {
                let of_one_snapshot = other.catalog.version() == shelf.catalog.version();
                let of_another = !Arc::ptr_eq(&other.catalog, &shelf.catalog);
                of_one_snapshot && of_another && Arc::ptr_eq(&other.offerings, &shelf.offerings)
            };
            let kept = shelves.iter().filter(newest).take(MAX_SHELVES - 1).cloned();
            std::iter::once(Arc::clone(&shelf)).chain(kept).collect::<Vec<_>>()
        });
        shelf
    }
}

impl Shelf {
    fn of(catalog: Arc<Catalog>, offerings: Arc<Offerings>, exposure: Exposure) -> Self {
        let own = OwnTool::ALL.into_iter().filter(|own| own.is_shown(exposure));
        let own = own.map(|own| own.definition().to_string());
        let written = written(&offerings);
        let servers = catalog.tools().iter().filter(|_| exposure == Exposure::All);
        let tools = own.chain(servers.map(|tool| definition(tool, &written, may_defer(tool, &offerings))));
        let tools = Pages::of("tools", tools);
        let stand = |tool: &Arc<Tool>| Stand {
            reference: tool.reference.to_string().into(),
            server: tool.reference.server.clone(),
            shown: Shown::all_of(&tool.listing.input_schema).into(),
            may_defer: may_defer(tool, &offerings),
        };
        let by_name = catalog.tools().iter().map(|tool| (tool.public_name.as_str().into(), stand(tool))).collect();
        let directory = Directory::of(&offerings, &catalog);
        let list = |name, entries: &[Entry]| Pages::of(name, entries.iter().map(|entry| entry.text.clone()));
        Self {
            tools,
            resources: list("resources", &directory.resources),
            templates: list("resourceTemplates", &directory.templates),
            prompts: list("prompts", &directory.prompts),
            instructions: super::instructions::merged(&offerings, &catalog),
            directory,
            by_name,
            catalog,
            offerings,
        }
    }

    /// The server of that name, if it is one of these.
    pub(crate) fn server(&self, id: &ServerId) -> Option<&Server> {
        self.catalog.server(id)
    }

    /// The tool of that public name.
    pub(crate) fn tool(&self, name: &str) -> Option<&Stand> {
        self.by_name.get(name)
    }
}

/// Definitions as servers wrote them, by server and name.
fn written(offerings: &Offerings) -> HashMap<(&ServerId, &str), &str> {
    let servers = offerings.servers.iter();
    let tools = servers.flat_map(|(id, offered)| offered.tools.iter().map(move |tool| (id, tool)));
    tools.map(|(id, tool)| ((id, tool.key.as_str()), tool.entry.get())).collect()
}

/// Whether a call of the tool may become a task.
fn may_defer(tool: &Tool, offerings: &Offerings) -> bool {
    let offered = offerings.servers.get(&tool.reference.server);
    offered.is_some_and(|offered| offered.task_support(&tool.there) != TaskSupport::Forbidden)
}

/// A tool's definition as its server wrote it, under its public name, without
/// the arguments that are fixed, and with our own word on tasks: one that has
/// to be a task there need not be one here.
fn definition(tool: &Tool, written: &HashMap<(&ServerId, &str), &str>, may_defer: bool) -> String {
    let text = written.get(&(&tool.reference.server, &*tool.there));
    let text =
        text.map_or_else(|| Cow::Owned(serde_json::json!(tool.listing).to_string()), |text| Cow::Borrowed(*text));
    let name = serde_json::Value::from(tool.public_name.as_str()).to_string();
    // A listing was read from an object's text.
    let members = Members::of(&text).unwrap_or_default();
    let definition = members.rewritten(|member, value| match member {
        "name" => Some(Cow::Owned(name.clone())),
        "inputSchema" if !tool.fixed.is_empty() => Some(Cow::Owned(tool.listing.input_schema.to_string())),
        // Whether a call may become a task is between us and the client.
        "execution" => None,
        _ => Some(Cow::Borrowed(value)),
    });
    if may_defer { with_more(&definition, r#""execution":{"taskSupport":"optional"}"#) } else { definition }
}

/// Bytes that are always the same.
pub(crate) fn fixed(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use catalog::{Entry, Glob, Reach, ServerLabels, ServerListing, Shaping, ToolListing};
    use serde_json::{Value, json, value::to_raw_value};

    use super::*;
    use crate::downstream::revision::Revision;
    use crate::upstream::{Offered, ServerOfferings};

    fn offered() -> (Arc<Catalog>, Arc<Offerings>) {
        let schema = json!({"type": "object", "properties": {"q": {"type": "string"}, "owner": {"x": 1.0}}});
        let written =
            json!({"zeta": [1], "inputSchema": schema, "name": "find", "execution": {}, "_meta": {"k": 1.50}});
        let tools = vec![
            ToolListing { name: "find".into(), input_schema: schema, ..ToolListing::default() },
            ToolListing { name: "drop".into(), ..ToolListing::default() },
        ];
        let Value::Object(fixed) = json!({"owner": "acme"}) else { panic!("an object") };
        let shaping = Shaping {
            rename: [("find".to_owned(), "search".to_owned())].into(),
            fixed: [("search".to_owned(), fixed)].into(),
            ..Shaping::default()
        };
        let labels = ServerLabels { shaping, ..ServerLabels::default() };
        let listing = ServerListing { id: ServerId::new("a"), title: None, instructions: None, tools };
        let entry = Offered { key: "find".to_owned(), entry: Arc::from(to_raw_value(&written).unwrap()) };
        let own = Arc::new(ServerOfferings { tools: vec![entry], ..ServerOfferings::default() });
        let servers = [(ServerId::new("a"), own)].into();
        let offerings = Offerings { version: 1, servers, behind: Vec::new() };
        (Arc::new(Catalog::new(1, vec![Entry::Ready(listing, labels)])), Arc::new(offerings))
    }

    #[test]
    fn a_shaped_tool_is_shown_as_it_was_written_but_for_its_shape() {
        let (catalog, offerings) = offered();
        let shelf = Shelf::of(catalog, offerings, Exposure::All);
        let page: Value = serde_json::from_slice(&shelf.tools.page(None, Revision::Tasked).unwrap()).unwrap();
        let shown = page["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "a__search").unwrap();
        let schema = json!({"type": "object", "properties": {"q": {"type": "string"}}});
        assert_eq!(*shown, json!({"zeta": [1], "inputSchema": schema, "name": "a__search", "_meta": {"k": 1.5}}));
        assert_eq!(&*shelf.tool("a__search").unwrap().reference, "a.search");
        assert!(shelf.tool("a__find").is_none());
    }

    #[test]
    fn each_reach_has_one_shelf_for_each_snapshot() {
        let (whole, offerings) = offered();
        let reach = Reach { servers: None, tools: Some(vec![Glob::new("a.drop")]) };
        let part = Arc::new(whole.within(&reach));
        let shelves = Shelves::default();
        let of = |catalog: &Arc<Catalog>| shelves.of(Arc::clone(catalog), Arc::clone(&offerings), Exposure::All);
        let (all, some) = (of(&whole), of(&part));
        assert!(all.tool("a__search").is_some() && some.tool("a__search").is_none() && some.tool("a__drop").is_some());
        assert!(Arc::ptr_eq(&all, &of(&whole)) && Arc::ptr_eq(&some, &of(&part)));
        let newer = Arc::new(Catalog::new(2, Vec::new()));
        of(&newer);
        assert_eq!(shelves.0.load().len(), 1, "what is old is let go");
    }
}
