//! Errors that say whose fault they are and whether waiting helps.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Who can mend a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// Whoever asked: the query, the plan or an argument.
    Caller,
    /// Whoever runs this: the configuration.
    Operator,
    /// A server behind us.
    Upstream,
    /// A language model.
    Model,
    /// This program; please report it.
    Ourselves,
}

/// Whether the same request may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// It never will, as it stands.
    Never,
    /// It may, once the condition passes.
    Later,
    /// It may, after this long.
    After(Duration),
}

/// One thing that went wrong, for people and programs alike.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Fault {
    /// Stable, lower-case, snake-case: what programs match on.
    pub code: String,
    /// Who can mend it.
    pub blame: Blame,
    /// Whether waiting helps.
    pub recovery: Recovery,
    /// Names the thing and, where there is one, the fix.
    pub message: String,
    /// What a server behind us said when it refused, for whoever passes its
    /// answers on as they came; never part of the fault as it is shown.
    #[serde(skip)]
    pub refusal: Option<Arc<Said>>,
}

/// A server's refusal in its own words and numbers: data, whatever it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The number it gave.
    pub code: i64,
    /// In words.
    pub message: String,
    /// What it added for programs: a JSON value's text.
    pub data: Option<String>,
}

impl Fault {
    /// A fault that no waiting mends.
    pub fn lasting(blame: Blame, code: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { code: code.into(), blame, recovery: Recovery::Never, message: message.to_string(), refusal: None }
    }

    /// A fault that may pass.
    pub fn passing(blame: Blame, code: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { code: code.into(), blame, recovery: Recovery::Later, message: message.to_string(), refusal: None }
    }
}
