//! What a server says of a task that it made of a call.
//!
//! In: the answer to a call, or to a question after a task, as text, of
//! either era. Out: how the task stands. It asks for nothing.

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::excerpt::excerpt;
use crate::frame::RpcError;
use crate::members::{Members, RELATED_TASK};

/// The longest id of a task, in bytes.
const MAX_TASK_ID_BYTES: usize = 1_024;

/// How often a server is asked after a task unless it says, and how often at
/// most and at least, whatever it says.
const USUAL_INTERVAL: Duration = Duration::from_secs(1);
const SHORTEST_INTERVAL: Duration = Duration::from_millis(50);
const LONGEST_INTERVAL: Duration = Duration::from_secs(10);

/// How a task stands.
#[derive(Debug)]
pub(crate) struct TaskState {
    /// What the server calls it.
    pub(crate) id: String,
    /// How far it is.
    pub(crate) status: TaskStatus,
    /// The server's words on that, fit to be shown.
    pub(crate) message: Option<String>,
    /// How long to wait before it is asked after again.
    pub(crate) interval: Duration,
}

/// How far a task is.
#[derive(Debug)]
pub(crate) enum TaskStatus {
    /// It is being worked on.
    Working,
    /// The server has questions first: an object of requests by key, where it
    /// is of the era that has them here.
    Asking(Option<Box<RawValue>>),
    /// It is done; with its result, where it is of the era that has it here.
    Completed(Option<Box<RawValue>>),
    /// It failed; with the error, likewise.
    Failed(Option<RpcError>),
    /// It will not be done.
    Cancelled,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    #[serde(borrow)]
    task_id: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    status_message: Option<Cow<'a, str>>,
    /// Anything: a server that writes nonsense here still has tasks.
    #[serde(borrow, default)]
    poll_interval_ms: Option<&'a RawValue>,
    #[serde(borrow, default)]
    poll_interval: Option<&'a RawValue>,
    #[serde(borrow, default)]
    input_requests: Option<&'a RawValue>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<RpcError>,
}

#[derive(Deserialize)]
struct Created<'a> {
    #[serde(borrow, default)]
    task: Option<&'a RawValue>,
}

impl TaskState {
    /// Reads a task; `None` where it is none.
    pub(crate) fn read(text: &RawValue) -> Option<Self> {
        let written: Written<'_> = serde_json::from_str(text.get()).ok()?;
        if written.task_id.is_empty() || written.task_id.len() > MAX_TASK_ID_BYTES {
            return None;
        }
        let owned = |text: Option<&RawValue>| text.map(ToOwned::to_owned);
        let status = match &*written.status {
            "working" => TaskStatus::Working,
            "input_required" => TaskStatus::Asking(owned(written.input_requests)),
            "completed" => TaskStatus::Completed(owned(written.result)),
            "failed" => TaskStatus::Failed(written.error),
            "cancelled" => TaskStatus::Cancelled,
            _ => return None,
        };
        let interval = written.poll_interval_ms.or(written.poll_interval);
        let interval = interval.and_then(|interval| interval.get().parse::<f64>().ok());
        let interval = interval.and_then(|ms| Duration::try_from_secs_f64(ms / 1_000.0).ok()).unwrap_or(USUAL_INTERVAL);
        Some(Self {
            id: written.task_id.into_owned(),
            status,
            message: written.status_message.as_deref().map(excerpt).filter(|message| !message.is_empty()),
            interval: interval.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL),
        })
    }

    /// Reads the answer to a call that asked for a task.
    pub(crate) fn created(text: &RawValue) -> Option<Self> {
        let created: Created<'_> = serde_json::from_str(text.get()).ok()?;
        Self::read(created.task?)
    }
}

