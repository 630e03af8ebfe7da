//! What the calls of an `each` add up to.

use plan::{Need, Observation, Output};
use query::Fault;
use serde_json::{Value, json};

use crate::Shortfall;

/// One observation of the whole `each` from its items' endings, in the items'
/// order.
///
/// Any item that yielded a result makes it a result: an array of `{i, ok:
/// true, value}` and `{i, ok: false, error: {status, code, message}}`. If a
/// human must decide first, the whole step asks, provided that running it
/// again repeats nothing that must happen once. If no item yielded anything,
/// the gravest ending stands for all.
pub(super) fn each(endings: Vec<Observation>, left_out: usize, repeatable: bool) -> (Observation, Shortfall) {
    let may_run_again = repeatable || endings.iter().all(left_nothing_behind);
    if may_run_again && let Some(need) = need_of(&endings) {
        return (Observation::NeedsInput(need), Shortfall::default());
    }
    let failed = endings.iter().filter(|ending| !ending.succeeded()).count();
    if failed > 0 && failed == endings.len() {
        return (gravest(endings), Shortfall::default());
    }
    let items = endings.iter().enumerate().map(|(i, ending)| item(i, ending)).collect();
    (Observation::Output(Output::computed(Value::Array(items))), Shortfall { failed, left_out })
}

/// Whether the call certainly had no effect.
fn left_nothing_behind(ending: &Observation) -> bool {
    matches!(ending, Observation::Failed(_) | Observation::NeedsInput(_) | Observation::Skipped(_))
}

/// Everything that is asked, as one need; a server's own question comes only
/// once no approval is missing.
fn need_of(endings: &[Observation]) -> Option<Need> {
    let mut asked = Vec::new();
    let mut question = None;
    for ending in endings {
        match ending {
            Observation::NeedsInput(Need::Approval(calls)) => asked.extend(calls.iter().cloned()),
            Observation::NeedsInput(other @ Need::Answer { .. }) => question = question.or(Some(other.clone())),
            _ => {}
        }
    }
    if asked.is_empty() { question } else { Some(Need::Approval(asked)) }
}

/// The ending that stands for all when none yielded a result: what may have
/// happened before what did fail, before what was not done.
fn gravest(endings: Vec<Observation>) -> Observation {
    let calls = endings.len();
    let rank = |ending: &Observation| match ending {
        Observation::Indeterminate(_) => 0,
        Observation::ToolError(_) => 1,
        _ => 2,
    };
    match endings.into_iter().min_by_key(rank) {
        Some(Observation::Indeterminate(fault)) => Observation::Indeterminate(none_of(calls, fault)),
        Some(Observation::Failed(fault)) => Observation::Failed(none_of(calls, fault)),
        Some(other) => other,
        None => Observation::Output(Output::computed(json!([]))),
    }
}

fn none_of(calls: usize, first: Fault) -> Fault {
    if calls == 1 {
        return first;
    }
    Fault { message: format!("none of the {calls} calls brought a result; one of them: {}", first.message), ..first }
}

fn item(i: usize, ending: &Observation) -> Value {
    match ending {
        Observation::Output(output) => json!({"i": i, "ok": true, "value": output.value()}),
        other => json!({"i": i, "ok": false, "error": error(other)}),
    }
}

fn error(ending: &Observation) -> Value {
    let (code, message) = match ending {
        Observation::Failed(fault) | Observation::Indeterminate(fault) => (fault.code.as_str(), fault.message.clone()),
        Observation::ToolError(output) => ("tool_error", text_of(output.value())),
        Observation::NeedsInput(_) => ("needs_input", "a human must decide first".to_owned()),
        Observation::Skipped(_) => ("skipped", "it was not run".to_owned()),
        Observation::Output(_) => return Value::Null,
    };
    json!({"status": ending.status(), "code": code, "message": message})
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
