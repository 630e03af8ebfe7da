//! Giving arguments their values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use catalog::{Fingerprint, JsonType, JsonTypes, Readers, Tool, ToolRef};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::direct::given_already;
use crate::literal::fitted;
use crate::{Arguments, Binding, Label, Observations, Op, Operator, Origin, Path, Piece, Plan, Ref, StepIndex};

/// One call with every argument known, and where each came from. Not yet
/// permitted: only policy turns it into something that may leave.
#[derive(Clone, Debug)]
pub struct BoundCall {
    /// The step it belongs to.
    pub step: StepIndex,
    /// Which item of an `each` it is for.
    pub item: Option<usize>,
    /// On whose word it is made at all.
    pub origin: Origin,
    /// The tool, pinned with its definition.
    pub tool: Arc<Tool>,
    /// The arguments object, those that the operator fixed among them.
    pub arguments: Value,
    /// The same object byte for byte as a client wrote it, where a client
    /// wrote the whole of it: that is what leaves.
    pub written: Option<Arc<RawValue>>,
    /// Each argument's origin, by name.
    pub labels: BTreeMap<String, Label>,
    /// Which servers may know that it is made at all.
    pub occasion: Readers,
}

impl BoundCall {
    /// The hash of what would be done: the tool with its definition, and the
    /// canonical arguments. An approval names it.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&json!({
            "tool": self.tool.reference,
            "definition": self.tool.fingerprint,
            "arguments": self.arguments,
        }))
    }

    /// The label of the arguments taken together. A call for an item of an
    /// `each`, or on a model's word, is never trusted, whatever its arguments
    /// are: a result, or a model, decided that it is made at all.
    pub fn label(&self) -> Label {
        let made_at_all = if self.item.is_some() { Label::untrusted() } else { self.origin.label() };
        let made_at_all = made_at_all.join(&Label::known_to(self.occasion.clone()));
        self.labels.values().fold(made_at_all, Label::join)
    }
}

/// A step whose inputs are known.
#[derive(Clone, Debug)]
pub enum BoundStep {
    /// One call.
    Call(BoundCall),
    /// One call for each item, and how many items the limit left out.
    Each {
        /// The call for each item, in the items' order; an item that lacks
        /// what a call needs fails alone.
        calls: Vec<Result<BoundCall, BindFault>>,
        /// Items beyond the limit.
        left_out: usize,
    },
    /// A computation.
    Pure {
        /// What is computed.
        operator: Operator,
        /// Its arguments, by name.
        arguments: Map<String, Value>,
    },
    /// A nested query.
    Sub {
        /// Its text.
        text: String,
        /// Where the text came from.
        label: Label,
        /// The tools it may use.
        tools: Vec<ToolRef>,
    },
}

/// Why a step's inputs cannot be had from the results there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindFault {
    /// A step it reads from yielded no result.
    NoResult(StepIndex),
    /// The result has nothing at that path.
    NothingThere {
        /// The argument, or `over`.
        argument: String,
        /// The step whose result it is.
        step: StepIndex,
        /// Where it was looked for.
        path: Path,
    },
    /// What an `each` is to go over is no array.
    NotAnArray {
        /// The step whose result it is.
        step: StepIndex,
        /// Where it was looked for.
        path: Path,
    },
    /// The operator fixed an argument that is given.
    Fixed {
        /// What whoever gave it is told.
        message: String,
    },
    /// An item of an `each` lacks what an argument needs.
    NothingInItem {
        /// The argument.
        argument: String,
        /// Where in the item it was looked for.
        path: Path,
    },
}

impl Plan {
    /// A step's inputs from the results so far. Arguments whose reference
    /// finds nothing, or a null that the parameter does not admit, are left
    /// out when their parameter is optional; inputs of `orc.first` also when
    /// their step yielded nothing. A value of another type than the parameter
    /// admits is written as one where nothing is lost by it: 7 as `"7"`.
    pub fn bind(&self, index: StepIndex, seen: &Observations) -> Result<BoundStep, BindFault> {
        let step = self.step(index);
        let binder = Binder { plan: self, seen, step: index, origin: step.origin, occasion: self.occasion_of(index) };
        match &step.op {
            Op::Call { tool, args } => Ok(BoundStep::Call(binder.call(tool, args, None)?)),
            Op::Each { tool, over, limit, args } => binder.each(tool, over, *limit, args),
            Op::Pure { operator, args } => {
                Ok(BoundStep::Pure { operator: *operator, arguments: binder.inputs(*operator, args)? })
            }
            Op::Sub { text, tools } => {
                let (value, label) = binder.value("text", text, None)?;
                let label = label.join(&step.origin.label()).join(&Label::known_to(binder.occasion));
                Ok(BoundStep::Sub { text: text_of(&value), label, tools: tools.clone() })
            }
        }
    }
}

struct Binder<'a> {
    plan: &'a Plan,
    seen: &'a Observations,
    step: StepIndex,
    origin: Origin,
    occasion: Readers,
}

/// The item an `each` is at.
#[derive(Clone, Copy)]
struct Item<'a> {
    index: usize,
    value: &'a Value,
    source: StepIndex,
}

