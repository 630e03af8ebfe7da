//! What a result holds beside text: pictures, sound, files.

use serde_json::Value;

use crate::line::Line;

/// The longest media type told, in bytes.
const TYPE_BYTES: usize = 60;
/// The most blocks told.
const TOLD: usize = 5;

/// Names what a tool result holds that cannot be told in words; empty when
/// there is nothing of the kind.
pub(crate) fn told(raw: &Value) -> Line {
    let blocks = raw["content"].as_array().map_or(&[][..], Vec::as_slice);
    let held: Vec<Line> = blocks.iter().filter_map(held).collect();
    let more = held.len().saturating_sub(TOLD);
    if held.is_empty() {
        return Line::new();
    }
    let line = Line::new().own("Not shown here: ").joined(held.into_iter().take(TOLD).collect(), ", ");
    if more > 0 { line.own(" (+").count(more).own(" more)") } else { line }
}

fn held(block: &Value) -> Option<Line> {
    let (what, media_type) = match block["type"].as_str()? {
        "image" => ("an image", &block["mimeType"]),
        "audio" => ("a sound recording", &block["mimeType"]),
        "resource" if block["resource"]["text"].is_null() => ("a file", &block["resource"]["mimeType"]),
        _ => return None,
    };
    let line = Line::new().own(what);
    Some(match media_type.as_str() {
        Some(media_type) => line.own(" (").quote(media_type, TYPE_BYTES).own(")"),
        None => line,
    })
}
