//! The operators: pseudo-tools that compute from earlier results.
//!
//! They are listed like the tools of a server called `orc`, with input
//! schemas, so that one validator checks both. Those of `llm` ask a language
//! model in quarantine: it sees the results it is given and nothing else, has
//! no tools, and what it says is a value like any server's. Whatever they yield is
//! bounded: [`MAX_ITEMS`] items and [`MAX_TEXT_BYTES`] of text.
//!
//! Operators over several inputs take them as `a`, `b` … `h`, in this order.

mod arguments;
mod concat;
mod count;
mod extract;
mod fault;
mod filter;
mod first;
mod format;
mod join;
mod sort;
mod sum;
mod summarize;

use std::sync::{Arc, LazyLock};

use catalog::{Catalog, Effect, Entry, ServerId, ServerLabels, ServerListing, Tool, ToolListing, ToolRef};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use arguments::Arguments;
pub use fault::OperatorFault;

/// The name operators carry before the dot. No server may be called so.
pub const OPERATOR_SERVER: &str = "orc";

/// The name that operators carry before the dot which ask a model. No server
/// may be called so.
pub const MODEL_SERVER: &str = "llm";

/// The most items an operator yields.
pub const MAX_ITEMS: usize = 10_000;

/// The longest text an operator yields, in bytes.
pub const MAX_TEXT_BYTES: usize = 256 * 1024;

/// The names of the inputs of an operator that takes several.
pub(crate) const INPUTS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// What a pure step computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// Keeps the items for which a comparison holds.
    #[serde(rename = "orc.filter")]
    Filter,
    /// Orders the items by a key.
    #[serde(rename = "orc.sort")]
    Sort,
    /// The first items, or the first of several results that exists.
    #[serde(rename = "orc.first")]
    First,
    /// How many items.
    #[serde(rename = "orc.count")]
    Count,
    /// The sum of the items' numbers.
    #[serde(rename = "orc.sum")]
    Sum,
    /// Several arrays as one.
    #[serde(rename = "orc.concat")]
    Concat,
    /// Items of two arrays joined where keys are equal.
    #[serde(rename = "orc.join")]
    Join,
    /// A text from values.
    #[serde(rename = "orc.format")]
    Format,
    /// What a model finds in results, in a given shape.
    #[serde(rename = "llm.extract")]
    Extract,
    /// What a model says of results, in a few sentences.
    #[serde(rename = "llm.summarize")]
    Summarize,
}

/// What one operator is made of.
pub(crate) struct Definition {
    /// What it is called after the dot.
    name: &'static str,
    /// What it does, in one sentence for planners.
    about: &'static str,
    /// JSON Schema of its arguments.
    schema: fn() -> Value,
    /// JSON Schema of what it yields.
    yields: fn() -> Value,
    /// What it computes.
    apply: fn(&Arguments<'_>) -> Result<Value, OperatorFault>,
}

impl Operator {
    /// Every operator.
    pub const ALL: &[Self] = &[
        Self::Filter,
        Self::Sort,
        Self::First,
        Self::Count,
        Self::Sum,
        Self::Concat,
        Self::Join,
        Self::Format,
        Self::Extract,
        Self::Summarize,
    ];

    fn definition(self) -> &'static Definition {
        match self {
            Self::Filter => &filter::DEFINITION,
            Self::Sort => &sort::DEFINITION,
            Self::First => &first::DEFINITION,
            Self::Count => &count::DEFINITION,
            Self::Sum => &sum::DEFINITION,
            Self::Concat => &concat::DEFINITION,
            Self::Join => &join::DEFINITION,
            Self::Format => &format::DEFINITION,
            Self::Extract => &extract::DEFINITION,
            Self::Summarize => &summarize::DEFINITION,
        }
    }

    /// The operator that a text names, as `orc.…` or `llm.…`.
    pub fn parse(name: &str) -> Option<Self> {
        let (server, own) = name.split_once('.')?;
        Self::ALL.iter().copied().find(|operator| operator.server() == server && operator.definition().name == own)
    }

