//! A fuzzer's bytes, handed to the target of a name.
//!
//! Kept out of the workspace: it needs a nightly toolchain. What the targets
//! do with the bytes is `concertmaster_gauntlet`'s, which an ordinary test
//! run replays the seeds with.

/// Puts the bytes through a target; panics if a promise is broken.
pub fn run(name: &str, bytes: &[u8]) {
    match concertmaster_gauntlet::target(name) {
        Some(target) => (target.run)(bytes),
        None => panic!("there is no target `{name}`"),
    }
}
