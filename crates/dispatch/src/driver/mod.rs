//! Performs what the scheduler decides. The only place that waits for several
//! things at once.

mod desk;
mod journal;
mod pacing;

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use plan::{Observations, StepIndex};
use policy::ApprovedPlan;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::desk::{Desk, Done};
use self::journal::Journal;
use self::pacing::Pacing;
use crate::{Action, Choice, Counterpart, Fact, Gate, Nested, Progress, Report, Scheduler, StepEvent, Stop, Ticket};

/// How long after the deadline, or after its cancellation, a call may still
/// say what became of it. Then it is dropped, and its outcome is unknown.
pub const GRACE: Duration = Duration::from_millis(200);

/// Progress notifications that wait to be told; further ones are dropped,
/// since the next one says more anyway.
pub const PROGRESS_WAITING: usize = 64;

/// The grace of a query nested this deep: shorter than its parent's, so that
/// it can answer before the parent stops listening.
pub fn grace(depth: u8) -> Duration {
    GRACE / (1 + u32::from(depth))
}

/// What a run stands on.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// What every call passes on its way out.
    pub gate: Gate<'a>,
    /// Whose choice the plan's tools are.
    pub choice: Choice,
    /// Answers nested queries.
    pub nested: &'a dyn Nested,
    /// Whoever asked, where servers can speak to them.
    pub counterpart: Option<&'a Arc<dyn Counterpart>>,
}

/// Runs an approved plan to its end: every step ends, by the query's deadline
/// or within [`grace`] after it. `prior` are the endings of an earlier run of
/// this plan that waited for a human. When `cancel` fires, what is in flight
/// is cancelled, and the rest ends as cancelled. Dropping the future cancels
/// everything at once.
pub async fn run(
    approved: &ApprovedPlan,
    prior: Option<&Observations>,
    ports: Ports<'_>,
    cancel: &CancellationToken,
    events: &mut (dyn FnMut(StepEvent) + Send),
) -> Report {
    let deadline = approved.query().deadline;
    let mut scheduler = Scheduler::new(approved.plan(), ports.gate.limits, prior);
    let mut journal = Journal::new(approved.plan().steps().len());
    let stop = OnceLock::new();
    let (progress, mut told) = mpsc::channel(PROGRESS_WAITING);
    let desk = Desk {
        approved,
        ports,
        stop: &stop,
        grace: grace(approved.query().depth),
        pacing: Pacing::of(approved.plan()),
        room: AtomicUsize::new(ports.gate.limits.caps.plan_bytes),
        progress,
    };
    let mut office = Office { desk: &desk, in_flight: FuturesUnordered::new(), cancels: BTreeMap::new() };
    let everything = CancellationToken::new();
    // Declared after what is in flight, so that it drops first: connectors
    // see the cancellation before their futures are gone.
    let unfinished = everything.clone().drop_guard();
    let mut due = pin!(tokio::time::sleep_until(ports.gate.clock.instant(deadline.moment())));
    let mut cancelled = pin!(cancel.cancelled());

    let mut actions = if cancel.is_cancelled() {
        scheduler.on(stopping(Stop::Cancelled, &stop))
    } else if deadline.passed(ports.gate.clock.now()) {
        scheduler.on(stopping(Stop::Expired, &stop))
    } else {
        scheduler.start()
    };
    loop {
        for action in actions {
            match action {
                Action::Emit(happened) => events(journal.note(happened, ports.gate.clock.now())),
                Action::Finish => {
                    unfinished.disarm();
                    return journal.into_report(scheduler.into_seen());
                }
                send => office.perform(send, &everything),
            }
        }
        let heard = tokio::select! {
            biased;
            () = &mut cancelled, if stop.get().is_none() => Heard::Stop(Stop::Cancelled),
            () = &mut due, if stop.get().is_none() => Heard::Stop(Stop::Expired),
            Some(done) = office.in_flight.next() => Heard::Done(done),
            Some((step, progress)) = told.recv() => Heard::Progress(step, progress),
        };
        // An answer that arrives together with the deadline starts nothing.
        let expired = stop.get().is_none() && deadline.passed(ports.gate.clock.now());
        actions = match heard {
            Heard::Done(_) if expired => scheduler.on(stopping(Stop::Expired, &stop)),
            _ => Vec::new(),
        };
        match heard {
            Heard::Stop(why) => actions.extend(scheduler.on(stopping(why, &stop))),
            Heard::Done(done) => {
                office.close(&done.fact);
                journal.count(&done);
                actions.extend(scheduler.on(done.fact));
            }
            Heard::Progress(step, progress) if scheduler.seen().get(step).is_none() => {
                events(StepEvent::Progressed { step, progress });
            }
            Heard::Progress(..) => {}
        }
    }
}

/// What the driver waited for.
enum Heard {
    Stop(Stop),
    Done(Done),
    Progress(StepIndex, Progress),
}

/// Puts down why the run stops, for calls to read, and tells the scheduler.
fn stopping(why: Stop, stop: &OnceLock<Stop>) -> Fact {
    match stop.get_or_init(|| why) {
        Stop::Expired => Fact::Expired,
        Stop::Cancelled => Fact::Cancelled,
    }
}

/// What is in flight, each with what cancels it.
struct Office<'d> {
    desk: &'d Desk<'d>,
    in_flight: FuturesUnordered<BoxFuture<'d, Done>>,
    cancels: BTreeMap<Job, CancellationToken>,
}

/// Names one thing in flight that can be cancelled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Job {
    Call(Ticket),
    Sub(StepIndex),
}

impl Office<'_> {
    fn perform(&mut self, action: Action, everything: &CancellationToken) {
        let desk = self.desk;
        match action {
            Action::Call { ticket, call } => {
                let cancel = self.open(Job::Call(ticket), everything);
                self.in_flight.push(desk.call(ticket, *call, cancel).boxed());
            }
            Action::Ask(question) => {
                let cancel = self.open(Job::Sub(question.step), everything);
                self.in_flight.push(desk.ask(question, cancel).boxed());
            }
            Action::Read(reading) => {
                let cancel = self.open(Job::Sub(reading.step), everything);
                self.in_flight.push(desk.read(reading, cancel).boxed());
            }
            Action::Judge { step, calls } => self.in_flight.push(desk.judge(step, calls).boxed()),
            Action::AbandonCall(ticket) => self.cancel(Job::Call(ticket)),
            Action::AbandonSub(step) => self.cancel(Job::Sub(step)),
            Action::Emit(_) | Action::Finish => {}
        }
    }

    fn open(&mut self, job: Job, everything: &CancellationToken) -> CancellationToken {
        let cancel = everything.child_token();
        self.cancels.insert(job, cancel.clone());
        cancel
    }

    fn cancel(&self, job: Job) {
        if let Some(cancel) = self.cancels.get(&job) {
            cancel.cancel();
        }
    }

    fn close(&mut self, fact: &Fact) {
        match fact {
            Fact::CallEnded { ticket, .. } => drop(self.cancels.remove(&Job::Call(*ticket))),
            Fact::SubEnded { step, .. } => drop(self.cancels.remove(&Job::Sub(*step))),
            Fact::Judged { .. } | Fact::Expired | Fact::Cancelled => {}
        }
    }
}
