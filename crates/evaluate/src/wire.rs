//! A line of a file of labelled queries, as it is written.

use std::collections::BTreeSet;

use catalog::ToolRef;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::labelled::Entry;
use crate::literal::Wanted;
use crate::{Category, Ending, Labelled, MAX_ENTRIES, Shape, Style};

/// A line, its members of the right types.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    id: String,
    category: Category,
    style: Style,
    query: String,
    outcome: Ending,
    servers: Vec<String>,
    tools: Vec<Vec<ToolRef>>,
    #[serde(deserialize_with = "Option::deserialize")]
    shape: Option<Shape>,
    #[serde(default)]
    shape_also: Vec<Shape>,
    edges: Vec<(usize, usize)>,
    arguments: Vec<Argument>,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    optional: Vec<ToolRef>,
    #[serde(default)]
    needs_model: bool,
    /// For the reader of the file alone.
    #[serde(default, rename = "note")]
    _note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    tool: usize,
    name: String,
    #[serde(default, deserialize_with = "given")]
    value: Option<Value>,
    #[serde(default)]
    contains: Option<Vec<String>>,
}

/// A member that is there, `null` included.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Line {
    /// The labelled query, or everything about the line that contradicts
    /// itself.
    pub(crate) fn labelled(self) -> Result<Labelled, Vec<String>> {
        let mut faults = Vec::new();
        self.words(&mut faults);
        self.calls(&mut faults);
        self.shapes(&mut faults);
        let entries = self.entries(&mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Labelled {
            id: self.id,
            category: self.category,
            style: self.style,
            query: self.query,
            outcome: self.outcome,
            entries,
            shapes: self.shape.into_iter().chain(self.shape_also).collect(),
            edges: self.edges,
            missing: self.missing.into_iter().collect(),
            optional: self.optional,
            needs_model: self.needs_model,
        })
    }

    fn words(&self, faults: &mut Vec<String>) {
        for (name, text) in [("id", &self.id), ("query", &self.query)] {
            if text.trim().is_empty() {
                faults.push(format!("`{name}` is empty"));
            }
        }
        match (self.outcome, self.missing.is_empty()) {
            (Ending::Argument, true) => {
                faults.push("with outcome `argument`, `missing` names what is asked for".into())
            }
            (Ending::Argument, false) | (_, true) => {}
            (other, false) => faults.push(format!("`missing` belongs to outcome `argument`, not `{}`", other.as_str())),
        }
        if let Some(twice) = repeated(&self.missing) {
            faults.push(format!("`missing` names `{twice}` twice"));
        }
    }

    fn calls(&self, faults: &mut Vec<String>) {
        let count = self.tools.len();
        match self.outcome {
            Ending::OutOfScope if count > 0 => faults.push("out of scope, so `tools` is empty".into()),
            Ending::Clarify if count < 2 => faults.push("a question offers two options or more in `tools`".into()),
            Ending::Answered | Ending::Approve | Ending::Argument if count == 0 => {
                faults.push(format!("outcome `{}` needs at least one entry in `tools`", self.outcome.as_str()));
            }
            _ => {}
        }
        if count > MAX_ENTRIES {
            faults.push(format!("`tools` has {count} entries, and {MAX_ENTRIES} are the most"));
        }
        for (place, entry) in self.tools.iter().enumerate() {
            if entry.is_empty() {
                faults.push(format!("entry {place} of `tools` lists no tool"));
            } else if !entry.iter().any(|tool| self.servers.iter().any(|server| server == tool.server.as_str())) {
                faults.push(format!("entry {place} of `tools` has no tool of a server in `servers`"));
            }
        }
        if let Some(twice) = repeated(&self.servers) {
            faults.push(format!("`servers` names `{twice}` twice"));
        }
        let listed = |server: &&String| self.tools.iter().flatten().any(|tool| tool.server.as_str() == **server);
        for stray in self.servers.iter().filter(|server| !listed(server)) {
            faults.push(format!("no entry of `tools` has a tool of `{stray}`, which `servers` names"));
        }
    }

    fn shapes(&self, faults: &mut Vec<String>) {
        match (self.outcome.has_plan(), self.shape.is_some()) {
            (true, false) => faults.push(format!("outcome `{}` needs a `shape`", self.outcome.as_str())),
            (false, true) => faults.push(format!("with outcome `{}`, `shape` is null", self.outcome.as_str())),
            (true, true) | (false, false) => {}
        }
        if self.shape.is_none() && !self.shape_also.is_empty() {
            faults.push("`shape_also` without a `shape`".into());
        }
        if self.shape.is_none() && !self.edges.is_empty() {
            faults.push("`edges` without a `shape`".into());
        }
        let mut seen = BTreeSet::new();
        for &(from, to) in &self.edges {
            if from >= self.tools.len() || to >= self.tools.len() {
                faults.push(format!("edge [{from}, {to}] leads to an entry that `tools` does not have"));
            } else if from == to {
                faults.push(format!("edge [{from}, {to}] leads from an entry to itself"));
            } else if !seen.insert((from, to)) {
                faults.push(format!("edge [{from}, {to}] stands there twice"));
            }
        }
    }

    fn entries(&self, faults: &mut Vec<String>) -> Vec<Entry> {
        let mut entries: Vec<Entry> =
            self.tools.iter().map(|tools| Entry { tools: tools.clone(), literals: Vec::new() }).collect();
        for argument in &self.arguments {
            let Argument { tool, name, value, contains } = argument;
            let wanted = match (value, contains) {
                (Some(value), None) => Wanted::Value(value.clone()),
                (None, Some(parts)) if !parts.is_empty() => Wanted::Contains(parts.clone()),
                (None, Some(_)) => {
                    faults.push(format!("argument `{name}` contains nothing"));
                    continue;
                }
                (Some(_), Some(_)) | (None, None) => {
                    faults.push(format!("argument `{name}` has either `value` or `contains`"));
                    continue;
                }
            };
            match entries.get_mut(*tool) {
                None => faults.push(format!("argument `{name}` is of entry {tool}, which `tools` does not have")),
                Some(entry) if entry.literals.iter().any(|(other, _)| other == name) => {
                    faults.push(format!("argument `{name}` of entry {tool} stands there twice"));
                }
                Some(entry) => entry.literals.push((name.clone(), wanted)),
            }
        }
        entries
    }
}

fn repeated(names: &[String]) -> Option<&String> {
    names.iter().enumerate().find(|(place, name)| names[..*place].contains(name)).map(|(_, name)| name)
}
