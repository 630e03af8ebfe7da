//! The project names no package registry.

use super::rule::{Finding, Rule};
use super::source::Source;

/// Hosts from which packages come.
const HOSTS: &[&str] = &[
    "files.pythonhosted.org",
    "index.crates.io",
    "proxy.golang.org",
    "pypi.org/simple",
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "static.crates.io",
];

/// How files that package managers read turn to a host of their own.
const SETTINGS: &[(&str, &[&str])] = &[
    ("package-lock.json", &["\"resolved\":"]),
    (".npmrc", &["registry"]),
    (".txt", &["--index-url", "--extra-index-url", "--find-links", "--trusted-host"]),
    (".cargo/config.toml", &["[source.", "[registries.", "[registry]"]),
];

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "registries",
    reason: "where packages come from is the machine's affair: a host written down here works on one network only. \
             Versions and checksums are pinned, addresses are not",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    if source.is_rulebook() {
        return Vec::new();
    }
    let settings = SETTINGS.iter().filter(|(suffix, _)| source.path.ends_with(suffix));
    let forbidden: Vec<&str> = settings.flat_map(|(_, settings)| *settings).chain(HOSTS).copied().collect();
    let named = |(line, text): (usize, &str)| {
        let name = forbidden.iter().find(|name| text.contains(**name))?;
        Some(Finding::at(line, format!("it says `{name}`")))
    };
    source.lines().filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn hosts_count_everywhere_and_settings_where_they_are_read() {
        let rows = [
            ("README.md", "from registry.npmjs.org", vec!["1: it says `registry.npmjs.org`"]),
            ("README.md", "the npm registry, \"resolved\": yes", vec![]),
            ("reference/package-lock.json", "{\n\"resolved\": \"x\"", vec!["2: it says `\"resolved\":`"]),
            ("requirements-a.txt", "a==1\n--index-url x", vec!["2: it says `--index-url`"]),
            ("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\"", vec![]),
        ];
        for (path, text, expected) in rows {
            assert_eq!(found(&RULE, path, text), expected, "{path} {text:?}");
        }
    }
}
