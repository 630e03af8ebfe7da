//! Whether a document is small enough to be read.

use serde_json::Value;

use crate::limits::{MAX_DOCUMENT_BYTES, MAX_NESTING};
use crate::{FaultCode, PlanFault};

/// A fault when the value is too large or too deep. Walks without recursion,
/// so that no depth can exhaust the stack, and stops at the first excess.
pub(super) fn excess(document: &Value) -> Option<PlanFault> {
    let mut bytes = 0;
    let mut waiting: Vec<(&Value, usize)> = vec![(document, 1)];
    while let Some((value, depth)) = waiting.pop() {
        if depth > MAX_NESTING {
            return Some(too_deep());
        }
        bytes += 2 + value.as_str().map_or(0, str::len);
        match value {
            Value::Array(items) => waiting.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => {
                bytes += members.keys().map(String::len).sum::<usize>();
                waiting.extend(members.values().map(|member| (member, depth + 1)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if bytes > MAX_DOCUMENT_BYTES {
            return Some(too_large());
        }
    }
    None
}

/// The fault of a document of too many bytes.
pub(super) fn too_large() -> PlanFault {
    let message = format!("a plan is at most {} KiB of JSON", MAX_DOCUMENT_BYTES / 1024);
    PlanFault::new(FaultCode::LimitExceeded, "", message)
}

fn too_deep() -> PlanFault {
    PlanFault::new(FaultCode::LimitExceeded, "", format!("a plan nests at most {MAX_NESTING} deep"))
}
