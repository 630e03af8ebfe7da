//! A condition on an earlier result.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

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
    /// Every comparison.
    pub const ALL: &[Self] = &[
        Self::Exists,
        Self::Empty,
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::Contains,
        Self::Ok,
        Self::Failed,
    ];

    /// Its name in plans.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::Empty => "empty",
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Contains => "contains",
            Self::Ok => "ok",
            Self::Failed => "failed",
        }
    }

    /// The comparison of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|comparison| comparison.as_str() == name)
    }

    /// Whether it compares with a value.
    pub fn needs_value(self) -> bool {
        !matches!(self, Self::Exists | Self::Empty | Self::Ok | Self::Failed)
    }

    /// Whether it asks which of two values is greater.
    pub fn orders(self) -> bool {
        matches!(self, Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }

    /// Whether it looks at a value, and not at how a step ended.
    pub fn of_values(self) -> bool {
        !matches!(self, Self::Ok | Self::Failed)
    }

    /// Whether it holds of what was found. Values of different types are
    /// neither equal nor ordered; numbers compare as numbers and texts by
    /// code point. `Ok` and `Failed` look at no value and never hold here.
    pub fn holds(self, found: Option<&Value>, wanted: &Value) -> bool {
        match self {
            Self::Exists => found.is_some_and(|value| !value.is_null()),
            Self::Empty => found.is_none_or(is_empty),
            Self::Contains => found.is_some_and(|value| contains(value, wanted)),
            Self::Eq => found.is_some_and(|value| equal(value, wanted)),
            Self::Ne => found.is_none_or(|value| !equal(value, wanted)),
            Self::Lt => ordered(found, wanted, Ordering::is_lt),
            Self::Le => ordered(found, wanted, Ordering::is_le),
            Self::Gt => ordered(found, wanted, Ordering::is_gt),
            Self::Ge => ordered(found, wanted, Ordering::is_ge),
            Self::Ok | Self::Failed => false,
        }
    }
}

impl Guard {
    /// Whether the condition holds of how the step it looks at ended.
    pub fn holds(&self, seen: &Observation) -> bool {
        match self.comparison {
            Comparison::Ok => seen.succeeded(),
            Comparison::Failed => !seen.succeeded(),
            of_values => {
                let found = seen.output().and_then(|output| self.subject.path.select(output.value()));
                of_values.holds(found.as_ref(), self.value.as_ref().unwrap_or(&Value::Null))
            }
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
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => number_order(a, b) == Some(Ordering::Equal),
        _ => a == b,
    }
}

/// Whole numbers compare exactly, also beyond what floats can tell apart.
pub(crate) fn number_order(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64().partial_cmp(&b.as_f64()),
    }
}

fn ordered(found: Option<&Value>, wanted: &Value, accepts: fn(Ordering) -> bool) -> bool {
    let Some(found) = found else { return false };
    let order = match (found, wanted) {
        (Value::Number(a), Value::Number(b)) => number_order(a, b),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    };
    order.is_some_and(accepts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Output, Path, SkipReason, StepIndex};

    #[test]
    fn comparisons_hold_as_a_reader_expects() {
        let rows = [
            ("exists", Some(json!(0)), json!(null), true),
            ("exists", Some(json!(null)), json!(null), false),
            ("exists", None, json!(null), false),
            ("empty", None, json!(null), true),
            ("empty", Some(json!([])), json!(null), true),
            ("empty", Some(json!("")), json!(null), true),
            ("empty", Some(json!(0)), json!(null), false),
            ("empty", Some(json!(false)), json!(null), false),
            ("eq", Some(json!(1)), json!(1.0), true),
            ("eq", Some(json!("1")), json!(1), false),
            ("eq", Some(json!({"a": 1})), json!({"a": 1}), true),
            ("eq", Some(json!(9_007_199_254_740_993_u64)), json!(9_007_199_254_740_992_u64), false),
            ("eq", None, json!(null), false),
            ("ne", Some(json!("1")), json!(1), true),
            ("ne", None, json!(1), true),
            ("lt", Some(json!(1)), json!(1.5), true),
            ("lt", Some(json!("a")), json!("b"), true),
            ("lt", Some(json!("1")), json!(2), false),
            ("lt", None, json!(2), false),
            ("le", Some(json!(2)), json!(2), true),
            ("gt", Some(json!(-1)), json!(u64::MAX), false),
            ("ge", Some(json!("b")), json!("b"), true),
            ("contains", Some(json!("retry policy")), json!("policy"), true),
            ("contains", Some(json!([1, 2])), json!(2.0), true),
            ("contains", Some(json!({"a": 1})), json!("a"), false),
            ("contains", Some(json!("12")), json!(1), false),
        ];
        for (name, found, wanted, expected) in rows {
            let comparison = Comparison::parse(name).unwrap();
            assert_eq!(comparison.holds(found.as_ref(), &wanted), expected, "{found:?} {name} {wanted}");
        }
    }

    #[test]
    fn names_are_those_of_the_written_forms() {
        for comparison in Comparison::ALL {
            assert_eq!(json!(comparison), json!(comparison.as_str()));
            assert_eq!(Comparison::parse(comparison.as_str()), Some(*comparison));
        }
        assert_eq!(Comparison::parse("always"), None);
    }

    #[test]
    fn a_guard_looks_at_how_a_step_ended() {
        let output = |value| Observation::Output(Output::computed(value));
        let skipped = Observation::Skipped(SkipReason::Guard);
        let failed = Observation::ToolError(Output::computed(json!({"n": 5})));
        let rows = [
            (Comparison::Ok, output(json!(null)), true),
            (Comparison::Ok, skipped.clone(), false),
            (Comparison::Failed, skipped.clone(), true),
            (Comparison::Failed, failed.clone(), true),
            (Comparison::Gt, output(json!({"n": 5})), true),
            (Comparison::Gt, output(json!({"n": 4})), false),
            (Comparison::Gt, output(json!({})), false),
            // What a failed step said is not its result.
            (Comparison::Gt, failed, false),
            (Comparison::Empty, skipped, true),
        ];
        for (comparison, seen, expected) in rows {
            let subject = Ref { step: StepIndex(0), path: Path::parse("/n").unwrap() };
            let guard = Guard { subject, comparison, value: Some(json!(4)) };
            assert_eq!(guard.holds(&seen), expected, "{comparison:?} {seen:?}");
        }
    }
}
