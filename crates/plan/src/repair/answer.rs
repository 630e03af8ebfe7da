//! An answer that names no step tells what nobody else reads.

use super::Mending;
use crate::FaultCode;

pub(super) fn mend(mending: &mut Mending<'_>) {
    let uses = &mut mending.draft.answer.uses;
    if uses.as_ref().is_some_and(Vec::is_empty) && !mending.draft.steps.is_empty() {
        *uses = None;
        mending.note(FaultCode::EmptyAnswer, None, "the answer now tells every result that no other step reads");
    }
}
