//! A server at the other end of two pipes.
//!
//! Requests of any number of callers share the pipes; answers find their
//! caller by id. What is no message between the messages is counted and
//! skipped.

use std::sync::Arc;

use catalog::ServerId;
use futures::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, yield_now};
use tokio_util::sync::CancellationToken;

use super::era::Era;
use super::hub::Hub;
use super::wire::{Request, Trouble, Wire, WireFault};
use crate::frame;
use crate::lines::{Line, Lines};

/// Messages that wait for a server to read them; when it is full, calls wait
/// for room until their own deadline.
const OUTBOX_MESSAGES: usize = 64;

/// How much is written at once, in bytes: as much as a pipe holds.
const BUFFER_BYTES: usize = 64 * 1024;

/// Read before everybody else has a turn, in bytes: a server that says more
/// than is heard would keep a thread to itself.
const TURN_BYTES: usize = 256 * 1024;

/// The pipes to one server.
pub(crate) struct StdioWire {
    outbox: mpsc::Sender<Vec<u8>>,
    hub: Arc<Hub>,
    open: watch::Receiver<bool>,
    hang_up: CancellationToken,
    /// The reader and the writer; dropped with the wire.
    _tasks: JoinSet<()>,
}

impl StdioWire {
    /// Takes over a server's standard input and output.
    pub(crate) fn start(
        server: ServerId,
        stdin: impl AsyncWrite + Unpin + Send + 'static,
        stdout: impl AsyncRead + Unpin + Send + 'static,
    ) -> Self {
        let (outbox, inbox) = mpsc::channel(OUTBOX_MESSAGES);
        let (open, is_open) = watch::channel(true);
        let hub = Arc::new(Hub::new(server));
        let hang_up = CancellationToken::new();
        let hung_up = hang_up.clone().cancelled_owned();
        let (heard, answers) = (Arc::clone(&hub), outbox.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // Whichever ends first ends the others: half a connection is none.
            tokio::select! {
                () = read(stdout, &heard, &answers) => {}
                () = write(stdin, inbox) => {}
                () = hung_up => {}
            }
            heard.pending.close();
            open.send_replace(false);
        });
        Self { outbox, hub, open: is_open, hang_up, _tasks: tasks }
    }
}

/// Writes messages one by one; ends when the server no longer reads.
async fn write(stdin: impl AsyncWrite + Unpin, mut inbox: mpsc::Receiver<Vec<u8>>) {
    let mut stdin = BufWriter::with_capacity(BUFFER_BYTES, stdin);
    let mut batch = Vec::with_capacity(OUTBOX_MESSAGES);
    // What waits together leaves together.
    while inbox.recv_many(&mut batch, OUTBOX_MESSAGES).await > 0 {
        for mut message in batch.drain(..) {
            one_line(&mut message);
            if stdin.write_all(&message).await.is_err() {
                return;
            }
        }
        if stdin.flush().await.is_err() {
            return;
        }
    }
}

/// Makes a message a line. Within JSON's texts no line ends, so every end of
/// a line stands between them, where a space means the same.
fn one_line(message: &mut Vec<u8>) {
    for byte in message.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
    message.push(b'\n');
}

/// Reads messages one by one; ends when the server no longer writes.
async fn read(stdout: impl AsyncRead + Unpin, hub: &Hub, answers: &mpsc::Sender<Vec<u8>>) {
    let mut lines = Lines::new(stdout);
    let mut turn = 0;
    while let Some(line) = lines.next().await {
        turn += if let Line::Whole(bytes) = &line { bytes.len() + 1 } else { TURN_BYTES };
        match line {
            Line::TooLong { head, tail } => hub.pending.too_long(frame::id_in_fragments(head, tail)),
            Line::Whole(bytes) if bytes.trim_ascii().is_empty() => {}
            Line::Whole(bytes) => hub.hear(bytes, answers),
        }
        if turn >= TURN_BYTES {
            turn = 0;
            yield_now().await;
        }
    }
}

impl Wire for StdioWire {
    fn request<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Box<RawValue>, WireFault>> {
        Box::pin(async move {
            let gone = || WireFault::unsent(Trouble::Gone);
            let room = self.outbox.reserve().await.map_err(|_| gone())?;
            let outbox = self.outbox.clone();
            let mut waiting = self.hub.pending.enter(request.id, request.caller, outbox).ok_or_else(gone)?;
            if let Some(leaving) = request.leaving {
                leaving();
            }
            room.send(request.message);
            waiting.reply().await
        })
    }

    fn notify(&self, method: &'static str, params: Box<RawValue>) -> BoxFuture<'_, Result<(), WireFault>> {
        let message = frame::notification(method, &params);
        Box::pin(async move { self.outbox.send(message).await.map_err(|_| WireFault::unsent(Trouble::Gone)) })
    }

    fn post(&self, request: Request<'_>) {
        // A server that reads so little that its queue is full is told nothing.
        let _ = self.outbox.try_send(request.message);
    }

    fn agree(&self, _: &Era) {}

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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::io::{AsyncBufReadExt, BufReader, DuplexStream, Lines as TokioLines, ReadHalf, WriteHalf, duplex};

    use super::*;
    use crate::upstream::letter::Letter;

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
        (StdioWire::start(ServerId::new("s"), output, input), Peer { heard: BufReader::new(heard).lines(), says })
    }

    fn request<'a>(id: u64) -> Request<'a> {
        Request::plain(id, "m", Letter::new(id, "m", 0))
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

    #[tokio::test]
    async fn a_message_over_several_lines_is_sent_as_one() {
        let (wire, mut peer) = connected();
        let params = RawValue::from_string("{\n\"a\":\r\n\"b\\nc\"}".to_owned()).unwrap();
        wire.notify("m", params).await.unwrap();
        assert_eq!(peer.hears().await["params"], json!({"a": "b\nc"}));
    }
}
