//! Random plans, faults and orders: the promises hold in all of them, and a
//! scheduler that breaks one is found out.

use std::cell::RefCell;
use std::collections::BTreeMap;

use dispatch::{Fact, Limits, Scheduler};
use plan::{Need, Observation, Observations, Op, Output, Plan, SkipReason};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use query::{Blame, Fault};
use serde_json::{Value, json};

use crate::catalogue::{SERVERS, TOOLS, catalogue};
use crate::monitor::{Monitor, Pending};
use crate::notation::{self, plan};

/// Scenes of the property.
const CASES: u32 = 8_000;

/// Scenes in which a broken promise must show.
const CONTROL_CASES: u32 = 3_000;

/// A run: a plan, limits, and what happens in which order.
#[derive(Clone, Debug)]
struct Scene {
    lines: String,
    limits: Limits,
    happenings: Vec<u32>,
}

fn scenes() -> impl Strategy<Value = Scene> {
    let steps = prop::collection::vec(any::<u64>(), 1..=12);
    let happenings = prop::collection::vec(any::<u32>(), 0..80);
    (steps, (1..4_usize, 1..4_usize, 1..6_usize), happenings).prop_map(|(steps, (server, each, total), happenings)| {
        let mut lines: Vec<String> = Vec::new();
        for dice in steps {
            lines.push(line(&lines, dice));
        }
        let mut limits = Limits { each_parallel: each, total, ..Limits::default() };
        limits.per_server.concurrency = server;
        Scene { lines: lines.join("\n"), limits, happenings }
    })
}

/// The step at that place, as the dice fall. It may only look back, and only
/// where the validator can believe that something stands.
fn line(earlier: &[String], mut dice: u64) -> String {
    let at = earlier.len();
    let mut throw = |sides: usize| {
        let sides = sides.max(1) as u64;
        let thrown = dice % sides;
        dice /= sides;
        thrown as usize
    };
    let tool = format!("{}.{}", SERVERS[throw(SERVERS.len())], TOOLS[throw(TOOLS.len())].0);
    let (kind, one, two, limit) = (throw(8), throw(at), throw(at), throw(5) + 1);
    let is = |step: usize, word: &str| earlier.get(step).is_some_and(|line| line.contains(word));
    let (s1, s2) = (format!("s{}", one + 1), format!("s{}", two + 1));
    let mut line = match kind {
        _ if at == 0 => format!("{tool} x=1"),
        0..=3 if !is(one, "orc.count") => {
            // A destructive `each` over what a server answered is no valid plan.
            let tool = tool.replace("drop", "add");
            let item = if is(one, "each") { "value" } else { "id" };
            format!("each {tool} over {s1} limit {limit} x=%{item}")
        }
        4 => format!("orc.first a=@{s1} b=@{s2}"),
        5 if !is(one, "orc.count") => format!("orc.count items=@{s1}"),
        6 => format!("sub why tools {}.read,{tool}", SERVERS[limit % 3]),
        7 if !is(two, "orc.count") => format!("{tool} x=@{s1} y=@{s2}/0"),
        _ => format!("{tool} x=1"),
    };
    if at > 0 && throw(3) == 0 {
        let guard = ["ok", "failed", "exists", "empty", "ne 5", "eq 5"][throw(6)];
        line += &format!(" when s{} {guard}", throw(at) + 1);
    }
    if at > 0 && throw(2) == 0 {
        line += &format!(" after s{}", throw(at) + 1);
    }
    format!("s{}: {line}", at + 1)
}

/// How something in flight ends: mostly with a result.
fn ending(how: u8) -> Observation {
    let fault = |code: &str| Fault::lasting(Blame::Upstream, code, "it broke");
    match how % 16 {
        0 => Observation::Failed(fault("failed")),
        1 => Observation::ToolError(Output::computed(json!("no"))),
        2 => Observation::Indeterminate(fault("unknown")),
        3 => Observation::NeedsInput(Need::Answer { message: "which?".into(), schema: None }),
        4 => Observation::Output(Output::computed(json!(5))),
        _ => {
            let item = |i: u8| if i % 5 == 4 { json!({}) } else { json!({"id": i}) };
            let items: Vec<Value> = (0..how / 16).map(item).collect();
            Observation::Output(Output::computed(Value::Array(items)))
        }
    }
}

