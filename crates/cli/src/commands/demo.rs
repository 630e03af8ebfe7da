//! `demo`: the four servers and their workspace, to try it all on.

use std::sync::Arc;

use super::inquiry::{Inquiry, inquire};
use super::{tour, with_session};
use crate::args::{Approved, Demo, DemoLimit};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Asks the demo, shows the tour, or is one of the demo's servers.
pub(super) async fn run(shell: &mut Shell, demo: Demo) -> Result<Exit, Failure> {
    if let (Some(which), Some(workspace)) = (demo.serve, &demo.workspace) {
        let served = if demo.mute {
            demo::serve_stdio_mute(which, workspace).await
        } else {
            demo::serve_stdio(which, workspace).await
        };
        served.map_err(|error| Failure::machine("serve the demo", error))?;
        return Ok(Exit::Answered);
    }
    shell.global.demo = true;
    if demo.words.is_empty() {
        return tour::show(shell);
    }
    let words = demo.words.join(" ");
    let inquiry = Inquiry::words("demo", &words, demo.approved);
    with_session(shell, async |shell, session, interrupt| {
        if shell.global.demo_with == Some(DemoLimit::Cache) {
            // What came of it is seen in what comes of the same a second time.
            let nobody = Arc::new(|_| {});
            let request = session.request(&shell.global, &Approved::default(), nobody, interrupt.cancel.clone());
            drop(session.engine.ask(&words, request).await);
        }
        inquire(shell, session, interrupt, &inquiry).await
    })
    .await
}
