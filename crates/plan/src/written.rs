//! A plan as it is written down: the friendly form, with what was worked out
//! about it. Read back and checked against the same catalogue, it is the same
//! plan.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::template::{write_hole, write_plain};
use crate::{
    Arguments, Binding, DraftAnswer, DraftBinding, DraftGuard, DraftOp, DraftRef, DraftStep, Form, Guard, ITEM, Op,
    Piece, Plan, PlanDraft, Ref, Step,
};

impl Plan {
    /// A draft that [`crate::check`] makes this plan of again, as long as the
    /// tools are defined as they are now.
    pub fn draft(&self) -> PlanDraft {
        let uses = self.answer.uses.iter().map(|step| self.name(*step)).collect();
        PlanDraft {
            steps: self.steps.iter().map(|step| self.draft_of(step)).collect(),
            answer: DraftAnswer { style: self.answer.style, uses: Some(uses) },
            form: Form::Friendly,
        }
    }

    fn name(&self, step: crate::StepIndex) -> String {
        self.step(step).id.to_string()
    }

    fn draft_of(&self, step: &Step) -> DraftStep {
        let own = match &step.op {
            Op::Call { tool, args } => DraftStep {
                tool: tool.reference.to_string(),
                args: self.args(args),
                fingerprint: Some(tool.fingerprint.to_string()),
                ..DraftStep::default()
            },
            Op::Each { tool, over, limit, args } => DraftStep {
                op: DraftOp::Each,
                tool: tool.reference.to_string(),
                over: Some(self.reference(over)),
                limit: Some(*limit as u64),
                args: self.args(args),
                fingerprint: Some(tool.fingerprint.to_string()),
                ..DraftStep::default()
            },
            Op::Pure { operator, args } => {
                DraftStep { tool: operator.name(), args: self.args(args), ..DraftStep::default() }
            }
            Op::Sub { text, tools } => {
                DraftStep::sub("", self.binding(text), tools.iter().map(ToString::to_string).collect())
            }
        };
        DraftStep {
            id: step.id.to_string(),
            purpose: step.purpose.clone(),
            when: step.guard.as_ref().map(|guard| self.guard(guard)),
            after: step.after.iter().map(|after| self.name(*after)).collect(),
            ..own
        }
    }

    fn args(&self, args: &Arguments) -> Vec<(String, DraftBinding)> {
        args.iter().map(|(name, binding)| (name.clone(), self.binding(binding))).collect()
    }

    fn binding(&self, binding: &Binding) -> DraftBinding {
        match binding {
            Binding::Literal(value) => DraftBinding::Literal(value.clone()),
            Binding::Ref(to) => DraftBinding::Ref(self.reference(to)),
            Binding::Item(path) => DraftBinding::Item(path.to_string()),
            Binding::Template(pieces) => DraftBinding::Template(self.template(pieces)),
        }
    }

    pub(crate) fn template(&self, pieces: &[Piece]) -> String {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(plain) => write_plain(plain, &mut text),
                Piece::Ref(to) => write_hole(&self.name(to.step), &to.path, &mut text),
                Piece::Item(path) => write_hole(ITEM, path, &mut text),
            }
        }
        text
    }

    fn reference(&self, to: &Ref) -> DraftRef {
        DraftRef::new(self.name(to.step), to.path.to_string())
    }

    fn guard(&self, guard: &Guard) -> DraftGuard {
        DraftGuard {
            subject: self.reference(&guard.subject),
            comparison: guard.comparison.as_str().to_owned(),
            value: guard.value.clone().map(DraftBinding::Literal),
        }
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let draft = self.draft();
        let steps: Vec<Value> = draft.steps.iter().zip(&self.steps).map(|(draft, step)| written(draft, step)).collect();
        let document = json!({
            "steps": steps,
            "answer": {"style": draft.answer.style, "uses": draft.answer.uses},
            "hash": self.hash,
            "catalog_version": self.catalog_version,
        });
        document.serialize(serializer)
    }
}

/// One step in the friendly form; members that say nothing are left out.
fn written(draft: &DraftStep, step: &Step) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("id", json!(draft.id));
    put(
        "op",
        json!(match draft.op {
            DraftOp::Call => "call",
            DraftOp::Each => "each",
            DraftOp::Sub => "sub",
        }),
    );
    if draft.op != DraftOp::Sub {
        put("tool", json!(draft.tool));
        put("effect", json!(step.tool().map_or(catalog::Effect::Pure, |tool| tool.effect)));
    }
    if let Some(tool) = step.tool() {
        put("server", json!(tool.reference.server));
        put("fingerprint", json!(tool.fingerprint));
    }
    if !draft.purpose.is_empty() {
        put("purpose", json!(draft.purpose));
    }
    if let Some(over) = &draft.over {
        put("over", json!(short(over)));
    }
    if let Some(limit) = draft.limit {
        put("limit", json!(limit));
    }
    if let Some(guard) = &draft.when {
        put("when", when(guard));
    }
    if !draft.after.is_empty() {
        put("after", json!(draft.after));
    }
    if let (DraftOp::Sub, [(_, query)]) = (draft.op, draft.args.as_slice()) {
        put("query", bound(query));
        put("tools", json!(draft.tools));
    } else {
        put("args", Value::Object(draft.args.iter().map(|(name, binding)| (name.clone(), bound(binding))).collect()));
    }
    Value::Object(members)
}

fn short(to: &DraftRef) -> String {
    format!("{}#{}", to.step, to.path)
}

fn when(guard: &DraftGuard) -> Value {
    let mut when = json!({"ref": short(&guard.subject), "is": guard.comparison});
    if let Some(DraftBinding::Literal(value)) = &guard.value {
        when["value"] = value.clone();
    }
    when
}

fn bound(binding: &DraftBinding) -> Value {
    match binding {
        DraftBinding::Literal(value) if looks_like_a_form(value) => json!({ "$lit": value }),
        DraftBinding::Literal(value) => value.clone(),
        DraftBinding::Text(text) => json!(text),
        DraftBinding::Ref(to) => json!({ "$ref": short(to) }),
        DraftBinding::Item(path) => json!({ "$item": path }),
        DraftBinding::Template(text) => json!({ "$tmpl": text }),
    }
}

/// Whether a literal would not be read as one.
fn looks_like_a_form(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.keys().any(|name| name.starts_with('$')) || members.values().any(looks_like_a_form)
        }
        Value::Array(items) => items.iter().any(looks_like_a_form),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
