//! The shipped files, compiled in: the path inside the workspace and the text.
//! A new file is one new line here.

/// One shipped file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shipped {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
}

macro_rules! shipped {
    ($path:literal) => {
        Shipped { path: $path, text: include_str!(concat!("../../workspace/", $path)) }
    };
}

/// Everything that is written out as it is.
pub(super) const FILES: &[Shipped] = &[
    shipped!("files/CHANGELOG.md"),
    shipped!("files/README.md"),
    shipped!("files/config/defaults.toml"),
    shipped!("files/docs/adr-007-retries.md"),
    shipped!("files/docs/runbook.md"),
    shipped!("files/notes/todo.md"),
    shipped!("files/requirements.txt"),
    shipped!("files/src/access_log.py"),
    shipped!("files/src/auth.py"),
    shipped!("files/src/client.py"),
    shipped!("files/src/errors.py"),
    shipped!("files/src/retry.py"),
    shipped!("files/tests/test_auth.py"),
    shipped!("files/tests/test_retry.py"),
    shipped!("github/commits.json"),
    shipped!("github/diffs/104.diff"),
    shipped!("github/diffs/109.diff"),
    shipped!("github/diffs/112.diff"),
    shipped!("github/diffs/117.diff"),
    shipped!("github/diffs/119.diff"),
    shipped!("github/diffs/120.diff"),
    shipped!("github/diffs/121.diff"),
    shipped!("github/diffs/122.diff"),
    shipped!("github/diffs/123.diff"),
    shipped!("github/diffs/124.diff"),
    shipped!("github/diffs/98.diff"),
    shipped!("github/issues.json"),
    shipped!("github/pull_requests.json"),
    shipped!("slack/channels.json"),
];

/// The script that fills the warehouse; its database is written out instead.
pub(super) const WAREHOUSE: &str = include_str!("../../workspace/sql/warehouse.sql");

/// A number that changes whenever anything shipped changes (FNV-1a).
pub(super) fn fingerprint() -> u64 {
    let texts = FILES.iter().flat_map(|file| [file.path, file.text]).chain([WAREHOUSE]);
    texts
        .flat_map(|text| text.bytes().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    fn walk(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                walk(&entry.path(), found);
            } else {
                found.insert(entry.path().to_str().unwrap().replace('\\', "/"));
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_shipped() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/workspace");
        let mut on_disk = BTreeSet::new();
        walk(Path::new(root), &mut on_disk);
        let shipped = FILES.iter().map(|file| file.path).chain(["sql/warehouse.sql"]);
        assert_eq!(on_disk, shipped.map(|path| format!("{root}/{path}")).collect());
    }
}
