//! Which call of a plan is which entry of a label.

use crate::graph::Call;
use crate::labelled::Entry;

/// The most entries in `tools` of one labelled query: as many as a plan has
/// steps. A line with more is faulty.
pub const MAX_ENTRIES: usize = plan::MAX_STEPS;

/// The most matchings of equal worth that are looked at; only calls of one
/// tool with nothing to tell them apart have so many. The best of those looked
/// at is taken.
pub const MAX_TIES: usize = 5040;

/// For each call, in order, the entry that it is.
pub(crate) type Matching = Vec<Option<usize>>;

/// What a matching is worth: entries first, then the arguments that their
/// calls have.
type Worth = (usize, usize);

/// Every matching in which as many entries as possible have a call and, among
/// those, the calls have as many of the arguments as possible. Each call is
/// at most one entry, one that lists its tool.
pub(crate) fn best(calls: &[&Call], entries: &[Entry]) -> Vec<Matching> {
    let fits: Vec<Vec<(usize, usize)>> = calls.iter().map(|call| fitting(call, entries)).collect();
    let mut walk = Walk { reach: reach(&fits, entries.len()), fits, chosen: Vec::new(), found: Vec::new() };
    walk.on(0);
    walk.found
}

/// The entries that list a call's tool, each with how many of its arguments
/// the call has.
fn fitting(call: &Call, entries: &[Entry]) -> Vec<(usize, usize)> {
    let listing = entries.iter().enumerate().filter(|(_, entry)| entry.tools.contains(&call.tool));
    listing.map(|(place, entry)| (place, arguments(call, entry))).collect()
}

/// How many of an entry's arguments a call has.
pub(crate) fn arguments(call: &Call, entry: &Entry) -> usize {
    let has = |name: &str| call.literal(name);
    entry.literals.iter().filter(|(name, wanted)| has(name).is_some_and(|found| wanted.admits(found))).count()
}

/// By call and by set of entries taken already, the most that this call and
/// those behind it can add.
fn reach(fits: &[Vec<(usize, usize)>], entries: usize) -> Vec<Vec<Worth>> {
    let sets = 1 << entries;
    let mut reach = vec![vec![(0, 0); sets]];
    for fitting in fits.iter().rev() {
        let behind = &reach[reach.len() - 1];
        let most = |taken: usize| {
            let with = options(fitting, taken).map(|(entry, own)| plus(behind[taken | 1 << entry], own));
            with.fold(behind[taken], Worth::max)
        };
        let row = (0..sets).map(most).collect();
        reach.push(row);
    }
    reach.reverse();
    reach
}

fn options(fitting: &[(usize, usize)], taken: usize) -> impl Iterator<Item = (usize, usize)> {
    fitting.iter().copied().filter(move |(entry, _)| taken & 1 << entry == 0)
}

fn plus(behind: Worth, arguments: usize) -> Worth {
    (behind.0 + 1, behind.1 + arguments)
}

/// A walk over the matchings that reach the most, call by call.
struct Walk {
    fits: Vec<Vec<(usize, usize)>>,
    reach: Vec<Vec<Worth>>,
    chosen: Matching,
    found: Vec<Matching>,
}

impl Walk {
    fn on(&mut self, taken: usize) {
        let at = self.chosen.len();
        if self.found.len() == MAX_TIES {
            return;
        }
        if at == self.fits.len() {
            self.found.push(self.chosen.clone());
            return;
        }
        let goal = self.reach[at][taken];
        for (entry, own) in self.fits[at].clone() {
            let free = taken & 1 << entry == 0;
            if free && plus(self.reach[at + 1][taken | 1 << entry], own) == goal {
                self.chosen.push(Some(entry));
                self.on(taken | 1 << entry);
                self.chosen.pop();
            }
        }
        if self.reach[at + 1][taken] == goal {
            self.chosen.push(None);
            self.on(taken);
            self.chosen.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use catalog::ToolRef;
    use serde_json::{Value, json};

    use super::*;
    use crate::literal::Wanted;

    /// `a=1`: a call of the tool `a` whose argument `x` is 1.
    fn call(text: &str) -> Call {
        let (tool, x) = text.split_once('=').map_or((text, None), |(tool, x)| (tool, Some(x)));
        let literals = x.map(|x| ("x".to_owned(), json!(x))).into_iter().collect();
        Call { tool: ToolRef::new("s", tool), literals, per_item: false }
    }

    /// `a|b=1`: the tools `a` and `b` would do, and `x` is 1.
    fn entry(text: &str) -> Entry {
        let (tools, x) = text.split_once('=').map_or((text, None), |(tools, x)| (tools, Some(x)));
        let literals = x.map(|x| ("x".to_owned(), Wanted::Value(Value::from(x)))).into_iter().collect();
        Entry { tools: tools.split('|').map(|tool| ToolRef::new("s", tool)).collect(), literals }
    }

    fn found(calls: &str, entries: &str) -> Vec<String> {
        let calls: Vec<Call> = calls.split_whitespace().map(call).collect();
        let entries: Vec<Entry> = entries.split_whitespace().map(entry).collect();
        let told = |matching: &Matching| {
            matching.iter().map(|entry| entry.map_or("-".to_owned(), |entry| entry.to_string())).collect()
        };
        best(&calls.iter().collect::<Vec<_>>(), &entries).iter().map(told).collect()
    }

    #[test]
    fn as_many_entries_as_possible_then_as_many_arguments() {
        let rows: [(&str, &str, &[&str]); 13] = [
            ("", "", &[""]),
            ("a", "", &["-"]),
            ("", "a", &[""]),
            ("a b", "a b", &["01"]),
            ("b a", "a b", &["10"]),
            ("a a", "a", &["0-", "-0"]),
            ("a", "a a", &["0", "1"]),
            // The greedy choice, the first call for the first entry that lists
            // its tool, would leave one of them out.
            ("a b", "a|b a", &["10"]),
            ("a b c", "a|b b|c a|c", &["012", "201"]),
            // Arguments tell calls of one tool apart, whatever their order.
            ("a=2 a=1", "a=1 a=2", &["10"]),
            // But never at the price of an entry.
            ("a=1 b", "a|b=1 a", &["10"]),
            ("a=1 a=1", "a=1 a=2", &["01", "10"]),
            ("a=3 a=2 a=1", "a=1 a=2", &["-10"]),
        ];
        for (calls, entries, expected) in rows {
            assert_eq!(found(calls, entries), expected, "{calls} / {entries}");
        }
    }

    #[test]
    fn many_calls_alike_are_looked_at_up_to_a_limit() {
        let alike = ["a"; MAX_ENTRIES].join(" ");
        assert_eq!(found(&alike, &alike).len(), MAX_TIES);
    }
}
