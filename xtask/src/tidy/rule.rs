//! A house rule.

use super::source::Source;

/// A house rule with its reason.
pub(super) struct Rule {
    /// A word to speak of it.
    pub(super) name: &'static str,
    /// Why it is one, and what to do instead.
    pub(super) reason: &'static str,
    /// What breaks it in one file.
    pub(super) check: fn(&Source) -> Vec<Finding>,
}

/// One place where a rule is broken.
#[derive(Debug, PartialEq)]
pub(super) struct Finding {
    /// The line, from 1.
    pub(super) line: usize,
    /// What is wrong there.
    pub(super) what: String,
}

impl Finding {
    /// A finding about a line.
    pub(super) fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

/// What a rule finds, as text, for table tests.
#[cfg(test)]
pub(super) fn found(rule: &Rule, path: &str, text: &str) -> Vec<String> {
    let findings = (rule.check)(&Source::new(path, text));
    findings.into_iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
}
