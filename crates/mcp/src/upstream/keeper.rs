//! One server's whole life: started, listed, watched over, started again.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use query::{Fault, Recovery};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use super::behind::circle;
use super::board::{Board, Ready, Standing};
use super::config::{Transport, UpstreamConfig};
use super::connect::{Connector, Link};
use super::fault::of_trouble;
use super::inventory::{Inventory, Stale};
use super::news::News;
use super::process::{Epitaph, ServerProcess};
use super::session::Session;
use super::subscriptions::Subscriptions;
use super::wire::Trouble;

/// After a stream of announcements ended, how long until the next is opened.
const OVERHEAR_PAUSE: Duration = Duration::from_secs(5);

/// Announced changes that come closer together than this are taken as one.
const CHANGE_PAUSE: Duration = Duration::from_millis(50);

/// A session that its server forgets sooner than this is not renewed at once.
const FORGETFUL: Duration = Duration::from_millis(100);

/// How long a server has to take leave before its process is ended.
const FAREWELL: Duration = Duration::from_millis(500);

/// Keeps one server.
pub(crate) struct Keeper {
    pub(crate) config: Arc<UpstreamConfig>,
    pub(crate) board: Arc<Board>,
    pub(crate) connector: Connector,
    pub(crate) orders: Orders,
    pub(crate) subscriptions: Arc<Subscriptions>,
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
    /// It has ourselves behind it.
    Circle,
    /// The server forgot the session; a new one can be opened at once.
    Expired,
}

/// What is to be done after a connection ended.
enum Next {
    Stop,
    Reconnect,
    Mourn(Fault),
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
                        Next::Stop => return,
                        Next::Mourn(fault) => (ready.elapsed(), fault),
                        // A server that forgets at once is no better than one that dies.
                        Next::Reconnect if ready.elapsed() > FORGETFUL => continue,
                        Next::Reconnect => (ready.elapsed(), of_trouble(&self.config.id, &Trouble::Expired, "", None)),
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

    /// Watches over a connection to its end.
    async fn tend(&self, link: Link, took: Duration, stop: &mut StopOrder) -> Next {
        let Link { session, mut process, mut inventory } = link;
        if inventory.behind.includes(self.board.name()) {
            dismiss(&session, process, FAREWELL).await;
            return Next::Mourn(circle(&self.config.id));
        }
        self.post(&session, &inventory, took);
        let announced = session.wire().announced();
        let mut ear = std::pin::pin!(self.hear(&session));
        let mut listed = Instant::now();
        let end = loop {
            let old = inventory.holds().map(|holds| holds.saturating_sub(listed.elapsed()));
            tokio::select! {
                end = over(&session, &mut process, stop) => break end,
                () = announced.rung() => {}
                () = &mut ear => {}
                () = pause(old) => announced.missed(),
            }
            tokio::select! {
                end = over(&session, &mut process, stop) => break end,
                asked = self.look(&session, &mut inventory, took) => if asked { listed = Instant::now() },
            }
            if inventory.behind.includes(self.board.name()) {
                break End::Circle;
            }
        };
        match end {
            End::Stopped(drain) => {
                dismiss(&session, process, drain).await;
                Next::Stop
            }
            End::Circle => {
                dismiss(&session, process, FAREWELL).await;
                Next::Mourn(circle(&self.config.id))
            }
            End::Expired => Next::Reconnect,
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
                Next::Mourn(fault)
            }
        }
    }

    /// Looks into what a server announced; whether everything was listed
    /// again. A listing that fails leaves the old one: a server that is gone
    /// is noticed elsewhere.
    async fn look(&self, session: &Arc<Session>, inventory: &mut Inventory, took: Duration) -> bool {
        // A flood of announcements costs one listing for each pause.
        sleep(CHANGE_PAUSE).await;
        let kept = session.wire().announced().take();
        for uri in kept.updated {
            self.board.tell(News::ResourceUpdated { server: self.config.id.clone(), uri });
        }
        if kept.stale.is_nothing() {
            return false;
        }
        let mut fresh = inventory.clone();
        let refreshed = timeout(self.config.start_timeout, fresh.refresh(session, kept.stale)).await;
        if matches!(refreshed, Ok(Ok(()))) {
            let before = std::mem::replace(inventory, fresh);
            if before != *inventory {
                self.post(session, inventory, took);
            }
        }
        kept.stale == Stale::ALL
    }

    fn post(&self, session: &Arc<Session>, inventory: &Inventory, took: Duration) {
        let introduction = &session.introduction;
        let ready = Ready {
            session: Arc::clone(session),
            listing: inventory.listing(&self.config.id, introduction),
            skipped: inventory.skipped_tools(),
            offerings: Arc::new(inventory.offerings(introduction)),
            behind: inventory.behind.clone(),
            took,
        };
        self.board.post(&self.config.id, Standing::Ready(Arc::new(ready)));
    }

    /// Listens to what a server announces, again and again; never ends.
    async fn hear(&self, session: &Session) {
        let mut changes = self.subscriptions.changes();
        if !session.is_modern() {
            // A new session knows nothing of what the last one was asked.
            for uri in self.subscriptions.uris() {
                let _ = timeout(self.config.call_timeout, session.attend(&uri, true)).await;
            }
        }
        loop {
            changes.borrow_and_update();
            let uris = self.subscriptions.uris();
            let resubscribed = async {
                if session.is_modern() {
                    // An error says that the fleet is gone, and we with it.
                    let _ = changes.changed().await;
                } else {
                    std::future::pending().await
                }
            };
            tokio::select! {
                () = session.overhear(&uris) => {
                    sleep(OVERHEAR_PAUSE).await;
                    // Whatever was announced in between was missed.
                    session.wire().announced().missed();
                }
                () = resubscribed => {}
            }
        }
    }

    /// Trying an HTTP server again costs nothing but the try.
    fn backoff(&self) -> Backoff {
        match self.config.transport {
            Transport::Http { .. } => Backoff::endless(),
            Transport::Stdio { .. } => Backoff::default(),
        }
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
        () = session.wire().ended() => if session.wire().expired() { End::Expired } else { End::Died },
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
