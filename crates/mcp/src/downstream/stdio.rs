//! The front door on a pair of streams: usually our own standard input and
//! output.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use query::Principal;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::client::{Client, Session};
use super::desk::Desk;
use super::drive::{Drive, Ended, Turn};
use super::lane::Lane;
use super::level::Level;
use super::message::{self, Message, Params, is_batch};
use super::meta::{Capabilities, Meta, VERSION};
use super::orchestra::Orchestra;
use super::refusal::{INVALID_REQUEST, PARSE_ERROR, Refusal};
use super::revision::Revision;
use super::running::Running;
use super::served::{Served, error};
use super::visit::Visit;
use crate::lines::{Line, Lines};

/// After a client closed its end, or we were asked to end, how long what it
/// asked has to be answered; then it is cancelled.
const FAREWELL: Duration = Duration::from_secs(2);

/// Requests of one client served at the same time; reading waits for the rest.
const MAX_RUNNING: usize = 256;

/// How long the client may leave a message unread.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// Serves one client over our standard input and output until it closes them
/// or `stop` is cancelled. Nothing else may read or write them meanwhile.
///
/// # Errors
///
/// When the streams fail otherwise than by being closed.
pub async fn serve_stdio(orchestra: Arc<dyn Orchestra>, stop: CancellationToken) -> Result<(), ClientFault> {
    #[cfg(target_os = "linux")]
    {
        use tokio::net::unix::pipe::OpenOptions;
        // Opened anew, pipes need no thread of their own for every read, and
        // the process's own handles stay as they are.
        let (input, output) = ("/proc/self/fd/0", "/proc/self/fd/1");
        if let (Ok(input), Ok(output)) =
            (OpenOptions::new().open_receiver(input), OpenOptions::new().open_sender(output))
        {
            return serve_streams(orchestra, input, output, stop).await;
        }
    }
    serve_streams(orchestra, tokio::io::stdin(), tokio::io::stdout(), stop).await
}

/// Serves one client over these streams until it closes them or `stop` is
/// cancelled.
///
/// # Errors
///
/// When the streams fail otherwise than by being closed.
pub async fn serve_streams(
    orchestra: Arc<dyn Orchestra>,
    input: impl AsyncRead + Unpin + Send + 'static,
    output: impl AsyncWrite + Unpin + Send + 'static,
    stop: CancellationToken,
) -> Result<(), ClientFault> {
    let left = CancellationToken::new();
    let desk = Arc::new(Desk::new(orchestra, left.clone()));
    let hall = Hall { desk: Arc::clone(&desk), out: Arc::default(), running: Running::default() };
    let out = Arc::clone(&hall.out);
    let writing = tokio::spawn(write(Arc::clone(&out), output));
    let mut serving = JoinSet::new();
    tokio::select! {
        () = stop.cancelled() => {}
        () = desk.tend() => {}
        () = hall.attend(input, &mut serving) => {}
    }
    left.cancel();
    // Nothing more is read. What is still being answered has a moment, then it
    // is cancelled.
    if timeout(FAREWELL, ended(&mut serving)).await.is_err() {
        hall.running.cancel_all();
        let _ = timeout(FAREWELL, ended(&mut serving)).await;
        serving.shutdown().await;
    }
    out.close();
    match timeout(FAREWELL, writing).await {
        Ok(Ok(Err(error))) if error.kind() != io::ErrorKind::BrokenPipe => Err(ClientFault(error)),
        // It wrote all there was, or there is nobody to read it.
        _ => Ok(()),
    }
}

/// Waits until every request has ended.
async fn ended(serving: &mut JoinSet<()>) {
    while serving.join_next().await.is_some() {}
}

/// Writes what is on the lane, a message a line, until it is closed.
async fn write(lane: Arc<Lane>, output: impl AsyncWrite + Unpin) -> io::Result<()> {
    let mut output = BufWriter::new(output);
    let written = async {
        while let Some(message) = lane.next().await {
            timeout(WRITE_TIMEOUT, put(&mut output, &message)).await.map_err(io::Error::from)??;
        }
        Ok(())
    };
    let written = written.await;
    lane.close();
    written
}

