//! The sessions of legacy HTTP clients, bounded in number.

use std::fmt;

use futures::Stream;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, LocalSessionManagerError};
use rmcp::transport::streamable_http_server::{SessionId, SessionManager};

/// Sessions of the legacy era open at the same time; further clients are
/// asked to come back later. A session without traffic ends by itself.
pub const MAX_SESSIONS: usize = 256;

/// Sessions in memory, at most [`MAX_SESSIONS`].
#[derive(Debug, Default)]
pub(crate) struct Sessions(LocalSessionManager);

/// Why a session cannot do what is asked of it.
#[derive(Debug)]
pub(crate) enum SessionFault {
    /// There are as many as there may be.
    Full,
    /// Its own fault.
    Local(LocalSessionManagerError),
}

impl Sessions {
    /// Whether there is no room for another.
    pub(crate) async fn are_full(&self) -> bool {
        self.0.sessions.read().await.len() >= MAX_SESSIONS
    }
}

impl SessionManager for Sessions {
    type Error = SessionFault;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), SessionFault> {
        let (id, transport) = self.0.create_session().await?;
        // Counted after the fact, so that many at once cannot slip in together.
        if self.0.sessions.read().await.len() > MAX_SESSIONS {
            self.0.sessions.write().await.remove(&id);
            return Err(SessionFault::Full);
        }
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, SessionFault> {
        Ok(self.0.initialize_session(id, message).await?)
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, SessionFault> {
        Ok(self.0.has_session(id).await?)
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), SessionFault> {
        Ok(self.0.close_session(id).await?)
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionFault> {
        Ok(self.0.create_stream(id, message).await?)
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), SessionFault> {
        Ok(self.0.accept_message(id, message).await?)
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionFault> {
        Ok(self.0.create_standalone_stream(id).await?)
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionFault> {
        Ok(self.0.resume(id, last_event_id).await?)
    }
}

impl From<LocalSessionManagerError> for SessionFault {
    fn from(fault: LocalSessionManagerError) -> Self {
        Self::Local(fault)
    }
}

impl fmt::Display for SessionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("too many sessions are open"),
            Self::Local(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for SessionFault {}
