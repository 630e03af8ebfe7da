//! One server's whole life: started, listed, watched over, started again.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use catalog::ServerListing;
use query::{Fault, Recovery};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use super::board::{Board, Ready, Standing};
use super::config::{Transport, UpstreamConfig};
use super::connect::{Connector, Link};
use super::fault::of_trouble;
use super::listing::ListedTools;
use super::process::{Epitaph, ServerProcess};
use super::session::Session;
use super::wire::Trouble;

/// After a stream of announcements ended, how long until the next is opened.
const OVERHEAR_PAUSE: Duration = Duration::from_secs(5);

/// Announced changes that come closer together than this are taken as one.
const CHANGE_PAUSE: Duration = Duration::from_millis(50);

/// How long a server has to take leave before its process is ended.
const FAREWELL: Duration = Duration::from_millis(500);

/// Keeps one server.
pub(crate) struct Keeper {
    pub(crate) config: Arc<UpstreamConfig>,
    pub(crate) board: Arc<Board>,
    pub(crate) connector: Connector,
    pub(crate) orders: Orders,
}

/// Set to the drain time when everything is to stop.
pub(crate) type StopOrder = watch::Receiver<Option<Duration>>;

/// What others want of a keeper.
#[derive(Clone)]
pub(crate) struct Orders {
    /// When to stop.
    pub(crate) stop: StopOrder,
    /// Rings when somebody asks for a server that was given up.
    pub(crate) retry: Arc<Notify>,
}

/// Why a keeper stopped tending a connection.
enum End {
    Stopped(Duration),
    Died,
}

impl Keeper {
    /// Keeps the server until told to stop.
    pub(crate) async fn keep(mut self) {
        let mut stop = self.orders.stop.clone();
        let mut backoff = self.backoff();
        loop {
            self.board.starts(&self.config.id);
            let began = Instant::now();
            let connected = tokio::select! {
                connected = self.connector.connect() => connected,
                _ = stopped(&mut stop) => return,
            };
            let (lived, fault) = match connected {
                Ok(link) => {
                    let ready = Instant::now();
                    match self.tend(link, ready - began, &mut stop).await {
                        Some(fault) => (ready.elapsed(), fault),
                        None => return,
                    }
                }
                Err(fault) => (Duration::ZERO, fault),
            };
            let hopeless = fault.recovery == Recovery::Never;
            self.board.post(&self.config.id, Standing::Failed(fault));
            let wait = if hopeless { None } else { backoff.after_failure(lived, chance()) };
            tokio::select! {
                () = pause(wait) => {}
                () = self.orders.retry.notified() => backoff = self.backoff(),
                _ = stopped(&mut stop) => return,
            }
        }
    }

    /// Watches over a connection to its end; why it ended, or `None` when it
    /// was told to stop.
    async fn tend(&self, link: Link, took: Duration, stop: &mut StopOrder) -> Option<Fault> {
        let Link { session, mut process, listed } = link;
        let mut ready = Arc::new(self.ready(&session, listed, took));
        self.board.post(&self.config.id, Standing::Ready(Arc::clone(&ready)));
        let mut ear = std::pin::pin!(hear(&session));
        let end = loop {
            tokio::select! {
                end = over(&session, &mut process, stop) => break end,
                () = session.wire().changes().notified() => {}
                () = &mut ear => {}
            }
            let changed = tokio::select! {
                end = over(&session, &mut process, stop) => break end,
                changed = self.relisted(&session, &ready) => changed,
            };
            if let Some(changed) = changed {
                ready = Arc::new(changed);
                self.board.post(&self.config.id, Standing::Ready(Arc::clone(&ready)));
            }
        };
        match end {
            End::Stopped(drain) => {
                dismiss(&session, process, drain).await;
                None
            }
            End::Died => {
                let epitaph = match process {
                    Some(process) => process.epitaph().await,
                    None => Epitaph { how: Some("ended the session".to_owned()), words: None },
                };
                let fault = of_trouble(&self.config.id, &Trouble::Gone, "", Some(&epitaph));
                session.bury(epitaph);
                // Answers that were on their way still arrive.
                let _ = timeout(FAREWELL, session.wire().ended()).await;
                let _ = timeout(FAREWELL, session.wire().hang_up()).await;
                Some(fault)
            }
        }
    }

    /// The server's tools, if they are others than they were. A listing that
    /// fails leaves the old one: a server that is gone is noticed elsewhere.
    async fn relisted(&self, session: &Arc<Session>, before: &Ready) -> Option<Ready> {
        // A flood of announcements costs one listing for each pause.
        sleep(CHANGE_PAUSE).await;
        let listed = timeout(self.config.start_timeout, session.list_tools()).await.ok()?.ok()?;
        let now = self.ready(session, listed, before.took);
        (now.listing != before.listing || now.skipped != before.skipped).then_some(now)
    }

    fn ready(&self, session: &Arc<Session>, listed: ListedTools, took: Duration) -> Ready {
        let introduction = &session.introduction;
        let listing = ServerListing {
            id: self.config.id.clone(),
            title: introduction.title.clone().or_else(|| introduction.name.clone()),
            instructions: introduction.instructions.clone(),
            tools: listed.tools,
        };
        Ready { session: Arc::clone(session), listing, skipped: listed.notes, took }
    }

    /// Trying an HTTP server again costs nothing but the try.
    fn backoff(&self) -> Backoff {
        match self.config.transport {
            Transport::Http { .. } => Backoff::endless(),
            Transport::Stdio { .. } => Backoff::default(),
        }
    }
}

/// Listens to what a server announces, again and again; never ends.
async fn hear(session: &Session) {
    loop {
        session.overhear().await;
        sleep(OVERHEAR_PAUSE).await;
        // Whatever was announced in between was missed.
        session.wire().changes().notify_one();
    }
}

/// Takes leave of a server and ends it.
async fn dismiss(session: &Session, process: Option<ServerProcess>, drain: Duration) {
    let _ = timeout(FAREWELL.min(drain), session.wire().hang_up()).await;
    session.bury(Epitaph { how: Some("was stopped".to_owned()), words: None });
    if let Some(process) = process {
        process.stop(drain).await;
    }
}

/// Waits for the end of a connection, of its process, or of our patience.
async fn over(session: &Session, process: &mut Option<ServerProcess>, stop: &mut StopOrder) -> End {
    let exited = async {
        match process {
            // Killed or crashed, a wrapper may leave its output open to others.
            Some(process) => drop(process.exited().await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        drain = stopped(stop) => End::Stopped(drain),
        () = session.wire().ended() => End::Died,
        () = exited => End::Died,
    }
}

async fn stopped(stop: &mut StopOrder) -> Duration {
    match stop.wait_for(Option::is_some).await {
        Ok(drain) => drain.unwrap_or_default(),
        // Whoever could have told us is gone.
        Err(_) => Duration::ZERO,
    }
}

async fn pause(wait: Option<Duration>) {
    match wait {
        Some(wait) => sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// A number from 0 to 1, different each time.
fn chance() -> f64 {
    let bits = RandomState::new().hash_one(()) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}
