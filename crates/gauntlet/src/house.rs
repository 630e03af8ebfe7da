//! The small catalogue that plans are checked against here.

use std::sync::{Arc, LazyLock};

use catalog::{Catalog, Effect, Entry, ServerId, ServerLabels, ServerListing, ToolListing};
use plan::{CheckContext, Plan, PlanDraft, Proposal};
use query::{Blame, Fault};
use route::Router;
use serde_json::{Value, json};

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(built()));
static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::build(Arc::clone(&CATALOG)));

/// What plans are checked against.
pub(crate) fn context() -> CheckContext<'static> {
    CheckContext::of(&CATALOG)
}

/// The router of the same catalogue.
pub(crate) fn router() -> &'static Router {
    &ROUTER
}

/// Names of tools that there are, and of some that there are not.
pub(crate) const TOOLS: &[&str] = &[
    "depot.list_crates",
    "depot.get_crate",
    "depot.tag_crate",
    "depot.burn_crate",
    "radio.search",
    "radio__list_songs",
    "tower.query",
    "orc.first",
    "orc.filter",
    "orc.format",
    "orc.join",
    "orc.count",
    "llm.extract",
    "llm.summarize",
    "depot",
    "nobody.nothing",
];

/// A plan that is known to be valid, from its friendly form.
pub(crate) fn plan(document: &Value) -> Plan {
    let Ok(Proposal::Plan(draft)) = PlanDraft::from_value(document) else { panic!("no plan: {document}") };
    plan::check(&draft, &context()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn built() -> Catalog {
    let crate_schema = json!({"type": "object", "properties": {"id": {"type": "integer"}, "note": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}}}});
    let listed = closed(json!({"crates": {"type": "array", "items": crate_schema}, "total": {"type": "integer"}}), &[]);
    let id = || closed(json!({"id": {"type": "integer", "minimum": 1}}), &["id"]);
    let state =
        json!({"state": {"type": "string", "enum": ["full", "empty"]}, "most": {"type": "integer", "maximum": 50}});
    let depot = vec![
        tool("list_crates", closed(state, &[]), Some(listed)),
        tool("get_crate", id(), Some(crate_schema)),
        tool("tag_crate", closed(json!({"id": {"type": "integer"}, "text": {"type": "string"}}), &["id"]), None),
        tool("burn_crate", id(), None),
    ];
    let query = json!({"query": {"type": "string"}, "limit": {"type": "integer"}, "kind": {"const": "song"}});
    let radio = vec![tool("search", closed(query, &["query", "kind"]), None), tool("list_songs", json!({}), None)];
    let tower = vec![tool("query", closed(json!({"sql": {"type": "string"}}), &["sql"]), None)];
    let burning = [("burn_crate".to_owned(), Effect::Destructive)].into();
    let down = Fault::passing(Blame::Upstream, "exited", "the process exited with status 1");
    Catalog::new(
        3,
        vec![
            ready("depot", depot, ServerLabels { effects: burning, ..ServerLabels::default() }),
            ready("radio", radio, ServerLabels::default()),
            ready("tower", tower, ServerLabels::default()),
            Entry::Failed(ServerId::new("wiki"), ServerLabels::default(), down),
        ],
    )
}

fn ready(id: &str, tools: Vec<ToolListing>, labels: ServerLabels) -> Entry {
    Entry::Ready(ServerListing { id: ServerId::new(id), title: None, instructions: None, tools }, labels)
}

fn tool(name: &str, input_schema: Value, output_schema: Option<Value>) -> ToolListing {
    ToolListing { name: name.to_owned(), input_schema, output_schema, ..ToolListing::default() }
}

fn closed(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
