//! A plan in the making, clause by clause.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Effect, Parameter, Tool};
use route::{Candidate, Entities, Router, is_read_verb, terms};

use super::Drafting;
use super::choose::{Choosing, Fit, choose, judge_all};
use super::clause::{Clause, Link};
use super::condition::depends;
use super::count::{asks_how_many, counts_items};
use super::drawn::{Drawn, Why, tied_up};
use super::feed::{feed, points_at_result, wanted};
use super::link::{Linked, Source, list_path};
use super::neighbours::Neighbours;
use super::part::before_each;
use super::reference::Pointing;
use super::search;
use super::sift::sifted;
use super::subject;
use super::words::{Filling, Takes, Words, takes};
use crate::draft::{DraftAnswer, DraftBinding, DraftGuard, DraftOp, DraftRef, DraftStep};
use crate::{AnswerStyle, MAX_STEPS, PlanDraft};

pub(super) struct Sketch<'a> {
    pub(super) facts: &'a BTreeMap<String, String>,
    pub(super) router: &'a Router,
    pub(super) steps: Vec<Drawn>,
    unserved: Vec<String>,
    nearest: Vec<Candidate>,
    /// The steps that conditions look at, by the condition's words.
    pub(super) looked_at: Vec<(String, String, Arc<Tool>)>,
    counts: bool,
}

