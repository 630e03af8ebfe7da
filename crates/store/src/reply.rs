//! What the port answers with: at once, or later.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;

/// A future that often is no wait at all. The embedded store answers most
/// questions on the spot, and that costs no allocation.
#[must_use = "nothing is known before it is awaited"]
pub struct Reply<'a, T>(Inner<'a, T>);

enum Inner<'a, T> {
    Ready(Option<T>),
    Waiting(BoxFuture<'a, T>),
}

impl<'a, T> Reply<'a, T> {
    /// The answer is known.
    pub fn ready(answer: T) -> Self {
        Self(Inner::Ready(Some(answer)))
    }

    /// The answer comes later.
    pub fn waiting(answer: impl Future<Output = T> + Send + 'a) -> Self {
        Self(Inner::Waiting(Box::pin(answer)))
    }

    /// The answer as something else.
    pub fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'a) -> Reply<'a, U>
    where
        T: Send + 'a,
    {
        match self.0 {
            Inner::Ready(answer) => Reply(Inner::Ready(answer.map(change))),
            Inner::Waiting(answer) => Reply::waiting(async { change(answer.await) }),
        }
    }
}

impl<T: Unpin> Future for Reply<'_, T> {
    type Output = T;

    /// # Panics
    ///
    /// When it is polled again after it was ready, as any future may.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        match &mut self.0 {
            Inner::Ready(answer) => Poll::Ready(answer.take().expect("a reply is taken once")),
            Inner::Waiting(answer) => answer.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for Reply<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Inner::Ready(_) => "Reply(ready)",
            Inner::Waiting(_) => "Reply(waiting)",
        })
    }
}
