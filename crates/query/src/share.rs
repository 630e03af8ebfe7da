//! What is left of a larger request for a part of it.
//!
//! In: what whoever passed a request on said is left of their own. Out: limits
//! that are never above the operator's here.

use std::time::Duration;

use crate::{Budget, Cost};

/// What a request was given by the larger one that it is a part of. What is
/// not said is not limited by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The time that is left, counted from when the request came in.
    pub within: Option<Duration>,
    /// Calls to upstream servers that may still be made for it.
    pub calls: Option<u32>,
    /// What those calls may cost, in the operator's unit of price.
    pub cost: Option<Cost>,
}

impl Share {
    /// The shorter of the time here and the time that is left.
    pub fn time(self, own: Duration) -> Duration {
        self.within.map_or(own, |left| left.min(own))
    }

    /// The smaller of the budget here and what is left, calls and cost each by
    /// itself.
    pub fn budget(self, own: Budget) -> Budget {
        let calls = self.calls.map_or(own.calls, |left| left.min(own.calls));
        Budget { calls, cost: self.cost.map_or(own.cost, |left| left.min(own.cost)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_only_ever_takes_away() {
        let own = Budget { calls: 10, cost: Cost::from_micros(50) };
        let rows = [
            (None, None, own),
            (Some(3), None, Budget { calls: 3, ..own }),
            (Some(99), Some(Cost::UNLIMITED), own),
            (Some(0), Some(Cost::FREE), Budget { calls: 0, cost: Cost::FREE }),
        ];
        for (calls, cost, expected) in rows {
            assert_eq!(Share { within: None, calls, cost }.budget(own), expected);
        }
        let seconds = Duration::from_secs;
        for (given, expected) in [(None, 30), (Some(2), 2), (Some(90), 30), (Some(0), 0)] {
            let share = Share { within: given.map(seconds), ..Share::default() };
            assert_eq!(share.time(seconds(30)), seconds(expected));
        }
    }
}
