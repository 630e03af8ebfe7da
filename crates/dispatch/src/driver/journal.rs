//! When steps started, and what they took.

use plan::{Observations, StepIndex};
use query::Moment;

use super::desk::Done;
use crate::{Fact, Happened, Report, StepEvent, StepReport};

/// What a run notes down as it goes.
pub(super) struct Journal {
    started: Vec<Option<Moment>>,
    steps: Vec<StepReport>,
}

impl Journal {
    pub(super) fn new(steps: usize) -> Self {
        Self { started: vec![None; steps], steps: vec![StepReport::default(); steps] }
    }

    /// Counts what a job asked of the connector.
    pub(super) fn count(&mut self, done: &Done) {
        if let Fact::CallEnded { ticket, .. } = &done.fact {
            let report = &mut self.steps[ticket.step.0];
            report.calls += done.attempts.min(1);
            report.attempts += done.attempts;
            // Of an `each`, the oldest result counts, and the first tool that
            // served instead.
            report.cached = report.cached.max(done.cached);
            if report.instead.is_none() {
                report.instead.clone_from(&done.instead);
            }
            if report.cut.is_none() {
                report.cut.clone_from(&done.cut);
            }
        }
    }

    /// Notes what happened at `now`, and makes the event of it.
    pub(super) fn note(&mut self, happened: Happened, now: Moment) -> StepEvent {
        match happened {
            Happened::Started { step, tool, calls } => {
                self.started[step.0] = Some(now);
                StepEvent::Started { step, tool, calls }
            }
            Happened::ItemEnded { step, done, calls } => StepEvent::ItemEnded { step, done, calls },
            Happened::Ended { step, seen, shortfall } => {
                let took = self.started_at(step).map(|started| now.since(started)).unwrap_or_default();
                let report = &mut self.steps[step.0];
                report.took = took;
                report.failed = shortfall.failed;
                report.left_out = shortfall.left_out;
                StepEvent::Ended { step, seen, report: report.clone() }
            }
        }
    }

    pub(super) fn into_report(self, observations: Observations) -> Report {
        Report { observations, steps: self.steps }
    }

    fn started_at(&self, step: StepIndex) -> Option<Moment> {
        self.started[step.0]
    }
}
