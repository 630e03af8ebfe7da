//! A tool is a type: its names, its effect, its input and output, and one
//! function. [`ToolList`] turns such types into MCP definitions and calls.

use rmcp::model::{JsonObject, Tool as Definition};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Effect, Fault, schema};

/// One tool of the service `S`.
pub(crate) trait Tool<S> {
    /// The name it is called by.
    const NAME: &'static str;
    /// The name people read.
    const TITLE: &'static str;
    /// What it does and returns, and when to use it.
    const DESCRIPTION: &'static str;
    /// What a call does to the world.
    const EFFECT: Effect;
    /// The arguments.
    type Input: DeserializeOwned + JsonSchema + 'static;
    /// The structured result.
    type Output: Serialize + JsonSchema + 'static;

    /// Does it. May block: it runs on a thread of its own.
    fn call(service: &S, input: Self::Input) -> Result<Self::Output, Fault>;
}

/// The arguments of a tool that takes none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoInput {}

/// The tools of one server, in the order in which they are listed.
pub(crate) struct ToolList<S> {
    tools: Vec<Entry<S>>,
}

struct Entry<S> {
    definition: Definition,
    call: fn(&S, JsonObject) -> Result<Value, Fault>,
}

impl<S: 'static> ToolList<S> {
    pub(crate) fn new() -> Self {
        Self { tools: Vec::new() }
    }

    /// Adds `T` at the end of the list.
    pub(crate) fn with<T: Tool<S> + 'static>(mut self) -> Self {
        self.tools.push(Entry { definition: define::<S, T>(), call: call::<S, T> });
        self
    }

    pub(crate) fn definitions(&self) -> Vec<Definition> {
        self.tools.iter().map(|tool| tool.definition.clone()).collect()
    }

    pub(crate) fn definition(&self, name: &str) -> Option<&Definition> {
        self.tools.iter().map(|tool| &tool.definition).find(|definition| definition.name == name)
    }

    /// The function behind `name`.
    #[allow(clippy::type_complexity)]
    pub(crate) fn find(&self, name: &str) -> Option<fn(&S, JsonObject) -> Result<Value, Fault>> {
        self.tools.iter().find(|tool| tool.definition.name == name).map(|tool| tool.call)
    }
}

fn define<S, T: Tool<S>>() -> Definition {
    Definition::new_with_raw(T::NAME, Some(T::DESCRIPTION.into()), schema::input::<T::Input>())
        .with_title(T::TITLE)
        .with_raw_output_schema(schema::output::<T::Output>())
        .with_annotations(T::EFFECT.annotations())
}

fn call<S, T: Tool<S>>(service: &S, arguments: JsonObject) -> Result<Value, Fault> {
    let input = serde_json::from_value(Value::Object(arguments)).map_err(|error| wrong_arguments::<S, T>(&error))?;
    let output = T::call(service, input)?;
    serde_json::to_value(output).map_err(|error| Fault::new(format!("{} produced no valid JSON: {error}", T::NAME)))
}

fn wrong_arguments<S, T: Tool<S>>(error: &serde_json::Error) -> Fault {
    let takes = schema::signature(&schema::input::<T::Input>());
    Fault::new(format!("{} was called with wrong arguments: {error}. It takes {takes}.", T::NAME))
}
