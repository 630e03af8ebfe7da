//! One step.

use std::sync::Arc;

use catalog::{Availability, Effect, Fingerprint, ServerId, Tool};

use super::reference::RefPlace;
use super::{CheckContext, Checker, Known, index};
use crate::closest::{likeness, ranked};
use crate::draft::Field;
use crate::limits::{MAX_ARGUMENTS, MAX_EACH_ITEMS, MAX_PURPOSE_CHARS};
use crate::shape::Shape;
use crate::{DraftBinding, DraftOp, DraftStep, FaultCode, Guard, Op, Operator, Origin, Ref, Step, StepId, StepIndex};

/// The argument of a quarantined model that is material to read.
const READ_BY_MODEL: &str = "from";

/// The tool or operator that a step names.
pub(crate) enum Callee<'a> {
    Tool(&'a Arc<Tool>),
    Operator(Operator),
}

/// What a text names, among what a plan may use.
pub(crate) fn find_tool<'a>(context: &CheckContext<'a>, name: &str) -> Option<Callee<'a>> {
    let operator = Operator::parse(name).map(Callee::Operator);
    operator.or_else(|| context.find(name).map(Callee::Tool))
}

impl<'a> Checker<'a> {
    /// Checks one step and remembers what is known of its result.
    pub(super) fn step(&mut self, at: usize, draft: &'a DraftStep) -> Option<Step> {
        self.sizes(at, draft);
        self.misplaced(at, draft);
        let op = match draft.op {
            DraftOp::Sub => self.sub(at, draft),
            DraftOp::Call | DraftOp::Each => self.called(at, draft),
        };
        let guard = draft.when.as_ref().map(|guard| self.guard(at, guard));
        let after = self.after(at, draft);
        if self.known.len() == at {
            self.known.push(Known { shape: Shape::anything(), untrusted: true, harmless: false });
        }
        let guard: Option<Guard> = match guard {
            None | Some(Ok(None)) => None,
            Some(Ok(Some(guard))) => Some(guard),
            Some(Err(())) => return None,
        };
        let purpose = draft.purpose.clone();
        let id = StepId::new(draft.id.as_str());
        Some(Step { id, origin: Origin::Principal, purpose, op: op?, guard, after: after? })
    }

    fn sizes(&mut self, at: usize, draft: &DraftStep) {
        if draft.args.len() > MAX_ARGUMENTS {
            let message = format!("{} arguments are given, and {MAX_ARGUMENTS} are the most", draft.args.len());
            self.fault(at, FaultCode::LimitExceeded, self.place(at, Field::Args), message);
        }
        if draft.purpose.chars().count() > MAX_PURPOSE_CHARS {
            let message = format!("the purpose is longer than {MAX_PURPOSE_CHARS} characters");
            self.fault(at, FaultCode::LimitExceeded, self.place(at, Field::Purpose), message);
        }
        if draft.limit.is_some_and(|limit| limit > MAX_EACH_ITEMS as u64) {
            let message = format!("an `each` takes at most {MAX_EACH_ITEMS} items; lower `limit`");
            self.fault(at, FaultCode::LimitExceeded, self.place(at, Field::Limit), message);
        }
    }

    /// Parts that belong to another kind of step.
    fn misplaced(&mut self, at: usize, draft: &DraftStep) {
        let each = draft.op == DraftOp::Each;
        let sub = draft.op == DraftOp::Sub;
        let rows = [
            (!each && draft.over.is_some(), Field::Over, "`over` belongs to an `each`"),
            (each && draft.over.is_none(), Field::Over, "an `each` needs the array it goes over"),
            (!each && draft.limit.is_some(), Field::Limit, "`limit` belongs to an `each`"),
            (draft.limit == Some(0), Field::Limit, "an `each` over 0 items does nothing; leave the step out"),
            (!sub && !draft.tools.is_empty(), Field::AllTools, "`tools` belongs to a `sub`"),
            (sub && !draft.tool.is_empty(), Field::Tool, "a `sub` lists what it may use in `tools`"),
            (sub && draft.fingerprint.is_some(), Field::Fingerprint, "a `sub` has no tool of its own to pin"),
        ];
        for (wrong, field, message) in rows {
            if wrong {
                self.fault(at, FaultCode::BadShape, self.place(at, field), message);
            }
        }
    }

