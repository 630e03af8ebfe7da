//! What the tests share: servers, calls and traces of processes.

#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod client;
pub(crate) mod counterpart;
pub(crate) mod host;
pub(crate) mod house;
pub(crate) mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use catalog::{Fetch, ServerId, ToolRef, ToolSource};
use dispatch::{CallContext, CallFault, Counterpart, Pause, Progress, Replies, Sent, ToolClient};
use mcp::upstream::{Fleet, ServerState, ServerStatus, Transport, UpstreamConfig};
use plan::{BoundCall, BoundStep, Observations, Output, Plan};
use policy::{Approvals, Authority, Policy, Verdict};
use query::{Budget, Deadline, Ledger, Moment, Principal, Query, QueryId};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

/// The test server's program.
pub(crate) const TEST_UPSTREAM: &str = env!("CARGO_BIN_EXE_test-upstream");

/// A test server with these arguments, whose annotations are believed.
pub(crate) fn server(id: &str, arguments: &[&str]) -> UpstreamConfig {
    trusted(UpstreamConfig::new(ServerId::new(id), Transport::stdio(TEST_UPSTREAM, arguments.iter().copied())))
}

/// Believes a server's annotations.
pub(crate) fn trusted(mut config: UpstreamConfig) -> UpstreamConfig {
    config.labels.trust_annotations = true;
    config
}

/// A fleet of these servers, once each was heard of.
pub(crate) async fn fleet(configs: Vec<UpstreamConfig>) -> Arc<Fleet> {
    let fleet = Fleet::start(configs);
    fleet.settled(Duration::from_secs(20)).await;
    fleet
}

/// How one server stands.
pub(crate) fn status_of(fleet: &Fleet, id: &str) -> ServerStatus {
    fleet.status().into_iter().find(|status| status.id.as_str() == id).expect("the server is configured")
}

/// Why a server failed; panics when it did not.
pub(crate) fn failure_of(fleet: &Fleet, id: &str) -> String {
    match status_of(fleet, id).state {
        ServerState::Failed(fault) => format!("{}: {}", fault.code, fault.message),
        other => panic!("`{id}` did not fail: {other:?}"),
    }
}

/// The names of a server's tools.
pub(crate) fn tools_of(fleet: &Fleet, id: &str) -> Vec<String> {
    let catalog = fleet.snapshot();
    let own = catalog.tools().iter().filter(|tool| tool.reference.server.as_str() == id);
    own.map(|tool| tool.listing.name.clone()).collect()
}

/// One call, and what is wanted of it.
pub(crate) struct Call {
    pub(crate) timeout: Duration,
    pub(crate) cancel: CancellationToken,
    pub(crate) ledger: Ledger,
    pub(crate) progress: Arc<Mutex<Vec<Progress>>>,
    pub(crate) counterpart: Option<Arc<dyn Counterpart>>,
    pub(crate) replies: Option<Replies>,
    pub(crate) pause: Option<Arc<Pause>>,
}

impl Default for Call {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            cancel: CancellationToken::new(),
            ledger: Ledger::new(Budget::default()),
            progress: Arc::default(),
            counterpart: None,
            replies: None,
            pause: None,
        }
    }
}

impl Call {
    /// Makes the call through the policy, as every call is made.
    pub(crate) async fn make(&self, fleet: &Fleet, tool: &str, arguments: Value) -> Result<Output, CallFault> {
        let seen = Arc::clone(&self.progress);
        let progress = Arc::new(move |progress| seen.lock().expect("not poisoned").push(progress));
        self.make_telling(fleet, tool, arguments, progress).await
    }

    /// The same, with its progress told to `progress`.
    pub(crate) async fn make_telling(
        &self,
        fleet: &Fleet,
        tool: &str,
        arguments: Value,
        progress: Arc<dyn Fn(Progress) + Send + Sync>,
    ) -> Result<Output, CallFault> {
        let catalog = fleet.snapshot();
        let reference = ToolRef::parse(tool).expect("server.tool");
        let found = Arc::clone(catalog.tool(&reference).unwrap_or_else(|| panic!("{tool} is listed")));
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let plan = Plan::single_call(found, arguments, catalog.version());
        let query = self.query();
        let policy = Policy::default();
        let Verdict::Approved(approved) = policy.judge(plan, &query, &Approvals::none()) else {
            panic!("{tool} may be called")
        };
        let (first, _) = approved.plan().indexed().next().expect("one step");
        let Ok(BoundStep::Call(bound)) = approved.plan().bind(first, &Observations::none_of(1)) else {
            panic!("{tool} is a call")
        };
        let permit = policy.permit(approved.authority(), bound, &catalog).expect("it is permitted");
        fleet.call(permit, self.context(progress)).await
    }