async fn put(output: &mut (impl AsyncWrite + Unpin), message: &[u8]) -> io::Result<()> {
    // A server's JSON may have line ends between its members.
    for (i, line) in message.split(|&byte| byte == b'\n' || byte == b'\r').enumerate() {
        if i > 0 {
            output.write_all(b" ").await?;
        }
        output.write_all(line).await?;
    }
    output.write_all(b"\n").await?;
    output.flush().await
}

/// Where one client is attended to.
struct Hall {
    desk: Arc<Desk>,
    out: Arc<Lane>,
    running: Running,
}

impl Hall {
    /// Reads what the client says until it says no more.
    async fn attend(&self, input: impl AsyncRead + Unpin, serving: &mut JoinSet<()>) {
        let mut lines = Lines::new(input);
        let mut session: Option<Arc<Session>> = None;
        while let Some(line) = lines.next().await {
            while serving.try_join_next().is_some() {}
            if serving.len() >= MAX_RUNNING {
                serving.join_next().await;
            }
            let text = match line {
                Line::Whole(text) if text.trim_ascii().is_empty() => continue,
                Line::Whole(text) => Bytes::copy_from_slice(text),
                Line::TooLong { .. } => {
                    let refusal = Refusal::new(INVALID_REQUEST, "this message is over the limit");
                    if !self.say(error(None, &refusal)).await {
                        return;
                    }
                    continue;
                }
            };
            if is_batch(&text) && session.as_ref().is_some_and(|session| session.revision == Revision::Batching) {
                for one in serde_json::from_slice::<Vec<&RawValue>>(&text).unwrap_or_default().into_iter().take(64) {
                    let one = Bytes::copy_from_slice(one.get().as_bytes());
                    self.take(one, &mut session, serving).await;
                }
                continue;
            }
            self.take(text, &mut session, serving).await;
        }
        if let Some(session) = session {
            session.questions.abandon();
        }
    }

    /// Takes in one message.
    async fn take(&self, text: Bytes, session: &mut Option<Arc<Session>>, serving: &mut JoinSet<()>) {
        let ended = match Message::read(&text) {
            Err(malformed) => Ended::with(error(malformed.id.as_deref(), &malformed.refusal)),
            Ok(Message::Answer(answer)) => {
                if let Some(session) = session {
                    session.questions.answer(&answer);
                }
                Ended::silent()
            }
            Ok(Message::Notification(told)) => {
                if told.method == "notifications/cancelled"
                    && let Some(id) = told.params.request_id
                {
                    self.running.cancel(id);
                }
                if let Some(session) = session {
                    self.desk.told(session, &told);
                }
                Ended::silent()
            }
            Ok(Message::Request(request)) => match self.introduce(&request, session) {
                Some(ended) => ended,
                None => {
                    serving.spawn(self.request(text.clone(), session.clone()));
                    Ended::silent()
                }
            },
        };
        if let Some(answer) = ended.answer {
            self.say(answer.whole()).await;
        }
    }

    /// The handshake, where the request is one.
    fn introduce(&self, request: &message::Request<'_>, session: &mut Option<Arc<Session>>) -> Option<Ended> {
        let version = request.params.protocol_version.filter(|_| request.method == "initialize")?;
        if session.is_some() {
            let refusal = Refusal::new(INVALID_REQUEST, "this client has introduced itself already");
            return Some(Ended::with(error(Some(request.id), &refusal)));
        }
        let capabilities =
            request.params.capabilities.map(Capabilities::read).unwrap_or_else(|| Ok(Capabilities::default()));
        let (wanted, capabilities) = match (Params::text(Some(version)), capabilities) {
            (Some(wanted), Ok(capabilities)) => (wanted, capabilities),
            (None, _) => {
                let refusal = Refusal::params("`protocolVersion` is to be a text");
                return Some(Ended::with(error(Some(request.id), &refusal)));
            }
            (_, Err(why)) => return Some(Ended::with(error(Some(request.id), &Refusal::params(why)))),
        };
        let revision = Revision::agreed(&wanted);
        let opened = Arc::new(Session::new(Principal::local(), revision, capabilities.offers(false)));
        opened.stand(Arc::clone(&self.out));
        *session = Some(opened);
        Some(Served::Made(self.desk.introduced(&Principal::local(), revision)).answer(request.id, revision))
    }

