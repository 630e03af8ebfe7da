//! What a server lists, page by page, however it behaves.
//!
//! In: the pages, as text. Out: the entries that can be used, and a note on
//! each that cannot. It asks for nothing and knows no server.

use std::collections::BTreeSet;
use std::time::Duration;

use catalog::ToolListing;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::offerings::{Offered, TaskSupport};
use crate::excerpt::excerpt;

/// Entries of one kind taken from one server; the rest are left out, with a
/// note.
pub(crate) const MAX_ENTRIES_PER_SERVER: usize = 10_000;

/// Pages asked for in one listing.
pub(crate) const MAX_PAGES: usize = 1_000;

/// The longest entry, in bytes of JSON; a longer one is skipped.
pub(crate) const MAX_ENTRY_BYTES: usize = 256 * 1024;

/// The values in one entry: each takes many times the memory of its text.
pub(crate) const MAX_ENTRY_VALUES: usize = 20_000;

/// The values in all entries of one kind of one server together; the rest
/// are left out, with a note.
pub(crate) const MAX_LISTING_VALUES: usize = 1_000_000;

/// All entries of one kind of one server together, in bytes of JSON.
pub(crate) const MAX_LISTING_BYTES: usize = 64 * 1024 * 1024;

/// The longest cursor that is sent back, in bytes.
const MAX_CURSOR_BYTES: usize = 16 * 1024;

/// The longest name of a tool or a prompt, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// The longest URI or URI template, in bytes.
const MAX_URI_BYTES: usize = 8 * 1024;

/// Notes kept on one listing: a server may have any number of bad entries.
const MAX_NOTES: usize = 32;

/// What there is to list.
#[derive(Debug)]
pub(crate) struct Kind<T> {
    /// How it is asked for.
    pub(crate) method: &'static str,
    /// What one entry is called, in the singular and in the plural.
    nouns: (&'static str, &'static str),
    /// The list in a page.
    entries: for<'a> fn(&Page<'a>) -> Option<&'a RawValue>,
    /// An entry that can be used, or why it cannot.
    read: fn(&RawValue) -> Result<T, String>,
}

/// A tool: what we understand of it, and all that its server wrote.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ListedTool {
    pub(crate) listing: ToolListing,
    pub(crate) offered: Offered,
    /// What it says of running as a task, where it says something.
    pub(crate) tasks: Option<TaskSupport>,
}

/// A server's tools.
pub(crate) const TOOLS: Kind<ListedTool> =
    Kind { method: "tools/list", nouns: ("tool", "tools"), entries: |page| page.tools, read: read_tool };

/// A server's resources.
pub(crate) const RESOURCES: Kind<Offered> = Kind {
    method: "resources/list",
    nouns: ("resource", "resources"),
    entries: |page| page.resources,
    read: |entry| read_offered(entry, "uri", MAX_URI_BYTES),
};

/// A server's templates for resources.
pub(crate) const TEMPLATES: Kind<Offered> = Kind {
    method: "resources/templates/list",
    nouns: ("resource template", "resource templates"),
    entries: |page| page.resource_templates,
    read: |entry| read_offered(entry, "uriTemplate", MAX_URI_BYTES),
};

/// A server's prompts.
pub(crate) const PROMPTS: Kind<Offered> = Kind {
    method: "prompts/list",
    nouns: ("prompt", "prompts"),
    entries: |page| page.prompts,
    read: |entry| read_offered(entry, "name", MAX_NAME_BYTES),
};

/// What a server listed, and what was left out of it. Two are equal if they
/// list the same, however long that holds.
#[derive(Clone, Debug)]
pub(crate) struct Listed<T> {
    pub(crate) entries: Vec<T>,
    /// Each says what was left out and why.
    pub(crate) notes: Vec<String>,
    /// How long its server says that it holds: the shortest `ttlMs` of its
    /// pages, where there is one and it is not nothing.
    pub(crate) holds: Option<Duration>,
}

impl<T: PartialEq> PartialEq for Listed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries && self.notes == other.notes
    }
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), notes: Vec::new(), holds: None }
    }
}

impl<T> Listed<T> {
    /// Notes what was left out, up to a number.
    pub(crate) fn note(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(note);
        } else if self.notes.len() == MAX_NOTES {
            self.notes.push("and more".to_owned());
        }
    }
}

