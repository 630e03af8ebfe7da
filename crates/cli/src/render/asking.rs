//! Questions, and how to answer them.

use catalog::ToolRef;
use engine::{Choice, InputRequired};
use policy::CallToApprove;
use serde_json::{Value, json};

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

/// The question, the ways to answer it, and the command that does.
pub(crate) fn asking(input: &InputRequired, has_acted: bool, asked: &Asked, global: &Global) -> String {
    let mut text = format!("{}\n", styled(CARE, format!("? {}", clean::line(input.question()))));
    match input {
        InputRequired::Clarify { options, .. } => text.push_str(&choices(options, asked, global)),
        InputRequired::Approve { calls, explain, .. } => {
            text.push_str(&approval(calls, explain));
            text.push_str(&how_to_approve(calls, has_acted, asked, global));
        }
        InputRequired::Argument { tool, schema, known, .. } => {
            text.push_str(&argument(tool, schema, known, global));
        }
    }
    text
}

/// The plan, and each call that waits for a human, as they are asked on a
/// terminal.
pub(crate) fn approval_question(question: &str, calls: &[CallToApprove], explain: &str) -> String {
    format!("{}\n{}", styled(CARE, format!("? {}", clean::line(question))), approval(calls, explain))
}

/// A call that waits for a human, for programs.
pub(crate) fn ask_json(ask: &CallToApprove) -> Value {
    json!({
        "tool": ask.call.tool.reference,
        "effect": ask.call.tool.effect,
        "arguments": ask.call.arguments,
        "why": ask.why,
        "hash": ask.hash,
    })
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

fn approval(calls: &[CallToApprove], explain: &str) -> String {
    let mut text = format!("\n{}\n", clean::lines(explain));
    for asked in calls {
        let tool = &asked.call.tool;
        let effect = styled(BAD, tool.effect);
        text.push_str(&format!(
            "\n  {} ({effect}): {}\n",
            styled(STRONG, clean::line(&tool.reference.to_string())),
            clean::line(&asked.why)
        ));
        for (name, value) in asked.call.arguments.as_object().into_iter().flatten() {
            text.push_str(&format!("    {} = {}\n", clean::exact(name), clean::exact(&value.to_string())));
        }
        text.push_str(&format!("    {}\n", styled(FAINT, format!("hash {}", asked.hash))));
    }
    text
}

fn how_to_approve(calls: &[CallToApprove], has_acted: bool, asked: &Asked, global: &Global) -> String {
    if has_acted {
        return format!(
            "\n{}\n",
            styled(
                CARE,
                "Part of the plan is done already, and asking anew would do it again: make these calls one by one with `call`."
            )
        );
    }
    let mut words: Vec<String> = asked.command.iter().take(1).cloned().collect();
    words.extend(calls.iter().flat_map(|call| ["--approve".to_owned(), call.hash.to_string()]));
    words.extend(asked.command.iter().skip(1).cloned());
    let line = next_command(global, words.iter().map(String::as_str));
    format!("\nTo let {} through:\n  {}\n", if calls.len() == 1 { "it" } else { "them" }, clean::exact(&line))
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
