//! Why a tool refused: a sentence that names the thing and the fix. It reaches
//! the caller as a tool result with `isError: true`.

use std::fmt;

use rmcp::model::{CallToolResult, ContentBlock};

/// A refusal, worded for whoever called the tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    message: String,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    pub(crate) fn into_result(self) -> CallToolResult {
        CallToolResult::error(vec![ContentBlock::text(self.message)])
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
