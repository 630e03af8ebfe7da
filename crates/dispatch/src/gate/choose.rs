//! Which tool serves, where several would.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Tool, ToolRef};
use plan::BoundCall;
use query::Cost;

use super::{Choice, Gate};

/// Differences of latency that nobody notices, in milliseconds. Beyond them a
/// tool counts as quicker when it is about twice as quick.
const UNNOTICED_MS: u128 = 20;

/// One tool that would serve, with what is known of it.
#[derive(Clone, Debug)]
pub struct Standby {
    tool: Arc<Tool>,
    price: Cost,
    latency: Option<Duration>,
    /// Its place among those the operator named.
    place: usize,
}

/// One call that would do.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The call, its arguments as its tool takes them.
    pub(super) call: Arc<BoundCall>,
    pub(super) standby: Standby,
}

impl Gate<'_> {
    /// The tool that was asked for and those that would serve as well, in the
    /// order in which they are tried. Only what may be repeated has any.
    pub fn standbys(&self, asked: &Arc<Tool>, choice: Choice) -> Vec<Standby> {
        let today = self.source.snapshot();
        let others = asked.alternatives.iter().filter_map(|other| today.tool(other));
        // What one of them answers must be fit to be told to whoever the
        // plan thinks may be told: labels follow the tool that was asked for.
        let tells_alike = |other: &Tool| asked.readers.join(&other.readers) == asked.readers;
        let fitting = others
            .filter(|other| asked.repeatable && other.repeatable && other.effect <= asked.effect && tells_alike(other));
        let tools = std::iter::once(asked).chain(fitting);
        let standby = |(place, tool): (usize, &Arc<Tool>)| {
            let ToolRef { server, tool: name } = &tool.reference;
            let price = self.policy.tariff().price(server, name);
            Standby { price, latency: self.standing.health(server).latency(), place, tool: Arc::clone(tool) }
        };
        let mut all: Vec<Standby> = tools.enumerate().map(standby).collect();
        if choice == Choice::Planned {
            // Cheaper first; of two that cost the same, the clearly quicker
            // one; else in the operator's order. What was never measured
            // counts as quick as what was asked for.
            let asked = all.first().and_then(|asked| asked.latency);
            let slow = |standby: &Standby| asked.map_or(0, |asked| slowness(standby.latency.unwrap_or(asked)));
            all.sort_by_key(|standby| (standby.price, slow(standby), standby.place));
        }
        all
    }

    /// The call at each tool that would serve it and takes its arguments.
    pub(super) fn candidates(&self, call: &Arc<BoundCall>, choice: Choice) -> Vec<Candidate> {
        let bound = |standby: Standby| {
            let call = if standby.is_asked_for() { Arc::clone(call) } else { Arc::new(call.rebound(&standby.tool)?) };
            Some(Candidate { call, standby })
        };
        self.standbys(&call.tool, choice).into_iter().filter_map(bound).collect()
    }
}

/// How slow, in doublings of what nobody notices.
fn slowness(latency: Duration) -> u32 {
    (1 + latency.as_millis() / UNNOTICED_MS).ilog2()
}

impl Standby {
    /// The tool.
    pub fn tool(&self) -> &ToolRef {
        &self.tool.reference
    }

    /// Whether it is the tool that was asked for.
    pub fn is_asked_for(&self) -> bool {
        self.place == 0
    }

    /// Why it goes before another.
    pub fn why_before(&self, asked: &Self) -> String {
        if self.price < asked.price {
            return format!("it costs {} instead of {}", self.price, asked.price);
        }
        let ms = |latency: Option<Duration>| latency.unwrap_or_default().as_millis();
        format!("it takes about {} ms instead of {} ms", ms(self.latency), ms(asked.latency))
    }
}
