//! Calendar days in text, however they are written.

/// Months, by the first letters that tell them apart.
const MONTHS: [&str; 12] = [
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

/// The short name of a month, in letters.
const SHORTEST_NAME: usize = 3;

/// A calendar day; the year may be left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Day {
    pub(crate) year: Option<u16>,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// Where a day is named in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Where it begins and ends, in bytes.
    pub(crate) at: std::ops::Range<usize>,
    /// The day.
    pub(crate) day: Day,
}

impl Day {
    /// Whether naming this day is borne out by that one.
    pub(crate) fn is_borne_out_by(self, other: Self) -> bool {
        (self.month, self.day) == (other.month, other.day) && (self.year.is_none() || self.year == other.year)
    }

    /// The day that `2026-11-18` names; `None` for any other text.
    pub(crate) fn of_iso(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let [year, month, day] = [parts.next()?, parts.next()?, parts.next()?];
        let fits = (year.len(), month.len(), day.len()) == (4, 2, 2) && parts.next().is_none();
        if fits { Self::checked(year.parse().ok(), month.parse().ok()?, day.parse().ok()?) } else { None }
    }

    /// The day that `18.11.2026` names; `None` for any other text.
    pub(crate) fn of_dotted(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let [day, month, year] = [parts.next()?, parts.next()?, parts.next()?];
        let fits = (1..=2).contains(&day.len()) && (1..=2).contains(&month.len()) && year.len() == 4;
        let fits = fits && parts.next().is_none();
        if fits { Self::checked(year.parse().ok(), month.parse().ok()?, day.parse().ok()?) } else { None }
    }

    fn checked(year: Option<u16>, month: u8, day: u8) -> Option<Self> {
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Self { year, month, day })
    }
}

/// Days written with a month's name: `9 November 2026`, `Nov 9th`, `9. Nov`.
pub(crate) fn spelled(text: &str) -> Vec<Mention> {
    let words: Vec<(usize, &str)> = words(text);
    let mut found = Vec::new();
    for (i, (start, word)) in words.iter().enumerate() {
        let Some(month) = month(word) else { continue };
        let before = i.checked_sub(1).and_then(|i| words.get(i));
        let before = if before.is_some_and(|(_, word)| *word == "of") {
            i.checked_sub(2).and_then(|i| words.get(i))
        } else {
            before
        };
        let (from, to, day, next) = if let Some(day) = before.and_then(|(_, word)| day(word)) {
            (before.map_or(*start, |(at, _)| *at), start + word.len(), day, i + 1)
        } else if let Some((at, after)) = words.get(i + 1).filter(|(_, word)| day(word).is_some()) {
            (*start, at + after.len(), day(after).unwrap_or_default(), i + 2)
        } else {
            continue;
        };
        let year = words.get(next).and_then(|(at, word)| year(word).map(|year| (year, at + word.len())));
        let to = year.map_or(to, |(_, end)| end);
        if let Some(day) = Day::checked(year.map(|(year, _)| year), month, day) {
            found.push(Mention { at: from..to, day });
        }
    }
    found
}

/// Days in the form `2026-11-18`, also as the beginning of a moment.
pub(crate) fn iso(text: &str) -> Vec<Day> {
    let bytes = text.as_bytes();
    let dashes = (4..bytes.len().saturating_sub(5)).filter(|&at| bytes[at] == b'-' && bytes[at + 3] == b'-');
    let whole = |from: usize, to: usize| {
        let is_open =
            |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(|b| !b.is_ascii_digit() && *b != b'-');
        is_open(from.checked_sub(1)) && is_open(Some(to))
    };
    dashes.filter(|&at| whole(at - 4, at + 6)).filter_map(|at| Day::of_iso(text.get(at - 4..at + 6)?)).collect()
}

/// Words with where they begin, without the signs at their ends.
fn words(text: &str) -> Vec<(usize, &str)> {
    let is_sign = |c: char| !c.is_alphanumeric();
    let of = |word: &str| word.trim_matches(is_sign).len();
    text.split_whitespace()
        .filter(|word| of(word) > 0)
        .map(|word| {
            let bare = word.trim_matches(is_sign);
            (bare.as_ptr() as usize - text.as_ptr() as usize, bare)
        })
        .collect()
}

fn month(word: &str) -> Option<u8> {
    // In running text `may` is a verb.
    if word == "may" {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let lower = if lower == "sept" { "sep" } else { lower.as_str() };
    let place = MONTHS.iter().position(|name| lower == *name || lower == &name[..SHORTEST_NAME])?;
    u8::try_from(place + 1).ok()
}

fn day(word: &str) -> Option<u8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    let is_short = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_short { digits.parse().ok() } else { None }
}

fn year(word: &str) -> Option<u16> {
    let is_year = word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    if is_year { word.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_however_they_are_written() {
        let day = |year, month, day| Day { year, month, day };
        let rows = [
            ("on 9 November 2026, then", vec![("9 November 2026", day(Some(2026), 11, 9))]),
            ("Nov 9th (Monday)", vec![("Nov 9th", day(None, 11, 9))]),
            ("the 26th of November", vec![("26th of November", day(None, 11, 26))]),
            ("It may fail 5 times", vec![]),
            ("99 November", vec![]),
            ("December 1, 2026", vec![("December 1, 2026", day(Some(2026), 12, 1))]),
        ];
        for (text, expected) in rows {
            let found: Vec<(&str, Day)> =
                spelled(text).into_iter().map(|mention| (&text[mention.at], mention.day)).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(Day::of_dotted("9.11.2026"), Some(day(Some(2026), 11, 9)));
        assert_eq!([Day::of_dotted("1.7.0"), Day::of_dotted("9.13.2026"), Day::of_dotted("9.11.2026.1")], [None; 3]);
        assert_eq!(iso("é 2026-11-09T10:02Z, 12026-11-09, 2026-13-09"), [day(Some(2026), 11, 9)]);
    }
}
