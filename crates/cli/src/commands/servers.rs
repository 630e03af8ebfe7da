//! `servers`: how each one stands.

use mcp::upstream::ServerState;

use super::with_session;
use crate::args::Servers;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{alternative_table, server_table};
use crate::shell::Shell;

/// Shows every server's state once each is up or has failed.
pub(super) async fn run(shell: &mut Shell, arguments: Servers) -> Result<Exit, Failure> {
    with_session(shell, async |shell, session, interrupt| {
        session.settle(shell, interrupt).await;
        if arguments.alternatives {
            let found = catalog::alternatives(&session.engine.catalog());
            if shell.global.json {
                shell.say_json(&found)?;
            } else {
                shell.say(&alternative_table(&found, shell.width()))?;
            }
            return Ok(Exit::Answered);
        }
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
