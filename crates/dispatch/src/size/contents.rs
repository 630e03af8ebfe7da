//! A resource's contents, cut to size.
//!
//! In: what a server sent that is no tool's result, and the most it may take.
//! Out: the same with whole contents left off, which says so; or where the
//! whole of it can be read on, because half of it would be something else.
//! Who asked, and what policy says of it, it does not know.

use catalog::Wanted;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::cut::{Cut, META, SAYING_SO};
use super::shrink::size;

/// The list of which whole items may be left off.
const CONTENTS: &str = "contents";

/// What is larger than it may be and cannot be cut.
#[derive(Debug)]
pub(crate) struct Uncut {
    /// Reads it, piece by piece, for a while. `None` when it is too large to
    /// be kept.
    pub(crate) handle: Option<String>,
}

/// The contents within `most` bytes. `keep` puts the whole where it can be
/// read on from a JSON Pointer, and says under which handle.
///
/// # Errors
///
/// [`Uncut`] when it is no resource, or when not even its first contents fit.
pub(crate) fn cut_contents(
    sent: &RawValue,
    wanted: &Wanted,
    most: usize,
    keep: impl FnOnce(Value, &str) -> Option<String>,
) -> Result<Box<RawValue>, Uncut> {
    let whole: Value = serde_json::from_str(sent.get()).map_err(|_| Uncut { handle: None })?;
    let Wanted::Resource { uri } = wanted else { return Err(uncut(whole, wanted, keep)) };
    let mut rest = whole.clone();
    let Some(Value::Array(mut items)) = rest.get_mut(CONTENTS).map(Value::take) else {
        return Err(uncut(whole, wanted, keep));
    };
    // It is said twice: for programs and in words.
    let mut bytes = size(&rest) + 2 * SAYING_SO + uri.len();
    let fitting = items.iter().take_while(|item| {
        bytes += size(item) + 1;
        bytes <= most
    });
    let (next, total) = (fitting.count(), items.len());
    if next == 0 || next == total {
        return Err(uncut(whole, wanted, keep));
    }
    let pointer = format!("/{CONTENTS}");
    let handle = keep(whole, &pointer);
    let cut = Cut { truncated: true, pointer, total, next, handle };
    items.truncate(next);
    items.push(json!({"uri": uri, "mimeType": "text/plain", "text": cut.in_words()}));
    rest[CONTENTS] = Value::Array(items);
    // A part is nobody's to keep, and its handle is one principal's.
    for (name, said) in [("ttlMs", json!(0)), ("cacheScope", json!("private"))] {
        if rest.get(name).is_some() {
            rest[name] = said;
        }
    }
    if !rest["_meta"].is_object() {
        rest["_meta"] = json!({});
    }
    rest["_meta"][META] = json!(cut);
    to_raw_value(&rest).map_err(|_| Uncut { handle: None })
}

fn uncut(whole: Value, wanted: &Wanted, keep: impl FnOnce(Value, &str) -> Option<String>) -> Uncut {
    let pointer = match wanted {
        Wanted::Resource { .. } => of_contents(&whole),
        Wanted::Prompt { .. } => "/messages",
        Wanted::Completion { .. } => "/completion/values",
    };
    let pointer = if whole.pointer(pointer).is_some() { pointer } else { "" };
    Uncut { handle: keep(whole, pointer) }
}

/// What one reads on in: the only contents' text, or the list of them.
fn of_contents(whole: &Value) -> &'static str {
    match whole[CONTENTS].as_array().map(Vec::as_slice) {
        Some([only]) if only["text"].is_string() => "/contents/0/text",
        Some([only]) if only["blob"].is_string() => "/contents/0/blob",
        _ => "/contents",
    }
}
