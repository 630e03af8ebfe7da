//! What became of a query.

use std::time::Duration;

use catalog::ToolRef;
use dispatch::{Cut, Instead, Report};
use plan::{Account, Observation, Plan, StepId};
use policy::CallToApprove;
use query::{Query, QueryId};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};
use synthesize::Answer;

use crate::book::Book;
use crate::showing::asked_json;
use crate::{InputRequired, ModelCall, Refusal, Resume, Suspension};

/// What became of a query, and how. Serialises to the one shape that the
/// command line, the protocol and the library share.
#[derive(Debug)]
pub struct Outcome {
    /// The query.
    pub query_id: QueryId,
    /// What became of it.
    pub decision: Decision,
    /// The plan, where there was one.
    pub plan: Option<Plan>,
    /// How each step ended, in plan order.
    pub steps: Vec<StepLine>,
    /// What it took.
    pub usage: Usage,
    /// Every call made to a language model, in the order in which they ended.
    pub models: Vec<ModelCall>,
    /// How the query was planned; `None` for a plan or a call that a client
    /// brought along.
    pub drafting: Option<Account>,
    /// What is needed to go on in this process after a human approved; not
    /// serialised.
    pub suspension: Option<Suspension>,
    /// How the caller goes on, where it asks something.
    pub resume: Option<Resume>,
    /// The query itself; not serialised.
    pub(crate) query: Query,
}

/// What became of a query.
#[derive(Debug)]
pub enum Decision {
    /// It is answered, wholly or in part.
    Answered(Answer),
    /// A human must say something first.
    InputRequired(InputRequired),
    /// It is not answered.
    Refused(Refusal),
}

/// How one step ended.
#[derive(Clone, Debug, serde::Serialize)]
pub struct StepLine {
    /// The step.
    pub id: StepId,
    /// The tool it called, if it calls one.
    #[serde(flatten, serialize_with = "server_and_tool")]
    pub tool: Option<ToolRef>,
    /// `ok`, `tool_error`, `skipped`, `failed`, `needs_input` or
    /// `indeterminate`.
    pub status: &'static str,
    /// How long it ran.
    pub ms: u64,
    /// Whether its result came from the cache.
    pub cached: bool,
    /// How many calls were tried, repeats included.
    pub attempts: usize,
    /// How old the result is, in milliseconds, where it came from the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_ms: Option<u64>,
    /// The tool that served instead of the plan's, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<Served>,
    /// What was cut off the result, and how to read on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// Why it did not succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A tool that served in place of another.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Served {
    /// The tool.
    pub tool: ToolRef,
    /// Why it, in words.
    pub why: String,
}

/// What a query took.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Usage {
    /// Calls made to upstream servers.
    pub calls: u32,
    /// What all calls cost, model calls included, in the operator's unit of
    /// price.
    pub cost: f64,
    /// Calls made to language models.
    pub model_calls: u32,
    /// Tokens read by models.
    pub tokens_in: u64,
    /// Tokens written by models.
    pub tokens_out: u64,
    /// Wall time, in milliseconds.
    pub ms: u64,
}

impl From<Instead> for Served {
    fn from(Instead { tool, why }: Instead) -> Self {
        Self { tool, why }
    }
}

impl Usage {
    /// What a query took up to now.
    pub(crate) fn so_far(query: &Query, book: &Book, took: Duration) -> Self {
        let models = book.calls();
        Self {
            calls: query.ledger.spent_calls(),
            cost: query.ledger.spent_cost().units() + models.iter().filter_map(|call| call.cost).sum::<f64>(),
            model_calls: u32::try_from(models.len()).unwrap_or(u32::MAX),
            tokens_in: models.iter().map(|call| call.tokens_in).sum(),
            tokens_out: models.iter().map(|call| call.tokens_out).sum(),
            ms: millis(took),
        }
    }
}

pub(crate) fn step_lines(plan: &Plan, report: &Report) -> Vec<StepLine> {
    let line = |(index, seen): (plan::StepIndex, &Observation)| {
        let step = plan.step(index);
        let told = report.step(index);
        StepLine {
            id: step.id.clone(),
            tool: step.tool().map(|tool| tool.reference.clone()),
            status: seen.status(),
            ms: millis(told.took),
            cached: told.cached.is_some(),
            attempts: told.attempts,
            age_ms: told.cached.map(millis),
            instead: told.instead.map(|instead| Served::from(*instead)),
            cut: told.cut.map(|cut| *cut),
            error: error(seen),
        }
    };
    report.observations.iter().map(line).collect()
}

fn error(seen: &Observation) -> Option<String> {
    match seen {
        Observation::Failed(fault) | Observation::Indeterminate(fault) => Some(fault.message.clone()),
        Observation::ToolError(output) => Some(match output.value() {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }),
        Observation::Output(_) | Observation::Skipped(_) | Observation::NeedsInput(_) => None,
    }
}

