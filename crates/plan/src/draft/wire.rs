//! The wire form: flat, every field present, an empty text or 0 where there
//! is nothing to say. It is what models write, so an absent field is read
//! like an empty one.
//!
//! A literal's `value` is a text: JSON, or plain words. The parameter's types
//! decide which is meant once the tool is known (`DraftBinding::Text`).

use serde_json::Value;

use super::place::member;
use super::reader::{Members, Reader};
use super::{DraftAnswer, DraftBinding, DraftGuard, DraftOp, DraftRef, DraftStep, Form, PlanDraft, Proposal};
use crate::FaultCode;
use crate::limits::{MAX_ARGUMENTS, MAX_STEPS};

#[derive(Clone, Copy)]
enum Outcome {
    Plan,
    Clarify,
    OutOfScope,
}

#[derive(Clone, Copy)]
enum Kind {
    Literal,
    Ref,
    Item,
    Template,
}

const STEP_FIELDS: &[&str] = &[
    "id",
    "op",
    "tool",
    "purpose",
    "over_step",
    "over_path",
    "limit",
    "when_step",
    "when_path",
    "when_cmp",
    "when_value",
    "after",
    "args",
];

/// A whole document.
pub(super) fn proposal(reader: &mut Reader, document: &Value) -> Option<Proposal> {
    let top = reader.object(document, "", &["outcome", "question", "reason", "steps", "answer"])?;
    let outcomes = [("plan", Outcome::Plan), ("clarify", Outcome::Clarify), ("out_of_scope", Outcome::OutOfScope)];
    match reader.word(top, "outcome", &outcomes) {
        Outcome::Plan => Some(Proposal::Plan(plan(reader, top))),
        Outcome::Clarify => Some(Proposal::Clarify { question: said(reader, top, "question") }),
        Outcome::OutOfScope => Some(Proposal::OutOfScope { reason: said(reader, top, "reason") }),
    }
}

fn said(reader: &mut Reader, top: Members<'_>, name: &str) -> String {
    let text = reader.text(top, name);
    if text.trim().is_empty() {
        reader.fault(FaultCode::BadShape, top.place(name), format!("`{name}` must say something"));
    }
    text
}

fn plan(reader: &mut Reader, top: Members<'_>) -> PlanDraft {
    let steps = reader.array(top, "steps");
    if steps.len() > MAX_STEPS {
        let message = format!("the plan has {} steps, and {MAX_STEPS} are the most", steps.len());
        reader.fault(FaultCode::LimitExceeded, "/steps", message);
    }
    let mut read = Vec::new();
    for (i, value) in steps.iter().take(MAX_STEPS).enumerate() {
        reader.enter_step(value);
        read.extend(step(reader, value, &format!("/steps/{i}")));
    }
    reader.leave_step();
    let answer = top.get("answer").and_then(|value| {
        let answer = reader.object(value, "/answer", &["style", "uses"])?;
        Some(DraftAnswer { style: reader.style(answer), uses: Some(reader.texts(answer, "uses")) })
    });
    PlanDraft { steps: read, answer: answer.unwrap_or_default(), form: Form::Wire }
}

fn step(reader: &mut Reader, value: &Value, at: &str) -> Option<DraftStep> {
    let step = reader.object(value, at, STEP_FIELDS)?;
    let op = reader.word(step, "op", &[("call", DraftOp::Call), ("each", DraftOp::Each), ("sub", DraftOp::Sub)]);
    let mut tool = reader.text(step, "tool");
    let mut tools = Vec::new();
    if op == DraftOp::Sub && !tool.is_empty() {
        tools.push(std::mem::take(&mut tool));
    }
    let over = DraftRef::new(reader.text(step, "over_step"), reader.text(step, "over_path"));
    Some(DraftStep {
        id: reader.required_text(step, "id"),
        op,
        tool,
        purpose: reader.text(step, "purpose"),
        over: (over != DraftRef::default()).then_some(over),
        limit: reader.count(step, "limit").filter(|limit| *limit > 0),
        when: guard(reader, step),
        after: reader.texts(step, "after"),
        args: arguments(reader, step),
        tools,
        fingerprint: None,
    })
}

fn guard(reader: &mut Reader, step: Members<'_>) -> Option<DraftGuard> {
    let subject = DraftRef::new(reader.text(step, "when_step"), reader.text(step, "when_path"));
    let comparison = reader.text(step, "when_cmp");
    let value = reader.text(step, "when_value");
    if comparison == "always" || comparison.is_empty() && subject.step.is_empty() {
        return None;
    }
    if comparison.is_empty() || subject.step.is_empty() {
        let message = "a guard has both `when_step` and `when_cmp`; without a guard `when_cmp` is `always`";
        reader.fault(FaultCode::MalformedGuard, step.place("when_cmp"), message);
        return None;
    }
    let value = Some(value).filter(|value| !value.is_empty()).map(DraftBinding::Text);
    Some(DraftGuard { subject, comparison, value })
}

fn arguments(reader: &mut Reader, step: Members<'_>) -> Vec<(String, DraftBinding)> {
    let place = step.place("args");
    let all = reader.array(step, "args");
    if all.len() > MAX_ARGUMENTS {
        let message = format!("{} arguments are given, and {MAX_ARGUMENTS} are the most", all.len());
        reader.fault(FaultCode::LimitExceeded, place.as_str(), message);
    }
    let mut args = Vec::new();
    for (i, value) in all.iter().take(MAX_ARGUMENTS).enumerate() {
        let at = member(&place, &i.to_string());
        args.extend(argument(reader, value, &at));
    }
    args
}

fn argument(reader: &mut Reader, value: &Value, at: &str) -> Option<(String, DraftBinding)> {
    let argument = reader.object(value, at, &["name", "kind", "step", "path", "value"])?;
    let kinds = [("lit", Kind::Literal), ("ref", Kind::Ref), ("item", Kind::Item), ("tmpl", Kind::Template)];
    let kind = reader.word(argument, "kind", &kinds);
    let name = reader.required_text(argument, "name");
    let path = reader.text(argument, "path");
    let binding = match kind {
        // Only strictly structured output makes it a text: any other JSON is
        // as good.
        Kind::Literal => match argument.get_or_null("value") {
            Some(Value::String(text)) => DraftBinding::Text(text.clone()),
            Some(value) => DraftBinding::Literal(value.clone()),
            None => DraftBinding::Text(String::new()),
        },
        Kind::Ref => DraftBinding::Ref(DraftRef::new(reader.text(argument, "step"), path)),
        Kind::Item => DraftBinding::Item(path),
        Kind::Template => DraftBinding::Template(reader.text(argument, "value")),
    };
    Some((name, binding))
}
