//! Progress on its way to a client: in order, never blocking what progresses.

use std::sync::Arc;

use dispatch::Progress;
use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::Peer;
use tokio::sync::mpsc;

/// Progress that waits for a client to read it; more is not told.
const MAX_WAITING: usize = 64;

/// Where progress is put in, and where it comes out.
pub(crate) struct Relay {
    token: Option<ProgressToken>,
    waiting: mpsc::Receiver<Progress>,
}

impl Relay {
    /// A relay to the client, if it asked for progress.
    pub(crate) fn new(token: Option<ProgressToken>) -> (Arc<dyn Fn(Progress) + Send + Sync>, Self) {
        let (sender, waiting) = mpsc::channel(MAX_WAITING);
        let wanted = token.is_some();
        let sink = Arc::new(move |progress| {
            if wanted {
                // A client that reads too slowly is told less.
                let _ = sender.try_send(progress);
            }
        });
        (sink, Self { token, waiting })
    }

    /// Runs the work and tells the client of its progress until it is done;
    /// nothing is told after that.
    pub(crate) async fn while_running<T>(mut self, peer: &Peer<RoleServer>, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                Some(progress) = self.waiting.recv() => self.tell(peer, progress).await,
                done = &mut work => {
                    while let Ok(progress) = self.waiting.try_recv() {
                        self.tell(peer, progress).await;
                    }
                    return done;
                }
            }
        }
    }

    async fn tell(&self, peer: &Peer<RoleServer>, progress: Progress) {
        let Some(token) = &self.token else { return };
        let mut told = ProgressNotificationParam::new(token.clone(), progress.progress);
        told.total = progress.total;
        told.message = progress.message;
        // A client that is gone is noticed by the request's own end.
        let _ = peer.notify_progress(told).await;
    }
}
