//! Any bytes, put through whatever reads bytes that others wrote.
//!
//! What comes in: a byte string. What goes out: nothing, or a panic that says
//! which promise was broken. Each [`Target`] is the body of one fuzz target
//! in `fuzz/`; the tests of this crate put every seed and every past crash
//! through the same bodies with an ordinary toolchain. It knows no fuzzer.
//!
//! Read in this order: [`TARGETS`], `house` (the catalogue plans are checked
//! against), `promise` (what holds of every draft and plan), then one file
//! for each target.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a finding")]

mod answer;
mod definition;
mod draft;
mod endpoint;
mod events;
mod frames;
mod heads;
mod house;
mod parrot;
mod pieces;
mod plain;
mod promise;
mod reply;
mod splice;
mod tape;
mod tokens;
mod words;
mod written;

/// One way to be put to the test.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of its seeds' directory.
    pub name: &'static str,
    /// Puts these bytes through; panics if a promise is broken.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "plan_wire", run: written::wire },
    Target { name: "plan_friendly", run: written::friendly },
    Target { name: "plan_pieces", run: pieces::run },
    Target { name: "plan_draft", run: draft::run },
    Target { name: "plan_reply", run: reply::run },
    Target { name: "query_words", run: words::run },
    Target { name: "answer_reply", run: answer::run },
    Target { name: "endpoint_reply", run: endpoint::run },
    Target { name: "wire_frames", run: frames::run },
    Target { name: "wire_events", run: events::run },
    Target { name: "wire_heads", run: heads::run },
    Target { name: "wire_splice", run: splice::run },
    Target { name: "wire_tokens", run: tokens::run },
    Target { name: "wire_definition", run: definition::run },
];

/// The target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
