//! The model's answer, line by line, with what is wrong with it.
//!
//! What comes in: lines, and later the same lines written again. What goes
//! out: the statements that hold, what must be written again, and whether
//! what remains is enough for an answer.

use std::collections::{BTreeMap, HashSet};

use plan::StepId;

use super::checker::{Checker, Piece};
use super::marker::Marked;
use super::reply::{self, Reply};
use super::{Flaw, FlawKind};
use crate::{Form, Statement};

/// The most lines read; what follows is left out.
const MAX_LINES: usize = 80;
/// The longest answer read, in bytes.
pub(crate) const MAX_REPLY_BYTES: usize = 64 * 1024;
/// The longest line that introduces others, in bytes.
const LEAD_BYTES: usize = 200;

/// The model's answer.
#[derive(Debug, Default)]
pub(crate) struct Manuscript {
    lines: Vec<Line>,
    /// Whether the model has begun to list its sources.
    has_ended: bool,
}

/// One line that says something.
#[derive(Debug)]
pub(crate) struct Line {
    /// As the model wrote it.
    pub(crate) raw: String,
    /// The steps that it names.
    cited: Vec<String>,
    form: Form,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Everything in it holds.
    Sound(Vec<Piece>),
    /// It introduces what follows and cites nothing itself.
    Lead(String),
    /// Something in it does not hold; the rest does.
    Flawed(Vec<Piece>, Vec<FlawKind>),
    /// It is left out, and nothing is lost.
    Left,
}

/// Something that the model is to write, again or for the first time.
#[derive(Debug)]
pub(crate) struct Demand {
    /// What it is to put before it; counted from 1.
    pub(crate) number: usize,
    /// What is wrong.
    pub(crate) kinds: Vec<FlawKind>,
}

impl Manuscript {
    /// The answer in a whole reply. Of one that was cut, a last line without
    /// markers is not read.
    pub(crate) fn read(reply: &str, is_cut: bool, checker: &Checker) -> Self {
        let reply = crate::cut::head(reply, MAX_REPLY_BYTES);
        let mut lines: Vec<&str> = reply.lines().collect();
        if is_cut && !reply.ends_with('\n') && !lines.last().is_some_and(|last| last.trim_end().ends_with(']')) {
            lines.pop();
        }
        let mut manuscript = Self::default();
        lines.into_iter().for_each(|line| manuscript.push(line, checker));
        manuscript.leave_the_goodbye(checker);
        manuscript
    }

    /// Adds a line.
    pub(crate) fn push(&mut self, line: &str, checker: &Checker) {
        if self.has_ended || self.lines.len() >= MAX_LINES {
            return;
        }
        match reply::read(line, &|name| checker.is_step(name)) {
            Reply::Nothing => {}
            Reply::Sources => self.has_ended = !self.lines.is_empty(),
            Reply::Words(form, sentences) => {
                let state = state(form, &sentences, self.lines.is_empty(), checker);
                let cited = sentences.into_iter().flat_map(|marked| marked.cited).collect();
                self.lines.push(Line { raw: line.trim().to_owned(), cited, form, state });
                self.settle_leads(checker);
            }
        }
    }

    /// The statements before the first line that does not hold: whatever is
    /// written again, these stay.
    pub(crate) fn settled(&self) -> Vec<Statement> {
        let is_open = |line: &Line| matches!(line.state, State::Flawed(..));
        let open = self.lines.iter().position(is_open).unwrap_or(self.lines.len());
        told(&self.lines[..open])
    }

    /// The statements that hold.
    pub(crate) fn statements(&self) -> Vec<Statement> {
        told(&self.lines)
    }

    /// The lines as the model wrote them.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What is to be written again, and the results of which nothing is said.
    pub(crate) fn demands(&self, checker: &Checker) -> Vec<Demand> {
        let again = self.lines.iter().enumerate().filter_map(|(at, line)| match &line.state {
            State::Flawed(_, kinds) => Some(Demand { number: at + 1, kinds: kinds.clone() }),
            _ => None,
        });
        let mut demands: Vec<Demand> = again.collect();
        // A line that is written again will tell what it was to tell.
        let is_told = |step: &StepId| {
            let again = demands.iter().map(|demand| &self.lines[demand.number - 1]);
            again.flat_map(|line| &line.cited).any(|name| name == step.as_str())
        };
        let uncovered: Vec<StepId> = self.uncovered(checker).into_iter().filter(|step| !is_told(step)).collect();
        let next = self.lines.len() + 1;
        let untold = |(i, step)| Demand { number: next + i, kinds: vec![FlawKind::Uncovered(step)] };
        demands.extend(uncovered.into_iter().enumerate().map(untold));
        demands
    }

    /// Puts lines that were written again in their places.
    pub(crate) fn mend(&mut self, reply: &str, demands: &[Demand], checker: &Checker) {
        let mut again: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        let mut current = None;
        for line in crate::cut::head(reply, MAX_REPLY_BYTES).lines() {
            let (number, words) = match reply::renumbered(line) {
                Some((number, words)) => (Some(number), words),
                None => (current, line),
            };
            current = number.filter(|number| demands.iter().any(|demand| demand.number == *number));
            if let Some(number) = current {
                again.entry(number).or_default().push(words);
            }
        }
        let written = self.lines.len();
        self.has_ended = false;
        for (number, words) in again {
            if number <= written {
                self.replace(number - 1, &words, checker);
            } else {
                words.into_iter().for_each(|line| self.push(line, checker));
            }
        }
        self.settle_leads(checker);
    }

