//! Questions, and how to answer them.

use catalog::{Fingerprint, ToolRef};
use engine::{Choice, InputRequired, Resume};
use plan::Plan;
use policy::CallToApprove;
use serde_json::Value;

use super::clean;
use super::style::{BAD, CARE, FAINT, STRONG, styled};
use crate::args::Global;
use crate::invocation::{next_command, quoted};

/// How the query came in: what to type before and after what changes.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The words that repeat the command: `ask`, the query.
    pub(crate) command: Vec<String>,
    /// Whether other words can stand for the query.
    pub(crate) has_query: bool,
}

/// A question, and what is needed to answer it.
pub(crate) struct Question<'a> {
    /// The question itself.
    pub(crate) input: &'a InputRequired,
    /// The plan it is about.
    pub(crate) plan: Option<&'a Plan>,
    /// Whether a part of the plan has done more than read already.
    pub(crate) has_acted: bool,
    /// How to go on later.
    pub(crate) resume: Option<&'a Resume>,
}

/// The question, the ways to answer it, and the command that does.
pub(crate) fn asking(question: &Question<'_>, asked: &Asked, global: &Global) -> String {
    let input = question.input;
    let mut text = format!("{}\n", styled(CARE, format!("? {}", clean::line(input.question()))));
    match input {
        InputRequired::Clarify { options, .. } => text.push_str(&choices(options, asked, global)),
        InputRequired::Approve { calls, explain, .. } => {
            let shown: Vec<Value> = calls.iter().map(|call| engine::asked_json(question.plan, call)).collect();
            text.push_str(&approval(&shown, explain));
            text.push_str(&how_to_approve(calls, question, asked, global));
        }
        InputRequired::Argument { tool, schema, known, .. } => {
            text.push_str(&argument(tool, schema, known, global));
        }
    }
    text
}

/// The plan, and each call that waits for a human, as they are asked on a
/// terminal.
pub(crate) fn approval_question(question: &str, calls: &[CallToApprove], explain: &str, plan: &Plan) -> String {
    let calls: Vec<Value> = calls.iter().map(|call| engine::asked_json(Some(plan), call)).collect();
    format!("{}\n{}", styled(CARE, format!("? {}", clean::line(question))), approval(&calls, explain))
}

/// The same of a question that was kept.
pub(crate) fn kept_question(shown: &Value) -> String {
    let text = |member: &str| shown[member].as_str().unwrap_or_default();
    let calls = shown["calls"].as_array().map_or(&[][..], Vec::as_slice);
    let asked = styled(CARE, format!("? {}", clean::line(text("question"))));
    let query = match clean::line(text("query")) {
        empty if empty.is_empty() => String::new(),
        query => format!("  {}\n", styled(FAINT, format!("asked: {query}"))),
    };
    format!("{asked}\n{query}{}", approval(calls, text("explain")))
}

/// A call that waits for a human, for programs.
pub(crate) fn ask_json(ask: &CallToApprove) -> Value {
    engine::asked_json(None, ask)
}

fn choices(options: &[Choice], asked: &Asked, global: &Global) -> String {
    let mut text = String::new();
    for option in options {
        text.push_str(&format!("\n  {}\n", styled(STRONG, clean::line(&option.label))));
        if asked.has_query {
            let command = asked.command.first().map_or("ask", String::as_str);
            let line = next_command(global, [command, &option.query]);
            text.push_str(&format!("    {}\n", clean::exact(&line)));
        }
    }
    text
}

fn approval(calls: &[Value], explain: &str) -> String {
    let mut text = format!("\n{}\n", clean::lines(explain));
    for call in calls {
        let said = |member: &str| call[member].as_str().unwrap_or_default();
        text.push_str(&format!(
            "\n  {} ({}): {}\n",
            styled(STRONG, clean::line(said("tool"))),
            styled(BAD, clean::line(said("effect"))),
            clean::line(said("why"))
        ));
        for (name, value) in call["arguments"].as_object().into_iter().flatten() {
            let from = call["from"][name].as_str().map(|from| format!("  from {}", clean::line(from)));
            let from = styled(FAINT, from.unwrap_or_default());
            text.push_str(&format!("    {} = {}{from}\n", clean::exact(name), shown_whole_or_named(value)));
        }
        text.push_str(&format!("    {}\n", styled(FAINT, format!("hash {}", clean::line(said("hash"))))));
    }
    text
}

/// The most characters of an argument that are shown; of a longer one the
/// beginning, its length and its hash.
const MAX_ARGUMENT_CHARS: usize = 2_000;

fn shown_whole_or_named(value: &Value) -> String {
    let text = value.to_string();
    let length = text.chars().count();
    if length <= MAX_ARGUMENT_CHARS {
        return clean::exact(&text);
    }
    let beginning: String = text.chars().take(MAX_ARGUMENT_CHARS).collect();
    let whole = Fingerprint::of(value);
    format!("{} … [cut: {length} characters in all, BLAKE3 of the whole {whole}]", clean::exact(&beginning))
}

fn how_to_approve(calls: &[CallToApprove], question: &Question<'_>, asked: &Asked, global: &Global) -> String {
    let mut text = format!("\nTo let {} through:\n", if calls.len() == 1 { "it" } else { "them" });
    let pending =
        question.resume.and_then(|resume| resume.approval.as_ref()).filter(|_| !global.demo || global.demo_waits());
    if let Some(pending) = pending {
        let id = pending.id.as_str();
        text.push_str(&format!("  {}\n", clean::exact(&next_command(global, ["approvals", "approve", id]))));
        text.push_str(&format!("  {}\n", clean::exact(&next_command(global, ["resume", id]))));
    }
    if question.has_acted {
        let once = "Part of the plan is done already, and asking anew would do it again.";
        let once = if pending.is_some() {
            once.to_owned()
        } else {
            format!("{once} Make these calls one by one with `call`.")
        };
        return format!("{text}\n{}\n", styled(CARE, once));
    }
    if pending.is_some() {
        text.push_str("or, all anew:\n");
    }
    let mut words: Vec<String> = asked.command.iter().take(1).cloned().collect();
    words.extend(calls.iter().flat_map(|call| ["--approve".to_owned(), call.hash.to_string()]));
    words.extend(asked.command.iter().skip(1).cloned());
    let line = next_command(global, words.iter().map(String::as_str));
    format!("{text}  {}\n", clean::exact(&line))
}

fn argument(tool: &ToolRef, schema: &Value, known: &[(String, Value)], global: &Global) -> String {
    let mut text = String::new();
    let mut line = next_command(global, ["call", &tool.to_string()]);
    for (name, value) in known {
        line.push(' ');
        line.push_str(&quoted(&format!("{name}={}", plain(value))));
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        text.push_str(&format!("\n  {} {}\n", styled(STRONG, clean::line(name)), styled(FAINT, kind(schema))));
        if let Some(about) = schema["description"].as_str() {
            text.push_str(&format!("    {}\n", clean::line(about)));
        }
        line.push_str(&format!(" {}=…", clean::line(name)));
    }
    text.push_str(&format!("\nSay it in the query, or call the tool with it:\n  {}\n", clean::exact(&line)));
    text
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn kind(schema: &Value) -> String {
    if let Some(choices) = schema["enum"].as_array() {
        let choices: Vec<String> = choices.iter().map(plain).collect();
        return format!("one of {}", clean::line(&choices.join(", ")));
    }
    match &schema["type"] {
        Value::String(kind) => clean::line(kind),
        Value::Array(kinds) => clean::line(&kinds.iter().map(plain).collect::<Vec<_>>().join(" or ")),
        _ => String::new(),
    }
}
