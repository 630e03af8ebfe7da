//! Plan documents, in either written form.

use plan::{MAX_DOCUMENT_BYTES, PlanDraft};
use serde_json::{Value, json};

use crate::promise;

/// A document of any form, as a client sends it.
pub(crate) fn friendly(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let parsed = PlanDraft::parse(text);
    match serde_json::from_str::<Value>(text) {
        Ok(document) if text.len() <= MAX_DOCUMENT_BYTES => promise::of_document(&document),
        _ => assert!(parsed.is_err(), "what is no document was read: {text}"),
    }
}

/// The same, made a wire plan wherever it is an object.
pub(crate) fn wire(bytes: &[u8]) {
    let Ok(mut document) = serde_json::from_slice::<Value>(bytes) else { return };
    promise::of_document(&document);
    if let Some(members) = document.as_object_mut() {
        members.insert("outcome".to_owned(), json!("plan"));
        promise::of_document(&document);
    }
}
