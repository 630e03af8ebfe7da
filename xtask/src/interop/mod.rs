//! `interop`: clients and servers that others wrote, with `serve` between
//! them.
//!
//! What comes in: the pins and programs in `reference/interop`, the Python
//! environments of the reference servers. What goes out: a verdict. Each
//! client names what went as it should; what it does not name is missing, so
//! a client that did nothing passes nothing.

mod client;
mod ground;
mod inspector;

use std::time::Instant;

use client::CLIENTS;
use ground::Ground;

use crate::stage::Stage;
use crate::task::Task;
use crate::{Failure, Workspace};

/// The command.
pub(crate) const TASK: Task =
    Task { name: "interop", about: "the Inspector, and the SDKs' clients and servers with `serve` between them", run };

/// The same as a part of the gate.
pub(crate) const STAGE: Stage = Stage { name: "interop", run };

fn run(workspace: &Workspace) -> Result<(), Failure> {
    let ground = Ground::laid(workspace)?;
    let endpoint = ground.endpoint()?;
    let mut faults = Vec::new();
    let mut note = |name: &str, over: &str, began: Instant, fault: Option<String>| {
        let took = began.elapsed().as_secs_f64();
        eprintln!("{name} over {over}: {} ({took:.1} s)", fault.as_deref().unwrap_or("ok"));
        faults.extend(fault.map(|fault| format!("{name} over {over}: {fault}")));
    };
    let http = ["http", endpoint.url.as_str()];
    let program = ground.serve();
    let stdio = ["stdio", program.as_str(), "serve"];
    let ways = [("HTTP", http.as_slice(), inspector::ALL), ("stdio", stdio.as_slice(), inspector::FEW)];
    for (over, reached, runs) in ways {
        for client in CLIENTS {
            let began = Instant::now();
            let fault = client.fault(&ground, reached);
            note(client.name, over, began, fault);
        }
        let began = Instant::now();
        let fault = inspector::fault(&ground, &reached[1..], runs);
        note("Inspector", over, began, fault);
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Unfit(format!("\n  {}", faults.join("\n  ")))) }
}
