//! Which tool serves a clause.
//!
//! The router says which tools have to do with the clause's words; here the
//! ranking is corrected by what the words can fill: a tool whose required
//! parameters they fill, and that has a use for the values they name, comes
//! before one that leaves them lying about. A tool with side effects is in
//! the running only when the clause orders just that.

use std::sync::Arc;

use catalog::{ServerId, Tool};
use route::{
    Candidate, Entities, EntityKind, Field, IN_SCOPE_COVERAGE, Route, Router, decide, is_action_verb, is_read_verb,
    mean_the_same, stem, terms,
};

use super::mood;
use super::phrase;
use super::reference::is_pronoun;
use super::search;
use super::subject;
use super::words::{Filling, Words, fill};

/// How many of the router's candidates are looked at.
const LOOKED_AT: usize = 24;

/// What a candidate keeps of its score when none of its required parameters
/// can be filled.
const UNFILLED: f32 = 0.7;

/// What it keeps when it has no use for any of the clause's values.
const UNUSED: f32 = 0.4;

/// What a candidate that only reads keeps when the clause orders something.
const ONLY_READS: f32 = 0.5;

/// What it keeps when the clause speaks of one thing and the tool's name of
/// many, or the reverse.
const OTHER_NUMBER: f32 = 0.5;

/// How much of a clause a tool covers at least that requires just the sort of
/// value the clause names: a path asks to be read, whatever the words.
const FITTING_VALUE_COVERAGE: f32 = 0.5;

/// What it scores at least then, where it uses all the values.
const FITTING_VALUE_SCORE: f32 = 0.5;

/// How much more has to speak for a tool for each word that no tool knows.
const DOUBT: f32 = 0.5;

/// What a candidate keeps whose result is of no use to the clause that it is
/// to help.
const UNFIT: f32 = 0.3;

/// What a candidate gains whose name opens with the very verb that the
/// clause does: `list_…`, `describe_…`.
const SAME_VERB: f32 = 1.25;

/// What it gains for each optional parameter that the words fill.
const OPTIONAL_USE: f32 = 0.15;

/// How a candidate stands to the steps around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// They give it nothing and take nothing of it.
    Alone,
    /// An earlier step yields what it lacks.
    Feeds,
    /// The clause that it is to help has no use for its result.
    Unfit,
}

/// Tells how a tool, with what the words fill, stands to the steps around.
pub(super) type Linkable<'a> = &'a dyn Fn(&Tool, &Filling) -> Fit;

/// A clause's tools, judged.
pub(super) enum Choosing {
    /// This one, with what the words fill.
    Chosen(Arc<Tool>, Filling),
    /// Several would do alike.
    Ambiguous(Vec<Candidate>),
    /// None; these come nearest.
    OutOfScope(Vec<Candidate>),
}

/// Chooses.
pub(super) fn choose(words: &Words<'_>, router: &Router, linked: Linkable<'_>) -> Choosing {
    let mut judged = judge_all(words, router, linked);
    let named: Vec<ServerId> = router.named_servers(words.clause);
    let found = search::anywhere(words, router);
    if found.len() > 1 {
        return Choosing::Ambiguous(found);
    }
    match decide(judged.iter().map(|(candidate, _)| candidate.clone()).collect(), &named) {
        Route::OutOfScope { .. } => Choosing::OutOfScope(router.rank(words.clause, 3)),
        Route::Ambiguous { options } if !uses_most(&judged) => Choosing::Ambiguous(options),
        Route::Ambiguous { .. } | Route::Candidates(_) => {
            let (best, filling) = judged.swap_remove(0);
            Choosing::Chosen(best.tool, filling)
        }
    }
}

/// Whether the best tool has a use for more of the words than any other.
fn uses_most(judged: &[(Candidate, Filling)]) -> bool {
    let mut used = judged.iter().map(|(_, filling)| filling.arguments.len());
    let best = used.next().unwrap_or_default();
    used.all(|other| other < best)
}

