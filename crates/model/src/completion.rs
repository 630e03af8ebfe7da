//! What a model came to.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Spent;

/// A model's answer. One with a schema conforms to it; a refusal is never a
/// completion but a [`crate::ModelFault`].
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// What it says.
    pub content: Content,
    /// Why it ends.
    pub finish: Finish,
    /// The model that answered, as the provider names it.
    pub model: Arc<str>,
    /// What it took.
    pub spent: Spent,
}

/// What a completion says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// To a request without a schema.
    Text(String),
    /// To a request with one.
    Json(Value),
}

/// Why a completion ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model had no more to say.
    Stop,
    /// It reached the limit; only a text can end so.
    Length,
}

impl Content {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(_) => None,
        }
    }

    /// The value, where it is one.
    pub fn json(&self) -> Option<&Value> {
        match self {
            Self::Json(value) => Some(value),
            Self::Text(_) => None,
        }
    }
}
