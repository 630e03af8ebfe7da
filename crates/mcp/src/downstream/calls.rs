//! Calls of tools: our own, and those of the servers.

use std::sync::Arc;

use futures::FutureExt;
use query::Fault;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::bridge::Beginning;
use super::deed::Deed;
use super::desk::Desk;
use super::message::Params;
use super::orchestra::{Passed, Passing, Told};
use super::own::settled;
use super::own_tools::OwnTool;
use super::parking::Came;
use super::refusal::Refusal;
use super::served::Served;
use super::tasks::Deferral;
use super::visit::Visit;

impl Desk {
    /// Calls the tool that a request names.
    pub(crate) async fn call(&self, visit: &Visit<'_>) -> Served {
        let Some(name) = Params::text(visit.params.name) else {
            return Served::Refused(Refusal::params("`tools/call` needs the `name` of a tool"));
        };
        let arguments = match visit.params.arguments {
            None => RawValue::NULL,
            Some(given) if given.get().starts_with('{') => given,
            Some(_) => return Served::Refused(Refusal::params("`arguments` is to be an object")),
        };
        if let Some(own) = OwnTool::named(&name) {
            return self.own(own, arguments, visit).await;
        }
        let shelf = self.shelf(&visit.client.principal);
        let Some(stand) = shelf.tool(&name) else { return Served::Refused(no_tool(&name)) };
        let (server, given) = (&stand.server, visit.params.arguments);
        let deed = Deed { server, method: "tools/call", name: &name, arguments: given, may_defer: stand.may_defer };
        self.pass(Arc::clone(&stand.reference), arguments, visit, &deed).await
    }

    /// Hands a call to the server that has the tool.
    pub(crate) async fn pass(
        &self,
        tool: Arc<str>,
        arguments: &RawValue,
        visit: &Visit<'_>,
        deed: &Deed<'_>,
    ) -> Served {
        let deferral = match visit.deferral(deed) {
            Ok(deferral) => deferral,
            Err(refusal) => return Served::Refused(refusal),
        };
        let replies = match self.beginning(visit, deed) {
            Ok(Beginning::New(replies)) => replies,
            Ok(Beginning::Parked(parked)) => return self.resume(*parked, visit, deed, deferral).await,
            Err(refusal) => return Served::Refused(refusal),
        };
        let caller = visit.caller(&self.own);
        let arguments = if arguments.get() == "null" { empty() } else { arguments.to_owned() }.into();
        let passing = Passing { tool, arguments, replies, within: deferral.within() };
        let asker = visit.asker(&caller, deferral);
        if !visit.answers_later() && !visit.client.offers.forms && deferral == Deferral::Never {
            return self.served(Came::Passed(self.orchestra.pass(passing, asker).await), visit, deed);
        }
        let (orchestra, speaker) = (Arc::clone(&self.orchestra), Arc::clone(&caller));
        let work = async move {
            Came::Passed(match orchestra.pass(passing, asker.clone()).await {
                // What waits for a human may be asked about on the spot.
                Passed::Told(told) => Passed::Told(settled(&*orchestra, told, &speaker, &asker).await),
                passed => passed,
            })
        };
        self.run(work.boxed(), caller, visit, deed, deferral).await
    }
}

/// An object without members.
fn empty() -> Box<RawValue> {
    serde_json::value::to_raw_value(&json!({})).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// What an unknown name comes to, whoever may or may not see the tool.
pub(crate) fn no_tool(name: &str) -> Refusal {
    let name = crate::excerpt::excerpt(name);
    Refusal::params(format!("there is no tool `{name}`; `find_tools` finds those there are"))
}

/// An outcome of ours.
pub(crate) fn of_told(told: Told) -> Value {
    json!({
        "content": [{"type": "text", "text": told.text}],
        "structuredContent": told.outcome,
        "isError": told.failed,
    })
}

/// A call that brought no result.
pub(crate) fn of_fault(fault: &Fault) -> Value {
    json!({
        "content": [{"type": "text", "text": fault.message}],
        "structuredContent": {"error": fault},
        "isError": true,
    })
}
