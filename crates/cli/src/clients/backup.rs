//! Replacing a file that belongs to somebody: whole or not at all, with what
//! was there beside it, and only if it is still what was read.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::config;

/// The most backups that are kept of one file; past them nothing is replaced.
const MAX_BACKUPS: usize = 1_000;

/// What a file's name gets when it is kept.
const SUFFIX: &str = "before-concertmaster";

/// What was kept of what was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It stands here.
    Backup(PathBuf),
    /// There was nothing.
    Nothing,
}

/// A file's text; none, where there is no such file.
pub(crate) fn text_if_any(path: &Path) -> Result<Option<String>, String> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        _ => config::text_of(path).map(Some),
    }
}

/// Writes a file in place of one that was read as `before`; none, where there
/// was none. Links are followed, permissions stay, and a new file is its
/// owner's alone.
pub(crate) fn replace(path: &Path, before: Option<&str>, after: &str) -> io::Result<Kept> {
    let now = match fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if now.as_deref() != before.map(str::as_bytes) {
        return Err(io::Error::other("it was changed by another program meanwhile; try again"));
    }
    let target = if now.is_some() { fs::canonicalize(path)? } else { path.to_path_buf() };
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    // Made by its owner alone; what was there lends it its permissions.
    let mut file = tempfile::Builder::new().prefix(".concertmaster-").tempfile_in(directory)?;
    file.write_all(after.as_bytes())?;
    file.as_file().sync_all()?;
    let kept = match now {
        Some(_) => {
            file.as_file().set_permissions(fs::metadata(&target)?.permissions())?;
            Kept::Backup(back_up(&target)?)
        }
        None => Kept::Nothing,
    };
    file.persist(&target).map_err(|failed| failed.error)?;
    Ok(kept)
}

/// A copy beside the file, under a name that nothing has.
fn back_up(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let numbered = (2..=MAX_BACKUPS).map(|n| format!("{name}.{SUFFIX}.{n}"));
    for name in std::iter::once(format!("{name}.{SUFFIX}")).chain(numbered) {
        let backup = path.with_file_name(name);
        // Made first, so that no other backup is written over.
        match fs::File::create_new(&backup) {
            Ok(_) => {
                fs::copy(path, &backup)?;
                return Ok(backup);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("there are {MAX_BACKUPS} backups of it; remove some")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_kept_each_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/mcp.json");
        assert_eq!(replace(&path, None, "1").unwrap(), Kept::Nothing);
        let Kept::Backup(first) = replace(&path, Some("1"), "2").unwrap() else { panic!("no backup") };
        let Kept::Backup(second) = replace(&path, Some("2"), "3").unwrap() else { panic!("no backup") };
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        assert_eq!([read(&path), read(&first), read(&second)], ["3", "1", "2"]);
        let names: Vec<String> =
            [&first, &second].map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).into();
        assert_eq!(names, ["mcp.json.before-concertmaster", "mcp.json.before-concertmaster.2"]);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 3, "nothing else is left");
    }

    #[test]
    fn what_was_changed_meanwhile_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mcp.json");
        fs::write(&path, "theirs").unwrap();
        for before in [None, Some("mine")] {
            assert!(replace(&path, before, "new").unwrap_err().to_string().contains("meanwhile"));
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::tempdir().unwrap();
        let (real, link) = (directory.path().join("real.json"), directory.path().join("link.json"));
        fs::write(&real, "1").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace(&link, Some("1"), "2").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "2");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
