//! What a server lists, and what is made of it: pages, tools, and a value
//! held against a tool's own schema.

use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, ToolListing, ToolRef};
use mcp::reading::listed;
use serde_json::Value;

use crate::promise::is_one_line;

/// Lines: a value, and then a tool's schema, which also stands as one page of
/// a list.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (value, schema) = text.split_once('\n').unwrap_or((&text, ""));
    if let Some((names, notes, _)) = listed(&[schema, value]) {
        assert!(names.iter().all(|name| !name.is_empty() && is_one_line(name)), "{names:?}");
        assert!(notes.iter().all(|note| is_one_line(note)), "{notes:?}");
    }
    let (Ok(value), Ok(schema)) = (serde_json::from_str::<Value>(value), serde_json::from_str::<Value>(schema)) else {
        return;
    };
    let id = ServerId::new("s");
    let tool = ToolListing { name: "t".to_owned(), input_schema: schema, ..ToolListing::default() };
    let listing = ServerListing { id, title: None, instructions: None, tools: vec![tool] };
    let catalog = Catalog::new(1, vec![Entry::Ready(listing, ServerLabels::default())]);
    let tool = catalog.tool(&ToolRef::new("s", "t")).expect("it is listed");
    let first = tool.check_arguments(&value);
    assert_eq!(first, tool.check_arguments(&value), "one value, two verdicts");
    for (name, own) in value.as_object().into_iter().flatten() {
        let _ = tool.check_argument(name, own);
    }
}
