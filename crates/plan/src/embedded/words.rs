//! Arguments out of the user's own words.
//!
//! An extractor offers a value for a parameter only where the sort of the
//! value and what the parameter says of itself agree. What agrees with
//! nothing is left alone: a wrong argument is worse than a question.

use std::collections::BTreeMap;

use catalog::{JsonType, Parameter, Tool};
use route::{Entities, Entity, EntityKind, stem, terms};
use serde_json::Value;

use super::mood;
use super::phrase;
use super::subject;

/// The user's words that may fill a tool's parameters.
pub(super) struct Words<'a> {
    /// The clause.
    pub(super) clause: &'a str,
    /// The values in it.
    pub(super) entities: &'a Entities,
    /// What a word that points back means, in words: "PR #123".
    pub(super) antecedent: Option<&'a str>,
    /// What the session knows, by parameter name.
    pub(super) facts: &'a BTreeMap<String, String>,
}

/// Arguments found, and how many of the clause's values they use up.
#[derive(Clone, Debug, Default)]
pub(super) struct Filling {
    /// Values by parameter name.
    pub(super) arguments: Vec<(String, Value)>,
    /// Which of the clause's values went into one.
    pub(super) used: Vec<usize>,
}

impl Filling {
    /// Whether the parameter has a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.arguments.iter().any(|(own, _)| own == name)
    }

    fn keep(&mut self, parameter: &Parameter, found: Option<(Value, Option<usize>)>) {
        if let Some((value, entity)) = found {
            self.arguments.push((parameter.name.clone(), value));
            self.used.extend(entity);
        }
    }

    /// Whether another parameter has taken these very words already: two
    /// places named in one clause are two.
    fn holds(&self, value: &Value) -> bool {
        self.arguments.iter().any(|(_, own)| own == value)
    }

    /// The required parameters that have none.
    pub(super) fn lacks<'t>(&self, tool: &'t Tool) -> Vec<&'t Parameter> {
        tool.parameters.iter().filter(|parameter| parameter.required && !self.has(&parameter.name)).collect()
    }
}

/// The sorts of argument there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Count,
    Identifier,
    Path,
    Url,
    Email,
    Channel,
    Person,
    Date,
    Moment,
    Sql,
    SearchText,
    Body,
    Label,
    Other,
}

/// The least length of a number that is a moment: seconds since 1970 and a
/// fraction.
const MOMENT_CHARS: usize = 12;

/// Fills what the words fill.
pub(super) fn fill(tool: &Tool, words: &Words<'_>) -> Filling {
    let mut filling = Filling::default();
    for parameter in &tool.parameters {
        let found = by_choice(parameter, tool, words)
            .map(|value| (value, None))
            .or_else(|| by_entity(parameter, tool, words, &filling.used))
            .or_else(|| {
                by_phrase(parameter, tool, words).filter(|value| !filling.holds(value)).map(|value| (value, None))
            })
            .or_else(|| by_fact(parameter, words).map(|value| (value, None)));
        filling.keep(parameter, found);
    }
    filling
}

/// Fills only what a value in the words fills, a choice or a fact; no phrase.
pub(super) fn fill_values(tool: &Tool, words: &Words<'_>) -> Filling {
    let mut filling = Filling::default();
    for parameter in &tool.parameters {
        let found = by_choice(parameter, tool, words)
            .map(|value| (value, None))
            .or_else(|| by_entity(parameter, tool, words, &filling.used))
            .or_else(|| by_fact(parameter, words).map(|value| (value, None)));
        filling.keep(parameter, found);
    }
    filling
}

