//! Which tool serves a step first where the operator says that several would,
//! for people.

use dispatch::{Choice, Standby};
use plan::Plan;
use query::Principal;

use crate::Engine;

impl Engine {
    /// One line for each step that more than one tool would serve; empty where
    /// there is none.
    pub(crate) fn standbys(&self, who: &Principal, plan: &Plan) -> String {
        let gate = self.gate(who);
        let line = |step: &plan::Step| {
            let standbys = gate.standbys(step.tool()?, Choice::Planned);
            let (first, rest) = standbys.split_first()?;
            if rest.is_empty() {
                return None;
            }
            let asked = standbys.iter().find(|standby| standby.is_asked_for())?;
            let why =
                if first.is_asked_for() { String::new() } else { format!(", because {}", first.why_before(asked)) };
            let rest: Vec<String> = rest.iter().map(named).collect();
            Some(format!(
                "{}: served by {}{why}; should that fail, by {}\n",
                step.id,
                named(first),
                rest.join(", then ")
            ))
        };
        plan.steps().iter().filter_map(line).collect()
    }
}

fn named(standby: &Standby) -> String {
    format!("`{}`", standby.tool())
}
