//! Crates depend on each other as the architecture says.

use super::rule::{Finding, Rule};
use super::source::Source;

/// Each crate of the workspace and those it may depend on, tests aside.
const ARROWS: &[(&str, &[&str])] = &[
    ("query", &[]),
    ("catalog", &["query"]),
    ("model", &["query"]),
    ("route", &["query", "catalog", "model"]),
    ("plan", &["query", "catalog", "model", "route"]),
    ("policy", &["query", "catalog", "plan"]),
    ("dispatch", &["query", "catalog", "plan", "policy", "store"]),
    ("synthesize", &["query", "catalog", "model", "plan"]),
    ("store", &["query"]),
    ("evaluate", &["query", "catalog", "model", "route", "plan", "policy"]),
    ("engine", PIPELINE),
    ("mcp", BELOW_EDGES),
    ("providers", &["query", "model"]),
    ("cli", ALL),
    ("demo", &[]),
    ("testkit", &["model"]),
    ("standin", &[]),
    ("gauntlet", &["query", "catalog", "model", "route", "plan", "providers", "synthesize", "store", "mcp"]),
];

/// What the engine puts together.
const PIPELINE: &[&str] = &["query", "catalog", "model", "route", "plan", "policy", "dispatch", "synthesize", "store"];

/// What an edge may know.
const BELOW_EDGES: &[&str] =
    &["query", "catalog", "model", "route", "plan", "policy", "dispatch", "synthesize", "store", "engine"];

/// What the binary puts together.
const ALL: &[&str] = &[
    "query",
    "catalog",
    "model",
    "route",
    "plan",
    "policy",
    "dispatch",
    "synthesize",
    "store",
    "evaluate",
    "engine",
    "mcp",
    "providers",
    "demo",
];

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "arrows",
    reason: "a stage knows the stages before it and no other; the demo and the tests' counterparts are known to no library. \
             A new crate, or a new arrow, is written down in `xtask/src/tidy/arrows.rs` first",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    let (Some(name), Some("Cargo.toml")) = (source.crate_name(), source.path_in_crate()) else { return Vec::new() };
    let Some((_, allowed)) = ARROWS.iter().find(|(of, _)| *of == name) else {
        return vec![Finding::at(1, format!("what `{name}` may depend on is not written down"))];
    };
    let ours = |dependency: &str| ARROWS.iter().any(|(name, _)| *name == dependency);
    let wrong = dependencies(source).filter(|(_, dependency)| ours(dependency) && !allowed.contains(dependency));
    wrong.map(|(line, dependency)| Finding::at(line, format!("`{name}` may not depend on `{dependency}`"))).collect()
}

/// The dependencies that a manifest names, tests aside, with their lines.
pub(super) fn dependencies(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let counts = |section: &str| section == "[dependencies]" || section.ends_with(".dependencies]");
    let mut within = false;
    source.lines().filter_map(move |(line, text)| {
        if text.starts_with('[') {
            within = counts(text.trim_end());
            return None;
        }
        let name =
            text.split(['.', ' ', '=']).next().filter(|name| !name.is_empty() && !name.starts_with(['#', '}']))?;
        within.then_some((line, name))
    })
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn arrows_point_one_way() {
        let manifest = "[package]\nname = \"x\"\n\n[dependencies]\nquery.workspace = true\nengine = { path = \"x\" }\n\n\
                        [target.'cfg(unix)'.dependencies]\nmcp.workspace = true\n\n[dev-dependencies]\ncli = \"1\"\n";
        let rows = [
            ("crates/cli/Cargo.toml", vec![]),
            ("crates/mcp/Cargo.toml", vec!["9: `mcp` may not depend on `mcp`"]),
            (
                "crates/plan/Cargo.toml",
                vec!["6: `plan` may not depend on `engine`", "9: `plan` may not depend on `mcp`"],
            ),
            ("crates/novel/Cargo.toml", vec!["1: what `novel` may depend on is not written down"]),
            ("xtask/Cargo.toml", vec![]),
            ("crates/plan/tests/x/Cargo.toml", vec![]),
        ];
        for (path, expected) in rows {
            assert_eq!(found(&RULE, path, manifest), expected, "{path}");
        }
    }
}