/// How a scheduler is made to break its promises: it is given another plan or
/// other limits than the monitor, or told something else than the truth.
struct Sabotage {
    lines: fn(&str) -> String,
    limits: fn(&Limits) -> Limits,
    facts: fn(Fact) -> Option<Fact>,
}

const NONE: Sabotage = Sabotage { lines: str::to_owned, limits: Limits::clone, facts: Some };

/// How often something was seen in all runs together.
type Tally = BTreeMap<&'static str, usize>;

/// Plays a scene to its end, and returns the first promise that was broken.
fn play(scene: &Scene, sabotage: &Sabotage, tally: &mut Tally) -> Result<(), String> {
    let catalogue = catalogue();
    let plan = plan(&scene.lines, &catalogue);
    let lines = (sabotage.lines)(&scene.lines);
    let given = if lines == scene.lines { plan.clone() } else { notation::plan(&lines, &catalogue) };
    let limits = (sabotage.limits)(&scene.limits);
    let mut scheduler = Scheduler::new(&given, &limits, None);
    let mut monitor = Monitor::new(&plan, &scene.limits);
    monitor.answered(&scheduler.start())?;
    let mut happenings = scene.happenings.iter().copied();
    // Every fact but the two that end a run answers something in flight, and
    // no step has more than its limit of calls: so many facts always suffice.
    let most = plan.steps().iter().map(|step| if let Op::Each { limit, .. } = step.op { limit + 1 } else { 1 });
    for _ in 0..most.sum::<usize>() + 2 {
        if monitor.is_finished() {
            return count_endings(&plan, scheduler.seen(), tally);
        }
        let fact = next_fact(&monitor, happenings.next().unwrap_or(u32::MAX));
        *tally.entry(if monitor.is_closed() { "facts after the end" } else { "facts" }).or_default() += 1;
        monitor.told(&fact);
        let actions = (sabotage.facts)(fact).map(|fact| scheduler.on(fact)).unwrap_or_default();
        monitor.answered(&actions)?;
    }
    Err("it never finished".into())
}

fn count_endings(plan: &Plan, seen: &Observations, tally: &mut Tally) -> Result<(), String> {
    for (index, seen) in seen.iter() {
        let is_each = matches!(plan.step(index).op, Op::Each { .. });
        let kind = match seen {
            Observation::Output(output) if is_each => match output.value().as_array().map_or(0, Vec::len) {
                0 => "each of none",
                _ if output.value().to_string().contains("error") => "each in part",
                _ => "each in full",
            },
            Observation::Skipped(SkipReason::Guard) => "skipped by guard",
            other => other.status(),
        };
        *tally.entry(kind).or_default() += 1;
    }
    if seen.all_ended() { Ok(()) } else { Err("finished, and not every ending is recorded".into()) }
}

fn next_fact(monitor: &Monitor<'_>, happening: u32) -> Fact {
    let [chance, how, which, _] = happening.to_le_bytes();
    match chance {
        0..=3 if !monitor.is_closed() => return Fact::Expired,
        4..=6 if !monitor.is_closed() => return Fact::Cancelled,
        _ => {}
    }
    let pending = monitor.pending();
    match pending[usize::from(which) % pending.len()] {
        Pending::Call(ticket) => Fact::CallEnded { ticket, ending: ending(how) },
        Pending::Sub(step) => Fact::SubEnded { step, seen: ending(how) },
        Pending::Judge(step) if how % 4 == 0 => Fact::Judged { step, asked: monitor.every_other(step) },
        Pending::Judge(step) => Fact::Judged { step, asked: Vec::new() },
    }
}

