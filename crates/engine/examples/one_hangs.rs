//! What a server that hangs costs the nineteen others: the latency of their
//! calls, with and without it, in rounds that take turns.
//!
//! `cargo run --release -p concertmaster-engine --example one_hangs`

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "an example that prints what it measured")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, ToolListing, ToolSource};
use concertmaster_engine::{Engine, Parts, Pass, Request, Settings};
use dispatch::{CallContext, CallFault, ToolClient};
use futures::future::{BoxFuture, join_all};
use plan::Output;
use policy::{PermittedCall, Policy};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::time::sleep;

/// Servers; the first hangs in every second round.
const SERVERS: usize = 20;

/// How long a healthy server takes.
const TAKES: Duration = Duration::from_millis(5);

/// Calls to each server in one round.
const CALLS: usize = 20;

/// Rounds of either kind.
const ROUNDS: usize = 40;

/// How long the call of a server that hangs may take.
const PATIENCE: Duration = Duration::from_millis(200);

struct Servers {
    catalog: Arc<Catalog>,
    first_hangs: AtomicBool,
}

impl ToolSource for Servers {
    fn snapshot(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }
}

impl ToolClient for Servers {
    fn call(&self, mut permit: PermittedCall, context: CallContext) -> BoxFuture<'_, Result<Output, CallFault>> {
        Box::pin(async move {
            permit.settle();
            let hangs =
                permit.call().tool.reference.server.as_str() == "n0" && self.first_hangs.load(Ordering::Relaxed);
            if hangs {
                context.cancel.cancelled().await;
            } else {
                sleep(TAKES).await;
            }
            Ok(Output::received(RawValue::from_string(r#"{"content":[]}"#.to_owned()).unwrap()).unwrap())
        })
    }
}

/// The latencies of the healthy servers' calls in one round.
async fn round(engine: &Engine) -> Vec<Duration> {
    let calls = (0..SERVERS * CALLS).map(|i| async move {
        let tool = format!("n{}__get", i % SERVERS);
        let arguments = RawValue::from_string(format!(r#"{{"i":{i}}}"#)).unwrap();
        let began = Instant::now();
        engine.pass(Pass { tool: tool.into(), arguments: arguments.into(), replies: None }, Request::local()).await;
        (i % SERVERS != 0).then(|| began.elapsed())
    });
    join_all(calls).await.into_iter().flatten().collect()
}

fn p99(mut latencies: Vec<Duration>) -> Duration {
    latencies.sort();
    latencies[latencies.len() * 99 / 100]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let entry = |i: usize| {
        let schema = json!({"type": "object", "properties": {"i": {"type": "integer"}}});
        let tool = ToolListing { name: "get".into(), input_schema: schema, ..ToolListing::default() };
        let id = ServerId::new(format!("n{i}"));
        Entry::Ready(ServerListing { id, title: None, instructions: None, tools: vec![tool] }, ServerLabels::default())
    };
    let catalog = Arc::new(Catalog::new(1, (0..SERVERS).map(entry).collect()));
    let servers = Arc::new(Servers { catalog, first_hangs: AtomicBool::new(false) });
    let mut settings = Settings::default();
    settings.limits.per_server.cache_ttl = Duration::ZERO;
    settings.limits.per_server.call_timeout = PATIENCE;
    let source: Arc<dyn ToolSource> = Arc::<Servers>::clone(&servers);
    let client: Arc<dyn ToolClient> = Arc::<Servers>::clone(&servers);
    let sealer = store::Sealer::new(store::SealingKey::random().unwrap());
    let store = Arc::new(store::Embedded::in_memory());
    let engine = Engine::new(Parts { source, client, policy: Policy::default(), model: None, store, sealer, settings });
    let (mut control, mut hung) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        servers.first_hangs.store(false, Ordering::Relaxed);
        control.extend(round(&engine).await);
        servers.first_hangs.store(true, Ordering::Relaxed);
        hung.extend(round(&engine).await);
    }
    let (calls, control, hung) = (control.len(), p99(control), p99(hung));
    let ratio = hung.as_secs_f64() / control.as_secs_f64();
    println!("p99 of {calls} calls: {control:.2?} in the control, {hung:.2?} beside one that hangs: {ratio:.3}x");
}
