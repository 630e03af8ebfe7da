//! Questions of how many.

use catalog::Tool;
use route::{stem, terms};

/// Whether what is counted is what the tool lists: "how many orders" is not
/// how many tables there are.
pub(super) fn counts_items(clause: &str, tool: &Tool) -> bool {
    let lower = clause.to_lowercase();
    let begin = COUNTS.iter().find_map(|words| lower.find(words).map(|at| at + words.len())).unwrap_or_default();
    let counted = terms(clause.get(begin..).unwrap_or_default());
    let items: Vec<String> = catalog::words(&tool.listing.name).iter().map(|word| stem(word)).collect();
    counted.iter().take(COUNTED_WORDS).any(|term| items.contains(&term.stem))
}

/// How many words behind "how many" may name what is counted: "how many
/// **open pull requests**".
const COUNTED_WORDS: usize = 4;

const COUNTS: &[&str] = &["how many", "number of", "count the", "count of", "count how"];

/// Whether the clause asks how many there are.
pub(super) fn asks_how_many(clause: &str) -> bool {
    let lower = clause.to_lowercase();
    COUNTS.iter().any(|words| lower.contains(words))
}
