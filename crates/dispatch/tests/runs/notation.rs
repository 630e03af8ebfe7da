//! Plans in one line a step.
//!
//! `s2: each a.read over s1/items limit 3 when s1 ok after s1,s2 x=@s1/name y=%id`
//! where `@` refers to an earlier result, `%` to the item, and anything else
//! is a literal. `s3: sub QUERY tools a.read,b.read` asks a nested query.

use catalog::Catalog;
use plan::{CheckContext, DraftAnswer, DraftBinding, DraftGuard, DraftOp, DraftRef, DraftStep, Plan, PlanDraft};
use serde_json::Value;

/// A checked plan from its lines. Every step is part of the answer, so that
/// none is dead.
pub(crate) fn plan(lines: &str, catalogue: &Catalog) -> Plan {
    let steps: Vec<DraftStep> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(step).collect();
    let uses = steps.iter().map(|step| step.id.clone()).collect();
    let answer = DraftAnswer { uses: Some(uses), ..DraftAnswer::default() };
    let draft = PlanDraft { answer, ..PlanDraft::of(steps) };
    plan::check(&draft, &CheckContext::of(catalogue)).unwrap_or_else(|faults| panic!("{lines}\n{faults:#?}"))
}

fn step(line: &str) -> DraftStep {
    let (id, rest) = line.split_once(':').unwrap_or_else(|| panic!("no id: {line}"));
    let mut words = rest.split_whitespace();
    let mut next = || words.next().unwrap_or_default();
    let mut step = match next() {
        "each" => DraftStep { op: DraftOp::Each, ..DraftStep::call(id, next()) },
        "sub" => DraftStep::sub(id, binding(next()), Vec::new()),
        tool => DraftStep::call(id, tool),
    };
    loop {
        match next() {
            "" => return step,
            "over" => step.over = Some(reference(next())),
            "limit" => step.limit = next().parse().ok(),
            "tools" => step.tools = next().split(',').map(str::to_owned).collect(),
            "after" => step.after = next().split(',').map(str::to_owned).collect(),
            "when" => {
                let (subject, comparison) = (reference(next()), next().to_owned());
                let compares = !matches!(comparison.as_str(), "ok" | "failed" | "exists" | "empty");
                let value = compares.then(|| DraftBinding::Literal(json(next())));
                step.when = Some(DraftGuard { subject, comparison, value });
            }
            argument => {
                let (name, value) = argument.split_once('=').unwrap_or_else(|| panic!("{argument}? {line}"));
                step.args.push((name.to_owned(), binding(value)));
            }
        }
    }
}

fn binding(text: &str) -> DraftBinding {
    match (text.strip_prefix('@'), text.strip_prefix('%')) {
        (Some(earlier), _) => DraftBinding::Ref(reference(earlier)),
        (_, Some("")) => DraftBinding::Item(String::new()),
        (_, Some(member)) => DraftBinding::Item(format!("/{member}")),
        _ => DraftBinding::Literal(json(text)),
    }
}

fn reference(text: &str) -> DraftRef {
    let (step, path) = text.split_at(text.find('/').unwrap_or(text.len()));
    DraftRef::new(step, path)
}

/// JSON where it is JSON, else the text itself.
pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
