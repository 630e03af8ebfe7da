//! Our own tools, served.

use std::time::Duration;

use query::{Blame, Fault};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::calls::{no_tool, of_fault, of_told};
use super::deed::Deed;
use super::desk::Desk;
use super::message::text;
use super::orchestra::Asked;
use super::own_tools::{DEFAULT_FOUND, OwnTool};
use super::refusal::Refusal;
use super::served::Served;
use super::visit::Visit;

/// The arguments of `call_tool`: what the tool is given goes on as written.
#[derive(Deserialize)]
struct OneCall<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

impl Desk {
    /// Serves one of our own tools.
    pub(crate) async fn own(&self, own: OwnTool, written: &RawValue, visit: &Visit<'_>) -> Served {
        let arguments: Map<String, Value> = match written.get() {
            "null" => Map::new(),
            text => match serde_json::from_str(text) {
                Ok(arguments) => arguments,
                Err(error) => return Served::Refused(Refusal::params(format!("in `arguments`: {error}"))),
            },
        };
        if let Some(fault) = own.fault_in(&arguments) {
            // Whoever calls tools reads results, and can mend what it wrote.
            return Served::Made(of_fault(&Fault::lasting(Blame::Caller, "arguments_invalid", fault)));
        }
        let asker = visit.asker(&visit.caller());
        let told = match own {
            OwnTool::Ask => self.orchestra.ask(asked(&arguments), asker).await,
            OwnTool::Plan => self.orchestra.plan(text_of(&arguments, "query"), asker).await,
            OwnTool::RunPlan => {
                let plan = arguments.get("plan").cloned().unwrap_or_default();
                self.orchestra.run_plan(plan, within(&arguments), asker).await
            }
            OwnTool::FindTools => {
                let limit = arguments.get("limit").and_then(Value::as_u64).and_then(|limit| limit.try_into().ok());
                self.orchestra.find_tools(text_of(&arguments, "query"), limit.unwrap_or(DEFAULT_FOUND), asker).await
            }
            OwnTool::CallTool => {
                let call: OneCall<'_> = match serde_json::from_str(written.get()) {
                    Ok(call) => call,
                    Err(error) => return Served::Refused(Refusal::params(format!("in `arguments`: {error}"))),
                };
                let name = text(call.name).unwrap_or_default();
                let catalog = self.orchestra.catalog();
                let Some(tool) = catalog.find(&name) else { return Served::Refused(no_tool(&name)) };
                let given = call.arguments.unwrap_or(RawValue::NULL);
                let reference = tool.reference.to_string();
                let server = &tool.reference.server;
                let deed = Deed { server, method: "tools/call", name: &reference, arguments: call.arguments };
                return self.pass(reference.as_str().into(), given, visit, &deed).await;
            }
        };
        Served::Made(of_told(told))
    }
}

fn text_of(arguments: &Map<String, Value>, name: &str) -> String {
    arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn within(arguments: &Map<String, Value>) -> Option<Duration> {
    let seconds = arguments.get("within_seconds")?.as_f64()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn asked(arguments: &Map<String, Value>) -> Asked {
    let facts = arguments.get("facts").and_then(Value::as_object).into_iter().flatten();
    let facts = facts.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    Asked { query: text_of(arguments, "query"), within: within(arguments), facts }
}
