//! The `concertmaster` command.
//!
//! In come words, flags and files; out go text or JSON and an exit status.
//! This is the only crate that knows of files and flags: it reads the
//! configuration once, starts the servers, asks the engine, and renders.
//!
//! Reading order: `args` (what can be typed), `commands` (one file each),
//! `config`, `clients` (other programs' files), `session`, `render`.

mod args;
mod auth;
mod bug;
mod clients;
mod commands;
mod conductor;
mod config;
mod demonstration;
mod exit;
mod failure;
mod hearing;
mod interrupt;
mod invocation;
mod models;
mod render;
mod session;
mod shell;
mod state;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use mimalloc::MiMalloc;

use crate::args::Cli;
use crate::exit::Exit;

/// A call is many small pieces made on one thread and dropped on another;
/// this allocator takes a third less time for that than the system's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long tasks that still run may take to notice that the command is done.
const WIND_DOWN: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    bug::keep_quiet();
    bug::caught(program).into()
}

fn program() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            let exit = if told.use_stderr() { Exit::Usage } else { Exit::Answered };
            // Whoever closed the pipe has seen enough of the help.
            let _ = told.print();
            return exit;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            anstream::eprintln!("could not start: {error}");
            return Exit::Upstream;
        }
    };
    let exit = runtime.block_on(commands::run(cli));
    runtime.shutdown_timeout(WIND_DOWN);
    exit
}
