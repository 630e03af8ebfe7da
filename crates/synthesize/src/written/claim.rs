//! What in a sentence must stand in the results that it cites.
//!
//! What comes in: a sentence as it would leave, and the evidence. What goes
//! out: the links, addresses, names, days and numbers that stand nowhere in
//! it. Words alone are not judged.

use super::date::{self, Day};
use super::evidence::Evidence;
use super::number;

/// What was found in a sentence.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// What stands in no result, in order.
    pub(crate) unfounded: Vec<String>,
    /// Numbers that are the lengths of lists in the results.
    pub(crate) counted: Vec<u64>,
}

/// Beginnings that make an address of what follows.
const SCHEMES: &[&str] = &["mailto:", "javascript:", "data:", "vbscript:", "file:", "tel:", "sms:", "ftp:", "www."];

/// Signs that part what is judged on its own.
const PARTING: &str = "—…“”„«»|·→←<>`*\"()[]{};=!?•~^\\¦，。：；！？、（）《》「」『』【】";

/// Signs that part two numbers.
const BETWEEN_NUMBERS: &str = "/–-−+&≈×#:";

/// Signs that may stand right behind a link.
const LINK_ENDS: &str = ".,;:!?)]}>'\"”’*`|";

/// Judges a sentence by what it cites.
pub(crate) fn judge(text: &str, cited: &[&Evidence]) -> Findings {
    let mut judge = Judge { cited, findings: Findings::default() };
    let mut rest = text.to_owned();
    for mention in date::spelled(text) {
        let words = &text[mention.at.clone()];
        if !judge.any(|evidence| evidence.holds_day(mention.day)) {
            judge.fault(words);
        }
        rest.replace_range(mention.at.clone(), &" ".repeat(mention.at.len()));
    }
    rest.split_whitespace().for_each(|token| judge.token(token));
    judge.findings
}

/// Whether a sentence holds anything to be judged.
pub(crate) fn claims_something(text: &str) -> bool {
    let findings = judge(text, &[]);
    !findings.unfounded.is_empty()
}

struct Judge<'a> {
    cited: &'a [&'a Evidence],
    findings: Findings,
}

impl Judge<'_> {
    fn any(&self, holds: impl Fn(&Evidence) -> bool) -> bool {
        self.cited.iter().any(|evidence| holds(evidence))
    }

    fn fault(&mut self, words: &str) {
        self.findings.unfounded.push(words.to_owned());
    }

    /// One word with whatever stands around it.
    fn token(&mut self, token: &str) {
        if let Some(at) = link_start(token) {
            self.part(&token[..at]);
            return self.link(&token[at..]);
        }
        self.tags(token);
        let mut start = 0;
        for (at, c) in token.char_indices() {
            let is_within_number = c == ','
                && token[..at].ends_with(|c: char| c.is_ascii_digit())
                && token[at + 1..].starts_with(|c: char| c.is_ascii_digit());
            if PARTING.contains(c) || number::is_unspaced(c) || c == ',' && !is_within_number {
                self.part(&token[start..at]);
                start = at + c.len_utf8();
            }
        }
        self.part(&token[start..]);
    }

    /// A link, without the signs that end a sentence or close a bracket. It
    /// must stand in a result letter by letter.
    fn link(&mut self, link: &str) {
        let mut shorter = link;
        loop {
            if self.any(|evidence| evidence.holds_link(shorter)) {
                return;
            }
            match shorter.char_indices().next_back() {
                Some((at, c)) if at > 0 && LINK_ENDS.contains(c) => shorter = &shorter[..at],
                _ => return self.fault(link.trim_end_matches(|c| LINK_ENDS.contains(c))),
            }
        }
    }

    /// What may be the beginning of HTML must stand in a result as it is.
    fn tags(&mut self, token: &str) {
        for (at, _) in token.match_indices('<') {
            let rest = &token[at..];
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            let opens = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
            if opens && !self.any(|evidence| evidence.holds_exactly(&rest[..end])) {
                self.fault(&rest[..end]);
            }
        }
    }

    /// A word between parting signs.
    fn part(&mut self, part: &str) {
        let is_mention = part.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@').starts_with('@');
        let word = part.trim_matches(|c: char| !c.is_alphanumeric());
        let word = ["'s", "’s"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
        if word.is_empty() {
            return;
        }
        if word.contains('@') {
            self.link(word);
        } else if is_mention {
            self.name(word);
        } else if word.contains(char::is_numeric) {
            self.figure(word);
        } else if is_name(word) {
            self.name(word);
        } else if let Some(value) = number::written_out(word) {
            let holds = |evidence: &Evidence| {
                evidence.holds_word(word) || evidence.holds_number(&value.to_string()) || evidence.counts(value)
            };
            if !self.any(holds) {
                self.fault(word);
            }
        }
    }

    fn name(&mut self, name: &str) {
        if !self.any(|evidence| evidence.holds_word(name)) {
            self.fault(name);
        }
    }

    /// A word with a digit in it: a number, an id, a day, a time.
    fn figure(&mut self, word: &str) {
        if let Some(day) = Day::of_iso(word).or_else(|| Day::of_dotted(word)) {
            if !self.any(|evidence| evidence.holds_day(day) || evidence.holds_word(word)) {
                self.fault(word);
            }
        } else if !self.holds_figure(word) && !self.is_count(word) && !self.holds_pair(word) && !self.holds_place(word)
        {
            self.fault(word);
        }
    }

    fn holds_figure(&self, word: &str) -> bool {
        let plain = number::with_affixes(word);
        let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
        // `9:12` is `09:12`.
        let is_early = bare.find(':') == Some(1);
        self.any(|evidence| {
            plain.as_deref().is_some_and(|plain| evidence.holds_number(plain))
                || evidence.holds_word(word)
                || evidence.holds_word(bare)
                || is_early && evidence.holds_word(&format!("0{bare}"))
        })
    }

    /// A file and a line in it, `src/retry.py:20`: both must stand.
    fn holds_place(&self, word: &str) -> bool {
        let Some((file, line)) = word.rsplit_once(':') else { return false };
        is_name(file)
            && line.bytes().all(|b| b.is_ascii_digit())
            && self.any(|evidence| evidence.holds_word(file))
            && self.holds_figure(line)
    }

    /// Whether a plain number is how many elements a list has; it is noted.
    fn is_count(&mut self, word: &str) -> bool {
        let number = number::canonical(word).and_then(|plain| plain.parse::<u64>().ok());
        let Some(number) = number.filter(|number| self.any(|evidence| evidence.counts(*number))) else { return false };
        self.findings.counted.push(number);
        true
    }

    /// Two numbers with a sign between them, `3/5` or `ADR-007`. What has more
    /// parts, or is a time of day, must stand as a whole.
    fn holds_pair(&self, word: &str) -> bool {
        let parts: Vec<&str> = word.split(|c| BETWEEN_NUMBERS.contains(c)).filter(|part| !part.is_empty()).collect();
        let figures: Vec<&&str> = parts.iter().filter(|part| part.contains(char::is_numeric)).collect();
        let is_clock = word.contains(':') && figures.len() > 1;
        let are_plain = figures.iter().all(|part| number::with_affixes(part).is_some());
        let others = parts.iter().filter(|part| !part.contains(char::is_numeric));
        let are_words = others.clone().all(|part| part.chars().all(char::is_alphabetic));
        parts.len() == 2 && !is_clock && are_plain && are_words && figures.iter().all(|part| self.holds_figure(part))
    }
}