    /// What is wrong with what is left out, and with the whole.
    pub(crate) fn flaws(&self, checker: &Checker) -> Vec<Flaw> {
        let of_lines = self.lines.iter().enumerate().flat_map(|(at, line)| {
            let kinds = match &line.state {
                State::Flawed(_, kinds) => kinds.as_slice(),
                _ => &[],
            };
            kinds.iter().map(move |kind| Flaw { line: at + 1, kind: kind.clone() })
        });
        let whole = self.uncovered(checker).into_iter().map(|step| Flaw { line: 0, kind: FlawKind::Uncovered(step) });
        of_lines.chain(whole).collect()
    }

    /// Whether enough remains: every result that matters is told, and no more
    /// is left out than is kept.
    pub(crate) fn suffices(&self, checker: &Checker) -> bool {
        let lost = self.lines.iter().filter(|line| matches!(line.state, State::Flawed(..))).count();
        let is_body =
            |line: &&Line| matches!(&line.state, State::Sound(pieces) if !pieces.is_empty()) && !is_title(line.form);
        let kept = self.lines.iter().filter(is_body).count();
        kept > 0 && lost <= kept && self.uncovered(checker).is_empty()
    }

    fn uncovered(&self, checker: &Checker) -> Vec<StepId> {
        let statements = self.statements();
        checker.uncovered(&statements.iter().collect::<Vec<_>>()).into_iter().cloned().collect()
    }

    /// A new line takes the place of one that does not hold; if it does not
    /// hold either, what held of the first stays.
    fn replace(&mut self, at: usize, lines: &[&str], checker: &Checker) {
        let old = &mut self.lines[at];
        if lines.iter().all(|line| matches!(line.trim(), "" | "-")) {
            old.state = State::Left;
            return;
        }
        let mut pieces = Vec::new();
        for line in lines {
            let Reply::Words(form, sentences) = reply::read(line, &|name| checker.is_step(name)) else { continue };
            let form = if form == Form::Line { old.form } else { form };
            match state(form, &sentences, false, checker) {
                State::Sound(sound) => pieces.extend(sound),
                State::Flawed(_, kinds) => {
                    if let State::Flawed(_, old) = &mut old.state {
                        *old = kinds;
                    }
                    return;
                }
                State::Lead(_) | State::Left => {}
            }
        }
        if !pieces.is_empty() {
            old.state = State::Sound(pieces);
        }
    }

    /// Lines that introduce others rest on the first line below that holds.
    fn settle_leads(&mut self, checker: &Checker) {
        for at in (0..self.lines.len()).rev() {
            let State::Lead(words) = &self.lines[at].state else { continue };
            let below = self.lines[at + 1..].iter().find(|line| !matches!(line.state, State::Left));
            let Some(Line { state: State::Sound(pieces), form, .. }) = below else { continue };
            let introduces = is_title(self.lines[at].form) || matches!(form, Form::Item { .. });
            let lead = pieces.first().filter(|_| introduces);
            let lead = lead.and_then(|piece| checker.lead(self.lines[at].form, words, piece));
            self.lines[at].state = lead.map_or(State::Left, |lead| State::Sound(vec![lead]));
        }
    }

    /// A last line that cites nothing and claims nothing is a courtesy.
    fn leave_the_goodbye(&mut self, checker: &Checker) {
        let Some(last) = self.lines.last_mut() else { return };
        let is_uncited = matches!(&last.state, State::Flawed(sound, kinds) if sound.is_empty() && kinds.iter().all(|kind| *kind == FlawKind::Uncited));
        let marked = Marked { text: last.raw.clone(), cited: Vec::new() };
        if is_uncited && checker.claims_nothing(&marked) {
            last.state = State::Left;
        }
    }
}

fn state(form: Form, sentences: &[Marked], is_first: bool, checker: &Checker) -> State {
    let is_uncited = sentences.iter().all(|marked| marked.cited.is_empty());
    let words = || sentences.iter().map(|marked| marked.text.as_str()).collect::<String>();
    if is_uncited {
        let words = words();
        let introduces = is_title(form) || words.trim_end().ends_with(':');
        if introduces && words.len() <= LEAD_BYTES {
            return State::Lead(words);
        }
        if is_first && sentences.iter().all(|marked| checker.claims_nothing(marked)) {
            return State::Left;
        }
    }
    let (mut sound, mut kinds) = (Vec::new(), Vec::new());
    for marked in sentences {
        match checker.check(form, marked) {
            Ok(piece) => sound.extend(piece),
            Err(kind) => kinds.push(kind),
        }
    }
    match (sound.is_empty(), kinds.is_empty()) {
        (true, true) => State::Left,
        (_, true) => State::Sound(sound),
        // A heading is no loss.
        (_, false) if is_title(form) => State::Left,
        _ => State::Flawed(sound, kinds),
    }
}

fn is_title(form: Form) -> bool {
    matches!(form, Form::Heading | Form::Title)
}

/// The statements of some lines: titles only where something stands below
/// them, and nothing twice.
fn told(lines: &[Line]) -> Vec<Statement> {
    let pieces = lines.iter().flat_map(|line| match &line.state {
        State::Sound(pieces) | State::Flawed(pieces, _) => pieces.as_slice(),
        State::Lead(_) | State::Left => &[],
    });
    let (mut out, mut waiting, mut known) = (Vec::new(), Vec::new(), HashSet::new());
    for statement in pieces.map(|piece| &piece.statement) {
        if !known.insert(statement.text.as_str()) {
            continue;
        }
        waiting.push(statement.clone());
        if !is_title(statement.form) {
            out.append(&mut waiting);
        }
    }
    out
}
