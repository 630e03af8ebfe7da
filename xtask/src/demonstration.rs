//! The command that the README opens with, tried as a reader would.

use crate::stage::Stage;
use crate::{Failure, Workspace};

/// Builds the release binary.
pub(crate) const BUILD: Stage = Stage { name: "release build", run: build };

/// Asks the README's question.
pub(crate) const ASK: Stage = Stage { name: "demo", run: ask };

/// The README's question.
const QUERY: &str = "summarize the changes in PR #123 and the discussion in Slack about it";

/// The servers that must have had a part in the answer.
const ASKED: &[&str] = &["github", "slack"];

fn build(workspace: &Workspace) -> Result<(), Failure> {
    workspace.cargo(&["build", "--release"]).run()
}

fn ask(workspace: &Workspace) -> Result<(), Failure> {
    let demo = workspace.cargo(&["run", "--release", "--", "demo", QUERY]);
    demo.show();
    let answer = demo.output()?;
    println!("{answer}");
    let silent: Vec<&str> = ASKED.iter().copied().filter(|server| !answer.contains(server)).collect();
    match silent.as_slice() {
        [] => Ok(()),
        silent => Err(Failure::Unfit(format!("the answer names no source on {}", silent.join(" and ")))),
    }
}
