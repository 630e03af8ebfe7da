//! A condition on an earlier result.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Observation, Ref};

/// How a guard compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Something stands there, and it is not null.
    Exists,
    /// Nothing stands there, or null, or an empty text, array or object.
    Empty,
    /// Equals the value.
    Eq,
    /// Differs from the value.
    Ne,
    /// Is less than the value.
    Lt,
    /// Is at most the value.
    Le,
    /// Is greater than the value.
    Gt,
    /// Is at least the value.
    Ge,
    /// A text holds the value, or an array has it as an element.
    Contains,
    /// The step succeeded.
    Ok,
    /// The step did not succeed.
    Failed,
}

/// A step runs only if this holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// What is looked at.
    pub subject: Ref,
    /// How.
    pub comparison: Comparison,
    /// Against what; `None` where the comparison needs nothing.
    pub value: Option<Value>,
}

impl Comparison {
    /// Whether it compares with a value.
    pub fn needs_value(self) -> bool {
        !matches!(self, Self::Exists | Self::Empty | Self::Ok | Self::Failed)
    }
}

impl Guard {
    /// Whether the condition holds of how the step it looks at ended. Values
    /// of different types are neither equal nor ordered; numbers compare as
    /// numbers and texts by code point.
    pub fn holds(&self, seen: &Observation) -> bool {
        match self.comparison {
            Comparison::Ok => return seen.succeeded(),
            Comparison::Failed => return !seen.succeeded(),
            _ => {}
        }
        let found = seen.output().and_then(|output| self.subject.path.select(output.value()));
        let wanted = self.value.as_ref().unwrap_or(&Value::Null);
        match self.comparison {
            Comparison::Exists => found.is_some_and(|value| !value.is_null()),
            Comparison::Empty => found.is_none_or(|value| is_empty(&value)),
            Comparison::Contains => found.is_some_and(|value| contains(&value, wanted)),
            Comparison::Eq => found.is_some_and(|value| equal(&value, wanted)),
            Comparison::Ne => found.is_none_or(|value| !equal(&value, wanted)),
            Comparison::Lt => ordered(found, wanted, std::cmp::Ordering::is_lt),
            Comparison::Le => ordered(found, wanted, std::cmp::Ordering::is_le),
            Comparison::Gt => ordered(found, wanted, std::cmp::Ordering::is_gt),
            Comparison::Ge => ordered(found, wanted, std::cmp::Ordering::is_ge),
            Comparison::Ok | Comparison::Failed => false,
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn contains(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::Array(items), wanted) => items.iter().any(|item| equal(item, wanted)),
        _ => false,
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn ordered(found: Option<Value>, wanted: &Value, accepts: fn(std::cmp::Ordering) -> bool) -> bool {
    let Some(found) = found else { return false };
    let order = match (&found, wanted) {
        (Value::Number(_), Value::Number(_)) => found.as_f64().partial_cmp(&wanted.as_f64()),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    };
    order.is_some_and(accepts)
}
