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

/// A public name for each tool: `server__tool` of the characters `A-Z a-z
/// 0-9 _ -`, at most [`MAX_PUBLIC_NAME_CHARS`] long. Names that were cut or
/// changed, or that would equal another's but for case, end in a hash of the
/// full reference, so the same tool has the same name in every snapshot in
/// which its neighbours are the same.
pub(crate) fn public_names(tools: &[ToolRef]) -> Vec<String> {
    let plain: Vec<String> = tools.iter().map(plain_name).collect();
    let mut uses: HashMap<String, usize> = HashMap::new();
    for name in &plain {
        *uses.entry(name.to_ascii_lowercase()).or_default() += 1;
    }
    let unclear = |tool: &ToolRef, name: &str| {
        let exact = format!("{}__{}", tool.server, tool.tool);
        exact != name
            || name.len() > MAX_PUBLIC_NAME_CHARS
            || uses[&name.to_ascii_lowercase()] > 1
            || tool.server.as_str().contains("__")
    };
    tools.iter().zip(plain).map(|(tool, name)| if unclear(tool, &name) { hashed(tool, &name) } else { name }).collect()
}

fn plain_name(tool: &ToolRef) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    format!("{}__{}", tool.server, tool.tool).chars().map(fits).collect()
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
        ];
        let names = public_names(&tools);
        let mut distinct: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), tools.len(), "{names:?}");
        assert!(names.iter().all(|name| name.len() <= MAX_PUBLIC_NAME_CHARS));
        assert_eq!(names[8], "plain__tool");
    }
}
