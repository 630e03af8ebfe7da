//! A limit above the highest is lowered to it.

use super::Mending;
use crate::{FaultCode, MAX_EACH_ITEMS};

pub(super) fn mend(mending: &mut Mending<'_>) {
    for i in 0..mending.draft.steps.len() {
        let step = &mut mending.draft.steps[i];
        let Some(limit) = step.limit.filter(|limit| *limit > MAX_EACH_ITEMS as u64) else { continue };
        step.limit = Some(MAX_EACH_ITEMS as u64);
        let id = step.id.clone();
        mending.note(FaultCode::LimitExceeded, Some(&id), format!("lowered `limit` from {limit} to {MAX_EACH_ITEMS}"));
    }
}
