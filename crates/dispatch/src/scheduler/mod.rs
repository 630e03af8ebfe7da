//! Decides what runs when.
//!
//! What comes in: a plan, limits, and facts as they happen. What goes out:
//! actions. It knows no clock, no task and no chance: equal facts in equal
//! order make equal actions.

mod action;
mod batch;
mod decide;
mod fact;
mod fold;
mod lanes;
mod state;

use std::collections::VecDeque;

use plan::{BoundStep, Observation, Observations, Op, Operator, Output, Plan, StepIndex};
use serde_json::{Map, Value};

use self::batch::Batch;
use self::decide::{Decision, decide, root};
use self::lanes::Lanes;
use self::state::{State, Waiting};
use crate::{Limits, Stop};

pub use self::action::{Action, Happened, Question, Reading, Shortfall};
pub use self::fact::{Asked, Fact, Ticket};

/// The pure state machine that runs one plan.
///
/// Tell it what happened, do what it answers, in order. It ends every step
/// exactly once, and says [`Action::Finish`] exactly once, as soon as every
/// step has ended. After `Expired` or `Cancelled` it sends nothing more.
#[derive(Debug)]
pub struct Scheduler<'p> {
    plan: &'p Plan,
    limits: &'p Limits,
    states: Vec<State>,
    dependants: Vec<Vec<StepIndex>>,
    seen: Observations,
    lanes: Lanes,
    phase: Phase,
    /// Steps whose dependencies have all ended and that are not decided yet.
    ready: VecDeque<StepIndex>,
    actions: Vec<Action>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Steps may still be sent.
    Open,
    /// What is in flight is waited for; nothing more is sent.
    Closing,
    /// Every step has ended.
    Finished,
}

impl<'p> Scheduler<'p> {
    /// A run of this plan. `prior` are the endings of an earlier run of the
    /// same plan that waited for a human: steps that were held up by that run
    /// again, all others stand as they ended.
    pub fn new(plan: &'p Plan, limits: &'p Limits, prior: Option<&Observations>) -> Self {
        let steps = plan.steps().len();
        let seen = carried_over(prior, steps);
        let mut dependants = vec![Vec::new(); steps];
        let mut states = Vec::with_capacity(steps);
        for (index, step) in plan.indexed() {
            if seen.get(index).is_some() {
                states.push(State::Ended);
                continue;
            }
            let open: Vec<StepIndex> =
                step.dependencies().into_iter().filter(|&earlier| seen.get(earlier).is_none()).collect();
            states.push(State::Waiting(Waiting { for_steps: open.len() }));
            for earlier in open {
                dependants[earlier.0].push(index);
            }
        }
        let lanes = Lanes::default();
        let (phase, ready, actions) = (Phase::Open, VecDeque::new(), Vec::new());
        Self { plan, limits, states, dependants, seen, lanes, phase, ready, actions }
    }

    /// Begins. Call it once, before any fact.
    pub fn start(&mut self) -> Vec<Action> {
        let free = |state: &State| matches!(state, State::Waiting(Waiting { for_steps: 0 }));
        self.ready = (0..self.states.len()).filter(|&i| free(&self.states[i])).map(StepIndex).collect();
        self.carry_on()
    }

    /// Takes note of something that happened.
    pub fn on(&mut self, fact: Fact) -> Vec<Action> {
        match fact {
            Fact::CallEnded { ticket, ending } => self.call_ended(ticket, ending),
            Fact::Judged { step, asked } => self.judged(step, asked),
            Fact::SubEnded { step, seen } => self.sub_ended(step, seen),
            Fact::Expired => self.close(Stop::Expired),
            Fact::Cancelled => self.close(Stop::Cancelled),
        }
        self.carry_on()
    }

    /// How each step ended so far.
    pub fn seen(&self) -> &Observations {
        &self.seen
    }

    /// How each step ended.
    pub fn into_seen(self) -> Observations {
        self.seen
    }