    /// Its full name: `orc.…` or `llm.…`.
    pub fn name(self) -> String {
        format!("{}.{}", self.server(), self.definition().name)
    }

    /// Whether a language model does it, in quarantine.
    pub fn asks_a_model(self) -> bool {
        matches!(self, Self::Extract | Self::Summarize)
    }

    fn server(self) -> &'static str {
        if self.asks_a_model() { MODEL_SERVER } else { OPERATOR_SERVER }
    }

    /// What it does, in one sentence.
    pub fn about(self) -> &'static str {
        self.definition().about
    }

    /// JSON Schema of its arguments.
    pub fn input_schema(self) -> Value {
        (self.definition().schema)()
    }

    /// JSON Schema of what it yields.
    pub fn output_schema(self) -> Value {
        (self.definition().yields)()
    }

    /// The operator as a pseudo-tool, for whoever lists or checks tools. No
    /// connector can call it.
    pub fn tool(self) -> &'static Arc<Tool> {
        let reference = ToolRef::new(self.server(), self.definition().name);
        // The listing below holds every operator.
        PSEUDO_TOOLS.tool(&reference).unwrap_or(&PSEUDO_TOOLS.tools()[0])
    }

    /// Computes. Arguments are those of [`Operator::input_schema`]; anything
    /// else is a fault and never a silent default. An operator that asks a
    /// model cannot be computed here: that too is a fault.
    pub fn apply(self, arguments: &Map<String, Value>) -> Result<Value, OperatorFault> {
        (self.definition().apply)(&Arguments(arguments))
    }

    /// Whether it computes from whatever inputs exist, so that a step whose
    /// result is missing does not keep it from running.
    pub fn tolerates_missing(self) -> bool {
        self == Self::First
    }
}

static PSEUDO_TOOLS: LazyLock<Catalog> = LazyLock::new(|| {
    let listing = |operator: &Operator| ToolListing {
        name: operator.definition().name.to_owned(),
        description: Some(operator.about().to_owned()),
        input_schema: operator.input_schema(),
        output_schema: Some(operator.output_schema()),
        ..ToolListing::default()
    };
    let entry = |server: &str| {
        let own = || Operator::ALL.iter().filter(|operator| operator.server() == server);
        let effects = own().map(|operator| (operator.definition().name.to_owned(), Effect::Pure)).collect();
        let tools = own().map(listing).collect();
        let listing = ServerListing { id: ServerId::new(server), title: None, instructions: None, tools };
        Entry::Ready(listing, ServerLabels { effects, ..ServerLabels::default() })
    };
    Catalog::new(0, vec![entry(OPERATOR_SERVER), entry(MODEL_SERVER)])
});

/// An input schema of these properties, closed.
fn object_schema(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// The schema of a path argument.
fn path_schema(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

/// Applies an operator to arguments in JSON and compares with the result's
/// JSON or the fault's code.
#[cfg(test)]
fn check(operator: Operator, arguments: &str, expected: &str) {
    let arguments: Map<String, Value> = serde_json::from_str(arguments).unwrap();
    let found = match operator.apply(&arguments) {
        Ok(value) => value.to_string(),
        Err(fault) => fault.code().to_owned(),
    };
    assert_eq!(found, expected, "{} {arguments:?}", operator.name());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_listed_by_its_own_name_and_pure() {
        for &operator in Operator::ALL {
            assert_eq!(Operator::parse(&operator.name()), Some(operator));
            assert_eq!(operator.tool().reference.to_string(), operator.name());
            assert_eq!(operator.tool().effect, Effect::Pure);
            assert_eq!(json!(operator), json!(operator.name()));
            assert!(jsonschema::meta::is_valid(&operator.input_schema()), "{}", operator.name());
        }
        for unknown in ["orc.none", "filter", "orc", "orcfilter", ""] {
            assert_eq!(Operator::parse(unknown), None);
        }
    }
}
