//! A server that offers what the MCP conformance suite asks for by name.
//!
//! In: `legacy` or `modern`, then JSON-RPC on standard input. Out: answers,
//! progress, log messages and questions on standard output. It serves one
//! request at a time, and knows nothing of whoever stands between it and the
//! suite.

mod legacy;
mod lists;
mod modern;
mod results;
mod tasks;
mod wire;

use std::process::ExitCode;

use wire::Wire;

fn main() -> ExitCode {
    let mut wire = Wire::new();
    match std::env::args().nth(1).as_deref() {
        Some("legacy") => legacy::serve(&mut wire),
        Some("modern") => modern::serve(&mut wire),
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}
