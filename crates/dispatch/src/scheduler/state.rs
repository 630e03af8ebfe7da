//! Where a step stands.

use super::batch::Batch;
use crate::{Question, Reading};

/// Where a step stands; each state holds what exists in it and nothing else.
#[derive(Debug)]
pub(super) enum State {
    /// Steps it depends on have not ended.
    Waiting(Waiting),
    /// Its calls are bound, and policy is asked about all of them.
    Judging(Batch),
    /// Its calls wait for their turn, are in flight, or have ended.
    Calling(Batch),
    /// Its nested query waits for its turn.
    Queued(Question),
    /// What a model is to read for it waits for its turn.
    Unread(Reading),
    /// Its nested query, or its reading, is in flight.
    Asking,
    /// It ended; how is recorded.
    Ended,
}

/// How many steps must end before this one may be decided.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) for_steps: usize,
}
