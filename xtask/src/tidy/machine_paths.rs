//! The project speaks of no machine.

use super::rule::{Finding, Rule};
use super::source::Source;

/// Directories that machines keep work in.
const WORKPLACES: &[&str] = &["/workspace", "/root", "/builds"];

/// Directories under which everybody's files are. Tests may make somebody up.
const HOMES: &[&str] = &["/home", "/Users"];

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "machine paths",
    reason: "an absolute path of the machine it was written on means nothing on another: \
             say it from the workspace's root, or take it as an argument",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    if source.is_rulebook() {
        return Vec::new();
    }
    let homes = if source.is_test() { &[] } else { HOMES };
    let directories = [WORKPLACES, homes].concat();
    let named = |(line, text)| Some(Finding::at(line, format!("it names `{}`", machine_path(text, &directories)?)));
    source.lines().filter_map(named).collect()
}

/// The first path in a line that begins with one of those directories, its
/// parent being the root.
fn machine_path<'a>(line: &'a str, directories: &[&str]) -> Option<&'a str> {
    let starts = |directory: &&str| {
        line.match_indices(*directory).map(|(at, _)| at).find(|at| {
            let (before, after) = (&line[..*at], &line[at + directory.len()..]);
            !before.ends_with(|c: char| c.is_alphanumeric() || "/.~-_*}>".contains(c)) && after.starts_with('/')
        })
    };
    let start = directories.iter().filter_map(starts).min()?;
    let end = |c: char| c.is_whitespace() || "\"'`<>()[]{},;".contains(c);
    line[start..].split(end).next()
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn only_absolute_paths_of_somebody_count() {
        let rows = [
            ("a.md", "see /workspace/main/notes.md", vec!["1: it names `/workspace/main/notes.md`"]),
            ("src/a.rs", "//! A.\nlet p = \"/home/me/x\";", vec!["2: it names `/home/me/x`"]),
            ("tests/a.rs", "let p = \"/home/me/x\";", vec![]),
            ("tests/a.rs", "let p = \"/root/x\";", vec!["1: it names `/root/x`"]),
            ("a.md", "crates/demo/workspace/x, ./root/x, ~/home/x, ${X}/home/x", vec![]),
            ("a.md", "/workspaces/x, /rooted, /tmp/x, the /workspace directory", vec![]),
        ];
        for (path, text, expected) in rows {
            assert_eq!(found(&RULE, path, text), expected, "{path} {text:?}");
        }
    }
}