/// A listing as it grows.
pub(crate) struct Listing<T: 'static> {
    kind: &'static Kind<T>,
    listed: Listed<T>,
    bytes: usize,
    values: usize,
    seen: usize,
    pages: usize,
    cursors: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    #[serde(borrow, default)]
    tools: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resources: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resource_templates: Option<&'a RawValue>,
    #[serde(borrow, default)]
    prompts: Option<&'a RawValue>,
    #[serde(default)]
    next_cursor: Option<String>,
    /// Anything: a server that writes nonsense here still lists.
    #[serde(borrow, default)]
    ttl_ms: Option<&'a RawValue>,
}

impl<T> Listing<T> {
    /// Nothing listed yet.
    pub(crate) fn new(kind: &'static Kind<T>) -> Self {
        Self { kind, listed: Listed::default(), bytes: 0, values: 0, seen: 0, pages: 0, cursors: BTreeSet::new() }
    }

    /// Takes in one page; the cursor of the next, if there is one and it is
    /// worth asking for.
    pub(crate) fn take(&mut self, page: &RawValue) -> Result<Option<String>, &'static str> {
        let (noun, nouns) = self.kind.nouns;
        let no_list = |_| "its answer to a request for a list holds no list";
        let page: Page<'_> = serde_json::from_str(page.get()).map_err(no_list)?;
        let entries = (self.kind.entries)(&page).map(|list| serde_json::from_str::<Vec<&RawValue>>(list.get()));
        let entries = entries.transpose().map_err(no_list)?.unwrap_or_default();
        self.pages += 1;
        let holds =
            page.ttl_ms.and_then(|ttl| ttl.get().parse().ok()).filter(|ttl| *ttl > 0).map(Duration::from_millis);
        self.listed.holds = [self.listed.holds, holds].into_iter().flatten().min();
        for entry in entries {
            self.seen += 1;
            if self.listed.entries.len() == MAX_ENTRIES_PER_SERVER {
                let limit = MAX_ENTRIES_PER_SERVER;
                return Ok(self.end(format!("it lists more than {limit} {nouns}; the rest are left out")));
            }
            self.bytes += entry.get().len();
            if self.bytes > MAX_LISTING_BYTES {
                let limit = MAX_LISTING_BYTES / (1024 * 1024);
                return Ok(self.end(format!("its {nouns} take more than {limit} MiB; the rest are left out")));
            }
            let values = values_in(entry);
            if values > MAX_ENTRY_VALUES {
                let why = format!("its definition has more than {MAX_ENTRY_VALUES} values");
                self.note(format!("{noun} {} is left out: {why}", self.seen));
                continue;
            }
            self.values += values;
            if self.values > MAX_LISTING_VALUES {
                let limit = MAX_LISTING_VALUES;
                return Ok(self.end(format!("its {nouns} have more than {limit} values; the rest are left out")));
            }
            match self.read(entry) {
                Ok(entry) => self.listed.entries.push(entry),
                Err(why) => self.note(format!("{noun} {} is left out: {why}", self.seen)),
            }
        }
        let Some(cursor) = page.next_cursor else { return Ok(None) };
        if self.pages == MAX_PAGES {
            return Ok(self.end(format!("its list of {nouns} has more than {MAX_PAGES} pages; the rest are left out")));
        }
        if cursor.len() > MAX_CURSOR_BYTES {
            let limit = MAX_CURSOR_BYTES / 1024;
            return Ok(self.end(format!("its list of {nouns} goes on by a cursor of more than {limit} KiB")));
        }
        if !self.cursors.insert(cursor.clone()) {
            return Ok(self.end(format!("its list of {nouns} leads back to a page it already gave")));
        }
        Ok(Some(cursor))
    }

    /// What came of it.
    pub(crate) fn finish(self) -> Listed<T> {
        self.listed
    }

    fn read(&self, entry: &RawValue) -> Result<T, String> {
        if entry.get().len() > MAX_ENTRY_BYTES {
            return Err(format!("its definition takes more than {} KiB", MAX_ENTRY_BYTES / 1024));
        }
        (self.kind.read)(entry)
    }

    fn end(&mut self, why: String) -> Option<String> {
        self.note(why);
        None
    }

    fn note(&mut self, note: String) {
        self.listed.note(note);
    }
}

/// At least as many values as there are: each stands behind a bracket, a
/// brace or a comma. Those within texts count, too.
fn values_in(entry: &RawValue) -> usize {
    entry.get().bytes().filter(|byte| matches!(byte, b'[' | b'{' | b',')).count() + 1
}

