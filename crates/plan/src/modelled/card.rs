//! What a planner is told of one tool.
//!
//! Its name, one line of purpose, what calling it does, its parameters with
//! types and choices, and where things stand in its result. Nothing else that
//! its server says reaches a prompt, and all of it is bounded.

use std::fmt::Write;

use catalog::{JsonTypes, Parameter, Tool};
use model::Slot;
use serde_json::Value;

use crate::check::in_words;
use crate::visible::visible;

/// The longest purpose, in characters.
const MAX_PURPOSE_CHARS: usize = 160;

/// The most parameters shown.
const MAX_PARAMETERS: usize = 24;

/// The most choices of a parameter shown.
const MAX_CHOICES: usize = 16;

/// The longest name, choice or default shown, in characters.
const MAX_WORD_CHARS: usize = 48;

/// The most places of a result shown.
const MAX_PLACES: usize = 32;

/// How deep into a result its places are shown.
const MAX_DEPTH: usize = 3;

/// The longest card, in estimated tokens.
const MAX_TOKENS: u32 = 400;

/// The longest name by which a tool can be called in a plan, in characters.
const MAX_NAME_CHARS: usize = 64;

/// The name by which a planner calls a tool: its own, or, where that is not
/// plain, the one it is offered under downstream.
pub(super) fn plain_name(tool: &Tool) -> String {
    let own = tool.reference.to_string();
    if own.len() <= MAX_NAME_CHARS && own.chars().all(is_plain) { own } else { tool.public_name.clone() }
}

/// Whether a character may stand in a prompt outside a slot.
pub(super) fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.:/#-".contains(c)
}

/// A tool's card, in its slot.
pub(super) fn card(tool: &Tool) -> Slot {
    let name = plain_name(tool);
    // Writing to a `String` cannot fail.
    let mut text = format!("{name}: {}\neffect: {}\n", word(tool.purpose(), MAX_PURPOSE_CHARS), tool.effect);
    text.push_str(if tool.parameters.is_empty() { "no arguments\n" } else { "arguments:\n" });
    for parameter in tool.parameters.iter().take(MAX_PARAMETERS) {
        let _ = writeln!(text, "- {}", described(parameter));
    }
    let places = places(tool);
    if !places.is_empty() {
        let _ = writeln!(text, "result: {}", places.join(", "));
    }
    Slot::new(format!("tool {name}"), text.trim_end()).cut_to(MAX_TOKENS)
}

fn described(parameter: &Parameter) -> String {
    let mut line = format!("{}: {}", word(&parameter.name, MAX_WORD_CHARS), in_words(parameter.types));
    if parameter.required {
        line.push_str(", required");
    }
    let choices = parameter.choices();
    if !choices.is_empty() {
        let shown: Vec<String> = choices.iter().take(MAX_CHOICES).map(|choice| word(choice, MAX_WORD_CHARS)).collect();
        let _ = write!(line, ", one of {}", shown.join(" | "));
    }
    if let Some(settled) = parameter.settled().filter(|value| !value.is_array() && !value.is_object()) {
        let _ = write!(line, ", {} if left out", word(&settled.to_string(), MAX_WORD_CHARS));
    }
    line
}

/// The places of a tool's result, each with its type: `/items/*/title string`.
fn places(tool: &Tool) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(schema) = &tool.listing.output_schema {
        collect(schema, schema, "", MAX_DEPTH, &mut found);
    }
    found
}

fn collect(root: &Value, schema: &Value, at: &str, depth: usize, found: &mut Vec<String>) {
    let schema = referred(root, schema);
    let members = schema["properties"].as_object().into_iter().flatten();
    for (name, member) in members {
        if found.len() >= MAX_PLACES {
            return;
        }
        let place = format!("{at}/{}", word(name, MAX_WORD_CHARS));
        let member = referred(root, member);
        found.push(format!("{place} {}", in_words(JsonTypes::of_schema(member))));
        if depth > 1 {
            let (inner, below) = match member.get("items") {
                Some(items) => (items, format!("{place}/*")),
                None => (member, place),
            };
            collect(root, inner, &below, depth - 1, found);
        }
    }
    if at.is_empty() && schema["type"] == "array" {
        collect(root, &schema["items"], "/*", depth, found);
    }
}

/// The schema itself, or the one in the same document that it refers to.
fn referred<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema["$ref"].as_str().and_then(|text| text.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

/// Other people's text in one line, everything in it visible, and bounded.
pub(super) fn word(text: &str, chars: usize) -> String {
    let shown = visible(text.trim());
    match shown.char_indices().nth(chars) {
        Some((cut, _)) => format!("{}…", &shown[..cut]),
        None => shown,
    }
}
