//! A process that is killed at any point of a transaction loses nothing it
//! acknowledged, and nothing is done twice by those that come after it.
//!
//! The child is this very test binary: it works on a directory, says on its
//! standard output what was acknowledged to it, and kills itself at the point
//! and the passing that its environment names.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use concertmaster_store::{
    Amount, ApprovalId, Ask, Charge, EffectId, Embedded, Ending, Fate, Intent, Key, Point, Standing, Store, Unreserved,
    Watch, Window, Word,
};
use query::Principal;

use crate::fixture::{NOON, intent, operator, question, wait};

/// Where the child works.
const DIRECTORY: &str = "STORE_DIRECTORY";

/// At which passing of which point it dies: `HalfWritten 3`.
const DIES_AT: &str = "STORE_DIES_AT";

/// Says things before they are so, where it is set.
const HASTY: &str = "STORE_HASTY";

/// Passings of each point at which a child is to die, each in a directory of
/// its own: a file is written anew too seldom for all of them.
const PASSINGS: usize = 34;

/// Rounds of work of one child.
const ROUNDS: usize = 5;

/// Calls that all children together may make.
const LIMIT: u64 = 2_000;

/// What the children said in all.
#[derive(Default)]
struct Said {
    /// How often each thing was acknowledged.
    times: BTreeMap<String, usize>,
}

#[test]
fn no_kill_loses_or_repeats_anything() {
    let (mut kills, mut redeemed) = (BTreeMap::<String, usize>::new(), 0);
    for passing in 1..=PASSINGS {
        let directory = tempfile::tempdir().unwrap();
        let mut said = Said::default();
        for point in Point::ALL {
            let (lines, killed) = child(directory.path(), point, passing, false);
            said.hear(lines);
            *kills.entry(format!("{point:?}")).or_default() += usize::from(killed);
            let wrong = wrong(directory.path(), &said);
            assert_eq!(wrong, Vec::<String>::new(), "after {point:?}, passing {passing}");
        }
        redeemed += said.times.keys().filter(|thing| thing.starts_with("redeemed")).count();
    }
    assert!(kills.values().sum::<usize>() >= 200 && kills.values().all(|kills| *kills > 0), "{kills:?}");
    assert!(redeemed > 100, "{redeemed}");
}

#[test]
fn a_child_that_speaks_too_soon_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let mut said = Said::default();
    said.hear(child(directory.path(), Point::Decided, 1, true).0);
    assert_ne!(wrong(directory.path(), &said), Vec::<String>::new());
}

impl Said {
    fn hear(&mut self, lines: Vec<String>) {
        for line in lines {
            *self.times.entry(line).or_default() += 1;
        }
    }

    fn said(&self, thing: &str) -> bool {
        self.times.contains_key(thing)
    }
}

/// Runs a child to its death or its end: what it said, and whether it died.
fn child(directory: &Path, point: Point, passing: usize, hasty: bool) -> (Vec<String>, bool) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "kills::works_until_it_is_killed", "--ignored", "--nocapture", "--test-threads", "1"])
        .env(DIRECTORY, directory)
        .env(DIES_AT, format!("{point:?} {passing}"))
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    if hasty {
        command.env(HASTY, "1");
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once("said ")).map(|(_, thing)| thing.to_owned());
    (lines.collect(), output.status.code().is_none())
}

/// Everything that is not as it was said, or was said twice.
fn wrong(directory: &Path, said: &Said) -> Vec<String> {
    let store = Embedded::open(directory, NOON).unwrap();
    let approvals: BTreeMap<String, Standing> = wait(store.approvals(None, NOON))
        .unwrap()
        .into_iter()
        .map(|one| (one.ask.id.to_string(), one.standing))
        .collect();
    let effects: BTreeMap<String, Fate> =
        wait(store.effects(NOON)).unwrap().into_iter().map(|one| (one.intent.id.to_string(), one.fate)).collect();
    let mut wrong = Vec::new();
    let mut spent = 0;
    for (thing, times) in &said.times {
        let (what, name) = thing.split_once(' ').unwrap();
        let standing = approvals.get(name);
        let fate = effects.get(name);
        let kept = match what {
            "asked" => standing.is_some(),
            "approved" => matches!(standing, Some(Standing::Approved { .. } | Standing::Redeemed { .. })),
            "redeemed" => matches!(standing, Some(Standing::Redeemed { .. })) && *times == 1,
            // Its process is gone: without an end that was kept, nobody knows.
            "left" => *times == 1 && (fate == Some(&Fate::Indeterminate) || fate == Some(&Fate::Done)),
            "ended" => fate == Some(&Fate::Done),
            "claimed" => *times == 1 && !wait(store.claim(Key::of([name]), NOON, NOON)).unwrap(),
            "spent" => {
                spent += *times as u64;
                true
            }
            other => panic!("what is {other}?"),
        };
        if !kept {
            wrong.push(format!("{thing}, {times} times"));
        }
    }
    if spent > LIMIT {
        wrong.push(format!("{spent} spent of {LIMIT}"));
    }
    let left: BTreeSet<&str> = said.times.keys().filter_map(|thing| thing.strip_prefix("left ")).collect();
    let unknown = effects.iter().filter(|(name, fate)| **fate == Fate::UnderWay && !left.contains(name.as_str()));
    wrong.extend(unknown.map(|(name, _)| format!("{name} is still under way")));
    wrong.extend(
        said.times
            .keys()
            .filter_map(|thing| thing.strip_prefix("ended "))
            .filter(|name| !said.said(&format!("left {name}")))
            .map(|name| format!("{name} ended and never left")),
    );
    wrong
}

