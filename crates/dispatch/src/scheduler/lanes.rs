//! Whose turn it is.

use std::collections::{BTreeMap, VecDeque};

use catalog::ServerId;
use plan::StepIndex;

use crate::Limits;

/// The steps that have something to send, and what is in flight. Each step
/// stands in the queue at most once, so a plan's size bounds it; a step that
/// sent something goes to the back, one that finds no room keeps its place.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    queue: VecDeque<StepIndex>,
    in_flight: usize,
    by_server: BTreeMap<ServerId, usize>,
}

impl Lanes {
    /// Puts a step at the back.
    pub(super) fn enqueue(&mut self, step: StepIndex) {
        self.queue.push_back(step);
    }

    /// The step at that place of the queue.
    pub(super) fn at(&self, place: usize) -> Option<StepIndex> {
        self.queue.get(place).copied()
    }

    /// Takes the step at that place out of the queue.
    pub(super) fn take(&mut self, place: usize) {
        self.queue.remove(place);
    }

    /// Takes every step out of the queue.
    pub(super) fn clear(&mut self) {
        self.queue.clear();
    }

    /// Whether one more may be sent; to that server, or a nested query.
    pub(super) fn has_room(&self, server: Option<&ServerId>, limits: &Limits) -> bool {
        let at_server = server.is_none_or(|server| {
            self.by_server.get(server).copied().unwrap_or_default() < limits.of(server).concurrency.max(1)
        });
        at_server && self.in_flight < limits.total.max(1)
    }

    /// One more is in flight.
    pub(super) fn depart(&mut self, server: Option<&ServerId>) {
        self.in_flight += 1;
        if let Some(server) = server {
            *self.by_server.entry(server.clone()).or_default() += 1;
        }
    }

    /// One of those in flight ended.
    pub(super) fn arrive(&mut self, server: Option<&ServerId>) {
        self.in_flight -= 1;
        if let Some(count) = server.and_then(|server| self.by_server.get_mut(server)) {
            *count -= 1;
        }
    }
}
