//! A plan in the making, clause by clause.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Parameter, Tool};
use route::{Candidate, Entities, Router, is_read_verb, terms};

use super::Drafting;
use super::choose::{Choosing, Fit, choose, judge_all};
use super::clause::{Clause, Link};
use super::condition::{Condition, depends};
use super::count::{asks_how_many, counts_items};
use super::feed::{feed, points_at_result, wanted};
use super::guard;
use super::link::{Lack, Linked, Source, Take, link, list_path};
use super::neighbours::Neighbours;
use super::part::parts;
use super::phrase;
use super::reference::{Pointing, pointing};
use super::search;
use super::words::{Filling, Takes, Words, fill_values, takes};
use crate::draft::{DraftAnswer, DraftBinding, DraftGuard, DraftOp, DraftRef, DraftStep};
use crate::{AnswerStyle, MAX_STEPS, PlanDraft};

/// How many of the router's candidates may serve as the source of an
/// argument that the words do not give.
const SOURCES_LOOKED_AT: usize = 8;

pub(super) struct Sketch<'a> {
    facts: &'a BTreeMap<String, String>,
    router: &'a Router,
    steps: Vec<Drawn>,
    uses: Vec<String>,
    unserved: Vec<String>,
    nearest: Vec<Candidate>,
    /// The steps that conditions look at, by the condition's words.
    looked_at: Vec<(String, String, Arc<Tool>)>,
    counts: bool,
}

/// A step and the tool it calls, if it calls one.
struct Drawn {
    step: DraftStep,
    tool: Option<Arc<Tool>>,
}

impl<'a> Sketch<'a> {
    pub(super) fn new(facts: &'a BTreeMap<String, String>, router: &'a Router) -> Self {
        Self {
            facts,
            router,
            steps: Vec::new(),
            uses: Vec::new(),
            unserved: Vec::new(),
            nearest: Vec::new(),
            looked_at: Vec::new(),
            counts: false,
        }
    }

    /// Adds what serves one clause, or says what stops the whole plan.
    pub(super) fn add(&mut self, neighbours: Neighbours<'_>) -> Result<(), Drafting> {
        let clause = neighbours.own;
        let guard = match &clause.condition {
            None => None,
            Some(condition) => match self.draw_guard(condition, neighbours) {
                Some(guard) => Some(guard),
                // What cannot be decided is not done.
                None => return self.leave(format!("{} ({})", clause.purpose(), condition.text), Vec::new()),
            },
        };
        let text = self.with_noun(clause);
        let entities = Entities::find(&text);
        let antecedent = neighbours.antecedent().filter(|_| clause.points == Pointing::AtOne);
        let words = Words { clause: &text, entities: &entities, antecedent: antecedent.as_deref(), facts: self.facts };
        let consumer = clause.helps.then(|| self.consumer(neighbours)).flatten();
        let fit = |tool: &Tool, filling: &Filling| self.fit(tool, filling, clause, consumer.as_ref());
        match choose(&words, self.router, &fit) {
            Choosing::OutOfScope(nearest) => self.leave(clause.purpose().to_owned(), nearest),
            Choosing::Ambiguous(options) => Err(Drafting::Ambiguous { clause: clause.text.clone(), options }),
            Choosing::Chosen(tool, filling) => self.serve(&words, neighbours, tool, filling, guard),
        }
    }

    /// The finished plan, or word that nothing of the query is served.
    pub(super) fn finish(self, query: &str) -> Drafting {
        if self.uses.is_empty() {
            return Drafting::OutOfScope { nearest: self.nearest };
        }
        let style = style(query, self.counts);
        let answer = DraftAnswer { style, uses: Some(self.uses) };
        let steps = self.steps.into_iter().map(|drawn| drawn.step).collect();
        Drafting::Draft { draft: PlanDraft { steps, answer, ..PlanDraft::default() }, unserved: self.unserved }
    }

    fn leave(&mut self, text: String, nearest: Vec<Candidate>) -> Result<(), Drafting> {
        self.unserved.push(text);
        self.nearest.extend(nearest);
        Ok(())
    }

