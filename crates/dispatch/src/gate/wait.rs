//! Waiting for a connector, and no longer than that.

use std::fmt::Display;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use catalog::Tool;
use plan::Output;
use policy::{PermittedCall, PermittedFetch};
use query::{Blame, Deadline, Fault, Moment};
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Errand, Gate};
use crate::pause::Unhurried;
use crate::{CallContext, CallFault, Clock, Counterpart, Pause, Sent};

/// Why a connector is waited for no longer.
enum Cut {
    /// The call took as long as it may.
    Overdue(Duration),
    /// Its server said nothing for as long as it may.
    Silent(Duration),
    /// Nobody waits any more.
    Cancelled,
}

/// How long a connector is waited for.
struct Patience {
    until: Deadline,
    /// How long its server may say nothing, where that is bounded.
    idle: Option<Idle>,
    /// What is waited for humans meanwhile, which does not count.
    pause: Option<Arc<Pause>>,
}

/// When a server was heard of last. What it says extends its silence's bound,
/// and no other.
#[derive(Clone)]
struct Idle {
    limit: Duration,
    clock: Clock,
    /// In milliseconds since the clock's origin.
    heard: Arc<AtomicU64>,
}

impl Gate<'_> {
    /// Hands a call to the connector, and waits for it.
    pub(super) async fn sent(
        &self,
        permit: PermittedCall,
        tool: &Tool,
        until: Deadline,
        errand: &Errand<'_>,
    ) -> Result<Output, CallFault> {
        let mut context = self.context(until, errand);
        let idle = self.limits.of(&tool.reference.server).idle_timeout.map(|limit| Idle::new(limit, self.clock));
        if let Some(idle) = idle.clone() {
            let told = Arc::clone(&errand.progress);
            context.progress = Arc::new(move |progress| {
                idle.hear();
                told(progress);
            });
        }
        let patience = Patience { until, idle, pause: context.pause.clone() };
        self.waited(self.client.call(permit, context), &tool.reference, patience, errand).await
    }

    /// Hands a fetch to the connector, and waits for it; it makes no progress.
    pub(super) async fn fetched(
        &self,
        permit: PermittedFetch,
        what: &(dyn Display + Sync),
        until: Deadline,
        errand: &Errand<'_>,
    ) -> Result<Box<RawValue>, CallFault> {
        let context = self.context(until, errand);
        let patience = Patience { until, idle: None, pause: context.pause.clone() };
        self.waited(self.client.fetch(permit, context), what, patience, errand).await
    }

    fn context(&self, until: Deadline, errand: &Errand<'_>) -> CallContext {
        let unhurried = errand.counterpart.and_then(Unhurried::of);
        let pause = unhurried.as_ref().map(|unhurried| Arc::clone(&unhurried.pause));
        let unhurried = unhurried.map(|unhurried| Arc::new(unhurried) as Arc<dyn Counterpart>);
        CallContext {
            timeout: until.left(self.clock.now()),
            cancel: errand.cancel.clone(),
            progress: Arc::clone(&errand.progress),
            counterpart: unhurried.or_else(|| errand.counterpart.cloned()),
            replies: errand.replies.clone(),
            pause,
        }
    }

    /// Waits for the connector: until it answers, or it is due, or silent for
    /// too long, or nobody waits any more; in the last three cases a grace
    /// longer.
    async fn waited<T>(
        &self,
        answer: impl Future<Output = Result<T, CallFault>>,
        what: &(dyn Display + Sync),
        Patience { until, idle, pause }: Patience,
        errand: &Errand<'_>,
    ) -> Result<T, CallFault> {
        let patience = until.left(self.clock.now());
        let later = |due| pause.as_ref().map_or(due, |pause| pause.due(due));
        let mut answer = pin!(answer);
        let cut = loop {
            let silent = idle.as_ref().map(Idle::until).filter(|silent| *silent < until.moment());
            let due = later(self.clock.instant(silent.unwrap_or(until.moment())));
            match errand.cancel.run_until_cancelled(timeout_at(due, &mut answer)).await {
                Some(Ok(answered)) => return answered.map_err(|fault| in_the_end(fault, what, errand)),
                Some(Err(_)) if pause.as_ref().is_some_and(|pause| pause.is_on()) => {
                    // Nobody is silent who waits for a human.
                    if let Some(idle) = &idle {
                        idle.hear();
                    }
                }
                Some(Err(_)) if silent.is_none() && later(self.clock.instant(until.moment())) > Instant::now() => {}
                Some(Err(_)) if silent.is_none() => break Cut::Overdue(patience),
                Some(Err(_)) => match &idle {
                    Some(idle) if idle.until() <= self.clock.now() => break Cut::Silent(idle.limit),
                    _ => {}
                },
                None => break Cut::Cancelled,
            }
        };
        errand.cancel.cancel();
        let fault = match timeout(errand.grace, &mut answer).await {
            Ok(Ok(answered)) => return Ok(answered),
            Ok(Err(fault)) => fault,
            Err(_) => CallFault::new(errand.why_cut().fault(&format!("`{what}` answered")), Sent::Unknown),
        };
        let told = match cut {
            Cut::Overdue(patience) => Some(late(what, patience)),
            Cut::Silent(limit) => Some(silent(what, limit)),
            Cut::Cancelled if errand.stop.is_none() => Some(errand.why_cut().fault(&format!("`{what}` answered"))),
            Cut::Cancelled => None,
        };
        let fault = match told {
            Some(told) => CallFault { fault: told, ..fault },
            None => fault,
        };
        Err(in_the_end(fault, what, errand))
    }
}

impl Idle {
    fn new(limit: Duration, clock: Clock) -> Self {
        let idle = Self { limit, clock, heard: Arc::default() };
        idle.hear();
        idle
    }

    fn hear(&self) {
        let now = self.clock.now().since(Moment::ORIGIN).as_millis();
        self.heard.store(u64::try_from(now).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Until when it may go on saying nothing.
    fn until(&self) -> Moment {
        let heard = Duration::from_millis(self.heard.load(Ordering::Relaxed));
        Moment::since_origin(heard).after(self.limit)
    }
}

/// A fault in a run that is cut short is the cut's.
fn in_the_end(fault: CallFault, what: &(dyn Display + Sync), errand: &Errand<'_>) -> CallFault {
    if errand.is_stopped() {
        return CallFault { fault: errand.why_cut().fault(&format!("`{what}` answered")), ..fault };
    }
    fault
}

/// The fault of a call that took too long. Code: `timed_out`.
fn late(what: &dyn Display, patience: Duration) -> Fault {
    let message = format!("`{what}` did not answer within {} ms", patience.as_millis());
    Fault::passing(Blame::Upstream, "timed_out", message)
}

/// The fault of a call whose server said nothing. Code: `timed_out`.
fn silent(what: &dyn Display, limit: Duration) -> Fault {
    let message = format!("`{what}` neither answered nor made progress for {} ms", limit.as_millis());
    Fault::passing(Blame::Upstream, "timed_out", message)
}
