//! A host that does all that can be done with one server.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Fetch, ServerId, Tool, ToolSource, Wanted};
use dispatch::{CallContext, CallFault, ToolClient};
use futures::future::join_all;
use mcp::upstream::Fleet;
use plan::BoundCall;
use policy::{Answer, Approvals, Authority, Policy, Rules};
use query::{Budget, Deadline, Ledger, Moment, Principal, Query, QueryId};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::context::Called;
use crate::obliging::{Obliging, filled};

/// How long one call may take.
const CALL: Duration = Duration::from_secs(15);

/// One server, and the fleet that reaches it.
pub(crate) struct Host {
    fleet: Arc<Fleet>,
    server: ServerId,
    policy: Policy,
}

impl Host {
    /// A host that lets every call through: nothing here can be damaged.
    pub(crate) fn new(fleet: Arc<Fleet>, server: ServerId) -> Self {
        let yes = Answer::Permit;
        let anything = Rules { additive: yes, additive_from_results: yes, destructive: yes, private: yes };
        Self { fleet, server, policy: Policy::new(anything) }
    }

    /// Makes these calls, or one of every tool, all at once, and has
    /// everything else that is on offer; what went wrong.
    pub(crate) async fn oblige(&self, calls: Vec<Called>) -> Vec<String> {
        let catalog = self.fleet.snapshot();
        let arguments = |tool: &Tool| {
            let named = calls.iter().find(|call| call.name == tool.listing.name);
            match named {
                // A parameter that is null is one that is not given.
                Some(call) => call.arguments.clone().into_iter().filter(|(_, value)| !value.is_null()).collect(),
                None => filled(&tool.listing.input_schema),
            }
        };
        let called = catalog.tools().iter().map(|tool| self.call(tool, arguments(tool)));
        let mut failures: Vec<String> = join_all(called).await.into_iter().filter_map(Result::err).collect();
        let offerings = self.fleet.offerings();
        let Some(offered) = offerings.servers.get(&self.server) else { return failures };
        let resources = offered.resources.iter().map(|resource| Wanted::Resource { uri: resource.key.clone() });
        let prompts = offered.prompts.iter().map(|prompt| Wanted::Prompt { name: prompt.key.clone(), arguments: None });
        for wanted in resources.chain(prompts) {
            failures.extend(self.fetch(wanted).await.err());
        }
        failures
    }

    async fn call(&self, tool: &Arc<Tool>, arguments: Map<String, Value>) -> Result<(), String> {
        let written = to_raw_value(&arguments).map_err(|error| error.to_string())?;
        let bound = BoundCall::of_client(Arc::clone(tool), written).map_err(|fault| fault.message)?;
        let authority = Authority { query: query(), approvals: Approvals::none() };
        let permit = self.policy.permit(&authority, bound, &self.fleet.snapshot());
        let permit = permit.map_err(|withheld| format!("`{}` may not be called: {withheld:?}", tool.reference))?;
        let ended = self.fleet.call(permit, context()).await;
        ended.map(drop).map_err(|CallFault { fault, .. }| fault.message)
    }

    async fn fetch(&self, wanted: Wanted) -> Result<(), String> {
        let fetch = Fetch { server: self.server.clone(), wanted };
        let judged = self.policy.judge_fetch(fetch, &query(), &self.fleet.snapshot());
        let permit = judged.and_then(|judged| judged.permit(None)).map_err(|fault| fault.message)?;
        let ended = self.fleet.fetch(permit, context()).await;
        ended.map(drop).map_err(|CallFault { fault, .. }| fault.message)
    }
}

fn query() -> Query {
    Query {
        id: QueryId::new("conformance"),
        text: "".into(),
        principal: Principal::local(),
        asked: Moment::ORIGIN,
        deadline: Deadline::within(CALL, Moment::ORIGIN),
        ledger: Ledger::new(Budget::default()),
        facts: Arc::default(),
        depth: 0,
    }
}

fn context() -> CallContext {
    CallContext {
        timeout: CALL,
        cancel: CancellationToken::new(),
        progress: Arc::new(|_| {}),
        counterpart: Some(Arc::new(Obliging)),
        replies: None,
        pause: None,
    }
}
