//! One entry for both written forms.

use serde_json::Value;

use super::measure::{excess, too_large};
use super::reader::Reader;
use super::{PlanDraft, Proposal, friendly, wire};
use crate::limits::MAX_DOCUMENT_BYTES;
use crate::{FaultCode, PlanFault};

impl PlanDraft {
    /// Reads a plan document, wire or friendly. Every fault of its shape
    /// comes back at once; whether it can be run is for [`crate::check`].
    pub fn parse(text: &str) -> Result<Proposal, Vec<PlanFault>> {
        if text.len() > MAX_DOCUMENT_BYTES {
            return Err(vec![too_large()]);
        }
        match serde_json::from_str(text) {
            Ok(document) => Self::from_value(&document),
            Err(error) => Err(vec![PlanFault::new(FaultCode::BadShape, "", format!("this is not JSON: {error}"))]),
        }
    }

    /// Reads a plan document that is JSON already. The wire form is known by
    /// its `outcome`, or by arguments that are arrays.
    pub fn from_value(document: &Value) -> Result<Proposal, Vec<PlanFault>> {
        if let Some(fault) = excess(document) {
            return Err(vec![fault]);
        }
        let mut reader = Reader::default();
        let proposal = if is_wire(document) {
            wire::proposal(&mut reader, document)
        } else {
            friendly::plan(&mut reader, document).map(Proposal::Plan)
        };
        reader.finish(proposal)
    }
}

fn is_wire(document: &Value) -> bool {
    let steps = document.get("steps").and_then(Value::as_array);
    document.get("outcome").is_some() || steps.into_iter().flatten().any(|step| step["args"].is_array())
}
