//! What stands in one step's result, for looking things up in it.
//!
//! What comes in: a value. What goes out: whether a link, a name, a number or
//! a day stands in it as a whole. Where in it, and what it means there, is not
//! looked at.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::date::{self, Day};
use super::number;

/// How much of one result is looked at, in bytes; what stands beyond it
/// counts as not there.
const READ_BYTES: usize = 1024 * 1024;

/// What stands in one step's result.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Every text, name and number, one a line, as they stand.
    exact: String,
    /// The same in lower case.
    folded: String,
    /// Every word of that, so that what does not stand in it is known at once.
    words: BTreeSet<String>,
    numbers: HashSet<String>,
    days: HashSet<Day>,
    /// How many elements its lists have.
    counts: HashSet<u64>,
}

impl Evidence {
    /// What stands in a value.
    pub(crate) fn of(value: &Value) -> Self {
        let mut evidence = Self::default();
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            if evidence.exact.len() > READ_BYTES {
                break;
            }
            match value {
                Value::Null | Value::Bool(_) => {}
                Value::Number(number) => evidence.write(&number.to_string()),
                Value::String(text) => evidence.write(crate::cut::head(text, READ_BYTES)),
                Value::Array(items) => {
                    evidence.count(items.len());
                    waiting.extend(items.iter().rev());
                }
                Value::Object(members) => {
                    members.keys().for_each(|key| evidence.write(key));
                    waiting.extend(members.values().rev());
                }
            }
        }
        evidence.index();
        evidence
    }

    /// The same, with these words of the user's added.
    pub(crate) fn and(mut self, words: &str) -> Self {
        self.write(words);
        self.index();
        self
    }

    /// The same, with a number that the program counted in the result.
    pub(crate) fn and_count(mut self, count: u64) -> Self {
        self.counts.insert(count);
        self
    }

    /// Whether a link or an address stands in it, letter by letter.
    pub(crate) fn holds_link(&self, link: &str) -> bool {
        whole_matches(&self.exact, link)
            .any(|(before, after)| !before.is_some_and(char::is_alphanumeric) && link_ends(after))
    }

    /// Whether these characters stand in it, wherever.
    pub(crate) fn holds_exactly(&self, text: &str) -> bool {
        self.exact.contains(text)
    }

    /// Whether a name or an id stands in it, in whatever case.
    pub(crate) fn holds_word(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        let begins_with_digit = word.starts_with(|c: char| c.is_numeric());
        let ends_with_digit = word.ends_with(|c: char| c.is_numeric());
        let is_hash = word.len() >= SHORT_HASH && word.bytes().all(|b| b.is_ascii_hexdigit());
        let is_clock = word.contains(':');
        let is_known = |part: &str| match is_hash {
            true => self.words.range(part.to_owned()..).next().is_some_and(|known| known.starts_with(part)),
            false => self.words.contains(part),
        };
        if !is_clock && !words(&word).all(is_known) {
            return false;
        }
        let begins = |before: Option<char>, earlier: Option<char>| match before {
            Some('t') if is_clock => true,
            Some('.' | ',') => !(begins_with_digit && earlier.is_some_and(char::is_numeric)),
            before => !before.is_some_and(number::is_word),
        };
        let ends = |rest: &str| {
            let mut rest = rest.chars();
            match rest.next() {
                Some('z') if is_clock => true,
                Some(c) if is_hash && c.is_ascii_hexdigit() => true,
                Some('.' | ',') => !(ends_with_digit && rest.next().is_some_and(char::is_numeric)),
                after => !after.is_some_and(number::is_word),
            }
        };
        self.folded.match_indices(&word).any(|(at, _)| {
            let mut before = self.folded[..at].chars().rev();
            begins(before.next(), before.next()) && ends(&self.folded[at + word.len()..])
        })
    }

    /// Whether a number, in its plain form, stands in it.
    pub(crate) fn holds_number(&self, canonical: &str) -> bool {
        self.numbers.contains(canonical)
    }

    /// Whether a day is named in it.
    pub(crate) fn holds_day(&self, day: Day) -> bool {
        self.days.iter().any(|known| day.is_borne_out_by(*known))
    }

    /// Whether one of its lists has so many elements.
    pub(crate) fn counts(&self, number: u64) -> bool {
        self.counts.contains(&number)
    }

    /// Adds a text; control and invisible characters part what they stand
    /// between.
    fn write(&mut self, text: &str) {
        self.exact.extend(text.chars().map(|c| if is_parting(c) { '\u{1}' } else { c }));
        self.exact.push('\n');
    }

    fn count(&mut self, elements: usize) {
        self.counts.insert(u64::try_from(elements).unwrap_or(u64::MAX));
    }

    fn index(&mut self) {
        self.folded = self.exact.to_lowercase();
        for word in words(&self.folded) {
            if !self.words.contains(word) {
                self.words.insert(word.to_owned());
            }
        }
        self.numbers = number::numbers(&self.exact).collect();
        self.days = date::iso(&self.exact).into_iter().collect();
        self.days.extend(date::spelled(&self.exact).into_iter().map(|mention| mention.day));
    }
}

