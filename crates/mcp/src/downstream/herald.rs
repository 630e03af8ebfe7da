//! Tells clients of the legacy era that the tools changed; modern ones listen
//! by a request of their own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::service::Peer;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// Clients told of changes; more are not, and find out when they list again.
const MAX_CLIENTS: usize = 1_024;

/// How long one client may take to hear it.
const TELL_TIMEOUT: Duration = Duration::from_secs(1);

/// Changes that come closer together than this are told as one.
const CHANGE_PAUSE: Duration = Duration::from_millis(50);

/// The clients that want to hear of changes. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Herald(Arc<Mutex<Vec<Peer<RoleServer>>>>);

impl Herald {
    /// A client that said it is ready.
    pub(crate) fn enlist(&self, client: Peer<RoleServer>) {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|client| !client.is_transport_closed());
        if clients.len() < MAX_CLIENTS {
            clients.push(client);
        }
    }

    /// Tells every client of every change, until the catalogue is no more.
    pub(crate) async fn cry(self, mut changes: watch::Receiver<u64>) {
        while settled_change(&mut changes).await {
            let clients = {
                let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                clients.retain(|client| !client.is_transport_closed());
                clients.clone()
            };
            let all = clients.iter().map(|client| timeout(TELL_TIMEOUT, client.notify_tool_list_changed()));
            // One that cannot be told is gone or slow; neither is a fault here.
            futures::future::join_all(all).await;
        }
    }
}

/// Waits for a change and for a moment of quiet; `false` when there will be
/// none any more.
pub(crate) async fn settled_change(changes: &mut watch::Receiver<u64>) -> bool {
    if changes.changed().await.is_err() {
        return false;
    }
    sleep(CHANGE_PAUSE).await;
    changes.borrow_and_update();
    true
}
