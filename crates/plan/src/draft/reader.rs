//! Reading the members of a JSON document, every fault noted on the way.

use serde_json::{Map, Value};

use super::place::member;
use crate::closest::closest;
use crate::fault::bounded;
use crate::{AnswerStyle, FaultCode, PlanFault, StepId};

/// Notes faults; whoever reads goes on with what there is.
#[derive(Default)]
pub(super) struct Reader {
    faults: Vec<PlanFault>,
    /// The step being read.
    step: Option<StepId>,
}

/// An object whose members are known by name.
#[derive(Clone, Copy)]
pub(super) struct Members<'a> {
    at: &'a str,
    members: &'a Map<String, Value>,
}

impl Reader {
    /// What was read, or all faults.
    pub(super) fn finish<T>(self, read: Option<T>) -> Result<T, Vec<PlanFault>> {
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ => Err(bounded(self.faults)),
        }
    }

    pub(super) fn fault(&mut self, code: FaultCode, pointer: impl Into<String>, message: impl std::fmt::Display) {
        let fault = PlanFault::new(code, pointer, message);
        self.faults.push(match &self.step {
            Some(step) => fault.in_step(step.clone()),
            None => fault,
        });
    }

    fn shape(&mut self, pointer: impl Into<String>, message: impl std::fmt::Display) {
        self.fault(FaultCode::BadShape, pointer, message);
    }

    pub(super) fn suggest(&mut self, names: Vec<String>) {
        if let Some(last) = self.faults.pop() {
            self.faults.push(last.suggesting(names));
        }
    }

    /// Faults from here on are in the step that this value is, if it says
    /// which.
    pub(super) fn enter_step(&mut self, step: &Value) {
        self.step = step["id"].as_str().filter(|id| StepId::fault_in(id).is_none()).map(StepId::new);
    }

    /// Faults from here on are in no step.
    pub(super) fn leave_step(&mut self) {
        self.step = None;
    }

    /// An object with no members but these.
    pub(super) fn object<'a>(&mut self, value: &'a Value, at: &'a str, known: &[&str]) -> Option<Members<'a>> {
        let Some(members) = value.as_object() else {
            self.shape(at, format!("this must be an object, and is {}", kind(value)));
            return None;
        };
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            self.shape(member(at, name), format!("there is no field `{name}`"));
            self.suggest(closest(name, known.iter().copied()));
        }
        Some(Members { at, members })
    }

    /// An array; nothing when the member is missing or null.
    pub(super) fn array<'a>(&mut self, of: Members<'a>, name: &str) -> &'a [Value] {
        match of.get(name) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.shape(of.place(name), format!("`{name}` must be an array, and is {}", kind(other)));
                &[]
            }
        }
    }

    /// A text; empty when the member is missing or null.
    pub(super) fn text(&mut self, of: Members<'_>, name: &str) -> String {
        match of.get(name) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => {
                self.shape(of.place(name), format!("`{name}` must be a text, and is {}", kind(other)));
                String::new()
            }
        }
    }

    /// A text that must be there.
    pub(super) fn required_text(&mut self, of: Members<'_>, name: &str) -> String {
        if of.get(name).is_none() {
            self.shape(of.at, format!("the field `{name}` is missing"));
        }
        self.text(of, name)
    }

    /// A whole number that is not negative; none when the member is missing
    /// or null.
    pub(super) fn count(&mut self, of: Members<'_>, name: &str) -> Option<u64> {
        let value = of.get(name)?;
        let count = value.as_u64();
        if count.is_none() {
            self.shape(of.place(name), format!("`{name}` must be a whole number from 0, and is {}", kind(value)));
        }
        count
    }

    /// Texts.
    pub(super) fn texts(&mut self, of: Members<'_>, name: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for (i, value) in self.array(of, name).iter().enumerate() {
            match value.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let place = member(&of.place(name), &i.to_string());
                    self.shape(place, format!("`{name}` holds texts, and this is {}", kind(value)));
                }
            }
        }
        texts
    }

    /// One of the words that are let; the first when the member is missing or
    /// empty.
    pub(super) fn word<T: Copy>(&mut self, of: Members<'_>, name: &str, words: &[(&str, T)]) -> T {
        let (_, first) = words[0];
        let text = self.text(of, name);
        if text.is_empty() {
            return first;
        }
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        found.unwrap_or_else(|| {
            let list: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.shape(of.place(name), format!("`{text}` is none of {}", list.join(", ")));
            self.suggest(closest(&text, words.iter().map(|(word, _)| *word)));
            first
        })
    }

    /// How the answer is told.
    pub(super) fn style(&mut self, of: Members<'_>) -> AnswerStyle {
        let styles = [
            ("summary", AnswerStyle::Summary),
            ("direct", AnswerStyle::Direct),
            ("list", AnswerStyle::List),
            ("table", AnswerStyle::Table),
        ];
        self.word(of, "style", &styles)
    }
}

impl<'a> Members<'a> {
    /// A member; none when it is missing or null.
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A member, null too.
    pub(super) fn get_or_null(self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    /// The pointer to a member.
    pub(super) fn place(self, name: &str) -> String {
        member(self.at, name)
    }
}

/// What kind of JSON a value is, with its article.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
