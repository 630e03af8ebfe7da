//! Every crate keeps the workspace's lints.

use super::rule::{Finding, Rule};
use super::source::Source;

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "manifest",
    reason: "lints are set once, for the whole workspace, and no crate is exempt: `[lints]` with `workspace = true`",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    let is_manifest = source.path.ends_with("/Cargo.toml");
    let lacks = is_manifest && !source.text.contains("[lints]\nworkspace = true\n");
    lacks.then(|| Finding::at(1, "it does not take the workspace's lints")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn a_crate_takes_the_lints_of_the_workspace() {
        let rows = [
            ("crates/a/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n", 0),
            ("crates/a/Cargo.toml", "[package]\n", 1),
            ("Cargo.toml", "[workspace]\n", 0),
        ];
        for (path, text, findings) in rows {
            assert_eq!(found(&RULE, path, text).len(), findings, "{path} {text:?}");
        }
    }
}
