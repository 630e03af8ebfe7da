//! Whoever asked, as a server behind us may reach them.
//!
//! In: what a server wants of the client whose call it is working on, as MCP
//! text. Out: the client's answer, unread. Which protocol revision either of
//! them speaks, and how the question travels, is the edges' business.

use std::sync::Arc;

use catalog::ServerId;
use futures::future::BoxFuture;
use query::Fault;
use serde_json::value::RawValue;

/// The client on whose behalf a call is made, where there is one that can be
/// spoken to while the call lasts.
pub trait Counterpart: Send + Sync {
    /// Names the client; two calls with one name come from one client. A
    /// question that fits several clients is put to none.
    fn name(&self) -> &str;

    /// What the client can be asked.
    fn offers(&self) -> Offers;

    /// Puts a server's question to the client and waits for the answer; the
    /// call's own deadline bounds the wait. The answer is the result's text.
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Box<RawValue>, Fault>>;

    /// Passes on a server's log message: the parameters of MCP's
    /// `notifications/message`. Must not block.
    fn log(&self, server: &ServerId, params: &RawValue);

    /// Says that the server made a task of the call, and that it may take
    /// long. Must not block.
    fn deferred(&self) {}

    /// From which level on the client wants log messages: one of MCP's eight,
    /// from `debug` to `emergency`. `None` where it never said; then a server
    /// that logs by itself does as it likes.
    fn log_level(&self) -> Option<&str> {
        None
    }

    /// What of the client's own `_meta` goes on to the server with the call:
    /// an object's text. Members that belong to the connection are not in it.
    fn meta(&self) -> Option<&RawValue> {
        None
    }
}

/// A client that is asked while a run lasts, whichever way it answers: a run
/// is not made again with answers, as one call is, so its servers' questions
/// are put to [`ask`](Counterpart::ask).
pub struct DuringRun(Arc<dyn Counterpart>);

impl DuringRun {
    /// The same client, for the calls of a run.
    pub fn of(client: &Arc<dyn Counterpart>) -> Arc<dyn Counterpart> {
        Arc::new(Self(Arc::clone(client)))
    }
}

impl Counterpart for DuringRun {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn offers(&self) -> Offers {
        Offers { later: false, ..self.0.offers() }
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Box<RawValue>, Fault>> {
        self.0.ask(question)
    }

    fn log(&self, server: &ServerId, params: &RawValue) {
        self.0.log(server, params);
    }

    fn log_level(&self) -> Option<&str> {
        self.0.log_level()
    }

    fn meta(&self) -> Option<&RawValue> {
        self.0.meta()
    }
}

/// What a client can be asked by a server, as it declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// `sampling/createMessage`.
    pub sampling: bool,
    /// `elicitation/create` with a form.
    pub forms: bool,
    /// `elicitation/create` with an address to visit.
    pub urls: bool,
    /// `roots/list`.
    pub roots: bool,
    /// The client answers in a later request rather than during this one: a
    /// server that can wait so is not asked on its behalf, but its questions
    /// are handed back with [`Asks`].
    pub later: bool,
}

/// A server's question to a client.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who asks.
    pub server: ServerId,
    /// The MCP method: `sampling/createMessage`, `elicitation/create` or
    /// `roots/list`.
    pub method: String,
    /// Its parameters, as the server wrote them.
    pub params: Option<Box<RawValue>>,
}

/// A server wants answers before it goes on, and can wait for them without
/// holding anything: the same call is made again with them.
#[derive(Clone, Debug)]
pub struct Asks {
    /// What it asks: an object of requests by key, as it wrote it.
    pub requests: Box<RawValue>,
    /// What it wants back with the answers, as it wrote it: for that server
    /// alone.
    pub state: Option<Box<RawValue>>,
}

/// A client's answers to what a server asked ([`Asks`]).
#[derive(Clone, Debug)]
pub struct Replies {
    /// An object of responses by key, as the client wrote it.
    pub responses: Box<RawValue>,
    /// The server's own state, unchanged.
    pub state: Option<Box<RawValue>>,
}