impl<'a> Sketch<'a> {
    pub(super) fn new(facts: &'a BTreeMap<String, String>, router: &'a Router) -> Self {
        Self {
            facts,
            router,
            steps: Vec::new(),
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
        let fit = |tool: &Tool, filling: &Filling| match self.fit(tool, filling, clause, consumer.as_ref()) {
            // One of many is asked for, and a list has it.
            Fit::Alone if clause.meant.is_some() && self.find_source(&words, tool, filling).is_some() => Fit::Feeds,
            fit => fit,
        };
        match choose(&words, self.router, &fit) {
            // What is only named need not be found.
            Choosing::OutOfScope(_) if clause.names => Ok(()),
            Choosing::OutOfScope(nearest) => {
                self.forget_help(neighbours);
                self.leave(clause.purpose().to_owned(), nearest)
            }
            Choosing::Ambiguous(_) if clause.names => Ok(()),
            Choosing::Ambiguous(options) => Err(Drafting::Ambiguous { clause: clause.text.clone(), options }),
            Choosing::Chosen(tool, filling) => self.serve(&words, neighbours, tool, filling, guard),
        }
    }

    /// The finished plan, or word that nothing of the query is served.
    pub(super) fn finish(self, query: &str) -> Drafting {
        let (steps, uses) = tied_up(self.steps);
        if uses.is_empty() {
            return Drafting::OutOfScope { nearest: self.nearest };
        }
        let style = style(query, self.counts);
        let answer = DraftAnswer { style, uses: Some(uses) };
        Drafting::Draft { draft: PlanDraft { steps, answer, ..PlanDraft::default() }, unserved: self.unserved }
    }

    /// What would only have helped a clause that nothing serves is of no use
    /// to anybody.
    fn forget_help(&mut self, neighbours: Neighbours<'_>) {
        let helped = neighbours.before.last().is_some_and(|before| before.helps);
        if let Some(last) = self.steps.last_mut().filter(|last| helped && last.why == Why::Helps) {
            last.why = Why::Named;
        }
    }

    fn leave(&mut self, text: String, nearest: Vec<Candidate>) -> Result<(), Drafting> {
        self.unserved.push(text);
        self.nearest.extend(nearest);
        Ok(())
    }

    /// The clause's words; where they do not name what they point back at
    /// ("open **the newest**", "the notes of **each**"), with what the step
    /// before lists.
    fn with_noun(&self, clause: &Clause) -> String {
        let points = matches!(clause.points, Pointing::AtEach | Pointing::AtFirst | Pointing::AtOne);
        let says_what = terms(&clause.text).iter().any(|term| !is_read_verb(&term.form));
        let source = self.steps.iter().rev().find_map(|drawn| drawn.tool.as_ref()).filter(|_| points);
        let words = source.map(|tool| catalog::words(&tool.listing.name)).unwrap_or_default();
        let Some((last, before)) = words.split_last().filter(|(last, _)| !is_read_verb(last)) else {
            return clause.text.clone();
        };
        let one = last.strip_suffix('s').unwrap_or(last);
        let asked = before_each(&clause.text).filter(|_| before.first().is_some_and(|verb| verb == "list"));
        match asked.filter(|asked| !subject::opens_subject(asked)) {
            Some(asked) => format!("{asked} of the {} {one}", before[1..].join(" ")),
            None if says_what => clause.text.clone(),
            None => format!("{} {one}", clause.text),
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
            let source = Source { id: "s", tool, is_each: false, columns: &[] };
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
                || subject::opens_subject(clause)
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
        if linked.is_none() && !lacking.is_empty() && clause.names {
            return Ok(());
        }
        if linked.is_none() && !lacking.is_empty() {
            let known = filling.arguments;
            return Err(Drafting::Missing { clause: clause.text.clone(), tool, parameters: lacking, known });
        }
        if !tool.effect.is_read_only() && clause.condition.is_none() && depends(clause.purpose()) {
            // A condition that was not understood must not be passed by.
            return self.leave(clause.purpose().to_owned(), Vec::new());
        }
        let steered = linked.as_ref().is_some_and(|linked| linked.over.is_some());
        if steered && tool.effect == Effect::Destructive {
            // What a result lists must not decide what is destroyed; the list
            // itself is told, so that each may be ordered by name.
            let over = linked.and_then(|linked| linked.over).map(|over| over.step);
            let listing = self.steps.iter_mut().filter(|drawn| over.as_ref() == Some(&drawn.step.id));
            listing.for_each(|drawn| drawn.why = Why::Asked);
            return self.leave(clause.purpose().to_owned(), Vec::new());
        }
        let id = self.next_id();
        let after = if tool.effect.is_read_only() { Vec::new() } else { self.side_effects_before(clause) };
        let step = step(&id, &tool, clause, filling, linked);
        let counts = !clause.helps && step.over.is_none() && asks_how_many(&clause.text);
        let why = match clause {
            Clause { names: true, .. } => Why::Named,
            Clause { helps: true, .. } => Why::Helps,
            _ => Why::Asked,
        };
        let step = DraftStep { after, when: guard, ..step };
        if let Some(same) = self.steps.iter_mut().find(|drawn| drawn.is_same(&step)) {
            // Asked for twice, it is fetched once.
            if why == Why::Asked {
                same.why = Why::Asked;
            }
            return Ok(());
        }
        let drawn = Drawn::new(step, Some(Arc::clone(&tool)), why);
        if self.push(drawn) && counts && self.draw_count(clause, &id, &tool) {
            // The count is told in its place.
            self.steps.iter_mut().filter(|drawn| drawn.step.id == id).for_each(|drawn| drawn.why = Why::Named);
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
        if let Some(linked) = self.draw_body(words, tool, filling) {
            return Some(linked);
        }
        let mut linked =
            if points_at_result(points) { self.link_to_earlier(tool, filling, neighbours.own) } else { None };
        if linked.is_none() {
            neighbours.lend(tool, filling, self.facts);
            linked = self.link_to_earlier(tool, filling, neighbours.own);
        }
        if linked.is_none() && !filling.lacks(tool).is_empty() {
            linked = self.draw_source(words, tool, filling);
        }
        linked
    }

    /// Links what is lacking to the nearest earlier step that has it all, and
    /// to just those items of a list that are meant.
    fn link_to_earlier(&mut self, tool: &Tool, filling: &mut Filling, clause: &Clause) -> Option<Linked> {
        let (linked, at) = self.find_link(tool, filling, clause.points)?;
        let source = &self.steps[at];
        let described = source.tool.as_ref().and_then(|tool| tool.listing.description.clone()).unwrap_or_default();
        let meant = clause.meant.as_ref().filter(|_| clause.points == Pointing::AtFirst);
        let next = self.steps.len() + 1;
        let id = source.step.id.clone();
        let (sifting, linked) = sifted(linked, &id, &described, meant, |more| format!("s{}", next + more))?;
        let taken: Vec<String> = linked.args.iter().map(|(name, _)| name.clone()).collect();
        filling.arguments.retain(|(name, _)| !taken.contains(name));
        for step in sifting {
            self.push(Drawn::new(step, None, Why::Named));
        }
        Some(linked)
    }

    /// What is lacking, from the nearest earlier step that has it all, and
    /// which step that is.
    fn find_link(&self, tool: &Tool, filling: &Filling, points: Pointing) -> Option<(Linked, usize)> {
        let sources = self.steps.iter().enumerate().rev().filter_map(|(at, drawn)| Some((at, drawn.as_source()?)));
        sources.into_iter().find_map(|(at, source)| Some((feed(tool, filling, points, source)?, at)))
    }

    /// Counts what a step lists; `false` when it lists nothing.
    fn draw_count(&mut self, clause: &Clause, listing: &str, tool: &Tool) -> bool {
        let Some(path) = list_path(tool).filter(|_| counts_items(&clause.text, tool)) else { return false };
        let id = self.next_id();
        let step = DraftStep::call(&id, "orc.count").with_purpose(clause.purpose());
        let step = step.with_arg("items", DraftBinding::Ref(DraftRef::new(listing, path)));
        let counted = self.push(Drawn::new(step, None, Why::Asked));
        self.counts |= counted;
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

    pub(super) fn next_id(&self) -> String {
        format!("s{}", self.steps.len() + 1)
    }

    /// Past the most steps a plan may have nothing is added, and the clause
    /// is said to be unserved instead.
    pub(super) fn push(&mut self, drawn: Drawn) -> bool {
        let fits = self.steps.len() < MAX_STEPS;
        if fits {
            self.steps.push(drawn);
        } else {
            self.unserved.push(drawn.step.purpose);
        }
        fits
    }
}

fn step(id: &str, tool: &Tool, clause: &Clause, filling: Filling, linked: Option<Linked>) -> DraftStep {
    let mut step = call(id, tool, filling).with_purpose(clause.purpose());
    if let Some(Linked { over, args, .. }) = linked {
        step.args.extend(args);
        if over.is_some() {
            step.op = DraftOp::Each;
        }
        step.over = over;
    }
    step
}

pub(super) fn call(id: &str, tool: &Tool, filling: Filling) -> DraftStep {
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
