//! Servers by script, an engine over them, and what left.

#![allow(dead_code, reason = "every test uses a part of it")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use catalog::{Catalog, Effect, Entry, ServerId, ServerLabels, ServerListing, Shaping, ToolListing, ToolSource};
use concertmaster_engine::{Engine, Outcome, Parts, Settings};
use dispatch::{CallContext, CallFault, Sent, ToolClient};
use futures::future::BoxFuture;
use model::Model;
use plan::Output;
use policy::{PermittedCall, Policy};
use query::{Blame, Fault};
use serde_json::{Value, json};

/// What a scripted server does with a call.
pub(crate) enum Reply {
    Yields(Value),
    Fails(&'static str),
    NeverAnswers,
}

/// Servers by script, and a record of the calls that left.
pub(crate) struct Stage {
    pub(crate) catalog: Arc<Catalog>,
    script: fn(&str, &Value) -> Reply,
    left: Mutex<Vec<String>>,
}

impl ToolSource for Stage {
    fn snapshot(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }
}

impl ToolClient for Stage {
    fn call(&self, mut call: PermittedCall, context: CallContext) -> BoxFuture<'_, Result<Output, CallFault>> {
        call.settle();
        let tool = call.call().tool.reference.to_string();
        let leaves = call.written().map_or_else(|| call.arguments().to_string(), |text| text.get().to_owned());
        self.left.lock().unwrap().push(format!("{tool} {leaves}"));
        let reply = (self.script)(&tool, call.arguments());
        Box::pin(async move {
            match reply {
                Reply::Yields(value) => {
                    Ok(Output::of_tool_result(json!({ "content": [], "structuredContent": value })))
                }
                Reply::Fails(message) => {
                    let fault = Fault::lasting(Blame::Upstream, "server_died", message);
                    Err(CallFault::new(fault, Sent::No))
                }
                Reply::NeverAnswers => {
                    context.cancel.cancelled().await;
                    Err(CallFault::new(Fault::passing(Blame::Upstream, "cancelled", "cancelled"), Sent::Unknown))
                }
            }
        })
    }
}

pub(crate) fn stage(script: fn(&str, &Value) -> Reply) -> Arc<Stage> {
    stage_where(script, |_| {})
}

/// The same stage, with something changed about its tools.
pub(crate) fn stage_where(script: fn(&str, &Value) -> Reply, change: impl Fn(&mut ToolListing)) -> Arc<Stage> {
    stage_shaped(script, change, &Shaping::default())
}

/// The same stage, with its servers shaped as well.
pub(crate) fn stage_shaped(
    script: fn(&str, &Value) -> Reply,
    change: impl Fn(&mut ToolListing),
    shaping: &Shaping,
) -> Arc<Stage> {
    let list = |name: &str, item: Value| json!({"type": "object", "properties": {name: {"type": "array", "items": {"type": "object", "properties": item}}}});
    let tool = |name: &str, description: &str, input: Value, output: Option<Value>| ToolListing {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        input_schema: input,
        output_schema: output,
        ..ToolListing::default()
    };
    let id = json!({"type": "object", "properties": {"id": {"type": "integer", "description": "Id of the crate."}}, "required": ["id"]});
    let nothing = json!({"type": "object", "properties": {}});
    let depot = vec![
        tool(
            "list_crates",
            "List the crates in the depot.",
            nothing,
            Some(list("crates", json!({"id": {"type": "integer"}}))),
        ),
        tool("get_crate", "Get one crate with its weight.", id.clone(), None),
        tool("tag_crate", "Put a tag on a crate.", id.clone(), None),
        tool("burn_crate", "Burn a crate.", id, None),
    ];
    let radio =
        vec![tool("list_songs", "List the songs on the radio.", json!({"type": "object", "properties": {}}), None)];
    let entry = |name: &str, mut tools: Vec<ToolListing>| {
        tools.iter_mut().for_each(&change);
        let effects = BTreeMap::from([("tag_crate".to_owned(), Effect::Additive)]);
        let labels = ServerLabels { effects, shaping: shaping.clone(), ..ServerLabels::default() };
        Entry::Ready(ServerListing { id: ServerId::new(name), title: None, instructions: None, tools }, labels)
    };
    let catalog = Arc::new(Catalog::new(1, vec![entry("depot", depot), entry("radio", radio)]));
    Arc::new(Stage { catalog, script, left: Mutex::default() })
}

/// Two servers that each have a tool of that name and description, which
/// takes nothing.
pub(crate) fn twins(name: &str, description: &str) -> Arc<Stage> {
    let listing = |server: &str| {
        let tool = ToolListing {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            input_schema: json!({"type": "object", "properties": {}}),
            ..ToolListing::default()
        };
        let id = ServerId::new(server);
        Entry::Ready(ServerListing { id, title: None, instructions: None, tools: vec![tool] }, ServerLabels::default())
    };
    let catalog = Arc::new(Catalog::new(1, vec![listing("north"), listing("south")]));
    Arc::new(Stage { catalog, script: ordinary, left: Mutex::default() })
}

pub(crate) fn ordinary(tool: &str, _: &Value) -> Reply {
    match tool {
        "depot.list_crates" => Reply::Yields(json!({"crates": [{"id": 4}, {"id": 7}]})),
        "radio.list_songs" => Reply::Yields(json!({"songs": ["Für Elise"]})),
        _ => Reply::Yields(json!({"done": true})),
    }
}

pub(crate) fn engine(stage: &Arc<Stage>) -> Engine {
    engine_with(stage, None)
}

pub(crate) fn engine_with(stage: &Arc<Stage>, model: Option<Arc<dyn Model>>) -> Engine {
    engine_of(stage, model, Settings::default().model_calls_per_query)
}

pub(crate) fn engine_of(stage: &Arc<Stage>, model: Option<Arc<dyn Model>>, model_calls_per_query: u32) -> Engine {
    // Without a cache, every call is seen to leave.
    let mut settings = Settings { model_calls_per_query, ..Settings::default() };
    settings.limits.per_server.cache_ttl = std::time::Duration::ZERO;
    engine_set(stage, model, Policy::default(), settings)
}

/// An engine with settings of its own.
pub(crate) fn engine_set(
    stage: &Arc<Stage>,
    model: Option<Arc<dyn Model>>,
    policy: Policy,
    settings: Settings,
) -> Engine {
    Engine::new(Parts {
        source: Arc::clone(stage) as Arc<dyn ToolSource>,
        client: Arc::clone(stage) as Arc<dyn ToolClient>,
        policy,
        store: Arc::new(store::Embedded::in_memory()),
        model,
        sealer: store::Sealer::new(store::SealingKey::random().unwrap()),
        settings,
    })
}

/// An engine with this state and these settings.
pub(crate) fn engine_on(stage: &Arc<Stage>, store: Arc<dyn store::Store>, key: &str, settings: Settings) -> Engine {
    Engine::new(Parts {
        source: Arc::clone(stage) as Arc<dyn ToolSource>,
        client: Arc::clone(stage) as Arc<dyn ToolClient>,
        policy: Policy::default(),
        model: None,
        store,
        sealer: store::Sealer::new(store::SealingKey::read(key).unwrap()),
        settings,
    })
}

pub(crate) fn left(stage: &Stage) -> Vec<String> {
    stage.left.lock().unwrap().clone()
}

pub(crate) fn shape(outcome: &Outcome) -> Value {
    serde_json::to_value(outcome).unwrap()
}
