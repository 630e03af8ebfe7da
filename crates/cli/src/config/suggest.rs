//! "Did you mean …?"

use super::keys::ROOT;
use super::shape::{Shape, TableShape};

/// The likeness, from 0 to 1, from which a suggestion helps more than it
/// misleads.
const LEAST_LIKENESS: f64 = 0.72;

/// What people write for some of our words.
const SYNONYMS: &[(&str, &str)] = &[
    ("allow", "permit"),
    ("always", "permit"),
    ("arguments", "args"),
    ("argv", "args"),
    ("bin", "command"),
    ("cmd", "command"),
    ("confirm", "ask"),
    ("concurrency", "max_concurrency"),
    ("directory", "cwd"),
    ("endpoint", "url"),
    ("environment", "env"),
    ("forbid", "deny"),
    ("never", "deny"),
    ("prompt", "ask"),
    ("readonly", "read"),
    ("exec", "command"),
    ("mcpservers", "servers"),
    ("program", "command"),
    ("server", "servers"),
    ("uri", "url"),
    ("workdir", "cwd"),
    ("workingdirectory", "cwd"),
];

/// The one of `known` that was most likely meant, if any is near.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain_written = plain(written);
    let meant = SYNONYMS.iter().find(|(other, _)| *other == plain_written).map(|(_, ours)| *ours);
    let likeness = |candidate: &str| {
        if meant == Some(candidate) {
            1.0
        } else {
            strsim::normalized_damerau_levenshtein(&plain_written, &plain(candidate))
        }
    };
    known
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// The table of `concertmaster.toml` that a key belongs to, if it is one of
/// its keys.
pub(crate) fn home_of(key: &str) -> Option<String> {
    ROOT.keys.iter().find_map(|table| {
        let (shape, place): (&TableShape, String) = match &table.shape {
            Shape::Table(shape) => (shape, table.name.to_owned()),
            Shape::Map(Shape::Table(shape)) => (shape, format!("{}.NAME", table.name)),
            _ => return None,
        };
        shape.key(key).map(|_| place)
    })
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_word_and_strangers_do_not() {
        let known = ["command", "args", "env", "url", "max_concurrency", "timeout", "start_timeout"];
        let rows = [
            ("comand", Some("command")),
            ("maxConcurrency", Some("max_concurrency")),
            ("Args", Some("args")),
            ("cmd", Some("command")),
            ("time_out", Some("timeout")),
            ("arsg", Some("args")),
            ("oauth", None),
            ("colour", None),
        ];
        for (written, expected) in rows {
            let found = nearest(written, known);
            assert_eq!(found, expected, "{written}");
        }
    }

    #[test]
    fn a_key_in_the_wrong_table_is_sent_home() {
        for (key, home) in [("answer_within", Some("limits")), ("command", Some("servers.NAME")), ("nonsense", None)] {
            assert_eq!(home_of(key).as_deref(), home);
        }
    }
}