/// Every tool in the running with what the words fill, best first.
pub(super) fn judge_all(words: &Words<'_>, router: &Router, linked: Linkable<'_>) -> Vec<(Candidate, Filling)> {
    let ranked = router.rank(words.clause, LOOKED_AT);
    let takers = takers(words, router, &ranked);
    let mut judged: Vec<(Candidate, Filling)> = ranked
        .into_iter()
        .chain(takers)
        .filter(|candidate| is_ordered(&candidate.tool, words.clause))
        .map(|candidate| judge(candidate, words, linked, router))
        .filter(|(candidate, filling)| is_literal(&candidate.tool, words.clause) || !filling.arguments.is_empty())
        .collect();
    // Where some tools cover enough of the clause, the others are out of the
    // running however high they rank.
    if judged.iter().any(|(candidate, _)| candidate.coverage >= IN_SCOPE_COVERAGE) {
        judged.retain(|(candidate, _)| candidate.coverage >= IN_SCOPE_COVERAGE);
    }
    judged.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
    judged
}

fn judge(mut candidate: Candidate, words: &Words<'_>, linked: Linkable<'_>, router: &Router) -> (Candidate, Filling) {
    let tool = &candidate.tool;
    let filling = fill(tool, words);
    let required = tool.parameters.iter().filter(|parameter| parameter.required).count();
    let fit = linked(tool, &filling);
    let lacking = if fit == Fit::Feeds { 0 } else { filling.lacks(tool).len() };
    let filled = if required == 0 { 1.0 } else { 1.0 - lacking as f32 / required as f32 };
    let values = words.entities.iter().count();
    let used = if values == 0 { 1.0 } else { filling.used.len().min(values) as f32 / values as f32 };
    candidate.score *= (UNFILLED + (1.0 - UNFILLED) * filled) * (UNUSED + (1.0 - UNUSED) * used);
    let optional = filling.arguments.iter().filter(|(name, _)| tool.parameter(name).is_some_and(|own| !own.required));
    candidate.score *= 1.0 + OPTIONAL_USE * optional.count() as f32;
    if mood::order(words.clause).is_some() && tool.effect.is_read_only() {
        candidate.score *= ONLY_READS;
    }
    let said = required > 0 && lacking == 0 && says_verb(words.clause, tool);
    if differs_in_number(words.clause, tool) && !said {
        candidate.score *= OTHER_NUMBER;
    }
    if says_verb(words.clause, tool) {
        candidate.score *= SAME_VERB;
    }
    if lacking > 0 && values > 0 && !is_named(&candidate) {
        candidate.score *= UNUSED;
    }
    if fit == Fit::Unfit {
        candidate.score *= UNFIT;
    }
    if leaves_subject(words, tool, &filling) {
        candidate.score *= UNUSED;
    }
    let fitting = required > 0 && lacking == 0 && !filling.used.is_empty();
    if fitting || says_all(&candidate.tool, words, &filling) {
        candidate.coverage = candidate.coverage.max(FITTING_VALUE_COVERAGE);
        candidate.score = candidate.score.max(FITTING_VALUE_SCORE * used);
    } else if evidence(&candidate, &filling) + fed_evidence(fit)
        >= 1.0 + DOUBT * unknown_words(words, &candidate, &filling, router)
    {
        candidate.coverage = candidate.coverage.max(FITTING_VALUE_COVERAGE);
    }
    (candidate, filling)
}

/// What speaks for a tool beside the share of the words it covers: nouns of
/// the clause in its name or title, and values it has a use for.
fn evidence(candidate: &Candidate, filling: &Filling) -> f32 {
    let strong = |found: &&route::Match| {
        matches!(found.field, Field::Name | Field::Title | Field::Example | Field::Server) && !is_read_verb(&found.word)
    };
    let named = candidate.matched.iter().filter(strong).count() as f32;
    named + filling.arguments.len() as f32
}

/// Whether a noun of the clause stands in a tool's name, title or server.
fn is_named(candidate: &Candidate) -> bool {
    let strong = |field: Field| matches!(field, Field::Name | Field::Title | Field::Example | Field::Server);
    candidate.matched.iter().any(|found| strong(found.field) && !is_read_verb(&found.word))
}

