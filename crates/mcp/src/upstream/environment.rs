//! Which environment variables a child process sees.

use std::collections::BTreeMap;

/// What a program needs to find its interpreter, its home, a place for
/// temporary files and its language. No variable here is known to carry a
/// secret.
const DEFAULT_INHERITED: &[&str] =
    &["HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"];

/// Further ones that programs on Windows do not start without.
#[cfg(windows)]
const PLATFORM_INHERITED: &[&str] = &["APPDATA", "LOCALAPPDATA", "PATHEXT", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE"];
#[cfg(not(windows))]
const PLATFORM_INHERITED: &[&str] = &[];

/// The names of our own variables that a child process sees unless the
/// configuration says otherwise.
pub fn default_inherit_env() -> Vec<String> {
    DEFAULT_INHERITED.iter().chain(PLATFORM_INHERITED).map(ToString::to_string).collect()
}

/// The variable that tells a child how many of us started one another down to
/// it.
const NESTED: &str = "CONCERTMASTER_NESTED";

/// How many of us started one another down to this process; 0 for one that
/// somebody else started.
pub fn nested() -> usize {
    depth(std::env::var(NESTED).ok())
}

fn depth(said: Option<String>) -> usize {
    said.and_then(|depth| depth.parse().ok()).unwrap_or(0)
}

/// A child's whole environment: what is declared, over what is inherited, and
/// how deep it is. Processes that start one another in a circle would not end
/// otherwise.
pub(crate) fn environment(
    inherited: &[String],
    declared: &BTreeMap<String, String>,
    ours: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> =
        inherited.iter().filter_map(|name| ours(name).map(|value| (name.clone(), value))).collect();
    all.extend(declared.iter().map(|(name, value)| (name.clone(), value.clone())));
    all.insert(NESTED.to_owned(), depth(ours(NESTED)).saturating_add(1).to_string());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_allowed_or_declared_is_seen() {
        let ours = |name: &str| match name {
            "PATH" => Some("/bin".to_owned()),
            "SECRET_TOKEN" => Some("hush".to_owned()),
            "LANG" => Some("C".to_owned()),
            NESTED => Some("2".to_owned()),
            _ => None,
        };
        let declared = BTreeMap::from([("LANG".to_owned(), "nb_NO".to_owned()), ("A".to_owned(), "1".to_owned())]);
        let seen = environment(&default_inherit_env(), &declared, ours);
        let expected = [("A", "1"), (NESTED, "3"), ("LANG", "nb_NO"), ("PATH", "/bin")];
        assert_eq!(seen, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }
}
