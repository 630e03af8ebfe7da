//! Which servers may be told what each step yields.
//!
//! A result may be known to those that may know what its server says, and
//! everything that went into the call: a server that was told something may
//! say it again. That a step runs at all tells what its condition read.

use catalog::{Readers, ToolRef};

use crate::{Op, Plan, Step, StepIndex};

/// Who may be told the output of each step. `of_tool` says who may be told
/// what a tool says that only a nested query may call.
pub(crate) fn outputs(steps: &[Step], of_tool: impl Fn(&ToolRef) -> Readers) -> Vec<Readers> {
    let mut outputs: Vec<Readers> = Vec::with_capacity(steps.len());
    for step in steps {
        let inputs = step.refs().into_iter().fold(Readers::Everyone, |known, read| known.join(&outputs[read.step.0]));
        let own = match &step.op {
            Op::Call { tool, .. } | Op::Each { tool, .. } => tool.readers.clone(),
            Op::Pure { .. } => Readers::Everyone,
            Op::Sub { tools, .. } => tools.iter().fold(Readers::Everyone, |known, tool| known.join(&of_tool(tool))),
        };
        outputs.push(inputs.join(&own));
    }
    outputs
}

impl Plan {
    /// Who may be told what a step yields.
    pub fn readers_of(&self, step: StepIndex) -> &Readers {
        &self.outputs[step.0]
    }

    /// Who may know that a step runs at all, whatever its arguments are.
    pub(crate) fn occasion_of(&self, step: StepIndex) -> Readers {
        let guard = self.step(step).guard.as_ref();
        guard.map_or(Readers::Everyone, |guard| self.readers_of(guard.subject.step).clone())
    }
}
