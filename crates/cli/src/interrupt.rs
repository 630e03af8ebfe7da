//! Ctrl-C: once to cancel, twice to leave. Being asked to end counts as once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// Listens for Ctrl-C while a command runs. The first cancels what runs, so
/// that servers are told and can end; the second ends the process at once,
/// which also ends every server it started.
pub(crate) struct Interrupt {
    /// Cancelled by the first Ctrl-C.
    pub(crate) cancel: CancellationToken,
    pressed: Arc<AtomicBool>,
    /// Aborted with the set.
    _listeners: JoinSet<()>,
}

impl Interrupt {
    /// Starts to listen. Must be called within a Tokio runtime.
    pub(crate) fn listen() -> Self {
        let cancel = CancellationToken::new();
        let pressed = Arc::new(AtomicBool::new(false));
        let (token, flag) = (cancel.clone(), Arc::clone(&pressed));
        let mut listeners = JoinSet::new();
        listeners.spawn(async move {
            if tokio::signal::ctrl_c().await.is_err() {
                return;
            }
            flag.store(true, Ordering::Relaxed);
            token.cancel();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        });
        #[cfg(unix)]
        for kind in [SignalKind::terminate(), SignalKind::hangup()] {
            let (token, flag) = (cancel.clone(), Arc::clone(&pressed));
            listeners.spawn(async move {
                if let Ok(mut asked_to_end) = signal(kind) {
                    asked_to_end.recv().await;
                    flag.store(true, Ordering::Relaxed);
                    token.cancel();
                }
            });
        }
        Self { cancel, pressed, _listeners: listeners }
    }

    /// How the process ends: interrupted, if it was.
    pub(crate) fn over(&self, exit: Exit) -> Exit {
        if self.pressed.load(Ordering::Relaxed) && exit != Exit::Answered { Exit::Interrupted } else { exit }
    }
}
