//! How work becomes a task, and how it is done then.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{Either, select};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::shape::{self, Era};
use super::task::{Ending, Task};
use crate::downstream::caller::Caller;
use crate::downstream::calls::{of_fault, of_told};
use crate::downstream::deed::Deed;
use crate::downstream::desk::Desk;
use crate::downstream::orchestra::Passed;
use crate::downstream::parking::{Came, Work};
use crate::downstream::refusal::{INTERNAL_ERROR, METHOD_NOT_FOUND, Refusal};
use crate::downstream::revision::Revision;
use crate::downstream::served::Served;
use crate::downstream::visit::Visit;

/// After this long, work becomes a task for a client that takes tasks.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long work may take that may become a task, unless its client says.
const WORK_WITHIN: Duration = Duration::from_secs(10 * 60);

/// How long work has to end once it is taken back: so long it can take back
/// what it has going at servers, and write down what it did.
const WINDING_UP: Duration = Duration::from_secs(5);

/// Whether a request's work may become a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deferral {
    /// It may not.
    Never,
    /// When it takes long, or its server made a task of it.
    WhenLong,
    /// At once, kept for so long, where the client said.
    AtOnce(Option<Duration>),
}

#[derive(Deserialize)]
struct WantedTask {
    #[serde(default)]
    ttl: Option<f64>,
}

impl Visit<'_> {
    /// Whether its work may become a task.
    pub(crate) fn deferral(&self, deed: &Deed<'_>) -> Result<Deferral, Refusal> {
        if self.client.revision.is_stateless() {
            let when_long = self.client.takes_tasks && deed.may_defer;
            return Ok(if when_long { Deferral::WhenLong } else { Deferral::Never });
        }
        // Older revisions have no tasks, and read over what asks for one.
        let wanted = self.params.task.filter(|_| self.client.revision == Revision::Tasked);
        let Some(wanted) = wanted else { return Ok(Deferral::Never) };
        let wanted = Some(wanted).filter(|wanted| wanted.get().starts_with('{'));
        let wanted = wanted.and_then(|wanted| serde_json::from_str::<WantedTask>(wanted.get()).ok());
        let Some(wanted) = wanted else { return Err(Refusal::params("`task` is to be an object")) };
        if !deed.may_defer {
            let name = crate::excerpt::excerpt(deed.name);
            return Err(Refusal::new(METHOD_NOT_FOUND, format!("`{name}` cannot be run as a task")));
        }
        let ttl = wanted.ttl.map(|ms| Duration::try_from_secs_f64(ms / 1_000.0).unwrap_or_default());
        Ok(Deferral::AtOnce(ttl))
    }
}

impl Deferral {
    /// How long the work may take, where that is not the operator's affair.
    pub(crate) fn within(self) -> Option<Duration> {
        (self != Self::Never).then_some(WORK_WITHIN)
    }
}

impl Desk {
    /// Waits until work is to become a task: for ever, where it may not.
    pub(crate) async fn due(&self, deferral: Deferral, caller: &Caller) {
        match deferral {
            Deferral::Never => std::future::pending().await,
            Deferral::AtOnce(_) => {}
            Deferral::WhenLong => {
                let (long, begun) = (std::pin::pin!(sleep(PATIENCE)), std::pin::pin!(caller.deferred_there()));
                match select(long, begun).await {
                    Either::Left(_) | Either::Right(_) => {}
                }
            }
        }
    }

    /// A task for a request's work, or nothing where there is no room.
    pub(crate) fn task_for(&self, deferral: Deferral, visit: &Visit<'_>) -> Option<Arc<Task>> {
        let ttl = match deferral {
            Deferral::AtOnce(ttl) => ttl,
            Deferral::Never | Deferral::WhenLong => None,
        };
        let session = visit.client.session.as_ref().map_or_else(Weak::new, Arc::downgrade);
        self.tasks.make(visit.client.principal.clone(), session, visit.cancel.clone(), ttl)
    }

    /// Has the work done as this task; what its client is told at once.
    pub(crate) fn defer(&self, task: &Arc<Task>, work: Work, caller: Arc<Caller>, visit: &Visit<'_>) -> Served {
        caller.goes_on_as(Arc::clone(task));
        self.tasks.work_on(see_through(Arc::clone(task), work, caller));
        let era = if visit.client.revision.is_stateless() { Era::Modern } else { Era::Legacy };
        Served::Ready(shape::created(task, era))
    }
}

/// What a client is told for whose task there is no room.
pub(crate) fn no_room() -> Served {
    let message = "too many tasks are kept; have the results of some, or try again later";
    Served::Refused(Refusal::new(INTERNAL_ERROR, message))
}

/// Does the work of a task to its end.
async fn see_through(task: Arc<Task>, work: Work, caller: Arc<Caller>) {
    // A task must end, whatever its work does.
    let mut work = AssertUnwindSafe(work).catch_unwind();
    loop {
        tokio::select! {
            biased;
            () = task.cancel.cancelled() => break,
            came = &mut work => {
                task.end(came.map_or_else(|_| broken(), ending));
                return;
            }
            gathered = caller.gathered() => task.ask(gathered),
        }
    }
    task.end(Ending::Cancelled);
    let _ = timeout(WINDING_UP, work).await;
}

/// How a task ends whose work broke down.
fn broken() -> Ending {
    Ending::Failed(Refusal::new(INTERNAL_ERROR, "the work on this task broke down; please report it"))
}

/// How a task ends whose work came to this.
fn ending(came: Came) -> Ending {
    let made = |value: Value| {
        let failed = value["isError"] == Value::Bool(true);
        Ending::Completed { result: value.to_string().into(), failed }
    };
    match came {
        Came::Passed(Passed::Result(output)) => {
            let text = output.text().map(|text| text.get().to_owned());
            let text = text.or_else(|| output.raw().map(Value::to_string)).unwrap_or_else(|| "{}".to_owned());
            Ending::Completed { result: text.into(), failed: output.is_error() }
        }
        Came::Passed(Passed::Told(told)) => made(of_told(told)),
        Came::Passed(Passed::Failed(fault)) if fault.refusal.is_none() => made(of_fault(&fault)),
        Came::Passed(Passed::Failed(fault)) => Ending::Failed(Refusal::of_fault(&fault)),
        Came::Passed(Passed::Asks(_)) | Came::Fetched(_) => {
            let message = "a server asks something that cannot be asked in a task";
            Ending::Failed(Refusal::new(INTERNAL_ERROR, message))
        }
    }
}
