//! Scheduler traces in writing: what it is told, and what it answers.
//!
//! Left of the bar stands a fact: `start`, `s1 = JSON` (a result), `s1[2] !`
//! (failed), `s1 #` (tool error), `s1 ?` (a human must decide), `s1 ~`
//! (indeterminate), `sub s1 = JSON` (a nested query's), `s1 judged` or `s1
//! judged ask 0 2` (a human must let the calls of two items through),
//! `expire`, `cancel`. Right of it stand the actions: `+s1` started, `>s1[0]`
//! call, `judge s1`, `ask s1`, `x s1[0]` abandon, `s1 1/3` an item ended,
//! `s1:ok` ended (`s1:ok-1+2`: one failed, two left out), `.` finished.

use dispatch::{Action, Asked, Fact, Happened, Limits, Scheduler, Ticket};
use plan::{BoundCall, Need, Observation, Observations, Output, SkipReason, StepIndex};
use query::{Blame, Fault};

use crate::catalogue::catalogue;
use crate::notation::{json, plan};

/// Runs the facts of a transcript under the default limits, and compares it
/// whole.
pub(crate) fn check(lines: &str, transcript: &str) {
    check_with(lines, &Limits::default(), None, transcript);
}

/// The same under other limits, or after an earlier run.
pub(crate) fn check_with(lines: &str, limits: &Limits, prior: Option<&Observations>, transcript: &str) {
    let catalogue = catalogue();
    let plan = plan(lines, &catalogue);
    let mut scheduler = Scheduler::new(&plan, limits, prior);
    let mut judging: Vec<BoundCall> = Vec::new();
    let mut found = String::new();
    let mut expected = String::new();
    for line in transcript.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (told, answered) = line.split_once('|').unwrap_or((line, ""));
        let told = told.trim();
        let actions = if told == "start" { scheduler.start() } else { scheduler.on(fact(told, &judging)) };
        for action in &actions {
            if let Action::Judge { calls, .. } = action {
                judging.clone_from(calls);
            }
        }
        let written: Vec<String> = actions.iter().map(write).collect();
        found += &format!("{told} | {}\n", written.join(" "));
        let answered: Vec<&str> = answered.split_whitespace().collect();
        expected += &format!("{told} | {}\n", answered.join(" "));
    }
    assert_eq!(found, expected, "\n{lines}\nfound:\n{found}\nexpected:\n{expected}");
}

/// The fact that is written so.
pub(crate) fn fact(told: &str, judging: &[BoundCall]) -> Fact {
    match told.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["expire"] => Fact::Expired,
        ["cancel"] => Fact::Cancelled,
        [step, "judged"] => Fact::Judged { step: ticket(step).step, asked: Vec::new() },
        [step, "judged", "ask", items @ ..] => {
            let calls = items.iter().map(|item| judging[item.parse::<usize>().unwrap()].clone());
            Fact::Judged { step: ticket(step).step, asked: calls.map(asked).collect() }
        }
        ["sub", step, rest @ ..] => Fact::SubEnded { step: ticket(step).step, seen: ending(rest) },
        [call, rest @ ..] => Fact::CallEnded { ticket: ticket(call), ending: ending(rest) },
        [] => panic!("nothing told"),
    }
}

fn ticket(text: &str) -> Ticket {
    let (step, item) = text.trim_end_matches(']').split_once('[').unwrap_or((text, "0"));
    let number = step.trim_start_matches('s').parse::<usize>().unwrap();
    Ticket { step: StepIndex(number - 1), item: item.parse().unwrap() }
}

fn ending(words: &[&str]) -> Observation {
    let fault = || Fault::lasting(Blame::Upstream, "broken", "it broke");
    match words {
        ["=", value] => Observation::Output(Output::computed(json(value))),
        ["!"] => Observation::Failed(fault()),
        ["#"] => Observation::ToolError(Output::computed(json("no"))),
        ["~"] => Observation::Indeterminate(fault()),
        ["?"] => Observation::NeedsInput(Need::Answer { message: "which?".into(), schema: None }),
        other => panic!("{other:?}"),
    }
}

fn asked(call: BoundCall) -> Asked {
    let hash = call.fingerprint();
    (call, hash, "it is destructive".to_owned())
}

fn write(action: &Action) -> String {
    match action {
        Action::Call { ticket, .. } => format!(">{ticket}"),
        Action::Judge { step, .. } => format!("judge {}", id(*step)),
        Action::Ask(question) => format!("ask {}", id(question.step)),
        Action::Read(reading) => format!("read {}", id(reading.step)),
        Action::AbandonCall(ticket) => format!("x {ticket}"),
        Action::AbandonSub(step) => format!("x {}", id(*step)),
        Action::Finish => ".".to_owned(),
        Action::Emit(Happened::Started { step, .. }) => format!("+{}", id(*step)),
        Action::Emit(Happened::ItemEnded { step, done, calls }) => format!("{} {done}/{calls}", id(*step)),
        Action::Emit(Happened::Ended { step, seen, shortfall }) => {
            let why = match seen {
                Observation::Skipped(SkipReason::Guard) => "(guard)".to_owned(),
                Observation::Skipped(SkipReason::Upstream(earlier)) => format!("({})", id(*earlier)),
                Observation::Failed(fault) | Observation::Indeterminate(fault) => format!("({})", fault.code),
                Observation::NeedsInput(Need::Approval(calls)) => format!("({})", calls.len()),
                _ => String::new(),
            };
            let mut text = format!("{}:{}{why}", id(*step), seen.status());
            if shortfall.failed > 0 {
                text += &format!("-{}", shortfall.failed);
            }
            if shortfall.left_out > 0 {
                text += &format!("+{}", shortfall.left_out);
            }
            text
        }
    }
}

fn id(step: StepIndex) -> String {
    format!("s{}", step.0 + 1)
}
