//! How far a query has come, as lines of text.

use std::time::{Duration, Instant};

use dispatch::StepEvent;
use engine::Event;
use plan::Observation;

use crate::render::clean;
use crate::render::style::{BAD, CARE, FAINT, GOOD, styled};
use crate::render::times::{counted, took};

/// The pictures of something that runs, one after the other.
const SPINNER: [&str; 4] = ["-", "\\", "|", "/"];

/// How long one picture stands.
const PICTURE: Duration = Duration::from_millis(120);

/// How far a query has come.
#[derive(Debug, Default)]
pub(super) struct Journey {
    waiting: Vec<String>,
    steps: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    id: String,
    what: String,
    state: State,
}

#[derive(Debug)]
enum State {
    Pending,
    Running { since: Instant, done: usize, calls: usize, words: String },
    Ended { mark: String, text: String },
}

impl Journey {
    /// Takes in what happened.
    pub(super) fn take(&mut self, event: &Event, now: Instant) {
        match event {
            Event::Waiting { servers, .. } => self.waiting.clone_from(servers),
            Event::Planned { steps, .. } => {
                self.waiting.clear();
                let row = |(id, tool, purpose): &(plan::StepId, Option<catalog::ToolRef>, String)| Row {
                    id: id.to_string(),
                    what: tool.as_ref().map_or_else(|| clean::cut(purpose, 60), |tool| clean::line(&tool.to_string())),
                    state: State::Pending,
                };
                self.steps = steps.iter().map(row).collect();
            }
            // What a model writes is the telling's to show.
            Event::Drafted { .. } | Event::ModelCalled { .. } | Event::AnswerDelta { .. } => {}
            Event::Step { id, event, .. } => {
                if let Some(row) = self.steps.iter_mut().find(|row| row.id == id.as_str()) {
                    row.take(event, now);
                }
            }
        }
    }

    /// The picture at this moment.
    pub(super) fn lines(&self, now: Instant, started: Instant) -> Vec<String> {
        let picture = now.duration_since(started).as_millis() / PICTURE.as_millis();
        let spinner = SPINNER[usize::try_from(picture).unwrap_or(0) % SPINNER.len()];
        if !self.waiting.is_empty() {
            return vec![format!("{spinner} waiting for {} to start", self.waiting.join(", "))];
        }
        let widest = self.steps.iter().map(|row| row.id.len()).max().unwrap_or_default();
        self.steps.iter().map(|row| row.line(widest, spinner, now)).collect()
    }

    /// The lines that stay: every step that has ended.
    pub(super) fn last_lines(&self) -> Vec<String> {
        let widest = self.steps.iter().map(|row| row.id.len()).max().unwrap_or_default();
        let ended = self.steps.iter().filter(|row| matches!(row.state, State::Ended { .. }));
        ended.map(|row| row.line(widest, "", Instant::now())).collect()
    }
}

impl Row {
    fn take(&mut self, event: &StepEvent, now: Instant) {
        match event {
            StepEvent::Started { calls, .. } => {
                self.state = State::Running { since: now, done: 0, calls: *calls, words: String::new() };
            }
            StepEvent::Progressed { progress, .. } => {
                if let State::Running { words, .. } = &mut self.state {
                    *words = told(progress);
                }
            }
            StepEvent::ItemEnded { done: so_far, .. } => {
                if let State::Running { done, .. } = &mut self.state {
                    *done = *so_far;
                }
            }
            StepEvent::Ended { seen, report, .. } => {
                let (style, mark) = match seen {
                    Observation::Output(_) if report.failed == 0 => (GOOD, "ok"),
                    Observation::Output(_) => (CARE, "partly"),
                    Observation::Skipped(_) => (FAINT, "skipped"),
                    Observation::NeedsInput(_) => (CARE, "waits"),
                    Observation::ToolError(_) | Observation::Failed(_) | Observation::Indeterminate(_) => {
                        (BAD, "failed")
                    }
                };
                let calls =
                    if report.calls > 1 { format!(" · {}", counted(report.calls, "call")) } else { String::new() };
                let text = format!("{}{calls}", took(report.took));
                self.state = State::Ended { mark: styled(style, mark), text };
            }
        }
    }

    fn line(&self, widest: usize, spinner: &str, now: Instant) -> String {
        let head = format!("{:widest$} {}", self.id, self.what);
        match &self.state {
            State::Pending => styled(FAINT, format!("  {head}")),
            State::Running { since, done, calls, words } => {
                let items = if *calls > 1 { format!(" · {done} of {calls}") } else { String::new() };
                let time = took(now.duration_since(*since));
                format!("{spinner} {head} {}", styled(FAINT, format!("· {time}{items}{words}")))
            }
            State::Ended { mark, text } => format!("  {head} · {mark} {}", styled(FAINT, format!("· {text}"))),
        }
    }
}

fn told(progress: &dispatch::Progress) -> String {
    let amount = match progress.total {
        Some(total) if total > 0.0 => format!(" · {:.0} %", (progress.progress / total * 100.0).clamp(0.0, 100.0)),
        _ => String::new(),
    };
    let words = progress.message.as_deref().map(|words| format!(" · {}", clean::cut(words, 60)));
    amount + &words.unwrap_or_default()
}

/// An event on a line of its own, for where lines cannot move.
pub(super) fn on_a_line(event: &Event) -> Option<String> {
    Some(match event {
        Event::Waiting { servers, .. } => format!("waiting for {} to start", servers.join(", ")),
        Event::Planned { explain, .. } => clean::lines(explain.trim_end()),
        Event::Step { id, event: StepEvent::Started { tool, calls, .. }, .. } => {
            let tool = tool.as_ref().map_or_else(|| "computed here".to_owned(), |tool| clean::line(&tool.to_string()));
            let calls = if *calls > 1 { format!(" ({})", counted(*calls, "call")) } else { String::new() };
            format!("{id} started: {tool}{calls}")
        }
        Event::Step { id, event: StepEvent::Ended { seen, report, .. }, .. } => {
            format!("{id} {} after {}{}", seen.status(), took(report.took), why(seen))
        }
        Event::Drafted { .. } | Event::ModelCalled { .. } | Event::AnswerDelta { .. } | Event::Step { .. } => {
            return None;
        }
    })
}

fn why(seen: &Observation) -> String {
    match seen {
        Observation::Failed(fault) | Observation::Indeterminate(fault) => format!(": {}", clean::line(&fault.message)),
        Observation::ToolError(output) => format!(": {}", clean::cut(&output.value().to_string(), 200)),
        Observation::Output(_) | Observation::Skipped(_) | Observation::NeedsInput(_) => String::new(),
    }
}
