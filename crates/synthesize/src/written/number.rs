//! Numbers in text, whatever their formatting.

/// Letters that may follow a number directly: units and ordinals.
const UNITS: &[&str] = &[
    "%", "b", "c", "d", "f", "g", "gb", "gib", "h", "hz", "kb", "kg", "kib", "km", "m", "mb", "mib", "min", "ms", "nd",
    "ns", "px", "rd", "s", "st", "tb", "th", "us", "w", "x", "µs", "°c", "°f",
];

/// Numbers that people write out. "One" is left out: it seldom counts.
const WORDS: &[(&str, u64)] = &[
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("dozen", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1_000),
    ("million", 1_000_000),
    ("billion", 1_000_000_000),
];

/// A number's plain form: no thousands separators, no zeros that say nothing.
/// `None` for what is not one number: a version, a date, a list.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let groups: Vec<&str> = whole.split([',', '_', '\'']).collect();
    let is_grouped = groups.len() == 1 || groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    if !is_grouped || !groups.iter().all(|group| is_digits(group)) || !fraction.is_none_or(is_digits) {
        return None;
    }
    let whole = groups.concat();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match fraction.map(|fraction| fraction.trim_end_matches('0')).filter(|fraction| !fraction.is_empty()) {
        Some(fraction) => Some(format!("{whole}.{fraction}")),
        None => Some(whole.to_owned()),
    }
}

/// The plain form of a number with a unit, an ordinal's ending or a version's
/// `v`: `1.9s`, `18th`, `#123`, `v2`.
pub(crate) fn with_affixes(text: &str) -> Option<String> {
    let text = text.strip_prefix(['v', 'V', '#']).unwrap_or(text);
    let end = text.find(|c: char| c != '.' && is_letter_of_unit(c)).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let known = unit.is_empty() || UNITS.contains(&unit.to_lowercase().as_str());
    if known { canonical(number) } else { None }
}

fn is_letter_of_unit(c: char) -> bool {
    c.is_alphabetic() && !is_unspaced(c) || matches!(c, '%' | '°')
}

/// Whether a letter is of a script that writes words and numbers without
/// blanks between them, or ties endings to numbers: Thai, Chinese, Korean.
pub(crate) fn is_unspaced(c: char) -> bool {
    let script = matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{2fdf}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}');
    script && !c.is_numeric()
}

/// Whether a character continues a word or a number.
pub(crate) fn is_word(c: char) -> bool {
    (c.is_alphanumeric() || c == '_') && !is_unspaced(c)
}

/// The value of a number that is written out: `twelve`, `twenty-three`.
pub(crate) fn written_out(word: &str) -> Option<u64> {
    let value = |word: &str| WORDS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    let word = word.to_lowercase();
    match word.split_once('-') {
        Some((tens, "one")) => value(tens).map(|tens| tens + 1),
        Some((tens, ones)) => Some(value(tens)? + value(ones)?),
        None => value(&word),
    }
}

/// Every number that stands in a text as a whole, in its plain form.
pub(crate) fn numbers(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = text;
    let mut before: Option<char> = None;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(|c: char| c.is_ascii_digit())?;
            let previous = rest[..start].chars().next_back().or(if start == 0 { before } else { None });
            let tail = &rest[start..];
            let end = tail.find(|c: char| !c.is_ascii_digit() && !",._'".contains(c)).unwrap_or(tail.len());
            let run = tail[..end].trim_end_matches([',', '.', '_', '\'']);
            let after = &tail[run.len()..];
            let unit_ends = after.find(|c: char| !is_letter_of_unit(c)).unwrap_or(after.len());
            let unit = &after[..unit_ends];
            before = run.chars().next_back();
            rest = after;
            let is_whole = previous.is_none_or(|c| !is_word(c) || c == 'T');
            let fits = unit.is_empty() || unit.starts_with('T') || unit.starts_with('Z') || is_unit(unit);
            if is_whole && fits {
                return Some(pieces(run));
            }
        }
    })
    .flatten()
}

fn is_unit(unit: &str) -> bool {
    unit.len() <= 4 && UNITS.contains(&unit.to_lowercase().as_str())
}

/// One number, or those of a list without blanks.
fn pieces(run: &str) -> Vec<String> {
    match canonical(run) {
        Some(number) => vec![number],
        None => run.split([',', '_', '\'']).filter_map(canonical).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_plain_form() {
        let rows = [
            ("11,400", Some("11400")),
            ("11400", Some("11400")),
            ("1_204", Some("1204")),
            ("21.50", Some("21.5")),
            ("0.50", Some("0.5")),
            ("1204.0", Some("1204")),
            ("007", Some("7")),
            ("0", Some("0")),
            ("1.7.0", None),
            ("3,5", None),
            ("1234,567", None),
            ("", None),
            (".5", None),
        ];
        for (text, expected) in rows {
            assert_eq!(canonical(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn affixes_are_seen_through() {
        let rows = [
            ("1.9s", Some("1.9")),
            ("18th", Some("18")),
            ("#123", Some("123")),
            ("v2", Some("2")),
            ("12%", Some("12")),
            ("99problems", None),
            ("p99", None),
        ];
        for (text, expected) in rows {
            assert_eq!(with_affixes(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_found_in_text() {
        let found = |text: &str| numbers(text).collect::<Vec<_>>();
        assert_eq!(found("orders: 1,204 of 30 (0.50), p99 1.9s"), ["1204", "30", "0.5", "1.9"]);
        assert_eq!(found("2026-11-09T10:02:00Z"), ["2026", "11", "9", "10", "2", "0"]);
        assert_eq!(found("1.7.0 and 0.5,0.6 and x1 y"), ["0.5", "0.6"]);
        assert_eq!(found("a5f3 7e 12"), ["12"]);
        assert_eq!(found("共有666个订单，第3章 42개"), ["666", "3", "42"]);
    }

    #[test]
    fn words_count() {
        let rows =
            [("Twelve", Some(12)), ("twenty-three", Some(23)), ("thirty-one", Some(31)), ("one", None), ("x-y", None)];
        for (word, expected) in rows {
            assert_eq!(written_out(word), expected, "{word}");
        }
    }
}
