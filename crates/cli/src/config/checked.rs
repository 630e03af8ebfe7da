//! What of a file is in order.

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use serde_json::Value;

use super::node::Span;

/// A value that has the shape its key takes.
#[derive(Debug)]
pub(crate) enum Checked {
    /// A text, references followed.
    Text(String),
    /// An address and a port.
    Address(SocketAddr),
    /// True or false.
    Flag(bool),
    /// A number within its key's range.
    Count(u64),
    /// A number from 0 on.
    Price(f64),
    /// A duration within its key's range.
    Time(Duration),
    /// One of the key's words.
    Choice(&'static str),
    /// Texts, references followed.
    Texts(Vec<String>),
    /// Any value, references in its texts followed.
    Json(Value),
    /// A table of known keys or of the user's own.
    Table(Table),
}

/// A key, where it and its value stand, and the value.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) name: String,
    /// Where the key stands.
    pub(crate) at: Span,
    /// Where the value stands.
    pub(crate) span: Span,
    /// The value.
    pub(crate) value: Checked,
}

/// A table's keys, as far as they are in order.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The entries that are in order, in the file's order.
    pub(crate) entries: Vec<Entry>,
    /// Every known key that was written, or most likely meant, in order or
    /// not: one that is out of order has its own fault and is not missing.
    pub(crate) written: Vec<(&'static str, Span)>,
    /// Which of the findings' faults stand in it.
    pub(crate) faults: Range<usize>,
    /// Whether something in it could not be parsed; the parser's own fault
    /// says so.
    pub(crate) torn: bool,
    /// Whether an unknown key was a table: then this one may not be what it
    /// seems, and nothing is missing in it.
    pub(crate) holds_a_stranger: bool,
}

impl Table {
    /// Whether everything in it is in order, as far as its keys go.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults.is_empty() && !self.torn
    }

    /// Where a known key was written, if it was.
    pub(crate) fn written(&self, key: &str) -> Option<&Span> {
        self.written.iter().find(|(name, _)| *name == key).map(|(_, at)| at)
    }

    /// The entry of that key, if it is in order.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == key)
    }

    /// The text of that key.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match &self.entry(key)?.value {
            Checked::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The address of that key.
    pub(crate) fn address(&self, key: &str) -> Option<SocketAddr> {
        match &self.entry(key)?.value {
            Checked::Address(address) => Some(*address),
            _ => None,
        }
    }

    /// The flag of that key.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match &self.entry(key)?.value {
            Checked::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The number of that key.
    pub(crate) fn count(&self, key: &str) -> Option<u64> {
        match &self.entry(key)?.value {
            Checked::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// The price of that key.
    pub(crate) fn price(&self, key: &str) -> Option<f64> {
        match &self.entry(key)?.value {
            Checked::Price(price) => Some(*price),
            _ => None,
        }
    }

    /// The duration of that key.
    pub(crate) fn time(&self, key: &str) -> Option<Duration> {
        match &self.entry(key)?.value {
            Checked::Time(time) => Some(*time),
            _ => None,
        }
    }

    /// The word of that key.
    pub(crate) fn choice(&self, key: &str) -> Option<&'static str> {
        match &self.entry(key)?.value {
            Checked::Choice(word) => Some(word),
            _ => None,
        }
    }

    /// The texts of that key; none when it is absent.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        match self.entry(key).map(|entry| &entry.value) {
            Some(Checked::Texts(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }

    /// The table of that key.
    pub(crate) fn table(&self, key: &str) -> Option<&Table> {
        match &self.entry(key)?.value {
            Checked::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The entries of the table of that key; none when it is absent.
    pub(crate) fn under(&self, key: &str) -> &[Entry] {
        self.table(key).map_or(&[], |table| &table.entries)
    }

    /// The texts of the table of that key, by their keys.
    pub(crate) fn texts_by_name(&self, key: &str) -> Vec<(String, String)> {
        let text = |entry: &Entry| match &entry.value {
            Checked::Text(text) => Some((entry.name.clone(), text.clone())),
            _ => None,
        };
        self.under(key).iter().filter_map(text).collect()
    }
}
