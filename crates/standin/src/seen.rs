//! What was asked.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Wire;

/// One request, as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The format it came in.
    pub wire: Wire,
    /// The path, query included.
    pub path: String,
    /// Headers by their lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Value,
    /// The same in no vendor's words.
    pub demand: Demand,
}

/// A request in no vendor's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demand {
    /// The model asked for.
    pub model: String,
    /// Who said what, in order, rules included.
    pub said: Vec<(String, String)>,
    /// The shape asked for.
    pub shape: Shape,
    /// Whether the reply is to be streamed.
    pub streamed: bool,
}

/// The shape asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Shape {
    /// Any text.
    #[default]
    Free,
    /// Any JSON.
    Json,
    /// JSON that conforms.
    Schema(Value),
    /// A call of the one tool of this name with arguments that conform.
    Tool(String, Value),
}

impl Seen {
    /// Everything that was said, in one text.
    pub fn text(&self) -> String {
        self.demand.said.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

impl Shape {
    /// The schema, where there is one.
    pub fn schema(&self) -> Option<&Value> {
        match self {
            Self::Schema(schema) | Self::Tool(_, schema) => Some(schema),
            Self::Free | Self::Json => None,
        }
    }
}