#[test]
#[ignore = "the child that is killed; started by the test above"]
fn works_until_it_is_killed() {
    let directory = std::env::var_os(DIRECTORY).unwrap();
    let dies_at = std::env::var(DIES_AT).unwrap();
    let (point, passing) = dies_at.split_once(' ').unwrap();
    let watch = Killer { point: point.to_owned(), left: passing.parse().unwrap() };
    let store = Embedded::open_watched(Path::new(&directory), NOON, Box::new(watch)).unwrap();
    let hasty = std::env::var_os(HASTY).is_some();
    // What those before left unfinished is tried again, all of it.
    for approval in wait(store.approvals(None, NOON)).unwrap() {
        let Ask { id, principal, binding, .. } = approval.ask;
        redeem(&store, &id, &principal, &binding);
    }
    for _ in 0..ROUNDS {
        round(&store, hasty);
    }
}

fn round(store: &Embedded, hasty: bool) {
    let Ask { id, principal, binding, .. } = asked(store, hasty);
    if wait(store.decide(id.clone(), Word::Approve, operator(), NOON)).is_ok() {
        say("approved", &id);
    }
    redeem(store, &id, &principal, &binding);
    let Intent { id, .. } = acted(store);
    let name = EffectId::random();
    if wait(store.claim(Key::of([name.to_string()]), NOON, NOON)) == Ok(true) {
        say("claimed", &name);
    }
    let limit = Amount { calls: LIMIT, ..Amount::UNLIMITED };
    let charge = Charge { account: Key::of(["calls"]), window: Window::DAY, limit, amount: Amount::call(1) };
    match wait(store.reserve(&[charge], NOON)) {
        Ok(hold) => {
            hold.settle();
            say("spent", &id);
        }
        Err(Unreserved::Spent(_)) => {}
        Err(Unreserved::Store(fault)) => panic!("{fault}"),
    }
}

fn asked(store: &Embedded, hasty: bool) -> Ask {
    let ask = question("ann");
    if hasty {
        say("asked", &ask.id);
    }
    wait(store.ask(ask.clone())).unwrap();
    if !hasty {
        say("asked", &ask.id);
    }
    ask
}

fn redeem(store: &Embedded, id: &ApprovalId, principal: &Principal, binding: &str) {
    if wait(store.redeem(id.clone(), principal.clone(), binding.to_owned(), NOON)).is_ok() {
        say("redeemed", id);
    }
}

fn acted(store: &Embedded) -> Intent {
    let intent = intent();
    let intended = wait(store.intend(intent.clone())).unwrap();
    say("left", &intent.id);
    wait(store.ended(intended, Ending::Done, NOON)).unwrap();
    say("ended", &intent.id);
    intent
}

#[allow(clippy::print_stdout, reason = "its parent reads it there")]
fn say(what: &str, name: &impl std::fmt::Display) {
    println!("said {what} {name}");
}

/// Kills the process at the so-manieth passing of one point.
struct Killer {
    point: String,
    left: usize,
}

impl Watch for Killer {
    fn at(&mut self, point: Point) -> io::Result<()> {
        if format!("{point:?}") == self.point {
            self.left -= 1;
            if self.left == 0 {
                rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)?;
            }
        }
        Ok(())
    }

    fn compacts_beyond(&self) -> u64 {
        // Small enough that the file is written anew in most runs.
        4 * 1024
    }
}
