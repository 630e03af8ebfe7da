//! Shortening text without breaking a word, a number or a link in two.

/// How far beyond its limit a text may run to end on a whole word, in bytes.
const OVERRUN_BYTES: usize = 120;

/// The text's beginning, at most `limit` bytes and a little, and whether
/// anything was cut. A number, path, link or address stays whole or goes;
/// only a word that is nothing but letters may be cut inside.
pub(crate) fn cut(text: &str, limit: usize) -> (&str, bool) {
    if text.len() <= limit {
        return (text, false);
    }
    let limit = floor(text, limit);
    let begins = text[..limit].rfind(char::is_whitespace).map_or(0, |at| at);
    if begins > limit / 2 {
        return (text[..begins].trim_end(), true);
    }
    let rest = &text[limit..];
    let word_ends = rest.find(char::is_whitespace).unwrap_or(rest.len());
    if word_ends <= OVERRUN_BYTES {
        let end = limit + word_ends;
        return (text[..end].trim_end(), !text[end..].trim().is_empty());
    }
    let is_plain = text[begins..floor(text, limit + OVERRUN_BYTES)].trim().chars().all(char::is_alphabetic);
    if is_plain { (&text[..limit], true) } else { (text[..begins].trim_end(), true) }
}

/// Like [`cut`], with `…` where something was cut.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    let (kept, was_cut) = cut(text, limit);
    match (was_cut, kept.is_empty()) {
        (false, _) => kept.to_owned(),
        (true, true) => "…".to_owned(),
        (true, false) => format!("{kept} …"),
    }
}

/// The text's beginning, at most `limit` bytes, cut at a line's end, or at a
/// word's if the first line is longer than that. For reading, not for showing.
pub(crate) fn head(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let window = &text[..floor(text, limit)];
    let end = window.rfind('\n').or_else(|| window.rfind(char::is_whitespace));
    end.map_or("", |end| &window[..end])
}

/// The last character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_words() {
        let long = "x".repeat(300);
        let link = format!("https://host.test/{}1", "a/".repeat(200));
        let rows = [
            ("short", 10, "short".to_owned()),
            ("one two three", 8, "one two …".to_owned()),
            ("costs 11,400 each", 9, "costs …".to_owned()),
            ("1234567890 rest", 4, "1234567890 …".to_owned()),
            (long.as_str(), 10, format!("{} …", "x".repeat(10))),
            (link.as_str(), 30, "…".to_owned()),
            ("", 0, String::new()),
        ];
        for (text, limit, expected) in rows {
            assert_eq!(shortened(text, limit), expected, "{text}");
        }
    }

    #[test]
    fn heads_end_with_a_line() {
        assert_eq!(head("one\ntwo\nthree", 9), "one\ntwo");
        assert_eq!(head("one two three", 9), "one two");
        assert_eq!(head("abc", 9), "abc");
        assert_eq!(head("123456789012", 9), "");
    }
}
