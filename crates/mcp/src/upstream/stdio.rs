//! A server at the other end of two pipes.
//!
//! Requests of any number of callers share the pipes; answers find their
//! caller by id. What is no message between the messages is counted and
//! skipped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::era::Era;
use super::lines::{Line, Lines};
use super::pending::Pending;
use super::wire::{PROGRESS, Request, TOOLS_CHANGED, Trouble, Wire, WireFault};
use crate::frame::{self, Frame};

/// Messages that wait for a server to read them; when it is full, calls wait
/// for room until their own deadline.
const OUTBOX_MESSAGES: usize = 64;

/// The pipes to one server.
pub(crate) struct StdioWire {
    outbox: mpsc::Sender<String>,
    pending: Pending,
    heard: Arc<Heard>,
    open: watch::Receiver<bool>,
    hang_up: CancellationToken,
    /// The reader and the writer; dropped with the wire.
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Heard {
    changes: Notify,
    noise: AtomicU64,
}

impl StdioWire {
    /// Takes over a server's standard input and output.
    pub(crate) fn start(
        stdin: impl AsyncWrite + Unpin + Send + 'static,
        stdout: impl AsyncRead + Unpin + Send + 'static,
    ) -> Self {
        let (outbox, inbox) = mpsc::channel(OUTBOX_MESSAGES);
        let (open, is_open) = watch::channel(true);
        let pending = Pending::default();
        let heard = Arc::new(Heard::default());
        let reader = Reader { pending: pending.clone(), heard: Arc::clone(&heard), outbox: outbox.clone() };
        let mut tasks = JoinSet::new();
        let over = (pending.clone(), open);
        let hang_up = CancellationToken::new();
        let hung_up = hang_up.clone().cancelled_owned();
        tasks.spawn(async move {
            // Whichever ends first ends the others: half a connection is none.
            tokio::select! {
                () = reader.run(stdout) => {}
                () = write(stdin, inbox) => {}
                () = hung_up => {}
            }
            over.0.close();
            over.1.send_replace(false);
        });
        Self { outbox, pending, heard, open: is_open, hang_up, _tasks: tasks }
    }
}

/// Writes messages one by one; ends when the server no longer reads.
async fn write(mut stdin: impl AsyncWrite + Unpin, mut inbox: mpsc::Receiver<String>) {
    while let Some(mut message) = inbox.recv().await {
        message.push('\n');
        if stdin.write_all(message.as_bytes()).await.is_err() || stdin.flush().await.is_err() {
            return;
        }
    }
}

struct Reader {
    pending: Pending,
    heard: Arc<Heard>,
    outbox: mpsc::Sender<String>,
}

impl Reader {
    async fn run(self, stdout: impl AsyncRead + Unpin) {
        let mut lines = Lines::new(stdout);
        while let Some(line) = lines.next().await {
            match line {
                Line::TooLong { head, tail } => self.pending.too_long(frame::id_in_fragments(head, tail)),
                Line::Whole(bytes) if bytes.trim_ascii().is_empty() => {}
                Line::Whole(bytes) => self.take(bytes),
            }
        }
    }

    fn take(&self, bytes: &[u8]) {
        match Frame::parse(bytes) {
            None => {
                self.heard.noise.fetch_add(1, Ordering::Relaxed);
            }
            Some(Frame::Answer { id, outcome }) => self.pending.answer(id, outcome),
            Some(Frame::Notification { method, params }) => match (method.as_str(), params) {
                (PROGRESS, Some(params)) => self.pending.progressed(params),
                (TOOLS_CHANGED, _) => self.heard.changes.notify_one(),
                _ => {}
            },
            // A server that asks faster than it reads gets no answer; reading
            // on matters more.
            Some(Frame::Request { id, method }) => {
                let _ = self.outbox.try_send(frame::reply(id, &method));
            }
        }
    }
}

impl Wire for StdioWire {
    fn request<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Box<RawValue>, WireFault>> {
        Box::pin(async move {
            let gone = || WireFault::unsent(Trouble::Gone);
            let message = frame::request(request.id, request.method, &request.params);
            let room = self.outbox.reserve().await.map_err(|_| gone())?;
            let waiting = self.pending.enter(request.id, request.progress, self.outbox.clone()).ok_or_else(gone)?;
            if let Some(leaving) = request.leaving {
                leaving();
            }
            room.send(message);
            waiting.reply().await
        })
    }

