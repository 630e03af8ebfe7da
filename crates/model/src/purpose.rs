//! What a model is asked for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The task of one model call. A different model may be configured for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Split a query, or choose among candidates.
    Route,
    /// Draft or mend a plan.
    Plan,
    /// Take values out of text: arguments, quarantined extraction.
    Extract,
    /// Write the answer, or summarize.
    Synthesize,
}

impl Purpose {
    /// Every purpose, in the order in which a query meets them.
    pub const ALL: [Self; 4] = [Self::Route, Self::Plan, Self::Extract, Self::Synthesize];

    /// The stable, lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Plan => "plan",
            Self::Extract => "extract",
            Self::Synthesize => "synthesize",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