/// That an earlier step yields just what a tool lacks speaks for it too.
fn fed_evidence(fit: Fit) -> f32 {
    if fit == Fit::Feeds { 1.0 } else { 0.0 }
}

/// Words of the clause that no tool at all has to do with, but for values and
/// what this one takes where it is named as well.
fn unknown_words(words: &Words<'_>, candidate: &Candidate, filling: &Filling, router: &Router) -> f32 {
    let named = is_named(candidate);
    let found = terms(words.clause).into_iter().filter(|term| !words.entities.cover(term.start));
    let unknown = |term: &route::Term| {
        !(is_read_verb(&term.form) || router.knows(&term.stem) || named && is_taken(term, filling))
    };
    found.filter(unknown).count() as f32
}

fn says_verb(clause: &str, tool: &Tool) -> bool {
    let verb = own_words(tool).into_iter().next();
    verb.is_some_and(|verb| mood::opening(clause).is_some_and(|opening| opening.stem == verb))
}

/// Whether the clause says what something is about, and the tool has neither
/// a use for that nor a word of it.
fn leaves_subject(words: &Words<'_>, tool: &Tool, filling: &Filling) -> bool {
    let Some(subject) = subject::opened_subject(words.clause).filter(|subject| !is_pronoun(subject)) else {
        return false;
    };
    let is_value = |entity: &route::Entity| subject.contains(&entity.value);
    let about = format!("{} {}", tool.listing.name, tool.listing.title.as_deref().unwrap_or_default());
    let about: Vec<String> = terms(&about).into_iter().map(|term| term.stem).collect();
    let known = terms(&subject).iter().any(|term| about.contains(&term.stem));
    let said = |(_, value): &(String, serde_json::Value)| value.as_str().is_some_and(|value| subject.contains(value));
    !known && !words.entities.iter().any(is_value) && !filling.arguments.iter().any(said)
}

/// Tools that the ranking lacks although the clause's values fill all they
/// require.
fn takers(words: &Words<'_>, router: &Router, ranked: &[Candidate]) -> Vec<Candidate> {
    let named = router.named_servers(words.clause);
    let may = |tool: &Arc<Tool>| {
        let new = ranked.iter().all(|candidate| candidate.tool.reference != tool.reference);
        new && tool.effect.is_read_only() && (named.is_empty() || named.contains(&tool.reference.server))
    };
    let takes = |tool: &Arc<Tool>| {
        let filling = fill(tool, words);
        !filling.used.is_empty() && filling.lacks(tool).is_empty() && tool.parameters.iter().any(|own| own.required)
    };
    let is_all = |tool: &Arc<Tool>| says_all(tool, words, &fill(tool, words));
    let tools = router.catalog().tools().iter();
    let tools = tools.filter(|tool| may(tool) && (!words.entities.is_empty() && takes(tool) || is_all(tool)));
    let taker = |tool: &Arc<Tool>| Candidate {
        tool: Arc::clone(tool),
        score: FITTING_VALUE_COVERAGE,
        coverage: FITTING_VALUE_COVERAGE,
        matched: Vec::new(),
    };
    tools.map(taker).collect()
}

/// Whether all that is said is what a tool that lists directories takes:
/// "list **docs**".
fn says_all(tool: &Tool, words: &Words<'_>, filling: &Filling) -> bool {
    phrase::is_directory_tool(tool)
        && !filling.arguments.is_empty()
        && words.entities.is_empty()
        && terms(words.clause).iter().all(|term| is_read_verb(&term.form) || is_taken(term, filling))
}

/// Whether a word stands in what a tool takes.
fn is_taken(term: &route::Term, filling: &Filling) -> bool {
    let holds = |value: &str| terms(value).iter().any(|own| own.stem == term.stem);
    filling.arguments.iter().any(|(_, value)| value.as_str().is_some_and(holds))
}

