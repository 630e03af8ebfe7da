//! From a draft to a plan, or to everything that is wrong with it.
//!
//! What comes in: a [`PlanDraft`] and the catalogue it may use. What goes
//! out: a [`Plan`], or all of its faults at once, each with its place. It
//! mends nothing but literals that fit exactly once written in another type;
//! what else can be mended without guessing is for [`crate::repair`].

mod answer;
mod argument;
mod guard;
mod life;
mod reference;
mod step;
mod sub;

use std::collections::HashMap;

use catalog::{Catalog, Tool, ToolRef};

use crate::draft::{Field, Places};
use crate::fault::bounded;
use crate::limits::MAX_STEPS;
use crate::shape::Shape;
use crate::{DraftStep, FaultCode, Plan, PlanDraft, PlanFault, Step, StepId, StepIndex};

pub(crate) use argument::in_words;
pub(crate) use step::{Callee, find_tool};

/// What a draft is checked against.
#[derive(Clone, Copy, Debug)]
pub struct CheckContext<'a> {
    /// Everything that can be called.
    pub catalog: &'a Catalog,
    /// How many queries the plan's own is nested in.
    pub depth: u8,
    /// The tools it may use, where those are not all of the catalogue's: a
    /// nested query's plan.
    pub only: Option<&'a [ToolRef]>,
}

impl<'a> CheckContext<'a> {
    /// For a query that a person asked.
    pub fn of(catalog: &'a Catalog) -> Self {
        Self { catalog, depth: 0, only: None }
    }

    /// The tool a text names, if this plan may use it.
    pub(crate) fn find(&self, name: &str) -> Option<&'a std::sync::Arc<Tool>> {
        self.catalog.find(name).filter(|tool| self.may_use(tool))
    }

    /// Every tool this plan may use.
    pub(crate) fn tools(&self) -> impl Iterator<Item = &'a std::sync::Arc<Tool>> {
        self.catalog.tools().iter().filter(|tool| self.may_use(tool))
    }

    fn may_use(&self, tool: &Tool) -> bool {
        self.only.is_none_or(|only| only.contains(&tool.reference))
    }
}

/// Checks a draft. Every fault there is comes back at once: those of the
/// steps' names first, then step by step, then the answer's.
pub fn check(draft: &PlanDraft, context: &CheckContext<'_>) -> Result<Plan, Vec<PlanFault>> {
    let mut checker = Checker::new(draft, *context);
    checker.ids();
    let steps: Vec<Option<Step>> =
        draft.steps.iter().take(MAX_STEPS).enumerate().map(|(i, step)| checker.step(i, step)).collect();
    let answer = checker.answer();
    checker.life(answer.as_ref());
    let all: Option<Vec<Step>> = steps.into_iter().collect();
    match (all, answer) {
        (Some(steps), Some(answer)) if checker.faults.is_empty() => {
            // A tool that is gone yields nothing that could be told.
            let readers =
                |tool: &ToolRef| context.catalog.tool(tool).map(|tool| tool.readers.clone()).unwrap_or_default();
            Ok(Plan::checked(steps, answer, context.catalog.version(), readers))
        }
        _ => Err(bounded(checker.faults)),
    }
}

/// What is known of each step's result before it runs; for steps that are
/// faulty, anything.
pub(crate) fn shapes(draft: &PlanDraft, context: &CheckContext<'_>) -> Vec<Shape> {
    let mut checker = Checker::new(draft, *context);
    checker.ids();
    for (i, step) in draft.steps.iter().take(MAX_STEPS).enumerate() {
        checker.step(i, step);
    }
    checker.known.into_iter().map(|known| known.shape).collect()
}

struct Checker<'a> {
    draft: &'a PlanDraft,
    context: CheckContext<'a>,
    places: Places,
    faults: Vec<PlanFault>,
    /// The first step of each name.
    by_id: HashMap<&'a str, usize>,
    /// What is known of the steps checked so far.
    known: Vec<Known>,
    /// Which step reads from which, as far as the names could be found,
    /// forward ones too.
    reads: Vec<(usize, usize)>,
    /// Whether some reference could not be read, so that nobody can say which
    /// steps are read from.
    unreadable: bool,
}

/// What is known of a step's result before it runs.
struct Known {
    shape: Shape,
    /// Whether an upstream had a hand in it.
    untrusted: bool,
    /// Whether leaving the step out would leave the world the same.
    harmless: bool,
}

impl<'a> Checker<'a> {
    fn new(draft: &'a PlanDraft, context: CheckContext<'a>) -> Self {
        Self {
            draft,
            context,
            places: Places(draft.form),
            faults: Vec::new(),
            by_id: HashMap::new(),
            known: Vec::new(),
            reads: Vec::new(),
            unreadable: false,
        }
    }

    fn fault(&mut self, step: usize, code: FaultCode, pointer: String, message: impl std::fmt::Display) {
        let id = StepId::new(self.draft.steps[step].id.as_str());
        self.faults.push(PlanFault::new(code, pointer, message).in_step(id));
    }

    fn suggest(&mut self, names: Vec<String>) {
        if let Some(last) = self.faults.pop() {
            self.faults.push(last.suggesting(names));
        }
    }

    fn place(&self, step: usize, field: Field) -> String {
        self.places.field(step, field)
    }

    /// Names and number of the steps.
    fn ids(&mut self) {
        let steps: &'a [DraftStep] = &self.draft.steps;
        if steps.len() > MAX_STEPS {
            let message = format!("the plan has {} steps, and {MAX_STEPS} are the most", steps.len());
            self.faults.push(PlanFault::new(FaultCode::LimitExceeded, "/steps", message));
        }
        for (i, step) in steps.iter().enumerate().take(MAX_STEPS) {
            let place = self.place(i, Field::Id);
            if let Some(why) = StepId::fault_in(&step.id) {
                self.fault(i, FaultCode::BadShape, place, format!("`{}` cannot name a step: {why}", step.id));
            } else if self.by_id.contains_key(step.id.as_str()) {
                let message = format!("two steps are named `{}`; give each its own name", step.id);
                self.fault(i, FaultCode::DuplicateStep, place, message);
                continue;
            }
            self.by_id.entry(&step.id).or_insert(i);
        }
    }
}

/// The place of a step in the plan that is made of the draft: the same.
fn index(step: usize) -> StepIndex {
    StepIndex(step)
}
