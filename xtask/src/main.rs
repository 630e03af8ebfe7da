//! The project's own commands: `cargo xtask COMMAND`.
//!
//! What comes in: the name of one command. What goes out: the programs it
//! runs, each shown before it starts, and an exit status. It knows nothing of
//! Concertmaster's crates, so it builds at once and also when they do not.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal says what it does")]

mod check;
mod ci;
mod conformance;
mod demonstration;
mod evaluation;
mod failure;
mod instructions;
mod interop;
mod program;
mod reference_servers;
mod stage;
mod task;
mod test;
mod tidy;
mod workspace;

use std::env;
use std::process::ExitCode;

use failure::Failure;
use task::Task;
use workspace::Workspace;

/// Every command, in the order in which `cargo xtask` lists them.
const TASKS: &[Task] = &[
    check::TASK,
    test::TASK,
    tidy::TASK,
    reference_servers::TASK,
    conformance::CLIENT,
    conformance::SERVER,
    interop::TASK,
    instructions::TASK,
    ci::TASK,
];

/// The exit status for a command that does not exist.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let name = env::args().skip(1).collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        eprintln!("{}", usage());
        return ExitCode::from(USAGE);
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("there is no command `{name}`\n\n{}", usage());
        return ExitCode::from(USAGE);
    };
    match (task.run)(&Workspace::here()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\ncargo xtask {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let lines = TASKS.iter().map(|task| format!("  cargo xtask {:<18} {}", task.name, task.about));
    format!("usage: cargo xtask COMMAND\n\n{}", lines.collect::<Vec<_>>().join("\n"))
}
