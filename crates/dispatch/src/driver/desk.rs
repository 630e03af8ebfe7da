//! One call, one nested query, one judgement: each from start to end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use catalog::Tool;
use futures::FutureExt;
use plan::{BoundCall, Observation, Output, StepIndex};
use policy::{ApprovedPlan, PermittedCall, Withheld};
use query::{Blame, Deadline, Fault, Recovery};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Ports;
use super::ending::{of_fault, of_output, of_withheld, panicked};
use crate::{CallContext, CallFault, Digest, Fact, NestedQuery, Progress, Question, Reading, Sent, Stop, Ticket};

/// How often a call is handed to the connector at most: again only if it only
/// reads, no byte of it left, and the fault may pass.
const ATTEMPTS: usize = 2;

/// The pause before a call is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// What every job of a run shares.
pub(super) struct Desk<'a> {
    pub(super) approved: &'a ApprovedPlan,
    pub(super) ports: Ports<'a>,
    /// Why the run is cut short, once it is.
    pub(super) stop: &'a OnceLock<Stop>,
    pub(super) grace: Duration,
    pub(super) progress: mpsc::Sender<(StepIndex, Progress)>,
}

/// A job that ended, and how often the connector was asked for it.
pub(super) struct Done {
    pub(super) fact: Fact,
    pub(super) attempts: usize,
}