fn read_tool(tool: &RawValue) -> Result<ListedTool, String> {
    let listing: ToolListing = serde_json::from_str(tool.get()).map_err(|error| {
        let name = serde_json::from_str::<Value>(tool.get()).ok().and_then(|tool| tool["name"].as_str().map(excerpt));
        let name = name.map(|name| format!("`{name}`, ")).unwrap_or_default();
        format!("{name}{}", excerpt(&error.to_string()))
    })?;
    check_key(&listing.name, "name", MAX_NAME_BYTES)?;
    if !listing.input_schema.is_object() {
        return Err(format!("`{}`, its input schema is no object", excerpt(&listing.name)));
    }
    let offered = Offered { key: listing.name.clone(), entry: tool.to_owned().into() };
    let tasks = task_support(tool);
    Ok(ListedTool { listing, offered, tasks })
}

/// What a tool says of running as a task.
fn task_support(tool: &RawValue) -> Option<TaskSupport> {
    if !tool.get().contains("taskSupport") {
        return None;
    }
    let tool: Value = serde_json::from_str(tool.get()).ok()?;
    match tool["execution"]["taskSupport"].as_str()? {
        "required" => Some(TaskSupport::Required),
        "optional" => Some(TaskSupport::Optional),
        _ => Some(TaskSupport::Forbidden),
    }
}

fn read_offered(entry: &RawValue, member: &str, longest: usize) -> Result<Offered, String> {
    let read: Value = serde_json::from_str(entry.get()).map_err(|error| excerpt(&error.to_string()))?;
    let key = read[member].as_str().ok_or_else(|| format!("it has no `{member}`"))?;
    check_key(key, member, longest)?;
    Ok(Offered { key: key.to_owned(), entry: entry.to_owned().into() })
}