    /// The clause's words; where they name nothing ("open **the newest**"),
    /// with what the step before lists.
    fn with_noun(&self, clause: &Clause) -> String {
        let points = matches!(clause.points, Pointing::AtEach | Pointing::AtFirst | Pointing::AtOne);
        let says_what = terms(&clause.text).iter().any(|term| !is_read_verb(&term.form));
        let source = self.steps.iter().rev().find_map(|drawn| drawn.tool.as_ref()).filter(|_| points && !says_what);
        let last = source.and_then(|tool| catalog::words(&tool.listing.name).into_iter().next_back());
        let noun = last.filter(|noun| !is_read_verb(noun));
        match noun {
            Some(noun) => format!("{} {}", clause.text, noun.strip_suffix('s').unwrap_or(&noun)),
            None => clause.text.clone(),
        }
    }

    /// The tool that the next clause, which this one helps, is likely to
    /// need, and what its own words fill.
    fn consumer(&self, neighbours: Neighbours<'_>) -> Option<(Arc<Tool>, Filling, Pointing)> {
        let next = neighbours.behind.first()?;
        let entities = Entities::find(&next.text);
        let words = Words { clause: &next.text, entities: &entities, antecedent: None, facts: self.facts };
        let judged = judge_all(&words, self.router, &|_, _| Fit::Feeds);
        judged.into_iter().next().map(|(candidate, filling)| (candidate.tool, filling, next.points))
    }

    fn fit(
        &self,
        tool: &Tool,
        filling: &Filling,
        clause: &Clause,
        consumer: Option<&(Arc<Tool>, Filling, Pointing)>,
    ) -> Fit {
        let (points, clause) = (clause.points, clause.text.as_str());
        if let Some((next, filled, points)) = consumer {
            let source = Source { id: "s", tool, is_each: false };
            let needs = wanted(next, filled, *points).is_some() || points_at_result(*points);
            if needs && feed(next, filled, *points, source).is_none() {
                return Fit::Unfit;
            }
        }
        let fed = self.find_link(tool, filling, points).is_some();
        // A search is fed a title only by a clause that looks for something.
        let searches = filling.lacks(tool).iter().any(|parameter| takes(parameter) == Takes::SearchText);
        let fed = fed
            && (!searches
                || search::looks(clause)
                || phrase::opens_subject(clause)
                || matches!(points, Pointing::At(_)));
        match (fed, points_at_result(points) && !self.steps.is_empty()) {
            (true, _) => Fit::Feeds,
            (false, true) => Fit::Unfit,
            (false, false) => Fit::Alone,
        }
    }

    fn serve(
        &mut self,
        words: &Words<'_>,
        neighbours: Neighbours<'_>,
        tool: Arc<Tool>,
        mut filling: Filling,
        guard: Option<DraftGuard>,
    ) -> Result<(), Drafting> {
        let clause = neighbours.own;
        let linked = self.fill_from_elsewhere(words, neighbours, &tool, &mut filling);
        let lacking: Vec<Parameter> = filling.lacks(&tool).into_iter().cloned().collect();
        if linked.is_none() && !lacking.is_empty() {
            let known = filling.arguments;
            return Err(Drafting::Missing { clause: clause.text.clone(), tool, parameters: lacking, known });
        }
        if !tool.effect.is_read_only() && clause.condition.is_none() && depends(clause.purpose()) {
            // A condition that was not understood must not be passed by.
            return self.leave(clause.purpose().to_owned(), Vec::new());
        }
        let id = self.next_id();
        let after = if tool.effect.is_read_only() { Vec::new() } else { self.side_effects_before(clause) };
        let step = step(&id, &tool, clause, filling, linked);
        if !self.push(Drawn { step: DraftStep { after, when: guard, ..step }, tool: Some(Arc::clone(&tool)) }) {
            return Ok(());
        }
        let counted = !clause.helps && asks_how_many(&clause.text) && self.draw_count(clause, &id, &tool);
        if !clause.helps && !counted {
            self.uses.push(id);
        }
        Ok(())
    }

