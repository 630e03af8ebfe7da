//! The command to type next.

use crate::args::Global;
use crate::models::Named;

/// A command line that can be pasted: this program with the same
/// configuration as now, then these words.
pub(crate) fn next_command<'a>(global: &Global, words: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = vec!["concertmaster".to_owned()];
    if let Some(config) = &global.config {
        line.push("--config".to_owned());
        line.push(quoted(&config.to_string_lossy()));
    }
    let flag = |name: &str, value: Option<String>| value.map(|value| [name.to_owned(), quoted(&value)]);
    let chosen = &global.model;
    line.extend(flag("--model", chosen.named.as_ref().map(Named::typed)).into_iter().flatten());
    line.extend(flag("--model-url", chosen.url.clone()).into_iter().flatten());
    line.extend(flag("--model-key", chosen.key.clone()).into_iter().flatten());
    let words: Vec<&str> = words.into_iter().collect();
    if global.demo && words.first() != Some(&"demo") {
        line.push("--demo".to_owned());
    }
    line.extend(flag("--demo-with", global.demo_with.map(|limit| limit.word().to_owned())).into_iter().flatten());
    line.extend(words.into_iter().map(quoted));
    line.join(" ")
}

/// A word as a POSIX shell reads it back unchanged.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    if !word.contains(['"', '$', '`', '\\', '!']) {
        return format!("\"{word}\"");
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were() {
        let rows = [
            ("ask", "ask"),
            ("merge PR 123", "\"merge PR 123\""),
            ("it's", "\"it's\""),
            ("{\"a\": 1}", "'{\"a\": 1}'"),
            ("cost $5, isn't it", r"'cost $5, isn'\''t it'"),
            ("", "\"\""),
        ];
        for (word, expected) in rows {
            assert_eq!(quoted(word), expected);
        }
    }
}
