//! `serve`: all of this as one MCP server.

use std::sync::Arc;
use std::time::Duration;

use mcp::downstream::{HttpConfig, ListenFault, MAX_DEPTH, serve_http, serve_stdio};
use mcp::upstream::nested;

use super::with_session;
use crate::args::Serve;
use crate::conductor::Conductor;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// How long requests that are still running have to end once we are asked to.
const DRAIN: Duration = Duration::from_secs(5);

/// How long the servers have to come up before the first client is served:
/// many clients list the tools once and never again. Later ones are announced.
const HEAD_START: Duration = Duration::from_secs(2);

/// Serves until the client is gone, or until it is asked to end.
pub(super) async fn run(shell: &mut Shell, serve: Serve) -> Result<Exit, Failure> {
    if nested() >= MAX_DEPTH {
        let message = format!("{MAX_DEPTH} orchestrators started one another to here: is one of them its own server?");
        return Err(Failure::Usage(message));
    }
    with_session(shell, async |shell, session, interrupt| {
        let _ = interrupt.cancel.run_until_cancelled(session.fleet.settled(HEAD_START)).await;
        let conductor = Arc::new(Conductor {
            engine: session.engine.clone(),
            fleet: Arc::clone(&session.fleet),
            facts: Arc::new(session.config.facts.clone()),
            exposure: session.config.expose,
            sealer: session.state.sealer.clone(),
            global: shell.global.clone(),
        });
        let listen = &session.config.listen;
        let Some(address) = serve.http.or(listen.address) else {
            serve_stdio(conductor, interrupt.cancel.clone())
                .await
                .map_err(|fault| Failure::machine("serve the client", fault))?;
            return Ok(Exit::Answered);
        };
        let config = HttpConfig {
            allowed_hosts: listen.hosts.clone(),
            allowed_origins: listen.origins.clone(),
            keyring: session.config.keyring.clone(),
            ..HttpConfig::local(address)
        };
        let mut server = serve_http(conductor, config).await.map_err(unheard)?;
        shell.tell(&format!("listening on {}\n", server.url()))?;
        let _ = interrupt.cancel.run_until_cancelled(server.closed()).await;
        server.stop(DRAIN).await;
        Ok(Exit::Answered)
    })
    .await
}

fn unheard(fault: ListenFault) -> Failure {
    match fault {
        ListenFault::Exposed(_) | ListenFault::Nameless(_) => Failure::Usage(fault.to_string()),
        ListenFault::Unavailable(..) => Failure::machine("listen", fault),
    }
}
