//! Which file is the configuration.

use std::fmt;
use std::path::{Path, PathBuf};

/// The variable that names the file.
pub(crate) const CONFIG_VARIABLE: &str = "CONCERTMASTER_CONFIG";

/// What is looked for where one stands, in this order.
const HERE: &[&str] = &["concertmaster.toml", "mcp.json", ".mcp.json"];

/// Where a file may be named or found.
pub(crate) struct Places<'a> {
    /// `--config`.
    pub(crate) flag: Option<&'a Path>,
    /// The value of an environment variable.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
    /// Where one stands.
    pub(crate) here: &'a Path,
}

/// No file was named, and none was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NowhereFound {
    /// Where it was looked for, in order.
    pub(crate) looked: Vec<PathBuf>,
}

/// The file that was named, whether it exists or not, or the first that was
/// found.
pub(crate) fn locate(places: &Places<'_>) -> Result<PathBuf, NowhereFound> {
    if let Some(path) = places.named() {
        return Ok(path);
    }
    let mut looked: Vec<PathBuf> = HERE.iter().map(PathBuf::from).collect();
    looked.extend(places.users());
    match looked.iter().find(|path| places.here.join(path).is_file()) {
        Some(found) => Ok(found.clone()),
        None => Err(NowhereFound { looked }),
    }
}

/// The `concertmaster.toml` to add to: the one that was named, the one where
/// one stands, or the user's own, whether there is one yet or not.
pub(crate) fn own_file(places: &Places<'_>) -> PathBuf {
    let here = || Some(PathBuf::from(HERE[0])).filter(|path| places.here.join(path).is_file());
    let own = || places.users().unwrap_or_else(|| PathBuf::from(HERE[0]));
    places.named().or_else(here).unwrap_or_else(own)
}

impl Places<'_> {
    fn value(&self, variable: &str) -> Option<PathBuf> {
        (self.variable)(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    fn named(&self) -> Option<PathBuf> {
        self.flag.map(Path::to_path_buf).or_else(|| self.value(CONFIG_VARIABLE))
    }

    /// The user's own file.
    fn users(&self) -> Option<PathBuf> {
        let home = self.value("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        let home = home.or_else(|| self.value("HOME").map(|home| home.join(".config")));
        home.map(|home| home.join("concertmaster/concertmaster.toml"))
    }
}

impl fmt::Display for NowhereFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "No configuration was found. Looked for:")?;
        writeln!(f, "  the file named by --config or by ${CONFIG_VARIABLE} (neither is given)")?;
        for path in &self.looked {
            let here = if path.is_absolute() { "" } else { "./" };
            writeln!(f, "  {here}{}", path.display())?;
        }
        f.write_str(EXAMPLE)
    }
}

const EXAMPLE: &str = r#"
Write concertmaster.toml, for example:

  [servers.files]
  command = "npx"
  args = ["-y", "@modelcontextprotocol/server-filesystem", "/path/to/look/at"]

  [servers.wiki]
  url = "https://wiki.example/mcp"

or point at the mcp.json you have:

  concertmaster --config ~/.cursor/mcp.json servers

To see it work first, without any configuration:

  concertmaster demo
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_wins() {
        let here = tempfile::tempdir().unwrap();
        let home = here.path().join("home");
        let locate_with = |flag: Option<&str>, variable: Option<&str>| {
            let home = home.to_str().unwrap();
            let value = |name: &str| match name {
                CONFIG_VARIABLE => variable.map(str::to_owned),
                "HOME" => Some(home.to_owned()),
                _ => None,
            };
            locate(&Places { flag: flag.map(Path::new), variable: &value, here: here.path() })
        };
        let in_home = home.join(".config/concertmaster/concertmaster.toml");
        assert_eq!(locate_with(None, None).unwrap_err().looked.last(), Some(&in_home));
        for name in [in_home.to_str().unwrap(), ".mcp.json", "mcp.json", "concertmaster.toml"] {
            let path = here.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            assert_eq!(locate_with(None, None).unwrap(), Path::new(name));
        }
        assert_eq!(locate_with(None, Some("b.toml")).unwrap(), Path::new("b.toml"));
        assert_eq!(locate_with(Some("a.toml"), Some("b.toml")).unwrap(), Path::new("a.toml"));
    }
}
