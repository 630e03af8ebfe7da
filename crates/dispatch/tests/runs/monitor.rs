//! Watches a run from outside, and says which promise was broken.

use std::collections::{BTreeMap, BTreeSet};

use dispatch::{Action, Asked, Fact, Happened, Limits, Ticket};
use plan::{BoundCall, Observation, Observations, Op, Plan, SkipReason, Step, StepIndex};

/// Something in flight that must be answered by a fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pending {
    Call(Ticket),
    Judge(StepIndex),
    Sub(StepIndex),
}

/// What the monitor knows of a run: only what crossed the scheduler's door.
pub(crate) struct Monitor<'p> {
    plan: &'p Plan,
    limits: &'p Limits,
    pending: BTreeSet<Pending>,
    abandoned: BTreeSet<Pending>,
    ever_called: BTreeSet<Ticket>,
    started: BTreeSet<StepIndex>,
    judged: BTreeSet<StepIndex>,
    /// Judged, and a human must decide.
    asked_for: BTreeSet<StepIndex>,
    /// What is to be judged.
    to_judge: BTreeMap<StepIndex, Vec<BoundCall>>,
    /// How each call and nested query ended, as the scheduler was told.
    endings: BTreeMap<StepIndex, Vec<&'static str>>,
    seen: Observations,
    closed: bool,
    finished: bool,
}

impl<'p> Monitor<'p> {
    pub(crate) fn new(plan: &'p Plan, limits: &'p Limits) -> Self {
        Self {
            plan,
            limits,
            pending: BTreeSet::new(),
            abandoned: BTreeSet::new(),
            ever_called: BTreeSet::new(),
            started: BTreeSet::new(),
            judged: BTreeSet::new(),
            asked_for: BTreeSet::new(),
            to_judge: BTreeMap::new(),
            endings: BTreeMap::new(),
            seen: Observations::none_of(plan.steps().len()),
            closed: false,
            finished: false,
        }
    }

    /// What is in flight, in a stable order.
    pub(crate) fn pending(&self) -> Vec<Pending> {
        self.pending.iter().cloned().collect()
    }

