//! All servers together.

use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catalog::{Catalog, ServerId, Tool, ToolSource};
use dispatch::{CallContext, CallFault, Sent, ToolClient};
use futures::future::BoxFuture;
use plan::Output;
use policy::{PermittedCall, PermittedFetch};
use query::{Blame, Budget, Fault};
use serde_json::value::RawValue;
use tokio::sync::{Notify, Semaphore, broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::board::{Board, Standing};
use super::config::UpstreamConfig;
use super::connect::Connector;
use super::errand::Errand;
use super::fault::{of_trouble, silent, told};
use super::given::Given;
use super::keeper::{Keeper, Orders};
use super::last_words::LastWords;
use super::news::News;
use super::offerings::{Offerings, TaskSupport, Tasking};
use super::pool::HttpPool;
use super::session::{CallTrouble, Session};
use super::status::ServerStatus;
use super::subscriptions::{MAX_SUBSCRIPTIONS_PER_SERVER, Subscriptions, TooMany};
use super::wire::{Trouble, WireFault};

/// How long a call whose session a server forgot waits for a new one.
const RENEWAL_WAIT: Duration = Duration::from_secs(10);

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
    subscriptions: Arc<Subscriptions>,
}

impl Fleet {
    /// Starts every server in the background, all at once, and returns at
    /// once. Of two configurations with one name the last counts. Must be
    /// called within a Tokio runtime.
    pub fn start(configs: Vec<UpstreamConfig>) -> Arc<Self> {
        let berth = |config: UpstreamConfig| {
            let gate = Semaphore::new(config.max_concurrency.clamp(1, Semaphore::MAX_PERMITS));
            let (words, retry, subscriptions) = (LastWords::default(), Arc::default(), Arc::default());
            (config.id.clone(), Berth { config: Arc::new(config), words, gate, retry, subscriptions })
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
            let subscriptions = Arc::clone(&berth.subscriptions);
            let keeper = Keeper { config, board: Arc::clone(&board), connector, orders, subscriptions };
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

    /// What the servers offer at this moment: of each, everything that it
    /// lists, as it wrote it.
    pub fn offerings(&self) -> Arc<Offerings> {
        self.board.offerings()
    }

    /// What changes from now on. A listener that is
    /// [`NEWS_KEPT`](super::NEWS_KEPT) behind loses the oldest, and is told
    /// so; what counts then is in the snapshots.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.board.news()
    }

    /// Wants to hear of a resource, as often as this is called. It is news
    /// then when its server says that it changed, also when the server had to
    /// be connected to again.
    ///
    /// # Errors
    ///
    /// `not_subscribable` when the server cannot be asked for that, and
    /// whatever else a server may say or suffer.
    pub async fn subscribe(&self, server: &ServerId, uri: &str) -> Result<(), Fault> {
        let (berth, session) = self.reach(server)?;
        if !session.introduction.abilities.subscribe {
            let message = format!("server `{server}` does not say when a resource changes");
            return Err(Fault::lasting(Blame::Caller, "not_subscribable", message));
        }
        match berth.subscriptions.add(uri) {
            Ok(false) => Ok(()),
            Ok(true) if session.is_modern() => Ok(()),
            Ok(true) => {
                let attended = attend(berth, &session, uri, true).await;
                if attended.is_err() {
                    berth.subscriptions.remove(uri);
                }
                attended
            }
            Err(TooMany) => {
                let limit = MAX_SUBSCRIPTIONS_PER_SERVER;
                let message = format!("there are {limit} subscriptions to server `{server}` already");
                Err(Fault::passing(Blame::Caller, "too_many_subscriptions", message))
            }
        }
    }

    /// Ceases to want to hear of a resource, once for each time it was
    /// subscribed to.
    ///
    /// # Errors
    ///
    /// What the server may say or suffer; the subscription is over all the
    /// same.
    pub async fn unsubscribe(&self, server: &ServerId, uri: &str) -> Result<(), Fault> {
        let last = self.berths.get(server).is_some_and(|berth| berth.subscriptions.remove(uri));
        match self.reach(server) {
            Ok((berth, session)) if last && !session.is_modern() => attend(berth, &session, uri, false).await,
            // A server that is not there tells nobody anything.
            _ => Ok(()),
        }
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

    /// Whether a tool of this session's can only be called as a task.
    fn must_be_task(&self, session: &Session, tool: &Tool) -> bool {
        if session.is_modern() || session.introduction.abilities.tasks != Tasking::WhenAsked {
            return false;
        }
        let offerings = self.board.offerings();
        let offered = offerings.servers.get(&tool.reference.server);
        offered.is_some_and(|offered| offered.task_support(&tool.there) == TaskSupport::Required)
    }

    /// Does an errand within its bounds; `settle` is called right before a
    /// first byte of it leaves.
    async fn run(
        &self,
        (berth, session): (&Berth, Arc<Session>),
        errand: Errand,
        context: CallContext,
        reach: Option<Budget>,
        mut settle: impl FnMut() + Send,
    ) -> Result<Box<RawValue>, CallFault> {
        let server = &berth.config.id;
        let limit = context.timeout.min(berth.config.call_timeout);
        let given = Given { budget: reach, due: Instant::now() + limit };
        let left = AtomicBool::new(false);
        let mut leaving = || {
            left.store(true, Ordering::Relaxed);
            settle();
        };
        let exchange = async {
            let _turn = berth.gate.acquire().await;
            match session.run(&errand, &context, given, &mut leaving).await {
                Err(CallTrouble::Wire(WireFault { trouble: Trouble::Expired, sent: Sent::No })) => {
                    // It was not run, so it may go out again, once. On the
                    // heap: every call would carry room for it.
                    let Some(renewed) = Box::pin(self.renewed(server, &session)).await else {
                        return (Err(CallTrouble::Wire(WireFault::unsent(Trouble::Gone))), session);
                    };
                    (Box::pin(renewed.run(&errand, &context, given, &mut leaving)).await, renewed)
                }
                ended => (ended, session),
            }
        };
        let mut exchange = pin!(exchange);
        let bounded = async {
            match &context.pause {
                Some(pause) => pause.timeout(limit, exchange.as_mut()).await,
                None => timeout(limit, exchange.as_mut()).await.ok(),
            }
        };
        let ended = context.cancel.run_until_cancelled(bounded).await;
        let has_left = left.load(Ordering::Relaxed);
        // Its name in words costs more than the answer's way back.
        let name = || errand.name();
        let fault = match ended {
            Some(Some((Ok(result), _))) => return Ok(result),
            Some(Some((Err(trouble), session))) => return Err(Box::pin(told(&session, server, &name(), trouble)).await),
            Some(None) if has_left => silent(server, &format!("answer {}", name()), limit),
            Some(None) => silent(server, &format!("have room for {}", name()), limit),
            None => {
                let message = format!("{} of server `{server}` was cancelled", name());
                Fault::passing(Blame::Caller, "cancelled", message)
            }
        };
        Err(CallFault::new(fault, if has_left { Sent::Unknown } else { Sent::No }))
    }

    /// The session that takes the place of one that its server forgot; `None`
    /// when there is none in time.
    async fn renewed(&self, server: &ServerId, old: &Arc<Session>) -> Option<Arc<Session>> {
        let mut versions = self.board.versions();
        let renewal = async {
            loop {
                versions.borrow_and_update();
                match self.board.standing(server)? {
                    Standing::Ready(ready) if !Arc::ptr_eq(&ready.session, old) => {
                        return Some(Arc::clone(&ready.session));
                    }
                    Standing::Ready(_) | Standing::Starting => versions.changed().await.ok()?,
                    Standing::Failed(_) => return None,
                }
            }
        };
        timeout(RENEWAL_WAIT, renewal).await.ok().flatten()
    }
}

/// Tells a server of the legacy era about one subscription.
async fn attend(berth: &Berth, session: &Session, uri: &str, wanted: bool) -> Result<(), Fault> {
    let limit = berth.config.call_timeout;
    let told = timeout(limit, session.attend(uri, wanted)).await;
    let server = &berth.config.id;
    match told {
        Ok(Ok(())) => Ok(()),
        Ok(Err(fault)) => Err(of_trouble(server, &fault.trouble, "over a subscription", None)),
        Err(_) => Err(silent(server, "answer to a subscription", limit)),
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
    fn call(&self, mut call: PermittedCall, context: CallContext) -> BoxFuture<'_, Result<Output, CallFault>> {
        Box::pin(async move {
            let unsent = |fault| CallFault::new(fault, Sent::No);
            let reference = call.call().tool.reference.clone();
            let (berth, session) = self.reach(&reference.server).map_err(unsent)?;
            let Some(errand) = Errand::call(&call, session.mirrors()) else {
                let message = format!("the arguments of `{reference}` cannot be written");
                return Err(unsent(Fault::lasting(Blame::Caller, "arguments_invalid", message)));
            };
            let errand = if self.must_be_task(&session, &call.call().tool) { errand.run_as_task() } else { errand };
            let reach = session.is_one_of_us().then(|| call.reach()).flatten();
            let result = self.run((berth, session), errand, context, reach, || call.settle()).await?;
            Output::received(result).ok_or_else(|| {
                let trouble = Trouble::Malformed("its result is no object");
                let during = format!("while `{}` ran", reference.tool);
                CallFault::new(of_trouble(&reference.server, &trouble, &during, None), Sent::Unknown)
            })
        })
    }

    fn fetch(
        &self,
        mut fetch: PermittedFetch,
        context: CallContext,
    ) -> BoxFuture<'_, Result<Box<RawValue>, CallFault>> {
        Box::pin(async move {
            let reached = self.reach(&fetch.fetch().server).map_err(|fault| CallFault::new(fault, Sent::No))?;
            let errand = Errand::fetch(fetch.fetch().wanted.clone());
            let reach = reached.1.is_one_of_us().then(|| fetch.reach()).flatten();
            self.run(reached, errand, context, reach, || fetch.settle()).await
        })
    }
}
