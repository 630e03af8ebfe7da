//! A server of the first revision's HTTP transport: one stream of events for
//! all that it says, and an address of its own choosing for all that it is
//! told.

use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use futures::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::endpoint::{Endpoint, Parcel};
use super::era::Era;
use super::hub::Hub;
use super::response::Response;
use super::sse::{Event, Events};
use super::wire::{Request, Trouble, Wire, WireFault};
use crate::frame;

/// Messages that wait to be posted and that nobody waits for; more are not
/// posted.
const COURIER_MESSAGES: usize = 64;

/// How long posting one such message may take.
const COURIER_TIMEOUT: Duration = Duration::from_secs(5);

/// The stream from one server, and the address to it.
pub(crate) struct EventWire {
    hub: Arc<Hub>,
    inbox: Endpoint,
    courier: mpsc::Sender<Vec<u8>>,
    open: watch::Receiver<bool>,
    hang_up: CancellationToken,
    /// The reader and the poster; dropped with the wire.
    _tasks: JoinSet<()>,
}

impl EventWire {
    /// Opens the stream and waits for the address. The caller bounds the
    /// wait.
    pub(crate) async fn open(server: ServerId, endpoint: &Endpoint) -> Result<Self, WireFault> {
        let mut stream = endpoint.get(None).await?;
        let mut events = Events::new();
        let (inbox, rest) = loop {
            let chunk = stream.chunk().await.map_err(|_| WireFault::unsent(Trouble::Cut))?;
            let chunk = chunk.ok_or(WireFault::unsent(Trouble::Cut))?;
            let mut heard = events.feed(&chunk).map_err(|_| WireFault::unsent(Trouble::TooLong))?.into_iter();
            if let Some(event) = heard.find(|event| event.name == b"endpoint") {
                let reference = String::from_utf8_lossy(&event.data).into_owned();
                let inbox = endpoint.beside(reference.trim());
                let elsewhere = Trouble::Malformed("it wants to be written to at another origin");
                break (inbox.ok_or(WireFault::unsent(elsewhere))?, heard.collect::<Vec<_>>());
            }
        };
        let hub = Arc::new(Hub::new(server));
        let (courier, errands) = mpsc::channel(COURIER_MESSAGES);
        let (open, is_open) = watch::channel(true);
        let hang_up = CancellationToken::new();
        let hung_up = hang_up.clone().cancelled_owned();
        let (heard, answers, posting) = (Arc::clone(&hub), courier.clone(), inbox.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            hear(&heard, rest, &answers);
            tokio::select! {
                () = read(stream, events, &heard, &answers) => {}
                () = run_errands(posting, errands) => {}
                () = hung_up => {}
            }
            heard.pending.close();
            open.send_replace(false);
        });
        Ok(Self { hub, inbox, courier, open: is_open, hang_up, _tasks: tasks })
    }

    async fn post(&self, message: Vec<u8>, method: &'static str) -> Result<(), WireFault> {
        self.inbox.post(message, Parcel { method, mirrored: &[] }).await.map(drop)
    }
}

/// Reads events one by one; ends when the stream does.
async fn read(mut stream: Response, mut events: Events, hub: &Hub, answers: &mpsc::Sender<Vec<u8>>) {
    while let Ok(Some(chunk)) = stream.chunk().await {
        let Ok(heard) = events.feed(&chunk) else { return };
        hear(hub, heard, answers);
    }
}

fn hear(hub: &Hub, events: Vec<Event>, answers: &mpsc::Sender<Vec<u8>>) {
    for Event { data, .. } in events.iter().filter(|event| !event.data.is_empty()) {
        hub.hear(data, answers);
    }
}

async fn run_errands(inbox: Endpoint, mut errands: mpsc::Receiver<Vec<u8>>) {
    while let Some(message) = errands.recv().await {
        let parcel = Parcel { method: "notifications/cancelled", mirrored: &[] };
        // Nobody waits for it, and nothing depends on it.
        let _ = timeout(COURIER_TIMEOUT, inbox.post(message, parcel)).await;
    }
}

impl Wire for EventWire {
    fn request<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Box<RawValue>, WireFault>> {
        Box::pin(async move {
            let entered = self.hub.pending.enter(request.id, request.caller, self.courier.clone());
            let mut waiting = entered.ok_or(WireFault::unsent(Trouble::Gone))?;
            if let Some(leaving) = request.leaving {
                leaving();
            }
            if let Err(fault) = self.post(request.message, request.method).await {
                waiting.done();
                return Err(fault);
            }
            waiting.reply().await
        })
    }

    fn notify(&self, method: &'static str, params: Box<RawValue>) -> BoxFuture<'_, Result<(), WireFault>> {
        Box::pin(self.post(frame::notification(method, &params), method))
    }

    fn post(&self, request: Request<'_>) {
        let _ = self.courier.try_send(request.message);
    }

    fn agree(&self, era: &Era) {
        self.inbox.era.store(Some(era.clone().into()));
    }

    fn hub(&self) -> &Hub {
        &self.hub
    }

    fn ended(&self) -> BoxFuture<'_, ()> {
        let mut open = self.open.clone();
        Box::pin(async move {
            // An error says that the sender is gone, and the connection with it.
            let _ = open.wait_for(|open| !open).await;
        })
    }

    fn hang_up(&self) -> BoxFuture<'_, ()> {
        self.hang_up.cancel();
        self.ended()
    }
}
