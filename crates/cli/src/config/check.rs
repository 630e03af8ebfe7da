//! The tree against the tables of keys.
//!
//! In comes the neutral tree and the shape it has to have; out goes what of it
//! is in order, references followed and words turned into what they mean. All
//! that is not in order goes into the findings, and the rest is still read.

use serde_json::Value;

use super::checked::{Checked, Entry, Table};
use super::fault::{FaultCode, Findings};
use super::node::{Kind, Member, Node};
use super::reference::Surroundings;
use super::scalar::one_of;
use super::shape::{Others, Shape, TableShape};
use super::suggest;

/// Reads one file.
pub(crate) struct Checker<'a> {
    /// Where references look.
    pub(crate) surroundings: &'a Surroundings<'a>,
    /// What was found so far.
    pub(crate) findings: Findings,
    /// Whether a table header could not be read, so that keys may stand in
    /// the wrong table.
    torn: bool,
    /// Values so far that could not be parsed.
    parsed_badly: usize,
}

impl<'a> Checker<'a> {
    /// A checker of a tree that was parsed with these findings.
    pub(crate) fn new(surroundings: &'a Surroundings<'a>, findings: Findings) -> Self {
        let torn =
            findings.faults.iter().any(|fault| fault.code == FaultCode::Syntax && fault.message.contains("table"));
        Self { surroundings, findings, torn, parsed_badly: 0 }
    }
}

impl Checker<'_> {
    /// Reads a table of known keys. `name` is how messages call it; empty for
    /// the whole file. `None`, with a fault, when it is no table.
    pub(crate) fn table(&mut self, node: &Node, shape: &'static TableShape, name: &str) -> Option<Table> {
        let Kind::Table(members) = &node.kind else {
            self.wrong_type(node, &Shape::Table(shape), name);
            return None;
        };
        let mut table = Table::default();
        let (faults, parsed_badly) = (self.findings.faults.len(), self.parsed_badly);
        for member in members {
            if self.stands_twice(member, members) {
                continue;
            }
            let Some(key) = shape.key(&member.name) else {
                self.unknown(member, shape, name, &mut table);
                continue;
            };
            if matches!(member.value.kind, Kind::Null) {
                continue;
            }
            table.written.push((key.name, member.at.clone()));
            if matches!(key.shape, Shape::Ignored) {
                self.findings.note(&member.at, format!("`{}`{} is passed over", key.name, in_table(name)));
                continue;
            }
            self.member(member, &key.shape, name, &mut table);
        }
        table.faults = faults..self.findings.faults.len();
        table.torn = self.parsed_badly > parsed_badly;
        Some(table)
    }

    fn member(&mut self, member: &Member, shape: &'static Shape, name: &str, table: &mut Table) {
        let full_name = join(name, &member.name);
        if let Some(value) = self.value(&member.value, shape, &full_name) {
            table.entries.push(Entry {
                name: member.name.clone(),
                at: member.at.clone(),
                span: member.value.span.clone(),
                value,
            });
        }
    }

    fn value(&mut self, node: &Node, shape: &'static Shape, name: &str) -> Option<Checked> {
        match (shape, &node.kind) {
            (_, Kind::Broken) => {
                self.parsed_badly += 1;
                None
            }
            (Shape::Table(shape), _) => self.table(node, shape, name).map(Checked::Table),
            (Shape::Map(inner), Kind::Table(members)) => {
                let mut table = Table::default();
                for member in members {
                    if !self.stands_twice(member, members) && !matches!(member.value.kind, Kind::Null) {
                        self.member(member, inner, name, &mut table);
                    }
                }
                Some(Checked::Table(table))
            }
            (Shape::Json, _) => self.json(node, name).map(Checked::Json),
            (Shape::Flag, Kind::Flag(flag)) => Some(Checked::Flag(*flag)),
            (Shape::Count { least, most }, Kind::Integer(number)) => {
                self.count(*number, *least, *most, &node.span, name)
            }
            (Shape::Price, Kind::Integer(number)) => self.price(*number as f64, &node.span, name),
            (Shape::Price, Kind::Fraction(number)) => self.price(*number, &node.span, name),
            (Shape::Texts, Kind::List(items)) => Some(Checked::Texts(self.texts(items, name))),
            (_, Kind::Text(text)) => self.text(text, shape, node, name),
            _ => {
                self.wrong_type(node, shape, name);
                None
            }
        }
    }

    /// Any value, references in its texts followed.
    fn json(&mut self, node: &Node, name: &str) -> Option<Value> {
        match &node.kind {
            Kind::Text(text) => self.resolve(text, &node.span).map(Value::String),
            Kind::Integer(number) => Some((*number).into()),
            Kind::Fraction(number) => Some((*number).into()),
            Kind::Flag(flag) => Some(Value::Bool(*flag)),
            Kind::Null => Some(Value::Null),
            Kind::List(items) => items.iter().map(|item| self.json(item, name)).collect(),
            Kind::Table(members) => {
                let value = |member: &Member| Some((member.name.clone(), self.json(&member.value, name)?));
                members.iter().map(value).collect::<Option<_>>().map(Value::Object)
            }
            Kind::Date => {
                self.wrong_type(node, &Shape::Text, name);
                None
            }
            Kind::Broken => None,
        }
    }

    fn texts(&mut self, items: &[Node], name: &str) -> Vec<String> {
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            if let Kind::Text(text) = &item.kind {
                texts.extend(self.resolve(text, &item.span));
            } else {
                let message = format!("`{name}` is a list of texts, and this is {}", item.kind.noun());
                self.findings.fault_with_help(FaultCode::WrongType, &item.span, message, "put it in quotes");
            }
        }
        texts
    }

    fn stands_twice(&mut self, member: &Member, siblings: &[Member]) -> bool {
        let first = siblings.iter().find(|sibling| sibling.name == member.name);
        let twice = first.is_some_and(|first| first.at != member.at);
        if twice {
            let message = format!("`{}` was set already", member.name);
            self.findings.fault_with_help(FaultCode::DuplicateKey, &member.at, message, "keep one of the two");
        }
        twice
    }

    fn unknown(&mut self, member: &Member, shape: &'static TableShape, name: &str, table: &mut Table) {
        let known = || shape.keys.iter().filter(|key| !matches!(key.shape, Shape::Ignored)).map(|key| key.name);
        let near = suggest::nearest(&member.name, known());
        let message = format!("unknown key `{}`{}", member.name, in_table(name));
        table.holds_a_stranger |= matches!(member.value.kind, Kind::Table(_));
        match (shape.others, near) {
            (Others::Silent, _) => {}
            // A table header that lacks its bracket leaves its keys to the
            // table before it, where they mean nothing.
            (Others::Refused, _) if self.torn => {}
            (Others::Noted, None) => self.findings.note(&member.at, format!("{message}: passed over")),
            (Others::Noted | Others::Refused, Some(near)) => {
                table.written.push((near, member.at.clone()));
                let help = format!("did you mean `{near}`?");
                self.findings.fault_with_help(FaultCode::UnknownKey, &member.at, message, help);
            }
            (Others::Refused, None) => {
                let help = whereto(member, name)
                    .unwrap_or_else(|| format!("known here: {}", known().collect::<Vec<_>>().join(", ")));
                self.findings.fault_with_help(FaultCode::UnknownKey, &member.at, message, help);
            }
        }
    }

    pub(super) fn wrong_type(&mut self, node: &Node, shape: &Shape, name: &str) {
        let subject = if name.is_empty() { "the file".to_owned() } else { format!("`{name}`") };
        let message = format!("{subject} takes {}, and this is {}", shape.noun(), node.kind.noun());
        match how_to_write(&node.kind, shape) {
            Some(help) => self.findings.fault_with_help(FaultCode::WrongType, &node.span, message, help),
            None => self.findings.fault(FaultCode::WrongType, &node.span, message),
        }
    }
}

