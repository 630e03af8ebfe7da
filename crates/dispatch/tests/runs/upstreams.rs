//! Servers that behave, and servers that do not.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use dispatch::{CallContext, CallFault, Progress, Sent, ToolClient};
use futures::FutureExt;
use futures::future::BoxFuture;
use plan::Output;
use policy::PermittedCall;
use query::{Blame, Fault};
use serde_json::{Value, json};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How a tool treats a call.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// Answers after so many milliseconds.
    Answers(u64, Value),
    /// Says itself that it failed.
    IsError,
    /// Fails at once.
    Fails(Fault, Sent),
    /// Fails unsent the first time, and answers the second.
    FailsOnce,
    /// Never answers, whatever anybody says.
    Hangs,
    /// Waits until it is cancelled, and then says whether it was sent.
    GivesUp(Sent),
    /// Answers so many milliseconds after it was cancelled.
    AnswersLate(u64),
    /// Breaks down while it waits.
    Panics,
    /// Breaks down before it waits.
    PanicsAtOnce,
    /// Holds up the whole thread for so many milliseconds, then answers.
    Blocks(u64),
    /// Reports progress so often, then answers.
    Reports(usize),
}

/// What the servers saw.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) calls: Vec<String>,
    pub(crate) timeouts: Vec<Duration>,
    pub(crate) cancels: Vec<CancellationToken>,
    pub(crate) in_flight: BTreeMap<String, usize>,
    pub(crate) most: BTreeMap<String, usize>,
}

/// The servers, with the manners of their tools; what has none echoes its
/// `x` after 100 ms.
#[derive(Default)]
pub(crate) struct Upstreams {
    pub(crate) manners: BTreeMap<String, Manner>,
    pub(crate) log: Mutex<Log>,
}

impl Upstreams {
    pub(crate) fn of<'m>(manners: impl IntoIterator<Item = (&'m str, Manner)>) -> Self {
        let manners = manners.into_iter().map(|(tool, manner)| (tool.to_owned(), manner)).collect();
        Self { manners, log: Mutex::default() }
    }

    fn saw<R>(&self, note: impl FnOnce(&mut Log) -> R) -> R {
        note(&mut self.log.lock().unwrap())
    }
}

impl ToolClient for Upstreams {
    fn call(&self, permit: PermittedCall, context: CallContext) -> BoxFuture<'_, Result<Output, CallFault>> {
        let tool = permit.call().tool.reference.to_string();
        if let Some(Manner::PanicsAtOnce) = self.manners.get(&tool) {
            panic!("broken at once");
        }
        self.treat(tool, permit, context).boxed()
    }
}

impl Upstreams {
    async fn treat(&self, tool: String, mut permit: PermittedCall, context: CallContext) -> Result<Output, CallFault> {
        permit.settle();
        let x = permit.arguments()["x"].clone();
        let server = permit.call().tool.reference.server.to_string();
        let before = self.saw(|log| {
            log.calls.push(format!("{tool} {x}"));
            log.timeouts.push(context.timeout);
            log.cancels.push(context.cancel.clone());
            let count = log.in_flight.entry(server.clone()).or_default();
            *count += 1;
            let most = log.most.entry(server.clone()).or_default();
            *most = (*most).max(*count);
            log.calls.iter().filter(|call| call.starts_with(&tool)).count()
        });
        let _leaves = Leaves { log: &self.log, server };
        let manner = self.manners.get(&tool).cloned().unwrap_or(Manner::Answers(100, x.clone()));
        let fault = |code: &str| Fault::passing(Blame::Upstream, code, "no");
        match manner {
            Manner::Answers(after, value) => {
                sleep(Duration::from_millis(after)).await;
                Ok(answer(value))
            }
            Manner::IsError => {
                let text = json!({"type": "text", "text": "no such thing"});
                Ok(Output::of_tool_result(json!({"content": [text], "isError": true})))
            }
            Manner::Fails(fault, sent) => Err(CallFault::new(fault, sent)),
            Manner::FailsOnce if before == 1 => Err(CallFault::new(fault("not_connected"), Sent::No)),
            Manner::FailsOnce => Ok(answer(x)),
            Manner::Hangs => std::future::pending().await,
            Manner::GivesUp(sent) => {
                context.cancel.cancelled().await;
                Err(CallFault::new(fault("gave_up"), sent))
            }
            Manner::AnswersLate(after) => {
                context.cancel.cancelled().await;
                sleep(Duration::from_millis(after)).await;
                Ok(answer(x))
            }
            Manner::Panics | Manner::PanicsAtOnce => {
                sleep(Duration::from_millis(10)).await;
                panic!("broken");
            }
            Manner::Blocks(ms) => {
                std::thread::sleep(Duration::from_millis(ms));
                Ok(answer(x))
            }
            Manner::Reports(times) => {
                for i in 0..times {
                    (context.progress)(Progress { progress: i as f64, total: None, message: None });
                }
                sleep(Duration::from_millis(10)).await;
                (context.progress)(Progress { progress: times as f64, total: None, message: None });
                Ok(answer(x))
            }
        }
    }
}

fn answer(value: Value) -> Output {
    Output::of_tool_result(json!({"content": [], "structuredContent": value}))
}

/// Counts a call out, also when it is dropped.
struct Leaves<'l> {
    log: &'l Mutex<Log>,
    server: String,
}

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        let mut log = self.log.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *log.in_flight.get_mut(&self.server).unwrap() -= 1;
    }
}
