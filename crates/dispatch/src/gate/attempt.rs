//! One call at one tool: let out, sent, and sent again where that is safe.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use catalog::{ServerId, Tool};
use plan::{BoundCall, Output};
use policy::{JudgedCall, PermittedCall, Withheld};
use query::{Blame, Deadline, Fault, Recovery};
use store::{EffectId, Ending, Intended, Intent, Wall};
use tokio::time::sleep;

use super::hold::held;
use super::{Errand, Gate};
use crate::{CallFault, Ended, Sent, Stop};

/// How often a call is handed to the connector at most: again only if it is
/// safe to repeat, the fault may pass, and the server's calls have earned it.
const ATTEMPTS: usize = 2;

/// The longest pause before a repeat that comes of nothing the server says.
/// The pause itself is a random part of it.
const PAUSE: Duration = Duration::from_millis(100);

/// The longest pause a server may ask for before its call is sent again.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A call that brought no result.
pub(super) enum Failed {
    /// Policy kept it back.
    Withheld(Withheld),
    /// It failed, or never left. `elsewhere` says whether that is the
    /// server's doing, so that another might do better.
    Call { fault: CallFault, elsewhere: bool },
}

impl Failed {
    fn here(fault: Fault) -> Self {
        Self::Call { fault: CallFault::new(fault, Sent::No), elsewhere: false }
    }

    fn elsewhere(fault: Fault) -> Self {
        Self::Call { fault: CallFault::new(fault, Sent::No), elsewhere: true }
    }
}

