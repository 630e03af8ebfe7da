//! Where the reference servers are.

use std::path::Path;

/// The build directory's own directory for tests, beside which they are
/// installed.
const TESTS: &str = env!("CARGO_TARGET_TMPDIR");

/// A program of the reference servers, by its path below the directory in
/// which they are installed. Panics, saying how to get it, when it is absent.
pub(crate) fn program(path: &str) -> String {
    let home = Path::new(TESTS).parent().expect("it lies in the build directory").join("reference-servers");
    let program = home.join(path);
    assert!(program.exists(), "{} is absent: run `cargo xtask reference-servers`", program.display());
    program.to_str().expect("a path in UTF-8").to_owned()
}

/// A server from npm.
pub(crate) fn from_npm(name: &str) -> String {
    program(&format!("node/node_modules/.bin/{name}"))
}
