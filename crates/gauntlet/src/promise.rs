//! What holds of every draft, every fault and every plan.

use plan::{CheckContext, Plan, PlanDraft, PlanFault, Proposal, check, check_and_repair, explain};
use serde_json::{Value, json};

use crate::house;

/// Everything that is done with a document that may be anything.
pub(crate) fn of_document(document: &Value) {
    match PlanDraft::from_value(document) {
        Ok(Proposal::Plan(draft)) => {
            of_draft(&draft);
            if let Err(faults) = check(&draft, &house::context()) {
                each_has_a_place(document, &faults);
            }
        }
        Ok(Proposal::Clarify { .. } | Proposal::OutOfScope { .. }) => {}
        Err(faults) => each_has_a_place(document, &faults),
    }
}

/// A draft is checked, mended and checked again, at every depth.
pub(crate) fn of_draft(draft: &PlanDraft) {
    for depth in [0, 1] {
        let context = CheckContext { depth, ..house::context() };
        let checked = check(draft, &context);
        if let Err(faults) = &checked {
            assert!(!faults.is_empty(), "what is not valid has a fault");
            assert!(faults.iter().all(|fault| is_one_line(&fault.message)), "{faults:?}");
        }
        let mended = check_and_repair(draft, &context);
        if let Ok(plan) = &checked {
            of_plan(plan, &context);
            let (same, made) = mended.as_ref().expect("a valid draft needs no mending");
            assert!(made.is_empty() && same.hash() == plan.hash(), "a valid draft is mended: {made:?}");
        }
        if let Ok((plan, _)) = &mended {
            of_plan(plan, &context);
        }
    }
}

/// A plan reads back as itself, from what is written and from its draft, and
/// `explain` shows every step of it.
pub(crate) fn of_plan(plan: &Plan, context: &CheckContext<'_>) {
    assert!(plan.edges().iter().all(|(from, to)| from < to), "an edge points forwards");
    let drafted = check(&plan.draft(), context).expect("a plan's draft is valid");
    assert_eq!(drafted.hash(), plan.hash(), "a plan's draft is another plan");
    let written = json!(plan);
    let text = written.to_string();
    let again = match PlanDraft::parse(&text) {
        Ok(Proposal::Plan(draft)) => check(&draft, context).unwrap_or_else(|faults| panic!("{faults:?}\n{text}")),
        other => panic!("what was written is no plan: {other:?}\n{text}"),
    };
    assert_eq!(again.hash(), plan.hash(), "{text}");
    assert_eq!(json!(again), written);
    let told = explain(plan);
    assert_eq!(explain(&again), told);
    for step in plan.steps() {
        assert!(told.contains(step.id.as_str()), "{} is not told:\n{told}", step.id);
    }
}

fn each_has_a_place(document: &Value, faults: &[PlanFault]) {
    assert!(!faults.is_empty(), "what is not valid has a fault");
    for fault in faults {
        let around = fault.pointer.rsplit_once('/').map_or("", |(around, _)| around);
        assert!(document.pointer(around).is_some(), "{fault} at {}\n{document}", fault.pointer);
    }
}

/// Whether a person sees all of it at a glance: nothing hides and nothing
/// moves the cursor.
pub(crate) fn is_one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}
