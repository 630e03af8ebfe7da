//! One direct call, through the same gate as every other.

use std::sync::Arc;

use dispatch::Choice;
use plan::{Observation, Output, Plan, StepIndex};
use query::{Blame, Fault, Principal};
use serde_json::{Map, Value};

use crate::book::Book;
use crate::journey::Leg;
use crate::pass::signed;
use crate::{Engine, Outcome, Refusal, Request};

/// How many tools are named when the one called for does not exist.
const NEAREST: usize = 3;

/// What became of a direct call.
#[derive(Debug)]
pub enum Called {
    /// The server answered; the result may say that the tool failed.
    Result(Output),
    /// It did not come to a result: it waits for a human, or was refused.
    Stopped(Box<Outcome>),
}

impl Engine {
    /// Calls one tool, named `server.tool` or by its public name.
    pub async fn call(&self, tool: &str, arguments: Map<String, Value>, request: Request) -> Called {
        match self.call_once(tool, arguments, &request).await {
            Called::Stopped(outcome) => Called::Stopped(Box::new(self.resumable(*outcome, &request.principal).await)),
            result => result,
        }
    }

    async fn call_once(&self, tool: &str, arguments: Map<String, Value>, request: &Request) -> Called {
        let query = self.query(tool, request);
        if self.catalog_of(&request.principal).find(tool).is_none() {
            self.let_servers_start(&query, request).await;
        }
        let catalog = self.catalog_of(&request.principal);
        let Some(found) = catalog.find(tool) else {
            let stopped = self.stopped(&query, &Book::default(), self.unknown_tool(&request.principal, tool));
            return Called::Stopped(Box::new(stopped));
        };
        let plan = Plan::single_call(Arc::clone(found), arguments, catalog.version());
        let leg = Leg::first(query, plan, Book::default(), request);
        let (leg, approved) = match self.judged(leg, request) {
            Ok(approved) => approved,
            Err(outcome) => return Called::Stopped(outcome),
        };
        let report = self.dispatch(&approved, Choice::Named, None, leg.book(), request).await;
        match report.observations.get(StepIndex(0)) {
            Some(Observation::Output(output) | Observation::ToolError(output)) => {
                let instead = report.step(StepIndex(0)).instead;
                Called::Result(instead.map_or_else(|| output.clone(), |instead| signed(output, &instead)))
            }
            _ => Called::Stopped(Box::new(self.told(leg.concluded(&approved, report), request).await)),
        }
    }
}

impl Engine {
    fn unknown_tool(&self, who: &Principal, name: &str) -> Refusal {
        let nearest = self.find_tools(who, name, NEAREST);
        let message = format!("there is no tool `{name}`; `tools` lists what there is");
        Refusal { nearest, ..Refusal::of(Fault::lasting(Blame::Caller, "unknown_tool", message)) }
    }
}
