//! Reads that nobody needs are left out.

use super::Mending;
use crate::FaultCode;

pub(super) fn mend(mending: &mut Mending<'_>) {
    let dead: Vec<String> = mending
        .draft
        .steps
        .iter()
        .map(|step| step.id.clone())
        .filter(|id| mending.has(FaultCode::DeadStep, id))
        .collect();
    for id in dead {
        let steps = &mut mending.draft.steps;
        // With a name twice, nobody can say which step is meant.
        if steps.iter().filter(|step| step.id == id).count() != 1 {
            continue;
        }
        steps.retain(|step| step.id != id);
        for step in steps {
            step.after.retain(|after| *after != id);
        }
        mending.note(FaultCode::DeadStep, Some(&id), "left out: neither the answer nor a needed step reads from it");
    }
}
