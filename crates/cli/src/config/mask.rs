//! Keeping secrets out of the lines that a report shows.

use super::node::{Kind, Node, Span};
use super::reference;
use super::source::Source;

/// What stands for a masked value.
const MASK: &str = "…";

/// The tables whose values may be secrets.
const SECRET_TABLES: &[&str] = &["env", "headers"];

/// Words in a key that say its value is a secret.
const SECRET_WORDS: &[&str] = &["authorization", "key", "passphrase", "password", "secret", "token"];

/// The shortest run of letters and digits that looks like a token.
const TOKEN_CHARS: usize = 16;

/// Where secrets stand in a file that could be parsed: the values of every
/// `env` and `headers` and of keys that name a secret, but for bare references, arguments that are or follow a
/// flag that names a secret, and URLs with a password in them.
pub(crate) fn secrets(tree: &Node) -> Vec<Span> {
    let mut found = Vec::new();
    collect(tree, false, &mut found);
    found
}

fn collect(node: &Node, secret: bool, found: &mut Vec<Span>) {
    match &node.kind {
        Kind::Table(members) => {
            for member in members {
                let named = matches!(member.value.kind, Kind::Text(_)) && names_a_secret(&member.name);
                collect(&member.value, secret || named || SECRET_TABLES.contains(&member.name.as_str()), found);
            }
        }
        Kind::List(items) => {
            let mut follows = false;
            for item in items {
                collect(item, secret || follows, found);
                follows = matches!(&item.kind, Kind::Text(text) if text.starts_with('-') && names_a_secret(text));
            }
        }
        Kind::Text(text) => {
            let telling =
                names_a_secret(text) && text.contains(['=', ' ']) || text.contains("://") && text.contains('@');
            if (secret || telling) && !reference::is_bare(text) {
                found.push(node.span.clone());
            }
        }
        Kind::Integer(_) | Kind::Fraction(_) if secret => found.push(node.span.clone()),
        _ => {}
    }
}

/// Whether a key or a flag says that its value is a secret.
pub(crate) fn names_a_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| text.contains(word))
}

/// The line on which a span begins, secrets masked, and the columns (from
/// zero, in characters of the masked line) that the span covers.
pub(crate) fn line(source: &Source, span: &Span, secrets: &[Span]) -> (String, Span) {
    let whole = source.line(span);
    let mut hidden: Vec<Span> =
        secrets.iter().filter(|s| s.start < whole.end && s.end > whole.start).cloned().collect();
    hidden.extend(suspicious(source.slice(&whole), before(source, &whole), whole.start));
    hidden.sort_by_key(|span| span.start);
    let mut text = String::new();
    let (mut from, mut to) = (None, None);
    let mut masked_until = whole.start;
    for (offset, c) in source.slice(&whole).char_indices() {
        let at = whole.start + offset;
        if from.is_none() && at >= span.start {
            from = Some(text.chars().count());
        }
        if to.is_none() && at >= span.end {
            to = Some(text.chars().count());
        }
        if at < masked_until {
            continue;
        }
        match hidden.iter().find(|hidden| hidden.contains(&at)) {
            Some(hidden) => {
                masked_until = hidden.end;
                text.push_str(MASK);
            }
            None => text.push(c),
        }
    }
    let end = text.chars().count();
    let from = from.unwrap_or(end);
    (text, from..to.unwrap_or(end).max(from + 1))
}

/// What in a line looks like a secret although no parser could say: long runs
/// of letters and digits, and whatever follows a key that names a secret or
/// stands in an `env` or `headers` table.
fn suspicious(line: &str, before: &str, offset: usize) -> Vec<Span> {
    let mut found = Vec::new();
    if let Some(separator) = line.find(['=', ':']) {
        let value = line[separator + 1..].trim_end().trim_end_matches(',');
        let start = separator + 1 + (value.len() - value.trim_start().len());
        let names_one = names_a_secret(&line[..separator]);
        let opens = value.trim_start().starts_with(['{', '[']);
        if (names_one || in_secret_table(before)) && !opens && !value.trim().is_empty() && !bare_in_quotes(value) {
            found.push(offset + start..offset + separator + 1 + value.len());
        }
    }
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=' | '.');
    let mut start = 0;
    for run in line.split(|c| !in_token(c)) {
        let mixed = run.contains(|c: char| c.is_ascii_digit()) && run.contains(|c: char| c.is_ascii_alphabetic());
        if run.len() >= TOKEN_CHARS && mixed && !run.contains('/') {
            found.push(offset + start..offset + start + run.len());
        }
        start += run.len() + line[start + run.len()..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

fn bare_in_quotes(value: &str) -> bool {
    reference::is_bare(value.trim().trim_matches(['"', '\'']))
}

/// Whether the text before a line leaves off within an `env` or `headers`
/// table, in either syntax, as far as can be told without parsing.
fn in_secret_table(before: &str) -> bool {
    let named =
        |head: &str| SECRET_TABLES.iter().any(|name| head.trim_end_matches(['"', '\'', ' ', ']']).ends_with(name));
    let header = before.lines().rev().find(|line| line.trim_start().starts_with('['));
    if header.is_some_and(|header| named(header.trim())) {
        return true;
    }
    let opened = before.rfind('{').filter(|at| !before[*at..].contains('}'));
    opened.is_some_and(|at| named(before[..at].trim_end().trim_end_matches([':', '=']).trim_end()))
}

fn before<'a>(source: &'a Source, line: &Span) -> &'a str {
    &source.text[..line.start]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::Syntax;
    use crate::config::{fault::Findings, toml_tree};

    fn shown(text: &str, span: Span) -> String {
        let source = Source { path: "x".into(), text: text.to_owned(), syntax: Syntax::Toml };
        let tree = toml_tree::parse(text, &mut Findings::default());
        let (line, columns) = line(&source, &span, &secrets(&tree));
        format!("{line} {}..{}", columns.start, columns.end)
    }

    #[test]
    fn a_shown_line_keeps_secrets_to_itself() {
        let rows = [
            ("env = { A = \"hunter2\" }, x", 25, "env = { A = … }, x 17..18"),
            ("env = { A = \"${A}\" }", 0, "env = { A = \"${A}\" } 0..1"),
            ("args = [\"-y\", \"--key\", \"hunter2\"]", 0, "args = [\"-y\", \"--key\", …] 0..1"),
            ("args = [\"--key=hunter2\"]", 0, "args = […] 0..1"),
            ("url = \"https://me:hunter2@x\"", 0, "url = … 0..1"),
            ("[servers.a.env]\nTOKEN = hunter2", 16, "TOKEN = … 0..1"),
            ("[servers.a.env]\nA = hunter2", 20, "A = … 4..5"),
            ("api_key = hunter2", 0, "api_key = … 0..1"),
            ("x = ghp_0123456789abcdef", 0, "x = … 0..1"),
            ("command = \"npx\"", 0, "command = \"npx\" 0..1"),
        ];
        for (text, at, expected) in rows {
            assert_eq!(shown(text, at..at + 1), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_is_kept_in_json_that_does_not_parse() {
        let text = "{\"mcpServers\": {\"a\": {\"env\": {\n  \"A\": \"hunter2\",,\n}}}}";
        let source = Source { path: "x".into(), text: text.to_owned(), syntax: Syntax::Json };
        let (line, _) = line(&source, &(48..49), &[]);
        assert_eq!(line, "  \"A\": …,,");
    }
}
