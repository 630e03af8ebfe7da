//! The whole answer: sections in order, what is missing, status, sources.

use std::collections::BTreeSet;

use plan::{AnswerStyle, Op, StepIndex};

use crate::at::shared;
use crate::focus::Focus;
use crate::missing::{is_in_order, missing};
use crate::render::render;
use crate::section::section;
use crate::source::{citation, place};
use crate::terms::Terms;
use crate::{Answer, Citation, Form, Material, Missing, Statement, Status, Synthesis};

/// Makes the answer from what was observed.
///
/// Every statement is taken from a result and cites it. A used step that
/// yielded nothing is stood in for by the results it was to build on, so that
/// a partial answer tells what there is. Reads a bounded part of each result
/// and recurses to a bounded depth, so the time it takes is linear in what it
/// is given.
pub fn synthesize(material: &Material<'_>) -> Synthesis {
    let missing = missing(material);
    let told = told_steps(material);
    let focus = Focus { terms: Terms::of(material.query), style: material.plan.answer().style, alone: told.len() <= 1 };
    let mut statements: Vec<Statement> = told.iter().flat_map(|step| section(*step, material, &focus)).collect();
    if statements.is_empty() {
        return Synthesis::Nothing { missing };
    }
    let citations = citations(&statements, material);
    statements.extend(missing.iter().map(|missing| gap(missing, material)));
    disarm(&mut statements, material);
    let complete = missing.iter().all(is_in_order);
    Synthesis::Answer(Answer {
        text: render(&statements, &citations),
        statements,
        citations,
        status: if complete { Status::Complete } else { Status::Partial },
        missing,
    })
}

/// The steps whose results are told, in plan order.
pub(crate) fn told_steps(material: &Material<'_>) -> Vec<StepIndex> {
    let succeeded = |step: StepIndex| material.seen.get(step).is_some_and(|seen| seen.succeeded());
    let mut told = BTreeSet::new();
    for step in &material.plan.answer().uses {
        if succeeded(*step) {
            told.insert(*step);
        } else {
            told.extend(standing_in_for(*step, material));
        }
    }
    // Each paragraph of an `each` names its item, so that the list of items
    // need not be told beside it, unless the list is a wish of its own.
    if material.plan.answer().style != AnswerStyle::Table {
        for step in told.clone() {
            if let Some(over) = named_by(step, material) {
                told.remove(&over);
            }
        }
    }
    told.into_iter().collect()
}

/// The nearest results that a step was to build on.
fn standing_in_for(step: StepIndex, material: &Material<'_>) -> BTreeSet<StepIndex> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![step];
    let mut seen = BTreeSet::new();
    while let Some(next) = waiting.pop() {
        if !seen.insert(next) {
            continue;
        }
        for earlier in material.plan.step(next).refs().into_iter().map(|reference| reference.step) {
            if material.seen.get(earlier).is_some_and(|seen| seen.succeeded()) {
                found.insert(earlier);
            } else {
                waiting.push(earlier);
            }
        }
    }
    found
}

/// The step whose items an `each` went over, if it went over any.
pub(crate) fn named_by(step: StepIndex, material: &Material<'_>) -> Option<StepIndex> {
    let Op::Each { over, .. } = &material.plan.step(step).op else { return None };
    let results = material.seen.get(step)?.output()?.value().as_array()?;
    (!results.is_empty()).then_some(over.step)
}

/// Every cited step once, with the part of its result that is cited.
pub(crate) fn citations(statements: &[Statement], material: &Material<'_>) -> Vec<Citation> {
    let mut found: Vec<Citation> = Vec::new();
    let cited = statements.iter().filter(|statement| statement.form != Form::Heading);
    for citation in cited.flat_map(|statement| &statement.citations) {
        match found.iter_mut().find(|known| known.step == citation.step) {
            Some(known) => known.pointer = shared(known.pointer.as_deref(), citation.pointer.as_deref()),
            None => found.push(citation.clone()),
        }
    }
    found.sort_by_key(|citation| place(citation, material.plan));
    found
}

/// Breaks whatever in a server's words reads as the marker of a step that a
/// person named; those of the form `s1` are broken wherever text is cleaned.
fn disarm(statements: &mut [Statement], material: &Material<'_>) {
    let is_common = |id: &str| id.strip_prefix('s').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    for step in material.plan.steps().iter().filter(|step| !is_common(step.id.as_str())) {
        let (marker, broken) = (format!("[{}]", step.id), format!("\\[{}]", step.id));
        for statement in statements.iter_mut().filter(|statement| statement.text.contains(&marker)) {
            statement.text = statement.text.replace(&marker, &broken);
        }
    }
}

fn gap(missing: &Missing, material: &Material<'_>) -> Statement {
    let step = missing.step.as_ref().and_then(|id| material.plan.index_of(id));
    let citations = step.map(|step| citation(step, material)).into_iter().collect();
    Statement { form: Form::Gap, text: missing.why.clone(), citations, counted: Vec::new() }
}
