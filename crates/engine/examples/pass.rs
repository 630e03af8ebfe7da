//! What the engine, policy and dispatch cost one client's call: a counted
//! loop over a server that answers at once.
//!
//! `cargo run --release -p concertmaster-engine --example pass`

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "an example that prints what it measured")]

use std::sync::Arc;
use std::time::Instant;

use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, ToolListing, ToolSource};
use concertmaster_engine::{Engine, Parts, Pass, Passed, Request, Settings};
use dispatch::{CallContext, CallFault, ToolClient};
use futures::future::BoxFuture;
use plan::Output;
use policy::{PermittedCall, Policy};
use serde_json::json;
use serde_json::value::RawValue;

/// Asked before anything else on the command line: keep results, and answer
/// all calls but the first from before.
const CACHED: &str = "cached";

/// Calls in one round; the first round warms up.
const CALLS: u32 = 200_000;

/// Rounds; the quickest one is told beside the middle one.
const ROUNDS: usize = 9;

const ARGUMENTS: &str = r#"{"owner":"acme","repo":"site","number":42}"#;
const RESULT: &str = r#"{"content":[{"type":"text","text":"a small result"}],"isError":false}"#;

struct Still(Arc<Catalog>);

impl ToolSource for Still {
    fn snapshot(&self) -> Arc<Catalog> {
        Arc::clone(&self.0)
    }
}

impl ToolClient for Still {
    fn call(&self, mut permit: PermittedCall, _: CallContext) -> BoxFuture<'_, Result<Output, CallFault>> {
        Box::pin(async move {
            permit.settle();
            Ok(Output::received(raw(RESULT)).unwrap())
        })
    }
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn catalog() -> Catalog {
    let schema = json!({
        "type": "object",
        "properties": {"owner": {"type": "string"}, "repo": {"type": "string"}, "number": {"type": "integer"}},
        "required": ["owner", "repo", "number"],
    });
    let tool = ToolListing { name: "get_issue".into(), input_schema: schema, ..ToolListing::default() };
    let listing = ServerListing { id: ServerId::new("github"), title: None, instructions: None, tools: vec![tool] };
    Catalog::new(1, vec![Entry::Ready(listing, ServerLabels::default())])
}

async fn round(engine: &Engine, calls: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        let pass = Pass { tool: "github__get_issue".into(), arguments: raw(ARGUMENTS).into(), replies: None };
        let passed = engine.pass(pass, Request::local()).await;
        assert!(matches!(passed, Passed::Result(_)), "{passed:?}");
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let still = Arc::new(Still(Arc::new(catalog())));
    let source: Arc<dyn ToolSource> = Arc::<Still>::clone(&still);
    let mut settings = Settings::default();
    if std::env::args().nth(1).as_deref() != Some(CACHED) {
        settings.limits.per_server.cache_ttl = std::time::Duration::ZERO;
    }
    let parts = Parts {
        source,
        client: still,
        policy: Policy::default(),
        model: None,
        store: Arc::new(store::Embedded::in_memory()),
        sealer: store::Sealer::new(store::SealingKey::random().expect("the system has random bytes")),
        settings,
    };
    let engine = Engine::new(parts);
    round(&engine, CALLS).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(&engine, CALLS).await);
    }
    rounds.sort_by(f64::total_cmp);
    println!("one call: {:.2} us at best, {:.2} us in the middle, of {CALLS} calls", rounds[0], rounds[ROUNDS / 2]);
}
