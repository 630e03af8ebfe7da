//! What the operations of the hot path cost, one after the other on one
//! thread: `cargo run --release -p concertmaster-store --example speed`.

#![allow(clippy::print_stdout, reason = "it prints figures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use concertmaster_store::{Amount, Charge, Embedded, Key, Rate, Store, Wall, Window};
use futures::executor::block_on;

/// Operations of each kind.
const ROUNDS: u32 = 200_000;

/// Principals that take turns.
const PRINCIPALS: usize = 64;

fn main() {
    let directory = tempfile::tempdir().expect("there is a temporary directory");
    let kept = Embedded::open(directory.path(), Wall::now()).expect("the directory can be used");
    for (what, store) in [("in memory", &Embedded::in_memory()), ("in a directory", &kept)] {
        let charges: Vec<[Charge; 2]> = (0..PRINCIPALS).map(charges).collect();
        let rates: Vec<[Rate; 2]> = (0..PRINCIPALS).map(rates).collect();
        let now = Wall::now();
        measured(&format!("reserve and settle two accounts, {what}"), |round| {
            let hold = block_on(store.reserve(&charges[round % PRINCIPALS], now));
            hold.expect("there is room").settle();
        });
        measured(&format!("admit at two rates, {what}"), |round| {
            black_box(block_on(store.admit(&rates[round % PRINCIPALS], now))).expect("there is room");
        });
    }
}

fn charges(principal: usize) -> [Charge; 2] {
    let limit = Amount { calls: 100_000_000, micros: u64::MAX };
    let charge = |what: &str| Charge {
        account: Key::of([what, &format!("principal-{principal}"), "github", "merge_pull_request"]),
        window: Window::DAY,
        limit,
        amount: Amount::call(100),
    };
    [charge("server"), charge("tool")]
}

fn rates(principal: usize) -> [Rate; 2] {
    let rate = |what: &str| {
        let key = Key::of([what, &format!("principal-{principal}"), "github"]);
        Rate { key, every: Duration::from_nanos(1), burst: u32::MAX }
    };
    [rate("server"), rate("tool")]
}

fn measured(what: &str, mut operation: impl FnMut(usize)) {
    (0..PRINCIPALS * 4).for_each(&mut operation);
    let began = Instant::now();
    (0..ROUNDS as usize).for_each(&mut operation);
    println!("{what}: {} ns", began.elapsed().as_nanos() / u128::from(ROUNDS));
}
