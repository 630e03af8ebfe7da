//! Steps that yield what another lacks.
//!
//! "The reviews of whatever PR jonas has open" names two things: what is
//! wanted, and by what it is found. Where a tool lacks an argument and the
//! words say more than it takes, a tool that lists such things and has a use
//! for those words is called first.

use std::sync::Arc;

use catalog::Tool;
use route::{stem, terms};

use super::choose::own_words;
use super::drawn::{Drawn, Why};
use super::link::{Lack, Linked, Source, Take, link, list_kinds};
use super::sift::sifted;
use super::sketch::{Sketch, call};
use super::superlative::{Superlative, superlative};
use super::words::{Filling, Takes, Words, fill, fill_values, takes};
use crate::MAX_STEPS;

/// How many of the router's candidates may serve as the source of an
/// argument that the words do not give.
const SOURCES_LOOKED_AT: usize = 24;

/// The most steps that a source takes: itself, and what sifts it.
const MAX_SOURCE_STEPS: usize = 3;

/// A tool that yields what another lacks, and what speaks for it.
pub(super) struct Found {
    tool: Arc<Tool>,
    filling: Filling,
    take: Take,
    uses: usize,
}

impl Sketch<'_> {
    /// Draws a step that yields what is lacking. The source must have a use
    /// for words of the clause that the tool itself has none for.
    pub(super) fn draw_source(&mut self, words: &Words<'_>, tool: &Tool, filling: &Filling) -> Option<Linked> {
        if self.steps.len() + MAX_SOURCE_STEPS + 1 > MAX_STEPS {
            return None;
        }
        let best = self.find_source(words, tool, filling)?;
        let (id, source) = (self.next_id(), best.tool);
        let lacking = filling.lacks(tool);
        let lack = Lack { tool, parameters: &lacking, role: None };
        let linked = link(lack, Source { id: &id, tool: &source, is_each: false, columns: &[] }, best.take)?;
        let described = source.listing.description.clone().unwrap_or_default();
        let step = call(&id, &source, best.filling).with_purpose(format!("find what \"{}\" is about", words.clause));
        let at = self.steps.len() + 2;
        let meant = superlative(words.clause);
        let (sifting, linked) = sifted(linked, &id, &described, meant.as_ref(), |more| format!("s{}", at + more))?;
        self.push(Drawn::new(step, Some(source), Why::Named));
        for step in sifting {
            self.push(Drawn::new(step, None, Why::Named));
        }
        Some(linked)
    }

    /// The tool that yields what another lacks, by the words that this one
    /// has no use for.
    pub(super) fn find_source(&self, words: &Words<'_>, tool: &Tool, filling: &Filling) -> Option<Found> {
        let lacking = filling.lacks(tool);
        // What is to be searched for or said is no thing that a list has.
        if lacking.iter().any(|parameter| matches!(takes(parameter), Takes::SearchText | Takes::Body | Takes::Sql)) {
            return None;
        }
        let lack = Lack { tool, parameters: &lacking, role: None };
        let meant = superlative(words.clause);
        let mut found: Vec<Found> = Vec::new();
        let ranked = self.router.rank(words.clause, SOURCES_LOOKED_AT).into_iter().map(|candidate| candidate.tool);
        // Of its own server also those that none of the words speak of.
        let own = self.router.catalog().tools().iter();
        let own = own.filter(|source| source.reference.server == tool.reference.server).cloned();
        for source in ranked.chain(own) {
            if lacking.is_empty() || !source.effect.is_read_only() || source.reference == tool.reference {
                continue;
            }
            if let Some((filling, take, uses)) = useful(words, &source, tool, filling, meant.as_ref()) {
                let from = Source { id: "s", tool: &source, is_each: false, columns: &[] };
                if link(lack, from, take).is_some() {
                    found.push(Found { tool: source, filling, take, uses });
                }
            }
        }
        // The first of those that use the most.
        found.into_iter().reduce(|best, next| if next.uses > best.uses { next } else { best })
    }
}

/// What the words fill of a source, what of its result is meant, and how much
/// of the words it uses; `None` when it is of no use here.
fn useful(
    words: &Words<'_>,
    source: &Tool,
    tool: &Tool,
    filling: &Filling,
    meant: Option<&Superlative>,
) -> Option<(Filling, Take, usize)> {
    let unused = words.entities.iter().count() > filling.used.len();
    let values = fill_values(source, words);
    let same_server = source.reference.server == tool.reference.server;
    if unused && same_server && !values.used.is_empty() && values.lacks(source).is_empty() {
        let uses = 1 + values.arguments.len();
        return Some((values, take(number_said(words.clause, source), meant), uses));
    }
    let mut own = fill(source, words);
    let searched = |name: &str| source.parameter(name).is_some_and(|own| takes(own) == Takes::SearchText);
    own.arguments.retain(|(name, _)| !searched(name));
    let new = own.arguments.iter().filter(|argument| !filling.arguments.contains(argument)).count();
    let uses = new + usize::from(meant.is_some());
    let number = number_said(words.clause, source);
    (uses > 0 && number != Number::Unsaid && own.lacks(source).is_empty()).then(|| (own, take(number, meant), uses))
}

fn take(number: Number, meant: Option<&Superlative>) -> Take {
    match (number, meant) {
        (Number::Many | Number::Unsaid, None) => Take::Each,
        _ => Take::OneOrFirst,
    }
}

/// Whether the clause names what a tool lists, and in which number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    Unsaid,
    One,
    Many,
}

fn number_said(clause: &str, source: &Tool) -> Number {
    let said = terms(clause);
    let named =
        |noun: &[String]| !noun.is_empty() && noun.iter().all(|word| said.iter().any(|term| term.stem == stem(word)));
    let own = own_words(source);
    let listed: Vec<String> = own.get(1..).unwrap_or_default().to_vec();
    let mut nouns = vec![listed];
    nouns.extend(list_kinds(source).iter().map(|kind| catalog::words(kind)));
    let Some(noun) = nouns.into_iter().find(|noun| named(noun)) else { return Number::Unsaid };
    let head = noun.last().map(|word| stem(word)).unwrap_or_default();
    let many = said.iter().any(|term| term.stem == head && term.form.ends_with('s'));
    if many { Number::Many } else { Number::One }
}
