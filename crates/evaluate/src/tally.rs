//! The figures of many queries together.

use std::time::Duration;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::json;

use crate::{Hits, Measure, Score, Share, Spent};

/// The figures of many queries together.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    lines: usize,
    outcome: Share,
    tools: Hits,
    edges: Hits,
    arguments: Share,
    shape: Share,
    exact: Share,
    model_calls: u64,
    tokens_in: u64,
    tokens_out: u64,
    cost: f64,
    times: Vec<Duration>,
}

impl Tally {
    /// Counts one query in.
    pub fn add(&mut self, score: &Score, spent: &Spent) {
        self.lines += 1;
        self.outcome.add(Share::one(score.outcome));
        self.tools.add(score.tools);
        self.edges.add(score.edges.unwrap_or_default());
        self.arguments.add(score.arguments);
        self.shape.add(score.shape.map(Share::one).unwrap_or_default());
        self.exact.add(Share::one(score.is_exact()));
        self.model_calls += u64::from(spent.model_calls);
        self.tokens_in += spent.tokens_in;
        self.tokens_out += spent.tokens_out;
        self.cost += spent.cost;
        self.times.push(spent.took);
    }

    /// Queries counted in.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// A figure, 0 to 1; `None` where there was nothing to measure.
    pub fn value(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Outcome => self.outcome.value(),
            Measure::Tools => self.tools.f1(),
            Measure::Edges => self.edges.f1(),
            Measure::Arguments => self.arguments.value(),
            Measure::Shape => self.shape.value(),
            Measure::Exact => self.exact.value(),
        }
    }

    /// The calls, or the edges, that the figure is made of; `None` for
    /// measures that are shares.
    pub fn hits(&self, measure: Measure) -> Option<Hits> {
        match measure {
            Measure::Tools => Some(self.tools),
            Measure::Edges => Some(self.edges),
            Measure::Outcome | Measure::Arguments | Measure::Shape | Measure::Exact => None,
        }
    }

    /// Calls made to language models.
    pub fn model_calls(&self) -> u64 {
        self.model_calls
    }

    /// Tokens that models read, and wrote.
    pub fn tokens(&self) -> (u64, u64) {
        (self.tokens_in, self.tokens_out)
    }

    /// What it cost, in the operator's unit of price.
    pub fn cost(&self) -> f64 {
        self.cost
    }

    /// The time within which that many hundredths of the queries were
    /// planned, 1 to 100 (nearest rank); `None` of no queries.
    pub fn planned_within(&self, percent: usize) -> Option<Duration> {
        let mut times = self.times.clone();
        times.sort_unstable();
        let rank = (times.len() * percent).div_ceil(100).max(1);
        times.get(rank - 1).copied()
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = |percent| self.planned_within(percent).map(|time| time.as_secs_f64() * 1000.0);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("queries", &self.lines)?;
        map.serialize_entry("outcome", &self.outcome)?;
        map.serialize_entry("tools", &self.tools)?;
        map.serialize_entry("edges", &self.edges)?;
        map.serialize_entry("arguments", &self.arguments)?;
        map.serialize_entry("shape", &self.shape)?;
        map.serialize_entry("exact", &self.exact)?;
        map.serialize_entry("model_calls", &self.model_calls)?;
        map.serialize_entry("tokens_in", &self.tokens_in)?;
        map.serialize_entry("tokens_out", &self.tokens_out)?;
        map.serialize_entry("cost", &self.cost)?;
        map.serialize_entry("planning_ms", &json!({ "p50": millis(50), "p95": millis(95) }))?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(outcome: bool, tools: (usize, usize, usize)) -> Score {
        let (hits, false_alarms, misses) = tools;
        Score {
            outcome,
            tools: Hits { hits, false_alarms, misses },
            edges: None,
            arguments: Share::default(),
            shape: None,
            differences: Vec::new(),
        }
    }

    #[test]
    fn calls_are_counted_over_all_lines_together_and_not_line_by_line() {
        let mut tally = Tally::default();
        tally.add(&score(true, (9, 0, 0)), &Spent::default());
        tally.add(&score(false, (0, 1, 1)), &Spent::default());
        assert_eq!(tally.value(Measure::Tools), Some(0.9));
        assert_eq!(tally.value(Measure::Outcome), Some(0.5));
        assert_eq!(tally.value(Measure::Exact), Some(0.5));
        for nothing in [Measure::Edges, Measure::Arguments, Measure::Shape] {
            assert_eq!(tally.value(nothing), None);
        }
    }

    #[test]
    fn times_are_by_nearest_rank_and_the_rest_adds_up() {
        let mut tally = Tally::default();
        assert_eq!(tally.planned_within(50), None);
        for ms in (1..=20).rev() {
            let took = Duration::from_millis(ms);
            let spent = Spent { model_calls: 2, tokens_in: 10, tokens_out: 3, cost: 0.5, took };
            tally.add(&score(true, (0, 0, 0)), &spent);
        }
        let ms = |percent| tally.planned_within(percent).map(|time| time.as_millis());
        assert_eq!((ms(1), ms(50), ms(95), ms(100)), (Some(1), Some(10), Some(19), Some(20)));
        assert_eq!((tally.model_calls(), tally.tokens(), tally.cost()), (40, (200, 60), 10.0));
    }
}
