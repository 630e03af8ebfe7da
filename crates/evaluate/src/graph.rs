//! A plan, as far as scoring looks at it.

use std::collections::BTreeMap;

use catalog::{Tool, ToolRef};
use plan::{Arguments, Binding, Op, Plan, Step};
use serde_json::Value;

/// A plan, as far as scoring looks at it: what is called with which literals,
/// and what waits for what.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// In an order in which they could run one by one.
    pub(crate) nodes: Vec<Node>,
}

/// A step.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) does: Does,
    /// Whether it runs only if a condition holds.
    pub(crate) guarded: bool,
    /// What it waits for: the earlier node, and whether something is read
    /// from it. What is not read from only has to come first.
    pub(crate) waits_for: BTreeMap<usize, bool>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// It calls a tool.
    Call(Call),
    /// It computes.
    Computes,
    /// It asks a query of its own.
    Asks,
}

/// A call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) tool: ToolRef,
    /// The arguments that are known now.
    pub(crate) literals: Vec<(String, Value)>,
    /// Whether it is made once for every item of an earlier result.
    pub(crate) per_item: bool,
}

impl Graph {
    /// What scoring looks at in a plan.
    pub fn of(plan: &Plan) -> Self {
        Self { nodes: plan.steps().iter().map(Node::of).collect() }
    }

    /// Calls of these tools, with nothing known of them and nothing between
    /// them.
    pub(crate) fn of_tools(tools: impl IntoIterator<Item = ToolRef>) -> Self {
        Self { nodes: tools.into_iter().map(Node::bare).collect() }
    }

    /// The graph with a call of that tool, if it has none yet.
    pub(crate) fn with_tool(mut self, tool: &ToolRef) -> Self {
        if !self.nodes.iter().any(|node| node.call().is_some_and(|call| call.tool == *tool)) {
            self.nodes.push(Node::bare(tool.clone()));
        }
        self
    }
}

impl Node {
    fn of(step: &Step) -> Self {
        let call = |tool: &Tool, args, per_item| {
            Does::Call(Call { tool: tool.reference.clone(), literals: literals(args), per_item })
        };
        let does = match &step.op {
            Op::Call { tool, args } => call(tool, args, false),
            Op::Each { tool, args, .. } => call(tool, args, true),
            Op::Pure { .. } => Does::Computes,
            Op::Sub { .. } => Does::Asks,
        };
        let mut waits_for: BTreeMap<usize, bool> = step.after.iter().map(|earlier| (earlier.0, false)).collect();
        waits_for.extend(step.refs().into_iter().map(|read| (read.step.0, true)));
        Self { does, guarded: step.guard.is_some(), waits_for }
    }

    fn bare(tool: ToolRef) -> Self {
        let call = Call { tool, literals: Vec::new(), per_item: false };
        Self { does: Does::Call(call), guarded: false, waits_for: BTreeMap::new() }
    }

    pub(crate) fn call(&self) -> Option<&Call> {
        match &self.does {
            Does::Call(call) => Some(call),
            Does::Computes | Does::Asks => None,
        }
    }
}

impl Call {
    /// The literal of that argument, if it has one.
    pub(crate) fn literal(&self, name: &str) -> Option<&Value> {
        self.literals.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

fn literals(args: &Arguments) -> Vec<(String, Value)> {
    let literal = |(name, binding): &(String, Binding)| match binding {
        Binding::Literal(value) => Some((name.clone(), value.clone())),
        Binding::Ref(_) | Binding::Item(_) | Binding::Template(_) => None,
    };
    args.iter().filter_map(literal).collect()
}
