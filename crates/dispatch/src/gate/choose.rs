//! Which tool serves, where several would.

use std::sync::Arc;
use std::time::Duration;

use plan::BoundCall;
use query::Cost;

use super::{Choice, Gate};

/// Differences of latency that nobody notices, in milliseconds. Beyond them a
/// tool counts as quicker when it is about twice as quick.
const UNNOTICED_MS: u128 = 20;

/// One tool that would serve, with what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The call, its arguments as that tool takes them.
    pub(super) call: Arc<BoundCall>,
    price: Cost,
    latency: Option<Duration>,
    /// Its place among those the operator named.
    place: usize,
}

impl Gate<'_> {
    /// The call that was asked for and those that would serve as well, in the
    /// order in which they are tried. Only what may be repeated has any.
    pub(super) fn candidates(&self, call: &Arc<BoundCall>, choice: Choice) -> Vec<Candidate> {
        let today = self.source.snapshot();
        let tools = call.tool.alternatives.iter().filter_map(|other| today.tool(other));
        let fitting = tools.filter(|other| other.repeatable && other.effect <= call.tool.effect);
        let others = fitting.filter_map(|other| call.rebound(other)).map(Arc::new);
        let calls = std::iter::once(Arc::clone(call)).chain(others);
        let candidate = |(place, call): (usize, Arc<BoundCall>)| {
            let tool = &call.tool.reference;
            let price = self.policy.tariff().price(&tool.server, &tool.tool);
            Candidate { price, latency: self.standing.health(&tool.server).latency(), place, call }
        };
        let mut all: Vec<Candidate> = calls.enumerate().map(candidate).collect();
        if choice == Choice::Planned {
            // Cheaper first; of two that cost the same, the clearly quicker
            // one; else in the operator's order. What was never measured
            // counts as quick as what was asked for.
            let asked = all.first().and_then(|asked| asked.latency);
            let slow = |candidate: &Candidate| asked.map_or(0, |asked| slowness(candidate.latency.unwrap_or(asked)));
            all.sort_by_key(|candidate| (candidate.price, slow(candidate), candidate.place));
        }
        all
    }
}

/// How slow, in doublings of what nobody notices.
fn slowness(latency: Duration) -> u32 {
    (1 + latency.as_millis() / UNNOTICED_MS).ilog2()
}

impl Candidate {
    /// Whether it is the call that was asked for.
    pub(super) fn is_asked_for(&self) -> bool {
        self.place == 0
    }

    /// Why it goes before another.
    pub(super) fn why_before(&self, asked: &Self) -> String {
        if self.price < asked.price {
            return format!("it costs {} instead of {}", self.price, asked.price);
        }
        let ms = |latency: Option<Duration>| latency.unwrap_or_default().as_millis();
        format!("it takes about {} ms instead of {} ms", ms(self.latency), ms(asked.latency))
    }
}
