//! What the operator sets for every query.

use std::time::Duration;

use catalog::Reaches;
use dispatch::{Limits, StandingSettings};
use policy::Channels;
use query::Cost;

/// Limits that hold for every query. The defaults suit a person at a
/// terminal.
#[derive(Clone, Debug)]
pub struct Settings {
    /// By when a query without a deadline of its own is answered.
    pub answer_within: Duration,
    /// How long a query waits for servers that have only just been started;
    /// it then goes on with those that are there.
    pub start_grace: Duration,
    /// The most upstream calls one query may make, nested ones included.
    pub calls_per_query: u32,
    /// The most those calls may cost.
    pub cost_per_query: Cost,
    /// The most calls to language models one query may make, nested ones
    /// included.
    pub model_calls_per_query: u32,
    /// How long a question waits for its answer; then what it was about is
    /// not done.
    pub questions_wait: Duration,
    /// Which way the answers may come.
    pub channels: Channels,
    /// Concurrency, call timeouts and sizes.
    pub limits: Limits,
    /// What is kept of what servers said, and when one is left alone.
    pub standing: StandingSettings,
    /// How far each principal reaches.
    pub reaches: Reaches,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            answer_within: Duration::from_secs(30),
            start_grace: Duration::from_secs(10),
            calls_per_query: 100,
            cost_per_query: Cost::UNLIMITED,
            model_calls_per_query: 24,
            questions_wait: Duration::from_secs(3600),
            channels: Channels::default(),
            limits: Limits::default(),
            standing: StandingSettings::default(),
            reaches: Reaches::default(),
        }
    }
}
