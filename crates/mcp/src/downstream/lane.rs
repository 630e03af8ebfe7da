//! What a request, or a client's standing stream, has to say.
//!
//! In: messages, from whoever serves. Out: the same messages in order, to the
//! one task that writes them. What comes too fast for the client is dropped
//! and counted: progress and log messages may be, and nothing else comes here
//! without asking for room.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::sync::Notify;

/// Messages that wait to be written, at most.
const MAX_WAITING: usize = 1_024;

/// Bytes of messages that wait to be written; one message may go over it.
const MAX_WAITING_BYTES: usize = 8 * 1024 * 1024;

/// Messages on their way to one reader.
#[derive(Default)]
pub(crate) struct Lane {
    queue: Mutex<Queue>,
    room: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Bytes>,
    bytes: usize,
    reader: Option<Waker>,
    closed: bool,
}

impl Queue {
    fn is_full(&self) -> bool {
        self.waiting.len() >= MAX_WAITING || self.bytes >= MAX_WAITING_BYTES
    }
}

impl Lane {
    /// Puts a message on its way; `false` when it was dropped.
    pub(crate) fn offer(&self, message: impl Into<Bytes>) -> bool {
        let mut queue = self.lock();
        if queue.closed || queue.is_full() {
            return false;
        }
        let message = message.into();
        queue.bytes += message.len();
        queue.waiting.push_back(message);
        if let Some(reader) = queue.reader.take() {
            reader.wake();
        }
        true
    }

    /// Puts a message on its way once there is room; `false` when nobody
    /// reads any more. Whoever writes bounds the wait: a reader that stalls is
    /// cut off.
    pub(crate) async fn send(&self, message: Bytes) -> bool {
        loop {
            let room = self.room.notified();
            if self.lock().closed {
                return false;
            }
            if self.offer(message.clone()) {
                return true;
            }
            room.await;
        }
    }

    /// The next message; `None` when the lane is closed and empty.
    pub(crate) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut queue = self.lock();
        if let Some(message) = queue.waiting.pop_front() {
            queue.bytes -= message.len();
            self.room.notify_one();
            return Poll::Ready(Some(message));
        }
        if queue.closed {
            return Poll::Ready(None);
        }
        if !queue.reader.as_ref().is_some_and(|reader| reader.will_wake(context.waker())) {
            queue.reader = Some(context.waker().clone());
        }
        Poll::Pending
    }

    /// The next message; `None` when the lane is closed and empty.
    pub(crate) async fn next(&self) -> Option<Bytes> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Takes nothing more; what waits is still read.
    pub(crate) fn close(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        if let Some(reader) = queue.reader.take() {
            reader.wake();
        }
        drop(queue);
        self.room.notify_waiters();
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_keep_their_order_and_their_bound() {
        let lane = Lane::default();
        for i in 0..MAX_WAITING + 5 {
            assert_eq!(lane.offer(i.to_string()), i < MAX_WAITING);
        }
        for i in 0..MAX_WAITING {
            assert_eq!(lane.next().await.unwrap(), i.to_string());
        }
        assert!(lane.offer("last"));
        lane.close();
        assert!(!lane.offer("late"));
        assert_eq!((lane.next().await, lane.next().await), (Some("last".into()), None));
        assert!(!lane.send("late".into()).await);
    }

    #[tokio::test]
    async fn a_message_that_must_arrive_waits_for_room() {
        let lane = Lane::default();
        while lane.offer(vec![b'x'; MAX_WAITING_BYTES / 4]) {}
        let (sent, read) = tokio::join!(lane.send("answer".into()), async {
            let mut last = Bytes::new();
            for _ in 0..5 {
                last = lane.next().await.unwrap();
            }
            last
        });
        assert!(sent);
        assert_eq!(read, "answer");
    }
}
