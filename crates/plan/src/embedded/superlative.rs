//! Which of many is meant: the newest, the largest, the one with the most.
//!
//! What comes in is the user's words and the schema of what a list holds,
//! what goes out is the order that puts the one that is meant first. Where no
//! member says how old or how large a thing is, nothing is decided.

use route::{stem, terms};
use serde_json::Value;

/// The one that is meant of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Superlative {
    /// By what they are compared.
    by: Measure,
    /// Whether the greatest is meant, or the least.
    greatest: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Measure {
    /// When it came about.
    Time,
    /// How large it is.
    Size,
    /// How many of something it has, by stem.
    Number(String),
}

/// Words of time and size, with what they compare.
const ADJECTIVES: &[(&str, Measure, bool)] = &[
    ("newest", Measure::Time, true),
    ("latest", Measure::Time, true),
    ("most recent", Measure::Time, true),
    ("most recently", Measure::Time, true),
    ("last", Measure::Time, true),
    ("oldest", Measure::Time, false),
    ("earliest", Measure::Time, false),
    ("largest", Measure::Size, true),
    ("biggest", Measure::Size, true),
    ("longest", Measure::Size, true),
    ("smallest", Measure::Size, false),
    ("shortest", Measure::Size, false),
    ("tiniest", Measure::Size, false),
];

/// Words before what is counted.
const AMOUNTS: &[(&str, bool)] = &[
    ("the most ", true),
    ("the highest number of ", true),
    ("the largest number of ", true),
    ("the fewest ", false),
    ("the least ", false),
    ("the lowest number of ", false),
    ("the smallest number of ", false),
];

/// How many of the first things of a list a number behind an adjective asks
/// for: "the last **5**" is no one thing.
fn counts_behind(rest: &str) -> bool {
    rest.split_whitespace().next().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

/// The one that the words mean, if they mean one of many.
pub(super) fn superlative(words: &str) -> Option<Superlative> {
    let lower = format!(" {} ", words.to_lowercase());
    for (amount, greatest) in AMOUNTS {
        let Some(at) = lower.find(amount) else { continue };
        let rest = &lower[at + amount.len()..];
        let counted = rest.split_whitespace().next().filter(|word| !matches!(*word, "recent" | "recently"));
        if let Some(term) = counted.and_then(|counted| terms(counted).into_iter().next()) {
            return Some(Superlative { by: Measure::Number(term.stem), greatest: *greatest });
        }
    }
    ADJECTIVES.iter().find_map(|(word, by, greatest)| {
        let at = lower.find(&format!(" {word} ")).or_else(|| lower.find(&format!(" {word},")))?;
        let ends = !counts_behind(&lower[at + word.len() + 1..]);
        ends.then(|| Superlative { by: by.clone(), greatest: *greatest })
    })
}

/// How a list is to be ordered that the one that is meant stands first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ordering {
    /// As it comes.
    AsListed,
    /// By this member.
    By {
        /// The member's name.
        member: String,
        /// Whether the greatest comes first.
        descending: bool,
    },
}

impl Superlative {
    /// The order for a list of such items, whose tool says this of itself;
    /// `None` where nothing in it can be compared.
    pub(super) fn ordering(&self, items: &Value, described: &str) -> Option<Ordering> {
        let described = described.to_lowercase();
        let says = |words: [&str; 2]| words.iter().any(|word| described.contains(word));
        let listed = match (&self.by, self.greatest) {
            (Measure::Time, true) => says(["newest first", "latest first"]),
            (Measure::Time, false) => says(["oldest first", "earliest first"]),
            _ => false,
        };
        if listed {
            return Some(Ordering::AsListed);
        }
        let member = self.member(items);
        let by = member.map(|member| Ordering::By { member, descending: self.greatest });
        // The newest is likeliest first where nothing says when it came.
        by.or_else(|| (self.by == Measure::Time && self.greatest).then_some(Ordering::AsListed))
    }

    fn member(&self, items: &Value) -> Option<String> {
        let members = items["properties"].as_object()?;
        let is = |schema: &Value, kind: &str| schema["type"].as_str() == Some(kind);
        let number = |schema: &Value| is(schema, "integer") || is(schema, "number");
        let named = |name: &str, any: &[&str]| catalog::words(name).iter().any(|word| any.contains(&word.as_str()));
        let fits = |(name, schema): &(&String, &Value)| match &self.by {
            Measure::Time => {
                (is(schema, "string") || number(schema))
                    && named(name, &["at", "date", "time", "ts", "timestamp", "on"])
            }
            Measure::Size => number(schema) && named(name, &["size", "bytes", "length", "total", "amount", "lines"]),
            Measure::Number(counted) => {
                let words = catalog::words(name);
                number(schema) && words.iter().any(|word| stem(word) == *counted)
            }
        };
        let found: Vec<&String> = members.iter().filter(fits).map(|(name, _)| name).collect();
        let first_made = found.iter().find(|name| named(name, &["created", "opened", "posted", "date", "time", "ts"]));
        first_made.or(found.first()).map(|name| (*name).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_mean_one_of_many() {
        let items = json!({"properties": {
            "name": {"type": "string"}, "size": {"type": "integer"}, "row_count": {"type": "integer"},
            "closed_at": {"type": "string"}, "created_at": {"type": "string"},
        }});
        let rows = [
            ("the oldest open task", Some("created_at asc")),
            ("the newest one", Some("as listed")),
            ("what is in the largest file", Some("size desc")),
            ("the table with the most rows", Some("row_count desc")),
            ("the one with the fewest rows", Some("row_count asc")),
            ("the one with the most likes", None),
            ("the last 5 of them", None),
            ("every open task", None),
        ];
        for (words, expected) in rows {
            let ordering = superlative(words).and_then(|own| own.ordering(&items, "Lists things, newest first."));
            let shown = ordering.map(|ordering| match ordering {
                Ordering::AsListed => "as listed".to_owned(),
                Ordering::By { member, descending } => format!("{member} {}", if descending { "desc" } else { "asc" }),
            });
            assert_eq!(shown.as_deref(), expected, "{words}");
        }
    }
}