impl Outcome {
    /// An outcome for which nothing was called.
    pub(crate) fn uncalled(query: &Query, book: &Book, decision: Decision, took: Duration) -> Self {
        Self {
            query_id: query.id.clone(),
            decision,
            plan: None,
            steps: Vec::new(),
            usage: Usage::so_far(query, book, took),
            models: book.calls(),
            drafting: book.account(),
            suspension: None,
            resume: None,
            query: query.clone(),
        }
    }

    pub(crate) fn of_plan(self, plan: Plan) -> Self {
        Self { plan: Some(plan), ..self }
    }

    pub(crate) fn suspended(self, suspension: Suspension) -> Self {
        Self { suspension: Some(suspension), ..self }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl From<Answer> for Decision {
    fn from(answer: Answer) -> Self {
        Self::Answered(answer)
    }
}

impl From<InputRequired> for Decision {
    fn from(input: InputRequired) -> Self {
        Self::InputRequired(input)
    }
}

impl From<Refusal> for Decision {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.decision.serialize_into(&mut map, self.plan.as_ref())?;
        if let Some(resume) = &self.resume {
            map.serialize_entry("resume", &resume.text)?;
            map.serialize_entry("expires", &resume.expires.to_string())?;
            if let Some(approval) = &resume.approval {
                map.serialize_entry("approval", &json!({ "id": approval.id, "in_band": approval.in_band }))?;
            }
        }
        if let Some(suspension) = &self.suspension {
            map.serialize_entry("has_acted", &suspension.has_acted())?;
        }
        map.serialize_entry("query_id", &self.query_id)?;
        map.serialize_entry("plan", &self.plan)?;
        map.serialize_entry("steps", &self.steps)?;
        map.serialize_entry("usage", &self.usage)?;
        map.serialize_entry("models", &self.models)?;
        if let Some(drafting) = &self.drafting {
            map.serialize_entry("drafting", drafting)?;
        }
        map.end()
    }
}

impl Decision {
    fn serialize_into<M: SerializeMap>(&self, map: &mut M, plan: Option<&Plan>) -> Result<(), M::Error> {
        match self {
            Self::Answered(answer) => {
                map.serialize_entry("outcome", "answered")?;
                map.serialize_entry("status", &answer.status)?;
                map.serialize_entry("answer", &json!({ "text": answer.text, "citations": answer.citations }))?;
                map.serialize_entry("missing", &answer.missing)
            }
            Self::InputRequired(input) => {
                map.serialize_entry("outcome", "input_required")?;
                input.serialize_into(map, plan)
            }
            Self::Refused(refusal) => {
                map.serialize_entry("outcome", "refused")?;
                map.serialize_entry("reason", &refusal.reason)?;
                map.serialize_entry("message", &refusal.message)?;
                map.serialize_entry("nearest", &refusal.nearest)?;
                map.serialize_entry("faults", &refusal.faults)?;
                match refusal.retry_after {
                    Some(wait) => map.serialize_entry("retry_after_ms", &millis(wait)),
                    None => Ok(()),
                }
            }
        }
    }
}

impl InputRequired {
    fn serialize_into<M: SerializeMap>(&self, map: &mut M, plan: Option<&Plan>) -> Result<(), M::Error> {
        let (kind, question) = match self {
            Self::Clarify { question, .. } => ("clarify", question),
            Self::Approve { question, .. } => ("approve", question),
            Self::Argument { question, .. } => ("argument", question),
        };
        map.serialize_entry("kind", kind)?;
        map.serialize_entry("question", question)?;
        match self {
            Self::Clarify { options, .. } => map.serialize_entry("options", options),
            Self::Approve { calls, explain, .. } => {
                let option = |asked: &CallToApprove| asked_json(plan, asked);
                map.serialize_entry("options", &calls.iter().map(option).collect::<Vec<_>>())?;
                map.serialize_entry("explain", explain)
            }
            Self::Argument { tool, schema, known, .. } => {
                map.serialize_entry("options", &[(); 0])?;
                map.serialize_entry("tool", tool)?;
                map.serialize_entry("schema", schema)?;
                map.serialize_entry("known", &known.iter().cloned().collect::<serde_json::Map<_, _>>())
            }
        }
    }
}

/// `"server": …, "tool": …`, both null for a step that calls no tool.
fn server_and_tool<S: Serializer>(tool: &Option<ToolRef>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("server", &tool.as_ref().map(|tool| tool.server.as_str()))?;
    map.serialize_entry("tool", &tool.as_ref().map(|tool| &*tool.tool))?;
    map.end()
}