fn how_to_write(kind: &Kind, shape: &Shape) -> Option<String> {
    match (shape, kind) {
        (Shape::Texts, Kind::Text(_)) => Some("put it in brackets: [\"…\"]".to_owned()),
        (Shape::Time { .. }, Kind::Integer(number)) => Some(format!("did you mean \"{number}s\" or \"{number}ms\"?")),
        (Shape::Time { .. }, _) => Some("write a number and a unit in quotes: \"10s\"".to_owned()),
        (Shape::Flag | Shape::Count { .. } | Shape::Price, Kind::Text(_)) => Some("write it without quotes".to_owned()),
        (Shape::Count { least, most }, _) => Some(format!("from {least} to {most}")),
        (Shape::Choice(choices), _) => Some(one_of(choices)),
        (Shape::Text, Kind::Integer(_) | Kind::Fraction(_) | Kind::Flag(_) | Kind::Date) => {
            Some("put it in quotes".to_owned())
        }
        _ => None,
    }
}

/// Where a key that is unknown here would belong.
fn whereto(member: &Member, table: &str) -> Option<String> {
    if let Some(home) = suggest::home_of(&member.name) {
        return Some(format!("it belongs under `[{home}]`"));
    }
    let server = table.strip_prefix("servers.").filter(|_| matches!(member.value.kind, Kind::Table(_)))?;
    let joined = format!("{server}-{}", member.name);
    Some(format!("if it is part of the server's name, write `[servers.{joined}]`: a name has no dots"))
}

fn join(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

fn in_table(table: &str) -> String {
    if table.is_empty() { String::new() } else { format!(" in `{table}`") }
}
