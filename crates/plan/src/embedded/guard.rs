//! From a condition in words to a guard on a result.
//!
//! What a tool yields is known by its output schema: a member that is an
//! enumeration holds a state, a list is empty or not, a text contains a word.
//! A condition that no member of any result can decide is no guard, and what
//! stands under it is not done.

use catalog::{JsonType, JsonTypes, Tool};
use route::{Entities, EntityKind, stem, terms};
use serde_json::Value;

use super::condition::Condition;
use super::link::{list_path, members};
use crate::Comparison;

/// Where to look, how to compare, and with what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    /// JSON Pointer into the result.
    pub(super) path: String,
    /// How.
    pub(super) comparison: Comparison,
    /// With what.
    pub(super) value: Option<Value>,
}

impl Test {
    /// How many words of the condition the value itself is made of.
    pub(super) fn words(&self) -> usize {
        self.value.as_ref().and_then(Value::as_str).map_or(0, |value| catalog::words(value).len())
    }
}

/// Words that say there is none.
const NONE: &[&str] = &["no", "nothing", "none", "nobody", "never", "not"];

/// Words that ask whether a text holds another.
const CONTAINS: &[&str] = &[
    " contains ",
    " mentions ",
    " includes ",
    " contain ",
    " mention ",
    " has the text ",
    " pins ",
    " says ",
    " lists ",
];

/// The words of a condition that say which result is to be looked at, and,
/// apart from them, what it is to hold.
pub(super) fn subject(condition: &str) -> (String, Option<String>) {
    let lower = condition.to_lowercase();
    let found = CONTAINS.iter().find_map(|mark| lower.find(mark).map(|at| (at, mark.len())));
    match found.and_then(|(at, len)| Some((condition.get(..at)?, condition.get(at + len..)?))) {
        Some((subject, wanted)) => {
            let quoted = Entities::find(wanted).of(EntityKind::Quoted).next().map(|entity| entity.value.clone());
            (subject.to_owned(), Some(quoted.unwrap_or_else(|| wanted.trim().to_owned())))
        }
        None => (condition.to_owned(), None),
    }
}

/// The test that decides a condition on a tool's result, if one does.
pub(super) fn test(condition: &Condition, tool: &Tool) -> Option<Test> {
    let (_, wanted) = subject(&condition.text);
    if let Some(wanted) = wanted {
        return contains(tool, wanted).filter(|_| !condition.negated);
    }
    state(condition, tool).or_else(|| existence(condition, tool))
}

fn contains(tool: &Tool, wanted: String) -> Option<Test> {
    let is_text =
        |schema: &Value| JsonTypes::of_schema(schema).admits(JsonType::String) && schema.get("enum").is_none();
    let holds_text = |path: &str| matches!(path, "/content" | "/text" | "/body" | "/patch");
    let (path, ..) =
        members(tool).into_iter().find(|(path, schema, listed)| !listed && holds_text(path) && is_text(schema))?;
    Some(Test { path, comparison: Comparison::Contains, value: Some(wanted.into()) })
}

/// "is merged", "has been approved": a member that may hold that very word.
fn state(condition: &Condition, tool: &Tool) -> Option<Test> {
    let said = terms(&condition.text);
    let entities = Entities::find(&condition.text);
    let says = |choice: &str| {
        let stems: Vec<String> = catalog::words(choice).iter().map(|word| stem(word)).collect();
        stems.iter().all(|word| said.iter().any(|term| term.stem == *word && !entities.cover(term.start)))
    };
    let negated = condition.negated != negates(&condition.text);
    members(tool).into_iter().find_map(|(path, schema, listed)| {
        let choices = schema["enum"].as_array().into_iter().flatten();
        let choice = choices.filter_map(Value::as_str).find(|choice| says(choice))?;
        let comparison = match (listed, negated) {
            (true, true) => return None,
            (true, false) => Comparison::Contains,
            (false, true) => Comparison::Ne,
            (false, false) => Comparison::Eq,
        };
        Some(Test { path, comparison, value: Some(choice.into()) })
    })
}

/// "there are open issues", "has no reviews yet".
fn existence(condition: &Condition, tool: &Tool) -> Option<Test> {
    let lower = condition.text.to_lowercase();
    let empty = condition.negated != negates(&condition.text);
    let says_existence = empty
        || lower.contains("there")
        || lower.contains("returns")
        || lower.contains(" any ")
        || lower.contains(" has ")
        || lower.starts_with("any ");
    let list = list_path(tool).filter(|_| says_existence)?;
    Some(if empty {
        Test { path: list, comparison: Comparison::Empty, value: None }
    } else {
        Test { path: format!("{list}/0"), comparison: Comparison::Exists, value: None }
    })
}

fn negates(condition: &str) -> bool {
    let words =
        condition.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    words.into_iter().any(|word| NONE.contains(&word.as_str()) || word.ends_with("n't"))
}
