//! The one way out: every call of a plan, every client's own call and every
//! fetch passes here, from start to end.
//!
//! In: a call with every argument known and on whose behalf it is made. Out:
//! how it ended. It knows no plan and no schedule.

mod ending;
mod errand;

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use catalog::{Fetch, Tool, ToolSource};
use futures::FutureExt;
use plan::{BoundCall, Output};
use policy::{PermittedCall, Policy};
use query::{Blame, Deadline, Fault, Recovery};
use serde_json::value::RawValue;
use tokio::time::{sleep, timeout, timeout_at};

pub(crate) use self::ending::panicked;
use self::ending::{of_fault, of_output, of_withheld};
pub use self::errand::{Carried, Errand};
use crate::{CallContext, CallFault, Clock, Limits, Sent, Stop, ToolClient};

/// How often a call is handed to the connector at most: again only if it only
/// reads, no byte of it left, and the fault may pass.
const ATTEMPTS: usize = 2;

/// The pause before a call is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// What every call passes on its way out.
#[derive(Clone, Copy)]
pub struct Gate<'a> {
    /// The judge.
    pub policy: &'a Policy,
    /// What can be called today.
    pub source: &'a dyn ToolSource,
    /// Carries permitted calls to their servers.
    pub client: &'a dyn ToolClient,
    /// The clock the query's deadline was made on.
    pub clock: Clock,
    /// What may be in flight, and for how long.
    pub limits: &'a Limits,
}

impl Gate<'_> {
    /// Makes one call, if policy permits it. Always ends, at the latest the
    /// errand's grace after the call's deadline or its cancellation.
    pub async fn call(&self, call: BoundCall, errand: &Errand<'_>) -> Carried {
        let tool = Arc::clone(&call.tool);
        let attempts = AtomicUsize::new(0);
        let carried = AssertUnwindSafe(self.carry(Arc::new(call), errand, &attempts)).catch_unwind().await;
        let attempts = attempts.into_inner();
        let mut carried = carried.unwrap_or_else(|_| {
            let sent = if attempts == 0 { Sent::No } else { Sent::Unknown };
            of_fault(&tool, CallFault::new(panicked(&format!("the call of `{}`", tool.reference)), sent))
        });
        carried.attempts = attempts;
        carried
    }

    /// Has something from a server that is no tool's work, if policy permits
    /// it. The same bounds hold as for a call.
    ///
    /// # Errors
    ///
    /// What policy or the server says against it, or that it took too long.
    pub async fn fetch(&self, fetch: Fetch, errand: &Errand<'_>) -> Result<Box<RawValue>, CallFault> {
        let query = &errand.authority.query;
        let what = format!("`{}` of `{}`", fetch.wanted.name(), fetch.server);
        let patience = self.limits.of(&fetch.server).call_timeout;
        let until = query.deadline.capped(patience, self.clock.now());
        let permit = self.policy.permit_fetch(fetch, query, &self.source.snapshot());
        let permit = permit.map_err(|fault| CallFault::new(fault, Sent::No))?;
        let context = self.context(until, errand);
        self.waited(self.client.fetch(permit, context), &what, until, errand).await
    }

    async fn carry(&self, call: Arc<BoundCall>, errand: &Errand<'_>, attempts: &AtomicUsize) -> Carried {
        let tool = &call.tool;
        let patience = self.limits.of(&tool.reference.server).call_timeout;
        let until = errand.authority.query.deadline.capped(patience, self.clock.now());
        loop {
            if errand.cancel.is_cancelled() {
                return of_fault(tool, CallFault::new(errand.why_cut().fault("the call could leave"), Sent::No));
            }
            let today = self.source.snapshot();
            let permit = match self.policy.permit(errand.authority, Arc::clone(&call), &today) {
                Ok(permit) => permit,
                Err(withheld) => return of_withheld(withheld),
            };
            let attempt = attempts.fetch_add(1, Ordering::Relaxed) + 1;
            match self.once(permit, tool, until, errand).await {
                Ok(output) => return of_output(output),
                Err(fault) if attempt < ATTEMPTS && may_try_again(tool, &fault) && !self.is_due(until, PAUSE) => {
                    let _ = errand.cancel.run_until_cancelled(sleep(PAUSE)).await;
                }
                Err(fault) => return of_fault(tool, fault),
            }
        }
    }

    async fn once(
        &self,
        permit: PermittedCall,
        tool: &Tool,
        until: Deadline,
        errand: &Errand<'_>,
    ) -> Result<Output, CallFault> {
        let context = self.context(until, errand);
        self.waited(self.client.call(permit, context), &tool.reference, until, errand).await
    }

    fn context(&self, until: Deadline, errand: &Errand<'_>) -> CallContext {
        CallContext {
            timeout: until.left(self.clock.now()),
            cancel: errand.cancel.clone(),
            progress: Arc::clone(&errand.progress),
            counterpart: errand.counterpart.cloned(),
            replies: errand.replies.clone(),
        }
    }

    /// Waits for the connector: until it answers, or it is due, or nobody
    /// waits any more; in the last two cases a grace longer.
    async fn waited<T>(
        &self,
        answer: impl Future<Output = Result<T, CallFault>>,
        what: &(dyn std::fmt::Display + Sync),
        until: Deadline,
        errand: &Errand<'_>,
    ) -> Result<T, CallFault> {
        let began = self.clock.now();
        let due = self.clock.instant(until.moment());
        let mut answer = pin!(answer);
        let cut = match errand.cancel.run_until_cancelled(timeout_at(due, &mut answer)).await {
            Some(Ok(answered)) => return answered.map_err(|fault| self.in_the_end(fault, what, errand)),
            Some(Err(_)) => Cut::Overdue(until.left(began)),
            None => Cut::Cancelled,
        };
        errand.cancel.cancel();
        let fault = match timeout(errand.grace, &mut answer).await {
            Ok(Ok(answered)) => return Ok(answered),
            Ok(Err(fault)) => fault,
            Err(_) => CallFault::new(errand.why_cut().fault(&format!("`{what}` answered")), Sent::Unknown),
        };
        let fault = match cut {
            Cut::Overdue(patience) => CallFault { fault: late(what, patience), ..fault },
            Cut::Cancelled if errand.stop.is_none() => {
                CallFault { fault: Stop::Cancelled.fault(&format!("`{what}` answered")), ..fault }
            }
            Cut::Cancelled => fault,
        };
        Err(self.in_the_end(fault, what, errand))
    }

    /// A fault in a run that is cut short is the cut's.
    fn in_the_end(&self, fault: CallFault, what: &(dyn std::fmt::Display + Sync), errand: &Errand<'_>) -> CallFault {
        if errand.is_stopped() {
            return CallFault { fault: errand.why_cut().fault(&format!("`{what}` answered")), ..fault };
        }
        fault
    }

    fn is_due(&self, until: Deadline, ahead: Duration) -> bool {
        until.left(self.clock.now()) <= ahead
    }
}

/// Why a connector is waited for no longer.
enum Cut {
    /// The call took as long as it may.
    Overdue(Duration),
    /// Nobody waits any more.
    Cancelled,
}

fn may_try_again(tool: &Tool, fault: &CallFault) -> bool {
    fault.sent == Sent::No && fault.fault.recovery == Recovery::Later && tool.effect.is_read_only()
}

/// The fault of a call that took too long. Code: `timed_out`.
fn late(what: &dyn std::fmt::Display, patience: Duration) -> Fault {
    let message = format!("`{what}` did not answer within {} ms", patience.as_millis());
    Fault::passing(Blame::Upstream, "timed_out", message)
}
