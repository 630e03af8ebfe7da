//! How much clients may take of the door, all together and each.

use std::time::Duration;

/// Limits of the front door over HTTP. The defaults suit a machine of one
/// person; each is there so that no client can take what the others need.
#[derive(Clone, Copy, Debug)]
pub struct HttpLimits {
    /// Connections open at the same time, at least 1; further ones wait to be
    /// taken. Never more than half of what the process may open.
    pub connections: usize,
    /// How long a client may take for the head of its next request; a
    /// connection on which nothing is asked for that long is closed.
    pub head: Duration,
    /// How long a client may take to send a body.
    pub body: Duration,
    /// How long a client may leave an answer unread before its connection is
    /// closed.
    pub unread: Duration,
    /// Bytes of large bodies, those over [`SMALL_BODY_BYTES`], that are held
    /// at the same time; more are refused until there is room.
    pub bodies_bytes: usize,
}

/// Bodies up to this are not counted, in bytes: connections are.
pub const SMALL_BODY_BYTES: usize = 64 * 1024;

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            head: Duration::from_secs(60),
            body: Duration::from_secs(30),
            unread: Duration::from_secs(60),
            bodies_bytes: 128 * 1024 * 1024,
        }
    }
}

impl HttpLimits {
    /// Connections to be open at the same time, which must leave room for
    /// servers and files.
    pub(super) fn connections_here(&self) -> usize {
        self.connections.min(descriptors() / 2).max(1)
    }
}

/// What this process may open.
#[cfg(unix)]
fn descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}