impl Desk<'_> {
    /// Makes one call, if policy permits it. Always ends, at the latest a
    /// grace after the call's deadline or its cancellation.
    pub(super) async fn call(&self, ticket: Ticket, call: BoundCall, cancel: CancellationToken) -> Done {
        let tool = Arc::clone(&call.tool);
        let attempts = AtomicUsize::new(0);
        let carried = AssertUnwindSafe(self.carry(call, &cancel, &attempts)).catch_unwind().await;
        let attempts = attempts.into_inner();
        let ending = carried.unwrap_or_else(|_| {
            let sent = if attempts == 0 { Sent::No } else { Sent::Unknown };
            of_fault(&tool, CallFault::new(panicked(&format!("the call of `{}`", tool.reference)), sent))
        });
        Done { fact: Fact::CallEnded { ticket, ending }, attempts }
    }

    async fn carry(&self, call: BoundCall, cancel: &CancellationToken, attempts: &AtomicUsize) -> Observation {
        let tool = Arc::clone(&call.tool);
        let patience = self.ports.limits.of(&tool.reference.server).call_timeout;
        let until = self.approved.query().deadline.capped(patience, self.ports.clock.now());
        loop {
            if cancel.is_cancelled() {
                return Observation::Failed(self.cut_short("the call could leave"));
            }
            let today = self.ports.source.snapshot();
            let permit = match self.ports.policy.permit(self.approved, call.clone(), &today) {
                Ok(permit) => permit,
                Err(withheld) => return of_withheld(withheld),
            };
            let attempt = attempts.fetch_add(1, Ordering::Relaxed) + 1;
            match self.once(permit, &tool, until, cancel).await {
                Ok(output) => return of_output(output),
                Err(fault) if attempt < ATTEMPTS && may_try_again(&tool, &fault) && !self.is_due(until, PAUSE) => {
                    let _ = cancel.run_until_cancelled(sleep(PAUSE)).await;
                }
                Err(fault) => return of_fault(&tool, fault),
            }
        }
    }

    /// Hands the call to the connector and waits: until it answers, or it is
    /// due, or nobody waits any more; in the last two cases a grace longer.
    async fn once(
        &self,
        permit: PermittedCall,
        tool: &Tool,
        until: Deadline,
        cancel: &CancellationToken,
    ) -> Result<Output, CallFault> {
        let step = permit.call().step;
        let progress = self.progress.clone();
        let context = CallContext {
            timeout: until.left(self.ports.clock.now()),
            cancel: cancel.clone(),
            progress: Arc::new(move |said| {
                // Full or closed: this word is not worth waiting for.
                let _ = progress.try_send((step, said));
            }),
            counterpart: self.ports.counterpart.cloned(),
            replies: None,
        };
        let due = self.ports.clock.instant(until.moment());
        let patience = context.timeout;
        let mut answer = pin!(self.ports.client.call(permit, context));
        let (answered, overdue) = match cancel.run_until_cancelled(timeout_at(due, &mut answer)).await {
            Some(Ok(answered)) => (Some(answered), false),
            cut => {
                cancel.cancel();
                (timeout(self.grace, &mut answer).await.ok(), cut.is_some())
            }
        };
        let fault = match answered {
            Some(Ok(output)) => return Ok(output),
            Some(Err(fault)) => fault,
            None => CallFault::new(late(tool, patience), Sent::Unknown),
        };
        Err(match self.stop.get() {
            Some(stop) => CallFault { fault: stop.fault(&format!("`{}` answered", tool.reference)), ..fault },
            None if overdue => CallFault { fault: late(tool, patience), ..fault },
            None => fault,
        })
    }

    /// Asks one nested query. Always ends, at the latest a grace after its
    /// cancellation.
    pub(super) async fn ask(&self, question: Question, cancel: CancellationToken) -> Done {
        let step = question.step;
        let reads_only = self.reads_only(&question);
        let ended_badly =
            |fault| if reads_only { Observation::Failed(fault) } else { Observation::Indeterminate(fault) };
        let asked = AssertUnwindSafe(self.nest(question, &cancel)).catch_unwind().await;
        let seen = match asked {
            Ok(Some(seen)) => seen,
            Ok(None) => ended_badly(self.cut_short("its nested query was answered")),
            Err(_) => ended_badly(panicked("a nested query")),
        };
        Done { fact: Fact::SubEnded { step, seen }, attempts: 0 }
    }

    async fn nest(&self, question: Question, cancel: &CancellationToken) -> Option<Observation> {
        if cancel.is_cancelled() {
            return Some(Observation::Failed(self.cut_short("its nested query could be asked")));
        }
        let Question { step, text, label, tools } = question;
        let mut answer = pin!(self.ports.nested.ask(NestedQuery {
            parent: self.approved.query().clone(),
            step: self.approved.plan().step(step).id.clone(),
            text,
            label,
            tools,
            cancel: cancel.clone(),
        }));
        match cancel.run_until_cancelled(&mut answer).await {
            Some(seen) => Some(seen),
            None => timeout(self.grace, &mut answer).await.ok(),
        }
    }

    /// Has a model read results. Always ends, at the latest a grace after its
    /// cancellation; whatever happens, nothing was changed.
    pub(super) async fn read(&self, reading: Reading, cancel: CancellationToken) -> Done {
        let Reading { step, operator, arguments } = reading;
        let digest = Digest {
            parent: self.approved.query().clone(),
            step: self.approved.plan().step(step).id.clone(),
            operator,
            arguments,
        };
        let read = AssertUnwindSafe(cancel.run_until_cancelled(self.ports.nested.digest(digest))).catch_unwind().await;
        let seen = match read {
            Ok(Some(seen)) => seen,
            Ok(None) => Observation::Failed(self.cut_short("its model answered")),
            Err(_) => Observation::Failed(panicked("a model's reading")),
        };
        Done { fact: Fact::SubEnded { step, seen }, attempts: 0 }
    }

    /// Whether nothing the nested query may call changes anything.
    fn reads_only(&self, question: &Question) -> bool {
        let today = self.ports.source.snapshot();
        let reads = |tool| today.tool(tool).is_some_and(|tool| tool.effect.is_read_only());
        question.tools.iter().all(reads)
    }

    /// Which of an `each`'s calls a human must let through. What policy would
    /// deny is not asked for: it will fail by itself. Were policy to break
    /// down over it, nothing is asked, and each call meets policy again.
    pub(super) async fn judge(&self, step: StepIndex, calls: Vec<BoundCall>) -> Done {
        let today = self.ports.source.snapshot();
        let ask = |call| match self.ports.policy.permit(self.approved, call, &today) {
            Err(Withheld::Ask { call, why, .. }) => {
                let hash = call.fingerprint();
                Some((*call, hash, why))
            }
            Ok(_) | Err(Withheld::Deny(_)) => None,
        };
        let asked = catch_unwind(AssertUnwindSafe(|| calls.into_iter().filter_map(ask).collect()));
        Done { fact: Fact::Judged { step, asked: asked.unwrap_or_default() }, attempts: 0 }
    }

    fn cut_short(&self, before: &str) -> Fault {
        self.stop.get().copied().unwrap_or(Stop::Cancelled).fault(before)
    }

    fn is_due(&self, until: Deadline, ahead: Duration) -> bool {
        until.left(self.ports.clock.now()) <= ahead
    }
}

fn may_try_again(tool: &Tool, fault: &CallFault) -> bool {
    fault.sent == Sent::No && fault.fault.recovery == Recovery::Later && tool.effect.is_read_only()
}

/// The fault of a call that took too long. Code: `timed_out`.
fn late(tool: &Tool, patience: Duration) -> Fault {
    let message = format!("`{}` did not answer within {} ms", tool.reference, patience.as_millis());
    Fault::passing(Blame::Upstream, "timed_out", message)
}
