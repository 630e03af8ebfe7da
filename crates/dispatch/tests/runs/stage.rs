//! Runs a plan on fake servers with the clock stopped.

use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use dispatch::{Choice, Clock, Digest, Gate, Limits, Nested, NestedQuery, Ports, Report, Standing, StepEvent, run};
use futures::FutureExt;
use futures::future::BoxFuture;
use plan::{Need, Observation, Observations, Output, Plan};
use policy::{Approvals, ApprovedPlan, Policy, Verdict};
use query::{Budget, Deadline, Ledger, Principal, Query, QueryId};
use serde_json::{Value, json};
use store::Embedded;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::catalogue::{Still, catalogue};
use crate::notation;
use crate::upstreams::Upstreams;

/// On the stopped clock: longer than any run here may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Everything a run stands on.
pub(crate) struct Stage {
    pub(crate) upstreams: Upstreams,
    pub(crate) within: Duration,
    pub(crate) limits: Limits,
    pub(crate) calls: u32,
    pub(crate) approvals: Approvals,
    pub(crate) cancel: CancellationToken,
    pub(crate) nested: Oracle,
    pub(crate) policy: Policy,
    pub(crate) store: Embedded,
    pub(crate) standing: Standing,
    clock: Clock,
    catalogue: Arc<Catalog>,
}

/// How nested queries are answered.
pub(crate) enum Oracle {
    /// At once, with the text they asked.
    Echoes,
    /// Never.
    Hangs,
    /// By a panic.
    Panics,
}

/// What a run on a stage came to.
pub(crate) struct Played {
    pub(crate) report: Report,
    pub(crate) events: Vec<StepEvent>,
    pub(crate) took: Duration,
}

impl Stage {
    /// Servers, and half a minute to answer.
    pub(crate) fn of(upstreams: Upstreams) -> Self {
        Self {
            upstreams,
            within: Duration::from_secs(30),
            limits: Limits::default(),
            calls: 100,
            approvals: Approvals::none(),
            cancel: CancellationToken::new(),
            nested: Oracle::Echoes,
            policy: Policy::default(),
            store: Embedded::in_memory(),
            standing: Standing::default().with_chance(|| 1.0),
            clock: Clock::start(),
            catalogue: catalogue(),
        }
    }

    pub(crate) fn within_ms(mut self, ms: u64) -> Self {
        self.within = Duration::from_millis(ms);
        self
    }

    pub(crate) async fn play(&self, lines: &str) -> Played {
        self.resume(lines, None).await
    }

    pub(crate) async fn resume(&self, lines: &str, prior: Option<&Observations>) -> Played {
        let start = self.clock.now();
        let approved = self.approve(notation::plan(lines, &self.catalogue));
        let mut events = Vec::new();
        let source = Still(Arc::clone(&self.catalogue));
        let gate = Gate {
            policy: &self.policy,
            source: &source,
            client: &self.upstreams,
            store: &self.store,
            standing: &self.standing,
            clock: self.clock,
            limits: &self.limits,
        };
        let ports = Ports { gate, choice: Choice::Planned, nested: &self.nested, counterpart: None };
        let mut tell = |event| events.push(event);
        let running = run(&approved, prior, ports, &self.cancel, &mut tell);
        let report = timeout(PATIENCE, running).await.unwrap_or_else(|_| panic!("the run never ends: {lines}"));
        Played { report, events, took: self.clock.now().since(start) }
    }

    fn approve(&self, plan: Plan) -> ApprovedPlan {
        let query = Query {
            id: QueryId::new("q"),
            text: "what?".into(),
            principal: Principal::local(),
            asked: self.clock.now(),
            deadline: Deadline::within(self.within, self.clock.now()),
            ledger: Ledger::new(Budget::of_calls(self.calls)),
            facts: Arc::default(),
            depth: 0,
        };
        match Policy::default().judge(plan, &query, &self.approvals) {
            Verdict::Approved(approved) => approved,
            other => panic!("{other:?}"),
        }
    }

    /// What the servers were called with, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.upstreams.log.lock().unwrap().calls.clone()
    }
}

impl Played {
    /// `s1:ok s2:failed(timed_out)`
    pub(crate) fn statuses(&self) -> String {
        let write = |(step, seen): (plan::StepIndex, &Observation)| {
            let why = match seen {
                Observation::Failed(fault) | Observation::Indeterminate(fault) => format!("({})", fault.code),
                Observation::NeedsInput(Need::Approval(calls)) => format!("({})", calls.len()),
                _ => String::new(),
            };
            format!("s{}:{}{why}", step.0 + 1, seen.status())
        };
        self.report.observations.iter().map(write).collect::<Vec<_>>().join(" ")
    }

    /// Asserts when the run ended, in milliseconds after it began, give or
    /// take the clock's own step of 1 ms for each wait.
    pub(crate) fn took_about(&self, ms: u64) {
        let took = self.took.as_millis();
        assert!((u128::from(ms)..u128::from(ms) + 10).contains(&took), "took {took} ms, not {ms}");
    }
}

impl Nested for Oracle {
    fn ask(&self, request: NestedQuery) -> BoxFuture<'_, Observation> {
        self.says(json!(request.text))
    }

    fn digest(&self, digest: Digest) -> BoxFuture<'_, Observation> {
        self.says(digest.arguments["from"].clone())
    }
}

impl Oracle {
    fn says(&self, value: Value) -> BoxFuture<'_, Observation> {
        async move {
            match self {
                Self::Echoes => Observation::Output(Output::computed(value)),
                Self::Hangs => std::future::pending().await,
                Self::Panics => panic!("the oracle broke"),
            }
        }
        .boxed()
    }
}
