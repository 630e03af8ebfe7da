//! One neutral tree for both syntaxes.
//!
//! In comes what the TOML or the JSON parser made of a file; out goes a tree
//! in which every key and every value knows where it stands. It refuses to
//! know what any key means.

use std::ops::Range;

/// Where something stands: bytes of the file's text.
pub(crate) type Span = Range<usize>;

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    /// The bytes it was written in.
    pub(crate) span: Span,
    /// What was written.
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A text, unescaped.
    Text(String),
    /// A whole number, in either syntax's own range.
    Integer(i64),
    /// A number with a fraction, or a whole one that is out of range.
    Fraction(f64),
    /// True or false.
    Flag(bool),
    /// JSON's null.
    Null,
    /// A TOML date or time.
    Date,
    /// Something that has a syntax error in it: it has its own fault, and
    /// nothing more is to be said of it.
    Broken,
    /// An array.
    List(Vec<Node>),
    /// A table or an object, in the file's order. A key that was written
    /// twice stands here twice.
    Table(Vec<Member>),
}

/// A key and its value.
#[derive(Debug)]
pub(crate) struct Member {
    /// The key, unescaped.
    pub(crate) name: String,
    /// The bytes the key was written in.
    pub(crate) at: Span,
    /// Its value.
    pub(crate) value: Node,
}

impl Kind {
    /// What it is called in a message, with its article.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) | Self::Fraction(_) => "a number",
            Self::Flag(_) => "true or false",
            Self::Null => "null",
            Self::Date => "a date",
            Self::Broken => "a syntax error",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}
