//! Durations as people write them.

use std::time::Duration;

/// Reads `250ms`, `10s`, `1.5s`, `2m` or `1h`. `None` when there is no number,
/// no unit, or the unit is another.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let seconds_per_unit = match unit.trim_start() {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    let amount: f64 = number.parse().ok()?;
    // Whole milliseconds, so that `0.1s` and `100ms` are one duration.
    let milliseconds = (amount * seconds_per_unit * 1000.0).round();
    let representable = milliseconds.is_finite() && (0.0..1e15).contains(&milliseconds);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    representable.then(|| Duration::from_millis(milliseconds as u64))
}

/// Writes a duration the way [`parse`] reads it, in the largest unit that
/// leaves a whole number.
pub(crate) fn text(duration: Duration) -> String {
    let ms = duration.as_millis();
    match ms {
        0 => "0s".to_owned(),
        _ if ms.is_multiple_of(3_600_000) => format!("{}h", ms / 3_600_000),
        _ if ms.is_multiple_of(60_000) => format!("{}m", ms / 60_000),
        _ if ms.is_multiple_of(1000) => format!("{}s", ms / 1000),
        _ => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_their_unit() {
        let rows = [
            ("250ms", Some(250)),
            ("10s", Some(10_000)),
            ("1.5s", Some(1500)),
            ("0.1s", Some(100)),
            (" 2 m ", Some(120_000)),
            ("1h", Some(3_600_000)),
            ("10", None),
            ("s", None),
            ("10 days", None),
            ("1..5s", None),
            ("-1s", None),
            ("", None),
        ];
        for (written, ms) in rows {
            assert_eq!(parse(written), ms.map(Duration::from_millis), "{written}");
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        for (ms, written) in
            [(0, "0s"), (250, "250ms"), (1500, "1500ms"), (10_000, "10s"), (120_000, "2m"), (3_600_000, "1h")]
        {
            let duration = Duration::from_millis(ms);
            assert_eq!(text(duration), written);
            assert_eq!(parse(written), Some(duration));
        }
    }
}
