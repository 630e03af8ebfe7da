//! A server that keeps failing is left alone for a while.
//!
//! In: how its calls ended, and when. Out: whether the next one may leave. It
//! knows no clock and no chance: both are arguments.

use std::time::Duration;

use query::Moment;

/// When a server is left alone, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Failures in a row after which it is left alone; at least one.
    pub failures: u32,
    /// For how long at least, the first time; each time it fails again, twice
    /// as long.
    pub pause: Duration,
    /// For how long at most.
    pub longest_pause: Duration,
}

impl Default for BreakerSettings {
    /// After 5 failures in a row, for 1 s, at most for 60 s.
    fn default() -> Self {
        Self { failures: 5, pause: Duration::from_secs(1), longest_pause: Duration::from_secs(60) }
    }
}

/// Doublings of the pause that are told apart.
const MOST_DOUBLINGS: u32 = 16;

/// One server's breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Calls leave.
    Closed { failures: u32 },
    /// None do until then; it opened this often without closing.
    Open { until: Moment, times: u32 },
    /// One call finds out; it opened this often without closing.
    Probing { times: u32 },
}

/// Leave for one call. Whoever has it says how the call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// As usual.
    Call,
    /// To find out whether the server is well again.
    Probe,
}

impl Breaker {
    /// A breaker of a server of which nothing bad is known.
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: State::Closed { failures: 0 } }
    }

    /// Leave for one more call, or how long there is none.
    ///
    /// # Errors
    ///
    /// How long to wait; while another call finds out, the first pause.
    pub fn admit(&mut self, now: Moment) -> Result<Admitted, Duration> {
        match self.state {
            State::Closed { .. } => Ok(Admitted::Call),
            State::Open { until, .. } if now < until => Err(until.since(now)),
            State::Open { times, .. } => {
                self.state = State::Probing { times };
                Ok(Admitted::Probe)
            }
            State::Probing { .. } => Err(self.settings.pause),
        }
    }

    /// A call went well.
    pub fn went_well(&mut self, admitted: Admitted) {
        match (self.state, admitted) {
            (State::Closed { .. }, _) | (State::Probing { .. }, Admitted::Probe) => {
                self.state = State::Closed { failures: 0 };
            }
            // A call from before it opened says nothing about now.
            (State::Open { .. } | State::Probing { .. }, _) => {}
        }
    }

    /// A call failed in a way that says something about its server. `chance`
    /// is a number in 0..=1: the pause lies between its half and its whole.
    pub fn failed(&mut self, admitted: Admitted, now: Moment, chance: f64) {
        match (self.state, admitted) {
            (State::Closed { failures }, _) if failures + 1 < self.settings.failures => {
                self.state = State::Closed { failures: failures + 1 };
            }
            (State::Closed { .. }, _) => self.open(0, now, chance),
            (State::Probing { times }, Admitted::Probe) => self.open(times, now, chance),
            (State::Open { .. } | State::Probing { .. }, _) => {}
        }
    }

    /// Nobody waited for the call to end, or it said nothing about its server.
    pub fn abandoned(&mut self, admitted: Admitted, now: Moment) {
        if let (State::Probing { times }, Admitted::Probe) = (self.state, admitted) {
            self.state = State::Open { until: now, times };
        }
    }

    /// Whether calls leave as usual.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn open(&mut self, times: u32, now: Moment, chance: f64) {
        let doubled = self.settings.pause.saturating_mul(1 << times.min(MOST_DOUBLINGS));
        let whole = doubled.min(self.settings.longest_pause);
        let pause = whole / 2 + (whole / 2).mul_f64(chance.clamp(0.0, 1.0));
        self.state = State::Open { until: now.after(pause), times: times + 1 };
    }
}
