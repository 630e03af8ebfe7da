//! One request being served: what it says on the way, then how it ends.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::lane::Lane;
use super::reply::Reply;

/// The work for one request, from its bytes to its answer's.
pub(crate) type Work = Pin<Box<dyn Future<Output = Ended> + Send>>;

/// How a request ended.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// The status of an HTTP answer that carries nothing else.
    pub(crate) status: u16,
    /// The session that it opened.
    pub(crate) session: Option<String>,
    /// The answer; `None` where there is none to give.
    pub(crate) answer: Option<Reply>,
}

impl Ended {
    /// An answer like any other.
    pub(crate) fn with(answer: impl Into<Reply>) -> Self {
        Self { status: 200, session: None, answer: Some(answer.into()) }
    }

    /// Taken, and nothing to say to it.
    pub(crate) fn silent() -> Self {
        Self { status: 202, session: None, answer: None }
    }
}

/// A request being served. Dropping it ends the work.
pub(crate) struct Drive {
    work: Option<Work>,
    lane: Arc<Lane>,
    ended: Option<Ended>,
}

/// What comes next of a request.
pub(crate) enum Turn {
    /// It says something.
    Message(Bytes),
    /// It is over.
    Ended(Ended),
}

impl Drive {
    /// Work that says what it has to say on `lane`.
    pub(crate) fn new(work: Work, lane: Arc<Lane>) -> Self {
        Self { work: Some(work), lane, ended: None }
    }

    /// What comes next. All that was said before the end comes before it.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Turn> {
        if let Some(work) = &mut self.work
            && let Poll::Ready(ended) = work.as_mut().poll(context)
        {
            self.work = None;
            self.ended = Some(ended);
            self.lane.close();
        }
        match ready!(self.lane.poll_next(context)) {
            Some(message) => Poll::Ready(Turn::Message(message)),
            None => Poll::Ready(Turn::Ended(self.ended.take().unwrap_or_default())),
        }
    }

    /// What comes next.
    pub(crate) async fn next(&mut self) -> Turn {
        poll_fn(|context| self.poll(context)).await
    }
}