    fn carry_on(&mut self) -> Vec<Action> {
        while let Some(step) = self.ready.pop_front() {
            self.decide(step);
        }
        self.fill();
        if self.phase != Phase::Finished && self.seen.all_ended() {
            self.phase = Phase::Finished;
            self.actions.push(Action::Finish);
        }
        std::mem::take(&mut self.actions)
    }

    fn decide(&mut self, step: StepIndex) {
        match decide(self.plan, step, &self.seen) {
            Decision::End(seen) => self.end(step, seen, Shortfall::default()),
            Decision::Run(BoundStep::Call(call)) => self.begin(step, Batch::one(call)),
            Decision::Run(BoundStep::Each { calls, left_out }) => {
                if let Op::Each { tool, .. } = &self.plan.step(step).op {
                    self.begin(step, Batch::each(tool.clone(), calls, left_out));
                }
            }
            Decision::Run(BoundStep::Pure { operator, arguments }) if operator.asks_a_model() => {
                self.states[step.0] = State::Unread(Reading { step, operator, arguments });
                self.lanes.enqueue(step);
            }
            Decision::Run(BoundStep::Pure { operator, arguments }) => self.compute(step, operator, &arguments),
            Decision::Run(BoundStep::Sub { text, label, tools }) => {
                self.states[step.0] = State::Queued(Question { step, text, label, tools });
                self.lanes.enqueue(step);
            }
        }
    }

    fn begin(&mut self, step: StepIndex, batch: Batch) {
        if batch.is_over() {
            let (seen, shortfall) = batch.into_seen();
            self.end(step, seen, shortfall);
        } else if batch.is_judged_whole() {
            self.actions.push(Action::Judge { step, calls: batch.waiting().cloned().collect() });
            self.states[step.0] = State::Judging(batch);
        } else {
            self.states[step.0] = State::Calling(batch);
            self.lanes.enqueue(step);
        }
    }

    fn compute(&mut self, step: StepIndex, operator: Operator, arguments: &Map<String, Value>) {
        self.actions.push(Action::Emit(Happened::Started { step, tool: None, calls: 0 }));
        let seen = match operator.apply(arguments) {
            Ok(value) => Observation::Output(Output::computed(value)),
            Err(fault) => Observation::Failed(fault.into()),
        };
        self.end(step, seen, Shortfall::default());
    }

    /// Sends what there is room for, the longest waiting step first, one call
    /// of each step at a turn.
    fn fill(&mut self) {
        let mut place = 0;
        while let Some(step) = self.lanes.at(place) {
            if !self.has_room(step) {
                place += 1;
                continue;
            }
            self.lanes.take(place);
            self.launch(step);
        }
    }

    fn has_room(&self, step: StepIndex) -> bool {
        match &self.states[step.0] {
            State::Calling(batch) => {
                batch.in_flight().len() < self.limits.each_parallel.max(1)
                    && self.lanes.has_room(Some(&batch.tool().reference.server), self.limits)
            }
            _ => self.lanes.has_room(None, self.limits),
        }
    }

    fn launch(&mut self, step: StepIndex) {
        match &mut self.states[step.0] {
            State::Calling(batch) => {
                let Some((item, call, first)) = batch.launch() else { return };
                let tool = batch.tool().reference.clone();
                self.lanes.depart(Some(&tool.server));
                if batch.waiting().len() > 0 {
                    self.lanes.enqueue(step);
                }
                if first {
                    let calls = batch.calls();
                    self.actions.push(Action::Emit(Happened::Started { step, tool: Some(tool), calls }));
                }
                self.actions.push(Action::Call { ticket: Ticket { step, item }, call: Box::new(call) });
            }
            state @ State::Queued(_) => {
                let State::Queued(question) = std::mem::replace(state, State::Asking) else { return };
                self.lanes.depart(None);
                self.actions.push(Action::Emit(Happened::Started { step, tool: None, calls: 0 }));
                self.actions.push(Action::Ask(question));
            }
            state @ State::Unread(_) => {
                let State::Unread(reading) = std::mem::replace(state, State::Asking) else { return };
                self.lanes.depart(None);
                self.actions.push(Action::Emit(Happened::Started { step, tool: None, calls: 0 }));
                self.actions.push(Action::Read(reading));
            }
            State::Waiting(_) | State::Judging(_) | State::Asking | State::Ended => {}
        }
    }