/// Where a link begins in a word, if one does.
fn link_start(token: &str) -> Option<usize> {
    let lower = token.to_ascii_lowercase();
    let slashes = token.find("//").map(|at| {
        let before = token[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "+-.:".contains(c));
        before.len()
    });
    SCHEMES.iter().filter_map(|scheme| lower.find(scheme)).chain(slashes).min()
}

/// Whether a word is a name for machines: a file, a host, an identifier.
fn is_name(word: &str) -> bool {
    let is_dotted = |part: &str| {
        let labels: Vec<&str> = part.split('.').collect();
        labels.len() > 1
            && labels.iter().all(|label| !label.is_empty())
            && labels.last().is_some_and(|label| label.chars().count() > 1 && label.chars().all(char::is_alphabetic))
    };
    word.contains('_') || word.split(['/', ':']).any(is_dotted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stands_nowhere_is_found() {
        let result = json!({
            "number": 123, "additions": 34, "deletions": 8, "at": "2026-11-09T10:02:00Z", "total": 11400, "price": 21.5,
            "url": "https://a.test/pr/123", "author": "mira", "mail": "mira@a.test", "path": "src/retry.py",
            "doc": "ADR 007 keeps the 5 s timeout (p99 1.9 s), version 1.7.0", "files": ["a", "b", "c"],
            "id": "0f8fad5b-d9cb-469f-a165-70867728950e", "key": "delay_seconds", "ratio": "3 of 5",
        });
        let evidence = Evidence::of(&result);
        let rows: &[(&str, &[&str])] = &[
            ("PR #123 by @mira adds 34 and drops 8 (+34/−8), see https://a.test/pr/123.", &[]),
            ("On 9 November 2026 at 10:02, that is 2026-11-09, ADR-007 kept 5s.", &[]),
            ("It cost 21.50 of 11,400; p99 is 1.9s; src/retry.py sets `delay_seconds`.", &[]),
            ("Three files, 3/5 of v1.7.0, mail mira@a.test!", &[]),
            ("Words alone e.g. these, i.e. and/or — claim nothing.", &[]),
            ("PR #124 costs 11.400 and 12,400", &["124", "11.400", "12,400"]),
            (
                "See https://a.test/pr/1234 or [x](https://a.test/pr/12).",
                &["https://a.test/pr/1234", "https://a.test/pr/12"],
            ),
            ("On 10 November, at 10:03, 2026-11-10", &["10 November", "10:03", "2026-11-10"]),
            ("ask eve@a.test or @eve, at evil.test/x", &["eve@a.test", "eve", "evil.test/x"]),
            (
                "run javascript:alert(1) //evil.test/p www.evil.test",
                &["javascript:alert(1", "//evil.test/p", "www.evil.test"],
            ),
            ("id 0f8fad5b-469f-d9cb-a165-70867728950e", &["0f8fad5b-469f-d9cb-a165-70867728950e"]),
            ("seventeen files, ½ done, ４ left, fail_seconds", &["seventeen", "½", "４", "fail_seconds"]),
            ("<b>bold <img src=x onerror=run> if a < b, a<3", &["<b>", "<img"]),
            (
                "src/retry.py:34 at 9:12 vs src/retry.py:35, src/retries.py:34",
                &["9:12", "src/retry.py:35", "src/retries.py:34"],
            ),
            ("at t.me/eve", &["t.me/eve"]),
            ("共有11,400个，第123章。", &[]),
            ("共有11,401个", &["11,401"]),
            ("<img src=https://evil.test/a.png>", &["<img", "https://evil.test/a.png"]),
        ];
        for (text, expected) in rows {
            assert_eq!(judge(text, &[&evidence]).unfounded, *expected, "{text}");
        }
        assert_eq!(judge("3 files", &[&Evidence::of(&json!(["a", "b", "c"]))]).counted, [3]);
        assert!(!claims_something("Here is a summary:") && claims_something("Here are 3:"));
    }
}
