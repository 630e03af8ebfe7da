//! What a call waits for a human does not count against its server.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use dispatch::{Counterpart, Limits, Offers, ServerLimits, ServerQuestion};
use engine::{Engine, Parts, Pass, Passed, Request, Settings};
use futures::future::BoxFuture;
use mcp::upstream::Fleet;
use policy::Policy;
use query::Fault;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use support::counterpart::ANYTHING;
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

/// What a server is given for one call.
const CALL: Duration = Duration::from_millis(600);

/// How long the human takes.
const HUMAN: Duration = Duration::from_millis(1_500);

/// Answers every question, after a while.
struct Slow(Offers);

impl Counterpart for Slow {
    fn name(&self) -> &str {
        "slow"
    }

    fn offers(&self) -> Offers {
        self.0
    }

    fn ask(&self, _: ServerQuestion) -> BoxFuture<'_, Result<Box<RawValue>, Fault>> {
        Box::pin(async {
            tokio::time::sleep(HUMAN).await;
            Ok(to_raw_value(&json!({"action": "accept", "content": {"region": "eu"}})).unwrap())
        })
    }

    fn log(&self, _: &ServerId, _: &RawValue) {}
}

/// An engine over servers of an era, each given [`CALL`] for a call.
async fn engine(era: &str) -> (Arc<Fleet>, Engine) {
    let mut config = server("a", &["curious", "tasks", "era", era]);
    config.call_timeout = CALL;
    let fleet = fleet(vec![config]).await;
    let server = ServerLimits { call_timeout: CALL, ..ServerLimits::default() };
    let limits = Limits { servers: [(ServerId::new("a"), server)].into(), ..Limits::default() };
    let parts = Parts {
        source: Arc::clone(&fleet) as _,
        client: Arc::clone(&fleet) as _,
        policy: Policy::default(),
        model: None,
        store: Arc::new(store::Embedded::in_memory()),
        sealer: store::Sealer::new(store::SealingKey::random().unwrap()),
        settings: Settings { limits, answer_within: CALL * 2, ..Settings::default() },
    };
    (fleet, Engine::new(parts))
}

async fn pass(engine: &Engine, tool: &str, arguments: serde_json::Value) -> Passed {
    let pass = Pass { tool: tool.into(), arguments: to_raw_value(&arguments).unwrap().into(), replies: None };
    let request = Request { counterpart: Some(Arc::new(Slow(ANYTHING))), ..Request::local() };
    engine.pass(pass, request).await
}

#[tokio::test]
async fn a_human_may_take_longer_than_a_server_with_sessions() {
    a_human_may_take_longer("legacy").await;
}

#[tokio::test]
async fn a_human_may_take_longer_than_a_server_without() {
    a_human_may_take_longer("modern").await;
}

async fn a_human_may_take_longer(era: &str) {
    let (fleet, engine) = engine(era).await;
    let form = json!({"message": "Which?", "requestedSchema": {"type": "object", "properties": {}}});
    let rows = [
        ("a.get_asked", json!({"method": "elicitation/create", "params": form})),
        ("a.get_job", json!({"ms": 100, "end": "ask"})),
    ];
    for (tool, arguments) in rows {
        let passed = pass(&engine, tool, arguments).await;
        let Passed::Result(output) = passed else { panic!("{era} {tool}: {passed:?}") };
        assert!(text(&output).contains("eu"), "{era} {tool}: {}", text(&output));
    }
    // The server itself may not.
    for (tool, arguments) in [("a.wait", json!({"ms": 1_500})), ("a.get_job", json!({"end": "never"}))] {
        let passed = pass(&engine, tool, arguments).await;
        let Passed::Failed(fault) = passed else { panic!("{era} {tool}: {passed:?}") };
        assert_eq!(fault.code, "timed_out", "{era} {tool}: {}", fault.message);
    }
    fleet.stop(DRAIN).await;
}
