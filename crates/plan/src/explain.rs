//! A plan in words: what people approve and what tests compare.
//!
//! Steps are grouped into stages: those of one stage wait for nothing in it
//! and run side by side. Everything that leaves is shown, or it is said how
//! much is not, with its hash.

use std::collections::BTreeMap;
use std::fmt::Write;

use catalog::{Effect, EffectSource, Fingerprint, Tool, ToolRef};
use serde_json::Value;

use crate::visible::visible;
use crate::{AnswerStyle, Arguments, Binding, Guard, Op, Plan, Ref, Step, StepIndex};

/// The longest literal shown whole, in characters of JSON.
const MAX_SHOWN_CHARS: usize = 400;

/// The most tools of a nested query that are named one by one.
const MAX_NAMED_TOOLS: usize = 12;

/// The plan as a text tree: equal plans have equal texts, and a change of
/// anything a step does changes its lines.
pub fn explain(plan: &Plan) -> String {
    let mut text = format!("{}\n{}\n", headline(plan), answer(plan));
    for (number, stage) in stages(plan).iter().enumerate() {
        let together = if stage.len() > 1 { format!(": {} side by side", stage.len()) } else { String::new() };
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(text, "\nstage {}{together}\n", number + 1);
        for (place, &step) in stage.iter().enumerate() {
            let last = place + 1 == stage.len();
            let (branch, trunk) = if last { ("└─", "  ") } else { ("├─", "│ ") };
            for (line, content) in lines(plan, plan.step(step)).into_iter().enumerate() {
                let lead = if line == 0 { format!("{branch} ") } else { format!("{trunk}      ") };
                let _ = writeln!(text, "{lead}{content}");
            }
        }
    }
    text
}

