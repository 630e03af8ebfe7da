//! What a key takes: the vocabulary that the tables of keys are written in.
//!
//! One table says it all. The checker, the suggestions and the published JSON
//! Schema are read from it, so they cannot disagree.

use std::time::Duration;

/// A key: its name, what it takes and what it is for.
#[derive(Debug)]
pub(crate) struct Key {
    /// As it is written.
    pub(crate) name: &'static str,
    /// What it takes.
    pub(crate) shape: Shape,
    /// What it is for, in a sentence or two.
    pub(crate) doc: &'static str,
    /// What holds when it is absent, as it would be written.
    pub(crate) default: Option<&'static str>,
}

/// What a value has to be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A text.
    Text,
    /// `http://` or `https://` and a host.
    Url,
    /// An address and a port.
    Address,
    /// True or false.
    Flag,
    /// A whole number.
    Count {
        /// The least it may be.
        least: u64,
        /// The most it may be.
        most: u64,
    },
    /// A price: a number from 0 on, fractions allowed.
    Price,
    /// A duration with its unit: `"250ms"`, `"10s"`, `"2m"`.
    Time {
        /// The shortest it may be.
        least: Duration,
        /// The longest it may be.
        most: Duration,
    },
    /// One of a few words.
    Choice(&'static [Choice]),
    /// A list of texts.
    Texts,
    /// A table whose keys the user chooses, all values of one shape.
    Map(&'static Shape),
    /// A table of known keys.
    Table(&'static TableShape),
    /// Any value that JSON has.
    Json,
    /// Anything; it is passed over.
    Ignored,
}

/// One of the words a key takes.
#[derive(Debug)]
pub(crate) struct Choice {
    /// As it is written.
    pub(crate) word: &'static str,
    /// What it means; empty for another name of a word, which is taken and not
    /// listed.
    pub(crate) doc: &'static str,
}

/// A table of known keys.
#[derive(Debug)]
pub(crate) struct TableShape {
    /// The keys it knows.
    pub(crate) keys: &'static [Key],
    /// What becomes of the others.
    pub(crate) others: Others,
}

/// What becomes of a key that a table does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// It is a fault: the file is ours.
    Refused,
    /// It is a fault when it looks like a slip, else a note: the file is
    /// another client's, who may know more keys than we do.
    Noted,
    /// It is passed over without a word: the table is a client's whole
    /// configuration, of which the servers are a small part.
    Silent,
}

impl Key {
    /// A key that may be absent.
    pub(crate) const fn new(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, shape, doc, default: None }
    }

    /// A key that holds a value even when it is absent.
    pub(crate) const fn with_default(
        name: &'static str,
        shape: Shape,
        default: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { name, shape, doc, default: Some(default) }
    }
}

impl Choice {
    /// Another name of a word.
    pub(crate) const fn alias(word: &'static str) -> Self {
        Self { word, doc: "" }
    }
}

impl TableShape {
    /// The key of that name.
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

impl Shape {
    /// What is expected, for a message, with its article.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Url => "a URL",
            Self::Address => "an address and a port",
            Self::Flag => "true or false",
            Self::Count { .. } => "a whole number",
            Self::Price => "a price",
            Self::Time { .. } => "a duration",
            Self::Choice(_) => "one word",
            Self::Texts => "a list of texts",
            Self::Map(_) | Self::Table(_) => "a table",
            Self::Json | Self::Ignored => "anything",
        }
    }
}
