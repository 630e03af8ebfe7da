//! Servers by script behind a gate of one's own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog::{
    Catalog, Effect, Entry, Fetch, ServerId, ServerLabels, ServerListing, ToolListing, ToolRef, ToolSource, Wanted,
};
use dispatch::{
    CallContext, CallFault, Carried, Choice, Clock, Errand, Gate, Limits, Progress, Sent, Standing, StandingSettings,
    ToolClient,
};
use futures::future::BoxFuture;
use plan::{BoundCall, Observation, Output};
use policy::{Approvals, Authority, PermittedCall, PermittedFetch, Policy, Rules, Tariff};
use query::{Blame, Budget, Deadline, Fault, Ledger, Principal, Query, QueryId};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use store::Embedded;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// What a server does with a call.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// Answers after so many milliseconds with who asked, what, and the how
    /// manieth call it is.
    Answers(u64),
    /// Answers at once with this.
    Yields(Value),
    /// The tool says that it failed.
    Errs,
    /// It breaks off with this code; the call had left.
    Breaks(&'static str),
    /// It fails with this code before anything left.
    Refuses(&'static str),
    /// Never answers.
    Hangs,
    /// Says so many times, so many milliseconds apart, that it gets on, then
    /// answers.
    GetsOn(u64, u64),
}

/// One tool: its server, its name, what it does to the world, and what it
/// does with a call.
pub(crate) type ToolRow<'r> = (&'r str, &'r str, Effect, Does);

/// A gate over scripted servers, and what left through it.
pub(crate) struct Rig {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) policy: Policy,
    pub(crate) store: Embedded,
    pub(crate) standing: Standing,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) within: Duration,
    pub(crate) choice: Choice,
    /// What every fetch brings.
    pub(crate) offers: Value,
    script: Mutex<BTreeMap<String, Does>>,
    left: Mutex<Vec<String>>,
}

impl Rig {
    /// Servers with these tools, nothing limited, nothing kept.
    pub(crate) fn of(rows: &[ToolRow<'_>]) -> Self {
        Self::labelled(rows, |_, _| {})
    }

    /// The same, with something said of the servers.
    pub(crate) fn labelled(rows: &[ToolRow<'_>], say: impl Fn(&str, &mut ServerLabels)) -> Self {
        let mut servers: BTreeMap<&str, (Vec<ToolListing>, ServerLabels)> = BTreeMap::new();
        for (server, tool, effect, _) in rows {
            let (tools, labels) = servers.entry(server).or_default();
            let schema = json!({"type": "object", "properties": {"x": {}}, "required": ["x"]});
            tools.push(ToolListing { name: (*tool).to_owned(), input_schema: schema, ..ToolListing::default() });
            labels.effects.insert((*tool).to_owned(), *effect);
        }
        let entry = |(server, (tools, mut labels)): (&str, (Vec<ToolListing>, ServerLabels))| {
            say(server, &mut labels);
            Entry::Ready(ServerListing { id: ServerId::new(server), title: None, instructions: None, tools }, labels)
        };
        let catalog = Arc::new(Catalog::new(1, servers.into_iter().map(entry).collect()));
        let mut limits = Limits::default();
        limits.per_server.cache_ttl = Duration::ZERO;
        let script = rows.iter().map(|(server, tool, _, does)| (format!("{server}.{tool}"), does.clone())).collect();
        Self {
            catalog,
            policy: Policy::default(),
            store: Embedded::in_memory(),
            standing: Standing::default().with_chance(|| 1.0),
            limits,
            clock: Clock::start(),
            within: Duration::from_secs(30),
            choice: Choice::Planned,
            offers: Value::Null,
            script: Mutex::new(script),
            left: Mutex::default(),
        }
    }

    pub(crate) fn with_tariff(mut self, tariff: Tariff) -> Self {
        self.policy = Policy::new(Rules::default()).with_tariff(tariff);
        self
    }

    pub(crate) fn with_standing(mut self, settings: StandingSettings) -> Self {
        self.standing = Standing::new(settings).with_chance(|| 1.0);
        self
    }

    /// From now on that tool does this.
    pub(crate) fn now(&self, tool: &str, does: Does) {
        self.script.lock().unwrap().insert(tool.to_owned(), does);
    }

    /// The calls that left, in order.
    pub(crate) fn left(&self) -> Vec<String> {
        self.left.lock().unwrap().clone()
    }

    /// One call of `ann`'s.
    pub(crate) async fn call(&self, tool: &str, x: Value) -> Carried {
        self.call_of("ann", tool, x).await
    }

    /// One call of somebody's.
    pub(crate) async fn call_of(&self, who: &str, tool: &str, x: Value) -> Carried {
        self.call_with(who, tool, x, CancellationToken::new()).await
    }

    pub(crate) async fn call_with(&self, who: &str, tool: &str, x: Value, cancel: CancellationToken) -> Carried {
        let authority = self.authority(who);
        let found = self.catalog.tool(&ToolRef::parse(tool).unwrap()).unwrap();
        let text: Box<RawValue> = to_raw_value(&json!({ "x": x })).unwrap();
        let call = BoundCall::of_client(Arc::clone(found), text).unwrap();
        self.gate().call(call, &self.errand(&authority, cancel)).await
    }

    /// One fetch of somebody's from the server `a`.
    pub(crate) async fn fetch_of(&self, who: &str, wanted: Wanted) -> Result<Value, Fault> {
        let authority = self.authority(who);
        let fetch = Fetch { server: ServerId::new("a"), wanted };
        let fetched = self.gate().fetch(fetch, &self.errand(&authority, CancellationToken::new())).await;
        fetched.map(|text| serde_json::from_str(text.get()).unwrap()).map_err(|failed| failed.fault)
    }

    fn authority(&self, who: &str) -> Authority {
        let now = self.clock.now();
        let query = Query {
            id: QueryId::new("q"),
            text: "".into(),
            principal: Principal::new(who),
            asked: now,
            deadline: Deadline::within(self.within, now),
            ledger: Ledger::new(Budget::default()),
            facts: Arc::default(),
            depth: 0,
        };
        Authority { query, approvals: Approvals::none() }
    }

    fn errand<'e>(&self, authority: &'e Authority, cancel: CancellationToken) -> Errand<'e> {
        Errand {
            authority,
            due: authority.query.deadline,
            choice: self.choice,
            cancel,
            stop: None,
            grace: Duration::from_millis(200),
            room: None,
            progress: Arc::new(|_| {}),
            counterpart: None,
            replies: None,
        }
    }

