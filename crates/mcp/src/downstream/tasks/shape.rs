//! Tasks as they are written on the wire, in either era.

use std::time::Duration;

use bytes::Bytes;
use dispatch::ServerQuestion;
use serde_json::json;

use super::task::{Ending, Look, Seen, Task};
use crate::downstream::refusal::{MISSING_CAPABILITY, Refusal};
use crate::members::{Members, RELATED_TASK, TASKS_EXTENSION, push_string, with_more};

/// How often clients are to ask after a task.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The two ways in which tasks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    /// Those of revision 2025-11-25.
    Legacy,
    /// Those of the extension.
    Modern,
}

/// An object of requests by key.
pub(crate) fn requests<'a>(questions: impl Iterator<Item = (&'a str, &'a ServerQuestion)>) -> String {
    let mut text = String::from("{");
    for (i, (key, question)) in questions.enumerate() {
        if i > 0 {
            text.push(',');
        }
        push_string(&mut text, key);
        text.push_str(r#":{"method":"#);
        push_string(&mut text, &question.method);
        if let Some(params) = &question.params {
            text.push_str(r#","params":"#);
            text.push_str(params.get());
        }
        text.push('}');
    }
    text.push('}');
    text
}

/// A task's members, as they stand everywhere it is written.
pub(super) fn members(task: &Task, look: &Look, era: Era) -> String {
    let status = match &look.stage {
        Seen::Working => "working",
        Seen::Asking(_) => "input_required",
        // A failing tool is a failed task in one era, and a result in the other.
        Seen::Ended(Ending::Completed { failed: true, .. }) if era == Era::Legacy => "failed",
        Seen::Ended(Ending::Completed { .. }) => "completed",
        Seen::Ended(Ending::Failed(_)) => "failed",
        Seen::Ended(Ending::Cancelled) => "cancelled",
    };
    let (id, made, updated) = (&task.id, task.made, look.updated);
    let (ttl, interval) = match era {
        Era::Legacy => ("ttl", "pollInterval"),
        Era::Modern => ("ttlMs", "pollIntervalMs"),
    };
    let (kept, pause) = (task.ttl.as_millis(), POLL_INTERVAL.as_millis());
    let mut text = format!(
        r#""taskId":"{id}","status":"{status}","createdAt":"{made}","lastUpdatedAt":"{updated}","{ttl}":{kept},"{interval}":{pause}"#
    );
    if let Some(message) = &look.message {
        text.push_str(r#","statusMessage":"#);
        push_string(&mut text, message);
    }
    text
}

/// The same, with what it asks or what came of it: as the extension has it.
pub(super) fn details(task: &Task, look: &Look) -> String {
    let mut text = members(task, look, Era::Modern);
    match &look.stage {
        Seen::Working | Seen::Ended(Ending::Cancelled) => {}
        Seen::Asking(requests) => {
            text.push_str(r#","inputRequests":"#);
            text.push_str(requests);
        }
        Seen::Ended(Ending::Completed { result, .. }) => {
            text.push_str(r#","result":"#);
            // A result was a text when it was kept.
            text.push_str(&String::from_utf8_lossy(result));
        }
        Seen::Ended(Ending::Failed(refusal)) => {
            text.push_str(r#","error":"#);
            text.push_str(&json!(refusal).to_string());
        }
    }
    text
}

/// The answer to a call that became a task.
pub(super) fn created(task: &Task, era: Era) -> Bytes {
    let members = members(task, &task.look(), era);
    match era {
        Era::Legacy => format!(r#"{{"task":{{{members}}}}}"#).into(),
        Era::Modern => format!(r#"{{"resultType":"task",{members}}}"#).into(),
    }
}

/// What a session is told when its task stands otherwise.
pub(super) fn status_notification(task: &Task) -> String {
    let members = members(task, &task.look(), Era::Legacy);
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{{{members}}}}}"#)
}

/// An object's text, with the task it belongs to in its `_meta`.
pub(super) fn related(object: &str, task: &Task) -> String {
    let related = format!(r#""{RELATED_TASK}":{{"taskId":"{}"}}"#, task.id);
    let members = Members::of(object).unwrap_or_default();
    match members.get("_meta").map(|meta| meta.get()).filter(|meta| meta.starts_with('{')) {
        Some(meta) => {
            let rest = Members::of(meta).unwrap_or_default();
            let rest = rest.rewritten(|name, value| (name != RELATED_TASK).then_some(value.into()));
            let meta = with_more(&rest, &related);
            members.rewritten(|name, value| Some(if name == "_meta" { meta.as_str() } else { value }.into()))
        }
        None => with_more(object, &format!(r#""_meta":{{{related}}}"#)),
    }
}

/// The refusal of a client that did not say that it takes tasks.
pub(crate) fn missing_extension() -> Refusal {
    let message = format!("this takes `{TASKS_EXTENSION}`, which this client did not declare");
    let data = json!({"requiredCapabilities": {"extensions": {TASKS_EXTENSION: {}}}});
    Refusal::new(MISSING_CAPABILITY, message).with(&data)
}

#[cfg(test)]
mod tests {
    use std::sync::Weak;

    use query::Principal;
    use tokio::sync::broadcast;
    use tokio_util::sync::CancellationToken;

    use super::super::task::Home;
    use super::*;

    fn task() -> Task {
        let news = broadcast::Sender::new(1);
        let (session, ttl, cancel) = (Weak::new(), Duration::from_secs(60), CancellationToken::new());
        Task::new("t".to_owned(), Home { principal: Principal::new("a"), session, ttl, cancel, news })
    }

    #[test]
    fn a_result_names_its_task_once() {
        let ours = r#""io.modelcontextprotocol/related-task":{"taskId":"t"}"#;
        let rows = [
            ("{}", format!(r#"{{"_meta":{{{ours}}}}}"#)),
            (r#"{"n":1.50}"#, format!(r#"{{"_meta":{{{ours}}},"n":1.50}}"#)),
            (r#"{"n":1.50,"_meta":{"k":[ ]}}"#, format!(r#"{{"n":1.50,"_meta":{{{ours},"k":[ ]}}}}"#)),
            (
                r#"{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"other"}}}"#,
                format!(r#"{{"_meta":{{{ours}}}}}"#),
            ),
        ];
        for (result, expected) in rows {
            assert_eq!(related(result, &task()), expected, "{result}");
        }
    }

    #[test]
    fn a_failing_tool_is_each_eras_own_way_to_fail() {
        let ending = |failed| Ending::Completed { result: r#"{"content":[]}"#.into(), failed };
        let rows = [
            (ending(false), "completed", "completed"),
            (ending(true), "failed", "completed"),
            (Ending::Failed(Refusal::params("no")), "failed", "failed"),
            (Ending::Cancelled, "cancelled", "cancelled"),
        ];
        for (ending, legacy, modern) in rows {
            let task = task();
            assert!(task.end(ending));
            let look = task.look();
            for (era, expected) in [(Era::Legacy, legacy), (Era::Modern, modern)] {
                let members = members(&task, &look, era);
                assert!(members.contains(&format!(r#""status":"{expected}""#)), "{era:?}: {members}");
            }
            let details = format!("{{{}}}", details(&task, &look));
            assert!(serde_json::from_str::<serde_json::Value>(&details).is_ok(), "{details}");
        }
    }
}
