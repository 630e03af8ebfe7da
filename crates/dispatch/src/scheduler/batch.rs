//! The calls of one step: waiting, in flight, ended.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use catalog::Tool;
use plan::{BindFault, BoundCall, Observation};
use query::{Blame, Fault};

use super::fold;
use crate::Shortfall;

/// The calls of one step. A `call` step is a batch of one.
#[derive(Debug)]
pub(super) struct Batch {
    tool: Arc<Tool>,
    shape: Shape,
    waiting: VecDeque<(usize, BoundCall)>,
    in_flight: BTreeSet<usize>,
    endings: Vec<Option<Observation>>,
    launched: bool,
}

/// What the endings add up to.
#[derive(Clone, Copy, Debug)]
enum Shape {
    One,
    Each { left_out: usize },
}

impl Batch {
    /// The one call of a `call` step.
    pub(super) fn one(call: BoundCall) -> Self {
        Self {
            tool: Arc::clone(&call.tool),
            shape: Shape::One,
            waiting: VecDeque::from([(0, call)]),
            in_flight: BTreeSet::new(),
            endings: vec![None],
            launched: false,
        }
    }

    /// A call for each item. An item that lacks what its call needs has
    /// failed already.
    pub(super) fn each(tool: Arc<Tool>, calls: Vec<Result<BoundCall, BindFault>>, left_out: usize) -> Self {
        let mut waiting = VecDeque::new();
        let mut endings = vec![None; calls.len()];
        for (item, call) in calls.into_iter().enumerate() {
            match call {
                Ok(call) => waiting.push_back((item, call)),
                Err(fault) => endings[item] = Some(Observation::Failed(unbound(&fault))),
            }
        }
        let shape = Shape::Each { left_out };
        Self { tool, shape, waiting, in_flight: BTreeSet::new(), endings, launched: false }
    }

    /// The tool every call of it calls.
    pub(super) fn tool(&self) -> &Arc<Tool> {
        &self.tool
    }

    /// Whether it is an `each` that changes something: judged as a whole
    /// before any of it leaves, since a call that left cannot be taken back.
    pub(super) fn is_judged_whole(&self) -> bool {
        matches!(self.shape, Shape::Each { .. }) && !self.tool.effect.is_read_only()
    }

    /// How many calls it makes in all.
    pub(super) fn calls(&self) -> usize {
        self.endings.len()
    }

    /// How many of them have ended.
    pub(super) fn done(&self) -> usize {
        self.endings.iter().flatten().count()
    }

    /// The items whose calls are in flight.
    pub(super) fn in_flight(&self) -> &BTreeSet<usize> {
        &self.in_flight
    }

    /// The calls that wait for their turn.
    pub(super) fn waiting(&self) -> impl ExactSizeIterator<Item = &BoundCall> {
        self.waiting.iter().map(|(_, call)| call)
    }

    /// Sends the next waiting call; `true` beside it when it is the first.
    pub(super) fn launch(&mut self) -> Option<(usize, BoundCall, bool)> {
        let (item, call) = self.waiting.pop_front()?;
        self.in_flight.insert(item);
        let first = !std::mem::replace(&mut self.launched, true);
        Some((item, call, first))
    }

    /// Records how a call in flight ended; `false` when it was not in flight.
    pub(super) fn end(&mut self, item: usize, ending: Observation) -> bool {
        let known = self.in_flight.remove(&item);
        if known {
            self.endings[item] = Some(ending);
        }
        known
    }

    /// Gives up the calls that wait.
    pub(super) fn give_up(&mut self, fault: &Fault) {
        for (item, _) in self.waiting.drain(..) {
            self.endings[item] = Some(Observation::Failed(fault.clone()));
        }
    }

    /// Whether every call has ended.
    pub(super) fn is_over(&self) -> bool {
        self.waiting.is_empty() && self.in_flight.is_empty()
    }

    /// What the endings add up to.
    pub(super) fn into_seen(self) -> (Observation, Shortfall) {
        let endings = self.endings.into_iter().flatten();
        match self.shape {
            Shape::Each { left_out } => fold::each(endings.collect(), left_out, self.tool.repeatable),
            Shape::One => {
                let only = { endings }.next().unwrap_or_else(|| Observation::Failed(lost()));
                (only, Shortfall::default())
            }
        }
    }
}

/// The fault of a call whose arguments the results so far do not yield. Code:
/// `binding_failed`.
pub(super) fn unbound(fault: &BindFault) -> Fault {
    Fault::lasting(Blame::Caller, "binding_failed", fault)
}

/// A batch is only added up once it is over, so its one call has an ending.
fn lost() -> Fault {
    Fault::lasting(Blame::Ourselves, "lost_ending", "the call's ending was lost")
}