/// The shortest beginning of a hash that stands for it, in characters.
const SHORT_HASH: usize = 7;

/// Whether nothing that continues a link follows.
fn link_ends(rest: &str) -> bool {
    let mut rest = rest.chars();
    match rest.next() {
        Some('.' | ',' | ':' | ';' | '!' | '?' | '*' | '\'') => {
            rest.next().is_none_or(|c| !c.is_alphanumeric() && c != '/')
        }
        after => !after.is_some_and(|c| c.is_alphanumeric() || "/-_~%=&+#@$".contains(c)),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !number::is_word(c)).filter(|word| !word.is_empty())
}

fn whole_matches<'a>(text: &'a str, sought: &'a str) -> impl Iterator<Item = (Option<char>, &'a str)> {
    let sought_bytes = sought.len();
    text.match_indices(sought)
        .filter(move |_| sought_bytes > 0)
        .map(move |(at, _)| (text[..at].chars().next_back(), &text[at + sought_bytes..]))
}

fn is_parting(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn evidence() -> Evidence {
        Evidence::of(&json!({
            "number": 123, "url": "https://a.test/p/123?x=1", "other": "see https://b.test/q. Mail mira@a.test!",
            "sha": "cb85b06f6c9d0011", "at": "2026-11-09T10:02:00Z", "price": 21.5, "sum": "1,204.50 EUR",
            "file": "src/retry.py", "items": [{"v": "1.7.0"}, {}, {}],
        }))
    }

    #[test]
    fn links_stand_letter_by_letter() {
        let rows = [
            ("https://a.test/p/123?x=1", true),
            ("https://a.test/p/123", false),
            ("https://a.test/p/12", false),
            ("https://A.test/p/123?x=1", false),
            ("https://b.test/q", true),
            ("https://b.test", false),
            ("mira@a.test", true),
            ("ira@a.test", false),
            ("", false),
        ];
        for (link, expected) in rows {
            assert_eq!(evidence().holds_link(link), expected, "{link}");
        }
    }

    #[test]
    fn words_stand_whole() {
        let rows = [
            ("src/retry.py", true),
            ("Retry.py", true),
            ("etry.py", false),
            ("10:02", true),
            ("10:03", false),
            ("cb85b06", true),
            ("cb85b0", false),
            ("b85b06f", false),
            ("1.7.0", true),
            ("1.7", false),
            ("7.0", false),
        ];
        for (word, expected) in rows {
            assert_eq!(evidence().holds_word(word), expected, "{word}");
        }
    }

    #[test]
    fn numbers_and_days_stand_in_any_form() {
        let held = ["123", "21.5", "1204.5"].map(|number| evidence().holds_number(number));
        assert_eq!(held, [true; 3]);
        assert!(!evidence().holds_number("204.5") && !evidence().holds_number("1204"));
        let day = |year| Day { year, month: 11, day: 9 };
        assert!(evidence().holds_day(day(None)) && evidence().holds_day(day(Some(2026))));
        assert!(!evidence().holds_day(day(Some(2025))));
        assert!(evidence().counts(3) && !evidence().counts(2));
    }
}
