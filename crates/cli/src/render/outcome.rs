//! What became of a query, as text.

use std::collections::BTreeSet;
use std::time::Duration;

use engine::{Decision, Outcome};

use super::answer::answer;
use super::asking::{Asked, Question, asking};
use super::refusal::refusal;
use super::style::{FAINT, styled};
use super::times::{counted, took};
use crate::args::Global;

/// The answer, the question or the refusal, and a line on what it took.
pub(crate) fn outcome(outcome: &Outcome, asked: &Asked, global: &Global, width: usize) -> String {
    let told = match &outcome.decision {
        Decision::Answered(told) => answer(told),
        Decision::InputRequired(input) => {
            let has_acted = outcome.suspension.as_ref().is_some_and(|suspension| suspension.has_acted());
            let question = Question { input, plan: outcome.plan.as_ref(), has_acted, resume: outcome.resume.as_ref() };
            asking(&question, asked, global)
        }
        Decision::Refused(told) => refusal(told, width),
    };
    if outcome.usage.calls == 0 && !matches!(outcome.decision, Decision::Answered(_)) {
        return told;
    }
    format!("{told}\n{}\n", styled(FAINT, usage(outcome)))
}

/// `2 servers · 2 calls · 0 model calls · 41 ms`.
fn usage(outcome: &Outcome) -> String {
    let called = outcome.steps.iter().filter(|step| step.attempts > 0);
    let servers: BTreeSet<&str> = called.filter_map(|step| Some(step.tool.as_ref()?.server.as_str())).collect();
    let usage = &outcome.usage;
    format!(
        "{} · {} · {} · {}",
        counted(servers.len(), "server"),
        counted(usage.calls as usize, "call"),
        counted(usage.model_calls as usize, "model call"),
        took(Duration::from_millis(usage.ms))
    )
}
