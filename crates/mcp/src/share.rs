//! What is left of a request, as one of us tells the next.
//!
//! In: time and budget that are left. Out: a member of `_meta`, and back. It
//! names no amount of its own: whoever reads it takes the smaller of it and
//! what they allow themselves.

use std::time::Duration;

use query::{Budget, Cost, Share};
use serde::Deserialize;

/// The member of `_meta` with what is left.
pub(crate) const SHARE: &str = "concertmaster/share";

/// What is kept back of the time that is left, at most and as a part of it: an
/// answer that comes when its time is over comes too late for whoever waits
/// for it.
const WAY_BACK: Duration = Duration::from_millis(400);
const WAY_BACK_PART: u32 = 4;

/// What is left, as it is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct WrittenShare {
    /// In milliseconds.
    #[serde(default)]
    within_ms: Option<u64>,
    #[serde(default)]
    calls: Option<u32>,
    /// In millionths of the operator's unit of price.
    #[serde(default)]
    cost_micros: Option<u64>,
}

impl WrittenShare {
    /// As limits.
    pub(crate) fn read(self) -> Share {
        let (within, cost) = (self.within_ms.map(Duration::from_millis), self.cost_micros.map(Cost::from_micros));
        Share { within, calls: self.calls, cost }
    }
}

/// The member for a request whose answer is due when `left` is over and that
/// may spend `budget`: text that stands between an object's braces.
pub(crate) fn member(budget: Budget, left: Duration) -> String {
    let within = left.saturating_sub(WAY_BACK.min(left / WAY_BACK_PART)).as_millis();
    let calls = budget.calls;
    let cost = match budget.cost {
        Cost::UNLIMITED => String::new(),
        cost => format!(r#","cost_micros":{}"#, cost.micros()),
    };
    format!(r#""{SHARE}":{{"within_ms":{within},"calls":{calls}{cost}}}"#)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_one_writes_another_reads() {
        let ms = Duration::from_millis;
        let rows = [
            (Budget::of_calls(7), 10_000, Share { within: Some(ms(9600)), calls: Some(7), cost: None }),
            (Budget::of_calls(0), 0, Share { within: Some(ms(0)), calls: Some(0), cost: None }),
            (
                Budget { calls: 1, cost: Cost::from_micros(5) },
                1000,
                Share { within: Some(ms(750)), calls: Some(1), cost: Some(Cost::from_micros(5)) },
            ),
        ];
        for (budget, left, expected) in rows {
            let written: Value = serde_json::from_str(&format!("{{{}}}", member(budget, ms(left)))).unwrap();
            let read: WrittenShare = serde_json::from_value(written[SHARE].clone()).unwrap();
            assert_eq!(read.read(), expected);
        }
        let nothing: WrittenShare = serde_json::from_str(r#"{"later":true}"#).unwrap();
        assert_eq!(nothing.read(), Share::default());
        assert!(serde_json::from_str::<WrittenShare>(r#"{"calls":-1}"#).is_err());
    }
}
