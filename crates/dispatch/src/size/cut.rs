//! A tool's result, cut to size.
//!
//! In: a result, the most it may take, and where the whole of it can be read
//! on. Out: a result of the same form that says what is missing and how to
//! get it: for programs in its `_meta`, for models in a text of its own.

use plan::Output;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::shrink::{Place, shrink};

/// The member of a result's `_meta` that says what was cut.
pub(super) const META: &str = "concertmaster/cut";

/// The most bytes that saying so takes.
pub(super) const SAYING_SO: usize = 512;

/// What was cut off a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Always true: what programs look for.
    pub truncated: bool,
    /// JSON Pointer to the list or text that was cut first.
    pub pointer: String,
    /// Items of that list, or bytes of that text, that there are.
    pub total: usize,
    /// The first that is missing.
    pub next: usize,
    /// Reads on; good for whoever made the call, for a while. `None` when the
    /// result is too large to be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
}

/// The result within about `most` bytes. `keep` puts the whole of it where it
/// can be read on and says under which handle.
pub(crate) fn cut(output: &Output, most: usize, keep: impl FnOnce(&str) -> Option<String>) -> Option<(Output, Cut)> {
    let raw = output.raw()?.as_object()?;
    let most = most.saturating_sub(SAYING_SO).max(SAYING_SO);
    let structured = raw.get("structuredContent").is_some_and(|value| !value.is_null());
    let blocks = raw.get("content").and_then(Value::as_array).map_or(0, Vec::len);
    // A value of its own is what readers look at; else it is the blocks.
    let mut whole = if structured || blocks <= 1 { output.value().clone() } else { raw.get("content")?.clone() };
    let of_blocks = !structured && blocks > 1;
    // Structured content is told once more in words.
    let share = if structured { most / 2 } else { most };
    let place = shrink(&mut whole, share).or_else(|| only_words(raw, structured, most))?;
    let handle = keep(&place.pointer);
    let cut = told(place, handle);
    let mut result: Map<String, Value> =
        raw.iter().filter(|(name, _)| name.as_str() != "content").map(|(k, v)| (k.clone(), v.clone())).collect();
    let note = json!({"type": "text", "text": cut.in_words()});
    let value = whole.clone();
    if structured {
        result.insert("structuredContent".to_owned(), whole.clone());
    }
    let mut content = match whole {
        Value::Array(blocks) if of_blocks => blocks,
        Value::String(text) => vec![json!({"type": "text", "text": text})],
        other => vec![json!({"type": "text", "text": other.to_string()})],
    };
    content.push(note);
    result.insert("content".to_owned(), Value::Array(content));
    let meta = result.entry("_meta").or_insert_with(|| json!({}));
    if let Some(meta) = meta.as_object_mut() {
        meta.insert(META.to_owned(), json!(cut));
    }
    let value = if of_blocks { None } else { Some(value) };
    Some((Output::cut_down(Value::Object(result), value, output.is_error()), cut))
}

/// The structured content fits, and only the words beside it do not: they are
/// told anew from it, and nothing is missing that a program would read.
fn only_words(raw: &Map<String, Value>, structured: bool, most: usize) -> Option<Place> {
    let words = raw.get("content").filter(|_| structured)?;
    let total = super::shrink::size(words);
    (total > most / 2).then(|| Place { pointer: "/content".to_owned(), kept: 0, total })
}

fn told(place: Place, handle: Option<String>) -> Cut {
    Cut { truncated: true, pointer: place.pointer, total: place.total, next: place.kept, handle }
}

impl Cut {
    /// For a model, which can act on it.
    pub(super) fn in_words(&self) -> String {
        let Self { pointer, total, next, handle, .. } = self;
        let at = if pointer.is_empty() { String::new() } else { format!(" at `{pointer}`") };
        let on = match handle {
            Some(handle) => format!("read on with `read_result` {{\"handle\":\"{handle}\",\"from\":{next}}}"),
            None => "the whole of it is too large to be kept; ask for less".to_owned(),
        };
        format!("[cut to size: {next} of {total}{at} are here; {on}]")
    }
}
