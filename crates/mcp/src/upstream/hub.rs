//! What comes in on a stream that many calls share.
//!
//! In: messages, one by one. Out: answers to whoever waits for them, progress
//! and log messages to whom they concern, questions to a client, if it is
//! certain to which. It reads no stream itself.

use std::sync::atomic::{AtomicU64, Ordering};

use catalog::ServerId;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::announced::Announced;
use super::pending::Pending;
use super::relay::Relay;
use super::wire::{LOG, PROGRESS, TASK_STATUS};
use crate::frame::{self, Frame};

/// The middle of one connection.
pub(crate) struct Hub {
    pub(crate) pending: Pending,
    pub(crate) announced: Announced,
    pub(crate) relay: Relay,
    noise: AtomicU64,
}

impl Hub {
    pub(crate) fn new(server: ServerId) -> Self {
        let (pending, announced) = (Pending::default(), Announced::default());
        Self { pending, announced, relay: Relay::new(server), noise: AtomicU64::new(0) }
    }

    /// Takes in one message; answers to a server's own requests go to
    /// `answers`.
    pub(crate) fn hear(&self, bytes: &[u8], answers: &mpsc::Sender<Vec<u8>>) {
        if bytes.first() == Some(&b'{') {
            return self.hear_one(bytes, answers);
        }
        for message in frame::messages(bytes) {
            self.hear_one(message, answers);
        }
    }

    fn hear_one(&self, bytes: &[u8], answers: &mpsc::Sender<Vec<u8>>) {
        match Frame::parse(bytes) {
            None => self.noise(),
            Some(Frame::Answer { id, outcome }) => self.pending.answer(id, outcome),
            Some(Frame::Notification { method, params }) => self.notified(&method, params),
            Some(Frame::Request { id, method, params }) => {
                self.relay.take(id, &method, params, self.pending.client_of(params), answers);
            }
        }
    }

    /// A message was none.
    pub(crate) fn noise(&self) {
        self.noise.fetch_add(1, Ordering::Relaxed);
    }

    /// How many messages were none.
    pub(crate) fn noises(&self) -> u64 {
        self.noise.load(Ordering::Relaxed)
    }

    fn notified(&self, method: &str, params: Option<&RawValue>) {
        match (method, params) {
            (PROGRESS, Some(params)) => self.pending.progressed(params),
            (LOG, params) => {
                if let Some(caller) = self.pending.sole_client() {
                    caller.log(self.relay.server(), params);
                }
            }
            (TASK_STATUS, Some(params)) => self.pending.task_told(params),
            _ => drop(self.announced.hear(method, params)),
        }
    }
}
