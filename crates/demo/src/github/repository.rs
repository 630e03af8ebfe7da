//! Everything the repository holds, read from the workspace's `github/`
//! directory, and the sentences for numbers that do not exist.

use std::path::{Path, PathBuf};

use super::{commit::Commit, diff::FileChange, issue::Issue, pull_request::PullRequest};
use crate::{server::Fault, state::State};

/// Who the server acts as.
pub(super) const ACTOR: &str = "demo-user";

/// How many numbers a message offers instead of one that does not exist.
const MAX_SUGGESTIONS: usize = 5;

/// The repository `fernhill/gateway`.
#[derive(Debug)]
pub(crate) struct Repository {
    pub(super) pull_requests: State<Vec<PullRequest>>,
    pub(super) issues: State<Vec<Issue>>,
    commits: State<Vec<Commit>>,
    diffs: PathBuf,
}

impl Repository {
    pub(super) fn at(directory: &Path) -> Self {
        Self {
            pull_requests: State::at(directory.join("pull_requests.json")),
            issues: State::at(directory.join("issues.json")),
            commits: State::at(directory.join("commits.json")),
            diffs: directory.join("diffs"),
        }
    }

    /// The pull request with this number.
    pub(super) fn pull_request(&self, number: u64) -> Result<PullRequest, Fault> {
        let mut all = self.pull_requests.read()?;
        match all.iter().position(|pull| pull.number == number) {
            Some(at) => Ok(all.swap_remove(at)),
            None => Err(self.no_pull_request(number, &all)),
        }
    }

    /// The issue with this number.
    pub(super) fn issue(&self, number: u64) -> Result<Issue, Fault> {
        let mut all = self.issues.read()?;
        match all.iter().position(|issue| issue.number == number) {
            Some(at) => Ok(all.swap_remove(at)),
            None => Err(self.no_issue(number, &all)),
        }
    }

    /// Every commit, newest first.
    pub(super) fn commits(&self) -> Result<Vec<Commit>, Fault> {
        self.commits.read()
    }

    /// What a pull request changes, file by file.
    pub(super) fn changes(&self, number: u64) -> Result<Vec<FileChange>, Fault> {
        let path = self.diffs.join(format!("{number}.diff"));
        std::fs::read_to_string(&path)
            .map(|text| FileChange::parse(&text))
            .map_err(|error| Fault::new(format!("{} cannot be read: {error}", path.display())))
    }

    /// Why there is no such pull request.
    pub(super) fn no_pull_request(&self, number: u64, all: &[PullRequest]) -> Fault {
        let issues = self.issues.read().unwrap_or_default();
        if issues.iter().any(|issue| issue.number == number) {
            let message = format!("#{number} is an issue, not a pull request; use get_issue");
            return Fault::new(message);
        }
        let known = suggestions(all.iter().map(|pull| pull.number));
        Fault::new(format!("there is no pull request #{number}; among the latest are {known}"))
    }

    fn no_issue(&self, number: u64, all: &[Issue]) -> Fault {
        let pulls = self.pull_requests.read().unwrap_or_default();
        if pulls.iter().any(|pull| pull.number == number) {
            let message = format!("#{number} is a pull request, not an issue; use get_pull_request");
            return Fault::new(message);
        }
        let known = suggestions(all.iter().map(|issue| issue.number));
        Fault::new(format!("there is no issue #{number}; among the latest are {known}"))
    }
}

/// Where people read an issue or pull request.
pub(super) fn url(kind: &str, number: u64) -> String {
    format!("https://github.example/fernhill/gateway/{kind}/{number}")
}

/// Whether a changed `file` is meant by `path`: the file itself, a directory
/// above it, or its name without the directories.
pub(super) fn touches(file: &str, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_matches('/');
    file == path
        || file.strip_suffix(path).is_some_and(|before| before.ends_with('/'))
        || file.strip_prefix(path).is_some_and(|after| after.starts_with('/'))
}

fn suggestions(numbers: impl Iterator<Item = u64>) -> String {
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    let listed: Vec<String> = numbers.iter().take(MAX_SUGGESTIONS).map(|number| format!("#{number}")).collect();
    listed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::touches;

    #[test]
    fn paths_name_files_directories_and_bare_names() {
        for (file, path, expected) in [
            ("src/auth.py", "src/auth.py", true),
            ("src/auth.py", "auth.py", true),
            ("src/auth.py", "src", true),
            ("src/auth.py", "src/", true),
            ("src/auth.py", "./src/auth.py", true),
            ("tests/test_auth.py", "auth.py", false),
            ("src/auth.py", "sr", false),
            ("src/auth.py", "uth.py", false),
            ("README.md", "readme", false),
        ] {
            assert_eq!(touches(file, path), expected, "{file} {path}");
        }
    }
}