/// Whether the clause names in the singular what the tool's name has in the
/// plural ("the pull request", `list_pull_requests`), or the reverse.
fn differs_in_number(clause: &str, tool: &Tool) -> bool {
    let name = catalog::words(&tool.listing.name);
    let Some(noun) = name.last() else { return false };
    let plural_of = |one: &str, many: &str| many.strip_suffix('s') == Some(one);
    let said: Vec<String> = terms(clause).into_iter().map(|term| term.form).collect();
    let differs = |word: &String| plural_of(word, noun) || plural_of(noun, word);
    let numbered = Entities::find(clause).of(EntityKind::Number).any(|entity| phrase::names_one(clause, entity));
    said.iter().any(differs) && !said.contains(noun) && (!numbered || noun.ends_with('s'))
}

/// The stems of a tool's name without its server's: `reset` of `git_reset` on
/// `git`.
pub(super) fn own_words(tool: &Tool) -> Vec<String> {
    let words = catalog::words(&tool.listing.name);
    let server = catalog::words(tool.reference.server.as_str());
    let own = words.strip_prefix(server.as_slice()).filter(|own| !own.is_empty()).unwrap_or(&words);
    own.iter().map(|word| stem(word)).collect()
}

/// Whether the clause's verb lets this tool into the running.
fn is_ordered(tool: &Tool, clause: &str) -> bool {
    let name = own_words(tool);
    let order = mood::order(clause);
    if tool.effect.is_read_only() {
        // A tool that only reads does not do what an order asks for; it may
        // be named for it all the same.
        return order.is_none_or(|verbs| name.first().is_some_and(|first| verbs.contains(first)));
    }
    let Some((first, rest)) = name.split_first() else { return false };
    if let Some(verbs) = order {
        let adds = ADDING.contains(&first.as_str());
        // "Squash it": how it is to be done may stand for that it is.
        let is_manner =
            |verb: &String| tool.parameters.iter().any(|own| own.choices().iter().any(|way| stem(way) == *verb));
        let orders_it = |verb: &String| mean_the_same(verb, first) || adds && rest.contains(verb) || is_manner(verb);
        return verbs.iter().any(orders_it) && (!adds || names_object(clause, rest));
    }
    let said: Vec<String> = terms(clause).into_iter().map(|term| term.stem).collect();
    let verb = said.contains(first);
    let opens = mood::opening(clause).is_some_and(|opening| {
        // "Merged ones" are what they are; nothing is to be done.
        let participle = opening.form.ends_with("ed");
        name.contains(&opening.stem) && !is_action_verb(&opening.form) && !participle
    });
    opens && (verb || addresses_something(clause))
}

/// Whether a tool only reads, or is ordered by its own verb: a synonym alone
/// ("**drop** the table") says too little, the tool has to have a use for
/// something else that is said.
fn is_literal(tool: &Tool, clause: &str) -> bool {
    let said = |verbs: Vec<String>| own_words(tool).iter().any(|word| verbs.contains(word));
    let adds = own_words(tool).first().is_some_and(|first| ADDING.contains(&first.as_str()));
    tool.effect.is_read_only() || adds || mood::order(clause).is_none_or(said)
}

/// The stems of verbs that add anything whatever: which tool is meant, the
/// thing says.
const ADDING: &[&str] = &["add", "creat", "make", "new", "put", "write", "insert"];

/// Whether the clause names the thing that a tool is named for, or a file for
/// one that writes.
fn names_object(clause: &str, rest: &[String]) -> bool {
    let said: Vec<String> = terms(clause).into_iter().map(|term| term.stem).collect();
    let writes_file =
        rest.iter().any(|word| word == "file") && Entities::find(clause).of(EntityKind::Path).next().is_some();
    writes_file || rest.last().is_some_and(|noun| said.iter().any(|word| mean_the_same(word, noun)))
}

/// Whether the clause's first words speak to somebody about something:
/// "comment **on** PR 123", "message **#general**".
fn addresses_something(clause: &str) -> bool {
    let second = clause.split_whitespace().nth(1).unwrap_or_default();
    matches!(second, "on" | "to" | "in" | "into")
        || Entities::find(second).iter().any(|entity| matches!(entity.kind, EntityKind::Hashtag | EntityKind::Handle))
}
