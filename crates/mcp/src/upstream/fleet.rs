//! All servers together.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catalog::{Catalog, ServerId, ToolSource};
use dispatch::{CallContext, CallFault, Sent, ToolClient};
use futures::future::BoxFuture;
use plan::Output;
use policy::PermittedCall;
use query::{Blame, Fault};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::board::{Board, Standing};
use super::config::UpstreamConfig;
use super::connect::Connector;
use super::fault::{of_trouble, silent};
use super::keeper::{Keeper, Orders};
use super::last_words::LastWords;
use super::pool::HttpPool;
use super::session::{CallTrouble, Session};
use super::status::ServerStatus;
use super::wire::Trouble;
use crate::excerpt::excerpt;

/// How long a call that lost its server waits to hear how the server ended.
const EPITAPH_WAIT: Duration = Duration::from_millis(1500);

/// Beyond the drain time, how long the keepers have to end.
const STOP_MARGIN: Duration = Duration::from_secs(2);

/// Every upstream server, each started, watched and restarted by itself: one
/// that is dead, silent or hostile neither delays nor fails the others.
///
/// Dropping the fleet kills every process it started, with everything those
/// started; so does our own death, however it comes.
pub struct Fleet {
    board: Arc<Board>,
    berths: BTreeMap<ServerId, Berth>,
    stop: watch::Sender<Option<Duration>>,
    /// One task for each server; dropped with the fleet.
    keepers: Mutex<JoinSet<()>>,
}

struct Berth {
    config: Arc<UpstreamConfig>,
    words: LastWords,
    gate: Semaphore,
    retry: Arc<Notify>,
}

impl Fleet {
    /// Starts every server in the background, all at once, and returns at
    /// once. Of two configurations with one name the last counts. Must be
    /// called within a Tokio runtime.
    pub fn start(configs: Vec<UpstreamConfig>) -> Arc<Self> {
        let berth = |config: UpstreamConfig| {
            let gate = Semaphore::new(config.max_concurrency.clamp(1, Semaphore::MAX_PERMITS));
            let (words, retry) = (LastWords::default(), Arc::default());
            (config.id.clone(), Berth { config: Arc::new(config), words, gate, retry })
        };
        let berths: BTreeMap<_, _> = configs.into_iter().map(berth).collect();
        let board = Arc::new(Board::new(berths.values().map(|berth| (Arc::clone(&berth.config), berth.words.clone()))));
        let stop = watch::Sender::new(None);
        let pool = Arc::new(HttpPool::default());
        let mut keepers = JoinSet::new();
        for berth in berths.values() {
            let orders = Orders { stop: stop.subscribe(), retry: Arc::clone(&berth.retry) };
            let config = Arc::clone(&berth.config);
            let connector = Connector::new(Arc::clone(&config), Arc::clone(&pool), berth.words.clone());
            let keeper = Keeper { config, board: Arc::clone(&board), connector, orders };
            keepers.spawn(keeper.keep());
        }
        Arc::new(Self { board, berths, stop, keepers: Mutex::new(keepers) })
    }

    /// Waits until each server can be called or has failed, at most this long.
    pub async fn settled(&self, limit: Duration) {
        // Whoever is not heard of by then stays `Starting`; the caller goes on.
        let _ = timeout(limit, ToolSource::settled(self)).await;
    }