impl Gate<'_> {
    /// What policy says of a call.
    pub(super) fn judged(&self, call: &Arc<BoundCall>, errand: &Errand<'_>) -> Result<JudgedCall, Failed> {
        let judged = self.policy.judge_call(errand.authority, Arc::clone(call), &self.source.snapshot());
        judged.map_err(|withheld| match withheld {
            Withheld::Deny(fault) if fault.code == "tool_gone" => Failed::elsewhere(fault),
            withheld => Failed::Withheld(withheld),
        })
    }

    /// Carries a judged call to its server and its result back.
    pub(super) async fn attempted(
        &self,
        mut judged: JudgedCall,
        until: Deadline,
        errand: &Errand<'_>,
        attempts: &AtomicUsize,
    ) -> Result<Output, Failed> {
        let call = Arc::clone(judged.call());
        self.standing.health(&call.tool.reference.server).earn();
        let mut tries = 0;
        loop {
            if errand.cancel.is_cancelled() {
                return Err(Failed::here(errand.why_cut().fault("the call could leave")));
            }
            tries += 1;
            let fault = match self.hedged(judged, until, errand, attempts).await {
                Ok(output) => return Ok(output),
                Err(Failed::Call { fault, elsewhere: true }) => fault,
                Err(failed) => return Err(failed),
            };
            let pause = self.pause_before(tries, &fault, &call.tool, until);
            let Some(pause) = pause else { return Err(Failed::Call { fault, elsewhere: true }) };
            let _ = errand.cancel.run_until_cancelled(sleep(pause)).await;
            judged = self.judged(&call, errand)?;
        }
    }

    /// One try: room is found, the call leaves, and what became of it is
    /// written down.
    pub(super) async fn tried(
        &self,
        judged: JudgedCall,
        until: Deadline,
        errand: &Errand<'_>,
        attempts: &AtomicUsize,
    ) -> Result<Output, Failed> {
        let tool = Arc::clone(&judged.call().tool);
        let server = &tool.reference.server;
        let health = self.standing.health(server);
        let now = self.clock.now();
        if errand.due.passed(now) {
            return Err(Failed::here(Stop::Expired.fault("the call could leave")));
        }
        let turn = health.admit(now).map_err(|wait| Failed::elsewhere(unwell(server, &tool.reference, wait)))?;
        let held = held(self.store, judged.terms()).await.map_err(Failed::elsewhere)?;
        let permit = judged.permit(held).map_err(Failed::here)?;
        let intended = self.intended(&permit, until, errand).await.map_err(Failed::here)?;
        attempts.fetch_add(1, Ordering::Relaxed);
        if !tool.effect.is_read_only() {
            self.standing.forget(server);
        }
        let ended = self.sent(permit, &tool, until, errand).await;
        let after = self.clock.now();
        let took = after.since(now);
        let patience = self.limits.of(server).call_timeout;
        let how = ended.as_ref().map_or_else(|fault| ended_as(&fault.fault, took, patience), |_| Ended::Well(took));
        turn.end(how, after, self.standing.chance());
        if !tool.effect.is_read_only() {
            self.standing.forget(server);
        }
        if let Some(intended) = intended {
            let ending = match &ended {
                Ok(_) => Ending::Done,
                Err(fault) if fault.sent == Sent::No => Ending::NotSent,
                Err(_) => Ending::Unknown,
            };
            // What cannot be written down counts as unknown, which is true.
            let _ = self.store.ended(intended, ending, Wall::now()).await;
        }
        ended.map_err(|fault| {
            let elsewhere = fault.asks.is_none() && fault.fault.blame == Blame::Upstream && !errand.is_stopped();
            Failed::Call { fault, elsewhere }
        })
    }

    /// Writes down that a call which does more than read is about to leave.
    async fn intended(
        &self,
        permit: &PermittedCall,
        until: Deadline,
        errand: &Errand<'_>,
    ) -> Result<Option<Intended>, Fault> {
        let call = permit.call();
        if call.tool.effect.is_read_only() {
            return Ok(None);
        }
        let at = Wall::now();
        let left = until.left(self.clock.now()).saturating_add(errand.grace);
        let intent = Intent {
            id: EffectId::random(),
            principal: permit.principal().clone(),
            query: errand.authority.query.id.to_string(),
            tool: call.tool.reference.to_string(),
            call: call.fingerprint().to_string(),
            at,
            due: at.after(left),
        };
        Ok(Some(self.store.intend(intent).await?))
    }

    /// How long to wait before the call is sent again; `None` if it is not.
    fn pause_before(&self, tries: usize, fault: &CallFault, tool: &Tool, until: Deadline) -> Option<Duration> {
        let may_pass = match fault.fault.recovery {
            Recovery::Never => return None,
            Recovery::Later => Duration::ZERO,
            Recovery::After(wait) if wait <= LONGEST_PAUSE => wait,
            Recovery::After(_) => return None,
        };
        if tries >= ATTEMPTS || !tool.repeatable || !is_passing(fault) {
            return None;
        }
        let pause = may_pass + PAUSE.mul_f64(self.standing.chance());
        let in_time = until.left(self.clock.now()) > pause;
        (in_time && self.standing.health(&tool.reference.server).may_repeat()).then_some(pause)
    }
}

/// Whether the very same call may do better in a moment: it never left for
/// reasons of the server's, or the connection broke under it.
fn is_passing(fault: &CallFault) -> bool {
    const FINAL: [&str; 5] = ["over_budget", "rate_limited", "server_unhealthy", "timed_out", "tool_gone"];
    const BROKEN: [&str; 3] = ["server_died", "server_unreachable", "server_unavailable"];
    let code = fault.fault.code.as_str();
    fault.sent == Sent::No && !FINAL.contains(&code) || BROKEN.contains(&code)
}

/// What a fault says about its server. A call that was given less time than
/// the server is allowed says nothing.
pub(super) fn ended_as(fault: &Fault, took: Duration, patience: Duration) -> Ended {
    const UNWELL: [&str; 5] =
        ["server_died", "server_unreachable", "server_unavailable", "result_malformed", "result_too_long"];
    let code = fault.code.as_str();
    if UNWELL.contains(&code) || code == "timed_out" && took >= patience { Ended::Badly } else { Ended::Unclear }
}

/// The fault of a server that is left alone for a while.
pub(super) fn unwell(server: &ServerId, what: &dyn std::fmt::Display, wait: Duration) -> Fault {
    let message = format!(
        "server `{server}` has kept failing and is left alone for now; `{what}` can be tried again in {} ms",
        wait.as_millis()
    );
    let fault = Fault::passing(Blame::Upstream, "server_unhealthy", message);
    Fault { recovery: Recovery::After(wait), ..fault }
}
