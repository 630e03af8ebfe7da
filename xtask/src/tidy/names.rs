//! Names say what a thing is.

use std::iter;

use super::rule::{Finding, Rule};
use super::source::Source;

/// Words that say nothing about what they name.
const EMPTY: &[&str] = &["common", "helper", "helpers", "manager", "misc", "util", "utils"];

/// The words before the name of a thing.
const KEYWORDS: &[&str] = &["mod", "struct", "enum", "trait", "type", "union"];

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "names",
    reason: "a file, module or type called manager, util, helper, common or misc is a drawer for what has no place: \
             find the noun",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    if !source.is_rust() {
        return Vec::new();
    }
    let parts = source.path.trim_end_matches(".rs").split('/');
    let of_path = parts.filter(|part| is_empty(part)).map(|part| Finding::at(1, format!("the path says `{part}`")));
    let named = source.lines().filter_map(|(line, text)| Some((line, declared(text)?)));
    let of_names = named
        .filter(|(_, name)| is_empty(name))
        .map(|(line, name)| Finding::at(line, format!("`{name}` says nothing")));
    of_path.chain(of_names).collect()
}

/// The name of the module or type that a line declares.
fn declared(line: &str) -> Option<&str> {
    let mut words = line.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let first = words.by_ref().find(|word| !matches!(*word, "pub" | "crate" | "super" | "in" | "unsafe"))?;
    if KEYWORDS.contains(&first) { words.next() } else { None }
}

fn is_empty(name: &str) -> bool {
    words(name).any(|word| EMPTY.contains(&word.to_lowercase().as_str()))
}

/// `HttpUtil`, `http_util` and `http-util` are each two words.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    iter::from_fn(move || {
        rest = rest.trim_start_matches(['_', '-', '.']);
        let later = rest.char_indices().skip(1).find(|(_, c)| c.is_uppercase() || matches!(c, '_' | '-' | '.'));
        let (word, tail) = rest.split_at(later.map_or(rest.len(), |(at, _)| at));
        rest = tail;
        (!word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn paths_modules_and_types_are_looked_at() {
        let rows = [
            ("crates/a/src/http_util.rs", "", vec!["1: the path says `http_util`"]),
            ("crates/common/src/lib.rs", "", vec!["1: the path says `common`"]),
            ("crates/a/src/utility.rs", "", vec![]),
            ("docs/common.md", "", vec![]),
            ("a.rs", "//! A.\npub(crate) mod helpers;", vec!["2: `helpers` says nothing"]),
            ("a.rs", "    struct TaskManager {", vec!["1: `TaskManager` says nothing"]),
            ("a.rs", "let common = helper(manager); // mod util", vec![]),
            ("a.rs", "pub struct Manageress;", vec![]),
        ];
        for (path, text, expected) in rows {
            assert_eq!(found(&RULE, path, text), expected, "{path} {text:?}");
        }
    }
}
