//! Files stay small enough to be read in one sitting.

use super::rule::{Finding, Rule};
use super::source::Source;

/// Lines of a Rust file before its unit tests; a longer one is a finding.
const MAX_LINES: usize = 400;

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "length",
    reason: "more than 400 lines before the tests hold more than one noun: give each a file of its own",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    if !source.is_rust() || source.is_test() {
        return Vec::new();
    }
    let lines = source.lines_of_code().count();
    (lines > MAX_LINES).then(|| Finding::at(MAX_LINES + 1, format!("{lines} lines"))).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn tests_do_not_count() {
        let lines = |count: usize| "x\n".repeat(count);
        let tested = |count: usize| format!("{}\n#[cfg(test)]\nmod tests {{\n{}}}\n", lines(count), lines(300));
        let rows = [
            ("src/a.rs", lines(400), vec![]),
            ("src/a.rs", lines(401), vec!["401: 401 lines"]),
            ("src/a.rs", tested(399), vec![]),
            ("src/a.rs", tested(450), vec!["401: 450 lines"]),
            ("tests/a.rs", lines(900), vec![]),
            ("src/a/tests.rs", lines(900), vec![]),
            ("a.md", lines(900), vec![]),
        ];
        for (path, text, expected) in rows {
            assert_eq!(found(&RULE, path, &text), expected, "{path}, {} lines", text.lines().count());
        }
    }
}
