//! Every Rust file says what it is.

use super::rule::{Finding, Rule};
use super::source::Source;

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "header",
    reason: "a file opens with `//!`: what comes in, what goes out, what it refuses to know. \
             Who cannot write the sentence has not found the file's one noun yet",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    let lacks = source.is_rust() && !source.text.starts_with("//! ");
    lacks.then(|| Finding::at(1, "it does not open with `//!`")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn rust_files_need_one_and_others_do_not() {
        let rows = [("a.rs", "//! A.\n", 0), ("a.rs", "", 1), ("a.rs", "// A.\n//! A.\n", 1), ("a.md", "A", 0)];
        for (path, text, findings) in rows {
            assert_eq!(found(&RULE, path, text).len(), findings, "{path} {text:?}");
        }
    }
}