    /// Fills what the clause's own words do not: from what they point back
    /// at, from the clauses around, or from a step drawn for it.
    fn fill_from_elsewhere(
        &mut self,
        words: &Words<'_>,
        neighbours: Neighbours<'_>,
        tool: &Tool,
        filling: &mut Filling,
    ) -> Option<Linked> {
        let points = neighbours.own.points;
        let mut linked = if points_at_result(points) { self.link_to_earlier(tool, filling, points) } else { None };
        if linked.is_none() {
            neighbours.lend(tool, filling, self.facts);
            linked = self.link_to_earlier(tool, filling, points);
        }
        if linked.is_none() && !filling.lacks(tool).is_empty() {
            linked = self.draw_source(words, tool, filling);
        }
        linked
    }

    /// Links what is lacking to the nearest earlier step that has it all.
    fn link_to_earlier(&self, tool: &Tool, filling: &mut Filling, points: Pointing) -> Option<Linked> {
        let linked = self.find_link(tool, filling, points)?;
        let taken: Vec<String> = linked.args.iter().map(|(name, _)| name.clone()).collect();
        filling.arguments.retain(|(name, _)| !taken.contains(name));
        Some(linked)
    }

    fn find_link(&self, tool: &Tool, filling: &Filling, points: Pointing) -> Option<Linked> {
        self.steps.iter().rev().filter_map(Drawn::as_source).find_map(|source| feed(tool, filling, points, source))
    }

    /// Draws a step that yields what is lacking. The source must have a use
    /// for the clause's values that the tool itself has none for.
    fn draw_source(&mut self, words: &Words<'_>, tool: &Tool, filling: &Filling) -> Option<Linked> {
        let lacking = filling.lacks(tool);
        let unused = words.entities.iter().count() > filling.used.len();
        if !unused || self.steps.len() + 2 > MAX_STEPS {
            return None;
        }
        let lack = Lack { tool, parameters: &lacking, role: None };
        for candidate in self.router.rank(words.clause, SOURCES_LOOKED_AT) {
            let source = &candidate.tool;
            let same_server = source.reference.server == tool.reference.server;
            if !same_server || !source.effect.is_read_only() || source.reference == tool.reference {
                continue;
            }
            let own = fill_values(source, words);
            if own.used.is_empty() || !own.lacks(source).is_empty() {
                continue;
            }
            let id = self.next_id();
            let from = Source { id: &id, tool: source, is_each: false };
            let Some(linked) = link(lack, from, Take::Each) else { continue };
            let purpose = format!("find what \"{}\" is about", words.clause);
            let step = DraftStep { purpose, ..call(&id, source, own) };
            self.push(Drawn { step, tool: Some(Arc::clone(source)) });
            return Some(linked);
        }
        None
    }

    /// Draws the step that a condition looks at, once, and the guard on it.
    fn draw_guard(&mut self, condition: &Condition, neighbours: Neighbours<'_>) -> Option<DraftGuard> {
        if let Some((_, id, tool)) = self.looked_at.iter().find(|(text, ..)| *text == condition.text) {
            return guard::test(condition, tool).map(|test| on(id, test));
        }
        // One guard decides one thing: of two conditions it would pass one by.
        if parts(&condition.text, self.router).len() > 1 {
            return None;
        }
        let (mut text, _) = guard::subject(&condition.text);
        if pointing(&text) == Pointing::AtOne {
            let spoken_of = Neighbours { behind: std::slice::from_ref(neighbours.own), ..neighbours }.antecedent();
            text = format!("{text} {}", spoken_of.unwrap_or_default());
        }
        let entities = Entities::find(&text);
        let words = Words { clause: &text, entities: &entities, antecedent: None, facts: self.facts };
        let deciding =
            judge_all(&words, self.router, &|_, _| Fit::Alone).into_iter().filter_map(|(candidate, filling)| {
                let tool = candidate.tool;
                let decided = guard::test(condition, &tool).filter(|_| tool.effect.is_read_only());
                let test = decided.filter(|_| filling.lacks(&tool).is_empty())?;
                let unused = entities.iter().count() > filling.used.len();
                let requires = tool.parameters.iter().any(|parameter| parameter.required);
                (!(unused && requires)).then_some((tool, filling, test))
            });
        // The likeliest tool, but for one that holds the very words.
        let mut deciding: Vec<_> = deciding.collect();
        deciding.sort_by_key(|(_, _, test)| std::cmp::Reverse(test.words()));
        if let Some((tool, filling, test)) = deciding.into_iter().next() {
            let id = self.next_id();
            let step = call(&id, &tool, filling).with_purpose(format!("see whether {}", condition.text));
            let drawn = Drawn { step, tool: Some(Arc::clone(&tool)) };
            if !self.push(drawn) {
                return None;
            }
            self.looked_at.push((condition.text.clone(), id.clone(), tool));
            return Some(on(&id, test));
        }
        None
    }

