//! The stages that decide touch nothing.

use super::arrows::dependencies;
use super::rule::{Finding, Rule};
use super::source::Source;

/// The crates that decide.
const PURE: &[&str] = &["query", "catalog", "model", "route", "plan", "policy", "synthesize", "evaluate"];

/// Names in code that reach for the world.
const REACHES: &[&str] =
    &["Instant::now", "SystemTime", "std::env", "std::fs", "std::net", "std::process", "std::thread", "tokio::"];

/// Dependencies that bring the world along.
const WORLDLY: &[&str] = &[
    "axum",
    "chrono",
    "fastrand",
    "getrandom",
    "hyper",
    "jiff",
    "rand",
    "reqwest",
    "rmcp",
    "rusqlite",
    "rustix",
    "tempfile",
    "time",
    "tokio",
    "tokio-util",
    "uuid",
];

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "purity",
    reason: "routing, planning, judging and telling are functions of their arguments: no runtime, socket, file, \
             clock, environment or chance. Time and ids come in as arguments, so every run can be repeated",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    let (Some(name), Some(path)) = (source.crate_name(), source.path_in_crate()) else { return Vec::new() };
    if !PURE.contains(&name) {
        return Vec::new();
    }
    if path == "Cargo.toml" {
        let worldly = dependencies(source).filter(|(_, dependency)| WORLDLY.contains(dependency));
        return worldly.map(|(line, dependency)| Finding::at(line, format!("it depends on `{dependency}`"))).collect();
    }
    if !source.is_rust() || source.is_test() || !path.starts_with("src/") {
        return Vec::new();
    }
    let reaching = |(line, text): (usize, &str)| {
        let name = REACHES.iter().find(|name| text.contains(**name) && !text.trim_start().starts_with("//"))?;
        Some(Finding::at(line, format!("it reaches for `{name}`")))
    };
    source.lines_of_code().filter_map(reaching).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn pure_crates_reach_for_nothing_outside_their_tests() {
        let clock = "//! A.\n// std::fs is not for us\nlet now = Instant::now();";
        let tested = "//! A.\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}";
        let manifest = "[dependencies]\nserde = \"1\"\ntokio = \"1\"\n[dev-dependencies]\ntempfile = \"3\"\n";
        let rows = [
            ("crates/plan/src/a.rs", clock, vec!["3: it reaches for `Instant::now`"]),
            ("crates/dispatch/src/a.rs", clock, vec![]),
            ("crates/plan/tests/a.rs", clock, vec![]),
            ("crates/plan/src/a.rs", tested, vec![]),
            ("crates/plan/Cargo.toml", manifest, vec!["3: it depends on `tokio`"]),
            ("crates/mcp/Cargo.toml", manifest, vec![]),
        ];
        for (path, text, expected) in rows {
            assert_eq!(found(&RULE, path, text), expected, "{path} {text:?}");
        }
    }
}
