//! The core plan: typed, ordered and hashed.

use std::fmt;
use std::sync::Arc;

use catalog::{Effect, Fingerprint, Readers, Tool, ToolRef};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{Binding, Op, Origin, Step, StepId, StepIndex, flow, hashed};

/// How the answer is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStyle {
    /// The value itself.
    Direct,
    /// A list of items.
    List,
    /// A table.
    Table,
    /// A summary in sentences.
    #[default]
    Summary,
}

/// What the answer is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSpec {
    /// How it is told.
    pub style: AnswerStyle,
    /// The steps whose results it tells.
    pub uses: Vec<StepIndex>,
}

/// The hash of everything a plan does: tools with their fingerprints,
/// bindings, guards and order; not of the words that explain it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlanHash(pub(crate) Fingerprint);

/// A valid plan: every reference points backwards, every tool exists in the
/// snapshot it was checked against, every argument can fit. Only the
/// validator makes one.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) answer: AnswerSpec,
    pub(crate) hash: PlanHash,
    pub(crate) catalog_version: u64,
    /// Who may be told what each step yields.
    pub(crate) outputs: Vec<Readers>,
}

impl Plan {
    /// What the validator found to be valid.
    pub(crate) fn checked(
        steps: Vec<Step>,
        answer: AnswerSpec,
        catalog_version: u64,
        of_tool: impl Fn(&ToolRef) -> Readers,
    ) -> Self {
        let hash = PlanHash::of(&hashed::form(&steps));
        let outputs = flow::outputs(&steps, of_tool);
        Self { steps, answer, hash, catalog_version, outputs }
    }

    /// A plan of one call whose arguments the principal gave: what a direct
    /// `tools/call` is run as. Its arguments are checked against the tool's
    /// schema where every call's are, when it is judged.
    pub fn single_call(tool: Arc<Tool>, arguments: Map<String, Value>, catalog_version: u64) -> Self {
        let args = arguments.into_iter().map(|(name, value)| (name, Binding::Literal(value))).collect();
        let purpose = tool.purpose().to_owned();
        let id = StepId::new("s1");
        let op = Op::Call { tool, args };
        let step = Step { id, origin: Origin::Principal, purpose, op, guard: None, after: Vec::new() };
        let answer = AnswerSpec { style: AnswerStyle::Direct, uses: vec![StepIndex(0)] };
        Self::checked(vec![step], answer, catalog_version, |_| Readers::Everyone)
    }

    /// The same plan with each step on the word that `origin` says it is on.
    #[must_use]
    pub(crate) fn on_the_word_of(mut self, origin: impl Fn(&Step) -> Origin) -> Self {
        for step in &mut self.steps {
            step.origin = origin(step);
        }
        self
    }

    /// The steps, in an order in which they could run one by one.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step at that place.
    pub fn step(&self, index: StepIndex) -> &Step {
        &self.steps[index.0]
    }

    /// Every step with its place.
    pub fn indexed(&self) -> impl Iterator<Item = (StepIndex, &Step)> {
        self.steps.iter().enumerate().map(|(i, step)| (StepIndex(i), step))
    }

    /// The place of the step of that name.
    pub fn index_of(&self, id: &StepId) -> Option<StepIndex> {
        self.steps.iter().position(|step| step.id == *id).map(StepIndex)
    }

    /// What the answer is made of.
    pub fn answer(&self) -> &AnswerSpec {
        &self.answer
    }

    /// The hash of everything it does.
    pub fn hash(&self) -> PlanHash {
        self.hash
    }

    /// The version of the catalogue it was checked against.
    pub fn catalog_version(&self) -> u64 {
        self.catalog_version
    }

    /// The gravest effect of any step.
    pub fn effect(&self) -> Effect {
        self.steps.iter().filter_map(|step| step.tool()).map(|tool| tool.effect).max().unwrap_or(Effect::Pure)
    }

    /// Every edge of the graph, derived from references and orders: `(from, to)`.
    pub fn edges(&self) -> Vec<(StepIndex, StepIndex)> {
        self.indexed().flat_map(|(to, step)| step.dependencies().into_iter().map(move |from| (from, to))).collect()
    }
}

impl PlanHash {
    pub(crate) fn of(steps: &Value) -> Self {
        Self(Fingerprint::of(steps))
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for PlanHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