    /// Counts what a step lists; `false` when it lists nothing.
    fn draw_count(&mut self, clause: &Clause, listing: &str, tool: &Tool) -> bool {
        let Some(path) = list_path(tool).filter(|_| counts_items(&clause.text, tool)) else { return false };
        let id = self.next_id();
        let step = DraftStep::call(&id, "orc.count").with_purpose(clause.purpose());
        let step = step.with_arg("items", DraftBinding::Ref(DraftRef::new(listing, path)));
        let counted = self.push(Drawn { step, tool: None });
        if counted {
            self.uses.push(id);
            self.counts = true;
        }
        counted
    }

    /// Side effects happen in the order in which they were asked for, and
    /// behind everything a *then* puts before them.
    fn side_effects_before(&self, clause: &Clause) -> Vec<String> {
        let comes_first = |drawn: &&Drawn| {
            let writes = drawn.tool.as_ref().is_some_and(|tool| !tool.effect.is_read_only());
            writes || clause.link == Link::Then
        };
        self.steps.iter().filter(comes_first).map(|drawn| drawn.step.id.clone()).collect()
    }

    fn next_id(&self) -> String {
        format!("s{}", self.steps.len() + 1)
    }

    /// Past the most steps a plan may have nothing is added, and the clause
    /// is said to be unserved instead.
    fn push(&mut self, drawn: Drawn) -> bool {
        let fits = self.steps.len() < MAX_STEPS;
        if fits {
            self.steps.push(drawn);
        } else {
            self.unserved.push(drawn.step.purpose);
        }
        fits
    }
}

impl Drawn {
    fn as_source(&self) -> Option<Source<'_>> {
        let tool = self.tool.as_deref()?;
        Some(Source { id: &self.step.id, tool, is_each: self.step.over.is_some() })
    }
}

fn on(step: &str, test: guard::Test) -> DraftGuard {
    DraftGuard {
        subject: DraftRef::new(step, test.path),
        comparison: test.comparison.as_str().to_owned(),
        value: test.value.map(DraftBinding::Literal),
    }
}

fn step(id: &str, tool: &Tool, clause: &Clause, filling: Filling, linked: Option<Linked>) -> DraftStep {
    let mut step = call(id, tool, filling).with_purpose(clause.purpose());
    if let Some(Linked { over, args }) = linked {
        step.args.extend(args);
        if over.is_some() {
            step.op = DraftOp::Each;
        }
        step.over = over;
    }
    step
}

fn call(id: &str, tool: &Tool, filling: Filling) -> DraftStep {
    let literal = |(name, value)| (name, DraftBinding::Literal(value));
    let args = filling.arguments.into_iter().map(literal).collect();
    DraftStep { args, ..DraftStep::call(id, tool.reference.to_string()) }
}

fn style(query: &str, counts: bool) -> AnswerStyle {
    let lower = query.to_lowercase();
    let says = |word: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|own| own == word);
    if lower.contains("as a table") || lower.contains("in a table") {
        AnswerStyle::Table
    } else if counts {
        AnswerStyle::Direct
    } else if says("list") {
        AnswerStyle::List
    } else {
        AnswerStyle::Summary
    }
}