    fn called(&mut self, at: usize, draft: &'a DraftStep) -> Option<Op> {
        let over = draft.over.as_ref().filter(|_| draft.op == DraftOp::Each);
        let over_place = RefPlace { step: self.place(at, Field::Over), path: self.place(at, Field::OverPath) };
        let over: Option<(Ref, Shape)> = over.and_then(|over| self.reference(at, over, &over_place));
        let item = (draft.op == DraftOp::Each).then(|| self.item_of(at, over.as_ref(), &over_place.path));
        let Some(callee) = find_tool(&self.context, &draft.tool) else {
            self.unknown_tool(at, draft);
            // References are still looked up, so that their faults show too.
            for (place, (name, binding)) in draft.args.iter().enumerate() {
                let place = self.places.argument(at, place, name);
                self.binding(at, binding, None, item.as_ref(), &place);
            }
            return None;
        };
        match callee {
            Callee::Operator(operator) => self.computed(at, draft, operator),
            Callee::Tool(tool) => {
                self.pinned(at, draft, tool);
                let args = self.arguments(at, draft, tool, item.as_ref());
                let shape = Shape::of_result(tool);
                let each = draft.op == DraftOp::Each;
                let shape = if each { shape.of_each() } else { shape };
                self.known.push(Known { shape, untrusted: true, harmless: tool.effect.is_read_only() });
                if !each {
                    return Some(Op::Call { tool: Arc::clone(tool), args: args? });
                }
                let (over, _) = over?;
                self.steered_each(at, tool, over.step);
                let limit = draft.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MAX_EACH_ITEMS);
                Some(Op::Each { tool: Arc::clone(tool), over, limit, args: args? })
            }
        }
    }

    fn computed(&mut self, at: usize, draft: &'a DraftStep, operator: Operator) -> Option<Op> {
        if draft.op == DraftOp::Each {
            let message = format!("`{}` takes a whole array: make it a `call`", draft.tool);
            self.fault(at, FaultCode::BadShape, self.place(at, Field::Op), message);
        }
        if draft.fingerprint.is_some() {
            let message = format!("`{}` is computed here and has no definition to pin", draft.tool);
            self.fault(at, FaultCode::BadShape, self.place(at, Field::Fingerprint), message);
        }
        let args = self.arguments(at, draft, operator.tool(), None);
        let refs = || args.iter().flatten().flat_map(|(_, binding)| binding.refs());
        let untrusted = operator.asks_a_model() || refs().any(|reference| self.is_untrusted(reference.step.0));
        let shape = Shape::of_schema(operator.output_schema());
        self.known.push(Known { shape, untrusted: untrusted || args.is_none(), harmless: true });
        self.template_of_format(at, draft, operator);
        self.task_of_model(at, draft, operator);
        Some(Op::Pure { operator, args: args? })
    }

    /// What a quarantined model is asked for stands in the plan; only what it
    /// is to read may come from results.
    fn task_of_model(&mut self, at: usize, draft: &DraftStep, operator: Operator) {
        let given = |binding: &DraftBinding| matches!(binding, DraftBinding::Literal(_) | DraftBinding::Text(_));
        for (place, (name, binding)) in draft.args.iter().enumerate().filter(|_| operator.asks_a_model()) {
            if name != READ_BY_MODEL && !given(binding) {
                let pointer = self.places.argument(at, place, name);
                let message = format!("`{name}` of `{}` says what to do and must stand in the plan", operator.name());
                self.fault(at, FaultCode::BadShape, pointer, message);
            }
        }
    }

    /// What an item of the array is, as far as that is known.
    fn item_of(&mut self, at: usize, over: Option<&(Ref, Shape)>, place: &str) -> Shape {
        let Some((over, shape)) = over else { return Shape::anything() };
        shape.item().unwrap_or_else(|| {
            let source = &self.draft.steps[over.step.0].id;
            let message = format!("an `each` goes over an array, and `{}` of `{source}` never is one", over.path);
            self.fault(at, FaultCode::ReferenceMismatch, place.to_owned(), message);
            Shape::anything()
        })
    }

    fn steered_each(&mut self, at: usize, tool: &Tool, over: StepIndex) {
        if tool.effect == Effect::Destructive && self.is_untrusted(over.0) {
            let source = &self.draft.steps[over.0].id;
            let message = format!(
                "`{}` is destructive, and what `{source}` yields would decide how often it is called and on what; \
                 call it for each thing by name",
                tool.reference
            );
            self.fault(at, FaultCode::SideEffectSteered, self.place(at, Field::Over), message);
        }
    }

    fn pinned(&mut self, at: usize, draft: &DraftStep, tool: &Tool) {
        let Some(text) = &draft.fingerprint else { return };
        let place = self.place(at, Field::Fingerprint);
        match Fingerprint::parse(text) {
            None => self.fault(at, FaultCode::BadShape, place, "a fingerprint is 64 hexadecimal digits"),
            Some(pinned) if pinned != tool.fingerprint => {
                let message = format!(
                    "`{}` was redefined since the plan was written; look at it again and pin {}",
                    tool.reference, tool.fingerprint
                );
                self.fault(at, FaultCode::FingerprintMismatch, place, message);
            }
            Some(_) => {}
        }
    }

    fn after(&mut self, at: usize, draft: &DraftStep) -> Option<Vec<StepIndex>> {
        let mut all = Some(Vec::new());
        for (i, name) in draft.after.iter().enumerate() {
            let place = self.place(at, Field::After(i));
            match (self.earlier(at, name, &place), &mut all) {
                (Some(found), Some(all)) => all.push(index(found)),
                (None, all) => *all = None,
                (Some(_), None) => {}
            }
        }
        if let Some(all) = &mut all {
            all.sort_unstable();
            all.dedup();
        }
        all
    }

    fn unknown_tool(&mut self, at: usize, draft: &DraftStep) {
        let name = &draft.tool;
        let place = self.place(at, Field::Tool);
        if name.is_empty() {
            self.fault(at, FaultCode::UnknownTool, place, "the step names no tool");
            return;
        }
        let server = name.split_once('.').map(|(server, _)| ServerId::new(server));
        let server = server.and_then(|id| self.context.catalog.server(&id));
        let down = server.and_then(|server| match &server.availability {
            Availability::Ready => None,
            Availability::Starting => Some(format!("server `{}` has not answered yet", server.id)),
            Availability::Failed(fault) => Some(format!("server `{}` cannot be had: {fault}", server.id)),
        });
        match down {
            Some(why) => self.fault(at, FaultCode::UnknownTool, place, format!("`{name}` cannot be called: {why}")),
            None => {
                self.fault(at, FaultCode::UnknownTool, place, format!("there is no tool `{name}`"));
                self.suggest(similar_tools(&self.context, name));
            }
        }
    }
}

/// The tools and operators whose names are most like this one, with or
/// without their server's.
pub(super) fn similar_tools(context: &CheckContext<'_>, name: &str) -> Vec<String> {
    let bare = name.rsplit(['.', '/', ':']).next().unwrap_or(name);
    let operators = Operator::ALL.iter().map(|operator| operator.tool());
    let all: Vec<(f64, String)> = context
        .tools()
        .chain(operators)
        .map(|tool| {
            let full = tool.reference.to_string();
            let by_bare = likeness(bare, &tool.reference.tool);
            (likeness(name, &full).max(by_bare), full)
        })
        .collect();
    ranked(all.iter().map(|(likeness, name)| (*likeness, name.as_str())))
}
