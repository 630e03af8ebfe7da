//! Three servers of a workshop: its jobs, its papers, its talk.

use std::sync::Arc;

use catalog::{Catalog, Effect, Entry, ServerId, ServerLabels, ServerListing, ToolListing};
use route::Router;
use serde_json::{Value, json};

pub(crate) fn router() -> Router {
    let server = |id: &str, tools: Vec<(ToolListing, Effect)>| {
        let effects = tools.iter().map(|(tool, effect)| (tool.name.clone(), *effect)).collect();
        let tools = tools.into_iter().map(|(tool, _)| tool).collect();
        let listing = ServerListing { id: ServerId::new(id), title: None, instructions: None, tools };
        Entry::Ready(listing, ServerLabels { effects, ..ServerLabels::default() })
    };
    let servers = vec![server("bench", jobs()), server("paper", paper()), server("talk", talk())];
    Router::build(Arc::new(Catalog::new(1, servers)))
}

fn jobs() -> Vec<(ToolListing, Effect)> {
    let state = json!({"type": "string", "enum": ["open", "done"]});
    let number = json!({"number": {"type": "integer", "description": "Number of the job."}});
    let job = json!({"number": {"type": "integer"}, "title": {"type": "string"}, "state": state.clone(),
        "author": {"type": "string"}, "created_at": {"type": "string"}});
    let filters = json!({
        "state": {"type": "string", "enum": ["open", "done"], "description": "Only jobs in this state."},
        "author": {"type": "string", "description": "Only jobs by this person."},
    });
    let sketches = json!({"sketches": list(json!({"name": {"type": "string"}, "scale": {"type": "string"}}))});
    let found = json!({"jobs": list(job.clone())});
    let query = json!({"query": {"type": "string", "description": "Words to look for in jobs."}});
    vec![
        read("list_jobs", "List jobs, newest first, optionally only those in one state.", filters, &[], found.clone()),
        read("get_job", "Get one job with its title, state and author.", number.clone(), &["number"], job),
        read("list_job_sketches", "List the sketches of one job.", number.clone(), &["number"], sketches),
        read("find_jobs", "Search the jobs for words.", query, &["query"], found),
        (tool("scrap_job", "Scrap a job for good.", number, &["number"], json!({})), Effect::Destructive),
    ]
}

fn paper() -> Vec<(ToolListing, Effect)> {
    let kind = json!({"type": "string", "enum": ["file", "folder"]});
    let entry = json!({"path": {"type": "string"}, "kind": kind, "size": {"type": "integer"}});
    let path = json!({"path": {"type": "string", "description": "File to read."}});
    let folder = json!({"path": {"type": "string", "description": "Folder to list."}});
    let write = json!({"path": {"type": "string", "description": "File to write."},
        "content": {"type": "string", "description": "The new text."}});
    let query = json!({"query": {"type": "string", "description": "Text to look for in the papers."}});
    let lines = json!({"matches": list(json!({"path": {"type": "string"}, "text": {"type": "string"}}))});
    vec![
        read("list_folder", "List what is in a folder.", folder, &[], json!({"entries": list(entry)})),
        read("read_file", "Read one file.", path, &["path"], json!({"content": {"type": "string"}})),
        read("find_text", "Search the papers for a text.", query, &["query"], lines),
        (tool("write_file", "Write a file anew.", write, &["path", "content"], json!({})), Effect::Destructive),
    ]
}

fn talk() -> Vec<(ToolListing, Effect)> {
    let query = json!({"query": {"type": "string", "description": "Words to look for."}});
    let note = json!({"channel": {"type": "string", "description": "Where."}, "text": {"type": "string", "description": "What."}});
    let notes = json!({"notes": list(json!({"author": {"type": "string"}, "text": {"type": "string"}}))});
    vec![
        read("search_notes", "Search what was said.", query, &["query"], notes),
        (tool("post_note", "Post a note to a channel.", note, &["channel", "text"], json!({})), Effect::Additive),
    ]
}

fn read(name: &str, about: &str, input: Value, required: &[&str], output: Value) -> (ToolListing, Effect) {
    (tool(name, about, input, required, output), Effect::Read)
}

fn tool(name: &str, about: &str, input: Value, required: &[&str], output: Value) -> ToolListing {
    let object = |properties: Value, required: &[&str]| json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false});
    ToolListing {
        name: name.to_owned(),
        description: Some(about.to_owned()),
        input_schema: object(input, required),
        output_schema: Some(object(output, &[])),
        ..ToolListing::default()
    }
}

fn list(members: Value) -> Value {
    json!({"type": "array", "items": {"type": "object", "properties": members}})
}
