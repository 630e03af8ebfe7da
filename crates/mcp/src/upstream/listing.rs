//! A server's tools, page by page, however it behaves.

use std::collections::BTreeSet;

use catalog::ToolListing;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::excerpt::excerpt;

/// Tools taken from one server; the rest are left out, with a note.
pub(crate) const MAX_TOOLS_PER_SERVER: usize = 10_000;

/// Pages asked for in one listing.
pub(crate) const MAX_PAGES: usize = 1_000;

/// The longest definition of one tool, in bytes of JSON; a longer one is
/// skipped.
pub(crate) const MAX_TOOL_BYTES: usize = 256 * 1024;

/// All definitions of one server together, in bytes of JSON.
pub(crate) const MAX_LISTING_BYTES: usize = 64 * 1024 * 1024;

/// The longest name of a tool, in bytes.
const MAX_TOOL_NAME_BYTES: usize = 256;

/// Notes kept on one listing: a server may have any number of bad tools.
const MAX_NOTES: usize = 32;

/// What a server listed, and what was left out of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ListedTools {
    pub(crate) tools: Vec<ToolListing>,
    /// Each says what was left out and why.
    pub(crate) notes: Vec<String>,
}

/// A listing as it grows.
#[derive(Default)]
pub(crate) struct Listing {
    listed: ListedTools,
    bytes: usize,
    seen: usize,
    pages: usize,
    cursors: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    #[serde(borrow, default)]
    tools: Vec<&'a RawValue>,
    #[serde(default)]
    next_cursor: Option<String>,
}

impl Listing {
    /// Takes in one page; the cursor of the next, if there is one and it is
    /// worth asking for.
    pub(crate) fn take(&mut self, page: &RawValue) -> Result<Option<String>, &'static str> {
        let page: Page<'_> =
            serde_json::from_str(page.get()).map_err(|_| "its answer to `tools/list` holds no list of tools")?;
        self.pages += 1;
        for tool in page.tools {
            self.seen += 1;
            if self.listed.tools.len() == MAX_TOOLS_PER_SERVER {
                return Ok(self.end(format!("it lists more than {MAX_TOOLS_PER_SERVER} tools; the rest are left out")));
            }
            self.bytes += tool.get().len();
            if self.bytes > MAX_LISTING_BYTES {
                let limit = MAX_LISTING_BYTES / (1024 * 1024);
                return Ok(self.end(format!("its tools take more than {limit} MiB; the rest are left out")));
            }
            match read_tool(tool) {
                Ok(tool) => self.listed.tools.push(tool),
                Err(why) => self.note(format!("tool {} is left out: {why}", self.seen)),
            }
        }
        let Some(cursor) = page.next_cursor else { return Ok(None) };
        if self.pages == MAX_PAGES {
            return Ok(self.end(format!("its list has more than {MAX_PAGES} pages; the rest are left out")));
        }
        if !self.cursors.insert(cursor.clone()) {
            return Ok(self.end("its list of tools leads back to a page it already gave".to_owned()));
        }
        Ok(Some(cursor))
    }

    /// What came of it.
    pub(crate) fn finish(self) -> ListedTools {
        self.listed
    }

    fn end(&mut self, why: String) -> Option<String> {
        self.note(why);
        None
    }

    fn note(&mut self, note: String) {
        let notes = &mut self.listed.notes;
        if notes.len() < MAX_NOTES {
            notes.push(note);
        } else if notes.len() == MAX_NOTES {
            notes.push("and more".to_owned());
        }
    }
}

fn read_tool(tool: &RawValue) -> Result<ToolListing, String> {
    if tool.get().len() > MAX_TOOL_BYTES {
        return Err(format!("its definition takes more than {} KiB", MAX_TOOL_BYTES / 1024));
    }
    let listing: ToolListing = serde_json::from_str(tool.get()).map_err(|error| {
        let name = serde_json::from_str::<Value>(tool.get()).ok().and_then(|tool| tool["name"].as_str().map(excerpt));
        let name = name.map(|name| format!("`{name}`, ")).unwrap_or_default();
        format!("{name}{}", excerpt(&error.to_string()))
    })?;
    if listing.name.is_empty() || listing.name.len() > MAX_TOOL_NAME_BYTES {
        return Err(format!("its name is empty or longer than {MAX_TOOL_NAME_BYTES} bytes"));
    }
    if listing.name.chars().any(char::is_control) {
        return Err(format!("its name `{}` has control characters in it", excerpt(&listing.name)));
    }
    if !listing.input_schema.is_object() {
        return Err(format!("`{}`, its input schema is no object", excerpt(&listing.name)));
    }
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use serde_json::{json, value::to_raw_value};

    use super::*;

    fn listing(pages: impl IntoIterator<Item = Value>) -> (Vec<String>, Vec<String>, Option<String>) {
        let mut listing = Listing::default();
        let mut next = None;
        for page in pages {
            next = listing.take(&to_raw_value(&page).unwrap()).unwrap();
        }
        let listed = listing.finish();
        (listed.tools.into_iter().map(|tool| tool.name).collect(), listed.notes, next)
    }

    fn tool(name: &str) -> Value {
        json!({"name": name, "inputSchema": {"type": "object"}, "unknown": 1})
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
            {"name": "e", "inputSchema": {"description": "x".repeat(MAX_TOOL_BYTES)}},
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
        assert_eq!(notes, ["its list has more than 1000 pages; the rest are left out"]);

        let many: Vec<Value> = (0..=MAX_TOOLS_PER_SERVER).map(|i| tool(&i.to_string())).collect();
        let (tools, notes, next) = listing([json!({"tools": many, "nextCursor": "more"})]);
        assert_eq!((tools.len(), next), (MAX_TOOLS_PER_SERVER, None));
        assert_eq!(notes, ["it lists more than 10000 tools; the rest are left out"]);

        assert!(Listing::default().take(&to_raw_value(&json!({"tools": 3})).unwrap()).is_err());
    }
}
