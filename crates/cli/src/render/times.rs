//! Times and counts as people read them.

use std::time::Duration;

/// `41 ms`, `1.2 s`, `2 min 5 s`.
pub(crate) fn took(time: Duration) -> String {
    match time.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        ms @ 1000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        ms => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

/// `1 call`, `2 calls`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let rows = [(0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (59_990, "59.9 s"), (125_000, "2 min 5 s")];
        for (ms, expected) in rows {
            assert_eq!(took(Duration::from_millis(ms)), expected);
        }
        assert_eq!(counted(1, "call") + &counted(0, "call"), "1 call0 calls");
    }
}
