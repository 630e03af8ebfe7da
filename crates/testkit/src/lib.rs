//! Counterparts for tests.
//!
//! The binary `test-upstream` is an MCP server over standard input and
//! output, written by hand so that it shares no mistake with the code under
//! test, and able to misbehave in every way its arguments name. The tests of
//! this crate run real processes and real HTTP on loopback against it.

mod model;

pub use self::model::{Says, ScriptedModel};
