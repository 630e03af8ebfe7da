//! The keys of prices, budgets, rates, the cache and the breaker.

use std::time::Duration;

use super::shape::{Key, Others, Shape, TableShape};

/// The most calls a budget or a rate can name.
const MOST_CALLS: u64 = 1_000_000_000;

/// A time that may be nothing, up to a day.
const UP_TO_A_DAY: Shape = Shape::Time { least: Duration::ZERO, most: Duration::from_secs(86_400) };

/// A while that something is counted in.
const A_WHILE: Shape = Shape::Time { least: Duration::from_millis(1), most: Duration::from_secs(86_400) };

const CALLS: Shape = Shape::Count { least: 1, most: MOST_CALLS };

/// What may be spent.
pub(super) static BUDGET: TableShape = TableShape {
    keys: &[
        Key::new("calls_per_day", CALLS, "The most calls from midnight to midnight UTC."),
        Key::new("cost_per_day", Shape::Price, "The most they may cost, in your unit of price."),
        Key::new("calls_per_session", CALLS, "The most calls in one session."),
        Key::new("cost_per_session", Shape::Price, "The most they may cost."),
        Key::with_default("session_idle", A_WHILE, "\"30m\"", "How long without a call ends a session."),
    ],
    others: Others::Refused,
};

/// How fast.
pub(super) static RATE: TableShape = TableShape {
    keys: &[
        Key::new("calls", Shape::Count { least: 1, most: 1_000_000 }, "So many calls, evenly spread."),
        Key::with_default("within", A_WHILE, "\"1m\"", "Within this long."),
        Key::new(
            "burst",
            Shape::Count { least: 1, most: 1_000_000 },
            "So many at once after a pause; without it, all of `calls`.",
        ),
    ],
    others: Others::Refused,
};

/// `[servers.NAME.per_tool.TOOL]`.
pub(super) static PER_TOOL: TableShape = TableShape {
    keys: &[
        Key::new("cost", Shape::Price, "What one call costs, instead of the server's `cost`."),
        Key::new("budget", Shape::Table(&BUDGET), "What one principal may spend on this tool."),
        Key::new("rate", Shape::Table(&RATE), "How fast one principal may call it."),
        Key::new(
            "alternatives",
            Shape::Texts,
            "Tools that serve as well, as `server.tool`: tried when this one fails, is spent or is too slow.",
        ),
    ],
    others: Others::Refused,
};

/// `[cache]`.
pub(super) static CACHE: TableShape = TableShape {
    keys: &[
        Key::with_default(
            "ttl",
            UP_TO_A_DAY,
            "\"60s\"",
            "For how long results of calls that only read answer equal calls of the same principal; `\"0s\"` for never.",
        ),
        Key::with_default(
            "max_mib",
            Shape::Count { least: 0, most: 65_536 },
            "64",
            "How much of them is kept, in MiB.",
        ),
    ],
    others: Others::Refused,
};

/// `[breaker]`.
pub(super) static BREAKER: TableShape = TableShape {
    keys: &[
        Key::with_default(
            "failures",
            Shape::Count { least: 1, most: 1000 },
            "5",
            "Failures in a row after which a server is left alone for a while.",
        ),
        Key::with_default("pause", A_WHILE, "\"1s\"", "For how long, the first time; twice as long each time again."),
        Key::with_default("longest_pause", A_WHILE, "\"60s\"", "For how long at most."),
    ],
    others: Others::Refused,
};