/// A choice of an enumeration that the clause says.
fn by_choice(parameter: &Parameter, tool: &Tool, words: &Words<'_>) -> Option<Value> {
    let choices = parameter.choices();
    let ordered = mood::order(words.clause).filter(|_| tool.effect.is_read_only()).unwrap_or_default();
    let said: Vec<String> = terms(words.clause)
        .into_iter()
        .filter(|term| !words.entities.cover(term.start))
        .map(|term| term.stem)
        // What is to be done is no state that something is in.
        .filter(|stem| !ordered.contains(stem))
        .collect();
    // A word of the tool's own name says which tool, not which choice.
    let own: Vec<String> = catalog::words(&tool.listing.name).iter().map(|word| stem(word)).collect();
    let is_said = |choice: &str| {
        let stems: Vec<String> = catalog::words(choice).iter().map(|word| stem(word)).collect();
        !stems.is_empty() && stems.iter().all(|word| said.contains(word) && !own.contains(word))
    };
    choices.into_iter().find(|choice| is_said(choice)).map(Value::from)
}

/// A value in the clause of the sort that the parameter takes.
fn by_entity(parameter: &Parameter, tool: &Tool, words: &Words<'_>, used: &[usize]) -> Option<(Value, Option<usize>)> {
    let takes = takes(parameter);
    let suits = |(at, entity): &(usize, &Entity)| {
        let free = !used.contains(at);
        free && fits(takes, entity, words.clause, parameter) && is_of_kind(entity, parameter, tool, words.clause)
    };
    let (at, entity) = words.entities.iter().enumerate().find(suits)?;
    // A number that is looked for is marked as one.
    let marked = takes == Takes::SearchText && entity.kind == EntityKind::Number;
    let value = if marked { format!("#{}", entity.value) } else { entity.value.clone() };
    Some((typed(&value, parameter)?, Some(at)))
}

/// Whether a number is of the kind that the tool is about: 118 of "issue 118"
/// is no pull request. A number without a noun may be anything.
fn is_of_kind(entity: &Entity, parameter: &Parameter, tool: &Tool, clause: &str) -> bool {
    if entity.kind != EntityKind::Number || takes(parameter) == Takes::SearchText {
        return true;
    }
    let about = format!("{} {} {}", tool.listing.name, parameter.description, parameter.name);
    let about: Vec<String> = terms(&about).into_iter().map(|term| term.stem).collect();
    phrase::noun_of(clause, entity).iter().all(|noun| about.contains(noun))
}

fn fits(takes: Takes, entity: &Entity, clause: &str, parameter: &Parameter) -> bool {
    use EntityKind as Kind;
    match (takes, entity.kind) {
        (Takes::Count, Kind::Number) => phrase::counts(clause, entity),
        (Takes::Identifier, Kind::Number) => !phrase::counts(clause, entity) && phrase::names_one(clause, entity),
        (Takes::Path, Kind::Path) | (Takes::Url, Kind::Url) | (Takes::Email, Kind::Email) => true,
        (Takes::Channel | Takes::Label, Kind::Hashtag) | (Takes::Person, Kind::Handle | Kind::Email) => true,
        (Takes::Date, Kind::Date) | (Takes::Sql, Kind::Sql) => true,
        (Takes::Moment, Kind::Number) => entity.value.contains('.') && entity.value.len() >= MOMENT_CHARS,
        (Takes::Path, Kind::Quoted) => is_path(&entity.value),
        (Takes::Label, Kind::Quoted) => parameter.required || phrase::speaks_of_label(clause),
        (Takes::SearchText, Kind::Number) => phrase::relates_to(clause, entity),
        (Takes::SearchText, Kind::Quoted) | (Takes::Body, Kind::Quoted | Kind::Speech) => true,
        _ => false,
    }
}

/// Whether a quotation is a path: "done." is none.
fn is_path(quoted: &str) -> bool {
    let entities = Entities::find(quoted);
    let mut all = entities.iter();
    all.next().is_some_and(|own| own.kind == EntityKind::Path && own.span.len() == quoted.len())
        || quoted.contains('/') && !quoted.contains(' ')
}

