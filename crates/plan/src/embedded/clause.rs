//! A query falls into clauses, each of which one tool may serve.
//!
//! First into sentences, whose conditions are taken off; a sentence into
//! parts at its connectives; a part into itself and what it holds within it.
//! Words such as *then* always divide. Words such as *and* divide only where
//! both sides ask for something by themselves: "open PRs and open issues"
//! are two clauses, "messages about retries and timeouts" is one.

use route::{Entities, EntityKind, Field, Route, Router, is_read_verb, terms};

use super::condition::{self, Condition};
use super::mood;
use super::part::parts;
use super::reference::{Pointing, pointing, role_asked};
use super::search;
use super::spelling;
use super::superlative::{Superlative, superlative};
use super::topic::{Topic, for_each_value, topic};
use super::within;

/// How a clause hangs together with the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// Nothing says that one comes before the other.
    Beside,
    /// It comes after the one before it.
    Then,
}

/// A part of a query that one tool may serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// Its words.
    pub(super) text: String,
    /// The words it was said in, where those are more than its own.
    pub(super) said: Option<String>,
    /// How it hangs together with the one before it.
    pub(super) link: Link,
    /// Whether it only helps the next one: "who reviewed **the PRs that
    /// touched auth.py**".
    pub(super) helps: bool,
    /// Whether it only names what the next ones speak of: where they take
    /// nothing of its result, nobody asked for it.
    pub(super) names: bool,
    /// What it points back at.
    pub(super) points: Pointing,
    /// Which of many it means, where it means one of many.
    pub(super) meant: Option<Superlative>,
    /// Under which condition it is meant.
    pub(super) condition: Option<Condition>,
}

impl Clause {
    /// A clause that was asked for, pointing where its words do.
    pub(super) fn asked(text: impl Into<String>, link: Link) -> Self {
        let text = text.into();
        let (points, meant) = (pointing(&text), superlative(&text));
        Self { text, said: None, link, helps: false, names: false, points, meant, condition: None }
    }

    /// A clause that only helps the next one.
    pub(super) fn helping(text: impl Into<String>, link: Link) -> Self {
        Self { helps: true, ..Self::asked(text, link) }
    }

    /// What it is for, in the user's words.
    pub(super) fn purpose(&self) -> &str {
        self.said.as_deref().unwrap_or(&self.text)
    }

    /// The same clause, pointing elsewhere.
    pub(super) fn pointing(self, points: Pointing) -> Self {
        Self { points, ..self }
    }
}

/// The most clauses one query falls into: the most steps a plan has.
const MAX_CLAUSES: usize = crate::MAX_STEPS;

/// Divides a query.
pub(super) fn clauses(query: &str, router: &Router) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    let sentences = condition::sentences(&spelling::mended(query, router));
    let last = sentences.len().saturating_sub(1);
    for (at, (condition, body)) in sentences.into_iter().enumerate() {
        // What is only said of something names it for what is asked next.
        let names = at < last && condition.is_none() && mood::states(&body);
        let divided = divide(&body, router).into_iter();
        found.extend(divided.map(|clause| Clause {
            condition: condition.clone(),
            helps: clause.helps || names,
            names: clause.names || names,
            ..clause
        }));
    }
    found.truncate(MAX_CLAUSES);
    point_at_roles(&mut found);
    found
}

/// "Take the title of task 5 and look for **it**": *it* is the title, not the
/// task, where something is looked for.
fn point_at_roles(clauses: &mut [Clause]) {
    for at in 1..clauses.len() {
        let role = role_asked(&clauses[at - 1].text);
        let own = &mut clauses[at];
        if let Some(role) = role.filter(|_| own.points == Pointing::AtOne && search::looks(&own.text)) {
            own.points = Pointing::At(role);
        }
    }
}

fn divide(body: &str, router: &Router) -> Vec<Clause> {
    if let Some(searches) = search::fan_out(body, router) {
        return searches.into_iter().map(|search| Clause::asked(search, Link::Beside)).collect();
    }
    match topic(body) {
        Some(Topic::Named(named, said)) if terms(&named).len() <= router.named_servers(&named).len() => {
            divide_parts(&format!("{said} in {named}"), router)
        }
        Some(Topic::Named(named, said)) if for_each_value(&named, &said).is_some() => {
            let sentences = for_each_value(&named, &said).unwrap_or_default();
            sentences.iter().flat_map(|sentence| divide_parts(sentence, router)).collect()
        }
        Some(Topic::Named(named, said)) => {
            let named = within::unfold(&named, Link::Beside, router).into_iter();
            let mut found: Vec<Clause> = named.map(|clause| Clause { helps: true, names: true, ..clause }).collect();
            found.extend(divide_parts(&said, router).into_iter().map(|clause| Clause { link: Link::Then, ..clause }));
            found
        }
        Some(Topic::Whole(said)) => divide_parts(&said, router),
        None => divide_parts(body, router),
    }
}

fn divide_parts(body: &str, router: &Router) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    let all = parts(body, router);
    for (at, part) in all.iter().enumerate() {
        // "PR 1 is fine, merge it": what is said of it only names it.
        let ordered = all.get(at + 1).is_some_and(|next| mood::order(&next.text).is_some());
        let names = ordered && mood::states(&part.text);
        match found.last() {
            // "for each PR that …, list its reviews": the part is meant for
            // each of what the clause before it finds.
            Some(Clause { helps: true, points, text, .. }) if *points == Pointing::AtEach => {
                let text = within::with_noun_of(text, part.text.clone());
                found.push(Clause::asked(text, Link::Then).pointing(Pointing::AtEach));
            }
            _ => {
                let unfolded = within::unfold(&part.text, part.link, router).into_iter();
                found.extend(unfolded.map(|clause| Clause {
                    helps: clause.helps || names,
                    names: clause.names || names,
                    ..clause
                }));
            }
        }
    }
    found
}

/// Whether a text by itself asks for something some tool is named for.
pub(super) fn asks(text: &str, router: &Router) -> bool {
    let servers = router.named_servers(text);
    if terms(text).len() <= servers.len() {
        return false;
    }
    let names_value =
        |entity: &route::Entity| matches!(entity.kind, EntityKind::Path | EntityKind::Url | EntityKind::Sql);
    if Entities::find(text).iter().any(names_value) && mood::opening(text).is_some_and(|verb| is_read_verb(&verb.form))
    {
        return true;
    }
    let best = match router.route(text) {
        Route::Candidates(ranked) => ranked.into_iter().next(),
        Route::Ambiguous { options } => options.into_iter().next(),
        // Asking for what nobody here can do is asking too, and so is naming a
        // thing beside one word that may be a name.
        Route::OutOfScope { nearest } => {
            let unknown = terms(text).iter().filter(|term| !router.knows(&term.stem)).count();
            let thing = |found: &route::Match| found.field == Field::Name && !is_read_verb(&found.word);
            let names_one = nearest.first().is_some_and(|best| best.matched.iter().any(thing)) && unknown == 1;
            return names_one || mood::order(text).is_some();
        }
    };
    let names_thing = |field: Field| matches!(field, Field::Name | Field::Title | Field::Example | Field::Server);
    best.is_some_and(|best| best.matched.iter().any(|found| names_thing(found.field)))
}