/// A result without the name of the task that it came from: whoever gets it
/// knows the task by another name, or as none.
pub(crate) fn unrelated(result: Box<RawValue>) -> Box<RawValue> {
    if !result.get().contains(RELATED_TASK) {
        return result;
    }
    let without = || {
        let members = Members::of(result.get())?;
        let meta = Members::of(members.get("_meta")?.get())?;
        let rest = meta.rewritten(|name, value| (name != RELATED_TASK).then_some(Cow::Borrowed(value)));
        let text = members.rewritten(|name, value| match name {
            "_meta" if rest == "{}" => None,
            "_meta" => Some(Cow::Borrowed(rest.as_str())),
            _ => Some(Cow::Borrowed(value)),
        });
        RawValue::from_string(text).ok()
    };
    without().unwrap_or(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    fn shown(state: Option<TaskState>) -> String {
        let Some(state) = state else { return "none".to_owned() };
        let status = match state.status {
            TaskStatus::Working => "working".to_owned(),
            TaskStatus::Asking(requests) => format!("asking {}", requests.map_or_else(String::new, |r| r.to_string())),
            TaskStatus::Completed(result) => format!("done {}", result.map_or_else(String::new, |r| r.to_string())),
            TaskStatus::Failed(error) => format!("failed {:?}", error.map(|error| error.code)),
            TaskStatus::Cancelled => "cancelled".to_owned(),
        };
        format!("{} {status} {:?} {}", state.id, state.message, state.interval.as_millis())
    }

    #[test]
    fn tasks_of_either_era_are_read() {
        let long = format!(r#"{{"taskId":"{}","status":"working"}}"#, "x".repeat(MAX_TASK_ID_BYTES + 1));
        let rows = [
            (r#"{"taskId":"t","status":"working"}"#, "t working None 1000"),
            (
                r#"{"taskId":"t","status":"working","statusMessage":"half\nway","pollIntervalMs":250}"#,
                r#"t working Some("half way") 250"#,
            ),
            (r#"{"taskId":"t","status":"working","pollInterval":2e3}"#, "t working None 2000"),
            (r#"{"taskId":"t","status":"working","pollIntervalMs":0}"#, "t working None 50"),
            (r#"{"taskId":"t","status":"working","pollIntervalMs":-1}"#, "t working None 1000"),
            (r#"{"taskId":"t","status":"working","pollIntervalMs":"soon"}"#, "t working None 1000"),
            (r#"{"taskId":"t","status":"working","pollIntervalMs":9e99}"#, "t working None 1000"),
            (r#"{"taskId":"t","status":"working","pollIntervalMs":86400000}"#, "t working None 10000"),
            (r#"{"taskId":"t","status":"input_required"}"#, "t asking  None 1000"),
            (r#"{"taskId":"t","status":"completed","result":{"content":[ ]}}"#, r#"t done {"content":[ ]} None 1000"#),
            (r#"{"taskId":"t","status":"failed","error":{"code":-1,"message":"no"}}"#, "t failed Some(-1) None 1000"),
            (r#"{"taskId":"t","status":"cancelled"}"#, "t cancelled None 1000"),
            (r#"{"taskId":"t","status":"dancing"}"#, "none"),
            (r#"{"taskId":"","status":"working"}"#, "none"),
            (r#"{"taskId":7,"status":"working"}"#, "none"),
            (r#"{"status":"working"}"#, "none"),
            (&long, "none"),
        ];
        for (text, expected) in rows {
            assert_eq!(shown(TaskState::read(&raw(text))), expected, "{text}");
            let created = format!(r#"{{"task":{text}}}"#);
            assert_eq!(shown(TaskState::created(&raw(&created))), expected, "{created}");
        }
        assert!(TaskState::created(&raw(r#"{"content":[]}"#)).is_none());
    }

    #[test]
    fn a_result_does_not_name_its_task() {
        let rows = [
            (r#"{"a":1.0}"#, r#"{"a":1.0}"#),
            (r#"{"a":1.0,"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t"}}}"#, r#"{"a":1.0}"#),
            (
                r#"{"_meta":{"k":[ ],"io.modelcontextprotocol/related-task":{"taskId":"t"}},"a":1.0}"#,
                r#"{"_meta":{"k":[ ]},"a":1.0}"#,
            ),
            (r#"{"a":"io.modelcontextprotocol/related-task"}"#, r#"{"a":"io.modelcontextprotocol/related-task"}"#),
        ];
        for (result, expected) in rows {
            assert_eq!(unrelated(raw(result)).get(), expected, "{result}");
        }
    }
}
