//! What a change does to each file: the text of `git diff` in, files with
//! their counts and patches out.

use schemars::JsonSchema;
use serde::Serialize;

/// The change of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct FileChange {
    /// Path of the file.
    pub(super) path: String,
    /// What happens to it.
    pub(super) status: Status,
    /// Lines added.
    pub(super) additions: usize,
    /// Lines removed.
    pub(super) deletions: usize,
    /// The change as a unified diff.
    pub(super) patch: String,
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Added,
    Modified,
    Removed,
}

impl FileChange {
    /// Reads the output of `git diff`.
    pub(super) fn parse(diff: &str) -> Vec<Self> {
        diff.split("diff --git ").skip(1).map(Self::parse_file).collect()
    }

    fn parse_file(section: &str) -> Self {
        let (head, hunks) = match section.find("\n@@") {
            Some(at) => (&section[..at], section[at + 1..].trim_end()),
            None => (section, ""),
        };
        let count = |sign: char| hunks.lines().filter(|line| line.starts_with(sign)).count();
        Self {
            path: head.lines().next().and_then(path).unwrap_or_default().to_owned(),
            status: status(head),
            additions: count('+'),
            deletions: count('-'),
            patch: hunks.to_owned(),
        }
    }
}

/// `a/src/x.py b/src/x.py` → `src/x.py`.
fn path(names: &str) -> Option<&str> {
    names.split_once(" b/").map(|(_, path)| path)
}

fn status(head: &str) -> Status {
    if head.contains("\nnew file mode") {
        Status::Added
    } else if head.contains("\ndeleted file mode") {
        Status::Removed
    } else {
        Status::Modified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_read_file_by_file() {
        let diff = "diff --git a/a.py b/a.py\nindex 1..2 100644\n--- a/a.py\n+++ b/a.py\n\
            @@ -1,2 +1,3 @@\n x\n-y\n+z\n+w\ndiff --git a/b.py b/b.py\nnew file mode 100644\n\
            --- /dev/null\n+++ b/b.py\n@@ -0,0 +1 @@\n+one\n";
        let found: Vec<_> = FileChange::parse(diff)
            .into_iter()
            .map(|file| (file.path, file.status, file.additions, file.deletions))
            .collect();
        assert_eq!(found, [("a.py".into(), Status::Modified, 2, 1), ("b.py".into(), Status::Added, 1, 0)]);
    }
}