    pub(crate) fn gate(&self) -> Gate<'_> {
        Gate {
            policy: &self.policy,
            source: self,
            client: self,
            store: &self.store,
            standing: &self.standing,
            clock: self.clock,
            limits: &self.limits,
        }
    }
}

impl ToolSource for Rig {
    fn snapshot(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }
}

impl ToolClient for Rig {
    fn call(&self, mut permit: PermittedCall, context: CallContext) -> BoxFuture<'_, Result<Output, CallFault>> {
        Box::pin(async move {
            let tool = permit.call().tool.reference.to_string();
            let does = self.script.lock().unwrap()[&tool].clone();
            let fault = |code: &str| Fault::passing(Blame::Upstream, code, format!("it said {code}"));
            if let Does::Refuses(code) = does {
                return Err(CallFault::new(fault(code), Sent::No));
            }
            permit.settle();
            let (who, x) = (permit.principal().clone(), permit.arguments()["x"].clone());
            let count = {
                let mut left = self.left.lock().unwrap();
                left.push(format!("{tool} {x} {who}"));
                left.len()
            };
            let mine = json!({"who": who, "x": x, "tool": tool, "count": count});
            match does {
                Does::Answers(ms) => sleep(Duration::from_millis(ms)).await,
                Does::Yields(value) => return Ok(result(&value)),
                Does::Errs => return Ok(Output::of_tool_result(json!({"content": [], "isError": true}))),
                Does::Breaks(code) => return Err(CallFault::new(fault(code), Sent::Unknown)),
                Does::Hangs => context.cancel.cancelled().await,
                Does::GetsOn(times, ms) => {
                    for i in 0..times {
                        sleep(Duration::from_millis(ms)).await;
                        (context.progress)(Progress { progress: i as f64, total: None, message: None });
                    }
                }
                Does::Refuses(_) => {}
            }
            if context.cancel.is_cancelled() {
                return Err(CallFault::new(fault("gave_up"), Sent::Unknown));
            }
            Ok(result(&mine))
        })
    }

    fn fetch(&self, mut permit: PermittedFetch, _: CallContext) -> BoxFuture<'_, Result<Box<RawValue>, CallFault>> {
        permit.settle();
        self.left.lock().unwrap().push(permit.fetch().wanted.name().to_owned());
        Box::pin(async move { Ok(to_raw_value(&self.offers).unwrap()) })
    }
}

fn result(value: &Value) -> Output {
    Output::received(to_raw_value(&json!({"content": [], "structuredContent": value})).unwrap()).unwrap()
}

/// `ok`, a fault's code, or another status.
pub(crate) fn word(carried: &Carried) -> &str {
    match &carried.seen {
        Observation::Failed(fault) | Observation::Indeterminate(fault) => &fault.code,
        other => other.status(),
    }
}

/// A result's value.
pub(crate) fn value(carried: &Carried) -> Value {
    carried.seen.output().unwrap().value().clone()
}

/// The fault of a call that failed.
pub(crate) fn fault(carried: &Carried) -> Fault {
    match &carried.seen {
        Observation::Failed(fault) => fault.clone(),
        other => panic!("it did not fail: {other:?}"),
    }
}
