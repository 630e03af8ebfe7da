//! Whether a sentence may leave.
//!
//! What comes in: a sentence and the steps it cites. What goes out: a
//! [`Statement`] that cites steps whose results hold every link, address, id
//! and number in it, or what is wrong. Owns what it needs, so that it can
//! work while the model is still writing.

use std::sync::Arc;

use plan::{Observation, Op, StepId, StepIndex};
use serde_json::Value;

use super::FlawKind;
use super::claim;
use super::evidence::Evidence;
use super::exhibit::Exhibit;
use super::marker::{Marked, disarmed, without_markdown};
use crate::at::At;
use crate::compose::named_by;
use crate::cut::shortened;
use crate::shape::{Shape, shape};
use crate::source::sources;
use crate::{Citation, Form, Material, Statement, clean};

/// The longest sentence, or run of sentences that share their markers, in bytes.
const MAX_SENTENCE_BYTES: usize = 1_500;
/// The most words at fault that are named for one sentence, and the length of
/// each in bytes.
const NAMED_FAULTS: usize = 8;
const NAMED_BYTES: usize = 80;

/// Judges sentences.
#[derive(Debug)]
pub(crate) struct Checker {
    /// Every step's name.
    names: Vec<StepId>,
    /// The steps whose results the model sees, in plan order.
    shown: Vec<Shown>,
    /// The steps that yielded nothing.
    resultless: Vec<StepId>,
}

#[derive(Debug)]
struct Shown {
    id: StepId,
    is_told: bool,
    /// What a sentence that cites the step rests on.
    citations: Vec<Citation>,
    /// What stands in its result, and in those it was computed from.
    evidence: Vec<Arc<Evidence>>,
    /// Of an `each`, where among the shown steps the one is that named its
    /// items.
    named_by: Option<usize>,
}

/// A statement, and where among the shown steps its citations are.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) statement: Statement,
    cited: Vec<usize>,
}

impl Checker {
    /// One that knows what stands in the results that the model is shown.
    pub(crate) fn of(material: &Material<'_>, exhibits: &[Exhibit]) -> Self {
        let plan = material.plan;
        let succeeded = |step: StepIndex| material.seen.get(step).is_some_and(Observation::succeeded);
        let mut known: Vec<Option<Arc<Evidence>>> = vec![None; plan.steps().len()];
        let mut evidence = |step: StepIndex, counted: &[u64]| {
            let held = known[step.0].take().unwrap_or_else(|| Arc::new(of_step(step, counted, material)));
            known[step.0] = Some(Arc::clone(&held));
            held
        };
        let shown = exhibits.iter().map(|exhibit| {
            let citations = sources(exhibit.step, material);
            let mut all = vec![evidence(exhibit.step, &exhibit.counted)];
            let others = citations.iter().filter_map(|citation| plan.index_of(&citation.step));
            let others: Vec<StepIndex> = others.filter(|step| *step != exhibit.step && succeeded(*step)).collect();
            all.extend(others.into_iter().map(|step| evidence(step, &[])));
            let over = named_by(exhibit.step, material);
            let named_by = exhibits.iter().position(|other| Some(other.step) == over);
            let id = plan.step(exhibit.step).id.clone();
            Shown { id, is_told: exhibit.is_told, citations, evidence: all, named_by }
        });
        let shown = shown.collect();
        let ended_badly = plan.indexed().filter(|(step, _)| !succeeded(*step)).map(|(_, step)| step.id.clone());
        Self {
            names: plan.steps().iter().map(|step| step.id.clone()).collect(),
            shown,
            resultless: ended_badly.collect(),
        }
    }

    /// Whether a bracketed name is meant as a step's.
    pub(crate) fn is_step(&self, name: &str) -> bool {
        is_common(&name.to_ascii_lowercase()) || self.names.iter().any(|known| known.as_str() == name)
    }

    /// A sentence as it may leave; `None` if it says nothing, or only what the
    /// program says itself: why a step brought no result.
    pub(crate) fn check(&self, form: Form, marked: &Marked) -> Result<Option<Piece>, FlawKind> {
        let Some(text) = self.text(&marked.text)? else { return Ok(None) };
        let mut cited: Vec<usize> = Vec::new();
        let (mut unknown, mut resultless) = (Vec::new(), Vec::new());
        for name in &marked.cited {
            let is = |id: &StepId| id.as_str() == name || id.as_str() == name.to_ascii_lowercase();
            match self.shown.iter().position(|shown| is(&shown.id)) {
                Some(at) => cited.push(at),
                None if self.resultless.iter().any(is) => resultless.push(name.clone()),
                None => unknown.push(shortened(&clean::inline(name), NAMED_BYTES)),
            }
        }
        if !unknown.is_empty() {
            return Err(FlawKind::UnknownStep(unknown));
        }
        match (cited.is_empty(), resultless.is_empty()) {
            (true, true) => Err(FlawKind::Uncited),
            (true, false) => Ok(None),
            (false, false) => Err(FlawKind::NoResult(resultless)),
            (false, true) => self.founded(form, text, &marked.text, cited).map(Some),
        }
    }