    /// Serves one request to its end.
    fn request(&self, text: Bytes, session: Option<Arc<Session>>) -> impl Future<Output = ()> + Send + 'static {
        let (desk, out, running) = (Arc::clone(&self.desk), Arc::clone(&self.out), self.running.clone());
        let lane = Arc::new(Lane::default());
        let said = Arc::clone(&lane);
        let work = async move { answer(&desk, &running, &text, session, said).await };
        async move {
            let mut drive = Drive::new(Box::pin(work), lane);
            loop {
                match drive.next().await {
                    Turn::Message(message) => {
                        if !out.send(message).await {
                            return;
                        }
                    }
                    Turn::Ended(ended) => {
                        if let Some(answer) = ended.answer {
                            // A client that reads no more has no use for it.
                            let _ = out.send(answer.whole()).await;
                        }
                        return;
                    }
                }
            }
        }
    }

    /// Says something; `false` when nobody listens any more.
    async fn say(&self, message: Bytes) -> bool {
        self.out.send(message).await
    }
}

/// What comes of one request.
async fn answer(desk: &Desk, running: &Running, text: &[u8], session: Option<Arc<Session>>, lane: Arc<Lane>) -> Ended {
    // It was read before, and is what it was.
    let Ok(Message::Request(request)) = Message::read(text) else {
        return Ended::with(error(None, &Refusal::new(PARSE_ERROR, "this is no request")));
    };
    let message::Request { id, method, params } = request;
    let revision = session.as_ref().map_or(Revision::Stateless, |session| session.revision);
    let (meta, client) = match client(&method, &params, session) {
        Ok(client) => client,
        Err(refusal) => return Served::Refused(refusal).answer(id, revision),
    };
    let Some(run) = running.start(id) else {
        let refusal = Refusal::new(INVALID_REQUEST, "a request of this id is being served");
        return Served::Refused(refusal).answer(id, revision);
    };
    let (cancel, revision) = (run.cancel.clone(), client.revision);
    let visit = Visit { id, method, params, meta, client, lane, cancel };
    desk.serve(&visit).await.answer(id, revision)
}

/// Whose request it is: one that stands for itself says so, any other is of
/// the client that introduced itself.
fn client<'a>(method: &str, params: &Params<'a>, session: Option<Arc<Session>>) -> Result<(Meta<'a>, Client), Refusal> {
    let meta = Meta::read(params.meta).map_err(Refusal::params)?;
    let Some(version) = meta.version.as_deref() else {
        return match session {
            Some(session) => Ok((meta, session.client())),
            None if matches!(method, "server/discover" | "subscriptions/listen") => {
                Err(Refusal::params(format!("`_meta` is to have `{VERSION}`")))
            }
            None => Err(Refusal::new(INVALID_REQUEST, "introduce yourself first, with `initialize`")),
        };
    };
    if !Revision::named(version).is_some_and(Revision::is_stateless) {
        return Err(Refusal::revision(version));
    }
    let capabilities = meta.capabilities().map_err(Refusal::params)?;
    let client = Client {
        principal: Principal::local(),
        revision: Revision::Stateless,
        offers: capabilities.offers(true),
        level: meta.log_level.as_deref().and_then(Level::named),
        takes_tasks: capabilities.take_tasks(),
        session: None,
    };
    Ok((meta, client))
}

/// The streams to a client failed.
#[derive(Debug)]
pub struct ClientFault(io::Error);

impl std::fmt::Display for ClientFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the client cannot be written to: {}", self.0)
    }
}

impl std::error::Error for ClientFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
