//! What a plan's hash is made of: everything it does, and nothing that only
//! explains it. Steps go by their place, so renaming one changes nothing.

use serde_json::{Map, Value, json};

use crate::{Arguments, Binding, Guard, Op, Piece, Ref, Step};

/// The steps as one value, the same for plans that do the same.
pub(crate) fn form(steps: &[Step]) -> Value {
    Value::Array(steps.iter().map(step).collect())
}

fn step(step: &Step) -> Value {
    let op = match &step.op {
        Op::Call { tool, args } => {
            json!({"call": tool.reference, "definition": tool.fingerprint, "args": arguments(args)})
        }
        Op::Each { tool, over, limit, args } => json!({
            "each": tool.reference,
            "definition": tool.fingerprint,
            "over": reference(over),
            "limit": limit,
            "args": arguments(args),
        }),
        Op::Pure { operator, args } => json!({"compute": operator, "args": arguments(args)}),
        Op::Sub { text, tools } => json!({"ask": binding(text), "tools": tools}),
    };
    let after: Vec<usize> = step.after.iter().map(|after| after.0).collect();
    json!({"op": op, "when": step.guard.as_ref().map(guard), "after": after})
}

/// As an object: the order in which arguments are written does nothing.
fn arguments(args: &Arguments) -> Value {
    Value::Object(args.iter().map(|(name, bound)| (name.clone(), binding(bound))).collect::<Map<_, _>>())
}

fn binding(bound: &Binding) -> Value {
    match bound {
        Binding::Literal(value) => json!({ "literal": value }),
        Binding::Ref(to) => reference(to),
        Binding::Item(path) => json!({ "item": path.to_string() }),
        Binding::Template(pieces) => json!({ "template": pieces.iter().map(piece).collect::<Vec<_>>() }),
    }
}

fn piece(piece: &Piece) -> Value {
    match piece {
        Piece::Text(text) => json!(text),
        Piece::Ref(to) => reference(to),
        Piece::Item(path) => json!({ "item": path.to_string() }),
    }
}

fn reference(to: &Ref) -> Value {
    json!({"step": to.step.0, "path": to.path.to_string()})
}

fn guard(guard: &Guard) -> Value {
    json!({"of": reference(&guard.subject), "is": guard.comparison, "value": guard.value})
}