    /// A heading, or the line that introduces a list, that cites nothing: it
    /// rests on what the first line below it rests on, or is left out.
    pub(crate) fn lead(&self, form: Form, words: &str, below: &Piece) -> Option<Piece> {
        let text = self.text(words).ok()??;
        self.founded(form, text, words, below.cited.clone()).ok()
    }

    /// Whether a sentence holds nothing to be checked.
    pub(crate) fn claims_nothing(&self, marked: &Marked) -> bool {
        !claim::claims_something(&marked.text)
    }

    /// The steps whose results must be told and are not.
    pub(crate) fn uncovered<'a>(&'a self, statements: &[&Statement]) -> Vec<&'a StepId> {
        let is_cited = |citation: &Citation| {
            let body = statements.iter().filter(|statement| !matches!(statement.form, Form::Heading | Form::Title));
            body.flat_map(|statement| &statement.citations).any(|own| own.step == citation.step)
        };
        let missing = |shown: &&Shown| shown.is_told && !shown.citations.iter().all(is_cited);
        self.shown.iter().filter(missing).map(|shown| &shown.id).collect()
    }

    /// The words as they would leave.
    fn text(&self, words: &str) -> Result<Option<String>, FlawKind> {
        if words.len() > MAX_SENTENCE_BYTES {
            return Err(FlawKind::TooLong);
        }
        let text = disarmed(&clean::inline(&without_markdown(words)), &|name| self.is_step(name));
        Ok(text.contains(char::is_alphanumeric).then_some(text))
    }

    /// Judges the words by the results they cite. What is said of an item of
    /// an `each` may name it as the list did: then the list is cited too.
    fn founded(&self, form: Form, text: String, raw: &str, mut cited: Vec<usize>) -> Result<Piece, FlawKind> {
        let judged = if raw.contains("<U+") { text.clone() } else { without_shown_codes(&text) };
        let mut findings = claim::judge(&judged, &self.evidence(&cited));
        if !findings.unfounded.is_empty() {
            let lists: Vec<usize> = cited.iter().filter_map(|at| self.shown[*at].named_by).collect();
            cited.extend(lists);
            findings = claim::judge(&judged, &self.evidence(&cited));
        }
        if !findings.unfounded.is_empty() {
            let words = findings.unfounded.iter().take(NAMED_FAULTS).map(|words| shortened(words, NAMED_BYTES));
            return Err(FlawKind::Unfounded(words.collect()));
        }
        cited.sort_unstable();
        cited.dedup();
        let mut citations: Vec<Citation> = Vec::new();
        for citation in cited.iter().flat_map(|at| &self.shown[*at].citations) {
            if !citations.iter().any(|own| own.step == citation.step) {
                citations.push(citation.clone());
            }
        }
        let statement = Statement { form, text, citations, counted: findings.counted };
        Ok(Piece { statement, cited })
    }

    fn evidence(&self, cited: &[usize]) -> Vec<&Evidence> {
        cited.iter().flat_map(|at| &self.shown[*at].evidence).map(AsRef::as_ref).collect()
    }
}

/// What stands in a step's result. Where that holds nothing, also what it was
/// asked for in the user's own words: `nothing mentions #123`.
fn of_step(step: StepIndex, counted: &[u64], material: &Material<'_>) -> Evidence {
    let Some(output) = material.seen.get(step).and_then(Observation::output) else { return Evidence::default() };
    let value = output.value();
    let mut evidence = counted.iter().fold(Evidence::of(value), |evidence, count| evidence.and_count(*count));
    if matches!(shape(value, &At::whole()).0, Shape::Nothing) {
        let args = match &material.plan.step(step).op {
            Op::Call { args, .. } | Op::Each { args, .. } | Op::Pure { args, .. } => args.as_slice(),
            Op::Sub { .. } => &[],
        };
        for (_, binding) in args {
            let plan::Binding::Literal(literal) = binding else { continue };
            let words = match literal {
                Value::String(words) => words.clone(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            if !words.trim().is_empty() && Evidence::of(&Value::from(material.query)).holds_word(&words) {
                evidence = evidence.and(&words);
            }
        }
    }
    evidence
}

/// Whether a name has the form `s1`.
fn is_common(name: &str) -> bool {
    name.strip_prefix('s').is_some_and(|rest| (1..=4).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// The text without `<U+200B>` and the like, which only show what is hidden.
fn without_shown_codes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("<U+") {
        out.push_str(&rest[..at]);
        out.push(' ');
        rest = rest[at..].split_once('>').map_or("", |(_, after)| after);
    }
    out + rest
}