    /// Every other call of those that are to be judged.
    pub(crate) fn every_other(&self, step: StepIndex) -> Vec<Asked> {
        let calls = self.to_judge.get(&step).into_iter().flatten().step_by(2);
        calls.map(|call| (call.clone(), call.fingerprint(), "a human decides".to_owned())).collect()
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Takes note of what the scheduler is told.
    pub(crate) fn told(&mut self, fact: &Fact) {
        match fact {
            Fact::CallEnded { ticket, ending } => {
                self.pending.remove(&Pending::Call(*ticket));
                self.endings.entry(ticket.step).or_default().push(ending.status());
            }
            Fact::SubEnded { step, seen } => {
                self.pending.remove(&Pending::Sub(*step));
                self.endings.entry(*step).or_default().push(seen.status());
            }
            Fact::Judged { step, asked } => {
                self.pending.remove(&Pending::Judge(*step));
                let judged = if asked.is_empty() { &mut self.judged } else { &mut self.asked_for };
                judged.insert(*step);
            }
            Fact::Expired | Fact::Cancelled => self.closed = true,
        }
    }

    /// Checks what the scheduler answers.
    pub(crate) fn answered(&mut self, actions: &[Action]) -> Result<(), String> {
        for action in actions {
            ensure(!self.finished, || format!("{action:?} after the finish"))?;
            match action {
                Action::Call { ticket, call } => self.check_call(*ticket, call)?,
                Action::Judge { step, calls } => {
                    self.check_ready(*step)?;
                    ensure(!calls.is_empty(), || "nothing to judge".into())?;
                    ensure(self.pending.insert(Pending::Judge(*step)), || "judged twice".into())?;
                    self.to_judge.insert(*step, calls.clone());
                }
                Action::Ask(question) => {
                    self.check_ready(question.step)?;
                    ensure(self.started.contains(&question.step), || "asked before it started".into())?;
                    ensure(self.pending.insert(Pending::Sub(question.step)), || "asked twice".into())?;
                    self.check_limits()?;
                }
                Action::Read(reading) => {
                    self.check_ready(reading.step)?;
                    ensure(self.started.contains(&reading.step), || "read before it started".into())?;
                    ensure(self.pending.insert(Pending::Sub(reading.step)), || "read twice".into())?;
                    self.check_limits()?;
                }
                Action::AbandonCall(ticket) => self.check_abandon(Pending::Call(*ticket))?,
                Action::AbandonSub(step) => self.check_abandon(Pending::Sub(*step))?,
                Action::Emit(happened) => self.check_happened(happened)?,
                Action::Finish => {
                    ensure(self.seen.all_ended(), || "finished before every step ended".into())?;
                    let in_flight = self.pending.iter().any(|pending| !matches!(pending, Pending::Judge(_)));
                    ensure(!in_flight, || "finished with calls in flight".into())?;
                    self.finished = true;
                }
            }
        }
        ensure(self.finished || !self.pending.is_empty(), || "nothing is in flight, and nothing will be".into())?;
        let left = self.pending.iter().filter(|pending| !matches!(pending, Pending::Judge(_)));
        let forgotten = left.filter(|pending| !self.abandoned.contains(pending)).count();
        ensure(!self.closed || forgotten == 0, || format!("{forgotten} left in flight, not abandoned, after the end"))
    }

    fn check_call(&mut self, ticket: Ticket, call: &BoundCall) -> Result<(), String> {
        let step = ticket.step;
        self.check_ready(step)?;
        ensure(self.started.contains(&step), || format!("{ticket} left before its step started"))?;
        ensure(self.ever_called.insert(ticket), || format!("{ticket} left twice"))?;
        ensure(call.step == step && call.item.unwrap_or(0) == ticket.item, || format!("{ticket} is another call"))?;
        if let Op::Each { limit, tool, .. } = &self.plan.step(step).op {
            ensure(ticket.item < *limit, || format!("{ticket} is beyond the limit"))?;
            let may_leave = tool.effect.is_read_only() || self.judged.contains(&step);
            ensure(may_leave, || format!("{ticket} left before all of them were judged"))?;
        }
        self.pending.insert(Pending::Call(ticket));
        self.check_limits()
    }

    /// Whether the step may run now, by the plan alone.
    fn check_ready(&self, step: StepIndex) -> Result<(), String> {
        let node = self.plan.step(step);
        ensure(!self.closed, || format!("{step:?} goes on after the end"))?;
        ensure(self.seen.get(step).is_none(), || format!("{step:?} goes on after it ended"))?;
        for earlier in node.dependencies() {
            ensure(self.seen.get(earlier).is_some(), || format!("{step:?} before {earlier:?} ended"))?;
            ensure(!self.waits_for_human(earlier), || format!("{step:?} while {earlier:?} waits for a human"))?;
        }
        if let Some(guard) = &node.guard {
            let holds = self.seen.get(guard.subject.step).is_some_and(|seen| guard.holds(seen));
            ensure(holds, || format!("{step:?} though its guard does not hold"))?;
        }
        if changes_something(node) {
            for &earlier in &node.after {
                ensure(self.is_done(earlier), || format!("{step:?} changes something after {earlier:?} failed"))?;
            }
        }
        Ok(())
    }

    /// Done, or left out by a guard at the end of a chain of skipped steps.
    fn is_done(&self, step: StepIndex) -> bool {
        match self.seen.get(step) {
            Some(Observation::Output(output)) => {
                let items = output.value().as_array();
                let is_each = matches!(self.plan.step(step).op, Op::Each { .. });
                !is_each || items.is_some_and(|items| items.iter().all(|item| item["ok"] == true))
            }
            Some(Observation::Skipped(SkipReason::Guard)) => true,
            Some(Observation::Skipped(SkipReason::Upstream(earlier))) => {
                !matches!(self.seen.get(*earlier), Some(Observation::Output(_))) && self.is_done(*earlier)
            }
            _ => false,
        }
    }

    fn waits_for_human(&self, step: StepIndex) -> bool {
        match self.seen.get(step) {
            Some(Observation::NeedsInput(_)) => true,
            Some(Observation::Skipped(SkipReason::Upstream(earlier))) => self.waits_for_human(*earlier),
            _ => false,
        }
    }

    fn check_limits(&self) -> Result<(), String> {
        let mut by_server: BTreeMap<&str, usize> = BTreeMap::new();
        let mut by_step: BTreeMap<StepIndex, usize> = BTreeMap::new();
        let mut total = 0;
        for pending in &self.pending {
            match pending {
                Pending::Call(ticket) => {
                    let server = self.plan.step(ticket.step).tool().unwrap().reference.server.as_str();
                    *by_server.entry(server).or_default() += 1;
                    *by_step.entry(ticket.step).or_default() += 1;
                    total += 1;
                }
                Pending::Sub(_) => total += 1,
                Pending::Judge(_) => {}
            }
        }
        ensure(total <= self.limits.total, || format!("{total} in flight"))?;
        for (server, count) in by_server {
            let most = self.limits.of(&catalog::ServerId::new(server)).concurrency;
            ensure(count <= most, || format!("{count} at {server}"))?;
        }
        for (step, count) in by_step {
            ensure(count <= self.limits.each_parallel, || format!("{count} of {step:?}"))?;
        }
        Ok(())
    }

    fn check_abandon(&mut self, pending: Pending) -> Result<(), String> {
        ensure(self.closed, || format!("{pending:?} abandoned for no reason"))?;
        ensure(self.pending.contains(&pending), || format!("{pending:?} abandoned, but not in flight"))?;
        ensure(self.abandoned.insert(pending), || "abandoned twice".into())
    }

    fn check_happened(&mut self, happened: &Happened) -> Result<(), String> {
        match happened {
            Happened::Started { step, .. } => {
                self.check_ready(*step)?;
                ensure(self.started.insert(*step), || format!("{step:?} started twice"))
            }
            Happened::ItemEnded { step, done, calls } => {
                ensure(done <= calls && self.started.contains(step), || format!("{step:?}: {done} of {calls}"))
            }
            Happened::Ended { step, seen, .. } => {
                let own = |pending: &Pending| match pending {
                    Pending::Call(ticket) => ticket.step == *step,
                    Pending::Sub(sub) => sub == step,
                    Pending::Judge(_) => false,
                };
                ensure(!self.pending.iter().any(own), || format!("{step:?} ended with calls in flight"))?;
                self.check_ending(*step, seen)?;
                ensure(self.seen.record(*step, seen.clone()), || format!("{step:?} ended twice"))
            }
        }
    }

    /// Whether a step ended as its calls did: nothing is made up.
    fn check_ending(&self, step: StepIndex, seen: &Observation) -> Result<(), String> {
        let told = self.endings.get(&step).map_or(&[][..], Vec::as_slice);
        let as_told = match (&self.plan.step(step).op, seen) {
            (Op::Pure { .. }, _) => true,
            (Op::Each { .. }, Observation::Output(output)) => {
                let items = output.value().as_array().map_or(&[][..], Vec::as_slice);
                let succeeded = items.iter().filter(|item| item["ok"] == true).count();
                succeeded == told.iter().filter(|status| **status == "ok").count()
            }
            // Unsent: cut short, skipped, or without the inputs it needs.
            (_, Observation::Skipped(_) | Observation::Failed(_)) if told.is_empty() => true,
            (_, Observation::NeedsInput(_)) if self.asked_for.contains(&step) => true,
            (Op::Each { .. }, other) => told.contains(&other.status()) || matches!(other, Observation::Failed(_)),
            (Op::Call { .. } | Op::Sub { .. }, other) => told == [other.status()],
        };
        ensure(as_told, || format!("{step:?} ended as {}, its calls as {told:?}", seen.status()))
    }
}

fn changes_something(step: &Step) -> bool {
    match &step.op {
        Op::Call { tool, .. } | Op::Each { tool, .. } => !tool.effect.is_read_only(),
        Op::Sub { .. } => true,
        Op::Pure { .. } => false,
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
