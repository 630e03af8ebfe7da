//! What one call costs this process in processor time, wire and all, from a
//! permitted call to the result as text.
//!
//! `wire_cost CALLS AT_ONCE TOOL URL` or `wire_cost CALLS AT_ONCE TOOL COMMAND
//! ARGUMENTS…`; the tool gets no arguments but `{"text":"hello"}`. The server
//! is another process, so that only our side is counted.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and stops when it cannot measure")]

use std::sync::Arc;
use std::time::Duration;

use catalog::{ServerId, ToolRef, ToolSource};
use dispatch::{CallContext, ToolClient};
use futures::stream::{StreamExt, iter};
use mcp::upstream::{Fleet, Transport, UpstreamConfig};
use plan::BoundCall;
use policy::{Answer, Approvals, Authority, Policy, Rules};
use query::{Budget, Deadline, Ledger, Moment, Principal, Query, QueryId};
use rustix::time::{ClockId, clock_gettime};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [calls, at_once, tool, server @ ..] = arguments.as_slice() else { panic!("CALLS AT_ONCE TOOL SERVER…") };
    let (calls, at_once): (usize, usize) = (calls.parse().unwrap(), at_once.parse().unwrap());
    let transport = match server {
        [url] if url.starts_with("http") => Transport::http(url),
        [command, arguments @ ..] => Transport::stdio(command, arguments),
        [] => panic!("no server"),
    };
    let mut config = UpstreamConfig::new(ServerId::new("s"), transport);
    config.max_concurrency = at_once;
    let fleet = Fleet::start(vec![config]);
    ToolSource::settled(fleet.as_ref()).await;
    let catalog = fleet.snapshot();
    let tool = Arc::clone(catalog.tool(&ToolRef::parse(&format!("s.{tool}")).unwrap()).expect("it is listed"));
    let yes = Answer::Permit;
    let rules = Rules { additive: yes, additive_from_results: yes, destructive: yes, private: yes };
    let policy = Policy::new(rules);
    let query = Query {
        id: QueryId::new("cost"),
        text: "".into(),
        principal: Principal::local(),
        asked: Moment::ORIGIN,
        deadline: Deadline::within(Duration::from_secs(600), Moment::ORIGIN),
        ledger: Ledger::new(Budget::of_calls(u32::MAX)),
        facts: Arc::default(),
        depth: 0,
    };
    let authority = Authority { query, approvals: Approvals::none() };
    let written = RawValue::from_string(r#"{"text":"hello"}"#.to_owned()).unwrap();
    let permit = || {
        let bound = BoundCall::of_client(Arc::clone(&tool), written.clone()).unwrap();
        policy.permit(&authority, bound, &catalog).unwrap()
    };
    let quiet: Arc<dyn Fn(dispatch::Progress) + Send + Sync> = Arc::new(|_| {});
    let context = || CallContext {
        timeout: Duration::from_secs(30),
        cancel: CancellationToken::new(),
        progress: Arc::clone(&quiet),
        counterpart: None,
        replies: None,
        pause: None,
    };
    let one = |_| async { fleet.call(permit(), context()).await.unwrap().text().unwrap().get().len() };
    let warm: usize =
        iter(0..at_once * 4).map(one).buffer_unordered(at_once).fold(0, |sum, len| async move { sum + len }).await;
    assert!(warm > 0);
    let before = spent();
    for _ in 0..calls {
        drop(permit());
    }
    let judged = spent() - before;
    let before = spent();
    let bytes: usize =
        iter(0..calls).map(one).buffer_unordered(at_once).fold(0, |sum, len| async move { sum + len }).await;
    let took = spent() - before;
    let each = |time: Duration| time.as_secs_f64() * 1e6 / calls as f64;
    println!("{calls} calls, {at_once} at once, {} bytes each", bytes / calls);
    println!(
        "{:.1} µs of processor time each, {:.1} of them for reading and judging the call",
        each(took),
        each(judged)
    );
    fleet.stop(Duration::from_millis(500)).await;
}

/// Processor time that this process has used.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
