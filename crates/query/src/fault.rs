//! Errors that say whose fault they are and whether waiting helps.

use std::fmt;
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
}

impl Fault {
    /// A fault that no waiting mends.
    pub fn lasting(blame: Blame, code: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { code: code.into(), blame, recovery: Recovery::Never, message: message.to_string() }
    }

    /// A fault that may pass.
    pub fn passing(blame: Blame, code: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { code: code.into(), blame, recovery: Recovery::Later, message: message.to_string() }
    }
}
