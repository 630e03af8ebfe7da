//! The answer as a model words it, checked line by line before it leaves.
//!
//! What comes in: a [`Material`], a model, and what it may spend. What goes
//! out: a [`Written`]: the model's answer if every line of it holds, else the
//! extractive one and why. The model writes plain lines that end with the
//! markers of the steps they rest on, rather than a JSON value: a line can be
//! checked, and shown, as soon as it is complete, a cut answer loses its last
//! line only, and every provider can do it. What it wrote is material: links,
//! addresses, ids and numbers stand in what a line cites, or the line does not
//! leave. This module refuses to know whether a sentence is true beyond that.
//!
//! Read in this order: `outcome`, `exhibit` (what the model sees), `prompt`,
//! `reply` (what it wrote), `checker` with `evidence` and `claim`,
//! `manuscript`, `stream`.

mod budget;
mod checker;
mod claim;
mod date;
mod evidence;
mod exhibit;
mod flaw;
mod manuscript;
mod marker;
mod number;
mod outcome;
mod prompt;
mod reply;
mod stream;

use std::sync::Arc;

use model::{Completion, Deltas, Finish, Model, ModelFault, Prompt, Purpose, Request};

pub use budget::WritingBudget;
pub use flaw::{Flaw, FlawKind};
pub use outcome::{Author, ModelCall, Reason, Written};
pub use stream::Said;

use crate::compose::citations;
use crate::render::render;
use crate::{Answer, Form, Material, Statement, Synthesis, synthesize};
use checker::Checker;
use manuscript::Manuscript;
use stream::Stream;

/// Has a model word the answer, checks it, has it mended once, and falls back
/// on the extractive answer where that does not help.
///
/// Asks the model at most twice, and not at all where there is nothing to
/// tell. With `said`, every statement is handed on as soon as its line is
/// complete and has passed every check. Never fails: what went wrong is in
/// the result, and so is what each call spent.
pub async fn write(model: &dyn Model, material: &Material<'_>, budget: WritingBudget, said: Option<Said>) -> Written {
    let fallback = match synthesize(material) {
        Synthesis::Answer(answer) => answer,
        nothing => return Written::by_program(nothing, Reason::NothingToTell, Vec::new()),
    };
    let mut desk = Desk { model, budget, calls: Vec::new() };
    let exhibits = exhibit::exhibits(material, budget);
    let checker = Arc::new(Checker::of(material, &exhibits));
    let task = prompt::first(material, &exhibits, &fallback.missing, budget);
    let stream = Stream::new(Arc::clone(&checker), said);
    let first = match desk.ask(task.clone(), stream.deltas()).await {
        Ok(completion) => completion,
        Err(reason) => return Written::by_program(Synthesis::Answer(fallback), reason, desk.calls),
    };
    let is_cut = first.finish == Finish::Length;
    let mut manuscript = Manuscript::read(first.content.text().unwrap_or_default(), is_cut, &checker);
    stream.settle(&manuscript);
    let demands = manuscript.demands(&checker);
    if !demands.is_empty()
        && let Ok(second) = desk.ask(prompt::again(task, &manuscript, &demands), None).await
    {
        manuscript.mend(second.content.text().unwrap_or_default(), &demands, &checker);
    }
    let flaws = manuscript.flaws(&checker);
    if !manuscript.suffices(&checker) {
        return Written::by_program(Synthesis::Answer(fallback), Reason::Unsound { flaws }, desk.calls);
    }
    let answer = bound(manuscript.statements(), fallback, material);
    stream.finish(&answer.statements);
    let author = Author::Model { dropped: flaws, is_cut };
    Written { synthesis: Synthesis::Answer(answer), author, calls: desk.calls }
}

/// The model's statements with what the program says itself: what is missing,
/// status and sources.
fn bound(statements: Vec<Statement>, fallback: Answer, material: &Material<'_>) -> Answer {
    let citations = citations(&statements, material);
    let gaps = fallback.statements.into_iter().filter(|statement| statement.form == Form::Gap);
    let statements: Vec<Statement> = statements.into_iter().chain(gaps).collect();
    Answer { text: render(&statements, &citations), statements, citations, ..fallback }
}

/// Where the calls are made and counted.
struct Desk<'a> {
    model: &'a dyn Model,
    budget: WritingBudget,
    calls: Vec<ModelCall>,
}

impl Desk<'_> {
    async fn ask(&mut self, prompt: Prompt, deltas: Option<Deltas>) -> Result<Completion, Reason> {
        let used = self.calls.iter().map(|call| call.spent.latency).sum();
        let left = self.budget.timeout.saturating_sub(used);
        if left < WritingBudget::LEAST_TIME {
            return Err(Reason::NoTime);
        }
        let request = Request::new(Purpose::Synthesize, prompt, left).at_most(self.budget.max_output_tokens);
        let request = Request { deltas, ..request };
        let answer: Result<Completion, ModelFault> = self.model.complete(request).await;
        self.calls.push(ModelCall::of(&answer));
        answer.map_err(Reason::Model)
    }
}
