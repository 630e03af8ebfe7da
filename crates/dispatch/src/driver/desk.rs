//! One call, one nested query, one judgement: each from start to end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::FutureExt;
use plan::{BoundCall, Observation, StepIndex};
use policy::{ApprovedPlan, Withheld};
use query::Fault;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Ports;
use super::pacing::Pacing;
use crate::gate::panicked;
use crate::{Carried, Cut, Digest, Errand, Fact, Instead, NestedQuery, Progress, Question, Reading, Stop, Ticket};

/// What every job of a run shares.
pub(super) struct Desk<'a> {
    pub(super) approved: &'a ApprovedPlan,
    pub(super) ports: Ports<'a>,
    /// Why the run is cut short, once it is.
    pub(super) stop: &'a OnceLock<Stop>,
    pub(super) grace: Duration,
    /// How the time left is shared among the steps.
    pub(super) pacing: Pacing,
    /// Bytes of results there is still room for.
    pub(super) room: AtomicUsize,
    pub(super) progress: mpsc::Sender<(StepIndex, Progress)>,
}

/// A job that ended, and how often the connector was asked for it.
pub(super) struct Done {
    pub(super) fact: Fact,
    pub(super) attempts: usize,
    pub(super) cached: Option<Duration>,
    pub(super) instead: Option<Box<Instead>>,
    pub(super) cut: Option<Box<Cut>>,
}

impl From<Fact> for Done {
    /// A job that asked nothing of a connector.
    fn from(fact: Fact) -> Self {
        Self { fact, attempts: 0, cached: None, instead: None, cut: None }
    }
}

impl Desk<'_> {
    /// Makes one call through the gate.
    pub(super) async fn call(&self, ticket: Ticket, call: BoundCall, cancel: CancellationToken) -> Done {
        let (step, progress) = (call.step, self.progress.clone());
        let errand = Errand {
            authority: self.approved.authority(),
            due: self.pacing.due(step, self.approved.query().deadline, &self.ports.gate),
            choice: self.ports.choice,
            cancel,
            stop: Some(self.stop),
            grace: self.grace,
            room: Some(&self.room),
            progress: Arc::new(move |said| {
                // Full or closed: this word is not worth waiting for.
                let _ = progress.try_send((step, said));
            }),
            counterpart: self.ports.counterpart,
            replies: None,
        };
        let Carried { seen, attempts, cached, instead, cut, .. } = self.ports.gate.call(call, &errand).await;
        Done { fact: Fact::CallEnded { ticket, ending: seen }, attempts, cached, instead, cut }
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
        Fact::SubEnded { step, seen }.into()
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
        Fact::SubEnded { step, seen }.into()
    }

    /// Whether nothing the nested query may call changes anything.
    fn reads_only(&self, question: &Question) -> bool {
        let today = self.ports.gate.source.snapshot();
        let reads = |tool| today.tool(tool).is_some_and(|tool| tool.effect.is_read_only());
        question.tools.iter().all(reads)
    }

    /// Which of an `each`'s calls a human must let through. What policy would
    /// deny is not asked for: it will fail by itself. Were policy to break
    /// down over it, nothing is asked, and each call meets policy again.
    pub(super) async fn judge(&self, step: StepIndex, calls: Vec<BoundCall>) -> Done {
        let today = self.ports.gate.source.snapshot();
        let ask = |call| match self.ports.gate.policy.permit(self.approved.authority(), call, &today) {
            Err(Withheld::Ask { call, why, .. }) => {
                let hash = call.fingerprint();
                Some((*call, hash, why))
            }
            Ok(_) | Err(Withheld::Deny(_)) => None,
        };
        let asked = catch_unwind(AssertUnwindSafe(|| calls.into_iter().filter_map(ask).collect()));
        Fact::Judged { step, asked: asked.unwrap_or_default() }.into()
    }

    fn cut_short(&self, before: &str) -> Fault {
        self.stop.get().copied().unwrap_or(Stop::Cancelled).fault(before)
    }
}