    fn call_ended(&mut self, ticket: Ticket, ending: Observation) {
        let Ticket { step, item } = ticket;
        let Some(State::Calling(batch)) = self.states.get_mut(step.0) else { return };
        if !batch.end(item, ending) {
            return;
        }
        self.lanes.arrive(Some(&batch.tool().reference.server));
        if matches!(self.plan.step(step).op, Op::Each { .. }) {
            let (done, calls) = (batch.done(), batch.calls());
            self.actions.push(Action::Emit(Happened::ItemEnded { step, done, calls }));
        }
        self.end_if_over(step);
    }

    fn judged(&mut self, step: StepIndex, asked: Vec<Asked>) {
        let Some(state @ State::Judging(_)) = self.states.get_mut(step.0) else { return };
        let State::Judging(batch) = std::mem::replace(state, State::Ended) else { return };
        if asked.is_empty() {
            *state = State::Calling(batch);
            self.lanes.enqueue(step);
        } else {
            self.end(step, Observation::NeedsInput(plan::Need::Approval(asked)), Shortfall::default());
        }
    }

    fn sub_ended(&mut self, step: StepIndex, seen: Observation) {
        if let Some(State::Asking) = self.states.get(step.0) {
            self.lanes.arrive(None);
            self.end(step, seen, Shortfall::default());
        }
    }

    fn end_if_over(&mut self, step: StepIndex) {
        let state = &mut self.states[step.0];
        if !matches!(state, State::Calling(batch) if batch.is_over()) {
            return;
        }
        if let State::Calling(batch) = std::mem::replace(state, State::Ended) {
            let (seen, shortfall) = batch.into_seen();
            self.end(step, seen, shortfall);
        }
    }

    fn end(&mut self, step: StepIndex, seen: Observation, shortfall: Shortfall) {
        self.states[step.0] = State::Ended;
        self.seen.record(step, seen.clone());
        self.actions.push(Action::Emit(Happened::Ended { step, seen, shortfall }));
        for &later in &self.dependants[step.0] {
            if let State::Waiting(waiting) = &mut self.states[later.0] {
                waiting.for_steps -= 1;
                if waiting.for_steps == 0 && self.phase == Phase::Open {
                    self.ready.push_back(later);
                }
            }
        }
    }

    fn close(&mut self, stop: Stop) {
        if self.phase != Phase::Open {
            return;
        }
        self.phase = Phase::Closing;
        self.lanes.clear();
        self.ready.clear();
        for step in (0..self.states.len()).map(StepIndex) {
            match &mut self.states[step.0] {
                State::Waiting(_) | State::Judging(_) | State::Queued(_) | State::Unread(_) => {
                    let fault = stop.fault("the step could start");
                    self.end(step, Observation::Failed(fault), Shortfall::default());
                }
                State::Calling(batch) => {
                    batch.give_up(&stop.fault("the call could leave"));
                    let tickets = batch.in_flight().iter().map(|&item| Ticket { step, item });
                    self.actions.extend(tickets.map(Action::AbandonCall));
                    self.end_if_over(step);
                }
                State::Asking => self.actions.push(Action::AbandonSub(step)),
                State::Ended => {}
            }
        }
    }
}

/// The endings that stand: all but those of steps that waited for a human,
/// and of steps that were skipped because of them.
fn carried_over(prior: Option<&Observations>, steps: usize) -> Observations {
    let mut kept = Observations::none_of(steps);
    let Some(prior) = prior else { return kept };
    for (step, seen) in prior.iter().filter(|(step, _)| step.0 < steps) {
        if !matches!(root(step, prior), Some(Observation::NeedsInput(_))) {
            kept.record(step, seen.clone());
        }
    }
    kept
}
