//! `demo`: the four servers and their workspace, to try it all on.

use super::inquiry::{Inquiry, inquire};
use super::{tour, with_session};
use crate::args::Demo;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Asks the demo, shows the tour, or is one of the demo's servers.
pub(super) async fn run(shell: &mut Shell, demo: Demo) -> Result<Exit, Failure> {
    if let (Some(which), Some(workspace)) = (demo.serve, &demo.workspace) {
        demo::serve_stdio(which, workspace).await.map_err(|error| Failure::machine("serve the demo", error))?;
        return Ok(Exit::Answered);
    }
    shell.global.demo = true;
    if demo.words.is_empty() {
        return tour::show(shell);
    }
    let inquiry = Inquiry::words("demo", &demo.words.join(" "), demo.approved);
    with_session(shell, async |shell, session, interrupt| inquire(shell, session, interrupt, &inquiry).await).await
}
