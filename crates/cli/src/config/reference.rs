//! `${NAME}`, `${NAME:-default}` and `${file:path}` in texts, so that no
//! secret has to stand in a configuration file.

use std::io::Read;
use std::path::Path;

/// The most bytes read from a `${file:…}`: a secret or a name, not a document.
const MAX_REFERENCED_FILE_BYTES: u64 = 64 * 1024;

/// Where references look.
pub(crate) struct Surroundings<'a> {
    /// The value of an environment variable.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
    /// The directory that relative paths start from: the file's own.
    pub(crate) directory: &'a Path,
}

/// Why a reference cannot be followed, and what mends it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unresolved {
    /// What is wrong.
    pub(crate) message: String,
    /// What mends it.
    pub(crate) help: String,
}

/// The text with every reference replaced, or every reference that cannot be.
/// `$${` stands for `${` itself.
pub(crate) fn resolve(text: &str, surroundings: &Surroundings<'_>) -> Result<String, Vec<Unresolved>> {
    let mut resolved = String::with_capacity(text.len());
    let mut faults = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(escaped) = before.strip_suffix('$') {
            resolved.push_str(escaped);
            resolved.push_str("${");
            rest = &from[2..];
            continue;
        }
        resolved.push_str(before);
        let Some(end) = from.find('}') else {
            faults.push(Unresolved {
                message: "a `${` is never closed".to_owned(),
                help: "close it with `}`, or write `$${` for the characters themselves".to_owned(),
            });
            rest = "";
            break;
        };
        match one(&from[2..end], surroundings) {
            Ok(value) => resolved.push_str(&value),
            Err(fault) => faults.push(fault),
        }
        rest = &from[end + 1..];
    }
    resolved.push_str(rest);
    if faults.is_empty() { Ok(resolved) } else { Err(faults) }
}

/// Whether a text is a single reference without a default: nothing in it is
/// secret, so it may be shown.
pub(crate) fn is_bare(text: &str) -> bool {
    text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).is_some_and(|name| !name.contains([':', '$', '}']))
}

fn one(inside: &str, surroundings: &Surroundings<'_>) -> Result<String, Unresolved> {
    if let Some(path) = inside.strip_prefix("file:") {
        return from_file(path, surroundings.directory);
    }
    let inside = inside.strip_prefix("env:").unwrap_or(inside);
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    if let Some((kind, _)) = name.split_once(':') {
        return Err(Unresolved {
            message: format!("`${{{name}}}` asks `{kind}`, which only the client this was written for can answer"),
            help: "put the value into an environment variable and write `${ITS_NAME}`".to_owned(),
        });
    }
    let well_formed = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !well_formed {
        return Err(Unresolved {
            message: format!("`${{{name}}}` names no environment variable"),
            help: "write `${NAME}`, `${NAME:-default}` or `${file:path}`; `$${` stands for the characters themselves"
                .to_owned(),
        });
    }
    let value = (surroundings.variable)(name);
    match (value, default) {
        (Some(value), None) => Ok(value),
        (Some(value), Some(_)) if !value.is_empty() => Ok(value),
        (_, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(Unresolved {
            message: format!("the environment variable `{name}` is not set"),
            help: format!("`export {name}=…` first, or give it a default: `${{{name}:-…}}`"),
        }),
    }
}

fn from_file(path: &str, directory: &Path) -> Result<String, Unresolved> {
    let full = directory.join(path);
    let unreadable = |why: &dyn std::fmt::Display| Unresolved {
        message: format!("`${{file:{path}}}` cannot be read: {why}"),
        help: format!("it was looked for at {}", full.display()),
    };
    let file = std::fs::File::open(&full).map_err(|error| unreadable(&unreadable_because(&error)))?;
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err(unreadable(&"it is no ordinary file"));
    }
    let mut text = String::new();
    let read = file
        .take(MAX_REFERENCED_FILE_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(&unreadable_because(&error)))?;
    if read as u64 > MAX_REFERENCED_FILE_BYTES {
        return Err(unreadable(&format_args!("it is longer than {} KiB", MAX_REFERENCED_FILE_BYTES / 1024)));
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Why a file cannot be opened, in plain words where there are some.
pub(crate) fn unreadable_because(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str, directory: &Path) -> String {
        let variable = |name: &str| match name {
            "TOKEN" => Some("t0k".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        match resolve(text, &Surroundings { variable: &variable, directory }) {
            Ok(text) => text,
            Err(faults) => faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join(" / "),
        }
    }

    #[test]
    fn references_are_followed_and_every_dead_one_is_named() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secret"), "s3\n").unwrap();
        let rows = [
            ("plain", "plain"),
            ("Bearer ${TOKEN}!", "Bearer t0k!"),
            ("${env:TOKEN}", "t0k"),
            ("${NOPE:-x:y}", "x:y"),
            ("${EMPTY:-x}", "x"),
            ("a${EMPTY}b", "ab"),
            ("${file:secret}", "s3"),
            ("$${TOKEN} $5", "${TOKEN} $5"),
            ("${A}${B}", "the environment variable `A` is not set / the environment variable `B` is not set"),
            ("x ${TOKEN", "a `${` is never closed"),
            ("${}", "`${}` names no environment variable"),
            ("${input:key}", "`${input:key}` asks `input`, which only the client this was written for can answer"),
        ];
        for (text, expected) in rows {
            assert_eq!(resolved(text, directory.path()), expected, "{text}");
        }
        assert!(resolved("${file:nowhere}", directory.path()).starts_with("`${file:nowhere}` cannot be read"));
        assert!(resolved("${file:.}", directory.path()).ends_with("it is no ordinary file"));
    }

    #[test]
    fn only_a_bare_reference_is_no_secret() {
        for (text, bare) in
            [("${A}", true), ("x${A}", false), ("${A:-s3cret}", false), ("${A}${B}", false), ("s3cret", false)]
        {
            assert_eq!(is_bare(text), bare, "{text}");
        }
    }
}
