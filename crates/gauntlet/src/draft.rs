//! Drafts made in code, as a planner in Rust makes them: shapes that no text
//! would lead to, one decision for each byte.

use plan::{
    AnswerStyle, Comparison, DraftAnswer, DraftBinding, DraftGuard, DraftOp, DraftRef, DraftStep, Form, PlanDraft,
};
use serde_json::{Value, json};

use crate::house::TOOLS;
use crate::promise;
use crate::tape::Tape;

/// The most steps tried; more than a plan may have.
const MOST_STEPS: usize = 14;

/// The most arguments tried for one step.
const MOST_ARGUMENTS: usize = 4;

const IDS: &[&str] = &["s1", "s2", "s3", "s4", "s5", "s6", "", "item", "1", "s-1"];
const PATHS: &[&str] =
    &["", "/crates", "/crates/*/id", "/crates/0/note", "/total", "/*/*", "/*/*/*", "/a~1b", "x", "/~"];
const NAMES: &[&str] =
    &["id", "text", "query", "items", "path", "cmp", "value", "template", "from", "what", "schema", "n"];
const TEXTS: &[&str] = &["", "full", "{{s1:/total}}", "{{item:/id}} {{s2}}", "{{{", "}}", "{{n}} of {{", "7", "null"];
const STYLES: &[AnswerStyle] = &[AnswerStyle::Summary, AnswerStyle::Direct, AnswerStyle::List, AnswerStyle::Table];

/// Makes a draft and holds it to every promise.
pub(crate) fn run(bytes: &[u8]) {
    let mut tape = Tape::new(bytes);
    let mut steps = Vec::new();
    let style = *tape.pick(STYLES);
    let uses = tape.one_in(2).then(|| vec![tape.text(IDS), tape.text(IDS)]);
    let form = if tape.one_in(2) { Form::Wire } else { Form::Friendly };
    while !tape.is_over() && steps.len() < MOST_STEPS {
        let at = steps.len();
        steps.push(step(&mut tape, at));
    }
    promise::of_draft(&PlanDraft { steps, answer: DraftAnswer { style, uses }, form });
}

fn step(tape: &mut Tape<'_>, at: usize) -> DraftStep {
    let id = if tape.one_in(8) { tape.text(IDS) } else { format!("s{}", at + 1) };
    let op = *tape.pick(&[DraftOp::Call, DraftOp::Call, DraftOp::Each, DraftOp::Sub]);
    let tool = if op == DraftOp::Sub && !tape.one_in(8) { String::new() } else { tape.text(TOOLS) };
    let over = (op == DraftOp::Each || tape.one_in(16)).then(|| reference(tape));
    let arguments = usize::from(tape.byte()) % (MOST_ARGUMENTS + 1);
    let mut args: Vec<(String, DraftBinding)> = (0..arguments).map(|_| (tape.text(NAMES), binding(tape))).collect();
    if op == DraftOp::Sub && !tape.one_in(8) {
        args = vec![(DraftStep::QUERY.to_owned(), binding(tape))];
    }
    DraftStep {
        id,
        op,
        tool,
        purpose: tape.text(TEXTS),
        over,
        limit: tape.one_in(4).then(|| u64::from(tape.byte())),
        when: tape.one_in(4).then(|| guard(tape)),
        after: if tape.one_in(4) { vec![tape.text(IDS)] } else { Vec::new() },
        args,
        tools: if op == DraftOp::Sub { vec![tape.text(TOOLS)] } else { Vec::new() },
        fingerprint: tape.one_in(16).then(|| "ab".repeat(32)),
    }
}

fn reference(tape: &mut Tape<'_>) -> DraftRef {
    DraftRef::new(tape.text(IDS), tape.text(PATHS))
}

fn guard(tape: &mut Tape<'_>) -> DraftGuard {
    let comparison = if tape.one_in(8) { tape.text(TEXTS) } else { tape.pick(Comparison::ALL).as_str().to_owned() };
    DraftGuard { subject: reference(tape), comparison, value: tape.one_in(2).then(|| binding(tape)) }
}

fn binding(tape: &mut Tape<'_>) -> DraftBinding {
    match tape.byte() % 6 {
        0 => DraftBinding::Literal(literal(tape)),
        1 => DraftBinding::Text(tape.text(TEXTS)),
        2 => DraftBinding::Ref(reference(tape)),
        3 => DraftBinding::Item(tape.text(PATHS)),
        4 => DraftBinding::Template(tape.text(TEXTS)),
        _ => DraftBinding::Literal(json!({"$ref": tape.text(IDS), "type": "object", "properties": {}})),
    }
}

fn literal(tape: &mut Tape<'_>) -> Value {
    match tape.byte() % 6 {
        0 => Value::Null,
        1 => json!(tape.byte()),
        2 => json!(tape.text(TEXTS)),
        3 => json!([tape.byte(), tape.text(TEXTS)]),
        4 => json!({ tape.text(NAMES): tape.text(TEXTS) }),
        _ => json!(f64::from(tape.byte()) / 3.0),
    }
}
