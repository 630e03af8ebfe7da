//! Our own tools, served.

use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use dispatch::Counterpart;
use futures::FutureExt;
use query::{Blame, Fault};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::bridge::Beginning;
use super::caller::Caller;
use super::calls::{no_tool, of_fault};
use super::deed::Deed;
use super::desk::Desk;
use super::message::text;
use super::orchestra::{Asked, Asker, Orchestra, Passed, Resumption, Told};
use super::own_tools::{DEFAULT_FOUND, OwnTool};
use super::parking::Came;
use super::refusal::Refusal;
use super::served::Served;
use super::tasks::Deferral;
use super::visit::Visit;

/// Questions put to a client for one query, one after another.
const MAX_QUESTIONS: usize = 4;

/// What we go by where a server is named.
const OURSELVES: &str = "concertmaster";

/// The arguments of `call_tool`: what the tool is given goes on as written.
#[derive(Deserialize)]
struct OneCall<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

impl Desk {
    /// Serves one of our own tools.
    pub(crate) async fn own(&self, own: OwnTool, written: &RawValue, visit: &Visit<'_>) -> Served {
        let arguments: Map<String, Value> = match written.get() {
            "null" => Map::new(),
            text => match serde_json::from_str(text) {
                Ok(arguments) => arguments,
                Err(error) => return Served::Refused(Refusal::params(format!("in `arguments`: {error}"))),
            },
        };
        if let Some(fault) = own.fault_in(&arguments) {
            // Whoever calls tools reads results, and can mend what it wrote.
            return Served::Made(of_fault(&Fault::lasting(Blame::Caller, "arguments_invalid", fault)));
        }
        if own == OwnTool::CallTool {
            return self.one_call(written, visit).await;
        }
        let ourselves = ServerId::new(OURSELVES);
        let (arguments_written, may_defer) = (visit.params.arguments, own.may_defer());
        let (server, name) = (&ourselves, own.name());
        let deed = Deed { server, method: "tools/call", name, arguments: arguments_written, may_defer };
        let deferral = match visit.deferral(&deed) {
            Ok(deferral) => deferral,
            Err(refusal) => return Served::Refused(refusal),
        };
        match self.beginning(visit, &deed) {
            Ok(Beginning::New(_)) => {}
            Ok(Beginning::Parked(parked)) => return self.resume(*parked, visit, &deed, deferral).await,
            Err(refusal) => return Served::Refused(refusal),
        }
        let caller = visit.caller(&self.own);
        let (asker, orchestra, speaker) =
            (visit.asker(&caller, deferral), Arc::clone(&self.orchestra), Arc::clone(&caller));
        let work = async move {
            let told = perform(&*orchestra, own, &arguments, deferral, asker.clone()).await;
            Came::Passed(Passed::Told(settled(&*orchestra, told, &speaker, &asker).await))
        };
        self.run(work.boxed(), caller, visit, &deed, deferral).await
    }

    async fn one_call(&self, written: &RawValue, visit: &Visit<'_>) -> Served {
        let call: OneCall<'_> = match serde_json::from_str(written.get()) {
            Ok(call) => call,
            Err(error) => return Served::Refused(Refusal::params(format!("in `arguments`: {error}"))),
        };
        let name = text(call.name).unwrap_or_default();
        let catalog = self.orchestra.catalog(&visit.client.principal);
        let Some(tool) = catalog.find(&name) else { return Served::Refused(no_tool(&name)) };
        let given = call.arguments.unwrap_or(RawValue::NULL);
        let reference = tool.reference.to_string();
        let server = &tool.reference.server;
        let deed = Deed {
            server,
            method: "tools/call",
            name: &reference,
            arguments: call.arguments,
            may_defer: OwnTool::CallTool.may_defer(),
        };
        self.pass(reference.as_str().into(), given, visit, &deed).await
    }
}

/// Does what the tool is for.
async fn perform(
    orchestra: &dyn Orchestra,
    own: OwnTool,
    arguments: &Map<String, Value>,
    deferral: Deferral,
    asker: Asker,
) -> Told {
    let query = || text_of(arguments, "query");
    let within = || within(arguments).or(deferral.within());
    match own {
        OwnTool::Ask => orchestra.ask(asked(arguments, within()), asker).await,
        OwnTool::Plan => orchestra.plan(query(), asker).await,
        OwnTool::RunPlan => {
            let plan = arguments.get("plan").cloned().unwrap_or_default();
            orchestra.run_plan(plan, within(), asker).await
        }
        OwnTool::FindTools => {
            orchestra.find_tools(query(), count(arguments, "limit").unwrap_or(DEFAULT_FOUND), asker).await
        }
        OwnTool::ReadResult => {
            let from = count(arguments, "from").unwrap_or(0);
            orchestra.read_on(text_of(arguments, "handle"), from, asker).await
        }
        OwnTool::Resume | OwnTool::CallTool => {
            let values = arguments.get("values").and_then(Value::as_object).cloned().map(Resumption::Fill);
            let answer = count(arguments, "choice").map(Resumption::Choose).or(values).unwrap_or(Resumption::GoOn);
            orchestra.resume(text_of(arguments, "resume"), answer, asker).await
        }
    }
}

/// Puts what an outcome asks to the client on the spot, where it can be asked
/// that, and goes on with the answer.
pub(crate) async fn settled(orchestra: &dyn Orchestra, mut told: Told, caller: &Caller, asker: &Asker) -> Told {
    let ourselves = ServerId::new(OURSELVES);
    for _ in 0..MAX_QUESTIONS {
        let Some(form) = told.form.take().filter(|_| caller.offers().forms) else { break };
        let Some(question) = form.question(&ourselves) else { break };
        // A client that says nothing has the outcome itself, with its question.
        let Ok(answer) = caller.ask(question).await else { break };
        let Some(answer) = form.answered(&answer) else { break };
        told = orchestra.resume(form.resume, answer, asker.clone()).await;
    }
    told
}

fn text_of(arguments: &Map<String, Value>, name: &str) -> String {
    arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn count(arguments: &Map<String, Value>, name: &str) -> Option<usize> {
    arguments.get(name).and_then(Value::as_u64).and_then(|count| count.try_into().ok())
}

fn within(arguments: &Map<String, Value>) -> Option<Duration> {
    let seconds = arguments.get("within_seconds")?.as_f64()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn asked(arguments: &Map<String, Value>, within: Option<Duration>) -> Asked {
    let facts = arguments.get("facts").and_then(Value::as_object).into_iter().flatten();
    let facts = facts.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    Asked { query: text_of(arguments, "query"), within, facts }
}