fn headline(plan: &Plan) -> String {
    let steps = plan.steps().len();
    let (least, most) = calls(plan);
    let calls = if least == most { count(most, "call") } else { format!("{least} to {}", count(most, "call")) };
    let nested = plan.steps().iter().filter(|step| matches!(step.op, Op::Sub { .. })).count();
    let (nested, aside) = match nested {
        0 => (String::new(), ""),
        1 => (" and those of 1 nested query".to_owned(), " (the nested query's calls are judged by themselves)"),
        many => (format!(" and those of {many} nested queries"), " (nested queries' calls are judged by themselves)"),
    };
    format!("plan: {}, {calls}{nested}, gravest effect {}{aside}", count(steps, "step"), plan.effect())
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The fewest and the most calls it makes itself when nothing fails. A step
/// behind a guard, or reading from one, may make none.
fn calls(plan: &Plan) -> (usize, usize) {
    let mut certain = Vec::new();
    let (mut least, mut most) = (0, 0);
    for step in plan.steps() {
        let waits_on_certain = step.dependencies().iter().all(|step| certain.get(step.0) == Some(&true));
        let sure = step.guard.is_none() && waits_on_certain;
        certain.push(sure);
        match &step.op {
            Op::Call { .. } => {
                least += usize::from(sure);
                most += 1;
            }
            Op::Each { limit, .. } => most += limit,
            Op::Pure { .. } | Op::Sub { .. } => {}
        }
    }
    (least, most)
}

fn answer(plan: &Plan) -> String {
    let style = match plan.answer().style {
        AnswerStyle::Direct => "the value",
        AnswerStyle::List => "a list",
        AnswerStyle::Table => "a table",
        AnswerStyle::Summary => "a summary",
    };
    let uses: Vec<String> = plan.answer().uses.iter().map(|step| plan.step(*step).id.to_string()).collect();
    format!("answer: {style} of {}", uses.join(", "))
}

/// The steps by how many others they have to wait for in a row.
fn stages(plan: &Plan) -> Vec<Vec<StepIndex>> {
    let mut stage_of: Vec<usize> = Vec::new();
    let mut stages: Vec<Vec<StepIndex>> = Vec::new();
    for (index, step) in plan.indexed() {
        let stage = step.dependencies().iter().map(|from| stage_of[from.0] + 1).max().unwrap_or(0);
        stage_of.push(stage);
        if stages.len() <= stage {
            stages.push(Vec::new());
        }
        stages[stage].push(index);
    }
    stages
}

fn lines(plan: &Plan, step: &Step) -> Vec<String> {
    let mut lines = vec![format!("{:<3} {}", step.id.as_str(), what(plan, &step.op))];
    if !step.purpose.is_empty() {
        lines.push(format!("to: {}", visible(&step.purpose)));
    }
    if let Some(guard) = &step.guard {
        lines.push(condition(plan, guard));
    }
    match &step.op {
        Op::Call { tool, args } | Op::Each { tool, args, .. } => {
            lines.extend(arguments(plan, args));
            let fixed = |(name, value): (&String, &Value)| format!("{} = {} [fixed]", visible(name), literal(value));
            lines.extend(tool.fixed.iter().map(fixed));
        }
        Op::Pure { args, .. } => lines.extend(arguments(plan, args)),
        Op::Sub { text, tools } => {
            lines.push(argument(plan, "query", text));
            lines.push(format!("may use: {}", named(tools)));
        }
    }
    if !step.after.is_empty() {
        let names: Vec<&str> = step.after.iter().map(|after| plan.step(*after).id.as_str()).collect();
        lines.push(format!("only after {}", names.join(", ")));
    }
    lines
}

fn what(plan: &Plan, op: &Op) -> String {
    match op {
        Op::Call { tool, .. } => callee(tool),
        Op::Each { tool, over, limit, .. } => {
            format!("{} for each of {} (at most {limit})", callee(tool), place(plan, over))
        }
        Op::Pure { operator, .. } => format!("{} [{}]", operator.name(), Effect::Pure),
        Op::Sub { .. } => "a nested query".to_owned(),
    }
}

fn callee(tool: &Tool) -> String {
    let name = visible(&tool.reference.to_string());
    match tool.effect_source {
        EffectSource::Unknown => format!("{name} [{}: nothing says what it does]", tool.effect),
        EffectSource::Operator | EffectSource::Annotation | EffectSource::Verb => format!("{name} [{}]", tool.effect),
    }
}

fn arguments(plan: &Plan, args: &Arguments) -> Vec<String> {
    args.iter().map(|(name, binding)| argument(plan, name, binding)).collect()
}

fn argument(plan: &Plan, name: &str, binding: &Binding) -> String {
    let name = visible(name);
    match binding {
        Binding::Literal(value) => format!("{name} = {}", literal(value)),
        Binding::Ref(to) => format!("{name} ← {}", place(plan, to)),
        Binding::Item(path) => format!("{name} ← {}", of_item(&path.to_string())),
        Binding::Template(pieces) => format!("{name} ← {}", literal(&Value::String(plan.template(pieces)))),
    }
}

fn place(plan: &Plan, to: &Ref) -> String {
    let path = visible(&to.path.to_string());
    let name = &plan.step(to.step).id;
    if path.is_empty() { name.to_string() } else { format!("{name} {path}") }
}

fn of_item(path: &str) -> String {
    if path.is_empty() { "the item".to_owned() } else { format!("the item's {}", visible(path)) }
}

fn condition(plan: &Plan, guard: &Guard) -> String {
    let value = guard.value.as_ref().map(|value| format!(" {}", literal(value))).unwrap_or_default();
    format!("only if {} {}{value}", place(plan, &guard.subject), guard.comparison.as_str())
}

fn literal(value: &Value) -> String {
    let json = value.to_string();
    let shown = visible(&json);
    let chars = shown.chars().count();
    if chars <= MAX_SHOWN_CHARS {
        return shown;
    }
    let cut: String = shown.chars().take(MAX_SHOWN_CHARS).collect();
    format!(
        "{cut}… ({} more characters; the whole has hash {})",
        chars - MAX_SHOWN_CHARS,
        Fingerprint::of(value).short()
    )
}

fn named(tools: &[ToolRef]) -> String {
    if tools.len() <= MAX_NAMED_TOOLS {
        let names: Vec<String> = tools.iter().map(|tool| visible(&tool.to_string())).collect();
        return names.join(", ");
    }
    let mut servers: BTreeMap<&str, usize> = BTreeMap::new();
    for tool in tools {
        *servers.entry(tool.server.as_str()).or_default() += 1;
    }
    let counts: Vec<String> =
        servers.into_iter().map(|(server, tools)| format!("{} of {server}", count(tools, "tool"))).collect();
    format!("{} (the whole list has hash {})", counts.join(", "), Fingerprint::of(&serde_json::json!(tools)).short())
}