impl Binder<'_> {
    fn each(&self, tool: &Arc<Tool>, over: &Ref, limit: usize, args: &Arguments) -> Result<BoundStep, BindFault> {
        let (array, _) = self.referenced("over", over)?;
        let Value::Array(items) = array else {
            return Err(BindFault::NotAnArray { step: over.step, path: over.path.clone() });
        };
        let bind = |(index, value)| self.call(tool, args, Some(Item { index, value, source: over.step }));
        let calls = items.iter().take(limit).enumerate().map(bind).collect();
        Ok(BoundStep::Each { calls, left_out: items.len().saturating_sub(limit) })
    }

    fn call(&self, tool: &Arc<Tool>, args: &Arguments, item: Option<Item<'_>>) -> Result<BoundCall, BindFault> {
        let mut arguments = Map::new();
        let mut labels = BTreeMap::new();
        if let Some(name) = tool.fixed_among(args.iter().map(|(name, _)| name)) {
            return Err(BindFault::Fixed { message: given_already(tool, name) });
        }
        for (name, binding) in args {
            let parameter = tool.parameter(name);
            let optional = parameter.is_some_and(|parameter| !parameter.required);
            let types = parameter.map_or(JsonTypes::ANY, |parameter| parameter.types);
            // A literal was fitted when the plan was checked, or is a client's own word.
            let given = matches!(binding, Binding::Literal(_));
            match self.value(name, binding, item) {
                Ok((Value::Null, _)) if !given && optional && !types.admits(JsonType::Null) => {}
                Ok((value, label)) => {
                    arguments.insert(name.clone(), if given { value } else { fitted(value, types) });
                    labels.insert(name.clone(), label);
                }
                Err(BindFault::NothingThere { .. } | BindFault::NothingInItem { .. }) if optional => {}
                Err(fault) => return Err(fault),
            }
        }
        let arguments = Value::Object(tool.with_fixed(arguments));
        let (step, origin, tool) = (self.step, self.origin, Arc::clone(tool));
        // How many items there are is known from how many calls are made.
        let occasion =
            item.map_or_else(|| self.occasion.clone(), |item| self.occasion.join(self.plan.readers_of(item.source)));
        let item = item.map(|item| item.index);
        Ok(BoundCall { step, item, origin, tool, arguments, written: None, labels, occasion })
    }

    fn inputs(&self, operator: Operator, args: &Arguments) -> Result<Map<String, Value>, BindFault> {
        let mut inputs = Map::new();
        for (name, binding) in args {
            match self.value(name, binding, None) {
                Ok((value, _)) => {
                    inputs.insert(name.clone(), value);
                }
                Err(BindFault::NoResult(_) | BindFault::NothingThere { .. }) if operator.tolerates_missing() => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(inputs)
    }

    fn value(&self, name: &str, binding: &Binding, item: Option<Item<'_>>) -> Result<(Value, Label), BindFault> {
        match binding {
            Binding::Literal(value) => Ok((value.clone(), Label::trusted())),
            Binding::Ref(reference) => self.referenced(name, reference),
            Binding::Item(path) => self.in_item(name, path, item),
            Binding::Template(pieces) => self.templated(name, pieces, item),
        }
    }

    fn referenced(&self, name: &str, reference: &Ref) -> Result<(Value, Label), BindFault> {
        let output = self.seen.get(reference.step).and_then(|seen| seen.output());
        let output = output.ok_or(BindFault::NoResult(reference.step))?;
        let value = reference.path.select(output.value()).ok_or_else(|| BindFault::NothingThere {
            argument: name.to_owned(),
            step: reference.step,
            path: reference.path.clone(),
        })?;
        Ok((value, self.said_by(reference.step)))
    }

    fn templated(&self, name: &str, pieces: &[Piece], item: Option<Item<'_>>) -> Result<(Value, Label), BindFault> {
        let mut text = String::new();
        let mut label = Label::trusted();
        for piece in pieces {
            let (value, origin) = match piece {
                Piece::Text(plain) => {
                    text.push_str(plain);
                    continue;
                }
                Piece::Ref(reference) => self.referenced(name, reference)?,
                Piece::Item(path) => self.in_item(name, path, item)?,
            };
            text.push_str(&text_of(&value));
            label = label.join(&origin);
        }
        Ok((Value::String(text), label))
    }

    fn in_item(&self, name: &str, path: &Path, item: Option<Item<'_>>) -> Result<(Value, Label), BindFault> {
        let found = item.and_then(|item| path.select(item.value).map(|value| (value, self.said_by(item.source))));
        found.ok_or_else(|| BindFault::NothingInItem { argument: name.to_owned(), path: path.clone() })
    }

    fn said_by(&self, step: StepIndex) -> Label {
        Label::output_of(step, self.plan.readers_of(step).clone())
    }
}

/// A value inside a text: texts as they are, the rest as JSON.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl fmt::Display for BindFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoResult(StepIndex(i)) => write!(f, "step {} yielded no result to read from", i + 1),
            Self::NothingThere { argument, step: StepIndex(i), path } => {
                write!(f, "`{argument}` needs `{path}` of step {}'s result, and nothing stands there", i + 1)
            }
            Self::NotAnArray { step: StepIndex(i), path } => {
                write!(f, "`each` needs an array at `{path}` of step {}'s result, and there is none", i + 1)
            }
            Self::Fixed { message } => f.write_str(message),
            Self::NothingInItem { argument, path } => {
                write!(f, "`{argument}` needs `{path}` of the item, and nothing stands there")
            }
        }
    }
}
