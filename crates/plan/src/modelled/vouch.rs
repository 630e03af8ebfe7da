//! On whose word a step of a model's plan is there.

use crate::{Binding, Op, Origin, Plan, Step};

impl Plan {
    /// The plan of a model. A step is on the principal's word only where the
    /// embedded planner, which reads nothing but the user's words, has the
    /// very same call: unconditional, and every argument a literal.
    pub(super) fn by_model(self, embedded: Option<&Plan>) -> Plan {
        let said = |step: &Step| embedded.is_some_and(|own| own.steps().iter().any(|said| is_same_call(step, said)));
        self.on_the_word_of(|step| if said(step) { Origin::Principal } else { Origin::Model })
    }
}

fn is_same_call(step: &Step, said: &Step) -> bool {
    let (Op::Call { tool, args }, Op::Call { tool: said_tool, args: said_args }) = (&step.op, &said.op) else {
        return false;
    };
    let literal = |(_, binding): &(String, Binding)| matches!(binding, Binding::Literal(_));
    let given = |arg: &(String, Binding)| said_args.contains(arg);
    tool.reference == said_tool.reference
        && tool.fingerprint == said_tool.fingerprint
        && step.guard.is_none()
        && said.guard.is_none()
        && args.len() == said_args.len()
        && args.iter().all(|arg| literal(arg) && given(arg))
}
