//! How a labelled query is worded.

use serde::{Deserialize, Serialize};

/// How a labelled query is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// In whole sentences.
    Plain,
    /// As people type: lower case, slips, slang and padding.
    Natural,
}

impl Style {
    /// The word in labels and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Natural => "natural",
        }
    }
}
