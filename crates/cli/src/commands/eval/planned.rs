//! From what the engine would do to what scoring compares.

use std::time::Duration;

use engine::{Decision, InputRequired, Outcome, Preview, RefusalReason, Usage};
use evaluate::{Graph, Made, Spent};
use policy::Rules;
use serde_json::Value;

/// What was made of a query.
pub(super) fn made(preview: &Preview, rules: &Rules) -> Made {
    match preview {
        Preview::Ready { plan, asks, .. } if !asks.is_empty() => Made::Approve(Graph::of(plan)),
        Preview::Ready { plan, .. } => Made::of_plan(plan, rules),
        Preview::Stopped(outcome) => stopped(outcome),
    }
}

fn stopped(outcome: &Outcome) -> Made {
    let plan = outcome.plan.as_ref().map(Graph::of);
    match &outcome.decision {
        Decision::InputRequired(InputRequired::Clarify { options, .. }) => {
            Made::Clarify(options.iter().map(|option| option.tool.clone()).collect())
        }
        Decision::InputRequired(InputRequired::Argument { tool, schema, .. }) => {
            let properties = schema["properties"].as_object();
            let asks = properties.into_iter().flatten().map(|(name, _)| name.clone()).collect();
            Made::Argument { tool: tool.clone(), asks, plan }
        }
        Decision::InputRequired(InputRequired::Approve { .. }) => Made::Approve(plan.unwrap_or_default()),
        Decision::Answered(_) => Made::Answer(plan.unwrap_or_default()),
        Decision::Refused(refusal) if refusal.reason == RefusalReason::OutOfScope => Made::OutOfScope,
        Decision::Refused(refusal) => Made::Failed { reason: word(refusal.reason), plan },
    }
}

/// A reason as outcomes write it.
fn word(reason: RefusalReason) -> String {
    match serde_json::to_value(reason) {
        Ok(Value::String(word)) => word,
        _ => format!("{reason:?}"),
    }
}

/// What planning it took.
pub(super) fn spent(preview: &Preview, took: Duration) -> Spent {
    let Usage { model_calls, tokens_in, tokens_out, cost, .. } = match preview {
        Preview::Ready { usage, .. } => *usage,
        Preview::Stopped(outcome) => outcome.usage,
    };
    Spent { model_calls, tokens_in, tokens_out, cost, took }
}
