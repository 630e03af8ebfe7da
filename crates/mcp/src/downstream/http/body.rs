//! Bodies: a request's, read whole and never over the limit; an answer's,
//! whole or as a stream of events.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};

use super::limits::SMALL_BODY_BYTES;
use crate::downstream::drive::{Drive, Turn};
use crate::downstream::lane::Lane;
use crate::downstream::reply::Reply;

/// The longest body of a request, in bytes; a longer one is refused.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// On a stream where nothing is said, how often a line is sent to show that
/// it still stands.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Why a body could not be had.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    TooLong,
    TooSlow,
    /// Too many large ones are held already.
    NoRoom,
    Broken,
}

/// Room for large bodies, taken before any of one is read.
pub(super) struct Room(Arc<Semaphore>);

/// A part of the room; given back when dropped.
pub(super) type Place = Option<OwnedSemaphorePermit>;

/// What room is counted in, in bytes.
const ROOM_UNIT: usize = 1024;

impl Room {
    /// Room for so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / ROOM_UNIT)))
    }

    /// A place for a body that may be this long.
    fn place(&self, longest: u64) -> Result<Place, Unread> {
        if longest <= SMALL_BODY_BYTES as u64 {
            return Ok(None);
        }
        let longest = usize::try_from(longest).unwrap_or(usize::MAX).min(MAX_BODY_BYTES);
        let units = u32::try_from(longest.div_ceil(ROOM_UNIT)).unwrap_or(u32::MAX);
        Arc::clone(&self.0).try_acquire_many_owned(units).map(Some).map_err(|_| Unread::NoRoom)
    }
}

/// A request's body, whole, and its place for as long as it is held. One that
/// does not say how long it is takes the place of the longest.
pub(super) async fn read(body: Incoming, room: &Room, patience: Duration) -> Result<(Bytes, Place), Unread> {
    // What is announced to be over the limit is not even begun with.
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Unread::TooLong);
    }
    let place = room.place(body.size_hint().upper().unwrap_or(u64::MAX))?;
    let body = timeout(patience, collect(body)).await.unwrap_or(Err(Unread::TooSlow))?;
    Ok((body, place))
}

async fn collect(mut body: Incoming) -> Result<Bytes, Unread> {
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if first.len() + more.len() + data.len() > MAX_BODY_BYTES {
            return Err(Unread::TooLong);
        }
        // Most bodies come in one piece, which is not copied.
        if first.is_empty() {
            first = data;
        } else {
            more.extend_from_slice(&data);
        }
    }
    if more.is_empty() {
        return Ok(first);
    }
    let mut whole = BytesMut::with_capacity(first.len() + more.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&more);
    Ok(whole.freeze())
}

/// An answer's body.
pub(super) enum Answer {
    /// All there is to say.
    Whole(Option<Reply>),
    /// What a request says before it ends, and how it ends.
    Events(Box<Events<Drive>>),
    /// What belongs to no request.
    Standing(Box<Events<Arc<Lane>>>),
}

impl Answer {
    pub(super) fn whole(bytes: impl Into<Reply>) -> Self {
        Self::Whole(Some(bytes.into()))
    }

    pub(super) fn events(first: Bytes, drive: Drive) -> Self {
        Self::Events(Box::new(Events { first: Some(first), source: Some(drive), heartbeat: heartbeat() }))
    }

    pub(super) fn standing(lane: Arc<Lane>) -> Self {
        Self::Standing(Box::new(Events { first: None, source: Some(lane), heartbeat: heartbeat() }))
    }
}

fn heartbeat() -> Interval {
    let mut beat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat
}

/// Messages as server-sent events.
pub(super) struct Events<S> {
    first: Option<Bytes>,
    /// `None` once the last was said.
    source: Option<S>,
    heartbeat: Interval,
}

/// Where a stream's messages come from.
pub(super) trait Source {
    /// The next message, and whether it is the last; `None` when there is
    /// none any more.
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<(Bytes, bool)>>;
}

impl Source for Drive {
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<(Bytes, bool)>> {
        self.poll(context).map(|turn| match turn {
            Turn::Message(message) => Some((message, false)),
            Turn::Ended(ended) => ended.answer.map(|answer| (answer.whole(), true)),
        })
    }
}

impl Source for Arc<Lane> {
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<(Bytes, bool)>> {
        self.poll_next(context).map(|message| message.map(|message| (message, false)))
    }
}

impl<S: Source> Events<S> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(event(&first)));
        }
        let Some(source) = &mut self.source else { return Poll::Ready(None) };
        match source.poll_message(context) {
            Poll::Ready(Some((message, last))) => {
                if last {
                    self.source = None;
                }
                Poll::Ready(Some(event(&message)))
            }
            Poll::Ready(None) => {
                self.source = None;
                Poll::Ready(None)
            }
            Poll::Pending => self.heartbeat.poll_tick(context).map(|_| Some(Bytes::from_static(b": still here\n\n"))),
        }
    }
}

/// A message as an event. A message has no line ends: JSON on one line.
fn event(message: &[u8]) -> Bytes {
    let mut event = BytesMut::with_capacity(message.len() + 24);
    event.extend_from_slice(b"event: message\ndata: ");
    // A peer's JSON may have line ends between its members.
    for (i, line) in message.split(|&byte| byte == b'\n' || byte == b'\r').enumerate() {
        if i > 0 {
            event.extend_from_slice(b"\ndata: ");
        }
        event.extend_from_slice(line);
    }
    event.extend_from_slice(b"\n\n");
    event.freeze()
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = match self.get_mut() {
            Self::Whole(reply) => Poll::Ready(reply.as_mut().and_then(Reply::next_piece)),
            Self::Events(events) => events.poll(context),
            Self::Standing(events) => events.poll(context),
        };
        data.map(|data| data.map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(reply) if reply.as_ref().is_none_or(Reply::is_empty))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(reply) => SizeHint::with_exact(reply.as_ref().map_or(0, |reply| reply.len() as u64)),
            Self::Events(_) | Self::Standing(_) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_whatever_lines_its_message_has() {
        assert_eq!(event(b"{\"a\":1}"), "event: message\ndata: {\"a\":1}\n\n");
        assert_eq!(event(b"{\n\r\n}"), "event: message\ndata: {\ndata: \ndata: \ndata: }\n\n");
    }
}