    /// The catalogue's version, and every later one's.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.board.versions()
    }

    /// How each server stands, by name.
    pub fn status(&self) -> Vec<ServerStatus> {
        self.board.status()
    }

    /// Tries a server again that failed, without waiting for its turn;
    /// `false` when there is no such server.
    pub fn retry(&self, id: &ServerId) -> bool {
        let berth = self.berths.get(id);
        berth.inspect(|berth| berth.retry.notify_one()).is_some()
    }

    /// Ends every server: their input is closed, they are asked to end, and
    /// after `drain` they are killed with everything they started.
    pub async fn stop(&self, drain: Duration) {
        self.stop.send_replace(Some(drain));
        let mut keepers = std::mem::take(&mut *self.keepers.lock().unwrap_or_else(PoisonError::into_inner));
        let all = async { while keepers.join_next().await.is_some() {} };
        if timeout(drain + STOP_MARGIN, all).await.is_err() {
            keepers.shutdown().await;
        }
    }

    /// The server's place in the fleet and its open connection.
    fn reach(&self, server: &ServerId) -> Result<(&Berth, Arc<Session>), Fault> {
        let (Some(berth), Some(standing)) = (self.berths.get(server), self.board.standing(server)) else {
            let message = format!("there is no server `{server}`");
            return Err(Fault::lasting(Blame::Caller, "unknown_server", message));
        };
        match standing {
            Standing::Ready(ready) => Ok((berth, Arc::clone(&ready.session))),
            Standing::Failed(fault) => Err(fault),
            Standing::Starting => {
                let message = format!("server `{server}` is still starting");
                Err(Fault::passing(Blame::Upstream, "server_starting", message))
            }
        }
    }

    async fn call_within(&self, mut call: PermittedCall, context: CallContext) -> Result<Output, CallFault> {
        let tool = Arc::clone(&call.call().tool);
        let (server, name) = (&tool.reference.server, &tool.reference.tool);
        let (berth, session) = self.reach(server).map_err(|fault| CallFault::new(fault, Sent::No))?;
        let limit = context.timeout.min(berth.config.call_timeout);
        let left = AtomicBool::new(false);
        let exchange = async {
            let _turn = berth.gate.acquire().await;
            let arguments = call.arguments().clone();
            let leaving = || {
                left.store(true, Ordering::Relaxed);
                call.settle();
            };
            session.call_tool(&tool, &arguments, context.progress.clone(), Box::new(leaving)).await
        };
        let ended = context.cancel.run_until_cancelled(timeout(limit, exchange)).await;
        let has_left = left.load(Ordering::Relaxed);
        let fault = match ended {
            Some(Ok(Ok(output))) => return Ok(output),
            Some(Ok(Err(trouble))) => return Err(told(&session, server, name, trouble).await),
            Some(Err(_)) if has_left => silent(server, &format!("answer `{name}`"), limit),
            Some(Err(_)) => silent(server, &format!("have room for `{name}`"), limit),
            None => {
                let message = format!("the call of `{}` was cancelled", tool.reference);
                Fault::passing(Blame::Caller, "cancelled", message)
            }
        };
        Err(CallFault::new(fault, if has_left { Sent::Unknown } else { Sent::No }))
    }
}

/// A call's trouble in words. A server that ended under it is waited for a
/// moment, to hear how.
async fn told(session: &Session, server: &ServerId, tool: &str, trouble: CallTrouble) -> CallFault {
    match trouble {
        CallTrouble::AsksBack(questions) => {
            let asked = excerpt(&questions);
            let asked = if asked.is_empty() { asked } else { format!(": {asked}") };
            let message = format!("server `{server}` asks something back before it runs `{tool}`{asked}");
            let fault = Fault::lasting(Blame::Upstream, "input_required", message);
            CallFault::new(fault, Sent::No)
        }
        CallTrouble::Wire(fault) => {
            let end = match fault.trouble {
                Trouble::Gone => timeout(EPITAPH_WAIT, session.end()).await.ok().flatten(),
                _ => None,
            };
            let during = format!("while `{tool}` ran");
            CallFault::new(of_trouble(server, &fault.trouble, &during, end.as_ref()), fault.sent)
        }
    }
}

impl ToolSource for Fleet {
    fn snapshot(&self) -> Arc<Catalog> {
        self.board.catalog()
    }

    fn settled(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut versions = self.board.versions();
        Box::pin(async move { while !self.board.settled() && versions.changed().await.is_ok() {} })
    }
}

impl ToolClient for Fleet {
    fn call(&self, call: PermittedCall, context: CallContext) -> BoxFuture<'_, Result<Output, CallFault>> {
        Box::pin(self.call_within(call, context))
    }
}
