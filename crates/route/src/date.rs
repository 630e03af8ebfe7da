//! Days as people write them: "1 September 2026", "Sept 1st, 2026".

use std::ops::Range;

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The shortest form of a month's name.
const MIN_MONTH_CHARS: usize = 3;

/// Every day that is written out with its month and year: where it stands,
/// in bytes, and the same as `YYYY-MM-DD`.
pub(crate) fn written_days(text: &str) -> Vec<(Range<usize>, String)> {
    let base = text.as_ptr() as usize;
    let words: Vec<(usize, &str)> = text.split_whitespace().map(|word| (word.as_ptr() as usize - base, word)).collect();
    let mut found = Vec::new();
    for at in 0..words.len() {
        // "1 [of] September 2026", or "September 1[st] 2026".
        let of = usize::from(words.get(at + 1).is_some_and(|(_, word)| *word == "of"));
        let first = words.get(at..).unwrap_or_default();
        let parts = [first.first(), first.get(1 + of), first.get(2 + of)];
        let [Some((start, a)), Some((_, b)), Some((last, c))] = parts else { continue };
        let day = day_of(a).zip(month_of(b)).or_else(|| day_of(b).zip(month_of(a)).filter(|_| of == 0));
        let year = bare(c);
        if let (Some((day, month)), 4, Ok(year)) = (day, year.len(), year.parse::<u16>()) {
            let end = last + c.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
            found.push((*start..end, format!("{year:04}-{month:02}-{day:02}")));
        }
    }
    found
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn day_of(word: &str) -> Option<u8> {
    let bare = bare(word).to_lowercase();
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| bare.strip_suffix(ending)).unwrap_or(&bare);
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn month_of(word: &str) -> Option<usize> {
    let bare = bare(word).to_lowercase();
    let is = |month: &str| {
        bare.len() >= MIN_MONTH_CHARS && (month.starts_with(&bare) || bare == "sept" && month == "september")
    };
    MONTHS.iter().position(|month| is(month)).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_days_are_read() {
        let rows = [
            ("from 1 September 2026 onwards", "1 September 2026 2026-09-01"),
            ("since Sept 15th, 2026, please", "Sept 15th, 2026 2026-09-15"),
            ("the 3rd of May 2026.", "3rd of May 2026 2026-05-03"),
            ("in September 2026", ""),
            ("may 3 of them go", ""),
        ];
        for (text, expected) in rows {
            let found: Vec<String> =
                written_days(text).into_iter().map(|(span, day)| format!("{} {day}", &text[span])).collect();
            assert_eq!(found.join("; "), expected, "{text}");
        }
    }
}
