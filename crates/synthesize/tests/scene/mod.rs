//! Test scenes: a query, a plan as people write it, and how its steps ended.

#![allow(dead_code, reason = "every test file uses its part of a scene")]

use catalog::{Catalog, Effect, Entry, ServerLabels, ServerListing, ToolListing, ToolRef};
use concertmaster_synthesize::{Answer, Footnote, Material, Synthesis, synthesize};
use plan::{CheckContext, Observation, Observations, Output, Plan, PlanDraft, Proposal, StepId};
use serde_json::{Value, json};

/// A query, its checked plan, and how its steps ended.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) query: String,
    pub(crate) plan: Plan,
    pub(crate) seen: Observations,
    pub(crate) footnotes: Vec<Footnote>,
    pub(crate) unserved: Vec<String>,
}

impl Scene {
    /// A scene of these steps, written in the friendly form, before any ended.
    pub(crate) fn new(query: &str, steps: Value, answer: Value) -> Self {
        let catalog = catalog_for(&steps);
        let document = json!({"steps": steps, "answer": answer});
        let Ok(Proposal::Plan(draft)) = PlanDraft::from_value(&document) else { panic!("not a plan: {document}") };
        let plan = plan::check(&draft, &CheckContext::of(&catalog)).unwrap_or_else(|faults| panic!("{faults:?}"));
        let seen = Observations::none_of(plan.steps().len());
        Self { query: query.to_owned(), plan, seen, footnotes: Vec::new(), unserved: Vec::new() }
    }

    /// One call of `server.tool` that yielded this.
    pub(crate) fn of_one(query: &str, tool: &str, style: &str, value: Value) -> Self {
        Self::new(query, json!([{"id": "s1", "tool": tool}]), json!({"style": style})).with("s1", value)
    }

    /// The step ended with this value: a tool's structured result.
    pub(crate) fn with(self, step: &str, value: Value) -> Self {
        let output = Output::of_tool_result(json!({"content": [], "structuredContent": value}));
        self.ended(step, Observation::Output(output))
    }

    /// The step computed this value.
    pub(crate) fn computed(self, step: &str, value: Value) -> Self {
        self.ended(step, Observation::Output(Output::computed(value)))
    }

    /// The step ended with this text.
    pub(crate) fn with_text(self, step: &str, text: &str) -> Self {
        let output = Output::of_tool_result(json!({"content": [{"type": "text", "text": text}]}));
        self.ended(step, Observation::Output(output))
    }

    /// The step ended like this.
    pub(crate) fn ended(mut self, step: &str, seen: Observation) -> Self {
        let index = self.plan.index_of(&StepId::new(step)).expect("a step of the plan");
        assert!(self.seen.record(index, seen), "{step} ended twice");
        self
    }

    /// Nothing serves this part of the query.
    pub(crate) fn lacking(mut self, part: &str) -> Self {
        self.unserved.push(part.to_owned());
        self
    }

    pub(crate) fn synthesis(&self) -> Synthesis {
        synthesize(&Material {
            query: &self.query,
            plan: &self.plan,
            seen: &self.seen,
            footnotes: &self.footnotes,
            unserved: &self.unserved,
        })
    }

    pub(crate) fn answer(&self) -> Answer {
        match self.synthesis() {
            Synthesis::Answer(answer) => answer,
            Synthesis::Nothing { missing } => panic!("nothing to tell: {missing:?}"),
        }
    }

    pub(crate) fn text(&self) -> String {
        self.answer().text
    }
}

/// A recorded result, by its file's name in `tests/results`.
pub(crate) fn result(name: &str) -> Value {
    let path = format!("{}/tests/results/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every tool that the steps call, taking whatever they give it.
fn catalog_for(steps: &Value) -> Catalog {
    let mut listings: Vec<ServerListing> = Vec::new();
    let tools = steps.as_array().into_iter().flatten().filter_map(|step| step["tool"].as_str());
    for tool in tools.filter(|tool| !tool.starts_with("orc.")) {
        let reference = ToolRef::parse(tool).expect("server.tool");
        let listing = ToolListing {
            name: reference.tool.to_string(),
            title: Some(reference.tool.replace('_', " ")),
            input_schema: json!({"type": "object"}),
            ..ToolListing::default()
        };
        match listings.iter_mut().find(|server| server.id == reference.server) {
            Some(server) => server.tools.push(listing),
            None => listings.push(ServerListing {
                id: reference.server,
                title: None,
                instructions: None,
                tools: vec![listing],
            }),
        }
    }
    let entries = listings.into_iter().map(|listing| {
        let effects = listing.tools.iter().map(|tool| (tool.name.clone(), Effect::Read)).collect();
        Entry::Ready(listing, ServerLabels { effects, ..ServerLabels::default() })
    });
    Catalog::new(1, entries.collect())
}
