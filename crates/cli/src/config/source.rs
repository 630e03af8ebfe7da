//! A configuration file's text, and where things stand in it.

use std::path::{Path, PathBuf};

use super::node::Span;

/// Which syntax a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `concertmaster.toml`, with our own keys.
    Toml,
    /// A client's `mcp.json`, taken as it is.
    Json,
}

/// A file as it was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// How the user names it.
    pub(crate) path: PathBuf,
    /// What stands in it.
    pub(crate) text: String,
    /// How it is written.
    pub(crate) syntax: Syntax,
}

/// A place in a file as people and editors count: from one, columns in
/// characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The line.
    pub(crate) line: usize,
    /// The character within the line.
    pub(crate) column: usize,
}

impl Syntax {
    /// The syntax that a file of this name is written in: JSON when its name
    /// says so, else TOML.
    pub(crate) fn of(path: &Path) -> Self {
        let json = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json") || ending.eq_ignore_ascii_case("jsonc"));
        if json { Self::Json } else { Self::Toml }
    }
}

impl Source {
    /// A file of that text; a byte-order mark is no part of it.
    pub(crate) fn new(path: PathBuf, text: &str, syntax: Syntax) -> Self {
        Self { path, text: text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(), syntax }
    }

    /// The place where a span begins.
    pub(crate) fn place(&self, span: &Span) -> Place {
        let before = &self.text[..self.floor(span.start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Place { line, column }
    }

    /// The bytes of the line on which a span begins, without its line break.
    pub(crate) fn line(&self, span: &Span) -> Span {
        let at = self.floor(span.start);
        let start = self.text[..at].rfind('\n').map_or(0, |i| i + 1);
        let end = self.text[at..].find('\n').map_or(self.text.len(), |i| at + i);
        start..end
    }

    /// The text of a span.
    pub(crate) fn slice(&self, span: &Span) -> &str {
        &self.text[self.floor(span.start)..self.floor(span.end)]
    }

    /// The nearest character boundary at or before a byte.
    fn floor(&self, byte: usize) -> usize {
        let inside = byte.min(self.text.len());
        (0..=inside).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one_and_in_characters() {
        let source = Source { path: "x".into(), text: "a\nüb = 1\n".into(), syntax: Syntax::Toml };
        let rows = [(0, 1, 1, "a"), (2, 2, 1, "üb = 1"), (4, 2, 2, "üb = 1"), (99, 3, 1, "")];
        for (byte, line, column, text) in rows {
            let span = byte..byte;
            assert_eq!(source.place(&span), Place { line, column }, "{byte}");
            assert_eq!(source.slice(&source.line(&span)), text, "{byte}");
        }
    }

    #[test]
    fn the_name_tells_the_syntax() {
        let rows =
            [("mcp.json", Syntax::Json), (".mcp.JSON", Syntax::Json), ("a.toml", Syntax::Toml), ("a", Syntax::Toml)];
        for (name, expected) in rows {
            assert_eq!(Syntax::of(Path::new(name)), expected, "{name}");
        }
    }
}
