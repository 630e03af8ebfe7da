//! The one way out: every call of a plan, every client's own call and every
//! fetch passes here, from start to end.
//!
//! In: a call with every argument known and on whose behalf it is made. Out:
//! how it ended. It knows no plan and no schedule. Read `mod.rs` for the
//! order in which things happen, then `attempt.rs`.

mod attempt;
mod choose;
mod ending;
mod errand;
mod fetch;
mod fit;
mod hedge;
mod hold;
mod wait;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use catalog::{Catalog, Effect, ToolSource};
use futures::FutureExt;
use plan::{BoundCall, Output};
use policy::{JudgedCall, Policy};
use query::Deadline;
use store::Store;

use self::attempt::Failed;
use self::choose::Candidate;
pub use self::choose::Standby;
pub(crate) use self::ending::panicked;
use self::ending::{of_failed, of_fault, of_output};
pub use self::errand::{Carried, Choice, Errand, Instead};
use crate::cache::{CacheKey, Claim, Lead};
use crate::{CallFault, Clock, Limits, Sent, Standing, ToolClient};

/// What every call passes on its way out.
#[derive(Clone, Copy)]
pub struct Gate<'a> {
    /// The judge.
    pub policy: &'a Policy,
    /// What can be called today.
    pub source: &'a dyn ToolSource,
    /// Carries permitted calls to their servers.
    pub client: &'a dyn ToolClient,
    /// Keeps the accounts, the paces and the journal.
    pub store: &'a dyn Store,
    /// What is known from earlier calls.
    pub standing: &'a Standing,
    /// The clock the query's deadline was made on.
    pub clock: Clock,
    /// What may be in flight, for how long, and how large results may be.
    pub limits: &'a Limits,
}