    fn notify(&self, method: &'static str, params: Box<RawValue>) -> BoxFuture<'_, Result<(), WireFault>> {
        let message = frame::notification(method, &params);
        Box::pin(async move { self.outbox.send(message).await.map_err(|_| WireFault::unsent(Trouble::Gone)) })
    }

    fn agree(&self, _: &Era) {}

    fn mirrors(&self) -> bool {
        false
    }

    fn overhear(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }

    fn changes(&self) -> &Notify {
        &self.heard.changes
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

    fn noise(&self) -> u64 {
        self.heard.noise.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::io::{AsyncBufReadExt, BufReader, DuplexStream, Lines as TokioLines, ReadHalf, WriteHalf, duplex};

    use super::*;
    use crate::upstream::handshake::raw;

    struct Peer {
        heard: TokioLines<BufReader<ReadHalf<DuplexStream>>>,
        says: WriteHalf<DuplexStream>,
    }

    impl Peer {
        async fn hears(&mut self) -> serde_json::Value {
            serde_json::from_str(&self.heard.next_line().await.unwrap().unwrap()).unwrap()
        }

        async fn says(&mut self, line: &str) {
            self.says.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        }
    }

    fn connected() -> (StdioWire, Peer) {
        let (ours, theirs) = duplex(1024);
        let (input, output) = tokio::io::split(ours);
        let (heard, says) = tokio::io::split(theirs);
        (StdioWire::start(output, input), Peer { heard: BufReader::new(heard).lines(), says })
    }

    fn request(id: u64) -> Request<'static> {
        let params = raw(&json!({}));
        Request { id, method: "m", params, mirrored: Vec::new(), progress: None, leaving: None }
    }

    #[tokio::test]
    async fn answers_find_their_requests_in_any_order() {
        let (wire, mut peer) = connected();
        let (one, two, ()) = tokio::join!(wire.request(request(1)), wire.request(request(2)), async {
            peer.hears().await;
            peer.hears().await;
            peer.says(r#"{"id":9,"result":"nobody's"}"#).await;
            peer.says(r#"{"id":"2","result":"two"}"#).await;
            peer.says(r#"{"id":1,"error":{"code":-32601,"message":"none"}}"#).await;
        });
        assert_eq!(two.unwrap().get(), "\"two\"");
        assert_eq!(one.unwrap_err().sent, dispatch::Sent::No, "the server says that it did not run it");
    }

    #[tokio::test]
    async fn a_peers_own_requests_are_answered() {
        let (_wire, mut peer) = connected();
        peer.says(r#"{"id":"p","method":"ping"}"#).await;
        assert_eq!(peer.hears().await, json!({"jsonrpc": "2.0", "id": "p", "result": {}}));
        peer.says(r#"{"id":7,"method":"roots/list"}"#).await;
        assert_eq!(peer.hears().await["error"]["code"], -32601);
    }

    #[tokio::test]
    async fn whoever_waits_when_the_stream_ends_is_told() {
        let (wire, mut peer) = connected();
        let (fault, ()) = tokio::join!(wire.request(request(1)), async {
            peer.hears().await;
            drop(peer);
        });
        let fault = fault.unwrap_err();
        assert!(matches!(fault.trouble, Trouble::Gone) && fault.sent == dispatch::Sent::Unknown);
        wire.ended().await;
        let fault = wire.request(request(2)).await.unwrap_err();
        assert!(matches!(fault.trouble, Trouble::Gone) && fault.sent == dispatch::Sent::No);
    }

    #[tokio::test]
    async fn a_server_that_reads_nothing_holds_up_its_own_callers_only() {
        let (wire, peer) = connected();
        let many = (0..200).map(|id| wire.request(request(id)));
        let stuck = tokio::time::timeout(std::time::Duration::from_millis(50), futures::future::join_all(many));
        assert!(stuck.await.is_err(), "nobody answers");
        drop(peer);
        wire.ended().await;
    }
}
