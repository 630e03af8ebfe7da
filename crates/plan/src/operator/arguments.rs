//! Reading an operator's arguments.

use serde_json::{Map, Value};

use super::{MAX_ITEMS, OperatorFault};
use crate::Path;

/// The bound arguments of an operator.
pub(super) struct Arguments<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Arguments<'a> {
    /// An argument, if it was given.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    /// Every argument by name.
    pub(super) fn all(&self) -> &'a Map<String, Value> {
        self.0
    }

    /// An argument that is an array.
    pub(super) fn items(&self, name: &'static str) -> Result<&'a Vec<Value>, OperatorFault> {
        array(name, self.get(name).ok_or(OperatorFault::Missing(name))?)
    }

    /// An argument that is a text; `None` when it was not given.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, OperatorFault> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_str();
        text.map(Some).ok_or_else(|| OperatorFault::WrongType { argument: name.to_owned(), expected: "a text" })
    }

    /// An argument that is a JSON Pointer; the whole value when it was not
    /// given.
    pub(super) fn path(&self, name: &'static str) -> Result<Path, OperatorFault> {
        let text = self.text(name)?.unwrap_or_default();
        Path::parse(text).map_err(|fault| OperatorFault::BadPath { argument: name, fault })
    }
}

/// The array a value is.
pub(super) fn array<'a>(name: &str, value: &'a Value) -> Result<&'a Vec<Value>, OperatorFault> {
    value.as_array().ok_or_else(|| OperatorFault::WrongType { argument: name.to_owned(), expected: "an array" })
}

/// The items as a result, if there are not too many.
pub(super) fn bounded(items: Vec<Value>) -> Result<Value, OperatorFault> {
    if items.len() > MAX_ITEMS { Err(OperatorFault::TooLarge) } else { Ok(Value::Array(items)) }
}
