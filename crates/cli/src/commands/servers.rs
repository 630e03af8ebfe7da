//! `servers`: how each one stands.

use mcp::upstream::ServerState;

use super::with_session;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::server_table;
use crate::shell::Shell;

/// Shows every server's state once each is up or has failed.
pub(super) async fn run(shell: &mut Shell) -> Result<Exit, Failure> {
    with_session(shell, async |shell, session, interrupt| {
        session.settle(shell, interrupt).await;
        let servers = session.fleet.status();
        if shell.global.json {
            shell.say_json(&servers)?;
        } else {
            shell.say(&server_table(&servers, shell.width()))?;
        }
        let all_ready = servers.iter().all(|server| matches!(server.state, ServerState::Ready(_)));
        Ok(if all_ready { Exit::Answered } else { Exit::Upstream })
    })
    .await
}
