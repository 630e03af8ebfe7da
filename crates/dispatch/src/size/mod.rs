//! Results larger than they may be: a part is handed out, and the rest can be
//! read on for a while.

mod contents;
mod cut;
mod shelf;
mod shrink;

pub(crate) use self::contents::cut_contents;
pub use self::cut::Cut;
pub(crate) use self::cut::cut;
pub use self::shelf::{Page, SHELF_BYTES, SHELF_TTL, Shelf};
pub(crate) use self::shrink::size;

/// The largest result of one call that is handed out whole, in bytes, unless
/// configured otherwise: 1 MiB.
pub const RESULT_BYTES: usize = 1024 * 1024;

/// The most bytes of results that one plan takes in, unless configured
/// otherwise: 8 MiB. Beyond it, results are cut to [`LEAST_BYTES`].
pub const PLAN_BYTES: usize = 8 * 1024 * 1024;

/// What is left of a result at least, in bytes, however little room there is.
pub const LEAST_BYTES: usize = 1024;

/// How large results may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// One call's, in bytes.
    pub result_bytes: usize,
    /// All of a plan's together, in bytes.
    pub plan_bytes: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { result_bytes: RESULT_BYTES, plan_bytes: PLAN_BYTES }
    }
}