/// Runs so many random scenes, the same ones every time.
fn play_all(cases: u32, sabotage: &Sabotage) -> (Result<(), String>, Tally) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 500, ..Config::default() };
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let tally = RefCell::new(Tally::new());
    let outcome = TestRunner::new_with_rng(config, chance)
        .run(&scenes(), |scene| play(&scene, sabotage, &mut tally.borrow_mut()).map_err(TestCaseError::fail));
    (outcome.map_err(|broken| broken.to_string()), tally.into_inner())
}

#[test]
fn every_promise_holds_whatever_happens_in_whatever_order() {
    let (outcome, tally) = play_all(CASES, &NONE);
    outcome.unwrap_or_else(|broken| panic!("{broken}"));
    // The scenes are worth something only if they are varied.
    let enough = [
        ("facts", 20_000),
        ("facts after the end", 700),
        ("ok", 10_000),
        ("each in full", 1_500),
        ("each in part", 1_200),
        ("each of none", 400),
        ("failed", 4_000),
        ("tool_error", 600),
        ("indeterminate", 600),
        ("needs_input", 1_500),
        ("skipped", 10_000),
        ("skipped by guard", 3_000),
    ];
    for (what, least) in enough {
        let count = tally.get(what).copied().unwrap_or_default();
        assert!(count >= least, "{what}: {count} of at least {least}: {tally:#?}");
    }
}

#[test]
fn a_scheduler_that_breaks_a_promise_is_found_out() {
    let rows = [
        (
            "ignores the limits",
            Sabotage { limits: |_| Limits::default(), ..NONE },
            &[" at ", " of Step", " in flight"][..],
        ),
        ("ignores the order", Sabotage { lines: |lines| without(lines, "after", 1), ..NONE }, &["before", "changes"]),
        ("ignores guards", Sabotage { lines: |lines| without(lines, "when", 2), ..NONE }, &["guard"]),
        ("goes on after the end", Sabotage { facts: deaf_to_the_end, ..NONE }, &["after the end"]),
        ("stops for no reason", Sabotage { facts: hearing_an_end, ..NONE }, &["for no reason"]),
        ("takes failures for successes", Sabotage { facts: in_rosy_light, ..NONE }, &["ended as"]),
        ("forgets what ended", Sabotage { facts: forgetting, ..NONE }, &["nothing is in flight"]),
    ];
    for (what, sabotage, found) in rows {
        match play_all(CONTROL_CASES, &sabotage).0 {
            Ok(()) => panic!("a scheduler that {what} passes"),
            Err(broken) => assert!(found.iter().any(|found| broken.contains(found)), "{what}: {broken}"),
        }
    }
}

/// The lines without that clause and its operands.
fn without(lines: &str, clause: &str, operands: usize) -> String {
    let strip = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let Some(at) = words.iter().position(|word| *word == clause) else { return line.to_owned() };
        // A comparison with a value has it as one operand more.
        let more = usize::from(words.get(at + operands).is_some_and(|word| matches!(*word, "eq" | "ne")));
        [&words[..at], &words[(at + 1 + operands + more).min(words.len())..]].concat().join(" ")
    };
    lines.lines().map(strip).collect::<Vec<_>>().join("\n")
}

fn deaf_to_the_end(fact: Fact) -> Option<Fact> {
    (!matches!(fact, Fact::Expired | Fact::Cancelled)).then_some(fact)
}

fn hearing_an_end(fact: Fact) -> Option<Fact> {
    Some(if matches!(fact, Fact::SubEnded { .. }) { Fact::Expired } else { fact })
}

fn in_rosy_light(fact: Fact) -> Option<Fact> {
    Some(match fact {
        Fact::CallEnded { ticket, .. } => {
            Fact::CallEnded { ticket, ending: Observation::Output(Output::computed(json!([]))) }
        }
        other => other,
    })
}

fn forgetting(fact: Fact) -> Option<Fact> {
    (!matches!(fact, Fact::SubEnded { .. })).then_some(fact)
}
