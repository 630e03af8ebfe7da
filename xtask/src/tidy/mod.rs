//! `tidy`: house rules that a program can check.
//!
//! What comes in: the text of every file that is or would be tracked. What
//! goes out: every finding at once, under the reason for its rule. Rules know
//! no compiler: what rustfmt, clippy and rustdoc can see is theirs.

mod arrows;
mod header;
mod length;
mod machine_paths;
mod manifest;
mod names;
mod purity;
mod registries;
mod rule;
mod source;
mod unfinished;

use rule::Rule;
use source::Source;

use crate::task::Task;
use crate::{Failure, Workspace};

/// The command.
pub(crate) const TASK: Task = Task { name: "tidy", about: "house rules, each with its reason", run };

/// Every rule. A new one is a new file and a line here.
const RULES: &[Rule] = &[
    header::RULE,
    length::RULE,
    names::RULE,
    arrows::RULE,
    purity::RULE,
    manifest::RULE,
    unfinished::RULE,
    machine_paths::RULE,
    registries::RULE,
];

fn run(workspace: &Workspace) -> Result<(), Failure> {
    let sources = source::all(workspace)?;
    let broken: Vec<String> = RULES.iter().filter_map(|rule| told(rule, &sources)).collect();
    if broken.is_empty() {
        eprintln!("{} files keep {} rules", sources.len(), RULES.len());
        return Ok(());
    }
    eprintln!("{}", broken.join("\n\n"));
    Err(Failure::Unfit(format!("{} of {} rules are broken", broken.len(), RULES.len())))
}

/// What breaks a rule, after its reason; `None` when nothing does.
fn told(rule: &Rule, sources: &[Source]) -> Option<String> {
    let findings = sources.iter().flat_map(|source| {
        (rule.check)(source).into_iter().map(|finding| format!("  {}:{}: {}", source.path, finding.line, finding.what))
    });
    let findings: Vec<String> = findings.collect();
    (!findings.is_empty()).then(|| format!("{}: {}\n{}", rule.name, rule.reason, findings.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_stand_under_the_reason_of_their_rule() {
        let sources = [Source::new("crates/a/src/lib.rs", "fn a() {}\n"), Source::new("crates/a/src/b.rs", "//! B.\n")];
        let told: Vec<String> = RULES.iter().filter_map(|rule| told(rule, &sources)).collect();
        let expected = format!("header: {}\n  crates/a/src/lib.rs:1: it does not open with `//!`", header::RULE.reason);
        assert_eq!(told, [expected]);
    }
}