/// Words rather than a value: what to search for, who, which label.
fn by_phrase(parameter: &Parameter, tool: &Tool, words: &Words<'_>) -> Option<Value> {
    let text = match takes(parameter) {
        Takes::SearchText => subject::subject(words.clause, words.entities, tool, words.antecedent),
        Takes::Body => phrase::behind_colon(words.clause),
        Takes::Path if takes_directory(tool, parameter) => phrase::place(words.clause, tool),
        Takes::Person if !parameter.required => phrase::doer(words.clause)
            .or_else(|| phrase::after(words.clause, &["by", "from"]))
            .or_else(|| phrase::bare_doer(words.clause, tool)),
        Takes::Channel => phrase::channel(words.clause),
        Takes::Label => phrase::label(words.clause),
        Takes::Other if parameter.required => {
            phrase::named(words.clause, &parameter.name).or_else(|| phrase::object(words.clause, tool))
        }
        _ => None,
    }?;
    typed(&text, parameter)
}

/// Whether a bare word may name what the parameter takes: a directory needs
/// no slash and no ending, a file does.
fn takes_directory(tool: &Tool, parameter: &Parameter) -> bool {
    !parameter.required || phrase::is_directory_tool(tool)
}

fn by_fact(parameter: &Parameter, words: &Words<'_>) -> Option<Value> {
    words.facts.get(&parameter.name).and_then(|fact| typed(fact, parameter))
}

/// The text as the parameter's type, if it can be one without loss.
fn typed(text: &str, parameter: &Parameter) -> Option<Value> {
    let choices = parameter.choices();
    if !choices.is_empty() {
        return choices.into_iter().find(|choice| choice.eq_ignore_ascii_case(text)).map(Value::from);
    }
    if parameter.types.admits(JsonType::Integer)
        && let Ok(number) = text.parse::<i64>()
    {
        return Some(number.into());
    }
    if parameter.types.admits(JsonType::Number)
        && let Ok(number) = text.parse::<f64>()
    {
        return Some(number.into());
    }
    parameter.types.admits(JsonType::String).then(|| text.into())
}

/// What a parameter takes, by its name, its type and what is said of it.
pub(super) fn takes(parameter: &Parameter) -> Takes {
    let name = catalog::words(&parameter.name);
    let says = |words: &[&str]| name.iter().any(|word| words.contains(&word.as_str()));
    let numeric = parameter.types.admits(JsonType::Number) || parameter.types.admits(JsonType::Integer);
    let textual = parameter.types.admits(JsonType::String);
    if numeric && says(&["limit", "count", "max", "top", "n", "size", "head", "tail", "lines"]) {
        return Takes::Count;
    }
    if numeric && !textual {
        return if says(&["number", "id", "no", "num", "key", "index"]) || parameter.required {
            Takes::Identifier
        } else {
            Takes::Other
        };
    }
    if !textual {
        return Takes::Other;
    }
    let table: &[(&[&str], Takes)] = &[
        (&["path", "file", "filename", "filepath", "directory", "dir", "folder"], Takes::Path),
        (&["url", "uri", "link", "href"], Takes::Url),
        (&["email"], Takes::Email),
        (&["channel", "room"], Takes::Channel),
        (&["author", "user", "username", "assignee", "reviewer", "owner", "person", "member"], Takes::Person),
        (&["since", "until", "date", "after", "before", "day"], Takes::Date),
        (&["ts", "timestamp"], Takes::Moment),
        (&["sql", "statement"], Takes::Sql),
        (&["label", "labels", "tag"], Takes::Label),
        (&["body", "text", "message", "content", "contents", "comment"], Takes::Body),
        (&["number", "id"], Takes::Identifier),
    ];
    if let Some((_, takes)) = table.iter().find(|(words, _)| says(words)) {
        return *takes;
    }
    let described = parameter.description.to_lowercase();
    if says(&["query", "q", "search", "term", "terms", "keyword", "keywords", "pattern", "phrase"]) {
        return if described.contains("sql") || described.contains("select ") { Takes::Sql } else { Takes::SearchText };
    }
    Takes::Other
}
