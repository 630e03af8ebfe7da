//! `eval`: labelled queries are planned, and the plans are compared with the
//! labels. Nothing is called.

mod files;
mod planned;

use std::sync::Arc;
use std::time::Instant;

use engine::Request;
use evaluate::{Floor, Labelled, ModelLines, Report, score};
use mcp::upstream::ServerState;

use super::with_session;
use crate::args::{Approved, Eval};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::render::{Evaluated, Missed, evaluation, evaluation_json, server_remarks};
use crate::session::Session;
use crate::shell::Shell;

use files::{LabelledFile, file_name};

/// Plans every query of every file, and tells the figures.
pub(super) async fn run(shell: &mut Shell, eval: Eval) -> Result<Exit, Failure> {
    let files = files::read_all(&eval.files)?;
    let floor = eval.floor.as_deref().map(|path| files::read_floor(path, &eval.files)).transpose()?;
    with_session(shell, async |shell, session, interrupt| {
        session.settle(shell, interrupt).await;
        if !all_ready(session) {
            shell.tell("not every server is up, and figures without it would say nothing of the planner\n")?;
            shell.tell(&server_remarks(&session.fleet.status()))?;
            return Ok(Exit::Upstream);
        }
        let along = eval.with_model_lines || has_model(shell, session);
        let mut together = Report::new(if along { ModelLines::Along } else { ModelLines::Apart });
        let mut evaluated = Vec::new();
        for file in &files {
            let work = Work { session, request: request(shell, session, interrupt), floor: floor.as_ref() };
            evaluated.push(work.evaluate(file, &mut together).await);
            if interrupt.cancel.is_cancelled() {
                shell.tell("interrupted before every query was planned; there are no figures\n")?;
                return Ok(Exit::NotAnswered);
            }
        }
        if let (Some(path), Some(floor), true) = (&eval.floor, &floor, eval.raise) {
            files::write_floor(path, &raised(floor, &evaluated))?;
        }
        tell(shell, &evaluated, &together, eval.misses)
    })
    .await
}

/// Whether there is a language model to plan with, be it a recorded one.
fn has_model(shell: &Shell, session: &Session) -> bool {
    session.config.models.is_some() || shell.global.replay.is_some()
}

fn all_ready(session: &Session) -> bool {
    session.fleet.status().iter().all(|server| matches!(server.state, ServerState::Ready(_)))
}

fn request(shell: &Shell, session: &Session, interrupt: &Interrupt) -> Request {
    session.request(&shell.global, &Approved::default(), Arc::new(|_| {}), interrupt.cancel.clone())
}

fn raised(floor: &Floor, files: &[Evaluated]) -> Floor {
    let mut raised = floor.clone();
    for file in files {
        raised.raise(&file_name(&file.path), file.report.all());
    }
    raised
}

fn tell(shell: &mut Shell, files: &[Evaluated], together: &Report, misses: bool) -> Result<Exit, Failure> {
    if shell.global.json {
        shell.say_json(&evaluation_json(files, together, misses))?;
    } else {
        shell.say(&evaluation(files, together, misses))?;
    }
    let holds = files.iter().all(|file| file.below.as_ref().is_none_or(Vec::is_empty));
    Ok(if holds { Exit::Answered } else { Exit::NotAnswered })
}

/// What planning the queries of one file needs.
struct Work<'a> {
    session: &'a Session,
    request: Request,
    floor: Option<&'a Floor>,
}

impl Work<'_> {
    /// Plans the queries of a file one after another, so that each is timed
    /// alone; when interrupted, those up to then.
    async fn evaluate(&self, file: &LabelledFile, together: &mut Report) -> Evaluated {
        let mut report = Report::new(together.model_lines());
        let mut missed = Vec::new();
        for labelled in &file.queries {
            if self.request.cancel.is_cancelled() {
                break;
            }
            missed.extend(self.plan(labelled, [&mut report, together]).await);
        }
        let name = file_name(&file.path);
        let below = self.floor.and_then(|floor| floor.below(&name, report.all()));
        Evaluated { path: file.path.clone(), report, missed, below }
    }

    /// Plans one query, counts it, and returns it if it was missed.
    async fn plan(&self, labelled: &Labelled, reports: [&mut Report; 2]) -> Option<Missed> {
        let started = Instant::now();
        let preview = self.session.engine.plan(labelled.query(), self.request.clone()).await;
        let spent = planned::spent(&preview, started.elapsed());
        let made = planned::made(&preview, &self.session.config.rules);
        let score = score(labelled, &made);
        for report in reports {
            report.add(labelled, &score, &spent);
        }
        (!score.is_exact()).then(|| Missed::of(labelled, score.differences))
    }
}
