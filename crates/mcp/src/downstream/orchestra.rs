//! What stands behind the front door.

use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use dispatch::Progress;
use futures::future::BoxFuture;
use query::{Fault, Principal};
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Everything the front door offers, behind one port. Every method acts for
/// `asker.principal`, ends soon after `asker.cancel` is cancelled, and holds
/// the same policy, whatever door it is reached by.
pub trait Orchestra: Send + Sync + 'static {
    /// The newest snapshot of what can be called; its tools are offered under
    /// their public names. Cheap, and never waits.
    fn catalog(&self) -> Arc<Catalog>;

    /// The catalogue's version, and every later one's.
    fn changes(&self) -> watch::Receiver<u64>;

    /// Answers a query; the outcome, whatever it is.
    fn ask(&self, asked: Asked, asker: Asker) -> BoxFuture<'_, Told>;

    /// What would be done for a query; nothing is called.
    fn plan(&self, query: String, asker: Asker) -> BoxFuture<'_, Told>;

    /// Runs a plan the client wrote; the outcome, whatever it is.
    fn run_plan(&self, plan: Value, within: Option<Duration>, asker: Asker) -> BoxFuture<'_, Told>;

    /// The tools nearest to a text, best first, at most `limit`.
    fn find_tools(&self, query: String, limit: usize, asker: Asker) -> BoxFuture<'_, Told>;

    /// Calls one tool, named as `server.tool` or by its public name, and gives
    /// back its `CallToolResult` as the server sent it. What policy withholds
    /// comes back as a result that is an error and says why; a fault says that
    /// there was no result.
    fn call_tool(
        &self,
        tool: String,
        arguments: Map<String, Value>,
        asker: Asker,
    ) -> BoxFuture<'_, Result<Value, Fault>>;
}

/// A query as a client put it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The user's own words.
    pub query: String,
    /// The whole answer is due within this, where the client set a limit.
    pub within: Option<Duration>,
    /// What the client knows and arguments may be filled with, by parameter
    /// name.
    pub facts: std::collections::BTreeMap<String, String>,
}

/// Who asks, how to stop, and where to say how far it has come.
#[derive(Clone)]
pub struct Asker {
    /// On whose authority.
    pub principal: Principal,
    /// Cancelled when the client gives up or is gone.
    pub cancel: CancellationToken,
    /// Where progress goes, in order. Never blocks; a client that did not ask
    /// for progress is told none.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
}

/// An outcome for a client: for programs and for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The outcome in its stable shape; an object.
    pub outcome: Value,
    /// The same, to be read.
    pub text: String,
    /// Whether nothing of what was wanted came about.
    pub failed: bool,
}
