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
    if offers_choice(&condition.text) {
        return None;
    }
    amount(condition, tool)
        .or_else(|| listed(condition, tool))
        .or_else(|| state(condition, tool))
        .or_else(|| existence(condition, tool))
}

/// The test that a search found something, or nothing.
pub(super) fn found(condition: &Condition, tool: &Tool) -> Option<Test> {
    let list = list_path(tool)?;
    let none = condition.negated != negates(&condition.text);
    Some(if none {
        Test { path: list, comparison: Comparison::Empty, value: None }
    } else {
        Test { path: format!("{list}/0"), comparison: Comparison::Exists, value: None }
    })
}

/// "A or B" holds in two cases, and a guard knows one.
fn offers_choice(condition: &str) -> bool {
    let entities = Entities::find(condition);
    condition.match_indices(" or ").any(|(at, _)| !entities.cover(at))
}

/// Words that compare with a number, and how.
const AMOUNTS: &[(&str, Comparison)] = &[
    ("no more than ", Comparison::Le),
    ("no fewer than ", Comparison::Ge),
    ("no less than ", Comparison::Ge),
    ("more than ", Comparison::Gt),
    ("greater than ", Comparison::Gt),
    ("over ", Comparison::Gt),
    ("at least ", Comparison::Ge),
    ("fewer than ", Comparison::Lt),
    ("less than ", Comparison::Lt),
    ("under ", Comparison::Lt),
    ("at most ", Comparison::Le),
    ("exactly ", Comparison::Eq),
];

const NUMERALS: &[&str] =
    &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// "there is a table named x", "table x is present": a list whose things have
/// names. That a name is not among them no guard can say.
fn listed(condition: &Condition, tool: &Tool) -> Option<Test> {
    let name = name_said(&condition.text, tool)?;
    if condition.negated != negates(&condition.text) || tool.parameters.iter().any(|own| own.required) {
        return None;
    }
    let (path, ..) = members(tool).into_iter().find(|(path, schema, listed)| {
        *listed && path.ends_with("/name") && JsonTypes::of_schema(schema).admits(JsonType::String)
    })?;
    Some(Test { path, comparison: Comparison::Contains, value: Some(name.into()) })
}

/// The name of the thing whose presence is asked about, if a tool lists such
/// things.
fn name_said(condition: &str, tool: &Tool) -> Option<String> {
    let words: Vec<String> = condition
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').to_owned())
        .collect();
    let says = |all: &[&str]| words.iter().position(|word| all.contains(&word.to_lowercase().as_str()));
    let listed: Vec<String> = catalog::words(&tool.listing.name).iter().map(|word| stem(word)).collect();
    let noun = words.iter().position(|word| listed.contains(&stem(&word.to_lowercase())))?;
    if let Some(at) = says(&["named", "called"]) {
        return words.get(at + 1).filter(|name| !name.is_empty()).cloned();
    }
    let present = says(&["exists", "exist", "present"]).is_some();
    words.get(noun + 1).filter(|name| present && terms(name).iter().any(|term| term.weight >= 1.0)).cloned()
}

/// The opposite comparison.
fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Gt => Comparison::Le,
        Comparison::Ge => Comparison::Lt,
        Comparison::Lt => Comparison::Ge,
        Comparison::Le => Comparison::Gt,
        Comparison::Eq => Comparison::Ne,
        other => other,
    }
}

/// "more than three tasks are open": a member that says how many there are.
fn amount(condition: &Condition, tool: &Tool) -> Option<Test> {
    let lower = condition.text.to_lowercase();
    let (at, words, comparison) =
        AMOUNTS.iter().find_map(|(words, how)| lower.find(words).map(|at| (at, *words, *how)))?;
    let number = lower[at + words.len()..].split_whitespace().next()?;
    let number = number.parse::<u64>().ok().or_else(|| {
        NUMERALS.iter().position(|numeral| *numeral == number).and_then(|number| u64::try_from(number).ok())
    })?;
    let named = |name: &str| catalog::words(name).iter().any(|word| matches!(word.as_str(), "count" | "total"));
    let counts = |path: &str, schema: &Value| schema["type"] == "integer" && named(path);
    list_path(tool)?;
    let (path, ..) = members(tool).into_iter().find(|(path, schema, listed)| !listed && counts(path, schema))?;
    let comparison = if condition.negated { opposite(comparison) } else { comparison };
    Some(Test { path, comparison, value: Some(number.into()) })
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
    let text = in_plain_states(&condition.text);
    let said = terms(&text);
    let entities = Entities::find(&text);
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

/// Other words for the states that things are in.
const STATES: &[(&str, &str)] = &[
    ("signed off", "approved"),
    ("green-lit", "approved"),
    ("greenlit", "approved"),
    ("okayed", "approved"),
    ("ok'd", "approved"),
    ("landed", "merged"),
    ("got in", "merged"),
    ("gone in", "merged"),
    ("resolved", "closed"),
    ("solved", "closed"),
    ("dealt with", "closed"),
    ("unresolved", "open"),
    ("still running", "open"),
];

/// A condition in the words that states are usually called by.
pub(super) fn in_plain_states(condition: &str) -> String {
    let entities = Entities::find(condition);
    let lower = condition.to_ascii_lowercase();
    let own_word = |at: usize| at == 0 || !lower.as_bytes()[at - 1].is_ascii_alphanumeric();
    STATES.iter().fold(condition.to_owned(), |text, (other, plain)| {
        let said = lower.find(other).filter(|at| own_word(*at) && !entities.cover(*at));
        // The word is added, so that nothing else of the condition moves.
        if said.is_some() { format!("{text} {plain}") } else { text }
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