fn check_key(key: &str, member: &str, longest: usize) -> Result<(), String> {
    if key.is_empty() || key.len() > longest {
        return Err(format!("its {member} is empty or longer than {longest} bytes"));
    }
    if key.chars().any(char::is_control) {
        return Err(format!("its {member} `{}` has control characters in it", excerpt(key)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    fn listing(pages: impl IntoIterator<Item = Value>) -> (Vec<String>, Vec<String>, Option<String>) {
        let mut listing = Listing::new(&TOOLS);
        let mut next = None;
        for page in pages {
            next = listing.take(&to_raw_value(&page).unwrap()).unwrap();
        }
        let listed = listing.finish();
        (listed.entries.into_iter().map(|tool| tool.offered.key).collect(), listed.notes, next)
    }

    fn tool(name: &str) -> Value {
        json!({"name": name, "inputSchema": {"type": "object"}, "unknown": 1})
    }

    #[test]
    fn tools_say_whether_they_run_as_tasks() {
        let rows = [
            (json!({}), None),
            (json!({"execution": {"taskSupport": "required"}}), Some(TaskSupport::Required)),
            (json!({"execution": {"taskSupport": "optional"}}), Some(TaskSupport::Optional)),
            (json!({"execution": {"taskSupport": "sometimes"}}), Some(TaskSupport::Forbidden)),
            (json!({"execution": {"taskSupport": 1}}), None),
            (json!({"description": "taskSupport"}), None),
        ];
        for (tool, expected) in rows {
            assert_eq!(task_support(&to_raw_value(&tool).unwrap()), expected, "{tool}");
        }
    }

    #[test]
    fn a_list_holds_as_long_as_its_shortest_page() {
        let rows: [(&[Value], Option<u64>); 5] = [
            (&[json!({})], None),
            (&[json!({"ttlMs": 60_000})], Some(60_000)),
            (&[json!({"ttlMs": 60_000}), json!({"ttlMs": 5_000}), json!({})], Some(5_000)),
            (&[json!({"ttlMs": 0}), json!({"ttlMs": -3}), json!({"ttlMs": "soon"})], None),
            (&[json!({"ttlMs": 1.5})], None),
        ];
        for (pages, expected) in rows {
            let mut listing = Listing::new(&TOOLS);
            for page in pages {
                let mut page = page.clone();
                page["tools"] = json!([]);
                listing.take(&to_raw_value(&page).unwrap()).unwrap();
            }
            assert_eq!(listing.finish().holds, expected.map(Duration::from_millis), "{pages:?}");
        }
    }

    #[test]
    fn one_bad_tool_costs_itself_only() {
        let page = json!({"tools": [
            tool("a"),
            {"name": "b"},
            {"name": "c", "inputSchema": null},
            {"name": 7, "inputSchema": {}},
            "nonsense",
            {"name": "", "inputSchema": {}},
            {"name": "e", "inputSchema": {"description": "x".repeat(MAX_ENTRY_BYTES)}},
            tool("d"),
        ]});
        let (tools, notes, next) = listing([page]);
        assert_eq!(tools, ["a", "d"]);
        assert_eq!(next, None);
        let notes = notes.join("\n");
        for expected in [
            "tool 2 is left out: `b`, missing field `inputSchema`",
            "tool 3 is left out: `c`, its input schema is no object",
            "tool 4 is left out: invalid type",
            "tool 5 is left out: invalid type",
            "tool 6 is left out: its name is empty",
            "tool 7 is left out: its definition takes more than 256 KiB",
        ] {
            assert!(notes.contains(expected), "{expected}\nnot in\n{notes}");
        }
    }

    #[test]
    fn endless_and_circular_lists_end() {
        let circular = (0..).map(|i| json!({"tools": [tool(&i.to_string())], "nextCursor": "again"}));
        let (tools, notes, next) = listing(circular.take(2));
        assert_eq!((tools.len(), next), (2, None));
        assert_eq!(notes, ["its list of tools leads back to a page it already gave"]);

        let endless = (0..MAX_PAGES).map(|i| json!({"tools": [], "nextCursor": i.to_string()}));
        let (_, notes, next) = listing(endless);
        assert_eq!(next, None);
        assert_eq!(notes, ["its list of tools has more than 1000 pages; the rest are left out"]);

        let long = json!({"tools": [tool("a")], "nextCursor": "x".repeat(MAX_CURSOR_BYTES + 1)});
        let (tools, notes, next) = listing([long]);
        assert_eq!((tools.len(), next), (1, None));
        assert_eq!(notes, ["its list of tools goes on by a cursor of more than 16 KiB"]);

        let many: Vec<Value> = (0..=MAX_ENTRIES_PER_SERVER).map(|i| tool(&i.to_string())).collect();
        let (tools, notes, next) = listing([json!({"tools": many, "nextCursor": "more"})]);
        assert_eq!((tools.len(), next), (MAX_ENTRIES_PER_SERVER, None));
        assert_eq!(notes, ["it lists more than 10000 tools; the rest are left out"]);

        assert!(Listing::new(&TOOLS).take(&to_raw_value(&json!({"tools": 3})).unwrap()).is_err());
    }

    #[test]
    fn what_grows_when_it_is_read_is_counted_before() {
        let grown = |name: &str, values: usize| {
            let zeros = "0,".repeat(values);
            let tool = format!(r#"{{"name":"{name}","inputSchema":{{"enum":[{zeros}0]}}}}"#);
            serde_json::from_str::<Value>(&tool).unwrap()
        };
        let (tools, notes, _) = listing([json!({"tools": [grown("a", MAX_ENTRY_VALUES), grown("b", 19_000)]})]);
        assert_eq!(tools, ["b"]);
        assert_eq!(notes, ["tool 1 is left out: its definition has more than 20000 values"]);
        let many: Vec<Value> = (0..60).map(|i| grown(&i.to_string(), 19_000)).collect();
        let (tools, notes, next) = listing([json!({"tools": many, "nextCursor": "more"})]);
        assert_eq!((tools.len(), next), (52, None));
        assert_eq!(notes, ["its tools have more than 1000000 values; the rest are left out"]);
    }

    #[test]
    fn what_is_offered_is_kept_as_it_was_written() {
        let page = r#"{"resources":[{"size":1.50,"uri":"a:b","x":{}},{"name":"no uri"},{"uri":""},7],"tools":"lies"}"#;
        let mut listing = Listing::new(&RESOURCES);
        assert_eq!(listing.take(&RawValue::from_string(page.to_owned()).unwrap()), Ok(None));
        let listed = listing.finish();
        let seen: Vec<_> = listed.entries.iter().map(|entry| (entry.key.as_str(), entry.entry.get())).collect();
        assert_eq!(seen, [("a:b", r#"{"size":1.50,"uri":"a:b","x":{}}"#)]);
        let expected = [
            "resource 2 is left out: it has no `uri`",
            "resource 3 is left out: its uri is empty or longer than 8192 bytes",
            "resource 4 is left out: it has no `uri`",
        ];
        assert_eq!(listed.notes, expected);
    }
}
