//! What came back, within the size it may have.

use std::sync::atomic::Ordering;

use plan::{Observation, Output};

use super::{Carried, Errand, Gate};
use crate::size::{LEAST_BYTES, cut};

impl Gate<'_> {
    /// Cuts a result that is larger than a call's may be, or than the plan
    /// has room for, and puts the whole of it where it can be read on.
    pub(super) fn cut_to_size(&self, carried: &mut Carried, errand: &Errand<'_>) {
        let (Observation::Output(output) | Observation::ToolError(output)) = &mut carried.seen else { return };
        let bytes = length(output);
        let room = errand.room.map_or(usize::MAX, |room| room.load(Ordering::Relaxed));
        let most = self.limits.caps.result_bytes.min(room).max(LEAST_BYTES);
        let mut taken = bytes;
        if bytes > most {
            let whole = output.clone();
            let principal = &errand.authority.query.principal;
            let now = self.clock.now();
            let keep = |pointer: &str| self.standing.shelf.put(principal, whole.clone(), pointer, bytes, now);
            if let Some((smaller, how)) = cut(output, most, keep) {
                *output = smaller;
                carried.cut = Some(Box::new(how));
            }
            taken = most;
        }
        if let Some(room) = errand.room {
            // Calls that end at once may each take what is left: the next
            // ones are cut to the least there is.
            let _ = room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(taken)));
        }
    }
}

/// A result's length in bytes as its server wrote it, or as it would be
/// written.
fn length(output: &Output) -> usize {
    // What came as text is not read for this.
    output
        .text()
        .map_or_else(|| crate::size::size(output.raw().unwrap_or_else(|| output.value())), |text| text.get().len())
}
