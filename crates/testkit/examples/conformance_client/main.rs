//! The connectors, driven as the protocol's conformance suite drives clients.
//!
//! In: a server's address as the last argument, and what the suite says of
//! the scenario in `MCP_CONFORMANCE_CONTEXT`. Out: whatever an obliging host
//! does with a server: every tool called, every resource read, every prompt
//! had. It knows no scenario by name; the suite watches the wire.

#![allow(clippy::print_stderr, reason = "the suite keeps what it says beside the checks")]

mod browser;
mod context;
mod host;
mod obliging;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use catalog::{ServerId, ToolSource};
use mcp::upstream::{Authorization, Fleet, Grant, ServerState, Transport, UpstreamConfig};

use browser::NobodysBrowser;
use context::Context;
use host::Host;

/// How long the server has to be ready to be called.
const READY: Duration = Duration::from_secs(20);

/// How long taking leave may take.
const DRAIN: Duration = Duration::from_millis(500);

/// Where the browser comes back to. Nobody listens there: the address itself
/// is what is wanted.
const REDIRECT: &str = "http://localhost:3000/callback";

/// What the suite takes for an address at which it could read who we are.
const METADATA: &str = "https://conformance-test.local/client-metadata.json";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let Some(url) = std::env::args().skip(1).last() else {
        eprintln!("usage: conformance_client URL");
        return ExitCode::from(2);
    };
    let context = Context::of_environment();
    let id = ServerId::new("server");
    let mut config = UpstreamConfig::new(id.clone(), Transport::http(url));
    config.start_timeout = READY;
    let browser = Arc::new(NobodysBrowser);
    let grant = match context.is_without_person() {
        true => Grant::Client,
        false => Grant::Person { browser, redirect_uri: REDIRECT.to_owned() },
    };
    let client = context.client();
    config.authorization = Some(Authorization { grant, client, metadata_url: Some(METADATA.to_owned()), wallet: None });
    let fleet = Fleet::start(vec![config]);
    ToolSource::settled(fleet.as_ref()).await;
    let mut failures = Vec::new();
    for status in fleet.status() {
        if let ServerState::Failed(fault) = status.state {
            failures.push(fault.message);
        }
    }
    if failures.is_empty() {
        failures = Host::new(Arc::clone(&fleet), id).oblige(context.calls).await;
    }
    fleet.stop(DRAIN).await;
    for failure in &failures {
        eprintln!("{failure}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
