//! What the clauses around one lend it.

use std::collections::BTreeMap;

use catalog::Tool;
use route::{Entities, Entity, EntityKind};

use serde_json::Value;

use super::clause::Clause;
use super::reference::is_pronoun;
use super::subject;
use super::words::{Filling, Takes, Words, fill_values, takes};

/// The clauses around one.
#[derive(Clone, Copy)]
pub(super) struct Neighbours<'a> {
    pub(super) before: &'a [Clause],
    pub(super) own: &'a Clause,
    pub(super) behind: &'a [Clause],
}

impl<'a> Neighbours<'a> {
    /// Lends values to parameters that lack one: what was said before,
    /// nearest first, and then what is said next ("the diff and the comments
    /// of PR 123").
    pub(super) fn lend(self, tool: &Tool, filling: &mut Filling, facts: &BTreeMap<String, String>) {
        for text in self.texts() {
            if filling.lacks(tool).is_empty() {
                return;
            }
            let entities = Entities::find(text);
            let words = Words { clause: text, entities: &entities, antecedent: None, facts };
            let lacking: Vec<String> = filling.lacks(tool).iter().map(|parameter| parameter.name.clone()).collect();
            let mut lent = fill_values(tool, &words).arguments;
            let said = subject(text, tool).filter(|(name, _)| lent.iter().all(|(own, _)| own != name));
            lent.extend(said);
            filling.arguments.extend(lent.into_iter().filter(|(name, _)| lacking.contains(name)));
        }
    }

    /// What *it* means: the last value said before, with the noun before it
    /// when the value is a bare number.
    pub(super) fn antecedent(self) -> Option<String> {
        self.texts().find_map(antecedent)
    }

    /// A clause's condition was said with it: "if **issue 118** is closed,
    /// comment on it".
    fn texts(self) -> impl Iterator<Item = &'a str> {
        let of = |clause: &'a Clause| {
            let condition = clause.condition.as_ref().map(|condition| condition.text.as_str());
            [Some(clause.text.as_str()), condition].into_iter().flatten()
        };
        let own = self.own.condition.as_ref().map(|condition| condition.text.as_str());
        own.into_iter().chain(self.before.iter().rev().flat_map(of)).chain(self.behind.iter().flat_map(of))
    }
}

/// What another clause looks for, for a tool that looks for something too:
/// "what do the files and what does Slack say about X".
fn subject(text: &str, tool: &Tool) -> Option<(String, Value)> {
    let parameter = tool.parameters.iter().find(|parameter| takes(parameter) == Takes::SearchText)?;
    let subject = subject::opened_subject(text).filter(|subject| !is_pronoun(subject))?;
    Some((parameter.name.clone(), subject.into()))
}

fn antecedent(clause: &str) -> Option<String> {
    let entities = Entities::find(clause);
    let Entity { kind, span, value } = entities.iter().last()?;
    if *kind != EntityKind::Number {
        return Some(value.clone());
    }
    let noun = clause[..span.start].split_whitespace().next_back().unwrap_or_default();
    Some(format!("{noun} {}", &clause[span.clone()]).trim().to_owned())
}
