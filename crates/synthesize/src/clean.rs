//! Making an upstream's text safe to show.
//!
//! What comes in: text as a server sent it. What goes out: the same words
//! without control characters and terminal escapes, with invisible characters
//! shown as `<U+200B>`, and with nothing that reads as one of our citation
//! markers or makes a viewer fetch a picture. It never changes letters,
//! digits or punctuation, and never fuses two numbers into one.

use std::iter::Peekable;
use std::str::Chars;

/// The longest terminal control string (a title, a hyperlink's target) that
/// is looked for, in characters; one without an end loses its start only.
const CONTROL_STRING_CHARS: usize = 2048;

/// One line of running text: white space, line ends included, becomes single
/// spaces.
pub(crate) fn inline(text: &str) -> String {
    let shown = shown(text);
    let mut line = String::with_capacity(shown.len());
    for word in shown.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// One line as it stands: spaces are kept, a tab becomes four of them, and
/// white space at the end is dropped.
pub(crate) fn as_it_stands(line: &str) -> String {
    shown(line).replace('\t', "    ").replace(['\n', '\r'], " ").trim_end().to_owned()
}

fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut cut = false;
    while let Some(c) = chars.next() {
        if is_control(c) {
            skip_sequence(c, &mut chars);
            cut = true;
            continue;
        }
        if std::mem::take(&mut cut) && would_fuse(out.chars().next_back(), c, chars.peek().copied()) {
            out.push(' ');
        }
        if is_invisible(c, out.chars().next_back()) {
            show_invisible(c, &mut chars, &mut out);
        } else {
            if c == '[' && (out.ends_with('!') || names_step(&chars)) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// Whether two words or numbers become one where something was removed
/// between `before` and `c`: `1|2`, `3|.5`, `3.|5`.
fn would_fuse(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is_digit = |c: Option<char>| c.is_some_and(char::is_numeric);
    match before {
        None => false,
        Some(before) if before.is_whitespace() => false,
        Some(before) if c.is_alphanumeric() => before.is_alphanumeric() || c.is_numeric(),
        before => is_digit(before) && is_digit(after),
    }
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// Passes over what belongs to a terminal escape that `c` begins.
fn skip_sequence(c: char, chars: &mut Peekable<Chars<'_>>) {
    let introducer = match c {
        '\u{1b}' => chars.next_if(|c| "[]PX^_".contains(*c)),
        '\u{9b}' => Some('['),
        '\u{9d}' | '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}' => Some(']'),
        _ => None,
    };
    match introducer {
        Some('[') => {
            while chars.next_if(|c| ('\u{20}'..='\u{3f}').contains(c)).is_some() {}
            chars.next_if(|c| ('\u{40}'..='\u{7e}').contains(c));
        }
        Some(_) => skip_control_string(chars),
        None => {}
    }
}

fn skip_control_string(chars: &mut Peekable<Chars<'_>>) {
    let ends = |c: &char| matches!(c, '\u{7}' | '\u{1b}' | '\u{9c}');
    let Some(length) = chars.clone().take(CONTROL_STRING_CHARS).position(|c| ends(&c)) else { return };
    chars.nth(length);
    chars.next_if_eq(&'\\');
}

/// Characters that show nothing or turn the text around. A variation selector
/// or a joiner right after a symbol is part of an emoji and stays.
fn is_invisible(c: char, before: Option<char>) -> bool {
    match c {
        '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' => before.is_none_or(|b| b.is_ascii() || b.is_alphanumeric() || b == c),
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' => true,
        '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// Writes the code of the first of a run of invisible characters, and how
/// many more there are.
fn show_invisible(first: char, chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut more = 0_usize;
    while chars.next_if(|c| is_invisible(*c, None)).is_some() {
        more += 1;
    }
    let code = u32::from(first);
    out.push_str(&match more {
        0 => format!("<U+{code:04X}>"),
        _ => format!("<U+{code:04X} and {more} more>"),
    });
}

/// Whether what follows a `[` would make it a citation marker.
fn names_step(rest: &Peekable<Chars<'_>>) -> bool {
    let mut rest = rest.clone().skip_while(|c| c.is_whitespace());
    if !rest.next().is_some_and(|c| c.eq_ignore_ascii_case(&'s')) {
        return false;
    }
    let after = rest.find(|c| !c.is_ascii_digit());
    after == Some(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstream_text_is_made_safe() {
        let rows = [
            ("plain\n  text\there", "plain text here"),
            ("\u{1b}[31mred\u{1b}[0m alert", "red alert"),
            ("\u{1b}]8;;http://x.test\u{7}link\u{1b}]8;;\u{1b}\\ end", "link end"),
            ("\u{1b}]0;never ends", "0;never ends"),
            ("\u{9b}2Jgone", "gone"),
            ("1\u{8}\u{8}2", "1 2"),
            ("a\0b", "a b"),
            ("3\0.14 and 3.\u{1b}[0m14", "3 .14 and 3. 14"),
            ("took 3\u{1b}[0m.", "took 3."),
            ("pay\u{202e}load", "pay<U+202E>load"),
            ("x\u{e0041}\u{e0042}\u{e0043}", "x<U+E0041 and 2 more>"),
            ("ok \u{2764}\u{fe0f} \u{1f469}\u{200d}\u{1f4bb}", "ok \u{2764}\u{fe0f} \u{1f469}\u{200d}\u{1f4bb}"),
            ("a\u{200d}b", "a<U+200D>b"),
            ("proved [s2]", "proved \\[s2]"),
            ("list[s] and [ S12]", "list\\[s] and \\[ S12]"),
            ("[see] [5] ![alt](u)", "[see] [5] !\\[alt](u)"),
        ];
        for (text, expected) in rows {
            assert_eq!(inline(text), expected, "{text:?}");
        }
    }

    #[test]
    fn quoted_lines_keep_their_shape() {
        assert_eq!(as_it_stands("\tif x:  y \u{1b}[1m!\n"), "    if x:  y !");
    }
}
