//! What a planner made of a query, with nothing called.

use std::borrow::Cow;
use std::collections::BTreeSet;

use catalog::ToolRef;
use plan::{Binding, Integrity, Op, Piece, Plan, Ref, Step};
use policy::{Answer, Rules};

use crate::{Ending, Graph};

/// What a planner made of a query, with nothing called.
#[derive(Clone, Debug)]
pub enum Made {
    /// A plan that runs to its end without asking.
    Answer(Graph),
    /// A plan some of whose calls wait for somebody's word.
    Approve(Graph),
    /// A question: which of these tools is meant.
    Clarify(Vec<ToolRef>),
    /// A form for what a tool still needs.
    Argument {
        /// The tool.
        tool: ToolRef,
        /// The arguments that are asked for.
        asks: BTreeSet<String>,
        /// The plan so far, where one is shown.
        plan: Option<Graph>,
    },
    /// A refusal: nothing here can do it.
    OutOfScope,
    /// Any other refusal; no label asks for one.
    Failed {
        /// Why, in a word.
        reason: String,
        /// The plan that is refused, where one is shown.
        plan: Option<Graph>,
    },
}

impl Made {
    /// What a plan amounts to under the operator's rules: calls whose
    /// arguments are all known are asked for before anything runs, the others
    /// when their arguments are; either way somebody is asked.
    pub fn of_plan(plan: &Plan, rules: &Rules) -> Self {
        if somebody_is_asked(plan, rules) { Self::Approve(Graph::of(plan)) } else { Self::Answer(Graph::of(plan)) }
    }

    /// The outcome and its kind; `None` where no label asks for it.
    pub fn ending(&self) -> Option<Ending> {
        match self {
            Self::Answer(_) => Some(Ending::Answered),
            Self::Approve(_) => Some(Ending::Approve),
            Self::Clarify(_) => Some(Ending::Clarify),
            Self::Argument { .. } => Some(Ending::Argument),
            Self::OutOfScope => Some(Ending::OutOfScope),
            Self::Failed { .. } => None,
        }
    }

    /// The outcome in words.
    pub(crate) fn told(&self) -> Cow<'_, str> {
        match (self.ending(), self) {
            (Some(ending), _) => ending.as_str().into(),
            (None, Self::Failed { reason, .. }) => reason.into(),
            (None, _) => "nothing".into(),
        }
    }

    /// Whether there is a plan to look at.
    pub(crate) fn shows_plan(&self) -> bool {
        match self {
            Self::Answer(_) | Self::Approve(_) => true,
            Self::Argument { plan, .. } | Self::Failed { plan, .. } => plan.is_some(),
            Self::Clarify(_) | Self::OutOfScope => false,
        }
    }

    /// Everything that is called or offered. A form's tool is a call, unless
    /// the plan beside it has one of that tool: then the form is for that.
    pub(crate) fn graph(&self) -> Cow<'_, Graph> {
        match self {
            Self::Answer(graph) | Self::Approve(graph) | Self::Failed { plan: Some(graph), .. } => Cow::Borrowed(graph),
            Self::Clarify(options) => Cow::Owned(Graph::of_tools(options.iter().cloned())),
            Self::Argument { tool, plan, .. } => Cow::Owned(plan.clone().unwrap_or_default().with_tool(tool)),
            Self::OutOfScope | Self::Failed { plan: None, .. } => Cow::Owned(Graph::default()),
        }
    }

    /// The arguments that a form asks for, if it is one.
    pub(crate) fn asks(&self) -> Option<&BTreeSet<String>> {
        match self {
            Self::Argument { asks, .. } => Some(asks),
            _ => None,
        }
    }
}

/// Whether some call of the plan is put before somebody, now or later.
fn somebody_is_asked(plan: &Plan, rules: &Rules) -> bool {
    // What each step yields: a server's words, or what was computed from none.
    let mut yields: Vec<Integrity> = Vec::new();
    for step in plan.steps() {
        let own = integrity(step, &yields);
        if step.tool().is_some_and(|tool| rules.answer(tool.effect, own) == Answer::Ask) {
            return true;
        }
        yields.push(if matches!(step.op, Op::Pure { .. }) { own } else { Integrity::Untrusted });
    }
    false
}

/// How far a step's arguments may be believed, as policy will see them.
fn integrity(step: &Step, yields: &[Integrity]) -> Integrity {
    let of_ref = |read: &Ref| yields.get(read.step.0).copied().unwrap_or(Integrity::Untrusted);
    let of_piece = |piece: &Piece| match piece {
        Piece::Text(_) => Integrity::Trusted,
        Piece::Ref(read) => of_ref(read),
        Piece::Item(_) => Integrity::Untrusted,
    };
    let of_binding = |binding: &Binding| match binding {
        Binding::Literal(_) => Integrity::Trusted,
        Binding::Ref(read) => of_ref(read),
        Binding::Item(_) => Integrity::Untrusted,
        Binding::Template(pieces) => pieces.iter().map(of_piece).max().unwrap_or_default(),
    };
    match &step.op {
        Op::Call { args, .. } | Op::Pure { args, .. } => {
            args.iter().map(|(_, binding)| of_binding(binding)).max().unwrap_or_default()
        }
        Op::Each { .. } => Integrity::Untrusted,
        Op::Sub { text, .. } => of_binding(text),
    }
}
