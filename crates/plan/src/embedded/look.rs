//! The steps that conditions look at.
//!
//! A condition becomes a call whose result decides it and a guard on that
//! result. A plan has one guard for each step, so of two conditions the
//! second is looked at only where the first holds, and what stands under both
//! hangs on the second. What no result decides is not guessed.

use std::sync::Arc;

use catalog::Tool;
use route::Entities;

use super::choose::{Fit, judge_all};
use super::condition::Condition;
use super::drawn::{Drawn, Why};
use super::guard::{self, Test};
use super::neighbours::Neighbours;
use super::part::parts;
use super::reference::{Pointing, pointing};
use super::sketch::{Sketch, call};
use super::words::{Filling, Takes, Words, takes};
use crate::Comparison;
use crate::draft::{DraftBinding, DraftGuard, DraftRef};

/// The most conditions that one thing may stand under.
const MAX_CONDITIONS: usize = 2;

impl Sketch<'_> {
    /// Draws the steps that a condition looks at, each once, and the guard
    /// that holds when all of it does; `None` where no result decides it.
    pub(super) fn draw_guard(&mut self, condition: &Condition, neighbours: Neighbours<'_>) -> Option<DraftGuard> {
        let conditions: Vec<Condition> = parts(&condition.text, self.router)
            .into_iter()
            .map(|part| Condition { text: part.text, negated: condition.negated })
            .collect();
        match conditions.as_slice() {
            [] => None,
            [_] => self.look(condition, neighbours, None),
            // That not both hold is no guard.
            _ if condition.negated || conditions.len() > MAX_CONDITIONS => None,
            [first, second] => {
                let first = self.look(first, neighbours, None)?;
                let guard = self.look(second, neighbours, Some(first))?;
                // Of a result that is not there it holds that it is empty.
                (guard.comparison != Comparison::Empty.as_str()).then_some(guard)
            }
            _ => None,
        }
    }

    fn look(
        &mut self,
        condition: &Condition,
        neighbours: Neighbours<'_>,
        under: Option<DraftGuard>,
    ) -> Option<DraftGuard> {
        let seen = self.looked_at.iter().find(|(text, ..)| *text == condition.text);
        if let Some((_, id, tool)) = seen.filter(|_| under.is_none()) {
            return guard::test(condition, tool).or_else(|| guard::found(condition, tool)).map(|test| on(id, test));
        }
        let (tool, filling, test) = self.deciding(condition, neighbours)?;
        let id = self.next_id();
        let step = call(&id, &tool, filling).with_purpose(format!("see whether {}", condition.text));
        let step = crate::draft::DraftStep { when: under, ..step };
        if !self.push(Drawn::new(step, Some(Arc::clone(&tool)), Why::Named)) {
            return None;
        }
        self.looked_at.push((condition.text.clone(), id.clone(), tool));
        Some(on(&id, test))
    }

    /// The tool whose result decides a condition, what the words fill of it,
    /// and where to look.
    fn deciding(&self, condition: &Condition, neighbours: Neighbours<'_>) -> Option<(Arc<Tool>, Filling, Test)> {
        let (subject, _) = guard::subject(&condition.text);
        let subject = guard::in_plain_states(&self.spoken_of(&subject, neighbours));
        let by_state = self.decided(&subject, |tool, _| guard::test(condition, tool));
        by_state.or_else(|| {
            // "Somebody mentions x": a search finds something.
            let searches = |filling: &Filling, tool: &Tool| {
                filling
                    .arguments
                    .iter()
                    .any(|(name, _)| tool.parameter(name).is_some_and(|own| takes(own) == Takes::SearchText))
            };
            let text = self.spoken_of(&condition.text, neighbours);
            self.decided(&text, |tool, filling| guard::found(condition, tool).filter(|_| searches(filling, tool)))
        })
    }

    /// A condition's words with what *it* means in them.
    fn spoken_of(&self, text: &str, neighbours: Neighbours<'_>) -> String {
        if pointing(text) != Pointing::AtOne {
            return text.to_owned();
        }
        let spoken_of = Neighbours { behind: std::slice::from_ref(neighbours.own), ..neighbours }.antecedent();
        format!("{text} {}", spoken_of.unwrap_or_default())
    }

    fn decided(
        &self,
        text: &str,
        test: impl Fn(&Tool, &Filling) -> Option<Test>,
    ) -> Option<(Arc<Tool>, Filling, Test)> {
        let entities = Entities::find(text);
        let words = Words { clause: text, entities: &entities, antecedent: None, facts: self.facts };
        let judged = judge_all(&words, self.router, &|_, _| Fit::Alone).into_iter();
        let deciding = judged.filter_map(|(candidate, filling)| {
            let tool = candidate.tool;
            let decided = test(&tool, &filling).filter(|_| tool.effect.is_read_only());
            let test = decided.filter(|_| filling.lacks(&tool).is_empty())?;
            let unused = entities.iter().count() > filling.used.len();
            let requires = tool.parameters.iter().any(|parameter| parameter.required);
            (!(unused && requires)).then_some((tool, filling, test))
        });
        // The likeliest tool, but for one that holds the very words.
        let mut deciding: Vec<_> = deciding.collect();
        deciding.sort_by_key(|(_, _, test)| std::cmp::Reverse(test.words()));
        deciding.into_iter().next()
    }
}

fn on(step: &str, test: Test) -> DraftGuard {
    DraftGuard {
        subject: DraftRef::new(step, test.path),
        comparison: test.comparison.as_str().to_owned(),
        value: test.value.map(DraftBinding::Literal),
    }
}
