//! Concertmaster on some servers, the way a program would embed it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::{Called, Decision, Engine, InputRequired, Outcome, Parts, Refusal, Request, Settings};
use mcp::upstream::{Fleet, ReadyServer, ServerState, ServerStatus, UpstreamConfig};
use plan::Output;
use policy::{CallToApprove, Policy};
use serde_json::Value;
use synthesize::Answer;
use tokio::time::{sleep, timeout};

use crate::traces::Traces;

/// The longest a test may take.
const TEST_TIMEOUT: Duration = Duration::from_secs(180);

/// The longest servers may take until each is ready or has failed.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(90);

/// How long servers have to end by themselves.
const DRAIN: Duration = Duration::from_secs(2);

/// How long the kernel has to clear killed processes away.
const CLEARING: Duration = Duration::from_secs(5);

/// The longest [`until`] waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// An engine and its servers.
pub(crate) struct Rig {
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) engine: Engine,
    pub(crate) traces: Traces,
}

/// Runs a whole test on these servers, and looks that nothing of them is left
/// behind.
pub(crate) async fn with(configs: Vec<UpstreamConfig>, test: impl AsyncFnOnce(&Rig)) {
    let whole = async {
        let rig = Rig::start(configs);
        rig.fleet.settled(SETTLE_TIMEOUT).await;
        let mut groups = rig.groups();
        assert!(groups.len() >= rig.ready_processes(), "every process carries its mark");
        test(&rig).await;
        groups.append(&mut rig.groups());
        rig.fleet.stop(DRAIN).await;
        let began = Instant::now();
        while !rig.traces.left(&groups).is_empty() && began.elapsed() < CLEARING {
            sleep(Duration::from_millis(20)).await;
        }
        let left = rig.traces.left(&groups);
        assert!(left.is_empty(), "left behind: {left:#?}");
    };
    timeout(TEST_TIMEOUT, whole).await.expect("the test ends in time");
}

impl Rig {
    fn start(mut configs: Vec<UpstreamConfig>) -> Self {
        let traces = Traces::mark(&mut configs);
        let fleet = Fleet::start(configs);
        let (source, client) = (Arc::clone(&fleet), Arc::clone(&fleet));
        let parts = Parts {
            source,
            client,
            policy: Policy::default(),
            model: None,
            store: Arc::new(store::Embedded::in_memory()),
            sealer: store::Sealer::new(store::SealingKey::random().expect("the system has random bytes")),
            settings: Settings::default(),
        };
        Self { fleet, engine: Engine::new(parts), traces }
    }

    /// The groups that the servers' processes are in.
    fn groups(&self) -> BTreeSet<i32> {
        self.traces.marked().iter().map(|process| process.group).collect()
    }

    /// How many servers are processes of ours and up.
    fn ready_processes(&self) -> usize {
        let up = |status: &&ServerStatus| status.transport == "stdio" && matches!(status.state, ServerState::Ready(_));
        self.fleet.status().iter().filter(up).count()
    }

    /// What a server said of itself; panics when it is not up.
    pub(crate) fn ready(&self, id: &str) -> ReadyServer {
        match self.state(id) {
            ServerState::Ready(ready) => ready,
            other => panic!("`{id}` is not ready: {other:?}"),
        }
    }

    /// How a server stands.
    pub(crate) fn state(&self, id: &str) -> ServerState {
        self.status(id).state
    }

    /// How often a server was started.
    pub(crate) fn starts(&self, id: &str) -> u32 {
        self.status(id).starts
    }

    fn status(&self, id: &str) -> ServerStatus {
        let status = self.fleet.status().into_iter().find(|status| status.id.as_str() == id);
        status.unwrap_or_else(|| panic!("`{id}` is configured"))
    }

    /// Asks in words.
    pub(crate) async fn ask(&self, query: &str) -> Outcome {
        self.engine.ask(query, Request::local()).await
    }

    /// Runs a plan written by hand.
    pub(crate) async fn run(&self, plan: &Value) -> Outcome {
        self.engine.run(&plan.to_string(), Request::local()).await
    }

    /// Calls a tool directly, whatever becomes of it.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Called {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        self.engine.call(tool, arguments, Request::local()).await
    }

    /// The result of a call that succeeds.
    pub(crate) async fn result(&self, tool: &str, arguments: Value) -> Value {
        let output = self.output(tool, arguments).await;
        assert!(!output.is_error(), "{tool}: {output:?}");
        output.value().clone()
    }

    /// What the tool itself says is wrong with a call.
    pub(crate) async fn complaint(&self, tool: &str, arguments: Value) -> String {
        let output = self.output(tool, arguments).await;
        assert!(output.is_error(), "{tool}: {output:?}");
        output.value().as_str().expect("a text").to_owned()
    }

    /// What a human is asked before a call leaves.
    pub(crate) async fn asked_first(&self, tool: &str, arguments: Value) -> Outcome {
        match self.call(tool, arguments).await {
            Called::Stopped(outcome) => *outcome,
            Called::Result(output) => panic!("{tool} was called unasked: {output:?}"),
        }
    }

    /// Goes on after a human let every waiting call through.
    pub(crate) async fn approve(&self, outcome: Outcome) -> Outcome {
        let suspension = outcome.suspension.expect("it waits for a human");
        let hashes = suspension.hashes();
        self.engine.resume(suspension, &hashes, Request::local()).await
    }

    async fn output(&self, tool: &str, arguments: Value) -> Output {
        match self.call(tool, arguments).await {
            Called::Result(output) => output,
            Called::Stopped(outcome) => panic!("{tool}: {}", json(&outcome)),
        }
    }
}

/// The answer; panics with the whole outcome when there is none.
pub(crate) fn answer(outcome: &Outcome) -> &Answer {
    match &outcome.decision {
        Decision::Answered(answer) => answer,
        _ => panic!("not answered: {}", json(outcome)),
    }
}

/// The refusal; panics with the whole outcome when there is none.
pub(crate) fn refusal(outcome: &Outcome) -> &Refusal {
    match &outcome.decision {
        Decision::Refused(refusal) => refusal,
        _ => panic!("not refused: {}", json(outcome)),
    }
}

/// The calls that wait for a human; panics with the whole outcome when none
/// does.
pub(crate) fn waiting(outcome: &Outcome) -> &[CallToApprove] {
    match &outcome.decision {
        Decision::InputRequired(InputRequired::Approve { calls, .. }) => calls,
        _ => panic!("nothing waits: {}", json(outcome)),
    }
}

/// How the steps ended, in plan order: `git.git_log ok`.
pub(crate) fn steps(outcome: &Outcome) -> Vec<String> {
    let line = |step: &engine::StepLine| {
        let tool = step.tool.as_ref().map_or_else(|| "orc".to_owned(), ToString::to_string);
        format!("{tool} {}", step.status)
    };
    outcome.steps.iter().map(line).collect()
}

/// The outcome as programs read it.
pub(crate) fn json(outcome: &Outcome) -> String {
    serde_json::to_string_pretty(outcome).expect("an outcome is JSON")
}

/// Waits until something holds; panics when it never does.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        sleep(Duration::from_millis(20)).await;
    }
}
