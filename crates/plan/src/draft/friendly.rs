//! The friendly form: what people and programs write, and what a plan is
//! printed as.
//!
//! An argument is a JSON literal, or an object with one member: `$ref`
//! (`"s1#/pointer"`), `$item` (`"/pointer"`), `$tmpl` (`"text
//! {{s1:/pointer}}"`) or `$lit`, which takes any literal, also one that would
//! otherwise be read as one of these. What a printed plan says beyond its
//! draft (`effect`, `server`, `hash`, `catalog_version`) is not believed: it
//! is worked out anew.

use serde_json::Value;

use super::place::member;
use super::reader::{Members, Reader};
use super::{DraftAnswer, DraftBinding, DraftGuard, DraftOp, DraftRef, DraftStep, Form, PlanDraft};
use crate::FaultCode;
use crate::closest::closest;
use crate::limits::{MAX_ARGUMENTS, MAX_STEPS, MAX_SUB_TOOLS};

const STEP_FIELDS: &[&str] = &[
    "id",
    "op",
    "tool",
    "purpose",
    "over",
    "limit",
    "when",
    "after",
    "args",
    "query",
    "tools",
    "fingerprint",
    "effect",
    "server",
];

/// The members that make an object something else than a literal.
const FORMS: [&str; 4] = ["$ref", "$item", "$tmpl", "$lit"];

/// A whole document.
pub(super) fn plan(reader: &mut Reader, document: &Value) -> Option<PlanDraft> {
    let top = reader.object(document, "", &["steps", "answer", "hash", "catalog_version"])?;
    if top.get("steps").is_none() {
        reader.fault(FaultCode::BadShape, "", "the field `steps` is missing");
    }
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
        let uses = answer.get("uses").map(|_| reader.texts(answer, "uses"));
        Some(DraftAnswer { style: reader.style(answer), uses })
    });
    Some(PlanDraft { steps: read, answer: answer.unwrap_or_default(), form: Form::Friendly })
}

fn step(reader: &mut Reader, value: &Value, at: &str) -> Option<DraftStep> {
    let step = reader.object(value, at, STEP_FIELDS)?;
    let over = step.get("over").is_some().then(|| DraftRef::parse(&reader.text(step, "over")));
    let inferred = match (&over, step.get_or_null("query")) {
        (Some(_), _) => DraftOp::Each,
        (None, Some(_)) => DraftOp::Sub,
        (None, None) => DraftOp::Call,
    };
    let ops = [("", inferred), ("call", DraftOp::Call), ("each", DraftOp::Each), ("sub", DraftOp::Sub)];
    let op = reader.word(step, "op", &ops);
    if step.get_or_null("query").is_some() && op != DraftOp::Sub {
        reader.fault(FaultCode::BadShape, step.place("query"), "`query` belongs to a `sub`");
    }
    let tools = reader.texts(step, "tools");
    if tools.len() > MAX_SUB_TOOLS {
        let message = format!("{} tools are listed, and {MAX_SUB_TOOLS} are the most", tools.len());
        reader.fault(FaultCode::LimitExceeded, step.place("tools"), message);
    }
    Some(DraftStep {
        id: reader.required_text(step, "id"),
        op,
        tool: reader.text(step, "tool"),
        purpose: reader.text(step, "purpose"),
        over,
        limit: reader.count(step, "limit"),
        when: guard(reader, step),
        after: reader.texts(step, "after"),
        args: arguments(reader, step),
        tools,
        fingerprint: step.get("fingerprint").map(|_| reader.text(step, "fingerprint")),
    })
}

fn guard(reader: &mut Reader, step: Members<'_>) -> Option<DraftGuard> {
    let place = step.place("when");
    let when = reader.object(step.get("when")?, &place, &["ref", "is", "value"])?;
    let value = when.get_or_null("value").cloned().map(DraftBinding::Literal);
    let subject = DraftRef::parse(&reader.required_text(when, "ref"));
    Some(DraftGuard { subject, comparison: reader.required_text(when, "is"), value })
}

fn arguments(reader: &mut Reader, step: Members<'_>) -> Vec<(String, DraftBinding)> {
    let mut args = Vec::new();
    if let Some(query) = step.get_or_null("query") {
        let binding = binding(reader, query, &step.place("query"));
        args.extend(binding.map(|binding| (DraftStep::QUERY.to_owned(), binding)));
    }
    let place = step.place("args");
    let all = match step.get("args") {
        None => return args,
        Some(Value::Object(all)) => all,
        Some(_) => {
            reader.fault(FaultCode::BadShape, place, "`args` is an object: one member for each argument");
            return args;
        }
    };
    if all.len() > MAX_ARGUMENTS {
        let message = format!("{} arguments are given, and {MAX_ARGUMENTS} are the most", all.len());
        reader.fault(FaultCode::LimitExceeded, place.as_str(), message);
    }
    for (name, value) in all.iter().take(MAX_ARGUMENTS) {
        let binding = binding(reader, value, &member(&place, name));
        args.extend(binding.map(|binding| (name.clone(), binding)));
    }
    args
}

fn binding(reader: &mut Reader, value: &Value, at: &str) -> Option<DraftBinding> {
    let Some((form, inner)) = form_of(value) else {
        plain(reader, value, at);
        return Some(DraftBinding::Literal(value.clone()));
    };
    if form == "$lit" {
        return Some(DraftBinding::Literal(inner.clone()));
    }
    let Some(text) = inner.as_str() else {
        reader.fault(FaultCode::BadShape, at, format!("`{form}` takes a text"));
        return None;
    };
    Some(match form {
        "$ref" => DraftBinding::Ref(DraftRef::parse(text)),
        "$item" => DraftBinding::Item(text.to_owned()),
        _ => DraftBinding::Template(text.to_owned()),
    })
}

/// The form and its content, if the value is an object with one of the forms
/// as its only member.
fn form_of(value: &Value) -> Option<(&'static str, &Value)> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    FORMS.into_iter().find_map(|form| members.get(form).map(|inner| (form, inner)))
}

/// A literal that looks like a form is more likely a slip than meant: sent as
/// it stands, the reference would reach the server as data.
fn plain(reader: &mut Reader, value: &Value, at: &str) {
    let own = value.as_object().into_iter().flat_map(|members| members.keys());
    if let Some(name) = own.into_iter().find(|name| name.starts_with('$')) {
        let message = format!("`{name}` makes this no plain literal; if it is meant as one, write {{\"$lit\": …}}");
        reader.fault(FaultCode::BadShape, at, message);
        reader.suggest(closest(name, FORMS));
        return;
    }
    let mut waiting: Vec<&Value> = vec![value];
    while let Some(value) = waiting.pop() {
        if value.as_object().is_some_and(|members| FORMS.iter().any(|form| members.contains_key(*form))) {
            let message = "a reference stands for a whole argument, never inside a literal; \
                           if it is meant as a literal, write the argument as {\"$lit\": …}";
            reader.fault(FaultCode::BadShape, at, message);
            return;
        }
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => waiting.extend(members.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