/// A result, and how old it is if it came out of the cache.
type Served = (Output, Option<Duration>);

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
        self.cut_to_size(&mut carried, errand);
        carried
    }

    /// The call at the tool that was asked for, or at one that serves as well.
    async fn carry(&self, call: Arc<BoundCall>, errand: &Errand<'_>, attempts: &AtomicUsize) -> Carried {
        let judged = self.judged(&call, errand);
        if call.tool.alternatives.is_empty() || !call.tool.repeatable {
            let until = self.until(&call, errand);
            return match self.served(judged, until, errand, attempts).await {
                Ok(served) => of_output(served),
                Err(failed) => of_failed(&call.tool, failed),
            };
        }
        // What policy keeps back is kept back, whoever would serve.
        if let Err(withheld @ Failed::Withheld(_)) = judged {
            return of_failed(&call.tool, withheld);
        }
        // On the heap: the short way above would carry room for it.
        Box::pin(self.by_any(&call, errand, attempts)).await
    }

    /// The call at the first of several tools that brings a result.
    async fn by_any(&self, call: &Arc<BoundCall>, errand: &Errand<'_>, attempts: &AtomicUsize) -> Carried {
        let candidates = self.candidates(call, errand.choice);
        let mut own_fault = None;
        let mut failed_so_far: Vec<String> = Vec::new();
        for (place, candidate) in candidates.iter().enumerate() {
            let share = u32::try_from(candidates.len() - place).unwrap_or(1);
            let until = self.share_of(&candidate.call, errand, share);
            // Each has a cancellation of its own: one that took too long
            // cancels no other.
            let own = errand.twin();
            let judged = self.judged(&candidate.call, &own);
            let failed = match self.served(judged, until, &own, attempts).await {
                Ok(served) => {
                    let instead = instead(candidate, &candidates, &failed_so_far).map(Box::new);
                    return Carried { instead, ..of_output(served) };
                }
                Err(failed) => failed,
            };
            let goes_on = match &failed {
                Failed::Call { elsewhere, fault } => {
                    let tool = &candidate.call.tool.reference;
                    failed_so_far.push(format!("`{tool}` failed: {}", fault.fault.message));
                    *elsewhere && fault.asks.is_none()
                }
                Failed::Withheld(_) => !candidate.standby.is_asked_for(),
            };
            if candidate.standby.is_asked_for() || !goes_on && own_fault.is_none() {
                own_fault = Some(failed);
            }
            if !goes_on || errand.is_cut() {
                break;
            }
        }
        match own_fault {
            Some(Failed::Call { mut fault, .. }) if failed_so_far.len() > 1 => {
                fault.fault.message = failed_so_far.join("; ");
                of_fault(&call.tool, fault)
            }
            Some(failed) => of_failed(&call.tool, failed),
            None => of_fault(&call.tool, CallFault::new(errand.why_cut().fault("the call could leave"), Sent::No)),
        }
    }

    /// An earlier result where one will do, else the server's.
    async fn served(
        &self,
        judged: Result<JudgedCall, Failed>,
        until: Deadline,
        errand: &Errand<'_>,
        attempts: &AtomicUsize,
    ) -> Result<Served, Failed> {
        let judged = judged?;
        let call = Arc::clone(judged.call());
        let ttl = self.limits.of(&call.tool.reference.server).cache_ttl;
        if ttl.is_zero() || !call.tool.steady || call.tool.effect > Effect::Read || errand.replies.is_some() {
            return Ok((self.attempted(judged, until, errand, attempts).await?, None));
        }
        self.standing.sees(&self.source.snapshot());
        let lead = match self.found(&call, until, errand).await {
            Found::Kept(output, age) => return Ok((output, Some(age))),
            Found::Lead(lead) => Some(lead),
            Found::Nothing => None,
        };
        let output = self.attempted(judged, until, errand, attempts).await?;
        if let Some(lead) = lead.filter(|_| !output.is_error()) {
            let bytes = output.text().map_or(0, |text| text.get().len());
            lead.keep(output.clone(), bytes, ttl, self.clock.now());
        }
        Ok((output, None))
    }

    /// What the cache has for a call. Somebody else who is finding out is
    /// waited for once; if they bring nothing, the call goes by itself.
    async fn found(&self, call: &BoundCall, until: Deadline, errand: &Errand<'_>) -> Found<'_> {
        let cache = &self.standing.results;
        let key = CacheKey::of_call(&errand.authority.query.principal, call);
        let mut flight = match cache.claim(key.clone(), self.clock.now()) {
            Claim::Hit(output, age) => return Found::Kept(output, age),
            Claim::Lead(lead) => return Found::Lead(lead),
            Claim::Wait(flight) => flight,
        };
        let due = self.clock.instant(until.moment());
        let waited = tokio::time::timeout_at(due, flight.changed());
        // Ended, late or cancelled: what is known by then is looked at.
        let _ = errand.cancel.run_until_cancelled(waited).await;
        match cache.get(&key, self.clock.now()) {
            Some((output, age)) => Found::Kept(output, age),
            None => Found::Nothing,
        }
    }

    fn until(&self, call: &BoundCall, errand: &Errand<'_>) -> Deadline {
        let patience = self.limits.of(&call.tool.reference.server).call_timeout;
        errand.due.capped(patience, self.clock.now())
    }

    /// An equal share of the time that is left, and no more than the server
    /// is given. One that is silent for all that it is given is known to hang,
    /// however many would serve in its place.
    fn share_of(&self, call: &BoundCall, errand: &Errand<'_>, shares: u32) -> Deadline {
        let now = self.clock.now();
        let share = errand.due.capped(errand.due.left(now) / shares.max(1), now);
        share.capped(self.limits.of(&call.tool.reference.server).call_timeout, now)
    }
}

/// What the cache has.
enum Found<'c> {
    Kept(Output, Duration),
    Lead(Lead<'c, Output>),
    Nothing,
}

/// Which tool served instead, if not the one asked for, and why.
fn instead(candidate: &Candidate, all: &[Candidate], failed: &[String]) -> Option<Instead> {
    let asked = all.iter().find(|other| other.standby.is_asked_for())?;
    if candidate.standby.is_asked_for() {
        return None;
    }
    let why = if failed.is_empty() { candidate.standby.why_before(&asked.standby) } else { failed.join("; ") };
    Some(Instead { tool: candidate.call.tool.reference.clone(), why })
}

impl Errand<'_> {
    /// Whether nobody waits any more, or the run is over.
    fn is_cut(&self) -> bool {
        self.cancel.is_cancelled() || self.is_stopped()
    }
}

impl Standing {
    /// Takes note of today's catalogue: when it changed, what servers said
    /// before counts no more.
    fn sees(&self, today: &Catalog) {
        if self.version.swap(today.version(), Ordering::Relaxed) != today.version() {
            self.results.clear();
            self.contents.clear();
        }
    }
}
