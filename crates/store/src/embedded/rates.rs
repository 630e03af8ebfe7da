//! Rates, held in memory: when each key's next one is due.
//!
//! A restart forgets them, so it lets through at most one burst more.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{Key, Rate, StoreFault, Throttled, Wall};

/// The most keys whose rate is in use at once; beyond, nothing is admitted
/// that has no key yet.
const MAX_KEYS: usize = 200_000;

/// Keys after which those that are at rest are looked for and forgotten.
const FIRST_SWEEP: usize = 4_096;

/// Nanoseconds in a millisecond, the grain of the clock.
const MILLISECOND: u64 = 1_000_000;

/// When each key is at rest again, in nanoseconds since the Unix epoch: the
/// theoretical arrival time of the algorithm.
#[derive(Debug)]
pub(super) struct Rates(Mutex<Due>);

#[derive(Debug)]
struct Due {
    at_rest: HashMap<Key, u64>,
    sweep_beyond: usize,
}

impl Default for Rates {
    fn default() -> Self {
        Self(Mutex::new(Due { at_rest: HashMap::new(), sweep_beyond: FIRST_SWEEP }))
    }
}

impl Rates {
    /// One more at each, or at none.
    pub(super) fn admit(&self, rates: &[Rate], now: Wall) -> Result<(), Throttled> {
        let now = now.millis().saturating_mul(MILLISECOND);
        let mut due = self.open();
        let mut longest: Option<(u64, &Key)> = None;
        for rate in rates {
            let terms = Terms::of(rate);
            let ahead = due.at_rest.get(&rate.key).map_or(0, |at_rest| terms.ahead(*at_rest, now));
            if ahead > terms.tolerance {
                let wait = ahead - terms.tolerance;
                if longest.is_none_or(|(most, _)| wait > most) {
                    longest = Some((wait, &rate.key));
                }
            }
        }
        if let Some((wait, key)) = longest {
            let after = Duration::from_millis(wait.div_ceil(MILLISECOND));
            return Err(Throttled::After { key: key.clone(), after });
        }
        due.make_room(rates, now)?;
        for rate in rates {
            let terms = Terms::of(rate);
            match due.at_rest.get_mut(&rate.key) {
                Some(at_rest) => *at_rest = now + terms.ahead(*at_rest, now) + terms.every,
                None => drop(due.at_rest.insert(rate.key.clone(), now + terms.every)),
            }
        }
        Ok(())
    }

    fn open(&self) -> MutexGuard<'_, Due> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A rate in nanoseconds.
#[derive(Clone, Copy)]
struct Terms {
    every: u64,
    /// How far ahead of the clock the key may be and still be admitted.
    tolerance: u64,
}

impl Terms {
    fn of(rate: &Rate) -> Self {
        let every = u64::try_from(rate.every.as_nanos()).unwrap_or(u64::MAX / 4).min(u64::MAX / 4);
        let burst = every.saturating_mul(u64::from(rate.burst.max(1)) - 1).min(u64::MAX / 4);
        // What falls within one tick of the clock cannot be told apart.
        let tolerance = if every < MILLISECOND { burst.max(MILLISECOND - every) } else { burst };
        Self { every, tolerance }
    }

    /// How far ahead of the clock a key is. Never further than these terms
    /// can bring it: a clock that was set back must not lock anybody out.
    fn ahead(self, at_rest: u64, now: u64) -> u64 {
        at_rest.saturating_sub(now).min(self.tolerance + self.every)
    }
}

impl Due {
    fn make_room(&mut self, rates: &[Rate], now: u64) -> Result<(), StoreFault> {
        if self.at_rest.len() + rates.len() <= self.sweep_beyond {
            return Ok(());
        }
        self.at_rest.retain(|_, at_rest| *at_rest > now);
        self.sweep_beyond = (self.at_rest.len() * 2).clamp(FIRST_SWEEP, MAX_KEYS);
        let room = self.at_rest.len() + rates.len() <= self.sweep_beyond;
        if room { Ok(()) } else { Err(StoreFault::TooMuch(format!("more than {MAX_KEYS} rates are in use at once"))) }
    }
}
