//! Names that cannot be confused, and the words inside identifiers.

use std::collections::HashMap;

use crate::{Fingerprint, ToolRef};

/// The longest public tool name, in characters: what hosts accept.
pub const MAX_PUBLIC_NAME_CHARS: usize = 64;

/// Hexadecimal digits of the hash that tells two equal names apart.
const SUFFIX_DIGITS: usize = 8;

/// The lower-case words an identifier is made of: cut at punctuation, at
/// `camelCase` humps and between letters and digits.
pub fn words(identifier: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = identifier.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            flush(&mut word, &mut words);
            continue;
        }
        if i > 0 && starts_word(chars[i - 1], c, chars.get(i + 1).copied()) {
            flush(&mut word, &mut words);
        }
        word.extend(c.to_lowercase());
    }
    flush(&mut word, &mut words);
    words
}

fn flush(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

fn starts_word(before: char, c: char, after: Option<char>) -> bool {
    let hump = before.is_lowercase() && c.is_uppercase();
    let end_of_acronym = before.is_uppercase() && c.is_uppercase() && after.is_some_and(char::is_lowercase);
    let digit_edge = before.is_alphabetic() && c.is_numeric() || before.is_numeric() && c.is_alphabetic();
    hump || end_of_acronym || digit_edge
}

/// A tool, and what its server's public names begin with.
pub(crate) struct Named<'a> {
    pub(crate) reference: &'a ToolRef,
    /// In place of the server's name; empty for none.
    pub(crate) prefix: Option<&'a str>,
}

/// Names that are ours: no server's tool goes by one of them.
const OURS: [&str; 7] = ["ask", "plan", "run_plan", "find_tools", "call_tool", "read_result", "resume"];

/// A public name for each tool: `server__tool` of the characters `A-Z a-z
/// 0-9 _ -`, at most [`MAX_PUBLIC_NAME_CHARS`] long, or with the operator's
/// prefix in place of the server. Names that were cut or changed, or that
/// would equal another's but for case, end in a hash of the full reference, so
/// the same tool has the same name in every snapshot in which its neighbours
/// are the same.
pub(crate) fn public_names(tools: &[Named<'_>]) -> Vec<String> {
    let exact: Vec<String> = tools.iter().map(Named::exact).collect();
    let plain: Vec<String> = exact.iter().map(|name| fitting(name)).collect();
    let mut uses: HashMap<String, usize> = HashMap::new();
    for name in &plain {
        *uses.entry(name.to_ascii_lowercase()).or_default() += 1;
    }
    let unclear = |tool: &Named<'_>, exact: &str, name: &str| {
        exact != name
            || name.len() > MAX_PUBLIC_NAME_CHARS
            || uses[&name.to_ascii_lowercase()] > 1
            || tool.could_pass_for_another()
    };
    let name = |((tool, exact), name): ((&Named<'_>, String), String)| {
        if unclear(tool, &exact, &name) { hashed(tool.reference, &name) } else { name }
    };
    tools.iter().zip(exact).zip(plain).map(name).collect()
}

impl Named<'_> {
    fn exact(&self) -> String {
        let tool = &self.reference.tool;
        match self.prefix.unwrap_or(self.reference.server.as_str()) {
            "" => tool.to_string(),
            prefix => format!("{prefix}__{tool}"),
        }
    }

    /// Whether its name reads like one of ours, or of another server's.
    fn could_pass_for_another(&self) -> bool {
        let tool = &*self.reference.tool;
        match self.prefix.unwrap_or(self.reference.server.as_str()) {
            "" => tool.contains("__") || OURS.iter().any(|own| own.eq_ignore_ascii_case(tool)),
            prefix => prefix.contains("__"),
        }
    }
}

fn fitting(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    name.chars().map(fits).collect()
}

fn hashed(tool: &ToolRef, name: &str) -> String {
    let hash = Fingerprint::of(&serde_json::json!([tool.server.as_str(), &*tool.tool])).to_string();
    let kept = MAX_PUBLIC_NAME_CHARS - SUFFIX_DIGITS - 1;
    let kept: String = name.chars().take(kept).collect();
    format!("{kept}_{}", &hash[..SUFFIX_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_fall_into_words() {
        let rows = [
            ("get_pull_request", "get pull request"),
            ("listHTTPRoutes", "list http routes"),
            ("read-file.v2", "read file v 2"),
            ("QueryDB", "query db"),
            ("ünïCode", "ünï code"),
            ("", ""),
        ];
        for (identifier, expected) in rows {
            assert_eq!(words(identifier).join(" "), expected);
        }
    }

    #[test]
    fn no_two_tools_share_a_public_name() {
        let long = "x".repeat(90);
        let tools = [
            ToolRef::new("a", "b"),
            ToolRef::new("a", "B"),
            ToolRef::new("a", "b.c"),
            ToolRef::new("a", "b/c"),
            ToolRef::new("a__b", "c"),
            ToolRef::new("a", "b__c"),
            ToolRef::new("a", long.as_str()),
            ToolRef::new("a", format!("{long}y")),
            ToolRef::new("plain", "tool"),
            ToolRef::new("plain", "t\u{43e}ol"),
            ToolRef::new("plain", "tool\u{200b}"),
            ToolRef::new("plain", "TOOL "),
            ToolRef::new("plain__tool", ""),
            ToolRef::new("plain", "_tool"),
        ];
        let named: Vec<Named<'_>> = tools.iter().map(|reference| Named { reference, prefix: None }).collect();
        let names = public_names(&named);
        let mut distinct: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), tools.len(), "{names:?}");
        assert!(names.iter().all(|name| name.len() <= MAX_PUBLIC_NAME_CHARS));
        assert_eq!(names[8], "plain__tool");
        assert!(names.iter().all(|name| name.is_ascii()), "what looks like another name is told apart: {names:?}");
    }

    #[test]
    fn a_prefix_stands_in_for_the_servers_name() {
        let rows = [
            ("a", Some(""), "search", "search"),
            ("a", Some("git"), "search", "git__search"),
            ("a", None, "search", "a__search"),
            ("a", Some(""), "ASK", "ASK_#"),
            ("a", Some(""), "b__search", "b__search_#"),
            ("a", Some("x__y"), "search", "x__y__search_#"),
        ];
        for (server, prefix, tool, expected) in rows {
            let reference = ToolRef::new(server, tool);
            let name = public_names(&[Named { reference: &reference, prefix }]).remove(0);
            match expected.strip_suffix('#') {
                Some(start) => assert!(name.starts_with(start) && name.len() == start.len() + SUFFIX_DIGITS, "{name}"),
                None => assert_eq!(name, expected),
            }
        }
        let (one, other) = (ToolRef::new("a", "search"), ToolRef::new("b", "search"));
        let both = [Named { reference: &one, prefix: Some("") }, Named { reference: &other, prefix: Some("") }];
        let names = public_names(&both);
        assert!(names[0] != names[1] && names.iter().all(|name| name.starts_with("search_")), "{names:?}");
    }
}
