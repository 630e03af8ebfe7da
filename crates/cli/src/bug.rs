//! A panic, told calmly.
//!
//! A step that panics is caught where it runs and fails alone. A panic that
//! comes through to `main` is ours: it is told once, without a backtrace, and
//! the process ends with status 70.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

use crate::exit::Exit;

/// Where the last panic was and what it said.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Keeps panics from writing to the terminal while something else is drawn
/// there.
pub(crate) fn keep_quiet() {
    set_hook(Box::new(|info| *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(describe(info))));
}

/// Runs the whole program; a panic becomes [`Exit::Bug`] and a message.
pub(crate) fn caught(program: impl FnOnce() -> Exit) -> Exit {
    match catch_unwind(AssertUnwindSafe(program)) {
        Ok(exit) => exit,
        Err(_) => {
            let what = LAST.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
            anstream::eprintln!(
                "This is a bug in concertmaster, not in what you asked for.\nPlease report it with this line:\n  {what} (version {})",
                env!("CARGO_PKG_VERSION")
            );
            Exit::Bug
        }
    }
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let said = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
    let at = info.location().map(|at| format!("{}:{}: ", at.file(), at.line())).unwrap_or_default();
    format!("{at}{said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_our_bug_and_nothing_else_is() {
        assert_eq!(caught(|| panic!("on purpose")), Exit::Bug);
        assert_eq!(caught(|| Exit::Usage), Exit::Usage);
    }
}