    /// Makes the call through the policy as a client wrote it.
    pub(crate) async fn make_written(
        &self,
        fleet: &Fleet,
        tool: &str,
        arguments: impl Into<Arc<RawValue>>,
        progress: Arc<dyn Fn(Progress) + Send + Sync>,
    ) -> Result<Output, CallFault> {
        let catalog = fleet.snapshot();
        let found = Arc::clone(catalog.find(tool).unwrap_or_else(|| panic!("{tool} is listed")));
        let bound = BoundCall::of_client(found, arguments).map_err(|fault| CallFault::new(fault, Sent::No))?;
        let permit = Policy::default().permit(&self.authority(), bound, &catalog).expect("it is permitted");
        fleet.call(permit, self.context(progress)).await
    }

    /// Fetches through the policy, as everything is fetched.
    pub(crate) async fn fetch(&self, fleet: &Fleet, fetch: Fetch) -> Result<Box<RawValue>, CallFault> {
        let judged = Policy::default().judge_fetch(fetch, &self.query(), &fleet.snapshot());
        let permit = judged.and_then(|judged| judged.permit(None)).expect("it is permitted");
        fleet.fetch(permit, self.context(Arc::new(|_| {}))).await
    }

    /// On whose authority it is made.
    pub(crate) fn authority(&self) -> Authority {
        Authority { query: self.query(), approvals: Approvals::none() }
    }

    fn query(&self) -> Query {
        Query {
            id: QueryId::new("test"),
            text: "test".into(),
            principal: Principal::local(),
            asked: Moment::ORIGIN,
            deadline: Deadline::within(Duration::from_secs(60), Moment::ORIGIN),
            ledger: self.ledger.clone(),
            facts: Arc::default(),
            depth: 0,
        }
    }

    fn context(&self, progress: Arc<dyn Fn(Progress) + Send + Sync>) -> CallContext {
        let (timeout, cancel) = (self.timeout, self.cancel.clone());
        let (counterpart, replies) = (self.counterpart.clone(), self.replies.clone());
        let pause = self.pause.clone();
        CallContext { timeout, cancel, progress, counterpart, replies, pause }
    }
}

/// One call with the defaults.
pub(crate) async fn call(fleet: &Fleet, tool: &str, arguments: Value) -> Result<Output, CallFault> {
    Call::default().make(fleet, tool, arguments).await
}

/// The text of a result.
pub(crate) fn text(output: &Output) -> String {
    output.raw().expect("a server's result")["content"][0]["text"].as_str().expect("a text").to_owned()
}

/// Waits until something holds; panics after ten seconds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: not within ten seconds");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The process ids a server noted in its log, oldest first.
pub(crate) fn started(log: &Path) -> Vec<i32> {
    let log = std::fs::read_to_string(log).unwrap_or_default();
    log.lines().filter_map(|line| line.strip_prefix("started ")?.parse().ok()).collect()
}

/// Whether the log has that line.
pub(crate) fn noted(log: &Path, line: &str) -> bool {
    std::fs::read_to_string(log).unwrap_or_default().lines().any(|noted| noted == line)
}

/// The number of a process's group.
pub(crate) fn group_of(process: i32) -> i32 {
    let pid = rustix::process::Pid::from_raw(process).expect("a process id");
    rustix::process::getpgid(Some(pid)).expect("the process lives").as_raw_nonzero().get()
}

/// How many processes of a group live, as `/proc` tells; zombies do not.
pub(crate) fn living_in(group: i32) -> usize {
    let processes = std::fs::read_dir("/proc").expect("a Linux system").flatten();
    let in_group = processes.filter(|entry| {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { return false };
        // The command's name may hold anything; what follows it does not.
        let Some((_, rest)) = stat.rsplit_once(") ") else { return false };
        let fields: Vec<&str> = rest.split(' ').collect();
        fields[0] != "Z" && fields[2] == group.to_string()
    });
    in_group.count()
}

/// Kills a process as the kernel would.
pub(crate) fn kill(process: i32) {
    let pid = rustix::process::Pid::from_raw(process).expect("a process id");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("the process lives");
}
