//! What a planning model writes, to the first request and to all that follow.

use std::collections::BTreeMap;

use plan::{
    Author, CheckContext, Observations, Origin, Plan, Planned, Planning, Task, propose, propose_again, propose_alone,
};

use crate::parrot::{Parrot, now};
use crate::{house, promise};

/// Queries that the embedded planner is not certain of.
const QUERIES: &[&str] = &[
    "list the crates and search the radio for songs about rain",
    "tag crate 4 with \"fragile\", then burn it",
    "if crate 7 is empty, list the songs",
    "what is the weather in Oslo",
];

/// The first byte picks the query; the rest is what the model says.
pub(crate) fn run(bytes: &[u8]) {
    let Some((first, said)) = bytes.split_first() else { return };
    let said = String::from_utf8_lossy(said);
    let facts = BTreeMap::from([("id".to_owned(), "12".to_owned())]);
    let query = QUERIES[usize::from(*first) % QUERIES.len()];
    let task = Task { query, facts: &facts, router: house::router(), depth: first / 128 };
    let own = match propose_alone(&task).planned {
        Planned::Plan { plan, .. } => Some(plan),
        _ => None,
    };
    keeps_its_word(now(propose(&task, &Parrot::of(&said))), own.as_deref(), &task);
    let Some(own) = own else { return };
    let seen = Observations::none_of(own.steps().len());
    if let Ok(Some(second)) = now(propose_again(&task, &Parrot::of(&said), &own, &seen)) {
        assert_ne!(second.hash(), own.hash());
        promise::of_plan(&second, &context(&task));
    }
}

fn keeps_its_word(planning: Planning, own: Option<&Plan>, task: &Task<'_>) {
    match planning.planned {
        Planned::Plan { plan, .. } => {
            promise::of_plan(&plan, &context(task));
            let by_model = planning.account.author == Author::Model;
            for step in plan.steps().iter().filter(|step| by_model && step.origin == Origin::Principal) {
                let tool = |step: &plan::Step| step.tool().map(|tool| tool.reference.clone());
                let said = own.is_some_and(|own| own.steps().iter().any(|said| tool(said) == tool(step)));
                assert!(said, "{} is on the word of nobody", step.id);
            }
        }
        Planned::Clarify { question } => assert!(promise::is_one_line(&question), "{question}"),
        Planned::OutOfScope { reason, .. } => assert!(promise::is_one_line(&reason), "{reason}"),
        Planned::Faulty(faults) => assert!(!faults.is_empty()),
        Planned::Undrafted(_) => {}
    }
}

fn context(task: &Task<'_>) -> CheckContext<'static> {
    CheckContext { depth: task.depth, ..house::context() }
}
