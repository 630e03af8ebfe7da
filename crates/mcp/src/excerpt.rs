//! A peer's words, made fit to be shown.

/// The longest piece of a peer's text that goes into a message, in characters.
const MAX_EXCERPT_CHARS: usize = 400;

/// The text on one line, its control and invisible characters made visible,
/// cut with `…` when it is too long.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown = String::new();
    for (i, c) in text.trim().chars().enumerate() {
        if i == MAX_EXCERPT_CHARS {
            shown.push('…');
            break;
        }
        match c {
            '\n' | '\r' | '\t' => shown.push(' '),
            c if c.is_control() || is_invisible(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// Format characters that hide or reorder text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hides_and_nothing_floods() {
        assert_eq!(excerpt(" no such\ntable: x\n"), "no such table: x");
        assert_eq!(excerpt("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(excerpt(&"x".repeat(10_000)).chars().count(), MAX_EXCERPT_CHARS + 1);
    }
}
