//! Texts that servers wrote, made safe to show.
//!
//! A tool's name or description may hold anything, terminal escapes and
//! direction marks among it. Whatever does not show, or changes how its
//! neighbours show, is written out as `<U+001B>`.

use std::fmt::Write;

/// The text on one line: runs of white space become one space.
pub(crate) fn line(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(visible).collect();
    words.join(" ")
}

/// The text exactly as it is, but for what does not show: for whatever people
/// decide on or paste.
pub(crate) fn exact(text: &str) -> String {
    visible(text)
}

/// The text with its line breaks and indentation.
pub(crate) fn lines(text: &str) -> String {
    let kept: Vec<String> = text.lines().map(|line| visible(&line.replace('\t', "    "))).collect();
    kept.join("\n")
}

/// The text on one line and no longer than this many characters; what is cut
/// ends in `…`.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let text = line(text);
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a `String` cannot fail.
            let _ = write!(shown, "<U+{:04X}>", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_reaches_a_terminal() {
        let rows = [
            ("a  b\nc", "a b c"),
            ("\u{1b}[2Jgone", "<U+001B>[2Jgone"),
            ("a\u{202e}b", "a<U+202E>b"),
            ("tag\u{e0041}", "tag<U+E0041>"),
        ];
        for (text, expected) in rows {
            assert_eq!(line(text), expected);
        }
        assert_eq!(lines("a\n\tb\r\n"), "a\n    b");
        assert_eq!(cut("one two three", 8), "one two…");
    }
}
