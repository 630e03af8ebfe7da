//! What one used step contributes: its heading and what its result says.

use plan::{Binding, Observation, Op, Step, StepIndex};
use serde_json::Value;

use crate::at::At;
use crate::clean;
use crate::focus::Focus;
use crate::line::Line;
use crate::phrase::{self, capitalised, label};
use crate::sheet::Sheet;
use crate::source::{server_and_tool, sources};
use crate::{Form, Material, Statement, each, media, tell};

/// The longest heading, in bytes.
const HEADING_BYTES: usize = 90;
/// The most bytes told of a result that has nothing in it for people.
const RAW_BYTES: usize = 400;
/// The most words of the user that are repeated where nothing was found.
const REPEATED: usize = 3;

/// What a used step that succeeded contributes; none when its result cannot
/// be told in words and is not empty either.
pub(crate) fn section(step: StepIndex, material: &Material<'_>, focus: &Focus) -> Vec<Statement> {
    let Some(output) = material.seen.get(step).and_then(Observation::output) else { return Vec::new() };
    let own = material.plan.step(step);
    let mut sheet = Sheet::new(sources(step, material));
    if !focus.alone {
        sheet.say(Form::Heading, heading(own, material), &At::whole());
    }
    let value = output.value();
    let name = scalar_name(own, material);
    let is_told = each::tell(step, value, material, &mut sheet, focus)
        || tell::tell(value, &name, &At::whole(), &mut sheet, focus);
    let attached = output.raw().map(media::told).unwrap_or_default();
    if is_told && sheet.is_bare() && attached.is_empty() {
        // Nothing in it is for people; better in the machine's words than not.
        let words = phrase::within(value, RAW_BYTES);
        let words = if words.is_empty() { Line::new().own("the result holds nothing to tell in words") } else { words };
        sheet.say(Form::Line, words, &At::whole());
    }
    if !attached.is_empty() {
        sheet.say(Form::Line, attached, &At::whole());
    } else if sheet.is_bare() {
        sheet.say(Form::Line, nothing_found(own, material.query), &At::whole());
    }
    sheet.finish()
}

/// What the step is for, and the server.
fn heading(step: &Step, material: &Material<'_>) -> Line {
    let line = Line::new().quote(&capitalised(&topic(step, material)), HEADING_BYTES);
    match step.tool() {
        Some(tool) => line.own(" (").own(tool.reference.server.as_str()).own(")"),
        None => line,
    }
}

/// The step's purpose, if no other step has the same and it claims nothing
/// that the user did not say, else the tool's name.
fn topic(step: &Step, material: &Material<'_>) -> String {
    let purpose = clean::inline(&step.purpose);
    let is_own = material.plan.steps().iter().filter(|other| other.purpose == step.purpose).count() == 1;
    if is_own && !purpose.is_empty() && purpose.len() <= HEADING_BYTES && says_no_more_than(&purpose, material.query) {
        return purpose;
    }
    let (_, tool) = server_and_tool(step);
    label(&tool)
}

/// Whether every number and address in a text stands in the query too: a
/// heading must not claim what no result says.
fn says_no_more_than(text: &str, query: &str) -> bool {
    let claims = |word: &&str| word.contains(|c: char| c.is_ascii_digit() || c == '@') || word.contains("://");
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let known: Vec<String> = query.split_whitespace().map(bare).collect();
    text.split_whitespace().filter(claims).all(|word| known.contains(&bare(word)))
}

/// What a bare number is: the purpose of the computation that made it.
fn scalar_name(step: &Step, material: &Material<'_>) -> String {
    match step.op {
        Op::Pure { .. } => capitalised(&topic(step, material)),
        _ => String::new(),
    }
}

/// `github.search found nothing for "auth.py"`, where those are the user's
/// own words.
fn nothing_found(step: &Step, query: &str) -> Line {
    let (server, tool) = server_and_tool(step);
    let line = Line::new().quote(&format!("{server}.{tool}"), HEADING_BYTES).own(" found nothing");
    let args: &[(String, Binding)] = match &step.op {
        Op::Call { args, .. } | Op::Pure { args, .. } => args,
        Op::Each { .. } | Op::Sub { .. } => &[],
    };
    let words = users_words(args, query);
    if words.is_empty() { line } else { line.own(" for ").joined(words, ", ") }
}

fn users_words(args: &[(String, Binding)], query: &str) -> Vec<Line> {
    let literal = |(_, binding): &(String, Binding)| match binding {
        Binding::Literal(Value::String(text)) if !text.trim().is_empty() && query.contains(text.as_str()) => {
            Some(Line::new().own("“").quote(text, HEADING_BYTES).own("”"))
        }
        _ => None,
    };
    args.iter().filter_map(literal).take(REPEATED).collect()
}
