//! Orchestrators that are each other's servers.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use catalog::{ServerId, ToolSource};
use mcp::downstream::{HttpConfig, HttpServer, serve_http};
use mcp::upstream::{Fleet, ServerState, Transport, UpstreamConfig};
use serde_json::json;
use support::house::House;
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

/// More tools than all of them come to, each seen once from each.
const BOUND: usize = 1000;

/// So many addresses at which nobody listens.
fn addresses(count: usize) -> Vec<SocketAddr> {
    let reserved: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    reserved.iter().map(|listener| listener.local_addr().unwrap()).collect()
}

/// One with a test server, and with the one at `next`.
async fn one(at: SocketAddr, next: SocketAddr) -> (Arc<Fleet>, HttpServer) {
    let other = UpstreamConfig::new(ServerId::new("next"), Transport::http(format!("http://{next}/mcp")));
    let fleet = Fleet::start(vec![server("own", &["list-changed"]), trusted(other)]);
    let door = serve_http(Arc::new(House::new(Arc::clone(&fleet))), HttpConfig::local(at)).await.unwrap();
    (fleet, door)
}

fn is_cut(fleet: &Fleet) -> bool {
    matches!(status_of(fleet, "next").state, ServerState::Failed(fault) if fault.code == "server_circle")
}

#[tokio::test]
async fn a_circle_of_two_or_three_is_cut_and_its_lists_stay_as_they_are() {
    for count in [2, 3] {
        let addresses = addresses(count);
        let mut all = Vec::new();
        for (place, at) in addresses.iter().enumerate() {
            all.push(one(*at, addresses[(place + 1) % count]).await);
        }
        let fleets: Vec<&Arc<Fleet>> = all.iter().map(|(fleet, _)| fleet).collect();
        // Two that met before either was there notice when a list changes.
        let cut = async {
            while !fleets.iter().any(|fleet| is_cut(fleet)) {
                for fleet in &fleets {
                    let next = ServerId::new("next");
                    if matches!(status_of(fleet, "next").state, ServerState::Failed(_)) {
                        fleet.retry(&next);
                    }
                    // The server may not have come up yet.
                    if !tools_of(fleet, "own").is_empty() {
                        call(fleet, "own.grow", json!({})).await.unwrap();
                    }
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), cut).await.expect("the circle is cut");
        for fleet in &fleets {
            let tools = fleet.snapshot().tools().len();
            assert!(tools < BOUND, "{count}: {tools} tools");
            assert!(!tools_of(fleet, "own").is_empty(), "the rest is as it was");
        }
        for (fleet, door) in all {
            fleet.stop(DRAIN).await;
            door.stop(DRAIN).await;
        }
    }
}
