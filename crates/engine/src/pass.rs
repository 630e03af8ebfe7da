//! A client's own call, handed through: the arguments leave as the client
//! wrote them, and the result comes back as the server wrote it.

use std::sync::Arc;

use dispatch::{Asks, Carried, Choice, Errand, Instead, Progress, Replies, StepEvent};
use futures::future::BoxFuture;
use plan::{BoundCall, Need, Observation, Output, StepId, StepIndex};
use policy::Authority;
use query::{Blame, Fault, QueryId};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::{Called, Engine, Event, Outcome, Request};

/// One call as a client wrote it.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The tool, as `server.tool` or by its public name.
    pub tool: Arc<str>,
    /// The arguments: an object's text.
    pub arguments: Arc<RawValue>,
    /// The client's answers to what the server asked when this call was made
    /// before.
    pub replies: Option<Replies>,
}

/// What became of it.
#[derive(Debug)]
pub enum Passed {
    /// The server answered; the result may say that the tool failed.
    Result(Output),
    /// The server asks something first, and holds nothing meanwhile: the same
    /// call is made again with the [`Replies`].
    Asks(Box<Asks>),
    /// It waits for a human, or was refused.
    Stopped(Box<Outcome>),
    /// There is no result.
    Failed(Fault),
}

impl Engine {
    /// Makes one call for a client, through the same gate as every other. A
    /// call that is not held up takes the short way: no plan, no schedule.
    pub async fn pass(&self, pass: Pass, request: Request) -> Passed {
        let Pass { tool, arguments, replies } = pass;
        let catalog = self.catalog_of(&request.principal);
        let Some(found) = catalog.find(&tool) else {
            let Ok(arguments) = serde_json::from_str::<Map<_, _>>(arguments.get()) else {
                let message = format!("the arguments of `{tool}` are no JSON object that can be read");
                return Passed::Failed(Fault::lasting(Blame::Caller, "arguments_invalid", message));
            };
            return self.planned_pass(&tool, arguments, request).await;
        };
        let call = match BoundCall::of_client(Arc::clone(found), arguments) {
            Ok(call) => call,
            Err(fault) => return Passed::Failed(fault),
        };
        let authority = Authority { query: self.query("", &request), approvals: request.approvals.clone() };
        let progress = told(&authority.query.id, &request);
        let errand = request.errand(&authority, progress, replies);
        let Carried { seen, asks, instead, .. } = self.gate(&request.principal).call(call, &errand).await;
        match (seen, asks) {
            (_, Some(asks)) => Passed::Asks(asks),
            (Observation::Output(output) | Observation::ToolError(output), None) => Passed::Result(match instead {
                Some(instead) => signed(&output, &instead),
                None => output,
            }),
            (Observation::NeedsInput(Need::Approval(asked)), None) => {
                let call = asked.into_iter().next().map(|(call, ..)| (call.tool, call.arguments));
                let Some((asked, Value::Object(arguments))) = call else { return Passed::Failed(nothing_said()) };
                self.planned_pass(&tool, asked.without_fixed(arguments), request).await
            }
            (Observation::Failed(fault) | Observation::Indeterminate(fault), None) => Passed::Failed(fault),
            (Observation::NeedsInput(_) | Observation::Skipped(_), None) => Passed::Failed(nothing_said()),
        }
    }

    /// The same call as a plan of one step, which can wait for a human, or
    /// for servers that are starting. On the heap: a whole journey is far
    /// larger than the short way, which would carry room for it.
    fn planned_pass<'a>(
        &'a self,
        tool: &'a str,
        arguments: Map<String, Value>,
        request: Request,
    ) -> BoxFuture<'a, Passed> {
        Box::pin(async move {
            match self.call(tool, arguments, request).await {
                Called::Result(output) => Passed::Result(output),
                Called::Stopped(outcome) => Passed::Stopped(outcome),
            }
        })
    }
}

/// A result with the name of the tool it came from, where that is not the one
/// that was called.
pub(crate) fn signed(output: &Output, instead: &Instead) -> Output {
    let Some(Value::Object(mut raw)) = output.raw().cloned() else { return output.clone() };
    let meta = raw.entry("_meta").or_insert_with(|| json!({}));
    if let Some(meta) = meta.as_object_mut() {
        meta.insert("concertmaster/instead".to_owned(), json!({"tool": instead.tool, "why": instead.why}));
    }
    Output::of_tool_result(Value::Object(raw))
}

/// The server's progress, told as that of the call's only step.
fn told(query: &QueryId, request: &Request) -> Arc<dyn Fn(Progress) + Send + Sync> {
    let (query, events) = (query.clone(), Arc::clone(&request.events));
    Arc::new(move |progress| {
        let event = StepEvent::Progressed { step: StepIndex(0), progress };
        events(Event::Step { query: query.clone(), id: StepId::new("s1"), event });
    })
}

/// The gate never ends a single call so.
fn nothing_said() -> Fault {
    Fault::lasting(Blame::Ourselves, "nothing_said", "the call ended without a word; please report it")
}

impl Request {
    /// What one call of this request is made with.
    pub(crate) fn errand<'a>(
        &'a self,
        authority: &'a Authority,
        progress: Arc<dyn Fn(Progress) + Send + Sync>,
        replies: Option<Replies>,
    ) -> Errand<'a> {
        Errand {
            authority,
            due: authority.query.deadline,
            choice: Choice::Named,
            cancel: self.cancel.child_token(),
            stop: None,
            grace: dispatch::grace(authority.query.depth),
            room: None,
            progress,
            counterpart: self.counterpart.as_ref(),
            replies,
        }
    }
}
